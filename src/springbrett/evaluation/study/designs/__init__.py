"""The designs a study may have, by code. A module of this package names its own in `DESIGNS`; to add one: write the
module, name it in `MODULES`, and its code in `protocol.Design`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from springbrett.evaluation.effects.registry import Estimator, estimators
from springbrett.evaluation.study.designs.record import Complain, Design, Planned, Stage

MODULES = ("drawn", "described", "staggered", "dose", "preference", "timing", "sequence")
"""Modules with `DESIGNS`, in the order a list of designs shows them. One that is not there is passed over."""


@cache
def designs() -> Mapping[str, Design]:
    """Every design by its code."""
    found: dict[str, Design] = {}
    for name in MODULES:
        module = f"{__name__}.{name}"
        if find_spec(module) is None:
            continue
        for design in import_module(module).DESIGNS:
            if design.code in found:
                raise ValueError(f"two designs are called {design.code}")
            found[design.code] = design
    return found


def usable() -> dict[str, tuple[str, ...]]:
    """Every estimator a study can name → the designs that feed it, by code."""
    fed = {code: tuple(design.code for design in designs().values() if design.feeds(entry))
           for code, entry in estimators().items()}  # fmt: skip
    return {code: by for code, by in fed.items() if by}


def supported(entry: Estimator) -> bool:
    """Whether any design gives the estimator all that it needs."""
    return entry.code in usable()


__all__ = ["MODULES", "Complain", "Design", "Planned", "Stage", "designs", "supported", "usable"]
