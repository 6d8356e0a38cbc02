"""How far advisers judge the same persons alike, beyond what chance would give.

Judgements come as a matrix, advisers × persons, whole numbers from 0 for the categories and −1 for «not asked». Every
measure uses the persons that at least two advisers judged; which adviser saw whom may differ.

- Fleiss' κ (1971) for categories without order. With unequal numbers of advisers per person the agreement of each
  person is averaged as it stands and the categories' shares are counted over all judgements: the usual extension, said
  so by `balanced` False (the large-sample error under chance then does not hold and is NaN).
- Krippendorff's α (2004, ch. 11; 2011) for any number of advisers and any gaps: nominal, ordinal, interval and ratio.
Intervals draw advisers again with replacement (the persons are the ones we chose, the advisers are a sample). Two
copies of one adviser always agree, so pairs of copies are left out, in the sum over advisers and in its divisor;
drawing persons instead is offered for studies whose persons are a sample too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.comparison import check_level
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Resample = Literal["advisers", "persons"]
METRICS: tuple[str, ...] = get_args(Metric)
MISSING = -1
MOST_UNDEFINED = 0.1
CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient: 1 is full agreement, 0 what chance gives, less than 0 is less than chance.

    `measure` is "fleiss_kappa" or "alpha_" and the metric. `observed` and `expected` are shares of pairs that agree for
    κ, and mean disagreement for α. `interval` at `level` from `draws` bootstrap draws; `undefined` of them had nobody
    disagreeing about anything and are left out. `se_chance`: κ's standard error were all agreement chance, NaN
    otherwise. `judgements`, `advisers` and `persons` count what was used.
    """

    measure: str
    value: float
    observed: float
    expected: float
    interval: tuple[float, float]
    level: float
    draws: int
    undefined: int
    resample: Resample
    judgements: int
    advisers: int
    persons: int
    balanced: bool
    se_chance: float = float("nan")

    @property
    def p_chance(self) -> float:
        """Two-sided p-value of agreement by chance alone; NaN where no error under chance is known."""
        return float(2 * stats.norm.sf(abs(self.value) / self.se_chance))


def fleiss_kappa(
    judged: Ints, *, level: float = 0.95, draws: int = 2000, seed: int = 0, resample: Resample = "advisers"
) -> Agreement:  # fmt: skip
    """Fleiss' κ. Raises CannotEstimate: bad_input, one_cluster (one adviser), no_comparison, no_variation."""
    check_level(level)
    held = _checked(judged)
    weights = _weights(held, draws, seed, resample)
    onehot = _onehot(held)
    values = _in_chunks(onehot, weights, resample, None)
    sums = _sums(onehot, *_plain(held))
    value, observed, expected = (float(part[0]) for part in _kappa(*sums))
    interval, undefined = _interval(values, level, draws)
    per_person = (held >= 0).sum(axis=0)
    balanced = len(set(per_person.tolist())) == 1
    return Agreement(
        "fleiss_kappa", value, observed, expected, interval, level, draws, undefined, resample,
        int((held >= 0).sum()), held.shape[0], held.shape[1], balanced,
        _chance_error(onehot, int(per_person[0])) if balanced else float("nan"),
    )  # fmt: skip


def krippendorff_alpha(
    judged: Ints, metric: Metric, *, values: Floats | None = None, level: float = 0.95, draws: int = 2000,
    seed: int = 0, resample: Resample = "advisers",
) -> Agreement:  # fmt: skip
    """Krippendorff's α. `values` are the numbers behind the categories (interval and ratio; default 0, 1, 2 …), in
    rising order for ordinal.

    Raises CannotEstimate: bad_input (also negative values with ratio), one_cluster, no_comparison, no_variation.
    """
    check_level(level)
    if metric not in METRICS:
        raise CannotEstimate("not_supported", f"there is no measure {metric!r}; choose among {', '.join(METRICS)}")
    held = _checked(judged)
    size = int(held.max()) + 1
    scale = np.arange(size, dtype=np.float64) if values is None else np.asarray(values, np.float64)
    if len(scale) < size or not np.isfinite(scale).all():
        raise CannotEstimate("bad_input", "every category needs a number", categories=size)
    if metric == "ratio" and scale.min() < 0:
        raise CannotEstimate("bad_input", "a ratio needs numbers from 0", least=float(scale.min()))
    if metric == "ordinal" and (np.diff(scale[:size]) <= 0).any():
        raise CannotEstimate("bad_input", "the categories of an order stand in rising order")
    scale = scale[:size]
    weights, onehot = _weights(held, draws, seed, resample), _onehot(held)
    drawn = _in_chunks(onehot, weights, resample, (metric, scale))
    value, observed, expected = (float(part[0]) for part in _alpha(_coincidences(onehot, *_plain(held)), metric, scale))
    interval, undefined = _interval(drawn, level, draws)
    counts = (held >= 0).sum(axis=0)
    return Agreement(f"alpha_{metric}", value, observed, expected, interval, level, draws, undefined, resample,
                     int((held >= 0).sum()), held.shape[0], held.shape[1], len(set(counts.tolist())) == 1)  # fmt: skip


def pair_agreement(judged: Ints) -> Floats:
    """(persons,) the share of pairs of advisers who gave the person the same answer; NaN for fewer than two."""
    onehot = _onehot(np.asarray(judged, np.int64))
    counts = onehot.sum(axis=0)
    m = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1)
    return np.asarray(np.divide(same, m * (m - 1), out=np.full(len(m), np.nan), where=m > 1))


def _checked(judged: Ints) -> Ints:
    """Advisers and persons that bear on agreement: persons judged by two or more, and the advisers who judged them."""
    matrix = np.asarray(judged)
    if matrix.ndim != 2 or not np.issubdtype(matrix.dtype, np.integer) or (matrix < MISSING).any():
        raise CannotEstimate("bad_input", "judgements are whole numbers, advisers × persons, −1 for not asked")
    if matrix.dtype.kind == "u" and (matrix == np.iinfo(matrix.dtype).max).any():
        raise CannotEstimate("bad_input", "−1 for not asked asks for numbers that have a sign")
    if (matrix >= 0).any(axis=1).sum() < 2:
        raise CannotEstimate("one_cluster", "agreement needs two advisers", advisers=int((matrix >= 0).any(1).sum()))
    matrix = matrix[:, (matrix >= 0).sum(axis=0) >= 2]
    matrix = matrix[(matrix >= 0).any(axis=1)]
    if not matrix.size:
        raise CannotEstimate("no_comparison", "no person was judged by two advisers")
    used = np.unique(matrix[matrix >= 0])
    if len(used) < 2:
        raise CannotEstimate("no_variation", "everybody gave the same answer to everybody: nothing to "
                             "agree about", category=int(used[0]), judgements=int((matrix >= 0).sum()))  # fmt: skip
    return np.asarray(matrix, np.int64)


def _onehot(held: Ints) -> Floats:
    """Advisers × persons × categories."""
    return np.asarray(held[:, :, None] == np.arange(max(int(held.max()) + 1, 1)), np.float64)


def _plain(held: Ints) -> tuple[Floats, Floats]:
    return np.ones((1, held.shape[0])), np.ones((1, held.shape[1]))


def _weights(held: Ints, draws: int, seed: int, resample: Resample) -> Floats:
    """How many times each adviser (or person) is drawn: draws × units."""
    if resample not in ("advisers", "persons"):
        raise CannotEstimate("not_supported", f"advisers or persons are drawn again, not {resample!r}")
    units = held.shape[0] if resample == "advisers" else held.shape[1]
    rng = np.random.default_rng([seed, 7])
    return rng.multinomial(units, np.full(units, 1 / units), size=draws).astype(np.float64)


def _in_chunks(
    onehot: Floats, weights: Floats, resample: Resample, scale: tuple[Metric, Floats] | None
) -> Floats:  # fmt: skip
    """The coefficient of every draw, a few draws at a time so that memory stays small."""
    advisers, persons, categories = onehot.shape
    block = max(1, CHUNK // (persons * categories * categories + advisers * persons))
    found = []
    for start in range(0, len(weights), block):
        part = weights[start : start + block]
        of_advisers = part if resample == "advisers" else np.ones((len(part), advisers))
        of_persons = part if resample == "persons" else np.ones((len(part), persons))
        if scale is None:
            found.append(_kappa(*_sums(onehot, of_advisers, of_persons))[0])
        else:
            found.append(_alpha(_coincidences(onehot, of_advisers, of_persons), *scale)[0])
    return np.concatenate(found) if found else np.zeros(0)


def _counts(onehot: Floats, of_advisers: Floats) -> tuple[Floats, Floats, Floats]:
    """Per draw: judgements by person and category; of those, the squares of weights (an adviser against the own
    copies); and the number of ordered pairs of different advisers by person."""
    counts = np.einsum("da,apc->dpc", of_advisers, onehot)
    own = np.einsum("da,apc->dpc", of_advisers**2, onehot)
    pairs = counts.sum(axis=2) ** 2 - own.sum(axis=2)
    return counts, own, pairs


def _sums(onehot: Floats, of_advisers: Floats, of_persons: Floats) -> tuple[Floats, Floats]:
    """Mean share of agreeing pairs over persons (draws,), and the categories' shares (draws, categories)."""
    counts, own, pairs = _counts(onehot, of_advisers)
    live = (pairs > 0) * of_persons
    agree = (counts**2).sum(axis=2) - own.sum(axis=2)
    share = np.divide(agree, pairs, out=np.zeros_like(pairs), where=pairs > 0)
    total = live.sum(axis=1)
    observed = np.divide((share * live).sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)
    used = np.einsum("dpc,dp->dc", counts, live)
    whole = used.sum(axis=1, keepdims=True)
    return observed, np.divide(used, whole, out=np.zeros_like(used), where=whole > 0)


def _kappa(observed: Floats, shares: Floats) -> tuple[Floats, Floats, Floats]:
    expected = (shares**2).sum(axis=1)
    room = 1 - expected
    value = np.divide(observed - expected, room, out=np.full_like(observed, np.nan), where=room > 1e-12)
    return value, observed, expected


def _chance_error(onehot: Floats, advisers: int) -> float:
    """Fleiss, Nee & Landis (1979): the standard error of κ were all agreement chance."""
    counts = onehot.sum(axis=0)
    persons, p = len(counts), counts.sum(axis=0) / counts.sum()
    inner = (p * (1 - p)).sum()
    top = inner**2 - (p * (1 - p) * (1 - 2 * p)).sum()
    return float(np.sqrt(2 * top) / (inner * np.sqrt(persons * advisers * (advisers - 1))))


def _coincidences(onehot: Floats, of_advisers: Floats, of_persons: Floats) -> Floats:
    """Krippendorff's coincidence matrix of each draw: draws × categories × categories, symmetric."""
    counts, own, pairs = _counts(onehot, of_advisers)
    share = np.divide(counts.sum(axis=2), pairs, out=np.zeros_like(pairs), where=pairs > 0) * of_persons
    found: Floats = np.einsum("dpc,dpk,dp->dck", counts, counts, share)
    diagonal = np.arange(onehot.shape[2])
    found[:, diagonal, diagonal] -= np.einsum("dpc,dp->dc", own, share)
    return found


def _alpha(coincidences: Floats, metric: Metric, scale: Floats) -> tuple[Floats, Floats, Floats]:
    """α, observed and expected disagreement of each draw; NaN where nobody disagrees about anything."""
    n_c = coincidences.sum(axis=2)
    n = n_c.sum(axis=1)
    distance = _distance(metric, scale, n_c)
    observed = np.divide((coincidences * distance).sum(axis=(1, 2)), n, out=np.full_like(n, np.nan), where=n > 0)
    cross = np.einsum("dc,dk,dck->d", n_c, n_c, distance)
    expected = np.divide(cross, n * (n - 1), out=np.full_like(n, np.nan), where=n > 1)
    told = expected > 1e-12 * distance.max(axis=(1, 2))
    ratio = np.divide(observed, expected, out=np.full_like(n, np.nan), where=told)
    return 1 - ratio, observed, expected


def _distance(metric: Metric, scale: Floats, n_c: Floats) -> Floats:
    """Squared differences between categories, draws × categories × categories (the same for all draws but ordinal)."""
    size = len(scale)
    if metric == "ordinal":
        before = np.cumsum(n_c, axis=1) - n_c / 2
        return np.asarray((before[:, :, None] - before[:, None, :]) ** 2)
    if metric == "nominal":
        flat = 1.0 - np.eye(size)
    else:
        flat = (scale[:, None] - scale[None, :]) ** 2
        if metric == "ratio":
            both = (scale[:, None] + scale[None, :]) ** 2
            flat = np.divide(flat, both, out=np.zeros_like(flat), where=both > 0)
    return np.broadcast_to(flat, (len(n_c), size, size))


def _interval(drawn: Floats, level: float, draws: int) -> tuple[tuple[float, float], int]:
    """Percentiles of the draws; NaN without draws. Raises CannotEstimate when too many draws say nothing."""
    known = drawn[np.isfinite(drawn)]
    undefined = len(drawn) - len(known)
    if not draws:
        return (float("nan"), float("nan")), 0
    if undefined > MOST_UNDEFINED * draws:
        raise CannotEstimate("no_variation", "so few disagree that most draws hold no disagreement at all; there is no "
                             "interval. Ask for draws=0 to get the coefficient alone", undefined=undefined)  # fmt: skip
    lower, upper = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return (float(lower), float(upper)), undefined
