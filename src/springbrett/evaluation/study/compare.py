"""`springbrett study compare A B`: what changed between two runs, and why: data, protocol, code, packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyarrow import ArrowInvalid

from springbrett.evaluation.study.manifest import Manifest, ManifestError, read_manifest
from springbrett.evaluation.study.tables import read_tables
from springbrett.evaluation.tabling import prints_of

RESULTS = "results"
SHOWN: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "estimates": (("outcome", "month", "estimator", "group"), ("value", "lower", "upper"),
                  ("participants", "comparison")),
    "trial": (("method", "office"), ("value", "lower", "upper"), ("participants", "comparison")),
    "side_by_side": (("measure",), ("fair", "fair_lower", "fair_upper"), ("stays",)),
    "providers": (("place",), ("shrunk", "shrunk_lower", "shrunk_upper"), ("stays",)),
    "agreement": (("measure",), ("value", "lower", "upper"), ("judgements", "advisers")),
    "shares": (("subject", "question", "answer"), ("share", "lower", "upper"), ("count", "n")),
}  # fmt: skip
"""Table → what names a row, its value with the interval, and how many stand behind: what is told number by number."""


COUNTED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{table: (names, counts) for table, (names, _values, counts) in SHOWN.items()},
    "groups": (("group",), ("participants", "comparison")),
    "paths": (("outcome", "group", "side", "month"), ("count",)),
    "chains": (("chain", "kind", "code"), ("count",)),
}  # fmt: skip
"""Table → what names a row, and how many stand behind it."""
FEW = ("Publish one of these runs, not both: behind some numbers stand a few persons more in one than in the other, "
       "and the difference would tell about those few.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A key that differs, before and after; None: not there."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Compared:
    """`causes`: what the runs were made of that differs, by kind (data, protocol, estimators, definitions, code,
    packages). `tables`: the tables whose numbers differ. `estimates`: the main numbers of them that differ.
    `few`: whether fewer persons than may be told stand behind a number in one run and not in the other.
    `unexplained`: the numbers differ although everything they were made of is the same."""

    causes: Mapping[str, tuple[Change, ...]]
    tables: tuple[str, ...]
    estimates: tuple[Change, ...]
    few: bool = False

    @property
    def unexplained(self) -> bool:
        """Whether numbers changed without a cause: a defect to report."""
        return bool(self.tables) and not self.causes

    def lines(self) -> Iterator[str]:
        """The comparison in plain lines."""
        if not self.causes and not self.tables:
            yield "Nothing differs: the same inputs, the same numbers."
            return
        for kind, changes in self.causes.items():
            yield f"{kind.capitalize()}:"
            yield from (f"  {change.key}: {_short(change.before)} → {_short(change.after)}" for change in changes)
        if self.unexplained:
            yield "The inputs are the same, but numbers differ: this should not happen, please report it."
        if not self.tables:
            yield "No number changed."
        else:
            yield f"Tables that changed: {', '.join(self.tables)}"
        yield from (f"  {change.key}: {_short(change.before)} → {_short(change.after)}" for change in self.estimates)
        if self.few:
            yield FEW


def compare(a: Path, b: Path) -> Compared:
    """Compare two finished runs. Raises FileNotFoundError when a folder holds none, ManifestError when the files of one
    were changed after it."""
    one, two = untouched(a), untouched(b)
    tables = tuple(
        sorted(name for name in {*one.numbers, *two.numbers} if one.numbers.get(name) != two.numbers.get(name))
    )
    changed = tuple(change for name in SHOWN if name in tables for change in _numbers(a, b, name))
    least = max(_least(one), _least(two))
    few = any(_few(a, b, name, least) for name in COUNTED if name in tables)
    return Compared(causes(one, two), tables, changed, few)


def _least(run: Manifest) -> int:
    """The smallest number of persons the run may tell."""
    return max(int(run.protocol.get(name, 1)) for name in ("minimum_cell", "house_minimum_cell"))


def untouched(folder: Path) -> Manifest:
    """The manifest of a finished run whose results are as it wrote them.

    Raises FileNotFoundError when the folder holds none, ManifestError naming what was changed, taken away or added.
    """
    manifest = read_manifest(folder)
    try:
        held = prints_of(folder / RESULTS)
    except (ArrowInvalid, OSError):
        raise ManifestError(f"{folder / RESULTS} holds a file that is not whole; run the study again") from None
    names = sorted({*held, *manifest.numbers})
    wrong = [name for name in names if held.get(name) != {manifest.numbers.get(name)}]
    if wrong:
        raise ManifestError(f"{folder / RESULTS} is not as the run wrote it ({', '.join(wrong)}); run the study again")
    return manifest


def causes(one: Manifest, two: Manifest) -> dict[str, tuple[Change, ...]]:
    """What two runs were made of that differs, by kind."""
    plan = list(_differences(one.protocol, two.protocol))
    found = {
        "data": tuple(_differences(one.data, two.data)),
        "protocol": tuple(change for change in plan if not change.key.startswith("estimators")),
        "estimators": tuple(change for change in plan if change.key.startswith("estimators")),
        # A protocol holds its own seed; of a vignette study it belongs to the round.
        "seed": () if "seed" in one.protocol else tuple(_differences({"seed": one.seed}, {"seed": two.seed})),
        "definitions": tuple(_differences({"own": one.definitions}, {"own": two.definitions})),
        "code": tuple(_differences({"evaluation": one.code}, {"evaluation": two.code})),
        "packages": tuple(_differences(one.packages, two.packages)),
    }
    return {kind: changes for kind, changes in found.items() if changes}


def _differences(a: Any, b: Any, key: str = "") -> Iterator[Change]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for name in sorted({*a, *b}):
            yield from _differences(a.get(name), b.get(name), f"{key}.{name}" if key else str(name))
    elif isinstance(a, list) and isinstance(b, list):
        for position in range(max(len(a), len(b))):
            held = [x[position] if position < len(x) else None for x in (a, b)]
            yield from _differences(held[0], held[1], f"{key}[{position}]")
    elif a != b:
        yield Change(key, a, b)


def _numbers(a: Path, b: Path, table: str) -> Iterator[Change]:
    one, two = (_by_key(folder, table) for folder in (a, b))
    for key in sorted({*one, *two}, key=str):
        before, after = one.get(key), two.get(key)
        if before != after:
            yield Change(", ".join(str(part) for part in key if part is not None), _said(before), _said(after))


def _few(a: Path, b: Path, table: str, least: int) -> bool:
    """Whether some number rests on a few more in one run than in the other."""
    one, two = (_counts(folder, table) for folder in (a, b))
    pairs = ((before, after) for key in {*one} & {*two} for before, after in zip(one[key], two[key], strict=True))
    return any(None not in pair and 0 < abs(pair[0] - pair[1]) < least for pair in pairs)


def _counts(folder: Path, table: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    names, counts = COUNTED[table]
    rows = [row for row in _rows(folder, table) if row.keys() >= {*names, *counts}]  # a survey has groups of its own
    return {tuple(row[name] for name in names): tuple(row[name] for name in counts) for row in rows}


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    held = read_tables(folder / RESULTS).get(table)
    rows: list[dict[str, Any]] = held.to_pylist() if held is not None else []
    return rows


def _by_key(folder: Path, table: str) -> dict[tuple[Any, ...], tuple[tuple[Any, ...], tuple[Any, ...]]]:
    names, values, counts = SHOWN[table]
    return {tuple(row[name] for name in names): (tuple(row[name] for name in values), tuple(row[n] for n in counts))
            for row in _rows(folder, table)}  # fmt: skip


def _said(row: tuple[tuple[Any, ...], tuple[Any, ...]] | None) -> str | None:
    if row is None:
        return None
    (value, lower, upper), counts = row
    if value is None:
        return "hidden"
    ends = f"{lower:.4g} to {upper:.4g}" if lower is not None and upper is not None else "no interval"
    behind = " and ".join(str(count) for count in counts if count is not None)
    return f"{value:.4g} ({ends}; {behind})" if behind else f"{value:.4g} ({ends})"


def _short(value: Any) -> str:
    text = "not there" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:12]}…"
