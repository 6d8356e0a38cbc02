"""An engine on a folder of registers: outcomes as intervals, as paths stay by stay, and as paths by group."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType

import ibis
import ibis.expr.types as ir
import msgspec
import numpy as np
import pyarrow as pa

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.engine import expressions as say
from springbrett.evaluation.engine.backends import Backend, EngineError, connect
from springbrett.evaluation.engine.chunks import Arrays, Progress, carry_out
from springbrett.evaluation.engine.folders import interval_file
from springbrett.evaluation.engine.plan import Family, amounts, families
from springbrett.evaluation.engine.stays import Stays
from springbrett.evaluation.outcomes.definitions import Outcome, group_paths_of, paths_of, turned
from springbrett.evaluation.outcomes.intervals import Intervals, ordered, union
from springbrett.evaluation.outcomes.paths import GroupPaths, Window, known_by
from springbrett.evaluation.registers.cells import plain
from springbrett.evaluation.registers.layout import LAYOUT, Table
from springbrett.evaluation.registers.read import (
    RegistersError,
    lacks,
    needs_columns,
    needs_folder,
    parquet_schema,
    parts_of,
    read_file,
)

STAYS_AT_ONCE, PERSONS_AT_ONCE = 500_000, 500_000
STAYS, PERSONS = "stays_followed", "persons_asked_for"
_Chosen = Callable[[ir.Table], ir.Table]


def open(folder: Path, engine: str = "duckdb") -> Engine:
    """The engine ("duckdb" or "spark") on a folder of registers; close it, or use it as a context.

    Raises RegistersError when a table every study needs, or a column, is missing; EngineError for another engine, or
    one that cannot start.
    """
    backend = connect(engine)
    try:
        return Engine(folder, backend)
    except BaseException:
        backend.close()
        raise


def _plain(path: Path, table: Table) -> bool:
    """Whether every engine reads the file as the layout means it. One that does not (text for numbers, points in time
    for days) is read here cell by cell: engines would round, cut or guess, each in its own way."""
    if path.suffix != ".parquet":
        return False
    schema = parquet_schema(path)
    needs_columns(path, table, schema.names)
    schemas = [schema, *(parquet_schema(part) for part in parts_of(path)[1:])]
    return all(plain(held.field(c.name).type, c) for held in schemas for c in table.columns if c.name in held.names)


class Engine:
    """Reads a folder of registers by way of a backend. Nothing is held but the answers and one block of stays."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        needs_folder(folder)
        self.folder, self.backend = folder, backend
        self._tables = {name: found for name in LAYOUT if (found := self._opened(name)) is not None}
        self._sound: set[str] = set()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the engine go."""
        self.backend.close()

    def _opened(self, name: str) -> ir.Table | None:
        path = interval_file(self.folder, name)
        if path is None:
            if not LAYOUT[name].optional:
                raise RegistersError(lacks(self.folder, LAYOUT[name]))
            return None
        held = self.backend.parquet(path, name) if _plain(path, LAYOUT[name]) else self.backend.given(
            read_file(path, LAYOUT[name]), name)  # fmt: skip
        return say.as_laid_out(held, name)

    def expression(self, name: str) -> ir.Table:
        """A table of the layout as an expression. Raises RegistersError when the folder does not hold it."""
        if name not in self._tables:
            raise RegistersError(f"these registers have no {name}; what rests on it cannot be studied with them")
        return self._tables[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The tables the folder holds."""
        return tuple(self._tables)

    def table(self, name: str, persons: Ints | None = None) -> pa.Table:
        """A table of the layout, in one order whatever the engine; with `persons`, only the rows about them.

        Raises RegistersError when the folder does not hold it.
        """
        asked = self.expression(name)
        if persons is not None and "person" in asked.columns:
            asked = say.of_those(asked, self.backend.given(pa.table({"person": np.unique(persons)}), PERSONS))
        rows = self.backend.result(asked).cast(LAYOUT[name].schema)
        order = dict.fromkeys((*LAYOUT[name].sorted_by, *LAYOUT[name].names))
        return rows.sort_by([(column, "ascending") for column in order])

    @cached_property
    def span(self) -> tuple[int, int]:
        """The first and last absolute month that work, benefits or needs levels are known for."""
        held = [self._tables[name] for name in ("employment", "benefits", "needs_levels") if name in self._tables]
        asked = ibis.union(*(t.agg(first=t["month_from"].min(), last=t["month_to"].max()) for t in held))
        row = self.backend.result(asked.agg(first=asked["first"].min(), last=asked["last"].max())).to_pylist()[0]
        if row["first"] is None:
            raise RegistersError(f"{self.folder} holds no months of work, benefits or needs levels")
        return int(row["first"]), int(row["last"])

    def intervals(self, outcome: Outcome, last_known: int) -> Intervals:
        """The months of an outcome, as `outcomes.definitions.intervals_of` gives them."""
        return self._intervals(outcome, last_known, lambda table: table)

    def interval_batches(
        self, outcome: Outcome, last_known: int, persons_at_once: int = PERSONS_AT_ONCE
    ) -> Iterator[Intervals]:  # fmt: skip
        """The same, so many persons at a time, in the order of their keys."""
        known = self.backend.result(self.expression("persons").select("person"))["person"].to_numpy()
        edges = np.unique(known)[persons_at_once::persons_at_once] - 1
        for low, high in zip([None, *edges], [*edges, None], strict=True):
            yield self._intervals(outcome, last_known, partial(_between, low=low, high=high))

    def outcome_paths(
        self, outcome: Outcome, person: Ints, start: Ints, window: Window, *, progress: Progress | None = None,
        stays_at_once: int = STAYS_AT_ONCE,
    ) -> Floats:  # fmt: skip
        """stays × months of an outcome, as `outcomes.definitions.outcome_paths` gives them."""
        paths = np.full((len(person), window.width), np.nan)
        stays = Stays.of(person, start)
        for block, found in self.path_blocks([outcome], stays, window, progress=progress, stays_at_once=stays_at_once):
            paths[block.place] = found[outcome.code]
        return paths

    def path_blocks(
        self, outcomes: Sequence[Outcome], stays: Stays, window: Window, *,
        keep: Path | None = None, progress: Progress | None = None, stays_at_once: int = STAYS_AT_ONCE,
    ) -> Iterator[tuple[Stays, Arrays]]:  # fmt: skip
        """A block of stays at a time: those stays, and stays × months by code of outcome.

        With `keep`, blocks are written there: work that was stopped goes on where it was when it is called again.
        """
        blocks = stays.blocks(stays_at_once)
        key = self._key(outcomes, stays, window) if keep is not None else ""
        found = carry_out(blocks, lambda block: self._paths(outcomes, block, window), key=key, keep=keep,
                          progress=progress)  # fmt: skip
        yield from zip(blocks, found, strict=True)

    def _paths(self, outcomes: Sequence[Outcome], block: Stays, window: Window) -> Arrays:
        """stays × months of one block by outcome; those that rest on the same tables are asked for at once."""
        stays = self.backend.given(block.rows, STAYS)
        found: dict[str, np.ndarray] = {}
        for family in families(outcomes):
            rows = self.backend.result(
                self._segments(family, window.last_known, lambda table: say.of_those(table, stays))
            )
            bits = _numbers(rows, say.BITS, np.int64)
            for bit, outcome in enumerate(family.outcomes):
                months = union([_as_intervals(rows.filter(pa.array(bits >> bit & 1 == 1)), None)])
                found[outcome.code] = paths_of(outcome, months, block.person, block.start, window)
        for outcome in amounts(outcomes):
            months = self._of_block(outcome, block, window)
            found[outcome.code] = paths_of(outcome, months, block.person, block.start, window)
        return found

    def group_paths(
        self, outcomes: Sequence[Outcome], stays: Stays, window: Window, *,
        keep: Path | None = None, progress: Progress | None = None, stays_at_once: int = STAYS_AT_ONCE,
    ) -> dict[str, GroupPaths]:  # fmt: skip
        """Paths by group of several outcomes at once, by code, a block of stays at a time.

        With `keep`, blocks are written there: work that was stopped goes on where it was when it is called again.
        """
        key = self._key(outcomes, stays, window) if keep is not None else ""
        totals: dict[str, np.ndarray] = {}
        for part in carry_out(stays.blocks(stays_at_once), lambda block: self._totals(outcomes, block, window),
                              key=key, keep=keep, progress=progress):  # fmt: skip
            totals = {name: totals[name] + part[name] if totals else part[name] for name in part}
        none = np.zeros((stays.groups, window.width))
        known = known_by(stays.start, stays.group, stays.groups, window)
        found = {}
        for outcome in outcomes:
            counted = totals.get(f"{outcome.code} known", none.astype(np.int64)) if outcome.lasting else known
            made = GroupPaths(totals.get(outcome.code, none), counted, window)
            found[outcome.code] = turned(made) if outcome.complement and not outcome.lasting else made
        return found

    def _totals(self, outcomes: Sequence[Outcome], block: Stays, window: Window) -> Arrays:
        """Totals of one block by outcome; for one that must last also how many are known."""
        simple = [outcome for outcome in outcomes if outcome.lasting is None]
        stays = self.backend.given(block.rows, STAYS)
        found: dict[str, np.ndarray] = {}
        for family in families(simple):
            found |= self._of_family(family, stays, block.groups, window)
        for outcome in amounts(simple):
            parts = self._weighted(outcome, window.last_known, lambda table: say.of_those(table, stays))
            rows = self.backend.result(say.turns_of(_together(parts), stays, window, "amount"))
            found[outcome.code] = _summed(rows, _numbers(rows, "change", np.float64), block.groups, window)
        for outcome in outcomes:
            if outcome.lasting is not None:
                months = self._of_block(outcome, block, window)
                made = group_paths_of(outcome, months, (block.person, block.start, block.group), block.groups, window)
                found |= {outcome.code: made.total, f"{outcome.code} known": made.known}
        return found

    def _of_family(self, family: Family, stays: ir.Table, groups: int, window: Window) -> Arrays:
        months = self._segments(family, window.last_known, lambda table: say.of_those(table, stays))
        rows = self.backend.result(say.turns_of(months, stays, window, say.BITS))
        bits, change = _numbers(rows, say.BITS, np.int64), _numbers(rows, "change", np.float64)
        return {outcome.code: _summed(rows, change * ((bits >> bit) & 1), groups, window)
                for bit, outcome in enumerate(family.outcomes)}  # fmt: skip

    def _of_block(self, outcome: Outcome, block: Stays, window: Window) -> Intervals:
        stays = self.backend.given(block.rows, STAYS)
        return self._intervals(outcome, window.last_known, lambda table: say.of_those(table, stays))

    def _intervals(self, outcome: Outcome, last_known: int, chosen: _Chosen) -> Intervals:
        """From the rows that `chosen` leaves of each table."""
        if outcome.amount:
            parts = self._weighted(outcome, last_known, chosen)
            rows = self.backend.result(_together(parts))
            return _as_intervals(rows, _numbers(rows, "amount", np.float64))
        (family,) = families([outcome])
        return union([_as_intervals(self.backend.result(self._segments(family, last_known, chosen)), None)])

    def _segments(self, family: Family, last_known: int, chosen: _Chosen) -> ir.Table:
        """The months in which outcomes of a family hold, from the rows that `chosen` leaves of each table."""
        parts = [say.rows(chosen(self._sound_table(name)), name, family.sources, last_known) for name in family.tables]
        return say.segments(parts, family)

    def _weighted(self, outcome: Outcome, last_known: int, chosen: _Chosen) -> list[ir.Table]:
        """The rows of each source of an amount."""
        return [say.weighted(chosen(self._sound_table(source.table)), source, outcome.amount, last_known)
                for source in outcome.any_of]  # fmt: skip

    def _sound_table(self, name: str) -> ir.Table:
        """The table, once it is known that no row ends before it begins, which would count backwards, and that numbers
        are numbers, on which engines disagree. Raises ValueError, RegistersError."""
        table = self.expression(name)
        if name not in self._sound:
            found = self.backend.result(say.soundness(table, name)).to_pylist()[0]
            if found.pop("backwards"):
                raise ValueError("an interval ends before it begins; check the registers first")
            wrong = [column for column, total in found.items() if total is not None and math.isnan(total)]
            if wrong:
                raise RegistersError(
                    f"{name}, column {', '.join(wrong)}: holds what is not a number; leave such cells empty"
                )
            self._sound.add(name)
        return table

    def _key(self, outcomes: Sequence[Outcome], stays: Stays, window: Window) -> str:
        """What the work is about: the same key, the same answer."""
        files = [(name, str(part), part.stat().st_size, part.stat().st_mtime_ns) for name in self._tables
                 for part in parts_of(interval_file(self.folder, name) or self.folder)]  # fmt: skip
        about = [msgspec.json.encode(list(outcomes)), repr((asdict(window), stays.groups, files)).encode()]
        about += [column.tobytes() for column in (stays.person, stays.start, stays.group)]
        digest = hashlib.sha256()
        for part in about:
            digest.update(part)
        return digest.hexdigest()


def _between(table: ir.Table, low: int | None, high: int | None) -> ir.Table:
    """Persons above `low`, up to and with `high`."""
    if low is not None:
        table = table.filter(table["person"] > int(low))
    return table if high is None else table.filter(table["person"] <= int(high))


def _together(parts: Sequence[ir.Table]) -> ir.Table:
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _numbers(rows: pa.Table, name: str, kind: type) -> np.ndarray:
    return np.asarray(rows[name].to_numpy(), kind)


def _as_intervals(rows: pa.Table, weight: Floats | None) -> Intervals:
    person, first, after = (_numbers(rows, name, np.int64) for name in ("person", say.FIRST, say.AFTER))
    # Down to the weight, so that sums are taken in one order whatever order an engine gives rows in.
    order = np.lexsort((after, first, person) if weight is None else (weight, after, first, person))
    return ordered(person[order], first[order], after[order] - 1, None if weight is None else weight[order])


def _summed(rows: pa.Table, change: Floats, groups: int, window: Window) -> Floats:
    """groups × months from what changes where."""
    width = window.width + 1
    cell = _numbers(rows, "group", np.int64) * width + _numbers(rows, "at", np.int64)
    turns = np.bincount(cell, change, groups * width).reshape(groups, width)
    return np.asarray(np.cumsum(turns, axis=1)[:, :-1])


__all__ = ["Engine", "EngineError", "Stays", "open"]
