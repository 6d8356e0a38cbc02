"""Which numbers of a run may be told: one place that every stage asks before it writes a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from springbrett.evaluation.effects.records import Flags, Floats, Ints
from springbrett.evaluation.study.disclosure import kept

TOO_FEW = "too_few"
"""Why there is no number when it may not be told."""


def too_few(treated: Flags, minimum: int) -> bool:
    """Whether one side of a cohort (n,) is so small that nothing at all may be told of the study."""
    return any(0 < int(side.sum()) < minimum for side in (treated, ~treated))


def tellable(
    groups: Mapping[str, Flags], units: Flags, minimum: int, values: Floats | None = None,
    rank: Ints | None = None,
) -> dict[str, bool]:  # fmt: skip
    """For groups of a cohort: whether each may be told, all of them published together.

    `units` (n,): who counts here. `values` (n,): the outcome; when it is yes or no, the numbers of yes and no are
    guarded too. The first group is the total. `rank`: what is given up first (see `disclosure.kept`).
    """
    members = np.array([mask[units] for mask in groups.values()])
    yes = None
    if values is not None and is_yes_no(values[units]):
        yes = values[units] > 0
    keep = kept(members, minimum, yes, rank)
    return dict(zip(groups, keep.tolist(), strict=True))


def is_yes_no(values: Floats) -> bool:
    """Whether an outcome is only ever 0 or 1."""
    return bool(np.isin(values[np.isfinite(values)], (0.0, 1.0)).all())
