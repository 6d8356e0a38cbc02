"""What every estimator hands out: a number with its uncertainty, what it estimates, what it leans on, how it looks.

Arrays are numpy, one element per unit; shapes and units are said by each function. Months are counted from the start
of the stay (0 is the first month). An estimator that cannot answer raises `CannotEstimate`; it never answers silently
with something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class CannotEstimate(ValueError):
    """The data cannot answer the question. `code` is stable (turned into sentences by the report), `facts` the figures.

    Codes: no_treated, no_comparison, no_overlap, one_cluster, too_few_clusters, no_variation, singular, not_supported,
    not_converged, empty_group, bad_input, unknown_price.
    """

    def __init__(self, code: str, message: str, **facts: float | int | str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.facts = facts


class Estimand(StrEnum):
    """Whose effect a number is about."""

    ATT = "att"  # the average over those who took part
    ATE = "ate"  # the average over everyone in the cohort
    ATO = "ato"  # the average over those who could have gone either way
    LATE = "late"  # the average over those whom the instrument moves
    DESCRIPTION = "description"  # no effect: a difference as it stands
    HAZARD_RATIO = "hazard_ratio"  # how many times the rate of leaving


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One check of what an estimate leans on.

    `code` is stable ("overlap", "pre_trends", "placebo", "first_stage", "clusters", "balance"); `passed` None: it only
    informs. `threshold` is what `value` is held against (None: nothing).
    """

    code: str
    value: float
    threshold: float | None = None
    passed: bool | None = None
    facts: Mapping[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number: `value` in the outcome's own unit, with standard error and confidence interval at `level`.

    `method` is a stable code (the report says it in words); `assumptions` are codes of what must hold; `n_treated` and
    `n_comparison` count units behind it. `se` NaN: the method gives none, and `interval` says how it came about.
    """

    estimand: Estimand
    method: str
    value: float
    se: float
    interval: tuple[float, float]
    n_treated: int
    n_comparison: int
    level: float = 0.95
    p_value: float | None = None
    assumptions: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> tuple[Diagnostic, ...]:
        """The checks that did not hold: a study with any of them withholds this number as its headline."""
        return tuple(found for found in self.diagnostics if found.passed is False)


@dataclass(frozen=True, slots=True)
class EffectPath:
    """An effect month by month relative to the start. All arrays have the same length.

    `lower` and `upper` are pointwise; `band_lower` and `band_upper` hold for the whole path at once (None: not made).
    `overall` sums it up in one estimate.
    """

    months: Ints
    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    overall: Estimate
    band_lower: Floats | None = None
    band_upper: Floats | None = None
    covariance: Floats | None = None


__all__ = ["CannotEstimate", "Diagnostic", "EffectPath", "Estimand", "Estimate", "Flags", "Floats", "Ints"]
