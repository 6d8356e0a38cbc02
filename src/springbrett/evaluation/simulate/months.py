"""Lives the persons month by month. Pure arrays: one row per month, one column per person.

The luck of a month is drawn from (seed, month) alone, so two runs of the same persons differ only by what is done.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.simulate.world import TRAITS, MeasureNumbers, People, World, logistic

Codes = NDArray[np.int8]
OUTSIDE, REGISTERED, WORK, EDUCATION, DISABILITY = range(5)
EDUCATION_MONTHS = 24
TREND_YEARS = (2017, 2022)
MAX_START = 0.5
BEFORE_ALL = 10**6  # stands for the month when the luck of the time before the registers is drawn


@dataclass(frozen=True, slots=True)
class Starts:
    """Every start of a measure: person (column), month (row), measure and purpose (positions; −1: none), length in
    months as meant, and provider (−1: none)."""

    person: Ints
    month: Ints
    measure: Ints
    purpose: Ints
    months: Ints
    provider: Ints


@dataclass(frozen=True, slots=True)
class Lives:
    """months × persons: status, measure under way (−1: none) and whether work is subsidised; and every start."""

    status: Codes
    measure: Codes
    subsidised: NDArray[np.bool_]
    starts: Starts


@dataclass(frozen=True, slots=True)
class Preferences:
    """How much more each office and caseworker uses each measure (logit, measures × offices / caseworkers), what each
    provider adds to the effect, and which offices are in the trial, in the order of their effects."""

    office: Floats
    caseworker: Floats
    provider: Floats
    trial_offices: Ints


def draw_preferences(world: World, rng: np.random.Generator) -> Preferences:
    """Draw what makes offices, caseworkers and providers differ."""
    people, spread = world.people, world.preference
    kinds = len(world.measures)
    workers = people["offices"] * people["caseworkers_per_office"]
    return Preferences(
        office=rng.standard_normal((kinds, people["offices"])) * spread["office_sd"],
        caseworker=rng.standard_normal((kinds, workers)) * spread["caseworker_sd"],
        provider=rng.standard_normal(people["providers"]),
        trial_offices=np.sort(rng.choice(people["offices"], people["trial_offices"], replace=False)),
    )


class State:
    """What one month hands to the next, one element per person."""

    def __init__(self, people: People) -> None:
        count = people.count
        self.status = np.zeros(count, np.int8)
        self.since = np.zeros(count, np.int64)  # months in the status
        self.measure = np.full(count, -1, np.int8)
        self.left = np.zeros(count, np.int64)
        self.during = np.zeros(count)
        self.coming = np.zeros(count)
        self.after = np.zeros(count)
        self.subsidised = np.zeros(count, bool)
        self.keep = np.zeros(count)

    def enter(self, who: NDArray[np.bool_], status: int) -> None:
        self.status[who] = status
        self.since[who] = 0


class Otherwise:
    """What is done otherwise in a life that is lived again with the same luck. As it stands: nothing."""

    def hold(self, chances: Floats, month: int) -> None:
        """Change the chances (measures × persons) of a measure being given in a row's month, in place."""

    def begin(self, month: int, free: Ints, chosen: Ints) -> Ints:
        """Which measure the `free` persons begin (the number of measures: none), instead of `chosen`."""
        return chosen

    def see(self, month: int, state: State, find: Floats) -> None:
        """Look at everybody just before somebody finds work; `find` is the chance of it, on the logit scale."""


@dataclass(frozen=True, slots=True)
class Time:
    """`months` months from January of `first_year`, with the luck of a `seed`."""

    months: int
    first_year: int
    seed: int


def live(
    people: People, world: World, preferences: Preferences, time: Time, *, measures: bool,
    otherwise: Otherwise | None = None,
) -> Lives:  # fmt: skip
    """Live every person through the time; `measures` False: nobody gets one."""
    otherwise, months, first_year, seed = otherwise or Otherwise(), time.months, time.first_year, time.seed
    state = State(people)
    status = np.zeros((months, people.count), np.int8)
    doing = np.full((months, people.count), -1, np.int8)
    paid = np.zeros((months, people.count), bool)
    starts: list[tuple[Ints, ...]] = []
    chances, trial = _start_chances(people, world, preferences), _Trial(people, world, preferences)
    _before(state, people, world, seed)
    for month in range(months):
        luck = _luck(people, seed, month, 6)
        state.enter((people.entry == month) & (state.status != REGISTERED), REGISTERED)
        if measures:
            given = chances * _trends(world, first_year + month / 12)[:, None]
            trial.hold(given, first_year * 12 + month)
            otherwise.hold(given, month)
            free, chosen = _choose(state, given, luck[0])
            begun = free, otherwise.begin(month, free, chosen), luck
            starts.append(_start(state, people, world, preferences, begun, month=month))
        find = finding(state, people, world, month)
        otherwise.see(month, state, find)
        _move(state, people, world, month, luck, find)
        status[month], doing[month], paid[month] = state.status, state.measure, state.subsidised
        _end_measures(state, people, luck[5])
        state.since += 1
    gathered = [np.concatenate(column) if starts else np.zeros(0, np.int64) for column in zip(*starts, strict=True)]
    if not gathered:
        gathered = [np.zeros(0, np.int64)] * 6
    return Lives(status, doing, paid, Starts(*gathered))


def _luck(people: People, seed: int, month: int, draws: int) -> Floats:
    """Draws × persons of what hangs on chance in a month."""
    luck = np.random.default_rng([seed, month]).random((draws, people.drawn))
    return luck if people.count == people.drawn else luck[:, people.number]


def _before(state: State, people: People, world: World, seed: int) -> None:
    """Who works before they register, and who is registered when the registers begin."""
    luck = _luck(people, seed, BEFORE_ALL, 1)[0]
    worked = luck < logistic(0.6 + people.index + 0.5 * people.unseen)
    state.enter(worked & (people.entry > 0), WORK)
    registered = people.entry <= 0
    state.enter(registered, REGISTERED)
    state.since[registered] = -people.entry[registered]


class _Trial:
    """When the trial is under way at each person's office: its measure only there, and not what it stands in for."""

    def __init__(self, people: People, world: World, preferences: Preferences) -> None:
        begins, self.last = world.trial.months()
        places = preferences.trial_offices
        first = np.full(world.people["offices"], self.last + 1)
        first[places] = begins[np.minimum(np.arange(len(places)), len(begins) - 1)]
        self.first = first[people.office]
        names = list(world.measures)
        self.own = [names.index(name) for name in (world.trial.measure,) if name in names]
        self.instead = [names.index(name) for name in world.trial.instead_of if name in names]

    def hold(self, chances: Floats, month: int) -> None:
        """Close what nobody is given in the absolute month, in place."""
        inside = (self.first <= month) & (month <= self.last)
        for row in self.own:
            chances[row, ~inside] = 0.0
            if inside.any():
                for other in self.instead:
                    chances[other, inside] = 0.0


def _start_chances(people: People, world: World, preferences: Preferences) -> Floats:
    """Measures × persons: the chance a month of being given the measure, before the trend."""
    centred = people.index - people.centre
    rows = []
    for position, numbers in enumerate(world.measures.values()):
        wanted = numbers.selection * centred + world.preference["on_unobserved"] * people.unseen
        wanted = wanted + preferences.office[position, people.office]
        wanted = wanted + preferences.caseworker[position, people.caseworker]
        wanted = wanted + people.traits @ _of_traits(numbers.traits)
        open_to = people.reduced | (not numbers.only_reduced)
        rows.append(np.where(open_to, numbers.start * np.exp(wanted), 0.0))
    return np.array(rows)


def _of_traits(weights: dict[str, float]) -> Floats:
    return np.array([weights.get(name, 0.0) for name in TRAITS])


def _trend(numbers: MeasureNumbers, year: float) -> float:
    """How much of the use in the first trend year is left; straight from the first to the last, level outside."""
    first, last = TREND_YEARS
    share = min(max((year - first) / (last - first), 0.0), 1.0)
    return 1.0 + (numbers.falls_to - 1.0) * share


def _trends(world: World, year: float) -> Floats:
    return np.array([_trend(numbers, year) for numbers in world.measures.values()])


def _choose(state: State, chances: Floats, luck: Floats) -> tuple[Ints, Ints]:
    """Who is registered and in no measure, and which measure each of them is given (the number of measures: none)."""
    free = np.flatnonzero((state.status == REGISTERED) & (state.measure < 0))
    cumulative = np.cumsum(chances[:, free], axis=0)
    cumulative *= np.minimum(1.0, MAX_START / np.maximum(cumulative[-1], MAX_START))
    return free, (luck[free][None, :] >= cumulative).sum(axis=0)


def _start(
    state: State, people: People, world: World, preferences: Preferences, begun: tuple[Ints, Ints, Floats], *,
    month: int,
) -> tuple[Ints, ...]:  # fmt: skip
    """Let those who are given a measure begin it. `begun`: who was free, which measure each is given, the luck."""
    numbers, (free, chosen, luck) = list(world.measures.values()), begun
    began = chosen < len(numbers)
    who, which = free[began], chosen[began]
    purposes = np.full(len(who), -1, np.int64)
    providers = np.full(len(who), -1, np.int64)
    for position, kind in enumerate(numbers):
        of_kind = which == position
        found = who[of_kind]
        if len(found):
            purposes[of_kind], providers[of_kind] = _begin(state, people, preferences, kind, found, luck)
            state.measure[found] = position
            state.subsidised[found] = kind.subsidised
            state.keep[found] = kind.keep
            if kind.subsidised:
                state.status[found] = WORK
    return who, np.full(len(who), month), which.astype(np.int64), purposes, state.left[who].copy(), providers


def _begin(
    state: State, people: People, preferences: Preferences, kind: MeasureNumbers, who: Ints, luck: Floats
) -> tuple[Ints, Ints]:  # fmt: skip
    """Length, lock-in and later effect of a measure for those who begin it; returns purposes and providers."""
    kinds = list(kind.purposes.values())
    months, during, after = (np.full(len(who), v) for v in (kind.months, kind.lock_in, kind.effect))
    purpose = np.full(len(who), -1, np.int64)
    if kinds:
        edges = np.cumsum([p.share for p in kinds])
        purpose = np.minimum(np.searchsorted(edges, luck[1, who] * edges[-1], side="right"), len(kinds) - 1)
        months = np.array([p.months for p in kinds])[purpose]
        during, after = np.array([p.lock_in for p in kinds])[purpose], np.array([p.effect for p in kinds])[purpose]
    provider = np.full(len(who), -1, np.int64)
    if kind.provider_sd:
        provider = (luck[1, who] * len(preferences.provider)).astype(np.int64)
        after = after + kind.provider_sd * preferences.provider[provider]
    after = after + people.traits[who] @ _of_traits(kind.groups)
    if kind.office_effects:
        rank = np.searchsorted(preferences.trial_offices, people.office[who])
        own = np.array(kind.office_effects)[np.minimum(rank, len(kind.office_effects) - 1)]
        during, after = during + own, after + own
    spread = -np.log(np.maximum(luck[2, who], 1e-9))  # exponential with mean 1
    state.left[who] = np.maximum(1, np.rint(months * (0.5 + 0.5 * spread))).astype(np.int64)
    state.during[who], state.coming[who] = during, after
    return purpose, provider


def _able(people: People, world: World) -> Floats:
    """What a person brings to the chance of work, seen and unseen (logit)."""
    return world.work["observed"] * people.index + world.work["unobserved"] * people.unseen


def finding(state: State, people: People, world: World, month: int) -> Floats:
    """Each person's chance of finding work this month if registered, on the logit scale."""
    work = world.work
    season = work["season"] * np.cos(2 * np.pi * (month % 12 - 5) / 12)
    under_way = np.where(state.measure >= 0, state.during, state.after)
    able = _able(people, world)
    return np.asarray(work["find"] + able + under_way + season + work["find_duration"] * np.log1p(state.since) + 2.0)


def _move(state: State, people: People, world: World, month: int, luck: Floats, find: Floats) -> None:
    """Who finds work, loses it, begins education or gets disability benefit this month."""
    work = world.work
    lose = work["lose"] - 0.4 * _able(people, world) - 0.3 * state.after
    registered, working = state.status == REGISTERED, (state.status == WORK) & (state.measure < 0)
    settled = people.entry > month  # those who have not yet registered keep what they have
    found = registered & (luck[3] < logistic(find))
    lost = working & ~settled & (luck[3] < logistic(lose))
    young = people.traits[:, TRAITS.index("under_30")]
    studies = registered & ~found & (luck[4] < work["education_hazard"] * (1 + 2 * young))
    disabled = registered & ~found & ~studies & people.reduced & (luck[4] > 1 - work["disability_hazard"])
    state.enter(found, WORK)
    state.enter(lost, REGISTERED)
    state.enter(studies, EDUCATION)
    state.enter(disabled, DISABILITY)
    state.enter((state.status == EDUCATION) & (state.since >= EDUCATION_MONTHS), REGISTERED)


def _end_measures(state: State, people: People, luck: NDArray[np.float64]) -> None:
    """Count down; a measure ends by its time, or when the person finds work without subsidy, studies or leaves."""
    inside = state.measure >= 0
    state.left[inside] -= 1
    left_early = inside & ~state.subsidised & (state.status != REGISTERED)
    ended = inside & ((state.left <= 0) | left_early)
    not_kept = ended & state.subsidised & (luck > logistic(state.keep + 0.5 * people.index + 0.5 * people.unseen))
    state.after[ended] = np.maximum(state.after[ended], state.coming[ended])
    state.enter(not_kept, REGISTERED)
    state.measure[ended] = -1
    state.subsidised[ended] = False
