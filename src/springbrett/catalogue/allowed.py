"""What may stand at a place in a file, told from the type that the place is read into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import inspect

from springbrett.catalogue.base import Base

_PLAIN = {
    "StrType": "text in quotes",
    "IntType": "a whole number",
    "FloatType": "a number",
    "DecimalType": "a number",
    "BoolType": "true or false",
    "DateType": "a date as 2026-01-31, without quotes",
    "NoneType": "nothing",
}


def allowed_at(kind: type[Base], steps: Sequence[str | int]) -> str:
    """Plain words for what the type allows at the place; empty when the place cannot be found in the type."""
    here: Any = inspect.type_info(kind)
    for step in steps:
        here = _inside(here, step)
        if here is None:
            return ""
    return words_for(here)


def _inside(here: Any, step: str | int) -> Any:
    if isinstance(here, inspect.UnionType):
        found = [inner for inner in (_inside(option, step) for option in here.types) if inner is not None]
        return found[0] if found else None
    if isinstance(here, inspect.StructType):
        return next((item.type for item in here.fields if item.encode_name == step), None)
    if isinstance(here, inspect.VarTupleType | inspect.ListType):
        return here.item_type
    if isinstance(here, inspect.DictType):
        return here.value_type
    return None


def words_for(here: Any) -> str:
    if isinstance(here, inspect.UnionType):
        return " or ".join(words for words in (words_for(option) for option in here.types) if words != "nothing")
    if isinstance(here, inspect.LiteralType):
        return ", ".join(str(value) for value in here.values)
    if isinstance(here, inspect.StructType):
        required = ", ".join(item.encode_name for item in here.fields if item.required)
        optional = ", ".join(item.encode_name for item in here.fields if not item.required)
        return f"the keys {required}" + (f" and, if wanted, {optional}" if optional else "")
    if isinstance(here, inspect.VarTupleType | inspect.ListType):
        return f"a list of {words_for(here.item_type)}"
    if isinstance(here, inspect.DictType):
        return f"a table of {words_for(here.value_type)}"
    return _PLAIN.get(type(here).__name__, type(here).__name__)
