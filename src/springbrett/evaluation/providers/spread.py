"""How much units truly differ, apart from chance, and what that says of each: between-unit variance and shrinkage.

On any scale where each unit has a value and a sampling variance: shares, effects of offices, log odds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize

from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.records import CannotEstimate, Floats

Method = Literal["reml", "ml", "paule_mandel", "moments"]
STEPS, CLOSE = 500, 1e-10
FEWEST_TO_SHRINK = 4
"""Morris' correction divides by the number of units minus three."""


@dataclass(frozen=True, slots=True)
class Spread:
    """`variance` between units (≥ 0) by `method`; `mean` (weighted by certainty) with `se`; `q` Cochran's heterogeneity
    with `units` − 1 degrees of freedom; `share`: the part of the variation that is not chance (I², 0–1)."""

    variance: float
    mean: float
    se: float
    q: float
    share: float
    units: int
    method: Method


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Each unit drawn toward the mean by as much as its own figure is uncertain. Arrays (units,); `pull` is the part
    (0–1) of the way; intervals at `level` count in that the mean and the spread are estimated (Morris 1983)."""

    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    pull: Floats
    spread: Spread
    level: float


def between_variance(value: Floats, variance: Floats, method: Method = "reml") -> Spread:
    """The variance between units, beyond their sampling `variance` (all > 0).

    "reml" restricted likelihood; "ml" likelihood; "paule_mandel" (1982) sets heterogeneity to its expectation;
    "moments" DerSimonian & Laird (1986). Raises CannotEstimate: too_few_clusters (fewer than two), bad_input,
    not_converged.
    """
    value, variance = np.asarray(value, np.float64), np.asarray(variance, np.float64)
    if value.shape != variance.shape or value.ndim != 1:
        raise CannotEstimate("bad_input", "values and variances have different lengths")
    if len(value) < 2:
        raise CannotEstimate("too_few_clusters", "one unit alone tells nothing of how units differ", units=len(value))
    if not (np.isfinite(value).all() and np.isfinite(variance).all() and (variance > 0).all()):
        raise CannotEstimate("bad_input", "every unit needs a value and a sampling variance above zero")
    if method not in _METHODS:
        raise CannotEstimate("not_supported", f"there is no {method!r}; choose among {', '.join(_METHODS)}")
    unit = float(variance.mean())  # so that what is near enough does not hang on the unit of the values
    found = unit * _METHODS[method](value / np.sqrt(unit), variance / unit)
    w = 1 / (variance + found)
    mean, se = float(w @ value / w.sum()), float(w.sum() ** -0.5)
    q, free = _heterogeneity(value, variance, 0.0), len(value) - 1
    share = max(0.0, (q - free) / q) if q > 0 else 0.0
    return Spread(found, mean, se, q, share, len(value), method)


def _heterogeneity(value: Floats, variance: Floats, between: float) -> float:
    w = 1 / (variance + between)
    return float(w @ (value - w @ value / w.sum()) ** 2)


def _moments(value: Floats, variance: Floats) -> float:
    w = 1 / variance
    scale = w.sum() - (w @ w) / w.sum()
    return max(0.0, float((_heterogeneity(value, variance, 0.0) - len(value) + 1) / scale))


def _paule_mandel(value: Floats, variance: Floats) -> float:
    free = len(value) - 1
    if _heterogeneity(value, variance, 0.0) <= free:
        return 0.0
    high = float(np.ptp(value) ** 2 * len(value) + variance.max())
    return float(optimize.brentq(lambda t: _heterogeneity(value, variance, t) - free, 0.0, high, xtol=1e-14))


def _likelihood(restricted: bool) -> Callable[[Floats, Floats], float]:
    def scoring(value: Floats, variance: Floats) -> float:
        """Fisher scoring, held at or above zero."""
        between = _moments(value, variance)
        for _step in range(STEPS):
            w = 1 / (variance + between)
            total, square = w.sum(), w @ w
            mean = w @ value / total
            gap = (w**2) @ (value - mean) ** 2
            if restricted:
                information = square - 2 * (w**3).sum() / total + (square / total) ** 2
                step = (gap - (total - square / total)) / information
            else:
                step = (gap - total) / square
            new = max(0.0, float(between + step))
            if abs(new - between) <= CLOSE * (1 + between):
                return new
            between = new
        raise CannotEstimate("not_converged", "the variance between units does not settle; use paule_mandel")

    return scoring


_METHODS: dict[Method, Callable[[Floats, Floats], float]] = {
    "reml": _likelihood(restricted=True),
    "ml": _likelihood(restricted=False),
    "paule_mandel": _paule_mandel,
    "moments": _moments,
}


def normal_shrinkage(value: Floats, se: Floats, *, method: Method = "reml", level: float = 0.95) -> Shrunk:
    """Empirical Bayes for values with normal errors (Morris 1983, eqs. 5.1–5.6).

    Equal errors give the James–Stein estimate of Efron & Morris (1975). Raises CannotEstimate: too_few_clusters
    (fewer than four units), bad_input, not_converged.
    """
    value, variance = np.asarray(value, np.float64), np.asarray(se, np.float64) ** 2
    if not (np.asarray(se, np.float64) > 0).all():
        raise CannotEstimate("bad_input", "every unit needs a value and a standard error above zero")
    units = len(value)
    if units < FEWEST_TO_SHRINK:
        raise CannotEstimate("too_few_clusters", "shrinkage needs at least four units", units=units)
    spread = between_variance(value, variance, method)
    total = variance + spread.variance
    pull = (units - 3) / (units - 1) * variance / total
    gap = value - spread.mean
    extra = 2 / (units - 3) * pull**2 * (variance.mean() + spread.variance) / total
    error = np.sqrt(variance * (1 - (units - 1) / units * pull) + extra * gap**2)
    shrunk = value - pull * gap
    half = z_of(level) * error
    return Shrunk(shrunk, error, shrunk - half, shrunk + half, pull, spread, level)
