"""A process that dies in the middle of a service leaves nothing half-done, and whoever comes next can go on."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from springbrett.access.roles import Role
from springbrett.ledger.models import Event
from springbrett.people.models import Case
from tests import build

DIES_AFTER_ITS_ROWS_ARE_WRITTEN = """
import os, django
django.setup()
from uuid import UUID
from springbrett.access.selectors import viewer_by_id
from springbrett.people import services
services.record = lambda **told: os._exit(9)
services.case_open(actor=viewer_by_id(UUID({account!r})), person_id=UUID({person!r}), office_id=UUID({office!r}),
                   caseworker_id=UUID({account!r}))
"""


def _address_of_the_test_database() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    return f"postgresql://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_its_rows_and_its_event_leaves_neither() -> None:
    office = build.make_office()
    caseworker = build.make_viewer(Role.CASEWORKER, office=office)
    person = build.make_person()
    before = Event.objects.count()
    script = DIES_AFTER_ITS_ROWS_ARE_WRITTEN.format(
        account=str(caseworker.account_id), person=str(person.id), office=str(office.id)
    )
    died = subprocess.run(
        [sys.executable, "-c", script], check=False,
        env=os.environ | {"SPRINGBRETT_DATABASE_URL": _address_of_the_test_database()},
    )  # fmt: skip
    assert died.returncode == 9
    assert (Case.objects.count(), Event.objects.count()) == (0, before)
    assert build.make_case(caseworker, person).person_id == person.id
