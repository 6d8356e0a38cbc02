"""Doses, starts and plans that once gave a wrong number without a word."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from springbrett.evaluation.coverage.small_cross_section import comparison
from springbrett.evaluation.coverage.small_did import dosed
from springbrett.evaluation.coverage.small_when import assigned, plans, waiting
from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.dose import dose_effect
from springbrett.evaluation.effects.leniency import leniency
from springbrett.evaluation.effects.notyet import Waiting, not_yet_treated
from springbrett.evaluation.effects.records import CannotEstimate, Estimate
from springbrett.evaluation.effects.robust import double_machine_learning
from springbrett.evaluation.effects.sequence import first_measure, marginal_structural, transitions
from springbrett.evaluation.effects.weighting import entropy_weights
from springbrett.evaluation.providers.funnel import funnel
from springbrett.evaluation.trials import match_offices

changed: Any = replace  # what the types would not let through is put in too

BROKEN: Any = np.arange(60) % 2 + 0.5
WAITING, ASSIGNED, PLANS, DOSED = waiting(200, 3), assigned(400, 2, caseworkers=20), plans(3, 300), dosed(3, 30)


def now(**new: object) -> Estimate:
    return not_yet_treated(changed(WAITING, **new), band=Band(draws=10)).path.overall


def test_one_region_with_all_of_the_dose_is_not_thirty_clusters() -> None:
    """Clustered, its error came out a fourth of the usual one: one region's luck has no error of its own."""
    alone = dose_effect(changed(DOSED, dose=np.where(DOSED.region == 0, DOSED.dose, 0.0)))
    assert [check.code for check in alone.failed] == ["clusters"]
    assert alone.failed[0].value == pytest.approx(1.0, abs=0.1)
    assert not dose_effect(DOSED).failed


def test_one_start_against_many_is_said() -> None:
    for one in (np.arange(200) == 5, np.arange(200) != 5):
        assert "fewest_clusters" in {check.code for check in now(treated=one).failed}
    assert "fewest_clusters" not in {check.code for check in now().diagnostics}


def test_an_infinite_outcome_is_not_one_the_registers_do_not_reach() -> None:
    paths = WAITING.paths.copy()
    paths[3, 2] = np.inf
    with pytest.raises(CannotEstimate, match="bad_input"):
        now(paths=paths)


def test_another_kind_of_array_gives_the_same_answer() -> None:
    coarse = np.round(8 * WAITING.paths)
    expected, found = now(paths=coarse), now(paths=coarse.astype(np.int8), treated=WAITING.treated.astype(int))
    assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-9)
    groups = {name: inside.astype(np.int8) for name, inside in ASSIGNED.groups.items()}
    ours = changed(ASSIGNED, treated=ASSIGNED.treated.astype(int), judge=ASSIGNED.judge.astype(str), groups=groups)
    expected_, found_ = leniency(ASSIGNED, redraws=0), leniency(ours, redraws=0)
    assert found_.estimate.value == pytest.approx(expected_.estimate.value, rel=1e-9)
    assert found_.groups[0].first_stage == pytest.approx(expected_.groups[0].first_stage, rel=1e-9)
    steps = changed(PLANS, first=PLANS.first.astype(int), second=PLANS.second.astype(np.uint8))
    np.testing.assert_allclose(marginal_structural(steps).mean, marginal_structural(PLANS).mean, rtol=1e-12)


@pytest.mark.parametrize(
    "work",
    [lambda: changed(PLANS, first=2 * PLANS.first), lambda: changed(PLANS, before=PLANS.before[:, 0]),
     lambda: changed(ASSIGNED, judge=np.where(ASSIGNED.judge == 3, np.nan, ASSIGNED.judge)),
     lambda: changed(DOSED, region=np.where(DOSED.region == 0, np.nan, DOSED.region)),
     lambda: changed(DOSED, period=DOSED.period / 2), lambda: leniency(ASSIGNED, level=95),
     lambda: first_measure(np.zeros(3), np.array(["a", "b"]), ("a", "b"), np.zeros((3, 0)), ())],
)  # fmt: skip
def test_what_cannot_be_reckoned_with_is_refused(work: Callable[[], object]) -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        work()


def test_starts_that_share_one_single_comparison_are_said() -> None:
    """Five to one: the comparison is its own mean, and the error comes out at six tenths of what chance does."""
    strata, start = np.repeat(np.arange(40), 6), np.tile(np.arange(6) < 5, 40)
    paths = np.random.default_rng(0).normal(size=(240, 2))
    held = Waiting(np.arange(240), start, strata, np.zeros((240, 0)), (), paths, np.arange(2))
    found = not_yet_treated(held, band=Band(draws=10)).path.overall
    assert {check.code: check.value for check in found.failed}["beside_one"] == 1
    assert "beside_one" not in {check.code for check in now().failed}


@pytest.mark.parametrize(
    "work",
    [lambda: transitions(np.array([1, 1]), np.array([1, 2]), np.array(["amo", None], object)),
     lambda: transitions(np.array([1.0, np.nan]), np.array([1, 2]), np.array(["amo", "amo"])),
     lambda: transitions(np.array([1, 1]), np.array(["2020-01", "NaT"], "datetime64[M]"), np.array(["amo", "amo"])),
     lambda: double_machine_learning(comparison(1, 60), learner="linear", folds=BROKEN),
     lambda: entropy_weights(np.zeros((3, 1)), np.zeros(1), np.array([1.0, -1, 1])),
     lambda: funnel(BROKEN, 0.5), lambda: match_offices(np.arange(4), np.eye(4), np.array([0]), per_trial=0)],
)  # fmt: skip
def test_what_is_missing_or_broken_is_not_taken_for_something(work: Callable[[], object]) -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        work()
