"""Rounds of a study and advisers who answer them, through the services."""

from typing import Any

from springbrett.access.roles import Role, Viewer
from springbrett.people.models import Office
from springbrett.vignettes.models import Round
from springbrett.vignettes.selectors import standing, study_of
from springbrett.vignettes.services import answering_begin, answers_save, round_open
from tests import build

SIX = "six_persons"


def make_analyst() -> Viewer:
    """A study leader."""
    return build.make_viewer(Role.ANALYST)


def opened(analyst: Viewer, study: str = SIX) -> Round:
    """An open round."""
    return round_open(actor=analyst, study=study)


def answer_for(study: str, subject: str, **given: list[str]) -> dict[str, list[str]]:
    """The first answer to everything that must be answered on a page, with `given` instead where it is given."""
    held = study_of(study)
    found: dict[str, list[str]] = {}
    for question in held.asked(subject):
        if question.required:
            options = held.options(question)
            found[question.code] = [options[0].code if options else str(question.least)]
    return found | given


def answered(adviser: Viewer, study: str = SIX, **given: Any) -> None:
    """An adviser who answers every page; `given` holds the judgement of persons by code."""
    answering_begin(actor=adviser, study=study)
    for subject in standing(adviser, study).pages:
        said = {"suitable": [given[subject]]} if subject in given else {}
        answers_save(actor=adviser, study=study, subject=subject, given=answer_for(study, subject, **said))


def advisers(office: Office, count: int, role: Role = Role.CASEWORKER) -> list[Viewer]:
    """So many at an office."""
    return [build.make_viewer(role, office=office) for _ in range(count)]
