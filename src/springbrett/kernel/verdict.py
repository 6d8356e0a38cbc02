"""Three-valued answers that carry their own explanation.

A verdict says whether one rule is met, not met or unknown, which facts it used, which § it rests on and what would
change the answer. Verdicts combine with Kleene's strong logic: *unknown never becomes no*. The children are kept, so
that every answer can show its tree.

Only children with severity STOP decide a combined answer. A warning that is not met stays visible in the tree and in
``warnings``, but stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn

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

SOURCES = frozenset({"law", "practice", "house"})
"""Where a rule comes from: a regulation or act, settled practice, or a choice made by this house."""


class Answer(StrEnum):
    """The three values."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Answer:
        """The answer for a truth value; None is unknown."""
        if value is None:
            return cls.UNKNOWN
        return cls.MET if value else cls.NOT_MET


class Severity(StrEnum):
    """What a rule that is not met does: stops, warns (a person may go on with a reason), or only informs."""

    STOP = "stop"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a rule stands: the act's short name, the section, and its source ("law", "practice" or "house").

    ``section`` may be empty when the source has none. Raises ValueError for any other source.
    """

    act: str
    section: str
    source: str

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise ValueError(f"the source of a rule is law, practice or house, not {self.source!r}")

    def __str__(self) -> str:
        return f"{self.act} § {self.section}" if self.section else self.act


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value a rule looked at; None is unknown.

    Raises TypeError for a value that could not be kept and read back (see ``_values``).
    """

    name: str
    value: PlainValue

    def __post_init__(self) -> None:
        require_plain(self.value, f"fact {self.name!r}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one rule.

    ``rule`` is a stable code that is turned into sentences elsewhere; ``would_change`` names the facts or codes that
    would change the answer; ``on`` is the date the rule was judged for. A verdict has no truth value of its own: ask
    ``.met`` or ``.answer``, since "not met" and "unknown" are different things (``bool()`` raises TypeError).
    """

    rule: str
    answer: Answer
    severity: Severity
    ref: Ref
    facts: tuple[Fact, ...] = ()
    would_change: tuple[str, ...] = ()
    children: tuple[Verdict, ...] = ()
    on: date | None = None

    def __post_init__(self) -> None:
        if isinstance(self.on, datetime):
            raise TypeError("a verdict is judged for a date, not a datetime")

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is met, not met or unknown; ask .met, .unknown or .answer instead of its truth")

    @property
    def met(self) -> bool:
        """Whether the answer is met."""
        return self.answer is Answer.MET

    @property
    def unknown(self) -> bool:
        """Whether the answer is unknown."""
        return self.answer is Answer.UNKNOWN

    @property
    def stops(self) -> bool:
        """Whether this verdict stops: not met, with severity STOP."""
        return self.answer is Answer.NOT_MET and self.severity is Severity.STOP

    @property
    def warns(self) -> bool:
        """Whether this verdict itself warns: not met, with severity WARNING."""
        return self.answer is Answer.NOT_MET and self.severity is Severity.WARNING

    def walk(self) -> Iterator[Verdict]:
        """This verdict and everything below it, parents before children, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def stopping(self) -> tuple[Verdict, ...]:
        """The deepest verdicts that make this one stop; empty if it does not stop."""
        if not self.stops:
            return ()
        return tuple(deep for child in self.children for deep in child.stopping) or (self,)

    @property
    def warnings(self) -> tuple[Verdict, ...]:
        """Every warning in the tree that is not met, this one included."""
        return tuple(verdict for verdict in self.walk() if verdict.warns)

    @property
    def unknowns(self) -> tuple[Verdict, ...]:
        """Every leaf in the tree whose answer is unknown: what remains to be found out."""
        return tuple(verdict for verdict in self.walk() if verdict.unknown and not verdict.children)

    def fact(self, name: str) -> PlainValue:
        """The value of the first fact of that name, looking here first and then down the tree.

        Raises KeyError if no rule in the tree looked at it.
        """
        for verdict in self.walk():
            for fact in verdict.facts:
                if fact.name == name:
                    return fact.value
        raise KeyError(name)


def all_of(
    rule: str,
    ref: Ref,
    children: Iterable[Verdict],
    severity: Severity = Severity.STOP,
    *,
    facts: tuple[Fact, ...] = (),
    on: date | None = None,
) -> Verdict:
    """Met when every deciding child is met; not met when one is not; otherwise unknown.

    Without deciding children nothing is required, and the answer is met.
    """
    kept = tuple(children)
    answers = _deciding(kept)
    if Answer.NOT_MET in answers:
        answer = Answer.NOT_MET
    elif Answer.UNKNOWN in answers:
        answer = Answer.UNKNOWN
    else:
        answer = Answer.MET
    return Verdict(rule, answer, severity, ref, facts, _changers(kept, answer), kept, on)


def any_of(
    rule: str,
    ref: Ref,
    children: Iterable[Verdict],
    severity: Severity = Severity.STOP,
    *,
    facts: tuple[Fact, ...] = (),
    on: date | None = None,
) -> Verdict:
    """Met when one deciding child is met; not met when none is; otherwise unknown.

    Raises ValueError without deciding children: a choice among nothing would be a "no" that no rule has said.
    """
    kept = tuple(children)
    answers = _deciding(kept)
    if not answers:
        raise ValueError(f"{rule}: any_of needs at least one alternative with severity STOP")
    if Answer.MET in answers:
        answer = Answer.MET
    elif Answer.UNKNOWN in answers:
        answer = Answer.UNKNOWN
    else:
        answer = Answer.NOT_MET
    return Verdict(rule, answer, severity, ref, facts, _changers(kept, answer), kept, on)


def negate(verdict: Verdict, rule: str = "") -> Verdict:
    """The opposite answer with the same severity, § and facts; unknown stays unknown.

    The code is ``rule``, or ``not_`` before the negated one's. The negated verdict is kept as the only child.
    """
    flipped = {Answer.MET: Answer.NOT_MET, Answer.NOT_MET: Answer.MET, Answer.UNKNOWN: Answer.UNKNOWN}
    return Verdict(
        rule or f"not_{verdict.rule}",
        flipped[verdict.answer],
        verdict.severity,
        verdict.ref,
        verdict.facts,
        verdict.would_change,
        (verdict,),
        verdict.on,
    )


def _deciding(children: tuple[Verdict, ...]) -> frozenset[Answer]:
    return frozenset(child.answer for child in children if child.severity is Severity.STOP)


def _changers(children: tuple[Verdict, ...], answer: Answer) -> tuple[str, ...]:
    """What would change the deciding children that gave the combined answer, each named once, in order."""
    deciding = (child for child in children if child.severity is Severity.STOP and child.answer is answer)
    return tuple(dict.fromkeys(name for child in deciding for name in child.would_change))


def to_data(verdict: Verdict) -> dict[str, JsonValue]:
    """The verdict and its whole tree as JSON, to be kept with a decision."""
    return {
        "rule": verdict.rule,
        "answer": verdict.answer.value,
        "severity": verdict.severity.value,
        "ref": ref_to_data(verdict.ref),
        "facts": [{"name": fact.name, "value": encode(fact.value)} for fact in verdict.facts],
        "would_change": list(verdict.would_change),
        "children": [to_data(child) for child in verdict.children],
        "on": verdict.on.isoformat() if verdict.on else None,
    }


def from_data(data: Mapping[str, object]) -> Verdict:
    """The verdict kept by :func:`to_data`, equal to the one that was shown.

    Raises ValueError, naming the key, if the data has another shape.
    """
    on = data.get("on")
    return Verdict(
        rule=text_of(data, "rule"),
        answer=Answer(text_of(data, "answer")),
        severity=Severity(text_of(data, "severity")),
        ref=ref_from_data(mapping_of(data.get("ref"), "ref")),
        facts=tuple(_fact_from_data(mapping_of(item, "facts")) for item in list_of(data, "facts")),
        would_change=tuple(str(item) for item in list_of(data, "would_change")),
        children=tuple(from_data(mapping_of(item, "children")) for item in list_of(data, "children")),
        on=date.fromisoformat(str(on)) if on is not None else None,
    )


def _fact_from_data(data: Mapping[str, object]) -> Fact:
    if "value" not in data:
        raise ValueError("a kept fact lacks its value")
    return Fact(text_of(data, "name"), decode(data["value"]))


def ref_to_data(ref: Ref) -> dict[str, JsonValue]:
    """The reference as JSON."""
    return {"act": ref.act, "section": ref.section, "source": ref.source}


def ref_from_data(data: Mapping[str, object]) -> Ref:
    """The reference kept by :func:`ref_to_data`. Raises ValueError, naming the key, if a part is missing."""
    return Ref(text_of(data, "act"), text_of(data, "section"), text_of(data, "source"))
