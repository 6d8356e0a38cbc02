"""The money of a story: asked for, decided by somebody with a budget, claimed month by month and paid."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import newest_version
from springbrett.agreement.services import agreement_ask_for_money
from springbrett.demo.stories.routine import workday
from springbrett.demo.stories.script import Money, day
from springbrett.funding.models import Claim
from springbrett.funding.records import Month, months_between
from springbrett.funding.selectors import request_of
from springbrett.funding.services import claim_pay, claim_return, claim_submit, funding_decide
from springbrett.kernel.period import Period

if TYPE_CHECKING:
    from springbrett.demo.stories.walk import Walk

CLAIMED_AFTER, PAID_AFTER = timedelta(days=6), timedelta(days=13)
"""How long after a month is over the employer claims it, and the office pays."""
Entry = tuple[date, Callable[[], object]]


def ask(walk: "Walk", agreement_id: UUID) -> None:
    """The caseworker asks for what the newest version costs."""
    version = newest_version(Agreement.objects.get(pk=agreement_id)).number
    agreement_ask_for_money(actor=walk.caseworker, agreement_id=agreement_id, version=version)


def decide(walk: "Walk", agreement_id: UUID, money: Money) -> None:
    """The budget approver answers."""
    request = request_of(agreement_id)
    if request.request_id is None:
        raise LookupError(f"{walk.story.who} has not asked for money")
    funding_decide(actor=walk.world.staff(money.by), request_id=request.request_id, granted=money.granted,
                   reason_code=money.reason, reason_text=money.text, override_reason=money.override)  # fmt: skip


def refunds(walk: "Walk", money: Money, period: Period, wage: int) -> Iterator[Entry]:
    """Every month that is over, claimed and paid on its days; the newest one waits when the story says "sent"."""
    today = walk.world.today
    over = [month for month in _months(period) if _opens(month, period) < today]
    for month in over if money.refunds else ():
        opens = _opens(month, period)
        claimed = max(opens, min(workday(opens + CLAIMED_AFTER), today - timedelta(days=1)))
        if month == over[0] and money.returned:
            yield claimed, partial(_claim, walk, month, wage)
            claimed = workday(claimed + timedelta(days=5))
            yield claimed - timedelta(days=2), partial(_send_back, walk, money)
        yield claimed, partial(_claim, walk, month, _spent(month, period, wage))
        if money.refunds == "paid" or month != over[-1]:
            yield workday(opens + PAID_AFTER), partial(_pay, walk, money)


def _months(period: Period) -> tuple[Month, ...]:
    return months_between(Month.of(period.start), Month.of(period.last))


def _opens(month: Month, period: Period) -> date:
    return min(month.next.first, period.last + timedelta(days=1))


def _spent(month: Month, period: Period, wage: int) -> int:
    """The wage of the days of the month that the agreement covers."""
    whole = Period(month.first, month.next.first - timedelta(days=1))
    covered = period.intersection(whole)
    return round(wage * covered.days / whole.days) if covered else 0


def _claim(walk: "Walk", month: Month, spent: int) -> Claim:
    request = request_of(walk.agreement_id).request_id
    if request is None:
        raise LookupError(f"{walk.story.who} has no money to claim")
    return claim_submit(actor=walk.voice("employer"), request_id=request, year=month.year, month=month.number,
                        spent=spent)  # fmt: skip


def _pay(walk: "Walk", money: Money) -> None:
    for claim in _waiting(walk.agreement_id):
        claim_pay(actor=walk.world.staff(money.by), claim_id=claim)


def _send_back(walk: "Walk", money: Money) -> None:
    for claim in _waiting(walk.agreement_id):
        claim_return(actor=walk.world.staff(money.by), claim_id=claim, reason_code=money.returned)


def _waiting(subject_id: UUID) -> tuple[UUID, ...]:
    """The claims of the agreement that nobody has answered."""
    mine = Claim.objects.filter(commitment__request__subject_id=subject_id)
    return tuple(mine.filter(paid_on__isnull=True, returned_on__isnull=True).values_list("pk", flat=True))


def days_of(walk: "Walk", money: Money, agreement_id: Callable[[], UUID]) -> Iterator[Entry]:
    """When the money is asked for, and decided if it is."""
    today = walk.world.today
    yield day(money.asked, today, workday=True), lambda: ask(walk, agreement_id())
    if money.decided:
        yield day(money.decided, today, workday=True), lambda: decide(walk, agreement_id(), money)
