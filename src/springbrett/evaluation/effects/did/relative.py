"""Effects when the groups may drift apart after the start by some times as much as they did before (relative
magnitudes, Rambachan & Roth 2023).

For each step before the start, and each direction, the largest drift may have been that one. The mean effect then lies
between two lines in what is estimated, so that nothing unknown is left but the effect itself, and the hybrid test of
Andrews, Roth & Pakes (2023) of two moment inequalities needs no linear programs: reject when either inequality is
broken beyond what chance could do with both binding, or the worse one beyond what chance could do given that it is the
worse. The confidence set is the hull of what some step and direction accepts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from springbrett.evaluation.effects.comparison import check_level
from springbrett.evaluation.effects.records import CannotEstimate, Floats

FIRST_SHARE = 0.1
"""The part of the error spent on both inequalities at once."""
GRID, FINER = 200, 30
MOST = 1e4
"""Beyond this many times the drift before the start nobody asks."""


@dataclass(frozen=True, slots=True)
class RelativeMagnitudes:
    """The mean `effect`, the `drift` of each step before the start (s,), their joint `covariance` (1 + s square, the
    effect first), and the `reach`: how many steps of drift the mean effect has in it.

    Raises CannotEstimate("bad_input").
    """

    effect: float
    drift: Floats
    covariance: Floats
    reach: float

    def __post_init__(self) -> None:
        size = len(self.drift) + 1
        if self.covariance.shape != (size, size) or size < 2:
            raise CannotEstimate(
                "bad_input", "the drift before the start needs a step, and a covariance with the effect"
            )
        if not (np.isfinite(self.effect) and np.isfinite(self.drift).all() and np.isfinite(self.covariance).all()):
            raise CannotEstimate("bad_input", "the effect, or a step before the start, is not known")

    def identified(self, times: float) -> tuple[float, float]:
        """Between which ends the effect would lie, were all that is estimated known."""
        room = times * self.reach * float(np.abs(self.drift).max())
        return self.effect - room, self.effect + room

    def interval(self, times: float, level: float) -> tuple[float, float]:
        """The confidence interval when the drift per step may be `times` the largest before the start."""
        check_level(level)
        parts = self._parts(times)
        low = _lowest_accepted(parts, level)
        high = -_lowest_accepted(parts.mirrored(), level)
        return low, high

    def breakdown(self, level: float) -> float:
        """How many times as much drift lets no effect stand; 0: it does already, infinite: none that is asked."""

        def unclear(times: float) -> bool:
            parts = self._parts(times)
            return bool(parts.accepts(np.zeros((len(parts.low), 1)), level).any())

        if unclear(0.0):
            return 0.0
        inside, outside = 0.0, 1.0
        while not unclear(outside):
            inside, outside = outside, outside * 2
            if outside > MOST:
                return float("inf")
        for _step in range(FINER):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if unclear(middle) else (middle, outside)
        return inside

    def _parts(self, times: float) -> _Parts:
        """Every step in every direction: the effect is at least `low` and at most `high`, both estimated."""
        k = times * self.reach
        signs = np.repeat([1.0, -1.0], len(self.drift)) * k
        step = np.tile(self.drift, 2)
        own, with_effect, of_drift = (self.covariance[0, 0], np.tile(self.covariance[0, 1:], 2),
                                      np.tile(np.diag(self.covariance)[1:], 2))  # fmt: skip
        spread_low = np.sqrt(np.maximum(own - 2 * signs * with_effect + signs**2 * of_drift, 1e-300))
        spread_high = np.sqrt(np.maximum(own + 2 * signs * with_effect + signs**2 * of_drift, 1e-300))
        together = np.clip(-(own - signs**2 * of_drift) / (spread_low * spread_high), -1.0, 1.0)
        return _Parts(self.effect - signs * step, self.effect + signs * step, spread_low, spread_high, together)


@dataclass(frozen=True, slots=True)
class _Parts:
    """P parts: estimated ends, their standard errors, and how the two inequalities' errors go together."""

    low: Floats
    high: Floats
    spread_low: Floats
    spread_high: Floats
    together: Floats

    def mirrored(self) -> _Parts:
        """The same for minus the effect."""
        return _Parts(-self.high, -self.low, self.spread_high, self.spread_low, self.together)

    def accepts(self, effect: Floats, level: float) -> np.ndarray:
        """P × m: whether each part leaves each value (P × m) of the effect standing."""
        first = FIRST_SHARE * (1 - level)
        least = ndtri(1 - first / 2)
        second = (1 - level - first) / (1 - first)
        below = (self.low[:, None] - effect) / self.spread_low[:, None]
        above = (effect - self.high[:, None]) / self.spread_high[:, None]
        worse, other, rho = np.maximum(below, above), np.minimum(below, above), self.together[:, None]
        # Given what is independent of the worse one, it is the worse one wherever it lies above this.
        from_here = np.where(rho < 1 - 1e-12, (other - rho * worse) / np.maximum(1 - rho, 1e-12), -np.inf)
        start = ndtr(np.minimum(from_here, least))
        critical = ndtri(start + (1 - second) * (ndtr(least) - start))
        return np.asarray((worse <= least) & (worse <= np.maximum(critical, 0.0)))


def _lowest_accepted(parts: _Parts, level: float) -> float:
    """The lowest value that any part accepts; every part is looked through from where it surely rejects."""
    far = ndtri(1 - FIRST_SHARE * (1 - level) / 2)
    begin = parts.low - far * parts.spread_low
    middle = (parts.low * parts.spread_high + parts.high * parts.spread_low) / (parts.spread_low + parts.spread_high)
    grid = begin[:, None] + (middle - begin)[:, None] * np.linspace(0, 1, GRID + 1)
    accepted = parts.accepts(grid, level)
    some = accepted.any(axis=1)
    first = accepted.argmax(axis=1)
    high = np.take_along_axis(grid, first[:, None], axis=1)
    low = np.take_along_axis(grid, np.maximum(first - 1, 0)[:, None], axis=1)
    for _step in range(FINER):
        half = (low + high) / 2
        stands = parts.accepts(half, level)
        low, high = np.where(stands, low, half), np.where(stands, half, high)
    return float(high[some, 0].min())
