"""The chance of taking part, given what was known before: a logistic score by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.blocks import over_blocks
from springbrett.evaluation.effects.comparison import Scale, solve
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats

STEPS, NEAR_ENOUGH, SHORTEST = 50, 1e-5, 1e-4
"""Newton's error after a step is about the square of the step: a step below 1e-5 leaves less than 1e-9."""
SEPARATED, FARTHEST = 1e-7, 1e3
WARM_ROWS = 100_000
WARM_SHARE = 4


@dataclass(frozen=True, slots=True)
class Score:
    """`chance` (n,) of taking part; `coefficients` (k+1,) on x itself, the constant first; `information`
    (k+1) × (k+1) of the coefficients on `scale`."""

    chance: Floats
    coefficients: Floats
    information: Floats
    scale: Scale

    def influence(self, x: Floats, treated: Floats, gradient: Floats) -> Floats:
        """What estimating the score adds to each unit's influence on a mean whose slope in the coefficients on the
        scale is `gradient` (k+1,)."""
        direction = self.scale.back(solve(self.information / len(treated), gradient))
        return np.asarray((treated - self.chance) * (direction[0] + x @ direction[1:]))


@dataclass(frozen=True, slots=True)
class _Reached:
    """The log-likelihood at some coefficients, its slope and its information, and the chances there."""

    level: float
    slope: Floats
    information: Floats
    chance: Floats


def logit_score(
    x: Floats, treated: Flags, names: tuple[str, ...] = (), *, weight: Floats | None = None, near: Score | None = None
) -> Score:
    """The maximum-likelihood logistic score. Large data begin from a part of the rows, or from a score `near` by; the
    end is that of all of them. `weight` (n,) at least 0: rows with 0 are left out, but given a chance.

    Raises CannotEstimate: no_overlap (covariates tell some of the groups wholly apart; the one that does most is named
    when `names` are given), singular.
    """
    scale = near.scale if near else Scale.of(x)
    share = treated.mean() if weight is None else float(np.average(treated, weights=weight))
    start = np.zeros(x.shape[1] + 1)
    start[0] = np.log(share / (1 - share))
    if near:
        start = scale.forth(near.coefficients)
    elif len(treated) > WARM_SHARE * WARM_ROWS and weight is None:
        start = _warm(x, treated, scale, start)
    beta, found = _newton(_Rows(x, treated.astype(np.float64), scale, weight), start, names)
    return Score(found.chance, scale.back(beta), found.information, scale)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the likelihood is made of."""

    x: Floats
    y: Floats
    scale: Scale
    weight: Floats | None = None


def _warm(x: Floats, treated: Flags, scale: Scale, start: Floats) -> Floats:
    """Coefficients from a part of the rows; the plain start when those rows cannot give them."""
    rows = np.linspace(0, len(treated) - 1, WARM_ROWS).astype(np.int64)
    if not 0 < treated[rows].sum() < len(rows):
        return start
    try:
        return _newton(_Rows(x[rows], treated[rows].astype(np.float64), scale), start, ())[0]
    except CannotEstimate:
        return start


def _newton(rows: _Rows, beta: Floats, names: tuple[str, ...]) -> tuple[Floats, _Reached]:
    """Newton with the step halved until the likelihood rises: rare participation makes the first step too long."""
    here = _reached(rows, beta)
    for number in range(STEPS):
        try:
            step = solve(here.information, here.slope)
        except CannotEstimate:
            if number == 0:
                raise
            break
        length = 1.0
        there = _reached(rows, beta + step)
        while there.level < here.level - 1e-12 * abs(here.level) and length > SHORTEST:
            length /= 2
            there = _reached(rows, beta + length * step)
        beta, here = beta + length * step, there
        if np.abs(step).max() < NEAR_ENOUGH:
            return beta, here
        if here.level > -SEPARATED * len(rows.y) or np.abs(beta[1:]).max(initial=0.0) > FARTHEST:
            break
    raise _apart(beta, names)


def _apart(beta: Floats, names: tuple[str, ...]) -> CannotEstimate:
    text = "the covariates tell some of those who took part wholly apart from the others, or the other way about"
    if not names:
        return CannotEstimate("no_overlap", text)
    name = names[int(np.abs(beta[1:]).argmax())]
    return CannotEstimate("no_overlap", f"{text}; look at {name}", covariate=name)


def _reached(held: _Rows, beta: Floats) -> _Reached:
    """One pass over the rows."""
    chance = np.empty(len(held.y))

    def part(rows: slice) -> tuple[float, Floats, Floats]:
        design, y = held.scale.design(held.x[rows]), held.y[rows]
        odds = design @ beta
        small = np.exp(-np.abs(odds))
        p = np.where(odds >= 0, 1.0, small) / (1.0 + small)
        chance[rows] = p
        weight = 1.0 if held.weight is None else held.weight[rows]
        level = float((weight * (y * odds - np.maximum(odds, 0.0) - np.log1p(small))).sum())
        slope = (weight * (y - p)) @ design
        design *= (np.sqrt(weight * small) / (1.0 + small))[:, None]
        return level, slope, design.T @ design

    level, slope, information = 0.0, np.zeros(len(beta)), np.zeros((len(beta),) * 2)
    for more, steeper, known in over_blocks(len(held.y), part):
        level, slope, information = level + more, slope + steeper, information + known
    return _Reached(level, slope, information, chance)


def chance_of(odds: Floats) -> Floats:
    """The chance with these log odds, without overflow."""
    small = np.exp(-np.abs(odds))
    return np.asarray(np.where(odds >= 0, 1.0, small) / (1.0 + small))


__all__ = ["WARM_ROWS", "WARM_SHARE", "Score", "chance_of", "logit_score"]
