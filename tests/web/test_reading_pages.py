"""The pages one reads in: the catalogue and the history of a case."""

import html as html_lib
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.kernel import clock
from springbrett.mapping import guide
from springbrett.people.models import Case
from tests.builders.mapping import confirmed_mapping

ClientFor = Callable[[Viewer], Client]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_catalogue_says_how_the_law_is_read_and_where_practice_differs(
    language: str, client_for: ClientFor, caseworker: Viewer
) -> None:
    measure = catalogue.load().measure("arbeidstrening")
    client = client_for(caseworker)
    client.cookies["django_language"] = language
    html = html_lib.unescape(client.get(reverse("desk:measure", args=[measure.code])).content.decode())
    on = clock.today()
    for value in (*measure.target_group_on(on), measure.durations[-1], measure.max_age[-1], measure.needs_levels[-1]):
        assert value.interpretation and value.interpretation.get(language) in html
    relatives = next(rule for rule in measure.rules_on(on) if rule.code == "no_close_relatives")
    assert relatives.exception and relatives.exception.get(language) in html


def test_the_history_says_which_part_of_the_conversation_was_saved(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    html = client_for(caseworker).get(reverse("desk:history", args=[case.id])).content.decode()
    with override("nb"):
        assert str(guide.section("language").title) in html
