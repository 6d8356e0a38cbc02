"""Simulated Norway drawn over and over: starts of one seldom used measure against those not yet started.

Every person lives twice, with measures and without, under the same luck; the truth is the difference, over those who
started. The measure is used seldom, so that hardly anybody of the comparison starts while they are followed: starting
now against not yet is then very nearly starting against never.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np

from springbrett.evaluation.cohort import Cohort, Population, with_comparison
from springbrett.evaluation.coverage.records import Case, Expected, Found, World, found_of
from springbrett.evaluation.coverage.small_cross_section import NEAREST
from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.covariates import nearest_on_covariates
from springbrett.evaluation.effects.difference import adjusted_difference, raw_difference
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.notyet import Waiting, not_yet_treated
from springbrett.evaluation.effects.records import Estimate, Floats, Ints
from springbrett.evaluation.effects.robust import double_machine_learning, doubly_robust
from springbrett.evaluation.effects.weighting import entropy_balancing, inverse_probability
from springbrett.evaluation.outcomes.definitions import intervals_of, load_outcomes
from springbrett.evaluation.outcomes.paths import Window, stay_paths
from springbrett.evaluation.simulate.months import WORK
from springbrett.evaluation.simulate.norway import Simulated, simulate
from springbrett.evaluation.simulate.world import TRAITS
from springbrett.evaluation.simulate.world import World as Numbers
from springbrett.evaluation.simulate.world import norway as numbers

MEASURE, YEARS, FROM, UNTIL = "arbeidstrening", 4, 20, 37
BEFORE, AFTER, MONTH = 3, 5, 3
START, PER_TREATED = 0.003, 4
UNSEEN = "those with more of a trait no register shows are oftener given a place, and oftener find work"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Starts and comparisons in Simulated Norway: the comparison `month` months after the start (in work or not), the
    traits' strata, the paths, and the true effect in that month and summed over the months from the start."""

    data: Comparison
    strata: Ints
    waiting: Waiting
    truth: float
    summed: float


def world_of(*, unseen: bool) -> Numbers:
    """Simulated Norway with one measure, chosen by what registers show; `unseen`: and by what they do not."""
    held = numbers()
    only = msgspec.structs.replace(held.measures[MEASURE], start=START, falls_to=1.0, selection=0.5)
    return msgspec.structs.replace(
        held, measures={MEASURE: only}, work={**held.work, "unobserved": 1.2 if unseen else 0.0},
        preference={**held.preference, "on_unobserved": 1.0 if unseen else 0.0},
    )  # fmt: skip


def drawn(seed: int, persons: int, *, unseen: bool = False) -> Drawn:
    """One draw."""
    made = simulate(persons=persons, years=YEARS, seed=seed, world=world_of(unseen=unseen))
    first, last = made.first_month, made.first_month + 12 * YEARS - 1
    who = Population((MEASURE,), first + FROM, first + UNTIL)
    cohort = with_comparison(made.registers, who, per_treated=PER_TREATED, seed=seed)
    window = Window(first, last, before=BEFORE, after=AFTER)
    paths = stay_paths(cohort.person, cohort.start, intervals_of(load_outcomes()["in_work"], made.registers, last),
                       window)  # fmt: skip
    effects = true_path(made, cohort)
    traits = made.people.traits[cohort.person]
    x = np.column_stack([traits, np.log1p(np.maximum(cohort.registered, 0))])
    names = (*TRAITS, "months_registered")
    data = Comparison(paths[:, BEFORE + MONTH], cohort.treated, x, names, cohort.person)
    waiting = Waiting(cohort.person, cohort.treated, cohort.strata, x, names, paths, window.months)
    return Drawn(data, strata_of_traits(traits), waiting, float(effects[MONTH]), float(effects.sum()))


def true_path(made: Simulated, cohort: Cohort) -> Floats:
    """The true effect on being in work in month 0 … AFTER, over the starts of the cohort."""
    person, start = cohort.person[cohort.treated], cohort.start[cohort.treated] - made.first_month
    month = start[:, None] + np.arange(AFTER + 1)
    with_measure, without = (lives.status[month, person[:, None]] == WORK for lives in
                             (made.with_measures, made.without))  # fmt: skip
    return np.asarray((with_measure.astype(np.float64) - without).mean(axis=0))


def strata_of_traits(traits: Floats) -> Ints:
    """One number per combination of traits."""
    return np.asarray(np.unique(traits, axis=0, return_inverse=True)[1].ravel(), np.int64)


WORLDS = (
    World("norway", "Simulated Norway: 12 000 persons over four years, one measure used seldom and chosen by what "
          "registers show; in work three months after the start, against those as long registered in the same month "
          "who have not started.", drawn, 12000, 0.3, share=0.3),
    World("norway_unseen", "As «norway», and those with more of a trait no register shows are oftener given a place "
          "and oftener find work.", lambda seed, persons: drawn(seed, persons, unseen=True), 12000, 0.3, share=0.1),
)  # fmt: skip


def _one(method: Callable[[Comparison], Estimate]) -> Callable[[Drawn], Found]:
    return lambda made: found_of(method(made.data), made.truth)


def _linear(data: Comparison) -> Estimate:
    return double_machine_learning(data, learner="linear", folds=3)


_ALL: tuple[tuple[str, str, Callable[[Drawn], Found], Expected, str], ...] = (
    ("adjusted_difference", "", _one(adjusted_difference), Expected.NOMINAL, ""),
    ("exact_matching", "", lambda made: found_of(exact_matching(made.data, made.strata), made.truth),
     Expected.NOMINAL, ""),
    ("nearest_on_score", "", _one(nearest_on_score), Expected.NEARLY, NEAREST),
    ("radius_on_score", "", _one(radius_on_score), Expected.NEARLY, NEAREST),
    ("nearest_on_covariates", "", _one(nearest_on_covariates), Expected.NOMINAL, ""),
    ("inverse_probability", "", _one(inverse_probability), Expected.NOMINAL, ""),
    ("entropy_balancing", "", _one(entropy_balancing), Expected.NOMINAL, ""),
    ("doubly_robust", "", _one(doubly_robust), Expected.NOMINAL, ""),
    ("double_machine_learning", "straight lines", _one(_linear), Expected.NOMINAL, ""),
    ("not_yet_treated", "", lambda made: found_of(not_yet_treated(made.waiting).path, made.summed), Expected.NOMINAL,
     ""),
)  # fmt: skip

CASES = (
    Case("raw_difference", "norway", _one(raw_difference), expected=Expected.FAILS, pooled=True,
         broken="those who take part differ in other ways"),
    *(Case(code, "norway", method, what=what, expected=expected, note=note, pooled=True)
      for code, what, method, expected, note in _ALL),
    *(Case(code, "norway_unseen", method, what=what, expected=Expected.FAILS, broken=UNSEEN, pooled=True)
      for code, what, method, _expected, _note in _ALL),
)  # fmt: skip
