"""The pages a participant opens: what is said about them is said to them."""

import html
import re
from datetime import date

import pytest
from django.test import Client

from springbrett.access.roles import Viewer
from springbrett.kernel import clock
from springbrett.people.models import Case
from tests.addresses import ADDRESSES, client_of, values_for
from tests.builders.agreement import Table, agreed, change
from tests.builders.employers import make_contact
from tests.builders.mapping import JOSEF, confirmed_mapping
from tests.spec.test_said_to_you import LANGUAGES, THIRD_PERSON, about_the_person

DAY = date(2026, 3, 16)
WHOLE = ("choice:page", "choice:measure", "choice:why", "choice:decision", "mapping:page", "mapping:version",
         "matching:chosen")  # fmt: skip
"""Pages whose every word is about the reader. On the others «deltakeren» is also the name of a party, or somebody in a
study."""
REASONS = re.compile(r'<ul class="sb-why">.*?</ul>\s*</div>|<span class="sb-verdict".*?</span></span>', re.S)


@pytest.fixture
def table(caseworker: Viewer, case: Case) -> Table:
    with clock.at(date(2026, 2, 1)):
        confirmed_mapping(caseworker, case.id, **JOSEF)
        found = agreed(caseworker, case)
        change(found, tasks="Bare kasse.", discussed_with_employee_reps=None)
    return found


def words(page: str) -> str:
    body = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def around(text: str, language: str) -> str:
    """The words that should not be there, with what stands around them."""
    found = THIRD_PERSON[language].search(text)
    return text[max(0, found.start() - 60) : found.end() + 60] if found else ""


def opened(client: Client, table: Table, language: str) -> dict[str, str]:
    """Every page that opens for the participant, in the language."""
    client.cookies["django_language"] = language
    make_contact(table.agreement.workplace)
    values = values_for(table.agreement)
    with clock.at(DAY):
        answers = {a.name: client.get(a.filled(values)) for a in ADDRESSES}
    return {
        name: answer.content.decode()
        for name, answer in answers.items()
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reason_a_participant_reads_is_in_the_third_person(table: Table, language: str) -> None:
    pages = opened(client_of(table.participant), table, language)
    assert set(WHOLE) <= pages.keys()
    said = {name: words(text) if name in WHOLE else " ".join(map(words, REASONS.findall(text)))
            for name, text in pages.items()}  # fmt: skip
    wrong = {name: around(text, language) for name, text in said.items() if about_the_person(text, language)}
    assert wrong == {}
    assert any(said[name] for name in pages.keys() - set(WHOLE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_caseworker_reads_the_same_pages_about_the_person(table: Table, language: str) -> None:
    pages = opened(client_of(table.caseworker), table, language)
    assert about_the_person(words(pages["choice:measure"]), language)
    assert about_the_person(words(pages["mapping:version"]), language)
