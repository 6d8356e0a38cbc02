"""A measure: what it is for, for whom, how long, what must be agreed and followed up; every value dated."""

from __future__ import annotations

from datetime import date
from typing import Literal

from springbrett.catalogue.base import Base, Dated, Severity, Text
from springbrett.catalogue.conditions import Condition
from springbrett.catalogue.dated import all_in_force, dated, in_force

Kind = Literal[
    "placement", "subsidy", "followup", "clarification", "training", "support", "sheltered", "municipal", "health"
]
Depth = Literal["full", "proposal"]


class LegalBasis(Base, frozen=True, kw_only=True):
    """The act (a code in codes/act.toml) and the sections the measure rests on."""

    act: str
    sections: tuple[str, ...]


class Validity(Dated, frozen=True, kw_only=True):
    """A period in which the measure can be given."""


class Age(Dated, frozen=True, kw_only=True):
    """An age limit in whole years. None = not known for the period (the note says why).

    basis "birthday": the day the age is reached; "calendar_year": the year it is reached in.
    For a lower limit the person must have reached the age; for an upper limit, must not have reached it.
    """

    years: int | None = None
    basis: Literal["birthday", "calendar_year"] = "birthday"


class NeedsLevels(Dated, frozen=True, kw_only=True):
    """The needs levels the measure is for. With source "practice" it is a usual limit, not a legal one."""

    levels: tuple[str, ...]


class TargetCondition(Dated, frozen=True, kw_only=True):
    """A condition for being in the target group.

    `any_of` holds groups of conditions: the target condition is met when one group holds in full. Empty: it cannot be
    told from the profile, and the caseworker must consider it. `interpretation` says what the data adds to the law.
    """

    code: str
    text: Text
    severity: Severity = "stop"
    any_of: tuple[tuple[Condition, ...], ...] = ()


class Duration(Dated, frozen=True, kw_only=True):
    """How long the measure may last: months or weeks, with extension; `unlimited` when the rules set no end.

    `extension_if` "always" or "reduced_work_capacity" says who may have the extension; `months_reduced_capacity` is a
    total of its own for persons with reduced work capacity (0: none). `cumulative`: earlier periods in the same
    measure count; `cumulative_source` and `cumulative_note` say where that comes from.
    """

    months: int | None = None
    weeks: int | None = None
    unlimited: bool = False
    extension_months: int = 0
    extension_weeks: int = 0
    extension_if: Literal["never", "always", "reduced_work_capacity", "under_training"] = "never"
    months_reduced_capacity: int = 0
    cumulative: bool = False
    cumulative_source: Literal["law", "practice", "house", ""] = ""
    cumulative_note: str = ""

    def limit_months(self, *, reduced_work_capacity: bool) -> int | None:
        """The longest the measure may last in months, extension included; None when the limit is not in months."""
        if self.months is None:
            return None
        if reduced_work_capacity and self.months_reduced_capacity:
            return self.months_reduced_capacity
        extended = self.extension_if == "always" or (
            self.extension_if == "reduced_work_capacity" and reduced_work_capacity
        )
        return self.months + (self.extension_months if extended else 0)


class Review(Dated, frozen=True, kw_only=True):
    """NAV's review of the measure: at least every `every_months` months."""

    every_months: int


class ReportDuty(Dated, frozen=True, kw_only=True):
    """A report someone owes: at the start, after a number of months, or at the end.

    `due_within_days` counts from the day that triggers it; a duty "after_months" lapses if the placement ended before.
    """

    code: str
    name: Text
    owed_by: Literal["employer", "provider", "participant", "caseworker"]
    at: Literal["start", "after_months", "end"]
    after_months: int = 0
    due_within_days: int = 0


class Rule(Dated, frozen=True, kw_only=True):
    """A rule of the measure in plain words.

    `fact` is the agreement field that answers it and `must_be` the answer that meets it; without a fact the rule is
    information. `exception`: what can justify going on in spite of it.
    """

    code: str
    text: Text
    severity: Severity = "info"
    fact: str = ""
    must_be: bool | None = None
    exception: Text | None = None


class StartWindow(Dated, frozen=True, kw_only=True):
    """How many days back in time an agreement may start without a decision of its own, as the practice is."""

    days_back: int
    severity: Severity = "warning"


class ContentRequired(Dated, frozen=True, kw_only=True):
    """What an agreement must say, as codes of agreement parts."""

    fields: tuple[str, ...]


class Clause(Dated, frozen=True, kw_only=True):
    """A term that stands in every agreement, in the party's language; `party` is the one it binds."""

    code: str
    party: Literal["participant", "employer", "caseworker", "all"]
    text: Text


class AgreementRules(Base, frozen=True, kw_only=True):
    """Who agrees, on what, under which terms, and whose approval a change clears (`clears`: part → parties)."""

    parties: tuple[str, ...]
    last_to_approve: str
    content_required: tuple[ContentRequired, ...]
    clauses: tuple[Clause, ...]
    clears: dict[str, tuple[str, ...]]
    start_window: tuple[StartWindow, ...] = ()

    def clauses_on(self, on: date) -> tuple[Clause, ...]:
        """The clauses in force on the day."""
        return all_in_force(self.clauses, on)

    def content_required_on(self, on: date) -> tuple[str, ...]:
        """The parts an agreement must hold on the day; empty when nothing is recorded for it."""
        found = in_force(self.content_required, on)
        return found.fields if found else ()

    def start_window_on(self, on: date) -> StartWindow | None:
        """The window for starts back in time on the day; None when nothing is recorded for it."""
        return in_force(self.start_window, on)


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


class PracticeNote(Dated, frozen=True, kw_only=True):
    """Where practice differs from the law. The law decides; the note is kept so that nobody is surprised."""

    code: str
    text: Text


class Measure(Base, frozen=True, kw_only=True):
    """One measure. `depth` "full": all the steps work; "proposal": it can be proposed, chosen and recorded."""

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
    employment: bool = False
    target_group: tuple[TargetCondition, ...] = ()
    min_age: tuple[Age, ...] = ()
    max_age: tuple[Age, ...] = ()
    needs_levels: tuple[NeedsLevels, ...] = ()
    durations: tuple[Duration, ...] = ()
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

    @property
    def dated_values(self) -> tuple[tuple[str, Dated], ...]:
        """Every dated value with its key, in the order of the file: what diff and history read."""
        listed: list[tuple[str, Dated]] = []
        for name in ("valid", "target_group", "min_age", "max_age", "needs_levels", "durations", "reviews", "reports",
                     "rules", "practice"):  # fmt: skip
            listed.extend((_key(name, value), value) for value in getattr(self, name))
        if self.agreement:
            for name in ("content_required", "clauses", "start_window"):
                listed.extend((_key(f"agreement.{name}", value), value) for value in getattr(self.agreement, name))
        return tuple(listed)


def _key(name: str, value: Dated) -> str:
    code = getattr(value, "code", "")
    return f"{name}.{code}" if code else name
