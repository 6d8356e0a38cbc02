"""What one more month in work costs: ratio with Fieller and bootstrap intervals, plane, acceptability, net benefit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.entrance import numbers
from springbrett.evaluation.effects.records import CannotEstimate, EffectPath, Floats

Shape = Literal["interval", "outside", "everything"]


class Quadrant(StrEnum):
    """Where a point of the plane lies: what it does, and what it costs, against the comparison."""

    MORE_WORK_DEARER = "more_work_dearer"
    MORE_WORK_CHEAPER = "more_work_cheaper"
    LESS_WORK_DEARER = "less_work_dearer"
    LESS_WORK_CHEAPER = "less_work_cheaper"
    ON_AXIS = "on_axis"


@dataclass(frozen=True, slots=True)
class RatioInterval:
    """The ratios not rejected at the level. "interval": between `lower` and `upper`; "outside": all but what lies
    between them (the effect may be zero); "everything": nothing is ruled out. Never cut to look like an interval."""

    shape: Shape
    lower: float
    upper: float

    def holds(self, ratio: float) -> bool:
        """Whether the ratio is not rejected."""
        if self.shape == "everything":
            return True
        inside = self.lower <= ratio <= self.upper
        return inside if self.shape == "interval" else ratio <= self.lower or ratio >= self.upper


@dataclass(frozen=True, slots=True)
class Differences:
    """Cost (NOK) and effect (months, or what it is) per participant, treated minus comparison, and their covariance
    (2 × 2: cost first)."""

    cost: float
    effect: float
    covariance: Floats

    def __post_init__(self) -> None:
        if not (np.isfinite(self.cost) and np.isfinite(self.effect)):
            raise CannotEstimate("bad_input", "the difference in cost or in effect is not known")
        if self.covariance.shape != (2, 2) or not np.isfinite(self.covariance).all():
            raise CannotEstimate("bad_input", "cost and effect need variances and a covariance")
        if min(np.linalg.eigvalsh(self.covariance)) < -1e-9 * abs(self.covariance).max():
            raise CannotEstimate("bad_input", "cost and effect cannot hang together more than wholly")


@dataclass(frozen=True, slots=True)
class CostEffectiveness:
    """Cost against effect. `ratio` NOK per extra unit of effect: None where it says nothing (`quadrant` says why: a
    measure that is cheaper and gives more has no price, and one that gives nothing has none either).

    `fieller` is exact for normal differences; `bootstrap` the percentiles of the angle in the plane, None where draws
    lie all around the origin or there are none. `plane` draws × 2 (effect, cost). `quadrants`: share of draws in each.
    """

    cost: float
    cost_interval: tuple[float, float]
    effect: float
    effect_interval: tuple[float, float]
    quadrant: Quadrant
    ratio: float | None
    fieller: RatioInterval
    bootstrap: tuple[float, float] | None
    plane: Floats
    quadrants: dict[Quadrant, float]
    differences: Differences
    level: float


@dataclass(frozen=True, slots=True)
class Acceptability:
    """By what one is ready to pay for a unit of effect (NOK): the chance that the measure is worth it, and the net
    monetary benefit with its interval. Arrays (thresholds,)."""

    threshold: Floats
    chance: Floats
    benefit: Floats
    lower: Floats
    upper: Floats


def cost_effectiveness(
    cost: Floats, effect: Floats, resampling: Resampling, *, level: float = 0.95
) -> CostEffectiveness:  # fmt: skip
    """From what each person cost and gained (persons,). Raises CannotEstimate: bad_input, too_few_clusters."""
    cost, effect = numbers(cost, "the cost"), numbers(effect, "the effect")
    if cost.ndim != 1 or cost.shape != effect.shape:
        raise CannotEstimate("bad_input", "cost and effect are one number a person")
    point, draws = resampling.differences(np.column_stack([cost, effect]))
    found = Differences(float(point[0]), float(point[1]), np.cov(draws.T))
    return _of(found, draws, level)


def from_differences(found: Differences, *, level: float = 0.95, draws: int = 5000, seed: int = 0) -> CostEffectiveness:
    """From differences known with their covariance: an effect estimated by any design, and a cost difference."""
    drawn = np.random.default_rng(seed).multivariate_normal([found.cost, found.effect], found.covariance, draws)
    return _of(found, np.asarray(drawn), level)


def extra_months(path: EffectPath, *, last: int | None = None) -> tuple[float, float]:
    """Extra months in work from the start to month `last` (default: all), and the standard error.

    Raises CannotEstimate: not_supported (no covariance between months: their sum has no standard error), bad_input.
    """
    inside = (path.months >= 0) & (path.months <= (path.months.max() if last is None else last))
    if not inside.any() or (last is not None and last > path.months.max()):
        raise CannotEstimate("bad_input", "the effect is not known so far out", last=int(path.months.max()))
    if not np.isfinite(path.value[inside]).all():
        raise CannotEstimate("bad_input", "the effect is not known in every month")
    if path.covariance is None:
        raise CannotEstimate("not_supported", "the effects of the months come without covariance")
    part = path.covariance[np.ix_(inside, inside)]
    return float(path.value[inside].sum()), float(np.sqrt(part.sum()))


def from_path(
    path: EffectPath, cost: float, cost_se: float, *, correlation: float, last: int | None = None, level: float = 0.95
) -> CostEffectiveness:  # fmt: skip
    """From an effect path and a cost difference of the same persons. How the two hang together must be said: leaving it
    at nothing would be a guess. Raises CannotEstimate: bad_input, not_supported."""
    if not -1 <= correlation <= 1 or not cost_se >= 0:
        raise CannotEstimate("bad_input", "a correlation lies between −1 and 1, and an error is not negative")
    effect, se = extra_months(path, last=last)
    across = correlation * se * cost_se
    return from_differences(Differences(cost, effect, np.array([[cost_se**2, across], [across, se**2]])), level=level)


def fieller(found: Differences, level: float = 0.95) -> RatioInterval:
    """The ratios ρ with |cost − ρ effect| within z standard errors of zero (Fieller 1954)."""
    z2 = z_of(level) ** 2
    (vc, vce), (_same, ve) = found.covariance
    a, b, c = found.effect**2 - z2 * ve, -2 * (found.cost * found.effect - z2 * vce), found.cost**2 - z2 * vc
    under = b**2 - 4 * a * c
    if a == 0 or (a < 0 and under <= 0):
        return RatioInterval("everything", -np.inf, np.inf)
    root = np.sqrt(max(under, 0.0))  # 0 where the cost, or both, are known without error
    low, high = sorted(((-b - root) / (2 * a), (-b + root) / (2 * a)))
    return RatioInterval("interval" if a > 0 else "outside", float(low), float(high))


def ratio_of(cost: float, effect: float) -> float:
    """NOK per extra unit. Raises CannotEstimate("no_variation") when there is no difference in effect to pay for."""
    if effect == 0:
        raise CannotEstimate("no_variation", "there is no difference in effect; a cost per extra month has no meaning")
    return cost / effect


def acceptability(result: CostEffectiveness, thresholds: Floats) -> Acceptability:
    """The curve over what one is ready to pay (van Hout et al. 1994), by the draws of the plane."""
    at = np.asarray(thresholds, np.float64)
    if at.ndim != 1 or not np.isfinite(at).all() or (at < 0).any():
        raise CannotEstimate("bad_input", "what one is ready to pay is not negative")
    net = result.plane[:, :1] * at - result.plane[:, 1:]
    tail = (1 - result.level) / 2
    lower, upper = np.quantile(net, (tail, 1 - tail), axis=0)
    return Acceptability(at, (net > 0).mean(axis=0), result.effect * at - result.cost, lower, upper)


def net_benefit(found: Differences, threshold: float, level: float = 0.95) -> tuple[float, float, tuple[float, float]]:
    """threshold × effect − cost, its standard error and interval (Stinnett & Mullahy 1998)."""
    weight = np.array([-1.0, threshold])
    value, se = threshold * found.effect - found.cost, float(np.sqrt(weight @ found.covariance @ weight))
    half = z_of(level) * se
    return value, se, (value - half, value + half)


def quadrant_of(effect: float, cost: float) -> Quadrant:
    """The quadrant of a point; on an axis: its own answer."""
    if effect == 0 or cost == 0:
        return Quadrant.ON_AXIS
    if effect > 0:
        return Quadrant.MORE_WORK_DEARER if cost > 0 else Quadrant.MORE_WORK_CHEAPER
    return Quadrant.LESS_WORK_DEARER if cost > 0 else Quadrant.LESS_WORK_CHEAPER


def _of(found: Differences, draws: Floats, level: float) -> CostEffectiveness:
    tail = (1 - level) / 2
    limits = np.quantile(draws, (tail, 1 - tail), axis=0)
    plane = draws[:, ::-1].copy()
    where = [quadrant_of(effect, cost) for effect, cost in plane]
    quadrant = quadrant_of(found.effect, found.cost)
    trade = quadrant in (Quadrant.MORE_WORK_DEARER, Quadrant.LESS_WORK_CHEAPER)
    return CostEffectiveness(
        cost=found.cost, cost_interval=(float(limits[0, 0]), float(limits[1, 0])), effect=found.effect,
        effect_interval=(float(limits[0, 1]), float(limits[1, 1])), quadrant=quadrant,
        ratio=ratio_of(found.cost, found.effect) if trade else None, fieller=fieller(found, level),
        bootstrap=_by_angle(plane, found, tail), plane=plane,
        quadrants={kind: where.count(kind) / len(where) for kind in Quadrant}, differences=found, level=level,
    )  # fmt: skip


def _by_angle(plane: Floats, found: Differences, tail: float) -> tuple[float, float] | None:
    """Percentiles of the angle from the point's own direction; None when they reach over the axis of no effect."""
    scale = np.sqrt(np.diag(found.covariance))
    if not (scale > 0).all() or found.effect == 0:
        return None
    own = np.arctan2(found.cost / scale[0], found.effect / scale[1])
    angle = np.arctan2(plane[:, 1] / scale[0], plane[:, 0] / scale[1]) - own
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    low, high = np.quantile(angle, (tail, 1 - tail)) + own
    if np.cos(low) * np.cos(own) <= 0 or np.cos(high) * np.cos(own) <= 0 or high - low >= np.pi:
        return None
    first, second = np.tan(low) * scale[0] / scale[1], np.tan(high) * scale[0] / scale[1]
    return float(min(first, second)), float(max(first, second))
