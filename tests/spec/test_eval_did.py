"""Where what they lean on holds, intervals hold the truth 95 times of 100; where it does not, they are seen to fail.

Few draws here; the Monte-Carlo error of a share of 0.95 with 120 draws is 2 percentage points, held against three.
"""

from collections.abc import Callable
from dataclasses import replace
from math import erfc, sqrt

import numpy as np
import pandas as pd
import pytest

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.clusters import Offices, as_comparison, changes
from springbrett.evaluation.effects.did.dose import Dosed, dose_effect
from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import Panel
from springbrett.evaluation.effects.did.permutation import Units, randomisation
from springbrett.evaluation.effects.did.pretrends import drift_bounds
from springbrett.evaluation.effects.did.stacked import stacked
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.twoway import two_way_effect
from springbrett.evaluation.effects.did.wild import cluster_robust, wild_bootstrap, wild_p_value
from springbrett.evaluation.effects.records import EffectPath, Estimate
from tests.builders.panels import frame, panel

DRAWS = 120
ERRORS = 3 * np.sqrt(0.95 * 0.05 / DRAWS)
NO_BAND = Band(draws=0)
GROUPS = (0, 4, 5, 7)
Truth = Callable[[pd.DataFrame], float]


def over_treated_months(data: pd.DataFrame) -> float:
    return float(data[(data.g > 0) & (data.t >= data.g)].truth.mean())


def expected(since: int, groups: tuple[int, ...]) -> float:
    """The truth that does not depend on the draw: groups are equally large."""
    return 0.5 + 0.3 * since + 0.2 * np.mean([g == 4 for g in groups])


def mean_path(last: int) -> float:
    """The mean over periods 0 … last of the groups followed so far, in panels of eight periods."""
    return float(np.mean([expected(h, tuple(g for g in GROUPS if 0 < g <= 8 - h)) for h in range(last + 1)]))


METHODS: dict[str, tuple[Callable[[Panel], EffectPath | Estimate], float]] = {
    "group_time": (lambda held: group_time(held).event_study(last=3, band=NO_BAND), mean_path(3)),
    "group_time_not_yet": (
        lambda held: group_time(held, comparison="not_yet").event_study(last=3, band=NO_BAND), mean_path(3),
    ),
    "imputation": (lambda held: imputation(held, last=3, band=NO_BAND), np.nan),
    "interaction_weighted": (lambda held: interaction_weighted(held, band=NO_BAND), np.nan),
    "local_projections": (
        lambda held: local_projections(held, first=-2, last=3, weighting="equal", band=NO_BAND), mean_path(3),
    ),
    "stacked": (lambda held: stacked(held, first=-2, last=1, band=NO_BAND), mean_path(1)),
}  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_intervals_hold_the_truth_where_trends_are_parallel_and_effects_differ(name: str) -> None:
    method, fixed = METHODS[name]
    held = 0
    for seed in range(DRAWS):
        data = frame(seed, 120, 8, GROUPS)
        made = method(panel(data))
        found = made.overall if isinstance(made, EffectPath) else made
        truth = over_treated_months(data) if np.isnan(fixed) else fixed
        held += found.interval[0] <= truth <= found.interval[1]
    assert held / DRAWS >= 0.95 - ERRORS - 0.01  # 120 units: the normal interval is a little short
    assert held / DRAWS <= 0.95 + ERRORS + (0.02 if name == "imputation" else 0)  # conservative by design


def test_a_single_two_way_effect_misses_when_groups_start_at_different_times_and_effects_grow() -> None:
    misses, correct = 0, 0
    for seed in range(40):
        data = frame(seed, 200, 12, (2, 4, 6, 0))
        truth = over_treated_months(data)
        single = two_way_effect(panel(data))
        misses += not single.interval[0] <= truth <= single.interval[1]
        one = interaction_weighted(panel(data), band=NO_BAND).overall
        correct += one.interval[0] <= truth <= one.interval[1]
    assert misses > 26
    assert correct > 33


def test_a_single_two_way_effect_holds_when_effects_are_the_same_everywhere() -> None:
    held = 0
    for seed in range(DRAWS):
        found = two_way_effect(panel(frame(seed, 100, 6, (0, 3, 5), homogeneous=True)))
        held += found.interval[0] <= 1 <= found.interval[1]
    assert abs(held / DRAWS - 0.95) <= ERRORS + 0.01


def test_the_band_holds_the_whole_path_and_the_points_do_not() -> None:
    band, points = 0, 0
    for seed in range(DRAWS):
        path = group_time(panel(frame(seed, 120, 8, GROUPS))).event_study(last=3, band=Band(draws=299, seed=seed))
        truth = np.array(
            [0.0 if h < 0 else expected(h, tuple(g for g in GROUPS if 0 < g <= 8 - h)) for h in path.months]
        )
        assert path.band_lower is not None
        assert path.band_upper is not None
        band += bool(((path.band_lower <= truth) & (truth <= path.band_upper)).all())
        points += bool(((path.lower <= truth) & (truth <= path.upper)).all())
    assert band / DRAWS >= 0.95 - ERRORS - 0.02
    assert points / DRAWS < 0.85


def test_drift_after_the_start_breaks_the_interval_and_the_bounds_still_hold() -> None:
    plain, bounded = 0, 0
    for seed in range(40):
        data = frame(seed, 300, 8, (0, 5), effect=0.0)
        data["y"] += 0.3 * (data.g > 0) * data.t
        path = group_time(panel(data), base="universal").event_study(band=NO_BAND)
        plain += path.overall.interval[0] <= 0 <= path.overall.interval[1]
        found = drift_bounds(path, (1.0,), band=Band(draws=299))
        bounded += bool(found.lower[0] <= 0 <= found.upper[0])
    assert plain < 5
    assert bounded >= 37


def five_offices(seed: int, effect: float = 0.0) -> Comparison:
    """Five trial offices against five, whose months hang together; the effect is of being a trial office."""
    rng = np.random.default_rng(seed)
    office = np.repeat(np.arange(10), 20)
    y = rng.normal(size=10)[office] + rng.normal(size=200)
    treated = office < 5
    return Comparison(y + effect * treated, treated, np.zeros((200, 0)), (), office)


def three_of_twelve(seed: int) -> Comparison:
    """Three trial offices among twelve, uneven in size."""
    rng = np.random.default_rng(seed)
    office = np.repeat(np.arange(12), 5 * np.arange(1, 13))
    y = rng.normal(size=12)[office] + rng.normal(size=len(office))
    return Comparison(y, office % 4 == 0, np.zeros((len(office), 0)), (), office)


def five_clusters(seed: int) -> Comparison:
    """Five offices where part of each takes part, and the effect of it varies between offices by chance."""
    rng = np.random.default_rng(seed)
    office = np.repeat(np.arange(5), (10, 20, 30, 60, 120))
    treated = rng.random(240) < 0.5
    y = rng.normal(size=5)[office] + rng.normal(size=5)[office] * treated + rng.normal(size=240)
    return Comparison(y, treated, np.zeros((240, 0)), (), office)


def rejected(made: Callable[[int], Comparison], test: Callable[[Comparison], Estimate], draws: int = 400) -> float:
    return float(np.mean([(test(made(seed)).p_value or 0.0) <= 0.05 for seed in range(draws)]))


def normal_test(data: Comparison) -> Estimate:
    """Cluster-robust errors held against the normal, as with many offices."""
    found = cluster_robust(data)
    return replace(found, p_value=erfc(abs(found.value / found.se) / sqrt(2)))


def test_with_five_offices_the_usual_test_rejects_too_often_and_the_wild_bootstrap_does_not() -> None:
    assert rejected(five_clusters, normal_test) > 0.12
    assert rejected(five_clusters, cluster_robust) > 0.075
    assert np.mean([wild_p_value(five_clusters(seed)) <= 0.05 for seed in range(400)]) < 0.05 + 0.033


def test_with_uneven_offices_the_usual_test_rejects_too_often_and_randomisation_does_not() -> None:
    assert rejected(three_of_twelve, cluster_robust) > 0.1

    def permuted(data: Comparison) -> Estimate:
        assert data.cluster is not None
        mean = np.bincount(data.cluster, data.y) / np.bincount(data.cluster)
        return randomisation(Units(mean, np.arange(12) % 4 == 0))

    assert abs(rejected(three_of_twelve, permuted, 1000) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 1000) + 0.005


def test_intervals_of_the_few_hold_the_truth() -> None:
    wild, permuted = 0, 0
    for seed in range(60):
        data = five_offices(seed, effect=0.7)
        low, high = wild_bootstrap(data, points="rademacher", draws=1024).interval
        wild += low <= 0.7 <= high
        assert data.cluster is not None
        mean = np.bincount(data.cluster, data.y) / np.bincount(data.cluster)
        low, high = randomisation(Units(mean, np.arange(10) < 5)).interval
        permuted += low <= 0.7 <= high
    assert wild >= 52
    assert permuted >= 52


def test_a_trial_with_the_offices_as_a_line_is_the_difference_of_their_changes() -> None:
    office = np.repeat(np.arange(8), 20)
    after = np.tile(np.arange(20) >= 10, 8)
    y = np.random.default_rng(1).normal(size=160)
    data = Offices(y, office, office < 3, after)
    held = changes(data)
    line = cluster_robust(as_comparison(data))
    assert line.value == pytest.approx(held.change[held.trial].mean() - held.change[~held.trial].mean())


def test_a_dose_with_region_and_month_effects_holds_its_slope() -> None:
    held = 0
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        region, month = np.repeat(np.arange(40), 10), np.tile(np.arange(10), 40)
        dose = rng.normal(size=40)[region] + 0.1 * month + rng.normal(size=400)
        y = 0.5 * dose + rng.normal(size=40)[region] + rng.normal(size=10)[month] + rng.normal(size=400)
        found = dose_effect(Dosed(region, month, dose, y))
        held += found.interval[0] <= 0.5 <= found.interval[1]
    assert abs(held / DRAWS - 0.95) <= ERRORS + 0.01
