"""The fast ways give what the slow and obvious ones give, whatever the data."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from springbrett.evaluation.effects import blocks, comparison
from springbrett.evaluation.effects.blocks import over_blocks
from springbrett.evaluation.effects.comparison import Comparison, Scale, gram_of, steady_linear, sums_of
from springbrett.evaluation.effects.covariates import nearest_rows
from springbrett.evaluation.effects.diagnostics import balance_table, gap_to_nearest
from springbrett.evaluation.effects.difference import adjusted_difference
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.nearest import Line, Matches, in_order
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.effects.score import logit_score
from springbrett.evaluation.effects.weighting import entropy_weights
from tests.builders.comparisons import comparison as drawn

coarse = st.integers(-6, 6).map(lambda n: n / 2)
scores = st.lists(coarse, min_size=1, max_size=12)
seeds = st.integers(0, 10_000)


def by_hand(own: list[float], other: list[float], y: np.ndarray, neighbours: int, *, share: bool) -> Matches:
    """Every pair, one treated unit at a time."""
    outcome, reach = np.zeros(len(own)), np.zeros(len(own))
    used, squared = np.zeros(len(other)), np.zeros(len(other))
    for place, mine in enumerate(own):
        nearest = sorted(range(len(other)), key=lambda j: (abs(other[j] - mine), j))[:neighbours]
        reach[place] = max(abs(other[j] - mine) for j in nearest)
        if share:
            nearest = [j for j in range(len(other)) if abs(other[j] - mine) <= reach[place]]
        outcome[place] = np.mean([y[j] for j in nearest])
        for j in nearest:
            used[j] += 1 / len(nearest)
            squared[j] += 1 / len(nearest) ** 2
    return Matches(outcome, reach, used, squared)


@given(scores, scores, st.integers(1, 4), st.booleans())
@settings(deadline=None)
def test_the_sorted_search_finds_what_looking_at_every_pair_finds(
    own: list[float], other: list[float], neighbours: int, share: bool
) -> None:
    assume(neighbours <= len(other))
    y = np.random.default_rng(len(own)).normal(size=len(other))
    line = Line.of(np.array(other), y)
    found = (line.sharing if share else line.first)(np.array(own), neighbours)
    slow = by_hand(own, other, y, neighbours, share=share)
    for name in ("outcome", "reach", "used", "used_squared"):
        np.testing.assert_allclose(getattr(found, name), getattr(slow, name), atol=1e-12)


@given(scores, scores, st.sampled_from([0.25, 0.5, 1.0, 3.0]))
@settings(deadline=None)
def test_everyone_within_the_radius_and_nobody_else(own: list[float], other: list[float], radius: float) -> None:
    y = np.arange(len(other), dtype=float)
    found = Line.of(np.array(other), y).within(np.array(own), radius)
    for place, mine in enumerate(own):
        inside = [j for j in range(len(other)) if abs(other[j] - mine) <= radius]
        assert np.isinf(found.reach[place]) == (not inside)
        assert found.outcome[place] == pytest.approx(np.mean(y[inside]) if inside else 0.0, abs=1e-12)


@given(scores.filter(lambda s: len(s) > 1))
@settings(deadline=None)
def test_the_local_variance_is_that_of_equal_scores_else_from_the_nearest(other: list[float]) -> None:
    y = np.random.default_rng(1).normal(size=len(other))
    held = np.array(other)
    found = Line.of(held, y).local_variance()
    for i, mine in enumerate(other):
        equal = y[held == mine]
        if len(equal) > 1:
            assert found[i] == pytest.approx(equal.var(ddof=1))
            continue
        far = np.where(held != mine, np.abs(held - mine), np.inf)
        near = y[far == far.min()]
        assert found[i] == pytest.approx((y[i] - near.mean()) ** 2 / (1 + 1 / len(near)))


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_the_order_of_the_rows_does_not_choose_between_equally_near_ones(seed: int) -> None:
    """Whole numbers as covariates: two comparisons are often as far on either side, but for the score's last digit."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 4, (30, 2)).astype(float)
    held = Comparison(rng.integers(0, 5, 30).astype(float), np.arange(30) % 3 == 0, x, ("a", "b"))
    order = rng.permutation(30)
    other = Comparison(held.y[order], held.treated[order], 3 * x[order] + 7, ("a", "b"))
    for estimate in (nearest_on_score, lambda data: nearest_on_score(data, neighbours=3), radius_on_score):
        try:
            expected = estimate(held)
        except CannotEstimate:
            assume(False)
        found = estimate(other)
        assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-6, abs=1e-9)


@given(st.lists(coarse, max_size=40))
@settings(deadline=None)
def test_equal_values_stay_as_they_stand(values: list[float]) -> None:
    assert in_order(np.array(values, np.float64)).tolist() == sorted(range(len(values)), key=lambda i: values[i])


@given(scores, scores)
@settings(deadline=None)
def test_the_gap_to_the_nearest(own: list[float], other: list[float]) -> None:
    expected = [min(abs(a - b) for b in other) for a in own]
    np.testing.assert_allclose(gap_to_nearest(np.array(own), np.array(other)), expected)


@given(seeds, st.integers(1, 5), st.integers(1, 3), st.booleans())
@settings(deadline=None, max_examples=40)
def test_the_nearest_rows_are_those_of_every_pair_in_double_precision(
    seed: int, width: int, neighbours: int, alike: bool
) -> None:
    rng = np.random.default_rng(seed)
    own, other = rng.normal(size=(7, width)), rng.normal(size=(int(rng.integers(3, 6000)), width))
    if alike:
        own, other = own.round(), other.round()
    other[rng.integers(len(other))] *= 1e4  # one far out, which single precision knows little about
    found = nearest_rows(own, other, neighbours)
    for number, mine in enumerate(own):
        distance = ((other - mine) ** 2).sum(axis=1)
        reach = np.sort(distance)[neighbours - 1]
        rows = found.other[found.begins[number] : found.begins[number + 1]]
        assert rows.tolist() == np.flatnonzero(distance <= reach * (1 + 1e-12)).tolist()
        assert found.reach[number] == reach


@given(seeds, st.integers(1, 8))
@settings(deadline=None, max_examples=40)
def test_exact_matching_is_a_loop_over_strata(seed: int, cells: int) -> None:
    data = drawn(seed, 60)
    strata = np.random.default_rng(seed).integers(0, cells, 60)
    parts = [tuple(data.y[(strata == cell) & side] for side in (data.treated, ~data.treated)) for cell in range(cells)]
    left = [others - others.mean() for _ones, others in parts if len(others)]
    free = sum(len(part) - 1 for part in left)
    pooled = sum((part**2).sum() for part in left) / max(free, 1)
    both = [(ones, others) for ones, others in parts if len(ones) and len(others)]
    assume(both and free)
    value = np.average([a.mean() - b.mean() for a, b in both], weights=[len(a) for a, _b in both])
    variance = 0.0  # Abadie & Imbens: each treated one's own gap, and each comparison's uses beyond the first
    for ones, others in both:
        spread = others.var(ddof=1) if len(others) > 1 else pooled
        used = len(ones) / len(others)
        variance += ((ones - others.mean() - value) ** 2).sum() + len(others) * (used**2 - used / len(others)) * spread
    found = exact_matching(data, strata)
    assert (found.value, found.se) == pytest.approx(
        (value, np.sqrt(variance) / sum(len(a) for a, _b in both)), rel=1e-9
    )


@given(seeds, st.integers(2, 12))
@settings(deadline=None, max_examples=25)
def test_errors_of_the_line_are_a_loop_over_units_and_clusters(seed: int, groups: int) -> None:
    data = drawn(seed, 50, clusters=groups)
    assert data.cluster is not None
    assume(len(np.unique(data.cluster)) > 1)
    design = np.column_stack([np.ones(50), data.treated, data.x])
    bread = np.linalg.inv(design.T @ design)
    residual = data.y - design @ (bread @ design.T @ data.y)
    alone = Comparison(data.y, data.treated, data.x, data.names)
    g = len(np.unique(data.cluster))
    for whole, labels, factor in ((alone, np.arange(50), 50 / 45), (data, data.cluster, g / (g - 1) * 49 / 45)):
        meat = np.zeros((5, 5))
        for label in np.unique(labels):
            total = sum(design[i] * residual[i] for i in np.flatnonzero(labels == label))
            meat += np.outer(total, total)
        expected = np.sqrt((bread @ meat @ bread)[1, 1] * factor)
        assert adjusted_difference(whole).se == pytest.approx(expected, rel=1e-8)


@given(seeds)
@settings(deadline=None, max_examples=25)
def test_the_balance_table_is_a_loop_over_covariates(seed: int) -> None:
    data = drawn(seed, 80)
    weight = np.random.default_rng(seed).random(80)
    for row, column in zip(balance_table(data, weight), data.x.T, strict=True):
        ones, others = column[data.treated], column[~data.treated]
        w1, w0 = weight[data.treated], weight[~data.treated]
        mean1, mean0 = np.average(ones, weights=w1), np.average(others, weights=w0)
        gap = (mean1 - mean0) / np.sqrt((ones.var() + others.var()) / 2)
        ratio = np.average((ones - mean1) ** 2, weights=w1) / np.average((others - mean0) ** 2, weights=w0)
        assert (row.treated, row.comparison) == pytest.approx((mean1, mean0), abs=1e-12)
        assert (row.standardised, row.variance_ratio) == pytest.approx((gap, ratio), rel=1e-9)


@given(st.integers(0, 5000), st.integers(1, 4))
@settings(deadline=None, max_examples=30)
def test_blocks_give_the_sums_of_the_whole(count: int, width: int) -> None:
    rng = np.random.default_rng(count)
    x, weight = rng.normal(3, 2, (count, width)), rng.random(count)
    scale = Scale(np.full(width, 2.5), np.full(width, 1.5))
    design = np.column_stack([np.ones(count), (x - 2.5) / 1.5])
    np.testing.assert_allclose(gram_of(x, scale, weight), (design * weight[:, None]).T @ design, atol=1e-9)
    np.testing.assert_allclose(sums_of(x, scale, weight), design.T @ weight, atol=1e-9)


def test_no_digit_depends_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x, treated = rng.normal(size=(300_000, 3)), rng.random(300_000) < 0.3
    side_by_side = logit_score(x, treated)
    monkeypatch.setattr(blocks, "WORTH_THREADS", 10**9)
    alone = logit_score(x, treated)
    assert (side_by_side.coefficients == alone.coefficients).all()
    assert (side_by_side.chance == alone.chance).all()


def test_beginning_from_a_part_ends_where_beginning_from_nothing_does(monkeypatch: pytest.MonkeyPatch) -> None:
    from springbrett.evaluation.effects import score, weighting

    rng = np.random.default_rng(3)
    x = rng.normal(size=(60_000, 4))
    treated = rng.random(60_000) < 1 / (1 + np.exp(-(x @ [0.8, -0.5, 0.2, 0.0] - 3)))
    target = x[treated].mean(axis=0)
    cold, even = logit_score(x, treated), entropy_weights(x, target, (~treated) * 1.0)
    for module in (score, weighting):
        monkeypatch.setattr(module, "WARM_ROWS", 5_000)
    warm, begun = logit_score(x, treated), entropy_weights(x, target, (~treated) * 1.0)
    np.testing.assert_allclose(warm.coefficients, cold.coefficients, atol=1e-9)
    np.testing.assert_allclose(begun.weight, even.weight, rtol=1e-7)
    assert begun.largest_gap < 1e-8
    assert begun.weight[treated].sum() == 0


@given(seeds)
@settings(deadline=None, max_examples=20)
def test_units_alike_stand_in_the_very_same_place_on_the_score(seed: int) -> None:
    rng = np.random.default_rng(seed)
    row = rng.normal(size=(1, 7)) * 10.0 ** rng.integers(-3, 4, 7)
    x = np.repeat(row, 203, axis=0)
    assert len(set(steady_linear(x, rng.normal(size=8)).tolist())) == 1


def test_blocks_come_in_order() -> None:
    count = comparison.SAMPLE * 100
    starts = list(over_blocks(count, lambda rows: rows.start))
    assert starts == sorted(starts)
    assert sum(over_blocks(count, lambda rows: rows.stop - rows.start)) == count
