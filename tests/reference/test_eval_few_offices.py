"""A handful of offices against published figures, and the wild bootstrap beside another program."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.clusters import Offices, pooled
from springbrett.evaluation.effects.did.permutation import Units, randomisation
from springbrett.evaluation.effects.did.wild import cluster_robust, wild_bootstrap
from springbrett.evaluation.trials import Persons, office_values, trial_results

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import diff_diff

pytestmark = pytest.mark.filterwarnings("ignore")
SIX_CLUSTERS = Path(__file__).parent / "data" / "six_clusters.csv"
VILLAGES = np.array([15.0, 15, 20, 20, 10, 15, 30])
"""Gerber & Green (2012), table 2.2: the share of seven villages' budgets for water when the first and the last have a
woman at the head of the council."""
CLUSTERED = np.array([8.0, 6, 2, 0, 3, 1, 1, 1, 2, 2, 0, 1, 0, 2, 2, 4, 1, 1])
"""The R package ri's example: eighteen outcomes, in nine clusters of two, in three blocks."""


def test_few_clusters_by_every_pattern_of_signs() -> None:
    """R's fwildclusterboot (boottest) goes through all 64 patterns of six clusters; it does not count ties, and its
    interval is searched for along a grid."""
    data = pd.read_csv(SIX_CLUSTERS)
    treated, post = data.treated.to_numpy() == 1, data.post.to_numpy() == 1
    line = Comparison(data.y.to_numpy(float), treated & post, np.column_stack([treated, post]).astype(float),
                      ("treated", "post"), data.cluster.to_numpy())  # fmt: skip
    found = wild_bootstrap(line, points="rademacher", count_ties=False)
    assert (found.value, found.se) == (
        pytest.approx(2.23239205609, abs=5e-12), pytest.approx(0.8998239199017, abs=5e-12),
    )  # fmt: skip
    assert found.value / found.se == pytest.approx(2.480920996559, abs=5e-12)
    assert found.p_value == 0.03125
    np.testing.assert_allclose(found.interval, [0.226920726858, 4.86871767596], atol=1e-4)
    robust = cluster_robust(line)
    assert (robust.value, robust.se) == (found.value, found.se)


def test_seven_villages_two_of_them_drawn() -> None:
    """R's ri2: 6.5, two-sided p-value 0.3809524 (8 of 21 ways). By all three of our roads: the randomisation itself,
    the villages before (nothing known) and after, and the villages as they are."""
    drawn = np.array([True, False, False, False, False, False, True])
    found = randomisation(Units(VILLAGES, drawn))
    assert (found.value, found.p_value) == (6.5, pytest.approx(0.3809524, abs=5e-8))
    office = np.repeat(np.arange(7), 2)
    after = np.tile([False, True], 7)
    both = pooled(Offices(np.where(after, VILLAGES[office], 0.0), office, drawn[office], after)).permuted
    assert both is not None
    assert (both.value, both.p_value) == (6.5, pytest.approx(0.3809524, abs=5e-8))
    persons = VILLAGES[office] + np.tile([-1.0, 1.0], 7)
    same = office_values(Persons(persons, office, np.array([0, 6]), np.zeros((14, 0))))
    trial = trial_results(same)
    assert (trial.ways, trial.counted, trial.pooled.value) == (21, True, pytest.approx(6.5))
    assert trial.randomisation_p == pytest.approx(0.3809524, abs=5e-8)


def test_clusters_drawn_in_blocks_with_unlike_chances() -> None:
    """R's ri2: 2, two-sided p-value 0.1944444 (7 of 36 ways). Half of two blocks is drawn and two thirds of the third;
    the plain difference of means, 1.9, would let what differs between the blocks pass for an effect."""
    drawn = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0]) == 1
    block = np.array([1, 1, 2, 2, 2, 3, 3, 3, 3])
    mean = CLUSTERED.reshape(9, 2).mean(axis=1)
    found = randomisation(Units(mean, drawn, block=block))
    assert (found.value, found.p_value) == (pytest.approx(2.0), pytest.approx(0.1944444, abs=5e-8))
    assert mean[drawn].mean() - mean[~drawn].mean() == pytest.approx(1.9)


@pytest.mark.parametrize("clusters", [6, 9])
def test_the_wild_bootstrap_against_diff_diff(clusters: int) -> None:
    rng = np.random.default_rng(clusters)
    cluster = np.repeat(np.arange(clusters), 20)
    treated = (cluster % 2 == 0) & (rng.random(len(cluster)) < 0.7)
    x = rng.normal(size=(len(cluster), 2))
    y = 0.4 * treated + x[:, 0] + rng.normal(size=clusters)[cluster] + rng.normal(size=len(cluster))
    whole = np.column_stack([np.ones(len(y)), treated, x])
    left = y - whole @ np.linalg.lstsq(whole, y, rcond=None)[0]
    theirs = diff_diff.utils.wild_bootstrap_se(whole, y, left, cluster, 1, n_bootstrap=9999, seed=1)
    ours = wild_bootstrap(Comparison(y, treated, x, ("a", "b"), cluster), points="rademacher", count_ties=False)
    assert ours.p_value == theirs.p_value
    assert ours.se == pytest.approx(theirs.se, rel=1e-8)
    np.testing.assert_allclose(ours.interval, (theirs.ci_lower, theirs.ci_upper), rtol=1e-6)
