"""The office as a whole, for its leader: nine queries, however many cases."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import OfficeAction, may_on_office, require
from springbrett.access.roles import Role, Viewer
from springbrett.employers import rules as employer_rules
from springbrett.employers.models import Employer
from springbrett.employers.records import Stay
from springbrett.employers.selectors import sign_limits, told
from springbrett.followup.records import EMPLOYER, Kind, State
from springbrett.followup.selectors import DueItem, due_for
from springbrett.kernel.clock import OSLO
from springbrett.kernel.period import add_months
from springbrett.ledger.models import Event
from springbrett.people.models import CaseAssignment
from springbrett.people.selectors import cases_for
from springbrett.steering import rules
from springbrett.steering.records import EmployerUse, Load, Quiet, Signs

CONTACT = "followup.contact_logged"


@dataclass(frozen=True, slots=True)
class Carried:
    """Who carries a case, and whose it is."""

    caseworker_id: UUID
    caseworker: str
    role: str
    person: str


@dataclass(frozen=True, slots=True)
class Office:
    """The office on a day. Counts are whole numbers; lists are most pressing first."""

    on: date
    carried: dict[UUID, Carried]
    employers: dict[UUID, str]
    running: tuple[Stay, ...]
    ends_soon: tuple[Stay, ...]
    quiet: tuple[Quiet, ...]
    waiting: int
    purposes: tuple[tuple[str, int], ...]
    overdue_by_kind: tuple[tuple[str, int], ...]
    overdue_by_caseworker: tuple[tuple[str, int], ...]
    loads: tuple[Load, ...]
    signs: tuple[Signs, ...]


def office_for(viewer: Viewer, on: date) -> Office:
    """The viewer's own office on the day. Raises Denied for anyone but its leader."""
    require(may_on_office(viewer, OfficeAction.SEE_OFFICE))
    known = catalogue.load()
    carried = _carried(viewer)
    events = _events(carried)
    stays = employer_rules.stays(told(event) for event in events if event.action != CONTACT)
    overdue = [item for item in due_for(viewer, on) if item.state is State.OVERDUE]
    waiting = _waiting(events)
    quiet = rules.gone_quiet(stays, _last_contacts(events), on, known.house_int("contact_every_weeks_max", on))
    staff = _staff({stay.employer_id for stay in stays})
    running = rules.running(stays, on)
    return Office(
        on=on,
        carried=carried,
        employers={key: name for key, (name, _count) in staff.items()},
        running=running,
        ends_soon=rules.ends_soon(stays, on, known.house_int("ends_soon_days", on)),
        quiet=quiet,
        waiting=sum(stay.key in waiting for stay in running),
        purposes=tuple(Counter(stay.main_purpose for stay in _begun_since(stays, on, 12)).most_common()),
        overdue_by_kind=tuple(Counter(item.kind.value for item in overdue).most_common()),
        overdue_by_caseworker=_by_caseworker(overdue, carried),
        loads=_loads(carried, running, overdue, on),
        signs=_signs(stays, staff, _Observed(waiting, {row.stay.key for row in quiet}, _missing(overdue), on)),
    )


@dataclass(frozen=True, slots=True)
class _Observed:
    """Keys of placements used while waiting, and gone quiet; missing reports by placement; the day."""

    waiting: set[UUID]
    quiet: set[UUID]
    missing: Counter[UUID]
    on: date


def _signs(
    stays: tuple[Stay, ...], staff: dict[UUID, tuple[str, int | None]], observed: _Observed
) -> tuple[Signs, ...]:  # fmt: skip
    """By employer: what its record with the office tells, and what the office itself lets happen."""
    known, on = catalogue.load(), observed.on
    limits, reports = sign_limits(on), known.house_int("misuse_missing_reports", on)
    by_employer: dict[UUID, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_employer[stay.employer_id].append(stay)
    found = []
    for employer, theirs in by_employer.items():
        use = _use(employer, theirs, observed)
        record = employer_rules.history(theirs, on=on, signs=limits, staff=staff.get(employer, ("", None))[1])
        verdicts = (*record.signs, *rules.observations(use, reports))
        found.append(Signs(employer, use, rules.worth_a_look(verdicts)))
    return rules.most_first(found)


def _use(employer: UUID, stays: list[Stay], observed: _Observed) -> EmployerUse:
    known, on = catalogue.load(), observed.on
    since = add_months(on, -known.house_int("misuse_lookback_months", on))
    recent = [stay for stay in stays if stay.ended is None or stay.ended.on >= since]
    return EmployerUse(
        employer_id=employer,
        placements=len(recent),
        running=len(rules.running(stays, on)),
        waiting=sum(stay.key in observed.waiting for stay in recent),
        quiet=sum(stay.key in observed.quiet for stay in recent),
        missing_reports=sum(observed.missing[stay.key] for stay in stays),
        quiet_weeks=known.house_int("contact_every_weeks_max", on),
    )


def _missing(overdue: Iterable[DueItem]) -> Counter[UUID]:
    """Overdue reports from the employer, by placement."""
    return Counter(i.agreement_id for i in overdue if i.kind is Kind.REPORT and i.owed_by == EMPLOYER)


def _carried(viewer: Viewer) -> dict[UUID, Carried]:
    rows = CaseAssignment.objects.filter(to_on__isnull=True, case__in=cases_for(viewer).values("pk"))
    columns = ("case_id", "account_id", "account__name", "account__role", "case__person__given_name",
               "case__person__family_name")  # fmt: skip
    return {
        case_id: Carried(account_id, name, role, f"{given} {family}")
        for case_id, account_id, name, role, given, family in rows.values_list(*columns)
    }


def _events(carried: dict[UUID, Carried]) -> list[Event]:
    wanted = (*employer_rules.TOLD_BY, CONTACT)
    return list(Event.objects.filter(case_id__in=list(carried), action__in=wanted).order_by("id")) if carried else []


def _last_contacts(events: Iterable[Event]) -> dict[UUID, date]:
    """The last day of contact by case, as the event tells it (`on`), or else the day it was logged."""
    last: dict[UUID, date] = {}
    for event in events:
        if event.action == CONTACT and event.case_id is not None:
            said = event.facts.get("on")
            day = date.fromisoformat(said) if isinstance(said, str) else event.occurred_at.astimezone(OSLO).date()
            last[event.case_id] = max(day, last.get(event.case_id, day))
    return last


def _waiting(events: Iterable[Event]) -> set[UUID]:
    """The placements that were set up while waiting for another measure."""
    started = (e for e in events if e.action == employer_rules.STARTED and e.facts.get("waiting_for"))
    return {event.object_id for event in started if event.object_id is not None}


def _begun_since(stays: Iterable[Stay], on: date, months: int) -> list[Stay]:
    first = add_months(on, -months)
    return [stay for stay in stays if stay.start is not None and first < stay.start <= on]


def _staff(employer_ids: set[UUID]) -> dict[UUID, tuple[str, int | None]]:
    if not employer_ids:
        return {}
    rows = Employer.objects.filter(pk__in=employer_ids).values_list("id", "name", "staff_count")
    return {key: (name, count) for key, name, count in rows}


def _by_caseworker(overdue: list[DueItem], carried: dict[UUID, Carried]) -> tuple[tuple[str, int], ...]:
    own = (item for item in overdue if item.case_id in carried and item.owed_by != EMPLOYER)
    owed = (carried[item.case_id].caseworker for item in own)
    return tuple(Counter(owed).most_common())


def _loads(
    carried: dict[UUID, Carried], running: tuple[Stay, ...], overdue: list[DueItem], on: date
) -> tuple[Load, ...]:  # fmt: skip
    known = catalogue.load()
    guidance = {
        Role.JOB_SPECIALIST.value: known.house_int("caseload_job_specialist", on),
        Role.CASEWORKER.value: known.house_int("caseload_caseworker_warning", on),
    }
    cases: dict[UUID, list[UUID]] = defaultdict(list)
    roles: dict[UUID, str] = {}
    for case_id, row in carried.items():
        cases[row.caseworker_id].append(case_id)
        roles[row.caseworker_id] = row.role
    at_work = Counter(stay.case_id for stay in running)
    late = Counter(item.case_id for item in overdue if item.owed_by != EMPLOYER)
    loads = (
        Load(key, len(ids), sum(at_work[i] for i in ids), sum(late[i] for i in ids), guidance.get(roles[key], 0))
        for key, ids in cases.items()
    )
    return tuple(sorted(loads, key=lambda load: (-load.cases, str(load.caseworker_id))))
