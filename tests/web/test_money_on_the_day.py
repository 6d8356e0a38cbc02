"""What the caseworker's day and the history tell of money, and the quick reading of events against the slow."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from springbrett.access.roles import Viewer
from springbrett.desk import money as quick
from springbrett.funding.records import Month
from springbrett.funding.selectors import request_of
from springbrett.funding.services import funding_withdraw
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.people.models import Case, Office
from tests.builders.funding import Purse, make_approver, purse, schedule

ASKED = date(2026, 2, 10)
ClientFor = Callable[[Viewer], Client]


@pytest.fixture
def money(caseworker: Viewer, office: Office, case: Case) -> Purse:
    return purse(caseworker, make_approver(office), case)


@pytest.mark.parametrize(("granted", "words"), [(True, "Pengene er innvilget"), (False, "Pengene er avslått")])
def test_the_caseworkers_day_says_what_was_decided_for_a_week(
    money: Purse, client_for: ClientFor, granted: bool, words: str
) -> None:
    request = money.ask(on=ASKED)
    money.decide(request, granted, on=ASKED)
    client = client_for(money.caseworker)
    with clock.at(date(2026, 2, 17)):
        page = client.get("/day/").content.decode()
        assert words in page and f"/funding/requests/{request.id}/" in page
    with clock.at(date(2026, 2, 18)):
        assert words not in client.get("/day/").content.decode()


def test_the_history_tells_what_was_decided_and_why(money: Purse, client_for: ClientFor) -> None:
    money.decide(money.ask(on=ASKED), granted=False, on=ASKED)
    client = client_for(money.caseworker)
    page = client.get(f"/cases/{money.case.id}/history/").content.decode()
    assert "Det ble søkt om penger" in page and "Det er ikke penger igjen" in page
    told = "Søknaden om penger ble avgjort: Det er ikke penger igjen"
    assert told in client.get(f"/cases/{money.case.id}/").content.decode()


def test_the_person_reads_that_the_approver_has_looked_and_why(
    money: Purse, participant: Viewer, client_for: ClientFor
) -> None:
    request = money.ask(on=ASKED)
    client_for(money.approver).get(f"/funding/requests/{request.id}/")
    page = client_for(participant).get("/mine/looks/").content.decode()
    assert "Avgjør om penger ved kontoret" in page and "Pengene til tiltaket" in page


def test_the_employers_start_page_says_how_many_months_can_be_claimed(money: Purse, client_for: ClientFor) -> None:
    request = money.granted(on=ASKED)
    client = client_for(money.employer)
    with clock.at(date(2026, 4, 30)):
        assert "1 måned kan kreves" in client.get("/company/").content.decode()
    money.claim(request, Month(2026, 3), on=date(2026, 4, 30))
    with clock.at(date(2026, 4, 30)):
        assert "kan kreves" not in client.get("/company/").content.decode()


def _waits_quickly(money: Purse) -> bool:
    return money.subject_id in quick.waiting(Event.objects.order_by("id"))


def test_what_the_events_tell_of_waiting_is_what_the_rows_tell(money: Purse) -> None:
    def agree(expected: bool) -> None:
        assert request_of(money.subject_id).waiting is _waits_quickly(money) is expected

    agree(False)
    first = money.ask(on=ASKED)
    agree(True)
    money.decide(first, on=ASKED)
    agree(False)
    money.ask(schedule(monthly=1_000), on=ASKED)
    agree(True)
    funding_withdraw(actor=money.caseworker, subject_id=money.subject_id, grant_stands=True)
    agree(False)
    money.ask(schedule(monthly=2_000), on=ASKED)
    agree(True)
    money.close(date(2026, 5, 31))
    agree(False)
