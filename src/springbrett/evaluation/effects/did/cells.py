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
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from springbrett.evaluation.effects.blocks import one_thread
from springbrett.evaluation.effects.did.panel import NEVER, Panel, Wide, widen
from springbrett.evaluation.effects.did.sums import GRIDS, CellSums, ClusterSums, Room, on_grid
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

BLOCK_VALUES = 1 << 22
"""Values at a time: 32 MB."""
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


def steady(y: Floats, mean: Floats) -> Floats:
    """The means as outcomes are counted from them: on the outcomes' own grid when they stand on one, so that whole
    numbers stay whole."""
    for steps in GRIDS:
        if on_grid(y, steps):
            return np.asarray(np.rint(mean * steps) / steps)
    return mean


def shift_of(wide: Wide) -> Floats:
    """What outcomes are counted from, judged by these units (T,)."""
    seen = wide.seen
    held = np.where(seen, wide.y, 0.0)
    return steady(held, held.sum(axis=0) / np.maximum(seen.sum(axis=0), 1))


class Reducer:
    """Adds up blocks of units on a fixed grid of periods. `finish` hands out the cells.

    `shift` (T,): what outcomes are counted from, alike in reducers to be merged (None: about the first block's mean).
    `limit`: how many values of units that come and go may be kept beside the sums under `pairs` (None: any number).
    """

    def __init__(
        self, periods: Ints, unbalanced: Unbalanced | str = Unbalanced.PAIRS, shift: Floats | None = None,
        limit: int | None = REST_LIMIT,
    ) -> None:  # fmt: skip
        self.limit = limit
        self.periods = periods
        self.rule = Unbalanced(unbalanced)
        self.shift = shift
        self.cells: dict[tuple[int, int], CellSums] = {}
        self.by_cluster: dict[tuple[int, int], ClusterSums] = {}
        self.rest: list[Wide] = []
        self.incomplete = False
        self.clustered: bool | None = None
        self._room = Room()

    def add(self, wide: Wide) -> None:
        """A block of units; no unit may come in two blocks."""
        step = max(1, BLOCK_VALUES // len(self.periods))
        with one_thread():
            for begin in range(0, len(wide.unit), step):
                self._add(wide.chosen(slice(begin, begin + step)))

    def _add(self, wide: Wide) -> None:
        if self.shift is None:
            self.shift = shift_of(wide)
        if self.clustered is None:
            self.clustered = wide.cluster is not None
        if not np.isfinite(wide.y.sum()):
            if self.rule is Unbalanced.PAIRS:
                missing: Flags = np.isnan(np.asarray(wide.y.sum(axis=1)))
                self._keep([wide.chosen(missing)])
                wide = wide.chosen(~missing)
            else:
                self.incomplete = True
        if not len(wide.unit):
            return
        key = wide.first * (int(wide.stratum.max()) + 1) + wide.stratum
        if wide.cluster is None:
            self._add_units(wide, key)
        else:
            self._add_clusters(wide, key, wide.cluster)

    def _keep(self, parts: list[Wide]) -> None:
        self.rest += parts
        if self.limit is not None and sum(part.y.size for part in self.rest) > self.limit:
            raise CannotEstimate(
                "not_supported", "too many units come and go to be kept in memory; use unbalanced = available"
            )

    def _cell(self, name: tuple[int, int]) -> CellSums:
        if name not in self.cells:
            self.cells[name] = CellSums(len(self.periods), self._room, products=not self.clustered,
                                        pairs=self.rule is Unbalanced.AVAILABLE)  # fmt: skip
        return self.cells[name]

    def _add_units(self, wide: Wide, key: Ints) -> None:
        """Units by cell, each with its cell's."""
        assert self.shift is not None
        order = np.argsort(key, kind="stable")
        for at in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
            name = int(wide.first[at[0]]), int(wide.stratum[at[0]])
            self._cell(name).add(wide.y, at, self.shift, wide.weight)

    def _add_clusters(self, wide: Wide, key: Ints, cluster: Ints) -> None:
        """Units by cell and cluster, summed at once."""
        assert self.shift is not None
        order = np.lexsort((cluster, key))
        key, cluster = key[order], cluster[order]
        begins = np.flatnonzero(np.concatenate([[True], (key[1:] != key[:-1]) | (cluster[1:] != cluster[:-1])]))
        y = np.asarray(wide.y[order] - self.shift)
        seen = ~np.isnan(y) if self.incomplete else None
        y = y if seen is None else np.where(seen, y, 0.0)
        if wide.weight is not None:
            y *= wide.weight[order, None]
        heads = np.diff(np.concatenate([begins, [len(order)]]))
        units = np.asarray(np.add.reduceat(wide.weights[order], begins), np.float64)
        by_y = np.add.reduceat(y, begins, axis=0)
        by_m = np.repeat(units[:, None], y.shape[1], axis=1)
        if seen is not None:
            by_m = np.add.reduceat(seen * wide.weights[order, None], begins, axis=0)
        for at in np.split(np.arange(len(begins)), np.flatnonzero(np.diff(key[begins])) + 1):
            one = order[begins[at[0]]]
            name = int(wide.first[one]), int(wide.stratum[one])
            self._cell(name).add_sums(int(heads[at].sum()), units[at].sum(), by_m[at].sum(axis=0),
                                      by_y[at].sum(axis=0))  # fmt: skip
            held = self.by_cluster.setdefault(name, ClusterSums(len(self.periods)))
            held.add(cluster[begins[at]], units[at], by_m[at], by_y[at])

    def settle(self) -> None:
        """Add up the units that wait to be multiplied, and let go of their room."""
        with one_thread():
            for cell in self.cells.values():
                cell.close()

    def merge(self, other: Reducer) -> Reducer:
        """What the other has added up, too (it must count from the same shift); itself."""
        self.clustered = other.clustered if self.clustered is None else self.clustered
        self.settle()
        other.settle()
        for name, cell in other.cells.items():
            self._cell(name).merge(cell)
        for name, sums in other.by_cluster.items():
            held = self.by_cluster.setdefault(name, ClusterSums(len(self.periods)))
            held.add(sums.names, sums.units, sums.m, sums.y)
        self._keep(other.rest)
        self.incomplete |= other.incomplete
        return self

    def finish(self) -> Cells:
        """The cells of the periods that occur. Raises CannotEstimate("bad_input") when nothing was added."""
        self.settle()
        rest = _joined(self.rest)
        if rest is not None:
            for name in set(zip(rest.first.tolist(), rest.stratum.tolist(), strict=True)):
                self._cell(name)
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
        spread = None if self.clustered else tuple(_spread(cell, kept, len(self.periods)) for cell in held)
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
        if not self.clustered:
            return None
        held = [(place[name], sums) for name, sums in self.by_cluster.items()]
        width = len(self.periods)
        number = np.concatenate([np.zeros(0, np.int64), *(sums.names for _cell, sums in held)])
        outside = np.zeros(0, np.int64) if rest is None or rest.cluster is None else rest.cluster
        names = np.unique(np.concatenate([number, outside]))
        cell = np.repeat(np.array([at for at, _sums in held], np.int64),
                         np.array([len(sums.names) for _at, sums in held], np.int64))  # fmt: skip
        units = np.concatenate([np.zeros(0), *(sums.units for _cell, sums in held)])
        m, y = (np.concatenate([np.zeros((0, width)), *(getattr(sums, name) for _cell, sums in held)])[:, kept]
                for name in ("m", "y"))  # fmt: skip
        return ByCluster(names, np.searchsorted(names, number), cell, units, m, y)


def _spread(cell: CellSums, kept: Ints, width: int) -> Spread:
    grid = np.ix_(kept, kept)
    yy = np.zeros((width, width)) if cell.yy is None else cell.yy
    yy = yy[grid] if len(kept) < width else yy
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
    reducer = Reducer(wide.periods, unbalanced, limit=None)
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


__all__ = ["NEVER", "ByCluster", "Cells", "Reducer", "Spread", "Unbalanced", "one_thread", "reduce", "reduce_blocks"]
