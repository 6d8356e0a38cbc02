"""Answering a study on the pages, page by page, and what its leader sees of it."""

import io
from collections.abc import Callable

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from springbrett.access.roles import Role, Viewer
from springbrett.evaluation.vignettes.answers import COLUMNS
from springbrett.ledger.models import Event
from springbrett.people.models import Office
from springbrett.vignettes.models import Respondent, Sheet
from springbrett.vignettes.selectors import standing, study_of
from springbrett.vignettes.services import round_close
from tests import build
from tests.builders.vignettes import SIX, advisers, answer_for, answered, make_analyst, opened
from tests.web.test_desk_pages import within_limits

ClientFor = Callable[[Viewer], Client]
AT = f"/studies/{SIX}/"
LEVELS = ("suitable", "later", "not_suitable")
INVITED = [Role.CASEWORKER, Role.JOB_SPECIALIST, Role.MARKET_CONTACT]


@pytest.fixture
def analyst(db: None) -> Viewer:
    return make_analyst()


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def first_page(viewer: Viewer, client: Client) -> str:
    """The subject of the first page, after having begun."""
    said = client.post(f"{AT}begin/")
    assert (said.status_code, said.headers["Location"]) == (303, f"{AT}pages/1/")
    return standing(viewer, SIX).pages[0]


@pytest.mark.parametrize("role", sorted(INVITED))
def test_an_invited_adviser_reads_what_it_is_for_before_anything_is_asked(
    role: Role, analyst: Viewer, office: Office, client_for: ClientFor
) -> None:
    opened(analyst)
    page = text(client_for(build.make_viewer(role, office=office)).get(AT))
    assert "Det er frivillig" in page and "tilfeldig nummer" in page and "20 minutter" in page
    assert "Jeg har lest dette, og begynner" in page and 'name="suitable"' not in page


def test_the_whole_form_is_answered_one_person_at_a_time_and_then_thanked_for(
    analyst: Viewer, caseworker: Viewer, client_for: ClientFor
) -> None:
    opened(analyst)
    client = client_for(caseworker)
    client.post(f"{AT}begin/")
    pages = standing(caseworker, SIX).pages
    assert sorted(pages[:6]) == ["anita", "atle", "josef", "kenneth", "marja", "silje"] and pages[6] == "you"
    for place, subject in enumerate(pages, 1):
        shown = text(client.get(f"{AT}pages/{place}/"))
        person = study_of(SIX).person(subject)
        assert (f"{person.name}, {person.age} år" if person else "Om deg") in shown
        said = client.post(f"{AT}pages/{place}/", {**answer_for(SIX, subject), "do": "next"})
        there = f"{AT}pages/{place + 1}/" if place < 7 else f"{AT}done/"
        assert (said.status_code, said.headers["Location"]) == (303, there)
    assert "Takk" in text(client.get(f"{AT}done/")) and standing(caseworker, SIX).finished
    assert Sheet.objects.filter(complete=True).count() == 7


def test_what_the_study_wants_to_find_out_is_never_shown_to_those_who_answer(
    analyst: Viewer, caseworker: Viewer, client_for: ClientFor
) -> None:
    opened(analyst)
    client = client_for(caseworker)
    client.post(f"{AT}begin/")
    for place in range(1, 7):
        page = text(client.get(f"{AT}pages/{place}/"))
        assert not [one.code for one in study_of(SIX).persons if one.tests.nb in page]


def test_what_is_answered_is_there_when_the_adviser_comes_back_and_the_next_page_is_the_first_unanswered(
    analyst: Viewer, caseworker: Viewer, client_for: ClientFor
) -> None:
    opened(analyst)
    subject = first_page(caseworker, client_for(caseworker))
    given = answer_for(SIX, subject, suitable=["later"], purpose=["language", "other"], why=["Språket først."])
    client_for(caseworker).post(f"{AT}pages/1/", {**given, "do": "next"})
    later = client_for(caseworker)
    page = text(later.get(f"{AT}pages/1/"))
    assert "Språket først." in page and page.count("checked") == 4
    assert later.post(f"{AT}begin/").headers["Location"] == f"{AT}pages/2/"
    assert "1 av 7" in text(later.get(AT))


def test_an_unfinished_page_can_be_left_for_later_and_does_not_count_as_answered(
    analyst: Viewer, caseworker: Viewer, client_for: ClientFor
) -> None:
    opened(analyst)
    client = client_for(caseworker)
    subject = first_page(caseworker, client)
    said = client.post(f"{AT}pages/1/", {"suitable": "later", "do": "later"})
    assert (said.status_code, said.headers["Location"]) == (303, AT)
    assert Sheet.objects.get().given == {"suitable": ["later"]} and standing(caseworker, SIX).next_place == 1
    refused = client.post(f"{AT}pages/1/", {"suitable": "not_suitable", "do": "next"})
    assert refused.status_code == 422 and "Velg ett svar." in text(refused)
    assert Sheet.objects.get(subject=subject).given == {"suitable": ["later"]}


@pytest.mark.parametrize(("field", "value"), [
    ("suitable", "perhaps"), ("needs_level", "gode"), ("purpose", "no_such"), ("why", "12038912345"),
])  # fmt: skip
def test_an_answer_that_cannot_be_given_is_refused_and_what_was_typed_stays(
    field: str, value: str, analyst: Viewer, caseworker: Viewer, client_for: ClientFor
) -> None:
    opened(analyst)
    client = client_for(caseworker)
    subject = first_page(caseworker, client)
    given = answer_for(SIX, subject, why=["Viktig nok."]) | {field: [value]}
    said = client.post(f"{AT}pages/1/", {**given, "do": "next"})
    assert said.status_code == 422 and not Sheet.objects.exists()
    assert (value if field == "why" else "Viktig nok.") in text(said)


def test_answers_taken_back_are_deleted_and_cannot_be_given_again(
    analyst: Viewer, caseworker: Viewer, client_for: ClientFor
) -> None:
    opened(analyst)
    answered(caseworker)
    client = client_for(caseworker)
    assert client.post(f"{AT}withdraw/").status_code == 303
    assert not Sheet.objects.exists() and Respondent.objects.get().withdrawn_on is not None
    assert "Du har trukket svarene dine" in text(client.get(AT))
    assert client.post(f"{AT}begin/").headers["Location"] == AT
    assert client.post(f"{AT}pages/1/", {"suitable": "later"}).headers["Location"] == AT
    assert not Sheet.objects.exists()


def test_my_day_tells_of_an_open_study_and_of_no_other(
    analyst: Viewer, caseworker: Viewer, market_contact: Viewer, client_for: ClientFor
) -> None:
    assert "Seks personer" not in text(client_for(caseworker).get("/day/"))
    opened(analyst)
    opened(analyst, "job_specialists")
    day = text(client_for(caseworker).get("/day/"))
    assert f'href="{AT}"' in day and "jobbspesialister?" not in day
    assert f'href="{AT}"' in text(client_for(market_contact).get("/studies/"))
    round_close(actor=analyst, study=SIX)
    assert "Seks personer" not in text(client_for(caseworker).get("/day/"))


def test_a_survey_without_persons_uses_the_same_pages(analyst: Viewer, office: Office, client_for: ClientFor) -> None:
    opened(analyst, "job_specialists")
    specialist = build.make_viewer(Role.JOB_SPECIALIST, office=office)
    client = client_for(specialist)
    client.post("/studies/job_specialists/begin/")
    for place, subject in enumerate(standing(specialist, "job_specialists").pages, 1):
        page = text(client.get(f"/studies/job_specialists/pages/{place}/"))
        assert ("Å bygge relasjoner" in page) is (subject == "important")
        client.post(f"/studies/job_specialists/pages/{place}/", answer_for("job_specialists", subject))
    assert standing(specialist, "job_specialists").finished
    assert client.get(AT).status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {*INVITED, Role.SYSTEM, Role.ANALYST}))
def test_nobody_else_answers_or_reads(
    role: Role, analyst: Viewer, office: Office, caseworker: Viewer, client_for: ClientFor
) -> None:
    opened(analyst)
    answered(caseworker)
    stranger = build.make_viewer(role, office=office, person_id=build.make_person().id,
                                 employer_id=build.make_person().id)  # fmt: skip
    client, before = client_for(stranger), Event.objects.count()
    for end in ("", "begin/", "pages/1/", "done/", "withdraw/", "results/", "open/", "close/", "answers.csv",
                "answers.parquet"):  # fmt: skip
        assert client.get(AT + end).status_code in {403, 405}, end
        assert client.post(AT + end, {"round": 1, "suitable": "later"}).status_code in {403, 405}, end
    assert client.get("/studies/").status_code == 403
    assert Event.objects.count() == before


@pytest.mark.parametrize("role", sorted(INVITED))
def test_those_who_answer_see_no_results_and_open_nothing(
    role: Role, analyst: Viewer, office: Office, client_for: ClientFor
) -> None:
    opened(analyst)
    client, before = client_for(build.make_viewer(role, office=office)), Event.objects.count()
    assert client.get(f"{AT}results/").status_code == 403
    for end in ("open/", "close/", "answers.csv", "answers.parquet"):
        assert client.post(AT + end, {"round": 1}).status_code == 403
    assert Event.objects.count() == before


def test_the_leader_opens_counts_and_closes_and_answers_nothing(
    analyst: Viewer, office: Office, client_for: ClientFor
) -> None:
    client = client_for(analyst)
    assert "Åpne en runde" in text(client.get(f"{AT}results/"))
    assert client.post(f"{AT}open/").status_code == 303
    people = advisers(office, 3)
    for one in people:
        answered(one)
    page = text(client.get(f"{AT}results/"))
    assert "<dd>3</dd>" in page and "når minst 5 har svart" in page and "Krippendorff" not in page
    for end in ("", "begin/", "pages/1/", "done/", "withdraw/"):
        assert client.post(AT + end).status_code in {403, 405}
    assert client.post(f"{AT}close/").status_code == 303
    assert client_for(people[0]).get(AT).status_code == 404
    assert "Åpne en ny runde" in text(client.get(f"{AT}results/"))


def test_results_hide_small_numbers_and_those_they_follow_from(
    analyst: Viewer, office: Office, other_office: Office, client_for: ClientFor
) -> None:
    opened(analyst)
    for number, one in enumerate([*advisers(office, 8), *advisers(other_office, 6)]):
        rest = {
            code: LEVELS[(number * 5 + place) % 3] for place, code in enumerate(["anita", "josef", "marja", "kenneth"])
        }
        answered(one, atle=LEVELS[number < 9], silje=LEVELS[2 if number == 0 else 0], **rest)
    page = text(client_for(analyst).get(f"{AT}results/"))
    atle, silje = page[page.index("Atle, 24") :], page[page.index("Silje, 33") :]
    assert "64 %" in atle[: atle.index("</section>")] and "N = 14" in atle
    assert "for få til å vises" in silje[: silje.index("</section>")]
    assert "93 %" not in silje[: silje.index("</section>")] and "av parene" not in silje[: silje.index("</section>")]
    assert "Krippendorffs alfa" in page and "Oddsforhold" in page and office.number in page


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_answers_are_taken_out_without_names_and_the_ledger_tells(
    kind: str, analyst: Viewer, caseworker: Viewer, office: Office, client_for: ClientFor
) -> None:
    opened(analyst)
    answered(caseworker, atle="later")
    said = client_for(analyst).post(f"{AT}answers.{kind}", {"round": 1})
    content = io.BytesIO(said.content)
    table = pa_csv.read_csv(content) if kind == "csv" else pq.read_table(content)
    assert table.column_names == [name for name, _kind, _meaning in COLUMNS]
    rows = table.to_pylist()
    assert {row["value"] for row in rows if (row["subject"], row["question"]) == ("atle", "suitable")} == {"later"}
    account = str(caseworker.account_id)
    assert account not in said.content.decode("latin1") and account.replace("-", "") not in str(rows)
    assert Event.objects.filter(action="vignettes.exported", actor_account_id=analyst.account_id).count() == 1
    assert client_for(analyst).get(f"{AT}answers.{kind}").status_code == 405
    assert client_for(analyst).post(f"{AT}answers.{kind}", {"round": "x"}).status_code == 404
    assert client_for(analyst).post(f"{AT}answers.{kind}", {"round": 9}).status_code == 404


@pytest.mark.parametrize(("language", "words"), [
    ("nb", ("Dette vet du", "Er arbeidstrening aktuelt?", "Lagre og gå videre", "år")),
    ("nn", ("Dette veit du", "Er arbeidstrening aktuelt?", "Lagre og gå vidare", "år")),
    ("en", ("What you know", "Is arbeidstrening suitable?", "Save and go on", "years")),
])  # fmt: skip
def test_the_form_speaks_three_languages(
    language: str, words: tuple[str, ...], analyst: Viewer, office: Office, client_for: ClientFor
) -> None:
    opened(analyst)
    client = client_for(build.make_viewer(Role.CASEWORKER, office=office, language=language))
    client.post(f"{AT}begin/")
    page = text(client.get(f"{AT}pages/1/"))
    assert [word for word in words if word not in page] == []


def test_the_pages_stay_small(
    analyst: Viewer, office: Office, other_office: Office, client_for: ClientFor
) -> None:  # fmt: skip
    opened(analyst)
    people = [*advisers(office, 6), *advisers(other_office, 6)]
    for one in people[1:]:
        answered(one)
    client = client_for(people[0])
    within_limits(client, AT, queries_allowed=5)
    client.post(f"{AT}begin/")
    within_limits(client, f"{AT}pages/1/", queries_allowed=7)
    within_limits(client, f"{AT}done/", queries_allowed=6)
    within_limits(client, "/studies/", queries_allowed=6)
    leader = client_for(analyst)
    with CaptureQueriesContext(connection) as queries:
        assert leader.get(f"{AT}results/").status_code == 200
    assert len(queries) <= 8
    within_limits(leader, "/studies/", queries_allowed=5)
