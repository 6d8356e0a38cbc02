"""What is wrong with a folder of registers: by file, row and column, with the value and what to do about it.

Nothing is corrected in silence: a study refuses registers with errors, and says where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from springbrett.evaluation.effects.records import Flags, Ints
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
    RegistersError,
    Tables,
    file_of,
    needs_folder,
    read_file,
)

Problem = Literal[
    "missing", "too_low", "too_high", "unknown_code", "impossible_date", "ends_before_start", "duplicate", "overlap",
    "gap", "unknown_key", "unsorted", "empty_table", "not_a_number",
]  # fmt: skip
SHOWN, SHOWN_OF_WARNINGS = 20, 5
NEAR, ENOUGH = 3, 20
"""A gap is looked for with twice as many months on both sides, where at least this many rows hold."""
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
    "gap": "ask for the months that are missing, or know that they count as none",
    "unknown_key": "add the row it points to, or correct the key",
    "unsorted": "`springbrett registers intervals FROM TO` writes it sorted",
    "empty_table": "nothing can be studied without rows here",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem in one column of a file. `rows` are the first rows it is seen in, counted from 1 after the
    heading (none where rows are missing); `count` how many there are; `values` what stands there. `fatal`: a study
    refuses the registers."""

    table: str
    column: str
    problem: Problem
    count: int
    rows: tuple[int, ...]
    values: tuple[str, ...]
    fatal: bool = True
    file: str = ""

    @property
    def remedy(self) -> str:
        """What to do."""
        return REMEDIES[self.problem]

    def __str__(self) -> str:
        where = [f"row {row}: " for row in self.rows] or [""] * len(self.values)
        first = ", ".join(f"{row}{value}" for row, value in zip(where, self.values, strict=True))
        more = f" and {self.count - len(self.values)} more" if self.count > len(self.values) else ""
        seen = f" ({first}{more})" if first else ""
        return f"{self.file or self.table}, column {self.column}: {self.problem.replace('_', ' ')}{seen}; {self.remedy}"


def check(registers: Registers) -> tuple[Finding, ...]:
    """Every finding, table by table in the order of the layout. Empty: the registers hold together."""
    return tuple(found for table in (*LAYOUT.values(), *MONTHLY.values()) if table.name in registers.tables
                 for found in _table(registers, table))  # fmt: skip


def check_folder(folder: Path) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """Every finding in a folder, by file, and rows by table; tables that come month by month are checked as they are.

    What stands in a CSV file and cannot be read is among the findings. Raises RegistersError when a table that every
    study needs, or a column, is missing.
    """
    needs_folder(folder)
    held, names, found = Tables(), dict[str, str](), list[Finding]()
    for table in LAYOUT.values():
        path, kept = file_of(folder, table.name), table
        if path is None and table.name in MONTHLY:
            kept = MONTHLY[table.name]
            path = file_of(folder, kept.name)
        if path is None and not table.optional:
            raise RegistersError(f"{folder} lacks {table.name}.parquet (or .csv), which every study needs")
        if path is not None:
            names[kept.name] = path.name
            found += _opened(path, kept, held)
    found += check(Registers(held, folder))
    return tuple(replace(one, file=names[one.table]) for one in found), {n: t.num_rows for n, t in held.items()}


def _opened(path: Path, table: Table, held: Tables) -> list[Finding]:
    """Put the table among those held, or say which cells cannot be read."""
    try:
        held[table.name] = read_file(path, table)
    except RegistersError:
        unread = list(_unreadable(path, table)) if path.suffix == ".csv" else []
        if not unread:
            raise
        return unread
    return []


def _unreadable(path: Path, table: Table) -> Iterator[Finding]:
    """Cells of a CSV file that do not hold what their column holds."""
    text = pa_csv.ConvertOptions(column_types=dict.fromkeys(table.names, pa.string()), null_values=[""],
                                 strings_can_be_null=True)  # fmt: skip
    cells = pa_csv.read_csv(path, convert_options=text)
    for column in (column for column in table.columns if column.name in cells.column_names):
        values = cells[column.name]
        known = pc.unique(values).drop_null()
        wrong = pa.array([value for value in known.to_pylist() if not _reads(value, column)], pa.string())
        problem: Problem = {"date": "impossible_date", "flag": "unknown_code"}.get(column.kind, "not_a_number")  # type: ignore[assignment]
        yield from _found(table, column.name, problem, _flags(pc.is_in(values, value_set=wrong)), values)


def _reads(value: str, column: Column) -> bool:
    try:
        pa.scalar(value).cast(column.arrow)
    except pa.ArrowInvalid:
        return False
    return True


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
        yield from _gaps(table, rows)
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
    """Ends before it starts; overlaps within what the layout says; a single month left out of one history."""
    first_name, last_name = table.span or ("", "")
    first, last = (_ordinal(rows[name]) for name in (first_name, last_name))
    if last_name != first_name:
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
    if table.per == ("person",) and first_name != last_name:
        one_out = np.zeros(len(g), bool)
        one_out[order[1:]] = (rank[1:] == rank[:-1]) & (rank[1:] * span + f[1:] == farthest[:-1] + 2)
        yield from _found(table, first_name, "gap", one_out, rows[first_name], is_fatal=False)


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
    yield from _found(table, first, "unsorted", out_of_order(table, rows), rows[first], is_fatal=False)


def out_of_order(table: Table, rows: pa.Table) -> Flags:
    """Which rows stand after one they should stand before. Only the columns the table is sorted by are looked at."""
    first, *rest = table.sorted_by
    key, second = _ordinal(rows[first]), _ordinal(rows[rest[0]]) if rest else np.zeros(rows.num_rows, np.int64)
    wrong = np.zeros(rows.num_rows, bool)
    wrong[1:] = (key[1:] < key[:-1]) | ((key[1:] == key[:-1]) & (second[1:] < second[:-1]))
    return wrong


def _found(
    table: Table, column: str, problem: Problem, wrong: Flags, values: pa.ChunkedArray, *, is_fatal: bool = True
) -> Iterator[Finding]:  # fmt: skip
    where = np.flatnonzero(wrong)
    if len(where):
        shown = where[: SHOWN if is_fatal else SHOWN_OF_WARNINGS]
        said = tuple(str(values[int(row)].as_py()) for row in shown)
        yield Finding(table.name, column, problem, len(where), tuple(int(row) + 1 for row in shown), said, is_fatal)


def _flags(values: pa.ChunkedArray) -> Flags:
    return np.asarray(values.to_numpy(), bool)
