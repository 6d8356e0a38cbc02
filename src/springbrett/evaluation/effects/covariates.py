"""Matching on the covariates themselves: the nearest in as many dimensions as there are covariates.

Every pair is looked at, but coarsely: single-precision matrix products give each block of the comparison's smallest
distance to within a known error, and only blocks that could hold a nearest unit are looked at exactly. The answer is
that of double precision on every pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from springbrett.evaluation.effects.blocks import side_by_side
from springbrett.evaluation.effects.comparison import (
    Comparison,
    Scale,
    estimate_of,
    gram_of,
    inverse,
    least_squares,
    linear,
    se_of_mean,
    with_checks,
)
from springbrett.evaluation.effects.diagnostics import balance_diagnostics
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Floats, Ints

UNCONFOUNDED = ("selection_on_observed", "overlap", "no_spillover")
BLOCK, BATCH = 2048, 256
ERROR = 1.3e-7
"""Single precision's error of a squared distance at most, for each column and unit of the two squared lengths."""
MOST_PAIRS = 20_000_000
FARTHEST, LEAST_NEAR = 1.0, 0.9


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each treated unit's neighbours: `other[begins[i]:begins[i + 1]]` are positions among the comparison, and
    `reach[i]` the squared distance to the farthest of them."""

    begins: Ints
    other: Ints
    reach: Floats


def nearest_on_covariates(data: Comparison, *, neighbours: int = 1, bias_corrected: bool = True) -> Estimate:
    """ATT by the `neighbours` comparison units nearest in Mahalanobis distance, with replacement; units as near as the
    farthest of them share.

    `bias_corrected`: what is left of the distance is taken out by a line through the matched comparison (Abadie &
    Imbens 2011); with more than one covariate, matching alone is biased. Standard error by Abadie & Imbens (2006) with
    the outcome's spread taken from that line; by clusters when the data has them. Assumes selection on what is
    observed, and overlap. Raises CannotEstimate: singular, bad_input, one_cluster, not_supported (so many equally near
    that strata are the better question).
    """
    if neighbours < 1 or neighbours > data.n_comparison:
        raise CannotEstimate("bad_input", "there must be at least one neighbour, and as many to choose among")
    data = data.informative()
    if not data.names:
        raise CannotEstimate("bad_input", "there is no covariate to be near on")
    d, count = data.treated, data.n_treated
    place = whitened(data.x)
    pairs = nearest_rows(place[d], place[~d], neighbours)
    owner = np.repeat(np.arange(count), np.diff(pairs.begins))
    share = 1.0 / np.diff(pairs.begins)[owner]
    used = np.bincount(pairs.other, share, data.n_comparison).astype(np.float64)
    squared = np.bincount(pairs.other, share**2, data.n_comparison).astype(np.float64)
    left = data.y - linear(data.x, _matched_line(data, used))
    outcome = left if bias_corrected else data.y
    gap = outcome[d] - np.bincount(owner, share * outcome[~d][pairs.other], count)
    value = float(gap.mean())
    weight = np.ones(len(d))
    weight[~d] = used
    if data.cluster is None:
        spread = float(((used**2 - squared) * left[~d] ** 2).sum())
        se = float(np.sqrt(((gap - value) ** 2).sum() + spread) / count)
    else:
        influence = np.where(d, left - left[d].mean(), -weight * left)
        se = se_of_mean(influence * (len(d) / count), data.cluster)
    found = estimate_of(data, value, se, estimand=Estimand.ATT, method="nearest_on_covariates",
                        assumptions=UNCONFOUNDED)  # fmt: skip
    return with_checks(found, _near(pairs, place.shape[1]), *balance_diagnostics(data, weight))


def _matched_line(data: Comparison, used: Floats) -> Floats:
    """The line through the matched comparison; its mean alone where too few are matched for a line."""
    weight = np.zeros(len(data.y))
    weight[~data.treated] = used
    try:
        return least_squares(data.x, data.y, weight)
    except CannotEstimate:
        return np.concatenate([[np.average(data.y, weights=weight)], np.zeros(data.x.shape[1])])


def _near(pairs: Pairs, width: int) -> Diagnostic:
    """The share of the treated whose farthest neighbour is within a standard deviation per covariate."""
    share = float((pairs.reach <= FARTHEST * width).mean())
    return Diagnostic("near_share", share, LEAST_NEAR, share >= LEAST_NEAR)


def whitened(x: Floats) -> Floats:
    """x so turned and shrunk that plain distance is Mahalanobis distance. Raises CannotEstimate("singular")."""
    scale = Scale.of(x)
    gram = gram_of(x, scale, np.full(len(x), 1 / len(x)))
    spread = gram[1:, 1:] - np.outer(gram[0, 1:], gram[0, 1:])
    turn = np.linalg.cholesky(inverse(spread))
    return np.asarray(((x - scale.shift) / scale.spread - gram[0, 1:]) @ turn)


def nearest_rows(own: Floats, other: Floats, count: int) -> Pairs:
    """For each row of `own`, the `count` rows of `other` at the least distance, and all as near as the farthest.

    Raises CannotEstimate("not_supported") when there are more than twenty million pairs.
    """
    coarse = _Coarse.of(other)
    starts = range(0, len(own), BATCH)
    tasks = [partial(_batch, own[at : at + BATCH], other, coarse, count) for at in starts]
    found = [one for batch in side_by_side(tasks, threads=len(own) * len(other) > 1e7) for one in batch]
    sizes = np.array([len(rows) for rows, _reach in found], np.int64)
    begins = np.concatenate([[0], np.cumsum(sizes)])
    if begins[-1] > MOST_PAIRS:
        raise CannotEstimate("not_supported", "very many are equally near; match exactly on strata instead")
    return Pairs(begins, np.concatenate([rows for rows, _reach in found]), np.array([reach for _rows, reach in found]))


@dataclass(frozen=True, slots=True)
class _Coarse:
    """The comparison in single precision: rows [−2b, |b|²], and each block's greatest squared length."""

    rows: NDArray[np.float32]
    longest: Floats

    @classmethod
    def of(cls, other: Floats) -> _Coarse:
        length = (other**2).sum(axis=1)
        rows = np.column_stack([-2 * other, length]).astype(np.float32)
        return cls(rows, np.maximum.reduceat(length, np.arange(0, len(other), BLOCK)))


def _batch(own: Floats, other: Floats, coarse: _Coarse, count: int) -> list[tuple[Ints, float]]:
    """For each row of the batch, its neighbours' positions and the squared distance to the farthest."""
    length = (own**2).sum(axis=1)
    single = np.column_stack([own, np.ones(len(own))]).astype(np.float32)
    least = np.empty((len(own), len(coarse.longest)))
    for block in range(least.shape[1]):
        least[:, block] = (single @ coarse.rows[block * BLOCK : (block + 1) * BLOCK].T).min(axis=1)
    least += length[:, None]
    slack = ERROR * (own.shape[1] + 4) * (length[:, None] + coarse.longest)
    reached = np.full(len(own), np.inf)
    if least.shape[1] >= count:  # so many blocks hold at least one unit each that is no farther than this
        reached = np.partition(least + slack, count - 1, axis=1)[:, count - 1]
    wanted = least - slack <= reached[:, None]
    return [_exact(mine, other, np.flatnonzero(blocks), count) for mine, blocks in zip(own, wanted, strict=True)]


def _exact(mine: Floats, other: Floats, blocks: Ints, count: int) -> tuple[Ints, float]:
    rows = np.concatenate([np.arange(at * BLOCK, min((at + 1) * BLOCK, len(other))) for at in blocks.tolist()])
    distance = ((other[rows] - mine) ** 2).sum(axis=1)
    reach = float(np.partition(distance, count - 1)[count - 1])
    return rows[distance <= reach * (1 + 1e-12)], reach
