"""Every address × every role that owns nothing of the case: refused, nothing told, nothing changed.

Generated from the resolver. The case is one of the demonstration office with a running placement.
"""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoDbBlocker

from springbrett.access.models import Look
from springbrett.access.roles import Role, Viewer
from springbrett.agreement.models import Agreement
from springbrett.agreement.services import support_draft
from springbrett.demo.cast.people import PERSON
from springbrett.demo.office import fill
from springbrett.funding.records import Month
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.mapping.services import mapping_confirm, mapping_start
from tests.addresses import ADDRESSES, Address, agreement_of, client_of, fields_of, known, outside, staff, values_for
from tests.builders.funding import Purse, schedule

MADE_ON = date(2026, 11, 22)
WHOSE = "linh"
REFUSED = frozenset({403, 404, 405})
OPEN_TO_NOBODY_IN_PARTICULAR = frozenset(
    {"access:log_in", "access:log_in_as", "access:log_out", "site:health", "site:styleguide", "site:language"}
)
"""The only addresses that answer without log-in. The log-in page of the demonstration names everybody: it is replaced
by a real one, and is not there outside the demonstration."""
STRANGERS: dict[str, Callable[[Agreement], Viewer]] = {
    "a colleague at the office": lambda _: staff("per"),
    "a cleared colleague": lambda _: staff("nina"),
    "a job specialist at the office": lambda _: staff("torarne"),
    "a caseworker of another office": lambda _: staff("marit"),
    "the leader of another office": lambda _: staff("odd"),
    "the budget approver of another office": lambda _: staff("bjarne"),
    "the market contact": lambda _: staff("camilla"),
    "the analyst": lambda _: staff("lars"),
    "the administrator": lambda _: staff("astri"),
    "another participant": lambda _: known(PERSON["josef"].account_id),
    "another employer's contact": lambda a: outside(Role.EMPLOYER, a, same_employer=False),
    "a mentor elsewhere": lambda a: outside(Role.MENTOR, a, same_employer=False),
}
OWNERS: dict[str, Callable[[Agreement], Viewer]] = {
    "the caseworker": lambda _: staff("ingrid"),
    "the participant": lambda _: known(PERSON[WHOSE].account_id),
    "the employer": lambda a: outside(Role.EMPLOYER, a, same_employer=True),
    "the budget approver": lambda _: staff("hanne"),
}


@pytest.fixture(scope="module", autouse=True)
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The office is made once for all the tests here, and rolled back after them."""
    with django_db_blocker.unblock(), clock.at(MADE_ON), transaction.atomic():
        fill()
        _money_asked_granted_and_claimed(agreement_of(WHOSE))
        support_draft(actor=staff("ingrid"), agreement_id=agreement_of(WHOSE).id, measure="mentor")
        yield
        transaction.set_rollback(True)


def _money_asked_granted_and_claimed(agreement: Agreement) -> None:
    """So that the addresses about money lead to a request, a grant and a claim of this case."""
    company = agreement.workplace.employer
    money = Purse(agreement.case, agreement.id, company, staff("ingrid"), staff("hanne"),
                  outside(Role.EMPLOYER, agreement, same_employer=True))  # fmt: skip
    asked_on = date(2026, 9, 20)
    granted = money.ask(schedule(date(2026, 10, 1), date(2026, 12, 31)), on=asked_on)
    money.decide(granted, on=asked_on, override_reason="more_allocated")  # the office may have little left
    money.claim(granted, Month(2026, 10))


@pytest.fixture
def agreement(db: None) -> Agreement:
    return agreement_of(WHOSE)


@pytest.fixture(scope="module")
def body(demonstration: None) -> dict[str, str]:
    """Every field of every form that the case's own people meet, filled in."""
    agreement = agreement_of(WHOSE)
    found: dict[str, str] = {}
    with transaction.atomic():
        for owner in OWNERS.values():
            client = client_of(owner(agreement))
            for address in ADDRESSES:
                if address.about_a_case:
                    found |= fields_of(_text(client.get(address.filled(values_for(agreement)))))
        transaction.set_rollback(True)
    assert len(found) > 60
    return {name: value for name, value in found.items() if not name.startswith("open_with")}


def _text(response: HttpResponseBase) -> str:
    kind = response.headers.get("Content-Type", "")
    return "" if "pdf" in kind else b"".join(response).decode()  # type: ignore[call-overload,no-any-return]


def _everything() -> dict[str, int]:
    """How many rows there are of everything, sessions apart."""
    return {model.__name__: model._default_manager.count() for model in apps.get_models()
            if model._meta.app_label not in {"sessions", "contenttypes"}}  # fmt: skip


def _tries(client: Client, url: str, body: dict[str, str]) -> Iterator[tuple[str, HttpResponseBase]]:
    yield "GET", client.get(url)
    yield "GET by htmx", client.get(url, headers={"HX-Request": "true"})
    yield "HEAD", client.head(url)
    yield "POST of nothing", client.post(url)
    yield "POST", client.post(url, body)
    yield "PUT", client.put(url)


def _about(response: HttpResponseBase, agreement: Agreement) -> list[str]:
    """What the answer tells of the person: nothing, it should be."""
    person, text = agreement.case.person, _text(response)
    return [word for word in (person.name, person.family_name + ",", person.national_id) if word in text]


CASE_ADDRESSES = [address for address in ADDRESSES if address.about_a_case]


def test_every_blank_of_every_address_is_known(agreement: Agreement) -> None:
    values = values_for(agreement)
    assert all(address.filled(values) for address in ADDRESSES)
    assert len(CASE_ADDRESSES) > 50


def test_the_words_looked_for_do_stand_on_the_owners_pages(agreement: Agreement) -> None:
    page = client_of(staff("ingrid")).get(f"/cases/{agreement.case_id}/")
    assert _about(page, agreement)


@pytest.mark.parametrize("who", STRANGERS)
def test_who_owns_nothing_of_the_case_is_refused_everywhere(
    who: str, agreement: Agreement, body: dict[str, str]
) -> None:
    client, values = client_of(STRANGERS[who](agreement)), values_for(agreement)
    before = _everything()
    wrong = []
    for address in CASE_ADDRESSES:
        for how, response in _tries(client, address.filled(values), body):
            if response.status_code not in REFUSED:
                wrong.append(f"{how} {address.name}: {response.status_code}")
            wrong += [f"{how} {address.name} tells {word}" for word in _about(response, agreement)]
    assert wrong == []
    assert _everything() == before


def test_nobody_is_sent_to_the_log_in_and_told_nothing(agreement: Agreement, body: dict[str, str]) -> None:
    client, values, before = client_of(None), values_for(agreement), _everything()
    wrong = []
    for address in ADDRESSES:
        if address.name in OPEN_TO_NOBODY_IN_PARTICULAR:
            continue
        for how, response in _tries(client, address.filled(values), body):
            sent = response.status_code == 302 and response.headers["Location"].startswith("/log-in/?next=")
            if not sent and response.status_code not in REFUSED:
                wrong.append(f"{how} {address.name}: {response.status_code}")
            wrong += [f"{how} {address.name} tells {word}" for word in _about(response, agreement)]
    assert wrong == []
    assert _everything() == before


@pytest.mark.parametrize("who", STRANGERS)
def test_the_other_addresses_tell_strangers_nothing_of_the_case(
    who: str, agreement: Agreement, body: dict[str, str]
) -> None:
    """Lists, the register of employers, results: whoever may read them, this person is not there for them."""
    client, values = client_of(STRANGERS[who](agreement)), values_for(agreement)
    wrong = []
    for address in ADDRESSES:
        if address.about_a_case or address.name.startswith("access:"):
            continue
        for how, response in _tries(client, address.filled(values), body):
            if response.status_code >= 500:
                wrong.append(f"{how} {address.name}: {response.status_code}")
            wrong += [f"{how} {address.name} tells {word}" for word in _about(response, agreement)]
    assert wrong == []


@pytest.mark.parametrize("who", ["the analyst", "the administrator", "another participant", "a mentor elsewhere",
                                 "another employer's contact"])  # fmt: skip
def test_the_register_of_employers_is_closed_to_those_who_do_not_work_at_an_office(
    who: str, agreement: Agreement, body: dict[str, str]
) -> None:
    client, values, before = client_of(STRANGERS[who](agreement)), values_for(agreement), _everything()
    register = [a for a in ADDRESSES if a.about_an_employer or a.name.startswith("employers:")]
    open_to_them = [
        f"{how} {address.name}: {response.status_code}"
        for address in register
        for how, response in _tries(client, address.filled(values), body)
        if response.status_code not in REFUSED
    ]
    assert register and open_to_them == []
    assert _everything() == before


def test_the_leader_of_the_office_may_give_the_case_away_and_nothing_else(
    agreement: Agreement, body: dict[str, str]
) -> None:
    client, values, before = client_of(staff("randi")), values_for(agreement), _everything()
    let_in = {
        address.name
        for address in CASE_ADDRESSES
        for _how, response in _tries(client, address.filled(values), body)
        if response.status_code not in REFUSED
    }
    assert let_in == {"desk:assign"}
    assert {name for name, count in _everything().items() if count != before[name]} <= {"Look", "Event",
                                                                                       "CaseAssignment"}  # fmt: skip


def test_every_address_of_the_case_leads_somewhere_for_somebody_who_owns_it(agreement: Agreement) -> None:
    """Otherwise the refusals above would prove nothing."""
    clients, values = [client_of(owner(agreement)) for owner in OWNERS.values()], values_for(agreement)
    mapping_start(actor=staff("ingrid"), case_id=agreement.case_id)  # so that there are two versions to compare
    mapping_confirm(actor=staff("ingrid"), case_id=agreement.case_id)

    def leads(address: Address) -> bool:
        url = address.filled(values)
        found = [client.get(url, {"a": 1, "b": 2}).status_code for client in clients]
        if set(found) & {200, 302}:
            return True
        with transaction.atomic():
            posted = {client.post(url).status_code for client in clients}
            transaction.set_rollback(True)
        return bool(posted & {200, 302, 303, 409, 422})

    assert [address.name for address in CASE_ADDRESSES if not leads(address)] == []


def test_a_reason_opens_a_colleagues_case_for_reading_only_and_only_while_it_lasts(
    agreement: Agreement, body: dict[str, str]
) -> None:
    client, values = client_of(staff("per")), values_for(agreement)
    url = f"/cases/{agreement.case_id}/"
    assert client.post(url, {"open_with-reason": "Vikar for en syk kollega."}).status_code == 302
    before, wrong, read = _everything(), [], set()
    for address in CASE_ADDRESSES:
        for how, response in _tries(client, address.filled(values), body):
            if response.status_code == 200 and how.startswith("GET"):
                read.add(address.name)
            elif how.startswith("P") and response.status_code not in REFUSED | {303}:
                wrong.append(f"{how} {address.name}: {response.status_code}")
    assert wrong == [] and {"desk:case", "mapping:page", "agreement:page", "followup:page"} <= read
    assert {name for name, count in _everything().items() if count != before[name]} == {"Look"}
    assert set(Look.objects.filter(account_id=staff("per").account_id).values_list("why", flat=True)) == {
        "opened_with_reason"
    }
    with clock.at(date(2026, 11, 24)):
        assert client.get(url).status_code == 403


def test_no_reason_opens_a_case_for_those_a_reason_does_not_help(agreement: Agreement) -> None:
    values, before = values_for(agreement), Event.objects.count()
    for who, viewer in STRANGERS.items():
        if who.startswith(("a colleague", "a cleared", "a job")):
            continue
        client = client_of(viewer(agreement))
        for address in CASE_ADDRESSES:
            answer = client.post(address.filled(values), {"open_with-reason": "Vikar for en syk kollega."})
            assert answer.status_code in REFUSED, (who, address.name)
    assert Event.objects.count() == before


def test_no_form_is_taken_without_the_token_of_the_page_it_stood_on(agreement: Agreement, body: dict[str, str]) -> None:
    values, before, wrong = values_for(agreement), _everything(), []
    for viewer in (
        staff("ingrid"),
        known(PERSON[WHOSE].account_id),
        outside(Role.EMPLOYER, agreement, same_employer=True),
    ):
        client = client_of(viewer, csrf=True)
        for address in ADDRESSES:
            status = client.post(address.filled(values), body).status_code
            if status not in {403, 405}:
                wrong.append(f"{address.name}: {status}")
    assert wrong == []
    assert _everything() == before


def test_every_answer_says_it_is_not_to_be_stored_framed_sniffed_or_told_on(agreement: Agreement) -> None:
    values = values_for(agreement)
    for viewer in (None, staff("ingrid"), known(PERSON[WHOSE].account_id), staff("odd")):
        client = client_of(viewer)
        for address in ADDRESSES:
            headers = client.get(address.filled(values)).headers
            assert "no-store" in headers["Cache-Control"], address.name
            assert "private" in headers["Cache-Control"], address.name
            assert headers["X-Frame-Options"] == "DENY", address.name
            assert headers["X-Content-Type-Options"] == "nosniff", address.name
            assert headers["Referrer-Policy"] == "same-origin", address.name
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address.name
            assert "unsafe" not in headers["Content-Security-Policy"], address.name
