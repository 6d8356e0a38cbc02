"""Small cohorts for the estimators of when: spells, starts against not yet, cases drawn on caseworkers."""

from __future__ import annotations

import numpy as np

from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.leniency import Assigned
from springbrett.evaluation.effects.notyet import Waiting


def spells(count: int = 60, seed: int = 1, *, late: bool = False, last: float = 12.0) -> Spells:
    """Whole months to a job or education, with ties and censoring; `late`: some come under observation later."""
    rng = np.random.default_rng(seed)
    exit_ = np.minimum(np.ceil(rng.exponential(8.0, count)), last)
    cause = np.where(exit_ < last, rng.integers(0, 3, count), 0)
    entry = np.where(rng.random(count) < 0.3, np.floor(rng.random(count) * exit_), 0.0) if late else None
    return Spells(exit_, cause, ("job", "education"), entry)


def histories_of(
    count: int, seed: int, *, effect: float = 0.0, last: float = 40.0
) -> tuple[Spells, np.ndarray, np.ndarray]:
    """Spells to a job, when a measure began (NaN: not), and a covariate; two kinds of persons no register shows."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, 1))
    kind = rng.random(count) < 0.5
    job, start = np.exp(np.where(kind, -3.0, -1.6) + 0.4 * x[:, 0]), np.exp(np.where(kind, -1.8, -3.2))
    began = rng.exponential(1 / start)
    luck = rng.exponential(1.0, count)
    time = np.where(luck < job * began, luck / job, began + (luck - job * began) / (job * np.exp(effect)))
    exit_ = np.minimum(time, last)
    treated_at = np.where(began < exit_, began, np.nan)
    return Spells(exit_, (time < last).astype(np.int64), ("job",)), treated_at, x


def waiting(count: int = 400, seed: int = 1, *, effect: float = 0.0, persons: int | None = None) -> Waiting:
    """Starts and could-have-starteds in six strata; taking part and the outcome both hang on a covariate. The effect is
    −`effect` in the first three months and `effect` after."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, 2))
    strata = rng.integers(0, 6, count)
    treated = rng.random(count) < 1 / (1 + np.exp(1.2 - 0.7 * x[:, 0]))
    months = np.arange(-2, 7)
    gain = np.where(months < 0, 0.0, np.where(months < 3, -effect, effect))
    level = 0.5 * x[:, [0]] * (months >= 0) + 0.1 * strata[:, None]
    paths = level + gain * treated[:, None] + rng.standard_normal((count, len(months)))
    person = np.arange(count) if persons is None else rng.integers(0, persons, count)
    return Waiting(person, treated, strata, x, ("age", "pay"), paths, months)


def assigned(
    count: int = 800, seed: int = 1, *, caseworkers: int = 40, effect: float = 0.5, strength: float = 1.0
) -> Assigned:
    """Cases in twenty cells met by one of the caseworkers of their office; something unseen moves both."""
    rng = np.random.default_rng(seed)
    cell = rng.integers(0, 20, count)
    judge = (cell % 4) * (caseworkers // 4) + rng.integers(0, caseworkers // 4, count)
    x, unseen = rng.standard_normal((count, 2)), rng.standard_normal(count)
    willing = strength * rng.standard_normal(caseworkers)[judge]
    treated = willing + 0.6 * unseen + 0.3 * x[:, 0] + rng.standard_normal(count) > 0.3
    y = effect * treated + 0.6 * unseen + 0.2 * x[:, 1] + rng.standard_normal(count) + 0.3 * cell
    return Assigned(y, treated, judge, cell, x, ("age", "pay"), {"women": x[:, 0] > 0, "men": x[:, 0] <= 0})
