"""The only writers of the register of employers. Every value is held against the catalogue before it is kept."""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import models

from springbrett import catalogue
from springbrett.access.models import Account
from springbrett.access.policy import RegisterAction, may_on_register, require
from springbrett.access.roles import Role, Viewer
from springbrett.employers.models import (
    HOURS_IN_A_WEEK,
    CooperationStop,
    Employer,
    EmployerContact,
    EmployerNote,
    Opening,
    Sector,
    Workplace,
)
from springbrett.employers.records import Refused
from springbrett.kernel import clock
from springbrett.kernel.identity import IdentityError, OrganisationNumber
from springbrett.ledger.services import record, service


class OpeningFields(TypedDict, total=False):
    """What can be said of an opening; see `models.Opening` for meanings and units."""

    title: str
    occupation: str
    tasks: str
    demands: list[str]
    adaptations: list[str]
    language_min: str
    hours_min: Decimal | None
    hours_max: Decimal | None
    days: list[str]
    followup_capacity: int | None
    mentor_available: bool | None
    hiring_realistic: str
    training_company: bool | None
    must_speak: bool | None
    licence: str
    places: int
    open_from: date
    open_to: date | None
    note: str


@service
def employer_register(
    *,
    actor: Viewer,
    organisation_number: str,
    name: str,
    industry: str,
    sector: str = Sector.PRIVATE.value,
    staff_count: int | None = None,
    employer_id: UUID | None = None,
) -> Employer:
    """Enter an employer. Raises Denied, and Refused for a wrong number, one that is there already, or unknown codes."""
    _may_write(actor)
    number = _organisation_number(organisation_number)
    if Employer.objects.filter(organisation_number=number).exists():
        raise Refused("organisation_number", "already_registered")
    employer = Employer(organisation_number=number)
    if employer_id is not None:
        employer.id = employer_id
    _fill_employer(employer, name, industry, sector, staff_count)
    employer.save(force_insert=True)
    _tell(actor, "employer.registered", employer, industry=industry, sector=sector, staff_count=staff_count)
    return employer


@service
def employer_change(
    *, actor: Viewer, employer_id: UUID, name: str, industry: str, sector: str, staff_count: int | None
) -> Employer:
    """Correct what is known of an employer (the organisation number stays). Raises Denied, Refused."""
    _may_write(actor)
    employer = Employer.objects.select_for_update().get(pk=employer_id)
    _fill_employer(employer, name, industry, sector, staff_count)
    employer.save()
    _tell(actor, "employer.changed", employer, industry=industry, sector=sector, staff_count=staff_count)
    return employer


@service
def workplace_add(
    *, actor: Viewer, employer_id: UUID, name: str, place: str, workplace_id: UUID | None = None
) -> Workplace:
    """Add a place where people work. Raises Denied, Refused."""
    _may_write(actor)
    employer = Employer.objects.get(pk=employer_id)
    workplace = Workplace(employer=employer, name=_text("name", name), place=_code("place", "place", place))
    if workplace_id is not None:
        workplace.id = workplace_id
    workplace.save(force_insert=True)
    _tell(actor, "employer.workplace_added", employer, workplace, place=place)
    return workplace


@service
def workplace_change(*, actor: Viewer, workplace_id: UUID, name: str, place: str) -> Workplace:
    """Correct a workplace's name or place. Raises Denied, Refused."""
    _may_write(actor)
    workplace = Workplace.objects.select_related("employer").get(pk=workplace_id)
    workplace.name, workplace.place = _text("name", name), _code("place", "place", place)
    workplace.save()
    _tell(actor, "employer.changed", workplace.employer, workplace, place=place)
    return workplace


@service
def contact_add(
    *,
    actor: Viewer,
    workplace_id: UUID,
    name: str,
    title: str = "",
    phone: str = "",
    email: str = "",
    account_id: UUID | None = None,
    contact_id: UUID | None = None,
) -> EmployerContact:
    """Add somebody who answers for the workplace; `account_id` is their log-in. Raises Denied, Refused."""
    _may_write(actor)
    workplace = Workplace.objects.select_related("employer").get(pk=workplace_id)
    _must_belong(account_id, workplace.employer_id)
    contact = EmployerContact(workplace=workplace, account_id=account_id)
    if contact_id is not None:
        contact.id = contact_id
    _fill_contact(contact, name, title, phone, email)
    contact.save(force_insert=True)
    _tell(actor, "employer.contact_added", workplace.employer, contact, workplace=workplace.id)
    return contact


@service
def contact_change(
    *, actor: Viewer, contact_id: UUID, name: str, title: str, phone: str, email: str
) -> EmployerContact:
    """Correct a contact person. Raises Denied, Refused."""
    _may_write(actor)
    contact = EmployerContact.objects.select_related("workplace__employer").get(pk=contact_id)
    _fill_contact(contact, name, title, phone, email)
    contact.save()
    _tell(actor, "employer.changed", contact.workplace.employer, contact)
    return contact


@service
def employer_note(
    *, actor: Viewer, employer_id: UUID, on: date, kind: str, text: str, workplace_id: UUID | None = None
) -> EmployerNote:
    """Log a contact between the office and the employer. Raises Denied, Refused (also for a day still to come)."""
    _may_write(actor)
    employer = Employer.objects.get(pk=employer_id)
    if on > clock.today():
        raise Refused("on", "in_the_future")
    if workplace_id is not None and not employer.workplaces.filter(pk=workplace_id).exists():
        raise Refused("workplace", "of_another_employer")
    note = EmployerNote.objects.create(
        employer=employer,
        workplace_id=workplace_id,
        on=on,
        kind=_code("kind", "contact_kind", kind),
        text=_text("text", text),
        written_by=actor.account_id,
        written_at=clock.now(),
    )
    _tell(actor, "employer.noted", employer, note, kind=kind, on=on)
    return note


@service
def cooperation_stop(
    *, actor: Viewer, employer_id: UUID, reason: str, note: str = "", from_on: date | None = None,
    to_on: date | None = None,
) -> CooperationStop:  # fmt: skip
    """Stop using an employer, from today unless another day is given; `to_on` is the last day of a pause.

    Running placements go on and are followed up; no new match can be made. Raises Denied, Refused.
    """
    _may_write(actor)
    employer = Employer.objects.get(pk=employer_id)
    start = from_on or clock.today()
    if to_on is not None and to_on < start:
        raise Refused("to_on", "before_start")
    if employer.stops.filter(models.Q(to_on__isnull=True) | models.Q(to_on__gte=start)).exists():
        raise Refused("reason", "already_stopped")
    stop = CooperationStop.objects.create(
        employer=employer, from_on=start, to_on=to_on, reason=_code("reason", "cooperation_stop_reason", reason),
        note=note.strip(),
    )  # fmt: skip
    _tell(actor, "employer.cooperation_stopped", employer, stop, reason=reason, from_on=start, to_on=to_on)
    return stop


@service
def cooperation_resume(*, actor: Viewer, employer_id: UUID, last_stopped_on: date | None = None) -> CooperationStop:
    """Begin to use an employer again: the stop in force gets a last day (yesterday unless another is given; a stop that
    began today ends today). Raises Denied, and Refused when no stop is in force."""
    _may_write(actor)
    today = clock.today()
    stops = CooperationStop.objects.select_for_update().select_related("employer")
    stop = stops.filter(employer_id=employer_id, from_on__lte=today).filter(_lasts(today)).first()
    if stop is None:
        raise Refused("last_stopped_on", "not_stopped")
    last = last_stopped_on or date.fromordinal(today.toordinal() - 1)
    stop.to_on = max(last, stop.from_on)
    stop.save(update_fields=["to_on"])
    _tell(actor, "employer.cooperation_resumed", stop.employer, stop, to_on=stop.to_on)
    return stop


@service
def opening_register(
    *, actor: Viewer, workplace_id: UUID, opening_id: UUID | None = None, **said: Unpack[OpeningFields]
) -> Opening:
    """Register room for a person at a workplace; `title` and `occupation` are needed, `open_from` is today if unsaid.

    Raises Denied, Refused.
    """
    _may_write(actor)
    workplace = Workplace.objects.select_related("employer").get(pk=workplace_id)
    opening = Opening(workplace=workplace, open_from=clock.today())
    if opening_id is not None:
        opening.id = opening_id
    _fill_opening(opening, {"title": "", "occupation": "", **said})
    opening.save(force_insert=True)
    _tell_opening(actor, "opening.registered", opening)
    return opening


@service
def opening_change(*, actor: Viewer, opening_id: UUID, **said: Unpack[OpeningFields]) -> Opening:
    """Change what is said of an opening; what is not mentioned stays. Raises Denied, Refused."""
    _may_write(actor)
    opening = Opening.objects.select_for_update(of=("self",)).select_related("workplace__employer").get(pk=opening_id)
    _fill_opening(opening, dict(said))
    opening.save()
    _tell_opening(actor, "opening.changed", opening)
    return opening


@service
def opening_close(*, actor: Viewer, opening_id: UUID, last_day: date | None = None) -> Opening:
    """Close an opening; `last_day` is the last day it stands open (yesterday if unsaid). Raises Denied, Refused."""
    _may_write(actor)
    opening = Opening.objects.select_for_update(of=("self",)).select_related("workplace__employer").get(pk=opening_id)
    last = last_day or date.fromordinal(clock.today().toordinal() - 1)
    opening.open_to = max(last, opening.open_from)
    opening.save(update_fields=["open_to"])
    _tell_opening(actor, "opening.closed", opening)
    return opening


def _fill_employer(employer: Employer, name: str, industry: str, sector: str, staff_count: int | None) -> None:
    employer.name = _text("name", name)
    employer.name_key = employer.name.lower()
    employer.industry = _code("industry", "industry", industry)
    if sector not in Sector.values:
        raise Refused("sector", "unknown_code")
    if staff_count is not None and staff_count < 0:
        raise Refused("staff_count", "out_of_range")
    employer.sector, employer.staff_count = sector, staff_count


def _fill_contact(contact: EmployerContact, name: str, title: str, phone: str, email: str) -> None:
    contact.name, contact.title = _text("name", name), title.strip()
    contact.phone, contact.email = phone.strip(), email.strip()


_CODED = {"occupation": "occupation", "hiring_realistic": "hiring_realistic"}
_CODED_OR_EMPTY = {"language_min": "cefr", "licence": "driving_licence"}
_CODED_LISTS = {"demands": "demand", "adaptations": "adaptation", "days": "weekday"}


def _fill_opening(opening: Opening, said: dict[str, Any]) -> None:
    """Put what was said on the row, each value held against the catalogue. Raises Refused."""
    for field, value in said.items():
        setattr(opening, field, _checked(field, value))
    _in_order(opening)


def _checked(field: str, value: Any) -> Any:
    if field in _CODED:
        return _code(field, _CODED[field], value)
    if field in _CODED_OR_EMPTY:
        return _code(field, _CODED_OR_EMPTY[field], value) if value else ""
    if field in _CODED_LISTS:
        return [_code(field, _CODED_LISTS[field], code) for code in dict.fromkeys(value)]
    return _text(field, value) if field == "title" else value


def _in_order(opening: Opening) -> None:
    low, high = opening.hours_min, opening.hours_max
    for field, value in (("hours_min", low), ("hours_max", high)):
        if value is not None and not 0 < value <= HOURS_IN_A_WEEK:
            raise Refused(field, "out_of_range")
    if low is not None and high is not None and high < low:
        raise Refused("hours_max", "less_than_lowest")
    if opening.open_to is not None and opening.open_to < opening.open_from:
        raise Refused("open_to", "before_start")
    if opening.places < 1:
        raise Refused("places", "out_of_range")
    if opening.followup_capacity is not None and opening.followup_capacity not in (1, 2, 3):
        raise Refused("followup_capacity", "out_of_range")


def _text(field: str, text: str) -> str:
    if not text.strip():
        raise Refused(field, "empty")
    return text.strip()


def _code(field: str, listed: str, code: str) -> str:
    if not code:
        raise Refused(field, "empty")
    if not catalogue.load().has_code(listed, code):
        raise Refused(field, "unknown_code")
    return code


def _organisation_number(text: str) -> str:
    try:
        return OrganisationNumber.parse(text).value
    except IdentityError:
        raise Refused("organisation_number", "not_a_number") from None


def _must_belong(account_id: UUID | None, employer_id: UUID) -> None:
    if account_id is None:
        return
    if not Account.objects.filter(pk=account_id, role=Role.EMPLOYER, employer_ref=employer_id).exists():
        raise Refused("account", "of_another_employer")


def _may_write(actor: Viewer) -> None:
    require(may_on_register(actor, RegisterAction.WRITE_EMPLOYERS))


def _lasts(on: date) -> models.Q:
    return models.Q(to_on__isnull=True) | models.Q(to_on__gte=on)


def _tell(actor: Viewer, action: str, employer: Employer, row: models.Model | None = None, **facts: object) -> None:
    about = row or employer
    record(
        actor=actor, action=action, step="", employer_id=employer.id, object_kind=about._meta.model_name or "",
        object_id=about.pk, facts=facts,
    )  # fmt: skip


def _tell_opening(actor: Viewer, action: str, opening: Opening) -> None:
    _tell(
        actor, action, opening.workplace.employer, opening, workplace=opening.workplace_id,
        occupation=opening.occupation, demands=opening.demands, adaptations=opening.adaptations,
        language_min=opening.language_min, hours_min=opening.hours_min, hours_max=opening.hours_max,
        followup_capacity=opening.followup_capacity, mentor_available=opening.mentor_available,
        hiring_realistic=opening.hiring_realistic, training_company=opening.training_company,
        places=opening.places, open_from=opening.open_from, open_to=opening.open_to,
    )  # fmt: skip
