"""Funnel plots: how far from a target chance alone carries a provider of a given size (Spiegelhalter 2005)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.comparison import check_level, z_of
from springbrett.evaluation.effects.entrance import whole
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints
from springbrett.evaluation.providers.binomial import counted
from springbrett.evaluation.providers.spread import between_variance

Adjustment = Literal["none", "multiplicative", "additive"]
WINSORISED = 0.1


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """How much more providers vary than chance: `factor` multiplies the variance (1: none), `between` is a variance
    of true shares to add. `p_value`: of so much variation by chance alone."""

    factor: float
    between: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits of the share by number of stays, at two-sided `level`, around `centre`."""

    stays: Ints
    lower: Floats
    upper: Floats
    centre: float
    level: float
    adjustment: Adjustment


def exact_limits(stays: Ints, centre: float, level: float) -> tuple[Floats, Floats]:
    """Binomial limits with the interpolation of Spiegelhalter (2005, app. A.1.1), held within 0 and 1."""
    stays = np.asarray(stays)
    _check(stays, centre)
    limits = []
    for p in ((1 - level) / 2, (1 + level) / 2):
        r = stats.binom.ppf(p, stays, centre)
        at, before = stats.binom.cdf(r, stays, centre), stats.binom.cdf(r - 1, stays, centre)
        limits.append(np.clip((r - (at - p) / (at - before)) / stays, 0.0, 1.0))
    return np.asarray(limits[0]), np.asarray(limits[1])


def overdispersion(successes: Ints, stays: Ints, centre: float) -> Overdispersion:
    """By z-scores around `centre`, the outer tenth on either side pulled in (winsorised), and by moments of the shares.

    Raises CannotEstimate: too_few_clusters (fewer than two providers), bad_input.
    """
    _check(np.asarray(stays), centre)
    successes, stays = counted(successes, stays)
    if len(stays) < 2:
        raise CannotEstimate("too_few_clusters", "one provider tells nothing of how providers vary", units=len(stays))
    variance = centre * (1 - centre) / stays
    z = (successes / stays - centre) / np.sqrt(variance)
    low, high = np.quantile(z, (WINSORISED, 1 - WINSORISED))
    factor = max(1.0, float((np.clip(z, low, high) ** 2).mean()))
    between = between_variance(successes / stays, variance, "moments").variance
    return Overdispersion(factor, between, float(stats.chi2.sf((z**2).sum(), len(z))))


def funnel(
    stays: Ints, centre: float, *, level: float = 0.95, adjustment: Adjustment = "none",
    found: Overdispersion | None = None,
) -> Funnel:  # fmt: skip
    """The limits. With an adjustment the normal approximation is used, widened by `found`.

    Raises CannotEstimate("bad_input") for an adjustment without what was found, a centre not between 0 and 1, or no
    stays.
    """
    stays = whole(stays, "stays")
    if adjustment not in ("none", "multiplicative", "additive"):
        raise CannotEstimate("not_supported", f"a funnel is not widened by {adjustment!r}")
    check_level(level)
    if adjustment == "none":
        lower, upper = exact_limits(stays, centre, level)
        return Funnel(stays, lower, upper, centre, level, adjustment)
    _check(stays, centre)
    if found is None:
        raise CannotEstimate("bad_input", "limits for over-dispersion need to know how much of it there is")
    variance = centre * (1 - centre) / stays
    variance = variance * found.factor if adjustment == "multiplicative" else variance + found.between
    half = z_of(level) * np.sqrt(variance)
    return Funnel(stays, np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1), centre, level, adjustment)


def _check(stays: Ints, centre: float) -> None:
    if not 0 < centre < 1:
        raise CannotEstimate("bad_input", "the centre of a funnel lies between 0 and 1", centre=centre)
    if stays.size == 0 or (stays < 1).any():
        raise CannotEstimate("bad_input", "a funnel is drawn for one stay or more")
