"""What the staggered design works out: every estimator's path, effects by start, the time before, and few offices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.clusters import leave_one_out, one_office
from springbrett.evaluation.effects.did.panel import NEVER, Panel, Wide, widen
from springbrett.evaluation.effects.did.pretrends import drift_bounds, placebo_start
from springbrett.evaluation.effects.did.redealing import gaps, redealt
from springbrett.evaluation.effects.did.wild import TREATED_CLUSTERS, wild_bootstrap
from springbrett.evaluation.effects.records import (
    CannotEstimate,
    Diagnostic,
    EffectPath,
    Estimate,
    Flags,
)
from springbrett.evaluation.study.comparing import NUMBERS, SOME_MONTHS, check_row, correct_for_many
from springbrett.evaluation.study.context import EVERYBODY, Context
from springbrett.evaluation.study.designs.staggered_paths import (
    around,
    found_for,
    group_times,
    groups_of,
    in_month,
    may_tell,
    offices,
    panel_of,
    sizes,
    units_of,
)
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.protocol import Method
from springbrett.evaluation.study.tables import Rows

CLEAR = 0.05


def estimates_of(context: Context, position: int) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Every number of one estimator: the headline by group, the mean from the start on, and, for the first, the other
    outcomes and some other months."""
    method, wanted = context.protocol.estimators[position], context.protocol.outcomes
    tasks: list[tuple[str, int | None, str]] = [(wanted.headline, wanted.month, group) for group in groups_of(context)]
    tasks.append((wanted.headline, None, EVERYBODY))
    if position == 0:
        length = context.protocol.comparison.period_months
        months = sorted({wanted.month, *(m for m in SOME_MONTHS if m <= wanted.horizon and not m % length)})
        tasks += [(code, month, EVERYBODY) for code in wanted.codes for month in months
                  if (code, month) != (wanted.headline, wanted.month)]  # fmt: skip
    rows, silent, facts = Rows(), Rows(), dict[str, Any]()
    for number, (code, month, group) in enumerate(tasks):
        context.tick(number / len(tasks))
        try:
            found = (found_for(context, method, code, group).path.overall if month is None
                     else in_month(context, method, code, month, group))  # fmt: skip
        except CannotEstimate as error:
            silent.append({"estimator": method.code, "outcome": code, "group": group, "reason": error.code})
            if position == 0 and number == 0:
                facts["cannot"] = error.code
            continue
        rows.append(_row(context, found, method.code, code, month, group, headline=position == 0 and number == 0))
    correct_for_many([row for row in rows if row["month"] is not None])
    return {"estimates": rows, "diagnostics": _checks(context, method), "not_answered": silent}, facts


def _row(
    context: Context, found: Estimate, method: str, outcome: str, month: int | None, group: str, *, headline: bool
) -> dict[str, Any]:  # fmt: skip
    reached, others = sizes(context, outcome, month, group)
    row = {
        "outcome": outcome, "month": month, "estimator": method, "estimand": found.estimand.value, "group": group,
        "headline": headline, "value": found.value, "se": found.se, "lower": found.interval[0],
        "upper": found.interval[1], "p_value": found.p_value, "participants": reached, "comparison": others,
    }  # fmt: skip
    if not may_tell(context, outcome, month)[group]:
        row |= dict.fromkeys(NUMBERS)
    return row


def _checks(context: Context, method: Method) -> Rows:
    """The estimator's own checks, with the time before the start judged as the gate says, and how many clusters."""
    wanted, gate = context.protocol.outcomes, context.protocol.gate
    try:
        held = found_for(context, method, wanted.headline)
    except CannotEstimate:
        return []
    before = held.path.months < 0
    largest = float(np.abs(held.path.value[before]).max()) if before.any() else float("inf")
    found = [replace(check, threshold=gate.pre_trends,
                     passed=bool(check.value >= gate.pre_trends or largest < gate.placebo_least))
             if check.code == "pre_trends" else check for check in held.checks]  # fmt: skip
    found += _clusters(context)
    return [check_row(check, method.code, wanted.headline, wanted.month) for check in found]


def _clusters(context: Context) -> list[Diagnostic]:
    units, least = units_of(context), context.protocol.gate.clusters
    if not offices(context) and not context.protocol.cluster:
        return []
    cluster = units.cluster if context.protocol.cluster != "person" else units.unit
    count, reached = len(np.unique(cluster)), len(np.unique(cluster[units.treated]))
    return [
        Diagnostic("clusters", float(count), float(least), count >= least),
        Diagnostic("treated_clusters", float(reached), float(TREATED_CLUSTERS), reached >= TREATED_CLUSTERS),
    ]


def path_of(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The headline's event study, each period named by its first month since the start."""
    method, wanted = context.protocol.estimators[0], context.protocol.outcomes
    found = found_for(context, method, wanted.headline).path
    length = context.protocol.comparison.period_months
    rows: Rows = []
    for k, period in enumerate(found.months.tolist()):
        month = period * length
        if not may_tell(context, wanted.headline, month if month >= 0 else None)[EVERYBODY]:
            continue
        rows.append({
            "outcome": wanted.headline, "estimator": method.code, "month": month, "value": found.value[k],
            "lower": found.lower[k], "upper": found.upper[k],
            "band_lower": None if found.band_lower is None else found.band_lower[k],
            "band_upper": None if found.band_upper is None else found.band_upper[k],
        })  # fmt: skip
    return {"effect_path": rows}, {}


def by_start(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The mean effect on those first reached in each period, from then on."""
    wanted, length = context.protocol.outcomes, context.protocol.comparison.period_months
    panel, _row_of = panel_of(context, wanted.headline)
    path = _redealt_by_group(context, panel) if offices(context) else group_times(context, panel).by_group()
    units = units_of(context)
    groups = {EVERYBODY: np.ones(len(units), bool)} | {str(g): units.first == g for g in path.months.tolist()}
    if offices(context):
        told = {code: bool(units.persons[mask].sum() >= context.protocol.minimum_cell)
                for code, mask in groups.items()}  # fmt: skip
    else:
        told = tellable(groups, units.treated, context.protocol.minimum_cell)
    rows: Rows = []
    for k, group in enumerate(path.months.tolist()):
        row: dict[str, Any] = {"outcome": wanted.headline, "first_month": group * length}
        if told[str(group)]:
            mask = groups[str(group)]
            row |= {"units": int(mask.sum()), "persons": round(float(units.persons[mask].sum())),
                    "value": path.value[k], "lower": path.lower[k], "upper": path.upper[k]}  # fmt: skip
        rows.append(row)
    return {"by_start": rows}, {}


def _redealt_by_group(context: Context, panel: Panel) -> EffectPath:
    compared = context.protocol.comparison.compared_with
    return redealt(widen(panel), lambda wide: gaps(wide, comparison=compared).by_group(), "group_time",
                   seed=context.protocol.seed).path  # fmt: skip


def before_the_start(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """A start that never was, and how much drift apart would overturn the effect."""
    wanted, gate, method = context.protocol.outcomes, context.protocol.gate, context.protocol.estimators[0]
    panel, _row_of = panel_of(context, wanted.headline)
    earlier = -gate.placebo_month // context.protocol.comparison.period_months
    found = placebo_start(panel, earlier, lambda moved: _mean_effect(context, moved))
    size = abs(float(found.facts["value"]))
    found = replace(found, threshold=gate.placebo,
                    passed=bool(found.value >= gate.placebo or size < gate.placebo_least))  # fmt: skip
    checks = [check_row(found, method.code, wanted.headline, gate.placebo_month)]
    drift = drift_bounds(_against_last_before(context, panel))
    rows: Rows = [{"times": times, "lower": drift.lower[k], "upper": drift.upper[k]}
                  for k, times in enumerate(drift.times.tolist())]  # fmt: skip
    limit = drift.breakdown if np.isfinite(drift.breakdown) else None
    checks.append(check_row(Diagnostic("drift_breakdown", drift.breakdown), method.code, wanted.headline, wanted.month))
    return {"diagnostics": checks, "drift": rows}, {"drift": {"breakdown": limit, "largest": drift.largest}}


def _mean_effect(context: Context, panel: Panel) -> Estimate:
    """The mean group-time effect of a panel from the start on."""
    if offices(context):
        compared = context.protocol.comparison.compared_with
        return redealt(widen(panel), lambda wide: gaps(wide, comparison=compared).by_since(), "group_time",
                       seed=context.protocol.seed).path.overall  # fmt: skip
    return group_times(context, panel).simple()


def _against_last_before(context: Context, panel: Panel) -> EffectPath:
    """The group-time event study against the last period before the start throughout."""
    method, (before, after) = Method(code="group_time"), around(context.protocol)
    if offices(context):
        return found_for(context, method, context.protocol.outcomes.headline).path
    return group_times(context, panel, universal=True).event_study(first=-before, last=after)


def few_offices(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The same question by a wild bootstrap, made for a handful of offices; and whether the answer hangs on one."""
    wanted, first = context.protocol.outcomes, context.protocol.estimators[0]
    panel, _row_of = panel_of(context, wanted.headline)
    rows, silent = Rows(), Rows()
    try:
        wild = wild_bootstrap(line_of(panel), seed=context.protocol.seed)
        rows.append(_row(context, wild, "wild_bootstrap", wanted.headline, None, EVERYBODY, headline=False))
    except CannotEstimate as error:
        silent.append({"estimator": "wild_bootstrap", "outcome": wanted.headline, "group": EVERYBODY,
                       "reason": error.code})  # fmt: skip
    own = _p_in_month(context, first)
    check = _without_each(context, panel)
    if own is None or own >= CLEAR:
        check = replace(check, passed=None)  # what is not clear cannot hang on one office
    made = [check_row(check, first.code, wanted.headline, wanted.month)]
    return {"estimates": rows, "diagnostics": made, "not_answered": silent}, {}


def _p_in_month(context: Context, method: Method) -> float | None:
    wanted = context.protocol.outcomes
    try:
        return in_month(context, method, wanted.headline, wanted.month).p_value
    except CannotEstimate:
        return None


def line_of(panel: Panel) -> Comparison:
    """A line of the outcome on being reached, with effects of unit and period, units as clusters."""
    columns = []
    for numbers in (panel.unit, panel.period):
        names, place = np.unique(numbers, return_inverse=True)
        columns.append((place[:, None] == np.arange(1, len(names))).astype(np.float64))
    x = np.column_stack(columns)
    columns_named = tuple(f"column_{k}" for k in range(x.shape[1]))
    return Comparison(panel.y, panel.period >= panel.first, x, columns_named, panel.unit)


def _without_each(context: Context, panel: Panel) -> Diagnostic:
    """How the mean effect moves when one of the offices reached is left out; fails when its sign hangs on one."""
    names = np.unique(panel.unit[panel.first != NEVER])

    wide = widen(panel)

    def estimate(keep: Flags) -> float:
        part: Wide = wide.chosen(~np.isin(wide.unit, names[~keep]))
        try:
            return gaps(part, comparison=context.protocol.comparison.compared_with).by_since()[2]
        except CannotEstimate:
            return float("nan")

    return one_office(leave_one_out(names, estimate))
