"""Randomisation inference: how often would the offices have come out so far apart, had others been the trial offices?

Fisher's sharp null with a constant effect: exact whatever the outcomes' distribution, when the trial offices were drawn
at random (within blocks, where stated). All draws are gone through when they are few. Where a larger share was drawn in
one block than in another, each office counts by the inverse of its chance of being where it is (Gerber & Green 2012,
chapter 3): blocks that differ anyway would otherwise pass for an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np

from springbrett.evaluation.effects.entrance import hold, labels, numbers, yes_no
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Flags, Floats, Ints

ENUMERATE = 200_000
DRAWS = 20_000
TIE, NO_SPREAD = 1e-9, 1e-14


@dataclass(frozen=True, slots=True)
class Units:
    """G offices: `outcome` (for a trial with months before: the change), `treated`, `weight` (persons; None: alike),
    `block` within which treatment was drawn (None: all together)."""

    outcome: Floats
    treated: Flags
    weight: Floats | None = None
    block: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, outcome=numbers(self.outcome, "the outcome"), treated=yes_no(self.treated, "taking part"),
             weight=None if self.weight is None else numbers(self.weight, "the weight"),
             block=None if self.block is None else labels(self.block, "the block"))  # fmt: skip
        count = len(self.outcome)
        if self.treated.shape != (count,) or not np.isfinite(self.outcome).all():
            raise CannotEstimate("bad_input", "an office's outcome is missing, or the lengths differ")
        if any(given is not None and given.shape != (count,) for given in (self.weight, self.block)):
            raise CannotEstimate("bad_input", "there is not one weight, or one block, per office")
        if self.weight is not None and not ((self.weight > 0) & np.isfinite(self.weight)).all():
            raise CannotEstimate("bad_input", "an office has no persons")
        if not self.treated.any():
            raise CannotEstimate("no_treated", "no office took part")
        if self.treated.all():
            raise CannotEstimate("no_comparison", "there is no office to compare with")


def assignments(treated: Flags, block: Ints | None, *, draws: int = DRAWS, seed: int = 1) -> tuple[Flags, bool]:
    """Draws × G: who could have been treated, as many per block as were; whether these are all. The first is what was.

    Raises CannotEstimate("no_variation") when nothing could have come out otherwise.
    """
    blocks = [np.arange(len(treated))] if block is None else [np.flatnonzero(block == b) for b in np.unique(block)]
    sizes = [(at, int(treated[at].sum())) for at in blocks]
    total = prod(comb(len(at), taken) for at, taken in sizes)
    if total < 2:
        raise CannotEstimate("no_variation", "no other office could have been drawn; randomisation says nothing")
    if total <= ENUMERATE:
        made = np.zeros((total, len(treated)), bool)
        for row, chosen in enumerate(product(*(combinations(at, taken) for at, taken in sizes))):
            made[row, np.concatenate([np.array(part, np.int64) for part in chosen])] = True
        itself = int(np.flatnonzero((made == treated).all(axis=1))[0])
        made[[0, itself]] = made[[itself, 0]]
        return made, True
    rng = np.random.default_rng(seed)
    made = np.zeros((draws + 1, len(treated)), bool)
    made[0] = treated
    for at, taken in sizes:
        places = rng.random((draws, len(at))).argpartition(max(taken - 1, 0), axis=1)[:, :taken]
        made[np.arange(1, draws + 1)[:, None], at[places]] = True
    return made, False


def sides(units: Units) -> tuple[Floats, Floats]:
    """What each office counts (G) if it takes part, and if it does not: its weight over its chance of that.

    Raises CannotEstimate("no_comparison"): a block with trial offices only, or with control offices only.
    """
    weight = np.ones(len(units.outcome)) if units.weight is None else units.weight
    if units.block is None:
        return weight, weight
    names, place = np.unique(units.block, return_inverse=True)
    chance = np.bincount(place, units.treated) / np.bincount(place)
    one_sided = (chance == 0) | (chance == 1)
    if one_sided.any():
        raise CannotEstimate("no_comparison", "a block has trial offices only, or none; leave it out",
                             block=str(names[one_sided][0]))  # fmt: skip
    return weight / chance[place], weight / (1 - chance[place])


def gap(treated: Flags, outcome: Floats, counts: tuple[Floats, Floats]) -> Floats:
    """By draw: weighted mean of the treated minus that of the others. treated: draws × G; counts: see `sides`."""
    on, off = treated * counts[0], ~treated * counts[1]
    return np.asarray((on @ outcome) / on.sum(axis=1) - (off @ outcome) / off.sum(axis=1))


def randomisation(units: Units, *, draws: int = DRAWS, seed: int = 1, level: float = 0.95) -> Estimate:
    """Difference in means, its two-sided p-value, and the interval of effects the data do not rule out.

    The effect a draw cannot tell from what was seen lies between two values, found in closed form; the interval's ends
    are infinite when too few draws are possible to rule anything out (p-value ≥ 1 − level: raised).
    Raises CannotEstimate: too_few_clusters, no_variation, no_treated, no_comparison, bad_input.
    """
    made, _every = assignments(units.treated, units.block, draws=draws, seed=seed)
    counts = sides(units)
    if 1.0 / len(made) >= 1 - level:
        raise CannotEstimate("too_few_clusters", f"only {len(made)} draws were possible; no p-value below "
                             f"{1 / len(made):.3f}", draws=len(made))  # fmt: skip
    outcome = units.outcome - units.outcome.mean()  # so that nothing hangs on where the outcome is counted from
    if not np.abs(outcome).max() > NO_SPREAD * np.abs(units.outcome).max():
        raise CannotEstimate("no_variation", "all offices have the same outcome; chance cannot be told")
    found = gap(made, outcome, counts)
    moved = gap(made, units.treated.astype(np.float64), counts)
    value = float(found[0])
    margin = TIE * max(abs(value), float(np.abs(outcome).max(initial=0.0)), 1e-300)
    p = float((np.abs(found) >= abs(value) - margin).mean())
    return Estimate(
        Estimand.ATT, "randomisation", value, float("nan"), interval_of(value, found, moved, 1 - level),
        int(units.treated.sum()), int((~units.treated).sum()), level, p,
        ("offices_drawn_at_random", "same_effect_everywhere"),
    )  # fmt: skip


def interval_of(value: float, found: Floats, moved: Floats, alpha: float) -> tuple[float, float]:
    """Effects τ for which more than alpha of the draws are at least as extreme: |s − τc| ≥ |value − τ|.

    By draw, `found` (s): what the outcome gave, first as it was; `moved` (c): what an effect of one would give.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(moved < 1 - 1e-12, (value - found) / (1 - moved), np.inf)
        other = np.where(moved > -1 + 1e-12, (value + found) / (1 + moved), np.inf)
    endless = moved >= 1 - 1e-12
    mirrored = moved <= -1 + 1e-12
    low = np.where(endless, -np.inf, np.where(mirrored, -np.inf, np.minimum(one, other)))
    high = np.where(endless | mirrored, np.inf, np.maximum(one, other))
    place = int(np.floor(alpha * len(found) + 1e-9))
    return float(np.sort(low)[place]), float(np.sort(high)[::-1][place])
