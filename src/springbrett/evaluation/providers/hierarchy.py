"""Providers that differ, with the case mix held equal: a logistic model with a shift by provider, integrated out.

logit(chance of a stay) = what its mix leads one to expect + the provider's shift; shifts are normal with an unknown
mean and spread. All is counted out on grids: exact for one stay as for a thousand, for none and for all succeeding,
and the uncertainty of mean and spread is counted in (flat on the mean, and on the spread from 0 to 3: Gelman 2006).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit, logit

from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints
from springbrett.evaluation.providers.casemix import CaseMix

FEWEST = 3
WIDEST = 3.0
"""The largest spread (sd of log odds) thought of: nineteen in twenty providers within 400-fold odds either way."""
NARROWEST = 0.02
REACH, COARSE = 12.0, 0.1
SPREADS, MEANS, MEAN_REACH = 48, 21, 5.0
NEGLIGIBLE = 1e-7
RANK_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its limits."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What is believed of each provider after the data. Arrays (providers,) in the order of the case mix.

    `standard`: share if everyone's participants came to this provider; `own`: with the participants it had. Each is
    the posterior mean with limits at `level`. `under_standard`, `under_own`: chance that the share is under the
    target. `rank`: 1 is highest of the standardised; mean and limits. `spread`: sd of the shifts (log odds).
    """

    standard: Floats
    standard_lower: Floats
    standard_upper: Floats
    own: Floats
    own_lower: Floats
    own_upper: Floats
    under_standard: Floats
    under_own: Floats
    rank: Floats
    rank_lower: Floats
    rank_upper: Floats
    spread: Interval
    level: float


@dataclass(frozen=True, slots=True)
class _Tables:
    """By shift (columns): log likelihood and own share by provider, and the share with everyone's mix."""

    shift: Floats
    log: Floats
    own: Floats
    everyone: Floats


@dataclass(frozen=True, slots=True)
class _Belief:
    """Posterior of the shift by provider (rows sum to 1), the pairs of mean and spread, and their weights."""

    tables: _Tables
    posterior: Floats
    spread: Floats
    weight: Floats
    prior: Floats
    likelihood: Floats


def hierarchy(
    mix: CaseMix, success: Flags, *, target: float, level: float = 0.95, seed: int = 0, draws: int = RANK_DRAWS
) -> Hierarchy:  # fmt: skip
    """The posterior of every provider. Raises CannotEstimate("too_few_clusters") for fewer than three providers."""
    count = len(mix.providers)
    if count < FEWEST:
        raise CannotEstimate("too_few_clusters", "how providers differ cannot be told from fewer than three",
                             units=count)  # fmt: skip
    coarse = _tables(mix, success)
    belief = _believe(coarse, mix, np.linspace(NARROWEST, WIDEST, SPREADS), REACH)
    low, high, reach = _where(belief)
    belief = _believe(coarse, mix, np.linspace(low, high, SPREADS), reach)
    tail, table = (1 - level) / 2, belief.tables
    everyone = np.broadcast_to(table.everyone, table.own.shape)
    standard = _summary(belief.posterior, everyone, tail, target)
    own = _summary(belief.posterior, table.own, tail, target)
    ranks = _ranks(belief, np.random.default_rng(seed), draws)
    limits = np.quantile(ranks, (tail, 1 - tail), axis=0)
    return Hierarchy(
        standard=standard[0], standard_lower=standard[1], standard_upper=standard[2], own=own[0], own_lower=own[1],
        own_upper=own[2], under_standard=standard[3], under_own=own[3], rank=ranks.mean(axis=0), rank_lower=limits[0],
        rank_upper=limits[1], spread=_spread(belief, tail), level=level,
    )  # fmt: skip


def _tables(mix: CaseMix, success: Flags) -> _Tables:
    offset, count = logit(mix.chance), len(mix.providers)
    shift = np.arange(-REACH, REACH + COARSE / 2, COARSE)
    own, log, everyone = np.empty((count, len(shift))), np.empty((count, len(shift))), np.empty(len(shift))
    base = np.bincount(mix.position, success * offset, count)
    for column, at in enumerate(shift):
        moved = offset + at
        chance = expit(moved)
        own[:, column] = np.bincount(mix.position, chance, count) / mix.stays
        log[:, column] = base + at * mix.successes - np.bincount(mix.position, np.logaddexp(0, moved), count)
        everyone[column] = chance.mean()
    return _Tables(shift, log, own, everyone)


def _believe(coarse: _Tables, mix: CaseMix, spreads: Floats, reach: float) -> _Belief:
    """Integrate over mean and spread. The grid of shifts is as fine as the narrowest prior and likelihood: steps of one
    standard deviation sum a normal curve to eight digits."""
    narrow = min(float(spreads[0]), float(mix.variance.max() ** -0.5))
    shift = np.arange(-reach, reach + narrow, max(narrow, 2e-3))
    shift = shift[np.abs(shift) <= REACH]
    log, own, everyone = (CubicSpline(coarse.shift, part, axis=-1)(shift)
                          for part in (coarse.log, coarse.own, coarse.everyone))  # fmt: skip
    likelihood = np.exp(log - log.max(axis=1, keepdims=True))
    mean, spread, width = _pairs(mix, spreads)
    prior = np.exp(-(((shift[:, None] - mean) / spread) ** 2) / 2)
    prior /= np.maximum(prior.sum(axis=0), np.finfo(float).tiny)
    evidence = likelihood @ prior
    level = np.log(np.maximum(evidence, 1e-300)).sum(axis=0) + np.log(width)
    weight = np.exp(level - level.max())
    weight /= weight.sum()
    posterior = likelihood * ((weight / np.maximum(evidence, 1e-300)) @ prior.T)
    posterior /= posterior.sum(axis=1, keepdims=True)
    tables = _Tables(shift, log, np.clip(own, 0, 1), np.clip(everyone, 0, 1))
    return _Belief(tables, posterior, spread, weight, prior, likelihood)


def _pairs(mix: CaseMix, spreads: Floats) -> tuple[Floats, Floats, Floats]:
    """Means and spreads to try, and the width each mean stands for: around the best mean given each spread."""
    first, variance = (mix.successes - mix.expected) / mix.variance, 1 / mix.variance
    first = np.clip(first, -WIDEST, WIDEST)
    certainty = 1 / (variance[None, :] + spreads[:, None] ** 2)
    best = certainty @ first / certainty.sum(axis=1)
    error = certainty.sum(axis=1) ** -0.5
    steps = np.linspace(-MEAN_REACH, MEAN_REACH, MEANS)
    mean = best[:, None] + error[:, None] * steps
    half = np.ones(len(spreads))
    half[[0, -1]] = 0.5  # the first and last spread stand for half a step (trapezoid)
    return mean.ravel(), np.repeat(spreads, MEANS), np.repeat(error * half, MEANS)


def _where(belief: _Belief) -> tuple[float, float, float]:
    """The spreads worth looking closer at, and how far the shifts reach."""
    spreads = np.unique(belief.spread)
    weight = belief.weight.reshape(len(spreads), -1).sum(axis=1)
    kept = np.flatnonzero(weight > NEGLIGIBLE * weight.max())
    low, high = spreads[max(kept[0] - 1, 0)], spreads[min(kept[-1] + 1, len(spreads) - 1)]
    used = np.flatnonzero(belief.posterior.max(axis=0) > NEGLIGIBLE * belief.posterior.max())
    far = float(np.abs(belief.tables.shift[used[[0, -1]]]).max())
    return float(low), float(high), min(REACH, far + 1.0)


def _summary(posterior: Floats, rate: Floats, tail: float, target: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean, limits, and the chance of being under the target, of a share that rises with the shift."""
    level = np.cumsum(posterior, axis=1) - posterior / 2
    limits = np.array([np.interp((tail, 1 - tail), by, of) for by, of in zip(level, rate, strict=True)])
    under = np.array([np.interp(target, of, by, left=0.0, right=1.0) for by, of in zip(level, rate, strict=True)])
    return (posterior * rate).sum(axis=1), limits[:, 0], limits[:, 1], np.clip(under, 0.0, 1.0)


def _spread(belief: _Belief, tail: float) -> Interval:
    spreads = np.unique(belief.spread)
    weight = belief.weight.reshape(len(spreads), -1).sum(axis=1)
    limits = np.interp((tail, 1 - tail), np.cumsum(weight) - weight / 2, spreads)
    return Interval(float(weight @ spreads), float(limits[0]), float(limits[1]))


def _ranks(belief: _Belief, rng: np.random.Generator, draws: int) -> Ints:
    """draws × providers: the rank (1 is highest) in each draw of all shifts together."""
    count = len(belief.likelihood)
    ranks = np.empty((draws, count), np.int64)
    done = 0
    for pair, times in zip(*np.unique(rng.choice(len(belief.weight), draws, p=belief.weight), return_counts=True),
                           strict=True):  # fmt: skip
        level = np.cumsum(belief.likelihood * belief.prior[:, pair], axis=1)
        luck = rng.random((times, count)) * level[:, -1]
        drawn = np.array([np.interp(luck[:, j], level[j], belief.tables.shift) for j in range(count)]).T
        ranks[done : done + times] = (-drawn).argsort(axis=1).argsort(axis=1) + 1
        done += times
    return ranks
