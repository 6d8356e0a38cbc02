"""Tables on disk: each as Parquet and as CSV, with a page that says what their columns mean."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from springbrett.evaluation.study.manifest import digest

Columns = Mapping[str, Sequence[tuple[str, pa.DataType, str]]]
"""Table → its columns: name, type, meaning."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of tables, each with its `columns`, and the `title` of the page about them."""

    title: str
    columns: Columns

    def table(self, name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
        """Rows as a table with the columns of its kind. Raises KeyError for a column it does not have."""
        columns = self.columns[name]
        known = {column for column, _type, _meaning in columns}
        held = list(rows)
        for row in held:
            if extra := set(row) - known:
                raise KeyError(f"{name} has no column {', '.join(sorted(extra))}")
        return pa.table({column: pa.array([_clean(row.get(column)) for row in held], kind)
                         for column, kind, _meaning in columns})  # fmt: skip

    def write(self, tables: Mapping[str, pa.Table], folder: Path) -> dict[str, str]:
        """Every table as Parquet and CSV, and what the columns mean; SHA-256 of each CSV by table."""
        folder.mkdir(parents=True, exist_ok=True)
        prints = {}
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
            pa_csv.write_csv(table, folder / f"{name}.csv")
            prints[name] = digest((folder / f"{name}.csv").read_bytes())
        (folder / "columns.md").write_text(self.page(tables), encoding="utf-8")
        return prints

    def page(self, names: Iterable[str] | None = None) -> str:
        """What each column of the tables means (all of them, or those named), as Markdown."""
        parts = [f"# {self.title}\n\nAn empty cell is hidden because few are behind it, or not known.\n"]
        for name in self.columns if names is None else names:
            rows = [f"| `{column}` | {kind} | {meaning} |" for column, kind, meaning in self.columns[name]]
            parts.append("\n".join([f"## {name}\n", "| column | type | meaning |", "|---|---|---|", *rows, ""]))
        return "\n".join(parts)


def prints_of(folder: Path) -> dict[str, set[str]]:
    """SHA-256 by table of what stands in its files, Parquet written as CSV: one for each table that nobody touched."""
    prints: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.csv")):
        prints.setdefault(path.stem, set()).add(digest(path.read_bytes()))
    for name, table in read_tables(folder).items():
        held = io.BytesIO()
        pa_csv.write_csv(table, held)
        prints.setdefault(name, set()).add(digest(held.getvalue()))
    return prints


def read_tables(folder: Path) -> dict[str, pa.Table]:
    """The tables in a folder by name."""
    return {path.stem: pq.read_table(path) for path in sorted(folder.glob("*.parquet"))}


def _clean(value: Any) -> Any:
    """Numpy scalars to plain ones; a number that is none to nothing."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
