"""The inclusion grant: documented expenses of known kinds, up to the year's ceiling (tiltaksforskriften ch. 11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.measures import Measure
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of
from springbrett.money.arithmetic import conventions, kroner, pieces
from springbrett.money.records import GrantItem, MonthAmount, Schedule

EXPENSES = "expense_kind"
CEILING = "inkluderingstilskudd_max"


def check_items(items: Sequence[GrantItem], end: date, catalogue: Catalogue, ceiling: str = CEILING) -> Verdict:
    """Whether the expenses can be granted: each of a known kind with an amount, together within the ceiling.

    The ceiling is that of the day the agreement ends (as NAV's agreement system has it); where it is not known, so is
    the answer. A ceiling that is reached exactly is kept.
    """
    limit = catalogue.rate_on(ceiling, end)
    ref = limit.reference if limit else Ref("tiltaksforskriften", "11-4", "law")
    children = (
        Verdict("grant_kinds", Answer.of(_kinds_known(items, catalogue)), Severity.STOP, ref,
                (Fact("expense_kinds", tuple(item.kind for item in items)),), ("expense_kinds",), on=end),
        Verdict("grant_amounts", Answer.of(_amounts_known(items)), Severity.STOP, ref,
                (Fact("amounts", tuple(item.amount for item in items)),), ("amounts",), on=end),
        _within(items, limit.amount if limit else None, ref, end),
    )  # fmt: skip
    return all_of("grant_items", ref, children, on=end)


def _within(items: Sequence[GrantItem], limit: Decimal | None, ref: Ref, end: date) -> Verdict:
    total = sum((item.amount or Decimal(0) for item in items), start=Decimal(0))
    answer = None if limit is None else total <= limit
    facts = (Fact("grant_total", total), Fact("grant_ceiling", limit))
    return Verdict("grant_ceiling", Answer.of(answer), Severity.STOP, ref, facts, ("grant_total",), on=end)


def _kinds_known(items: Sequence[GrantItem], catalogue: Catalogue) -> bool | None:
    """No when a kind is not in the list; unknown when one is not said; no items: nothing is asked for, which is no."""
    if not items or any(item.kind and not catalogue.has_code(EXPENSES, item.kind) for item in items):
        return False
    return None if any(not item.kind for item in items) else True


def _amounts_known(items: Sequence[GrantItem]) -> bool | None:
    if any(item.amount is not None and item.amount <= 0 for item in items):
        return False
    return None if any(item.amount is None for item in items) else True


def schedule(
    measure: Measure, period: Period, items: Sequence[GrantItem], catalogue: Catalogue, ceiling: str = CEILING
) -> Traced[Schedule]:
    """What the grant pays: the sum of the expenses, never more than the ceiling, in the month the agreement starts.

    Rounding: each expense to whole kroner, half up. An amount nobody has said makes the schedule empty and unknown; an
    unknown ceiling cuts nothing, and is told among the unknowns. Raises ValueError for an open period.
    """
    verdict = check_items(items, period.last, catalogue, ceiling)
    if any(item.amount is None for item in items):
        return Traced(Schedule(kind="grant", unknown=("grant_amounts",)), (), (verdict,))
    unit = conventions(catalogue, period.start).unit
    limit = catalogue.rate_on(ceiling, period.last)
    lines = [(item, kroner(item.amount, unit)) for item in items if item.amount is not None]
    uncut = sum(amount for _item, amount in lines)
    most = limit.amount if limit else None
    paid = uncut if most is None else min(uncut, int(most))
    months = (MonthAmount(pieces(period)[0], None, paid, uncut),) if items else ()
    plan = Schedule(months, "grant", () if most is not None else ("grant_ceiling",))
    steps = tuple(
        Step("expense", amount, verdict.ref, (Step("expense_kind", item.kind), Step("expense_text", item.text)))
        for item, amount in lines
    )
    return Traced(plan, (*steps, Step("grant_ceiling", most, verdict.ref), Step("schedule_total", paid)), (verdict,))
