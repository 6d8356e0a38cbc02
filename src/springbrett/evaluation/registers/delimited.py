"""Reads a CSV file by the layout, and says in which row what cannot be read, and why.

Commas between cells and points in numbers; or, as spreadsheets here write it, semicolons and decimal commas.
"""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from springbrett.evaluation.registers.cells import wrong
from springbrett.evaluation.registers.findings import RegistersError, Unreadable, findings_of, problem_of
from springbrett.evaluation.registers.layout import Table

_OTHER_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00")


@dataclass(frozen=True, slots=True)
class _Form:
    """How a file divides its cells and marks decimals."""

    delimiter: str
    decimal: str


def read_csv(path: Path, table: Table) -> pa.Table:
    """The columns of the layout that the file has, typed, and the names of the others, as text.

    Raises RegistersError naming file and row; Unreadable naming the cells.
    """
    form = _form(path)
    types = {column.name: column.arrow for column in table.columns}
    try:
        return _read(path, form, types)
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        pass
    _refuse_other_text(path)
    _refuse_torn_rows(path, form)
    raise _unreadable(path, table, form)


def heading(path: Path) -> list[str]:
    """The names of the columns."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader(file, delimiter=_form(path).delimiter))


def _read(path: Path, form: _Form, types: dict[str, pa.DataType]) -> pa.Table:
    convert = pa_csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True,
                                    decimal_point=form.decimal)  # fmt: skip
    return pa_csv.read_csv(path, parse_options=pa_csv.ParseOptions(delimiter=form.delimiter), convert_options=convert)


def _form(path: Path) -> _Form:
    """By the heading. Raises RegistersError when there is none, or when the file is not text in UTF-8."""
    with path.open("rb") as file:
        head = file.readline(1 << 16)
    if not head.strip():
        raise RegistersError(f"{path.name} is empty; its first row must name the columns. Fetch the file again")
    if any(head.startswith(mark) or mark in head[:64] for mark in _OTHER_TEXT):
        raise RegistersError(f"{path.name} is not text in UTF-8; save it as CSV in UTF-8")
    if b"," in head:
        return _Form(",", ".")
    if b"\t" in head and b";" not in head:
        raise RegistersError(f"{path.name} has tabs between its cells; save it with commas")
    return _Form(";", ",") if b";" in head else _Form(",", ".")


def _refuse_other_text(path: Path) -> None:
    with path.open("rb") as file:
        for number, line in enumerate(file):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                where = f"row {number}" if number else "the heading"
                raise RegistersError(f"{path.name}, {where}: a letter is not written in UTF-8 (older programs write "
                                     "Latin-1); save the file as CSV in UTF-8") from None  # fmt: skip


def _refuse_torn_rows(path: Path, form: _Form) -> None:
    """Rows with more or fewer cells than the heading. What stands in them is never said: it may name somebody."""
    torn: list[tuple[int, int, int]] = []

    def note(row: Any) -> str:
        torn.append((row.number or 0, row.actual_columns, row.expected_columns))
        return "skip"

    parse = pa_csv.ParseOptions(delimiter=form.delimiter, invalid_row_handler=note)
    with suppress(pa.ArrowInvalid):  # whatever else it is, is told below
        pa_csv.read_csv(path, read_options=pa_csv.ReadOptions(use_threads=False), parse_options=parse)
    if torn:
        row, has, asked = torn[0]
        where = f"row {row - 1}" if row > 1 else "a row"
        more = f" ({len(torn)} rows are so)" if len(torn) > 1 else ""
        raise RegistersError(f"{path.name}, {where}: {has} cells where the heading has {asked}{more}; put text that "
                             f"holds «{form.delimiter}» in double quotes, and close every quote")  # fmt: skip


def _unreadable(path: Path, table: Table, form: _Form) -> RegistersError:
    """Cells of a CSV file that do not hold what their column holds."""
    cells = _read(path, form, dict.fromkeys(table.names, pa.string()))
    bad = [
        one
        for column in table.columns
        if column.name in cells.column_names
        for values in (cells[column.name],)
        for one in findings_of(table, column.name, problem_of(column), wrong(values, column, form.decimal), values,
                         file=path.name)
    ]  # fmt: skip
    return Unreadable(tuple(bad)) if bad else RegistersError(f"{path.name} cannot be read as CSV; save it again")
