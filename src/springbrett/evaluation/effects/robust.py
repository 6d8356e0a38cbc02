"""Doubly robust estimates: a model of the outcome and one of taking part; either may be wrong, not both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import numpy as np

from springbrett.evaluation.effects.blocks import ROWS, WORTH_THREADS, side_by_side
from springbrett.evaluation.effects.comparison import (
    Comparison,
    Scale,
    estimate_of,
    gram_of,
    on_scale,
    se_of_mean,
    solve,
    sums_of,
    with_checks,
)
from springbrett.evaluation.effects.diagnostics import balance_diagnostics, overlap_diagnostic
from springbrett.evaluation.effects.entrance import whole
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Flags, Floats, Ints
from springbrett.evaluation.effects.score import Score, logit_score
from springbrett.evaluation.effects.weighting import score_weights

DOUBLY = ("selection_on_observed", "overlap", "one_of_two_models", "no_spillover")
LEARNABLE = ("selection_on_observed", "overlap", "learnable", "no_spillover")
Learner = Literal["linear", "boosted"]
CLIP = 0.01


class Model(Protocol):
    """What a learner must do: fit on rows, predict for others."""

    def __call__(self, x: Floats, y: Floats, others: Floats) -> Floats: ...


def doubly_robust(data: Comparison, *, estimand: Estimand = Estimand.ATT) -> Estimate:
    """Augmented inverse-probability weighting with a logit score and linear outcomes (Robins, Rotnitzky & Zhao 1994).

    ATT or ATE. Assumes selection on what is observed, overlap, and that one of the two models is right; the standard
    error counts both estimated models in, so that it too holds when only one is right (Lunceford & Davidian 2004); by
    clusters when the data has them. Raises CannotEstimate: no_overlap, singular, not_supported, one_cluster.
    """
    data = data.informative()
    score = logit_score(data.x, data.treated, data.names)
    d = data.treated.astype(np.float64)
    zero = _Line.through(data, 1 - d, score.scale)
    one = _Line.through(data, d, score.scale) if estimand is Estimand.ATE else None
    value, influence = _augmented(data, score.chance, one.fitted if one else data.y, zero.fitted, estimand)
    influence += _models_part(data, score, zero, one)
    return _reported(data, (value, influence), score.chance, estimand, ("doubly_robust", DOUBLY))


@dataclass(frozen=True, slots=True)
class _Line:
    """A least-squares line through the units of one group (`group` 1, the others 0), fitted for all."""

    group: Floats
    fitted: Floats
    gram: Floats

    @classmethod
    def through(cls, data: Comparison, group: Floats, scale: Scale) -> _Line:
        gram = gram_of(data.x, scale, group)
        return cls(group, on_scale(data.x, scale, solve(gram, sums_of(data.x, scale, group * data.y))), gram)

    def influence(self, data: Comparison, scale: Scale, gradient: Floats) -> Floats:
        """What estimating the line adds to each unit's influence on a mean with this slope in its coefficients."""
        direction = solve(self.gram / len(data.y), gradient)
        return np.asarray(self.group * (data.y - self.fitted) * on_scale(data.x, scale, direction))


def _models_part(data: Comparison, score: Score, zero: _Line, one: _Line | None) -> Floats:
    """What estimating the score and the lines adds to each unit's influence."""
    d, p, scale, count = data.treated.astype(np.float64), score.chance, score.scale, len(data.y)
    odds = p / (1 - p)
    if one is None:
        share = d.mean()
        by_score = -(1 - d) * odds * (data.y - zero.fitted) / share
        by_zero = (-d + (1 - d) * odds) / share
        slopes = sums_of(data.x, scale, np.column_stack([by_score, by_zero])) / count
        return score.influence(data.x, d, slopes[:, 0]) + zero.influence(data, scale, slopes[:, 1])
    by_score = -d * (data.y - one.fitted) / odds - (1 - d) * odds * (data.y - zero.fitted)
    columns = np.column_stack([by_score, -1 + (1 - d) / (1 - p), 1 - d / p])
    slopes = sums_of(data.x, scale, columns) / count
    parts = score.influence(data.x, d, slopes[:, 0]) + zero.influence(data, scale, slopes[:, 1])
    return np.asarray(parts + one.influence(data, scale, slopes[:, 2]))


def double_machine_learning(
    data: Comparison, *, estimand: Estimand = Estimand.ATT, learner: Learner = "boosted", folds: int | Ints = 5,
    seed: int = 0,
) -> Estimate:  # fmt: skip
    """Doubly robust with learners and cross-fitting (Chernozhukov et al. 2018): no unit is predicted by itself.

    `folds`: how many, drawn with the seed (clusters stay whole), or each unit's own fold number. Scores are held within
    0.01 and 0.99. Assumes selection on what is observed, overlap, and learners that come near both models fast enough.
    Raises CannotEstimate: not_supported, no_overlap, singular, one_cluster, bad_input (fewer units or clusters than
    folds, a fold without one of the groups).
    """
    if estimand not in (Estimand.ATT, Estimand.ATE):
        raise CannotEstimate("not_supported", f"doubly robust estimation does not give {estimand.value}")
    data = data.informative()
    fold = _folds(data, folds, seed)
    for number in np.unique(fold):
        in_rest = data.treated[fold != number]
        if in_rest.all() or not in_rest.any():
            raise CannotEstimate("bad_input", "a fold holds all of one of the groups; use other folds")
    if learner == "linear":
        chance, mu1, mu0 = _linear_models(data, fold, estimand)
    else:
        chance, mu1, mu0 = _learnt_models(data, fold, estimand, _learners(learner, seed))
    chance = np.clip(chance, CLIP, 1 - CLIP)
    found = _augmented(data, chance, mu1, mu0, estimand)
    return _reported(data, found, chance, estimand, ("double_machine_learning", LEARNABLE))


def _augmented(
    data: Comparison, chance: Floats, mu1: Floats, mu0: Floats, estimand: Estimand
) -> tuple[float, Floats]:  # fmt: skip
    """The estimate, and each unit's influence with the models taken as known."""
    d = data.treated.astype(np.float64)
    if estimand is Estimand.ATT:
        share = d.mean()
        psi = (d - (1 - d) * chance / (1 - chance)) * (data.y - mu0) / share
        value = float(psi.mean())
        return value, psi - d / share * value
    if estimand is Estimand.ATE:
        psi = mu1 - mu0 + d * (data.y - mu1) / chance - (1 - d) * (data.y - mu0) / (1 - chance)
        return float(psi.mean()), psi
    raise CannotEstimate("not_supported", f"doubly robust estimation does not give {estimand.value}")


def _reported(
    data: Comparison, found: tuple[float, Floats], chance: Floats, estimand: Estimand,
    method: tuple[str, tuple[str, ...]],
) -> Estimate:  # fmt: skip
    value, influence = found
    estimate = estimate_of(data, value, se_of_mean(influence, data.cluster), estimand=estimand, method=method[0],
                           assumptions=method[1])  # fmt: skip
    w1, w0 = score_weights(chance, estimand)
    weight = np.where(data.treated, w1, w0)
    return with_checks(estimate, overlap_diagnostic(chance, data.treated), *balance_diagnostics(data, weight))


def _folds(data: Comparison, folds: int | Ints, seed: int) -> Ints:
    """A fold for each unit; all units of a cluster in the same."""
    if isinstance(folds, bool) or not isinstance(folds, int):
        if np.shape(folds) != (len(data.y),) or len(np.unique(folds)) < 2:
            raise CannotEstimate("bad_input", "there must be one fold number per unit, and at least two folds")
        return whole(folds, "the fold")
    units = data.cluster if data.cluster is not None else np.arange(len(data.y))
    codes, position = np.unique(units, return_inverse=True)
    if len(codes) < folds or folds < 2:
        raise CannotEstimate("bad_input", "there must be at least two folds, and as many units or clusters as folds")
    order = np.random.default_rng(seed).permutation(len(codes))
    return np.asarray(order[position] % folds, np.int64)


Models = tuple[Floats, Floats, Floats]
"""For each unit, from folds that are not its own: the chance, and the outcome with and without taking part."""


def _linear_models(data: Comparison, fold: Ints, estimand: Estimand) -> Models:
    """Logit and least squares: each fold's sums are made once and taken from the whole; scores begin at the whole's."""
    d, numbers = data.treated.astype(np.float64), np.unique(fold)
    whole = logit_score(data.x, data.treated, data.names)
    scale = whole.scale
    chance, outcomes = np.empty(len(d)), []
    for number in numbers:
        held = fold == number
        own = logit_score(data.x, data.treated, data.names, weight=(~held).astype(np.float64), near=whole)
        chance[held] = own.chance[held]
    for group in (d, 1 - d) if estimand is Estimand.ATE else (1 - d,):
        parts = [group * (fold == number) for number in numbers]
        grams = [gram_of(data.x, scale, part) for part in parts]
        rights = sums_of(data.x, scale, np.column_stack(parts) * data.y[:, None])
        fitted = np.empty(len(d))
        for place, number in enumerate(numbers):
            held = fold == number
            beta = solve(sum(grams) - grams[place], rights.sum(axis=1) - rights[:, place])
            fitted[held] = on_scale(data.x[held], scale, beta)
        outcomes.append(fitted)
    return chance, outcomes[0], outcomes[-1]


def _learnt_models(data: Comparison, fold: Ints, estimand: Estimand, learners: tuple[Model, Model]) -> Models:
    """Every fold's models are fitted beside each other, each on one processor."""
    d = data.treated
    outcome, taking = learners
    chance, mu1, mu0 = (np.empty(len(d)) for _ in range(3))

    def task(number: int, model: Model, among: Flags, target: Floats, into: Floats) -> None:
        held, used = fold == number, (fold != number) & among
        into[held] = model(data.x[used], target[used], data.x[held])

    every = np.ones(len(d), bool)
    parts = [(taking, every, d.astype(np.float64), chance), (outcome, ~d, data.y, mu0)]
    if estimand is Estimand.ATE:
        parts.append((outcome, d, data.y, mu1))
    tasks = [partial(task, number, *part) for number in np.unique(fold).tolist() for part in parts]
    side_by_side(tasks, threads=len(d) > WORTH_THREADS * ROWS)
    return chance, mu1, mu0


def _learners(learner: Learner, seed: int) -> tuple[Model, Model]:
    """A learner for the outcome and one for taking part."""
    if learner == "boosted":
        return _boosted(seed, chance=False), _boosted(seed, chance=True)
    raise CannotEstimate("not_supported", f"there is no learner {learner!r}; use linear or boosted")


def _boosted(seed: int, *, chance: bool) -> Model:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    def fitted(x: Floats, y: Floats, others: Floats) -> Floats:
        rows, weight = _enough(y, seed, by_value=chance)
        x, y = x[rows], y[rows]
        if chance:
            model = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.1, random_state=seed)
            return np.asarray(model.fit(x, y > 0, sample_weight=weight).predict_proba(others)[:, 1], np.float64)
        trees = HistGradientBoostingRegressor(max_iter=100, learning_rate=0.1, random_state=seed).fit(x, y)
        return np.asarray(trees.predict(others), np.float64)

    return fitted


MOST_LEARNT = 500_000
"""Rows that trees are grown on at most. More make them slower and hardly better. What is left out of the models still
counts in the estimate, whose error does not hang on how many rows a model was learnt from."""


def _enough(y: Floats, seed: int, *, by_value: bool) -> tuple[Ints | slice, Floats | None]:
    """The rows to learn from, and what each then stands for. `by_value`: y is 0 or 1, and the rarer is kept first."""
    if len(y) <= MOST_LEARNT:
        return slice(None), None
    draw = np.random.default_rng(seed)
    if not by_value:
        return np.sort(draw.choice(len(y), MOST_LEARNT, replace=False)), None
    parts = sorted((np.flatnonzero(y > 0), np.flatnonzero(y <= 0)), key=len)
    rare = min(len(parts[0]), MOST_LEARNT // 2)
    kept = [
        draw.choice(part, count, replace=False) for part, count in zip(parts, (rare, MOST_LEARNT - rare), strict=True)
    ]
    stands = [np.full(len(own), len(part) / len(own)) for part, own in zip(parts, kept, strict=True)]
    rows, weight = np.concatenate(kept), np.concatenate(stands)
    order = np.argsort(rows)
    return rows[order], weight[order]
