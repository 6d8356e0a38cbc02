"""Where to begin when one more mass point is asked for: the likelihood of mixtures has many tops.

Three kinds of beginnings are tried on a share of the persons, and the best is taken to all of them: the place where the
directional derivative is largest; a heavy point parted in two, every way about; and the best mixture over a whole grid
(a concave problem, so its top is the top), gathered to the number of points asked for.
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from springbrett.evaluation.effects.durations.mixture import LOWEST, Mixture, Point
from springbrett.evaluation.effects.records import Floats

GRID = {1: 60, 2: 16, 3: 8}
MANY_WAYS = 500
BLOCK = 64
PARTED = 2
EM_STEPS = 100


def beginnings(mixture: Mixture, point: Point) -> list[Point]:
    """Points one more in number than `point`, worth climbing from."""
    rows_exposure = mixture.person_exposure(point.beta)[1]
    places = candidates(mixture, rows_exposure, point)
    found = [*_parted(point), *_gathered(mixture, rows_exposure, point, places)]
    added = with_new_point(mixture, point)
    return found if added is None else [added, *found]


def with_new_point(mixture: Mixture, point: Point) -> Point | None:
    """The points with one more where it helps most and the chance that helps most; None when none helps."""
    exposure = mixture.person_exposure(point.beta)[1]
    log_sum = mixture.by_point(point, exposure)[1]
    best, top = steepest(mixture, exposure, log_sum, candidates(mixture, exposure, point))
    if top <= 1e-6 * mixture.n:
        return None
    share = _share(_ratio(mixture, exposure, log_sum, best[:, None])[:, 0])
    return Point(point.beta, np.column_stack([point.mu, best]), np.concatenate([point.chance * (1 - share), [share]]))


def steepest(mixture: Mixture, exposure: Floats, log_sum: Floats, places: Floats) -> tuple[Floats, float]:
    """The place with the largest directional derivative, and the derivative: with the covariates' coefficients held, no
    other mixture has a log-likelihood higher by more than it."""
    parts = range(0, places.shape[1], BLOCK)
    rise = np.concatenate([_rise(mixture, exposure, log_sum, places[:, at : at + BLOCK]) for at in parts])
    return _climb(mixture, exposure, log_sum, places[:, int(rise.argmax())])


def candidates(mixture: Mixture, exposure: Floats, point: Point) -> Floats:
    """(R × m) a grid over log hazards that persons' own histories make plausible, beyond the points there are."""
    own = np.log((mixture.exits + 0.25) / (exposure + 0.25 * np.median(exposure, axis=0) + 1e-12))
    low = np.minimum(np.quantile(own, 0.001, axis=0), np.maximum(point.mu.min(axis=1), -8)) - 2
    high = np.maximum(np.quantile(own, 0.999, axis=0), np.minimum(point.mu.max(axis=1), 6)) + 2
    ways = len(low)
    if ways in GRID:
        axes = [np.linspace(a, b, GRID[ways]) for a, b in zip(low, high, strict=True)]
        return np.array(list(product(*axes))).T
    from scipy.stats import qmc

    return np.asarray(low[:, None] + (high - low)[:, None] * qmc.Halton(ways, rng=0).random(MANY_WAYS).T)


def _ratio(mixture: Mixture, exposure: Floats, log_sum: Floats, places: Floats) -> Floats:
    """(n × m) each person's likelihood at each place against that of the mixture as it is."""
    ratio = mixture.exits @ places - exposure @ np.exp(places) - log_sum[:, None]
    return np.asarray(np.exp(np.minimum(ratio, 500.0)))


def _rise(mixture: Mixture, exposure: Floats, log_sum: Floats, places: Floats) -> Floats:
    """(m,) the directional derivative of the log-likelihood towards each place."""
    return np.asarray(_ratio(mixture, exposure, log_sum, places).sum(axis=0) - mixture.n)


def _climb(mixture: Mixture, exposure: Floats, log_sum: Floats, place: Floats) -> tuple[Floats, float]:
    """From a place on the grid to the nearest top of the directional derivative (Newton on R figures)."""
    value = float(_rise(mixture, exposure, log_sum, place[:, None])[0])
    for _step in range(30):
        level = np.exp(place)
        ratio = _ratio(mixture, exposure, log_sum, place[:, None])[:, 0]
        slope = mixture.exits - exposure * level
        hessian = (slope * ratio[:, None]).T @ slope - np.diag((exposure * level).T @ ratio)
        values, vectors = np.linalg.eigh(-hessian)
        floor = 1e-9 * max(float(np.abs(values).max()), 1e-12)
        move = vectors @ ((vectors.T @ (slope.T @ ratio)) / np.maximum(np.abs(values), floor))
        move *= min(1.0, 1.0 / max(float(np.abs(move).max()), 1e-300))
        for length in (1.0, 0.5, 0.25, 0.1, 0.01, 0.001):
            tried = np.clip(place + length * move, LOWEST, -LOWEST)
            reached = float(_rise(mixture, exposure, log_sum, tried[:, None])[0])
            if reached > value:
                break
        else:
            return place, value
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


def _parted(point: Point) -> list[Point]:
    """The heaviest points parted in two, in every direction of together and apart."""
    ways, out = len(point.mu), []
    directions = [np.array([1.0, *signs]) for signs in product((1.0, -1.0), repeat=min(ways, 3) - 1)]
    for column in np.argsort(-point.chance)[:PARTED]:
        for direction in directions:
            step = np.concatenate([direction, np.zeros(ways - len(direction))])
            mu = np.column_stack([point.mu, point.mu[:, column] - step])
            mu[:, column] += step
            chance = np.concatenate([point.chance, [point.chance[column] / 2]])
            chance[column] /= 2
            out.append(Point(point.beta, mu, chance))
    return out


def _gathered(mixture: Mixture, exposure: Floats, point: Point, places: Floats) -> list[Point]:
    """The best mixture over the grid, gathered by neighbours (Ward) to one point more than there are."""
    joint = mixture.exits @ places - exposure @ np.exp(places)
    likelihood = np.exp(joint - joint.max(axis=1, keepdims=True))
    weight = np.full(places.shape[1], 1 / places.shape[1])
    for _step in range(EM_STEPS):
        weight = weight * (likelihood / (likelihood @ weight)[:, None]).mean(axis=0)
    order = np.argsort(-weight)[:60]
    mu, mass = places[:, order], np.maximum(weight[order], 1e-12)
    while mu.shape[1] > len(point.chance) + 1:
        mu, mass = _merged(mu, mass)
    return [Point(point.beta, mu, mass / mass.sum())] if mu.shape[1] == len(point.chance) + 1 else []


def _merged(mu: Floats, mass: Floats) -> tuple[Floats, Floats]:
    """With the two points made one that change the least by it."""
    pairs = np.array(list(combinations(range(len(mass)), 2)))
    a, b = pairs[:, 0], pairs[:, 1]
    cost = mass[a] * mass[b] / (mass[a] + mass[b]) * ((mu[:, a] - mu[:, b]) ** 2).sum(axis=0)
    i, j = pairs[int(cost.argmin())]
    mu, total = mu.copy(), mass[i] + mass[j]
    mu[:, i] = (mass[i] * mu[:, i] + mass[j] * mu[:, j]) / total
    mass = mass.copy()
    mass[i] = total
    return np.delete(mu, j, axis=1), np.delete(mass, j)
