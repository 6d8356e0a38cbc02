"""A change set before it goes live: what changes, for whom, and who may know."""

import html as html_lib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from springbrett import catalogue
from springbrett.access.policy import Denied
from springbrett.access.roles import Role, Viewer
from springbrett.agreement.records import AgreementContent, Wage
from springbrett.agreement.services import agreement_draft
from springbrett.catalogue.compare import between_editions
from springbrett.catalogue.overlay import laid_over, text_of
from springbrett.kernel import clock
from springbrett.people.models import Office, Person, Protection
from springbrett.steering.preview import CaseShift, Looked, affected
from tests import build
from tests.builders import choice, employers, followup
from tests.builders.agreement import Table, chosen, drafted, full_content
from tests.builders.mapping import JOSEF, confirmed_mapping

ClientFor = Callable[[Viewer], Client]
FILE = "measures/arbeidstrening.toml"
ONE_MONTH = """
[[durations]]
from = 2027-07-01
ref = "tiltaksforskriften § 3-5"
source = "law"
months = 1
"""
REVIEWED_MONTHLY = """
[[reviews]]
from = 2027-07-01
ref = "tiltaksforskriften § 3-5"
source = "law"
every_months = 1
"""
OTHERS = [role for role in Role if role not in {Role.ADMINISTRATOR, Role.OFFICE_LEADER, Role.SYSTEM}]
TODAY = date(2027, 6, 15)
AFTER = date(2027, 7, 5)


@pytest.fixture
def administrator(db: None) -> Viewer:
    return build.make_viewer(Role.ADMINISTRATOR)


def changed(addition: str, file: str = FILE) -> dict[str, bytes]:
    return {file: (text_of(file) + addition).encode()}


def looked(viewer: Viewer, texts: dict[str, bytes], on: date = AFTER, **said: object) -> Looked:
    edition = laid_over(texts)
    with clock.at(TODAY):
        return affected(viewer, edition, between_editions(catalogue.load(), edition), on, **said)  # type: ignore[arg-type]


def shifts(row: CaseShift) -> dict[str, tuple[object, object]]:
    return {shift.code or shift.what: (shift.before, shift.after) for shift in row.shifts}


def draft_from(caseworker: Viewer, start: date) -> Table:
    with clock.at(TODAY):
        return drafted(caseworker, content=full_content(start, 3))


def subsidised(caseworker: Viewer, start: date, months: int = 6) -> UUID:
    """A draft of a temporary wage subsidy with its wage."""
    with clock.at(TODAY):
        case = build.make_case(caseworker)
        confirmed_mapping(caseworker, case.id, **{**JOSEF, "reduced_work_capacity": True})
        choice.decided(caseworker, case.id, "", "midlertidig_lonnstilskudd")
        company = employers.make_employer()
        chosen(caseworker, case, employers.make_opening(employers.make_workplace(company), tasks="Rydde varer."))
        content: AgreementContent = replace(
            full_content(start, months),
            wage=Wage(monthly=Decimal(30_000), holiday_share=Decimal("0.12"), pension_share=Decimal("0.02"),
                      contribution_share=Decimal("0.141"), agreed_percent=Decimal(40)),
        )  # fmt: skip
        return agreement_draft(actor=caseworker, case_id=case.id, content=content).id


@pytest.mark.rule("tiltaksforskriften § 3-5")
def test_3_5_a_shorter_duration_stops_a_draft_that_starts_after_it_and_no_placement_that_began_before(
    caseworker: Viewer, administrator: Viewer
) -> None:
    late = draft_from(caseworker, AFTER)
    early = draft_from(caseworker, date(2027, 6, 28))
    running = followup.running(caseworker, start=date(2027, 3, 1), months=6)
    found = looked(administrator, changed(ONE_MONTH))
    agreements = {row.agreement_id: row for row in found.cases if row.agreement_id}
    assert set(agreements) == {late.agreement.id}
    assert early.agreement.id != running.agreement.id
    told = shifts(agreements[late.agreement.id])
    before, after = told["duration_within_limit"]
    assert before.met and not after.met  # type: ignore[attr-defined]
    assert told["latest_end"][1] == date(2027, 8, 4)
    assert agreements[late.agreement.id].draft


def test_a_stricter_review_moves_the_reviews_of_what_starts_after_it(caseworker: Viewer, administrator: Viewer) -> None:
    table = draft_from(caseworker, AFTER)
    found = looked(administrator, changed(REVIEWED_MONTHLY))
    (row,) = (row for row in found.cases if row.agreement_id == table.agreement.id)
    before, after = shifts(row)["review"]
    assert len(after) > len(before)  # type: ignore[arg-type]


def test_a_rate_that_changes_moves_the_amounts_of_the_years_it_holds_in(
    caseworker: Viewer, administrator: Viewer
) -> None:
    agreement = subsidised(caseworker, date(2027, 8, 1), months=8)
    text = text_of("rates/conventions.toml")
    known = next(rate for rate in catalogue.load().rates.values() if rate.code == "rounding_unit")
    assert known.values[-1].from_ < date(2027, 1, 1)
    head, mark, tail = text.partition('code = "rounding_unit"')
    block, end, rest = tail.partition("[[rate]]")
    rounded = block + "\n".join(["[[rate.values]]", "from = 2027-07-01", 'ref = "nav_agreement_system"',
                                 'source = "practice"', "amount = 1000", "", ""])  # fmt: skip
    found = looked(administrator, {"rates/conventions.toml": (head + mark + rounded + end + rest).encode()})
    (row,) = (row for row in found.cases if row.agreement_id == agreement)
    amounts = {code: pair for code, pair in shifts(row).items() if code.isdigit()}
    assert amounts
    assert all(after % 1000 == 0 and before != after for before, after in amounts.values())  # type: ignore[operator]


def test_an_open_case_without_an_agreement_gets_another_answer_on_the_day(
    caseworker: Viewer, administrator: Viewer
) -> None:
    case = build.make_case(caseworker)
    confirmed_mapping(caseworker, case.id)
    closed = text_of(FILE).replace("[[valid]]\nfrom = 2016-01-01", "[[valid]]\nfrom = 2016-01-01\nto = 2027-06-30")
    (row,) = (row for row in looked(administrator, {FILE: closed.encode()}).cases if row.case_id == case.id)
    before, after = shifts(row)["arbeidstrening"]
    assert before.answer != after.answer  # type: ignore[attr-defined]
    assert looked(administrator, {FILE: closed.encode()}, date(2027, 6, 30)).cases == ()


def test_an_administrator_gets_references_a_leader_the_names_of_the_own_office_and_others_nothing(
    caseworker: Viewer, leader: Viewer, administrator: Viewer, other_office: Office
) -> None:
    table = draft_from(caseworker, AFTER)
    (row,) = (r for r in looked(administrator, changed(ONE_MONTH)).cases if r.agreement_id == table.agreement.id)
    assert (row.name, row.office) == ("", table.case.office.name)
    (row,) = (r for r in looked(leader, changed(ONE_MONTH)).cases if r.agreement_id == table.agreement.id)
    assert row.name == table.case.person.name
    elsewhere = build.make_viewer(Role.OFFICE_LEADER, office=other_office)
    assert looked(elsewhere, changed(ONE_MONTH)).total == 0
    for role in OTHERS:
        with pytest.raises(Denied):
            looked(Viewer(uuid4(), role), changed(ONE_MONTH))


def test_a_protected_person_is_not_counted_for_one_who_is_not_cleared(
    caseworker: Viewer, administrator: Viewer
) -> None:
    table = draft_from(caseworker, AFTER)
    Person.objects.filter(pk=table.case.person_id).update(protection=Protection.ADDRESS)
    assert looked(administrator, changed(ONE_MONTH)).total == 0
    assert looked(replace(administrator, cleared_for_protected=True), changed(ONE_MONTH)).total == 1


def test_many_cases_are_looked_through_page_by_page_and_each_once(caseworker: Viewer, administrator: Viewer) -> None:
    cases = {build.make_case(caseworker).id for _ in range(7)}
    for case_id in cases:
        confirmed_mapping(caseworker, case_id)
    closed = {FILE: text_of(FILE).replace("[[valid]]\nfrom = 2016-01-01", "[[valid]]\nfrom = 2016-01-01\nto = 2027-06-30").encode()}  # fmt: skip  # noqa: E501
    found: list[UUID] = []
    last: UUID | None = None
    for seen in (3, 6, 7):
        page = looked(administrator, closed, after=last, limit=3)
        assert (page.seen, page.total) == (seen, 7)
        found += [row.case_id for row in page.cases]
        last = page.last
    assert last is None
    assert sorted(found) == sorted(cases)


URL = "/catalogue/preview/"


def posted(client: Client, addition: str = ONE_MONTH, **said: object) -> str:
    with clock.at(TODAY):
        response = client.post(URL, {"file_1": FILE, "text_1": text_of(FILE) + addition, "on": "2027-07-05", **said})
    assert response.status_code == 200, response.status_code
    return html_lib.unescape(response.content.decode())


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_shows_the_value_and_the_cases_before_and_after(
    language: str, caseworker: Viewer, leader: Viewer, client_for: ClientFor
) -> None:
    table = draft_from(caseworker, AFTER)
    client = client_for(leader)
    client.cookies["django_language"] = language
    page = posted(client)
    assert table.case.person.name in page
    assert {"nb": "Inntil 1 måned", "nn": "Inntil 1 månad", "en": "Up to 1 month"}[language] in page
    assert text_of(FILE)[:200] in page  # what was typed is still there
    assert catalogue.load().measure("arbeidstrening").duration_on(AFTER).months != 1


def test_the_administrators_page_names_nobody(caseworker: Viewer, administrator: Viewer, client_for: ClientFor) -> None:
    table = draft_from(caseworker, AFTER)
    page = posted(client_for(administrator))
    assert str(table.case.id)[:8] in page
    assert table.case.person.family_name not in page


def test_a_mistake_is_told_with_file_key_value_and_what_is_allowed_and_the_text_is_kept(
    administrator: Viewer, client_for: ClientFor
) -> None:
    wrong = ONE_MONTH.replace("months = 1", 'months = "one"')
    data = {"file_1": FILE, "text_1": text_of(FILE) + wrong}
    response = client_for(administrator).post(URL, data)
    page = html_lib.unescape(response.content.decode())
    assert response.status_code == 422
    for told in (FILE, "durations[", "months", "<code>one</code>", "a whole number"):
        assert told in page, told
    assert 'months = "one"' in page


def test_toml_that_cannot_be_read_says_where(administrator: Viewer, client_for: ClientFor) -> None:
    response = client_for(administrator).post(URL, {"file_1": FILE, "text_1": "[[durations]\nfrom = 2027"})
    assert response.status_code == 422
    assert "line 1" in response.content.decode()


def test_an_uploaded_file_finds_its_place_by_its_name(administrator: Viewer, client_for: ClientFor) -> None:
    file = SimpleUploadedFile("arbeidstrening.toml", (text_of(FILE) + ONE_MONTH).encode())
    response = client_for(administrator).post(URL, {"uploaded": file})
    assert response.status_code == 200
    assert FILE in response.content.decode()


def test_nothing_pasted_is_said_so(administrator: Viewer, client_for: ClientFor) -> None:
    assert client_for(administrator).post(URL, {}).status_code == 422


def test_the_form_begins_with_the_catalogues_own_text(administrator: Viewer, client_for: ClientFor) -> None:
    page = html_lib.unescape(client_for(administrator).get(URL, {"file": FILE}).content.decode())
    assert text_of(FILE)[:300] in page
    nothing = client_for(administrator).get(URL, {"file": "../../settings.py"})
    assert "SECRET" not in nothing.content.decode()


@pytest.mark.parametrize("role", [r for r in OTHERS if r not in {Role.PARTICIPANT, Role.EMPLOYER, Role.MENTOR}])
def test_only_administrators_and_leaders_preview(role: Role, office: Office, client_for: ClientFor) -> None:
    refused(client_for(build.make_viewer(role, office=office)))


def test_neither_the_participant_nor_the_employer_previews(caseworker: Viewer, client_for: ClientFor) -> None:
    table = draft_from(caseworker, AFTER)
    refused(client_for(table.participant))
    refused(client_for(table.employer))


def refused(client: Client) -> None:
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"file_1": FILE, "text_1": text_of(FILE)}).status_code == 403


def test_the_front_page_leads_to_the_preview_only_those_who_may(
    caseworker: Viewer, administrator: Viewer, client_for: ClientFor
) -> None:
    assert reverse("desk:preview") in client_for(administrator).get("/catalogue/").content.decode()
    assert reverse("desk:preview") not in client_for(caseworker).get("/catalogue/").content.decode()


def test_cases_the_change_does_not_touch_cost_no_query_each(caseworker: Viewer, administrator: Viewer) -> None:
    for _ in range(3):
        draft_from(caseworker, AFTER)
    file = "measures/mentor.toml"
    texts = {file: text_of(file).replace('kind = "support"', 'kind = "support"\naka = ["made up"]', 1).encode()}
    if b"made up" not in texts[file] or text_of(file).count("aka =") > 0:
        texts = {file: text_of(file).replace("aka = [", 'aka = ["made up", ', 1).encode()}
    with CaptureQueriesContext(connection) as queries:
        found = looked(administrator, texts)
    assert found.cases == ()
    assert len(queries) <= 12, [query["sql"][:100] for query in queries]
