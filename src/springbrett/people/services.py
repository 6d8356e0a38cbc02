"""Writers of the people register: persons, cases, who carries them, whom an agreement lets in."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from springbrett.access import services as access_services
from springbrett.access.models import OpenedCase
from springbrett.access.policy import Action, Decision, Denied, OfficeAction, may_on_office, require
from springbrett.access.roles import CASEWORKERS, OFFICE_STAFF, Role, Viewer
from springbrett.access.selectors import viewer_by_id
from springbrett.kernel import clock
from springbrett.kernel.identity import IdentityError, NationalId
from springbrett.ledger.services import record, service
from springbrett.people.models import Case, CaseAssignment, CaseParty, Office, Person, Protection
from springbrett.people.selectors import case_for, decision_on


@service
def person_register(
    *,
    actor: Viewer,
    national_id: str,
    given_name: str,
    family_name: str,
    language: str = "nb",
    home_place: str = "",
    phone: str = "",
    email: str = "",
    protection: Protection = Protection.NONE,
    person_id: UUID | None = None,
) -> Person:
    """Enter a person in the register. Raises IdentityError for an impossible number, Denied for outsiders."""
    if actor.role not in OFFICE_STAFF | {Role.SYSTEM}:
        raise Denied(Decision(False, "not_yours"))
    person = Person(
        national_id=NationalId.parse(national_id).value,
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        language=language,
        home_place=home_place,
        phone=phone,
        email=email,
        protection=protection,
    )
    if person_id is not None:
        person.id = person_id
    person.full_clean(validate_unique=True)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:  # registered by somebody else in between; the database's own message holds the number
        raise IdentityError("taken") from None
    record(actor=actor, action="person.registered", step="", person_id=person.id)
    return person


@service
def case_open(
    *,
    actor: Viewer,
    person_id: UUID,
    office_id: UUID,
    caseworker_id: UUID,
    chained_from_id: UUID | None = None,
    case_id: UUID | None = None,
) -> Case:
    """Open a case for a person and give it to a caseworker from today.

    `chained_from_id` is the case whose outcome led here. Raises Denied, or ValueError for an account that carries none.
    """
    if actor.role is not Role.SYSTEM:
        require(may_on_office(actor, OfficeAction.OPEN_CASES, office_id))
    _must_carry_cases(caseworker_id)
    case = Case(person_id=person_id, office_id=office_id, opened_on=clock.today(), chained_from_id=chained_from_id)
    if case_id is not None:
        case.id = case_id
    case.save(force_insert=True)
    CaseAssignment.objects.create(case=case, account_id=caseworker_id, from_on=case.opened_on)
    record(actor=actor, action="case.opened", step="", case_id=case.id, person_id=person_id, object_kind="case",
           object_id=case.id, facts={"chained_from": chained_from_id, "caseworker": caseworker_id})  # fmt: skip
    return case


@service
def case_assign(*, actor: Viewer, case_id: UUID, caseworker_id: UUID) -> CaseAssignment:
    """Give a case to another caseworker from today. The frequent change of caseworker is a known way to fail a
    person, so the old assignment stays and counts. Raises Denied, ValueError."""
    case = case_for(actor, case_id, Action.ASSIGN)
    _must_carry_cases(caseworker_id)
    current = CaseAssignment.objects.select_for_update().get(case=case, to_on__isnull=True)
    if current.account_id == caseworker_id:
        raise ValueError("the case is already carried by this caseworker")
    today = clock.today()
    if current.from_on == today:
        current.account_id = caseworker_id
        current.save(update_fields=["account"])
        assignment = current
    else:
        current.to_on = today - timedelta(days=1)
        current.save(update_fields=["to_on"])
        assignment = CaseAssignment.objects.create(case=case, account_id=caseworker_id, from_on=today)
    record(actor=actor, action="case.assigned", step="", case_id=case.id, person_id=case.person_id,
           facts={"caseworker": caseworker_id})  # fmt: skip
    return assignment


@service
def case_open_with_reason(*, actor: Viewer, case_id: UUID, reason: str) -> OpenedCase:
    """Open a case outside one's own portfolio for a while. Raises Denied where no reason opens it, ReasonMissing."""
    case = Case.objects.get(pk=case_id)
    decision = decision_on(actor, case, Action.SEE_CASE)
    if not decision.needs_reason:
        raise Denied(decision)
    return access_services.case_open_with_reason(actor=actor, case_id=case.id, person_id=case.person_id, reason=reason)


def party_let_in(*, case_id: UUID, employer_id: UUID | None = None, mentor_account_id: UUID | None = None) -> None:
    """Let an employer, or a mentor, see what the policy gives them of a case. Called inside the agreement's service,
    which records the event."""
    today = clock.today()
    if employer_id is not None:
        CaseParty.objects.get_or_create(case_id=case_id, employer_ref=employer_id, defaults={"since": today})
    if mentor_account_id is not None:
        CaseParty.objects.get_or_create(
            case_id=case_id, mentor_account_ref=mentor_account_id, defaults={"since": today}
        )


def office_register(*, number: str, name: str, office_id: UUID | None = None) -> Office:
    """Enter an office (seeding; the administrator's page is a later issue)."""
    office = Office(number=number, name=name)
    if office_id is not None:
        office.id = office_id
    office.save(force_insert=True)
    return office


def _must_carry_cases(account_id: UUID) -> None:
    carrier = viewer_by_id(account_id)
    if carrier is None or carrier.role not in CASEWORKERS:
        raise ValueError("only an active caseworker or job specialist can carry a case")
