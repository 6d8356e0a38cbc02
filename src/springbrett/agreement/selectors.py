"""The readers of agreements. Each asks the policy, and an employer reads only agreements about its own workplaces."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from springbrett import catalogue
from springbrett.access.models import Account
from springbrett.access.policy import Action
from springbrett.access.roles import Role, Viewer
from springbrett.agreement import approvals
from springbrett.agreement.approvals import ApprovalState, Given
from springbrett.agreement.errors import AgreementNotFound
from springbrett.agreement.models import Agreement, AgreementVersion, Approval
from springbrett.agreement.records import AgreementContent
from springbrett.kernel.period import Period
from springbrett.people.selectors import case_for, cases_for


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement that came into force: where, in which measure, and its real period (early ends included).

    `beside` is the main agreement, when it is a support.
    """

    agreement_id: UUID
    case_id: UUID
    employer_id: UUID
    measure: str
    period: Period
    beside: UUID | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """An agreement with the version in force. `period` is the real one: it ends early when the agreement was ended."""

    agreement: Agreement
    number: int
    content: AgreementContent
    period: Period


def agreement_for(viewer: Viewer, agreement_id: UUID, action: Action = Action.SEE_AGREEMENT) -> Agreement:
    """The agreement with case, person, workplace, versions and approvals, if the viewer may do `action` to it.

    Raises AgreementNotFound (also for an employer that is not a party to it), or Denied.
    """
    agreement = _whole(Agreement.objects.filter(pk=agreement_id)).first()
    if agreement is None or not _is_theirs(viewer, agreement):
        raise AgreementNotFound
    case_for(viewer, agreement.case_id, action)
    return agreement


def main_for(viewer: Viewer, agreement_id: UUID, action: Action = Action.SEE_AGREEMENT) -> Agreement:
    """The same, for what only an agreement that stands on its own has: a plan, a follow-up, an outcome.

    Raises AgreementNotFound for a support, and as `agreement_for`.
    """
    agreement = agreement_for(viewer, agreement_id, action)
    if not agreement.is_main:
        raise AgreementNotFound
    return agreement


def case_id_of(agreement_id: UUID) -> UUID:
    """Which case the agreement belongs to, for guards that ask the policy next. Raises AgreementNotFound."""
    found = Agreement.objects.filter(pk=agreement_id).values_list("case_id", flat=True).first()
    if found is None:
        raise AgreementNotFound
    return found


def agreements_for_case(viewer: Viewer, case_id: UUID) -> tuple[Agreement, ...]:
    """The agreements the case walks its path with, newest first; drafts put away are left out for outsiders.

    The supports beside them are in `supports_of`. Raises CaseNotFound, Denied.
    """
    case_for(viewer, case_id, Action.SEE_AGREEMENT)
    rows = _whole(main_ones(Agreement.objects.filter(case_id=case_id))).order_by("-created_at", "id")
    return tuple(a for a in rows if _is_theirs(viewer, a))


def supports_of(viewer: Viewer, agreement: Agreement) -> tuple[Agreement, ...]:
    """The supports that stand or have stood beside an agreement the viewer has been let in to, oldest first."""
    rows = _whole(Agreement.objects.filter(attached_to=agreement)).order_by("created_at", "id")
    return tuple(a for a in rows if _is_theirs(viewer, a))


def main_ones(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Only those a case walks its path with: what follow-up, outcome and figures are about."""
    return rows.filter(attached_to__isnull=True)


def open_ones(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Only those that have neither ended nor been put away."""
    return rows.filter(ended_on__isnull=True, discarded_at__isnull=True)


def agreements_of_viewer(viewer: Viewer) -> tuple[Agreement, ...]:
    """The agreements a participant, or an employer contact, is a party to, newest first; the supports beside them too.

    Nothing for other roles.
    """
    if viewer.role is Role.PARTICIPANT and viewer.person_id:
        rows = Agreement.objects.filter(case__person_id=viewer.person_id)
    elif viewer.role is Role.EMPLOYER and viewer.employer_id:
        rows = Agreement.objects.filter(workplace__employer_id=viewer.employer_id)
    else:
        return ()
    return tuple(_whole(rows.filter(discarded_at__isnull=True)).order_by("-created_at", "id"))


def in_force(viewer: Viewer, on: date) -> tuple[InForce, ...]:
    """Among the cases the viewer may list: the main agreements in force on the day, with their content then agreed.

    Three queries, however many cases. A mentor gets those of own placements.
    """
    rows = main_ones(Agreement.objects.filter(case__in=cases_for(viewer).values("pk")))
    found = (current(agreement) for agreement in _whole(rows) if _is_theirs(viewer, agreement))
    return tuple(row for row in found if row and row.period.contains(on))


def in_force_among(agreements: Iterable[Agreement]) -> tuple[InForce, ...]:
    """The ones that have come into force, running or over; for callers that have already been let in."""
    return tuple(row for row in map(current, agreements) if row)


def current(agreement: Agreement) -> InForce | None:
    """The agreement with the version in force and its real period; None when it never began."""
    number = in_force_number(agreement)
    if number is None:
        return None
    content = contents_of(agreement)[number]
    planned = content.period
    if agreement.ended_on is not None and agreement.ended_on < planned.start:
        return None
    return InForce(agreement, number, content, Period(planned.start, agreement.ended_on or planned.end))


def content_in_force(agreement: Agreement) -> AgreementContent | None:
    """What all three have agreed on now: the newest version everyone's approval counts for. None before the first.

    Later versions that somebody has yet to approve do not change it.
    """
    number = in_force_number(agreement)
    return contents_of(agreement)[number] if number is not None else None


def in_force_number(agreement: Agreement) -> int | None:
    """The number of the version in force; None when none has come into force."""
    return approvals.in_force_number(agreement.approval_terms, contents_of(agreement), given_to(agreement))


def approval_state(agreement: Agreement) -> ApprovalState:
    """Where each party stands towards the newest version."""
    return approvals.state(agreement.approval_terms, contents_of(agreement), given_to(agreement))


def placements_of(person_id: UUID, measure: str = "") -> tuple[Placement, ...]:
    """The person's placements that came into force, across cases, oldest first; only in `measure` when it is named.

    Supports count as placements in their own measure.

    For rules that sum over a person, so it takes no viewer: callers have been let in to one of the person's cases.
    """
    rows = Agreement.objects.filter(case__person_id=person_id, discarded_at__isnull=True)
    rows = rows.filter(measure=measure) if measure else rows
    begun = in_force_among(_whole(rows))
    placements = (
        Placement(row.agreement.id, row.agreement.case_id, row.agreement.workplace.employer_id,
                  row.agreement.measure, row.period, row.agreement.attached_to_id)
        for row in begun
    )  # fmt: skip
    return tuple(sorted(placements, key=lambda placement: placement.period))


def mentors_at(agreement: Agreement) -> tuple[tuple[UUID, str], ...]:
    """The mentors with an account at the agreement's employer, by name."""
    rows = Account.objects.filter(role=Role.MENTOR, employer_ref=agreement.workplace.employer_id, active=True)
    return tuple(rows.order_by("name", "id").values_list("id", "name"))


def parts_of(agreement: Agreement) -> tuple[str, ...]:
    """The parts that agreements of its measure have, in the catalogue's order."""
    found = catalogue.load().measure(agreement.measure).agreement
    return found.parts if found else ()


def contents_of(agreement: Agreement) -> dict[int, AgreementContent]:
    """Every version's content by number."""
    return {version.number: version.record for version in agreement.versions.all()}


def given_to(agreement: Agreement) -> tuple[Given, ...]:
    """The approvals that have not been withdrawn, oldest first."""
    numbers = {version.id: version.number for version in agreement.versions.all()}
    return tuple(
        Given(a.party, numbers[a.version_id], a.id, a.at, a.by_account, a.on_behalf_reason)
        for a in agreement.approvals.all()
        if a.withdrawn_at is None
    )


def newest_version(agreement: Agreement) -> AgreementVersion:
    """The version that is approved or changed next."""
    return max(agreement.versions.all(), key=lambda version: version.number)


def _whole(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    parties = rows.select_related("case__person", "case__office", "workplace__employer", "attached_to")
    return parties.prefetch_related(
        Prefetch("versions", AgreementVersion.objects.order_by("number")),
        Prefetch("approvals", Approval.objects.order_by("id")),
    )


def _is_theirs(viewer: Viewer, agreement: Agreement) -> bool:
    """Whether it is the viewer's to read: for an employer only its own, for a mentor only where they are the mentor
    named now (in it or in a support beside it), for outsiders no discarded drafts."""
    if viewer.role is Role.EMPLOYER and viewer.employer_id != agreement.workplace.employer_id:
        return False
    if viewer.role is Role.MENTOR and not _is_mentor(viewer.account_id, agreement):
        return False
    return agreement.discarded_at is None or viewer.role not in {Role.EMPLOYER, Role.PARTICIPANT, Role.MENTOR}


def _is_mentor(account_id: UUID, agreement: Agreement) -> bool:
    """Whether the account is the mentor of the version in force or of the newest one, here or in a support beside it:
    an earlier version's mentor has left."""
    if account_id in _mentors_in(agreement):
        return True
    beside = _whole(open_ones(agreement.attached.all()))
    return any(account_id in _mentors_in(row) for row in beside)


def _mentors_in(agreement: Agreement) -> Iterator[UUID]:
    now = {in_force_number(agreement), newest_version(agreement).number}
    for number, content in contents_of(agreement).items():
        if number in now:
            yield from content.mentors
