"""What an employer gets back for a month, and until when it can be claimed: the money room's rules on kept requests."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from springbrett.funding import rules
from springbrett.funding.models import Commitment, Request
from springbrett.funding.records import Month
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Verdict


def deadline_of(request: Request, month: Month) -> date | None:
    """The last day the month can be claimed; None when it is not known."""
    return None


def claim_check(request: Request, month: Month, on: date) -> Verdict:
    """Whether the month can be claimed on the day."""
    return rules.claim_open(month, request.to_on, deadline_of(request, month), on)


def refund_of(request: Request, row: Commitment, spent: int) -> Traced[int]:
    """The refund of a month in which the employer spent so much, never more than was granted for it."""
    percent = Decimal(100)
    refund = int((percent * spent / 100).quantize(Decimal(1), ROUND_HALF_UP))
    value = rules.refund_within_grant(refund, row.amount)
    return Traced(value, (Step("refund", value, None, (Step("spent", spent), Step("granted_for_month", row.amount))),))
