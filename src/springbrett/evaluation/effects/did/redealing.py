"""Uncertainty for a handful of offices that begin at different times: the very same starts are dealt out anew.

Errors worked out from how units differ within a group say nothing when a group is one office, as trial offices often
are. Fisher's answer does: how far apart would the offices have come out, had others of them been given those starts?
Holds whatever the outcomes' distribution when the starts were as good as drawn among the offices; the intervals are of
an effect that is the same from the start on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from springbrett.evaluation.effects.did.panel import Wide
from springbrett.evaluation.effects.did.permutation import TIE, interval_of
from springbrett.evaluation.effects.records import (
    CannotEstimate,
    Diagnostic,
    EffectPath,
    Estimand,
    Estimate,
    Floats,
    Ints,
)

DRAWS = 499
CONFIDENT = 0.05
MOST_FAILED = 0.1
"""As large a share of the draws may be without an answer."""

Values = Callable[[Wide], tuple[Ints, Floats, float]]
"""Of a panel: labels, value by label, and the one number that sums them up."""


@dataclass(frozen=True, slots=True)
class Redealt:
    """`path` with intervals, band and covariance from the draws, and `p` (K,) by label; `path.overall` has its own.

    `before`: the test that everything before the start is zero (None: nothing there).
    """

    path: EffectPath
    p: Floats
    before: Diagnostic | None


def redealt(
    data: Wide, values: Values, method: str, *, draws: int | None = None, seed: int = 1, level: float = 0.95
) -> Redealt:  # fmt: skip
    """Values of the panel as it was, with their uncertainty by dealing the starts out anew among all units.

    As many times as `draws` says (None: DRAWS).

    `values` must be linear in the outcome. Labels below zero are taken for periods before the start. A unit's outcomes
    and weight stay with it. Raises CannotEstimate: no_variation (all start together), too_few_clusters (too few draws
    give an answer), and what `values` raises.
    """
    if len(np.unique(data.first)) < 2:
        raise CannotEstimate("no_variation", "all units start together; dealing out the starts anew says nothing")
    labels, _value, _one = values(data)
    draws = DRAWS if draws is None else draws
    # An effect of one is felt through the estimator's being linear: with it and without it, the noise is the same.
    one = float(np.nanstd(data.y)) or 1.0
    reached = one * (data.periods[None, :] >= data.first[:, None])
    rng = np.random.default_rng(seed)
    rows = []
    for first in (data.first, *(rng.permutation(data.first) for _draw in range(draws))):
        dealt = replace(data, first=first)
        try:
            plain, raised = (_on(values(each), labels) for each in (dealt, replace(dealt, y=data.y + reached)))
        except CannotEstimate:
            continue
        if np.isfinite(plain + raised).all():
            rows.append((plain, (raised - plain) / one))
    if len(rows) < (1 - MOST_FAILED) * (draws + 1) or 1.0 / len(rows) >= 1 - level:
        raise CannotEstimate("too_few_clusters", "too few ways of dealing out the starts can be told", draws=len(rows))
    found, moved = (np.array(part) for part in zip(*rows, strict=True))
    return _summed_up(data, labels, (found, moved), method, level)


def _on(found: tuple[Ints, Floats, float], labels: Ints) -> Floats:
    """The values in the order of `labels`, and the sum; NaN for one that is not there."""
    names, value, one = found
    out = np.full(len(labels) + 1, np.nan)
    at = np.searchsorted(labels, names)
    there = (at < len(labels)) & (labels[np.minimum(at, len(labels) - 1)] == names)
    out[:-1][at[there]] = value[there]
    out[-1] = one
    return out


def _summed_up(data: Wide, labels: Ints, draws: tuple[Floats, Floats], method: str, level: float) -> Redealt:
    found, moved = draws
    value = found[0]
    margin = TIE * np.maximum(np.abs(value), 1e-300)
    p = (np.abs(found) >= np.abs(value) - margin).mean(axis=0)
    ends = np.array([_ends(found[:, k], moved[:, k], level, after=k == len(labels) or bool(labels[k] >= 0))
                     for k in range(len(labels) + 1)])  # fmt: skip
    matrix = np.cov(found[:, :-1], rowvar=False).reshape(len(labels), len(labels))
    spread = np.sqrt(np.diag(matrix))
    wide = _widest(found[:, :-1], spread, level) * spread
    low, high = ends[:-1, 0], ends[:-1, 1]
    ever = data.first <= data.periods[-1]
    overall = Estimate(
        Estimand.ATT, method, float(value[-1]), float(found[:, -1].std(ddof=1)),
        (float(ends[-1, 0]), float(ends[-1, 1])), int(ever.sum()), int((~ever).sum()), level, float(p[-1]),
        ("parallel_trends", "offices_drawn_at_random"),
    )  # fmt: skip
    path = EffectPath(labels, value[:-1], spread, low, high, overall, np.minimum(low, value[:-1] - wide),
                      np.maximum(high, value[:-1] + wide), matrix)  # fmt: skip
    return Redealt(path, p[:-1], _before(labels, found[:, :-1], spread))


def _ends(found: Floats, moved: Floats, level: float, *, after: bool) -> tuple[float, float]:
    """After the start: the effects that the draws do not rule out; before it, where no effect moves any: the draws."""
    if after:
        return interval_of(float(found[0]), found, moved, 1 - level)
    half = float(np.quantile(np.abs(found), level))
    return float(found[0]) - half, float(found[0]) + half


def _widest(found: Floats, spread: Floats, level: float) -> float:
    """How many spreads wide a band must be to hold all draws but a few."""
    told = spread > 0
    return float(np.quantile((np.abs(found[:, told]) / spread[told]).max(axis=1, initial=0.0), level))


def _before(labels: Ints, found: Floats, spread: Floats) -> Diagnostic | None:
    """The clearest value before the start, held against the clearest of every draw."""
    before = (labels < 0) & (spread > 0)
    if not before.any():
        return None
    clearest = (np.abs(found[:, before]) / spread[before]).max(axis=1)
    p = float((clearest >= clearest[0] * (1 - TIE)).mean())
    return Diagnostic("pre_trends", p, CONFIDENT, p >= CONFIDENT)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Q groups × S periods since the start (`since`): the group-time effects, NaN where there is none, and `sizes`."""

    group: Ints
    since: Ints
    value: Floats
    sizes: Floats

    def by_since(self) -> tuple[Ints, Floats, float]:
        """As `GroupTimes.event_study` with a universal base: groups by size; the sum is the mean from 0 on."""
        told = np.isfinite(self.value)
        weight = self.sizes[:, None] * told
        total = weight.sum(axis=0)
        there = total > 0
        value = (weight * np.where(told, self.value, 0.0)).sum(axis=0)[there] / total[there]
        labels = self.since[there]
        after = labels >= 0
        return labels, value, float(value[after].mean()) if after.any() else float("nan")

    def by_group(self) -> tuple[Ints, Floats, float]:
        """As `GroupTimes.by_group`: each group's mean from its start on; the sum is by size."""
        after = self.since >= 0
        part = self.value[:, after]
        told = np.isfinite(part).any(axis=1)
        value = np.nanmean(part[told], axis=1)
        return self.group[told], value, float(np.average(value, weights=self.sizes[told]))


def gaps(data: Wide, *, comparison: str = "never") -> Gaps:
    """Group-time effects against the period before the start, quickly and without errors: units are few.

    The same as `group_time(…, base="universal")` without strata. Raises CannotEstimate: no_treated, no_comparison.
    """
    periods, end = data.periods, int(data.periods[-1])
    groups = np.unique(data.first[(data.first > periods[0]) & (data.first <= end)])
    if not len(groups):
        raise CannotEstimate("no_treated", "nobody is first treated within the panel, after its first period")
    since = np.arange(int(periods[0]) - int(groups[-1]), end - int(groups[0]) + 1)
    value = np.full((len(groups), len(since)), np.nan)
    sizes = np.array([data.weights[data.first == g].sum() for g in groups])
    for row, g in enumerate(groups.tolist()):
        base = int(np.searchsorted(periods, g)) - 1
        change = data.y - data.y[:, [base]]
        limit = np.full(len(periods), end) if comparison == "never" else np.maximum(periods, periods[base])
        mine = (data.first == g)[:, None]
        sides = (mine, (data.first[:, None] > limit) & ~mine)
        own, others = (_mean(change, inside & np.isfinite(change), data.weights) for inside in sides)
        columns = np.searchsorted(since, periods - g)
        value[row, columns] = np.where(np.arange(len(periods)) == base, np.nan, own - others)
    if not np.isfinite(value).any():
        raise CannotEstimate("no_comparison", f"nobody is {comparison.replace('_', ' ')} treated to compare with")
    return Gaps(groups, since, value, sizes)


def _mean(values: Floats, inside: np.ndarray, weights: Floats) -> Floats:
    """By column: the weighted mean of those inside, NaN for none."""
    weight = inside * weights[:, None]
    total = weight.sum(axis=0)
    mean = np.full(len(total), np.nan)
    np.divide((weight * np.where(inside, values, 0.0)).sum(axis=0), total, out=mean, where=total > 0)
    return mean


__all__ = ["Gaps", "Redealt", "gaps", "redealt"]
