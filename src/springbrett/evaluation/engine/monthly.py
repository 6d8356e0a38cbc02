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

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY, Table
from springbrett.evaluation.registers.read import RegistersError

THREADS, AT_ONCE = 2, 1 << 14
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
        with pq.ParquetWriter(draft, table.schema, use_dictionary=_few_values(table)) as out:
            for runs in _gathered(_whole_persons(_groups(source, table, threads, progress), source.name)):
                out.write_table(_laid_out(runs, table))
                count += runs.num_rows
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _few_values(table: Table) -> list[str]:
    """Columns that are worth a dictionary: looking every pay up takes longer than writing it."""
    return [column.name for column in table.columns if column.kind in ("code", "flag") or column.name == "hours_week"]


def _asked(source: Path, table: Table) -> list[str]:
    held = pq.read_schema(source).names
    columns = MONTHLY[table.name].columns
    missing = [column.name for column in columns if column.required and column.name not in held]
    if missing:
        raise RegistersError(f"{source.name} lacks the column {', '.join(missing)}; it has {', '.join(held)}")
    return [column.name for column in columns if column.name in held]


def _groups(
    source: Path, table: Table, threads: int, progress: Tell | None
) -> Iterator[pa.Table]:  # fmt: skip
    """The runs of the row groups, in order, read a little ahead."""
    metadata, columns = pq.read_metadata(source), _asked(source, table)
    parts = _parts([metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)])
    room = _Room()
    with ThreadPoolExecutor(threads) as pool:
        ahead = [pool.submit(_runs, source, metadata, columns, part, room) for part in parts[: threads + 1]]
        for number in range(len(parts)):
            runs = ahead.pop(0).result()
            if number + threads + 1 < len(parts):
                ahead.append(pool.submit(_runs, source, metadata, columns, parts[number + threads + 1], room))
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


class _Room(threading.local):
    """Each thread's own marks, used again for every part: to be given new ones takes longer than to fill them."""

    held = 0

    def of(self, rows: int) -> tuple[Flags, Flags]:
        """A mark for every row, and another."""
        if self.held < rows:
            self.held = rows
            self.every, self.own = np.empty(rows, bool), np.empty(rows, bool)
        return self.every[:rows], self.own[:rows]


def _runs(source: Path, metadata: pq.FileMetaData, columns: list[str], part: list[int], room: _Room) -> pa.Table:
    """The rows that begin a run, with `month_to` beside `month`; as they came, or, where a person has several rows in a
    month, sorted by person and month."""
    with pq.ParquetFile(source, metadata=metadata) as file:
        table = file.read_row_groups(part, columns=columns, use_threads=False)
    held = {name: _one(table[name]) for name in columns}
    every, own = room.of(table.num_rows)
    every[:] = False
    every[0] = True
    for name, column in held.items():
        _mark(own, column, step=name == "month")
        every[1:] |= own[1:]
    begins = np.flatnonzero(every)
    found = {name: _at(column, begins) for name, column in held.items()}
    if found["person"].null_count or found["month"].null_count:
        raise RegistersError(f"{source.name} has rows without person or month; fill them in, or leave the rows out")
    person, month = found["person"].to_numpy(), found["month"].to_numpy()
    last = month + (np.diff(begins, append=table.num_rows) - 1).astype(month.dtype)
    if np.any(person[1:] < person[:-1]):
        raise RegistersError(f"{source.name} is not sorted by person; sort it first")
    # A run that does not ascend from the one before: several rows in one month, or one employer after another.
    tangled = np.any((person[1:] == person[:-1]) & (month[1:] <= last[:-1]))
    runs = pa.table(found | {"month_to": last})
    return _joined(runs) if tangled else runs


def _one(column: pa.ChunkedArray) -> pa.Array:
    """As one array; text as whole numbers with a dictionary."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = column.dictionary_encode().unify_dictionaries()
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _mark(change: Flags, column: pa.Array, *, step: bool) -> None:
    """Mark the rows that differ from the one before; with `step`, that are not one more than it. The first is left as
    it is."""
    values = column.indices if pa.types.is_dictionary(column.type) else column
    there = None
    if values.null_count:  # filling in copies the column, which takes longer than all the rest
        there = values.is_valid().to_numpy(zero_copy_only=False)
        values = pc.fill_null(values, False if pa.types.is_boolean(values.type) else 0)
    held = values.to_numpy(zero_copy_only=False)
    held = held.view(f"i{held.itemsize}") if held.dtype.kind == "f" else held
    if step:
        for begin in range(1, len(held), AT_ONCE):
            stop = min(begin + AT_ONCE, len(held))
            np.not_equal(held[begin:stop] - held[begin - 1 : stop - 1], 1, out=change[begin:stop])
    else:
        np.not_equal(held[1:], held[:-1], out=change[1:])
    if there is not None:
        change[1:] |= there[1:] != there[:-1]


def _at(column: pa.Array, places: Ints) -> pa.Array:
    if column.null_count or pa.types.is_dictionary(column.type) or pa.types.is_boolean(column.type):
        return column.take(pa.array(places))
    return pa.array(column.to_numpy()[places], column.type)


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
    encoded = _one(column)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
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
