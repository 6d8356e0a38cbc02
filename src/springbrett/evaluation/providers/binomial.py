"""Shares of few: exact intervals and tests, and the beta-binomial model of providers that differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from springbrett.evaluation.effects.comparison import check_level
from springbrett.evaluation.effects.entrance import whole
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints

LARGEST_EXACT = 2000
"""Stays up to which the distribution of a sum of unequal chances is counted out."""
LEAST_LOG, MOST_LOG = np.log(1e-3), np.log(1e6)


def exact_interval(successes: Ints, stays: Ints, level: float = 0.95) -> tuple[Floats, Floats]:
    """Clopper & Pearson (1934): lower and upper limits of the share. Raises CannotEstimate: empty_group, bad_input."""
    check_level(level)
    successes, stays = counted(successes, stays)
    tail = (1 - level) / 2
    some, short = np.maximum(successes, 1), np.minimum(successes, stays - 1)
    lower = np.where(successes > 0, stats.beta.ppf(tail, some, stays - some + 1), 0.0)
    upper = np.where(successes < stays, stats.beta.ppf(1 - tail, short + 1, stays - short), 1.0)
    return np.asarray(lower), np.asarray(upper)


def counted(successes: Ints, stays: Ints) -> tuple[Ints, Ints]:
    """Whole numbers of successes, and of the stays they are among. Raises CannotEstimate: empty_group (no stays),
    bad_input (more successes than stays, or numbers that are not counts)."""
    won, of = whole(successes, "successes"), whole(stays, "stays")
    if won.shape != of.shape:
        raise CannotEstimate("bad_input", "successes and stays have different lengths")
    if (of < 1).any():
        raise CannotEstimate("empty_group", "a share of nobody tells nothing")
    if ((won < 0) | (won > of)).any():
        raise CannotEstimate("bad_input", "there are more successes than stays, or fewer than none")
    return won, of


def under_target_p(successes: Ints, stays: Ints, target: float) -> Floats:
    """One-sided exact p-values of so few successes, were the true share the target. Raises as `exact_interval`."""
    successes, stays = counted(successes, stays)
    if not 0 < target < 1:
        raise CannotEstimate("bad_input", f"a target share lies between 0 and 1 (0.5), not {target:g}")
    return np.asarray(stats.binom.cdf(successes, stays, target), np.float64)


def mix_p(successes: int, chance: Floats) -> float:
    """Two-sided mid-p of a number of successes when each stay has its own chance (Poisson-binomial).

    Counted out up to 2000 stays; beyond, the normal approximation with its error under one thousandth for spread
    chances (Berry–Esseen). Raises CannotEstimate("bad_input").
    """
    if not (0 <= successes <= len(chance) and ((chance >= 0) & (chance <= 1)).all()):
        raise CannotEstimate("bad_input", "there are more successes than stays, or a chance is missing")
    if len(chance) > LARGEST_EXACT:
        z = abs(successes - chance.sum()) / np.sqrt((chance * (1 - chance)).sum())
        return float(2 * stats.norm.sf(z))
    ways = np.zeros(len(chance) + 1)
    ways[0] = 1.0
    for number, p in enumerate(chance, start=1):
        ways[1 : number + 1] = ways[1 : number + 1] * (1 - p) + ways[:number] * p
        ways[0] *= 1 - p
    below = ways[:successes].sum() + ways[successes] / 2
    return float(min(1.0, 2 * min(below, 1 - below)))


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """Providers' true shares follow Beta(`alpha`, `beta`). Arrays (providers,): the shrunk share and its interval at
    `level`; `pull` the part of the way to the mean; `under`: the chance that the true share is under the target."""

    alpha: float
    beta: float
    value: Floats
    lower: Floats
    upper: Floats
    pull: Floats
    under: Floats
    level: float

    @property
    def mean(self) -> float:
        """The mean of the true shares."""
        return self.alpha / (self.alpha + self.beta)


def beta_binomial(successes: Ints, stays: Ints, *, target: float = 0.5, level: float = 0.95) -> BetaBinomial:
    """Empirical Bayes by maximum likelihood of the beta-binomial (Griffin & Krutchkoff 1971); no case mix.

    Intervals take alpha and beta as known: with few providers they are too narrow (`hierarchy` counts that in).
    Raises CannotEstimate: too_few_clusters (fewer than three), no_variation, empty_group.
    """
    check_level(level)
    won, of = (part.astype(np.float64) for part in counted(successes, stays))
    if len(of) < 3:
        raise CannotEstimate("too_few_clusters", "shrinkage needs at least three providers", units=len(of))
    if won.sum() in (0, of.sum()):
        raise CannotEstimate("no_variation", "all stays, or none, reached the outcome")
    alpha, beta = _fit(won, of)
    a, b = alpha + won, beta + of - won
    tail = (1 - level) / 2
    return BetaBinomial(
        alpha=alpha, beta=beta, value=a / (a + b), lower=np.asarray(stats.beta.ppf(tail, a, b)),
        upper=np.asarray(stats.beta.ppf(1 - tail, a, b)), pull=np.asarray((alpha + beta) / (alpha + beta + of)),
        under=np.asarray(stats.beta.cdf(target, a, b)), level=level,
    )  # fmt: skip


def _fit(successes: Floats, stays: Floats) -> tuple[float, float]:
    """Mean (logit) and precision (log) of the greatest likelihood; precision stops at a million: no difference."""

    def loss(at: Floats) -> float:
        mean, precision = special.expit(at[0]), np.exp(at[1])
        a, b = mean * precision, (1 - mean) * precision
        value = special.betaln(a + successes, b + stays - successes) - special.betaln(a, b)
        return -float(value.sum())

    middle = float(special.logit(successes.sum() / stays.sum()))
    bounds = [(middle - 5, middle + 5), (LEAST_LOG, MOST_LOG)]
    tries = [optimize.minimize(loss, np.array([middle, start]), bounds=bounds, method="L-BFGS-B",
                               options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500})
             for start in (0.0, 3.0, 6.0)]  # fmt: skip
    best = min(tries, key=lambda found: found.fun)
    polished = optimize.minimize(loss, best.x, method="Nelder-Mead", bounds=bounds,
                                 options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 2000})  # fmt: skip
    at = polished.x if polished.fun < best.fun else best.x
    mean, precision = float(special.expit(at[0])), float(np.exp(at[1]))
    return mean * precision, (1 - mean) * precision
