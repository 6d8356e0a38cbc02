"""What the estimators of one effect take in, and the small linear algebra they share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from scipy.stats import t as student

from springbrett.evaluation.effects.blocks import over_blocks
from springbrett.evaluation.effects.entrance import hold, labels, numbers, yes_no
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats, Ints

SAMPLE = 1 << 12
SINGULAR = 1e12
"""Condition number (of the equations brought to one scale) above which fewer than four digits of an answer are left."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """n units: outcome `y`, whether `treated`, covariates `x` (n × k, known before the start) with `names`.

    `cluster` numbers the groups within which units hang together (None: every unit by itself). Other kinds of arrays
    become these (see `entrance`). Raises CannotEstimate: bad_input (shapes, missing values), empty_group, no_treated,
    no_comparison.
    """

    y: Floats
    treated: Flags
    x: Floats
    names: tuple[str, ...]
    cluster: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, y=numbers(self.y, "the outcome"), treated=yes_no(self.treated, "taking part"),
             x=numbers(self.x, "a covariate"),
             cluster=None if self.cluster is None else labels(self.cluster, "the cluster"))  # fmt: skip
        count = len(self.y)
        if self.y.ndim != 1:
            raise CannotEstimate("bad_input", "the outcome is one number per unit")
        if self.treated.shape != (count,) or self.x.shape != (count, len(self.names)):
            raise CannotEstimate("bad_input", "outcome, treated and covariates have different lengths")
        if self.cluster is not None and self.cluster.shape != (count,):
            raise CannotEstimate("bad_input", "there is not one cluster number per unit")
        if not count:
            raise CannotEstimate("empty_group", "there is nobody at all")
        if not (_all_finite(self.y) and _all_finite(self.x)):
            raise CannotEstimate("bad_input", "an outcome or a covariate is missing; leave those units out first")
        if not self.treated.any():
            raise CannotEstimate("no_treated", "nobody took part")
        if self.treated.all():
            raise CannotEstimate("no_comparison", "there is nobody to compare with")

    @property
    def n_treated(self) -> int:
        """How many took part."""
        return int(self.treated.sum())

    @property
    def n_comparison(self) -> int:
        """How many did not."""
        return len(self.y) - self.n_treated

    def informative(self) -> Comparison:
        """Without covariates that never vary: they tell nothing and make the equations singular."""
        keep = varies(self.x)
        if keep.all():
            return self
        names = tuple(name for name, kept in zip(self.names, keep, strict=True) if kept)
        return Comparison(self.y, self.treated, self.x[:, keep], names, self.cluster)


FEWEST_CLUSTERS = 20
"""Below this many clusters the usual cluster-robust error is too small too often; few-cluster tests are made for it."""


FEWEST_A_SIDE = 5
"""With fewer units or clusters on one side the usual error is far too small, however many there are in all."""


def z_of(level: float) -> float:
    """The two-sided normal quantile: 1.96 for 0.95. Raises CannotEstimate("bad_input") for a level of 95."""
    check_level(level)
    return NormalDist().inv_cdf(0.5 + level / 2)


def t_of(level: float, degrees: float) -> float:
    """The two-sided quantile of Student's t. Raises CannotEstimate("bad_input") for a level not between 0 and 1."""
    check_level(level)
    return float(student.ppf(0.5 + level / 2, degrees))


def check_level(level: float) -> None:
    """Raises CannotEstimate("bad_input") for a level that is not between 0 and 1."""
    if not 0 < level < 1:
        raise CannotEstimate("bad_input", f"the level of an interval lies between 0 and 1 (0.95), not {level:g}")


def estimate_of(
    data: Comparison, value: float, se: float, *, estimand: Estimand, method: str, assumptions: tuple[str, ...],
    level: float = 0.95,
) -> Estimate:  # fmt: skip
    """An estimate with interval and p-value: normal, or by Student's t with clusters − 1 degrees of freedom, and then
    with a check of how many clusters there are. `se` NaN gives neither.

    Raises CannotEstimate: empty_group (one person alone in a group tells nothing of the spread), no_variation.
    """
    if min(data.n_treated, data.n_comparison) < 2:
        raise CannotEstimate("empty_group", "one unit alone in a group; how much such units differ cannot be told")
    if not np.isfinite(value):
        raise CannotEstimate("bad_input", "the estimate is not a number; look at the outcome's values")
    if se <= 1e-13 * max(abs(value), float(np.abs(data.y).max())):
        raise CannotEstimate("no_variation", "the outcome does not vary within the groups")
    checks = few_check(data.n_treated, data.n_comparison)
    wide = z_of(level)
    p = 2 * NormalDist().cdf(-abs(value / se)) if np.isfinite(se) else None
    if data.cluster is not None:
        count = len(np.unique(data.cluster))
        wide = t_of(level, count - 1)
        p = 2 * float(student.sf(abs(value / se), count - 1)) if np.isfinite(se) else None
        checks = _clusters_checks(data, count)
    return Estimate(
        estimand=estimand, method=method, value=float(value), se=float(se),
        interval=(float(value - wide * se), float(value + wide * se)), n_treated=data.n_treated,
        n_comparison=data.n_comparison, level=level, p_value=p, assumptions=assumptions, diagnostics=checks,
    )  # fmt: skip


def _clusters_checks(data: Comparison, count: int) -> tuple[Diagnostic, ...]:
    """How many clusters there are; and on the side with the fewest, where they are too few."""
    assert data.cluster is not None
    treated, others = len(np.unique(data.cluster[data.treated])), not_few(data.cluster[~data.treated])
    whole = Diagnostic("clusters", count, FEWEST_CLUSTERS, count >= FEWEST_CLUSTERS, {"with_treated": treated})
    return (whole, *few_check(treated, others))


def not_few(groups: Ints) -> int:
    """How many different ones there are: all of them counted only where the first some do not show that they are many
    enough (a sort of millions costs more than the estimate)."""
    some = len(np.unique(groups[:SAMPLE]))
    return some if some >= FEWEST_A_SIDE else len(np.unique(groups))


def few_check(treated: int, others: int) -> tuple[Diagnostic, ...]:
    """Nothing, or a failed check where the units or clusters on one side are very few: what one alone had of luck is
    counted as effect, with no error for it."""
    fewest = min(treated, others)
    return () if fewest >= FEWEST_A_SIDE else (Diagnostic("fewest_clusters", fewest, FEWEST_A_SIDE, False),)


def with_checks(found: Estimate, *checks: Diagnostic) -> Estimate:
    """The estimate with more diagnostics."""
    return replace(found, diagnostics=(*found.diagnostics, *checks))


def se_of_mean(influence: Floats, cluster: Ints | None) -> float:
    """Standard error of a mean of influence values (n,), summed within clusters when there are any.

    Raises CannotEstimate("one_cluster") when all belong to the same.
    """
    count = len(influence)
    centred = influence - influence.mean()
    if cluster is not None:
        _codes, position = np.unique(cluster, return_inverse=True)
        centred = np.bincount(position, centred)
        if len(centred) < 2:
            raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
        return float(np.sqrt((centred**2).sum() * len(centred) / (len(centred) - 1)) / count)
    return float(np.sqrt((centred**2).sum() / (count - 1) / count)) if count > 1 else float("nan")


def varies(x: Floats) -> Flags:
    """Whether each column takes more than one value. Looks at all rows only where the first ones are all alike."""
    found = (x[:SAMPLE] != x[0]).any(axis=0)
    for column in np.flatnonzero(~found):
        found[column] = (x[:, column] != x[0, column]).any()
    return np.asarray(found)


def _all_finite(values: Floats) -> bool:
    """A finite sum has only finite terms; an infinite one is looked into."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum()) or np.isfinite(values).all())


@dataclass(frozen=True, slots=True)
class Scale:
    """Where each column is moved and how it is shrunk before it enters an equation, so that no digits are lost.

    Taken from a part of the rows: it need only be near the means and spreads; the answers do not depend on it.
    """

    shift: Floats
    spread: Floats

    @classmethod
    def of(cls, x: Floats) -> Scale:
        """From some rows spread over all of x."""
        some = x[:: max(1, len(x) // SAMPLE)]
        spread = some.std(axis=0)
        return cls(some.mean(axis=0), np.where(spread > 0, spread, 1.0))

    def design(self, x: Floats) -> Floats:
        """A column of ones and x on this scale: rows × (k+1)."""
        out = np.empty((len(x), x.shape[1] + 1))
        out[:, 0] = 1.0
        np.subtract(x, self.shift, out=out[:, 1:])
        out[:, 1:] *= 1.0 / self.spread
        return out

    def back(self, coefficients: Floats) -> Floats:
        """Coefficients on x itself, the constant first."""
        slopes = coefficients[1:] / self.spread
        return np.concatenate([[coefficients[0] - self.shift @ slopes], slopes])

    def forth(self, coefficients: Floats) -> Floats:
        """Coefficients on the scale, from those on x itself."""
        slopes = coefficients[1:]
        return np.concatenate([[coefficients[0] + self.shift @ slopes], slopes * self.spread])


def gram_of(x: Floats, scale: Scale, weight: Floats) -> Floats:
    """zᵀ diag(weight) z with z = [1, x on the scale]: (k+1) × (k+1). Weights at least 0."""

    def part(rows: slice) -> Floats:
        design = scale.design(x[rows])
        design *= np.sqrt(weight[rows])[:, None]
        return np.asarray(design.T @ design)

    return np.asarray(sum(over_blocks(len(weight), part), np.zeros((x.shape[1] + 1,) * 2)))


def sums_of(x: Floats, scale: Scale, values: Floats) -> Floats:
    """zᵀ values with z = [1, x on the scale]: (k+1,), or (k+1) × m for m columns of values."""

    def part(rows: slice) -> Floats:
        return np.asarray(scale.design(x[rows]).T @ values[rows])

    return np.asarray(sum(over_blocks(len(values), part), np.zeros((x.shape[1] + 1, *values.shape[1:]))))


def on_scale(x: Floats, scale: Scale, coefficients: Floats) -> Floats:
    """z times coefficients stated on the scale: (n,)."""
    return linear(x, scale.back(coefficients))


def weighted_gram(x: Floats, weight: Floats) -> Floats:
    """xᵀ diag(weight) x, with a column of ones before x: (k+1) × (k+1); rows at a time. Weights at least 0."""
    return gram_of(x, Scale(np.zeros(x.shape[1]), np.ones(x.shape[1])), weight)


def solve(matrix: Floats, right: Floats) -> Floats:
    """The solution of a symmetric positive system, brought to one scale first. Raises CannotEstimate("singular")."""
    return np.asarray(_even(matrix, right))


def inverse(matrix: Floats) -> Floats:
    """The inverse of a symmetric positive matrix. Raises CannotEstimate("singular")."""
    return np.asarray(_even(matrix, np.eye(len(matrix))))


def _even(matrix: Floats, right: Floats) -> Floats:
    size = np.sqrt(np.diagonal(matrix))
    if not (np.isfinite(matrix).all() and (size > 0).all()):
        raise CannotEstimate("singular", SAME_TWICE)
    even = matrix / np.outer(size, size)
    if np.linalg.cond(even) > SINGULAR:
        raise CannotEstimate("singular", SAME_TWICE)
    by = size if right.ndim == 1 else size[:, None]
    return np.asarray(np.linalg.solve(even, right / by) / by)


SAME_TWICE = "the covariates say the same twice, or one of them nothing; leave one of them out"


def least_squares(x: Floats, y: Floats, weight: Floats | None = None) -> Floats:
    """Coefficients of y on a constant and x: (k+1,), with weights at least 0. Raises CannotEstimate("singular")."""
    weight = np.ones(len(y)) if weight is None else weight
    scale = Scale.of(x)
    return scale.back(solve(gram_of(x, scale, weight), sums_of(x, scale, y * weight)))


def linear(x: Floats, coefficients: Floats) -> Floats:
    """The constant and x times the coefficients."""
    out = x @ coefficients[1:]
    out += coefficients[0]
    return np.asarray(out)


def steady_linear(x: Floats, coefficients: Floats) -> Floats:
    """The same, with the columns added one after the other: rows that are alike get the very same number.

    (A matrix product rounds a row by where it stands, so that units alike would no longer be equally near.)
    """
    out = np.empty(len(x))

    def part(rows: slice) -> None:
        own = out[rows]
        own[:] = coefficients[0]
        for column, slope in enumerate(coefficients[1:].tolist()):
            own += x[rows, column] * slope

    for _done in over_blocks(len(x), part):
        pass
    return out
