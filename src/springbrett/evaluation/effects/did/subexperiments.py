"""Regressions on small two-by-two experiments, one per group, read off the cells.

A least-squares line of the change of the outcome on having just been treated, with an effect per experiment, is a
weighted mean of the experiments' differences, and each unit's share in its clustered error is linear in its outcomes.
Local projections and stacked regressions are both of this kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import sparse

from springbrett.evaluation.effects.did.cells import Cells
from springbrett.evaluation.effects.did.contrasts import Contrasts, Differences, Pull, covariance, sides
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints


class Weighting(StrEnum):
    """How groups are weighted: as least squares does (by the spread of treatment), or each treated unit alike."""

    VARIANCE = "variance"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Regressed:
    """K coefficients by `label`, their K × K covariance, and how many treated units and clusters are behind each."""

    label: Ints
    value: Floats
    covariance: Floats
    treated: Ints
    comparison: Ints
    clusters: Ints


def regressed(
    cells: Cells, contrasts: Contrasts, label: Ints, *, weighting: Weighting, per_row: int = 1, rows_per_unit: int = 1,
    shared: bool = False,
) -> Regressed:  # fmt: skip
    """Coefficients with errors that hang together within units or clusters (CR1).

    `label` (J,) says which coefficient a contrast belongs to (a group without units is a period in which nobody is
    newly treated: it only counts in the degrees of freedom); `per_row` contrasts of a group are averaged into one
    change first. `rows_per_unit`: rows of the regression per unit and experiment, for the degrees of freedom.
    `shared`: effects of the period are common to the experiments, not each experiment's own (weighting EQUAL only).
    Raises CannotEstimate: not_supported (weights, strata, `available`), no_comparison, one_cluster.
    """
    _check(cells)
    group, other = sides(cells, contrasts)
    n1, n0 = group.n_t[:, 0], other.n_t[:, 0]
    keep = (n1 > 0) & (n0 > 0)
    if not keep.any():
        raise CannotEstimate("no_comparison", "no group has anybody untreated over the same months")
    labels, row = np.unique(label[keep], return_inverse=True)
    idle = ~keep & (n1 + n0 > 0) & np.isin(label, labels) & (weighting is Weighting.VARIANCE)
    idle_row, idle_n = np.searchsorted(labels, label[idle]), (n1 + n0)[idle]
    everyone, every_row = contrasts.chosen(keep | idle), np.searchsorted(labels, label[keep | idle])
    contrasts, n1, n0 = contrasts.chosen(keep), n1[keep], n0[keep]
    change1, change0 = group.change[keep, 0], other.change[keep, 0]
    gap = change1 - change0
    size = n1 * n0 / (n1 + n0) if weighting is Weighting.VARIANCE else n1
    omega = size / np.bincount(row, size)[row]
    value = np.asarray(np.bincount(row, omega * gap), np.float64)
    treated_share = n1 / (n1 + n0)
    if weighting is Weighting.EQUAL and rows_per_unit > 1:  # stacked: the comparison is weighted to the same share
        treated_share = (np.bincount(row, n1) / np.bincount(row, n1 + n0))[row]
    if shared:  # every unit against the mean of its side over all experiments; cells count each period from its shift
        moved = cells.shift[contrasts.period] - cells.shift[contrasts.base]
        off1, off0 = (at - np.bincount(row, omega * at)[row] for at in (change1 + moved, change0 + moved))
    else:
        off = _of_group(gap, row, contrasts.group, per_row) - value[row]
        off1, off0 = (1 - treated_share) * off, -treated_share * off
    treated = _pull(omega / n1, group.mean_t[keep, 0] - off1, group.mean_b[keep, 0])
    compared = _pull(-omega / n0, other.mean_t[keep, 0] - off0, other.mean_b[keep, 0])
    found = Differences(contrasts, gap, treated, compared)
    ones = sparse.csr_array(sparse.coo_array((np.ones(len(row)), (row, np.arange(len(row))))))
    spread = covariance(cells, found, ones)
    clusters = _clusters(cells, everyone, every_row, len(labels))
    raw = spread.matrix if spread.by_cluster is None else spread.by_cluster.T @ spread.by_cluster
    rows = (np.bincount(row, n1 + n0) + np.bincount(idle_row, idle_n, len(labels))) / per_row * rows_per_unit
    experiments = (np.bincount(row) + np.bincount(idle_row, minlength=len(labels))) / per_row
    extra = experiments * rows_per_unit + 1 if rows_per_unit == 1 else experiments * (rows_per_unit + 1)
    if shared:
        extra = np.full(len(labels), 2.0 * rows_per_unit)
    if (clusters < 2).any() or (rows <= extra).any():
        raise CannotEstimate("bad_input", "in some period there are no more changes than coefficients; look at fewer",
                             period=int(labels[(clusters < 2) | (rows <= extra)][0]))  # fmt: skip
    factor = np.sqrt(clusters / (clusters - 1) * (rows - 1) / (rows - extra))
    return Regressed(labels, value, raw * np.outer(factor, factor),
                     np.rint(np.bincount(row, n1) / per_row).astype(np.int64),
                     np.rint(np.bincount(row, n0) / per_row).astype(np.int64), clusters)  # fmt: skip


def _check(cells: Cells) -> None:
    if len(np.unique(cells.stratum)) > 1:
        raise CannotEstimate("not_supported", "strata are not held equal here; use group-time effects")
    if not cells.complete:
        raise CannotEstimate("not_supported", "units that come and go ask for unbalanced = pairs here")
    weighted = cells.units.sum() != cells.heads.sum() or (cells.rest is not None and cells.rest.weight is not None)
    if weighted:
        raise CannotEstimate("not_supported", "unit weights are not taken here; use group-time effects")


def _pull(k: Floats, c_t: Floats, c_b: Floats) -> Pull:
    return Pull(*(values[:, None] for values in (k, c_t, k, c_b)))


def _of_group(gap: Floats, row: Ints, group: Ints, per_row: int) -> Floats:
    """The mean gap of the contrasts that one group has in one coefficient."""
    if per_row == 1:
        return gap
    _keys, place = np.unique(np.stack([row, group]), axis=1, return_inverse=True)
    return np.asarray((np.bincount(place, gap) / np.bincount(place))[place])


def _clusters(cells: Cells, contrasts: Contrasts, row: Ints, count: int) -> Ints:
    """How many units (or clusters) each coefficient is told by."""
    held = np.zeros(count, np.int64)
    for label in range(count):
        at = row == label
        mine = contrasts.group[at][:, None] == cells.first
        used = (mine | (contrasts.limit[at][:, None] < cells.first)).any(axis=0)
        if cells.clusters is not None:
            names = [cells.clusters.place[used[cells.clusters.cell]]]
            if cells.rest is not None and cells.rest.cluster is not None:
                outside = cells.rest.cluster[_taking_part(cells, contrasts, at)]
                names.append(np.searchsorted(cells.clusters.names, outside))
            held[label] = len(np.unique(np.concatenate(names)))
        else:
            held[label] = int(cells.heads[used].sum())
            held[label] += 0 if cells.rest is None else int(_taking_part(cells, contrasts, at).sum())
    if (held < 2).any():
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    return held


def _taking_part(cells: Cells, contrasts: Contrasts, at: np.ndarray) -> np.ndarray:
    """Which of the units that come and go are observed in both periods of one of the contrasts they belong to."""
    assert cells.rest is not None
    seen, first = cells.rest.seen, cells.rest.first
    part = np.zeros(len(first), bool)
    for group, t, b, limit in zip(contrasts.group[at], contrasts.period[at], contrasts.base[at], contrasts.limit[at],
                                  strict=True):  # fmt: skip
        part |= seen[:, t] & seen[:, b] & ((first == group) | (first > limit))
    return part
