"""The measure reaches some sooner, some later and some never: differences over time between them.

Persons are reached by their first stay, offices by the first month of their trial. See `units` for who is followed, and
`staggered_stages` for what is worked out.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from springbrett.evaluation.effects.registry import estimators
from springbrett.evaluation.study import describing
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.designs import staggered_stages as stages
from springbrett.evaluation.study.designs.record import Complain, Design, Planned
from springbrett.evaluation.study.designs.units import FILE, by_month, by_period, office_units, person_units, pools
from springbrett.evaluation.study.protocol import Protocol, With
from springbrett.evaluation.study.tables import Rows

NEEDS = frozenset({"panel", "covariates"})
FIELDS = ("unit", "period_months", "compared_with", "registered_within")
NOT_FOR_OFFICES = {
    "local_projections": "it takes no weights, and an office counts by its persons",
    "stacked": "it takes no weights, and an office counts by its persons",
    "group_time_covariates": "what is held equal is about persons",
}


def by_office(protocol: Protocol) -> bool:
    """Whether offices are followed, not persons."""
    return protocol.comparison.unit == "office"


def _draw(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The stays, to be described; and the units with their outcomes, to be compared."""
    describing.draw(context)
    codes = dict.fromkeys((context.protocol.outcomes.headline, *context.protocol.outcomes.codes))
    return {}, {"units": _offices(context, list(codes)) if by_office(context.protocol) else _persons(context, codes)}


def _persons(context: Context, codes: dict[str, None]) -> dict[str, Any]:
    units = person_units(context)
    length = context.protocol.comparison.period_months
    for code in codes:
        y = np.empty((len(units), len(units.periods)))
        for part, months in by_month(context, code, units.unit, units.periods):
            y[part] = by_period(months, length)
        np.save(context.work / f"units_{code}.npy", y)
    units.save(context.work / FILE)
    return {"unit": "person", "treated": int(units.treated.sum()), "others": int((~units.treated).sum())}


def _offices(context: Context, codes: list[str]) -> dict[str, Any]:
    """Offices nobody registers at are left out."""
    units = office_units(context)
    persons = context.tables["persons"]
    home = np.asarray(persons["office"].to_numpy(), np.int64)
    for code in codes:
        held = pools(context, code, home, units.unit, units.periods)
        if code == codes[0]:
            counted = held.persons.mean(axis=1)
            there = counted > 0
            units = units.chosen(there).with_persons(counted[there])
        np.save(context.work / f"units_{code}.npy", held.mean[there])
    units.save(context.work / FILE)
    return {"unit": "office", "treated": int(units.treated.sum()), "others": int((~units.treated).sum())}


def _stages(protocol: Protocol) -> list[Planned]:
    made = [] if by_office(protocol) else [Planned("truth", 0.2, describing.truth)]
    for position, method in enumerate(protocol.estimators):
        made.append(Planned(f"estimator {position + 1}: {method.code}", 5,
                            partial(stages.estimates_of, position=position)))  # fmt: skip
    made += [
        Planned("path", 1, stages.path_of),
        Planned("by start", 3, stages.by_start),
        Planned("before the start", 3, stages.before_the_start),
    ]
    if by_office(protocol):
        made.append(Planned("few offices", 5, stages.few_offices))
    return made


def _check(protocol: Protocol, complain: Complain) -> None:
    held = protocol.comparison
    if held.unit == "region":
        complain("comparison.unit", held.unit, "person or office; region with comparison.design dose",
                 "a measure reaches persons or offices, not regions")  # fmt: skip
    if not protocol.population.first_only:
        complain("population.first_only", False, "true", "who has begun counts as reached from then on, once")
    _whole_periods(protocol, complain, outcomes__before=protocol.outcomes.before,
                  gate__placebo_month=protocol.gate.placebo_month)  # fmt: skip
    if held.registered_within < 1:
        complain("comparison.registered_within", held.registered_within, "1 month or more", "nobody would be counted")
    (_check_offices if by_office(protocol) else _check_persons)(protocol, complain)
    for position, method in enumerate(protocol.estimators):
        if "comparison" in method.options:
            complain(f"estimators[{position}].options.comparison", method.options["comparison"],
                     "comparison.compared_with, for all", "whom to compare with is said in one place")  # fmt: skip
    if protocol.adjustment and "group_time_covariates" not in {method.code for method in protocol.estimators}:
        complain("adjustment", protocol.adjustment[0], "leave it out, or name the estimator group_time_covariates",
                 "none of the estimators holds anything equal")  # fmt: skip


def _whole_periods(protocol: Protocol, complain: Complain, **more: int) -> None:
    """The headline's month, the horizon and what else is named (dots as __) must be whole periods."""
    length, wanted = protocol.comparison.period_months, protocol.outcomes
    for name, value in {"outcomes__month": wanted.month, "outcomes__horizon": wanted.horizon, **more}.items():
        if value % length:
            near = value - value % length
            complain(name.replace("__", "."), value, f"{near} or {near + length}, or another comparison.period_months",
                     f"it is no whole number of periods of {length} months")  # fmt: skip


def _check_persons(protocol: Protocol, complain: Complain) -> None:
    held = protocol.comparison
    if held.registered_within != With(design="staggered").registered_within:
        complain("comparison.registered_within", held.registered_within, 'leave it out, or comparison.unit = "office"',
                 "persons are followed themselves")  # fmt: skip
    for position, method in enumerate(protocol.estimators):
        if method.code == "stacked" and held.compared_with == "not_yet":
            complain(f"estimators[{position}].code", "stacked", 'comparison.compared_with = "never"',
                     "it asks for units followed to the end, and who begins after the window is not")  # fmt: skip


def _check_offices(protocol: Protocol, complain: Complain) -> None:
    for position, method in enumerate(protocol.estimators):
        if method.code in NOT_FOR_OFFICES:
            fed = [code for code in _panel_estimators() if code not in NOT_FOR_OFFICES]
            complain(f"estimators[{position}].code", method.code, f'{", ".join(fed)}; or comparison.unit = "person"',
                     NOT_FOR_OFFICES[method.code])  # fmt: skip
    if protocol.subgroups:
        complain("subgroups", protocol.subgroups[0].code, 'none, or comparison.unit = "person"',
                 "an office is followed as a whole")  # fmt: skip
    if protocol.population.purposes:
        complain("population.purposes", protocol.population.purposes[0], 'none, or comparison.unit = "person"',
                 "an office's trial begins for all purposes at once")  # fmt: skip
    if protocol.cluster == "person":
        complain("cluster", "person", 'leave it out, or "office"', "what is followed is the office")


def _panel_estimators() -> list[str]:
    return [code for code, entry in estimators().items() if "panel" in entry.needs]


DESIGNS = (Design("staggered", _draw, _stages, NEEDS, FIELDS, _check),)
