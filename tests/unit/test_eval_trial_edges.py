"""Trials and measures side by side that once gave a wrong number without a word."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from springbrett.evaluation.coverage.small_did import trial
from springbrett.evaluation.effects.did.clusters import Offices, office_by_office, pooled
from springbrett.evaluation.effects.did.permutation import Units, randomisation
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.sidebyside import Participants, SideBySide, side_by_side
from springbrett.evaluation.trials import Persons, office_values, trial_results, wild_trial

changed: Any = replace  # what the types would not let through is put in too

RNG = np.random.default_rng(3)
COUNT = 400
OFFICE, X, AFTER = RNG.integers(1, 13, COUNT), RNG.normal(size=(COUNT, 2)), RNG.random(COUNT) < 0.5
TRIAL = np.array([1, 2, 3, 4])
Y = np.round(10 * (X[:, 0] + RNG.normal(size=12)[OFFICE - 1] + np.isin(OFFICE, TRIAL) * AFTER + RNG.normal(size=COUNT)))
PERSONS = Persons(Y, OFFICE, TRIAL, X, ("a", "b"), AFTER)
MEASURE = RNG.integers(0, 3, COUNT)
SIDE = Participants(Y + 5 * MEASURE, MEASURE, ("amo", "avklaring", "oppfolging"), X, ("a", "b"))
OFFICES = trial(2, 12)
UNITS = Units(RNG.normal(size=12), np.arange(12) < 5)


def figures(data: Persons) -> list[float]:
    found, wild = trial_results(office_values(data)), wild_trial(data, draws=199)
    return [found.pooled.value, found.pooled.se, found.randomisation_p, wild.value, wild.se, wild.p_value or 0.0]


@pytest.mark.parametrize("by", [1e-13, 1e9])
def test_the_scale_of_a_covariate_is_nobodys_business_for_a_trial(by: float) -> None:
    """Shrunk to nothing, covariates were left out as if they never varied, and the effect was another one."""
    np.testing.assert_allclose(figures(changed(PERSONS, x=by * X)), figures(PERSONS), rtol=1e-6)


def test_nor_is_where_it_is_counted_from() -> None:
    np.testing.assert_allclose(figures(changed(PERSONS, x=X + 1e9)), figures(PERSONS), rtol=1e-4)
    expected, found = (side_by_side(changed(SIDE, x=x)).pairs[0] for x in (X, X + 1e9))
    assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-4)


def test_another_kind_of_array_gives_the_same_answer() -> None:
    other = changed(
        PERSONS, y=Y.astype(np.int8), office=OFFICE.astype(np.uint8), trial=[1, 2, 3, 4], after=AFTER.astype(int)
    )
    np.testing.assert_allclose(figures(other), figures(PERSONS), rtol=1e-9)
    whole = changed(OFFICES, trial=OFFICES.trial.astype(int), after=OFFICES.after.astype(float))
    assert pooled(whole, draws=199).robust.se == pytest.approx(pooled(OFFICES, draws=199).robust.se, rel=1e-12)
    with pytest.raises(CannotEstimate, match="bad_input"):
        changed(PERSONS, after=2 * AFTER)


def test_where_the_outcome_is_counted_from_makes_no_draw_a_tie() -> None:
    expected, found = randomisation(UNITS), randomisation(changed(UNITS, outcome=UNITS.outcome + 1e9))
    assert found.p_value == expected.p_value
    assert found.interval == pytest.approx(expected.interval, abs=1e-5)


@pytest.mark.parametrize(
    "work",
    [lambda: pooled(changed(OFFICES, y=0 * OFFICES.y + 1), draws=199),
     lambda: office_by_office(changed(OFFICES, y=0 * OFFICES.y + 1)),
     lambda: randomisation(changed(UNITS, outcome=0 * UNITS.outcome)),
     lambda: trial_results(office_values(changed(PERSONS, y=1.0 * OFFICE)))],
    ids=["pooled", "office by office", "randomisation", "persons"],
)  # fmt: skip
def test_where_nothing_differs_by_chance_there_is_no_error(work: Callable[[], object]) -> None:
    with pytest.raises(CannotEstimate, match="no_variation"):
        work()


def test_three_offices_rule_nothing_out() -> None:
    """Far out the p-value is the same for ever, and rounding decided where the interval ended: at a hundred million."""
    few = np.isin(OFFICES.office, [*np.unique(OFFICES.office[OFFICES.trial])[:1],
                                   *np.unique(OFFICES.office[~OFFICES.trial])[:2]])  # fmt: skip
    held = Offices(OFFICES.y[few], OFFICES.office[few], OFFICES.trial[few], OFFICES.after[few])
    found = pooled(held)
    assert found.headline.interval == (-np.inf, np.inf)


def failed(found: SideBySide) -> set[str]:
    return {check.code for check in found.failed}


def test_clusters_that_are_the_measures_are_said() -> None:
    """Three offices with a measure each: the error came out a fifteenth of what it is."""
    assert failed(side_by_side(changed(SIDE, cluster=MEASURE))) >= {"clusters", "fewest_clusters"}
    alone = np.where(MEASURE == 0, -1, np.arange(COUNT) % 40)
    assert failed(side_by_side(changed(SIDE, cluster=alone))) == {"fewest_clusters"}
    assert not failed(side_by_side(changed(SIDE, cluster=np.arange(COUNT) % 40)))
