"""The youth programme (ungdomsprogramforskriften), the municipal programmes, and what measure allowance amounts to."""

from datetime import date
from decimal import Decimal

import pytest

from springbrett.catalogue import load
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer
from tests.spec.law import DAY, age_is_right, answer_to, by_law, left, limits, sure_last_day, the, verdict

UP = "ungdomsprogramforskriften"
FIRST = date(2025, 8, 1)
BENEFIT = date(2026, 1, 14)
TODAY = date(2026, 11, 22)
CODE = "ungdomsprogram"


def amount(code: str, on: date) -> Decimal | None:
    """The amount of a rate on the day; None when it is there and not known."""
    found = load().rate_on(code, on)
    assert found is not None, f"no value of {code} on {on}"
    return found.amount


@pytest.mark.rule("ungdomsprogramforskriften § 14")
def test_14_the_trial_runs_from_1_august_2025_and_no_last_day_is_set() -> None:
    assert not the(CODE).in_force(FIRST - DAY)
    assert the(CODE).in_force(FIRST)
    assert the(CODE).valid[0].to is None


@pytest.mark.rule("ungdomsprogramforskriften § 3")
def test_3_from_the_day_one_turns_18_to_the_day_before_one_turns_29() -> None:
    assert age_is_right(CODE, TODAY, date(2008, 11, 22)) is True
    assert age_is_right(CODE, TODAY, date(2008, 11, 23)) is False
    assert age_is_right(CODE, TODAY, date(1997, 11, 23), "maximum_age") is True
    assert age_is_right(CODE, TODAY, date(1997, 11, 22), "maximum_age") is False
    limit = the(CODE).max_age_on(TODAY)
    assert limit is not None and limit.at == "start"


@pytest.mark.rule("ungdomsprogramforskriften § 3")
@pytest.mark.parametrize(
    ("name", "fact", "good"),
    [
        ("office_takes_part", "office_takes_part_in_trial", True),
        ("only_once", "taken_part_before", False),
        ("wants_to_take_part", "wants_to_take_part", True),
        ("can_take_part_full_time", "can_take_part_full_time", True),
    ],
)
def test_2_3_every_condition_stops_when_it_fails_and_asks_when_it_is_not_answered(
    name: str, fact: str, good: bool
) -> None:
    assert answer_to(CODE, TODAY, name, **{fact: good}) is Answer.MET
    assert answer_to(CODE, TODAY, name, **{fact: not good, "previous_measures": ("amo",)}) is Answer.NOT_MET
    assert answer_to(CODE, TODAY, name) is Answer.UNKNOWN
    assert {entry.severity for entry in the(CODE).target_group_on(TODAY) if entry.code == name} == {"stop"}


@pytest.mark.rule("ungdomsprogramforskriften § 3")
def test_3_somebody_without_earlier_measures_has_not_been_in_the_programme() -> None:
    assert answer_to(CODE, TODAY, "only_once", previous_measures=()) is Answer.MET


@pytest.mark.rule("ungdomsprogramforskriften § 3")
def test_3_the_need_of_help_must_be_established_and_the_rest_is_the_caseworkers_to_consider() -> None:
    assert answer_to(CODE, TODAY, "assessed_need", needs_level="spesielt_tilpasset_innsats") is Answer.MET
    assert answer_to(CODE, TODAY, "assessed_need", needs_level="standard_innsats") is Answer.NOT_MET
    assert answer_to(CODE, TODAY, "likely_to_lead_on") is Answer.UNKNOWN


@pytest.mark.rule("ungdomsprogramforskriften § 6")
def test_6_fifty_two_weeks_and_eight_more_in_special_cases() -> None:
    no, yes = {"special_reasons_for_more_time": False}, {"special_reasons_for_more_time": True}
    assert limits(CODE, FIRST, **no) == (Length(0, 52 * 7), Length(0, 52 * 7))
    assert limits(CODE, FIRST, **yes) == (Length(0, 60 * 7), Length(0, 60 * 7))
    assert sure_last_day(CODE, FIRST, **no) == date(2026, 7, 30)
    assert sure_last_day(CODE, FIRST, **yes) == date(2026, 9, 24)
    assert sure_last_day(CODE, date(2028, 1, 1), **no) == date(2028, 12, 29)


@pytest.mark.rule("ungdomsprogramforskriften § 6")
def test_6_all_time_in_the_programme_counts_since_it_is_given_once() -> None:
    all_of_it = (Period(FIRST, date(2026, 7, 30)),)
    one_day_short = (Period(FIRST, date(2026, 7, 29)),)
    no = {"special_reasons_for_more_time": False}
    assert left(CODE, TODAY, all_of_it, **no) == Length(0)
    assert left(CODE, TODAY, one_day_short, **no) == Length(0, 1)
    found = verdict(CODE, TODAY, "time_left")
    assert found is not None and found.met
    assert the(CODE).duration_on(TODAY).cumulative_source == "law"


@pytest.mark.rule("ungdomsprogramforskriften § 9")
def test_9_the_benefit_is_2_041_basic_amounts_and_two_thirds_for_those_under_25() -> None:
    assert amount("ungdomsprogramytelse_basic_amounts", BENEFIT) == Decimal("2.041")
    assert amount("ungdomsprogramytelse_young_thirds", BENEFIT) == 2
    assert amount("ungdomsprogramytelse_young_below_age", BENEFIT) == 25
    assert amount("ungdomsprogramytelse_days_a_year", BENEFIT) == 260
    assert amount("ungdomsprogramytelse_child", BENEFIT) == 38
    assert amount("ungdomsprogramytelse_child_below_age", BENEFIT) == 18


@pytest.mark.rule("ungdomsprogramforskriften § 9")
@pytest.mark.parametrize(
    "code",
    ["basic_amounts", "young_thirds", "young_below_age", "days_a_year", "child", "child_below_age"],
)
def test_9_what_the_section_said_before_14_january_2026_is_not_known(code: str) -> None:
    for on in (FIRST, BENEFIT - DAY):
        assert amount(f"ungdomsprogramytelse_{code}", on) is None
    assert load().rate_on(f"ungdomsprogramytelse_{code}", FIRST - DAY) is None


@pytest.mark.rule("ungdomsprogramforskriften § 11")
def test_11_66_per_cent_of_what_is_earned_is_taken_off_from_the_first_day() -> None:
    assert amount("ungdomsprogramytelse_income_reduction", FIRST) == Decimal("0.66")


@pytest.mark.rule("ungdomsprogramforskriften § 8")
def test_8_the_programme_has_its_own_benefit_and_no_measure_allowance() -> None:
    found = {value.code: value for value in the(CODE).funding_on(TODAY)}
    assert by_law(found["programme_benefit"], "8", UP)
    assert "measure_allowance" not in found


@pytest.mark.rule("ungdomsprogramforskriften § 5")
@pytest.mark.parametrize(
    ("rule", "section"),
    [("full_time", "5"), ("made_together", "5"), ("looked_at_regularly", "5"), ("takes_active_part", "7"),
     ("may_be_ended", "7"), ("tells_of_changes", "4"), ("not_with_other_living_benefits", "12"),
     ("paid_monthly", "10"), ("travel_support", "13")],
)  # fmt: skip
def test_4_to_13_what_else_holds_from_the_first_day(rule: str, section: str) -> None:
    assert by_law(the(CODE).rule_on(rule, FIRST), section, UP)
    assert the(CODE).rule_on(rule, FIRST - DAY) is None


@pytest.mark.rule("ungdomsprogramforskriften § 5")
def test_5_labour_market_measures_can_be_a_part_of_the_programme() -> None:
    for other in ("arbeidstrening", "amo", "mentor"):
        found = the(CODE).combination_on(other, FIRST)
        assert by_law(found, "5", UP) and found is not None and found.together == "allowed"


# ---- measure allowance ----------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltakspengeforskriften § 3")
def test_3_measure_allowance_is_312_a_day_and_56_per_child_from_2026_and_not_known_before() -> None:
    assert amount("tiltakspenger", date(2026, 1, 1)) == 312
    assert amount("tiltakspenger_child", date(2026, 1, 1)) == 56
    assert amount("tiltakspenger_child_below_age", date(2026, 1, 1)) == 16
    for code in ("tiltakspenger", "tiltakspenger_child"):
        assert amount(code, date(2025, 12, 31)) is None
        assert amount(code, date(2016, 1, 1)) is None


@pytest.mark.rule("tiltakspengeforskriften § 3")
def test_3_every_amendment_of_the_section_stands_as_a_value_of_its_own_with_what_is_missing() -> None:
    values = load().rates["tiltakspenger"].values
    days = [value.from_ for value in values]
    assert days == [date(2016, 1, 1), date(2020, 7, 1), *(date(year, 1, 1) for year in range(2022, 2027))]
    assert all(value.note for value in values)


@pytest.mark.rule("tiltakspengeforskriften § 10")
def test_10_three_days_of_sickness_at_the_full_rate_and_then_three_quarters() -> None:
    assert amount("tiltakspenger_full_sick_days", date(2016, 1, 1)) == 3
    assert amount("tiltakspenger_sick_share", date(2016, 1, 1)) == Decimal("0.75")


# ---- the municipal programmes ---------------------------------------------------------------------------------------


@pytest.mark.rule("integreringsloven")
def test_the_introduction_programme_changed_act_at_new_year_2021_without_a_gap() -> None:
    programme = the("introduksjonsprogram")
    assert programme.in_force(date(2020, 12, 31)) and programme.in_force(date(2021, 1, 1))
    assert programme.duration_on(date(2020, 12, 31)).act == "introduksjonsloven"
    assert programme.duration_on(date(2021, 1, 1)).act == "integreringsloven"


@pytest.mark.parametrize("code", ["kvp", "introduksjonsprogram"])
@pytest.mark.parametrize("on", [date(2016, 1, 1), date(2020, 12, 31), TODAY])
def test_what_our_sources_do_not_give_of_the_municipal_programmes_is_unknown_and_says_so(code: str, on: date) -> None:
    duration, age = the(code).duration_on(on), the(code).min_age_on(on)
    assert not duration.known and duration.note
    assert age is not None and age.years is None and age.note
    assert age_is_right(code, on, date(1990, 1, 1)) is None


@pytest.mark.rule("tiltakspengeforskriften § 7")
@pytest.mark.parametrize("code", ["kvp", "introduksjonsprogram"])
def test_7_a_measure_inside_a_municipal_programme_gives_no_measure_allowance(code: str) -> None:
    assert by_law(the(code).rule_on("no_measure_allowance", date(2023, 11, 5)), "7", "tiltakspengeforskriften")
    assert the(code).rule_on("no_measure_allowance", date(2023, 11, 4)) is None


@pytest.mark.rule("navloven § 14a")
def test_14a_somebody_with_a_right_to_the_qualification_programme_has_no_activity_plan() -> None:
    assert by_law(the("kvp").rule_on("no_activity_plan", TODAY), "14a", "navloven")


def test_grounds_for_residence_are_never_asked_for() -> None:
    assert answer_to("introduksjonsprogram", TODAY, "newcomer_with_right") is Answer.UNKNOWN
    assert answer_to("introduksjonsprogram", date(2018, 1, 1), "newcomer_with_right") is Answer.UNKNOWN
    assert all(not entry.any_of for entry in the("introduksjonsprogram").target_group)
