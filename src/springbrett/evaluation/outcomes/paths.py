"""Outcome paths: what share has the outcome, month by month around the start of the stay.

An interval enters as +1 in its first month relative to the start and −1 in the month after its last; a running sum
gives every month at once. Nothing of the size persons × months is ever made for the group paths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.outcomes.intervals import Intervals

BEFORE, AFTER = 24, 36


@dataclass(frozen=True, slots=True)
class Window:
    """Months around the start, from −`before` to +`after`, and the absolute months the registers cover."""

    first_known: int
    last_known: int
    before: int = BEFORE
    after: int = AFTER

    @property
    def width(self) -> int:
        """How many relative months there are."""
        return self.before + self.after + 1

    @property
    def months(self) -> Ints:
        """The relative months, −before … +after."""
        return np.arange(-self.before, self.after + 1)


@dataclass(frozen=True, slots=True)
class GroupPaths:
    """groups × months: `total` of the outcome, and `known`: how many stays the registers cover in that month.

    `mean` is total ÷ known, NaN where nobody is covered.
    """

    total: Floats
    known: Ints
    window: Window

    @property
    def mean(self) -> Floats:
        """The share (or mean amount) by group and month."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.known > 0, self.total / self.known, np.nan)


def _pairs(person: Ints, outcome: Intervals) -> tuple[Ints, Ints]:
    """Every stay with every interval of the same person: positions of the stay and of the interval."""
    low = np.searchsorted(outcome.person, person, "left")
    counts = np.searchsorted(outcome.person, person, "right") - low
    stay = np.repeat(np.arange(len(person)), counts)
    offset = np.arange(len(stay)) - np.repeat(np.cumsum(counts) - counts, counts)
    return stay, offset + np.repeat(low, counts)


def group_paths(
    person: Ints, start: Ints, group: Ints, groups: int, outcome: Intervals, window: Window
) -> GroupPaths:  # fmt: skip
    """Paths by group. `person`, `start` (absolute month) and `group` (0 … groups − 1) have one element per stay."""
    stay, which = _pairs(person, outcome)
    origin = start[stay] - window.before
    first = np.maximum(outcome.first[which], window.first_known) - origin
    after = np.minimum(outcome.last[which], window.last_known) - origin + 1
    first, after = np.maximum(first, 0), np.minimum(after, window.width)
    inside = first < after
    stay, which, first, after = stay[inside], which[inside], first[inside], after[inside]
    weight = None if outcome.weight is None else outcome.weight[which]
    width = window.width + 1
    row = group[stay] * width
    size = groups * width
    turns = np.bincount(row + first, weight, size) - np.bincount(row + after, weight, size)
    total = np.cumsum(turns.reshape(groups, width), axis=1)[:, :-1]
    return GroupPaths(np.asarray(total, np.float64), known_by(start, group, groups, window), window)


def known_by(start: Ints, group: Ints, groups: int, window: Window) -> Ints:
    """groups × months: how many stays the registers cover in each relative month."""
    width = window.width + 1
    origin = start - window.before
    first = np.clip(window.first_known - origin, 0, window.width)
    after = np.clip(window.last_known - origin + 1, 0, window.width)
    after = np.maximum(first, after)
    size = groups * width
    turns = np.bincount(group * width + first, minlength=size) - np.bincount(group * width + after, minlength=size)
    return np.asarray(np.cumsum(turns.reshape(groups, width), axis=1)[:, :-1], np.int64)


def stay_paths(person: Ints, start: Ints, outcome: Intervals, window: Window) -> Floats:
    """stays × months: the outcome of each stay, NaN in months the registers do not cover."""
    stay, which = _pairs(person, outcome)
    origin = start[stay] - window.before
    first = np.clip(outcome.first[which] - origin, 0, window.width)
    after = np.clip(outcome.last[which] - origin + 1, 0, window.width)
    row, size = stay * (window.width + 1), len(person) * (window.width + 1)
    weight = None if outcome.weight is None else outcome.weight[which]
    turns = np.bincount(row + first, weight, size) - np.bincount(row + after, weight, size)
    paths = np.cumsum(turns.reshape(len(person), window.width + 1), axis=1, dtype=np.float64)[:, :-1]
    absolute = start[:, None] + window.months[None, :]
    paths[(absolute < window.first_known) | (absolute > window.last_known)] = np.nan
    return paths


def lasting(paths: Floats, months: int, of: int) -> Floats:
    """stays × months: 1 when the outcome holds in at least `months` of the `of` months from this one on, else 0.

    NaN where fewer than `of` months are known.
    """
    if not 1 <= months <= of:
        raise ValueError("lasting asks for at least one month and at most as many as it looks at")
    count, width = paths.shape
    out = np.full((count, width), np.nan)
    if width < of:
        return out
    sums = [np.zeros((count, width + 1), np.int32) for _ in range(2)]
    for total, flags in zip(sums, (paths > 0, np.isnan(paths)), strict=True):
        np.cumsum(flags, axis=1, out=total[:, 1:])
    held, unknown = (total[:, of:] - total[:, :-of] for total in sums)
    out[:, : width - of + 1] = np.where(unknown > 0, np.nan, held >= months)
    return out
