"""The ledger: only added to, always together with what it tells of, and never with words in it."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from springbrett.access.roles import Viewer
from springbrett.kernel import clock
from springbrett.ledger.facts import NotAFact, coded
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import case_events
from springbrett.ledger.services import UnknownEvent, UnrecordedService, record, service
from springbrett.people.models import Case, Office, Person
from tests import build

SYSTEM = Viewer.system()


def test_opening_a_case_leaves_who_in_which_role_when_about_what_and_by_which_catalogue(
    caseworker: Viewer, office: Office
) -> None:
    with clock.at(date(2026, 3, 2)):
        case = build.make_case(caseworker)
    event = case_events(case.id).get(action="case.opened")
    assert (event.actor_account_id, event.actor_role) == (caseworker.account_id, "caseworker")
    assert event.occurred_at.date() == date(2026, 3, 2)
    assert event.office_id == office.id
    assert event.facts["caseworker"] == str(caseworker.account_id)
    assert event.catalogue_version


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_refuses_to_change_or_remove_an_event(case: Case, change: str) -> None:
    events = Event.objects.filter(case_id=case.id)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        events.update(action="case.assigned") if change == "update" else events._raw_delete(events.db)
    assert case_events(case.id).filter(action="case.opened").exists()


def test_a_service_that_tells_nothing_is_rolled_back(office: Office) -> None:
    @service
    def silent(*, actor: Viewer) -> None:
        Office.objects.filter(pk=office.pk).update(name="changed")

    with pytest.raises(UnrecordedService):
        silent(actor=SYSTEM)
    office.refresh_from_db()
    assert office.name == "Nav Prøvestad"


def test_a_service_that_breaks_midway_leaves_neither_rows_nor_events(caseworker: Viewer) -> None:
    before = Event.objects.count()

    @service
    def broken(*, actor: Viewer) -> None:
        build.make_person()
        raise RuntimeError("the process was killed here")

    with pytest.raises(RuntimeError, match="killed"):
        broken(actor=SYSTEM)
    assert Person.objects.count() == 0
    assert Event.objects.count() == before


def test_an_event_outside_a_service_is_refused(db: None) -> None:
    with pytest.raises(RuntimeError, match="outside a @service"):
        record(actor=SYSTEM, action="case.opened", step="")


def test_an_event_that_is_not_on_the_map_is_refused(db: None) -> None:
    with pytest.raises(UnknownEvent, match=r"flow\.py"):
        record(actor=SYSTEM, action="case.invented", step="")


@pytest.mark.parametrize("words", ["Kari Nordmann", "is often ill", "01819012345", "å"])
def test_words_and_national_numbers_are_refused_and_not_repeated_in_the_error(words: str) -> None:
    with pytest.raises(NotAFact) as refused:
        coded({"reason": words})
    assert words not in str(refused.value)
    assert "reason" in str(refused.value)


def test_facts_are_codes_numbers_dates_and_ids() -> None:
    key = uuid4()
    assert coded({"on": date(2026, 1, 2), "who": key, "codes": ("a", "b"), "n": 3, "none": None}) == {
        "on": "2026-01-02", "who": str(key), "codes": ["a", "b"], "n": 3, "none": None,
    }  # fmt: skip
