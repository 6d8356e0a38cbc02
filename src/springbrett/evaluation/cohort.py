"""Who is compared with whom: the stays of a measure, and those who could have started then and had not.

A comparison person enters with the month they could have started in, drawn among everyone registered the month before
who had not yet started (not-yet-treated), as long registered as the one they stand beside. Being registered is asked of
the month before on both sides: asked of the month itself it would choose persons who did not find work in it, and the
lock-in of the participants would vanish. Nobody is compared from a moment nobody could have started in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints
from springbrett.evaluation.outcomes.definitions import intervals_of, load_outcomes
from springbrett.evaluation.outcomes.paths import Window, stay_paths
from springbrett.evaluation.registers.layout import month_of
from springbrett.evaluation.registers.read import about

BANDS = np.array([0, 1, 2, 3, 4, 6, 9, 12, 24, 48])
"""Months registered, in strata: fine in the beginning, where most begin and most changes from month to month."""
HISTORY = 24
UNKNOWN = "unknown"
"""What the registers hold where it is not known of a person."""


@dataclass(frozen=True, slots=True)
class Population:
    """Whose stays: measure codes, optional purposes and needs levels (empty: any), ages at the start (both included),
    first and last absolute month of start, and whether only a person's first stay in any of the measures counts."""

    measures: tuple[str, ...]
    first_month: int
    last_month: int
    purposes: tuple[str, ...] = ()
    needs_levels: tuple[str, ...] = ()
    age_from: int = 16
    age_to: int = 72
    first_only: bool = True


@dataclass(frozen=True, slots=True)
class Cohort:
    """n stays and comparisons, one element each. `treated` tells them apart; `start` is the absolute month (for a
    comparison: the month they could have started in). Text columns hold "" where nothing is known.

    `covariates` is n × k, known before the start, with `names`; `strata` numbers month × months registered.
    """

    person: Ints
    start: Ints
    treated: Flags
    measure: np.ndarray
    purpose: np.ndarray
    office: Ints
    provider: Ints
    caseworker: Ints
    registered: Ints
    strata: Ints
    covariates: Floats
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.person)

    def chosen(self, keep: Flags | Ints) -> Cohort:
        """Those where `keep` is true, or at the positions."""
        arrays = {name: getattr(self, name)[keep] for name in
                  ("person", "start", "treated", "measure", "purpose", "office", "provider", "caseworker",
                   "registered", "strata", "covariates")}  # fmt: skip
        return Cohort(**arrays, names=self.names)


def stays_of(registers: Mapping[str, pa.Table], population: Population) -> Cohort:
    """The stays of the population, without comparison. Raises CannotEstimate("no_treated") when there are none."""
    return _described(_stays_of(registers, population), registers)


def _stays_of(registers: Mapping[str, pa.Table], population: Population) -> Cohort:
    """The same, not yet described."""
    spells = registers["spells"]
    keep = pc.is_in(spells["measure"], value_set=pa.array(list(population.measures)))
    if population.purposes:
        keep = pc.and_(keep, pc.fill_null(pc.is_in(spells["purpose"], pa.array(list(population.purposes))), False))
    spells = spells.filter(keep)
    start = _months(spells["start"])
    person = _whole(spells["person"])
    order = np.lexsort((start, person))
    if population.first_only and len(order):
        sorted_person = person[order]
        order = order[np.concatenate([[True], sorted_person[1:] != sorted_person[:-1]])]
    order = order[(start[order] >= population.first_month) & (start[order] <= population.last_month)]
    spells = spells.take(pa.array(order))
    cohort = _cohort(registers, _whole(spells["person"]), start[order], np.ones(len(order), bool), spells)
    cohort = cohort.chosen(admitted(registers, cohort.person, cohort.start, population))
    if not len(cohort):
        raise CannotEstimate("no_treated", "no stay meets the population; widen the window or the ages")
    return cohort


def with_comparison(
    registers: Mapping[str, pa.Table], population: Population, *, per_treated: int, seed: int,
    never: bool = False, also_other_measures: bool = True,
) -> Cohort:  # fmt: skip
    """The stays, and up to `per_treated` comparisons each, drawn in the same month × months-registered stratum.

    A comparison has not started any of the population's measures by that month (`never`: nor later). On both sides a
    person was registered the month before and, unless `also_other_measures`, in no other measure then. Raises
    CannotEstimate: no_treated, no_comparison.
    """
    stays = _stays_of(registers, population)
    stays = stays.chosen(_ready(stays, registers, free=not also_other_measures))
    if not len(stays):
        raise CannotEstimate("no_treated", "nobody was registered the month before the start")
    rng = np.random.default_rng(seed)
    person, start = _candidates(registers, population, stays, never=never, free=not also_other_measures)
    if not len(person):
        raise CannotEstimate("no_comparison", "nobody registered had not yet started; another design is needed")
    candidates = _cohort(registers, person, start, np.zeros(len(person), bool), None)
    candidates = candidates.chosen(admitted(registers, candidates.person, candidates.start, population))
    picked = _draw(stays, candidates, per_treated, rng)
    if not len(picked):
        raise CannotEstimate("no_comparison", "no comparison is in the same month and as long registered")
    return _described(_together(stays, candidates.chosen(picked)), registers)


def persons_at(registers: Mapping[str, pa.Table], person: Ints, start: Ints, population: Population) -> Cohort:
    """Persons at a month each, in no stay: those whose age and needs level then are the population's. All are `treated`
    (there is nobody beside them); the office is that of their home. Raises CannotEstimate("no_treated")."""
    cohort = _cohort(registers, person, start, np.ones(len(person), bool), None)
    cohort = cohort.chosen(admitted(registers, cohort.person, cohort.start, population)) if len(person) else cohort
    if not len(cohort):
        raise CannotEstimate("no_treated", "nobody meets the population; widen the window or the ages")
    return _described(cohort, registers)


def _candidates(
    registers: Mapping[str, pa.Table], population: Population, stays: Cohort, *, never: bool, free: bool
) -> tuple[Ints, Ints]:  # fmt: skip
    """Person-months in the window: registered the month before, and not yet started."""
    levels = registers["needs_levels"]
    person, first, last = (_whole(levels[name]) for name in ("person", "month_from", "month_to"))
    first, last = first + 1, last + 1
    first = np.maximum(first, population.first_month)
    last = np.minimum(last, population.last_month)
    inside = first <= last
    person, first, last = person[inside], first[inside], last[inside]
    length = last - first + 1
    who = np.repeat(person, length)
    month = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length) + np.repeat(first, length)
    spells = registers["spells"]
    treated = spells.filter(pc.is_in(spells["measure"], value_set=pa.array(list(population.measures))))
    began = _first_by_person(_whole(treated["person"]), _months(treated["start"]))
    earliest = _lookup(who, *began, missing=np.iinfo(np.int64).max)
    keep = earliest > month if not never else earliest == np.iinfo(np.int64).max
    if free:
        keep &= ~in_any_measure(who, month - 1, spells)
    used = np.unique(stays.start)
    keep &= np.isin(month, used)
    return who[keep], month[keep]


def _ready(stays: Cohort, registers: Mapping[str, pa.Table], *, free: bool) -> Flags:
    """Which stays began among those a comparison is drawn from: registered, and free of measures, the month before."""
    ready = stays.registered > 0
    if free:
        ready &= ~in_any_measure(stays.person, stays.start - 1, registers["spells"])
    return np.asarray(ready)


def in_any_measure(person: Ints, month: Ints, spells: pa.Table) -> Flags:
    """Whether each person-month lies in a stay."""
    if not spells.num_rows:
        return np.zeros(len(person), bool)
    far = np.iinfo(np.int32).max
    who, first, last = _whole(spells["person"]), _months(spells["start"]), _months(spells["end"], far)
    wide = int(month.max()) + 2 if len(month) else 1
    turns: dict[str, Ints] = {"key": np.concatenate([who * wide + np.minimum(first, wide - 1),
                                                     who * wide + np.minimum(last + 1, wide - 1)])}  # fmt: skip
    change = np.concatenate([np.ones(len(who), np.int64), -np.ones(len(who), np.int64)])
    order = np.argsort(turns["key"], kind="stable")
    keys, open_now = turns["key"][order], np.cumsum(change[order])
    position = np.searchsorted(keys, person * wide + month, "right") - 1
    return np.asarray((position >= 0) & (open_now[np.maximum(position, 0)] > 0))


def _first_by_person(person: Ints, month: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((month, person))
    person, month = person[order], month[order]
    new = np.concatenate([[True], person[1:] != person[:-1]]) if len(person) else np.zeros(0, bool)
    return person[new], month[new]


def _lookup(wanted: Ints, keys: Ints, values: Ints, *, missing: int) -> Ints:
    if not len(keys):
        return np.full(len(wanted), missing)
    position = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[position] == wanted, values[position], missing)


def _draw(stays: Cohort, candidates: Cohort, per_treated: int, rng: np.random.Generator) -> Ints:
    """Up to `per_treated` candidates per stay from its stratum, without replacement."""
    wanted = np.bincount(stays.strata, minlength=int(max(stays.strata.max(), candidates.strata.max())) + 1)
    shuffled = rng.permutation(len(candidates))
    by_stratum = shuffled[np.argsort(candidates.strata[shuffled], kind="stable")]
    stratum = candidates.strata[by_stratum]
    begins = np.searchsorted(stratum, stratum, "left")
    rank = np.arange(len(stratum)) - begins
    return np.sort(by_stratum[rank < wanted[stratum] * per_treated])


def _together(a: Cohort, b: Cohort) -> Cohort:
    arrays = {name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in
              ("person", "start", "treated", "measure", "purpose", "office", "provider", "caseworker", "registered",
               "strata", "covariates")}  # fmt: skip
    return Cohort(**arrays, names=a.names)


def _cohort(
    registers: Mapping[str, pa.Table], person: Ints, start: Ints, treated: Flags, spells: pa.Table | None
) -> Cohort:  # fmt: skip
    """Who and when, with nothing known before the start yet."""
    persons = registers["persons"]
    registered = months_registered(registers, person, start)
    count = len(person)
    home = _whole(persons["office"])[np.searchsorted(_whole(persons["person"]), person)]
    band = np.searchsorted(BANDS, np.maximum(registered, 0), "right")
    return Cohort(
        person=person, start=start, treated=treated, measure=_text(spells, "measure", count),
        purpose=_text(spells, "purpose", count), provider=_number(spells, "provider", count),
        office=home if spells is None else _number(spells, "office", count),
        caseworker=_number(spells, "caseworker", count),
        registered=registered, strata=(start - start.min(initial=0)) * (len(BANDS) + 1) + band if count else start,
        covariates=np.zeros((count, 0)), names=(),
    )  # fmt: skip


def _described(cohort: Cohort, registers: Mapping[str, pa.Table]) -> Cohort:
    """With what is known before the start: done when it is decided who is in, since it is the registers of work and
    benefits that are large, and only the rows about these persons need be read."""
    held = about(registers, cohort.person)
    row = np.searchsorted(_whole(held["persons"]["person"]), cohort.person)
    covariates, names = covariates_of(held, cohort.person, cohort.start, row, cohort.registered)
    return replace(cohort, covariates=covariates, names=names)


def _text(spells: pa.Table | None, name: str, count: int) -> np.ndarray:
    if spells is None:
        return np.full(count, "")
    return np.asarray(pc.fill_null(spells[name], "").to_numpy(zero_copy_only=False), str)


def _number(spells: pa.Table | None, name: str, count: int) -> Ints:
    return np.full(count, -1) if spells is None else _whole(pc.fill_null(spells[name], -1))


def months_registered(registers: Mapping[str, pa.Table], person: Ints, start: Ints) -> Ints:
    """Whole months since the registration that was running in the month; −1 when the person was not registered.

    A needs level decided anew, or a new caseworker, begins a row but no registration.
    """
    levels = registers["needs_levels"]
    who, first, last = (_whole(levels[name]) for name in ("person", "month_from", "month_to"))
    goes_on = np.concatenate([[False], (who[1:] == who[:-1]) & (first[1:] <= last[:-1] + 1)])[: len(who)]
    first = first[np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(who))))] if len(who) else first
    wide = int(max(last.max(initial=0), start.max(initial=0))) + 2
    position = np.searchsorted(who * wide + first, person * wide + start, "right") - 1
    safe = np.maximum(position, 0)
    running = (position >= 0) & (who[safe] == person) & (last[safe] >= start - 1) if len(who) else position >= 0
    return np.where(running, start - first[safe], -1) if len(who) else np.full(len(person), -1)


def covariates_of(
    registers: Mapping[str, pa.Table], person: Ints, start: Ints, row: Ints, registered: Ints
) -> tuple[Floats, tuple[str, ...]]:  # fmt: skip
    """What is known before the start: n × k and the names. What the registers tell of nobody is left out, and who is
    unknown among others stands in a column of its own: unknown is not no."""
    persons = registers["persons"]
    age = start // 12 - _whole(persons["birth_year"])[row]
    columns: dict[str, np.ndarray] = {"age": age, "age_squared": age**2 / 100.0, "months_registered": registered}
    for name, codes in (("sex", ("woman",)), ("immigrant_group", ("nordic_west", "other")),
                        ("education", ("compulsory", "tertiary", "unknown"))):  # fmt: skip
        told = set(persons[name].unique().to_pylist())
        if told <= {UNKNOWN, None}:
            continue
        held = np.asarray(persons[name].to_numpy(zero_copy_only=False))[row]
        named = dict.fromkeys((*codes, UNKNOWN) if UNKNOWN in told else codes)
        columns |= {f"{name}_{code}": held == code for code in named}
    columns["reduced_capacity"] = np.isin(needs_level_at(registers, person, start), _REDUCED)
    last = int(start.max(initial=0))
    past = Window(int(start.min(initial=0)) - HISTORY, last, HISTORY, 0)
    known = load_outcomes()
    for code, name, table in _HISTORY_OF:
        if table not in registers:
            continue
        path = np.nan_to_num(stay_paths(person, start, intervals_of(known[code], registers, last), past))
        scale = 1.0 if code == "in_work" else 10_000.0
        columns[f"{name}_last_year"] = path[:, 12:HISTORY].mean(axis=1) / scale
        columns[f"{name}_year_before"] = path[:, :12].mean(axis=1) / scale
    columns["measures_before"] = _measures_before(registers, person, start)
    return np.column_stack([np.asarray(c, np.float64) for c in columns.values()]), tuple(columns)


_HISTORY_OF = (("in_work", "worked", "employment"), ("wage", "pay", "employment"), ("benefits", "benefits", "benefits"))
_REDUCED = ("spesielt_tilpasset_innsats", "varig_tilpasset_innsats")


def needs_level_at(registers: Mapping[str, pa.Table], person: Ints, start: Ints) -> np.ndarray:
    """The needs level running in the month before or at the start; "" when there is none."""
    levels = registers["needs_levels"]
    if not levels.num_rows:
        return np.full(len(person), "")
    who, first = _whole(levels["person"]), _whole(levels["month_from"])
    wide = int(max(first.max(initial=0), start.max(initial=0))) + 2
    position = np.maximum(np.searchsorted(who * wide + first, person * wide + start, "right") - 1, 0)
    code = np.asarray(levels["needs_level"].to_numpy(zero_copy_only=False), str)
    return np.where(who[position] == person, code[position], "")


def _measures_before(registers: Mapping[str, pa.Table], person: Ints, start: Ints) -> Ints:
    spells = registers["spells"]
    who, began = _whole(spells["person"]), _months(spells["start"])
    wide = int(max(began.max(initial=0), start.max(initial=0))) + 2
    keys = np.sort(who * wide + began)
    low = np.searchsorted(keys, person * wide, "left")
    return np.searchsorted(keys, person * wide + start, "left") - low


def admitted(registers: Mapping[str, pa.Table], person: Ints, month: Ints, population: Population) -> Flags:
    """Which persons (n,) have, in an absolute month each (n,), an age and a needs level that the population admits."""
    persons = registers["persons"]
    row = np.searchsorted(_whole(persons["person"]), person)
    age = month // 12 - _whole(persons["birth_year"])[row]
    keep = (age >= population.age_from) & (age <= population.age_to)
    if population.needs_levels:
        keep &= np.isin(needs_level_at(registers, person, month), population.needs_levels)
    return np.asarray(keep)


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def _months(column: pa.ChunkedArray, missing: int = 0) -> Ints:
    days = column.to_numpy().astype("datetime64[M]")
    return np.where(np.isnat(days), missing, days.astype(np.int64) + 1970 * 12)


__all__ = ["Cohort", "Population", "covariates_of", "in_any_measure", "month_of", "months_registered",
           "needs_level_at", "persons_at", "stays_of", "with_comparison"]  # fmt: skip
