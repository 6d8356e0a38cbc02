"""The pages of the outcome: deciding it, answering it, later status, and who is kept out."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from springbrett.access.roles import Viewer
from springbrett.kernel import clock
from springbrett.outcome.models import LaterStatus, Outcome, PartyAnswer
from springbrett.people.models import Case
from tests import build
from tests.builders.agreement import Table, agreed, content_for, drafted
from tests.builders.followup import ended, running
from tests.builders.mapping import confirmed_mapping
from tests.builders.outcome import answered, corrected, decided

LogIn = Callable[[Viewer], Client]
END, AFTER = date(2026, 6, 20), date(2026, 6, 25)
SAID = {"outcomes": ["stronger_cv", "clarified_language"], "main": "stronger_cv", "purpose_reached": "yes",
        "learned": "Tar en vakt alene.", "next_step": "job_search"}  # fmt: skip


@pytest.fixture
def table(caseworker: Viewer) -> Table:
    found = running(caseworker)
    ended(found, END)
    return found


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    with clock.at(AFTER):
        yield


def url(name: str, *args: Any) -> str:
    return reverse(f"outcome:{name}", args=args)


def test_the_caseworker_decides_beside_the_chain_and_sees_the_judgement(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    before = client.get(url("page", table.case.id))
    assert len(before.context["links"]) == 5
    done = client.post(url("decide", table.case.id), SAID)
    assert done.status_code == 302
    page = client.get(url("page", table.case.id)).content.decode()
    assert 'class="sb-why"' in page
    assert "Tar en vakt alene." in page
    assert Outcome.objects.get().judgement == "on_chain"


def test_a_refusal_keeps_what_was_typed(table: Table, client_for: LogIn) -> None:
    page = client_for(table.caseworker).post(url("decide", table.case.id), {**SAID, "main": "education"})
    assert page.status_code == 422
    assert "Tar en vakt alene." in page.content.decode()
    assert not Outcome.objects.exists()


def test_a_running_placement_is_sent_to_its_end(caseworker: Viewer, client_for: LogIn) -> None:
    table = running(caseworker)
    page = client_for(caseworker).get(url("page", table.case.id)).content.decode()
    assert reverse("followup:end", args=[table.case.id]) in page
    assert client_for(caseworker).post(url("decide", table.case.id), SAID).status_code == 422


def test_a_measure_without_purposes_leaves_no_empty_line(caseworker: Viewer, client_for: LogIn) -> None:
    table = running(caseworker)
    with clock.at(date(2026, 3, 27)):
        case = build.make_case(caseworker, build.make_person(date(1990, 4, 2)))
        confirmed_mapping(caseworker, case.id, needs_level="spesielt_tilpasset_innsats", reduced_work_capacity=True)
        subsidy = agreed(caseworker, case, measure="midlertidig_lonnstilskudd",
                         content=content_for("midlertidig_lonnstilskudd", date(2026, 4, 6)))  # fmt: skip
    client = client_for(caseworker)
    assert "Hovedformål" in client.get(url("page", table.case.id)).content.decode()
    assert "Hovedformål" not in client.get(url("page", subsidy.case.id)).content.decode()


def test_several_purposes_are_answered_one_by_one(caseworker: Viewer, client_for: LogIn) -> None:
    from tests.builders.agreement import agreed, full_content

    with clock.at(date(2026, 2, 27)):
        content = full_content(date(2026, 3, 2), 3, purposes=("work_experience", "language"))
        table = agreed(caseworker, content=content)
    client = client_for(caseworker)
    assert client.post(url("decide", table.case.id), SAID).status_code == 422
    each = {"reached_work_experience": "yes", "reached_language": "no", "text_language": "Ikke tid til kurs."}
    done = client.post(url("decide", table.case.id), {**SAID, **each})
    assert done.status_code == 302
    assert Outcome.objects.get().purposes["language"] == {"reached": "no", "text": "Ikke tid til kurs."}
    assert table.fresh().ended_reason == "planned_end"


def test_the_parties_answer_each_on_their_own_page(table: Table, client_for: LogIn) -> None:
    for name, viewer in (("participant", table.participant), ("employer", table.employer)):
        client = client_for(viewer)
        address = url(name, table.agreement.id)
        assert client.get(address).status_code == 200
        assert client.post(address, {"text": "x"}).status_code == 422
        assert client.post(address, {"purpose_reached": "partly", "text": f"Fra {name}"}).status_code == 302
        assert f"Fra {name}" in client.get(address).content.decode()
    assert PartyAnswer.objects.count() == 2
    assert "Fra participant" not in client_for(table.employer).get(url("employer", table.agreement.id)).content.decode()
    shown = client_for(table.caseworker).get(url("page", table.case.id)).content.decode()
    assert "Fra participant" in shown
    assert "Fra employer" in shown


def test_3_4_the_participant_reads_how_it_went_and_the_employer_only_whether_the_purpose_was_reached(
    table: Table, client_for: LogIn
) -> None:
    decided(table, AFTER, "clarified_health", purpose_reached="no", learned="Trenger ro.")
    assert "Trenger ro." in client_for(table.participant).get(url("participant", table.agreement.id)).content.decode()
    employer = client_for(table.employer).get(url("employer", table.agreement.id)).content.decode()
    assert "Trenger ro." not in employer
    assert "helse" not in employer.lower()


def test_the_next_case_is_opened_with_one_button(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    assert client.post(url("chain", table.case.id)).headers["Location"] == url("page", table.case.id)
    decided(table, AFTER)
    done = client.post(url("chain", table.case.id))
    chained = Case.objects.get(chained_from=table.case)
    assert done.headers["Location"] == reverse("mapping:page", args=[chained.id])
    assert reverse("mapping:page", args=[chained.id]) in client.get(url("page", table.case.id)).content.decode()
    assert client.get(url("chain", table.case.id)).status_code == 405


def test_later_status_is_recorded_when_it_is_due(table: Table, client_for: LogIn) -> None:
    decided(table, AFTER)
    client = client_for(table.caseworker)
    assert client.get(url("status", table.case.id)).context["months"] == []
    with clock.at(date(2027, 1, 5)):
        assert client.get(url("status", table.case.id)).context["months"] == [6]
        typed = {"months": "6", "status": "ordinary_job", "source": "person"}
        assert client.post(url("status", table.case.id), {**typed, "months": "12"}).status_code == 422
        assert client.post(url("status", table.case.id), typed).status_code == 302
    assert LaterStatus.objects.get().status == "ordinary_job"


def test_same_role_other_case_is_kept_out(
    table: Table, other_caseworker: Viewer, other_participant: Viewer, caseworker: Viewer, client_for: LogIn
) -> None:
    other_employer = running(caseworker).employer
    for name in ("page", "decide", "status"):
        assert client_for(other_caseworker).get(url(name, table.case.id)).status_code == 403
    assert client_for(other_caseworker).post(url("chain", table.case.id)).status_code == 403
    assert client_for(other_participant).get(url("participant", table.agreement.id)).status_code == 403
    assert client_for(other_employer).get(url("employer", table.agreement.id)).status_code in {403, 404}
    assert client_for(table.participant).get(url("employer", table.agreement.id)).status_code == 403
    assert client_for(table.employer).get(url("page", table.case.id)).status_code == 403


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_pages_are_small_in_every_language(table: Table, client_for: LogIn, language: str) -> None:
    answered(table, AFTER, "participant", shared=True)
    pages = ((table.caseworker, url("page", table.case.id)),
             (table.participant, url("participant", table.agreement.id)),
             (table.employer, url("employer", table.agreement.id)))  # fmt: skip
    for round_ in range(2):
        for viewer, address in pages:
            client = client_for(viewer)
            client.cookies["django_language"] = language
            page = client.get(address)
            assert page.status_code == 200
            assert len(page.content) <= 40 * 1024
        if round_ == 0:
            decided(table, AFTER)


def test_the_caseworker_corrects_and_both_read_what_was_decided_before(table: Table, client_for: LogIn) -> None:
    first = decided(table, AFTER, learned="Tar en vakt alene.")
    client = client_for(table.caseworker)
    assert url("correct", table.case.id) in client.get(url("page", table.case.id)).content.decode()
    form = client.get(url("correct", table.case.id)).context["form"]
    assert form.initial["learned"] == "Tar en vakt alene."
    told = {**SAID, "learned": "Tar to vakter alene.", "corrects": first.id}
    assert client.post(url("correct", table.case.id), told).status_code == 422
    done = client.post(url("correct", table.case.id), {**told, "reason_code": "new_information"})
    assert done.status_code == 302
    for page in (client.get(url("page", table.case.id)),
                 client_for(table.participant).get(url("participant", table.agreement.id))):  # fmt: skip
        text = page.content.decode()
        assert "Tar to vakter alene." in text
        assert "Tar en vakt alene." in text
        assert "nye opplysninger" in text


def test_a_correction_of_an_old_page_keeps_what_was_typed(table: Table, client_for: LogIn) -> None:
    first = decided(table, AFTER)
    corrected(table, AFTER, "none", purpose_reached="no")
    told = {**SAID, "corrects": first.id, "reason_code": "registered_wrong"}
    page = client_for(table.caseworker).post(url("correct", table.case.id), told)
    assert page.status_code == 422
    assert "Tar en vakt alene." in page.content.decode()


def test_there_is_nothing_to_correct_before_the_outcome(table: Table, client_for: LogIn) -> None:
    assert client_for(table.caseworker).get(url("correct", table.case.id)).status_code == 302


def test_the_page_shows_the_way_so_far_and_what_may_come_next(table: Table, client_for: LogIn) -> None:
    page = client_for(table.caseworker).get(url("page", table.case.id))
    history = page.context["history"]
    assert [(stay["measure"], stay["end"]) for stay in history["stays"]] == [("Arbeidstrening", END)]
    nexts = [step["code"] for step in history["next"]]
    assert "midlertidig_lonnstilskudd" in nexts
    assert reverse("choice:measure", args=[table.case.id, nexts[0]]) in page.content.decode()


def test_before_a_placement_has_begun_there_is_no_way_to_show(caseworker: Viewer, client_for: LogIn) -> None:
    case = drafted(caseworker).case
    assert client_for(caseworker).get(url("page", case.id)).context.get("history") is None


def test_the_page_asks_the_database_few_times(
    table: Table, client_for: LogIn, django_assert_max_num_queries: Any
) -> None:
    decided(table, AFTER)
    client = client_for(table.caseworker)
    client.get(url("page", table.case.id))
    with django_assert_max_num_queries(23):
        client.get(url("page", table.case.id))
