"""From lives to registers: months on end with the same state become one interval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from springbrett.evaluation.effects.records import Flags, Floats, Ints
from springbrett.evaluation.registers.layout import LAYOUT
from springbrett.evaluation.simulate.jobs import Jobs, employers_of
from springbrett.evaluation.simulate.months import DISABILITY, EDUCATION, REGISTERED, WORK, Lives, Preferences
from springbrett.evaluation.simulate.world import EDUCATION as LEVELS
from springbrett.evaluation.simulate.world import IMMIGRANT, SEX, People, World

FULL_WEEK, PART_WEEK = 37.5, 22.5
DAYS_SINCE_1970 = np.datetime64("1970-01", "M")
BENEFITS = {REGISTERED: (0.45, "unemployment_benefit", 19_000.0), DISABILITY: (1.0, "disability_benefit", 25_000.0)}
LEVELS_OF = {"first": ("spesielt_tilpasset_innsats", "situasjonsbestemt_innsats"),
             "anew": ("varig_tilpasset_innsats", "standard_innsats")}  # fmt: skip
"""With reduced work capacity, and without: when first decided, and when decided anew."""
FIGURES, SPREAD = ("caseload", "contact_hours", "market_hours"), 0.12
ALLOWANCE = ("work_assessment_allowance", 21_500.0)


def registers_of(
    people: People, lives: Lives, world: World, preferences: Preferences, *, first_month: int, rng: np.random.Generator
) -> dict[str, pa.Table]:  # fmt: skip
    """Every table of the layout. `first_month` is the absolute month of the first row of `lives`."""
    jobs = employers_of(_work(lives), lives.starts, _last_row(lives), world, rng.spawn(1)[0])
    return {
        "persons": _persons(people, world),
        "spells": _spells(people, lives, world, first_month, jobs, rng),
        "employment": _employment(people, jobs, first_month, rng),
        "benefits": _benefits(people, lives, first_month, rng),
        "education": _education(people, lives, first_month),
        "needs_levels": _needs_levels(people, lives, world, first_month, rng.spawn(1)[0]),
        "offices": _offices(world, preferences, first_month),
        "employers": _employers(world, rng),
        "job_specialists": _job_specialists(world, preferences, rng),
    }


def runs(states: Flags) -> tuple[Ints, Ints, Ints]:
    """Months × persons of true and false → person, first and last row of every stretch of true, by person."""
    padded = np.zeros((states.shape[0] + 2, states.shape[1]), np.int8)
    padded[1:-1] = states
    turns = np.diff(padded, axis=0).T
    person, first = np.nonzero(turns == 1)
    _same, after = np.nonzero(turns == -1)
    return person, first, after - 1


def _table(name: str, columns: Mapping[str, object]) -> pa.Table:
    table, rows = LAYOUT[name], len(next(iter(columns.values())))  # type: ignore[arg-type]
    arrays = []
    for column in table.columns:
        values = columns.get(column.name)
        arrays.append(pa.nulls(rows, column.arrow) if values is None else pa.array(values).cast(column.arrow))
    return pa.table(arrays, schema=table.schema)


def _persons(people: People, world: World) -> pa.Table:
    return _table("persons", {
        "person": np.arange(people.count), "birth_year": people.birth_year,
        "sex": np.array(SEX)[people.woman.astype(int)], "immigrant_group": np.array(IMMIGRANT)[people.immigrant],
        "education": np.array(LEVELS)[people.education], "region": _region(people.office, world),
        "office": people.office,
    })  # fmt: skip


def _region(office: Ints, world: World) -> np.ndarray:
    names = [f"region_{number + 1}" for number in range(world.people["regions"])]
    return np.asarray(np.array(names)[office % world.people["regions"]])


def _day(month: Ints, first_month: int) -> np.ndarray:
    """The first day of a row's month."""
    return (DAYS_SINCE_1970 + (month + first_month - 1970 * 12)).astype("datetime64[D]")


def _spells(
    people: People, lives: Lives, world: World, first_month: int, jobs: Jobs, rng: np.random.Generator
) -> pa.Table:  # fmt: skip
    """The stays as they went: from the month they began to the last month they were under way."""
    starts, names = lives.starts, list(world.measures)
    last = _last_row(lives)
    purposes, chains = _purposes(world)
    offset = rng.integers(0, 28, len(starts.person))
    running = last >= lives.status.shape[0] - 1
    end = _day(last + 1, first_month) - np.timedelta64(1, "D")
    order = np.lexsort((starts.month, starts.person))
    return _table("spells", {
        "person": starts.person, "measure": np.array(names)[starts.measure],
        "start": _day(starts.month, first_month) + offset.astype("timedelta64[D]"),
        "end": np.where(running, np.datetime64("NaT"), end), "office": people.office[starts.person],
        "provider": pa.array(starts.provider, mask=starts.provider < 0),
        "employer": pa.array(jobs.placed_at, mask=jobs.placed_at < 0),
        "caseworker": people.caseworker[starts.person],
        "purpose": pa.array(purposes[starts.purpose], mask=starts.purpose < 0),
        "chain": pa.array(chains[starts.purpose], mask=starts.purpose < 0),
    }).take(order)  # fmt: skip


def _last_row(lives: Lives) -> Ints:
    """The last row in which each start's measure was under way: until the measure changes or the person has none."""
    months = lives.measure.shape[0]
    padded = np.vstack([lives.measure, np.full((1, lives.measure.shape[1]), -1, np.int8)])
    ends = np.full(padded.shape, months, np.int64)
    for row in range(months - 1, -1, -1):
        same = padded[row] == padded[row + 1]
        ends[row] = np.where(same, ends[row + 1], row)
    starts = lives.starts
    following = np.full(len(starts.person), months)
    order = np.lexsort((starts.month, starts.person))
    person, month = starts.person[order], starts.month[order]
    again = person[1:] == person[:-1]
    following[order[:-1][again]] = month[1:][again]
    return np.asarray(np.minimum(np.minimum(ends[starts.month, starts.person], following - 1), months - 1))


def _purposes(world: World) -> tuple[np.ndarray, np.ndarray]:
    kinds = next(m.purposes for m in world.measures.values() if m.purposes)
    return np.array(list(kinds)), np.array([purpose.chain for purpose in kinds.values()])


def _work(lives: Lives) -> tuple[Ints, Ints, Ints, Flags]:
    """Every stretch of work with or without subsidy: person, first and last row, subsidised; by person and time."""
    work = lives.status == WORK
    parts = []
    for subsidised in (False, True):
        person, first, last = runs(work & (lives.subsidised == subsidised))
        parts.append((person, first, last, np.full(len(person), subsidised)))
    person, first, last, paid = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((first, person))
    return person[order], first[order], last[order], paid[order]


def _employment(people: People, jobs: Jobs, first_month: int, rng: np.random.Generator) -> pa.Table:
    person = jobs.person
    full = rng.random(len(person)) < _full_time(people)[person]
    hours = np.where(full, FULL_WEEK, PART_WEEK)
    pay = np.rint(
        (38_000 + 6_000 * people.index[person] + 2_500 * rng.standard_normal(len(person))) * hours / FULL_WEEK
    )
    return _table("employment", {
        "person": person, "month_from": jobs.first + first_month, "month_to": jobs.last + first_month,
        "hours_week": hours, "wage_month": np.maximum(pay, 8_000.0), "employer": jobs.employer,
        "subsidised": jobs.subsidised,
    })  # fmt: skip


def _full_time(people: People) -> Floats:
    return np.clip(0.7 + 0.15 * people.index, 0.2, 0.95)


def _benefits(people: People, lives: Lives, first_month: int, rng: np.random.Generator) -> pa.Table:
    """Reduced capacity: work assessment allowance while registered; others: unemployment benefit for some."""
    rows: list[tuple[Ints, Ints, Ints, np.ndarray, Floats]] = []
    for status, (share, benefit, amount) in BENEFITS.items():
        entitled = rng.random(people.count) < share
        who = entitled & ~people.reduced if status == REGISTERED else entitled
        rows.append(_paid((lives.status == status) & who, benefit, amount))
    rows.append(_paid((lives.status == REGISTERED) & people.reduced, *ALLOWANCE))
    person, first, last, kind, paid = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.lexsort((first, person))
    return _table("benefits", {
        "person": person, "benefit": kind, "month_from": first + first_month, "month_to": last + first_month,
        "amount_month": paid,
    }).take(order)  # fmt: skip


def _paid(states: Flags, benefit: str, amount: float) -> tuple[Ints, Ints, Ints, np.ndarray, Floats]:
    person, first, last = runs(states)
    return person, first, last, np.full(len(person), benefit), np.full(len(person), amount)


def _education(people: People, lives: Lives, first_month: int) -> pa.Table:
    person, first, last = runs(lives.status == EDUCATION)
    level = np.where(people.education[person] == 0, "upper_secondary", "tertiary")
    return _table("education", {"person": person, "level": level, "month_from": first + first_month,
                                "month_to": last + first_month})  # fmt: skip


def _needs_levels(people: People, lives: Lives, world: World, first_month: int, rng: np.random.Generator) -> pa.Table:
    """Registered, or in a measure; the level follows reduced work capacity, and may be decided anew once."""
    person, first, last = runs((lives.status == REGISTERED) | (lives.measure >= 0))
    anew = _decided_anew(people, lives, world, rng)[person]
    early, late = first < anew, anew <= last
    who = np.concatenate([person[early], person[late]])
    begins = np.concatenate([first[early], np.maximum(first, anew)[late]])
    ends = np.concatenate([np.minimum(last, anew - 1)[early], last[late]])
    changed = np.repeat([False, True], [early.sum(), late.sum()])
    order = np.lexsort((begins, who))
    level = np.where(changed, *(np.where(people.reduced[who], *LEVELS_OF[kind]) for kind in ("anew", "first")))
    return _table("needs_levels", {"person": who, "needs_level": level, "month_from": begins + first_month,
                                   "month_to": ends + first_month,
                                   "caseworker": people.caseworker[who]}).take(order)  # fmt: skip


def _decided_anew(people: People, lives: Lives, world: World, rng: np.random.Generator) -> Ints:
    """The first row of each person's new level: the month after a stay that clarified something; far ahead: never."""
    starts, kinds = lives.starts, [kind for m in world.measures.values() for kind in m.purposes.values()]
    chance = np.array([*(kind.clarified for kind in kinds), 0.0])[starts.purpose]
    clear = rng.random(len(chance)) < chance
    anew = np.full(people.count, np.iinfo(np.int64).max)
    np.minimum.at(anew, starts.person[clear], _last_row(lives)[clear] + 1)
    return anew


def _offices(world: World, preferences: Preferences, first_month: int) -> pa.Table:
    office = np.arange(world.people["offices"])
    trial = np.isin(office, preferences.trial_offices)
    begins, _last = world.trial.months()
    from_month = np.full(len(office), first_month)
    from_month[preferences.trial_offices] = begins[np.minimum(np.arange(trial.sum()), len(begins) - 1)]
    return _table("offices", {
        "office": office, "region": _region(office, world), "trial_from": pa.array(from_month, mask=~trial),
        "caseload": np.where(trial, 15.0, 45.0),
    })  # fmt: skip


def _job_specialists(world: World, preferences: Preferences, rng: np.random.Generator) -> pa.Table:
    """A row for each measure that has them and each office that gives it, spread around the measure's own figures."""
    rows: dict[str, list[np.ndarray]] = {name: [] for name in ("measure", "office", *FIGURES)}
    for name, kind in world.measures.items():
        if kind.specialists is None:
            continue
        office = preferences.trial_offices if name == world.trial.measure else np.arange(world.people["offices"])
        rows["measure"].append(np.full(len(office), name))
        rows["office"].append(office)
        for figure in FIGURES:
            about = getattr(kind.specialists, figure) * (1 + SPREAD * rng.standard_normal(len(office)))
            rows[figure].append(np.round(np.maximum(about, 0.5), 1))
    if not rows["measure"]:
        return LAYOUT["job_specialists"].schema.empty_table()
    held = {name: np.concatenate(parts) for name, parts in rows.items()}
    return _table("job_specialists", held).take(np.argsort(held["office"], kind="stable"))


def _employers(world: World, rng: np.random.Generator) -> pa.Table:
    employer = np.arange(world.people["employers"])
    return _table("employers", {"employer": employer, "size": rng.geometric(0.03, len(employer))})
