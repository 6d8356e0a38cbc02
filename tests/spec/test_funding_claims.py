"""What an employer claims back: after the month, within the deadline, never more than was granted."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.funding import rules, services
from springbrett.funding.budgets import budget_of
from springbrett.funding.errors import FundingError, FundingStop
from springbrett.funding.models import Claim
from springbrett.funding.records import Month
from springbrett.kernel import clock
from springbrett.kernel.period import Period
from springbrett.money.records import MonthAmount, Schedule
from springbrett.people.models import Case, Office
from tests.builders.funding import GROUP, Purse, budget, make_approver, purse, schedule

ASKED, MARCH = date(2026, 2, 10), Month(2026, 3)


@pytest.fixture
def money(caseworker: Viewer, office: Office, case: Case) -> Purse:
    return purse(caseworker, make_approver(office), case)


def _piece(first: date, last: date, percent: int | None, amount: int) -> MonthAmount:
    return MonthAmount(Period(first, last), None if percent is None else Decimal(percent), amount, amount)


@pytest.mark.parametrize(("on", "opens"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True)])
def test_a_month_is_claimed_from_the_day_after_its_last(money: Purse, on: date, opens: bool) -> None:
    request = money.granted(on=ASKED)
    if opens:
        assert money.claim(request, MARCH, on=on).refund == 15_000
    else:
        with pytest.raises(FundingStop, match="month_is_over"):
            money.claim(request, MARCH, on=on)


@pytest.mark.parametrize(("on", "opens"), [(date(2026, 3, 20), False), (date(2026, 3, 21), True)])
def test_the_last_month_is_claimed_from_the_day_after_the_agreements_last(money: Purse, on: date, opens: bool) -> None:
    request = money.granted(schedule(date(2026, 3, 1), date(2026, 3, 20)), on=ASKED)
    if opens:
        assert money.claim(request, MARCH, on=on)
    else:
        with pytest.raises(FundingStop, match="month_is_over"):
            money.claim(request, MARCH, on=on)


@pytest.mark.parametrize(("on", "open_"), [(date(2026, 5, 31), True), (date(2026, 6, 1), False)])
def test_a_month_is_claimed_within_two_months_of_its_last_day(money: Purse, on: date, open_: bool) -> None:
    request = money.granted(on=ASKED)
    if open_:
        assert money.claim(request, MARCH, on=on)
    else:
        with pytest.raises(FundingStop, match="claimed_in_time"):
            money.claim(request, MARCH, on=on)


@pytest.mark.rule("tiltaksforskriften § 9-5")
def test_9_5_the_refund_is_the_percentage_of_what_the_wage_costs_with_its_additions(money: Purse) -> None:
    claim = money.claim(money.granted(on=ASKED), MARCH, spent=20_000)
    cost = Decimal(20_000) * Decimal("1.12") * Decimal("1.02") * Decimal("1.141")
    assert claim.refund == round(cost * 40 / 100) == 10_428


def test_a_refund_never_exceeds_what_was_granted_for_the_month(money: Purse) -> None:
    claim = money.claim(money.granted(on=ASKED), MARCH, spent=300_000)
    assert (claim.refund, claim.at_most) == (15_000, 15_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(refund=15_001)


def test_where_the_percentage_steps_down_inside_a_month_each_part_counts_by_its_own_cost() -> None:
    pieces = (
        _piece(date(2026, 3, 1), date(2026, 3, 15), 40, 4_000),
        _piece(date(2026, 3, 16), date(2026, 3, 31), 30, 3_000),
    )
    assert rules.percent_of(pieces) == Decimal(35)
    assert rules.percent_of(pieces[:1]) == Decimal(40)
    assert rules.percent_of((_piece(date(2026, 3, 1), date(2026, 3, 31), None, 5_000),)) is None


def test_costs_without_a_percentage_are_refunded_as_they_were_up_to_the_grant(money: Purse) -> None:
    amounts = Schedule((_piece(date(2026, 3, 1), date(2026, 3, 31), None, 5_000),), kind="mentor")
    request = money.granted(amounts, on=ASKED, measure="mentor", terms=None)
    assert money.claim(request, MARCH, spent=4_200).refund == 4_200


def test_a_place_is_paid_at_its_rate_whatever_was_spent(money: Purse) -> None:
    amounts = Schedule((_piece(date(2026, 3, 1), date(2026, 3, 31), None, 5_000),), kind="place")
    request = money.granted(amounts, on=ASKED, measure="vtao", terms=None)
    assert money.claim(request, MARCH, spent=1).refund == 5_000


def test_a_wage_subsidy_without_the_costs_of_the_wage_is_not_calculated(money: Purse) -> None:
    with pytest.raises(FundingError, match="terms_missing"):
        money.claim(money.granted(on=ASKED, terms=None), MARCH)


def test_a_month_is_claimed_once_until_it_is_sent_back(money: Purse) -> None:
    request = money.granted(on=ASKED)
    first = money.claim(request, MARCH)
    with pytest.raises(FundingError, match="already_claimed"):
        money.claim(request, MARCH)
    with clock.at(date(2026, 4, 3)):
        services.claim_return(actor=money.approver, claim_id=first.id, reason_code="wrong_month")
    assert money.claim(request, MARCH, on=date(2026, 4, 4)).id != first.id


def test_a_claim_is_settled_once(money: Purse) -> None:
    claim = money.paid(money.granted(on=ASKED), MARCH)
    with pytest.raises(FundingError, match="claim_settled"):
        services.claim_pay(actor=money.approver, claim_id=claim.id)
    with pytest.raises(FundingError, match="claim_settled"):
        services.claim_return(actor=money.approver, claim_id=claim.id, reason_code="wrong_month")


def test_only_the_employer_of_the_grant_claims_and_only_the_approver_pays(money: Purse, caseworker: Viewer) -> None:
    request, other = money.granted(on=ASKED), purse(caseworker, money.approver)
    for who in (money.caseworker, money.approver, other.employer):
        with pytest.raises(Denied), clock.at(date(2026, 4, 1)):
            services.claim_submit(actor=who, request_id=request.id, year=2026, month=3, spent=1)
    claim = money.claim(request, MARCH)
    for who in (money.caseworker, money.employer):
        with pytest.raises(Denied):
            services.claim_pay(actor=who, claim_id=claim.id)


def test_a_month_given_back_is_neither_claimed_nor_paid(money: Purse) -> None:
    request = money.granted(on=ASKED)
    money.close(date(2026, 3, 31))
    with pytest.raises(FundingError, match="released"):
        money.claim(request, Month(2026, 4))


def test_a_paid_month_is_settled_and_what_was_not_used_of_it_is_free_again(
    money: Purse, office: Office, leader: Viewer
) -> None:
    with clock.at(ASKED):
        budget(leader, office, 100_000)
    request = money.granted(on=ASKED)
    money.paid(request, MARCH, spent=20_000)
    (row,) = budget_of(leader, office.id, 2026)
    assert (row.code, row.committed, row.paid, row.free) == (GROUP, 75_000, 10_428, 14_572)
