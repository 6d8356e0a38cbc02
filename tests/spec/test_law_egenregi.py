"""NAV's own follow-up (egenregiforskriften): work with support, IPS, IPS for the young and the youth guarantee."""

from datetime import date

import pytest

from springbrett.catalogue import load
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer
from tests.spec.law import DAY, age_is_right, answer_to, by_law, limits, sure_last_day, the, verdict

EG = "egenregiforskriften"
FIRST = date(2023, 6, 20)
GUARANTEE = date(2023, 7, 1)
AMENDED = date(2025, 8, 1)
TODAY = date(2026, 11, 22)
SPECIALISTS = ("arbeid_med_stotte", "ips", "ips_ung")
REDUCED = {"reduced_work_capacity": True}
WHOLE = {"reduced_work_capacity": False}


@pytest.mark.rule("egenregiforskriften § 5-1")
@pytest.mark.parametrize(("code", "first"), [*((code, FIRST) for code in SPECIALISTS), ("ungdomsgaranti", GUARANTEE)])
def test_5_1_the_chapters_came_into_force_at_once_and_the_guarantee_on_1_july_2023(code: str, first: date) -> None:
    assert the(code).in_force(first)
    assert not the(code).in_force(first - DAY)


# ---- §§ 2-1, 3-1, 3-6: for whom -------------------------------------------------------------------------------------


@pytest.mark.rule("egenregiforskriften § 2-1")
@pytest.mark.parametrize("code", SPECIALISTS)
def test_2_1_3_1_3_6_a_job_specialist_follows_from_the_day_one_turns_16(code: str) -> None:
    assert age_is_right(code, TODAY, date(2010, 11, 22)) is True
    assert age_is_right(code, TODAY, date(2010, 11, 23)) is False
    assert age_is_right(code, FIRST, date(2007, 6, 20)) is True


@pytest.mark.rule("egenregiforskriften § 3-6")
def test_3_6_ips_for_the_young_is_offered_until_the_day_before_one_turns_30() -> None:
    assert age_is_right("ips_ung", TODAY, date(1996, 11, 23), "maximum_age") is True
    assert age_is_right("ips_ung", TODAY, date(1996, 11, 22), "maximum_age") is False
    assert verdict("ips", TODAY, "maximum_age", date(1960, 1, 1)) is None


@pytest.mark.rule("egenregiforskriften § 3-6")
def test_3_6_somebody_born_on_leap_day_is_29_until_the_birthday_of_a_common_year() -> None:
    assert age_is_right("ips_ung", date(2026, 2, 27), date(1996, 2, 29), "maximum_age") is True
    assert age_is_right("ips_ung", date(2026, 3, 1), date(1996, 2, 29), "maximum_age") is False


@pytest.mark.rule("egenregiforskriften § 2-1")
@pytest.mark.parametrize("code", SPECIALISTS)
def test_2_1_3_1_the_need_must_go_beyond_ordinary_help(code: str) -> None:
    assert answer_to(code, TODAY, "needs_more_followup", followup_need=3) is Answer.MET
    weak = answer_to(code, TODAY, "needs_more_followup", followup_need=2, needs_level="situasjonsbestemt_innsats")
    assert weak is Answer.NOT_MET
    assert answer_to(code, TODAY, "needs_more_followup") is Answer.UNKNOWN
    found = verdict(code, TODAY, "needs_level_used")
    assert found is not None and found.ref.source == "house" and found.severity.value == "warning"


@pytest.mark.rule("egenregiforskriften § 3-1")
@pytest.mark.parametrize("code", ["ips", "ips_ung"])
def test_3_1_ips_asks_whether_a_team_takes_part_and_never_what_the_treatment_is_for(code: str) -> None:
    name = "team_in_the_health_service"
    assert answer_to(code, TODAY, name) is Answer.UNKNOWN
    assert answer_to(code, TODAY, name, treatment_team_takes_part=True) is Answer.MET
    assert answer_to(code, TODAY, name, treatment_team_takes_part=False) is Answer.NOT_MET
    severities = {entry.severity for entry in the(code).target_group_on(TODAY) if entry.code == name}
    assert severities == {"warning"}, "others can be offered it too (§ 3-1 second paragraph)"


@pytest.mark.rule("egenregiforskriften § 3-1")
def test_3_1_no_fact_in_ips_is_about_health() -> None:
    asked = {
        part.fact
        for code in ("ips", "ips_ung")
        for entry in the(code).target_group
        for group in entry.any_of
        for part in group
    }
    assert asked == {"treatment_team_takes_part", "wants_to_take_part", "followup_need", "needs_level"}
    circumstance = load().code("circumstance", "treatment_team_takes_part")
    assert not [word for word in ("diagnos", "lidelse", "sykdom", "rus") if word in circumstance.name.nb.lower()]


@pytest.mark.rule("egenregiforskriften § 3-2")
@pytest.mark.parametrize("code", ["ips", "ips_ung"])
def test_3_2_ips_is_given_only_with_consent(code: str) -> None:
    assert answer_to(code, TODAY, "wants_to_take_part", wants_to_take_part=True) is Answer.MET
    assert answer_to(code, TODAY, "wants_to_take_part", wants_to_take_part=False) is Answer.NOT_MET
    assert answer_to(code, TODAY, "wants_to_take_part") is Answer.UNKNOWN


# ---- §§ 2-4, 3-5, 3-6: how long -------------------------------------------------------------------------------------


@pytest.mark.rule("egenregiforskriften § 2-4")
@pytest.mark.parametrize(
    ("facts", "months"),
    [
        (WHOLE | {"vocational_training_as_measure": False}, 12),
        (REDUCED | {"vocational_training_as_measure": False}, 36),
        (WHOLE | {"vocational_training_as_measure": True}, 24),
        (REDUCED | {"vocational_training_as_measure": True}, 48),
    ],
)
def test_2_4_one_year_three_with_reduced_capacity_and_one_more_in_vocational_training(
    facts: dict[str, bool], months: int
) -> None:
    assert limits("arbeid_med_stotte", TODAY, **facts) == (Length(months), Length(months))
    assert by_law(the("arbeid_med_stotte").duration_on(TODAY), "2-4", EG)


@pytest.mark.rule("egenregiforskriften § 2-4")
def test_2_4_the_last_day_is_the_day_before_the_same_date_also_at_the_end_of_february() -> None:
    assert sure_last_day("arbeid_med_stotte", date(2027, 3, 1), **WHOLE) == date(2028, 2, 29)
    assert sure_last_day("arbeid_med_stotte", date(2028, 2, 29), **WHOLE) == date(2029, 2, 27)
    assert sure_last_day("arbeid_med_stotte", AMENDED, **REDUCED) == date(2028, 7, 31)


@pytest.mark.rule("egenregiforskriften § 2-4")
def test_2_4_earlier_periods_count_and_what_is_unknown_may_give_more() -> None:
    half = (Period(date(2026, 1, 1), date(2026, 6, 30)),)
    assert sure_last_day("arbeid_med_stotte", date(2026, 9, 1), half, **WHOLE) == date(2027, 2, 28)
    assert limits("arbeid_med_stotte", TODAY) == (Length(12), Length(48))
    assert the("arbeid_med_stotte").duration_on(TODAY).cumulative_source == "house"


@pytest.mark.rule("egenregiforskriften § 2-4")
def test_2_4_how_long_work_with_support_lasted_before_1_august_2025_is_not_known() -> None:
    for on in (FIRST, AMENDED - DAY):
        duration = the("arbeid_med_stotte").duration_on(on)
        assert not duration.known and duration.note
    assert the("arbeid_med_stotte").duration_on(AMENDED).months == 12


@pytest.mark.rule("egenregiforskriften § 3-5")
@pytest.mark.parametrize("on", [FIRST, AMENDED, TODAY])
def test_3_5_ips_lasts_one_year_and_three_with_reduced_capacity(on: date) -> None:
    assert limits("ips", on, **WHOLE) == (Length(12), Length(12))
    assert limits("ips", on, **REDUCED) == (Length(36), Length(36))
    assert limits("ips", on, in_training_or_education=True, **WHOLE)[1] == Length(12)


@pytest.mark.rule("egenregiforskriften § 3-6")
@pytest.mark.parametrize(
    ("facts", "months"),
    [
        (WHOLE | {"in_training_or_education": False}, 12),
        (WHOLE | {"in_training_or_education": True}, 24),
        (REDUCED | {"in_training_or_education": False}, 36),
        (REDUCED | {"in_training_or_education": True}, 48),
    ],
)
def test_3_6_ips_for_the_young_lasts_one_year_more_in_training_or_education(
    facts: dict[str, bool], months: int
) -> None:
    assert limits("ips_ung", FIRST, **facts) == (Length(months), Length(months))


@pytest.mark.rule("egenregiforskriften § 3-6")
def test_3_6_time_in_ips_counts_in_ips_for_the_young_and_the_other_way() -> None:
    assert the("ips").duration_on(TODAY).cumulative_with == ("ips_ung",)
    assert the("ips_ung").duration_on(TODAY).cumulative_with == ("ips",)


# ---- plan, follow-up, money, appeal ---------------------------------------------------------------------------------


@pytest.mark.rule("egenregiforskriften § 2-3")
@pytest.mark.parametrize(("code", "section"), [("arbeid_med_stotte", "2-3"), ("ips", "3-3"), ("ungdomsgaranti", "4-3")])
def test_2_3_3_3_4_3_the_plan_is_made_together_and_kept_up_to_date(code: str, section: str) -> None:
    for rule in ("plan_kept_up_to_date", "takes_part_in_planning"):
        assert by_law(the(code).rule_on(rule, TODAY), section, EG)
    agreed = the(code).agreement
    assert agreed is not None
    assert agreed.parties == ("participant", "caseworker")
    assert {"purpose", "followup"} <= set(agreed.content_required_on(TODAY))


@pytest.mark.rule("egenregiforskriften § 1-3")
@pytest.mark.parametrize("code", SPECIALISTS)
def test_1_3_follow_up_must_be_necessary_and_ends_when_it_is_not_wanted(code: str) -> None:
    assert answer_to(code, TODAY, "necessary_and_appropriate") is Answer.UNKNOWN
    assert by_law(the(code).rule_on("ends_when_not_wanted", TODAY), "1-3", EG)


@pytest.mark.rule("egenregiforskriften § 2-2")
@pytest.mark.parametrize(
    ("code", "first", "section"),
    [("arbeid_med_stotte", date(2025, 7, 1), "2-2"), ("ips", FIRST, "3-2"), ("ungdomsgaranti", GUARANTEE, "4-2")],
)
def test_2_2_3_2_4_2_an_employer_is_helped_beyond_its_own_duty_only(code: str, first: date, section: str) -> None:
    assert by_law(the(code).rule_on("employer_help_beyond_own_duty", first), section, EG)
    assert the(code).rule_on("employer_help_beyond_own_duty", first - DAY) is None


@pytest.mark.parametrize("code", ["ips", "ips_ung"])
def test_a_job_specialist_in_ips_has_at_most_the_number_the_house_has_set(code: str) -> None:
    rule = the(code).rule_on("small_caseload", TODAY)
    assert rule is not None and rule.source == "house" and rule.interpretation is not None
    most = load().house_int("caseload_ips_max", TODAY)
    for text in (rule.text.nb, rule.text.nn, rule.text.en):
        assert f" {most} " in text


@pytest.mark.rule("tiltakspengeforskriften § 2")
@pytest.mark.parametrize("code", SPECIALISTS)
def test_measure_allowance_comes_with_a_job_specialist_from_20_june_2023(code: str) -> None:
    found = {value.code: value for value in the(code).funding_on(FIRST)}
    assert by_law(found["measure_allowance"], "2", "tiltakspengeforskriften")
    assert by_law(found["own_staff"], "1-2", EG)
    assert "procured" not in found


@pytest.mark.rule("arbeidsmarkedsloven § 17")
@pytest.mark.parametrize("code", SPECIALISTS)
def test_17_six_weeks_to_appeal_a_decision_on_follow_up(code: str) -> None:
    found = the(code).appeal_on(TODAY)
    assert by_law(found, "17", "arbeidsmarkedsloven") and found is not None and found.weeks == 6


# ---- together with others -------------------------------------------------------------------------------------------


@pytest.mark.rule("egenregiforskriften § 2-2")
def test_2_2_a_job_specialist_helps_through_vocational_training_from_1_july_2025() -> None:
    together = the("arbeid_med_stotte").combination_on("fag_og_yrkesopplaering", date(2025, 7, 1))
    assert by_law(together, "2-2", EG) and together is not None and together.together == "allowed"
    assert the("arbeid_med_stotte").combination_on("fag_og_yrkesopplaering", date(2025, 6, 30)) is None


@pytest.mark.rule("tiltaksforskriften § 14A-6")
def test_14a_6_nav_can_give_the_reinforced_follow_up_itself_from_1_september_2026() -> None:
    assert the("arbeid_med_stotte").combination_on("vtao", date(2026, 8, 31)) is None
    assert by_law(the("arbeid_med_stotte").combination_on("vtao", date(2026, 9, 1)), "14A-6", "tiltaksforskriften")


def test_two_job_specialists_at_once_are_warned_against_by_the_house_alone() -> None:
    for one, other in (("arbeid_med_stotte", "ips"), ("ips", "arbeid_med_stotte"), ("ips_ung", "arbeid_med_stotte")):
        found = the(one).combination_on(other, TODAY)
        assert found is not None and (found.together, found.source) == ("warned", "house")


# ---- the youth guarantee --------------------------------------------------------------------------------------------


@pytest.mark.rule("egenregiforskriften § 4-4")
def test_4_4_the_guarantee_ends_the_day_one_turns_30_and_has_no_other_end() -> None:
    assert age_is_right("ungdomsgaranti", TODAY, date(1996, 11, 23), "maximum_age") is True
    assert age_is_right("ungdomsgaranti", TODAY, date(1996, 11, 22), "maximum_age") is False
    assert age_is_right("ungdomsgaranti", GUARANTEE, date(1993, 7, 2), "maximum_age") is True
    assert the("ungdomsgaranti").duration_on(TODAY).unlimited
    assert by_law(the("ungdomsgaranti").rule_on("begins_within_eight_weeks", GUARANTEE), "4-4", EG)


@pytest.mark.rule("egenregiforskriften § 4-1")
def test_4_1_the_guarantee_holds_from_the_day_one_turns_16() -> None:
    name = "sixteen_or_adapted_path"
    today_16, tomorrow_16 = date(2010, 11, 22), date(2010, 11, 23)
    assert answer_to("ungdomsgaranti", TODAY, name, today_16) is Answer.MET
    assert answer_to("ungdomsgaranti", TODAY, name, tomorrow_16, adapted_vocational_path=False) is Answer.NOT_MET
    assert answer_to("ungdomsgaranti", TODAY, name, tomorrow_16) is Answer.UNKNOWN


@pytest.mark.rule("egenregiforskriften § 4-1")
def test_4_1_with_an_adapted_vocational_path_it_holds_from_new_year_of_that_year() -> None:
    born = date(2010, 12, 31)
    name = "sixteen_or_adapted_path"
    assert age_is_right("ungdomsgaranti", date(2026, 1, 1), born) is True
    assert answer_to("ungdomsgaranti", date(2026, 1, 1), name, born, adapted_vocational_path=True) is Answer.MET
    assert age_is_right("ungdomsgaranti", date(2025, 12, 31), born) is False


@pytest.mark.rule("egenregiforskriften § 4-1")
def test_4_1_its_lower_age_before_1_august_2025_is_not_known() -> None:
    assert age_is_right("ungdomsgaranti", AMENDED - DAY, date(2000, 1, 1)) is None
    assert age_is_right("ungdomsgaranti", AMENDED, date(2000, 1, 1)) is True
    assert answer_to("ungdomsgaranti", AMENDED - DAY, "sixteen_or_adapted_path") is None


@pytest.mark.rule("egenregiforskriften § 4-1")
def test_4_1_the_need_of_help_must_be_established() -> None:
    for on in (GUARANTEE, AMENDED, TODAY):
        level = "situasjonsbestemt_innsats"
        assert answer_to("ungdomsgaranti", on, "assessed_need", needs_level=level) is Answer.MET
        assert answer_to("ungdomsgaranti", on, "assessed_need", needs_level="standard_innsats") is Answer.NOT_MET
        assert answer_to("ungdomsgaranti", on, "assessed_need") is Answer.UNKNOWN


@pytest.mark.rule("egenregiforskriften § 4-2")
def test_4_2_the_guarantee_goes_on_during_measures_with_a_fixed_contact() -> None:
    guarantee = the("ungdomsgaranti")
    for other in ("arbeidstrening", "amo", "midlertidig_lonnstilskudd", "ips_ung"):
        found = guarantee.combination_on(other, GUARANTEE)
        assert by_law(found, "4-2", EG) and found is not None and found.together == "allowed"
    for rule in ("fixed_contact", "without_a_break"):
        assert by_law(guarantee.rule_on(rule, GUARANTEE), "4-2", EG)


@pytest.mark.rule("forvaltningsloven § 29")
def test_29_three_weeks_to_appeal_where_no_other_deadline_is_set() -> None:
    for code in ("ungdomsgaranti", "kvp", "introduksjonsprogram"):
        found = the(code).appeal_on(TODAY)
        assert by_law(found, "29", "forvaltningsloven") and found is not None and found.weeks == 3
        assert found.interpretation is not None
