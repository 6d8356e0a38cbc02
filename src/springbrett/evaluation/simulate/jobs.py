"""Who works where: every new job is with a new employer, unless the person was placed there or stays on there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.records import Flags, Floats, Ints
from springbrett.evaluation.simulate.months import Starts
from springbrett.evaluation.simulate.world import World

PLACED = "arbeidstrening"


@dataclass(frozen=True, slots=True)
class Jobs:
    """Stretches of work, sorted by person and first row; `employer` of each, and `placed_at`: the employer of each
    start of a measure (−1: none)."""

    person: Ints
    first: Ints
    last: Ints
    subsidised: Flags
    employer: Ints
    placed_at: Ints


def employers_of(
    stretches: tuple[Ints, Ints, Ints, Flags], starts: Starts, last: Ints, world: World, rng: np.random.Generator
) -> Jobs:  # fmt: skip
    """Employers of the stretches (person, first, last, subsidised; sorted) and of the starts, whose last rows are
    `last`. A job that follows a placement within some months is by a chance that hangs on the purpose at the same
    place, and one that goes on from a subsidised job most often with the same employer."""
    person, first, until, paid = stretches
    if not len(person):
        return Jobs(person, first, until, paid, person, np.full(len(starts.person), -1))
    employer = rng.integers(0, world.people["employers"], len(person))
    goes_on = np.flatnonzero((person[1:] == person[:-1]) & (first[1:] == until[:-1] + 1) & paid[:-1] & ~paid[1:]) + 1
    goes_on = goes_on[rng.random(len(goes_on)) < world.jobs["kept"]]
    placed_at = np.full(len(starts.person), -1)
    names = list(world.measures)
    placed = np.flatnonzero(starts.measure == names.index(PLACED)) if PLACED in names else np.zeros(0, np.int64)
    placed_at[placed] = rng.integers(0, world.people["employers"], len(placed))
    chance = _chances(world)[starts.purpose[placed]]
    job = _first_from(person, first, starts.person[placed], starts.month[placed])
    there = (job >= 0) & (rng.random(len(placed)) < chance) & ~paid[job]
    there &= first[job] <= last[placed] + int(world.jobs["within"])
    employer[job[there]] = placed_at[placed[there]]
    employer[goes_on] = employer[goes_on - 1]
    paying = [k for k, kind in enumerate(world.measures.values()) if kind.subsidised]
    subsidy = np.flatnonzero(np.isin(starts.measure, paying))
    own = _first_from(person, first, starts.person[subsidy], starts.month[subsidy])
    right = (own >= 0) & paid[own]
    placed_at[subsidy[right]] = employer[own[right]]
    return Jobs(person, first, until, paid, employer, placed_at)


def _chances(world: World) -> Floats:
    """By purpose, how many of those who find a job in time find it where they were placed; the last for no purpose."""
    kinds = world.measures[PLACED].purposes if PLACED in world.measures else {}
    return np.array([*(kind.stays for kind in kinds.values()), 0.0])


def _first_from(person: Ints, first: Ints, who: Ints, month: Ints) -> Ints:
    """The first stretch of each person that begins in the month or later; −1 when there is none."""
    wide = int(max(first.max(initial=0), month.max(initial=0))) + 2
    at = np.searchsorted(person * wide + first, who * wide + month)
    safe = np.minimum(at, len(person) - 1)
    return np.where((at < len(person)) & (person[safe] == who), safe, -1)
