"""Wild cluster bootstrap for few clusters (Cameron, Gelbach & Miller 2008; Webb 2023; MacKinnon, Nielsen & Webb 2023).

The coefficient of taking part in a line with covariates (offices and periods as columns of the covariates). The null is
imposed, whole clusters' residuals are turned around by random signs (or Webb's six points), and the cluster-robust t is
compared with itself. Everything needed is a G × G table, so every sign pattern can be gone through when they are few.
Assumes clusters are independent; fails when one or two of them took part (a diagnostic says so).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.comparison import Comparison, Scale, inverse, solve, t_of
from springbrett.evaluation.effects.did.band import Multiplier, multipliers
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Floats, Ints

DRAWS = 9999
ENUMERATE = 50_000
"""Every pattern is gone through when there are at most this many."""
TREATED_CLUSTERS = 3
EFFECTIVE_CLUSTERS = 10.0
"""Below this, the ordinary cluster-robust t is not to be trusted (Carter, Schnepel & Steigerwald 2017)."""
NARROW, FAR = 40, 20
"""How often an interval's end is halved in, and doubled out: a million standard errors are as good as endless."""
NO_SPREAD = 1e-12
PRECISE = 1e-8
"""How finely the ends of an interval are found, in standard errors."""
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class ClusterTable:
    """By cluster (G): `s` and `s_slope`: the score of the coefficient under the null b is s − b·s_slope; `c`, `c_slope`
    (G × G) what refitting takes from it; `weight` (n,) the rows' weights in the coefficient; `value` of it, and the
    `size` of what it is made of."""

    s: Floats
    s_slope: Floats
    c: Floats
    c_slope: Floats
    weight: Floats
    value: float
    size: float
    place: Ints
    rows: int
    width: int


def cluster_table(data: Comparison) -> ClusterTable:
    """All that few-cluster inference needs. Raises CannotEstimate: bad_input (no clusters), one_cluster, singular."""
    if data.cluster is None:
        raise CannotEstimate("bad_input", "state the clusters")
    data = data.informative()
    assert data.cluster is not None
    _names, place = np.unique(data.cluster, return_inverse=True)
    count = int(place.max()) + 1
    if count < 2:
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    d = data.treated.astype(np.float64)
    line = Scale.of(data.x).design(data.x)  # the answer does not hang on the scale of the covariates
    others = line.T @ line
    clean_d = d - line @ solve(others, line.T @ d)
    clean_y = data.y - line @ solve(others, line.T @ data.y)
    spread = float(clean_d @ clean_d)
    if spread <= 1e-10 * max(float(d @ d), 1.0):
        raise CannotEstimate("no_variation", "the covariates tell wholly who took part; no effect can be told")
    weight = clean_d / spread
    value = float(weight @ data.y)
    design = np.column_stack([d, line])
    felt = _by_cluster(place, count, weight[:, None] * design) @ inverse(design.T @ design)
    given = _by_cluster(place, count, clean_y[:, None] * design)
    slope = _by_cluster(place, count, clean_d[:, None] * design)
    return ClusterTable(
        s=_sum(place, count, weight * clean_y), s_slope=_sum(place, count, weight * clean_d), c=felt @ given.T,
        c_slope=felt @ slope.T, weight=weight, value=value,
        size=float(np.abs(weight) @ np.abs(data.y)), place=place, rows=len(d), width=design.shape[1],
    )  # fmt: skip


def _sum(place: Ints, count: int, values: Floats) -> Floats:
    return np.asarray(np.bincount(place, values, count), np.float64)


def _by_cluster(place: Ints, count: int, values: Floats) -> Floats:
    return np.column_stack([_sum(place, count, values[:, k]) for k in range(values.shape[1])])


def cluster_robust(data: Comparison, *, level: float = 0.95) -> Estimate:
    """The same coefficient with cluster-robust errors (CR1) and t with G − 1 degrees of freedom.

    Over-rejects with few clusters: a diagnostic holds the effective number of clusters against ten. Where the clusters
    of a side all moved alike the error is NaN, and nothing is ruled out.
    """
    table = cluster_table(data)
    count = len(table.s)
    se = _robust_se(table)
    half = t_of(level, count - 1) * se if se > 0 else float("inf")
    p = float(2 * stats.t.sf(abs(table.value / se), count - 1)) if se > 0 else None
    return Estimate(
        Estimand.ATT, "cluster_robust", table.value, se, (table.value - half, table.value + half), data.n_treated,
        data.n_comparison, level, p, ("independent_clusters", "many_clusters"), cluster_diagnostics(data, table),
    )  # fmt: skip


def _robust_se(table: ClusterTable) -> float:
    """NaN for no more spread than rounding leaves: a side is one cluster, or all its clusters moved alike."""
    scores = table.s - table.value * table.s_slope - (table.c - table.value * table.c_slope).sum(axis=1)
    count = len(scores)
    factor = count / (count - 1) * (table.rows - 1) / (table.rows - table.width)
    se = float(np.sqrt(factor * (scores**2).sum()))
    return se if se > NO_SPREAD * table.size else float("nan")


def wild_bootstrap(
    data: Comparison, *, points: Multiplier | str | None = None, draws: int = DRAWS, seed: int = 1, level: float = 0.95,
    count_ties: bool = True,
) -> Estimate:  # fmt: skip
    """p-value and interval by the restricted wild cluster bootstrap-t; the interval by turning the test around.

    `points`: rademacher or webb (None: webb with fewer than twelve clusters). `count_ties`: a pattern exactly as
    extreme as what was seen counts as extreme (exact when all are gone through); some packages do not count it.
    The interval's ends are infinite when no value can be ruled out on that side. Raises CannotEstimate:
    too_few_clusters (no p-value below 1 − level can come out), one_cluster, no_variation, singular, bad_input.
    """
    table, signs, kind = _set_up(data, points, draws, seed, 1 - level if count_ties else 0.0)

    def p_of(null: float) -> float:
        return _p_value(table, signs, null, count_ties)

    se = _robust_se(table)
    if not se > 0:
        raise CannotEstimate(
            "no_variation", "a side is one cluster, or its clusters moved alike; chance cannot be told"
        )
    ends = tuple(_end(p_of, table.value, side * se, 1 - level) for side in (-1.0, 1.0))
    return Estimate(
        Estimand.ATT, f"wild_bootstrap_{kind.value}", table.value, se, (ends[0], ends[1]), data.n_treated,
        data.n_comparison, level, p_of(0.0), ("independent_clusters",), cluster_diagnostics(data, table)[1:],
    )  # fmt: skip


def wild_p_value(
    data: Comparison, null: float = 0.0, *, points: Multiplier | str | None = None, draws: int = DRAWS, seed: int = 1,
    count_ties: bool = True,
) -> float:  # fmt: skip
    """Only the p-value of one value of the effect, as in `wild_bootstrap`."""
    table, signs, _kind = _set_up(data, points, draws, seed, 0.0)
    return _p_value(table, signs, null, count_ties)


def _set_up(
    data: Comparison, points: Multiplier | str | None, draws: int, seed: int, alpha: float
) -> tuple[ClusterTable, Floats, Multiplier]:  # fmt: skip
    """The table and the patterns. Raises CannotEstimate("too_few_clusters") when no p-value below alpha can come."""
    table = cluster_table(data)
    count = len(table.s)
    kind = Multiplier(points or (Multiplier.WEBB if count < 12 else Multiplier.RADEMACHER))
    signs, every = _patterns(kind, count, draws, np.random.default_rng(seed))
    least = (2.0 if every else 0.0) / len(signs)
    if alpha and least >= alpha:
        raise CannotEstimate("too_few_clusters", f"{count} clusters give no p-value below {least:.4f}; use webb points "
                             "or randomisation", clusters=count)  # fmt: skip
    return table, signs, kind


def _patterns(kind: Multiplier, count: int, draws: int, rng: np.random.Generator) -> tuple[Floats, bool]:
    """draws × G multipliers, and whether they are all there are."""
    points = {Multiplier.RADEMACHER: [-1.0, 1.0],
              Multiplier.WEBB: [s * np.sqrt(v) for s in (-1.0, 1.0) for v in (0.5, 1.0, 1.5)]}.get(kind)  # fmt: skip
    if points is None:
        raise CannotEstimate("not_supported", "the wild bootstrap takes rademacher or webb points")
    if len(points) ** count <= max(draws, ENUMERATE if kind is Multiplier.WEBB else draws):
        return np.array(list(product(points, repeat=count))), True
    return multipliers(kind, (draws, count), rng), False


def _p_value(table: ClusterTable, signs: Floats, null: float, count_ties: bool) -> float:
    s, c = table.s - null * table.s_slope, table.c - null * table.c_slope

    def t_of(v: Floats) -> Floats:
        numerator = v @ s
        scores = v * s - v @ c.T
        spread = np.sqrt((scores**2).sum(axis=1))
        told = spread > 1e-14 * np.abs(s).max()
        return np.asarray(np.divide(np.abs(numerator), spread, out=np.full(len(v), np.inf), where=told))

    seen = float(t_of(np.ones((1, len(s))))[0])
    drawn = t_of(signs)
    margin = TIE * max(seen, 1.0) if np.isfinite(seen) else 0.0
    extreme = drawn >= seen - margin if count_ties else drawn > seen + margin
    return float(extreme.mean())


def _end(p_of: Callable[[float], float], value: float, step: float, alpha: float) -> float:
    """Where the p-value falls to alpha, going outward from the estimate; infinite when it never does."""
    inside, outside = value, value + step
    for _try in range(FAR):
        if p_of(outside) <= alpha:
            break
        inside, outside = outside, value + (outside - value) * 2
    else:
        return float(np.copysign(np.inf, step))
    for _try in range(NARROW):
        middle = (inside + outside) / 2
        if abs(outside - inside) <= PRECISE * abs(step):
            break
        if p_of(middle) <= alpha:
            outside = middle
        else:
            inside = middle
    return float(inside)


def effective_clusters(table: ClusterTable) -> float:
    """How many equal clusters the uneven ones amount to, errors within each moving together (Carter et al. 2017)."""
    pull = np.bincount(table.place, table.weight) ** 2
    if pull.sum() <= 1e-20:
        pull = np.bincount(table.place, table.weight**2)
    mean = pull.mean()
    return float(len(pull) / (1 + ((pull - mean) ** 2).mean() / mean**2))


def cluster_diagnostics(data: Comparison, table: ClusterTable) -> tuple[Diagnostic, ...]:
    """The effective number of clusters against ten, and how many took part and did not, against three each."""
    effective = effective_clusters(table)
    treated = np.unique(table.place[data.treated])
    fewest = min(len(treated), len(np.setdiff1d(np.unique(table.place), treated)) or len(treated))
    facts = {"clusters": len(table.s)}
    return (
        Diagnostic("clusters", effective, EFFECTIVE_CLUSTERS, effective >= EFFECTIVE_CLUSTERS, facts),
        Diagnostic("treated_clusters", float(fewest), float(TREATED_CLUSTERS), fewest >= TREATED_CLUSTERS, facts),
    )
