"""Time durations against what others take on the same data in the same run.

python -m tests.bench.bench_durations points 50000     mass points: ours against the plain likelihood climbed by BFGS
python -m tests.bench.bench_durations monthly 500000   monthly hazards: ours against a general linear model on rows
python -m tests.bench.bench_durations cox 500000       Cox: ours against lifelines
python -m tests.bench.bench_durations coverage 200     timing-of-events on drawn persons: bias and coverage

R's durmod, on 50 000 persons of the same design, 2 idle cores: 3.0 s for two points, 23 s for five. It cannot be
fetched where this was written, so its figures stand as they were measured, not in the same run.
"""

import sys
import warnings

import numpy as np
from scipy.optimize import minimize

from springbrett.evaluation.effects.durations.discrete import discrete_hazards
from springbrett.evaluation.effects.durations.hazards import cox
from springbrett.evaluation.effects.durations.mixture import Histories
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.durations.timing import effect_of_treatment, timing_of_events, treatment_histories
from tests.bench.clock import Took, compare, measured
from tests.builders.durations import histories_of
from tests.reference.labour_market_draws import drawn

DURMOD = {2: 3.0, 5: 23.0}
PLAIN_PERSONS = 4_000
GLM_SPELLS = 10_000


def plain_likelihood(histories: Histories, points: int) -> tuple[float, int]:
    """Rows × points, climbed by BFGS with differences for slopes: how it is usually first written."""
    persons = histories.person
    sizes = [way.x.shape[1] for way in histories.transitions]

    def minus(theta: np.ndarray) -> float:
        at, total = 0, np.zeros((len(persons), points))
        for way, size in zip(histories.transitions, sizes, strict=True):
            level = (way.x @ theta[at : at + size])[:, None] + theta[at + size : at + size + points]
            at += size + points
            hazard = np.exp(np.clip(level, -50, 50)) * histories.duration[:, None]
            total += np.where(way.at_risk[:, None], way.ends[:, None] * level - hazard, 0.0)
        logit = np.concatenate([[0.0], theta[at:]])
        by_person = np.add.reduceat(total, np.flatnonzero(np.diff(persons, prepend=-1)), axis=0)
        joint = by_person + logit - np.logaddexp.reduce(logit)
        return -float(np.logaddexp.reduce(joint, axis=1).sum())

    start = np.concatenate([*(np.concatenate([np.zeros(k), np.linspace(-4, -1.5, points)]) for k in sizes),
                            np.zeros(points - 1)])  # fmt: skip
    found = minimize(minus, start, method="BFGS", options={"gtol": 1e-3, "maxiter": 500})
    return -float(found.fun), int(found.nit)


def points(persons: int) -> None:
    """Two and five mass points."""
    wanted = {"job": ("treatment",)}
    small = drawn(PLAIN_PERSONS, 1200.0, 7).histories()
    large = drawn(persons, 1200.0, 7).histories()
    for count in DURMOD:
        slow = measured(lambda n=count: plain_likelihood(small, n))  # type: ignore[misc]
        fast = measured(lambda n=count: timing_of_events(small, wanted, most=n))  # type: ignore[misc]
        compare(f"{count} points, {len(small.person)} rows: log-likelihood {fast.made.log_likelihood:.3f}, plain"
                f" {slow.made[0]:.3f}", fast, "the plain likelihood climbed by BFGS", slow)  # fmt: skip
    for count, theirs in DURMOD.items():
        fast = measured(lambda n=count: timing_of_events(large, wanted, most=n))  # type: ignore[misc]
        effect = fast.made.effects["job: treatment"]
        stated = Took(theirs, theirs, 0.0, 0.0, None)
        compare(f"{count} points, {len(large.person)} rows, every number up to it: log-likelihood"
                f" {fast.made.log_likelihood:.2f}, effect {effect.value:.4f} ({effect.se:.4f})", fast,
                "durmod (as once measured, not in this run)", stated)  # fmt: skip


def spells_of(count: int) -> tuple[Spells, np.ndarray]:
    """Whole months to one of two exits, with three covariates of few values."""
    rng = np.random.default_rng(1)
    x = np.column_stack([rng.integers(0, 2, count), rng.integers(0, 5, count), rng.integers(20, 60, count) / 10])
    exit_ = np.ceil(rng.exponential(20 / np.exp(x @ [0.2, -0.1, 0.1])))
    cause = np.where(exit_ > 36, 0, rng.integers(1, 3, count))
    return Spells(np.minimum(exit_, 36.0), cause, ("job", "education")), x.astype(float)


NAMES = ("woman", "education", "age")


def monthly(count: int) -> None:
    """Monthly hazards, against a package on person-months (fewer spells: it does not fit more), per spell."""
    import statsmodels.api as sm

    few, x = spells_of(GLM_SPELLS)
    months = few.exit.astype(int)
    who = np.repeat(np.arange(len(months)), months)
    month = np.arange(len(who)) - np.repeat(np.cumsum(months) - months, months) + 1
    left = (month == few.exit[who]) & (few.cause[who] == 1)
    design = np.column_stack([month[:, None] == np.arange(1, 37), x[who]]).astype(float)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    slow = measured(lambda: sm.GLM(left.astype(float), design, family=family).fit())
    ours = discrete_hazards(few, "job", x, NAMES).hazards.coefficients
    spells, x = spells_of(count)
    fast = measured(lambda: discrete_hazards(spells, "job", x, NAMES))
    gap = np.abs(ours - slow.made.params[-3:]).max()
    compare(f"monthly hazards, {count} spells (largest difference of coefficients {gap:.1e})", fast,
            f"statsmodels, {GLM_SPELLS} spells, as for {count}", slow.scaled(count / GLM_SPELLS))  # fmt: skip


def against_lifelines(count: int) -> None:
    """Cox with ties by Efron."""
    import pandas as pd
    from lifelines import CoxPHFitter

    spells, x = spells_of(count)
    frame = pd.DataFrame(x, columns=list(NAMES)).assign(time=spells.exit, left=spells.cause == 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        slow = measured(lambda: CoxPHFitter().fit(frame, "time", "left"))
    fast = measured(lambda: cox(spells, "job", x, NAMES))
    gap = np.abs(fast.made.coefficients - slow.made.params_.to_numpy()).max()
    compare(f"Cox, {count} spells (largest difference of coefficients {gap:.1e})", fast, "lifelines", slow)


def coverage(draws: int, truth: float = 0.3) -> None:
    """Bias and coverage of the effect, with one point and with as many as the data ask for."""
    values, inside, one = [], [], []
    for seed in range(draws):
        spells, treated_at, x = histories_of(3000, seed, effect=truth)
        found = effect_of_treatment(treatment_histories(spells, treated_at, x, ("age",)))
        effect = found.effects["job: treatment"]
        values.append(effect.value)
        inside.append(effect.interval[0] <= truth <= effect.interval[1])
        one.append(found.path[0].effects["job: treatment"])
    print(f"truth {truth}: mean {np.mean(values):.3f} (sd {np.std(values):.3f}), 95 % intervals hold it in "
          f"{np.mean(inside):.3f} of {draws}; with one point {np.mean(one):.3f}")  # fmt: skip


if __name__ == "__main__":
    kinds = {"points": points, "monthly": monthly, "cox": against_lifelines, "coverage": coverage}
    kinds[sys.argv[1]](int(sys.argv[2]))
