"""What happened before the start, and how much of it would have to go on to overturn an effect.

A joint test of the path before the start; placebo starts in the untreated months; and bounds that let the groups drift
apart after the start by as much as they did before (Rambachan & Roth 2023, relative magnitudes: see `relative`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.did.band import Band, critical_value, joint_test
from springbrett.evaluation.effects.did.panel import NEVER, Panel, first_of
from springbrett.evaluation.effects.did.relative import RelativeMagnitudes
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, EffectPath, Estimate, Flags, Floats

CONFIDENT = 0.05


def joint_pre_test(path: EffectPath, *, anticipation: int = 0) -> Diagnostic:
    """Joint test that the path is zero before the start: the p-value against 5 %.

    Raises CannotEstimate: not_supported (the path has no covariance), no_variation (nothing before the start).
    """
    before = path.months < -anticipation
    if path.covariance is None:
        raise CannotEstimate("not_supported", "the path carries no covariance")
    statistic, degrees, p = joint_test(path.value[before], path.covariance[np.ix_(before, before)])
    return Diagnostic("pre_trends", p, CONFIDENT, p >= CONFIDENT, {"wald": statistic, "degrees": degrees})


def placebo_start(panel: Panel, earlier: int, estimate: Callable[[Panel], Estimate]) -> Diagnostic:
    """The effect of a start that never was, `earlier` periods before the true one, on untreated rows only.

    `value` is the p-value against 5 %, with the estimate among the facts. Raises CannotEstimate: bad_input, and what
    the estimator raises.
    """
    if earlier < 1:
        raise CannotEstimate("bad_input", "a placebo start lies at least one period before the true one")
    first = first_of(panel.first)
    keep = panel.period < first
    if not keep.any():
        raise CannotEstimate("no_comparison", "nobody is ever seen untreated")
    moved = np.where(first[keep] == NEVER, NEVER, first[keep] - earlier)
    cluster = None if panel.cluster is None else panel.cluster[keep]
    stratum = None if panel.stratum is None else panel.stratum[keep]
    weight = None if panel.weight is None else panel.weight[keep]
    found = estimate(Panel(panel.unit[keep], panel.period[keep], moved, panel.y[keep], cluster, stratum, weight))
    p = float("nan") if found.p_value is None else found.p_value
    return Diagnostic("placebo", p, CONFIDENT, None if np.isnan(p) else bool(p >= CONFIDENT),
                      {"value": found.value, "se": found.se, "earlier": earlier})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drift:
    """Intervals for the mean effect after the start when the drift per period may be `times` the largest seen before.

    `lower` and `upper` (one per `times`); `set_lower` and `set_upper`: where the effect would lie were all that is
    estimated known; `largest` drift seen and its `upper_limit`; `breakdown`: how many times as much makes the sign
    unclear (0: already unclear; infinite: no drift was seen).
    """

    times: Floats
    lower: Floats
    upper: Floats
    set_lower: Floats
    set_upper: Floats
    largest: float
    upper_limit: float
    breakdown: float


def drift_bounds(
    path: EffectPath, times: tuple[float, ...] = (0.0, 0.5, 1.0, 1.5, 2.0), *, months: Flags | None = None,
    level: float = 0.95, band: Band | None = None,
) -> Drift:  # fmt: skip
    """Bounds for the mean of the path over `months` (those from 0 on when None), reference −1.

    The path must be one against the same reference month throughout (universal base). With `times` 0 the interval is
    the usual one. Raises CannotEstimate: not_supported (gaps in the months, no covariance), no_variation (no step
    before the start).
    """
    if path.covariance is None:
        raise CannotEstimate("not_supported", "the path carries no covariance")
    chosen = path.months >= 0 if months is None else months
    before = np.flatnonzero(path.months < -1)
    if not len(before) or not chosen.any() or (path.months[chosen] < 0).any():
        raise CannotEstimate("no_variation", "the path shows no drift before the start to measure by")
    if not np.array_equal(path.months[before], np.arange(-len(before) - 1, -1)):
        raise CannotEstimate("not_supported", "months before the start are missing from the path")
    steps = np.zeros((len(before), len(path.months)))
    steps[np.arange(len(before)), before] = -1.0
    steps[np.arange(len(before) - 1), before[1:]] = 1.0  # the last step leads to the reference, which is zero
    drift = steps @ path.value
    matrix = steps @ path.covariance @ steps.T
    critical = critical_value(matrix, level=(1 + level) / 2, band=band or Band())
    limit = float((np.abs(drift) + critical * np.sqrt(np.diag(matrix))).max())
    share = chosen / chosen.sum()
    reach = float(share @ np.maximum(path.months + 1, 0))
    both = np.vstack([share, steps])
    held = RelativeMagnitudes(float(share @ path.value), drift, both @ path.covariance @ both.T, reach)
    sets = np.array([held.identified(time) for time in times])
    ends = np.array([held.interval(time, level) for time in times])
    return Drift(np.array(times, np.float64), ends[:, 0], ends[:, 1], sets[:, 0], sets[:, 1],
                 float(np.abs(drift).max()), limit, held.breakdown(level))  # fmt: skip
