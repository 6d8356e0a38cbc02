"""Doubly robust estimates: a model of the outcome and one of taking part; either may be wrong, not both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, Protocol

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison, estimate_of, least_squares, linear, se_of_mean
from springbrett.evaluation.effects.diagnostics import balance_diagnostics, overlap_diagnostic
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Floats, Ints
from springbrett.evaluation.effects.score import logit_score
from springbrett.evaluation.effects.weighting import score_weights

DOUBLY = ("selection_on_observed", "overlap", "one_of_two_models")
Learner = Literal["linear", "boosted"]
CLIP = 0.01


class Model(Protocol):
    """What a learner must do: fit on rows, predict for others."""

    def __call__(self, x: Floats, y: Floats, others: Floats) -> Floats: ...


def doubly_robust(data: Comparison, *, estimand: Estimand = Estimand.ATT) -> Estimate:
    """Augmented inverse-probability weighting with a logit score and linear outcomes (Robins, Rotnitzky & Zhao 1994).

    ATT or ATE. Raises CannotEstimate: no_overlap, singular, not_supported.
    """
    data = data.informative()
    chance = logit_score(data.x, data.treated).chance
    d = data.treated
    mu0 = linear(data.x, least_squares(data.x[~d], data.y[~d]))
    mu1 = linear(data.x, least_squares(data.x[d], data.y[d])) if estimand is Estimand.ATE else data.y
    return _augmented(data, chance, mu1, mu0, estimand, "doubly_robust")


def double_machine_learning(
    data: Comparison, *, estimand: Estimand = Estimand.ATT, learner: Learner = "boosted", folds: int = 5, seed: int = 0
) -> Estimate:  # fmt: skip
    """Doubly robust with learners and cross-fitting (Chernozhukov et al. 2018): no unit is predicted by itself.

    Clusters stay whole within folds. Scores are held within 0.01 and 0.99. Raises CannotEstimate: not_supported,
    bad_input (fewer units or clusters than folds).
    """
    data = data.informative()
    fold = _folds(data, folds, seed)
    d = data.treated
    chance, mu1, mu0 = (np.empty(len(d)) for _ in range(3))
    outcome, taking = _learners(learner, seed)
    for number in range(folds):
        held, rest = fold == number, fold != number
        if not (d[rest].any() and (~d[rest]).any()):
            raise CannotEstimate("bad_input", "a fold lacks one of the groups; use fewer folds")
        chance[held] = np.clip(taking(data.x[rest], d[rest].astype(np.float64), data.x[held]), CLIP, 1 - CLIP)
        mu0[held] = outcome(data.x[rest & ~d], data.y[rest & ~d], data.x[held])
        if estimand is Estimand.ATE:
            mu1[held] = outcome(data.x[rest & d], data.y[rest & d], data.x[held])
    return _augmented(data, chance, mu1, mu0, estimand, "double_machine_learning")


def _augmented(
    data: Comparison, chance: Floats, mu1: Floats, mu0: Floats, estimand: Estimand, method: str
) -> Estimate:  # fmt: skip
    d = data.treated.astype(np.float64)
    if estimand is Estimand.ATT:
        share = d.mean()
        psi = (d * (data.y - mu0) - (1 - d) * chance / (1 - chance) * (data.y - mu0)) / share
        value = float(psi.mean())
        influence = psi - d / share * value
    elif estimand is Estimand.ATE:
        psi = mu1 - mu0 + d * (data.y - mu1) / chance - (1 - d) * (data.y - mu0) / (1 - chance)
        value, influence = float(psi.mean()), psi
    else:
        raise CannotEstimate("not_supported", f"doubly robust estimation does not give {estimand.value}")
    found = estimate_of(data, value, se_of_mean(influence, data.cluster), estimand=estimand, method=method,
                        assumptions=DOUBLY)  # fmt: skip
    w1, w0 = score_weights(chance, estimand)
    weight = np.where(data.treated, w1, w0)
    checks = (overlap_diagnostic(chance, data.treated), *balance_diagnostics(data, weight))
    return replace(found, diagnostics=checks)


def _folds(data: Comparison, folds: int, seed: int) -> Ints:
    """A fold for each unit; all units of a cluster in the same."""
    units = data.cluster if data.cluster is not None else np.arange(len(data.y))
    codes, position = np.unique(units, return_inverse=True)
    if len(codes) < folds or folds < 2:
        raise CannotEstimate("bad_input", "there must be at least two folds, and more units than folds")
    order = np.random.default_rng(seed).permutation(len(codes))
    return np.asarray(order[position] % folds, np.int64)


def _learners(learner: Learner, seed: int) -> tuple[Callable[..., Floats], Callable[..., Floats]]:
    """A learner for the outcome and one for taking part."""
    if learner == "linear":
        return _line, _logit
    if learner == "boosted":
        return _boosted(seed, chance=False), _boosted(seed, chance=True)
    raise CannotEstimate("not_supported", f"there is no learner {learner!r}; use linear or boosted")


def _line(x: Floats, y: Floats, others: Floats) -> Floats:
    return linear(others, least_squares(x, y))


def _logit(x: Floats, y: Floats, others: Floats) -> Floats:
    found = logit_score(x, y > 0)
    return np.asarray(1 / (1 + np.exp(-linear(others, found.coefficients))))


def _boosted(seed: int, *, chance: bool) -> Model:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    def fitted(x: Floats, y: Floats, others: Floats) -> Floats:
        if chance:
            model = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.1, random_state=seed).fit(x, y > 0)
            return np.asarray(model.predict_proba(others)[:, 1], np.float64)
        trees = HistGradientBoostingRegressor(max_iter=100, learning_rate=0.1, random_state=seed).fit(x, y)
        return np.asarray(trees.predict(others), np.float64)

    return fitted
