"""Offices, staff and the persons they follow up. No name, number or address belongs to anybody."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from springbrett.access.roles import Role
from springbrett.kernel.period import add_months


def demo_id(kind: str, key: str) -> UUID:
    """The same identifier for the same thing each time the demonstration is made."""
    return uuid5(NAMESPACE_URL, f"urn:springbrett:demo:{kind}:{key}")


@dataclass(frozen=True, slots=True)
class OfficeSeed:
    """A made-up office; `number` is its four digits."""

    key: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class StaffSeed:
    """Somebody who works with the cases, in one role."""

    key: str
    name: str
    role: Role
    office: str
    cleared_for_protected: bool = False
    language: str = "nb"

    @property
    def account_id(self) -> UUID:
        """Their log-in."""
        return demo_id("account", self.key)


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """A person who is followed up. `age` is whole years today."""

    key: str
    given: str
    family: str
    age: int
    home: str
    language: str = "nb"
    protection: str = "none"

    @property
    def person_id(self) -> UUID:
        """Their place in the register."""
        return demo_id("person", self.key)

    @property
    def account_id(self) -> UUID:
        """Their log-in."""
        return demo_id("account", f"person-{self.key}")

    @property
    def case_id(self) -> UUID:
        """Their case."""
        return demo_id("case", self.key)

    @property
    def email(self) -> str:
        """An address that cannot exist."""
        return f"{self.key}@example.test"

    def born(self, today: date, place_in_row: int) -> date:
        """A birth date that gives the age today; spread over the year by where the person stands in the list."""
        return add_months(today, -12 * self.age) - timedelta(days=20 + (place_in_row * 37) % 320)


OFFICES = (
    OfficeSeed("asvik", "0901", "Nav Åsvik"),
    OfficeSeed("lyngmo", "0902", "Nav Lyngmo"),
)

STAFF = (
    StaffSeed("ingrid", "Ingrid Solbakken", Role.CASEWORKER, "asvik"),
    StaffSeed("per", "Per Håkon Myrvold", Role.CASEWORKER, "asvik"),
    StaffSeed("nina", "Nina Aasgaard", Role.CASEWORKER, "asvik", cleared_for_protected=True),
    StaffSeed("torarne", "Tor-Arne Lillevik", Role.JOB_SPECIALIST, "asvik", language="nn"),
    StaffSeed("camilla", "Camilla Bergheim", Role.MARKET_CONTACT, "asvik"),
    StaffSeed("randi", "Randi Østmo", Role.OFFICE_LEADER, "asvik", cleared_for_protected=True),
    StaffSeed("marit", "Marit Lyngstad", Role.CASEWORKER, "lyngmo"),
    StaffSeed("odd", "Odd Raaen", Role.OFFICE_LEADER, "lyngmo"),
    StaffSeed("lars", "Lars Tveiten", Role.ANALYST, ""),
    StaffSeed("astri", "Astri Hovden", Role.ADMINISTRATOR, ""),
    StaffSeed("hanne", "Hanne Kvernmoen", Role.BUDGET_APPROVER, "asvik"),
    StaffSeed("bjarne", "Bjarne Holmefjell", Role.BUDGET_APPROVER, "lyngmo"),
)

THE_SIX = (
    PersonSeed("atle", "Atle", "Brekkhus", 24, "drammen"),
    PersonSeed("anita", "Anita", "Lofthaug", 19, "drammen"),
    PersonSeed("josef", "Josef", "Haddad", 35, "drammen"),
    PersonSeed("marja", "Marja", "Abdi", 42, "asker"),
    PersonSeed("kenneth", "Kenneth", "Myhrvang", 50, "kongsberg"),
    PersonSeed("silje", "Silje", "Fossdal", 33, "drammen"),
)
"""The six the evaluation's advisers were asked about, at the start of the path."""

OTHERS = (
    PersonSeed("tommy", "Tommy", "Grønli", 31, "drammen"),
    PersonSeed("emil", "Emil", "Sandvoll", 27, "honefoss"),
    PersonSeed("farid", "Farid", "Noori", 38, "drammen"),
    PersonSeed("helene", "Helene", "Vikstrøm", 36, "kongsberg"),
    PersonSeed("roy", "Roy", "Engerud", 52, "drammen"),
    PersonSeed("selam", "Selam", "Tesfay", 34, "asker"),
    PersonSeed("olena", "Olena", "Kravets", 41, "drammen"),
    PersonSeed("amina", "Amina", "Warsame", 29, "drammen"),
    PersonSeed("rashid", "Rashid", "Karimi", 33, "sandvika"),
    PersonSeed("sunniva", "Sunniva", "Aaberg", 30, "asker"),
    PersonSeed("linh", "Linh", "Tran", 26, "drammen"),
    PersonSeed("kjersti", "Kjersti", "Haugli", 28, "kongsberg"),
    PersonSeed("hodan", "Hodan", "Yusuf", 39, "drammen"),
    PersonSeed("mats", "Mats", "Ødegårdstuen", 22, "drammen"),
    PersonSeed("bente", "Bente", "Kolstadmo", 45, "honefoss"),
    PersonSeed("jonas", "Jonas", "Thranerud", 25, "drammen"),
    PersonSeed("wenche", "Wenche", "Opsahlen", 48, "drammen"),
    PersonSeed("stian", "Stian", "Moenrud", 29, "drammen"),
    PersonSeed("omar", "Abdullahi", "Omar", 32, "drammen"),
    PersonSeed("geir", "Geir", "Nyhusen", 47, "asker"),
    PersonSeed("patryk", "Patryk", "Zielinski", 36, "drammen"),
    PersonSeed("annelise", "Anne-Lise", "Dahlbo", 44, "drammen"),
    PersonSeed("kim", "Kim Andre", "Lundemo", 30, "drammen"),
    PersonSeed("sander", "Sander", "Askerud", 21, "kongsberg"),
    PersonSeed("ragnhild", "Ragnhild", "Tveitå", 38, "honefoss", language="nn"),
    PersonSeed("nora", "Nora", "Skjelbred", 37, "drammen", protection="address"),
    PersonSeed("hilde", "Hilde", "Rognstadli", 40, "moss"),
)

WITH_MONEY = (
    PersonSeed("yasmin", "Yasmin", "Berisha", 34, "drammen"),
    PersonSeed("leif", "Leif Arne", "Solhaugen", 46, "drammen"),
    PersonSeed("ida", "Ida Marie", "Lundkvam", 19, "honefoss"),
    PersonSeed("martin", "Martin", "Rønnestad", 29, "drammen"),
    PersonSeed("gro", "Gro", "Stensbakken", 51, "drammen"),
    PersonSeed("dawit", "Dawit", "Habtom", 37, "asker"),
    PersonSeed("petter", "Petter", "Løvlund", 43, "drammen"),
    PersonSeed("solveig", "Solveig", "Aamot", 39, "kongsberg"),
    PersonSeed("ahmed", "Ahmed", "Rostami", 28, "drammen"),
)
"""Those whose measure costs the office money: wage subsidies, support beside a placement, a lasting place."""

PERSONS = (*THE_SIX, *OTHERS, *WITH_MONEY)
PERSON = {person.key: person for person in PERSONS}
STAFF_BY_KEY = {member.key: member for member in STAFF}
