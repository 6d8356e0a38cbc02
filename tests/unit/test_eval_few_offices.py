"""What a handful of offices cannot answer is refused, and how they are dealt out."""

from collections.abc import Callable

import numpy as np
import pytest

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.clusters import Offices, leave_one_out, office_by_office, pooled
from springbrett.evaluation.effects.did.permutation import Units, assignments, randomisation
from springbrett.evaluation.effects.did.wild import cluster_robust, wild_bootstrap
from springbrett.evaluation.effects.records import CannotEstimate
from tests.builders.panels import trial


def code(work: Callable[[], object]) -> str:
    """Why it cannot be answered."""
    with pytest.raises(CannotEstimate) as problem:
        work()
    return problem.value.code


def test_trial_offices_are_answered_three_ways_and_one_by_one() -> None:
    found = pooled(trial(effect=3.0))
    assert found.wild is not None
    assert found.permuted is not None
    assert found.headline.method == "wild_bootstrap_rademacher"
    assert found.headline.p_value is not None
    assert found.headline.p_value < 0.05
    assert found.permuted.p_value == pytest.approx(1 / 792)
    assert len(found.without) == 12
    assert [check.code for check in found.headline.diagnostics] == ["treated_clusters", "leave_one_office_out"]
    assert found.headline.failed == ()
    assert pooled(trial(8, 2)).robust.failed[0].code == "clusters"
    each = office_by_office(trial(effect=3.0))
    assert sorted(each) == [0, 1, 2, 3, 4]
    assert all(one.p_value == pytest.approx(1 / 8) for one in each.values())


def test_too_few_offices_are_refused() -> None:
    assert code(lambda: office_by_office(trial(3, 2))) == "too_few_clusters"
    assert code(lambda: pooled(trial(2, 1))) == "too_few_clusters"
    data = trial(4, 2)
    line = Comparison(data.y, data.trial, np.zeros((len(data.y), 0)), (), data.office)
    assert code(lambda: wild_bootstrap(line, points="rademacher")) == "too_few_clusters"
    assert code(lambda: wild_bootstrap(line, points="mammen")) == "not_supported"
    assert (
        code(lambda: randomisation(Units(np.arange(4.0), np.array([True, True, False, False])))) == "too_few_clusters"
    )
    single = pooled(trial(12, 1, effect=3.0))
    assert "treated_clusters" in {check.code for check in single.headline.failed}


def test_bad_trials_are_refused() -> None:
    held = trial()
    assert code(lambda: Offices(held.y, held.office, held.after, held.after)) == "bad_input"
    assert code(lambda: Offices(held.y, held.office, held.trial & False, held.after)) == "no_treated"
    assert code(lambda: Offices(held.y, held.office, held.trial | True, held.after)) == "no_comparison"
    assert code(lambda: Offices(held.y, held.office, held.trial, held.after | (held.office == 3))) == "empty_group"
    assert code(lambda: Units(np.arange(3.0), np.zeros(3, bool))) == "no_treated"
    assert code(lambda: Units(np.arange(3.0), np.ones(3, bool))) == "no_comparison"
    assert code(lambda: Units(np.array([1.0, np.nan]), np.array([True, False]))) == "bad_input"
    line = Comparison(held.y, held.trial, np.zeros((len(held.y), 0)), ())
    assert code(lambda: cluster_robust(line)) == "bad_input"
    told = Comparison(held.y, held.trial, held.trial[:, None].astype(float), ("same",), held.office)
    assert code(lambda: cluster_robust(told)) == "no_variation"


def test_draws_keep_the_number_treated_in_every_block() -> None:
    treated, block = np.array([True, False, False, True, True, False]), np.array([0, 0, 0, 1, 1, 1])
    made, every = assignments(treated, block)
    assert every
    assert len(made) == 9
    assert (made[0] == treated).all()
    assert (made[:, :3].sum(axis=1) == 1).all()
    assert len(np.unique(made, axis=0)) == 9
    many = np.arange(40) < 20
    drawn, every = assignments(many, None, draws=500)
    assert not every
    assert (drawn.sum(axis=1) == 20).all()
    assert code(lambda: assignments(np.array([True, False]), np.array([0, 1]))) == "no_variation"


def test_what_differs_between_blocks_is_no_effect() -> None:
    """Two of three offices of the better block are drawn, and one of three of the other: alike within, no effect."""
    block = np.repeat([0, 1], 3)
    drawn = np.array([True, True, False, True, False, False])
    better = 10.0 * (block == 0)
    assert randomisation(Units(better + 2.0 * drawn, drawn, block=block), level=0.8).value == pytest.approx(2.0)
    assert code(lambda: randomisation(Units(better, drawn & (block == 0), block=block))) == "no_comparison"
    office = np.repeat(np.arange(6), 4)
    after = np.tile([False, False, True, True], 6)
    data = Offices(np.where(after, (better + 2.0 * drawn)[office], 0.0) + 0.1 * np.tile([-1, 1], 12), office,
                   drawn[office], after)  # fmt: skip
    found = pooled(data, block=block, level=0.8)
    assert (found.robust.value, found.headline.value) == (pytest.approx(2.0), pytest.approx(2.0))
    assert found.without[1] == pytest.approx(2.0)
    assert np.isnan(found.without[3])


def test_leaving_out_one_cluster_at_a_time() -> None:
    assert leave_one_out(np.array([7, 8, 9]), lambda keep: float(np.arange(3)[keep].sum())) == {7: 3.0, 8: 2.0, 9: 1.0}
