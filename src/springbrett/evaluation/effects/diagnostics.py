"""How a comparison looks: balance of the covariates, overlap of the scores, and how much the weights cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.blocks import over_blocks
from springbrett.evaluation.effects.comparison import Comparison, Scale
from springbrett.evaluation.effects.records import Diagnostic, Flags, Floats

LARGEST_GAP = 0.1
"""Standardised difference above which a covariate is not balanced (Austin 2009)."""
LEAST_OVERLAP = 0.9
"""The share of the treated whose score some comparison unit comes near."""
NEAR = 0.01
HEAVIEST = 0.1
"""The share of the comparison's whole weight that one unit may carry."""


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One covariate: means of the treated and the comparison (weighted), the standardised difference, and how many
    times as large the treated's variance is as the comparison's (weighted; NaN when the comparison has none)."""

    name: str
    treated: float
    comparison: float
    standardised: float
    variance_ratio: float


def balance_table(data: Comparison, weight: Floats | None = None) -> tuple[BalanceRow, ...]:
    """Every covariate; `weight` (n,) at least 0, or none. Standardised by the root of the mean of the two groups'
    unweighted variances, so that weighting cannot hide a gap by shrinking or widening the measure of it."""
    d = data.treated.astype(np.float64)
    w = np.ones(len(d)) if weight is None else weight
    groups = np.column_stack([d * w, (1 - d) * w, d, 1 - d])
    scale = Scale.of(data.x)
    width = len(data.names)
    first, second = np.zeros((4, width)), np.zeros((4, width))

    def sums(rows: slice) -> tuple[Floats, Floats]:
        part = scale.design(data.x[rows])[:, 1:]
        return groups[rows].T @ part, groups[rows].T @ part**2

    for plain, squared in over_blocks(len(d), sums):
        first, second = first + plain, second + squared
    total = groups.sum(axis=0)[:, None]
    mean, variance = first / total, second / total - (first / total) ** 2
    spread = np.sqrt(np.maximum(variance[2] + variance[3], 0.0) / 2)
    gap = np.divide(mean[0] - mean[1], spread, out=np.zeros(width), where=spread > 1e-9)
    ratio = np.divide(variance[0], variance[1], out=np.full(width, np.nan), where=variance[1] > 1e-12)
    held = (mean[:2] * scale.spread + scale.shift).tolist()
    return tuple(BalanceRow(*row) for row in zip(data.names, *held, gap.tolist(), ratio.tolist(), strict=True))


def balance_diagnostics(data: Comparison, weight: Floats) -> tuple[Diagnostic, ...]:
    """The largest standardised difference after weighting, how many even units the comparison's weights equal, and
    the share of the weight on the heaviest of them."""
    rows = balance_table(data, weight)
    worst = max(rows, key=lambda row: abs(row.standardised), default=None)
    w0 = weight[~data.treated]
    effective = float(w0.sum() ** 2 / (w0**2).sum())
    heaviest = float(w0.max() / w0.sum())
    costs = (Diagnostic("effective_comparison", effective, facts={"units": len(w0)}),
             Diagnostic("heaviest_weight", heaviest, HEAVIEST, heaviest <= HEAVIEST))  # fmt: skip
    if worst is None:
        return costs
    gap = abs(worst.standardised)
    return (Diagnostic("balance", gap, LARGEST_GAP, gap <= LARGEST_GAP, {"covariate": worst.name}), *costs)


def overlap_diagnostic(chance: Floats, treated: Flags) -> Diagnostic:
    """The share of the treated with a comparison unit within a percentage point of their score."""
    own = np.sort(chance[treated])
    share = float((gap_to_nearest(own, chance[~treated]) <= NEAR).mean())
    return Diagnostic("overlap", share, LEAST_OVERLAP, share >= LEAST_OVERLAP,
                      {"highest_score": float(chance.max()), "lowest_score": float(chance.min())})  # fmt: skip


def gap_to_nearest(own: Floats, others: Floats) -> Floats:
    """How far each of `own` is from the nearest of `others`."""
    others = np.sort(others)
    place = np.searchsorted(others, own)
    below = np.abs(own - others[np.maximum(place - 1, 0)])
    above = np.abs(own - others[np.minimum(place, len(others) - 1)])
    return np.asarray(np.minimum(below, above))
