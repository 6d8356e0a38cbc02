"""Bounds by the drift before the start, against the tests of two inequalities written out one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from springbrett.evaluation.effects.did.relative import RelativeMagnitudes

SEEDS = st.integers(0, 10_000)
LEVEL = 0.95


def drawn(seed: int) -> RelativeMagnitudes:
    rng = np.random.default_rng(seed)
    steps = int(rng.integers(1, 5))
    root = rng.normal(size=(steps + 1, steps + 1)) * rng.choice([0.01, 0.1, 1.0])
    return RelativeMagnitudes(float(rng.normal()), rng.normal(size=steps), root @ root.T, float(rng.uniform(0.5, 4)))


def stands(held: RelativeMagnitudes, times: float, effect: float) -> bool:
    """Whether some step in some direction leaves the effect standing: Andrews, Roth & Pakes' hybrid, by hand."""
    first = 0.1 * (1 - LEVEL)
    least = stats.norm.ppf(1 - first / 2)
    for place, drift in enumerate(held.drift):
        for sign in (1, -1):
            room = np.zeros(len(held.drift) + 1)
            room[1 + place] = sign * times * held.reach
            one = np.zeros_like(room)
            one[0] = 1.0
            low, high = one - room, -(one + room)  # both × what is estimated, less or plus the effect, must be ≤ 0
            spread = [float(np.sqrt(w @ held.covariance @ w)) for w in (low, high)]
            rho = float(low @ held.covariance @ high) / (spread[0] * spread[1])
            gap = sign * times * held.reach * drift
            t = [(held.effect - gap - effect) / spread[0], (effect - held.effect - gap) / spread[1]]
            worse, other = max(t), min(t)
            if worse > least:
                continue
            begins = (other - rho * worse) / (1 - rho) if rho < 1 - 1e-12 else -np.inf
            share = (1 - LEVEL - first) / (1 - first)
            critical = stats.truncnorm.ppf(1 - share, begins, least) if begins < least else least
            if worse <= max(critical, 0.0):
                return True
    return False


@given(seed=SEEDS, times=st.sampled_from([0.0, 0.5, 1.0, 3.0]))
@settings(max_examples=60, deadline=None)
def test_just_inside_the_interval_stands_and_outside_does_not(seed: int, times: float) -> None:
    held = drawn(seed)
    low, high = held.interval(times, LEVEL)
    step = 1e-4 * (high - low)
    assert stands(held, times, low + step)
    assert stands(held, times, high - step)
    assert not stands(held, times, low - step)
    assert not stands(held, times, high + step)


@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_without_drift_it_is_the_usual_interval_and_more_drift_holds_more(seed: int) -> None:
    held = drawn(seed)
    half = stats.norm.ppf(0.975) * np.sqrt(held.covariance[0, 0])
    assert held.interval(0.0, LEVEL) == pytest.approx((held.effect - half, held.effect + half), rel=1e-6)
    before = held.interval(0.0, LEVEL)
    for times in (0.5, 1.0, 2.0):
        low, high = held.interval(times, LEVEL)
        inner = held.identified(times)
        assert low <= inner[0] and inner[1] <= high
        assert low <= before[0] + 1e-9 and before[1] - 1e-9 <= high
        before = low, high


@given(seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_at_the_breakdown_no_effect_begins_to_stand(seed: int) -> None:
    held = drawn(seed)
    times = held.breakdown(LEVEL)
    if times == 0:
        assert stands(held, 0.0, 0.0)
    elif np.isfinite(times):
        assert not stands(held, times * 0.999, 0.0)
        assert stands(held, times * 1.001, 0.0)
