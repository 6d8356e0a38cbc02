"""The path of a case as the stepper draws it."""

from collections.abc import Iterable
from uuid import UUID

from springbrett.access.roles import Role
from springbrett.desk.explain import state_words
from springbrett.desk.links import step_url
from springbrett.desk.path import State, StepState

_DRAWN = {State.DONE: "done", State.IN_PROGRESS: "open", State.NEXT: "open", State.NOT_STARTED: "closed"}


def drawn_steps(
    steps: Iterable[StepState], case_id: UUID, here: str = "", role: Role | None = None
) -> list[dict[str, object]]:  # fmt: skip
    """Each step with its link, its state in words, and whether it is the page one is on."""
    return [
        {
            "code": step.code,
            "url": step_url(step.code, case_id, role),
            "state": "current" if step.code == here else _DRAWN[step.state],
            "done": step.state is State.DONE,
            "note": state_words(step),
        }
        for step in steps
    ]
