"""Measures one after the other: what follows what, what it means to begin with one rather than another, and what two
steps do together when the second hangs on how the first went.

The last is a marginal structural model (Robins, Hernán & Brumback 2000): each person is weighted by one over the chance
of the steps they took, given what was known before each, so that neither step is confounded by what the first brought.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from springbrett.evaluation.effects.comparison import FEWEST_CLUSTERS, Comparison, solve, weighted_gram, z_of
from springbrett.evaluation.effects.difference import cluster_sandwich
from springbrett.evaluation.effects.entrance import hold, labels, numbers, yes_no
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats, Ints
from springbrett.evaluation.effects.robust import doubly_robust
from springbrett.evaluation.effects.score import logit_score

LONGEST = 4
LARGEST_WEIGHT = 20.0
SEQUENTIAL = ("sequential_selection_on_observed", "overlap", "no_spillover")


@dataclass(frozen=True, slots=True)
class Transitions:
    """`measures` (k, and "" last: nothing more); `count` k × (k+1): how many times the column followed the row, and
    `share` of all that followed. `small` marks cells above zero and below `least`, whose figures must not be shown."""

    measures: tuple[str, ...]
    count: Ints
    share: Floats
    small: Flags
    least: int


@dataclass(frozen=True, slots=True)
class TypicalSequence:
    """Measures in order, how many persons had exactly these, and whether that is too few to be shown."""

    measures: tuple[str, ...]
    count: int
    small: bool


def transitions(person: Ints, start: Ints, measure: np.ndarray, *, least: int = 5) -> Transitions:
    """What follows what: stays in order of start within persons (ties in the order of the measure's code).

    Raises CannotEstimate: empty_group, bad_input.
    """
    order = _ordered(person, start, measure)
    names, code = np.unique(np.asarray(measure, str)[order], return_inverse=True)
    who = person[order]
    following = np.full(len(code), len(names))
    same = who[1:] == who[:-1]
    following[:-1][same] = code[1:][same]
    count = np.bincount(code * (len(names) + 1) + following, minlength=len(names) * (len(names) + 1))
    table = count.reshape(len(names), -1).astype(np.int64)
    share = table / table.sum(axis=1, keepdims=True)
    return Transitions((*names.tolist(), ""), table, share, (table > 0) & (table < least), least)


def typical_sequences(
    person: Ints, start: Ints, measure: np.ndarray, *, longest: int = LONGEST, least: int = 5
) -> tuple[TypicalSequence, ...]:  # fmt: skip
    """Whole sequences by how many persons had them, the most common first; those longer than `longest` are cut there.

    Raises CannotEstimate: empty_group, bad_input.
    """
    order = _ordered(person, start, measure)
    who, what = person[order], np.asarray(measure, str)[order]
    begins = np.flatnonzero(np.concatenate([[True], np.diff(who) != 0]))
    ends = np.concatenate([begins[1:], [len(who)]])
    found = Counter(
        tuple(what[low : min(high, low + longest)].tolist()) for low, high in zip(begins, ends, strict=True)
    )
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple(TypicalSequence(measures, count, count < least) for measures, count in ranked)


def _ordered(person: Ints, start: Ints, measure: np.ndarray) -> Ints:
    if not len(person):
        raise CannotEstimate("empty_group", "there are no stays")
    if start.shape != person.shape or np.shape(measure) != person.shape:
        raise CannotEstimate("bad_input", "persons, starts and measures have different lengths")
    for values, what in ((person, "the person"), (start, "the start"), (np.asarray(measure), "the measure")):
        labels(values, what)  # refuses what is missing: it would be a person, or a measure, of its own
    return np.asarray(np.lexsort((np.asarray(measure, str), start, person)))


def first_measure(
    y: Floats, first: np.ndarray, pair: tuple[str, str], x: Floats, names: tuple[str, ...], *,
    estimand: Estimand = Estimand.ATE, cluster: Ints | None = None,
) -> Estimate:  # fmt: skip
    """To have begun with `pair[0]` rather than `pair[1]`, among those who began with either (doubly robust).

    `first` (n,): each person's first measure. What came after is part of the effect. ATE: for all who began with
    either; ATT: for those who began with the first of the pair. Raises CannotEstimate as `doubly_robust`, and
    empty_group (nobody began with one of them), bad_input (the same twice).
    """
    if pair[0] == pair[1]:
        raise CannotEstimate("bad_input", "a measure is not compared with itself")
    y, first, x = numbers(y, "the outcome"), np.asarray(first), numbers(x, "a covariate")
    if first.shape != y.shape or len(x) != len(y):
        raise CannotEstimate("bad_input", "outcome, first measure and covariates have different lengths")
    for measure in pair:
        if not (first == measure).any():
            raise CannotEstimate("empty_group", f"nobody began with {measure}", measure=measure)
    either = (first == pair[0]) | (first == pair[1])
    data = Comparison(y[either], np.asarray(first[either] == pair[0]), x[either], names,
                      None if cluster is None else cluster[either])  # fmt: skip
    return replace(doubly_robust(data, estimand=estimand), method="first_measure")


@dataclass(frozen=True, slots=True)
class TwoSteps:
    """n persons: whether they took the `first` and the `second` step, the outcome `y`, what was known `before` the
    first (n × k) and what became known `between` (n × l: how the first went). Raises CannotEstimate("bad_input")."""

    y: Floats
    first: Flags
    second: Flags
    before: Floats
    between: Floats
    cluster: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, y=numbers(self.y, "the outcome"), first=yes_no(self.first, "the first step"),
             second=yes_no(self.second, "the second step"), before=numbers(self.before, "a covariate"),
             between=numbers(self.between, "a covariate"),
             cluster=None if self.cluster is None else labels(self.cluster, "the cluster"))  # fmt: skip
        count = len(self.y)
        columns = (self.first, self.second, *(() if self.cluster is None else (self.cluster,)))
        if (
            any(column.shape != (count,) for column in columns)
            or len(self.before) != count
            or len(self.between) != count
        ):
            raise CannotEstimate("bad_input", "the columns have different lengths")
        if self.y.ndim != 1 or self.before.ndim != 2 or self.between.ndim != 2:
            raise CannotEstimate("bad_input", "there is one outcome a person, and a table of covariates for each step")
        if not all(np.isfinite(column).all() for column in (self.y, self.before, self.between)):
            raise CannotEstimate("bad_input", "an outcome or a covariate is missing; leave those persons out first")


@dataclass(frozen=True, slots=True)
class Plans:
    """What each plan would give if all followed it: `mean` (4,) and `se` for neither step, the first only, the second
    only, both; `effects` against neither by name ("first", "second", "both"); `weight` (n,) stabilised."""

    mean: Floats
    se: Floats
    effects: dict[str, Estimate]
    weight: Floats


PLANS = (("first", 1), ("second", 2), ("both", 3))


def marginal_structural(
    data: TwoSteps, *, truncate: float | None = None, level: float = 0.95
) -> Plans:  # fmt: skip
    """The effects of plans of two steps (ATE), by stabilised inverse-probability weights and a saturated outcome.

    The second step's chance is modelled from the first step, what was known before and what became known between, apart
    for those who took the first and those who did not. Standard errors take the weights as known, which makes them too
    large rather than too small. `truncate`: weights above this quantile are set to it (None: none are). Raises
    CannotEstimate: empty_group (a plan that nobody followed), no_overlap, singular, one_cluster.
    """
    plan = data.first.astype(np.int64) + 2 * data.second
    held = np.bincount(plan, minlength=4)
    if (held < 2).any():
        raise CannotEstimate("empty_group", "fewer than two followed one of the four plans", smallest=int(held.min()))
    weight = _weights(data)
    if truncate is not None:
        weight = np.minimum(weight, np.quantile(weight, truncate))
    design = np.column_stack([plan == number for number in range(1, 4)]).astype(np.float64)
    gram = weighted_gram(design, weight)
    beta = solve(gram, np.concatenate([[weight @ data.y], design.T @ (weight * data.y)]))
    residual = weight * (data.y - beta[0] - design @ beta[1:])
    cluster = np.arange(len(plan)) if data.cluster is None else data.cluster
    variance = cluster_sandwich(design, residual, np.asarray(np.linalg.inv(gram)), cluster)
    turn = np.eye(4)
    turn[:, 0] = 1.0
    means, spread = turn @ beta, np.sqrt(np.diag(turn @ variance @ turn.T))
    checks = _weight_checks(weight, held, cluster, data.cluster is not None)
    effects = {
        name: _effect(beta[number], float(np.sqrt(variance[number, number])), (held[number], held[0]), checks, level)
        for name, number in PLANS
    }
    return Plans(means, spread, effects, weight)


def _weights(data: TwoSteps) -> Floats:
    """Chance of the steps given only the steps before, over their chance given all that was known."""
    share = data.first.mean()
    weight = _odds(data.before, data.first, share)
    for taken in (False, True):
        rows = data.first == taken
        known = np.column_stack([data.before[rows], data.between[rows]])
        weight[rows] *= _odds(known, data.second[rows], data.second[rows].mean())
    return weight


def _odds(x: Floats, taken: Flags, share: float) -> Floats:
    varying = x[:, np.ptp(x, axis=0) > 0] if x.shape[1] else x
    chance = logit_score(varying, taken).chance if varying.shape[1] else np.full(len(taken), share)
    return np.where(taken, share / chance, (1 - share) / (1 - chance))


def _weight_checks(weight: Floats, held: Ints, cluster: Ints, clustered: bool) -> tuple[Diagnostic, ...]:
    mean, largest = float(weight.mean()), float(weight.max() / weight.mean())
    found = (
        Diagnostic("weight_mean", mean, 0.1, abs(mean - 1) <= 0.1),
        Diagnostic("largest_weight", largest, LARGEST_WEIGHT, largest <= LARGEST_WEIGHT),
        Diagnostic("smallest_plan", float(held.min())),
    )
    if not clustered:
        return found
    count = len(np.unique(cluster))
    return (*found, Diagnostic("clusters", count, FEWEST_CLUSTERS, count >= FEWEST_CLUSTERS))


def _effect(
    value: float, se: float, counts: tuple[int, int], checks: tuple[Diagnostic, ...], level: float
) -> Estimate:  # fmt: skip
    half = z_of(level) * se
    return Estimate(
        estimand=Estimand.ATE, method="marginal_structural", value=float(value), se=se,
        interval=(float(value - half), float(value + half)), n_treated=int(counts[0]), n_comparison=int(counts[1]),
        level=level, p_value=2 * NormalDist().cdf(-abs(value / se)) if se > 0 else None, assumptions=SEQUENTIAL,
        diagnostics=checks,
    )  # fmt: skip
