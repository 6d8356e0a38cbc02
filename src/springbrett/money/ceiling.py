"""The most that is refunded in a calendar year, counted in basic amounts (tiltaksforskriften § 10-7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.money import Subsidy
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Fact, Severity, Verdict
from springbrett.money.arithmetic import conventions, kroner_down
from springbrett.money.records import MonthAmount, Schedule

BASIC_AMOUNT = "grunnbelop"


@dataclass
class _Year:
    """What has been counted so far in a calendar year."""

    paid: int
    uncut: int
    earlier: int = 0
    ceiling: int | None = None
    unknown: bool = False


def under_ceiling(
    plan: Schedule, subsidy: Subsidy, catalogue: Catalogue, paid_before: Mapping[int, int]
) -> Traced[Schedule]:
    """The schedule with no calendar year over the ceiling; unchanged when the subsidy has none.

    House reading of "a year": the calendar year, whole even when the subsidy covers a part of it. Period by period,
    what has been refunded so far in the year (``paid_before`` included) may not pass the ceiling of the basic amount
    in force on the period's last day, rounded down to whole kroner. Where the basic amount of a period is not known,
    nothing is cut there: the schedule says ``ceiling_<year>`` among its unknowns and the verdict is unknown.
    """
    if subsidy.ceiling_basic_amounts is None:
        return Traced(plan)
    years: dict[int, _Year] = {}
    months = []
    for month in plan.months:
        before = paid_before.get(month.year, 0)
        year = years.setdefault(month.year, _Year(before, before, before))
        ceiling = ceiling_on(subsidy.ceiling_basic_amounts, catalogue, month.period.last)
        months.append(_cut(month, year, ceiling))
    unknown = tuple(f"ceiling_{number}" for number, year in years.items() if year.unknown)
    verdicts = tuple(_verdict(subsidy, number, year) for number, year in years.items())
    steps = tuple(_step(subsidy, number, year) for number, year in years.items())
    return Traced(replace(plan, months=tuple(months), unknown=(*plan.unknown, *unknown)), steps, verdicts)


def ceiling_on(basic_amounts: Decimal, catalogue: Catalogue, on: date) -> int | None:
    """The ceiling in whole kroner (rounded down) by the basic amount of the day; None when that is not known."""
    value = catalogue.rate_on(BASIC_AMOUNT, on)
    if value is None or value.amount is None:
        return None
    return kroner_down(basic_amounts * value.amount, conventions(catalogue, on).unit)


def _cut(month: MonthAmount, year: _Year, ceiling: int | None) -> MonthAmount:
    if ceiling is None:
        year.unknown, amount = True, month.amount
    else:
        year.ceiling = ceiling
        amount = min(month.amount, max(0, ceiling - year.paid))
    year.paid += amount
    year.uncut += month.amount
    return replace(month, amount=amount)


def _step(subsidy: Subsidy, number: int, year: _Year) -> Step:
    """The line of a year; its value is what is paid after the ceiling, earlier agreements counted in."""
    earlier = (Step("granted_earlier", year.earlier),) if year.earlier else ()
    return Step("year", year.paid, subsidy.reference, (
        Step("year_number", number), *earlier, Step("before_ceiling", year.uncut),
        Step("basic_amounts", subsidy.ceiling_basic_amounts, subsidy.reference),
        Step("ceiling", None if year.unknown else year.ceiling, subsidy.reference),
    ))  # fmt: skip


def _verdict(subsidy: Subsidy, number: int, year: _Year) -> Verdict:
    """Met: the year stays under the ceiling; not met: it was cut; unknown: the basic amount is not known."""
    answer = Answer.UNKNOWN if year.unknown else Answer.of(year.uncut == year.paid)
    facts = (Fact("year", number), Fact("before_ceiling", year.uncut), Fact("ceiling", year.ceiling))
    changes = (BASIC_AMOUNT,) if year.unknown else ()
    return Verdict("yearly_ceiling", answer, Severity.WARNING, subsidy.reference, facts, changes)
