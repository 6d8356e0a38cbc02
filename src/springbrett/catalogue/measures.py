"""A measure: what it is for, for whom, how long, what must be agreed and followed up; every value dated."""

from __future__ import annotations

from datetime import date
from typing import Literal

from springbrett.catalogue.base import Base, Dated, Text
from springbrett.catalogue.dated import all_in_force, dated, in_force
from springbrett.catalogue.limits import (
    Age,
    AttachesTo,
    Combination,
    Duration,
    LastDay,
    NeedsLevels,
    RequiresFirst,
    Season,
    TargetCondition,
    Validity,
)
from springbrett.catalogue.money import Funding, Subsidy
from springbrett.catalogue.terms import AgreementRules, Appeal, Employment, PracticeNote, ReportDuty, Review, Rule

Kind = Literal[
    "placement", "subsidy", "followup", "clarification", "training", "support", "sheltered", "municipal", "health",
    "programme",
]  # fmt: skip
Depth = Literal["full", "proposal", "record"]


class LegalBasis(Base, frozen=True, kw_only=True):
    """The act (a code in codes/act.toml) and the sections the measure rests on."""

    act: str
    sections: tuple[str, ...]


class Related(Base, frozen=True, kw_only=True):
    """Measure codes near this one: alternatives, support, and what usually comes before and after."""

    near: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    incompatible: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()


class Replaced(Base, frozen=True, kw_only=True):
    """An earlier measure that this one took the place of."""

    code: str
    name: Text
    note: str = ""


class Measure(Base, frozen=True, kw_only=True):
    """One measure.

    `depth` "full": the steps to agreement and outcome work for it; "proposal": it can be proposed, chosen and recorded;
    "record": kept for what was, or for what stands on top of another measure (`based_on`), and never proposed.
    """

    code: str
    name: Text
    kind: Kind
    depth: Depth
    summary: Text
    purpose: Text
    legal_basis: tuple[LegalBasis, ...]
    valid: tuple[Validity, ...]
    content: Text | None = None
    aka: tuple[str, ...] = ()
    nav_code: str = ""
    based_on: str = ""
    target_group: tuple[TargetCondition, ...] = ()
    min_age: tuple[Age, ...] = ()
    max_age: tuple[Age, ...] = ()
    needs_levels: tuple[NeedsLevels, ...] = ()
    durations: tuple[Duration, ...] = ()
    seasons: tuple[Season, ...] = ()
    last_days: tuple[LastDay, ...] = ()
    requires_first: tuple[RequiresFirst, ...] = ()
    combinations: tuple[Combination, ...] = ()
    attaches_to: tuple[AttachesTo, ...] = ()
    employment: tuple[Employment, ...] = ()
    funding: tuple[Funding, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    reviews: tuple[Review, ...] = ()
    reports: tuple[ReportDuty, ...] = ()
    rules: tuple[Rule, ...] = ()
    practice: tuple[PracticeNote, ...] = ()
    agreement: AgreementRules | None = None
    related: Related = Related()
    replaces: tuple[Replaced, ...] = ()
    chains: tuple[str, ...] = ()

    def in_force(self, on: date) -> bool:
        """Whether the measure can be given on the day."""
        return in_force(self.valid, on) is not None

    def duration_on(self, on: date) -> Duration:
        """The duration rule in force on the day. Raises NotInForce."""
        return dated(self.durations, on, f"measures/{self.code}.toml: durations")

    def review_on(self, on: date) -> Review:
        """The review rule in force on the day. Raises NotInForce."""
        return dated(self.reviews, on, f"measures/{self.code}.toml: reviews")

    def min_age_on(self, on: date) -> Age | None:
        """The lower age limit on the day; None: none recorded. Its `years` may be None: there is one, not known."""
        return in_force(self.min_age, on)

    def max_age_on(self, on: date) -> Age | None:
        """The upper age limit on the day; None when none is recorded."""
        return in_force(self.max_age, on)

    def needs_levels_on(self, on: date) -> NeedsLevels | None:
        """The needs levels the measure is for on the day; None when it is for all."""
        return in_force(self.needs_levels, on)

    def target_group_on(self, on: date) -> tuple[TargetCondition, ...]:
        """The conditions of the target group in force on the day (all must hold)."""
        return all_in_force(self.target_group, on)

    def reports_on(self, on: date) -> tuple[ReportDuty, ...]:
        """The reports owed, by the rules of the day."""
        return all_in_force(self.reports, on)

    def rules_on(self, on: date) -> tuple[Rule, ...]:
        """The rules in force on the day."""
        return all_in_force(self.rules, on)

    def rule_on(self, code: str, on: date) -> Rule | None:
        """One rule by its code, as it stood on the day; None when it is not recorded for the day."""
        return next((rule for rule in self.rules_on(on) if rule.code == code), None)

    def employment_on(self, on: date) -> Employment | None:
        """Whether the participant is an employee, by the rules of the day; None when not recorded."""
        return in_force(self.employment, on)

    def subsidy_on(self, on: date) -> Subsidy | None:
        """The wage subsidy of the measure on the day; None when it has none, or none is recorded."""
        return in_force(self.subsidies, on)

    def funding_on(self, on: date) -> tuple[Funding, ...]:
        """Where the money comes from, by the rules of the day."""
        return all_in_force(self.funding, on)

    def appeal_on(self, on: date) -> Appeal | None:
        """The deadline for appeal on the day; None when not recorded."""
        return in_force(self.appeals, on)

    def season_on(self, on: date) -> Season | None:
        """The season of the measure on the day; None when it can be held all year."""
        return in_force(self.seasons, on)

    def last_day_on(self, on: date) -> LastDay | None:
        """The last day a stay may reach, by the rules of the day; None when there is none."""
        return in_force(self.last_days, on)

    def requires_first_on(self, on: date) -> tuple[RequiresFirst, ...]:
        """What must have been tried before, by the rules of the day."""
        return all_in_force(self.requires_first, on)

    def combination_on(self, other: str, on: date) -> Combination | None:
        """Whether the measure goes together with the other on the day; None when nothing is recorded."""
        return next((found for found in all_in_force(self.combinations, on) if found.code == other), None)

    def attaches_to_on(self, on: date) -> AttachesTo | None:
        """What the support can stand beside on the day; None for a measure that stands on its own."""
        return in_force(self.attaches_to, on)

    @property
    def dated_values(self) -> tuple[tuple[str, Dated], ...]:
        """Every dated value with its key, in the order of the file: what diff and history read."""
        listed: list[tuple[str, Dated]] = []
        for name in ("valid", "target_group", "min_age", "max_age", "needs_levels", "durations", "seasons",
                     "last_days", "requires_first", "combinations", "attaches_to", "employment", "funding",
                     "subsidies", "reviews", "reports", "appeals", "rules", "practice"):  # fmt: skip
            listed.extend((_key(name, value), value) for value in getattr(self, name))
        if self.agreement:
            for name in ("content_required", "clauses", "questions", "start_window"):
                listed.extend((_key(f"agreement.{name}", value), value) for value in getattr(self.agreement, name))
        return tuple(listed)


def _key(name: str, value: Dated) -> str:
    code = getattr(value, "code", "")
    return f"{name}.{code}" if code else name
