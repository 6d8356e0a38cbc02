"""Months on end per person, as sorted arrays: union, difference, what lies within. Whole months, both ends included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.records import Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Intervals:
    """k intervals sorted by person, then first month. `weight` is what the outcome is worth in each month (1 for yes).

    Intervals of one person do not overlap when `disjoint`; sums of amounts may overlap, yes-or-no outcomes never do.
    """

    person: Ints
    first: Ints
    last: Ints
    weight: Floats | None = None

    def __len__(self) -> int:
        return len(self.person)

    def chosen(self, keep: Flags) -> Intervals:
        """Those where `keep` is true."""
        weight = None if self.weight is None else self.weight[keep]
        return Intervals(self.person[keep], self.first[keep], self.last[keep], weight)


def ordered(person: Ints, first: Ints, last: Ints, weight: Floats | None = None) -> Intervals:
    """Sorted by person and first month; sorting is skipped when they already are.

    Raises ValueError when an interval ends before it begins.
    """
    if np.any(last < first):
        raise ValueError("an interval ends before it begins; check the registers first")
    in_order = (person[1:] > person[:-1]) | ((person[1:] == person[:-1]) & (first[1:] >= first[:-1]))
    if np.all(in_order):
        return Intervals(person, first, last, weight)
    order = np.lexsort((first, person))
    return Intervals(person[order], first[order], last[order], None if weight is None else weight[order])


def union(parts: Sequence[Intervals]) -> Intervals:
    """Months in any of the parts, each month once; neighbouring intervals are joined."""
    parts = [part for part in parts if len(part)]
    if not parts:
        empty = np.zeros(0, np.int64)
        return Intervals(empty, empty, empty)
    together = ordered(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("person", "first", "last")))
    base = int(together.first.min())
    span = int(together.last.max()) - base + 3
    rank = np.cumsum(np.concatenate([[0], (together.person[1:] != together.person[:-1]).astype(np.int64)]))
    begins, ends = rank * span + together.first - base, rank * span + together.last - base
    reach = np.maximum.accumulate(ends)
    new = np.concatenate([[True], begins[1:] > reach[:-1] + 1])
    new |= np.concatenate([[True], rank[1:] != rank[:-1]])
    starts = np.flatnonzero(new)
    final = np.concatenate([starts[1:], [len(new)]]) - 1
    last = reach[final] - rank[final] * span + base
    return Intervals(together.person[starts], together.first[starts], last)


def without(months: Intervals, taken: Intervals) -> Intervals:
    """The months of `months` that are not in `taken`. Both are yes-or-no."""
    a, b = union([months]), union([taken])
    if not len(a) or not len(b):
        return a
    low, high = np.searchsorted(b.person, a.person, "left"), np.searchsorted(b.person, a.person, "right")
    counts = high - low
    inside = np.repeat(np.arange(len(a)), counts)
    which = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)
    overlaps = (b.first[which] <= a.last[inside]) & (b.last[which] >= a.first[inside])
    inside, which = inside[overlaps], which[overlaps]
    # Each gap runs from the end of one taken stretch to the beginning of the next; the interval's own ends close it.
    person = np.concatenate([a.person, a.person[inside]])
    edge_first = np.concatenate([a.first, b.last[which] + 1])
    row = np.concatenate([np.arange(len(a)), inside])
    order = np.lexsort((edge_first, row))
    person, edge_first, row = person[order], edge_first[order], row[order]
    stops = np.concatenate([b.first[which] - 1, a.last])
    stop_row = np.concatenate([inside, np.arange(len(a))])
    order = np.lexsort((stops, stop_row))
    edge_last = stops[order]
    keep = edge_first <= edge_last
    return Intervals(person[keep], edge_first[keep], edge_last[keep])
