"""The page of estimators: what each estimates and leans on, and what its numbers have been held against."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from springbrett.evaluation.benchmarks_page import Published
from springbrett.evaluation.benchmarks_page import read as read_published
from springbrett.evaluation.coverage.cases import worlds
from springbrett.evaluation.coverage.records import NOMINAL
from springbrett.evaluation.coverage.table import Row, Table
from springbrett.evaluation.coverage.table import read as read_table
from springbrett.evaluation.effects.registry import ASSUMPTIONS, Estimator, estimators

WAYS = ("known", "edges", "others", "coverage")
"""What every estimator must have, or a reason why not."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What an estimator's numbers have been held against: rows of published results (`known`), tests of what it refuses
    with the codes (`edges`), tests beside other programs with program and nearness (`others`), and, by way, why
    something is lacking (`gap`)."""

    estimates: str
    known: tuple[str, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str, str], ...] = ()
    gap: Mapping[str, str] = field(default_factory=dict)


def read(text: str) -> dict[str, Trust]:
    """The entries of estimators.toml by code. Raises ValueError naming the estimator and what is wrong."""
    found = {}
    for code, entry in tomllib.loads(text).items():
        try:
            found[code] = Trust(**{key: _frozen(value) for key, value in entry.items()})
        except TypeError as wrong:
            raise ValueError(f"{code}: {wrong}") from None
        if set(found[code].gap) - set(WAYS):
            raise ValueError(f"{code}: a gap is one of {', '.join(WAYS)}")
    return found


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(tuple(one) if isinstance(one, list) else one for one in value)
    return value


def lacking(trust: Mapping[str, Trust], table: Table) -> list[str]:
    """«code: way» for everything that is neither there nor excused; and codes the registry does not know."""
    found = [f"{code}: not in the registry" for code in trust if code not in estimators()]
    for code in estimators():
        held = trust.get(code, Trust(""))
        drawn = {row.broken == "" for row in table.rows if row.estimator == code}
        there = {"known": held.known, "edges": held.edges, "others": held.others, "coverage": drawn == {True, False}}
        found += [f"{code}: {way}" for way in WAYS if not there[way] and way not in held.gap]
    return found


def page(trust_text: str, published_text: str, table_text: str) -> str:
    """The page, from estimators.toml, published.toml and coverage.toml."""
    trust, table = read(trust_text), read_table(table_text)
    rows = {row.id: row for row in read_published(published_text)}
    parts = [_head(table), _glance(trust, table), _worlds(table)]
    for code, entry in estimators().items():
        parts.append(_chapter(entry, trust.get(code, Trust("")), rows, [r for r in table.rows if r.estimator == code]))
    return "".join(parts)


def _head(table: Table) -> str:
    return (
        "# Estimators, and what their numbers have been held against\n\n"
        "A number is trusted for four reasons: it gives again a result that others printed; it refuses what it cannot "
        "answer; another program gives the same in the same run; and where the truth is known, its 95 % intervals hold "
        "it 95 times of 100 as long as what it leans on holds, and are seen to fail where it does not. Where one of "
        "the four is lacking, it says why.\n\n"
        f"Coverage is from up to {table.draws} draws of each world (version {table.version}, seed {table.seed}): "
        "`springbrett study coverage --to FOLDER` makes it anew. «±» is three Monte-Carlo errors. A share is not read "
        "as nominal or failing by eye: the build holds each to what is expected of it.\n"
    )


def _glance(trust: Mapping[str, Trust], table: Table) -> str:
    out = [
        "\n## At a glance\n\n"
        "| estimator | printed results | refusals | beside | holds the truth | where it does not hold |\n"
        "|---|---|---|---|---|---|\n"
    ]
    for code in estimators():
        held = trust.get(code, Trust(""))
        rows = [row for row in table.rows if row.estimator == code]
        good = [row for row in rows if not row.broken]
        bad = [row for row in rows if row.broken]
        programs = ", ".join(dict.fromkeys(name for _test, name, _near in held.others))
        out.append(
            f"| [`{code}`](#{code}) | {len(held.known) or '–'} | {len(held.edges) or '–'} | {programs or '–'} "
            f"| {_span(good)} | {_span(bad)} |\n"
        )
    return "".join(out)


def _span(rows: Sequence[Row]) -> str:
    """The shares of several cases, the lowest and the highest."""
    if not rows:
        return "–"
    shares = sorted(100 * row.coverage for row in rows)
    low, high = f"{shares[0]:.0f}", f"{shares[-1]:.0f}"
    return f"{low} %" if low == high else f"{low}–{high} %"


def _worlds(table: Table) -> str:
    used = dict.fromkeys(row.world for row in table.rows)
    known = worlds()
    out = ["\n## What is drawn\n\n| world | units | what is drawn |\n|---|---|---|\n"]
    for code in used:
        units = next(row.units for row in table.rows if row.world == code)
        out.append(f"| {code} | {units} | {known[code].text if code in known else ''} |\n")
    return "".join(out)


def _chapter(entry: Estimator, trust: Trust, published: Mapping[str, Published], rows: Sequence[Row]) -> str:
    out = [f"\n## {entry.code}\n\n{trust.estimates}\n\nSource: {entry.source}. It leans on this:\n\n"]
    out += [f"- {ASSUMPTIONS[name]}\n" for name in entry.assumptions]
    out.append("\n" + _known(trust, published) + _edges(trust) + _others(trust) + _coverage(trust, rows))
    return "".join(out)


def _lacks(trust: Trust, way: str, name: str) -> str:
    return f"**{name}:** none. {trust.gap[way]}\n\n" if way in trust.gap else ""


def _known(trust: Trust, published: Mapping[str, Published]) -> str:
    if not trust.known:
        return _lacks(trust, "known", "Printed results")
    lines = [f"- {row.what}: {_figures(row.published)}, ours {_figures(row.obtained)} ({row.source})\n"
             for row in (published[name] for name in trust.known)]  # fmt: skip
    return "**Printed results**\n\n" + "".join(lines) + "\n"


def _figures(values: Sequence[float]) -> str:
    return "; ".join(f"{one:.10g}".replace("-", "−") for one in values)


def _edges(trust: Trust) -> str:
    if not trust.edges:
        return _lacks(trust, "edges", "What it refuses")
    lines = [f"- {codes}: `{test}`\n" for test, codes in trust.edges]
    return "**What it refuses**\n\n" + "".join(lines) + "\n"


def _others(trust: Trust) -> str:
    if not trust.others:
        return _lacks(trust, "others", "Beside other programs")
    lines = [f"- {program}, within {near}: `{test}`\n" for test, program, near in trust.others]
    return "**Beside other programs**\n\n" + "".join(lines) + "\n"


def _coverage(trust: Trust, rows: Sequence[Row]) -> str:
    if not rows:
        return _lacks(trust, "coverage", "Where the truth is known")
    out = ["**Where the truth is known**\n\n| world | what | draws | truth | bias | spread | mean error | held |\n"
           "|---|---|---|---|---|---|---|---|\n"]  # fmt: skip
    notes: list[str] = []
    for row in sorted(rows, key=lambda one: one.broken != ""):
        what = "; ".join(part for part in (row.what, f"*{row.broken}*" if row.broken else "") if part)
        mark = ""
        if row.note:
            if row.note not in notes:
                notes.append(row.note)
            mark = f" [{notes.index(row.note) + 1}]"
        held = f"{100 * row.coverage:.1f} ± {300 * _error(row):.1f} %{mark}"
        figures = " | ".join(_number(one) for one in (row.truth, row.bias, row.sd, row.mean_se))
        out.append(f"| {row.world} | {what or 'all holds'} | {row.draws} | {figures} | {held} |\n")
        if row.refused:
            notes.append(f"In {row.world} it refused to answer in {row.refused} draws.")
    out += [f"\n[{number}] {note}\n" for number, note in enumerate(notes, 1)]
    return "".join(out)


def _error(row: Row) -> float:
    """Monte-Carlo error of the share; as if it were nominal where it is 0 or 1 and has none of its own."""
    return row.error or (NOMINAL * (1 - NOMINAL) / row.draws) ** 0.5


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−") if isfinite(value) else "–"
