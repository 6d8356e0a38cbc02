"""Cells made into what the layout says they hold: only what cannot be misunderstood is taken, the rest is told.

A whole number may come as text or as a decimal number without decimals, a day as text or as a point in time; a day is
never taken for a month, nor a large whole number from a column too coarse to have kept it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.evaluation.effects.records import Flags
from springbrett.evaluation.registers.layout import Column

EXACT = 2.0**53
"""The largest whole number up to which a floating-point column holds every whole number."""
_UTC = frozenset({"UTC", "utc", "Etc/UTC", "GMT", "Z", "+00:00", "Zulu"})
HOLDS = {
    "key": "a whole number (int64)", "code": "text (string)", "number": "a number (double)",
    "whole": "a whole number (int32)", "date": "a day (date32)", "flag": "true or false (bool)",
    "month": "the month as a whole number (int32): year × 12 + month − 1",
}  # fmt: skip


def plain(kind: pa.DataType, column: Column) -> bool:
    """Whether every engine reads this type as the layout means it, with nothing to round, cut or guess."""
    t = pa.types
    if column.kind in ("key", "whole", "month"):
        return bool(t.is_integer(kind)) and not t.is_uint64(kind)
    if column.kind == "number":
        return bool(t.is_floating(kind) or t.is_integer(kind) or t.is_decimal(kind))
    if column.kind == "date":
        return bool(t.is_date32(kind))
    if column.kind == "flag":
        return bool(t.is_boolean(kind))
    return bool(t.is_string(kind) or t.is_large_string(kind)
                or (t.is_dictionary(kind) and t.is_string(kind.value_type)))  # fmt: skip


def takes(kind: pa.DataType, column: Column) -> bool:
    """Whether cells of this type can be made into the layout's, one by one."""
    t = pa.types
    if t.is_dictionary(kind):
        return takes(kind.value_type, column)
    text = t.is_string(kind) or t.is_large_string(kind) or t.is_string_view(kind)
    if plain(kind, column) or text or t.is_null(kind):
        return True
    if column.kind in ("key", "whole", "month"):
        return bool(t.is_integer(kind) or t.is_floating(kind))
    if column.kind == "date":
        return bool(t.is_date(kind) or t.is_timestamp(kind))
    return bool(t.is_integer(kind)) and column.kind in ("flag", "code")


def laid_out(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """The values in the layout's type; `wrong` must mark none of them. Raises ArrowInvalid otherwise."""
    if values.type.equals(column.arrow):
        return values
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    return values.cast(column.arrow)


def wrong(values: pa.ChunkedArray, column: Column, decimal: str = ".") -> Flags:
    """Which cells (n,) do not hold what the column holds; empty ones do. `decimal`: the mark in numbers written as
    text."""
    t, kind = pa.types, values.type
    if kind.equals(column.arrow) or t.is_null(kind):
        return np.zeros(len(values), bool)
    if t.is_dictionary(kind):
        return wrong(values.cast(kind.value_type), column, decimal)
    if t.is_string(kind) or t.is_large_string(kind) or t.is_string_view(kind):
        return _unread(values, column, decimal)
    if t.is_timestamp(kind):
        return _by_day_only(values)
    if column.kind == "flag":
        return _marked(pc.invert(pc.is_in(values, pa.array([0, 1], kind))), values)
    if column.kind in ("key", "whole", "month"):
        return _not_whole(values, column)
    return np.zeros(len(values), bool)


def _unread(values: pa.ChunkedArray, column: Column, decimal: str) -> Flags:
    if column.kind == "code":
        return np.zeros(len(values), bool)
    known = pc.unique(values).drop_null()
    bad = pa.array([value for value in known.to_pylist() if not _reads(value, column, decimal)], values.type)
    return _marked(pc.is_in(values, value_set=bad), values)


def _reads(value: str, column: Column, decimal: str) -> bool:
    if column.kind == "number" and decimal != ".":
        value = value.replace(".", "?").replace(decimal, ".")
    try:
        pa.scalar(value).cast(column.arrow)
    except pa.ArrowInvalid:
        return False
    return True


def _by_day_only(values: pa.ChunkedArray) -> Flags:
    """Points in time counted in UTC that are no midnight: which day they were here, nobody can tell."""
    if values.type.tz not in _UTC:
        return np.zeros(len(values), bool)
    return _marked(pc.not_equal(values, pc.floor_temporal(values, unit="day")), values)


def _not_whole(values: pa.ChunkedArray, column: Column) -> Flags:
    held = np.iinfo(column.arrow.to_pandas_dtype())
    if pa.types.is_floating(values.type):
        numbers = np.asarray(pc.fill_null(values.cast(pa.float64()), 0.0).to_numpy())
        reach = min(EXACT, float(held.max))
        return np.asarray(~(np.abs(numbers) <= reach) | (np.floor(numbers) != numbers))
    numbers = pc.fill_null(values, 0).to_numpy()
    return np.asarray((numbers > held.max) | ((numbers < held.min) if numbers.dtype.kind == "i" else False))


def _marked(found: pa.ChunkedArray, values: pa.ChunkedArray) -> Flags:
    return np.asarray(pc.and_(pc.fill_null(found, False), pc.is_valid(values)).to_numpy(), bool)
