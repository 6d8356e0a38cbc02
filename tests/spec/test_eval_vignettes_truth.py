"""Coverage where the truth is known: intervals for agreement and for what weighs hold it as often as they say.

Few draws, seeded: a share of 0.95 over 150 draws has a Monte-Carlo error of 0.018, so three of them are let pass.
"""

import numpy as np

from springbrett.evaluation.effects.records import Floats, Ints
from springbrett.evaluation.vignettes.agreement import krippendorff_alpha
from springbrett.evaluation.vignettes.ordinal import Judgements, fit_ordinal

DRAWS = 150
LEAST = 0.95 - 3 * np.sqrt(0.95 * 0.05 / DRAWS)
PERSONS = np.array([-1.2, -0.6, 0.0, 0.3, 0.9, 1.6])
STEPS = np.array([-0.7, 0.7])


def judged(rng: np.random.Generator, advisers: int, persons: Floats = PERSONS, spread: float = 0.8) -> Ints:
    """Advisers drawn from one population, the persons given."""
    level = spread * rng.normal(size=(advisers, 1))
    return np.digitize(persons + level + rng.logistic(size=(advisers, len(persons))), STEPS)


def test_the_interval_for_alpha_holds_the_agreement_of_the_population_the_advisers_are_drawn_from() -> None:
    rng = np.random.default_rng(17)
    truth = krippendorff_alpha(judged(rng, 20_000), "ordinal", draws=0).value
    held = []
    for seed in range(DRAWS):
        matrix = judged(rng, 25)
        matrix[rng.random(matrix.shape) < 0.15] = -1
        lower, upper = krippendorff_alpha(matrix, "ordinal", draws=400, seed=seed).interval
        held.append(lower <= truth <= upper)
    assert np.mean(held) >= LEAST


def test_drawing_an_adviser_twice_does_not_pull_the_draws_towards_agreement() -> None:
    """Copies compared with each other would lift every draw by about a twelfth of the way to 1."""
    rng = np.random.default_rng(18)
    off = []
    for seed in range(30):
        found = krippendorff_alpha(judged(rng, 12), "ordinal", draws=400, seed=seed)
        off.append(np.mean(found.interval) - found.value)
    assert abs(np.mean(off)) < 0.02


def test_the_interval_for_a_trait_holds_the_truth_and_without_advisers_it_does_not() -> None:
    rng = np.random.default_rng(19)
    held, blind = [], []
    trait = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    for _draw in range(DRAWS):
        # Half of the advisers see persons with the trait more often, so their levels do not cancel out.
        matrix = judged(rng, 40, persons=0.8 * trait, spread=1.5)
        asked = rng.random(matrix.shape) < np.where(
            np.arange(40)[:, None] % 2 == 0, 0.9 * trait + 0.05, 0.95 - 0.9 * trait
        )
        asked[:, [0, 3]] = True
        adviser, person = np.nonzero(asked)
        data = Judgements(matrix[adviser, person], trait[person][:, None], ("trait",), adviser)
        for fit, into in ((fit_ordinal(data), held), (fit_ordinal(data, advisers=False), blind)):
            into.append(abs(fit.beta[0] - 0.8) <= 1.96 * fit.se[0])
    assert np.mean(held) >= LEAST
    assert np.mean(blind) < np.mean(held)
