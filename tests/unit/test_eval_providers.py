"""Providers, at the edges: one, few, one stay, all succeed, nobody does, and what is asked wrongly."""

from __future__ import annotations

import numpy as np
import pytest

from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.providers.binomial import beta_binomial, exact_interval, mix_p
from springbrett.evaluation.providers.casemix import Stays, case_mix
from springbrett.evaluation.providers.funnel import exact_limits, funnel, overdispersion
from springbrett.evaluation.providers.hierarchy import hierarchy
from springbrett.evaluation.providers.spread import between_variance, normal_shrinkage
from springbrett.evaluation.providers.target import Standing, Target, provider_results, standing_of


def stays(*wins_of: tuple[int, int]) -> Stays:
    """Providers 0, 1, … with so many successes of so many stays, and no covariates."""
    success = np.concatenate([np.arange(n) < k for k, n in wins_of])
    provider = np.repeat(np.arange(len(wins_of)), [n for _k, n in wins_of])
    return Stays(success, provider, np.zeros((len(success), 0)))


def code_of(caught: pytest.ExceptionInfo[CannotEstimate]) -> str:
    return caught.value.code


def test_a_single_provider_is_seen_against_the_target_but_not_shrunk_or_placed() -> None:
    found = provider_results(stays((20, 60)), Target(0.5))
    row = found.rows[0]
    assert row.observed.value == pytest.approx(1 / 3)
    assert row.observed.lower < row.observed.value < row.observed.upper
    assert row.p_under == pytest.approx(0.0067, abs=5e-4)
    assert (row.own, row.standard, row.rank, row.standing) == (None, None, None, Standing.UNCERTAIN)
    assert not found.shrunk
    assert found.spread is None
    assert found.overdispersion is None


def test_shrinkage_refuses_two_providers_by_every_road() -> None:
    two = stays((5, 10), (6, 10))
    with pytest.raises(CannotEstimate) as caught:
        hierarchy(case_mix(two), two.success, target=0.5)
    assert code_of(caught) == "too_few_clusters"
    with pytest.raises(CannotEstimate) as caught:
        beta_binomial(np.array([5, 6]), np.array([10, 10]))
    assert code_of(caught) == "too_few_clusters"
    with pytest.raises(CannotEstimate) as caught:
        normal_shrinkage(np.array([0.1, 0.2, 0.3]), np.full(3, 0.1))
    assert code_of(caught) == "too_few_clusters"


def test_a_provider_with_one_stay_that_succeeded_is_drawn_almost_wholly_to_the_others() -> None:
    found = provider_results(stays((1, 1), (45, 100), (40, 100), (43, 100), (41, 100)), Target(0.5))
    alone = found.rows[0]
    assert alone.observed.value == 1.0
    assert alone.own is not None
    assert 0.40 < alone.own.value < 0.50
    assert alone.small
    assert alone.rank is not None
    assert alone.rank.upper - alone.rank.lower >= 3


def test_a_provider_where_everyone_succeeded_gets_a_share_below_one() -> None:
    found = provider_results(stays((8, 8), (45, 100), (40, 100), (60, 100)), Target(0.5))
    best = found.rows[0]
    assert best.own is not None
    assert found.overall < best.own.value < 1.0
    assert best.observed.upper == 1.0


@pytest.mark.parametrize("wins", [0, 10])
def test_when_all_or_none_succeeded_there_is_nothing_to_tell_providers_apart_by(wins: int) -> None:
    with pytest.raises(CannotEstimate) as caught:
        provider_results(stays((wins, 10), (wins, 10), (wins, 10)), Target(0.5))
    assert code_of(caught) == "no_variation"


def test_providers_that_differ_only_by_chance_are_drawn_together() -> None:
    found = provider_results(stays(*[(40, 100)] * 20), Target(0.5))
    assert found.spread is not None
    assert found.spread.value < 0.15
    own = np.array([row.own.value for row in found.rows if row.own])
    assert own == pytest.approx(0.4, abs=0.005)
    assert {row.standing for row in found.rows} == {Standing.UNDER}
    assert {row.outside for row in found.rows} == {""}


def test_the_same_share_says_more_of_a_large_provider_than_of_a_small_one() -> None:
    middle = [(46, 100), (52, 100), (57, 100), (43, 100), (50, 100)]
    found = provider_results(stays((3, 8), (150, 400), *middle), Target(0.5))
    few, many = found.rows[0], found.rows[1]
    assert few.observed.value == many.observed.value
    assert few.under_own is not None
    assert many.under_own is not None
    assert many.under_own > 0.999
    assert few.under_own < 0.9
    assert (few.standing, many.standing) == (Standing.UNCERTAIN, Standing.UNDER)
    assert (few.outside, many.outside) == ("", "below")


def test_the_mix_explains_what_it_explains() -> None:
    """Two providers as good as each other, one sent only those far from work."""
    rng = np.random.default_rng(5)
    far = np.concatenate([np.ones(2000), np.zeros(2000), rng.random(2000) < 0.5])
    provider = np.repeat([0, 1, 2], 2000)
    success = rng.random(6000) < np.where(far > 0, 0.3, 0.6)
    found = provider_results(Stays(success, provider, far[:, None], ("far",)), Target(0.5))
    hard, easy = found.rows[0], found.rows[1]
    assert hard.observed.value < 0.35
    assert easy.observed.value > 0.55
    assert hard.adjusted == pytest.approx(easy.adjusted, abs=0.04)
    assert hard.p_mix > 0.01
    assert next(c for c in found.diagnostics if c.code == "case_mix_sorting").passed is False


def test_standing_turns_exactly_at_the_certainty() -> None:
    assert standing_of(0.9, 0.9) is Standing.UNDER
    assert standing_of(0.899, 0.9) is Standing.UNCERTAIN
    assert standing_of(0.09, 0.9) is Standing.OVER
    assert standing_of(0.11, 0.9) is Standing.UNCERTAIN


@pytest.mark.parametrize(("won", "of", "small"), [(4, 40, True), (5, 40, False), (0, 40, False), (36, 40, True),
                                                  (35, 40, False), (4, 4, True), (0, 5, False)])  # fmt: skip
def test_counts_too_small_to_show_are_marked(won: int, of: int, small: bool) -> None:
    found = provider_results(stays((won, of), (20, 50), (30, 50)), Target(0.5, least=5))
    assert found.rows[0].small is small


def test_expected_wrong_flags_are_the_chances_that_the_flagged_are_over_after_all() -> None:
    found = provider_results(stays((20, 60), (25, 60), (30, 60), (35, 60), (40, 60)), Target(0.5, certainty=0.8))
    flagged = [row.under_own for row in found.rows if row.standing is Standing.UNDER]
    assert found.under == len(flagged) > 0
    assert found.wrong == pytest.approx(sum(1 - chance for chance in flagged if chance is not None))
    assert found.wrong <= 0.2 * found.under


def test_stays_without_provider_or_with_unknown_outcome_are_refused() -> None:
    none = np.zeros((3, 0))
    for success, provider in (
        (np.array([True, False, True]), np.array([0, -1, 1])),
        (np.array([1.0, 0.0, np.nan]), np.array([0, 1, 1])),
        (np.array([True, False]), np.array([0, 1, 1])),
    ):
        with pytest.raises(CannotEstimate) as caught:
            Stays(success, provider, none)
        assert code_of(caught) == "bad_input"
    with pytest.raises(CannotEstimate) as caught:
        Stays(np.zeros(0, bool), np.zeros(0, np.int64), np.zeros((0, 0)))
    assert code_of(caught) == "empty_group"


def test_a_covariate_that_foretells_every_outcome_is_refused() -> None:
    success = np.tile([True, False], 20)
    with pytest.raises(CannotEstimate) as caught:
        case_mix(Stays(success, np.arange(40) % 4, success[:, None].astype(float), ("outcome_itself",)))
    assert code_of(caught) == "no_overlap"


def test_discrimination_is_the_share_of_pairs_told_apart_with_ties_half() -> None:
    success = np.array([True, True, False, False, True, False])
    x = np.array([2.0, 1.0, 1.0, 0.0, 2.0, 2.0])
    mix = case_mix(Stays(success, np.zeros(6, np.int64), x[:, None], ("x",)))
    pairs = [(a > b) + (a == b) / 2 for a in mix.chance[success] for b in mix.chance[~success]]
    assert mix.discrimination == pytest.approx(np.mean(pairs))


def test_a_funnel_needs_a_centre_within_and_somebody() -> None:
    for stays_of, centre in ((np.array([10]), 0.0), (np.array([10]), 1.0), (np.array([0]), 0.5), (np.array([]), 0.5)):
        with pytest.raises(CannotEstimate):
            exact_limits(stays_of, centre, 0.95)
    with pytest.raises(CannotEstimate):
        funnel(np.array([10]), 0.5, adjustment="additive")
    with pytest.raises(CannotEstimate):
        overdispersion(np.array([3]), np.array([10]), 0.5)
    with pytest.raises(CannotEstimate):
        exact_interval(np.array([0]), np.array([0]))


def test_overdispersion_widens_the_funnel_both_ways_and_is_none_without_it() -> None:
    stays_of = np.full(40, 100)
    rng = np.random.default_rng(2)
    calm = overdispersion(rng.binomial(100, 0.4, 40), stays_of, 0.4)
    wild = overdispersion(rng.binomial(100, rng.beta(8, 12, 40)), stays_of, 0.4)
    assert calm.p_value > 0.01 > wild.p_value
    assert calm.between < 0.003 < wild.between
    assert wild.factor > 2
    plain = funnel(stays_of, 0.4)
    for adjustment in ("multiplicative", "additive"):
        wide = funnel(stays_of, 0.4, adjustment=adjustment, found=wild)  # type: ignore[arg-type]
        assert (wide.upper > plain.upper).all()
        assert (wide.lower < plain.lower).all()


def test_a_target_that_cannot_be_is_refused() -> None:
    for wrong in ({"share": 0.0}, {"share": 1.0}, {"share": 0.5, "certainty": 0.5}, {"share": 0.5, "least": 0}):
        with pytest.raises(CannotEstimate):
            Target(**wrong)  # type: ignore[arg-type]


def test_between_variance_refuses_one_unit_and_values_without_variance() -> None:
    with pytest.raises(CannotEstimate) as caught:
        between_variance(np.array([0.1]), np.array([0.01]))
    assert code_of(caught) == "too_few_clusters"
    with pytest.raises(CannotEstimate):
        between_variance(np.array([0.1, 0.2]), np.array([0.01, 0.0]))


def test_mid_p_of_unequal_chances_is_one_in_the_middle_and_small_at_the_end() -> None:
    chance = np.array([0.1, 0.5, 0.9, 0.5])
    assert mix_p(2, chance) == pytest.approx(1.0)
    assert mix_p(0, chance) == pytest.approx(0.9 * 0.5 * 0.1 * 0.5)
