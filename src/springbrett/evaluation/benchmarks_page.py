"""The page of published results: what others printed, what our estimators give, and the test that holds it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

Figures = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """One result. `published` and `obtained` have the same length; `tolerance` is how far they may lie apart."""

    id: str
    what: str
    data: str
    source: str
    estimator: str
    published: Figures
    obtained: Figures
    tolerance: float
    test: str
    note: str = ""


def read(text: str) -> tuple[Published, ...]:
    """The rows of published.toml. Raises ValueError naming the row and what is wrong with it."""
    rows = tuple(_row(entry) for entry in tomllib.loads(text).get("published", []))
    ids = [row.id for row in rows]
    if len(set(ids)) < len(ids):
        raise ValueError(f"said twice: {', '.join(sorted({name for name in ids if ids.count(name) > 1}))}")
    return rows


def _row(entry: dict[str, Any]) -> Published:
    name = entry.get("id", "a row without id")
    numbers = {key: _figures(entry.get(key, [])) for key in ("published", "obtained")}
    if not numbers["published"] or len(numbers["published"]) != len(numbers["obtained"]):
        raise ValueError(f"{name}: published and obtained must have as many numbers, and at least one")
    try:
        row = Published(**{**entry, **numbers})
    except TypeError as wrong:
        raise ValueError(f"{name}: {wrong}") from None
    apart = max(abs(a - b) for a, b in zip(row.published, row.obtained, strict=True))
    if apart > row.tolerance * (1 + 1e-9) + 1e-12:
        raise ValueError(f"{name}: published and obtained lie {apart:g} apart, more than {row.tolerance:g}")
    return row


def _figures(value: float | list[float]) -> Figures:
    return tuple(float(one) for one in value) if isinstance(value, list) else (float(value),)


def page(text: str) -> str:
    """The page, from the text of published.toml."""
    rows = read(text)
    out = [
        "# Published results, obtained again\n\n",
        f"{len(rows)} results that others printed, and what the estimators here give on the same data. Each stands in "
        "`tests/reference/published.toml` and is held by the test named; a figure that moved would fail it.\n\n",
        "| what | published | obtained | within | estimator | source |\n|---|---|---|---|---|---|\n",
    ]
    out += [
        f"| {row.what} | {_said(row.published)} | {_said(row.obtained)} | {row.tolerance:g} | `{row.estimator}` "
        f"| {row.source} |\n"
        for row in rows
    ]
    out.append("\n## Data, tests and what to know\n")
    for row in rows:
        note = f" {row.note}" if row.note else ""
        out.append(f"\n- **{row.what}.** {row.data}. `{row.test}`.{note}")
    return "".join(out) + "\n"


def _said(figures: Figures) -> str:
    return "; ".join(f"{one:.10g}".replace("-", "−") for one in figures)
