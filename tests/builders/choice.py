"""Builders of choices, through the services."""

from typing import Any
from uuid import UUID

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.choice import rules, selectors
from springbrett.choice.models import Choice
from springbrett.choice.records import key_of
from springbrett.choice.services import choice_decide
from springbrett.mapping.models import MappingVersion
from tests.builders.mapping import confirmed_mapping

AT = "arbeidstrening"


def decided(actor: Viewer, case_id: UUID, chain: str = "work_experience", measure: str = AT, **facts: Any) -> Choice:
    """A decision on arbeidstrening. Maps the case first if nobody has; overrides what warns, acknowledges the rest."""
    if not MappingVersion.objects.filter(case_id=case_id, confirmed_at__isnull=False).exists():
        confirmed_mapping(actor, case_id)
    option = next(o for o in selectors.options_for(actor, case_id) if o.measure == measure)
    warnings = rules.barriers(option, catalogue.load().measure(measure).depth).warnings
    reason = catalogue.load().codes("override_reason")[0].code
    given: dict[str, Any] = {
        "reason": "Needs a reference from a Norwegian workplace.",
        "agrees_with_person": True,
        "unknowns_acknowledged": True,
        "overrides": {key_of(verdict): reason for verdict in warnings},
        **facts,
    }
    return choice_decide(actor=actor, case_id=case_id, measure=measure, chain=chain, **given)
