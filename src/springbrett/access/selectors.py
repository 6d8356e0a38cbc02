"""Readers: the viewer behind an account, who has looked, what is open with a reason."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from springbrett.access.models import Account, Look, OpenedCase
from springbrett.access.policy import Decision, Denied
from springbrett.access.roles import Role, Viewer
from springbrett.kernel import clock


@dataclass(frozen=True, slots=True)
class LookRow:
    """A look as the person reads it."""

    at: datetime
    who: str
    role: str
    page: str
    why: str
    reason: str


def viewer_from(account: Account) -> Viewer:
    """The viewer an account acts as."""
    return Viewer(
        account_id=account.id,
        role=Role(account.role),
        name=account.name,
        office_id=account.office_ref,
        person_id=account.person_ref,
        employer_id=account.employer_ref,
        language=account.language,
        cleared_for_protected=account.cleared_for_protected,
    )


def viewer_by_id(account_id: UUID) -> Viewer | None:
    """The viewer of an active account, or None."""
    account = Account.objects.filter(pk=account_id, active=True).first()
    return viewer_from(account) if account else None


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach the person behind an account."""

    name: str = ""
    phone: str = ""
    email: str = ""


def reach_of(account_id: UUID) -> Reach:
    """Name, phone and e-mail of an account; empty when there is none."""
    row = Account.objects.filter(pk=account_id).values_list("name", "phone", "email").first()
    return Reach(*row) if row else Reach()


def account_names(account_ids: set[UUID]) -> dict[UUID, str]:
    """Names by account id, in one query."""
    return dict(Account.objects.filter(pk__in=account_ids).values_list("id", "name"))


def accounts_of_same_person(account_id: UUID) -> frozenset[UUID]:
    """The accounts of whoever has this one: somebody with two jobs has two, known by the same e-mail address. What
    must be done by two persons is then not done by one with two accounts."""
    email = reach_of(account_id).email
    same = Account.objects.filter(email__iexact=email).values_list("id", flat=True) if email else ()
    return frozenset((account_id, *same))


def opened_until(viewer: Viewer, case_id: UUID) -> datetime | None:
    """Until when the viewer's reasoned access to the case lasts; None if there is none in force."""
    opened = _opened(viewer, case_id)
    return opened.until if opened else None


def opened_reason(viewer: Viewer, case_id: UUID) -> str:
    """The reason the viewer gave for the access now in force; empty if there is none."""
    opened = _opened(viewer, case_id)
    return opened.reason if opened else ""


def _opened(viewer: Viewer, case_id: UUID) -> OpenedCase | None:
    rows = OpenedCase.objects.filter(account_id=viewer.account_id, case_ref=case_id, until__gt=clock.now())
    return rows.order_by("-until").first()


def looks_at(viewer: Viewer, person_id: UUID, limit: int = 100) -> tuple[LookRow, ...]:
    """The newest looks at a person. Only the person and the administrator may ask. Raises Denied."""
    if viewer.person_id != person_id and viewer.role is not Role.ADMINISTRATOR:
        raise Denied(Decision(False, "not_yours"))
    looks = list(Look.objects.filter(person_ref=person_id).order_by("-id")[:limit])
    names = account_names({look.account_id for look in looks})
    return tuple(
        LookRow(look.at, names.get(look.account_id, ""), look.role, look.page, look.why, look.reason) for look in looks
    )
