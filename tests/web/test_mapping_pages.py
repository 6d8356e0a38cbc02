"""The pages of the mapping, without JavaScript, through the test client."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from springbrett.access.roles import Viewer
from springbrett.mapping import guide, rules
from springbrett.mapping.forms import DEMAND
from springbrett.mapping.models import MappingVersion
from springbrett.people.models import Case
from tests.builders.mapping import JOSEF, confirmed_mapping, open_mapping

ClientFor = Callable[[Viewer], Client]
MAX_HTML = 40_000


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.found[given["name"] or ""] = given.get("value") or ""


def hidden(html: str) -> dict[str, str]:
    parser = _Hidden()
    parser.feed(html)
    return {k: v for k, v in parser.found.items() if k in {"base_version", "base_revision", "sheet"}}


def url(case: Case, section: str) -> str:
    return reverse("mapping:section", args=[case.id, section])


ANSWERS: dict[str, dict[str, Any]] = {
    "situation": {"needs_level": "situasjonsbestemt_innsats", "needs_level_decided_on": "2026-10-01",
                  "situation": "unemployment_benefit", "job_seeker": "yes", "reduced_work_capacity": "no",
                  "work_capacity_clarified": ""},
    "work": {"work_experience_years": "4.5", "work_experience_norway_years": "0", "work_history": "Desk and phone.",
             "previous_measures": ["none_of_these"]},
    "education": {"education_level": "vocational", "education_recognised": "no", "certificates": ["first_aid"]},
    "language": {"cefr_oral": "A2", "cefr_written": "A2", "years_in_norway": "2"},
    "wishes": {"knows_what_work": "yes", "wish_employer": "A dentist nearby"},
    "motivation": {"motivation": "5", "motivation_words": "I want to work.", "confidence": "3"},
    "abilities": {f"{DEMAND}standing": "with_adaptation", "followup_need": "2"},
    "adaptation": {"adaptations_needed": ["quiet_place"]},
    "practical": {"hours_min": "10", "hours_max": "37.5", "commute_max_km": "30", "licences": ["B"]},
    "network": {"support_network": []},
    "goals": {"goals": "A job with people.", "own_wish_measure": "arbeidstrening"},
}  # fmt: skip


def test_the_whole_guide_can_be_walked_with_nothing_but_links_and_buttons(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    client = client_for(caseworker)
    begun = client.post(reverse("mapping:start", args=[case.id]), follow=True)
    here = begun.redirect_chain[-1][0]
    for section in guide.SECTIONS:
        assert here == url(case, section.code)
        page = client.get(here)
        assert page.status_code == 200
        saved = client.post(here, {**hidden(page.content.decode()), **ANSWERS[section.code], "do": "next"})
        assert saved.status_code == 302, (section.code, saved.context and saved.context["form"].errors)
        here = saved["Location"]
    assert here == reverse("mapping:page", args=[case.id])
    client.post(reverse("mapping:confirm", args=[case.id]))
    version = MappingVersion.objects.get(case=case)
    assert version.confirmed
    assert version.answers["work_experience_years"] == 4.5
    assert version.answers["previous_measures"] == []
    assert version.answers["demands_hard"] == {"standing": "with_adaptation"}
    assert "work_capacity_clarified" not in version.answers
    assert "support_network" not in version.answers
    assert "Josef" not in client.get(reverse("mapping:version", args=[case.id, 1])).content.decode()


def test_a_conversation_can_be_left_and_taken_up_again(client_for: ClientFor, caseworker: Viewer, case: Case) -> None:
    client = client_for(caseworker)
    page = client.get(url(case, "goals"))
    client.post(url(case, "goals"), {**hidden(page.content.decode()), "goals": "A job outdoors.", "do": "overview"})
    again = client_for(caseworker).get(url(case, "goals")).content.decode()
    assert "A job outdoors." in again


def test_typing_is_saved_along_the_way_from_the_same_page_without_clashing_with_itself(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    client = client_for(caseworker)
    opened = hidden(client.get(url(case, "goals")).content.decode())
    autosave = reverse("mapping:autosave", args=[case.id, "goals"])
    for words in ("A job", "A job outdoors", ""):
        answer = client.post(autosave, {**opened, "goals": words})
        assert answer.status_code == 200, answer.content
    assert MappingVersion.objects.get(case=case).answers == {}
    assert client.post(autosave, {**opened, "goals": "See F32.1"}).status_code == 422


def test_two_people_in_different_sections_do_not_disturb_each_other(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    mine, theirs = client_for(caseworker), client_for(caseworker)
    my_page = hidden(mine.get(url(case, "goals")).content.decode())
    their_page = hidden(theirs.get(url(case, "motivation")).content.decode())
    assert theirs.post(url(case, "motivation"), {**their_page, "motivation": "4"}).status_code == 302
    assert mine.post(url(case, "goals"), {**my_page, "goals": "A job"}).status_code == 302
    assert MappingVersion.objects.get(case=case).answers == {"motivation": 4, "goals": "A job"}


def test_two_answers_to_the_same_question_are_both_shown_and_nothing_typed_is_lost(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    mine, theirs = client_for(caseworker), client_for(caseworker)
    my_page = hidden(mine.get(url(case, "goals")).content.decode())
    their_page = hidden(theirs.get(url(case, "goals")).content.decode())
    theirs.post(url(case, "goals"), {**their_page, "goals": "Theirs entirely"})
    clash = mine.post(url(case, "goals"), {**my_page, "goals": "Mine entirely", "own_wish_measure": "aft"})
    html = clash.content.decode()
    assert clash.status_code == 409
    assert "Theirs entirely" in html and "Mine entirely" in html
    assert MappingVersion.objects.get(case=case).answers == {"goals": "Theirs entirely"}
    again = mine.post(url(case, "goals"), {**hidden(html), "goals": "Mine entirely", "own_wish_measure": "aft"})
    assert again.status_code == 302
    assert MappingVersion.objects.get(case=case).answers == {"goals": "Mine entirely", "own_wish_measure": "aft"}


@pytest.mark.parametrize("words", ["Has F32.1", "Has ADHD", "Born 17059112345", "170591 12345 is the number"])
def test_a_diagnosis_or_an_identity_number_is_gently_refused_and_the_typing_kept(
    client_for: ClientFor, caseworker: Viewer, case: Case, words: str
) -> None:
    answer = client_for(caseworker).post(url(case, "goals"), {"goals": words, "base_revision": "0"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not MappingVersion.objects.filter(case=case).exists()


def test_occupations_are_found_by_a_search_that_needs_no_script(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    client = client_for(caseworker)
    opened = hidden(client.get(url(case, "wishes")).content.decode())
    searched = client.post(url(case, "wishes"), {**opened, "q": "5311", "do": "search", "knows_what_work": "yes"})
    page = client.get(searched["Location"])
    code = page.context["form"].offered[0]
    assert f'value="{code}"' in page.content.decode()
    client.post(url(case, "wishes"), {**hidden(page.content.decode()), "wishes_occupations": [code],
                                      "knows_what_work": "yes", "do": "next"})  # fmt: skip
    assert MappingVersion.objects.get(case=case).answers == {"knows_what_work": True, "wishes_occupations": [code]}
    live = client.get(reverse("mapping:occupations", args=[case.id]), {"q": "5311"}, headers={"HX-Request": "true"})
    assert f'value="{code}"' in live.content.decode()


def test_a_change_after_confirming_opens_the_next_version_and_the_two_can_be_compared(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id, **JOSEF)
    client = client_for(caseworker)
    page = client.get(url(case, "goals"))
    client.post(url(case, "goals"), {**hidden(page.content.decode()), "goals": "A job outdoors."})
    first, second = MappingVersion.objects.filter(case=case).order_by("number")
    assert first.confirmed and not second.confirmed
    assert second.answers == {**first.answers, "goals": "A job outdoors."}
    compared = client.get(reverse("mapping:compare", args=[case.id]), {"a": 1, "b": 2}).content.decode()
    assert "A job outdoors." in compared


def test_the_participant_reads_the_mapping_and_changes_nothing(
    client_for: ClientFor, caseworker: Viewer, participant: Viewer, case: Case
) -> None:
    open_mapping(caseworker, case.id, goals="A job outdoors.")
    client = client_for(participant)
    assert client.get(reverse("mapping:page", args=[case.id])).status_code == 200
    assert "A job outdoors." in client.get(reverse("mapping:version", args=[case.id, 1])).content.decode()
    for refused in (
        client.get(url(case, "goals")),
        client.post(url(case, "goals"), {"goals": "x"}),
        client.post(reverse("mapping:start", args=[case.id])),
        client.post(reverse("mapping:confirm", args=[case.id])),
        client.post(reverse("mapping:autosave", args=[case.id, "goals"]), {"goals": "x"}),
    ):
        assert refused.status_code == 403


def test_same_role_other_case_is_refused(
    client_for: ClientFor, caseworker: Viewer, other_caseworker: Viewer, other_participant: Viewer, case: Case
) -> None:
    open_mapping(caseworker, case.id, goals="A job outdoors.")
    for viewer in (other_caseworker, other_participant):
        client = client_for(viewer)
        for name, extra in (("page", []), ("version", [1]), ("section", ["goals"]), ("occupations", [])):
            answer = client.get(reverse(f"mapping:{name}", args=[case.id, *extra]))
            assert answer.status_code == 403, name
            assert "A job outdoors." not in answer.content.decode()
        assert client.post(url(case, "goals"), {"goals": "x"}).status_code == 403
    assert (
        b'name="open_with-reason"' in client_for(other_caseworker).get(reverse("mapping:page", args=[case.id])).content
    )


@pytest.mark.parametrize("section", [section.code for section in guide.SECTIONS])
def test_every_section_is_a_small_page(client_for: ClientFor, caseworker: Viewer, case: Case, section: str) -> None:
    open_mapping(caseworker, case.id, **JOSEF)
    client = client_for(caseworker)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url(case, section))
    assert len(page.content) <= MAX_HTML, len(page.content)
    assert len(queries) <= 10, [q["sql"] for q in queries]


def test_the_overview_is_a_small_page(client_for: ClientFor, caseworker: Viewer, case: Case) -> None:
    open_mapping(caseworker, case.id, **JOSEF)
    client = client_for(caseworker)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("mapping:page", args=[case.id]))
    assert len(page.content) <= MAX_HTML
    assert len(queries) <= 10, [q["sql"] for q in queries]
    assert len(page.context["unknowns"]) == len(rules.unknowns(page.context["newest"] and _profile(case)))


def _profile(case: Case) -> Any:
    from springbrett.mapping.selectors import newest_version_of, profile_of

    version = newest_version_of(case)
    assert version is not None
    return profile_of(case, version)
