"""The labour-market durations that the R package durmod draws for its own tests, drawn again without R.

R's default generators are public: Mersenne Twister, and normal draws by inversion of 53 bits. With the same seed and
the same order of draws the rows are the very same (`durmod::datagen(N, censor)`, version of July 2019).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from springbrett.evaluation.effects.durations.mixture import Histories, Transition

SPREAD = np.array([[1.0, 0.5], [0.5, 1.0]])
MEANS = np.array([-2.5, -3.0])
CHANGES = 35.0
BIG = 134_217_728


class RDraws:
    """`set.seed(seed)`, `runif` and `rnorm` as R has them."""

    def __init__(self, seed: int) -> None:
        for _ in range(50):
            seed = (69069 * seed + 1) % 2**32
        state = []
        for _ in range(625):
            seed = (69069 * seed + 1) % 2**32
            state.append(seed)
        self.bits = np.random.MT19937()
        self.bits.state = {"bit_generator": "MT19937", "state": {"key": np.array(state[1:], np.uint32), "pos": 624}}

    def uniform(self) -> float:
        return min(max(int(self.bits.random_raw()) * 2.3283064365386963e-10, 0.5 / (2**32 - 1)), 1 - 0.5 / (2**32 - 1))

    def normal(self) -> float:
        return float(ndtri((int(BIG * self.uniform()) + self.uniform()) / BIG))


@dataclass(frozen=True)
class Drawn:
    """Rows: person, two covariates, whether the programme has begun, how the row ends (0 as it is, 1 a job, 2 the
    programme begins) and how long it lasts."""

    person: np.ndarray
    x: np.ndarray
    begun: np.ndarray
    ends: np.ndarray
    duration: np.ndarray

    def histories(self) -> Histories:
        with_begun = np.column_stack([self.x, self.begun])
        return Histories(self.person, self.duration, (
            Transition("job", with_begun, ("x1", "x2", "treatment"), np.ones(len(self.person), bool), self.ends == 1),
            Transition("programme", self.x, ("x1", "x2"), self.begun == 0, self.ends == 2),
        ))  # fmt: skip


def drawn(persons: int, last_seen: float, seed: int) -> Drawn:
    """Registered persons who find a job, begin a programme, or change their traits; true effect of the programme .2."""
    draws = RDraws(seed)
    x = np.array([[draws.normal() for _ in range(persons)] for _ in range(2)]).T
    values, vectors = np.linalg.eigh(SPREAD)
    root = (vectors * np.sqrt(values)) @ vectors.T
    unseen = np.array([[draws.normal(), draws.normal()] for _ in range(persons)]) @ root + MEANS
    rows: list[tuple[float, ...]] = []
    for person in range(persons):
        rows += _life(draws, person, x[person], unseen[person], last_seen)
    table = np.array(rows)
    return Drawn(table[:, 0].astype(np.int64), table[:, 1:3], table[:, 3], table[:, 4].astype(np.int64), table[:, 5])


def _life(draws: RDraws, person: int, x: np.ndarray, unseen: np.ndarray, last_seen: float) -> list[tuple[float, ...]]:
    rows, clock, begun = [], last_seen * draws.uniform(), 0.0
    while True:
        job = -np.log(draws.uniform()) * np.exp(-(x[0] - x[1] + unseen[0] + 0.2 * begun))
        starts = np.inf if begun else -np.log(draws.uniform()) * np.exp(-(x[0] + 0.5 * x[1] + unseen[1]))
        change = -np.log(draws.uniform()) * CHANGES
        now, after, ends, length = x, begun, 2, starts
        if change < job and change < starts:
            ends, length = 0, change
            x = x + np.array([draws.normal(), draws.normal()])
        elif job < change and job < starts:
            ends, length = 1, job
        else:
            after = 1.0
        clock += length
        if clock > last_seen:
            return [*rows, (person, *now, begun, 0, last_seen - (clock - length))]
        rows.append((person, *now, begun, ends, length))
        if ends == 1:
            return rows
        begun = after
