"""The only writers of rounds and answers. The ledger is told by the respondent's random number, never by the account:
otherwise the order of events would tie the answers to a name again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from springbrett.access.policy import OfficeAction, may_on_office, require
from springbrett.access.roles import Viewer
from springbrett.evaluation.vignettes.answers import Answers
from springbrett.kernel import clock
from springbrett.ledger.services import record, service
from springbrett.vignettes import library, rules
from springbrett.vignettes.errors import StudyNotFound, VignetteError
from springbrett.vignettes.models import Respondent, Round, Sheet
from springbrett.vignettes.selectors import Standing, answers_in, key_of, standing, study_of

LARGEST_SEED = 2**31


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A respondent as the ledger knows them: the random number, the role and the office."""

    account_id: UUID
    role: str
    office_id: UUID | None


@service
def round_open(*, actor: Viewer, study: str) -> Round:
    """Open a round of a study to everybody in its roles. Raises Denied, StudyNotFound, VignetteError: already_open."""
    require(may_on_office(actor, OfficeAction.LEAD_STUDY))
    study_of(study)
    earlier = list(Round.objects.select_for_update().filter(study=study))
    if any(one.closed_on is None for one in earlier):
        raise VignetteError("already_open")
    made = Round.objects.create(
        study=study, number=len(earlier) + 1, fingerprint=library.studies()[study].fingerprint,
        seed=secrets.randbelow(LARGEST_SEED), opened_on=clock.today(), opened_by=actor.account_id,
    )  # fmt: skip
    _tell(actor, "vignettes.opened", made, {"number": made.number, "fingerprint": made.fingerprint})
    return made


@service
def round_close(*, actor: Viewer, study: str) -> Round:
    """Close the open round of a study; nothing more can be answered. Raises Denied, StudyNotFound, VignetteError:
    not_open."""
    require(may_on_office(actor, OfficeAction.LEAD_STUDY))
    study_of(study)
    found = Round.objects.select_for_update().filter(study=study, closed_on__isnull=True).first()
    if found is None:
        raise VignetteError("not_open")
    found.closed_on = clock.today()
    found.save(update_fields=["closed_on"])
    _tell(actor, "vignettes.closed", found, {"number": found.number})
    return found


@service
def answering_begin(*, actor: Viewer, study: str) -> Respondent:
    """Begin to answer: the actor gets a random number and an order of pages.

    Raises Denied, StudyNotFound, VignetteError: already_begun.
    """
    at = standing(actor, study)
    Round.objects.select_for_update().get(pk=at.round.pk)
    at = standing(actor, study)
    if at.respondent is not None:
        raise VignetteError("already_begun")
    assert actor.office_id is not None
    number = Respondent.objects.filter(round=at.round).count()
    made = Respondent.objects.create(
        round=at.round, key=key_of(actor.account_id, at.round.id), number=number, office_ref=actor.office_id,
        role=actor.role.value, pages=list(at.study.pages(at.round.seed, number)),
    )  # fmt: skip
    _tell(_unnamed(made), "vignettes.begun", at.round, {})
    return made


@service
def answers_save(
    *, actor: Viewer, study: str, subject: str, given: Mapping[str, list[str]], whole: bool = True
) -> Sheet:
    """Save what was answered on a page; it can be changed while the round is open. `whole` False: what is missing may
    be answered later.

    Raises Denied, StudyNotFound, VignetteError: not_begun, withdrawn, unknown_page, missing, unknown_question,
    unknown_answer, one_answer, not_a_number, too_long, words_national_id.
    """
    at = _answering(actor, study)
    assert at.respondent is not None
    if subject not in at.pages:
        raise VignetteError("unknown_page")
    cleaned = {code: [value for value in values if value] for code, values in given.items()}
    cleaned = {code: values for code, values in cleaned.items() if values}
    if wrong := rules.problem(at.study, subject, cleaned):
        raise VignetteError(*wrong)
    lacking = rules.missing(at.study, subject, cleaned)
    if lacking and whole:
        raise VignetteError("missing", lacking[0])
    sheet, made = Sheet.objects.update_or_create(
        respondent=at.respondent, subject=subject, defaults={"given": cleaned, "complete": not lacking}
    )
    _tell(_unnamed(at.respondent), "vignettes.answered", at.round,
          {"subject": subject, "complete": not lacking, "again": not made})  # fmt: skip
    return sheet


@service
def answers_withdraw(*, actor: Viewer, study: str) -> Respondent:
    """Take the answers back: they are deleted, and cannot be given again in this round.

    Raises Denied, StudyNotFound, VignetteError: not_begun, withdrawn.
    """
    at = _answering(actor, study)
    assert at.respondent is not None
    at.respondent.sheets.all().delete()
    at.respondent.withdrawn_on = clock.today()
    at.respondent.save(update_fields=["withdrawn_on"])
    _tell(_unnamed(at.respondent), "vignettes.withdrawn", at.round, {})
    return at.respondent


@service
def answers_export(*, actor: Viewer, study: str, number: int) -> Answers:
    """The answers of a round, unnamed, to be taken out. Raises Denied, StudyNotFound."""
    require(may_on_office(actor, OfficeAction.EXPORT))
    found = Round.objects.filter(study=study, number=number).first()
    if found is None:
        raise StudyNotFound(study)
    taken = answers_in(actor, found)
    _tell(actor, "vignettes.exported", found, {"number": number, "respondents": len(taken.respondents)})
    return taken


def _answering(actor: Viewer, study: str) -> Standing:
    at = standing(actor, study)
    if at.respondent is None:
        raise VignetteError("not_begun")
    Respondent.objects.select_for_update().get(pk=at.respondent.pk)
    if at.withdrawn:
        raise VignetteError("withdrawn")
    return at


def _unnamed(respondent: Respondent) -> Unnamed:
    return Unnamed(respondent.id, respondent.role, respondent.office_ref)


def _tell(actor: Viewer | Unnamed, action: str, round: Round, facts: Mapping[str, object]) -> None:
    record(actor=actor, action=action, step="", object_kind="round", object_id=round.id,
           facts={"study": round.study, **facts})  # fmt: skip
