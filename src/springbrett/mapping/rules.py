"""Pure rules of the mapping: what an answer may be, what is still unknown, how two people's typing comes together."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from springbrett.catalogue import Catalogue
from springbrett.mapping import guide
from springbrett.mapping.guide import Question, Section
from springbrett.mapping.records import (
    ABILITIES,
    Answers,
    AnswerValue,
    Difference,
    NeedsProfile,
    SectionProgress,
    Unknown,
)

NATIONAL_ID = re.compile(r"(?<!\d)\d{6}[ .]?\d{5}(?!\d)")
DIAGNOSIS = re.compile(
    r"(?<![a-z0-9])(?:[a-tv-z]\d{2}\.\d{1,2}|[fgimstz]\d{2}|[plnsrk](?:0[1-9]|[7-9]\d))(?![a-z0-9])", re.IGNORECASE
)
"""Looks like a code from ICD-10 (F32.1, F32, M54.5) or ICPC-2 (P76, L03)."""
DIAGNOSIS_WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(guide.DIAGNOSIS_WORDS)})(?!\w)", re.IGNORECASE)


class InvalidAnswer(ValueError):
    """An answer that cannot be kept. `question` and `problem` are codes; the answer itself is never carried."""

    def __init__(self, question: str, problem: str) -> None:
        super().__init__(f"{question}: {problem}")
        self.question = question
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Merge:
    """Two people's answers brought together: what to write, and where both changed the same question."""

    changes: dict[str, AnswerValue]
    clashes: tuple[str, ...]


def unknowns(profile: NeedsProfile) -> tuple[Unknown, ...]:
    """What is not known yet and matters for a later step, in the order of the conversation."""
    return tuple(
        Unknown(question.code, guide.SECTION_OF[question.code], question.matters_for)
        for question in guide.QUESTIONS.values()
        if question.matters_for and _missing(profile, question.code)
    )


def _missing(profile: NeedsProfile, question: str) -> bool:
    value = getattr(profile, question)
    if value is not None:
        return False
    if question == "last_worked_years_ago":
        return profile.work_experience_years != 0
    if question == "work_experience_norway_years":
        return profile.work_experience_years != 0
    if question == "education_recognised":
        return profile.education_level not in {"none", "primary"} and profile.years_in_norway is not None
    return True


def progress(answers: Answers) -> tuple[SectionProgress, ...]:
    """How many questions of each section have an answer."""
    return tuple(
        SectionProgress(
            section.code,
            sum(answers.get(question.code) is not None for question in section.questions),
            len(section.questions),
        )
        for section in guide.SECTIONS
    )


def differences(before: Answers, after: Answers) -> tuple[Difference, ...]:
    """What changed between two versions, in the order of the conversation."""
    return tuple(
        Difference(code, before.get(code), after.get(code))
        for code in guide.QUESTIONS
        if before.get(code) != after.get(code)
    )


def merge(*, base: Answers, saved: Answers, typed: Answers) -> Merge:
    """Bring typed answers together with what has been saved since the page was opened.

    `base` is what the typist saw. An answer the typist left alone keeps what is saved; one that only the typist
    changed is written; one that both changed, to different values, clashes.
    """
    changes: dict[str, AnswerValue] = {}
    clashes: list[str] = []
    for question, mine in typed.items():
        theirs, seen = saved.get(question), base.get(question)
        if mine in (theirs, seen):
            continue
        if theirs == seen:
            changes[question] = mine
        else:
            clashes.append(question)
    return Merge(changes, tuple(clashes))


def checked(section: Section, answers: Mapping[str, Any], catalogue: Catalogue) -> dict[str, AnswerValue]:
    """The answers as they may be kept. Raises InvalidAnswer for another section's question, an unknown code, a number
    out of range, or words that hold a diagnosis or a national identity number."""
    own = {question.code: question for question in section.questions}
    for code in answers:
        if code not in own:
            raise InvalidAnswer(code, "other_section")
    return {code: _checked(own[code], value, catalogue) for code, value in answers.items()}


def _checked(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    if value is None or value == "":
        return None
    return _CHECKS[question.kind](question, value, catalogue)


def words_problem(text: str) -> str:
    """Why free text cannot be kept: "national_id", "diagnosis", or "" when it can."""
    if NATIONAL_ID.search(text):
        return "national_id"
    return "diagnosis" if DIAGNOSIS.search(text) or DIAGNOSIS_WORDS.search(text) else ""


def choices(question: Question, catalogue: Catalogue) -> tuple[str, ...]:
    """The codes a question offers, in the catalogue's order."""
    if question.codes == guide.MEASURES:
        return tuple(catalogue.measures)
    name = "occupation" if question.kind == "occupation_search" else question.codes
    return tuple(entry.code for entry in catalogue.codes(name))


def _text(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    text = _of_type(question, value, str).strip()
    if problem := words_problem(text):
        raise InvalidAnswer(question.code, problem)
    return text or None


def _yes_no(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    return bool(_of_type(question, value, bool))


def _number(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    if isinstance(value, bool) or not isinstance(value, int | float) or not question.least <= value <= question.most:
        raise InvalidAnswer(question.code, "out_of_range")
    return int(value) if value == int(value) else float(value)


def _scale(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidAnswer(question.code, "wrong_type")
    return _number(question, value, catalogue)


def _date(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()
    except ValueError:
        raise InvalidAnswer(question.code, "not_a_date") from None


def _one(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    return _known(question, [value], catalogue)[0]


def _many(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidAnswer(question.code, "wrong_type")
    chosen = set(value)
    found = _known(question, list(chosen), catalogue)
    if question.kind == "occupation_search":
        return sorted(found)
    return [code for code in choices(question, catalogue) if code in chosen]


def _grid(question: Question, value: Any, catalogue: Catalogue) -> AnswerValue:
    if not isinstance(value, Mapping) or any(level not in ABILITIES for level in value.values()):
        raise InvalidAnswer(question.code, "wrong_type")
    return {code: str(value[code]) for code in _known(question, sorted(value), catalogue)} or None


def _known(question: Question, codes: list[Any], catalogue: Catalogue) -> list[str]:
    offered = set(choices(question, catalogue))
    if not all(isinstance(code, str) and code in offered for code in codes):
        raise InvalidAnswer(question.code, "unknown_code")
    return codes


def _of_type(question: Question, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise InvalidAnswer(question.code, "wrong_type")
    return value


_CHECKS = {
    "text": _text, "yes_no_unknown": _yes_no, "number": _number, "scale": _scale, "date": _date, "choice": _one,
    "multi": _many, "occupation_search": _many, "demands_grid": _grid,
}  # fmt: skip
