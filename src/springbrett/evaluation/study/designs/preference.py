"""The leniency design: newly registered persons met a caseworker (or an office) more or less given to the measure.

Within an office and a quarter, whom one meets is as good as drawn: so those who met a willing one and those who did not
differ in nothing but how often they got the measure. Not who took part, but whom they met, is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.leaveout import judges_of, preference, within
from springbrett.evaluation.effects.leniency import Assigned, Leniency, leniency
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, EffectPath, Estimate, Flags, Floats, Ints
from springbrett.evaluation.registrations import UNKNOWN, first_stays, stays_begun
from springbrett.evaluation.study.comparing import (
    LEVEL,
    SOME_MONTHS,
    before_checks,
    check_row,
    correct_for_many,
    still_in,
)
from springbrett.evaluation.study.context import EVERYBODY, Context, save_cohort
from springbrett.evaluation.study.designs import truths
from springbrett.evaluation.study.designs.record import Complain, Design, Planned
from springbrett.evaluation.study.designs.registered import (
    check_registered,
    chosen_rows,
    draw_registered,
    estimate_row,
    told_count,
)
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.protocol import Protocol
from springbrett.evaluation.study.tables import Rows

METHOD, MANY = "leniency", "ujive"
KEPT = "preference"
BINS, FEWEST_IN_GROUP, REDRAWS = 10, 200, 999
FLAGS = ("sex_woman", "immigrant_group_other", "education_compulsory", "reduced_capacity")
"""Halves of the cases in which the preference must move the measure the same way."""
MOST_LATER = 0.25
"""Stays begun after the time limit and before the outcome, for each who got the measure because of whom they met: more
of them, and the number is of something else than getting the measure within the limit."""
RENAMED = {"balance": "preference_balance"}
"""The instrument's balance is a p-value, and judges itself."""


def draw(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The newly registered whose caseworker is known and whose chance to begin the measure can be seen to its end.

    Raises CannotEstimate: no_treated, bad_input (the registers do not say who followed the cases up).
    """
    asked, minimum = context.protocol.comparison, context.protocol.minimum_cell
    cohort, _cases = draw_registered(context)
    followed = cohort.start + asked.within_months - 1 <= context.window.last_known
    known = (cohort.caseworker != UNKNOWN) | (asked.judge == "office")
    if not known.any():
        raise CannotEstimate("bad_input", "these registers do not say who followed the cases up (needs_levels, "
                             'caseworker); fill it in, or set comparison.judge = "office"')  # fmt: skip
    if not (known & followed).any():
        raise CannotEstimate("no_treated", "the registers end before anybody's chance to begin has passed; end sooner")
    kept = cohort.chosen(known & followed)
    begun = first_stays(context.tables, context.population, kept.person, kept.start)
    got = begun.month < kept.start + asked.within_months
    if not got.any() or got.all():
        raise CannotEstimate("no_variation", "all newly registered began the measure, or none of them")
    save_cohort(kept, context.work / "cohort.npz")
    context.__dict__.pop("cohort", None)
    np.savez(context.work / f"{KEPT}.npz", got=got)
    left_out = {"no_caseworker": told_count(int((~known).sum()), minimum),
                "not_followed": told_count(int((known & ~followed).sum()), minimum)}  # fmt: skip
    return {}, {"left_out": left_out}


@dataclass(frozen=True, slots=True)
class Cases:
    """What the stages share: who got the measure, whom they met, and in which cell that was as good as drawn."""

    got: Flags
    judge: Ints
    cell: Ints

    @staticmethod
    def of(context: Context) -> Cases:
        """From what the cohort stage kept."""
        cohort, by_office = context.cohort, context.protocol.comparison.judge == "office"
        place = _region(context, cohort.office) if by_office else cohort.office
        _codes, place = np.unique(place, return_inverse=True)
        quarter = cohort.start // 3
        cell = place * (int(quarter.max()) + 1) + quarter
        return Cases(chosen_rows(context, KEPT)["got"].astype(bool), cohort.office if by_office else cohort.caseworker,
                     np.asarray(cell, np.int64))  # fmt: skip


def _region(context: Context, office: Ints) -> Ints:
    table = context.tables["offices"]
    number = np.asarray(table["office"].to_numpy(), np.int64)
    _names, code = np.unique(np.asarray(table["region"].to_numpy(zero_copy_only=False), str), return_inverse=True)
    order = np.argsort(number)
    return np.asarray(code[order][np.searchsorted(number[order], office)], np.int64)


def assigned(context: Context, outcome: str, month: int, group: str = EVERYBODY, *, parts: bool = False) -> Assigned:
    """The cases known in a month after registration, and in a group. `parts`: with the halves the checks look at."""
    cases, y = Cases.of(context), context.at(outcome, month)
    use = np.isfinite(y) & context.groups[group]
    x, names = context.covariates
    groups = {name: inside[use] for name, inside in _halves(context, use).items()} if parts else {}
    return Assigned(y[use], cases.got[use], cases.judge[use], cases.cell[use], x[use], names, groups)


def _halves(context: Context, use: Flags) -> dict[str, Flags]:
    """Parts of the cases, each with enough of them to be looked at."""
    cohort, got = context.cohort, Cases.of(context).got
    found = {code: inside for code, inside in context.groups.items() if code != EVERYBODY}
    for name in FLAGS:
        if name not in cohort.names:  # the registers do not tell it
            continue
        column = cohort.covariates[:, cohort.names.index(name)] > 0
        sides = {f"with:{name}": column, f"without:{name}": ~column}
        found |= {key: side for key, side in sides.items()
                  if not any(np.array_equal(side, other) for other in found.values())}  # fmt: skip
    return {
        name: inside for name, inside in found.items()
        if (inside & use).sum() >= FEWEST_IN_GROUP and 0 < (inside & use & got).sum() < (inside & use).sum()
    }  # fmt: skip


def estimates(context: Context, position: int) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The headline by group, and all outcomes in some months; the first stage and what else the headline leans on."""
    wanted = context.protocol.outcomes
    months = sorted({wanted.month, *(m for m in SOME_MONTHS if _late_enough(context, m))})
    tasks = [(wanted.headline, wanted.month, group) for group in context.groups]
    tasks += [(code, month, EVERYBODY) for code in wanted.codes for month in months
              if (code, month) != (wanted.headline, wanted.month)]  # fmt: skip
    rows: Rows = []
    silent: Rows = []
    tables: dict[str, Rows] = {}
    facts: dict[str, Any] = {}
    for number, (code, month, group) in enumerate(tasks):
        context.tick(number / len(tasks))
        try:
            found = leniency(assigned(context, code, month, group, parts=number == 0),
                             redraws=REDRAWS if number == 0 else 0, **_options(context))  # fmt: skip
        except CannotEstimate as error:
            silent.append({"estimator": METHOD, "outcome": code, "group": group, "reason": error.code})
            if position == 0 and number == 0:
                facts["cannot"] = error.code
            continue
        rows.append(_row(context, found.estimate, code, month, group, headline=position == 0 and number == 0))
        if number == 0:
            rows.append(_row(context, found.ujive, code, month, group, headline=False))
            tables |= _first_stage(context, found)
            facts["preference"] = _facts(context, found)
    correct_for_many([row for row in rows if row.get("p_value") is not None])
    return {"estimates": rows, "not_answered": silent, **tables}, facts


def _options(context: Context) -> dict[str, Any]:
    """What the protocol sets for the estimator. The number of redraws is not its own to set."""
    return dict(context.protocol.estimators[0].options)


def _late_enough(context: Context, month: int) -> bool:
    return context.protocol.comparison.within_months <= month <= context.protocol.outcomes.horizon


def _row(context: Context, found: Estimate, outcome: str, month: int, group: str, *, headline: bool) -> dict[str, Any]:
    told = _may_tell(context, outcome, month)[group]
    return estimate_row(found, outcome, month, group, headline=headline, told=told)


def _may_tell(context: Context, outcome: str, month: int) -> dict[str, bool]:
    """Which groups may be told: of those who got the measure and of those who did not, enough, with and without the
    outcome."""
    values, got = context.at(outcome, month), Cases.of(context).got
    known = np.isfinite(values)
    sides = [side for side in (known & got, known & ~got) if side.any()]
    told = [tellable(context.groups, side, context.protocol.minimum_cell, values) for side in sides]
    return {group: all(each[group] for each in told) for group in context.groups}


def _first_stage(context: Context, found: Leniency) -> dict[str, Rows]:
    """The checks, what the preference does in each half, and whether it hangs together with what was known before."""
    wanted = context.protocol.outcomes
    use = np.isfinite(context.at(wanted.headline, wanted.month))
    checks = [
        check_row(replace(check, code=RENAMED.get(check.code, check.code)), METHOD, wanted.headline, wanted.month)
        for check in (*found.estimate.diagnostics, _later(context, found, use))
    ]
    every = {EVERYBODY: np.ones(len(use), bool)}
    told = tellable(every | _halves(context, use), use, context.protocol.minimum_cell,
                    Cases.of(context).got.astype(np.float64))  # fmt: skip
    stages: Rows = [{"group": stage.name, "first_stage": stage.first_stage, "se": stage.se,
                     "compliers": stage.compliers_ratio} if told[stage.name] else {"group": stage.name}
                    for stage in found.groups]  # fmt: skip
    parts = {"preference_balance": _balance(context), "preference_bins": _bins(context, found, use)}
    return {"diagnostics": checks, "preference_groups": stages} | parts


def _later(context: Context, found: Leniency, use: Flags) -> Diagnostic:
    """Whether those who use the measure much also give it, anew or at last, after the limit and before the outcome."""
    asked, month = context.protocol.comparison, context.protocol.outcomes.month
    later = _for_each(context, found, use, _begun(context, asked.within_months, month))
    return Diagnostic("later_stays", later, MOST_LATER, abs(later) <= MOST_LATER)


def _begun(context: Context, since: int, until: int) -> Floats:
    """How many stays each case begins in some months after registration, the last not included."""
    start = context.cohort.start
    found = stays_begun(context.tables, context.population, context.cohort.person, start + since, start + until)
    return found.astype(np.float64)


def _for_each(context: Context, found: Leniency, use: Flags, values: Floats) -> float:
    """How many more there are, for each extra case that got the measure because of whom they met."""
    rows, tilt = _inside(context, found, use)
    return float(tilt @ values[rows]) / float(tilt @ Cases.of(context).got[rows])


def _facts(context: Context, found: Leniency) -> dict[str, Any]:
    cases = Cases.of(context)
    wanted = context.protocol.outcomes
    use = np.flatnonzero(np.isfinite(context.at(wanted.headline, wanted.month)))[np.isfinite(found.preference)]
    told = _may_tell(context, wanted.headline, wanted.month)[EVERYBODY]
    if not told:
        return {"told": False}
    low, high = found.anderson_rubin
    seen = np.isfinite(context.at(wanted.headline, wanted.month))
    again = _for_each(context, found, seen, _begun(context, 0, wanted.month) - cases.got)
    return {
        "told": True, "effective_f": found.effective_f, "first_stage": found.first_stage,
        "anderson_rubin": [low if np.isfinite(low) else None, high if np.isfinite(high) else None],
        "anderson_rubin_parts": found.anderson_rubin_parts, "compliers": found.compliers,
        "always": found.always_takers, "never": found.never_takers, "cases": len(use),
        "got": float(cases.got[use].mean()), "judges": len(np.unique(cases.judge[use])),
        "cells": len(np.unique(cases.cell[use])), "judge": context.protocol.comparison.judge, "again": again,
    }  # fmt: skip


def _inside(context: Context, found: Leniency, use: Flags) -> tuple[Ints, Floats]:
    """Rows of the cohort that the estimate rests on, and each one's preference less the mean of its cell."""
    rows = np.flatnonzero(use)[np.isfinite(found.preference)]
    met = found.preference[np.isfinite(found.preference)]
    return rows, np.asarray(within(met, _cells(context, rows)))


def _cells(context: Context, rows: Ints) -> Ints:
    """The cells of some rows, numbered from 0."""
    _codes, cell = np.unique(Cases.of(context).cell[rows], return_inverse=True)
    return np.asarray(cell, np.int64)


def _balance(context: Context) -> Rows:
    """Each covariate among those who met one more given to the measure than the others in the cell, and less; the
    difference is taken within cells, in spreads of the covariate."""
    wanted, minimum = context.protocol.outcomes, context.protocol.minimum_cell
    data = assigned(context, wanted.headline, wanted.month)
    judges = judges_of(data.treated, data.judge, data.cell, data.x)
    rows = np.flatnonzero(np.isfinite(context.at(wanted.headline, wanted.month)))[judges.kept]
    more = judges.within_cells(preference(judges, adjusted=False)) > 0
    units, ours = (np.zeros(len(context.cohort), bool) for _ in range(2))
    units[rows], ours[rows[more]] = True, True
    out: Rows = []
    for column, name in enumerate(data.names):
        values = context.covariates[0][:, column]
        row: dict[str, Any] = {"covariate": name}
        told = tellable({EVERYBODY: units, "more": ours}, units, minimum, values)
        if np.ptp(values[rows]) > 0 and all(told.values()):
            here, spread = values[rows], float(values[rows].std())
            inner = judges.within_cells(here)
            row |= {"more": float(here[more].mean()), "less": float(here[~more].mean()),
                    "difference": float(inner[more].mean() - inner[~more].mean()) / spread}  # fmt: skip
        out.append(row)
    return out


def _bins(context: Context, found: Leniency, use: Flags) -> Rows:
    """Tenths of the cases by how given to the measure the one they met is: how many got it, and how it went with them,
    all less the means of their cells and added to the common mean."""
    wanted = context.protocol.outcomes
    y = context.at(wanted.headline, wanted.month)
    rows, tilt = _inside(context, found, use)
    cases, cell = Cases.of(context), _cells(context, rows)
    tenth = np.minimum((np.argsort(np.argsort(tilt, kind="stable")) * BINS) // len(tilt), BINS - 1)
    masks = {str(k): np.zeros(len(use), bool) for k in range(BINS)}
    for k in range(BINS):
        masks[str(k)][rows[tenth == k]] = True
    units = np.zeros(len(use), bool)
    units[rows] = True
    everybody = {EVERYBODY: units}
    told = [tellable(everybody | masks, units, context.protocol.minimum_cell, values)
            for values in (cases.got.astype(np.float64), y)]  # fmt: skip
    got, outcome = (np.asarray(within(v[rows].astype(np.float64), cell) + v[rows].mean()) for v in (cases.got, y))
    out: Rows = []
    for k in range(BINS):
        here = tenth == k
        if here.any() and all(each[str(k)] for each in told):
            out.append({"bin": k + 1, "cases": int(here.sum()), "preference": float(tilt[here].mean()),
                        "got": float(got[here].mean()), "outcome": float(outcome[here].mean())})  # fmt: skip
    return out


def path_of(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The effect of getting the measure in every month from registration, and before it, where there can be none."""
    wanted = context.protocol.outcomes
    months: list[int] = []
    found: list[Estimate] = []
    for number, month in enumerate(context.window.months):
        context.tick(number / len(context.window.months))
        try:
            each = leniency(assigned(context, wanted.headline, int(month)), redraws=0, **_options(context))
        except CannotEstimate:
            continue
        months.append(int(month))
        found.append(each.estimate)
    if not found:
        raise CannotEstimate("empty_group", "no month around the registration is covered by the registers")
    path, shade = _as_path(months, found), still_in(context)
    wide = z_of(1 - (1 - LEVEL) / len(found)) * path.se  # holds for all the months at once (Bonferroni)
    rows: Rows = [
        {"outcome": wanted.headline, "estimator": METHOD, "month": month, "value": path.value[k],
         "lower": path.lower[k], "upper": path.upper[k], "band_lower": path.value[k] - wide[k],
         "band_upper": path.value[k] + wide[k], "still_in": shade.get(month)}
        for k, month in enumerate(months) if _may_tell(context, wanted.headline, month)[EVERYBODY]
    ]  # fmt: skip
    checks = [check_row(check, METHOD, wanted.headline, month) for check, month in before_checks(context, path)]
    return {"effect_path": rows, "diagnostics": checks}, {}


def _as_path(months: list[int], found: list[Estimate]) -> EffectPath:
    """The months as one path."""
    value, se = (np.array([getattr(each, name) for each in found]) for name in ("value", "se"))
    half = z_of(LEVEL) * se
    return EffectPath(np.array(months), value, se, value - half, value + half, found[-1])


def _stages(protocol: Protocol) -> list[Planned]:
    estimators = [
        Planned(f"estimator {position + 1}: {method.code}", 8, partial(estimates, position=position))
        for position, method in enumerate(protocol.estimators)
    ]
    if not estimators:
        return []
    return [Planned(truths.CODE, truths.WEIGHT, truths.met), *estimators, Planned("path", 20, path_of)]


def _check(protocol: Protocol, complain: Complain) -> None:
    check_registered(protocol, complain)
    asked = protocol.comparison
    if asked.within_months < 1:
        complain("comparison.within_months", asked.within_months, "a whole number from 1", "nobody could begin")
    elif protocol.outcomes.month < asked.within_months:
        complain("outcomes.month", protocol.outcomes.month, f"{asked.within_months} (comparison.within_months) or more",
                 "who begins after the outcome would count as having begun")  # fmt: skip
    if len(protocol.estimators) > 1:
        complain("estimators", protocol.estimators[1].code, f"one, {METHOD}", "there is one way to use the preference")


DESIGNS = (
    Design("preference", draw, _stages, frozenset({"assigned"}), ("judge", "within_months", "away_months"), _check),
)  # fmt: skip

__all__ = ["DESIGNS", "Cases", "assigned", "draw", "estimates", "path_of"]
