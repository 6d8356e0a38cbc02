"""Builders of follow-up: a running placement, and things done in it, through the services."""

from datetime import date
from typing import Any

from springbrett.access.roles import Viewer
from springbrett.followup import services
from springbrett.followup.models import Contact, EmployerReport, Feedback, Review
from springbrett.kernel import clock
from springbrett.people.models import Case
from tests.builders.agreement import Table, agreed, full_content

START = date(2026, 3, 2)


def running(
    caseworker: Viewer, case: Case | None = None, *, months: int = 6, start: date = START, **said: Any
) -> Table:  # fmt: skip
    """A placement in force from `start`, agreed three days before."""
    with clock.at(date.fromordinal(start.toordinal() - 3)):
        return agreed(caseworker, case, content=full_content(start, months), **said)


def logged(table: Table, on: date, kind: str = "phone_participant", **said: Any) -> Contact:
    """A contact on the day."""
    attended = said.pop("attended", ["participant"] if kind in {"phone_participant", "participant_meeting"}
                        else ["participant", "employer"])  # fmt: skip
    with clock.at(on):
        return services.contact_log(
            actor=table.caseworker, agreement_id=table.agreement.id, kind=kind, on=on, attended=attended, **said
        )


def reviewed(table: Table, on: date, **said: Any) -> Review:
    """A review on the day."""
    facts = {"duration_ok": True, "work_chance": "some", "headway": "some", "conclusion": "continue_as_is",
             "text": "Going well.", **said}  # fmt: skip
    with clock.at(on):
        return services.review_hold(actor=table.caseworker, agreement_id=table.agreement.id, on=on, **facts)


def reported(table: Table, on: date, kind: str = "start", **said: Any) -> EmployerReport:
    """An employer's report on the day."""
    facts = {"tasks": "Stocks the shelves.", "attendance": "as_agreed", **said}
    with clock.at(on):
        return services.report_submit(actor=table.employer, agreement_id=table.agreement.id, kind=kind, **facts)


def told(table: Table, on: date, audience: str = "nav", **said: Any) -> Feedback:
    """The participant's feedback on the day."""
    facts = {"text": "Nobody shows me the till.", **said}
    with clock.at(on):
        return services.feedback_give(
            actor=table.participant, agreement_id=table.agreement.id, audience=audience, **facts
        )


def ended(table: Table, on: date, reason: str = "by_participant") -> None:
    """The placement ends on the day."""
    with clock.at(on):
        services.placement_end(actor=table.caseworker, agreement_id=table.agreement.id, ended_on=on, reason_code=reason)
