"""Readers of the people register. Every reader takes the viewer and returns only what that viewer may see."""

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, UUIDField

from springbrett.access import selectors as access_selectors
from springbrett.access.policy import Action, CaseFacts, Decision, may_on_case, require
from springbrett.access.roles import Role, Viewer
from springbrett.kernel import clock
from springbrett.people.models import Case, CaseAssignment, CaseParty


class CaseNotFound(LookupError):
    """No such case. The web shows the same page as for a wrong address."""


def case_for(viewer: Viewer, case_id: UUID, action: Action) -> Case:
    """The case, with person and office, if the viewer may do `action` to it.

    Raises CaseNotFound, or Denied (its decision says whether a written reason would open it).
    """
    case = with_caseworker(Case.objects.select_related("person", "office")).filter(pk=case_id).first()
    if case is None:
        raise CaseNotFound
    require(decision_on(viewer, case, action))
    return case


def decision_on(viewer: Viewer, case: Case, action: Action) -> Decision:
    """What the policy says of this viewer, case and action."""
    if viewer.role is Role.SYSTEM:
        return Decision(True, "system")
    return may_on_case(viewer, action, facts_of(case, viewer), now=clock.now())


def facts_of(case: Case, viewer: Viewer) -> CaseFacts:
    """The facts the policy needs about a case, seen by this viewer. Only what can matter to the viewer's role is asked
    for: who was let in matters to employers and mentors, a written reason to staff who do not carry the case."""
    caseworker = caseworker_id_of(case)
    let_in = viewer.role in {Role.EMPLOYER, Role.MENTOR}
    parties = list(CaseParty.objects.filter(case=case)) if let_in else []
    looks_in = viewer.office_id is not None and viewer.account_id != caseworker
    return CaseFacts(
        case_id=case.id,
        person_id=case.person_id,
        office_id=case.office_id,
        caseworker_id=caseworker,
        employer_ids=frozenset(party.employer_ref for party in parties if party.employer_ref),
        mentor_ids=frozenset(party.mentor_account_ref for party in parties if party.mentor_account_ref),
        protected=case.person.protected,
        opened_until=access_selectors.opened_until(viewer, case.id) if looks_in else None,
    )


def caseworker_id_of(case: Case) -> UUID | None:
    """Who carries the case now (already annotated by `with_caseworker`, otherwise asked for)."""
    if hasattr(case, "caseworker_id"):
        known: UUID | None = case.caseworker_id
        return known
    return CaseAssignment.objects.filter(case=case, to_on__isnull=True).values_list("account_id", flat=True).first()


def with_caseworker(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Annotate each case with `caseworker_id`, the account that carries it now."""
    carrier = CaseAssignment.objects.filter(case=OuterRef("pk"), to_on__isnull=True).values("account_id")[:1]
    return cases.annotate(caseworker_id=Subquery(carrier, output_field=UUIDField()))


def cases_for(viewer: Viewer) -> QuerySet[Case]:
    """The cases the viewer may list: own portfolio, own office (leader), own cases (participant), own
    organisation's (employer), own placements (mentor). Protected persons are listed only for those cleared."""
    cases = with_caseworker(Case.objects.select_related("person", "office"))
    if viewer.role is Role.SYSTEM:
        return cases
    if viewer.role is Role.PARTICIPANT and viewer.person_id:
        return cases.filter(person_id=viewer.person_id)
    if viewer.role is Role.EMPLOYER:
        return cases.filter(parties__employer_ref=viewer.employer_id)
    if viewer.role is Role.MENTOR:
        return cases.filter(parties__mentor_account_ref=viewer.account_id)
    if not viewer.cleared_for_protected:
        cases = cases.filter(person__protection="none")
    if viewer.role is Role.OFFICE_LEADER and viewer.office_id:
        return cases.filter(office_id=viewer.office_id)
    if viewer.carries_cases:
        return cases.filter(assignments__account_id=viewer.account_id, assignments__to_on__isnull=True)
    return cases.none()


def person_case_ids(person_id: UUID) -> list[UUID]:
    """All cases of one person, oldest first; for rules that sum over placements."""
    return list(Case.objects.filter(person_id=person_id).order_by("opened_on", "id").values_list("id", flat=True))
