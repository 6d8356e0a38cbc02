"""The plain values a fact or a step may hold, and their JSON form.

JSON has no dates, decimals or tuples, so these are written as ``{"date": "2026-01-31"}``, ``{"decimal": "1.50"}``
and a list. Everything else is written as it is. Reading back gives equal values of the same type (a string
enumeration comes back as its plain string).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

PlainValue: TypeAlias = "str | int | float | bool | date | Decimal | tuple[PlainValue, ...] | None"
"""What can be kept with a decision and read back unchanged; ``None`` means unknown."""

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"


def require_plain(value: object, where: str) -> None:
    """Refuse a value that could not be written to JSON and read back equal.

    Raises TypeError (wrong type) or ValueError (NaN or infinity), naming ``where`` but never the value itself,
    since a value may be personal.
    """
    if isinstance(value, tuple):
        for item in value:
            require_plain(item, where)
    elif isinstance(value, datetime) or not (value is None or isinstance(value, str | int | float | date | Decimal)):
        raise TypeError(
            f"{where}: a {type(value).__name__} cannot be kept; use str, int, bool, date, Decimal, None or a tuple"
        )
    elif (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, Decimal) and not value.is_finite()
    ):
        raise ValueError(f"{where}: the number is not finite")


def encode(value: PlainValue) -> JsonValue:
    """The JSON form of a plain value."""
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, str):
        return str.__str__(value)
    return value


def decode(data: object) -> PlainValue:
    """The plain value of a JSON form made by :func:`encode`.

    Raises ValueError if the data has another shape.
    """
    if isinstance(data, list):
        return tuple(decode(item) for item in data)
    if isinstance(data, Mapping):
        return _decode_marked(data)
    if data is None or isinstance(data, str | int | float):
        return data
    raise ValueError(f"a {type(data).__name__} is not a kept value")


def _decode_marked(data: Mapping[object, object]) -> PlainValue:
    match dict(data):
        case {"date": str(text), **rest} if not rest:
            return date.fromisoformat(text)
        case {"decimal": str(text), **rest} if not rest:
            try:
                return Decimal(text)
            except InvalidOperation:
                raise ValueError("a kept decimal is not a number") from None
    raise ValueError("a kept value is marked as neither a date nor a decimal")


def text_of(data: Mapping[str, object], key: str) -> str:
    """The string under ``key``. Raises ValueError if it is missing or not a string."""
    value = data.get(key)
    if not isinstance(value, str):
        raise ValueError(f"kept data lacks the text {key!r}")
    return value


def list_of(data: Mapping[str, object], key: str) -> list[object]:
    """The list under ``key``; a missing key is an empty list. Raises ValueError if it is something else."""
    value = data.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"kept data holds something other than a list under {key!r}")
    return value


def mapping_of(value: object, where: str) -> Mapping[str, object]:
    """``value`` as a mapping. Raises ValueError, naming ``where``, if it is something else."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: expected an object")
    return value
