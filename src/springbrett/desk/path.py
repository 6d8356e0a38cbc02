"""Where a case stands on the path: derived from dated facts every time, never kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from springbrett import flow


class State(StrEnum):
    """How far one step has come. NEXT: nothing is done yet, and it is this step's turn."""

    NOT_STARTED = "not_started"
    NEXT = "next"
    IN_PROGRESS = "in_progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Milestones:
    """The dated facts the path is derived from; None: it has not happened.

    `begun` and `finished` hold, by step code, the first day something was done in the step and the day its record was
    complete.
    """

    begun: dict[str, date] = field(default_factory=dict)
    finished: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepState:
    """One step of the path for one case: its state, and the day it came to it (None where nothing has happened)."""

    code: str
    state: State
    since: date | None = None

    @property
    def turn(self) -> bool:
        """Whether this is where the case stands."""
        return self.state in {State.NEXT, State.IN_PROGRESS}


BEGINS: dict[str, tuple[str, ...]] = {
    "mapping": ("mapping.started",),
    "choice": (),
    "matching": ("matching.contacted",),
    "agreement": ("agreement.drafted",),
    "followup": ("agreement.started",),
    "outcome": ("agreement.ended", "outcome.answered"),
    "evaluation": ("outcome.status_recorded",),
}
"""The events that begin each step."""

FINISHES: dict[str, tuple[str, ...]] = {
    "mapping": ("mapping.confirmed",),
    "choice": ("choice.decided",),
    "matching": ("matching.chosen",),
    "agreement": ("agreement.entered",),
    "followup": ("agreement.ended", "outcome.decided"),
    "outcome": ("outcome.decided",),
    "evaluation": (),
}
"""The events that complete each step's record; the first named gives the day."""

MILESTONES: tuple[str, ...] = tuple(
    dict.fromkeys(event for events in (*BEGINS.values(), *FINISHES.values()) for event in events)
)
"""Every event the path is derived from."""


def state_of(facts: Milestones) -> tuple[StepState, ...]:
    """The seven steps in order.

    A step is done when its record is complete, in progress when something in it has been done, and next when it follows
    the last step that is done. A step that was passed over (an agreement without a match, say) stays not started.
    """
    last_done = max((flow.CODES.index(code) for code in facts.finished if code in flow.CODES), default=-1)
    return tuple(_state(facts, position, code, last_done) for position, code in enumerate(flow.CODES))


def _state(facts: Milestones, position: int, code: str, last_done: int) -> StepState:
    if code in facts.finished:
        return StepState(code, State.DONE, facts.finished[code])
    if code in facts.begun:
        return StepState(code, State.IN_PROGRESS, facts.begun[code])
    if position == last_done + 1:
        return StepState(code, State.NEXT)
    return StepState(code, State.NOT_STARTED)


def standing(steps: Sequence[StepState]) -> StepState:
    """The step the case stands at: the one after the last that is done, or the last step when all are."""
    done = [position for position, step in enumerate(steps) if step.state is State.DONE]
    return steps[min(max(done, default=-1) + 1, len(steps) - 1)]


PLACEMENT = ("agreement", "followup", "outcome", "evaluation")
"""The steps a new agreement in the same case walks again."""
NEW_ROUND, DISCARDED = "agreement.drafted", "agreement.discarded"
READ = (*MILESTONES, DISCARDED)
"""The events to fetch for `milestones`."""


def milestones(events: Sequence[tuple[str, date]]) -> Milestones:
    """The milestones in a case's events, given as (action, day), oldest first.

    The first event of a step begins it, the last one completes it. A new agreement in the same case walks the
    placement's steps again; if its draft is discarded, what was there before stands.
    """
    begun: dict[str, date] = {}
    finished: dict[str, date] = {}
    before: list[tuple[dict[str, date], dict[str, date]]] = []
    for action, on in events:
        if action == NEW_ROUND:
            before.append((dict(begun), dict(finished)))
            begun, finished = _without_placement(begun), _without_placement(finished)
        elif action == DISCARDED and before:
            begun, finished = before.pop()
        for step in (code for code in flow.CODES if action in BEGINS[code]):
            begun.setdefault(step, on)
        for step in (code for code in flow.CODES if action in FINISHES[code]):
            finished[step] = on if action == FINISHES[step][0] else finished.get(step, on)
    return Milestones(begun, finished)


def with_agreed_end(facts: Milestones, end: date | None, on: date) -> Milestones:
    """The milestones on a day: a placement whose agreed last day has passed is over, even if nobody has ended it."""
    if end is None or end >= on or "followup" not in facts.begun or "followup" in facts.finished:
        return facts
    return Milestones(facts.begun, {**facts.finished, "followup": end})


def _without_placement(days: dict[str, date]) -> dict[str, date]:
    return {code: on for code, on in days.items() if code not in PLACEMENT}
