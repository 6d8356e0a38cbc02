"""Where the sentences of verdicts come from: every step room's ``explain.py``, read once, when first needed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.utils.functional import Promise

from springbrett.kernel.verdict import Verdict

ROOMS = ("employers", "mapping", "choice", "matching", "agreement", "followup", "outcome", "steering")


@dataclass(frozen=True, slots=True)
class Explanations:
    """Rule code → sentence; fact name, changing code and trace label → words."""

    sentences: dict[str, Callable[[Verdict], str]] = field(default_factory=dict)
    facts: dict[str, str | Promise] = field(default_factory=dict)
    changes: dict[str, str | Promise] = field(default_factory=dict)
    labels: dict[str, str | Promise] = field(default_factory=dict)


@cache
def explanations() -> Explanations:
    """What all rooms say. Raises ValueError if two rooms explain one rule differently."""
    found = Explanations()
    for room in ROOMS:
        name = f"springbrett.{room}.explain"
        if not (find_spec(f"springbrett.{room}") and find_spec(name)):
            continue
        module = import_module(name)
        for rule, sentence in getattr(module, "SENTENCES", {}).items():
            if found.sentences.setdefault(rule, sentence) is not sentence:
                raise ValueError(f"{room} explains {rule}, which another room explains already")
        found.facts.update(getattr(module, "FACTS", {}))
        found.changes.update(getattr(module, "CHANGES", {}))
        found.labels.update(getattr(module, "LABELS", {}))
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


def step_label(code: str) -> str:
    """What a trace step is called."""
    known = explanations()
    return str(known.labels.get(code) or known.facts.get(code) or code.replace("_", " "))
