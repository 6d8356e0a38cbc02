"""Rows of Parquet files as they come: row group by row group, decoded no more often than they differ."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.recurring import Recurring

Rows = dict[str, NDArray]
"""Columns by name, all of the same length."""
AHEAD = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One row group of one file."""

    path: Path
    group: int
    rows: int


def pieces_of(files: Sequence[Path]) -> list[Piece]:
    """Every row group that has rows, in order."""
    found = []
    for path in files:
        held = pq.ParquetFile(path).metadata
        found += [Piece(path, group, held.row_group(group).num_rows) for group in range(held.num_row_groups)]
    return [piece for piece in found if piece.rows]


def rows_of(pieces: Sequence[Piece], names: Sequence[str], alike: str, most: int) -> Iterator[Rows]:
    """The rows of the pieces in order, at most `most` at a time. `alike`: a column likely to be the same in many row
    groups (the periods of a panel)."""
    for path in dict.fromkeys(piece.path for piece in pieces):
        reader = _Reader(path, list(names), alike)
        for piece in pieces:
            if piece.path == path:
                yield from reader.rows(piece, most)


class _Reader:
    """One file, read by one thread."""

    def __init__(self, path: Path, names: list[str], alike: str) -> None:
        self.names, self.alike = names, alike
        self.file = pq.ParquetFile(path, pre_buffer=False)  # else all of the file ends up in memory
        self.others = [name for name in names if name != alike]
        self.again = Recurring(self.file, str(path), alike, lambda column: _values(column, alike))

    def rows(self, piece: Piece, most: int) -> Iterator[Rows]:
        if piece.rows > most or not self.others:
            batches = self.file.iter_batches(most, row_groups=[piece.group], columns=self.names, use_threads=False)
            yield from (arrays(batch, self.names) for batch in batches if batch.num_rows)
            return
        table = self.file.read_row_group(piece.group, columns=self.others, use_threads=False)
        held = {name: _values(table.column(name), name) for name in self.others}
        held[self.alike] = self.again.of(piece.group)
        yield held


def arrays(batch: pa.RecordBatch, names: Sequence[str]) -> Rows:
    """The columns of a batch. Raises CannotEstimate("bad_input"): missing values."""
    return {name: _values(batch.column(batch.schema.get_field_index(name)), name) for name in names}


def _values(column: pa.Array | pa.ChunkedArray, name: str) -> NDArray:
    if column.null_count:
        raise CannotEstimate("bad_input", f"{name} is missing in some rows; leave those out first", column=name)
    if isinstance(column, pa.ChunkedArray):
        if column.num_chunks != 1:
            return np.asarray(column.to_numpy())
        column = column.chunk(0)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def ahead(found: Iterator[Rows]) -> Iterator[Rows]:
    """The same, read a few blocks ahead in another thread; its errors are raised here."""
    held: queue.Queue[Rows | BaseException | None] = queue.Queue(AHEAD)
    stopped = threading.Event()

    def put(what: Rows | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                held.put(what, timeout=0.1)
            except queue.Full:
                continue
            return

    def read() -> None:
        try:
            for rows in found:
                put(rows)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as problem:  # noqa: BLE001 - handed to the reader, not swallowed
            put(problem)

    threading.Thread(target=read, daemon=True).start()
    try:
        while (rows := held.get()) is not None:
            if isinstance(rows, BaseException):
                raise rows
            yield rows
    finally:
        stopped.set()


def whole_units(found: Iterable[Rows], unit: str, least: int) -> Iterator[Rows]:
    """Blocks of whole units, of about `least` rows or more; the last one is the last unit alone.

    What may go on in the next block is carried over.
    """
    carried: list[Rows] = []
    for rows in _joined(found, unit, least):
        units = rows[unit]
        head = int(np.searchsorted(units, carried[0][unit][0], "right")) if carried else 0
        cut = int(np.searchsorted(units, units[-1]))
        if cut < head:  # the whole block is the unit carried over
            carried.append(rows)
            continue
        if carried:
            yield join([*carried, cut_out(rows, 0, head)])
        if cut > head:
            yield cut_out(rows, head, cut)
        carried = [{name: values[cut:].copy() for name, values in rows.items()}]
    if carried:
        yield join(carried)


def _joined(found: Iterable[Rows], unit: str, least: int) -> Iterator[Rows]:
    """Small blocks joined into larger ones; large ones as they are, not copied."""
    held: list[Rows] = []
    waiting = 0
    for rows in found:
        if not len(rows[unit]):
            continue
        held.append(rows)
        waiting += len(rows[unit])
        if waiting >= least:
            yield join(held)
            held, waiting = [], 0
    if held:
        yield join(held)


def cut_out(rows: Rows, begin: int, end: int) -> Rows:
    """Those rows, not copied."""
    return {name: values[begin:end] for name, values in rows.items()}


def join(parts: Sequence[Rows]) -> Rows:
    """The parts after one another; a single one as it is."""
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
