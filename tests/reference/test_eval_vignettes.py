"""Agreement and ordinal mixed models against published values, other programs, and the sums written out."""

import krippendorff
import numpy as np
import pytest
from scipy import integrate, special, stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_kappa

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.vignettes.agreement import Metric, fleiss_kappa, krippendorff_alpha
from springbrett.evaluation.vignettes.ordinal import Judgements, fit_ordinal
from springbrett.evaluation.vignettes.shares import wilson

_ = 0  # nobody asked
FOUR_BY_TWELVE = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
])  # fmt: skip
"""Krippendorff (2004, 2011): four observers, twelve units."""
FOURTEEN_RATERS = np.array([
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
])  # fmt: skip
"""Ten subjects, fourteen raters, five categories: counts."""
DIAGNOSES = [
    "444444", "222555", "233335", "555555", "222444", "113333", "333355", "113334", "114444", "555555",
    "144444", "124444", "222333", "144444", "224445", "333335", "111455", "111112", "224444", "133555",
    "555555", "244444", "224555", "114444", "144445", "222224", "111155", "224444", "133333", "555555",
]  # fmt: skip
"""Fleiss (1971): thirty patients, six psychiatrists each, five diagnoses; who of them gave which is not told."""
WINE = np.array([
    [2, 1, 2, 3, 2, 3, 1, 2, 1], [3, 2, 3, 2, 3, 2, 1, 2, 2], [3, 1, 3, 3, 4, 3, 2, 2, 3], [4, 3, 2, 2, 3, 2, 2, 3, 2],
    [4, 2, 5, 3, 3, 2, 2, 3, 3], [4, 3, 5, 2, 3, 4, 3, 3, 2], [5, 5, 4, 5, 3, 5, 2, 3, 4], [5, 4, 4, 3, 3, 4, 3, 4, 4],
])  # fmt: skip
"""Randall (1989): bitterness of eight bottles (cold, cold, … warm; without and with contact), nine judges."""


def from_counts(counts: Ints) -> Ints:
    """Raters × subjects that give these counts."""
    return np.array([np.repeat(np.arange(counts.shape[1]), row) for row in counts]).T


def wine() -> Judgements:
    temperature, contact = np.repeat([0.0, 1.0], 4), np.tile([0.0, 0.0, 1.0, 1.0], 2)
    x = np.column_stack([np.tile(temperature, 9), np.tile(contact, 9)])
    return Judgements((WINE - 1).T.ravel(), x, ("temperature", "contact"), np.repeat(np.arange(9), 8))


@pytest.mark.parametrize(("metric", "published"), [
    ("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797),
])  # fmt: skip
def test_krippendorffs_own_example(metric: Metric, published: float) -> None:
    found = krippendorff_alpha(FOUR_BY_TWELVE - 1, metric, values=np.arange(1.0, 6.0), draws=0)
    assert round(found.value, 3) == published
    assert (found.judgements, found.persons, found.advisers, found.balanced) == (40, 11, 4, False)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("seed", range(4))
def test_alpha_is_what_the_package_gives(metric: Metric, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 4, (7, 15)) * rng.integers(0, 2, (7, 15)) + rng.integers(0, 2, 15)
    matrix[rng.random(matrix.shape) < 0.4] = -1
    given = np.where(matrix >= 0, matrix + 1.0, np.nan)
    theirs = krippendorff.alpha(given, level_of_measurement=metric)
    ours = krippendorff_alpha(matrix, metric, values=np.arange(1.0, matrix.max() + 2.0), draws=0)
    assert ours.value == pytest.approx(theirs, abs=1e-12)


def test_kappa_of_fourteen_raters() -> None:
    found = fleiss_kappa(from_counts(FOURTEEN_RATERS), draws=0)
    assert round(found.value, 3) == 0.210
    assert found.value == pytest.approx(statsmodels_kappa(FOURTEEN_RATERS), abs=1e-12)


def test_kappa_of_fleiss_diagnoses() -> None:
    found = fleiss_kappa(np.array([[int(mark) - 1 for mark in row] for row in DIAGNOSES]).T, draws=0)
    assert (round(found.value, 3), round(found.value / found.se_chance, 1)) == (0.430, 17.7)
    assert found.p_chance < 1e-12


def test_wilsons_interval() -> None:
    """Newcombe (1998), method 3."""
    assert np.round(wilson(81, 263), 4).tolist() == [0.2553, 0.3662]
    assert np.round(wilson(15, 148), 4).tolist() == [0.0624, 0.1605]
    assert np.round(wilson(0, 20), 4).tolist() == [0.0, 0.1611]
    assert np.round(wilson(1, 29), 4).tolist() == [0.0061, 0.1718]


def test_the_bitterness_of_wine_without_judges() -> None:
    found = fit_ordinal(wine(), advisers=False)
    assert np.round([*found.beta, *found.se], 4).tolist() == [2.5031, 1.5278, 0.5287, 0.4766]
    assert np.round(found.thresholds, 3).tolist() == [-1.344, 1.251, 3.467, 5.006]
    assert round(found.log_likelihood, 2) == -86.49


def test_the_bitterness_of_wine_with_judges() -> None:
    """R's ordinal::clmm with ten nodes gives these digits; the eighth differs in where the search stops."""
    found = fit_ordinal(wine(), nodes=10)
    assert np.round([*found.beta, *found.se], 3).tolist() == [3.062, 1.833, 0.595, 0.512]
    assert np.round(found.thresholds, 3).tolist() == [-1.623, 1.513, 4.227, 6.086]
    assert (round(found.sigma, 3), round(found.log_likelihood, 2)) == (1.135, -81.53)


def test_without_advisers_it_is_the_proportional_odds_model_of_statsmodels() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 3))
    answer = np.digitize(x @ [0.8, -0.5, 0.0] + rng.logistic(size=400), [-1.0, 0.4, 1.5])
    theirs = OrderedModel(answer, x, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8)
    ours = fit_ordinal(Judgements(answer, x, ("a", "b", "c"), np.arange(400)), advisers=False)
    assert ours.beta == pytest.approx(np.asarray(theirs.params)[:3], abs=1e-5)
    assert ours.se == pytest.approx(np.asarray(theirs.bse)[:3], abs=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-8)


def chance(answer: int, thresholds: Floats, eta: float) -> float:
    """P(answer) straight from the definition."""
    edges = np.concatenate([[-np.inf], thresholds, [np.inf]])
    return float(special.expit(edges[answer + 1] - eta) - special.expit(edges[answer] - eta))


def test_the_likelihood_with_advisers_is_the_integral_written_out() -> None:
    data = wine()
    found = fit_ordinal(data, nodes=25)
    whole = 0.0
    for judge in range(9):
        mine = np.flatnonzero(data.adviser == judge)

        def at(u: float, mine: Ints = mine) -> float:
            etas = data.x[mine] @ found.beta + found.sigma * u
            parts = [chance(int(data.answer[i]), found.thresholds, eta) for i, eta in zip(mine, etas, strict=True)]
            return float(np.prod(parts) * stats.norm.pdf(u))

        whole += float(np.log(integrate.quad(at, -9, 9, epsabs=1e-14, epsrel=1e-11, limit=200)[0]))
    assert found.log_likelihood == pytest.approx(whole, abs=1e-7)


def test_the_likelihood_with_advisers_in_offices_is_the_double_integral_written_out() -> None:
    rng = np.random.default_rng(5)
    adviser, office = np.repeat(np.arange(8), 4), np.arange(8) % 3
    x = rng.integers(0, 2, (32, 1)).astype(np.float64)
    level = 1.2 * rng.normal(size=8)[adviser] + 1.5 * rng.normal(size=3)[office[adviser]]
    answer = np.digitize(x[:, 0] + level + rng.logistic(size=32), [-0.5, 1.0])
    data = Judgements(answer, x, ("a",), adviser, office)
    found = fit_ordinal(data, nodes=21)
    knots, weights = np.polynomial.hermite_e.hermegauss(120)  # many plain nodes: no centring, no scaling
    weights = weights / weights.sum()
    whole = 0.0
    for place in range(3):
        inside = np.ones(len(knots))
        for one in np.flatnonzero(office == place):
            mine = np.flatnonzero(adviser == one)
            grid = np.ones((len(knots), len(knots)))
            for i in mine:
                eta = x[i] @ found.beta + found.tau * knots[:, None] + found.sigma * knots[None, :]
                edges = np.concatenate([[-np.inf], found.thresholds, [np.inf]])
                grid *= special.expit(edges[answer[i] + 1] - eta) - special.expit(edges[answer[i]] - eta)
            inside *= grid @ weights
        whole += float(np.log(inside @ weights))
    assert found.log_likelihood == pytest.approx(whole, abs=1e-6)
    assert found.offices == 3


def test_the_truth_is_found_where_it_is_known() -> None:
    """120 advisers with 8 judgements each: every value within three standard errors of the truth that made it."""
    rng = np.random.default_rng(11)
    advisers, judgements = 120, 8
    adviser, office = np.repeat(np.arange(advisers), judgements), np.arange(advisers) % 30
    x = rng.integers(0, 2, (advisers * judgements, 2)).astype(np.float64)
    level = 1.0 * rng.normal(size=advisers)[adviser] + 0.8 * rng.normal(size=30)[office[adviser]]
    answer = np.digitize(x @ [1.0, -0.7] + level + rng.logistic(size=len(adviser)), [-0.5, 1.0])
    found = fit_ordinal(Judgements(answer, x, ("a", "b"), adviser, office))
    assert np.abs((found.beta - [1.0, -0.7]) / found.se).max() < 3
    assert abs(found.sigma - 1.0) < 3 * found.sigma_se and abs(found.tau - 0.8) < 3 * found.tau_se
    blind = fit_ordinal(Judgements(answer, x, ("a", "b"), adviser), advisers=False)
    assert (np.abs(blind.beta) < np.abs(found.beta)).all()  # leaving the advisers out pulls the odds towards none
