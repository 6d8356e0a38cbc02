"""What the reader of TOML finds wrong, in words for whoever wrote the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from springbrett.catalogue.errors import Problem

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_KIND = re.compile(r"Expected `[^`]*`(?:.*), got `[^`]*`")
_CHOICE = re.compile(r"Invalid enum value .*")


def in_words(problem: Problem) -> Problem:
    """The same problem, its key in whole and its message in plain words."""
    if match := _UNKNOWN.fullmatch(problem.message):
        near = meant(match["name"], re.findall(r"[a-z][a-z_]+", problem.allowed))
        return replace(problem, key=_inside(problem.key, match["name"]), message=f"there is no such key{near}")
    if match := _MISSING.fullmatch(problem.message):
        return replace(problem, key=_inside(problem.key, match["name"]), message="the key is missing")
    if _KIND.fullmatch(problem.message):
        return replace(problem, message="it holds something else than it should")
    if _CHOICE.fullmatch(problem.message):
        near = meant(str(problem.value), re.findall(r"[a-z][a-z_]+", problem.allowed))
        return replace(problem, message=f"there is no such choice{near}")
    return problem


def meant(name: str, known: Iterable[str]) -> str:
    """What is nearest, to go on with; nothing when nothing is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"; the nearest is {near[0]}" if near else ""


def _inside(key: str, name: str) -> str:
    return name if key == "-" else f"{key}.{name}"


def not_utf8(content: bytes, error: UnicodeDecodeError) -> str:
    """Which line of a file holds a letter that is not written in UTF-8."""
    line = content.count(b"\n", 0, error.start) + 1
    return f"line {line} holds a letter that is not written in UTF-8; save the file as UTF-8"
