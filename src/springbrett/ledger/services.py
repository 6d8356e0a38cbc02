"""The only writer of the ledger, and the frame around every service: one transaction, at least one event."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.db import transaction

from springbrett import catalogue, flow
from springbrett.kernel import clock
from springbrett.ledger.facts import coded
from springbrett.ledger.models import Event

P = ParamSpec("P")
R = TypeVar("R")


class Actor(Protocol):
    """Who does something: what `access.Viewer` offers the ledger."""

    @property
    def account_id(self) -> UUID: ...
    @property
    def role(self) -> str: ...
    @property
    def office_id(self) -> UUID | None: ...


class UnrecordedService(RuntimeError):
    """A service finished without telling the ledger; its writes are rolled back."""


class UnknownEvent(ValueError):
    """The action is not on the map; add it to `flow.py` first."""


_recorded: ContextVar[list[int] | None] = ContextVar("ledger_recorded", default=None)


def service(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` a service: one transaction, rolled back unless at least one event was recorded in it."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _recorded.set([])
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                if not _recorded.get():
                    raise UnrecordedService(f"{function.__module__}.{function.__qualname__} recorded no event")
            return result
        finally:
            events = _recorded.get() or []
            _recorded.reset(token)
            outer = _recorded.get()
            if outer is not None:
                outer.extend(events)

    inside.__dict__["is_service"] = True
    return inside


def record(
    *,
    actor: Actor,
    action: str,
    step: str,
    case_id: UUID | None = None,
    person_id: UUID | None = None,
    employer_id: UUID | None = None,
    object_kind: str = "",
    object_id: UUID | None = None,
    facts: Mapping[str, object] | None = None,
) -> Event:
    """Add one event, at the clock's time and under today's catalogue.

    `facts` takes codes, numbers, dates and ids only. Raises UnknownEvent for an action that `flow.py` does not list,
    NotAFact for text, and RuntimeError outside a service (an event without its rows would be half a truth).
    """
    if action not in flow.EVENTS:
        raise UnknownEvent(f"{action!r} is not listed in flow.py")
    recorded = _recorded.get()
    if recorded is None:
        raise RuntimeError(f"{action!r} was recorded outside a @service")
    event = Event.objects.create(
        occurred_at=clock.now(),
        action=action,
        step=step,
        actor_account_id=actor.account_id,
        actor_role=str(actor.role),
        office_id=actor.office_id,
        case_id=case_id,
        person_id=person_id,
        employer_id=employer_id,
        object_kind=object_kind,
        object_id=object_id,
        facts=coded(facts or {}),
        catalogue_version=catalogue.load().version,
    )
    recorded.append(event.pk)
    return event
