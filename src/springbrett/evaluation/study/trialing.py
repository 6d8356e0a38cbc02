"""The stages of a trial of offices: who is compared, office by office and together, and the time before the trial."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from springbrett.evaluation.cohort import Cohort, Population, stays_of
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Flags, Floats, Ints
from springbrett.evaluation.outcomes.definitions import outcome_paths
from springbrett.evaluation.study import trial_means
from springbrett.evaluation.study.comparing import check_row
from springbrett.evaluation.study.context import EVERYBODY, Context, place_of, save_cohort
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.tables import Rows
from springbrett.evaluation.trials import OfficeEffect, Persons, TrialResults, office_values, trial_results, wild_trial

TRIAL = "trial_offices"
WILD_DRAWS = 1999
BEFORE, UNDER_WAY, MIXED = "before", "trial", "mixed"


def draw(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The stays at the trial offices, and those in the control measures at the others."""
    save_cohort(trial_cohort(context), context.work / "cohort.npz")
    return {}, {}


def trial_cohort(context: Context) -> Cohort:
    """The population's stays at the trial offices, and stays in the control measures at the others.

    Raises CannotEstimate: no_treated, no_comparison (no office is in a trial, or all are).
    """
    offices, _begins = trial_offices(context)
    who = context.population
    ours, theirs = stays_of(context.tables, who), stays_of(context.tables, _others(context, control_only=True))
    ours, theirs = ours.chosen(np.isin(ours.office, offices)), theirs.chosen(~np.isin(theirs.office, offices))
    if not len(ours):
        raise CannotEstimate("no_treated", "no stay of the population is at an office in a trial")
    if not len(theirs):
        raise CannotEstimate("no_comparison", "no office outside the trial has stays in the control measures")
    both = {name: np.concatenate([getattr(ours, name), getattr(theirs, name)]) for name in _ARRAYS}
    both["treated"] = np.arange(len(both["person"])) < len(ours)
    return Cohort(**both, names=ours.names)


_ARRAYS = ("person", "start", "treated", "measure", "purpose", "office", "provider", "caseworker", "registered",
           "strata", "covariates")  # fmt: skip


def _others(context: Context, *, control_only: bool, first_month: int | None = None) -> Population:
    """The population with the control measures instead of its own, or beside them, from an earlier month if asked."""
    who, control = context.population, context.protocol.comparison.control_measures
    measures = control if control_only else tuple(dict.fromkeys((*who.measures, *control)))
    begins = who.first_month if first_month is None else first_month
    return replace(who, measures=measures, first_month=begins)


def trial_offices(context: Context) -> tuple[Ints, Ints]:
    """Numbers of the offices that are in a trial, and the absolute month each began."""
    offices = context.tables["offices"]
    inside = offices.filter(offices["trial_from"].is_valid())
    return np.asarray(inside["office"].to_numpy(), np.int64), np.asarray(inside["trial_from"].to_numpy(), np.int64)


def trial(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Trial offices against control offices, one by one and together, as they stand during the trial."""
    wanted, cohort = context.protocol.outcomes, context.cohort
    y = context.at(wanted.headline, wanted.month)
    known = np.isfinite(y)
    x, names = context.covariates
    there = np.intersect1d(trial_offices(context)[0], cohort.office[known])
    offices = office_values(Persons(y[known], cohort.office[known], there, x[known], names))
    found = trial_results(offices, seed=context.protocol.seed)
    groups = {str(n): cohort.office == n for n in np.unique(cohort.office[known])}
    told = tellable({EVERYBODY: np.ones(len(y), bool)} | groups, known, context.protocol.minimum_cell, y)
    control = float(offices.value[~offices.trial].mean())
    rows = [_office(row, told.get(str(row.office), False), "one_office", control) for row in found.offices]
    rows += _together(found, "pooled", "randomisation")
    # There "clusters" is the least p-value that so many ways of choosing offices can give, and judges itself.
    named = [replace(check, code="ways") if check.code == "clusters" else check for check in found.pooled.diagnostics]
    checks = [check_row(check, TRIAL, wanted.headline, wanted.month) for check in named]
    readings = [row.reading for row in found.offices]
    facts = _facts(found) | {"more": readings.count("more"), "fewer": readings.count("fewer"),
                             "same": readings.count("no_difference_seen")}  # fmt: skip
    return {"trial": rows, "diagnostics": checks}, {"trial": facts}


def _facts(found: TrialResults) -> dict[str, Any]:
    return {"ways": found.ways, "counted": found.counted, "value": found.pooled.value,
            "lower": found.pooled.interval[0], "upper": found.pooled.interval[1], "p_value": found.randomisation_p,
            "offices": len(found.offices)}  # fmt: skip


def _office(row: OfficeEffect, told: bool, method: str, control: float | None = None) -> dict[str, Any]:
    if not told:
        return {"office": row.office, "method": method}
    out = {"office": row.office, "participants": row.persons, "value": row.value, "lower": row.interval[0],
           "upper": row.interval[1], "p_value": row.p_many, "method": method}  # fmt: skip
    return out if control is None else out | {"share": control + row.value, "control": control}


def _together(found: TrialResults, by_offices: str, by_drawing: str) -> Rows:
    """All trial offices at once: by how offices differ, and by how rare it is among the ways of choosing them."""
    pooled = found.pooled
    return [
        {"participants": pooled.n_treated, "comparison": pooled.n_comparison, "value": pooled.value,
         "lower": pooled.interval[0], "upper": pooled.interval[1], "p_value": pooled.p_value, "method": by_offices},
        {"value": pooled.value, "lower": found.randomisation_interval[0], "upper": found.randomisation_interval[1],
         "p_value": found.randomisation_p, "method": by_drawing},
    ]  # fmt: skip


def before(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The same offices before the trial: were they alike then, did they move alike, and how much more did the trial
    offices change than the others? The months in which some had begun and others not are in neither period.

    Raises CannotEstimate: empty_group (the registers do not reach back), no_comparison, too_few_clusters.
    """
    months = context.protocol.comparison.before_months
    if not months:
        return {}, {}
    held = Regimes(context, months)
    changed = held.persons(held.after | held.early, held.after)
    found = trial_results(office_values(changed), seed=context.protocol.seed)
    wild = wild_trial(changed, draws=WILD_DRAWS, seed=context.protocol.seed)
    told = held.told({str(row.office): held.cohort.office == row.office for row in found.offices}, split=True)
    rows: Rows = [_office(row, told[str(row.office)], "did_one_office") for row in found.offices]
    rows += _together(found, "did_pooled", "did_randomisation")
    rows.append({"value": wild.value, "lower": wild.interval[0], "upper": wild.interval[1], "p_value": wild.p_value,
                 "method": "did_wild"})  # fmt: skip
    checks = held.checks()
    wanted = context.protocol.outcomes
    diagnostics = [check_row(check, TRIAL, wanted.headline, wanted.month) for check in checks]
    facts = _facts(found) | {"months": months, "placebo": checks[0].facts["value"], "placebo_p": checks[0].value}
    tables = {"trial": rows, "trial_years": held.years(), "trial_means": trial_means.rows_of(context, held),
              "diagnostics": diagnostics}  # fmt: skip
    return tables, {"trial_before": facts}


class Regimes:
    """Every stay in either kind of measure at every office, from so many months before the trial to its end: what the
    offices did before, and what they did under the trial."""

    def __init__(self, context: Context, months: int) -> None:
        self.context, wanted = context, context.protocol.outcomes
        offices, begins = trial_offices(context)
        took_part = np.isin(offices, context.cohort.office[context.cohort.treated])
        self.trial, begins = offices[took_part], begins[took_part]
        self.first, self.last = int(begins.min()), int(begins.max())
        self.begins = self.first - months
        if context.window.first_known > self.begins:
            raise CannotEstimate("empty_group", "the registers do not reach back to the time before the trial")
        cohort = stays_of(context.tables, _others(context, control_only=False, first_month=self.begins))
        cohort = cohort.chosen(~np.isin(cohort.office, offices[~took_part]))
        path = outcome_paths(context.outcomes[wanted.headline], context.tables, cohort.person, cohort.start,
                             context.window)  # fmt: skip
        y = path[:, context.window.before + wanted.month]
        self.cohort, self.y = cohort.chosen(np.isfinite(y)), y[np.isfinite(y)]
        names = context.protocol.adjustment or cohort.names
        self.x, self.names = self.cohort.covariates[:, [place_of(name, cohort.names) for name in names]], tuple(names)
        self.early: Flags = self.cohort.start < self.first
        self.after: Flags = self.cohort.start >= self.last

    def persons(
        self, rows: Flags, after: Flags | None = None, *, y: Floats | None = None, names: tuple[str, ...] | None = None
    ) -> Persons:  # fmt: skip
        """Some of the stays, at offices that have stays in each of the periods; another `y` than the headline, and
        fewer covariates, when asked."""
        held = [k for k, name in enumerate(self.names) if names is None or name in names]
        value = self.y if y is None else y
        office = self.cohort.office
        parts = [rows] if after is None else [rows & after, rows & ~after]
        complete = np.unique(office[rows])
        for part in parts:
            complete = np.intersect1d(complete, office[part])
        use = rows & np.isin(office, complete)
        return Persons(value[use], office[use], np.intersect1d(self.trial, complete), self.x[use][:, held],
                       tuple(self.names[k] for k in held), None if after is None else after[use])  # fmt: skip

    def level(self, rows: Flags, y: Floats) -> float | None:
        """The mean of the control offices' own means; None when either side is too small to be told of."""
        inside, least = np.isin(self.cohort.office, self.trial), self.context.protocol.minimum_cell
        if (rows & inside).sum() < least or (rows & ~inside).sum() < least:
            return None
        _codes, position = np.unique(self.cohort.office[rows & ~inside], return_inverse=True)
        return float((np.bincount(position, y[rows & ~inside]) / np.bincount(position)).mean())

    def checks(self) -> tuple[Diagnostic, Diagnostic]:
        """Before the trial: whether the trial offices stood apart already, and whether they were already moving."""
        gate, seed = self.context.protocol.gate, self.context.protocol.seed
        middle = self.cohort.start >= (self.begins + self.first) // 2
        found = []
        for code, limit, held in (("offices_before", gate.placebo, self.persons(self.early)),
                                  ("offices_moving", gate.pre_trends, self.persons(self.early, middle))):  # fmt: skip
            results = trial_results(office_values(held), seed=seed)
            value, p = results.pooled.value, results.randomisation_p
            passed = p >= limit or abs(value) < gate.placebo_least
            found.append(Diagnostic(code, p, limit, passed, {"value": value}))
        return found[0], found[1]

    def years(self) -> Rows:
        """Trial offices minus control offices by the year the stays began; years without both are left out."""
        year, inside = self.cohort.start // 12, np.isin(self.cohort.office, self.trial)
        groups = {f"{at}|{side}": (year == at) & mask
                  for at in np.unique(year) for side, mask in (("trial", inside), ("control", ~inside))}  # fmt: skip
        told = self.told(groups)
        rows: Rows = []
        for at in np.unique(year).tolist():
            ours, theirs = (groups[f"{at}|{side}"] for side in ("trial", "control"))
            try:
                found = trial_results(office_values(self.persons(year == at)), seed=self.context.protocol.seed).pooled
            except CannotEstimate:
                continue
            if told[f"{at}|trial"] and told[f"{at}|control"]:
                rows.append({"year": at, "period": self._period(at), "participants": int(ours.sum()),
                             "comparison": int(theirs.sum()), "value": found.value, "lower": found.interval[0],
                             "upper": found.interval[1], "p_value": found.p_value})  # fmt: skip
        return rows

    def _period(self, year: int) -> str:
        if 12 * year + 11 < self.first:
            return BEFORE
        return UNDER_WAY if 12 * year >= self.last else MIXED

    def told(self, groups: dict[str, Flags], *, split: bool = False) -> dict[str, bool]:
        """Which groups may be told; `split`: only if they may in each period."""
        every, minimum = np.ones(len(self.y), bool), self.context.protocol.minimum_cell
        periods = [self.early, self.after] if split else [every]
        found = [tellable({EVERYBODY: every} | groups, period, minimum, self.y) for period in periods]
        return {code: all(each[code] for each in found) for code in groups}


__all__ = [
    "BEFORE",
    "MIXED",
    "TRIAL",
    "UNDER_WAY",
    "Regimes",
    "before",
    "draw",
    "trial",
    "trial_cohort",
    "trial_offices",
]
