"""The sentences of the report in three languages, from `words.toml` beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from springbrett.catalogue.base import LANGUAGES
from springbrett.evaluation.report.words import NoWords

FILE = Path(__file__).with_name("words.toml")


@cache
def held() -> Mapping[str, Mapping[str, list[str]]]:
    """Kind → code → the three languages."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def say(code: str, language: str, kind: str = "say", **facts: object) -> str:
    """The sentence with the facts in their places. Raises NoWords for one that is not there."""
    found = held().get(kind, {}).get(code)
    if found is None:
        raise NoWords(f"words.toml has no {kind} {code!r}")
    return found[LANGUAGES.index(language)].format(**facts)
