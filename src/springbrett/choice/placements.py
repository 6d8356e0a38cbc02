"""What a person has used of each measure, read from the ledger (the agreements themselves lie further down)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from springbrett.choice.records import UsedPeriods
from springbrett.kernel.period import Period
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import person_events

STARTING = frozenset({"agreement.started", "agreement.entered"})
ENDING = frozenset({"agreement.ended"})
DISCARDING = frozenset({"agreement.discarded"})


def used_periods(person_id: UUID, measure: str, *, besides: UUID | None = None) -> tuple[Period, ...]:
    """The periods the person has had, or has agreed on, in a measure, oldest first.

    Each agreement counts with its latest known dates; `besides` is an agreement that should not count.
    """
    return used_by_measure(person_id, besides=besides).get(measure, ())


def used_by_measure(person_id: UUID, *, besides: UUID | None = None) -> UsedPeriods:
    """The same for every measure, in one query."""
    events = person_events(person_id).filter(action__in=STARTING | ENDING | DISCARDING)
    return periods_from(event for event in events if event.object_id != besides)


def periods_from(events: Iterable[Event]) -> UsedPeriods:
    """Measure → periods, from agreement events in the order they happened.

    Pure over the events: a later entry into force replaces the dates, an end sets the last day, and a placement that
    was discarded, or ended before it began, does not count.
    """
    known: dict[UUID, tuple[str, date, date]] = {}
    for event in events:
        if event.object_id is None:
            continue
        if event.action in DISCARDING:
            known.pop(event.object_id, None)
            continue
        before = known.get(event.object_id)
        measure = str(event.facts.get("measure") or (before[0] if before else ""))
        start = _day(event.facts.get("start")) or (before[1] if before else None)
        end = _day(event.facts.get("end")) or (before[2] if before else start)
        if measure and start and end:
            known[event.object_id] = (measure, start, end)
    used: dict[str, list[Period]] = {}
    for measure, start, end in known.values():
        if start <= end:
            used.setdefault(measure, []).append(Period(start, end))
    return {measure: tuple(sorted(periods)) for measure, periods in used.items()}


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
