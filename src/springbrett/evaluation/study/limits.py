"""Numbers of a protocol that cannot be so, and lists that hold the same thing twice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from springbrett.evaluation.study.designs import Complain
from springbrett.evaluation.study.protocol import Protocol

LONGEST, OLDEST = 600, 120
"""Months that a study can follow, and years that somebody can be."""
_SHARES = ("overlap", "matched_share")
_P_VALUES = ("placebo", "pre_trends")
_AMOUNTS = ("balance", "placebo_least", "first_stage", "clusters")


def check_limits(protocol: Protocol, complain: Complain) -> None:
    """Complains of every such number and list."""
    _check_gate(protocol, complain)
    wanted, who = protocol.outcomes, protocol.population
    for name in ("before", "horizon"):
        if getattr(wanted, name) > LONGEST:
            complain(f"outcomes.{name}", getattr(wanted, name), f"at most {LONGEST} months", "no register goes so far")
    for name in ("age_from", "age_to"):
        if not 0 <= getattr(who, name) <= OLDEST:
            complain(f"population.{name}", getattr(who, name), f"0 to {OLDEST} years", "nobody has such an age")
    for key, held in _lists(protocol):
        for code in sorted({code for code in held if held.count(code) > 1}):
            complain(key, code, "each code once", "the code stands twice")


def _check_gate(protocol: Protocol, complain: Complain) -> None:
    """A limit that nothing can fail, or nothing can meet, is no check."""
    for names, allowed, most in (
        (_SHARES, "a share from 0 to 1", 1.0),
        (_P_VALUES, "a p-value from 0 to 1", 1.0),
        (_AMOUNTS, "a number from 0", math.inf),
    ):
        for name in names:
            value = getattr(protocol.gate, name)
            if not (0 <= value <= most and math.isfinite(value)):
                complain(f"gate.{name}", value, allowed, "the check could not be held against it")


def _lists(protocol: Protocol) -> Iterator[tuple[str, Sequence[str]]]:
    who = protocol.population
    yield "population.measures", who.measures
    yield "population.purposes", who.purposes
    yield "population.needs_levels", who.needs_levels
    yield "comparison.control_measures", protocol.comparison.control_measures
    yield "outcomes.codes", protocol.outcomes.codes
    yield "adjustment", protocol.adjustment
    same = [f"{method.code} {method.estimand} {sorted(method.options.items(), key=str)}" for method in
            protocol.estimators]  # fmt: skip
    yield "estimators", [method.code if same.count(said) > 1 else f"{method.code} ({place})" for place, (method, said)
                         in enumerate(zip(protocol.estimators, same, strict=True))]  # fmt: skip
