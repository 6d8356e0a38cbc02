"""What every page shows around its content: menu by role, who is logged in, language, the demonstration's clock."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from springbrett.access.roles import CASEWORKERS, Role, Viewer
from springbrett.kernel import clock
from springbrett.site import words

NavLink = tuple[str, str | Promise]

_DAY: NavLink = ("desk:day", _("My day"))
_PORTFOLIO: NavLink = ("desk:portfolio", _("Portfolio"))
_EMPLOYERS: NavLink = ("employers:list", _("Employers"))
_CATALOGUE: NavLink = ("desk:catalogue", _("Measures and rules"))
_RESULTS: NavLink = ("desk:results", _("Results"))
_OFFICE: NavLink = ("desk:office", _("The office"))
_MINE: NavLink = ("desk:mine", _("My plan"))
_COMPANY: NavLink = ("desk:company", _("Our agreements"))
_REQUESTS: NavLink = ("funding:day", _("My day"))
_CLAIMS: NavLink = ("funding:claims", _("Claims for refund"))
_BUDGET: NavLink = ("funding:budget", _("Budget"))
_REFUNDS: NavLink = ("funding:refunds", _("Refunds"))
_STUDIES: NavLink = ("vignettes:list", _("Studies"))

MENUS: dict[Role, tuple[NavLink, ...]] = {
    Role.CASEWORKER: (_DAY, _PORTFOLIO, _EMPLOYERS, _CATALOGUE, _RESULTS),
    Role.JOB_SPECIALIST: (_DAY, _PORTFOLIO, _EMPLOYERS, _CATALOGUE, _RESULTS),
    Role.OFFICE_LEADER: (_OFFICE, _PORTFOLIO, _EMPLOYERS, _BUDGET, _CATALOGUE, _RESULTS),
    Role.MARKET_CONTACT: (_EMPLOYERS, _STUDIES, _CATALOGUE),
    Role.BUDGET_APPROVER: (_REQUESTS, _CLAIMS, _BUDGET, _CATALOGUE, _RESULTS),
    Role.EMPLOYER: (_COMPANY, _REFUNDS, _CATALOGUE),
    Role.MENTOR: (_COMPANY,),
    Role.PROVIDER: (_CATALOGUE,),
    Role.PARTICIPANT: (_MINE, _CATALOGUE),
    Role.ANALYST: (_RESULTS, _STUDIES, _CATALOGUE),
    Role.ADMINISTRATOR: (_CATALOGUE,),
}
"""The menu of each role; the first entry that exists is the role's start page."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One menu entry. `current`: this very page; `within`: a page below it."""

    label: str
    url: str
    current: bool
    within: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the base template needs, under the name ``site``. `names_the_person`: pages about a case say whose it is."""

    viewer: Viewer | None
    names_the_person: bool
    role: str
    nav: tuple[NavItem, ...]
    start_url: str
    log_out_url: str
    language: str
    languages: tuple[tuple[str, str], ...]
    clock: date | None


def page(request: HttpRequest) -> dict[str, Surroundings]:
    """The surroundings of the page (context processor)."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    nav = menu(viewer.role, request.path) if viewer else ()
    return {
        "site": Surroundings(
            viewer=viewer,
            names_the_person=viewer is not None and viewer.role in {*CASEWORKERS, Role.OFFICE_LEADER},
            role=str(words.ROLE_LABELS[viewer.role.value]) if viewer else "",
            nav=nav,
            start_url="/",
            log_out_url=url_or_nothing("access:log_out"),
            language=words.language(),
            languages=tuple(settings.LANGUAGES),
            clock=clock.today() if os.environ.get(clock.TODAY_VARIABLE) else None,
        )
    }


def menu(role: Role, path: str) -> tuple[NavItem, ...]:
    """The menu of ``role`` on the page at ``path``; entries whose page does not exist are left out."""
    links = tuple(_existing((label, url_or_nothing(name)) for name, label in MENUS.get(role, ())))
    nearest = max((url for _label, url in links if path.startswith(url)), key=len, default="")
    return tuple(NavItem(str(label), url, current=path == url, within=url == nearest != path) for label, url in links)


def _existing(links: Iterable[tuple[str | Promise, str]]) -> Iterable[tuple[str | Promise, str]]:
    return (link for link in links if link[1])


def url_or_nothing(name: str) -> str:
    """The address of a page, or an empty string when no room offers it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
