"""What holds for every wage, every period and every set of steps."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett import catalogue
from springbrett.catalogue.money import Subsidy
from springbrett.kernel.period import ONE_DAY, Period, add_months
from springbrett.money import subsidy
from springbrett.money.arithmetic import pieces
from springbrett.money.ceiling import ceiling_on
from springbrett.money.estimate import estimate
from springbrett.money.records import Schedule, Terms, WageTerms
from springbrett.money.wage import wage_cost
from tests.builders.money import AGREED, FOUR_YEARS, TWO_GROUPS, group, measure_with
from tests.builders.money import subsidy as made_subsidy

KNOWN = catalogue.load()
AVERAGE = Decimal("30.4375")
LONGEST = 31

starts = st.dates(date(2016, 1, 1), date(2026, 12, 31))
lengths = st.integers(0, 4 * 366)
shares = st.sampled_from(("0", "0.051", "0.102", "0.12", "0.141")).map(Decimal)
wages = st.integers(0, 20_000_000).map(lambda oere: Decimal(oere) / 100)
percents = st.integers(0, 100).map(Decimal)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(starts)
    return Period(first, first + timedelta(days=draw(lengths)))


@st.composite
def terms(draw: st.DrawFn) -> WageTerms:
    return WageTerms(draw(wages), draw(shares), draw(shares), draw(shares))


@st.composite
def falling(draw: st.DrawFn) -> Subsidy:
    """A fixed subsidy with up to four steps that fall."""
    months = sorted(draw(st.sets(st.integers(1, 47), max_size=3)))
    levels = sorted(draw(st.lists(st.integers(0, 100), min_size=len(months) + 1, max_size=len(months) + 1)))[::-1]
    ceiling = draw(st.sampled_from((None, "1", "5")))
    return made_subsidy(group("all", *zip((0, *months), levels, strict=True)), ceiling=ceiling)


def _plan(
    found: Subsidy, period: Period, wage: WageTerms, started: date | None = None,
    paid_before: dict[int, int] | None = None,
) -> Schedule:  # fmt: skip
    made = estimate(measure_with(found), {}, period, Terms(wage, Decimal(70)), KNOWN, started=started,
                    paid_before=paid_before)  # fmt: skip
    assert made is not None
    return made.value


def _round(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _month_of(wage: WageTerms, percent: Decimal) -> int:
    total = wage_cost(wage, KNOWN, date(2026, 1, 1)).value.total
    assert total is not None
    return _round(total * percent / 100)


@given(periods(), st.lists(starts, max_size=6))
def test_the_pieces_of_a_period_are_the_period_and_each_lies_within_a_month(period: Period, cuts: list[date]) -> None:
    parts = pieces(period, cuts)
    assert parts[0].start == period.start
    assert parts[-1].last == period.last
    assert all(later.start == earlier.last + ONE_DAY for earlier, later in pairwise(parts))
    assert all((part.start.year, part.start.month) == (part.last.year, part.last.month) for part in parts)
    assert sum(part.days for part in parts) == period.days


@given(falling(), periods(), terms())
@settings(max_examples=60)
def test_a_schedule_is_paid_for_every_day_once_and_its_months_add_up(
    found: Subsidy, period: Period, wage: WageTerms
) -> None:
    plan = _plan(found, period, wage)
    assert sum(month.period.days for month in plan.months) == period.days
    assert plan.total == sum(plan.by_year().values()) == sum(month.amount for month in plan.months)
    assert all(0 <= month.amount <= month.uncut for month in plan.months)


@given(falling(), starts, st.lists(starts, min_size=2, max_size=8))
def test_the_percentage_never_rises_with_time(found: Subsidy, started: date, days: list[date]) -> None:
    later = sorted(day for day in days if day >= started)
    seen = [subsidy.percent_on(found, {}, started, day) or Decimal(0) for day in later]
    assert all(after <= before for before, after in pairwise(seen))


@pytest.mark.parametrize("measure", [m for m in KNOWN.measures.values() if m.subsidies], ids=lambda m: str(m.code))
def test_no_measure_pays_a_larger_part_later_than_earlier(measure: object) -> None:
    for found in measure.subsidies:  # type: ignore[attr-defined]
        for one in found.groups:
            levels = [step.percent for step in one.steps]
            assert levels == sorted(levels, reverse=True)


@given(
    st.sampled_from((AGREED, FOUR_YEARS)),
    periods(),
    terms(),
    st.dictionaries(st.integers(2016, 2030), st.integers(0, 800_000)),
)
@settings(max_examples=80)
def test_no_calendar_year_exceeds_the_ceiling_where_it_is_known(
    found: Subsidy, period: Period, wage: WageTerms, before: dict[int, int]
) -> None:
    plan = _plan(found, period, wage, paid_before=before)
    ends = {month.year: month.period.last for month in plan.months}
    for year, paid in plan.by_year().items():
        ceiling = ceiling_on(Decimal(5), KNOWN, ends[year])
        if ceiling is None:
            assert f"ceiling_{year}" in plan.unknown
        else:
            assert paid <= max(0, ceiling - before.get(year, 0))


@given(falling(), periods(), terms(), st.data())
@settings(max_examples=100)
def test_two_agreements_after_each_other_never_pay_more_than_one_within_rounding(
    found: Subsidy, period: Period, wage: WageTerms, data: st.DataObject
) -> None:
    """The bound: the cut makes at most one whole month two parts, which are paid for 31 days of 30.4375 at most, and
    each of the two parts can be rounded up by half a krone, where the whole was rounded down by half."""
    cut = data.draw(st.integers(1, max(1, period.days - 1)))
    if period.days == 1:
        return
    middle = period.start + timedelta(days=cut)
    one = _plan(found, period, wage)
    first = _plan(found, Period(period.start, middle - ONE_DAY), wage)
    second = _plan(found, Period(middle, period.last), wage, started=period.start, paid_before=first.by_year())
    month = _month_of(wage, max((m.percent or Decimal(0) for m in one.months), default=Decimal(0)))
    bound = month * (LONGEST / AVERAGE - 1) + Decimal("1.5")
    assert first.total + second.total - one.total <= bound


@given(falling(), periods(), terms())
@settings(max_examples=40)
def test_two_agreements_that_meet_at_a_months_end_pay_what_one_does_to_the_krone(
    found: Subsidy, period: Period, wage: WageTerms
) -> None:
    middle = add_months(period.start.replace(day=1), 1)
    if not period.contains(middle):
        return
    one = _plan(found, period, wage)
    first = _plan(found, Period(period.start, middle - ONE_DAY), wage)
    second = _plan(found, Period(middle, period.last), wage, started=period.start, paid_before=first.by_year())
    assert first.total + second.total == one.total


def _slowly(found: Subsidy, period: Period, wage: WageTerms) -> list[tuple[date, date, int]]:
    """The schedule without a ceiling, day by day: which percentage each day has, and what each run of days is paid."""
    days = [period.start + timedelta(days=n) for n in range(period.days)]

    def of(day: date) -> tuple[int, int, Decimal]:
        reached = [step.percent for step in found.groups[0].steps if add_months(period.start, step.from_month) <= day]
        return day.year, day.month, reached[-1]

    paid = []
    for (year, number, percent), run in groupby(days, of):
        these = list(run)
        monthly = _month_of(wage, percent)
        whole = len(these) == (add_months(date(year, number, 1), 1) - date(year, number, 1)).days
        amount = monthly if whole else _round(Decimal(monthly) / AVERAGE * len(these))
        paid.append((these[0], these[-1], amount))
    return paid


@given(falling(), periods(), terms())
@settings(max_examples=60)
def test_the_schedule_equals_one_counted_day_by_day(found: Subsidy, period: Period, wage: WageTerms) -> None:
    plan = _plan(found, period, wage)
    assert [(m.period.start, m.period.last, m.uncut) for m in plan.months] == _slowly(found, period, wage)


@given(periods(), terms(), st.sampled_from(({}, {"reduced_work_capacity": None})))
@settings(max_examples=20)
def test_an_unknown_fact_never_gives_an_amount(period: Period, wage: WageTerms, facts: dict[str, None]) -> None:
    made = estimate(measure_with(TWO_GROUPS), facts, period, Terms(wage), KNOWN)
    assert made is not None
    assert (made.value.months, made.value.complete) == ((), False)


@given(terms(), percents, st.integers(1, 500_000))
def test_a_higher_wage_never_costs_less(wage: WageTerms, percent: Decimal, more: int) -> None:
    assert wage.monthly_wage is not None
    dearer = WageTerms(wage.monthly_wage + more, wage.holiday_share, wage.pension_share, wage.contribution_share)
    assert _month_of(dearer, percent) >= _month_of(wage, percent)
