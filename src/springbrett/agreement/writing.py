"""What the services of the agreement share: locking, who may speak, codes and words, versions, telling the ledger."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action, Decision, Denied
from springbrett.access.roles import CASEWORKERS, Role, Viewer
from springbrett.access.selectors import viewer_by_id
from springbrett.agreement import rules, selectors
from springbrett.agreement.context import context_for, text_facts
from springbrett.agreement.errors import AgreementError, AgreementNotFound, NeedsOverride, RulesStop
from springbrett.agreement.models import Agreement, AgreementVersion
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT, AgreementContent
from springbrett.catalogue.structs import AgreementRules
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict
from springbrett.ledger.services import record
from springbrett.mapping.rules import words_problem
from springbrett.people.models import Person
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
BESIDE = {
    "agreement.drafted": "support.drafted",
    "agreement.changed": "support.changed",
    "agreement.approved": "support.approved",
    "agreement.approval_withdrawn": "support.approval_withdrawn",
    "agreement.entered": "support.entered",
    "agreement.started": "support.started",
    "agreement.ended": "support.ended",
    "agreement.discarded": "support.discarded",
}
"""What the ledger calls it when the agreement is a support: the path of the case follows its main agreement only."""


def locked(actor: Viewer, agreement_id: UUID, action: Action) -> Agreement:
    """The open agreement, authorised for `action`, its row locked until the service is done."""
    if not Agreement.objects.select_for_update().filter(pk=agreement_id).exists():
        raise AgreementNotFound
    agreement = selectors.agreement_for(actor, agreement_id, action)
    if not agreement.is_open:
        raise AgreementError("closed")
    return agreement


def rules_of(measure: str) -> AgreementRules:
    """What the catalogue says of the measure's agreements.

    Raises AgreementError no_agreement_rules for a measure that is not carried in full here, or has none.
    """
    found = catalogue.load().measure(measure)
    if found.agreement is None or found.depth != "full":
        raise AgreementError("no_agreement_rules")
    return found.agreement


def terms_of(found: AgreementRules) -> dict[str, Any]:
    """The terms of approval as they are kept with an agreement."""
    clears = {part: list(parties) for part, parties in found.clears.items()}
    return {"parties": list(found.parties), "last": found.last_to_approve, "clears": clears}


def action_of(party: str) -> Action:
    """What saying yes for the party is called in the policy. Raises AgreementError not_a_party."""
    if party not in ACTIONS:
        raise AgreementError("not_a_party")
    return ACTIONS[party]


def check_voice(actor: Viewer, agreement: Agreement, party: str, on_behalf_reason: str) -> None:
    """Whether the actor may speak for the party, and says why when it is on behalf."""
    if party not in agreement.approval_terms.parties:
        raise AgreementError("not_a_party")
    if actor.role not in SPEAKS_FOR[party]:
        raise Denied(Decision(False, "not_yours"))
    on_behalf = party == PARTICIPANT and actor.role in CASEWORKERS
    known = catalogue.load().has_code("on_behalf_reason", on_behalf_reason)
    if on_behalf != bool(on_behalf_reason) or (on_behalf and not known):
        raise AgreementError("on_behalf_reason")


def checked(
    actor: Viewer, agreement: Agreement, content: AgreementContent, party: str, override_reason: str
) -> Verdict:  # fmt: skip
    """The check as this party is shown it. Raises RulesStop or NeedsOverride."""
    known = catalogue.load()
    if party != agreement.approval_terms.last:
        facts = text_facts(agreement, content)
        shown = rules.check_content(content, known.measure(agreement.measure), clock.today(), facts)
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


def check_reason(code: str) -> None:
    """Raises AgreementError unknown_reason for a code that no list of reasons holds."""
    known = catalogue.load()
    if code and not any(
        known.has_code(name, code) for name in ("change_reason", "extension_reason", "adjustment_kind")
    ):
        raise AgreementError("unknown_reason")


def add_version(
    actor: Viewer, agreement: Agreement, number: int, content: AgreementContent, *, reason_code: str = "",
    reason_text: str = "",
) -> AgreementVersion:  # fmt: skip
    """A new version of the content, and the mentors it names let in. Raises AgreementError about the content."""
    _check_codes(content)
    _let_mentors_in(agreement, content)
    return AgreementVersion.objects.create(
        agreement=agreement, number=number, content=content.to_data(), created_by=actor.account_id,
        role=actor.role.value, created_at=clock.now(), reason_code=reason_code, reason_text=reason_text.strip(),
    )  # fmt: skip


def _check_codes(content: AgreementContent) -> None:
    """Codes must be the catalogue's, and no text may carry a diagnosis or a national identity number."""
    known = catalogue.load()
    listed = (("purpose", (*content.purposes, *filter(None, [content.main_purpose]))),
              ("adaptation", content.adaptations), ("weekday", content.days),
              ("expense_kind", tuple(item.kind for item in content.grant if item.kind)),
              ("circumstance", tuple(content.circumstances)))  # fmt: skip
    for name, codes in listed:
        if not all(known.has_code(name, code) for code in codes):
            raise AgreementError(f"unknown_{name}")
    for text in content.free_texts():
        if problem := words_problem(text):
            raise AgreementError(problem)


def _let_mentors_in(agreement: Agreement, content: AgreementContent) -> None:
    for mentor_id in sorted(content.mentors):
        mentor = viewer_by_id(mentor_id)
        if mentor is None or mentor.role is not Role.MENTOR or mentor.employer_id != agreement.workplace.employer_id:
            raise AgreementError("unknown_mentor")
        party_let_in(case_id=agreement.case_id, mentor_account_id=mentor_id)


def enter_if_approved(actor: Viewer, agreement: Agreement, before: int | None, *, checked: bool) -> None:
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
    tell(actor, agreement, "agreement.entered", facts)
    if before is None:
        tell(actor, agreement, "agreement.started", facts)


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


def tell(actor: Viewer, agreement: Agreement, action: str, facts: Mapping[str, object]) -> None:
    """Record what happened to the agreement, under the name it has for a main agreement or for a support."""
    beside = {} if agreement.is_main else {"measure": agreement.measure, "main": agreement.attached_to_id}
    record(
        actor=actor,
        action=action if agreement.is_main else BESIDE[action],
        step="agreement",
        case_id=agreement.case_id,
        person_id=agreement.case.person_id,
        employer_id=agreement.workplace.employer_id,
        object_kind="agreement",
        object_id=agreement.id,
        facts={**facts, **beside},
    )
