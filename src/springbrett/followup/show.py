"""What the pages of follow-up show, made ready: duties with titles, groups, and the log as a timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from springbrett.agreement.explain import name
from springbrett.followup import explain
from springbrett.followup.models import Contact, EmployerReport, Feedback, Review
from springbrett.followup.records import DutyStatus, State
from springbrett.followup.selectors import LogEntry
from springbrett.kernel.trace import Step

COLOURS = {State.DONE: "success", State.OVERDUE: "danger", State.DUE: "warning", State.COMING: "neutral",
           State.MISSED: "meta-purple"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty as a line: what, when, who owes it, where it stands, and why that day."""

    title: str
    on: date
    who: str
    state: str | Promise
    colour: str
    days_late: int
    done_on: date | None
    why: Step
    code: str
    item_id: UUID | None
    late: bool


def row(status: DutyStatus, reader: str = "") -> DutyRow:
    """One duty, in words for the `reader` (a party; empty for those who work at NAV)."""
    duty = status.duty
    return DutyRow(explain.title(duty, reader), duty.due_on, explain.owed_by(duty, reader),
                   explain.STATES[status.state], COLOURS[status.state], status.days_late, duty.done_on, duty.why,
                   duty.code, duty.item_id, status.state is State.OVERDUE)  # fmt: skip


def groups(statuses: Iterable[DutyStatus], reader: str = "") -> dict[str, list[DutyRow]]:
    """The plan in four: pressing, next (the first to come of each), later (projected), and what is behind."""
    found: dict[str, list[DutyRow]] = {"pressing": [], "next": [], "later": [], "behind": []}
    for status in statuses:
        if status.pressing:
            found["pressing"].append(row(status, reader))
        elif status.state is State.COMING:
            found["later" if status.duty.projected else "next"].append(row(status, reader))
        else:
            found["behind"].append(row(status, reader))
    found["pressing"].sort(key=lambda line: (not line.late, line.on))
    found["behind"].reverse()
    return found


def log(entries: Iterable[LogEntry], *, at_nav: bool) -> list[dict[str, Any]]:
    """The log as a timeline; the notes that stay at NAV only for those who work there."""
    return [{"on": entry.on, "title": _title(entry.row), "body": _body(entry.row, at_nav=at_nav), "who": entry.by}
            for entry in entries]  # fmt: skip


def _title(line: Contact | Review | EmployerReport) -> str:
    if isinstance(line, Contact):
        return name("contact_kind", line.kind)
    return _("Review") if isinstance(line, Review) else name("report_kind", line.kind)


def _body(line: Contact | Review | EmployerReport, *, at_nav: bool) -> str:
    if isinstance(line, Contact):
        words = [name("contact_result", line.result) if line.result else "", line.agreed,
                 line.for_caseworkers if at_nav else ""]  # fmt: skip
    elif isinstance(line, Review):
        words = [name("review_conclusion", line.conclusion), line.get_headway_display(), line.text]
    else:
        hiring = name("hiring_realistic", line.hiring) if line.hiring else ""
        words = [line.tasks, line.progress, line.needs,
                 _("Hiring: %(answer)s") % {"answer": hiring} if hiring else "",
                 _("Wants NAV to get in touch") if line.wants_contact else ""]  # fmt: skip
    return " ".join(_sentence(str(word).strip()) for word in words if word)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def feedback(rows: Iterable[Feedback]) -> list[dict[str, Any]]:
    """Feedback as a timeline."""
    return [{"on": line.on, "title": ", ".join(name("feedback_topic", topic) for topic in line.topics) or _("Feedback"),
             "body": _feedback_body(line)} for line in rows]  # fmt: skip


def _feedback_body(line: Feedback) -> str:
    parts = [_("Masters well: %(words)s") % {"words": line.masters} if line.masters else "",
             _("Needs more training in: %(words)s") % {"words": line.needs_training} if line.needs_training else "",
             line.text]  # fmt: skip
    return " ".join(_sentence(part) for part in parts if part)
