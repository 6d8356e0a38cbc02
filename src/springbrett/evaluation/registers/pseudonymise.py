"""Replaces the keys of persons, employers, caseworkers and providers on the way in, under one secret key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from springbrett.evaluation.registers.layout import LAYOUT
from springbrett.evaluation.registers.read import Registers, keep_origin, needs_empty, read, write

REPLACED = ("person", "employer", "caseworker", "provider")
LEAST_KEY = 16
BITS = 62


def pseudonymised(registers: Registers, key: bytes) -> dict[str, pa.Table]:
    """The tables with every key of REPLACED exchanged for a pseudonym (HMAC-SHA-256, 62 bits), sorted as before.

    The same key gives the same pseudonyms, so that registers fetched later line up. Offices keep their numbers: a study
    names them. Raises ValueError for a key shorter than 16 bytes, or should two keys get the same pseudonym.
    """
    if len(key) < LEAST_KEY:
        raise ValueError(f"the pseudonym key must be at least {LEAST_KEY} bytes")
    names = {name: _names(registers, name, key) for name in REPLACED}
    return {name: _table(name, rows, names) for name, rows in registers.tables.items()}


def _names(registers: Registers, column: str, key: bytes) -> Mapping[int, int]:
    held = [rows[column] for name, rows in registers.tables.items() if column in LAYOUT[name].names]
    known = np.unique(
        np.concatenate([np.asarray(c.drop_null().to_numpy(), np.int64) for c in held] or [np.zeros(0, np.int64)])
    )
    found = {int(value): _pseudonym(key, column, int(value)) for value in known}
    if len(set(found.values())) != len(found):
        raise ValueError("two keys got the same pseudonym; use another secret key")
    return found


def _pseudonym(key: bytes, column: str, value: int) -> int:
    digest = hmac.new(key, f"{column}:{value}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - BITS)


def _table(name: str, rows: pa.Table, names: Mapping[str, Mapping[int, int]]) -> pa.Table:
    for column in REPLACED:
        if column in LAYOUT[name].names:
            new = [None if value is None else names[column][value] for value in rows[column].to_pylist()]
            rows = rows.set_column(rows.column_names.index(column), column, pa.array(new, pa.int64()))
    order = [(column, "ascending") for column in LAYOUT[name].sorted_by]
    return rows.sort_by(order)


def pseudonymise_folder(source: Path, target: Path, key: bytes) -> None:
    """Read `source`, replace the keys, write `target`. Raises RegistersError, ValueError, FileExistsError."""
    needs_empty(target)
    write(pseudonymised(read(source), key), target)
    keep_origin(source, target)
