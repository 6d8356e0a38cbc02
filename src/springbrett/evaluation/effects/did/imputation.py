"""Imputation (Borusyak, Jaravel & Spiess 2024): effects of unit and period are learnt from untreated months only, and
each treated month's effect is its outcome beyond what they predict; effects are then averaged as one likes.

The least-squares efficient estimator when effects may differ freely and errors are alike. Standard errors are the
authors' conservative ones: a treated month's residual is its effect beyond the mean of its group and period.
Assumes parallel trends in all periods, and no anticipation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.cells import BLOCK_VALUES, one_thread, reduce
from springbrett.evaluation.effects.did.group_time import ASSUMPTIONS, DEFAULT, make_path, normal_estimate, pre_trends
from springbrett.evaluation.effects.did.panel import Panel, Wide, widen
from springbrett.evaluation.effects.did.regression import fit
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, EffectPath, Flags, Floats, Ints


def imputation(
    data: Panel | Wide, *, last: int | None = None, level: float = 0.95, band: Band = DEFAULT, pre: int = 0
) -> EffectPath:  # fmt: skip
    """Effects by periods since the start (0 … `last`); `overall`: the mean over all treated months.

    Months that cannot be imputed (nobody untreated then, or a unit never seen untreated) are left out and counted.
    `pre` > 0 also tests as many periods before the start jointly, on untreated months only.
    Raises CannotEstimate: no_treated, no_comparison, singular (two periods never bridged), one_cluster, not_supported.
    """
    wide = data if isinstance(data, Wide) else widen(data)
    _check(wide)
    with one_thread():
        left, level_of = _untreated(wide)
        group = _groups(wide)
        known = np.diag(left) > 0
        means = _effects(wide, level_of, known, group)
        labels, share, overall = _targets(means, last)
        spread, clusters = _spread(wide, level_of, left, means, np.column_stack([share, overall]))
    weights = np.column_stack([share, overall]).T
    value = weights @ means.value
    checks = [Diagnostic("not_imputed", float(means.left_out))] if means.left_out else []
    if pre:
        checks.append(_pre_test(wide, pre))
    one = replace(
        normal_estimate(float(value[-1]), float(np.sqrt(spread[-1, -1])), level, "imputation"),
        n_treated=int((wide.first <= wide.periods[-1]).sum()), n_comparison=int((wide.first > wide.periods[-1]).sum()),
        assumptions=ASSUMPTIONS, diagnostics=tuple(checks),
    )  # fmt: skip
    by_cluster = None if clusters is None else clusters[:, :-1]
    return make_path(labels, value[:-1], spread[:-1, :-1], one, by_cluster=by_cluster, band=band)


def _check(wide: Wide) -> None:
    if len(np.unique(wide.stratum)) > 1:
        raise CannotEstimate("not_supported", "strata are not held equal here; use group-time effects")
    if not (wide.first <= wide.periods[-1]).any():
        raise CannotEstimate("no_treated", "nobody is treated within the panel")
    if not (wide.first > wide.periods[0]).any():
        raise CannotEstimate("no_comparison", "nobody is ever seen untreated")


def _blocks(wide: Wide) -> list[slice]:
    step = max(1, BLOCK_VALUES // len(wide.periods))
    return [slice(begin, begin + step) for begin in range(0, len(wide.unit), step)]


def _parts(wide: Wide) -> tuple[Floats, Floats, Floats, Floats]:
    """Of a block: outcome with zeros, untreated months, treated months (n × T, 0/1), weights (n × 1)."""
    seen = wide.seen
    on = wide.first[:, None] <= wide.periods
    y = np.where(seen, wide.y, 0.0)
    return y, (seen & ~on).astype(np.float64), (seen & on).astype(np.float64), wide.weights[:, None]


def _untreated(wide: Wide) -> tuple[Floats, Floats]:
    """The T × T equations of the period effects, and the period effects (the first known is 0).

    Raises CannotEstimate("singular") when some periods share no untreated unit, even by way of others.
    """
    width = len(wide.periods)
    lap, right = np.zeros((width, width)), np.zeros(width)
    for block in _blocks(wide):
        y, m, _on, w = _parts(wide.chosen(block))
        count = np.maximum(m.sum(axis=1, keepdims=True), 1.0)
        scaled = m * w
        lap += np.diag(scaled.sum(axis=0)) - (scaled / count).T @ m
        right += (scaled * y).sum(axis=0) - ((scaled * y).sum(axis=1, keepdims=True) / count * m).sum(axis=0)
    known = np.diag(lap) > 1e-12 * max(float(np.diag(lap).max()), 1.0)
    if not known.any():
        raise CannotEstimate("no_comparison", "no unit is seen untreated in two periods")
    lap[~known] = lap[:, ~known] = 0.0
    grid = np.ix_(known, known)
    pieces, _of = connected_components(csr_array(np.abs(lap[grid]) > 0), directed=False)
    if pieces > 1:
        raise CannotEstimate("singular", "some periods share no untreated unit; shorten the panel")
    level = np.zeros(width)
    level[known] = np.linalg.pinv(lap[grid], rcond=1e-12, hermitian=True) @ right[known]
    return lap, level


def _groups(wide: Wide) -> Ints:
    return np.unique(wide.first[wide.first <= wide.periods[-1]])


@dataclass(frozen=True, slots=True)
class _Means:
    """Per group (G) and period (T), flattened: mean effect `value`, weight `n`; zero where nothing can be imputed."""

    group: Ints
    periods: Ints
    value: Floats
    n: Floats
    known: np.ndarray
    left_out: int


def _effects(wide: Wide, level: Floats, known: np.ndarray, group: Ints) -> _Means:
    width = len(wide.periods)
    total, n = np.zeros((len(group), width)), np.zeros((len(group), width))
    left_out = 0
    for block in _blocks(wide):
        part = wide.chosen(block)
        effect, on, _rest, _own = _block_effects(part, level, known)
        left_out += int((part.seen & (part.first[:, None] <= part.periods)).sum() - (on > 0).sum())
        row = np.searchsorted(group, part.first)
        for g in np.unique(row[part.first <= part.periods[-1]]):
            at = row == g
            n[g] += on[at].sum(axis=0)
            total[g] += (on[at] * effect[at]).sum(axis=0)
    if not n.any():
        raise CannotEstimate("no_comparison", "no treated month can be imputed; nobody is untreated then")
    value = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
    return _Means(group, wide.periods, value.ravel(), n.ravel(), known, left_out)


def _block_effects(wide: Wide, level: Floats, known: np.ndarray) -> tuple[Floats, Floats, Floats, Floats]:
    """Of a block (n × T): effects, weight of months that can be imputed, untreated residuals, untreated months."""
    y, m, on, w = _parts(wide)
    count = m.sum(axis=1, keepdims=True)
    own = (m * (y - level)).sum(axis=1, keepdims=True) / np.maximum(count, 1.0)
    rest = y - level - own
    return rest, on * known * (count > 0) * w, rest * m, m


def _targets(means: _Means, last: int | None) -> tuple[Ints, Floats, Floats]:
    """Labels, and the share of each group × period in each label (GT × K) and in the overall mean (GT,)."""
    since = (means.periods[None, :] - means.group[:, None]).ravel()
    used = means.n > 0
    labels = np.unique(since[used & (since <= (since.max() if last is None else last))])
    share = np.where((since[:, None] == labels) & used[:, None], means.n[:, None], 0.0)
    share = share / share.sum(axis=0)
    return labels, share, means.n / means.n.sum()


def _spread(
    wide: Wide, level: Floats, lap: Floats, means: _Means, share: Floats
) -> tuple[Floats, Floats | None]:  # fmt: skip
    """K × K covariance of the weighted mean effects, and the clusters' influences when there are clusters.

    A treated month weighs w = share / n; the untreated months answer with the weights that cancel the effects of unit
    and period. Within a unit the untreated residuals add up to zero, so only the period part of those is felt.
    """
    width, count = len(wide.periods), share.shape[1]
    each = np.divide(share, means.n[:, None], out=np.zeros_like(share), where=means.n[:, None] > 0)
    each = each.reshape(len(means.group), width, count)
    pull = np.zeros((width, count))
    for block in _blocks(wide):
        part = wide.chosen(block)
        _effect, on, _rest, m = _block_effects(part, level, means.known)
        row = np.searchsorted(means.group, part.first)
        for g in np.unique(row[part.first <= part.periods[-1]]):
            at = row == g
            pull += on[at].sum(axis=0)[:, None] * each[g]
            lent = m[at] / np.maximum(m[at].sum(axis=1, keepdims=True), 1.0)
            pull -= (lent.T @ on[at]) @ each[g]
    grid = np.ix_(means.known, means.known)
    answer = np.zeros((width, count))
    answer[means.known] = np.linalg.pinv(lap[grid], rcond=1e-12, hermitian=True) @ pull[means.known]
    return _add_up(wide, level, means, each, answer)


def _add_up(
    wide: Wide, level: Floats, means: _Means, each: Floats, answer: Floats
) -> tuple[Floats, Floats | None]:  # fmt: skip
    """Σ ψψ′ over units or clusters. A treated month's residual is counted from the mean of its group and period."""
    count = each.shape[2]
    centre = means.value.reshape(each.shape[:2])
    matrix = np.zeros((count, count))
    names = None if wide.cluster is None else np.unique(wide.cluster)
    if (len(wide.unit) if names is None else len(names)) < 2:
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    psi = None if names is None else np.zeros((len(names), count))
    for block in _blocks(wide):
        part = wide.chosen(block)
        effect, on, rest, _m = _block_effects(part, level, means.known)
        scores = -(rest * part.weights[:, None]) @ answer
        row = np.searchsorted(means.group, part.first)
        for g in np.unique(row[part.first <= part.periods[-1]]):
            at = row == g
            scores[at] += (on[at] * (effect[at] - centre[g])) @ each[g]
        if psi is None or names is None or part.cluster is None:
            matrix += scores.T @ scores
        else:
            np.add.at(psi, np.searchsorted(names, part.cluster), scores)
    return (matrix, None) if psi is None else (psi.T @ psi, psi)


def _pre_test(wide: Wide, pre: int) -> Diagnostic:
    """Joint test of the last `pre` periods before the start, on untreated months, earlier ones being the reference."""
    on = wide.first[:, None] <= wide.periods
    untreated = replace(wide, y=np.where(on, np.nan, wide.y))
    ever: Flags = np.asarray(untreated.seen.any(axis=1))
    cells = reduce(untreated.chosen(ever))
    since = cells.periods[None, :] - cells.first[:, None]
    labels = np.arange(-pre, 0)
    x = (since[:, :, None] == labels).astype(np.float64)
    kept = x.any(axis=(0, 1))
    found = fit(cells, x[:, :, kept])
    return pre_trends(found.value, found.covariance)
