"""What was in force on a date: one function for every dated value in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from springbrett.catalogue.base import Dated

D = TypeVar("D", bound=Dated)


class NotInForce(LookupError):
    """No value is recorded for the date. It means "not known here", never "no rule"."""

    def __init__(self, what: str, on: date, first: date | None) -> None:
        self.what = what
        self.on = on
        self.first = first
        since = f"; the first value is from {first.isoformat()}" if first else "; no value is recorded at all"
        super().__init__(f"{what} has no value in force on {on.isoformat()}{since}")


def in_force(values: Iterable[D], on: date) -> D | None:
    """The value in force on the day: the latest that has started and not ended; None when there is none."""
    started = [value for value in values if value.from_ <= on]
    if not started:
        return None
    latest = max(started, key=lambda value: value.from_)
    return latest if latest.holds_on(on) else None


def dated(values: Sequence[D], on: date, what: str = "value") -> D:
    """The value in force on the day. `what` names file and key in the error.

    Raises NotInForce when no value covers the day.
    """
    found = in_force(values, on)
    if found is None:
        raise NotInForce(what, on, min((value.from_ for value in values), default=None))
    return found


def all_in_force(values: Iterable[D], on: date) -> tuple[D, ...]:
    """Every value in force on the day, for lists where several hold side by side (clauses, rules, reports).

    Values that carry a `code` replace an earlier value with the same code.
    """
    latest: dict[str, D] = {}
    for position, value in enumerate(values):
        if value.from_ > on:
            continue
        key = getattr(value, "code", "") or str(position)
        known = latest.get(key)
        if known is None or value.from_ >= known.from_:
            latest[key] = value
    return tuple(value for value in latest.values() if value.holds_on(on))
