"""A comparison could have started when the participant did: then lock-in is seen, and nothing before the start."""

import numpy as np
import pyarrow.compute as pc
import pytest

from springbrett.evaluation.cohort import Cohort, Population, with_comparison
from springbrett.evaluation.outcomes.definitions import load_outcomes, outcome_paths
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.simulate.norway import Simulated, simulate, true_effects

FIRST, LAST = 2018 * 12, 2020 * 12 + 11


@pytest.fixture(scope="module")
def world() -> Simulated:
    return simulate(persons=30_000, years=8, seed=3)


@pytest.fixture(scope="module")
def cohort(world: Simulated) -> Cohort:
    people = Population(("arbeidstrening",), FIRST, LAST)
    return with_comparison(world.registers, people, per_treated=2, seed=1, also_other_measures=False)


def test_everybody_was_registered_the_month_before_on_both_sides(cohort: Cohort) -> None:
    assert (cohort.registered > 0).all()


def test_nobody_was_in_another_measure_the_month_before(world: Simulated, cohort: Cohort) -> None:
    window = Window(2016 * 12, 2016 * 12 + 95, 1, 0)
    before = outcome_paths(load_outcomes()["in_measure"], world.registers, cohort.person, cohort.start, window)[:, 0]
    assert before.sum() == 0


def test_the_first_months_show_the_lock_in_that_is_true(world: Simulated, cohort: Cohort) -> None:
    # Asking who is registered in the month of start itself would choose a comparison that found no work in it.
    window = Window(2016 * 12, 2016 * 12 + 95, 0, 3)
    path = outcome_paths(load_outcomes()["in_work"], world.registers, cohort.person, cohort.start, window)
    gap = path[cohort.treated].mean(axis=0) - path[~cohort.treated].mean(axis=0)
    effects = true_effects(world)
    of_work = pc.and_(pc.equal(effects["purpose"], ""), pc.equal(effects["outcome"], "in_work"))
    chosen = effects.filter(pc.and_(pc.equal(effects["measure"], "arbeidstrening"), of_work))
    true = dict(zip(chosen["month"].to_pylist(), chosen["effect"].to_pylist(), strict=True))
    assert np.abs(gap[:2] - [true[0], true[1]]).max() < 0.02
    assert true[1] < -0.03
