"""Read a panel larger than memory in one pass: Parquet or arrow batches sorted by unit, reduced to cells as they come.

A large file is read in lanes, stretches of its row groups, side by side. How they are cut does not depend on how many
processors there are, nor does any digit of the answer. Units cut in two by the lanes are put together at the end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.effects.did.cells import BLOCK_VALUES, Cells, Reducer, Unbalanced, one_thread, steady
from springbrett.evaluation.effects.did.panel import Panel, widen
from springbrett.evaluation.effects.did.pieces import (
    Piece,
    Rows,
    ahead,
    arrays,
    cut_out,
    join,
    pieces_of,
    rows_of,
    whole_units,
)
from springbrett.evaluation.effects.entrance import whole
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints

LANES = 4
LANE_ROWS = BLOCK_VALUES
"""A panel with fewer rows than this for each lane has fewer lanes."""
STRATUM_CODES = 1000
"""Codes of one discrete covariate are below this, so that several make one number without having seen them all."""


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
    pieces = pieces_of(files)
    job = _Job(named, grid, Unbalanced(unbalanced), sum(piece.rows for piece in pieces), progress)
    lanes = _lanes(pieces)
    if len(lanes) < 2:
        return job.alone(ahead(job.rows(pieces)))
    return _side_by_side(job, lanes)


def reduce_batches(
    batches: Iterable[pa.RecordBatch], periods: Ints, columns: Columns | None = None, *,
    unbalanced: Unbalanced | str = Unbalanced.PAIRS, progress: Callable[[float], None] | None = None, rows: int = 0,
) -> Cells:  # fmt: skip
    """The cells of arrow batches sorted by unit. Raises CannotEstimate("bad_input")."""
    named = columns or Columns()
    job = _Job(named, periods, Unbalanced(unbalanced), rows, progress)
    return job.alone(arrays(batch, named.names) for batch in batches if batch.num_rows)


@dataclass(slots=True)
class _Job:
    """One reduction: what is read, on which periods, by which rule, and how far it has come."""

    columns: Columns
    periods: Ints
    rule: Unbalanced
    total: int
    progress: Callable[[float], None] | None
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def rows(self, pieces: Sequence[Piece]) -> Iterator[Rows]:
        return rows_of(pieces, self.columns.names, self.columns.period, BLOCK_VALUES)

    def blocks(self, found: Iterable[Rows]) -> Iterator[Rows]:
        """Blocks of whole units."""
        return whole_units(found, self.columns.unit, max(BLOCK_VALUES // 8, 4 * len(self.periods)))

    def alone(self, found: Iterable[Rows]) -> Cells:
        """All of them, one block after the other."""
        reducer, last = Reducer(self.periods, self.rule), None
        for rows in self.blocks(found):
            last = self.add(reducer, rows, last)
        return reducer.finish()

    def add(self, reducer: Reducer, rows: Rows, last: int | None) -> int:
        """A block of whole units, all of them after the unit `last`; the last of its units."""
        wide = widen(_panel(rows, self.columns), self.periods)
        if last is not None and int(wide.unit[0]) <= last:
            raise _unsorted()
        reducer.add(wide)
        self.told(len(rows[self.columns.unit]))
        return int(wide.unit[-1])

    def told(self, more: int) -> None:
        """Say how far it has come."""
        with self.lock:
            self.done += more
            if self.progress is not None and self.total:
                self.progress(self.done / self.total)


@dataclass(frozen=True, slots=True)
class _Lane:
    """What a lane came to, and the rows of its first and last unit, which may go on in the lanes beside it."""

    reducer: Reducer
    edges: list[Rows]


def _lanes(pieces: list[Piece]) -> list[list[Piece]]:
    """Stretches of about as many rows; their number hangs on the panel alone."""
    total = sum(piece.rows for piece in pieces)
    count = max(1, min(LANES, len(pieces), total // LANE_ROWS))
    lanes: list[list[Piece]] = [[] for _lane in range(count)]
    before = 0
    for piece in pieces:
        lanes[min(before * count // total, count - 1)].append(piece)
        before += piece.rows
    return [lane for lane in lanes if lane]


def _side_by_side(job: _Job, lanes: list[list[Piece]]) -> Cells:
    shift = _shift(next(job.rows(lanes[0])), job)
    whole: Reducer | None = None
    edges: list[Rows] = []
    with one_thread(), ThreadPoolExecutor(min(len(lanes), os.cpu_count() or 1)) as workers:
        try:
            for found in workers.map(lambda lane: _lane(job, lane, shift), lanes):
                whole = found.reducer if whole is None else whole.merge(found.reducer)
                edges += found.edges
        except BaseException:
            job.stopped.set()
            raise
        cut = join(edges)
        if whole is None or (np.diff(cut[job.columns.unit]) < 0).any():
            raise _unsorted()
        job.add(whole, cut, None)
    return whole.finish()


def _lane(job: _Job, pieces: list[Piece], shift: Floats) -> _Lane:
    """One lane. When one fails, the others stop at their next block."""
    reducer, unit = Reducer(job.periods, job.rule, shift), job.columns.unit
    edges: list[Rows] = []
    held: Rows | None = None
    last = 0
    try:
        for rows in job.blocks(job.rows(pieces)):
            if job.stopped.is_set():
                break
            if held is not None:
                last = job.add(reducer, held, last)
            held = rows
            if not edges:
                last, count = int(rows[unit][0]), len(rows[unit])
                head = int(np.searchsorted(rows[unit], last, "right"))
                edges.append({name: values[:head].copy() for name, values in rows.items()})
                held = cut_out(rows, head, count) if head < count else None
        if held is not None:
            if int(held[unit].min()) <= last:
                raise _unsorted()
            edges.append(held)
    except BaseException:
        job.stopped.set()
        raise
    reducer.settle()
    return _Lane(reducer, edges)


def _unsorted() -> CannotEstimate:
    return CannotEstimate("bad_input", "the panel is not sorted by unit; sort it first, or read it into memory")


def _shift(rows: Rows, job: _Job) -> Floats:
    """About the mean outcome by period among the first rows."""
    place = np.clip(np.searchsorted(job.periods, rows[job.columns.period]), 0, len(job.periods) - 1)
    y, width = np.asarray(rows[job.columns.outcome], np.float64), len(job.periods)
    return steady(y, np.bincount(place, y, width) / np.maximum(np.bincount(place, minlength=width), 1))


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
            if not isinstance(found.min, int):
                raise CannotEstimate("bad_input", f"{period} is not whole numbers; number the periods", column=period)
            low.append(int(found.min))
            high.append(int(found.max))
    if not low:
        raise CannotEstimate("bad_input", "the panel has no rows")
    return np.arange(min(low), max(high) + 1)


def _panel(rows: Rows, columns: Columns) -> Panel:
    stratum = None
    for name in columns.strata:
        values = whole(rows[name], name)
        if values.min() < 0 or values.max() >= STRATUM_CODES:
            raise CannotEstimate("bad_input", f"{name} must be coded 0 … {STRATUM_CODES - 1}", column=name)
        stratum = values if stratum is None else stratum * STRATUM_CODES + values
    return Panel(
        rows[columns.unit], rows[columns.period], rows[columns.first], rows[columns.outcome],
        None if columns.cluster is None else rows[columns.cluster], stratum,
        None if columns.weight is None else rows[columns.weight],
    )  # fmt: skip
