"""One case as a whole: where it stands, what is due, who takes part, what has happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from springbrett.access.policy import Action
from springbrett.access.roles import Role, Viewer
from springbrett.access.selectors import account_names
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import AgreementContent
from springbrett.agreement.selectors import agreements_for_case, content_in_force, newest_version, supports_of
from springbrett.agreement.show import SupportRow, support_rows
from springbrett.agreement.show import reader_of as reader
from springbrett.desk import explain
from springbrett.desk.links import step_url
from springbrett.desk.path import State, StepState
from springbrett.desk.selectors import Glance, glance
from springbrett.followup.explain import reader_of
from springbrett.followup.records import DutyStatus
from springbrett.followup.records import State as DutyState
from springbrett.followup.selectors import duties_of
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import case_events
from springbrett.people.models import Case
from springbrett.people.selectors import caseworker_id_of, decision_on

QUIET = frozenset({"mapping.answered", "agreement.started", "access.opened_with_reason", "person.registered"})
"""Events the timeline leaves to the history page."""
TIMELINE_LENGTH = 15


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who takes part: in what capacity, who, and how to reach them."""

    part: str
    name: str
    reach: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class DueLine:
    """A duty of the case, in words."""

    words: str
    on: date
    state: str
    status: DutyStatus


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything the case page shows, already within what the viewer may see."""

    glance: Glance
    agreement: Agreement | None
    content: AgreementContent | None
    in_force: bool
    beside: list[SupportRow]
    due: tuple[DueLine, ...]
    parties: tuple[Party, ...]
    timeline: list[dict[str, object]]
    next_action: tuple[str, str] | None


def casefile_of(viewer: Viewer, case: Case, on: date) -> CaseFile:
    """The case as a whole for a viewer who may see it. Parts the viewer may not see are left out."""
    events = list(case_events(case.id))
    seen = glance(events)
    agreement = _newest_agreement(viewer, case)
    in_force = content_in_force(agreement) if agreement else None
    content = in_force or (newest_version(agreement).record if agreement else None)
    due = _due(viewer, agreement, on) if agreement and in_force else ()
    return CaseFile(
        glance=seen,
        agreement=agreement,
        content=content,
        in_force=in_force is not None,
        beside=support_rows(supports_of(viewer, agreement), reader(viewer)) if agreement else [],
        due=due,
        parties=_parties(case, agreement, content),
        timeline=_timeline(viewer, events, case.id),
        next_action=_next_action(viewer, case, seen.standing),
    )


def _newest_agreement(viewer: Viewer, case: Case) -> Agreement | None:
    if not decision_on(viewer, case, Action.SEE_AGREEMENT).allowed:
        return None
    return next((a for a in agreements_for_case(viewer, case.id) if a.discarded_at is None), None)


def _due(viewer: Viewer, agreement: Agreement, on: date) -> tuple[DueLine, ...]:
    """What is due, overdue or next; the projected rest belongs to the plan."""
    order = {DutyState.OVERDUE: 0, DutyState.DUE: 1, DutyState.COMING: 2}
    mine, reader = viewer.role is Role.PARTICIPANT, reader_of(viewer)
    statuses = [s for s in duties_of(viewer, agreement, on) if s.open and not s.duty.projected]
    statuses = [s for s in statuses if mine or not s.duty.voluntary]
    statuses.sort(key=lambda status: (order[status.state], status.duty.due_on))
    return tuple(
        DueLine(explain.duty_words(s.duty.kind, s.duty.code, reader), s.duty.due_on, s.state.value, s)
        for s in statuses[:8]
    )


def _parties(case: Case, agreement: Agreement | None, content: AgreementContent | None) -> tuple[Party, ...]:
    person, carrier = case.person, caseworker_id_of(case)
    name = account_names({carrier}).get(carrier, "") if carrier else ""
    found = [
        Party(_("Participant"), person.name, _reach(person.phone, person.email)),
        Party(_("Caseworker"), name, "", case.office.name),
    ]
    if agreement and content:
        contact = content.contact_employer
        found.append(Party(_("Employer"), contact.name or agreement.workplace.employer.name,
                           _reach(contact.phone, contact.email), _where(agreement)))  # fmt: skip
        if content.support.mentor_name:
            found.append(Party(_("Mentor"), content.support.mentor_name))
    return tuple(found)


def _where(agreement: Agreement) -> str:
    employer, workplace = agreement.workplace.employer.name, agreement.workplace.name
    return employer if employer == workplace else f"{workplace}, {employer}"


def _reach(phone: str, email: str) -> str:
    return " · ".join(part for part in (phone, email) if part)


def _timeline(viewer: Viewer, events: Sequence[Event], case_id: UUID) -> list[dict[str, object]]:
    told = [event for event in events if event.action not in QUIET][-TIMELINE_LENGTH:]
    names = account_names({event.actor_account_id for event in told})
    return [
        {
            "on": event.occurred_at,
            "title": explain.told_sentence(event.action, event.facts),
            "who": names.get(event.actor_account_id) or explain.role_words(event.actor_role),
            "url": step_url(event.step, case_id, viewer.role),
        }
        for event in reversed(told)
    ]


def _next_action(viewer: Viewer, case: Case, step: StepState) -> tuple[str, str] | None:
    """The link to what the caseworker does next, and what it is called; nobody else acts from here."""
    if not viewer.carries_cases or not decision_on(viewer, case, Action.FOLLOW_UP).allowed:
        return None
    url = step_url(step.code, case.id)
    if not url or step.state is State.DONE:
        return None
    return url, str(explain.NEXT_ACTIONS[step.code])
