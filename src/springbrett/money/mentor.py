"""What a mentor costs: an hourly wage from the wage the mentor has, for the hours agreed (tiltaksforskriften § 5-6)."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.measures import Measure
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict
from springbrett.money.arithmetic import PERCENT, conventions, known, kroner, month_step, part_of_month, pieces
from springbrett.money.records import MentorTerms, MonthAmount, Schedule, WageBasis, WageTerms
from springbrett.money.wage import wage_cost

PER_HOUR: WageBasis = "hour"


def hourly(
    basis: WageBasis, wage: Decimal, position_percent: Decimal, catalogue: Catalogue, on: date
) -> Traced[Decimal]:
    """The mentor's wage for an hour, in kroner and øre.

    The wage is for the mentor's own position: it is divided by the hours of a full position on that basis, times the
    position's percentage. An hourly wage is as it is, whatever the position. A position of 0 % has no
    hours and gives 0.
    Rounding: once, half up, to the unit of the rate ``hourly_rounding_unit`` (øre).
    """
    hours = known(catalogue, f"mentor_hours_per_{basis}", on)
    unit = known(catalogue, "hourly_rounding_unit", on)
    assert hours.amount is not None and unit.amount is not None
    share = PERCENT if basis == PER_HOUR else position_percent
    divisor = hours.amount * share / PERCENT
    exact = wage / divisor if divisor else Decimal(0)
    amount = (exact / unit.amount).quantize(Decimal(1), ROUND_HALF_UP) * unit.amount
    step = Step("hourly_wage", amount, hours.reference, (
        Step("wage_basis", basis), Step("wage_on_basis", wage),
        Step("full_hours", hours.amount, hours.reference), Step("position_percent", share),
    ))  # fmt: skip
    return Traced(amount, (step,))


def missing_terms(terms: MentorTerms) -> tuple[str, ...]:
    """The names of the terms that the cost rests on and nobody has said."""
    needed = ["basis", "wage", "hours_month", "contribution_share"]
    if terms.basis != PER_HOUR:
        needed.append("position_percent")
    if terms.employed_by_organiser:
        needed += ["holiday_share", "pension_share"]
    return tuple(name for name in needed if getattr(terms, name) in (None, ""))


def month_cost(terms: MentorTerms, catalogue: Catalogue, on: date, ref: Ref) -> Traced[int | None]:
    """What the mentor costs in a whole month: hours times hourly wage, with what comes on top, in whole kroner.

    Holiday pay and pension are covered only for a mentor who works for the organiser; the employer's contribution
    always is. Rounding: the hourly wage to øre, then the sum once, half up. None when a term is not known, and the
    verdict names it.
    """
    missing = missing_terms(terms)
    told = tuple(Fact(name, None) for name in missing)
    answer = Answer.UNKNOWN if missing else Answer.MET
    verdict = Verdict("mentor_terms", answer, Severity.STOP, ref, told, missing, on=on)
    if missing:
        return Traced(None, (), (verdict,))
    assert terms.basis is not None and terms.wage is not None and terms.hours_month is not None
    wage = hourly(terms.basis, terms.wage, terms.position_percent or Decimal(0), catalogue, on)
    on_top = terms.employed_by_organiser
    pay = WageTerms(
        monthly_wage=wage.value * terms.hours_month,
        holiday_share=terms.holiday_share if on_top else Decimal(0),
        pension_share=terms.pension_share if on_top else Decimal(0),
        contribution_share=terms.contribution_share,
    )
    cost = wage_cost(pay, catalogue, on, ref)
    assert cost.value.unrounded is not None
    amount = kroner(cost.value.unrounded, conventions(catalogue, on).unit)
    lines = (*wage.steps, Step("hours_month", terms.hours_month), *cost.steps[0].children)
    return Traced(amount, (Step("month_amount", amount, ref, lines),), (verdict,))


def schedule(measure: Measure, period: Period, terms: MentorTerms, catalogue: Catalogue) -> Traced[Schedule]:
    """What is paid for a mentor, for each calendar month; a part of a month by the day (see ``part_of_month``).

    The rules are those of the first day. What is not known gives an empty schedule that says so. Raises ValueError
    for an open period.
    """
    funding = measure.funding_on(period.start)
    ref = funding[0].reference if funding else Ref(measure.legal_basis[0].act, "", "law")
    cost = month_cost(terms, catalogue, period.start, ref)
    if cost.value is None:
        return Traced(Schedule(kind="mentor", unknown=("mentor_terms",)), cost.steps, cost.verdicts)
    known_by = conventions(catalogue, period.start)
    amounts = [(piece, part_of_month(cost.value, piece, known_by)) for piece in pieces(period)]
    months = tuple(MonthAmount(piece, None, amount, amount) for piece, amount in amounts)
    plan = Schedule(months, "mentor")
    lines = tuple(month_step(piece, amount, cost.value, ref) for piece, amount in amounts)
    return Traced(plan, (*cost.steps, *lines, Step("schedule_total", plan.total)), cost.verdicts)
