"""Spells that once gave a wrong number without a word: odd kinds of arrays, nothing to tell from, groups of one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from springbrett.evaluation.effects.durations.discrete import discrete_hazards
from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import Hazards, cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import (
    cumulative_incidence,
    incidence_difference,
    months_gone_difference,
)
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.durations.timing import TimingOfEvents, effect_of_treatment, treatment_histories
from springbrett.evaluation.effects.records import CannotEstimate, Floats

changed: Any = replace  # what the types would not let through is put in too

COUNT = 120
CAUSES = ("job", "education")


def made(seed: int = 0) -> tuple[Spells, Floats]:
    """Whole months up to twelve, two ways out, and a trait that makes both sooner."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(COUNT, 1)) * 20)
    month = np.clip(np.ceil(rng.exponential(6, COUNT) * np.exp(-0.02 * x[:, 0])), 1, 12)
    return Spells(month, np.where(month == 12, 0, rng.choice([0, 1, 1, 2], COUNT)), CAUSES), x


SPELLS, X = made()
HIGH = X[:, 0] > 0
Model = Callable[..., Hazards]


def numbers_of(spells: Spells, group: np.ndarray) -> list[float]:
    both = (incidence_difference(spells, "job", group, time=5), months_gone_difference(spells, "job", group, horizon=9))
    return [*(part for found in both for part in (found.value, found.se)), gray_test(spells, "job", group).statistic,
            *cox(spells, "job", X, ("x",)).coefficients]  # fmt: skip


def test_another_kind_of_array_gives_the_same_answer() -> None:
    expected = numbers_of(SPELLS, HIGH)
    for exit_, cause in ((np.int8, np.uint8), (np.uint16, float), (object, object), (np.float32, bool)):
        if cause is not bool:
            other = changed(SPELLS, exit=SPELLS.exit.astype(exit_), cause=SPELLS.cause.astype(cause))
            np.testing.assert_allclose(numbers_of(other, HIGH.astype(int)), expected, rtol=1e-9)
    listed = changed(SPELLS, exit=SPELLS.exit.tolist(), cause=SPELLS.cause.tolist())
    np.testing.assert_allclose(numbers_of(listed, HIGH.astype(float)), expected, rtol=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [{"exit": SPELLS.exit.astype("timedelta64[D]")}, {"cause": np.where(SPELLS.cause == 2, 1.5, SPELLS.cause)},
     {"cause": np.where(SPELLS.cause == 2, np.nan, SPELLS.cause)}, {"cluster": np.where(HIGH, np.nan, 1.0)}],
    ids=["a length of time with a unit", "a broken cause", "a cause not known", "a person not known"],
)  # fmt: skip
def test_what_cannot_be_reckoned_with_is_refused(wrong: dict[str, np.ndarray]) -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        changed(SPELLS, **wrong)


def test_groups_are_yes_or_no_and_known() -> None:
    wrong: Any = np.arange(COUNT) % 3
    for work in (lambda: incidence_difference(SPELLS, "job", wrong, time=5),
                 lambda: incidence_difference(SPELLS, "job", HIGH[1:], time=5),
                 lambda: gray_test(SPELLS, "job", np.where(HIGH, np.nan, 1.0)),
                 lambda: cumulative_incidence(SPELLS, "job", at=np.array([]))):  # fmt: skip
        with pytest.raises(CannotEstimate, match="bad_input"):
            work()


def test_a_share_of_none_or_all_is_not_certain() -> None:
    """Nobody of n gone: up to 1 − .025^(1/n) may be; those censored before the time told nothing of it."""
    late = Spells(np.full(20, 9.0), np.r_[1, np.zeros(19, int)], CAUSES)
    found = cumulative_incidence(late, "job", at=np.array([5.0]))
    assert (found.share[0], found.lower[0]) == (0, 0)
    assert found.upper[0] == pytest.approx(1 - 0.025 ** (1 / 20))
    every = cumulative_incidence(changed(late, cause=np.ones(20, int)), "job", at=np.array([9.0]))
    assert (every.share[0], every.upper[0]) == (1, 1)
    assert every.lower[0] == pytest.approx(0.025 ** (1 / 20))
    early = changed(late, exit=np.r_[np.full(10, 9.0), np.full(10, 2.0)])
    assert cumulative_incidence(early, "job", at=np.array([5.0])).upper[0] == pytest.approx(1 - 0.025 ** (1 / 10))


def test_nobody_gone_in_both_groups_is_no_difference_without_error() -> None:
    still = changed(SPELLS, cause=np.zeros(COUNT, int))
    for work in (lambda: incidence_difference(still, "job", HIGH, time=5),
                 lambda: months_gone_difference(still, "job", HIGH, horizon=9)):  # fmt: skip
        with pytest.raises(CannotEstimate, match="no_variation"):
            work()


@pytest.mark.parametrize("model", [cox, fine_gray])
@pytest.mark.parametrize("robust", [False, True])
def test_everybody_gone_at_once_tells_nothing_of_who_goes_sooner(model: Model, robust: bool) -> None:
    """Efron's ties made a coefficient of 0 of it, with a standard error of 10⁻¹⁷ by residuals."""
    at_once = Spells(np.full(COUNT, 5.0), np.ones(COUNT, int), CAUSES)
    with pytest.raises(CannotEstimate, match="no_variation"):
        model(at_once, "job", X, ("x",), robust=robust)
    with pytest.raises(CannotEstimate, match="no_variation"):
        discrete_hazards(at_once, "job", X, ("x",))


@pytest.mark.parametrize("model", [cox, fine_gray])
def test_one_person_with_a_trait_has_no_error_by_residuals(model: Model) -> None:
    one = (np.arange(COUNT) == np.flatnonzero(SPELLS.cause == 1)[0])[:, None]
    failed = {check.code for check in model(SPELLS, "job", one, ("x",), robust=True).estimate("x").failed}
    assert "fewest_clusters" in failed
    assert not model(SPELLS, "job", HIGH[:, None], ("x",), robust=True).estimate("x").failed


@pytest.mark.parametrize("model", [cox, fine_gray])
def test_few_exits_fail_a_check(model: Model) -> None:
    few = changed(SPELLS, cause=np.where(np.cumsum(SPELLS.cause == 1) > 9, 0, SPELLS.cause))
    assert [check.code for check in model(few, "job", X, ("x",)).estimate("x").failed] == ["exits_per_covariate"]


def timed(spells: Spells, x: Floats) -> TimingOfEvents:
    rng = np.random.default_rng(9)
    begins = np.ceil(spells.exit * rng.random(COUNT))
    begins = np.where((begins < spells.exit) & (np.arange(COUNT) % 2 == 0), begins, np.nan)
    return effect_of_treatment(treatment_histories(spells, begins, x, ("x",)), most=2)


def test_a_covariate_far_from_zero_does_not_shrink_the_error_of_the_effect() -> None:
    expected, found = (timed(SPELLS, x).effects["job: treatment"] for x in (X, X + 1e6))
    assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-5)


def test_an_effect_without_bound_is_not_handed_out() -> None:
    with pytest.raises(CannotEstimate, match="not_converged"):
        timed(changed(SPELLS, exit=np.full(COUNT, 5.0)), X)


def test_what_is_not_a_choice_is_not_taken_for_another() -> None:
    """Unknown words once meant the last of the choices."""
    wrong: Any = "nonsense"
    histories = treatment_histories(SPELLS, np.where(np.arange(COUNT) % 3 == 0, 0.5, np.nan), X, ("x",))
    for work in (lambda: effect_of_treatment(histories, choose=wrong),
                 lambda: effect_of_treatment(histories, information=wrong),
                 lambda: discrete_hazards(SPELLS, "job", X, ("x",), information=wrong)):  # fmt: skip
        with pytest.raises(CannotEstimate, match=r"bad_input|not_supported"):
            work()


def test_monthly_hazards_of_few_persons_are_said() -> None:
    person = replace(SPELLS, cluster=np.arange(COUNT))
    one = (np.arange(COUNT) == np.flatnonzero(SPELLS.cause == 1)[0])[:, None]
    found = discrete_hazards(person, "job", one.astype(float), ("x",)).hazards
    assert "fewest_clusters" in {check.code for check in found.diagnostics}
