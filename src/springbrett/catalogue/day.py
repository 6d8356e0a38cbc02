"""What is in force on one day, worked out once and kept: the rules ask for the same day many times.

`on_day` answers for one measure, `catalogue_day` for the catalogue as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.dated import all_in_force, in_force
from springbrett.catalogue.limits import (
    Age,
    AttachesTo,
    Combination,
    Duration,
    LastDay,
    NeedsLevels,
    RequiresFirst,
    Season,
    TargetCondition,
    Validity,
)
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.terms import Rule


@dataclass(frozen=True, slots=True)
class MeasureDay:
    """The values of a measure that hold on one day; None or empty where nothing is recorded for it."""

    measure: Measure
    on: date
    valid: Validity | None
    opens: date | None
    min_age: Age | None
    max_age: Age | None
    target_group: tuple[TargetCondition, ...]
    needs_levels: NeedsLevels | None
    duration: Duration | None
    season: Season | None
    last_day: LastDay | None
    requires_first: tuple[RequiresFirst, ...]
    combinations: Mapping[str, Combination]
    attaches_to: AttachesTo | None
    rules: Mapping[str, Rule]

    @property
    def given(self) -> bool:
        """Whether the measure can be given on the day."""
        return self.valid is not None


@dataclass(frozen=True, slots=True)
class CatalogueDay:
    """What can be chosen on one day.

    `offered`: measures in force, or coming into force later; never those kept as a record (what was, and programmes on
    top of another measure), nor those whose time is over. `programmes`: measure → programmes in force that build on it.
    """

    catalogue: Catalogue
    on: date
    offered: tuple[Measure, ...]
    programmes: Mapping[str, tuple[str, ...]]


_MOST_KEPT = 20_000
"""Bounds the memory of somebody who walks through years of days; a day's working set is one entry per measure."""
_MEASURES: dict[tuple[int, date], MeasureDay] = {}
_CATALOGUES: dict[tuple[int, date], CatalogueDay] = {}


def on_day(measure: Measure, on: date) -> MeasureDay:
    """What is in force for the measure on the day. The answer is kept, and the same object is given again."""
    found = _MEASURES.get((id(measure), on))
    # The entry holds the measure, so an id is never taken over by another measure while its entry is kept.
    if found is None:
        if len(_MEASURES) >= _MOST_KEPT:
            _MEASURES.clear()
        found = _MEASURES[id(measure), on] = _measure_day(measure, on)
    return found


def catalogue_day(catalogue: Catalogue, on: date) -> CatalogueDay:
    """What can be chosen on the day. The answer is kept, and the same object is given again."""
    found = _CATALOGUES.get((id(catalogue), on))
    if found is None:
        if len(_CATALOGUES) >= _MOST_KEPT:
            _CATALOGUES.clear()
        found = _CATALOGUES[id(catalogue), on] = _catalogue_day(catalogue, on)
    return found


def _catalogue_day(catalogue: Catalogue, on: date) -> CatalogueDay:
    offered: list[Measure] = []
    programmes: dict[str, tuple[str, ...]] = {}
    for measure in catalogue.measures.values():
        today = on_day(measure, on)
        if measure.depth != "record" and (today.given or today.opens):
            offered.append(measure)
        if measure.based_on and measure.kind == "programme" and today.given:
            programmes[measure.based_on] = (*programmes.get(measure.based_on, ()), measure.code)
    return CatalogueDay(catalogue, on, tuple(offered), programmes)


def _measure_day(measure: Measure, on: date) -> MeasureDay:
    valid = in_force(measure.valid, on)
    later = (value.from_ for value in measure.valid if value.from_ > on)
    return MeasureDay(
        measure=measure,
        on=on,
        valid=valid,
        opens=None if valid else min(later, default=None),
        min_age=in_force(measure.min_age, on),
        max_age=in_force(measure.max_age, on),
        target_group=all_in_force(measure.target_group, on),
        needs_levels=in_force(measure.needs_levels, on),
        duration=in_force(measure.durations, on),
        season=in_force(measure.seasons, on),
        last_day=in_force(measure.last_days, on),
        requires_first=all_in_force(measure.requires_first, on),
        combinations={found.code: found for found in all_in_force(measure.combinations, on)},
        attaches_to=in_force(measure.attaches_to, on),
        rules={rule.code: rule for rule in all_in_force(measure.rules, on)},
    )
