"""Offices and caseworkers differ in how readily they use a measure: who one happens to meet is the instrument.

The instrument is how much more the others whom the same caseworker (or office) has handled get the measure, than others
in the same cell (office × month): everybody's own case is left out (Kling 2006; Kolesár 2013 for many judges and many
controls). The effect is that on those who get the measure from one and would not have got it from another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from scipy.stats import f as f_distribution
from scipy.stats import norm
from scipy.stats import t as student

from springbrett.evaluation.effects.comparison import FEWEST_CLUSTERS, t_of
from springbrett.evaluation.effects.entrance import hold, labels, numbers, yes_no
from springbrett.evaluation.effects.leaveout import Judges, judges_of, preference, ujive_instrument
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats, Ints

Errors = Literal["leave_one_out", "clustered"]
ASSUMPTIONS = ("as_good_as_drawn_within_cells", "only_through_the_measure", "monotone_preference")
SUSPECT, SEED = 0.05, 1
STRONG = 23.1
"""Effective F above which the bias is at most a tenth of the worst, at the 5 % level (Montiel Olea & Pflueger 2013)."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """n cases: outcome `y`, whether `treated`, who `judge`d (caseworker or office), the `cell` within which that was as
    good as drawn (office × month, or region × month for offices), and `x` (n × k, known before) with `names`.

    `groups` are parts of the cases the checks look at one by one. Clusters are the judges. Raises CannotEstimate:
    bad_input, no_treated, no_comparison.
    """

    y: Floats
    treated: Flags
    judge: Ints
    cell: Ints
    x: Floats
    names: tuple[str, ...]
    groups: Mapping[str, Flags] = field(default_factory=dict)

    def __post_init__(self) -> None:
        hold(self, y=numbers(self.y, "the outcome"), treated=yes_no(self.treated, "taking part"),
             judge=labels(self.judge, "the caseworker"), cell=labels(self.cell, "the cell"),
             x=numbers(self.x, "a covariate"),
             groups={name: yes_no(inside, name) for name, inside in self.groups.items()})  # fmt: skip
        count = len(self.y)
        columns = (self.treated, self.judge, self.cell, *self.groups.values())
        if any(column.shape != (count,) for column in columns) or self.x.shape != (count, len(self.names)):
            raise CannotEstimate("bad_input", "the columns have different lengths")
        if not (np.isfinite(self.y).all() and np.isfinite(self.x).all()):
            raise CannotEstimate("bad_input", "an outcome or a covariate is missing; leave those cases out first")
        if not self.treated.any():
            raise CannotEstimate("no_treated", "nobody took part")
        if self.treated.all():
            raise CannotEstimate("no_comparison", "there is nobody to compare with")


@dataclass(frozen=True, slots=True)
class GroupStage:
    """One group: the `first_stage` (treatment per unit of preference) with standard error, and how large its share of
    the compliers is against its share of all (`compliers_ratio`)."""

    name: str
    first_stage: float
    se: float
    compliers_ratio: float


@dataclass(frozen=True, slots=True)
class Leniency:
    """`estimate`: two-stage least squares with the left-out preference; `ujive`: the estimate for many judges.

    `anderson_rubin`: an interval that holds however weak the instrument is (with forty caseworkers nearly: see its
    coverage); it may be infinite on a side or, when `anderson_rubin_parts` is "outside", be everything but what lies
    between the two ends. `preference` (n,) is the
    instrument, NaN for cases left out; shares of compliers, always- and never-takers are between the most and the least
    willing hundredth of the preferences.
    """

    estimate: Estimate
    ujive: Estimate
    first_stage: float
    effective_f: float
    anderson_rubin: tuple[float, float]
    anderson_rubin_parts: str
    preference: Floats
    compliers: float
    always_takers: float
    never_takers: float
    groups: tuple[GroupStage, ...]


def leniency(
    data: Assigned, *, level: float = 0.95, redraws: int = 499, errors: Errors = "leave_one_out"
) -> Leniency:  # fmt: skip
    """The effect of the measure on those whom the choice of caseworker moves (LATE), clustered by caseworker.

    `errors`: from leaving out one caseworker at a time; or clustered as usual, as articles have them, which with tens
    of caseworkers, some far more willing than others, are too small. `redraws`: how often caseworkers are dealt out
    anew where the check of balance is in doubt (0: never). Caseworkers with one case, and cells with one caseworker,
    say nothing and are left out. Raises CannotEstimate:
    one_cluster (one caseworker), no_variation (all alike within cells), singular, bad_input.
    """
    if errors not in {"leave_one_out", "clustered"}:
        raise CannotEstimate("bad_input", "errors are leave_one_out or clustered")
    judges = judges_of(data.treated, data.judge, data.cell, data.x)
    kept = judges.kept
    z = preference(judges)
    y, d = judges.residual(data.y[kept]), judges.residual(data.treated[kept].astype(np.float64))
    if not np.abs(judges.within_cells(data.y[kept])).max() > 0:
        raise CannotEstimate("no_variation", "within cells all had the same outcome")
    instrument = judges.residual(z)
    by = _Clusters(judges.position, 1 + int(judges.cell.max()) + 1 + judges.x.shape[1] if errors == "clustered" else 0)
    stage = _ratio(instrument, d, instrument, by)
    effective = (stage[0] / stage[1]) ** 2 if stage[1] > 0 else 0.0
    value, se = _ratio(instrument, y, d, by)
    counts = (int(data.treated[kept].sum()), int((~data.treated[kept]).sum()))
    groups = _groups(data, judges, z, usual=errors == "clustered")
    checks = _checks(data, judges, instrument, (effective, redraws), groups)
    own = ujive_instrument(judges)
    many, many_se = _ratio(own, y, d, by)
    full = np.full(len(data.y), np.nan)
    full[kept] = z
    return Leniency(
        _late(value, se, "leniency", counts, checks, level), _late(many, many_se, "ujive", counts, checks, level),
        stage[0], effective, *_anderson_rubin(own, y, d, judges.position, level), full,
        *_shares(stage[0], instrument, data.treated[kept]), groups,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Clusters:
    """Each case's cluster, and how many coefficients the line has when errors are the usual ones (0: they are from
    leaving out one cluster at a time)."""

    position: Ints
    coefficients: int

    @property
    def factor(self) -> float:
        """What the usual clustered variance is made larger by."""
        count, groups = len(self.position), int(self.position.max()) + 1
        return groups / (groups - 1) * (count - 1) / max(count - self.coefficients, 1)


def _ratio(z: Floats, y: Floats, d: Floats, by: _Clusters) -> tuple[float, float]:
    """Σ z y / Σ z d and its standard error. All three free of the controls."""
    below = float(z @ d)
    if abs(below) < 1e-10 * float(np.abs(z) @ np.abs(d)):
        raise CannotEstimate("no_variation", "the preference does not move the measure at all")
    value = float(z @ y) / below
    summed, without = np.bincount(by.position, z * (y - value * d)), below - np.bincount(by.position, z * d)
    groups = len(summed)
    if by.coefficients:
        return value, float(np.sqrt((summed**2).sum() * by.factor)) / abs(below)
    if (np.abs(without) < 1e-10 * abs(below)).any():
        return value, float("inf")  # one caseworker carries it all
    return value, float(np.sqrt(((summed / without) ** 2).sum() * (groups - 1) / groups))


def _late(
    value: float, se: float, method: str, counts: tuple[int, int], checks: tuple[Diagnostic, ...], level: float
) -> Estimate:  # fmt: skip
    free = next(check.value for check in checks if check.code == "clusters") - 1
    half = t_of(level, free) * se
    return Estimate(
        estimand=Estimand.LATE, method=method, value=value, se=se, interval=(value - half, value + half),
        n_treated=counts[0], n_comparison=counts[1], level=level,
        p_value=float(2 * student.sf(abs(value / se), free)) if se > 0 else None, assumptions=ASSUMPTIONS,
        diagnostics=checks,
    )  # fmt: skip


def _anderson_rubin(
    z: Floats, y: Floats, d: Floats, cluster: Ints, level: float
) -> tuple[tuple[float, float], str]:  # fmt: skip
    """All effects b for which z and y − b d do not hang together: a quadratic in b, solved exactly.

    z must be the instrument that each case is wholly left out of: a trace of the own case in it, as the cells' means
    leave in the plain preference, moves the whole interval when the instrument is weak. By Student's t with as many
    degrees of freedom as caseworkers less one. The second: "between" the ends, "outside" them, or "everything"."""
    groups = int(cluster.max()) + 1
    a, b = (np.bincount(cluster, z * v, groups) for v in (y, d))
    limit = t_of(level, groups - 1) ** 2 * groups / (groups - 1)
    square = float(b.sum()) ** 2 - limit * float(b @ b)
    line = -2 * (float(a.sum() * b.sum()) - limit * float(a @ b))
    level_part = float(a.sum()) ** 2 - limit * float(a @ a)
    root = line**2 - 4 * square * level_part
    if square <= 0 and root <= 0:
        return (-np.inf, np.inf), "everything"
    ends = sorted((-line + sign * np.sqrt(max(root, 0.0))) / (2 * square) for sign in (-1, 1))
    return (float(ends[0]), float(ends[1])), "between" if square > 0 else "outside"


def _groups(data: Assigned, judges: Judges, z: Floats, *, usual: bool) -> tuple[GroupStage, ...]:
    """The first stage in each group, by the preference shown to everybody (left-out)."""
    instrument, treated = judges.residual(z), judges.residual(data.treated[judges.kept].astype(np.float64))
    overall = float(instrument @ treated) / float(instrument @ instrument)
    found = []
    for name, members in data.groups.items():
        inside = members[judges.kept]
        if inside.sum() < 2 or np.ptp(instrument[inside]) == 0:
            raise CannotEstimate("empty_group", f"too few cases in {name} to look at", group=name)
        own, theirs = _centred(instrument[inside], treated[inside])
        _codes, position = np.unique(judges.position[inside], return_inverse=True)
        if position.max() < 1:
            raise CannotEstimate("one_cluster", f"one caseworker has handled all of {name}", group=name)
        slope, se = _ratio(own, theirs, own, _Clusters(position, 2 if usual else 0))
        found.append(GroupStage(name, slope, se, slope / overall))
    return tuple(found)


def _centred(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    return a - a.mean(), b - b.mean()


def _checks(
    data: Assigned, judges: Judges, instrument: Floats, given: tuple[float, int], groups: tuple[GroupStage, ...]
) -> tuple[Diagnostic, ...]:  # fmt: skip
    (effective, redraws), clusters = given, int(judges.position.max()) + 1
    first = Diagnostic("first_stage", effective, STRONG, effective >= STRONG, {"caseworkers": clusters})
    number = Diagnostic("clusters", clusters, FEWEST_CLUSTERS, clusters >= FEWEST_CLUSTERS)
    found = [first, number, Diagnostic("kept_share", float(judges.kept.mean()))]
    if groups:
        lowest = min(groups, key=lambda group: group.first_stage / max(group.se, 1e-12))
        z = lowest.first_stage / max(lowest.se, 1e-12)
        least = float(norm.ppf(0.05 / len(groups)))
        found.append(Diagnostic("monotonicity", z, least, bool(z >= least), {"group": lowest.name}))
    if data.x.shape[1]:
        p = _balance(data, judges, redraws)
        found.append(Diagnostic("balance", p, 0.01, p >= 0.01, {"covariates": data.x.shape[1]}))
    return tuple(found)


def _balance(data: Assigned, judges: Judges, redraws: int) -> float:
    """P-value that the covariates together say nothing of the preference, within cells, clustered by caseworker.

    That test rejects too often with many covariates. When it would, caseworkers are dealt out anew within the cells,
    `redraws` times, which is what «as good as drawn» means; the p-value is then how often chance does as much.
    """
    z = judges.within_cells(preference(judges, adjusted=False))
    x = judges.within_cells(data.x[judges.kept])
    spread = x.std(axis=0)
    x = x[:, spread > 1e-12] / spread[spread > 1e-12]
    if not x.shape[1]:
        return 1.0
    bread = np.linalg.pinv(x.T @ x)
    p = _by_cluster(x, z, bread, judges.position)
    if p >= SUSPECT or not redraws:
        return p
    seen, rng = _explained(x, z, bread), np.random.default_rng(SEED)
    order = np.argsort(judges.cell, kind="stable")
    dealt, as_much = np.empty_like(judges.position), 0
    for _draw in range(redraws):
        dealt[order] = judges.position[np.lexsort((rng.random(len(order)), judges.cell))]
        other = replace(judges, position=dealt)
        as_much += _explained(x, judges.within_cells(preference(other, adjusted=False)), bread) >= seen
    return (1 + as_much) / (1 + redraws)


def _explained(x: Floats, z: Floats, bread: Floats) -> float:
    """How much of z the columns explain."""
    moved = x.T @ z
    return float(moved @ bread @ moved) / max(float(z @ z), 1e-300)


def _by_cluster(x: Floats, z: Floats, bread: Floats, position: Ints) -> float:
    """P-value of the F-test that no column of x moves z, clustered."""
    beta = bread @ (x.T @ z)
    left = z - x @ beta
    summed = np.column_stack([np.bincount(position, x[:, k] * left) for k in range(x.shape[1])])
    groups = len(summed)
    meat = summed.T @ summed * (groups / (groups - 1))
    statistic = float(beta @ np.linalg.pinv(bread @ meat @ bread) @ beta)
    degrees = int(np.linalg.matrix_rank(x))
    if groups <= degrees:
        raise CannotEstimate("too_few_clusters", "there are more covariates than caseworkers", clusters=groups)
    return float(f_distribution.sf(statistic / degrees, degrees, groups - 1))


def _shares(slope: float, instrument: Floats, treated: Flags) -> tuple[float, float, float]:
    """Compliers, always-takers and never-takers between the least and the most willing (1st and 99th hundredth)."""
    low, high = np.quantile(instrument, [0.01, 0.99])
    mean = float(treated.mean())
    at_low, at_high = (float(np.clip(mean + slope * at, 0, 1)) for at in (low, high))
    return max(at_high - at_low, 0.0), min(at_low, at_high), 1 - max(at_low, at_high)
