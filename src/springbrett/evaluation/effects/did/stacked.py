"""Stacked regression: one experiment per group, with only units untreated throughout its window to compare with.

Each experiment has the group and the clean comparison over the same periods around the start; all are stacked, with
effects of unit and period within each (Cengiz, Dube, Lindner & Zipperer 2019). `equal` weights make each treated unit
count alike, which is the trimmed average effect on the treated (Wing, Freedman & Hollingsworth 2024); least squares'
own weights are `variance`. Assumes parallel trends and no anticipation.

What a year does to everybody is taken out within each experiment. Wing and others let it be common to all experiments:
the effects are the same, but what differs between experiments' years then counts as chance, and errors are larger.
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
from springbrett.evaluation.effects.did.subexperiments import Weighting, regressed
from springbrett.evaluation.effects.records import CannotEstimate, EffectPath

COMMON_PERIODS = "equal_common_periods"


def stacked(
    data: Panel | Wide | Cells, *, first: int = -3, last: int = 3, comparison: Literal["clean", "never"] = "clean",
    weighting: Weighting | str = Weighting.EQUAL, level: float = 0.95, band: Band = DEFAULT,
) -> EffectPath:  # fmt: skip
    """Effects from `first` (−2 or earlier) to `last` periods since the start, −1 being the reference.

    `weighting`: equal, variance, or equal_common_periods (equal, with what a period does common to all experiments).

    Groups whose window is not wholly in the panel, or that have no clean comparison, are left out of all periods, so
    that the same groups stand behind each. Raises CannotEstimate: no_treated, no_comparison, not_supported, bad_input.
    """
    cells = data if isinstance(data, Cells) else reduce(data)
    if cells.rest is not None:
        raise CannotEstimate("not_supported", "stacking asks for units observed in every period")
    if last < 0 or first > -1:
        raise CannotEstimate("bad_input", "the window goes from before the start to after it")
    shared = weighting == COMMON_PERIODS
    weights = Weighting.EQUAL if shared else Weighting(weighting)
    contrasts, label = _contrasts(cells, first, last, comparison)
    found = regressed(cells, contrasts, label, weighting=weights, rows_per_unit=last - first + 1, shared=shared)
    after = found.label >= 0
    share = after / after.sum()
    se = float(np.sqrt(max(share @ found.covariance @ share, 0.0)))
    overall = replace(
        normal_estimate(float(share @ found.value), se, level, "stacked"), n_treated=int(found.treated.max()),
        n_comparison=int(found.comparison.max()), assumptions=ASSUMPTIONS,
        diagnostics=side_checks(cells, *asked_sides(cells, contrasts)),
    )  # fmt: skip
    if (~after).any():
        check = pre_trends(found.value[~after], found.covariance[np.ix_(~after, ~after)])
        overall = replace(overall, diagnostics=(check, *overall.diagnostics))
    return make_path(found.label, found.value, found.covariance, overall, band=band)


def _contrasts(cells: Cells, first: int, last: int, comparison: str) -> tuple[Contrasts, np.ndarray]:
    if comparison not in {"clean", "never"}:
        raise CannotEstimate("bad_input", "comparison is clean or never")
    place = {int(period): index for index, period in enumerate(cells.periods)}
    end = int(cells.periods[-1])
    groups = [
        int(g) for g in np.unique(cells.first) if cells.periods[0] < g <= end
        and all(int(g) + h in place for h in range(min(first, -1), last + 1))
    ]  # fmt: skip
    if not groups:
        raise CannotEstimate("no_treated", "no group has its whole window in the panel")
    limits = {g: end if comparison == "never" else g + last for g in groups}
    groups = [g for g in groups if (cells.first > limits[g]).any()]
    if not groups:
        raise CannotEstimate("no_comparison", "no group has anybody untreated throughout its window")
    rows = [(g, place[g + h], place[g - 1], limits[g], h) for g in groups for h in range(first, last + 1) if h != -1]
    *columns, label = (np.array(column) for column in zip(*rows, strict=True))
    return Contrasts(*columns), label
