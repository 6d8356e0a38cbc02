"""Ordered answers from advisers who each judge several persons: cumulative logit with random adviser intercepts.

    logit P(answer ≤ c) = threshold_c − (x β + v_office + u_adviser),   u ~ N(0, σ²), v ~ N(0, τ²)

A positive coefficient moves the answer upwards. The random intercepts are integrated out by adaptive Gauss–Hermite
quadrature (Pinheiro & Bates 1995; Hedeker & Gibbons 1994): nodes are put around each adviser's mode with the width of
its curvature, nested within nodes for the office. The gradient is Fisher's identity (the expected score given the
answers); the greatest likelihood is found by BFGS and polished by Newton steps, whose Hessian also gives the standard
errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, special

from springbrett.evaluation.effects.entrance import hold, numbers, whole
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints

NODES = 15
FEWEST_NODES = 7
LARGEST_LOG_ODDS = 12.0
BOUNDARY = 1e-3
FAR = 20.0
"""Attributes with a spread so many times larger or smaller than 1 are brought to 1 while the peak is sought."""
STEP = 1e-5
GRADIENT = 1e-5


@dataclass(frozen=True, slots=True)
class Judgements:
    """n judgements. `answer` (n,) 0 … K−1, worst first; `x` (n, p) with `names`; `adviser` (n,) numbers from 0;
    `office` (advisers,) the office of each adviser, or None for no office level."""

    answer: Ints
    x: Floats
    names: tuple[str, ...]
    adviser: Ints
    office: Ints | None = None

    def __post_init__(self) -> None:
        hold(self, answer=whole(self.answer, "the answer"), x=numbers(self.x, "an attribute"),
             adviser=whole(self.adviser, "the adviser"))  # fmt: skip

    def without(self, columns: Flags) -> Judgements:
        """The same judgements with those columns left out."""
        names = tuple(name for name, out in zip(self.names, columns, strict=True) if not out)
        return replace(self, x=self.x[:, ~columns], names=names)


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """A fitted model. `beta`, `se` (p,) log odds; `thresholds` (K−1,). `sigma` and `tau` are the spread of advisers and
    offices in log odds (0 when left out), their standard errors NaN at the boundary 0. `covariance` covers thresholds,
    beta, then the spreads. `nodes` 0: no integral."""

    names: tuple[str, ...]
    beta: Floats
    se: Floats
    thresholds: Floats
    thresholds_se: Floats
    sigma: float
    sigma_se: float
    tau: float
    tau_se: float
    log_likelihood: float
    covariance: Floats
    judgements: int
    advisers: int
    offices: int
    nodes: int

    @property
    def alike(self) -> float:
        """How much two judgements of one adviser have in common beyond the persons: σ² (and τ²) of the whole spread."""
        own = self.sigma**2 + self.tau**2
        return own / (own + np.pi**2 / 3)


def fit_ordinal(data: Judgements, *, advisers: bool = True, nodes: int = NODES) -> OrdinalFit:
    """Greatest likelihood. `advisers` False leaves every random intercept out (the plain cumulative logit).

    Raises CannotEstimate: bad_input, no_variation (one answer, or one nobody gave), singular (attributes that cannot be
    told apart), one_cluster, not_supported (one judgement per adviser), not_converged (also answers that an attribute
    separates fully, whose odds are without bound).
    """
    _check(data, advisers, nodes)
    shift, scale = data.x.mean(axis=0), _scale(data.x)
    model = _Model(replace(data, x=(data.x - shift) / scale), advisers, nodes)
    at = _climb(model)
    value, _gradient = model.at(at)
    natural = model.natural(at)
    hessian, back = _hessian(model, natural), _back(model, shift, scale)
    spread = natural[model.cut :]
    inside = np.concatenate([np.ones(model.cut, bool), np.abs(spread) > BOUNDARY])
    covariance = np.full_like(hessian, np.nan)
    block = np.ix_(inside, inside)
    if np.linalg.eigvalsh(-hessian[block]).min() <= 0:
        raise CannotEstimate("not_converged", "the likelihood has no peak: it is flat or still rising")
    covariance[block] = back[block] @ np.linalg.inv(-hessian[block]) @ back[block].T
    return _told(model, data, back @ natural, value, covariance)


def _scale(x: Floats) -> Floats:
    """What each attribute is divided by: its spread where that is far from 1, so that the peak is found."""
    spread = x.std(axis=0)
    return np.where((spread > FAR) | (spread < 1 / FAR), spread, 1.0)


def _back(model: _Model, shift: Floats, scale: Floats) -> Floats:
    """What turns the parameters (thresholds, beta, spreads) into those of the attributes as they were given."""
    k = model.size - 1
    turn = np.eye(model.cut + model.levels)
    turn[np.arange(k, model.cut), np.arange(k, model.cut)] = 1 / scale
    turn[:k, k : model.cut] = shift / scale
    return turn


def _told(model: _Model, data: Judgements, natural: Floats, value: float, covariance: Floats) -> OrdinalFit:
    se = np.sqrt(np.diag(covariance))
    k = model.size - 1
    beta = natural[k : model.cut]
    scale = np.where(data.x.std(axis=0) > 0, data.x.std(axis=0), 1.0) if data.x.shape[1] else np.ones(0)
    least = np.where(scale < 1 / FAR, scale, np.maximum(scale, 0.25))
    middle = natural[:k] - data.x.mean(axis=0) @ beta
    if (np.abs(beta) * least > LARGEST_LOG_ODDS).any() or np.abs(middle).max() > 40:
        raise CannotEstimate("not_converged", "an attribute separates the answers fully: its odds are without bound")
    spreads = [*np.abs(natural[model.cut :]), 0.0, 0.0][:2]
    errors = [*se[model.cut :], np.nan, np.nan][:2]
    return OrdinalFit(
        data.names, beta, se[k : model.cut], natural[:k], se[:k], float(spreads[0]), float(errors[0]),
        float(spreads[1]), float(errors[1]), value, covariance, len(data.answer), model.advisers,
        model.offices if model.levels == 2 else 0, model.nodes if model.levels else 0,
    )  # fmt: skip


def _check(data: Judgements, advisers: bool, nodes: int) -> None:
    n = len(data.answer)
    if data.x.shape != (n, len(data.names)) or len(data.adviser) != n or not n or not np.isfinite(data.x).all():
        raise CannotEstimate("bad_input", "answers, attributes and advisers must be as many, and known")
    if data.answer.min() < 0 or data.adviser.min() < 0:
        raise CannotEstimate("bad_input", "answers and advisers are numbered from 0; leave out those not asked")
    counts = np.bincount(data.answer)
    if len(counts) < 2 or (counts == 0).any():
        raise CannotEstimate("no_variation", "every answer must be given by somebody, and there must be two; take the "
                             "unused ones out first", answers=int((counts > 0).sum()))  # fmt: skip
    whole = np.column_stack([np.ones(n), data.x])
    if np.linalg.matrix_rank(whole) < whole.shape[1]:
        raise CannotEstimate("singular", "these attributes cannot be told apart with these persons: "
                             + ", ".join(data.names), rank=int(np.linalg.matrix_rank(whole)) - 1)  # fmt: skip
    if not advisers:
        return
    held = np.bincount(data.adviser)
    if (held == 0).any() or (data.office is not None and len(data.office) != len(held)):
        raise CannotEstimate("bad_input", "advisers are numbered from 0 without gaps, each with an office")
    if len(held) < 2 or (data.office is not None and len(np.unique(data.office)) < 2):
        raise CannotEstimate("one_cluster", "a spread needs two advisers, and two offices", advisers=len(held))
    if held.max() < 2:
        raise CannotEstimate("not_supported", "every adviser judged one person: advisers cannot be told from chance")
    if nodes < FEWEST_NODES:
        raise CannotEstimate("bad_input", f"the integral needs {FEWEST_NODES} nodes or more", nodes=nodes)


class _Model:
    """The likelihood and its gradient. Parameters: first threshold, log gaps, beta, then σ and τ as they are (their
    sign does not matter, so that 0 is nothing special)."""

    def __init__(self, data: Judgements, advisers: bool, nodes: int) -> None:
        self.data = data
        self.size = int(data.answer.max()) + 1
        self.cut = self.size - 1 + data.x.shape[1]
        self.levels = 0 if not advisers else 1 if data.office is None else 2
        self.advisers = int(data.adviser.max()) + 1
        self.office: Ints | None = None
        if advisers and data.office is not None:
            self.office = np.unique(data.office, return_inverse=True)[1].astype(np.int64)
        self.offices = int(self.office.max()) + 1 if self.office is not None else 1
        self.nodes = nodes
        self.knots, self.weights = np.polynomial.hermite.hermgauss(nodes)

    def start(self) -> Floats:
        """Thresholds from the shares of the answers, no attribute, half a log odds of spread."""
        shares = np.bincount(self.data.answer, minlength=self.size).cumsum()[:-1] / len(self.data.answer)
        theta = special.logit(shares)
        return np.concatenate([theta[:1], np.log(np.diff(theta)), np.zeros(self.cut - self.size + 1),
                               np.full(self.levels, 0.5)])  # fmt: skip

    def natural(self, at: Floats) -> Floats:
        """Thresholds instead of log gaps."""
        theta = at[0] + np.concatenate([[0.0], np.exp(at[1 : self.size - 1]).cumsum()])
        return np.concatenate([theta, at[self.size - 1 :]])

    def at(self, at: Floats) -> tuple[float, Floats]:
        """Log likelihood and gradient by the parameters."""
        value, by = self.at_natural(self.natural(at))
        theta = by[: self.size - 1]
        gaps = np.exp(at[1 : self.size - 1]) * theta[::-1].cumsum()[::-1][1:]
        return value, np.concatenate([[theta.sum()], gaps, by[self.size - 1 :]])

    def at_natural(self, natural: Floats) -> tuple[float, Floats]:
        """The same with thresholds themselves as parameters. Thresholds out of order have likelihood 0."""
        theta, beta, spread = natural[: self.size - 1], natural[self.size - 1 : self.cut], natural[self.cut :]
        if (np.diff(theta) <= 0).any():
            return -np.inf, np.zeros_like(natural)
        edges = np.concatenate([[-np.inf], theta, [np.inf]])
        answer = self.data.answer
        upper, lower = edges[answer + 1], edges[answer]
        fixed = self.data.x @ beta
        value, weight, zu, zv = self._integral(upper, lower, fixed, spread)
        eta = self._eta(fixed, spread, zu, zv)
        above, below = special.expit(upper[:, None, None] - eta), special.expit(lower[:, None, None] - eta)
        score = (above + below - 1) * weight
        by_x = self.data.x.T @ score.sum(axis=(1, 2))
        by_spread = []
        if self.levels:
            by_spread.append(float((score * zu).sum()))
        if self.levels == 2:
            by_spread.append(float((score.sum(axis=2) * zv).sum()))
        return value, np.concatenate([self._by_theta(theta, above, below, weight), by_x, by_spread])

    def _by_theta(self, theta: Floats, above: Floats, below: Floats, weight: Floats) -> Floats:
        answer, size = self.data.answer, self.size
        gap = np.diff(theta)
        pull = np.concatenate([[0.0], np.exp(-gap) / -np.expm1(-gap), [0.0]])[answer]
        total = weight.sum(axis=(1, 2))
        by_upper = ((1 - above) * weight).sum(axis=(1, 2)) + pull * total
        by_lower = -(below * weight).sum(axis=(1, 2)) - pull * total
        first = np.bincount(answer, by_upper, size)[:-1]
        return np.asarray(first + np.bincount(answer, by_lower, size)[1:])

    def _eta(self, fixed: Floats, spread: Floats, zu: Floats, zv: Floats) -> Floats:
        eta = fixed[:, None, None]
        if self.levels:
            eta = eta + spread[0] * zu
        return eta + spread[1] * zv[:, :, None] if self.levels == 2 else eta

    def _integral(
        self, upper: Floats, lower: Floats, fixed: Floats, spread: Floats
    ) -> tuple[float, Floats, Floats, Floats]:  # fmt: skip
        """Log likelihood, the weight of each node given the answers (n, outer, inner), and the nodes of each judgement:
        advisers' (n, outer, inner) and offices' (n, outer)."""
        j = self.data.adviser
        gap = _log_gap(upper, lower)
        if not self.levels:
            eta = fixed[:, None, None]
            value = _log_p(upper[:, None, None], lower[:, None, None], eta) + gap[:, None, None]
            return float(value.sum()), np.ones_like(eta), np.zeros_like(eta), np.zeros_like(eta[:, :, 0])
        zv, log_outer = self._outer(upper, lower, fixed, spread)
        of = np.zeros(self.advisers, np.int64) if self.office is None else self.office
        shifted = fixed[:, None] + (spread[1] * zv[of[j]] if self.levels == 2 else 0.0)
        mode, width = self._modes(upper, lower, shifted, spread[0])
        zu = mode[:, :, None] + np.sqrt(2) * width[:, :, None] * self.knots
        eta = shifted[:, :, None] + spread[0] * zu[j]
        log_p = _log_p(upper[:, None, None], lower[:, None, None], eta) + gap[:, None, None]
        inner = np.zeros(zu.shape)
        np.add.at(inner, j, log_p)
        inner += np.log(self.weights) + self.knots**2 + np.log(np.sqrt(2) * width)[:, :, None] + _log_normal(zu)
        by_adviser = special.logsumexp(inner, axis=2)
        outer = np.zeros((self.offices, by_adviser.shape[1]))
        np.add.at(outer, of, by_adviser)
        outer += log_outer
        by_office = special.logsumexp(outer, axis=1)
        share_outer = np.exp(outer - by_office[:, None])
        share_inner = np.exp(inner - by_adviser[:, :, None])
        weight = share_outer[of[j]][:, :, None] * share_inner[j]
        return float(by_office.sum()), weight, zu[j], zv[of[j]]

    def _modes(self, upper: Floats, lower: Floats, shifted: Floats, sigma: float) -> tuple[Floats, Floats]:
        """Mode and curvature width of each adviser's standard intercept, for each outer node: advisers × outer."""
        j = self.data.adviser
        z = np.zeros((self.advisers, shifted.shape[1]))
        for _round in range(50):
            slope, curve = _bends(upper[:, None], lower[:, None], shifted + sigma * z[j])
            first, second = -z, np.ones_like(z)
            np.add.at(first, j, sigma * slope)
            np.add.at(second, j, sigma**2 * curve)
            step = first / second
            z = z + np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-10:
                break
        _slope, curve = _bends(upper[:, None], lower[:, None], shifted + sigma * z[j])
        second = np.ones_like(z)
        np.add.at(second, j, sigma**2 * curve)
        return z, 1 / np.sqrt(second)

    def _outer(self, upper: Floats, lower: Floats, fixed: Floats, spread: Floats) -> tuple[Floats, Floats]:
        """Nodes of the offices' standard intercepts (offices × outer), and the logarithm of what each counts for."""
        if self.levels < 2 or self.office is None:
            return np.zeros((1, 1)), np.zeros((1, 1))
        sigma, tau = spread
        j, o = self.data.adviser, self.office
        zu, zv = np.zeros(self.advisers), np.zeros(self.offices)
        bend: Floats = np.ones(self.offices)
        for _round in range(50):
            slope, curve = _bends(upper, lower, fixed + sigma * zu[j] + tau * zv[o[j]])
            g, h = np.bincount(j, slope, self.advisers), np.bincount(j, curve, self.advisers)
            gu, huu, huv = sigma * g - zu, sigma**2 * h + 1, sigma * tau * h
            gv = np.bincount(o, tau * g, self.offices) - zv
            bend = np.asarray(np.bincount(o, tau**2 * h - huv**2 / huu, self.offices) + 1, np.float64)
            step = (gv - np.bincount(o, huv * gu / huu, self.offices)) / bend
            zv = zv + np.clip(step, -2, 2)
            zu = zu + np.clip((gu - huv * step[o]) / huu, -2, 2)
            if np.abs(step).max() < 1e-8 and np.abs(gu).max() < 1e-6:
                break
        width = 1 / np.sqrt(bend)
        nodes = zv[:, None] + np.sqrt(2) * width[:, None] * self.knots
        log_outer = np.log(self.weights) + self.knots**2 + np.log(np.sqrt(2) * width)[:, None] + _log_normal(nodes)
        return nodes, log_outer


def _log_p(upper: Floats, lower: Floats, eta: Floats) -> Floats:
    """log P(answer) less the part of the thresholds alone: P = F(a)·(1 − F(b))·(1 − e^(b−a)) for a logistic F."""
    return np.asarray(special.log_expit(upper - eta) + special.log_expit(eta - lower))


def _log_gap(upper: Floats, lower: Floats) -> Floats:
    """log(1 − e^(b−a)) of each judgement: 0 for the outermost answers."""
    return np.log1p(-np.exp(lower - upper))


def _bends(upper: Floats, lower: Floats, eta: Floats) -> tuple[Floats, Floats]:
    """First derivative of log P by η, and the second with its sign turned (never negative)."""
    above, below = special.expit(upper - eta), special.expit(lower - eta)
    return above + below - 1, above * (1 - above) + below * (1 - below)


def _log_normal(z: Floats) -> Floats:
    return np.asarray(-0.5 * z**2 - 0.5 * np.log(2 * np.pi))


def _climb(model: _Model) -> Floats:
    """The parameters of the greatest likelihood. Raises CannotEstimate("not_converged")."""
    n = len(model.data.answer)

    def loss(at: Floats) -> tuple[float, Floats]:
        value, gradient = model.at(at)
        return (-value / n, -gradient / n) if np.isfinite(value) else (1e10, np.zeros_like(at))

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = optimize.minimize(loss, model.start(), jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 500})
    at = np.asarray(found.x)
    size = np.abs(at[model.size - 1 : model.cut])
    if not np.isfinite(at).all() or (size > 2 * LARGEST_LOG_ODDS).any() or np.abs(at[: model.size - 1]).max() > 30:
        raise CannotEstimate("not_converged", "an attribute separates the answers fully: its odds are without bound")
    for _round in range(10):
        _value, gradient = model.at(at)
        if np.abs(gradient).max() < GRADIENT:
            return at
        bend = _numeric(lambda p: model.at(p)[1], at)
        at = at - np.linalg.lstsq(bend, gradient, rcond=1e-10)[0]
    raise CannotEstimate("not_converged", "the likelihood's peak was not found")


def _hessian(model: _Model, natural: Floats) -> Floats:
    return _numeric(lambda p: model.at_natural(p)[1], natural)


def _numeric(gradient: object, at: Floats) -> Floats:
    """Central differences of a gradient, made symmetric."""
    assert callable(gradient)
    rows = []
    for i in range(len(at)):
        step = np.zeros(len(at))
        step[i] = STEP * max(1.0, abs(at[i]))
        rows.append((gradient(at + step) - gradient(at - step)) / (2 * step[i]))
    found = np.array(rows)
    return np.asarray((found + found.T) / 2)
