"""The pages of follow-up: what each party can do there, what they never see, and that typing is kept."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from springbrett.access.models import Look
from springbrett.access.roles import Role, Viewer
from springbrett.agreement.records import Support
from springbrett.agreement.selectors import newest_version
from springbrett.followup.models import Contact, EmployerReport, Feedback, PlanItem, Review
from springbrett.kernel import clock
from tests import build
from tests.builders.agreement import Table, approve, change, drafted
from tests.builders.followup import ended, logged, running, told

LogIn = Callable[[Viewer], Client]
DAY = date(2026, 4, 1)
SECRET = "Sjefen kjefter hver dag"


@pytest.fixture
def table(caseworker: Viewer) -> Table:
    return running(caseworker)


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with clock.at(DAY):
        yield


def url(name: str, *args: Any) -> str:
    return reverse(f"followup:{name}", args=args)


def post(client: Client, address: str, **data: Any) -> Any:
    return client.post(address, data)


CONTACT = {"kind": "phone_participant", "on": "2026-03-30", "attended": ["participant"], "agreed": "Mer kasse."}
REVIEW = {"on": "2026-04-01", "duration_ok": "yes", "headway": "good", "work_chance": "some",
          "conclusion": "continue_as_is", "text": "Godt i gang."}  # fmt: skip


def test_the_caseworker_sees_what_is_due_and_why_and_logs_a_contact(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    page = client.get(url("page", table.case.id)).content.decode()
    assert "<details" in page
    assert url("contact", table.case.id) in page
    assert client.get(url("contact", table.case.id)).status_code == 200
    done = post(client, url("contact", table.case.id), **CONTACT)
    assert done.headers["Location"] == url("page", table.case.id)
    assert Contact.objects.get().agreed == "Mer kasse."
    assert "Mer kasse" in client.get(url("page", table.case.id)).content.decode()


def test_a_refusal_keeps_what_was_typed(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    page = post(client, url("contact", table.case.id), **{**CONTACT, "on": "2026-04-02"})
    assert page.status_code == 409
    assert "Mer kasse." in page.content.decode()
    page = post(client, url("contact", table.case.id), **{**CONTACT, "kind": ""})
    assert page.status_code == 422
    assert not Contact.objects.exists()


def test_the_caseworker_holds_a_review(table: Table, client_for: LogIn) -> None:
    done = post(client_for(table.caseworker), url("review", table.case.id), **REVIEW)
    assert done.status_code == 302
    assert Review.objects.get().duration_ok is True


def test_extending_shows_how_far_the_limit_reaches_and_why_it_stops(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    number = newest_version(table.fresh()).number
    assert client.get(url("extend", table.case.id)).status_code == 200
    wish = {"base_version": number, "new_end": "2027-06-01", "reason_code": "more_time_needed"}
    stopped = post(client, url("extend", table.case.id), **wish)
    assert stopped.status_code == 409
    assert 'class="sb-why"' in stopped.content.decode()
    assert post(client, url("extend", table.case.id), **{**wish, "new_end": "2026-12-01"}).status_code == 302


def test_a_warning_asks_for_a_reason_and_then_lets_it_through(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    wish = {"base_version": 1, "new_end": "2026-10-01", "reason_code": "position_coming"}
    assert post(client, url("extend", table.case.id), **wish).status_code == 302
    approve(table)
    again = {**wish, "base_version": 2, "new_end": "2026-11-01"}
    warned = post(client, url("extend", table.case.id), **again)
    assert warned.status_code == 409
    assert 'name="override_reason"' in warned.content.decode()
    assert post(client, url("extend", table.case.id), **again, override_reason="parties_agree").status_code == 302


def test_two_at_once_are_told_and_nothing_typed_is_lost(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    wish = {"base_version": 1, "new_end": "2026-10-01", "reason_code": "absence"}
    post(client, url("extend", table.case.id), **wish)
    late = post(client, url("extend", table.case.id), **{**wish, "new_end": "2026-10-05", "reason_text": "Sykehus",
                                                         "override_reason": "parties_agree"})  # fmt: skip
    assert late.status_code == 409
    assert "Sykehus" in late.content.decode()
    assert 'value="2"' in late.content.decode()


def test_adjusting_makes_a_new_version_for_the_parties_to_approve(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    form = client.get(url("adjust", table.case.id)).context["sheet"].form
    typed = {key: value for key, value in form.initial.items() if value not in (None, False)}
    more = {"tasks": "Kassen alene.", "hours_from": "2026-05-01", "hours_per_week": "30", "reason_code": "hours_up"}
    done = post(client, url("adjust", table.case.id), **{**typed, **more})
    assert done.status_code == 302, done.context["sheet"].form.errors
    assert newest_version(table.fresh()).record.tasks == "Kassen alene."
    half = post(client, url("adjust", table.case.id), **{**typed, "base_version": 2, "hours_from": "2026-06-01",
                                                         "reason_code": "hours_up"})  # fmt: skip
    assert half.status_code == 422


def test_the_caseworker_adds_to_the_plan_and_takes_it_away(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    post(client, url("plan_add", table.case.id), kind="workplace_visit", on="2026-05-04", owed_by="caseworker")
    item = PlanItem.objects.get()
    remove = url("plan_remove", table.case.id, item.id)
    assert remove in client.get(url("page", table.case.id)).content.decode()
    assert client.get(remove).status_code == 405
    assert post(client, remove).status_code == 302
    assert remove not in client.get(url("page", table.case.id)).content.decode()


def test_ending_leads_to_the_outcome(table: Table, client_for: LogIn) -> None:
    client = client_for(table.caseworker)
    wrong = post(client, url("end", table.case.id), ended_on="2026-04-01", reason_code="planned_end")
    assert wrong.status_code == 409
    assert post(client, url("end", table.case.id), ended_on="2026-04-01", reason_code="no_shows").status_code == 302
    assert reverse("outcome:page", args=[table.case.id]) in client.get(url("page", table.case.id)).content.decode()


def test_the_employer_reports_without_javascript(table: Table, client_for: LogIn) -> None:
    client = client_for(table.employer)
    plan = client.get(url("plan", table.agreement.id)).content.decode()
    report = url("report", table.agreement.id, "start")
    assert report in plan
    assert client.get(report).status_code == 200
    assert post(client, report, attendance="as_agreed").status_code == 422
    assert post(client, report, tasks="Rydder varer.", attendance="as_agreed", hiring="yes").status_code == 302
    assert EmployerReport.objects.get().hiring == "yes"
    assert post(client, report, tasks="Igjen.").status_code == 409
    assert client.get(url("report", table.agreement.id, "weather")).status_code == 404


def test_the_participant_tells_nav_alone_or_the_employer(table: Table, client_for: LogIn) -> None:
    client = client_for(table.participant)
    address = url("feedback", table.agreement.id)
    page = client.get(address).content.decode()
    assert page.count('<form method="post" novalidate') == 2
    post(client, address, **{"audience": "nav", "nav-text": SECRET, "nav-topics": ["feels_used"]})
    post(client, address, **{"audience": "employer", "employer-masters": "Kassen"})
    sent = {(row.audience, row.text, row.masters) for row in Feedback.objects.all()}
    assert sent == {("employer", "", "Kassen"), ("nav", SECRET, "")}
    assert post(client, address, audience="employer").status_code == 422
    assert post(client, address, audience="everybody").status_code == 404


def test_the_employer_never_sees_private_feedback(table: Table, client_for: LogIn) -> None:
    told(table, DAY, text=SECRET)
    logged(table, DAY, "participant_meeting", agreed="Alene med NAV", for_caseworkers="Bytte plass?")
    client = client_for(table.employer)
    agreement_id = table.agreement.id
    pages = [url("plan", agreement_id), url("report", agreement_id, "start"),
             *(reverse(f"{room}:employer", args=[agreement_id]) for room in ("agreement", "outcome"))]  # fmt: skip
    for address in pages:
        shown = client.get(address).content.decode()
        for word in (SECRET, "Alene med NAV", "Bytte plass?"):
            assert word not in shown
    for forbidden in (url("feedback", agreement_id), url("page", table.case.id), url("contact", table.case.id)):
        assert client.get(forbidden).status_code == 403
    assert SECRET in client_for(table.caseworker).get(url("page", table.case.id)).content.decode()


def test_the_mentor_reads_plan_and_tasks_only(table: Table, client_for: LogIn) -> None:
    mentor = build.make_viewer(Role.MENTOR, employer_id=table.company.id)
    with clock.at(DAY):
        change(table, support=Support(mentor_account_id=mentor.account_id, other_considered=True))
    logged(table, DAY, "joint_meeting", agreed="Avtalt i møtet")
    page = client_for(mentor).get(url("plan", table.agreement.id))
    assert page.status_code == 200
    assert "Avtalt i møtet" not in page.content.decode()
    assert client_for(mentor).get(url("report", table.agreement.id, "start")).status_code == 403


def test_same_role_other_case_is_kept_out(
    table: Table, other_caseworker: Viewer, other_participant: Viewer, caseworker: Viewer, client_for: LogIn
) -> None:
    other_employer = running(caseworker).employer
    case_id, agreement_id = table.case.id, table.agreement.id
    for name in ("contact", "review", "extend", "adjust", "end", "plan_add"):
        assert client_for(other_caseworker).get(url(name, case_id)).status_code == 403
        assert client_for(other_caseworker).post(url(name, case_id)).status_code == 403
    assert client_for(other_caseworker).get(url("page", case_id)).status_code == 403
    assert client_for(other_participant).get(url("feedback", agreement_id)).status_code == 403
    assert client_for(other_employer).get(url("report", agreement_id, "start")).status_code in {403, 404}
    assert client_for(other_employer).get(url("plan", agreement_id)).status_code in {403, 404}


def test_every_look_at_the_plan_is_logged(table: Table, client_for: LogIn) -> None:
    client_for(table.caseworker).get(url("page", table.case.id))
    client_for(table.employer).get(url("plan", table.agreement.id))
    seen = Look.objects.filter(person_ref=table.case.person_id).values_list("page", "role")
    assert {("followup:page", "caseworker"), ("followup:plan", "employer")} <= set(seen)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_pages_are_small_and_quick_in_every_language(table: Table, client_for: LogIn, language: str) -> None:
    for day in range(2, 28, 3):
        logged(table, date(2026, 3, day))
    told(table, DAY)
    for viewer, address in ((table.caseworker, url("page", table.case.id)),
                            (table.employer, url("plan", table.agreement.id)),
                            (table.participant, url("plan", table.agreement.id)),
                            (table.participant, url("feedback", table.agreement.id)),
                            (table.caseworker, url("extend", table.case.id))):  # fmt: skip
        client = client_for(viewer)
        client.cookies["django_language"] = language
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert page.status_code == 200
        assert len(page.content) <= 40 * 1024
        assert len(queries) <= 45, [query["sql"][:90] for query in queries]
        assert table.case.person.family_name not in page.content.decode().partition("</title>")[0]


def test_a_draft_has_no_duties_but_the_startup_meeting_can_be_logged(caseworker: Viewer, client_for: LogIn) -> None:
    table = drafted(caseworker)
    client = client_for(caseworker)
    assert client.get(url("page", table.case.id)).status_code == 200
    done = post(client, url("contact", table.case.id), kind="startup_meeting", on="2026-04-01",
                attended=["participant", "employer"])  # fmt: skip
    assert done.status_code == 302
    assert post(client, url("review", table.case.id), **REVIEW).status_code == 409
    assert client.get(url("page", build.make_case(caseworker).id)).status_code == 200


def test_after_the_end_the_plan_is_still_there_to_read(table: Table, client_for: LogIn) -> None:
    ended(table, DAY)
    for viewer in (table.participant, table.employer):
        assert client_for(viewer).get(url("plan", table.agreement.id)).status_code == 200
