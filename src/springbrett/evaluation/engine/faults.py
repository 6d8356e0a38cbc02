"""What is wrong with registers, as expressions: how many cells of each column, counted by the engine.

The same faults that `registers.check` finds row by row, for registers that only an engine can read; gaps and order are
left to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from springbrett.evaluation.engine.engines import Engine
from springbrett.evaluation.registers.layout import EARLIEST, LATEST, LAYOUT, Column, Table
from springbrett.evaluation.registers.read import RegistersError

_BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class Fault:
    """How many cells of a column have one problem, named as in `registers.check`."""

    table: str
    column: str
    problem: str
    count: int

    def __str__(self) -> str:
        rows = "1 row" if self.count == 1 else f"{self.count} rows"
        return f"{self.table}, column {self.column}: {self.problem.replace('_', ' ')} in {rows}"


def faults(engine: Engine) -> tuple[Fault, ...]:
    """Every kind of fault that makes a study refuse the registers, table by table."""
    return tuple(fault for name in engine.names for fault in _of_table(engine, LAYOUT[name]))


def refuse(engine: Engine) -> None:
    """Raises RegistersError when there are faults, naming them and the command that says where."""
    found = faults(engine)
    if found:
        listed = "\n".join(str(fault) for fault in found)
        remedy = f"`springbrett registers check {engine.folder}` says in which rows, and what to do"
        raise RegistersError(f"these registers have faults; {remedy}:\n{listed}")


def _of_table(engine: Engine, table: Table) -> Iterator[Fault]:
    rows = engine.expression(table.name)
    counted = engine.backend.result(_counts(rows, table)).to_pylist()[0]
    for name, count in counted.items():
        column, problem = name.split(_BETWEEN)
        # A sum that is not a number tells of a cell that is none (see `expressions.soundness`).
        wrong = int(math.isnan(count or 0)) if problem == "not_a_number" else int(count or 0)
        if wrong:
            yield Fault(table.name, column, problem, wrong)
    if table.span:
        first = table.span[0]
        overlaps = engine.backend.result(_overlaps(rows, table)).to_pylist()[0]["overlap"]
        if overlaps:
            yield Fault(table.name, first, "overlap", int(overlaps))
    for column in table.columns:
        if column.points_to in engine.names:
            lost = engine.backend.result(_lost(rows, column, engine.expression(column.points_to))).to_pylist()[0][
                "lost"
            ]
            if lost:
                yield Fault(table.name, column.name, "unknown_key", int(lost))


def _counts(rows: ir.Table, table: Table) -> ir.Table:
    """One row: column and problem → how many."""
    asked: dict[str, ir.Value] = {}
    for column in table.columns:
        for problem, wrong in _wrong(rows[column.name], column):
            asked[f"{column.name}{_BETWEEN}{problem}"] = ibis.ifelse(wrong, 1, 0).sum()
        if column.kind == "number":
            asked[f"{column.name}{_BETWEEN}not_a_number"] = rows[column.name].sum()
    for name in table.unique:
        asked[f"{name}{_BETWEEN}duplicate"] = rows.count() - rows[name].nunique()
    if table.span:
        first, last = (rows[name] for name in table.span)
        asked[f"{table.span[1]}{_BETWEEN}ends_before_start"] = ibis.ifelse(
            ibis.coalesce(last < first, False), 1, 0).sum()  # fmt: skip
    return rows.agg(**asked)


def _wrong(values: ir.Column, column: Column) -> Iterator[tuple[str, ir.BooleanValue]]:
    if column.required:
        yield "missing", values.isnull()
    if column.codes:
        yield "unknown_code", ibis.coalesce(~values.isin(list(column.codes)), False)
    if column.kind == "date":
        days = (ibis.date(EARLIEST.isoformat()), ibis.date(LATEST.isoformat()))
        yield "impossible_date", ibis.coalesce((values < days[0]) | (values > days[1]), False)
    if column.lowest is not None:
        yield "too_low", ibis.coalesce(values < column.lowest, False)
    if column.highest is not None:
        yield "too_high", ibis.coalesce(values > column.highest, False)


def _overlaps(rows: ir.Table, table: Table) -> ir.Table:
    """How many intervals begin before the one before them has ended. Where any two overlap, two neighbours do."""
    first, last = table.span or ("", "")
    before = ibis.window(group_by=list(table.per), order_by=[first, last])
    far = ibis.date(LATEST.isoformat()) if table.column(last).kind == "date" else ibis.literal(LATEST.year * 12)
    ended = rows.mutate(until=ibis.coalesce(rows[last], far))
    held = ended.select(overlap=ibis.coalesce(ended[first] <= ended["until"].lag().over(before), False))
    return held.agg(overlap=ibis.ifelse(held["overlap"], 1, 0).sum())


def _lost(rows: ir.Table, column: Column, known: ir.Table) -> ir.Table:
    """How many keys point to a row that is not there."""
    key = LAYOUT[column.points_to].unique[0]
    asked = rows.select(key=rows[column.name]).filter(ibis._.key.notnull())
    return asked.anti_join(known.select(key=known[key]), "key").agg(lost=ibis._.count())
