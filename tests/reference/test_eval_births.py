"""Smoking and the weight of newborns (Cattaneo 2010), to the digits other programs printed with the same models."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.records import Estimand
from springbrett.evaluation.effects.robust import double_machine_learning, doubly_robust
from springbrett.evaluation.effects.sequence import first_measure
from springbrett.evaluation.effects.weighting import inverse_probability

FOUR = ("mmarried_", "mage", "medu", "fbaby_")
FIVE = ("mage", "prenatal1_", "mmarried_", "fbaby_", "medu")


@pytest.fixture(scope="module")
def births() -> pd.DataFrame:
    """4 642 births, grams; the mothers of 864 smoked."""
    return pd.read_csv(Path(statsmodels.__file__).parent / "treatment" / "tests" / "results" / "cataneo2.csv")


def compared(table: pd.DataFrame, names: tuple[str, ...]) -> Comparison:
    treated = table.mbsmoke_.to_numpy() > 0
    return Comparison(table.bweight.to_numpy(float), treated, table[list(names)].to_numpy(float), names)


def test_smoking_and_weight_at_birth_by_both_models(births: pd.DataFrame) -> None:
    """Stata 17, logit and least squares: all −232.1943598, those who smoked −224.7043978. Its errors (23.27, 23.46)
    take the models as known; ours count them in."""
    data = compared(births, FOUR)
    assert (data.n_treated, data.n_comparison) == (864, 3778)
    every, smoked = (doubly_robust(data, estimand=one) for one in (Estimand.ATE, Estimand.ATT))
    assert every.value == pytest.approx(-232.1943598, abs=5e-8)
    assert smoked.value == pytest.approx(-224.7043978, abs=5e-8)
    assert (round(every.se, 2), round(smoked.se, 2)) == (25.02, 23.16)


def test_smoking_and_weight_at_birth_by_weighting(births: pd.DataFrame) -> None:
    """Stata 17, logit: those who smoked −220.7887155."""
    found = inverse_probability(compared(births, FOUR), estimand=Estimand.ATT)
    assert found.value == pytest.approx(-220.7887155, abs=5e-8)


def test_smoking_and_weight_at_birth_with_nobody_predicted_by_themselves(births: pd.DataFrame) -> None:
    """R's DoubleML, the first 2 321 births in one fold and the rest in the other: −231.810390 (23.482049); its error
    divides by n where ours divides by n − 1."""
    data = compared(births, FIVE)
    count = len(data.y)
    fold = (np.arange(count) >= 2321).astype(np.int64)
    found = double_machine_learning(data, estimand=Estimand.ATE, learner="linear", folds=fold)
    assert found.value == pytest.approx(-231.810390, abs=5e-7)
    assert found.se * np.sqrt((count - 1) / count) == pytest.approx(23.482049, abs=5e-7)


def test_a_pair_of_kinds_gives_the_same_whatever_the_others_are(births: pd.DataFrame) -> None:
    """The first figure again, as one kind against another, with births of a third kind beside them."""
    both = pd.concat([births, births.iloc[::10].assign(bweight=9999)])
    first = np.where(both.mbsmoke_ > 0, "smoked", "did not")
    first[len(births) :] = "not said"
    found = first_measure(both.bweight.to_numpy(float), first, ("smoked", "did not"),
                          both[list(FOUR)].to_numpy(float), FOUR)  # fmt: skip
    assert found.value == pytest.approx(-232.1943598, abs=5e-8)
    assert (found.n_treated, found.n_comparison) == (864, 3778)
