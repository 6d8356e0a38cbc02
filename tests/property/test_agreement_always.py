"""Whatever order things are changed and approved in, and whatever chain of placements a person has."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett import catalogue
from springbrett.agreement import rules
from springbrett.agreement.approvals import Given, Standing, Terms, counting, in_force_number, state
from springbrett.agreement.records import PARTS, AgreementContent, changed_parts
from springbrett.agreement.rules import Context
from springbrett.catalogue.structs import Measure
from springbrett.choice import durations
from springbrett.kernel.period import Length, Period, merge, total
from tests.builders.agreement import full_content

START = date(2026, 3, 9)
PARTIES = ("participant", "employer", "caseworker")
FIELDS = {"tasks": ("a", "b"), "training": ("a", "b"), "purpose_note": ("a", "b"), "close_relative_reason": ("a", "b")}
PART_OF = {name: part for part, names in PARTS.items() for name in names}

clears = st.fixed_dictionaries(
    {PART_OF[name]: st.lists(st.sampled_from(PARTIES), unique=True).map(tuple) for name in FIELDS}
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("approve"), st.sampled_from(PARTIES)),
        st.tuples(st.just("withdraw"), st.sampled_from(PARTIES)),
        st.just(("approve", "everyone")),
        st.tuples(st.sampled_from(sorted(FIELDS)), st.sampled_from(("a", "b"))),
    ),
    max_size=14,
)


def walk(terms: Terms, taken: Sequence[tuple[str, str]]) -> tuple[dict[int, AgreementContent], list[Given], list[bool]]:
    """Play the steps as the services do, with a slow and obvious model of "in force" beside them.

    The model keeps, for each party, the contents it has approved; a version is in force when every party has approved
    something that is the same in all parts that concern it, the last party after the others.
    """
    contents = {1: full_content(START)}
    approvals: list[Given] = []
    order = itertools.count()
    model: list[bool] = []
    for kind, value in taken:
        newest = max(contents)
        if kind == "withdraw":
            _withdraw(terms, contents, approvals, value)
        elif kind != "approve":
            changed = replace(contents[newest], **{kind: value})
            if changed != contents[newest]:
                contents[newest + 1] = changed
        for party in PARTIES if value == "everyone" else (value,) if kind == "approve" else ():
            if _may(terms, contents, approvals, party):
                approvals.append(Given(party, newest, next(order)))
        model.append(_slow(terms, contents, approvals))
    return contents, approvals, model


def _may(terms: Terms, contents: dict[int, AgreementContent], approvals: list[Given], party: str) -> bool:
    found = state(terms, contents, approvals)
    return party in found.waiting_for and (party != terms.last or found.ready_for_last)


def _withdraw(terms: Terms, contents: dict[int, AgreementContent], approvals: list[Given], party: str) -> None:
    """Take back the party's newest approval, unless it is older than what is in force."""
    mine = [given for given in approvals if given.party == party]
    if mine and mine[-1].version > (in_force_number(terms, contents, approvals) or 0):
        approvals.remove(mine[-1])


def _slow(terms: Terms, contents: dict[int, AgreementContent], approvals: list[Given]) -> bool:
    newest = contents[max(contents)]

    def same(approval: Given) -> bool:
        approved = contents[approval.version]
        mine = [
            part
            for part in PARTS
            if part in terms.clears
            and (approval.party in terms.clears[part] or (approval.party == terms.last and terms.clears[part]))
        ]
        everyone = [part for part in PARTS if part not in terms.clears]
        return all(approved.parts()[part] == newest.parts()[part] for part in (*mine, *everyone))  # fmt: skip

    held = {party: [a.order for a in approvals if a.party == party and same(a)] for party in PARTIES}
    if not all(held.values()):
        return False
    return any(all(min(held[p]) < last for p in PARTIES if p != terms.last) for last in held[terms.last])


@settings(max_examples=400)
@given(clears, steps)
def test_in_force_exactly_when_all_three_have_approved_what_concerns_them(
    clears: dict[str, tuple[str, ...]], taken: list[tuple[str, str]]
) -> None:  # fmt: skip
    terms = Terms(PARTIES, "caseworker", clears)
    contents, approvals, model = walk(terms, taken)
    expected = model[-1] if model else False
    assert state(terms, contents, approvals).complete is expected
    assert (in_force_number(terms, contents, approvals) == max(contents)) is expected


@given(clears, steps)
def test_what_is_in_force_has_been_approved_by_all_and_stays_until_something_newer_is(
    clears: dict[str, tuple[str, ...]], taken: list[tuple[str, str]]
) -> None:  # fmt: skip
    terms = Terms(PARTIES, "caseworker", clears)
    before: int | None = None
    for length in range(len(taken) + 1):
        contents, approvals, _ = walk(terms, taken[:length])
        now = in_force_number(terms, contents, approvals)
        assert before is None or (now is not None and now >= before)
        if now is not None:
            assert set(counting(terms, contents, approvals, now)) == set(PARTIES)
        before = now


@given(clears, steps)
def test_a_cleared_party_is_told_which_parts_did_it(
    clears: dict[str, tuple[str, ...]], taken: list[tuple[str, str]]
) -> None:  # fmt: skip
    terms = Terms(PARTIES, "caseworker", clears)
    contents, approvals, _ = walk(terms, taken)
    for party in state(terms, contents, approvals).parties:
        if party.standing is Standing.CLEARED and party.given and party.party != terms.last:
            parts = changed_parts(contents[party.given.version], contents[max(contents)])
            assert set(party.cleared_by) <= parts and party.cleared_by


lengths = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 400)), min_size=1, max_size=5)
FULL = [measure.code for measure in catalogue.load().measures.values() if measure.depth == "full"]
LATE = date(2026, 10, 5)
"""A day on which every measure in full depth can be given."""


def asked_by(measure: Measure, on: date) -> tuple[str, ...]:
    """The facts and circumstances that decide how long the measure may last."""
    return durations.asked_by(measure.duration_on(on))


@given(st.sampled_from(FULL), lengths, st.data())
def test_no_extension_split_or_chain_of_agreements_passes_a_measures_cumulative_limit(
    code: str, taken: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Whatever is known of the person, and however the time is cut up among employers, the agreements that the rule
    lets through never last longer together than the measure allows; and it stops nothing that would have fitted."""
    measure = catalogue.load().measure(code)
    said = data.draw(st.fixed_dictionaries({name: st.sampled_from([True, False, None])
                                            for name in asked_by(measure, LATE)}))  # fmt: skip
    duration = measure.duration_on(LATE)
    most = duration.lengths(said)[0]
    used: tuple[Period, ...] = ()
    first = LATE
    for gap, days in taken:
        first += timedelta(days=gap)
        period = Period(first, first + timedelta(days=days - 1))
        content = AgreementContent(start=period.start, end=period.end)
        context = Context(measure=measure, on=LATE, used=used if duration.cumulative else (), profile=said,
                          reduced_work_capacity=said.get("reduced_work_capacity"))  # fmt: skip
        found = rules.duration_within_limit(content, context)
        if found.met:
            used = (*used, period)
        else:
            assert most is not None
            assert beyond((*(used if duration.cumulative else ()), period), most)
        first = period.last + timedelta(days=1)
    if most is not None:
        stays = [used] if duration.cumulative else [(period,) for period in used]
        assert not any(beyond(periods, most) for periods in stays)


def beyond(periods: tuple[Period, ...], most: Length) -> bool:
    """Whether the periods last longer together than the length: by the calendar, or in days where that is the unit."""
    if most.months:
        return total(periods) > most
    return sum(stretch.days for stretch in merge(periods)) > most.days


@given(st.sampled_from(FULL), st.integers(1, 900), st.integers(1, 900), st.data())
def test_to_agree_on_more_at_once_never_gives_more_than_to_extend(
    code: str, once: int, more: int, data: st.DataObject
) -> None:
    """An extension is judged as the whole stay it makes: a last day that is refused in one go is refused in two."""
    measure = catalogue.load().measure(code)
    said = data.draw(st.fixed_dictionaries({name: st.sampled_from([True, False, None])
                                            for name in asked_by(measure, LATE)}))  # fmt: skip
    context = Context(measure=measure, on=LATE, profile=said, reduced_work_capacity=said.get("reduced_work_capacity"))
    short = rules.duration_within_limit(AgreementContent(start=LATE, end=LATE + timedelta(days=once)), context)
    long = rules.duration_within_limit(AgreementContent(start=LATE, end=LATE + timedelta(days=once + more)), context)
    assert short.met or not long.met
