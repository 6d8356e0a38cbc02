"""Read a panel larger than memory in one pass: Parquet or arrow batches sorted by unit, reduced to cells as they come.

Reading goes on in its own thread while the block before is added up.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from springbrett.evaluation.effects.did.cells import BLOCK_VALUES, Cells, Reducer, Unbalanced
from springbrett.evaluation.effects.did.panel import Panel, widen
from springbrett.evaluation.effects.records import CannotEstimate, Ints

BATCH_ROWS = BLOCK_VALUES
AHEAD = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns are called. `strata`: discrete covariates, each a whole number below `STRATUM_CODES`."""

    unit: str = "unit"
    period: str = "period"
    first: str = "first"
    outcome: str = "outcome"
    cluster: str | None = None
    strata: tuple[str, ...] = ()
    weight: str | None = None

    @property
    def names(self) -> list[str]:
        """All that must be read."""
        more = [name for name in (self.cluster, *self.strata, self.weight) if name is not None]
        return list(dict.fromkeys([self.unit, self.period, self.first, self.outcome, *more]))


_Rows = dict[str, NDArray]
STRATUM_CODES = 1000
"""Codes of one discrete covariate are below this, so that several make one number without having seen them all."""


def reduce_parquet(
    paths: Path | Sequence[Path], columns: Columns | None = None, *, periods: Ints | None = None,
    unbalanced: Unbalanced | str = Unbalanced.PAIRS, progress: Callable[[float], None] | None = None,
) -> Cells:  # fmt: skip
    """The cells of one or more Parquet files, sorted by unit across all of them.

    `periods`: those that may occur (None: from the files' own statistics). `progress` is told the share read.
    Raises CannotEstimate("bad_input"): unsorted units, missing values, no statistics.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    named = columns or Columns()
    grid = _grid_of(files, named.period) if periods is None else periods
    rows = sum(pq.ParquetFile(path).metadata.num_rows for path in files)
    return reduce_batches(
        _ahead(_batches(files, named)), grid, named, unbalanced=unbalanced, progress=progress, rows=rows
    )


def reduce_batches(
    batches: Iterable[pa.RecordBatch], periods: Ints, columns: Columns | None = None, *,
    unbalanced: Unbalanced | str = Unbalanced.PAIRS, progress: Callable[[float], None] | None = None, rows: int = 0,
) -> Cells:  # fmt: skip
    """The cells of arrow batches sorted by unit. Raises CannotEstimate("bad_input")."""
    reducer = Reducer(periods, unbalanced)
    done, last = 0, None
    for block in _whole_units(batches, columns or Columns(), len(periods)):
        wide = widen(block, periods)
        if last is not None and int(wide.unit[0]) <= last:
            raise CannotEstimate("bad_input", "the panel is not sorted by unit; sort it first, or read it into memory")
        last = int(wide.unit[-1])
        reducer.add(wide)
        done += len(block.y)
        if progress is not None and rows:
            progress(done / rows)
    return reducer.finish()


def _grid_of(files: Sequence[Path], period: str) -> Ints:
    low: list[int] = []
    high: list[int] = []
    for path in files:
        held = pq.ParquetFile(path).metadata
        place = held.schema.names.index(period)
        for group in range(held.num_row_groups):
            found = held.row_group(group).column(place).statistics
            if found is None or not found.has_min_max:
                raise CannotEstimate("bad_input", "the file does not say its first and last period; state the periods")
            low.append(int(found.min))
            high.append(int(found.max))
    if not low:
        raise CannotEstimate("bad_input", "the panel has no rows")
    return np.arange(min(low), max(high) + 1)


def _batches(files: Sequence[Path], columns: Columns) -> Iterator[pa.RecordBatch]:
    for path in files:
        held = pq.ParquetFile(path, pre_buffer=False)  # else all of the file ends up in memory
        yield from held.iter_batches(batch_size=BATCH_ROWS, columns=columns.names)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same, read a few batches ahead in another thread; its errors are raised here."""
    held: queue.Queue[pa.RecordBatch | BaseException | None] = queue.Queue(AHEAD)
    stopped = threading.Event()

    def put(what: pa.RecordBatch | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                held.put(what, timeout=0.1)
            except queue.Full:
                continue
            return

    def read() -> None:
        try:
            for batch in batches:
                put(batch)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as problem:  # noqa: BLE001 - handed to the reader, not swallowed
            put(problem)

    threading.Thread(target=read, daemon=True).start()
    try:
        while (found := held.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        stopped.set()


def _whole_units(batches: Iterable[pa.RecordBatch], columns: Columns, width: int) -> Iterator[Panel]:
    """Blocks of whole units: what may go on in the next batch is carried over."""
    carried: list[_Rows] = []
    for rows in _blocks(batches, columns, width):
        units = rows[columns.unit]
        head = int(np.searchsorted(units, carried[0][columns.unit][0], "right")) if carried else 0
        cut = int(np.searchsorted(units, units[-1]))
        if cut < head:  # the whole block is the unit carried over
            carried.append(rows)
            continue
        if carried:
            yield _panel(_join([*carried, _cut(rows, 0, head)]), columns)
        if cut > head:
            yield _panel(_cut(rows, head, cut), columns)
        carried = [{name: values[cut:].copy() for name, values in rows.items()}]
    if carried:
        yield _panel(_join(carried), columns)


def _blocks(batches: Iterable[pa.RecordBatch], columns: Columns, width: int) -> Iterator[_Rows]:
    """Small batches joined into larger ones; large ones as they are, not copied."""
    held: list[_Rows] = []
    waiting = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        held.append({name: _values(batch.column(batch.schema.get_field_index(name)), name) for name in columns.names})
        waiting += batch.num_rows
        if waiting >= max(BLOCK_VALUES // 2, 4 * width):
            yield _join(held)
            held, waiting = [], 0
    if held:
        yield _join(held)


def _cut(rows: _Rows, begin: int, end: int) -> _Rows:
    return {name: values[begin:end] for name, values in rows.items()}


def _values(column: pa.Array, name: str) -> NDArray:
    if column.null_count:
        raise CannotEstimate("bad_input", f"{name} is missing in some rows; leave those out first", column=name)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _join(parts: list[_Rows]) -> _Rows:
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _panel(rows: _Rows, columns: Columns) -> Panel:
    stratum = None
    for name in columns.strata:
        values = rows[name].astype(np.int64)
        if values.min() < 0 or values.max() >= STRATUM_CODES:
            raise CannotEstimate("bad_input", f"{name} must be coded 0 … {STRATUM_CODES - 1}", column=name)
        stratum = values if stratum is None else stratum * STRATUM_CODES + values
    return Panel(
        rows[columns.unit], rows[columns.period], rows[columns.first], rows[columns.outcome],
        None if columns.cluster is None else rows[columns.cluster], stratum,
        None if columns.weight is None else rows[columns.weight],
    )  # fmt: skip
