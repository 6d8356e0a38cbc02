"""The layout of the registers: tables, columns, types and meanings. The documentation and the checker are made from it.

A month is a whole number: year × 12 + month − 1 ("absolute month"), so that months subtract. An interval holds from its
first to its last month, both included; intervals of one person and kind never overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pyarrow as pa

Kind = Literal["key", "code", "number", "whole", "date", "month", "flag"]

_ARROW: dict[str, pa.DataType] = {
    "key": pa.int64(),
    "code": pa.string(),
    "number": pa.float64(),
    "whole": pa.int32(),
    "date": pa.date32(),
    "month": pa.int32(),
    "flag": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, what it means (unit included), whether it may be empty, and what it may hold.

    `lowest` and `highest` bound numbers; `codes` lists the codes allowed (empty: any); `points_to` names the table
    whose key it is.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    lowest: float | None = None
    highest: float | None = None
    codes: tuple[str, ...] = ()
    points_to: str = ""

    @property
    def arrow(self) -> pa.DataType:
        """The type in Parquet."""
        return _ARROW[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `sorted_by`: the order on disk. `span`: first and last column of its intervals; `per`: the columns
    within which intervals must not overlap. `optional`: a study can do without it."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...]
    unique: tuple[str, ...] = ()
    span: tuple[str, str] | None = None
    per: tuple[str, ...] = ()
    optional: bool = False
    _by_name: Mapping[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {column.name: column for column in self.columns})

    def column(self, name: str) -> Column:
        """The column by name. Raises KeyError."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(self._by_name)

    @property
    def schema(self) -> pa.Schema:
        """The Parquet schema."""
        return pa.schema([(column.name, column.arrow) for column in self.columns])


EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
FIRST_MONTH, LAST_MONTH = EARLIEST.year * 12, LATEST.year * 12


def _month(name: str, meaning: str, *, required: bool = True) -> Column:
    return Column(name, "month", meaning, required, FIRST_MONTH, LAST_MONTH)


_PERSON = Column("person", "key", "pseudonym of the person", points_to="persons")
_FROM, _TO = _month("month_from", "first month it holds"), _month("month_to", "last month it holds")

TABLES: tuple[Table, ...] = (
    Table("persons", "Everyone the other tables speak of, once.", (
        Column("person", "key", "pseudonym of the person"),
        Column("birth_year", "whole", "year of birth", True, 1900, 2030),
        Column("sex", "code", "as in the population register", True, codes=("woman", "man", "unknown")),
        Column("immigrant_group", "code", "where the person immigrated from, if they did", True,
               codes=("norway", "nordic_west", "other", "unknown")),
        Column("education", "code", "highest completed when first seen", True,
               codes=("compulsory", "upper_secondary", "tertiary", "unknown")),
        Column("region", "code", "region of the home"),
        Column("office", "key", "office of the home", points_to="offices"),
    ), ("person",), unique=("person",)),
    Table("spells", "Stays in measures, from first to last day.", (
        _PERSON,
        Column("measure", "code", "code of the measure in the catalogue"),
        Column("start", "date", "first day"),
        Column("end", "date", "last day; empty while it runs", required=False),
        Column("office", "key", "office that decided it", points_to="offices"),
        Column("provider", "key", "who carried it out, for procured measures", required=False),
        Column("employer", "key", "where, for stays with an employer", required=False, points_to="employers"),
        Column("caseworker", "key", "who decided it", required=False),
        Column("purpose", "code", "registered main purpose", required=False),
        Column("chain", "code", "chain of effects it was meant to follow", required=False),
        Column("end_reason", "code", "coded reason of the end", required=False),
    ), ("person", "start"), span=("start", "end"), per=("person", "measure")),
    Table("employment", "Work in months on end with the same hours, pay and employer.", (
        _PERSON, _FROM, _TO,
        Column("hours_week", "number", "agreed hours a week", True, 0, 100),
        Column("wage_month", "number", "pay a month in NOK, before tax", True, 0, 10_000_000),
        Column("employer", "key", "employer", required=False, points_to="employers"),
        Column("subsidised", "flag", "whether a wage subsidy is paid", required=False),
    ), ("person", "month_from"), span=("month_from", "month_to"), per=("person", "employer"), optional=True),
    Table("benefits", "Benefits in months on end.", (
        _PERSON,
        Column("benefit", "code", "which benefit", True, codes=(
            "unemployment_benefit", "work_assessment_allowance", "sickness_benefit", "disability_benefit",
            "social_assistance", "measure_allowance", "qualification_benefit", "introduction_benefit")),
        _FROM, _TO,
        Column("amount_month", "number", "NOK a month, before tax", True, 0, 1_000_000),
    ), ("person", "month_from"), span=("month_from", "month_to"), per=("person", "benefit"), optional=True),
    Table("education", "Education under way, in months on end.", (
        _PERSON,
        Column("level", "code", "level of the education", True, codes=("compulsory", "upper_secondary", "tertiary")),
        _FROM, _TO,
    ), ("person", "month_from"), span=("month_from", "month_to"), per=("person",), optional=True),
    Table("needs_levels", "Needs levels decided, in months on end. A person with one is registered with NAV.", (
        _PERSON,
        Column("needs_level", "code", "needs level in the catalogue", True, codes=(
            "standard_innsats", "situasjonsbestemt_innsats", "spesielt_tilpasset_innsats", "varig_tilpasset_innsats")),
        _FROM, _TO,
        Column("caseworker", "key", "who followed the case up", required=False),
    ), ("person", "month_from"), span=("month_from", "month_to"), per=("person",)),
    Table("offices", "Offices.", (
        Column("office", "key", "number of the office"),
        Column("region", "code", "region of the office"),
        Column("trial_from", "month", "first month of a trial at the office; empty: none", False,
               FIRST_MONTH, LAST_MONTH),
        Column("caseload", "number", "participants per job specialist", required=False, lowest=0),
    ), ("office",), unique=("office",)),
    Table("employers", "Employers.", (
        Column("employer", "key", "pseudonym of the employer"),
        Column("industry", "code", "industry in the catalogue", required=False),
        Column("size", "whole", "number of employees", required=False, lowest=0),
    ), ("employer",), unique=("employer",), optional=True),
    Table("job_specialists", "How job specialists work with each measure, by office or provider.", (
        Column("measure", "code", "code of the measure in the catalogue"),
        Column("office", "key", "office, where it follows up itself", required=False, points_to="offices"),
        Column("provider", "key", "provider, where it is bought", required=False),
        Column("caseload", "number", "participants per job specialist", required=False, lowest=0),
        Column("contact_hours", "number", "hours of direct contact per participant a month", False, 0, 744),
        Column("market_hours", "number", "hours of market work (finding and visiting employers) per job specialist a "
               "week", False, 0, 168),
    ), ("office",), optional=True),
)  # fmt: skip

LAYOUT: Mapping[str, Table] = {table.name: table for table in TABLES}
"""Table by name, in the order they are documented."""


MONTHS = "_months"
"""What stands after a table's name when its file has one row per month."""


def _monthly(table: Table) -> Table:
    """The same with one row per month: `month` instead of `month_from` and `month_to`."""
    month = _month("month", "the month")
    columns = tuple(month if c.name == "month_from" else c for c in table.columns if c.name != "month_to")
    return Table(table.name + MONTHS, table.meaning.replace("in months on end", "month by month"), columns,
                 ("person",), span=("month", "month"), per=table.per, optional=True)  # fmt: skip


MONTHLY: Mapping[str, Table] = {
    table.name: _monthly(table) for table in TABLES if table.span == ("month_from", "month_to")
}
"""The tables that may come month by month, by the name of the table they stand for."""


def month_of(day: date) -> int:
    """The absolute month of a day."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of an absolute month."""
    return date(month // 12, month % 12 + 1, 1)
