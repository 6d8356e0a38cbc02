"""What chapter 1 of tiltaksforskriften, the act above it and practice say of support and of what providers run.

One spec for the measures that help beside or before a job; what is each one's own stands in a file of its own.
"""

from datetime import date

import pytest

from springbrett.catalogue.measures import Measure
from springbrett.choice import rules
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, by_law, changes_on, part, rule_of, the, told_on_every_first_day

BOUGHT = ("avklaring", "oppfolging", "arbeidsrettet_rehabilitering")
RUN_BY_PROVIDER = (*BOUGHT, "aft")
SUPPORT = ("mentor", "inkluderingstilskudd", "funksjonsassistanse")
ALL = (*RUN_BY_PROVIDER, *SUPPORT)
IN_THE_AGREEMENT_SYSTEM = ("mentor", "inkluderingstilskudd")
AGE_LIMIT_FROM = date(2025, 8, 1)


@pytest.fixture(params=ALL)
def measure(request: pytest.FixtureRequest) -> Measure:
    return the(request.param)


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_1_3_who_turns_16_today_is_old_enough_and_who_turns_16_tomorrow_is_not(measure: Measure) -> None:
    of_age = rules.minimum_age(measure, NeedsProfile(birth_date=date(2009, 8, 1)), AGE_LIMIT_FROM)
    too_young = rules.minimum_age(measure, NeedsProfile(birth_date=date(2009, 8, 2)), AGE_LIMIT_FROM)
    assert of_age is not None and of_age.met
    assert too_young is not None and too_young.answer is Answer.NOT_MET and too_young.severity is Severity.STOP


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_1_3_who_was_born_on_leap_day_turns_16_on_leap_day(measure: Measure) -> None:
    born = NeedsProfile(birth_date=date(2012, 2, 29))
    eve, birthday = (rules.minimum_age(measure, born, on) for on in (date(2028, 2, 28), date(2028, 2, 29)))
    assert eve is not None and eve.answer is Answer.NOT_MET
    assert birthday is not None and birthday.met


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_1_3_before_august_2025_there_is_an_age_limit_that_is_not_known_here(measure: Measure) -> None:
    limit = measure.min_age_on(AGE_LIMIT_FROM - DAY)
    assert by_law(limit, "1-3") and limit is not None and limit.years is None and limit.note
    asked = rules.minimum_age(measure, NeedsProfile(birth_date=date(2015, 1, 1)), AGE_LIMIT_FROM - DAY)
    assert asked is not None and asked.unknown


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_1_3_every_measure_is_chosen_together_and_should_be_needed(measure: Measure) -> None:
    assert by_law(rule_of(measure, "chosen_together", TODAY), "1-3")
    tree = rules.eligibility(measure, NeedsProfile(), TODAY)
    asked = part(tree, f"target_group.{measure.code}.necessary_and_appropriate")
    assert asked.unknown and asked.severity is Severity.WARNING


@pytest.mark.rule("tiltaksforskriften § 1-3")
@pytest.mark.parametrize("code", RUN_BY_PROVIDER)
def test_1_3_work_that_is_offered_comes_before_a_place_with_a_provider(code: str) -> None:
    rule = rule_of(the(code), "ends_when_offered_work", TODAY)
    assert by_law(rule, "1-3") and rule.exception is not None


@pytest.mark.rule("tiltaksforskriften § 1-3a")
def test_1_3a_measures_can_be_held_on_ships_from_10_january_2025(measure: Measure) -> None:
    assert by_law(rule_of(measure, "on_ships", date(2025, 1, 10)), "1-3a")
    assert measure.rule_on("on_ships", date(2025, 1, 9)) is None


@pytest.mark.rule("tiltaksforskriften § 1-6")
@pytest.mark.parametrize("code", RUN_BY_PROVIDER)
def test_1_6_a_provider_displaces_nobody_and_keeps_its_accounts_apart(code: str) -> None:
    assert rule_of(the(code), "no_displacement", TODAY).severity == "stop"
    assert by_law(rule_of(the(code), "separate_accounts", TODAY), "1-6")


@pytest.mark.rule("tiltaksforskriften § 1-6")
@pytest.mark.parametrize("code", SUPPORT)
def test_1_6_no_grant_is_given_for_family_unless_there_are_special_reasons(code: str) -> None:
    rule = rule_of(the(code), "no_close_relatives", TODAY)
    assert by_law(rule, "1-6") and rule.severity == "stop" and rule.exception is not None


@pytest.mark.rule("tiltaksforskriften § 1-6")
def test_1_6_whoever_runs_the_measure_tells_nav_what_matters(measure: Measure) -> None:
    assert by_law(rule_of(measure, "organiser_reports", TODAY), "1-6")


@pytest.mark.rule("tiltaksforskriften § 1-7")
@pytest.mark.parametrize("code", RUN_BY_PROVIDER)
def test_1_7_who_is_not_employed_is_protected_all_the_same(code: str) -> None:
    assert by_law(rule_of(the(code), "working_environment_rules", TODAY), "1-7")
    standing = the(code).employment_on(TODAY)
    assert standing is not None and standing.status in ("either", "not_employee")


@pytest.mark.rule("tiltaksforskriften § 1-8")
def test_1_8_an_employer_does_its_own_part_before_an_employee_is_given_a_measure(measure: Measure) -> None:
    rule = rule_of(measure, "employer_adapts_first", TODAY)
    assert by_law(rule, "1-8") and rule.severity == "stop"


@pytest.mark.rule("tiltaksforskriften § 1-9")
@pytest.mark.parametrize("code", RUN_BY_PROVIDER)
def test_1_9_participants_who_are_not_covered_otherwise_are_insured_through_nav(code: str) -> None:
    assert by_law(rule_of(the(code), "insured", TODAY), "1-9")


@pytest.mark.rule("tiltaksforskriften § 1-12")
def test_1_12_nav_checks_how_the_money_is_used(measure: Measure) -> None:
    assert by_law(rule_of(measure, "nav_checks", TODAY), "1-12")


@pytest.mark.rule("tiltaksforskriften § 1-14")
@pytest.mark.parametrize("code", [*SUPPORT, "aft"])
def test_1_14_who_is_given_a_grant_tells_of_other_support_for_the_same_costs(code: str) -> None:
    assert by_law(rule_of(the(code), "tell_of_other_support", TODAY), "1-14")


@pytest.mark.rule("arbeidsmarkedsloven § 17")
def test_17_a_decision_can_be_appealed_within_six_weeks(measure: Measure) -> None:
    for on in (measure.valid[0].from_, TODAY):
        appeal = measure.appeal_on(on)
        assert by_law(appeal, "17", "arbeidsmarkedsloven") and appeal is not None and appeal.weeks == 6
        assert appeal.interpretation is not None


@pytest.mark.rule("tiltakspengeforskriften § 2")
@pytest.mark.parametrize("code", RUN_BY_PROVIDER)
def test_2_participants_without_pay_are_entitled_to_an_allowance_known_from_20_june_2023(code: str) -> None:
    measure = the(code)
    assert changes_on(measure.funding, date(2023, 6, 20), "measure_allowance")
    before, after = (
        next(f for f in measure.funding_on(on) if f.code == "measure_allowance")
        for on in (date(2023, 6, 19), date(2023, 6, 20))
    )
    assert "vet vi ikke" in before.text.nb and before.note
    assert by_law(after, "2", "tiltakspengeforskriften")


@pytest.mark.parametrize("code", SUPPORT)
def test_a_support_pays_the_participant_nothing(code: str) -> None:
    assert "measure_allowance" not in {funding.code for funding in the(code).funding_on(TODAY)}


@pytest.mark.parametrize("code", BOUGHT)
def test_what_nav_buys_is_bought_by_the_procurement_rules_from_the_first_day(code: str) -> None:
    sections = {"avklaring": "2-6", "oppfolging": "4-6", "arbeidsrettet_rehabilitering": "12-6"}
    bought = [f for f in the(code).funding_on(date(2016, 1, 1)) if f.code == "procured"]
    assert len(bought) == 1 and by_law(bought[0], sections[code])
    assert by_law(rule_of(the(code), "bought", TODAY), sections[code])


@pytest.mark.parametrize("code", IN_THE_AGREEMENT_SYSTEM)
def test_in_practice_72_is_the_upper_age_and_it_warns_since_the_regulation_has_none(code: str) -> None:
    born, birthday = NeedsProfile(birth_date=date(1954, 11, 1)), TODAY
    day_before, on_the_day = (rules.maximum_age(the(code), born, on) for on in (birthday - DAY, birthday))
    assert day_before is not None and day_before.met
    assert on_the_day is not None and on_the_day.answer is Answer.NOT_MET
    assert on_the_day.severity is Severity.WARNING and on_the_day.ref.source == "practice"


@pytest.mark.parametrize("code", [*RUN_BY_PROVIDER, "funksjonsassistanse"])
def test_where_no_source_gives_an_upper_age_none_is_claimed(code: str) -> None:
    assert the(code).max_age == ()


@pytest.mark.parametrize("code", [*BOUGHT[:2], *IN_THE_AGREEMENT_SYSTEM])
def test_good_prospects_give_a_warning_and_the_other_levels_do_not(code: str) -> None:
    for level in ("situasjonsbestemt_innsats", "spesielt_tilpasset_innsats", "varig_tilpasset_innsats"):
        verdict = rules.needs_level(the(code), NeedsProfile(needs_level=level), TODAY)
        assert verdict is not None and verdict.met
    verdict = rules.needs_level(the(code), NeedsProfile(needs_level="standard_innsats"), TODAY)
    assert verdict is not None and verdict.warns
    assert verdict.ref.source == ("practice" if code in IN_THE_AGREEMENT_SYSTEM else "house")


@pytest.mark.parametrize("code", IN_THE_AGREEMENT_SYSTEM)
def test_a_level_that_is_not_recorded_is_unknown_and_not_a_no(code: str) -> None:
    verdict = rules.needs_level(the(code), NeedsProfile(), TODAY)
    assert verdict is not None and verdict.unknown


def test_every_first_of_the_month_from_2016_to_2027_has_an_answer(measure: Measure) -> None:
    answered = list(told_on_every_first_day(measure.code))
    assert len(answered) == 2 * 12 * 12
    for on, shown, verdict in answered:
        assert f"{on.isoformat()}: {'in force' if measure.in_force(on) else 'NOT in force'}" in shown
        assert verdict.on == on and verdict.children


def test_every_text_is_there_in_three_languages_and_says_something_of_its_own(measure: Measure) -> None:
    for rule in measure.rules:
        assert len({rule.text.nb, rule.text.en}) == 2 and rule.text.nn.strip()


def test_every_change_has_a_day_an_act_and_a_source(measure: Measure) -> None:
    first = measure.valid[0].from_
    for key, value in measure.dated_values:
        assert value.from_ >= first, key
        assert value.source != "law" or value.section, key
        assert value.source == "law" or value.ref in ("house", "nav_agreement_system") or value.act, key
