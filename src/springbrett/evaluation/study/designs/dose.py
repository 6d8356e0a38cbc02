"""How much of the measure an area has: areas by period, with effects of area and period taken out.

Those who register in an area in a period are followed for the headline's number of months. Their outcome then is held
against how many of 100 registered there were in the measure in the meantime. How much the area uses the measure in the
months after that can have done nothing to them: if it seems to, something else moves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from springbrett.evaluation.effects.did.dose import Dosed, dose_effect, two_way_residual
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Flags, Floats, Ints
from springbrett.evaluation.outcomes.definitions import months_of, outcome_paths
from springbrett.evaluation.outcomes.intervals import Intervals, ordered, union
from springbrett.evaluation.outcomes.paths import Window, group_paths
from springbrett.evaluation.registrations import registrations_of, stays_in
from springbrett.evaluation.study import describing
from springbrett.evaluation.study.comparing import check_row
from springbrett.evaluation.study.context import EVERYBODY, Context
from springbrett.evaluation.study.designs.record import Complain, Design, Planned
from springbrett.evaluation.study.designs.units import AT_ONCE, registrations
from springbrett.evaluation.study.protocol import Protocol
from springbrett.evaluation.study.tables import Rows

FILE = "areas.npz"
BINS = 12
PER = 100.0
"""A dose is so many of this many registered."""


@dataclass(frozen=True, slots=True)
class Areas:
    """One element per area and period with anybody registering: `dose` while they were followed, `later`: the dose in
    as many months after that (NaN where registers do not reach), and how many `persons`."""

    area: Ints
    period: Ints
    dose: Floats
    later: Floats
    persons: Ints


def _draw(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The stays, to be described; and areas by period, to be compared."""
    describing.draw(context)
    wanted, length = context.protocol.outcomes, context.protocol.comparison.period_months
    person, start, area, doses = _followed(context)
    first = context.window.first_known
    cells, place = np.unique(np.stack([area, start // length]), axis=1, return_inverse=True)
    count = np.bincount(place)
    while_followed = _mean_of(doses, area, start - first, wanted.month)
    after = _mean_of(doses, area, start - first + wanted.month + 1, wanted.month)
    areas = {"area": cells[0], "period": cells[1], "persons": count}
    areas |= {name: np.bincount(place, held) / count for name, held in (("dose", while_followed), ("later", after))}
    for code in dict.fromkeys((wanted.headline, *wanted.codes)):
        y = _outcome(context, code, person, start)
        areas[f"y_{code}"] = np.bincount(place, y) / count
    np.savez(context.work / FILE, allow_pickle=False, **areas)
    spread = [float(value) for value in np.nanquantile(areas["dose"], (0.05, 0.5, 0.95))]
    facts = {"areas": len(np.unique(area)), "cells": len(count), "persons": len(person), "low": spread[0],
             "middle": spread[1], "high": spread[2]}  # fmt: skip
    return {}, {"dose": facts}


def _followed(context: Context) -> tuple[Ints, Ints, Ints, Floats]:
    """Those who registered in the window and can be followed: person, month, area; and the areas' dose by month.

    Raises CannotEstimate: empty_group, no_variation (one area).
    """
    who, known, month = context.population, context.window, context.protocol.outcomes.month
    began = registrations(context)
    keep = (began.first >= max(who.first_month, known.first_known)) & (
        began.first <= min(who.last_month, known.last_known - month)
    )
    person, start = began.person[keep], began.first[keep]
    if not len(person):
        raise CannotEstimate("empty_group", "nobody who registered in the window can be followed so long")
    home, count = _areas(context)
    if count < 2:
        raise CannotEstimate("no_variation", "there is one area only; nothing differs between areas")
    everyone = _whole(context.tables["persons"]["person"])
    return person, start, home[np.searchsorted(everyone, person)], _doses(context, everyone, home, count)


def _areas(context: Context) -> tuple[Ints, int]:
    """The number of every person's area, in the order of the register of persons, and how many areas there are."""
    column = "office" if context.protocol.comparison.unit == "office" else "region"
    held = context.tables["persons"][column]
    values = held.to_numpy() if column == "office" else np.asarray(held.to_numpy(zero_copy_only=False), str)
    names, place = np.unique(values, return_inverse=True)
    return place.astype(np.int64), len(names)


def _doses(context: Context, everyone: Ints, home: Ints, count: int) -> Floats:
    """Areas × months the registers cover: how many of 100 registered are in the measure."""
    known, who = context.window, context.population
    width = known.last_known - known.first_known
    window = Window(known.first_known, known.last_known, 0, width)
    start = np.full(len(everyone), known.first_known)
    spells = stays_in(context.tables, who)
    first = months_of(spells["start"], 0)
    inside = union([ordered(_whole(spells["person"]), first,
                            np.maximum(first, months_of(spells["end"], known.last_known)))])  # fmt: skip
    held = registrations_of(context.tables)
    there = Intervals(held.person, held.first, held.last)
    counted = [_count(months, everyone, start, home, count, window) for months in (inside, there)]
    share = np.full(counted[0].shape, np.nan)
    np.divide(PER * counted[0], counted[1], out=share, where=counted[1] > 0)
    return share


def _count(months: Intervals, person: Ints, start: Ints, area: Ints, count: int, window: Window) -> Floats:
    return group_paths(person, start, area, count, months, window).total


def _mean_of(doses: Floats, area: Ints, begin: Ints, months: int) -> Floats:
    """The mean dose of an area over so many months from a column on; NaN where the columns do not reach."""
    unknown = np.isnan(doses)
    sums, holes = (np.concatenate([np.zeros((len(doses), 1)), np.cumsum(held, axis=1)], axis=1)
                   for held in (np.where(unknown, 0.0, doses), unknown))  # fmt: skip
    end = begin + months
    inside = end < sums.shape[1]
    at, first, last = area[inside], begin[inside], end[inside]
    found = np.full(len(area), np.nan)
    known = holes[at, last] == holes[at, first]
    found[inside] = np.where(known, (sums[at, last] - sums[at, first]) / months, np.nan)
    return found


def _outcome(context: Context, code: str, person: Ints, start: Ints) -> Floats:
    """The outcome of each so many months after registering."""
    known, month = context.window, context.protocol.outcomes.month
    window = Window(known.first_known, known.last_known, 0, month)
    parts = [outcome_paths(context.outcomes[code], context.tables, person[at : at + AT_ONCE], start[at : at + AT_ONCE],
                           window)[:, -1] for at in range(0, len(person), AT_ONCE)]  # fmt: skip
    return np.concatenate(parts)


def areas_of(context: Context) -> tuple[Areas, dict[str, Floats]]:
    """What the cohort stage kept, and the outcomes by code."""
    with np.load(context.work / FILE) as held:
        areas = Areas(**{name: held[name] for name in ("area", "period", "dose", "later", "persons")})
        return areas, {name.removeprefix("y_"): held[name] for name in held.files if name.startswith("y_")}


def estimates_of(context: Context, position: int) -> tuple[dict[str, Rows], dict[str, Any]]:
    """What one more of 100 does to each outcome, with the placebo of doses to come for the headline."""
    method, wanted = context.protocol.estimators[position], context.protocol.outcomes
    areas, outcomes = areas_of(context)
    rows, silent, checks = Rows(), Rows(), Rows()
    facts: dict[str, Any] = {}
    for code, y in outcomes.items():
        keep = np.isfinite(y) & np.isfinite(areas.dose)
        head = code == wanted.headline
        try:
            if not keep.any():
                raise CannotEstimate("empty_group", "the outcome is not known anywhere")
            found = dose_effect(_dosed(areas, areas.dose, y, keep), **method.options)
        except CannotEstimate as error:
            silent.append({"estimator": method.code, "outcome": code, "group": EVERYBODY, "reason": error.code})
            if head and position == 0:
                facts["cannot"] = error.code
            continue
        rows.append({
            "outcome": code, "month": wanted.month, "estimator": method.code, "estimand": found.estimand.value,
            "group": EVERYBODY, "headline": head and position == 0, "value": found.value, "se": found.se,
            "lower": found.interval[0], "upper": found.interval[1], "p_value": found.p_value,
            "participants": int(areas.persons[keep].sum()),
        })  # fmt: skip
        if head:
            made = [*found.diagnostics, *_ahead(context, areas, y)]
            checks = [check_row(check, method.code, code, wanted.month) for check in made]
    return {"estimates": rows, "diagnostics": checks, "not_answered": silent}, facts


def _dosed(areas: Areas, dose: Floats, y: Floats, keep: Flags, x: Floats | None = None) -> Dosed:
    return Dosed(areas.area[keep], areas.period[keep], dose[keep], y[keep], None if x is None else x[keep, None])


def _ahead(context: Context, areas: Areas, y: Floats) -> list[Diagnostic]:
    """Doses after the outcome was counted, with the dose before it held equal, must say nothing of it.

    A difference so small for a usual move in the dose that it would not matter is let pass (`placebo_least`).
    """
    gate = context.protocol.gate
    keep = np.isfinite(y) & np.isfinite(areas.later) & np.isfinite(areas.dose)
    try:
        found = dose_effect(_dosed(areas, areas.later, y, keep, areas.dose))
    except CannotEstimate:
        return []
    clean, _taken = two_way_residual(areas.area[keep], areas.period[keep], areas.later[keep][:, None])
    size = abs(found.value) * float(clean.std())
    p = 1.0 if found.p_value is None else found.p_value
    return [Diagnostic("placebo", p, gate.placebo, p >= gate.placebo or size < gate.placebo_least,
                       {"value": found.value})]  # fmt: skip


def points(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The headline against the dose, area and period taken out of both, in groups of alike doses."""
    wanted = context.protocol.outcomes
    areas, outcomes = areas_of(context)
    y = outcomes[wanted.headline]
    keep = np.isfinite(y) & np.isfinite(areas.dose)
    clean, _taken = two_way_residual(areas.area[keep], areas.period[keep], np.stack([areas.dose, y], 1)[keep])
    bins = np.array_split(np.argsort(clean[:, 0], kind="stable"), min(BINS, len(clean)))
    rows: Rows = []
    for at in bins:
        persons = int(areas.persons[keep][at].sum())
        if persons >= context.protocol.minimum_cell:
            rows.append({"outcome": wanted.headline, "dose": float(clean[at, 0].mean()),
                         "value": float(clean[at, 1].mean()), "persons": persons})  # fmt: skip
    return {"dose_points": rows}, {}


def _stages(protocol: Protocol) -> list[Planned]:
    made = [Planned(f"estimator {position + 1}: {method.code}", 3, partial(estimates_of, position=position))
            for position, method in enumerate(protocol.estimators)]  # fmt: skip
    return [*made, Planned("dose points", 1, points)]


def _check(protocol: Protocol, complain: Complain) -> None:
    held = protocol.comparison
    if held.unit == "person":
        complain("comparison.unit", "person", "region or office; person with comparison.design staggered",
                 "a person has no dose of this kind")  # fmt: skip
    for key, value in (("subgroups", protocol.subgroups), ("adjustment", protocol.adjustment)):
        if value:
            complain(key, len(value), "leave it out", "areas are followed as a whole")
    if protocol.cluster:
        complain("cluster", protocol.cluster, "leave it out", "errors are counted by area")
    for position, method in enumerate(protocol.estimators):
        if "leads" in method.options:
            complain(f"estimators[{position}].options.leads", method.options["leads"], "leave it out",
                     "doses after the outcome was counted are looked at always")  # fmt: skip


DESIGNS = (Design("dose", _draw, _stages, frozenset({"dosed"}), ("unit", "period_months"), _check),)


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)
