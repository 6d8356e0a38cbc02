"""What can be wrong with registers, and how it is said: file, column, row, value, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from springbrett.evaluation.effects.records import Flags
from springbrett.evaluation.registers.layout import EARLIEST, LATEST, TABLES, Column, Table

Problem = Literal[
    "missing", "too_low", "too_high", "unknown_code", "impossible_date", "ends_before_start", "duplicate", "overlap",
    "gap", "unknown_key", "unsorted", "empty_table", "not_a_number", "not_in_the_catalogue", "not_read",
    "identity_number",
]  # fmt: skip
SHOWN, SHOWN_OF_WARNINGS = 20, 5
PRIVATE = frozenset({"person", "employer", "caseworker", "provider"})
"""Keys of somebody: a message says in which row they stand, and never what stands there."""
REMEDIES: dict[str, str] = {
    "missing": "fill the cell in, or leave the row out",
    "not_a_number": "leave the cell empty, or write a number as the layout says, with a point for decimals (a comma "
                    "where semicolons divide the cells)",
    "too_low": "correct the value or its unit",
    "too_high": "correct the value or its unit",
    "unknown_code": "use one of the codes of the layout",
    "impossible_date": f"write a day between {EARLIEST} and {LATEST} as YYYY-MM-DD; leave the end empty while it runs",
    "ends_before_start": "swap the two, or correct one of them",
    "duplicate": "keep one of the rows",
    "overlap": "join the intervals, or end the first before the second begins",
    "gap": "ask for the months that are missing, or know that they count as none",
    "unknown_key": "add the row it points to, or correct the key",
    "unsorted": "`springbrett registers intervals FROM TO` writes it sorted",
    "empty_table": "nothing can be studied without rows here",
    "not_in_the_catalogue": "a study cannot ask for it; correct the code, or know that these rows are never counted",
    "not_read": "the layout has no such column; correct the name, or know that it is left out",
    "identity_number": "`springbrett registers pseudonymise FROM TO` exchanges them for pseudonyms; delete FROM then",
}  # fmt: skip
MONTH_REMEDY = "write the month as year × 12 + month − 1 (March 2026 is 24314)"
KEY_REMEDY = "keys are whole numbers; `springbrett registers pseudonymise FROM TO` makes them of keys that are text"
_MONTHS = frozenset(c.name for table in TABLES for c in table.columns if c.kind == "month") | {"month"}


class RegistersError(ValueError):
    """A folder of registers cannot be read. Says which file, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem in one column of a file. `rows` are the first rows it is seen in, counted from 1 after the
    heading (none where rows are missing); `count` how many there are; `values` what stands there, "" where that may not
    be said. `fatal`: a study refuses the registers."""

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
        if self.column in PRIVATE and self.problem == "not_a_number":
            return KEY_REMEDY
        asks = self.column in _MONTHS and self.problem in ("too_low", "too_high", "not_a_number")
        return MONTH_REMEDY if asks else REMEDIES[self.problem]

    def __str__(self) -> str:
        seen = [_seen(row, value) for row, value in zip(self.rows or (0,) * len(self.values), self.values, strict=True)]
        more = f" and {self.count - len(seen)} more" if self.count > len(seen) else ""
        said = f" ({', '.join(seen)}{more})" if seen else ""
        return f"{self.file or self.table}, column {self.column}: {self.problem.replace('_', ' ')}{said}; {self.remedy}"


def _seen(row: int, value: str) -> str:
    return ": ".join(part for part in (f"row {row}" if row else "", value) if part)


class Unreadable(RegistersError):
    """Cells that do not hold what their column holds; `findings` says which."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


def findings_of(
    table: Table, column: str, problem: Problem, wrong: Flags, values: pa.ChunkedArray, *, is_fatal: bool = True,
    file: str = "",
) -> tuple[Finding, ...]:  # fmt: skip
    """The finding for the rows marked (n,), with the first values; nothing where no row is marked."""
    where = np.flatnonzero(wrong)
    if not len(where):
        return ()
    shown = where[: SHOWN if is_fatal else SHOWN_OF_WARNINGS]
    silent = column in PRIVATE or problem == "missing"
    said = tuple("" if silent else _text(values[int(row)]) for row in shown)
    rows = tuple(int(row) + 1 for row in shown)
    return (Finding(table.name, column, problem, len(where), rows, said, is_fatal, file),)


def _text(value: pa.Scalar) -> str:
    try:
        return str(value.as_py())
    except (OverflowError, ValueError):  # a day that no calendar reaches
        return "beyond the calendar"


def problem_of(column: Column) -> Problem:
    """What a cell that cannot be read is called, by what the column holds."""
    if column.kind == "date":
        return "impossible_date"
    return "unknown_code" if column.kind == "flag" else "not_a_number"
