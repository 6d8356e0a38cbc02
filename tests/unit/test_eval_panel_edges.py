"""Panels that once gave a wrong number without a word: codes for never, short integers, groups of one, odd scales."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from springbrett.evaluation.effects.did.band import Band, critical_value
from springbrett.evaluation.effects.did.cells import NEVER
from springbrett.evaluation.effects.did.covariates import group_time_with
from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.intervals import Persons, reduce_intervals
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import Panel, first_of, strata_of, widen
from springbrett.evaluation.effects.did.pretrends import placebo_start
from springbrett.evaluation.effects.did.relative import RelativeMagnitudes
from springbrett.evaluation.effects.did.stacked import stacked
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.twoway import two_way_effect
from springbrett.evaluation.effects.records import CannotEstimate, Estimate, Ints
from springbrett.evaluation.outcomes.intervals import Intervals

changed: Any = replace  # what the types would not let through is put in too

PERIODS = 6
NO_BAND = Band(draws=0)
ESTIMATORS: dict[str, Callable[[Panel], Estimate]] = {
    "group_time": lambda p: group_time(p, comparison="not_yet").event_study(band=NO_BAND).overall,
    "interaction_weighted": lambda p: interaction_weighted(p, band=NO_BAND).overall,
    "imputation": lambda p: imputation(p, band=NO_BAND).overall,
    "local_projections": lambda p: local_projections(p, band=NO_BAND).overall,
    "stacked": lambda p: stacked(p, first=-2, last=1, band=NO_BAND).overall,
    "two_way": two_way_effect,
}
SATURATED = ("group_time", "interaction_weighted", "imputation")


def made(groups: list[int], seed: int = 0) -> Panel:
    """A unit for each first treated period (0: never) over six periods; effect 1."""
    rng, count = np.random.default_rng(seed), len(groups)
    unit, period = np.repeat(np.arange(count), PERIODS), np.tile(np.arange(1, PERIODS + 1), count)
    first = np.repeat(groups, PERIODS)
    y = np.repeat(rng.normal(size=count), PERIODS) + ((first > 0) & (period >= first)) + rng.normal(size=len(unit))
    return Panel(unit, period, first, np.round(8 * y))


BASE = made([3] * 10 + [5] * 10 + [0] * 15)


def shuffled(panel: Panel) -> Panel:
    order = np.random.default_rng(1).permutation(len(panel.y))
    return Panel(panel.unit[order], panel.period[order], panel.first[order], panel.y[order])


def same(estimate: Callable[[Panel], Estimate], panel: Panel) -> None:
    expected, found = estimate(BASE), estimate(panel)
    assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-9)


@pytest.mark.parametrize("estimate", ESTIMATORS.values(), ids=ESTIMATORS)
def test_however_the_columns_are_stored_the_answer_is_the_same(estimate: Callable[[Panel], Estimate]) -> None:
    for kind in (np.int8, np.int16, np.uint8, np.uint64):
        same(estimate, changed(BASE, first=BASE.first.astype(kind), period=BASE.period.astype(kind)))
        same(estimate, shuffled(changed(BASE, unit=BASE.unit.astype(kind), y=BASE.y.astype(np.int16))))
    columns: Any = [column.tolist() for column in (BASE.unit, BASE.period, BASE.first, BASE.y)]
    same(estimate, Panel(*columns))


@pytest.mark.parametrize("never", [np.nan, np.inf, -np.inf, float(NEVER), 2.0**40])
@pytest.mark.parametrize("order", [lambda p: p, shuffled], ids=["in order", "shuffled"])
def test_never_may_be_written_in_several_ways(never: float, order: Callable[[Panel], Panel]) -> None:
    same(ESTIMATORS["imputation"], order(changed(BASE, first=np.where(BASE.first == 0, never, BASE.first))))


def test_units_far_apart_in_a_short_integer_stay_apart() -> None:
    unit = (BASE.unit * 6 - 100).astype(np.int8)
    assert len(widen(shuffled(changed(BASE, unit=unit))).unit) == 35


@pytest.mark.parametrize(
    ("first", "periods"),
    [([-1, 3], [1, 2, 3]), ([0, 2], [-1, 0, 1]), ([0, NEVER], [0, 1, 2]), ([2.5, 3], [1, 2, 3])],
    ids=["below every period", "a period and never", "never written twice", "broken"],
)
def test_a_first_period_that_may_mean_two_things_is_refused(first: list[float], periods: list[int]) -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        first_of(np.array(first), np.array(periods))


def test_a_placebo_start_in_the_period_zero_is_not_taken_for_never() -> None:
    moved = changed(BASE, period=BASE.period - 3, first=np.where(BASE.first == 0, NEVER, BASE.first - 3))
    with pytest.raises(CannotEstimate, match="bad_input"):
        placebo_start(moved, 2, lambda held: group_time(held).simple())


@pytest.mark.parametrize("stratum", [-1, 2**40, np.nan, 0.5])
def test_strata_are_numbered_from_zero(stratum: float) -> None:
    """Below zero, one group's stratum was added to another's: both make the same number with their first period."""
    with pytest.raises(CannotEstimate, match="bad_input"):
        changed(BASE, stratum=np.where(BASE.unit % 2, stratum, 1))


def test_combinations_of_many_columns_do_not_overflow() -> None:
    """Eight columns of a thousand values have more combinations than a number has room for."""
    rng = np.random.default_rng(0)
    columns = rng.integers(0, 1000, (8, 3000))
    assert len(np.unique(strata_of(*columns))) == len(np.unique(columns, axis=1).T)
    assert strata_of(*columns).max() == 2999


def test_a_cluster_not_known_is_refused() -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        changed(BASE, cluster=np.where(BASE.unit == 3, np.nan, BASE.unit))


def failed(found: Estimate) -> set[str]:
    return {check.code for check in found.failed}


@pytest.mark.parametrize("name", SATURATED)
def test_groups_of_one_are_said_because_their_luck_has_no_error(name: str) -> None:
    """One unit in each group: the error is a fourth of what chance does, and 95 % intervals hold the truth 25 %."""
    lone = made([2, 3, 4, 5] + [0] * 30)
    assert failed(ESTIMATORS[name](lone)) >= {"lone_groups", "fewest_clusters"}
    assert not failed(ESTIMATORS[name](BASE)) & {"lone_groups", "fewest_clusters"}
    together = changed(BASE, cluster=np.where(BASE.first > 0, BASE.first, 100 + BASE.unit))
    assert "lone_groups" in failed(ESTIMATORS[name](together))


@pytest.mark.parametrize("estimate", ESTIMATORS.values(), ids=ESTIMATORS)
def test_few_clusters_on_a_side_are_said(estimate: Callable[[Panel], Estimate]) -> None:
    split = np.where(BASE.first > 0, BASE.unit % 4, 10 + BASE.unit)
    assert "fewest_clusters" in failed(estimate(changed(BASE, cluster=split)))
    assert "fewest_clusters" not in failed(estimate(changed(BASE, cluster=BASE.unit % 9)))


@pytest.mark.parametrize("estimate", ESTIMATORS.values(), ids=ESTIMATORS)
def test_where_nothing_moves_by_chance_there_is_no_error(estimate: Callable[[Panel], Estimate]) -> None:
    treated = (BASE.first > 0) & (BASE.period >= BASE.first)
    for y in (np.ones(len(BASE.y)), 1.0 * BASE.unit + BASE.period + treated):
        with pytest.raises(CannotEstimate, match="no_variation"):
            estimate(changed(BASE, y=y))


def test_clusters_that_are_the_two_sides_have_no_error() -> None:
    with pytest.raises(CannotEstimate, match="no_variation"):
        group_time(changed(BASE, cluster=(BASE.first > 0).astype(int))).event_study(band=NO_BAND)


@pytest.mark.parametrize("adjusting", ["doubly_robust", "weighting", "regression"])
def test_the_scale_of_a_covariate_is_nobodys_business(adjusting: str) -> None:
    trait = np.random.default_rng(1).integers(-100, 100, 35)[BASE.unit][:, None]

    def path(x: np.ndarray) -> Ints:
        found = group_time_with(BASE, x, adjusting=adjusting).event_study(band=NO_BAND)
        return np.concatenate([found.value, found.se])

    expected = path(trait.astype(float))
    for other in (trait.astype(np.int8), trait + 1e9, trait * 1e9, trait / 1e9, trait.tolist()):
        np.testing.assert_allclose(path(np.asarray(other)), expected, rtol=1e-6)


def test_what_is_right_already_is_not_copied() -> None:
    held = Panel(BASE.unit, BASE.period, BASE.first, BASE.y, cluster=BASE.unit)
    assert all(getattr(held, name) is getattr(BASE, name) for name in ("unit", "period", "first", "y"))
    assert held.cluster is BASE.unit


def test_registers_with_a_month_missing_are_refused() -> None:
    """A month that is missing became the first one of all, or nobody was ever out of sight."""
    unit = np.arange(60)
    persons = Persons(unit, np.where(unit % 3, 4, 0))
    months = np.random.default_rng(0).integers(1, 9, 60)
    gone = np.where(unit == 3, np.nan, months)
    held, periods = Intervals(unit, months, months + 3), np.arange(1, 11)
    coded = changed(persons, first=np.where(unit % 3, 4, -1))
    for work in (lambda: reduce_intervals(persons, changed(held, first=gone), periods),
                 lambda: reduce_intervals(coded, held, periods),
                 lambda: changed(persons, seen_from=gone), lambda: changed(persons, stratum=unit % 2 - 1)):  # fmt: skip
        with pytest.raises(CannotEstimate, match="bad_input"):
            work()


def test_a_step_before_the_start_that_is_not_known_is_not_left_out() -> None:
    spread = np.diag([0.04, 0.01, 0.01])
    known = RelativeMagnitudes(1.0, np.array([0.1, -0.2]), spread, 2.0)
    for work in (lambda: RelativeMagnitudes(1.0, np.array([np.nan, 0.0]), spread, 2.0),
                 lambda: RelativeMagnitudes(1.0, np.zeros(1), spread, 2.0), lambda: known.interval(1.0, 95),
                 lambda: critical_value(spread, level=95, band=Band())):  # fmt: skip
        with pytest.raises(CannotEstimate, match="bad_input"):
            work()


def test_a_month_nobody_bridges_tells_nothing_of_a_units_level() -> None:
    """Unit 0 is untreated in period 1 alone, which nobody links to period 3: there its effect hung on where unit
    outcomes are counted from (1.2, or −17.3 with 16 more for each unit)."""
    unit, period = np.array([0, 0, 1, 1, 2, 3, 3, 3, 4, 4, 5]), np.array([1, 3, 1, 2, 1, 1, 2, 3, 2, 3, 3])
    first = np.array([3, 2, 3, 2, 4, 2])[unit]
    y = np.array([2.0, 3, 1, 3, 3, 2, 1, 2, 0, 0, 1])
    for moved in (y, y + 16 * unit):
        with pytest.raises(CannotEstimate, match="no_comparison"):
            imputation(Panel(unit, period, first, moved), band=NO_BAND)
