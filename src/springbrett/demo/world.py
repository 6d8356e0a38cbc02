"""The registers of the demonstration, entered through the services: offices, staff, persons, employers, openings."""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from springbrett.access.roles import Role, Viewer
from springbrett.access.selectors import viewer_by_id
from springbrett.access.services import account_create
from springbrett.demo.cast.employers import EMPLOYER_AT, EMPLOYERS, WORKPLACE, EmployerSeed, OpeningSeed
from springbrett.demo.cast.people import OFFICES, PERSON, PERSONS, STAFF, STAFF_BY_KEY, PersonSeed, demo_id
from springbrett.employers.services import (
    OpeningFields,
    contact_add,
    employer_note,
    employer_register,
    opening_close,
    opening_register,
    workplace_add,
)
from springbrett.kernel.identity import demo_organisation_number, synthetic_national_id
from springbrett.people.models import Protection
from springbrett.people.services import office_register, person_register

SYSTEM = Viewer.system()


class World:
    """Who is who: the viewers of one made demonstration, looked up by their key and remembered.

    `row` shifts serial numbers, so that a second cast can stand beside the first.
    """

    def __init__(self, today: date, *, kind: str = "", row: int = 0) -> None:
        self.today = today
        self._kind, self._row = kind, row
        self.viewer = cache(self._viewer)

    def id(self, kind: str, key: str) -> UUID:
        """The identifier of something in this cast."""
        return demo_id(f"{self._kind}{kind}", key)

    def staff(self, key: str) -> Viewer:
        """Somebody at the office."""
        return self.viewer(self.id("account", key))

    def person(self, key: str) -> Viewer:
        """A person, as the participant they are."""
        return self.viewer(self.id("account", f"person-{key}"))

    def employer_at(self, workplace: str) -> Viewer:
        """The contact person of the employer that has the workplace."""
        return self.viewer(self.id("account", f"employer-{EMPLOYER_AT[workplace].key}"))

    def _viewer(self, account_id: UUID) -> Viewer:
        found = viewer_by_id(account_id)
        if found is None:
            raise LookupError(f"no account {account_id} in the demonstration")
        return found

    def open_offices(self) -> None:
        """Offices and those who work there."""
        for place, office in enumerate(OFFICES):
            number = office.number if not self._kind else f"08{self._row + place:02}"
            office_register(number=number, name=office.name, office_id=self.id("office", office.key))
        for member in STAFF:
            account_create(
                actor=SYSTEM, name=member.name, role=member.role, language=member.language,
                phone=f"00 00 80 {STAFF.index(member):02}", email=f"{member.key}@kontor.example",
                belongs_to=next((office.name for office in OFFICES if office.key == member.office), ""),
                office_id=self.id("office", member.office) if member.office else None,
                cleared_for_protected=member.cleared_for_protected, account_id=self.id("account", member.key),
            )  # fmt: skip

    def register_employer(self, employer: EmployerSeed) -> None:
        """An employer with its workplaces, its contact person and, where there is one, its mentor."""
        camilla = self.staff("camilla")
        place_in_row = EMPLOYERS.index(employer) + 1
        registered = employer_register(
            actor=camilla, organisation_number=demo_organisation_number(self._row * 100 + place_in_row),
            name=employer.name, industry=employer.industry, sector=employer.sector, staff_count=employer.staff,
            employer_id=self.id("employer", employer.key),
        )  # fmt: skip
        for workplace in employer.workplaces:
            workplace_add(
                actor=camilla, employer_id=registered.id, name=workplace.name, place=workplace.place,
                workplace_id=self.id("workplace", workplace.key),
            )  # fmt: skip
        people = [("employer", employer.contact, Role.EMPLOYER), ("mentor", employer.mentor, Role.MENTOR)]
        for kind, name, role in people:
            if name:
                account_create(actor=SYSTEM, name=name, role=role, employer_id=registered.id, belongs_to=employer.name,
                               account_id=self.id("account", f"{kind}-{employer.key}"))  # fmt: skip
        for workplace in employer.workplaces:
            contact_add(
                actor=camilla, workplace_id=self.id("workplace", workplace.key), name=employer.contact,
                title=employer.contact_title, phone=f"00 00 {place_in_row:02} 00", email=employer.email,
                account_id=self.id("account", f"employer-{employer.key}"),
            )  # fmt: skip

    def register_opening(self, opening: OpeningSeed) -> None:
        """An opening, from today."""
        low, high = opening.hours or (None, None)
        said: OpeningFields = {
            "title": opening.title,
            "occupation": opening.occupation,
            "tasks": opening.tasks,
            "demands": list(opening.demands),
            "adaptations": list(opening.adaptations),
            "language_min": opening.language,
            "hours_min": None if low is None else Decimal(str(low)),
            "hours_max": None if high is None else Decimal(str(high)),
            "days": list(opening.days),
            "followup_capacity": opening.followup,
            "mentor_available": opening.mentor,
            "hiring_realistic": opening.hiring,
            "training_company": opening.training,
            "must_speak": opening.must_speak,
            "licence": opening.licence,
            "places": opening.places,
            "note": opening.note,
        }
        opening_register(
            actor=self.staff("camilla"), workplace_id=self.id("workplace", WORKPLACE[opening.at].key),
            opening_id=self.id("opening", opening.key), **said,
        )  # fmt: skip

    def close_opening(self, opening: OpeningSeed) -> None:
        """The opening is filled."""
        opening_close(actor=self.staff("camilla"), opening_id=self.id("opening", opening.key))

    def write_note(self, employer: EmployerSeed, place: int) -> None:
        """One line in the employer's contact log."""
        note = employer.notes[place]
        employer_note(
            actor=self.staff(note.by), employer_id=self.id("employer", employer.key),
            on=self.today - timedelta(days=note.days_ago), kind=note.kind, text=note.text,
            workplace_id=self.id("workplace", employer.workplaces[0].key),
        )  # fmt: skip

    def register_person(self, person: PersonSeed, by: str) -> None:
        """A person and their log-in."""
        place = PERSONS.index(person)
        person_register(
            actor=self.staff(by), national_id=synthetic_national_id(person.born(self.today, place), self._row),
            given_name=person.given, family_name=person.family, language=person.language, home_place=person.home,
            phone=f"00 00 90 {place:02}", email=person.email, protection=Protection(person.protection),
            person_id=self.id("person", person.key),
        )  # fmt: skip
        account_create(
            actor=SYSTEM, name=f"{person.given} {person.family}", role=Role.PARTICIPANT, language=person.language,
            person_id=self.id("person", person.key), account_id=self.id("account", f"person-{person.key}"),
        )  # fmt: skip


def person_of(key: str) -> PersonSeed:
    """The person of a story. KeyError for somebody outside the cast."""
    return PERSON[key]


def office_of(staff: str) -> str:
    """Where somebody works."""
    return STAFF_BY_KEY[staff].office
