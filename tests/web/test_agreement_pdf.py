"""The agreement as PDF/UA: tagged, titled, in the reader's language, and true to the version."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from springbrett.access.roles import Viewer
from springbrett.agreement.pdf import render
from springbrett.agreement.records import PARTICIPANT
from springbrett.people.models import Case
from tests.builders.agreement import Table, agreed, change, drafted, full_content

LogIn = Callable[[Viewer], Client]
TRAP = '#panic("x") *fet* $1/0$ <b> @ref \\ // `kode`'


@pytest.fixture
def table(caseworker: Viewer, case: Case) -> Table:
    return agreed(caseworker, case)


def read(table: Table, number: int = 1, language: str = "nb") -> PdfReader:
    return PdfReader(io.BytesIO(render.pdf_of(table.fresh(), number, language)))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize(("language", "tag"), [("nb", "nb-NO"), ("nn", "nn-NO"), ("en", "en-GB")])
def test_it_is_tagged_titled_and_in_the_language_asked_for(table: Table, language: str, tag: str) -> None:
    reader = read(table, language=language)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == tag
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None and reader.metadata.title
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()


def test_the_three_languages_say_it_in_their_own_words(table: Table) -> None:
    said = {language: words(read(table, language=language)) for language in render.LANGUAGES}
    assert "Hovedformål" in said["nb"] and "Hovudformål" in said["nn"] and "Main purpose" in said["en"]


def test_it_says_what_the_version_says_and_who_approved_it(table: Table) -> None:
    text = words(read(table))
    assert full_content().tasks in text and table.case.person.name in text and table.company.name in text
    assert table.case.person.national_id not in text
    change(table, tasks="Bare kasse.")
    assert "Bare kasse." in words(read(table, 2)) and full_content().tasks in words(read(table, 1))


def test_what_is_typed_is_never_read_as_markup(caseworker: Viewer, case: Case) -> None:
    table = drafted(caseworker, case, content=full_content(tasks=TRAP))
    text = words(read(table))
    assert '#panic("x") *fet* $1/0$ <b> @ref' in text and "`kode`" in text


def test_waiting_for_another_measure_stands_on_the_paper(caseworker: Viewer, case: Case) -> None:
    table = drafted(caseworker, case, waiting_for="midlertidig_lonnstilskudd")
    assert "lønnstilskudd" in words(read(table)).lower()


def test_the_same_rows_give_the_same_bytes(table: Table) -> None:
    assert render.pdf_of(table.fresh(), 1, "nb") == render.pdf_of(table.fresh(), 1, "nb")


def test_it_is_served_in_the_readers_language_and_not_kept_by_caches(table: Table, client_for: LogIn) -> None:
    client = client_for(table.voice(PARTICIPANT))
    where = reverse("agreement:pdf", args=[table.agreement.id, 1])
    answer = client.get(where)
    assert answer.headers["Content-Type"] == "application/pdf" and "no-store" in answer.headers["Cache-Control"]
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"] == "nb-NO"  # type: ignore[index]
    assert PdfReader(io.BytesIO(client.get(where, {"lang": "nn"}).content)).trailer["/Root"]["/Lang"] == "nn-NO"  # type: ignore[index]
    assert client.get(reverse("agreement:pdf", args=[table.agreement.id, 9])).status_code == 404
