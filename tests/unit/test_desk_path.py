"""Where a case stands is derived from what has happened, in whatever order it came."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from springbrett import flow
from springbrett.desk import path
from springbrett.desk.path import MILESTONES, Milestones, State, milestones, standing, state_of, with_agreed_end

DAY = date(2026, 3, 2)
WHOLE_WAY = ("mapping.started", "mapping.confirmed", "choice.decided", "matching.contacted", "matching.chosen",
             "agreement.drafted", "agreement.entered", "agreement.started", "agreement.ended",
             "outcome.decided")  # fmt: skip


def after(*actions: str) -> tuple[path.StepState, ...]:
    return state_of(milestones([(action, DAY + timedelta(days=n)) for n, action in enumerate(actions)]))


def states(*actions: str) -> list[State]:
    return [step.state for step in after(*actions)]


def test_a_new_case_begins_with_the_mapping() -> None:
    assert states() == [State.NEXT] + [State.NOT_STARTED] * 6


def test_a_step_that_is_begun_is_in_progress_until_its_record_is_complete() -> None:
    assert states("mapping.started")[0] is State.IN_PROGRESS
    assert states("mapping.started", "mapping.confirmed")[:2] == [State.DONE, State.NEXT]


def test_a_step_that_was_passed_over_stays_not_started() -> None:
    assert states("mapping.confirmed", "agreement.entered")[1:4] == [State.NOT_STARTED, State.NOT_STARTED, State.DONE]


def test_the_case_stands_one_step_after_the_last_that_is_done() -> None:
    expected = ["mapping", "mapping", "choice", "matching", "matching", "agreement", "agreement", "followup",
                "followup", "outcome", "evaluation"]  # fmt: skip
    assert [standing(after(*WHOLE_WAY[:count])).code for count in range(len(WHOLE_WAY) + 1)] == expected


def test_a_new_mapping_under_way_does_not_move_the_case_back() -> None:
    assert standing(after(*WHOLE_WAY[:8], "mapping.started", "mapping.confirmed")).code == "followup"


def test_a_new_agreement_walks_the_placement_again_and_a_discarded_draft_does_not() -> None:
    assert standing(after(*WHOLE_WAY, "agreement.drafted")).code == "agreement"
    assert after(*WHOLE_WAY, "agreement.drafted", "agreement.discarded") == after(*WHOLE_WAY)


def test_a_placement_whose_last_day_has_passed_is_over() -> None:
    facts = milestones([(action, DAY) for action in WHOLE_WAY[:8]])
    assert standing(state_of(with_agreed_end(facts, DAY, DAY))).code == "followup"
    assert standing(state_of(with_agreed_end(facts, DAY, DAY + timedelta(days=1)))).code == "outcome"


events = st.lists(st.tuples(st.sampled_from(path.READ), st.dates()), max_size=30)


@given(events)
def test_there_are_always_seven_steps_in_order_and_at_most_one_is_next(told: list[tuple[str, date]]) -> None:
    steps = state_of(milestones(told))
    assert tuple(step.code for step in steps) == flow.CODES
    assert sum(step.state is State.NEXT for step in steps) <= 1
    assert all((step.since is None) == (step.state in {State.NEXT, State.NOT_STARTED}) for step in steps)


@given(events)
def test_the_slow_way_gives_the_same(told: list[tuple[str, date]]) -> None:
    if any(action in {"agreement.drafted", "agreement.discarded"} for action, _day in told):
        told = [row for row in told if row[0] not in {"agreement.drafted", "agreement.discarded"}]
    for step in state_of(milestones(told)):
        finished = any(action in path.FINISHES[step.code] for action, _day in told)
        begun = any(action in path.BEGINS[step.code] for action, _day in told)
        assert (step.state is State.DONE) == finished
        assert (step.state is State.IN_PROGRESS) == (begun and not finished)


def test_every_event_the_path_reads_is_on_the_map() -> None:
    assert set(path.READ) <= flow.EVENTS and set(MILESTONES) <= set(path.READ)
    assert state_of(Milestones())[0].turn
