"""Builders of money: schedules, requests, grants, claims and budgets, through the services."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from springbrett.access.roles import Role, Viewer
from springbrett.employers.models import Employer
from springbrett.funding import services
from springbrett.funding.models import Budget, Claim, Decision, Request
from springbrett.funding.records import Month, months_between
from springbrett.kernel import clock
from springbrett.kernel.period import Period, split_per_month
from springbrett.kernel.trace import Step
from springbrett.money.records import MonthAmount, Schedule, WageTerms
from springbrett.people.models import Case, Office
from springbrett.people.services import party_let_in
from tests import build
from tests.builders.employers import make_employer, make_employer_viewer

MEASURE, GROUP = "midlertidig_lonnstilskudd", "wage_subsidies"
START, END = date(2026, 3, 1), date(2026, 8, 31)
TERMS = WageTerms(Decimal(30_000), Decimal("0.12"), Decimal("0.02"), Decimal("0.141"))


def schedule(start: date = START, end: date = END, monthly: int = 15_000, percent: int = 40) -> Schedule:
    """So much for each calendar month that the period touches."""
    pieces = split_per_month(Period(start, end))
    return Schedule(tuple(MonthAmount(piece, Decimal(percent), monthly, monthly) for piece in pieces))


@dataclass(frozen=True, slots=True)
class Purse:
    """Those around one subject's money."""

    case: Case
    subject_id: UUID
    company: Employer
    caseworker: Viewer
    approver: Viewer
    employer: Viewer

    def ask(self, amounts: Schedule | None = None, on: date | None = None, **said: Any) -> Request:
        """The caseworker asks."""
        plan = amounts or schedule()
        period = Period(plan.months[0].period.start, plan.months[-1].period.last)
        with clock.at(on or clock.today()):
            return services.funding_ask(
                actor=self.caseworker, case_id=self.case.id, subject_id=self.subject_id, employer_id=self.company.id,
                **{"measure": MEASURE, "period": period, "schedule": plan, "trace": Step("total", plan.total),
                   "terms": TERMS, "purpose": "Work experience in a shop.", **said},
            )  # fmt: skip

    def decide(self, request: Request, granted: bool = True, on: date | None = None, **said: Any) -> Decision:
        """The approver decides."""
        reason = said.pop("reason_code", "within_budget" if granted else "no_budget")
        with clock.at(on or clock.today()):
            return services.funding_decide(
                actor=said.pop("actor", self.approver), request_id=request.id, granted=granted, reason_code=reason,
                **said,
            )  # fmt: skip

    def granted(self, amounts: Schedule | None = None, on: date | None = None, **said: Any) -> Request:
        """Asked for and granted."""
        request = self.ask(amounts, on, **said)
        self.decide(request, on=on)
        return request

    def claim(self, request: Request, month: Month, spent: int = 30_000, on: date | None = None) -> Claim:
        """The employer claims a month, on the first day after it unless said otherwise."""
        with clock.at(on or month.next.first):
            return services.claim_submit(
                actor=self.employer, request_id=request.id, year=month.year, month=month.number, spent=spent
            )

    def paid(self, request: Request, month: Month, spent: int = 30_000) -> Claim:
        """A month claimed and paid."""
        claim = self.claim(request, month, spent)
        with clock.at(month.next.first + timedelta(days=3)):
            return services.claim_pay(actor=self.approver, claim_id=claim.id)

    def close(self, ended_on: date) -> tuple[Month, ...]:
        """The subject ends."""
        with clock.at(ended_on):
            return services.funding_close(actor=self.caseworker, subject_id=self.subject_id, ended_on=ended_on)


def make_approver(office: Office, **said: Any) -> Viewer:
    """A budget approver of the office."""
    return build.make_viewer(Role.BUDGET_APPROVER, office=office, **said)


def purse(caseworker: Viewer, approver: Viewer, case: Case | None = None) -> Purse:
    """A case with an employer let in, for whose agreement money is asked."""
    case, company = case or build.make_case(caseworker), make_employer()
    party_let_in(case_id=case.id, employer_id=company.id)
    return Purse(case, uuid4(), company, caseworker, approver, make_employer_viewer(company))


def budget(actor: Viewer, office: Office, amount: int, *, code: str = GROUP, year: int = 2026, **said: Any) -> Budget:
    """A budget set."""
    return services.budget_set(actor=actor, office_id=office.id, code=code, year=year, amount=amount, **said)


def months(first: tuple[int, int], last: tuple[int, int]) -> tuple[Month, ...]:
    """The months from first to last."""
    return months_between(Month(*first), Month(*last))


def total(rows: Iterable[Any]) -> int:
    """The sum of the rows' amounts."""
    return sum(row.amount for row in rows)
