"""Starting now against not yet, caseworkers' preferences and sequences at their edges."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from springbrett.evaluation.effects.leaveout import judges_of
from springbrett.evaluation.effects.leniency import Assigned, leniency
from springbrett.evaluation.effects.lockin import phases_of
from springbrett.evaluation.effects.notyet import Waiting, not_yet_treated
from springbrett.evaluation.effects.records import CannotEstimate, Estimand
from springbrett.evaluation.effects.sequence import (
    TwoSteps,
    first_measure,
    marginal_structural,
    transitions,
    typical_sequences,
)
from tests.builders.durations import assigned, waiting


def code(work: Callable[[], object]) -> str:
    with pytest.raises(CannotEstimate) as caught:
        work()
    return caught.value.code


def test_the_path_is_the_difference_within_strata_when_nothing_is_weighted() -> None:
    treated = np.array([True, False, False, True, False])
    paths = np.array([[0.0, 1], [0, 0], [0, 1], [1, 1], [1, 0]])
    data = Waiting(np.arange(5), treated, np.array([0, 0, 0, 1, 1]), np.zeros((5, 0)), (), paths, np.arange(2))
    found = not_yet_treated(data)
    assert found.path.value == pytest.approx([0.0, (0.5 + 1.0) / 2])
    assert found.counts.tolist() == [2, 2]
    assert found.path.overall.value == pytest.approx(0.75)


def test_starts_without_a_comparison_are_left_out_and_counted() -> None:
    data = waiting(400)
    alone = replace(data, strata=np.where(data.treated & (data.strata < 2), 99, data.strata))
    found = not_yet_treated(alone)
    share = (alone.treated & (alone.strata != 99)).sum() / alone.treated.sum()
    check = next(check for check in found.path.overall.diagnostics if check.code == "matched_share")
    assert check.value == pytest.approx(share)
    assert check.passed is False


def test_months_the_registers_do_not_reach_are_left_out() -> None:
    data = waiting(400)
    paths = data.paths.copy()
    paths[:, -2:] = np.nan
    paths[data.strata == 1, -3:] = np.nan
    found = not_yet_treated(replace(data, paths=paths))
    assert found.path.months.tolist() == list(range(-2, 5))
    in_stratum = (data.treated & (data.strata == 1)).sum()
    assert found.counts[-1] == found.counts[0] - in_stratum


def test_no_strata_in_common_is_no_comparison() -> None:
    data = waiting(200)
    assert code(lambda: not_yet_treated(replace(data, strata=data.treated.astype(np.int64)))) == "no_overlap"


def test_a_covariate_that_tells_who_starts_is_no_overlap() -> None:
    data = waiting(200)
    known = replace(data, x=data.treated[:, None].astype(float), names=("knows",))
    assert code(lambda: not_yet_treated(known)) == "no_overlap"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"treated": np.ones(60, bool)}, "no_comparison"),
        ({"treated": np.zeros(60, bool)}, "no_treated"),
        ({"person": np.zeros(60, np.int64)}, "one_cluster"),
        ({"paths": np.full((60, 9), np.nan)}, "empty_group"),
        ({"paths": np.zeros((60, 9))}, "no_variation"),
        ({"paths": np.zeros((60, 3))}, "bad_input"),
        ({"months": np.arange(-12, -3)}, "bad_input"),
        ({"x": np.full((60, 2), np.nan)}, "bad_input"),
    ],
)
def test_starts_that_cannot_be_compared(change: dict[str, np.ndarray], why: str) -> None:
    data = waiting(60)
    assert code(lambda: not_yet_treated(replace(data, **change))) == why


def test_the_same_rows_twice_are_told_by_the_person() -> None:
    data = waiting(300, effect=0.3)
    twice = Waiting(*(np.concatenate([getattr(data, name)] * 2) for name in ("person", "treated", "strata", "x")),
                    data.names, np.concatenate([data.paths] * 2), data.months)  # fmt: skip
    once, again = not_yet_treated(data), not_yet_treated(twice)
    assert again.path.value == pytest.approx(once.path.value, abs=1e-9)
    assert again.path.se == pytest.approx(once.path.se, rel=1e-6)


def test_a_path_that_falls_and_rises_has_a_lock_in_and_pays_itself_back() -> None:
    effect = np.array([-0.25, -0.125, 0.125, 0.125, 0.125, 0.125])
    found = phases_of(effect, np.eye(6) * 1e-8, (10, 10))
    assert found.until == 1
    assert found.lock_in is not None and found.lock_in.value == pytest.approx(-0.375)
    assert found.later is not None and found.later.value == pytest.approx(0.5)
    assert (found.break_even.month, found.break_even.share_never) == (4, 0)


def test_the_month_it_has_paid_back_is_when_the_sum_is_no_longer_below_zero() -> None:
    found = phases_of(np.array([-0.25, 0.125, 0.125, 0.125]), np.eye(4) * 1e-6, (10, 10))
    assert (found.break_even.month, found.break_even.lower, found.break_even.upper) == (2, 2, 3)
    never = phases_of(np.array([-0.2, 0.1, 0.05]), np.eye(3) * 1e-8, (10, 10)).break_even
    assert (never.month, never.upper, never.share_never) == (None, np.inf, 1.0)


def test_an_effect_that_never_falls_has_no_lock_in() -> None:
    found = phases_of(np.array([0.1, 0.1]), np.eye(2) * 1e-8, (10, 10))
    assert (found.until, found.lock_in, found.break_even.month) == (-1, None, 0)
    falling = phases_of(np.array([-0.1, -0.1]), np.eye(2) * 1e-8, (10, 10))
    assert (falling.until, falling.later, falling.break_even.month) == (1, None, None)


def test_a_lock_in_of_stated_length_has_the_normal_interval() -> None:
    found = phases_of(np.array([-0.2, -0.1, 0.1]), np.diag([0.01, 0.02, 0.03]), (10, 10), lock_in_months=2)
    assert found.lock_in is not None and found.later is not None
    assert (found.lock_in.value, found.lock_in.se) == pytest.approx((-0.3, np.sqrt(0.03)))
    assert (found.later.value, found.later.se) == pytest.approx((0.1, np.sqrt(0.03)))
    assert code(lambda: phases_of(np.zeros(3), np.eye(3), (1, 1), lock_in_months=4)) == "bad_input"
    assert code(lambda: phases_of(np.zeros(3), np.eye(2), (1, 1))) == "bad_input"


def other(data: Assigned, **new: object) -> Assigned:
    return replace(data, **new)  # type: ignore[arg-type]


def test_caseworkers_with_one_case_and_cells_of_one_caseworker_are_left_out() -> None:
    judge, cell = np.array([1, 1, 2, 2, 3, 4, 4]), np.array([1, 1, 1, 1, 1, 2, 2])
    treated = np.array([True, False, True, True, True, False, True])
    found = judges_of(treated, judge, cell, np.zeros((7, 0)))
    assert found.kept.tolist() == [True] * 4 + [False] * 3


def test_a_weak_preference_fails_its_check_and_its_interval_is_wide() -> None:
    found = leniency(assigned(strength=0.02))
    check = next(check for check in found.estimate.diagnostics if check.code == "first_stage")
    assert check.passed is False
    low, high = found.anderson_rubin
    assert found.anderson_rubin_parts == "everything"
    assert (low, high) == (-np.inf, np.inf)


def test_a_strong_preference_passes_its_checks() -> None:
    found = leniency(assigned(3000))
    assert not found.estimate.failed
    assert found.anderson_rubin_parts == "between"
    assert found.estimate.estimand is Estimand.LATE
    assert found.compliers + found.always_takers + found.never_takers == pytest.approx(1)
    assert {group.name for group in found.groups} == {"women", "men"}


def test_a_preference_that_turns_in_a_group_is_not_monotone() -> None:
    data = assigned(4000)
    turned = data.x[:, 1] > 0.8
    found = leniency(other(data, treated=data.treated ^ turned, groups={"turned": turned, "others": ~turned}))
    check = next(check for check in found.estimate.diagnostics if check.code == "monotonicity")
    assert (check.passed, check.facts["group"]) == (False, "turned")


def test_caseworkers_who_meet_others_are_seen_by_the_balance() -> None:
    data = assigned(3000)
    seen = other(data, x=np.column_stack([data.x[:, 0], data.judge % 10 + data.x[:, 1]]))
    check = next(check for check in leniency(seen).estimate.diagnostics if check.code == "balance")
    willing = np.bincount(data.judge, data.treated) / np.bincount(data.judge)
    sorted_out = other(data, x=np.column_stack([data.x[:, 0], willing[data.judge] + 0.1 * data.x[:, 1]]))
    failed = next(check for check in leniency(sorted_out).estimate.diagnostics if check.code == "balance")
    assert check.value > failed.value
    assert failed.passed is False


def balance_of(seed: int, *, sorted_out: bool, covariates: int = 8) -> float:
    """Cases of which some are given the measure more often; `sorted_out`: certain caseworkers get just those."""
    rng = np.random.default_rng(seed)
    count = 1500
    cell, x = rng.integers(0, 10, count), rng.standard_normal((count, covariates))
    x[:, 0] = x[:, 0] > 0
    met = rng.integers(0, 3, count) + (3 * x[:, 0].astype(int) if sorted_out else rng.integers(0, 2, count) * 3)
    treated = rng.random(count) < 0.2 + 0.4 * x[:, 0] + 0.02 * met
    names = tuple(f"x{k}" for k in range(covariates))
    found = leniency(Assigned(rng.random(count), treated, cell * 6 + met, cell, x, names), redraws=199)
    return next(check.value for check in found.estimate.diagnostics if check.code == "balance")


def test_caseworkers_given_certain_people_are_seen_though_it_is_held_equal() -> None:
    assert balance_of(1, sorted_out=True) < 0.01


def test_many_covariates_do_not_make_chance_look_like_sorting() -> None:
    assert sum(balance_of(seed, sorted_out=False) < 0.05 for seed in range(40)) <= 6


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"treated": np.ones(800, bool)}, "no_comparison"),
        ({"treated": np.zeros(800, bool)}, "no_treated"),
        ({"judge": np.zeros(800, np.int64)}, "one_cluster"),
        ({"judge": np.arange(800)}, "no_variation"),
        ({"cell": np.arange(800)}, "no_variation"),
        ({"y": np.full(800, np.nan)}, "bad_input"),
        ({"judge": np.zeros(3, np.int64)}, "bad_input"),
        ({"groups": {"none": np.zeros(800, bool)}}, "empty_group"),
    ],
)
def test_cases_that_cannot_tell(change: dict[str, object], why: str) -> None:
    data = assigned()
    assert code(lambda: leniency(other(data, **change))) == why


def test_a_covariate_said_twice_is_singular() -> None:
    data = assigned()
    assert code(lambda: leniency(other(data, x=np.column_stack([data.x[:, 0], data.x[:, 0] * 2])))) == "singular"


PERSON, START = np.array([1, 1, 2, 2, 3, 1]), np.array([5, 1, 1, 2, 4, 9])
MEASURE = np.array(["oppfolging", "arbeidstrening", "arbeidstrening", "oppfolging", "oppfolging", "amo"])


def test_what_follows_what() -> None:
    found = transitions(PERSON, START, MEASURE, least=2)
    assert found.measures == ("amo", "arbeidstrening", "oppfolging", "")
    assert found.count.tolist() == [[0, 0, 0, 1], [0, 0, 2, 0], [1, 0, 0, 2]]
    assert found.share[2].tolist() == pytest.approx([1 / 3, 0, 0, 2 / 3])
    assert found.small.tolist() == [[False, False, False, True], [False] * 4, [True, False, False, False]]


def test_whole_sequences_and_those_cut() -> None:
    found = typical_sequences(PERSON, START, MEASURE, longest=2, least=2)
    assert [(one.measures, one.count, one.small) for one in found] == [
        (("arbeidstrening", "oppfolging"), 2, False), (("oppfolging",), 1, True),
    ]  # fmt: skip
    assert typical_sequences(PERSON, START, MEASURE)[0].count == 1


def test_no_stays_have_no_sequence() -> None:
    nothing = np.zeros(0, np.int64)
    assert code(lambda: transitions(nothing, nothing, np.zeros(0, str))) == "empty_group"
    assert code(lambda: typical_sequences(PERSON, START, MEASURE[:3])) == "bad_input"


def test_the_first_measure_needs_both() -> None:
    rng = np.random.default_rng(1)
    y, x = rng.standard_normal(200), rng.standard_normal((200, 1))
    first = np.array(["amo", "aft", "oppfolging", "amo"])[np.arange(200) % 4]
    found = first_measure(y, first, ("amo", "aft"), x, ("age",))
    assert (found.method, found.n_treated, found.n_comparison) == ("first_measure", 100, 50)
    assert code(lambda: first_measure(y, first, ("amo", "moon"), x, ("age",))) == "empty_group"
    assert code(lambda: first_measure(y, first, ("amo", "amo"), x, ("age",))) == "bad_input"


def two_steps(count: int = 400, seed: int = 1) -> TwoSteps:
    rng = np.random.default_rng(seed)
    before = rng.integers(0, 2, (count, 1)).astype(float)
    first = rng.random(count) < 0.3 + 0.3 * before[:, 0]
    between = (rng.random((count, 1)) < 0.3 + 0.3 * first[:, None]).astype(float)
    second = rng.random(count) < 0.25 + 0.4 * between[:, 0]
    y = before[:, 0] + between[:, 0] + first + 0.5 * second + rng.standard_normal(count)
    return TwoSteps(y, first, second, before, between)


def test_a_plan_nobody_followed() -> None:
    data = two_steps()
    assert code(lambda: marginal_structural(replace(data, second=data.first))) == "empty_group"


def test_plans_that_cannot_be_told() -> None:
    data = two_steps()
    one = replace(data, cluster=np.zeros(400, np.int64))
    assert code(lambda: marginal_structural(one)) == "one_cluster"
    assert code(lambda: replace(data, before=data.before[:3])) == "bad_input"
    assert code(lambda: replace(data, y=np.full(400, np.nan))) == "bad_input"
    assert code(lambda: marginal_structural(replace(data, before=data.first[:, None].astype(float)))) == "no_overlap"


def test_weights_have_mean_one_and_cutting_them_lowers_the_largest() -> None:
    data = two_steps()
    found = marginal_structural(data)
    assert found.weight.mean() == pytest.approx(1, abs=0.05)
    assert set(found.effects) == {"first", "second", "both"}
    assert marginal_structural(data, truncate=0.9).weight.max() < found.weight.max()
