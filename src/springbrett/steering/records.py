"""What steering hands out: how an employer is used, who carries how much, and what has gone quiet."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from springbrett.employers.records import Stay
from springbrett.kernel.verdict import Verdict


@dataclass(frozen=True, slots=True)
class EmployerUse:
    """How the office uses one employer, beside the employer's own record: counted in placements.

    `waiting`: placements in the period looked back on that were used while waiting for another measure. `quiet`:
    running ones without contact for more than `quiet_weeks` weeks. `missing_reports`: overdue from the employer.
    """

    employer_id: UUID
    placements: int = 0
    running: int = 0
    waiting: int = 0
    quiet: int = 0
    missing_reports: int = 0
    quiet_weeks: int = 0


@dataclass(frozen=True, slots=True)
class Signs:
    """What is worth a look at one employer: at least one observation."""

    employer_id: UUID
    use: EmployerUse
    observations: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """A running placement nobody has logged a contact in since the day (its start, if there was never one)."""

    stay: Stay
    since: date
    days: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one caseworker carries: open cases, running placements, overdue duties, and the guiding number of cases."""

    caseworker_id: UUID
    cases: int
    running: int
    overdue: int
    guidance: int

    @property
    def above(self) -> bool:
        """Whether there are more cases than the guidance."""
        return self.cases > self.guidance


@dataclass(frozen=True, slots=True)
class Drought:
    """A budget line without money in a year, beside what happened to arbeidstrening meanwhile: counted in placements.

    `extended_waiting`: extended in the year because a wage subsidy was awaited. `extended_meanwhile`: extended, for any
    reason, on a day its case had asked for money on the line in vain (waited while nothing was free, or been refused
    for lack of it). A placement counts once in each. `out_days`: days of the year without anything free, up to the day
    asked about.
    """

    line: str
    year: int
    free: int | None
    out_days: int
    out_since: date | None
    refused: int
    waiting: int
    extended_waiting: int
    extended_meanwhile: int
    verdict: Verdict
