"""The true answers of the designs that ask for something else than a measure against none, where persons are simulated.

The simulation lives its people again with one thing done otherwise. Where the registers are real, the study asks for an
outcome the simulation does not follow, or it was drawn by another version of the program, nothing is said.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from springbrett.evaluation.effects.records import Flags, Floats
from springbrett.evaluation.simulate import truths
from springbrett.evaluation.simulate.norway import OUTCOMES, Country, country_of
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.tables import Rows

Found = tuple[dict[str, Rows], dict[str, Any]]
CODE, WEIGHT = "truth", 2
NOTHING: Found = ({}, {})


def met(context: Context) -> Found:
    """What it does to get the measures because of whom one met, month by month from registration."""
    protocol, known = context.protocol, _country(context, context.protocol.population.measures)
    if known is None or protocol.comparison.judge != "caseworker":
        return NOTHING
    months = context.window.months
    found = truths.met_another(known, _cases(context), protocol.population.measures, protocol.outcomes.headline,
                               within=protocol.comparison.within_months, months=months)  # fmt: skip
    return _path(months, found)


def begun_with(context: Context, pair: tuple[str, str]) -> Found:
    """What it does to begin with the first of the pair rather than the second, month by month from the start."""
    known = _country(context, pair)
    if known is None:
        return NOTHING
    months = np.arange(context.protocol.outcomes.horizon + 1)
    chosen = np.isin(context.cohort.measure, pair)
    return _path(months, truths.first_rather(known, _cases(context, chosen), pair, context.protocol.outcomes.headline,
                                             months=months))  # fmt: skip


def times_the_rate(context: Context) -> dict[float, float]:
    """How many times the rate of finding work is, by months after the beginning from which it holds; empty: unknown."""
    asked, measures = context.protocol.comparison, context.protocol.population.measures
    known = _country(context, measures)
    if known is None or context.protocol.outcomes.headline != "in_work":
        return {}
    found = truths.times_the_rate(known, _cases(context), measures, effect_from=asked.effect_from,
                                  horizon=context.protocol.outcomes.horizon, others=asked.other_measures)  # fmt: skip
    return {float(since): float(value) for since, value in zip(asked.effect_from, found, strict=True)
            if np.isfinite(value)}  # fmt: skip


def _country(context: Context, measures: tuple[str, ...]) -> Country | None:
    """The simulated country the registers are of, when it can answer for these measures and the headline."""
    wanted = context.protocol
    if wanted.outcomes.headline not in OUTCOMES or wanted.population.purposes or not wanted.population.first_only:
        return None
    found = country_of(context.registers_folder)
    return found if found is not None and set(measures) <= set(found.world.measures) else None


def _cases(context: Context, chosen: Flags | None = None) -> truths.Cases:
    cohort = context.cohort
    keep = np.ones(len(cohort), bool) if chosen is None else chosen
    return truths.Cases(np.asarray(cohort.person[keep], np.int64), np.asarray(cohort.start[keep], np.int64))


def _path(months: np.ndarray, found: Floats) -> Found:
    rows: Rows = [{"month": int(month), "value": float(value)} for month, value in zip(months, found, strict=True)
                  if np.isfinite(value)]  # fmt: skip
    return {"truth": rows}, {}


__all__ = ["CODE", "WEIGHT", "begun_with", "met", "times_the_rate"]
