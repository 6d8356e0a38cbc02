"""Checks on conditions: the fact exists, the operator suits its kind, and the codes compared with are in their list.

A misspelt fact would otherwise be a fact that is never known, and the condition would be silent for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.codelists import Circumstance, Code, FactKind
from springbrett.catalogue.conditions import Condition

Complain = Callable[[str, str, object, str, str], None]

_OPERATORS = {
    "yes_no": ("eq", "ne"),
    "number": ("eq", "ne", "lt", "lte", "gt", "gte"),
    "code": ("eq", "ne", "in", "not_in", "lt", "lte", "gt", "gte"),
    "codes": ("contains", "contains_any", "empty", "not_empty"),
    "text": ("empty", "not_empty"),
}


def check_condition(catalogue: Catalogue, file: str, key: str, condition: Condition, complain: Complain) -> None:
    """Complains about an unknown fact, an operator that does not suit it, or a value it cannot have."""
    known = {**catalogue.lists.get("fact", {}), **catalogue.lists.get("circumstance", {})}
    fact = _as_fact(known.get(condition.fact))
    if fact is None:
        complain(file, f"{key}.fact", condition.fact, ", ".join(known), "the fact is not known")
        return
    operators = _OPERATORS[fact.kind]
    if condition.op not in operators:
        complain(file, f"{key}.op", condition.op, ", ".join(operators), f"the operator does not suit {fact.code}")
        return
    for value, allowed, message in _wrong_values(catalogue, condition, fact):
        complain(file, f"{key}.value", value, allowed, message)


def _as_fact(found: Code | None) -> FactKind | None:
    """A circumstance is a yes or a no."""
    if isinstance(found, Circumstance):
        return FactKind(code=found.code, name=found.name, kind="yes_no")
    return found if isinstance(found, FactKind) else None


def _wrong_values(catalogue: Catalogue, condition: Condition, fact: FactKind) -> Iterator[tuple[object, str, str]]:
    """Each value that cannot be compared with the fact, with what is allowed and why."""
    value = condition.value
    if condition.op in ("empty", "not_empty"):
        return
    if fact.kind == "yes_no" and not isinstance(value, bool):
        yield value, "true or false", f"{fact.code} is a yes or a no"
    elif fact.kind == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        yield value, "a number", f"{fact.code} is a number"
    elif fact.list:
        allowed = tuple(catalogue.measures if fact.list == "measure" else catalogue.lists.get(fact.list, {}))
        many = condition.op in ("in", "not_in", "contains_any")
        codes = value if many and isinstance(value, tuple) else (value,)
        for code in codes:
            if code not in allowed:
                yield code, ", ".join(allowed), f"the code is not in the list {fact.list}"
