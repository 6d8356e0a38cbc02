"""The most that is refunded in a calendar year: five basic amounts, and what happens when the amount is not known."""

from datetime import date
from decimal import Decimal

import pytest

from springbrett import catalogue
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Traced
from springbrett.money.ceiling import ceiling_on
from springbrett.money.estimate import estimate
from springbrett.money.records import Schedule, Terms, WageTerms
from tests.builders.money import AGREED, TWO_GROUPS, measure_with

KNOWN = catalogue.load()
FIVE = Decimal(5)


def _plan(monthly: int, period: Period, paid_before: dict[int, int] | None = None) -> Traced[Schedule]:
    terms = Terms(WageTerms(Decimal(monthly), Decimal(0), Decimal(0), Decimal(0)), Decimal(50))
    made = estimate(measure_with(AGREED), {}, period, terms, KNOWN, paid_before=paid_before)
    assert made is not None
    return made


@pytest.mark.rule("tiltaksforskriften § 10-7")
@pytest.mark.parametrize(
    ("on", "ceiling"),
    [
        (date(2024, 4, 30), 5 * 118620), (date(2024, 5, 1), 5 * 124028), (date(2025, 4, 30), 5 * 124028),
        (date(2025, 5, 1), 5 * 130160), (date(2016, 1, 1), 5 * 90068), (date(2027, 4, 30), 5 * 136549),
    ],
)  # fmt: skip
def test_10_7_the_ceiling_is_five_basic_amounts_and_the_basic_amount_changes_on_1_may(on: date, ceiling: int) -> None:
    assert ceiling_on(FIVE, KNOWN, on) == ceiling


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_a_year_is_cut_at_the_ceiling_and_the_next_year_begins_anew() -> None:
    made = _plan(120_000, Period(date(2023, 11, 1), date(2024, 12, 31)))
    plan = made.value
    assert plan.by_year() == {2023: 120_000, 2024: 5 * 124028}
    assert [month.amount for month in plan.months][-3:] == [60_000, 20_140, 0]
    assert [month.uncut for month in plan.months] == [60_000] * 14
    assert [verdict.answer.value for verdict in made.verdicts if verdict.rule == "yearly_ceiling"] == ["met", "not_met"]


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_a_year_just_under_the_ceiling_is_not_cut_and_a_krone_more_is() -> None:
    ceiling = 5 * 124028
    december = Period(date(2024, 12, 1), date(2024, 12, 31))
    under = _plan(100_000, december, {2024: ceiling - 50_000}).value
    over = _plan(100_000, december, {2024: ceiling - 49_999}).value
    full = _plan(100_000, december, {2024: ceiling + 1}).value
    assert [plan.total for plan in (under, over, full)] == [50_000, 49_999, 0]


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_before_1_may_the_old_basic_amount_is_the_ceiling_and_after_it_the_new() -> None:
    plan = _plan(400_000, Period(date(2024, 1, 1), date(2024, 6, 30))).value
    old, new = 5 * 118620, 5 * 124028
    assert [month.amount for month in plan.months] == [200_000, 200_000, old - 400_000, 0, new - old, 0]


def test_a_year_whose_basic_amount_is_not_set_is_never_taken_for_a_year_without_a_ceiling() -> None:
    made = _plan(60_000, Period(date(2027, 1, 1), date(2027, 12, 31)))
    verdict = next(found for found in made.verdicts if found.rule == "yearly_ceiling")
    assert made.value.unknown == ("ceiling_2027",)
    assert not made.value.complete
    assert verdict.unknown
    assert verdict.would_change == ("grunnbelop",)
    year = next(step for step in made.steps if step.label == "year")
    assert {step.label: step.value for step in year.children}["ceiling"] is None


def test_a_year_that_ends_before_the_basic_amount_is_reset_is_known() -> None:
    made = _plan(60_000, Period(date(2027, 1, 1), date(2027, 4, 30)))
    assert made.value.complete


def test_a_subsidy_without_a_ceiling_says_nothing_of_one() -> None:
    terms = Terms(WageTerms(Decimal(900_000), Decimal(0), Decimal(0), Decimal(0)))
    period = Period(date(2027, 1, 1), date(2027, 12, 31))
    made = estimate(measure_with(TWO_GROUPS), {"reduced_work_capacity": True}, period, terms, KNOWN)
    assert made is not None
    assert made.value.total == 12 * 540_000
    assert made.value.complete
