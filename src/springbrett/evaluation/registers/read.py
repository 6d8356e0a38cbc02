"""Reads and writes a folder of registers. Parquet is read as it is; CSV is converted by the layout."""

from __future__ import annotations

import hashlib
import shutil
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY, Table

if TYPE_CHECKING:
    from springbrett.evaluation.outcomes.definitions import Outcome
    from springbrett.evaluation.outcomes.paths import Window

CHUNK_BYTES = 1 << 20
SIMULATED = "simulated.json"
"""The note beside registers of persons who never lived."""


class RegistersError(ValueError):
    """A folder of registers cannot be read. Says which file, what is wrong and what to do."""


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


def parts_of(path: Path) -> list[Path]:
    """The files a table is in: one, or those of a folder, as engines write them."""
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path]


def needs_folder(folder: Path) -> None:
    """Raises RegistersError when it is not one."""
    if not folder.is_dir():
        raise RegistersError(f"{folder} is not a folder; make one with `springbrett simulate`, or see the layout")


def needs_empty(folder: Path) -> None:
    """Raises FileExistsError when there is something in the folder: registers are never written over others."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; choose another folder")


def read(folder: Path) -> Registers:
    """The registers of a folder. Raises RegistersError when a table or a column is missing or has another type."""
    needs_folder(folder)
    found = Tables()
    for table in LAYOUT.values():
        path = file_of(folder, table.name)
        if path is None and not table.optional:
            raise RegistersError(f"{folder} lacks {table.name}.parquet (or .csv), which every study needs")
        if path is not None:
            found[table.name] = read_file(path, table)
    return Registers(found, folder)


def read_table(folder: Path, name: str) -> pa.Table | None:
    """One table of a folder, with the columns of the layout; None when the folder does not hold it."""
    path = file_of(folder, name)
    return None if path is None else read_file(path, LAYOUT[name])


def read_file(path: Path, table: Table) -> pa.Table:
    """One file with the columns of a table. Raises RegistersError naming file, column and what is wrong."""
    raw = pq.read_table(path) if path.suffix == ".parquet" else _read_csv(path, table)
    missing = [c.name for c in table.columns if c.required and c.name not in raw.column_names]
    if missing:
        raise RegistersError(f"{path.name} lacks the column {', '.join(missing)}; it has {', '.join(raw.column_names)}")
    return pa.table([_column(raw, table, name, path) for name in table.names], schema=table.schema)


def _read_csv(path: Path, table: Table) -> pa.Table:
    types = {column.name: column.arrow for column in table.columns}
    convert = pa_csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    try:
        return pa_csv.read_csv(path, convert_options=convert)
    except pa.ArrowInvalid as error:
        raise RegistersError(
            f"{path.name} cannot be read: {error}. See the layout for what each column holds"
        ) from None


def _column(raw: pa.Table, table: Table, name: str, path: Path) -> pa.ChunkedArray:
    column = table.column(name)
    if name not in raw.column_names:
        return pa.chunked_array([pa.nulls(raw.num_rows, column.arrow)])
    try:
        return raw[name].cast(column.arrow)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise RegistersError(f"{path.name}, column {name}: {error}; it must be {column.arrow}") from None


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
