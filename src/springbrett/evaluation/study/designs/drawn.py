"""Participants beside others registered as long who had not started: estimators compare them month by month."""

from __future__ import annotations

from functools import partial

from springbrett.evaluation.study import comparing, describing
from springbrett.evaluation.study.designs.record import Complain, Design, Planned, Stage
from springbrett.evaluation.study.protocol import Protocol

FIELDS = ("per_treated", "other_measures")
SLOW = {"double_machine_learning": 20.0}


def _draw(*, never: bool) -> Stage:
    return lambda context: describing.draw_beside(context, never=never)


def _stages(protocol: Protocol) -> list[Planned]:
    stages = [
        Planned(f"estimator {position + 1}: {method.code}", SLOW.get(method.code, 4),
                partial(comparing.estimates_of, position=position))
        for position, method in enumerate(protocol.estimators)
    ]  # fmt: skip
    after = [Planned("path", 10, comparing.path_of), Planned("balance", 1, comparing.balance_of)]
    return [Planned("truth", 0.2, describing.truth), *stages, *after]


def _check(protocol: Protocol, complain: Complain) -> None:
    if protocol.comparison.per_treated < 1:
        complain(
            "comparison.per_treated", protocol.comparison.per_treated, "a whole number from 1", "nobody would be drawn"
        )


DESIGNS = tuple(
    Design(code, _draw(never=never), _stages, comparing.GIVEN, FIELDS, _check, drawn=True)
    for code, never in (("not_yet_treated", False), ("never_treated", True))
)
