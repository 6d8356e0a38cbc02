"""The plan against a slow, obvious twin that walks day by day, and what must hold for any placement."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from springbrett.followup.records import HOUSE, PARTICIPANT, ContactDone, Done, Every, Kind, State, Terms
from springbrett.followup.rules import plan, progress, strictest
from springbrett.kernel.period import add_months
from springbrett.kernel.verdict import Ref

LAW = Ref("tiltaksforskriften", "3-5", "law")
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def placements(draw: st.DrawFn) -> Terms:
    start = draw(DAYS)
    end = start + timedelta(days=draw(st.integers(0, 560)))
    ended_on = draw(st.none() | st.dates(start, end))
    return Terms(
        start, end, Every(HOUSE, weeks=draw(st.sampled_from([1, 2, 4]))), Every(HOUSE, weeks=draw(st.integers(0, 8))),
        Every(HOUSE, weeks=draw(st.integers(0, 12))), Every(LAW, months=draw(st.integers(1, 3))),
        startup_meeting=HOUSE, what_next=Every(HOUSE, days=30), feedback_after=Every(HOUSE, weeks=2), joint=HOUSE,
        separate=HOUSE, due_soon_days=draw(st.integers(0, 14)), ended_on=ended_on,
    )  # fmt: skip


def inside(terms: Terms) -> st.SearchStrategy[list[date]]:
    return st.lists(st.dates(terms.start, terms.last), max_size=8)


def overdue_twin(terms: Terms, reviews: list[date], on: date) -> bool:
    """Day by day: is there a day up to `on` so far behind the last review (or the start) that the next is late?"""
    last = terms.start
    late = False
    day = terms.start
    while day <= min(on, terms.last):
        if day in reviews:
            last, late = day, False
        elif day > add_months(last, terms.review.months):
            late = True
        day += timedelta(days=1)
    return late


@given(st.data())
def test_3_5_no_gap_longer_than_the_review_interval_goes_unflagged(data: st.DataObject) -> None:
    terms = data.draw(placements())
    reviews = data.draw(inside(terms))
    on = data.draw(st.dates(terms.start, terms.last))
    states = [s for s in progress(terms, Done(reviews=tuple(reviews)), on) if s.duty.kind is Kind.REVIEW]
    flagged = any(s.state is State.OVERDUE for s in states)
    assert flagged == overdue_twin(terms, [day for day in reviews if day <= on], on)


@given(st.data())
def test_3_5_every_gap_between_start_reviews_and_end_is_either_short_or_on_the_record(data: st.DataObject) -> None:
    terms = data.draw(placements())
    reviews = sorted(set(data.draw(inside(terms))))
    statuses = progress(terms, Done(reviews=tuple(reviews)), terms.last + timedelta(days=1))
    late = {s.duty.due_on for s in statuses if s.duty.kind is Kind.REVIEW and s.days_late > 0}
    points = [terms.start, *reviews, terms.last]
    for earlier, later in pairwise(points):
        limit = add_months(earlier, terms.review.months)
        if later > limit:
            assert limit in late


@given(st.data())
def test_nothing_logged_can_make_a_duty_disappear_only_done(data: st.DataObject) -> None:
    """At any time each rhythm that still fits has exactly one next duty; it cannot be switched off."""
    terms = data.draw(placements())
    contacts = tuple(
        ContactDone(data.draw(st.sampled_from(["phone_participant", "workplace_visit", "joint_meeting"])), day,
                    frozenset({PARTICIPANT}))
        for day in data.draw(inside(terms))
    )  # fmt: skip
    on = data.draw(st.dates(terms.start, terms.last))
    duties = [d for d in plan(terms, Done(contacts), on) if d.kind is Kind.CONTACT]
    following = [d for d in duties if d.done_on is None and not d.projected]
    last = max((c.on for c in contacts if c.on <= on), default=None)
    every = terms.contact if last else terms.first_contact
    expected = (last or terms.start) + timedelta(weeks=every.weeks)
    assert [d.due_on for d in following] == ([expected] if not every.never and expected <= terms.last else [])


@given(st.data())
def test_doing_more_never_makes_more_overdue(data: st.DataObject) -> None:
    terms = data.draw(placements())
    reviews = data.draw(inside(terms))
    on = data.draw(st.dates(terms.start, terms.last))

    def overdue(days: list[date]) -> int:
        return sum(s.state is State.OVERDUE for s in progress(terms, Done(reviews=tuple(days)), on))

    assert overdue([*reviews, on]) <= overdue(reviews)


@given(placements(), DAYS)
def test_every_duty_says_why_its_day_is_its_day(terms: Terms, on: date) -> None:
    for duty in plan(terms, Done(), on):
        assert duty.why.value == duty.due_on
        assert duty.why.ref == duty.ref
        assert duty.why.children


@given(placements(), DAYS)
def test_projected_duties_lie_ahead_and_within_the_placement(terms: Terms, on: date) -> None:
    for duty in plan(terms, Done(), on):
        if duty.projected:
            assert duty.due_on > min(on, terms.last)
            assert duty.due_on <= terms.last


@given(st.integers(1, 3), st.integers(0, 24))
def test_3_5_what_is_agreed_is_never_looser_than_the_law(law: int, agreed: int) -> None:
    chosen = strictest(Every(LAW, months=law), Every(HOUSE, months=agreed))
    assert 1 <= chosen.months <= law


@given(placements(), st.dates(date(2024, 1, 1), date(2029, 1, 1)))
def test_after_the_end_only_what_belongs_to_the_end_is_still_open(terms: Terms, on: date) -> None:
    ended = replace(terms, ended_on=terms.last)
    if on > ended.last:
        assert {s.duty.kind for s in progress(ended, Done(), on) if s.open} <= {Kind.OUTCOME, Kind.REPORT}
