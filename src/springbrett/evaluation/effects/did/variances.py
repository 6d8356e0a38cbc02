"""Standard errors of many contrasts one by one, without the covariances between them."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from springbrett.evaluation.effects.did.cells import Cells, Spread
from springbrett.evaluation.effects.did.contrasts import Differences, Pull, covariance
from springbrett.evaluation.effects.records import Floats, Ints

TOGETHER = 600
"""Up to this many contrasts have their whole covariance worked out at once."""


def standard_errors(cells: Cells, found: Differences) -> tuple[Floats, Floats | None]:
    """J standard errors, and their J × J covariance when they are few. Raises CannotEstimate("one_cluster")."""
    count = len(found.contrasts)
    if count <= TOGETHER:
        matrix = covariance(cells, found, sparse.csr_array(sparse.eye_array(count))).matrix
        return np.sqrt(np.maximum(np.diag(matrix), 0.0)), matrix
    if cells.spread is not None and cells.rest is None:
        return np.sqrt(np.maximum(_by_products(cells, cells.spread, found), 0.0)), None
    parts = [_part(cells, found, np.arange(at, min(at + TOGETHER, count))) for at in range(0, count, TOGETHER)]
    return np.concatenate(parts), None


def _part(cells: Cells, found: Differences, at: Ints) -> Floats:
    def cut(pull: Pull) -> Pull:
        return Pull(pull.k_t[at], pull.c_t[at], pull.k_b[at], pull.c_b[at])

    keep = np.zeros(len(found.contrasts), bool)
    keep[at] = True
    some = Differences(found.contrasts.chosen(keep), found.value[at], cut(found.treated), cut(found.comparison))
    return np.sqrt(np.diag(covariance(cells, some, sparse.csr_array(sparse.eye_array(len(at)))).matrix))


def _by_products(cells: Cells, spreads: tuple[Spread, ...], found: Differences) -> Floats:
    """J variances: each unit's pull touches two periods only, so six products tell its square.

    Cells are gone through from those treated last, with the products of all passed so far added up: those a contrast
    compares with are then one sum, looked up once.
    """
    total = np.zeros(len(found.contrasts))
    firsts = np.unique(cells.first)
    own = np.searchsorted(firsts, found.contrasts.group)
    after = np.searchsorted(firsts, found.contrasts.limit, "right")
    for column, stratum in enumerate(np.unique(cells.stratum)):
        later: Spread | None = None
        for q in range(len(firsts) - 1, -1, -1):
            at = np.flatnonzero((cells.first == firsts[q]) & (cells.stratum == stratum))
            mine = spreads[int(at[0])] if len(at) else None
            later = _together(later, mine)
            compared, group = np.flatnonzero(after == q), np.flatnonzero(own == q)
            itself = group[own[group] >= after[group]]  # later than its own limit, but never compared with itself
            if later is not None:
                total[compared] += _squares(found, found.comparison, compared, column, later)
            if mine is not None:
                total[group] += _squares(found, found.treated, group, column, mine)
                total[itself] -= _squares(found, found.comparison, itself, column, mine)
    return total


def _together(held: Spread | None, more: Spread | None) -> Spread | None:
    if held is None or more is None:
        return more if held is None else held

    def both(name: str) -> Floats | None:
        a, b = getattr(held, name), getattr(more, name)
        return None if a is None or b is None else a + b

    yy = held.yy + more.yy
    return Spread(held.units + more.units, held.m + more.m, held.y + more.y, yy, both("ym"), both("mm"))


def _squares(found: Differences, pull: Pull, at: Ints, column: int, spread: Spread) -> Floats:
    """Of the contrasts at those places: the sum of squares of a pull of units with these products."""
    k_t, c_t, k_b, c_b = (getattr(pull, name)[at, column] for name in ("k_t", "c_t", "k_b", "c_b"))
    t, b = found.contrasts.period[at], found.contrasts.base[at]
    squares = k_t**2 * _product(spread, t, t, c_t, c_t) + k_b**2 * _product(spread, b, b, c_b, c_b)
    return np.asarray(squares - 2 * k_t * k_b * _product(spread, t, b, c_t, c_b))


def _product(spread: Spread, t: Ints, u: Ints, c_t: Floats, c_u: Floats) -> Floats:
    """Σ m_t (y_t − c_t) m_u (y_u − c_u) over the units of a cell."""
    if spread.ym is None or spread.mm is None:
        y_t, y_u, both = spread.y[t], spread.y[u], np.full(len(t), spread.units)
    else:
        y_t, y_u, both = spread.ym[t, u], spread.ym[u, t], spread.mm[t, u]
    return np.asarray(spread.yy[t, u] - c_u * y_t - c_t * y_u + c_t * c_u * both)
