"""Registers of persons who work by chance around a level, a course all share and what a measure does: known truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from springbrett.evaluation.registers.layout import LAYOUT, first_day
from springbrett.evaluation.registers.read import write
from springbrett.evaluation.simulate.tables import runs

FIRST, MONTHS = 2016 * 12, 60
NEVER = 10**6


def write_registers(
    folder: Path, *, chance: np.ndarray, registered: np.ndarray, office: np.ndarray, starts: np.ndarray,
    trial_from: np.ndarray | None = None, seed: int = 1,
) -> Path:  # fmt: skip
    """Persons of 30 in 2016. chance (months × persons): of work. `registered` and `starts` (persons,): the month from
    FIRST they register in, and begin arbeidstrening for three months (NEVER: do not). `trial_from` by office."""
    months, count = chance.shape
    work = np.random.default_rng([seed, 1]).random(chance.shape) < chance  # luck of its own, apart from who begins
    person, first, last = runs(work)
    began = np.flatnonzero(starts < months)
    offices = np.unique(office)
    tables: dict[str, dict[str, Any]] = {
        "persons": {"person": np.arange(count), "birth_year": np.full(count, 1986), "sex": ["woman"] * count,
                    "immigrant_group": ["norway"] * count, "education": ["tertiary"] * count,
                    "region": [f"region_{o % 4}" for o in office], "office": office},
        "employment": {"person": person, "month_from": first + FIRST, "month_to": last + FIRST,
                       "hours_week": np.full(len(person), 37.5), "wage_month": np.full(len(person), 40_000.0)},
        "needs_levels": {"person": np.arange(count), "needs_level": ["standard_innsats"] * count,
                         "month_from": registered + FIRST, "month_to": np.full(count, FIRST + months - 1)},
        "spells": {"person": began, "measure": ["arbeidstrening"] * len(began),
                   "start": [_day(month) for month in starts[began]],
                   "end": [_day(month + 3, last=True) for month in starts[began]], "office": office[began]},
        "offices": {"office": offices, "region": [f"region_{o % 4}" for o in offices]},
    }  # fmt: skip
    if trial_from is not None:
        tables["offices"]["trial_from"] = pa.array(trial_from + FIRST, mask=trial_from >= months)
    write({name: _table(name, columns) for name, columns in tables.items()} | _empty("benefits", "education"), folder)
    return folder


def _day(month: int, *, last: bool = False) -> date:
    """The first day of a month from FIRST, or the last of the one before."""
    return (
        first_day(int(month) + FIRST) if not last else date.fromordinal(first_day(int(month) + FIRST).toordinal() - 1)
    )


def _table(name: str, columns: dict) -> pa.Table:
    layout, rows = LAYOUT[name], len(next(iter(columns.values())))
    return pa.table([pa.nulls(rows, column.arrow) if column.name not in columns
                     else pa.array(columns[column.name]).cast(column.arrow) for column in layout.columns],
                    schema=layout.schema)  # fmt: skip


def _empty(*names: str) -> dict[str, pa.Table]:
    return {name: LAYOUT[name].schema.empty_table() for name in names}


def staggered_persons(folder: Path, *, effect: float, drift: float = 0.0, persons: int = 2400, seed: int = 1) -> Path:
    """Four of ten begin in months 24 to 35, at random; work rises for all, by `effect` from the start on, and by
    `drift` a month more for those who ever begin."""
    rng = np.random.default_rng(seed)
    starts = np.where(rng.random(persons) < 0.4, rng.integers(24, 36, persons), NEVER)
    month = np.arange(MONTHS)[:, None]
    level = 0.25 + 0.2 * rng.random(persons) + 0.003 * month + drift * month * (starts < NEVER)
    return write_registers(
        folder, chance=level + effect * (month >= starts), registered=np.full(persons, 12),
        office=np.zeros(persons, int), starts=starts, seed=seed,
    )  # fmt: skip


def staggered_offices(folder: Path, *, effect: float, offices: int = 32, each: int = 60, seed: int = 1) -> Path:
    """Four offices in a trial from months 24, 24, 27 and 30; each office has a level and ups and downs of its own.
    Persons register evenly through the months."""
    rng = np.random.default_rng(seed)
    count = offices * each
    office = np.repeat(np.arange(offices), each)
    trial = np.full(offices, NEVER)
    trial[rng.permutation(offices)[:4]] = (24, 24, 27, 30)
    month = np.arange(MONTHS)[:, None]
    level = 0.35 + 0.1 * rng.random(offices) + rng.normal(0, 0.02, (MONTHS // 6, offices)).repeat(6, axis=0)
    chance = (level + effect * (month >= trial))[:, office]
    starts = np.where(rng.random(count) < 0.3, rng.integers(24, 36, count), NEVER)
    return write_registers(folder, chance=chance, registered=rng.integers(0, MONTHS - 6, count), office=office,
                           starts=starts, trial_from=trial, seed=seed)  # fmt: skip
