"""The map: the seven steps every case walks, what each takes in and leaves behind, and the question it answers.

The README picture, the docs page, the stepper on every case page and the ledger's list of events are made from this
file; `tests/consistency` keeps them equal. Add an event here before a service may record it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path: `consumes` one kind of record, `produces` another, and tells the ledger about it."""

    code: str
    question: str
    consumes: str
    produces: str
    events: tuple[str, ...]


STEPS: tuple[Step, ...] = (
    Step("mapping", "What does the person want, need and manage?", "Conversation", "NeedsProfile",
         ("mapping.started", "mapping.answered", "mapping.confirmed")),
    Step("choice", "Which measure fits, and by which chain of effects?", "NeedsProfile", "Choice",
         ("choice.decided",)),
    Step("matching", "Which workplace suits this person?", "Choice", "Match",
         ("matching.contacted", "matching.chosen")),
    Step("agreement", "What have the three parties agreed?", "Match", "Agreement",
         ("agreement.drafted", "agreement.changed", "agreement.approved", "agreement.approval_withdrawn",
          "agreement.entered", "agreement.started", "agreement.ended", "agreement.discarded",
          "support.drafted", "support.changed", "support.approved", "support.approval_withdrawn",
          "support.entered", "support.started", "support.ended", "support.discarded")),
    Step("followup", "Is it going the way it was meant to, and what is due?", "Agreement", "Progress",
         ("followup.contact_logged", "followup.review_held", "followup.report_submitted", "followup.feedback_given",
          "followup.plan_adjusted", "followup.extended", "followup.adjusted", "followup.ended_early")),
    Step("outcome", "Was the purpose reached, and what comes next?", "Progress", "Outcome",
         ("outcome.decided", "outcome.corrected", "outcome.answered", "outcome.chained", "outcome.status_recorded")),
    Step("evaluation", "What did it do, for whom, and at what cost?", "Outcome", "Evidence",
         ("evaluation.exported",)),
)  # fmt: skip

AROUND_THE_PATH: dict[str, tuple[str, ...]] = {
    "people": ("person.registered", "case.opened", "case.assigned"),
    "employers": ("employer.registered", "employer.changed", "employer.workplace_added", "employer.contact_added",
                  "employer.noted", "employer.cooperation_stopped", "employer.cooperation_resumed",
                  "opening.registered", "opening.changed", "opening.closed"),
    "funding": ("funding.asked", "funding.withdrawn", "funding.decided", "funding.closed", "funding.claimed",
                "funding.returned", "funding.paid", "budget.set"),
    "vignettes": ("vignettes.opened", "vignettes.closed", "vignettes.begun", "vignettes.answered",
                  "vignettes.withdrawn", "vignettes.exported"),
    "access": ("access.opened_with_reason", "access.account_created"),
}  # fmt: skip
"""Events of the registers that the path uses; they belong to no step."""

CODES: tuple[str, ...] = tuple(step.code for step in STEPS)
EVENTS: frozenset[str] = frozenset(
    event for group in (*(step.events for step in STEPS), *AROUND_THE_PATH.values()) for event in group
)


def step(code: str) -> Step:
    """The step called `code`; KeyError if the path has no such step."""
    return next(s for s in STEPS if s.code == code) if code in CODES else _unknown(code)


def _unknown(code: str) -> Step:
    raise KeyError(f"{code!r} is not a step; the path is {' → '.join(CODES)}")
