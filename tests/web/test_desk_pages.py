"""The pages across the path: each opens for its reader, stays small with a full portfolio, and is closed to others."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from springbrett.access.roles import Role, Viewer
from springbrett.access.services import case_open_with_reason
from springbrett.agreement.records import Support
from springbrett.kernel import clock
from springbrett.kernel.identity import synthetic_national_id
from springbrett.people.models import Case, Office, Person
from tests import build
from tests.builders import followup
from tests.builders.agreement import Table, approve, change, drafted
from tests.builders.choice import decided
from tests.builders.mapping import confirmed_mapping
from tests.builders.outcome import answered

ClientFor = Callable[[Viewer], Client]
LIMIT_QUERIES, LIMIT_BYTES = 10, 40 * 1024
OFFICE_QUERIES = 16  # the people and the money of an office on one page; a list needs no more than the limit
TODAY = date(2026, 6, 15)


@pytest.fixture
def busy(caseworker: Viewer) -> list[Case]:
    """A hundred cases: two dozen with a running placement that is followed up too little, some ended, some new."""
    cases = [build.make_case(caseworker) for _ in range(72)]
    for number in range(28):
        table = followup.running(caseworker, start=date(2025, 12, 1) + timedelta(weeks=number), months=5)
        if number in {8, 12, 14, 20, 22}:
            followup.told(table, TODAY - timedelta(days=1))
        if number in {6, 9, 11, 13, 17, 19, 21}:
            followup.ended(table, TODAY - timedelta(days=20))
        cases.append(table.case)
    return cases


def within_limits(client: Client, url: str, queries_allowed: int = LIMIT_QUERIES) -> str:
    """The page's text, after its queries and bytes have been held against the limits."""
    with clock.at(TODAY), CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, url
    assert len(queries) <= queries_allowed, [q["sql"][:120] for q in queries]
    assert len(response.content) <= LIMIT_BYTES, len(response.content)
    return response.content.decode()


@pytest.mark.parametrize("url", ["/day/", "/day/?only=overdue", "/portfolio/", "/portfolio/?overdue=on",
                                 "/portfolio/?step=followup", "/portfolio/?ends=on", "/results/"])  # fmt: skip
def test_a_caseworkers_lists_stay_small(busy: list[Case], caseworker: Viewer, client_for: ClientFor, url: str) -> None:
    within_limits(client_for(caseworker), url)


@pytest.mark.parametrize("url", ["/office/", "/portfolio/", "/portfolio/?ends=on", "/results/"])
def test_a_leaders_lists_stay_small(busy: list[Case], leader: Viewer, client_for: ClientFor, url: str) -> None:
    within_limits(client_for(leader), url, OFFICE_QUERIES if url == "/office/" else LIMIT_QUERIES)


def test_the_participants_and_the_employers_pages_stay_small(caseworker: Viewer, client_for: ClientFor) -> None:
    table = followup.running(caseworker)
    within_limits(client_for(table.participant), "/mine/looks/")
    within_limits(client_for(table.employer), "/company/")
    within_limits(client_for(table.participant), "/mine/", queries_allowed=13)  # one person's own page, not a list


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.CASEWORKER, "/day/"), (Role.JOB_SPECIALIST, "/day/"), (Role.OFFICE_LEADER, "/office/"),
        (Role.MARKET_CONTACT, "/employers/"), (Role.ANALYST, "/results/"), (Role.ADMINISTRATOR, "/catalogue/"),
    ],
)  # fmt: skip
def test_each_role_begins_on_its_own_page(office: Office, client_for: ClientFor, role: Role, first: str) -> None:
    viewer = build.make_viewer(role, office=office if role is not Role.ANALYST else None)
    assert client_for(viewer).get("/")["Location"] == first


def test_somebody_who_is_not_logged_in_is_asked_to(db: None, client: Client) -> None:
    assert client.get("/day/")["Location"].startswith("/log-in/")


def test_the_day_shows_what_is_overdue_with_the_reason(caseworker: Viewer, client_for: ClientFor) -> None:
    table = followup.running(caseworker)
    page = within_limits(client_for(caseworker), "/day/")
    assert table.case.person.name in page and "group-overdue" in page and "Hvorfor?" in page


def test_the_day_shows_an_agreement_that_waits_only_for_the_caseworker(
    caseworker: Viewer, client_for: ClientFor
) -> None:
    with clock.at(TODAY):
        table = drafted(caseworker)
        assert "group-approvals" not in within_limits(client_for(caseworker), "/day/")
        approve(table, "participant", "employer")
        assert "group-approvals" in within_limits(client_for(caseworker), "/day/")


def test_the_day_tells_of_private_feedback_without_its_words(caseworker: Viewer, client_for: ClientFor) -> None:
    table = followup.running(caseworker)
    followup.told(table, TODAY, text="Nobody shows me the till.")
    page = within_limits(client_for(caseworker), "/day/")
    assert "group-news" in page and "till" not in page


def test_the_day_asks_for_an_outcome_when_a_placement_has_ended(caseworker: Viewer, client_for: ClientFor) -> None:
    table = followup.running(caseworker)
    followup.ended(table, TODAY - timedelta(days=3))
    page = within_limits(client_for(caseworker), "/day/")
    assert "group-outcomes" in page


def test_the_portfolio_is_searched_by_name_with_norwegian_letters(caseworker: Viewer, client_for: ClientFor) -> None:
    build.make_case(caseworker, build.make_person(given_name="Åse", family_name="Ødegård"))
    build.make_case(caseworker, build.make_person(given_name="Kari", family_name="Nordmann"))
    client = client_for(caseworker)
    answer = client.post("/portfolio/", {"q": "øDEGÅRD åse"})
    assert (answer.status_code, answer["Location"]) == (303, "/portfolio/")
    page = client.get("/portfolio/").content.decode()
    assert "Ødegård" in page and "Nordmann" not in page
    client.post("/portfolio/", {"q": ""})
    assert "Nordmann" in client.get("/portfolio/").content.decode()


def test_the_search_answers_a_part_of_the_page_while_one_types(caseworker: Viewer, client_for: ClientFor) -> None:
    build.make_case(caseworker)
    answer = client_for(caseworker).post("/portfolio/", {"q": "prøve"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and b"<html" not in answer.content and b"portfolio-list" in answer.content


def test_the_portfolio_is_paged_and_nobody_is_left_out(caseworker: Viewer, client_for: ClientFor) -> None:
    names = {build.make_case(caseworker).person.family_name for _ in range(60)}
    client, url, seen, pages = client_for(caseworker), "/portfolio/", set(), 0
    while url and pages < 5:
        context = client.get(url).context
        seen |= {line.name.split()[-1] for line in context["lines"]}
        url, pages = context["next_url"], pages + 1
    assert (seen, pages) == (names, 3)
    back = client.get(context["previous_url"]).context
    assert len(back["lines"]) == 25


def test_the_portfolio_lists_only_ones_own(case: Case, other_caseworker: Viewer, client_for: ClientFor) -> None:
    assert case.person.name not in client_for(other_caseworker).get("/portfolio/").content.decode()


def test_the_case_page_shows_the_path_and_the_next_step(case: Case, caseworker: Viewer, client_for: ClientFor) -> None:
    client = client_for(caseworker)
    confirmed_mapping(caseworker, case.id)
    page = client.get(f"/cases/{case.id}/").content.decode()
    assert f"/cases/{case.id}/choice/" in page and 'aria-current="step"' in page


def test_no_name_stands_in_a_title_or_an_address(caseworker: Viewer, client_for: ClientFor, leader: Viewer) -> None:
    table = followup.running(caseworker)
    person = table.case.person
    pages = [(caseworker, "/day/"), (caseworker, "/portfolio/"), (caseworker, f"/cases/{table.case.id}/"),
             (caseworker, f"/cases/{table.case.id}/history/"), (table.participant, "/mine/"),
             (table.employer, "/company/"), (leader, "/office/"),
             (leader, f"/cases/{table.case.id}/assign/")]  # fmt: skip
    for viewer, url in pages:
        page = client_for(viewer).get(url).content.decode()
        title = page.split("<title>")[1].split("</title>")[0]
        assert person.family_name not in title and person.given_name not in title, url
        assert not any(person.family_name in part.split('"')[0] for part in page.split('href="')[1:]), url
        assert person.national_id not in page


def test_same_role_other_case_is_refused(case: Case, participant: Viewer, other_participant: Viewer,
                                         other_caseworker: Viewer, client_for: ClientFor) -> None:  # fmt: skip
    for url in (f"/cases/{case.id}/", f"/cases/{case.id}/history/"):
        assert client_for(participant).get(url).status_code == 200
        assert client_for(other_participant).get(url).status_code == 403
        asked = client_for(other_caseworker).get(url)
        assert asked.status_code == 403 and b'name="open_with-reason"' in asked.content
    assert client_for(other_caseworker).get(f"/cases/{case.id}/assign/").status_code == 403
    assert client_for(participant).get(f"/cases/{case.id}/assign/").status_code == 403


def test_another_employer_sees_nothing_of_the_agreement(caseworker: Viewer, client_for: ClientFor) -> None:
    table = followup.running(caseworker)
    other = followup.running(caseworker)
    page = client_for(other.employer).get("/company/").content.decode()
    assert table.case.person.name not in page and other.case.person.name in page
    assert client_for(table.employer).get(f"/cases/{table.case.id}/").status_code == 403


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        (Role.CASEWORKER, ["/mine/", "/company/", "/office/"]),
        (Role.OFFICE_LEADER, ["/day/", "/mine/", "/company/"]),
        (Role.ANALYST, ["/day/", "/portfolio/", "/office/", "/cases/new/"]),
        (Role.MARKET_CONTACT, ["/day/", "/portfolio/", "/office/", "/results/", "/cases/new/"]),
    ],
)
def test_the_pages_of_other_roles_are_closed(
    office: Office, client_for: ClientFor, role: Role, closed: list[str]
) -> None:
    client = client_for(build.make_viewer(role, office=office))
    assert {client.get(url).status_code for url in closed} == {403}


def test_a_leader_opens_a_case_with_a_reason_and_the_person_can_read_it(
    case: Case, leader: Viewer, participant: Viewer, client_for: ClientFor
) -> None:
    url = f"/cases/{case.id}/"
    client = client_for(leader)
    assert client.get(url).status_code == 403
    assert client.post(url, {"open_with-reason": "Klage fra personen skal besvares."})["Location"] == url
    assert client.get(url).status_code == 200
    looks = client_for(participant).get("/mine/looks/").content.decode()
    assert leader.name in looks and "Klage fra personen" in looks


def test_the_leader_gives_a_case_to_another_caseworker(
    case: Case, leader: Viewer, other_caseworker: Viewer, client_for: ClientFor
) -> None:
    client, url = client_for(leader), f"/cases/{case.id}/assign/"
    assert other_caseworker.name in client.get(url).content.decode()
    assert client.post(url, {"carrier": ""}).status_code == 422
    assert client.post(url, {"carrier": str(other_caseworker.account_id)})["Location"] == "/office/"
    assert case.person.name in client_for(other_caseworker).get("/portfolio/").content.decode()


def test_a_new_case_for_somebody_in_the_register(caseworker: Viewer, client_for: ClientFor) -> None:
    person, client = build.make_person(), client_for(caseworker)
    found = client.post("/cases/new/", {"national_id": person.national_id})
    assert person.name in found.content.decode()
    opened = client.post("/cases/new/", {"national_id": person.national_id, "do": "open"})
    assert opened.status_code == 303 and person.national_id not in opened["Location"]
    assert Case.objects.filter(person=person).count() == 1


def test_a_new_case_for_somebody_new(caseworker: Viewer, client_for: ClientFor) -> None:
    client, number = client_for(caseworker), synthetic_national_id(date(1980, 4, 4), 77)
    assert client.post("/cases/new/", {"national_id": "12345678901"}).status_code == 422
    form = client.post("/cases/new/", {"national_id": number}).content.decode()
    assert 'name="family_name"' in form
    missing = client.post("/cases/new/", {"national_id": number, "family_name": "", "given_name": "Ny"})
    assert missing.status_code == 422 and 'value="Ny"' in missing.content.decode()
    done = client.post("/cases/new/", {"national_id": number, "family_name": "Ny", "given_name": "Person",
                                       "language": "nn"})  # fmt: skip
    assert done.status_code == 303
    assert Person.objects.get(national_id=number).language == "nn"


def test_a_closed_record_is_not_shown(caseworker: Viewer, client_for: ClientFor) -> None:
    person = build.make_person(family_name="Skjermet", protection="address")
    answer = client_for(caseworker).post("/cases/new/", {"national_id": person.national_id})
    assert answer.status_code == 403 and "Skjermet" not in answer.content.decode()


def test_the_history_reads_as_sentences_by_step(case: Case, caseworker: Viewer, client_for: ClientFor) -> None:
    decided(caseworker, case.id)
    client = client_for(caseworker)
    page = client.get(f"/cases/{case.id}/history/").content.decode()
    assert caseworker.name in page and "choice.decided" not in page
    only = client.get(f"/cases/{case.id}/history/?step=choice").context["rows"]
    assert {row["step"] for row in only} == {only[0]["step"]} and len(only) == 1


def test_the_participant_is_told_what_waits(caseworker: Viewer, client_for: ClientFor) -> None:
    table = drafted(caseworker)
    assert client_for(table.participant).get("/mine/").context["to_approve"]
    approve(table)
    assert not client_for(table.participant).get("/mine/").context["to_approve"]
    change(table, tasks="Helt andre oppgaver.")
    rows = client_for(table.participant).get("/mine/").context["to_approve"]
    assert [row.changed for row in rows] == [True]


def test_the_employer_is_told_of_a_waiting_measure(caseworker: Viewer, client_for: ClientFor) -> None:
    table = drafted(caseworker, waiting_for="aft")
    approve(table)
    assert b"aksel-inline-message" in client_for(table.employer).get("/company/").content


def test_a_mentor_sees_only_plan_and_tasks_of_those_mentored(caseworker: Viewer, client_for: ClientFor) -> None:
    table: Table = followup.running(caseworker)
    mentor = build.make_viewer(Role.MENTOR, employer_id=table.company.id)
    with clock.at(TODAY):
        assert table.case.person.name not in client_for(mentor).get("/company/").content.decode()
        change(table, support=Support(mentor_account_id=mentor.account_id, other_considered=True))
        page = client_for(mentor).get("/company/").content.decode()
    assert table.case.person.name in page and "Rydde varer" in page and "Kan ta en vakt" not in page


@pytest.mark.parametrize("url", ["/catalogue/", "/catalogue/measures/arbeidstrening/", "/catalogue/codes/",
                                 "/catalogue/measures/arbeidstrening/?on=2020-01-01", "/catalogue/codes/end_reason/",
                                 "/catalogue/chains/work_experience/", "/catalogue/measures/aft/"])  # fmt: skip
def test_the_catalogue_is_open_to_every_role(participant: Viewer, client_for: ClientFor, url: str) -> None:
    within_limits(client_for(participant), url)


def test_what_applies_is_read_for_the_day_asked(participant: Viewer, client_for: ClientFor) -> None:
    client, url = client_for(participant), "/catalogue/measures/arbeidstrening/"
    now = {value.words for topic in client.get(f"{url}?on=2026-01-01").context["topics"] for value in topic.values}
    then = {value.words for topic in client.get(f"{url}?on=2024-01-01").context["topics"] for value in topic.values}
    assert now != then
    assert client.get(f"{url}?on=tull").status_code == 200
    assert client.get(f"{url}?on=1990-01-01").context["topics"] == ()
    assert client.get("/catalogue/measures/no_such/").status_code == 404


def test_a_reasoned_look_does_not_let_one_assign(case: Case, other_caseworker: Viewer, client_for: ClientFor) -> None:
    case_open_with_reason(actor=other_caseworker, case_id=case.id, person_id=case.person_id, reason="Vikar i ferien.")
    client = client_for(other_caseworker)
    assert client.get(f"/cases/{case.id}/").status_code == 200
    assert client.get(f"/cases/{case.id}/assign/").status_code == 403


def test_the_parties_are_spoken_to_and_the_caseworker_is_told_of_them(
    caseworker: Viewer, client_for: ClientFor
) -> None:
    table = followup.running(caseworker)
    with clock.at(TODAY):
        mine = client_for(table.participant).get("/mine/").content.decode()
        case = client_for(table.participant).get(f"/cases/{table.case.id}/").content.decode()
        plan = client_for(table.participant).get(f"/agreements/{table.agreement.id}/plan/").content.decode()
        day = client_for(caseworker).get(f"/cases/{table.case.id}/followup/").content.decode()
    for page in (mine, case, plan):
        assert "Kontakt med deg" in page
        assert "Kontakt med deltakeren" not in page
        assert "Samtale med deltakeren" not in page
    assert "Kontakt med deltakeren" in day


def test_an_ended_placement_asks_both_parties_how_it_went_until_they_answer(
    caseworker: Viewer, client_for: ClientFor
) -> None:
    table = followup.running(caseworker)
    followup.ended(table, TODAY - timedelta(days=1))
    for party, page in (("participant", "/mine/"), ("employer", "/company/")):
        client = client_for(table.voice(party))
        assert "Fortell hvordan det gikk" in within_limits(client, page, LIMIT_QUERIES if party == "employer" else 20)
        answered(table, TODAY, party)
        with clock.at(TODAY):
            assert "Fortell hvordan det gikk" not in client.get(page).content.decode()


def test_the_leader_is_told_that_a_case_asks_for_a_reason(
    caseworker: Viewer, leader: Viewer, client_for: ClientFor
) -> None:
    followup.running(caseworker)
    with clock.at(date(2027, 2, 1)):
        assert "skrive en begrunnelse" in client_for(leader).get("/office/").content.decode()
