"""Starting now against not yet: month by month since the start, so that lock-in is seen as lock-in.

Whoever starts a measure after six months without work is compared with those who, in the same calendar month, had also
been registered for six months and had not yet started (Sianesi 2004; Fredriksson & Johansson 2008). Nobody is compared
from a moment at which they could not have started, and nobody is chosen by what happened to them later. The comparison
may start afterwards: the effect is that of starting now rather than waiting, not that of never taking part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from springbrett.evaluation.cohort import Cohort
from springbrett.evaluation.effects.comparison import Comparison, few_check, not_few, solve, z_of
from springbrett.evaluation.effects.diagnostics import LARGEST_GAP, balance_diagnostics, overlap_diagnostic
from springbrett.evaluation.effects.did.band import Band, critical_value
from springbrett.evaluation.effects.entrance import hold, labels, numbers, whole, yes_no
from springbrett.evaluation.effects.lockin import Phases, phases_of, summed
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, EffectPath, Flags, Floats, Ints
from springbrett.evaluation.effects.score import Score, logit_score

ASSUMPTIONS = ("selection_on_observed", "overlap", "no_anticipation", "no_spillover", "now_against_not_yet")
LEAST_MATCHED = 0.9
MOST_BESIDE_ONE = 0.05
"""The share of starts that share one single comparison with others, above which the number is withheld: a comparison
alone is its own mean, and what it had of luck has no error."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """n starts and could-have-starteds: `treated` tells them apart, `strata` numbers month × months registered, `x`
    (n × k, known before) with `names`, and `paths` (n × m), the outcome in `months` (m,) from the start; NaN where
    the registers do not reach. The same `person` may stand in several rows.

    Raises CannotEstimate: bad_input, no_treated, no_comparison.
    """

    person: Ints
    treated: Flags
    strata: Ints
    x: Floats
    names: tuple[str, ...]
    paths: Floats
    months: Ints

    def __post_init__(self) -> None:
        hold(self, person=labels(self.person, "the person"), treated=yes_no(self.treated, "starting"),
             strata=labels(self.strata, "the stratum"), x=numbers(self.x, "a covariate"),
             paths=numbers(self.paths, "the outcome"), months=whole(self.months, "the month"))  # fmt: skip
        if np.isinf(self.paths).any():
            raise CannotEstimate("bad_input", "an outcome is infinite; write NaN where the registers do not reach")
        if self.paths.shape != (len(self.person), len(self.months)) or self.strata.shape != self.person.shape:
            raise CannotEstimate("bad_input", "persons, strata and paths have different lengths")
        if (np.diff(self.months) != 1).any() or not (self.months >= 0).any():
            raise CannotEstimate("bad_input", "months must follow each other and reach the start")
        Comparison(np.zeros(len(self.person)), self.treated, self.x, self.names, self.person)


@dataclass(frozen=True, slots=True)
class NotYet:
    """`path`: the effect by month from the start (months before are a check), its `overall` the sum from month 0 on;
    `phases`: lock-in, what comes later, and when it has paid back; `counts` (m,): starts behind each month."""

    path: EffectPath
    phases: Phases
    counts: Ints


def waiting_of(cohort: Cohort, paths: Floats, months: Ints) -> Waiting:
    """A cohort with its comparison (`cohort.with_comparison`) and the outcome of each row by month."""
    return Waiting(cohort.person, cohort.treated, cohort.strata, cohort.covariates, cohort.names, paths, months)


def not_yet_treated(
    data: Waiting, *, lock_in_months: int | None = None, by_score: bool = True, level: float = 0.95,
    band: Band | None = None,
) -> NotYet:  # fmt: skip
    """The effect of starting now rather than not yet, for those who started (ATT), by month.

    Within each stratum the comparison is weighted by the odds of the score (`by_score`; else evenly). Standard errors
    by influence, with the estimated score counted in, summed by person. `lock_in_months`: how many months from the
    start belong to the lock-in (None: up to the month in which the summed effect is lowest). Raises CannotEstimate:
    no_overlap (no stratum holds both, or the covariates tell them apart), empty_group (no month is known for anybody),
    one_cluster, singular, bad_input.
    """
    data, matched = _usable(data)
    varying = np.ptp(data.x, axis=0) > 0
    x = data.x[:, varying]
    score = logit_score(x, data.treated) if by_score and x.shape[1] else None
    odds = np.ones(len(data.person)) if score is None else score.chance / (1 - score.chance)
    means = _Means(data, odds)
    value = means.effect
    influence = means.influence + (0.0 if score is None else _of_score(score, x, data, means))
    by_person = _by_person(influence, data.person)
    covariance = by_person.T @ by_person * (len(by_person) / (len(by_person) - 1))
    checks = (*_checks(data, score, means, matched), _pre_check(data, means))
    path, phases = _path(means, covariance, (lock_in_months, level, band or Band()))
    overall = replace(path.overall, diagnostics=checks, assumptions=ASSUMPTIONS)
    return NotYet(replace(path, overall=overall, value=value), phases, means.n1.astype(np.int64))


def _usable(data: Waiting) -> tuple[Waiting, float]:
    """Only strata that hold both, sorted by stratum, and the share of the starts they hold."""
    _codes, position = np.unique(data.strata, return_inverse=True)
    both = (np.bincount(position, data.treated) > 0) & (np.bincount(position, ~data.treated) > 0)
    keep = both[position]
    if not keep.any():
        raise CannotEstimate("no_overlap", "nobody was as long registered in the same month without starting")
    order = np.flatnonzero(keep)[np.argsort(position[keep], kind="stable")]
    known = np.asarray(np.isfinite(data.paths[order])).any(axis=0).reshape(-1)
    if not known[data.months >= 0].any():
        raise CannotEstimate("empty_group", "the registers reach no month from the start on")
    span = slice(int(known.argmax()), len(known) - int(known[::-1].argmax()))
    if len(np.unique(data.person[order])) < 2:
        raise CannotEstimate("one_cluster", "all rows belong to one person; the spread cannot be told")
    chosen = Waiting(data.person[order], data.treated[order], position[order], data.x[order], data.names,
                     data.paths[order, span], data.months[span])  # fmt: skip
    return chosen, float(keep[data.treated].mean())


class _Means:
    """Weighted means by stratum and month, the effect (m,) and each row's influence on it (n × m)."""

    def __init__(self, data: Waiting, odds: Floats) -> None:
        self.months = data.months
        starts = np.flatnonzero(np.concatenate([[True], np.diff(data.strata) > 0]))
        row = np.repeat(np.arange(len(starts)), np.diff(np.concatenate([starts, [len(data.strata)]])))
        known = np.isfinite(data.paths)
        y = np.where(known, data.paths, 0.0)
        d = data.treated[:, None] & known
        w = np.where(data.treated, 0.0, odds)[:, None] * known
        n1, below = (np.add.reduceat(part, starts, axis=0) for part in (d.astype(np.float64), w))
        both = (n1 > 0) & (below > 0)
        n1 = np.where(both, n1, 0.0)
        self.n1 = n1.sum(axis=0)
        alone = (np.add.reduceat((w > 0).astype(np.int64), starts, axis=0) == 1) & (n1 > 1)
        self.beside_one = float((n1 * alone).sum() / max(n1.sum(), 1.0))
        if (self.n1 == 0).any():
            lost = int(data.months[self.n1 == 0][0])
            raise CannotEstimate("no_overlap", "no start has a comparison in some month; look at fewer", month=lost)
        mean0 = np.add.reduceat(w * y, starts, axis=0) / np.where(below > 0, below, 1.0)
        self.weight = w * (n1 / np.where(below > 0, below, 1.0))[row]
        gap = y - mean0[row]
        counted = d & both[row]
        self.effect = np.where(counted, gap, 0.0).sum(axis=0) / self.n1
        self.moved = self.weight * gap
        self.influence = (np.where(counted, gap - self.effect, 0.0) - self.moved) / self.n1
        self.spread = np.sqrt(np.maximum((self.weight * gap**2).sum(axis=0) / self.n1, 0.0))


def _of_score(score: Score, x: Floats, data: Waiting, means: _Means) -> Floats:
    """(n × m) what estimating the score adds: the slope of the effect in its coefficients × their own influence."""
    design = score.scale.design(x)
    slope = -(design.T @ means.moved) / means.n1
    toward = np.column_stack([solve(score.information, slope[:, k]) for k in range(slope.shape[1])])
    return np.asarray((data.treated - score.chance)[:, None] * (design @ toward))


def _by_person(influence: Floats, person: Ints) -> Floats:
    """(persons × m) summed over the rows of each person."""
    order = np.argsort(person, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], np.diff(person[order]) > 0]))
    return np.asarray(np.add.reduceat(influence[order], starts, axis=0))


def _checks(data: Waiting, score: Score | None, means: _Means, matched: float) -> tuple[Diagnostic, ...]:
    start = int(np.flatnonzero(data.months >= 0)[0])
    weight = np.where(data.treated, 1.0, means.weight[:, start])
    plain = Comparison(np.zeros(len(data.person)), data.treated, data.x, data.names)
    persons, rows = len(np.unique(data.person)), len(data.person)
    sides = (not_few(data.person[side]) for side in (data.treated, ~data.treated))
    found = [Diagnostic("matched_share", matched, LEAST_MATCHED, matched >= LEAST_MATCHED),
             Diagnostic("persons", persons, facts={"rows": rows})]  # fmt: skip
    if means.beside_one:
        found.append(Diagnostic("beside_one", means.beside_one, MOST_BESIDE_ONE, means.beside_one <= MOST_BESIDE_ONE))
    if score is not None:
        found.append(overlap_diagnostic(score.chance, data.treated))
    return (*found, *few_check(*sides), *balance_diagnostics(plain, weight))


def _pre_check(data: Waiting, means: _Means) -> Diagnostic:
    """The largest difference before the start, in spreads of the comparison's outcome."""
    before = data.months < 0
    if not before.any():
        return Diagnostic("pre_trends", float("nan"), facts={"months": 0})
    spread = np.where(means.spread[before] > 0, means.spread[before], np.inf)
    gap = np.abs(means.effect[before]) / spread
    worst = int(gap.argmax())
    return Diagnostic("pre_trends", float(gap[worst]), LARGEST_GAP, bool(gap[worst] <= LARGEST_GAP),
                      {"month": int(data.months[before][worst]), "months": int(before.sum())})  # fmt: skip


def _path(means: _Means, covariance: Floats, how: tuple[int | None, float, Band]) -> tuple[EffectPath, Phases]:
    lock_in_months, level, band = how
    se = np.sqrt(np.diag(covariance))
    wide = z_of(level)
    spread = se > 0
    if not spread.any():
        raise CannotEstimate("no_variation", "the outcome never varies")
    held = critical_value(covariance[np.ix_(spread, spread)], level=level, band=band)
    after = means.months >= 0
    counts = (int(means.n1.max()), int((means.weight.max(axis=1) > 0).sum()))
    effect, block = means.effect[after], covariance[np.ix_(after, after)]
    phases = phases_of(effect, block, counts, lock_in_months=lock_in_months, level=level, seed=band.seed)
    overall = summed(effect, block, counts, "not_yet_treated", level)
    value = means.effect
    path = EffectPath(means.months, value, se, value - wide * se, value + wide * se, overall, value - held * se,
                      value + held * se, covariance)  # fmt: skip
    return path, phases
