"""A continuous dose: how much the outcome moves with how much of the measure a region has, with effects of region and
month.

Estimand: the slope, the same everywhere (when slopes differ, a weighted mean of them, with weights that may be
negative). Assumes that regions would have moved alike with the same dose. By deviations from region and month means, or
by changes from month to month.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.comparison import solve, t_of
from springbrett.evaluation.effects.did.wild import EFFECTIVE_CLUSTERS
from springbrett.evaluation.effects.entrance import hold, labels, numbers, whole
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Floats, Ints

ASSUMPTIONS = ("parallel_trends_at_every_dose", "same_slope_everywhere")
CONFIDENT = 0.05
NO_SPREAD = 1e-7
"""Standard errors below this part of the slope are rounding."""


class Errors(StrEnum):
    """How standard errors are made: alike and independent, unequal spread (HC1), or together within clusters."""

    CLASSICAL = "classical"
    ROBUST = "robust"
    CLUSTER = "cluster"


class How(StrEnum):
    """How effects of region are taken out."""

    WITHIN = "within"
    FIRST_DIFFERENCE = "first_difference"


@dataclass(frozen=True, slots=True)
class Dosed:
    """One element per region and period: `region`, `period`, `dose`, outcome `y`, other covariates `x` (rows × k) and
    `cluster` (None: the region). Raises CannotEstimate("bad_input")."""

    region: Ints
    period: Ints
    dose: Floats
    y: Floats
    x: Floats | None = None
    cluster: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, region=labels(self.region, "the region"), period=whole(self.period, "the period"),
             dose=numbers(self.dose, "the dose"), y=numbers(self.y, "the outcome"),
             x=None if self.x is None else numbers(self.x, "a covariate"),
             cluster=None if self.cluster is None else labels(self.cluster, "the cluster"))  # fmt: skip
        count = len(self.y)
        if any(a.shape != (count,) for a in (self.region, self.period, self.dose)) or not count:
            raise CannotEstimate("bad_input", "the columns have different lengths")
        if not (np.isfinite(self.dose).all() and np.isfinite(self.y).all()):
            raise CannotEstimate("bad_input", "a dose or an outcome is missing; leave those rows out first")
        if self.cluster is not None and self.cluster.shape != (count,):
            raise CannotEstimate("bad_input", "there is not one cluster number per row")
        if self.x is not None and (self.x.ndim != 2 or len(self.x) != count or not np.isfinite(self.x).all()):
            raise CannotEstimate("bad_input", "a covariate is missing; leave those rows out first")


def dose_effect(
    data: Dosed, *, how: How | str = How.WITHIN, errors: Errors | str = Errors.CLUSTER, leads: int = 0,
    level: float = 0.95,
) -> Estimate:  # fmt: skip
    """The slope of the outcome on the dose. `leads` > 0: a placebo with as many future doses added, tested jointly.

    Raises CannotEstimate: no_variation (the dose does not vary within regions and months), one_cluster, singular,
    bad_input (two rows of one region and period).
    """
    kind, way = Errors(errors), How(how)
    columns = np.column_stack([data.dose] if data.x is None else [data.dose, data.x])
    value, se, degrees, clusters = _slopes(data, columns, way, kind)
    error = float(np.sqrt(max(se[0, 0], 0.0)))
    if not error > NO_SPREAD * abs(value[0]):
        raise CannotEstimate("no_variation", "nothing but the dose moves the outcome; chance cannot be told")
    half = t_of(level, degrees) * error
    p = float(2 * stats.t.sf(abs(value[0]) / error, degrees))
    regions = len(np.unique(data.region))
    checks = [_clusters(clusters)] if kind is Errors.CLUSTER else []
    if leads:
        checks.append(_placebo(data, columns, way, kind, leads))
    return Estimate(Estimand.ATT, f"dose_{way.value}", float(value[0]), error,
                    (float(value[0]) - half, float(value[0]) + half), regions, 0, level, p, ASSUMPTIONS,
                    tuple(checks))  # fmt: skip


def _slopes(data: Dosed, columns: Floats, way: How, kind: Errors) -> tuple[Floats, Floats, float, float]:
    """Coefficients, their covariance, degrees of freedom, and how many clusters the slope of the dose rests on."""
    cluster = data.region if data.cluster is None else data.cluster
    both = np.column_stack([data.y, columns])
    if way is How.FIRST_DIFFERENCE:
        both, period, cluster = _changes(data, both, cluster)
        clean = both - _means(period, both)
        taken = len(np.unique(period))
    else:
        clean, taken = two_way_residual(data.region, data.period, both)
        if kind is Errors.CLUSTER and _nested(data.region, cluster):
            taken -= len(np.unique(data.region)) - 1
    y, x = clean[:, 0], clean[:, 1:]
    scale = np.abs(both[:, 1:] - both[:, 1:].mean(axis=0)).max(axis=0)
    flat = np.abs(x).max(axis=0, initial=0.0) <= 1e-9 * np.maximum(scale, 1e-300)
    if flat[0]:
        raise CannotEstimate("no_variation", "the dose does not vary beyond region and month")
    x = x[:, ~flat]
    gram = x.T @ x
    value = solve(gram, x.T @ y)
    rows, width = x.shape
    left = rows - width - taken
    if left <= 0:
        raise CannotEstimate("bad_input", "there are no more rows than coefficients")
    residual, bread = y - x @ value, np.linalg.inv(gram)
    _names, place = np.unique(cluster, return_inverse=True)
    count, effective = int(place.max()) + 1, _effective(place, x[:, 0])
    if kind is Errors.CLASSICAL:
        return value, bread * float(residual @ residual) / left, left, effective
    if kind is Errors.ROBUST:
        return value, bread @ (x.T @ (x * residual[:, None] ** 2)) @ bread * rows / left, left, effective
    if count < 2:
        raise CannotEstimate("one_cluster", "all regions belong to one cluster; its spread cannot be told")
    summed = np.column_stack([np.bincount(place, x[:, k] * residual) for k in range(width)])
    factor = count / (count - 1) * (rows - 1) / left
    return value, bread @ (summed.T @ summed) @ bread * factor, count - 1.0, effective


def _effective(place: Ints, dose: Floats) -> float:
    """How many even clusters those amount to in which the dose (free of all else) moves: where only one region's does,
    it is one, and its luck is counted as effect."""
    share = np.bincount(place, dose**2) / float(dose @ dose)
    return float(1 / (share @ share))


def _nested(region: Ints, cluster: Ints) -> bool:
    """Whether every region lies in one cluster."""
    pairs = np.unique(np.stack([region, cluster]), axis=1)
    return bool(pairs.shape[1] == len(np.unique(region)))


def _means(group: Ints, values: Floats) -> Floats:
    _names, place = np.unique(group, return_inverse=True)
    count = np.bincount(place)
    means = np.column_stack([np.bincount(place, values[:, k]) / count for k in range(values.shape[1])])
    return np.asarray(means[place])


def _changes(data: Dosed, both: Floats, cluster: Ints) -> tuple[Floats, Ints, Ints]:
    """Changes from one period to the next within regions; periods apart by more than one give none."""
    order = np.lexsort((data.period, data.region))
    region, period = data.region[order], data.period[order]
    if ((region[1:] == region[:-1]) & (period[1:] == period[:-1])).any():
        raise CannotEstimate("bad_input", "a region has two rows in the same period")
    follows = (region[1:] == region[:-1]) & (period[1:] == period[:-1] + 1)
    if not follows.any():
        raise CannotEstimate("no_variation", "no region is seen in two periods that follow each other")
    return np.diff(both[order], axis=0)[follows], period[1:][follows], cluster[order][1:][follows]


def two_way_residual(row: Ints, column: Ints, values: Floats) -> tuple[Floats, int]:
    """values (n × K) without effects of `row` and `column`, exactly, and how many degrees those effects take."""
    _rows, i = np.unique(row, return_inverse=True)
    _columns, t = np.unique(column, return_inverse=True)
    high, wide = int(i.max()) + 1, int(t.max()) + 1
    seen = np.zeros((high, wide))
    np.add.at(seen, (i, t), 1.0)
    count = seen.sum(axis=1)
    lap = np.diag(seen.sum(axis=0)) - (seen / count[:, None]).T @ seen
    out = np.empty_like(values)
    back = np.linalg.pinv(lap, rcond=1e-11, hermitian=True)
    for k in range(values.shape[1]):
        mean = np.bincount(i, values[:, k]) / count
        level = back @ np.bincount(t, values[:, k] - mean[i])
        left = values[:, k] - level[t]
        out[:, k] = left - (np.bincount(i, left) / count)[i]
    return out, high + int(np.linalg.matrix_rank(lap, hermitian=True))


def _clusters(effective: float) -> Diagnostic:
    return Diagnostic("clusters", effective, EFFECTIVE_CLUSTERS, effective >= EFFECTIVE_CLUSTERS)


def _placebo(data: Dosed, columns: Floats, way: How, kind: Errors, leads: int) -> Diagnostic:
    """Joint test that doses yet to come say nothing about today's outcome."""
    key = {(int(r), int(p)): k for k, (r, p) in enumerate(zip(data.region, data.period, strict=True))}
    ahead = np.full((len(data.y), leads), np.nan)
    for (r, p), k in key.items():
        for step in range(leads):
            at = key.get((r, p + step + 1))
            if at is not None:
                ahead[k, step] = data.dose[at]
    keep = np.isfinite(ahead).all(axis=1)
    if not keep.any():
        raise CannotEstimate("no_variation", "no region is followed long enough for a placebo with future doses")
    cluster = None if data.cluster is None else data.cluster[keep]
    some = Dosed(data.region[keep], data.period[keep], data.dose[keep], data.y[keep], None, cluster)
    wide = np.column_stack([columns[keep, :1], ahead[keep], columns[keep, 1:]])
    value, spread, degrees, _effective_clusters = _slopes(some, wide, way, kind)
    some_value, some_spread = value[1 : 1 + leads], spread[1 : 1 + leads, 1 : 1 + leads]
    statistic = float(some_value @ np.linalg.solve(some_spread, some_value)) / leads
    chance = float(stats.f.sf(statistic, leads, degrees))
    return Diagnostic("placebo", chance, CONFIDENT, chance >= CONFIDENT, {"leads": leads})
