"""Training (opplæring, tiltaksforskriften chapter 7): letters a to f, as they stand and as they stood since 2016."""

from datetime import date

import pytest

from springbrett.catalogue import load
from springbrett.kernel.verdict import Answer
from tests.spec.cases_training import A_TO_E, ADAPTED, LETTERS, OLD, REWRITTEN, TF, TODAY, TRAINING
from tests.spec.law import DAY, age_is_right, answer_to, by_law, the

ALREADY_2019 = ("amo", "language_course", "fag_og_yrkesopplaering", "hoyere_yrkesfaglig")


# ---- § 7-2: what can be given, and from when ------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 7-2")
@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("amo", date(2016, 1, 1)),
        ("language_course", date(2016, 1, 1)),
        ("fag_og_yrkesopplaering", date(2016, 1, 1)),
        ("hoyere_utdanning", date(2016, 1, 1)),
        ("hoyere_yrkesfaglig", REWRITTEN),
        ("studiespesialisering", LETTERS),
        ("tilrettelagt_fagopplaering", ADAPTED),
    ],
)
def test_7_2_the_first_day_each_kind_of_training_can_be_given(code: str, first: date) -> None:
    assert the(code).in_force(first)
    assert not the(code).in_force(first - DAY)


@pytest.mark.rule("tiltaksforskriften § 7-2")
def test_7_2_a_course_gives_documented_competence_by_the_wording_of_its_day() -> None:
    rule = "documented_competence_first"
    amo = the("amo")
    assert amo.rule_on(rule, OLD - DAY) is None
    wordings = [amo.rule_on(rule, on) for on in (OLD, REWRITTEN - DAY, REWRITTEN, LETTERS - DAY, LETTERS)]
    sections = [found.section for found in wordings if found]
    assert sections == ["7-3", "7-3", "7-2", "7-2", "7-2"]
    assert wordings[2] == wordings[3] != wordings[4]


# ---- § 7-3: age -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 7-3")
@pytest.mark.parametrize("code", A_TO_E)
def test_7_3_training_a_to_e_is_open_from_new_year_of_the_year_one_turns_19(code: str) -> None:
    born_last_day_of_2007 = date(2007, 12, 31)
    assert age_is_right(code, date(2026, 1, 1), born_last_day_of_2007) is True
    assert age_is_right(code, date(2025, 12, 31), born_last_day_of_2007) is False
    assert age_is_right(code, date(2026, 12, 31), date(2008, 1, 1)) is False
    assert by_law(the(code).min_age_on(TODAY), "7-3", TF)


@pytest.mark.rule("tiltaksforskriften § 7-3")
def test_7_3_higher_education_is_open_from_new_year_of_the_year_one_turns_22() -> None:
    born = date(2004, 12, 31)
    assert age_is_right("hoyere_utdanning", date(2026, 1, 1), born) is True
    assert age_is_right("hoyere_utdanning", date(2025, 12, 31), born) is False
    assert age_is_right("hoyere_utdanning", date(2026, 12, 31), date(2005, 1, 1)) is False


@pytest.mark.rule("tiltaksforskriften § 7-3")
@pytest.mark.parametrize(("code", "years"), [*((code, 19) for code in ALREADY_2019), ("hoyere_utdanning", 22)])
def test_7_3_before_1_july_2025_the_birthday_decided(code: str, years: int) -> None:
    on = LETTERS - DAY
    turns_today = on.replace(year=on.year - years)
    assert age_is_right(code, on, turns_today) is True
    assert age_is_right(code, on, turns_today + DAY) is False
    assert age_is_right(code, LETTERS, turns_today + DAY) is True


@pytest.mark.rule("tiltaksforskriften § 7-3")
def test_7_3_somebody_born_on_29_february_reached_19_on_1_march_in_a_common_year() -> None:
    born = date(2004, 2, 29)
    assert age_is_right("amo", date(2023, 2, 27), born) is False
    assert age_is_right("amo", date(2023, 3, 1), born) is True


@pytest.mark.rule("tiltaksforskriften § 7-3")
@pytest.mark.parametrize("code", ["amo", "language_course", "fag_og_yrkesopplaering"])
def test_7_3_before_1_july_2019_the_age_limit_is_not_known_and_not_guessed(code: str) -> None:
    assert age_is_right(code, REWRITTEN - DAY, date(1960, 1, 1)) is None
    assert age_is_right(code, REWRITTEN, date(1960, 1, 1)) is True


@pytest.mark.rule("tiltaksforskriften § 7-3")
def test_7_3_ordinary_education_asked_for_over_22_from_1_october_2016() -> None:
    assert age_is_right("hoyere_utdanning", OLD - DAY, date(1960, 1, 1)) is None
    assert age_is_right("hoyere_utdanning", OLD, date(1994, 10, 1)) is True
    assert age_is_right("hoyere_utdanning", OLD, date(1994, 10, 2)) is False


# ---- § 7-3 third paragraph: exceptionally from 16 -------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 7-3")
def test_7_3_an_adapted_vocational_path_is_open_from_new_year_of_the_year_one_turns_16() -> None:
    born = date(2010, 12, 31)
    assert age_is_right("tilrettelagt_fagopplaering", date(2026, 1, 1), born) is True
    assert age_is_right("tilrettelagt_fagopplaering", date(2025, 12, 31), born) is False
    assert age_is_right("fag_og_yrkesopplaering", date(2026, 1, 1), born) is False


@pytest.mark.rule("tiltaksforskriften § 7-3")
def test_7_3_the_adapted_path_asks_for_complex_needs_and_nobody_is_refused_before_it_is_answered() -> None:
    code, name = "tilrettelagt_fagopplaering", "complex_needs"
    assert answer_to(code, ADAPTED, name) is Answer.UNKNOWN
    assert answer_to(code, ADAPTED, name, adapted_vocational_path=True) is Answer.MET
    assert answer_to(code, ADAPTED, name, adapted_vocational_path=False) is Answer.NOT_MET


@pytest.mark.rule("tiltaksforskriften § 7-6")
def test_7_6_the_adapted_path_is_given_only_together_with_the_county() -> None:
    assert by_law(the("tilrettelagt_fagopplaering").rule_on("only_with_the_county", ADAPTED), "7-6", TF)
    assert the("fag_og_yrkesopplaering").rule_on("only_with_the_county", ADAPTED) is None


# ---- § 7-3: target group --------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 7-3")
@pytest.mark.parametrize("on", [OLD, REWRITTEN, LETTERS, TODAY])
def test_7_3_higher_education_is_only_for_reduced_work_capacity(on: date) -> None:
    assert answer_to("hoyere_utdanning", on, "reduced_capacity", reduced_work_capacity=True) is Answer.MET
    assert answer_to("hoyere_utdanning", on, "reduced_capacity", reduced_work_capacity=False) is Answer.NOT_MET
    assert answer_to("hoyere_utdanning", on, "reduced_capacity") is Answer.UNKNOWN


@pytest.mark.rule("tiltaksforskriften § 7-3")
@pytest.mark.parametrize("code", ["amo", "language_course", "fag_og_yrkesopplaering", "hoyere_utdanning"])
def test_7_3_the_target_group_before_1_october_2016_is_for_the_caseworker_to_consider(code: str) -> None:
    found = [value for value in the(code).target_group_on(OLD - DAY) if value.section == "7-3"]
    assert [(value.any_of, value.severity) for value in found] == [((), "warning")]


@pytest.mark.rule("tiltaksforskriften § 7-3")
def test_7_3_upper_secondary_only_without_a_right_to_it_until_30_june_2019() -> None:
    code, name = "fag_og_yrkesopplaering", "no_right_to_upper_secondary"
    assert answer_to(code, REWRITTEN - DAY, name, right_to_upper_secondary=True) is Answer.NOT_MET
    assert answer_to(code, REWRITTEN - DAY, name, right_to_upper_secondary=False) is Answer.MET
    assert answer_to(code, REWRITTEN - DAY, name) is Answer.UNKNOWN
    assert answer_to(code, REWRITTEN, name, right_to_upper_secondary=True) is None
    assert answer_to(code, OLD - DAY, name) is None


@pytest.mark.rule("tiltaksforskriften § 7-3")
def test_7_3_weak_norwegian_opens_norwegian_training() -> None:
    name = "weak_language_or_basic_skills"
    facts = {"cefr_written": "C1", "education_level": "bachelor"}
    assert answer_to("language_course", TODAY, name, cefr_oral="B1", **facts) is Answer.MET
    assert answer_to("language_course", TODAY, name, cefr_oral="B2", **facts) is Answer.NOT_MET


@pytest.mark.rule("tiltaksforskriften § 7-3")
@pytest.mark.parametrize(("code", "last"), [("amo", REWRITTEN - DAY), ("hoyere_utdanning", date(2016, 12, 31))])
def test_7_3_training_was_bounded_by_what_municipality_and_county_must_give(code: str, last: date) -> None:
    rule = "bounded_by_municipal_duties"
    assert the(code).rule_on(rule, OLD - DAY) is None
    assert by_law(the(code).rule_on(rule, OLD), "7-3", TF)
    assert the(code).rule_on(rule, last) is not None
    assert the(code).rule_on(rule, last + DAY) is None


# ---- §§ 7-5, 7-6: money ---------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 7-5")
def test_7_5_school_costs_are_covered_from_1_july_2019_up_to_an_amount_our_sources_do_not_give() -> None:
    for code in ("amo", "hoyere_utdanning"):
        assert "actual_costs" not in {found.code for found in the(code).funding_on(REWRITTEN - DAY)}
        found = next(found for found in the(code).funding_on(REWRITTEN) if found.code == "actual_costs")
        assert by_law(found, "7-5", TF)
        rate = load().rate_on(found.rate, TODAY)
        assert rate is not None and rate.amount is None and rate.note


@pytest.mark.rule("tiltaksforskriften § 7-5")
def test_7_5_housing_can_be_covered_from_1_january_2020() -> None:
    def text(on: date) -> str:
        return next(found.text.en for found in the("amo").funding_on(on) if found.code == "actual_costs")

    assert "housing" not in text(date(2019, 12, 31))
    assert "housing" in text(date(2020, 1, 1))


@pytest.mark.rule("tiltaksforskriften § 7-6")
def test_7_6_what_the_municipality_and_the_county_offer_is_considered_first_but_not_for_higher_education() -> None:
    rule = "other_offers_considered_first"
    for code in ALREADY_2019:
        assert the(code).rule_on(rule, REWRITTEN - DAY) is None
        assert by_law(the(code).rule_on(rule, REWRITTEN), "7-6", TF)
    assert by_law(the("studiespesialisering").rule_on(rule, LETTERS), "7-6", TF)
    assert the("hoyere_utdanning").rule_on(rule, TODAY) is None


@pytest.mark.rule("tiltaksforskriften § 7-6")
def test_7_6_higher_education_only_at_study_places_that_give_formal_competence() -> None:
    rule = "only_ordinary_study_places"
    assert the("hoyere_utdanning").rule_on(rule, REWRITTEN - DAY) is None
    assert by_law(the("hoyere_utdanning").rule_on(rule, REWRITTEN), "7-6", TF)


@pytest.mark.rule("tiltakspengeforskriften § 2")
@pytest.mark.parametrize("code", TRAINING)
def test_measure_allowance_comes_with_training_and_the_earlier_list_is_not_known(code: str) -> None:
    first = max(date(2023, 6, 20), the(code).valid[0].from_)
    found = next(value for value in the(code).funding_on(first) if value.code == "measure_allowance")
    assert (found.ref, found.rate) == ("tiltakspengeforskriften § 2", "tiltakspenger")
    earlier = [value for value in the(code).funding_on(date(2023, 6, 19)) if value.code == "measure_allowance"]
    assert [value.act for value in earlier] == ["arbeidsmarkedsloven"]


# ---- what holds for every measure, and what goes together -----------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 1-7")
@pytest.mark.parametrize(("code", "status"), [("amo", "not_employee"), ("fag_og_yrkesopplaering", "either")])
def test_1_7_training_makes_nobody_an_employee_but_an_apprentice_is_one(code: str, status: str) -> None:
    found = the(code).employment_on(TODAY)
    assert by_law(found, "1-7", TF) and found is not None and found.status == status


@pytest.mark.rule("tiltaksforskriften § 1-3")
@pytest.mark.parametrize("code", TRAINING)
def test_1_3_training_ends_for_suitable_work_is_chosen_together_and_must_be_necessary(code: str) -> None:
    for rule in ("chosen_together", "ends_when_offered_work", "may_be_taken_out"):
        assert by_law(the(code).rule_on(rule, TODAY), "1-3", TF)
    assert answer_to(code, TODAY, "necessary_and_appropriate") is Answer.UNKNOWN


@pytest.mark.rule("tiltaksforskriften § 1-3a")
@pytest.mark.parametrize("code", TRAINING)
def test_1_3a_training_can_be_held_aboard_norwegian_ships_from_10_january_2025(code: str) -> None:
    assert the(code).rule_on("on_ships", date(2025, 1, 9)) is None
    assert by_law(the(code).rule_on("on_ships", date(2025, 1, 10)), "1-3a", TF)


@pytest.mark.rule("arbeidsmarkedsloven § 17")
@pytest.mark.parametrize("code", TRAINING)
def test_17_a_decision_on_training_can_be_appealed_within_six_weeks(code: str) -> None:
    found = the(code).appeal_on(TODAY)
    assert by_law(found, "17", "arbeidsmarkedsloven") and found is not None and found.weeks == 6


@pytest.mark.rule("tiltaksforskriften § 5-3")
@pytest.mark.parametrize("code", TRAINING)
def test_5_3_a_mentor_goes_together_with_training(code: str) -> None:
    found = the(code).combination_on("mentor", TODAY)
    assert found is not None and found.together == "allowed"


@pytest.mark.rule("tiltaksforskriften § 11-2")
def test_11_2_the_inclusion_grant_goes_with_courses_from_1_january_2018_and_with_no_other_training() -> None:
    assert the("amo").combination_on("inkluderingstilskudd", date(2017, 12, 31)) is None
    assert by_law(the("amo").combination_on("inkluderingstilskudd", date(2018, 1, 1)), "11-2", TF)
    assert the("hoyere_utdanning").combination_on("inkluderingstilskudd", TODAY) is None


@pytest.mark.rule("tiltaksforskriften § 7-2")
def test_7_2_norwegian_and_vocational_training_can_run_together_from_1_july_2025() -> None:
    assert the("fag_og_yrkesopplaering").combination_on("language_course", LETTERS - DAY) is None
    assert by_law(the("fag_og_yrkesopplaering").combination_on("language_course", LETTERS), "7-2", TF)
    assert by_law(the("language_course").combination_on("fag_og_yrkesopplaering", LETTERS), "7-2", TF)
