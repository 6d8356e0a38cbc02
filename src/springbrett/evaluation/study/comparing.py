"""The stages that compare: every estimator of the protocol, its path month by month, its checks and its balance."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison, z_of
from springbrett.evaluation.effects.diagnostics import balance_table
from springbrett.evaluation.effects.notyet import NotYet, Waiting, not_yet_treated
from springbrett.evaluation.effects.records import (
    CannotEstimate,
    Diagnostic,
    EffectPath,
    Estimand,
    Estimate,
    Flags,
    Floats,
)
from springbrett.evaluation.effects.registry import Estimator, estimator
from springbrett.evaluation.effects.score import logit_score
from springbrett.evaluation.effects.sensitivity import adjusted_p_values, robustness_value
from springbrett.evaluation.effects.weighting import entropy_weights, score_weights
from springbrett.evaluation.study.context import EVERYBODY, Context, place_of
from springbrett.evaluation.study.guard import TOO_FEW, tellable
from springbrett.evaluation.study.protocol import Method
from springbrett.evaluation.study.tables import Rows

SOME_MONTHS = (6, 12, 24, 36)
LEVEL = 0.95
WAITING = ("waiting",)
GIVEN = frozenset({"comparison", "strata", "waiting"})
"""What a cohort with others beside each participant gives an estimator."""
NUMBERS = ("value", "se", "lower", "upper", "p_value", "participants", "comparison")


def estimate(context: Context, method: Method, outcome: str, month: int, group: str = EVERYBODY) -> Estimate:
    """One estimate. Raises CannotEstimate, not_supported for an estimator whose needs this design does not meet."""
    entry = estimator(method.code)
    if entry.needs == WAITING:
        return _in_month(context, method, outcome, month, group)
    data, known = context.comparison(outcome, month, context.groups[group])
    options = dict(method.options)
    if method.estimand:
        options |= {"estimand": Estimand(method.estimand)} if len(entry.estimands) > 1 else {}
    if "seed" in entry.options:
        options.setdefault("seed", context.protocol.seed)
    found: Estimate = entry.function(*_inputs(context, entry, data, known), **options)
    return found


def starting_now(context: Context, method: Method, outcome: str, group: str = EVERYBODY) -> NotYet:
    """The whole path of starting now against not yet, for a group; worked out once. Raises CannotEstimate."""
    held = context.kept.setdefault("starting_now", {})
    if (outcome, group) not in held:
        inside, cohort = context.groups[group], context.cohort
        x, names = context.covariates
        data = Waiting(cohort.person[inside], cohort.treated[inside], cohort.strata[inside], x[inside], names,
                       context.path(outcome)[inside], context.window.months)  # fmt: skip
        held[outcome, group] = not_yet_treated(data, **method.options)
    found: NotYet = held[outcome, group]
    return found


def _in_month(context: Context, method: Method, outcome: str, month: int, group: str) -> Estimate:
    """One month of the path as an estimate. The path's own look at the time before is left to the stage of the path."""
    found = starting_now(context, method, outcome, group)
    at = np.flatnonzero(found.path.months == month)
    if not len(at):
        raise CannotEstimate("empty_group", "the registers do not reach the month", month=month)
    k = int(at[0])
    value, se = float(found.path.value[k]), float(found.path.se[k])
    checks = tuple(check for check in found.path.overall.diagnostics if check.code != "pre_trends")
    return replace(
        found.path.overall, method=method.code, value=value, se=se,
        interval=(float(found.path.lower[k]), float(found.path.upper[k])),
        p_value=p_of(value, se) if se > 0 else None, diagnostics=checks,
    )  # fmt: skip


def _inputs(context: Context, entry: Estimator, data: Comparison, known: Flags) -> list[Any]:
    if lacking := ", ".join(sorted(set(entry.needs) - GIVEN)):
        raise CannotEstimate("not_supported", f"{entry.code} needs {lacking}, which this design does not give")
    given = {"comparison": data, "strata": context.cohort.strata[known]}
    return [given[need] for need in entry.needs]


def estimates_of(context: Context, position: int) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Every number of one estimator: the headline by group, and, for the first, all outcomes in some months."""
    method, wanted = context.protocol.estimators[position], context.protocol.outcomes
    tasks = [(wanted.headline, wanted.month, group) for group in context.groups]
    if position == 0:
        months = sorted({wanted.month, *(m for m in SOME_MONTHS if m <= wanted.horizon)})
        tasks += [(code, month, EVERYBODY) for code in wanted.codes for month in months
                  if (code, month) != (wanted.headline, wanted.month)]  # fmt: skip
    rows: Rows = []
    checks: Rows = []
    silent: Rows = []
    headline: dict[str, Any] = {}
    for number, (code, month, group) in enumerate(tasks):
        context.tick(number / len(tasks))
        try:
            found = estimate(context, method, code, month, group)
        except CannotEstimate as error:
            silent.append({"estimator": method.code, "outcome": code, "group": group, "reason": error.code})
            if position == 0 and number == 0:
                headline["cannot"] = error.code
            continue
        first = position == 0 and number == 0
        rows.append(_row(context, found, code, month, group, headline=first))
        if first and rows[-1]["value"] is None:
            headline["cannot"] = TOO_FEW
        if rows[-1]["value"] is not None and (group, code, month) == (EVERYBODY, wanted.headline, wanted.month):
            found = _with_robustness(context, found)
            checks += [check_row(check, method.code, code, month) for check in found.diagnostics]
    correct_for_many(rows)
    return {"estimates": rows, "diagnostics": checks, "not_answered": silent}, headline


def _row(context: Context, found: Estimate, outcome: str, month: int, group: str, *, headline: bool) -> dict[str, Any]:
    row = {
        "outcome": outcome, "month": month, "estimator": found.method, "estimand": found.estimand.value, "group": group,
        "headline": headline, "value": found.value, "se": found.se, "lower": found.interval[0],
        "upper": found.interval[1], "p_value": found.p_value, "participants": found.n_treated,
        "comparison": found.n_comparison,
    }  # fmt: skip
    if not _may_tell(context, outcome, month)[group]:
        row |= dict.fromkeys(NUMBERS)
    return row | _few_left_out(context, row, outcome, month)


def _few_left_out(context: Context, row: dict[str, Any], outcome: str, month: int) -> dict[str, None]:
    """Sizes of an estimator that left a handful out: beside the size of all who are known they would tell of those."""
    known, taking = np.isfinite(context.at(outcome, month)) & context.groups[row["group"]], context.cohort.treated
    every = {"participants": int((known & taking).sum()), "comparison": int((known & ~taking).sum())}
    return {side: None for side, count in every.items()
            if row[side] is not None and 0 < abs(count - row[side]) < context.protocol.minimum_cell}  # fmt: skip


def _may_tell(context: Context, outcome: str, month: int) -> dict[str, bool]:
    """Which groups may be told in an outcome and month: both sides must be large enough."""
    held = context.kept.setdefault("may_tell", {})
    if (outcome, month) not in held:
        values, minimum = context.at(outcome, month), context.protocol.minimum_cell
        known = np.isfinite(values)
        sides = [known & context.cohort.treated, known & ~context.cohort.treated]
        told = [tellable(context.groups | context.kinds, side, minimum, values) for side in sides if side.any()]
        held[outcome, month] = {group: all(each[group] for each in told) for group in context.groups}
    found: dict[str, bool] = held[outcome, month]
    return found


def correct_for_many(rows: Rows) -> None:
    """Holm over the subgroups, put into the rows: how many findings survive being many."""
    several = [row for row in rows if row["group"] != EVERYBODY and row["p_value"] is not None]
    if several:
        for row, value in zip(several, adjusted_p_values([row["p_value"] for row in several]), strict=True):
            row["p_many"] = float(value)


def _with_robustness(context: Context, found: Estimate) -> Estimate:
    if not (np.isfinite(found.se) and found.se > 0):
        return found
    degrees = found.n_treated + found.n_comparison - context.covariates[0].shape[1] - 2
    value = robustness_value(found, max(degrees, 1)).robustness
    return replace(found, diagnostics=(*found.diagnostics, Diagnostic("robustness", value)))


def check_row(check: Diagnostic, method: str, outcome: str, month: int) -> dict[str, Any]:
    """A check as a row of the table."""
    return {"estimator": method, "outcome": outcome, "month": month, "check": check.code, "value": check.value,
            "threshold": check.threshold, "passed": check.passed, "gate": False,
            "covariate": str(check.facts.get("covariate", "")) or None}  # fmt: skip


def path_of(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The headline's effect month by month, before and after the start, with the checks on the time before."""
    method, wanted = context.protocol.estimators[0], context.protocol.outcomes
    waiting = estimator(method.code).needs == WAITING
    found = (
        starting_now(context, method, wanted.headline).path
        if waiting
        else effect_path(context, method, wanted.headline)
    )
    still = still_in(context)
    rows = [
        {"outcome": wanted.headline, "estimator": method.code, "month": int(month), "value": found.value[k],
         "lower": found.lower[k], "upper": found.upper[k],
         "band_lower": None if found.band_lower is None else found.band_lower[k],
         "band_upper": None if found.band_upper is None else found.band_upper[k], "still_in": still.get(int(month))}
        for k, month in enumerate(found.months) if _may_tell(context, wanted.headline, int(month))[EVERYBODY]
    ]  # fmt: skip
    if not _may_tell(context, wanted.headline, wanted.month)[EVERYBODY]:
        return {"effect_path": rows, "diagnostics": [], "lock_in": []}, {}
    checks = [check_row(check, method.code, wanted.headline, month) for check, month in before_checks(context, found)]
    phases = _phases(starting_now(context, method, wanted.headline)) if waiting else []
    return {"effect_path": rows, "diagnostics": checks, "lock_in": phases}, {}


def _phases(found: NotYet) -> Rows:
    """What is lost while it lasts, gained afterwards, altogether, and when it has been earned back."""
    parts = {"during": found.phases.lock_in, "after": found.phases.later, "total": found.path.overall}
    rows: Rows = [{"part": name, "value": each.value, "lower": each.interval[0], "upper": each.interval[1]}
                  for name, each in parts.items() if each is not None]  # fmt: skip
    even = found.phases.break_even
    rows.append({"part": "break_even", "value": even.month,
                 "lower": _finite(even.lower), "upper": _finite(even.upper)})  # fmt: skip
    return rows


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def effect_path(context: Context, method: Method, outcome: str) -> EffectPath:
    """The effect in every month the registers cover for both groups. The band (Bonferroni) holds for all at once.

    Raises CannotEstimate when not even one month can be estimated.
    """
    months, found = [], []
    every = context.window.months
    for number, month in enumerate(every):
        context.tick(number / len(every))
        try:
            found.append(estimate(context, method, outcome, int(month)))
        except CannotEstimate as error:
            if error.code not in ("no_treated", "no_comparison", "no_variation", "bad_input"):
                raise
            continue
        months.append(int(month))
    if not found:
        raise CannotEstimate("empty_group", "no month around the start is covered by the registers")
    value, se = (np.array([getattr(each, name) for each in found]) for name in ("value", "se"))
    half, wide = z_of(LEVEL) * se, z_of(1 - (1 - LEVEL) / len(found)) * se
    overall = next((each for month, each in zip(months, found, strict=True)
                    if month == context.protocol.outcomes.month), found[-1])  # fmt: skip
    return EffectPath(np.array(months), value, se, value - half, value + half, overall, value - wide, value + wide)


def before_checks(context: Context, path: EffectPath) -> list[tuple[Diagnostic, int]]:
    """Placebo: the effect in a month before the start. Pre-trends: the clearest of all months before, held for many.

    A difference so small that it would not matter is let pass, however certain (`placebo_least`).
    """
    gate, found = context.protocol.gate, list[tuple[Diagnostic, int]]()
    before = (path.months < 0) & (path.se > 0)
    at = np.flatnonzero(before & (path.months == gate.placebo_month))
    if len(at):
        p, size = p_of(path.value[at[0]], path.se[at[0]]), abs(float(path.value[at[0]]))
        found.append((Diagnostic("placebo", p, gate.placebo, p >= gate.placebo or size < gate.placebo_least,
                                 {"effect": float(path.value[at[0]])}), gate.placebo_month))  # fmt: skip
    if before.any():
        places = np.flatnonzero(before)
        p_values = np.array([p_of(path.value[k], path.se[k]) for k in places])
        worst = places[int(np.argmin(p_values))]
        p = float(min(1.0, p_values.min() * len(places)))
        large = float(np.abs(path.value[places]).max())
        found.append((Diagnostic("pre_trends", p, gate.pre_trends, p >= gate.pre_trends or large < gate.placebo_least,
                                 {"largest": large}), int(path.months[worst])))  # fmt: skip
    return found


def p_of(value: float, se: float) -> float:
    """The two-sided normal p-value."""
    return float(2 * (1 - NormalDist().cdf(abs(value / se))))


def still_in(context: Context) -> dict[int, float]:
    """Month → share of the participants who are in a measure: where lock-in would show."""
    if "in_measure" not in context.outcomes:
        return {}
    from springbrett.evaluation.outcomes.definitions import outcome_paths

    cohort, treated = context.cohort, context.cohort.treated
    path = outcome_paths(context.outcomes["in_measure"], context.tables, cohort.person[treated], cohort.start[treated],
                         context.window)  # fmt: skip
    return {int(month): float(np.nanmean(path[:, k])) for k, month in enumerate(context.window.months)
            if month >= 0 and np.isfinite(path[:, k]).any()}  # fmt: skip


def balance_of(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Each covariate before and after weighting by the headline's own kind of weights (by the score otherwise)."""
    wanted = context.protocol.outcomes
    data, known = context.comparison(wanted.headline, wanted.month)
    data = data.informative()
    before = balance_table(data)
    after = balance_table(data, weights(context, data))
    rows = [
        {"covariate": a.name, "participants": a.treated, "comparison_before": a.comparison,
         "comparison_after": b.comparison, "difference_before": a.standardised, "difference_after": b.standardised}
        for a, b in zip(before, after, strict=True) if _may_balance(context, known, a.name)
    ]  # fmt: skip
    return {"balance": rows}, {}


def _may_balance(context: Context, known: Flags, covariate: str) -> bool:
    """Whether the mean of a covariate among those known may be told on both sides, beside that of the whole cohort."""
    cohort = context.cohort
    values, every = cohort.covariates[:, place_of(covariate, cohort.names)], np.ones(len(cohort), bool)
    sides = [side for side in (cohort.treated, ~cohort.treated) if side.any()]
    return all(tellable({EVERYBODY: every, "known": known}, side, context.protocol.minimum_cell, values)["known"]
               for side in sides)  # fmt: skip


def weights(context: Context, data: Comparison) -> Floats:
    """Weights that make the comparison like the participants: balancing when the headline does, else by the score."""
    if context.protocol.estimators[0].code == "entropy_balancing":
        weight = np.ones(len(data.y))
        weight[~data.treated] = entropy_weights(data.x[~data.treated], data.x[data.treated].mean(axis=0)).weight
        return weight
    chance = logit_score(data.x, data.treated).chance
    treated, other = score_weights(chance, Estimand.ATT)
    return np.where(data.treated, treated, other)
