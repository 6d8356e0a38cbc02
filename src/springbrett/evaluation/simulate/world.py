"""The numbers of the simulation, typed, and the persons it draws."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from springbrett.evaluation.effects.records import Flags, Floats, Ints

SEX = ("man", "woman")
IMMIGRANT = ("norway", "nordic_west", "other")
EDUCATION = ("compulsory", "upper_secondary", "tertiary", "unknown")
TRAITS = ("woman", "under_30", "over_50", "immigrant_other", "compulsory", "tertiary", "reduced_capacity")
FIRST_ADULT_YEAR, LAST_WORKING_YEAR = 18, 62
YOUNG, OLD = 30, 50
SECTIONS = ("people", "work", "preference")
NUMBERS = Path(__file__).with_name("norway.toml")


class Purpose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A purpose of a measure: how often, how long (months), what it does during and after (logit), its chain, how many
    of those who find a job in time find it where they were placed, and of those who go on being registered, how many
    have their needs level decided anew, because more is known."""

    share: float
    months: float
    lock_in: float
    effect: float
    chain: str
    stays: float = 0.0
    clarified: float = 0.0


class Specialists(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How job specialists work with a measure, on average over offices: participants each, hours of direct contact per
    participant a month, and hours of market work a week."""

    caseload: float
    contact_hours: float
    market_hours: float


class Trial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The trial of offices: which measure they alone give and what it stands in for there, from which month each of
    them (in the order of their effects) and until which month all of them. Months as "2012-01"."""

    measure: str
    instead_of: tuple[str, ...]
    begins: tuple[str, ...]
    ends: str

    def months(self) -> tuple[Ints, int]:
        """The first absolute month of each office, and the last of all."""
        return np.array([_month(text) for text in self.begins]), _month(self.ends)


def _month(text: str) -> int:
    year, _, month = text.partition("-")
    return int(year) * 12 + int(month) - 1


class MeasureNumbers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a measure is used and what it does. See norway.toml for units."""

    start: float
    selection: float
    months: float
    lock_in: float
    effect: float
    falls_to: float = 1.0
    traits: dict[str, float] = {}
    groups: dict[str, float] = {}
    purposes: dict[str, Purpose] = {}
    subsidised: bool = False
    keep: float = 0.0
    only_reduced: bool = False
    specialists: Specialists | None = None
    office_effects: tuple[float, ...] = ()
    provider_sd: float = 0.0


class World(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every number of Simulated Norway, as norway.toml holds them."""

    meets: dict[str, tuple[float, float, str]]
    people: dict[str, Any]
    work: dict[str, float]
    traits: dict[str, float]
    preference: dict[str, float]
    jobs: dict[str, float]
    trial: Trial
    measures: dict[str, MeasureNumbers]


@lru_cache(maxsize=4)
def norway(path: Path = NUMBERS) -> World:
    """The numbers of a file. Raises msgspec.ValidationError, naming the place, when one is missing or misspelt."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), World)


def changed(world: World, numbers: Mapping[str, Mapping[str, float]]) -> World:
    """The world with some of its single numbers set otherwise, by section and name: `{"people": {"offices": 20}}`.

    Raises ValueError, naming the number, for one that is not among `single_numbers`.
    """
    known = single_numbers(world)
    parts: dict[str, Any] = {}
    for section, wanted in numbers.items():
        for name, value in wanted.items():
            old = known.get(f"{section}.{name}")
            if old is None:
                raise ValueError(f"{section}.{name} is no number of Simulated Norway; there are {', '.join(known)}")
            parts.setdefault(section, dict(getattr(world, section)))[name] = type(old)(value)
    return msgspec.structs.replace(world, **parts)


def single_numbers(world: World) -> dict[str, float]:
    """The numbers that a study may set otherwise, by section.name."""
    return {f"{section}.{name}": value for section in SECTIONS for name, value in getattr(world, section).items()
            if not isinstance(value, list)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """n drawn persons. `traits` n × 7 in the order of TRAITS; `index` the seen part of the chance of work (logit), with
    mean `centre` among all who were drawn; `unseen` the trait no register shows (standard normal); `entry` the month
    they register, from 0. `number` says which they are of the `drawn`: luck hangs on it."""

    birth_year: Ints
    woman: Flags
    immigrant: Ints
    education: Ints
    office: Ints
    caseworker: Ints
    reduced: Flags
    traits: Floats
    index: Floats
    unseen: Floats
    entry: Ints
    number: Ints
    drawn: int
    centre: float

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.entry)

    def chosen(self, rows: Ints) -> People:
        """Some of them, with the luck they would have had among all."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        some: dict[str, Any] = {name: values[rows] for name, values in held.items() if isinstance(values, np.ndarray)}
        return replace(self, **some)


def draw_people(count: int, months: int, first_year: int, world: World, rng: np.random.Generator) -> People:
    """Draw persons who register with NAV some time in the period, more or less evenly."""
    people = world.people
    young = rng.random(count) < people["under_30"]
    age = np.where(young, rng.integers(FIRST_ADULT_YEAR, YOUNG, count), rng.integers(YOUNG, LAST_WORKING_YEAR, count))
    woman = rng.random(count) < people["women"]
    immigrant = rng.choice(3, count, p=people["immigrant"])
    education = rng.choice(4, count, p=people["education"])
    reduced = rng.random(count) < people["reduced_capacity"]
    office = rng.integers(0, people["offices"], count)
    caseworker = office * people["caseworkers_per_office"] + rng.integers(0, people["caseworkers_per_office"], count)
    entry = rng.integers(-24, months, count)
    traits = np.column_stack([woman, age < YOUNG, age >= OLD, immigrant == 2, education == 0, education == 2, reduced])
    weights = np.array([world.traits[name] for name in TRAITS])
    return People(
        birth_year=(first_year + np.maximum(entry, 0) // 12 - age).astype(np.int64), woman=woman,
        immigrant=immigrant, education=education, office=office, caseworker=caseworker, reduced=reduced,
        traits=traits.astype(np.float64), index=traits @ weights, unseen=rng.standard_normal(count), entry=entry,
        number=np.arange(count), drawn=count, centre=float((traits @ weights).mean()),
    )  # fmt: skip


def logistic(x: NDArray[np.float64]) -> Floats:
    """1 / (1 + exp(−x))."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))
