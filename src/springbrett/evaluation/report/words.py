"""Every name and sentence of the report, in three languages, from `words*.toml`. No raw code reaches a reader."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from springbrett.catalogue.base import LANGUAGES, Text
from springbrett.catalogue.loader import load
from springbrett.evaluation.costs.prices import price_kinds

FILES = tuple(sorted(Path(__file__).parent.glob("words*.toml")))
"""The words are kept in several files, each with some of the kinds; a code stands in one of them."""


class NoWords(KeyError):
    """A code has no name for readers: add it to words.toml. A report never shows a raw code."""


@cache
def _all() -> Mapping[str, Mapping[str, Text]]:
    found: dict[str, dict[str, Text]] = {}
    for file in FILES:
        for kind, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            held = found.setdefault(kind, {})
            if twice := held.keys() & entries.keys():
                raise NoWords(f"{file.name}: {', '.join(sorted(twice))} under [{kind}] stands in another file too")
            held |= {code: Text(**dict(zip(LANGUAGES, texts, strict=True))) for code, texts in entries.items()}
    return found


def labels(kind: str) -> Mapping[str, Text]:
    """The names of a kind by code. Raises NoWords for a kind there is none of."""
    if kind not in _all():
        raise NoWords(f"words.toml has no table [{kind}]")
    return _all()[kind]


def name(kind: str, code: str, language: str) -> str:
    """The name of a code. Measures, purposes and chains are named by the catalogue. Raises NoWords."""
    catalogue = load()
    held: Mapping[str, Text] = {}
    if kind == "measure":
        held = {key: entry.name for key, entry in catalogue.measures.items()}
    elif kind == "chain":
        held = {key: entry.name for key, entry in catalogue.chains.items()}
    elif kind == "purpose":
        held = {key: entry.name for key, entry in catalogue.lists["purpose"].items()}
    elif kind == "destination":
        held = {key: entry.name for key, entry in catalogue.lists["outcome"].items()}
    elif kind == "price":
        held = {key: Text(nb=entry.name.nb, nn=entry.name.nn, en=entry.name.en) for key, entry in price_kinds().items()}
    found = held.get(code) or _all().get(kind, {}).get(code)
    if found is None:
        raise NoWords(f"there is no {kind} called {code!r} in words.toml or the catalogue")
    return found.get(language)


def say(sentence: str, language: str, **facts: object) -> str:
    """A sentence of the report with the facts in their places. Raises NoWords."""
    held = labels("say")
    if sentence not in held:
        raise NoWords(f"words.toml has no sentence {sentence!r}")
    return held[sentence].get(language).format(**facts)
