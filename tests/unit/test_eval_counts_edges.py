"""Counts, ratios, judgements and corrections that once gave a wrong number without a word."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from springbrett.evaluation.costs.effectiveness import Differences, cost_effectiveness, fieller
from springbrett.evaluation.costs.present_value import DiscountStep, discount_factors
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.lockin import phases_of
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.effects.sensitivity import adjusted_p_values, e_value, rosenbaum_gamma
from springbrett.evaluation.providers.binomial import beta_binomial, exact_interval, mix_p, under_target_p
from springbrett.evaluation.providers.casemix import Stays, case_mix
from springbrett.evaluation.providers.funnel import overdispersion
from springbrett.evaluation.providers.spread import Method, between_variance, normal_shrinkage
from springbrett.evaluation.vignettes.agreement import fleiss_kappa, krippendorff_alpha
from springbrett.evaluation.vignettes.ordinal import Judgements, OrdinalFit, fit_ordinal
from springbrett.evaluation.vignettes.shares import numbers, wilson

changed: Any = replace  # what the types would not let through is put in too

RNG = np.random.default_rng(0)
JUDGED = np.where(RNG.random((8, 10)) < 0.2, -1, RNG.integers(0, 3, (8, 10)))
WRONG: Any = "nomnal"
TREATED = np.arange(60) % 2 == 0
COST, GAIN = RNG.normal(10_000, 3_000, 60), RNG.normal(0, 1, 60) + TREATED


def counts(*given: int) -> np.ndarray:
    return np.array(given)


@pytest.mark.parametrize(
    "work",
    [lambda: exact_interval(counts(5), counts(3)), lambda: exact_interval(counts(-1), counts(3)),
     lambda: exact_interval(np.array([1.5]), counts(3)), lambda: exact_interval(counts(1), counts(3), 95),
     lambda: under_target_p(counts(5), counts(3), 0.5), lambda: under_target_p(counts(1), counts(3), 50),
     lambda: beta_binomial(counts(5, 1, 2), counts(3, 3, 3)), lambda: overdispersion(counts(5, 1), counts(3, 3), 0.5),
     lambda: mix_p(9, np.full(4, 0.5)), lambda: mix_p(2, np.full(4, np.nan)),
     lambda: normal_shrinkage(np.arange(4.0), np.array([-1.0, 1, 1, 1])),
     lambda: case_mix(Stays(np.ones(2, bool), np.array([np.nan, 1]), np.zeros((2, 0))))],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(work: Callable[[], object]) -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        work()


@pytest.mark.parametrize("method", ["reml", "ml", "paule_mandel", "moments"])
def test_the_variance_between_units_follows_the_unit_of_the_values(method: Method) -> None:
    """On shares of a hundred-millionth, one method stopped where it began."""
    value, variance = np.array([1.0, 2, 3, 9]), np.array([1.0, 2, 1, 0.5])
    expected = between_variance(value, variance, method).variance
    for by in (1e-8, 1e8):
        found = between_variance(value * by, variance * by**2, method).variance
        assert found / by**2 == pytest.approx(expected, rel=1e-7)


def test_what_is_known_without_error_has_a_price_without_error() -> None:
    sure = fieller(Differences(100.0, 2.0, np.zeros((2, 2))))
    assert (sure.shape, sure.lower, sure.upper) == ("interval", 50, 50)
    free = fieller(Differences(0.0, 2.0, np.array([[0, 0], [0, 0.01]])))
    assert (free.shape, free.lower, free.upper) == ("interval", 0, 0)


@pytest.mark.parametrize(
    ("code", "work"),
    [("bad_input", lambda: Differences(100.0, np.nan, np.eye(2))),
     ("bad_input", lambda: discount_factors(13, (DiscountStep(from_year=0, rate=4),))),
     ("empty_group", lambda: Resampling(np.arange(60) == 3)),
     ("empty_group", lambda: Resampling(TREATED, weight=np.where(TREATED, 1.0, np.arange(60) == 1))),
     ("bad_input", lambda: Resampling(TREATED * 2)),
     ("bad_input", lambda: rosenbaum_gamma(np.r_[np.nan, np.arange(1.0, 20)])),
     ("bad_input", lambda: e_value(float("nan"))), ("bad_input", lambda: e_value(float("inf"))),
     ("not_supported", lambda: adjusted_p_values([0.01, 0.02], WRONG)),
     ("bad_input", lambda: phases_of(np.array([1.0, np.nan]), np.eye(2), (5, 5))),
     ("not_supported", lambda: krippendorff_alpha(JUDGED, WRONG)),
     ("bad_input", lambda: krippendorff_alpha(JUDGED, "ordinal", values=np.array([3.0, 1, 2]))),
     ("bad_input", lambda: fleiss_kappa(JUDGED.astype(np.uint8))),
     ("bad_input", lambda: fleiss_kappa(JUDGED, level=95)),
     ("bad_input", lambda: wilson(1, 3, 95)), ("bad_input", lambda: numbers({"a": ["1"], "b": ["nan"]}))],
)  # fmt: skip
def test_what_cannot_be_reckoned_with_is_refused(code: str, work: Callable[[], object]) -> None:
    with pytest.raises(CannotEstimate, match=code):
        work()


def test_yes_and_no_as_one_and_zero_draw_the_same_persons() -> None:
    expected, found = (cost_effectiveness(COST, GAIN, Resampling(given, draws=100)) for given in (TREATED, 1 * TREATED))
    assert (found.cost, found.effect) == (expected.cost, expected.effect)


def test_small_numbers_behind_the_answers_still_disagree() -> None:
    small = krippendorff_alpha(JUDGED, "interval", values=np.array([0, 1e-9, 2e-9]), draws=0)
    assert small.value == pytest.approx(krippendorff_alpha(JUDGED, "interval", draws=0).value)


def judgements() -> Judgements:
    rng = np.random.default_rng(1)
    adviser, x = np.repeat(np.arange(16), 8), rng.normal(size=(128, 2))
    above = x[:, 0] + 0.7 * rng.normal(size=16)[adviser] + rng.logistic(size=128)
    return Judgements(np.digitize(above, [-1, 1]), x, ("a", "b"), adviser)


def told(found: OrdinalFit) -> np.ndarray:
    return np.concatenate([found.beta / found.se, [found.sigma, found.sigma_se, found.log_likelihood]])


def test_the_scale_of_an_attribute_is_nobodys_business() -> None:
    """Counted from far away, or in large units, an attribute was said to separate the answers."""
    held = judgements()
    expected = fit_ordinal(held)
    for by, shift in ((1.0, 1e3), (1e4, 0.0), (1e-4, 0.0), (1.0, 1e6)):
        found = fit_ordinal(changed(held, x=by * held.x + shift))
        np.testing.assert_allclose(told(found), told(expected), rtol=1e-4)
        np.testing.assert_allclose(found.beta * by, expected.beta, rtol=1e-5)
        moved = found.thresholds - shift * found.beta.sum()
        np.testing.assert_allclose(moved, expected.thresholds, atol=1e-4 * max(1, abs(shift) / 1e3))


def test_answers_are_numbered_from_zero() -> None:
    held = judgements()
    for wrong in ({"answer": held.answer - 1}, {"adviser": held.adviser - 1}, {"answer": held.answer + 0.5}):
        with pytest.raises(CannotEstimate, match="bad_input"):
            fit_ordinal(changed(held, **wrong))
