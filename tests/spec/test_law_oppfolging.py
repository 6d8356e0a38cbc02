"""Oppfølging by the law: tiltaksforskriften chapter 4, unchanged since 1 January 2016."""

from datetime import date

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from tests.spec.law import DAY, TODAY, by_law, condition, last_day, rule_of, the

OPPFOLGING = the("oppfolging")
FIRST_DAY = date(2016, 1, 1)
REDUCED = {"reduced_work_capacity": True}
OUT_OF_SCHOOL = {**REDUCED, "from_school_or_institution": True}
ORDINARY = {"reduced_work_capacity": False, "from_school_or_institution": False}


@pytest.mark.rule("tiltaksforskriften § 15-1")
def test_15_1_the_measure_can_be_given_from_the_day_the_regulation_came_into_force() -> None:
    assert OPPFOLGING.in_force(FIRST_DAY)
    assert not OPPFOLGING.in_force(FIRST_DAY - DAY)


@pytest.mark.rule("tiltaksforskriften § 4-1")
def test_4_1_it_is_also_for_the_way_out_of_school_or_of_serving_a_sentence() -> None:
    assert by_law(rule_of(OPPFOLGING, "out_of_school_or_institution", FIRST_DAY), "4-1")


@pytest.mark.rule("tiltaksforskriften § 4-2")
def test_4_2_the_employer_can_be_advised_too() -> None:
    assert by_law(rule_of(OPPFOLGING, "may_advise_the_employer", FIRST_DAY), "4-2")


@pytest.mark.rule("tiltaksforskriften § 4-3")
def test_4_3_it_is_for_those_who_need_more_help_than_nav_can_give() -> None:
    assert condition(OPPFOLGING, "needs_more_followup", TODAY, followup_need=2).met
    assert condition(OPPFOLGING, "needs_more_followup", TODAY, followup_need=1).warns
    assert condition(OPPFOLGING, "needs_more_followup", TODAY).unknown


@pytest.mark.rule("tiltaksforskriften § 4-4")
def test_4_4_six_months_and_six_more_for_everyone() -> None:
    duration = OPPFOLGING.duration_on(FIRST_DAY)
    assert by_law(duration, "4-4")
    assert duration.ordinary == Length(6)
    assert duration.lengths(ORDINARY) == (Length(12), Length(12))


@pytest.mark.rule("tiltaksforskriften § 4-4")
@pytest.mark.parametrize(
    ("start", "facts", "last"),
    [
        (
            date(2024, 2, 29),
            ORDINARY,
            date(2025, 2, 27),
        ),  # a leap day has no anniversary: twelve months end before 28 Feb
        (date(2023, 8, 31), ORDINARY, date(2024, 8, 30)),
        (date(2024, 2, 29), REDUCED, date(2027, 2, 27)),
        (date(2023, 3, 1), REDUCED, date(2026, 2, 28)),
        (date(2021, 3, 1), REDUCED, date(2024, 2, 29)),  # the last day of a leap February
        (date(2024, 1, 31), OUT_OF_SCHOOL, date(2027, 7, 30)),
        (date(2023, 8, 31), OUT_OF_SCHOOL, date(2027, 2, 27)),  # month 42 begins on 28 February
    ],
)
def test_4_4_the_last_day_by_reduced_capacity_and_the_way_out_of_school(
    start: date, facts: dict[str, bool], last: date
) -> None:
    assert last_day(OPPFOLGING, start, facts={"from_school_or_institution": False, **facts}) == (last, last)


@pytest.mark.rule("tiltaksforskriften § 4-4")
def test_4_4_thirty_six_months_in_all_with_reduced_capacity_and_not_a_day_more() -> None:
    known = {**REDUCED, "from_school_or_institution": False}
    used = (Period(date(2020, 1, 1), date(2022, 12, 31)),)
    left = rules.time_left(OPPFOLGING, TODAY, used, known)
    assert left is not None and left.exhausted and str(left.ref) == "tiltaksforskriften § 4-4"
    assert last_day(OPPFOLGING, TODAY, used, facts=known) == (None, None)
    almost = (Period(date(2020, 1, 1), date(2022, 12, 29)),)  # 35 months and 29 days
    assert last_day(OPPFOLGING, TODAY, almost, facts=known) == (TODAY, TODAY)


@pytest.mark.rule("tiltaksforskriften § 4-4")
def test_4_4_six_months_beyond_three_years_are_open_only_on_the_way_out_of_school_or_prison() -> None:
    used = (Period(date(2020, 1, 1), date(2022, 12, 31)),)
    assert last_day(OPPFOLGING, date(2026, 11, 1), used, facts=OUT_OF_SCHOOL) == (date(2027, 4, 30), date(2027, 4, 30))
    without_reduced = {"reduced_work_capacity": False, "from_school_or_institution": True}
    assert OPPFOLGING.duration_on(TODAY).lengths(without_reduced) == (Length(12), Length(12))


@pytest.mark.rule("tiltaksforskriften § 4-4")
def test_4_4_what_is_not_known_of_the_person_leaves_the_longer_time_possible() -> None:
    assert OPPFOLGING.duration_on(TODAY).lengths({}) == (Length(12), Length(42))
    assert OPPFOLGING.duration_on(TODAY).lengths(REDUCED) == (Length(36), Length(42))
    used = (Period(date(2025, 1, 1), date(2025, 12, 31)),)
    left = rules.time_left(OPPFOLGING, TODAY, used, {})
    assert left is not None and left.certain == Length(0) and left.possible == Length(30)
    assert set(left.asked) == {"reduced_work_capacity", "from_school_or_institution"}


@pytest.mark.rule("tiltaksforskriften § 4-5")
def test_4_5_the_provider_assesses_along_the_way_and_reports_at_the_latest_at_the_end() -> None:
    running = rule_of(OPPFOLGING, "running_assessment", FIRST_DAY)
    assert by_law(running, "4-5") and running.severity == "stop"
    (report,) = OPPFOLGING.reports_on(FIRST_DAY)
    assert by_law(report, "4-5")
    assert (report.owed_by, report.at, report.due_within_days) == ("provider", "end", 0)
