"""The nearest on one number: a sort and a search instead of every pair.

What is chosen among equally near ones is never left to chance or to the sort: either all of them share (`share`), or
the one that stands first in the data is taken (`first`). Where they share, equally near means as far as can be told:
with covariates of few values two are often equally far on either side, and the last digit of the score, which hangs on
the order of the rows, must not choose between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from springbrett.evaluation.effects.records import Floats, Ints

Ties = Literal["share", "first"]
SAME, PART = 1e-10, 1e-5
"""Distances closer than this part of the scores' whole range, and than this part of their mean gap, are the same:
rounding is less, a true gap is more."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Each treated unit's match and what it costs the comparison.

    `outcome` (n1,): the mean outcome of its neighbours (0 where it has none); `reach` (n1,): how far the farthest is
    (inf where it has none); `used` and `used_squared` (n0,): the sum over matches of each comparison unit's share, and
    of the share squared.
    """

    outcome: Floats
    reach: Floats
    used: Floats
    used_squared: Floats


def in_order(values: Floats) -> Ints:
    """Positions from the smallest value to the largest, equal ones as they stand: three times as fast as numpy's
    stable sort where few values are equal."""
    order = np.argsort(values)
    held = values[order]
    equal = held[1:] == held[:-1]
    if not equal.any():
        return order
    begins = np.concatenate([[True], ~equal])
    among = np.flatnonzero(~(begins & np.concatenate([begins[1:], [True]])))
    inside = order[among]
    order[among] = inside[np.lexsort((inside, np.cumsum(begins)[among]))]
    return order


@dataclass(frozen=True, slots=True)
class Line:
    """The comparison's scores in order: `order` their positions (those of one score by position), outcomes beside."""

    order: Ints
    scores: Floats
    outcomes: Floats

    @property
    def slack(self) -> float:
        """What distances may differ by and be the same."""
        return min(SAME, PART / len(self.scores)) * float(self.scores[-1] - self.scores[0])

    @classmethod
    def of(cls, scores: Floats, outcomes: Floats) -> Line:
        """Sorted once, searched by all."""
        order = in_order(scores)
        return cls(order, scores[order], outcomes[order])

    def sharing(self, own: Floats, neighbours: int) -> Matches:
        """The nearest `neighbours` and whoever is as near as the farthest of them, with equal shares."""
        low, high = self._stretch(own, neighbours)
        reach = self._reach(own, low, high)
        low, high = self._widened(own, low, high, reach + self.slack)
        return self._shared(own, low, high)

    def within(self, own: Floats, radius: float) -> Matches:
        """Everyone within the radius, with equal shares."""
        return self._shared(own, self._place(own - radius), self._place(own + radius, "right"))

    def first(self, own: Floats, neighbours: int) -> Matches:
        """The nearest `neighbours`; among equally near ones those that stand first in the data."""
        high = self._place(own)
        low = high.copy()
        last = len(self.scores) - 1
        picked = np.empty((len(own), neighbours), np.int64)
        for step in range(neighbours):
            left, right = np.maximum(low - 1, 0), np.minimum(high, last)
            to_left = np.where(low > 0, own - self.scores[left], np.inf)
            to_right = np.where(high <= last, self.scores[right] - own, np.inf)
            on_left, on_right = self._mirrored(left), right
            nearer = (to_left < to_right) | ((to_left == to_right) & (self.order[on_left] < self.order[on_right]))
            picked[:, step] = np.where(nearer, on_left, on_right)
            low, high = low - nearer, high + ~nearer
        used = np.empty(len(self.scores))
        used[self.order] = np.bincount(picked.ravel(), minlength=len(self.scores)) / neighbours
        reach = np.abs(self.scores[picked] - own[:, None]).max(axis=1)
        return Matches(self.outcomes[picked].mean(axis=1), reach, used, used / neighbours)

    def local_variance(self) -> Floats:
        """Each unit's outcome variance: among those with the very same score, else from those nearest to it."""
        begins = np.flatnonzero(np.concatenate([[True], np.diff(self.scores) > self.slack]))
        out = np.empty(len(self.scores))
        if len(begins) == len(self.scores):
            out[self.order] = self._apart(self.scores, self.outcomes, None)
            return out
        count = np.diff(np.append(begins, len(self.scores)))
        mean = np.add.reduceat(self.outcomes, begins) / count
        group = np.repeat(np.arange(len(begins)), count)
        square = np.bincount(group, (self.outcomes - mean[group]) ** 2, len(begins))
        alone = self._apart(self.scores[begins], mean, count)
        out[self.order] = np.where(count > 1, square / np.maximum(count - 1, 1), alone)[group]
        return out

    def _apart(self, scores: Floats, means: Floats, count: Ints | None) -> Floats:
        """The variance of one unit at each of those scores, from the `means` of `count` units (None: one each) at the
        nearest other score, or at both where they are as near."""
        if len(scores) < 2:
            return np.zeros(len(scores))
        before, after = np.diff(scores, prepend=-np.inf), np.diff(scores, append=np.inf)
        near = np.arange(len(scores)) + np.where(before <= after, -1, 1)
        beside = means[near]
        units = np.ones(len(scores)) if count is None else count[near].astype(np.float64)
        both = np.flatnonzero(np.abs(before - after) <= self.slack)
        one, other = (np.ones(len(both)),) * 2 if count is None else (count[both - 1], count[both + 1])
        beside[both] = (one * means[both - 1] + other * means[both + 1]) / (one + other)
        units[both] = one + other
        return np.asarray((means - beside) ** 2 / (1 + 1 / units))

    def local_mean(self, at: Floats, width: int) -> Floats:
        """The mean outcome of the `width` units around each place on the score, and of all with the same scores as
        the outermost of them: which of several equal ones stands first in the data makes no difference."""
        count = len(self.scores)
        width = min(width, count)
        low = np.clip(np.searchsorted(self.scores, at - self.slack) - width // 2, 0, count - width)
        high = np.searchsorted(self.scores, self.scores[low + width - 1] + self.slack, "right")
        low = np.searchsorted(self.scores, self.scores[low] - self.slack)
        middle = self.outcomes.mean()
        totals = np.concatenate([[0.0], np.cumsum(self.outcomes - middle)])
        return np.asarray(middle + (totals[high] - totals[low]) / (high - low))

    def _place(self, values: Floats, side: Literal["left", "right"] = "left") -> Ints:
        """Where each value belongs: sought in order, so that each search begins where the last one ended."""
        order = np.argsort(values)
        found = np.empty(len(values), np.int64)
        found[order] = np.searchsorted(self.scores, values[order], side)
        return found

    def _mirrored(self, place: Ints) -> Ints:
        """Going down through units of one score begins with the one that stands first in the data."""
        value = self.scores[place]
        return np.searchsorted(self.scores, value) + np.searchsorted(self.scores, value, "right") - 1 - place

    def _stretch(self, own: Floats, neighbours: int) -> tuple[Ints, Ints]:
        """For each, the stretch [low, high) of the sorted scores that holds its nearest neighbours."""
        high = self._place(own)
        low, last = high.copy(), len(self.scores) - 1
        for _step in range(neighbours):
            to_left = np.where(low > 0, own - self.scores[np.maximum(low - 1, 0)], np.inf)
            to_right = np.where(high <= last, self.scores[np.minimum(high, last)] - own, np.inf)
            go_left = to_left <= to_right
            low, high = low - go_left, high + ~go_left
        return low, high

    def _reach(self, own: Floats, low: Ints, high: Ints) -> Floats:
        return np.asarray(np.maximum(own - self.scores[low], self.scores[high - 1] - own))

    def _widened(self, own: Floats, low: Ints, high: Ints, reach: Floats) -> tuple[Ints, Ints]:
        """To every unit within the reach."""
        below = self.scores[np.maximum(low - 1, 0)]
        above = self.scores[np.minimum(high, len(self.scores) - 1)]
        more_below = (low > 0) & (own - below <= reach)
        more_above = (high < len(self.scores)) & (above - own <= reach)
        low[more_below] = np.searchsorted(self.scores, (own - reach)[more_below])
        high[more_above] = np.searchsorted(self.scores, (own + reach)[more_above], "right")
        return low, high

    def _shared(self, own: Floats, low: Ints, high: Ints) -> Matches:
        count = high - low
        held = count > 0
        share = np.divide(1.0, count, out=np.zeros(len(count)), where=held)
        middle = self.outcomes.mean()
        totals = np.concatenate([[0.0], np.cumsum(self.outcomes - middle)])
        mean = np.where(count == 1, self.outcomes[np.minimum(low, len(self.scores) - 1)],
                        middle + (totals[high] - totals[low]) * share)  # fmt: skip
        reach = np.full(len(own), np.inf)
        reach[held] = self._reach(own[held], low[held], high[held])
        return Matches(np.where(held, mean, 0.0), reach, self._spread(low, high, share),
                       self._spread(low, high, share**2))  # fmt: skip

    def _spread(self, low: Ints, high: Ints, share: Floats) -> Floats:
        """Each comparison unit's sum of the shares of the stretches it lies in."""
        size, one = len(self.scores) + 1, high - low == 1
        total = np.bincount(low[one], share[one], size)[:-1].astype(np.float64)
        if not one.all():
            low, high, share = low[~one], high[~one], share[~one]
            several = np.cumsum(np.bincount(low, share, size) - np.bincount(high, share, size))[:-1]
            total += np.where(several > 1e-9, several, 0.0)  # what is left below is rounding
        out = np.empty(len(total))
        out[self.order] = total
        return out
