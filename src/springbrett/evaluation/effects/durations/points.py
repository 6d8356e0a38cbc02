"""How many mass points: one more as long as the likelihood rises (Heckman & Singer 1984; Gaure, Røed & Zhang 2007).

For each number of points everything moves together to a top, from the best of several beginnings. When no place has a
directional derivative worth mentioning (Lindsay 1983) the non-parametric maximum is reached.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.durations.mixture import Fit, Mixture, Point, maximise
from springbrett.evaluation.effects.durations.starts import beginnings, candidates, steepest, with_new_point

SMALLEST = 1e-7
NEAR = 1e-3
SAMPLE = 3000
TRIALS = ((3, 5), (1, 20))
"""How many beginnings are kept after so many steps on the sample."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The maxima with 1, 2 … points; `left`: no mixture with the last one's coefficients has a log-likelihood higher by
    more than this; `stopped_short`: the likelihood still rose when no more points were allowed."""

    fits: tuple[Fit, ...]
    left: float
    stopped_short: bool


def grow(mixture: Mixture, *, most: int, gain: float) -> Growth:
    """Add points until one more gains less than `gain`, at `most` that many."""
    level, point = maximise(mixture, mixture.first())
    fits = [_fit(mixture, level, point)]
    trial = mixture.sample(SAMPLE)
    short = False
    while True:
        if len(point.chance) >= most:
            added = with_new_point(mixture, point)
            short = added is not None and mixture.log_likelihood(added) > level + gain
            break
        step = _one_more(mixture, trial, point, level + gain)
        if step is None:
            break
        level, point = step
        fits.append(_fit(mixture, level, point))
    exposure = mixture.person_exposure(point.beta)[1]
    log_sum = mixture.by_point(point, exposure)[1]
    left = steepest(mixture, exposure, log_sum, candidates(mixture, exposure, point))[1]
    return Growth(tuple(fits), max(left, 0.0), short)


def _one_more(mixture: Mixture, trial: Mixture, point: Point, beyond: float) -> tuple[float, Point] | None:
    """The top with one point more, if it lies above `beyond`: from the best beginning on the sample, else the next."""
    climbed = beginnings(trial, point)
    for kept, steps in TRIALS:
        tops = [maximise(trial, start, steps=steps, settle=False) for start in climbed]
        ranked = sorted(tops, key=lambda top: -top[0])
        climbed = [found for _level, found in ranked[:kept]]
    added = with_new_point(mixture, point)
    starts = climbed + ([] if added is None else [added])
    for start in starts:
        reached, found = maximise(mixture, start)
        reached, found = _tidied(mixture, reached, found)
        if reached >= beyond and len(found.chance) > len(point.chance):
            return reached, found
    return None


def _fit(mixture: Mixture, level: float, point: Point) -> Fit:
    order = np.argsort(-point.chance, kind="stable")
    point = Point(point.beta, point.mu[:, order], point.chance[order])
    _level, _gradient, hessian, outer = mixture.slopes(point, outer=True)
    count = len(order)
    return Fit(level, mixture.original(point), mixture.scale(-hessian, count), mixture.scale(outer, count))


def _tidied(mixture: Mixture, level: float, point: Point) -> tuple[float, Point]:
    """Without points that nobody stands at, and with points that have met made one."""
    keep = point.chance > SMALLEST
    mu, chance = point.mu[:, keep], point.chance[keep]
    hazard = np.exp(mu)
    merged: list[int] = []
    for column in range(len(chance)):
        same = [k for k in merged if np.allclose(hazard[:, k], hazard[:, column], rtol=NEAR, atol=1e-9)]
        if same:
            chance[same[0]] += chance[column]
        else:
            merged.append(column)
    if len(merged) == len(point.chance):
        return level, point
    return maximise(mixture, Point(point.beta, mu[:, merged], chance[merged] / chance[merged].sum()))
