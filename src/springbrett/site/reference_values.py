"""The dated values of a measure as lines of the rules page, by section."""

from collections.abc import Iterator
from typing import Any

import msgspec

from springbrett import catalogue
from springbrett.catalogue.base import Text

_OWN = {"from_", "ref", "source", "to", "note", "interpretation"}


def value_lines(measure: str) -> dict[str, list[str]]:
    """Every dated value of the measure as «what: value (from date, source)», keyed by section, "" for no section."""
    lines: dict[str, list[str]] = {}
    for what, value in _dated_in(catalogue.load().measure(measure), ""):
        reference = value.reference
        key = reference.section if reference.act == "tiltaksforskriften" and reference.source == "law" else ""
        lines.setdefault(key, []).append(_line(what, value))
    return lines


def _dated_in(part: object, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, tuple | list):
        for item in part:
            yield from _dated_in(item, path)
    elif isinstance(part, msgspec.Struct) and not isinstance(part, Text):
        if hasattr(part, "reference"):
            yield path or type(part).__name__, part
            return
        for name in part.__struct_fields__:
            yield from _dated_in(getattr(part, name), name)


def _line(what: str, value: Any) -> str:
    shown = {
        name: _show(getattr(value, name))
        for name in value.__struct_fields__
        if name not in _OWN and getattr(value, name) not in (None, "", (), False)
    }
    until = f" to {value.to}" if value.to else ""
    read = f" — How it is read: {value.interpretation.en}" if value.interpretation else ""
    note = f"{read} — {value.note}" if value.note else read
    facts = ", ".join(f"{name} {text}" for name, text in shown.items())
    return f"*{what.replace('_', ' ')}*: {facts} (from {value.from_}{until}, {value.source}){note}"


def _show(value: object) -> str:
    if isinstance(value, Text):
        return f"“{value.en}”"
    if isinstance(value, tuple | list):
        return "; ".join(_show(item) for item in value)
    if isinstance(value, msgspec.Struct):
        return " ".join(
            _show(getattr(value, n)) for n in value.__struct_fields__ if getattr(value, n) not in (None, "")
        )
    return f"`{value}`"
