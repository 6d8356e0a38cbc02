"""Registers with one row per month made into intervals: one pass over the file, parts of it by several threads.

A monthly file is named after its table with `_months` (`employment_months.parquet`) and has the column `month` where
the layout has `month_from` and `month_to`. Rows are sorted by person; then by month, or by employer (or benefit) and
month. Months on end in which nothing else changes become one interval.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.recurring import Recurring
from springbrett.evaluation.registers.cells import HOLDS, plain
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY, Table
from springbrett.evaluation.registers.read import RegistersError, needs_columns, parquet_schema

THREADS = 2
AT_ONCE = 1 << 16
"""Rows that are compared while they still lie in the processor's cache."""
AHEAD = 3
"""Parts that wait to be written while others are read."""
ROWS_READ, ROWS_WRITTEN = 1 << 19, 1 << 19
Tell = Callable[[float], None]


def to_intervals(
    source: Path, name: str, target: Path, *, threads: int = THREADS, progress: Tell | None = None
) -> int:  # fmt: skip
    """Read the monthly Parquet file of a table, write it as intervals; how many there are. The file is written whole or
    not at all; memory holds a few row groups. `progress` is told the share that is read.

    Raises RegistersError: a column is missing, a person or month is empty, or rows are not sorted by person.
    """
    table, draft, count = LAYOUT[name], target.with_suffix(".draft"), 0
    _asked(source, table)
    try:
        with pq.ParquetWriter(draft, table.schema, **_written(table)) as out:
            for rows in intervals(source, name, threads=threads, progress=progress):
                out.write_table(rows)
                count += rows.num_rows
        draft.replace(target)
    except pa.ArrowInvalid:
        raise RegistersError(f"{source.name} holds what it cannot; `springbrett registers check {source.parent}` says "
                             "where, and what to do") from None  # fmt: skip
    finally:
        draft.unlink(missing_ok=True)
    return count


def intervals(
    source: Path, name: str, *, threads: int = THREADS, progress: Tell | None = None
) -> Iterator[pa.Table]:  # fmt: skip
    """The monthly Parquet file of a table as tables of intervals in its layout, none of which divides a person.

    Raises RegistersError: as `to_intervals`.
    """
    table = LAYOUT[name]
    for runs in _gathered(_whole_persons(_groups(source, table, threads, progress), source.name)):
        yield _laid_out(runs, table)


def _written(table: Table) -> dict[str, Any]:
    """How the columns are written: to be read again and again, so not compressed on top of their encoding; a dictionary
    only for those with few values, since looking every pay up takes longer than writing it."""
    few = [column.name for column in table.columns if column.kind in ("code", "flag") or column.name == "hours_week"]
    near = [column.name for column in table.columns if column.kind == "month" or column.name == "person"]
    steps = dict.fromkeys(near, "DELTA_BINARY_PACKED")
    return {"use_dictionary": few, "column_encoding": steps, "compression": "none"}


def _asked(source: Path, table: Table) -> list[str]:
    schema, columns = parquet_schema(source), MONTHLY[table.name].columns
    needs_columns(source, MONTHLY[table.name], schema.names)
    for column in columns:
        if column.name in schema.names and not plain(schema.field(column.name).type, column):
            raise RegistersError(f"{source.name}, column {column.name} holds {schema.field(column.name).type}; it must "
                                 f"hold {HOLDS[column.kind]}")  # fmt: skip
    return [column.name for column in columns if column.name in schema.names]


def _groups(
    source: Path, table: Table, threads: int, progress: Tell | None
) -> Iterator[pa.Table]:  # fmt: skip
    """The runs of the row groups, in order, read a little ahead."""
    metadata = pq.read_metadata(source)
    parts = _parts([metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)])
    readers = _Readers(source, metadata, _asked(source, table))
    with ThreadPoolExecutor(threads) as pool:
        ahead = [pool.submit(readers.runs, part) for part in parts[: threads + AHEAD]]
        for number in range(len(parts)):
            runs = ahead.pop(0).result()
            if number + threads + AHEAD < len(parts):
                ahead.append(pool.submit(readers.runs, parts[number + threads + AHEAD]))
            yield runs
            if progress is not None:
                progress((number + 1) / len(parts))


def _parts(rows: list[int]) -> list[list[int]]:
    """Row groups to read together: neighbours, until there are enough rows to be worth the asking."""
    parts: list[list[int]] = []
    held = ROWS_READ
    for number, count in enumerate(rows):
        if not count:
            continue
        if held >= ROWS_READ:
            parts.append([])
            held = 0
        parts[-1].append(number)
        held += count
    return parts


class _Readers(threading.local):
    """The file, opened once by each thread, with the thread's own room for marks."""

    def __init__(self, source: Path, metadata: pq.FileMetaData, columns: list[str]) -> None:
        self.name, self.rest = source.name, [column for column in columns if column != "month"]
        self.file = pq.ParquetFile(source, metadata=metadata)
        self.months = Recurring(self.file, str(source), "month", self._months)
        self.marks = np.empty((1 + len(self.rest), AT_ONCE), bool)

    def runs(self, part: list[int]) -> pa.Table:
        """The rows that begin a run, with `month_to` beside `month`; as they came, or, where a person has several rows
        in a month, sorted by person and month."""
        month, steps = _end_to_end([self.months.of(group) for group in part])
        columns, begins, done = [_Column() for _ in self.rest], [], 0
        for batch in self.file.iter_batches(AT_ONCE, row_groups=part, columns=self.rest, use_threads=False):
            rows = batch.num_rows
            marks = self.marks[:, :rows]
            marks[0] = steps[done : done + rows]
            for place, column in enumerate(columns):
                column.mark(batch.column(place), marks[place + 1])
            new = np.flatnonzero(marks.any(axis=0))
            for column in columns:
                column.keep(new)
            begins.append(new + done)
            done += rows
        kept = {name: column.kept() for name, column in zip(self.rest, columns, strict=True)}
        return self._laid_together(month, np.concatenate(begins), pa.table(kept))

    def _laid_together(self, month: Ints, begins: Ints, found: pa.Table) -> pa.Table:
        if found["person"].null_count:
            raise RegistersError(_no_key(self.name))
        first, person = month[begins], found["person"].to_numpy()
        last = first + (np.diff(begins, append=len(month)) - 1).astype(month.dtype)
        if np.any(person[1:] < person[:-1]):
            raise RegistersError(f"{self.name} is not sorted by person; sort it first")
        runs = found.append_column("month", pa.array(first)).append_column("month_to", pa.array(last))
        # A run that does not ascend from the one before: several rows in one month, or one employer after another.
        tangled = np.any((person[1:] == person[:-1]) & (first[1:] <= last[:-1]))
        return _joined(runs) if tangled else runs

    def _months(self, column: pa.ChunkedArray) -> tuple[Ints, Flags]:
        """The months of a row group, and which of them are not one more than the month before (the first is not)."""
        if column.null_count:
            raise RegistersError(_no_key(self.name))
        month, steps = column.to_numpy(), np.ones(len(column), bool)
        for begin in range(1, len(month), AT_ONCE):
            stop = min(begin + AT_ONCE, len(month))
            np.not_equal(month[begin:stop] - month[begin - 1 : stop - 1], 1, out=steps[begin:stop])
        return month, steps


def _no_key(name: str) -> str:
    return f"{name} has rows without person or month; fill them in, or leave the rows out"


def _end_to_end(groups: list[tuple[Ints, Flags]]) -> tuple[Ints, Flags]:
    if len(groups) == 1:
        return groups[0]
    month, steps = (np.concatenate(held) for held in zip(*groups, strict=True))
    for begin in np.cumsum([len(held) for held, _ in groups])[:-1]:
        steps[begin] = month[begin] - month[begin - 1] != 1
    return month, steps


class _Column:
    """A column of a part as it comes, batch by batch. Whole numbers and others are compared bit for bit."""

    def __init__(self) -> None:
        self.before: object = self  # like no value, nor like a missing one
        self.found: list[pa.Array] = []

    def mark(self, column: pa.Array, change: Flags) -> None:
        """Mark the rows that differ from the one before."""
        self.column, self.plain = column, None
        if column.null_count or not pa.types.is_primitive(column.type) or pa.types.is_boolean(column.type):
            self._mark_any(change)
            return
        self.plain = column.to_numpy()
        held = self.plain.view(f"i{self.plain.itemsize}")
        np.not_equal(held[1:], held[:-1], out=change[1:])
        change[0] = held[0] != self.before
        self.before = held[-1]

    def _mark_any(self, change: Flags) -> None:
        """Whatever it holds: by the number each value has in a dictionary, none where there is no value."""
        coded = self.column if pa.types.is_dictionary(self.column.type) else self.column.dictionary_encode()
        held = np.asarray(pc.fill_null(coded.indices, -1))
        np.not_equal(held[1:], held[:-1], out=change[1:])
        first, last = (self._bits(coded[at].as_py()) for at in (0, len(coded) - 1))
        change[0] = first != self.before
        self.before = last

    def _bits(self, value: object) -> object:
        return np.float64(value).view("i8") if isinstance(value, float) else value

    def keep(self, places: Ints) -> None:
        """Keep the values of the last batch at those places."""
        taken = self.column.take(pa.array(places)) if self.plain is None else self.plain[places]
        self.found.append(pa.array(taken))

    def kept(self) -> pa.ChunkedArray:
        """All that was kept, in order."""
        return pa.chunked_array(self.found)


def _joined(runs: pa.Table) -> pa.Table:
    """Runs with the same values that follow each other made one, sorted by person and month."""
    person, first, last = (runs[name].to_numpy() for name in ("person", "month", "month_to"))
    values = [_codes(runs[name]) for name in runs.column_names if name not in ("person", "month", "month_to")]
    order = np.lexsort((first, *values, person))
    new = np.ones(len(order), bool)
    now, before = order[1:], order[:-1]
    new[1:] = first[now] != last[before] + 1
    for column in (person, *values):
        new[1:] |= column[now] != column[before]
    begins = np.flatnonzero(new)
    ends = np.append(begins[1:], len(order)) - 1
    kept = order[begins]
    again = np.lexsort((first[kept], person[kept]))
    out = runs.drop_columns(["month_to"]).take(pa.array(kept[again]))
    return out.append_column("month_to", pa.array(last[order[ends]][again]))


def _codes(column: pa.ChunkedArray) -> Ints:
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks()
    return np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), np.int64)


def _whole_persons(parts: Iterable[pa.Table], name: str) -> Iterator[pa.Table]:
    """The same runs, with a person who goes on from one row group to the next made whole."""
    carried: pa.Table | None = None
    for runs in parts:
        if not runs.num_rows:
            continue
        person = runs["person"].to_numpy()
        head = 0
        if carried is not None:
            who = carried["person"][0].as_py()
            if person[0] < who:
                raise RegistersError(f"{name} is not sorted by person; sort it first")
            head = int(np.searchsorted(person, who, "right"))
            if head:
                carried = _joined(pa.concat_tables([carried, runs.slice(0, head)], promote_options="permissive"))
            if head == len(person):
                continue
            yield carried
        cut = int(np.searchsorted(person, person[-1]))
        if cut > head:
            yield runs.slice(head, cut - head)
        carried = runs.slice(cut)
    if carried is not None:
        yield carried


def _gathered(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """As few tables as are good to write; none of them divides a person."""
    held: list[pa.Table] = []
    for part in parts:
        held.append(part)
        if sum(one.num_rows for one in held) >= ROWS_WRITTEN:
            yield pa.concat_tables(held, promote_options="permissive")
            held = []
    if held:
        yield pa.concat_tables(held, promote_options="permissive")


def _laid_out(runs: pa.Table, table: Table) -> pa.Table:
    named = runs.rename_columns(["month_from" if name == "month" else name for name in runs.column_names])
    for column in table.columns:
        if column.name not in named.column_names:
            named = named.append_column(column.name, pa.nulls(named.num_rows, column.arrow))
    return named.select(list(table.names)).cast(table.schema)
