"""Time the effects of one treatment at register size, each against a common way of doing it in the same run.

python -m tests.bench.bench_effects                     100 000 treated, 3 000 000 comparisons, 20 covariates
python -m tests.bench.bench_effects 20000 600000        smaller
python -m tests.bench.bench_effects 100000 3000000 nearest weighting    some of them only

`covariates` finds each treated unit's nearest in 20 dimensions, with estimate and error; a k-d tree only finds them,
for forty of the treated, and its time is stated as for all. Processor seconds and memory are printed beside.

The other way: scikit-learn's logistic regression with numpy around it, a textbook Newton, doubleml; without standard
errors where it gives none. Ours always gives them, with balance and overlap. Estimates are printed beside each other.
"""

import sys
import warnings
from collections.abc import Callable

import numpy as np
from scipy.special import expit

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.covariates import nearest_on_covariates, nearest_rows, whitened
from springbrett.evaluation.effects.matching import nearest_on_score
from springbrett.evaluation.effects.nearest import Line
from springbrett.evaluation.effects.records import Estimate
from springbrett.evaluation.effects.robust import double_machine_learning, doubly_robust
from springbrett.evaluation.effects.weighting import entropy_balancing, inverse_probability
from tests.bench.clock import Took, compare, measured

WIDTH, SHARE_OF_KNOWN = 20, 0.25


def drawn(treated: int, others: int) -> Comparison:
    """Half the covariates are numbers, half yes or no; all of them move taking part and the outcome."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(treated + others, WIDTH))
    x[:, WIDTH // 2 :] = x[:, WIDTH // 2 :] > 0.5
    odds = x @ rng.normal(size=WIDTH) * SHARE_OF_KNOWN
    odds += np.log(treated / others) - np.log(np.exp(odds[:200_000]).mean())
    taking = rng.random(len(x)) < expit(odds)
    y = x @ rng.normal(size=WIDTH) + 0.5 * taking + rng.normal(size=len(x))
    return Comparison(y, taking, x, tuple(f"c{number}" for number in range(WIDTH)))


def sklearn_chance(data: Comparison) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8).fit(data.x, data.treated)
    return np.asarray(model.predict_proba(data.x)[:, 1])


def plain_weighting(data: Comparison) -> float:
    chance = sklearn_chance(data)
    weight = (chance / (1 - chance))[~data.treated]
    return float(data.y[data.treated].mean() - np.average(data.y[~data.treated], weights=weight))


def plain_nearest(data: Comparison) -> float:
    chance = sklearn_chance(data)
    odds = np.log(chance / (1 - chance))
    own, other, y = odds[data.treated], odds[~data.treated], data.y[~data.treated]
    order = np.argsort(other, kind="stable")
    place = np.clip(np.searchsorted(other[order], own), 1, len(other) - 1)
    held = other[order]
    place -= own - held[place - 1] <= held[place] - own
    return float((data.y[data.treated] - y[order][place]).mean())


def plain_balancing(data: Comparison) -> float:
    """A textbook Newton on all the rows at once."""
    target = data.x[data.treated].mean(axis=0)
    z, beta = data.x[~data.treated] - target, np.zeros(WIDTH)
    for _step in range(50):
        weight = np.exp(z @ beta)
        weight /= weight.sum()
        gap = weight @ z
        if np.abs(gap).max() < 1e-9:
            break
        beta -= np.linalg.solve((z * weight[:, None]).T @ z - np.outer(gap, gap), gap)
    return float(data.y[data.treated].mean() - weight @ data.y[~data.treated])


def with_doubleml(data: Comparison, outcome: object, taking: object) -> float:
    import doubleml

    fold = np.arange(len(data.y)) % 5
    held = doubleml.DoubleMLData.from_arrays(data.x, data.y, data.treated.astype(float))
    model = doubleml.DoubleMLIRM(held, outcome, taking, n_folds=5, score="ATTE", draw_sample_splitting=False)
    model.set_sample_splitting([[(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(5)]])
    return float(model.fit().coef[0])


def doubleml_linear(data: Comparison) -> float:
    from sklearn.linear_model import LinearRegression, LogisticRegression

    taking = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8)
    return with_doubleml(data, LinearRegression(), taking)


def doubleml_boosted(data: Comparison) -> float:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    outcome, taking = (
        kind(max_iter=100, random_state=0) for kind in (HistGradientBoostingRegressor, HistGradientBoostingClassifier)
    )
    return with_doubleml(data, outcome, taking)


def same_folds(data: Comparison, learner: str) -> Estimate:
    return double_machine_learning(data, learner=learner, folds=np.arange(len(data.y)) % 5)  # type: ignore[arg-type]


def matching_alone(data: Comparison) -> tuple[Callable[[], float], Callable[[], float]]:
    """The search itself, the score given: ours with equally near ones shared, and a stable sort with one search."""
    where = data.x @ np.linspace(0.1, 0.4, WIDTH)
    own, other, y = where[data.treated], where[~data.treated], data.y[~data.treated]

    def ours() -> float:
        return float(Line.of(other, y).sharing(own, 1).outcome.mean())

    def plain() -> float:
        order = np.argsort(other, kind="stable")
        held = other[order]
        place = np.clip(np.searchsorted(held, own), 1, len(other) - 1)
        place -= own - held[place - 1] <= held[place] - own
        return float(y[order][place].mean())

    return ours, plain


SOME_TREATED = 40


def in_twenty_dimensions(data: Comparison) -> None:
    """The whole estimate by the nearest on all the covariates, against a tree's search alone."""
    theirs = _searched_by_a_tree(data)
    ours = measured(lambda: nearest_on_covariates(data))
    said = f"a k-d tree, the search alone, {SOME_TREATED} as for all"
    found = f"covariates: {ours.made.value:.6f} ({ours.made.se:.6f})"
    compare(found, ours, said, theirs.scaled(data.n_treated / SOME_TREATED))


def _searched_by_a_tree(data: Comparison) -> Took:
    """For some of the treated; the same neighbours as ours."""
    from scipy.spatial import cKDTree

    place = whitened(data.x)
    own, other = place[data.treated][:SOME_TREATED], place[~data.treated]
    tree = cKDTree(other)
    theirs = measured(lambda: tree.query(own, workers=-1))
    pairs = nearest_rows(own, other, 1)
    assert (pairs.other[pairs.begins[:-1]] == theirs.made[1]).all()
    return theirs


RUNS: dict[str, tuple[Callable[[Comparison], Estimate], Callable[[Comparison], float], str]] = {
    "weighting": (inverse_probability, plain_weighting, "scikit-learn's score, weights alone"),
    "nearest": (nearest_on_score, plain_nearest, "scikit-learn's score, one search"),
    "balancing": (entropy_balancing, plain_balancing, "Newton on all rows at once"),
    "robust": (doubly_robust, doubleml_linear, "doubleml, five folds"),
    "linear": (lambda data: same_folds(data, "linear"), doubleml_linear, "doubleml, the same folds"),
    "boosted": (lambda data: same_folds(data, "boosted"), doubleml_boosted, "doubleml, the same folds and trees"),
}


def run(treated: int = 100_000, others: int = 3_000_000, names: tuple[str, ...] = ()) -> None:
    """Each once: they take seconds."""
    data = drawn(treated, others)
    print(f"{data.n_treated} treated, {data.n_comparison} comparisons, {WIDTH} covariates")
    if not names or "matching" in names:
        ours, plain = (measured(work) for work in matching_alone(data))
        compare("matching: the search alone", ours, "a stable sort", plain)
    for name, (estimate, other, said) in RUNS.items():
        if names and name not in names:
            continue
        first, second = measured(lambda e=estimate: e(data)), measured(lambda o=other: o(data))  # type: ignore[misc]
        found = first.made
        assert isinstance(found, Estimate)
        compare(f"{name}: {found.value:.6f} ({found.se:.6f}), other {second.made:.6f}", first, said, second)
    if not names or "covariates" in names:
        in_twenty_dimensions(data)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    run(*(sizes or [100_000, 3_000_000]), names=tuple(word for word in sys.argv[1:] if not word.isdigit()))
