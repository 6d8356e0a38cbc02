"""What cannot be estimated is said, with a code, and never answered with something else."""

from collections.abc import Callable

import numpy as np
import pytest

from springbrett.evaluation.effects.comparison import Comparison, steady_linear
from springbrett.evaluation.effects.covariates import nearest_on_covariates, nearest_rows
from springbrett.evaluation.effects.difference import adjusted_difference, raw_difference
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate
from springbrett.evaluation.effects.registry import ASSUMPTIONS, estimator, estimators
from springbrett.evaluation.effects.robust import double_machine_learning, doubly_robust
from springbrett.evaluation.effects.score import logit_score
from springbrett.evaluation.effects.sensitivity import adjusted_p_values, e_value, robustness_value, rosenbaum_gamma
from springbrett.evaluation.effects.weighting import entropy_balancing, entropy_weights, inverse_probability
from tests.builders.comparisons import comparison

Estimator = Callable[[Comparison], Estimate]


def dml(data: Comparison) -> Estimate:
    return double_machine_learning(data, learner="linear")


SCORED: list[Estimator] = [nearest_on_score, radius_on_score, inverse_probability, doubly_robust, dml]
ADJUSTED: list[Estimator] = [adjusted_difference, *SCORED, entropy_balancing, nearest_on_covariates]
ALL: list[Estimator] = [raw_difference, *ADJUSTED]


def code(work: Callable[[], object]) -> str:
    with pytest.raises(CannotEstimate) as caught:
        work()
    return caught.value.code


def changed(data: Comparison, **new: object) -> Comparison:
    held = {"y": data.y, "treated": data.treated, "x": data.x, "names": data.names, "cluster": data.cluster} | new
    return Comparison(**held)  # type: ignore[arg-type]


@pytest.fixture
def data() -> Comparison:
    return comparison(count=200)


def test_a_comparison_with_nobody_on_one_side(data: Comparison) -> None:
    assert code(lambda: changed(data, treated=np.ones(200, bool))) == "no_comparison"
    assert code(lambda: changed(data, treated=np.zeros(200, bool))) == "no_treated"


def test_nobody_at_all() -> None:
    nothing = np.zeros(0)
    assert code(lambda: Comparison(nothing, nothing.astype(bool), nothing.reshape(0, 1), ("age",))) == "empty_group"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers(data: Comparison, value: float) -> None:
    y, x = data.y.copy(), data.x.copy()
    y[7] = x[7, 1] = value
    assert code(lambda: changed(data, y=y)) == "bad_input"
    assert code(lambda: changed(data, x=x)) == "bad_input"


def test_large_numbers_are_numbers(data: Comparison) -> None:
    assert changed(data, y=np.full(200, 1e308)).n_treated == data.n_treated


def test_arrays_of_unlike_length(data: Comparison) -> None:
    assert code(lambda: changed(data, x=data.x[:-1])) == "bad_input"
    assert code(lambda: changed(data, cluster=np.zeros(3, np.int64))) == "bad_input"
    assert code(lambda: exact_matching(data, np.zeros(3, np.int64))) == "bad_input"


@pytest.mark.parametrize("estimate", ALL)
def test_one_cluster_has_no_spread(data: Comparison, estimate: Estimator) -> None:
    one = changed(data, cluster=np.zeros(200, np.int64))
    assert code(lambda: estimate(one)) in {"one_cluster", "bad_input"}
    if estimate is not dml:
        assert code(lambda: estimate(one)) == "one_cluster"


@pytest.mark.parametrize("estimate", ALL)
def test_few_clusters_fail_a_check(data: Comparison, estimate: Estimator) -> None:
    few, many = (changed(data, cluster=np.arange(200) % groups) for groups in (19, 20))
    assert "clusters" in {check.code for check in estimate(few).failed}
    assert "clusters" not in {check.code for check in estimate(many).failed}


@pytest.mark.parametrize("estimate", SCORED)
def test_a_covariate_that_tells_the_groups_apart_leaves_no_overlap(data: Comparison, estimate: Estimator) -> None:
    apart = changed(data, x=np.column_stack([data.x[:, :2], data.treated + 0.1 * data.x[:, 2] / 10]))
    with pytest.raises(CannotEstimate) as caught:
        estimate(apart)
    assert caught.value.code == "no_overlap"
    assert caught.value.facts["covariate"] == "pay_last_year"


@pytest.mark.parametrize("estimate", SCORED)
def test_a_group_nobody_of_which_took_part_leaves_no_overlap(data: Comparison, estimate: Estimator) -> None:
    never = (~data.treated) & (np.arange(200) % 3 == 0)
    assert code(lambda: estimate(changed(data, x=np.column_stack([data.x[:, :2], never])))) == "no_overlap"


def test_means_beyond_every_comparison_cannot_be_balanced(data: Comparison) -> None:
    far = data.x.copy()
    far[data.treated, 0] += 10
    assert code(lambda: entropy_balancing(changed(data, x=far))) == "no_overlap"
    assert code(lambda: entropy_weights(data.x, data.x.max(axis=0) + 1)) == "no_overlap"


@pytest.mark.parametrize("estimate", ADJUSTED)
def test_covariates_that_never_vary_are_left_out(data: Comparison, estimate: Estimator) -> None:
    padded = changed(data, x=np.column_stack([data.x, np.full(200, 7.0)]), names=(*data.names, "constant"))
    assert estimate(padded).value == pytest.approx(estimate(data).value, rel=1e-8)


@pytest.mark.parametrize("estimate", ADJUSTED)
def test_covariates_that_say_the_same_twice(data: Comparison, estimate: Estimator) -> None:
    twice = changed(data, x=np.column_stack([data.x, data.x[:, 0] * 2 + 5]), names=(*data.names, "again"))
    assert code(lambda: estimate(twice)) == "singular"


@pytest.mark.parametrize("estimate", ALL[:-1])
def test_without_covariates_every_estimate_is_the_raw_difference(data: Comparison, estimate: Estimator) -> None:
    bare = changed(data, x=np.zeros((200, 0)), names=())
    expected = bare.y[bare.treated].mean() - bare.y[~bare.treated].mean()
    slack = 0.1 if estimate is dml else 1e-9  # its chances are those of other folds
    assert estimate(bare).value == pytest.approx(expected, abs=slack)


@pytest.mark.parametrize("estimate", ALL)
def test_a_single_unit_tells_nothing_of_the_spread(data: Comparison, estimate: Estimator) -> None:
    for alone in (True, False):
        treated = np.full(200, not alone)
        treated[int(np.argsort(data.x[:, 0])[100])] = alone
        x = data.x[:, :1]
        single = Comparison(data.y, treated, x, ("age",))
        assert code(lambda single=single: estimate(single)) in {"empty_group", "bad_input", "singular"}  # type: ignore[misc]


@pytest.mark.parametrize("estimate", [raw_difference, adjusted_difference, inverse_probability, entropy_balancing])
def test_an_outcome_that_never_varies(data: Comparison, estimate: Estimator) -> None:
    assert code(lambda: estimate(changed(data, y=np.full(200, 3.0)))) == "no_variation"


def test_more_covariates_than_units() -> None:
    rng = np.random.default_rng(0)
    wide = Comparison(rng.normal(size=6), np.arange(6) < 3, rng.normal(size=(6, 8)), tuple("abcdefgh"))
    assert code(lambda: adjusted_difference(wide)) == "bad_input"


@pytest.mark.parametrize("estimate", [inverse_probability, doubly_robust, dml])
def test_estimands_that_a_method_does_not_give(data: Comparison, estimate: Callable[..., Estimate]) -> None:
    if estimate is dml:
        estimate = double_machine_learning
    assert code(lambda: estimate(data, estimand=Estimand.LATE)) == "not_supported"


def test_options_that_are_not_there(data: Comparison) -> None:
    assert code(lambda: double_machine_learning(data, learner="deep")) == "not_supported"  # type: ignore[arg-type]
    assert code(lambda: nearest_on_score(data, distance="miles")) == "not_supported"  # type: ignore[arg-type]
    assert code(lambda: nearest_on_score(data, neighbours=0)) == "bad_input"
    assert code(lambda: nearest_on_score(data, neighbours=data.n_comparison + 1)) == "bad_input"
    assert code(lambda: nearest_on_score(data, ties="draw")) == "not_supported"  # type: ignore[arg-type]
    assert code(lambda: radius_on_score(data, radius=0)) == "bad_input"


def test_folds_that_cannot_be() -> None:
    data = comparison(count=200)
    assert code(lambda: double_machine_learning(data, learner="linear", folds=1)) == "bad_input"
    assert code(lambda: double_machine_learning(data, learner="linear", folds=201)) == "bad_input"
    assert code(lambda: double_machine_learning(data, learner="linear", folds=data.treated.astype(int))) == "bad_input"


def test_nearness_needs_covariates_and_not_too_many_equally_near(
    data: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = changed(data, x=np.zeros((200, 0)), names=())
    assert code(lambda: nearest_on_covariates(bare)) == "bad_input"
    assert code(lambda: nearest_on_covariates(data, neighbours=data.n_comparison + 1)) == "bad_input"
    monkeypatch.setattr("springbrett.evaluation.effects.covariates.MOST_PAIRS", 10)
    assert code(lambda: nearest_rows(np.zeros((2, 1)), np.zeros((6, 1)), 1)) == "not_supported"


def test_a_caliper_nobody_is_within(data: Comparison) -> None:
    assert code(lambda: nearest_on_score(data, caliper=1e-12)) == "no_overlap"


def test_a_caliper_leaves_out_the_far_and_says_how_many(data: Comparison) -> None:
    found = {check.code: check for check in nearest_on_score(data, caliper=0.01).diagnostics}
    assert 0 < found["matched_share"].value < 1
    every = nearest_on_score(data, caliper=100.0)
    assert every.value == pytest.approx(nearest_on_score(data).value, rel=1e-12)


def in_common(data: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """Each unit's log odds, and whether it lies within the other group's range."""
    odds = steady_linear(data.x, logit_score(data.x, data.treated).coefficients)
    ends = {group: (odds[data.treated == group].min(), odds[data.treated == group].max()) for group in (True, False)}
    inside = [ends[not own][0] <= place <= ends[not own][1] for own, place in zip(data.treated, odds, strict=True)]
    return odds, np.array(inside)


@pytest.mark.parametrize("clusters", [0, 20])
def test_with_a_range_in_common_nobody_stands_beside_one_beyond_it(clusters: int) -> None:
    data = comparison(seed=3, count=200, clusters=clusters)
    odds, inside = in_common(data)
    d = data.treated
    assert not inside[d].all() and not inside[~d].all()
    pool, kept = np.flatnonzero(~d & inside), np.flatnonzero(d & inside)
    nearest = [pool[np.argsort(np.abs(odds[pool] - odds[one]))[:2]] for one in kept]
    found = nearest_on_score(data, neighbours=2, common_support=True)
    expected = np.mean([data.y[one] - data.y[two].mean() for one, two in zip(kept, nearest, strict=True)])
    assert found.value == pytest.approx(expected, rel=1e-10)
    assert found.se > 0
    wide = radius_on_score(data, radius=100.0, common_support=True)
    assert wide.value == pytest.approx(data.y[kept].mean() - data.y[pool].mean(), rel=1e-10)
    for estimate in (found, wide):
        share = {check.code: check.value for check in estimate.diagnostics}["matched_share"]
        assert share == pytest.approx(len(kept) / d.sum(), rel=1e-12)


def test_a_range_that_is_not_in_common_or_holds_too_few() -> None:
    """All of one group at both ends and the other between them: nobody who took part lies where the others do."""
    x = np.concatenate([[-4, -3, 3, 5], np.linspace(-1, 1, 6)])[:, None]
    outer = Comparison(np.arange(10.0), np.arange(10) < 4, x, ("age",))
    assert code(lambda: nearest_on_score(outer, common_support=True)) == "no_overlap"
    assert code(lambda: radius_on_score(outer, common_support=True)) == "no_overlap"
    x = np.array([-0.2, 0.0, 0.1, 0.2, -3, -2, 0.05, 2, 3])[:, None]
    inner = Comparison(np.arange(9.0), np.arange(9) < 4, x, ("age",))
    assert code(lambda: nearest_on_score(inner, neighbours=2, common_support=True)) == "no_overlap"


def test_strata_without_both_groups(data: Comparison) -> None:
    assert code(lambda: exact_matching(data, data.treated.astype(np.int64))) == "no_overlap"
    strata = np.where(np.arange(200) < 100, 0, 1 + data.treated)
    half = exact_matching(data, strata)
    share = data.treated[:100].sum() / data.n_treated
    assert {c.code: c.value for c in half.diagnostics}["matched_share"] == pytest.approx(share)
    assert "matched_share" in {c.code for c in half.failed}


def test_one_unit_that_carries_the_comparison_fails_a_check(data: Comparison) -> None:
    first = int(np.flatnonzero(~data.treated)[0])
    x = np.where(data.treated, 0.0, np.where(np.arange(200) == first, 1.0, -1.0)) + 0.01 * data.x[:, 0]
    found = entropy_balancing(Comparison(data.y, data.treated, x[:, None], ("age",)))
    assert "heaviest_weight" in {check.code for check in found.failed}


def test_rare_taking_part_is_scored_without_overflow() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20_000, 2)) * [1, 1000]
    treated = rng.random(20_000) < 1 / (1 + np.exp(-(2 * x[:, 0] - 9)))
    assert logit_score(x, treated).coefficients == pytest.approx([-9, 2, 0], abs=0.6)


def test_sensitivity_has_its_own_limits(data: Comparison) -> None:
    found = raw_difference(data)
    assert code(lambda: robustness_value(found, 1)) == "bad_input"
    assert code(lambda: e_value(0)) == "bad_input"
    assert code(lambda: rosenbaum_gamma(np.zeros(5))) == "empty_group"
    assert code(lambda: adjusted_p_values([0.5, 1.1])) == "bad_input"
    assert len(adjusted_p_values([])) == 0
    assert e_value(2.0) == pytest.approx(2 + np.sqrt(2)) == e_value(0.5)
    assert rosenbaum_gamma(np.array([1.0, -1.0, 1.0, -1.0])) == 1.0
    assert 1 < rosenbaum_gamma(np.random.default_rng(0).normal(0.5, 1, 200)) < 10


def test_every_estimator_states_what_it_leans_on(data: Comparison) -> None:
    for entry in estimators().values():
        assert entry.source
        assert entry.function.__doc__
        assert set(entry.assumptions) <= set(ASSUMPTIONS), entry.code
        if entry.needs == ("comparison",):
            found = entry.function(data, **({"learner": "linear"} if "learner" in entry.options else {}))
            assert found.method == entry.code
            assert found.estimand is entry.estimands[0]
            assert set(found.assumptions) == set(entry.assumptions)
    assert code(lambda: estimator("guesswork")) == "not_supported"
