"""What designs that begin at registration, not at a measure, share: who is drawn, and what such a study cannot hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from springbrett.evaluation.cohort import Cohort, persons_at
from springbrett.evaluation.effects.records import CannotEstimate, Estimate, Ints
from springbrett.evaluation.registrations import Registrations, newly_registered
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.designs.record import Complain
from springbrett.evaluation.study.protocol import Protocol


def draw_registered(context: Context) -> tuple[Cohort, Registrations]:
    """The newly registered of the population, one row for each registration, with its caseworker; and the
    registrations, row by row. Raises CannotEstimate("no_treated")."""
    cases = newly_registered(context.tables, context.population, known_from=context.window.first_known,
                             away_months=context.protocol.comparison.away_months)  # fmt: skip
    if not len(cases):
        raise CannotEstimate("no_treated", "nobody came newly to NAV in the window; widen it")
    cohort = persons_at(context.tables, cases.person, cases.first, context.population)
    wide = int(cases.first.max()) + 1
    row = np.searchsorted(cases.person * wide + cases.first, cohort.person * wide + cohort.start)
    held = Registrations(cases.person[row], cases.first[row], cases.last[row], cases.caseworker[row])
    return replace(cohort, caseworker=held.caseworker), held


def estimate_row(
    found: Estimate, outcome: str, month: int, group: str, *, headline: bool, told: bool
) -> dict[str, Any]:  # fmt: skip
    """An estimate as a row of the table; without its numbers when they may not be told."""
    row: dict[str, Any] = {"outcome": outcome, "month": month, "estimator": found.method,
                           "estimand": found.estimand.value, "group": group, "headline": headline}  # fmt: skip
    if told:
        row |= {"value": found.value, "se": found.se, "lower": found.interval[0], "upper": found.interval[1]}
        row |= {"p_value": found.p_value, "participants": found.n_treated, "comparison": found.n_comparison}
    return row


def told_count(number: int, minimum: int) -> int | None:
    """How many were left out, unless they are so few that it tells who."""
    return number if number == 0 or number >= minimum else None


def chosen_rows(context: Context, name: str) -> dict[str, Ints]:
    """What the cohort stage kept beside the cohort, row by row."""
    with np.load(context.work / f"{name}.npz") as held:
        return {key: held[key] for key in held.files}


def check_registered(protocol: Protocol, complain: Complain) -> None:
    """Parts that count from the start of a stay have no place where nobody's time begins with one."""
    design = protocol.comparison.design
    if protocol.comparison.away_months < 0:
        complain("comparison.away_months", protocol.comparison.away_months, "0 or more", "there is no such time")
    if protocol.providers:
        complain("providers", protocol.providers.outcome, "leave it out, or comparison.design description",
                 f"{design} follows people from registration, a provider's result the start")  # fmt: skip
    if protocol.durations:
        complain("durations", ", ".join(protocol.durations.exits), "leave it out, or comparison.design timing",
                 "who began a measure was still registered then, which favours them from the outset")  # fmt: skip
    if protocol.cluster:
        complain("cluster", protocol.cluster, "leave it out", f"{design} says itself what hangs together")
    for position, group in enumerate(protocol.subgroups):
        if group.purposes:
            complain(f"subgroups[{position}] ({group.code}).purposes", group.purposes[0], "where, or leave it out",
                     "a group must be known when people register, before there is a purpose")  # fmt: skip
