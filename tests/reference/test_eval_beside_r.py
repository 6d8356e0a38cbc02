"""Beside R in the same run: its packages survival and cmprsk, and what R itself brings. Without R these tests fail."""

import csv
import shutil
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import cumulative_incidence
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.score import logit_score
from springbrett.evaluation.effects.sensitivity import adjusted_p_values

HERE = Path(__file__).parent
FIFTEEN = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
           0.7590, 1.0)  # fmt: skip


@cache
def r() -> dict[str, list[float]]:
    """Every figure of `beside.R` by its name."""
    rscript = shutil.which("Rscript")
    assert rscript, "R is not installed; tools/need_services.sh says what to install"
    script = [rscript, "--vanilla", str(HERE / "beside.R"), str(HERE / "data")]
    said = subprocess.run(script, capture_output=True, text=True, check=True)
    found = defaultdict(list)
    for line in said.stdout.splitlines():
        name, value = line.split()
        found[name].append(float(value))
    return found


@cache
def plasma() -> tuple[Spells, np.ndarray]:
    with (HERE / "data" / "mgus2.csv").open() as lines:
        rows = np.array([[float(value) for value in row] for row in list(csv.reader(lines))[1:]])
    return Spells(rows[:, 0], rows[:, 1].astype(np.int64), ("pcm", "death")), rows[:, 2:4]


def test_proportional_hazards_are_those_of_rs_survival() -> None:
    spells, x = plasma()
    found = cox(spells, "death", x, ("male", "age"))
    errors = np.sqrt(np.diag(found.covariance))
    assert [*found.coefficients, *errors] == pytest.approx(r()["cox"], rel=1e-9)
    assert found.log_likelihood == pytest.approx(r()["cox_loglik"][0], rel=1e-12)
    robust = cox(spells, "death", x, ("male", "age"), robust=True)
    assert np.sqrt(np.diag(robust.covariance)) == pytest.approx(r()["cox_robust"], rel=1e-8)


def test_the_shares_gone_and_their_errors_are_those_of_rs_survival() -> None:
    spells, _x = plasma()
    found = cumulative_incidence(spells, "pcm", at=np.array([24.0, 60.0, 120.0, 240.0]))
    assert found.share == pytest.approx(r()["share"], rel=1e-12)
    assert found.se == pytest.approx(r()["share_error"], rel=1e-9)


def test_subdistribution_hazards_are_those_of_rs_survival() -> None:
    spells, x = plasma()
    assert fine_gray(spells, "pcm", x, ("male", "age")).coefficients == pytest.approx(r()["fine_gray"], rel=1e-7)


def test_grays_test_is_that_of_rs_cmprsk() -> None:
    spells, x = plasma()
    for place, cause in enumerate(spells.causes):
        found = gray_test(spells, cause, x[:, 0].astype(np.int64))
        assert (found.statistic, found.p_value) == pytest.approx((r()["gray"][place], r()["gray_p"][place]), rel=1e-9)


def test_the_chance_of_taking_part_is_rs_glm() -> None:
    spells, x = plasma()
    wide = np.column_stack([x[:, 1], spells.exit])
    chance = logit_score(wide, x[:, 0] == 1, ("age", "months")).chance
    beta = np.array(r()["logit"])
    assert chance == pytest.approx(1 / (1 + np.exp(-(beta[0] + wide @ beta[1:]))), rel=1e-7)


@pytest.mark.parametrize("how", ["holm", "fdr"])
def test_corrections_for_being_many_are_rs_p_adjust(how: str) -> None:
    assert adjusted_p_values(FIFTEEN, how) == pytest.approx(r()[how], rel=1e-14)  # type: ignore[arg-type]
