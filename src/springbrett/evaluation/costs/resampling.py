"""Differences between those who took part and their comparison, drawn again and again: persons, or whole clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.entrance import hold, labels, numbers, yes_no
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

CHUNK = 1 << 22
FEWEST_DRAWS = 100


@dataclass(frozen=True, slots=True)
class Resampling:
    """Who is compared (`treated`, `weight` ≥ 0 of each), and how to draw again: `draws` times with `seed`; persons
    within each group, or whole `cluster`s over both. Weights are held fixed: what was uncertain in estimating them is
    not in the intervals.

    Raises CannotEstimate: bad_input, no_treated, no_comparison, one_cluster, empty_group (one person on a side).
    """

    treated: Flags
    weight: Floats | None = None
    cluster: Ints | None = None
    draws: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        hold(self, treated=yes_no(self.treated, "taking part"),
             weight=None if self.weight is None else numbers(self.weight, "the weight"),
             cluster=None if self.cluster is None else labels(self.cluster, "the cluster"))  # fmt: skip
        count = len(self.treated)
        if self.weight is not None and (self.weight.shape != (count,) or not np.isfinite(self.weight).all()
                                        or (self.weight < 0).any()):  # fmt: skip
            raise CannotEstimate("bad_input", "every person needs a weight of at least 0")
        if self.cluster is not None and self.cluster.shape != (count,):
            raise CannotEstimate("bad_input", "every person needs a cluster")
        if self.draws < FEWEST_DRAWS:
            raise CannotEstimate("bad_input", f"draw at least {FEWEST_DRAWS} times")
        weight = self.weights
        if not weight[self.treated].sum() > 0:
            raise CannotEstimate("no_treated", "nobody took part")
        if not weight[~self.treated].sum() > 0:
            raise CannotEstimate("no_comparison", "there is nobody to compare with")
        counts = (np.count_nonzero(weight[side]) for side in (self.treated, ~self.treated))
        if self.cluster is None and min(counts) < 2:
            raise CannotEstimate("empty_group", "one person alone in a group; how much such ones differ cannot be told")
        if self.cluster is not None and len(np.unique(self.cluster)) < 2:
            raise CannotEstimate("one_cluster", "all belong to one cluster; its spread cannot be told")

    @property
    def count(self) -> int:
        """How many persons."""
        return len(self.treated)

    @property
    def weights(self) -> Floats:
        """The weight of each; ones when none are given."""
        return np.ones(self.count) if self.weight is None else self.weight

    def difference(self, values: Floats) -> Floats:
        """persons × k → (k,): weighted mean of those who took part minus that of the comparison."""
        w, d = self.weights, self.treated
        return np.asarray(w[d] @ values[d] / w[d].sum() - w[~d] @ values[~d] / w[~d].sum())

    def differences(self, values: Floats) -> tuple[Floats, Floats]:
        """persons × k → the difference (k,) and its draws (draws × k). The same seed draws the same persons.

        Raises CannotEstimate("too_few_clusters") when a draw of clusters leaves a group empty too often.
        """
        if len(values) != self.count or not np.isfinite(values).all():
            raise CannotEstimate("bad_input", "a value is missing, or is not of the same persons")
        sums = self._sums(values)
        rng, drawn = np.random.default_rng(self.seed), []
        step = max(1, CHUNK // max(len(sums), 1))
        for first in range(0, self.draws, step):
            drawn.append(self._draw(sums, min(step, self.draws - first), rng))
        found = np.concatenate(drawn)
        empty = np.isnan(found).any(axis=1)
        if empty.mean() > 0.01:
            raise CannotEstimate("too_few_clusters", "drawing clusters often leaves nobody to compare with")
        return self.difference(values), found[~empty]

    def _sums(self, values: Floats) -> Floats:
        """units × (2 + 2k): weights and weighted values, of those who took part and of the others."""
        w, d = self.weights, self.treated.astype(np.float64)
        parts = [w * d, w * (1 - d), *((values * (w * d)[:, None]).T), *((values * (w * (1 - d))[:, None]).T)]
        if self.cluster is None:
            return np.column_stack(parts)
        _codes, position = np.unique(self.cluster, return_inverse=True)
        return np.column_stack([np.bincount(position, part) for part in parts])

    def _draw(self, sums: Floats, times: int, rng: np.random.Generator) -> Floats:
        if self.cluster is not None:
            total = self._counts(len(sums), times, rng) @ sums
        else:
            parts = [self._counts(int(own.sum()), times, rng) @ sums[own] for own in (self.treated, ~self.treated)]
            total = parts[0] + parts[1]
        k = (sums.shape[1] - 2) // 2
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total[:, 2 : 2 + k] / total[:, :1] - total[:, 2 + k :] / total[:, 1:2])

    @staticmethod
    def _counts(units: int, times: int, rng: np.random.Generator) -> Floats:
        """times × units: how often each is drawn, with replacement, as many as there are."""
        picked = rng.integers(0, units, (times, units)) + (np.arange(times) * units)[:, None]
        return np.bincount(picked.ravel(), minlength=times * units).reshape(times, units).astype(np.float64)
