"""What differs: between two days of one catalogue, and between two editions of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from springbrett.catalogue.base import Dated
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.entries import Change, Entry, Slot, entries, in_force_on

_FRAME = frozenset({"from_", "to", "note"})


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edition does to the catalogue.

    `changes`: what would hold from a day instead of what holds now, for every value that is new, gone or other;
    `days`: those days, soonest first. `measures`, `rates` and so on are the codes of those that differ in any way;
    `undated` those where only something without a date (a name, a text) differs.
    """

    changes: tuple[Change, ...]
    measures: frozenset[str]
    rates: frozenset[str]
    chains: frozenset[str]
    house: frozenset[str]
    undated: tuple[str, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The days the differences hold from, soonest first."""
        return tuple(sorted({change.on for change in self.changes}))

    @property
    def nothing(self) -> bool:
        """Whether the two editions say the same."""
        return not (self.changes or self.undated)


def between_days(catalogue: Catalogue, earlier: date, later: date) -> tuple[Change, ...]:
    """Every value that is another on the later day, in the order of the files."""
    found = entries(catalogue)
    before = {entry.slot: entry for entry in in_force_on(found, earlier)}
    after = {entry.slot: entry for entry in in_force_on(found, later)}
    slots = dict.fromkeys(entry.slot for entry in found if entry.slot in before or entry.slot in after)
    changes = (_between(before.get(slot), after.get(slot), earlier) for slot in slots)
    return tuple(change for change in changes if change)


def between_editions(old: Catalogue, new: Catalogue) -> Difference:
    """What the new edition says that the old one does not, value by value."""
    before, after = _by_slot(entries(old)), _by_slot(entries(new))
    changes = [
        change
        for slot in dict.fromkeys([*before, *after])
        for change in _edited(before.get(slot, ()), after.get(slot, ()))
    ]
    measures = _differing(old.measures, new.measures)
    dated = {change.owner for change in changes}
    others = {"rates": (old.rates, new.rates), "chains": (old.chains, new.chains), "house": (old.house, new.house)}
    differing = {name: _differing(*pair) for name, pair in others.items()}
    undated = [code for code in (*measures, *(c for found in differing.values() for c in found)) if code not in dated]
    undated += [name for name in {*old.lists, *new.lists} if old.lists.get(name) != new.lists.get(name)]
    return Difference(
        tuple(sorted(changes, key=lambda change: (change.on, change.kind, change.owner, change.key))),
        measures, differing["rates"], differing["chains"], differing["house"], tuple(sorted(undated)),
    )  # fmt: skip


def _by_slot(found: Iterable[Entry]) -> dict[Slot, tuple[Entry, ...]]:
    slots: dict[Slot, tuple[Entry, ...]] = {}
    for entry in found:
        slots[entry.slot] = (*slots.get(entry.slot, ()), entry)
    return slots


def _edited(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> Iterator[Change]:
    """The days of one slot on which the editions say otherwise, each with what held there before and what would."""
    for on in sorted({entry.value.from_ for entry in (*old, *new)}):
        was, would = ([e.value for e in found if e.value.from_ == on] for found in (old, new))
        if was == would:
            continue
        shown = (new or old)[0]
        yield Change(shown.kind, shown.owner, shown.key, on, _holding(old, on), _holding(new, on))


def _holding(found: tuple[Entry, ...], on: date) -> Dated | None:
    return next((entry.value for entry in found if entry.holds_on(on)), None)


def same(one: Dated, other: Dated) -> bool:
    """Whether two values say the same on the same ground, whatever their dates and notes."""
    names = [name for name in one.__struct_fields__ if name not in _FRAME]
    return type(one) is type(other) and all(getattr(one, name) == getattr(other, name) for name in names)


def _between(before: Entry | None, after: Entry | None, earlier: date) -> Change | None:
    if before and after and same(before.value, after.value):
        return None
    shown = after or before
    assert shown is not None
    happened = after.value.from_ if after and after.value.from_ > earlier else _ended(before, earlier)
    return Change(shown.kind, shown.owner, shown.key, happened, _value(before), _value(after))


def _ended(before: Entry | None, earlier: date) -> date:
    """The day after a value ended; when the days are compared backwards, the earlier of them."""
    return date.fromordinal(before.until.toordinal() + 1) if before and before.until else earlier


def _value(entry: Entry | None) -> Dated | None:
    return entry.value if entry else None


def _differing(old: object, new: object) -> frozenset[str]:
    assert hasattr(old, "keys") and hasattr(new, "keys")
    return frozenset(code for code in {*old.keys(), *new.keys()} if old.get(code) != new.get(code))  # type: ignore[attr-defined]
