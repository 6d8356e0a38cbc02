"""What the staggered design works out: every estimator's path, effects by start, the time before, and few offices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.clusters import leave_one_out, one_office
from springbrett.evaluation.effects.did.group_time import GroupTimes, group_time
from springbrett.evaluation.effects.did.panel import NEVER, Panel, widen
from springbrett.evaluation.effects.did.permutation import redrawn_starts
from springbrett.evaluation.effects.did.pretrends import drift_bounds, placebo_start
from springbrett.evaluation.effects.did.wild import TREATED_CLUSTERS, wild_bootstrap
from springbrett.evaluation.effects.records import (
    CannotEstimate,
    Diagnostic,
    EffectPath,
    Estimate,
    Flags,
    Floats,
    Ints,
)
from springbrett.evaluation.effects.registry import Estimator, estimator
from springbrett.evaluation.study.comparing import NUMBERS, SOME_MONTHS, check_row, correct_for_many, p_of
from springbrett.evaluation.study.context import EVERYBODY, Context, meets
from springbrett.evaluation.study.designs.units import FILE, Units
from springbrett.evaluation.study.guard import is_yes_no, tellable
from springbrett.evaluation.study.protocol import Method, Protocol
from springbrett.evaluation.study.tables import Rows

CLEAR = 0.05
LAST_BEFORE = 4
"""As many periods before the start imputation tests, when the study does not say."""


def units_of(context: Context) -> Units:
    """The units the cohort stage kept."""
    if "units" not in context.kept:
        context.kept["units"] = Units.load(context.work / FILE)
    found: Units = context.kept["units"]
    return found


def outcome_of(context: Context, code: str) -> Floats:
    """n × T: the outcome of every unit in every period."""
    return np.asarray(np.load(context.work / f"units_{code}.npy"))


def offices(context: Context) -> bool:
    """Whether offices are followed."""
    return context.protocol.comparison.unit == "office"


def groups_of(context: Context) -> dict[str, Flags]:
    """Everybody and each subgroup: which units belong. A purpose is known only for those reached."""
    units = units_of(context)
    found = {EVERYBODY: np.ones(len(units), bool)}
    for group in context.protocol.subgroups:
        inside = np.ones(len(units), bool)
        for condition in group.where:
            inside &= meets(condition, units.covariates, units.names)
        if group.purposes:
            inside &= np.isin(units.purpose, group.purposes) | ~units.treated
        found[group.code] = inside
    return found


def panel_of(context: Context, outcome: str, group: str = EVERYBODY) -> tuple[Panel, Ints]:
    """The long table of a group, and which unit each row is about."""
    clustered = context.protocol.cluster == "office" and not offices(context)
    keep = groups_of(context)[group]
    return units_of(context).panel(outcome_of(context, outcome), keep, weighted=offices(context), clustered=clustered)


def options_of(protocol: Protocol, method: Method, entry: Estimator) -> dict[str, Any]:
    """The study's own options, and what the design decides: whom to compare with, how far before and after."""
    length = protocol.comparison.period_months
    before, after = protocol.outcomes.before // length, protocol.outcomes.horizon // length
    decided: dict[str, Any] = {"first": -before, "last": after, "base": "universal",
                               "pre": max(1, min(LAST_BEFORE, before - 1))}  # fmt: skip
    allowed = entry.options.get("comparison") or ()
    wanted = protocol.comparison.compared_with
    decided["comparison"] = next((name for name in (wanted, "clean", "last") if name in allowed), wanted)
    return {name: value for name, value in decided.items() if name in entry.options} | dict(method.options)


def path_for(context: Context, method: Method, outcome: str, group: str = EVERYBODY) -> EffectPath:
    """The event study of an outcome for a group, in periods; worked out once. Raises CannotEstimate."""
    held = context.kept.setdefault("event_study", {})
    key = (method.code, outcome, group, str(sorted(method.options.items())))
    if key not in held:
        entry = estimator(method.code)
        panel, row = panel_of(context, outcome, group)
        inputs: list[Any] = [panel]
        if "covariates" in entry.needs:
            units = units_of(context)
            columns = [units.names.index(name) for name in context.protocol.adjustment or units.names]
            inputs.append(units.covariates[:, columns][row])
        held[key] = _within(context.protocol, entry.function(*inputs, **options_of(context.protocol, method, entry)))
    found: EffectPath = held[key]
    return found


def _within(protocol: Protocol, path: EffectPath) -> EffectPath:
    """Only the periods the study follows; some estimators give all there are."""
    length = protocol.comparison.period_months
    keep = (path.months >= -(protocol.outcomes.before // length)) & (path.months <= protocol.outcomes.horizon // length)
    ends = (None if each is None else each[keep] for each in (path.band_lower, path.band_upper))
    matrix = None if path.covariance is None else path.covariance[np.ix_(keep, keep)]
    return EffectPath(path.months[keep], path.value[keep], path.se[keep], path.lower[keep], path.upper[keep],
                      path.overall, *ends, covariance=matrix)  # fmt: skip


def in_month(context: Context, method: Method, outcome: str, month: int, group: str = EVERYBODY) -> Estimate:
    """The path at one month after the start. Raises CannotEstimate("empty_group") where the registers do not reach."""
    path = path_for(context, method, outcome, group)
    at = np.flatnonzero(path.months == month // context.protocol.comparison.period_months)
    if not len(at):
        raise CannotEstimate("empty_group", "nobody is followed so long with somebody to compare with", month=month)
    k = int(at[0])
    value, se = float(path.value[k]), float(path.se[k])
    return replace(path.overall, method=method.code, value=value, se=se,
                   interval=(float(path.lower[k]), float(path.upper[k])),
                   p_value=p_of(value, se) if se > 0 else None)  # fmt: skip


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
            found = (path_for(context, method, code, group).overall if month is None
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


def sizes(context: Context, outcome: str, month: int | None, group: str) -> tuple[int, int]:
    """Persons reached who are seen so long after their start, and the others (at offices: a month, on average)."""
    units, inside = units_of(context), groups_of(context)[group]
    reached = followed(context, outcome, month)[0] & inside
    others = inside & (units.first > units.periods[-1])
    return round(float(units.persons[reached].sum())), round(float(units.persons[others].sum()))


def followed(context: Context, outcome: str, month: int | None) -> tuple[Flags, Floats]:
    """Which units are reached and seen so long after (None: at all after), and their outcome then (NaN else)."""
    units, y = units_of(context), outcome_of(context, outcome)
    since = units.periods[None, :] - units.first[:, None]
    length = context.protocol.comparison.period_months
    then = (since >= 0) if month is None else since == month // length
    then &= units.treated[:, None] & np.isfinite(y) & (units.periods <= units.until[:, None])
    reached = then.any(axis=1)
    value = np.full(len(units), np.nan)
    value[reached] = np.where(then, y, 0.0).sum(axis=1)[reached] / then.sum(axis=1)[reached]
    return reached, value


def may_tell(context: Context, outcome: str, month: int | None) -> dict[str, bool]:
    """Which groups may be told so long after the start, all of them published together.

    Numbers of offices rest on all the persons of several offices; there it is enough that they are many.
    """
    held = context.kept.setdefault("may_tell_units", {})
    if (outcome, month) not in held:
        units, groups, minimum = units_of(context), groups_of(context), context.protocol.minimum_cell
        reached, value = followed(context, outcome, month)
        if offices(context):
            held[outcome, month] = {EVERYBODY: bool(units.persons[reached].sum() >= minimum)}
        elif not reached.any():
            held[outcome, month] = dict.fromkeys(groups, False)
        else:
            values = value if is_yes_no(value[reached]) else None
            told = tellable(groups, reached, minimum, values)
            beside = tellable(groups, units.first > units.periods[-1], minimum)
            held[outcome, month] = {group: told[group] and beside[group] for group in groups}
    found: dict[str, bool] = held[outcome, month]
    return found


def _checks(context: Context, method: Method) -> Rows:
    """The estimator's own checks, with the time before the start judged as the gate says, and how many clusters."""
    wanted, gate = context.protocol.outcomes, context.protocol.gate
    try:
        path = path_for(context, method, wanted.headline)
    except CannotEstimate:
        return []
    found = list(path.overall.diagnostics)
    before = path.months < 0
    largest = float(np.abs(path.value[before]).max()) if before.any() else float("inf")
    found = [replace(check, threshold=gate.pre_trends,
                     passed=bool(check.value >= gate.pre_trends or largest < gate.placebo_least))
             if check.code == "pre_trends" else check for check in found]  # fmt: skip
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
    found = path_for(context, method, wanted.headline)
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


def group_times(context: Context, panel: Panel, *, universal: bool = False) -> GroupTimes:
    """Group-time effects as the design compares. Raises CannotEstimate."""
    return group_time(panel, comparison=context.protocol.comparison.compared_with,
                      base="universal" if universal else "varying")  # fmt: skip


def by_start(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The mean effect on those first reached in each period, from then on."""
    wanted, length = context.protocol.outcomes, context.protocol.comparison.period_months
    panel, _row_of = panel_of(context, wanted.headline)
    path = group_times(context, panel).by_group()
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


def before_the_start(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """A start that never was, and how much drift apart would overturn the effect."""
    wanted, gate, method = context.protocol.outcomes, context.protocol.gate, context.protocol.estimators[0]
    length = context.protocol.comparison.period_months
    panel, _row_of = panel_of(context, wanted.headline)
    earlier = -gate.placebo_month // length
    found = placebo_start(panel, earlier, lambda moved: group_times(context, moved).simple())
    size = abs(float(found.facts["value"]))
    found = replace(found, threshold=gate.placebo,
                    passed=bool(found.value >= gate.placebo or size < gate.placebo_least))  # fmt: skip
    checks = [check_row(found, method.code, wanted.headline, gate.placebo_month)]
    before, after = wanted.before // length, wanted.horizon // length
    path = group_times(context, panel, universal=True).event_study(first=-before, last=after)
    drift = drift_bounds(path)
    rows: Rows = [{"times": times, "lower": drift.lower[k], "upper": drift.upper[k]}
                  for k, times in enumerate(drift.times.tolist())]  # fmt: skip
    limit = drift.breakdown if np.isfinite(drift.breakdown) else None
    checks.append(check_row(Diagnostic("drift_breakdown", drift.breakdown), method.code, wanted.headline, wanted.month))
    return {"diagnostics": checks, "drift": rows}, {"drift": {"breakdown": limit, "largest": drift.largest}}


def few_offices(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The same question by tests that hold for a handful of offices: dealing out the starts anew, and a wild bootstrap.

    A headline that is clear by its own error and not by redealing is not clear: the check then fails.
    """
    wanted, protocol, first = context.protocol.outcomes, context.protocol, context.protocol.estimators[0]
    length = protocol.comparison.period_months
    panel, _row_of = panel_of(context, wanted.headline)
    wide = widen(panel)
    own = _p_in_month(context, first)
    clear = own is not None and own < CLEAR
    rows, silent = Rows(), Rows()
    checks: list[Diagnostic] = []
    try:
        redrawn = redrawn_starts(wide, wanted.month // length, comparison=protocol.comparison.compared_with,
                                 seed=protocol.seed)  # fmt: skip
        rows.append(_row(context, redrawn, "redrawn_starts", wanted.headline, wanted.month, EVERYBODY, headline=False))
        p = 1.0 if redrawn.p_value is None else redrawn.p_value
        checks.append(Diagnostic("redrawn_starts", p, CLEAR, not clear or p < CLEAR))
    except CannotEstimate as error:
        silent.append(_silent("redrawn_starts", wanted.headline, error))
    try:
        wild = wild_bootstrap(line_of(panel), seed=protocol.seed)
        rows.append(_row(context, wild, "wild_bootstrap", wanted.headline, None, EVERYBODY, headline=False))
    except CannotEstimate as error:
        silent.append(_silent("wild_bootstrap", wanted.headline, error))
    without = _without_each(context, panel)
    checks.append(without if clear else replace(without, passed=None))
    made = [check_row(check, first.code, wanted.headline, wanted.month) for check in checks]
    return {"estimates": rows, "diagnostics": made, "not_answered": silent}, {}


def _p_in_month(context: Context, method: Method) -> float | None:
    wanted = context.protocol.outcomes
    try:
        return in_month(context, method, wanted.headline, wanted.month).p_value
    except CannotEstimate:
        return None


def _silent(method: str, outcome: str, error: CannotEstimate) -> dict[str, Any]:
    return {"estimator": method, "outcome": outcome, "group": EVERYBODY, "reason": error.code}


def line_of(panel: Panel) -> Comparison:
    """A line of the outcome on being reached, with effects of unit and period, units as clusters."""
    columns = []
    for numbers in (panel.unit, panel.period):
        names, place = np.unique(numbers, return_inverse=True)
        columns.append((place[:, None] == np.arange(1, len(names))).astype(np.float64))
    x = np.column_stack(columns)
    names = tuple(f"column_{k}" for k in range(x.shape[1]))
    return Comparison(panel.y, panel.period >= panel.first, x, names, panel.unit)


def _without_each(context: Context, panel: Panel) -> Diagnostic:
    """How the mean effect moves when one of the offices reached is left out; fails when its sign hangs on one."""
    names = np.unique(panel.unit[panel.first != NEVER])

    def estimate(keep: Flags) -> float:
        rows = ~np.isin(panel.unit, names[~keep])
        weight = None if panel.weight is None else panel.weight[rows]
        part = Panel(panel.unit[rows], panel.period[rows], panel.first[rows], panel.y[rows], weight=weight)
        try:
            return group_times(context, part).simple().value
        except CannotEstimate:
            return float("nan")

    return one_office(leave_one_out(names, estimate))
