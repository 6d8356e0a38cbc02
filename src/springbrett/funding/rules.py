"""Who may decide, what a budget bears, when a month can be claimed and what is given back. Pure functions."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from springbrett.funding.records import BudgetRow, Deciding, Line, Month, Movement, Waited
from springbrett.kernel.period import Period, merge
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of
from springbrett.money.records import MonthAmount, Schedule

HOUSE = Ref("house", "", "house")
PRACTICE = Ref("nav_agreement_system", "", "practice")
COMPETENT = Ref("tiltaksforskriften", "1-5", "law")
CONTROL = Ref("tiltaksforskriften", "1-12", "law")


def fingerprint(schedule: Schedule) -> str:
    """What identifies the money of a schedule: equal periods, percentages and amounts give equal fingerprints."""
    lines = [
        [m.period.start.isoformat(), m.period.last.isoformat(), _plain(m.percent), m.amount] for m in schedule.months
    ]
    return hashlib.sha256(json.dumps(lines, separators=(",", ":")).encode()).hexdigest()


def _plain(percent: Decimal | None) -> str:
    """60, 60.0 and 6E+1 are one percentage."""
    return "" if percent is None else format(percent.normalize(), "f")


def by_month(schedule: Schedule) -> dict[Month, int]:
    """The amount of each calendar month that has one: pieces of a month that a step-down splits are added."""
    found: dict[Month, int] = {}
    for piece in schedule.months:
        month = Month.of(piece.period.start)
        found[month] = found.get(month, 0) + piece.amount
    return {month: amount for month, amount in sorted(found.items()) if amount}


def percent_of(pieces: Iterable[MonthAmount]) -> Decimal | None:
    """The percentage of a month's wage cost that is refunded: where it steps down inside the month, each part counts
    by the cost it was calculated from. None where the amounts are no percentage of anything."""
    kept = tuple(pieces)
    percents = [piece.percent for piece in kept if piece.percent]
    if not percents or len(percents) < len(kept):
        return None
    if len(set(percents)) == 1:
        return percents[0]
    amounts = [Decimal(piece.uncut or piece.amount) for piece in kept]
    costs = [amount / percent for amount, percent in zip(amounts, percents, strict=True)]
    return sum(amounts, Decimal(0)) / sum(costs, Decimal(0)) if sum(costs) else None


def who_may_decide(deciding: Deciding) -> Verdict:
    """A budget approver of the case's office decides, never the case's own caseworker nor the one who asked."""
    accounts = {deciding.account_id, *deciding.same_as}
    return all_of(
        "may_decide_money",
        COMPETENT,
        (
            _stop("is_budget_approver", deciding.approver, COMPETENT),
            _stop("of_the_same_office", deciding.office_id == deciding.case_office_id, COMPETENT),
            _stop("not_the_caseworker", deciding.caseworker_id not in accounts, PRACTICE),
            _stop("not_who_asked", deciding.asked_by not in accounts, PRACTICE),
        ),
    )


def budget_after(row: BudgetRow, amount: int, on: date | None = None) -> Verdict:
    """A new commitment stays within what is free of the year's budget; beyond it, a person must say why.

    Unknown when the office has set no budget for the year.
    """
    free = row.free
    after = None if free is None else free - amount
    facts = (
        Fact("budget_line", row.code), Fact("year", str(row.year)), Fact("budget", row.budget),
        Fact("committed", row.committed), Fact("paid", row.paid), Fact("free", free), Fact("new_commitment", amount),
        Fact("after", after),
    )  # fmt: skip
    answer = Answer.of(None if after is None else after >= 0)
    changes = ("budget",) if after is None else ("budget", "released_commitments")
    return Verdict("within_budget", answer, Severity.WARNING, HOUSE, facts, changes, on=on)


def request_fits(rows: Mapping[int, BudgetRow], by_year: Mapping[int, int], on: date | None = None) -> Verdict:
    """A request is judged year by year, each against the budget of that year."""
    children = tuple(budget_after(rows[year], amount, on) for year, amount in sorted(by_year.items()))
    broken = any(child.warns for child in children)
    unknown = any(child.unknown for child in children)
    answer = Answer.NOT_MET if broken else Answer.UNKNOWN if unknown else Answer.MET
    return Verdict("request_within_budget", answer, Severity.WARNING, HOUSE, children=children, on=on)


def draws_on(measure: str, own_lines: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> str:
    """The budget line a measure draws on: its own when the office has set one, else its group's, else its own."""
    if measure in set(own_lines):
        return measure
    return next((code for code, members in groups.items() if measure in members), measure)


def totals(lines: Iterable[Line]) -> tuple[int, int]:
    """Committed and paid of the lines, in kroner."""
    kept = tuple(lines)
    return sum(line.committed for line in kept), sum(line.used for line in kept)


def released_by_end(months: Iterable[Month], ended_on: date) -> tuple[Month, ...]:
    """When an agreement ends, the months that begin after its last day are given back; the month of the end is not."""
    return tuple(month for month in months if month > Month.of(ended_on))


def claim_opens(month: Month, last_day: date) -> date:
    """A month is claimed afterwards: from the day after its last day, or after the agreement's if that is earlier."""
    return min(month.next.first, last_day + timedelta(days=1))


def claim_open(month: Month, last_day: date, deadline: date | None, on: date) -> Verdict:
    """A refund is claimed after the month, and within the deadline."""
    opens = claim_opens(month, last_day)
    facts = (Fact("claim_opens", opens), Fact("claim_deadline", deadline))
    return all_of(
        "claim_is_open",
        CONTROL,
        (
            Verdict("month_is_over", Answer.of(on >= opens), Severity.STOP, HOUSE, facts[:1], ("claim_opens",), on=on),
            Verdict("claimed_in_time", Answer.of(None if deadline is None else on <= deadline), Severity.STOP, PRACTICE,
                    facts[1:], ("claim_deadline",), on=on),
        ),
        on=on,
    )  # fmt: skip


def refund_within_grant(refund: int, granted: int) -> int:
    """A refund never exceeds what was granted for the month. Raises ValueError for a negative amount."""
    if refund < 0 or granted < 0:
        raise ValueError("an amount is never negative")
    return min(refund, granted)


def out_periods(movements: Iterable[Movement], until: date) -> tuple[Period, ...]:
    """When nothing was free of a budget, up to a day: from the evening of the day it ran out to the day before it had
    money again. Nothing is out before there is a budget."""
    free, known, out_since, found = 0, False, None, []
    for day, moved in _by_day(movements):
        if day > until:
            break
        free += sum(one.change for one in moved)
        known = known or any(one.budget for one in moved)
        if known and free <= 0 and out_since is None:
            out_since = day
        elif free > 0 and out_since is not None:
            if day > out_since:
                found.append(Period(out_since, day - timedelta(days=1)))
            out_since = None
    if out_since is not None:
        found.append(Period(out_since, until))
    return tuple(found)


def in_vain(requests: Iterable[Waited], out: Iterable[Period], until: date) -> tuple[Period, ...]:
    """When a case had asked for money in vain, up to a day: while a request waited and nothing was free, and from a
    refusal for lack of money to the day before a later grant."""
    kept, dry = tuple(requests), tuple(out)
    found = []
    for one in kept:
        if one.asked_on <= until:
            waited = _up_to(one.asked_on, one.over_on, until)
            found += [part for period in dry if waited and (part := waited.intersection(period))]
        if one.no_money and one.over_on is not None and one.over_on <= until:
            grants = [g.over_on for g in kept if g.granted and g.over_on is not None and g.over_on >= one.over_on]
            after = _up_to(one.over_on, min(grants, default=None), until)
            found += [after] if after else []
    return merge(found)


def _up_to(first: date, over: date | None, until: date) -> Period | None:
    """From the first day to the day before `over`, or to `until`; None when that holds no day."""
    last = until if over is None else min(over - timedelta(days=1), until)
    return Period(first, last) if first <= last else None


def _by_day(movements: Iterable[Movement]) -> list[tuple[date, list[Movement]]]:
    days: dict[date, list[Movement]] = {}
    for one in movements:
        days.setdefault(one.on, []).append(one)
    return sorted(days.items())


def _stop(rule: str, holds: bool, ref: Ref) -> Verdict:
    return Verdict(rule, Answer.of(holds), Severity.STOP, ref)
