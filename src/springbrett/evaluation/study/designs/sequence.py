"""The sequence design: which measure people begin with, what follows it, and what the first and a further one do.

Three questions of one cohort: what happens (how people go from measure to measure), what it means to begin with one
measure rather than another, and what two steps do together when the second hangs on how the first went.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats
from springbrett.evaluation.effects.sensitivity import adjusted_p_values
from springbrett.evaluation.effects.sequence import Plans, TwoSteps, first_measure, marginal_structural
from springbrett.evaluation.study import describing
from springbrett.evaluation.study.comparing import SOME_MONTHS, check_row, correct_for_many
from springbrett.evaluation.study.context import EVERYBODY, Context
from springbrett.evaluation.study.designs import truths
from springbrett.evaluation.study.designs.record import Complain, Design, Planned
from springbrett.evaluation.study.designs.registered import estimate_row
from springbrett.evaluation.study.designs.steps import LONGEST, Courses, Decided, courses_of, decided
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.protocol import Method, Protocol
from springbrett.evaluation.study.tables import Rows

FIRST, PLANS = "first_measure", "marginal_structural"
MOST_SEQUENCES = 12
NOTHING_NEW = 1e-9
MOST_LEFT_OUT = 0.1
"""The plans are compared among those whose second step can be told; few may be left out by how the first one went."""


def pair_of(protocol: Protocol) -> tuple[str, str]:
    """The two measures that are set against each other: those named, or the first two of the population."""
    first, second = (protocol.comparison.pair or protocol.population.measures)[:2]
    return first, second


def what_follows(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """From the first measure to the second, and from there to the third, in persons; and the commonest whole courses.

    All are published together, so all are guarded together.
    """
    courses = courses_of(context.tables, context.population, context.cohort)
    groups, keys = _groups(courses)
    every = np.ones(len(courses.measure), bool)
    rank = np.array([{"total": 0, "from": 1, "cell": 2, "course": 3}[kind] for kind, *_rest in keys])
    told = tellable(groups, every, context.protocol.minimum_cell, rank=rank)
    flows: Rows = []
    typical: Rows = []
    for (kind, step, first, second), (key, mask) in zip(keys, groups.items(), strict=True):
        count = int(mask.sum()) if told[key] else None
        if kind == "cell":
            base = groups[f"from|{step}|{first}"]
            share = count / int(base.sum()) if count is not None and told[f"from|{step}|{first}"] else None
            flows.append({"step": step, "first": first, "then": second, "count": count, "share": share})
        elif kind == "course":
            typical.append({"course": first, "count": count,
                            "share": None if count is None else count / len(every)})  # fmt: skip
    return {"transitions": flows, "sequences": typical}, {"people": len(every) if told["total"] else None}


def _groups(courses: Courses) -> tuple[dict[str, Flags], list[tuple[str, int, str, str]]]:
    """Every sum that is published: who, and what it is (kind, step, first, then)."""
    every = np.ones(len(courses.measure), bool)
    groups: dict[str, Flags] = {"total": every}
    keys: list[tuple[str, int, str, str]] = [("total", 0, "", "")]
    for step in range(LONGEST - 1):
        here, following = courses.measure[:, step], courses.measure[:, step + 1]
        for first in np.unique(here[here != ""]):
            base = here == first
            groups[f"from|{step + 1}|{first}"] = base
            keys.append(("from", step + 1, str(first), ""))
            for second in np.unique(following[base]):
                groups[f"cell|{step + 1}|{first}|{second}"] = base & (following == second)
                keys.append(("cell", step + 1, str(first), str(second)))
    whole = np.array([" ".join(filter(None, row)) for row in courses.measure])
    for course, _count in Counter(whole.tolist()).most_common(MOST_SEQUENCES):
        groups[f"course|{course}"] = whole == course
        keys.append(("course", 0, course, ""))
    return groups, keys


def estimates(context: Context, position: int) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The numbers of one estimator: by group, and, for the first in the file, all outcomes in some months."""
    method = context.protocol.estimators[position]
    return first_of(context, method, position) if method.code == FIRST else plans_of(context, method, position)


def first_of(context: Context, method: Method, position: int) -> tuple[dict[str, Rows], dict[str, Any]]:
    """To begin with the first of the pair rather than the second; every other pair beside it. Only the estimator that
    leads has rows among the estimates: two plans of steps are another question than one first measure."""
    wanted, pair = context.protocol.outcomes, pair_of(context.protocol)
    tables: dict[str, Rows] = {"estimates": [], "not_answered": [], "diagnostics": []}
    facts: dict[str, Any] = {}
    tasks = _tasks(context) if position == 0 else [(wanted.headline, wanted.month, EVERYBODY)]
    for number, (code, month, group) in enumerate(tasks):
        context.tick(number / len(tasks))
        try:
            found = _first(context, method, pair, code, month, group)
        except CannotEstimate as error:
            tables["not_answered"].append({"estimator": FIRST, "outcome": code, "group": group, "reason": error.code})
            if position == 0 and number == 0:
                facts["cannot"] = error.code
            continue
        if number == 0:
            tables["diagnostics"] = [check_row(check, FIRST, code, month) for check in found.diagnostics]
        if position == 0:
            told = _pair_told(context, pair, code, month)[group]
            tables["estimates"].append(estimate_row(found, code, month, group, headline=number == 0, told=told))
    correct_for_many([row for row in tables["estimates"] if row.get("p_value") is not None])
    return tables | {"pairs": _pairs(context, method, pair)}, facts


def _tasks(context: Context) -> list[tuple[str, int, str]]:
    """The headline for everybody and each group, and all outcomes in some months."""
    wanted = context.protocol.outcomes
    months = sorted({wanted.month, *(m for m in SOME_MONTHS if m <= wanted.horizon)})
    tasks = [(wanted.headline, wanted.month, group) for group in context.groups]
    return tasks + [(code, month, EVERYBODY) for code in wanted.codes for month in months
                    if (code, month) != (wanted.headline, wanted.month)]  # fmt: skip


def _first(
    context: Context, method: Method, pair: tuple[str, str], outcome: str, month: int, group: str = EVERYBODY
) -> Estimate:  # fmt: skip
    y = context.at(outcome, month)
    use = np.isfinite(y) & context.groups[group]
    x, names = context.covariates
    cluster = None if context.cluster is None else context.cluster[use]
    estimand = Estimand(method.estimand) if method.estimand else Estimand.ATE
    return first_measure(y[use], context.cohort.measure[use], pair, x[use], names, estimand=estimand, cluster=cluster)


def _pair_told(context: Context, pair: tuple[str, str], outcome: str, month: int) -> dict[str, bool]:
    """Which groups may be told: enough on both sides, with and without the outcome."""
    y, measure = context.at(outcome, month), context.cohort.measure
    told = [tellable(context.groups, (measure == code) & np.isfinite(y), context.protocol.minimum_cell, y)
            for code in pair if ((measure == code) & np.isfinite(y)).any()]  # fmt: skip
    return {group: all(each[group] for each in told) for group in context.groups}


def _pairs(context: Context, method: Method, asked: tuple[str, str]) -> Rows:
    """Every pair of first measures, with p-values held for how many they are."""
    wanted = context.protocol.outcomes
    y = context.at(wanted.headline, wanted.month)
    rows: Rows = []
    for either in combinations(context.protocol.population.measures, 2):
        pair = asked if set(either) == set(asked) else either
        if not _pair_told(context, pair, wanted.headline, wanted.month)[EVERYBODY]:
            continue
        try:
            found = _first(context, method, pair, wanted.headline, wanted.month)
        except CannotEstimate:
            continue
        means = [float(y[(context.cohort.measure == code) & np.isfinite(y)].mean()) for code in pair]
        rows.append({"first": pair[0], "second": pair[1], "raw": means[0] - means[1], "value": found.value,
                     "lower": found.interval[0], "upper": found.interval[1], "p_many": found.p_value})  # fmt: skip
    known = [row for row in rows if row["p_many"] is not None]
    if known:
        for row, value in zip(known, adjusted_p_values([row["p_many"] for row in known]), strict=True):
            row["p_many"] = float(value)
    return rows


def plans_of(context: Context, method: Method, position: int) -> tuple[dict[str, Rows], dict[str, Any]]:
    """What each plan would give: either first measure, alone or with a further one after it. The estimate that leads
    is that of the first of the pair and a further one, against the second of the pair alone."""
    wanted, pair = context.protocol.outcomes, pair_of(context.protocol)
    held = decided(context, pair)
    y = context.at(wanted.headline, wanted.month)
    use = held.decided & np.isfinite(y)
    try:
        found = marginal_structural(_two_steps(context, held, use, y), **method.options)
    except CannotEstimate as error:
        silent: Rows = [{"estimator": PLANS, "outcome": wanted.headline, "group": EVERYBODY, "reason": error.code}]
        return {"not_answered": silent}, {"cannot": error.code} if position == 0 else {}
    masks = _plan_masks(held, use)
    every = {EVERYBODY: use} | {str(number): mask for number, mask in enumerate(masks)}
    told = tellable(every, use, context.protocol.minimum_cell, y)
    left_out = Diagnostic("left_out_share", held.left_out, MOST_LEFT_OUT, held.left_out <= MOST_LEFT_OUT)
    both = found.effects["both"]
    checks = [check_row(check, PLANS, wanted.headline, wanted.month) for check in (*both.diagnostics, left_out)]
    rows: Rows = []
    if position == 0:
        told_all = all(told.values())
        rows = [estimate_row(both, wanted.headline, wanted.month, EVERYBODY, headline=True, told=told_all)]
    return {"estimates": rows, "diagnostics": checks, "plans": _plans(found, pair, masks, told)}, {}


def _two_steps(context: Context, held: Decided, use: Flags, y: Floats) -> TwoSteps:
    x, _names = context.covariates
    cluster = None if context.cluster is None else context.cluster[use]
    return TwoSteps(y[use], held.first[use], held.second[use], x[use], _apart(held.between[use]), cluster)


def _apart(columns: Floats) -> Floats:
    """The columns that tell more than a constant and those before them: stays of one length make two of them one."""
    base, kept = np.ones((len(columns), 1)), list[int]()
    for number, column in enumerate(columns.T):
        left = column - base @ np.linalg.lstsq(base, column, rcond=None)[0]
        if np.linalg.norm(left) > NOTHING_NEW * max(float(np.linalg.norm(column)), 1.0):
            base, kept = np.column_stack([base, column]), [*kept, number]
    return columns[:, kept]


def _plan_masks(held: Decided, use: Flags) -> list[Flags]:
    """Who followed each plan, in the order of `Plans.mean`: neither, the first only, the second only, both."""
    return [use & (held.first == first) & (held.second == second) for second in (False, True)
            for first in (False, True)]  # fmt: skip


def _plans(found: Plans, pair: tuple[str, str], masks: list[Flags], told: dict[str, bool]) -> Rows:
    """Each plan with its mean, and against the second of the pair alone."""
    effects = {1: found.effects["first"], 2: found.effects["second"], 3: found.effects["both"]}
    rows: Rows = []
    for number, (mean, se) in enumerate(zip(found.mean, found.se, strict=True)):
        row: dict[str, Any] = {"first": pair[0] if number % 2 else pair[1], "more": number >= 2}
        if told[str(number)] and told["0"]:
            row |= {"persons": int(masks[number].sum()), "mean": float(mean), "se": float(se)}
            if number in effects:
                ends = effects[number].interval
                row |= {"value": effects[number].value, "lower": ends[0], "upper": ends[1],
                        "p_value": effects[number].p_value}  # fmt: skip
        rows.append(row)
    return rows


def draw(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Each person's first stay in any of the measures, in the window."""
    return describing.draw(context)


def truth(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """What it does in truth to begin with the first of the pair, where the persons are simulated."""
    return truths.begun_with(context, pair_of(context.protocol))


def _stages(protocol: Protocol) -> list[Planned]:
    return [
        Planned("what follows", 2, what_follows),
        *([Planned(truths.CODE, truths.WEIGHT, truth)] if protocol.estimators[:1] and
          protocol.estimators[0].code == FIRST else []),
        *(Planned(f"estimator {position + 1}: {method.code}", 5, partial(estimates, position=position))
          for position, method in enumerate(protocol.estimators)),
    ]  # fmt: skip


def _check(protocol: Protocol, complain: Complain) -> None:
    who, asked, wanted = protocol.population, protocol.comparison, protocol.outcomes
    if len(who.measures) < 2:
        complain("population.measures", who.measures[0] if who.measures else None, "two measures or more",
                 "an order needs several")  # fmt: skip
    if not who.first_only:
        complain("population.first_only", False, "true", "the first measure is what the order begins with")
    if asked.pair and (len(asked.pair) != 2 or len(set(asked.pair)) != 2 or set(asked.pair) - set(who.measures)):
        complain("comparison.pair", ", ".join(asked.pair), f"two of {', '.join(who.measures)}",
                 "the pair is two of the population's measures")  # fmt: skip
    if asked.within_months < 1:
        complain("comparison.within_months", asked.within_months, "a whole number from 1", "nothing could follow")
    elif any(method.code == PLANS for method in protocol.estimators) and wanted.month <= asked.within_months:
        complain("outcomes.month", wanted.month, f"more than {asked.within_months} (comparison.within_months)",
                 "a further measure would begin after the outcome")  # fmt: skip
    for position, group in enumerate(protocol.subgroups):
        if group.purposes:
            complain(f"subgroups[{position}] ({group.code}).purposes", group.purposes[0], "where, or leave it out",
                     "a purpose belongs to one of the measures that are compared")  # fmt: skip
    codes = [method.code for method in protocol.estimators]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        complain("estimators", code, "each once", "the estimator stands twice")


NEEDS = frozenset({"outcome", "first", "pair", "covariates", "names", "two_steps"})
DESIGNS = (Design("sequence", draw, _stages, NEEDS, ("pair", "within_months"), _check),)

__all__ = ["DESIGNS", "draw", "estimates", "first_of", "pair_of", "plans_of", "what_follows"]
