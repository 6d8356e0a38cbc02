"""The content of an agreement as one frozen value, its parts, and the difference between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from springbrett.agreement.pieces import (
    ContactPoint,
    FollowUpPlan,
    GrantItem,
    HoursStep,
    Mentoring,
    Position,
    Support,
    Wage,
)
from springbrett.kernel.period import Period

PARTICIPANT, EMPLOYER, CASEWORKER = "participant", "employer", "caseworker"
DECLARED = ("discussed_with_employee_reps", "displaces_ordinary_staff", "close_relative", "employed_in_company")
"""The declarations: yes, no, or not answered."""


@dataclass(frozen=True, slots=True)
class AgreementContent:
    """Everything the parties agree on. Empty or None means not said yet; a draft may be unfinished.

    `start` and `end` are the first and the last day. The four declarations (§§ 1-6, 3-6, 3-7) are None
    until somebody has answered, since an unanswered question is not a "no".

    Which parts an agreement has is the measure's to say; those it does not have stay empty. `answers` are the
    measure's own questions, as (circumstance, yes or no); one that is not there has not been answered.
    """

    purposes: tuple[str, ...] = ()
    main_purpose: str = ""
    purpose_note: str = ""
    tasks: str = ""
    training: str = ""
    expected: str = ""
    adaptations: tuple[str, ...] = ()
    adaptation_text: str = ""
    support: Support = field(default_factory=Support)
    hours_ramp: tuple[HoursStep, ...] = ()
    days: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    followup: FollowUpPlan = field(default_factory=FollowUpPlan)
    contact_employer: ContactPoint = field(default_factory=ContactPoint)
    contact_nav: ContactPoint = field(default_factory=ContactPoint)
    discussed_with_employee_reps: bool | None = None
    displaces_ordinary_staff: bool | None = None
    close_relative: bool | None = None
    close_relative_reason: str = ""
    employed_in_company: bool | None = None
    position: Position = field(default_factory=Position)
    wage: Wage = field(default_factory=Wage)
    mentoring: Mentoring = field(default_factory=Mentoring)
    grant: tuple[GrantItem, ...] = ()
    buddy: ContactPoint = field(default_factory=ContactPoint)
    answers: tuple[tuple[str, bool], ...] = ()

    @property
    def period(self) -> Period:
        """First to last day. Raises ValueError while a date is missing, or when the end is before the start."""
        if self.start is None or self.end is None:
            raise ValueError("the agreement lacks a date")
        return Period(self.start, self.end)

    def hours_on(self, on: date) -> Decimal | None:
        """Hours a week on the day by the ramp; None before its first step."""
        reached = [step for step in self.hours_ramp if step.from_on <= on]
        return max(reached, key=lambda step: step.from_on).hours_per_week if reached else None

    def free_texts(self) -> tuple[str, ...]:
        """Every text somebody has written, for checks on what may be written."""
        return (self.purpose_note, self.tasks, self.training, self.expected, self.adaptation_text,
                self.support.inclusion_grant_for, self.support.other, self.close_relative_reason,
                self.position.title, *(item.text for item in self.grant))  # fmt: skip

    @property
    def circumstances(self) -> dict[str, bool]:
        """The measure's questions that have been answered."""
        return dict(self.answers)

    def answered(self, fact: str) -> bool | None:
        """A declaration, or the answer to one of the measure's questions; None while nobody has said."""
        found = getattr(self, fact, None) if fact in DECLARED else self.circumstances.get(fact)
        return found if isinstance(found, bool) else None

    @property
    def mentors(self) -> frozenset[UUID]:
        """The accounts of the mentors the agreement names."""
        return frozenset(filter(None, (self.support.mentor_account_id, self.mentoring.account_id)))

    def parts(self) -> dict[str, dict[str, Any]]:
        """Every part with its fields and values; what `diff` compares and `clears` in the catalogue speaks of."""
        return {part: {name: getattr(self, name) for name in names} for part, names in PARTS.items()}

    def with_parts(self, other: "AgreementContent", parts: frozenset[str]) -> "AgreementContent":
        """This content with the named parts taken from `other`."""
        taken = {name for part in parts for name in PARTS[part]}
        return AgreementContent(
            **{f.name: getattr(other if f.name in taken else self, f.name) for f in fields(AgreementContent)}
        )

    def to_data(self) -> dict[str, Any]:
        """As JSON: dates and decimals are text."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "AgreementContent":
        """The content kept by `to_data`. A field that did not exist when it was written gets its empty value.

        Raises msgspec.ValidationError, naming the place, when a value has another type.
        """
        return msgspec.convert(data, cls)


PARTS: dict[str, tuple[str, ...]] = {
    "purpose": ("purposes", "main_purpose", "purpose_note"),
    "tasks": ("tasks",),
    "training": ("training",),
    "expected": ("expected",),
    "adaptation": ("adaptations", "adaptation_text"),
    "support": ("support",),
    "hours": ("hours_ramp",),
    "days": ("days",),
    "dates": ("start", "end"),
    "followup": ("followup",),
    "contacts": ("contact_employer", "contact_nav"),
    "declarations": ("discussed_with_employee_reps", "displaces_ordinary_staff", "close_relative",
                     "close_relative_reason", "employed_in_company"),
    "position": ("position",),
    "wage": ("wage",),
    "mentoring": ("mentoring",),
    "grant": ("grant",),
    "buddy": ("buddy",),
    "answers": ("answers",),
}  # fmt: skip
"""Which fields make up each part. Every field belongs to exactly one (tested)."""


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part that differs, with its fields before and after."""

    part: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def diff(a: AgreementContent, b: AgreementContent) -> tuple[PartChange, ...]:
    """The parts in which `b` differs from `a`, in the order of the agreement. Empty when they say the same."""
    before, after = a.parts(), b.parts()
    return tuple(PartChange(part, before[part], after[part]) for part in PARTS if before[part] != after[part])


def changed_parts(a: AgreementContent, b: AgreementContent) -> frozenset[str]:
    """The names of the parts that differ."""
    return frozenset(change.part for change in diff(a, b))


__all__ = [
    "CASEWORKER", "DECLARED", "EMPLOYER", "PARTICIPANT", "PARTS", "AgreementContent", "ContactPoint", "FollowUpPlan",
    "GrantItem", "HoursStep", "Mentoring", "PartChange", "Position", "Support", "Wage", "changed_parts", "diff",
]  # fmt: skip
