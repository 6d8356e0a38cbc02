"""What a wage costs, part by part, and how it is rounded."""

from datetime import date
from decimal import Decimal

import pytest

from springbrett import catalogue
from springbrett.kernel.period import Period
from springbrett.kernel.trace import from_data, to_data
from springbrett.money.arithmetic import Conventions, conventions, is_whole_month, part_of_month
from springbrett.money.records import WageTerms
from springbrett.money.wage import monthly_subsidy, wage_cost
from tests.builders.money import NORMAL_WAGE

KNOWN = catalogue.load()
DAY = date(2026, 3, 2)


def _terms(wage: str, holiday: str = "0.12", pension: str = "0.02", contribution: str = "0.141") -> WageTerms:
    return WageTerms(Decimal(wage), Decimal(holiday), Decimal(pension), Decimal(contribution))


def _counting() -> Conventions:
    return conventions(KNOWN, DAY)


@pytest.mark.rule("tiltaksforskriften § 9-5")
def test_9_5_pension_is_counted_of_wage_and_holiday_pay_and_the_contribution_of_all_three() -> None:
    cost = wage_cost(NORMAL_WAGE, KNOWN, DAY).value
    assert (cost.holiday_pay, cost.pension, cost.contribution, cost.total) == (2400, 448, 3222, 26070)
    assert cost.unrounded == Decimal("26069.568")


def test_the_sum_is_rounded_once_and_not_part_by_part() -> None:
    cost = wage_cost(_terms("67398", "0.102", "0.12", "0.064"), KNOWN, DAY).value
    parts = (cost.wage, cost.holiday_pay, cost.pension, cost.contribution)
    assert cost.total == 88509
    assert sum(part for part in parts if part is not None) == 88510


@pytest.mark.parametrize(("wage", "total"), [("0.49", 0), ("0.50", 1), ("1.49", 1), ("1.50", 2), ("2.50", 3)])
def test_half_a_krone_goes_up(wage: str, total: int) -> None:
    assert wage_cost(_terms(wage, "0", "0", "0"), KNOWN, DAY).value.total == total


@pytest.mark.parametrize(
    ("terms", "unknown"),
    [
        (WageTerms(None, Decimal("0.12"), Decimal("0.02"), Decimal("0.141")), ("wage", "holiday_pay", "pension")),
        (WageTerms(Decimal(20000), None, Decimal("0.02"), Decimal("0.141")), ("holiday_pay", "pension")),
        (WageTerms(Decimal(20000), Decimal("0.12"), None, Decimal("0.141")), ("pension", "contribution")),
        (WageTerms(Decimal(20000), Decimal("0.12"), Decimal("0.02"), None), ("contribution",)),
    ],
)  # fmt: skip
def test_what_rests_on_something_not_said_is_not_known_and_the_verdict_names_it(
    terms: WageTerms, unknown: tuple[str, ...]
) -> None:
    found = wage_cost(terms, KNOWN, DAY)
    assert [getattr(found.value, name) for name in unknown] == [None] * len(unknown)
    assert found.value.total is None
    assert not found.value.known
    assert found.verdicts[0].unknown
    assert found.verdicts[0].would_change == terms.missing


def test_the_lines_of_the_calculation_add_up_to_the_sum_before_rounding_and_can_be_kept() -> None:
    found = wage_cost(NORMAL_WAGE, KNOWN, DAY)
    step = found.steps[0]
    assert [child.label for child in step.children] == ["wage", "holiday_pay", "pension", "contribution"]
    assert sum(Decimal(str(child.value)) for child in step.children) == found.value.unrounded
    assert from_data(to_data(step)) == step


@pytest.mark.parametrize(
    ("total", "percent", "refunded"), [(13035, 50, 6518), (13035, 40, 5214), (40329, 50, 20165), (26070, 60, 15642)]
)
def test_a_whole_month_is_the_percentage_of_the_rounded_cost_half_up(total: int, percent: int, refunded: int) -> None:
    assert monthly_subsidy(Decimal(total), Decimal(percent), _counting()) == refunded


@pytest.mark.parametrize(
    ("first", "last", "amount"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), 30000),
        (date(2026, 2, 1), date(2026, 2, 28), 30000),
        (date(2028, 2, 1), date(2028, 2, 29), 30000),
        (date(2028, 2, 1), date(2028, 2, 28), 27598),
        (date(2026, 1, 1), date(2026, 1, 30), 29569),
        (date(2026, 1, 2), date(2026, 1, 31), 29569),
        (date(2026, 1, 15), date(2026, 1, 15), 986),
    ],
)
def test_a_whole_month_is_paid_whole_whatever_its_days_and_a_part_by_the_day(
    first: date, last: date, amount: int
) -> None:
    assert part_of_month(30000, Period(first, last), _counting()) == amount


def test_a_month_is_whole_from_its_first_day_to_its_last_and_not_across_two() -> None:
    assert is_whole_month(Period(date(2026, 12, 1), date(2026, 12, 31)))
    assert not is_whole_month(Period(date(2026, 12, 2), date(2026, 12, 31)))
    assert not is_whole_month(Period(date(2026, 11, 15), date(2026, 12, 14)))
