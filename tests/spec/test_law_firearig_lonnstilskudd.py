"""Fireårig lønnstilskudd for unge by its own regulation (firearigforskriften), in force from 1 August 2026."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, answer_to, by_law, last_day, rule_of, the

ACT = "firearigforskriften"
MEASURE = the("firearig_lonnstilskudd")
FIRST_DAY = date(2026, 8, 1)
LAST_DAY = date(2032, 12, 31)


def answer(name: str, on: date = TODAY, **facts: object) -> Answer | None:
    return answer_to(MEASURE.code, on, name, **facts)


@pytest.mark.rule("firearigforskriften § 1")
def test_1_it_tries_whether_the_young_at_risk_of_disability_benefit_can_come_into_ordinary_work() -> None:
    assert "unge" in MEASURE.purpose.nb and "uføre" in MEASURE.purpose.nb


@pytest.mark.rule("firearigforskriften § 2")
@pytest.mark.parametrize(
    ("takes_part", "expected"), [(True, Answer.MET), (False, Answer.NOT_MET), (None, Answer.UNKNOWN)]
)
def test_2_only_offices_that_take_part_can_give_it(takes_part: bool | None, expected: Answer) -> None:
    assert answer("office_takes_part", office_takes_part_in_trial=takes_part) is expected


@pytest.mark.rule("firearigforskriften § 3")
@pytest.mark.parametrize("code", ["ordinary_tasks", "one_contact_person", "beyond_the_employers_duty"])
def test_3_an_ordinary_job_one_contact_person_and_help_beyond_the_employers_duty(code: str) -> None:
    assert by_law(rule_of(MEASURE, code, FIRST_DAY), "3", ACT)


@pytest.mark.rule("firearigforskriften § 4")
@pytest.mark.parametrize(
    ("born", "start", "young_enough"),
    [
        (date(1996, 8, 2), FIRST_DAY, True),  # turns 30 tomorrow
        (date(1996, 8, 1), FIRST_DAY, False),  # turns 30 today
        (date(1998, 2, 28), date(2028, 2, 27), True),
        (date(2000, 2, 29), date(2030, 2, 28), True),  # born on leap day: 30 on the first of March
        (date(2000, 2, 29), date(2030, 3, 1), False),
    ],
)
def test_4_the_person_has_not_turned_30_when_it_is_given(born: date, start: date, young_enough: bool) -> None:
    limit = MEASURE.max_age_on(start)
    assert by_law(limit, "4", ACT) and limit is not None and limit.at == "start"
    found = rules.maximum_age(MEASURE, NeedsProfile(birth_date=born), start)
    assert found is not None and found.met == young_enough and found.severity is Severity.STOP


@pytest.mark.rule("firearigforskriften § 4")
@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("reduced_capacity", {"reduced_work_capacity": True}, Answer.MET),
        ("reduced_capacity", {"reduced_work_capacity": False}, Answer.NOT_MET),
        ("reduced_capacity", {}, Answer.UNKNOWN),
        ("trouble_without_subsidy", {"trouble_without_subsidy": True}, Answer.MET),
        ("trouble_without_subsidy", {"trouble_without_subsidy": False}, Answer.NOT_MET),
        ("trouble_without_subsidy", {}, Answer.UNKNOWN),
        ("assessed", {"needs_level": "standard_innsats"}, Answer.MET),
        ("assessed", {}, Answer.UNKNOWN),
    ],
)
def test_4_work_capacity_is_reduced_the_need_assessed_and_no_job_to_be_had_without_a_subsidy(
    name: str, facts: dict[str, Any], expected: Answer
) -> None:
    assert answer(name, **facts) is expected


def test_a_29_year_old_with_reduced_capacity_at_an_office_in_the_trial_may_have_it_from_the_first_of_august() -> None:
    profile = NeedsProfile(birth_date=date(1997, 5, 17), needs_level="spesielt_tilpasset_innsats",
                           reduced_work_capacity=True)  # fmt: skip
    told = profile.facts(FIRST_DAY) | {"office_takes_part_in_trial": True, "trouble_without_subsidy": True}
    assert rules.eligibility(MEASURE, profile, FIRST_DAY, facts=told).met
    before = rules.eligibility(MEASURE, profile, FIRST_DAY - DAY, facts=told)
    assert before.answer is Answer.NOT_MET
    assert [child.rule for child in before.children if child.stops] == ["measure_in_force"]


@pytest.mark.rule("firearigforskriften § 5")
def test_5_the_post_is_discussed_with_employee_representatives_where_possible_so_it_only_warns() -> None:
    rule = rule_of(MEASURE, "discussed_with_employee_reps", FIRST_DAY)
    assert by_law(rule, "5", ACT) and (rule.severity, rule.must_be) == ("warning", True)


@pytest.mark.rule("firearigforskriften § 6")
@pytest.mark.parametrize("code", ["refund_basis", "paid_while_wages_are_owed", "state_aid_block_exemption"])
def test_6_a_fixed_share_of_the_wage_cost_for_as_long_as_wages_are_owed(code: str) -> None:
    assert by_law(rule_of(MEASURE, code, FIRST_DAY), "6", ACT)


@pytest.mark.rule("firearigforskriften § 7")
def test_7_70_60_50_and_35_percent_year_by_year_and_never_more_than_5_basic_amounts_a_year() -> None:
    subsidy = MEASURE.subsidy_on(FIRST_DAY)
    assert by_law(subsidy, "7", ACT) and subsidy is not None
    assert (subsidy.kind, subsidy.ceiling_basic_amounts) == ("fixed", Decimal(5))
    (everyone,) = subsidy.groups
    steps = [(step.from_month, step.percent) for step in everyone.steps]
    assert steps == [(0, Decimal(70)), (12, Decimal(60)), (24, Decimal(50)), (36, Decimal(35))]


@pytest.mark.rule("firearigforskriften § 8")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        (FIRST_DAY, date(2030, 7, 31)),
        (date(2028, 2, 29), date(2032, 2, 28)),  # from a leap day to the day before one
        (date(2027, 2, 28), date(2031, 2, 27)),
        (date(2027, 3, 1), date(2031, 2, 28)),
        (date(2026, 8, 31), date(2030, 8, 30)),
    ],
)
def test_8_four_years_and_not_a_day_more(start: date, last: date) -> None:
    assert by_law(MEASURE.duration_on(start), "8", ACT)
    assert last_day(MEASURE, start) == (last, last)


@pytest.mark.rule("firearigforskriften § 8")
def test_8_a_change_of_employer_gives_no_new_four_years_which_is_said_to_be_our_reading() -> None:
    duration = MEASURE.duration_on(FIRST_DAY)
    assert duration.cumulative and duration.cumulative_source == "house" and duration.interpretation is not None
    first_year = Period(FIRST_DAY, date(2027, 7, 31))
    assert last_day(MEASURE, date(2027, 8, 1), [first_year])[0] == date(2030, 7, 31)


@pytest.mark.rule("firearigforskriften § 9")
def test_9_followed_up_at_least_every_third_month_by_an_agreement_with_purpose_rate_and_length() -> None:
    review = MEASURE.review_on(FIRST_DAY)
    assert by_law(review, "9", ACT) and (review.every_months, review.owed_by) == (3, "caseworker")
    assert MEASURE.agreement is not None
    assert {"purpose", "wage", "dates", "contacts", "followup"} <= set(MEASURE.agreement.content_required_on(FIRST_DAY))
    for code in ("written_agreement", "contact_points", "followup_fitted"):
        assert by_law(rule_of(MEASURE, code, FIRST_DAY), "9", ACT)
    for code in ("oppfolging", "arbeid_med_stotte", "ips", "mentor"):
        assert by_law(MEASURE.combination_on(code, FIRST_DAY), "9", ACT)


@pytest.mark.rule("firearigforskriften § 10")
def test_10_the_post_is_permanent_or_temporary_for_two_years_at_most_when_capacity_needs_a_trial() -> None:
    standing = MEASURE.employment_on(FIRST_DAY)
    assert by_law(standing, "10", ACT) and standing is not None
    assert (standing.status, standing.permanent, standing.temporary_months) == ("employee", "main_rule", 24)
    rule = rule_of(MEASURE, "permanent_or_special_trial", FIRST_DAY)
    assert by_law(rule, "10", ACT) and (rule.severity, rule.fact, rule.must_be) == (
        "stop", "permanent_or_special_trial", True,
    )  # fmt: skip


@pytest.mark.rule("firearigforskriften § 11")
def test_11_chapter_1_of_the_other_regulation_holds_as_far_as_it_fits() -> None:
    assert by_law(rule_of(MEASURE, "chapter_1_applies", FIRST_DAY), "11", ACT)
    assert by_law(rule_of(MEASURE, "no_displacement", FIRST_DAY), "1-6")


@pytest.mark.rule("firearigforskriften § 12")
def test_12_no_stay_reaches_past_the_end_of_2032() -> None:
    closing = MEASURE.last_day_on(FIRST_DAY)
    assert by_law(closing, "12", ACT) and closing is not None
    assert (closing.day, closing.severity) == (LAST_DAY, "stop")
    on_it, after = (rules.last_day(MEASURE, on) for on in (LAST_DAY, LAST_DAY + DAY))
    assert on_it is not None and on_it.met
    assert after is not None and after.stops
    assert MEASURE.in_force(LAST_DAY) and not MEASURE.in_force(LAST_DAY + DAY)


@pytest.mark.rule("firearigforskriften § 13")
def test_13_it_is_in_force_from_1_august_2026() -> None:
    assert by_law(MEASURE.valid[0], "13", ACT)
    assert MEASURE.in_force(FIRST_DAY) and not MEASURE.in_force(FIRST_DAY - DAY)
