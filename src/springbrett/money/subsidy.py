"""Wage subsidies: which percentage applies when, and what is refunded month by month.

The percentages, their groups and their steps stand in the measure's catalogue entry (tiltaksforskriften §§ 8-6, 9-5 and
10-7, firearigforskriften § 7). Nothing here knows one measure from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.conditions import any_group, fact_of
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import Subsidy, SubsidyGroup
from springbrett.kernel.period import Period, add_months
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Fact, Severity, Verdict
from springbrett.money.arithmetic import Conventions, conventions, month_step, part_of_month, pieces
from springbrett.money.ceiling import under_ceiling
from springbrett.money.records import MonthAmount, Schedule, Terms, WageTerms
from springbrett.money.wage import monthly_subsidy, wage_cost


@dataclass(frozen=True, slots=True)
class Course:
    """How a subsidy runs over time: the day it first began, the group, and the percentage agreed where one is agreed.

    ``paid_before``: kroner already refunded for the same person, by calendar year, that count against a yearly ceiling.
    """

    started: date
    agreed: Decimal | None = None
    paid_before: Mapping[int, int] = field(default_factory=dict)


def group_of(subsidy: Subsidy, facts: object) -> tuple[SubsidyGroup | None, Verdict]:
    """The first group whose conditions hold, with the verdict that says so.

    Not met: none of the groups holds, and nothing is refunded. Unknown: a fact that an earlier group asks for is not
    known, so that no group can be chosen; the verdict names the facts.
    """
    for group in subsidy.groups:
        answer = any_group(group.when, facts) if group.when else True
        if answer is not False:
            return (group if answer else None), _group_verdict(subsidy, facts, group, answer)
    return None, _group_verdict(subsidy, facts, None, False)


def _group_verdict(subsidy: Subsidy, facts: object, group: SubsidyGroup | None, answer: bool | None) -> Verdict:
    asked = dict.fromkeys(c.fact for g in subsidy.groups for conditions in g.when for c in conditions)
    known = tuple(Fact(name, _plain(fact_of(facts, name))) for name in asked)
    missing = tuple(fact.name for fact in known if fact.value is None) if answer is None else ()
    shown = (Fact("subsidy_group", group.code if group and answer else None), *known)
    return Verdict("subsidy_group", Answer.of(answer), Severity.STOP, subsidy.reference, shown, missing or tuple(asked))


def _plain(value: object) -> str | float | date | Decimal | tuple[str, ...] | None:
    if value is None or isinstance(value, bool | int | float | str | date | Decimal):
        return value
    return tuple(str(item) for item in value) if isinstance(value, Iterable) else str(value)


def step_percent(group: SubsidyGroup, started: date, on: date) -> Decimal:
    """The percentage of the step in force on the day: the last whose month has been reached since the start.

    Months are calendar months, clamped to the end of a shorter month: a subsidy from 31 August steps at six months on
    28 or 29 February. A day before the start has the first step.
    """
    reached = [step for step in group.steps if add_months(started, step.from_month) <= on]
    return (reached[-1] if reached else group.steps[0]).percent


def percent_on(
    subsidy: Subsidy, facts: object, started: date, on: date, agreed: Decimal | None = None
) -> Decimal | None:
    """The percentage refunded on the day; None when it is not known, or when no group holds.

    A fixed subsidy has the percentage of its step. For one with a maximum the parties agree on a percentage, and the
    step is the most it can be: without an agreed percentage it is not known.
    """
    group, _verdict = group_of(subsidy, facts)
    return None if group is None else _percent(subsidy, group, started, on, agreed)


def _percent(subsidy: Subsidy, group: SubsidyGroup, started: date, on: date, agreed: Decimal | None) -> Decimal | None:
    step = step_percent(group, started, on)
    if subsidy.kind == "fixed":
        return step
    return None if agreed is None else min(agreed, step)


def start_percent(subsidy: Subsidy, facts: object, agreed: Decimal | None = None) -> Decimal | None:
    """The percentage on the first day."""
    return percent_on(subsidy, facts, date.min, date.min, agreed)


def step_dates(
    subsidy: Subsidy, facts: object, period: Period, started: date | None = None, agreed: Decimal | None = None
) -> tuple[date, ...]:
    """The days within the period on which the percentage falls, counted from ``started`` (the period's start).

    Steps that an agreed percentage already lies under change nothing and are left out; while nothing is agreed, every
    step of the maximum counts. Without an end nothing is agreed to be reduced, and there are no days. Empty also when
    the group is not known.
    """
    group, _verdict = group_of(subsidy, facts)
    return () if group is None or period.is_open else _step_dates(subsidy, group, period, started, agreed)


def _step_dates(
    subsidy: Subsidy, group: SubsidyGroup, period: Period, started: date | None, agreed: Decimal | None
) -> tuple[date, ...]:
    begun = started or period.start
    cap = agreed if subsidy.kind == "maximum" and agreed is not None else None
    percents = [step.percent if cap is None else min(cap, step.percent) for step in group.steps]
    days = [add_months(begun, step.from_month) for step in group.steps]
    changes = zip(pairwise(percents), days[1:], strict=True)
    return tuple(day for (before, after), day in changes if before != after and period.contains(day))


def schedule(
    measure: Measure, facts: object, period: Period, terms: Terms, catalogue: Catalogue, course: Course | None = None
) -> Traced[Schedule]:
    """What is refunded, for each calendar month and each percentage, in whole kroner.

    The period is cut at every month's end and on the days the percentage falls. Rounding: the wage cost once, the
    amount of a whole month once, the amount of a part of a month once (see :func:`part_of_month`); all half up. A
    yearly ceiling is applied last (see :mod:`springbrett.money.ceiling`).

    What is not known gives an empty schedule that says so in ``unknown``; the rules are those of the first day. Raises
    ValueError for an open period.
    """
    run = course or Course(period.start, terms.agreed_percent)
    subsidy = measure.subsidy_on(period.start)
    if subsidy is None:
        return Traced(Schedule(unknown=("subsidy",)))
    group, holds = group_of(subsidy, facts)
    if group is None:
        return Traced(Schedule(unknown=("subsidy_group",) if holds.unknown else ()), (), (holds,))
    agreed = agreed_known(subsidy, run.agreed, group, period.start)
    wage = terms.wage or WageTerms(None, None, None, None)
    cost = wage_cost(wage, catalogue, period.start, subsidy.reference)
    verdicts = (holds, *cost.verdicts, agreed)
    unknown = tuple(verdict.rule for verdict in verdicts if verdict.unknown)
    if unknown or cost.value.total is None:
        return Traced(Schedule(unknown=unknown), cost.steps, verdicts)
    parts = pieces(period, _step_dates(subsidy, group, period, run.started, run.agreed))
    known_by = conventions(catalogue, period.start)
    months, steps = _months(subsidy, group, parts, run, cost.value.total, known_by)
    capped = under_ceiling(Schedule(months), subsidy, catalogue, run.paid_before)
    last = Step("schedule_total", capped.value.total)
    lines = (*cost.steps, Step("group", group.code, subsidy.reference), *steps, *capped.steps, last)
    return Traced(capped.value, lines, (*verdicts, *capped.verdicts))


def _months(
    subsidy: Subsidy, group: SubsidyGroup, parts: tuple[Period, ...], run: Course, total: Decimal, known_by: Conventions
) -> tuple[tuple[MonthAmount, ...], tuple[Step, ...]]:
    months: list[MonthAmount] = []
    steps: list[Step] = []
    monthly: dict[Decimal, int] = {}
    for part in parts:
        percent = _percent(subsidy, group, run.started, part.start, run.agreed)
        assert percent is not None
        if percent not in monthly:
            monthly[percent] = monthly_subsidy(total, percent, known_by)
        amount = part_of_month(monthly[percent], part, known_by)
        months.append(MonthAmount(part, percent, amount, amount))
        steps.append(month_step(part, amount, monthly[percent], subsidy.reference, (Step("percent", percent),)))
    return tuple(months), tuple(steps)


def agreed_known(subsidy: Subsidy, agreed: Decimal | None, group: SubsidyGroup, on: date) -> Verdict:
    """Whether the percentage the parties agree on is known and within the most it can be.

    Met for a fixed subsidy, where nothing is agreed. A percentage over the maximum is not met; 0 is allowed.
    """
    most = max(step.percent for step in group.steps)
    if subsidy.kind == "fixed":
        answer: bool | None = True
    else:
        answer = None if agreed is None else 0 <= agreed <= most
    facts = (Fact("agreed_percent", agreed), Fact("most_percent", most))
    ref = subsidy.reference
    return Verdict("agreed_percent", Answer.of(answer), Severity.STOP, ref, facts, ("agreed_percent",), on=on)
