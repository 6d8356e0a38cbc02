"""Money that has run out, and the placements that were prolonged meanwhile: for the leader and the approver."""

from collections.abc import Iterable
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
    """The budget lines without money in the year, each with what was prolonged meanwhile. Six queries at most.

    `on`: the day it is asked about; `office_id` None: the viewer's own office. Raises Denied for anybody who does not
    answer for the office's money.
    """
    office = office_seen(viewer, office_id)
    lines = out_of_money(viewer, office_id, year, on)
    if not lines:
        return ()
    extended = _extended(office, year, on)
    return tuple(_drought(line, extended, on) for line in lines)


def _drought(line: OutOfMoney, extended: Iterable[Extended], on: date) -> Drought:
    row, kept = line.row, tuple(extended)
    prolonged = rules.extended_waiting(kept), rules.extended_meanwhile(kept, line.in_vain)
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
