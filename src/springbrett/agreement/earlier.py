"""What a subsidy goes on from: the person's earlier agreements in the same measure with the same employer.

A new agreement begins neither the steps nor the calendar year anew (docs/decisions/0007-a-subsidy-that-goes-on.md).
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from springbrett import catalogue
from springbrett.agreement.facts import Earlier
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import AgreementContent
from springbrett.agreement.selectors import Placement
from springbrett.catalogue.structs import Measure
from springbrett.funding.selectors import granted_by_year
from springbrett.kernel.period import ONE_DAY, Period


def earlier_of(
    agreement: Agreement, content: AgreementContent, measure: Measure, others: Iterable[Placement]
) -> Earlier:  # fmt: skip
    """What came before this content; nothing for a measure that pays no subsidy on its first day.

    `others`: the person's other placements that came into force. One query, for a subsidy with a yearly ceiling that
    follows another.
    """
    start = content.start
    subsidy = measure.subsidy_on(start) if start else None
    if start is None or subsidy is None:
        return Earlier()
    before = [p for p in others if _same(p, agreement) and p.period.start < start]
    pause = catalogue.load().house_int("subsidy_pause_days", start)
    granted = _granted([p.agreement_id for p in before]) if subsidy.ceiling_basic_amounts is not None else {}
    return Earlier(began(start, [p.period for p in before], pause), granted)


def began(first: date, periods: Iterable[Period], pause: int) -> date:
    """The first day of the row of periods that leads up to `first` with no pause longer than `pause` days."""
    found = first
    for period in sorted(periods, reverse=True):
        if period.start < found and (found - period.last - ONE_DAY).days <= pause:
            found = period.start
    return found


def _same(placement: Placement, agreement: Agreement) -> bool:
    return placement.measure == agreement.measure and placement.employer_id == agreement.workplace.employer_id


def _granted(agreements: list[UUID]) -> dict[int, int]:
    return granted_by_year(agreements) if agreements else {}
