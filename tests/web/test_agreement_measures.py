"""Each measure's agreement on the pages: its own parts in its own order, without scripts, and nothing typed is lost."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.agreement import explain, selectors, services, show
from springbrett.agreement.pdf import render
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT, PARTS, AgreementContent
from springbrett.funding.models import Request
from springbrett.kernel import clock
from tests import build
from tests.builders.agreement import (
    Table,
    agreed,
    approve,
    content_for,
    decide,
    enter,
    full_content,
    supported,
)
from tests.builders.mapping import confirmed_mapping
from tests.unit.test_agreement_other_measures import STORIES, Story, table_of
from tests.web.test_agreement_pages import url

LogIn = Callable[[Viewer], Client]
START = date(2026, 4, 6)
TODAY = date(2026, 3, 27)
LARGEST_PAGE = 75_000


@pytest.fixture
def table(caseworker: Viewer) -> Table:
    """A complete draft of midlertidig lønnstilskudd."""
    with clock.at(TODAY):
        return table_of(caseworker, STORIES[0])


@pytest.fixture
def main(caseworker: Viewer) -> Table:
    """Arbeidstrening in force."""
    with clock.at(TODAY):
        case = build.make_case(caseworker)
        confirmed_mapping(caseworker, case.id, needs_level="spesielt_tilpasset_innsats", reduced_work_capacity=True,
                          job_seeker=True)  # fmt: skip
        return agreed(caseworker, case, content=full_content(START, 6))


def browser(page: HttpResponse, **said: Any) -> dict[str, Any]:
    """What a browser posts when the fields named are typed over and the rest is left as the page shows it."""
    posted: dict[str, Any] = {}
    for field in page.context["form"]:  # type: ignore[attr-defined]
        value = field.value()
        if isinstance(value, list | tuple):
            posted[field.name] = list(value)
        elif value is True:
            posted[field.name] = "on"
        elif value is not False:
            posted[field.name] = "" if value is None else value
    return posted | said


def names_on(page: HttpResponse) -> set[str]:
    return set(re.findall(r'name="([a-z_]+[0-9]*)"', page.content.decode()))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.measure)
def test_the_form_has_the_parts_of_the_measure_and_no_others_and_saves_what_is_typed(
    caseworker: Viewer, story: Story, client_for: LogIn
) -> None:
    with clock.at(story.start - timedelta(days=10)):
        table = table_of(caseworker, story)
        client, where = client_for(caseworker), url("edit", table.case.id)
        page = client.get(where)
        parts = catalogue.load().measure(story.measure).agreement.parts  # type: ignore[union-attr]
        fields = names_on(page)
        assert ("wage_monthly" in fields) is ("wage" in parts)
        assert ("buddy_name" in fields) is ("buddy" in parts)
        assert ("purpose_note" in fields) is ("purpose" in parts)
        assert not {"mentoring_wage", "grant_amount_1", "purposes", "main_purpose"} & fields
        assert len(page.content) < LARGEST_PAGE and b"style=" not in page.content and b"<script>" not in page.content
        content = selectors.newest_version(table.fresh()).record
        saved = client.post(where, browser(page, tasks="Ta imot varer."))
        assert saved.status_code == 302, saved.context["form"].errors
        assert selectors.newest_version(table.fresh()).record == replace(content, tasks="Ta imot varer.")


def test_the_parts_are_read_in_the_catalogues_order(table: Table, client_for: LogIn) -> None:
    page = client_for(table.caseworker).get(url("page", table.case.id))
    parts = catalogue.load().measure("midlertidig_lonnstilskudd").agreement.parts  # type: ignore[union-attr]
    shown = [row.part for row in page.context["parts"]]
    assert shown == [part for part in parts if part in shown] and {"position", "wage"} <= set(shown)
    edit = client_for(table.caseworker).get(url("edit", table.case.id))
    templates = [name.split("/")[-1][:-5] for card in edit.context["cards"] for name in card.templates]
    assert sorted(templates) == sorted(parts)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("42500", "42500"), ("42 500", "42500"), ("42 500,50", "42500.50"), ("42.500,5", "42500.5"),
     ("42500.5", "42500.5"), ("42.500", "42500"), ("42\u00a0500", "42500"), ("", None)],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written_in_norway(
    table: Table, client_for: LogIn, written: str, kept: str | None
) -> None:
    client, where = client_for(table.caseworker), url("edit", table.case.id)
    with clock.at(TODAY):
        saved = client.post(where, browser(client.get(where), tasks="Annet.", wage_monthly=written))
    assert saved.status_code == 302
    monthly = selectors.newest_version(table.fresh()).record.wage.monthly
    assert monthly == (Decimal(kept) if kept else None)


@pytest.mark.parametrize("written", ["mye", "-5", "42,500,00", "1e5", "99 999 999"])
def test_what_is_no_amount_is_shown_again_with_everything_typed(table: Table, client_for: LogIn, written: str) -> None:
    client, where = client_for(table.caseworker), url("edit", table.case.id)
    said = {"wage_monthly": written, "tasks": "Skal ikke mistes.", "wage_holiday_share": "11,25"}
    page = client.post(where, browser(client.get(where), **said))
    assert page.status_code == 422 and "wage_monthly" in page.context["form"].errors
    body = page.content.decode()
    assert f'value="{written}"' in body and "Skal ikke mistes." in body and 'value="11,25"' in body
    assert selectors.newest_version(table.fresh()).number == 1


def test_kept_amounts_and_shares_are_written_in_norwegian(table: Table, client_for: LogIn) -> None:
    body = client_for(table.caseworker).get(url("edit", table.case.id)).content.decode()
    assert 'value="30\u00a0000"' in body and 'value="14,1' in body and 'value="12"' in body
    shown = client_for(table.employer).get(url(EMPLOYER, table.agreement.id)).content.decode()
    assert "30\u00a0000" in shown and "14,1" in shown


def test_two_edits_at_once_lose_nothing(table: Table, client_for: LogIn) -> None:
    content = selectors.newest_version(table.fresh()).record
    client, where = client_for(table.caseworker), url("edit", table.case.id)
    with clock.at(TODAY):
        opened = client.get(where)
        services.agreement_change(
            actor=table.caseworker, agreement_id=table.agreement.id, base_version=1,
            content=replace(content, position=replace(content.position, title="Lagermedarbeider")),
        )  # fmt: skip
        page = client.post(where, browser(opened, wage_monthly="31 000"))
        assert page.status_code == 409
        form = page.context["form"]
        assert form["position_title"].value() == "Lagermedarbeider"
        assert form["wage_monthly"].value() == "31\u00a0000"
        assert client.post(where, browser(page)).status_code == 302
    assert selectors.newest_version(table.fresh()).record.wage.monthly == 31_000


def test_the_money_is_asked_for_granted_and_shown_to_the_parties(table: Table, client_for: LogIn) -> None:
    client, page = client_for(table.caseworker), url("page", table.case.id)
    with clock.at(TODAY):
        assert not client.get(page).context["cost"].may_ask
        approve(table, PARTICIPANT, EMPLOYER)
        shown = client.get(page)
        assert shown.context["cost"].may_ask and shown.context["cost"].total > 0
        assert shown.context["cost"].why is not None
        client.post(url("money", table.case.id), {"version": 1})
        assert client.get(page).context["cost"].money.waiting
        decide(table, Request.objects.get(subject_id=table.agreement.id))
        for party in (EMPLOYER, PARTICIPANT):
            theirs = client_for(table.voice(party)).get(url(party, table.agreement.id))
            assert theirs.context["cost"].money.covered
            assert (theirs.context["cost"].why is None) is (party == EMPLOYER)
            assert url("money", table.case.id) not in theirs.content.decode()


def test_each_party_reads_the_months_and_only_those_who_may_read_how_they_were_counted(
    table: Table, client_for: LogIn
) -> None:
    where = url("calculation", table.agreement.id)
    with clock.at(TODAY):
        for voice, back, counted in ((table.caseworker, url("page", table.case.id), True),
                                     (table.participant, url(PARTICIPANT, table.agreement.id), True),
                                     (table.employer, url(EMPLOYER, table.agreement.id), False)):  # fmt: skip
            whole = client_for(voice).get(where).content.decode()
            piece = client_for(voice).get(where, headers={"HX-Request": "true"}).content.decode()
            assert f'href="{back}"' in whole and "<title>" in whole and "<title>" not in piece
            for shown in (whole, piece):
                assert "Prosent" in shown and ("sb-calc" in shown) is counted


def test_a_mentors_cost_is_no_more_the_participants_on_the_page_of_the_months(main: Table, client_for: LogIn) -> None:
    with clock.at(TODAY):
        support = supported(main, "mentor")
        shown = client_for(main.participant).get(url("calculation", support.agreement.id))
    assert shown.context["cost"] is None and "sb-table" not in shown.content.decode()


def test_asking_for_a_version_that_was_not_read_asks_for_nothing(table: Table, client_for: LogIn) -> None:
    with clock.at(TODAY):
        approve(table, PARTICIPANT, EMPLOYER)
        client = client_for(table.caseworker)
        for version in ("7", "", "one"):
            assert list(client.post(url("money", table.case.id), {"version": version}, follow=True).context["messages"])
    assert not Request.objects.exists()


def test_the_employer_reads_only_the_answers_the_employer_gives(table: Table, client_for: LogIn) -> None:
    known = catalogue.load()
    asked = known.name("circumstance", "trouble_without_subsidy", "nb")
    own = known.name("circumstance", "already_employed", "nb")
    employer = client_for(table.employer).get(url(EMPLOYER, table.agreement.id)).content.decode()
    assert own in employer and asked not in employer
    participant = client_for(table.participant).get(url(PARTICIPANT, table.agreement.id)).content.decode()
    assert asked in participant
    content = selectors.newest_version(table.fresh()).record
    changed = replace(content, answers=tuple((c, not y if c == "trouble_without_subsidy" else y)
                                             for c, y in content.answers))  # fmt: skip
    measure = known.measure("midlertidig_lonnstilskudd")
    assert show.change_rows(content, changed, measure, EMPLOYER) == []
    assert [row.part for row in show.change_rows(content, changed, measure)] == ["answers"]


def test_a_support_is_added_written_approved_and_ended_on_its_own_pages(main: Table, client_for: LogIn) -> None:
    client = client_for(main.caseworker)
    with clock.at(TODAY):
        page = client.get(url("page", main.case.id))
        assert ("mentor", "Mentor") in page.context["addable"]
        added = client.post(url("draft_support", main.case.id), {"measure": "mentor"})
        [support] = selectors.supports_of(main.caseworker, main.fresh())
        both = (main.case.id, support.id)
        assert added.headers["Location"] == url("support_edit", *both)
        edit = client.get(url("support_edit", *both))
        assert "mentoring_wage" in names_on(edit) and "tasks" not in names_on(edit)
        said = {
            "mentoring_name": "Mona Mentor", "mentoring_hours_month": "20", "mentoring_wage": "45 000",
            "mentoring_basis": "month", "mentoring_position_percent": "100", "mentoring_pension_share": "2",
            "purpose_note": "Trygg start.",
            "other_considered": "yes", "close_relative": "no", "displaces_ordinary_staff": "no", "start": START,
            "end": START + timedelta(days=60), "answer_costs_covered_elsewhere": "no",
            "answer_special_need_for_mentor": "yes", "answer_in_adapted_vocational_training": "no",
            "contact_employer_name": "Kari", "contact_employer_phone": "90000000",
        }  # fmt: skip
        saved = client.post(url("support_edit", *both), browser(edit, **said))
        assert saved.status_code == 302 and saved.headers["Location"] == url("support_page", *both)
        for party in (PARTICIPANT, EMPLOYER):
            approved = client_for(main.voice(party)).post(url(party, support.id), {"version": 2, "confirm": "on"})
            assert approved.status_code == 302
        client.post(url("support_money", *both), {"version": 2})
        decide(replace(main, agreement=support), Request.objects.get(subject_id=support.id))
        assert client.post(url("support_approve", *both), {"version": 2, "confirm": "on"}).status_code == 302
        assert [row.name for row in client.get(url("page", main.case.id)).context["beside"]] == ["Mentor"]
        assert "Mentor" in client.get(reverse("desk:case", args=[main.case.id])).content.decode()
        for party, desk in ((EMPLOYER, "desk:company"), (PARTICIPANT, "desk:mine")):
            assert url(party, support.id) in client_for(main.voice(party)).get(reverse(desk)).content.decode()
    with clock.at(START + timedelta(days=5)):
        assert client.get(url("support_end", *both)).status_code == 200
        wrong = client.post(url("support_end", *both), {"ended_on": "2026-12-01", "reason_code": "by_employer"})
        assert wrong.status_code == 422
        ended = client.post(url("support_end", *both), {"ended_on": "2026-04-11", "reason_code": "by_employer"})
        assert ended.headers["Location"] == url("page", main.case.id)
    assert selectors.agreement_for(main.caseworker, support.id).ended_on == date(2026, 4, 11)


def test_the_participant_is_not_told_what_the_mentor_earns_on_page_or_paper(main: Table, client_for: LogIn) -> None:
    with clock.at(TODAY):
        support = supported(main, "mentor")
        pages = {party: client_for(main.voice(party)).get(url(party, support.agreement.id))
                 for party in (PARTICIPANT, EMPLOYER)}  # fmt: skip
    wage = "45\u00a0000"
    assert wage in pages[EMPLOYER].content.decode() and pages[EMPLOYER].context["cost"] is not None
    assert wage not in pages[PARTICIPANT].content.decode() and pages[PARTICIPANT].context["cost"] is None
    for reader, told in ((CASEWORKER, True), (EMPLOYER, True), (PARTICIPANT, False)):
        said = str(render.words_of(support.fresh(), 1, "nb", reader))
        assert (wage in said.replace("\\xa0", "\u00a0")) is told
        assert "Mona Mentor" in said


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.measure)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_measures_agreement_becomes_accessible_paper(caseworker: Viewer, story: Story, language: str) -> None:
    with clock.at(story.start - timedelta(days=10)):
        table = table_of(caseworker, story)
        assert render.pdf_of(table.fresh(), 1, language).startswith(b"%PDF")


SUPPORT_PAGES = ("support_page", "support_edit", "support_approve", "support_compare", "support_end")


@pytest.mark.parametrize("name", SUPPORT_PAGES)
def test_same_role_other_case_is_kept_out_of_a_supports_pages(
    main: Table, other_caseworker: Viewer, client_for: LogIn, name: str
) -> None:
    with clock.at(TODAY):
        support = supported(main, "mentor")
        enter(support)
        where = url(name, main.case.id, support.agreement.id)
        assert client_for(main.caseworker).get(where).status_code == 200
        stranger = client_for(other_caseworker)
        assert stranger.get(where).status_code in {403, 404} or "reason" in stranger.get(where).content.decode()
        foreign = build.make_case(other_caseworker)
        assert stranger.get(url(name, foreign.id, support.agreement.id)).status_code in {403, 404}
        for voice in (main.employer, main.participant):
            assert client_for(voice).get(where).status_code in {403, 404}


@pytest.mark.parametrize("name", ["support_money", "support_discard", "support_withdraw", "draft_support"])
def test_same_role_other_case_cannot_post_to_a_supports_pages(
    main: Table, other_caseworker: Viewer, client_for: LogIn, name: str
) -> None:
    with clock.at(TODAY):
        support = supported(main, "mentor")
        args = (main.case.id,) if name == "draft_support" else (main.case.id, support.agreement.id)
        before = selectors.newest_version(support.fresh()).number
        for stranger in (other_caseworker, main.employer, main.participant):
            answer = client_for(stranger).post(url(name, *args), {"version": 1, "measure": "inkluderingstilskudd"})
            assert answer.status_code in {403, 404}
    assert support.fresh().is_open and selectors.newest_version(support.fresh()).number == before
    assert len(selectors.supports_of(main.caseworker, main.fresh())) == 1


def test_a_support_has_no_plan_feedback_or_outcome_pages(main: Table, client_for: LogIn) -> None:
    with clock.at(TODAY):
        support = supported(main, "mentor")
        enter(support)
    theirs = {"followup:plan": main.employer, "outcome:employer": main.employer, "followup:feedback": main.participant,
              "outcome:participant": main.participant}  # fmt: skip
    for name, voice in theirs.items():
        assert client_for(voice).get(reverse(name, args=[support.agreement.id])).status_code == 404


def test_old_json_still_loads_and_every_part_has_words_and_a_template() -> None:
    old: dict[str, Any] = {"tasks": "Rydde.", "hours_ramp": [{"from_on": "2026-01-05", "hours_per_week": "20"}]}
    loaded = AgreementContent.from_data(old)
    assert loaded.tasks == "Rydde." and loaded.wage.monthly is None and loaded.answers == ()
    assert AgreementContent.from_data(content_for("sommerjobb").to_data()) == content_for("sommerjobb")
    for card in show.cards(tuple(PARTS)):
        for name in card.templates:
            from django.template.loader import get_template

            assert get_template(name)
    assert all(str(explain.PARTS[part]) for part in PARTS)


def test_the_draft_of_a_subsidy_offers_the_usual_shares_and_the_house_rhythm(caseworker: Viewer) -> None:
    with clock.at(TODAY):
        table = table_of(caseworker, STORIES[0])
        services.agreement_discard(actor=caseworker, agreement_id=table.agreement.id)
        draft = services.agreement_draft(actor=caseworker, case_id=table.case.id)
        content = selectors.newest_version(draft).record
    assert content.wage.holiday_share == Decimal("0.12") and content.wage.contribution_share == Decimal("0.141")
    assert content.wage.monthly is None and content.position.permanent is None and content.answers == ()
    assert content.followup.first_contact_weeks and content.followup.contact_every_weeks
    assert content.purposes == () and content.days is not None
