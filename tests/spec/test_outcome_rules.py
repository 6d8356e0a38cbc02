"""The outcome against the case's own chain, and when later status is due."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springbrett import catalogue
from springbrett.followup.records import State
from springbrett.kernel.period import add_months
from springbrett.kernel.verdict import from_data, to_data
from springbrett.outcome.records import Judgement
from springbrett.outcome.rules import judge, later_status_due, problem

CHAINS = sorted(catalogue.load().chains)
CODES = [code.code for code in catalogue.load().codes("outcome")]


def judgement(chain: str, *outcomes: str) -> Judgement:
    return judge(catalogue.load().chain(chain), outcomes).judgement


def test_clarified_work_capacity_is_what_trying_out_working_life_should_give() -> None:
    assert judgement("trying_out_working_life", "clarified_work_capacity") is Judgement.ON_CHAIN


def test_a_job_is_a_branch_where_the_chain_aims_for_clarification() -> None:
    assert judgement("trying_out_working_life", "job_same_employer") is Judgement.BRANCH


def test_a_clarification_is_no_failure_where_the_chain_aims_for_a_job() -> None:
    assert judgement("job_in_company", "clarified_health") is Judgement.BRANCH


def test_one_outcome_on_the_chain_is_enough() -> None:
    assert judgement("work_experience", "clarified_health", "stronger_cv") is Judgement.ON_CHAIN


@pytest.mark.parametrize("chain", CHAINS)
def test_no_result_is_off_every_chain(chain: str) -> None:
    assert judgement(chain, "none") is Judgement.OFF_CHAIN


def test_the_car_trade_case_disability_is_off_a_chain_that_aimed_for_a_job() -> None:
    assert judgement("job_in_company", "clarified_disability") is Judgement.OFF_CHAIN


def test_without_a_chain_nothing_is_judged_and_unknown_is_not_no() -> None:
    judged = judge(None, ["job_elsewhere"])
    assert judged.judgement is Judgement.UNKNOWN
    assert judged.verdict.unknown


def test_an_outcome_without_a_code_is_refused() -> None:
    with pytest.raises(ValueError, match="without a code"):
        judge(None, [])


@given(st.sampled_from(CHAINS), st.sets(st.sampled_from(CODES), min_size=1))
def test_the_judgement_is_what_set_arithmetic_says(chain: str, outcomes: set[str]) -> None:
    found = catalogue.load().chain(chain)
    expected = Judgement.BRANCH if outcomes & set(found.legitimate_branches) else Judgement.OFF_CHAIN
    expected = Judgement.ON_CHAIN if outcomes & set(found.desired_outcomes) else expected
    judged = judge(found, outcomes)
    assert judged.judgement is expected
    assert judged.verdict.fact("judged") == expected.value
    assert from_data(to_data(judged.verdict)) == judged.verdict


@given(st.sampled_from(CHAINS), st.sets(st.sampled_from(CODES), min_size=1), st.sampled_from(CODES))
def test_one_more_outcome_never_makes_the_judgement_worse(chain: str, outcomes: set[str], more: str) -> None:
    order = [Judgement.OFF_CHAIN, Judgement.BRANCH, Judgement.ON_CHAIN]
    found = catalogue.load().chain(chain)
    before, after = judge(found, outcomes).judgement, judge(found, outcomes | {more}).judgement
    assert order.index(after) >= order.index(before)


@pytest.mark.parametrize(
    ("outcomes", "main", "step", "measure", "code"),
    [
        (["job_elsewhere"], "job_elsewhere", "close_case", "", ""),
        ([], "job_elsewhere", "close_case", "", "outcome_missing"),
        (["job_elsewhere"], "education", "close_case", "", "main_not_among"),
        (["none", "education"], "none", "close_case", "", "nothing_stands_alone"),
        (["none"], "none", "next_measure", "", "next_measure"),
        (["none"], "none", "close_case", "aft", "next_measure"),
        (["none"], "none", "next_measure", "aft", ""),
    ],
)
def test_an_outcome_says_one_thing_at_a_time(
    outcomes: list[str], main: str, step: str, measure: str, code: str
) -> None:  # fmt: skip
    assert problem(outcomes, main, step, measure) == code


def test_later_status_is_due_6_12_and_24_months_after_the_end() -> None:
    ended = date(2026, 8, 31)
    dues = later_status_due(ended, (6, 12, 24), {}, date(2027, 2, 28), window_days=30)
    assert [(due.due_on, due.state) for due in dues] == [
        (date(2027, 2, 28), State.DUE), (date(2027, 8, 31), State.COMING), (date(2028, 8, 31), State.COMING)
    ]  # fmt: skip
    assert later_status_due(ended, (6,), {}, date(2027, 3, 31), window_days=30)[0].state is State.OVERDUE
    assert later_status_due(ended, (6,), {6: date(2027, 3, 1)}, date(2027, 3, 31))[0].state is State.DONE


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 900), st.integers(0, 60))
def test_a_later_status_is_never_asked_for_early_and_never_forgotten(ended: date, days: int, window: int) -> None:
    on = date.fromordinal(ended.toordinal() + days)
    for due in later_status_due(ended, (6, 12, 24), {}, on, window_days=window):
        assert (due.state is State.COMING) == (on < add_months(ended, due.months))
