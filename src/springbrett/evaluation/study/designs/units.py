"""Units followed in calendar periods: persons or offices, when the measure first reached each, and their outcomes.

A period is `period_months` calendar months on end, numbered by absolute month // period_months, so quarters and years
are those of the calendar. A period's outcome is the mean over its months, known only where all of them are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.evaluation.cohort import admitted, covariates_of, months_registered, needs_level_at
from springbrett.evaluation.effects.did.panel import NEVER, Panel
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints
from springbrett.evaluation.outcomes.definitions import months_of, outcome_paths
from springbrett.evaluation.outcomes.intervals import Intervals, ordered, union
from springbrett.evaluation.outcomes.paths import Window, stay_paths
from springbrett.evaluation.registrations import Registrations, registrations_of
from springbrett.evaluation.study.context import Context

FILE = "units.npz"
AT_ONCE = 50_000
"""Persons whose months are laid out at a time."""


@dataclass(frozen=True, slots=True)
class Units:
    """n units in T `periods` on end. `first`: the period the measure first reached each (NEVER: not in the study's
    window); `until`: the last period each is followed in (one reached after the window is followed until then).

    `persons`: how many persons stand behind each (1 for a person). `purpose` of the first stay ("" for none).
    `covariates` (n × k) with `names`, known when a person was first registered in the window; k = 0 for offices.
    """

    unit: Ints
    first: Ints
    until: Ints
    cluster: Ints
    persons: Floats
    purpose: np.ndarray
    covariates: Floats
    names: tuple[str, ...]
    periods: Ints

    def __len__(self) -> int:
        return len(self.unit)

    def save(self, path: Path) -> None:
        """Keep them for the stages to come."""
        held = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "names"}
        np.savez(path, **held, names=np.array(self.names, str))

    @classmethod
    def load(cls, path: Path) -> Units:
        """As they were kept."""
        with np.load(path) as held:
            arrays = {item.name: held[item.name] for item in fields(cls) if item.name != "names"}
            return cls(**arrays, names=tuple(str(name) for name in held["names"]))

    def chosen(self, keep: Flags) -> Units:
        """Those where `keep` is true."""
        same = {"names", "periods"}
        return replace(self, **{f.name: getattr(self, f.name)[keep] for f in fields(self) if f.name not in same})

    def with_persons(self, persons: Floats) -> Units:
        """The same, with how many persons stand behind each."""
        return replace(self, persons=persons)

    @property
    def treated(self) -> Flags:
        """Which the measure reaches in the periods followed."""
        return np.asarray((self.first <= self.periods[-1]) & (self.first > self.periods[0]))

    def panel(self, y: Floats, keep: Flags, *, weighted: bool, clustered: bool) -> tuple[Panel, Ints]:
        """The long table of those in `keep` from y (n × T), and which unit each row is about.

        Rows that are not known, or lie after `until`, are left out. Raises CannotEstimate("empty_group").
        """
        seen = np.isfinite(y) & keep[:, None] & (self.periods <= self.until[:, None])
        row, column = np.nonzero(seen)
        if not len(row):
            raise CannotEstimate("empty_group", "no unit is known in any period")
        first = np.where(self.first > self.until, NEVER, self.first)
        return Panel(
            self.unit[row], self.periods[column], first[row], y[row, column],
            cluster=self.cluster[row] if clustered else None, weight=self.persons[row] if weighted else None,
        ), row  # fmt: skip


def periods_of(context: Context) -> Ints:
    """The whole periods from `before` months ahead of the window to `horizon` months after it, where registers reach.

    Raises CannotEstimate("empty_group") when there are not two of them.
    """
    length, known, who = context.protocol.comparison.period_months, context.window, context.population
    begin = max(known.first_known, who.first_month - known.before)
    end = min(known.last_known, who.last_month + known.after)
    periods = np.arange(-(-begin // length), (end + 1) // length)
    if len(periods) < 2:
        raise CannotEstimate("empty_group", "the registers hold fewer than two whole periods around the window")
    return periods


def months_in(context: Context, periods: Ints) -> tuple[int, int]:
    """First month and number of months of the periods."""
    length = context.protocol.comparison.period_months
    return int(periods[0]) * length, len(periods) * length


def by_period(months: Floats, length: int) -> Floats:
    """n × months → n × periods: the mean of each period's months, NaN where one of them is not known."""
    return np.asarray(months.reshape(len(months), -1, length).mean(axis=2))


def by_month(context: Context, outcome: str, person: Ints, periods: Ints) -> Iterator[tuple[slice, Floats]]:
    """The outcome of some persons at a time in every month of the periods: which, and persons × months."""
    first, count = months_in(context, periods)
    known = context.window
    window = Window(known.first_known, known.last_known, 0, count - 1)
    for begin in range(0, len(person), AT_ONCE):
        part = slice(begin, min(begin + AT_ONCE, len(person)))
        start = np.full(part.stop - part.start, first)
        yield part, outcome_paths(context.outcomes[outcome], context.tables, person[part], start, window)


def person_units(context: Context) -> Units:
    """Everyone registered in the window and not reached before it. Raises CannotEstimate: no_treated, no_comparison."""
    tables, who, length = context.tables, context.population, context.protocol.comparison.period_months
    periods = periods_of(context)
    person, entry = _registered_in_window(context)
    cohort = context.cohort
    mine = _place(person, cohort.person)
    start = np.full(len(person), NEVER)
    start[mine[mine >= 0]] = cohort.start[mine >= 0]
    purpose = np.full(len(person), "", cohort.purpose.dtype)
    purpose[mine[mine >= 0]] = cohort.purpose[mine >= 0]
    ever = first_stays(tables, who.measures, person)
    late = ever > who.last_month
    never = context.protocol.comparison.compared_with == "never"
    keep = np.where(start != NEVER, ever >= start, (ever == NEVER) | (late & (not never)))
    entry = np.minimum(entry, start)
    units = Units(
        person, np.where(start == NEVER, NEVER, start // length),
        np.where(late & (start == NEVER) & (ever != NEVER), ever // length - 1, periods[-1]),
        _office_of(tables, person), np.ones(len(person)), purpose, np.zeros((len(person), 0)), (), periods,
    )  # fmt: skip
    return _with_covariates(context, units.chosen(np.asarray(keep)), entry[keep])


def _with_covariates(context: Context, units: Units, entry: Ints) -> Units:
    """With what was known at entry, and only those whom the population admits by age and needs level then."""
    who, tables = context.population, context.tables
    row = np.searchsorted(np.asarray(tables["persons"]["person"].to_numpy(), np.int64), units.unit)
    registered = months_registered(tables, units.unit, entry)
    x, names = covariates_of(tables, units.unit, entry, row, registered)
    age = x[:, names.index("age")]
    keep = (age >= who.age_from) & (age <= who.age_to)
    if who.needs_levels:
        keep &= np.isin(needs_level_at(tables, units.unit, entry), who.needs_levels)
    made = replace(units, covariates=x, names=names).chosen(keep)
    if not made.treated.any():
        raise CannotEstimate("no_treated", "nobody registered in the window is reached by the measure in it")
    if made.treated.all():
        raise CannotEstimate("no_comparison", "everybody registered in the window is reached by the measure")
    return made


def _registered_in_window(context: Context) -> tuple[Ints, Ints]:
    """Everyone registered in a month of the window, by number, and the first such month."""
    levels, who = context.tables["needs_levels"], context.population
    person, first, last = (_whole(levels[name]) for name in ("person", "month_from", "month_to"))
    inside = (first <= who.last_month) & (last >= who.first_month)
    person, first = person[inside], np.maximum(first[inside], who.first_month)
    order = np.lexsort((first, person))
    names, at = np.unique(person[order], return_index=True)
    return names, first[order][at]


def first_stays(tables: Mapping[str, pa.Table], measures: tuple[str, ...], person: Ints) -> Ints:
    """The month of each person's first stay in any of the measures, whatever its purpose; NEVER for none."""
    spells = tables["spells"]
    spells = spells.filter(pc.is_in(spells["measure"], value_set=pa.array(list(measures))))
    who, start = _whole(spells["person"]), months_of(spells["start"], 0)
    order = np.lexsort((start, who))
    names, at = np.unique(who[order], return_index=True)
    found = np.full(len(person), NEVER)
    place = _place(person, names)
    found[place[place >= 0]] = start[order][at][place >= 0]
    return found


def office_units(context: Context) -> Units:
    """Every office, from the first month of its trial on; one whose trial began before the periods is left out.

    Raises CannotEstimate: no_treated (no trial begins in the periods followed), no_comparison (all offices' do).
    """
    offices, length = context.tables["offices"], context.protocol.comparison.period_months
    periods = periods_of(context)
    number = _whole(offices["office"])
    begins = _whole(pc.fill_null(offices["trial_from"], NEVER))
    first = np.where(begins == NEVER, NEVER, begins // length)
    late = (first > periods[-1]) & (first != NEVER)
    keep = first > periods[0]
    if context.protocol.comparison.compared_with == "never":
        keep &= ~late
    number, first, late = number[keep], first[keep], late[keep]
    count = len(number)
    units = Units(number, np.where(late, NEVER, first), np.full(count, periods[-1]), number, np.ones(count),
                  np.full(count, ""), np.zeros((count, 0)), (), periods)  # fmt: skip
    if not units.treated.any():
        raise CannotEstimate("no_treated", "no office's trial begins within the periods followed")
    if (units.first != NEVER).all():
        raise CannotEstimate("no_comparison", "every office is in the trial")
    return units


@dataclass(frozen=True, slots=True)
class Pools:
    """By area and period: the mean of the outcome over the persons counted there (NaN for none), and how many they
    are a month."""

    mean: Floats
    persons: Floats


def pools(context: Context, outcome: str, area: Ints, names: Ints, periods: Ints) -> Pools:
    """Means by area. `area`: every person's (in the order of the register of persons); `names` the areas in order.

    A person counts from the month they register until `registered_within` months later, wherever they are by then: who
    is counted does not hang on who found work. Only those the population admits by age count.
    """
    person, months = _recent(context)
    first, count = months_in(context, periods)
    everybody = Window(first, first + count - 1, 0, count - 1)
    place = np.searchsorted(names, area)
    place = np.where((place < len(names)) & (names[np.minimum(place, len(names) - 1)] == area), place, -1)
    everyone = _whole(context.tables["persons"]["person"])
    at = place[np.searchsorted(everyone, person)]
    person, at = person[at >= 0], at[at >= 0]
    total, weight = np.zeros((len(names), count)), np.zeros((len(names), count))
    for part, y in by_month(context, outcome, person, periods):
        inside = stay_paths(person[part], np.full(len(y), first), months, everybody)
        held = (inside > 0) & np.isfinite(y)
        np.add.at(total, at[part], np.where(held, y, 0.0))
        np.add.at(weight, at[part], held.astype(np.float64))
    return _pooled(total, weight, context.protocol.comparison.period_months)


def _pooled(total: Floats, weight: Floats, length: int) -> Pools:
    shape = (len(total), -1, length)
    total, each = total.reshape(shape), weight.reshape(shape)
    known = (each > 0).all(axis=2)
    sums = each.sum(axis=2)
    mean = np.divide(total.sum(axis=2), sums, out=np.full(sums.shape, np.nan), where=known)
    return Pools(mean, sums / length)


def _recent(context: Context) -> tuple[Ints, Intervals]:
    """Everyone who registers at an age the population admits, and the months they count in."""
    began = registrations(context)
    within = context.protocol.comparison.registered_within
    months = union([ordered(began.person, began.first, began.first + within - 1)])
    return np.unique(months.person), months


def registrations(context: Context) -> Registrations:
    """Every registration that began at an age, and with a needs level, that the population admits."""
    tables, who = context.tables, context.population
    stretch = registrations_of(tables)
    return stretch.chosen(admitted(tables, stretch.person, stretch.first, who))


def _office_of(tables: Mapping[str, pa.Table], person: Ints) -> Ints:
    persons = tables["persons"]
    return _whole(persons["office"])[np.searchsorted(_whole(persons["person"]), person)]


def _place(names: Ints, wanted: Ints) -> Ints:
    """The position of each wanted one among sorted names, −1 for one that is not there."""
    if not len(names):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(names, wanted), len(names) - 1)
    return np.where(names[at] == wanted, at, -1)


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)
