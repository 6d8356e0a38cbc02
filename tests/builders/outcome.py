"""Builders of outcomes, through the services."""

from datetime import date
from typing import Any

from springbrett.kernel import clock
from springbrett.outcome import services
from springbrett.outcome.models import Outcome, PartyAnswer
from tests.builders.agreement import Table


def decided(table: Table, on: date, *outcomes: str, **said: Any) -> Outcome:
    """The outcome, decided on the day; a stronger CV unless codes are given."""
    found = outcomes or ("stronger_cv",)
    facts = {"main": found[0], "purpose_reached": "yes", "learned": "Manages a shift alone.",
             "next_step": "job_search", **said}  # fmt: skip
    with clock.at(on):
        return services.outcome_decide(actor=table.caseworker, agreement_id=table.agreement.id, outcomes=found, **facts)


def answered(table: Table, on: date, party: str, reached: str = "yes", **said: Any) -> PartyAnswer:
    """A party's answer on the day."""
    with clock.at(on):
        return services.outcome_answer(
            actor=table.voice(party), agreement_id=table.agreement.id, purpose_reached=reached, **said
        )


def corrected(table: Table, on: date, *outcomes: str, reason: str = "registered_wrong", **said: Any) -> Outcome:
    """The outcome decided anew on the day."""
    newest = Outcome.objects.get(agreement=table.agreement, corrected_by__isnull=True)
    facts = {"main": outcomes[0], "purpose_reached": "yes", "learned": "Manages a shift alone.",
             "next_step": "job_search", **said}  # fmt: skip
    with clock.at(on):
        return services.outcome_correct(
            actor=table.caseworker, agreement_id=table.agreement.id, corrects=newest.id, reason_code=reason,
            said=services.Said(outcomes=outcomes, **facts),
        )  # fmt: skip
