"""Standard errors of many contrasts one by one, without the covariances between them.

Each unit's pull on a contrast touches two periods only, and those compared with are all first treated after a limit.
Cells are therefore gone through from those treated last, with what has been passed so far added up: whom a contrast
compares with is then one sum, looked up once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from scipy import sparse

from springbrett.evaluation.effects.did.cells import ByCluster, Cells, one_thread
from springbrett.evaluation.effects.did.contrasts import Differences, Pull, covariance
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints

TOGETHER = 600
"""Up to this many contrasts have their whole covariance worked out at once."""
ROOM = 1 << 23
"""Clusters × contrasts held at a time: 64 MB."""


def standard_errors(cells: Cells, found: Differences) -> tuple[Floats, Floats | None]:
    """J standard errors, and their J × J covariance when they are few. Raises CannotEstimate("one_cluster")."""
    count = len(found.contrasts)
    if count <= TOGETHER:
        matrix = covariance(cells, found, sparse.csr_array(sparse.eye_array(count))).matrix
        return np.sqrt(np.maximum(np.diag(matrix), 0.0)), matrix
    if cells.clusters is None:
        with one_thread():
            return np.sqrt(np.maximum(_by_products(cells, found), 0.0)), None
    if cells.rest is None:
        return np.sqrt(_by_clusters(cells, cells.clusters, found)), None
    parts = [_part(cells, found, np.arange(at, min(at + TOGETHER, count))) for at in range(0, count, TOGETHER)]
    return np.concatenate(parts), None


def _part(cells: Cells, found: Differences, at: Ints) -> Floats:
    def cut(pull: Pull) -> Pull:
        return Pull(pull.k_t[at], pull.c_t[at], pull.k_b[at], pull.c_b[at])

    keep = np.zeros(len(found.contrasts), bool)
    keep[at] = True
    some = Differences(found.contrasts.chosen(keep), found.value[at], cut(found.treated), cut(found.comparison))
    return np.sqrt(np.diag(covariance(cells, some, sparse.csr_array(sparse.eye_array(len(at)))).matrix))


@dataclass(frozen=True, slots=True)
class _Turn:
    """A stratum's cell as the cells are gone through: its place (None when there is none), and the contrasts that
    compare with everyone passed by now, that are of this group, and of those the ones that would meet themselves."""

    cell: int | None
    column: int
    begins: bool
    compared: Ints
    group: Ints
    itself: Ints


def _turns(cells: Cells, found: Differences, at: Ints) -> Iterator[_Turn]:
    """From those treated last, stratum by stratum; the contrasts are those at the places `at`, counted from its own
    beginning."""
    firsts = np.unique(cells.first)
    own = np.searchsorted(firsts, found.contrasts.group[at])
    after = np.searchsorted(firsts, found.contrasts.limit[at], "right")
    for column, stratum in enumerate(np.unique(cells.stratum)):
        for q in range(len(firsts) - 1, -1, -1):
            held = np.flatnonzero((cells.first == firsts[q]) & (cells.stratum == stratum))
            group = np.flatnonzero(own == q)
            yield _Turn(int(held[0]) if len(held) else None, column, q == len(firsts) - 1,
                        np.flatnonzero(after == q), group, group[own[group] >= after[group]])  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Sums over units that count in a pair of periods t, u (T × T each), weights squared: `n`, `y` and `yy` of m m′,
    y m′ and y y′; and `own_n`, `own_y` and `own_yy` of m², y m and y² in t alone among those who count there."""

    n: Floats
    y: Floats
    yy: Floats
    own_n: Floats
    own_y: Floats
    own_yy: Floats

    def plus(self, other: _Pairs) -> _Pairs:
        """Both together."""
        return _Pairs(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    def squares(self, found: Differences, pull: Pull, at: Ints, column: int) -> Floats:
        """Of the contrasts at those places: the sum of squares of such a pull."""
        k_t, c_t, k_b, c_b = (getattr(pull, name)[at, column] for name in ("k_t", "c_t", "k_b", "c_b"))
        t, b = found.contrasts.period[at], found.contrasts.base[at]
        in_t = self.own_yy[t, b] - 2 * c_t * self.own_y[t, b] + c_t**2 * self.own_n[t, b]
        in_b = self.own_yy[b, t] - 2 * c_b * self.own_y[b, t] + c_b**2 * self.own_n[b, t]
        across = self.yy[t, b] - c_b * self.y[t, b] - c_t * self.y[b, t] + c_t * c_b * self.n[t, b]
        return np.asarray(k_t**2 * in_t + k_b**2 * in_b - 2 * k_t * k_b * across)


def _pairs(cells: Cells, cell: int) -> _Pairs:
    """Those of a cell: units observed in both periods under the rule `pairs`, in each for itself under `available`."""
    width = len(cells.periods)
    held = _Pairs(*(np.zeros((width, width)) for _ in range(6)))
    if cells.spread is not None and cells.heads[cell]:
        s = cells.spread[cell]
        n = np.full((width, width), s.units) if s.mm is None else s.mm
        y = np.repeat(s.y[:, None], width, axis=1) if s.ym is None else s.ym
        held = _Pairs(n, y, s.yy, *(np.repeat(np.diag(each)[:, None], width, axis=1) for each in (n, y, s.yy)))
    at = cells.rest_cell == cell
    if cells.rest is not None and at.any():
        part = cells.rest.chosen(at)
        w = part.weights[:, None]
        m, y = part.seen * w, np.where(part.seen, part.y, 0.0) * w
        n, y_m = m.T @ m, y.T @ m
        held = held.plus(_Pairs(n, y_m, y.T @ y, n, y_m, (y * y / w).T @ m))
    return held


def _by_products(cells: Cells, found: Differences) -> Floats:
    """J variances, each unit by itself."""
    total = np.zeros(len(found.contrasts))
    later: _Pairs | None = None
    for turn in _turns(cells, found, np.arange(len(total))):
        later = None if turn.begins else later
        if turn.cell is not None:
            mine = _pairs(cells, turn.cell)
            later = mine if later is None else later.plus(mine)
            total[turn.group] += mine.squares(found, found.treated, turn.group, turn.column)
            total[turn.itself] -= mine.squares(found, found.comparison, turn.itself, turn.column)
        if later is not None:
            total[turn.compared] += later.squares(found, found.comparison, turn.compared, turn.column)
    return total


def _by_clusters(cells: Cells, held: ByCluster, found: Differences) -> Floats:
    """J variances, each cluster by itself, some contrasts at a time."""
    count, many = len(found.contrasts), len(held.names)
    if many < 2:
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    rows = [np.flatnonzero(held.cell == cell) for cell in range(len(cells.first))]
    total = np.zeros(count)
    step = max(1, ROOM // many)
    for begin in range(0, count, step):
        at = np.arange(begin, min(begin + step, count))
        psi = np.zeros((len(at), many))
        y, m = (np.zeros((len(cells.periods), many)) for _ in range(2))
        for turn in _turns(cells, found, at):
            if turn.begins:
                y[:], m[:] = 0.0, 0.0
            if turn.cell is not None:
                row = rows[turn.cell]
                mine, place = (held.y[row].T, held.m[row].T), held.place[row]
                y[:, place] += mine[0]
                m[:, place] += mine[1]
                for some, pull, sign in ((turn.group, found.treated, 1.0), (turn.itself, found.comparison, -1.0)):
                    psi[np.ix_(some, place)] += sign * _drawn(found, pull, at[some], turn.column, mine)
            psi[turn.compared] += _drawn(found, found.comparison, at[turn.compared], turn.column, (y, m))
        total[at] = (psi**2).sum(axis=1) * (many / (many - 1))
    return total


def _drawn(found: Differences, pull: Pull, at: Ints, column: int, sums: tuple[Floats, Floats]) -> Floats:
    """Contrasts × clusters: how clusters with those sums of y and m (T × clusters) pull on the contrasts."""
    k_t, c_t, k_b, c_b = (getattr(pull, name)[at, column, None] for name in ("k_t", "c_t", "k_b", "c_b"))
    t, b = found.contrasts.period[at], found.contrasts.base[at]
    y, m = sums
    return np.asarray(k_t * (y[t] - c_t * m[t]) - k_b * (y[b] - c_b * m[b]))
