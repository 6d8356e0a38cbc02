"""What a trial of offices is to change besides the outcome: waiting before and between measures, and workplaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.evaluation.cohort import Cohort
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints
from springbrett.evaluation.outcomes.definitions import months_of
from springbrett.evaluation.registers.read import RegistersError
from springbrett.evaluation.study.tables import Rows
from springbrett.evaluation.trials import TrialResults, office_values, trial_results

if TYPE_CHECKING:
    from springbrett.evaluation.study.context import Context
    from springbrett.evaluation.study.trialing import Regimes

SOON = 6
"""Months after the start in which a workplace counts as reached."""


def rows_of(context: Context, held: Regimes) -> Rows:
    """One row for each: how trial and control offices stand under the trial, and how much more the trial ones changed.

    What the registers do not hold is left out.
    """
    rows: Rows = []
    for code, of in MEANS.items():
        try:
            y = of(context, held.cohort)
            names = tuple(name for name in held.names if name != "months_registered")
            known = np.isfinite(y)
            under = trial_results(office_values(held.persons(known & held.after, y=y, names=names)))
            changed = trial_results(office_values(held.persons(known & (held.after | held.early), held.after, y=y,
                                                               names=names)))  # fmt: skip
        except (CannotEstimate, RegistersError):
            continue
        level = held.level(known & held.after, y)
        if level is not None:
            rows.append({"what": code, "control": level, "trial": level + under.pooled.value, **_ends(under, ""),
                         **_ends(changed, "change_")})  # fmt: skip
    return rows


def _ends(found: TrialResults, prefix: str) -> dict[str, float]:
    lower, upper = found.pooled.interval
    return {f"{prefix}value" if not prefix else "change": found.pooled.value, f"{prefix}lower": lower,
            f"{prefix}upper": upper}  # fmt: skip


def _before(context: Context, cohort: Cohort) -> Floats:
    """Months registered when the stay began, of those it is the first measure for."""
    first = cohort.covariates[:, cohort.names.index("measures_before")] == 0
    return np.where(first & (cohort.registered >= 0), cohort.registered, np.nan)


def _between(context: Context, cohort: Cohort) -> Floats:
    """Months from the end of the measure before to the start, of those who were in one before."""
    spells = context.tables["spells"]
    person, start = _whole(spells["person"]), months_of(spells["start"], 0)
    end = months_of(spells["end"], np.iinfo(np.int32).max)
    order = np.lexsort((start, person))
    person, start, end = person[order], start[order], end[order]
    wide = int(max(start.max(initial=0), cohort.start.max(initial=0))) + 2
    at = np.maximum(np.searchsorted(person * wide + start, cohort.person * wide + cohort.start, "left") - 1, 0)
    gap = cohort.start - end[at] - 1
    return np.where((person[at] == cohort.person) & (start[at] < cohort.start) & (gap >= 0), gap, np.nan)


def _workplace(context: Context, cohort: Cohort) -> Floats:
    """Whether the person came to an employer, in a placement or a job, within six months; unknown if not followed."""
    spells = context.tables["spells"]
    placed = spells.filter(spells["employer"].is_valid())
    jobs = context.tables["employment"]
    person = np.concatenate([_whole(placed["person"]), _whole(jobs["person"])])
    month = np.concatenate([months_of(placed["start"], 0), _whole(jobs["month_from"])])
    order = np.lexsort((month, person))
    person, month = person[order], month[order]
    wide = int(max(month.max(initial=0), cohort.start.max(initial=0))) + 2
    at = np.minimum(np.searchsorted(person * wide + month, cohort.person * wide + cohort.start), len(person) - 1)
    reached = (person[at] == cohort.person) & (month[at] >= cohort.start) & (month[at] <= cohort.start + SOON)
    return np.where(cohort.start + SOON <= context.window.last_known, reached, np.nan)


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(pc.cast(column, pa.int64()).to_numpy(), np.int64)


MEANS: dict[str, Callable[[Context, Cohort], Floats]] = {
    "waiting_before": _before, "waiting_between": _between, "workplace": _workplace,
}  # fmt: skip

__all__ = ["MEANS", "rows_of"]
