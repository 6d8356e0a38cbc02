"""Builders of the register of employers: the smallest true thing of each kind, through the services."""

import itertools
from typing import Any
from uuid import UUID, uuid4

from springbrett.access.roles import Role, Viewer
from springbrett.employers import services
from springbrett.employers.models import Employer, EmployerContact, Opening, Workplace
from springbrett.kernel.identity import demo_organisation_number
from springbrett.ledger.services import record, service
from tests.build import SYSTEM, make_viewer

_count = itertools.count(1)


def make_employer(**facts: Any) -> Employer:
    """An employer with a made-up organisation number of its own."""
    number = next(_count)
    said = {"name": f"Prøvebedrift {number} AS", "industry": "retail", "sector": "private", **facts}
    return services.employer_register(
        actor=said.pop("actor", SYSTEM), organisation_number=demo_organisation_number(number), **said
    )


def make_workplace(employer: Employer | None = None, **facts: Any) -> Workplace:
    """A workplace of an employer."""
    said = {"name": "Hovedkontoret", "place": "oslo", **facts}
    return services.workplace_add(actor=SYSTEM, employer_id=(employer or make_employer()).id, **said)


def make_opening(workplace: Workplace | None = None, **facts: Any) -> Opening:
    """An opening at a workplace."""
    said = {"title": "Butikkmedarbeider", "occupation": "5223", **facts}
    return services.opening_register(actor=SYSTEM, workplace_id=(workplace or make_workplace()).id, **said)


def make_contact(workplace: Workplace, account_id: UUID | None = None, **facts: Any) -> EmployerContact:
    """Somebody who answers for the workplace."""
    said = {"name": "Kari Kontakt", "title": "Daglig leder", "phone": "90000000", "email": "kari@example.test", **facts}
    return services.contact_add(actor=SYSTEM, workplace_id=workplace.id, account_id=account_id, **said)


def make_employer_viewer(employer: Employer) -> Viewer:
    """An account that answers for the employer."""
    return make_viewer(Role.EMPLOYER, employer_id=employer.id)


@service
def tell_stay(
    *, employer: Employer, case_id: UUID | None = None, person_id: UUID | None = None, extensions: int = 0,
    extension_reason: str = "more_time_needed", reason: str = "", outcomes: tuple[str, ...] = (), **facts: Any,
) -> UUID:  # fmt: skip
    """Write the events of one stay with the employer, as the later rooms do; answers the agreement's id."""
    agreement = uuid4()
    about = {
        "actor": SYSTEM, "employer_id": employer.id, "case_id": case_id or uuid4(), "person_id": person_id or uuid4(),
        "object_kind": "agreement", "object_id": agreement,
    }  # fmt: skip
    started = {"employer": employer.id, "measure": "arbeidstrening", "chain": "work_experience",
               "main_purpose": "work_experience", **facts}  # fmt: skip
    record(action="agreement.started", step="agreement", facts=started, **about)
    for _ in range(extensions):
        record(action="followup.extended", step="followup", facts={"reason": extension_reason}, **about)
    if reason:
        record(action="agreement.ended", step="agreement", facts={"reason": reason}, **about)
    if outcomes:
        record(action="outcome.decided", step="outcome", facts={"outcomes": list(outcomes), "agreement": agreement},
               **{**about, "object_kind": "outcome", "object_id": uuid4()})  # fmt: skip
    return agreement
