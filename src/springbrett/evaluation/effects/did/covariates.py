"""Group-time effects with continuous covariates: doubly robust, by weighting or by regression (Sant'Anna & Zhao 2020).

The two-by-two building block takes the change of the outcome of each unit; `group_time_with` runs it for every group
and period, with covariates as they were before the start. Assumes parallel trends given the covariates, and overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import sparse

from springbrett.evaluation.effects.comparison import Scale, few_check, linear, solve, weighted_gram
from springbrett.evaluation.effects.did.contrasts import Contrasts, Covariance
from springbrett.evaluation.effects.did.few import lone_check
from springbrett.evaluation.effects.did.group_time import GroupTimes, contrasts_of
from springbrett.evaluation.effects.did.panel import Panel, Wide, widen
from springbrett.evaluation.effects.entrance import numbers
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Flags, Floats, Ints
from springbrett.evaluation.effects.score import logit_score

HIGHEST = 0.995
"""Comparison units with a higher chance are left out, as in the estimator's own package."""


class Adjusting(StrEnum):
    """How the covariates are held equal."""

    DOUBLY_ROBUST = "doubly_robust"
    WEIGHTING = "weighting"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """An ATT and each unit's influence on it (n,), whose squares add up to n² times its variance."""

    value: float
    influence: Floats


def two_by_two(
    change: Floats, treated: Flags, x: Floats, adjusting: Adjusting | str = Adjusting.DOUBLY_ROBUST
) -> TwoByTwo:  # fmt: skip
    """change (n,) of the outcome, x (n × k) covariates. Raises CannotEstimate: no_treated, no_comparison, no_overlap,
    singular, bad_input."""
    kind = Adjusting(adjusting)
    if not treated.any():
        raise CannotEstimate("no_treated", "nobody took part")
    if treated.all():
        raise CannotEstimate("no_comparison", "there is nobody to compare with")
    if min(int(treated.sum()), int((~treated).sum())) <= x.shape[1]:
        raise CannotEstimate("bad_input", "there are no more units than covariates in one of the groups")
    d = treated.astype(np.float64)
    x = x[:, np.ptp(x, axis=0) > 0] if x.shape[1] else x
    line = np.column_stack([np.ones(len(d)), x])
    weight, by_score = 1 - d, None
    if kind is not Adjusting.REGRESSION:
        weight, by_score = _odds(x, treated)
    predicted, by_line = np.zeros(len(d)), None
    if kind is not Adjusting.WEIGHTING:
        predicted, by_line = _outcome(x, line, change, 1 - d)
    if kind is Adjusting.REGRESSION:
        return _by_regression(change, d, line, predicted, by_line)
    return _by_weights(change - predicted, d, weight, line, (by_score, by_line))


def _odds(x: Floats, treated: Flags) -> tuple[Floats, Floats]:
    """The comparison's weights, and each unit's influence on the score's coefficients (n × k+1, scale of x)."""
    if not x.shape[1]:
        share = treated.mean()
        return (1 - treated) * share / (1 - share), ((treated - share) / (share * (1 - share)))[:, None]
    score = logit_score(x, treated)
    keep = treated | (score.chance < HIGHEST)
    weight = np.where(treated, 0.0, np.divide(score.chance, 1 - score.chance)) * keep
    p = np.asarray(score.chance)
    information = weighted_gram(x, p * (1 - p)) / len(p)
    line = np.column_stack([np.ones(len(p)), x])
    return weight, ((treated - p)[:, None] * line) @ np.linalg.inv(information)


def _outcome(x: Floats, line: Floats, change: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The change predicted by the comparison's line, and each unit's influence on its coefficients (n × k+1)."""
    gram = weighted_gram(x, weight)
    beta = solve(gram, line.T @ (weight * change))
    predicted = linear(x, beta)
    return predicted, ((weight * (change - predicted))[:, None] * line) @ np.linalg.inv(gram / len(change))


def _by_regression(change: Floats, d: Floats, line: Floats, predicted: Floats, by_line: Floats | None) -> TwoByTwo:
    assert by_line is not None
    value = float((d * (change - predicted)).sum() / d.sum())
    share = d.mean()
    pulled = by_line @ (d[:, None] * line).mean(axis=0)
    return TwoByTwo(value, (d * (change - predicted - value) - pulled) / share)


def _by_weights(
    residual: Floats, d: Floats, weight: Floats, line: Floats, influences: tuple[Floats | None, Floats | None]
) -> TwoByTwo:  # fmt: skip
    if weight.sum() <= 0:
        raise CannotEstimate("no_overlap", "no comparison unit is like those who took part")
    by_score, by_line = influences
    assert by_score is not None
    share, share0 = d.mean(), weight.mean()
    mean1, mean0 = (d * residual).mean() / share, (weight * residual).mean() / share0
    psi = d * (residual - mean1) / share - weight * (residual - mean0) / share0
    psi = psi - by_score @ (weight[:, None] * (residual - mean0)[:, None] * line).mean(axis=0) / share0
    if by_line is not None:
        gap = (d[:, None] * line).mean(axis=0) / share - (weight[:, None] * line).mean(axis=0) / share0
        psi = psi - by_line @ gap
    return TwoByTwo(float(mean1 - mean0), psi)


@dataclass(frozen=True, slots=True)
class FromUnits:
    """Influences kept unit by unit: n × J, each unit's first treated period's place among the groups, and cluster."""

    psi: Floats
    place: Ints
    cluster: Ints | None

    def covariance(self, weights: sparse.csr_array, by_first: Floats | None) -> Covariance:
        """Exact covariance of weighted sums of the effects."""
        scores = np.asarray((weights @ self.psi.T).T)
        if by_first is not None:
            scores = scores + by_first.T[self.place]
        if self.cluster is None:
            return Covariance(scores.T @ scores, None)
        _names, at = np.unique(self.cluster, return_inverse=True)
        summed = np.zeros((int(at.max()) + 1, scores.shape[1]))
        np.add.at(summed, at, scores)
        if len(summed) < 2:
            raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
        return Covariance(summed.T @ summed * (len(summed) / (len(summed) - 1)), summed)


def group_time_with(
    panel: Panel, x: Floats, *, adjusting: Adjusting | str = Adjusting.DOUBLY_ROBUST, comparison: str = "never",
    base: str = "varying", anticipation: int = 0, level: float = 0.95,
) -> GroupTimes:  # fmt: skip
    """All ATT(g, t) given covariates x (rows × k). A unit's covariates are those of its first observed row.

    Raises CannotEstimate: not_supported (weights; strata), and as `two_by_two` and `group_time`, naming the effect.
    """
    if panel.weight is not None or panel.stratum is not None:
        raise CannotEstimate("not_supported", "weights and strata are not combined with continuous covariates")
    x = numbers(x, "a covariate")
    if x.ndim != 2 or x.shape[:1] != panel.y.shape or not np.isfinite(x).all():
        raise CannotEstimate("bad_input", "covariates are missing or of another length; leave those rows out first")
    wide = widen(panel)
    order = np.lexsort((panel.period, panel.unit))
    _units, begin = np.unique(panel.unit[order], return_index=True)
    covariates = Scale.of(x[order][begin]).design(x[order][begin])[:, 1:]  # the answer does not hang on the scale
    wanted = contrasts_of(wide.periods, wide.first, comparison=comparison, base=base, anticipation=anticipation)
    psi = np.zeros((len(wide.unit), len(wanted)))
    value = np.zeros(len(wanted))
    for j in range(len(wanted)):
        own = wide.first == wanted.group[j]
        change = wide.y[:, wanted.period[j]] - wide.y[:, wanted.base[j]]
        used = (own | ((wide.first > wanted.limit[j]) & ~own)) & ~np.isnan(change)
        facts = {"group": int(wanted.group[j]), "period": int(wide.periods[wanted.period[j]])}
        found = _named(change[used], own[used], covariates[used], adjusting, facts)
        value[j] = found.value
        psi[used, j] = found.influence / used.sum()
    firsts, place = np.unique(wide.first, return_inverse=True)
    always = firsts <= wide.periods[0]
    heads = np.where(always, 0, np.bincount(place))
    influence = FromUnits(psi, place, wide.cluster)
    matrix = influence.covariance(sparse.csr_array(sparse.eye_array(len(wanted))), None).matrix
    checks = (Diagnostic("treated_from_the_start", float(np.bincount(place)[always].sum())),) if always.any() else ()
    checks = (*checks, *_few(wide, wanted))
    return GroupTimes(
        group=wanted.group, period=wide.periods[wanted.period], value=value, se=np.sqrt(np.diag(matrix)),
        covariance=matrix, influence=influence, periods=wide.periods, firsts=firsts, sizes=heads.astype(np.float64),
        heads=heads, anticipation=anticipation, comparison=comparison, level=level, diagnostics=checks,
        method=f"group_time_{Adjusting(adjusting).value}",
    )  # fmt: skip


def _few(wide: Wide, wanted: Contrasts) -> tuple[Diagnostic, ...]:
    """Whether units, or clusters, are very few on a side or in a group (see `few`)."""
    name = wide.unit if wide.cluster is None else wide.cluster
    held = [wide.first == group for group in np.unique(wanted.group).tolist()]
    behind = np.array([len(np.unique(name[which])) for which in held], np.int64)
    treated, others = np.isin(wide.first, wanted.group), wide.first > wanted.limit.min()
    few = few_check(*(len(np.unique(name[which])) for which in (treated, others)))
    return (*few, *lone_check(behind, np.array([which.sum() for which in held], np.float64)))


def _named(
    change: Floats, treated: Flags, x: Floats, adjusting: Adjusting | str, facts: dict[str, int]
) -> TwoByTwo:  # fmt: skip
    try:
        return two_by_two(change, treated, x, adjusting)
    except CannotEstimate as problem:
        where = f"{str(problem).partition(': ')[2]} (group {facts['group']}, period {facts['period']})"
        raise CannotEstimate(problem.code, where, **facts) from problem
