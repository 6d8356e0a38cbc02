"""Lock-in and what comes after: an effect by month, parted in two, and the month in which it has paid itself back."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Floats

DRAWS = 1999
ASSUMPTIONS = ("selection_on_observed", "overlap", "no_anticipation", "now_against_not_yet")


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The first month in which the summed effect is no longer below zero, counted from the start (None: not within the
    months looked at). `lower` and `upper` may be infinite; `share_never` is how often the draws never get there."""

    month: int | None
    lower: float
    upper: float
    share_never: float


@dataclass(frozen=True, slots=True)
class Phases:
    """`lock_in` and `later`: the effect summed over the months of each, in the outcome × months (months in work, when
    the outcome is being in work). `until`: the last month of the lock-in (−1: there is none). `later` is None when no
    months come after it, `lock_in` when there is none."""

    until: int
    lock_in: Estimate | None
    later: Estimate | None
    break_even: BreakEven


def summed(effect: Floats, covariance: Floats, counts: tuple[int, int], method: str, level: float) -> Estimate:
    """The effect summed over months, with its standard error from their covariance. ATT."""
    value, se = float(effect.sum()), float(np.sqrt(max(covariance.sum(), 0.0)))
    half = z_of(level) * se
    return Estimate(
        estimand=Estimand.ATT, method=method, value=value, se=se, interval=(value - half, value + half),
        n_treated=counts[0], n_comparison=counts[1], level=level,
        p_value=2 * NormalDist().cdf(-abs(value / se)) if se > 0 else None, assumptions=ASSUMPTIONS,
    )  # fmt: skip


def phases_of(
    effect: Floats, covariance: Floats, counts: tuple[int, int], *, lock_in_months: int | None = None,
    level: float = 0.95, seed: int = 1,
) -> Phases:  # fmt: skip
    """The two phases of an `effect` by month (m,) from the start, with its `covariance` (m × m).

    The intervals of the break-even month, and of phases parted where the sum is lowest, come from draws of the whole
    path around the estimate (the cluster bootstrap's first-order equal): each draw is parted at its own lowest month.
    Raises CannotEstimate("bad_input").
    """
    known = np.isfinite(covariance).all() and np.isfinite(effect).all()
    if not len(effect) or covariance.shape != (len(effect),) * 2 or not known:
        raise CannotEstimate("bad_input", "an effect by month needs a covariance of the same months")
    if lock_in_months is not None and not 0 <= lock_in_months <= len(effect):
        raise CannotEstimate("bad_input", "the lock-in must end within the months looked at")
    draws = _draws(effect, covariance, seed)
    until = _lowest(effect[None, :])[0] if lock_in_months is None else lock_in_months - 1
    if lock_in_months is not None:
        at, rest = slice(0, until + 1), slice(until + 1, None)
        first = summed(effect[at], covariance[at, at], counts, "lock_in", level)
        second = summed(effect[rest], covariance[rest, rest], counts, "later_effect", level)
    else:
        total = np.cumsum(draws, axis=1)
        low = _lowest(draws)
        gone = np.where(low >= 0, total[np.arange(len(low)), np.maximum(low, 0)], 0.0)
        first = _from_draws(float(effect[: until + 1].sum()), gone, counts, "lock_in", level)
        second = _from_draws(float(effect[until + 1 :].sum()), total[:, -1] - gone, counts, "later_effect", level)
    return Phases(int(until), first if until >= 0 else None, second if until + 1 < len(effect) else None,
                  _break_even(effect, draws, level))  # fmt: skip


def _draws(effect: Floats, covariance: Floats, seed: int) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(effect + np.random.default_rng(seed).standard_normal((DRAWS, len(effect))) @ root.T)


def _lowest(paths: Floats) -> np.ndarray:
    """The month in which each path's sum is lowest; −1 when it is never below zero."""
    total = np.cumsum(paths, axis=1)
    low = total.argmin(axis=1)
    return np.where(total[np.arange(len(low)), low] < 0, low, -1)


def _paid_back(paths: Floats) -> Floats:
    """The first month from its lowest on in which each path's sum is not below zero; infinite when there is none."""
    total = np.cumsum(paths, axis=1)
    low = _lowest(paths)
    back = (total >= 0) & (np.arange(paths.shape[1]) > low[:, None])
    return np.where(back.any(axis=1), back.argmax(axis=1).astype(np.float64), np.inf)


def _break_even(effect: Floats, draws: Floats, level: float) -> BreakEven:
    own = float(_paid_back(effect[None, :])[0])
    drawn = _paid_back(draws)
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], method="inverted_cdf")
    never = float(np.isinf(drawn).mean())
    return BreakEven(int(own) if np.isfinite(own) else None, float(low), float(high), never)


def _from_draws(value: float, drawn: Floats, counts: tuple[int, int], method: str, level: float) -> Estimate:
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(
        estimand=Estimand.ATT, method=method, value=value, se=float(drawn.std()), interval=(float(low), float(high)),
        n_treated=counts[0], n_comparison=counts[1], level=level, assumptions=ASSUMPTIONS,
    )  # fmt: skip
