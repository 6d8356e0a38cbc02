"""Timing-of-events: does the rate of leaving change when the measure begins, once the unseen is allowed for?

Abbring & van den Berg (2003): people do not know beforehand exactly when the measure begins (no anticipation), and the
hazards of beginning and of leaving are proportional with an unseen part that the same person carries through all of
them. Then the order of events tells effect from selection without an instrument. Too few mass points leave selection
in the effect, even with the wrong sign, so the likelihood and the effect are handed out for every number of points.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.durations.mixture import Fit, Histories, Mixture, Transition
from springbrett.evaluation.effects.durations.points import Growth, grow
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.entrance import numbers
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Floats

ASSUMPTIONS = ("no_anticipation", "proportional_hazards", "unseen_fixed_over_time", "censoring_tells_nothing")
BEGINS = "treatment"
LARGEST = 8.0
"""Log hazard ratio per spread of a covariate (3 000 times the rate) beyond which the likelihood rises without end."""


@dataclass(frozen=True, slots=True)
class PointsStep:
    """The maximum with a number of mass points: `log_likelihood`, `aic`, and the log hazard ratio `effects` by name."""

    points: int
    log_likelihood: float
    aic: float
    effects: dict[str, float]


@dataclass(frozen=True, slots=True)
class TimingOfEvents:
    """`effects`: log hazard ratio by name ("job: treatment", …); `coefficients` and their standard errors for every
    transition by name; `mass` (points × transitions) hazards and `chance` (points,); `path` by number of points."""

    effects: dict[str, Estimate]
    coefficients: dict[str, tuple[float, float]]
    transitions: tuple[str, ...]
    mass: Floats
    chance: Floats
    log_likelihood: float
    path: tuple[PointsStep, ...]
    n: int


def treatment_histories(
    spells: Spells, treated_at: Floats, x: Floats, names: tuple[str, ...], *, cuts: Floats | None = None,
    effect_from: tuple[float, ...] = (0.0,), unseen: float = 0.0,
) -> Histories:  # fmt: skip
    """Persons cut into rows where the baselines and the treatment change.

    `treated_at` (n,): when the measure began, NaN for those who left or were last seen before it did. `x` n × k, fixed
    at the start. `cuts`: where the piecewise constant baselines of the exits and of beginning change. `effect_from`:
    months since the beginning at which a new effect takes over ((0, 6): one while it lasts, one after). `unseen`:
    months after the beginning in which nobody can be seen to leave (who does counts as having left before it), and so
    is not at risk. Raises CannotEstimate: no_treated, no_comparison, bad_input, empty_group, not_supported.
    """
    treated_at, x = numbers(treated_at, "when the measure began"), numbers(x, "a covariate")
    _check(spells, treated_at, x, names)
    own = np.zeros(0) if cuts is None else cuts
    begins = np.where(np.isnan(treated_at), np.inf, treated_at)
    fixed = np.broadcast_to(np.unique(own), (len(spells), len(np.unique(own))))
    turns = np.concatenate([fixed, begins[:, None] + np.union1d(effect_from, [0.0, unseen])], axis=1)
    edges = np.sort(np.concatenate([np.zeros((len(spells), 1)), np.minimum(turns, spells.exit[:, None]),
                                    spells.exit[:, None]], axis=1), axis=1)  # fmt: skip
    person, place = np.nonzero(np.diff(edges, axis=1) > 0)
    low, high = edges[person, place], edges[person, place + 1]
    last = high == spells.exit[person]
    before = low < begins[person]
    since = low - begins[person]
    kind = np.searchsorted(np.array(effect_from), since + 1e-9, "right") - 1
    effects = (kind[:, None] == np.arange(len(effect_from))) & ~before[:, None]
    labels = tuple(BEGINS if len(effect_from) == 1 else f"{BEGINS} from {at:g}" for at in effect_from)
    seen = before | (since >= unseen - 1e-9)
    baseline, base_names = _pieces(low, own)
    ways = [
        Transition(cause, np.column_stack([x[person], effects, baseline]), (*names, *labels, *base_names),
                   seen, seen & last & (spells.cause[person] == number + 1))
        for number, cause in enumerate(spells.causes)
    ]  # fmt: skip
    ways.append(Transition(BEGINS, np.column_stack([x[person], baseline]), (*names, *base_names), before,
                           before & (high == begins[person])))  # fmt: skip
    return Histories(person, high - low, tuple(ways))


def _check(spells: Spells, treated_at: Floats, x: Floats, names: tuple[str, ...]) -> None:
    if spells.entered.any():
        raise CannotEstimate("not_supported", "timing-of-events needs spells seen from their beginning")
    if spells.cluster is not None:
        raise CannotEstimate("not_supported", "one spell for each person here; choose each person's first")
    if treated_at.shape != spells.exit.shape or x.shape != (len(spells), len(names)) or not np.isfinite(x).all():
        raise CannotEstimate("bad_input", "the columns have different lengths or missing values")
    known = ~np.isnan(treated_at)
    if not known.any():
        raise CannotEstimate("no_treated", "nobody took part")
    if (treated_at[known] <= 0).any() or (treated_at[known] >= spells.exit[known]).any():
        raise CannotEstimate("bad_input", "a measure must begin after the spell does, and before it ends")
    if known.all():
        raise CannotEstimate("no_comparison", "everybody took part; nobody left before their turn")


def _pieces(low: Floats, cuts: Floats) -> tuple[Floats, tuple[str, ...]]:
    """A column for each piece of the baseline but the first."""
    piece = np.searchsorted(cuts, low, "right")
    columns = (piece[:, None] == np.arange(1, len(cuts) + 1)).astype(np.float64)
    return columns, tuple(f"from {cut:g}" for cut in cuts)


def timing_of_events(
    histories: Histories, effects: dict[str, tuple[str, ...]], *, most: int = 20, gain: float = 0.01,
    choose: Literal["likelihood", "aic"] = "likelihood", information: Literal["observed", "outer"] = "observed",
    level: float = 0.95,
) -> TimingOfEvents:  # fmt: skip
    """Mixed proportional hazards with as many mass points as the data ask for.

    `effects`: by transition, the names of the covariates whose coefficients are effects. Points are added until one
    more raises the log-likelihood by less than `gain`, at `most` that many. `choose`: the last (non-parametric maximum
    likelihood) or the one with the lowest AIC. Standard errors from the observed information, or the `outer` product of
    the scores (what durmod prints); directions in which the likelihood is flat are held. Raises CannotEstimate:
    bad_input, empty_group, no_variation, not_converged.
    """
    if choose not in ("likelihood", "aic") or information not in ("observed", "outer") or most < 1 or not gain > 0:
        raise CannotEstimate("bad_input", "points are chosen by likelihood or aic, at least one; errors by observed "
                             "information or the outer product")  # fmt: skip
    _check_effects(histories, effects)
    mixture = Mixture(histories)
    grown = grow(mixture, most=most, gain=gain)
    fits = grown.fits
    path = tuple(_step(mixture, fit, effects) for fit in fits)
    chosen = len(fits) - 1 if choose == "likelihood" else int(np.argmin([step.aic for step in path]))
    fit = fits[chosen]
    found = _coefficients(mixture, fit, fit.observed if information == "observed" else fit.outer)
    checks = _diagnostics(path, chosen, grown)
    treated = int(histories.transitions[-1].ends.sum())
    counts = (treated, mixture.n - treated)
    wanted = [f"{way}: {name}" for way, names in effects.items() for name in names]
    estimates = {name: _estimate(found[name], counts, checks, level) for name in wanted}
    with np.errstate(over="ignore"):  # of covariates at zero, which may be far from anybody's
        mass = np.exp(fit.point.mu.T)
    return TimingOfEvents(
        estimates, found, tuple(way.name for way in mixture.ways), mass, fit.point.chance, fit.log_likelihood, path,
        mixture.n,
    )  # fmt: skip


def effect_of_treatment(histories: Histories, **options: object) -> TimingOfEvents:
    """`timing_of_events` for histories of `treatment_histories`: the effect on every exit."""
    effects = {
        way.name: tuple(name for name in way.names if name.startswith(BEGINS)) for way in histories.transitions[:-1]
    }
    return timing_of_events(histories, effects, **options)  # type: ignore[arg-type]


def _check_effects(histories: Histories, effects: dict[str, tuple[str, ...]]) -> None:
    known = {way.name: way for way in histories.transitions}
    for way, names in effects.items():
        if way not in known or not names or set(names) - set(known[way].names):
            raise CannotEstimate("bad_input", f"{way} has no covariates {', '.join(names)}")
    for transition in histories.transitions:
        for column, name in enumerate(transition.names):
            only = np.unique(transition.x[transition.ends, column])
            others = np.unique(transition.x[transition.at_risk, column])
            if len(others) == 2 and len(only) < 2:
                raise CannotEstimate("no_variation", f"nobody takes {transition.name} on one side of {name}",
                                     transition=transition.name, name=name)  # fmt: skip


def _names(mixture: Mixture) -> list[tuple[str, str]]:
    return [(way.name, name) for way in mixture.ways for name in way.names]


def _coefficients(mixture: Mixture, fit: Fit, information: Floats) -> dict[str, tuple[float, float]]:
    values = np.concatenate(fit.point.beta)
    scale = np.concatenate(mixture.spread)
    if (np.abs(values * scale) > LARGEST).any():
        name = ": ".join(_names(mixture)[int(np.abs(values * scale).argmax())])
        raise CannotEstimate("not_converged", f"{name} tells wholly who leaves and when; its effect has no bound",
                             name=name)  # fmt: skip
    spread = np.sqrt(np.maximum(np.diag(inverse(information))[: len(values)], 0.0)) / scale
    pairs = zip(_names(mixture), values, spread, strict=True)
    return {f"{way}: {name}": (float(value), float(se)) for (way, name), value, se in pairs}


def inverse(information: Floats) -> Floats:
    """The inverse over the directions the data tell about; flat ones (a hazard that is zero, a point of no weight) are
    held where they are. Scaled first, so that what is flat does not hang on units."""
    scale = np.sqrt(np.maximum(np.diag(information), 1e-12))
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    kept = values > 1e-8
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T / np.outer(scale, scale))


def _step(mixture: Mixture, fit: Fit, effects: dict[str, tuple[str, ...]]) -> PointsStep:
    values = dict(zip(_names(mixture), np.concatenate(fit.point.beta), strict=True))
    chosen = {f"{way}: {name}": float(values[way, name]) for way, names in effects.items() for name in names}
    return PointsStep(fit.points, fit.log_likelihood, 2 * (len(fit.observed) - fit.log_likelihood), chosen)


def _diagnostics(path: tuple[PointsStep, ...], chosen: int, grown: Growth) -> tuple[Diagnostic, ...]:
    """Whether the points were enough, and whether an estimate with fewer would have had another sign."""
    last = path[chosen]
    turned = [
        step.points for step in path[:chosen]
        if any(np.sign(step.effects[name]) != np.sign(value) for name, value in last.effects.items())
    ]  # fmt: skip
    fewer_will_do = chosen < len(path) - 1  # more points were tried, and were not worth it
    enough = Diagnostic("mass_points", float(last.points), passed=fewer_will_do or not grown.stopped_short,
                        facts={"log_likelihood": last.log_likelihood, "with_one": path[0].log_likelihood,
                               "next_point_gains": grown.left})  # fmt: skip
    sign = Diagnostic("sign_by_mass_points", float(max(turned, default=0)), facts={"points": last.points})
    return (enough, sign)


def _estimate(
    found: tuple[float, float], counts: tuple[int, int], checks: tuple[Diagnostic, ...], level: float
) -> Estimate:  # fmt: skip
    value, se = found
    if not se > 0:
        raise CannotEstimate("singular", "the data do not tell this effect from the unseen")
    half = z_of(level) * se
    return Estimate(
        estimand=Estimand.HAZARD_RATIO, method="timing_of_events", value=value, se=se,
        interval=(value - half, value + half), n_treated=counts[0], n_comparison=counts[1], level=level,
        p_value=2 * (1 - NormalDist().cdf(abs(value / se))), assumptions=ASSUMPTIONS, diagnostics=checks,
    )  # fmt: skip
