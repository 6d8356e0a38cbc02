"""Imputation (Borusyak, Jaravel & Spiess 2024): effects of unit and period are learnt from untreated months only, and
each treated month's effect is its outcome beyond what they predict; effects are then averaged as one likes.

The least-squares efficient estimator when effects may differ freely and errors are alike. Standard errors are the
authors' conservative ones: a treated month's residual is its effect beyond the mean of its group and period.
Assumes parallel trends in all periods, and no anticipation.

Units observed in every period enter by their cell's sums alone (see `cells`): which of their months are untreated hangs
on when they are first treated, and all that is asked of them is linear in their outcomes. Units that come and go are
gone through one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.cells import BLOCK_VALUES, Cells, one_thread, reduce
from springbrett.evaluation.effects.did.contrasts import meat
from springbrett.evaluation.effects.did.few import group_checks
from springbrett.evaluation.effects.did.group_time import ASSUMPTIONS, DEFAULT, make_path, normal_estimate, pre_trends
from springbrett.evaluation.effects.did.panel import Panel, Wide, widen
from springbrett.evaluation.effects.did.regression import fit
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, EffectPath, Flags, Floats, Ints


def imputation(
    data: Panel | Wide | Cells, *, last: int | None = None, level: float = 0.95, band: Band = DEFAULT, pre: int = 0
) -> EffectPath:  # fmt: skip
    """Effects by periods since the start (0 … `last`); `overall`: the mean over all treated months.

    Months that cannot be imputed (nobody untreated then, or a unit never seen untreated) are left out and counted.
    `pre` > 0 also tests as many periods before the start jointly, on untreated months only (not from cells).
    Raises CannotEstimate: no_treated, no_comparison, singular (two periods never bridged), one_cluster, not_supported.
    """
    held = widen(data) if isinstance(data, Panel) else data
    cells = held if isinstance(held, Cells) else reduce(held)
    _check(cells)
    with one_thread():
        left, level_of = _untreated(cells)
        means = _effects(cells, level_of, np.diag(left) > 0)
        labels, share, overall = _targets(means, last)
        spread, clusters = _spread(cells, level_of, left, means, np.column_stack([share, overall]))
    value = np.column_stack([share, overall]).T @ means.value
    started = np.isin(cells.first, means.group[means.n.reshape(len(means.group), -1).any(axis=1)])
    checks = list(group_checks(cells, started, cells.first > cells.periods[0]))
    if means.left_out:
        checks.append(Diagnostic("not_imputed", float(means.left_out)))
    if pre:
        checks.append(_pre_test(held, pre))
    treated = cells.first <= cells.periods[-1]
    one = replace(
        normal_estimate(float(value[-1]), float(np.sqrt(max(spread[-1, -1], 0.0))), level, "imputation"),
        n_treated=int(cells.all_heads[treated].sum()), n_comparison=int(cells.all_heads[~treated].sum()),
        assumptions=ASSUMPTIONS, diagnostics=tuple(checks),
    )  # fmt: skip
    by_cluster = None if clusters is None else clusters[:, :-1]
    return make_path(labels, value[:-1], spread[:-1, :-1], one, by_cluster=by_cluster, band=band)


def _check(cells: Cells) -> None:
    if len(np.unique(cells.stratum)) > 1:
        raise CannotEstimate("not_supported", "strata are not held equal here; use group-time effects")
    if not cells.complete:
        raise CannotEstimate("not_supported", "units that come and go ask for unbalanced = pairs here")
    if not (cells.first <= cells.periods[-1]).any():
        raise CannotEstimate("no_treated", "nobody is treated within the panel")
    if not (cells.first > cells.periods[0]).any():
        raise CannotEstimate("no_comparison", "nobody is ever seen untreated")


@dataclass(frozen=True, slots=True)
class _Alike:
    """The units of a cell observed in every period: their places, untreated months (T, 0/1), how many those are."""

    cell: int
    first: int
    m: Floats
    count: float

    def residual(self, y: Floats) -> Floats:
        """y (T,) less its mean over the untreated months."""
        return np.asarray(y - (self.m @ y) / max(self.count, 1.0))


def _alike(cells: Cells, known: np.ndarray | None = None) -> Iterator[_Alike]:
    """`known` (T): the periods whose effect is told; a month in another tells nothing of a unit's own level."""
    for cell in np.flatnonzero(cells.heads).tolist():
        m = (cells.periods < cells.first[cell]).astype(np.float64)
        m = m if known is None else m * known
        yield _Alike(cell, int(cells.first[cell]), m, float(m.sum()))


def _others(cells: Cells) -> Iterator[Wide]:
    """The units that come and go, some at a time."""
    if cells.rest is not None:
        step = max(1, BLOCK_VALUES // len(cells.periods))
        for begin in range(0, len(cells.rest.unit), step):
            yield cells.rest.chosen(slice(begin, begin + step))


def _parts(wide: Wide) -> tuple[Floats, Floats, Floats, Floats]:
    """Of a block: outcome with zeros, untreated months, treated months (n × T, 0/1), weights (n × 1)."""
    seen = wide.seen
    on = wide.first[:, None] <= wide.periods
    y = np.where(seen, wide.y, 0.0)
    return y, (seen & ~on).astype(np.float64), (seen & on).astype(np.float64), wide.weights[:, None]


def _untreated(cells: Cells) -> tuple[Floats, Floats]:
    """The T × T equations of the period effects, and the period effects (the first known is 0).

    Raises CannotEstimate("singular") when some periods share no untreated unit, even by way of others.
    """
    width = len(cells.periods)
    lap, right = np.zeros((width, width)), np.zeros(width)
    for one in _alike(cells):
        lap += cells.units[one.cell] * (np.diag(one.m) - np.outer(one.m, one.m) / max(one.count, 1.0))
        right += one.m * one.residual(cells.y[one.cell])
    for block in _others(cells):
        y, m, _on, w = _parts(block)
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


@dataclass(frozen=True, slots=True)
class _Means:
    """Per group (G) and period (T), flattened: mean effect `value`, weight `n`; zero where nothing can be imputed."""

    group: Ints
    periods: Ints
    value: Floats
    n: Floats
    known: np.ndarray
    left_out: int

    def imputed(self, one: _Alike) -> Floats:
        """T, 0/1: the months of these units whose effect is told."""
        return np.asarray((self.periods >= one.first) * self.known * (one.count > 0), np.float64)


def _effects(cells: Cells, level: Floats, known: np.ndarray) -> _Means:
    group = np.unique(cells.first[cells.first <= cells.periods[-1]])
    total, n = (np.zeros((len(group), len(cells.periods))) for _ in range(2))
    means = _Means(group, cells.periods, total, n, known, 0)
    left_out = 0
    for one in _alike(cells, known):
        on, units = means.imputed(one), cells.units[one.cell]
        left_out += int(cells.heads[one.cell] * ((cells.periods >= one.first).sum() - on.sum()))
        if one.first <= cells.periods[-1]:
            g = int(np.searchsorted(group, one.first))
            n[g] += on * units
            total[g] += on * one.residual(cells.y[one.cell] - units * level)
    for part in _others(cells):
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
    return replace(means, value=value.ravel(), n=n.ravel(), left_out=left_out)


def _block_effects(wide: Wide, level: Floats, known: np.ndarray) -> tuple[Floats, Floats, Floats, Floats]:
    """Of a block (n × T): effects, weight of months that can be imputed, untreated residuals, untreated months."""
    y, m, on, w = _parts(wide)
    m = m * known
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
    cells: Cells, level: Floats, lap: Floats, means: _Means, share: Floats
) -> tuple[Floats, Floats | None]:  # fmt: skip
    """K × K covariance of the weighted mean effects, and the clusters' influences when there are clusters.

    A treated month weighs w = share / n; the untreated months answer with the weights that cancel the effects of unit
    and period. Within a unit the untreated residuals add up to zero, so only the period part of those is felt.
    """
    width, count = len(cells.periods), share.shape[1]
    each = np.divide(share, means.n[:, None], out=np.zeros_like(share), where=means.n[:, None] > 0)
    each = each.reshape(len(means.group), width, count)
    pull = np.zeros((width, count))
    for one in _alike(cells, means.known):
        if one.first <= cells.periods[-1]:
            own = each[np.searchsorted(means.group, one.first)]
            on = means.imputed(one) * cells.units[one.cell]
            pull += on[:, None] * own - np.outer(one.m / max(one.count, 1.0), on @ own)
    for part in _others(cells):
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
    return _add_up(cells, level, means, each, answer)


def _add_up(
    cells: Cells, level: Floats, means: _Means, each: Floats, answer: Floats
) -> tuple[Floats, Floats | None]:  # fmt: skip
    """Σ ψψ′ over units or clusters. A treated month's residual is counted from the mean of its group and period."""
    count = each.shape[2]
    names = None if cells.clusters is None else cells.clusters.names
    if (int(cells.all_heads.sum()) if names is None else len(names)) < 2:
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    matrix = np.zeros((count, count))
    psi = None if names is None else np.zeros((len(names), count))
    for one in _alike(cells, means.known):
        slope, fixed = _slopes(one, level, means, each, answer)
        if psi is not None and cells.clusters is not None:
            at = cells.clusters.cell == one.cell
            scores = cells.clusters.y[at] @ slope + np.outer(cells.clusters.units[at], fixed)
            np.add.at(psi, cells.clusters.place[at], scores)
        elif cells.spread is not None:
            matrix += meat(cells.spread[one.cell], slope.T, np.zeros_like(slope.T), fixed)
    for part in _others(cells):
        scores = _scores(part, level, means, each, answer)
        if psi is None or names is None or part.cluster is None:
            matrix += scores.T @ scores
        else:
            np.add.at(psi, np.searchsorted(names, part.cluster), scores)
    return (matrix, None) if psi is None else (psi.T @ psi, psi)


def _slopes(one: _Alike, level: Floats, means: _Means, each: Floats, answer: Floats) -> tuple[Floats, Floats]:
    """T × K: how a unit's influence goes with its outcomes; K: and what it is where they all are 0."""
    felt, fixed = -one.m[:, None] * answer, np.zeros(answer.shape[1])
    if one.first <= means.periods[-1]:
        g = int(np.searchsorted(means.group, one.first))
        own = means.imputed(one)[:, None] * each[g]
        felt = felt + own
        fixed = -means.value.reshape(each.shape[:2])[g] @ own
    slope = felt - np.outer(one.m / max(one.count, 1.0), felt.sum(axis=0))
    return slope, fixed - level @ slope


def _scores(part: Wide, level: Floats, means: _Means, each: Floats, answer: Floats) -> Floats:
    """n × K influences of units that come and go."""
    centre = means.value.reshape(each.shape[:2])
    effect, on, rest, _m = _block_effects(part, level, means.known)
    scores = -(rest * part.weights[:, None]) @ answer
    row = np.searchsorted(means.group, part.first)
    for g in np.unique(row[part.first <= part.periods[-1]]):
        at = row == g
        scores[at] += (on[at] * (effect[at] - centre[g])) @ each[g]
    return np.asarray(scores)


def _pre_test(wide: Wide | Cells, pre: int) -> Diagnostic:
    """Joint test of the last `pre` periods before the start, on untreated months, earlier ones being the reference."""
    if isinstance(wide, Cells):
        raise CannotEstimate("not_supported", "the test of the time before the start asks for the panel itself")
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
