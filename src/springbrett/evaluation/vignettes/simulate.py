"""Answers drawn by the program, with exactly the counts a study tells of. For trying a report, never as findings.

Each adviser has a leniency of their own; who gives which judgement follows it with chance on top, so that advisers
agree with themselves as people do. Counts are met to the last one; who gave what is invented.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import numpy as np

from springbrett.catalogue.base import Base, Text
from springbrett.catalogue.errors import Problem
from springbrett.catalogue.loader import explain, parse
from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.vignettes.answers import Answer, Answers
from springbrett.evaluation.vignettes.studies import Question, Study, StudyError


class Counted(Base, frozen=True, kw_only=True):
    """What is said about one subject: `n` respondents, for each question the count of each answer (one answer for
    everybody adds up to n), and for numbers the mean and the spread (`by`: the mean of each group)."""

    subject: str
    n: int
    answers: dict[str, dict[str, int]] = {}
    means: dict[str, float] = {}
    spreads: dict[str, float] = {}
    by: dict[str, dict[str, float]] = {}


class Drawn(Base, frozen=True, kw_only=True):
    """A recipe. `told` says what is from the source and what is filled in; it is printed on the report's first page.
    `spread` is the standard deviation of leniency in log odds."""

    study: str
    told: Text
    seed: int
    respondents: int
    offices: int
    role: str
    spread: float
    subjects: tuple[Counted, ...]


def read_recipe(path: Path) -> Drawn:
    """The recipe of a file. Raises StudyError."""
    raw = parse(path.read_text(encoding="utf-8"))
    try:
        return msgspec.convert(raw, Drawn, builtin_types=(dt.datetime, dt.date, dt.time))
    except msgspec.ValidationError as error:
        raise StudyError((explain(path.name, "", raw, Drawn, str(error)),)) from None


def draw(study: Study, recipe: Drawn) -> Answers:
    """Answers with the recipe's counts, the same every time. Raises StudyError for counts that cannot be."""
    problems = _problems(study, recipe)
    if problems:
        raise StudyError(tuple(problems))
    rng = np.random.default_rng(recipe.seed)
    people = [f"S{number:03d}" for number in range(1, recipe.respondents + 1)]
    lenient = rng.normal(0, recipe.spread, recipe.respondents)
    pages = {r: study.pages(recipe.seed, number) for number, r in enumerate(people)}
    rows: list[Answer] = []
    groups: dict[str, str] = {}
    background = {section.code for section in study.sections if section.background}
    for counted in sorted(recipe.subjects, key=lambda one: one.subject not in background):
        who = np.sort(rng.choice(recipe.respondents, counted.n, replace=False))
        given = _given(study, counted, who, lenient, groups, rng)
        for number, question, value in given:
            r = people[number]
            place = pages[r].index(counted.subject) + 1 if counted.subject in pages[r] else 0
            office = f"{number % recipe.offices + 1}"
            rows.append(Answer(study.code, r, office, recipe.role, counted.subject, place, question, value, True))
    return Answers(tuple(sorted(rows, key=lambda row: (row.respondent, row.place, row.question, row.value))))


def _given(
    study: Study, counted: Counted, who: Ints, lenient: Floats, groups: dict[str, str], rng: np.random.Generator
) -> list[tuple[int, str, str]]:  # fmt: skip
    """Who (number of the respondent) gave which value to which question of a subject."""
    found: list[tuple[int, str, str]] = []
    open_to = who
    for question in sorted(study.asked(counted.subject), key=lambda one: one.tells not in ("judgement", "group")):
        counts = counted.answers.get(question.code, {})
        if question.kind == "number" and question.code in counted.means:
            found += _numbers(question, counted, who, groups, rng)
        elif question.kind in ("one", "scale") and counts:
            order = np.argsort(-(lenient[who] + rng.logistic(size=len(who)))) if question.tells == "judgement" else (
                rng.permutation(len(who)))  # fmt: skip
            values = [code for code, count in counts.items() for _ in range(count)]
            given = [(int(who[at]), question.code, value) for at, value in zip(order, values, strict=True)]
            if question.tells == "judgement":
                worst = study.options(question)[-1].code
                open_to = np.array([number for number, _, value in given if value != worst], np.int64)
            if question.tells == "group":
                groups.update({str(number): value for number, _, value in given})
            found += given
        elif question.kind == "many":
            eligible = open_to if question.tells in ("purpose", "design", "effects") else who
            for code, count in counts.items():
                some = rng.choice(eligible, min(count, len(eligible)), replace=False)
                found += [(int(number), question.code, code) for number in np.sort(some)]
    return found


def _numbers(
    question: Question, counted: Counted, who: Ints, groups: dict[str, str], rng: np.random.Generator
) -> list[tuple[int, str, str]]:  # fmt: skip
    """Whole numbers whose mean in each group is the recipe's, as near as whole numbers come."""
    spread, by = counted.spreads.get(question.code, 1.0), counted.by.get(question.code, {})
    label = np.array([groups.get(str(number), "") if by else "" for number in who])
    values = np.zeros(len(who), np.int64)
    for name in np.unique(label):
        mine = np.flatnonzero(label == name)
        mean = by.get(str(name), counted.means[question.code])
        drawn = np.clip(np.rint(rng.normal(mean, spread, len(mine))), question.least, question.most).astype(np.int64)
        short = round(mean * len(mine)) - int(drawn.sum())
        for step in range(abs(short)):
            drawn[step % len(mine)] += 1 if short > 0 else -1
        values[mine] = np.clip(drawn, question.least, question.most)
    return [(int(number), question.code, str(int(value))) for number, value in zip(who, values, strict=True)]


def _problems(study: Study, recipe: Drawn) -> list[Problem]:
    found: list[Problem] = []
    if recipe.study != study.code:
        found.append(Problem("recipe", "study", recipe.study, study.code, "the recipe is for another study"))
    for counted in recipe.subjects:
        asked = {question.code: question for question in study.asked(counted.subject)}
        where = f"subjects ({counted.subject})"
        if not asked:
            found.append(Problem("recipe", where, None, "a person or section of the study", "no such subject"))
        if counted.n > recipe.respondents:
            found.append(Problem("recipe", f"{where}.n", counted.n, f"at most {recipe.respondents}", "too many"))
        for code in {*counted.answers, *counted.means} - set(asked):
            found.append(Problem("recipe", f"{where}.{code}", None, ", ".join(asked), "no such question"))
        for code, counts in counted.answers.items():
            if code not in asked:
                continue
            offered = [option.code for option in study.options(asked[code])]
            found += [Problem("recipe", f"{where}.{code}", value, ", ".join(offered), "no such answer")
                      for value in counts if value not in offered]  # fmt: skip
            whole = sum(counts.values())
            if asked[code].kind != "many" and whole != counted.n:
                found.append(Problem("recipe", f"{where}.{code}", whole, str(counted.n), "the counts do not add up"))
            if max(counts.values(), default=0) > counted.n:
                found.append(Problem("recipe", f"{where}.{code}", None, f"at most {counted.n}", "more than answered"))
    return found
