"""Readers of the ledger. They hand out events of objects the caller has already been let in to."""

from uuid import UUID

from django.db.models import QuerySet

from springbrett.ledger.models import Event


def case_events(case_id: UUID) -> QuerySet[Event]:
    """Everything recorded about one case, oldest first."""
    return Event.objects.filter(case_id=case_id).order_by("id")


def person_events(person_id: UUID) -> QuerySet[Event]:
    """Everything recorded about one person across cases, oldest first."""
    return Event.objects.filter(person_id=person_id).order_by("id")


def employer_events(employer_id: UUID, actions: tuple[str, ...] = ()) -> QuerySet[Event]:
    """Everything recorded about one employer, or only the named actions, oldest first."""
    events = Event.objects.filter(employer_id=employer_id)
    return (events.filter(action__in=actions) if actions else events).order_by("id")


def employers_events(employer_ids: list[UUID], actions: tuple[str, ...]) -> QuerySet[Event]:
    """The named actions for several employers in one query, oldest first."""
    return Event.objects.filter(employer_id__in=employer_ids, action__in=actions).order_by("id")
