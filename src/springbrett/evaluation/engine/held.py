"""The tables of registers by name, each read by the engine when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.engine.engines import Engine
from springbrett.evaluation.outcomes.definitions import Outcome
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.registers.read import Reading


class Held(Reading):
    """Every table in whole, or only the rows about some persons; kept once it is read.

    Asking for one the folder does not hold raises RegistersError.
    """

    def __init__(
        self, engine: Engine, persons: Ints | None = None, whole: Mapping[str, pa.Table] | None = None
    ) -> None:
        self._engine, self._persons = engine, persons
        self._whole = whole or {}
        self._kept: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name in self._whole:
            return self._whole[name]
        if name not in self._kept:
            self._kept[name] = self._engine.table(name, self._persons)
        return self._kept[name]

    def __contains__(self, name: object) -> bool:
        return name in self._engine.names

    def __iter__(self) -> Iterator[str]:
        return iter(self._engine.names)

    def __len__(self) -> int:
        return len(self._engine.names)

    def about(self, persons: Ints) -> Mapping[str, pa.Table]:
        """The same tables with only the rows about these persons, unless a table is there in whole already."""
        return Held(self._engine, persons, self._whole if self._persons is not None else self._kept)

    def paths(self, outcome: Outcome, person: Ints, start: Ints, window: Window) -> Floats:
        """stays × months of an outcome, as the engine gives them."""
        return self._engine.outcome_paths(outcome, person, start, window)
