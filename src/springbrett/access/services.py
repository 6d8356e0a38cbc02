"""Writers: accounts, reasoned access, looks."""

from datetime import timedelta
from uuid import UUID

from springbrett import catalogue
from springbrett.access.models import Account, Look, OpenedCase
from springbrett.access.policy import Decision, Denied
from springbrett.access.roles import Role, Viewer
from springbrett.kernel import clock
from springbrett.ledger.services import record, service


class ReasonMissing(ValueError):
    """Access outside the portfolio was asked for without saying why."""


@service
def account_create(
    *,
    actor: Viewer,
    name: str,
    role: Role,
    belongs_to: str = "",
    office_id: UUID | None = None,
    person_id: UUID | None = None,
    employer_id: UUID | None = None,
    phone: str = "",
    email: str = "",
    language: str = "nb",
    cleared_for_protected: bool = False,
    account_id: UUID | None = None,
) -> Account:
    """Create a log-in. Only the administrator and the system may. Raises Denied."""
    if actor.role not in {Role.ADMINISTRATOR, Role.SYSTEM}:
        raise Denied(Decision(False, "not_yours"))
    account = Account(
        name=name,
        role=role,
        belongs_to=belongs_to,
        office_ref=office_id,
        person_ref=person_id,
        employer_ref=employer_id,
        phone=phone,
        email=email,
        language=language,
        cleared_for_protected=cleared_for_protected,
    )
    if account_id is not None:
        account.id = account_id
    account.save(force_insert=True)
    record(actor=actor, action="access.account_created", step="", object_kind="account", object_id=account.id,
           facts={"role": role.value})  # fmt: skip
    return account


@service
def case_open_with_reason(*, actor: Viewer, case_id: UUID, person_id: UUID, reason: str) -> OpenedCase:
    """Open a case outside the actor's portfolio for the hours the house allows.

    The caller has asked the policy that a reason would open it. Raises ReasonMissing for an empty reason.
    """
    if len(reason.strip()) < 10:
        raise ReasonMissing("a reason of at least ten characters is needed")
    now = clock.now()
    until = now + timedelta(hours=catalogue.load().house_int("grant_hours", now.date()))
    opened = OpenedCase.objects.create(
        account_id=actor.account_id, case_ref=case_id, reason=reason.strip(), opened_at=now, until=until
    )
    record(actor=actor, action="access.opened_with_reason", step="", case_id=case_id, person_id=person_id,
           object_kind="opened_case", object_id=opened.id, facts={"until": until.date()})  # fmt: skip
    return opened


def look_log(*, viewer: Viewer, person_id: UUID, case_id: UUID | None, page: str, why: str, reason: str = "") -> Look:
    """Log one look at a person. The log is its own append-only record, so no ledger event is needed beside it."""
    return Look.objects.create(
        at=clock.now(),
        account_id=viewer.account_id,
        role=viewer.role.value,
        person_ref=person_id,
        case_ref=case_id,
        page=page,
        why=why,
        reason=reason,
    )
