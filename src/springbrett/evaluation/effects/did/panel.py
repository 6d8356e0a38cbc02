"""The panel: units by periods, from when each unit was treated, and what it is compared within.

Periods are whole numbers (years, absolute months). Treatment is absorbing: from the first treated period on. A unit may
be missing in some periods; what a unit is (its first period, stratum, cluster, weight) does not change over time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from springbrett.evaluation.effects.entrance import hold, labels, numbers, whole
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

NEVER = int(np.iinfo(np.int32).max)
"""First treated period of a unit that is never treated."""
MOST_STRATA = 1 << 32
"""So that first treated period and stratum make one number together."""
DENSE = 4
"""Unit numbers spread over at most this many times their count are placed by a table instead of by sorting."""


def first_of(first: NDArray, periods: Ints | None = None) -> Ints:
    """First treated periods as whole numbers (int64): 0, missing, infinite and beyond all calendars mean never.

    `periods`: the grid, in order. Raises CannotEstimate("bad_input") for a broken period, for one below 0 where no
    period is (a code, not a period), and for 0 where it may as well be the period 0.
    """
    found = first.astype(np.float64) if first.dtype.kind == "f" else first.astype(np.int64)
    unsaid = (found >= NEVER) | (found != found)  # noqa: PLR0124 - NaN is not itself
    if found.dtype.kind == "f":
        unsaid |= ~np.isfinite(found)
        found = np.where(unsaid, 0, found)
        if (np.rint(found) != found).any():
            raise CannotEstimate("bad_input", "a first treated period is not a whole number")
    zero = (found == 0) & ~unsaid
    if periods is not None and len(periods):
        low, high = int(periods[0]), int(periods[-1])
        if low >= 0 and (found < 0).any():
            raise CannotEstimate(
                "bad_input",
                "a first treated period is below 0; write never as missing, and before the panel as its first",
            )
        if low <= 0 <= high and zero.any() and (low < 0 or unsaid.any()):
            raise CannotEstimate("bad_input", "0 is a period here, and cannot mean never treated too; number periods "
                                 "from 1")  # fmt: skip
    return np.where(unsaid | zero, NEVER, found).astype(np.int64)


def strata_of(*columns: NDArray) -> Ints:
    """One number per row for each combination of discrete covariates."""
    code = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, position = np.unique(column, return_inverse=True)
        code = np.unique(code * len(values) + position, return_inverse=True)[1]  # from 0 again: no product overflows
    return code


def from_zero(stratum: NDArray | None) -> Ints | None:
    """Strata as they are. Raises CannotEstimate("bad_input") unless they are whole numbers from 0."""
    if stratum is None:
        return None
    found = whole(stratum, "the stratum")
    if found.size and not 0 <= found.min() <= found.max() < MOST_STRATA:
        raise CannotEstimate("bad_input", "strata are numbered from 0; number them by strata_of")
    return found


@dataclass(frozen=True, slots=True)
class Panel:
    """One element per row: `unit`, `period`, `first` treated period (0 or infinite: never), outcome `y`.

    `cluster`, `stratum` (see `strata_of`) and `weight` are None or constant within a unit. Raises
    CannotEstimate("bad_input"): different lengths, a missing outcome, a weight that is not positive, strata below 0.
    """

    unit: Ints
    period: Ints
    first: Ints
    y: Floats
    cluster: Ints | None = None
    stratum: Ints | None = None
    weight: Floats | None = None

    def __post_init__(self) -> None:
        hold(self, unit=_numbered(self.unit), period=_numbered(self.period), y=_as_numbers(self.y, "the outcome"),
             first=_as_numbers(self.first, "the first treated period"), stratum=from_zero(self.stratum),
             cluster=None if self.cluster is None else labels(self.cluster, "the cluster"),
             weight=None if self.weight is None else numbers(self.weight, "the weight"))  # fmt: skip
        count = len(self.y)
        arrays = (self.unit, self.period, self.first, self.cluster, self.stratum, self.weight)
        if any(a is not None and a.shape != (count,) for a in (self.y, *arrays)) or not count:
            raise CannotEstimate("bad_input", "the columns of the panel have different lengths, or none at all")
        if not np.isfinite(self.y.sum(dtype=np.float64)):
            raise CannotEstimate("bad_input", "an outcome is missing; leave those rows out first")
        if self.weight is not None and not ((self.weight > 0) & np.isfinite(self.weight)).all():
            raise CannotEstimate("bad_input", "a weight is not positive; leave those units out first")


def _as_numbers(values: NDArray, what: str) -> NDArray:
    """Numbers as they are, however short; others made into numbers."""
    return values if type(values) is np.ndarray and values.dtype.kind in "fiub" else numbers(values, what)


def _numbered(values: NDArray) -> Ints:
    held = np.asarray(values)
    if held.dtype.kind not in "iu":
        raise CannotEstimate("bad_input", "units and periods are numbered by whole numbers")
    return whole(held, "units and periods")


@dataclass(frozen=True, slots=True)
class Wide:
    """n units × T `periods`: `y` with NaN where a unit is not observed, and what each unit is (n,)."""

    periods: Ints
    y: Floats
    unit: Ints
    first: Ints
    stratum: Ints
    cluster: Ints | None
    weight: Floats | None

    def chosen(self, keep: Flags | Ints | slice) -> Wide:
        """Those units."""
        cluster = None if self.cluster is None else self.cluster[keep]
        weight = None if self.weight is None else self.weight[keep]
        return Wide(self.periods, self.y[keep], self.unit[keep], self.first[keep], self.stratum[keep], cluster, weight)

    @property
    def seen(self) -> Flags:
        """n × T: where the outcome is known."""
        return ~np.isnan(self.y)

    @property
    def weights(self) -> Floats:
        """n: the weights, ones when there are none."""
        return np.ones(len(self.unit)) if self.weight is None else self.weight


def widen(panel: Panel, periods: Ints | None = None) -> Wide:
    """The panel with one row per unit. `periods`: the grid (None: the periods that occur).

    Sorted, complete panels are looked at anew, not copied. Raises CannotEstimate("bad_input"): two rows of one
    unit in one period, a period outside the grid, something about a unit that changes over time.
    """
    grid = _occurring(panel.period) if periods is None else periods
    found = _reshaped(panel, grid)
    return _scattered(panel, grid) if found is None else found


def _occurring(period: Ints) -> Ints:
    low, high = int(period.min()), int(period.max())
    if high - low > 100_000:
        return np.unique(period).astype(np.int64)
    return np.flatnonzero(np.bincount((period - low).astype(np.intp), minlength=high - low + 1)) + low


def _reshaped(panel: Panel, grid: Ints) -> Wide | None:
    """The quick way, for rows sorted by unit and period with every unit in every period; None when they are not."""
    width = len(grid)
    if not width or len(panel.y) % width:
        return None
    shape = (-1, width)
    unit, period = panel.unit.reshape(shape), panel.period.reshape(shape)
    if not ((unit == unit[:, :1]).all() and (period == grid.astype(period.dtype)).all()):
        return None
    if not (unit[1:, 0] > unit[:-1, 0]).all():
        return None
    columns = []
    for column in (panel.first, panel.stratum, panel.cluster, panel.weight):
        wide = None if column is None else column.reshape(shape)
        if wide is not None and not (wide == wide[:, :1]).all() and not _both_missing(wide, wide[:, :1]).all():
            raise _changes()
        columns.append(None if wide is None else wide[:, 0].copy())
    y = panel.y.reshape(shape)
    return _wide(grid, y if y.dtype == np.float64 else y.astype(np.float64), unit[:, 0].copy(), columns)


def _wide(grid: Ints, y: Floats, unit: Ints, columns: list) -> Wide:
    first, stratum, cluster, weight = columns
    stratum = np.zeros(len(unit), np.int64) if stratum is None else stratum
    weight = None if weight is None else weight.astype(np.float64)
    return Wide(grid, y, unit, first_of(first, grid), stratum, cluster, weight)


def _both_missing(values: NDArray, others: NDArray) -> Flags:
    """Where the values are the same, missing ones counted as the same."""
    same = values == others
    return same | (np.isnan(values) & np.isnan(others)) if values.dtype.kind == "f" else np.asarray(same)


def _changes() -> CannotEstimate:
    return CannotEstimate(
        "bad_input", "the first treated period, stratum, cluster or weight of a unit changes over time"
    )


def _scattered(panel: Panel, grid: Ints) -> Wide:
    row, unit, begins = _rows(panel.unit)
    place = _columns(panel.period, grid)
    place += row * len(grid)
    y = np.full((len(unit), len(grid)), np.nan)
    y.reshape(-1)[place] = panel.y
    in_order = begins is not None and bool((place[1:] > place[:-1]).all())
    if not in_order and np.count_nonzero(~np.isnan(y)) != len(panel.y):
        raise CannotEstimate("bad_input", "a unit has two rows in the same period")
    columns = [
        None if values is None else _of_units(values, row, begins, len(unit))
        for values in (panel.first, panel.stratum, panel.cluster, panel.weight)
    ]
    return _wide(grid, y, unit, columns)


def _columns(period: Ints, grid: Ints) -> Ints:
    """Each row's place on the grid. Raises CannotEstimate("bad_input")."""
    low = int(grid[0])
    if int(grid[-1]) - low + 1 == len(grid):  # nothing left out between
        column = period.astype(np.int64) - low
        inside = bool(column.min() >= 0 and column.max() < len(grid))
    else:
        column = np.minimum(np.searchsorted(grid, period), len(grid) - 1)
        inside = bool((grid[column] == period).all())
    if not inside:
        raise CannotEstimate("bad_input", "a period lies outside the stated first and last period")
    return column


def _of_units(values: NDArray, row: Ints, begins: Ints | None, count: int) -> NDArray:
    """What each unit is; `begins`: each unit's first row, when the rows stand by unit."""
    if begins is not None:
        held = values[begins]
        same = values[1:] == values[:-1]
        same[begins[1:] - 1] = True
    else:
        held = np.empty(count, values.dtype)
        held[row] = values
        same = held[row] == values
    if not same.all():
        before, after = (held[row], values) if begins is None else (values[:-1], values[1:])
        alike = _both_missing(after, before)
        if not (alike if begins is None else alike | same).all():
            raise _changes()
    return held


def _rows(unit: Ints) -> tuple[Ints, Ints, Ints | None]:
    """Each row's place among the units, the units in order, and each unit's first row when the rows stand by unit."""
    if (unit[1:] >= unit[:-1]).all():
        new = np.concatenate([[True], unit[1:] != unit[:-1]])
        begins = np.flatnonzero(new)
        return np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(unit)))), unit[begins], begins
    low, high = int(unit.min()), int(unit.max())
    if high - low < DENSE * len(unit) + 1024:
        present = np.zeros(high - low + 1, bool)
        offset = unit - low
        present[offset] = True
        place = np.cumsum(present, dtype=np.int64) - 1
        return place[offset], np.flatnonzero(present) + low, None
    names, row = np.unique(unit, return_inverse=True)
    return row, names, None
