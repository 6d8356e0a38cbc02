"""Arbeidstrening in the catalogue, section by section of the regulation (tiltaksforskriften)."""

from datetime import date, timedelta

import pytest

from springbrett.catalogue import NotInForce, load
from springbrett.catalogue.conditions import any_group
from springbrett.catalogue.structs import Measure
from springbrett.kernel.period import Length

TODAY = date(2026, 11, 1)
DAY = timedelta(days=1)


@pytest.fixture
def measure() -> Measure:
    return load().measure("arbeidstrening")


def law(value: object, section: str) -> bool:
    """Whether a dated value comes from the section of the regulation."""
    return (value.act, value.section, value.source) == ("tiltaksforskriften", section, "law")  # type: ignore[attr-defined]


def test_1_3_the_participant_must_be_16_since_1_august_2025(measure: Measure) -> None:
    limit = measure.min_age_on(date(2025, 8, 1))
    assert limit is not None
    assert (limit.years, limit.basis) == (16, "birthday")
    assert law(limit, "1-3")


def test_1_3_before_1_august_2025_the_limit_is_not_known_and_never_guessed(measure: Measure) -> None:
    limit = measure.min_age_on(date(2025, 7, 31))
    assert limit is not None
    assert limit.years is None
    assert limit.note


def test_1_3_the_participant_leaves_when_offered_suitable_work(measure: Measure) -> None:
    rule = measure.rule_on("ends_when_offered_work", TODAY)
    assert rule is not None
    assert law(rule, "1-3")
    assert rule.exception is not None


def test_1_3_the_measure_is_chosen_together_with_the_participant(measure: Measure) -> None:
    rule = measure.rule_on("chosen_together", TODAY)
    assert rule is not None
    assert law(rule, "1-3")


@pytest.mark.parametrize(
    ("code", "fact", "must_be", "section"),
    [
        ("no_displacement", "displaces_ordinary_staff", False, "1-6"),
        ("no_close_relatives", "close_relative", False, "1-6"),
        ("discussed_with_employee_reps", "discussed_with_employee_reps", True, "3-6"),
        ("not_employed", "employed_in_company", False, "3-7"),
    ],
)
def test_1_6_3_6_3_7_what_the_employer_declares(
    measure: Measure, code: str, fact: str, must_be: bool, section: str
) -> None:
    rule = measure.rule_on(code, TODAY)
    assert rule is not None
    assert (rule.fact, rule.must_be, rule.severity) == (fact, must_be, "stop")
    assert law(rule, section)


def test_1_6_close_relatives_only_for_special_reasons(measure: Measure) -> None:
    rule = measure.rule_on("no_close_relatives", TODAY)
    assert rule is not None
    assert rule.exception is not None


@pytest.mark.parametrize(
    ("code", "section"), [("organiser_reports", "1-6"), ("insured", "1-9"), ("fitted_to_the_person", "1-4")]
)
def test_1_4_1_6_1_9_what_else_holds_for_every_measure(measure: Measure, code: str, section: str) -> None:
    rule = measure.rule_on(code, TODAY)
    assert rule is not None
    assert law(rule, section)


def in_target_group(measure: Measure, **facts: object) -> bool | None:
    condition = next(entry for entry in measure.target_group_on(TODAY) if entry.section == "3-3")
    return any_group(condition.any_of, facts)


def test_3_3_a_job_seeker_with_little_experience_is_in_the_target_group(measure: Measure) -> None:
    assert in_target_group(measure, job_seeker=True, work_experience_years=0.5) is True


def test_3_3_a_person_with_reduced_work_capacity_is_in_the_target_group(measure: Measure) -> None:
    assert in_target_group(measure, reduced_work_capacity=True, work_experience_years=30) is True


def test_3_3_a_job_seeker_with_long_and_recent_experience_is_not(measure: Measure) -> None:
    facts = {"job_seeker": True, "reduced_work_capacity": False, "work_experience_years": 12}
    facts |= {"work_experience_norway_years": 12, "last_worked_years_ago": 0}
    assert in_target_group(measure, **facts) is False


def test_3_3_what_is_not_known_is_not_a_no(measure: Measure) -> None:
    assert in_target_group(measure, job_seeker=True) is None


def test_3_4_the_agreement_says_purpose_content_training_and_contacts_since_1_september_2022(measure: Measure) -> None:
    assert measure.agreement is not None
    after = set(measure.agreement.content_required_on(date(2022, 9, 1)))
    assert {"purpose", "tasks", "training", "contacts"} <= after
    before = measure.agreement.content_required_on(date(2022, 8, 31))
    assert "training" not in before


@pytest.mark.parametrize("code", ["written_agreement", "outcome_documented", "contact_points", "followup_fitted"])
def test_3_4_its_duties_hold_from_1_september_2022_and_are_not_known_before(measure: Measure, code: str) -> None:
    rule = measure.rule_on(code, date(2022, 9, 1))
    assert rule is not None
    assert law(rule, "3-4")
    assert measure.rule_on(code, date(2022, 8, 31)) is None


def test_3_5_at_most_12_months(measure: Measure) -> None:
    duration = measure.duration_on(TODAY)
    assert duration.lengths({"reduced_work_capacity": False}) == (Length(12), Length(12))
    assert law(duration, "3-5")


def test_3_5_6_months_more_with_reduced_work_capacity(measure: Measure) -> None:
    assert measure.duration_on(TODAY).lengths({"reduced_work_capacity": True}) == (Length(18), Length(18))


def test_3_5_earlier_placements_count_and_the_catalogue_says_that_is_our_reading(measure: Measure) -> None:
    duration = measure.duration_on(TODAY)
    assert duration.cumulative
    assert duration.cumulative_source == "house"
    assert duration.cumulative_note


def test_3_5_reviewed_at_least_every_third_month(measure: Measure) -> None:
    review = measure.review_on(TODAY)
    assert review.every_months == 3
    assert law(review, "3-5")


def test_3_7_the_participant_is_not_an_employee(measure: Measure) -> None:
    found = measure.employment_on(TODAY)
    assert found is not None and found.status == "not_employee"
    assert law(found, "3-7")


def test_15_1_in_force_from_1_january_2016_and_not_the_day_before(measure: Measure) -> None:
    assert measure.in_force(date(2016, 1, 1))
    assert not measure.in_force(date(2016, 1, 1) - DAY)
    with pytest.raises(NotInForce, match=r"measures/arbeidstrening\.toml: durations"):
        measure.duration_on(date(2015, 12, 31))


def test_practice_that_differs_is_kept_as_practice(measure: Measure) -> None:
    cap = measure.max_age_on(TODAY)
    assert cap is not None
    assert (cap.years, cap.source) == (72, "practice")
    levels = measure.needs_levels_on(TODAY)
    assert levels is not None
    assert (levels.levels, levels.source) == (("situasjonsbestemt_innsats", "spesielt_tilpasset_innsats"), "practice")
    assert measure.agreement is not None
    window = measure.agreement.start_window_on(TODAY)
    assert window is not None
    assert (window.days_back, window.source, window.severity) == (7, "practice", "warning")
    assert {note.code for note in measure.practice} >= {"eighteen_months_for_all", "upper_age_72"}


def test_the_employer_reports_at_the_start_each_quarter_and_at_the_end(measure: Measure) -> None:
    duties = measure.reports_on(TODAY)
    assert [duty.at for duty in duties] == ["start", *["after_months"] * 4, "end"]
    assert [duty.after_months for duty in duties if duty.at == "after_months"] == [3, 6, 9, 12]
    assert {duty.owed_by for duty in duties} == {"employer"}


def test_the_three_parties_agree_and_the_caseworker_last(measure: Measure) -> None:
    assert measure.agreement is not None
    assert measure.agreement.parties == ("participant", "employer", "caseworker")
    assert measure.agreement.last_to_approve == "caseworker"
    for part in ("purpose", "tasks", "hours", "dates", "support"):
        assert set(measure.agreement.clears[part]) == {"participant", "employer", "caseworker"}
    assert measure.agreement.clears["contacts"] == ()


def test_every_clause_of_the_agreement_says_where_it_comes_from(measure: Measure) -> None:
    assert measure.agreement is not None
    for clause in measure.agreement.clauses_on(TODAY):
        assert clause.source == "house" or clause.section
