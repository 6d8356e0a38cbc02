"""The event study of every estimator of the staggered design, who is behind it, and what of it may be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.group_time import GroupTimes, group_time
from springbrett.evaluation.effects.did.panel import Panel, Wide, widen
from springbrett.evaluation.effects.did.redealing import Values, gaps, redealt
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
from springbrett.evaluation.study.comparing import p_of
from springbrett.evaluation.study.context import EVERYBODY, Context, meets, place_of
from springbrett.evaluation.study.designs.units import FILE, Units
from springbrett.evaluation.study.guard import is_yes_no, tellable
from springbrett.evaluation.study.protocol import Method, Protocol

LAST_BEFORE = 4
"""As many periods before the start imputation tests, when the study does not say."""
OF_THE_USUAL_ERROR = ("pre_trends", "fewest_clusters", "lone_groups")
"""Checks that rest on the estimator's own errors, or are about them."""


@dataclass(frozen=True, slots=True)
class Found:
    """An event study in periods: `path`, the p-value of each period (K,), and what is checked about it."""

    path: EffectPath
    p: Floats
    checks: tuple[Diagnostic, ...]


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


def around(protocol: Protocol) -> tuple[int, int]:
    """How many periods before and after the start the study follows."""
    length = protocol.comparison.period_months
    return protocol.outcomes.before // length, protocol.outcomes.horizon // length


def options_of(protocol: Protocol, method: Method, entry: Estimator) -> dict[str, Any]:
    """The study's own options, and what the design decides: whom to compare with, how far before and after."""
    before, after = around(protocol)
    decided: dict[str, Any] = {"first": -before, "last": after, "base": "universal",
                               "pre": max(1, min(LAST_BEFORE, before - 1))}  # fmt: skip
    allowed = entry.options.get("comparison") or ()
    wanted = protocol.comparison.compared_with
    decided["comparison"] = next((name for name in (wanted, "clean", "last") if name in allowed), wanted)
    return {name: value for name, value in decided.items() if name in entry.options} | dict(method.options)


def found_for(context: Context, method: Method, outcome: str, group: str = EVERYBODY) -> Found:
    """The event study of an outcome for a group; worked out once. Raises CannotEstimate."""
    held = context.kept.setdefault("event_study", {})
    key = (method.code, outcome, group, str(sorted(method.options.items())))
    if key not in held:
        held[key] = (_by_redealing if offices(context) else _by_estimator)(context, method, outcome, group)
    found: Found = held[key]
    return found


def _by_estimator(context: Context, method: Method, outcome: str, group: str) -> Found:
    """With the estimator's own errors."""
    entry = estimator(method.code)
    panel, row = panel_of(context, outcome, group)
    inputs: list[Any] = [panel]
    if "covariates" in entry.needs:
        units = units_of(context)
        columns = [place_of(name, units.names) for name in context.protocol.adjustment or units.names]
        inputs.append(units.covariates[:, columns][row])
    path = _within(context.protocol, entry.function(*inputs, **options_of(context.protocol, method, entry)))
    p = np.array([p_of(value, se) if se > 0 else np.nan for value, se in zip(path.value, path.se, strict=True)])
    return Found(path, p, path.overall.diagnostics)


def _within(protocol: Protocol, path: EffectPath) -> EffectPath:
    """Only the periods the study follows; some estimators give all there are."""
    keep = _inside(protocol, path.months)
    low, high = (None if each is None else each[keep] for each in (path.band_lower, path.band_upper))
    matrix = None if path.covariance is None else path.covariance[np.ix_(keep, keep)]
    return EffectPath(path.months[keep], path.value[keep], path.se[keep], path.lower[keep], path.upper[keep],
                      path.overall, low, high, matrix)  # fmt: skip


def _inside(protocol: Protocol, periods: Ints) -> Flags:
    before, after = around(protocol)
    return np.asarray((periods >= -before) & (periods <= after))


def _by_redealing(context: Context, method: Method, outcome: str, group: str) -> Found:
    """With errors by dealing the starts out anew: offices that begin together are few, often one."""
    entry = estimator(method.code)
    options = options_of(context.protocol, method, entry)
    wide = widen(panel_of(context, outcome, group)[0])
    found = redealt(wide, _values(context.protocol, method, entry, options), method.code, seed=context.protocol.seed)
    # What the estimator says of itself stands, but for what rests on its own errors: others are taken here.
    own = entry.function(wide, **options).overall
    checks = [check for check in own.diagnostics if check.code not in OF_THE_USUAL_ERROR]
    if found.before is not None:
        checks.append(found.before)
    overall = replace(found.path.overall, assumptions=own.assumptions)
    return Found(replace(found.path, overall=overall), found.p, tuple(checks))


def _values(protocol: Protocol, method: Method, entry: Estimator, options: dict[str, Any]) -> Values:
    """The estimator as a function of the panel: by the quick way where it is the plain one, without a band else."""
    plain = method.code == "group_time" and not method.options
    quiet = {} if method.code == "group_time" else {"band": Band(draws=0)}

    def values(wide: Wide) -> tuple[Ints, Floats, float]:
        if plain:
            periods, value, _all = gaps(wide, comparison=protocol.comparison.compared_with).by_since()
        else:
            path = entry.function(wide, **options, **quiet)
            periods, value = path.months, path.value
        keep = _inside(protocol, periods)
        after = keep & (periods >= 0)
        if not after.any():
            raise CannotEstimate("no_treated", "no period from the start on is left")
        return periods[keep], value[keep], float(value[after].mean() if plain else path.overall.value)

    return values


def in_month(context: Context, method: Method, outcome: str, month: int, group: str = EVERYBODY) -> Estimate:
    """The event study at one month after the start. Raises CannotEstimate("empty_group") where registers end before."""
    found = found_for(context, method, outcome, group)
    path = found.path
    at = np.flatnonzero(path.months == month // context.protocol.comparison.period_months)
    if not len(at):
        raise CannotEstimate("empty_group", "nobody is followed so long with somebody to compare with", month=month)
    k = int(at[0])
    p = float(found.p[k])
    return replace(path.overall, method=method.code, value=float(path.value[k]), se=float(path.se[k]),
                   interval=(float(path.lower[k]), float(path.upper[k])),
                   p_value=p if np.isfinite(p) else None)  # fmt: skip


def group_times(context: Context, panel: Panel, *, universal: bool = False) -> GroupTimes:
    """Group-time effects as the design compares. Raises CannotEstimate."""
    return group_time(panel, comparison=context.protocol.comparison.compared_with,
                      base="universal" if universal else "varying")  # fmt: skip


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
    reached: Flags = np.asarray(then.any(axis=1))
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
