"""Every world and every case, in the order of the registry of estimators."""

from __future__ import annotations

from springbrett.evaluation.coverage import in_norway, small_cross_section, small_did, small_durations, small_when
from springbrett.evaluation.coverage.records import Case, World
from springbrett.evaluation.effects.registry import estimators

_ROOMS = (small_cross_section, small_did, small_durations, small_when, in_norway)


def worlds() -> dict[str, World]:
    """Every world by code. Raises ValueError when two are called the same."""
    found = [world for room in _ROOMS for world in room.WORLDS]
    if len({world.code for world in found}) < len(found):
        raise ValueError("two worlds have the same code")
    return {world.code: world for world in found}


def cases(only: str = "") -> tuple[Case, ...]:
    """Every case, or those of one estimator. Raises ValueError for cases that cannot be told apart, and KeyError for
    an estimator the registry does not know."""
    known = list(estimators())
    if only and only not in known:
        raise KeyError(only)
    found = [case for room in _ROOMS for case in room.CASES if only in ("", case.estimator)]
    if len({case.key for case in found}) < len(found):
        raise ValueError("two cases have the same estimator, world and variant")
    return tuple(sorted(found, key=lambda case: known.index(case.estimator)))
