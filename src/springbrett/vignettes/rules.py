"""What may be answered. Pure functions of the study and what was given; a value is a text, several are a list."""

from collections.abc import Mapping

from springbrett.evaluation.vignettes.studies import Question, Study
from springbrett.mapping.rules import words_problem

LONGEST_TEXT = 2000
Given = Mapping[str, list[str]]
"""Question → values. A question that is not there, or has no value, is not answered."""


def problem(study: Study, subject: str, given: Given) -> tuple[str, str] | None:
    """The first thing that cannot be kept, as code and question; None when all can."""
    asked = {question.code: question for question in study.asked(subject)}
    for code, values in given.items():
        question = asked.get(code)
        if question is None:
            return "unknown_question", code
        if found := _wrong(study, question, values):
            return found, code
    return None


def missing(study: Study, subject: str, given: Given) -> tuple[str, ...]:
    """The questions of a page that must be answered before it counts as answered, and are not."""
    return tuple(
        question.code for question in study.asked(subject) if question.required and not given.get(question.code)
    )


def _wrong(study: Study, question: Question, values: list[str]) -> str:
    if question.kind != "many" and len(values) > 1:
        return "one_answer"
    if question.chosen:
        offered = {option.code for option in study.options(question)}
        return "" if set(values) <= offered and len(set(values)) == len(values) else "unknown_answer"
    if question.kind == "number":
        return "" if all(_whole(value, question) for value in values) else "not_a_number"
    if any(len(value) > LONGEST_TEXT for value in values):
        return "too_long"
    return "words_national_id" if any(words_problem(value) == "national_id" for value in values) else ""


def _whole(value: str, question: Question) -> bool:
    return value.isdecimal() and len(value) < 7 and question.least <= int(value) <= question.most
