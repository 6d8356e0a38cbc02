"""`springbrett simulate`: draw the persons, live them twice, write the registers and the truth beside them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.registers.read import write
from springbrett.evaluation.simulate.months import (
    EDUCATION,
    WORK,
    Lives,
    Otherwise,
    Preferences,
    Time,
    draw_preferences,
    live,
)
from springbrett.evaluation.simulate.tables import registers_of
from springbrett.evaluation.simulate.world import People, World, draw_people, norway

FIRST_YEAR, BEFORE, AFTER = 2016, 24, 36
NOTE = "simulated.json"
OUTCOMES = ("in_work", "in_work_or_education", "in_work_without_subsidy")


@dataclass(frozen=True, slots=True)
class Country:
    """Persons, numbers, and what differs between offices, for `months` months from January of `first_year`."""

    people: People
    world: World
    preferences: Preferences
    months: int
    first_year: int
    seed: int

    @property
    def first_month(self) -> int:
        """The absolute month of the first row."""
        return self.first_year * 12

    def live(self, *, measures: bool = True, otherwise: Otherwise | None = None) -> Lives:
        """Live everybody through, with the luck of the seed: the same however often, but for what is done otherwise."""
        time = Time(self.months, self.first_year, self.seed)
        return live(self.people, self.world, self.preferences, time, measures=measures, otherwise=otherwise)

    def of(self, rows: Ints) -> Country:
        """The same country with some of its people only."""
        return replace(self, people=self.people.chosen(rows))


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was lived in the country, with and without measures, and the registers made of the first."""

    country: Country
    with_measures: Lives
    without: Lives
    registers: dict[str, pa.Table]

    @property
    def people(self) -> People:
        """The persons."""
        return self.country.people

    @property
    def preferences(self) -> Preferences:
        """What differs between offices."""
        return self.country.preferences

    @property
    def world(self) -> World:
        """The numbers."""
        return self.country.world

    @property
    def first_month(self) -> int:
        """The absolute month of the first row."""
        return self.country.first_month


def simulate(
    *, persons: int, years: int, seed: int, first_year: int = FIRST_YEAR, world: World | None = None
) -> Simulated:  # fmt: skip
    """`persons` persons over `years` calendar years. Raises ValueError for fewer than one of either."""
    country, rng = draw_country(persons=persons, years=years, seed=seed, first_year=first_year, world=world)
    lived, unlived = (country.live(measures=given) for given in (True, False))
    registers = registers_of(country.people, lived, country.world, country.preferences,
                             first_month=country.first_month, rng=rng)  # fmt: skip
    return Simulated(country, lived, unlived, registers)


def draw_country(
    *, persons: int, years: int, seed: int, first_year: int = FIRST_YEAR, world: World | None = None
) -> tuple[Country, np.random.Generator]:  # fmt: skip
    """Who lives there and what differs between offices, before anything has happened; and where chance has come to.

    Raises ValueError for fewer than one person or year.
    """
    if persons < 1 or years < 1:
        raise ValueError("a simulation needs at least one person and one year")
    world = world or norway()
    rng = np.random.default_rng(seed)
    people = draw_people(persons, 12 * years, first_year, world, rng)
    return Country(people, world, draw_preferences(world, rng), 12 * years, first_year, seed), rng


def write_simulated(simulated: Simulated, folder: Path) -> None:
    """The registers in `folder`, and the truth in `folder`/truth: what no register shows."""
    write(simulated.registers, folder)
    truth = folder / "truth"
    truth.mkdir(exist_ok=True)
    pq.write_table(true_effects(simulated), truth / "effects.parquet")
    unseen = {"person": np.arange(simulated.people.count), "unseen": simulated.people.unseen}
    pq.write_table(pa.table(unseen), truth / "persons.parquet")
    country = simulated.country
    (truth / "world.json").write_bytes(msgspec.json.format(msgspec.json.encode(country.world), indent=1))
    note = {"simulated": True, "persons": simulated.people.count, "first_month": simulated.first_month,
            "months": country.months, "first_year": country.first_year, "seed": country.seed,
            "program": _program()}  # fmt: skip
    (folder / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")


def country_of(folder: Path) -> Country | None:
    """The country that simulated registers in a folder are of, as it was before anything had happened there; None when
    they are not simulated, or by another version of the program, which might draw other lives."""
    file = folder / NOTE
    held = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if held.get("program") != _program():
        return None
    world = msgspec.json.decode((folder / "truth" / "world.json").read_bytes(), type=World)
    return draw_country(persons=held["persons"], years=held["months"] // 12, seed=held["seed"],
                        first_year=held["first_year"], world=world)[0]  # fmt: skip


def _program() -> str:
    """One hash over the files that decide how lives are drawn."""
    files = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in (".py", ".toml"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def first_starts(lives: Lives) -> Flags:
    """Which starts are the person's first: only there is the life without measures the same until the start."""
    first: Ints = np.full(lives.status.shape[1], np.iinfo(np.int64).max)
    np.minimum.at(first, lives.starts.person, lives.starts.month)
    return np.asarray(first[lives.starts.person] == lives.starts.month)


def true_effects(simulated: Simulated) -> pa.Table:
    """measure, purpose ("" for all), outcome, month from −24 to +36, effect on the share, and how many it rests on.

    The effect is the average, over those whose first measure it was, of the outcome with measures minus without any.
    """
    starts, names = simulated.with_measures.starts, list(simulated.world.measures)
    kinds = [list(m.purposes) for m in simulated.world.measures.values()]
    first = first_starts(simulated.with_measures)
    rows: list[tuple[str, str, str, int, float, int]] = []
    for outcome in OUTCOMES:
        gain = outcome_of(simulated.with_measures, outcome).astype(np.int8) - outcome_of(simulated.without, outcome)
        for position, name in enumerate(names):
            of_measure = first & (starts.measure == position)
            rows += _path(gain, starts.person, starts.month, of_measure, (name, "", outcome))
            for number, purpose in enumerate(kinds[position]):
                chosen = of_measure & (starts.purpose == number)
                rows += _path(gain, starts.person, starts.month, chosen, (name, purpose, outcome))
    columns = list(zip(*rows, strict=True))
    return pa.table(dict(zip(("measure", "purpose", "outcome", "month", "effect", "count"), columns, strict=True)))


def outcome_of(lives: Lives, outcome: str) -> Flags:
    """Months × persons: who has one of OUTCOMES."""
    work = lives.status == WORK
    if outcome == "in_work_or_education":
        return np.asarray(work | (lives.status == EDUCATION))
    return np.asarray(work & ~lives.subsidised if outcome == "in_work_without_subsidy" else work)


def _path(
    gain: np.ndarray, person: Ints, month: Ints, chosen: Flags, key: tuple[str, str, str]
) -> list[tuple[str, str, str, int, float, int]]:  # fmt: skip
    rows = []
    for relative in range(-BEFORE, AFTER + 1):
        at = month[chosen] + relative
        inside = (at >= 0) & (at < gain.shape[0])
        found = gain[at[inside], person[chosen][inside]]
        effect = float(found.mean()) if len(found) else float("nan")
        rows.append((*key, relative, effect, len(found)))
    return rows
