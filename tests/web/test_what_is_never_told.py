"""What no page, log, cookie or error message tells: the national identity number, and what was said to NAV alone."""

import logging
import traceback
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from springbrett.access.roles import Role, Viewer
from springbrett.agreement.records import Support
from springbrett.kernel import clock
from springbrett.kernel.identity import IdentityError, synthetic_national_id
from springbrett.people.models import Case, Person, Protection
from springbrett.people.services import person_register
from tests import build
from tests.addresses import ADDRESSES, client_of, values_for
from tests.builders.agreement import Table, approve, change, drafted
from tests.builders.employers import make_contact
from tests.builders.followup import running, told
from tests.builders.mapping import JOSEF, confirmed_mapping

DAY = date(2026, 3, 16)
SAID_IN_THE_MAPPING, SAID_TO_NAV = "Kartlagtordlyd", "Fortroligordlyd"
ClientFor = Callable[[Viewer], Client]


@pytest.fixture
def table(caseworker: Viewer, case: Case) -> Table:
    """A running placement with a mentor, words in the mapping and words to NAV alone."""
    with clock.at(date(2026, 2, 1)):
        confirmed_mapping(caseworker, case.id, **JOSEF, motivation_words=SAID_IN_THE_MAPPING)
    table = running(caseworker, case)
    told(table, DAY, text=SAID_TO_NAV)
    return table


def _pages(viewer: Viewer, table: Table) -> str:
    make_contact(table.agreement.workplace)
    client, values = client_of(viewer), values_for(table.agreement)
    answers = [client.get(a.filled(values)) for a in ADDRESSES if not a.name.startswith("access:")]
    return "".join(a.content.decode() for a in answers if "pdf" not in a.headers["Content-Type"])


def test_the_number_stands_on_no_page_and_private_words_only_where_they_belong(
    table: Table, leader: Viewer, market_contact: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    mentor = build.make_viewer(Role.MENTOR, employer_id=table.company.id)
    number = table.case.person.national_id
    with clock.at(DAY), caplog.at_level(logging.DEBUG):
        change(table, support=Support(mentor_account_id=mentor.account_id, other_considered=True))
        pages = {v.role: _pages(v, table) for v in (table.caseworker, table.participant, table.employer, mentor, leader,
                                                    market_contact)}  # fmt: skip
    assert not [role for role, text in pages.items() if number in text]
    at_nav_and_own = {Role.CASEWORKER, Role.PARTICIPANT}
    assert {role for role, text in pages.items() if SAID_TO_NAV in text} == at_nav_and_own
    assert {role for role, text in pages.items() if SAID_IN_THE_MAPPING in text} == at_nav_and_own
    assert number not in caplog.text and table.case.person.family_name not in caplog.text


def test_a_cookie_holds_a_key_and_not_what_was_searched_for(
    case: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    client = client_for(caseworker)
    client.post("/portfolio/", {"q": "Sjeldentnavn"})
    assert client.session["portfolio_search"] == "Sjeldentnavn"
    assert len(client.cookies["sessionid"].value) == 32
    assert str(caseworker.account_id) not in client.cookies.output()
    client.post("/log-in/as/", {"account": str(caseworker.account_id)})
    assert "portfolio_search" not in client.session


@pytest.mark.parametrize(
    "target",
    ["https://example.test/", "//example.test", "javascript:alert(1)", "\\\\example.test", "http:///example.test"],
)
def test_log_in_and_language_lead_nowhere_else(caseworker: Viewer, client: Client, target: str) -> None:
    said = client.post("/log-in/as/", {"account": str(caseworker.account_id), "next": target})
    assert (said.status_code, said.headers["Location"]) == (302, "/")
    assert client.post("/language/", {"language": "en", "next": target}).headers["Location"] == "/"


@pytest.mark.parametrize("account", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_an_account_that_is_not_there_cannot_log_in(db: None, client: Client, account: str) -> None:
    assert client.post("/log-in/as/", {"account": account}).status_code == 404


def test_two_who_register_the_same_number_at_once_leave_no_number_behind(
    caseworker: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = synthetic_national_id(date(1990, 1, 1), 7)
    said = {"national_id": number, "given_name": "Prøve", "family_name": "Prøvesen"}
    person_register(actor=caseworker, **said)
    monkeypatch.setattr(Person, "full_clean", lambda *_, **__: None)
    with pytest.raises(IdentityError) as refused:
        person_register(actor=caseworker, **said)
    assert number not in "".join(traceback.format_exception(refused.value))


def test_a_mentor_reads_only_the_agreement_that_names_them_now(table: Table, client_for: ClientFor) -> None:
    mentor, other = (build.make_viewer(Role.MENTOR, employer_id=table.company.id) for _ in range(2))
    url = f"/agreements/{table.agreement.id}/plan/"
    with clock.at(DAY):
        change(table, support=Support(mentor_account_id=mentor.account_id, other_considered=True))
        assert client_for(mentor).get(url).status_code == 200
        change(table, support=Support(mentor_account_id=other.account_id, other_considered=True))
        approve(table)
        assert client_for(mentor).get(url).status_code == 404
        assert client_for(other).get(url).status_code == 200


def test_the_employer_of_a_draft_put_away_reads_nothing_of_the_next_one(
    caseworker: Viewer, client_for: ClientFor
) -> None:
    from springbrett.agreement.services import agreement_discard

    first = drafted(caseworker)
    agreement_discard(actor=caseworker, agreement_id=first.agreement.id)
    second = drafted(caseworker, first.case)
    approve(second)
    client = client_for(first.employer)
    for table in (first, second):
        for address in ADDRESSES:
            if address.about_a_case:
                assert client.get(address.filled(values_for(table.agreement) | {"opening_id": second.company.id,
                    "contact_id": second.company.id})).status_code in {403, 404, 405}, address.name  # fmt: skip
    assert first.case.person.name not in client.get("/company/").content.decode()


def test_a_protected_person_is_on_no_list_of_those_who_are_not_cleared(
    caseworker: Viewer, leader: Viewer, market_contact: Viewer
) -> None:
    person = build.make_person(family_name="Skjermetnavn")
    table = running(caseworker, build.make_case(caseworker, person))
    Person.objects.filter(pk=person.pk).update(protection=Protection.ADDRESS)
    with clock.at(DAY):
        for viewer in (caseworker, leader, market_contact):
            assert "Skjermetnavn" not in _pages(viewer, table), viewer.role
