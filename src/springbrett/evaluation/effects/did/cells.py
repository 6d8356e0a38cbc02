"""Sufficient statistics of a panel: per first treated period and stratum, what every two-by-two difference and its
exact standard error need. One pass over units, a block at a time; the size does not depend on how many units there are.

Write m for "observed", y for the outcome, w for the weight. A cell keeps Σw, Σwm, Σwmy by period, and, to tell the
spread, the T × T products Σw²yy′ (with Σw²ym′ and Σw²mm′ when units come and go), or the same sums by cluster.
Two rules for units that come and go: `pairs` uses those observed in both periods of a difference (Callaway &
Sant'Anna's panel estimator; such units are kept as they are beside the sums), `available` uses everyone observed in
either (their estimator for repeated cross-sections, with errors that hang together within units), in constant memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from scipy.linalg.blas import dsyrk
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from springbrett.evaluation.effects.did.panel import NEVER, Panel, Wide, widen
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

BLOCK_VALUES = 1 << 22
"""Values at a time: 32 MB."""
_THREADS = ThreadpoolController()


def one_thread() -> AbstractContextManager[None]:
    """Linear algebra by one thread: for many small products, more would only wait for one another."""
    held: AbstractContextManager[None] = _THREADS.limit(limits=1)
    return held


REST_LIMIT = 64_000_000
"""How many values of units that come and go are kept beside the sums (0.5 GB) before the rule `pairs` gives up."""


class Unbalanced(StrEnum):
    """What is done with units that are not observed in every period."""

    PAIRS = "pairs"
    AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class Spread:
    """Sums of products of one cell, weights squared: `yy` (T × T), `y` and `m` (T,), `units`; `ym` and `mm` (T × T)
    are None when everyone is observed in every period."""

    units: float
    m: Floats
    y: Floats
    yy: Floats
    ym: Floats | None
    mm: Floats | None


@dataclass(frozen=True, slots=True)
class ByCluster:
    """Sums by cluster within cell, one element per pair that occurs: `place` of the cluster among `names`, `cell`,
    `units`, and R × T `m` and `y`."""

    names: Ints
    place: Ints
    cell: Ints
    units: Floats
    m: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Cells:
    """C cells sorted by first treated period, then stratum; T periods. Outcomes are counted from `shift` (T,), which
    every difference between cells is free of.

    `heads` (C,): units, `units` (C,): their weight, `m` and `y` (C × T): weight observed, and weighted outcome.
    `spread` (unless there are clusters) and `clusters` tell the errors. `rest`: units that come and go under `pairs`,
    not counted in the sums, with `rest_cell`.
    """

    periods: Ints
    first: Ints
    stratum: Ints
    shift: Floats
    heads: Ints
    units: Floats
    m: Floats
    y: Floats
    spread: tuple[Spread, ...] | None
    clusters: ByCluster | None
    rest: Wide | None
    rest_cell: Ints
    complete: bool

    @property
    def everyone(self) -> Floats:
        """C: the weight of all units, those that come and go too."""
        if self.rest is None:
            return self.units
        return np.asarray(self.units + np.bincount(self.rest_cell, self.rest.weights, len(self.first)))

    @property
    def all_heads(self) -> Ints:
        """C: how many units."""
        return self.heads + np.bincount(self.rest_cell, minlength=len(self.first))

    def of(self, keep: Ints) -> Cells:
        """Only those cells (positions)."""
        place = np.full(len(self.first), -1)
        place[keep] = np.arange(len(keep))
        kept = np.isin(self.rest_cell, keep)
        clusters = self.clusters
        if clusters is not None:
            at = np.isin(clusters.cell, keep)
            names = np.unique(np.concatenate([clusters.place[at], self._outside(kept)]))
            clusters = ByCluster(
                clusters.names[names], np.searchsorted(names, clusters.place[at]), place[clusters.cell[at]],
                clusters.units[at], clusters.m[at], clusters.y[at],
            )  # fmt: skip
        return replace(
            self, first=self.first[keep], stratum=self.stratum[keep], heads=self.heads[keep], units=self.units[keep],
            m=self.m[keep], y=self.y[keep], clusters=clusters, rest_cell=place[self.rest_cell[kept]],
            spread=None if self.spread is None else tuple(self.spread[k] for k in keep),
            rest=None if self.rest is None or not kept.any() else self.rest.chosen(kept),
        )  # fmt: skip

    def _outside(self, kept: np.ndarray) -> Ints:
        """Places of the clusters of the units that come and go."""
        if self.rest is None or self.rest.cluster is None or self.clusters is None:
            return np.zeros(0, np.int64)
        return np.asarray(np.searchsorted(self.clusters.names, self.rest.cluster[kept]))

    def before(self, period: int) -> Cells:
        """Only the periods before that one."""
        kept = np.flatnonzero(self.periods < period)
        grid = np.ix_(kept, kept)
        spread, clusters = self.spread, self.clusters
        if spread is not None:
            spread = tuple(
                Spread(s.units, s.m[kept], s.y[kept], s.yy[grid], None if s.ym is None else s.ym[grid],
                       None if s.mm is None else s.mm[grid]) for s in spread
            )  # fmt: skip
        if clusters is not None:
            clusters = replace(clusters, m=clusters.m[:, kept], y=clusters.y[:, kept])
        rest, rest_cell = _on(self.rest, kept), self.rest_cell
        if rest is not None:
            some: Flags = np.asarray(rest.seen.any(axis=1))
            rest, rest_cell = rest.chosen(some), rest_cell[some]
        return replace(self, periods=self.periods[kept], shift=self.shift[kept], m=self.m[:, kept], y=self.y[:, kept],
                       spread=spread, clusters=clusters, rest=rest, rest_cell=rest_cell)  # fmt: skip


class _Cell:
    """One cell while it is being added up."""

    def __init__(self, width: int) -> None:
        self.heads = 0
        self.units = self.units2 = 0.0
        self.m, self.y, self.m2, self.y2 = (np.zeros(width) for _ in range(4))
        self.yy: Floats | None = None
        self.ym: Floats | None = None
        self.mm: Floats | None = None


class Reducer:
    """Adds up blocks of units on a fixed grid of periods. `finish` hands out the cells."""

    def __init__(self, periods: Ints, unbalanced: Unbalanced | str = Unbalanced.PAIRS) -> None:
        self.periods = periods
        self.rule = Unbalanced(unbalanced)
        self.cells: dict[tuple[int, int], _Cell] = {}
        self.rest: list[Wide] = []
        self.shift: Floats | None = None
        self.incomplete = False
        self._by_cluster: dict[tuple[int, int, int], int] = {}
        self._sums = np.zeros((0, 1 + 2 * len(periods)))
        self._clustered: bool | None = None
        self._room = np.empty((0, len(periods)))

    def add(self, wide: Wide) -> None:
        """A block of units; no unit may come in two blocks."""
        step = max(1, BLOCK_VALUES // len(self.periods))
        with one_thread():
            for begin in range(0, len(wide.unit), step):
                self._add(wide.chosen(slice(begin, begin + step)))

    def _add(self, wide: Wide) -> None:
        if self.shift is None:
            seen = wide.seen
            self.shift = np.where(seen, wide.y, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        if self._clustered is None:
            self._clustered = wide.cluster is not None
        if np.isfinite(wide.y.sum()):
            return self._add_sorted(wide, full=True)
        missing: Flags = np.isnan(np.asarray(wide.y.sum(axis=1)))
        if self.rule is Unbalanced.PAIRS:
            self._keep(wide.chosen(missing))
            return self._add_sorted(wide.chosen(~missing), full=True)
        self.incomplete = True
        return self._add_sorted(wide, full=False)

    def _keep(self, wide: Wide) -> None:
        self.rest.append(wide)
        if sum(part.y.size for part in self.rest) > REST_LIMIT:
            raise CannotEstimate(
                "not_supported", "too many units come and go to be kept in memory; use unbalanced = available"
            )

    def _add_sorted(self, wide: Wide, *, full: bool) -> None:
        """Units brought together by cell, so that each cell is one slice."""
        if not len(wide.unit):
            return
        key = wide.first * (int(wide.stratum.max()) + 1) + wide.stratum
        order = np.argsort(key, kind="stable")
        key = key[order]
        sorted_already = bool((order[1:] > order[:-1]).all())
        assert self.shift is not None
        y = self._room[: len(order)] if len(order) <= len(self._room) else np.empty(wide.y.shape)
        self._room = y if len(y) > len(self._room) else self._room
        if sorted_already:
            np.subtract(wide.y, self.shift, out=y)
        else:
            np.take(wide.y, order, axis=0, out=y, mode="clip")
            y -= self.shift
        bounds = np.concatenate([[0], np.flatnonzero(key[1:] != key[:-1]) + 1, [len(key)]])
        for begin, end in pairwise(bounds.tolist()):
            at = order[begin:end]
            name = (int(wide.first[at[0]]), int(wide.stratum[at[0]]))
            cell = self.cells.setdefault(name, _Cell(len(self.periods)))
            weight = None if wide.weight is None else wide.weight[at]
            part = y[begin:end]
            seen = None if full else ~np.isnan(part)
            part = part if seen is None else np.where(seen, part, 0.0)
            self._sum(cell, part, seen, weight)
            if wide.cluster is not None:
                self._sum_clusters(name, part, seen, weight, wide.cluster[at])

    def _sum(self, cell: _Cell, y: Floats, seen: np.ndarray | None, weight: Floats | None) -> None:
        w = np.ones(len(y)) if weight is None else weight
        cell.heads += len(y)
        for suffix, v in (("", w), ("2", w * w)) if weight is not None else (("", w),):
            setattr(cell, f"units{suffix}", getattr(cell, f"units{suffix}") + float(v.sum()))
            setattr(cell, f"y{suffix}", getattr(cell, f"y{suffix}") + v @ y)
            setattr(cell, f"m{suffix}", getattr(cell, f"m{suffix}") + (v.sum() if seen is None else v @ seen))
        if weight is None:
            cell.units2, cell.y2, cell.m2 = cell.units, cell.y, cell.m
        if self._clustered:
            return
        scaled = y if weight is None else y * w[:, None]
        if cell.yy is None:
            cell.yy = np.zeros((y.shape[1], y.shape[1]), order="F")
        cell.yy = dsyrk(1.0, scaled.T, beta=1.0, c=cell.yy, overwrite_c=1)
        if self.rule is Unbalanced.AVAILABLE:
            m = np.ones_like(y) if seen is None else seen.astype(np.float64)
            masked = m if weight is None else m * w[:, None]
            cell.ym = _plus(cell.ym, scaled.T @ masked)
            cell.mm = _plus(cell.mm, masked.T @ masked)

    def _sum_clusters(
        self, name: tuple[int, int], y: Floats, seen: np.ndarray | None, weight: Floats | None, cluster: Ints
    ) -> None:  # fmt: skip
        order = np.argsort(cluster, kind="stable")
        ordered = cluster[order]
        begins = np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1])
        w = (np.ones(len(y)) if weight is None else weight)[order, None]
        m = np.ones_like(y) if seen is None else seen[order]
        sums = np.add.reduceat(np.concatenate([w, m * w, y[order] * w], axis=1), begins, axis=0)
        keys = [(*name, int(c)) for c in ordered[begins]]
        for key in keys:
            self._by_cluster.setdefault(key, len(self._by_cluster))
        if len(self._by_cluster) > len(self._sums):
            grown = np.zeros((2 * len(self._by_cluster) + 64, self._sums.shape[1]))
            grown[: len(self._sums)] = self._sums
            self._sums = grown
        self._sums[[self._by_cluster[key] for key in keys]] += sums

    def finish(self) -> Cells:
        """The cells of the periods that occur. Raises CannotEstimate("bad_input") when nothing was added."""
        rest = _joined(self.rest)
        if rest is not None:
            for name in set(zip(rest.first.tolist(), rest.stratum.tolist(), strict=True)):
                self.cells.setdefault(name, _Cell(len(self.periods)))
        if not self.cells or self.shift is None:
            raise CannotEstimate("bad_input", "the panel has no rows")
        names = sorted(self.cells)
        m = np.stack([self.cells[name].m for name in names])
        occurs = m.sum(axis=0) > 0
        if rest is not None:
            occurs |= rest.seen.any(axis=0)
            rest = replace(rest, y=rest.y - self.shift)
        kept = np.flatnonzero(occurs)
        return self._cells(names, kept, _on(rest, kept))

    def _cells(self, names: list[tuple[int, int]], kept: Ints, rest: Wide | None) -> Cells:
        assert self.shift is not None
        held = [self.cells[name] for name in names]
        spread = None if self._clustered else tuple(_spread(cell, kept, len(self.periods)) for cell in held)
        place = {name: index for index, name in enumerate(names)}
        rest_cell = np.zeros(0, np.int64)
        if rest is not None:
            pairs = zip(rest.first.tolist(), rest.stratum.tolist(), strict=True)
            rest_cell = np.array([place[name] for name in pairs], np.int64)
        return Cells(
            periods=self.periods[kept], first=np.array([name[0] for name in names]),
            stratum=np.array([name[1] for name in names]), shift=self.shift[kept],
            heads=np.array([cell.heads for cell in held]), units=np.array([cell.units for cell in held]),
            m=np.stack([cell.m for cell in held])[:, kept], y=np.stack([cell.y for cell in held])[:, kept],
            spread=spread, clusters=self._clusters(place, kept, rest), rest=rest, rest_cell=rest_cell,
            complete=not self.incomplete,
        )  # fmt: skip

    def _clusters(self, place: dict[tuple[int, int], int], kept: Ints, rest: Wide | None) -> ByCluster | None:
        if not self._clustered:
            return None
        keys = list(self._by_cluster)
        number = np.array([key[2] for key in keys], np.int64)
        outside = np.zeros(0, np.int64) if rest is None or rest.cluster is None else rest.cluster
        names = np.unique(np.concatenate([number, outside]))
        sums, width = self._sums[: len(keys)], len(self.periods)
        cell = np.array([place[key[:2]] for key in keys], np.int64)
        return ByCluster(names, np.searchsorted(names, number), cell, sums[:, 0], sums[:, 1 : 1 + width][:, kept],
                         sums[:, 1 + width :][:, kept])  # fmt: skip


def _plus(held: Floats | None, more: Floats) -> Floats:
    if held is None:
        return more
    held += more
    return held


def _spread(cell: _Cell, kept: Ints, width: int) -> Spread:
    grid = np.ix_(kept, kept)
    yy = np.zeros((width, width)) if cell.yy is None else cell.yy
    cut = len(kept) < width
    yy = np.triu(yy) + np.triu(yy, 1).T
    yy = yy[grid] if cut else yy
    ym = None if cell.ym is None else cell.ym[grid]
    mm = None if cell.mm is None else cell.mm[grid]
    return Spread(cell.units2, cell.m2[kept], cell.y2[kept], yy, ym, mm)


def _joined(parts: list[Wide]) -> Wide | None:
    if not parts:
        return None
    first = parts[0]
    cluster = None if first.cluster is None else np.concatenate([p.cluster for p in parts if p.cluster is not None])
    weight = None if first.weight is None else np.concatenate([p.weight for p in parts if p.weight is not None])
    y, unit, began, stratum = (
        np.concatenate([getattr(p, name) for p in parts]) for name in ("y", "unit", "first", "stratum")
    )
    return Wide(first.periods, y, unit, began, stratum, cluster, weight)


def _on(wide: Wide | None, kept: Ints) -> Wide | None:
    if wide is None or len(kept) == len(wide.periods):
        return wide
    return Wide(wide.periods[kept], wide.y[:, kept], wide.unit, wide.first, wide.stratum, wide.cluster, wide.weight)


def reduce(data: Panel | Wide, unbalanced: Unbalanced | str = Unbalanced.PAIRS) -> Cells:
    """The cells of a panel in memory. Raises CannotEstimate("bad_input")."""
    wide = data if isinstance(data, Wide) else widen(data)
    reducer = Reducer(wide.periods, unbalanced)
    reducer.add(wide)
    return reducer.finish()


def reduce_blocks(
    blocks: Iterator[Panel], periods: Ints, unbalanced: Unbalanced | str = Unbalanced.PAIRS
) -> Cells:  # fmt: skip
    """The cells of a panel that comes in blocks of whole units. Raises CannotEstimate("bad_input")."""
    reducer = Reducer(periods, unbalanced)
    for block in blocks:
        reducer.add(widen(block, periods))
    return reducer.finish()


__all__ = ["NEVER", "ByCluster", "Cells", "Reducer", "Spread", "Unbalanced", "reduce", "reduce_blocks"]
