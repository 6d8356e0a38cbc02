"""What is added up of one cell: sums by period, the T × T products of its units, or the same sums by cluster.

Units wait until some hundreds of them can be multiplied at once. Outcomes that are whole or quarter numbers and not too
large (yes or no, hours a week) are multiplied in single precision: as long as no sum of products reaches 2²⁴ steps of
their grid, every one of them is exact, in half the time. Everything else is multiplied in double precision.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from springbrett.evaluation.effects.records import Flags, Floats, Ints

FEWEST, MOST = 32, 512
"""Units of a cell that wait to be multiplied: so many at first, at most so many."""
WAITING = 1 << 24
"""Values that may wait in all the cells together (128 MB) before no cell's room grows any more."""
EXACT = 2.0**24
GRIDS = (1.0, 4.0)
WORTH_SINGLE = 64
FEW = 0.1
"""Up to this share of months unseen, it is quicker to go through these than to multiply all."""


def square(rows: Floats) -> Floats:
    """rows′rows (T × T), in single precision where that is exact."""
    top = max(float(rows.max(initial=0.0)), -float(rows.min(initial=0.0)))
    for steps in GRIDS:
        together = EXACT / max((top * steps) ** 2, 1.0)
        if together < min(WORTH_SINGLE, len(rows)):
            break
        if on_grid(rows, steps):
            return _single(rows, int(together))
    return np.asarray(rows.T @ rows)


def on_grid(values: Floats, steps: float) -> bool:
    """Whether every value is a whole number of steps, `steps` to one. Not so where a value is missing."""
    scaled = values if steps == 1.0 else values * steps
    return bool((np.rint(scaled) == scaled).all())


def _single(rows: Floats, together: int) -> Floats:
    total = np.zeros((rows.shape[1],) * 2)
    for begin in range(0, len(rows), together):
        part = rows[begin : begin + together].astype(np.float32)
        total += part.T @ part
    return total


class Room:
    """How many values wait in all the cells of a reduction."""

    def __init__(self) -> None:
        self.taken = 0


class CellSums:
    """Sums of one cell. `products`: keep the T × T products of outcomes; `pairs`: those of being observed too."""

    def __init__(self, width: int, room: Room, *, products: bool, pairs: bool) -> None:
        self.heads = 0
        self.units = self.units2 = 0.0
        self.m, self.y, self.m2, self.y2 = (np.zeros(width) for _ in range(4))
        self.yy: Floats | None = None
        self.ym: Floats | None = None
        self.mm: Floats | None = None
        self._products, self._pairs, self._room = products, pairs, room
        self._rows = np.empty((0, width))
        self._weight: Floats | None = None
        self._held = 0

    def add(self, y: Floats, at: Ints, shift: Floats, weight: Floats | None) -> None:
        """The units at those places of y (n × T, NaN where not observed); `weight` (n,) of all the units in y."""
        done = 0
        while done < len(at):
            if self._held == len(self._rows) and not self._grow():
                self.settle()
            count = min(len(at) - done, len(self._rows) - self._held)
            some, into = at[done : done + count], slice(self._held, self._held + count)
            np.subtract(y[some], shift, out=self._rows[into])
            if weight is not None:
                if self._weight is None:
                    self._weight = np.ones(len(self._rows))
                self._weight[into] = weight[some]
            self._held += count
            done += count

    def add_sums(self, heads: int, units: float, m: Floats, y: Floats) -> None:
        """Units that are added up already, their products left out."""
        self.heads += heads
        self.units += units
        self.m += m
        self.y += y

    def _grow(self) -> bool:
        """Room for more units to wait; whether there is."""
        width = self._rows.shape[1]
        wanted = min(max(FEWEST, 2 * len(self._rows)), MOST)
        more = (wanted - len(self._rows)) * width
        if not more or (len(self._rows) and self._room.taken + more > WAITING):
            return False
        self._room.taken += more
        rows = np.empty((wanted, width))
        rows[: self._held] = self._rows[: self._held]
        self._rows = rows
        if self._weight is not None:
            self._weight = np.concatenate([self._weight, np.ones(wanted - len(self._weight))])
        return True

    def settle(self) -> None:
        """Add up those who wait."""
        if not self._held:
            return
        rows = self._rows[: self._held]
        weight = None if self._weight is None else self._weight[: self._held]
        unseen = np.isnan(rows) if self._pairs else np.zeros(0, bool)
        if unseen.any():
            np.copyto(rows, 0.0, where=unseen)
            self._settle_gaps(rows, ~unseen, weight)
        else:
            self._settle(rows, None, weight)
        self._held = 0

    def _settle_gaps(self, rows: Floats, seen: Flags, weight: Floats | None) -> None:
        """Units that come and go. Where they do so much, those always seen are taken apart: a quarter of the work."""
        if np.count_nonzero(seen) >= (1 - FEW) * seen.size:
            self._settle(rows, seen, weight)
            return
        whole = seen.all(axis=1)
        for part, known in ((whole, None), (~whole, seen[~whole])):
            self._settle(rows[part], known, None if weight is None else weight[part])

    def _settle(self, rows: Floats, seen: Flags | None, weight: Floats | None) -> None:
        self._sum(rows, seen, weight)
        if self._products and len(rows):
            self._multiply(rows if weight is None else rows * weight[:, None], seen, weight)

    def _sum(self, y: Floats, seen: Flags | None, weight: Floats | None) -> None:
        count = len(y)
        self.heads += count
        for suffix, v in (("", weight), ("2", None if weight is None else weight * weight)):
            units = float(count) if v is None else float(v.sum())
            setattr(self, f"units{suffix}", getattr(self, f"units{suffix}") + units)
            total = y.sum(axis=0) if v is None else v @ y
            setattr(self, f"y{suffix}", getattr(self, f"y{suffix}") + total)
            there = units if seen is None else seen.sum(axis=0) if v is None else v @ seen
            setattr(self, f"m{suffix}", getattr(self, f"m{suffix}") + there)

    def _multiply(self, y: Floats, seen: Flags | None, weight: Floats | None) -> None:
        width = y.shape[1]
        if seen is None:
            self.yy = _plus(self.yy, square(y))
            if self._pairs:
                w = np.ones(len(y)) if weight is None else weight
                self.ym = _plus(self.ym, np.repeat((w @ y)[:, None], width, axis=1))
                self.mm = _plus(self.mm, np.full((width, width), float(w @ w)))
            return
        yy, ym, mm = _few_gaps(y, seen, weight) or _gaps(y, seen, weight)
        self.yy = _plus(self.yy, yy)
        self.ym = _plus(self.ym, ym)
        self.mm = _plus(self.mm, mm)

    def merge(self, other: CellSums) -> None:
        """What the other has added up, too; nobody may be waiting in either."""
        self.heads += other.heads
        for name in ("units", "units2", "m", "y", "m2", "y2"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("yy", "ym", "mm"):
            if (more := getattr(other, name)) is not None:
                setattr(self, name, _plus(getattr(self, name), more))

    def close(self) -> None:
        """Add up those who wait, and let go of their room."""
        self.settle()
        self._room.taken -= self._rows.size
        self._rows, self._weight = np.empty((0, self._rows.shape[1])), None


def _gaps(y: Floats, seen: Flags, weight: Floats | None) -> tuple[Floats, Floats, Floats]:
    """The three tables of products of units that come and go, as they are defined."""
    width = y.shape[1]
    masked = seen.astype(np.float64) if weight is None else seen * weight[:, None]
    whole = square(np.concatenate([y, masked], axis=1))
    return whole[:width, :width], whole[:width, width:], whole[width:, width:]


def _few_gaps(y: Floats, seen: Flags, weight: Floats | None) -> tuple[Floats, Floats, Floats] | None:
    """The same from where nobody is seen, None unless that is seldom: m = 1 − h, and products with h ask for h's own
    few places only."""
    count, width = y.shape
    at = np.flatnonzero(~seen)
    if len(at) > FEW * y.size:
        return None
    row, column = np.divmod(at, width)
    w = np.ones(count) if weight is None else weight
    gaps = sparse.csr_array((w[row], column, np.searchsorted(row, np.arange(count + 1))), shape=(count, width))
    mm = (gaps.T @ gaps).toarray()
    own = mm.diagonal()
    mm += float(w @ w) - own[:, None] - own
    ym = (w @ y)[:, None] - (gaps.T @ y).T
    return square(y), ym, mm


def _plus(held: Floats | None, more: Floats) -> Floats:
    if held is None:
        return np.array(more)
    held += more
    return held


class ClusterSums:
    """Sums by cluster of one cell: `names` (R,) in order, `units` (R,), `m` and `y` (R × T)."""

    def __init__(self, width: int) -> None:
        self.names = np.zeros(0, np.int64)
        self.units, self.m, self.y = np.zeros(0), np.zeros((0, width)), np.zeros((0, width))

    def add(self, names: Ints, units: Floats, m: Floats, y: Floats) -> None:
        """More of clusters whose names stand in order, each once."""
        every = np.union1d(self.names, names)
        if len(every) > len(self.names):
            place = np.searchsorted(every, self.names)
            for name in ("units", "m", "y"):
                held = getattr(self, name)
                grown = np.zeros((len(every), *held.shape[1:]))
                grown[place] = held
                setattr(self, name, grown)
            self.names = every
        at = np.searchsorted(self.names, names)
        self.units[at] += units
        self.m[at] += m
        self.y[at] += y
