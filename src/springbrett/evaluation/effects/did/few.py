"""How many stand behind each side and each group: one unit or cluster alone tells nothing of chance.

Estimators that give every group its own effect take each group's units from their own mean. A group of one unit (or one
cluster) is then its own mean, without any spread, and what it had of luck is counted as effect with no error for it: an
interval of 95 % may hold the truth one time of five.
"""

from __future__ import annotations

import numpy as np

from springbrett.evaluation.effects.comparison import FEWEST_A_SIDE, few_check
from springbrett.evaluation.effects.did.cells import Cells
from springbrett.evaluation.effects.did.contrasts import Contrasts
from springbrett.evaluation.effects.records import Diagnostic, Flags, Floats, Ints

LARGEST_LONE = 0.05
"""The share of the treated in groups of one above which the number is withheld."""


def asked_sides(cells: Cells, asked: Contrasts) -> tuple[Flags, Flags]:
    """Which cells (C,) are treated in some of the contrasts, and which compared with in some."""
    treated: Flags = np.isin(cells.first, asked.group)
    return treated, np.asarray(cells.first > asked.limit.min())


def side_checks(cells: Cells, treated: Flags, others: Flags) -> tuple[Diagnostic, ...]:
    """Of cells (C,) on either side of the comparison: a failed check where their units, or clusters, are very few."""
    own = _own(cells)
    return few_check(_behind(cells, treated, own), _behind(cells, others, own))


def group_checks(cells: Cells, treated: Flags, others: Flags) -> tuple[Diagnostic, ...]:
    """The same, and how much rests on groups (of cells with the same first treated period) of one."""
    checks = side_checks(cells, treated, others)
    groups = np.unique(cells.first[treated])
    held, own = [treated & (cells.first == group) for group in groups.tolist()], _own(cells)
    return (*checks, *lone_check(np.array([_behind(cells, which, own) for which in held], np.int64),
                                 np.array([cells.everyone[which].sum() for which in held])))  # fmt: skip


def lone_check(behind: Ints, weight: Floats) -> tuple[Diagnostic, ...]:
    """How much of the `weight` is in groups with one unit or cluster `behind` them; nothing when none is."""
    lone = behind < 2
    if not lone.any():
        return ()
    share = float(weight[lone].sum() / weight.sum())
    return (Diagnostic("lone_groups", share, LARGEST_LONE, share <= LARGEST_LONE, {"groups": int(lone.sum())}),)


def _own(cells: Cells) -> Ints:
    """C: how many units each cell has, or how many clusters (at least: those that come and go not counted)."""
    if cells.clusters is None:
        return cells.all_heads
    return np.bincount(cells.clusters.cell, minlength=len(cells.first))


def _behind(cells: Cells, which: Flags, own: Ints) -> int:
    """How many units, or clusters where there are any; of many clusters only that they are not few."""
    if cells.clusters is None:
        return int(own[which].sum())
    if own[which].max(initial=0) >= FEWEST_A_SIDE:
        return int(own[which].max())
    names = cells.clusters.names[cells.clusters.place[which[cells.clusters.cell]]]
    if cells.rest is None or cells.rest.cluster is None:
        return len(np.unique(names))
    return len(np.unique(np.concatenate([names, cells.rest.cluster[which[cells.rest_cell]]])))
