"""How many mass points: one more as long as the likelihood rises (Heckman & Singer 1984; Gaure, Røed & Zhang 2007).

For each number of points everything moves together to a top, from the best of several beginnings. When no place has a
directional derivative worth mentioning (Lindsay 1983) the non-parametric maximum is reached.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.blocks import one_thread
from springbrett.evaluation.effects.durations.mixture import Fit, Mixture, Point, maximise
from springbrett.evaluation.effects.durations.starts import beginnings, with_new_point

SMALLEST = 1e-7
NEAR = 1e-3
SAMPLE = 3000
TRIALS = ((3, 5), (1, 20))
"""How many beginnings are kept after so many steps on the sample."""
SOUND = 8
"""Steps on all persons before the best beginning is chosen."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The maxima with 1, 2 … points; `left`: what a further point would gain at once, with the others held;
    `stopped_short`: the likelihood still rose when no more points were allowed."""

    fits: tuple[Fit, ...]
    left: float
    stopped_short: bool


def grow(mixture: Mixture, *, most: int, gain: float) -> Growth:
    """Add points until one more gains less than `gain`, at `most` that many."""
    with one_thread():
        return _grown(mixture, most, gain)


def _grown(mixture: Mixture, most: int, gain: float) -> Growth:
    level, point = maximise(mixture, mixture.first())
    fits = [_fit(mixture, level, point)]
    trial = mixture.sample(SAMPLE)
    step: tuple[float, Point] | None = (level, point)
    while len(point.chance) < most and (step := _one_more(mixture, trial, point, level + gain)):
        level, point = step
        fits.append(_fit(mixture, level, point))
    added = with_new_point(mixture, point)
    left = 0.0 if added is None else max(mixture.log_likelihood(added) - level, 0.0)
    return Growth(tuple(fits), left, step is not None and left > gain)


def _one_more(mixture: Mixture, trial: Mixture, point: Point, beyond: float) -> tuple[float, Point] | None:
    """The top with one point more, if it lies above `beyond`: from the best beginning on the sample or the steepest."""
    climbed = beginnings(trial, point)
    for kept, steps in TRIALS:
        tops = [maximise(trial, start, steps=steps, settle=False) for start in climbed]
        ranked = sorted(tops, key=lambda top: -top[0])
        climbed = [found for _level, found in ranked[:kept]]
    added = with_new_point(mixture, point)
    starts = climbed + ([] if added is None else [added])
    if not starts:
        return None
    tops = [maximise(mixture, start, steps=SOUND, settle=False) for start in starts]
    reached, found = maximise(mixture, max(tops, key=lambda top: top[0])[1])
    reached, found = _tidied(mixture, reached, found)
    return (reached, found) if reached >= beyond and len(found.chance) > len(point.chance) else None


def _fit(mixture: Mixture, level: float, point: Point) -> Fit:
    order = np.argsort(-point.chance, kind="stable")
    point = Point(point.beta, point.mu[:, order], point.chance[order])
    _level, _gradient, hessian, outer = mixture.slopes(point, outer=True)
    return Fit(level, mixture.original(point), -hessian, outer)


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
