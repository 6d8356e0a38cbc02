"""Who may: default deny, own portfolio, reasons that expire, looks that the person can read."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springbrett.access.policy import (
    Action,
    CaseFacts,
    Denied,
    OfficeAction,
    RegisterAction,
    may_on_case,
    may_on_office,
    may_on_register,
)
from springbrett.access.roles import CASEWORKERS, Role, Viewer
from springbrett.access.selectors import looks_at
from springbrett.access.services import ReasonMissing
from springbrett.kernel import clock
from springbrett.people.models import Case, Protection
from springbrett.people.selectors import case_for, cases_for
from springbrett.people.services import case_assign, case_open_with_reason
from tests import build

NOW = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Europe/Oslo"))
OFFICE, PERSON, EMPLOYER, CARRIER, MENTOR = (uuid4() for _ in range(5))
FACTS = CaseFacts(uuid4(), PERSON, OFFICE, CARRIER, frozenset({EMPLOYER}), frozenset({MENTOR}))
OWN = {
    Role.PARTICIPANT: Viewer(uuid4(), Role.PARTICIPANT, person_id=PERSON),
    Role.CASEWORKER: Viewer(CARRIER, Role.CASEWORKER, office_id=OFFICE),
    Role.JOB_SPECIALIST: Viewer(CARRIER, Role.JOB_SPECIALIST, office_id=OFFICE),
    Role.EMPLOYER: Viewer(uuid4(), Role.EMPLOYER, employer_id=EMPLOYER),
    Role.MENTOR: Viewer(MENTOR, Role.MENTOR, employer_id=EMPLOYER),
    Role.OFFICE_LEADER: Viewer(uuid4(), Role.OFFICE_LEADER, office_id=OFFICE),
    Role.BUDGET_APPROVER: Viewer(uuid4(), Role.BUDGET_APPROVER, office_id=OFFICE),
}
OTHER = {
    Role.PARTICIPANT: Viewer(uuid4(), Role.PARTICIPANT, person_id=uuid4()),
    Role.EMPLOYER: Viewer(uuid4(), Role.EMPLOYER, employer_id=uuid4()),
    Role.MENTOR: Viewer(uuid4(), Role.MENTOR, employer_id=EMPLOYER),
    Role.CASEWORKER: Viewer(uuid4(), Role.CASEWORKER, office_id=OFFICE),
    Role.JOB_SPECIALIST: Viewer(uuid4(), Role.JOB_SPECIALIST, office_id=uuid4()),
    Role.OFFICE_LEADER: Viewer(uuid4(), Role.OFFICE_LEADER, office_id=uuid4()),
    Role.BUDGET_APPROVER: Viewer(uuid4(), Role.BUDGET_APPROVER, office_id=uuid4()),
}
MATRIX = {
    Role.PARTICIPANT: {
        Action.SEE_CASE, Action.SEE_MAPPING, Action.SEE_AGREEMENT, Action.SEE_PLAN, Action.APPROVE_AS_PARTICIPANT,
        Action.GIVE_FEEDBACK, Action.SEE_PRIVATE_FEEDBACK, Action.ANSWER_OUTCOME_AS_PARTICIPANT, Action.SEE_HISTORY,
        Action.SEE_LOOKS,
    },
    Role.EMPLOYER: {
        Action.SEE_AGREEMENT, Action.SEE_PLAN, Action.APPROVE_AS_EMPLOYER, Action.REPORT_AS_EMPLOYER,
        Action.ANSWER_OUTCOME_AS_EMPLOYER, Action.CLAIM_REFUND,
    },
    Role.MENTOR: {Action.SEE_PLAN},
    Role.OFFICE_LEADER: {Action.ASSIGN, Action.SEE_LOOKS},
    Role.BUDGET_APPROVER: {Action.SEE_MONEY, Action.DECIDE_MONEY},
    **dict.fromkeys(CASEWORKERS, set(Action) - {
        Action.APPROVE_AS_EMPLOYER, Action.REPORT_AS_EMPLOYER, Action.GIVE_FEEDBACK,
        Action.ANSWER_OUTCOME_AS_EMPLOYER, Action.ANSWER_OUTCOME_AS_PARTICIPANT,
        Action.DECIDE_MONEY, Action.CLAIM_REFUND,
    }),
}  # fmt: skip
"""The whole matrix, written out once more by hand: what each role may do to a case of its own."""


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Action))
def test_each_role_may_do_exactly_what_the_matrix_says_to_its_own_case(role: Role, action: Action) -> None:
    viewer = OWN.get(role) or Viewer(uuid4(), role, office_id=OFFICE, employer_id=EMPLOYER)
    assert may_on_case(viewer, action, FACTS, now=NOW).allowed is (action in MATRIX.get(role, set()))


@pytest.mark.parametrize("role", sorted(OTHER))
@pytest.mark.parametrize("action", list(Action))
def test_the_same_role_may_do_nothing_to_another_case(role: Role, action: Action) -> None:
    assert not may_on_case(OTHER[role], action, FACTS, now=NOW).allowed


@given(st.sampled_from(Role), st.sampled_from(Action))
def test_a_viewer_who_belongs_nowhere_may_do_nothing(role: Role, action: Action) -> None:
    assert not may_on_case(Viewer(uuid4(), role), action, FACTS, now=NOW).allowed


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.OFFICE_LEADER])
def test_a_written_reason_opens_a_colleagues_case_for_reading_only_and_only_for_a_while(role: Role) -> None:
    colleague = Viewer(uuid4(), role, office_id=OFFICE)
    assert may_on_case(colleague, Action.SEE_CASE, FACTS, now=NOW).needs_reason
    opened = CaseFacts(FACTS.case_id, PERSON, OFFICE, CARRIER, opened_until=NOW + timedelta(hours=1))
    assert may_on_case(colleague, Action.SEE_CASE, opened, now=NOW).allowed
    assert not may_on_case(colleague, Action.WRITE_AGREEMENT, opened, now=NOW).allowed
    assert not may_on_case(colleague, Action.SEE_CASE, opened, now=NOW + timedelta(hours=2)).allowed


def test_a_protected_person_is_closed_to_all_staff_who_are_not_cleared_and_no_reason_opens_it() -> None:
    protected = CaseFacts(FACTS.case_id, PERSON, OFFICE, CARRIER, protected=True)
    for viewer in (OWN[Role.CASEWORKER], OWN[Role.OFFICE_LEADER], OTHER[Role.CASEWORKER]):
        decision = may_on_case(viewer, Action.SEE_CASE, protected, now=NOW)
        assert (decision.allowed, decision.needs_reason) == (False, False)
    cleared = Viewer(CARRIER, Role.CASEWORKER, office_id=OFFICE, cleared_for_protected=True)
    assert may_on_case(cleared, Action.SEE_CASE, protected, now=NOW).allowed


@pytest.mark.parametrize(("role", "may"), [
    (Role.CASEWORKER, True), (Role.MARKET_CONTACT, True), (Role.OFFICE_LEADER, True), (Role.EMPLOYER, False),
    (Role.PARTICIPANT, False), (Role.ANALYST, False), (Role.MENTOR, False),
])  # fmt: skip
def test_the_employer_register_is_for_the_offices_staff(role: Role, may: bool) -> None:
    viewer = Viewer(uuid4(), role, office_id=OFFICE, employer_id=EMPLOYER)
    assert may_on_register(viewer, RegisterAction.SEE_EMPLOYERS).allowed is may


def test_an_employer_contact_sees_the_own_organisation_and_no_other() -> None:
    assert may_on_register(OWN[Role.EMPLOYER], RegisterAction.SEE_OWN_EMPLOYER, EMPLOYER).allowed
    assert not may_on_register(OWN[Role.EMPLOYER], RegisterAction.SEE_OWN_EMPLOYER, uuid4()).allowed


def test_the_office_page_is_for_its_own_leader() -> None:
    assert may_on_office(OWN[Role.OFFICE_LEADER], OfficeAction.SEE_OFFICE, OFFICE).allowed
    assert not may_on_office(OTHER[Role.OFFICE_LEADER], OfficeAction.SEE_OFFICE, OFFICE).allowed
    assert not may_on_office(OWN[Role.CASEWORKER], OfficeAction.SEE_OFFICE, OFFICE).allowed


def test_an_approver_decides_nothing_in_a_case_that_is_the_own() -> None:
    own = Viewer(CARRIER, Role.BUDGET_APPROVER, office_id=OFFICE)
    assert [a for a in Action if may_on_case(own, a, FACTS, now=NOW).allowed] == []


def test_the_money_of_a_protected_person_is_for_a_cleared_approver() -> None:
    protected = CaseFacts(FACTS.case_id, PERSON, OFFICE, CARRIER, protected=True)
    open_ = Viewer(uuid4(), Role.BUDGET_APPROVER, office_id=OFFICE)
    cleared = Viewer(uuid4(), Role.BUDGET_APPROVER, office_id=OFFICE, cleared_for_protected=True)
    assert not may_on_case(open_, Action.SEE_MONEY, protected, now=NOW).allowed
    assert may_on_case(cleared, Action.SEE_MONEY, protected, now=NOW).allowed


@pytest.mark.parametrize("action", [OfficeAction.SEE_BUDGET, OfficeAction.SET_BUDGET])
@pytest.mark.parametrize("role", list(Role))
def test_the_budget_of_an_office_is_for_its_own_leader_and_approver(role: Role, action: OfficeAction) -> None:
    viewer = Viewer(uuid4(), role, office_id=OFFICE)
    assert may_on_office(viewer, action, OFFICE).allowed is (role in {Role.OFFICE_LEADER, Role.BUDGET_APPROVER})
    assert not may_on_office(viewer, action, uuid4()).allowed


def test_a_caseworker_lists_the_own_portfolio_only(caseworker: Viewer, other_caseworker: Viewer, case: Case) -> None:
    assert list(cases_for(caseworker)) == [case]
    assert list(cases_for(other_caseworker)) == []


def test_a_case_given_to_a_colleague_leaves_the_portfolio_and_the_change_is_kept(
    caseworker: Viewer, other_caseworker: Viewer, leader: Viewer
) -> None:
    with clock.at(date(2026, 1, 5)):
        case = build.make_case(caseworker)
    with clock.at(date(2026, 2, 1)):
        case_assign(actor=leader, case_id=case.id, caseworker_id=other_caseworker.account_id)
        assert list(cases_for(caseworker)) == []
        assert list(cases_for(other_caseworker)) == [case]
    first, second = case.assignments.order_by("from_on")
    assert (first.to_on, second.from_on) == (date(2026, 1, 31), date(2026, 2, 1))


def test_a_reason_must_be_written_and_then_opens_the_case(case: Case, other_caseworker: Viewer) -> None:
    with pytest.raises(Denied):
        case_for(other_caseworker, case.id, Action.SEE_CASE)
    with pytest.raises(ReasonMissing):
        case_open_with_reason(actor=other_caseworker, case_id=case.id, reason="  ")
    case_open_with_reason(actor=other_caseworker, case_id=case.id, reason="Covers for a colleague on sick leave")
    assert case_for(other_caseworker, case.id, Action.SEE_CASE) == case


def test_only_the_person_reads_who_has_looked(case: Case, participant: Viewer, caseworker: Viewer) -> None:
    assert looks_at(participant, case.person_id) == ()
    with pytest.raises(Denied):
        looks_at(caseworker, case.person_id)


def test_a_protected_person_is_not_listed_for_those_without_clearance(caseworker: Viewer) -> None:
    person = build.make_person(protection=Protection.ADDRESS)
    build.make_case(caseworker, person)
    assert list(cases_for(caseworker)) == []
