"""Interaction-weighted event study (Sun & Abraham 2021): one effect per group and period since the start, by least
squares with effects of unit and period, then averaged over groups by their share in each period.

Compares with those never treated, or with the last group to be treated while it is not. Shares are taken as known (as
in fixest). Assumes parallel trends and no anticipation; effects may differ between groups and over time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.cells import Cells, reduce
from springbrett.evaluation.effects.did.few import group_checks
from springbrett.evaluation.effects.did.group_time import ASSUMPTIONS, DEFAULT, make_path, normal_estimate, pre_trends
from springbrett.evaluation.effects.did.panel import Panel, Wide
from springbrett.evaluation.effects.did.regression import fit
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, EffectPath, Floats, Ints


def interaction_weighted(
    data: Panel | Wide | Cells, *, comparison: Literal["never", "last"] = "never", level: float = 0.95,
    band: Band = DEFAULT,
) -> EffectPath:  # fmt: skip
    """Effects by periods since the start, −1 the reference; `overall` weights every treated unit and period alike.

    Units treated from the first period on are left out. Raises CannotEstimate: no_treated, no_comparison, singular,
    one_cluster, not_supported, bad_input.
    """
    if comparison not in {"never", "last"}:
        raise CannotEstimate("bad_input", "comparison is never or last")
    whole = data if isinstance(data, Cells) else reduce(data)
    always = whole.first <= whole.periods[0]
    cells = whole.of(np.flatnonzero(~always)) if always.any() else whole
    reference = cells.first > cells.periods[-1]
    if comparison == "last":
        last = int(cells.first.max(initial=0))
        cells = cells.before(last) if last <= cells.periods[-1] else cells
        reference = cells.first == last
    if not reference.any():
        raise CannotEstimate("no_comparison", "nobody is never treated; compare with the last group instead")
    if reference.all() or not len(cells.periods):
        raise CannotEstimate("no_treated", "nobody is first treated within the panel, after its first period")
    few = group_checks(cells, ~reference, reference)
    pairs = _pairs(cells, reference)
    x = np.zeros((len(cells.first), len(cells.periods), len(pairs)))
    x[pairs[:, 0], pairs[:, 1], np.arange(len(pairs))] = 1.0
    found = fit(cells, x)
    since = cells.periods[pairs[:, 1]] - cells.first[pairs[:, 0]]
    labels, weights = _shares(cells, pairs, since)
    matrix = weights @ found.covariance @ weights.T
    after = since >= 0
    size = np.where(after, _seen(cells)[pairs[:, 0], pairs[:, 1]], 0.0)
    if not after.any():
        raise CannotEstimate("no_treated", "no period from the first treated one on is left")
    one = size / size.sum()
    overall = replace(
        normal_estimate(float(one @ found.value), float(np.sqrt(max(one @ found.covariance @ one, 0.0))), level,
                        "interaction_weighted"),
        n_treated=int(cells.all_heads[~reference].sum()), n_comparison=int(cells.all_heads[reference].sum()),
        assumptions=ASSUMPTIONS,
        diagnostics=(*_checks(whole, always, labels, weights @ found.value, matrix), *few),
    )  # fmt: skip
    by_cluster = None if found.by_cluster is None else found.by_cluster @ weights.T
    return make_path(labels, weights @ found.value, matrix, overall, by_cluster=by_cluster, band=band)


def _pairs(cells: Cells, reference: np.ndarray) -> Ints:
    """K × 2: cell and period of each effect: treated cells where observed, but for the period before the start."""
    seen = _seen(cells) > 0
    since = cells.periods[None, :] - cells.first[:, None]
    return np.argwhere(seen & (since != -1) & ~reference[:, None])


def _seen(cells: Cells) -> Floats:
    """C × T: weight observed, those that come and go too."""
    if cells.rest is None:
        return cells.m
    total = cells.m.copy()
    np.add.at(total, cells.rest_cell, cells.rest.seen * cells.rest.weights[:, None])
    return total


def _shares(cells: Cells, pairs: Ints, since: Ints) -> tuple[Ints, Floats]:
    """The periods since the start, and each effect's share in them (labels × K)."""
    labels, row = np.unique(since, return_inverse=True)
    size = _seen(cells)[pairs[:, 0], pairs[:, 1]]
    weights = np.zeros((len(labels), len(pairs)))
    weights[row, np.arange(len(pairs))] = size / np.bincount(row, size)[row]
    return labels, weights


def _checks(
    whole: Cells, always: np.ndarray, labels: Ints, value: Floats, matrix: Floats
) -> tuple[Diagnostic, ...]:  # fmt: skip
    left_out = float(whole.all_heads[always].sum())
    found = (Diagnostic("treated_from_the_start", left_out),) if left_out else ()
    before = labels < -1
    return (*found, pre_trends(value[before], matrix[np.ix_(before, before)])) if before.any() else found
