"""Which conditions several outcomes ask of which tables, so that every row is read and judged once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.records import Flags
from springbrett.evaluation.outcomes.definitions import Outcome, Source

MOST_SOURCES = 8
MOST_OUTCOMES = 8


@dataclass(frozen=True, slots=True)
class Family:
    """Yes-or-no outcomes that rest on the same tables. Each source is one bit of a number; each outcome is one bit of
    another, looked up from the first: in any of its sources, and in none of those it excludes."""

    tables: tuple[str, ...]
    sources: tuple[Source, ...]
    outcomes: tuple[Outcome, ...]

    def holds(self) -> np.ndarray:
        """For every set of sources met (2^sources), the outcomes that hold, one bit each (uint8)."""
        sets = np.arange(1 << len(self.sources))
        met = {source: (sets >> bit) & 1 == 1 for bit, source in enumerate(self.sources)}
        held = np.zeros(len(sets), np.uint8)
        for bit, outcome in enumerate(self.outcomes):
            wanted = _any(met[s] for s in outcome.any_of)
            if outcome.none_of:
                wanted = wanted & ~_any(met[s] for s in outcome.none_of)
            held |= (wanted.astype(np.uint8) << bit).astype(np.uint8)
        return held


def _any(flags: Iterable[Flags]) -> Flags:
    return np.asarray(np.logical_or.reduce(list(flags)))


def families(outcomes: Sequence[Outcome]) -> tuple[Family, ...]:
    """The yes-or-no outcomes by the tables they rest on, never more sources or outcomes in one than fit the bits."""
    by_tables: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in outcomes:
        if not outcome.amount:
            tables = tuple(sorted({source.table for source in (*outcome.any_of, *outcome.none_of)}))
            by_tables.setdefault(tables, []).append(outcome)
    return tuple(Family(tables, _sources(part), tuple(part))
                 for tables, group in by_tables.items() for part in _parts(group))  # fmt: skip


def amounts(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes that are sums of a column."""
    return tuple(outcome for outcome in outcomes if outcome.amount)


def _sources(outcomes: Sequence[Outcome]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for o in outcomes for source in (*o.any_of, *o.none_of)))


def _parts(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    parts: list[list[Outcome]] = []
    for outcome in outcomes:
        fits = parts and len(parts[-1]) < MOST_OUTCOMES and len(_sources([*parts[-1], outcome])) <= MOST_SOURCES
        if fits:
            parts[-1].append(outcome)
        else:
            parts.append([outcome])
    return parts
