"""What has become of requests for money, read from their events: the quick way for whole portfolios.

The slow and true way is `funding.selectors.request_of`; a test holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from springbrett.desk.pending import Told
from springbrett.kernel.clock import OSLO

ASKED, DECIDED = "funding.asked", "funding.decided"
WITHDRAWN, CLOSED = "funding.withdrawn", "funding.closed"
TOLD_BY = (ASKED, DECIDED, WITHDRAWN, CLOSED)
"""The events the answers are read from."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about money: which request, of which case, when, and whether it was granted."""

    request_id: UUID
    case_id: UUID
    on: date
    granted: bool


def waiting(events: Iterable[Told]) -> frozenset[UUID]:
    """The agreements whose money somebody has yet to decide about. Events must come oldest first."""
    found: set[UUID] = set()
    for event in events:
        if event.action in TOLD_BY and "subject" in event.facts:
            subject = UUID(str(event.facts["subject"]))
            if event.action == ASKED:
                found.add(subject)
            else:
                found.discard(subject)
    return frozenset(found)


def decided_since(events: Iterable[Told], since: date) -> tuple[Decided, ...]:
    """The decisions from a day on, newest first."""
    found = []
    for event in events:
        on = event.occurred_at.astimezone(OSLO).date()
        if event.action == DECIDED and on >= since and event.object_id and event.case_id:
            found.append(Decided(event.object_id, event.case_id, on, bool(event.facts.get("granted"))))
    return tuple(reversed(found))
