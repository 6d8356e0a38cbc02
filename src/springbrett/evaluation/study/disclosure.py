"""Small groups are not told, and cannot be worked out from what is told.

What is published is a set of sums over persons: a total, its subgroups, their parts. Whoever reads them can add and
subtract them as they like, so the question is which groups of persons have a sum that follows from the published ones.
Persons who stand in exactly the same published groups can never be told apart: they are one *atom*. A group of atoms
can be worked out exactly when its indicator is a combination of the published indicators. A group smaller than the
minimum holds only small atoms, which makes the search finite and exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.records import Flags, Floats, Ints

TOLERANCE = 1e-7
MOST_TRIED = 20_000


class TooManyGroups(ValueError):
    """So many groups overlap that it cannot be shown in reasonable time that none gives a small one away."""


@dataclass(frozen=True, slots=True)
class Atoms:
    """m published groups × a atoms: which atoms each group is made of, and each person's atom."""

    groups: Flags
    of_person: Ints


def atoms_of(members: Flags) -> Atoms:
    """From m groups × n persons (true: the person is in the group)."""
    packed = np.packbits(members, axis=0)
    kinds, first, position = np.unique(packed, axis=1, return_index=True, return_inverse=True)
    del kinds
    return Atoms(members[:, first], np.asarray(position, np.int64).reshape(-1))


def kept(members: Flags, minimum: int, values: Flags | None = None, rank: Ints | None = None) -> Flags:
    """Which of the m groups may be published together: for none of them, and no difference between them, is the number
    of persons above 0 and below `minimum`; nor, with `values` (n, yes or no), the number of yes or of no.

    `rank` (m,): what is given up first (the highest), the smallest group among equals; without it the first group, the
    total, goes last. Raises TooManyGroups when the search cannot be finished.
    """
    order = np.minimum(np.arange(len(members)), 1) if rank is None else rank
    atoms = atoms_of(members)
    width = atoms.groups.shape[1]
    counts = [np.bincount(atoms.of_person, minlength=width)]
    if values is not None:
        yes = np.bincount(atoms.of_person, values.astype(np.float64), width).astype(np.int64)
        counts += [yes, counts[0] - yes]
    keep = np.ones(len(members), bool)
    for count in counts:
        while True:
            try:
                given_away = _small_group(atoms.groups[keep], count, minimum)
            except TooManyGroups:
                # What cannot be shown to be safe is not told: the finest goes, and the rest is looked at again.
                keep[_finest(atoms.groups, keep, count, order)] = False
                continue
            if given_away is None:
                break
            keep[np.flatnonzero(keep)[_victim(atoms.groups[keep], given_away, count, order[keep])]] = False
    # Giving up a group because of the yes-counts never opens another: fewer sums, fewer combinations.
    return keep


def _finest(groups: Flags, keep: Flags, count: Ints, rank: Ints) -> int:
    """The smallest of the least wanted groups that are still to be published."""
    left = np.flatnonzero(keep)
    least = left[rank[left] == rank[left].max()]
    return int(least[np.argmin(groups[least] @ count)])


def _victim(groups: Flags, small: Flags, count: Ints, rank: Ints) -> int:
    """Which published group to give up: the small one itself, or the least wanted of those it was worked out from."""
    some = count > 0
    same = np.flatnonzero((groups[:, some] == small[some]).all(axis=1))
    if len(same):
        return int(same[np.argmax(rank[same])])
    weights = np.linalg.lstsq(groups[:, some].T.astype(np.float64), small[some].astype(np.float64), rcond=None)[0]
    used = np.flatnonzero(np.abs(weights) > TOLERANCE)
    least = used[rank[used] == rank[used].max()]
    return int(least[np.argmin(groups[least] @ count)])


def _small_group(groups: Flags, count: Ints, minimum: int) -> Flags | None:
    """Atoms (a,) whose sum follows from the published groups and is above 0 and below the minimum; None: none are.

    Atoms without anybody are known to be empty and do not hide anything.
    """
    some = count > 0
    small = some & (count < minimum)
    if not len(groups) or not small.any():
        return None
    published = groups.astype(np.float64)
    free = _combinations_clear_of(published[:, some & ~small])
    if not free.shape[0]:
        return None
    reduced, pivots = _echelon(free @ published[:, small])
    for block in _blocks(reduced):
        found = _zero_one(reduced[block], pivots[block], count[small], minimum)
        if found is not None:
            whole = np.zeros(len(count), bool)
            whole[np.flatnonzero(small)] = found
            return whole
    return None


def _combinations_clear_of(large: Floats) -> Floats:
    """Combinations of the published groups (rows) that hold no large atom: q × m."""
    if not large.shape[1]:
        return np.eye(large.shape[0])
    left, sizes, _right = np.linalg.svd(large, full_matrices=True)
    rank = int((sizes > TOLERANCE * max(1.0, sizes.max(initial=0.0))).sum())
    return np.asarray(left[:, rank:].T)


def _echelon(matrix: Floats) -> tuple[Floats, Ints]:
    """Reduced row echelon form without empty rows, and the pivot column of each row."""
    rows = matrix.copy()
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        top = len(pivots)
        if top == len(rows):
            break
        best = top + int(np.argmax(np.abs(rows[top:, column])))
        if abs(rows[best, column]) < TOLERANCE:
            rows[top:, column] = 0.0
            continue
        rows[[top, best]] = rows[[best, top]]
        rows[top] /= rows[top, column]
        others = np.arange(len(rows)) != top
        rows[others] -= np.outer(rows[others, column], rows[top])
        pivots.append(column)
    return rows[: len(pivots)], np.array(pivots, np.int64)


def _blocks(reduced: Floats) -> list[Ints]:
    """Rows that share no column stand apart: a combination of both is no harder to work out than either."""
    touched = np.abs(reduced) > TOLERANCE
    left, found = set(range(len(reduced))), []
    while left:
        block, edge = set[int](), {left.pop()}
        while edge:
            block |= edge
            columns = touched[list(edge)].any(axis=0)
            edge = {row for row in left if touched[row][columns].any()}
            left -= edge
        found.append(np.array(sorted(block), np.int64))
    return found


def _zero_one(rows: Floats, pivots: Ints, count: Ints, minimum: int) -> Flags | None:
    """A combination of the rows that is 0 or 1 everywhere and counts under the minimum. The pivots decide the rest.

    A pivot chosen adds its own atom's persons, so only choices under the minimum are tried.
    """
    width = len(rows)
    later = np.cumsum(np.abs(rows[::-1]) > TOLERANCE, axis=0)[::-1] > 0
    settled = [*(~later), np.ones(rows.shape[1], bool)]  # columns that no row from here on changes
    tried = 0
    stack: list[tuple[int, Floats]] = [(0, np.zeros(rows.shape[1]))]
    while stack:
        at, sofar = stack.pop()
        done = sofar[settled[at]]
        if np.any((np.abs(done) > TOLERANCE) & (np.abs(done - 1) > TOLERANCE)):
            continue
        persons = float(done.clip(0) @ count[settled[at]])
        if persons > minimum - 1 + TOLERANCE:
            continue
        if at == width:
            if persons > TOLERANCE:
                return np.asarray(np.rint(sofar) > 0)
            continue
        tried += 1
        if tried > MOST_TRIED:
            raise TooManyGroups
        stack.append((at + 1, sofar))
        if sofar @ (settled[at] * count) + count[pivots[at]] < minimum:
            stack.append((at + 1, sofar + rows[at]))
    return None
