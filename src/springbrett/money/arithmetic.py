"""What every calculation shares: the conventions it counts with, rounding, and the pieces of a calendar month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.dated import NotInForce
from springbrett.catalogue.money import RateValue
from springbrett.kernel.period import Period, add_months, split_at, split_per_month
from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Ref

PERCENT = Decimal(100)
"""A percentage is a part of a hundred; a share is a part of one."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What amounts are counted with: days in an average month, and the unit amounts are rounded to, in kroner."""

    days_per_month: Decimal
    unit: Decimal
    ref: Ref


def conventions(catalogue: Catalogue, on: date) -> Conventions:
    """The conventions in force on the day. Raises NotInForce for a day before the first of them."""
    days = known(catalogue, "days_per_month", on)
    unit = known(catalogue, "rounding_unit", on)
    assert days.amount is not None and unit.amount is not None
    return Conventions(days.amount, unit.amount, days.reference)


def known(catalogue: Catalogue, code: str, on: date) -> RateValue:
    """The rate's value on the day, with its amount. Raises NotInForce when there is none, or its amount is unknown."""
    value = catalogue.rate_on(code, on)
    if value is None or value.amount is None:
        raise NotInForce(f"the rate {code}", on, min((v.from_ for v in catalogue.rate(code).values), default=None))
    return value


def kroner(amount: Decimal, unit: Decimal) -> int:
    """The amount rounded to whole units (kroner): half a unit goes up, away from zero."""
    return int((amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit)


def kroner_down(amount: Decimal, unit: Decimal) -> int:
    """The amount rounded down to whole units: for what may not be exceeded."""
    return int((amount / unit).quantize(Decimal(1), ROUND_DOWN) * unit)


def pieces(period: Period, cuts: Iterable[date] = ()) -> tuple[Period, ...]:
    """The period cut at every month's end and at ``cuts``: each piece lies within one calendar month, in order."""
    ordered = tuple(cuts)
    return tuple(part for month in split_per_month(period) for part in split_at(month, ordered))


def is_whole_month(piece: Period) -> bool:
    """Whether the piece is a calendar month from its first day to its last."""
    return piece.start.day == 1 and piece.days == (add_months(piece.start, 1) - piece.start).days


def part_of_month(monthly: int, piece: Period, known_by: Conventions) -> int:
    """What a piece of a month is paid, in whole kroner.

    A whole calendar month is the monthly amount, however many days it has. A part is the monthly amount divided by the
    days of an average month, times the days, rounded half up once. So the two parts of a month of 31 days are paid at
    most (31 - average) average days more than the whole month, and those of a shorter month less.
    """
    if is_whole_month(piece):
        return monthly
    return kroner(Decimal(monthly) * piece.days / known_by.days_per_month, known_by.unit)


def month_step(piece: Period, amount: int, monthly: int, ref: Ref | None, extra: Iterable[Step] = ()) -> Step:
    """The line of one piece: its amount, made of its days and the monthly amount."""
    return Step("month", amount, ref, (
        Step("from", piece.start), Step("to", piece.last), *extra,
        Step("month_amount", monthly), Step("days", piece.days),
    ))  # fmt: skip


def running(amounts: Iterable[int]) -> Iterator[int]:
    """The sum so far, before each amount."""
    so_far = 0
    for amount in amounts:
        yield so_far
        so_far += amount
