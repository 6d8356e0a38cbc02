"""What matching reads and hands out: openings and employers as plain facts, reasons, and ranked candidates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict

HOUSE = Ref("house", "", "house")


class Sign(StrEnum):
    """Which way a reason points."""

    FOR = "+"
    AGAINST = "-"
    UNKNOWN = "?"


_ANSWERS = {Sign.FOR: Answer.MET, Sign.AGAINST: Answer.NOT_MET, Sign.UNKNOWN: Answer.UNKNOWN}


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """An opening as the rules read it. None, "" and () mean not known; hours are per week.

    `usual_demands` are those the occupation usually has; they count only where the opening itself says nothing.
    """

    id: UUID
    workplace_id: UUID
    employer_id: UUID
    title: str = ""
    employer_name: str = ""
    workplace_name: str = ""
    occupation: str = ""
    industry: str = ""
    place: str = ""
    demands: tuple[str, ...] = ()
    usual_demands: tuple[str, ...] = ()
    adaptations: tuple[str, ...] = ()
    language_min: str = ""
    hours_min: float | None = None
    hours_max: float | None = None
    followup_capacity: int | None = None
    mentor_available: bool | None = None
    hiring_realistic: str = "unknown"
    training_company: bool | None = None
    must_speak: bool | None = None
    licence: str = ""
    places: int = 1
    open_from: date = date.min
    open_to: date | None = None


@dataclass(frozen=True, slots=True)
class EmployerFacts:
    """What is known of an employer when an opening there is weighed.

    `nobody_hired` is True when the employer has had so many that it is worth a look, None when too few to say.
    `own_ends`: the coded reason of each earlier stay there by this very person ("" while it runs).
    """

    finished: int = 0
    hired: int = 0
    ended_by_employer: int = 0
    nobody_hired: bool | None = None
    stopped_reason: str = ""
    stopped_from: date | None = None
    own_ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aim:
    """What the chosen chain asks of a workplace. Without a choice nothing is asked."""

    chain: str = ""
    hiring: bool = False
    training: bool = False
    language: bool = False
    mentor: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What the rules need beside person and opening: the day, points and limits of the house (`points`, see the
    catalogue's group "matching"), the order of language levels, positions of places as (latitude, longitude), which
    adaptations help with which demand, and where the person lives."""

    on: date
    points: Mapping[str, int]
    language_ranks: Mapping[str, int]
    positions: Mapping[str, tuple[float, float]]
    helps: Mapping[str, frozenset[str]]
    highest_need: int
    home: str = ""
    aim: Aim = field(default_factory=Aim)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against an opening, or is not known about it.

    `severity` None is a soft reason; STOP and WARNING make it a rule that must hold. `points` count towards the rank.
    `changes` names what would change it.
    """

    code: str
    sign: Sign
    points: int = 0
    facts: tuple[Fact, ...] = ()
    severity: Severity | None = None
    changes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The reason as a verdict, for the sentence and the tree."""
        severity = self.severity or Severity.INFO
        return Verdict(self.code, _ANSWERS[self.sign], severity, HOUSE, self.facts, self.changes)

    @property
    def stops(self) -> bool:
        """Whether the opening cannot be chosen because of this."""
        return self.sign is Sign.AGAINST and self.severity is Severity.STOP

    @property
    def warns(self) -> bool:
        """Whether the opening can be chosen only with a reason to set this aside."""
        return self.sign is Sign.AGAINST and self.severity is Severity.WARNING


@dataclass(frozen=True, slots=True)
class Candidate:
    """An opening weighed for one person. `distance_km` is as the crow flies, None when not known."""

    opening: OpeningFacts
    reasons: tuple[Reason, ...]
    distance_km: int | None = None

    @property
    def score(self) -> int:
        """The sum of the points of every reason."""
        return sum(reason.points for reason in self.reasons)

    @property
    def stops(self) -> tuple[Verdict, ...]:
        """What makes it impossible now."""
        return tuple(reason.verdict for reason in self.reasons if reason.stops)

    @property
    def warnings(self) -> tuple[Verdict, ...]:
        """What must be set aside with a reason before it can be chosen."""
        return tuple(reason.verdict for reason in self.reasons if reason.warns)

    @property
    def speaks_for(self) -> tuple[Reason, ...]:
        """Reasons for, the weightiest first."""
        return self._of(Sign.FOR)

    @property
    def speaks_against(self) -> tuple[Reason, ...]:
        """Reasons against, the weightiest first."""
        return self._of(Sign.AGAINST)

    @property
    def unknown(self) -> tuple[Reason, ...]:
        """What is not known."""
        return self._of(Sign.UNKNOWN)

    @property
    def trace(self) -> Step:
        """How the score came about."""
        return Step("score", self.score, HOUSE, tuple(_step(reason) for reason in self.reasons))

    def _of(self, sign: Sign) -> tuple[Reason, ...]:
        chosen = [reason for reason in self.reasons if reason.sign is sign]
        return tuple(sorted(chosen, key=lambda reason: (not reason.stops, not reason.warns, -abs(reason.points))))


def _step(reason: Reason) -> Step:
    return Step(reason.code, reason.points, HOUSE, tuple(Step(fact.name, fact.value) for fact in reason.facts))


@dataclass(frozen=True, slots=True)
class Ranking:
    """The openings weighed for one person: those that can be chosen, best first, and those that are stopped.

    `beyond` is how many open openings lie too far away to have been weighed; `match` the match row that counts now.
    """

    open: tuple[Candidate, ...] = ()
    stopped: tuple[Candidate, ...] = ()
    beyond: int = 0
    profile_version: int | None = None
    aim: Aim = field(default_factory=Aim)
    match: object | None = None

    @property
    def all(self) -> tuple[Candidate, ...]:
        """Everything weighed, in order."""
        return self.open + self.stopped

    def place_of(self, opening_id: UUID) -> int | None:
        """The number in the list, from 1; None if it was not weighed."""
        ids = [candidate.opening.id for candidate in self.all]
        return ids.index(opening_id) + 1 if opening_id in ids else None
