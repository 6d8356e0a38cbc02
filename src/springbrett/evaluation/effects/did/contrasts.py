"""Two-by-two differences between cells, and the exact covariance of anything that is a sum of them.

A contrast compares how a group's outcome changed from a base period to another with how it changed, over the same
periods and stratum by stratum, among those first treated later than a limit (or never). Each unit's influence on it is
linear in its own outcomes with weights that only depend on its cell; the covariance of many weighted sums of contrasts
is therefore read off the cells' products, and never needs the units again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from springbrett.evaluation.effects.did.cells import Cells, Spread, one_thread
from springbrett.evaluation.effects.did.panel import Wide
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

AT_ONCE = 1 << 16
"""Units × contrasts looked at together: half a megabyte."""


@dataclass(frozen=True, slots=True)
class Contrasts:
    """J contrasts: `group` (first treated period), places of `period` and `base` among the periods, and `limit`: units
    first treated after it are compared with (never the group itself)."""

    group: Ints
    period: Ints
    base: Ints
    limit: Ints

    def chosen(self, keep: Flags) -> Contrasts:
        """Those contrasts."""
        return Contrasts(self.group[keep], self.period[keep], self.base[keep], self.limit[keep])

    def __len__(self) -> int:
        return len(self.group)


@dataclass(frozen=True, slots=True)
class Side:
    """J × X: weight `n` and `mean` in the period (`_t`) and the base (`_b`), by stratum."""

    n_t: Floats
    mean_t: Floats
    n_b: Floats
    mean_b: Floats

    @property
    def change(self) -> Floats:
        """The change of the mean from base to period; NaN where there is nobody."""
        return self.mean_t - self.mean_b


@dataclass(frozen=True, slots=True)
class Pull:
    """How a unit pulls on each contrast, J × X: k_t (y_t − c_t) − k_b (y_b − c_b)."""

    k_t: Floats
    c_t: Floats
    k_b: Floats
    c_b: Floats


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells as tables first treated period × stratum, with sums over everyone first treated at or after."""

    firsts: Ints
    strata: Ints
    row: Ints
    column: Ints
    m: Floats
    y: Floats
    pair_m: Floats | None
    pair_y: Floats | None


def _table(cells: Cells) -> _Table:
    firsts, row = np.unique(cells.first, return_inverse=True)
    strata, column = np.unique(cells.stratum, return_inverse=True)
    shape = (len(firsts), len(strata))

    def spread_out(values: Floats) -> Floats:
        table = np.zeros(shape + values.shape[1:])
        table[row, column] = values
        return table

    pair_m = pair_y = None
    if cells.rest is not None:
        pair_m, pair_y = (spread_out(values) for values in _pairs(cells, cells.rest))
    return _Table(firsts, strata, row, column, spread_out(cells.m), spread_out(cells.y), pair_m, pair_y)


def _pairs(cells: Cells, rest: Wide) -> tuple[Floats, Floats]:
    """C × T × T: weight of the units that come and go observed in both periods, and their outcome in the first."""
    width = len(cells.periods)
    m_table, y_table = (np.zeros((len(cells.first), width, width)) for _ in range(2))
    for cell in np.unique(cells.rest_cell):
        part = rest.chosen(cells.rest_cell == cell)
        seen = part.seen.astype(np.float64)
        weighted = seen * part.weights[:, None]
        m_table[cell] = weighted.T @ seen
        y_table[cell] = np.where(part.seen, part.y, 0.0).T @ weighted
    return m_table, y_table


def _later(table: Floats) -> Floats:
    """Sums over this first treated period and all later ones, with a row of zeros after the last."""
    return np.concatenate([np.cumsum(table[::-1], axis=0)[::-1], np.zeros((1, *table.shape[1:]))])


def sides(cells: Cells, contrasts: Contrasts) -> tuple[Side, Side]:
    """The group's side and the comparison's, J × X."""
    table = _table(cells)
    own = np.minimum(np.searchsorted(table.firsts, contrasts.group), len(table.firsts) - 1)
    absent = (table.firsts[own] != contrasts.group)[:, None]
    after = np.searchsorted(table.firsts, contrasts.limit, "right")
    itself = (own >= after)[:, None]
    t, b = contrasts.period, contrasts.base

    def pick(values: Floats, *places: tuple[Ints, ...]) -> list[tuple[Floats, Floats]]:
        later, x = _later(values), np.arange(len(table.strata))[None, :]
        found = []
        for at in places:
            index = tuple(a[:, None] for a in at)
            mine = np.where(absent, 0.0, values[(own[:, None], x, *index)])
            found.append((mine, later[(after[:, None], x, *index)] - np.where(itself, mine, 0.0)))
        return found

    (n_t, n_b), (y_t, y_b) = pick(table.m, (t,), (b,)), pick(table.y, (t,), (b,))
    both: list[tuple[Floats, Floats]] = []
    if table.pair_m is not None and table.pair_y is not None:
        both = pick(table.pair_m, (t, b)) + pick(table.pair_y, (t, b), (b, t))
    made = []
    for side in (0, 1):
        parts = [n_t[side], y_t[side], n_b[side], y_b[side]]
        if both:
            more = (both[0][side], both[1][side], both[0][side], both[2][side])
            parts = [part + extra for part, extra in zip(parts, more, strict=True)]
        made.append(_side(*parts))
    return made[0], made[1]


def _side(n_t: Floats, y_t: Floats, n_b: Floats, y_b: Floats) -> Side:
    nobody = (n_t <= 0) | (n_b <= 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_t, mean_b = (np.where(nobody, np.nan, y / n) for y, n in ((y_t, n_t), (y_b, n_b)))
    return Side(n_t, mean_t, n_b, mean_b)


@dataclass(frozen=True, slots=True)
class Differences:
    """J values, and how units of the group and of the comparison pull on each."""

    contrasts: Contrasts
    value: Floats
    treated: Pull
    comparison: Pull


def supported(group: Side, other: Side) -> Flags:
    """J: whether the group is there at all and every stratum it is in has someone to compare with."""
    present = group.n_t > 0
    lacking = (group.n_b <= 0) | (other.n_t <= 0) | (other.n_b <= 0)
    return np.asarray(present.any(axis=1) & ~(present & lacking).any(axis=1))


def standardised_differences(cells: Cells, contrasts: Contrasts) -> Differences:
    """Differences with the strata weighted as in the group (all contrasts must be `supported`).

    Saturated in the strata, where outcome regression, inverse-probability weighting and doubly robust agree.
    """
    group, other = sides(cells, contrasts)
    size_t = group.n_t.sum(axis=1, keepdims=True)
    present = group.n_t > 0
    gap = np.where(present, group.change - other.change, 0.0)
    value = (group.n_t * gap).sum(axis=1) / size_t[:, 0]
    share = group.n_t / size_t
    one = np.where(present, 1.0, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        k_b = np.where(present, share / group.n_b, 0.0)
        other_t, other_b = (np.where(present, -share / n, 0.0) for n in (other.n_t, other.n_b))
    mean = [np.nan_to_num(a) for a in (group.mean_t, group.mean_b, other.mean_t, other.mean_b)]
    treated = Pull(one / size_t, mean[0] - (gap - value[:, None]), k_b, mean[1])
    return Differences(contrasts, value, treated, Pull(other_t, mean[2], other_b, mean[3]))


@dataclass(frozen=True, slots=True)
class Covariance:
    """K × K `matrix`; `by_cluster` (clusters × K) the clusters' influence, when there are clusters."""

    matrix: Floats
    by_cluster: Floats | None


def covariance(
    cells: Cells, found: Differences, weights: sparse.csr_array, extra: Floats | None = None
) -> Covariance:  # fmt: skip
    """Exact covariance of `weights` (K × J) times the contrasts.

    `extra` (K × C): what a unit of each cell adds whatever its outcome (because group sizes are estimated). Errors
    hang together within units, or within clusters when the cells have them (times G/(G−1)).
    Raises CannotEstimate("one_cluster").
    """
    count = weights.shape[0]
    matrix = np.zeros((count, count))
    names = None if cells.clusters is None else cells.clusters.names
    if names is not None and len(names) < 2:
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    psi = None if names is None else np.zeros((len(names), count))
    with one_thread():
        _add_cells(cells, found, weights, extra, matrix, psi)
    if psi is None:
        return Covariance(matrix, None)
    return Covariance(psi.T @ psi * (len(psi) / (len(psi) - 1)), psi)


def _add_cells(
    cells: Cells, found: Differences, weights: sparse.csr_array, extra: Floats | None, matrix: Floats,
    psi: Floats | None,
) -> None:  # fmt: skip
    """Every cell's units added to `matrix`, or to their clusters' `psi`."""
    count = weights.shape[0]
    linear, columns = _Linear.of(found.contrasts, weights, len(cells.periods)), sparse.csc_array(weights)
    for cell in range(len(cells.first)):
        pull = _pull_of(cells, found, cell)
        fixed = np.zeros(count) if extra is None else extra[:, cell]
        if pull is None and not fixed.any():
            continue
        a, b = linear.of_pull(pull)
        if psi is not None:
            _add_clusters(cells, cell, a, b, fixed, psi)
        elif cells.spread is not None and cells.heads[cell]:
            matrix += meat(cells.spread[cell], a, b, fixed)
        own = _rest_scores(cells, found, columns, pull, cell, fixed)
        if own is not None and cells.rest is not None:
            if psi is None or cells.rest.cluster is None or cells.clusters is None:
                matrix += own.T @ own
            else:
                at = np.searchsorted(cells.clusters.names, cells.rest.cluster[cells.rest_cell == cell])
                np.add.at(psi, at, own)


def _pull_of(cells: Cells, found: Differences, cell: int) -> tuple[Floats, Floats, Floats, Floats] | None:
    """k_t, c_t, k_b, c_b (J,) of the units of one cell; None when no contrast asks for them."""
    contrasts = found.contrasts
    column = int(np.searchsorted(np.unique(cells.stratum), cells.stratum[cell]))
    mine = contrasts.group == cells.first[cell]
    compared = (contrasts.limit < cells.first[cell]) & ~mine
    if not (mine.any() or compared.any()):
        return None
    parts = []
    for name in ("k_t", "c_t", "k_b", "c_b"):
        own, other = getattr(found.treated, name)[:, column], getattr(found.comparison, name)[:, column]
        parts.append(np.where(mine, own, np.where(compared, other, 0.0)))
    return parts[0], parts[1], parts[2], parts[3]


@dataclass(frozen=True, slots=True)
class _Linear:
    """The weights that are not zero (N,): of which contrast, and where its period and base stand in a table K × T."""

    weight: Floats
    contrast: Ints
    in_period: Ints
    in_base: Ints
    shape: tuple[int, int]

    @classmethod
    def of(cls, contrasts: Contrasts, weights: sparse.csr_array, width: int) -> _Linear:
        held = sparse.coo_array(weights)
        row, contrast = held.coords[0].astype(np.int64), held.coords[1].astype(np.int64)
        t, b = contrasts.period[contrast], contrasts.base[contrast]
        return cls(held.data, contrast, row * width + t, row * width + b, (weights.shape[0], width))

    def of_pull(self, pull: tuple[Floats, Floats, Floats, Floats] | None) -> tuple[Floats, Floats]:
        """K × T twice: what each outcome, and each being observed, adds to a unit's influence."""
        if pull is None:
            return np.zeros(self.shape), np.zeros(self.shape)
        k_t, c_t, k_b, c_b = (values[self.contrast] for values in pull)
        k_t, k_b = k_t * self.weight, k_b * self.weight
        return self._table(k_t) - self._table(k_b, base=True), self._table(k_b * c_b, base=True) - self._table(
            k_t * c_t
        )

    def _table(self, values: Floats, *, base: bool = False) -> Floats:
        places = self.in_base if base else self.in_period
        return np.asarray(np.bincount(places, values, self.shape[0] * self.shape[1]).reshape(self.shape), np.float64)


def meat(spread: Spread, a: Floats, b: Floats, fixed: Floats) -> Floats:
    """Σ ψψ′ over the units of a cell, ψ = a·y + b·m + fixed."""
    total = a @ spread.yy @ a.T
    if spread.ym is None or spread.mm is None:
        constant = b.sum(axis=1) + fixed
        cross = np.outer(a @ spread.y, constant)
        return np.asarray(total + cross + cross.T + spread.units * np.outer(constant, constant))
    cross = a @ spread.ym @ b.T + np.outer(a @ spread.y + b @ spread.m, fixed)
    return np.asarray(total + cross + cross.T + b @ spread.mm @ b.T + spread.units * np.outer(fixed, fixed))


def _add_clusters(cells: Cells, cell: int, a: Floats, b: Floats, fixed: Floats, psi: Floats) -> None:
    held = cells.clusters
    assert held is not None
    at = held.cell == cell
    psi_of = held.y[at] @ a.T + held.m[at] @ b.T + held.units[at, None] * fixed
    np.add.at(psi, held.place[at], psi_of)


def _rest_scores(
    cells: Cells, found: Differences, columns: sparse.csc_array,
    pull: tuple[Floats, Floats, Floats, Floats] | None, cell: int, fixed: Floats,
) -> Floats | None:  # fmt: skip
    """n × K influence of the units of a cell that come and go: only pairs of periods they are observed in count."""
    if cells.rest is None or not (cells.rest_cell == cell).any():
        return None
    part = cells.rest.chosen(cells.rest_cell == cell)
    m, y = part.seen.T.astype(np.float64), np.where(part.seen, part.y, 0.0).T.copy()
    scores = np.repeat(fixed[:, None], m.shape[1], axis=1)
    if pull is not None:
        asked = np.flatnonzero(((pull[0] != 0) | (pull[2] != 0)) & (np.diff(columns.indptr) > 0))
        step = max(1, AT_ONCE // m.shape[1])
        for begin in range(0, len(asked), step):
            at = asked[begin : begin + step]
            k_t, c_t, k_b, c_b = (values[at, None] for values in pull)
            t, b = found.contrasts.period[at], found.contrasts.base[at]
            drawn = (k_t * (y[t] - c_t) - k_b * (y[b] - c_b)) * m[t] * m[b]
            scores += columns[:, at] @ drawn
    return np.asarray(scores * part.weights).T
