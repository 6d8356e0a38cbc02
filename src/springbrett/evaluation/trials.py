"""Trial offices against control offices: office by office and together, when offices are few.

Persons within an office hang together, so what counts is offices. Each office becomes one number (with the mix of its
participants held equal); how control offices differ without any trial says how much a trial office may differ by itself
(Donald & Lang 2007), and randomisation inference asks how rare the pattern is among all ways to choose the offices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, product
from math import comb
from typing import Literal

import numpy as np
from scipy import optimize, stats

from springbrett.evaluation.effects.comparison import Comparison, inverse, t_of
from springbrett.evaluation.effects.did.wild import wild_bootstrap
from springbrett.evaluation.effects.entrance import hold, numbers, whole, yes_no
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats, Ints
from springbrett.evaluation.effects.sensitivity import adjusted_p_values
from springbrett.evaluation.providers.spread import FEWEST_TO_SHRINK, Shrunk, Spread, between_variance, normal_shrinkage

Reading = Literal["more", "fewer", "no_difference_seen"]
Design = Literal["comparison", "difference_in_differences"]
MOST_COUNTED = 20_000
TIE = 1e-9
"""Ways of choosing that differ by less, in parts of the largest office value, are as far out."""
DRAWS = 9_999
LARGEST_GAP = 0.5
"""Standardised distance between trial and matched control offices above which they are not alike."""


@dataclass(frozen=True, slots=True)
class Persons:
    """n persons: outcome `y`, `office`, covariates `x` (n × k, k may be 0) with `names`, whether the outcome is from
    `after` the trial began (None: there is no before, and offices are compared as they are), and `trial`: the numbers
    of the trial offices. Raises CannotEstimate: bad_input, no_treated, no_comparison."""

    y: Floats
    office: Ints
    trial: Ints
    x: Floats
    names: tuple[str, ...] = ()
    after: Flags | None = None

    def __post_init__(self) -> None:
        hold(self, y=numbers(self.y, "the outcome"), office=whole(self.office, "the office"),
             trial=whole(self.trial, "a trial office"), x=numbers(self.x, "a covariate"),
             after=None if self.after is None else yes_no(self.after, "being after the start"))  # fmt: skip
        count = len(self.y)
        if self.office.shape != (count,) or self.x.shape != (count, len(self.names)):
            raise CannotEstimate("bad_input", "outcome, office and covariates have different lengths")
        if self.after is not None and self.after.shape != (count,):
            raise CannotEstimate("bad_input", "before or after is not said of every person")
        if not (np.isfinite(self.y).all() and np.isfinite(self.x).all()):
            raise CannotEstimate("bad_input", "an outcome or a covariate is missing; leave those persons out first")
        offices = np.unique(self.office)
        inside = np.isin(offices, self.trial)
        if not inside.any() or not np.isin(self.trial, offices).all():
            raise CannotEstimate("no_treated", "a trial office has nobody in the data")
        if inside.all():
            raise CannotEstimate("no_comparison", "there are no control offices")


@dataclass(frozen=True, slots=True)
class Offices:
    """One number per office: the mean outcome, or its change from before to after, with the mix held equal.

    `covariance` (J × J) is what chance among persons makes of it; `persons` (J,); `trial` (J,).
    """

    office: Ints
    value: Floats
    covariance: Floats
    persons: Ints
    trial: Flags
    design: Design

    def chosen(self, keep: Flags) -> Offices:
        """Those where `keep` is true."""
        return Offices(self.office[keep], self.value[keep], self.covariance[np.ix_(keep, keep)], self.persons[keep],
                       self.trial[keep], self.design)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matched:
    """The control offices of each trial office, nearest first found together; `distance` standardised, averaged."""

    trial: int
    controls: tuple[int, ...]
    distance: float


@dataclass(frozen=True, slots=True)
class OfficeEffect:
    """A trial office against its controls. `p_many` is Holm's over the trial offices; `reading` goes by it."""

    office: int
    persons: int
    controls: tuple[int, ...]
    value: float
    se: float
    interval: tuple[float, float]
    p_value: float
    p_many: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class TrialResults:
    """Office by office, and `pooled` (each trial office counts the same). `randomisation_p` and its interval come from
    `ways` of choosing the offices (`counted` all of them, otherwise drawn). `controls`: how control offices differ.
    `shrunk`: the office effects drawn together (None with fewer than four)."""

    offices: tuple[OfficeEffect, ...]
    pooled: Estimate
    randomisation_p: float
    randomisation_interval: tuple[float, float]
    ways: int
    counted: bool
    controls: Spread
    shrunk: Shrunk | None
    matched: tuple[Matched, ...]


def office_values(data: Persons) -> Offices:
    """Means by office (and period) with covariates held at the overall mean, by least squares within offices.

    Raises CannotEstimate: singular, empty_group (an office without anybody before or after), bad_input (nobody shares
    an office with another).
    """
    offices, position = np.unique(data.office, return_inverse=True)
    count, changes = len(offices), data.after is not None
    cell = position * 2 + data.after.astype(np.int64) if data.after is not None else position
    cells = 2 * count if changes else count
    number = np.bincount(cell, minlength=cells)
    if (number == 0).any():
        lacking = int(offices[np.argmin(number) // (2 if changes else 1)])
        raise CannotEstimate(
            "empty_group", "an office has nobody before, or nobody after; leave it out", office=lacking
        )
    value, covariance = _cell_means(data, cell, number)
    if changes:
        contrast = np.kron(np.eye(count), np.array([-1.0, 1.0]))
        value, covariance = contrast @ value, contrast @ covariance @ contrast.T
    return Offices(offices, value, covariance, np.bincount(position), np.isin(offices, data.trial),
                   "difference_in_differences" if changes else "comparison")  # fmt: skip


def _cell_means(data: Persons, cell: Ints, number: Ints) -> tuple[Floats, Floats]:
    mean = np.bincount(cell, data.y, len(number)) / number
    x_mean = np.column_stack([np.bincount(cell, column, len(number)) / number for column in data.x.T]) \
        if data.names else np.zeros((len(number), 0))  # fmt: skip
    inner, y = data.x - x_mean[cell], data.y - mean[cell]
    varies = inner.std(axis=0) > np.maximum(1e-10 * data.x.std(axis=0), 1e-14 * np.abs(data.x).max(axis=0, initial=0.0))
    inner, away = inner[:, varies], (x_mean - data.x.mean(axis=0))[:, varies]
    free = len(y) - len(number) - inner.shape[1]
    if free < 1:
        raise CannotEstimate("bad_input", "there are no more persons than offices and covariates")
    bread = inverse(inner.T @ inner) if inner.shape[1] else np.zeros((0, 0))
    slope = bread @ (inner.T @ y)
    noise = float(((y - inner @ slope) ** 2).sum() / free)
    if not noise > (1e-12 * float(np.abs(data.y).max())) ** 2:
        raise CannotEstimate("no_variation", "within offices all had the same outcome; chance cannot be told")
    return mean - away @ slope, noise * (np.diag(1 / number) + away @ bread @ away.T)


def match_offices(office: Ints, features: Floats, trial: Ints, *, per_trial: int = 3) -> tuple[Matched, ...]:
    """The `per_trial` control offices most like each trial office; no control is used twice; least distance in all.

    `features` offices × f, standardised here. Raises CannotEstimate: no_comparison (too few controls), no_treated,
    bad_input.
    """
    if features.ndim != 2 or len(features) != len(office) or not np.isfinite(features).all():
        raise CannotEstimate("bad_input", "every office needs a value for every feature")
    if per_trial < 1:
        raise CannotEstimate("bad_input", "match at least one control office to each trial office")
    chosen = np.isin(office, trial)
    if not chosen.any():
        raise CannotEstimate("no_treated", "none of the offices is in the trial")
    if (~chosen).sum() < per_trial * chosen.sum():
        raise CannotEstimate("no_comparison", "there are not enough control offices; match fewer to each",
                             controls=int((~chosen).sum()))  # fmt: skip
    spread = features.std(axis=0)
    z = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    gap = np.sqrt(((z[chosen][:, None, :] - z[~chosen][None, :, :]) ** 2).mean(axis=2))
    rows, columns = optimize.linear_sum_assignment(np.repeat(gap, per_trial, axis=0))
    controls = office[~chosen]
    found = []
    for number, own in enumerate(office[chosen]):
        mine = columns[rows // per_trial == number]
        mine = mine[np.argsort(gap[number, mine], kind="stable")]
        found.append(Matched(int(own), tuple(int(c) for c in controls[mine]), float(gap[number, mine].mean())))
    return tuple(found)


def trial_results(
    offices: Offices, *, matched: tuple[Matched, ...] = (), level: float = 0.95, seed: int = 0
) -> TrialResults:  # fmt: skip
    """Every trial office against its matched controls (or against all), and all trial offices together.

    Raises CannotEstimate: too_few_clusters (fewer than two control offices), no_comparison.
    """
    sets = _sets(offices, matched)
    used = offices.trial | np.isin(offices.office, [c for row in sets for c in row.controls])
    controls = offices.chosen(used & ~offices.trial)
    if len(controls.office) < 2:
        raise CannotEstimate("too_few_clusters", "one control office does not tell how offices differ",
                             controls=len(controls.office))  # fmt: skip
    between = between_variance(controls.value, np.diag(controls.covariance), "paule_mandel")
    contrasts = np.array([_contrast(offices, row) for row in sets])
    whole = offices.covariance + between.variance * np.eye(len(offices.office))
    value, covariance = contrasts @ offices.value, contrasts @ whole @ contrasts.T
    rows = _rows(offices, sets, value, np.sqrt(np.diag(covariance)), len(controls.office) - 1, level)
    statistic = _ways(offices.chosen(used), sets if matched else (), seed)
    p = _randomisation_p(offices.chosen(used), statistic, 0.0)
    pooled = _pooled(offices, contrasts.mean(axis=0), whole, len(controls.office), level)
    checks = _checks(statistic, sets if matched else (), level, len(controls.office))
    enough = len(rows) >= FEWEST_TO_SHRINK
    return TrialResults(
        offices=rows, pooled=_with(pooled, checks), randomisation_p=p,
        randomisation_interval=_invert(offices.chosen(used), statistic, pooled, level), ways=len(statistic.weights),
        counted=statistic.counted, controls=between, matched=matched,
        shrunk=normal_shrinkage(value, np.sqrt(np.diag(covariance)), level=level) if enough else None,
    )  # fmt: skip


def wild_trial(data: Persons, *, draws: int = 9_999, seed: int = 1, level: float = 0.95) -> Estimate:
    """The same question on persons, one line for all, by the wild cluster bootstrap over offices: a second opinion.

    Large offices count more here than in `trial_results`. Raises CannotEstimate: too_few_clusters, singular.
    """
    offices, position = np.unique(data.office, return_inverse=True)
    inside = np.isin(data.office, data.trial)
    if data.after is None:
        line = Comparison(data.y, inside, data.x, data.names, position)
    else:
        own = (position[:, None] == np.arange(1, len(offices))).astype(np.float64)
        x = np.column_stack([data.x, data.after.astype(np.float64), own])
        names = (*data.names, "after", *(f"office_{number}" for number in offices[1:].tolist()))
        line = Comparison(data.y, inside & data.after, x, names, position)
    return wild_bootstrap(line, draws=draws, seed=seed, level=level)


def _sets(offices: Offices, matched: tuple[Matched, ...]) -> tuple[Matched, ...]:
    everyone = tuple(int(o) for o in offices.office[~offices.trial])
    if not matched:
        return tuple(Matched(int(o), everyone, float("nan")) for o in offices.office[offices.trial])
    if {row.trial for row in matched} != set(offices.office[offices.trial].tolist()):
        raise CannotEstimate("no_comparison", "a trial office has no matched controls")
    if not {c for row in matched for c in row.controls} <= set(everyone):
        raise CannotEstimate("no_comparison", "a matched control office has nobody in the data")
    return matched


def _contrast(offices: Offices, row: Matched) -> Floats:
    weight = np.where(np.isin(offices.office, row.controls), -1.0 / len(row.controls), 0.0)
    weight[offices.office == row.trial] = 1.0
    return weight


def _rows(
    offices: Offices, sets: tuple[Matched, ...], value: Floats, se: Floats, free: int, level: float
) -> tuple[OfficeEffect, ...]:  # fmt: skip
    half = t_of(level, free) * se
    p = 2 * stats.t.sf(np.abs(value / se), free)
    many = adjusted_p_values(p.tolist(), "holm")
    persons = dict(zip(offices.office.tolist(), offices.persons.tolist(), strict=True))
    found = []
    for k, row in enumerate(sets):
        seen: Reading = "no_difference_seen" if many[k] > 1 - level else "more" if value[k] > 0 else "fewer"
        found.append(OfficeEffect(row.trial, persons[row.trial], row.controls, float(value[k]), float(se[k]),
                                  (float(value[k] - half[k]), float(value[k] + half[k])), float(p[k]),
                                  float(many[k]), seen))  # fmt: skip
    return tuple(found)


def _pooled(offices: Offices, weight: Floats, whole: Floats, controls: int, level: float) -> Estimate:
    """Each trial office counts the same; Student's t with offices − 2 degrees of freedom (Donald & Lang 2007)."""
    value, se = float(weight @ offices.value), float(np.sqrt(weight @ whole @ weight))
    trials = int(offices.trial.sum())
    half = t_of(level, trials + controls - 2) * se
    p = float(2 * stats.t.sf(abs(value / se), trials + controls - 2))
    leans = ("parallel_paths",) if offices.design == "difference_in_differences" else ("selection_on_observed",)
    return Estimate(
        estimand=Estimand.ATT, method=f"trial_offices_{offices.design}", value=value, se=se,
        interval=(value - half, value + half), n_treated=int(offices.persons[offices.trial].sum()),
        n_comparison=int(offices.persons[weight < 0].sum()), level=level, p_value=p,
        assumptions=(*leans, "offices_differ_alike"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ways:
    """Ways to choose the trial offices: `weights` ways × offices make the pooled difference; the first is the true."""

    weights: Floats
    counted: bool


def _ways(offices: Offices, sets: tuple[Matched, ...], seed: int) -> _Ways:
    """All ways, or the true one and as many drawn as make ten thousand. Matched: one of each set; else any as many."""
    rng, size = np.random.default_rng(seed), len(offices.office)
    place = {int(o): k for k, o in enumerate(offices.office)}
    true = np.array([place[int(o)] for o in offices.office[offices.trial]])
    if sets:
        members = [[place[row.trial], *(place[c] for c in row.controls)] for row in sets]
        total = int(np.prod([float(len(m)) for m in members]))
        if total <= MOST_COUNTED:
            chosen = [list(way) for way in product(*members)]
        else:
            chosen = [[m[0] for m in members],
                      *([m[rng.integers(len(m))] for m in members] for _draw in range(DRAWS))]  # fmt: skip
        weights = np.zeros((len(chosen), size))
        for k, way in enumerate(chosen):
            for own, group in zip(way, members, strict=True):
                weights[k, group] -= 1.0 / (len(group) - 1) / len(members)
                weights[k, own] += (1.0 + 1.0 / (len(group) - 1)) / len(members)
        return _Ways(weights, total <= MOST_COUNTED)
    total = comb(size, len(true))
    picks = [list(way) for way in combinations(range(size), len(true))] if total <= MOST_COUNTED else [
        true.tolist(), *(rng.permutation(size)[: len(true)].tolist() for _draw in range(DRAWS))]  # fmt: skip
    weights = np.full((len(picks), size), -1.0 / (size - len(true)))
    for k, pick in enumerate(picks):
        weights[k, pick] = 1.0 / len(true)
    return _Ways(weights, total <= MOST_COUNTED)


def _randomisation_p(offices: Offices, ways: _Ways, effect: float) -> float:
    """How often a way of choosing gives a difference at least as large, were the effect `effect` everywhere."""
    value = offices.value - effect * offices.trial
    true = np.where(offices.trial, 1.0 / offices.trial.sum(), 0.0)
    matches = (ways.weights > 0) == offices.trial
    own = ways.weights[np.flatnonzero(matches.all(axis=1))[0]] if matches.all(axis=1).any() else true
    value = value - value.mean()  # weights sum to nothing: where the outcome is counted from makes no tie
    reached = np.abs(ways.weights @ value)
    return float((reached >= abs(own @ value) - TIE * np.abs(value).max()).mean())


def _invert(offices: Offices, ways: _Ways, pooled: Estimate, level: float) -> tuple[float, float]:
    """The effects that randomisation does not reject: infinite where no effect could be, with so few offices."""
    limits = []
    for sign in (-1.0, 1.0):
        inside, outside = 0.0, max(pooled.se, 1e-9)
        while _randomisation_p(offices, ways, pooled.value + sign * outside) > 1 - level and outside < 1e6 * pooled.se:
            outside *= 2
        if outside >= 1e6 * pooled.se:
            limits.append(sign * float("inf"))
            continue
        for _step in range(40):
            middle = (inside + outside) / 2
            held = _randomisation_p(offices, ways, pooled.value + sign * middle) > 1 - level
            inside, outside = (middle, outside) if held else (inside, middle)
        limits.append(pooled.value + sign * outside)
    return float(limits[0]), float(limits[1])


def _checks(
    ways: _Ways, matched: tuple[Matched, ...], level: float, controls: int
) -> tuple[Diagnostic, ...]:  # fmt: skip
    """Whether randomisation could find anything at all, and whether the matched offices are alike."""
    least = 1.0 / len(ways.weights)
    found = [Diagnostic("clusters", least, 1 - level, least <= 1 - level, {"controls": controls})]
    if matched:
        far = max(row.distance for row in matched)
        found.append(Diagnostic("balance", far, LARGEST_GAP, far <= LARGEST_GAP, {"covariate": "offices"}))
    return tuple(found)


def _with(found: Estimate, checks: tuple[Diagnostic, ...]) -> Estimate:
    return replace(found, diagnostics=checks)


__all__ = ["Matched", "OfficeEffect", "Offices", "Persons", "TrialResults", "match_offices", "office_values",
           "trial_results", "wild_trial"]  # fmt: skip
