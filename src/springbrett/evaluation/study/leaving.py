"""The ways out after the start: what share has left by each, and whether participants and the others differ in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from springbrett.evaluation.effects.durations.discrete import competing_hazards, discrete_hazards
from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import Hazards, cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import (
    cumulative_incidence,
    incidence_difference,
    months_gone_difference,
)
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.records import CannotEstimate, Estimate, Flags, Floats
from springbrett.evaluation.study.context import EVERYBODY, OTHERS, PARTICIPANTS, Context
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.tables import Rows

TAKING_PART = "taking_part"
RATES = ("cox", "discrete_hazards", "competing_hazards", "fine_gray")
DIFFERENCES = ("incidence_difference", "months_gone_difference")
TEST = "gray_test"
METHODS = (*RATES, *DIFFERENCES, TEST)
"""What the `durations` part of a protocol may ask for besides the curves."""


def ways_out(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Cumulative incidence of the first month with each exit, for participants and comparison as they stand; and what
    the protocol asks about the difference."""
    part = context.protocol.durations
    assert part is not None
    paths = [context.path(code)[:, context.window.before + 1 :] for code in part.exits]
    rows: Rows = []
    for side, mask in ((PARTICIPANTS, context.cohort.treated), (OTHERS, ~context.cohort.treated)):
        if mask.any():
            rows += curves(context, first_exits(part.exits, [path[mask] for path in paths])[0], side)
    return {"incidence": rows} | (_compared(context, paths) if part.methods else {}), {}


def first_exits(exits: tuple[str, ...], paths: list[Floats]) -> tuple[Spells, Flags]:
    """The first month (from 1) with any of the exits, and which rows (n,) are seen at all; the first named wins a tie;
    censored where the registers end."""
    months = paths[0].shape[1]
    known = np.isfinite(paths[0]).sum(axis=1)
    first = np.array([np.where((path > 0).any(axis=1), (path > 0).argmax(axis=1) + 1, months + 1) for path in paths])
    which = first.argmin(axis=0)
    when = first.min(axis=0)
    left: Flags = when <= months
    exit_month = np.where(left, when, np.maximum(known, 1)).astype(np.float64)
    seen = known > 0
    return Spells(exit_month[seen], np.where(left, which + 1, 0)[seen], exits), seen


def curves(context: Context, spells: Spells, side: str) -> Rows:
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


@dataclass(frozen=True, slots=True)
class _Sides:
    """Spells of both sides: who took part, and what is held equal in the models of rates."""

    spells: Spells
    treated: Flags
    x: Floats
    names: tuple[str, ...]
    months: tuple[float, float]

    @property
    def counts(self) -> dict[str, int]:
        return {"participants": int(self.treated.sum()), "comparison": int((~self.treated).sum())}


def _sides(context: Context, paths: list[Floats]) -> _Sides:
    part, cohort = context.protocol.durations, context.cohort
    assert part is not None
    spells, seen = first_exits(part.exits, paths)
    person = cohort.person[seen]
    if len(np.unique(person)) < len(person):
        spells = Spells(spells.exit, spells.cause, spells.causes, cluster=person)
    treated = cohort.treated[seen]
    if not treated.any() or treated.all():
        raise CannotEstimate("no_comparison", "there is nobody to compare the participants with")
    x, names = context.covariates
    varies = np.ptp(x[seen], axis=0) > 0
    last = min(float(spells.exit[side].max()) for side in (treated, ~treated))
    return _Sides(
        spells, treated, np.column_stack([treated, x[seen][:, varies]]),
        (TAKING_PART, *(name for name, kept in zip(names, varies, strict=True) if kept)),
        (min(float(part.month), last), last),
    )  # fmt: skip


def _compared(context: Context, paths: list[Floats]) -> dict[str, Rows]:
    """Every method on every way out. What cannot be worked out is said."""
    part = context.protocol.durations
    assert part is not None
    sides = _sides(context, paths)
    told = _may_tell(context, sides)
    tables: dict[str, Rows] = {"rates": [], "exit_tests": [], "not_answered": []}
    for method in part.methods:
        for cause in part.exits:
            if not told[cause]:
                continue
            try:
                name, row = _ask(method, cause, sides)
            except CannotEstimate as error:
                tables["not_answered"].append({"estimator": method, "outcome": cause, "reason": error.code})
                continue
            tables[name].append({"exit": cause, "method": method, **row, **sides.counts})
    return tables


def _ask(method: str, cause: str, sides: _Sides) -> tuple[str, dict[str, Any]]:
    """The table and the row of one method on one way out."""
    if method == TEST:
        tested = gray_test(sides.spells, cause, sides.treated.astype(np.int64))
        return "exit_tests", {"statistic": tested.statistic, "degrees": tested.degrees, "p_value": tested.p_value}
    if method in DIFFERENCES:
        month, last = sides.months
        found = (
            incidence_difference(sides.spells, cause, sides.treated, time=month)
            if method == "incidence_difference"
            else months_gone_difference(sides.spells, cause, sides.treated, horizon=last)
        )
        row = {"value": found.value, "lower": found.interval[0], "upper": found.interval[1], "p_value": found.p_value}
        return "exit_tests", row | {"month": month if method == DIFFERENCES[0] else last}
    ratio = _MODELS[method](sides, cause).estimate(TAKING_PART)
    return "rates", ratio_row(ratio) | {"about": TAKING_PART, "since": None, "group": EVERYBODY, "headline": False}


def ratio_row(found: Estimate) -> dict[str, Any]:
    """A log hazard ratio, and the ratio with its interval."""
    return {"log_ratio": found.value, "se": found.se, "ratio": float(np.exp(found.value)),
            "lower": float(np.exp(found.interval[0])), "upper": float(np.exp(found.interval[1])),
            "p_value": found.p_value}  # fmt: skip


_MODELS: Mapping[str, Callable[[_Sides, str], Hazards]] = {
    "cox": lambda sides, cause: cox(sides.spells, cause, sides.x, sides.names),
    "fine_gray": lambda sides, cause: fine_gray(sides.spells, cause, sides.x, sides.names),
    "discrete_hazards": lambda sides, cause: discrete_hazards(sides.spells, cause, sides.x, sides.names).hazards,
    "competing_hazards": lambda sides, cause: competing_hazards(sides.spells, sides.x, sides.names)[cause].hazards,
}


def _may_tell(context: Context, sides: _Sides) -> dict[str, bool]:
    """Which ways out may be compared: enough on each side who left by it, and who did not."""
    everybody = {EVERYBODY: np.ones(len(sides.spells), bool)}
    return {
        cause: all(
            tellable(everybody, side, context.protocol.minimum_cell,
                     (sides.spells.cause == number + 1).astype(np.float64))[EVERYBODY]
            for side in (sides.treated, ~sides.treated)
        )
        for number, cause in enumerate(sides.spells.causes)
    }  # fmt: skip
