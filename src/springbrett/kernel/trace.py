"""Openness for answers that are not verdicts: how a date, an amount or a rank came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from springbrett.kernel._values import (
    JsonValue,
    PlainValue,
    decode,
    encode,
    list_of,
    mapping_of,
    require_plain,
    text_of,
)
from springbrett.kernel.verdict import Ref, Verdict, ref_from_data, ref_to_data

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to an answer: a stable ``label`` code, the value it gave, and the rule it rests on.

    ``children`` are the steps this one was made from. Raises TypeError for a value that could not be kept.
    """

    label: str
    value: PlainValue
    ref: Ref | None = None
    children: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        require_plain(self.value, f"step {self.label!r}")

    def walk(self) -> Iterator[Step]:
        """This step and everything below it, parents before children, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Traced(Generic[T]):
    """An answer together with the steps and the verdicts that led to it."""

    value: T
    steps: tuple[Step, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def to_data(step: Step) -> dict[str, JsonValue]:
    """The step and its whole tree as JSON, to be kept with a decision."""
    return {
        "label": step.label,
        "value": encode(step.value),
        "ref": ref_to_data(step.ref) if step.ref else None,
        "children": [to_data(child) for child in step.children],
    }


def from_data(data: Mapping[str, object]) -> Step:
    """The step kept by :func:`to_data`. Raises ValueError, naming the key, if the data has another shape."""
    if "value" not in data:
        raise ValueError("a kept step lacks its value")
    ref = data.get("ref")
    return Step(
        label=text_of(data, "label"),
        value=decode(data["value"]),
        ref=ref_from_data(mapping_of(ref, "ref")) if ref is not None else None,
        children=tuple(from_data(mapping_of(item, "children")) for item in list_of(data, "children")),
    )
