"""Outcome paths of a whole country: interval files sorted by person, read once, all outcomes at once.

Persons are taken in blocks, by several threads. Every row carries one bit for each outcome it counts for, so that one
count serves all yes-or-no outcomes. Months that a person has twice (two jobs at once) are made one first (`flat`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.engine.files import PersonFile, Range
from springbrett.evaluation.engine.plan import Family, amounts, families
from springbrett.evaluation.engine.rows import Rows, flat, rows_of, several_at_once
from springbrett.evaluation.engine.stays import Stays
from springbrett.evaluation.outcomes.definitions import Outcome, group_paths_of, turned
from springbrett.evaluation.outcomes.intervals import ordered
from springbrett.evaluation.outcomes.paths import GroupPaths, Window, known_by
from springbrett.evaluation.registers.layout import LAYOUT

THREADS = 2
STAYS_AT_ONCE = 1 << 14


@dataclass(frozen=True, slots=True)
class Piece:
    """What is done in one reading: a family of yes-or-no outcomes, and amounts of its table when it has only one."""

    family: Family
    amounts: tuple[Outcome, ...] = ()

    def columns(self, table: str) -> list[str]:
        """The columns of a table that are asked for."""
        asked = [w.column for o in self.outcomes for s in (*o.any_of, *o.none_of) if s.table == table for w in s.where]
        worth = [outcome.amount for outcome in self.amounts]
        return list(dict.fromkeys(["person", *(LAYOUT[table].span or ()), *asked, *worth]))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All of them."""
        return (*self.family.outcomes, *self.amounts)


def pieces(outcomes: Sequence[Outcome]) -> list[Piece]:
    """The readings that answer all outcomes; a table is read once unless outcomes put several together."""
    found = [Piece(family) for family in families(outcomes)]
    by_table: dict[str, list[Outcome]] = {}
    for outcome in amounts(outcomes):
        for name in dict.fromkeys(source.table for source in outcome.any_of):
            by_table.setdefault(name, []).append(outcome)
    for table, worth in by_table.items():
        place = next((n for n, piece in enumerate(found) if piece.family.tables == (table,)), None)
        if place is None:
            found.append(Piece(Family((table,), (), ()), tuple(worth)))
        else:
            found[place] = replace(found[place], amounts=tuple(worth))
    return found


@dataclass
class _Totals:
    """What one thread has added up: groups × (months + 1) turns by outcome, and for outcomes that must last the totals
    and how many are known."""

    outcomes: Sequence[Outcome]
    groups: int
    window: Window
    turns: dict[str, Floats] = field(init=False)
    lasting: dict[str, GroupPaths] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        cells = self.groups * (self.window.width + 1)
        self.turns = {outcome.code: np.zeros(cells) for outcome in self.outcomes if outcome.lasting is None}


def group_paths(
    folder: Path, outcomes: Sequence[Outcome], stays: Stays, window: Window, *, threads: int = THREADS
) -> dict[str, GroupPaths]:  # fmt: skip
    """Paths by group of several outcomes, by code, from the Parquet files of a folder sorted by person.

    Raises RegistersError: a table is missing, not Parquet, or not sorted by person; ValueError: an interval ends before
    it begins.
    """
    totals = [_Totals(outcomes, stays.groups, window) for _ in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        for piece in pieces(outcomes):
            files = [PersonFile(folder, name, piece.columns(name)) for name in piece.family.tables]
            ranges = files[0].ranges()
            shares = [ranges[len(ranges) * n // threads : len(ranges) * (n + 1) // threads] for n in range(threads)]
            work = zip(shares, totals, strict=True)
            list(pool.map(lambda w, p=piece, f=files: _share(p, [one.again() for one in f], w[0], stays, w[1]), work))
    known = known_by(stays.start, stays.group, stays.groups, window)
    return {outcome.code: _path(outcome, totals, known, window) for outcome in outcomes}


def _path(outcome: Outcome, totals: Sequence[_Totals], known: Ints, window: Window) -> GroupPaths:
    if outcome.lasting is not None:
        parts = [t.lasting[outcome.code] for t in totals if outcome.code in t.lasting]
        zero = np.zeros((totals[0].groups, window.width))
        return GroupPaths(sum((p.total for p in parts), zero),
                          np.asarray(sum((p.known for p in parts), zero.astype(np.int64))), window)  # fmt: skip
    turns = np.asarray(sum(t.turns[outcome.code] for t in totals)).reshape(totals[0].groups, window.width + 1)
    made = GroupPaths(np.cumsum(turns, axis=1)[:, :-1], known, window)
    return turned(made) if outcome.complement else made


def _share(piece: Piece, files: list[PersonFile], ranges: Sequence[Range], stays: Stays, totals: _Totals) -> None:
    """One thread's ranges of persons."""
    for low, high in ranges:
        here = stays.between(low, high)
        if len(here):
            tables = {file.name: file.between(low, high) for file in files}
            _block(piece, tables, here, totals)


def _block(piece: Piece, tables: dict[str, pa.Table], stays: Stays, totals: _Totals) -> None:
    parts = [rows_of(table, name, piece.family, piece.amounts, totals.window.last_known)
             for name, table in tables.items()]  # fmt: skip
    sources = len(piece.family.sources)
    if len(parts) > 1:
        rows, more = flat(parts, sources), None
    else:
        rows, more = parts[0], None
        twice = several_at_once(rows, stays.person) if sources else None
        if twice is not None:
            more = flat([rows.chosen(twice)], sources)
            rows = replace(rows, bits=np.where(twice, 0, rows.bits).astype(rows.bits.dtype))
    holds = piece.family.holds()
    for found in (rows, more):
        if found is not None:
            _count(piece, replace(found, bits=holds[found.bits]), stays, totals)
    for bit, outcome in enumerate(piece.family.outcomes):
        if outcome.lasting is not None:
            _follow(outcome, [holds[r.bits] >> bit & 1 == 1 for r in (rows, more) if r is not None],
                    [r for r in (rows, more) if r is not None], stays, totals)  # fmt: skip


def _count(piece: Piece, rows: Rows, stays: Stays, totals: _Totals) -> None:
    """The turns of all outcomes around the starts, some stays at a time so that everything stays near at hand."""
    window, bits = totals.window, max(1, len(piece.family.outcomes))
    width = window.width + 1
    size = stays.groups * width
    kind = np.int32 if size << bits < np.iinfo(np.int32).max else np.int64
    first = (np.maximum(rows.first, window.first_known) + window.before).astype(kind)
    after = (np.minimum(rows.last, window.last_known) + window.before + 1).astype(kind)
    low, counts = _meeting(rows.person, stays.person)
    starts, rims = stays.start.astype(kind), (stays.group * width).astype(kind)
    changes = np.zeros(size << bits, np.int64)
    step = max(STAYS_AT_ONCE, size << bits >> 2)
    for begin in range(0, len(stays), step):
        part = slice(begin, begin + step)
        count, base = counts[part], low[part]
        which = np.arange(count.sum()) + np.repeat(base - (np.cumsum(count) - count), count)
        start = np.repeat(starts[part], count)
        # An interval outside the window turns on and off in the same cell: nothing.
        on = np.clip(first[which] - start, 0, window.width)
        off = np.maximum(np.minimum(after[which] - start, window.width), on)
        cell = np.repeat(rims[part], count)
        if piece.family.outcomes:
            held = rows.bits[which]
            changes += np.bincount((cell + on << bits) | held, minlength=len(changes))
            changes -= np.bincount((cell + off << bits) | held, minlength=len(changes))
        for code, values in rows.amounts.items():
            worth = np.where(on < off, values[which], 0.0)
            totals.turns[code] += np.bincount(cell + on, worth, size) - np.bincount(cell + off, worth, size)
    _by_outcome(piece.family, changes.reshape(size, 1 << bits), totals)


def _meeting(person: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Where the rows of each wanted person begin, and how many there are. Both are sorted."""
    begins = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]])) if len(person) else np.zeros(0, int)
    if not len(begins):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
    who = person[begins]
    place = np.minimum(np.searchsorted(who, wanted), len(who) - 1)
    length = np.diff(begins, append=len(person))
    return begins[place], np.where(who[place] == wanted, length[place], 0)


def _by_outcome(family: Family, changes: Ints, totals: _Totals) -> None:
    sets = np.arange(changes.shape[1])
    for bit, outcome in enumerate(family.outcomes):
        if outcome.lasting is None:
            totals.turns[outcome.code] += changes[:, sets >> bit & 1 == 1].sum(axis=1)


def _follow(outcome: Outcome, held: list[np.ndarray], parts: list[Rows], stays: Stays, totals: _Totals) -> None:
    """An outcome that must last is followed stay by stay."""
    together = [r.chosen(h) for r, h in zip(parts, held, strict=True)]
    months = ordered(*(np.concatenate([getattr(r, n) for r in together]) for n in ("person", "first", "last")))
    made = group_paths_of(outcome, months, (stays.person, stays.start, stays.group), stays.groups, totals.window)
    before = totals.lasting.get(outcome.code)
    if before is not None:
        made = GroupPaths(before.total + made.total, before.known + made.known, made.window)
    totals.lasting[outcome.code] = made
