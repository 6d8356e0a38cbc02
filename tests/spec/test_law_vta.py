"""VTA in an approved enterprise by the law: tiltaksforskriften chapter 14, and the single places it held until 2026."""

from datetime import date
from typing import Any

import pytest

from springbrett.choice import rules
from springbrett.choice.chaining import requires_first
from springbrett.choice.records import Stay
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer
from tests.spec.law import DAY, TODAY, answer_to, by_law, changes_on, rule_of, the

MEASURE = the("vta")
FIRST_DAY = date(2016, 1, 1)
NEW_CHAPTER = date(2026, 9, 1)


def answer(name: str, on: date = TODAY, **facts: object) -> Answer | None:
    return answer_to(MEASURE.code, on, name, **facts)


@pytest.mark.rule("tiltaksforskriften § 14-1")
def test_14_1_it_is_to_develop_what_the_person_can_do_through_adapted_work() -> None:
    assert "utvikle" in MEASURE.purpose.nb and "kvalifisering" in MEASURE.purpose.nb


@pytest.mark.rule("tiltaksforskriften § 14-2")
def test_14_2_single_places_in_ordinary_companies_were_part_of_it_until_31_august_2026() -> None:
    for on in (FIRST_DAY, NEW_CHAPTER - DAY):
        assert by_law(rule_of(MEASURE, "single_places", on), "14-2")
        assert not the("vtao").in_force(on)
    assert MEASURE.rule_on("single_places", NEW_CHAPTER) is None
    assert the("vtao").in_force(NEW_CHAPTER)


@pytest.mark.rule("tiltaksforskriften § 14-3")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"situation": "disability_benefit"}, Answer.MET),
        ({"situation": "disability_benefit_graded"}, Answer.MET),
        ({"situation": "work_assessment_allowance", "disability_benefit_expected": True}, Answer.MET),
        ({"situation": "work_assessment_allowance", "disability_benefit_expected": False}, Answer.NOT_MET),
        ({"situation": "work_assessment_allowance"}, Answer.UNKNOWN),
    ],
)
def test_14_3_the_person_has_disability_benefit_or_is_expected_to_have_it_shortly(
    facts: dict[str, Any], expected: Answer
) -> None:
    assert answer("disability_benefit", **facts) is expected


@pytest.mark.rule("tiltaksforskriften § 14-3")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"close_followup_needed": True}, Answer.MET),
        ({"followup_need": 3, "adaptations_needed": ("own_pace",)}, Answer.MET),
        ({"followup_need": 2, "close_followup_needed": False}, Answer.NOT_MET),
        ({"followup_need": 3, "adaptations_needed": (), "close_followup_needed": False}, Answer.NOT_MET),
        ({"followup_need": 3}, Answer.UNKNOWN),
    ],
)
def test_14_3_the_person_needs_special_adaptation_and_close_follow_up(facts: dict[str, Any], expected: Answer) -> None:
    assert answer("close_followup", **facts) is expected


@pytest.mark.rule("tiltaksforskriften § 14-3")
@pytest.mark.parametrize("code", ["vta", "vtao"])
@pytest.mark.parametrize(
    ("considered", "expected"), [(True, Answer.MET), (False, Answer.NOT_MET), (None, Answer.UNKNOWN)]
)
def test_14_3_other_measures_have_been_considered_and_found_not_to_fit(
    code: str, considered: bool | None, expected: Answer
) -> None:
    found = requires_first(the(code), (), {"other_measures_considered": considered}, TODAY)
    assert found is not None and found.answer is expected
    assert found.ref.section == {"vta": "14-3", "vtao": "14A-3"}[code]


def test_that_a_measure_that_was_tried_counts_as_considered_is_said_to_be_our_reading() -> None:
    tried = (Stay("arbeidstrening", Period(date(2025, 1, 1), date(2025, 6, 30))),)
    found = requires_first(MEASURE, tried, {}, TODAY)
    assert found is not None and found.met
    (asked,) = MEASURE.requires_first_on(TODAY)
    assert asked.considered_is_enough and asked.interpretation is not None


@pytest.mark.rule("tiltaksforskriften § 14-4")
def test_14_4_it_has_no_end_but_a_move_is_considered_regularly() -> None:
    assert by_law(MEASURE.duration_on(FIRST_DAY), "14-4") and MEASURE.duration_on(FIRST_DAY).unlimited
    end = rules.latest_end(MEASURE, TODAY, (), {})
    assert end is not None and end.unlimited
    assert by_law(rule_of(MEASURE, "move_considered_regularly", FIRST_DAY), "14-4")


@pytest.mark.rule("tiltaksforskriften § 14-4")
def test_14_4_the_law_sets_no_interval_so_the_half_year_is_practice_and_says_so() -> None:
    review = MEASURE.review_on(TODAY)
    assert (review.every_months, review.source, review.owed_by) == (6, "practice", "caseworker")
    assert review.interpretation is not None


@pytest.mark.rule("tiltaksforskriften § 14-5")
def test_14_5_what_an_enterprise_must_meet_is_known_from_1_january_2026_and_only_in_part_before() -> None:
    before, after = (rule_of(MEASURE, "enterprise_approved", on) for on in (date(2025, 12, 31), date(2026, 1, 1)))
    assert before.note and "bare deler" in before.text.nb
    assert by_law(after, "14-5") and after.exception is not None


@pytest.mark.rule("tiltaksforskriften § 14-5")
def test_14_5_voluntary_organisations_and_the_exemption_of_single_places_came_on_5_july_2017() -> None:
    first = date(2017, 7, 5)
    for code in ("voluntary_organisations", "single_places_other_demands"):
        assert by_law(rule_of(MEASURE, code, first), "14-5")
        assert MEASURE.rule_on(code, first - DAY) is None
    assert MEASURE.rule_on("single_places_other_demands", date(2025, 12, 31)) is not None
    assert MEASURE.rule_on("single_places_other_demands", date(2026, 1, 1)) is None


@pytest.mark.rule("tiltaksforskriften § 14-6")
def test_14_6_the_enterprise_can_run_other_measures_and_the_wording_is_new_from_1_september_2026() -> None:
    assert by_law(rule_of(MEASURE, "other_activity", FIRST_DAY), "14-6")
    assert changes_on(MEASURE.rules, NEW_CHAPTER, "other_activity")


@pytest.mark.rule("tiltaksforskriften § 14-7")
@pytest.mark.parametrize(
    ("on", "pay"), [(FIRST_DAY, "bonuslønn"), (NEW_CHAPTER - DAY, "bonuslønn"), (NEW_CHAPTER, "tilpasset lønn")]
)
def test_14_7_the_person_is_permanently_employed_with_a_bonus_and_later_with_adapted_pay(on: date, pay: str) -> None:
    standing = MEASURE.employment_on(on)
    assert by_law(standing, "14-7") and standing is not None
    assert (standing.status, standing.permanent) == ("employee", "required")
    assert pay in standing.text.nb


@pytest.mark.rule("tiltaksforskriften § 14-8")
def test_14_8_the_state_pays_for_the_place_and_the_municipality_at_least_a_quarter_on_top() -> None:
    for on in (FIRST_DAY, date(2016, 9, 30), date(2016, 10, 1), TODAY):
        codes = {funding.code for funding in MEASURE.funding_on(on) if by_law(funding, "14-8")}
        assert codes == {"place_grant", "municipal_grant"}
    assert changes_on(MEASURE.funding, date(2016, 10, 1), "place_grant")


@pytest.mark.rule("tiltaksforskriften § 14-9")
def test_14_9_new_places_can_be_paid_for_up_to_a_highest_rate_from_1_january_2026() -> None:
    assert changes_on(MEASURE.funding, date(2026, 1, 1), "actual_costs")
    after = next(f for f in MEASURE.funding_on(date(2026, 1, 1)) if f.code == "actual_costs")
    assert by_law(after, "14-9") and "høyeste sats" in after.text.nb


@pytest.mark.rule("tiltaksforskriften § 14-10")
@pytest.mark.parametrize("code", ["secondment", "secondment_share", "secondment_employer"])
def test_14_10_secondment_is_at_most_half_the_time_and_the_enterprise_stays_the_employer_from_2023(code: str) -> None:
    first = date(2023, 1, 1)
    rule = rule_of(MEASURE, code, first)
    assert by_law(rule, "14-10") and "vet vi ikke" not in rule.text.nb
    assert (rule.exception is not None) == (code == "secondment_share")
    before = MEASURE.rule_on(code, first - DAY)
    assert before is None if code != "secondment" else before is not None and "vet vi ikke" in before.text.nb


@pytest.mark.rule("tiltaksforskriften § 14-10a")
@pytest.mark.parametrize("code", ["secondment_agreement", "secondment_agreement_content"])
def test_14_10a_three_parties_agree_in_writing_before_it_starts_from_2023(code: str) -> None:
    assert by_law(rule_of(MEASURE, code, date(2023, 1, 1)), "14-10a")
    assert MEASURE.rule_on(code, date(2022, 12, 31)) is None


@pytest.mark.rule("tiltaksforskriften § 14-11")
def test_14_11_was_repealed_on_12_august_2019_and_what_it_said_is_not_known() -> None:
    rule = rule_of(MEASURE, "state_aid_section", date(2019, 8, 11))
    assert rule.section == "14-11" and "vet vi ikke" in rule.text.nb
    assert MEASURE.rule_on("state_aid_section", date(2019, 8, 12)) is None


@pytest.mark.rule("tiltaksforskriften § 11-2")
@pytest.mark.parametrize(
    ("on", "places", "secondment"),
    [
        (date(2021, 2, 22), True, False),
        (date(2021, 2, 23), True, True),
        (date(2026, 8, 31), True, True),
        (date(2026, 9, 1), False, True),
    ],
)
def test_11_2_the_inclusion_grant_is_for_single_places_and_then_also_for_secondment(
    on: date, places: bool, secondment: bool
) -> None:
    found = MEASURE.combination_on("inkluderingstilskudd", on)
    assert by_law(found, "11-2") and found is not None and found.text is not None
    assert ("enkeltplasser" in found.text.nb, "hospitering" in found.text.nb) == (places, secondment)


def test_it_can_be_proposed_but_its_agreement_is_the_enterprises_own() -> None:
    assert MEASURE.depth == "proposal" and MEASURE.agreement is None
