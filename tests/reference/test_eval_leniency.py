"""The caseworker as instrument against another program's saved figures."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from springbrett.evaluation.effects.leniency import Assigned, Errors, Leniency, leniency

JUDGES = Path(__file__).parent / "data" / "judges.csv"


def judges(errors: Errors) -> Leniency:
    """1 920 simulated cases, drawn by 48 judges within eight courts."""
    data = pd.read_csv(JUDGES)
    return leniency(Assigned(data.y.to_numpy(float), data.d.to_numpy() == 1, data.judge.to_numpy(),
                             data.court.to_numpy(), np.zeros((len(data), 0)), ()), errors=errors)  # fmt: skip


def test_the_effect_by_the_preference_and_by_every_judge() -> None:
    """R: sums over a judge's other cases less what courts say, fixest for two-stage least squares, hat matrices written
    out for the estimate with a dummy for each judge, errors clustered by judge as usual."""
    found = judges("clustered")
    np.testing.assert_allclose(found.preference[:2], [-0.0380553895198247, -0.0255296034763715], rtol=1e-10)
    assert found.preference.std(ddof=1) == pytest.approx(0.102463940451284, rel=1e-10)
    assert found.first_stage == pytest.approx(0.450674008195359, rel=1e-10)
    assert found.effective_f == pytest.approx((0.450674008195359 / 0.107155232648355) ** 2, rel=1e-9)
    assert found.estimate.value == pytest.approx(1.10794081863135, rel=1e-10)
    assert found.estimate.se == pytest.approx(0.495555436312117, rel=1e-10)
    assert found.ujive.value == pytest.approx(0.973706305259227, rel=1e-10)
    assert found.ujive.se == pytest.approx(0.391729414741974, rel=1e-10)


def test_errors_from_leaving_out_one_judge_at_a_time_are_larger() -> None:
    usual, ours = judges("clustered"), judges("leave_one_out")
    assert (ours.estimate.value, ours.ujive.value) == (usual.estimate.value, usual.ujive.value)
    assert 1 < ours.estimate.se / usual.estimate.se < 1.1
    assert 1 < ours.ujive.se / usual.ujive.se < 1.1
    assert ours.effective_f < usual.effective_f
