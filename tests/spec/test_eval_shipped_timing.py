"""The shipped study of when AFT began: both intervals hold the truth, and an answer that is not steady is withheld."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from springbrett.evaluation.effects.durations.timing import BEGINS, PointsStep
from springbrett.evaluation.effects.records import Estimand, Estimate
from springbrett.evaluation.report.page import page
from springbrett.evaluation.report.reading import read_run
from springbrett.evaluation.study.check import SHIPPED
from springbrett.evaluation.study.designs.timing import _steady
from springbrett.evaluation.study.run import Finished, run
from springbrett.evaluation.study.tables import read_tables

ESTIMATE = Estimate(
    estimand=Estimand.HAZARD_RATIO, method="timing_of_events", value=0.0, se=1.0, interval=(-1.96, 1.96),
    n_treated=1255, n_comparison=19239, assumptions=(),
)  # fmt: skip
NAME = f"in_work: {BEGINS}"


def timed(folder: Path) -> Finished:
    """The study, without its report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
        return run(SHIPPED / "aft_timing.toml", folder / "run")


def rows(done: Finished, table: str, **where: object) -> list[dict[str, Any]]:
    held = read_tables(done.folder / "results")[table].to_pylist()
    return [row for row in held if all(row[key] == value for key, value in where.items())]


def test_the_first_half_year_and_the_time_after_hold_the_truth(tmp_path: Path) -> None:
    done = timed(tmp_path)
    assert done.facts["gate"]["open"], done.facts["gate"]
    first, later = rows(done, "rates", headline=True)
    assert first["truth"] < 0.8 and later["truth"] > 1, "lock-in, and then a gain"
    for row in (first, later):
        assert row["lower"] < row["truth"] < row["upper"]
    html = page(read_run(done.folder, "nb"))
    assert "De første 6 månedene etter at tiltaket begynte går folk saktere ut til «i arbeid»" in html
    assert "Den rosa streken er fasiten" in html
    assert "følges til det begynner" in html, "what happens to those who begin another measure"


@pytest.mark.parametrize(("nearly", "steady"), [(14.0, False), (40.0, True)])
def test_an_answer_that_hangs_on_the_number_of_hidden_groups_does_not_hold(nearly: float, steady: bool) -> None:
    """Two groups answer 1.09 and three 0.81, far outside the interval: withheld if three describe nearly as well."""
    effect = replace(ESTIMATE, value=0.086, se=0.099)
    path = (PointsStep(2, -1.0, 100.0, {NAME: 0.086}), PointsStep(3, -1.0, 100.0 + nearly, {NAME: -0.207}))
    check = _steady(SimpleNamespace(effects={NAME: effect}, path=path), "in_work")  # type: ignore[arg-type]
    assert check.passed is steady
    assert check.value == pytest.approx(0.0 if steady else 0.293 / 0.099)
