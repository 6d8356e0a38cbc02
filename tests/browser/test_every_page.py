"""Every page that every role can reach by following links: accessible, small, working without JavaScript."""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Page, Response

from tests.browser.conftest import Login

pytestmark = pytest.mark.browser
ROLES = ["caseworker", "job_specialist", "office_leader", "market_contact", "employer", "mentor", "participant",
         "analyst", "administrator"]  # fmt: skip
LANGUAGES = {"caseworker": "nb", "participant": "nn", "employer": "en"}
LIST_PAGES = {"desk:day", "desk:portfolio", "employers:list", "desk:office", "desk:catalogue", "desk:results",
              "desk:mine", "desk:company"}  # fmt: skip
MAX_HTML, MAX_FIRST_VISIT = 40 * 1024, 150 * 1024


def _kinds_of_pages(page: Page, limit: int = 60) -> Iterator[tuple[str, Response]]:
    """Follow links breadth first, and open one address of each kind (name of the view)."""
    waiting, seen = [urlsplit(page.url).path], set()
    while waiting and len(seen) < limit:
        path = waiting.pop(0)
        name = resolve(urlsplit(path).path).view_name
        if name in seen or path.endswith(".pdf"):
            continue
        response = page.goto(path)
        assert response is not None
        seen.add(resolve(urlsplit(page.url).path).view_name)
        seen.add(name)
        yield name, response
        links = page.eval_on_selector_all("a[href^='/']", "links => links.map(link => link.getAttribute('href'))")
        waiting += [link.split("#")[0] for link in links if "/static/" not in link]


@pytest.mark.parametrize("role", ROLES)
def test_axe_finds_nothing_on_any_page_the_role_can_reach(role: str, accounts: dict[str, str], log_in: Login) -> None:
    page = log_in(accounts[role])
    problems, visited = [], []
    for name, response in _kinds_of_pages(page):
        visited.append(name)
        if response.status not in {200, 403}:
            problems.append(f"{name} answered {response.status}")
        for violation in Axe().run(page).response["violations"]:
            where = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
            problems.append(f"{name}: {violation['id']} at {where}")
    assert visited
    assert problems == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_is_wider_than_a_phone(role: str, accounts: dict[str, str], log_in: Login) -> None:
    page = log_in(accounts[role], phone=True)
    wide = [
        name
        for name, _ in _kinds_of_pages(page)
        if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]  # type: ignore[index]
    ]
    assert wide == []


@pytest.mark.parametrize("role", ["caseworker", "employer", "participant", "office_leader"])
def test_pages_say_the_same_without_javascript(role: str, accounts: dict[str, str], log_in: Login) -> None:
    page = log_in(accounts[role], javascript=False)
    assert page.locator("main h1").count() == 1
    opened = [page.url]
    for link in page.locator("header a[href^='/'], main a[href^='/']").all()[:15]:
        href = link.get_attribute("href")
        assert href
        opened.append(href)
    for address in opened[1:]:
        if address.endswith(".pdf"):
            continue
        response = page.goto(address)
        assert response is not None
        assert response.status in {200, 403}, address
        assert page.locator("main h1").count() == 1, address


@pytest.mark.parametrize("role", ROLES)
def test_list_pages_stay_under_forty_kilobytes(role: str, accounts: dict[str, str], log_in: Login) -> None:
    page = log_in(accounts[role])
    heavy = [
        f"{name}: {len(response.body())} bytes"
        for name, response in _kinds_of_pages(page)
        if name in LIST_PAGES and len(response.body()) > MAX_HTML
    ]
    assert heavy == []


def test_a_first_visit_costs_at_most_150_kilobytes_on_the_wire(accounts: dict[str, str], log_in: Login) -> None:
    page = log_in(accounts["caseworker"])
    page.context.clear_cookies(name="nothing")
    bodies: list[tuple[str, bytes]] = []
    page.on("response", lambda response: bodies.append((response.url, response.body())) if response.ok else None)
    page.reload(wait_until="networkidle")
    page.wait_for_load_state("networkidle")
    sizes = {url: len(body if re.search(r"\.woff2$", url) else gzip.compress(body, 6)) for url, body in bodies}
    assert any(url.endswith(".css") for url in sizes)
    assert sum(sizes.values()) <= MAX_FIRST_VISIT, sizes


def test_no_title_carries_a_name(accounts: dict[str, str], log_in: Login) -> None:
    page = log_in(accounts["caseworker"])
    for _name, _ in _kinds_of_pages(page):
        heading = page.locator("main h1").first.inner_text()
        words = [word for word in heading.split() if word.istitle()]
        if len(words) >= 2 and page.url.count("/cases/"):
            assert " ".join(words[:2]) not in page.title()
