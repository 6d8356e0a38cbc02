"""Hazards month by month (complementary log–log), from counts: half a million spells in the time of one small table.

The model is Prentice & Gloeckler's (1978): proportional hazards in continuous time, seen at whole months, with a free
baseline for every month. Persons with the same covariates stand in one row of counts, so the work hangs on how many
kinds of persons there are; the baseline's months are eliminated by blocks and never make a column each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from springbrett.evaluation.effects.durations.hazards import (
    PROPORTIONAL,
    Hazards,
    exits_check,
    few_persons,
    newton_step,
    two_sided,
)
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.entrance import numbers
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints

STEPS, TOLERANCE, SLACK = 50, 1e-9, 1e-12
KINDS = 1 << 15
"""Kinds of persons at a time: what keeps the tables of kinds × months within a few megabytes."""
Information = Literal["expected", "observed"]


@dataclass(frozen=True, slots=True)
class DiscreteHazards:
    """Log hazard ratios with their covariance, and the `baseline` (m,): log cumulated hazard of each of `months` (m,)
    for covariates at zero. Months in which nobody leaves have no baseline (their hazard is zero) and are not listed."""

    hazards: Hazards
    months: Ints
    baseline: Floats


def discrete_hazards(
    spells: Spells, cause: str, x: Floats, names: tuple[str, ...], *, information: Information = "expected"
) -> DiscreteHazards:  # fmt: skip
    """Log hazard ratios of leaving by `cause` in each month, given still there; other exits count as no exit.

    Times are whole months: a spell with exit t left, or was last seen, in month t, and is at risk in entry+1 … t. A
    covariate that changes (a measure begins) is a new row with late entry. `x` n × k. Standard errors by the expected
    information (as R's glm has them) or the observed (as Stata's cloglog); by clusters when the spells have them.
    Raises CannotEstimate: bad_input (broken months), no_variation, empty_group, singular, not_converged, one_cluster.
    """
    if information not in get_args(Information):
        raise CannotEstimate("not_supported", f"errors are by expected or observed information, not {information!r}")
    table = _Table(spells, cause, x, names)
    alpha, beta, found = _climbed(table)
    covariance = table.covariance(alpha, beta, information)
    exits = int((spells.cause == spells.number_of(cause)).sum())
    checks = (exits_check(exits, len(names)), *(few_persons(spells, table.sides) if spells.cluster is not None else ()))
    found_hazards = Hazards("discrete_hazards", names, beta, covariance, found, len(spells), exits,
                            (*PROPORTIONAL, "leaves_in_whole_months"), checks)  # fmt: skip
    return DiscreteHazards(found_hazards, table.months, alpha - beta @ table.mean)


def competing_hazards(
    spells: Spells, x: Floats, names: tuple[str, ...], *, information: Information = "expected"
) -> dict[str, DiscreteHazards]:  # fmt: skip
    """The same covariates for every way out, each with its own baseline. Raises as `discrete_hazards`."""
    return {cause: discrete_hazards(spells, cause, x, names, information=information) for cause in spells.causes}


def _climbed(table: _Table) -> tuple[Floats, Floats, float]:
    """The months' levels and the coefficients at the top of the likelihood, and its log.

    Settled when neither the likelihood nor a coefficient moves: the likelihood alone is flat long before the seventh
    digit of a coefficient stands. A month in which everybody leaves has no top of its own and is not waited for.
    """
    alpha, beta = table.start()
    level = -np.inf
    for _step in range(STEPS):
        months, moved = table.step(alpha, beta)
        length, least = 1.0, level - SLACK * abs(level)
        while (found := table.log_likelihood(alpha + length * months, beta + length * moved)) < least:
            length /= 2
            if length < 1e-6:
                break
        alpha, beta = alpha + length * months, beta + length * moved
        flat = abs(found - level) < TOLERANCE * (1 + abs(found))
        if flat and np.abs(length * moved * table.spread).max(initial=0.0) < TOLERANCE:
            return alpha, beta, found
        level = found
        if np.abs(beta * table.spread).max(initial=0.0) > 20:
            raise CannotEstimate("not_converged", "a covariate tells those who leave wholly apart from the others")
    raise CannotEstimate("not_converged", "the hazards did not settle")


class _Table:
    """Kinds × months: how many are at risk and how many leave, in blocks of kinds."""

    def __init__(self, spells: Spells, cause: str, x: Floats, names: tuple[str, ...]) -> None:
        number = spells.number_of(cause)
        self.first, self.last = _months(spells.entered), _months(spells.exit)
        x = numbers(x, "a covariate")
        if x.shape != (len(spells), len(names)) or not np.isfinite(x).all():
            raise CannotEstimate("bad_input", "the covariates have a wrong shape or missing values")
        flat = [name for name, width in zip(names, np.ptp(x, axis=0), strict=True) if not width]
        if flat:
            raise CannotEstimate("no_variation", f"{flat[0]} is the same for everybody", name=flat[0])
        self.sides = two_sided(x)
        left = spells.cause == number
        if not left.any():
            raise CannotEstimate("empty_group", "nobody leaves by this cause", cause=cause)
        self.cluster, self.left = spells.cluster, left
        self.known: Floats | None = None
        self.months = np.unique(self.last[left])
        self.kind, rows = _kinds(x)
        self.mean, self.spread = x.mean(axis=0), x.std(axis=0)
        self.x = x[rows] - self.mean
        self.low = np.searchsorted(self.months, self.first, "right")
        self.high = np.searchsorted(self.months, self.last, "right")
        width = len(self.months) + 1
        size = len(rows) * width
        risk = np.bincount(self.kind * width + self.low, minlength=size).astype(np.float64)
        risk -= np.bincount(self.kind * width + self.high, minlength=size)
        self.at_risk = np.cumsum(risk.reshape(len(rows), width), axis=1)[:, :-1]
        cell = self.kind[left] * (width - 1) + self.high[left] - 1
        leaving = np.bincount(cell, minlength=len(rows) * (width - 1)).astype(np.float64)
        self.exits = leaving.reshape(len(rows), width - 1)
        if (self.exits.sum(axis=0) >= self.at_risk.sum(axis=0)).all():
            raise CannotEstimate("no_variation", "all at risk leave in the same month; nothing tells who leaves sooner")

    def start(self) -> tuple[Floats, Floats]:
        """The months' own hazards, and no difference between persons."""
        share = np.minimum(self.exits.sum(axis=0) / self.at_risk.sum(axis=0), 0.99)
        return np.log(-np.log1p(-share)), np.zeros(self.x.shape[1])

    def _blocks(self, alpha: Floats, beta: Floats) -> list[tuple[slice, Floats, Floats]]:
        """For each block of kinds: rows, cumulated hazard, and chance of leaving (kinds × months)."""
        out = []
        for first in range(0, len(self.x), KINDS):
            rows = slice(first, first + KINDS)
            hazard = np.exp(np.minimum((self.x[rows] @ beta)[:, None] + alpha[None, :], 30.0))
            out.append((rows, hazard, np.maximum(-np.expm1(-hazard), 1e-300)))
        return out

    def log_likelihood(self, alpha: Floats, beta: Floats) -> float:
        """Σ exits log p − (at risk − exits) × cumulated hazard."""
        total = 0.0
        for rows, hazard, chance in self._blocks(alpha, beta):
            stay = self.at_risk[rows] - self.exits[rows]
            total += float((self.exits[rows] * np.log(chance)).sum() - (stay * hazard).sum())
        return total

    def _moments(
        self, alpha: Floats, beta: Floats, information: Information = "expected"
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Gradient and information by blocks: months (diagonal), months × covariates, covariates."""
        width, k = len(alpha), len(beta)
        g_alpha, g_beta = np.zeros(width), np.zeros(k)
        a, b, c = np.zeros(width), np.zeros((width, k)), np.zeros((k, k))
        for rows, hazard, chance in self._blocks(alpha, beta):
            z = self.x[rows]
            slope = hazard / chance * (self.exits[rows] - self.at_risk[rows] * chance)
            weight = self._weight(rows, hazard, chance, information)
            g_alpha += slope.sum(axis=0)
            g_beta += z.T @ slope.sum(axis=1)
            a += weight.sum(axis=0)
            b += weight.T @ z
            c += (z * weight.sum(axis=1)[:, None]).T @ z
        return g_alpha, g_beta, a, b, c

    def _weight(self, rows: slice, hazard: Floats, chance: Floats, information: Information) -> Floats:
        """How much each cell bends the log likelihood, by what leaves or by what was expected to (kinds × months)."""
        stays = 1 - chance
        if information == "expected":
            return np.asarray(self.at_risk[rows] * hazard**2 * stays / chance)
        exits = self.exits[rows]
        bent = exits * hazard * stays * (hazard - chance) / chance**2
        return np.asarray((self.at_risk[rows] - exits) * hazard + bent)

    def step(self, alpha: Floats, beta: Floats) -> tuple[Floats, Floats]:
        """The scoring step: the months are eliminated first."""
        g_alpha, g_beta, a, b, c = self._moments(alpha, beta)
        mean = b / a[:, None]
        information = c - b.T @ mean
        if self.known is None:
            self.known = np.diagonal(information)
        move = newton_step(information, g_beta - mean.T @ g_alpha, self.known)
        return (g_alpha - b @ move) / a, move

    def covariance(self, alpha: Floats, beta: Floats, information: Information) -> Floats:
        """Of the covariates' coefficients (k × k)."""
        _g, _h, a, b, c = self._moments(alpha, beta, information)
        mean = b / a[:, None]
        bread = np.asarray(np.linalg.inv(c - b.T @ mean))
        if self.cluster is None:
            return bread
        codes, position = np.unique(self.cluster, return_inverse=True)
        if len(codes) < 2:
            raise CannotEstimate("one_cluster", "all spells belong to one person; the spread cannot be told")
        score = self._scores(alpha, beta, mean)
        summed = np.column_stack([np.bincount(position, score[:, k]) for k in range(score.shape[1])])
        return np.asarray(bread @ (summed.T @ summed) @ bread * (len(codes) / (len(codes) - 1)))

    def _scores(self, alpha: Floats, beta: Floats, mean: Floats) -> Floats:
        """(n × k) what each spell adds to the gradient once the months are eliminated."""
        x = self.x[self.kind]
        hazard = np.exp(alpha)
        risk = np.concatenate([[0.0], np.cumsum(hazard)])
        own = np.exp(x @ beta)
        gone = (risk[self.high] - risk[self.low]) * own
        moved = np.vstack([np.zeros(mean.shape[1]), np.cumsum(hazard[:, None] * mean, axis=0)])
        out = -x * gone[:, None] + (moved[self.high] - moved[self.low]) * own[:, None]
        at = self.high[self.left] - 1
        cumulated = hazard[at] * own[self.left]
        extra = cumulated / np.maximum(-np.expm1(-cumulated), 1e-300)
        out[self.left] += (x[self.left] - mean[at]) * extra[:, None]
        return np.asarray(out)


def _months(time: Floats) -> Ints:
    whole = np.rint(time).astype(np.int64)
    if (whole != time).any():
        raise CannotEstimate("bad_input", "times are whole months here; use cox for others")
    return whole


def _kinds(x: Floats) -> tuple[Ints, Ints]:
    """Which kind each row of x is, and one row of each kind."""
    key = np.zeros(len(x), np.int64)
    for column in x.T:
        values, code = np.unique(column, return_inverse=True)
        _keys, key = np.unique(key * len(values) + code, return_inverse=True)
    _keys, rows = np.unique(key, return_index=True)
    return key, rows
