"""Outcome definitions as data: which months count, from which table, under which conditions; with examples that run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.outcomes.intervals import Intervals, ordered, union, without
from springbrett.evaluation.outcomes.paths import GroupPaths, Window, group_paths, lasting, stay_paths
from springbrett.evaluation.registers.layout import LAYOUT, month_of
from springbrett.evaluation.registers.read import Reading, Tables

OWN = Path(__file__).with_name("outcomes.toml")
STAYS_AT_ONCE = 1 << 16
Operator = Literal["eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "true", "not_true"]


class DefinitionError(ValueError):
    """A definition does not hold: says which outcome, which key or example, and what to do."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Words(_Strict, frozen=True, kw_only=True):
    """A name in three languages."""

    nb: str
    nn: str
    en: str

    def get(self, language: str) -> str:
        """The name in a language; Bokmål for any other."""
        return {"nn": self.nn, "en": self.en}.get(language[:2], self.nb)


class Where(_Strict, frozen=True, kw_only=True):
    """A condition on a column. "true" and "not_true" ask a flag; an empty cell is not true and meets nothing else."""

    column: str
    op: Operator
    value: bool | int | float | str | tuple[str, ...] = True


class Source(_Strict, frozen=True, kw_only=True):
    """Rows of an interval table that meet every condition."""

    table: Literal["employment", "benefits", "education", "spells", "needs_levels"]
    where: tuple[Where, ...] = ()


class Lasting(_Strict, frozen=True, kw_only=True):
    """At least `months` of the next `of` months, this one included."""

    months: int
    of: int


class Example(_Strict, frozen=True, kw_only=True):
    """A person the author has thought through: rows by table, the month of start, and the value in some months."""

    title: str
    start: int
    rows: dict[str, tuple[dict[str, Any], ...]]
    expect: dict[str, float]


class Outcome(_Strict, frozen=True, kw_only=True):
    """An outcome. Yes-or-no: months in `any_of` and not in `none_of`. With `amount`: that column summed over `any_of`.

    `unit` "share" or "NOK" or "hours"; `better`: which way is good, for those who read the figures.
    """

    code: str
    name: Words
    any_of: tuple[Source, ...]
    none_of: tuple[Source, ...] = ()
    complement: bool = False
    amount: str = ""
    lasting: Lasting | None = None
    unit: Literal["share", "NOK", "hours"] = "share"
    better: Literal["higher", "lower"] = "higher"
    examples: tuple[Example, ...] = ()


def load_outcomes(path: Path = OWN) -> dict[str, Outcome]:
    """The definitions of a file by code. Raises DefinitionError, naming the place."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("outcome", [])
        found = [msgspec.convert(table, Outcome) for table in tables]
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DefinitionError(f"{path.name}: {error}") from None
    for outcome in found:
        _check(outcome)
    return {outcome.code: outcome for outcome in found}


def _check(outcome: Outcome) -> None:
    for source in (*outcome.any_of, *outcome.none_of):
        names = LAYOUT[source.table].names
        for asked in (*(where.column for where in source.where), *([outcome.amount] if outcome.amount else [])):
            if asked not in names:
                raise DefinitionError(
                    f"{outcome.code}: {source.table} has no column {asked}; it has {', '.join(names)}"
                )
    if outcome.amount and (outcome.none_of or outcome.lasting):
        raise DefinitionError(f"{outcome.code}: an amount cannot have none_of or lasting; make two outcomes")


def intervals_of(outcome: Outcome, registers: Mapping[str, pa.Table], last_known: int) -> Intervals:
    """The months of the outcome, as intervals; a stay that still runs lasts to `last_known`, or its start if later."""
    parts = [_rows(source, registers, outcome.amount, last_known) for source in outcome.any_of]
    if outcome.amount:
        person, first, last = (np.concatenate([getattr(p, n) for p in parts]) for n in ("person", "first", "last"))
        return ordered(person, first, last, np.concatenate([p.weight for p in parts if p.weight is not None]))
    months = union(parts)
    if outcome.none_of:
        months = without(months, union([_rows(s, registers, "", last_known) for s in outcome.none_of]))
    return months


def _rows(source: Source, registers: Mapping[str, pa.Table], amount: str, last_known: int) -> Intervals:
    table = registers[source.table]
    keep = pa.chunked_array([pa.array(np.ones(table.num_rows, bool))])
    for where in source.where:
        keep = pc.and_(keep, met(table[where.column], where))
    table = table.filter(keep)
    person = _numbers(table["person"])
    if source.table == "spells":
        first = months_of(table["start"], last_known)
        # A stay that began after the last known month, and still runs, has at least the month it began in.
        last = months_of(table["end"], np.maximum(first, last_known))
    else:
        first, last = _numbers(table["month_from"]), _numbers(table["month_to"])
    weight = np.asarray(table[amount].to_numpy(), np.float64) if amount else None
    return ordered(person, first, last, weight)


def met(column: pa.ChunkedArray, where: Where) -> pa.ChunkedArray:
    if where.op in ("true", "not_true"):
        flag = pc.fill_null(column, False)
        return flag if where.op == "true" else pc.invert(flag)
    if where.op in ("in", "not_in"):
        found = pc.is_in(column, value_set=pa.array(list(where.value), column.type))  # type: ignore[arg-type]
        return pc.fill_null(pc.and_(pc.is_valid(column), found if where.op == "in" else pc.invert(found)), False)
    compare = {"eq": pc.equal, "ne": pc.not_equal, "lt": pc.less, "lte": pc.less_equal, "gt": pc.greater,
               "gte": pc.greater_equal}[where.op]  # fmt: skip
    return pc.fill_null(compare(column, where.value), False)


def _numbers(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def months_of(days: pa.ChunkedArray, missing: int | Ints) -> Ints:
    """Days to absolute months; an empty cell becomes `missing`."""
    held = days.to_numpy().astype("datetime64[M]")
    return np.where(np.isnat(held), missing, held.astype(np.int64) + 1970 * 12)


def outcome_paths(
    outcome: Outcome, registers: Mapping[str, pa.Table], person: Ints, start: Ints, window: Window
) -> Floats:  # fmt: skip
    """stays × months of the outcome, NaN where the registers do not reach; by the engine, where one reads them."""
    if isinstance(registers, Reading):
        return registers.paths(outcome, person, start, window)
    return paths_of(outcome, intervals_of(outcome, registers, window.last_known), person, start, window)


def paths_of(outcome: Outcome, months: Intervals, person: Ints, start: Ints, window: Window) -> Floats:
    """stays × months of the outcome from its intervals, NaN where the registers do not reach."""
    paths = stay_paths(person, start, months, window)
    if outcome.complement:
        paths = 1.0 - paths
    return lasting(paths, outcome.lasting.months, outcome.lasting.of) if outcome.lasting else paths


def group_paths_of(
    outcome: Outcome, months: Intervals, stays: tuple[Ints, Ints, Ints], groups: int, window: Window
) -> GroupPaths:  # fmt: skip
    """The outcome by group from its intervals. `stays`: person, start and group, one element per stay.

    An outcome that must last is followed stay by stay, a block of stays at a time; the others by the running sum.
    """
    if outcome.lasting is None:
        found = group_paths(*stays, groups, months, window)
        return turned(found) if outcome.complement else found
    total, known = np.zeros((groups, window.width)), np.zeros((groups, window.width), np.int64)
    for begin in range(0, len(stays[0]), STAYS_AT_ONCE):
        person, start, group = (part[begin : begin + STAYS_AT_ONCE] for part in stays)
        path = paths_of(outcome, months, person, start, window)
        told = np.isfinite(path)
        of_group = csr_array((np.ones(len(group)), (group, np.arange(len(group)))), (groups, len(group)))
        total += of_group @ np.where(told, path, 0.0)
        known += (of_group @ told).astype(np.int64)
    return GroupPaths(total, known, window)


def turned(found: GroupPaths) -> GroupPaths:
    """Those who do not have it."""
    return GroupPaths(found.known - found.total, found.known, found.window)


def assure(outcome: Outcome) -> int:
    """Run the examples beside the definition; how many months were held. Raises DefinitionError for the first miss."""
    held = 0
    for example in outcome.examples:
        registers = _as_registers(example)
        window = Window(example.start - 24, example.start + 36)
        person, start = np.array([1]), np.array([example.start])
        path = outcome_paths(outcome, registers, person, start, window)[0]
        for month, wanted in example.expect.items():
            got = path[int(month) + window.before]
            if not (got == wanted or (np.isnan(got) and np.isnan(wanted))):
                raise DefinitionError(
                    f"{outcome.code}: in the example «{example.title}» month {month} is {got:g}, and should be "
                    f"{wanted:g}; correct the definition or the example"
                )
            held += 1
    return held


def _as_registers(example: Example) -> dict[str, pa.Table]:
    found = Tables()
    for name, table in LAYOUT.items():
        rows = [{column: row.get(column) for column in table.names} | {"person": 1}
                for row in example.rows.get(name, ())] if "person" in table.names else []  # fmt: skip
        found[name] = pa.Table.from_pylist(rows, schema=table.schema)
    return found


__all__ = ["DefinitionError", "Outcome", "Source", "Where", "assure", "group_paths_of", "intervals_of",
           "load_outcomes", "met", "month_of", "months_of", "outcome_paths", "paths_of", "turned"]  # fmt: skip
