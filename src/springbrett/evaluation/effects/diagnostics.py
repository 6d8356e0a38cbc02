"""How a comparison looks: balance of the covariates, overlap of the scores, and how much the weights cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.records import Diagnostic, Flags, Floats

LARGEST_GAP = 0.1
"""Standardised difference above which a covariate is not balanced (Austin 2009)."""
LEAST_OVERLAP = 0.9
"""The share of the treated whose score some comparison unit comes near."""
NEAR = 0.01


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One covariate: means of the treated and the comparison (weighted), and the standardised difference."""

    name: str
    treated: float
    comparison: float
    standardised: float


def balance_table(data: Comparison, weight: Floats | None = None) -> tuple[BalanceRow, ...]:
    """Every covariate; `weight` (n,) or none. Standardised by the spread among the treated, unweighted."""
    d = data.treated
    weight = np.ones(len(d)) if weight is None else weight
    mean1 = np.average(data.x[d], axis=0, weights=weight[d])
    mean0 = np.average(data.x[~d], axis=0, weights=weight[~d])
    spread = np.sqrt((data.x[d].var(axis=0) + data.x[~d].var(axis=0)) / 2)
    gap = np.divide(mean1 - mean0, spread, out=np.zeros(len(spread)), where=spread > 0)
    return tuple(BalanceRow(*row) for row in zip(data.names, *(a.tolist() for a in (mean1, mean0, gap)), strict=True))


def balance_diagnostics(data: Comparison, weight: Floats) -> tuple[Diagnostic, ...]:
    """The largest standardised difference after weighting, and how many even units the comparison's weights equal."""
    rows = balance_table(data, weight)
    worst = max(rows, key=lambda row: abs(row.standardised), default=None)
    w0 = weight[~data.treated]
    effective = float(w0.sum() ** 2 / (w0**2).sum())
    found = Diagnostic("effective_comparison", effective, facts={"units": len(w0)})
    if worst is None:
        return (found,)
    gap = abs(worst.standardised)
    return (Diagnostic("balance", gap, LARGEST_GAP, gap <= LARGEST_GAP, {"covariate": worst.name}), found)


def overlap_diagnostic(chance: Floats, treated: Flags) -> Diagnostic:
    """The share of the treated with a comparison unit within a percentage point of their score."""
    others = np.sort(chance[~treated])
    own = chance[treated]
    place = np.searchsorted(others, own)
    below = np.abs(own - others[np.maximum(place - 1, 0)])
    above = np.abs(own - others[np.minimum(place, len(others) - 1)])
    share = float((np.minimum(below, above) <= NEAR).mean())
    return Diagnostic("overlap", share, LEAST_OVERLAP, share >= LEAST_OVERLAP,
                      {"highest_score": float(chance.max()), "lowest_score": float(chance.min())})  # fmt: skip
