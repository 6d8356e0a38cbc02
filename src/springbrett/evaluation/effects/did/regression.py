"""Least squares with effects of unit and period, for regressors that only depend on group and period.

The unit effects are taken out within each cell by T × T matrices, the period effects by solving T equations; nothing of
the size of the rows is made, and complete units are never touched again after they were added up. Exact, also for
panels where units come and go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.did.cells import Cells, one_thread
from springbrett.evaluation.effects.records import CannotEstimate, Floats

MOST = 4000
"""As many coefficients as are solved for at once."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """`value` (K,) with K × K `covariance` (CR1: by units, or clusters), `periods` (T,) the period effects, `rows`
    used, `clusters`, `degrees` taken by coefficients and period effects, and `by_cluster` influences when there are
    clusters."""

    value: Floats
    covariance: Floats
    periods: Floats
    rows: float
    clusters: int
    degrees: int
    by_cluster: Floats | None


def fit(cells: Cells, x: Floats) -> Fitted:
    """x (C × T × K): the regressors of a unit of each cell in each period.

    Raises CannotEstimate: singular (a coefficient cannot be told from the others, or from the effects of unit and
    period), one_cluster, not_supported (strata, `available`), bad_input.
    """
    _check(cells, x)
    with one_thread():
        inner = [_inner(cells, cell) for cell in range(len(cells.first))]
        lap = np.sum([d for d, _y in inner], axis=0)
        back = np.linalg.pinv(lap, rcond=1e-11, hermitian=True)
        mixed = np.sum([d @ x[cell] for cell, (d, _y) in enumerate(inner)], axis=0)
        shared = back @ mixed
        clean = [x[cell] - shared for cell in range(len(inner))]
        gram = np.sum([clean[cell].T @ d @ x[cell] for cell, (d, _y) in enumerate(inner)], axis=0)
        right = np.sum([clean[cell].T @ y for cell, (_d, y) in enumerate(inner)], axis=0)
        raw = np.sum([((d @ x[cell]) * x[cell]).sum(axis=0) for cell, (d, _y) in enumerate(inner)], axis=0)
        bread = _inverse(gram, raw)
        value = bread @ right
        level = back @ (np.sum([y for _d, y in inner], axis=0) - mixed @ value)
        meat, clusters, psi = _meat(cells, [level + x[cell] @ value for cell in range(len(inner))], clean)
    rows = _rows(cells)
    degrees = x.shape[2] + int(np.linalg.matrix_rank(lap, hermitian=True)) + 1
    if clusters < 2:
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    if rows <= degrees:
        raise CannotEstimate("bad_input", "there are no more rows than coefficients")
    factor = clusters / (clusters - 1) * (rows - 1) / (rows - degrees)
    by_cluster = None if psi is None else psi @ bread
    return Fitted(value, bread @ meat @ bread * factor, level, rows, clusters, degrees, by_cluster)


def _check(cells: Cells, x: Floats) -> None:
    if len(np.unique(cells.stratum)) > 1:
        raise CannotEstimate("not_supported", "strata are not held equal here; use group-time effects")
    if not cells.complete:
        raise CannotEstimate("not_supported", "units that come and go ask for unbalanced = pairs here")
    if not x.shape[2]:
        raise CannotEstimate("no_treated", "nobody is treated in a period that could tell an effect")
    if x.shape[2] > MOST:
        raise CannotEstimate("not_supported", f"more than {MOST} coefficients at once; use group-time effects")


def _inner(cells: Cells, cell: int) -> tuple[Floats, Floats]:
    """Σ w (diag m − m m′/n) over a cell's units, and Σ w m (y − ȳ)."""
    width = len(cells.periods)
    d = cells.units[cell] * (np.eye(width) - 1.0 / width)
    y = cells.y[cell] - cells.y[cell].mean()
    at = cells.rest_cell == cell
    if cells.rest is not None and at.any():
        part = cells.rest.chosen(at)
        m = part.seen.astype(np.float64)
        held, w = np.where(part.seen, part.y, 0.0), part.weights[:, None]
        count = np.maximum(m.sum(axis=1, keepdims=True), 1.0)
        d = d + np.diag((w * m).sum(axis=0)) - (m * w / count).T @ m
        y = y + (w * m * (held - held.sum(axis=1, keepdims=True) / count)).sum(axis=0)
    return d, y


def _inverse(gram: Floats, raw: Floats) -> Floats:
    """The inverse; `raw` (K,) is how much the regressors vary before the period effects are taken out."""
    scale = np.sqrt(np.maximum(np.diag(gram), 0.0))
    if not (scale**2 > 1e-10 * raw).all():
        raise CannotEstimate("singular", "an effect cannot be told from the effects of unit and period")
    scaled = gram / np.outer(scale, scale)
    if np.linalg.cond(scaled) > 1e11:
        raise CannotEstimate("singular", "an effect cannot be told from the others; there may be nobody never treated")
    return np.asarray(np.linalg.inv(scaled) / np.outer(scale, scale))


def _meat(cells: Cells, fitted: list[Floats], clean: list[Floats]) -> tuple[Floats, int, Floats | None]:
    """Σ s s′ over units or clusters, s = Σ w x̃ e; how many there are; and the clusters' own s."""
    count, width = clean[0].shape[1], len(cells.periods)
    meat = np.zeros((count, count))
    names = None if cells.clusters is None else cells.clusters.names
    psi = None if names is None else np.zeros((len(names), count))
    centre = np.eye(width) - 1.0 / width
    units = 0
    for cell, line in enumerate(fitted):
        pulled = clean[cell].T @ centre
        at = cells.rest_cell == cell
        own = _rest(cells, cell, line, clean[cell]) if at.any() else np.zeros((0, count))
        units += int(cells.heads[cell]) + len(own)
        if psi is None:
            meat += own.T @ own
            if cells.spread is not None and cells.heads[cell]:
                held = cells.spread[cell]
                cross = np.outer(held.y, line)
                meat += pulled @ (held.yy - cross - cross.T + held.units * np.outer(line, line)) @ pulled.T
            continue
        assert cells.clusters is not None
        mine = cells.clusters.cell == cell
        np.add.at(psi, cells.clusters.place[mine],
                  (cells.clusters.y[mine] - cells.clusters.units[mine, None] * line) @ pulled.T)  # fmt: skip
        if len(own) and cells.rest is not None and cells.rest.cluster is not None:
            np.add.at(psi, np.searchsorted(cells.clusters.names, cells.rest.cluster[at]), own)
    return (meat, units, None) if psi is None else (psi.T @ psi, len(psi), psi)


def _rest(cells: Cells, cell: int, line: Floats, clean: Floats) -> Floats:
    assert cells.rest is not None
    part = cells.rest.chosen(cells.rest_cell == cell)
    seen = part.seen
    left = np.where(seen, part.y - line, 0.0)
    left = np.where(seen, left - left.sum(axis=1, keepdims=True) / np.maximum(seen.sum(axis=1, keepdims=True), 1), 0.0)
    return np.asarray((left @ clean) * part.weights[:, None])


def _rows(cells: Cells) -> float:
    """Rows that tell something: units observed once do not."""
    rows = float(cells.heads.sum() * len(cells.periods))
    if cells.rest is not None:
        seen = cells.rest.seen.sum(axis=1)
        rows += float(seen[seen > 1].sum())
    return rows
