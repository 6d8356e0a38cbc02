"""What the calculations take and give: frozen, with units stated. Amounts that are paid are whole kroner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal

from springbrett.kernel.period import Period

WageBasis = Literal["hour", "day", "week", "month", "year"]
"""What a stated wage is for: an hour, a day, a week, a month or a year in the position."""

Kind = Literal["wage_subsidy", "mentor", "grant", "place"]
"""Which calculation a schedule comes from."""


@dataclass(frozen=True, slots=True)
class WageTerms:
    """What the employer pays: NOK a month for the actual position, and shares of one (0.12 is 12 %).

    ``holiday_share`` of the wage; ``pension_share`` of wage and holiday pay; ``contribution_share`` (the employer's
    contribution) of all three. None is not known, and nothing that rests on it is calculated.
    """

    monthly_wage: Decimal | None
    holiday_share: Decimal | None
    pension_share: Decimal | None
    contribution_share: Decimal | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the terms that are not known."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) is None)


@dataclass(frozen=True, slots=True)
class WageCost:
    """What a wage costs, in kroner: ``total`` is rounded once, from the parts before rounding; None: not known."""

    wage: Decimal | None
    holiday_pay: Decimal | None
    pension: Decimal | None
    contribution: Decimal | None
    total: Decimal | None
    unrounded: Decimal | None = None
    """The sum before rounding, in kroner and øre and beyond."""

    @property
    def known(self) -> bool:
        """Whether the whole cost is known."""
        return self.total is not None


@dataclass(frozen=True, slots=True)
class MentorTerms:
    """What a mentor costs: a wage for its basis, the mentor's position in percent, and the hours agreed a month.

    The shares are those of :class:`WageTerms`. Holiday pay and pension are covered when the mentor works for the
    organiser (tiltaksforskriften § 5-6), as a colleague does. None is not known.
    """

    basis: WageBasis | None
    wage: Decimal | None
    position_percent: Decimal | None
    hours_month: Decimal | None
    holiday_share: Decimal | None = None
    pension_share: Decimal | None = None
    contribution_share: Decimal | None = None
    employed_by_organiser: bool = True


@dataclass(frozen=True, slots=True)
class GrantItem:
    """One expense a grant is asked for: a code in codes/expense_kind.toml, whole kroner, and what it is."""

    kind: str
    amount: Decimal | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything an agreement can say about money; only what the measure asks for is used."""

    wage: WageTerms | None = None
    agreed_percent: Decimal | None = None
    mentor: MentorTerms | None = None
    items: tuple[GrantItem, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthAmount:
    """What is paid for a period within one calendar month: the percentage (None where there is none), whole kroner.

    ``uncut`` is the amount before a yearly ceiling; equal to ``amount`` when nothing was cut.
    """

    period: Period
    percent: Decimal | None
    amount: int
    uncut: int = 0

    @property
    def year(self) -> int:
        """The calendar year it belongs to."""
        return self.period.start.year


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is paid, period by period, in order. Each period lies within one calendar month."""

    months: tuple[MonthAmount, ...] = ()
    kind: Kind = "wage_subsidy"
    unknown: tuple[str, ...] = ()
    """Codes of what is not known, so that a sum is never taken for the whole (e.g. "ceiling_2027")."""

    @property
    def total(self) -> int:
        """The whole sum, in kroner."""
        return sum(month.amount for month in self.months)

    def by_year(self) -> dict[int, int]:
        """The sum per calendar year, in order."""
        return _sums((month.year, month.amount) for month in self.months)

    @property
    def complete(self) -> bool:
        """Whether every amount is known."""
        return not self.unknown


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for year, amount in pairs:
        found[year] += amount
    return dict(sorted(found.items()))
