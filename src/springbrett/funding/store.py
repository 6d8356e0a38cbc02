"""Schedules, terms and calculations as JSON and back, equal to what was given."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from springbrett.kernel.period import Period
from springbrett.kernel.trace import Step, Traced, from_data, to_data
from springbrett.money.records import MonthAmount, Schedule, WageTerms


def schedule_data(schedule: Schedule) -> dict[str, Any]:
    """A schedule as JSON."""
    return {
        "kind": schedule.kind,
        "unknown": list(schedule.unknown),
        "months": [
            {"from": m.period.start.isoformat(), "to": m.period.last.isoformat(), "amount": m.amount, "uncut": m.uncut,
             "percent": None if m.percent is None else str(m.percent)}
            for m in schedule.months
        ],
    }  # fmt: skip


def schedule_from(data: Mapping[str, Any]) -> Schedule:
    """The schedule kept by `schedule_data`."""
    return Schedule(
        months=tuple(
            MonthAmount(
                Period(date.fromisoformat(m["from"]), date.fromisoformat(m["to"])),
                None if m["percent"] is None else Decimal(m["percent"]),
                m["amount"],
                m["uncut"],
            )
            for m in data["months"]
        ),
        kind=data["kind"],
        unknown=tuple(data["unknown"]),
    )


def terms_data(terms: WageTerms | None) -> dict[str, str | None]:
    """What a wage costs beside the wage, as JSON; empty when there is no wage."""
    if terms is None:
        return {}
    return {name: None if getattr(terms, name) is None else str(getattr(terms, name)) for name in WageTerms.__slots__}


def terms_from(data: Mapping[str, str | None]) -> WageTerms | None:
    """The terms kept by `terms_data`."""
    if not data:
        return None
    return WageTerms(**{name: None if data[name] is None else Decimal(str(data[name])) for name in WageTerms.__slots__})


def trace_data(trace: Traced[Any] | Iterable[Step] | Step | None) -> list[Any]:
    """The lines of a calculation as JSON."""
    if trace is None:
        return []
    steps = (trace,) if isinstance(trace, Step) else trace.steps if isinstance(trace, Traced) else tuple(trace)
    return [to_data(step) for step in steps]


def trace_from(data: Iterable[Mapping[str, object]]) -> Traced[None]:
    """The calculation kept by `trace_data`."""
    return Traced(None, tuple(from_data(step) for step in data))
