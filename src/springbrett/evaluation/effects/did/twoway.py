"""Two-way fixed effects: one effect for all, or one per period since the start, with effects of unit and period.

When groups start at different times and effects differ between them or grow, these mix effects with the wrong signs
(Goodman-Bacon 2021; Sun & Abraham 2021): they are here to be compared with, and every result says how much of it rests
on comparisons with units already treated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.cells import Cells, reduce
from springbrett.evaluation.effects.did.few import side_checks
from springbrett.evaluation.effects.did.group_time import ASSUMPTIONS, DEFAULT, make_path, normal_estimate, pre_trends
from springbrett.evaluation.effects.did.panel import Panel, Wide
from springbrett.evaluation.effects.did.regression import Fitted, fit
from springbrett.evaluation.effects.difference import adjusted_difference
from springbrett.evaluation.effects.records import (
    CannotEstimate,
    Diagnostic,
    EffectPath,
    Estimand,
    Estimate,
    Flags,
    Floats,
    Ints,
)

WARN = 0.1
"""The share of the weight on comparisons with units already treated above which the number is withheld."""
HOMOGENEOUS = (*ASSUMPTIONS, "same_effect_everywhere")


def difference_in_differences(
    y: Floats, treated: Flags, after: Flags, x: Floats | None = None, *, cluster: Ints | None = None,
    robust: bool = True,
) -> Estimate:  # fmt: skip
    """Two groups before and after, in repeated cross-sections or a panel: the coefficient of treated × after.

    One element per row; x (rows × k) other covariates. Raises CannotEstimate: no_treated, no_comparison, singular,
    bad_input, one_cluster.
    """
    more = np.zeros((len(y), 0)) if x is None else x
    columns = np.column_stack([treated.astype(np.float64), after.astype(np.float64), more])
    names = ("treated", "after", *(f"x{k}" for k in range(more.shape[1])))
    found = adjusted_difference(Comparison(y, treated & after, columns, names, cluster), robust=robust)
    return replace(found, estimand=Estimand.ATT, method="difference_in_differences", assumptions=ASSUMPTIONS)


def two_way_effect(data: Panel | Wide | Cells, *, level: float = 0.95) -> Estimate:
    """One effect for everyone treated. Errors by units or clusters (CR1).

    Raises CannotEstimate: no_treated, singular, one_cluster, not_supported.
    """
    cells = data if isinstance(data, Cells) else reduce(data)
    on = (cells.first[:, None] <= cells.periods[None, :]).astype(np.float64)
    if not on.any():
        raise CannotEstimate("no_treated", "nobody is treated within the panel")
    found = fit(cells, on[:, :, None])
    return _estimate(cells, found, np.ones(1), level, "two_way", cells.periods[-1])


def two_way_path(
    data: Panel | Wide | Cells, *, first: int | None = None, last: int | None = None, level: float = 0.95,
    band: Band = DEFAULT,
) -> EffectPath:  # fmt: skip
    """One effect per period since the start, −1 the reference; periods beyond `first` and `last` share the outermost.

    Without anyone never treated the most distant period before the start is left out too (it cannot be told apart).
    Raises CannotEstimate: no_treated, singular, one_cluster, not_supported.
    """
    cells = data if isinstance(data, Cells) else reduce(data)
    since = cells.periods[None, :] - cells.first[:, None]
    ever = cells.first <= cells.periods[-1]
    if not (since[ever] >= 0).any():
        raise CannotEstimate("no_treated", "nobody is treated within the panel")
    since = np.clip(since, first, last) if first is not None or last is not None else since
    labels = np.unique(since[ever])
    labels = labels[labels != -1]
    if ever.all() and (labels < -1).any():
        labels = labels[labels != labels.min()]
    x = ((since[:, :, None] == labels) & ever[:, None, None]).astype(np.float64)
    found = fit(cells, x)
    share = (labels >= 0) / (labels >= 0).sum()
    overall = _estimate(cells, found, share, level, "two_way_path", cells.periods[-1])
    if (labels < -1).any():
        before = labels < -1
        check = pre_trends(found.value[before], found.covariance[np.ix_(before, before)])
        overall = replace(overall, diagnostics=(*overall.diagnostics, check))
    return make_path(labels, found.value, found.covariance, overall, band=band)


def _estimate(cells: Cells, found: Fitted, share: Floats, level: float, method: str, end: int) -> Estimate:
    ever = cells.first <= end
    made = normal_estimate(
        float(share @ found.value), float(np.sqrt(max(float(share @ found.covariance @ share), 0.0))), level, method
    )
    heads, few = cells.all_heads, side_checks(cells, ever, cells.first > cells.first[ever].min())
    return replace(made, n_treated=int(heads[ever].sum()), n_comparison=int(heads[~ever].sum()),
                   assumptions=HOMOGENEOUS, diagnostics=(*_warning(cells), *few))  # fmt: skip


def _warning(cells: Cells) -> tuple[Diagnostic, ...]:
    """How much rests on comparisons with units already treated; nothing when units come and go."""
    if cells.rest is not None or len(np.unique(cells.first)) < 2:
        return ()
    parts = decompose(cells)
    share = sum(part.weight for part in parts if part.already_treated)
    return (Diagnostic("already_treated_comparisons", float(share), WARN, bool(share <= WARN)),)


@dataclass(frozen=True, slots=True)
class Part:
    """One two-by-two difference within the single two-way effect: a group against another (first treated periods;
    NEVER: never treated), its estimate and weight, and whether the comparison was itself already treated."""

    group: int
    against: int
    value: float
    weight: float
    already_treated: bool


def decompose(data: Panel | Wide | Cells) -> tuple[Part, ...]:
    """The single two-way effect as a weighted mean of all two-by-two differences (Goodman-Bacon 2021).

    Weights sum to one, and the weighted mean is exactly `two_way_effect`. Raises CannotEstimate: no_treated,
    not_supported (units that come and go, strata).
    """
    cells = data if isinstance(data, Cells) else reduce(data)
    if cells.rest is not None or not cells.complete or len(np.unique(cells.stratum)) > 1:
        raise CannotEstimate("not_supported", "the decomposition asks for units observed in every period, one stratum")
    mean = cells.y / cells.units[:, None]
    size = cells.units / cells.units.sum()
    on = (cells.first[:, None] <= cells.periods[None, :]).astype(bool)
    parts: list[Part] = []
    for k in range(len(size)):
        for other in range(len(size)):
            if on[k].any() and k != other:
                parts += _pair(k, other, cells.first, mean, size, on)
    total = sum(part.weight for part in parts)
    if not parts or total <= 0:
        raise CannotEstimate("no_treated", "no group changes its treatment within the panel")
    return tuple(replace(part, weight=part.weight / total) for part in parts)


def _pair(k: int, other: int, first: Ints, mean: Floats, size: Floats, on: Flags) -> list[Part]:
    """Group k treated, the other as comparison: while the other's own treatment does not change."""
    window = ~on[other] if first[other] > first[k] else on[other]
    after, before = window & on[k], window & ~on[k]
    if not after.any() or not before.any():
        return []
    gap = mean[k] - mean[other]
    value = gap[after].mean() - gap[before].mean()
    share = window.mean()
    within = after.sum() / window.sum()
    weight = size[k] * size[other] * share**2 * within * (1 - within)
    return [Part(int(first[k]), int(first[other]), float(value), float(weight), bool(on[other][window].any()))]
