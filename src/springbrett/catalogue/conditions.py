"""Declarative conditions over facts about a person: true, false, or not known.

A condition in the data names a fact (a field of the needs profile), an operator and a value. An unknown fact (None)
gives an unknown answer (None); it never counts as no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from springbrett.catalogue.base import Base, Text

Operator = Literal[
    "eq", "ne", "in", "not_in", "lt", "lte", "gt", "gte", "contains", "contains_any", "empty", "not_empty"
]
Operand = bool | int | float | str | tuple[str, ...]

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda fact, value: bool(fact == value),
    "ne": lambda fact, value: bool(fact != value),
    "in": lambda fact, value: fact in value,
    "not_in": lambda fact, value: fact not in value,
    "lt": lambda fact, value: bool(fact < value),
    "lte": lambda fact, value: bool(fact <= value),
    "gt": lambda fact, value: bool(fact > value),
    "gte": lambda fact, value: bool(fact >= value),
    "contains": lambda fact, value: value in fact,
    "contains_any": lambda fact, value: any(item in fact for item in value),
    "empty": lambda fact, value: not fact,
    "not_empty": lambda fact, value: bool(fact),
}
"""Operator → whether a known fact stands so to the value."""


class Condition(Base, frozen=True, kw_only=True):
    """`fact` `op` `value`, e.g. work_experience_years lt 2. CEFR levels compare in their alphabetical order."""

    fact: str
    op: Operator = "eq"
    value: Operand = True


class Fit(Condition, frozen=True, kw_only=True):
    """A condition that speaks for (positive weight) or against (negative weight) a chain, and says so in words."""

    weight: int
    text: Text


@dataclass(frozen=True, slots=True)
class Score:
    """How a profile meets weighted conditions: the sum of the weights met, and which were met, not met and unknown.

    `for_` and `against` hold the conditions that are true, by the sign of their weight. `possible` is the sum of the
    positive weights that are unknown: what could still come in.
    """

    total: int
    possible: int
    for_: tuple[Fit, ...]
    against: tuple[Fit, ...]
    unknown: tuple[Fit, ...]


def evaluate(condition: Condition, value: object) -> bool | None:
    """Whether the condition holds for the value of its fact; None when the value is not known."""
    if value is None:
        return None
    return OPERATORS[condition.op](value, condition.value)


def fact_of(facts: object, name: str) -> object:
    """The fact from a mapping or from an object's attribute; None when it is missing."""
    if isinstance(facts, Mapping):
        return facts.get(name)
    return getattr(facts, name, None)


def evaluate_on(condition: Condition, facts: object) -> bool | None:
    """Whether the condition holds for a profile (mapping or object)."""
    return evaluate(condition, fact_of(facts, condition.fact))


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued "and": one no is no; otherwise one unknown is unknown."""
    found = tuple(answers)
    if any(answer is False for answer in found):
        return False
    return None if any(answer is None for answer in found) else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued "or": one yes is yes; otherwise one unknown is unknown."""
    found = tuple(answers)
    if any(answer is True for answer in found):
        return True
    return None if any(answer is None for answer in found) else False


def any_group(groups: Iterable[Iterable[Condition]], facts: object) -> bool | None:
    """Whether at least one group of conditions holds in full."""
    return any_of(all_of(evaluate_on(condition, facts) for condition in group) for group in groups)


def score(fits: Iterable[Fit], facts: object) -> Score:
    """Weigh a profile against weighted conditions. Unknown facts neither add nor subtract."""
    answers = [(fit, evaluate_on(fit, facts)) for fit in fits]
    met = tuple(fit for fit, answer in answers if answer is True)
    unknown = tuple(fit for fit, answer in answers if answer is None)
    return Score(
        total=sum(fit.weight for fit in met),
        possible=sum(fit.weight for fit in unknown if fit.weight > 0),
        for_=tuple(fit for fit in met if fit.weight > 0),
        against=tuple(fit for fit in met if fit.weight < 0),
        unknown=unknown,
    )
