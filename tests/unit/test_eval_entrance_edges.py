"""What comes in as another kind of array gives the very same answer, or is refused with a reason."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from springbrett.evaluation.effects.comparison import Comparison, t_of, z_of
from springbrett.evaluation.effects.covariates import nearest_on_covariates
from springbrett.evaluation.effects.difference import adjusted_difference, raw_difference
from springbrett.evaluation.effects.entrance import labels, numbers, whole, yes_no
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.records import CannotEstimate, Estimate
from springbrett.evaluation.effects.robust import doubly_robust
from springbrett.evaluation.effects.weighting import entropy_balancing, inverse_probability
from tests.builders.comparisons import comparison

COUNT = 120
Given = Callable[[Comparison], dict[str, Any]]
SAME: dict[str, Given] = {
    "yes and no as 0 and 1": lambda d: {"treated": d.treated.astype(np.int64)},
    "yes and no as 0.0 and 1.0": lambda d: {"treated": d.treated.astype(float)},
    "small integers": lambda d: {"y": d.y.astype(np.int8), "x": d.x.astype(np.int8)},
    "small integers without sign": lambda d: {"y": (d.y + 100).astype(np.uint8)},
    "single precision": lambda d: {"y": d.y.astype(np.float32), "x": d.x.astype(np.float32)},
    "decimal numbers": lambda d: {"y": np.array([Decimal(int(value)) for value in d.y])},
    "lists": lambda d: {"y": d.y.tolist(), "treated": d.treated.tolist(), "x": d.x.tolist()},
    "pandas in another order of the index": lambda d: {"y": pd.Series(d.y, index=range(COUNT, 0, -1))},
    "arrow": lambda d: {"y": pa.array(d.y)},
    "not next to each other in memory": lambda d: {"y": np.repeat(d.y, 2)[::2], "x": np.asfortranarray(d.x)},
}
REFUSED: dict[str, Given] = {
    "three kinds of taking part": lambda d: {"treated": d.treated + (np.arange(COUNT) % 7 == 0).astype(int)},
    "taking part not known": lambda d: {"treated": np.where(np.arange(COUNT) == 3, np.nan, d.treated)},
    "masked": lambda d: {"y": np.ma.masked_array(d.y, mask=np.arange(COUNT) % 5 == 0)},
    "none": lambda d: {"y": [None, *d.y[1:]]},
    "text": lambda d: {"y": d.y.astype(str)},
    "dates": lambda d: {"y": d.y.astype(np.int64).astype("datetime64[D]")},
    "complex": lambda d: {"y": d.y + 1j},
    "rows of unlike length": lambda d: {"x": [[1.0, 2.0, 3.0]] * (COUNT - 1) + [[1.0]]},
    "two outcomes": lambda d: {"y": d.x[:, :1]},
    "a cluster not known": lambda d: {"cluster": np.where(np.arange(COUNT) == 3, np.nan, np.arange(COUNT) % 30)},
    "a cluster without a name": lambda d: {"cluster": np.array([None, *["a", "b", "c"] * COUNT][:COUNT], object)},
}


def exact(data: Comparison) -> Estimate:
    return exact_matching(data, np.asarray(np.asarray(data.x)[:, 0] > 0, np.int64))


ESTIMATORS = (raw_difference, adjusted_difference, exact, nearest_on_score, radius_on_score, nearest_on_covariates,
              inverse_probability, entropy_balancing, doubly_robust)  # fmt: skip


@pytest.fixture(scope="module")
def data() -> Comparison:
    made = comparison(3, COUNT)
    return replace(made, y=np.round(20 * made.y), x=np.round(20 * made.x))


@pytest.mark.parametrize("estimate", ESTIMATORS)
@pytest.mark.parametrize("given", SAME.values(), ids=SAME)
def test_another_kind_of_array_gives_the_same_answer(
    data: Comparison, estimate: Callable[[Comparison], Estimate], given: Given
) -> None:
    expected, found = estimate(data), estimate(replace(data, **given(data)))
    assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-9)


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_reckoned_with_is_refused(data: Comparison, given: Given) -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        replace(data, **given(data))


def test_names_of_clusters_are_as_good_as_numbers(data: Comparison) -> None:
    number = np.arange(COUNT) % 30
    expected = raw_difference(replace(data, cluster=number)).se
    for same in (number.astype(str), number.astype(str).astype(object), number.astype(float), 10**15 + number):
        assert raw_difference(replace(data, cluster=same)).se == pytest.approx(expected, rel=1e-12)


def test_what_is_right_already_is_not_copied(data: Comparison) -> None:
    assert numbers(data.y, "y") is data.y
    assert yes_no(data.treated, "d") is data.treated
    number = np.arange(3)
    assert whole(number, "n") is number
    assert labels(number, "n") is number


def test_whole_numbers_do_not_overflow_and_are_whole() -> None:
    assert np.ptp(whole(np.array([-100, 100], np.int8), "month")) == 200
    assert whole([2.0, 5.0], "month").tolist() == [2, 5]
    for broken in ([1.5], [np.nan], [1e300], ["5"], np.array(["2020-01"], "datetime64[M]"), [2**63 + 1]):
        with pytest.raises(CannotEstimate, match="bad_input"):
            whole(np.array(broken), "month")


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_equally_near_ones_and_shuffled_rows_give_the_same_answer(estimate: Callable[[Comparison], Estimate]) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, (200, 2)).astype(float)
    held = Comparison(rng.normal(size=200) + x[:, 0], rng.random(200) < 0.2 + 0.2 * x[:, 0], x, ("a", "b"))
    for cluster in (None, np.arange(200) % 25):
        whole_set, order = replace(held, cluster=cluster), rng.permutation(200)
        other = Comparison(held.y[order], held.treated[order], x[order], ("a", "b"),
                           None if cluster is None else 7 * cluster[order] - 3)  # fmt: skip
        expected, found = estimate(whole_set), estimate(other)
        assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-9)


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_few_clusters_on_one_side_fail_a_check(data: Comparison, estimate: Callable[[Comparison], Estimate]) -> None:
    many = np.arange(COUNT) % 40
    for alone in (data.treated, ~data.treated):
        for fewest, failed in ((1, True), (4, True), (5, False)):
            found = estimate(replace(data, cluster=np.where(alone, 100 + many % fewest, many)))
            assert ("fewest_clusters" in {check.code for check in found.failed}) == failed


@pytest.mark.parametrize("level", [95.0, 0.0, 1.0, -0.5, float("nan")])
def test_a_level_is_a_part_of_one(level: float) -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        z_of(level)
    with pytest.raises(CannotEstimate, match="bad_input"):
        t_of(level, 5)


def test_one_comparison_beside_several_counts_its_own_luck_in() -> None:
    """Five to one: with the comparison's own mean as its own outcome, the error was half of what chance does."""
    values, errors = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        strata, treated = np.repeat(np.arange(40), 6), np.tile(np.arange(6) < 5, 40)
        strata, treated = np.r_[strata, np.arange(20)], np.r_[treated, np.zeros(20, bool)]
        held = Comparison(rng.normal(size=260) + treated, treated, np.zeros((260, 0)), ())
        found = exact_matching(held, strata)
        values.append(found.value)
        errors.append(found.se)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.2)
    alone = Comparison(held.y[:240], treated[:240], np.zeros((240, 0)), ())
    with pytest.raises(CannotEstimate, match="no_variation"):
        exact_matching(alone, strata[:240])
    with pytest.raises(CannotEstimate, match="bad_input"):
        exact_matching(held, np.where(strata == 3, np.nan, strata))


@pytest.mark.parametrize("estimate", [raw_difference, adjusted_difference, nearest_on_score, inverse_probability])
def test_few_who_took_part_fail_a_check_without_clusters_too(estimate: Callable[[Comparison], Estimate]) -> None:
    """Two of many: the error that allows unequal spread is a third of what chance does."""
    held = comparison(4, 300)
    spread = np.argsort(np.argsort(held.x[:, 0])) % 60
    for took_part, failed in ((spread == 7) & (np.arange(300) < 250), True), (spread % 20 == 7, False):
        found = estimate(replace(held, treated=took_part, x=held.x[:, 1:2], names=("pay",)))
        assert ("fewest_clusters" in {check.code for check in found.failed}) == failed, took_part.sum()


def test_one_with_a_near_comparison_tells_nothing_of_the_spread() -> None:
    x, took_part = np.repeat([0.0, 5.0, 0.0, 3.0], [30, 30, 1, 29]), np.arange(90) >= 60
    held = Comparison(np.random.default_rng(0).normal(size=90), took_part, x[:, None], ("x",))
    with pytest.raises(CannotEstimate, match="empty_group"):
        radius_on_score(held, radius=1e-9)
