"""Weights that make the comparison group look like those who took part: by the score, or by balancing the means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.blocks import blocks, over_blocks
from springbrett.evaluation.effects.comparison import (
    Comparison,
    Scale,
    estimate_of,
    gram_of,
    se_of_mean,
    solve,
    sums_of,
    with_checks,
)
from springbrett.evaluation.effects.diagnostics import balance_diagnostics, overlap_diagnostic
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Floats
from springbrett.evaluation.effects.score import WARM_ROWS, WARM_SHARE, Score, logit_score

UNCONFOUNDED = ("selection_on_observed", "overlap", "no_spillover")
BALANCED, FARTHEST, ROUNDS = 1e-10, 1e3, 100


def inverse_probability(data: Comparison, *, estimand: Estimand = Estimand.ATT) -> Estimate:
    """Inverse-probability weighting with weights that sum to one (Hájek), score by logit.

    ATT weights the comparison by p/(1−p); ATE both groups by 1/p and 1/(1−p); ATO both by the other's chance (Li,
    Morgan & Zaslavsky 2018). Standard error by the influence function, with the estimated score counted in (Lunceford
    & Davidian 2004); by clusters when the data has them. Assumes selection on what is observed, overlap, and a right
    score. Raises CannotEstimate: no_overlap, singular, not_supported, one_cluster.
    """
    data = data.informative()
    score = logit_score(data.x, data.treated, data.names)
    weight_treated, weight_other = score_weights(score.chance, estimand)
    d = data.treated.astype(np.float64)
    w1, w0 = d * weight_treated, (1 - d) * weight_other
    mean1, mean0 = w1 @ data.y / w1.sum(), w0 @ data.y / w0.sum()
    psi = w1 / w1.mean() * (data.y - mean1) - w0 / w0.mean() * (data.y - mean0)
    psi += _score_correction(data, score, estimand, (mean1, mean0), (w1.mean(), w0.mean()))
    found = estimate_of(data, mean1 - mean0, se_of_mean(psi, data.cluster), estimand=estimand,
                        method="inverse_probability", assumptions=UNCONFOUNDED)  # fmt: skip
    checks = (overlap_diagnostic(score.chance, data.treated), *balance_diagnostics(data, w1 + w0))
    return with_checks(found, *checks)


def score_weights(chance: Floats, estimand: Estimand) -> tuple[Floats, Floats]:
    """Weights for those who took part and for the others. Raises CannotEstimate("not_supported")."""
    if estimand is Estimand.ATT:
        return np.ones(len(chance)), chance / (1 - chance)
    if estimand is Estimand.ATE:
        return 1 / chance, 1 / (1 - chance)
    if estimand is Estimand.ATO:
        return 1 - chance, chance
    raise CannotEstimate("not_supported", f"weighting does not estimate {estimand.value}")


def _score_correction(
    data: Comparison, score: Score, estimand: Estimand, means: tuple[float, float], scales: tuple[float, float]
) -> Floats:  # fmt: skip
    """What estimating the score adds to each unit's influence: slope of the moments × the score's own influence."""
    p, d = score.chance, data.treated.astype(np.float64)
    slopes = {
        Estimand.ATT: (np.zeros(len(p)), p / (1 - p)),
        Estimand.ATE: (-(1 - p) / p, p / (1 - p)),
        Estimand.ATO: (-p * (1 - p), p * (1 - p)),
    }[estimand]
    change = d * slopes[0] * (data.y - means[0]) / scales[0] - (1 - d) * slopes[1] * (data.y - means[1]) / scales[1]
    return score.influence(data.x, d, sums_of(data.x, score.scale, change) / len(p))


@dataclass(frozen=True, slots=True)
class Balanced:
    """Weights (sum 1; 0 outside the comparison) whose means equal the target, and how far off they are at most, in
    spreads of the covariate."""

    weight: Floats
    largest_gap: float


def entropy_weights(x: Floats, target: Floats, base: Floats | None = None) -> Balanced:
    """Weights as near `base` as they can be (none: even) with Σ w x = `target` (Hainmueller 2012), by Newton on the
    dual; what is left of a gap is below 1e-10 spreads.

    x: units (n × k); `base` (n,) at least 0, 0 for units that get none. Raises CannotEstimate: no_overlap (no weights
    reach the target), singular (covariates that say the same twice, or nothing among those weighted).
    """
    base = np.ones(len(x)) if base is None else base
    if not (base >= 0).all() or not base.any():
        raise CannotEstimate("bad_input", "weights to begin with are at least 0, and not all of them 0")
    scale = Scale(target, Scale.of(x).spread)
    beta = np.zeros(x.shape[1])
    held = np.flatnonzero(base) if len(x) > WARM_SHARE * WARM_ROWS else np.zeros(0, np.int64)
    if len(held) > WARM_ROWS:
        rows = held[np.linspace(0, len(held) - 1, WARM_ROWS).astype(np.int64)]
        try:
            beta = _dual(x[rows], base[rows], scale, beta)[0]
        except CannotEstimate:
            beta = np.zeros(x.shape[1])
    _beta, tilted = _dual(x, base, scale, beta)
    return Balanced(tilted.weight, float(np.abs(tilted.gap).max(initial=0.0)))


@dataclass(frozen=True, slots=True)
class _Tilted:
    """The weights at some coefficients, the log of their sum, the gap they leave and its curvature."""

    weight: Floats
    level: float
    gap: Floats
    curvature: Floats


def _tilted(x: Floats, base: Floats, scale: Scale, beta: Floats) -> _Tilted:
    """One pass over the rows; each block holds its exponents against its own highest, so that none overflows."""
    weight, tilt = np.empty(len(x)), np.concatenate([[0.0], beta])

    def part(rows: slice) -> tuple[float, Floats]:
        design = scale.design(x[rows])
        exponent = design @ tilt
        top = float(exponent.max())
        own = np.exp(exponent - top) * base[rows]
        weight[rows] = own
        design *= np.sqrt(own)[:, None]
        return top, design.T @ design

    found = list(over_blocks(len(x), part))
    height = max(top for top, _gram in found)
    shrink = [np.exp(top - height) for top, _gram in found]
    gram = sum((gram * by for (_top, gram), by in zip(found, shrink, strict=True)), np.zeros((len(tilt),) * 2))
    total = float(gram[0, 0])
    if not 0 < total < np.inf:
        return _Tilted(weight, np.inf, np.full(len(beta), np.inf), gram[1:, 1:])
    for rows, by in zip(blocks(len(x)), shrink, strict=True):
        weight[rows] *= by / total
    gap = gram[0, 1:] / total
    return _Tilted(weight, float(np.log(total)) + height, gap, gram[1:, 1:] / total - np.outer(gap, gap))


def _dual(x: Floats, base: Floats, scale: Scale, beta: Floats) -> tuple[Floats, _Tilted]:
    """Minimise log Σ b exp(zβ): its gradient is the gap in the means, its curvature their weighted covariance."""
    here = _tilted(x, base, scale, beta)
    for number in range(ROUNDS):
        if np.abs(here.gap).max(initial=0.0) < BALANCED:
            return beta, here
        try:
            step = solve(here.curvature, here.gap)
        except CannotEstimate:
            if number == 0:
                raise
            break
        length = 1.0
        there = _tilted(x, base, scale, beta - step)
        while there.level > here.level - 1e-4 * length * float(here.gap @ step) + 1e-13 and length > 1e-6:
            length /= 2
            there = _tilted(x, base, scale, beta - length * step)
        beta, here = beta - length * step, there
        if np.abs(beta).max() > FARTHEST:
            break
    raise CannotEstimate("no_overlap", "no weights make the comparison look like those who took part")


def entropy_balancing(data: Comparison) -> Estimate:
    """ATT with the comparison's covariate means made equal to those of the treated (Hainmueller 2012).

    Right when either the log odds of taking part or the outcome without it is a line in the covariates (Zhao &
    Percival 2017); the standard error is that of the weighted regression's influence, by clusters when the data has
    them. Raises CannotEstimate: no_overlap, singular, one_cluster.
    """
    data = data.informative()
    d = data.treated
    balanced = entropy_weights(data.x, data.x[d].mean(axis=0), (~d).astype(np.float64))
    residual = data.y - _line(data, balanced.weight)
    value = float(data.y[d].mean() - balanced.weight @ data.y)
    weight = np.where(d, 1.0, balanced.weight * data.n_treated)
    psi = np.where(d, residual - value, -weight * residual) / d.mean()
    found = estimate_of(data, value, se_of_mean(psi, data.cluster), estimand=Estimand.ATT, method="entropy_balancing",
                        assumptions=UNCONFOUNDED)  # fmt: skip
    return with_checks(found, *balance_diagnostics(data, weight))


def _line(data: Comparison, weight: Floats) -> Floats:
    """The weighted least-squares line through the comparison, for everybody."""
    scale = Scale.of(data.x)
    beta = scale.back(solve(gram_of(data.x, scale, weight), sums_of(data.x, scale, weight * data.y)))
    return np.asarray(beta[0] + data.x @ beta[1:])
