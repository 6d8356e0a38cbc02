"""Reads and writes a folder of registers. Parquet is read as it is; CSV is converted by the layout."""

from __future__ import annotations

import hashlib
import shutil
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.registers.cells import HOLDS, laid_out, takes, wrong
from springbrett.evaluation.registers.delimited import heading, read_csv
from springbrett.evaluation.registers.findings import Finding, RegistersError, Unreadable, findings_of, problem_of
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY, Column, Table

if TYPE_CHECKING:
    from springbrett.evaluation.outcomes.definitions import Outcome
    from springbrett.evaluation.outcomes.paths import Window

CHUNK_BYTES = 1 << 20
SIMULATED = "simulated.json"
"""The note beside registers of persons who never lived."""


class Tables(dict[str, pa.Table]):
    """Tables by name. Asking for one that the folder does not hold raises RegistersError: an absent register is not an
    empty one, and counting it as empty would give everyone the answer no."""

    def __missing__(self, name: str) -> pa.Table:
        raise RegistersError(f"these registers have no {name}; what rests on it cannot be studied with them")


class Reading(Mapping[str, pa.Table]):
    """Tables that are read when they are asked for; a part of the persons can be asked for alone."""

    @abstractmethod
    def about(self, persons: Ints) -> Mapping[str, pa.Table]:
        """The same tables with only the rows about these persons; those that tell of nobody stay whole."""

    @abstractmethod
    def paths(self, outcome: Outcome, person: Ints, start: Ints, window: Window) -> Floats:
        """stays × months of an outcome, as `outcomes.definitions.outcome_paths` gives them, by whoever reads."""


def about(registers: Mapping[str, pa.Table], persons: Ints) -> Mapping[str, pa.Table]:
    """The tables to look these persons up in: what is in memory as it is, what is yet to be read only about them."""
    return registers.about(persons) if isinstance(registers, Reading) else registers


@dataclass(frozen=True, slots=True)
class Registers:
    """The tables of a folder by name, each with the columns of the layout in order. Optional tables may be absent."""

    tables: Mapping[str, pa.Table]
    folder: Path | None = None

    def __getitem__(self, name: str) -> pa.Table:
        return self.tables[name]


def file_of(folder: Path, table: str) -> Path | None:
    """The file of a table: Parquet before CSV; None when there is none."""
    return next((p for p in (folder / f"{table}.parquet", folder / f"{table}.csv") if p.exists()), None)


def not_read(folder: Path) -> list[str]:
    """Files of rows in a folder that are read as no table: a misspelt name would otherwise pass for a table that is not
    there."""
    known = {f"{name}{end}" for table in (*LAYOUT.values(), *MONTHLY.values()) for name in (table.name,)
             for end in (".parquet", ".csv")}  # fmt: skip
    kinds = (".parquet", ".csv", ".txt", ".xlsx", ".feather", ".dta", ".sas7bdat", ".sav", ".rds")
    return sorted(path.name for path in folder.iterdir() if path.suffix.lower() in kinds and path.name not in known)


def parts_of(path: Path) -> list[Path]:
    """The files a table is in: one, or those of a folder, as engines write them."""
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path]


def needs_folder(folder: Path) -> None:
    """Raises RegistersError when it is not one."""
    if not folder.is_dir():
        raise RegistersError(f"{folder} is not a folder; make one with `springbrett simulate`, or see the layout")


def read(folder: Path) -> Registers:
    """The registers of a folder. Raises RegistersError when a table or a column is missing or has another type."""
    needs_folder(folder)
    found = Tables()
    for table in LAYOUT.values():
        path = file_of(folder, table.name)
        if path is None and not table.optional:
            raise RegistersError(lacks(folder, table))
        if path is not None:
            found[table.name] = read_file(path, table)
    return Registers(found, folder)


def read_table(folder: Path, name: str) -> pa.Table | None:
    """One table of a folder, with the columns of the layout; None when the folder does not hold it."""
    path = file_of(folder, name)
    return None if path is None else read_file(path, LAYOUT[name])


def read_file(path: Path, table: Table) -> pa.Table:
    """One file with the columns of a table. Raises RegistersError naming file, column, row and what is wrong."""
    if path.suffix == ".parquet":
        schema = parquet_schema(path)
        needs_columns(path, table, schema.names)
        raw = _whole_parquet(path, [name for name in table.names if name in schema.names])
    else:
        needs_columns(path, table, heading(path))
        raw = read_csv(path, table)
    columns, bad = [], list[Finding]()
    for column in table.columns:
        values, findings = _column(raw, table, column, path)
        columns.append(values)
        bad += findings
    if bad:
        raise Unreadable(tuple(bad))
    return pa.table(columns, schema=table.schema)


def bytes_of(path: Path) -> int:
    """How large the file of a table is, all its parts together."""
    return sum(part.stat().st_size for part in parts_of(path))


def lacks(folder: Path, table: Table) -> str:
    """What to say when a table that every study needs is not there."""
    return f"{folder} lacks {table.name}.parquet (or .csv), which every study needs"


def columns_of(path: Path) -> list[str]:
    """The names of the columns of a file, those that are not read among them."""
    return list(parquet_schema(path).names) if path.suffix == ".parquet" else heading(path)


def parquet_schema(path: Path) -> pa.Schema:
    """The columns of a Parquet file, or of a folder of parts. Raises RegistersError when it is none."""
    parts = parts_of(path)
    if not parts:
        raise RegistersError(f"{path.name} is a folder without Parquet files; put the parts in it, or remove it")
    try:
        return pq.read_schema(parts[0])
    except (pa.ArrowInvalid, OSError) as error:
        raise RegistersError(_no_parquet(path, error)) from None


def _whole_parquet(path: Path, names: list[str]) -> pa.Table:
    try:
        return pq.read_table(path, columns=names)
    except (pa.ArrowInvalid, OSError) as error:
        raise RegistersError(_no_parquet(path, error)) from None


def _no_parquet(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return f"{path} may not be read; ask for permission to read it"
    return f"{path.name} is no whole Parquet file (cut off, empty or something else); fetch or write it again"


def needs_columns(path: Path, table: Table, names: Sequence[str]) -> None:
    """Raises RegistersError when a column is missing or stands twice. Those of an interval must be there also when
    their cells may be empty: without an end, everything would seem to go on."""
    twice = sorted({name for name in names if name in table.names and list(names).count(name) > 1})
    if twice:
        raise RegistersError(f"{path.name} has the column {', '.join(twice)} twice; keep one of them")
    missing = [c.name for c in table.columns if (c.required or c.name in (table.span or ())) and c.name not in names]
    if not missing:
        return
    alike = {name.strip().strip('"').casefold(): name for name in names}
    if not set(alike) & set(table.names):  # the first row may hold somebody instead of names: it is not repeated
        raise RegistersError(f"{path.name} has none of the columns {', '.join(table.names)}; its first row must name "
                             "them as in the layout")  # fmt: skip
    hint = "; names are in small letters, without spaces" if set(missing) & set(alike) else ""
    raise RegistersError(f"{path.name} lacks the column {', '.join(missing)}; it has {', '.join(names)}{hint}")


def _column(raw: pa.Table, table: Table, column: Column, path: Path) -> tuple[pa.ChunkedArray, tuple[Finding, ...]]:
    if column.name not in raw.column_names:
        return pa.chunked_array([pa.nulls(raw.num_rows, column.arrow)]), ()
    values = raw[column.name]
    if not takes(values.type, column):
        raise RegistersError(
            f"{path.name}, column {column.name} holds {values.type}; it must hold {HOLDS[column.kind]}"
        )
    bad = findings_of(table, column.name, problem_of(column), wrong(values, column), values, file=path.name)
    return (values if bad else laid_out(values, column)), bad


def write(registers: Mapping[str, pa.Table], folder: Path) -> None:
    """Write every table as Parquet, sorted as the layout says."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in registers.items():
        table = LAYOUT[name]
        order = [(column, "ascending") for column in table.sorted_by]
        pq.write_table(rows.select(list(table.names)).cast(table.schema).sort_by(order), folder / f"{name}.parquet")


def fingerprint(folder: Path) -> dict[str, str]:
    """SHA-256 of every table's file: what a manifest keeps, so that the same data can be recognised."""
    prints = {}
    for name in LAYOUT:
        path = file_of(folder, name)
        if path is None and name in MONTHLY:
            path = file_of(folder, MONTHLY[name].name)
        if path is not None:
            digest = hashlib.sha256()
            for part in parts_of(path):
                with part.open("rb") as file:
                    while chunk := file.read(CHUNK_BYTES):
                        digest.update(chunk)
            prints[path.name] = digest.hexdigest()
    return prints


def keep_origin(source: Path, target: Path) -> None:
    """Registers made from simulated ones are simulated too, and a report must go on saying so."""
    if (source / SIMULATED).exists():
        shutil.copyfile(source / SIMULATED, target / SIMULATED)


__all__ = [
    "SIMULATED", "Reading", "Registers", "RegistersError", "Tables", "about", "bytes_of", "columns_of", "file_of",
    "fingerprint", "keep_origin", "lacks", "needs_columns", "needs_folder", "not_read", "parquet_schema", "parts_of",
    "read", "read_file", "read_table", "write",
]  # fmt: skip
