"""Effects by first treated period and calendar period, and what they add up to (Callaway & Sant'Anna 2021).

ATT(g, t): the average effect in period t on those first treated in g. It is the change of their outcome since a base
period beyond the change of a comparison: those never treated, or those not yet treated in t. Discrete covariates enter
as strata: saturated, where outcome regression, weighting and doubly robust are one estimator.
Assumes parallel trends (within strata) without treatment, no effect earlier than `anticipation` periods before, and
that every stratum of a group has someone to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from scipy import sparse
from scipy.stats import norm

from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.did.band import Band, critical_value, joint_test
from springbrett.evaluation.effects.did.cells import Cells, Unbalanced, reduce
from springbrett.evaluation.effects.did.contrasts import (
    Contrasts,
    Covariance,
    Differences,
    covariance,
    sides,
    standardised_differences,
    supported,
)
from springbrett.evaluation.effects.did.few import asked_sides, group_checks
from springbrett.evaluation.effects.did.panel import Panel, Wide
from springbrett.evaluation.effects.did.variances import standard_errors
from springbrett.evaluation.effects.did.weights import (
    Weighted,
    by_calendar,
    by_event_time,
    by_first_period,
    by_size,
    with_mean,
)
from springbrett.evaluation.effects.records import (
    CannotEstimate,
    Diagnostic,
    EffectPath,
    Estimand,
    Estimate,
    Floats,
    Ints,
)

ASSUMPTIONS = ("parallel_trends", "no_anticipation", "absorbing")
CONFIDENT = 0.05
DEFAULT = Band()
NO_SPREAD = 1e-6
"""Standard errors below this part of the effect are rounding."""


class Influence(Protocol):
    """Whatever knows how units pull on the group-time effects."""

    def covariance(self, weights: sparse.csr_array, by_first: Floats | None) -> Covariance:
        """Covariance of weighted sums; `by_first` (K × Q): what a unit of each first treated period adds."""


@dataclass(frozen=True, slots=True)
class FromCells:
    """Influences read off sufficient statistics; `firsts` (Q,) the first treated periods in order."""

    cells: Cells
    found: Differences
    firsts: Ints

    def covariance(self, weights: sparse.csr_array, by_first: Floats | None) -> Covariance:
        """Exact (see `contrasts.covariance`)."""
        extra = None if by_first is None else by_first[:, np.searchsorted(self.firsts, self.cells.first)]
        return covariance(self.cells, self.found, weights, extra)


@dataclass(frozen=True, slots=True)
class GroupTimes:
    """J effects: `group` first treated in, `period`, `value`, `se`; `covariance` (J × J) when they are few.

    `firsts`, `sizes` (Q,): every first treated period (NEVER last) and the weight of its units, `heads` how many.
    """

    group: Ints
    period: Ints
    value: Floats
    se: Floats
    covariance: Floats | None
    influence: Influence
    periods: Ints
    firsts: Ints
    sizes: Floats
    heads: Ints
    anticipation: int
    comparison: str
    level: float = 0.95
    diagnostics: tuple[Diagnostic, ...] = ()
    method: str = "group_time"

    @property
    def after(self) -> np.ndarray:
        """J: whether the effect is of a period from the first treated on."""
        return self.period >= self.group

    def simple(self) -> Estimate:
        """All effects from the first treated period on, weighted by the size of the group: one number."""
        return self._estimate(by_size(self), "simple")

    def event_study(
        self, *, first: int | None = None, last: int | None = None, balance: int | None = None, band: Band = DEFAULT
    ) -> EffectPath:  # fmt: skip
        """By periods since the first treated one, groups weighted by size; `overall` is the mean from 0 on.

        `balance`: only groups followed at least that long, and no further. The reference period of a universal base is
        zero by construction and left out. The band is by multiplier bootstrap.
        """
        weighted = by_event_time(self, first, last, balance)
        path = self._path(weighted, "dynamic", weighted.label >= 0, band)
        before = weighted.label < -self.anticipation
        if before.any() and path.covariance is not None:
            grid = np.ix_(before, before)
            check = pre_trends(path.value[before], path.covariance[grid])
            path = replace(path, overall=replace(path.overall, diagnostics=(*path.overall.diagnostics, check)))
        return path

    def by_group(self, *, band: Band = DEFAULT) -> EffectPath:
        """By first treated period (in `months`): each group's mean over its treated periods; overall by size."""
        weighted = by_first_period(self)
        return self._path(weighted, "group", None, band, overall=by_first_period(self, overall=True))

    def by_period(self, *, band: Band = DEFAULT) -> EffectPath:
        """By calendar period (in `months`): all groups treated by then, by size; overall is their mean."""
        weighted = by_calendar(self)
        return self._path(weighted, "calendar", np.ones(len(weighted.label), bool), band)

    def pre_test(self) -> Diagnostic:
        """Joint Wald test that every effect before the first treated period (and anticipation) is zero.

        Raises CannotEstimate: no_variation (there is none), not_supported (too many for a joint covariance).
        """
        before = self.period < self.group - self.anticipation
        if self.covariance is None:
            raise CannotEstimate("not_supported", "too many effects for one joint test; test the event study's instead")
        return pre_trends(self.value[before], self.covariance[np.ix_(before, before)])

    def _covariance(self, weighted: Weighted) -> Covariance:
        return self.influence.covariance(weighted.weights, weighted.by_first)

    def _estimate(self, weighted: Weighted, kind: str, row: int = 0, known: Covariance | None = None) -> Estimate:
        found = self._covariance(weighted) if known is None else known
        value, se = float(weighted.value[row]), float(np.sqrt(max(found.matrix[row, row], 0.0)))
        treated = np.isin(self.firsts, np.unique(self.group[self.after]))
        made = normal_estimate(value, se, self.level, f"{self.method}_{kind}")
        return replace(made, n_treated=int(self.heads[treated].sum()), n_comparison=int(self.heads[~treated].sum()),
                       assumptions=ASSUMPTIONS, diagnostics=self.diagnostics)  # fmt: skip

    def _path(
        self, weighted: Weighted, kind: str, averaged: np.ndarray | None, band: Band,
        overall: Weighted | None = None,
    ) -> EffectPath:  # fmt: skip
        if averaged is not None and not averaged.any():
            raise CannotEstimate("no_treated", "no period from the first treated one on can be estimated")
        whole = weighted if averaged is None else with_mean(weighted, averaged)
        found = self._covariance(whole)
        count = len(weighted.label)
        one = self._estimate(overall, kind) if overall is not None else self._estimate(whole, kind, count, found)
        by_cluster = None if found.by_cluster is None else found.by_cluster[:, :count]
        return make_path(weighted.label, weighted.value, found.matrix[:count, :count], one, by_cluster=by_cluster,
                         band=band)  # fmt: skip


def pre_trends(value: Floats, matrix: Floats) -> Diagnostic:
    """Whether the effects before the start are jointly zero: `value` is the p-value, held against 5 %."""
    statistic, degrees, p = joint_test(value, matrix)
    return Diagnostic("pre_trends", p, CONFIDENT, p >= CONFIDENT, {"wald": statistic, "degrees": degrees})


def normal_estimate(value: float, se: float, level: float, method: str) -> Estimate:
    """An ATT with a normal interval and p-value; the counts are for the caller to fill in.

    Raises CannotEstimate("no_variation") for no more spread than rounding leaves.
    """
    if not se > NO_SPREAD * abs(value):
        raise CannotEstimate("no_variation", "all units (or clusters) of a group moved alike; chance cannot be told")
    half = z_of(level) * se
    p = float(2 * norm.sf(abs(value / se)))
    return Estimate(Estimand.ATT, method, value, se, (value - half, value + half), 0, 0, level, p)


def make_path(
    label: Ints, value: Floats, matrix: Floats, overall: Estimate, *, by_cluster: Floats | None = None,
    band: Band = DEFAULT,
) -> EffectPath:  # fmt: skip
    """A path with pointwise intervals, and a band for the whole unless some period has no spread."""
    se = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    half = z_of(overall.level) * se
    wide = None
    if (se > 0).all() and band.draws:
        wide = se * critical_value(matrix, level=overall.level, band=band, by_cluster=by_cluster)
    return EffectPath(
        label, value, se, value - half, value + half, overall, None if wide is None else value - wide,
        None if wide is None else value + wide, matrix,
    )  # fmt: skip


def group_time(
    data: Panel | Wide | Cells, *, comparison: Literal["never", "not_yet"] = "never",
    base: Literal["varying", "universal"] = "varying", anticipation: int = 0,
    unbalanced: Unbalanced | str = Unbalanced.PAIRS, leave_out_thin: bool = False, level: float = 0.95,
) -> GroupTimes:  # fmt: skip
    """All ATT(g, t) of a panel, or of the cells it was reduced to.

    `base`: before the start, compare with the period just before (varying) or with the last one before the start
    (universal). `leave_out_thin`: leave out effects whose strata lack a comparison, instead of raising. Units treated
    from the first period on are left out, those treated after the last count as never treated, as in their package.
    Raises CannotEstimate: no_treated, no_comparison, no_overlap, one_cluster, bad_input.
    """
    cells = data if isinstance(data, Cells) else reduce(data, unbalanced)
    wanted = contrasts_of(cells.periods, cells.first, comparison=comparison, base=base, anticipation=anticipation)
    group, other = sides(cells, wanted)
    there = group.n_t.sum(axis=1) > 0
    compared = there & ((other.n_t > 0).any(axis=1))
    if not compared.any():
        raise CannotEstimate("no_comparison", f"nobody is {comparison.replace('_', ' ')} treated to compare with")
    ok = supported(group, other)
    thin = int((compared & ~ok).sum())
    if thin and not (leave_out_thin and ok.any()):
        raise CannotEstimate("no_overlap", "a stratum of a group has nobody to compare with; use coarser strata",
                             effects=thin)  # fmt: skip
    few = group_checks(cells, *asked_sides(cells, wanted.chosen(ok)))
    found = standardised_differences(cells, wanted.chosen(ok))
    se, matrix = standard_errors(cells, found)
    made = _group_times(cells, found, se, matrix, (anticipation, comparison, level, int((~ok).sum())))
    return replace(made, diagnostics=(*made.diagnostics, *few))


def _group_times(
    cells: Cells, found: Differences, se: Floats, matrix: Floats | None, rules: tuple[int, str, float, int]
) -> GroupTimes:  # fmt: skip
    anticipation, comparison, level, left_out = rules
    firsts, place = np.unique(cells.first, return_inverse=True)
    always = cells.first <= cells.periods[0]
    sizes = np.asarray(np.bincount(place, np.where(always, 0.0, cells.everyone)), np.float64)
    heads = np.bincount(place, np.where(always, 0, cells.all_heads)).astype(np.int64)
    checks = [Diagnostic("treated_from_the_start", float(cells.all_heads[always].sum()))] if always.any() else []
    if left_out:
        checks.append(Diagnostic("effects_left_out", float(left_out)))
    return GroupTimes(
        group=found.contrasts.group, period=cells.periods[found.contrasts.period], value=found.value, se=se,
        covariance=matrix, influence=FromCells(cells, found, firsts), periods=cells.periods, firsts=firsts,
        sizes=sizes, heads=heads, anticipation=anticipation, comparison=comparison, level=level,
        diagnostics=tuple(checks),
    )  # fmt: skip


def contrasts_of(
    periods: Ints, first: Ints, *, comparison: str, base: str, anticipation: int
) -> Contrasts:  # fmt: skip
    """Every group and period that can be asked about. Raises CannotEstimate: no_treated, bad_input."""
    if comparison not in {"never", "not_yet"} or base not in {"varying", "universal"} or anticipation < 0:
        raise CannotEstimate("bad_input", "comparison is never or not_yet, base varying or universal")
    groups = np.unique(first[(first > periods[0]) & (first <= periods[-1] + anticipation)])
    if not len(groups):
        raise CannotEstimate("no_treated", "nobody is first treated within the panel, after its first period")
    rows = []
    for g in groups.tolist():
        before = int(np.searchsorted(periods, g - anticipation)) - 1
        for t, period in enumerate(periods.tolist()):
            at = before if base == "universal" or period >= g - anticipation else t - 1
            if at < 0 or at == t:
                continue
            limit = periods[-1] if comparison == "never" else max(period, int(periods[at]))
            rows.append((g, t, at, limit + anticipation))
    if not rows:
        raise CannotEstimate("no_treated", "no group has a period before its start")
    return Contrasts(*(np.array(column) for column in zip(*rows, strict=True)))
