"""Cells from outcomes kept as intervals: registers say from when to when, and no row per month is ever written.

What a person has in a month is the sum of the weights of the intervals that cover it (1 for yes), and 0 where none
does.
Months are filled in some thousands of persons at a time, those of one cell beside each other.
"""

from __future__ import annotations

import functools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.did.cells import BLOCK_VALUES, Cells, Reducer, Unbalanced, one_thread, shift_of
from springbrett.evaluation.effects.did.panel import Wide, first_of, from_zero
from springbrett.evaluation.effects.entrance import hold, labels, numbers, whole
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints
from springbrett.evaluation.outcomes.intervals import Intervals

LANES = 4


@dataclass(frozen=True, slots=True)
class Persons:
    """n persons in order of `unit`, each once: `first` treated period (0 or infinite: never), and what else they are.

    `seen_from`, `seen_to` (None: throughout): the first and last period in which a person is observed at all (born,
    living here). Raises CannotEstimate("bad_input").
    """

    unit: Ints
    first: Ints
    stratum: Ints | None = None
    cluster: Ints | None = None
    weight: Floats | None = None
    seen_from: Ints | None = None
    seen_to: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, unit=whole(self.unit, "the unit"), stratum=from_zero(self.stratum),
             cluster=None if self.cluster is None else labels(self.cluster, "the cluster"),
             weight=None if self.weight is None else numbers(self.weight, "the weight"),
             seen_from=None if self.seen_from is None else whole(self.seen_from, "when somebody is first seen"),
             seen_to=None if self.seen_to is None else whole(self.seen_to, "when somebody is last seen"))  # fmt: skip
        count = len(self.unit)
        rest = (self.first, self.stratum, self.cluster, self.weight, self.seen_from, self.seen_to)
        if not count or any(values is not None and values.shape != (count,) for values in rest):
            raise CannotEstimate("bad_input", "the columns of the persons have different lengths, or none at all")
        if not (self.unit[1:] > self.unit[:-1]).all():
            raise CannotEstimate("bad_input", "persons must stand in order, each once")
        if self.weight is not None and not ((self.weight > 0) & np.isfinite(self.weight)).all():
            raise CannotEstimate("bad_input", "a weight is not positive; leave those persons out first")
        if self.seen_from is not None and self.seen_to is not None and (self.seen_to < self.seen_from).any():
            raise CannotEstimate("bad_input", "somebody is seen no longer before they are seen at all")


def reduce_intervals(
    persons: Persons, outcome: Intervals, periods: Ints, unbalanced: Unbalanced | str = Unbalanced.PAIRS
) -> Cells:  # fmt: skip
    """The cells of the persons' outcomes in the `periods` (T, in order, none left out between).

    Intervals of people who are not among the persons do not count: the persons are the population. Those of one person
    that overlap add up. Raises CannotEstimate: bad_input, not_supported (see `Reducer`).
    """
    if len(periods) < 2 or (np.diff(periods) != 1).any():
        raise CannotEstimate("bad_input", "periods must follow each other with none left out")
    outcome = Intervals(
        whole(outcome.person, "the person of an interval"), whole(outcome.first, "the first month of an interval"),
        whole(outcome.last, "the last month of an interval"),
        None if outcome.weight is None else numbers(outcome.weight, "the weight of an interval"),
    )  # fmt: skip
    if (outcome.last < outcome.first).any() or (outcome.person[1:] < outcome.person[:-1]).any():
        raise CannotEstimate("bad_input", "an interval ends before it begins, or they do not stand in order of persons")
    if outcome.weight is not None and not np.isfinite(outcome.weight.sum()):
        raise CannotEstimate("bad_input", "a weight of an interval is missing; leave those intervals out first")
    job = _Job.of(persons, outcome, periods)
    step = max(1, BLOCK_VALUES // 4 // len(periods))
    lanes = np.array_split(np.arange(0, len(job.order), step), min(LANES, -(-len(job.order) // step)))
    shift = shift_of(job.wide(slice(0, step)))

    def lane(begins: Ints) -> Reducer:
        reducer = Reducer(periods, unbalanced, shift)
        for begin in begins.tolist():
            reducer.add(job.wide(slice(begin, begin + step)))
        reducer.settle()
        return reducer

    with one_thread(), ThreadPoolExecutor(min(len(lanes), os.cpu_count() or 1)) as workers:
        return functools.reduce(Reducer.merge, workers.map(lane, lanes)).finish()


@dataclass(frozen=True, slots=True)
class _Job:
    """The persons in `order` of their cells, and where each one's intervals begin and end among all (2 × n)."""

    persons: Persons
    outcome: Intervals
    periods: Ints
    order: Ints
    bounds: Ints

    @classmethod
    def of(cls, persons: Persons, outcome: Intervals, periods: Ints) -> _Job:
        first = first_of(persons.first, periods)
        keys = (first,) if persons.stratum is None else (persons.stratum, first)
        order = np.lexsort(keys)
        low = np.searchsorted(outcome.person, persons.unit)
        high = np.searchsorted(outcome.person, persons.unit, "right")
        return cls(persons, outcome, periods, order, np.stack([low, high]))

    def wide(self, some: slice) -> Wide:
        """Some of the persons in order, with their outcomes filled in."""
        at, held = self.order[some], self.persons
        y = self._filled(at)
        for edge, late in ((held.seen_from, False), (held.seen_to, True)):
            if edge is not None:
                out = self.periods > edge[at, None] if late else self.periods < edge[at, None]
                y[out] = np.nan
        stratum = np.zeros(len(at), np.int64) if held.stratum is None else held.stratum[at]
        cluster = None if held.cluster is None else held.cluster[at]
        weight = None if held.weight is None else held.weight[at].astype(np.float64)
        wide = Wide(self.periods, y, held.unit[at], first_of(held.first[at]), stratum, cluster, weight)
        if held.seen_from is None and held.seen_to is None:
            return wide
        ever: Flags = np.asarray(wide.seen.any(axis=1))
        return wide.chosen(ever)

    def _filled(self, at: Ints) -> Floats:
        """n × T: what begins less what has ended, added up along the periods."""
        low, high = self.bounds[:, at]
        counts = high - low
        row = np.repeat(np.arange(len(at)), counts)
        which = np.arange(len(row)) + np.repeat(low - np.cumsum(counts) + counts, counts)
        width, start = len(self.periods), int(self.periods[0])
        begin = np.maximum(self.outcome.first[which].astype(np.int64) - start, 0)
        end = np.minimum(self.outcome.last[which].astype(np.int64) - start + 1, width)
        amount = np.ones(len(row)) if self.outcome.weight is None else self.outcome.weight[which]
        inside = end > begin
        row, begin, end, amount = row[inside], begin[inside], end[inside], amount[inside]
        places = np.concatenate([row * (width + 1) + begin, row * (width + 1) + end])
        changes = np.concatenate([amount, -amount])
        change = np.asarray(np.bincount(places, changes, len(at) * (width + 1)), np.float64).reshape(len(at), width + 1)
        return np.cumsum(change, axis=1, out=change)[:, :-1]
