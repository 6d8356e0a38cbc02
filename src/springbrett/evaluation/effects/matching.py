"""Matching: each who took part stands beside those most like them; exact on strata, or nearest on the score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison, estimate_of, linear, se_of_mean
from springbrett.evaluation.effects.diagnostics import balance_diagnostics, overlap_diagnostic
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Floats, Ints
from springbrett.evaluation.effects.score import logit_score

UNCONFOUNDED = ("selection_on_observed", "overlap")


def exact_matching(data: Comparison, strata: Ints) -> Estimate:
    """ATT as the difference within strata, weighted by how many took part in each.

    Treated in strata without a comparison are left out, and the share kept is a diagnostic. Raises
    CannotEstimate("no_overlap") when none has one.
    """
    _codes, position = np.unique(strata, return_inverse=True)
    cells = int(position.max()) + 1
    d = data.treated
    n1, n0 = np.bincount(position[d], minlength=cells), np.bincount(position[~d], minlength=cells)
    usable = (n1 > 0) & (n0 > 0)
    if not usable.any():
        raise CannotEstimate("no_overlap", "no stratum holds both those who took part and others")
    sum0 = np.bincount(position[~d], data.y[~d], cells)
    mean0 = np.divide(sum0, n0, out=np.zeros(cells), where=n0 > 0)
    kept = usable[position]
    total = n1[usable].sum()
    gap = np.where(d, data.y - mean0[position], 0.0)
    value = gap[d & kept].sum() / total
    ratio = np.divide(n1, n0, out=np.zeros(cells), where=n0 > 0)
    weight = np.where(d, 1.0, ratio[position]) * kept
    own = np.where(d, gap - value, -ratio[position] * (data.y - mean0[position])) * kept
    own *= len(own) / total
    found = estimate_of(data, value, se_of_mean(own, data.cluster), estimand=Estimand.ATT, method="exact_matching",
                        assumptions=UNCONFOUNDED)  # fmt: skip
    share = float(total / data.n_treated)
    checks = (Diagnostic("matched_share", share, 0.9, share >= 0.9), *balance_diagnostics(data, weight))
    return replace(found, diagnostics=checks)


def nearest_on_score(data: Comparison, *, neighbours: int = 1, ties: bool = True) -> Estimate:
    """ATT by the `neighbours` comparison units nearest on the log odds of the score, with replacement.

    The log odds spread out what lies near 0 and 1 (Rosenbaum & Rubin 1985). `ties`: units with the very same score share one match. Standard error by Abadie & Imbens (2006), which allows
    matches to be used again, taking the score as known. Raises CannotEstimate: no_overlap, singular, bad_input.
    """
    if neighbours < 1 or neighbours > data.n_comparison:
        raise CannotEstimate("bad_input", "there must be at least one neighbour, and as many to choose among")
    data = data.informative()
    score = logit_score(data.x, data.treated)
    d = data.treated
    odds = linear(data.x, score.coefficients)
    own, other = odds[d], odds[~d]
    match, used = _match(own, other, data.y[~d], neighbours, ties=ties)
    gap = data.y[d] - match
    value = float(gap.mean())
    variance = _abadie_imbens(data, odds, gap - value, used)
    found = estimate_of(data, value, float(np.sqrt(variance)), estimand=Estimand.ATT, method="nearest_on_score",
                        assumptions=UNCONFOUNDED)  # fmt: skip
    weight = np.ones(len(d))
    weight[~d] = used
    checks = (overlap_diagnostic(score.chance, d), *balance_diagnostics(data, weight))
    return replace(found, diagnostics=checks)


def _match(own: Floats, other: Floats, y: Floats, neighbours: int, *, ties: bool) -> tuple[Floats, Floats]:
    """The mean outcome of each treated unit's neighbours, and how much each comparison unit is used."""
    order = np.argsort(other, kind="stable")
    scores, outcomes = other[order], y[order]
    totals = np.concatenate([[0.0], np.cumsum(outcomes)])
    low, high = _nearest(scores, own, neighbours)
    if ties:
        low, high = _with_ties(scores, own, low, high)
    count = high - low
    used = np.zeros(len(scores) + 1)
    np.add.at(used, low, 1.0 / count)
    np.add.at(used, high, -1.0 / count)
    weight = np.empty(len(scores))
    weight[order] = np.cumsum(used)[:-1]
    return (totals[high] - totals[low]) / count, weight


def _nearest(scores: Floats, own: Floats, neighbours: int) -> tuple[Ints, Ints]:
    """For each, the stretch [low, high) of the sorted scores that holds its nearest neighbours."""
    high = np.searchsorted(scores, own)
    low = high.copy()
    for _step in range(neighbours):
        left, right = np.maximum(low - 1, 0), np.minimum(high, len(scores) - 1)
        to_left = np.where(low > 0, own - scores[left], np.inf)
        to_right = np.where(high < len(scores), scores[right] - own, np.inf)
        go_left = to_left <= to_right
        low, high = low - go_left, high + ~go_left
    return low, high


def _with_ties(scores: Floats, own: Floats, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Widened to every unit as near as the farthest chosen one."""
    reach = np.maximum(own - scores[low], scores[high - 1] - own)
    return np.searchsorted(scores, own - reach - 1e-12), np.searchsorted(scores, own + reach + 1e-12, "right")


def _abadie_imbens(data: Comparison, odds: Floats, gap: Floats, used: Floats) -> float:
    """Variance of the ATT: spread of the effects, and of the outcome given the score, weighted by use."""
    d = data.treated
    spread = _local_variance(odds[~d], data.y[~d])
    total = (gap**2).sum() + ((used**2 - used) * spread).sum()
    return float(total / data.n_treated**2)


def _local_variance(score: Floats, y: Floats) -> Floats:
    """Each unit's outcome variance, from its nearest unit on the score in the same group."""
    order = np.argsort(score, kind="stable")
    s, v = score[order], y[order]
    before = np.concatenate([[np.inf], np.diff(s)])
    after = np.concatenate([np.diff(s), [np.inf]])
    step = np.where(before <= after, -1, 1)
    near = np.clip(np.arange(len(s)) + step, 0, len(s) - 1)
    out = np.empty(len(s))
    out[order] = (v - v[near]) ** 2 / 2
    return out
