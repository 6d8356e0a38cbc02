"""How many mass points: one more as long as the likelihood rises (Heckman & Singer 1984; Gaure, Røed & Zhang 2007).

A new point is put where the likelihood's directional derivative is largest (Lindsay 1983), found on a grid over the
plausible hazards and made exact from there; then everything moves together. When no place has a derivative worth
mentioning the non-parametric maximum is reached.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from springbrett.evaluation.effects.durations.mixture import LOWEST, Fit, Mixture, Point, maximise
from springbrett.evaluation.effects.records import Floats

GRID = {1: 60, 2: 16, 3: 8}
MANY_WAYS = 500
BLOCK = 64
SMALLEST = 1e-7
NEAR = 1e-3


def grow(mixture: Mixture, *, most: int, gain: float) -> tuple[list[Fit], bool]:
    """The maxima with 1, 2 … points, and whether the likelihood still rose by more than `gain` when `most` was reached."""
    level, point = maximise(mixture, mixture.first())
    fits = [_fit(mixture, level, point)]
    while True:
        started = _with_new_point(mixture, point)
        if started is None:
            return fits, False
        if len(point.chance) >= most:
            return fits, mixture.log_likelihood(started) > level + gain
        reached, found = maximise(mixture, started)
        reached, found = _tidied(mixture, reached, found)
        if reached < level + gain or len(found.chance) <= len(point.chance):
            return fits, False
        level, point = reached, found
        fits.append(_fit(mixture, level, point))


def _fit(mixture: Mixture, level: float, point: Point) -> Fit:
    order = np.argsort(-point.chance, kind="stable")
    point = Point(point.beta, point.mu[:, order], point.chance[order])
    _level, _gradient, hessian, outer = mixture.slopes(point, outer=True)
    count = len(order)
    return Fit(level, mixture.original(point), mixture.scale(-hessian, count), mixture.scale(outer, count))


def _with_new_point(mixture: Mixture, point: Point) -> Point | None:
    """The points with one more where it helps most and the chance that helps most; None when none helps."""
    _rows, exposure = mixture.person_exposure(point.beta)
    log_sum = mixture.by_point(point, exposure)[1]
    places = _candidates(mixture, exposure, point)
    rise = np.concatenate([
        _rise(mixture, exposure, log_sum, places[:, first : first + BLOCK]) for first in range(0, places.shape[1], BLOCK)
    ])  # fmt: skip
    best = places[:, int(rise.argmax())]
    best, top = _climb(mixture, exposure, log_sum, best)
    if top <= 1e-6 * mixture.n:
        return None
    ratio = np.exp(np.minimum(mixture.exits @ best - exposure @ np.exp(best) - log_sum, 500.0))
    share = _share(ratio)
    mu = np.column_stack([point.mu, best])
    return Point(point.beta, mu, np.concatenate([point.chance * (1 - share), [share]]))


def _rise(mixture: Mixture, exposure: Floats, log_sum: Floats, places: Floats) -> Floats:
    """The directional derivative of the log-likelihood towards each place (R × m → m)."""
    ratio = mixture.exits @ places - exposure @ np.exp(places) - log_sum[:, None]
    return np.asarray(np.exp(np.minimum(ratio, 500.0)).sum(axis=0) - mixture.n)


def _candidates(mixture: Mixture, exposure: Floats, point: Point) -> Floats:
    """(R × m) a grid over log hazards that persons' own histories make plausible, beyond the points there are."""
    own = np.log((mixture.exits + 0.25) / (exposure + 0.25 * np.median(exposure, axis=0) + 1e-12))
    low = np.minimum(np.quantile(own, 0.001, axis=0), point.mu.min(axis=1)) - 2
    high = np.maximum(np.quantile(own, 0.999, axis=0), point.mu.max(axis=1)) + 2
    low, high = np.maximum(low, LOWEST), np.minimum(high, -LOWEST)
    ways = len(low)
    if ways in GRID:
        axes = [np.linspace(a, b, GRID[ways]) for a, b in zip(low, high, strict=True)]
        return np.array(list(product(*axes))).T
    from scipy.stats import qmc

    return np.asarray(low[:, None] + (high - low)[:, None] * qmc.Halton(ways, seed=0).random(MANY_WAYS).T)


def _climb(mixture: Mixture, exposure: Floats, log_sum: Floats, place: Floats) -> tuple[Floats, float]:
    """From a place on the grid to the nearest top of the directional derivative (Newton on R figures)."""
    value = float(_rise(mixture, exposure, log_sum, place[:, None])[0])
    for _step in range(30):
        level = np.exp(place)
        ratio = np.exp(np.minimum(mixture.exits @ place - exposure @ level - log_sum, 500.0))
        slope = mixture.exits - exposure * level
        gradient = slope.T @ ratio
        hessian = (slope * ratio[:, None]).T @ slope - np.diag((exposure * level).T @ ratio)
        values, vectors = np.linalg.eigh(-hessian)
        floor = 1e-9 * max(float(np.abs(values).max()), 1e-12)
        move = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor))
        move *= min(1.0, 1.0 / max(float(np.abs(move).max()), 1e-300))
        length = 1.0
        while length > 1e-4:
            tried = np.clip(place + length * move, LOWEST, -LOWEST)
            reached = float(_rise(mixture, exposure, log_sum, tried[:, None])[0])
            if reached > value:
                break
            length /= 2
        else:
            break
        place, gained, value = tried, reached - value, reached
        if gained < 1e-6 * (1 + abs(value)):
            break
    return place, value


def _share(ratio: Floats) -> float:
    """The chance of a new point that makes the likelihood largest, all else held: a concave problem in one figure."""
    low, high = 0.0, 0.5
    for _step in range(40):
        middle = (low + high) / 2
        rising = ((ratio - 1) / (1 + middle * (ratio - 1))).sum() > 0
        low, high = (middle, high) if rising else (low, middle)
    return max((low + high) / 2, 1e-6)


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
