"""The only readers of the register of employers. Every reader takes the viewer and asks the policy first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from springbrett import catalogue
from springbrett.access.policy import RegisterAction, may_on_register, require
from springbrett.access.roles import Role, Viewer
from springbrett.access.selectors import account_names
from springbrett.employers import rules
from springbrett.employers.models import CooperationStop, Employer, EmployerContact, EmployerNote, Opening, Workplace
from springbrett.employers.records import EmployerHistory, EmployerPage, EmployerRow, KnownStay, Stay
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import employers_events
from springbrett.people.selectors import cases_for

PAGE_SIZE = 25


class EmployerNotFound(LookupError):
    """No such employer, workplace or opening. The web shows the same page as for a wrong address."""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """A ledger event as the rules read it."""

    action: str
    occurred_on: date
    case_id: UUID | None
    person_id: UUID | None
    employer_id: UUID | None
    object_kind: str
    object_id: UUID | None
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A line of the contact log with the name of the one who wrote it."""

    note: EmployerNote
    by: str


def employers_for(
    viewer: Viewer, query: str = "", *, after: UUID | None = None, before: UUID | None = None
) -> EmployerPage:
    """A page of employers by name; `query` is part of a name or an organisation number. Raises Denied."""
    require(may_on_register(viewer, RegisterAction.SEE_EMPLOYERS))
    employers, more = _page(_matching(query), after, before)
    return EmployerPage(
        rows=_rows(employers),
        before=employers[0].id if employers and (more if before else after) else None,
        after=employers[-1].id if employers and (before or more) else None,
    )


def employer_for(viewer: Viewer, employer_id: UUID) -> Employer:
    """One employer with workplaces and contacts. Staff see any, an employer contact only their own.

    Raises EmployerNotFound, Denied.
    """
    _may_see(viewer, employer_id)
    contacts = Prefetch("contacts", EmployerContact.objects.order_by("name", "id"))
    workplaces = Prefetch("workplaces", Workplace.objects.order_by("name", "id").prefetch_related(contacts))
    employer = Employer.objects.prefetch_related(workplaces).filter(pk=employer_id).first()
    if employer is None:
        raise EmployerNotFound
    return employer


def workplace_for(viewer: Viewer, workplace_id: UUID) -> Workplace:
    """One workplace with its employer. Raises EmployerNotFound, Denied."""
    workplace = Workplace.objects.select_related("employer").filter(pk=workplace_id).first()
    if workplace is None:
        raise EmployerNotFound
    _may_see(viewer, workplace.employer_id)
    return workplace


def workplaces_of(viewer: Viewer, employer_ids: Iterable[UUID]) -> dict[UUID, list[Workplace]]:
    """The workplaces of several employers by name, in one query. Office staff only. Raises Denied."""
    require(may_on_register(viewer, RegisterAction.SEE_EMPLOYERS))
    found: dict[UUID, list[Workplace]] = defaultdict(list)
    for workplace in Workplace.objects.filter(employer_id__in=list(employer_ids)).order_by("name", "id"):
        found[workplace.employer_id].append(workplace)
    return found


def contact_for(viewer: Viewer, contact_id: UUID) -> EmployerContact:
    """One contact person with workplace and employer. Raises EmployerNotFound, Denied."""
    contact = EmployerContact.objects.select_related("workplace__employer").filter(pk=contact_id).first()
    if contact is None:
        raise EmployerNotFound
    _may_see(viewer, contact.workplace.employer_id)
    return contact


def contacts_at(viewer: Viewer, workplace_id: UUID) -> tuple[EmployerContact, ...]:
    """Who answers at the workplace, by name. Raises EmployerNotFound, Denied."""
    workplace = workplace_for(viewer, workplace_id)
    return tuple(workplace.contacts.order_by("name", "id"))


def opening_for(viewer: Viewer, opening_id: UUID) -> Opening:
    """One opening with workplace and employer. Raises EmployerNotFound, Denied."""
    opening = Opening.objects.select_related("workplace__employer").filter(pk=opening_id).first()
    if opening is None:
        raise EmployerNotFound
    _may_see(viewer, opening.workplace.employer_id)
    return opening


def openings_on(on: date, viewer: Viewer) -> QuerySet[Opening]:
    """The openings that stand open on the day, with workplace and employer. Raises Denied."""
    require(may_on_register(viewer, RegisterAction.SEE_EMPLOYERS))
    return _open(Opening.objects.select_related("workplace__employer"), on)


def openings_of(viewer: Viewer, employer_id: UUID) -> tuple[Opening, ...]:
    """All openings of an employer, those that stand open longest first. Raises Denied."""
    _may_see(viewer, employer_id)
    openings = Opening.objects.select_related("workplace").filter(workplace__employer_id=employer_id)
    return tuple(openings.order_by("-open_from", "title", "id")[:50])


def notes_for(viewer: Viewer, employer_id: UUID, limit: int = 20) -> tuple[NoteRow, ...]:
    """The newest lines of the contact log. Office staff only. Raises Denied."""
    require(may_on_register(viewer, RegisterAction.SEE_EMPLOYERS))
    notes = list(EmployerNote.objects.filter(employer_id=employer_id).order_by("-on", "-written_at", "id")[:limit])
    names = account_names({note.written_by for note in notes}) if notes else {}
    return tuple(NoteRow(note, names.get(note.written_by, "")) for note in notes)


def stops_of(viewer: Viewer, employer_id: UUID) -> tuple[CooperationStop, ...]:
    """All stops in cooperation, newest first. Office staff only. Raises Denied."""
    require(may_on_register(viewer, RegisterAction.SEE_EMPLOYERS))
    return tuple(CooperationStop.objects.filter(employer_id=employer_id).order_by("-from_on"))


def stops_on(employer_ids: Iterable[UUID], on: date) -> dict[UUID, CooperationStop]:
    """The stop in force on the day, by employer, in one query. For callers that have asked the policy."""
    stops = CooperationStop.objects.filter(employer_id__in=set(employer_ids), from_on__lte=on)
    return {stop.employer_id: stop for stop in stops.filter(Q(to_on__isnull=True) | Q(to_on__gte=on))}


def with_stop(openings: QuerySet[Opening], on: date) -> QuerySet[Opening]:
    """Openings carrying `stop_reason` and `stop_from` of the stop in force with their employer on the day, or None."""
    stops = CooperationStop.objects.filter(employer=OuterRef("workplace__employer"), from_on__lte=on)
    stop = stops.filter(Q(to_on__isnull=True) | Q(to_on__gte=on)).order_by("from_on")
    return openings.annotate(
        stop_reason=Subquery(stop.values("reason")[:1]), stop_from=Subquery(stop.values("from_on")[:1])
    )


def employer_history(viewer: Viewer, employer_id: UUID) -> EmployerHistory:
    """The employer's record in figures, without any name. Office staff only. Raises Denied."""
    require(may_on_register(viewer, RegisterAction.SEE_EMPLOYERS))
    on = clock.today()
    staff = Employer.objects.filter(pk=employer_id).values_list("staff_count", flat=True).first()
    stays = stays_of([employer_id]).get(employer_id, ())
    return rules.history(stays, on=on, signs=sign_limits(on), staff=staff)


def histories_of(employers: Iterable[Employer], on: date) -> dict[UUID, EmployerHistory]:
    """Records in figures for several employers, in one query. For callers that have asked the policy."""
    known = {employer.id: employer for employer in employers}
    limits, told_of = sign_limits(on), stays_of(known)
    return {
        employer_id: rules.history(told_of.get(employer_id, ()), on=on, signs=limits, staff=employer.staff_count)
        for employer_id, employer in known.items()
    }


def stays_of(employer_ids: Iterable[UUID]) -> dict[UUID, tuple[Stay, ...]]:
    """The stays with several employers, in one query. For callers that have asked the policy."""
    events: dict[UUID, list[ToldEvent]] = defaultdict(list)
    for event in employers_events(list(employer_ids), rules.TOLD_BY):
        if event.employer_id is not None:
            events[event.employer_id].append(told(event))
    return {employer: rules.stays(told_of) for employer, told_of in events.items()}


def known_stays(viewer: Viewer, employer_id: UUID) -> tuple[KnownStay, ...]:
    """The employer's stays whose person is in a case the viewer may list, newest first. Raises Denied."""
    _may_see(viewer, employer_id)
    return _known(viewer, stays_of([employer_id]).get(employer_id, ()))


def record_for(viewer: Viewer, employer: Employer) -> tuple[EmployerHistory, tuple[KnownStay, ...]]:
    """What `employer_history` and `known_stays` answer, in one reading of the ledger. Office staff only.

    Raises Denied.
    """
    require(may_on_register(viewer, RegisterAction.SEE_EMPLOYERS))
    on, stays = clock.today(), stays_of([employer.id]).get(employer.id, ())
    return rules.history(stays, on=on, signs=sign_limits(on), staff=employer.staff_count), _known(viewer, stays)


def _known(viewer: Viewer, stays: tuple[Stay, ...]) -> tuple[KnownStay, ...]:
    cases = cases_for(viewer).filter(pk__in={stay.case_id for stay in stays if stay.case_id}) if stays else ()
    names = {case.id: case.person.name for case in cases}
    known = [KnownStay(s, names[s.case_id], url_case_id=s.case_id) for s in stays if s.case_id and s.case_id in names]
    return tuple(sorted(known, key=lambda row: (row.stay.start or date.min, str(row.stay.key)), reverse=True))


def sign_limits(on: date) -> rules.SignLimits:
    """The house's limits for the signs, in force on the day."""
    house = catalogue.load().house_int
    return rules.SignLimits(
        lookback_months=house("misuse_lookback_months", on),
        participants_without_hires=house("misuse_participants_without_hires", on),
        extensions=house("misuse_extensions", on),
        vacancy_extensions=house("misuse_vacancy_extensions", on),
        concurrent_share_percent=house("misuse_concurrent_share_percent", on),
    )


def last_contact(employer_id: UUID) -> date | None:
    """The newest day in the contact log. For callers that have asked the policy."""
    latest: date | None = EmployerNote.objects.filter(employer_id=employer_id).aggregate(latest=Max("on"))["latest"]
    return latest


def told(event: Event) -> ToldEvent:
    """The part of a ledger event that the rules read."""
    return ToldEvent(
        action=event.action,
        occurred_on=event.occurred_at.astimezone(clock.OSLO).date(),
        case_id=event.case_id,
        person_id=event.person_id,
        employer_id=event.employer_id,
        object_kind=event.object_kind,
        object_id=event.object_id,
        facts=event.facts,
    )


def _matching(query: str) -> QuerySet[Employer]:
    words = query.strip().lower()
    employers = Employer.objects.all()
    digits = words.replace(" ", "")
    if digits.isdigit():
        return employers.filter(organisation_number__startswith=digits)
    for word in words.split():
        employers = employers.filter(name_key__contains=word)
    return employers


def _page(employers: QuerySet[Employer], after: UUID | None, before: UUID | None) -> tuple[list[Employer], bool]:
    """The page after (or before) an employer, in name order, and whether there is more beyond it."""
    at = after or before
    mark = Employer.objects.filter(pk=at).first() if at is not None else None
    if mark is not None and after:
        employers = employers.filter(Q(name_key__gt=mark.name_key) | Q(name_key=mark.name_key, id__gt=mark.id))
    elif mark is not None:
        employers = employers.filter(Q(name_key__lt=mark.name_key) | Q(name_key=mark.name_key, id__lt=mark.id))
    backwards = mark is not None and not after
    order = ("-name_key", "-id") if backwards else ("name_key", "id")
    found = list(employers.order_by(*order)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return (shown[::-1] if backwards else shown), len(found) > PAGE_SIZE


def _rows(employers: list[Employer]) -> tuple[EmployerRow, ...]:
    on, ids = clock.today(), [employer.id for employer in employers]
    places: dict[UUID, set[str]] = defaultdict(set)
    for employer_id, place in Workplace.objects.filter(employer_id__in=ids).values_list("employer_id", "place"):
        places[employer_id].add(place)
    counted: dict[UUID, int] = defaultdict(int)
    openings = _open(Opening.objects.filter(workplace__employer_id__in=ids), on)
    for employer_id in openings.values_list("workplace__employer_id", flat=True):
        counted[employer_id] += 1
    histories, stopped = histories_of(employers, on), stops_on(ids, on)
    return tuple(
        EmployerRow(
            id=employer.id,
            name=employer.name,
            organisation_number=employer.organisation_number,
            industry=employer.industry,
            places=tuple(sorted(places[employer.id])),
            openings=counted[employer.id],
            history=histories[employer.id],
            stopped=employer.id in stopped,
        )
        for employer in employers
    )


def _open(openings: QuerySet[Opening], on: date) -> QuerySet[Opening]:
    return openings.filter(open_from__lte=on).filter(Q(open_to__isnull=True) | Q(open_to__gte=on))


def _may_see(viewer: Viewer, employer_id: UUID) -> None:
    """Office staff may see any employer, an employer contact only their own. Raises Denied."""
    if viewer.role is not Role.SYSTEM:
        require(may_on_register(viewer, RegisterAction.SEE_OWN_EMPLOYER, employer_id))
