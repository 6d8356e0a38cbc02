"""The caseworker as instrument against another program's saved figures."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from springbrett.evaluation.effects.leniency import Assigned, Leniency, leniency

JUDGES = Path(__file__).parent / "data" / "judges.csv"


def judges() -> Leniency:
    """1 920 simulated cases, drawn by 48 judges within eight courts."""
    data = pd.read_csv(JUDGES)
    return leniency(Assigned(data.y.to_numpy(float), data.d.to_numpy() == 1, data.judge.to_numpy(),
                             data.court.to_numpy(), np.zeros((len(data), 0)), ()))  # fmt: skip


def test_the_effect_by_the_preference_and_by_every_judge() -> None:
    """R: sums over a judge's other cases less what courts say, fixest for two-stage least squares, hat matrices written
    out for the estimate with a dummy for each judge.

    Our errors leave one judge out at a time and are a little larger than R's, 0.4956 and 0.3917.
    """
    found = judges()
    np.testing.assert_allclose(found.preference[:2], [-0.0380553895198247, -0.0255296034763715], rtol=1e-10)
    assert found.preference.std(ddof=1) == pytest.approx(0.102463940451284, rel=1e-10)
    assert found.first_stage == pytest.approx(0.450674008195359, rel=1e-10)
    assert found.estimate.value == pytest.approx(1.10794081863135, rel=1e-10)
    assert found.ujive.value == pytest.approx(0.973706305259227, rel=1e-10)
    assert 1 < found.estimate.se / 0.495555436312117 < 1.1
    assert 1 < found.ujive.se / 0.391729414741974 < 1.1
