"""How group-time effects are weighted into one number, a path, or one number per group or period.

Groups are weighted by their size, which is itself estimated: `by_first` is what that adds to each unit's influence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse

from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints


class Effects(Protocol):
    """What is weighted (see `group_time.GroupTimes`)."""

    @property
    def group(self) -> Ints: ...
    @property
    def period(self) -> Ints: ...
    @property
    def value(self) -> Floats: ...
    @property
    def periods(self) -> Ints: ...
    @property
    def firsts(self) -> Ints: ...
    @property
    def sizes(self) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Weighted:
    """K sums: their `label` (periods since start, group or calendar period), `value`, `weights` (K × J), and
    `by_first` (K × Q): the influence of a unit of each first treated period through the group sizes."""

    label: Ints
    value: Floats
    weights: sparse.csr_array
    by_first: Floats


def _sized(effects: Effects, labels: Ints, of: Ints, keep: np.ndarray) -> Weighted:
    """For each label, the effects with `of` equal to it, weighted by group size."""
    place = np.searchsorted(effects.firsts, effects.group)
    size = effects.sizes[place]
    at = np.flatnonzero(keep & np.isin(of, labels))
    row = np.searchsorted(labels, of[at])
    total = np.bincount(row, size[at], len(labels))
    if (total <= 0).any():
        raise CannotEstimate("empty_group", "a group has no units")
    shape = (len(labels), len(of))
    weights = sparse.csr_array(sparse.coo_array((size[at] / total[row], (row, at)), shape=shape))
    value = weights @ effects.value
    by_first = np.zeros((len(labels), len(effects.firsts)))
    np.add.at(by_first, (row, place[at]), (effects.value[at] - value[row]) / total[row])
    return Weighted(labels, value, weights, by_first)


def by_size(effects: Effects) -> Weighted:
    """One number: every effect from the start on."""
    after = effects.period >= effects.group
    if not after.any():
        raise CannotEstimate("no_treated", "no period from the first treated one on can be estimated")
    return _sized(effects, np.zeros(1, np.int64), np.zeros(len(effects.group), np.int64), after)


def by_event_time(effects: Effects, first: int | None, last: int | None, balance: int | None) -> Weighted:
    """One number per period since the start."""
    since = effects.period - effects.group
    keep = np.ones(len(since), bool)
    if balance is not None:
        keep &= (effects.periods[-1] - effects.group >= balance) & (since <= balance)
        keep &= since >= balance - (effects.periods[-1] - effects.periods[0])
    keep &= since >= (since.min() if first is None else first)
    keep &= since <= (since.max() if last is None else last)
    if not keep.any():
        raise CannotEstimate("empty_group", "no group is followed that long")
    return _sized(effects, np.unique(since[keep]), since, keep)


def by_calendar(effects: Effects) -> Weighted:
    """One number per calendar period with somebody treated."""
    after = effects.period >= effects.group
    return _sized(effects, np.unique(effects.period[after]), effects.period, after)


def by_first_period(effects: Effects, *, overall: bool = False) -> Weighted:
    """One number per group: the plain mean over its treated periods; `overall`: those, by size, in one."""
    after = np.flatnonzero(effects.period >= effects.group)
    groups, row = np.unique(effects.group[after], return_inverse=True)
    count = np.bincount(row)
    shape = (len(groups), len(effects.group))
    weights = sparse.csr_array(sparse.coo_array((1.0 / count[row], (row, after)), shape=shape))
    value = weights @ effects.value
    by_first = np.zeros((len(groups), len(effects.firsts)))
    if not overall:
        return Weighted(groups, value, weights, by_first)
    place = np.searchsorted(effects.firsts, groups)
    size = effects.sizes[place]
    share = size / size.sum()
    mean = share @ value
    one = np.zeros((1, len(effects.firsts)))
    one[0, place] = (value - mean) / size.sum()
    return Weighted(np.zeros(1, np.int64), np.array([mean]), sparse.csr_array(share[None, :] @ weights), one)


def with_mean(weighted: Weighted, which: np.ndarray) -> Weighted:
    """The same, and after them the plain mean of those marked."""
    mean = (which / which.sum())[None, :]
    weights = sparse.csr_array(sparse.vstack([weighted.weights, sparse.csr_array(mean @ weighted.weights)]))
    return Weighted(
        np.append(weighted.label, 0), np.append(weighted.value, mean @ weighted.value), weights,
        np.vstack([weighted.by_first, mean @ weighted.by_first]),
    )  # fmt: skip
