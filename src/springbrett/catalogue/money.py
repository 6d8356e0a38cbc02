"""Money as dated data: rates, and how large a part of the wage a measure covers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from springbrett.catalogue.base import Base, Dated, Text
from springbrett.catalogue.dated import in_force
from springbrett.catalogue.limits import Groups

Unit = Literal["NOK", "NOK_per_year", "NOK_per_month", "NOK_per_day", "share", "count"]


class RateValue(Dated, frozen=True, kw_only=True):
    """A rate from a date; None: there is one, and our sources do not give it (the note says so)."""

    amount: Decimal | None = None


class Rate(Base, frozen=True, kw_only=True):
    """A rate under data/rates. A "share" is a fraction of one: 0.141 is 14.1 %. `group` gathers alternatives."""

    code: str
    name: Text
    unit: Unit
    values: tuple[RateValue, ...]
    group: str = ""

    def value_on(self, on: date) -> RateValue | None:
        """The value in force on the day; None when none is recorded for it."""
        return in_force(self.values, on)


class SubsidyStep(Base, frozen=True, kw_only=True):
    """From so many whole months after the start, so many percent of the wage cost."""

    from_month: int
    percent: Decimal


class SubsidyGroup(Base, frozen=True, kw_only=True):
    """The steps for those a group of `when` holds for; no groups: for everyone else."""

    code: str
    text: Text
    steps: tuple[SubsidyStep, ...]
    when: Groups = ()


class Subsidy(Dated, frozen=True, kw_only=True):
    """How large a part of the wage cost is refunded, by group and time.

    kind "fixed": the percentage is given; "maximum": it is agreed, up to the step. `ceiling_basic_amounts`: the most
    that is refunded in a year, counted in basic amounts (G). The first group that holds is used.
    """

    kind: Literal["fixed", "maximum"]
    groups: tuple[SubsidyGroup, ...]
    ceiling_basic_amounts: Decimal | None = None


class Funding(Dated, frozen=True, kw_only=True):
    """Where the money comes from: a code in codes/funding.toml, and the rate (a code in rates) when it has one."""

    code: str
    text: Text
    rate: str = ""
