"""Our estimates beside those of other people's programs, on the same data in the same run."""

import doubleml
import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, LogisticRegression
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW
from statsmodels.treatment.treatment_effects import TreatmentEffect

from springbrett.evaluation.effects.comparison import Comparison, least_squares
from springbrett.evaluation.effects.difference import adjusted_difference, raw_difference
from springbrett.evaluation.effects.records import Estimand, Estimate
from springbrett.evaluation.effects.robust import double_machine_learning, doubly_robust
from springbrett.evaluation.effects.score import logit_score
from springbrett.evaluation.effects.sensitivity import adjusted_p_values, robustness_value
from springbrett.evaluation.effects.weighting import entropy_balancing, entropy_weights, inverse_probability
from tests.builders.comparisons import comparison

ONE_FEWER = 1e-3
"""Where the other program divides by n and we by n − 1 (n = 600)."""


@pytest.fixture(scope="module")
def data() -> Comparison:
    return comparison(seed=5)


@pytest.fixture(scope="module")
def clustered() -> Comparison:
    return comparison(seed=6, clusters=40, cluster_spread=0.5)


def design(data: Comparison) -> np.ndarray:
    return np.column_stack([np.ones(len(data.y)), data.treated, data.x])


def test_the_score_is_statsmodels_logit(data: Comparison) -> None:
    other = sm.Logit(data.treated.astype(float), sm.add_constant(data.x)).fit(disp=0, tol=1e-12)
    ours = logit_score(data.x, data.treated)
    np.testing.assert_allclose(ours.coefficients, other.params, rtol=1e-8)
    np.testing.assert_allclose(ours.chance, other.predict(), rtol=1e-8)


def test_the_line_and_its_errors_are_statsmodels_ols(data: Comparison, clustered: Comparison) -> None:
    for kind, ours in (("nonrobust", adjusted_difference(data, robust=False)), ("HC1", adjusted_difference(data))):
        other = sm.OLS(data.y, design(data)).fit(cov_type=kind)
        assert (ours.value, ours.se) == pytest.approx((other.params[1], other.bse[1]), rel=1e-10)
    other = sm.OLS(clustered.y, design(clustered)).fit(
        cov_type="cluster", cov_kwds={"groups": clustered.cluster}, use_t=True
    )
    ours = adjusted_difference(clustered)
    assert (ours.value, ours.se, ours.p_value) == pytest.approx(
        (other.params[1], other.bse[1], other.pvalues[1]), rel=1e-8
    )
    assert ours.interval == pytest.approx(tuple(other.conf_int()[1]), rel=1e-8)


def test_covariates_far_from_nought_and_of_unlike_size_lose_no_digits() -> None:
    rng = np.random.default_rng(2)
    age, pay = rng.integers(18, 60, 500).astype(float), rng.gamma(2, 20_000, 500)
    x = np.column_stack([age, age**2, age**3, pay, pay * age, 2_000_000 + rng.normal(size=500)])
    y = 0.1 * age + pay / 1e4 + rng.normal(size=500)
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    exact = np.linalg.lstsq(np.column_stack([np.ones(500), standard]), y, rcond=None)[0]
    np.testing.assert_allclose(least_squares(x, y)[1:] * x.std(axis=0), exact[1:], rtol=1e-6)


def test_two_means_are_the_unequal_variances_comparison_of_statsmodels(data: Comparison) -> None:
    one, two = DescrStatsW(data.y[data.treated]), DescrStatsW(data.y[~data.treated])
    ours = raw_difference(data)
    assert ours.value == pytest.approx(one.mean - two.mean, rel=1e-12)
    n, n1, n0 = len(data.y), data.n_treated, data.n_comparison
    expected = np.sqrt((one.var / n1 + two.var / n0) * n / (n - 2))  # HC1
    assert ours.se == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("ours", "theirs", "group", "estimand"),
    [(inverse_probability, "ipw", "all", Estimand.ATE), (inverse_probability, "ipw", 1, Estimand.ATT),
     (doubly_robust, "aipw", "all", Estimand.ATE)],
)  # fmt: skip
def test_weighting_and_doubly_robust_are_statsmodels_with_all_estimated_parts_counted_in(
    data: Comparison, ours: object, theirs: str, group: object, estimand: Estimand
) -> None:
    d, x = data.treated.astype(float), sm.add_constant(data.x)
    score = sm.Logit(d, x).fit(disp=0, tol=1e-12)
    effect = TreatmentEffect(sm.OLS(data.y, x), d, results_select=score)
    other = effect.ipw(effect_group=group) if theirs == "ipw" else effect.aipw()
    found = ours(data, estimand=estimand)  # type: ignore[operator]
    assert found.value == pytest.approx(other.effect[0], rel=1e-7)
    assert found.se == pytest.approx(other.results_gmm.bse[0], rel=ONE_FEWER)


@pytest.mark.parametrize(("estimand", "theirs"), [(Estimand.ATE, "ATE"), (Estimand.ATT, "ATTE")])
def test_double_machine_learning_is_doubleml_with_the_same_folds(
    data: Comparison, estimand: Estimand, theirs: str
) -> None:
    fold = np.arange(len(data.y)) % 5
    other = doubleml.DoubleMLIRM(
        doubleml.DoubleMLData.from_arrays(data.x, data.y, data.treated.astype(float)), LinearRegression(),
        LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000), n_folds=5, score=theirs, draw_sample_splitting=False,
    )  # fmt: skip
    other.set_sample_splitting([[(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(5)]])
    other.fit()
    found = double_machine_learning(data, estimand=estimand, learner="linear", folds=fold)
    assert found.value == pytest.approx(other.coef[0], rel=1e-6)
    assert found.se == pytest.approx(other.se[0], rel=ONE_FEWER)


def test_entropy_weights_are_those_of_a_general_optimiser_and_balance_to_eight_digits(data: Comparison) -> None:
    x0, target = data.x[~data.treated], data.x[data.treated].mean(axis=0)
    other = minimize(lambda b: np.log(np.exp((x0 - target) @ b).sum()), np.zeros(3), method="BFGS", tol=1e-12)
    tilt = np.exp((x0 - target) @ other.x)
    found = entropy_weights(x0, target)
    np.testing.assert_allclose(found.weight, tilt / tilt.sum(), rtol=1e-5)
    assert np.abs(found.weight @ x0 - target).max() < 1e-8
    assert found.largest_gap < 1e-8
    assert found.weight.sum() == pytest.approx(1, abs=1e-12)


def test_entropy_balancing_is_the_weighted_line(data: Comparison) -> None:
    """Zhao & Percival: the balanced difference is that of a line weighted by the same weights."""
    target = data.x[data.treated].mean(axis=0)
    weight = np.ones(len(data.y))
    weight[~data.treated] = entropy_weights(data.x[~data.treated], target).weight * data.n_treated
    other = sm.WLS(data.y, design(data), weights=weight).fit()
    assert entropy_balancing(data).value == pytest.approx(other.params[1], rel=1e-8)


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_corrections_for_being_many_are_those_of_statsmodels(count: int) -> None:
    draws = np.random.default_rng(count)
    for p_values in (draws.random(count) ** 3, draws.integers(0, 4, count) / 4.0):
        for ours, theirs in (("holm", "holm"), ("fdr", "fdr_bh")):
            other = multipletests(p_values, method=theirs)[1]
            np.testing.assert_allclose(adjusted_p_values(p_values.tolist(), ours), other, rtol=1e-12)  # type: ignore[arg-type]


def test_the_robustness_value_of_the_published_example() -> None:
    """Cinelli & Hazlett (2020), Darfur: t = 4.18 with 783 degrees gives 13.9 % and 7.6 %."""
    found = Estimate(Estimand.DESCRIPTION, "adjusted_difference", 0.09731582, 0.02325654, (0.0, 0.0), 529, 747)
    value = robustness_value(found, 783)
    assert (round(value.robustness, 3), round(value.robustness_significance, 3)) == (0.139, 0.076)
