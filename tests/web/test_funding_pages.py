"""The pages of money: what waits, what it does to the budget, who may open them, what the employer claims."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from springbrett.access.models import Look
from springbrett.access.roles import Role, Viewer
from springbrett.funding.models import Budget, Claim
from springbrett.funding.models import Decision as Decided
from springbrett.funding.records import Month, State
from springbrett.funding.selectors import request_of
from springbrett.kernel import clock
from springbrett.people.models import Case, Office, Person, Protection
from tests import build
from tests.builders.funding import GROUP, Purse, budget, make_approver, purse, schedule

ASKED, DAY = date(2026, 2, 10), date(2026, 2, 12)
SMALL = 40_000
ClientFor = Callable[[Viewer], Client]


@pytest.fixture
def approver(office: Office) -> Viewer:
    return make_approver(office)


@pytest.fixture
def money(caseworker: Viewer, approver: Viewer, case: Case) -> Purse:
    return purse(caseworker, approver, case)


def test_the_approver_begins_with_the_requests_oldest_first_and_what_each_does_to_the_budget(
    caseworker: Viewer, approver: Viewer, leader: Viewer, office: Office, client_for: ClientFor
) -> None:
    with clock.at(ASKED):
        budget(leader, office, 100_000)
    newer = purse(caseworker, approver).ask(schedule(monthly=20_000), on=DAY)
    older = purse(caseworker, approver).ask(schedule(monthly=10_000), on=ASKED)
    with clock.at(DAY):
        client = client_for(approver)
        assert client.get("/").headers["Location"] == "/funding/"
        page = client.get("/funding/").content.decode()
    assert page.index(str(older.id)) < page.index(str(newer.id))
    assert "60\xa0000 kr i 2026 gir 40\xa0000 kr igjen av budsjettet" in page
    assert "120\xa0000 kr i 2026. Da mangler det 20\xa0000 kr i budsjettet." in page


def test_a_request_shows_amounts_calculation_and_purpose_and_nothing_about_the_person(
    money: Purse, client_for: ClientFor
) -> None:
    request = money.ask(on=ASKED)
    with clock.at(DAY):
        page = client_for(money.approver).get(f"/funding/requests/{request.id}/").content.decode()
    assert "Work experience in a shop." in page and money.company.name in page and "90\xa0000 kr" in page
    assert request.case_reference in page and "Hvorfor" in page
    person = money.case.person
    assert person.family_name not in page and person.national_id not in page
    look = Look.objects.get(account_id=money.approver.account_id)
    assert (look.person_ref, look.why, look.page) == (person.id, "decides_money", "funding:request")


def test_the_approver_grants_a_request_on_the_page(money: Purse, client_for: ClientFor) -> None:
    request = money.ask(on=ASKED)
    with clock.at(DAY):
        said = client_for(money.approver).post(
            f"/funding/requests/{request.id}/decide/", {"reason_code": "within_budget"}
        )
    assert (said.status_code, said.headers["Location"]) == (303, "/funding/")
    assert request_of(money.subject_id).state is State.GRANTED


def test_granting_beyond_the_budget_asks_for_a_reason_and_keeps_what_was_typed(
    money: Purse, office: Office, client_for: ClientFor
) -> None:
    request, url = money.ask(on=ASKED), ""
    url = f"/funding/requests/{request.id}/decide/"
    with clock.at(DAY):
        budget(money.approver, office, 50_000)
        client = client_for(money.approver)
        said = client.post(url, {"reason_code": "prioritised", "reason_text": "Skrevet tekst"})
        assert said.status_code == 422
        assert "Skrevet tekst" in said.content.decode() and not Decided.objects.exists()
        said = client.post(url, {"reason_code": "prioritised", "override_reason": "more_allocated"})
    assert said.status_code == 303
    assert Decided.objects.get().override_reason == "more_allocated"


def test_a_refusal_for_lack_of_money_is_read_by_the_caseworker(money: Purse, client_for: ClientFor) -> None:
    request = money.ask(on=ASKED)
    with clock.at(DAY):
        client_for(money.approver).post(
            f"/funding/requests/{request.id}/decide/", {"reason_code": "no_budget", "reason_text": "Tomt til jul."}
        )
        page = client_for(money.caseworker).get(f"/funding/requests/{request.id}/").content.decode()
    assert "Tomt til jul." in page and "Det er ikke penger igjen" in page
    assert 'name="reason_code"' not in page


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.BUDGET_APPROVER, Role.OFFICE_LEADER, Role.EMPLOYER,
                                  Role.MENTOR, Role.ANALYST, Role.MARKET_CONTACT, Role.PARTICIPANT])  # fmt: skip
def test_the_same_role_at_another_office_opens_nothing(
    role: Role, money: Purse, other_office: Office, client_for: ClientFor
) -> None:
    stranger = build.make_viewer(role, office=other_office, person_id=build.make_person().id,
                                 employer_id=purse(money.caseworker, money.approver).company.id)  # fmt: skip
    request = money.granted(on=ASKED)
    client = client_for(stranger)
    with clock.at(DAY):
        for url in (f"/funding/requests/{request.id}/", f"/funding/requests/{request.id}/decide/",
                    f"/funding/requests/{request.id}/2026/3/", f"/company/refunds/{request.id}/",
                    f"/company/refunds/{request.id}/2026/3/"):  # fmt: skip
            assert client.get(url).status_code == 403, url
            assert client.post(url, {"reason_code": "within_budget", "spent": 1}).status_code in {403, 405}, url


def test_a_request_that_is_not_there_is_not_found(money: Purse, client_for: ClientFor) -> None:
    assert client_for(money.approver).get(f"/funding/requests/{money.subject_id}/").status_code == 404


def test_the_money_of_a_protected_person_is_on_no_page_of_an_approver_who_is_not_cleared(
    money: Purse, client_for: ClientFor, office: Office
) -> None:
    request = money.ask(on=ASKED)
    Person.objects.filter(pk=money.case.person_id).update(protection=Protection.ADDRESS)
    with clock.at(DAY):
        assert str(request.id) not in client_for(money.approver).get("/funding/").content.decode()
        assert client_for(money.approver).get(f"/funding/requests/{request.id}/").status_code == 403
        cleared = client_for(make_approver(office, cleared_for_protected=True))
        assert str(request.id) in cleared.get("/funding/").content.decode()
        assert cleared.get(f"/funding/requests/{request.id}/").status_code == 200


def test_the_budget_page_shows_what_is_bound_paid_and_free_by_line(
    money: Purse, office: Office, leader: Viewer, client_for: ClientFor
) -> None:
    with clock.at(ASKED):
        budget(leader, office, 80_000)
    request = money.ask(on=ASKED)
    money.decide(request, on=ASKED, override_reason="more_allocated")
    money.paid(request, Month(2026, 3), spent=10_000)
    with clock.at(date(2026, 4, 10)):
        for viewer in (leader, money.approver):
            page = client_for(viewer).get("/funding/budget/").content.decode()
            assert "Lønnstilskudd" in page and "75\xa0000 kr" in page and "80\xa0000 kr" in page


def test_leader_and_approver_set_a_budget_and_the_earlier_one_stays_to_be_read(
    money: Purse, leader: Viewer, client_for: ClientFor
) -> None:
    url = f"/funding/budget/2026/{GROUP}/"
    with clock.at(DAY):
        assert client_for(leader).post(url, {"amount": 100_000, "base": 0}).status_code == 303
        assert client_for(money.approver).post(url, {"amount": 70_000, "base": 1, "note": "Kutt"}).status_code == 303
        late = client_for(leader).post(url, {"amount": 1, "base": 1})
        assert late.status_code == 422
        page = client_for(leader).get(url).content.decode()
    assert [one.amount for one in Budget.objects.order_by("number")] == [100_000, 70_000]
    assert "100\xa0000 kr" in page and "70\xa0000 kr" in page and "Kutt" in page


@pytest.mark.parametrize("url", ["/funding/budget/2026/nothing/", "/funding/budget/1999/mentor/"])
def test_a_budget_line_that_cannot_be_is_not_found(url: str, leader: Viewer, client_for: ClientFor) -> None:
    assert client_for(leader).get(url).status_code == 404


def test_the_budget_is_closed_to_caseworkers(caseworker: Viewer, client_for: ClientFor) -> None:
    assert client_for(caseworker).get("/funding/budget/").status_code == 403
    assert client_for(caseworker).post(f"/funding/budget/2026/{GROUP}/", {"amount": 1, "base": 0}).status_code == 403


def test_the_employer_claims_a_month_and_the_approver_pays_it(money: Purse, client_for: ClientFor) -> None:
    request = money.granted(on=ASKED)
    employer, approver = client_for(money.employer), client_for(money.approver)
    with clock.at(date(2026, 4, 1)):
        page = employer.get("/company/refunds/").content.decode()
        assert f"/company/refunds/{request.id}/2026/3/" in page and f"/{request.id}/2026/4/" not in page
        said = employer.post(f"/company/refunds/{request.id}/2026/3/", {"spent": 30_000})
        assert (said.status_code, said.headers["Location"]) == (303, f"/company/refunds/{request.id}/")
        assert "Sendt" in employer.get(f"/company/refunds/{request.id}/").content.decode()
        assert f"/funding/requests/{request.id}/2026/3/" in approver.get("/funding/claims/").content.decode()
        page = approver.get(f"/funding/requests/{request.id}/2026/3/").content.decode()
        assert "15\xa0000 kr" in page and money.case.person.family_name not in page
        assert approver.post(f"/funding/requests/{request.id}/2026/3/", {"pay": "1"}).status_code == 303
        assert "Betalt" in employer.get(f"/company/refunds/{request.id}/").content.decode()
    assert Claim.objects.get().paid_on == date(2026, 4, 1)


def test_a_claim_sent_back_says_why_and_can_be_sent_again(money: Purse, client_for: ClientFor) -> None:
    request = money.granted(on=ASKED)
    money.claim(request, Month(2026, 3))
    with clock.at(date(2026, 4, 5)):
        url = f"/funding/requests/{request.id}/2026/3/"
        assert client_for(money.approver).post(url, {"return": "1"}).status_code == 422
        said = {"return": "1", "reason_code": "wage_not_documented", "reason_text": "Se a-meldingen."}
        assert client_for(money.approver).post(url, said).status_code == 303
        employer = client_for(money.employer)
        assert "Se a-meldingen." in employer.get(f"/company/refunds/{request.id}/2026/3/").content.decode()
        assert employer.post(f"/company/refunds/{request.id}/2026/3/", {"spent": 29_000}).status_code == 303
    assert Claim.objects.count() == 2


@pytest.mark.parametrize(("on", "why"), [(date(2026, 3, 31), "ferdig"), (date(2026, 6, 1), "frist")])
def test_a_month_claimed_too_early_or_too_late_is_refused_with_the_reason(
    on: date, why: str, money: Purse, client_for: ClientFor
) -> None:
    request = money.granted(on=ASKED)
    with clock.at(on):
        said = client_for(money.employer).post(f"/company/refunds/{request.id}/2026/3/", {"spent": 30_000})
    assert said.status_code == 422 and why in said.content.decode().lower()
    assert not Claim.objects.exists()


def test_the_pages_are_few_queries_and_small(
    caseworker: Viewer, approver: Viewer, leader: Viewer, office: Office, client_for: ClientFor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with clock.at(ASKED):
        budget(leader, office, 1_000_000)
    purses = [purse(caseworker, approver) for _ in range(8)]
    for one in purses[:5]:
        one.ask(on=ASKED)
    granted = [one.granted(on=ASKED) for one in purses[5:]]
    purses[5].claim(granted[0], Month(2026, 3))
    pages = [
        (approver, "/funding/", 18), (approver, "/funding/claims/", 6), (approver, "/funding/budget/", 8),
        (leader, f"/funding/budget/2026/{GROUP}/", 10), (purses[5].employer, "/company/refunds/", 7),
        (purses[5].employer, f"/company/refunds/{granted[0].id}/", 12),
        (approver, f"/funding/requests/{granted[0].id}/", 22),
    ]  # fmt: skip
    with clock.at(date(2026, 4, 2)):
        for viewer, url, most in pages:
            client = client_for(viewer)
            with django_assert_max_num_queries(most):
                answer = client.get(url)
            assert answer.status_code == 200 and len(answer.content) < SMALL, url


def test_a_request_for_months_that_cross_new_year_is_held_against_both_budgets(
    money: Purse, office: Office, client_for: ClientFor
) -> None:
    request = money.ask(schedule(date(2026, 11, 1), date(2027, 2, 28)), on=ASKED)
    with clock.at(DAY):
        budget(money.approver, office, 100_000)
        page = client_for(money.approver).get(f"/funding/requests/{request.id}/").content.decode()
    assert 'id="year-2026"' in page and 'id="year-2027"' in page
    assert "ikke satt noe budsjett" in page
