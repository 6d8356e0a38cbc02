"""VTA in an ordinary company by the law: tiltaksforskriften chapter 14A, in force from 1 September 2026."""

from datetime import date
from typing import Any

import pytest

from springbrett.choice import rules
from springbrett.kernel.verdict import Answer
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, answer_to, by_law, rule_of, the

MEASURE = the("vtao")
FIRST_DAY = date(2026, 9, 1)


def answer(name: str, on: date = TODAY, **facts: object) -> Answer | None:
    return answer_to(MEASURE.code, on, name, **facts)


@pytest.mark.rule("tiltaksforskriften § 14A-1")
def test_14a_1_it_is_a_measure_of_its_own_from_1_september_2026() -> None:
    assert by_law(MEASURE.valid[0], "14A-1")
    assert MEASURE.in_force(FIRST_DAY) and not MEASURE.in_force(FIRST_DAY - DAY)


@pytest.mark.rule("tiltaksforskriften § 14A-1")
def test_14a_1_who_asks_before_is_told_when_it_opens_and_judged_by_the_rules_of_that_day() -> None:
    born = NeedsProfile(birth_date=date(1990, 1, 1), situation="disability_benefit")
    told = born.facts(FIRST_DAY) | {"close_followup_needed": True, "other_measures_considered": True}
    before, after = (rules.eligibility(MEASURE, born, on, facts=told) for on in (FIRST_DAY - DAY, FIRST_DAY))
    assert [child.rule for child in before.children if child.stops] == ["measure_in_force"]
    assert after.met


@pytest.mark.rule("tiltaksforskriften § 14A-2")
@pytest.mark.parametrize("code", ["single_place", "reinforced_followup", "followup_fitted", "buddy_and_contact"])
def test_14a_2_a_single_place_with_a_buddy_a_contact_and_reinforced_follow_up(code: str) -> None:
    assert by_law(rule_of(MEASURE, code, FIRST_DAY), "14A-2")


@pytest.mark.rule("tiltaksforskriften § 14A-3")
@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("disability_benefit", {"situation": "disability_benefit"}, Answer.MET),
        ("disability_benefit", {"situation": "student", "disability_benefit_expected": False}, Answer.NOT_MET),
        ("disability_benefit", {}, Answer.UNKNOWN),
        ("close_followup", {"close_followup_needed": True}, Answer.MET),
        ("close_followup", {"followup_need": 1, "close_followup_needed": False}, Answer.NOT_MET),
        ("close_followup", {}, Answer.UNKNOWN),
    ],
)
def test_14a_3_it_is_for_people_with_disability_benefit_who_need_close_follow_up(
    name: str, facts: dict[str, Any], expected: Answer
) -> None:
    assert answer(name, FIRST_DAY, **facts) is expected


@pytest.mark.rule("tiltaksforskriften § 14A-4")
def test_14a_4_it_has_no_end_and_a_move_is_considered_regularly_in_practice_every_half_year() -> None:
    assert by_law(MEASURE.duration_on(FIRST_DAY), "14A-4") and MEASURE.duration_on(FIRST_DAY).unlimited
    assert by_law(rule_of(MEASURE, "move_considered_regularly", FIRST_DAY), "14A-4")
    review = MEASURE.review_on(FIRST_DAY)
    assert (review.every_months, review.source) == (6, "practice") and review.interpretation is not None


@pytest.mark.rule("tiltaksforskriften § 14A-5")
def test_14a_5_the_person_is_permanently_employed_and_the_parties_can_agree_on_adapted_pay() -> None:
    standing = MEASURE.employment_on(FIRST_DAY)
    assert by_law(standing, "14A-5") and standing is not None
    assert (standing.status, standing.permanent) == ("employee", "required")
    assert "tilpasset lønn" in standing.text.nb


@pytest.mark.rule("tiltaksforskriften § 14A-6")
def test_14a_6_an_approved_enterprise_or_navs_own_job_specialists_follow_up() -> None:
    assert by_law(rule_of(MEASURE, "who_follows_up", FIRST_DAY), "14A-6")
    assert MEASURE.agreement is not None
    question = next(q for q in MEASURE.agreement.questions_on(FIRST_DAY) if q.code == "followup_by_provider")
    assert by_law(question, "14A-6")


@pytest.mark.rule("tiltaksforskriften § 14A-7")
def test_14a_7_the_one_who_follows_up_is_paid_by_the_month_and_the_employer_can_have_an_inclusion_grant() -> None:
    grant = next(funding for funding in MEASURE.funding_on(FIRST_DAY) if funding.code == "followup_grant")
    assert by_law(grant, "14A-7") and grant.rate == "vtao_month"
    assert by_law(MEASURE.combination_on("inkluderingstilskudd", FIRST_DAY), "14A-7")
    assert not by_law(MEASURE.combination_on("inkluderingstilskudd", FIRST_DAY - DAY), "14A-7")
    assert MEASURE.subsidies == ()


@pytest.mark.rule("tiltaksforskriften § 14A-8")
def test_14a_8_the_agreement_names_buddy_contact_post_pay_follow_up_other_help_and_training() -> None:
    assert MEASURE.agreement is not None
    required = set(MEASURE.agreement.content_required_on(FIRST_DAY))
    assert {"buddy", "contacts", "position", "wage", "followup", "support", "training"} <= required
    assert MEASURE.agreement.content_required_on(FIRST_DAY - DAY) == ()
    assert by_law(MEASURE.agreement.content_required[0], "14A-8")
    for code in ("written_agreement", "agreement_revised"):
        assert by_law(rule_of(MEASURE, code, FIRST_DAY), "14A-8")


@pytest.mark.parametrize("on", [date(2025, 3, 10), TODAY])
def test_in_practice_67_is_the_upper_age_also_for_the_single_places_before_the_chapter(on: date) -> None:
    birthday = on.replace(year=on.year - 67)
    young, old = (rules.maximum_age(MEASURE, NeedsProfile(birth_date=born), on) for born in (birthday + DAY, birthday))
    assert young is not None and young.met
    assert old is not None and old.warns and old.ref.source == "practice"
    limit = MEASURE.max_age_on(on)
    assert limit is not None and (limit.years, limit.at) == (67, "end")


@pytest.mark.rule("tiltaksforskriften § 14A-8")
def test_14a_8_that_nav_stands_in_for_the_enterprise_that_follows_up_is_said_beside_the_rule() -> None:
    assert MEASURE.agreement is not None
    reading = rule_of(MEASURE, "written_agreement", FIRST_DAY).interpretation
    assert "followup_by_provider" in [question.code for question in MEASURE.agreement.questions_on(FIRST_DAY)]
    assert "provider" not in MEASURE.agreement.parties
    assert reading is not None and "third party" in reading.en and "outside the system" in reading.en
