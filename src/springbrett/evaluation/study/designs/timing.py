"""The timing-of-events design: from registration to work, and when on the way the measure began.

Who begins a measure differs from who does not in ways no register shows. The order of events tells: if the rate of
going into work changes when the measure begins, and not only between people who sooner or later begin, it is the
measure's doing, once an unseen part that the same person carries all along is allowed for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow.compute as pc

from springbrett.evaluation.cohort import Cohort
from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.durations.mixture import Histories
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.durations.timing import (
    BEGINS,
    TimingOfEvents,
    effect_of_treatment,
    treatment_histories,
)
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimate, Flags, Floats, Ints
from springbrett.evaluation.outcomes.definitions import outcome_paths
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.registrations import NEVER, Registrations, first_stays
from springbrett.evaluation.study.comparing import LEVEL, check_row
from springbrett.evaluation.study.context import EVERYBODY, PARTICIPANTS, Context, save_cohort
from springbrett.evaluation.study.designs import truths
from springbrett.evaluation.study.designs.record import Complain, Design, Planned
from springbrett.evaluation.study.designs.registered import check_registered, chosen_rows, draw_registered, told_count
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.leaving import curves, ratio_row
from springbrett.evaluation.study.protocol import Protocol
from springbrett.evaluation.study.tables import Rows

METHOD, KEPT = "timing_of_events", "timing"
USUAL: dict[str, Any] = {"choose": "aic"}
"""As many mass points as they are worth: the last few of the largest likelihood may carry the effect far away."""
LEFT = "left_the_register"
"""The way out of those whose registration ends without any of the exits asked for."""
CUTS = (1.0, 2.0, 3.0, 4.0, 6.0, 9.0, 12.0, 18.0, 24.0)
"""Months registered at which the rates of leaving and of beginning may change by themselves: fine in the beginning. A
course too coarse there is taken for something unseen, and carries the effect with it."""
FEWEST_IN_PIECE = 10
NEARLY_AS_GOOD = 20.0
"""Akaike's criterion above the least. Ten is what usually tells models apart (Burnham and Anderson 2002), if one of
them is right; in Simulated Norway rates that are not quite proportional alone have given as much as twelve."""
HALF = 0.5
"""What happens in a month is put in the middle of it: at the end of it, people would seem to have waited longer than
they did, and what they differ in unseen could no longer be told from the effect. Who begins and leaves in the same
month counts as having left first; so in the half month after the beginning nobody can be seen to leave."""


@dataclass(frozen=True, slots=True)
class Course:
    """n registrations: months to the `exit` after the month they registered, its `cause` (0: not seen to leave; 1 …:
    position in the causes + 1), and months to the beginning of the measure (NaN: left, or last seen, before it)."""

    exit: Floats
    cause: Ints
    treated_at: Floats


def exits_of(protocol: Protocol) -> tuple[str, ...]:
    """The outcomes that count as ways out: those named, or the headline."""
    return protocol.comparison.exits or (protocol.outcomes.headline,)


def causes_of(protocol: Protocol) -> tuple[str, ...]:
    """Every way out: the exits, and leaving the register otherwise when that is counted as one."""
    other = (LEFT,) if protocol.comparison.other_exits == "competing" else ()
    return (*exits_of(protocol), *other)


def draw(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The newly registered who neither are out nor have begun in the month they register, with their courses.

    Raises CannotEstimate("no_treated").
    """
    cohort, cases = draw_registered(context)
    found, out, begun = course_of(context, cohort, cases)
    keep = ~(out | begun)
    if not keep.any():
        raise CannotEstimate("no_treated", "everybody was out, or had begun, in the month they registered")
    save_cohort(cohort.chosen(keep), context.work / "cohort.npz")
    context.__dict__.pop("cohort", None)
    np.savez(context.work / f"{KEPT}.npz", exit=found.exit[keep], cause=found.cause[keep],
             treated_at=found.treated_at[keep])  # fmt: skip
    minimum = context.protocol.minimum_cell
    left_out = {"out_already": told_count(int(out.sum()), minimum),
                "begun_already": told_count(int((begun & ~out).sum()), minimum)}  # fmt: skip
    return {}, {"left_out": left_out}


def course_of(context: Context, cohort: Cohort, cases: Registrations) -> tuple[Course, Flags, Flags]:
    """The course of each registration, and which are out, or have begun, in the month they register.

    Who has the outcome first t months after the month they registered leaves in that month; who is last registered in
    it leaves in the next. Who is still registered when the registers end was last seen then; and without
    `other_measures`, who begins another measure, when they do.
    """
    protocol, horizon = context.protocol, context.protocol.outcomes.horizon
    window = Window(context.window.first_known, context.window.last_known, 0, horizon)
    paths = [np.nan_to_num(outcome_paths(context.outcomes[code], context.tables, cohort.person, cohort.start, window))
             for code in exits_of(protocol)]  # fmt: skip
    first = np.array([np.where((path > 0).any(axis=1), (path > 0).argmax(axis=1), horizon + 1) for path in paths])
    when, which = first.min(axis=0), first.argmin(axis=0)
    registered = cases.last - cases.first  # in so many months after the first
    running = cases.last >= context.window.last_known
    left = when <= np.minimum(registered + 1, horizon)
    month = np.where(left, when, registered + 1)
    gone = ~left & ~running & (month <= horizon)
    seen = np.where(left | gone, month - HALF, np.minimum(registered, horizon)).astype(np.float64)
    competing = gone & (protocol.comparison.other_exits == "competing")
    cause = np.where(left, which + 1, np.where(competing, len(paths) + 1, 0)).astype(np.int64)
    if not protocol.comparison.other_measures:
        other = _another(context, cohort) - HALF
        cause, seen = np.where(other < seen, 0, cause), np.minimum(seen, np.maximum(other, 0.0))
    begun = first_stays(context.tables, context.population, cohort.person, cohort.start).month - cohort.start
    treated_at = np.where(begun - HALF < seen, begun - HALF, np.nan)
    return Course(seen, cause, treated_at), (when == 0) | (seen <= 0), begun == 0


def _another(context: Context, cohort: Cohort) -> Ints:
    """Months from registration to the first stay in a measure that the study is not about; far ahead: none."""
    codes = set(pc.unique(context.tables["spells"]["measure"]).to_pylist()) - set(context.population.measures)
    if not codes:
        return np.full(len(cohort), NEVER)
    others = replace(context.population, measures=tuple(sorted(codes)), purposes=())
    return np.asarray(first_stays(context.tables, others, cohort.person, cohort.start).month - cohort.start, np.int64)


def course(context: Context) -> Course:
    """What the cohort stage kept."""
    held: dict[str, Any] = chosen_rows(context, KEPT)
    return Course(held["exit"], held["cause"], held["treated_at"])


def histories_of(context: Context, keep: Flags) -> Histories:
    """The courses of some as rows between which something changes. Raises as `treatment_histories`."""
    held = course(context)
    spells = Spells(held.exit[keep], held.cause[keep], causes_of(context.protocol))
    x, names = _equal(context, keep)
    cuts = cuts_for([held.exit[keep & (held.cause == number + 1)] for number in range(len(spells.causes))]
                    + [held.treated_at[keep & np.isfinite(held.treated_at)]])  # fmt: skip
    started = tuple(float(month) for month in context.protocol.comparison.effect_from)
    return treatment_histories(
        spells, held.treated_at[keep], x, names, cuts=cuts, effect_from=started, unseen=HALF,
    )  # fmt: skip


def cuts_for(times: list[Floats]) -> Floats:
    """The cuts between which something of every kind happens often enough; `times` (by kind) are when it did."""
    found: list[float] = []
    for cut in CUTS:
        since = found[-1] if found else 0.0
        if all(((at > since) & (at <= cut)).sum() >= FEWEST_IN_PIECE <= (at > cut).sum() for at in times):
            found.append(cut)
    return np.array(found)


def _equal(context: Context, keep: Flags) -> tuple[Floats, tuple[str, ...]]:
    """What is held equal: the covariates that vary, and the year of registration, as measures come and go."""
    x, names = context.covariates
    varies = np.ptp(x[keep], axis=0) > 0
    year = context.cohort.start[keep] // 12
    years = np.unique(year)[1:]
    columns = np.column_stack([x[keep][:, varies], year[:, None] == years])
    return columns, (*(name for name, kept in zip(names, varies, strict=True) if kept),
                     *(f"registered {value}" for value in years))  # fmt: skip


def estimates(context: Context, position: int = 0) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The rates of every way out once the measure has begun, for everybody and each group; how they change with the
    number of mass points; the checks."""
    method = context.protocol.estimators[position]
    rows: Rows = []
    silent: Rows = []
    tables: dict[str, Rows] = {}
    facts: dict[str, Any] = {}
    told, true = _may_tell(context), truths.times_the_rate(context)
    for number, (group, inside) in enumerate(context.groups.items()):
        context.tick(number / len(context.groups))
        try:
            found = effect_of_treatment(histories_of(context, inside), **(USUAL | dict(method.options)))
        except CannotEstimate as error:
            silent.append({"estimator": METHOD, "outcome": None, "group": group, "reason": error.code})
            if number == 0:
                facts["cannot"] = error.code
            continue
        known = true if group == EVERYBODY else {}
        rows += [_row(context, name, each, group, told=told[group], true=known) for name, each in found.effects.items()]
        if number == 0 and told[group]:
            tables = {"mass_points": _points(found), "diagnostics": _checks(context, found)}
    return {"rates": rows, "not_answered": silent, **tables}, facts


def _row(
    context: Context, name: str, found: Estimate, group: str, *, told: bool, true: Mapping[float, float]
) -> dict[str, Any]:  # fmt: skip
    cause, since = parted(name)
    row: dict[str, Any] = {"exit": cause, "method": METHOD, "about": BEGINS, "since": since, "group": group}
    if told:
        row |= ratio_row(found) | {"participants": found.n_treated, "comparison": found.n_comparison}
    row["headline"] = group == EVERYBODY and cause == exits_of(context.protocol)[0]
    if row["headline"]:
        row["truth"] = true.get(since)
    return row


def parted(name: str) -> tuple[str, float]:
    """The way out, and from how many months after the beginning, of an effect's name."""
    cause, _, rest = name.partition(": ")
    _begins, _, since = rest.partition(" from ")
    return cause, float(since) if since else 0.0


def _may_tell(context: Context) -> dict[str, bool]:
    """Which groups may be told: enough who began and who did not, by every way out, also by differencing."""
    held, told = course(context), []
    began = np.isfinite(held.treated_at)
    for side in (began, ~began):
        for cause in range(len(causes_of(context.protocol)) + 1):
            if (side & (held.cause == cause)).any():
                told.append(tellable(context.groups, side & (held.cause == cause), context.protocol.minimum_cell))
    return {group: all(each[group] for each in told) for group in context.groups}


def _points(found: TimingOfEvents) -> Rows:
    """The effects with one mass point (nothing unseen), two, and so on."""
    rows: Rows = []
    for step in found.path:
        for name, value in step.effects.items():
            cause, since = parted(name)
            rows.append({"points": step.points, "exit": cause, "since": since, "ratio": float(np.exp(value)),
                         "log_likelihood": step.log_likelihood, "aic": step.aic})  # fmt: skip
    return rows


def _checks(context: Context, found: TimingOfEvents) -> Rows:
    first = next(iter(found.effects.values()))
    wanted = context.protocol.outcomes
    checks = (*first.diagnostics, _steady(found, exits_of(context.protocol)[0]))
    return [check_row(check, METHOD, wanted.headline, wanted.month) for check in checks]


def _steady(found: TimingOfEvents, exit_: str) -> Diagnostic:
    """How far the headline's effects move, in standard errors, with another number of points that the data find nearly
    as good: when they move out of the interval, the points chosen decide the answer, and the interval does not say so.
    """
    best = min(step.aic for step in found.path)
    ours = {name: each for name, each in found.effects.items() if parted(name)[0] == exit_}
    moved = [abs(step.effects[name] - each.value) / each.se for step in found.path if step.aic - best <= NEARLY_AS_GOOD
             for name, each in ours.items()]  # fmt: skip
    farthest, most = max(moved, default=0.0), z_of(LEVEL)
    return Diagnostic("steady_by_mass_points", farthest, most, farthest <= most)


def ways_out(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """What share has left by each way, month by month from registration, all together."""
    held = course(context)
    spells = Spells(held.exit, held.cause, causes_of(context.protocol))
    return {"incidence": curves(context, spells, PARTICIPANTS)}, {"began": _began(context)}


def _began(context: Context) -> float | None:
    """The share that began the measure before they left, if it may be told."""
    began = np.isfinite(course(context).treated_at)
    everybody = {EVERYBODY: np.ones(len(began), bool)}
    told = tellable(everybody, everybody[EVERYBODY], context.protocol.minimum_cell, began.astype(np.float64))
    return float(began.mean()) if told[EVERYBODY] else None


def _stages(protocol: Protocol) -> list[Planned]:
    estimators = [Planned(f"estimator 1: {method.code}", 30, estimates) for method in protocol.estimators[:1]]
    return [Planned("ways out", 3, ways_out), *estimators]


def _check(protocol: Protocol, complain: Complain) -> None:
    check_registered(protocol, complain)
    asked = protocol.comparison
    for code in asked.exits:
        if code not in protocol.outcomes.codes:
            complain("comparison.exits", code, ", ".join(protocol.outcomes.codes), "it is none of the study's outcomes")
    if asked.exits and asked.exits[0] != protocol.outcomes.headline:
        complain("comparison.exits", asked.exits[0], f"{protocol.outcomes.headline} first",
                 "the first way out is the one that the study is about")  # fmt: skip
    months = asked.effect_from
    if not months or months[0] != 0 or any(b <= a for a, b in pairwise(months)):
        complain("comparison.effect_from", str(list(months)), "months in rising order, 0 first",
                 "an effect begins when the measure does")  # fmt: skip
    if len(protocol.estimators) > 1:
        complain("estimators", protocol.estimators[1].code, f"one, {METHOD}", "there is one way to use the timing")


NEEDS, FIELDS = (
    frozenset({"histories", "effects"}),
    ("exits", "other_exits", "other_measures", "effect_from", "away_months"),
)
DESIGNS = (Design("timing", draw, _stages, NEEDS, FIELDS, _check),)
