"""Effects over time against other programs in the same run: diff-diff and pyfixest."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from springbrett.evaluation.effects.did.covariates import group_time_with
from springbrett.evaluation.effects.did.group_time import GroupTimes, group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections, pooled_projection
from springbrett.evaluation.effects.did.stacked import COMMON_PERIODS, stacked
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.twoway import two_way_effect, two_way_path
from tests.builders.panels import frame, panel

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import diff_diff
    import pyfixest

pytestmark = pytest.mark.filterwarnings("ignore")
NAMES = {"outcome": "y", "unit": "u", "time": "t", "first_treat": "g"}
WHOLE, GAPS = frame(3), frame(4, kept=0.85)


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


def test_stacked_effects_against_diff_diff() -> None:
    theirs = diff_diff.StackedDiD(kappa_pre=2, kappa_post=1, weighting="aggregate").fit(WHOLE, aggregate="event_study",
                                                                                        **NAMES)  # fmt: skip
    ours = stacked(panel(WHOLE), first=-2, last=1, weighting=COMMON_PERIODS)
    own = stacked(panel(WHOLE), first=-2, last=1)
    np.testing.assert_allclose(own.value, ours.value, atol=1e-12)
    for label, value, se in zip(ours.months.tolist(), ours.value, ours.se, strict=True):
        held = theirs.event_study_effects[label]
        assert (value, se) == (pytest.approx(held["effect"], abs=1e-8), pytest.approx(held["se"], rel=1e-8))
    assert ours.overall.se == pytest.approx(theirs.overall_se, rel=1e-8)
