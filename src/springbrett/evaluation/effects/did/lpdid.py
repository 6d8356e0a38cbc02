"""Local projections difference-in-differences (Dube, Girardi, Jordà & Taylor 2023).

For each horizon h: the change of the outcome from the period before the start to h periods after it, of those just
treated against those not yet treated by then ("clean"), with an effect per calendar period. Estimand: an average effect
on the treated, groups weighted by the spread of treatment (as least squares does) or each treated unit alike.
Assumes parallel trends and no anticipation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.cells import Cells, reduce
from springbrett.evaluation.effects.did.contrasts import Contrasts
from springbrett.evaluation.effects.did.few import asked_sides, side_checks
from springbrett.evaluation.effects.did.group_time import ASSUMPTIONS, DEFAULT, make_path, normal_estimate, pre_trends
from springbrett.evaluation.effects.did.panel import Panel, Wide
from springbrett.evaluation.effects.did.subexperiments import Regressed, Weighting, regressed
from springbrett.evaluation.effects.records import CannotEstimate, EffectPath, Estimate


def local_projections(
    data: Panel | Wide | Cells, *, first: int = -5, last: int = 5, comparison: Literal["clean", "never"] = "clean",
    weighting: Weighting | str = Weighting.VARIANCE, level: float = 0.95, band: Band = DEFAULT,
) -> EffectPath:  # fmt: skip
    """Effects from `first` to `last` periods since the start, −1 being the reference; `overall`: mean from 0 on.

    Raises CannotEstimate: no_treated, no_comparison, not_supported, one_cluster, bad_input.
    """
    cells = data if isinstance(data, Cells) else reduce(data)
    horizons = [h for h in range(first, last + 1) if h != -1]
    if not any(h >= 0 for h in horizons):
        raise CannotEstimate("bad_input", "the last horizon lies before the start")
    contrasts, label = _contrasts(cells, horizons, comparison)
    found = regressed(cells, contrasts, label, weighting=Weighting(weighting))
    after = found.label >= 0
    if not after.any():
        raise CannotEstimate("no_comparison", "nobody is untreated from the start on")
    overall = replace(_mean(found, after, level), diagnostics=side_checks(cells, *asked_sides(cells, contrasts)))
    if (~after).any():
        check = pre_trends(found.value[~after], found.covariance[np.ix_(~after, ~after)])
        overall = replace(overall, diagnostics=(check, *overall.diagnostics))
    return make_path(found.label, found.value, found.covariance, overall, band=band)


def pooled_projection(
    data: Panel | Wide | Cells, *, last: int = 5, comparison: Literal["clean", "never"] = "clean",
    weighting: Weighting | str = Weighting.VARIANCE, level: float = 0.95,
) -> Estimate:  # fmt: skip
    """One number: the outcome's mean over 0 … `last` periods since the start against the period before it.

    Raises CannotEstimate: not_supported (units that come and go), and as `local_projections`.
    """
    cells = data if isinstance(data, Cells) else reduce(data)
    if cells.rest is not None:
        raise CannotEstimate("not_supported", "the pooled projection asks for units observed in every period")
    contrasts, _label = _contrasts(cells, list(range(last + 1)), comparison, until=last)
    held = np.isin(contrasts.group, cells.first)
    whole = np.bincount(np.searchsorted(np.unique(contrasts.group), contrasts.group)) == last + 1
    whole_group = whole[np.searchsorted(np.unique(contrasts.group), contrasts.group)]
    contrasts = contrasts.chosen(whole_group)
    if not (held & whole_group).any():
        raise CannotEstimate("no_treated", "no group is followed that long")
    found = regressed(cells, contrasts, np.zeros(len(contrasts), np.int64), weighting=Weighting(weighting),
                      per_row=last + 1)  # fmt: skip
    few = side_checks(cells, *asked_sides(cells, contrasts))
    return replace(_mean(found, np.ones(1, bool), level), diagnostics=few)


def _contrasts(
    cells: Cells, horizons: list[int], comparison: str, until: int | None = None
) -> tuple[Contrasts, np.ndarray]:  # fmt: skip
    """Every group and horizon whose two periods are in the panel, and the horizons."""
    if comparison not in {"clean", "never"}:
        raise CannotEstimate("bad_input", "comparison is clean or never")
    place = {int(period): index for index, period in enumerate(cells.periods)}
    end = int(cells.periods[-1])
    if not ((cells.first > cells.periods[0]) & (cells.first <= end)).any():
        raise CannotEstimate("no_treated", "nobody is first treated within the panel, after its first period")
    groups = [int(g) for g in cells.periods[1:]]
    rows = [
        (g, place[g + h], place[g - 1], end if comparison == "never" else g + max(h if until is None else until, 0), h)
        for g in groups
        for h in horizons
        if g + h in place and g - 1 in place
    ]
    if not rows:
        raise CannotEstimate("no_treated", "nobody is first treated with a period before and at the horizon")
    *columns, label = (np.array(column) for column in zip(*rows, strict=True))
    return Contrasts(*columns), label


def _mean(found: Regressed, which: np.ndarray, level: float) -> Estimate:
    share = which / which.sum()
    se = float(np.sqrt(max(share @ found.covariance @ share, 0.0)))
    made = normal_estimate(float(share @ found.value), se, level, "local_projections")
    treated, others = int(found.treated[which].max()), int(found.comparison[which].max())
    return replace(made, n_treated=treated, n_comparison=others, assumptions=ASSUMPTIONS)
