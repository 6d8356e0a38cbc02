"""What several estimates say at once: bands that hold for a whole path, and joint tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.comparison import check_level
from springbrett.evaluation.effects.records import CannotEstimate, Floats

DRAWS = 1999
"""Draws of a bootstrap: with 1999, 5 % is a whole number of them."""
CHUNK = 1 << 22


class Multiplier(StrEnum):
    """How clusters' influences are shaken. Gaussian needs only the covariance: its draws are exactly N(0, V)."""

    GAUSSIAN = "gaussian"
    RADEMACHER = "rademacher"
    MAMMEN = "mammen"
    WEBB = "webb"


def multipliers(kind: Multiplier | str, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Independent draws with mean 0 and variance 1."""
    kind = Multiplier(kind)
    if kind is Multiplier.GAUSSIAN:
        return np.asarray(rng.standard_normal(shape))
    if kind is Multiplier.RADEMACHER:
        return np.asarray(rng.integers(0, 2, shape) * 2.0 - 1.0, np.float64)
    if kind is Multiplier.WEBB:
        points: Floats = np.sqrt(np.array([0.5, 1.0, 1.5]))
        six: Floats = np.concatenate([-points, points])
        return six[rng.integers(0, 6, shape)]
    root = np.sqrt(5.0)
    low = rng.random(shape) < (root + 1) / (2 * root)
    return np.asarray(np.where(low, (1 - root) / 2, (1 + root) / 2), np.float64)


@dataclass(frozen=True, slots=True)
class Band:
    """How a band is made: `draws` (0: none), `seed`, and the multiplier (None: Rademacher when clusters' influences are
    at hand, else Gaussian)."""

    draws: int = DRAWS
    seed: int = 1
    multiplier: Multiplier | None = None


def critical_value(covariance: Floats, *, level: float, band: Band, by_cluster: Floats | None = None) -> float:
    """How many standard errors wide a band must be to hold everywhere with probability `level` (sup-t).

    covariance K × K; `by_cluster` (clusters × K) influences.
    Raises CannotEstimate: not_supported (multipliers without clusters), no_variation.
    """
    check_level(level)
    draws = band.draws
    kind = Multiplier(band.multiplier or (Multiplier.GAUSSIAN if by_cluster is None else Multiplier.RADEMACHER))
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        raise CannotEstimate("no_variation", "an effect has no spread; no band can be made")
    rng = np.random.default_rng(band.seed)
    if kind is Multiplier.GAUSSIAN:
        values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        largest = np.abs(rng.standard_normal((draws, len(spread))) @ root.T).max(axis=1)
    elif by_cluster is None:
        raise CannotEstimate("not_supported", f"{kind} multipliers need clusters; use gaussian, or state the clusters")
    else:
        scaled = by_cluster / np.sqrt((by_cluster**2).sum(axis=0))
        step = max(1, CHUNK // len(scaled))
        largest = np.concatenate([
            np.abs(multipliers(kind, (min(step, draws - at), len(scaled)), rng) @ scaled).max(axis=1)
            for at in range(0, draws, step)
        ])  # fmt: skip
    return float(max(np.quantile(largest, level), stats.norm.ppf(0.5 + level / 2)))


def joint_test(value: Floats, covariance: Floats) -> tuple[float, int, float]:
    """Wald statistic, degrees of freedom and p-value that all values are zero.

    Directions without spread are left out, and the degrees of freedom with them. Raises CannotEstimate("no_variation").
    """
    scale = np.sqrt(np.diag(covariance))
    if not len(value) or not (scale > 0).any():
        raise CannotEstimate("no_variation", "there is nothing to test")
    scale = np.where(scale > 0, scale, 1.0)
    roots, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    kept = roots > 1e-10 * roots.max()
    statistic = float((((vectors.T @ (value / scale))[kept]) ** 2 / roots[kept]).sum())
    degrees = int(kept.sum())
    return statistic, degrees, float(stats.chi2.sf(statistic, degrees))
