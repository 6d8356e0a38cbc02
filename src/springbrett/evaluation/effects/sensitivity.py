"""How strong something unseen would have to be to take an estimate away, and how many findings survive being many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from scipy.stats import rankdata
from scipy.stats import t as student

from springbrett.evaluation.effects.comparison import check_level
from springbrett.evaluation.effects.entrance import numbers
from springbrett.evaluation.effects.records import CannotEstimate, Estimate, Floats


@dataclass(frozen=True, slots=True)
class UnseenConfounder:
    """Cinelli & Hazlett (2020): `robustness` is the share of what is left unexplained, in both taking part and the
    outcome, that something unseen would need to explain to bring the estimate to zero; `robustness_significance`: to
    make it no longer differ from zero at the level; `e_value` (VanderWeele & Ding 2017), for a ratio, NaN otherwise."""

    robustness: float
    robustness_significance: float
    e_value: float = float("nan")


def robustness_value(found: Estimate, degrees: int) -> UnseenConfounder:
    """How much an unseen confounder must explain. `degrees`: residual degrees of freedom of the estimate.

    Exact for a line by least squares; for other estimators a measure of the same kind. Raises
    CannotEstimate("bad_input") without a standard error.
    """
    if not (np.isfinite(found.se) and found.se > 0) or degrees < 2:
        raise CannotEstimate("bad_input", "an estimate without a standard error has no robustness value")
    partial = abs(found.value / found.se) / np.sqrt(degrees)
    critical = float(student.ppf(0.5 + found.level / 2, degrees - 1)) / np.sqrt(degrees - 1)
    return UnseenConfounder(_robustness(partial, 0.0), _robustness(partial, critical))


def _robustness(partial: float, critical: float) -> float:
    left = partial - critical
    if left <= 0:
        return 0.0
    if critical > 0 and partial > 1 / critical:
        return float((partial**2 - critical**2) / (1 + partial**2))
    return float((np.sqrt(left**4 + 4 * left**2) - left**2) / 2)


def e_value(ratio: float) -> float:
    """The least risk ratio with both taking part and the outcome that could make `ratio` out of nothing."""
    if not 0 < ratio < np.inf:
        raise CannotEstimate("bad_input", "a ratio is above zero, and known")
    up = ratio if ratio >= 1 else 1 / ratio
    return float(up + np.sqrt(up * (up - 1)))


def rosenbaum_gamma(gaps: Floats, *, level: float = 0.95, highest: float = 10.0) -> float:
    """The largest odds Γ of hidden bias at which matched pairs still tell a difference (Wilcoxon signed rank).

    `gaps`: treated minus match, one per pair. 1 when they do not even at Γ = 1; `highest` when they do throughout.
    """
    check_level(level)
    gaps = numbers(gaps, "the gap of a pair")
    if not np.isfinite(gaps).all():
        raise CannotEstimate("bad_input", "the gap of a pair is missing; leave that pair out first")
    values = gaps[gaps != 0]
    if len(values) < 2:
        raise CannotEstimate("empty_group", "there are no pairs that differ")
    order = rankdata(np.abs(values))
    statistic, total, squares = order[values > 0].sum(), order.sum(), (order**2).sum()
    critical = NormalDist().inv_cdf(level)

    def holds(gamma: float) -> bool:
        p = gamma / (1 + gamma)
        return bool((statistic - p * total) / np.sqrt(p * (1 - p) * squares) > critical)

    if not holds(1.0):
        return 1.0
    low, high = 1.0, highest
    if holds(high):
        return highest
    for _step in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def adjusted_p_values(p_values: Sequence[float], method: Literal["holm", "fdr"] = "holm") -> Floats:
    """P-values corrected for being many: Holm (1979) for any error, Benjamini & Hochberg (1995) for their share."""
    p = np.asarray(p_values, np.float64)
    if np.any((p < 0) | (p > 1)) or not np.isfinite(p).all():
        raise CannotEstimate("bad_input", "a p-value lies between 0 and 1")
    if method not in ("holm", "fdr"):
        raise CannotEstimate("not_supported", f"p-values are corrected by holm or fdr, not by {method!r}")
    count, order = len(p), np.argsort(p)
    rank = np.arange(1, count + 1)
    if method == "holm":
        stepped = np.maximum.accumulate(p[order] * (count - rank + 1))
    else:
        stepped = np.minimum.accumulate((p[order] * count / rank)[::-1])[::-1]
    out = np.empty(count)
    out[order] = np.minimum(stepped, 1.0)
    return out
