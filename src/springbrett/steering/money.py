"""Money that has run out, and the placements that were prolonged meanwhile: for the leader and the approver."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from springbrett.access.roles import Viewer
from springbrett.funding.budgets import office_seen, out_of_money
from springbrett.funding.records import OutOfMoney
from springbrett.kernel.clock import OSLO
from springbrett.kernel.period import Period
from springbrett.ledger.models import Event
from springbrett.people.models import Case
from springbrett.steering import rules
from springbrett.steering.records import Drought
from springbrett.steering.rules import Extended, Shortage

EXTENDED, STARTED = "followup.extended", "agreement.started"
PLACEMENT = "arbeidstrening"
"""The measure that a person is kept in when money for the next one is awaited."""


def droughts_for(viewer: Viewer, year: int, on: date, office_id: UUID | None = None) -> tuple[Drought, ...]:
    """The budget lines without money in the year, each with what was prolonged meanwhile. Seven queries at most.

    `on`: the day it is asked about; `office_id` None: the viewer's own office. Raises Denied for anybody who does not
    answer for the office's money.
    """
    office = office_seen(viewer, office_id)
    lines = out_of_money(viewer, office_id, year, on)
    if not lines:
        return ()
    extended = _extended(office, year, on)
    whose = _persons({case for line in lines for case in line.in_vain})
    return tuple(_drought(line, extended, whose, on) for line in lines)


def _persons(cases: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose every case is, of the persons who have one of these cases: while one case waits for the money of the next
    measure, it is the case before it that is prolonged."""
    theirs = Case.objects.filter(pk__in=cases).values("person_id")
    return dict(Case.objects.filter(person_id__in=theirs).values_list("pk", "person_id")) if cases else {}


def _of_the_same_person(
    in_vain: Mapping[UUID, Iterable[Period]], whose: Mapping[UUID, UUID]
) -> dict[UUID, tuple[Period, ...]]:  # fmt: skip
    """The days of waiting in vain, for every case of the person who waited."""
    days: dict[UUID, list[Period]] = {}
    for case, periods in in_vain.items():
        days.setdefault(whose[case], []).extend(periods)
    return {case: tuple(days[person]) for case, person in whose.items() if person in days}


def _drought(line: OutOfMoney, extended: Iterable[Extended], whose: Mapping[UUID, UUID], on: date) -> Drought:
    row, kept = line.row, tuple(extended)
    in_vain = _of_the_same_person(line.in_vain, whose)
    prolonged = rules.extended_waiting(kept), rules.extended_meanwhile(kept, in_vain)
    last = line.periods[-1] if line.periods else None
    days = sum(_within(period, row.year) for period in line.periods)
    seen = Shortage(row.code, row.year, row.free, days, line.refused)
    return Drought(
        line=row.code, year=row.year, free=row.free, out_days=days,
        out_since=last.start if last is not None and last.end == on else None, refused=line.refused,
        waiting=line.waiting, extended_waiting=prolonged[0], extended_meanwhile=prolonged[1],
        verdict=rules.money_lasts(seen, prolonged, on),
    )  # fmt: skip


def _within(period: Period, year: int) -> int:
    """How many days of the period lie in the year."""
    inside = period.intersection(Period(date(year, 1, 1), date(year, 12, 31)))
    return inside.days if inside else 0


def _extended(office_id: UUID, year: int, on: date) -> list[Extended]:
    """The extensions of arbeidstrening in the office's cases in the year, up to the day."""
    cases = Case.objects.filter(office_id=office_id).values("pk")
    events = Event.objects.filter(case_id__in=cases, occurred_at__year=year, action=EXTENDED).order_by("id")
    said = [event for event in events if event.occurred_at.astimezone(OSLO).date() <= on and event.object_id]
    started = Event.objects.filter(action=STARTED, object_id__in={event.object_id for event in said})
    measures = {event.object_id: event.facts.get("measure") for event in started}
    return [
        Extended(event.object_id, event.case_id, event.occurred_at.astimezone(OSLO).date(),
                 str(event.facts.get("reason", "")))
        for event in said
        if event.object_id and event.case_id and measures.get(event.object_id, PLACEMENT) == PLACEMENT
    ]  # fmt: skip
