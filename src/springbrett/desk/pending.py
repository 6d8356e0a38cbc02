"""Whose approval an agreement waits for, read from its events: the quick way for whole portfolios.

The slow and true way is `agreement.selectors.approval_state`, which compares versions; a test holds the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT
from springbrett.kernel.clock import OSLO

PARTIES = (PARTICIPANT, EMPLOYER, CASEWORKER)
DRAFTED, CHANGED, APPROVED = "agreement.drafted", "agreement.changed", "agreement.approved"
WITHDRAWN, ENDED, DISCARDED = "agreement.approval_withdrawn", "agreement.ended", "agreement.discarded"
_MAIN = (DRAFTED, CHANGED, APPROVED, WITHDRAWN, ENDED, DISCARDED)
_BESIDE = {action.replace("agreement.", "support.", 1): action for action in _MAIN}
TOLD_BY = (*_MAIN, *_BESIDE)
"""The events the answer is read from: those of agreements, and of the supports beside them."""


class Told(Protocol):
    """What is read of a ledger event."""

    action: str
    case_id: UUID | None
    object_id: UUID | None
    occurred_at: Any
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pending:
    """An open agreement that somebody has yet to approve, and since which day it has been as it is."""

    agreement_id: UUID
    case_id: UUID
    missing: tuple[str, ...]
    since: date

    @property
    def waits_for_caseworker(self) -> bool:
        """Whether only the caseworker's approval is missing."""
        return self.missing == (CASEWORKER,)


def pending(events: Iterable[Told]) -> tuple[Pending, ...]:
    """The open agreements that wait for somebody, oldest first. Events must come oldest first."""
    by_agreement: dict[UUID, list[Told]] = {}
    for event in events:
        if event.action in TOLD_BY and event.object_id is not None and event.case_id is not None:
            by_agreement.setdefault(event.object_id, []).append(event)
    found = [row for key, told in by_agreement.items() if (row := _of_one(key, told))]
    return tuple(sorted(found, key=lambda row: (row.since, str(row.agreement_id))))


def _of_one(agreement_id: UUID, events: Sequence[Told]) -> Pending | None:
    approved: set[str] = set()
    for event in events:
        action = _BESIDE.get(event.action, event.action)
        if action in {ENDED, DISCARDED}:
            return None
        if action == APPROVED:
            approved.add(str(event.facts["party"]))
        elif action == CHANGED:
            approved -= set(event.facts["cleared"])
        elif action == WITHDRAWN:
            approved -= {str(event.facts["party"]), CASEWORKER}
    missing = tuple(party for party in PARTIES if party not in approved)
    case_id = events[-1].case_id
    if not missing or case_id is None:
        return None
    return Pending(agreement_id, case_id, missing, events[-1].occurred_at.astimezone(OSLO).date())
