"""What a design is to the rest of a study: who is drawn, what is done with them, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from springbrett.evaluation.effects.registry import Estimator
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.protocol import Protocol
from springbrett.evaluation.study.tables import Rows

Stage = Callable[[Context], tuple[dict[str, Rows], dict[str, Any]]]
"""Does one part of a run: tables by name (columns as in `study.tables`), and facts for study.json."""
Complain = Callable[[str, object, str, str], None]
"""Key, value, what is allowed, message."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A stage: its code, a guess at its share of the work, and what it does."""

    code: str
    weight: float
    do: Stage


def _nothing(protocol: Protocol, complain: Complain) -> None:
    """A design that asks nothing beyond what the record says."""


def _first_estimator(protocol: Protocol) -> str:
    held = protocol.headline_estimator
    return held.code if held else ""


def _no_stages(protocol: Protocol) -> list[Planned]:
    return []


@dataclass(frozen=True, slots=True)
class Design:
    """A way to compare, by the code a protocol names in comparison.design.

    `draw` writes the cohort (participants, and those beside them where the design draws some) to work/cohort.npz.
    `stages`: what comes after cohort, paths and description, in order. `needs`: the inputs of estimators it makes
    (`effects.registry.Estimator.needs`); none: the design has its own way of comparing, and estimators are refused.
    `with_fields`: the keys of [comparison] it reads, besides design; another one that is set is refused. `check` says
    what else is wrong with a protocol. `headline`: the estimator or part whose checks the gate holds the headline
    against ("": none of its own). `drawn`: whether each participant has others beside them in the cohort.
    """

    code: str
    draw: Stage
    stages: Callable[[Protocol], list[Planned]] = _no_stages
    needs: frozenset[str] = field(default_factory=frozenset)
    with_fields: tuple[str, ...] = ()
    check: Callable[[Protocol, Complain], None] = _nothing
    headline: Callable[[Protocol], str] = _first_estimator
    drawn: bool = False

    def feeds(self, entry: Estimator) -> bool:
        """Whether the design gives an estimator all that it needs."""
        return bool(entry.needs) and set(entry.needs) <= self.needs
