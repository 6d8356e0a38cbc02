"""`springbrett simulate`: draw the persons, live them twice, write the registers and the truth beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.registers.read import write
from springbrett.evaluation.simulate.months import EDUCATION, WORK, Lives, Preferences, draw_preferences, live
from springbrett.evaluation.simulate.tables import registers_of
from springbrett.evaluation.simulate.world import People, World, draw_people, norway

FIRST_YEAR, BEFORE, AFTER = 2016, 24, 36
OUTCOMES = ("in_work", "in_work_or_education")


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was lived: the persons, with and without measures, and the registers made of the first."""

    people: People
    with_measures: Lives
    without: Lives
    preferences: Preferences
    registers: dict[str, pa.Table]
    world: World
    first_month: int


def simulate(
    *, persons: int, years: int, seed: int, first_year: int = FIRST_YEAR, world: World | None = None
) -> Simulated:  # fmt: skip
    """`persons` persons over `years` calendar years. Raises ValueError for fewer than one of either."""
    if persons < 1 or years < 1:
        raise ValueError("a simulation needs at least one person and one year")
    world = world or norway()
    rng = np.random.default_rng(seed)
    months = 12 * years
    people = draw_people(persons, months, first_year, world, rng)
    preferences = draw_preferences(world, rng)
    lived, unlived = (
        live(people, world, preferences, months=months, first_year=first_year, seed=seed, measures=given)
        for given in (True, False)
    )
    first_month = first_year * 12
    registers = registers_of(people, lived, world, preferences, first_month=first_month, rng=rng)
    return Simulated(people, lived, unlived, preferences, registers, world, first_month)


def write_simulated(simulated: Simulated, folder: Path) -> None:
    """The registers in `folder`, and the truth in `folder`/truth: what no register shows."""
    write(simulated.registers, folder)
    truth = folder / "truth"
    truth.mkdir(exist_ok=True)
    pq.write_table(true_effects(simulated), truth / "effects.parquet")
    unseen = {"person": np.arange(simulated.people.count), "unseen": simulated.people.unseen}
    pq.write_table(pa.table(unseen), truth / "persons.parquet")
    note = {"simulated": True, "persons": simulated.people.count, "first_month": simulated.first_month,
            "months": int(simulated.with_measures.status.shape[0])}  # fmt: skip
    (folder / "simulated.json").write_text(json.dumps(note, indent=1), encoding="utf-8")


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
        gain = _outcome(simulated.with_measures, outcome).astype(np.int8) - _outcome(simulated.without, outcome)
        for position, name in enumerate(names):
            of_measure = first & (starts.measure == position)
            rows += _path(gain, starts.person, starts.month, of_measure, (name, "", outcome))
            for number, purpose in enumerate(kinds[position]):
                chosen = of_measure & (starts.purpose == number)
                rows += _path(gain, starts.person, starts.month, chosen, (name, purpose, outcome))
    columns = list(zip(*rows, strict=True))
    return pa.table(dict(zip(("measure", "purpose", "outcome", "month", "effect", "count"), columns, strict=True)))


def _outcome(lives: Lives, outcome: str) -> Flags:
    work = lives.status == WORK
    return np.asarray(work | (lives.status == EDUCATION)) if outcome == "in_work_or_education" else np.asarray(work)


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
