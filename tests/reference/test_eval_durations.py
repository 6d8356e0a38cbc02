"""Durations against what was published and what other programs give on the same data in the same run."""

import csv
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from springbrett.evaluation.effects.durations.discrete import discrete_hazards
from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import Hazards, cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import cumulative_incidence, months_gone_difference
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.durations.timing import TimingOfEvents, timing_of_events
from tests.reference.labour_market_draws import drawn

PLASMA = Path(__file__).parent / "data" / "mgus2.csv"
ROSSI = ("fin", "age", "race", "wexp", "mar", "paro", "prio")


@cache
def plasma() -> tuple[Spells, np.ndarray, np.ndarray]:
    """Monoclonal gammopathy (Kyle et al. 2002, R package survival: mgus2): months to pcm or death; male, age."""
    with PLASMA.open() as lines:
        rows = np.array([[float(value) for value in row] for row in list(csv.reader(lines))[1:]])
    return Spells(rows[:, 0], rows[:, 1].astype(np.int64), ("pcm", "death")), rows[:, 2] == 1, rows[:, 3]


def recidivism() -> tuple[Spells, np.ndarray]:
    from lifelines.datasets import load_rossi

    data = load_rossi()
    spells = Spells(data["week"].to_numpy(float), data["arrest"].to_numpy(np.int64), ("arrest",))
    return spells, data[list(ROSSI)].to_numpy(float)


def errors(found: Hazards) -> np.ndarray:
    return np.asarray(np.sqrt(np.diag(found.covariance)))


def test_the_mean_years_with_a_disease_by_sex() -> None:
    """Survival's vignette on competing risks prints 1.323 years for women and 1.065 for men, of 20."""
    spells, male, _age = plasma()
    for chosen, years in ((~male, 1.323), (male, 1.065)):
        found = cumulative_incidence(spells.chosen(chosen), "pcm", at=np.array([240.0]))
        assert found.months_gone / 12 == pytest.approx(years, abs=5e-4)


def test_the_share_with_a_disease_and_its_error() -> None:
    """Shares and infinitesimal-jackknife errors as R's survfit gives them (survival 3.5-3)."""
    spells, male, _age = plasma()
    found = cumulative_incidence(spells.chosen(~male), "pcm", at=np.array([60.0, 120.0, 240.0]))
    assert found.share == pytest.approx([0.039789622, 0.073885664, 0.104940674], abs=5e-9)
    assert found.se == pytest.approx([0.0077983341, 0.0107697974, 0.0142629574], abs=5e-9)
    whole = cumulative_incidence(spells, "pcm", at=np.array([240.0]))
    assert (whole.months_gone, whole.months_gone_se) == pytest.approx((14.19055, 1.328832), abs=5e-6)


GRAY = {
    "male": {"pcm": (1.19450782508, 0.274422156788), "death": (11.65125901213, 0.000641590976)},
    "age": {"pcm": (8.03792834606, 0.045234310327), "death": (303.65799142491, 0.0)},
}
"""cuminc of R's cmprsk 2.2-11, by sex and by age up to 60, 70, 80 and above: statistic and p-value."""


@pytest.mark.parametrize("by", ["male", "age"])
@pytest.mark.parametrize("cause", ["pcm", "death"])
def test_grays_test_with_ties_is_that_of_cmprsk(by: str, cause: str) -> None:
    spells, male, age = plasma()
    group = male.astype(np.int64) if by == "male" else np.searchsorted([60.0, 70.0, 80.0], age)
    found = gray_test(spells, cause, group)
    assert (found.statistic, found.p_value) == pytest.approx(GRAY[by][cause], rel=1e-9, abs=1e-12)
    assert found.degrees == len(np.unique(group)) - 1


def test_the_difference_in_months_is_that_of_two_curves() -> None:
    spells, male, _age = plasma()
    found = months_gone_difference(spells, "pcm", male, horizon=240.0)
    assert found.value == pytest.approx(12.77632 - 15.87940, abs=1e-5)


def test_the_subdistribution_hazard_of_men() -> None:
    """Survival's vignette: sexM −0.2290 (0.1866). The error clustered by person is R's too."""
    spells, male, age = plasma()
    x = male[:, None].astype(float)
    found = fine_gray(spells, "pcm", x, ("male",))
    assert (found.coefficients[0], errors(found)[0]) == pytest.approx((-0.2290, 0.1866), abs=5e-5)
    assert errors(fine_gray(spells, "pcm", x, ("male",), robust=True))[0] == pytest.approx(0.1857741, abs=5e-8)
    both = fine_gray(spells, "pcm", np.column_stack([male, age]), ("male", "age"))
    assert both.coefficients == pytest.approx([-0.259757, -0.017302], abs=5e-7)


def test_financial_aid_and_arrest() -> None:
    """Allison's data: financial aid −.379 (.191), with ties by Efron; robust errors are R's (survival 3.5-3)."""
    spells, x = recidivism()
    found = cox(spells, "arrest", x, ROSSI).estimate("fin")
    assert (found.value, found.se) == pytest.approx((-0.379, 0.191), abs=5e-4)
    robust = [0.19554178, 0.02533615, 0.29232856, 0.21806032, 0.38024447, 0.19920083, 0.02897459]
    assert errors(cox(spells, "arrest", x, ROSSI, robust=True)) == pytest.approx(robust, abs=5e-9)


def test_cox_is_that_of_lifelines_with_late_entry_too() -> None:
    from lifelines import CoxPHFitter
    from lifelines.datasets import load_rossi

    data = load_rossi()
    data["entry"] = np.minimum(data["week"] - 1, np.arange(len(data)) % 9).astype(float)
    theirs = CoxPHFitter().fit(data, "week", "arrest", entry_col="entry")
    spells, x = recidivism()
    ours = cox(Spells(spells.exit, spells.cause, spells.causes, data["entry"].to_numpy()), "arrest", x, ROSSI)
    assert ours.coefficients == pytest.approx(theirs.params_.to_numpy(), abs=1e-7)
    assert errors(ours) == pytest.approx(theirs.standard_errors_.to_numpy(), abs=1e-7)
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood_, abs=1e-7)


def test_ties_are_exact_where_lifelines_shakes_them() -> None:
    """A package that moves tied exits apart by chance comes near, and not to, the exact share."""
    from lifelines import AalenJohansenFitter

    time, cause = np.array([1.0, 1, 1, 2, 2, 3]), np.array([1, 2, 0, 1, 2, 0])
    ours = cumulative_incidence(Spells(time, cause, ("a", "b")), "a", at=np.array([2.0])).share[0]
    assert ours == pytest.approx(1 / 6 + (1 - 2 / 6) * 1 / 3, abs=1e-15)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = AalenJohansenFitter(seed=1).fit(time, cause, 1).cumulative_density_.iloc[:, 0].max()
    assert theirs != pytest.approx(ours, abs=1e-6)


def test_monthly_hazards_are_those_of_a_general_program() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    n = 700
    x = np.column_stack([rng.integers(0, 2, n), rng.integers(0, 4, n)]).astype(float)
    exit_ = np.minimum(np.ceil(rng.exponential(9 / np.exp(x @ [0.4, -0.1]))), 12.0)
    cause = np.where(exit_ < 12, rng.integers(1, 3, n), 0)
    entry = np.where(rng.random(n) < 0.2, 1.0, 0.0) * (exit_ > 1)
    found = discrete_hazards(Spells(exit_, cause, ("a", "b"), entry), "a", x, ("p", "q"))
    at_risk = [(i, m) for i in range(n) for m in range(int(entry[i]) + 1, int(exit_[i]) + 1)]
    rows = np.array([(i, m) for i, m in at_risk if m in found.months])
    left = (exit_[rows[:, 0]] == rows[:, 1]) & (cause[rows[:, 0]] == 1)
    design = np.column_stack([rows[:, [1]] == found.months, x[rows[:, 0]]]).astype(float)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    theirs = sm.GLM(left.astype(float), design, family=family).fit(tol=1e-13, maxiter=100)
    assert found.hazards.coefficients == pytest.approx(theirs.params[-2:], abs=1e-7)
    assert found.baseline == pytest.approx(theirs.params[:-2], abs=1e-6)
    assert found.hazards.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert errors(found.hazards) == pytest.approx(theirs.bse[-2:], rel=0.02)  # expected against observed information


@cache
def labour_market(persons: int, last_seen: float, seed: int, most: int) -> TimingOfEvents:
    histories = drawn(persons, last_seen, seed).histories()
    return timing_of_events(histories, {"job": ("treatment",)}, most=most, information="outer")


def test_durmods_own_test_gives_the_same_likelihood_and_effect() -> None:
    """durmod's tests: 10 348 rows, two points: log-likelihood −19080.61, effect −.0917 (.0415)."""
    found = labour_market(4000, 1200.0, 42, 2)
    assert found.log_likelihood == pytest.approx(-19080.61, abs=5e-3)
    effect = found.effects["job: treatment"]
    assert (effect.value, effect.se) == pytest.approx((-0.0917, 0.0415), abs=5e-5)


def test_durmods_example_gives_the_same_figures_throughout() -> None:
    """durmod's example output of June 2019: 8 588 rows, one and two points."""
    rows = drawn(5000, 80.0, 1)
    assert len(rows.person) == 8588
    assert rows.duration[-3:] == pytest.approx([33.858670, 5.464844, 15.016888], abs=5e-7)
    found = labour_market(5000, 80.0, 1, 2)
    assert [step.log_likelihood for step in found.path] == pytest.approx([-18110.6717, -17630.5327], abs=5e-5)
    published = {
        "job: x1": (0.98920818, 0.01886271), "job: x2": (-0.88030436, 0.01944638),
        "job: treatment": (-0.07639304, 0.04488823), "programme: x1": (1.01366788, 0.02594896),
        "programme: x2": (0.43936468, 0.02679311),
    }  # fmt: skip
    for name, figures in published.items():
        assert found.coefficients[name] == pytest.approx(figures, abs=2e-6), name
    assert found.chance == pytest.approx([0.5305943, 0.4694058], abs=1e-6)
    assert found.mass == pytest.approx(np.array([[0.18769612, 0.11557384], [0.03554701, 0.02551425]]), abs=1e-6)


def test_too_few_points_give_the_wrong_sign_and_it_is_said() -> None:
    """The truth is .2. With two points the effect is below zero, and the check says that more are asked for."""
    short = labour_market(4000, 1200.0, 42, 2).effects["job: treatment"]
    assert short.value < 0
    assert [check.code for check in short.failed] == ["mass_points"]
    full = labour_market(4000, 1200.0, 42, 20)
    effect = full.effects["job: treatment"]
    assert not effect.failed
    assert abs(effect.value - 0.2) < 2 * effect.se
    assert full.log_likelihood >= -18949.2
    turned = next(check for check in effect.diagnostics if check.code == "sign_by_mass_points")
    assert turned.value >= 2
