"""Every dated value of the catalogue as one flat list: read by date, by section, and by what lies ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from springbrett.catalogue.base import Dated
from springbrett.catalogue.catalogue import Catalogue

Kind = Literal["measure", "rate", "house", "chain"]
Slot = tuple[str, str, str]
"""Where a value stands: kind, owner and key. The values of one slot follow each other in time."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated value. `owner` is the code of the measure, rate, house value or chain it belongs to.

    `key` is the key in the file, with the code where several stand side by side: "durations", "rules.no_displacement".
    `until` is the last day it holds, by its own `to` or because the next takes over; None: it holds until further.
    """

    kind: Kind
    owner: str
    key: str
    value: Dated
    until: date | None

    @property
    def slot(self) -> Slot:
        """Where the value stands."""
        return (self.kind, self.owner, self.key)

    @property
    def topic(self) -> str:
        """The kind of value: the key without its code and without "agreement."."""
        parts = self.key.split(".")
        return parts[1] if parts[0] == "agreement" else parts[0]

    def holds_on(self, on: date) -> bool:
        """Whether it is in force on the day."""
        return self.value.from_ <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a slot on a day: `before` gives way to `after`. None: nothing is recorded on that side."""

    kind: Kind
    owner: str
    key: str
    on: date
    before: Dated | None
    after: Dated | None

    @property
    def topic(self) -> str:
        """The kind of value: the key without its code and without "agreement."."""
        parts = self.key.split(".")
        return parts[1] if parts[0] == "agreement" else parts[0]


def entries(catalogue: Catalogue) -> tuple[Entry, ...]:
    """Every dated value, in the order of the files, the values of one slot by date."""
    slots: dict[tuple[Kind, str, str], list[Dated]] = {}
    for kind, owner, key, value in _values(catalogue):
        slots.setdefault((kind, owner, key), []).append(value)
    return tuple(entry for (kind, owner, key), values in slots.items() for entry in _series(kind, owner, key, values))


def in_force_on(found: Iterable[Entry], on: date) -> tuple[Entry, ...]:
    """Those of the entries that are in force on the day."""
    return tuple(entry for entry in found if entry.holds_on(on))


def resting_on(found: Iterable[Entry], act: str, section: str | None = None) -> tuple[Entry, ...]:
    """Those that refer to the act, or to one section of it, oldest first. Section "" is the act as a whole."""
    chosen = [e for e in found if e.value.act == act and (section is None or e.value.section == section)]
    return tuple(sorted(chosen, key=lambda entry: (entry.owner, entry.key, entry.value.from_)))


def turns(found: Iterable[Entry]) -> tuple[Change, ...]:
    """Every day on which a value begins, gives way to another or ends, oldest first."""
    slots: dict[Slot, list[Entry]] = {}
    for entry in found:
        slots.setdefault(entry.slot, []).append(entry)
    happened = [change for series in slots.values() for change in _turns(series)]
    return tuple(sorted(happened, key=lambda change: (change.on, change.kind, change.owner, change.key)))


def ahead(catalogue: Catalogue, on: date, until: date | None = None) -> tuple[Change, ...]:
    """What changes after the day, soonest first; no further than `until` when it is given."""
    return tuple(c for c in turns(entries(catalogue)) if c.on > on and (until is None or c.on <= until))


def _values(catalogue: Catalogue) -> Iterator[tuple[Kind, str, str, Dated]]:
    for code, measure in catalogue.measures.items():
        yield from (("measure", code, key, value) for key, value in measure.dated_values)
    for code, rate in catalogue.rates.items():
        yield from (("rate", code, "values", value) for value in rate.values)
    for code, setting in catalogue.house.items():
        yield from (("house", code, "values", value) for value in setting.values)
    yield from (("chain", code, "chain", chain) for code, chain in catalogue.chains.items())


def _series(kind: Kind, owner: str, key: str, values: list[Dated]) -> Iterator[Entry]:
    ordered = sorted(values, key=lambda value: value.from_)
    for value, follower in zip(ordered, [*ordered[1:], None], strict=True):
        ends = [day for day in (value.to, follower.from_ - _DAY if follower else None) if day is not None]
        yield Entry(kind, owner, key, value, min(ends, default=None))


def _turns(series: list[Entry]) -> Iterator[Change]:
    before: Entry | None = None
    for entry in series:
        kind, owner, key = entry.kind, entry.owner, entry.key
        if before is not None and before.until is not None and before.until + _DAY < entry.value.from_:
            yield Change(kind, owner, key, before.until + _DAY, before.value, None)
            before = None
        yield Change(kind, owner, key, entry.value.from_, before.value if before else None, entry.value)
        before = entry
    if before is not None and before.until is not None:
        yield Change(before.kind, before.owner, before.key, before.until + _DAY, before.value, None)
