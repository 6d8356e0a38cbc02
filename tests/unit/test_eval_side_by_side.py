"""Measures side by side and trial offices, at the edges: nobody alike, nobody there, one office, too few to tell."""

from __future__ import annotations

import numpy as np
import pytest

from springbrett.evaluation.effects.records import CannotEstimate, Estimand
from springbrett.evaluation.sidebyside import Participants, common_support, side_by_side
from springbrett.evaluation.trials import (
    Matched,
    Offices,
    Persons,
    match_offices,
    office_values,
    trial_results,
    wild_trial,
)

CODES = ("a", "b", "c")


def participants(count: int = 900, *, seed: int = 1) -> Participants:
    """Three measures; the second gets those near work, and does nothing of its own; the third adds 0.2."""
    rng = np.random.default_rng(seed)
    near = (rng.random(count) < 0.5).astype(float)
    age = rng.standard_normal(count)
    measure = np.where(rng.random(count) < 0.3 + 0.4 * near, 1, np.where(rng.random(count) < 0.5, 0, 2))
    y = (rng.random(count) < 0.2 + 0.4 * near + 0.2 * (measure == 2)).astype(float)
    return Participants(y, measure, CODES, np.column_stack([near, age]), ("near", "age"))


def test_the_mix_makes_a_measure_look_better_and_standardising_takes_it_away() -> None:
    found = side_by_side(participants(6000))
    pair = found.pairs[0]
    assert (pair.first, pair.second) == ("a", "b")
    assert pair.raw < -0.1
    assert abs(pair.value) < 3 * pair.se < 0.1
    assert found.pairs[1].value == pytest.approx(-0.2, abs=0.06)
    assert found.equal_p < 1e-6
    assert not found.failed


def test_bands_for_all_pairs_are_wider_than_for_one() -> None:
    for pair in side_by_side(participants()).pairs:
        assert pair.band[0] < pair.interval[0] < pair.value < pair.interval[1] < pair.band[1]
        assert pair.p_many >= pair.p_value


def test_those_whom_a_measure_never_takes_are_left_out_by_name() -> None:
    data = participants()
    only_near = data.chosen((data.measure != 2) | (data.x[:, 0] == 1))
    kept, left_out = common_support(only_near)
    assert [(row.covariate, row.value, row.measure) for row in left_out] == [("near", 0.0, "c")]
    assert left_out[0].stays == int((only_near.x[:, 0] == 0).sum())
    assert set(kept.x[:, 0]) == {1.0}
    found = side_by_side(only_near)
    assert found.left_out == left_out
    assert found.stays == len(kept.y)
    assert sum(row.stays for row in found.rows) == len(only_near.y)  # the shares as they stand are of everyone


def test_measures_that_share_no_participants_alike_cannot_be_compared() -> None:
    data = participants()
    apart = data.chosen(((data.measure == 0) & (data.x[:, 0] == 0)) | ((data.measure != 0) & (data.x[:, 0] == 1)))
    with pytest.raises(CannotEstimate) as caught:
        side_by_side(apart)
    assert caught.value.code == "no_overlap"


def test_a_covariate_that_parts_the_measures_without_being_yes_or_no_is_found_out_too() -> None:
    data = participants()
    far = np.where(data.measure == 2, 10.0, 0.0) + data.x[:, 1] / 10
    with pytest.raises(CannotEstimate) as caught:
        side_by_side(Participants(data.y, data.measure, CODES, far[:, None], ("far",)))
    assert caught.value.code == "no_overlap"


def test_measures_without_a_single_outcome_are_named_as_lacking() -> None:
    found = side_by_side(participants(), asked=("a", "b", "c", "snart_ansatt", "ips"))
    assert found.lacking == ("snart_ansatt", "ips")


def test_caseload_and_contact_stand_beside_and_unknown_stays_unknown() -> None:
    found = side_by_side(participants(), beside={"caseload": {"a": 23.0, "b": 15.0}})
    assert [row.beside["caseload"] for row in found.rows] == [23.0, 15.0, None]


def test_effects_on_no_ones_behalf_and_on_an_unknown_measures_are_refused() -> None:
    with pytest.raises(CannotEstimate) as caught:
        side_by_side(participants(), population=Estimand.LATE)
    assert caught.value.code == "not_supported"
    with pytest.raises(CannotEstimate) as caught:
        side_by_side(participants(), population=Estimand.ATT, of="d")
    assert caught.value.code == "empty_group"


def test_one_measure_an_empty_one_and_missing_values_are_refused() -> None:
    y, x = np.ones(4), np.zeros((4, 1))
    for measure, codes, code, values in (
        (np.zeros(4, np.int64), ("a",), "no_comparison", y),
        (np.zeros(4, np.int64), ("a", "b"), "empty_group", y),
        (np.array([0, 1, 2, 0]), ("a", "b"), "bad_input", y),
        (np.array([0, 1, 1, 0]), ("a", "b"), "bad_input", np.array([1.0, np.nan, 0.0, 1.0])),
    ):
        with pytest.raises(CannotEstimate) as caught:
            Participants(values, measure, codes, x, ("x",))
        assert caught.value.code == code


def test_an_outcome_that_never_varies_is_refused() -> None:
    data = participants()
    with pytest.raises(CannotEstimate) as caught:
        side_by_side(Participants(np.ones(len(data.y)), data.measure, CODES, data.x, data.names))
    assert caught.value.code == "no_variation"


def test_without_covariates_the_fair_means_are_the_raw_ones() -> None:
    data = participants()
    bare = Participants(data.y, data.measure, CODES, np.zeros((len(data.y), 0)), ())
    for row in side_by_side(bare).rows:
        assert row.fair == pytest.approx(row.raw)
        assert row.effective == pytest.approx(row.stays)


def test_all_persons_in_one_cluster_are_refused() -> None:
    data = participants()
    with pytest.raises(CannotEstimate) as caught:
        side_by_side(Participants(data.y, data.measure, CODES, data.x, data.names, np.zeros(len(data.y), np.int64)))
    assert caught.value.code == "one_cluster"


# Trial offices


def persons(effect: float = 0.0, *, offices: int = 15, trial: int = 5, before: bool = False, seed: int = 0) -> Persons:
    """80 persons an office; offices differ with sd 0.05; trial offices are the first."""
    rng = np.random.default_rng(seed)
    office = np.repeat(np.arange(offices), 80)
    after = np.tile(np.arange(80) % 2 == 1, offices) if before else None
    held = effect * (office < trial) * (1 if after is None else after)
    x = rng.standard_normal((len(office), 1))
    y = (
        0.4
        + 0.05 * rng.standard_normal(offices)[office]
        + held
        + 0.1 * x[:, 0]
        + 0.2 * rng.standard_normal(len(office))
    )
    return Persons(y, office, np.arange(trial), x, ("x",), after)


def test_a_large_effect_is_seen_in_every_office_and_together_by_either_road() -> None:
    for before in (False, True):
        found = trial_results(office_values(persons(0.6, before=before)))
        assert {row.reading for row in found.offices} == {"more"}
        assert found.pooled.value == pytest.approx(0.6, abs=0.1)
        assert found.randomisation_p == pytest.approx(1 / 3003)  # 15 choose 5
        assert found.counted
        assert found.randomisation_interval[0] < 0.6 < found.randomisation_interval[1]
        assert not found.pooled.failed


def test_offices_with_the_same_figures_differ_by_nothing() -> None:
    office = np.repeat(np.arange(6), 40)
    y = np.tile(np.arange(40) % 2, 6).astype(float)
    found = trial_results(office_values(Persons(y, office, np.array([0, 1]), np.zeros((240, 0)))))
    assert {row.reading for row in found.offices} == {"no_difference_seen"}
    assert found.pooled.value == pytest.approx(0.0, abs=1e-12)
    assert found.randomisation_p == 1.0


def test_with_so_few_offices_that_nothing_could_be_found_the_check_fails() -> None:
    found = trial_results(office_values(persons(0.5, offices=5, trial=1)))
    assert found.randomisation_p == pytest.approx(1 / 5)
    check = found.pooled.failed[0]
    assert (check.code, check.value) == ("clusters", pytest.approx(0.2))
    assert found.randomisation_interval == (-np.inf, np.inf)
    assert found.shrunk is None


def test_one_control_office_does_not_tell_how_offices_differ() -> None:
    with pytest.raises(CannotEstimate) as caught:
        trial_results(office_values(persons(offices=3, trial=2)))
    assert caught.value.code == "too_few_clusters"


def test_trials_without_control_offices_or_with_an_empty_trial_office_are_refused() -> None:
    y, x = np.ones(4), np.zeros((4, 0))
    office = np.array([0, 0, 1, 1])
    for trial, code in ((np.array([0, 1]), "no_comparison"), (np.array([7]), "no_treated"),
                        (np.array([0, 7]), "no_treated")):  # fmt: skip
        with pytest.raises(CannotEstimate) as caught:
            Persons(y, office, trial, x)
        assert caught.value.code == code


def test_an_office_with_nobody_before_is_named() -> None:
    data = persons(before=True)
    assert data.after is not None
    keep = (data.office != 3) | data.after
    with pytest.raises(CannotEstimate) as caught:
        office_values(Persons(data.y[keep], data.office[keep], data.trial, data.x[keep], ("x",), data.after[keep]))
    assert (caught.value.code, caught.value.facts["office"]) == ("empty_group", 3)


def test_covariates_that_differ_between_offices_are_held_equal() -> None:
    data = persons(0.0, seed=3)
    x = data.x + (data.office < 5)[:, None] * 2.0
    y = data.y + 0.1 * (x - data.x)[:, 0]
    raw = trial_results(office_values(Persons(y, data.office, data.trial, np.zeros((len(y), 0)))))
    fair = trial_results(office_values(Persons(y, data.office, data.trial, x, ("x",))))
    assert raw.pooled.value > 0.15
    assert abs(fair.pooled.value) < 0.1


def test_offices_are_matched_once_each_at_the_least_distance_in_all() -> None:
    office = np.arange(6)
    features = np.array([[0.0], [1.0], [0.1], [0.9], [5.0], [6.0]])
    found = match_offices(office, features, np.array([0, 1]), per_trial=1)
    assert [(row.trial, row.controls) for row in found] == [(0, (2,)), (1, (3,))]
    both = match_offices(office, features, np.array([0, 1]), per_trial=2)
    used = [c for row in both for c in row.controls]
    assert sorted(used) == [2, 3, 4, 5]
    with pytest.raises(CannotEstimate) as caught:
        match_offices(office, features, np.array([0, 1]), per_trial=3)
    assert caught.value.code == "no_comparison"


def test_matched_sets_are_randomised_within_and_far_matches_are_said() -> None:
    offices = office_values(persons(0.6))
    sets = tuple(Matched(t, (5 + 2 * t, 6 + 2 * t), 0.9) for t in range(5))
    found = trial_results(offices, matched=sets)
    assert found.ways == 3**5
    assert found.randomisation_p == pytest.approx(1 / 3**5)
    assert [check.code for check in found.pooled.failed] == ["balance"]
    with pytest.raises(CannotEstimate):
        trial_results(offices, matched=sets[:4])
    with pytest.raises(CannotEstimate):
        trial_results(offices, matched=(*sets[:4], Matched(4, (99,), 0.1)))


def test_an_office_effect_is_its_value_less_the_mean_of_its_controls() -> None:
    value = np.array([0.5, 0.3, 0.4, 0.2])
    offices = Offices(np.arange(4), value, np.eye(4) * 1e-4, np.full(4, 50), np.arange(4) < 1, "comparison")
    row = trial_results(offices).offices[0]
    assert row.value == pytest.approx(0.5 - 0.3)
    assert row.persons == 50
    between = 0.01 - 1e-4  # the variance of 0.3, 0.4 and 0.2 is 0.01
    assert row.se == pytest.approx(np.sqrt((1e-4 + between) * (1 + 1 / 3)))


def test_the_wild_bootstrap_on_persons_is_a_second_opinion_of_the_same_thing() -> None:
    for before in (False, True):
        data = persons(0.3, before=before)
        first, second = trial_results(office_values(data)).pooled, wild_trial(data, draws=999)
        assert second.value == pytest.approx(first.value, abs=0.02)
        assert second.p_value is not None
        assert second.p_value < 0.05
