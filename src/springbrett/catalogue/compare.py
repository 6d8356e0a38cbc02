"""What differs: between two days of one catalogue, and between two editions of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from springbrett.catalogue.base import Dated
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.entries import Change, Entry, entries, in_force_on

_FRAME = frozenset({"from_", "to", "note"})


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edition does to the catalogue.

    `changes`: dated values that are new, gone or other than before, with the day they hold from; `days`: those days,
    soonest first. `measures` and `rates` are the codes of those that differ in any way, and `undated` those where
    only something without a date (a name, a text) differs.
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
    known = {(*entry.slot, entry.value.from_): entry for entry in entries(old)}
    now = {(*entry.slot, entry.value.from_): entry for entry in entries(new)}
    changes = tuple(
        Change(shown.kind, shown.owner, shown.key, shown.value.from_, _value(known.get(key)), _value(now.get(key)))
        for key, shown in {**known, **now}.items()
        if _value(known.get(key)) != _value(now.get(key))
    )
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
