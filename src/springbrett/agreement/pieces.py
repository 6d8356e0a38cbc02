"""The values an agreement is made of: steps in the hours, support, rhythm of follow-up, contact points, and the money.

Money is typed in Norwegian kroner as decimals; a share is a part of one (0.12 is 12 %), a percentage a part of hundred.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

WageBasis = Literal["", "hour", "day", "week", "month", "year"]
"""What a mentor's wage is stated for; empty: not said yet."""


@dataclass(frozen=True, slots=True)
class HoursStep:
    """From this day, so many hours a week."""

    from_on: date
    hours_per_week: Decimal


@dataclass(frozen=True, slots=True)
class Support:
    """Support beside the placement. Mentor and inclusion grant are *requests*: somebody else decides about the money.

    `other_considered` says whether other support was weighed at all (None: nobody has said), `other` what it is.
    `mentor_account_id` lets the mentor see the plan once the agreement names them.
    """

    mentor_requested: bool = False
    mentor_hours_week: Decimal | None = None
    mentor_name: str = ""
    mentor_account_id: UUID | None = None
    inclusion_grant_requested: bool = False
    inclusion_grant_for: str = ""
    other_considered: bool | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpPlan:
    """The rhythm of the follow-up. Weeks count from the start of the placement; 0 means that none is planned.

    `report_months`: after how many months the employer reports, besides the start and the end.
    """

    first_contact_weeks: int = 0
    contact_every_weeks: int = 0
    visit_every_weeks: int = 0
    joint: bool = False
    separate: bool = False
    review_every_months: int = 0
    report_months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """Whom to turn to on one side."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def reachable(self) -> bool:
        """Whether there is a name and a way to reach it."""
        return bool(self.name and (self.phone or self.email))


@dataclass(frozen=True, slots=True)
class Position:
    """The job the participant is hired in: its title, percent of a full post, and permanent or temporary.

    None means not said yet.
    """

    title: str = ""
    percent: Decimal | None = None
    permanent: bool | None = None


@dataclass(frozen=True, slots=True)
class Wage:
    """What the job costs: `monthly` in kroner for the actual position, and what comes on top of it as shares of one.

    `agreed_percent` is the part of the wage cost that NAV covers, where the measure lets the parties agree on one.
    """

    monthly: Decimal | None = None
    holiday_share: Decimal | None = None
    pension_share: Decimal | None = None
    contribution_share: Decimal | None = None
    agreed_percent: Decimal | None = None

    @property
    def complete(self) -> bool:
        """Whether the wage cost can be counted."""
        return None not in (self.monthly, self.holiday_share, self.pension_share, self.contribution_share)


@dataclass(frozen=True, slots=True)
class Mentoring:
    """Who frees time to be a mentor, how much, and what that time costs: the mentor's own wage, per `basis`.

    `position_percent` is the mentor's own post, in percent of a full one. `account_id` lets the mentor see the plan.
    """

    name: str = ""
    account_id: UUID | None = None
    hours_month: Decimal | None = None
    wage: Decimal | None = None
    basis: WageBasis = ""
    position_percent: Decimal | None = None
    holiday_share: Decimal | None = None
    pension_share: Decimal | None = None
    contribution_share: Decimal | None = None

    @property
    def complete(self) -> bool:
        """Whether there is a mentor and the cost can be counted."""
        needed = (self.hours_month, self.wage, self.position_percent, self.holiday_share, self.pension_share,
                  self.contribution_share)  # fmt: skip
        return bool(self.name.strip() and self.basis) and None not in needed


@dataclass(frozen=True, slots=True)
class GrantItem:
    """One expense an inclusion grant is asked for: its kind (a code in expense_kind), the amount and what it is."""

    kind: str = ""
    amount: Decimal | None = None
    text: str = ""

    @property
    def complete(self) -> bool:
        """Whether it says what it is and what it costs."""
        return bool(self.kind and self.text.strip()) and self.amount is not None
