"""Placements out of the ledger, as the rows that the results are summed up from."""

from datetime import date
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import OfficeAction, may_on_office, require
from springbrett.access.roles import Viewer
from springbrett.employers import rules as employer_rules
from springbrett.employers.records import Stay
from springbrett.employers.selectors import told
from springbrett.evaluation.results import Judgement, PlacementRow, Results, summarise
from springbrett.ledger.models import Event
from springbrett.people.models import Case

DECISIONS = (employer_rules.DECIDED, employer_rules.CORRECTED)
"""The events that decide an outcome; the newest counts."""
_JUDGED: dict[str, Judgement] = {
    "on_chain": "on_chain",
    "branch": "branch",
    "off_chain": "off_chain",
    "unknown": "unknown",
}


def results_for(viewer: Viewer, on: date) -> Results:
    """The results of the viewer's office (an analyst: of every office) as they stand on the day. Raises Denied.

    The office steers by its own figures and sees them whole; small numbers are hidden from those who see no cases.
    """
    require(may_on_office(viewer, OfficeAction.SEE_RESULTS))
    minimum = 1 if viewer.office_id else catalogue.load().house_int("minimum_cell_size", on)
    return summarise(placement_rows(viewer.office_id, on), minimum_cell=minimum)


def placement_rows(office_id: UUID | None, on: date) -> list[PlacementRow]:
    """Every placement that had begun by the day, at one office or (None) at all. One query."""
    events = Event.objects.filter(action__in=employer_rules.TOLD_BY).order_by("id")
    if office_id is not None:
        events = events.filter(case_id__in=Case.objects.filter(office_id=office_id).values("pk"))
    kept = list(events)
    judged = {event.object_id: event.facts.get("judged") for event in kept if event.action in DECISIONS}
    stays = employer_rules.stays(told(event) for event in kept)
    begun = [(stay, stay.start) for stay in stays if stay.start is not None and stay.start <= on]
    return [_row(stay, start, judged.get(stay.key), on) for stay, start in begun]


def _row(stay: Stay, start: date, judged: object, on: date) -> PlacementRow:
    ended, reason = _end(stay, start, on)
    return PlacementRow(
        key=str(stay.key),
        measure=stay.measure,
        chain=stay.chain,
        main_purpose=stay.main_purpose,
        start=start,
        ended=ended,
        end_reason=reason,
        early=ended is not None and reason != "planned_end" and (stay.end is None or ended < stay.end),
        judged=_JUDGED.get(str(judged)),
        outcomes=stay.outcomes,
    )


def _end(stay: Stay, start: date, on: date) -> tuple[date | None, str]:
    """The last day and its reason: as recorded, or the agreed last day once it has passed."""
    if stay.ended is not None and stay.ended.on >= start:
        return stay.ended.on, stay.ended.reason
    return (stay.end, "planned_end") if stay.end and stay.end < on else (None, "")
