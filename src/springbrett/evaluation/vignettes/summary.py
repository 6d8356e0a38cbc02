"""Everything a study's answers say, in one record: what the page of the study leader and the report are made from.

What may not be told (few respondents) is left out here, so that whoever shows a summary cannot show too much. Answers
drawn by the program hide nobody, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Ints
from springbrett.evaluation.study.disclosure import TooManyGroups, kept
from springbrett.evaluation.vignettes.agreement import Agreement, fleiss_kappa, krippendorff_alpha, pair_agreement
from springbrett.evaluation.vignettes.answers import Answers
from springbrett.evaluation.vignettes.attributes import Traits, weigh_attributes
from springbrett.evaluation.vignettes.groups import Comparison, compare, rank_with_experience
from springbrett.evaluation.vignettes.shares import Numbers, Share, numbers, shares
from springbrett.evaluation.vignettes.studies import Question, Study

T = TypeVar("T")
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on one page: how many answered (None: hidden), and their answers as shares or as numbers; both empty
    for own words, or when too few answered. `by` holds the numbers group by group."""

    question: str
    n: int | None
    shares: tuple[Share, ...] = ()
    numbers: Numbers | None = None
    by: Mapping[str, Numbers] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One person (or section): how many answered about it (None: hidden), its questions, and the share of pairs of
    advisers who judged the person alike (None: not a person, too few, or a count could be worked out from it)."""

    code: str
    n: int | None
    asked: tuple[Asked, ...]
    alike: float | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """A comparison of groups of advisers by office, role or experience. `hidden` groups are too small to be told;
    `rank` is Spearman's correlation with experience and its p-value."""

    by: str
    comparison: Comparison
    hidden: int
    rank: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The results of a study. `respondents` counts those who answered anything (None: too few to tell); `told` False:
    too few for any result. What could not be worked out stands in `cannot`: which part, and the code of why."""

    respondents: int | None
    told: bool
    simulated: bool
    minimum: int
    persons: tuple[Subject, ...]
    sections: tuple[Subject, ...]
    agreement: tuple[Agreement, ...]
    traits: Traits | None
    groups: tuple[Grouped, ...]
    cannot: Mapping[str, str]


def summarise(study: Study, answers: Answers, *, minimum: int = 1, seed: int = 0, draws: int = DRAWS) -> Summary:
    """The summary. `minimum` is the house's smallest cell; the study's own holds when it is larger, and neither for
    simulated answers. Raises CannotEstimate("bad_input") for answers that the study does not offer."""
    simulated = answers.simulated
    least = 1 if simulated else max(minimum, study.minimum_cell)
    count = len(answers.respondents)
    told = count >= max(least, 1)
    if not told:
        return Summary(None if count else 0, False, simulated, least, (), (), (), None, (), {})
    cannot: dict[str, str] = {}
    judged = _judged(study, answers)
    persons = tuple(_subject(study, answers, person.code, least, judged) for person in study.persons)
    sections = tuple(_subject(study, answers, section.code, least, None) for section in study.sections)
    return Summary(
        count, True, simulated, least, persons, sections,
        _agreement(judged, seed, draws, cannot) if judged is not None else (),
        _tried("attributes", cannot, lambda: _traits(study, judged)) if judged is not None else None,
        _groups(study, answers, judged, least, seed, cannot) if judged is not None else (),
        cannot,
    )  # fmt: skip


def judgement_codes(question: Question, study: Study) -> tuple[str, ...]:
    """The answers of a judgement, worst first."""
    return tuple(option.code for option in reversed(study.options(question)))


def _judged(study: Study, answers: Answers) -> Ints | None:
    question = study.telling("judgement")
    if question is None:
        return None
    return answers.matrix(question.code, [person.code for person in study.persons], judgement_codes(question, study))


def _subject(study: Study, answers: Answers, code: str, least: int, judged: Ints | None) -> Subject:
    n = len(answers.seen().get(code, ()))
    asked = tuple(_asked(study, answers, code, question, least) for question in study.asked(code))
    alike = None
    question = study.telling("judgement")
    if judged is not None and question is not None and n >= least:
        mine = next(one for one in asked if one.question == question.code)
        column = [person.code for person in study.persons].index(code)
        value = float(pair_agreement(judged[:, [column]])[0])
        hidden = any(share.count is None for share in mine.shares)
        alike = None if hidden or not np.isfinite(value) else value
    return Subject(code, n if n == 0 or n >= least else None, asked, alike)


def _asked(study: Study, answers: Answers, subject: str, question: Question, least: int) -> Asked:
    given = answers.given(subject, question.code)
    n = len(given) if not given or len(given) >= least else None
    if question.chosen:
        codes = [option.code for option in study.options(question)]
        return Asked(question.code, n, shares(given, codes, minimum=least))
    if question.kind == "number":
        return Asked(question.code, n, numbers=numbers(given, minimum=least), by=_by(study, answers, given, least))
    return Asked(question.code, n)


def _by(
    study: Study, answers: Answers, given: Mapping[str, Sequence[str]], least: int
) -> Mapping[str, Numbers] | None:  # fmt: skip
    """Numbers by the group the respondents said they belong to; groups that are small, or would give one away, left
    out."""
    found = _background(study, "group")
    if found is None:
        return None
    section, question = found
    group = {r: values[0] for r, values in answers.given(section, question.code).items() if r in given}
    names = [option.code for option in study.options(question)]
    people = list(given)
    may = _tellable([group.get(r, "") for r in people], names, least)
    each = {name: numbers({r: given[r] for r in people if group.get(r) == name}, minimum=least) for name in names}
    return {name: value for name, value in each.items() if value is not None and name in may}


def _tellable(labels: Sequence[str], names: Sequence[str], least: int) -> set[str]:
    """The groups that may be told beside everybody, without a small one following from them."""
    label = np.array(labels)
    some = [name for name in names if (label == name).any()]
    members = np.array([np.ones(len(label), bool), *(label == name for name in some)])
    try:
        keep = kept(members, least)
    except TooManyGroups:
        return set()
    return {name for name, may in zip(some, keep[1:], strict=True) if may}


def _background(study: Study, tells: str) -> tuple[str, Question] | None:
    return next(((section.code, question) for section in study.sections for question in section.questions
                 if question.tells == tells), None)  # fmt: skip


def _agreement(judged: Ints, seed: int, draws: int, cannot: dict[str, str]) -> tuple[Agreement, ...]:
    measures: tuple[Callable[[], Agreement], ...] = (
        lambda: krippendorff_alpha(judged, "ordinal", seed=seed, draws=draws),
        lambda: krippendorff_alpha(judged, "nominal", seed=seed, draws=draws),
        lambda: fleiss_kappa(judged, seed=seed, draws=draws),
    )
    found = (_tried("agreement", cannot, measure) for measure in measures)
    return tuple(one for one in found if one is not None)


def _traits(study: Study, judged: Ints) -> Traits:
    used = [attribute for attribute in study.attributes if attribute.model]
    if not used:
        raise CannotEstimate("no_variation", "no attribute is meant to be weighed")
    levels = [[person.attributes[attribute.code] for attribute in used] for person in study.persons]
    named = [(attribute.code, [level.code for level in attribute.levels]) for attribute in used]
    return weigh_attributes(judged, levels, named)


def _groups(
    study: Study, answers: Answers, judged: Ints, least: int, seed: int, cannot: dict[str, str]
) -> tuple[Grouped, ...]:  # fmt: skip
    people = answers.respondents
    office, role = answers.offices(), answers.roles()
    ways: dict[str, Sequence[str]] = {"office": [office[r] for r in people], "role": [role[r] for r in people]}
    known = _background(study, "experience")
    if known is not None:
        given = answers.given(known[0], known[1].code)
        ways["experience"] = [given[r][0] if r in given else "" for r in people]
    found = []
    for by, labels in ways.items():
        may = _tellable(labels, sorted(set(labels) - {""}), least)
        kept_labels = [label if label in may else "" for label in labels]
        compared = _tried(by, cannot, lambda held=kept_labels: compare(judged, held, seed=seed))  # type: ignore[misc]
        if compared is None:
            continue
        rank = None
        if by == "experience" and known is not None and known[1].ordered:
            steps = {option.code: -place for place, option in enumerate(study.options(known[1]))}
            years = [float(steps[label]) if label else float("nan") for label in labels]
            rank = _tried("rank", cannot, lambda held=years: rank_with_experience(judged, held))  # type: ignore[misc]
        hidden = len(set(labels) - {""} - may)
        found.append(Grouped(by, compared, hidden, rank))
    return tuple(found)


def _tried(part: str, cannot: dict[str, str], work: Callable[[], T]) -> T | None:
    """The result, or None with why it could not be worked out."""
    try:
        return work()
    except CannotEstimate as error:
        cannot[part] = error.code
        return None
