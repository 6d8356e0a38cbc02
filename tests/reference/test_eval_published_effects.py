"""Other published results of one treatment: smoking and weight, an unseen confounder, many findings at once."""

import numpy as np
import pandas as pd
import pytest
from causaldata import nhefs_complete

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.records import Estimand
from springbrett.evaluation.effects.sensitivity import adjusted_p_values, e_value
from springbrett.evaluation.effects.sequence import TwoSteps, marginal_structural
from springbrett.evaluation.effects.weighting import inverse_probability

BENJAMINI_HOCHBERG = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                      0.6528, 0.7590, 1.0]  # fmt: skip


@pytest.fixture(scope="module")
def smokers() -> Comparison:
    """1 566 smokers, of whom 403 stopped; kilograms gained (Hernán & Robins, What If, chapter 12)."""
    table = nhefs_complete.load_pandas().data
    plain = table[["sex", "race"]].astype(float)
    curved = table[["age", "smokeintensity", "smokeyrs", "wt71"]].astype(float)
    kinds = pd.get_dummies(table[["education", "exercise", "active"]].astype(int).astype(str), drop_first=True)
    x = np.column_stack([plain, curved, curved**2, kinds.astype(float)])
    names = (*plain, *curved, *(f"{name}2" for name in curved), *kinds)
    return Comparison(table.wt82_71.to_numpy(float), table.qsmk.astype(float).to_numpy() > 0, x, names)


def test_stopping_smoking_and_weight_by_weighting(smokers: Comparison) -> None:
    """Published 3.4 (2.4 to 4.5) with errors that take the score as known; ours count it in, and are narrower."""
    found = inverse_probability(smokers, estimand=Estimand.ATE)
    assert (smokers.n_treated, smokers.n_comparison) == (403, 1163)
    assert (round(found.value, 1), *(round(end, 1) for end in found.interval)) == (3.4, 2.5, 4.4)
    assert found.value == pytest.approx(3.44, abs=0.005)


def test_what_something_unseen_would_need_to_be() -> None:
    """VanderWeele & Ding (2017): breast-feeding and deaths, risk ratio 3.9 (1.8 to 8.7)."""
    assert round(e_value(3.9), 2) == 7.26
    assert round(e_value(1.8), 1) == 3.0


def test_fifteen_findings_at_once() -> None:
    """Benjamini & Hochberg (1995): four survive by the share of false ones, three by any false one."""
    assert (adjusted_p_values(BENJAMINI_HOCHBERG, "fdr") <= 0.05).sum() == 4
    assert (adjusted_p_values(BENJAMINI_HOCHBERG, "holm") <= 0.05).sum() == 3


TWO_STEPS = np.array([
    [2400, 0, 0, 0, 84], [1600, 0, 0, 1, 84], [2400, 0, 1, 0, 52], [9600, 0, 1, 1, 52],
    [4800, 1, 0, 0, 76], [3200, 1, 0, 1, 76], [1600, 1, 1, 0, 44], [6400, 1, 1, 1, 44],
])  # fmt: skip
"""Hernán & Robins, table 20.1: persons, first treatment, what it brought, second treatment, mean outcome."""


def test_two_steps_where_the_first_brings_what_decides_the_second() -> None:
    """By construction neither step does anything: 60 under every plan. Holding what it brought equal would say −8."""
    _n, first, between, second, y = np.repeat(TWO_STEPS, TWO_STEPS[:, 0] // 100, axis=0).T.astype(float)
    data = TwoSteps(y, first == 1, second == 1, np.zeros((len(y), 0)), between[:, None])
    found = marginal_structural(data)
    assert found.mean == pytest.approx([60, 60, 60, 60], abs=1e-6)
    assert found.effects["both"].value == pytest.approx(0, abs=1e-6)
    same = between == 1
    assert y[same & (first == 1)].mean() - y[same & (first == 0)].mean() == -8


CD4 = np.array([
    [209271, 0, 0, 0, 87.288], [93779, 0, 0, 1, 112.107], [60657, 0, 1, 0, 119.654], [136293, 0, 1, 1, 144.842],
    [134781, 1, 0, 0, 105.282], [60789, 1, 0, 1, 130.184], [93903, 1, 1, 0, 137.720], [210527, 1, 1, 1, 162.832],
])  # fmt: skip
"""Naimi, Cole & Kennedy (2017), table 1: persons, first treatment, viral load after it, second treatment, mean CD4."""


def test_two_steps_that_both_help() -> None:
    """Both steps against neither: 50 by how the data were made; 50.025 printed from a line without the steps' product,
    where each plan here has its own mean. Holding the viral load equal would say 43 at the most."""
    _n, first, load, second, y = np.repeat(CD4, CD4[:, 0].astype(int), axis=0).T
    found = marginal_structural(TwoSteps(y, first == 1, second == 1, np.zeros((len(y), 0)), load[:, None]))
    assert found.effects["both"].value == pytest.approx(50.025, abs=1.5e-4)
    assert found.mean == pytest.approx([100, 125, 125, 150], abs=0.1)
    assert max(CD4[5, 4] - CD4[0, 4], CD4[7, 4] - CD4[2, 4]) < 43.2
