"""What the estimators of one effect take in, and the small linear algebra they share."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Flags, Floats, Ints

ROWS = 1 << 17
"""Rows at a time: what fits in the processor's cache is fast and needs no copy of the whole."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """n units: outcome `y`, whether `treated`, covariates `x` (n × k, known before the start) with `names`.

    `cluster` numbers the groups within which units hang together (None: every unit by itself). Raises CannotEstimate:
    bad_input (shapes, missing values), no_treated, no_comparison.
    """

    y: Floats
    treated: Flags
    x: Floats
    names: tuple[str, ...]
    cluster: Ints | None = None

    def __post_init__(self) -> None:
        count = len(self.y)
        if self.treated.shape != (count,) or self.x.shape != (count, len(self.names)):
            raise CannotEstimate("bad_input", "outcome, treated and covariates have different lengths")
        if not (np.isfinite(self.y).all() and np.isfinite(self.x).all()):
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
        keep = np.ptp(self.x, axis=0) > 0 if self.x.shape[1] else np.zeros(0, bool)
        if keep.all():
            return self
        names = tuple(name for name, kept in zip(self.names, keep, strict=True) if kept)
        return Comparison(self.y, self.treated, self.x[:, keep], names, self.cluster)


def z_of(level: float) -> float:
    """The two-sided normal quantile: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def estimate_of(
    data: Comparison, value: float, se: float, *, estimand: Estimand, method: str, assumptions: tuple[str, ...],
    level: float = 0.95,
) -> Estimate:  # fmt: skip
    """An estimate with a normal interval and p-value. `se` NaN gives neither."""
    half = z_of(level) * se
    p = 2 * (1 - NormalDist().cdf(abs(value / se))) if np.isfinite(se) and se > 0 else None
    return Estimate(
        estimand=estimand, method=method, value=float(value), se=float(se),
        interval=(float(value - half), float(value + half)), n_treated=data.n_treated,
        n_comparison=data.n_comparison, level=level, p_value=p, assumptions=assumptions,
    )  # fmt: skip


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


def standardised(x: Floats) -> tuple[Floats, Floats, Floats]:
    """x with mean 0 and spread 1 by column, and the means and spreads taken out."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return (x - mean) / spread, mean, spread


def weighted_gram(x: Floats, weight: Floats) -> Floats:
    """xᵀ diag(weight) x, with a column of ones before x: (k+1) × (k+1); rows at a time."""
    width = x.shape[1] + 1
    total = np.zeros((width, width))
    for first in range(0, len(weight), ROWS):
        part, w = x[first : first + ROWS], weight[first : first + ROWS]
        scaled = part * w[:, None]
        total[1:, 1:] += part.T @ scaled
        total[0, 1:] += scaled.sum(axis=0)
        total[0, 0] += w.sum()
    total[1:, 0] = total[0, 1:]
    return total


def moments(x: Floats, values: Floats) -> Floats:
    """[1, x]ᵀ values: (k+1,)."""
    return np.concatenate([[values.sum()], x.T @ values])


def solve(matrix: Floats, right: Floats) -> Floats:
    """The solution of a symmetric system. Raises CannotEstimate("singular")."""
    try:
        found = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        raise CannotEstimate("singular", "the covariates say the same twice; leave one of them out") from None
    if not np.isfinite(found).all() or np.linalg.cond(matrix) > 1e14:
        raise CannotEstimate("singular", "the covariates say the same twice; leave one of them out")
    return np.asarray(found)


def least_squares(x: Floats, y: Floats, weight: Floats | None = None) -> Floats:
    """Coefficients of y on a constant and x: (k+1,). Raises CannotEstimate("singular")."""
    ones = np.ones(len(y)) if weight is None else weight
    return solve(weighted_gram(x, ones), moments(x, y * ones))


def linear(x: Floats, coefficients: Floats) -> Floats:
    """The constant and x times the coefficients."""
    return np.asarray(coefficients[0] + x @ coefficients[1:])
