"""Spells with competing exits, and who is at risk when: what every estimator of durations takes in.

Time has one unit throughout (months, mostly). A spell is at risk in (entry, exit]: somebody who enters late is at risk
just after `entry`, somebody censored at t is still at risk at t. Ties are exact: nothing is ever jittered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.entrance import hold, labels, numbers, whole
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

CENSORED = 0


@dataclass(frozen=True, slots=True)
class Spells:
    """n spells: time of `exit`, `cause` of it (0: censored; 1, 2 …: the position in `causes` + 1), and time of `entry`
    under observation (None: 0 for everybody).

    `cluster` numbers the persons when some have more than one spell (None: each spell is a person). Raises
    CannotEstimate: empty_group, bad_input.
    """

    exit: Floats
    cause: Ints
    causes: tuple[str, ...]
    entry: Floats | None = None
    cluster: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, exit=numbers(self.exit, "a time"), cause=whole(self.cause, "a cause"),
             entry=None if self.entry is None else numbers(self.entry, "a time of entry"),
             cluster=None if self.cluster is None else labels(self.cluster, "the person"))  # fmt: skip
        if not len(self.exit):
            raise CannotEstimate("empty_group", "there are no spells")
        if self.cause.shape != self.exit.shape or any(
            given is not None and given.shape != self.exit.shape for given in (self.entry, self.cluster)
        ):
            raise CannotEstimate("bad_input", "the columns of the spells have different lengths")
        if not np.isfinite(self.exit).all() or not np.isfinite(self.entered).all():
            raise CannotEstimate("bad_input", "a time is missing; give censored spells the time they were last seen")
        if (self.exit <= self.entered).any() or (self.entered < 0).any():
            raise CannotEstimate("bad_input", "a spell ends before it begins; leave it out, or count the month as one")
        if self.cause.min() < 0 or self.cause.max() > len(self.causes):
            raise CannotEstimate("bad_input", "a spell ends by a cause that is not named")

    def __len__(self) -> int:
        return len(self.exit)

    @property
    def entered(self) -> Floats:
        """When each came under observation."""
        return np.zeros(len(self.exit)) if self.entry is None else self.entry

    def number_of(self, cause: str) -> int:
        """The number of a cause in `cause`. Raises CannotEstimate("bad_input")."""
        if cause not in self.causes:
            raise CannotEstimate("bad_input", f"there is no exit called {cause!r}; known are {', '.join(self.causes)}")
        return self.causes.index(cause) + 1

    def chosen(self, keep: Flags) -> Spells:
        """The spells where `keep` is true. Raises CannotEstimate("empty_group")."""
        return Spells(
            self.exit[keep], self.cause[keep], self.causes,
            None if self.entry is None else self.entry[keep], None if self.cluster is None else self.cluster[keep],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RiskTable:
    """Every distinct time somebody leaves by a cause: `time` (m,), `at_risk` just before (m,), `exits` (m × causes)."""

    time: Floats
    at_risk: Floats
    exits: Floats

    @property
    def any_exit(self) -> Floats:
        """How many leave at each time, whatever the cause."""
        return np.asarray(self.exits.sum(axis=1))


def risk_table(spells: Spells, weight: Floats | None = None) -> RiskTable:
    """Counts (or sums of `weight`) by distinct exit time, from sorting and running sums: n log n."""
    w = np.ones(len(spells)) if weight is None else weight
    left = spells.cause > CENSORED
    time, position = np.unique(spells.exit[left], return_inverse=True)
    kinds = len(spells.causes)
    cell = position * kinds + spells.cause[left] - 1
    exits = np.bincount(cell, w[left], len(time) * kinds).astype(np.float64).reshape(len(time), kinds)
    at_risk = _sum_before(spells.entered, w, time) - _sum_before(spells.exit, w, time)
    return RiskTable(time, at_risk, exits)


def _sum_before(at: Floats, weight: Floats, time: Floats) -> Floats:
    """Σ weight over `at` < time, for each time."""
    order = np.argsort(at, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weight[order])])
    return np.asarray(total[np.searchsorted(at[order], time, "left")])
