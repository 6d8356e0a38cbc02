"""What is wrong with a folder of registers: by file, row and column, with the value and what to do about it.

Nothing is corrected in silence: a study refuses registers with errors, and says where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.loader import load
from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.registers.findings import SHOWN, Finding, RegistersError, Unreadable, findings_of
from springbrett.evaluation.registers.layout import (
    EARLIEST,
    FIRST_MONTH,
    LAST_MONTH,
    LATEST,
    LAYOUT,
    MONTHLY,
    Column,
    Table,
    first_day,
)
from springbrett.evaluation.registers.read import (
    Registers,
    bytes_of,
    columns_of,
    file_of,
    lacks,
    needs_folder,
    read_file,
)

NEAR, ENOUGH = 3, 20
"""A gap is looked for with twice as many months on both sides, where at least this many rows hold."""

_CATALOGUE: Mapping[str, Callable[[Catalogue], Iterable[str]]] = {
    "measure": lambda held: held.measures, "purpose": lambda held: held.lists["purpose"],
    "chain": lambda held: held.chains,
}  # fmt: skip
_DIGITS, _WEIGHTS = 10**11, ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
"""Eleven digits, and what each of them weighs in the two control digits of a Norwegian identity number."""


def check(registers: Registers) -> tuple[Finding, ...]:
    """Every finding, table by table in the order of the layout. Empty: the registers hold together."""
    return tuple(one for table in (*LAYOUT.values(), *MONTHLY.values()) if table.name in registers.tables
                 for one in _table(registers.tables, table, registers[table.name]))  # fmt: skip


def check_folder(
    folder: Path, *, progress: Callable[[float], None] = lambda part: None
) -> tuple[tuple[Finding, ...], dict[str, int]]:  # fmt: skip
    """Every finding in a folder, by file, and rows by table; tables that come month by month are checked as they are.

    What stands in a CSV file and cannot be read is among the findings. One table is held at a time, and the keys that
    others point to; `progress` is told the share that is done. Raises RegistersError when a table that every study
    needs, or a column, is missing.
    """
    needs_folder(folder)
    files = _files(folder)
    pointed_to = {column.points_to for table in LAYOUT.values() for column in table.columns}
    known, rows, findings = dict[str, pa.Table](), dict[str, int](), dict[str, list[Finding]]()
    total = max(1, sum(bytes_of(path) for path, _table in files.values()))
    for name in sorted(files, key=lambda name: name not in pointed_to):
        path, table = files[name]
        findings[name], held = _file(path, table, known)
        if held is not None:
            rows[table.name] = held.num_rows
            if name in pointed_to:
                known[name] = held.select(list(table.unique))
        progress(sum(bytes_of(files[done][0]) for done in findings) / total)
    said = tuple(replace(one, file=path.name) for name, (path, _) in files.items() for one in findings[name])
    return said, {table.name: rows[table.name] for _, table in files.values() if table.name in rows}


def _files(folder: Path) -> dict[str, tuple[Path, Table]]:
    """By the name of the table in the layout: its file, and how that is laid out."""
    there = {}
    for table in LAYOUT.values():
        path, kept = file_of(folder, table.name), table
        if path is None and table.name in MONTHLY:
            kept = MONTHLY[table.name]
            path = file_of(folder, kept.name)
        if path is None and not table.optional:
            raise RegistersError(lacks(folder, table))
        if path is not None:
            there[table.name] = (path, kept)
    return there


def _file(path: Path, table: Table, known: Mapping[str, pa.Table]) -> tuple[list[Finding], pa.Table | None]:
    """What is wrong in one file, and its rows; None when there are cells that cannot be read, which are then told."""
    try:
        rows = read_file(path, table)
    except Unreadable as error:
        return list(error.findings), None
    return [*_not_read(path, table), *_table({**known, table.name: rows}, table, rows)], rows


def _not_read(path: Path, table: Table) -> Iterator[Finding]:
    """Columns the layout does not have: one that is misspelt would otherwise pass for empty."""
    for name in columns_of(path):
        if name not in table.names:
            yield Finding(table.name, name, "not_read", 1, (), (), fatal=False)


def fatal(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that make a study refuse the registers."""
    return tuple(found for found in findings if found.fatal)


def _table(tables: Mapping[str, pa.Table], table: Table, rows: pa.Table) -> Iterator[Finding]:
    """What is wrong in the rows of a table; `tables` holds at least those its keys point to."""
    if not rows.num_rows:
        if not table.optional:
            yield Finding(table.name, table.columns[0].name, "empty_table", 0, (), ())
        return
    for column in table.columns:
        yield from _cells(table, column, rows[column.name])
        yield from _points(tables, table, column, rows[column.name])
    if table.unique:
        yield from _duplicates(table, rows)
    if table.name == "persons":
        yield from _identity_numbers(table, rows)
    if table.span:
        yield from _intervals(table, rows)
        yield from _gaps(table, rows)
    yield from _order(table, rows)


def _cells(table: Table, column: Column, values: pa.ChunkedArray) -> Iterator[Finding]:
    valid = _flags(pc.is_valid(values))
    if column.required:
        yield from findings_of(table, column.name, "missing", ~valid, values)
    if column.codes:
        known = _flags(pc.fill_null(pc.is_in(values, value_set=pa.array(list(column.codes))), False))
        yield from findings_of(table, column.name, "unknown_code", valid & ~known, values)
    if column.name in _CATALOGUE and column.kind == "code":
        yield from _not_in_the_catalogue(table, column, values)
    if column.kind == "date":
        days = values.to_numpy()
        wrong = valid & ((days < np.datetime64(EARLIEST)) | (days > np.datetime64(LATEST)))
        yield from findings_of(table, column.name, "impossible_date", wrong, values)
    if pa.types.is_floating(values.type):
        yield from findings_of(
            table, column.name, "not_a_number", _flags(pc.fill_null(pc.is_nan(values), False)), values
        )
    if column.lowest is not None:
        too_low = _flags(pc.fill_null(pc.less(values, column.lowest), False))
        yield from findings_of(table, column.name, "too_low", too_low, values)
    if column.highest is not None:
        too_high = _flags(pc.fill_null(pc.greater(values, column.highest), False))
        yield from findings_of(table, column.name, "too_high", too_high, values)


def _not_in_the_catalogue(table: Table, column: Column, values: pa.ChunkedArray) -> Iterator[Finding]:
    """Codes that no study can ask for, each once, by the first row it stands in."""
    codes = set(_CATALOGUE[column.name](load()))
    lost = [value for value in pc.unique(values).drop_null().to_pylist() if value not in codes]
    if lost:
        count = int(pc.sum(pc.is_in(values, pa.array(lost, values.type))).as_py())
        at = tuple(int(pc.index(values, value).as_py()) + 1 for value in lost[:SHOWN])
        yield Finding(table.name, column.name, "not_in_the_catalogue", max(count, len(at)), at, tuple(lost[:SHOWN]),
                      fatal=False)  # fmt: skip


def _identity_numbers(table: Table, rows: pa.Table) -> Iterator[Finding]:
    """Keys that are Norwegian identity numbers (eleven digits whose control digits hold), should most of them be."""
    keys = rows["person"].drop_null().to_numpy()
    alike = (keys >= _DIGITS // 100) & (keys < _DIGITS)
    if 2 * int(alike.sum()) <= len(keys):
        return
    digits = [keys // 10 ** (10 - place) % 10 for place in range(11)]
    for weights in _WEIGHTS:
        alike &= sum(w * d for w, d in zip(weights, digits, strict=False)) % 11 == 0
    if 2 * int(alike.sum()) > len(keys):
        yield Finding(table.name, "person", "identity_number", int(alike.sum()), (), (), fatal=False)


def _points(tables: Mapping[str, pa.Table], table: Table, column: Column, values: pa.ChunkedArray) -> Iterator[Finding]:
    """A key that points to a row that is not there."""
    if column.points_to not in tables or not tables[column.points_to].num_rows:
        return
    known = tables[column.points_to][LAYOUT[column.points_to].unique[0]]
    there = _flags(pc.is_in(values, value_set=known.combine_chunks()))
    yield from findings_of(table, column.name, "unknown_key", _flags(pc.is_valid(values)) & ~there, values)


def _duplicates(table: Table, rows: pa.Table) -> Iterator[Finding]:
    name = table.unique[0]
    keys = np.asarray(rows[name].to_numpy())
    order = np.argsort(keys, kind="stable")
    again = np.zeros(len(keys), bool)
    again[order[1:][keys[order[1:]] == keys[order[:-1]]]] = True
    yield from findings_of(table, name, "duplicate", again, rows[name])


def _intervals(table: Table, rows: pa.Table) -> Iterator[Finding]:
    """Ends before it starts; overlaps within what the layout says; a single month left out of one history."""
    first_name, last_name = table.span or ("", "")
    first, last = (_ordinal(rows[name]) for name in (first_name, last_name))
    if last_name != first_name:
        yield from findings_of(table, last_name, "ends_before_start", last < first, rows[last_name])
    group = _group(table, rows)
    order = np.lexsort((first, group))
    g, f, reach = group[order], first[order], last[order]
    span = int(reach.max()) - int(min(f.min(), 0)) + 2
    rank = np.cumsum(np.concatenate([[0], (g[1:] != g[:-1]).astype(np.int64)]))
    farthest = np.maximum.accumulate(rank * span + reach)
    overlaps = np.zeros(len(g), bool)
    overlaps[order[1:]] = (rank[1:] == rank[:-1]) & (rank[1:] * span + f[1:] <= farthest[:-1])
    yield from findings_of(table, first_name, "overlap", overlaps, rows[first_name])
    if table.per == ("person",) and first_name != last_name:
        one_out = np.zeros(len(g), bool)
        one_out[order[1:]] = (rank[1:] == rank[:-1]) & (rank[1:] * span + f[1:] == farthest[:-1] + 2)
        yield from findings_of(table, first_name, "gap", one_out, rows[first_name], is_fatal=False)


def _gaps(table: Table, rows: pa.Table) -> Iterator[Finding]:
    """Months in which fewer than half as many are found as in the months before and after: likely not delivered."""
    first_name, last_name = table.span or ("", "")
    if table.column(first_name).kind != "month":
        return
    first, last = (_ordinal(rows[name]) for name in (first_name, last_name))
    sound = (first >= FIRST_MONTH) & (last <= LAST_MONTH) & (first <= last)
    if not sound.any():
        return
    base, size = int(first[sound].min()), int(last[sound].max() - first[sound].min()) + 2
    turns = np.bincount(first[sound] - base, minlength=size) - np.bincount(last[sound] + 1 - base, minlength=size)
    count = np.cumsum(turns)[:-1]
    low = [month for month in range(NEAR, len(count) - NEAR) if _dips(count, month)]
    if low:
        shown = tuple(f"{first_day(base + month):%Y-%m}: {count[month]}" for month in low[:SHOWN])
        yield Finding(table.name, first_name, "gap", len(low), (), shown, fatal=False)


def _dips(count: Ints, month: int) -> bool:
    """Less than half of what is usual on both sides, where there is enough to tell."""
    before, after = (float(np.median(part)) for part in
                     (count[max(0, month - 2 * NEAR) : month], count[month + 1 : month + 1 + 2 * NEAR]))  # fmt: skip
    return min(before, after) >= ENOUGH and 2 * count[month] < min(before, after)


def _group(table: Table, rows: pa.Table) -> Ints:
    """A number for each row's person and kind."""
    group = np.zeros(rows.num_rows, np.int64)
    for name in table.per:
        codes = rows[name].combine_chunks().dictionary_encode()
        indices = np.asarray(pc.fill_null(codes.indices, -1).to_numpy(zero_copy_only=False), np.int64) + 1
        group = group * (len(codes.dictionary) + 1) + indices
    return group


def _ordinal(values: pa.ChunkedArray) -> Ints:
    """Days or months as whole numbers; empty (still running) is far ahead."""
    if pa.types.is_date(values.type):
        days = values.to_numpy().astype("datetime64[D]")
        return np.where(np.isnat(days), 10**6, days.astype(np.int64))
    return np.asarray(pc.fill_null(values, 10**6).to_numpy(), np.int64)


def _order(table: Table, rows: pa.Table) -> Iterator[Finding]:
    """Sorted as the layout says; sorting is quick, so this only warns."""
    first = table.sorted_by[0]
    yield from findings_of(table, first, "unsorted", out_of_order(table, rows), rows[first], is_fatal=False)


def out_of_order(table: Table, rows: pa.Table) -> Flags:
    """Which rows stand after one they should stand before. Only the columns the table is sorted by are looked at."""
    first, *rest = table.sorted_by
    key, second = _ordinal(rows[first]), _ordinal(rows[rest[0]]) if rest else np.zeros(rows.num_rows, np.int64)
    wrong = np.zeros(rows.num_rows, bool)
    wrong[1:] = (key[1:] < key[:-1]) | ((key[1:] == key[:-1]) & (second[1:] < second[:-1]))
    return wrong


def _flags(values: pa.ChunkedArray) -> Flags:
    return np.asarray(values.to_numpy(), bool)
