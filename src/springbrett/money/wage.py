"""What a wage costs an employer: the basis of every wage subsidy (the refund basis).

Holiday pay is a share of the wage, pension a share of wage and holiday pay, the employer's contribution a share of all
three (tiltaksforskriften § 9-5, and the same words in §§ 8-6 and 10-6 and firearigforskriften § 6).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from springbrett.catalogue.catalogue import Catalogue
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict
from springbrett.money.arithmetic import PERCENT, Conventions, conventions, kroner
from springbrett.money.records import WageCost, WageTerms

ONE = Decimal(1)


def wage_cost(terms: WageTerms, catalogue: Catalogue, on: date, ref: Ref | None = None) -> Traced[WageCost]:
    """What the wage costs a month, in whole kroner.

    Rounding: the parts are counted exactly and added, and the sum is rounded once, half up. Each part is also given
    rounded, so the rounded parts may differ from the total by a krone. A part that rests on something not known is
    None, and so is the total.
    """
    known_by = conventions(catalogue, on)
    exact = _exact(terms)
    wage, holiday, pension, contribution = exact
    total = None if None in exact else sum((part for part in exact if part is not None), start=Decimal(0))
    cost = WageCost(
        wage=_round(wage, known_by), holiday_pay=_round(holiday, known_by), pension=_round(pension, known_by),
        contribution=_round(contribution, known_by), total=_round(total, known_by), unrounded=total,
    )  # fmt: skip
    parts = (
        Step("wage", wage, ref),
        Step("holiday_pay", holiday, ref, (Step("holiday_share", terms.holiday_share),)),
        Step("pension", pension, ref, (Step("pension_share", terms.pension_share),)),
        Step("contribution", contribution, ref, (Step("contribution_share", terms.contribution_share),)),
    )
    return Traced(cost, (Step("wage_cost", cost.total, ref, parts),), (terms_known(terms, known_by.ref, on),))


def terms_known(terms: WageTerms | None, ref: Ref, on: date) -> Verdict:
    """Whether everything the wage cost rests on has been said; unknown, naming what is missing, when it has not."""
    missing = terms.missing if terms else ("monthly_wage", "holiday_share", "pension_share", "contribution_share")
    answer = Answer.UNKNOWN if missing else Answer.MET
    return Verdict(
        "wage_terms", answer, Severity.STOP, ref, tuple(Fact(name, None) for name in missing), missing, on=on
    )


def monthly_subsidy(total: Decimal, percent: Decimal, known_by: Conventions) -> int:
    """What a whole month is refunded: the percentage of the rounded wage cost, rounded half up to whole kroner."""
    return kroner(total * percent / PERCENT, known_by.unit)


def _exact(terms: WageTerms) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
    """Wage, holiday pay, pension and contribution before rounding; what cannot be known is None."""
    wage = terms.monthly_wage
    holiday = None if wage is None or terms.holiday_share is None else wage * terms.holiday_share
    with_holiday = None if wage is None or holiday is None else wage + holiday
    pension = None if with_holiday is None or terms.pension_share is None else with_holiday * terms.pension_share
    before = None if with_holiday is None or pension is None else with_holiday + pension
    contribution = None if before is None or terms.contribution_share is None else before * terms.contribution_share
    return wage, holiday, pension, contribution


def _round(amount: Decimal | None, known_by: Conventions) -> Decimal | None:
    return None if amount is None else Decimal(kroner(amount, known_by.unit))
