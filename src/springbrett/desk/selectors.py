"""Readers across the path. They go through the rooms' own selectors and the ledger, and return plain records."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count

from springbrett.access.models import Account
from springbrett.access.policy import OfficeAction, may_on_office, require
from springbrett.access.roles import CASEWORKERS, Viewer
from springbrett.desk import path
from springbrett.employers import rules as employer_rules
from springbrett.employers.models import Employer
from springbrett.employers.records import Stay
from springbrett.employers.selectors import told
from springbrett.kernel import clock
from springbrett.kernel.clock import OSLO
from springbrett.kernel.identity import NationalId
from springbrett.ledger.models import Event
from springbrett.people.models import Case, CaseAssignment, Person
from springbrett.people.selectors import cases_for

GLANCE_EVENTS = tuple(dict.fromkeys((*path.READ, *employer_rules.TOLD_BY)))
_NORWEGIAN = str.maketrans({"æ": "{", "ø": "|", "å": "}", "ä": "{", "ö": "|"})


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case in a list of names."""

    case_id: UUID
    name: str
    opened_on: date


@dataclass(frozen=True, slots=True)
class Glance:
    """What one line tells of a case: its steps and its newest placement."""

    steps: tuple[path.StepState, ...]
    stay: Stay | None = None

    @property
    def standing(self) -> path.StepState:
        """The step the case stands at."""
        return path.standing(self.steps)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who carries cases at the office, and how many they carry now."""

    account_id: UUID
    name: str
    role: str
    cases: int


def listed_cases(viewer: Viewer, query: str = "") -> list[ListedCase]:
    """The viewer's cases by family name, those whose name holds every word of `query`. One query.

    Search and order are done here, not in the database, so that Æ, Ø and Å are the same letters everywhere.
    """
    words = query.casefold().split()
    rows = cases_for(viewer).values_list("id", "person__given_name", "person__family_name", "opened_on")
    found = [
        (_sort_key(family, given), ListedCase(case_id, f"{given} {family}", opened))
        for case_id, given, family, opened in rows
        if all(word in f"{given} {family}".casefold() for word in words)
    ]
    return [case for _key, case in sorted(found, key=lambda row: (row[0], row[1].opened_on, str(row[1].case_id)))]


def _sort_key(family: str, given: str) -> tuple[str, str]:
    return family.casefold().translate(_NORWEGIAN), given.casefold().translate(_NORWEGIAN)


def glances(case_ids: Collection[UUID]) -> dict[UUID, Glance]:
    """Steps and newest placement of cases the caller has been let in to, in one query."""
    if not case_ids:
        return {}
    events: dict[UUID | None, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(case_id__in=list(case_ids), action__in=GLANCE_EVENTS).order_by("id"):
        events[event.case_id].append(event)
    return {case_id: glance(events[case_id]) for case_id in case_ids}


def glance(events: Sequence[Event]) -> Glance:
    """Steps and newest placement as the case's events, oldest first, tell of them."""
    days = [(event.action, event.occurred_at.astimezone(OSLO).date()) for event in events]
    stays = employer_rules.stays(told(event) for event in events if event.action in employer_rules.TOLD_BY)
    newest = stays[-1] if stays else None
    facts = path.with_agreed_end(path.milestones(days), newest.end if newest else None, clock.today())
    return Glance(path.state_of(facts), newest)


def employer_names(employer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by employer, in one query; for rows the caller has been let in to."""
    wanted = set(employer_ids)
    return dict(Employer.objects.filter(pk__in=wanted).values_list("id", "name")) if wanted else {}


def person_by_number(viewer: Viewer, national_id: str) -> Person | None:
    """The person with the number, for opening a case. Raises IdentityError for an impossible number, Denied."""
    require(may_on_office(viewer, OfficeAction.OPEN_CASES))
    return Person.objects.filter(national_id=NationalId.parse(national_id).value).first()


def chained_cases(viewer: Viewer, case: Case) -> tuple[Case | None, Case | None]:
    """The case before and the case after, each only if the viewer may list it."""
    visible = cases_for(viewer)
    before = visible.filter(pk=case.chained_from_id).first() if case.chained_from_id else None
    return before, visible.filter(chained_from_id=case.id).first()


def colleagues(viewer: Viewer, query: str = "", limit: int = 20) -> tuple[Colleague, ...]:
    """Who carries cases at the viewer's office, by name, with how many they carry now. Two queries. Raises Denied."""
    require(may_on_office(viewer, OfficeAction.OPEN_CASES))
    words = query.casefold().split()
    accounts = Account.objects.filter(office_ref=viewer.office_id, role__in=[role.value for role in CASEWORKERS])
    found = [a for a in accounts.filter(active=True) if all(word in a.name.casefold() for word in words)]
    found = sorted(found, key=lambda a: _sort_key(a.name, ""))[:limit]
    carried = _carried([account.id for account in found])
    return tuple(Colleague(a.id, a.name, a.role, carried.get(a.id, 0)) for a in found)


def _carried(account_ids: list[UUID]) -> dict[UUID, int]:
    rows = CaseAssignment.objects.filter(account_id__in=account_ids, to_on__isnull=True)
    return dict(rows.values("account_id").annotate(count=Count("id")).values_list("account_id", "count"))
