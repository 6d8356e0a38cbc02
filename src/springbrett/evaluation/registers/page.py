"""The page of the layout of registers: tables, columns, codes, monthly files, and what the checker looks for."""

from __future__ import annotations

from springbrett.evaluation.registers.findings import KEY_REMEDY, MONTH_REMEDY, REMEDIES
from springbrett.evaluation.registers.layout import EARLIEST, LATEST, LAYOUT, MONTHLY, Column, Table

_KINDS = {
    "key": ("whole number", "int64"), "code": ("text", "string"), "number": ("number", "double"),
    "whole": ("whole number", "int32"), "date": ("date, YYYY-MM-DD", "date32"), "month": ("month, see below", "int32"),
    "flag": ("true or false", "bool"),
}  # fmt: skip
_HEAD = f"""# Registers

A study reads one folder with one file per table: Parquet (`spells.parquet`) or CSV (`spells.csv` in UTF-8, names of the
columns in the first row, an empty cell for what is not known; commas between cells and points in numbers, or semicolons
and decimal commas). Where both are there, Parquet is read. A large Parquet file may be a folder of parts.

- `springbrett registers check FOLDER` says what is wrong, by file, row, column and value. A study is not carried out on
  registers with faults.
- `springbrett registers intervals FROM TO` writes them as they are read fastest: Parquet, sorted, months on end as one
  row.
- `springbrett registers pseudonymise FROM TO` exchanges the keys of persons, employers, caseworkers and providers (also
  keys that are text) for whole numbers.
- `springbrett registers from-export EXPORT FOLDER` makes them of the application's own export.
- `springbrett simulate --to FOLDER` makes registers of persons who never lived.

**Months** are whole numbers: year × 12 + month − 1, so that they subtract. March 2026 is 2026 × 12 + 2 = 24314. Dates
and months lie between {EARLIEST.year} and {LATEST.year}. **Intervals** hold from their first to their last month, both
included. **Keys** are pseudonyms, the same for the same one in every table. A column that is not required may be empty,
or left out (not the end of an interval: then nothing would ever end); a table that is not required may be absent, and a
study that rests on it is then refused: an absent register is not an empty one.

In Parquet, a column may come in another type that holds the same: whole numbers or days as text, a code as a category,
a point in time for a day. What could be misread is refused: a day for a month, part of a month, a key in a type that
rounds it, a time in UTC that may be another day here.
"""


def layout_page() -> str:
    """The whole page."""
    parts = [_HEAD, *(_table(table) for table in LAYOUT.values()), _monthly(), _problems()]
    return "\n".join(parts)


def _table(table: Table) -> str:
    rows = [f"| `{c.name}` | {_KINDS[c.kind][0]} | {_KINDS[c.kind][1]} | {_must(c)} | {_meaning(c)} |"
            for c in table.columns]  # fmt: skip
    head = ["| column | holds | in Parquet | required | means |", "|---|---|---|---|---|"]
    return "\n".join([f"## {table.name}\n", " ".join([table.meaning, *_rules(table)]), "", *head, *rows, ""])


def _must(column: Column) -> str:
    return "yes" if column.required else "no"


def _meaning(column: Column) -> str:
    said = column.meaning
    if column.codes:
        said += ": " + ", ".join(f"`{code}`" for code in column.codes)
    if column.kind in ("number", "whole") and column.lowest is not None:
        said += f"; at least {column.lowest:g}" if column.highest is None else (
            f"; {column.lowest:g} to {column.highest:.0f}")  # fmt: skip
    if column.points_to:
        said += f"; stands in [`{column.points_to}`](#{column.points_to})"
    return said


def _rules(table: Table) -> list[str]:
    said = [f"Sorted by {' and '.join(f'`{name}`' for name in table.sorted_by)}."]
    if table.per:
        said.append(f"Rows with the same {' and '.join(f'`{name}`' for name in table.per)} do not overlap in time.")
    if table.unique:
        said.append(f"No `{table.unique[0]}` stands twice.")
    return [*said, "May be absent." if table.optional else "Must be there."]


def _monthly() -> str:
    rows = [f"| `{table.name}.parquet` | {', '.join(f'`{name}`' for name in table.names)} |"
            for table in MONTHLY.values()]  # fmt: skip
    return "\n".join([
        "## Month by month\n",
        "Registers that come with one row per person and month are read as well: one Parquet file, sorted by `person`, "
        "then by `month` (or by employer or benefit and month), in place of the table's own file. Its columns are "
        "those of the table, with `month` for `month_from` and `month_to`. Months on end with the same values become "
        "one interval, once: the intervals are kept in the folder `intervals` beside the file, and made anew when the "
        "file changes. A file in another form (CSV, a folder of parts, another order, numbers as text) is put in order "
        "in memory first, up to 30 million rows.",
        "", "| file | columns |", "|---|---|", *rows, "",
    ])  # fmt: skip


def _problems() -> str:
    remedies = {**REMEDIES, "not_a_number (in a key)": KEY_REMEDY, "too_low or too_high (in a month)": MONTH_REMEDY}
    rows = [f"| {problem.replace('_', ' ')} | {remedy} |" for problem, remedy in remedies.items()]
    return "\n".join([
        "## What the checker finds\n",
        "Gaps, a file out of order, columns that are not read, codes that are not in the catalogue and identity "
        "numbers are told; everything else also stops a study. Rows are counted from 1 after the heading; keys of "
        "persons, employers, caseworkers and providers are never repeated. A gap is a month left out of a person's "
        "one history (education, needs levels), or one in which fewer than half as many rows hold as in the months "
        "before and after.",
        "", "| found | what to do |", "|---|---|", *rows, "",
    ])  # fmt: skip
