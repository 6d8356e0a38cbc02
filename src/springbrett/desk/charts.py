"""Small drawings made of numbers: where the points of a staircase stand. The template draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from springbrett.catalogue.structs import Rate, RateValue

WIDTH, HEIGHT = 320, 80
"""The size of the drawing area, in the SVG's own units."""
_PAD = 6


@dataclass(frozen=True, slots=True)
class Staircase:
    """A rate over time: `path` is the line of an SVG path, `first` and `last` the days at its ends.

    `gaps` tells whether a period without a known amount breaks the line.
    """

    path: str
    unit: str
    first: date
    last: date
    low: Decimal
    high: Decimal
    gaps: bool
    width: int = WIDTH
    height: int = HEIGHT


def staircase(rate: Rate, on: date) -> Staircase | None:
    """The rate's known amounts as steps, up to the day or past the last change; None with fewer than two amounts."""
    values = rate.values
    known = [value for value in values if value.amount is not None]
    if len({value.amount for value in known}) < 2:
        return None
    first, last = known[0].from_, max(on, _past_the_last(values))
    amounts = [value.amount for value in known if value.amount is not None]
    low, high = min(amounts), max(amounts)

    def x(day: date) -> float:
        return round(_PAD + (WIDTH - 2 * _PAD) * (day - first).days / max((last - first).days, 1), 1)

    def y(amount: Decimal) -> float:
        return round(float(HEIGHT - _PAD - (HEIGHT - 2 * _PAD) * (amount - low) / (high - low)), 1)

    parts: list[str] = []
    drawing = False
    for value, follower in zip(values, [*values[1:], None], strict=True):
        if value.amount is None:
            drawing = False
            continue
        height, until = y(value.amount), follower.from_ if follower else last
        parts.append(f"{'L' if drawing else 'M'}{x(value.from_)} {height}")
        parts.append(f"L{x(min(value.to or until, until))} {height}")
        drawing = value.to is None
    return Staircase(" ".join(parts), rate.unit, first, last, low, high, len(known) < len(values))


def _past_the_last(values: Sequence[RateValue]) -> date:
    """A year after the last change, so that the last step has a length to be seen."""
    last = values[-1].from_
    return date(last.year + 1, last.month, min(last.day, 28))
