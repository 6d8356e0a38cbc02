"""Which numbers of a run may be told: one place that every stage asks before it writes a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from springbrett.evaluation.effects.records import Flags, Floats
from springbrett.evaluation.study.disclosure import kept


def tellable(groups: Mapping[str, Flags], units: Flags, minimum: int, values: Floats | None = None) -> dict[str, bool]:
    """For groups of a cohort: whether each may be told, all of them published together.

    `units` (n,): who counts here. `values` (n,): the outcome; when it is yes or no, the numbers of yes and no are
    guarded too. The first group is the total.
    """
    members = np.array([mask[units] for mask in groups.values()])
    yes = None
    if values is not None and is_yes_no(values[units]):
        yes = values[units] > 0
    keep = kept(members, minimum, yes)
    return dict(zip(groups, keep.tolist(), strict=True))


def is_yes_no(values: Floats) -> bool:
    """Whether an outcome is only ever 0 or 1."""
    return bool(np.isin(values[np.isfinite(values)], (0.0, 1.0)).all())


def hide(row: dict[str, object], columns: Sequence[str]) -> dict[str, object]:
    """The row with the columns emptied."""
    return {name: (None if name in columns else value) for name, value in row.items()}
