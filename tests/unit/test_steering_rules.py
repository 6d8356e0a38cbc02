"""Signs are observations with figures: seen from the limit on, never before, and unknown is not a sign."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from springbrett.employers.records import Stay, StayEnd
from springbrett.kernel.verdict import Answer, Severity
from springbrett.steering import rules
from springbrett.steering.records import EmployerUse, Load, Signs

ON = date(2026, 6, 15)


def stay(start: date = date(2026, 3, 2), end: date = date(2026, 8, 31), **facts: object) -> Stay:
    said = {"key": uuid4(), "employer_id": uuid4(), "case_id": uuid4(), "person_id": None, "measure": "arbeidstrening",
            "chain": "language", "main_purpose": "language", "start": start, "end": end, **facts}  # fmt: skip
    return Stay(**said)  # type: ignore[arg-type]


def test_a_placement_runs_from_its_first_day_to_its_last() -> None:
    one = stay()
    assert rules.running([one], ON) == (one,)
    assert rules.running([one], one.start - timedelta(days=1)) == ()  # type: ignore[operator]
    ended = replace(one, ended=StayEnd("planned_end", ON))
    assert rules.running([ended], ON) == (ended,) and rules.running([ended], ON + timedelta(days=1)) == ()


def test_ends_soon_holds_what_should_have_ended_and_is_sorted() -> None:
    late, soon, far = stay(end=ON - timedelta(days=5)), stay(end=ON + timedelta(days=30)), stay(end=ON + timedelta(31))
    assert rules.ends_soon([far, soon, late], ON, 30) == (late, soon)


def test_quiet_counts_from_the_last_contact_or_the_start() -> None:
    one = stay()
    assert one.start is not None and one.case_id is not None
    assert rules.gone_quiet([one], {}, one.start + timedelta(weeks=8), 8) == ()
    (quiet,) = rules.gone_quiet([one], {}, one.start + timedelta(weeks=8, days=1), 8)
    assert (quiet.since, quiet.days) == (one.start, 57)
    assert rules.gone_quiet([one], {one.case_id: ON}, ON, 8) == ()
    before: dict[UUID, date] = {one.case_id: date(2026, 1, 1)}
    assert rules.gone_quiet([one], before, one.start + timedelta(days=57), 8)[0].since == one.start


def test_one_waiting_placement_is_seen() -> None:
    use = EmployerUse(uuid4(), placements=3)
    assert rules.waiting_is_not_the_use(use).met
    assert rules.waiting_is_not_the_use(replace(use, waiting=1)).answer is Answer.NOT_MET


def test_nothing_running_cannot_be_called_storage() -> None:
    assert rules.placements_have_contact(EmployerUse(uuid4())).unknown
    assert rules.placements_have_contact(EmployerUse(uuid4(), running=2)).met
    assert rules.placements_have_contact(EmployerUse(uuid4(), running=2, quiet=1)).answer is Answer.NOT_MET


def test_missing_reports_are_seen_from_the_limit_on() -> None:
    assert rules.reports_come_in(EmployerUse(uuid4(), missing_reports=1), 2).met
    assert rules.reports_come_in(EmployerUse(uuid4(), missing_reports=2), 2).answer is Answer.NOT_MET


def test_employers_with_most_to_look_at_come_first_and_the_rest_are_left_out() -> None:
    fine = EmployerUse(uuid4(), placements=9, running=1)
    one = EmployerUse(uuid4(), placements=2, waiting=1)
    two = EmployerUse(uuid4(), placements=1, waiting=1, missing_reports=3)
    signs = [Signs(use.employer_id, use, rules.worth_a_look(rules.observations(use, 2))) for use in (fine, one, two)]
    assert [row.use for row in rules.most_first(signs)] == [two, one]


uses = st.builds(
    EmployerUse, st.uuids(), st.integers(0, 20), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9),
    st.integers(0, 9), st.integers(1, 12),
)  # fmt: skip


@given(uses, st.integers(1, 5))
def test_signs_inform_and_never_stop_and_each_carries_its_figures(use: EmployerUse, limit: int) -> None:
    for verdict in rules.observations(use, limit):
        assert verdict.severity is Severity.INFO and not verdict.stops and verdict.facts


def test_the_load_is_above_only_beyond_the_guidance() -> None:
    assert not Load(uuid4(), 15, 3, 0, 15).above and Load(uuid4(), 16, 3, 0, 15).above
