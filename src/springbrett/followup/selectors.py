"""The readers of follow-up. Each asks the policy, and shows a party only what concerns that party."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role, Viewer
from springbrett.access.selectors import account_names
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import InForce, agreement_for, current, main_ones
from springbrett.followup.facts import facts_of, statuses_of, with_outcome
from springbrett.followup.models import Audience, Contact, EmployerReport, Feedback, PlanItem, Review
from springbrett.followup.records import CASEWORKER, EMPLOYER, PARTICIPANT, DutyStatus, Kind, State
from springbrett.people.selectors import cases_for, caseworker_id_of

FINAL = "final"
WHERE_THE_PARTICIPANT_TAKES_PART = frozenset(
    {Kind.STARTUP_MEETING, Kind.CONTACT, Kind.VISIT, Kind.JOINT_MEETING, Kind.PARTICIPANT_TALK, Kind.WHAT_NEXT,
     Kind.FEEDBACK, Kind.EXTRA}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueItem:
    """A duty on somebody's list, with whose case it is and where to do it."""

    agreement_id: UUID
    case_id: UUID
    person_name: str
    workplace_name: str
    status: DutyStatus
    url: str

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return self.status.duty.kind

    @property
    def code(self) -> str:
        """The report kind, or the contact kind of an added item; empty otherwise."""
        return self.status.duty.code

    @property
    def due_on(self) -> date:
        """The day it is due."""
        return self.status.duty.due_on

    @property
    def state(self) -> State:
        """Due, overdue or coming."""
        return self.status.state

    @property
    def owed_by(self) -> str:
        """Which party owes it."""
        return self.status.duty.owed_by


@dataclass(frozen=True, slots=True)
class OverdueCount:
    """One caseworker's overdue duties: how many, in how many cases, and of which kinds."""

    caseworker_id: UUID | None
    overdue: int
    cases: int
    by_kind: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A contact, review or report in the log, with the name of the one who wrote it."""

    on: date
    what: str
    row: Contact | Review | EmployerReport
    by: str


def party_of(viewer: Viewer) -> str:
    """Which side of the table the viewer sits on. A mentor sits with the employer; leaders and the system with NAV."""
    if viewer.role in {Role.EMPLOYER, Role.MENTOR}:
        return EMPLOYER
    return PARTICIPANT if viewer.role is Role.PARTICIPANT else CASEWORKER


def duties_of(viewer: Viewer, agreement: Agreement, on: date) -> tuple[DutyStatus, ...]:
    """The duties of an agreement on the day, as far as they concern the viewer; empty when it never came into force.

    Raises AgreementNotFound, Denied.
    """
    agreement = agreement_for(viewer, agreement.id, Action.SEE_PLAN)
    row = current(agreement)
    if row is None:
        return ()
    facts = with_outcome(facts_of([agreement.id])[agreement.id], agreement.id)
    return tuple(s for s in statuses_of(row, facts, on) if _concerns(viewer, s))


def due_for(viewer: Viewer, on: date, among: Iterable[Agreement] | None = None) -> tuple[DueItem, ...]:
    """What is due, overdue or next on the viewer's list, most pressing first; six queries, however many cases.

    Three queries when a party's own agreements have been read already (`among`, with versions and approvals).

    A caseworker or leader gets everything owed in the portfolio, an employer contact its own reports, a participant own
    meetings and the invitation to give feedback. Outcomes are listed by the outcome room.
    """
    items = [
        DueItem(row.agreement.id, row.agreement.case_id, row.agreement.case.person.name,
                row.agreement.workplace.name, status, _url(viewer, row.agreement, status))
        for row, statuses in _portfolio(viewer, on, among)
        for status in statuses
        if status.open and not status.duty.projected and _on_list(viewer, status)
    ]  # fmt: skip
    order = {State.OVERDUE: 0, State.DUE: 1, State.COMING: 2}
    return tuple(sorted(items, key=lambda item: (order[item.state], item.due_on, item.person_name, item.kind)))


def overdue_counts(viewer: Viewer, on: date) -> tuple[OverdueCount, ...]:
    """Overdue duties by caseworker among the cases the viewer may list, most first. For the office leader."""
    carriers = {case.id: caseworker_id_of(case) for case in cases_for(viewer)}
    kinds: dict[UUID | None, Counter[str]] = {}
    cases: dict[UUID | None, set[UUID]] = {}
    for row, statuses in _portfolio(viewer, on):
        carrier = carriers.get(row.agreement.case_id)
        late = [s.duty.kind.value for s in statuses if s.state is State.OVERDUE and s.duty.kind is not Kind.OUTCOME]
        if late:
            kinds.setdefault(carrier, Counter()).update(late)
            cases.setdefault(carrier, set()).add(row.agreement.case_id)
    counts = (OverdueCount(key, sum(found.values()), len(cases[key]), dict(found)) for key, found in kinds.items())
    return tuple(sorted(counts, key=lambda count: (-count.overdue, str(count.caseworker_id))))


def log_of(viewer: Viewer, agreement: Agreement) -> tuple[LogEntry, ...]:
    """Contacts, reviews and reports, newest first. Outsiders see what concerns them: no talk held without them.

    Raises AgreementNotFound, Denied.
    """
    agreement = agreement_for(viewer, agreement.id, Action.SEE_PLAN)
    party = party_of(viewer)
    found: list[tuple[date, str, Contact | Review | EmployerReport]] = [
        (row.on, "contact", row)
        for row in Contact.objects.filter(agreement=agreement)
        if party == CASEWORKER or party in row.attended
    ]
    if party != EMPLOYER:
        found += [(row.on, "review", row) for row in Review.objects.filter(agreement=agreement)]
    found += [(row.submitted_on, "report", row) for row in EmployerReport.objects.filter(agreement=agreement)]
    names = account_names({row.by for _, _, row in found})
    entries = (LogEntry(on, what, row, names.get(row.by, "")) for on, what, row in found)
    return tuple(sorted(entries, key=lambda entry: (entry.on, entry.what), reverse=True))


def feedback_to_employer(viewer: Viewer, agreement: Agreement) -> tuple[Feedback, ...]:
    """What the participant has told the employer, newest first. Raises AgreementNotFound, Denied."""
    agreement = agreement_for(viewer, agreement.id, Action.SEE_AGREEMENT)
    return _feedback(agreement, Audience.EMPLOYER)


def private_feedback(viewer: Viewer, agreement: Agreement) -> tuple[Feedback, ...]:
    """What the participant has told NAV alone, newest first. No employer or mentor gets past the policy.

    Raises AgreementNotFound, Denied.
    """
    agreement = agreement_for(viewer, agreement.id, Action.SEE_PRIVATE_FEEDBACK)
    return _feedback(agreement, Audience.NAV)


def reports_of(viewer: Viewer, agreement: Agreement) -> tuple[EmployerReport, ...]:
    """The employer's reports, newest first. Raises AgreementNotFound, Denied."""
    agreement = agreement_for(viewer, agreement.id, Action.SEE_PLAN)
    return tuple(EmployerReport.objects.filter(agreement=agreement).order_by("-submitted_on", "kind"))


def plan_items_of(viewer: Viewer, agreement: Agreement) -> tuple[PlanItem, ...]:
    """What the caseworker has added to the plan and not taken away. Raises AgreementNotFound, Denied."""
    agreement = agreement_for(viewer, agreement.id, Action.FOLLOW_UP)
    return tuple(PlanItem.objects.filter(agreement=agreement, removed_at__isnull=True).order_by("on"))


def _feedback(agreement: Agreement, audience: Audience) -> tuple[Feedback, ...]:
    rows = Feedback.objects.filter(agreement=agreement, audience=audience)
    return tuple(rows.order_by("-on", "-given_at"))


def _portfolio(
    viewer: Viewer, on: date, among: Iterable[Agreement] | None = None
) -> Iterable[tuple[InForce, tuple[DutyStatus, ...]]]:
    """Every agreement that has something left to do among the viewer's cases, with its duties."""
    chosen = _still_open(viewer) if among is None else [agreement for agreement in among if agreement.is_main]
    rows = [row for row in map(current, chosen) if row]
    facts = facts_of([row.agreement.id for row in rows])
    left = (
        row for row in rows if not (row.agreement.ended_on and FINAL in (facts[row.agreement.id].done.reports or {}))
    )
    return [(row, statuses_of(row, facts[row.agreement.id], on)) for row in left]


def _still_open(viewer: Viewer) -> QuerySet[Agreement]:
    """Main agreements that run, or that ended without the employer's final report. A support has no plan of its own."""
    final = EmployerReport.objects.filter(agreement=OuterRef("pk"), kind=FINAL)
    rows = main_ones(Agreement.objects.filter(case__in=cases_for(viewer).values("pk"), discarded_at__isnull=True))
    rows = rows.filter(Q(ended_on__isnull=True) | ~Exists(final))
    if viewer.role is Role.EMPLOYER and viewer.employer_id:
        rows = rows.filter(workplace__employer_id=viewer.employer_id)
    return rows.select_related("case__person", "workplace__employer").prefetch_related("versions", "approvals")


def _concerns(viewer: Viewer, status: DutyStatus) -> bool:
    return party_of(viewer) in status.duty.visible_to or viewer.role is Role.SYSTEM


def _on_list(viewer: Viewer, status: DutyStatus) -> bool:
    duty = status.duty
    if duty.kind is Kind.OUTCOME or not _concerns(viewer, status):
        return False
    if viewer.role is Role.EMPLOYER:
        return duty.owed_by == EMPLOYER
    if viewer.role is Role.PARTICIPANT:
        return duty.owed_by == PARTICIPANT or duty.kind in WHERE_THE_PARTICIPANT_TAKES_PART
    office = viewer.role in CASEWORKERS | {Role.OFFICE_LEADER, Role.SYSTEM}
    return office and not (duty.voluntary and duty.owed_by == PARTICIPANT)


def _url(viewer: Viewer, agreement: Agreement, status: DutyStatus) -> str:
    if viewer.role is Role.EMPLOYER and status.duty.kind is Kind.REPORT:
        return reverse("followup:report", args=[agreement.id, status.duty.code])
    if viewer.role in {Role.EMPLOYER, Role.PARTICIPANT, Role.MENTOR}:
        name = "followup:feedback" if status.duty.kind is Kind.FEEDBACK else "followup:plan"
        return reverse(name, args=[agreement.id])
    return reverse("followup:page", args=[agreement.case_id])
