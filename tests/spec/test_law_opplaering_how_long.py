"""How long training lasts (tiltaksforskriften § 7-4): letter by letter, together, and as it stood since 2016."""

from datetime import date

import pytest

from springbrett.kernel.period import Length, Period
from tests.spec.cases_training import ADAPTED, LETTERS, OLD, REWRITTEN, TF, TODAY, TRAINING
from tests.spec.law import DAY, by_law, left, limits, sure_last_day, the, verdict

SPECIAL = {"special_reasons_for_more_time": True}
COMBINED = {"basic_training_with_vocational": True}
BEFORE_HIGHER = {"upper_secondary_before_higher": True}


# ---- § 7-4: how long ------------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 7-4")
@pytest.mark.parametrize("code", TRAINING)
def test_7_4_training_lasts_up_to_three_years(code: str) -> None:
    start = ADAPTED
    nothing_more = {"special_reasons_for_more_time": False, "basic_training_with_vocational": False,
                    "upper_secondary_before_higher": False}  # fmt: skip
    assert limits(code, start, **nothing_more) == (Length(36), Length(36))
    assert sure_last_day(code, start, **nothing_more) == date(2028, 7, 31)
    assert by_law(the(code).duration_on(start), "7-4", TF)


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_three_years_from_a_leap_day_end_the_day_before_the_clamped_day() -> None:
    assert sure_last_day("amo", date(2024, 2, 29)) == date(2027, 2, 27)
    assert sure_last_day("amo", date(2025, 8, 31)) == date(2028, 8, 30)


@pytest.mark.rule("tiltaksforskriften § 7-4")
@pytest.mark.parametrize("code", ["language_course", "fag_og_yrkesopplaering", "tilrettelagt_fagopplaering"])
def test_7_4_four_years_when_basic_training_goes_before_or_with_vocational_training(code: str) -> None:
    assert limits(code, ADAPTED, **COMBINED)[0] == Length(48)
    assert sure_last_day(code, ADAPTED, **COMBINED) == date(2029, 7, 31)


@pytest.mark.rule("tiltaksforskriften § 7-4")
@pytest.mark.parametrize("code", ["studiespesialisering", "hoyere_utdanning"])
def test_7_4_four_years_when_upper_secondary_subjects_go_before_higher_education(code: str) -> None:
    assert limits(code, LETTERS, **BEFORE_HIGHER)[0] == Length(48)


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_the_combined_paths_came_on_1_july_2025() -> None:
    assert limits("fag_og_yrkesopplaering", LETTERS - DAY, **COMBINED)[0] == Length(36)
    assert limits("hoyere_utdanning", LETTERS - DAY, **BEFORE_HIGHER)[0] == Length(36)
    assert limits("language_course", LETTERS - DAY, **COMBINED)[0] == Length(36)


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_the_combinations_hold_for_the_letters_they_name_and_no_other() -> None:
    for code in ("amo", "studiespesialisering", "hoyere_yrkesfaglig", "hoyere_utdanning"):
        assert limits(code, LETTERS, **COMBINED)[0] == Length(36)
    for code in ("amo", "language_course", "fag_og_yrkesopplaering", "hoyere_yrkesfaglig"):
        assert limits(code, LETTERS, **BEFORE_HIGHER)[0] == Length(36)


@pytest.mark.rule("tiltaksforskriften § 7-4")
@pytest.mark.parametrize(
    ("code", "more"),
    [("amo", 36), ("language_course", 36), ("studiespesialisering", 36), ("fag_og_yrkesopplaering", 48),
     ("tilrettelagt_fagopplaering", 48), ("hoyere_yrkesfaglig", 48), ("hoyere_utdanning", 48)],
)  # fmt: skip
def test_7_4_one_year_more_for_special_reasons_only_in_letters_d_to_f(code: str, more: int) -> None:
    assert limits(code, ADAPTED, **SPECIAL)[0] == Length(more)


@pytest.mark.rule("tiltaksforskriften § 7-4")
@pytest.mark.parametrize(
    ("code", "facts"), [("fag_og_yrkesopplaering", COMBINED | SPECIAL), ("hoyere_utdanning", BEFORE_HIGHER | SPECIAL)]
)
def test_7_4_the_year_for_special_reasons_comes_on_top_of_the_four(code: str, facts: dict[str, bool]) -> None:
    assert limits(code, LETTERS, **facts)[0] == Length(60)
    assert the(code).duration_on(LETTERS).longest == Length(60)
    assert sure_last_day(code, LETTERS, **facts) == date(2030, 6, 30)


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_what_is_not_answered_may_give_more_time_and_never_less() -> None:
    assert limits("fag_og_yrkesopplaering", LETTERS) == (Length(36), Length(60))
    assert limits("amo", LETTERS) == (Length(36), Length(36))


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_time_under_one_letter_is_taken_from_the_time_under_another() -> None:
    two_years_of_norwegian = Period(date(2025, 7, 1), date(2027, 6, 30))
    start = date(2027, 7, 1)
    not_combined = {"basic_training_with_vocational": False} | {"special_reasons_for_more_time": False}
    assert sure_last_day("fag_og_yrkesopplaering", start, (two_years_of_norwegian,), **not_combined) == date(
        2028, 6, 30
    )
    assert sure_last_day("fag_og_yrkesopplaering", start, (two_years_of_norwegian,), **COMBINED) == date(2029, 6, 30)
    assert left("amo", start, (two_years_of_norwegian,)) == Length(12)


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_all_kinds_of_training_count_together_and_the_catalogue_says_by_whose_reading() -> None:
    for code in TRAINING:
        duration = the(code).duration_on(TODAY)
        assert {code, *duration.cumulative_with} == set(TRAINING)
        assert (duration.cumulative, duration.cumulative_source) == (True, "law")
    before = the("amo").duration_on(LETTERS - DAY)
    assert before.cumulative_source == "house" and before.interpretation is not None
    assert "studiespesialisering" not in before.cumulative_with


@pytest.mark.rule("tiltaksforskriften § 7-4")
@pytest.mark.parametrize("code", ["fag_og_yrkesopplaering", "hoyere_yrkesfaglig", "hoyere_utdanning"])
def test_7_4_from_1_july_2019_three_years_and_one_more_for_special_reasons(code: str) -> None:
    for on in (REWRITTEN, LETTERS - DAY):
        assert limits(code, on) == (Length(36), Length(48))
        assert limits(code, on, **SPECIAL)[0] == Length(48)


@pytest.mark.rule("tiltaksforskriften § 7-4")
@pytest.mark.parametrize("code", ["amo", "language_course"])
def test_7_4_a_course_lasted_up_to_one_year_from_1_october_2016_and_three_from_1_july_2019(code: str) -> None:
    assert not the(code).duration_on(OLD - DAY).known
    assert limits(code, OLD) == (Length(12), Length(12))
    assert sure_last_day(code, REWRITTEN - DAY) == date(2020, 6, 29)
    assert sure_last_day(code, REWRITTEN) == date(2022, 6, 30)
    assert limits(code, REWRITTEN, **SPECIAL)[0] == Length(36)


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_ordinary_education_lasted_three_years_and_one_more_from_1_october_2016() -> None:
    assert not the("hoyere_utdanning").duration_on(OLD - DAY).known
    assert limits("hoyere_utdanning", OLD) == (Length(36), Length(48))
    assert limits("hoyere_utdanning", REWRITTEN - DAY, **SPECIAL)[0] == Length(48)


@pytest.mark.rule("tiltaksforskriften § 7-4")
def test_7_4_how_long_vocational_training_lasted_before_1_july_2019_is_not_known() -> None:
    duration = the("fag_og_yrkesopplaering").duration_on(REWRITTEN - DAY)
    assert not duration.known and duration.note
    found = verdict("fag_og_yrkesopplaering", REWRITTEN - DAY, "time_left")
    assert found is not None and found.unknown
