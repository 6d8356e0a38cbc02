"""Walk every link a role can reach: quickly over HTTP first, then the fullest page of each kind in the browser."""

import html
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import APIRequestContext

HREF = re.compile(r"""<a\b[^>]*?\bhref="([^"]+)\"""")
FORM = re.compile(r"<form\b[^>]*>")
PER_KIND = 3
"""How many addresses of one kind are opened."""
PER_CASE_KIND = 45
"""The same, for the pages that differ from case to case and lead on to different things."""
CASE_KINDS = frozenset({
    "desk:case", "mapping:page", "choice:page", "matching:page", "agreement:page", "followup:page", "outcome:page",
    "employers:page",
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
        return self.content_type.startswith("text/html")


@dataclass(slots=True)
class Walk:
    """Everything one account reached: the visits, and the kinds of pages its forms post to."""

    visits: list[Visit] = field(default_factory=list)
    posts: set[str] = field(default_factory=set)

    @property
    def kinds(self) -> dict[str, list[Visit]]:
        found: dict[str, list[Visit]] = {}
        for visit in self.visits:
            found.setdefault(visit.name, []).append(visit)
        return found

    @property
    def fullest(self) -> list[Visit]:
        """Of each kind of page, the one with most on it."""
        pages = {name: [v for v in visits if v.is_page and v.status == 200] for name, visits in self.kinds.items()}
        return [max(visits, key=lambda v: len(v.body)) for _name, visits in sorted(pages.items()) if visits]


@dataclass(slots=True)
class Crawler:
    """Breadth first from a start address; of each kind of page only so many."""

    request: APIRequestContext
    walk: Walk = field(default_factory=Walk)

    def run(self, start: str) -> Walk:
        waiting, seen, opened = deque([start]), {start}, Counter[str]()
        while waiting:
            address = waiting.popleft()
            name = kind_of(address)
            if not name or opened[name] >= (PER_CASE_KIND if name in CASE_KINDS else PER_KIND):
                continue
            opened[name] += 1
            for found in self._open(name, address):
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)
        return self.walk

    def _open(self, name: str, address: str) -> list[str]:
        answer = self.request.get(address)
        landed = urlsplit(answer.url)
        here = f"{landed.path}?{landed.query}" if landed.query else landed.path
        visit = Visit(kind_of(here) or name, here, answer.status, answer.headers.get("content-type", ""), answer.body())
        answer.dispose()
        self.walk.visits.append(visit)
        if not visit.is_page:
            return []
        text = visit.body.decode()
        getting = self._note_forms(text, landed.path)
        links = [urljoin(landed.path, html.unescape(link).split("#")[0]) for link in HREF.findall(text)]
        return getting + [link for link in links if link.startswith("/")]

    def _note_forms(self, text: str, here: str) -> list[str]:
        """Remember where forms post to; the addresses of the forms that only ask."""
        asking = []
        for tag in FORM.findall(text):
            action = re.search(r'action="([^"]*)"', tag)
            target = urljoin(here, html.unescape(action[1])) if action and action[1] else here
            if 'method="post"' in tag:
                self.walk.posts.add(kind_of(target))
            else:
                asking.append(target)
        return asking


def kind_of(address: str) -> str:
    """The name of the view that answers the address; empty when it is none of ours."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


class Kinds:
    """Every named view there is."""

    @cached_property
    def all(self) -> frozenset[str]:
        return frozenset(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
    names = []
    for entry in patterns:
        if isinstance(entry, URLResolver):
            names += _names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name:
            names.append(prefix + entry.name)
    return names
