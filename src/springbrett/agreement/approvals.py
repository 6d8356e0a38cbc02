"""Which approvals count. Derived from versions and approvals every time it is asked, never stored.

An approval given to version v counts for version n ≥ v as long as no part that concerns the party differs between the
two. The last party (the caseworker) is concerned by every part that concerns anyone, and counts only when the others'
approvals were there first. A version is in force when every party's approval counts for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from springbrett.agreement.records import AgreementContent, PartChange, changed_parts, diff


@dataclass(frozen=True, slots=True)
class Terms:
    """Who must approve, who does so last, and which parties a change of each part concerns (the catalogue's `clears`).

    A part the catalogue says nothing about concerns everyone: silence must not let a change slip past a party.
    """

    parties: tuple[str, ...]
    last: str
    clears: Mapping[str, tuple[str, ...]]

    def concerned_by(self, parts: Iterable[str]) -> frozenset[str]:
        """The parties concerned by a change of these parts."""
        found = {party for part in parts for party in self.clears.get(part, self.parties)}
        return frozenset(found | {self.last}) if found else frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """An approval as the rules see it. `order` rises with time; withdrawn approvals are left out by the caller."""

    party: str
    version: int
    order: int
    at: datetime | None = None
    by_account: UUID | None = None
    on_behalf_reason: str = ""


class Standing(StrEnum):
    """Where a party stands: approved, had approved until something changed, or has not approved."""

    APPROVED = "approved"
    CLEARED = "cleared"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class PartyState:
    """One party's standing towards the current version; `changes` is everything new since they last approved."""

    party: str
    standing: Standing
    given: Given | None = None
    cleared_by: tuple[str, ...] = ()
    changes: tuple[PartChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalState:
    """All parties' standing towards version `number`, and the newest version that has come into force (None: none)."""

    number: int
    parties: tuple[PartyState, ...]
    in_force: int | None
    last: str = ""
    waiting_for: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        waiting = tuple(p.party for p in self.parties if p.standing is not Standing.APPROVED)
        object.__setattr__(self, "waiting_for", waiting)

    def of(self, party: str) -> PartyState:
        """One party's standing. KeyError for somebody who is no party."""
        for state in self.parties:
            if state.party == party:
                return state
        raise KeyError(party)

    @property
    def complete(self) -> bool:
        """Whether the current version is in force."""
        return not self.waiting_for

    @property
    def ready_for_last(self) -> bool:
        """Whether only the last party is missing."""
        return self.waiting_for == (self.last,)


Contents = Mapping[int, AgreementContent]


def counting(terms: Terms, contents: Contents, given: Sequence[Given], number: int) -> dict[str, Given]:
    """The approvals that count for version `number`, by party: for each the first one given that still holds."""
    found: dict[str, Given] = {}
    for approval in sorted(given, key=lambda g: g.order):
        if approval.version > number or approval.party in found:
            continue
        parts = changed_parts(contents[approval.version], contents[number])
        if approval.party in terms.concerned_by(parts):
            continue
        if approval.party == terms.last and not _all_others(terms, found):
            continue
        found[approval.party] = approval
    return found


def _all_others(terms: Terms, found: Mapping[str, Given]) -> bool:
    return all(party in found for party in terms.parties if party != terms.last)


def in_force_number(terms: Terms, contents: Contents, given: Sequence[Given]) -> int | None:
    """The newest version that every party's approval counts for; None when none has come into force."""
    for number in sorted(contents, reverse=True):
        if len(counting(terms, contents, given, number)) == len(terms.parties):
            return number
    return None


def state(terms: Terms, contents: Contents, given: Sequence[Given]) -> ApprovalState:
    """Where every party stands towards the newest version."""
    number = max(contents)
    count = counting(terms, contents, given, number)
    parties = tuple(
        _party(terms, contents, party, counted=count.get(party), mine=[g for g in given if g.party == party])
        for party in terms.parties
    )
    return ApprovalState(number, parties, in_force_number(terms, contents, given), terms.last)


def _party(
    terms: Terms, contents: Contents, party: str, *, counted: Given | None, mine: Sequence[Given]
) -> PartyState:  # fmt: skip
    number = max(contents)
    latest = max(mine, key=lambda g: g.order, default=None)
    changes = diff(contents[latest.version], contents[number]) if latest else ()
    if counted is not None:
        return PartyState(party, Standing.APPROVED, counted, (), diff(contents[counted.version], contents[number]))
    if latest is None:
        return PartyState(party, Standing.WAITING)
    cleared_by = tuple(c.part for c in changes if party in terms.concerned_by({c.part}))
    return PartyState(party, Standing.CLEARED, latest, cleared_by, changes)
