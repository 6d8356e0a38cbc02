"""Do offices, or the experienced and the new, judge otherwise? Advisers are the units, not their judgements.

Each judgement is held against the mean of the same person's judgements, so that who happened to see whom plays no part;
an adviser's mean of these is how strict or lenient they are. Groups are compared by the spread of their means, and the
chance of so large a spread is counted by giving the groups to advisers anew (a permutation test, valid however few).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints


@dataclass(frozen=True, slots=True)
class Group:
    """One group: advisers, judgements, the share of judgements in the uppermost answer, and how many steps the answers
    lie above (+) or below those of all advisers to the same persons."""

    group: str
    advisers: int
    judgements: int
    uppermost: float
    lenient: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The groups, and the p-value of their spread with `draws` permutations (the smallest it can be is 1/(draws+1))."""

    groups: tuple[Group, ...]
    p_value: float
    draws: int


def leniency(judged: Ints) -> Floats:
    """(advisers,) mean steps above the others' answers to the same persons; NaN for an adviser without any.

    `judged`: advisers × persons, worst answer 0, −1 for not asked. The own answer counts in the person's mean.
    """
    matrix = np.asarray(judged)
    asked = matrix >= 0
    seen = asked.sum(axis=0)
    totals = np.where(asked, matrix, 0).sum(axis=0)
    means = np.divide(totals, seen, out=np.zeros(len(seen)), where=seen > 0)
    beyond = np.where(asked, matrix - means, 0.0).sum(axis=1)
    own = asked.sum(axis=1)
    return np.asarray(np.divide(beyond, own, out=np.full(len(own), np.nan), where=own > 0))


def compare(judged: Ints, labels: Sequence[str], *, draws: int = 4999, seed: int = 0) -> Comparison:
    """Groups of advisers (`labels`, one each; "" is left out) compared.

    Raises CannotEstimate: bad_input, one_cluster (fewer than two groups), no_variation (all advisers alike).
    """
    matrix, label = np.asarray(judged), np.asarray(labels)
    if matrix.ndim != 2 or len(label) != len(matrix):
        raise CannotEstimate("bad_input", "one label for each adviser")
    keep = (label != "") & (matrix >= 0).any(axis=1)
    matrix, label = matrix[keep], label[keep]
    names, place = np.unique(label, return_inverse=True)
    if len(names) < 2:
        raise CannotEstimate("one_cluster", "a comparison needs two groups", groups=len(names))
    own, weight = leniency(matrix), (matrix >= 0).sum(axis=1).astype(np.float64)
    if np.ptp(own) < 1e-12:
        raise CannotEstimate("no_variation", "all advisers are equally strict")
    seen = _spread(own, weight, place, len(names))
    rng = np.random.default_rng([seed, 11])
    drawn = np.array([_spread(own, weight, rng.permutation(place), len(names)) for _ in range(draws)])
    p_value = (1 + int((drawn >= seen - 1e-12).sum())) / (draws + 1)
    top = matrix.max()
    found = tuple(_group(str(name), matrix[place == k], own[place == k], weight[place == k], int(top))
                  for k, name in enumerate(names))  # fmt: skip
    return Comparison(found, p_value, draws)


def rank_with_experience(judged: Ints, experience: Sequence[float]) -> tuple[float, float]:
    """Spearman's rank correlation of leniency with experience (any rising number; NaN is left out), and its p-value.

    Raises CannotEstimate: no_variation, empty_group (fewer than three advisers).
    """
    years, own = np.asarray(experience, np.float64), leniency(judged)
    keep = np.isfinite(years) & np.isfinite(own)
    if keep.sum() < 3:
        raise CannotEstimate("empty_group", "fewer than three advisers told their experience", advisers=int(keep.sum()))
    if np.ptp(years[keep]) == 0 or np.ptp(own[keep]) == 0:
        raise CannotEstimate("no_variation", "all have the same experience, or are equally strict")
    found = stats.spearmanr(years[keep], own[keep])
    return float(found.statistic), float(found.pvalue)


def _spread(own: Floats, weight: Floats, place: Ints, size: int) -> float:
    """Weighted sum of squares of the groups' means round the mean of all."""
    totals = np.bincount(place, weight, size)
    means = np.bincount(place, weight * own, size) / np.where(totals > 0, totals, 1)
    return float((totals * (means - np.average(own, weights=weight)) ** 2).sum())


def _group(name: str, matrix: Ints, own: Floats, weight: Floats, top: int) -> Group:
    asked = matrix >= 0
    return Group(name, len(matrix), int(asked.sum()), float((matrix == top).sum() / asked.sum()),
                 float(np.average(own, weights=weight)))  # fmt: skip
