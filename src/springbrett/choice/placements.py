"""What a person has had of each measure, read from the ledger (the agreements themselves lie further down)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from springbrett.choice.chaining import in_order
from springbrett.choice.records import Stay, UsedPeriods
from springbrett.kernel.period import Period
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import person_events

STARTING = frozenset({"agreement.started", "agreement.entered", "support.started", "support.entered"})
ENDING = frozenset({"agreement.ended", "support.ended"})
DISCARDING = frozenset({"agreement.discarded", "support.discarded"})
JUDGING = frozenset({"outcome.decided", "outcome.corrected"})
TOLD_BY = STARTING | ENDING | DISCARDING | JUDGING
"""The events a person's stays are read from."""


def used_periods(person_id: UUID, measure: str, *, besides: UUID | None = None) -> tuple[Period, ...]:
    """The periods the person has had, or has agreed on, in a measure, oldest first.

    Each agreement counts with its latest known dates; `besides` is an agreement that should not count.
    """
    return used_by_measure(person_id, besides=besides).get(measure, ())


def used_by_measure(person_id: UUID, *, besides: UUID | None = None) -> UsedPeriods:
    """The same for every measure, in one query."""
    return by_measure(stays_of(person_id, besides=besides))


def stays_of(person_id: UUID, *, besides: UUID | None = None) -> tuple[Stay, ...]:
    """Every stay the person has had, or has agreed on, with employer and outcome, oldest first; one query.

    `besides` is an agreement that should not count.
    """
    events = person_events(person_id).filter(action__in=TOLD_BY)
    return stays_from_events(event for event in events if event.object_id != besides)


def by_measure(stays: Iterable[Stay]) -> UsedPeriods:
    """Measure → periods, oldest first."""
    used: dict[str, list[Period]] = {}
    for stay in stays:
        used.setdefault(stay.measure, []).append(stay.period)
    return {measure: tuple(sorted(periods)) for measure, periods in used.items()}


def periods_from(events: Iterable[Event]) -> UsedPeriods:
    """Measure → periods, from agreement events in the order they happened. See `stays_from_events`."""
    return by_measure(stays_from_events(events))


def stays_from_events(events: Iterable[Event]) -> tuple[Stay, ...]:
    """The stays that events tell of, oldest first; the events come in the order they happened.

    Pure over the events: a later entry into force replaces the dates, an end sets the last day, an outcome says what
    came of it, and a placement that was discarded, or ended before it began, does not count. An agreement that says
    of itself that it has no last day is an open stay.
    """
    known: dict[UUID, _Told] = {}
    for event in events:
        if event.object_id is None:
            continue
        if event.action in DISCARDING:
            known.pop(event.object_id, None)
        elif event.action in JUDGING:
            if event.object_id in known:
                known[event.object_id].outcome = str(event.facts.get("main") or "")
        else:
            known.setdefault(event.object_id, _Told()).hear(event)
    return in_order(stay for told in known.values() if (stay := told.stay()) is not None)


class _Told:
    """What the events have told of one agreement so far."""

    def __init__(self) -> None:
        self.measure = self.employer = self.outcome = ""
        self.start: date | None = None
        self.end: date | None = None
        self.open = False

    def hear(self, event: Event) -> None:
        """Take in an entry into force or an end; what the event is silent about stands as it was."""
        facts = event.facts
        self.measure = str(facts.get("measure") or self.measure)
        self.employer = str(facts.get("employer") or self.employer)
        self.start = _day(facts.get("start")) or self.start
        self.end = _day(facts.get("end")) or self.end
        self.open = facts["end"] is None if "end" in facts else self.open

    def stay(self) -> Stay | None:
        """The stay; None when it never began, or too little is told of it."""
        if not self.measure or self.start is None:
            return None
        end = None if self.open else self.end or self.start
        if end is not None and end < self.start:
            return None
        return Stay(self.measure, Period(self.start, end), self.employer, self.outcome)


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
