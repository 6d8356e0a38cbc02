"""What an employer gets back for a month, and until when it can be claimed: the money room's rules on kept requests."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from springbrett import catalogue
from springbrett.funding import rules
from springbrett.funding.errors import FundingError
from springbrett.funding.models import Commitment, Request
from springbrett.funding.records import Month
from springbrett.funding.store import terms_from
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Verdict
from springbrett.money import refund as money
from springbrett.money.records import MonthAmount

PLACE = "place"
"""The kind of schedule that pays a fixed rate for a place, whatever it cost."""


def last_day(request: Request, month: Month) -> date:
    """The last day of the month that the request is about."""
    return min(month.next.first - timedelta(days=1), request.to_on)


def deadline_of(request: Request, month: Month) -> date:
    """The last day the month can be claimed. Raises NotInForce before the deadline's first rate."""
    return money.deadline(last_day(request, month), catalogue.load()).value


def claim_check(request: Request, month: Month, on: date) -> Verdict:
    """Whether the month can be claimed on the day."""
    return rules.claim_open(month, request.to_on, deadline_of(request, month), on)


def asks_for_spending(request: Request) -> bool:
    """Whether the refund depends on what the employer spent: a place is paid at a fixed rate."""
    return bool(request.schedule["kind"] != PLACE)


def refund_of(request: Request, row: Commitment, spent: int) -> Traced[int]:
    """The refund of a month in which the employer spent so much, never more than was granted for it.

    A wage subsidy: the percentage of what the wage costs. A place: the rate. Anything else: what was spent.
    Raises FundingError: terms_missing.
    """
    pieces = _pieces(request, row.when)
    percent = rules.percent_of(pieces)
    if percent is None:
        value = row.amount if not asks_for_spending(request) else rules.refund_within_grant(spent, row.amount)
        return Traced(value, (Step("refund", value, None, (Step("spent", spent), Step("agreed_amount", row.amount))),))
    terms = terms_from(request.terms)
    if terms is None:
        raise FundingError("terms_missing")
    claim = money.Claim(replace(terms, monthly_wage=Decimal(spent)), percent, agreed_amount=row.amount)
    found = money.refund(claim, catalogue.load(), last_day(request, row.when))
    if found.value is None:
        raise FundingError("terms_missing")
    return Traced(rules.refund_within_grant(found.value, row.amount), found.steps, found.verdicts)


def _pieces(request: Request, month: Month) -> tuple[MonthAmount, ...]:
    """The parts of the schedule in the month: more than one where the percentage steps down inside it."""
    return tuple(piece for piece in request.amounts.months if Month.of(piece.period.start) == month)
