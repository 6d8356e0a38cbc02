"""Who came newly to NAV, when and for how long, and when they began a measure: what designs that begin at registration
rather than at a measure draw from the registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.evaluation.cohort import Population, in_any_measure
from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.outcomes.definitions import months_of

NEVER = np.iinfo(np.int64).max
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Registrations:
    """n stretches of months on end with a needs level, sorted by person and month: `person`, `first` and `last`
    (absolute months), and the `caseworker` in the first month (−1: not known)."""

    person: Ints
    first: Ints
    last: Ints
    caseworker: Ints

    def __len__(self) -> int:
        return len(self.person)

    def chosen(self, keep: Flags) -> Registrations:
        """Those where `keep` is true."""
        return Registrations(self.person[keep], self.first[keep], self.last[keep], self.caseworker[keep])


@dataclass(frozen=True, slots=True)
class Begun:
    """Each case's first stay in the population's measures: absolute `month` (`NEVER`: none), and its `measure` and
    `purpose` ("": none)."""

    month: Ints
    measure: np.ndarray
    purpose: np.ndarray


def registrations_of(registers: Mapping[str, pa.Table]) -> Registrations:
    """Every registration. A change of needs level or of caseworker does not end one."""
    levels = registers["needs_levels"]
    person, first, last = (
        np.asarray(levels[name].to_numpy(), np.int64) for name in ("person", "month_from", "month_to")
    )
    caseworker = np.asarray(pc.fill_null(levels["caseworker"], UNKNOWN).to_numpy(), np.int64)
    order = np.lexsort((first, person))
    person, first, last, caseworker = (column[order] for column in (person, first, last, caseworker))
    begins = np.flatnonzero(np.concatenate([[True], (person[1:] != person[:-1]) | (first[1:] > last[:-1] + 1)])
                            if len(person) else np.zeros(0, bool))  # fmt: skip
    ends = np.concatenate([begins[1:], [len(person)]]) - 1 if len(begins) else begins
    return Registrations(person[begins], first[begins], last[ends], caseworker[begins])


def stays_in(registers: Mapping[str, pa.Table], population: Population) -> pa.Table:
    """The spells in the population's measures, and with its purposes where it names any."""
    spells = registers["spells"]
    keep = pc.is_in(spells["measure"], value_set=pa.array(list(population.measures)))
    if population.purposes:
        keep = pc.and_(keep, pc.fill_null(pc.is_in(spells["purpose"], pa.array(list(population.purposes))), False))
    return spells.filter(keep)


def newly_registered(
    registers: Mapping[str, pa.Table], population: Population, *, known_from: int, away_months: int = 0
) -> Registrations:  # fmt: skip
    """Registrations that begin in the window after `away_months` without one, as far as the registers reach; each
    person's first in the window when only the first counts.

    `known_from`: the registers' very first month; who is there then may have come long before, and is left out. So is
    who was in one of the population's measures the month before.
    """
    every = registrations_of(registers)
    if not len(every):
        return every
    began = (every.first >= population.first_month) & (every.first <= population.last_month)
    again = every.person[1:] == every.person[:-1]
    back = np.concatenate([[False], again & (every.first[1:] - every.last[:-1] <= away_months)])
    found = every.chosen(began & ~back & (every.first > known_from))
    if len(found):
        found = found.chosen(~in_any_measure(found.person, found.first - 1, stays_in(registers, population)))
    if population.first_only and len(found):
        found = found.chosen(np.concatenate([[True], found.person[1:] != found.person[:-1]]))
    return found


def first_stays(registers: Mapping[str, pa.Table], population: Population, person: Ints, since: Ints) -> Begun:
    """Each case's first stay in the measures (and purposes) that begins in the month `since` or later."""
    spells = stays_in(registers, population)
    who, month = np.asarray(spells["person"].to_numpy(), np.int64), months_of(spells["start"], 0)
    order = np.lexsort((month, who))
    wide = int(max(month.max(initial=0), since.max(initial=0))) + 2
    keys = who[order] * wide + month[order]
    at = np.minimum(np.searchsorted(keys, person * wide + since, "left"), max(len(keys) - 1, 0))
    if not len(keys):
        nothing = np.full(len(person), "")
        return Begun(np.full(len(person), NEVER), nothing, nothing)
    found = (who[order][at] == person) & (month[order][at] >= since)
    return Begun(np.where(found, month[order][at], NEVER), np.where(found, _text(spells["measure"])[order][at], ""),
                 np.where(found, _text(spells["purpose"])[order][at], ""))  # fmt: skip


def stays_begun(
    registers: Mapping[str, pa.Table], population: Population, person: Ints, since: Ints, until: Ints
) -> Ints:  # fmt: skip
    """How many stays in the measures (and purposes) each case begins from the month `since` to before `until`."""
    spells = stays_in(registers, population)
    who, month = np.asarray(spells["person"].to_numpy(), np.int64), months_of(spells["start"], 0)
    wide = int(max(month.max(initial=0), until.max(initial=0))) + 2
    keys = np.sort(who * wide + month)
    first, last = (np.searchsorted(keys, person * wide + at, "left") for at in (since, until))
    return np.asarray(np.maximum(last - first, 0), np.int64)


def _text(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.fill_null(column, "").to_numpy(zero_copy_only=False), str)


__all__ = ["NEVER", "UNKNOWN", "Begun", "Registrations", "first_stays", "newly_registered", "registrations_of",
           "stays_begun", "stays_in"]  # fmt: skip
