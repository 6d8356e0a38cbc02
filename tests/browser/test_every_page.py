"""Every page that every role can reach by following links: accessible, small, in the reader's language, without
JavaScript too, and leading nowhere the reader may not go."""

import gzip
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page, expect

from springbrett.kernel.identity import synthetic_national_id
from tests.browser.conftest import Login
from tests.browser.crawl import Crawler, Visit, Walk, all_kinds
from tests.browser.screens import Agreement, CaseDesk, Screen, fill

pytestmark = pytest.mark.browser
READERS = {
    "caseworker": "Ingrid Solbakken", "job_specialist": "Tor-Arne Lillevik", "office_leader": "Randi Østmo",
    "market_contact": "Camilla Bergheim", "employer": "Gunn Torill Aune", "other_employer": "Mona Eriksrud",
    "claiming_employer": "Trude Nilsrud", "mentor": "Anders Vold", "participant": "Linh Tran",
    "former_participant": "Hodan Yusuf", "hired_participant": "Yasmin Berisha", "budget_approver": "Hanne Kvernmoen",
    "analyst": "Lars Tveiten", "administrator": "Astri Hovden",
}  # fmt: skip
"""Somebody of each role; of the roles that meet different pages early and late, one of each."""
ALSO = {"waiting_employer": "Eli Marie Fagerås", "waiting_participant": "Kjersti Haugli"}
"""Some who have approved and wait for the others: they can still take it back."""
LIST_PAGES = {"desk:day", "desk:portfolio", "employers:list", "desk:office", "desk:catalogue", "desk:results",
              "desk:mine", "desk:company", "matching:page", "choice:page", "desk:history"}  # fmt: skip
MAX_LIST, MAX_PAGE, MAX_FIRST_VISIT = 40 * 1024, 90 * 1024, 150 * 1024
PHONES = (390, 320)
NOT_BY_LINKS = {"site:health", "site:styleguide", "access:log_in", "access:log_in_as", "desk:start"}
"""For machines, for those who write templates, before log-in, and the address that only leads on."""
BUTTONS_OF_SOME_STATES = {
    "agreement:withdraw", "agreement:employer_withdraw", "agreement:participant_withdraw", "followup:plan_remove",
    "mapping:start", "agreement:support_discard", "agreement:support_withdraw", "agreement:support_money",
    "agreement:money",
}  # fmt: skip
"""Buttons, not pages: there only while an approval or an extra item stands. The rooms' web tests press them."""
LOCALES = Path(__file__).resolve().parents[2] / "src" / "springbrett"
LONG_ENOUGH, LONG_ENOUGH_BESIDE_WRITING = 12, 30
"""Letters a text must have before it counts as a leftover. What people write is Bokmål on the English pages too."""
RAW_CODE = re.compile(r"(?<![\w@./-])[a-z]+(?:_[a-z0-9]+)+(?![\w@./-])")
TOOLS_OF_THE_REGISTER = {"desk:codes", "desk:code_list", "desk:measure", "desk:chain"}
"""Pages that show the catalogue's codes on purpose."""

Walked = Callable[[str], Walk]
LogIn = Callable[[str], Page]


@pytest.fixture(scope="module")
def open_as(server: str, browser: Browser) -> Iterator[LogIn]:
    """A page logged in as somebody, kept for the whole file."""
    pages: dict[str, Page] = {}

    def open_page(reader: str) -> Page:
        if reader not in pages:
            page = browser.new_context(base_url=server, locale="nb-NO").new_page()
            page.goto("/log-in/")
            page.locator(".sb-person", has=page.get_by_text((READERS | ALSO)[reader], exact=True)).click()
            expect(page.locator("main h1")).to_be_visible()
            pages[reader] = page
        return pages[reader]

    yield open_page
    for page in pages.values():
        page.context.close()


@pytest.fixture(scope="module")
def everything_there_is(open_as: LogIn) -> None:
    """What the demonstration lacks, done by hand, so that there is a page of every kind to look at."""
    desk = CaseDesk(open_as("caseworker"))
    begin_a_case_for_somebody_new(desk)
    map_once_more(desk)
    approve_on_behalf_and_add_to_the_plan(desk)
    open_with_a_reason(Screen(open_as("office_leader")), desk.address)
    change_a_support(desk)
    stop_the_cooperation(desk)


def begin_a_case_for_somebody_new(desk: CaseDesk) -> None:
    number = synthetic_national_id(date(1991, 5, 17), serial=321)
    desk.page.goto("/cases/new/")
    fill(desk.main, national_id=number)
    desk.press("Finn personen")
    fill(desk.main, given_name="Anker", family_name="Nygårdstun")
    desk.press("Registrer og åpne sak")
    desk.at("Anker Nygårdstun")


def map_once_more(desk: CaseDesk) -> None:
    desk.open("Marja Abdi")
    for goals in ("Et sted å begynne.", "Et sted å begynne, nær hjemmet."):
        desk.step("Kartlegging")
        desk.follow("Mål og eget ønske")
        desk.answer("Mål og eget ønske", goals=goals)
        desk.press("Bekreft denne versjonen")
    desk.step("Kartlegging")
    desk.follow("Mål og eget ønske")
    desk.answer("Mål og eget ønske", goals="Et sted å begynne, helst nær hjemmet.")


def approve_on_behalf_and_add_to_the_plan(desk: CaseDesk) -> None:
    desk.open("Linh Tran")
    desk.step("Avtale")
    desk.follow("Endre avtalen")
    desk.change_agreement(tasks="Rommene, i par, og frokosten i helgene.", reason_code="tasks_fit_better")
    desk.follow("Godkjenn på vegne av deltakeren")
    desk.main.locator("[name=on_behalf_reason]").select_option(index=1)
    Agreement(desk.page).approve()
    desk.reads("Trekk tilbake godkjenningen på vegne av deltakeren")
    desk.step("Oppfølging")
    desk.follow("Legg til i planen")
    fill(desk.main, kind="workplace_visit", on=date.today() + timedelta(days=9), owed_by="caseworker")  # noqa: DTZ011
    desk.press("Legg til")
    desk.reads("Ta bort fra planen")


def change_a_support(desk: CaseDesk) -> None:
    """A mentor's agreement in two versions, the newest waiting for approval."""
    desk.open("Dawit Habtom")
    desk.step("Avtale")
    desk.follow("Mentor")
    desk.follow("Endre avtalen")
    desk.change_agreement(mentoring_hours_month=14, reason_code="more_support")
    desk.reads("Hva som er endret siden versjon 1", "Godkjenn på vegne av deltakeren")


def stop_the_cooperation(desk: CaseDesk) -> None:
    desk.page.goto("/portfolio/")
    desk.press("Fjern søket")
    desk.page.goto("/employers/?q=Høvelspon")
    desk.main.get_by_role("link", name="Høvelspon").first.click()
    desk.follow("Stans samarbeidet")
    desk.main.get_by_role("radio").first.check()
    desk.press("Lagre")
    desk.reads("Samarbeidet er stanset")


def open_with_a_reason(leader: Screen, case: str) -> None:
    leader.page.goto(case)
    fill(leader.main, **{"open_with-reason": "Deltakeren har ringt og bedt meg se på saken."})
    leader.press("Åpne saken")
    leader.at("Linh Tran")


@pytest.fixture(scope="module")
def walked(open_as: LogIn, everything_there_is: None) -> Walked:
    """The walk of each reader, in Bokmål, done once."""
    walks: dict[str, Walk] = {}

    def walk(reader: str) -> Walk:
        if reader not in walks:
            start = open_as(reader).url
            walks[reader] = Crawler(open_as(reader).context.request).run("/", start.removeprefix(_root(start)))
        return walks[reader]

    return walk


@pytest.mark.parametrize("reader", READERS | ALSO)
def test_every_link_leads_where_the_reader_may_go(reader: str, walked: Walked) -> None:
    wrong = {
        (visit.name, visit.address, visit.status)
        for visit in walked(reader).visits
        if visit.status != 200 and not _asks_for_a_reason(reader, visit)
    }
    assert wrong == set()


def test_together_they_reach_every_kind_of_page(walked: Walked) -> None:
    reached = {kind for reader in READERS | ALSO for kind in walked(reader).kinds}
    assert all_kinds() - reached - BUTTONS_OF_SOME_STATES == NOT_BY_LINKS


@pytest.mark.parametrize("reader", READERS)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(reader: str, walked: Walked, open_as: LogIn) -> None:
    pages, page, problems = walked(reader).fullest, open_as(reader), []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    for visit in pages:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(visit.address)
        problems += [f"{visit.name} {visit.address}: {found}" for found in _violations(page)]
        for width in PHONES:
            page.set_viewport_size({"width": width, "height": 800})
            needed = page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                problems.append(f"{visit.name} {visit.address}: {needed} wide on a phone of {width}")
    assert pages
    assert problems == []


@pytest.mark.parametrize("reader", READERS)
def test_pages_stay_small(reader: str, walked: Walked) -> None:
    heavy = {
        f"{visit.name} {visit.address}: {len(visit.body)} bytes"
        for visit in walked(reader).pages
        if len(visit.body) > (MAX_LIST if visit.name in LIST_PAGES else MAX_PAGE)
    }
    assert heavy == set()


def test_papers_are_papers(walked: Walked) -> None:
    papers = [v for reader in READERS for v in walked(reader).visits if v.address.split("?")[0].endswith(".pdf")]
    assert papers
    assert all(v.content_type == "application/pdf" and v.body.startswith(b"%PDF-") for v in papers)


@pytest.mark.parametrize("reader", READERS)
def test_bokmaal_pages_hold_no_english_and_no_codes(reader: str, walked: Walked) -> None:
    assert _leftovers(walked(reader).pages, "nb") == set()


@pytest.mark.parametrize(("reader", "language"), [("caseworker", "nn"), ("participant", "nn"), ("employer", "nn")])
def test_nynorsk_pages_hold_no_english_and_no_codes(reader: str, language: str, walked: Walked, open_as: LogIn) -> None:
    assert _leftovers(_again_in(language, walked(reader), open_as(reader)), language) == set()


@pytest.mark.parametrize("reader", ["caseworker", "participant"])
def test_english_pages_hold_no_bokmaal_of_ours(reader: str, walked: Walked, open_as: LogIn) -> None:
    assert _leftovers(_again_in("en", walked(reader), open_as(reader)), "en") == set()


@pytest.mark.parametrize("reader", ["caseworker", "employer", "participant", "office_leader"])
def test_pages_say_the_same_without_javascript(reader: str, walked: Walked, log_in: Login) -> None:
    page = log_in(READERS[reader], javascript=False)
    for visit in walked(reader).fullest:
        page.goto(visit.address)
        assert page.locator("main h1").count() == 1, visit.address
        assert page.locator("main form:not([action]):not([method])").count() == 0, visit.address
        for form in page.locator("main form").all():
            assert form.locator("button, [type=submit]").count(), f"{visit.address}: a form that cannot be sent"


def test_a_first_visit_costs_at_most_150_kilobytes_on_the_wire(open_as: LogIn, browser: Browser) -> None:
    logged_in = open_as("caseworker")
    fresh = browser.new_context(base_url=_root(logged_in.url), storage_state=logged_in.context.storage_state())
    page, bodies = fresh.new_page(), list[tuple[str, bytes]]()
    page.on("response", lambda answer: bodies.append((answer.url, answer.body())) if answer.status == 200 else None)
    page.goto("/day/", wait_until="networkidle")
    sizes = {url: len(body if url.endswith(".woff2") else gzip.compress(body, 6)) for url, body in bodies}
    fresh.close()
    assert any(url.endswith(".css") for url in sizes)
    assert sum(sizes.values()) <= MAX_FIRST_VISIT, sizes


def test_neither_titles_nor_addresses_carry_a_name(walked: Walked, server: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{server}/log-in/")
    names = page.locator("section[aria-labelledby=role-participant] .sb-strong").all_inner_texts()
    page.close()
    assert len(names) > 20
    for reader in READERS:
        for visit in walked(reader).pages:
            assert not [name for name in names if name in visit.title or name.split()[-1].lower() in visit.address]


def _root(url: str) -> str:
    return "/".join(url.split("/")[:3])


def _asks_for_a_reason(reader: str, visit: Visit) -> bool:
    """The leader meets a form that asks why instead of a case, or is told that it is shielded."""
    told = b"open_with-reason" in visit.body or "Opplysningene er skjermet." in visit.text
    return reader == "office_leader" and visit.name == "desk:case" and visit.status == 403 and told


def _violations(page: Page) -> list[str]:
    return [
        f"{found['id']} at {'; '.join(str(node['target']) for node in found['nodes'][:3])}"
        for found in Axe().run(page).response["violations"]
    ]


def _again_in(language: str, walk: Walk, page: Page) -> list[Visit]:
    """One page of each kind once more, in another language."""
    ask = {"Cookie": "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())}
    ask["Cookie"] += f"; django_language={language}"
    return [replace(v, body=page.context.request.get(v.address, headers=ask).body()) for v in walk.fullest]


def _leftovers(pages: list[Visit], language: str) -> set[str]:
    """Texts of another language than the page's, and codes nobody should have to read."""
    foreign = _foreign_to(language)
    found = set()
    for visit in pages:
        text = visit.text
        found |= {f"{visit.name} {visit.address}: {words!r}" for words in foreign if words in text}
        if visit.name not in TOOLS_OF_THE_REGISTER:
            found |= {f"{visit.name} {visit.address}: code {code}" for code in RAW_CODE.findall(text)}
    return found


def _foreign_to(language: str) -> set[str]:
    """What must not be read on a page in the language: the English texts, or on an English page the Bokmål ones."""
    own = {"en": "nb"}.get(language, language)
    foreign, native = set(), set()
    for path in LOCALES.glob(f"*/locale/{own}/LC_MESSAGES/django.po"):
        with path.open(encoding="utf-8") as file:
            for message in read_po(file):
                forms = [[m] if isinstance(m, str) else list(m) for m in (message.id, message.string)]
                for english, norwegian in zip(*forms, strict=False):
                    if english and "%" not in english and english != norwegian:
                        foreign.add(norwegian if language == "en" else english)
                        native.add(english if language == "en" else norwegian)
    least = LONG_ENOUGH_BESIDE_WRITING if language == "en" else LONG_ENOUGH
    return {html.unescape(words) for words in foreign - native if len(words) >= least}
