"""Walk every link a role can reach: quickly over HTTP first, then the fullest page of each kind in the browser."""

import html
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import APIRequestContext

HREF = re.compile(r"""<a\b[^>]*?\bhref="([^"]+)\"""")
FETCHED = re.compile(r"""\b(hx-get|hx-post|data-autosave)="([^"]+)\"""")
FORM = re.compile(r"<form\b[^>]*>")
NOT_TEXT = re.compile(r"<(head|script|style|textarea)\b.*?</\1>|<[^>]+>", re.S)
PER_KIND = 3
"""How many addresses of one kind are opened, and again of those that ask for something."""
PER_CASE_KIND = 45
"""The same, for the pages that differ from case to case and lead on to different things."""
CASE_KINDS = frozenset({
    "desk:case", "mapping:page", "choice:page", "matching:page", "agreement:page", "followup:page", "outcome:page",
    "employers:page", "mapping:section", "agreement:employer", "agreement:participant",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as it was answered."""

    name: str
    address: str
    status: int
    content_type: str
    body: bytes

    @property
    def is_page(self) -> bool:
        """Whether a person reads it in the browser (a whole page, not a part that is put into one)."""
        return self.content_type.startswith("text/html") and b"<title>" in self.body

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.body.decode(), re.S)
        return html.unescape(found[1]) if found else ""

    @property
    def text(self) -> str:
        """What it says, without markup and without what somebody has written or is to change in a field."""
        return re.sub(r"\s+", " ", html.unescape(NOT_TEXT.sub(" ", self.body.decode())))


@dataclass(slots=True)
class Walk:
    """Everything one account reached: the visits, and the kinds of addresses its pages post to or fetch."""

    visits: list[Visit] = field(default_factory=list)
    posts: set[str] = field(default_factory=set)

    @property
    def kinds(self) -> set[str]:
        return {visit.name for visit in self.visits if visit.status == 200} | self.posts

    @property
    def pages(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.is_page]

    @property
    def fullest(self) -> list[Visit]:
        """Of each kind of page, the one with most on it."""
        found: dict[str, Visit] = {}
        for visit in self.pages:
            if visit.status == 200 and len(visit.body) > len(found[visit.name].body if visit.name in found else b""):
                found[visit.name] = visit
        return [found[name] for name in sorted(found)]


@dataclass(slots=True)
class Crawler:
    """Breadth first from the start page; of each kind of page only so many."""

    request: APIRequestContext
    walk: Walk = field(default_factory=Walk)

    def run(self, *starts: str) -> Walk:
        waiting, seen, opened = deque(starts), set(starts), Counter[tuple[str, bool]]()
        while waiting:
            address = waiting.popleft()
            name = kind_of(address)
            kind = name, "?" in address
            if not name or opened[kind] >= (PER_CASE_KIND if name in CASE_KINDS else PER_KIND):
                continue
            opened[kind] += 1
            new = [found for found in dict.fromkeys(self._open(name, address)) if found not in seen]
            seen.update(new)
            waiting.extend(new)
        return self.walk

    def _open(self, name: str, address: str) -> list[str]:
        """Visit an address; the addresses it leads on to."""
        answer = self.request.get(address)
        landed = urlsplit(answer.url)
        here = f"{landed.path}?{landed.query}" if landed.query else landed.path
        visit = Visit(kind_of(here) or name, here, answer.status, answer.headers.get("content-type", ""), answer.body())
        answer.dispose()
        self.walk.visits.append(visit)
        if not visit.content_type.startswith("text/html"):
            return []
        text = visit.body.decode()
        found = (html.unescape(link) for link in HREF.findall(text))
        links = [urljoin(landed.path, link.split("#")[0]) for link in found if not link.startswith("#")]
        return self._forms(text, landed.path) + [link for link in links if link.startswith("/")]

    def _forms(self, text: str, here: str) -> list[str]:
        """Note where the page posts; the addresses that its forms ask, searched for what most names hold."""
        asked = []
        for how, target in FETCHED.findall(text):
            if how == "hx-get":
                asked.append(urljoin(here, html.unescape(target)))
            else:
                self.walk.posts.add(kind_of(target))
        for tag in FORM.findall(text):
            action = re.search(r'action="([^"]*)"', tag)
            target = urljoin(here, html.unescape(action[1])) if action and action[1] else here
            if 'method="post"' in tag:
                self.walk.posts.add(kind_of(target))
            else:
                asked += [target, f"{target}?q=as"]
        return asked


def kind_of(address: str) -> str:
    """The name of the view that answers the address; empty when it is none of ours."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def all_kinds() -> set[str]:
    """Every named view there is."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
    names = []
    for entry in patterns:
        if isinstance(entry, URLResolver):
            names += _names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name:
            names.append(prefix + entry.name)
    return names
