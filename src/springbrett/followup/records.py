"""What follow-up works with: the plan's terms, what has been done, the duties, and where each of them stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Ref

CASEWORKER, EMPLOYER, PARTICIPANT = "caseworker", "employer", "participant"
PARTIES = (PARTICIPANT, EMPLOYER, CASEWORKER)
EVERYONE = frozenset(PARTIES)
HOUSE = Ref("house", "", "house")


class Kind(StrEnum):
    """What a duty is about."""

    STARTUP_MEETING = "startup_meeting"
    CONTACT = "contact"
    VISIT = "visit"
    JOINT_MEETING = "joint_meeting"
    PARTICIPANT_TALK = "participant_talk"
    EMPLOYER_TALK = "employer_talk"
    REVIEW = "review"
    REPORT = "report"
    WHAT_NEXT = "what_next"
    FEEDBACK = "feedback"
    EXTRA = "extra"
    OUTCOME = "outcome"


class State(StrEnum):
    """Where a duty stands on a day. MISSED: it was never done, and the placement has ended."""

    DONE = "done"
    OVERDUE = "overdue"
    DUE = "due"
    COMING = "coming"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Every:
    """A rhythm with the rule it rests on: `months`, `weeks` or `days` (all 0 = none)."""

    ref: Ref
    months: int = 0
    weeks: int = 0
    days: int = 0

    @property
    def never(self) -> bool:
        """Whether nothing recurs."""
        return not (self.months or self.weeks or self.days)


@dataclass(frozen=True, slots=True)
class ReportTerm:
    """A report the employer owes. `at`: start, after_months (counted from the start) or end."""

    kind: str
    at: str
    ref: Ref
    after_months: int = 0
    within_days: int = 0


@dataclass(frozen=True, slots=True)
class ExtraItem:
    """Something the caseworker has added to the plan; `kind` is a contact kind."""

    item_id: UUID
    kind: str
    on: date
    owed_by: str = CASEWORKER
    note: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything the duties of one placement follow from.

    `end` is the agreed last day, `ended_on` the actual one. `what_next`: how long before the agreed end the parties
    talk about what comes after. `due_soon_days`: how many days ahead a coming duty counts as due.
    """

    start: date
    end: date
    first_contact: Every
    contact: Every
    visit: Every
    review: Every
    startup_meeting: Ref | None = None
    joint: Ref | None = None
    separate: Ref | None = None
    reports: tuple[ReportTerm, ...] = ()
    what_next: Every | None = None
    feedback_after: Every | None = None
    outcome_within_days: int = 0
    outcome_ref: Ref = HOUSE
    due_soon_days: int = 0
    ended_on: date | None = None
    extras: tuple[ExtraItem, ...] = ()

    @property
    def last(self) -> date:
        """The last day as it now stands."""
        return min(self.end, self.ended_on) if self.ended_on else self.end


@dataclass(frozen=True, slots=True)
class ContactDone:
    """A contact that took place. `reached`: the parties who took part; `what_next`: what comes after was discussed."""

    kind: str
    on: date
    reached: frozenset[str]
    what_next: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The dated facts that duties are held against."""

    contacts: tuple[ContactDone, ...] = ()
    reviews: tuple[date, ...] = ()
    reports: Mapping[str, date] | None = None
    feedback: tuple[date, ...] = ()
    outcome_on: date | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """Something owed by somebody on a day, and why that day.

    `code` tells duties of one kind apart (report kind, contact kind of an extra item). `opens_on`: the first day it
    counts as due (None: a few days ahead). `projected`: the day moves when the one before it is done. `voluntary`: an
    invitation, never overdue. `item_id`: the extra item it stems from.
    """

    kind: Kind
    due_on: date
    owed_by: str
    ref: Ref
    why: Step
    code: str = ""
    visible_to: frozenset[str] = EVERYONE
    projected: bool = False
    voluntary: bool = False
    done_on: date | None = None
    opens_on: date | None = None
    item_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DutyStatus:
    """A duty and where it stands. `days_late`: whole days after the due day, for overdue, missed and late ones."""

    duty: Duty
    state: State
    days_late: int = 0

    @property
    def open(self) -> bool:
        """Whether somebody can still do it."""
        return self.state in {State.DUE, State.OVERDUE, State.COMING}

    @property
    def pressing(self) -> bool:
        """Whether it is due or overdue."""
        return self.state in {State.DUE, State.OVERDUE}
