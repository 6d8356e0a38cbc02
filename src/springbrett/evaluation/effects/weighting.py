"""Weights that make the comparison group look like those who took part: by the score, or by balancing the means."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison, estimate_of, moments, se_of_mean, solve, weighted_gram
from springbrett.evaluation.effects.diagnostics import balance_diagnostics, overlap_diagnostic
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Floats
from springbrett.evaluation.effects.score import WARM_ROWS, WARM_SHARE, Score, logit_score

UNCONFOUNDED = ("selection_on_observed", "overlap")


def inverse_probability(data: Comparison, *, estimand: Estimand = Estimand.ATT) -> Estimate:
    """Inverse-probability weighting with weights that sum to one (Hájek), score by logit.

    ATT weights the comparison by p/(1−p); ATE both groups by 1/p and 1/(1−p); ATO both by the other's chance (Li,
    Morgan & Zaslavsky 2018). Standard error by the influence function, with the estimated score counted in.
    Raises CannotEstimate: no_overlap, singular, not_supported.
    """
    data = data.informative()
    score = logit_score(data.x, data.treated)
    weight_treated, weight_other = score_weights(score.chance, estimand)
    d = data.treated.astype(np.float64)
    w1, w0 = d * weight_treated, (1 - d) * weight_other
    mean1, mean0 = w1 @ data.y / w1.sum(), w0 @ data.y / w0.sum()
    psi = w1 / w1.mean() * (data.y - mean1) - w0 / w0.mean() * (data.y - mean0)
    psi = psi + _score_correction(data, score, estimand, (mean1, mean0), (w1.mean(), w0.mean()))
    found = estimate_of(data, mean1 - mean0, se_of_mean(psi, data.cluster), estimand=estimand,
                        method="inverse_probability", assumptions=UNCONFOUNDED)  # fmt: skip
    checks = (overlap_diagnostic(score.chance, data.treated), *balance_diagnostics(data, w1 + w0))
    return replace(found, diagnostics=checks)


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
    gradient = moments(score.x, change) / len(p)
    influence = solve(score.information / len(p), gradient)
    return np.asarray((d - p) * (influence[0] + score.x @ influence[1:]))


@dataclass(frozen=True, slots=True)
class Balanced:
    """Weights of the comparison units (sum 1) whose means equal those of the treated, and how far off they are."""

    weight: Floats
    largest_gap: float


def entropy_weights(x: Floats, target: Floats) -> Balanced:
    """Weights as even as they can be with Σ w x = `target` (Hainmueller 2012), by Newton on the dual.

    x: comparison units (n × k). Raises CannotEstimate("no_overlap") when no weights reach the target.
    """
    spread = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    z = (x - target) / spread
    beta = np.zeros(x.shape[1])
    if len(z) > WARM_SHARE * WARM_ROWS:
        rows = np.linspace(0, len(z) - 1, WARM_ROWS).astype(np.int64)
        beta = _dual(z[rows], beta)
    beta = _dual(z, beta)
    weight, _level = _tilt(z, beta)
    return Balanced(weight, float(np.abs(weight @ z).max(initial=0.0)))


def _tilt(z: Floats, beta: Floats) -> tuple[Floats, float]:
    exponent = z @ beta
    top = exponent.max(initial=0.0)
    weight = np.exp(exponent - top)
    total = weight.sum()
    return np.asarray(weight / total), float(np.log(total) + top)


def _dual(z: Floats, beta: Floats) -> Floats:
    """Minimise log Σ exp(zβ): its gradient is the gap in the means, its curvature their weighted covariance."""
    weight, level = _tilt(z, beta)
    for _step in range(100):
        gram = weighted_gram(z, weight)
        gap = gram[0, 1:]
        if np.abs(gap).max(initial=0.0) < 1e-9:
            return beta
        curvature = gram[1:, 1:] - np.outer(gap, gap)
        step = solve(curvature + 1e-12 * np.eye(len(gap)), gap)
        length = 1.0
        while True:
            tried = beta - length * step
            weight, reached = _tilt(z, tried)
            if reached <= level - 1e-4 * length * float(gap @ step) or length < 1e-6:
                break
            length /= 2
        beta, level = tried, reached
        if np.abs(beta).max() > 1e3:
            break
    raise CannotEstimate("no_overlap", "no weights make the comparison look like those who took part")


def entropy_balancing(data: Comparison) -> Estimate:
    """ATT with the comparison's covariate means made equal to those of the treated.

    Doubly robust for a linear outcome (Zhao & Percival 2017); the standard error is that of the weighted regression's
    influence. Raises CannotEstimate: no_overlap, singular.
    """
    data = data.informative()
    d = data.treated
    balanced = entropy_weights(data.x[~d], data.x[d].mean(axis=0))
    share = d.mean()
    weight = np.where(d, 1.0, 0.0)
    weight[~d] = balanced.weight * d.sum()
    beta = solve(weighted_gram(data.x[~d], balanced.weight), moments(data.x[~d], balanced.weight * data.y[~d]))
    residual = data.y - beta[0] - data.x @ beta[1:]
    value = data.y[d].mean() - balanced.weight @ data.y[~d]
    psi = np.where(d, residual - value, -weight * residual) / share
    found = estimate_of(data, value, se_of_mean(psi, data.cluster), estimand=Estimand.ATT, method="entropy_balancing",
                        assumptions=UNCONFOUNDED)  # fmt: skip
    return replace(found, diagnostics=balance_diagnostics(data, weight))
