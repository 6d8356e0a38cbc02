"""What an employer is paid when the wage has been paid: the refund of a period, and the deadline for asking for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from springbrett.catalogue.catalogue import Catalogue
from springbrett.kernel.period import add_months
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Ref
from springbrett.money.arithmetic import PERCENT, conventions, known, kroner
from springbrett.money.records import WageTerms
from springbrett.money.wage import wage_cost


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim for one period of an agreement.

    ``terms.monthly_wage`` is the pay the employer has reported for the period: ordinary pay and fixed additions, never
    overtime or variable additions (tiltaksforskriften § 9-5 second paragraph). ``corrected_gross`` replaces it when the
    parties agree that it was another sum. ``agreed_amount``: the most the agreement pays for the period.
    ``already_paid``: what an earlier claim for the same period was paid.
    """

    terms: WageTerms
    percent: Decimal
    corrected_gross: Decimal | None = None
    agreed_amount: int | None = None
    already_paid: int = 0


def refund(claim: Claim, catalogue: Catalogue, on: date, ref: Ref | None = None) -> Traced[int | None]:
    """What the claim is paid, in whole kroner; None when a term is not known.

    The percentage of the wage cost *before* rounding, rounded once, half up; never more than the agreed amount; less
    what has been paid already. Negative when more has been paid than is due.
    """
    given = claim.corrected_gross if claim.corrected_gross is not None else claim.terms.monthly_wage
    cost = wage_cost(replace(claim.terms, monthly_wage=given), catalogue, on, ref)
    if cost.value.unrounded is None:
        return Traced(None, cost.steps, cost.verdicts)
    share = kroner(cost.value.unrounded * claim.percent / PERCENT, conventions(catalogue, on).unit)
    due = share if claim.agreed_amount is None else min(share, claim.agreed_amount)
    amount = due - claim.already_paid
    parts = (
        *cost.steps[0].children,
        Step("percent", claim.percent),
        Step("share_of_cost", share, ref),
        Step("agreed_amount", claim.agreed_amount),
        Step("already_paid", claim.already_paid),
    )
    return Traced(amount, (Step("refund", amount, ref, parts),), cost.verdicts)


def deadline(period_end: date, catalogue: Catalogue, months: int | None = None) -> Traced[date]:
    """The last day to claim the refund of a period: so many calendar months after its last day, clamped to month end.

    ``months`` is the rate ``refund_deadline_months`` of that day unless the agreement says another number. Raises
    NotInForce when neither is known.
    """
    ref = None
    if months is None:
        rate = known(catalogue, "refund_deadline_months", period_end)
        assert rate.amount is not None
        months, ref = int(rate.amount), rate.reference
    day = add_months(period_end, months)
    return Traced(day, (Step("refund_deadline", day, ref, (Step("period_end", period_end), Step("months", months))),))
