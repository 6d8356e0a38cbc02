"""What is agreed and followed up in a measure: reviews, reports, rules, clauses and whose approval a change clears."""

from __future__ import annotations

from datetime import date
from typing import Literal

from springbrett.catalogue.base import Base, Dated, Severity, Text
from springbrett.catalogue.conditions import any_group
from springbrett.catalogue.dated import all_in_force, in_force
from springbrett.catalogue.limits import Groups

Party = Literal["participant", "employer", "caseworker", "provider"]


class Employment(Dated, frozen=True, kw_only=True):
    """Whether the participant is an employee. `permanent`: a permanent post is required, the main rule, or not asked.

    `temporary_months`: how long a temporary post may last where one is allowed; None with permanent "main_rule" or
    "not_asked": as long as the measure.
    """

    status: Literal["employee", "not_employee", "either"]
    text: Text
    permanent: Literal["required", "main_rule", "not_asked"] = "not_asked"
    temporary_months: int | None = None


class Appeal(Dated, frozen=True, kw_only=True):
    """Within how many weeks a decision about the measure can be appealed."""

    weeks: int


class Review(Dated, frozen=True, kw_only=True):
    """A review of the measure: at least every `every_months` months."""

    every_months: int
    owed_by: Party = "caseworker"


class ReportDuty(Dated, frozen=True, kw_only=True):
    """A report someone owes: at the start, after a number of months, or at the end.

    `due_within_days` counts from the day that triggers it; a duty "after_months" lapses if the placement ended before.
    """

    code: str
    name: Text
    owed_by: Party
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


class Question(Dated, frozen=True, kw_only=True):
    """A question the agreement must answer: a circumstance (codes/circumstance.toml) and who answers it.

    It is asked when a group of `when` holds, or may hold once more is known; no groups: always.
    """

    code: str
    party: Party
    when: Groups = ()


class AgreementRules(Base, frozen=True, kw_only=True):
    """Who agrees, on what, under which terms, and whose approval a change clears (`clears`: part → parties).

    `parts` are the parts such an agreement has, in the order they are read; `clears` names the same parts.
    """

    parties: tuple[str, ...]
    last_to_approve: str
    content_required: tuple[ContentRequired, ...]
    clauses: tuple[Clause, ...]
    clears: dict[str, tuple[str, ...]]
    parts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    start_window: tuple[StartWindow, ...] = ()

    def questions_on(self, on: date, facts: object = None) -> tuple[Question, ...]:
        """The questions the agreement must answer on the day.

        With `facts` (the answers so far; one that is missing is unknown), those surely not asked are left out.
        """
        asked = all_in_force(self.questions, on)
        if facts is None:
            return asked
        return tuple(q for q in asked if not q.when or any_group(q.when, facts) is not False)

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


class PracticeNote(Dated, frozen=True, kw_only=True):
    """Where practice differs from the law. The law decides; the note is kept so that nobody is surprised.

    `about` is the key of the values it differs from ("durations", "rules.CODE"), so that they can be read side by side.
    """

    code: str
    text: Text
    about: str = ""
