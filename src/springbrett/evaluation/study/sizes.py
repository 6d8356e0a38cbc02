"""Sizes that a description tells side by side: of everybody and each group, and of those known in each month.

Towards the ends of the registers fewer are known, month by month, and the difference of two sizes is a size too: those
who began in one month, maybe a handful. So all sizes are held against each other before any of them is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from springbrett.evaluation.effects.records import Flags, Ints
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.disclosure import kept

_ESTIMATES, _TOTAL, _GROUPS, _MONTHS, _KINDS = range(5)
"""What is given up first (the last): an estimate stands with its own sizes, told elsewhere."""


@dataclass(slots=True)
class _Sets:
    """Sets of persons, each once, by what they are packed to; `rank`: what is given up first."""

    members: list[Flags] = field(default_factory=list)
    rank: list[int] = field(default_factory=list)
    place: dict[bytes, int] = field(default_factory=dict)

    def of(self, members: Flags, rank: int) -> int:
        key = np.packbits(members).tobytes()
        if key not in self.place:
            self.place[key] = len(self.members)
            self.members.append(members)
            self.rank.append(rank)
        at = self.place[key]
        self.rank[at] = min(self.rank[at], rank)
        return at


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of one side. `groups`: whose size may be told. `known`: by outcome, the months (before … horizon) in which the
    number of all who are known may be told; `every`: those in which all are known, so that groups may be told too."""

    groups: dict[str, bool]
    known: dict[str, Flags]
    every: dict[str, Flags]


def sizes(context: Context, side: Flags) -> Sizes:
    """The sizes of one side (n,) of the cohort that may be told together."""
    sets, protocol = _Sets(), context.protocol
    whole = sets.of(np.ones(int(side.sum()), bool), _TOTAL)
    groups = {code: sets.of(mask[side], _KINDS if code in context.kinds else _GROUPS)
              for code, mask in (context.groups | context.kinds).items()}  # fmt: skip
    months = {code: _months(context, code, side, sets) for code in protocol.outcomes.codes}
    for members in _estimated(context, side):
        sets.of(members, _ESTIMATES)
    told = kept(np.array(sets.members), protocol.minimum_cell, rank=np.array(sets.rank))
    return Sizes({code: bool(told[at]) for code, at in groups.items()}, {code: told[at] for code, at in months.items()},
                 {code: at == whole for code, at in months.items()})  # fmt: skip


def _months(context: Context, outcome: str, side: Flags, sets: _Sets) -> Ints:
    """The set of those known in each month."""
    known = np.isfinite(context.path(outcome)[side])
    return np.array([sets.of(known[:, month], _MONTHS) for month in range(known.shape[1])])


def _estimated(context: Context, side: Flags) -> Iterator[Flags]:
    """Those an estimate of the headline is about, in each group."""
    wanted = context.protocol.outcomes
    if context.protocol.estimators:
        known = np.isfinite(context.at(wanted.headline, wanted.month)[side])
        for mask in context.groups.values():
            yield known & mask[side]
