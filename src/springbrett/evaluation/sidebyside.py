"""Measures side by side, made fair: what share would reach the outcome if every measure had had the same participants.

The groups are made alike by weights on the chance of each measure and a line for the outcome in each (augmented
weighting with several groups: Li & Li 2019; Robins, Rotnitzky & Zhao 1994). Standard errors count in both models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.comparison import FEWEST_CLUSTERS, few_check, least_squares, linear, z_of
from springbrett.evaluation.effects.diagnostics import overlap_diagnostic
from springbrett.evaluation.effects.entrance import hold, labels, numbers, whole
from springbrett.evaluation.effects.multinomial import Chances, multinomial_score
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Floats, Ints
from springbrett.evaluation.effects.sensitivity import adjusted_p_values

LARGEST_GAP = 0.1
LEAST_EFFECTIVE = 30.0
DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Participants:
    """n stays: outcome `y`, `measure` as a position in `codes`, covariates `x` (n × k) with `names`, and `cluster`
    (None: every stay by itself). Raises CannotEstimate: bad_input, empty_group, no_comparison (one measure only)."""

    y: Floats
    measure: Ints
    codes: tuple[str, ...]
    x: Floats
    names: tuple[str, ...]
    cluster: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, y=numbers(self.y, "the outcome"), measure=whole(self.measure, "the measure"),
             x=numbers(self.x, "a covariate"),
             cluster=None if self.cluster is None else labels(self.cluster, "the cluster"))  # fmt: skip
        count = len(self.y)
        if self.measure.shape != (count,) or self.x.shape != (count, len(self.names)):
            raise CannotEstimate("bad_input", "outcome, measure and covariates have different lengths")
        if self.y.ndim != 1 or (self.cluster is not None and self.cluster.shape != (count,)):
            raise CannotEstimate("bad_input", "there is not one outcome, or one cluster number, per stay")
        if not (np.isfinite(self.y).all() and np.isfinite(self.x).all()):
            raise CannotEstimate("bad_input", "an outcome or a covariate is missing; leave those stays out first")
        if len(self.codes) < 2:
            raise CannotEstimate("no_comparison", "one measure has nothing to stand beside")
        if count and not (self.measure.min() >= 0 and self.measure.max() < len(self.codes)):
            raise CannotEstimate("bad_input", "a stay is in a measure that has no code")
        for position, number in enumerate(np.bincount(self.measure, minlength=len(self.codes))):
            if not number:
                raise CannotEstimate("empty_group", "a measure has no stays", measure=self.codes[position])

    def chosen(self, keep: np.ndarray) -> Participants:
        """Those where `keep` is true."""
        cluster = None if self.cluster is None else self.cluster[keep]
        return Participants(self.y[keep], self.measure[keep], self.codes, self.x[keep], self.names, cluster)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`stays` left out because nobody in `measure` has this value of a yes-or-no covariate."""

    covariate: str
    value: float
    measure: str
    stays: int


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure: how many, the mean as it stands and with everyone alike, with intervals; `effective`: how many
    even stays its weights equal. `beside`: caseload, contact, market work … as given (None: not known)."""

    measure: str
    stays: int
    raw: float
    raw_interval: tuple[float, float]
    fair: float
    fair_se: float
    fair_interval: tuple[float, float]
    effective: float
    beside: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class PairRow:
    """`first` − `second` with everyone alike. `interval` pointwise; `band` holds for all pairs at once; `p_many` Holm.
    `raw`: the difference as it stands, nobody left out; `overlap`: how far the two had participants alike."""

    first: str
    second: str
    raw: float
    value: float
    se: float
    interval: tuple[float, float]
    band: tuple[float, float]
    p_value: float
    p_many: float
    overlap: Diagnostic


@dataclass(frozen=True, slots=True)
class MixRow:
    """A covariate: mean in each measure (in the order of codes), in the common population, and the largest distance
    between any measure and it in standard deviations, before and after weighting."""

    name: str
    means: tuple[float, ...]
    common: float
    gap: float
    gap_weighted: float


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All of it. `equal_p`: of differences this large if all measures were alike (Wald). `lacking`: measures asked for
    without a single known outcome. `left_out`: who had to be left out for want of anyone like them."""

    population: Estimand
    rows: tuple[MeasureRow, ...]
    pairs: tuple[PairRow, ...]
    mix: tuple[MixRow, ...]
    covariance: Floats
    equal_p: float
    lacking: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    stays: int
    level: float
    diagnostics: tuple[Diagnostic, ...]
    assumptions: tuple[str, ...] = ("selection_on_observed", "overlap", "one_of_two_models")

    @property
    def failed(self) -> tuple[Diagnostic, ...]:
        """The checks that did not hold."""
        return tuple(found for found in self.diagnostics if found.passed is False)


def side_by_side(
    data: Participants, *, population: Estimand = Estimand.ATO, of: str = "", asked: Sequence[str] = (),
    beside: Mapping[str, Mapping[str, float]] | None = None, level: float = 0.95, seed: int = 0,
) -> SideBySide:  # fmt: skip
    """Set the measures side by side.

    `population`: ATO those who could have been in any of them (default), ATE everyone, ATT the participants of the
    measure `of`. `beside`: figure → measure → value. Raises CannotEstimate: no_overlap, singular, not_supported,
    empty_group.
    """
    reference = _reference(data, population, of)
    kept, left_out = common_support(data)
    kept = _informative(kept)
    score = multinomial_score(kept.x, kept.measure, len(kept.codes))
    tilt, slope = _tilting(score.chance, population, reference)
    parts = [_augmented(kept, score, tilt, slope, g) for g in range(len(kept.codes))]
    value = np.array([part[0] for part in parts])
    covariance = _covariance(np.column_stack([part[1] for part in parts]), kept.cluster)
    weights = tilt[:, None] / score.chance
    mix = _mix(kept, weights, tilt)
    raw = np.array([data.y[data.measure == g].mean() for g in range(len(data.codes))])
    pairs = _pairs(kept, (raw, value, covariance), score.chance, level, seed)
    effective = np.array([_effective(weights[kept.measure == g, g]) for g in range(len(kept.codes))])
    rows = _rows(data, value, covariance, effective, beside or {}, level)
    known = {row.measure for row in rows}
    return SideBySide(
        population=population, rows=rows, pairs=pairs, mix=mix, covariance=covariance,
        equal_p=_equal(value, covariance), lacking=tuple(code for code in asked if code not in known),
        left_out=left_out, stays=len(kept.y), level=level, diagnostics=_checks(kept, mix, pairs, effective, left_out),
    )  # fmt: skip


def _reference(data: Participants, population: Estimand, of: str) -> int | None:
    if population in (Estimand.ATE, Estimand.ATO):
        return None
    if population is not Estimand.ATT:
        raise CannotEstimate("not_supported", f"measures are not set side by side for {population.value}")
    if of not in data.codes:
        raise CannotEstimate("empty_group", "the measure whose participants all are made like has no stays", measure=of)
    return data.codes.index(of)


def common_support(data: Participants) -> tuple[Participants, tuple[LeftOut, ...]]:
    """Leave out those with a value of a yes-or-no covariate that somebody's measure never has, until none are left.

    A measure only for persons with reduced capacity cannot be compared among others. Raises
    CannotEstimate("no_overlap") when nobody in some measure is left.
    """
    binary = [k for k in range(data.x.shape[1]) if np.isin(data.x[:, k], (0.0, 1.0)).all()]
    found: list[LeftOut] = []
    again = True
    while again:
        again = False
        for k in binary:
            for at in (0.0, 1.0):
                has = data.x[:, k] == at
                number = np.bincount(data.measure[has], minlength=len(data.codes))
                if not has.any() or number.all():
                    continue
                lacks = data.codes[int(np.argmin(number))]
                left = np.bincount(data.measure[~has], minlength=len(data.codes))
                if not left.all():
                    raise CannotEstimate("no_overlap", "two measures have no participants alike",
                                         covariate=data.names[k], measure=lacks)  # fmt: skip
                found.append(LeftOut(data.names[k], at, lacks, int(has.sum())))
                data, again = data.chosen(~has), True
    return data, tuple(found)


def _informative(data: Participants) -> Participants:
    keep = np.ptp(data.x, axis=0) > 0 if data.x.shape[1] else np.zeros(0, bool)
    names = tuple(name for name, kept in zip(data.names, keep, strict=True) if kept)
    return Participants(data.y, data.measure, data.codes, data.x[:, keep], names, data.cluster)


def _tilting(chance: Floats, population: Estimand, reference: int | None) -> tuple[Floats, Floats]:
    """How much each stay counts in the common population (n,), and how that moves with each chance (n × G)."""
    if population is Estimand.ATE:
        return np.ones(len(chance)), np.zeros_like(chance)
    if reference is not None:
        slope = np.zeros_like(chance)
        slope[:, reference] = 1.0
        return chance[:, reference], slope
    tilt = 1 / (1 / chance).sum(axis=1)
    return tilt, (tilt[:, None] / chance) ** 2


def _augmented(
    data: Participants, score: Chances, tilt: Floats, slope: Floats, g: int
) -> tuple[float, Floats]:  # fmt: skip
    """The mean of group g in the common population, and the influence of every stay on it (both models counted in)."""
    count, here = len(data.y), data.measure == g
    beta = least_squares(data.x[here], data.y[here])
    line = linear(data.x, beta)
    own = np.where(here, 1.0, 0.0)
    weight = own * tilt / score.chance[:, g]
    residual = data.y - line
    first, second = tilt @ line / tilt.sum(), weight @ residual / weight.sum()
    scale, total = tilt.mean(), weight.mean()
    influence = tilt * (line - first) / scale + weight * (residual - second) / total
    change = slope * (line - first)[:, None] / scale + (
        (own * (residual - second) / score.chance[:, g])[:, None] * slope / total
    )
    change[:, g] -= weight * (residual - second) / score.chance[:, g] / total
    influence = influence + _by_score(score, data.measure, change)
    design = score.design  # the constant and the covariates, standardised
    gradient = design.T @ (tilt / scale - weight / total) / count
    bread = np.linalg.solve(design.T @ (design * own[:, None]) / count, gradient)
    return float(first + second), np.asarray(influence + own * residual * (design @ bread))


def _by_score(score: Chances, group: Ints, change: Floats) -> Floats:
    """What estimating the chances adds: `change` n × G is how the estimate moves with each unit's chances."""
    chance = score.chance
    centred = chance * (change - (change * chance).sum(axis=1, keepdims=True))
    gradient = (centred[:, 1:].T @ score.design / len(group)).ravel()
    return np.asarray(score.influence(group) @ gradient)


def _covariance(influence: Floats, cluster: Ints | None) -> Floats:
    count = len(influence)
    centred = influence - influence.mean(axis=0)
    factor = count / (count - 1)
    if cluster is not None:
        _codes, position = np.unique(cluster, return_inverse=True)
        groups = int(position.max()) + 1
        if groups < 2:
            raise CannotEstimate("one_cluster", "all stays belong to one cluster; its spread cannot be told")
        centred = np.column_stack([np.bincount(position, column, groups) for column in centred.T])
        factor = groups / (groups - 1)
    return np.asarray(centred.T @ centred * factor / count**2)


def _effective(weight: Floats) -> float:
    return float(weight.sum() ** 2 / (weight**2).sum())


def _mix(data: Participants, weights: Floats, tilt: Floats) -> tuple[MixRow, ...]:
    groups = range(len(data.codes))
    common = tilt @ data.x / tilt.sum()
    spread = np.sqrt(np.mean([data.x[data.measure == g].var(axis=0) for g in groups], axis=0))
    spread = np.where(spread > 0, spread, np.inf)
    raw = np.array([data.x[data.measure == g].mean(axis=0) for g in groups])
    fair = np.array([np.average(data.x[data.measure == g], axis=0, weights=weights[data.measure == g, g])
                     for g in groups])  # fmt: skip
    before, after = (np.abs((means - common) / spread).max(axis=0) for means in (raw, fair))
    return tuple(MixRow(name, tuple(raw[:, k].tolist()), float(common[k]), float(before[k]), float(after[k]))
                 for k, name in enumerate(data.names))  # fmt: skip


def _pairs(
    data: Participants, means: tuple[Floats, Floats, Floats], chance: Floats, level: float, seed: int
) -> tuple[PairRow, ...]:  # fmt: skip
    raw, value, covariance = means
    chosen = list(combinations(range(len(data.codes)), 2))
    contrast = np.zeros((len(chosen), len(data.codes)))
    for row, (a, b) in enumerate(chosen):
        contrast[row, a], contrast[row, b] = 1.0, -1.0
    gap, variance = contrast @ value, contrast @ covariance @ contrast.T
    se = np.sqrt(np.diag(variance))
    if not (se > 1e-10 * np.abs(data.y).max()).all():
        raise CannotEstimate("no_variation", "the outcome never varies within two measures")
    wide = _simultaneous(variance / np.outer(se, se), level, seed)
    p = 2 * stats.norm.sf(np.abs(gap / se))
    many = adjusted_p_values(p.tolist(), "holm")
    z = z_of(level)
    return tuple(
        PairRow(data.codes[a], data.codes[b], float(raw[a] - raw[b]), float(gap[k]), float(se[k]),
                _about(gap[k], z * se[k]), _about(gap[k], wide * se[k]), float(p[k]), float(many[k]),
                _overlap(data, chance, a, b))
        for k, (a, b) in enumerate(chosen)
    )  # fmt: skip


def _about(middle: float, half: float) -> tuple[float, float]:
    return float(middle - half), float(middle + half)


def _simultaneous(correlation: Floats, level: float, seed: int) -> float:
    """The multiple of the standard error that holds for all pairs at once (largest of correlated normals, drawn)."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = np.random.default_rng(seed).standard_normal((DRAWS, len(root))) @ root.T
    return max(z_of(level), float(np.quantile(np.abs(drawn).max(axis=1), level)))


def _overlap(data: Participants, chance: Floats, a: int, b: int) -> Diagnostic:
    """The worse of the two ways: the share of one measure's stays with one of the other's near in chance."""
    both = (data.measure == a) | (data.measure == b)
    score = chance[both, a] / (chance[both, a] + chance[both, b])
    first = data.measure[both] == a
    return min(overlap_diagnostic(score, first), overlap_diagnostic(score, ~first), key=lambda found: found.value)


def _rows(
    data: Participants, value: Floats, covariance: Floats, effective: Floats,
    beside: Mapping[str, Mapping[str, float]], level: float,
) -> tuple[MeasureRow, ...]:  # fmt: skip
    z, found = z_of(level), []
    for g, code in enumerate(data.codes):
        y = data.y[data.measure == g]
        raw, se = float(y.mean()), float(np.sqrt(covariance[g, g]))
        error = float(y.std(ddof=1) / np.sqrt(len(y))) if len(y) > 1 else float("nan")
        figures = {name: by.get(code) for name, by in beside.items()}
        found.append(MeasureRow(code, len(y), raw, _about(raw, z * error), float(value[g]), se,
                                _about(value[g], z * se), float(effective[g]), figures))  # fmt: skip
    return tuple(found)


def _equal(value: Floats, covariance: Floats) -> float:
    contrast = np.column_stack([np.ones(len(value) - 1), -np.eye(len(value) - 1)])
    gap = contrast @ value
    return float(stats.chi2.sf(gap @ np.linalg.pinv(contrast @ covariance @ contrast.T) @ gap, len(gap)))


def _checks(
    data: Participants, mix: tuple[MixRow, ...], pairs: tuple[PairRow, ...], effective: Floats,
    left_out: tuple[LeftOut, ...],
) -> tuple[Diagnostic, ...]:  # fmt: skip
    worst = max(mix, key=lambda row: row.gap_weighted, default=None)
    pair = min(pairs, key=lambda row: row.overlap.value)
    least, who = float(effective.min()), data.codes[int(np.argmin(effective))]
    found = [Diagnostic("overlap", pair.overlap.value, pair.overlap.threshold, pair.overlap.passed,
                        {"first": pair.first, "second": pair.second}),
             Diagnostic("effective_comparison", least, LEAST_EFFECTIVE, least >= LEAST_EFFECTIVE, {"measure": who}),
             Diagnostic("left_out", float(sum(row.stays for row in left_out)))]  # fmt: skip
    if worst is not None:
        passed = worst.gap_weighted <= LARGEST_GAP
        found.append(Diagnostic("balance", worst.gap_weighted, LARGEST_GAP, passed, {"covariate": worst.name}))
    if data.cluster is not None:
        number = len(np.unique(data.cluster))
        held = [len(np.unique(data.cluster[data.measure == g])) for g in range(len(data.codes))]
        found += [Diagnostic("clusters", number, FEWEST_CLUSTERS, number >= FEWEST_CLUSTERS),
                  *few_check(min(held), max(held))]  # fmt: skip
    return tuple(found)


__all__ = ["LeftOut", "MeasureRow", "MixRow", "PairRow", "Participants", "SideBySide", "common_support",
           "side_by_side"]  # fmt: skip
