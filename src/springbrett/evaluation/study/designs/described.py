"""Designs with a way of comparing of their own, or none: measures side by side, trial offices, description."""

from __future__ import annotations

from typing import Any

from springbrett.evaluation.study import beside, describing, trialing
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.designs.record import Complain, Design, Planned
from springbrett.evaluation.study.protocol import Protocol
from springbrett.evaluation.study.tables import Rows


def draw_stays(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The stays of the population, nobody beside them."""
    return describing.draw(context)


def _several(protocol: Protocol, complain: Complain) -> None:
    measures = protocol.population.measures
    if len(measures) < 2:
        complain("population.measures", measures[0] if measures else None, "two measures or more",
                 "a comparison of measures needs several")  # fmt: skip


def _controls(protocol: Protocol, complain: Complain) -> None:
    if not protocol.comparison.control_measures:
        complain("comparison.control_measures", None, "measures by code",
                 "it is not said what the control offices do instead")  # fmt: skip
    if protocol.comparison.before_months < 0:
        complain("comparison.before_months", protocol.comparison.before_months, "0 or more", "there is no such time")


def _trial_stages(protocol: Protocol) -> list[Planned]:
    return [Planned("trial offices", 3, trialing.trial), Planned("time before", 5, trialing.before)]


DESIGNS = (
    Design("measures", draw_stays, lambda protocol: [Planned("side by side", 5, beside.measures)], check=_several,
           headline=lambda protocol: beside.MEASURES),
    Design("trial_offices", trialing.draw, _trial_stages, with_fields=("control_measures", "before_months"),
           check=_controls, headline=lambda protocol: trialing.TRIAL),
    Design("description", draw_stays),
)  # fmt: skip
