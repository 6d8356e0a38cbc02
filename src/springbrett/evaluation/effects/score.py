"""The chance of taking part, given what was known before: a logistic score by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.comparison import ROWS, linear, moments, solve, standardised, weighted_gram
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats

STEPS, TOLERANCE, SHORTEST = 50, 1e-8, 1e-4
SEPARATED, FARTHEST = 1e-7, 1e4
WARM_ROWS = 200_000
WARM_SHARE = 4


@dataclass(frozen=True, slots=True)
class Score:
    """`chance` (n,) of taking part; `coefficients` (k+1,) on the scale of x, the constant first; `information`
    (k+1) × (k+1) on the standardised scale, with `x` standardised as it was used."""

    chance: Floats
    coefficients: Floats
    information: Floats
    x: Floats


def logit_score(x: Floats, treated: Flags) -> Score:
    """The maximum-likelihood logistic score. Large data begin from a part of the rows; the end is that of all of them.

    Raises CannotEstimate: no_overlap (a covariate tells the two groups wholly apart), singular.
    """
    z, mean, spread = standardised(x)
    start = np.zeros(z.shape[1] + 1)
    share = treated.mean()
    start[0] = np.log(share / (1 - share))
    if len(treated) > WARM_SHARE * WARM_ROWS:
        rows = np.linspace(0, len(treated) - 1, WARM_ROWS).astype(np.int64)
        if 0 < treated[rows].sum() < len(rows):
            start = _newton(z[rows], treated[rows].astype(np.float64), start)[0]
    found, information = _newton(z, treated.astype(np.float64), start)
    chance = _chance(z, found)
    slopes = found[1:] / spread
    return Score(chance, np.concatenate([[found[0] - mean @ slopes], slopes]), information, z)


def _newton(z: Floats, y: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Newton with the step halved until the likelihood rises: rare participation makes the first step too long."""
    p = _chance(z, beta)
    level = _log_likelihood(p, y)
    for _step in range(STEPS):
        information = weighted_gram(z, p * (1 - p))
        if level > -SEPARATED * len(y) or not information[0, 0] > 0:
            raise CannotEstimate("no_overlap", "the covariates tell the two groups wholly apart")
        step = solve(information, moments(z, y - p))
        length = 1.0
        while True:
            tried = _chance(z, beta + length * step)
            reached = _log_likelihood(tried, y)
            if reached >= level - 1e-12 * abs(level) or length < SHORTEST:
                break
            length /= 2
        beta, p, level = beta + length * step, tried, reached
        if np.abs(step).max() < TOLERANCE:
            return beta, information
        if np.abs(beta[1:]).max(initial=0.0) > FARTHEST:
            break
    raise CannotEstimate("no_overlap", "the score does not settle; a covariate tells some of the groups wholly apart")


def _log_likelihood(p: Floats, y: Floats) -> float:
    tiny = 1e-300
    return float((y * np.log(np.maximum(p, tiny)) + (1 - y) * np.log(np.maximum(1 - p, tiny))).sum())


def _chance(z: Floats, beta: Floats) -> Floats:
    out = np.empty(len(z))
    for first in range(0, len(z), ROWS):
        out[first : first + ROWS] = linear(z[first : first + ROWS], beta)
    np.negative(out, out=out)
    np.exp(out, out=out)
    out += 1.0
    return np.asarray(np.reciprocal(out, out=out))
