"""A change set: TOML files laid over the catalogue's own, read in memory as it would be. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.errors import CatalogueError, Problem
from springbrett.catalogue.loader import DATA, read_texts, texts_in

FOLDERS = ("measures", "rates", "house", "codes", "reasons", "chains")
"""The folders that hold the catalogue's files."""


def files(base: Path = DATA) -> tuple[str, ...]:
    """The catalogue's files by their path within it."""
    return tuple(texts_in(base))


def text_of(name: str, base: Path = DATA) -> str:
    """What stands in one of the catalogue's files; empty when it has no such file."""
    return texts_in(base).get(name, b"").decode("utf-8")


def laid_over(changes: Mapping[str, bytes], base: Path = DATA) -> Catalogue:
    """The catalogue as it would be with the files in `changes` (path → content) in place of those of the same path.

    Raises CatalogueError with every problem, also for a path that no part of the catalogue is read from.
    """
    problems = tuple(_misplaced(name, base) for name in changes if not _has_a_place(name, base))
    if problems:
        raise CatalogueError(problems)
    return read_texts({**texts_in(base), **changes})


def change_set(path: Path) -> dict[str, bytes]:
    """The TOML files of a change set's directory. Raises CatalogueError when there are none."""
    found = texts_in(path) if path.is_dir() else {}
    if not found:
        allowed = "a directory with files laid out as the catalogue's own, such as measures/arbeidstrening.toml"
        raise CatalogueError((Problem(str(path), "-", None, allowed, "the change set holds no TOML file"),))
    return found


def path_of(file_name: str, base: Path = DATA) -> str:
    """The path of the catalogue's file with that name, for a file that was handed over without its folder.

    The name itself when it already says a folder, or when no file, or more than one, has it.
    """
    same = [name for name in files(base) if name.rpartition("/")[2] == file_name]
    return same[0] if len(same) == 1 and "/" not in file_name else file_name


def _has_a_place(name: str, base: Path) -> bool:
    folder, slash, rest = name.partition("/")
    return name in files(base) or (folder in FOLDERS and bool(slash) and rest.endswith(".toml") and "/" not in rest)


def _misplaced(name: str, base: Path) -> Problem:
    top = ", ".join(file for file in files(base) if "/" not in file)
    allowed = f"{top}, or a name ending in .toml in one of the folders {', '.join(FOLDERS)}"
    return Problem(name, "-", None, allowed, "no part of the catalogue is read from this file")
