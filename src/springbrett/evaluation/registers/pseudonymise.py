"""Replaces the keys of persons, employers, caseworkers and providers on the way in, under one secret key."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from springbrett.evaluation.registers.findings import PRIVATE, RegistersError
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY, Column, Table
from springbrett.evaluation.registers.read import (
    Registers,
    bytes_of,
    file_of,
    keep_origin,
    lacks,
    needs_folder,
    read_file,
)
from springbrett.evaluation.registers.whole import whole

REPLACED = tuple(sorted(PRIVATE))
LEAST_KEY = 16
BITS = 62


def pseudonymised(registers: Registers, key: bytes) -> dict[str, pa.Table]:
    """The tables with every key of REPLACED exchanged for a pseudonym (HMAC-SHA-256, 62 bits), sorted as before.

    The same key gives the same pseudonyms, so that registers fetched later line up. Offices keep their numbers: a study
    names them. Raises ValueError for a key shorter than 16 bytes, or should two keys get the same pseudonym.
    """
    _needs_key(key)
    return {name: _exchanged(rows, LAYOUT[name], key) for name, rows in registers.tables.items()}


def pseudonymise_folder(
    source: Path, target: Path, key: bytes, *, progress: Callable[[float], None] = lambda part: None
) -> dict[str, int]:  # fmt: skip
    """Read `source`, replace the keys, write `target`, all of it or nothing; rows by table. Keys may be text
    (01019012345 and 1019012345 are the same one); tables may come month by month. One table is held at a time.
    `progress` is told the share that is done.

    Raises RegistersError, ValueError, FileExistsError, BusyError.
    """
    _needs_key(key)
    needs_folder(source)
    files = dict(_files(source))
    sizes = [bytes_of(path) for path in files]
    rows: dict[str, int] = {}
    with whole(target) as draft:
        for path, table in files.items():
            made = _exchanged(read_file(path, _keys_as_text(table)), table, key)
            pq.write_table(made, draft / f"{table.name}.parquet")
            rows[table.name] = made.num_rows
            progress(sum(sizes[: len(rows)]) / max(1, sum(sizes)))
        keep_origin(source, draft)
    return rows


def _needs_key(key: bytes) -> None:
    if len(key) < LEAST_KEY:
        raise ValueError(f"the pseudonym key must be at least {LEAST_KEY} bytes")


def _files(source: Path) -> Iterator[tuple[Path, Table]]:
    for name, table in LAYOUT.items():
        monthly = MONTHLY.get(name)
        if (own := file_of(source, name)) is not None:
            yield own, table
        elif monthly is not None and (path := file_of(source, monthly.name)) is not None:
            yield path, monthly
        elif not table.optional:
            raise RegistersError(lacks(source, table))


def _keys_as_text(table: Table) -> Table:
    return replace(table, columns=tuple(_as_text(column) for column in table.columns))


def _as_text(column: Column) -> Column:
    return replace(column, kind="code") if column.name in REPLACED else column


def _exchanged(rows: pa.Table, table: Table, key: bytes) -> pa.Table:
    columns: Mapping[str, pa.ChunkedArray] = {
        name: _names(name, rows[name], key) if name in REPLACED else rows[name] for name in table.names
    }
    order = [*table.sorted_by, *(["month"] if "month" in table.names else [])]
    made = pa.table(columns).cast(table.schema)
    return made.sort_by([(column, "ascending") for column in order])


def _names(column: str, values: pa.ChunkedArray, key: bytes) -> pa.ChunkedArray:
    coded = values.cast(pa.string()).combine_chunks().dictionary_encode()
    known = [_plain(text) for text in coded.dictionary.to_pylist()]
    names = [_pseudonym(key, column, text) for text in known]
    if len(set(names)) != len(set(known)):
        raise ValueError("two keys got the same pseudonym; use another secret key")
    return pa.chunked_array([pc.take(pa.array(names, pa.int64()), coded.indices)])


def _plain(text: str) -> str:
    """A whole number as it is written without zeros before it, so that it is the same in every table."""
    return text.lstrip("0") or "0" if text.isdecimal() else text


def _pseudonym(key: bytes, column: str, value: str) -> int:
    digest = hmac.digest(key, f"{column}:{value}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big") >> (64 - BITS)
