"""The only writers of a mapping: start, answer, confirm."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Max

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.access.selectors import account_names
from springbrett.kernel import clock
from springbrett.ledger.services import record, service
from springbrett.mapping import guide, rules
from springbrett.mapping.models import Answer, MappingVersion
from springbrett.mapping.records import AnswerValue, Clash, NeedsProfile
from springbrett.people.models import Case
from springbrett.people.selectors import case_for

STEP = "mapping"


class MappingConflict(Exception):
    """Somebody else has answered the same questions since the page was opened. Nothing was saved."""

    def __init__(self, clashes: tuple[Clash, ...], version: int, revision: int) -> None:
        super().__init__(f"{len(clashes)} questions were answered by somebody else")
        self.clashes, self.version, self.revision = clashes, version, revision


class AlreadyOpen(ValueError):
    """The mapping has an open version already."""


class NothingToConfirm(ValueError):
    """There is no open version, or it holds no answers."""


class NothingChanged(Exception):
    """Every answer stands already as it was given. Nothing was saved because nothing needed to be."""


@service
def mapping_start(*, actor: Viewer, case_id: UUID) -> MappingVersion:
    """Open the case's first version, or the next one as a copy of the newest. Raises Denied, AlreadyOpen."""
    case = case_for(actor, case_id, Action.MAP)
    newest = _newest(case)
    if newest and not newest.confirmed:
        raise AlreadyOpen(f"version {newest.number} is open")
    return _open_version(actor, case, newest)


@service
def mapping_answer(
    *,
    actor: Viewer,
    case_id: UUID,
    section: str,
    answers: Mapping[str, Any],
    base_revision: int | None = None,
    base_version: int | None = None,
    sheet: str = "",
) -> MappingVersion:
    """Save the answers of one section, and open a version for them if none is open.

    `base_version` and `base_revision` say what the typist had before them (None: the newest there is), and `sheet`
    which opened page it was typed on. Answers to questions that nobody else has changed meanwhile are saved whatever
    else was; if somebody else has answered one of the same questions differently, nothing is saved.
    Raises Denied, InvalidAnswer, MappingConflict, NothingChanged, KeyError for an unknown section.
    """
    case = case_for(actor, case_id, Action.MAP)
    asked = guide.section(section)
    typed = rules.checked(asked, answers, catalogue.load())
    newest = _newest(case)
    base = _base(newest, base_version, base_revision, sheet)
    merged = rules.merge(base=base, saved=newest.answers if newest else {}, typed=typed)
    if merged.clashes and newest:
        raise MappingConflict(_clashes(newest, merged.clashes), newest.number, newest.revision)
    if not merged.changes:
        raise NothingChanged(section)
    version = newest if newest and not newest.confirmed else _open_version(actor, case, newest)
    _write(actor, version, merged.changes, sheet)
    record(actor=actor, action="mapping.answered", step=STEP, case_id=case.id, person_id=case.person_id,
           object_kind="mapping_version", object_id=version.id,
           facts={"version": version.number, "section": section, "changed": len(merged.changes),
                  **_counts(version, asked)})  # fmt: skip
    return version


@service
def mapping_confirm(*, actor: Viewer, case_id: UUID) -> MappingVersion:
    """Freeze the open version. What is unknown may stay unknown, and is counted. Raises Denied, NothingToConfirm."""
    case = case_for(actor, case_id, Action.MAP)
    version = _newest(case)
    if version is None or version.confirmed or not version.answers:
        raise NothingToConfirm("there is no open version with answers")
    version.confirmed_at, version.confirmed_by = clock.now(), actor.account_id
    version.catalogue_version = catalogue.load().version
    version.save(update_fields=["confirmed_at", "confirmed_by", "catalogue_version"])
    profile = NeedsProfile.from_answers(version.answers)
    record(actor=actor, action="mapping.confirmed", step=STEP, case_id=case.id, person_id=case.person_id,
           object_kind="mapping_version", object_id=version.id,
           facts={"version": version.number, "answered": len(version.answers),
                  "unknown": [unknown.question for unknown in rules.unknowns(profile)],
                  "needs_level": profile.needs_level})  # fmt: skip
    return version


def _base(
    newest: MappingVersion | None, number: int | None, revision: int | None, sheet: str
) -> dict[str, AnswerValue]:
    """The answers the typist's page showed, plus what that page itself has saved since."""
    if newest is None:
        return {}
    if number is None or revision is None:
        return dict(newest.answers)
    versions = {v.number: v for v in MappingVersion.objects.filter(case_id=newest.case_id, number__gte=number - 1)}
    before, shown = versions.get(number - 1), versions.get(number)
    base: dict[str, AnswerValue] = dict(before.answers) if before else {}
    for given in Answer.objects.filter(version__in=list(versions.values())).order_by("version__number", "revision"):
        old = shown is not None and given.version_id == shown.pk and given.revision <= revision
        if old or (sheet and given.sheet == sheet):
            base[given.question] = given.value
    return {question: value for question, value in base.items() if value is not None}


def _newest(case: Case) -> MappingVersion | None:
    return MappingVersion.objects.select_for_update().filter(case=case).order_by("-number").first()


def _open_version(actor: Viewer, case: Case, copied: MappingVersion | None) -> MappingVersion:
    version = MappingVersion.objects.create(
        case=case,
        number=copied.number + 1 if copied else 1,
        answers=dict(copied.answers) if copied else {},
        started_at=clock.now(),
        started_by=actor.account_id,
        catalogue_version=catalogue.load().version,
    )
    record(actor=actor, action="mapping.started", step=STEP, case_id=case.id, person_id=case.person_id,
           object_kind="mapping_version", object_id=version.id,
           facts={"version": version.number, "copied_from": copied.number if copied else None})  # fmt: skip
    return version


def _write(actor: Viewer, version: MappingVersion, changes: Mapping[str, AnswerValue], sheet: str) -> None:
    version.revision += 1
    version.answers = {
        question: value for question, value in (version.answers | dict(changes)).items() if value is not None
    }
    version.save(update_fields=["revision", "answers"])
    Answer.objects.bulk_create(
        Answer(version=version, question=question, revision=version.revision, value=value, by=actor.account_id,
               at=clock.now(), sheet=sheet)
        for question, value in changes.items()
    )  # fmt: skip


def _clashes(version: MappingVersion, questions: tuple[str, ...]) -> tuple[Clash, ...]:
    newest = Answer.objects.filter(version=version, question__in=questions)
    latest = dict(newest.values_list("question").annotate(last=Max("revision")))
    by = {given.question: given.by for given in newest if given.revision == latest[given.question]}
    names = account_names(set(by.values()))
    return tuple(
        Clash(question, version.answers.get(question), names.get(by[question], "") if question in by else "")
        for question in questions
    )


def _counts(version: MappingVersion, section: guide.Section) -> dict[str, int]:
    answered = sum(version.answers.get(question.code) is not None for question in section.questions)
    return {"answered": answered, "unknown": len(section.questions) - answered}
