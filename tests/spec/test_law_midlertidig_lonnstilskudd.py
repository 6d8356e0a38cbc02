"""Midlertidig lønnstilskudd by the law: tiltaksforskriften chapter 9, rewritten from 1 July 2019."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, answer_to, by_law, changes_on, last_day, length_is_unknown, rule_of, the

MEASURE = the("midlertidig_lonnstilskudd")
REWRITTEN = date(2019, 7, 1)
NEW = {"already_employed": False, "trouble_without_subsidy": True}
KEPT = {"already_employed": True, "reduced_work_capacity": True, "sick_listed_twelve_months": True,
        "at_risk_of_falling_out": True, "employer_duty_met": True}  # fmt: skip


def answer(name: str, on: date = TODAY, **facts: object) -> Answer | None:
    return answer_to(MEASURE.code, on, name, **facts)


@pytest.mark.rule("tiltaksforskriften § 9-1")
def test_9_1_it_is_to_lead_to_a_permanent_job_or_keep_people_from_falling_out() -> None:
    assert "fast ansatt" in MEASURE.purpose.nb and "falle ut" in MEASURE.purpose.nb


@pytest.mark.rule("tiltaksforskriften § 9-2")
def test_9_2_the_person_is_hired_for_ordinary_tasks_known_from_1_july_2019() -> None:
    assert by_law(rule_of(MEASURE, "ordinary_tasks", REWRITTEN), "9-2")
    assert MEASURE.rule_on("ordinary_tasks", REWRITTEN - DAY) is None


@pytest.mark.rule("tiltaksforskriften § 9-3")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (NEW, Answer.MET),
        (NEW | {"trouble_without_subsidy": False}, Answer.NOT_MET),
        (KEPT, Answer.MET),
        (KEPT | {"reduced_work_capacity": False}, Answer.NOT_MET),
        (KEPT | {"sick_listed_twelve_months": False}, Answer.NOT_MET),
        (KEPT | {"at_risk_of_falling_out": False}, Answer.NOT_MET),
        (KEPT | {"employer_duty_met": False}, Answer.NOT_MET),
        ({"already_employed": False}, Answer.UNKNOWN),
        ({"already_employed": True}, Answer.UNKNOWN),
        ({}, Answer.UNKNOWN),
    ],
)
def test_9_3_it_is_for_who_has_trouble_getting_hired_or_is_about_to_fall_out_after_a_year_of_sick_leave(
    facts: dict[str, Any], expected: Answer
) -> None:
    assert answer("new_or_kept", **facts) is expected


@pytest.mark.rule("tiltaksforskriften § 9-3")
@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("standard_innsats", Answer.NOT_MET),
        ("situasjonsbestemt_innsats", Answer.MET),
        ("spesielt_tilpasset_innsats", Answer.MET),
        ("varig_tilpasset_innsats", Answer.MET),
        (None, Answer.UNKNOWN),
    ],
)
def test_9_3_only_who_has_been_assessed_as_needing_help_can_have_it(level: str | None, expected: Answer) -> None:
    assert answer("assessed_need", needs_level=level) is expected


@pytest.mark.rule("tiltaksforskriften § 9-3")
def test_9_3_whom_it_was_for_before_1_july_2019_is_not_known() -> None:
    assert answer("assessed_need", REWRITTEN - DAY, needs_level="standard_innsats") is Answer.UNKNOWN
    assert answer("assessed_need", REWRITTEN, needs_level="standard_innsats") is Answer.NOT_MET
    assert answer("new_or_kept", REWRITTEN - DAY) is None


@pytest.mark.rule("tiltaksforskriften § 9-4")
@pytest.mark.parametrize(
    ("start", "year", "two_years"),
    [
        (date(2025, 3, 10), date(2026, 3, 9), date(2027, 3, 9)),
        (date(2024, 2, 29), date(2025, 2, 27), date(2026, 2, 27)),  # from a leap day
        (date(2023, 3, 1), date(2024, 2, 29), date(2025, 2, 28)),  # to a leap day
        (date(2025, 8, 31), date(2026, 8, 30), date(2027, 8, 30)),  # from the end of a month
        (REWRITTEN, date(2020, 6, 30), date(2021, 6, 30)),  # the first day of the wording
    ],
)
def test_9_4_one_year_and_two_with_reduced_work_capacity(start: date, year: date, two_years: date) -> None:
    assert last_day(MEASURE, start, (), {"reduced_work_capacity": False}) == (year, year)
    assert last_day(MEASURE, start, (), {"reduced_work_capacity": True}) == (two_years, two_years)
    assert last_day(MEASURE, start) == (year, two_years)


@pytest.mark.rule("tiltaksforskriften § 9-4")
def test_9_4_earlier_periods_count_together_which_is_said_to_be_our_reading() -> None:
    duration = MEASURE.duration_on(TODAY)
    assert duration.cumulative and duration.cumulative_source == "house" and duration.interpretation is not None
    half = Period(date(2024, 1, 1), date(2024, 6, 30))
    left = last_day(MEASURE, date(2025, 1, 1), [half], {"reduced_work_capacity": False})
    assert left == (date(2025, 6, 30), date(2025, 6, 30))


@pytest.mark.rule("tiltaksforskriften § 9-4")
@pytest.mark.parametrize(("last", "expected"), [(date(2024, 12, 29), Answer.MET), (date(2024, 12, 31), Answer.NOT_MET)])
def test_9_4_when_the_year_is_used_to_its_last_day_there_is_none_left(last: date, expected: Answer) -> None:
    used = [Period(date(2024, 1, 1), last)]
    found = rules.duration_left(MEASURE, NeedsProfile(reduced_work_capacity=False), TODAY, used)
    assert found is not None and found.answer is expected


@pytest.mark.rule("tiltaksforskriften § 9-4")
def test_9_4_the_length_before_1_july_2019_stood_in_9_6_and_is_not_known() -> None:
    assert length_is_unknown(MEASURE, date(2016, 1, 1)) and length_is_unknown(MEASURE, REWRITTEN - DAY)
    assert MEASURE.duration_on(REWRITTEN - DAY).section == "9-6"
    assert by_law(MEASURE.duration_on(REWRITTEN), "9-4")
    assert MEASURE.duration_on(REWRITTEN).ordinary == Length(12)


@pytest.mark.rule("tiltaksforskriften § 9-5")
def test_9_5_40_percent_then_30_after_six_months_and_60_then_50_after_twelve_with_reduced_capacity() -> None:
    subsidy = MEASURE.subsidy_on(TODAY)
    assert by_law(subsidy, "9-5") and subsidy is not None
    assert subsidy.kind == "fixed" and subsidy.ceiling_basic_amounts is None
    steps = {group.code: [(step.from_month, step.percent) for step in group.steps] for group in subsidy.groups}
    assert steps == {"reduced_capacity": [(0, Decimal(60)), (12, Decimal(50))],
                     "others": [(0, Decimal(40)), (6, Decimal(30))]}  # fmt: skip


@pytest.mark.rule("tiltaksforskriften § 9-5")
def test_9_5_the_size_before_1_july_2019_stood_in_9_4_and_is_not_known() -> None:
    assert MEASURE.subsidy_on(REWRITTEN) is not None and MEASURE.subsidy_on(REWRITTEN - DAY) is None
    told = rule_of(MEASURE, "subsidy_size_before_2019", REWRITTEN - DAY)
    assert told.section == "9-4" and told.note
    assert MEASURE.rule_on("subsidy_size_before_2019", REWRITTEN) is None


@pytest.mark.rule("tiltaksforskriften § 9-5")
def test_9_5_overtime_and_varying_supplements_are_left_out_of_the_basis() -> None:
    rule = rule_of(MEASURE, "refund_basis", REWRITTEN)
    assert by_law(rule, "9-5") and "Overtid" in rule.text.nb


@pytest.mark.rule("tiltaksforskriften § 9-6")
def test_9_6_the_agreement_says_purpose_rate_length_and_contacts_from_1_september_2022() -> None:
    assert MEASURE.agreement is not None
    required = MEASURE.agreement.content_required_on
    assert {"purpose", "wage", "dates", "contacts"} <= set(required(date(2022, 9, 1)))
    assert "purpose" not in required(date(2022, 8, 31)) and "followup" in required(date(2022, 8, 31))
    assert "followup" not in required(REWRITTEN - DAY)
    for code in ("written_agreement", "contact_points"):
        assert by_law(rule_of(MEASURE, code, date(2022, 9, 1)), "9-6")
        assert MEASURE.rule_on(code, date(2022, 8, 31)) is None


@pytest.mark.rule("tiltaksforskriften § 9-6")
@pytest.mark.parametrize("code", ["oppfolging", "arbeid_med_stotte", "ips"])
def test_9_6_other_measures_can_follow_up_beside_it_from_1_september_2022(code: str) -> None:
    first = max(date(2022, 9, 1), date(2023, 6, 20) if code != "oppfolging" else date(2022, 9, 1))
    assert by_law(MEASURE.combination_on(code, first), "9-6")
    assert MEASURE.combination_on(code, first - DAY) is None


@pytest.mark.rule("tiltaksforskriften § 9-6")
def test_9_6_sets_no_interval_so_the_quarterly_review_is_said_to_be_our_own() -> None:
    review = MEASURE.review_on(TODAY)
    assert (review.every_months, review.source, review.owed_by) == (3, "house", "caseworker")
    assert review.interpretation is not None


@pytest.mark.rule("tiltaksforskriften § 9-7")
@pytest.mark.parametrize(
    ("on", "section"),
    [
        (date(2017, 7, 1), "9-8"),
        (date(2019, 6, 30), "9-8"),
        (date(2019, 7, 1), "9-7"),
        (date(2026, 3, 28), "9-7"),
        (date(2026, 3, 29), "9-7"),
    ],
)
def test_9_7_a_temporary_post_needs_a_special_trial_and_may_last_as_long_as_the_measure(on: date, section: str) -> None:
    standing = MEASURE.employment_on(on)
    assert by_law(standing, section) and standing is not None
    assert (standing.status, standing.permanent, standing.temporary_months) == ("employee", "main_rule", None)
    rule = rule_of(MEASURE, "permanent_or_special_trial", on)
    assert by_law(rule, section) and (rule.fact, rule.must_be) == ("permanent_or_special_trial", True)


@pytest.mark.rule("tiltaksforskriften § 9-7")
def test_9_7_what_held_for_temporary_posts_before_1_july_2017_is_not_known() -> None:
    standing = MEASURE.employment_on(date(2017, 6, 30))
    assert standing is not None and standing.source == "house" and standing.note
    assert MEASURE.rule_on("permanent_or_special_trial", date(2017, 6, 30)) is None
    assert changes_on(MEASURE.employment, date(2026, 3, 29))


@pytest.mark.rule("tiltaksforskriften § 9-8")
def test_9_8_the_subsidy_is_state_aid_by_the_wording_of_2019_and_of_29_march_2026() -> None:
    assert by_law(rule_of(MEASURE, "state_aid_block_exemption", REWRITTEN), "9-8")
    assert changes_on(MEASURE.rules, date(2026, 3, 29), "state_aid_block_exemption")
    assert MEASURE.rule_on("state_aid_block_exemption", REWRITTEN - DAY) is None


def test_who_is_ready_to_be_hired_is_our_own_question_and_only_warns() -> None:
    ready = next(c for c in MEASURE.target_group_on(TODAY) if c.code == "ready_to_be_hired")
    assert (ready.source, ready.severity) == ("house", "warning") and ready.interpretation is not None
    assert answer("ready_to_be_hired", work_capacity_clarified=True, knows_what_work=True) is Answer.MET
    assert answer("ready_to_be_hired", work_capacity_clarified=False, wish_employer="") is Answer.NOT_MET


def test_who_is_stopped_is_stopped_by_the_assessment_and_not_by_practice() -> None:
    tree = rules.eligibility(MEASURE, NeedsProfile(needs_level="standard_innsats"), TODAY)
    stops = [child.rule for child in tree.children if child.stops]
    assert stops == ["target_group.midlertidig_lonnstilskudd.assessed_need"]
    assert tree.answer is Answer.NOT_MET
