"""Present values against annuity tables, and cost-effectiveness against the law of the normal plane."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats

from springbrett.evaluation.costs.effectiveness import Differences, acceptability, fieller, from_differences
from springbrett.evaluation.costs.present_value import discount_factors, public_rules


@pytest.mark.parametrize(("years", "factor"), [(1, 0.9615), (5, 4.4518), (10, 8.1109), (20, 13.5903), (40, 19.7928)])
def test_annuities_at_four_percent_as_in_the_tables(years: int, factor: float) -> None:
    factors = discount_factors(12 * years + 1, public_rules(date(2024, 1, 1)).discount)
    assert factors[12::12].sum() == pytest.approx(factor, abs=5e-5)


def test_fieller_is_where_the_normal_test_turns() -> None:
    found = Differences(1000.0, 2.0, np.array([[300.0**2, 60.0], [60.0, 0.5**2]]))
    for ratio in (fieller(found).lower, fieller(found).upper):
        error = np.sqrt(np.array([1, -ratio]) @ found.covariance @ np.array([1, -ratio]))
        assert abs(1000 - ratio * 2) / error == pytest.approx(stats.norm.ppf(0.975))


def test_acceptability_is_the_normal_chance_of_a_net_gain() -> None:
    found = Differences(1000.0, 2.0, np.array([[300.0**2, 60.0], [60.0, 0.5**2]]))
    at = np.array([100.0, 400.0, 500.0, 700.0, 2000.0])
    curve = acceptability(from_differences(found, draws=40_000), at)
    se = np.sqrt(at**2 * 0.25 - 2 * at * 60 + 300**2)
    assert curve.chance == pytest.approx(stats.norm.cdf((2 * at - 1000) / se), abs=0.01)
    assert curve.chance[2] == pytest.approx(0.5, abs=0.01)  # at the ratio itself, even odds
