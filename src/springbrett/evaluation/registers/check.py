"""What is wrong with a folder of registers: by file, row and column, with the value and what to do about it.

Nothing is corrected in silence: a study refuses registers with errors, and says where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.registers.layout import EARLIEST, LATEST, LAYOUT, Column, Table
from springbrett.evaluation.registers.read import Registers

Problem = Literal[
    "missing", "too_low", "too_high", "unknown_code", "impossible_date", "ends_before_start", "duplicate", "overlap",
    "unknown_key", "unsorted", "empty_table", "not_a_number",
]  # fmt: skip
SHOWN = 20
REMEDIES: dict[str, str] = {
    "missing": "fill the cell in, or leave the row out",
    "not_a_number": "leave the cell empty, or correct it",
    "too_low": "correct the value or its unit",
    "too_high": "correct the value or its unit",
    "unknown_code": "use one of the codes of the layout",
    "impossible_date": "correct the date",
    "ends_before_start": "swap the two, or correct one of them",
    "duplicate": "keep one of the rows",
    "overlap": "join the intervals, or end the first before the second begins",
    "unknown_key": "add the row it points to, or correct the key",
    "unsorted": "sort the file as the layout says; `springbrett registers check --sort` writes it sorted",
    "empty_table": "nothing can be studied without rows here",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem in one column. `rows` are the first rows it is seen in, counted from 1 after the heading;
    `count` how many there are; `values` what stands in the shown rows. `fatal`: a study refuses the registers."""

    table: str
    column: str
    problem: Problem
    count: int
    rows: tuple[int, ...]
    values: tuple[str, ...]
    fatal: bool = True

    @property
    def remedy(self) -> str:
        """What to do."""
        return REMEDIES[self.problem]

    def __str__(self) -> str:
        first = ", ".join(f"row {row}: {value}" for row, value in zip(self.rows, self.values, strict=True))
        more = f" and {self.count - len(self.rows)} more" if self.count > len(self.rows) else ""
        return f"{self.table}, column {self.column}: {self.problem.replace('_', ' ')} ({first}{more}); {self.remedy}"


def check(registers: Registers) -> tuple[Finding, ...]:
    """Every finding, table by table in the order of the layout. Empty: the registers hold together."""
    return tuple(found for table in LAYOUT.values() if table.name in registers.tables
                 for found in _table(registers, table))  # fmt: skip


def fatal(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that make a study refuse the registers."""
    return tuple(found for found in findings if found.fatal)


def _table(registers: Registers, table: Table) -> Iterator[Finding]:
    rows = registers[table.name]
    if not rows.num_rows:
        if not table.optional:
            yield Finding(table.name, table.columns[0].name, "empty_table", 0, (), ())
        return
    for column in table.columns:
        yield from _cells(table, column, rows[column.name])
        yield from _points(registers, table, column, rows[column.name])
    if table.unique:
        yield from _duplicates(table, rows)
    if table.span:
        yield from _intervals(table, rows)
    yield from _order(table, rows)


def _cells(table: Table, column: Column, values: pa.ChunkedArray) -> Iterator[Finding]:
    valid = _flags(pc.is_valid(values))
    if column.required:
        yield from _found(table, column.name, "missing", ~valid, values)
    if column.codes:
        known = _flags(pc.fill_null(pc.is_in(values, value_set=pa.array(list(column.codes))), False))
        yield from _found(table, column.name, "unknown_code", valid & ~known, values)
    if column.kind == "date":
        days = values.to_numpy()
        wrong = valid & ((days < np.datetime64(EARLIEST)) | (days > np.datetime64(LATEST)))
        yield from _found(table, column.name, "impossible_date", wrong, values)
    if pa.types.is_floating(values.type):
        yield from _found(table, column.name, "not_a_number", _flags(pc.fill_null(pc.is_nan(values), False)), values)
    if column.lowest is not None:
        yield from _found(table, column.name, "too_low", _flags(pc.fill_null(pc.less(values, column.lowest), False)),
                          values)  # fmt: skip
    if column.highest is not None:
        too_high = _flags(pc.fill_null(pc.greater(values, column.highest), False))
        yield from _found(table, column.name, "too_high", too_high, values)


def _points(registers: Registers, table: Table, column: Column, values: pa.ChunkedArray) -> Iterator[Finding]:
    """A key that points to a row that is not there."""
    if column.points_to not in registers.tables or not registers[column.points_to].num_rows:
        return
    known = registers[column.points_to][column.name if column.points_to != "offices" else "office"]
    there = _flags(pc.is_in(values, value_set=known.combine_chunks()))
    yield from _found(table, column.name, "unknown_key", _flags(pc.is_valid(values)) & ~there, values)


def _duplicates(table: Table, rows: pa.Table) -> Iterator[Finding]:
    name = table.unique[0]
    keys = np.asarray(rows[name].to_numpy())
    order = np.argsort(keys, kind="stable")
    again = np.zeros(len(keys), bool)
    again[order[1:][keys[order[1:]] == keys[order[:-1]]]] = True
    yield from _found(table, name, "duplicate", again, rows[name])


def _intervals(table: Table, rows: pa.Table) -> Iterator[Finding]:
    """Ends before it starts, and overlaps within what the layout says."""
    first_name, last_name = table.span or ("", "")
    first, last = (_ordinal(rows[name]) for name in (first_name, last_name))
    yield from _found(table, last_name, "ends_before_start", last < first, rows[last_name])
    group = _group(table, rows)
    order = np.lexsort((first, group))
    g, f, reach = group[order], first[order], last[order]
    span = int(reach.max()) - int(min(f.min(), 0)) + 2
    rank = np.cumsum(np.concatenate([[0], (g[1:] != g[:-1]).astype(np.int64)]))
    farthest = np.maximum.accumulate(rank * span + reach)
    overlaps = np.zeros(len(g), bool)
    overlaps[order[1:]] = (rank[1:] == rank[:-1]) & (rank[1:] * span + f[1:] <= farthest[:-1])
    yield from _found(table, first_name, "overlap", overlaps, rows[first_name])


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
    first, *rest = table.sorted_by
    key, second = _ordinal(rows[first]), _ordinal(rows[rest[0]]) if rest else np.zeros(rows.num_rows, np.int64)
    wrong = np.zeros(rows.num_rows, bool)
    wrong[1:] = (key[1:] < key[:-1]) | ((key[1:] == key[:-1]) & (second[1:] < second[:-1]))
    yield from _found(table, first, "unsorted", wrong, rows[first], is_fatal=False)


def _found(
    table: Table, column: str, problem: Problem, wrong: Flags, values: pa.ChunkedArray, *, is_fatal: bool = True
) -> Iterator[Finding]:  # fmt: skip
    where = np.flatnonzero(wrong)
    if len(where):
        shown = where[:SHOWN]
        said = tuple(str(values[int(row)].as_py()) for row in shown)
        yield Finding(table.name, column, problem, len(where), tuple(int(row) + 1 for row in shown), said, is_fatal)


def _flags(values: pa.ChunkedArray) -> Flags:
    return np.asarray(values.to_numpy(), bool)
