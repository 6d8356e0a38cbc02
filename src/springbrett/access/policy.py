"""May this viewer do this to that? One pure function per kind of object; what no line allows is refused."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from springbrett.access.roles import CASEWORKERS, OFFICE_STAFF, Role, Viewer


class Action(StrEnum):
    """What can be done to a case."""

    SEE_CASE = "see_case"
    SEE_MAPPING = "see_mapping"
    MAP = "map"
    CHOOSE = "choose"
    MATCH = "match"
    SEE_AGREEMENT = "see_agreement"
    WRITE_AGREEMENT = "write_agreement"
    APPROVE_AS_CASEWORKER = "approve_as_caseworker"
    APPROVE_AS_EMPLOYER = "approve_as_employer"
    APPROVE_AS_PARTICIPANT = "approve_as_participant"
    SEE_PLAN = "see_plan"
    FOLLOW_UP = "follow_up"
    REPORT_AS_EMPLOYER = "report_as_employer"
    GIVE_FEEDBACK = "give_feedback"
    SEE_PRIVATE_FEEDBACK = "see_private_feedback"
    DECIDE_OUTCOME = "decide_outcome"
    ANSWER_OUTCOME_AS_EMPLOYER = "answer_outcome_as_employer"
    ANSWER_OUTCOME_AS_PARTICIPANT = "answer_outcome_as_participant"
    ASSIGN = "assign"
    SEE_HISTORY = "see_history"
    SEE_LOOKS = "see_looks"
    ASK_FOR_MONEY = "ask_for_money"
    SEE_MONEY = "see_money"
    DECIDE_MONEY = "decide_money"
    CLAIM_REFUND = "claim_refund"


class RegisterAction(StrEnum):
    """What can be done to the register of employers and openings."""

    SEE_EMPLOYERS = "see_employers"
    SEE_OWN_EMPLOYER = "see_own_employer"
    WRITE_EMPLOYERS = "write_employers"


class OfficeAction(StrEnum):
    """What can be done to an office as a whole."""

    SEE_PORTFOLIO = "see_portfolio"
    SEE_OFFICE = "see_office"
    SEE_RESULTS = "see_results"
    OPEN_CASES = "open_cases"
    EXPORT = "export"
    ADMINISTER = "administer"
    SEE_BUDGET = "see_budget"
    SET_BUDGET = "set_budget"
    ANSWER_STUDY = "answer_study"
    SEE_STUDY = "see_study"
    LEAD_STUDY = "lead_study"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the decision about a case rests on. `opened_until`: this viewer's reasoned access, if one was given."""

    case_id: UUID
    person_id: UUID
    office_id: UUID
    caseworker_id: UUID | None
    employer_ids: frozenset[UUID] = frozenset()
    mentor_ids: frozenset[UUID] = frozenset()
    protected: bool = False
    opened_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and its code. `needs_reason`: refused for now, a written reason would open it."""

    allowed: bool
    why: str
    needs_reason: bool = False


class Denied(PermissionError):
    """The viewer may not do this. Carries the decision; its text holds codes only."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.why)
        self.decision = decision


_OWN_CASEWORK = frozenset(Action) - {
    Action.APPROVE_AS_EMPLOYER,
    Action.REPORT_AS_EMPLOYER,
    Action.GIVE_FEEDBACK,
    Action.ANSWER_OUTCOME_AS_EMPLOYER,
    Action.ANSWER_OUTCOME_AS_PARTICIPANT,
    Action.DECIDE_MONEY,
    Action.CLAIM_REFUND,
}  # APPROVE_AS_PARTICIPANT stays in: on behalf, with a coded reason that the agreement room demands.
_LOOKING_IN = frozenset(
    {
        Action.SEE_CASE,
        Action.SEE_MAPPING,
        Action.SEE_AGREEMENT,
        Action.SEE_PLAN,
        Action.SEE_HISTORY,
        Action.SEE_MONEY,
    }
)
_LEADER_ALSO = frozenset({Action.ASSIGN, Action.SEE_LOOKS})
_PARTICIPANT = frozenset(
    {
        Action.SEE_CASE,
        Action.SEE_MAPPING,
        Action.SEE_AGREEMENT,
        Action.SEE_PLAN,
        Action.APPROVE_AS_PARTICIPANT,
        Action.GIVE_FEEDBACK,
        Action.SEE_PRIVATE_FEEDBACK,
        Action.ANSWER_OUTCOME_AS_PARTICIPANT,
        Action.SEE_HISTORY,
        Action.SEE_LOOKS,
    }
)
_EMPLOYER = frozenset(
    {
        Action.SEE_AGREEMENT,
        Action.SEE_PLAN,
        Action.APPROVE_AS_EMPLOYER,
        Action.REPORT_AS_EMPLOYER,
        Action.ANSWER_OUTCOME_AS_EMPLOYER,
        Action.CLAIM_REFUND,
    }
)
_MENTOR = frozenset({Action.SEE_PLAN})
_APPROVER = frozenset({Action.SEE_MONEY, Action.DECIDE_MONEY})


_BUDGET = frozenset({Role.BUDGET_APPROVER, Role.OFFICE_LEADER})
"""Those who answer for an office's money."""


def may_on_case(viewer: Viewer, action: Action, facts: CaseFacts, *, now: datetime) -> Decision:
    """Whether `viewer` may do `action` to the case that `facts` describe, at `now`."""
    if viewer.role is Role.PARTICIPANT:
        return _allow(viewer.person_id == facts.person_id and action in _PARTICIPANT, "own_case")
    if viewer.role is Role.EMPLOYER:
        return _allow(viewer.employer_id in facts.employer_ids and action in _EMPLOYER, "own_organisation")
    if viewer.role is Role.MENTOR:
        return _allow(viewer.account_id in facts.mentor_ids and action in _MENTOR, "own_placement")
    if viewer.role in CASEWORKERS | {Role.OFFICE_LEADER}:
        return _staff_on_case(viewer, action, facts, now)
    if viewer.role is Role.BUDGET_APPROVER:
        return _approver_on_case(viewer, action, facts)
    return _allow(False, "")


def _approver_on_case(viewer: Viewer, action: Action, facts: CaseFacts) -> Decision:
    """The money of the own office's cases and nothing else of them; never of a case the approver carries."""
    if facts.protected and not viewer.cleared_for_protected:
        return Decision(False, "protected_person")
    if viewer.office_id is None or viewer.office_id != facts.office_id:
        return Decision(False, "outside_office")
    if viewer.account_id == facts.caseworker_id:
        return Decision(False, "own_case")
    return _allow(action in _APPROVER, "decides_money")


def _staff_on_case(viewer: Viewer, action: Action, facts: CaseFacts, now: datetime) -> Decision:
    if facts.protected and not viewer.cleared_for_protected:
        return Decision(False, "protected_person")
    if viewer.role in CASEWORKERS and viewer.account_id == facts.caseworker_id:
        return _allow(action in _OWN_CASEWORK, "own_portfolio")
    if facts.protected or viewer.office_id != facts.office_id:
        return Decision(False, "outside_office" if not facts.protected else "protected_person")
    if viewer.role is Role.OFFICE_LEADER and action in _LEADER_ALSO:
        return Decision(True, "own_office")
    if action not in _LOOKING_IN:
        return Decision(False, "outside_portfolio")
    if facts.opened_until is not None and now < facts.opened_until:
        return Decision(True, "opened_with_reason")
    return Decision(False, "outside_portfolio", needs_reason=True)


def may_on_register(viewer: Viewer, action: RegisterAction, employer_id: UUID | None = None) -> Decision:
    """Whether `viewer` may see or write employers and openings; an employer contact sees only their own."""
    if action is RegisterAction.SEE_OWN_EMPLOYER:
        own = viewer.role is Role.EMPLOYER and viewer.employer_id is not None and viewer.employer_id == employer_id
        return _allow(own or viewer.role in OFFICE_STAFF, "own_organisation")
    return _allow(viewer.role in OFFICE_STAFF - {Role.BUDGET_APPROVER} | {Role.SYSTEM}, "office_staff")


def may_on_office(viewer: Viewer, action: OfficeAction, office_id: UUID | None = None) -> Decision:
    """Whether `viewer` may do `action` at the office; `office_id` None means their own."""
    own = viewer.office_id is not None and office_id in {None, viewer.office_id}
    allowed = {
        OfficeAction.SEE_PORTFOLIO: viewer.carries_cases and own,
        OfficeAction.SEE_OFFICE: viewer.role is Role.OFFICE_LEADER and own,
        OfficeAction.SEE_RESULTS: viewer.role is Role.ANALYST or (viewer.role in OFFICE_STAFF and own),
        OfficeAction.OPEN_CASES: viewer.role in CASEWORKERS | {Role.OFFICE_LEADER} and own,
        OfficeAction.EXPORT: viewer.role in {Role.ANALYST, Role.SYSTEM},
        OfficeAction.ADMINISTER: viewer.role in {Role.ADMINISTRATOR, Role.SYSTEM},
        OfficeAction.SEE_BUDGET: viewer.role in _BUDGET and own,
        OfficeAction.SET_BUDGET: viewer.role in _BUDGET and own,
        OfficeAction.ANSWER_STUDY: viewer.role in CASEWORKERS | {Role.MARKET_CONTACT} and own,
        OfficeAction.SEE_STUDY: viewer.role is Role.ANALYST,
        OfficeAction.LEAD_STUDY: viewer.role is Role.ANALYST,
    }
    return _allow(allowed[action], "own_office") if action in allowed else _allow(False, "")


def require(decision: Decision) -> None:
    """Let an allowed decision pass; raise Denied for any other."""
    if not decision.allowed:
        raise Denied(decision)


def _allow(allowed: bool, why: str) -> Decision:
    return Decision(allowed, why if allowed else "not_yours")
