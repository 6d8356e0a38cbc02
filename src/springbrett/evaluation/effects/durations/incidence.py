"""Cumulative incidence: what share has left by each way out, and how long they have been gone (Aalen & Johansen 1978).

One minus Kaplan–Meier counts those who left another way as if they could still leave this way; cumulative incidence
does not. Ties are exact (a package that jitters them answers .4698 where the truth is .4683).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.durations.spells import RiskTable, Spells, risk_table
from springbrett.evaluation.effects.entrance import numbers, yes_no
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Flags, Floats

ASSUMPTIONS = ("censoring_tells_nothing",)


@dataclass(frozen=True, slots=True)
class Incidence:
    """The share that has left by one cause, at m times: `share`, `se`, `lower`, `upper` (m,), pointwise at `level`.

    `months_gone` is the restricted mean time lost: the mean time since leaving by this cause, within `horizon`, in the
    spells' unit of time; `months_gone_se` its standard error. `n` spells, `left` of them by this cause.
    """

    cause: str
    time: Floats
    share: Floats
    se: Floats
    lower: Floats
    upper: Floats
    months_gone: float
    months_gone_se: float
    horizon: float
    n: int
    left: int
    level: float = 0.95


def cumulative_incidence(
    spells: Spells, cause: str, *, at: Floats, horizon: float | None = None, level: float = 0.95
) -> Incidence:  # fmt: skip
    """Share gone by `cause` at the times `at`, with delayed entry and exact ties.

    Standard errors by the infinitesimal jackknife, summed within clusters: right without a model, and for spells of the
    same person. The interval is made on the log(−log) scale. `horizon` None: the last of `at`. Raises CannotEstimate:
    bad_input (a time after the last seen), not_supported (late entry leaves a time with nobody at risk), one_cluster.
    """
    at = numbers(at, "a time")
    if not len(at) or not np.isfinite(at).all():
        raise CannotEstimate("bad_input", "times must be given in rising order, and the horizon be above zero")
    end = float(at.max()) if horizon is None else float(horizon)
    if (np.diff(at) <= 0).any() or at.min() < 0 or not end > 0:
        raise CannotEstimate("bad_input", "times must be given in rising order, and the horizon be above zero")
    if max(end, float(at.max())) > spells.exit.max():
        last = float(spells.exit.max())
        raise CannotEstimate("bad_input", "nobody is followed that long; choose a shorter horizon", last=last)
    number = spells.number_of(cause)
    curve = _Curve(spells, number)
    share = curve.at(at)
    se = np.array([_se(curve.influence(t), spells) for t in at])
    lower, upper = _log_log(share, se, level, curve.followed(at))
    gone, gone_se = curve.area(end), _se(curve.area_influence(end), spells)
    left = int((spells.cause == number).sum())
    return Incidence(cause, at, share, se, lower, upper, gone, gone_se, end, len(spells), left, level)


class _Curve:
    """One cause's curve with its parts at the m distinct exit times: survival before, hazards and sums of them."""

    def __init__(self, spells: Spells, number: int) -> None:
        table = risk_table(spells)
        _check_risk(table)
        self.spells, self.time, self.number = spells, table.time, number
        n = np.maximum(table.at_risk, 1.0)
        self.at_risk = n
        self.hazard, self.all = table.exits[:, number - 1] / n, table.any_exit / n
        after = np.cumprod(1 - self.all)
        self.before = np.concatenate([[1.0], after[:-1]])[: len(after)]
        self.share = np.cumsum(self.before * self.hazard)

    def at(self, times: Floats) -> Floats:
        """The share at any times."""
        padded = np.concatenate([[0.0], self.share])
        return np.asarray(padded[np.searchsorted(self.time, times, "right")])

    def followed(self, times: Floats) -> Floats:
        """How many have left, or are still seen, at any times: those censored before told less."""
        censored = np.sort(self.spells.exit[self.spells.cause == 0])
        return np.asarray(len(self.spells) - np.searchsorted(censored, times, "left"), np.float64)

    def area(self, end: float) -> float:
        """The area under the curve up to `end`."""
        inside = self.time < end
        steps = np.diff(np.concatenate([[0.0], self.share[inside]]))
        return float(steps @ (end - self.time[inside]))

    def influence(self, time: float) -> Floats:
        """(n,) what each spell adds to the share at `time`, first order."""
        inside = self.time <= time
        now = float(self.at(np.array([time]))[0])
        return self._influence(np.where(inside, self.before, 0.0), np.where(inside, now - self.share, 0.0))

    def area_influence(self, end: float) -> Floats:
        """(n,) what each spell adds to the area up to `end`."""
        left = np.maximum(end - self.time, 0.0)
        steps = np.diff(np.concatenate([[0.0], self.share]))
        later = np.cumsum((steps * left)[::-1])[::-1] - steps * left
        return self._influence(self.before * left, later)

    def _influence(self, of_cause: Floats, of_any: Floats) -> Floats:
        """Σ over u of `of_cause` dh_cause(u) − `of_any` dh(u) / (1 − h(u)), for each spell: own exit minus own risk."""
        stay = 1 - self.all
        of_any = np.divide(of_any, stay, out=np.zeros(len(stay)), where=stay > 0)
        risk = np.concatenate([[0.0], np.cumsum((of_cause * self.hazard - of_any * self.all) / self.at_risk)])
        low = np.searchsorted(self.time, self.spells.entered, "right")
        high = np.searchsorted(self.time, self.spells.exit, "right")
        out = risk[low] - risk[high]
        left = self.spells.cause > 0
        place = high[left] - 1
        own = of_cause[place] * (self.spells.cause[left] == self.number) - of_any[place]
        out[left] += own / self.at_risk[place]
        return np.asarray(out)


def _check_risk(table: RiskTable) -> None:
    """Late entry may leave a time when everybody at risk leaves, and others come after: survival is then lost."""
    emptied = (table.at_risk > 0) & (table.any_exit >= table.at_risk)
    if emptied[:-1].any():
        when = float(table.time[:-1][emptied[:-1]][0])
        raise CannotEstimate("not_supported", "late entry leaves nobody at risk in between; begin later", time=when)


def _se(influence: Floats, spells: Spells) -> float:
    """√Σ of squared influences, summed within clusters."""
    if spells.cluster is not None:
        codes, position = np.unique(spells.cluster, return_inverse=True)
        if len(codes) < 2:
            raise CannotEstimate("one_cluster", "all spells belong to one person; the spread cannot be told")
        influence = np.asarray(np.bincount(position, influence), np.float64)
    return float(np.sqrt((influence**2).sum()))


def _log_log(share: Floats, se: Floats, level: float, followed: Floats) -> tuple[Floats, Floats]:
    """A share's interval that stays within 0 and 1. Where it is 0 or 1 there is no error, but no certainty either: the
    exact interval for none, or all, of as many as were `followed` so far (Clopper & Pearson 1934)."""
    inner = (share > 0) & (share < 1)
    safe = np.where(inner, share, 0.5)
    half = z_of(level) * se / (safe * np.abs(np.log(safe)))
    low, high = safe ** np.exp(half), safe ** np.exp(-half)
    room = 1 - (0.5 - level / 2) ** (1 / np.maximum(followed, 1.0))
    return np.where(inner, low, np.maximum(share - room, 0.0)), np.where(inner, high, np.minimum(share + room, 1.0))


def incidence_difference(
    spells: Spells, cause: str, group: Flags, *, time: float, level: float = 0.95
) -> Estimate:  # fmt: skip
    """Share gone by `cause` at `time`: in the group minus outside it. A description. Raises as cumulative_incidence."""
    ours, theirs = _both(spells, yes_no(group, "the group"))
    at = np.array([time])
    a, b = (cumulative_incidence(part, cause, at=at, level=level) for part in (ours, theirs))
    return _difference((a.share[0], a.se[0]), (b.share[0], b.se[0]), "incidence_difference",
                       (len(ours), len(theirs)), level)  # fmt: skip


def months_gone_difference(
    spells: Spells, cause: str, group: Flags, *, horizon: float, level: float = 0.95
) -> Estimate:  # fmt: skip
    """Mean time since leaving by `cause` within `horizon`: in the group minus outside it (one number for whole curves).

    Restricted mean time lost (Andersen 2013; Conner & Trinquart 2021). Raises as cumulative_incidence.
    """
    ours, theirs = _both(spells, yes_no(group, "the group"))
    at = np.array([horizon])
    a, b = (cumulative_incidence(part, cause, at=at, level=level) for part in (ours, theirs))
    return _difference((a.months_gone, a.months_gone_se), (b.months_gone, b.months_gone_se), "months_gone_difference",
                       (len(ours), len(theirs)), level)  # fmt: skip


def _both(spells: Spells, group: Flags) -> tuple[Spells, Spells]:
    if group.shape != spells.exit.shape:
        raise CannotEstimate("bad_input", "the group and the spells have different lengths")
    if not group.any():
        raise CannotEstimate("no_treated", "nobody is in the group")
    if group.all():
        raise CannotEstimate("no_comparison", "there is nobody outside the group")
    if spells.cluster is not None and np.intersect1d(spells.cluster[group], spells.cluster[~group]).size:
        raise CannotEstimate("not_supported", "a person has spells on both sides; compare spells that share nobody")
    return spells.chosen(group), spells.chosen(~group)


def _difference(
    ours: tuple[float, float], theirs: tuple[float, float], method: str, counts: tuple[int, int], level: float
) -> Estimate:  # fmt: skip
    value, se = ours[0] - theirs[0], float(np.hypot(ours[1], theirs[1]))
    if not se > 0:
        raise CannotEstimate("no_variation", "nobody, or everybody, has left by then in both; choose another time")
    half = z_of(level) * se
    p = 2 * NormalDist().cdf(-abs(value / se))
    return Estimate(
        estimand=Estimand.DESCRIPTION, method=method, value=float(value), se=se,
        interval=(float(value - half), float(value + half)), n_treated=counts[0], n_comparison=counts[1], level=level,
        p_value=p, assumptions=(*ASSUMPTIONS, "no_other_difference"),
    )  # fmt: skip
