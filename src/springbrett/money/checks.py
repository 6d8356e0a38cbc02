"""Whether what somebody typed can be right: shares among those that exist, percentages within the maximum."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import RateValue
from springbrett.kernel.verdict import Answer, Fact, Severity, Verdict, all_of
from springbrett.money.arithmetic import known
from springbrett.money.records import WageTerms
from springbrett.money.subsidy import agreed_known, group_of

HOLIDAY, CONTRIBUTION = "holiday_share", "contribution_share"
"""The groups of rates that can be chosen for holiday pay and for the employer's contribution."""


def choices(catalogue: Catalogue, group: str, on: date) -> tuple[tuple[str, RateValue], ...]:
    """The rates of the group in force on the day with a known amount, in the order of the data: code and value."""
    found = ((rate.code, rate.value_on(on)) for rate in catalogue.rates.values() if rate.group == group)
    return tuple((code, value) for code, value in found if value is not None and value.amount is not None)


def check_wage(terms: WageTerms, catalogue: Catalogue, on: date) -> Verdict:
    """Whether the terms of a wage can be right: pension within its limits, contribution and holiday among the known.

    An unusual holiday share only warns, since an agreement can give more than the usual. What is not said is unknown.
    """
    pension = check_pension(terms.pension_share, catalogue, on)
    return all_of(
        "wage_input", pension.ref,
        (_positive(terms.monthly_wage, pension, on), pension,
         _among("contribution_known", CONTRIBUTION, terms.contribution_share, catalogue, on, Severity.STOP),
         _among("holiday_usual", HOLIDAY, terms.holiday_share, catalogue, on, Severity.WARNING)),
        on=on,
    )  # fmt: skip


def check_pension(share: Decimal | None, catalogue: Catalogue, on: date) -> Verdict:
    """Whether a pension share lies within the limits, both included."""
    low, high = known(catalogue, "pension_min", on), known(catalogue, "pension_max", on)
    assert low.amount is not None and high.amount is not None
    answer = None if share is None else low.amount <= share <= high.amount
    facts = (Fact("pension_share", share), Fact("pension_min", low.amount), Fact("pension_max", high.amount))
    return Verdict("pension_within", Answer.of(answer), Severity.STOP, high.reference, facts, ("pension_share",), on=on)


def check_percent(measure: Measure, facts: object, on: date, agreed: Decimal | None) -> Verdict | None:
    """Whether the percentage agreed lies within what the measure allows on the day; None without a wage subsidy.

    A percentage outside every group's maximum is not met even where the group is not known.
    """
    subsidy = measure.subsidy_on(on)
    if subsidy is None:
        return None
    group, chosen = group_of(subsidy, facts)
    if group is not None:
        return agreed_known(subsidy, agreed, group, on)
    widest = max(subsidy.groups, key=lambda found: max(step.percent for step in found.steps))
    verdict = agreed_known(subsidy, agreed, widest, on)
    return verdict if verdict.answer is Answer.NOT_MET else chosen


def _positive(wage: Decimal | None, beside: Verdict, on: date) -> Verdict:
    answer = None if wage is None else wage > 0
    facts = (Fact("monthly_wage", wage),)
    return Verdict("wage_positive", Answer.of(answer), Severity.STOP, beside.ref, facts, ("monthly_wage",), on=on)


def _among(rule: str, group: str, share: Decimal | None, catalogue: Catalogue, on: date, severity: Severity) -> Verdict:
    allowed = choices(catalogue, group, on)
    amounts = tuple(value.amount for _code, value in allowed)
    answer = None if share is None or not allowed else share in amounts
    ref = allowed[0][1].reference if allowed else known(catalogue, "pension_max", on).reference
    facts = (Fact(group, share), Fact("allowed", amounts))
    return Verdict(rule, Answer.of(answer), severity, ref, facts, (group,), on=on)
