"""Every address of the site, read from the resolver, and what fills its blanks in the demonstration office.

An address whose blanks nothing here fills makes the tests that walk the addresses fail: a new page is covered the day
it is added, or somebody has to say how.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from uuid import UUID, uuid4

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from springbrett.access.models import Account
from springbrett.access.roles import Role, Viewer
from springbrett.access.selectors import viewer_by_id, viewer_from
from springbrett.access.web import SESSION_KEY
from springbrett.agreement.models import Agreement
from springbrett.demo.cast.people import PERSON, STAFF_BY_KEY
from springbrett.employers.models import EmployerContact, Opening
from springbrett.funding.models import Commitment, Request
from springbrett.kernel import clock
from springbrett.mapping import guide

ABOUT_A_CASE = frozenset({"case_id", "agreement_id", "request_id"})
ABOUT_AN_EMPLOYER = frozenset({"employer_id", "workplace_id", "contact_id", "opening_id"})


@dataclass(frozen=True, slots=True)
class Address:
    """One entry of the resolver: its name, its route and the names of its blanks."""

    name: str
    route: str
    blanks: frozenset[str]

    @property
    def about_a_case(self) -> bool:
        """Whether it leads to one person's case."""
        return bool(self.blanks & ABOUT_A_CASE)

    @property
    def about_an_employer(self) -> bool:
        """Whether it leads to the register of employers."""
        return bool(self.blanks & ABOUT_AN_EMPLOYER) and not self.about_a_case

    def filled(self, values: dict[str, object]) -> str:
        """The address with its blanks filled. KeyError for a blank that nobody has said how to fill."""
        found = {blank: values.get(f"{self.name} {blank}", values.get(blank)) for blank in self.blanks}
        if missing := sorted(blank for blank, value in found.items() if value is None):
            raise KeyError(f"{self.name}: say in tests/addresses.py what {missing} may be")
        return reverse(self.name, kwargs=found)


def _walk(patterns: list[URLPattern | URLResolver], space: str = "", prefix: str = "") -> Iterator[Address]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, entry.namespace or space, prefix + str(entry.pattern))
        else:
            name = f"{space}:{entry.name}" if space else str(entry.name)
            yield Address(name, prefix + str(entry.pattern), frozenset(entry.pattern.converters))


ADDRESSES = tuple(_walk(get_resolver().url_patterns))


def values_for(agreement: Agreement) -> dict[str, object]:
    """What fills the blanks when the addresses shall lead to this agreement, its case and its employer."""
    workplace = agreement.workplace
    opening = Opening.objects.filter(workplace__employer=workplace.employer).first()
    contact = EmployerContact.objects.filter(workplace=workplace).first()
    asked = Request.objects.filter(subject_id=agreement.id).first()
    support = Agreement.objects.filter(attached_to=agreement).first()
    claimed = Commitment.objects.filter(request=asked, claims__isnull=False).first() if asked else None
    return {
        "request_id": asked.id if asked else uuid4(),
        "year": claimed.year if claimed else clock.today().year,
        "month": claimed.month if claimed else 1,
        "funding:line code": "wage_subsidies",
        "case_id": agreement.case_id,
        "agreement_id": agreement.id,
        **{f"{address.name} agreement_id": support.id if support else uuid4()
           for address in ADDRESSES if "/agreement/beside/" in f"/{address.route}"},
        "employer_id": workplace.employer_id,
        "workplace_id": workplace.id,
        "opening_id": opening.id if opening else None,
        "contact_id": contact.id if contact else None,
        "study": "six_persons",
        "place": 1,
        "item_id": uuid4(),
        "number": 1,
        "measure": agreement.measure,
        "chain": agreement.chain,
        "section": guide.SECTIONS[0].code,
        "kind": "start",
        "name": "end_reason",
        "act": "tiltaksforskriften",
        "desk:section section": "3-5",
        "desk:measure code": agreement.measure,
        "desk:measure_history code": agreement.measure,
        "desk:chain code": agreement.chain,
    }  # fmt: skip


def agreement_of(person: str) -> Agreement:
    """The newest agreement of somebody in the demonstration."""
    rows = Agreement.objects.select_related("workplace__employer", "case__person")
    return rows.filter(case_id=PERSON[person].case_id, attached_to=None).latest("created_at")


def staff(key: str) -> Viewer:
    """Somebody at a demonstration office."""
    return known(STAFF_BY_KEY[key].account_id)


def known(account_id: UUID) -> Viewer:
    """The viewer of an account that is there."""
    found = viewer_by_id(account_id)
    assert found is not None
    return found


def outside(role: Role, agreement: Agreement, *, same_employer: bool) -> Viewer:
    """An employer contact or a mentor at the agreement's employer, or at another."""
    accounts = Account.objects.filter(role=role).order_by("name", "id")
    employer = agreement.workplace.employer_id
    found = accounts.filter(employer_ref=employer) if same_employer else accounts.exclude(employer_ref=employer)
    account = found.first()
    assert account is not None
    return viewer_from(account)


def client_of(viewer: Viewer | None, *, csrf: bool = False) -> Client:
    """A client logged in as the viewer; None: nobody."""
    client = Client(enforce_csrf_checks=csrf)
    if viewer is not None:
        session = client.session
        session[SESSION_KEY] = str(viewer.account_id)
        session.save()
        client.cookies["sessionid"] = session.session_key or ""
    return client


class _Fields(HTMLParser):
    """Collects what a browser would post: the fields of a page's forms, each with something in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value"):
            self.found.setdefault(self._select, given["value"])
        elif tag in {"input", "textarea", "button"} and name:
            plain = given.get("type") in {None, "text", "search", "email", "tel"} or tag == "textarea"
            self.found.setdefault(name, given.get("value") or ("Skrevet i en prøve." if plain else "1"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def fields_of(page: str) -> dict[str, str]:
    """The names of a page's fields with plausible values, without the request's own."""
    reader = _Fields()
    reader.feed(page)
    return {name: value for name, value in reader.found.items() if name not in {"csrfmiddlewaretoken", "viewport"}}
