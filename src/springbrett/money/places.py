"""Places paid at a fixed rate a month (tiltaksforskriften § 14-8, and the like): VTA in ordinary business."""

from __future__ import annotations

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.money import Funding, RateValue
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Fact, Severity, Verdict
from springbrett.money.arithmetic import conventions, kroner, month_step, part_of_month, pieces
from springbrett.money.records import MonthAmount, Schedule


def schedule(period: Period, funding: Funding, catalogue: Catalogue) -> Traced[Schedule]:
    """What a place is paid, for each calendar month, at the rate in force on the first day of each part.

    Rounding: the rate is whole kroner; a part of a month is counted by the day and rounded once, half up (see
    ``part_of_month``). Months of a year whose rate is not known are left out, and the schedule says ``rate_<year>``
    among its unknowns: the total is then not the whole. Raises ValueError for an open period.
    """
    known_by = conventions(catalogue, period.start)
    months, steps, unknown = [], [], []
    for piece in pieces(period):
        rate = catalogue.rate_on(funding.rate, piece.start)
        if rate is None or rate.amount is None:
            unknown.append(piece.start.year)
            continue
        monthly = kroner(rate.amount, known_by.unit)
        amount = part_of_month(monthly, piece, known_by)
        months.append(MonthAmount(piece, None, amount, amount))
        steps.append(month_step(piece, amount, monthly, rate.reference))
    years = tuple(dict.fromkeys(unknown))
    plan = Schedule(tuple(months), "place", tuple(f"rate_{year}" for year in years))
    last = catalogue.rate_on(funding.rate, period.last)
    verdict = _verdict(funding, last, years)
    return Traced(plan, (*steps, Step("schedule_total", plan.total)), (verdict,))


def _verdict(funding: Funding, last: RateValue | None, years: tuple[int, ...]) -> Verdict:
    """Whether the rate is known for every month."""
    ref = last.reference if last else funding.reference
    facts = (Fact("rate", funding.rate), Fact("years_unknown", years))
    answer = Answer.UNKNOWN if years else Answer.MET
    return Verdict("place_rate", answer, Severity.WARNING, ref, facts, (funding.rate,) if years else ())
