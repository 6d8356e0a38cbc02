"""The likelihood of mixed proportional hazards with mass points, and its exact maximum for a given number of points.

Each transition r of person i has hazard exp(x b_r + mu_rj) where j, the same for all of the person's transitions, is
one of J points with chance p_j. Because the points multiply, a person's whole history enters through two figures per
transition: exits D and exposure C = Σ duration · exp(x b). Log-likelihood, gradient and Hessian are then products of
persons × points tables, which is what makes Newton's method possible where others step along the gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

STEPS = 200
GAIN = 1e-7
"""The gain in log-likelihood that a further Newton step promises when the maximum is reached."""
LONGEST = 2.0
LOWEST = -30.0


@dataclass(frozen=True, slots=True)
class Transition:
    """One way on: for all rows, covariates `x` (rows × k) with `names`, who is `at_risk`, whose row `ends` by it."""

    name: str
    x: Floats
    names: tuple[str, ...]
    at_risk: Flags
    ends: Flags


@dataclass(frozen=True, slots=True)
class Histories:
    """Rows of person-intervals within which nothing changes, sorted by `person`; `duration` of each (> 0).

    Raises CannotEstimate: bad_input, empty_group (a way on that nobody takes).
    """

    person: Ints
    duration: Floats
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        rows = len(self.person)
        if not rows or not self.transitions:
            raise CannotEstimate("empty_group", "there are no histories")
        if (np.diff(self.person) < 0).any() or self.duration.shape != (rows,):
            raise CannotEstimate("bad_input", "rows must stand sorted by person, each with a duration")
        if not (np.isfinite(self.duration).all() and (self.duration > 0).all()):
            raise CannotEstimate("bad_input", "a duration is missing or not above zero")
        for way in self.transitions:
            if way.x.shape != (rows, len(way.names)) or not np.isfinite(way.x).all():
                raise CannotEstimate("bad_input", f"the covariates of {way.name} have a wrong shape or missing values")
            if (way.ends & ~way.at_risk).any():
                raise CannotEstimate("bad_input", f"somebody takes {way.name} without being at risk of it")
            if not way.ends.any():
                raise CannotEstimate("empty_group", f"nobody takes {way.name}", transition=way.name)


@dataclass(frozen=True, slots=True)
class Point:
    """Where the parameters stand: `beta` per transition (k_r,), `mu` (R × J) log hazards, `chance` (J,), Σ = 1."""

    beta: tuple[Floats, ...]
    mu: Floats
    chance: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """The maximum for a number of points: log-likelihood, parameters (on the scale of x), and the information.

    `observed` and `outer` are (p × p): minus the Hessian, and the sum of squared scores; p in the order of all beta,
    mu by transition, and the logits of chance 2 … J, with the covariates brought to mean 0 and spread 1: where they are
    given far from 0, a coefficient can hardly be told from the hazard at 0.
    """

    log_likelihood: float
    point: Point
    observed: Floats
    outer: Floats

    @property
    def points(self) -> int:
        """How many mass points there are."""
        return len(self.point.chance)


class Mixture:
    """Histories made ready: covariates on a common scale, rows summed by person in one pass."""

    def __init__(self, histories: Histories) -> None:
        starts = np.flatnonzero(np.concatenate([[True], np.diff(histories.person) > 0]))
        self.starts, self.n = starts, len(starts)
        self.row_person = np.repeat(np.arange(self.n), np.diff(np.concatenate([starts, [len(histories.person)]])))
        self.ways = histories.transitions
        self.exposure = [np.where(way.at_risk, histories.duration, 0.0) for way in self.ways]
        self.mean, self.spread, self.x = [], [], []
        for way in self.ways:
            used = way.x[way.at_risk]
            mean, spread = used.mean(axis=0), used.std(axis=0)
            flat = [name for name, width in zip(way.names, spread, strict=True) if width <= 1e-12]
            if flat:
                raise CannotEstimate("no_variation", f"{flat[0]} never varies among those at risk of {way.name}")
            self.mean.append(mean)
            self.spread.append(spread)
            self.x.append((way.x - mean) / spread)
        self.exits = np.column_stack([np.add.reduceat(way.ends.astype(np.float64), starts) for way in self.ways])
        self.own = [x[way.ends].sum(axis=0) for x, way in zip(self.x, self.ways, strict=True)]
        self.sizes = [x.shape[1] for x in self.x]

    def sample(self, persons: int) -> Mixture:
        """The same with at most that many persons, evenly taken; itself when there are no more."""
        if self.n <= persons:
            return self
        keep = np.zeros(self.n, bool)
        keep[np.linspace(0, self.n - 1, persons).astype(np.int64)] = True
        rows = keep[self.row_person]
        part = object.__new__(Mixture)
        part.row_person = np.repeat(np.arange(persons), np.bincount(self.row_person)[keep])
        part.starts, part.n = np.searchsorted(part.row_person, np.arange(persons)), persons
        part.ways = tuple(
            Transition(way.name, way.x[rows], way.names, way.at_risk[rows], way.ends[rows]) for way in self.ways
        )
        part.exposure = [exposure[rows] for exposure in self.exposure]
        part.mean, part.spread, part.sizes = self.mean, self.spread, self.sizes
        part.x, part.exits = [x[rows] for x in self.x], self.exits[keep]
        part.own = [x[way.ends].sum(axis=0) for x, way in zip(part.x, part.ways, strict=True)]
        return part

    def first(self) -> Point:
        """One point at each transition's overall rate, and no difference between persons."""
        rate = self.exits.sum(axis=0) / [e.sum() for e in self.exposure]
        return Point(tuple(np.zeros(k) for k in self.sizes), np.log(rate)[:, None], np.ones(1))

    def person_exposure(self, beta: tuple[Floats, ...]) -> tuple[list[Floats], Floats]:
        """Rows' exposure weighted by exp(x b), per transition, and its sum by person (n × R)."""
        rows = [e * np.exp(np.clip(x @ b, -50, 50)) for e, x, b in zip(self.exposure, self.x, beta, strict=True)]
        return rows, np.column_stack([np.add.reduceat(c, self.starts) for c in rows])

    def by_point(self, point: Point, exposure: Floats) -> tuple[Floats, Floats]:
        """(n × J) log(chance × likelihood) of each person at each point, less what is common; and its log-sum (n,)."""
        with np.errstate(divide="ignore"):
            joint = self.exits @ point.mu - exposure @ np.exp(point.mu) + np.log(point.chance)
        top = joint.max(axis=1)
        return joint, top + np.log(np.exp(joint - top[:, None]).sum(axis=1))

    def log_likelihood(self, point: Point) -> float:
        """The log-likelihood."""
        total = self.by_point(point, self.person_exposure(point.beta)[1])[1].sum()
        return float(total + sum(own @ b for own, b in zip(self.own, point.beta, strict=True)))

    def slopes(self, point: Point, *, outer: bool = False) -> tuple[float, Floats, Floats, Floats]:
        """Log-likelihood, gradient (p,), Hessian (p × p), and the outer product of the scores when asked for."""
        rows, exposure = self.person_exposure(point.beta)
        joint, log_sum = self.by_point(point, exposure)
        level = float(log_sum.sum() + sum(own @ b for own, b in zip(self.own, point.beta, strict=True)))
        parts = _Parts(self, point, rows, exposure, np.exp(joint - log_sum[:, None]))
        scores = parts.scores() if outer else np.zeros((0, 0))
        return level, parts.gradient(), parts.hessian(), np.asarray(scores.T @ scores)

    def original(self, point: Point) -> Point:
        """The parameters on the scale of the covariates as they were given."""
        beta = tuple(b / s for b, s in zip(point.beta, self.spread, strict=True))
        shift = np.array([m @ b for m, b in zip(self.mean, beta, strict=True)])
        return Point(beta, point.mu - shift[:, None], point.chance)


class _Parts:
    """What gradient and Hessian share at one place of the parameters. q (n × J): each person's chance of each point."""

    def __init__(self, mixture: Mixture, point: Point, rows: list[Floats], exposure: Floats, q: Floats) -> None:
        self.mixture, self.point, self.rows, self.exposure, self.q = mixture, point, rows, exposure, q
        self.level = np.exp(point.mu)
        self.mean_level = q @ self.level.T  # n × R
        self.u = [mixture.exits[:, [r]] - exposure[:, [r]] * self.level[r] for r in range(len(rows))]
        self.moved = [
            np.add.reduceat(x * c[:, None], mixture.starts, axis=0) if x.shape[1] else np.zeros((mixture.n, 0))
            for x, c in zip(mixture.x, rows, strict=True)
        ]

    def gradient(self) -> Floats:
        """(p,)"""
        beta = [own - self.mean_level[:, r] @ self.moved[r] for r, own in enumerate(self.mixture.own)]
        mu = [np.einsum("ij,ij->j", self.q, u) for u in self.u]
        chance = self.q.sum(axis=0) - self.mixture.n * self.point.chance
        return np.concatenate([*beta, *mu, chance[1:]])

    def scores(self) -> Floats:
        """(n × p) each person's part of the gradient."""
        parts = []
        for r, (x, way) in enumerate(zip(self.mixture.x, self.mixture.ways, strict=True)):
            own = np.add.reduceat(x * way.ends[:, None], self.mixture.starts, axis=0) if x.shape[1] else self.moved[r]
            parts.append(own - self.mean_level[:, [r]] * self.moved[r])
        parts += [self.q * u for u in self.u]
        return np.column_stack([*parts, (self.q - self.point.chance)[:, 1:]])

    def hessian(self) -> Floats:
        """(p × p)"""
        points, ways = len(self.point.chance), len(self.rows)
        offsets = np.concatenate([[0], np.cumsum(self.mixture.sizes)]).astype(int)
        size = int(offsets[-1])
        out = np.zeros((size + (ways + 1) * points,) * 2)
        weights = [self.q * u for u in self.u] + [self.q]
        for r in range(ways):
            own = slice(offsets[r], offsets[r + 1])
            away = self.q * (self.mean_level[:, [r]] - self.level[r])
            for s in range(r, ways):
                other = slice(offsets[s], offsets[s + 1])
                both = self.q @ (self.level[r] * self.level[s]) - self.mean_level[:, r] * self.mean_level[:, s]
                out[own, other] = (self.moved[r] * both[:, None]).T @ self.moved[s]
            x, weight = self.mixture.x[r], self.rows[r] * self.mean_level[self.mixture.row_person, r]
            out[own, own] -= (x * weight[:, None]).T @ x
            for s in range(ways):
                at = slice(size + s * points, size + (s + 1) * points)
                bend = away * self.u[s] - (self.q * self.level[r] if s == r else 0.0)
                out[own, at] = self.moved[r].T @ bend
            out[own, size + ways * points :] = self.moved[r].T @ away
        self._points(out[size:, size:], weights)
        out[np.tril_indices(len(out), -1)] = out.T[np.tril_indices(len(out), -1)]
        return np.delete(np.delete(out, size + ways * points, 0), size + ways * points, 1)

    def _points(self, out: Floats, weights: list[Floats]) -> None:
        """The block of mu and chances, written into `out`."""
        points, ways = len(self.point.chance), len(self.rows)
        stacked = np.concatenate(weights, axis=1)
        out -= stacked.T @ stacked
        multiple = [*self.u, np.ones_like(self.q)]
        for r in range(ways + 1):
            for s in range(ways + 1):
                block = np.arange(points)
                out[r * points + block, s * points + block] += np.einsum("ij,ij->j", weights[r], multiple[s])
        for r in range(ways):
            block = r * points + np.arange(points)
            out[block, block] -= self.exposure[:, r] @ self.q * self.level[r]
        chance = self.point.chance
        out[ways * points :, ways * points :] -= self.mixture.n * (np.diag(chance) - np.outer(chance, chance))


def maximise(mixture: Mixture, start: Point, *, steps: int = STEPS, settle: bool = True) -> tuple[float, Point]:
    """Newton's method with the curvature made concave and steps held short, until a step promises nothing more.

    `settle` False: wherever it stands after `steps` is good enough. Raises CannotEstimate("not_converged").
    """
    point, level = start, mixture.log_likelihood(start)
    for _step in range(steps):
        level, gradient, hessian, _outer = mixture.slopes(point)
        values, vectors = np.linalg.eigh(-hessian)
        floor = 1e-9 * max(values.max(), 1.0)
        turned = vectors.T @ gradient
        move = vectors @ (turned / np.maximum(np.abs(values), floor))
        move *= min(1.0, LONGEST / max(float(np.abs(move).max()), 1e-300))
        promised = float(gradient @ move)
        if promised < GAIN:
            return level, point
        point, gained = _search(mixture, point, move, level, promised)
        if gained < GAIN * 1e-3:
            return level + gained, point
    if settle:
        raise CannotEstimate("not_converged", "the mass points did not settle")
    return mixture.log_likelihood(point), point


def _search(mixture: Mixture, point: Point, move: Floats, level: float, promised: float) -> tuple[Point, float]:
    """The first shortened step that gains; none when there is none."""
    length = 1.0
    while length > 1e-8:
        tried = moved(mixture, point, length * move)
        reached = mixture.log_likelihood(tried)
        if reached >= level + 1e-4 * length * promised:
            return tried, reached - level
        length /= 2
    return point, 0.0


def moved(mixture: Mixture, point: Point, move: Floats) -> Point:
    """The parameters after a step of p figures."""
    beta, at = [], 0
    for b in point.beta:
        beta.append(b + move[at : at + len(b)])
        at += len(b)
    mu = point.mu + move[at : at + point.mu.size].reshape(point.mu.shape)
    logit = np.log(np.maximum(point.chance, 1e-300))
    logit = logit - logit[0] + np.concatenate([[0.0], move[at + point.mu.size :]])
    chance = np.exp(logit - logit.max())
    return Point(tuple(beta), np.clip(mu, LOWEST, -LOWEST), chance / chance.sum())
