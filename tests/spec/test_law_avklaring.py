"""Avklaring by the law: tiltaksforskriften chapter 2, unchanged since 1 January 2016."""

from datetime import date

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Severity
from tests.spec.law import DAY, TODAY, by_law, condition, last_day, rule_of, the

AVKLARING = the("avklaring")
FIRST_DAY = date(2016, 1, 1)


@pytest.mark.rule("tiltaksforskriften § 15-1")
def test_15_1_the_measure_can_be_given_from_the_day_the_regulation_came_into_force() -> None:
    assert AVKLARING.in_force(FIRST_DAY)
    assert not AVKLARING.in_force(FIRST_DAY - DAY)


@pytest.mark.rule("tiltaksforskriften § 2-1")
def test_2_1_it_maps_work_capacity_and_the_help_that_is_needed() -> None:
    assert by_law(rule_of(AVKLARING, "maps_capacity_and_needs", FIRST_DAY), "2-1")


@pytest.mark.rule("tiltaksforskriften § 2-2")
def test_2_2_trying_out_can_be_part_of_it() -> None:
    assert by_law(rule_of(AVKLARING, "shaped_for_the_person", FIRST_DAY), "2-2")


@pytest.mark.rule("tiltaksforskriften § 2-3")
def test_2_3_it_is_for_those_who_need_more_clarification_than_nav_can_give() -> None:
    assert condition(AVKLARING, "needs_more_clarification", TODAY, work_capacity_clarified=False).met
    lost = condition(AVKLARING, "needs_more_clarification", TODAY, reduced_work_capacity=True, knows_what_work=False)
    assert lost.met
    settled = condition(AVKLARING, "needs_more_clarification", TODAY, work_capacity_clarified=True,
                        reduced_work_capacity=False)  # fmt: skip
    assert settled.warns and settled.severity is Severity.WARNING
    assert condition(AVKLARING, "needs_more_clarification", TODAY).unknown


@pytest.mark.rule("tiltaksforskriften § 2-4")
def test_2_4_four_weeks_and_up_to_eight_more_when_needed() -> None:
    duration = AVKLARING.duration_on(FIRST_DAY)
    assert by_law(duration, "2-4")
    assert duration.ordinary == Length(0, 28)
    assert duration.longest == Length(0, 84)


@pytest.mark.rule("tiltaksforskriften § 2-4")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2024, 2, 5), date(2024, 4, 28)),  # across a leap day
        (date(2023, 2, 5), date(2023, 4, 29)),  # across the end of an ordinary February
        (date(2025, 12, 31), date(2026, 3, 24)),  # across the end of a year
    ],
)
def test_2_4_twelve_weeks_are_84_days_whatever_the_months(start: date, last: date) -> None:
    assert last_day(AVKLARING, start) == (last, last)
    assert Period(start, last).days == 84


@pytest.mark.rule("tiltaksforskriften § 2-4")
@pytest.mark.parametrize(("days_used", "days_left"), [(0, 84), (1, 83), (28, 56), (83, 1), (84, 0), (100, 0)])
def test_2_4_earlier_weeks_are_taken_off_by_our_own_reading(days_used: int, days_left: int) -> None:
    used = (
        (Period(date(2025, 1, 1), date.fromordinal(date(2025, 1, 1).toordinal() + days_used - 1)),) if days_used else ()
    )
    left = rules.time_left(AVKLARING, TODAY, used, {})
    assert left is not None and left.certain == Length(0, days_left)
    assert left.exhausted is (days_left == 0)
    assert AVKLARING.duration_on(TODAY).cumulative_source == "house"


@pytest.mark.rule("tiltaksforskriften § 2-4")
def test_2_4_when_84_days_are_used_not_one_more_day_is_open() -> None:
    used = (Period(date(2025, 1, 1), date(2025, 3, 25)),)
    assert used[0].days == 84
    assert last_day(AVKLARING, TODAY, used) == (None, None)
    one_less = (Period(date(2025, 1, 2), date(2025, 3, 25)),)
    assert last_day(AVKLARING, TODAY, one_less) == (TODAY, TODAY)


@pytest.mark.rule("tiltaksforskriften § 2-5")
def test_2_5_the_provider_owes_a_written_report_at_the_latest_on_the_last_day() -> None:
    (report,) = AVKLARING.reports_on(FIRST_DAY)
    assert by_law(report, "2-5")
    assert (report.owed_by, report.at, report.due_within_days) == ("provider", "end", 0)


@pytest.mark.rule("tiltaksforskriften § 2-6")
def test_2_6_the_places_are_bought_so_no_rate_is_set() -> None:
    assert all(not funding.rate for funding in AVKLARING.funding_on(TODAY))
