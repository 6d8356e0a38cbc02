"""The only writers of agreements. Each locks the agreement first: two people at once become one after the other."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action, Decision, Denied
from springbrett.access.roles import CASEWORKERS, Role, Viewer
from springbrett.access.selectors import viewer_by_id
from springbrett.agreement import rules, selectors
from springbrett.agreement.context import context_for, draft_for
from springbrett.agreement.errors import (
    AgreementError,
    AgreementNotFound,
    AlreadyApproved,
    NeedsOverride,
    RulesStop,
    StaleVersion,
)
from springbrett.agreement.models import Agreement, AgreementVersion, Approval
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT, AgreementContent, changed_parts
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict, to_data
from springbrett.ledger.services import record, service
from springbrett.mapping.rules import words_problem
from springbrett.people.models import Case, Person
from springbrett.people.selectors import case_for
from springbrett.people.services import party_let_in

ACTIONS = {
    PARTICIPANT: Action.APPROVE_AS_PARTICIPANT,
    EMPLOYER: Action.APPROVE_AS_EMPLOYER,
    CASEWORKER: Action.APPROVE_AS_CASEWORKER,
}
SPEAKS_FOR = {
    PARTICIPANT: CASEWORKERS | {Role.PARTICIPANT},
    EMPLOYER: frozenset({Role.EMPLOYER}),
    CASEWORKER: CASEWORKERS,
}
"""Which roles may say yes for a party. A caseworker for the participant only with a coded reason."""


@service
def agreement_draft(
    *, actor: Viewer, case_id: UUID, content: AgreementContent | None = None, agreement_id: UUID | None = None
) -> Agreement:
    """Draft an agreement from the case's choice and match, with `content` or a prefilled one, and let the employer in.

    Raises Denied, CaseNotFound, AgreementError: no_choice, no_match, no_agreement_rules (the measure has none),
    already_open (the case has an agreement that has not ended), or a code about the content.
    """
    case = case_for(actor, case_id, Action.WRITE_AGREEMENT)
    Case.objects.select_for_update().get(pk=case.pk)
    if Agreement.objects.filter(case=case, ended_on__isnull=True, discarded_at__isnull=True).exists():
        raise AgreementError("already_open")
    draft = draft_for(actor, case)
    known = catalogue.load()
    terms = known.measure(draft.measure).agreement
    if terms is None:
        raise AgreementError("no_agreement_rules")
    agreement = Agreement(
        case=case,
        workplace=draft.workplace,
        match_ref=draft.match_id,
        measure=draft.measure,
        chain=draft.chain,
        waiting_for=draft.waiting_for,
        terms={"parties": list(terms.parties), "last": terms.last_to_approve,
               "clears": {part: list(parties) for part, parties in terms.clears.items()}},
        catalogue_version=known.version,
        created_at=clock.now(),
    )  # fmt: skip
    if agreement_id is not None:
        agreement.id = agreement_id
    agreement.save(force_insert=True)
    version = _add_version(actor, agreement, 1, content or draft.content)
    party_let_in(case_id=case.id, employer_id=draft.workplace.employer_id)
    _tell(actor, agreement, "agreement.drafted",
          {"version": version.number, "measure": agreement.measure, "chain": agreement.chain,
           "waiting_for": agreement.waiting_for, "employer": draft.workplace.employer_id})  # fmt: skip
    return agreement


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
    agreement = _locked(actor, agreement_id, Action.WRITE_AGREEMENT)
    newest = selectors.newest_version(agreement)
    if newest.number != base_version:
        raise StaleVersion(newest.number)
    parts = changed_parts(newest.record, content)
    if not parts:
        raise AgreementError("nothing_changed")
    _check_reason(reason_code)
    was_in_force = selectors.in_force_number(agreement)
    version = _add_version(actor, agreement, base_version + 1, content, reason_code=reason_code,
                           reason_text=reason_text)  # fmt: skip
    cleared = agreement.approval_terms.concerned_by(parts)
    _tell(actor, agreement, "agreement.changed",
          {"version": version.number, "base": base_version, "parts": parts, "cleared": cleared,
           "reason": reason_code})  # fmt: skip
    _enter_if_approved(actor, agreement, was_in_force, checked=False)
    return version


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
    agreement = _locked(actor, agreement_id, _action(party))
    _check_voice(actor, agreement, party, on_behalf_reason)
    newest = selectors.newest_version(agreement)
    if newest.number != version:
        raise StaleVersion(newest.number)
    state = selectors.approval_state(agreement)
    if party not in state.waiting_for:
        raise AlreadyApproved
    if party == state.last and not state.ready_for_last:
        raise AgreementError("others_first")
    shown = _checked(actor, agreement, newest.record, party, override_reason)
    approval = Approval.objects.create(
        agreement=agreement, version=newest, party=party, by_account=actor.account_id, role=actor.role.value,
        on_behalf_reason=on_behalf_reason, override_reason=override_reason, override_text=override_text,
        shown=to_data(shown), at=clock.now(),
    )  # fmt: skip
    _tell(actor, agreement, "agreement.approved",
          {"version": version, "party": party, "on_behalf_reason": on_behalf_reason,
           "override_reason": override_reason, "warnings": [v.rule for v in shown.warnings]})  # fmt: skip
    _enter_if_approved(actor, agreement, state.in_force, checked=True)
    return approval


@service
def agreement_withdraw_approval(*, actor: Viewer, agreement_id: UUID, party: str) -> Approval:
    """Take back a party's newest approval, as long as it has not been part of putting a version in force.

    Raises Denied, AgreementNotFound, AgreementError: closed, not_a_party, not_approved, in_force (end the agreement, or
    agree on a change, instead).
    """
    agreement = _locked(actor, agreement_id, _action(party))
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
    _tell(actor, agreement, "agreement.approval_withdrawn", {"version": approval.version.number, "party": party})
    return approval


@service
def agreement_end(*, actor: Viewer, agreement_id: UUID, ended_on: date, reason_code: str) -> Agreement:
    """End an agreement that has been in force; `ended_on` is the last day, at the latest the planned one.

    A day before the start means that the placement never began. Raises Denied, AgreementNotFound, AgreementError:
    closed, never_in_force, after_planned_end (extend instead), unknown_reason.
    """
    agreement = _locked(actor, agreement_id, Action.WRITE_AGREEMENT)
    content = selectors.content_in_force(agreement)
    if content is None:
        raise AgreementError("never_in_force")
    planned = content.period
    if ended_on > planned.last:
        raise AgreementError("after_planned_end")
    if not catalogue.load().has_code("end_reason", reason_code):
        raise AgreementError("unknown_reason")
    agreement.ended_on = ended_on
    agreement.ended_reason = reason_code
    agreement.save(update_fields=["ended_on", "ended_reason"])
    _tell(actor, agreement, "agreement.ended",
          {"start": planned.start, "end": ended_on, "ended_on": ended_on, "planned_end": planned.end,
           "measure": agreement.measure, "chain": agreement.chain, "reason": reason_code})  # fmt: skip
    return agreement


@service
def agreement_discard(*, actor: Viewer, agreement_id: UUID) -> Agreement:
    """Put away a draft that never came into force.

    Raises Denied, AgreementNotFound, AgreementError: closed, in_force.
    """
    agreement = _locked(actor, agreement_id, Action.WRITE_AGREEMENT)
    if selectors.in_force_number(agreement) is not None:
        raise AgreementError("in_force")
    agreement.discarded_at = clock.now()
    agreement.save(update_fields=["discarded_at"])
    _tell(actor, agreement, "agreement.discarded", {"version": selectors.newest_version(agreement).number})
    return agreement


def _locked(actor: Viewer, agreement_id: UUID, action: Action) -> Agreement:
    """The open agreement, authorised for `action`, its row locked until the service is done."""
    if not Agreement.objects.select_for_update().filter(pk=agreement_id).exists():
        raise AgreementNotFound
    agreement = selectors.agreement_for(actor, agreement_id, action)
    if not agreement.is_open:
        raise AgreementError("closed")
    return agreement


def _action(party: str) -> Action:
    if party not in ACTIONS:
        raise AgreementError("not_a_party")
    return ACTIONS[party]


def _check_voice(actor: Viewer, agreement: Agreement, party: str, on_behalf_reason: str) -> None:
    """Whether the actor may speak for the party, and says why when it is on behalf."""
    if party not in agreement.approval_terms.parties:
        raise AgreementError("not_a_party")
    if actor.role not in SPEAKS_FOR[party]:
        raise Denied(Decision(False, "not_yours"))
    on_behalf = party == PARTICIPANT and actor.role in CASEWORKERS
    known = catalogue.load().has_code("on_behalf_reason", on_behalf_reason)
    if on_behalf != bool(on_behalf_reason) or (on_behalf and not known):
        raise AgreementError("on_behalf_reason")


def _checked(
    actor: Viewer, agreement: Agreement, content: AgreementContent, party: str, override_reason: str
) -> Verdict:  # fmt: skip
    """The check as this party is shown it. Raises RulesStop or NeedsOverride."""
    known = catalogue.load()
    if party != agreement.approval_terms.last:
        shown = rules.check_content(content, known.measure(agreement.measure), clock.today())
    else:
        Person.objects.select_for_update().get(pk=agreement.case.person_id)
        shown = rules.check(content, context_for(actor, agreement, clock.today()))
    if not shown.met:
        raise RulesStop(shown)
    if override_reason and not known.has_code("override_reason", override_reason):
        raise AgreementError("override_reason")
    if shown.warnings and party == agreement.approval_terms.last and not override_reason:
        raise NeedsOverride(shown)
    return shown


def _check_reason(code: str) -> None:
    known = catalogue.load()
    if code and not any(
        known.has_code(name, code) for name in ("change_reason", "extension_reason", "adjustment_kind")
    ):
        raise AgreementError("unknown_reason")


def _add_version(
    actor: Viewer, agreement: Agreement, number: int, content: AgreementContent, *, reason_code: str = "",
    reason_text: str = "",
) -> AgreementVersion:  # fmt: skip
    _check_codes(content)
    _let_mentor_in(agreement, content)
    return AgreementVersion.objects.create(
        agreement=agreement, number=number, content=content.to_data(), created_by=actor.account_id,
        role=actor.role.value, created_at=clock.now(), reason_code=reason_code, reason_text=reason_text.strip(),
    )  # fmt: skip


def _check_codes(content: AgreementContent) -> None:
    """Codes must be the catalogue's, and no text may carry a diagnosis or a national identity number."""
    known = catalogue.load()
    listed = (("purpose", (*content.purposes, *filter(None, [content.main_purpose]))),
              ("adaptation", content.adaptations), ("weekday", content.days))  # fmt: skip
    for name, codes in listed:
        if not all(known.has_code(name, code) for code in codes):
            raise AgreementError(f"unknown_{name}")
    for text in content.free_texts():
        if problem := words_problem(text):
            raise AgreementError(problem)


def _let_mentor_in(agreement: Agreement, content: AgreementContent) -> None:
    mentor_id = content.support.mentor_account_id
    if mentor_id is None:
        return
    mentor = viewer_by_id(mentor_id)
    if mentor is None or mentor.role is not Role.MENTOR or mentor.employer_id != agreement.workplace.employer_id:
        raise AgreementError("unknown_mentor")
    party_let_in(case_id=agreement.case_id, mentor_account_id=mentor_id)


def _enter_if_approved(actor: Viewer, agreement: Agreement, before: int | None, *, checked: bool) -> None:
    """Tell the ledger when the newest version has just come into force, and, the first time, that the placement starts.

    A version nobody had to approve is held against the rules here, since no approval did.
    """
    agreement = selectors.agreement_for(actor, agreement.id)
    number = selectors.newest_version(agreement).number
    if selectors.in_force_number(agreement) != number:
        return
    content = selectors.contents_of(agreement)[number]
    if not checked:
        shown = rules.check(content, context_for(actor, agreement, clock.today()))
        if not shown.met:
            raise RulesStop(shown)
    facts = _facts(agreement, number, content)
    _tell(actor, agreement, "agreement.entered", facts)
    if before is None:
        _tell(actor, agreement, "agreement.started", facts)


def _facts(agreement: Agreement, number: int, content: AgreementContent) -> dict[str, Any]:
    hours = [step.hours_per_week for step in content.hours_ramp]
    return {
        "version": number,
        "measure": agreement.measure,
        "chain": agreement.chain,
        "waiting_for": agreement.waiting_for,
        "employer": agreement.workplace.employer_id,
        "workplace": agreement.workplace_id,
        "start": content.start,
        "end": content.end,
        "main_purpose": content.main_purpose,
        "purposes": content.purposes,
        "hours_start": hours[0] if hours else None,
        "hours_end": hours[-1] if hours else None,
        "mentor_requested": content.support.mentor_requested,
        "inclusion_grant_requested": content.support.inclusion_grant_requested,
    }


def _tell(actor: Viewer, agreement: Agreement, action: str, facts: Mapping[str, object]) -> None:
    record(
        actor=actor,
        action=action,
        step="agreement",
        case_id=agreement.case_id,
        person_id=agreement.case.person_id,
        employer_id=agreement.workplace.employer_id,
        object_kind="agreement",
        object_id=agreement.id,
        facts=facts,
    )
