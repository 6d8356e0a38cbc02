"""Wage subsidies: the group, the steps in time, what is agreed, and the schedule month by month."""

from datetime import date
from decimal import Decimal

import pytest

from springbrett import catalogue
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Traced
from springbrett.money import subsidy
from springbrett.money.estimate import estimate
from springbrett.money.records import Schedule, Terms, WageTerms
from tests.builders.money import AGREED, FOUR_YEARS, NORMAL_WAGE, TWO_GROUPS, measure_with

KNOWN = catalogue.load()
START = date(2026, 1, 1)
WEAK, STRONG = {"reduced_work_capacity": True}, {"reduced_work_capacity": False}


def _percent(facts: object, on: date, started: date = START) -> Decimal | None:
    return subsidy.percent_on(TWO_GROUPS, facts, started, on)


def _plan(found: object, facts: object, period: Period, agreed: int | None = None) -> Traced[Schedule]:
    terms = Terms(NORMAL_WAGE, Decimal(agreed) if agreed is not None else None)
    made = estimate(measure_with(found), facts, period, terms, KNOWN)  # type: ignore[arg-type]
    assert made is not None
    return made


@pytest.mark.rule("tiltaksforskriften § 9-5")
@pytest.mark.parametrize(
    ("facts", "on", "percent"),
    [
        (STRONG, date(2026, 1, 1), 40), (STRONG, date(2026, 6, 30), 40), (STRONG, date(2026, 7, 1), 30),
        (WEAK, date(2026, 1, 1), 60), (WEAK, date(2026, 12, 31), 60), (WEAK, date(2027, 1, 1), 50),
    ],
)  # fmt: skip
def test_9_5_the_percentage_falls_on_the_day_the_months_are_full_and_not_the_day_before(
    facts: object, on: date, percent: int
) -> None:
    assert _percent(facts, on) == percent


@pytest.mark.rule("tiltaksforskriften § 9-5")
@pytest.mark.parametrize(
    ("started", "before", "falls"),
    [
        (date(2025, 8, 31), date(2026, 2, 27), date(2026, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 28), date(2028, 2, 29)),
        (date(2025, 12, 31), date(2026, 6, 29), date(2026, 6, 30)),
        (date(2026, 2, 28), date(2026, 8, 27), date(2026, 8, 28)),
    ],
)
def test_9_5_six_months_from_the_end_of_a_month_end_with_a_shorter_month(
    started: date, before: date, falls: date
) -> None:
    assert (_percent(STRONG, before, started), _percent(STRONG, falls, started)) == (40, 30)


def test_a_fact_that_is_not_known_gives_no_percentage_and_the_verdict_asks_for_it() -> None:
    group, verdict = subsidy.group_of(TWO_GROUPS, {})
    assert group is None
    assert verdict.unknown
    assert verdict.would_change == ("reduced_work_capacity",)
    assert _percent({}, START) is None
    plan = _plan(TWO_GROUPS, {}, Period(START, date(2026, 3, 31))).value
    assert (plan.months, plan.unknown, plan.complete) == ((), ("subsidy_group",), False)


def test_nobody_is_paid_for_when_no_group_holds_and_that_is_known() -> None:
    only_reduced = TWO_GROUPS.__class__(
        from_=START, ref="tiltaksforskriften § 9-5", source="law", kind="fixed", groups=TWO_GROUPS.groups[:1]
    )
    made = _plan(only_reduced, STRONG, Period(START, date(2026, 3, 31)))
    assert (made.value.total, made.value.complete) == (0, True)
    assert made.verdicts[0].stops


@pytest.mark.rule("tiltaksforskriften § 10-7")
@pytest.mark.parametrize(
    ("agreed", "first_year", "later"), [(60, 60, 60), (67, 67, 67), (68, 68, 67), (75, 75, 67), (80, 75, 67)]
)
def test_10_7_what_is_agreed_holds_up_to_the_maximum_of_the_year(agreed: int, first_year: int, later: int) -> None:
    on = (date(2026, 12, 31), date(2027, 1, 1))
    found = [subsidy.percent_on(AGREED, {}, START, day, Decimal(agreed)) for day in on]
    assert found == [first_year, later]


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_a_percentage_nobody_has_agreed_on_is_not_known_and_not_nothing() -> None:
    assert subsidy.percent_on(AGREED, {}, START, START) is None
    plan = _plan(AGREED, {}, Period(START, date(2026, 3, 31))).value
    assert (plan.months, plan.unknown) == ((), ("agreed_percent",))


@pytest.mark.parametrize(
    ("agreed", "dates"), [(None, [date(2027, 1, 1)]), (75, [date(2027, 1, 1)]), (67, []), (60, [])]
)
def test_a_step_that_the_agreed_percentage_lies_under_is_no_reduction(agreed: int | None, dates: list[date]) -> None:
    share = None if agreed is None else Decimal(agreed)
    assert list(subsidy.step_dates(AGREED, {}, Period(START, date(2028, 12, 31)), agreed=share)) == dates


@pytest.mark.rule("firearigforskriften § 7")
def test_firearig_7_the_four_years_fall_every_twelfth_month() -> None:
    period = Period(date(2028, 2, 29), date(2032, 2, 28))
    falls = subsidy.step_dates(FOUR_YEARS, {}, period)
    assert list(falls) == [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28)]
    percents = [subsidy.percent_on(FOUR_YEARS, {}, period.start, day) for day in (period.start, *falls)]
    assert percents == [70, 60, 50, 35]


def test_the_days_a_percentage_falls_lie_within_the_period_its_last_day_included() -> None:
    assert subsidy.step_dates(TWO_GROUPS, STRONG, Period(START, date(2026, 6, 30))) == ()
    assert subsidy.step_dates(TWO_GROUPS, STRONG, Period(START, date(2026, 7, 1))) == (date(2026, 7, 1),)
    assert subsidy.step_dates(TWO_GROUPS, STRONG, Period(START, None)) == ()


def test_a_month_in_which_the_percentage_falls_is_two_periods_each_paid_by_the_day() -> None:
    plan = _plan(TWO_GROUPS, STRONG, Period(date(2026, 1, 15), date(2026, 8, 31))).value
    july = [month for month in plan.months if month.period.start.month == 7]
    assert [(m.period.start.day, m.period.last.day, m.percent, m.amount) for m in july] == [
        (1, 14, 40, 4796),
        (15, 31, 30, 4368),
    ]
    assert [month.amount for month in plan.months][1:6] == [10428] * 5


def test_an_agreement_that_goes_on_from_an_earlier_one_counts_its_steps_from_the_first_day_of_that() -> None:
    period, terms = Period(date(2026, 7, 1), date(2026, 7, 31)), Terms(NORMAL_WAGE)
    alone = estimate(measure_with(TWO_GROUPS), STRONG, period, terms, KNOWN)
    going_on = estimate(measure_with(TWO_GROUPS), STRONG, period, terms, KNOWN, started=START)
    assert alone is not None
    assert going_on is not None
    assert [alone.value.months[0].percent, going_on.value.months[0].percent] == [40, 30]


def test_a_wage_that_is_not_said_gives_an_empty_schedule_that_says_what_is_missing() -> None:
    period = Period(START, date(2026, 3, 31))
    for terms in (Terms(), Terms(WageTerms(Decimal(20000), None, None, None))):
        made = estimate(measure_with(TWO_GROUPS), WEAK, period, terms, KNOWN)
        assert made is not None
        assert (made.value.months, made.value.unknown) == ((), ("wage_terms",))


def test_an_open_period_has_no_schedule() -> None:
    with pytest.raises(ValueError, match="open"):
        _plan(TWO_GROUPS, WEAK, Period(START, None))


def test_the_sum_of_a_year_belongs_to_its_own_calendar_year() -> None:
    plan = _plan(TWO_GROUPS, WEAK, Period(date(2026, 12, 1), date(2027, 2, 28))).value
    assert plan.by_year() == {2026: 15642, 2027: 2 * 15642}
    assert plan.total == sum(plan.by_year().values())


def test_the_trace_prints_the_cost_every_month_and_the_sum() -> None:
    made = _plan(TWO_GROUPS, WEAK, Period(START, date(2026, 2, 10)))
    labels = [step.label for step in made.steps]
    assert labels == ["wage_cost", "group", "month", "month", "schedule_total"]
    february = made.steps[3]
    told = {child.label: child.value for child in february.children}
    assert told == {
        "from": date(2026, 2, 1), "to": date(2026, 2, 10), "percent": 60, "month_amount": 15642, "days": 10,
    }  # fmt: skip
    assert february.value == made.value.months[1].amount == 5139
    assert str(february.ref) == "tiltaksforskriften § 9-5"
