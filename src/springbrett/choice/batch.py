"""The answers alone, for many people at once: the same as `eligibility` gives, without the trees that nobody reads.

What is in force on the day is compiled once: each condition the catalogue asks stands in one list, however many
measures ask it, and each measure is a few positions in that list. The slow twin is `eligibility` itself; a property
test holds the two to the same answers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from springbrett.catalogue import Catalogue
from springbrett.catalogue.conditions import OPERATORS, Condition
from springbrett.catalogue.day import MeasureDay, catalogue_day, on_day
from springbrett.catalogue.limits import Age
from springbrett.catalogue.measures import Measure
from springbrett.choice.chaining import counted, requires_first, time_verdict
from springbrett.choice.durations import time_left
from springbrett.choice.eligibility import last_day, reached
from springbrett.choice.records import Stay
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile

Ternary = bool | None
_ANSWERS = {True: Answer.MET, False: Answer.NOT_MET, None: Answer.UNKNOWN}
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Lean:
    """One measure on one day: what can stop it. Ages and `groups` are positions in the board's lists."""

    measure: Measure
    never: bool
    unsure: bool
    min_age: int | None
    max_age: int | None
    levels: frozenset[str] | None
    groups: tuple[tuple[tuple[int, ...], ...], ...]
    asks_first: bool
    limited: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Every measure offered on a day, ready to be asked for one person after the other."""

    on: date
    measures: tuple[_Lean, ...]
    conditions: tuple[tuple[int, Callable[[Any, Any], bool], object], ...]
    ages: tuple[Age, ...]
    facts: tuple[str, ...]

    def answers(
        self, profile: NeedsProfile, stays: Sequence[Stay] = (), circumstances: Mapping[str, object] | None = None
    ) -> dict[str, Answer]:
        """Measure → whether it is open to the person: exactly the answers of `eligibility`."""
        facts = {**profile.facts(self.on), **(circumstances or {})}
        values = [facts.get(name) for name in self.facts]
        told = [None if values[at] is None else holds(values[at], value) for at, holds, value in self.conditions]
        ages = [reached(limit, profile.birth_date, self.on) for limit in self.ages]
        found = {}
        for lean in self.measures:
            answer = False if lean.never else _lean_answer(lean, profile.needs_level, ages, told)
            if answer is not False and (lean.asks_first or (stays and lean.limited)):
                answer = _worse(answer, _slow_part(lean, facts, self.on, stays))
            found[lean.measure.code] = _ANSWERS[answer]
        return found


_BOARDS: dict[tuple[int, date], tuple[Catalogue, Board]] = {}


def board(catalogue: Catalogue, on: date) -> Board:
    """The board of a day. It is kept, and the same one is given again."""
    kept = _BOARDS.get((id(catalogue), on))
    if kept is None:
        if len(_BOARDS) >= _MOST_KEPT:
            _BOARDS.clear()
        # The catalogue is kept beside the board, so that its id is not taken over by another.
        kept = _BOARDS[id(catalogue), on] = (catalogue, _compiled(catalogue, on))
    return kept[1]


def answers(
    profiles: Iterable[NeedsProfile], catalogue: Catalogue, on: date
) -> Iterator[dict[str, Answer]]:  # fmt: skip
    """Measure → answer, for one person after the other, none of whom has had any measure before."""
    ready = board(catalogue, on)
    return (ready.answers(profile) for profile in profiles)


def _compiled(catalogue: Catalogue, on: date) -> Board:
    days = [on_day(measure, on) for measure in catalogue_day(catalogue, on).offered]
    asked = [c for day in days for entry in day.target_group for group in entry.any_of for c in group]
    names = list(dict.fromkeys(condition.fact for condition in asked))
    unique = {_key(condition): condition for condition in asked}
    places = {key: position for position, key in enumerate(unique)}
    ages = tuple({(a.years, a.basis): a for day in days for a in (day.min_age, day.max_age) if a}.values())
    return Board(
        on=on,
        measures=tuple(_lean(day, places, ages) for day in days),
        conditions=tuple((names.index(c.fact), OPERATORS[c.op], c.value) for c in unique.values()),
        ages=ages,
        facts=tuple(names),
    )


def _key(condition: Condition) -> tuple[str, str, str]:
    # repr keeps True and 1 apart, which are equal and hash alike.
    return condition.fact, condition.op, repr(condition.value)


def _lean(day: MeasureDay, places: Mapping[tuple[str, str, str], int], ages: tuple[Age, ...]) -> _Lean:
    stops = [entry for entry in day.target_group if entry.severity == "stop"]
    closing = last_day(day.measure, day.on)
    return _Lean(
        measure=day.measure,
        never=not day.given or (closing is not None and closing.stops),
        unsure=any(not entry.any_of for entry in stops) or (day.duration is not None and not day.duration.known),
        min_age=_place(day.min_age, ages),
        max_age=_place(day.max_age, ages),
        levels=frozenset(day.needs_levels.levels) if day.needs_levels and day.needs_levels.source == "law" else None,
        groups=tuple(
            tuple(tuple(places[_key(condition)] for condition in group) for group in entry.any_of)
            for entry in stops
            if entry.any_of
        ),
        asks_first=bool(day.requires_first),
        limited=day.duration is not None and day.duration.known and not day.duration.unlimited,
    )


def _place(limit: Age | None, ages: tuple[Age, ...]) -> int | None:
    """Where the limit stands in the list; None when there is none, or it is practice and stops nobody."""
    if limit is None or limit.source != "law":
        return None
    return next(at for at, age in enumerate(ages) if (age.years, age.basis) == (limit.years, limit.basis))


def _lean_answer(lean: _Lean, level: str | None, ages: Sequence[Ternary], told: Sequence[Ternary]) -> Ternary:
    """What age, needs level and target group say together."""
    answer: Ternary = None if lean.unsure else True
    if lean.levels is not None:
        answer = _worse(answer, None if level is None else level in lean.levels)
    if lean.min_age is not None:
        answer = _worse(answer, ages[lean.min_age])
    if lean.max_age is not None:
        old = ages[lean.max_age]
        answer = _worse(answer, None if old is None else not old)
    for groups in lean.groups:
        if answer is False:
            return False
        answer = _worse(answer, _any_group(groups, told))
    return answer


def _any_group(groups: tuple[tuple[int, ...], ...], told: Sequence[Ternary]) -> Ternary:
    unknown = False
    for group in groups:
        whole: Ternary = True
        for place in group:
            answer = told[place]
            if answer is False:
                whole = False
                break
            if answer is None:
                whole = None
        if whole is True:
            return True
        unknown = unknown or whole is None
    return None if unknown else False


def _worse(one: Ternary, other: Ternary) -> Ternary:
    """Three-valued "and"."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _slow_part(lean: _Lean, facts: Mapping[str, object], on: date, stays: Sequence[Stay]) -> Ternary:
    """What only some ask: time used of earlier stays, and what must come first. The full verdicts answer."""
    found = [requires_first(lean.measure, stays, facts, on)]
    if stays and lean.limited:
        used = counted(lean.measure, stays, on)
        found.append(time_verdict(time_left(lean.measure, on, used, facts), facts, on))
    answer: Ternary = True
    for verdict in found:
        if verdict is not None and verdict.severity is Severity.STOP:
            answer = _worse(answer, True if verdict.met else None if verdict.unknown else False)
    return answer
