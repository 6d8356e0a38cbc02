"""The only writers of outcomes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Role, Viewer
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import InForce, current, main_for
from springbrett.agreement.services import agreement_end
from springbrett.followup.records import EMPLOYER, PARTICIPANT
from springbrett.kernel import clock
from springbrett.kernel.period import add_months
from springbrett.kernel.verdict import to_data
from springbrett.ledger.services import record, service
from springbrett.mapping import guide
from springbrett.mapping.rules import words_problem
from springbrett.mapping.selectors import confirmed_version_of
from springbrett.mapping.services import mapping_answer
from springbrett.outcome import rules
from springbrett.outcome.errors import OutcomeError
from springbrett.outcome.models import REACHED, LaterStatus, Outcome, PartyAnswer, Source
from springbrett.outcome.selectors import is_over, last_end_of, newest_outcome, status_months
from springbrett.people.models import Case
from springbrett.people.selectors import case_for, caseworker_id_of
from springbrett.people.services import case_open

PLANNED_END = "planned_end"
PREVIOUS_MEASURES = "previous_measures"


@dataclass(frozen=True, slots=True)
class Said:
    """What is decided about a placement: codes in outcome, next_step and measures, yes|partly|no, and two texts.

    `purposes` says for each agreed purpose whether it was reached and why.
    """

    outcomes: Collection[str]
    main: str
    purpose_reached: str
    learned: str
    next_step: str
    next_measure: str = ""
    purposes: Mapping[str, Mapping[str, str]] | None = None
    carried_out: str = ""


@service
def outcome_decide(
    *,
    actor: Viewer,
    agreement_id: UUID,
    outcomes: Collection[str],
    main: str,
    purpose_reached: str,
    learned: str,
    next_step: str,
    next_measure: str = "",
    purposes: Mapping[str, Mapping[str, str]] | None = None,
    carried_out: str = "",
) -> Outcome:
    """Decide what came of an agreement that has ended, and judge it against its own chain (§ 3-4 third paragraph).

    `purposes` says for each agreed purpose whether it was reached and why. A placement whose agreed last day has passed
    is ended by this as planned. Raises Denied, AgreementNotFound, OutcomeError: not_ended, already_decided,
    outcome_missing, main_not_among, nothing_stands_alone, next_measure, unknown_…, learned_missing, words_….
    """
    said = Said(outcomes, main, purpose_reached, learned, next_step, next_measure, purposes, carried_out)
    agreement = main_for(actor, agreement_id, Action.DECIDE_OUTCOME)
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    row = _ended(actor, agreement)
    _need(not Outcome.objects.filter(agreement=agreement).exists(), "already_decided")
    _check(said, row)
    outcome = _written(actor, agreement, said)
    _tell(actor, agreement, "outcome.decided", _told(outcome, agreement, row))
    return outcome


@service
def outcome_correct(
    *, actor: Viewer, agreement_id: UUID, corrects: UUID, said: Said, reason_code: str, reason_text: str = ""
) -> Outcome:
    """Decide a decided outcome anew. The earlier decision is kept and read behind the new one, which counts from now.

    `corrects` is the decision that was on the page, `reason_code` a code in outcome_correction. Raises Denied,
    AgreementNotFound, OutcomeError: no_outcome, already_corrected, reason_missing, unknown_reason, and those of
    `outcome_decide` about what is said.
    """
    agreement = main_for(actor, agreement_id, Action.DECIDE_OUTCOME)
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    before, row = newest_outcome(agreement), current(agreement)
    if before is None or row is None:
        raise OutcomeError("no_outcome")
    _need(before.id == corrects, "already_corrected")
    _need(reason_code, "reason_missing", "reason_code")
    _need(catalogue.load().has_code("outcome_correction", reason_code), "unknown_reason", "reason_code")
    _check(said, row)
    _check_words(reason_text=reason_text)
    outcome = _written(actor, agreement, said, corrects=before, correction_reason=reason_code,
                       correction_text=reason_text.strip())  # fmt: skip
    _tell(actor, agreement, "outcome.corrected",
          {**_told(outcome, agreement, row), "corrects": before.id, "reason": reason_code})  # fmt: skip
    return outcome


@service
def outcome_answer(
    *, actor: Viewer, agreement_id: UUID, purpose_reached: str, text: str = "", shared: bool = False
) -> PartyAnswer:
    """The participant, or the employer, says whether the purpose was reached. It can be changed; each time is told.

    Raises Denied, AgreementNotFound, OutcomeError: not_ended, unknown_reached, words_….
    """
    party = EMPLOYER if actor.role is Role.EMPLOYER else PARTICIPANT
    action = Action.ANSWER_OUTCOME_AS_EMPLOYER if party == EMPLOYER else Action.ANSWER_OUTCOME_AS_PARTICIPANT
    agreement = main_for(actor, agreement_id, action)
    _need(is_over(agreement), "not_ended")
    _need(purpose_reached in REACHED, "unknown_reached", "purpose_reached")
    _check_words(text=text)
    answer, _made = PartyAnswer.objects.update_or_create(
        agreement=agreement, party=party,
        defaults={"purpose_reached": purpose_reached, "text": text.strip(), "shared": shared, "by": actor.account_id,
                  "answered_at": clock.now()},
    )  # fmt: skip
    _tell(actor, agreement, "outcome.answered",
          {"agreement": agreement.id, "party": party, "purpose_reached": purpose_reached,
           "shared": shared})  # fmt: skip
    return answer


@service
def later_status_record(
    *, actor: Viewer, case_id: UUID, months: int, status: str, source: str = Source.PERSON, note: str = ""
) -> LaterStatus:
    """Record where the person stands `months` after the end of the case's last placement.

    Raises Denied, CaseNotFound, OutcomeError: no_outcome, unknown_months, too_early, already_recorded, unknown_status,
    unknown_source, words_….
    """
    case = case_for(actor, case_id, Action.DECIDE_OUTCOME)
    Case.objects.select_for_update().get(pk=case.pk)
    known, today = catalogue.load(), clock.today()
    ended_on = last_end_of(case)
    if ended_on is None:
        raise OutcomeError("no_outcome")
    _need(months in status_months(today), "unknown_months", "months")
    _need(add_months(ended_on, months) <= today, "too_early", "months")
    _need(not LaterStatus.objects.filter(case=case, months=months).exists(), "already_recorded", "months")
    _need(known.has_code("later_status", status), "unknown_status", "status")
    _need(source in Source.values, "unknown_source", "source")
    _check_words(note=note)
    later = LaterStatus.objects.create(
        case=case, months=months, status=status, source=source, note=note.strip(), recorded_on=today,
        by=actor.account_id,
    )  # fmt: skip
    record(actor=actor, action="outcome.status_recorded", step="outcome", case_id=case.id, person_id=case.person_id,
           object_kind="later_status", object_id=later.id,
           facts={"months": months, "status": status, "source": source, "ended_on": ended_on,
                  "in_work": getattr(known.code("later_status", status), "in_work", None)})  # fmt: skip
    return later


@service
def next_measure_chain(*, actor: Viewer, case_id: UUID, measure: str = "") -> Case:
    """Open the next case of the person, with the history carried over.

    The newest confirmed mapping is copied as a draft to be gone through and confirmed anew, and the measure that ended
    is added to those the person has been in. `measure` is what the outcome pointed at; the choice in the new case is
    still to be made. Raises Denied, CaseNotFound, OutcomeError: no_outcome, already_chained, unknown_measure,
    no_caseworker.
    """
    case = case_for(actor, case_id, Action.DECIDE_OUTCOME)
    Case.objects.select_for_update().get(pk=case.pk)
    decided = Outcome.objects.filter(agreement__case=case, corrected_by__isnull=True).select_related("agreement")
    outcome = decided.order_by("decided_at").last()
    if outcome is None:
        raise OutcomeError("no_outcome")
    _need(not Case.objects.filter(chained_from=case).exists(), "already_chained")
    _need(not measure or measure in catalogue.load().measures, "unknown_measure", "measure")
    carrier = actor.account_id if actor.carries_cases else caseworker_id_of(case)
    if carrier is None:
        raise OutcomeError("no_caseworker")
    chained = case_open(actor=actor, person_id=case.person_id, office_id=case.office_id, caseworker_id=carrier,
                        chained_from_id=case.id)  # fmt: skip
    _copy_mapping(actor, case, chained, outcome.agreement.measure)
    record(actor=actor, action="outcome.chained", step="outcome", case_id=case.id, person_id=case.person_id,
           employer_id=None, object_kind="case", object_id=chained.id,
           facts={"from_case": case.id, "to_case": chained.id, "measure": measure})  # fmt: skip
    return chained


def _ended(actor: Viewer, agreement: Agreement) -> InForce:
    """The agreement as it ended; one whose agreed last day has passed is ended now, as planned."""
    row = current(agreement)
    if row is None and agreement.ended_on is not None:
        raise OutcomeError("never_began")
    if row is None or not is_over(agreement):
        raise OutcomeError("not_ended")
    if agreement.ended_on is None:
        agreement_end(actor=actor, agreement_id=agreement.id, ended_on=row.period.last, reason_code=PLANNED_END)
    return row


def _copy_mapping(actor: Viewer, case: Case, chained: Case, measure: str) -> None:
    version = confirmed_version_of(case)
    if version is None:
        return
    answers = dict(version.answers)
    been_in = answers.get(PREVIOUS_MEASURES)
    answers[PREVIOUS_MEASURES] = sorted({*(been_in if isinstance(been_in, list) else []), measure})
    for section in guide.SECTIONS:
        asked = {question.code for question in section.questions}
        given = {code: answer for code, answer in answers.items() if code in asked}
        if given:
            mapping_answer(actor=actor, case_id=chained.id, section=section.code, answers=given)


_FIELD = {"outcome_missing": "outcomes", "main_not_among": "main", "nothing_stands_alone": "outcomes",
          "next_measure": "next_measure"}  # fmt: skip


def _check(said: Said, row: InForce) -> None:
    """That what is said holds together and says nothing it should not."""
    _check_codes(said.outcomes, said.purpose_reached, said.next_step, said.next_measure)
    if wrong := rules.problem(said.outcomes, said.main, said.next_step, said.next_measure):
        raise OutcomeError(wrong, _FIELD[wrong])
    purposes = said.purposes or {}
    _check_purposes(purposes, row.content.purposes)
    _need(said.learned.strip(), "learned_missing", "learned")
    _check_words(learned=said.learned, carried_out=said.carried_out)
    _check_words(**{code: answer.get("text", "") for code, answer in purposes.items()})


def _written(actor: Viewer, agreement: Agreement, said: Said, **correction: Any) -> Outcome:
    """The decision as a row, judged against the chain as the catalogue has it today."""
    known = catalogue.load()
    judged = rules.judge(known.chains.get(agreement.chain), said.outcomes)
    return Outcome.objects.create(
        agreement=agreement, outcomes=sorted(set(said.outcomes)), main=said.main, judgement=judged.judgement.value,
        trace=to_data(judged.verdict), purpose_reached=said.purpose_reached,
        purposes={code: dict(answer) for code, answer in (said.purposes or {}).items()},
        carried_out=said.carried_out.strip(), learned=said.learned.strip(), next_step=said.next_step,
        next_measure=said.next_measure, decided_on=clock.today(), by=actor.account_id, decided_at=clock.now(),
        catalogue_version=known.version, **correction,
    )  # fmt: skip


def _told(outcome: Outcome, agreement: Agreement, row: InForce) -> dict[str, object]:
    """The decision as the ledger tells it."""
    return {"outcome": outcome.id, "agreement": agreement.id, "outcomes": outcome.outcomes, "main": outcome.main,
            "judged": outcome.judgement, "purpose_reached": outcome.purpose_reached, "next_step": outcome.next_step,
            "next_measure": outcome.next_measure, "employer": agreement.workplace.employer_id,
            "chain": agreement.chain, "measure": agreement.measure, "ended_on": row.period.last,
            "decided_on": outcome.decided_on}  # fmt: skip


def _check_codes(outcomes: Collection[str], purpose_reached: str, next_step: str, next_measure: str) -> None:
    known = catalogue.load()
    _need(all(known.has_code("outcome", code) for code in outcomes), "unknown_outcome", "outcomes")
    _need(purpose_reached in REACHED, "unknown_reached", "purpose_reached")
    _need(known.has_code("next_step", next_step), "unknown_next_step", "next_step")
    _need(not next_measure or next_measure in known.measures, "unknown_measure", "next_measure")


def _check_purposes(purposes: Mapping[str, Mapping[str, str]], agreed: Collection[str]) -> None:
    for code, said in purposes.items():
        _need(code in agreed, "unknown_purpose", code)
        _need(said.get("reached") in REACHED, "unknown_reached", code)


def _check_words(**words: str) -> None:
    """No identity numbers and no diagnoses: the participant reads it, and needs are what matters."""
    for field, text in words.items():
        if problem := words_problem(text):
            raise OutcomeError(f"words_{problem}", field)


def _need(holds: object, code: str, field: str = "") -> None:
    if not holds:
        raise OutcomeError(code, field)


def _tell(actor: Viewer, agreement: Agreement, action: str, facts: Mapping[str, object]) -> None:
    record(
        actor=actor,
        action=action,
        step="outcome",
        case_id=agreement.case_id,
        person_id=agreement.case.person_id,
        employer_id=agreement.workplace.employer_id,
        object_kind="agreement",
        object_id=agreement.id,
        facts=facts,
    )
