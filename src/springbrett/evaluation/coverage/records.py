"""What a run of repeated draws is made of: worlds to draw, cases of an estimator in a world, what came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from springbrett.evaluation.effects.records import EffectPath, Estimate

NOMINAL = 0.95
"""The share of intervals that ought to hold the truth."""


class Expected(StrEnum):
    """How often the interval ought to hold the truth."""

    NOMINAL = "nominal"  # 95 of 100, within Monte-Carlo error
    CAUTIOUS = "cautious"  # as often or more: a property of the method, said in the note
    NEARLY = "nearly"  # a little more or less at this size: a property of the method, said in the note
    FAILS = "fails"  # not: what it leans on does not hold


@dataclass(frozen=True, slots=True)
class Found:
    """One draw: the estimate, its standard error (NaN: none), its interval, and the truth of that draw."""

    value: float
    se: float
    low: float
    high: float
    truth: float


@dataclass(frozen=True, slots=True)
class World:
    """Something that can be drawn: `draw(seed, units)` gives data with known truth.

    `text` says in plain English what is drawn. `units` by default; `share` of the draws asked for (below 1 where a draw
    is dear); `seconds` a draw takes with all its cases, roughly: only to tell how long is left.
    """

    code: str
    text: str
    draw: Callable[[int, int], Any]
    units: int
    seconds: float
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """An estimator in a world. `broken` says what does not hold ("" where everything does); `what` tells variants of
    the same estimator apart; `note` says why the share is not nominal where it is not, or what else to know. `pooled`:
    the truth is the mean over the draws, not each draw's own."""

    estimator: str
    world: str
    estimate: Callable[[Any], Found]
    broken: str = ""
    what: str = ""
    expected: Expected = Expected.NOMINAL
    note: str = ""
    pooled: bool = False

    @property
    def key(self) -> str:
        """Unique among the cases."""
        return "/".join((self.estimator, self.world, self.what))

    @property
    def holds(self) -> bool:
        """Whether everything the estimator leans on holds."""
        return not self.broken


def found_of(made: Estimate | EffectPath, truth: float) -> Found:
    """From an estimate, or the number that sums a path up."""
    one = made.overall if isinstance(made, EffectPath) else made
    return Found(one.value, one.se, *one.interval, truth)
