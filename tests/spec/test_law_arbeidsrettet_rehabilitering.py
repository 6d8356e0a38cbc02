"""Arbeidsrettet rehabilitering by the law: tiltaksforskriften chapter 12, unchanged since 1 January 2016."""

from datetime import date

import pytest

from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Severity
from tests.spec.law import DAY, TODAY, by_law, condition, last_day, rule_of, the

ARR = the("arbeidsrettet_rehabilitering")
FIRST_DAY = date(2016, 1, 1)
GROUP = "sick_or_reduced_capacity"


@pytest.mark.rule("tiltaksforskriften § 15-1")
def test_15_1_the_measure_can_be_given_from_the_day_the_regulation_came_into_force() -> None:
    assert ARR.in_force(FIRST_DAY)
    assert not ARR.in_force(FIRST_DAY - DAY)


@pytest.mark.rule("tiltaksforskriften § 12-3")
def test_12_3_it_is_for_the_sick_listed_and_for_reduced_capacity_and_for_nobody_else() -> None:
    assert condition(ARR, GROUP, TODAY, situation="sickness_benefit").met
    assert condition(ARR, GROUP, TODAY, reduced_work_capacity=True).met
    neither = condition(ARR, GROUP, TODAY, situation="unemployment_benefit", reduced_work_capacity=False)
    assert neither.stops and neither.severity is Severity.STOP
    assert condition(ARR, GROUP, TODAY, situation="unemployment_benefit").unknown


@pytest.mark.rule("tiltaksforskriften § 12-4")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2024, 2, 1), date(2024, 4, 24)),
        (date(2023, 2, 1), date(2023, 4, 25)),
        (date(2025, 10, 31), date(2026, 1, 22)),
    ],
)
def test_12_4_twelve_weeks_and_no_more(start: date, last: date) -> None:
    assert by_law(ARR.duration_on(start), "12-4")
    assert last_day(ARR, start) == (last, last)
    assert Period(start, last).days == 84
    assert ARR.duration_on(start).longest == Length(0, 84)


@pytest.mark.rule("tiltaksforskriften § 12-4")
def test_12_4_after_twelve_weeks_nothing_is_left_and_after_83_days_one_day_is() -> None:
    start = date(2025, 1, 6)
    whole, one_less = Period(start, date(2025, 3, 30)), Period(start, date(2025, 3, 29))
    assert (whole.days, one_less.days) == (84, 83)
    assert last_day(ARR, TODAY, (whole,)) == (None, None)
    assert last_day(ARR, TODAY, (one_less,)) == (TODAY, TODAY)
    left = rules.time_left(ARR, TODAY, (whole,), {})
    assert left is not None and left.exhausted


@pytest.mark.rule("tiltaksforskriften § 12-5")
def test_12_5_the_provider_keeps_in_touch_with_the_employer_and_reports_at_the_end() -> None:
    contact = rule_of(ARR, "contact_with_employer", FIRST_DAY)
    assert by_law(contact, "12-5") and contact.severity == "stop"
    (report,) = ARR.reports_on(FIRST_DAY)
    assert by_law(report, "12-5")
    assert (report.owed_by, report.at, report.due_within_days) == ("provider", "end", 0)
