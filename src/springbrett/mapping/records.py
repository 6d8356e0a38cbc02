"""What mapping hands on: the needs profile, what is still unknown in it, and what clashed while it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from springbrett.kernel.identity import age_on

CAN, WITH_ADAPTATION, CANNOT = "can", "with_adaptation", "cannot"
ABILITIES = (CAN, WITH_ADAPTATION, CANNOT)
"""How the person manages a demand of work."""

AnswerValue = str | int | float | bool | list[str] | dict[str, str] | None
"""An answer as it is kept: a code, a number, yes/no, words, codes, or demand → ability. None: not known."""
Answers = Mapping[str, AnswerValue]
"""Answers by question code; a question that is missing has not been answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsProfile:
    """What is known about a person's situation, wishes and abilities. Every field may be None, which means unknown.

    Codes come from the catalogue's lists. Years and hours are numbers (hours per week, distance in km one way);
    motivation and confidence are the person's own score 1 to 5; `followup_need` is 1 to 3. An empty tuple is an
    answer ("none"), unlike None. `demands_hard` says how the person manages each demand that has been talked about.
    """

    birth_date: date | None = None
    needs_level: str | None = None
    needs_level_decided_on: date | None = None
    situation: str | None = None
    job_seeker: bool | None = None
    reduced_work_capacity: bool | None = None
    work_capacity_clarified: bool | None = None
    work_experience_years: float | None = None
    work_experience_norway_years: float | None = None
    last_worked_years_ago: float | None = None
    work_history: str | None = None
    previous_measures: tuple[str, ...] | None = None
    education_level: str | None = None
    education_recognised: bool | None = None
    started_trade_certificate: bool | None = None
    certificates: tuple[str, ...] | None = None
    cefr_oral: str | None = None
    cefr_written: str | None = None
    years_in_norway: float | None = None
    knows_what_work: bool | None = None
    wishes_occupations: tuple[str, ...] | None = None
    wishes_industries: tuple[str, ...] | None = None
    wish_employer: str | None = None
    contact_employer_self: bool | None = None
    motivation: int | None = None
    motivation_words: str | None = None
    confidence: int | None = None
    confidence_words: str | None = None
    demands_hard: Mapping[str, str] | None = None
    followup_need: int | None = None
    adaptations_needed: tuple[str, ...] | None = None
    hours_min: float | None = None
    hours_max: float | None = None
    commute_max_km: float | None = None
    licences: tuple[str, ...] | None = None
    childcare_limits: bool | None = None
    practical_limits: tuple[str, ...] | None = None
    support_network: tuple[str, ...] | None = None
    goals: str | None = None
    own_wish_measure: str | None = None

    @classmethod
    def from_answers(cls, answers: Answers, *, birth_date: date | None = None) -> Self:
        """The profile that kept answers describe. Questions this version of the guide no longer asks are left out.

        Raises ValueError if a date is not an ISO date.
        """
        known = {name: _from_kept(name, value) for name, value in answers.items() if name in QUESTION_FIELDS}
        return cls(birth_date=birth_date, **known)  # type: ignore[arg-type]

    def to_answers(self) -> dict[str, AnswerValue]:
        """The answers to keep: only what is known, in JSON's own types. The birth date is not an answer."""
        kept = {name: _to_kept(getattr(self, name)) for name in QUESTION_FIELDS}
        return {name: value for name, value in kept.items() if value is not None}

    def facts(self, on: date) -> dict[str, object]:
        """The profile as named facts for conditions in the catalogue, with `age` in whole years on the day."""
        facts: dict[str, object] = {name: getattr(self, name) for name in FIELDS}
        facts["age"] = self.age_on(on)
        facts["demands_cannot"] = None if self.demands_hard is None else self.managed_as(CANNOT)
        facts["demands_with_adaptation"] = None if self.demands_hard is None else self.managed_as(WITH_ADAPTATION)
        return facts

    def age_on(self, on: date) -> int | None:
        """Whole years on the day; None if the birth date is unknown, or after the day."""
        return None if self.birth_date is None or on < self.birth_date else age_on(self.birth_date, on)

    def managed_as(self, ability: str) -> tuple[str, ...]:
        """The demands the person manages in this way, e.g. "cannot"; empty also when nothing is known."""
        return tuple(sorted(code for code, level in (self.demands_hard or {}).items() if level == ability))


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(NeedsProfile))
QUESTION_FIELDS: tuple[str, ...] = tuple(name for name in FIELDS if name != "birth_date")
"""The fields that are answers to questions, in the order of the conversation."""
DATE_FIELDS = frozenset({"needs_level_decided_on"})


def _from_kept(name: str, value: AnswerValue) -> object:
    if isinstance(value, list):
        return tuple(value)
    if name in DATE_FIELDS and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _to_kept(value: object) -> AnswerValue:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return value  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A question without an answer, and why the answer matters. Both codes; texts are the guide's."""

    question: str
    section: str
    matters_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people answered the same question differently: what the other one saved, and who."""

    question: str
    saved: AnswerValue
    saved_by: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A question answered differently in two versions."""

    question: str
    before: AnswerValue
    after: AnswerValue


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How far a section of the conversation has come."""

    section: str
    answered: int
    questions: int

    @property
    def complete(self) -> bool:
        """Whether every question has an answer."""
        return self.answered == self.questions
