"""Small cohorts for the estimators of when: spells, starts against not yet, cases drawn on caseworkers."""

from __future__ import annotations

import numpy as np

from springbrett.evaluation.coverage.small_durations import histories_of
from springbrett.evaluation.coverage.small_when import assigned, waiting
from springbrett.evaluation.effects.durations.spells import Spells

__all__ = ["assigned", "histories_of", "spells", "waiting"]


def spells(count: int = 60, seed: int = 1, *, late: bool = False, last: float = 12.0) -> Spells:
    """Whole months to a job or education, with ties and censoring; `late`: some come under observation later."""
    rng = np.random.default_rng(seed)
    exit_ = np.minimum(np.ceil(rng.exponential(8.0, count)), last)
    cause = np.where(exit_ < last, rng.integers(0, 3, count), 0)
    entry = np.where(rng.random(count) < 0.3, np.floor(rng.random(count) * exit_), 0.0) if late else None
    return Spells(exit_, cause, ("job", "education"), entry)
