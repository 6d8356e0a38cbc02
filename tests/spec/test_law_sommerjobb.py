"""Sommerjobb by the law: tiltaksforskriften chapter 8, added anew from 22 April 2021."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, answer_to, by_law, changes_on, last_day, rule_of, the

MEASURE = the("sommerjobb")
FIRST_DAY = date(2021, 4, 22)
SUMMER = date(2026, 6, 1)


def answer(name: str, on: date = SUMMER, **facts: object) -> Answer | None:
    return answer_to(MEASURE.code, on, name, **facts)


@pytest.mark.rule("tiltaksforskriften § 8-1")
@pytest.mark.parametrize(
    ("on", "given"),
    [
        (date(2019, 7, 1), False),
        (date(2020, 1, 1), False),
        (date(2021, 4, 21), False),
        (FIRST_DAY, True),
        (date(2027, 12, 31), True),
    ],
)
def test_8_1_there_is_no_summer_job_before_22_april_2021(on: date, given: bool) -> None:
    found = rules.measure_in_force(MEASURE, on)
    assert found.met == given
    assert MEASURE.valid[0].note


@pytest.mark.rule("tiltaksforskriften § 8-2")
def test_8_2_the_person_is_hired_temporarily_on_ordinary_pay_and_terms() -> None:
    standing = MEASURE.employment_on(FIRST_DAY)
    assert by_law(standing, "8-2") and standing is not None
    assert (standing.status, standing.permanent) == ("employee", "not_asked")
    assert by_law(rule_of(MEASURE, "ordinary_tasks", FIRST_DAY), "8-2")


@pytest.mark.rule("tiltaksforskriften § 8-3")
@pytest.mark.parametrize(
    ("born", "start", "young_enough"),
    [
        (date(1996, 6, 2), SUMMER, True),  # turns 30 tomorrow
        (date(1996, 6, 1), SUMMER, False),  # turns 30 today
        (date(1996, 2, 29), date(2026, 2, 28), True),  # born on leap day: 30 on the first of March
        (date(1996, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_8_3_the_person_is_under_30_on_the_first_day(born: date, start: date, young_enough: bool) -> None:
    limit = MEASURE.max_age_on(start)
    assert by_law(limit, "8-3") and limit is not None and limit.at == "start"
    found = rules.maximum_age(MEASURE, NeedsProfile(birth_date=born), start)
    assert found is not None and found.met == young_enough
    assert found.severity is Severity.STOP


def test_practice_lets_in_who_turns_30_on_the_day_and_the_difference_is_shown() -> None:
    assert {"thirty_on_the_day", "season_by_first_day"} <= {note.code for note in MEASURE.practice}


@pytest.mark.rule("tiltaksforskriften § 8-3")
@pytest.mark.parametrize(
    ("facts", "need", "trouble"),
    [
        ({"needs_level": "situasjonsbestemt_innsats", "trouble_without_subsidy": True}, Answer.MET, Answer.MET),
        ({"needs_level": "standard_innsats", "trouble_without_subsidy": False}, Answer.NOT_MET, Answer.NOT_MET),
        ({}, Answer.UNKNOWN, Answer.UNKNOWN),
    ],
)
def test_8_3_the_need_is_assessed_and_no_such_job_is_to_be_had_without_a_subsidy(
    facts: dict[str, Any], need: Answer, trouble: Answer
) -> None:
    assert answer("assessed_need", **facts) is need
    assert answer("trouble_without_subsidy", **facts) is trouble


@pytest.mark.rule("tiltaksforskriften § 8-4")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2026, 6, 1), date(2026, 6, 28)),
        (date(2026, 8, 4), date(2026, 8, 31)),
        (date(2024, 2, 5), date(2024, 3, 3)),  # across a leap day
        (date(2023, 2, 5), date(2023, 3, 4)),
    ],
)
def test_8_4_four_weeks_are_28_days(start: date, last: date) -> None:
    assert last_day(MEASURE, start) == (last, last)
    assert MEASURE.duration_on(start).longest == Length(0, 28)


@pytest.mark.rule("tiltaksforskriften § 8-4")
@pytest.mark.parametrize(
    ("earlier", "last"),
    [
        (Period(date(2025, 7, 1), date(2025, 7, 14)), date(2026, 6, 14)),  # two weeks used
        (Period(date(2025, 7, 1), date(2025, 7, 27)), date(2026, 6, 1)),  # one day left
        (Period(date(2025, 7, 1), date(2025, 7, 28)), None),  # all used
    ],
)
def test_8_4_the_weeks_are_counted_per_participant_so_summers_add_up(earlier: Period, last: date | None) -> None:
    duration = MEASURE.duration_on(SUMMER)
    assert duration.cumulative and duration.cumulative_source == "law" and duration.interpretation is not None
    assert last_day(MEASURE, SUMMER, [earlier]) == (last, last)


@pytest.mark.rule("tiltaksforskriften § 8-4")
@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        (date(2026, 6, 1), date(2026, 6, 28), True),
        (date(2026, 5, 31), date(2026, 6, 27), False),
        (date(2026, 8, 4), date(2026, 8, 31), True),
        (date(2026, 8, 5), date(2026, 9, 1), False),
        (date(2026, 8, 31), date(2026, 8, 31), True),
        (date(2026, 7, 1), date(2027, 7, 1), False),
    ],
)
def test_8_4_the_whole_job_lies_from_1_june_to_31_august(start: date, end: date, inside: bool) -> None:
    season = MEASURE.season_on(start)
    assert by_law(season, "8-4") and season is not None and season.severity == "stop"
    assert season.covers(start, end) is inside


@pytest.mark.rule("tiltaksforskriften § 8-4")
def test_8_4_outside_the_summer_only_for_special_reasons_that_the_caseworker_answers_for() -> None:
    season = MEASURE.season_on(SUMMER)
    assert season is not None and season.exception is not None
    assert season.excused_by == "summer_special_reasons"
    assert MEASURE.agreement is not None
    question = next(q for q in MEASURE.agreement.questions_on(SUMMER) if q.code == season.excused_by)
    assert question.party == "caseworker" and by_law(question, "8-4")


@pytest.mark.rule("tiltaksforskriften § 8-5")
def test_8_5_the_agreement_says_purpose_rate_and_length_from_the_first_day() -> None:
    assert MEASURE.agreement is not None
    for on in (FIRST_DAY, date(2022, 8, 31), date(2022, 9, 1)):
        assert {"purpose", "wage", "dates", "contacts"} <= set(MEASURE.agreement.content_required_on(on))
        assert by_law(rule_of(MEASURE, "written_agreement", on), "8-5")
        assert by_law(rule_of(MEASURE, "followup_fitted", on), "8-5")


@pytest.mark.rule("tiltaksforskriften § 8-5")
def test_8_5_who_answers_for_the_follow_up_became_whom_to_turn_to_on_1_september_2022() -> None:
    assert changes_on(MEASURE.rules, date(2022, 9, 1), "contact_points")
    before, after = (rule_of(MEASURE, "contact_points", on) for on in (date(2022, 8, 31), date(2022, 9, 1)))
    assert "ansvar for oppfølgingen" in before.text.nb and "henvende seg" in after.text.nb


@pytest.mark.rule("tiltaksforskriften § 8-6")
def test_8_6_half_the_wage_cost_is_covered_and_three_quarters_with_reduced_capacity() -> None:
    subsidy = MEASURE.subsidy_on(FIRST_DAY)
    assert by_law(subsidy, "8-6") and subsidy is not None and subsidy.kind == "fixed"
    assert subsidy.ceiling_basic_amounts is None
    assert {group.code: [step.percent for step in group.steps] for group in subsidy.groups} == {
        "reduced_capacity": [Decimal(75)],
        "others": [Decimal(50)],
    }
    assert MEASURE.subsidy_on(FIRST_DAY - DAY) is None
    assert by_law(rule_of(MEASURE, "refund_basis", FIRST_DAY), "8-6")


@pytest.mark.rule("tiltaksforskriften § 8-6")
def test_8_6_a_company_with_staff_laid_off_has_no_subsidy() -> None:
    rule = rule_of(MEASURE, "no_laid_off_staff", FIRST_DAY)
    assert by_law(rule, "8-6")
    assert (rule.severity, rule.fact, rule.must_be) == ("stop", "laid_off_staff", False)
    assert MEASURE.agreement is not None
    question = next(q for q in MEASURE.agreement.questions_on(FIRST_DAY) if q.code == "laid_off_staff")
    assert question.party == "employer"


@pytest.mark.rule("tiltaksforskriften § 8-7")
def test_8_7_the_subsidy_is_state_aid_by_the_wordings_of_2021_and_of_29_march_2026() -> None:
    assert by_law(rule_of(MEASURE, "state_aid_block_exemption", FIRST_DAY), "8-7")
    assert changes_on(MEASURE.rules, date(2026, 3, 29), "state_aid_block_exemption")


def test_a_few_weeks_are_not_reviewed_and_end_with_a_report_that_is_said_to_be_our_own() -> None:
    assert MEASURE.reviews == ()
    (report,) = MEASURE.reports_on(TODAY)
    assert (report.at, report.owed_by, report.source) == ("end", "employer", "house")
    assert report.interpretation is not None
