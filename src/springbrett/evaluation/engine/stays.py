"""The stays whose outcomes are followed: sorted by person, so that they meet the registers block by block."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from springbrett.evaluation.effects.records import Ints


@dataclass(frozen=True, slots=True)
class Stays:
    """One element per stay, sorted by person: `start` (absolute month), `group` (0 … groups − 1), and `place`, where
    the stay stood when it was given."""

    person: Ints
    start: Ints
    group: Ints
    groups: int
    place: Ints

    @classmethod
    def of(cls, person: Ints, start: Ints, group: Ints | None = None, groups: int = 1) -> Stays:
        """From columns in any order. Raises ValueError when they differ in length or a group is not one."""
        group = np.zeros(len(person), np.int64) if group is None else np.asarray(group, np.int64)
        if not len(person) == len(start) == len(group):
            raise ValueError("person, start and group must have one element per stay")
        if len(group) and not 0 <= group.min() <= group.max() < groups:
            raise ValueError(f"groups are numbered from 0 to {groups - 1}; found {group.min()} to {group.max()}")
        order = np.argsort(person, kind="stable")
        return cls(np.asarray(person, np.int64)[order], np.asarray(start, np.int64)[order], group[order], groups, order)

    def __len__(self) -> int:
        return len(self.person)

    def part(self, begin: int, stop: int) -> Stays:
        """From one position to before another."""
        taken = slice(begin, stop)
        return Stays(self.person[taken], self.start[taken], self.group[taken], self.groups, self.place[taken])

    def between(self, low: int, high: int) -> Stays:
        """Those of persons from `low` to `high`, both included."""
        begin, stop = np.searchsorted(self.person, low, "left"), np.searchsorted(self.person, high, "right")
        return self.part(int(begin), int(stop))

    def blocks(self, size: int) -> list[Stays]:
        """Parts of about `size` stays, never cutting a person in two."""
        cuts = [0]
        while cuts[-1] < len(self):
            last = self.person[min(cuts[-1] + size, len(self)) - 1]
            cuts.append(int(np.searchsorted(self.person, last, "right")))
        return [self.part(a, b) for a, b in itertools.pairwise(cuts)]

    @property
    def rows(self) -> pa.Table:
        """As an engine takes them in."""
        return pa.table({"person": self.person, "start": self.start, "group": self.group})
