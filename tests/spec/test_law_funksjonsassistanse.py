"""Funksjonsassistanse by the law: tiltaksforskriften chapter 6."""

from datetime import date

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Severity
from tests.spec.law import DAY, TODAY, by_law, changes_on, condition, rule_of, the

ASSISTANCE = the("funksjonsassistanse")
FIRST_DAY = date(2016, 1, 1)
STATE_AID_REWORDED = date(2026, 3, 29)


@pytest.mark.rule("tiltaksforskriften § 6-1")
def test_6_1_it_stands_beside_an_ordinary_job_and_no_other_measure() -> None:
    beside = ASSISTANCE.attaches_to_on(FIRST_DAY)
    assert by_law(beside, "6-1") and beside is not None
    assert beside.alone is True and beside.measures == () and beside.known


@pytest.mark.rule("tiltaksforskriften § 6-2")
def test_6_2_the_assistant_does_not_do_the_participants_job() -> None:
    rule = rule_of(ASSISTANCE, "assistant_does_not_do_the_job", FIRST_DAY)
    assert by_law(rule, "6-2") and rule.severity == "stop"


@pytest.mark.rule("tiltaksforskriften § 6-3")
def test_6_3_health_is_never_asked_for_so_the_target_group_is_the_caseworkers_to_consider() -> None:
    asked = condition(ASSISTANCE, "practical_assistance_needed", TODAY, reduced_work_capacity=True)
    assert asked.unknown and asked.severity is Severity.WARNING


@pytest.mark.rule("tiltaksforskriften § 6-4")
def test_6_4_there_is_no_fixed_length_so_ten_years_of_it_leave_time() -> None:
    used = (Period(date(2016, 1, 1), date(2025, 12, 31)),)
    left = rules.time_left(ASSISTANCE, TODAY, used, {})
    assert left is not None and left.unlimited and not left.exhausted
    end = rules.latest_end(ASSISTANCE, TODAY, used, {})
    assert end is not None and end.unlimited
    assert by_law(rule_of(ASSISTANCE, "adjusted_to_the_need", FIRST_DAY), "6-4")


@pytest.mark.rule("tiltaksforskriften § 6-5")
def test_6_5_actual_costs_are_covered_and_the_self_employed_can_have_it() -> None:
    (funding,) = ASSISTANCE.funding_on(FIRST_DAY)
    assert by_law(funding, "6-5") and funding.code == "actual_costs" and not funding.rate
    standing = ASSISTANCE.employment_on(FIRST_DAY)
    assert by_law(standing, "6-5") and standing is not None and standing.status == "either"


@pytest.mark.rule("tiltaksforskriften § 6-6")
def test_6_6_adaptation_and_aids_come_first_and_changes_are_told() -> None:
    first = rule_of(ASSISTANCE, "adaptation_and_aids_first", FIRST_DAY)
    assert by_law(first, "6-6") and first.severity == "stop"
    assert by_law(rule_of(ASSISTANCE, "tell_of_changes", FIRST_DAY), "6-6")


@pytest.mark.rule("tiltaksforskriften § 6-7")
def test_6_7_no_cost_is_covered_twice() -> None:
    rule = rule_of(ASSISTANCE, "no_double_cover", FIRST_DAY)
    assert by_law(rule, "6-7") and rule.severity == "stop"


@pytest.mark.rule("tiltaksforskriften § 6-8")
@pytest.mark.parametrize(("code", "section"), [("state_aid", "6-8"), ("not_past_the_highest_aid", "1-13")])
def test_6_8_and_1_13_on_state_aid_are_known_from_29_march_2026(code: str, section: str) -> None:
    assert changes_on(ASSISTANCE.rules, STATE_AID_REWORDED, code)
    before = rule_of(ASSISTANCE, code, STATE_AID_REWORDED - DAY)
    assert "vet vi ikke" in before.text.nb and before.note
    assert by_law(rule_of(ASSISTANCE, code, STATE_AID_REWORDED), section)
    assert rule_of(ASSISTANCE, code, FIRST_DAY) is before
