"""What the funding room takes and hands out: frozen, amounts in whole kroner, months as calendar months."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from springbrett.kernel.period import Period, add_months


class State(StrEnum):
    """Where a request stands. NONE: nobody has asked for money for the subject."""

    NONE = "none"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ClaimState(StrEnum):
    """Where a month of a grant stands for the employer."""

    COMING = "coming"
    OPEN = "open"
    OVERDUE = "overdue"
    SENT = "sent"
    RETURNED = "returned"
    PAID = "paid"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month the day is in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month.of(add_months(self.first, 1))


@dataclass(frozen=True, slots=True)
class RequestState:
    """What is known of the newest request for a subject. `decided_on` and what follows only once it is decided.

    `fingerprint` identifies the amounts that were asked for: equal fingerprints, equal money.
    """

    state: State = State.NONE
    request_id: UUID | None = None
    measure: str = ""
    total: int = 0
    fingerprint: str = ""
    asked_on: date | None = None
    decided_on: date | None = None
    reason_code: str = ""
    reason_text: str = ""
    granted_fingerprint: str = ""
    """The fingerprint of the grant in force, which stands while a new request for other amounts is being decided."""

    @property
    def waiting(self) -> bool:
        """Whether a budget approver has yet to decide."""
        return self.state is State.ASKED

    def covers(self, fingerprint: str) -> bool:
        """Whether money has been granted for exactly these amounts."""
        return bool(self.granted_fingerprint) and self.granted_fingerprint == fingerprint


@dataclass(frozen=True, slots=True)
class Line:
    """One month of a grant as it stands. `amount` is what was granted for the month.

    `released`: given back to the budget. `paid`: what was paid; None until it is. A paid month is settled: what was
    not used of it is free again.
    """

    measure: str
    month: Month
    amount: int
    released: bool = False
    paid: int | None = None

    @property
    def committed(self) -> int:
        """Granted, and neither released nor settled."""
        return 0 if self.released or self.paid is not None else self.amount

    @property
    def used(self) -> int:
        """Paid out."""
        return self.paid or 0


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget line of an office and a year: `code` is a measure or a budget group; `budget` None: none is set.

    `measures` are those that draw on it. `committed` is granted and not yet paid; `asked` waits for a decision.
    """

    code: str
    year: int
    measures: tuple[str, ...]
    budget: int | None
    committed: int
    paid: int
    asked: int = 0

    @property
    def free(self) -> int | None:
        """What is left for new commitments; negative when too much is bound; None without a budget."""
        return None if self.budget is None else self.budget - self.committed - self.paid

    @property
    def out(self) -> bool:
        """Whether there is a budget and nothing of it is free."""
        return self.free is not None and self.free <= 0


@dataclass(frozen=True, slots=True)
class Movement:
    """What an amount free for new commitments changed by on a day, in kroner; `budget`: by the budget itself."""

    on: date
    change: int
    budget: bool = False


@dataclass(frozen=True, slots=True)
class Deciding:
    """What the question of who may decide rests on. `same_as`: accounts that belong to the same person."""

    account_id: UUID
    approver: bool
    office_id: UUID | None
    case_office_id: UUID
    caseworker_id: UUID | None
    asked_by: UUID
    same_as: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Waited:
    """A request as it waited: asked on a day, decided or left on a day (None: neither yet), and how."""

    asked_on: date
    over_on: date | None = None
    granted: bool = False
    no_money: bool = False
    """Refused because there was no money."""


@dataclass(frozen=True, slots=True)
class OutOfMoney:
    """A budget line that has had nothing free, or that refused somebody for lack of money, in a year.

    `periods`: when nothing was free, up to the day asked about. `refused`: refusals because there was no money.
    `in_vain`: by case, the days on which its request waited while nothing was free, or had been refused for lack of
    money and nothing had been granted since.
    """

    row: BudgetRow
    periods: tuple[Period, ...]
    refused: int
    waiting: int
    in_vain: Mapping[UUID, tuple[Period, ...]]


def months_between(first: Month, last: Month) -> tuple[Month, ...]:
    """The months from first to last, both included; empty when last is earlier."""
    found = []
    month = first
    while month <= last:
        found.append(month)
        month = month.next
    return tuple(found)


def sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The sum by code."""
    found: dict[str, int] = {}
    for code, amount in pairs:
        found[code] = found.get(code, 0) + amount
    return found
