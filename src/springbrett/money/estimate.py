"""One entry for what a measure costs: the catalogue says which calculation it is, so no room needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import Funding
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Traced
from springbrett.money import grant, mentor, places, subsidy
from springbrett.money.records import Kind, MentorTerms, Schedule, Terms

SUBSIDY, MENTOR_WAGE, ACTUAL_COSTS = "wage_subsidy", "mentor_wage", "actual_costs"
NO_MENTOR = MentorTerms(None, None, None, None)


def kind_of(measure: Measure, catalogue: Catalogue, on: date) -> Kind | None:
    """Which calculation the measure's catalogue entry asks for on the day; None when nothing is counted for it.

    A subsidy in force: wage subsidy. Otherwise the first funding that says one: ``wage_subsidy`` (whose percentages are
    then not known), ``mentor_wage``, ``actual_costs`` with a rate in kroner, which is the ceiling of a grant, or a rate
    per month, which is paid for a place. A place or a cost without a rate in the data is not counted.
    """
    if measure.subsidy_on(on) is not None:
        return "wage_subsidy"
    found = _counted(measure, catalogue, on)
    return found[1] if found else None


def estimate(
    measure: Measure,
    facts: object,
    period: Period,
    terms: Terms,
    catalogue: Catalogue,
    *,
    started: date | None = None,
    paid_before: Mapping[int, int] | None = None,
) -> Traced[Schedule] | None:
    """What the measure pays over the period, by the rules of its first day; None when nothing is counted for it.

    ``started``: the day the same subsidy first began, when this agreement goes on from an earlier one, so that the
    steps count from there. ``paid_before``: kroner by calendar year that already count against a yearly ceiling.
    What is not known never becomes 0: the schedule then says what is missing in ``unknown``. Raises ValueError for an
    open period.
    """
    found = _counted(measure, catalogue, period.start)
    if measure.subsidy_on(period.start) is not None or (found and found[1] == "wage_subsidy"):
        course = subsidy.Course(started or period.start, terms.agreed_percent, paid_before or {})
        return subsidy.schedule(measure, facts, period, terms, catalogue, course)
    if found is None:
        return None
    funding, kind = found
    if kind == "mentor":
        return mentor.schedule(measure, period, terms.mentor or NO_MENTOR, catalogue)
    if kind == "grant":
        return grant.schedule(measure, period, terms.items, catalogue, funding.rate)
    return places.schedule(period, funding, catalogue)


def _counted(measure: Measure, catalogue: Catalogue, on: date) -> tuple[Funding, Kind] | None:
    """The first funding in force that a calculation belongs to, with its kind."""
    for funding in measure.funding_on(on):
        if funding.code in (SUBSIDY, MENTOR_WAGE):
            return funding, "wage_subsidy" if funding.code == SUBSIDY else "mentor"
        unit = catalogue.rate(funding.rate).unit if funding.rate else ""
        if funding.code == ACTUAL_COSTS and unit == "NOK":
            return funding, "grant"
        if unit == "NOK_per_month":
            return funding, "place"
    return None
