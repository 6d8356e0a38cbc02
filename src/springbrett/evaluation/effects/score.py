"""The chance of taking part, given what was known before: a logistic score by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.comparison import ROWS, linear, moments, solve, standardised, weighted_gram
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats

STEPS, TOLERANCE = 50, 1e-9
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

    Raises CannotEstimate: no_overlap (a covariate tells the two groups wholly apart), singular, not_converged.
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
    for _step in range(STEPS):
        p = _chance(z, beta)
        gradient = moments(z, y - p)
        information = weighted_gram(z, p * (1 - p))
        if np.abs(beta[1:]).max(initial=0.0) > 25 or p.min() > 1 - 1e-8 or p.max() < 1e-12:
            raise CannotEstimate("no_overlap", "a covariate tells the two groups wholly apart")
        step = solve(information, gradient)
        beta = beta + step
        if np.abs(step).max() < TOLERANCE:
            return beta, information
    raise CannotEstimate("not_converged", "the score did not settle; a covariate may tell the groups apart")


def _chance(z: Floats, beta: Floats) -> Floats:
    out = np.empty(len(z))
    for first in range(0, len(z), ROWS):
        out[first : first + ROWS] = linear(z[first : first + ROWS], beta)
    np.negative(out, out=out)
    np.exp(out, out=out)
    out += 1.0
    return np.asarray(np.reciprocal(out, out=out))
