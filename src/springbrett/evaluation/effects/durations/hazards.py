"""Rates of leaving, and what raises them: Cox's model for one exit, and Fine & Gray's for its cumulative incidence.

One partial likelihood serves both, written here because no package gives late entry, exact ties (Efron 1977), persons
with several spells and competing exits at once at register size; lifelines' Cox model is the reference in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from springbrett.evaluation.effects.comparison import few_check, not_few, solve, z_of
from springbrett.evaluation.effects.durations.spells import CENSORED, Spells
from springbrett.evaluation.effects.entrance import numbers
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats, Ints

STEPS, TOLERANCE = 50, 1e-9
FEW_EXITS = 10
PROPORTIONAL = ("censoring_tells_nothing", "proportional_hazards")


@dataclass(frozen=True, slots=True)
class Hazards:
    """k log hazard ratios: `coefficients` (k,) with `names`, `covariance` (k × k), log-likelihood, spells and exits.

    For Fine & Gray the ratio is of subdistribution hazards: its sign is that of the cumulative incidence, its size is
    not a ratio of rates among those still there.
    """

    method: str
    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    n: int
    exits: int
    assumptions: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    def estimate(self, name: str, *, level: float = 0.95) -> Estimate:
        """One log hazard ratio. `n_treated` counts the exits it rests on, `n_comparison` the other spells.

        Raises CannotEstimate("bad_input") for a name that is not in the model.
        """
        if name not in self.names:
            raise CannotEstimate("bad_input", f"the model has no {name!r}; it has {', '.join(self.names)}")
        at = self.names.index(name)
        value, se = float(self.coefficients[at]), float(np.sqrt(self.covariance[at, at]))
        half = z_of(level) * se
        p = 2 * (1 - NormalDist().cdf(abs(value / se))) if se > 0 else None
        return Estimate(
            estimand=Estimand.HAZARD_RATIO, method=self.method, value=value, se=se,
            interval=(value - half, value + half), n_treated=self.exits, n_comparison=self.n - self.exits,
            level=level, p_value=p, assumptions=self.assumptions, diagnostics=self.diagnostics,
        )  # fmt: skip


def cox(spells: Spells, cause: str, x: Floats, names: tuple[str, ...], *, robust: bool = False) -> Hazards:
    """Log hazard ratios of leaving by `cause`, other exits counted as out of sight (cause-specific hazard, Cox 1972).

    `x` n × k; ties by Efron; late entry counted. `robust`, or spells with clusters: standard errors by the score
    residuals, summed within clusters (Lin & Wei 1989). Raises CannotEstimate: no_variation, singular, not_converged
    (somebody's covariate tells exits wholly apart), empty_group (nobody leaves by the cause), one_cluster.
    """
    return _fit(_Partial(spells, cause, x, names, subdistribution=False), "cox", PROPORTIONAL, robust=robust)


def fine_gray(spells: Spells, cause: str, x: Floats, names: tuple[str, ...], *, robust: bool = False) -> Hazards:
    """Log ratios of subdistribution hazards of `cause` (Fine & Gray 1999): who left another way stays at risk, with the
    weight of not being censored since. Late entry is not supported. Raises as `cox`, and not_supported."""
    if spells.entry is not None and spells.entry.any():
        raise CannotEstimate("not_supported", "Fine and Gray's model here takes spells seen from their beginning")
    partial = _Partial(spells, cause, x, names, subdistribution=True)
    return _fit(partial, "fine_gray", ("censoring_tells_nothing", "proportional_subdistribution"), robust=robust)


class _Partial:
    """The partial likelihood: m distinct times with exits, and for each spell the times it is at risk."""

    def __init__(self, spells: Spells, cause: str, x: Floats, names: tuple[str, ...], *, subdistribution: bool) -> None:
        x = numbers(x, "a covariate")
        if x.shape != (len(spells), len(names)) or not np.isfinite(x).all():
            raise CannotEstimate("bad_input", "the covariates have a wrong shape or missing values")
        if len(names) and (np.ptp(x, axis=0) == 0).any():
            flat = names[int(np.flatnonzero(np.ptp(x, axis=0) == 0)[0])]
            raise CannotEstimate("no_variation", f"{flat} is the same for everybody", name=flat)
        number = spells.number_of(cause)
        self.left = spells.cause == number
        if not self.left.any():
            raise CannotEstimate("empty_group", "nobody leaves by this cause", cause=cause)
        self.spells, self.names = spells, names
        self.sides = two_sided(x)
        self.mean, self.x = x.mean(axis=0), x - x.mean(axis=0)
        self.time, self.tie = np.unique(spells.exit[self.left], return_inverse=True)
        self.low = np.searchsorted(self.time, spells.entered, "right")
        self.high = np.searchsorted(self.time, spells.exit, "right")
        self.ties = np.bincount(self.tie)
        self.slot = np.repeat(np.arange(len(self.time)), self.ties)
        begin = np.cumsum(self.ties) - self.ties
        self.share = (np.arange(len(self.slot)) - begin[self.slot]) / self.ties[self.slot]
        self.other = (spells.cause != number) & (spells.cause != CENSORED) & subdistribution
        self.stay_at: Floats | None = None
        self.stay_own: Floats | None = None
        if subdistribution:
            self.stay_at, self.stay_own = _uncensored(spells, self.time)
        if len(names) and (self.over_risk(np.ones(len(x))) <= self.ties * (1 + 1e-9)).all():
            raise CannotEstimate("no_variation", "all at risk leave at the same time; nothing tells who leaves sooner")

    def over_risk(self, value: Floats) -> Floats:
        """(m …) Σ of `value` (n …) over the spells at risk at each time."""
        total = _sum_by(self.low, value, len(self.time)) - _sum_by(self.high, value, len(self.time))
        out = np.cumsum(total, axis=0)[: len(self.time)]
        if self.stay_at is not None and self.stay_own is not None and self.other.any():
            own = _column(self.stay_own[self.other], value)
            kept = np.cumsum(_sum_by(self.high[self.other], value[self.other] / own, len(self.time)), axis=0)
            out = out + kept[: len(self.time)] * _column(self.stay_at, value)
        return np.asarray(out)

    def over_times(self, value: Floats) -> Floats:
        """(n …) Σ of `value` (m …) over the times each spell is at risk."""
        zero = np.zeros((1, *value.shape[1:]))
        total = np.concatenate([zero, np.cumsum(value, axis=0)])
        out = total[self.high] - total[self.low]
        if self.stay_at is not None and self.stay_own is not None and self.other.any():
            total = np.concatenate([zero, np.cumsum(value * _column(self.stay_at, value), axis=0)])
            out[self.other] += (total[-1] - total[self.high[self.other]]) / _column(self.stay_own[self.other], value)
        return np.asarray(out)

    def at_exits(self, value: Floats) -> Floats:
        """(m …) Σ of `value` (n …) over those who leave at each time."""
        return _sum_by(self.tie, value[self.left], len(self.time) - 1)

    def step(self, beta: Floats) -> tuple[float, Floats, Floats, _Parts]:
        """Log-likelihood, gradient and information at `beta`, and the parts the residuals need."""
        line = self.x @ beta
        risk = np.exp(line)
        weighted = self.x * risk[:, None]
        below = self.over_risk(risk)[self.slot] - self.share * self.at_exits(risk)[self.slot]
        mean = self.over_risk(weighted)[self.slot] - self.share[:, None] * self.at_exits(weighted)[self.slot]
        mean = mean / below[:, None]
        inverse = _sum_by(self.slot, 1 / below, len(self.time) - 1)
        tied = _sum_by(self.slot, self.share / below, len(self.time) - 1)
        count = self.over_times(inverse)
        count[self.left] -= tied[self.tie]
        with np.errstate(invalid="ignore", divide="ignore"):  # too long a step, which is then halved
            level = float(line[self.left].sum() - np.log(below).sum())
        gradient = self.x[self.left].sum(axis=0) - mean.sum(axis=0)
        information = (weighted * count[:, None]).T @ self.x - mean.T @ mean
        return level, gradient, np.asarray(information), _Parts(risk, below, mean, count)

    def residuals(self, parts: _Parts) -> Floats:
        """(n × k) what each spell adds to the gradient (score residuals)."""
        inverse = _sum_by(self.slot, parts.mean / parts.below[:, None], len(self.time) - 1)
        tied = _sum_by(self.slot, parts.mean * (self.share / parts.below)[:, None], len(self.time) - 1)
        expected = self.over_times(inverse)
        expected[self.left] -= tied[self.tie]
        out = -parts.risk[:, None] * (self.x * parts.count[:, None] - expected)
        mean = _sum_by(self.slot, parts.mean, len(self.time) - 1) / self.ties[:, None]
        out[self.left] += self.x[self.left] - mean[self.tie]
        return np.asarray(out)


@dataclass(frozen=True, slots=True)
class _Parts:
    """exp(line) of each spell; and for each exit (Efron's share of its tie) the risk below it and the mean of x."""

    risk: Floats
    below: Floats
    mean: Floats
    count: Floats


def _column(values: Floats, like: Floats) -> Floats:
    return values.reshape(-1, *([1] * (like.ndim - 1)))


def _sum_by(position: Ints, value: Floats, last: int) -> Floats:
    """(last + 1 …) sums of `value` by position."""
    if value.ndim == 1:
        return np.asarray(np.bincount(position, value, last + 1), np.float64)
    return np.column_stack([np.bincount(position, value[:, k], last + 1) for k in range(value.shape[1])])


def _uncensored(spells: Spells, time: Floats) -> tuple[Floats, Floats]:
    """The chance of not being censored before each time, and before each spell's end; exits come before censoring."""
    order = np.sort(spells.exit)
    moments, counts = np.unique(spells.exit[spells.cause == CENSORED], return_counts=True)
    gone = np.searchsorted(order, moments, "left")
    exits = np.sort(spells.exit[spells.cause != CENSORED])
    same = np.searchsorted(exits, moments, "right") - np.searchsorted(exits, moments, "left")
    kept = np.concatenate([[1.0], np.cumprod(1 - counts / (len(spells) - gone - same))])
    at = kept[np.searchsorted(moments, time, "left")]
    own = kept[np.searchsorted(moments, spells.exit, "left")]
    return at, np.where(own > 0, own, 1.0)


def _fit(partial: _Partial, method: str, assumptions: tuple[str, ...], *, robust: bool) -> Hazards:
    beta = np.zeros(len(partial.names))
    level, gradient, information, parts = partial.step(beta)
    known = np.diagonal(information)
    for _step in range(STEPS):
        move = newton_step(information, gradient, known)
        length = 1.0
        while True:
            found = partial.step(beta + length * move)
            if found[0] >= level - 1e-10 * abs(level) or length < 1e-6:
                break
            length /= 2
        beta, (level, gradient, information, parts) = beta + length * move, found
        if np.abs(length * move * partial.x.std(axis=0)).max(initial=0.0) < TOLERANCE:
            break
        if np.abs(beta * partial.x.std(axis=0)).max() > 20:
            raise CannotEstimate("not_converged", "a covariate tells those who leave wholly apart from the others")
    else:
        raise CannotEstimate("not_converged", "the hazards did not settle")
    covariance = np.linalg.inv(information)
    checks: tuple[Diagnostic, ...] = (exits_check(int(partial.left.sum()), len(beta)),)
    if robust or partial.spells.cluster is not None:
        covariance = _sandwich(partial.residuals(parts) @ covariance, partial.spells.cluster)
        checks = (*checks, *few_persons(partial.spells, partial.sides))
    return Hazards(method, partial.names, beta, np.asarray(covariance), level, len(partial.spells),
                   int(partial.left.sum()), assumptions, checks)  # fmt: skip


def exits_check(exits: int, covariates: int) -> Diagnostic:
    """Whether there are ten exits for each covariate: with fewer, coefficients and errors are not to be trusted."""
    each = exits / max(covariates, 1)
    return Diagnostic("exits_per_covariate", each, FEW_EXITS, each >= FEW_EXITS)


def two_sided(x: Floats) -> list[Flags]:
    """Of each covariate that takes two values: who has the larger."""
    return [x[:, k] == x[:, k].max() for k in range(x.shape[1])
            if ((x[:, k] == x[:, k].min()) | (x[:, k] == x[:, k].max())).all()]  # fmt: skip


def few_persons(spells: Spells, sides: list[Flags]) -> tuple[Diagnostic, ...]:
    """Whether very few persons have one of the values of a yes-or-no covariate: an error by residuals is then far too
    small, for one person alone it is next to nothing."""
    person = np.arange(len(spells)) if spells.cluster is None else spells.cluster
    held = [not_few(person[part]) for side in sides for part in (side, ~side)]
    return few_check(min(held), max(held)) if held else ()


def newton_step(information: Floats, gradient: Floats, known: Floats) -> Floats:
    """The step to the top, while there is curvature left of what was `known` (k,) at the start.

    Raises CannotEstimate: not_converged (the likelihood flattens out: a covariate tells exits apart), singular.
    """
    if len(gradient) and (np.diagonal(information) <= 1e-7 * known).any():
        raise CannotEstimate("not_converged", "a covariate tells those who leave wholly apart from the others")
    return solve(information, gradient) if len(gradient) else gradient


def _sandwich(influence: Floats, cluster: Ints | None) -> Floats:
    """Σ of squared influences (n × k), summed within clusters when there are any."""
    if cluster is not None:
        codes, position = np.unique(cluster, return_inverse=True)
        if len(codes) < 2:
            raise CannotEstimate("one_cluster", "all spells belong to one person; the spread cannot be told")
        influence = _sum_by(position, influence, len(codes) - 1)
    return np.asarray(influence.T @ influence)
