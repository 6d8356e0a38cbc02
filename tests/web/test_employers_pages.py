"""The register's pages: who may see what, search and paging, forms that keep what was typed, size and queries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from springbrett.access.roles import Role, Viewer
from springbrett.employers.models import CooperationStop, Employer, EmployerContact, EmployerNote, Opening, Workplace
from springbrett.kernel import clock
from springbrett.kernel.identity import demo_organisation_number
from springbrett.people.models import Case
from tests import build
from tests.builders.employers import (
    make_contact,
    make_employer,
    make_employer_viewer,
    make_opening,
    make_workplace,
    tell_stay,
)

ClientFor = Callable[[Viewer], Client]
pytestmark = pytest.mark.django_db


def test_an_employer_is_registered_with_workplace_contact_and_opening_without_javascript(
    market_contact: Viewer, client_for: ClientFor
) -> None:
    client = client_for(market_contact)
    said = {"organisation_number": demo_organisation_number(700_001), "name": "Fjord Bakeri AS",
            "industry": "food_production", "sector": "private", "staff_count": "12"}  # fmt: skip
    answer = client.post(reverse("employers:new"), said)
    assert answer.status_code == 303
    employer = Employer.objects.get(name="Fjord Bakeri AS")
    client.post(reverse("employers:workplace_new", args=[employer.id]), {"name": "Torget", "place": "bergen"})
    workplace = Workplace.objects.get(employer=employer)
    client.post(reverse("employers:contact_new", args=[workplace.id]), {"name": "Liv Leder", "phone": "90000001"})
    assert EmployerContact.objects.get(workplace=workplace).name == "Liv Leder"
    opening = {"title": "Hjelp i bakeriet", "occupation_words": "baker", "hiring_realistic": "unknown", "places": "1",
               "open_from": str(clock.today()), "demands": ["early_mornings"]}  # fmt: skip
    found = client.post(reverse("employers:opening_new", args=[workplace.id]), opening)
    if found.status_code == 422:
        assert "occupation" in found.context["form"].errors
        choice = found.context["form"].fields["occupation"].choices[0][0]
        found = client.post(reverse("employers:opening_new", args=[workplace.id]), {**opening, "occupation": choice})
    assert found.status_code == 303
    assert Opening.objects.get(workplace=workplace).demands == ["early_mornings"]
    page = client.get(reverse("employers:page", args=[employer.id])).content.decode()
    assert "Hjelp i bakeriet" in page
    assert "Liv Leder" in page


def test_a_wrong_form_keeps_the_typing_and_says_what_is_wrong(market_contact: Viewer, client_for: ClientFor) -> None:
    existing = make_employer()
    said = {"organisation_number": existing.organisation_number, "name": "Dobbelt AS", "industry": "retail",
            "sector": "private"}  # fmt: skip
    answer = client_for(market_contact).post(reverse("employers:new"), said)
    assert answer.status_code == 422
    assert "Dobbelt AS" in answer.content.decode()
    assert answer.context["form"].errors["organisation_number"]


def test_every_form_opens_for_the_market_contact(market_contact: Viewer, client_for: ClientFor) -> None:
    workplace = make_workplace()
    opening, contact = make_opening(workplace), make_contact(workplace)
    client = client_for(market_contact)
    for name, pk in (
        ("edit", workplace.employer_id), ("note_new", workplace.employer_id), ("stop", workplace.employer_id),
        ("workplace_new", workplace.employer_id), ("workplace_edit", workplace.id), ("contact_new", workplace.id),
        ("contact_edit", contact.id), ("opening_new", workplace.id), ("opening_edit", opening.id),
    ):  # fmt: skip
        assert client.get(reverse(f"employers:{name}", args=[pk])).status_code == 200, name


def test_an_opening_is_changed_and_closed(market_contact: Viewer, client_for: ClientFor) -> None:
    opening = make_opening(mentor_available=True, followup_capacity=2, open_from=clock.today() - timedelta(days=20))
    client = client_for(market_contact)
    url = reverse("employers:opening_edit", args=[opening.id])
    initial = client.get(url).context["form"].initial
    assert initial["mentor_available"] == "yes"
    said = {"title": "Ny tittel", "occupation": "5223", "hiring_realistic": "yes", "places": "2",
            "mentor_available": "no", "followup_capacity": "3", "open_from": str(opening.open_from)}  # fmt: skip
    assert client.post(url, said).status_code == 303
    opening.refresh_from_db()
    assert (opening.title, opening.mentor_available, opening.followup_capacity) == ("Ny tittel", False, 3)
    client.post(reverse("employers:opening_close", args=[opening.id]))
    opening.refresh_from_db()
    assert opening.open_to == clock.today() - timedelta(days=1)


def test_cooperation_stops_with_a_reason_and_begins_again(market_contact: Viewer, client_for: ClientFor) -> None:
    employer, client = make_employer(), client_for(market_contact)
    client.post(
        reverse("employers:stop", args=[employer.id]), {"reason": "no_hires", "note": "Vi har snakket med dem."}
    )
    assert CooperationStop.objects.get(employer=employer).reason == "no_hires"
    page = client.get(reverse("employers:page", args=[employer.id])).content.decode()
    assert "Vi har snakket med dem." in page
    client.post(reverse("employers:resume", args=[employer.id]))
    assert CooperationStop.objects.get(employer=employer).to_on == clock.today()


def test_the_contact_log_is_for_the_office_only(market_contact: Viewer, client_for: ClientFor) -> None:
    employer = make_employer()
    client_for(market_contact).post(
        reverse("employers:note_new", args=[employer.id]),
        {"on": str(clock.today()), "kind": "phone_employer", "text": "Vil ha to til våren"},
    )
    assert EmployerNote.objects.get().written_by == market_contact.account_id
    url = reverse("employers:page", args=[employer.id])
    assert "Vil ha to til våren" in client_for(market_contact).get(url).content.decode()
    own = client_for(make_employer_viewer(employer)).get(url)
    assert own.status_code == 200
    assert "Vil ha to til våren" not in own.content.decode()
    assert "history" not in own.context


def test_an_employer_contact_sees_only_their_own_organisation(client_for: ClientFor) -> None:
    own, other = make_employer(), make_employer()
    client = client_for(make_employer_viewer(own))
    assert client.get(reverse("employers:page", args=[own.id])).status_code == 200
    assert client.get(reverse("employers:page", args=[other.id])).status_code == 403
    assert client.get(reverse("employers:list")).status_code == 403
    assert client.get(reverse("employers:edit", args=[own.id])).status_code == 403


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, Role.PROVIDER, Role.BUDGET_APPROVER])
def test_roles_outside_the_office_see_no_employers(role: Role, client_for: ClientFor) -> None:
    client = client_for(build.make_viewer(role, office=build.make_office()))
    assert client.get(reverse("employers:list")).status_code == 403
    assert client.get(reverse("employers:page", args=[make_employer().id])).status_code == 403


def test_a_participant_sees_no_employers(participant: Viewer, client_for: ClientFor) -> None:
    assert client_for(participant).get(reverse("employers:list")).status_code == 403
    assert client_for(participant).get(reverse("employers:page", args=[make_employer().id])).status_code == 403


def test_names_on_the_employers_page_are_only_of_cases_one_may_list(
    case: Case, caseworker: Viewer, other_caseworker: Viewer, market_contact: Viewer, client_for: ClientFor
) -> None:
    employer, name = make_employer(), case.person.name
    tell_stay(employer=employer, case_id=case.id, person_id=case.person_id, start=clock.today())
    url = reverse("employers:page", args=[employer.id])
    assert name in client_for(caseworker).get(url).content.decode()
    for viewer in (other_caseworker, market_contact):
        page = client_for(viewer).get(url)
        assert name not in page.content.decode()
        assert page.context["history"].placements == 1


def test_search_finds_norwegian_letters_and_numbers_and_pages_forward_and_back(
    market_contact: Viewer, client_for: ClientFor
) -> None:
    for number in range(30):
        make_employer(name=f"Liten bedrift {number:02} AS")
    wanted = make_employer(name="Åsen Øvre Ærfugl AS")
    client, url = client_for(market_contact), reverse("employers:list")
    assert [row.name for row in client.get(url, {"q": "åsen ærfugl"}).context["rows"]] == [wanted.name]
    assert [row.name for row in client.get(url, {"q": wanted.organisation_number}).context["rows"]] == [wanted.name]
    first = client.get(url)
    assert not first.context["previous_url"]
    second = client.get(url + first.context["next_url"])
    assert len(first.context["rows"]) + len(second.context["rows"]) == 31
    assert not second.context["next_url"]
    back = client.get(url + second.context["previous_url"])
    assert [row.id for row in back.context["rows"]] == [row.id for row in first.context["rows"]]
    assert client.get(url, {"q": "finnes ikke"}).status_code == 200
    assert client.get(url, {"after": "tull"}).status_code == 200


def test_the_list_is_small_and_asks_little(market_contact: Viewer, client_for: ClientFor) -> None:
    for _ in range(26):
        opening = make_opening()
        tell_stay(employer=opening.workplace.employer, reason="by_employer")
    client = client_for(market_contact)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(reverse("employers:list"))
    assert len(queries) <= 10
    assert len(page.content) <= 40_000


def test_the_employers_page_is_small_and_asks_little(caseworker: Viewer, client_for: ClientFor) -> None:
    employer = make_employer()
    for place in range(4):
        workplace = make_workplace(employer, name=f"Avdeling {place}")
        make_contact(workplace)
        for _ in range(3):
            make_opening(workplace)
    for _ in range(10):
        tell_stay(employer=employer, reason="by_employer", extensions=2)
    client = client_for(caseworker)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("employers:page", args=[employer.id]))
    assert len(queries) <= 10
    assert len(page.content) <= 40_000


def test_the_addresses_of_employers_that_do_not_exist_give_the_page_for_wrong_addresses(
    market_contact: Viewer, client_for: ClientFor, case: Case
) -> None:
    client = client_for(market_contact)
    for name in ("page", "edit", "workplace_edit", "contact_edit", "opening_edit"):
        assert client.get(reverse(f"employers:{name}", args=[case.id])).status_code == 404, name
