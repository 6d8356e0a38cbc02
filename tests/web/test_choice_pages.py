"""The pages of the choice, without JavaScript, through the test client."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from springbrett.access.roles import Viewer
from springbrett.catalogue import load
from springbrett.choice.models import Choice
from springbrett.kernel import clock
from springbrett.kernel.period import Length
from springbrett.ledger.services import record, service
from springbrett.people.models import Case
from tests.builders.choice import AT, decided
from tests.builders.mapping import JOSEF, confirmed_mapping, open_mapping

ClientFor = Callable[[Viewer], Client]
MAX_HTML = 40_000
GIVEN = {"chain": "language", "reason": "Needs to speak Norwegian at work.", "agrees_with_person": "yes",
         "person_wish": "I want to talk with people.", "person_wish_measure": AT, "acknowledged": "on",
         "seen": ""}  # fmt: skip

OFFERED = sorted(measure.code for measure in load().measures.values() if measure.depth != "record")
"""What can be chosen: records are kept to be read, and have no page in a case."""


@service
def stay_told(*, actor: Viewer, case: Case, **facts: Any) -> None:
    record(actor=actor, action="agreement.started", step="agreement", case_id=case.id, person_id=case.person_id,
           object_kind="agreement", object_id=uuid4(), facts={"measure": AT, **facts})  # fmt: skip


def url(case: Case, name: str = "page", *extra: str | int) -> str:
    return reverse(f"choice:{name}", args=[case.id, *extra])


def test_every_measure_is_shown_and_the_proposals_come_first(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    page = client_for(caseworker).get(url(case))
    rows = page.context["rows"]
    assert {row["option"].measure for row in rows} == set(OFFERED)
    proposed = [row["option"].proposed for row in rows]
    assert proposed[0] and proposed == sorted(proposed, reverse=True)
    why = client_for(caseworker).get(url(case, "why", rows[0]["option"].measure)).content.decode()
    assert "<details" in why and "<html" not in why


def test_a_decision_can_be_made_with_links_and_buttons_alone(
    client_for: ClientFor, caseworker: Viewer, participant: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    client = client_for(caseworker)
    assert client.get(url(case, "measure", AT)).status_code == 200
    assert client.get(url(case, "decide", AT)).status_code == 200
    done = client.post(url(case, "decide", AT), {**GIVEN, "waiting_for": "language_course"})
    assert done.status_code == 302, done.context["form"].errors
    choice = Choice.objects.get(case=case)
    assert (choice.measure, choice.chain, choice.waiting_for) == (AT, "language", "language_course")
    for viewer in (caseworker, participant):
        html = client_for(viewer).get(url(case)).content.decode()
        assert "Needs to speak Norwegian at work." in html
        assert "I want to talk with people." in html
        assert load().measure("language_course").name.nb in html


def test_another_measure_is_recorded_and_goes_on_elsewhere(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    given = {key: value for key, value in GIVEN.items() if key != "chain"}
    done = client_for(caseworker).post(url(case, "decide", "avklaring"), given, follow=True)
    assert done.status_code == 200 and Choice.objects.get(case=case).measure == "avklaring"


@pytest.mark.parametrize(
    ("missing", "field"), [("reason", "reason"), ("agrees_with_person", "agrees_with_person"), ("chain", "chain")]
)
def test_what_is_missing_is_said_and_the_typing_stays(
    client_for: ClientFor, caseworker: Viewer, case: Case, missing: str, field: str
) -> None:
    confirmed_mapping(caseworker, case.id)
    given = {key: value for key, value in GIVEN.items() if key != missing}
    answer = client_for(caseworker).post(url(case, "decide", AT), given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "I want to talk with people." in answer.content.decode()


def test_unknowns_warnings_and_an_unconfirmed_mapping_are_refused_beside_the_right_field(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    open_mapping(caseworker, case.id, motivation=3)
    client = client_for(caseworker)
    given: dict[str, Any] = {key: value for key, value in GIVEN.items() if key != "acknowledged"}
    assert "__all__" in client.post(url(case, "decide", AT), given).context["form"].errors
    confirmed_mapping(caseworker, case.id, motivation=4)
    answer = client.post(url(case, "decide", AT), given)
    assert answer.status_code == 409 and "acknowledged" in answer.context["form"].errors
    confirmed_mapping(caseworker, case.id, **{**JOSEF, "needs_level": "standard_innsats"})
    answer = client.post(url(case, "decide", AT), given)
    assert "override__needs_level_used" in answer.context["form"].errors
    reason = load().codes("override_reason")[0].code
    assert client.post(url(case, "decide", AT), {**given, "override__needs_level_used": reason}).status_code == 302


def test_a_decision_made_by_somebody_else_meanwhile_is_shown_and_nothing_typed_is_lost(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    theirs = decided(caseworker, case.id)
    client = client_for(caseworker)
    answer = client.post(url(case, "decide", AT), GIVEN)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "I want to talk with people." in html and f'value="{theirs.id}"' in html
    assert client.post(url(case, "decide", AT), {**GIVEN, "seen": str(theirs.id)}).status_code == 302


def test_the_participant_reads_in_plain_words_what_was_proposed_and_cannot_decide(
    client_for: ClientFor, caseworker: Viewer, participant: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    client = client_for(participant)
    for page in (url(case), url(case, "measure", AT), url(case, "chain", AT, "language")):
        assert client.get(page).status_code == 200
    assert client.get(url(case, "decide", AT)).status_code == 403
    assert client.post(url(case, "decide", AT), GIVEN).status_code == 403


def test_same_role_other_case_is_refused(
    client_for: ClientFor, caseworker: Viewer, other_caseworker: Viewer, other_participant: Viewer, case: Case
) -> None:
    decided(caseworker, case.id)
    pages = (url(case), url(case, "measure", AT), url(case, "chain", AT, "language"), url(case, "decide", AT))
    for viewer in (other_caseworker, other_participant):
        client = client_for(viewer)
        assert [client.get(page).status_code for page in pages] == [403] * len(pages)
        assert client.post(url(case, "decide", AT), GIVEN).status_code == 403
    assert b'name="open_with-reason"' in client_for(other_caseworker).get(url(case)).content


def test_wrong_addresses_are_not_found(client_for: ClientFor, caseworker: Viewer, case: Case) -> None:
    client = client_for(caseworker)
    assert client.get(url(case, "measure", AT)).status_code == 404
    confirmed_mapping(caseworker, case.id)
    assert client.get(url(case, "measure", "nothing")).status_code == 404
    assert client.get(url(case, "chain", AT, "nothing")).status_code == 404
    assert client.get(url(case, "decide", "nothing")).status_code == 404


def test_a_decision_shows_what_was_proposed_then(
    client_for: ClientFor, caseworker: Viewer, participant: Viewer, case: Case
) -> None:
    decided(caseworker, case.id, chain="language")
    for viewer in (caseworker, participant):
        page = client_for(viewer).get(url(case, "decision", 1))
        assert page.context["proposed"][0] == load().measure(AT).name.nb
        assert page.context["decided"].verdict.rule == "eligible"
    assert client_for(caseworker).get(url(case, "decision", 2)).status_code == 404


@pytest.mark.parametrize("name", ["page", "measure", "decide", "chain"])
def test_the_pages_are_small(client_for: ClientFor, caseworker: Viewer, case: Case, name: str) -> None:
    decided(caseworker, case.id)
    extra = {"measure": (AT,), "decide": (AT,), "chain": (AT, "language")}.get(name, ())
    client = client_for(caseworker)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url(case, name, *extra))
    assert len(page.content) <= (MAX_HTML if name != "measure" else 60_000), len(page.content)
    assert len(queries) <= 10, [q["sql"] for q in queries]


@pytest.mark.parametrize("code", OFFERED)
def test_every_measure_has_a_page_in_every_language(
    client_for: ClientFor, caseworker: Viewer, case: Case, code: str
) -> None:
    confirmed_mapping(caseworker, case.id)
    client = client_for(caseworker)
    for language in ("nb", "nn", "en"):
        client.cookies["django_language"] = language
        assert client.get(url(case, "measure", code)).status_code == 200
        assert client.get(url(case, "decide", code)).status_code == 200


def test_the_list_says_which_mapping_it_rests_on_and_that_a_newer_one_is_open(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    assert "Vurdert etter versjon 1" in client_for(caseworker).get(url(case)).content.decode()
    open_mapping(caseworker, case.id, motivation=1)
    html = client_for(caseworker).get(url(case)).content.decode()
    assert "Vurdert etter versjon 1" in html and "Versjon 2 av kartleggingen er åpen" in html


def test_a_proposal_says_on_the_list_what_speaks_for_and_against_and_what_lies_near(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    page = client_for(caseworker).get(url(case))
    row = next(row for row in page.context["rows"] if row["option"].measure == AT)
    html = page.content.decode()
    assert row["fit"].for_ and all(reason.get("nb") in html for reason in row["fit"].for_)
    assert all(name in html for name in row["near"])
    assert len(html.encode()) <= MAX_HTML


def test_a_needs_level_is_told_by_its_older_and_newer_name(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    html = client_for(caseworker).get(url(case, "measure", AT)).content.decode()
    assert "Situasjonsbestemt innsats (nå: Trenger veiledning)" in html


def test_the_way_so_far_is_shown_with_time_used_and_what_often_comes_next(
    client_for: ClientFor, caseworker: Viewer, participant: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    assert "history" not in str(client_for(caseworker).get(url(case)).context["history"] or "")
    stay_told(actor=caseworker, case=case, start=date(2025, 1, 1), end=date(2025, 3, 31))
    for viewer in (caseworker, participant):
        page = client_for(viewer).get(url(case))
        history = page.context["history"]
        assert [row["measure"] for row in history["stays"]] == ["Arbeidstrening"]
        assert history["times"][0]["time"].used == Length(3)
        assert "midlertidig_lonnstilskudd" in [row["code"] for row in history["next"]]
        html = page.content.decode()
        assert "Veien hit, og hva som kan komme nå" in html
        assert "3 måneder på 1 plass" in html


def test_what_a_rule_stops_for_the_person_is_not_said_to_be_able_to_come_next(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    stay_told(actor=caseworker, case=case, start=date(2025, 1, 1), end=date(2025, 3, 31))
    page = client_for(caseworker).get(url(case))
    stopped = {row["option"].measure for row in page.context["rows"] if row["option"].stopped}
    coming = {row["code"]: row["words"] for row in page.context["history"]["next"]}
    assert stopped & coming.keys(), "otherwise nothing is shown here"
    assert "Kan komme nå" in coming.values()
    assert not [code for code in stopped & coming.keys() if coming[code] == "Kan komme nå"]


def test_programmes_are_named_on_the_measure_they_build_on(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    page = client_for(caseworker).get(url(case, "measure", AT))
    assert [programme.code for programme in page.context["programmes"]] == [
        code for code, measure in load().measures.items()
        if measure.based_on == AT and measure.kind == "programme" and measure.in_force(clock.today())
    ]  # fmt: skip
