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

BATCH_ROWS = 1 << 20
AHEAD = 3


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
    done = 0
    for block in _whole_units(batches, columns or Columns(), len(periods)):
        reducer.add(widen(block, periods))
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
        yield from pq.ParquetFile(path).iter_batches(batch_size=BATCH_ROWS, columns=columns.names)


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
    carried: list[dict[str, NDArray]] = []
    waiting = 0
    last: int | None = None
    for batch in batches:
        if not batch.num_rows:
            continue
        rows = {name: _values(batch.column(batch.schema.get_field_index(name)), name) for name in columns.names}
        carried.append(rows)
        waiting += batch.num_rows
        if waiting < max(BLOCK_VALUES, 4 * width):
            continue
        joined = _join(carried)
        units = joined[columns.unit]
        cut = int(np.searchsorted(units, units[-1]))
        if cut:
            last = _in_order(units[:cut], last)
            yield _panel({name: values[:cut] for name, values in joined.items()}, columns)
        carried = [{name: values[cut:].copy() for name, values in joined.items()}]
        waiting = len(units) - cut
    if waiting:
        joined = _join(carried)
        _in_order(joined[columns.unit], last)
        yield _panel(joined, columns)


def _in_order(units: NDArray, last: int | None) -> int:
    if (units[1:] < units[:-1]).any() or (last is not None and int(units[0]) <= last):
        raise CannotEstimate("bad_input", "the panel is not sorted by unit; sort it first, or read it into memory")
    return int(units[-1])


def _values(column: pa.Array, name: str) -> NDArray:
    if column.null_count:
        raise CannotEstimate("bad_input", f"{name} is missing in some rows; leave those out first", column=name)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _join(parts: list[dict[str, NDArray]]) -> dict[str, NDArray]:
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _panel(rows: dict[str, NDArray], columns: Columns) -> Panel:
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
