"""How many gave each answer, person by person, with Wilson's interval; and numbers in quartiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.comparison import t_of, z_of
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.results import cells


@dataclass(frozen=True, slots=True)
class Share:
    """One answer: `count` of `n` respondents, as a share with its interval. All None but `n`: hidden, because few."""

    code: str
    count: int | None
    n: int
    share: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers given by `n` respondents: mean, its interval by Student's t, and quartiles (type 7)."""

    n: int
    mean: float
    lower: float
    upper: float
    quartiles: tuple[float, float, float]


def wilson(count: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's (1927) interval for a share. Raises CannotEstimate: empty_group, bad_input."""
    if n < 1:
        raise CannotEstimate("empty_group", "a share of nobody has no interval")
    if not 0 <= count <= n:
        raise CannotEstimate("bad_input", "a part is between nothing and the whole", count=count, n=n)
    z = z_of(level)
    p, square = count / n, z * z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * np.sqrt(p * (1 - p) / n + square / (4 * n * n))
    return (0.0 if count == 0 else float(middle - half), 1.0 if count == n else float(middle + half))


def shares(
    given: Mapping[str, Sequence[str]], codes: Sequence[str], *, minimum: int = 1, level: float = 0.95
) -> tuple[Share, ...]:  # fmt: skip
    """The shares of each code among those who answered (`given`: respondent → values). With several answers each they
    add up to more than one. Counts under `minimum` are hidden, and so are others from which they would follow.

    Raises CannotEstimate("bad_input") for an answer that is not among the codes.
    """
    n = len(given)
    counts = Counter(value for values in given.values() for value in set(values))
    if unknown := sorted(set(counts) - set(codes)):
        raise CannotEstimate("bad_input", "there are answers that cannot be given: " + ", ".join(unknown))
    shown = cells({code: counts[code] for code in codes}, minimum, order=codes, of=n)
    if n < minimum:
        return tuple(Share(code, None, n if minimum <= 1 else 0, None, None, None) for code in codes)
    return tuple(_share(cell.code, cell.count, n, level) for cell in shown)


def _share(code: str, count: int | None, n: int, level: float) -> Share:
    if count is None or n == 0:
        return Share(code, count, n, None, None, None)
    lower, upper = wilson(count, n, level)
    return Share(code, count, n, count / n, lower, upper)


def numbers(given: Mapping[str, Sequence[str]], *, minimum: int = 1, level: float = 0.95) -> Numbers | None:
    """The numbers summed up; None for fewer respondents than `minimum`, or fewer than two.

    Raises CannotEstimate("bad_input") for what is no number.
    """
    try:
        values = np.array([float(values[0]) for values in given.values() if values], np.float64)
    except ValueError:
        raise CannotEstimate("bad_input", "an answer is not a number") from None
    if not np.isfinite(values).all():
        raise CannotEstimate("bad_input", "an answer is not a number")
    if len(values) < max(2, minimum):
        return None
    mean, se = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    reach = t_of(level, len(values) - 1) * se
    first, middle, last = np.quantile(values, [0.25, 0.5, 0.75])
    return Numbers(len(values), mean, mean - reach, mean + reach, (float(first), float(middle), float(last)))
