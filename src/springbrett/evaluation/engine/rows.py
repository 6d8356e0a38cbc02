"""Rows of a block of persons as arrays, and the months they have more than once made one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.evaluation.effects.records import Flags, Floats, Ints
from springbrett.evaluation.engine.plan import Family
from springbrett.evaluation.outcomes.definitions import Outcome, Source, met, months_of
from springbrett.evaluation.registers.layout import LAYOUT


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows sorted by person and first month: months on end, one bit per source they meet, and amounts by outcome."""

    person: Ints
    first: Ints
    last: Ints
    bits: np.ndarray
    amounts: dict[str, Floats] = field(default_factory=dict)

    def chosen(self, keep: Flags | Ints) -> Rows:
        """Those where `keep` is true, or at the positions."""
        return Rows(self.person[keep], self.first[keep], self.last[keep], self.bits[keep],
                    {code: values[keep] for code, values in self.amounts.items()})  # fmt: skip


def rows_of(table: pa.Table, name: str, family: Family, worth: Sequence[Outcome], last_known: int) -> Rows:
    """A block of a table. Raises ValueError when an interval ends before it begins."""
    person = table["person"].to_numpy()
    first, last = _span(table, name, last_known)
    if np.any(last < first):
        raise ValueError("an interval ends before it begins; check the registers first")
    bits = np.zeros(table.num_rows, np.uint8)
    for bit, source in enumerate(family.sources):
        if source.table == name:
            bits |= _meets(table, source).astype(np.uint8) << bit
    rows = Rows(person, first, last, bits, {o.code: _amount(table, name, o) for o in worth})
    behind = (person[1:] == person[:-1]) & (first[1:] < first[:-1])
    return rows.chosen(np.lexsort((first, person))) if behind.any() else rows


def _span(table: pa.Table, name: str, last_known: int) -> tuple[Ints, Ints]:
    first, last = (table[column] for column in LAYOUT[name].span or ())
    if not pa.types.is_date(first.type):
        return np.asarray(first.to_numpy()), np.asarray(last.to_numpy())
    began = months_of(first, last_known)
    return began, months_of(last, np.maximum(began, last_known))


def _meets(table: pa.Table, source: Source) -> Flags:
    if not source.where:
        return np.ones(table.num_rows, bool)
    return np.asarray(reduce(pc.and_, [met(table[w.column], w) for w in source.where]).to_numpy(), bool)


def _amount(table: pa.Table, name: str, outcome: Outcome) -> Floats:
    """The column, as many times as the row meets one of the sources."""
    times = sum(_meets(table, source).astype(np.float64) for source in outcome.any_of if source.table == name)
    values = np.asarray(table[outcome.amount].to_numpy(), np.float64)
    return np.where(times > 0, values * times, 0.0)


def several_at_once(rows: Rows, among: Ints) -> Flags | None:
    """Rows of those `among` (sorted) who have a month in two rows; None when nobody has."""
    person = rows.person
    shares = (person[1:] == person[:-1]) & (rows.first[1:] <= rows.last[:-1])
    if not shares.any():
        return None
    who = np.unique(person[1:][shares])
    near = np.minimum(np.searchsorted(among, who), len(among) - 1)
    who = who[among[near] == who]
    edges = np.zeros(len(person) + 1, np.int8)
    edges[np.searchsorted(person, who, "left")] += 1
    edges[np.searchsorted(person, who, "right")] -= 1
    return np.cumsum(edges[:-1]) > 0


def flat(parts: Sequence[Rows], sources: int) -> Rows:
    """The same months, each once: stretches in which the same sources are met by some row. Amounts are left out."""
    person, first, last, bits = (np.concatenate([getattr(p, n) for p in parts])
                                 for n in ("person", "first", "last", "bits"))  # fmt: skip
    who, at = np.concatenate([person, person]), np.concatenate([first, last + 1])
    order = np.lexsort((at, who))
    who, at = who[order], at[order]
    row = order % len(person) if len(person) else order
    sign = np.where(order < len(person), 1, -1)
    met_by = np.zeros(len(who), np.uint8)
    for source in range(sources):
        # Every person's turns sum to nothing, so that the running sum begins anew with each.
        running = np.cumsum((bits[row] >> source & 1) * sign)
        met_by |= (running > 0).astype(np.uint8) << source
    final = np.concatenate([(who[1:] != who[:-1]) | (at[1:] != at[:-1]), [True]]) if len(who) else np.zeros(0, bool)
    who, at, met_by = who[final], at[final], met_by[final]
    holds = np.flatnonzero(met_by)
    return Rows(who[holds], at[holds], at[holds + 1] - 1, met_by[holds])
