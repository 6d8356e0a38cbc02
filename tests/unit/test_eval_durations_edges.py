"""Durations at their edges: ties, nobody left, all censored, one person, late entry; what cannot be told is said."""

from collections.abc import Callable

import numpy as np
import pytest

from springbrett.evaluation.effects.durations.discrete import competing_hazards, discrete_hazards
from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import (
    cumulative_incidence,
    incidence_difference,
    months_gone_difference,
)
from springbrett.evaluation.effects.durations.mixture import Histories, Transition
from springbrett.evaluation.effects.durations.spells import Spells, risk_table
from springbrett.evaluation.effects.durations.timing import effect_of_treatment, timing_of_events, treatment_histories
from springbrett.evaluation.effects.records import CannotEstimate
from tests.builders.durations import histories_of, spells

AT = np.array([1.0, 2.0, 3.0])
WAYS = ("job", "education")


def code(work: Callable[[], object]) -> str:
    with pytest.raises(CannotEstimate) as caught:
        work()
    return caught.value.code


def some(exit_: list[float], cause: list[int], entry: list[float] | None = None) -> Spells:
    return Spells(np.array(exit_), np.array(cause), WAYS, None if entry is None else np.array(entry))


def test_a_censored_spell_is_at_risk_in_its_last_month_and_ties_count_together() -> None:
    table = risk_table(some([2, 2, 2, 3], [1, 2, 0, 1]))
    assert table.time.tolist() == [2, 3]
    assert table.at_risk.tolist() == [4, 1]
    assert table.exits.tolist() == [[1, 1], [1, 0]]


def test_who_enters_late_is_at_risk_only_after() -> None:
    assert risk_table(some([2, 3], [1, 1], [0, 2])).at_risk.tolist() == [1, 1]


def test_shares_of_all_ways_out_and_those_still_there_make_one() -> None:
    given = spells()
    shares = [cumulative_incidence(given, way, at=AT).share for way in WAYS]
    table = risk_table(given)
    stay = np.cumprod(1 - table.any_exit / table.at_risk)
    assert sum(shares) == pytest.approx(1 - stay[np.searchsorted(table.time, AT, "right") - 1], abs=1e-12)


def test_when_all_are_censored_nobody_has_left() -> None:
    found = cumulative_incidence(some([3, 3, 4], [0, 0, 0]), "job", at=AT)
    assert found.share.tolist() == found.se.tolist() == found.lower.tolist() == [0, 0, 0]
    assert (found.upper > 0.7).all()  # nobody of three, but it may have been most
    assert (found.months_gone, found.left) == (0, 0)


def test_when_all_leave_at_once_the_share_is_one() -> None:
    found = cumulative_incidence(some([1, 1, 3], [1, 1, 1]), "job", at=np.array([1.0, 3.0]))
    assert found.share == pytest.approx([2 / 3, 1.0])
    assert found.upper[1] == 1.0


def test_without_censoring_the_error_is_that_of_a_share() -> None:
    found = cumulative_incidence(some([1, 1, 2, 2, 3], [1, 1, 1, 2, 2]), "job", at=np.array([2.0]))
    assert found.se[0] == pytest.approx(np.sqrt(0.6 * 0.4 / 5))


def test_late_entry_that_empties_the_risk_set_is_refused() -> None:
    given = some([1, 3, 4], [1, 1, 1], [0, 2, 2])
    assert code(lambda: cumulative_incidence(given, "job", at=AT)) == "not_supported"


def test_a_horizon_beyond_the_last_seen_is_refused() -> None:
    assert code(lambda: cumulative_incidence(some([1, 2], [1, 0]), "job", at=AT)) == "bad_input"
    assert code(lambda: cumulative_incidence(spells(), "job", at=AT[::-1])) == "bad_input"


def test_an_exit_nobody_has_heard_of() -> None:
    assert code(lambda: cumulative_incidence(spells(), "moon", at=AT)) == "bad_input"


@pytest.mark.parametrize(
    ("exit_", "cause", "entry", "why"),
    [
        ([], [], None, "empty_group"),
        ([1, 2], [1], None, "bad_input"),
        ([1, np.nan], [1, 0], None, "bad_input"),
        ([0, 2], [1, 0], None, "bad_input"),
        ([2, 2], [1, 0], [2, 0], "bad_input"),
        ([2, 2], [3, 0], None, "bad_input"),
        ([2, 2], [-1, 0], None, "bad_input"),
        ([2, 2], [1, 0], [-1, 0], "bad_input"),
    ],
)
def test_spells_that_cannot_be(exit_: list[float], cause: list[int], entry: list[float] | None, why: str) -> None:
    assert code(lambda: some(exit_, cause, entry)) == why


def test_one_person_with_all_spells_has_no_spread() -> None:
    base = spells()
    one = Spells(base.exit, base.cause, base.causes, cluster=np.zeros(len(base), np.int64))
    x = np.arange(len(base), dtype=float)[:, None]
    assert code(lambda: cumulative_incidence(one, "job", at=AT)) == "one_cluster"
    assert code(lambda: cox(one, "job", x, ("age",))) == "one_cluster"
    assert code(lambda: discrete_hazards(one, "job", x, ("age",))) == "one_cluster"


def test_the_same_spells_twice_are_told_by_the_person() -> None:
    base = spells()
    twice = Spells(np.tile(base.exit, 2), np.tile(base.cause, 2), base.causes, cluster=np.tile(np.arange(len(base)), 2))
    once = cumulative_incidence(base, "job", at=AT)
    found = cumulative_incidence(twice, "job", at=AT)
    assert found.share == pytest.approx(once.share, abs=1e-12)
    assert found.se == pytest.approx(once.se, abs=1e-12)


def test_a_comparison_of_curves_needs_both_sides() -> None:
    given = spells()
    everybody, nobody = np.ones(len(given), bool), np.zeros(len(given), bool)
    assert code(lambda: incidence_difference(given, "job", nobody, time=3.0)) == "no_treated"
    assert code(lambda: months_gone_difference(given, "job", everybody, horizon=3.0)) == "no_comparison"
    shared = Spells(given.exit, given.cause, given.causes, cluster=np.arange(len(given)) // 2)
    half = np.arange(len(given)) % 2 == 0
    assert code(lambda: incidence_difference(shared, "job", half, time=3.0)) == "not_supported"


@pytest.mark.parametrize("model", [cox, fine_gray, discrete_hazards])
def test_hazards_refuse_what_they_cannot_tell(model: Callable[..., object]) -> None:
    given = spells()
    x = np.random.default_rng(1).standard_normal((len(given), 2))
    assert code(lambda: model(given, "job", np.ones((len(given), 1)), ("same",))) == "no_variation"
    assert code(lambda: model(given, "job", np.column_stack([x[:, 0], 2 * x[:, 0]]), ("a", "b"))) == "singular"
    assert code(lambda: model(given, "job", x[:, :1], ("a", "b"))) == "bad_input"
    nobody = Spells(given.exit, np.where(given.cause == 1, 0, given.cause), given.causes)
    assert code(lambda: model(nobody, "job", x, ("a", "b"))) == "empty_group"
    apart = (given.cause == 1).astype(float)[:, None]
    assert code(lambda: model(given, "job", apart, ("knows",))) in {"not_converged", "singular"}


def test_fine_and_gray_refuses_late_entry() -> None:
    given = spells(late=True)
    x = np.arange(len(given), dtype=float)[:, None]
    assert code(lambda: fine_gray(given, "job", x, ("age",))) == "not_supported"


def test_months_must_be_whole_for_monthly_hazards() -> None:
    given = some([1.5, 2], [1, 1])
    assert code(lambda: discrete_hazards(given, "job", np.array([[0.0], [1]]), ("age",))) == "bad_input"


def test_every_way_out_has_its_own_baseline() -> None:
    given = spells(300)
    x = np.random.default_rng(2).integers(0, 2, (300, 1)).astype(float)
    found = competing_hazards(given, x, ("woman",))
    assert set(found) == set(WAYS)
    assert found["job"].hazards.coefficients != pytest.approx(found["education"].hazards.coefficients, abs=1e-6)
    assert code(lambda: found["job"].hazards.estimate("age")) == "bad_input"


def test_rows_are_cut_where_the_measure_begins_and_the_baseline_turns() -> None:
    given = Spells(np.array([5.0, 2.0]), np.array([1, 0]), ("job",))
    cut = treatment_histories(given, np.array([3.0, np.nan]), np.array([[1.0], [2.0]]), ("age",), cuts=np.array([1.0]))
    assert cut.person.tolist() == [0, 0, 0, 1, 1]
    assert cut.duration.tolist() == [1, 2, 2, 1, 1]
    job, begins = cut.transitions
    assert job.names == ("age", "treatment", "from 1")
    assert job.x.tolist() == [[1, 0, 0], [1, 0, 1], [1, 1, 1], [2, 0, 0], [2, 0, 1]]
    assert job.ends.tolist() == [False, False, True, False, False]
    assert begins.ends.tolist() == [False, True, False, False, False]
    assert begins.at_risk.tolist() == [True, True, False, True, True]


def test_an_effect_can_change_with_the_time_since_the_start() -> None:
    given, at, x = histories_of(300, 1)
    cut = treatment_histories(given, at, x, ("age",), effect_from=(0.0, 3.0))
    names = cut.transitions[0].names
    assert names == ("age", "treatment from 0", "treatment from 3")
    total = (cut.transitions[0].x[:, 1:] * cut.duration[:, None]).sum(axis=0)
    after = (given.exit - at)[~np.isnan(at)]
    assert total == pytest.approx([np.minimum(after, 3).sum(), np.maximum(after - 3, 0).sum()])


def test_timing_refuses_what_it_cannot_tell() -> None:
    given, at, x = histories_of(200, 1)
    nan = np.full(200, np.nan)
    assert code(lambda: treatment_histories(given, nan, x, ("age",))) == "no_treated"
    assert code(lambda: treatment_histories(given, given.exit / 2, x, ("age",))) == "no_comparison"
    assert code(lambda: treatment_histories(given, np.where(np.isnan(at), nan, given.exit), x, ("age",))) == "bad_input"
    late = Spells(given.exit, given.cause, given.causes, given.exit / 2)
    assert code(lambda: treatment_histories(late, at, x, ("age",))) == "not_supported"
    again = Spells(given.exit, given.cause, given.causes, cluster=np.arange(200) // 2)
    assert code(lambda: treatment_histories(again, at, x, ("age",))) == "not_supported"
    censored = Spells(given.exit, np.zeros(200, np.int64), ("job",))
    assert code(lambda: treatment_histories(censored, at, x, ("age",))) == "empty_group"
    assert code(lambda: treatment_histories(given, at, x[:, :0], ("age",))) == "bad_input"


def test_nobody_leaves_after_the_start_so_there_is_no_effect_to_tell() -> None:
    given, at, x = histories_of(200, 1)
    stay = Spells(given.exit, np.where(np.isnan(at), given.cause, 0), given.causes)
    cut = treatment_histories(stay, at, x, ("age",))
    assert code(lambda: effect_of_treatment(cut)) == "no_variation"
    assert code(lambda: timing_of_events(cut, {"job": ("moon",)})) == "bad_input"


def test_a_covariate_that_never_varies_is_named() -> None:
    given, at, _x = histories_of(200, 1)
    cut = treatment_histories(given, at, np.ones((200, 1)), ("same",))
    with pytest.raises(CannotEstimate, match="same never varies"):
        effect_of_treatment(cut)


def test_histories_that_cannot_be() -> None:
    yes = np.array([True])
    way = Transition("job", np.zeros((1, 0)), (), yes, yes)
    assert code(lambda: Histories(np.zeros(0, np.int64), np.zeros(0), (way,))) == "empty_group"
    assert code(lambda: Histories(np.array([0]), np.array([0.0]), (way,))) == "bad_input"
    assert code(lambda: Histories(np.array([0]), np.array([1.0, 2.0]), (way,))) == "bad_input"
    off = Transition("job", np.zeros((1, 0)), (), ~yes, yes)
    assert code(lambda: Histories(np.array([0]), np.array([1.0]), (off,))) == "bad_input"


def test_persons_alike_need_one_point_and_the_likelihood_never_falls() -> None:
    rng = np.random.default_rng(3)
    time, start = rng.exponential(5.0, 400), rng.exponential(5.0, 400)
    given = Spells(np.minimum(time, 10.0), (time < 10).astype(np.int64), ("job",))
    at = np.where(start < given.exit, start, np.nan)
    found = effect_of_treatment(treatment_histories(given, at, rng.standard_normal((400, 1)), ("age",)), choose="aic")
    assert len(found.chance) == 1
    levels = [step.log_likelihood for step in found.path]
    assert levels == sorted(levels)
    assert found.chance.sum() == pytest.approx(1)


def test_grays_test_says_what_it_cannot_tell() -> None:
    alike, two = some([1, 2, 3, 4], [1, 1, 0, 0]), np.array([0, 0, 1, 1])
    assert code(lambda: gray_test(alike, "job", np.zeros(4, np.int64))) == "no_comparison"
    assert code(lambda: gray_test(alike, "education", two)) == "empty_group"
    assert code(lambda: gray_test(alike, "job", two[:3])) == "bad_input"
    assert code(lambda: gray_test(some([2, 3, 4, 5], [1, 1, 0, 0], [0, 1, 0, 0]), "job", two)) == "not_supported"
    several = Spells(np.array([1.0, 2, 3, 4]), np.array([1, 1, 0, 0]), WAYS, cluster=np.array([1, 1, 2, 3]))
    assert code(lambda: gray_test(several, "job", two)) == "not_supported"
    gone_before = some([1, 1, 3, 4], [0, 0, 1, 0])
    assert code(lambda: gray_test(gone_before, "job", two)) == "no_variation"


def test_grays_test_rejects_as_often_as_it_says_when_groups_leave_alike() -> None:
    """Other exits are twice as quick in one group: rates of leaving this way differ, shares by design do not."""
    rng, rejected, draws = np.random.default_rng(5), 0, 400
    for _draw in range(draws):
        group = (np.arange(160) < 80).astype(np.int64)
        ours = rng.random(160) < 0.4
        when = np.where(ours, rng.exponential(6.0, 160), rng.exponential(np.where(group > 0, 3.0, 6.0)))
        ends = rng.exponential(12.0, 160)
        cause = np.where(ends < when, 0, np.where(ours, 1, 2))
        held = Spells(np.ceil(np.minimum(when, ends)), cause, WAYS)
        rejected += gray_test(held, "job", group).p_value < 0.05
    assert rejected / draws == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / draws))
