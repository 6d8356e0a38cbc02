"""Matching on the page: the list, one opening, choosing with a reason, contacts, an employer without an opening."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from springbrett.access.models import Look
from springbrett.access.roles import Role, Viewer
from springbrett.employers.models import Opening
from springbrett.employers.services import cooperation_stop
from springbrett.kernel import clock
from springbrett.matching.models import FirstContact, Match
from springbrett.matching.services import contact_record
from springbrett.people.models import Case
from tests import build
from tests.build import SYSTEM
from tests.builders.choice import decided
from tests.builders.employers import (
    make_contact,
    make_employer,
    make_employer_viewer,
    make_opening,
    make_workplace,
    tell_stay,
)
from tests.builders.mapping import confirmed_mapping
from tests.builders.matching import matched

ClientFor = Callable[[Viewer], Client]
pytestmark = pytest.mark.django_db
WISHES: dict[str, Any] = {
    "needs_level": "situasjonsbestemt_innsats", "job_seeker": True, "cefr_oral": "B1", "wishes_occupations": ["5223"],
    "demands_hard": {"heavy_lifting": "cannot", "standing": "can", "noise": "with_adaptation"}, "hours_max": 30,
    "hours_min": 10, "commute_max_km": 40, "followup_need": 2, "licences": [], "adaptations_needed": ["quiet_place"],
}  # fmt: skip


@pytest.fixture
def ready(caseworker: Viewer) -> Case:
    """A mapped case with a measure decided, for somebody who lives in Oslo."""
    case = build.make_case(caseworker, build.make_person(home_place="oslo"))
    confirmed_mapping(caseworker, case.id, **WISHES)
    decided(caseworker, case.id, chain="job_in_company")
    return case


def _page(client: Client, case: Case, **query: Any) -> Any:
    return client.get(reverse("matching:page", args=[case.id]), query)


def test_the_list_ranks_openings_for_the_person_and_tells_why(
    ready: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    other = make_opening(title="Renholder", occupation="9112")
    wished = make_opening(title="Butikk", occupation="5223", hiring_realistic="yes")
    heavy = make_opening(title="Lager", demands=["heavy_lifting"])
    answer = _page(client_for(caseworker), ready)
    assert [card["opening"].id for _, card in answer.context["cards"]] == [wished.id, other.id]
    assert [card["opening"].id for card in answer.context["stopped"]] == [heavy.id]
    text = answer.content.decode()
    assert "Tunge løft" in text
    assert text.index("Butikk") < text.index("Renholder")


def test_openings_far_away_are_counted_and_shown_on_request(
    ready: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    make_opening(make_workplace(place="tromso"), title="Langt nord")
    client = client_for(caseworker)
    near = _page(client, ready)
    assert near.context["ranking"].beyond == 1
    assert "Langt nord" not in near.content.decode()
    assert "Langt nord" in _page(client, ready, everywhere="1").content.decode()


def test_without_a_mapping_or_a_choice_the_page_says_what_comes_first(
    case: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    client = client_for(caseworker)
    assert reverse("mapping:page", args=[case.id]) in _page(client, case).content.decode()
    confirmed_mapping(caseworker, case.id)
    make_opening()
    assert reverse("choice:page", args=[case.id]) in _page(client, case).content.decode()


def test_an_opening_is_chosen_with_a_reason_and_the_list_is_kept(
    ready: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    opening, other = make_opening(hiring_realistic="yes", title="Butikk"), make_opening(occupation="9112")
    client, url = client_for(caseworker), reverse("matching:opening", args=[ready.id, opening.id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "", "seen": "0"}).status_code == 422
    assert not Match.objects.exists()
    answer = client.post(url, {"reason": "Vil jobbe i butikk og kan bli ansatt.", "seen": "0"})
    assert answer.status_code == 303
    match = Match.objects.get()
    assert (match.opening_id, match.employer_id, match.number) == (opening.id, opening.workplace.employer_id, 1)
    assert [row["opening"] for row in match.snapshot["shown"]] == [str(opening.id), str(other.id)]
    assert match.snapshot["place"] == 1
    assert "Butikk" in _page(client, ready).content.decode()
    assert "kan bli ansatt" in client.get(reverse("matching:chosen", args=[ready.id])).content.decode()


def test_a_warning_must_be_set_aside_with_a_reason(ready: Case, caseworker: Viewer, client_for: ClientFor) -> None:
    opening = make_opening(licence="C", hiring_realistic="no")
    client, url = client_for(caseworker), reverse("matching:opening", args=[ready.id, opening.id])
    said = {"reason": "Vil prøve før førerkortet tas.", "seen": "0"}
    first = client.post(url, said)
    assert first.status_code == 422
    assert "Vil prøve før førerkortet tas." in first.content.decode()
    assert client.post(url, {**said, "overridden": ["licence_missing"]}).status_code == 422
    both = {**said, "overridden": ["licence_missing", "hiring_unrealistic"]}
    assert client.post(url, both).status_code == 422
    assert client.post(url, {**both, "override_reason": "parties_agree"}).status_code == 303
    assert Match.objects.get().overridden == ["licence_missing", "hiring_unrealistic"]


def test_what_is_stopped_cannot_be_chosen(ready: Case, caseworker: Viewer, client_for: ClientFor) -> None:
    opening = make_opening()
    cooperation_stop(actor=SYSTEM, employer_id=opening.workplace.employer_id, reason="displacement")
    client, url = client_for(caseworker), reverse("matching:opening", args=[ready.id, opening.id])
    assert "Ordinære ansatte er fortrengt" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Likevel", "seen": "0"}).status_code == 422
    assert not Match.objects.exists()


def test_two_who_choose_at_once_are_told_and_nothing_typed_is_lost(
    ready: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    first, second = make_opening(hiring_realistic="yes"), make_opening(hiring_realistic="yes")
    matched(caseworker, ready, first)
    client, url = client_for(caseworker), reverse("matching:opening", args=[ready.id, second.id])
    answer = client.post(url, {"reason": "Min begrunnelse", "seen": "0"})
    assert answer.status_code == 422
    assert "Min begrunnelse" in answer.content.decode()
    assert 'value="1"' in str(answer.context["form"]["seen"])
    assert client.post(url, {"reason": "Min begrunnelse", "seen": "1"}).status_code == 303
    assert Match.objects.count() == 2


def test_a_first_contact_is_recorded_with_who_took_the_step(
    ready: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    opening = make_opening()
    make_contact(opening.workplace)
    client, url = client_for(caseworker), reverse("matching:contact", args=[ready.id, opening.id])
    wrong = client.post(url, {"contact-on": "2099-01-01", "contact-by": "person", "contact-result": "interested",
                              "contact-note": "Ringte selv"})  # fmt: skip
    assert wrong.status_code == 422
    assert "Ringte selv" in wrong.content.decode()
    said = {"contact-on": str(clock.today()), "contact-by": "person", "contact-result": "interested"}
    assert client.post(url, said).status_code == 303
    assert FirstContact.objects.get().by == "person"
    assert "Kari Kontakt" in client.get(reverse("matching:opening", args=[ready.id, opening.id])).content.decode()


def test_an_employer_without_an_opening_is_found_described_and_chosen(
    ready: Case, caseworker: Viewer, client_for: ClientFor
) -> None:
    workplace = make_workplace(make_employer(name="Egen Kafé AS"), name="Torget")
    client = client_for(caseworker)
    found = client.get(reverse("matching:own", args=[ready.id]), {"q": "egen kafé"})
    url = reverse("matching:own_workplace", args=[ready.id, workplace.id])
    assert url in found.content.decode()
    contact = {"contact-on": str(clock.today()), "contact-by": "person", "contact-result": "meeting_agreed"}
    told = client.post(reverse("matching:own_contact", args=[ready.id, workplace.id]), contact)
    assert told.status_code == 303
    assert FirstContact.objects.get().opening is None
    said = {"opening-title": "Kafémedarbeider", "opening-occupation": "5131", "opening-hours_max": "20",
            "opening-hiring_realistic": "yes", "reason": "Har avtalt det selv."}  # fmt: skip
    assert client.get(url).status_code == 200
    warned = client.post(url, {**said, "opening-hours_max": "5"})
    assert warned.status_code == 422
    assert not Opening.objects.exists()
    answer = client.post(url, said)
    assert answer.status_code == 303, answer.context["form"].errors
    assert Match.objects.get().opening.title == "Kafémedarbeider"


def test_only_the_one_who_carries_the_case_may_match(
    ready: Case, other_caseworker: Viewer, leader: Viewer, market_contact: Viewer, client_for: ClientFor
) -> None:
    opening = make_opening()
    employer = make_employer_viewer(opening.workplace.employer)
    participant = build.participant_of(ready)
    analyst = build.make_viewer(Role.ANALYST)
    for viewer in (other_caseworker, leader, market_contact, employer, participant, analyst):
        client = client_for(viewer)
        assert _page(client, ready).status_code == 403, viewer.role
        url = reverse("matching:opening", args=[ready.id, opening.id])
        assert client.get(url).status_code == 403, viewer.role
        assert client.post(url, {"reason": "Jeg vil"}).status_code == 403, viewer.role
        assert client.get(reverse("matching:own", args=[ready.id])).status_code == 403, viewer.role
    assert not Match.objects.exists()


def test_the_person_can_read_why_and_another_participant_cannot(
    ready: Case, caseworker: Viewer, other_participant: Viewer, client_for: ClientFor
) -> None:
    matched(caseworker, ready, make_opening(hiring_realistic="yes"), reason="Passer ønsket ditt.")
    make_opening(title="En annen plass")
    url = reverse("matching:chosen", args=[ready.id])
    page = client_for(build.participant_of(ready)).get(url).content.decode()
    assert "Passer ønsket ditt." in page
    assert "En annen plass" not in page
    assert client_for(other_participant).get(url).status_code == 403


def test_every_look_is_logged(ready: Case, caseworker: Viewer, client_for: ClientFor) -> None:
    _page(client_for(caseworker), ready)
    assert Look.objects.filter(person_ref=ready.person_id, page="matching:page").count() == 1


def test_the_list_is_paged_small_and_asks_little(ready: Case, caseworker: Viewer, client_for: ClientFor) -> None:
    for number in range(45):
        opening = make_opening(
            title=f"Plass nummer {number}", demands=["standing", "noise", "customer_contact"], licence="B",
            adaptations=["quiet_place"], language_min="B2", hours_min=15, hours_max=37,
            followup_capacity=number % 3 + 1,
            mentor_available=True, hiring_realistic="no",
        )  # fmt: skip
        tell_stay(employer=opening.workplace.employer, reason="by_employer")
    for _ in range(25):
        make_opening(demands=["heavy_lifting"])
    matched(caseworker, ready, opening)
    for _ in range(8):
        contact_record(actor=caseworker, case_id=ready.id, on=clock.today(), by="person", result="no_answer",
                       note="Ringte to ganger.", opening_id=opening.id)  # fmt: skip
    client = client_for(caseworker)
    with CaptureQueriesContext(connection) as queries:
        first = _page(client, ready)
    assert len(queries) <= 10, [query["sql"][:90] for query in queries]
    assert len(first.content) <= 40_000
    assert len(first.context["cards"]) == 20
    seen = [card["opening"].id for page in "123" for _, card in _page(client, ready, page=page).context["cards"]]
    assert len(seen) == len(set(seen)) == 45
    assert _page(client, ready, page="tull").status_code == 200
