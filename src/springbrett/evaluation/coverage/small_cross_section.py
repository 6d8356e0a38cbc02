"""Small worlds for the estimators that compare two groups at one time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.coverage.records import Case, Expected, Found, World, found_of
from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.covariates import nearest_on_covariates
from springbrett.evaluation.effects.difference import adjusted_difference, raw_difference
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.records import Estimand, Estimate, Ints
from springbrett.evaluation.effects.robust import double_machine_learning, doubly_robust
from springbrett.evaluation.effects.weighting import entropy_balancing, inverse_probability

EFFECT = 1.0
NAMES = ("age", "months_registered", "pay_last_year")
UNSEEN = "something unseen moves both taking part and the outcome"
NEAREST = "The nearest on the score is not the same on the score: a bias of a fraction of the standard error is left."


def comparison(
    seed: int = 0, count: int = 600, *, unseen: float = 0.0, cluster_spread: float = 0.0, clusters: int = 0,
    curve: float = 0.0,
) -> Comparison:  # fmt: skip
    """`count` units, three covariates, the same effect for all. `unseen` moves taking part and the outcome, recorded
    by nobody; `curve`: so does the square of the first covariate. With `clusters`, half of them may take part more
    often and all share something."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 3))
    hidden = rng.normal(size=count)
    cluster = rng.integers(0, clusters, count) if clusters else None
    shared = cluster_spread * rng.normal(size=(2, max(clusters, 1)))[:, cluster if cluster is not None else 0]
    shared = np.broadcast_to(shared.reshape(2, -1), (2, count)) if clusters else np.zeros((2, count))
    bent = curve * (x[:, 0] ** 2 - 1)
    odds = x @ [0.5, -0.4, 0.3] - 0.5 + unseen * hidden + shared[0] + bent
    treated = rng.random(count) < 1 / (1 + np.exp(-odds))
    y = x @ [1.0, -0.5, 0.8] + EFFECT * treated + unseen * hidden + shared[1] + bent + rng.normal(size=count)
    return Comparison(y, treated, x, NAMES, cluster)


@dataclass(frozen=True, slots=True)
class Stratified:
    """A comparison whose strata hold what moves taking part."""

    data: Comparison
    strata: Ints


def stratified(seed: int, count: int, *, unseen: float = 0.0) -> Stratified:
    """Five strata in which taking part grows more common, the outcome higher and more spread."""
    rng = np.random.default_rng(seed)
    cell, hidden = rng.integers(0, 5, count), rng.normal(size=count)
    treated = rng.random(count) < 1 / (1 + np.exp(1.4 - 0.5 * cell - unseen * hidden))
    y = EFFECT * treated + cell + unseen * hidden + rng.normal(size=count) * (1 + 0.3 * cell)
    return Stratified(Comparison(y, treated, np.zeros((count, 0)), ()), cell)


def by_lot(seed: int, count: int) -> Comparison:
    """Who takes part is drawn by lot; those who do differ more among themselves."""
    rng = np.random.default_rng(seed)
    treated = rng.random(count) < 0.3
    y = EFFECT * treated + rng.normal(size=count) * np.where(treated, 2.0, 1.0)
    return Comparison(y, treated, np.zeros((count, 0)), ())


def few_offices(seed: int, count: int) -> Comparison:
    """Five offices of unlike size where part of each takes part, and the effect differs between offices by chance."""
    rng = np.random.default_rng(seed)
    office = rng.choice(5, count, p=np.array([1, 2, 3, 6, 12]) / 24)
    office[:10] = np.arange(10) % 5
    treated = rng.random(count) < 0.5
    own = rng.normal(size=5)[office] + (EFFECT + rng.normal(size=5)[office]) * treated
    return Comparison(own + rng.normal(size=count), treated, np.zeros((count, 0)), (), office)


WORLDS = (
    World("by_lot", "Who takes part is drawn by lot; those who do differ more among themselves.", by_lot, 300, 0.0005),
    World("recorded", "Three recorded traits move taking part (logit) and the outcome (straight lines); the effect is "
          "1 for all.", comparison, 500, 0.014),
    World("unseen", "As «recorded», and a fourth trait that nobody recorded moves both as much.",
          lambda seed, count: comparison(seed, count, unseen=1.0), 500, 0.012),
    World("curved", "As «recorded», and the square of a trait moves both, which neither model holds.",
          lambda seed, count: comparison(seed, count, curve=0.7), 500, 0.003),
    World("many_recorded", "As «recorded», with 3 000 units.", comparison, 3000, 2.0, share=0.05),
    World("strata", "Five strata hold all that moves taking part.", stratified, 500, 0.001),
    World("strata_unseen", "As «strata», and something unseen moves both as well.",
          lambda seed, count: stratified(seed, count, unseen=1.0), 500, 0.001),
    World("offices", "Units in 40 offices that share much of what moves taking part and the outcome.",
          lambda seed, count: comparison(seed, count, clusters=40, cluster_spread=1.5), 800, 0.006),
    World("five_offices", "Five offices of unlike size; the effect differs between offices by chance, 1 on average.",
          few_offices, 240, 0.02),
)  # fmt: skip


def _one(method: Callable[[Comparison], Estimate]) -> Callable[[Comparison], Found]:
    return lambda data: found_of(method(data), EFFECT)


def _blind(data: Comparison) -> Found:
    return found_of(adjusted_difference(Comparison(data.y, data.treated, data.x, data.names)), EFFECT)


def _linear(data: Comparison) -> Estimate:
    return double_machine_learning(data, learner="linear", folds=3)


def _matched(data: Stratified) -> Found:
    return found_of(exact_matching(data.data, data.strata), EFFECT)


_ALL: tuple[tuple[str, str, Callable[[Comparison], Estimate], Expected, str], ...] = (
    ("adjusted_difference", "", adjusted_difference, Expected.NOMINAL, ""),
    ("nearest_on_score", "", nearest_on_score, Expected.NEARLY, NEAREST),
    ("radius_on_score", "", radius_on_score, Expected.NEARLY, NEAREST),
    ("radius_on_score", "where both groups have such a chance",
     lambda data: radius_on_score(data, common_support=True), Expected.NEARLY, NEAREST),
    ("nearest_on_covariates", "", nearest_on_covariates, Expected.NOMINAL, ""),
    ("inverse_probability", "", inverse_probability, Expected.NOMINAL, ""),
    ("inverse_probability", "for everybody", lambda data: inverse_probability(data, estimand=Estimand.ATE),
     Expected.NOMINAL, ""),
    ("entropy_balancing", "", entropy_balancing, Expected.NOMINAL, ""),
    ("doubly_robust", "", doubly_robust, Expected.NOMINAL, ""),
    ("doubly_robust", "for everybody", lambda data: doubly_robust(data, estimand=Estimand.ATE), Expected.NOMINAL, ""),
    ("double_machine_learning", "straight lines", _linear, Expected.NOMINAL, ""),
)  # fmt: skip

CASES = (
    Case("raw_difference", "by_lot", _one(raw_difference)),
    Case("raw_difference", "recorded", _one(raw_difference), expected=Expected.FAILS,
         broken="those who take part differ in other ways"),
    *(Case(code, "recorded", _one(method), what=what, expected=expected, note=note)
      for code, what, method, expected, note in _ALL),
    *(Case(code, "unseen", _one(method), what=what, expected=Expected.FAILS, broken=UNSEEN)
      for code, what, method, _expected, _note in _ALL if what != "for everybody"),
    *(Case(code, "curved", _one(method), what=what, expected=Expected.FAILS, broken="both models are wrong")
      for code, what, method, _expected, _note in _ALL if code in {"doubly_robust", "double_machine_learning"}
      and what != "for everybody"),
    Case("double_machine_learning", "many_recorded",
         _one(lambda data: double_machine_learning(data, learner="boosted", folds=5)), what="boosted trees",
         expected=Expected.NEARLY,
         note="Boosted trees learn a straight line slowly; at this size what is left of it makes the error too large."),
    Case("exact_matching", "strata", _matched),
    Case("exact_matching", "strata_unseen", _matched, expected=Expected.FAILS, broken=UNSEEN),
    *(Case(code, "offices", _one(method), what="by offices")
      for code, what, method, _expected, _note in _ALL
      if code in {"adjusted_difference", "inverse_probability", "entropy_balancing", "doubly_robust"} and not what),
    Case("adjusted_difference", "offices", _blind, what="as if units were independent", expected=Expected.FAILS,
         broken="units of one office hang together"),
    Case("adjusted_difference", "five_offices", _one(adjusted_difference), what="by offices",
         expected=Expected.FAILS, broken="five offices are too few for the usual error"),
)  # fmt: skip
