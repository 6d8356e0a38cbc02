"""Estimators beside other people's programs on the same data in the same run: those not held elsewhere.

Matching against scikit-learn's neighbours, strata and starts against statsmodels' regressions, caseworkers against
linearmodels' instruments, doses and trial offices against pyfixest, shares that have left against lifelines.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.iv import IV2SLS, IVLIML
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import NearestNeighbors
from statsmodels.treatment.treatment_effects import TreatmentEffect

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.covariates import nearest_on_covariates
from springbrett.evaluation.effects.did.clusters import Offices, as_comparison, pooled
from springbrett.evaluation.effects.did.dose import Dosed, dose_effect
from springbrett.evaluation.effects.did.table import trial_offices
from springbrett.evaluation.effects.durations.discrete import competing_hazards
from springbrett.evaluation.effects.durations.incidence import incidence_difference, months_gone_difference
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.leniency import leniency
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.notyet import not_yet_treated
from springbrett.evaluation.effects.sequence import TwoSteps, first_measure, marginal_structural
from tests.builders.comparisons import comparison
from tests.builders.durations import assigned, spells, waiting

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import diff_diff
    import pyfixest
    from lifelines import AalenJohansenFitter

DATA = comparison(3, 400)


def odds_of(data: Comparison) -> np.ndarray:
    """Log odds of taking part by statsmodels."""
    fit = sm.Logit(data.treated.astype(float), sm.add_constant(data.x)).fit(disp=0, tol=1e-12)
    return np.asarray(fit.fittedvalues)


def test_strata_are_the_saturated_regression_of_statsmodels() -> None:
    """Angrist (1998): a line with a constant and an effect for each stratum, averaged over those treated; and its
    error, when the shares of the treated are counted in, by the same line's robust covariance."""
    rng = np.random.default_rng(1)
    strata = rng.integers(0, 4, 400)
    treated = rng.random(400) < 0.2 + 0.15 * strata
    y = strata + treated * (1 + strata) + rng.normal(size=400) * (1 + strata)
    cell = (strata[:, None] == np.arange(4)).astype(float)
    fit = sm.OLS(y, np.column_stack([cell, cell * treated[:, None]])).fit(cov_type="HC0")
    share = np.bincount(strata[treated], minlength=4) / treated.sum()
    effects = fit.params[4:]
    ours = exact_matching(Comparison(y, treated, np.zeros((400, 0)), ()), strata)
    assert ours.value == pytest.approx(share @ effects, rel=1e-10)
    within = share @ fit.cov_params()[4:, 4:] @ share
    between = (share @ effects**2 - (share @ effects) ** 2) / treated.sum()
    assert ours.se == pytest.approx(np.sqrt(within + between), rel=3e-3)  # we divide by n − 1


@pytest.mark.parametrize("neighbours", [1, 3])
def test_the_nearest_on_the_score_are_those_of_scikit_learn(neighbours: int) -> None:
    odds, d = odds_of(DATA)[:, None], DATA.treated
    near = NearestNeighbors(n_neighbors=neighbours).fit(odds[~d]).kneighbors(odds[d], return_distance=False)
    theirs = (DATA.y[d] - DATA.y[~d][near].mean(axis=1)).mean()
    assert nearest_on_score(DATA, neighbours=neighbours).value == pytest.approx(theirs, rel=1e-9)


def test_those_within_the_radius_are_those_of_scikit_learn() -> None:
    odds, d = odds_of(DATA)[:, None], DATA.treated
    near = NearestNeighbors(radius=0.1 * odds.std()).fit(odds[~d]).radius_neighbors(odds[d], return_distance=False)
    gaps = [y - DATA.y[~d][rows].mean() for y, rows in zip(DATA.y[d], near, strict=True) if len(rows)]
    assert radius_on_score(DATA, radius=0.1).value == pytest.approx(np.mean(gaps), rel=1e-9)


def test_the_nearest_in_traits_and_what_is_left_are_those_of_scikit_learn() -> None:
    d, spread = DATA.treated, np.cov(DATA.x.T, bias=True)
    finder = NearestNeighbors(n_neighbors=2, algorithm="brute", metric="mahalanobis",
                              metric_params={"VI": np.linalg.inv(spread)})  # fmt: skip
    near = finder.fit(DATA.x[~d]).kneighbors(DATA.x[d], return_distance=False)
    plain = nearest_on_covariates(DATA, neighbours=2, bias_corrected=False)
    assert plain.value == pytest.approx((DATA.y[d] - DATA.y[~d][near].mean(axis=1)).mean(), rel=1e-9)
    used = np.bincount(near.ravel(), minlength=(~d).sum()) / 2
    line = LinearRegression().fit(DATA.x[~d], DATA.y[~d], sample_weight=used)
    left = DATA.y - line.predict(DATA.x)
    ours = nearest_on_covariates(DATA, neighbours=2)
    assert ours.value == pytest.approx((left[d] - left[~d][near].mean(axis=1)).mean(), rel=1e-9)


@pytest.mark.parametrize("errors", ["classical", "robust", "cluster"])
def test_a_dose_with_region_and_month_is_pyfixest(errors: str) -> None:
    rng = np.random.default_rng(2)
    region, month = np.repeat(np.arange(20), 8), np.tile(np.arange(8), 20)
    dose = rng.normal(size=160) + 0.2 * month
    y = 0.5 * dose + rng.normal(size=20)[region] + rng.normal(size=160)
    table = pd.DataFrame({"y": y, "dose": dose, "region": region, "month": month})
    how = {"classical": "iid", "robust": "HC1", "cluster": {"CRV1": "region"}}[errors]
    theirs = pyfixest.feols("y ~ dose | region + month", table, vcov=how)  # type: ignore[arg-type]
    ours = dose_effect(Dosed(region, month, dose, y), errors=errors)
    assert ours.value == pytest.approx(theirs.coef()["dose"], abs=1e-7)
    assert ours.se == pytest.approx(theirs.se()["dose"], rel=1e-6)


def trial(offices: int = 12) -> Offices:
    rng = np.random.default_rng(5)
    office = np.repeat(np.arange(offices), 20)
    after = np.tile(np.arange(20) >= 10, offices)
    y = rng.normal(size=len(office)) + 0.4 * rng.normal(size=offices)[office] * after + 0.5 * (after & (office < 5))
    return Offices(y, office, office < 5, after)


def test_trial_offices_are_the_line_of_pyfixest_and_the_bootstrap_of_diff_diff() -> None:
    data = trial()
    table = pd.DataFrame({"y": data.y, "on": (data.trial & data.after) * 1.0, "office": data.office,
                          "after": data.after * 1})  # fmt: skip
    theirs = pyfixest.feols("y ~ on + after + i(office)", table, vcov={"CRV1": "office"})
    ours, line = trial_offices(data), as_comparison(data)
    assert ours.value == pytest.approx(theirs.coef()["on"], abs=1e-9)
    assert pooled(data).robust.se == pytest.approx(theirs.se()["on"], rel=1e-8)
    whole = np.column_stack([np.ones(len(line.y)), line.treated, line.x])
    left = line.y - whole @ np.linalg.lstsq(whole, line.y, rcond=None)[0]
    drawn = diff_diff.utils.wild_bootstrap_se(whole, line.y, left, line.cluster, 1, n_bootstrap=9999, seed=1)
    assert ours.p_value == pytest.approx(drawn.p_value + 2 / 2**12)  # ours counts the pattern seen and its mirror


def untied(seed: int = 4, count: int = 200) -> tuple[Spells, np.ndarray]:
    rng = np.random.default_rng(seed)
    time, seen = rng.exponential(8.0, count), rng.uniform(2, 20, count)
    cause = np.where(time < seen, rng.integers(1, 3, count), 0)
    return Spells(np.minimum(time, seen), cause, ("job", "education")), np.arange(count) % 2 == 0


def curve(data: Spells) -> pd.Series:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = AalenJohansenFitter(calculate_variance=False).fit(data.exit, data.cause, 1)
        return fitted.cumulative_density_.iloc[:, 0]


def test_differences_of_shares_and_months_are_those_of_lifelines() -> None:
    data, group = untied()
    ours, theirs = (curve(data.chosen(keep)) for keep in (group, ~group))
    shares = [float(one[one.index <= 8.0].iloc[-1]) for one in (ours, theirs)]
    assert incidence_difference(data, "job", group, time=8.0).value == pytest.approx(shares[0] - shares[1], abs=1e-12)
    areas = []
    for one in (ours, theirs):
        held = one[one.index < 8.0]
        edges = np.append(held.index.to_numpy(), 8.0)
        areas.append(float(held.to_numpy() @ np.diff(edges)))
    found = months_gone_difference(data, "job", group, horizon=8.0)
    assert found.value == pytest.approx(areas[0] - areas[1], abs=1e-10)


def test_every_way_out_is_the_general_program_of_statsmodels() -> None:
    given = spells(400)
    x = np.random.default_rng(2).integers(0, 2, (400, 1)).astype(float)
    found = competing_hazards(given, x, ("woman",))
    for number, way in enumerate(given.causes, start=1):
        one = found[way]
        rows = np.array([(i, m) for i in range(400) for m in range(1, int(given.exit[i]) + 1) if m in one.months])
        left = (given.exit[rows[:, 0]] == rows[:, 1]) & (given.cause[rows[:, 0]] == number)
        design = np.column_stack([rows[:, [1]] == one.months, x[rows[:, 0]]]).astype(float)
        family = sm.families.Binomial(sm.families.links.CLogLog())
        theirs = sm.GLM(left.astype(float), design, family=family).fit(tol=1e-13, maxiter=100)
        assert one.hazards.coefficients[0] == pytest.approx(theirs.params[-1], abs=1e-7)


def test_starting_now_is_the_weighted_line_of_statsmodels_month_by_month() -> None:
    """The score by statsmodels' logit; in each month a line weighted by the odds, brought to the starts by stratum."""
    data = waiting(400, effect=0.4)
    chance = sm.Logit(data.treated.astype(float), sm.add_constant(data.x)).fit(disp=0, tol=1e-12).predict()
    d, odds = data.treated, chance / (1 - chance)
    starts, below = np.bincount(data.strata, d), np.bincount(data.strata, np.where(d, 0, odds))
    weight = np.where(d, 1.0, odds * (starts / below)[data.strata])
    ours = not_yet_treated(data).path
    for column in range(len(data.months)):
        line = sm.WLS(data.paths[:, column], sm.add_constant(d.astype(float)), weights=weight).fit()
        assert ours.value[column] == pytest.approx(line.params[1], abs=1e-7)


def test_the_error_of_starting_now_is_that_of_leaving_out_one_person_at_a_time() -> None:
    """Efron & Stein's jackknife, the score estimated anew each time: nothing of our own formulas in it."""
    data = waiting(600, effect=0.4)
    ours = not_yet_treated(data).path
    values = []
    for out in range(600):
        keep = data.person != out
        some = type(data)(data.person[keep], data.treated[keep], data.strata[keep], data.x[keep], data.names,
                          data.paths[keep], data.months)  # fmt: skip
        values.append(not_yet_treated(some).path.value)
    gap = np.array(values) - np.mean(values, axis=0)
    assert ours.se == pytest.approx(np.sqrt((gap**2).sum(axis=0) * 599 / 600), rel=0.04)


def test_the_caseworker_is_the_instrument_of_linearmodels() -> None:
    """Two-stage least squares with our left-out preference as the instrument, cells as columns, caseworkers as
    clusters; and with one dummy for each caseworker, limited information maximum likelihood beside the many-judge
    estimate."""
    data = assigned(800, 1)
    ours = leniency(data)
    kept = np.isfinite(ours.preference)
    cells = pd.get_dummies(data.cell[kept]).to_numpy(float)
    exogenous = np.column_stack([cells, data.x[kept]])
    y, d, judge = data.y[kept], data.treated[kept].astype(float), data.judge[kept]
    theirs = IV2SLS(y, exogenous, d, ours.preference[kept]).fit(cov_type="clustered", clusters=judge)
    at = exogenous.shape[1]
    assert ours.estimate.value == pytest.approx(theirs.params.iloc[at], rel=1e-8)
    usual = float(theirs.std_errors.iloc[at])  # ours, from leaving out one caseworker at a time, is a little larger
    assert usual < ours.estimate.se < 1.1 * usual
    count, met = len(y), len(np.unique(judge))
    small = met / (met - 1) * (count - 1) / (count - at - 1)  # theirs has no such factor
    assert leniency(data, errors="clustered").estimate.se == pytest.approx(usual * np.sqrt(small), rel=1e-8)
    dummies = pd.get_dummies(judge).to_numpy(float)
    office = np.unique(judge // 10, return_index=True)[1]
    keep = np.setdiff1d(np.arange(dummies.shape[1]), np.searchsorted(np.unique(judge), judge[office]))
    liml = IVLIML(y, exogenous, d, dummies[:, keep]).fit(cov_type="clustered", clusters=judge)
    assert ours.ujive.value == pytest.approx(liml.params.iloc[at], abs=0.5 * float(liml.std_errors.iloc[at]))


def test_the_first_measure_is_statsmodels_augmented_weighting() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(500, 2))
    first = np.where(rng.random(500) < 0.2, "amo", np.where(rng.random(500) < 1 / (1 + np.exp(-x[:, 0])), "aft", "ips"))
    y = (first == "aft") * 0.5 + x[:, 0] + rng.normal(size=500)
    ours = first_measure(y, first, ("aft", "ips"), x, ("age", "pay"))
    either = first != "amo"
    d, line = (first[either] == "aft").astype(float), sm.add_constant(x[either])
    score = sm.Logit(d, line).fit(disp=0, tol=1e-12)
    theirs = TreatmentEffect(sm.OLS(y[either], line), d, results_select=score).aipw()
    assert ours.value == pytest.approx(theirs.effect[0], rel=1e-7)
    assert ours.se == pytest.approx(theirs.results_gmm.bse[0], rel=2e-3)  # n against n − 1


def test_plans_are_the_weighted_line_of_statsmodels() -> None:
    rng = np.random.default_rng(7)
    before = rng.normal(size=(600, 1))
    first = rng.random(600) < 1 / (1 + np.exp(-0.8 * before[:, 0]))
    between = (0.8 * first + rng.normal(size=600))[:, None]
    second = rng.random(600) < 1 / (1 + np.exp(-0.6 * between[:, 0]))
    y = before[:, 0] + between[:, 0] + first + second + rng.normal(size=600)

    def ratio(x: np.ndarray, taken: np.ndarray) -> np.ndarray:
        chance = sm.Logit(taken.astype(float), sm.add_constant(x)).fit(disp=0, tol=1e-12).predict()
        return np.where(taken, taken.mean() / chance, (1 - taken.mean()) / (1 - chance))

    weight = ratio(before, first)
    for rows in (first, ~first):
        weight[rows] *= ratio(np.column_stack([before, between])[rows], second[rows])
    plan = np.column_stack([first & ~second, second & ~first, first & second]).astype(float)
    theirs = sm.WLS(y, sm.add_constant(plan), weights=weight).fit(cov_type="HC1")
    ours = marginal_structural(TwoSteps(y, first, second, before, between))
    for at, name in enumerate(("first", "second", "both"), start=1):
        one = ours.effects[name]
        assert (one.value, one.se) == pytest.approx((theirs.params[at], theirs.bse[at]), rel=1e-4)
