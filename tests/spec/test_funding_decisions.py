"""Who decides about money, what is bound and what is given back."""

from datetime import date
from typing import Any

import pytest

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.funding import services
from springbrett.funding.errors import BudgetBroken, FundingError, FundingStop
from springbrett.funding.models import Commitment
from springbrett.funding.records import Month, State
from springbrett.funding.selectors import request_of
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.people.models import Case, Office
from springbrett.people.services import case_assign
from tests import build
from tests.builders.funding import END, START, Purse, budget, make_approver, purse, schedule

ASKED = date(2026, 2, 10)


@pytest.fixture
def approver(office: Office) -> Viewer:
    return make_approver(office)


@pytest.fixture
def money(caseworker: Viewer, approver: Viewer, case: Case) -> Purse:
    return purse(caseworker, approver, case)


def _bound(money: Purse) -> list[tuple[int, int]]:
    rows = Commitment.objects.filter(request__subject_id=money.subject_id, released_on__isnull=True)
    return sorted((row.month, row.amount) for row in rows)


def test_nobody_has_asked_for_a_subject_without_a_request(money: Purse) -> None:
    assert request_of(money.subject_id).state is State.NONE


def test_a_request_waits_until_an_approver_has_decided_it(money: Purse) -> None:
    request = money.ask(on=ASKED)
    assert (request_of(money.subject_id).state, _bound(money)) == (State.ASKED, [])
    money.decide(request, on=ASKED)
    state = request_of(money.subject_id)
    assert (state.state, state.decided_on, state.total) == (State.GRANTED, ASKED, 6 * 15_000)
    assert state.covers(request.fingerprint)
    assert _bound(money) == [(month, 15_000) for month in range(3, 9)]
