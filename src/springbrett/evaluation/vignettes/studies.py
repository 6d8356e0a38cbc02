"""A vignette study as data (TOML): the persons, who sees whom, what is asked, and what it is used for.

A study without persons is a survey: its sections are the pages. Whoever writes one gets every mistake at once, with the
key, what stands there and what may stand there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import tomli

from springbrett.catalogue.base import Base, Text
from springbrett.catalogue.errors import Problem
from springbrett.catalogue.loader import explain, load, parse
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.vignettes.design import Plan, blocks

Kind = Literal["one", "many", "scale", "number", "text"]
Tells = Literal["", "judgement", "needs_level", "purpose", "design", "effects", "instead", "experience", "group"]
CODE_LISTS = ("needs_level", "purpose")
ROLES = ("caseworker", "job_specialist", "market_contact")
Complain = Callable[[str, object, str, str], None]


class StudyError(ValueError):
    """A study cannot be used. `problems` holds every problem found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Option(Base, frozen=True, kw_only=True):
    """One answer to choose, or one level of an attribute."""

    code: str
    text: Text


class Question(Base, frozen=True, kw_only=True):
    """One question. one: one answer; many: any number of them; scale: one of the study's scale called `scale`; number:
    a whole number from `least` to `most`; text: own words.

    Answers are `options`, or the catalogue's list `codes`. `ordered`: the options stand from most to least. `tells`:
    what it is in the results (`group`: what numbers are compared by); at most one question of a page tells each thing.
    """

    code: str
    kind: Kind
    text: Text
    help: Text | None = None
    required: bool = True
    tells: Tells = ""
    options: tuple[Option, ...] = ()
    codes: Literal["", "needs_level", "purpose"] = ""
    scale: str = ""
    ordered: bool = False
    least: int = 0
    most: int = 100

    @property
    def chosen(self) -> bool:
        """Whether the answer is one or more codes."""
        return self.kind in ("one", "many", "scale")


class Person(Base, frozen=True, kw_only=True):
    """One constructed person: what advisers are told (`facts`), what the study wants to find out (`tests`, never shown
    to them), and the level of each attribute."""

    code: str
    name: str
    age: int
    facts: tuple[Text, ...]
    tests: Text
    attributes: dict[str, str] = {}


class Attribute(Base, frozen=True, kw_only=True):
    """A trait that differs between the persons. The first level is what the others are held against. `model`: whether
    its weight in the judgement is estimated."""

    code: str
    text: Text
    levels: tuple[Option, ...]
    model: bool = False


class Section(Base, frozen=True, kw_only=True):
    """A page about the respondent and the work, not about a person. `background` sections come last and are used to
    compare groups."""

    code: str
    title: Text
    questions: tuple[Question, ...]
    intro: Text | None = None
    background: bool = False


class Design(Base, frozen=True, kw_only=True):
    """Who sees whom. all: everybody; balanced: `each` persons in balanced incomplete blocks; subset: `each` drawn."""

    kind: Literal["all", "balanced", "subset"] = "all"
    each: int = 0
    order: Literal["random", "williams", "fixed"] = "random"


class Study(Base, frozen=True, kw_only=True):
    """A vignette study or a survey. `about` is what the invited read before they begin; `question` is what the study
    asks; `based_on` says where persons and questions are from. Results of fewer than `minimum_cell` are not shown."""

    code: str
    title: Text
    question: Text
    about: tuple[Text, ...]
    based_on: Text
    roles: tuple[str, ...]
    minutes: int
    minimum_cell: int
    measure: str = ""
    design: Design = Design()
    persons: tuple[Person, ...] = ()
    questions: tuple[Question, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    sections: tuple[Section, ...] = ()
    scales: dict[str, tuple[Option, ...]] = {}

    def person(self, code: str) -> Person | None:
        """The person with the code."""
        return next((person for person in self.persons if person.code == code), None)

    def section(self, code: str) -> Section | None:
        """The section with the code."""
        return next((section for section in self.sections if section.code == code), None)

    def asked(self, subject: str) -> tuple[Question, ...]:
        """The questions of a page: a person's, or a section's. Empty for a subject the study does not have."""
        section = self.section(subject)
        return section.questions if section else self.questions if self.person(subject) else ()

    def telling(self, tells: Tells) -> Question | None:
        """The question about the persons that tells this."""
        return next((question for question in self.questions if question.tells == tells), None)

    def options(self, question: Question) -> tuple[Option, ...]:
        """What can be chosen, in the order shown."""
        if question.codes:
            return tuple(Option(code=entry.code, text=entry.name) for entry in load().codes(question.codes))
        return self.scales.get(question.scale, ()) if question.kind == "scale" else question.options

    def plan(self, seed: int) -> Plan:
        """The design with a seed."""
        each = self.design.each or len(self.persons)
        return Plan(self.design.kind, len(self.persons), each, self.design.order, seed)

    def pages(self, seed: int, number: int) -> tuple[str, ...]:
        """What adviser `number` (from 0) is asked about, page by page: sections, then persons, then background."""
        shown = self.plan(seed).sheet(number) if self.persons else ()
        before = [section.code for section in self.sections if not section.background]
        after = [section.code for section in self.sections if section.background]
        return (*before, *(self.persons[i].code for i in shown), *after)


@dataclass(frozen=True, slots=True)
class Held:
    """A study and the fingerprint of the text it was read from."""

    study: Study
    fingerprint: str


def read_study(path: Path) -> Held:
    """The study of a file, checked. Raises StudyError with every problem."""
    content = path.read_bytes() if path.is_file() else None
    if content is None:
        raise StudyError((Problem(str(path), "-", None, "a file", "there is no such study"),))
    try:
        raw = parse(content.decode("utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError((Problem(path.name, "-", None, "TOML 1.0 in UTF-8", str(error)),)) from None
    try:
        study = msgspec.convert(raw, Study, builtin_types=(dt.datetime, dt.date, dt.time))
    except msgspec.ValidationError as error:
        raise StudyError((explain(path.name, "", raw, Study, str(error)),)) from None
    problems = _problems(study, path)
    if problems:
        raise StudyError(tuple(problems))
    return Held(study, hashlib.sha256(content).hexdigest()[:16])


def _problems(study: Study, path: Path) -> list[Problem]:
    found: list[Problem] = []

    def complain(key: str, value: object, allowed: str, message: str) -> None:
        found.append(Problem(path.name, key, value, allowed, message))

    if study.code != path.stem:
        complain("code", study.code, f'"{path.stem}"', "the code is not the file's name")
    if study.minimum_cell < 1:
        complain("minimum_cell", study.minimum_cell, "a whole number from 1", "there is no such cell")
    if not study.persons and not study.sections:
        complain("persons", None, "persons or sections", "nothing is asked")
    if bool(study.persons) != bool(study.questions):
        complain("questions", None, "questions when there are persons", "persons and questions belong together")
    if study.measure:
        _each("measure", [study.measure], load().measures, complain)
    _each("roles", study.roles, ROLES, complain)
    if not study.roles:
        complain("roles", None, ", ".join(ROLES), "nobody is invited")
    subjects = [*(p.code for p in study.persons), *(s.code for s in study.sections)]
    _once("persons and sections", subjects, complain)
    _check_attributes(study, complain)
    _check_questions("questions", study, study.questions, complain)
    for section in study.sections:
        _check_questions(f"sections ({section.code}).questions", study, section.questions, complain)
    if study.persons:
        _check_design(study, complain)
    return found


def _check_attributes(study: Study, complain: Complain) -> None:
    levels = {attribute.code: {level.code for level in attribute.levels} for attribute in study.attributes}
    _once("attributes", (attribute.code for attribute in study.attributes), complain)
    for attribute in study.attributes:
        _once(f"attributes ({attribute.code}).levels", (level.code for level in attribute.levels), complain)
        given = {person.attributes.get(attribute.code) for person in study.persons}
        if study.persons and len(given) < 2:
            complain(f"attributes ({attribute.code})", None, "two levels among the persons", "nobody differs in it")
    for person in study.persons:
        key = f"persons ({person.code}).attributes"
        _each(key, person.attributes, levels, complain)
        for code, there in levels.items():
            if code not in person.attributes:
                complain(key, None, code, "the person lacks an attribute")
            elif person.attributes[code] not in there:
                complain(f"{key}.{code}", person.attributes[code], ", ".join(sorted(there)), "no such level")


def _check_questions(key: str, study: Study, questions: tuple[Question, ...], complain: Complain) -> None:
    _once(key, (question.code for question in questions), complain)
    _once(f"{key}.tells", (question.tells for question in questions if question.tells), complain)
    for question in questions:
        where = f"{key} ({question.code})"
        given = [bool(question.options), bool(question.codes), bool(question.scale)]
        if question.kind in ("one", "many") and (sum(given[:2]) != 1 or given[2]):
            complain(where, question.kind, "options or codes", "the question needs answers to choose from")
        if question.kind == "scale":
            _each(f"{where}.scale", [question.scale], study.scales, complain)
        if not question.chosen and any(given):
            complain(where, question.kind, "no options", "nothing is chosen here")
        if question.kind == "number" and question.least >= question.most:
            complain(f"{where}.most", question.most, f"more than {question.least}", "no number can be given")
        if question.tells == "judgement" and (question.kind != "one" or not question.ordered):
            complain(where, question.kind, "kind one, ordered", "a judgement is one of ordered answers")
        _once(f"{where}.options", (option.code for option in question.options), complain)


def _check_design(study: Study, complain: Complain) -> None:
    each, persons = study.design.each or len(study.persons), len(study.persons)
    if study.design.kind == "all" and each != persons:
        complain("design.each", each, f"{persons}, or leave it out", "everybody is shown with kind all")
    if not 1 <= each <= persons:
        complain("design.each", each, f"1 to {persons}", "there are not so many persons")
    elif study.design.kind == "balanced":
        try:
            blocks(persons, each)
        except CannotEstimate as error:
            complain("design.each", each, "another number, or kind subset", str(error))
    if study.telling("judgement") is None:
        complain("questions.tells", None, "judgement at one question", "no question is the judgement")


def _once(key: str, codes: Iterable[str], complain: Complain) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            complain(key, code, "each code once", "the code stands twice")
        seen.add(code)


def _each(key: str, values: Iterable[str], known: Iterable[str] | Mapping[str, object], complain: Complain) -> None:
    there = list(known)
    for value in values:
        if value not in there:
            complain(key, value, ", ".join(there) or "none", "there is no such code")
