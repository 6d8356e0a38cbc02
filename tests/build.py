"""Builders: the smallest true thing of each kind, through the services. Numbers are synthetic (month + 80)."""

import itertools
from datetime import date
from typing import Any
from uuid import UUID

from springbrett.access.models import Account
from springbrett.access.roles import Role, Viewer
from springbrett.access.selectors import viewer_by_id, viewer_from
from springbrett.access.services import account_create
from springbrett.kernel.identity import synthetic_national_id
from springbrett.people.models import Case, Office, Person
from springbrett.people.services import case_open, office_register, person_register

SYSTEM = Viewer.system()
_count = itertools.count(1)


def make_office(name: str = "Nav Prøvestad") -> Office:
    """An office with a number of its own."""
    return office_register(number=f"{next(_count) % 10_000:04d}", name=name)


def make_viewer(role: Role, *, office: Office | None = None, name: str = "", **facts: Any) -> Viewer:
    """An account in a role, as the viewer it acts as."""
    account = account_create(
        actor=SYSTEM, name=name or f"{role.value} {next(_count)}", role=role, office_id=office.id if office else None,
        **facts,
    )  # fmt: skip
    return viewer_from(account)


def make_person(birth_date: date = date(1991, 5, 17), **facts: Any) -> Person:
    """A person with a synthetic number."""
    number = synthetic_national_id(birth_date, next(_count) % 400)
    return person_register(
        actor=SYSTEM, national_id=number, given_name=facts.pop("given_name", "Prøve"),
        family_name=facts.pop("family_name", f"Prøvesen{next(_count)}"), **facts,
    )  # fmt: skip


def make_case(caseworker: Viewer, person: Person | None = None, **facts: Any) -> Case:
    """A case carried by `caseworker` at their office."""
    assert caseworker.office_id is not None
    return case_open(
        actor=caseworker, person_id=(person or make_person()).id, office_id=caseworker.office_id,
        caseworker_id=caseworker.account_id, **facts,
    )  # fmt: skip


def participant_of(case: Case) -> Viewer:
    """The person of a case, as a viewer."""
    account = Account.objects.filter(person_ref=case.person_id).first()
    return viewer_from(account) if account else make_viewer(Role.PARTICIPANT, person_id=case.person_id)


def viewer(account_id: UUID) -> Viewer:
    """The viewer behind an account."""
    found = viewer_by_id(account_id)
    assert found is not None
    return found
