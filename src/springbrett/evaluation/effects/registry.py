"""Every estimator by its code: what it estimates, what must hold, what it needs, where it comes from.

A study protocol names estimators by these codes and options. Each family of estimators keeps its own table
(`ESTIMATORS` in the modules of `FAMILIES`); this module finds them. To add a family: write the table, name its module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from springbrett.evaluation.effects.records import CannotEstimate, Estimand

FAMILIES = (
    "springbrett.evaluation.effects.cross_section",
    "springbrett.evaluation.effects.did.table",
    "springbrett.evaluation.effects.timing",
)
"""Modules with `ESTIMATORS`, in the order a list of estimators shows them. One that is not there is passed over."""

ASSUMPTIONS: Mapping[str, str] = {
    "no_other_difference": "Nothing but taking part differs between the groups.",
    "selection_on_observed": "Among people alike in what was recorded before, taking part is as good as by chance.",
    "overlap": "Everyone who took part has others like them who did not.",
    "linear": "The outcome moves in straight lines with what was recorded before.",
    "one_of_two_models": "The model of the outcome or the model of taking part is right; not both need be.",
    "learnable": "The learners come near both models fast enough with the number of units there is.",
    "parallel_trends": "Without the measure, the groups would have moved alike over time.",
    "absorbing": "Who has started counts as treated from then on, whatever happens later.",
    "same_effect_everywhere": "The effect is the same for every group and as large in every month.",
    "parallel_trends_at_every_dose": "Regions would have moved alike over time, had they had the same dose.",
    "same_slope_everywhere": "One unit more of the dose does the same in every region, month and at every dose.",
    "independent_clusters": "What happens in one office tells nothing about chance in another.",
    "many_clusters": "There are enough offices, none much larger than the others, for the usual error to hold.",
    "offices_drawn_at_random": "The trial offices could as well have been any others.",
    "offices_vary_alike": "By chance, the trial office's change varies as the control offices' changes do.",
    "no_anticipation": "Nobody's outcome changes before the start because of the start to come.",
    "no_spillover": "One person's taking part leaves the others' outcomes as they were.",
    "censoring_tells_nothing": "Those no longer seen would have fared like those who still are.",
    "proportional_hazards": "What raises the rate of leaving raises it by the same share at all times.",
    "proportional_subdistribution": "What raises the share that has left does so by the same proportion at all times.",
    "leaves_in_whole_months": "Nobody leaves two ways in a month; within it, all are at risk alike.",
    "unseen_fixed_over_time": "What no register shows about a person stays the same through the spell.",
    "now_against_not_yet": "The others may start later: the effect is that of starting now rather than waiting.",
    "as_good_as_drawn_within_cells": "Within office and month, which caseworker one meets is as good as by chance.",
    "only_through_the_measure": "Caseworkers who use the measure more do nothing else that moves the outcome.",
    "monotone_preference": "Nobody gets the measure from a reluctant caseworker and not from a willing one.",
    "sequential_selection_on_observed": "Each step is as good as by chance, given what was recorded before it.",
}
"""What each assumption says, in plain English; the report says it in its own languages by the code."""


@dataclass(frozen=True, slots=True)
class Estimator:
    """One estimator a protocol can name.

    `function` takes `needs` in order and `options` by keyword; `needs` are codes of inputs ("comparison": a
    `comparison.Comparison`; "strata": a stratum number per unit). The first of `estimands` is the default; where there
    are several, `estimand` is an option. `options`: what may be set by keyword, with the values allowed (None: any of
    the type the function states).
    """

    code: str
    function: Callable[..., Any]
    estimands: tuple[Estimand, ...]
    assumptions: tuple[str, ...]
    source: str
    needs: tuple[str, ...] = ("comparison",)
    options: Mapping[str, tuple[Any, ...] | None] = field(default_factory=dict)
    clusters: bool = True


@cache
def estimators() -> Mapping[str, Estimator]:
    """Every estimator by code."""
    found: dict[str, Estimator] = {}
    for name in FAMILIES:
        for entry in _table(name):
            if entry.code in found:
                raise ValueError(f"two estimators are called {entry.code}")
            found[entry.code] = entry
    return found


def estimator(code: str) -> Estimator:
    """The estimator. Raises CannotEstimate("not_supported") with the codes there are."""
    known = estimators()
    if code not in known:
        raise CannotEstimate("not_supported", f"there is no estimator {code!r}; choose among {', '.join(known)}")
    return known[code]


def _table(name: str) -> tuple[Estimator, ...]:
    parent = name.rpartition(".")[0]
    if find_spec(parent) is None or find_spec(name) is None:
        return ()
    return tuple(import_module(name).ESTIMATORS)
