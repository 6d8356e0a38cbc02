"""Do groups differ in how many have left by one way out, over the whole time? Gray's test (1988) for k groups.

A log-rank test compares rates among those still there; where people also leave other ways, equal rates do not make
equal shares. Gray's test compares the subdistribution: who left another way stays in what is compared with, weighted by
what is left of the group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from springbrett.evaluation.effects.durations.spells import Spells, risk_table
from springbrett.evaluation.effects.entrance import labels
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints

TINY = 1e-300


@dataclass(frozen=True, slots=True)
class GrayTest:
    """`statistic` is chi-squared with `degrees` when the groups are alike. `groups` (k,) are their numbers; `score`
    (k,) by how many more have left in each than were expected if they were alike, with `covariance` (k × k)."""

    cause: str
    statistic: float
    degrees: int
    p_value: float
    groups: Ints
    score: Floats
    covariance: Floats
    n: int
    left: int


def gray_test(spells: Spells, cause: str, group: Ints) -> GrayTest:
    """Whether the groups' cumulative incidence of `cause` is the same, at no time in particular (weight 1 throughout).

    `group` (n,) numbers the groups. Raises CannotEstimate: bad_input, no_comparison (one group), empty_group (nobody
    leaves by the cause), not_supported (late entry, or several spells of a person), no_variation.
    """
    group = labels(group, "the group")
    if group.shape != spells.exit.shape:
        raise CannotEstimate("bad_input", "the groups and the spells have different lengths")
    if spells.cluster is not None or spells.entered.any():
        raise CannotEstimate("not_supported", "Gray's test takes one spell for each person, seen from its beginning")
    codes, position = np.unique(group, return_inverse=True)
    if len(codes) < 2:
        raise CannotEstimate("no_comparison", "there is only one group")
    left = int((spells.cause == spells.number_of(cause)).sum())
    if not left:
        raise CannotEstimate("empty_group", "nobody leaves by this cause", cause=cause)
    parts = [_Group(spells, position == k, spells.number_of(cause)) for k in range(len(codes))]
    score, covariance = _score(parts)
    free = covariance[:-1, :-1]
    if np.linalg.matrix_rank(free) < len(codes) - 1:
        raise CannotEstimate("no_variation", "a group has nobody at risk while anybody leaves by this cause")
    statistic = float(score[:-1] @ np.linalg.solve(free, score[:-1]))
    return GrayTest(cause, statistic, len(codes) - 1, float(chi2.sf(statistic, len(codes) - 1)), codes, score,
                    covariance, len(spells), left)  # fmt: skip


class _Group:
    """One group at all distinct times of exit of all groups (m,): at risk, exits by the cause and by others, and what
    is left of the group before and after each."""

    def __init__(self, spells: Spells, inside: np.ndarray, number: int) -> None:
        time = np.unique(spells.exit[spells.cause > 0])
        held = risk_table(spells.chosen(inside))
        self.ours, self.others, self.at_risk = (np.zeros(len(time)) for _ in range(3))
        at = np.searchsorted(time, held.time)
        self.ours[at] = held.exits[:, number - 1]
        self.others[at] = held.any_exit - held.exits[:, number - 1]
        last = np.sort(spells.exit[inside])
        self.at_risk = (len(last) - np.searchsorted(last, time, "left")).astype(np.float64)
        safe = np.maximum(self.at_risk, 1.0)
        self.after = np.cumprod(1 - (self.ours + self.others) / safe)
        self.before = np.concatenate([[1.0], self.after[:-1]])
        share = np.cumsum(self.before * self.ours / safe)
        not_ours = 1 - np.concatenate([[0.0], share[:-1]])
        there = self.at_risk > 0
        self.size = np.divide(self.at_risk, self.before, out=np.zeros(len(time)), where=there)
        self.risk = self.size * not_ours  # who left another way counts as still there, as far as nobody is censored


def _score(parts: list[_Group]) -> tuple[Floats, Floats]:
    """Observed less expected exits by group, and their covariance when the groups are alike (Gray 1988, section 2).

    What the groups have in common is estimated from all of them together; a jump of a group's own curve carries over to
    all its later times. Ties by the hypergeometric spread of so many exits among so many.
    """
    risk, size, ours, before = (np.array([getattr(part, name) for part in parts])
                                for name in ("risk", "size", "ours", "before"))  # fmt: skip
    exits = ours.sum(axis=0)
    score = (ours - risk * (exits / np.maximum(risk.sum(axis=0), TINY))).sum(axis=1)
    total = np.maximum(size.sum(axis=0), TINY)
    step = exits / total  # of the common cumulative incidence
    not_ours = 1 - np.cumsum(step)
    hazard = step / np.maximum(np.concatenate([[1.0], not_ours[:-1]]), TINY)
    tied = 1 - np.maximum(exits - 1, 0.0) / np.maximum(total * before - 1, 1.0)
    count = len(parts)
    covariance = np.zeros((count, count))
    for number, part in enumerate(parts):
        weight = ((np.arange(count) == number)[:, None] - size / total) * part.size
        moved = weight * hazard
        later = np.cumsum(moved[:, ::-1], axis=1)[:, ::-1] - moved
        ratio = np.divide(not_ours, part.after, out=np.zeros(len(total)), where=part.after > 0)
        own, other = weight + (1 - ratio) * later, ratio * later
        inverse = np.divide(1.0, part.size, out=np.zeros(len(total)), where=part.size > 0)
        apart = part.others * (1 - np.maximum(part.others - 1, 0.0) / np.maximum(part.at_risk - 1, 1.0))
        covariance += (own * inverse * step * tied[number]) @ own.T + (other * inverse**2 * apart) @ other.T
    return score, covariance
