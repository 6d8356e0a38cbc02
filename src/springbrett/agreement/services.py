"""The only writers of agreements. Each locks the agreement first: two people at once become one after the other.

A support (a mentor, an inclusion grant) is written, approved and put in force by the same services as the agreement it
stands beside; ending or putting away the main one takes its supports with it.
"""

from datetime import date
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action, Decision, Denied
from springbrett.access.roles import Viewer
from springbrett.agreement import costs, selectors
from springbrett.agreement.context import draft_for, estimate_for, support_for, supports_open_to
from springbrett.agreement.errors import AgreementError, AlreadyApproved, StaleVersion
from springbrett.agreement.models import Agreement, AgreementVersion, Approval
from springbrett.agreement.records import AgreementContent, changed_parts
from springbrett.agreement.writing import (
    SPEAKS_FOR,
    action_of,
    add_version,
    check_reason,
    check_voice,
    checked,
    enter_if_approved,
    locked,
    rules_of,
    tell,
    terms_of,
)
from springbrett.funding.models import Request
from springbrett.funding.records import State
from springbrett.funding.rules import fingerprint
from springbrett.funding.selectors import request_of
from springbrett.funding.services import funding_ask, funding_close, funding_withdraw
from springbrett.kernel import clock
from springbrett.kernel.verdict import to_data
from springbrett.ledger.services import service
from springbrett.people.models import Case
from springbrett.people.selectors import case_for
from springbrett.people.services import party_let_in


@service
def agreement_draft(
    *, actor: Viewer, case_id: UUID, content: AgreementContent | None = None, agreement_id: UUID | None = None
) -> Agreement:
    """Draft an agreement from the case's choice and match, with `content` or a prefilled one, and let the employer in.

    Raises Denied, CaseNotFound, AgreementError: no_choice, no_match, no_agreement_rules (the measure has none),
    needs_main (a support is drafted beside another measure), already_open (the case has an agreement that has not
    ended), or a code about the content.
    """
    case = case_for(actor, case_id, Action.WRITE_AGREEMENT)
    Case.objects.select_for_update().get(pk=case.pk)
    if selectors.main_ones(
        Agreement.objects.filter(case=case, ended_on__isnull=True, discarded_at__isnull=True)
    ).exists():
        raise AgreementError("already_open")
    draft = draft_for(actor, case)
    agreement = Agreement(
        case=case,
        workplace=draft.workplace,
        match_ref=draft.match_id,
        measure=draft.measure,
        chain=draft.chain,
        waiting_for=draft.waiting_for,
        terms=terms_of(rules_of(draft.measure)),
        catalogue_version=catalogue.load().version,
        created_at=clock.now(),
    )
    if agreement_id is not None:
        agreement.id = agreement_id
    agreement.save(force_insert=True)
    version = add_version(actor, agreement, 1, content or draft.content)
    party_let_in(case_id=case.id, employer_id=draft.workplace.employer_id)
    tell(actor, agreement, "agreement.drafted",
         {"version": version.number, "measure": agreement.measure, "chain": agreement.chain,
          "waiting_for": agreement.waiting_for, "employer": draft.workplace.employer_id})  # fmt: skip
    return agreement


@service
def support_draft(
    *, actor: Viewer, agreement_id: UUID, measure: str, content: AgreementContent | None = None
) -> Agreement:
    """Draft a support beside an open main agreement, at the same workplace, with `content` or a prefilled one.

    It gets its own parties, versions, approvals and paper, lies within the main one's days and ends with it. Raises
    Denied, AgreementNotFound, AgreementError: closed, not_beside (the catalogue does not let the measure stand beside
    the main one today), no_agreement_rules, already_open, or a code about the content.
    """
    main = locked(actor, agreement_id, Action.WRITE_AGREEMENT)
    if not main.is_main or measure not in supports_open_to(main, clock.today()):
        raise AgreementError("not_beside")
    if Agreement.objects.filter(
        attached_to=main, measure=measure, ended_on__isnull=True, discarded_at__isnull=True
    ).exists():
        raise AgreementError("already_open")
    support = Agreement.objects.create(
        case=main.case,
        workplace=main.workplace,
        match_ref=main.match_ref,
        measure=measure,
        attached_to=main,
        terms=terms_of(rules_of(measure)),
        catalogue_version=catalogue.load().version,
        created_at=clock.now(),
    )
    version = add_version(actor, support, 1, content or support_for(main, measure))
    tell(actor, support, "agreement.drafted", {"version": version.number, "employer": main.workplace.employer_id})
    return support


@service
def agreement_change(
    *,
    actor: Viewer,
    agreement_id: UUID,
    base_version: int,
    content: AgreementContent,
    reason_code: str = "",
    reason_text: str = "",
) -> AgreementVersion:
    """Save a new version written on top of `base_version`; approvals it concerns fall away by themselves.

    Nothing that is in force changes until the parties it concerns have approved. A change that concerns nobody (the
    catalogue says which) comes into force at once. Raises StaleVersion when somebody else saved in between, Denied,
    AgreementNotFound, RulesStop, AgreementError: closed, nothing_changed, or a code about the content.
    """
    agreement = locked(actor, agreement_id, Action.WRITE_AGREEMENT)
    newest = selectors.newest_version(agreement)
    if newest.number != base_version:
        raise StaleVersion(newest.number)
    parts = changed_parts(newest.record, content)
    if not parts:
        raise AgreementError("nothing_changed")
    check_reason(reason_code)
    was_in_force = selectors.in_force_number(agreement)
    version = add_version(actor, agreement, base_version + 1, content, reason_code=reason_code,
                           reason_text=reason_text)  # fmt: skip
    cleared = agreement.approval_terms.concerned_by(parts)
    tell(actor, agreement, "agreement.changed",
          {"version": version.number, "base": base_version, "parts": parts, "cleared": cleared,
           "reason": reason_code})  # fmt: skip
    _take_back_request_for_other_amounts(actor, agreement)
    enter_if_approved(actor, agreement, was_in_force, checked=False)
    return version


@service
def agreement_ask_for_money(*, actor: Viewer, agreement_id: UUID, version: int) -> Request:
    """Ask a budget approver for the money that the newest version leads to, when the other parties have approved it.

    Raises Denied, AgreementNotFound, StaleVersion, AgreementError: closed, others_first, costs_nothing,
    cost_not_known (something the amounts rest on is missing), money_asked, money_granted (for exactly these amounts).
    """
    agreement = locked(actor, agreement_id, Action.ASK_FOR_MONEY)
    newest = selectors.newest_version(agreement)
    if newest.number != version:
        raise StaleVersion(newest.number)
    if not selectors.approval_state(agreement).ready_for_last:
        raise AgreementError("others_first")
    found = estimate_for(agreement)
    money = costs.money_of(agreement, found)
    if found is None or money is None or (money.complete and money.total == 0):
        raise AgreementError("costs_nothing")
    if money.total == 0:
        raise AgreementError("cost_not_known")
    if money.covered or money.waiting:
        raise AgreementError("money_granted" if money.covered else "money_asked")
    content = newest.record
    return funding_ask(
        actor=actor, case_id=agreement.case_id, subject_id=agreement.id, measure=agreement.measure,
        employer_id=agreement.workplace.employer_id, period=content.period, schedule=found.value, trace=found,
        terms=costs.wage_in(content) if content.wage.complete else None,
    )  # fmt: skip


@service
def agreement_approve(
    *,
    actor: Viewer,
    agreement_id: UUID,
    version: int,
    party: str,
    on_behalf_reason: str = "",
    override_reason: str = "",
    override_text: str = "",
) -> Approval:
    """Approve the newest version for a party; the last party's approval puts it in force.

    Participant and employer approve in any order once the text is complete and the employer's declarations are in
    order; the caseworker approves last, when every rule is met. Warnings need `override_reason` (a code in
    override_reason). A caseworker approves for the participant only with `on_behalf_reason`, never for the employer.
    Raises Denied, AgreementNotFound, StaleVersion, AlreadyApproved, RulesStop, NeedsOverride, AgreementError: closed,
    not_a_party, others_first, on_behalf_reason, override_reason.
    """
    agreement = locked(actor, agreement_id, action_of(party))
    check_voice(actor, agreement, party, on_behalf_reason)
    newest = selectors.newest_version(agreement)
    if newest.number != version:
        raise StaleVersion(newest.number)
    state = selectors.approval_state(agreement)
    if party not in state.waiting_for:
        raise AlreadyApproved
    if party == state.last and not state.ready_for_last:
        raise AgreementError("others_first")
    shown = checked(actor, agreement, newest.record, party, override_reason)
    approval = Approval.objects.create(
        agreement=agreement, version=newest, party=party, by_account=actor.account_id, role=actor.role.value,
        on_behalf_reason=on_behalf_reason, override_reason=override_reason, override_text=override_text,
        shown=to_data(shown), at=clock.now(),
    )  # fmt: skip
    tell(actor, agreement, "agreement.approved",
          {"version": version, "party": party, "on_behalf_reason": on_behalf_reason,
           "override_reason": override_reason, "warnings": [v.rule for v in shown.warnings]})  # fmt: skip
    enter_if_approved(actor, agreement, state.in_force, checked=True)
    return approval


@service
def agreement_withdraw_approval(*, actor: Viewer, agreement_id: UUID, party: str) -> Approval:
    """Take back a party's newest approval, as long as it has not been part of putting a version in force.

    Raises Denied, AgreementNotFound, AgreementError: closed, not_a_party, not_approved, in_force (end the agreement, or
    agree on a change, instead).
    """
    agreement = locked(actor, agreement_id, action_of(party))
    if actor.role not in SPEAKS_FOR[party]:
        raise Denied(Decision(False, "not_yours"))
    approval = agreement.approvals.filter(party=party, withdrawn_at__isnull=True).order_by("-id").first()
    if approval is None:
        raise AgreementError("not_approved")
    in_force = selectors.in_force_number(agreement)
    if in_force is not None and approval.version.number <= in_force:
        raise AgreementError("in_force")
    approval.withdrawn_at = clock.now()
    approval.save(update_fields=["withdrawn_at"])
    tell(actor, agreement, "agreement.approval_withdrawn", {"version": approval.version.number, "party": party})
    return approval


@service
def agreement_end(*, actor: Viewer, agreement_id: UUID, ended_on: date, reason_code: str) -> Agreement:
    """End an agreement that has been in force; `ended_on` is the last day, at the latest the planned one.

    A day before the start means that the placement never began. The supports beside it end with it, and their drafts
    are put away. Raises Denied, AgreementNotFound, AgreementError: closed, never_in_force, after_planned_end (extend
    instead), not_come (a support is ended on a day that has been), unknown_reason.
    """
    agreement = locked(actor, agreement_id, Action.WRITE_AGREEMENT)
    content = selectors.content_in_force(agreement)
    if content is None:
        raise AgreementError("never_in_force")
    if ended_on > content.period.last:
        raise AgreementError("after_planned_end")
    if not agreement.is_main and ended_on > clock.today():
        raise AgreementError("not_come")
    if not catalogue.load().has_code("end_reason", reason_code):
        raise AgreementError("unknown_reason")
    _end(actor, agreement, content, ended_on, reason_code)
    for support in _open_supports(actor, agreement):
        agreed = selectors.content_in_force(support)
        if agreed is None:
            _put_away(actor, support)
        else:
            _end(actor, support, agreed, min(ended_on, agreed.period.last), reason_code)
    return agreement


@service
def agreement_discard(*, actor: Viewer, agreement_id: UUID) -> Agreement:
    """Put away a draft that never came into force, and the drafts of supports beside it.

    Raises Denied, AgreementNotFound, AgreementError: closed, in_force.
    """
    agreement = locked(actor, agreement_id, Action.WRITE_AGREEMENT)
    if selectors.in_force_number(agreement) is not None:
        raise AgreementError("in_force")
    _put_away(actor, agreement)
    for support in _open_supports(actor, agreement):
        _put_away(actor, support)
    return agreement


def _take_back_request_for_other_amounts(actor: Viewer, agreement: Agreement) -> None:
    """A request that waits falls away when the agreement no longer leads to the amounts it asks for; a grant stands."""
    request = request_of(agreement.id)
    if not request.waiting:
        return
    found = estimate_for(selectors.agreement_for(actor, agreement.id))
    if found is None or fingerprint(found.value) != request.fingerprint:
        funding_withdraw(actor=actor, subject_id=agreement.id, grant_stands=bool(request.granted_fingerprint))


def _open_supports(actor: Viewer, agreement: Agreement) -> tuple[Agreement, ...]:
    """The supports beside it that have not ended, their rows locked."""
    rows = selectors.open_ones(agreement.attached.select_for_update()).order_by("id")
    return tuple(selectors.agreement_for(actor, row.id) for row in rows)


def _end(actor: Viewer, agreement: Agreement, content: AgreementContent, ended_on: date, reason_code: str) -> None:
    agreement.ended_on = ended_on
    agreement.ended_reason = reason_code
    agreement.save(update_fields=["ended_on", "ended_reason"])
    planned = content.period
    if request_of(agreement.id).state is not State.NONE:
        funding_close(actor=actor, subject_id=agreement.id, ended_on=ended_on)
    tell(actor, agreement, "agreement.ended",
         {"start": planned.start, "end": ended_on, "ended_on": ended_on, "planned_end": planned.end,
          "measure": agreement.measure, "chain": agreement.chain, "reason": reason_code})  # fmt: skip


def _put_away(actor: Viewer, agreement: Agreement) -> None:
    agreement.discarded_at = clock.now()
    agreement.save(update_fields=["discarded_at"])
    money = request_of(agreement.id)
    if money.waiting or money.granted_fingerprint:  # a refused change leaves an earlier grant bound
        funding_withdraw(actor=actor, subject_id=agreement.id)
    tell(actor, agreement, "agreement.discarded", {"version": selectors.newest_version(agreement).number})
