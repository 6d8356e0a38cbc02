"""The expressions: rows that meet a condition, the months in which outcomes hold, and their turns around a start.

Everything is Ibis, so that DuckDB and Spark carry out the same thing. Months are absolute; an interval that begins in
`first` and ends in `last` turns +1 in `first` and −1 in `last` + 1. Stays are a table (person, start, group), small
beside the registers: where an engine distributes, it is sent to every worker instead of moving the registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from springbrett.evaluation.engine.plan import Family
from springbrett.evaluation.outcomes.definitions import Source, Where
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.registers.layout import LAYOUT

_TYPES = {"key": "int64", "code": "string", "number": "float64", "whole": "int32", "date": "date", "month": "int32",
          "flag": "boolean"}  # fmt: skip
FIRST, AFTER, BITS = "first_month", "after_month", "bits"


def as_laid_out(table: ir.Table, name: str) -> ir.Table:
    """The columns of the layout in their types; an optional column the file lacks is empty."""
    columns = {}
    for column in LAYOUT[name].columns:
        kind = _TYPES[column.kind]
        columns[column.name] = table[column.name].cast(kind) if column.name in table.columns else ibis.null(kind)
    return table.select(**columns)


def rows(
    table: ir.Table, name: str, sources: Sequence[Source], last_known: int, amount: str = ""
) -> ir.Table:  # fmt: skip
    """person, first, after, one flag (0 or 1) per source as s0, s1 …, and `amount`: rows that meet any of the sources.

    `name` is the table's name in the layout; a stay that still runs lasts to `last_known`.
    """
    first, last = _span(table, name, last_known)
    columns = {"person": table["person"], FIRST: first.cast("int64"), AFTER: (last + 1).cast("int64")}
    for number, source in enumerate(sources):
        met = _meets(table, source.where) if source.table == name else ibis.literal(False)
        columns[f"s{number}"] = ibis.ifelse(met, 1, 0).cast("int64")
    if amount:
        columns["amount"] = table[amount]
    chosen = table.select(**columns)
    return chosen.filter(_total([chosen[f"s{number}"] for number in range(len(sources))]) > 0)


def _span(table: ir.Table, name: str, last_known: int) -> tuple[ir.Value, ir.Value]:
    first, last = LAYOUT[name].span or ("", "")
    if LAYOUT[name].column(first).kind == "month":
        return table[first], table[last]
    began, ended = (table[column].year() * 12 + table[column].month() - 1 for column in (first, last))
    began = ibis.coalesce(began, last_known)
    return began, ibis.coalesce(ended, ibis.greatest(began, last_known))


def _meets(table: ir.Table, where: Sequence[Where]) -> ir.BooleanValue:
    return reduce(and_, [_met(table[w.column], w) for w in where], ibis.literal(True))


def _met(column: ir.Column, where: Where) -> ir.BooleanValue:
    """An empty cell is not true and meets nothing else."""
    if where.op in ("true", "not_true"):
        flag = ibis.coalesce(column, False)
        return flag if where.op == "true" else ~flag
    if where.op in ("in", "not_in"):
        found = column.isin(list(where.value))  # type: ignore[arg-type]
        return column.notnull() & ibis.coalesce(found if where.op == "in" else ~found, False)
    met = {"eq": column == where.value, "ne": column != where.value, "lt": column < where.value,
           "lte": column <= where.value, "gt": column > where.value,
           "gte": column >= where.value}[where.op]  # fmt: skip
    return ibis.coalesce(met, False)


def soundness(table: ir.Table, name: str) -> ir.Table:
    """One row: `backwards`, how many rows end before they begin; the sum of each number column under its name.

    A sum that is not a number tells of a cell that is none. Asking cell by cell would not: engines skip parts of a
    Parquet file by their lowest and highest value, which leave such cells out.
    """
    first, last = LAYOUT[name].span or ("", "")
    numbers = [column.name for column in LAYOUT[name].columns if column.kind == "number"]
    return table.agg(backwards=ibis.ifelse(table[last] < table[first], 1, 0).sum(),
                     **{column: table[column].sum() for column in numbers})  # fmt: skip


def of_those(table: ir.Table, stays: ir.Table) -> ir.Table:
    """The rows of persons who have a stay."""
    return table.semi_join(stays, "person")


def segments(parts: Sequence[ir.Table], family: Family) -> ir.Table:
    """person, first, after, bits: months on end in which the same outcomes of the family hold, each month once.

    `parts` are `rows` of the family's tables. Bits as `Family.holds` numbers them; months without any are left out.
    """
    flags = [f"s{number}" for number in range(len(family.sources))]
    edges = ibis.union(*parts) if len(parts) > 1 else parts[0]
    edges = edges.mutate(edge=ibis.array([0, 1]).unnest())
    begins = edges["edge"] == 0
    edges = edges.select("person", at=ibis.ifelse(begins, edges[FIRST], edges[AFTER]),
                         **{f: ibis.ifelse(begins, edges[f], -edges[f]) for f in flags})  # fmt: skip
    turns = edges.group_by(["person", "at"]).agg(**{f: edges[f].sum() for f in flags})
    so_far = ibis.window(group_by="person", order_by="at", preceding=None, following=0)
    ahead = ibis.window(group_by="person", order_by="at")
    running = turns.select("person", **{FIRST: turns["at"], AFTER: turns["at"].lead().over(ahead)},
                           **{f: turns[f].sum().over(so_far) for f in flags})  # fmt: skip
    held = running.select("person", FIRST, AFTER, **{BITS: _bits(running, family)})
    return held.filter(held[BITS] > 0, held[AFTER].notnull())


def _bits(running: ir.Table, family: Family) -> ir.Value:
    met = {source: running[f"s{number}"] > 0 for number, source in enumerate(family.sources)}
    bits = []
    for bit, outcome in enumerate(family.outcomes):
        wanted = reduce(lambda a, b: a | b, [met[s] for s in outcome.any_of])
        for source in outcome.none_of:
            wanted = wanted & ~met[source]
        bits.append(ibis.ifelse(wanted, 1 << bit, 0).cast("int64"))
    return _total(bits)


def weighted(table: ir.Table, source: Source, amount: str, last_known: int) -> ir.Table:
    """person, first, after, amount: the rows of one source that an amount is the sum of."""
    return rows(table, source.table, [source], last_known, amount).select("person", FIRST, AFTER, "amount")


def turns_of(months: ir.Table, stays: ir.Table, window: Window, value: str) -> ir.Table:
    """group, at (0 is the first month of the window), then `change`: what begins there minus what ended before.

    `value` "bits": counted separately for every set of outcomes, with the column bits. "amount": summed.
    """
    pairs = months.join(stays, "person")
    origin = pairs["start"] - window.before
    first = ibis.greatest(pairs[FIRST], window.first_known) - origin
    after = ibis.least(pairs[AFTER], window.last_known + 1) - origin
    inside = pairs.select("group", value, begin=ibis.greatest(first, 0), stop=ibis.least(after, window.width))
    inside = inside.filter(inside["begin"] < inside["stop"])
    edges = inside.mutate(edge=ibis.array([0, 1]).unnest())
    begins = edges["edge"] == 0
    one = edges["amount"] if value == "amount" else ibis.literal(1, "int64")
    keys = ["group", *([BITS] if value == BITS else [])]
    edges = edges.select(*keys, at=ibis.ifelse(begins, edges["begin"], edges["stop"]),
                         change=ibis.ifelse(begins, one, -one))  # fmt: skip
    return edges.group_by([*keys, "at"]).agg(change=edges["change"].sum())


def _total(values: Sequence[ir.Value]) -> ir.Value:
    return reduce(lambda a, b: a + b, values)
