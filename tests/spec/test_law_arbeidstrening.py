"""Arbeidstrening by the law: what chapter 3 of tiltaksforskriften says on the days around each limit and each change.

What else the chapter says stands in test_catalogue_arbeidstrening.py and test_choice_arbeidstrening.py.
"""

from datetime import date

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, by_law, changes_on, last_day, rule_of, the

MEASURE = the("arbeidstrening")
FIRST_DAY = date(2016, 1, 1)


@pytest.mark.rule("tiltaksforskriften § 3-2")
def test_3_2_training_in_ordinary_working_life_is_adapted_and_followed_up_by_both() -> None:
    assert by_law(rule_of(MEASURE, "adapted_training", FIRST_DAY), "3-2")


@pytest.mark.rule("tiltaksforskriften § 3-3")
@pytest.mark.parametrize(
    ("fact", "inside", "outside"),
    [
        ("work_experience_years", 1.9, 2),
        ("work_experience_norway_years", 1.9, 2),
        ("last_worked_years_ago", 2, 1.9),
    ],
)
def test_3_3_what_little_experience_is_has_an_edge_that_is_said_to_be_our_reading(
    fact: str, inside: float, outside: float
) -> None:
    group = next(entry for entry in MEASURE.target_group_on(TODAY) if entry.section == "3-3")
    assert group.interpretation is not None
    enough = {"work_experience_years": 9, "work_experience_norway_years": 9, "last_worked_years_ago": 0}
    told = {"job_seeker": True, "reduced_work_capacity": False} | enough
    for value, expected in ((inside, Answer.MET), (outside, Answer.NOT_MET)):
        assert rules.target_group(MEASURE.code, group, told | {fact: value}, TODAY).answer is expected


@pytest.mark.rule("tiltaksforskriften § 3-5")
@pytest.mark.parametrize(
    ("start", "year", "longer"),
    [
        (date(2025, 3, 10), date(2026, 3, 9), date(2026, 9, 9)),
        (date(2024, 2, 29), date(2025, 2, 27), date(2025, 8, 28)),  # from a leap day
        (date(2023, 3, 1), date(2024, 2, 29), date(2024, 8, 31)),  # to a leap day
        (date(2024, 8, 31), date(2025, 8, 30), date(2026, 2, 27)),  # to the end of a short month
        (FIRST_DAY, date(2016, 12, 31), date(2017, 6, 30)),
    ],
)
def test_3_5_one_year_and_half_a_year_more_with_reduced_work_capacity(start: date, year: date, longer: date) -> None:
    assert last_day(MEASURE, start, (), {"reduced_work_capacity": False}) == (year, year)
    assert last_day(MEASURE, start, (), {"reduced_work_capacity": True}) == (longer, longer)
    assert last_day(MEASURE, start) == (year, longer)


@pytest.mark.rule("tiltaksforskriften § 3-5")
@pytest.mark.parametrize(("last", "expected"), [(date(2025, 12, 29), Answer.MET), (date(2025, 12, 31), Answer.NOT_MET)])
def test_3_5_when_the_year_is_used_to_its_last_day_there_is_none_left(last: date, expected: Answer) -> None:
    used = [Period(date(2025, 1, 1), last)]
    found = rules.duration_left(MEASURE, NeedsProfile(reduced_work_capacity=False), TODAY, used)
    assert found is not None and found.answer is expected


@pytest.mark.rule("tiltaksforskriften § 3-5")
def test_3_5_practice_allows_18_months_for_all_and_never_asks_for_the_review_but_the_law_decides() -> None:
    assert {"eighteen_months_for_all", "quarterly_review_not_asked"} <= {note.code for note in MEASURE.practice}
    assert by_law(MEASURE.review_on(FIRST_DAY), "3-5") and MEASURE.review_on(FIRST_DAY).owed_by == "caseworker"


@pytest.mark.rule("tiltaksforskriften § 3-7")
def test_3_7_that_the_person_is_not_employed_is_known_from_1_october_2016() -> None:
    first = date(2016, 10, 1)
    assert by_law(MEASURE.employment_on(first), "3-7") and by_law(rule_of(MEASURE, "not_employed", first), "3-7")
    assert MEASURE.employment_on(first - DAY) is None and MEASURE.rule_on("not_employed", first - DAY) is None


@pytest.mark.rule("arbeidsmarkedsloven § 13")
def test_13_the_participant_can_have_tiltakspenger_without_another_income() -> None:
    (before,) = MEASURE.funding_on(date(2023, 6, 19))
    assert by_law(before, "13", "arbeidsmarkedsloven") and before.code == "measure_allowance"


@pytest.mark.rule("tiltakspengeforskriften § 2")
def test_2_arbeidstrening_is_named_among_the_measures_known_from_20_june_2023() -> None:
    assert changes_on(MEASURE.funding, date(2023, 6, 20), "measure_allowance")
    (after,) = MEASURE.funding_on(date(2023, 6, 20))
    assert by_law(after, "2", "tiltakspengeforskriften") and after.rate == "tiltakspenger"


@pytest.mark.rule("tiltaksforskriften § 15-2")
def test_15_2_agreements_from_before_2016_went_on_by_the_old_terms_and_extensions_follow_the_new() -> None:
    assert by_law(rule_of(MEASURE, "transition_2016", FIRST_DAY), "15-2")
    assert MEASURE.rule_on("transition_2016", FIRST_DAY - DAY) is None
