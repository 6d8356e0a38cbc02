"""What always holds of money, whatever is asked, granted, claimed, paid, ended and taken back, in whatever order."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from springbrett.access.roles import Role
from springbrett.funding import budgets, rules, services
from springbrett.funding.errors import FundingError, RequestNotFound
from springbrett.funding.models import Claim, Commitment, Decision, Request
from springbrett.funding.records import BudgetRow, Line, Month, Movement
from springbrett.funding.rules import budget_after, by_month, out_periods, released_by_end
from springbrett.kernel import clock
from springbrett.kernel.verdict import Answer
from tests import build
from tests.builders.funding import GROUP, Purse, budget, make_approver, purse, schedule

YEAR = 2026
kroner = st.integers(0, 10_000_000)
months = st.builds(Month, st.integers(2024, 2028), st.integers(1, 12))


@given(st.none() | kroner, kroner, kroner, kroner)
def test_a_commitment_is_within_the_budget_exactly_when_everything_together_is(
    amount: int | None, committed: int, paid: int, new: int
) -> None:
    verdict = budget_after(BudgetRow(GROUP, YEAR, (), amount, committed, paid), new)
    expected = Answer.UNKNOWN if amount is None else Answer.of(committed + paid + new <= amount)
    assert verdict.answer is expected
    assert not verdict.stops


@given(st.lists(months), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_an_end_gives_back_exactly_the_months_that_begin_after_it(those: list[Month], ended_on: date) -> None:
    back = released_by_end(those, ended_on)
    assert all(month.first > ended_on for month in back)
    assert all(month.first <= ended_on for month in those if month not in back)


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 400), st.integers(0, 50_000))
def test_the_months_of_a_schedule_add_up_to_its_total_and_to_its_years(start: date, days: int, monthly: int) -> None:
    amounts = schedule(start, start + timedelta(days=days), monthly)
    found = by_month(amounts)
    assert sum(found.values()) == amounts.total
    years: dict[int, int] = defaultdict(int)
    for month, amount in found.items():
        years[month.year] += amount
    assert years == {year: amount for year, amount in amounts.by_year().items() if amount}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-60, 60), st.booleans()), max_size=12))
def test_the_days_without_money_are_those_a_day_by_day_count_finds(said: list[tuple[int, int, bool]]) -> None:
    first, until = date(YEAR, 1, 1), date(YEAR, 2, 5)
    moves = [Movement(first + timedelta(days=day), change, budget=bud) for day, change, bud in said]
    slow = set()
    for offset in range((until - first).days + 1):
        day = first + timedelta(days=offset)
        so_far = [one for one in moves if one.on <= day]
        if any(one.budget for one in so_far) and sum(one.change for one in so_far) <= 0:
            slow.add(day)
    fast = {p.start + timedelta(days=n) for p in out_periods(moves, until) for n in range(p.days)}
    assert fast == slow


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_refund_is_never_more_than_the_grant_nor_more_than_what_is_due(refund: int, granted: int) -> None:
    paid = rules.refund_within_grant(refund, granted)
    assert paid <= granted and paid <= refund and paid in {refund, granted}


_steps = st.lists(
    st.tuples(st.sampled_from(["ask", "grant", "refuse", "claim", "pay", "return", "close", "withdraw", "give_up"]),
              st.integers(0, 1), st.integers(1, 12)),
    min_size=1, max_size=14,
)  # fmt: skip


class TestWhateverHappens(TestCase):
    """A row of steps for two agreements that draw on the same budget."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(_steps)
    def test_committed_and_paid_never_exceed_what_was_granted_and_the_sums_are_those_of_a_slow_count(
        self, steps: list[tuple[str, int, int]]
    ) -> None:
        office = build.make_office()
        caseworker, approver = build.make_viewer(Role.CASEWORKER, office=office), make_approver(office)
        with clock.at(date(YEAR, 1, 1)):
            budget(approver, office, 100_000)
        purses = [purse(caseworker, approver) for _ in range(2)]
        for number, (what, whose, month) in enumerate(steps):
            with clock.at(date(YEAR, 1, 1) + timedelta(days=30 * number)):
                _step(purses[whose], what, month)
            _nothing_beyond_the_grants(purses)
            (row,) = budgets.budget_rows(office.id, YEAR)
            assert (row.committed, row.paid) == _slow(purses)
            for dry in budgets.out_of_money(approver, office.id, YEAR, date(YEAR, 12, 31)):
                assert dry.row == row


def _step(money: Purse, what: str, month: int) -> None:
    """One step; what the rules refuse changes nothing."""
    before = _everything()
    try:
        _try(money, what, month)
    except (FundingError, RequestNotFound):
        assert _everything() == before


def _try(money: Purse, what: str, month: int) -> Any:
    newest = Request.objects.filter(subject_id=money.subject_id).order_by("number").last()
    claim = Claim.objects.filter(commitment__request__subject_id=money.subject_id).order_by("sent_at").last()
    if what == "ask":
        return money.ask(schedule(date(YEAR, 1, 1), date(YEAR, 6, 30), 1_000 * month))
    if what in {"grant", "refuse"} and newest:
        granted = what == "grant"
        return money.decide(newest, granted, override_reason="other" if granted else "")
    if what == "claim" and newest:
        return money.claim(newest, Month(YEAR, month), spent=month * 500, on=clock.today())
    if what == "pay" and claim:
        return services.claim_pay(actor=money.approver, claim_id=claim.id)
    if what == "return" and claim:
        return services.claim_return(actor=money.approver, claim_id=claim.id, reason_code="wrong_month")
    if what == "close" and newest:
        money.close(date(YEAR, month, 15))
        return _assert_idempotent(money, date(YEAR, month, 15))
    if what in {"withdraw", "give_up"}:
        return services.funding_withdraw(
            actor=money.caseworker, subject_id=money.subject_id, grant_stands=what == "give_up"
        )
    return None


def _assert_idempotent(money: Purse, ended_on: date) -> None:
    assert money.close(ended_on) == ()


def _everything() -> tuple[Any, ...]:
    return (
        list(Request.objects.order_by("pk").values()), list(Decision.objects.order_by("pk").values()),
        list(Commitment.objects.order_by("pk").values()), list(Claim.objects.order_by("pk").values()),
    )  # fmt: skip


def _nothing_beyond_the_grants(purses: list[Purse]) -> None:
    for money in purses:
        held: dict[Month, list[Line]] = defaultdict(list)
        for row in Commitment.objects.filter(request__subject_id=money.subject_id):
            line = budgets.line_of(row)
            assert line.committed + line.used <= row.amount
            held[line.month].append(line)
        for lines in held.values():
            assert sum(1 for line in lines if not line.released) <= 1
        for request in Request.objects.filter(subject_id=money.subject_id, decision__granted=True):
            kept = [budgets.line_of(row) for row in request.commitments.all()]
            assert sum(line.committed + line.used for line in kept) <= request.total


def _slow(purses: list[Purse]) -> tuple[int, int]:
    """Committed and paid, counted line by line."""
    rows = Commitment.objects.filter(request__subject_id__in=[money.subject_id for money in purses], year=YEAR)
    return rules.totals(budgets.line_of(row) for row in rows)
