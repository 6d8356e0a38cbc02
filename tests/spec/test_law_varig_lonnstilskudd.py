"""Varig lønnstilskudd by the law: tiltaksforskriften chapter 10."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from springbrett.choice import rules
from springbrett.choice.chaining import requires_first
from springbrett.choice.records import Stay
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, answer_to, by_law, changes_on, rule_of, the

MEASURE = the("varig_lonnstilskudd")
FIRST_DAY = date(2016, 1, 1)
KEPT = {"already_employed": True, "sick_listed_twelve_months": True, "sick_leave_exception": False,
        "at_risk_of_falling_out": True, "employer_duty_met": True}  # fmt: skip


def answer(name: str, on: date = TODAY, **facts: object) -> Answer | None:
    return answer_to(MEASURE.code, on, name, **facts)


@pytest.mark.rule("tiltaksforskriften § 10-1")
def test_10_1_it_is_to_give_or_keep_ordinary_work_instead_of_disability_benefit() -> None:
    assert "vanlig arbeid" in MEASURE.purpose.nb and "uføretrygd" in MEASURE.purpose.nb


@pytest.mark.rule("tiltaksforskriften § 10-2")
def test_10_2_the_person_is_hired_for_ordinary_tasks_from_the_first_day() -> None:
    assert by_law(rule_of(MEASURE, "ordinary_tasks", FIRST_DAY), "10-2")
    standing = MEASURE.employment_on(FIRST_DAY)
    assert by_law(standing, "10-2") and standing is not None and standing.status == "employee"


@pytest.mark.rule("tiltaksforskriften § 10-3")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"already_employed": False}, Answer.MET),
        (KEPT, Answer.MET),
        (KEPT | {"sick_listed_twelve_months": False}, Answer.NOT_MET),
        (KEPT | {"sick_listed_twelve_months": False, "sick_leave_exception": True}, Answer.MET),
        (KEPT | {"at_risk_of_falling_out": False}, Answer.NOT_MET),
        (KEPT | {"employer_duty_met": False}, Answer.NOT_MET),
        ({"already_employed": True}, Answer.UNKNOWN),
        ({}, Answer.UNKNOWN),
    ],
)
def test_10_3_who_is_already_employed_can_have_it_only_as_an_exception(facts: dict[str, Any], expected: Answer) -> None:
    assert answer("new_or_kept", **facts) is expected


@pytest.mark.rule("tiltaksforskriften § 10-3")
def test_10_3_its_wording_before_1_january_2018_is_not_known() -> None:
    assert answer("new_or_kept", date(2017, 12, 31), already_employed=False) is Answer.UNKNOWN
    assert answer("new_or_kept", date(2018, 1, 1), already_employed=False) is Answer.MET


@pytest.mark.rule("tiltaksforskriften § 10-4")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"needs_level": "varig_tilpasset_innsats"}, Answer.MET),
        ({"needs_level": "spesielt_tilpasset_innsats", "situation": "disability_benefit_graded"}, Answer.MET),
        ({"needs_level": "spesielt_tilpasset_innsats", "situation": "disability_benefit"}, Answer.MET),
        ({"needs_level": "spesielt_tilpasset_innsats", "situation": "work_assessment_allowance"}, Answer.NOT_MET),
        ({"needs_level": "spesielt_tilpasset_innsats"}, Answer.UNKNOWN),
    ],
)
def test_10_4_work_capacity_is_established_as_lastingly_reduced(facts: dict[str, Any], expected: Answer) -> None:
    assert answer("lasting_reduction", **facts) is expected


TRIED = (Stay("midlertidig_lonnstilskudd", Period(date(2024, 1, 1), date(2024, 6, 30))),)
LASTING = (Stay("vta", Period(date(2024, 1, 1), None)),)


@pytest.mark.rule("tiltaksforskriften § 10-4")
@pytest.mark.parametrize(
    ("stays", "considered", "expected"),
    [
        (TRIED, None, Answer.MET),
        (TRIED, False, Answer.MET),
        ((), True, Answer.MET),
        ((), False, Answer.NOT_MET),
        ((), None, Answer.UNKNOWN),
        (LASTING, False, Answer.NOT_MET),
    ],
)
def test_10_4_measures_with_an_end_must_have_been_tried_or_considered(
    stays: tuple[Stay, ...], considered: bool | None, expected: Answer
) -> None:
    found = requires_first(MEASURE, stays, {"other_measures_considered": considered}, TODAY)
    assert found is not None and found.answer is expected
    assert str(found.ref) == "tiltaksforskriften § 10-4" and found.severity is Severity.STOP


@pytest.mark.rule("tiltaksforskriften § 10-4")
def test_10_4_a_measure_that_begins_the_same_day_has_not_been_tried_and_the_day_before_it_has() -> None:
    same_day, day_before = (
        (Stay("arbeidstrening", Period(start, date(2026, 12, 31))),) for start in (TODAY, TODAY - DAY)
    )
    asked = {"other_measures_considered": False}
    first, second = (requires_first(MEASURE, stays, asked, TODAY) for stays in (same_day, day_before))
    assert first is not None and first.answer is Answer.NOT_MET
    assert second is not None and second.met


@pytest.mark.rule("tiltaksforskriften § 10-5")
def test_10_5_the_post_is_discussed_with_employee_representatives_where_possible_so_it_only_warns() -> None:
    rule = rule_of(MEASURE, "discussed_with_employee_reps", FIRST_DAY)
    assert by_law(rule, "10-5")
    assert (rule.severity, rule.fact, rule.must_be) == ("warning", "discussed_with_employee_reps", True)


@pytest.mark.rule("tiltaksforskriften § 10-5")
def test_10_5_the_employer_has_first_adapted_for_the_one_who_is_already_employed() -> None:
    assert by_law(rule_of(MEASURE, "employer_adapts_own_staff", FIRST_DAY), "10-5")
    assert MEASURE.agreement is not None
    question = next(q for q in MEASURE.agreement.questions if q.code == "employer_duty_met")
    assert by_law(question, "10-5")


@pytest.mark.rule("tiltaksforskriften § 10-6")
def test_10_6_overtime_and_varying_supplements_are_left_out_of_the_basis() -> None:
    rule = rule_of(MEASURE, "refund_basis", FIRST_DAY)
    assert by_law(rule, "10-6") and "Overtid" in rule.text.nb


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_at_most_75_percent_the_first_year_then_67_and_never_more_than_5_basic_amounts_a_year() -> None:
    for on in (FIRST_DAY, TODAY):
        subsidy = MEASURE.subsidy_on(on)
        assert by_law(subsidy, "10-7") and subsidy is not None
        assert (subsidy.kind, subsidy.ceiling_basic_amounts) == ("maximum", Decimal(5))
        (everyone,) = subsidy.groups
        assert not everyone.when
        assert [(step.from_month, step.percent) for step in everyone.steps] == [(0, Decimal(75)), (12, Decimal(67))]
    assert MEASURE.subsidy_on(FIRST_DAY - DAY) is None


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_it_has_no_end_and_is_reviewed_at_least_every_half_year() -> None:
    assert by_law(MEASURE.duration_on(TODAY), "10-7") and MEASURE.duration_on(TODAY).unlimited
    end = rules.latest_end(MEASURE, TODAY, (), {})
    assert end is not None and end.unlimited
    review = MEASURE.review_on(FIRST_DAY)
    assert by_law(review, "10-7") and (review.every_months, review.owed_by) == (6, "caseworker")
    assert "half_year_review_not_asked" in {note.code for note in MEASURE.practice}


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_it_is_reduced_or_falls_away_when_capacity_improves() -> None:
    assert by_law(rule_of(MEASURE, "reduced_when_capacity_improves", FIRST_DAY), "10-7")
    assert by_law(rule_of(MEASURE, "size_by_capacity", FIRST_DAY), "10-7")


def test_in_practice_no_agreement_ends_after_2089_and_it_only_warns() -> None:
    bound = MEASURE.last_day_on(TODAY)
    assert bound is not None
    assert (bound.day, bound.severity, bound.source) == (date(2089, 12, 31), "warning", "practice")
    on_it, after = (rules.last_day(MEASURE, on) for on in (date(2089, 12, 31), date(2090, 1, 1)))
    assert on_it is not None and on_it.met
    assert after is not None and after.warns


@pytest.mark.rule("tiltaksforskriften § 10-8")
def test_10_8_the_agreement_says_post_follow_up_rate_length_and_contacts_from_1_september_2022() -> None:
    assert MEASURE.agreement is not None
    after = set(MEASURE.agreement.content_required_on(date(2022, 9, 1)))
    assert {"position", "followup", "wage", "dates", "contacts"} <= after
    assert "followup" not in MEASURE.agreement.content_required_on(date(2022, 8, 31))
    for code in ("written_agreement", "contact_points", "followup_fitted"):
        assert by_law(rule_of(MEASURE, code, date(2022, 9, 1)), "10-8")
        assert MEASURE.rule_on(code, date(2022, 8, 31)) is None


@pytest.mark.rule("tiltaksforskriften § 10-9")
def test_10_9_a_temporary_post_lasts_a_year_at_most_from_29_march_2026_and_before_it_is_not_known() -> None:
    after, before = (MEASURE.employment_on(on) for on in (date(2026, 3, 29), date(2026, 3, 28)))
    assert by_law(after, "10-9") and after is not None
    assert (after.permanent, after.temporary_months) == ("main_rule", 12)
    assert before is not None and before.temporary_months is None and "vet vi ikke" in before.text.nb and before.note
    rule = rule_of(MEASURE, "permanent_or_special_trial", date(2026, 3, 29))
    assert by_law(rule, "10-9") and rule.severity == "warning"
    assert MEASURE.rule_on("permanent_or_special_trial", date(2026, 3, 28)) is None


@pytest.mark.rule("tiltaksforskriften § 10-3")
def test_10_3_a_lasting_employment_is_the_aim_known_from_1_january_2018() -> None:
    after, before = (MEASURE.employment_on(on) for on in (date(2018, 1, 1), date(2017, 12, 31)))
    assert by_law(after, "10-3") and after is not None and after.permanent == "main_rule"
    assert before is not None and before.permanent == "not_asked" and before.note


@pytest.mark.rule("tiltaksforskriften § 10-10")
def test_10_10_the_subsidy_is_state_aid_by_the_wordings_of_2018_and_of_29_march_2026() -> None:
    for day in (date(2018, 1, 1), date(2026, 3, 29)):
        assert changes_on(MEASURE.rules, day, "state_aid_block_exemption")
        assert by_law(rule_of(MEASURE, "state_aid_block_exemption", day), "10-10")
    assert "vet vi ikke" in rule_of(MEASURE, "state_aid_block_exemption", date(2017, 12, 31)).text.nb


def test_a_needs_level_below_the_highest_is_stopped_by_the_law_only_when_nothing_else_shows_a_lasting_reduction() -> (
    None
):
    profile = NeedsProfile(needs_level="spesielt_tilpasset_innsats", situation="disability_benefit")
    level = rules.needs_level(MEASURE, profile, TODAY)
    assert level is not None and level.warns
    assert answer("lasting_reduction", needs_level=profile.needs_level, situation=profile.situation) is Answer.MET
