"""The agreement's pages: the three parties' way to an agreement in force, conflicts, and who is kept out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from springbrett.access.models import Look
from springbrett.access.roles import Role, Viewer
from springbrett.agreement import selectors, services
from springbrett.agreement.forms import initial_of
from springbrett.agreement.models import Approval
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT, AgreementContent
from springbrett.people.models import Case
from tests import build
from tests.builders import choice, employers
from tests.builders.agreement import Table, agreed, approve, change, chosen, drafted, full_content

LogIn = Callable[[Viewer], Client]


@pytest.fixture
def table(caseworker: Viewer, case: Case) -> Table:
    return drafted(caseworker, case)


def typed(content: AgreementContent, base: int, **said: Any) -> dict[str, Any]:
    """What a browser posts for a content: unticked boxes are left out, empty fields are empty text."""
    values = {**initial_of(content, base), **said}
    posted: dict[str, Any] = {}
    for name, value in values.items():
        if value is False:
            continue
        posted[name] = (
            list(value) if isinstance(value, tuple) else ("on" if value is True else "" if value is None else value)
        )
    return posted


def url(name: str, *args: Any) -> str:
    return reverse(f"agreement:{name}", args=args)


def test_from_nothing_to_a_draft_to_the_first_change(caseworker: Viewer, case: Case, client_for: LogIn) -> None:
    client = client_for(caseworker)
    page = client.get(url("page", case.id))
    assert page.status_code == 200 and url("draft", case.id) in page.content.decode()
    choice.decided(caseworker, case.id)
    chosen(caseworker, case, employers.make_opening())
    assert client.post(url("draft", case.id)).headers["Location"] == url("edit", case.id)
    assert client.get(url("edit", case.id)).status_code == 200
    saved = client.post(url("edit", case.id), typed(full_content(), 1))
    assert saved.status_code == 302, saved.context["form"].errors
    [agreement] = selectors.agreements_for_case(caseworker, case.id)
    assert selectors.newest_version(agreement).record == full_content()


def test_a_draft_without_a_choice_says_what_to_do_first(caseworker: Viewer, case: Case, client_for: LogIn) -> None:
    page = client_for(caseworker).post(url("draft", case.id), follow=True)
    assert list(page.context["messages"])


def test_the_three_approve_on_their_own_pages(table: Table, client_for: LogIn) -> None:
    agreement_id, case_id = table.agreement.id, table.case.id
    yes = {"version": 1, "confirm": "on"}
    for party in (EMPLOYER, PARTICIPANT):
        client = client_for(table.voice(party))
        assert client.get(url(party, agreement_id)).context["may_approve"]
        assert client.post(url(party, agreement_id), yes).headers["Location"] == url(party, agreement_id)
        assert client.get(url(party, agreement_id)).context["may_withdraw"]
    client = client_for(table.caseworker)
    assert client.get(url("approve", case_id)).status_code == 200
    assert client.post(url("approve", case_id), yes).status_code == 302
    assert selectors.in_force_number(table.fresh()) == 1
    assert client_for(table.employer).get(url(EMPLOYER, agreement_id)).context["in_force"] == 1


def test_pressing_approve_twice_is_friendly(table: Table, client_for: LogIn) -> None:
    client = client_for(table.employer)
    for _ in range(2):
        answer = client.post(url(EMPLOYER, table.agreement.id), {"version": 1, "confirm": "on"}, follow=True)
        assert answer.status_code == 200
    assert Approval.objects.count() == 1


def test_the_box_must_be_ticked(table: Table, client_for: LogIn) -> None:
    answer = client_for(table.employer).post(url(EMPLOYER, table.agreement.id), {"version": 1})
    assert answer.status_code == 409 and "confirm" in answer.context["form"].errors
    assert not Approval.objects.exists()


def test_approving_what_has_been_changed_in_the_meantime_shows_the_new_version(table: Table, client_for: LogIn) -> None:
    change(table, tasks="Bare kasse.")
    answer = client_for(table.employer).post(url(EMPLOYER, table.agreement.id), {"version": 1, "confirm": "on"})
    assert answer.status_code == 409 and "Bare kasse." in answer.content.decode()
    assert answer.context["form"]["version"].value() == "2" and not Approval.objects.exists()


def test_the_parties_see_what_changed_since_they_approved(table: Table, client_for: LogIn) -> None:
    approve(table, EMPLOYER)
    change(table, tasks="Bare kasse.")
    page = client_for(table.employer).get(url(EMPLOYER, table.agreement.id)).content.decode()
    assert "Bare kasse." in page and full_content().tasks in page


def test_approving_on_behalf_asks_for_a_reason(table: Table, client_for: LogIn) -> None:
    client, where = client_for(table.caseworker), url("approve", table.case.id) + "?party=participant"
    assert client.get(where).status_code == 200
    assert client.post(where, {"version": 1, "confirm": "on"}).status_code == 409
    client.post(where, {"version": 1, "confirm": "on", "on_behalf_reason": "guardian"})
    assert Approval.objects.get().on_behalf_reason == "guardian"


def test_a_warning_asks_for_a_reason_on_the_page(caseworker: Viewer, case: Case, client_for: LogIn) -> None:
    table = drafted(caseworker, case, content=full_content(main_purpose="language", purposes=("language",)))
    approve(table, PARTICIPANT, EMPLOYER)
    client, yes = client_for(caseworker), {"version": 1, "confirm": "on", "override_text": "Snakket med begge."}
    refused = client.post(url("approve", case.id), yes)
    assert refused.status_code == 409 and "Snakket med begge." in refused.content.decode()
    assert client.post(url("approve", case.id), yes | {"override_reason": "individual_need"}).status_code == 302


def test_an_approval_is_taken_back_from_the_page(table: Table, client_for: LogIn) -> None:
    approve(table, EMPLOYER, PARTICIPANT)
    client_for(table.employer).post(url("employer_withdraw", table.agreement.id))
    client_for(table.participant).post(url("participant_withdraw", table.agreement.id))
    assert not Approval.objects.filter(withdrawn_at__isnull=True).exists()
    approve_for = {"version": 1, "confirm": "on", "on_behalf_reason": "guardian"}
    client = client_for(table.caseworker)
    client.post(url("approve", table.case.id) + "?party=participant", approve_for)
    client.post(url("withdraw", table.case.id), {"party": "participant"})
    assert not Approval.objects.filter(withdrawn_at__isnull=True).exists()


def test_two_edits_at_once_lose_nothing_and_let_the_user_choose(table: Table, client_for: LogIn) -> None:
    change(table, tasks="Deres oppgaver.", training="Deres opplæring.")
    client = client_for(table.caseworker)
    mine = replace(full_content(), tasks="Mine oppgaver.", expected="Mitt mål.")
    clash = client.post(url("edit", table.case.id), typed(mine, 1, reason_text="Min grunn."))
    page, form = clash.content.decode(), clash.context["form"]
    assert clash.status_code == 409
    for text in ("Deres oppgaver.", "Mine oppgaver.", "Deres opplæring.", "Mitt mål.", "Min grunn."):
        assert text in page
    assert [row.part for row, _field in clash.context["clashes"]] == ["tasks"]
    assert form["base_version"].value() == 2 and form["training"].value() == "Deres opplæring."
    merged = replace(mine, training="Deres opplæring.")
    client.post(url("edit", table.case.id), typed(merged, 2, take_tasks="theirs"))
    saved = selectors.newest_version(table.fresh())
    assert saved.number == 3 and saved.record == replace(merged, tasks="Deres oppgaver.")


def test_what_cannot_be_kept_is_shown_with_everything_typed(table: Table, client_for: LogIn) -> None:
    content = replace(full_content(), tasks="Mye tekst som ikke skal bli borte.")
    said = typed(content, 1, end="2001-01-01", ramp_hours_1="", training="Har diagnosen ADHD.")
    answer = client_for(table.caseworker).post(url("edit", table.case.id), said)
    assert answer.status_code == 422 and "Mye tekst som ikke skal bli borte." in answer.content.decode()
    assert {"end", "ramp_hours_1", "training"} == set(answer.context["form"].errors)
    assert selectors.newest_version(table.fresh()).number == 1


def test_saving_without_a_change_makes_no_version(table: Table, client_for: LogIn) -> None:
    client_for(table.caseworker).post(url("edit", table.case.id), typed(full_content(), 1))
    assert selectors.newest_version(table.fresh()).number == 1


def test_versions_are_compared(table: Table, client_for: LogIn) -> None:
    change(table, tasks="Bare kasse.")
    client = client_for(table.caseworker)
    page = client.get(url("compare", table.case.id), {"before": 1, "after": 2}).content.decode()
    assert full_content().tasks in page and "Bare kasse." in page and full_content().training not in page
    assert client.get(url("compare", table.case.id), {"before": 9}).status_code == 404


def test_waiting_for_another_measure_is_said_to_both(caseworker: Viewer, case: Case, client_for: LogIn) -> None:
    table = drafted(caseworker, case, waiting_for="midlertidig_lonnstilskudd")
    for party in (EMPLOYER, PARTICIPANT):
        page = client_for(table.voice(party)).get(url(party, table.agreement.id))
        assert page.context["waiting_for"] and page.context["waiting_for"] in page.content.decode()


def test_the_employer_and_the_participant_see_no_mapping(table: Table, client_for: LogIn) -> None:
    page = client_for(table.employer).get(url(EMPLOYER, table.agreement.id))
    rules = {verdict.rule for verdict in page.context["check"].walk()}
    assert rules.isdisjoint({"duration_within_limit", "minimum_age", "maximum_age", "waiting_is_named"})
    assert table.case.person.national_id not in page.content.decode()


@pytest.mark.parametrize("name", ["page", "edit", "approve", "compare"])
def test_same_role_other_case_is_kept_out(table: Table, other_caseworker: Viewer, client_for: LogIn, name: str) -> None:
    answer = client_for(other_caseworker).get(url(name, table.case.id))
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["draft", "discard", "withdraw"])
def test_others_cannot_write(table: Table, other_caseworker: Viewer, client_for: LogIn, name: str) -> None:
    assert client_for(other_caseworker).post(url(name, table.case.id)).status_code == 403
    assert table.fresh().is_open


def test_another_employer_or_participant_is_kept_out(
    table: Table, other_participant: Viewer, client_for: LogIn
) -> None:  # fmt: skip
    stranger = employers.make_employer_viewer(employers.make_employer())
    for viewer, name in ((stranger, EMPLOYER), (other_participant, PARTICIPANT)):
        client = client_for(viewer)
        assert client.get(url(name, table.agreement.id)).status_code in {403, 404}
        assert client.post(url(name, table.agreement.id), {"version": 1, "confirm": "on"}).status_code in {403, 404}
        assert client.get(url("pdf", table.agreement.id, 1)).status_code in {403, 404}
    assert not Approval.objects.exists()


def test_the_parties_do_not_open_the_caseworkers_pages(table: Table, client_for: LogIn) -> None:
    for viewer in (table.employer, table.participant, build.make_viewer(Role.ANALYST)):
        client = client_for(viewer)
        assert client.get(url("page", table.case.id)).status_code == 403
        assert client.get(url("edit", table.case.id)).status_code == 403


def test_nobody_gets_in_without_logging_in(table: Table) -> None:
    for where in (url("page", table.case.id), url(EMPLOYER, table.agreement.id), url("pdf", table.agreement.id, 1)):
        assert Client().get(where).status_code == 302


def test_every_look_is_on_the_record(table: Table, client_for: LogIn) -> None:
    client_for(table.employer).get(url(EMPLOYER, table.agreement.id))
    look = Look.objects.filter(person_ref=table.case.person_id).latest("id")
    assert look.account_id == table.employer.account_id and look.page == "agreement:employer"


def test_pages_stay_small(caseworker: Viewer, client_for: LogIn, django_assert_max_num_queries: Any) -> None:
    table = agreed(caseworker)
    for _ in range(5):
        change(table, tasks=f"Oppgave {_}")
    client = client_for(caseworker)
    client.get(url("page", table.case.id))
    with django_assert_max_num_queries(25):
        page = client.get(url("page", table.case.id))
    assert len(page.content) < 60_000
    assert CASEWORKER in page.context["state"].waiting_for


def test_an_ended_agreement_is_read_and_a_new_one_can_be_drafted(caseworker: Viewer, client_for: LogIn) -> None:
    table = agreed(caseworker)
    services.agreement_end(actor=caseworker, agreement_id=table.agreement.id,
                           ended_on=full_content().period.last, reason_code="planned_end")  # fmt: skip
    page = client_for(caseworker).get(url("page", table.case.id))
    assert page.status_code == 200 and url("draft", table.case.id) in page.content.decode()
    assert client_for(caseworker).get(url("edit", table.case.id)).status_code == 404
    assert not client_for(table.employer).get(url(EMPLOYER, table.agreement.id)).context["may_approve"]
