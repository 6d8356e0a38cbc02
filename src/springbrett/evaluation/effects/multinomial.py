"""The chance of each of several groups, given what was known before: a multinomial logit by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.comparison import solve
from springbrett.evaluation.effects.records import CannotEstimate, Floats, Ints

ROWS = 1 << 17
STEPS, TOLERANCE, SHORTEST = 60, 1e-8, 1e-4
FARTHEST, SEPARATED = 1e3, 1e-7


@dataclass(frozen=True, slots=True)
class Chances:
    """`chance` n × groups, rows summing to 1; `design` n × (k+1), the constant and the standardised covariates;
    `information` of the coefficients of groups 1 … G−1 (group 0 is held at zero)."""

    chance: Floats
    design: Floats
    information: Floats

    def influence(self, group: Ints) -> Floats:
        """n × (G−1)(k+1): how much each unit moves the coefficients, times n."""
        count = len(group)
        scores = (_gap(self.chance, group)[:, :, None] * self.design[:, None, :]).reshape(count, -1)
        return np.asarray(np.linalg.solve(self.information / count, scores.T).T)


def multinomial_score(x: Floats, group: Ints, groups: int) -> Chances:
    """The maximum-likelihood chances; every group 0 … `groups` − 1 must be there.

    Raises CannotEstimate: empty_group, no_overlap (a covariate tells groups wholly apart), singular.
    """
    number = np.bincount(group, minlength=groups)
    if (number == 0).any():
        raise CannotEstimate("empty_group", "a group has nobody in it", group=int(np.argmin(number)))
    spread = x.std(axis=0)
    design = np.column_stack([np.ones(len(x)), (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)])
    beta = np.zeros((groups - 1, design.shape[1]))
    beta[:, 0] = np.log(number[1:] / number[0])
    for _step in range(STEPS):
        chance = _chance(design, beta)
        level = _log_likelihood(chance, group)
        if level > -SEPARATED * len(group) or np.abs(beta[:, 1:]).max(initial=0.0) > FARTHEST:
            break
        information = _information(design, chance)
        step = solve(information, (_gap(chance, group).T @ design).ravel()).reshape(beta.shape)
        beta = _rise(design, group, beta, step, level)
        if np.abs(step).max() < TOLERANCE:
            return Chances(_chance(design, beta), design, information)
    raise CannotEstimate("no_overlap", "the chances do not settle; a covariate tells some of the groups wholly apart")


def _rise(design: Floats, group: Ints, beta: Floats, step: Floats, level: float) -> Floats:
    """The step, halved until the likelihood rises."""
    length = 1.0
    while length >= SHORTEST:
        reached = _log_likelihood(_chance(design, beta + length * step), group)
        if reached >= level - 1e-12 * abs(level):
            break
        length /= 2
    return np.asarray(beta + length * step)


def _gap(chance: Floats, group: Ints) -> Floats:
    """n × (G − 1): being in a group less the chance of it."""
    gap = -chance[:, 1:]
    rows = np.flatnonzero(group > 0)
    gap[rows, group[rows] - 1] += 1.0
    return np.asarray(gap)


def _chance(design: Floats, beta: Floats) -> Floats:
    eta = np.column_stack([np.zeros(len(design)), design @ beta.T])
    eta -= eta.max(axis=1, keepdims=True)
    np.exp(eta, out=eta)
    return np.asarray(eta / eta.sum(axis=1, keepdims=True))


def _log_likelihood(chance: Floats, group: Ints) -> float:
    return float(np.log(np.maximum(chance[np.arange(len(group)), group], 1e-300)).sum())


def _information(design: Floats, chance: Floats) -> Floats:
    """Block (a, b): Σ p_a (1[a=b] − p_b) x xᵀ; rows at a time."""
    kinds, width = chance.shape[1] - 1, design.shape[1]
    total = np.zeros((kinds, width, kinds, width))
    for first in range(0, len(design), ROWS):
        x, p = design[first : first + ROWS], chance[first : first + ROWS, 1:]
        for a in range(kinds):
            for b in range(a, kinds):
                weight = p[:, a] * ((1.0 if a == b else 0.0) - p[:, b])
                block = x.T @ (x * weight[:, None])
                total[a, :, b, :] += block
                if b > a:
                    total[b, :, a, :] += block.T
    return total.reshape(kinds * width, kinds * width)
