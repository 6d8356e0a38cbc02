"""What always holds: shrinking goes between, exact twins agree, weights balance, worth is linear, transfers cancel."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from springbrett.evaluation.costs.accounts import Accounts, Flow, Party
from springbrett.evaluation.costs.effectiveness import Differences, fieller
from springbrett.evaluation.costs.present_value import DiscountStep, present_value
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.multinomial import multinomial_score
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.providers.binomial import beta_binomial, exact_interval, mix_p
from springbrett.evaluation.providers.casemix import Stays, case_mix
from springbrett.evaluation.providers.funnel import exact_limits
from springbrett.evaluation.providers.hierarchy import hierarchy
from springbrett.evaluation.providers.spread import between_variance, normal_shrinkage
from springbrett.evaluation.sidebyside import Participants, side_by_side

COUNTS = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=3, max_size=12
)
FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)
FEW = settings(max_examples=40, deadline=None)


@FEW
@given(arrays(np.float64, st.integers(4, 20), elements=st.floats(-5, 5)), st.integers(0, 10**6))
def test_a_shrunk_value_lies_between_its_own_and_the_mean(value: np.ndarray, seed: int) -> None:
    se = np.random.default_rng(seed).uniform(0.1, 2.0, len(value))
    found = normal_shrinkage(value, se, method="paule_mandel")
    low, high = np.minimum(value, found.spread.mean), np.maximum(value, found.spread.mean)
    assert (found.value >= low - 1e-9).all()
    assert (found.value <= high + 1e-9).all()
    assert ((found.pull >= 0) & (found.pull <= 1)).all()
    assert (found.lower <= found.value).all()
    assert (found.value <= found.upper).all()


@settings(max_examples=15, deadline=None)
@given(COUNTS)
def test_a_shrunk_share_lies_between_the_raw_and_the_mean(counts: list[tuple[int, int]]) -> None:
    won, of = np.array(counts).T
    if won.sum() in (0, of.sum()):
        return
    found = beta_binomial(won, of)
    raw = won / of
    assert (found.value >= np.minimum(raw, found.mean) - 1e-9).all()
    assert (found.value <= np.maximum(raw, found.mean) + 1e-9).all()
    assert found.value == pytest.approx((1 - found.pull) * raw + found.pull * found.mean)


@settings(max_examples=12, deadline=None)
@given(COUNTS, st.floats(0.1, 0.9))
def test_what_is_believed_of_providers_is_ordered_and_within_bounds(
    counts: list[tuple[int, int]], target: float
) -> None:  # fmt: skip
    success = np.concatenate([np.arange(n) < k for k, n in counts])
    if success.all() or not success.any():
        return
    provider = np.repeat(np.arange(len(counts)), [n for _k, n in counts])
    mix = case_mix(Stays(success, provider, np.zeros((len(success), 0))))
    found = hierarchy(mix, success, target=target, draws=50)
    assert (found.standard_lower <= found.standard + 1e-9).all()
    assert (found.standard <= found.standard_upper + 1e-9).all()
    assert ((found.under_own >= 0) & (found.under_own <= 1)).all()
    assert found.own == pytest.approx(found.standard)  # without covariates everyone's mix is one's own
    assert found.rank.sum() == pytest.approx(len(counts) * (len(counts) + 1) / 2)
    assert (found.own >= 0).all()
    assert (found.own <= 1).all()
    same = {}
    for pair, value in zip(counts, found.own, strict=True):
        assert same.setdefault(pair, value) == pytest.approx(value)


@FEW
@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8), st.data())
def test_the_mid_p_is_that_of_counting_every_way(chance: list[float], data: st.DataObject) -> None:
    won = data.draw(st.integers(0, len(chance)))
    ways = np.zeros(len(chance) + 1)
    for way in product((0, 1), repeat=len(chance)):
        ways[sum(way)] += np.prod([p if hit else 1 - p for p, hit in zip(chance, way, strict=True)])
    below = ways[:won].sum() + ways[won] / 2
    assert mix_p(won, np.array(chance)) == pytest.approx(min(1.0, 2 * min(below, 1 - below)), abs=1e-12)


@FEW
@given(st.integers(1, 400), st.floats(0.05, 0.95), st.floats(0.5, 0.99))
def test_funnel_limits_hold_the_centre_and_narrow_with_level(stays: int, centre: float, level: float) -> None:
    low, high = exact_limits(np.array([stays]), centre, level)
    wide_low, wide_high = exact_limits(np.array([stays]), centre, min(0.999, level + 0.005))
    assert wide_low[0] <= low[0] + 1e-12
    assert high[0] <= wide_high[0] + 1e-12
    if stays * min(centre, 1 - centre) > 10:
        assert low[0] < centre < high[0]


@FEW
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_exact_intervals_mirror(pair: tuple[int, int]) -> None:
    won, of = np.array([pair[0]]), np.array([pair[1]])
    low, high = exact_interval(won, of)
    other_low, other_high = exact_interval(of - won, of)
    assert low == pytest.approx(1 - other_high)
    assert high == pytest.approx(1 - other_low)
    assert low[0] <= won[0] / of[0] <= high[0]


@FEW
@given(arrays(np.float64, (3, 30), elements=FINITE), st.floats(-10, 10), st.floats(0, 0.2))
def test_present_value_is_linear(amounts: np.ndarray, factor: float, rate: float) -> None:
    steps = (DiscountStep(from_year=0, rate=rate),)
    first, second, third = present_value(amounts, steps)
    together = present_value(amounts[0] * factor + amounts[1] - amounts[2], steps)
    scale = 1 + np.abs(amounts).sum() * (1 + abs(factor))
    assert abs(together - (factor * first + second - third)) < 1e-9 * scale


@FEW
@given(arrays(np.float64, (2, 4), elements=FINITE), st.sampled_from(list(Party)), st.sampled_from(list(Party)))
def test_money_between_parties_is_nobodys_gain(amount: np.ndarray, payer: Party, receiver: Party) -> None:
    if payer is receiver:
        return
    accounts = Accounts((Flow("x", payer, receiver, amount),), (2, 4))
    assert np.abs(accounts.society(0.0)).max() <= 1e-6
    assert sum(accounts.net(party) for party in Party) == pytest.approx(0.0, abs=1e-6)


@FEW
@given(st.integers(0, 10**6), st.integers(2, 4))
def test_chances_sum_to_one_and_sum_to_the_groups(seed: int, groups: int) -> None:
    rng = np.random.default_rng(seed)
    x, group = rng.standard_normal((150, 2)), rng.integers(0, groups, 150)
    try:
        found = multinomial_score(x, group, groups)
    except CannotEstimate:
        return
    assert found.chance.sum(axis=1) == pytest.approx(1.0)
    assert found.chance.sum(axis=0) == pytest.approx(np.bincount(group, minlength=groups), abs=1e-5)
    assert np.abs(found.influence(group).mean(axis=0)).max() < 1e-6


@FEW
@given(st.integers(0, 10**6))
def test_two_measures_by_overlap_weights_are_balanced_exactly(seed: int) -> None:
    """Li, Morgan & Zaslavsky (2018), theorem 3: the weighted means of what is in the logit are the same."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((200, 3))
    measure = (rng.random(200) < 1 / (1 + np.exp(-x[:, 0]))).astype(np.int64)
    found = side_by_side(Participants(rng.random(200), measure, ("a", "b"), x, ("p", "q", "r")))
    chance = multinomial_score(x, measure, 2).chance
    means = [np.average(x[measure == g], axis=0, weights=chance[measure == g, 1 - g]) for g in (0, 1)]
    assert means[0] == pytest.approx(means[1], abs=1e-6)
    assert found.covariance == pytest.approx(found.covariance.T)


@FEW
@given(st.integers(0, 10**6))
def test_differences_of_weighted_groups_are_the_slow_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    treated, weight = np.arange(30) < 12, rng.random(30) + 0.01
    values = rng.standard_normal((30, 2))
    point, draws = Resampling(treated, weight, draws=200, seed=seed).differences(values)
    slow = [np.average(values[treated, k], weights=weight[treated]) - np.average(values[~treated, k],
            weights=weight[~treated]) for k in (0, 1)]  # fmt: skip
    assert point == pytest.approx(slow)
    assert draws.shape == (200, 2)
    whole = Resampling(treated, weight, cluster=np.arange(30), draws=100).difference(values)
    assert whole == pytest.approx(point)


@FEW
@given(st.floats(-1e4, 1e4), st.floats(-5, 5), st.floats(10, 1e4), st.floats(0.01, 3), st.floats(-0.95, 0.95),
       st.floats(-1e4, 1e4))  # fmt: skip
def test_fieller_holds_exactly_the_ratios_not_rejected(
    cost: float, effect: float, cost_se: float, effect_se: float, correlation: float, ratio: float
) -> None:  # fmt: skip
    across = correlation * cost_se * effect_se
    found = Differences(cost, effect, np.array([[cost_se**2, across], [across, effect_se**2]]))
    error = np.sqrt(cost_se**2 - 2 * ratio * across + ratio**2 * effect_se**2)
    z = abs(cost - ratio * effect) / error
    if abs(z - 1.959964) > 1e-3:
        assert fieller(found).holds(ratio) == (z < 1.959964)


@FEW
@given(arrays(np.float64, st.integers(2, 15), elements=st.floats(-3, 3)), st.floats(0.5, 4))
def test_the_spread_scales_with_the_square_of_the_unit(value: np.ndarray, unit: float) -> None:
    variance = np.full(len(value), 0.3)
    for method in ("moments", "paule_mandel"):
        first = between_variance(value, variance, method)  # type: ignore[arg-type]
        second = between_variance(unit * value + 1, unit**2 * variance, method)  # type: ignore[arg-type]
        assert second.variance == pytest.approx(unit**2 * first.variance, abs=1e-7)
        assert second.mean == pytest.approx(unit * first.mean + 1, abs=1e-7)
