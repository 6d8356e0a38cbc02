"""Leaving one's own case out: preferences of caseworkers within cells, and the instrument for many of them (UJIVE).

Cells may be tens of thousands: they are taken out by their means. Caseworkers may be thousands: one small table of
caseworkers × cells carries all their equations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.comparison import solve
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

MOST_JUDGES = 5000


@dataclass(frozen=True, slots=True)
class Judges:
    """The cases that say something (`kept`, of all), their caseworker's `position` and their `cell`, numbered from 0;
    `treated` and `x` of those, x free of the cells and of columns that say nothing more (n × k)."""

    kept: Flags
    position: Ints
    cell: Ints
    treated: Floats
    x: Floats
    bread: Floats

    def within_cells(self, values: Floats) -> Floats:
        """Values (n …) less the mean of their cell."""
        return within(values, self.cell)

    def residual(self, values: Floats) -> Floats:
        """Values (n,) free of the cells and the covariates."""
        left = within(values, self.cell)
        return np.asarray(left - self.x @ (self.bread @ (self.x.T @ left)))


def within(values: Floats, cell: Ints) -> Floats:
    """Values (n …) less the mean of their cell."""
    count = np.bincount(cell)
    if values.ndim == 1:
        return np.asarray(values - (np.bincount(cell, values) / count)[cell])
    return np.column_stack([within(column, cell) for column in values.T]) if values.shape[1] else values


def judges_of(treated: Flags, judge: Ints, cell: Ints, x: Floats) -> Judges:
    """Leave out, until none is left: caseworkers with one case, and cells that only one caseworker has cases in.

    Raises CannotEstimate: one_cluster, no_variation, not_supported (more caseworkers than memory holds), singular.
    """
    if len(np.unique(judge)) < 2:
        raise CannotEstimate("one_cluster", "there is only one caseworker; nobody else to have met")
    keep = np.ones(len(judge), bool)
    while True:
        before = int(keep.sum())
        keep &= _several(judge, keep)
        keep &= _shared(cell, judge, keep)
        if not keep.any():
            raise CannotEstimate("no_variation", "no cell has cases from two caseworkers; choose wider cells")
        if int(keep.sum()) == before:
            break
    _codes, position = np.unique(judge[keep], return_inverse=True)
    _codes, cells = np.unique(cell[keep], return_inverse=True)
    if position.max() >= MOST_JUDGES:
        raise CannotEstimate("not_supported", "too many caseworkers for one table; use offices", most=MOST_JUDGES)
    d = treated[keep].astype(np.float64)
    if not np.abs(within(d, cells)).max() > 0:
        raise CannotEstimate("no_variation", "within cells all got the same")
    inner = within(x[keep], cells)
    varies = inner.std(axis=0) > 1e-10 * np.maximum(x.std(axis=0), 1e-300) if x.shape[1] else np.zeros(0, bool)
    inner = inner[:, varies]
    bread = np.linalg.inv(inner.T @ inner) if inner.shape[1] and _full(inner) else np.zeros((0, 0))
    return Judges(keep, position, cells, d, inner, np.asarray(bread))


def _full(x: Floats) -> bool:
    solve(x.T @ x, np.ones(x.shape[1]))  # raises singular
    return True


def _several(code: Ints, keep: Flags) -> Flags:
    """Whose code has at least two kept cases."""
    _codes, position = np.unique(code, return_inverse=True)
    return np.asarray(np.bincount(position, keep)[position] > 1)


def _shared(cell: Ints, judge: Ints, keep: Flags) -> Flags:
    """Whose cell holds kept cases of at least two caseworkers."""
    _codes, position = np.unique(cell, return_inverse=True)
    _judges, who = np.unique(judge, return_inverse=True)
    low, high = np.full(position.max() + 1, np.iinfo(np.int64).max), np.full(position.max() + 1, -1)
    np.minimum.at(low, position[keep], who[keep])
    np.maximum.at(high, position[keep], who[keep])
    return np.asarray(high[position] > low[position])


def preference(judges: Judges, *, adjusted: bool = True) -> Floats:
    """(n,) the mean, over the caseworker's other cases, of treatment less what its cell and covariates say.

    Not `adjusted`: less what its cell says. Only that one shows whether certain people are given to certain
    caseworkers: the covariates are gone from the other.
    """
    left = judges.residual(judges.treated) if adjusted else judges.within_cells(judges.treated)
    total, count = np.bincount(judges.position, left), np.bincount(judges.position)
    return np.asarray((total[judges.position] - left) / (count[judges.position] - 1))


def ujive_instrument(judges: Judges) -> Floats:
    """(n,) what the caseworker adds to the chance of treatment, each case predicted without itself (Kolesár 2013):
    the left-out fit on caseworkers, cells and covariates less that on cells and covariates alone, free of the controls.

    Raises CannotEstimate("singular") when a case alone fixes its own prediction.
    """
    full, by_full = _fit(judges, with_judges=True)
    plain, by_plain = _fit(judges, with_judges=False)
    if max(by_full.max(), by_plain.max()) > 1 - 1e-9:
        raise CannotEstimate("singular", "a case alone in its cell cannot be left out; choose wider cells")
    d = judges.treated
    left_out = (full - by_full * d) / (1 - by_full) - (plain - by_plain * d) / (1 - by_plain)
    return judges.residual(left_out)


def _fit(judges: Judges, *, with_judges: bool) -> tuple[Floats, Floats]:
    """Fitted treatment, and how much each case's fit hangs on itself (the hat matrix's diagonal)."""
    count = np.bincount(judges.cell)
    fitted = judges.treated - judges.within_cells(judges.treated)
    hat = 1 / count[judges.cell].astype(np.float64)
    x = judges.x
    if with_judges:
        table = _table(judges)
        inverse = np.linalg.pinv(np.diag(table.sum(axis=0)) - table.T @ (table / count[:, None]), hermitian=True)
        x = _apart(judges, table, np.asarray(inverse, np.float64), x)
        summed = np.bincount(judges.position, judges.within_cells(judges.treated))
        alpha = inverse @ summed
        fitted = fitted + alpha[judges.position] - ((table @ alpha) / count)[judges.cell]
        spread = (table / count[:, None]) @ inverse
        hat = hat + np.diag(inverse)[judges.position] - 2 * spread[judges.cell, judges.position]
        hat = hat + np.einsum("cj,cj->c", spread, table / count[:, None])[judges.cell]
    if x.shape[1]:
        bread = np.linalg.inv(x.T @ x)
        fitted = fitted + x @ (bread @ (x.T @ (judges.treated - fitted)))
        hat = hat + np.einsum("ij,jk,ik->i", x, bread, x)
    return fitted, hat


def _table(judges: Judges) -> Floats:
    """Cells × caseworkers: how many cases."""
    cells, people = int(judges.cell.max()) + 1, int(judges.position.max()) + 1
    flat = np.bincount(judges.cell * people + judges.position, minlength=cells * people)
    return flat.reshape(cells, people).astype(np.float64)


def _apart(judges: Judges, table: Floats, inverse: Floats, x: Floats) -> Floats:
    """Columns free of cells (n × k), made free of caseworkers too."""
    if not x.shape[1]:
        return x
    alpha = inverse @ np.column_stack([np.bincount(judges.position, column) for column in x.T])
    return np.asarray(x - alpha[judges.position] + ((table @ alpha) / table.sum(axis=1)[:, None])[judges.cell])
