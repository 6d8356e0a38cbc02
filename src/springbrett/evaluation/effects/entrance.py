"""What comes in at the entrance of every estimator: numbers, yes or no, labels, whole numbers, each one kind of array.

Arrays come as lists, as pandas and Arrow columns, as small integers and as 0 and 1 for yes and no. Taken as they are,
some of them give wrong answers without a word: small integers overflow when squared, 0 and 1 pick the first two units
instead of choosing by yes and no, masked values count as known. Here they become what the estimators reckon with, or
are refused. What is right already is handed back untouched, at no cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats

FARTHEST = 2.0**53
"""Whole numbers beyond this are not told apart as decimal numbers."""


def hold(record: object, **values: object) -> None:
    """Put what was brought into shape back into a frozen record, from within its own making."""
    for name, value in values.items():
        object.__setattr__(record, name, value)


def numbers(values: Any, what: str) -> Floats:
    """As decimal numbers (float64), missing ones as NaN. Raises CannotEstimate("bad_input") for what is no number."""
    if type(values) is np.ndarray and values.dtype == np.float64:
        return values
    held = _array(values, what)
    if held.dtype.kind not in "biufO":
        raise CannotEstimate("bad_input", f"{what} is not made of numbers ({held.dtype}); turn it into numbers first")
    try:
        return np.asarray(held, np.float64)
    except (TypeError, ValueError) as problem:
        raise CannotEstimate("bad_input", f"{what} holds something that is not a number; leave those out") from problem


def yes_no(values: Any, what: str) -> Flags:
    """As true and false; 0 and 1 mean no and yes. Raises CannotEstimate("bad_input") for anything else."""
    if type(values) is np.ndarray and values.dtype == np.bool_:
        return values
    held = numbers(values, what)
    yes = held == 1
    if not (yes | (held == 0)).all():
        raise CannotEstimate("bad_input", f"{what} is yes or no (true and false, or 1 and 0); it holds something else")
    return np.asarray(yes)


def labels(values: Any, what: str) -> NDArray[Any]:
    """What numbers or names groups (clusters, strata), as it is. Raises CannotEstimate("bad_input") where missing."""
    held = values if type(values) is np.ndarray else _array(values, what)
    kind = held.dtype.kind
    if kind in "iubUS":
        return held
    if kind == "O":
        flat = held.ravel()
        missing = any(value is None or value != value for value in flat)  # noqa: PLR0124 - NaN is not itself
        if not missing:
            _names, codes = np.unique([str(value) for value in flat], return_inverse=True)
            return np.asarray(codes, np.int64).reshape(held.shape)
    else:
        missing = bool((np.isnat(held) if kind in "mM" else ~np.isfinite(held)).any())
    if missing:
        raise CannotEstimate(
            "bad_input", f"{what} is missing for some; leave those out, or number them as one of their own"
        )
    return held


def whole(values: Any, what: str) -> NDArray[Any]:
    """As whole numbers of at least 32 bits with sign, so that differences do not overflow.

    Raises CannotEstimate("bad_input") for what is missing, broken, dates or text.
    """
    held = values if type(values) is np.ndarray else _array(values, what)
    if held.dtype.kind == "i":
        return held if held.dtype.itemsize >= 4 else held.astype(np.int64)
    if held.dtype.kind == "u":
        if held.dtype.itemsize == 8 and held.size and held.max() > np.iinfo(np.int64).max:
            raise CannotEstimate("bad_input", f"{what} is too large a number; number from 1")
        return held.astype(np.int64)
    found = numbers(held, what)
    if not (np.isfinite(found).all() and (np.rint(found) == found).all() and (np.abs(found) < FARTHEST).all()):
        raise CannotEstimate("bad_input", f"{what} must be whole numbers, none missing")
    return found.astype(np.int64)


def _array(values: Any, what: str) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        if np.ma.getmaskarray(values).any():
            raise CannotEstimate("bad_input", f"{what} is masked for some; leave those out first")
        return np.asarray(values.data)
    try:
        return np.asarray(values)
    except ValueError as problem:  # rows of unlike length
        raise CannotEstimate("bad_input", f"{what} is not a column of values") from problem


__all__ = ["hold", "labels", "numbers", "whole", "yes_no"]
