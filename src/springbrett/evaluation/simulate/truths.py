"""What is true of a simulated country when a study asks for something else than a measure against none.

Everybody's life is lived again with the same luck and one thing done otherwise: another caseworker met, another measure
begun with. Or the chance of finding work is looked at with and without what a measure does, at the very same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints
from springbrett.evaluation.simulate.months import REGISTERED, Lives, Otherwise, State
from springbrett.evaluation.simulate.norway import Country, outcome_of
from springbrett.evaluation.simulate.world import logistic

Months = Sequence[int] | Ints
OTHERS = 2
"""How many of the other caseworkers of the office each person is let meet; more costs time and adds little."""


@dataclass(frozen=True, slots=True)
class Cases:
    """n persons by number, each once, and the absolute month from which each is followed."""

    person: Ints
    start: Ints

    def within(self, country: Country) -> tuple[Country, Ints]:
        """The country with these people only, and the row of each one's month. Raises CannotEstimate("bad_input")."""
        if len(np.unique(self.person)) < len(self.person):
            raise CannotEstimate("bad_input", "somebody is followed from more than one month")
        return country.of(self.person), self.start - country.first_month


class _Another(Otherwise):
    """Each meets a caseworker so many times as given to each measure (measures × persons), for some months."""

    def __init__(self, measures: Sequence[int], times: Floats, begin: Ints, months: int) -> None:
        self.measures, self.times, self.first, self.months = measures, times, begin, months

    def hold(self, chances: Floats, month: int) -> None:
        inside = (self.first <= month) & (month < self.first + self.months)
        for row, measure in enumerate(self.measures):
            chances[measure] *= np.where(inside, self.times[row], 1.0)


class _Begins(Otherwise):
    """Each begins the same measure in a row, come what may."""

    def __init__(self, measure: int, begin: Ints) -> None:
        self.measure, self.first = measure, begin

    def begin(self, month: int, free: Ints, chosen: Ints) -> Ints:
        return np.where(self.first[free] == month, self.measure, chosen)


class _Rates(Otherwise):
    """Rates of finding work of those who have begun a measure, with and without what it does: summed by months since
    it began (from 1), over those who have been registered all the time from their row on, for so many months."""

    def __init__(self, measures: Sequence[int], begin: Ints, months: int, *, others: bool) -> None:
        self.measures, self.first, self.horizon, self.others = measures, begin, months, others
        self.there = np.ones(len(begin), bool)
        self.began, self.before = np.full(len(begin), -1), np.zeros(len(begin))
        self.with_it, self.without = np.zeros(months + 1), np.zeros(months + 1)

    def see(self, month: int, state: State, find: Floats) -> None:
        doing = np.isin(state.measure, self.measures)
        self.there &= (month <= self.first) | (state.status == REGISTERED)
        if not self.others:
            self.there &= (month < self.first) | (state.measure < 0) | doing
        new = doing & (self.began < 0) & (month >= self.first)
        self.began[new], self.before[new] = month, state.after[new]
        here = np.flatnonzero(self.there & (self.began >= 0) & (self.began < month)
                              & (month <= self.first + self.horizon))  # fmt: skip
        since = month - self.began[here]
        own = np.where(doing, state.during, np.where(state.measure < 0, state.after, self.before)) - self.before
        np.add.at(self.with_it, since, _rate(find[here]))
        np.add.at(self.without, since, _rate(find[here] - own[here]))


def _rate(chance: Floats) -> Floats:
    """The rate over a month at which so many (logit) leave within it."""
    return np.asarray(-np.log1p(-logistic(chance)))


def met_another(
    country: Country, cases: Cases, measures: tuple[str, ...], outcome: str, *, within: int, months: Months
) -> Floats:  # fmt: skip
    """What beginning the measures within `within` months does for those whom it hangs on which caseworker they meet.

    Everybody lives with their own caseworker and with others of the same office, who differ only in how given they are
    to the measures, and only for those months. The difference in the outcome is divided by the difference in how many
    begin, the further apart two caseworkers are the more, as an instrument weighs them. One number per month after the
    start; NaN where nobody is covered.
    """
    here, begin = cases.within(country)
    codes = [list(country.world.measures).index(name) for name in measures]
    own, (top, bottom) = here.live(), (np.zeros(len(months)) for _ in range(2))
    mine = _began(own, codes, begin, within)
    for step in range(1, OTHERS + 1):
        other = _colleague(here, step)
        apart = (
            here.preferences.caseworker[codes][:, other] - here.preferences.caseworker[codes][:, here.people.caseworker]
        )
        met = here.live(otherwise=_Another(codes, np.exp(apart), begin, within))
        weight = apart.mean(axis=0)
        change = weight * (_began(met, codes, begin, within).astype(float) - mine)
        for position, month in enumerate(months):
            at = begin + month
            inside = np.flatnonzero((at >= 0) & (at < country.months))
            gain = (_at(lives, outcome, at, inside) for lives in (met, own))
            top[position] += weight[inside] @ np.subtract(*gain)
            bottom[position] += change[inside].sum()
    return _ratio(top, bottom)


def _colleague(country: Country, step: int) -> Ints:
    """Another caseworker of each person's office."""
    each = int(country.world.people["caseworkers_per_office"])
    people = country.people
    return people.office * each + (people.caseworker - people.office * each + step) % each


def _began(lives: Lives, codes: Sequence[int], begin: Ints, within: int) -> Floats:
    """Who begins one of the measures in so many months from their row."""
    starts = lives.starts
    since = starts.month - begin[starts.person]
    counted = np.isin(starts.measure, codes) & (since >= 0) & (since < within)
    found = np.zeros(len(begin))
    found[starts.person[counted]] = 1.0
    return found


def _at(lives: Lives, outcome: str, row: Ints, who: Ints) -> Floats:
    """The outcome of some persons, each in a row of their own."""
    return np.asarray(outcome_of(lives, outcome)[row[who], who], np.float64)


def first_rather(
    country: Country, cases: Cases, pair: tuple[str, str], outcome: str, *, months: Months
) -> Floats:  # fmt: skip
    """What it does to begin with the first of the pair rather than the second, in the month each began with one.

    Up to that month nothing is otherwise; what comes after the first measure follows from it. One number per month
    after the start; NaN where nobody is covered.
    """
    here, begin = cases.within(country)
    codes = [list(country.world.measures).index(name) for name in pair]
    one, other = (here.live(otherwise=_Begins(code, begin)) for code in codes)
    found = np.full(len(months), np.nan)
    for position, month in enumerate(months):
        at = begin + month
        inside = np.flatnonzero((at >= 0) & (at < country.months))
        if len(inside):
            found[position] = (_at(one, outcome, at, inside) - _at(other, outcome, at, inside)).mean()
    return found


def times_the_rate(
    country: Country, cases: Cases, measures: tuple[str, ...], *, effect_from: Sequence[float], horizon: int,
    others: bool = True,
) -> Floats:  # fmt: skip
    """How many times as high the rate of finding work is once one of the measures has begun, as it would be in the same
    month for the same people had it not: one number per period that begins `effect_from` months after. NaN: nobody.

    Those count who have been registered from the start on, for `horizon` months; from the month after the measure
    began, and also when it is over. `others`: also while they are in another measure, and after it.
    """
    here, begin = cases.within(country)
    seen = _Rates([list(country.world.measures).index(name) for name in measures], begin, horizon, others=others)
    here.live(otherwise=seen)
    since = np.arange(horizon + 1) - 1  # whole months the measure has been behind them
    period = np.searchsorted(np.asarray(effect_from), since, side="right") - 1
    with_it, without = (np.array([held[(period == k) & (since >= 0)].sum() for k in range(len(effect_from))])
                        for held in (seen.with_it, seen.without))  # fmt: skip
    return _ratio(with_it, without)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Number by number; NaN where there is nothing to divide by."""
    return np.asarray(np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0))


__all__ = ["Cases", "first_rather", "met_another", "times_the_rate"]
