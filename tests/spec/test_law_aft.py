"""AFT by the law: tiltaksforskriften chapter 13, from 1 October 2016 and as reworded from 1 January 2026."""

from datetime import date

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, by_law, changes_on, condition, last_day, part, rule_of, the

AFT = the("aft")
CAME = date(2016, 10, 1)
REWORDED = date(2026, 1, 1)
GROUP = "complex_needs_reduced_capacity"
TRAINING = {"education_towards_formal_competence": True}
NO_TRAINING = {"education_towards_formal_competence": False}


@pytest.mark.rule("tiltaksforskriften § 13-1")
def test_13_1_aft_can_be_given_from_1_october_2016_and_not_the_day_before() -> None:
    assert AFT.in_force(CAME)
    assert not AFT.in_force(CAME - DAY)
    assert part(rules.eligibility(AFT, NeedsProfile(), CAME - DAY), "measure_in_force").answer is Answer.NOT_MET
    assert part(rules.eligibility(AFT, NeedsProfile(), CAME), "measure_in_force").met


@pytest.mark.rule("tiltaksforskriften § 13-1")
def test_13_1_from_2026_the_aim_is_to_keep_work_as_well_as_to_get_it() -> None:
    assert changes_on(AFT.rules, REWORDED, "aim")
    assert "beholde" not in rule_of(AFT, "aim", REWORDED - DAY).text.nb
    assert "beholde" in rule_of(AFT, "aim", REWORDED).text.nb


@pytest.mark.rule("tiltaksforskriften § 13-2")
def test_13_2_until_2026_everyone_was_to_be_offered_something_in_ordinary_working_life() -> None:
    assert by_law(rule_of(AFT, "offer_in_ordinary_work", CAME), "13-2")
    assert rule_of(AFT, "offer_in_ordinary_work", REWORDED - DAY).severity == "stop"
    assert AFT.rule_on("offer_in_ordinary_work", REWORDED) is None
    assert AFT.rule_on("adapted_and_ordinary", REWORDED - DAY) is None
    assert by_law(rule_of(AFT, "adapted_and_ordinary", REWORDED), "13-2")


@pytest.mark.rule("tiltaksforskriften § 13-2")
def test_13_2_the_provider_makes_a_plan_which_from_2026_says_aims_activities_and_support() -> None:
    assert by_law(rule_of(AFT, "provider_makes_plan", CAME), "13-2")
    assert changes_on(AFT.rules, REWORDED, "provider_makes_plan")
    assert "mål" in rule_of(AFT, "provider_makes_plan", REWORDED).text.nb


@pytest.mark.rule("tiltaksforskriften § 13-4")
@pytest.mark.rule("tiltaksforskriften § 13-2")
@pytest.mark.parametrize(
    ("on", "section"), [(CAME, "13-4"), (REWORDED - DAY, "13-4"), (REWORDED, "13-2"), (date(2027, 12, 31), "13-2")]
)
def test_13_4_then_13_2_nav_looks_at_every_participant_every_third_month(on: date, section: str) -> None:
    review = AFT.review_on(on)
    assert by_law(review, section)
    assert (review.every_months, review.owed_by) == (3, "caseworker")


@pytest.mark.rule("tiltaksforskriften § 13-2")
def test_13_2_the_provider_owes_a_final_report_from_2026_and_none_by_the_chapter_before() -> None:
    assert AFT.reports_on(REWORDED - DAY) == ()
    (report,) = AFT.reports_on(REWORDED)
    assert by_law(report, "13-2")
    assert (report.owed_by, report.at, report.due_within_days) == ("provider", "end", 0)


@pytest.mark.rule("tiltaksforskriften § 13-3")
@pytest.mark.parametrize(
    "facts", [{"work_capacity_clarified": False}, {"followup_need": 3}, {"knows_what_work": False}]
)
def test_13_3_reduced_capacity_with_complex_needs_or_uncertain_prospects_is_the_target_group(
    facts: dict[str, object],
) -> None:
    assert condition(AFT, GROUP, TODAY, reduced_work_capacity=True, **facts).met
    without = condition(AFT, GROUP, TODAY, reduced_work_capacity=False, **facts)
    assert without.stops and without.severity is Severity.STOP


@pytest.mark.rule("tiltaksforskriften § 13-3")
def test_13_3_what_is_not_known_is_not_a_no() -> None:
    assert condition(AFT, GROUP, TODAY, reduced_work_capacity=True).unknown
    assert condition(AFT, GROUP, TODAY).unknown


def test_levels_without_reduced_capacity_give_a_warning_by_our_own_reading() -> None:
    limit = AFT.needs_levels_on(TODAY)
    assert limit is not None and limit.source == "house"
    low = rules.needs_level(AFT, NeedsProfile(needs_level="situasjonsbestemt_innsats"), TODAY)
    high = rules.needs_level(AFT, NeedsProfile(needs_level="spesielt_tilpasset_innsats"), TODAY)
    assert low is not None and low.warns
    assert high is not None and high.met


@pytest.mark.rule("tiltaksforskriften § 13-4")
@pytest.mark.parametrize("on", [CAME, REWORDED - DAY, REWORDED])
def test_13_4_a_year_a_year_more_and_one_more_with_education_towards_formal_competence(on: date) -> None:
    duration = AFT.duration_on(on)
    assert by_law(duration, "13-4")
    assert duration.ordinary == Length(12)
    assert duration.lengths(NO_TRAINING) == (Length(24), Length(24))
    assert duration.lengths(TRAINING) == (Length(36), Length(36))
    assert duration.lengths({}) == (Length(24), Length(36))


@pytest.mark.rule("tiltaksforskriften § 13-4")
def test_13_4_is_reworded_from_2026_so_that_education_which_gives_competence_counts() -> None:
    assert changes_on(AFT.durations, REWORDED)
    before, after = (AFT.duration_on(on).extensions[-1].text.nb for on in (REWORDED - DAY, REWORDED))
    assert "utdanning" not in before
    assert "utdanning" in after


@pytest.mark.rule("tiltaksforskriften § 13-4")
@pytest.mark.parametrize(
    ("start", "facts", "last"),
    [
        (CAME, NO_TRAINING, date(2018, 9, 30)),
        (date(2024, 2, 29), NO_TRAINING, date(2026, 2, 27)),
        (date(2022, 3, 1), NO_TRAINING, date(2024, 2, 29)),
        (date(2025, 8, 31), NO_TRAINING, date(2027, 8, 30)),
        (date(2024, 2, 29), TRAINING, date(2027, 2, 27)),
        (date(2025, 12, 31), TRAINING, date(2028, 12, 30)),
        (REWORDED, TRAINING, date(2028, 12, 31)),
    ],
)
def test_13_4_the_last_day_counted_from_the_first(start: date, facts: dict[str, bool], last: date) -> None:
    assert last_day(AFT, start, facts=facts) == (last, last)


@pytest.mark.rule("tiltaksforskriften § 13-4")
def test_13_4_before_aft_came_there_is_no_length_to_ask_for() -> None:
    assert rules.latest_end(AFT, CAME - DAY, (), {}) is None


@pytest.mark.rule("tiltaksforskriften § 13-4")
def test_13_4_stays_with_two_providers_count_together_by_our_own_reading() -> None:
    used = (Period(date(2023, 1, 1), date(2023, 12, 31)), Period(date(2024, 7, 1), date(2025, 6, 30)))
    left = rules.time_left(AFT, TODAY, used, NO_TRAINING)
    assert left is not None and left.used == Length(24) and left.exhausted
    assert last_day(AFT, TODAY, used, facts=NO_TRAINING) == (None, None)
    assert last_day(AFT, TODAY, used, facts=TRAINING) == (date(2027, 10, 31), date(2027, 10, 31))
    assert AFT.duration_on(TODAY).cumulative_source == "house"


@pytest.mark.rule("tiltaksforskriften § 13-4")
def test_13_4_from_2026_nav_sets_how_long_follow_up_lasts_after_hiring() -> None:
    assert AFT.rule_on("followup_after_hiring", REWORDED - DAY) is None
    assert by_law(rule_of(AFT, "followup_after_hiring", REWORDED), "13-4")


@pytest.mark.rule("tiltaksforskriften § 13-5")
@pytest.mark.parametrize("on", [CAME, REWORDED - DAY, REWORDED])
def test_13_5_the_participant_is_not_employed_by_whoever_runs_it(on: date) -> None:
    standing = AFT.employment_on(on)
    assert by_law(standing, "13-5") and standing is not None and standing.status == "not_employee"


@pytest.mark.rule("tiltaksforskriften § 13-5")
def test_13_5_from_2026_it_says_which_company_so_another_can_hire() -> None:
    assert changes_on(AFT.employment, REWORDED)
    assert AFT.employment_on(CAME - DAY) is None


@pytest.mark.rule("tiltaksforskriften § 13-6")
def test_13_6_who_can_run_it_changes_on_5_july_2017_and_in_2026() -> None:
    assert AFT.rule_on("nonprofit_provider", date(2017, 7, 4)) is None
    assert by_law(rule_of(AFT, "nonprofit_provider", date(2017, 7, 5)), "13-6")
    assert changes_on(AFT.rules, REWORDED, "nonprofit_provider")
    assert changes_on(AFT.rules, REWORDED, "main_business")
    for code in ("company_form", "profit_stays"):
        assert by_law(rule_of(AFT, code, CAME), "13-6")
        assert not changes_on(AFT.rules, REWORDED, code)


@pytest.mark.rule("tiltaksforskriften § 13-7")
@pytest.mark.parametrize("on", [CAME, REWORDED - DAY, REWORDED])
def test_13_7_the_provider_is_paid_by_the_place_and_month(on: date) -> None:
    (grant,) = (funding for funding in AFT.funding_on(on) if funding.code == "place_grant")
    assert by_law(grant, "13-7") and not grant.rate and "sources we hold" in grant.note


@pytest.mark.rule("tiltaksforskriften § 13-7")
def test_13_7_from_2026_in_arrears_for_places_really_used() -> None:
    assert changes_on(AFT.funding, REWORDED, "place_grant")
    (after,) = (funding for funding in AFT.funding_on(REWORDED) if funding.code == "place_grant")
    assert "etterskuddsvis" in after.text.nb and "deltid" in after.text.nb


@pytest.mark.rule("tiltaksforskriften § 13-8")
@pytest.mark.parametrize("on", [CAME, REWORDED])
def test_13_8_new_places_can_be_paid_for_at_the_earliest_six_months_before(on: date) -> None:
    rule = rule_of(AFT, "grant_for_new_places", on)
    assert by_law(rule, "13-8") and "seks måneder" in rule.text.nb
    assert changes_on(AFT.rules, REWORDED, "grant_for_new_places")


@pytest.mark.rule("tiltaksforskriften § 13-9")
def test_13_9_on_state_aid_was_repealed_on_12_august_2019() -> None:
    assert by_law(rule_of(AFT, "state_aid", date(2019, 8, 11)), "13-9")
    assert AFT.rule_on("state_aid", date(2019, 8, 12)) is None


@pytest.mark.rule("tiltaksforskriften § 15-6")
def test_15_6_names_the_two_measures_aft_came_in_place_of() -> None:
    assert {old.code for old in AFT.replaces} == {"arbeidspraksis_skjermet", "kvalifisering_arbeidsmarkedsbedrift"}


@pytest.mark.rule("tiltaksforskriften § 15-6")
def test_15_6_sheltered_practice_went_on_no_longer_than_2017() -> None:
    assert by_law(rule_of(AFT, "old_sheltered_practice", date(2017, 12, 31)), "15-6")
    assert AFT.rule_on("old_sheltered_practice", date(2018, 1, 1)) is None
    assert AFT.rule_on("old_sheltered_practice", CAME - DAY) is None


@pytest.mark.rule("tiltaksforskriften § 15-6")
def test_15_6_qualification_takes_nobody_new_after_2017_but_lets_those_there_finish() -> None:
    assert changes_on(AFT.rules, date(2018, 1, 1), "old_qualification")
    assert "ut 2017" in rule_of(AFT, "old_qualification", date(2017, 12, 31)).text.nb
    after = rule_of(AFT, "old_qualification", date(2018, 1, 1))
    assert "Ingen nye" in after.text.nb and "fullføre" in after.text.nb


@pytest.mark.rule("arbeidsmarkedsloven § 16")
def test_16_a_place_made_with_a_provider_is_no_individual_decision() -> None:
    assert by_law(rule_of(AFT, "place_is_no_decision", CAME), "16", "arbeidsmarkedsloven")


def test_the_review_of_aft_is_kept_as_practice_and_not_as_law() -> None:
    notes = {note.code: note for note in AFT.practice}
    assert notes["fifty_percent_target"].source == "practice"
    assert "42" in notes["fifty_percent_target"].text.nb
