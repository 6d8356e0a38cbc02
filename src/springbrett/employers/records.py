"""What the register hands out: an employer's record in figures, rows of the list, and the refusal of a wrong value."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from springbrett.kernel.verdict import Verdict


class Refused(ValueError):
    """The register cannot hold a value. `field` names it and `why` is a code (see `explain.REFUSALS`); the value itself
    is never carried along, so no message can leak it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True, slots=True)
class StayEnd:
    """How one stay ended: the coded reason and the day."""

    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class Stay:
    """One placement with the employer as the ledger tells it.

    `key` is the agreement; `end` the agreed last day (after extensions); `extended` the coded reason of each extension;
    `ended` how it actually ended; `outcomes` the outcome codes once they are decided.
    """

    key: UUID
    employer_id: UUID
    case_id: UUID | None
    person_id: UUID | None
    measure: str
    chain: str
    main_purpose: str
    start: date | None
    end: date | None
    extended: tuple[str, ...] = ()
    ended: StayEnd | None = None
    outcomes: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether it has started and no end is recorded."""
        return self.ended is None


@dataclass(frozen=True, slots=True)
class EmployerHistory:
    """An employer's record in figures. `early_ends`: (reason code, how many), most first. `job_aim`: how many finished
    stays had a job in the company as the main purpose. `signs`: observations, one verdict each."""

    placements: int = 0
    running: int = 0
    finished: int = 0
    hired: int = 0
    wage_subsidy: int = 0
    job_aim: int = 0
    extensions: int = 0
    early_ends: tuple[tuple[str, int], ...] = ()
    first_start: date | None = None
    last_start: date | None = None
    signs: tuple[Verdict, ...] = ()

    @property
    def early(self) -> int:
        """How many stays ended before the agreed day."""
        return sum(count for _, count in self.early_ends)


@dataclass(frozen=True, slots=True)
class EmployerRow:
    """One line of the list of employers."""

    id: UUID
    name: str
    organisation_number: str
    industry: str
    places: tuple[str, ...]
    openings: int
    history: EmployerHistory
    stopped: bool


@dataclass(frozen=True, slots=True)
class EmployerPage:
    """A page of the list. `before`/`after` are the ids to continue from; None where there is nothing more."""

    rows: tuple[EmployerRow, ...] = ()
    before: UUID | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class KnownStay:
    """A stay whose person the viewer may list by name."""

    stay: Stay
    person_name: str
    url_case_id: UUID = field(kw_only=True)
