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


def test_a_request_for_nothing_is_not_made(money: Purse) -> None:
    with pytest.raises(FundingError, match="nothing_to_ask"):
        money.ask(schedule(monthly=0), on=ASKED)


def test_only_the_cases_own_caseworker_asks(money: Purse, other_caseworker: Viewer, leader: Viewer) -> None:
    for stranger in (other_caseworker, leader, money.approver, money.employer):
        with pytest.raises(Denied):
            Purse(money.case, money.subject_id, money.company, stranger, money.approver, money.employer).ask()


@pytest.mark.rule("tiltaksforskriften § 1-5")
def test_1_5_an_approver_of_another_office_does_not_decide(money: Purse, other_office: Office) -> None:
    request = money.ask()
    with pytest.raises(Denied):
        money.decide(request, actor=make_approver(other_office))


def test_a_caseworker_or_leader_decides_nothing_about_money(money: Purse, leader: Viewer) -> None:
    request = money.ask()
    for who in (money.caseworker, leader):
        with pytest.raises(Denied):
            money.decide(request, actor=who)


def test_an_approver_who_is_the_caseworker_by_another_account_does_not_decide(office: Office) -> None:
    caseworker = build.make_viewer(build.Role.CASEWORKER, office=office, email="to@jobber.example")
    same, other = make_approver(office, email="TO@jobber.example"), make_approver(office, email="en@jobb.example")
    money = purse(caseworker, same)
    request = money.ask()
    with pytest.raises(FundingStop, match="not_the_caseworker"):
        money.decide(request)
    assert money.decide(request, actor=other).granted


def test_who_asked_does_not_decide_after_the_case_has_been_given_away(
    office: Office, leader: Viewer, other_caseworker: Viewer
) -> None:
    caseworker = build.make_viewer(build.Role.CASEWORKER, office=office, email="to@jobber.example")
    money = purse(caseworker, make_approver(office, email="to@jobber.example"))
    request = money.ask()
    case_assign(actor=leader, case_id=money.case.id, caseworker_id=other_caseworker.account_id)
    with pytest.raises(FundingStop, match="not_who_asked"):
        money.decide(request)


def test_a_request_is_decided_once(money: Purse) -> None:
    request = money.ask()
    money.decide(request)
    with pytest.raises(FundingError, match="already_decided"):
        money.decide(request, granted=False)


@pytest.mark.parametrize(("granted", "code"), [(True, "no_budget"), (False, "within_budget"), (True, "nonsense")])
def test_a_decision_has_a_reason_that_belongs_to_it(money: Purse, granted: bool, code: str) -> None:
    with pytest.raises(FundingError, match="unknown_reason"):
        money.decide(money.ask(), granted, reason_code=code)


def test_another_reason_is_written_out_and_says_nothing_about_health(money: Purse) -> None:
    request = money.ask()
    with pytest.raises(FundingError, match="reason_text_missing"):
        money.decide(request, granted=False, reason_code="other_refusal")
    with pytest.raises(FundingError, match="words_diagnosis"):
        money.decide(request, granted=False, reason_code="other_refusal", reason_text="Han har ADHD.")


def test_a_refusal_binds_nothing_and_is_read_with_its_reason(money: Purse) -> None:
    money.decide(money.ask(), granted=False, reason_text="Tomt.")
    state = request_of(money.subject_id)
    assert (state.state, state.reason_code, state.reason_text, _bound(money)) == (
        State.REFUSED,
        "no_budget",
        "Tomt.",
        [],
    )


@pytest.mark.parametrize(("amount", "broken"), [(90_000, False), (89_999, True)])
def test_a_grant_to_the_last_krone_is_within_the_budget_and_one_more_needs_a_reason(
    money: Purse, office: Office, leader: Viewer, amount: int, broken: bool
) -> None:
    with clock.at(ASKED):
        budget(leader, office, amount)
    request = money.ask(on=ASKED)
    if not broken:
        assert money.decide(request, on=ASKED).override_reason == ""
        return
    with pytest.raises(BudgetBroken) as stopped:
        money.decide(request, on=ASKED)
    assert stopped.value.verdict.children[0].fact("after") == -1
    assert _bound(money) == []
    decision = money.decide(request, on=ASKED, override_reason="release_expected")
    assert (decision.granted, decision.override_reason) == (True, "release_expected")
    told = Event.objects.get(action="funding.decided")
    assert (told.facts["over_budget"], told.facts["override_reason"]) == (True, "release_expected")


def test_without_a_budget_nothing_is_broken_and_nothing_is_said_to_be_covered(money: Purse) -> None:
    decision = money.decide(money.ask(on=ASKED), on=ASKED)
    assert decision.shown["answer"] == "unknown"


def test_an_earlier_grant_stands_while_a_new_request_waits_and_is_given_back_when_that_is_granted(money: Purse) -> None:
    first = money.granted(on=ASKED)
    second = money.ask(schedule(monthly=20_000), on=ASKED)
    state = request_of(money.subject_id)
    assert (state.state, state.granted_fingerprint) == (State.ASKED, first.fingerprint)
    assert state.covers(first.fingerprint) and not state.covers(second.fingerprint)
    assert _bound(money) == [(month, 15_000) for month in range(3, 9)]
    money.decide(second, on=ASKED)
    assert request_of(money.subject_id).covers(second.fingerprint)
    assert _bound(money) == [(month, 20_000) for month in range(3, 9)]


def test_an_earlier_grant_stands_when_the_new_request_is_refused(money: Purse) -> None:
    first = money.granted(on=ASKED)
    money.decide(money.ask(schedule(monthly=20_000), on=ASKED), granted=False, on=ASKED)
    state = request_of(money.subject_id)
    assert state.state is State.REFUSED and state.covers(first.fingerprint)
    assert _bound(money) == [(month, 15_000) for month in range(3, 9)]


def test_a_month_already_claimed_stays_with_the_earlier_grant(money: Purse) -> None:
    first = money.granted(on=ASKED)
    money.paid(first, Month(2026, 3))
    money.decide(money.ask(schedule(monthly=20_000), on=date(2026, 4, 5)), on=date(2026, 4, 5))
    assert _bound(money) == [(3, 15_000), *((month, 20_000) for month in range(4, 9))]


def test_the_same_amounts_are_not_asked_for_again_once_granted(money: Purse) -> None:
    money.granted(on=ASKED)
    with pytest.raises(FundingError, match="already_granted"):
        money.ask(on=ASKED)


def test_taking_back_gives_back_everything_nobody_has_claimed(money: Purse) -> None:
    first = money.granted(on=ASKED)
    money.claim(first, Month(2026, 3))
    with clock.at(date(2026, 4, 2)):
        services.funding_withdraw(actor=money.caseworker, subject_id=money.subject_id)
    assert _bound(money) == [(3, 15_000)]
    assert request_of(money.subject_id).state is State.WITHDRAWN
    assert not request_of(money.subject_id).covers(first.fingerprint)


def test_an_amendment_given_up_leaves_the_grant_as_it_was(money: Purse) -> None:
    first = money.granted(on=ASKED)
    money.ask(schedule(monthly=20_000), on=ASKED)
    services.funding_withdraw(actor=money.caseworker, subject_id=money.subject_id, grant_stands=True)
    state = request_of(money.subject_id)
    assert state.covers(first.fingerprint) and not state.waiting
    with pytest.raises(FundingError, match="nothing_waits"):
        services.funding_withdraw(actor=money.caseworker, subject_id=money.subject_id, grant_stands=True)
    money.decide(money.ask(schedule(monthly=21_000), on=ASKED), on=ASKED)
    assert _bound(money) == [(month, 21_000) for month in range(3, 9)]


@pytest.mark.parametrize(
    ("ended_on", "left"),
    [(date(2026, 5, 31), [3, 4, 5]), (date(2026, 6, 1), [3, 4, 5, 6]), (START, [3]), (END, [3, 4, 5, 6, 7, 8])],
)  # fmt: skip
def test_an_end_gives_back_the_months_that_begin_after_it_and_keeps_the_month_it_falls_in(
    money: Purse, ended_on: date, left: list[int]
) -> None:
    money.granted(on=ASKED)
    money.close(ended_on)
    assert [month for month, _amount in _bound(money)] == left


def test_an_end_told_twice_gives_back_once(money: Purse) -> None:
    money.granted(on=ASKED)
    assert money.close(date(2026, 5, 31)) == (Month(2026, 6), Month(2026, 7), Month(2026, 8))
    assert money.close(date(2026, 5, 31)) == ()


def test_a_request_that_waits_falls_away_when_the_agreement_ends(money: Purse) -> None:
    request = money.ask(on=ASKED)
    money.close(date(2026, 5, 31))
    with pytest.raises(FundingError, match="left"):
        money.decide(request)


def test_the_same_schedule_has_the_same_fingerprint_and_a_krone_more_another(money: Purse, case: Case) -> None:
    one, same, other = schedule(), schedule(), schedule(monthly=15_001)
    prints = [services.rules.fingerprint(amounts) for amounts in (one, same, other)]
    assert prints[0] == prints[1] != prints[2]


def _told(action: str) -> dict[str, Any]:
    return dict(Event.objects.filter(action=action).latest("id").facts)


def test_every_step_is_told_to_the_ledger_with_the_subject_and_without_words(money: Purse) -> None:
    request = money.granted(on=ASKED)
    money.paid(request, Month(2026, 3))
    money.close(date(2026, 5, 31))
    for action in ("funding.asked", "funding.decided", "funding.claimed", "funding.paid", "funding.closed"):
        assert _told(action)["subject"] == str(money.subject_id), action
    assert _told("funding.paid")["refund"] == 15_000
    assert _told("funding.closed")["released"] == 45_000
