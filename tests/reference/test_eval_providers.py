"""Providers and measures side by side against published figures and other people's programs."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from springbrett.evaluation.effects.multinomial import multinomial_score
from springbrett.evaluation.providers.binomial import beta_binomial, exact_interval
from springbrett.evaluation.providers.casemix import Stays, case_mix
from springbrett.evaluation.providers.funnel import exact_limits
from springbrett.evaluation.providers.hierarchy import hierarchy
from springbrett.evaluation.providers.spread import between_variance, normal_shrinkage

# Tumours among rats in 70 historical groups (Tarone 1982; Gelman et al., Bayesian Data Analysis, ch. 5).
RATS = (
    "0/20 0/20 0/20 0/20 0/20 0/20 0/20 0/19 0/19 0/19 0/19 0/18 0/18 0/17 1/20 1/20 1/20 1/20 1/19 1/19 1/18 1/18 "
    "3/27 2/25 2/24 2/23 2/20 2/20 2/20 2/20 2/20 2/20 1/10 5/49 2/19 5/46 2/17 7/49 7/47 3/20 3/20 2/13 9/48 10/50 "
    "4/20 4/20 4/20 4/20 4/20 4/20 4/20 10/48 4/19 4/19 4/19 5/22 11/46 12/49 5/20 5/20 6/23 5/19 6/22 6/20 6/20 6/20 "
    "16/52 15/46 15/47 9/24"
)
# Trials of the BCG vaccine (Colditz et al. 1994): tuberculosis and none among the vaccinated, and among the others.
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)], float)  # fmt: skip
# Hits in the first 45 times at bat of 18 players (Efron & Morris 1975).
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])


def bcg(kind: str) -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    if kind == "ratio":
        return np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def test_beta_binomial_of_the_rat_tumours() -> None:
    """The BayesGOF vignette prints alpha 2.304768 and beta 14.079707."""
    won, of = np.array([[int(part) for part in pair.split("/")] for pair in RATS.split()]).T
    assert len(won) == 70
    found = beta_binomial(won, of)
    assert found.alpha == pytest.approx(2.304768, abs=2e-4)
    assert found.beta == pytest.approx(14.079707, abs=2e-3)


def test_shrinkage_of_the_batting_averages() -> None:
    """Efron & Morris (1975, 1977): the averages keep .212 of their distance to .265; Clemente's .400 becomes .294."""
    share = HITS / 45
    se = np.full(18, np.sqrt(share.mean() * (1 - share.mean()) / 45))
    found = normal_shrinkage(share, se)
    assert share.mean() == pytest.approx(0.265, abs=5e-4)
    assert 1 - found.pull[0] == pytest.approx(0.212, abs=5e-4)
    assert found.value[0] == pytest.approx(0.294, abs=5e-4)
    assert found.value[-1] == pytest.approx(0.242, abs=5e-4)


def test_variance_between_the_vaccine_trials() -> None:
    """As metafor prints it: log risk ratios by restricted likelihood and moments; log odds ratios by likelihood, as the
    article has them (variance .302, odds ratio .476, .336 to .675)."""
    ratio = between_variance(*bcg("ratio"), "reml")
    assert ratio.variance == pytest.approx(0.3132, abs=5e-5)
    assert (ratio.mean, ratio.se) == (pytest.approx(-0.7145, abs=5e-5), pytest.approx(0.1798, abs=5e-5))
    assert ratio.q == pytest.approx(152.2330, abs=5e-5)
    assert between_variance(*bcg("ratio"), "moments").variance == pytest.approx(0.3088, abs=5e-5)
    odds = between_variance(*bcg("odds"), "ml")
    ends = np.exp([odds.mean, odds.mean - stats.norm.ppf(0.975) * odds.se, odds.mean + stats.norm.ppf(0.975) * odds.se])
    assert [round(float(one), 3) for one in (odds.variance, *ends)] == [0.302, 0.476, 0.336, 0.675]
    assert odds.variance == pytest.approx(0.3025, abs=5e-5)
    assert (odds.mean, odds.se) == (pytest.approx(-0.7420, abs=5e-5), pytest.approx(0.1780, abs=5e-5))


@pytest.mark.parametrize(("ours", "theirs"), [("paule_mandel", "iterated"), ("moments", "chi2")])
def test_variance_between_units_as_statsmodels_counts_it(ours: str, theirs: str) -> None:
    value, variance = bcg("odds")
    outside = combine_effects(value, variance, method_re=theirs, atol=1e-12)
    assert between_variance(value, variance, ours).variance == pytest.approx(outside.tau2, abs=1e-7)  # type: ignore[arg-type]


def test_exact_intervals_and_funnel_limits_as_scipy_counts_them() -> None:
    for won, of in ((0, 9), (1, 9), (4, 9), (9, 9), (37, 120), (1, 1)):
        low, high = exact_interval(np.array([won]), np.array([of]))
        outside = stats.binomtest(won, of).proportion_ci(0.95, "exact")
        assert (low[0], high[0]) == (pytest.approx(outside.low), pytest.approx(outside.high))
    low, high = exact_limits(np.arange(1, 500), 0.42, 0.95)
    for place, of in enumerate(range(1, 500)):
        # A count strictly inside the limits is within the two tails; one a whole step outside them is not.
        inside = int(np.ceil(low[place] * of)), int(np.floor(high[place] * of))
        assert stats.binom.cdf(inside[0] - 2, of, 0.42) < 0.025
        assert stats.binom.sf(inside[1] + 1, of, 0.42) < 0.025 + 1e-9


def test_expected_results_as_a_logistic_regression_elsewhere() -> None:
    rng = np.random.default_rng(8)
    x = np.column_stack([rng.standard_normal(800), rng.random(800) < 0.3])
    provider = rng.integers(0, 12, 800)
    success = rng.random(800) < 1 / (1 + np.exp(0.4 - x @ np.array([0.7, -0.9])))
    mix = case_mix(Stays(success, provider, x, ("a", "b")))
    outside = sm.GLM(success.astype(float), sm.add_constant(x), family=sm.families.Binomial()).fit().fittedvalues
    assert mix.chance == pytest.approx(outside, abs=1e-7)
    assert mix.expected == pytest.approx(np.bincount(provider, outside), abs=1e-5)
    assert mix.expected.sum() == pytest.approx(success.sum())


def test_chances_of_several_measures_as_statsmodels_counts_them() -> None:
    rng = np.random.default_rng(9)
    x = rng.standard_normal((700, 3))
    odds = np.exp(x @ np.array([[0, 0, 0], [0.5, -0.3, 0], [0.2, 0.2, -0.6], [-0.4, 0, 0.3]]).T)
    group = (rng.random(700)[:, None] * odds.sum(axis=1)[:, None] > odds.cumsum(axis=1)).sum(axis=1)
    outside = sm.MNLogit(group, sm.add_constant(x)).fit(disp=False, tol=1e-12).predict()
    assert multinomial_score(x, group, 4).chance == pytest.approx(outside, abs=1e-7)


def test_what_is_believed_of_providers_as_counted_out_the_slow_way() -> None:
    """Every mean and spread on a plain grid, every shift by Gauss–Hermite sums: none of the fast engine's steps."""
    won, of = np.array([2, 9, 30, 6, 0]), np.array([3, 20, 50, 30, 4])
    success = np.concatenate([np.arange(n) < k for k, n in zip(won, of, strict=True)])
    mix = case_mix(Stays(success, np.repeat(np.arange(5), of), np.zeros((len(success), 0))))
    fast = hierarchy(mix, success, target=0.5)
    base = np.log(mix.overall / (1 - mix.overall))
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    spreads, means = np.linspace(0.02, 3.0, 100), np.linspace(-6, 6, 121)
    shift = means[None, :, None] + spreads[:, None, None] * nodes
    chance = 1 / (1 + np.exp(-base - shift))
    parts = [(chance**k * (1 - chance) ** (n - k), chance) for k, n in zip(won, of, strict=True)]
    evidence = np.array([(like * weights).sum(axis=-1) for like, _chance in parts])
    belief = evidence.prod(axis=0)
    belief[[0, -1]] /= 2  # trapezoid
    belief /= belief.sum()
    slow = [float((belief * ((like * weights * p).sum(axis=-1) / even)).sum())
            for (like, p), even in zip(parts, evidence, strict=True)]  # fmt: skip
    assert fast.own == pytest.approx(slow, abs=2e-3)
    assert fast.spread.value == pytest.approx(float(belief.sum(axis=1) @ spreads), abs=0.01)
