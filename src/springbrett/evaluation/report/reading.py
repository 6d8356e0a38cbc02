"""A finished run as the report reads it: rows of every table, the facts beside them, and names instead of codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from springbrett.catalogue.loader import load
from springbrett.evaluation.report import numbers, words
from springbrett.evaluation.study.tables import read_tables

EVERYBODY = "all"
Row = Mapping[str, Any]

BY_DESIGN = ("side", "assumption", "breaks")
"""Kinds of words that a design may have its own wording of."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A run in one language. Names come from words.toml, the catalogue, the outcome definitions and the protocol."""

    language: str
    tables: Mapping[str, list[dict[str, Any]]]
    facts: Mapping[str, Any]

    @property
    def protocol(self) -> Mapping[str, Any]:
        """The protocol as plain data."""
        found: Mapping[str, Any] = self.facts["protocol"]
        return found

    @property
    def design(self) -> str:
        """The design by code."""
        return str(self.protocol["comparison"]["design"])

    def rows(self, table: str, **where: object) -> list[dict[str, Any]]:
        """The rows of a table that meet every condition; empty when the run has no such table."""
        return [row for row in self.tables.get(table, ()) if all(row[key] == value for key, value in where.items())]

    @property
    def true_ratios(self) -> dict[float, float]:
        """The true ratios of rates of a simulation, by the months from which each holds; empty when not known."""
        return {row["since"]: row["truth"] for row in self.tables.get("rates", ()) if row.get("truth") is not None}

    def say(self, sentence: str, **facts: object) -> str:
        """A sentence of the report; the design may have its own wording of it, named sentence_design."""
        own = f"{sentence}_{self.design}"
        return words.say(own if own in words.labels("say") else sentence, self.language, **facts)

    def name(self, kind: str, code: str) -> str:
        """The name of a code; a side or an assumption may have its own words in a design, code_design."""
        own = f"{code}_{self.design}"
        return words.name(kind, own if kind in BY_DESIGN and own in words.labels(kind) else code, self.language)

    def text(self, held: Mapping[str, str]) -> str:
        """A text that holds all three languages."""
        return held[self.language]

    def outcome(self, code: str) -> str:
        """The name of an outcome, from its own definition, or of a way out that is none."""
        if code not in self.facts["outcomes"]:
            return self.name("exit", code)
        return self.text(self.facts["outcomes"][code]["name"])

    def unit(self, code: str) -> str:
        """What it is counted in: "share", "NOK" or "hours"."""
        return str(self.facts["outcomes"][code]["unit"])

    def unit_name(self, code: str) -> str:
        """What an effect on the outcome is counted in, in words."""
        return self.say({"share": "points", "NOK": "nok", "hours": "hours"}[self.unit(code)])

    def group(self, code: str) -> str:
        """The name of everybody, a subgroup, a purpose or a measure."""
        if code == EVERYBODY:
            return self.say("everybody")
        kind, _, rest = code.partition(":")
        if rest:
            return self.name(kind, rest)
        return next(self.text(group["name"]) for group in self.protocol["subgroups"] if group["code"] == code)

    def method(self, code: str) -> str:
        """The name of an estimator or another part of the run."""
        return self.name("estimator", code.rpartition(": ")[2].replace(" ", "_"))

    def number(self, value: float | None, decimals: int = 1, *, signed: bool = False) -> str:
        """A number, or that it is hidden."""
        return self.say("hidden") if value is None else numbers.number(value, decimals, self.language, signed=signed)

    def percent(self, value: float | None, decimals: int = 1) -> str:
        """A share, or that it is hidden."""
        return self.say("hidden") if value is None else numbers.percent(value, self.language, decimals)

    def level(self, outcome: str, value: float | None) -> str:
        """A mean of an outcome in its unit."""
        return self.say("hidden") if value is None else numbers.in_unit(value, self.unit(outcome), self.language)

    def effect(self, outcome: str, value: float | None) -> str:
        """An effect on an outcome in its unit, with its sign."""
        if value is None:
            return self.say("hidden")
        return numbers.in_unit(value, self.unit(outcome), self.language, signed=True, effect=True)

    def size(self, outcome: str, value: float) -> str:
        """How large an effect is, without its sign."""
        return numbers.in_unit(abs(value), self.unit(outcome), self.language, effect=True)

    def interval(self, outcome: str, row: Row) -> str:
        """Both ends of an interval."""
        if row["lower"] is None:
            return self.say("hidden")
        return self.between(*(self.effect(outcome, row[end]) for end in ("lower", "upper")))

    def between(self, lower: str, upper: str) -> str:
        """«−0,4 til 1,2»: a word, because a dash beside a minus cannot be read."""
        return self.say("between", lower=lower, upper=upper)

    def p(self, value: float | None) -> str:
        """A p-value, or that there is none."""
        return "–" if value is None else numbers.p_value(value, self.language)

    def day(self, iso: str) -> str:
        """A date in words."""
        return numbers.long_date(date.fromisoformat(iso), self.language)

    def listed(self, kind: str, codes: list[str]) -> str:
        """Names after each other, «and» before the last."""
        names = [self.name(kind, code) for code in codes]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {self.say('and')} {names[-1]}"

    def within(self, kind: str, codes: list[str]) -> str:
        """Names after each other inside a sentence: «arbeidstrening og AFT»."""
        names = [_small(self.name(kind, code)) for code in codes]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {self.say('and')} {names[-1]}"

    def source(self, held: str | Mapping[str, str]) -> str:
        """Where a figure is from: the study's own words, or a place in a law or system that the catalogue names."""
        if not isinstance(held, str):
            return self.text(held)
        code, _, rest = held.partition(" ")
        known = load()
        return f"{known.name('act', code, self.language)} {rest}".strip() if known.has_code("act", code) else held


def _small(name: str) -> str:
    """Without its capital, unless it is an abbreviation or a name of its own («AAP som …», «Telenor Open Mind»)."""
    proper = any(word[:1].isupper() for word in name.split()[1:]) or name[1:2].isupper()
    return name if proper else name[:1].lower() + name[1:]


def read_run(folder: Path, language: str) -> Reading:
    """A run's results. Raises FileNotFoundError when the folder holds none."""
    facts = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    tables = {name: table.to_pylist() for name, table in read_tables(folder / "results").items()}
    return Reading(language, tables, facts)
