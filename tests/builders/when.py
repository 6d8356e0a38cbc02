"""Registers whose truth is known, for the designs that begin at registration and for the order of measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from springbrett.evaluation.registers.layout import LAYOUT, first_day
from springbrett.evaluation.registers.read import write

FIRST, MONTHS = 2016 * 12, 84
NEVER = 10**6
PER_OFFICE = 6


def write_tables(folder: Path, tables: dict[str, dict[str, object]]) -> Path:
    """Columns by table, from whatever there is; what is missing is empty. Returns the folder."""
    made = {}
    for name in ("persons", "spells", "employment", "needs_levels", "offices", "benefits", "education"):
        columns, layout = tables.get(name, {}), LAYOUT[name]
        rows = len(next(iter(columns.values()))) if columns else 0  # type: ignore[arg-type]
        made[name] = pa.table(
            [pa.nulls(rows, column.arrow) if column.name not in columns
             else pa.array(columns[column.name]).cast(column.arrow) for column in layout.columns],
            schema=layout.schema,
        )  # fmt: skip
    write(made, folder)
    return folder


def persons(count: int, office: np.ndarray, *, woman: np.ndarray | None = None) -> dict[str, object]:
    """Persons born in 1986, in four regions."""
    sex = np.where(np.zeros(count, bool) if woman is None else woman, "woman", "man")
    return {"person": np.arange(count), "birth_year": np.full(count, 1986), "sex": sex,
            "immigrant_group": ["norway"] * count, "education": ["tertiary"] * count,
            "region": [f"region_{o % 4}" for o in office], "office": office}  # fmt: skip


def jobs(person: np.ndarray, first: np.ndarray, last: np.ndarray) -> dict[str, object]:
    """Full-time jobs in months from FIRST, both included."""
    return {"person": person, "month_from": first + FIRST, "month_to": last + FIRST,
            "hours_week": np.full(len(person), 37.5), "wage_month": np.full(len(person), 40_000.0)}  # fmt: skip


def stays(person: np.ndarray, measure: np.ndarray, first: np.ndarray, last: np.ndarray, office: np.ndarray
          ) -> dict[str, object]:  # fmt: skip
    """Stays from the first day of a month to the last of another."""
    return {"person": person, "measure": measure, "start": [_day(month) for month in first],
            "end": [date.fromordinal(_day(month + 1).toordinal() - 1) for month in last], "office": office}  # fmt: skip


def _day(month: int) -> date:
    return first_day(int(month) + FIRST)


def offices(count: int) -> dict[str, object]:
    """Offices in four regions."""
    return {"office": np.arange(count), "region": [f"region_{o % 4}" for o in range(count)]}


def whom(
    folder: Path, *, effect: float, spread: float = 0.15, sorted_by_sex: bool = False, known: bool = True, seed: int = 2
) -> Path:  # fmt: skip
    """5 000 persons register in months 24 to 47 and meet one of 72 caseworkers, who differ by `spread` in how often
    they use the measure. Those more able to find work get it more often; in time it adds `effect` to the chance."""
    rng = np.random.default_rng(seed)
    count, places = 5000, 12
    office = rng.integers(0, places, count)
    woman = rng.random(count) < 0.5
    met = rng.integers(0, PER_OFFICE, count)
    if sorted_by_sex:
        met = np.where(woman, rng.integers(0, PER_OFFICE // 2, count), rng.integers(PER_OFFICE // 2, PER_OFFICE, count))
    worker = office * PER_OFFICE + met
    given = np.linspace(-1.7, 1.7, PER_OFFICE)[met] * spread
    able = rng.standard_normal(count)
    registered = rng.integers(24, 48, count)
    got = rng.random(count) < np.clip(0.35 + given + 0.1 * able, 0.02, 0.98)
    works = rng.random(count) < np.clip(0.35 + 0.12 * able + 0.05 * woman + effect * got, 0, 1)
    before = np.flatnonzero(rng.random(count) < np.clip(0.5 + 0.1 * able, 0, 1))
    later, took = np.flatnonzero(works), np.flatnonzero(got)
    begins = registered + rng.integers(0, 12, count)
    levels: dict[str, object] = {
        "person": np.arange(count), "needs_level": ["standard_innsats"] * count, "month_from": registered + FIRST,
        "month_to": np.full(count, FIRST + MONTHS - 1),
    }  # fmt: skip
    return write_tables(folder, {
        "persons": persons(count, office, woman=woman), "offices": offices(places),
        "needs_levels": levels | ({"caseworker": worker} if known else {}),
        "spells": stays(took, np.full(len(took), "arbeidstrening"), begins[took], begins[took] + 2, office[took]),
        "employment": jobs(np.concatenate([before, later]), np.concatenate([np.zeros(len(before), int),
                           registered[later] + 18]), np.concatenate([registered[before] - 1,
                           np.full(len(later), MONTHS - 1)])),
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the registers can tell of each person who neither left nor began in the month they registered: months to the
    way out (work: 1, another: 2; 0: none seen), and to the measure (NaN: not before), in the middle of the month."""

    exit: np.ndarray
    cause: np.ndarray
    treated_at: np.ndarray


def on_the_way(folder: Path, *, log_effect: float, count: int = 5000, seed: int = 1) -> Drawn:
    """Persons register some day in months 12 to 35. Half of them have four times the rate of finding work, and three
    times that of beginning the measure; once it has begun, the rate of finding work is exp(`log_effect`) times as high.
    """
    rng = np.random.default_rng(seed)
    quick, woman = (rng.random(count) < 0.5 for _ in range(2))
    job = np.where(quick, 0.12, 0.03) * np.exp(0.3 * woman)
    start = rng.exponential(1 / (np.where(quick, 0.06, 0.02) * np.exp(0.2 * woman)))
    alone = rng.exponential(1 / job)
    work = np.where(alone < start, alone, start + rng.exponential(1 / (job * np.exp(log_effect))))
    other = rng.exponential(100.0, count)
    registered, day = rng.integers(12, 36, count), rng.random(count)
    begins, works, gone = (np.floor(time + day).astype(int) for time in (start, work, other))
    gone = np.maximum(gone, 1)  # whoever registers is registered that month
    ends = np.minimum(works, gone)
    cause = np.where(works <= gone, 1, 2)
    began = np.flatnonzero((start < np.minimum(work, other)) & (registered + begins < MONTHS))
    at_work = np.flatnonzero((cause == 1) & (registered + works < MONTHS))
    last = np.minimum(np.maximum(registered + ends - 1, registered), MONTHS - 1)
    office = np.zeros(count, int)
    # A job long before anybody registers: the registers begin with it.
    write_tables(folder, {
        "persons": persons(count, office, woman=woman), "offices": offices(4),
        "needs_levels": {"person": np.arange(count), "needs_level": ["standard_innsats"] * count,
                         "month_from": registered + FIRST, "month_to": last + FIRST},
        "spells": stays(began, np.full(len(began), "arbeidstrening"), (registered + begins)[began],
                        (registered + begins)[began] + 1, office[began]),
        "employment": jobs(np.append(0, at_work), np.append(0, (registered + works)[at_work]),
                           np.append(0, np.full(len(at_work), MONTHS - 1))),
    })  # fmt: skip
    took = start < np.minimum(work, other)
    here = (ends > 0) & ~(took & (begins == 0))
    left = ends <= np.minimum(MONTHS - 1 - registered, 36)
    exits = np.where(left, ends - 0.5, np.minimum(MONTHS - 1 - registered, 36))
    treated = np.where(took & (begins - 0.5 < exits), begins - 0.5, np.nan)
    return Drawn(exits[here], np.where(left, cause, 0)[here], treated[here])


def steps(folder: Path, *, count: int = 6000, seed: int = 1) -> Path:
    """Persons begin with arbeidstrening or amo for three months; women more often with the first. Some work when it
    ends, oftener after arbeidstrening, and those less often go on to avklaring. Two years after the start a woman works
    0.1 more, and everybody 0.05 more after arbeidstrening, 0.1 more after a further measure, 0.4 more when they worked
    when the first ended (0.2 of them after amo, 0.5 after arbeidstrening)."""
    rng = np.random.default_rng(seed)
    woman = rng.random(count) < 0.5
    first = rng.random(count) < np.where(woman, 0.7, 0.3)
    begins = rng.integers(24, 36, count)
    at_end = rng.random(count) < np.where(first, 0.5, 0.2)
    more = rng.random(count) < np.where(at_end, 0.2, 0.6)
    works = rng.random(count) < 0.15 + 0.1 * woman + 0.05 * first + 0.1 * more + 0.4 * at_end
    kind = np.where(first, "arbeidstrening", "amo")
    office, again = np.zeros(count, int), np.flatnonzero(more)
    second = begins[again] + 3 + rng.integers(1, 6, len(again))
    ended, later = np.flatnonzero(at_end), np.flatnonzero(works)
    return write_tables(folder, {
        "persons": persons(count, office, woman=woman), "offices": offices(4),
        "needs_levels": {"person": np.arange(count), "needs_level": ["standard_innsats"] * count,
                         "month_from": begins - 6 + FIRST, "month_to": np.full(count, FIRST + MONTHS - 1)},
        "spells": stays(np.concatenate([np.arange(count), again]),
                        np.concatenate([kind, np.full(len(again), "avklaring")]), np.concatenate([begins, second]),
                        np.concatenate([begins + 2, second + 1]), np.concatenate([office, office[again]])),
        "employment": jobs(np.concatenate([ended, later]), np.concatenate([begins[ended] + 2, begins[later] + 24]),
                           np.concatenate([begins[ended] + 2, begins[later] + 26])),
    })  # fmt: skip
