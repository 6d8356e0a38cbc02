"""Designs with a way of comparing of their own, or none: measures side by side, trial offices, description."""

from __future__ import annotations

from typing import Any

from springbrett.evaluation.study import describing, parts
from springbrett.evaluation.study.context import Context, save_cohort
from springbrett.evaluation.study.designs.record import Complain, Design, Planned
from springbrett.evaluation.study.protocol import Protocol
from springbrett.evaluation.study.tables import Rows


def draw_stays(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The stays of the population, nobody beside them."""
    return describing.draw(context)


def _draw_trial(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    save_cohort(parts.trial_cohort(context), context.work / "cohort.npz")
    return {}, {}


def _several(protocol: Protocol, complain: Complain) -> None:
    measures = protocol.population.measures
    if len(measures) < 2:
        complain("population.measures", measures[0] if measures else None, "two measures or more",
                 "a comparison of measures needs several")  # fmt: skip


def _controls(protocol: Protocol, complain: Complain) -> None:
    if not protocol.comparison.control_measures:
        complain("comparison.control_measures", None, "measures by code",
                 "it is not said what the control offices do instead")  # fmt: skip


DESIGNS = (
    Design("measures", draw_stays, lambda protocol: [Planned("side by side", 5, parts.measures)], check=_several,
           headline=lambda protocol: parts.MEASURES),
    Design("trial_offices", _draw_trial, lambda protocol: [Planned("trial offices", 5, parts.trial)],
           with_fields=("control_measures",), check=_controls, headline=lambda protocol: parts.TRIAL),
    Design("description", draw_stays),
)  # fmt: skip
