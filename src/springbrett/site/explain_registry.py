"""Where the sentences of verdicts come from: every step room's ``explain.py``, read once, when first needed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.utils.functional import Promise

from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Verdict

ROOMS = ("employers", "mapping", "choice", "matching", "funding", "agreement", "followup", "outcome", "steering")
CALCULATIONS = "springbrett.site.calculations"
"""Where the lines of money are named: the money room itself knows no words, and several rooms show its calculations."""

Label = str | Promise | Callable[[Step], str]


@dataclass(frozen=True, slots=True)
class Explanations:
    """Rule code → sentence; fact name, changing code and trace label → words; trace label → unit, or value in words.

    A trace label may be named by a function of the step, where the line says something of its value or its parts.
    `hidden` lines are said by the line above them.
    """

    sentences: dict[str, Callable[[Verdict], str]] = field(default_factory=dict)
    facts: dict[str, str | Promise] = field(default_factory=dict)
    changes: dict[str, str | Promise] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    values: dict[str, Callable[[Step], str]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)


@cache
def explanations() -> Explanations:
    """What all rooms say. Raises ValueError if two rooms explain one rule differently."""
    found = Explanations()
    for name in (f"springbrett.{room}.explain" for room in ROOMS):
        if not (find_spec(name.rpartition(".")[0]) and find_spec(name)):
            continue
        module = import_module(name)
        for rule, sentence in getattr(module, "SENTENCES", {}).items():
            if found.sentences.setdefault(rule, sentence) is not sentence:
                raise ValueError(f"{name} explains {rule}, which another room explains already")
        for kind in ("facts", "changes", "labels", "units", "values"):
            getattr(found, kind).update(getattr(module, kind.upper(), {}))
        found.hidden.update(getattr(module, "HIDDEN", ()))
    return _filled_up(found)


def _filled_up(found: Explanations) -> Explanations:
    """With the words for money that no room has said in its own way."""
    money = import_module(CALCULATIONS)
    for kind in ("facts", "changes", "labels", "units", "values"):
        known = getattr(found, kind)
        known.update({code: words for code, words in getattr(money, kind.upper()).items() if code not in known})
    found.hidden.update(money.HIDDEN)
    return found


def sentence(verdict: Verdict) -> str:
    """The verdict as a sentence in the page's language; the rule's code if no room has a sentence for it."""
    explain = explanations().sentences.get(verdict.rule)
    return str(explain(verdict)) if explain else verdict.rule


def fact_label(name: str) -> str:
    """What a fact is called; its code with spaces if no room has named it. Empty for a fact that is not to be shown."""
    return str(explanations().facts.get(name, name.replace("_", " ")))


def change_label(code: str) -> str:
    """What would change the answer, in words."""
    known = explanations()
    return str(known.changes.get(code) or known.facts.get(code) or code.replace("_", " "))


def step_label(step: Step) -> str:
    """What a line of a calculation is called."""
    known = explanations()
    label = known.labels.get(step.label) or known.facts.get(step.label)
    if callable(label) and not isinstance(label, Promise):
        return str(label(step))
    return str(label or step.label.replace("_", " "))


def step_value(step: Step, say: Callable[[object, str], str]) -> str:
    """The value of a line in words: by its own function, or by `say` with the unit of the label ("": a plain fact)."""
    known = explanations()
    own = known.values.get(step.label)
    return str(own(step)) if own and step.value is not None else say(step.value, known.units.get(step.label, ""))


def fact_unit(name: str) -> str:
    """What the value of a fact is counted in; empty: a plain fact."""
    return explanations().units.get(name, "")


def is_hidden(step: Step) -> bool:
    """Whether the line above already says what this one does."""
    return step.label in explanations().hidden
