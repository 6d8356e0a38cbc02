"""Made-up employers and their openings, read from `demo/data`. No company or person of these names is meant."""

import tomllib
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec

from springbrett.demo.cast.people import demo_id

DATA = Path(__file__).parent.parent / "data"
T = TypeVar("T")


class Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data that must be written exactly as it is read."""


class WorkplaceSeed(Seed, frozen=True, kw_only=True):
    """A place where people work."""

    key: str
    name: str
    place: str

    @property
    def workplace_id(self) -> UUID:
        """Its place in the register."""
        return demo_id("workplace", self.key)


class NoteSeed(Seed, frozen=True, kw_only=True):
    """A line in the contact log, so many days ago, by somebody on the staff."""

    days_ago: int
    kind: str
    text: str
    by: str


class EmployerSeed(Seed, frozen=True, kw_only=True):
    """An employer. The contact person can log in; `mentor`, if there is one, is a colleague who can."""

    key: str
    name: str
    industry: str
    staff: int
    contact: str
    contact_title: str
    workplaces: tuple[WorkplaceSeed, ...]
    sector: str = "private"
    mentor: str = ""
    notes: tuple[NoteSeed, ...] = ()

    @property
    def employer_id(self) -> UUID:
        """Its place in the register."""
        return demo_id("employer", self.key)

    @property
    def account_id(self) -> UUID:
        """The contact person's log-in."""
        return demo_id("account", f"employer-{self.key}")

    @property
    def mentor_account_id(self) -> UUID:
        """The mentor's log-in."""
        return demo_id("account", f"mentor-{self.key}")

    @property
    def email(self) -> str:
        """An address that cannot exist."""
        return f"post@{self.key}.test"


class OpeningSeed(Seed, frozen=True, kw_only=True):
    """Room for a person, `days_ago` days old. `hours`: fewest and most a week; `hiring`: a code in hiring_realistic."""

    key: str
    at: str
    title: str
    occupation: str
    tasks: str
    demands: tuple[str, ...] = ()
    adaptations: tuple[str, ...] = ()
    language: str = ""
    hours: tuple[float, float] | None = None
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    followup: int | None = None
    mentor: bool | None = None
    hiring: str = "unknown"
    training: bool | None = None
    must_speak: bool | None = None
    licence: str = ""
    places: int = 1
    days_ago: int = 60
    closed_days_ago: int | None = None
    note: str = ""

    @property
    def opening_id(self) -> UUID:
        """Its place in the register."""
        return demo_id("opening", self.key)


def read(path: Path, kind: type[T]) -> T:
    """One file of data. Raises msgspec.ValidationError, with the place, for what does not belong there."""
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), kind)


EMPLOYERS = read(DATA / "employers.toml", dict[str, tuple[EmployerSeed, ...]])["employers"]
OPENINGS = read(DATA / "openings.toml", dict[str, tuple[OpeningSeed, ...]])["openings"]
EMPLOYER = {employer.key: employer for employer in EMPLOYERS}
EMPLOYER_AT = {place.key: employer for employer in EMPLOYERS for place in employer.workplaces}
WORKPLACE = {place.key: place for employer in EMPLOYERS for place in employer.workplaces}
OPENING = {opening.key: opening for opening in OPENINGS}
