"""Reads the TOML files into typed, frozen structs, and refuses what does not hold together."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import tomli

from springbrett.catalogue.allowed import allowed_at
from springbrett.catalogue.base import Base, ToSelf
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.chains import Chain, Evidence
from springbrett.catalogue.checks import cross_check
from springbrett.catalogue.codelists import LISTS, Code
from springbrett.catalogue.errors import CatalogueError, Problem
from springbrett.catalogue.house import HouseSetting
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import Rate

DATA = Path(__file__).parent / "data"
S = TypeVar("S", bound=Base)

_WHERE = re.compile(r"^(?P<message>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d+|\.\.\.)\]")


class Manifest(Base, frozen=True, kw_only=True):
    """catalogue.toml: the day the data was released."""

    released: dt.date
    note: str = ""


class _Problems:
    """Collects problems so that one run tells all of them."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, key: str, value: object, allowed: str, message: str) -> None:
        self.found.append(Problem(file, key, value, allowed, message))


def load(path: Path | str | None = None) -> Catalogue:
    """The catalogue in `path` (a directory), or the one that came with the program. Cached by path.

    Raises CatalogueError with every problem found.
    """
    return _load(Path(path).resolve() if path is not None else DATA)


@lru_cache(maxsize=8)
def _load(path: Path) -> Catalogue:
    return read(path)


def read(path: Path) -> Catalogue:
    """Reads a catalogue directory without caching. Raises CatalogueError."""
    problems = _Problems()
    if not path.is_dir():
        problems.add(str(path), "-", None, "a directory with catalogue.toml", "the catalogue directory does not exist")
        raise CatalogueError(tuple(problems.found))
    return read_texts(texts_in(path), problems)


def texts_in(path: Path) -> dict[str, bytes]:
    """The TOML files of a directory by their path within it."""
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*.toml"))}


def read_texts(texts: Mapping[str, bytes], problems: _Problems | None = None) -> Catalogue:
    """A catalogue from the contents of its files, by path; nothing is read from disk or cached. Raises CatalogueError.

    With the program's own files and those of a change set laid over them, it is the catalogue as it would be.
    """
    problems = problems or _Problems()
    tables = {name: _parse(name, content, problems) for name, content in texts.items()}
    manifest = _single(tables, "catalogue.toml", Manifest, problems)
    measures = _per_file(tables, "measures", Measure, problems)
    chains = _per_file(tables, "chains", Chain, problems)
    lists = _code_lists(tables, problems)
    house = _entries(tables, "house", "setting", HouseSetting, problems)
    evidence = _entries(tables, "evidence.toml", "entry", Evidence, problems)
    rates = _entries(tables, "rates", "rate", Rate, problems)
    to_self = _entries(tables, "to_self.toml", "text", ToSelf, problems)
    released = manifest.released if manifest else dt.date.min
    version = _version(released, texts)
    catalogue = Catalogue(version, released, measures, chains, lists, house, evidence, rates, to_self)
    if not problems.found:
        cross_check(catalogue, problems.found)
        problems.found = [_in_its_file(problem, tables) for problem in problems.found]
    if problems.found:
        raise CatalogueError(tuple(problems.found))
    return catalogue


_SHARED = re.compile(r"(?P<group>rates|house|(?P<list>\w+)\.toml) \((?P<code>[^)]*)\)")


def _in_its_file(problem: Problem, tables: Mapping[str, dict[str, Any]]) -> Problem:
    """A problem with a rate, a house value or a code, which know no file, told by the file they stand in."""
    match = _SHARED.fullmatch(problem.file)
    if match is None:
        return problem
    for name, table in tables.items():
        inside = Path(name).stem == match["list"] if match["list"] else name.startswith(f"{match['group']}/")
        for key in ("rate", "setting", "code", "entry"):
            if inside and any(raw.get("code") == match["code"] for raw in table.get(key, ()) if isinstance(raw, dict)):
                return replace(problem, file=name, key=f"{problem.key} ({match['code']})")
    return problem


def _version(released: dt.date, texts: Mapping[str, bytes]) -> str:
    """The release date and a hash of names and contents: the same files always give the same version."""
    digest = hashlib.sha256()
    for name, content in sorted(texts.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"{released.isoformat()}.{digest.hexdigest()[:12]}"


def parse(text: str) -> dict[str, Any]:
    """The tables of a TOML 1.0 text. Raises tomli.TOMLDecodeError, which says line and column."""
    return tomli.loads(text)


def _parse(name: str, content: bytes, problems: _Problems) -> dict[str, Any]:
    try:
        return parse(content.decode("utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(name, "-", None, "TOML 1.0 in UTF-8", f"the file cannot be read: {error}")
        return {}


def _single(tables: dict[str, dict[str, Any]], name: str, kind: type[S], problems: _Problems) -> S | None:
    if name not in tables:
        problems.add(name, "-", None, "one file with the key released", "the file is missing")
        return None
    return _convert(name, "", tables[name], kind, problems)


def _per_file(tables: dict[str, dict[str, Any]], folder: str, kind: type[S], problems: _Problems) -> dict[str, S]:
    """One entry per file; its code must be the file's name."""
    found: dict[str, S] = {}
    for name, table in tables.items():
        if not name.startswith(f"{folder}/") or not table:
            continue
        stem = Path(name).stem
        if table.get("code", stem) != stem:
            problems.add(name, "code", table["code"], f'"{stem}"', "the code is not the file's name")
        entry = _convert(name, "", table, kind, problems)
        if entry is not None:
            found[stem] = entry
    return found


def _code_lists(tables: dict[str, dict[str, Any]], problems: _Problems) -> dict[str, dict[str, Code]]:
    """One list per file under codes/ and reasons/; the list's name is the file's name."""
    found: dict[str, dict[str, Code]] = {}
    for name in tables:
        if name.startswith(("codes/", "reasons/")):
            stem = Path(name).stem
            found[stem] = _entries(tables, name, "code", LISTS.get(stem, Code), problems)
    return found


def _entries(
    tables: dict[str, dict[str, Any]], prefix: str, key: str, kind: type[S], problems: _Problems
) -> dict[str, S]:
    """The array of tables `key` in every file under `prefix`, by code; a code may stand only once."""
    found: dict[str, S] = {}
    for name, table in tables.items():
        if name != prefix and not name.startswith(f"{prefix}/"):
            continue
        for other in table.keys() - {key}:
            problems.add(name, other, None, f"[[{key}]]", "the file has a key it should not have")
        for position, raw in enumerate(table.get(key, [])):
            entry = _convert(name, f"{key}[{position}]", raw, kind, problems)
            if entry is None:
                continue
            code = str(getattr(entry, "code", ""))
            if code in found:
                problems.add(name, f"{key}[{position}].code", code, "each code once", "the code stands twice")
            found[code] = entry
    return found


def _convert(name: str, prefix: str, raw: object, kind: type[S], problems: _Problems) -> S | None:
    try:
        return msgspec.convert(raw, kind, builtin_types=(dt.datetime, dt.date, dt.time))
    except msgspec.ValidationError as error:
        problems.found.append(explain(name, prefix, raw, kind, str(error)))
        return None


def explain(name: str, prefix: str, raw: object, kind: type[Base], text: str) -> Problem:
    """Turns the converter's message into file, key, value and what is allowed."""
    match = _WHERE.match(text)
    message, path = (match["message"], match["path"] or "") if match else (text, "")
    steps: list[str | int] = []
    for key, index in _STEP.findall(path):
        steps.append(key if key else (int(index) if index.isdigit() else index))
    code = raw.get("code") if isinstance(raw, dict) else None
    where = ".".join(part for part in (prefix, path.lstrip(".")) if part) or "-"
    if prefix and isinstance(code, str):
        where += f" ({code})"
    return Problem(name, where, _value_at(raw, steps), allowed_at(kind, steps), message)


def _value_at(raw: object, steps: list[str | int]) -> object:
    """The offending value itself; None when it is a whole table or cannot be reached."""
    here = raw
    for step in steps:
        try:
            here = here[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return None if isinstance(here, dict | list) else here
