"""The stages a study may have besides one effect: providers, measures side by side, trial offices, ways out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from springbrett.evaluation.cohort import Cohort, Population, stays_of
from springbrett.evaluation.effects.durations.incidence import cumulative_incidence
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Flags, Floats, Ints
from springbrett.evaluation.providers.casemix import Stays
from springbrett.evaluation.providers.funnel import funnel
from springbrett.evaluation.providers.target import ProviderRow, Target, provider_results
from springbrett.evaluation.sidebyside import Participants, SideBySide, side_by_side
from springbrett.evaluation.study.comparing import check_row
from springbrett.evaluation.study.context import EVERYBODY, OTHERS, PARTICIPANTS, Context
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.tables import Rows
from springbrett.evaluation.trials import OfficeEffect, Persons, TrialResults, office_values, trial_results

FUNNEL_POINTS = 60
FUNNEL_LEVELS = (0.95, 0.998)
FEWEST_STAYS = 10
MEASURES, TRIAL, PROVIDERS = "side_by_side", "trial_offices", "provider_results"


def providers(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Every provider (or office) against the target; those whose stays may not be told are left out by number only.

    Raises CannotEstimate when nobody has a provider.
    """
    part = context.protocol.providers
    assert part is not None
    place = context.cohort.provider if part.by == "provider" else context.cohort.office
    y = context.at(part.outcome, part.month)
    use = np.isfinite(y) & (place >= 0) & context.cohort.treated
    numbers, counts = np.unique(place[use], return_counts=True)
    large = numbers[counts >= FEWEST_STAYS]
    use &= np.isin(place, large)
    if not use.any():
        raise CannotEstimate("empty_group", "no provider has enough stays to be looked at")
    x, names = context.covariates
    target = Target(part.target, least=context.protocol.minimum_cell)
    found = provider_results(Stays(y[use] > 0, place[use], x[use], names), target, seed=context.protocol.seed)
    everybody = {EVERYBODY: np.ones(len(y), bool)}
    told = tellable(everybody | {str(n): place == n for n in large}, use, context.protocol.minimum_cell, y)
    rows: Rows = [_provider(row) for row in found.rows if told[str(row.provider)]]
    spread = np.unique(np.geomspace(FEWEST_STAYS, max(row.stays for row in found.rows), FUNNEL_POINTS).astype(np.int64))
    limits = [(level, funnel(spread, found.overall, level=level)) for level in FUNNEL_LEVELS]
    lines: Rows = [{"stays": float(n), "level": level, "lower": each.lower[k], "upper": each.upper[k],
                    "centre": found.overall} for level, each in limits for k, n in enumerate(spread)]  # fmt: skip
    checks = [check_row(check, PROVIDERS, part.outcome, part.month) for check in found.diagnostics]
    facts = {"providers": {"overall": found.overall, "count": len(found.rows), "under": found.under,
                           "wrong": found.wrong, "hidden": len(found.rows) - len(rows),
                           "too_few": len(numbers) - len(large)}}  # fmt: skip
    return {"providers": rows, "funnel": lines, "diagnostics": checks}, facts


def _provider(row: ProviderRow) -> dict[str, Any]:
    shrunk = row.own
    return {
        "place": row.provider, "stays": row.stays, "observed": row.observed.value, "lower": row.observed.lower,
        "upper": row.observed.upper, "expected": row.expected, "adjusted": row.adjusted,
        "shrunk": shrunk.value if shrunk else None, "shrunk_lower": shrunk.lower if shrunk else None,
        "shrunk_upper": shrunk.upper if shrunk else None, "standing": row.standing.value,
    }  # fmt: skip


def measures(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The measures side by side with the same participants, the headline outcome in the headline month."""
    wanted, cohort = context.protocol.outcomes, context.cohort
    y = context.at(wanted.headline, wanted.month)
    known = np.isfinite(y)
    asked = context.protocol.population.measures
    codes = tuple(code for code in asked if (cohort.measure[known] == code).any())
    position = np.array([codes.index(str(code)) if code in codes else -1 for code in cohort.measure])
    x, names = context.covariates
    cluster = None if context.cluster is None else context.cluster[known]
    data = Participants(y[known], position[known], codes, x[known], names, cluster)
    found = side_by_side(data, population=Estimand.ATO, asked=asked, seed=context.protocol.seed)
    everybody = {EVERYBODY: np.ones(len(y), bool)}
    told = tellable(everybody | {code: cohort.measure == code for code in codes}, known,
                    context.protocol.minimum_cell, y)  # fmt: skip
    caseload = _caseload(context, codes)
    rows: Rows = [
        {"measure": row.measure, "stays": row.stays, "raw": row.raw, "raw_lower": row.raw_interval[0],
         "raw_upper": row.raw_interval[1], "fair": row.fair, "fair_lower": row.fair_interval[0],
         "fair_upper": row.fair_interval[1], "caseload": caseload.get(row.measure)}
        if told[row.measure] else {"measure": row.measure}
        for row in found.rows
    ]  # fmt: skip
    checks = [check_row(check, MEASURES, wanted.headline, wanted.month) for check in found.diagnostics]
    facts = {"side_by_side": {"equal_p": found.equal_p, "lacking": list(found.lacking), "stays": found.stays,
                              "left_out": len(known[known]) - found.stays}}  # fmt: skip
    return {"side_by_side": rows, "pairs": _pairs(found, told), "diagnostics": checks}, facts


def _pairs(found: SideBySide, told: dict[str, bool]) -> Rows:
    return [
        {"first": row.first, "second": row.second, "raw": row.raw, "value": row.value, "lower": row.interval[0],
         "upper": row.interval[1], "p_many": row.p_many}
        for row in found.pairs if told[row.first] and told[row.second]
    ]  # fmt: skip


def _caseload(context: Context, codes: tuple[str, ...]) -> dict[str, float]:
    """Participants per job specialist, averaged over the offices of each measure's stays; unknown ones left out."""
    offices = context.tables["offices"]
    number = np.asarray(offices["office"].to_numpy(), np.int64)
    load = np.asarray(offices["caseload"].to_numpy(zero_copy_only=False), np.float64)
    found = {}
    for code in codes:
        mine = np.isin(context.cohort.office, number) & (context.cohort.measure == code)
        values = load[np.searchsorted(number, context.cohort.office[mine])]
        if np.isfinite(values).any():
            found[code] = float(np.nanmean(values))
    return found


def trial_cohort(context: Context) -> Cohort:
    """The population's stays at the trial offices, and stays in the control measures at the others.

    Raises CannotEstimate: no_treated, no_comparison (no office is in a trial, or all are).
    """
    trial = trial_offices(context)
    who = context.population
    control = Population(context.protocol.comparison.control_measures, who.first_month, who.last_month, who.purposes,
                         who.needs_levels, who.age_from, who.age_to, who.first_only)  # fmt: skip
    ours, theirs = stays_of(context.tables, who), stays_of(context.tables, control)
    ours, theirs = ours.chosen(np.isin(ours.office, trial)), theirs.chosen(~np.isin(theirs.office, trial))
    if not len(ours):
        raise CannotEstimate("no_treated", "no stay of the population is at an office in a trial")
    if not len(theirs):
        raise CannotEstimate("no_comparison", "no office outside the trial has stays in the control measures")
    both = {name: np.concatenate([getattr(ours, name), getattr(theirs, name)]) for name in _ARRAYS}
    both["treated"] = np.arange(len(both["person"])) < len(ours)
    return Cohort(**both, names=ours.names)


_ARRAYS = ("person", "start", "treated", "measure", "purpose", "office", "provider", "caseworker", "registered",
           "strata", "covariates")  # fmt: skip


def trial_offices(context: Context) -> Ints:
    """Numbers of the offices that are in a trial."""
    offices = context.tables["offices"]
    return np.asarray(offices["office"].filter(offices["trial_from"].is_valid()).to_numpy(), np.int64)


def trial(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Trial offices against control offices, one by one and together."""
    wanted, cohort = context.protocol.outcomes, context.cohort
    y = context.at(wanted.headline, wanted.month)
    known = np.isfinite(y)
    x, names = context.covariates
    there = np.intersect1d(trial_offices(context), cohort.office[known])
    offices = office_values(Persons(y[known], cohort.office[known], there, x[known], names))
    found = trial_results(offices, seed=context.protocol.seed)
    everybody = {EVERYBODY: np.ones(len(y), bool)}
    groups = everybody | {str(n): cohort.office == n for n in np.unique(cohort.office[known])}
    told = tellable(groups, known, context.protocol.minimum_cell, y)
    rows: Rows = [_office(row, offices.value[~offices.trial], told) for row in found.offices]
    pooled = found.pooled
    rows.append({
        "office": None, "participants": pooled.n_treated, "comparison": pooled.n_comparison, "share": None,
        "control": None, "value": pooled.value, "lower": pooled.interval[0], "upper": pooled.interval[1],
        "p_value": pooled.p_value, "method": "pooled",
    })  # fmt: skip
    rows.append({
        "office": None, "value": pooled.value, "lower": found.randomisation_interval[0],
        "upper": found.randomisation_interval[1], "p_value": found.randomisation_p, "method": "randomisation",
    })  # fmt: skip
    # There "clusters" is the least p-value that so many ways of choosing offices can give, and judges itself.
    named = [replace(check, code="ways") if check.code == "clusters" else check for check in pooled.diagnostics]
    checks = [check_row(check, TRIAL, wanted.headline, wanted.month) for check in named]
    return {"trial": rows, "diagnostics": checks}, {"trial": _trial_facts(found)}


def _trial_facts(found: TrialResults) -> dict[str, Any]:
    readings = [row.reading for row in found.offices]
    return {"ways": found.ways, "counted": found.counted, "more": readings.count("more"),
            "fewer": readings.count("fewer"), "same": readings.count("no_difference_seen"),
            "value": found.pooled.value, "lower": found.pooled.interval[0], "upper": found.pooled.interval[1],
            "p_value": found.randomisation_p, "offices": len(found.offices)}  # fmt: skip


def _office(row: OfficeEffect, controls: Floats, told: dict[str, bool]) -> dict[str, Any]:
    if not told.get(str(row.office), False):
        return {"office": row.office, "method": "one_office"}
    control = float(controls.mean())
    return {"office": row.office, "participants": row.persons, "share": control + row.value, "control": control,
            "value": row.value, "lower": row.interval[0], "upper": row.interval[1], "p_value": row.p_many,
            "method": "one_office"}  # fmt: skip


def ways_out(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Cumulative incidence of the first month with each exit, for participants and comparison as they stand."""
    part = context.protocol.durations
    assert part is not None
    paths = [context.path(code)[:, context.window.before + 1 :] for code in part.exits]
    rows: Rows = []
    for side, mask in ((PARTICIPANTS, context.cohort.treated), (OTHERS, ~context.cohort.treated)):
        if mask.any():
            spells = _spells(tuple(part.exits), [path[mask] for path in paths])
            rows += _curves(context, spells, side)
    return {"incidence": rows}, {}


def _spells(exits: tuple[str, ...], paths: list[Floats]) -> Spells:
    """The first month (from 1) with any of the exits; the first named wins a tie; censored where the registers end."""
    months = paths[0].shape[1]
    known = np.isfinite(paths[0]).sum(axis=1)
    first = np.array([np.where((path > 0).any(axis=1), (path > 0).argmax(axis=1) + 1, months + 1) for path in paths])
    which = first.argmin(axis=0)
    when = first.min(axis=0)
    left: Flags = when <= months
    exit_month = np.where(left, when, np.maximum(known, 1)).astype(np.float64)
    seen = known > 0
    return Spells(exit_month[seen], np.where(left, which + 1, 0)[seen], exits)


def _curves(context: Context, spells: Spells, side: str) -> Rows:
    """Points with so many more who have left since the last one that the step between them can be told."""
    at = np.arange(1.0, spells.exit.max() + 1)
    minimum = context.protocol.minimum_cell
    rows: Rows = []
    for number, cause in enumerate(spells.causes):
        left = np.sort(spells.exit[spells.cause == number + 1])
        if not len(left):
            continue
        found = cumulative_incidence(spells, cause, at=at)
        by, before = np.searchsorted(left, at, "right"), 0
        for k, month in enumerate(at):
            step = int(by[k]) - before
            if step and (step < minimum or len(spells) - by[k] < minimum):
                continue
            before = int(by[k])
            rows.append({"exit": cause, "side": side, "month": float(month), "share": found.share[k],
                         "lower": found.lower[k], "upper": found.upper[k]})  # fmt: skip
    return rows
