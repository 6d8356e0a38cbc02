"""Matching: each who took part stands beside those most like them; exact on strata, or nearest on the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison, estimate_of, se_of_mean, steady_linear, with_checks
from springbrett.evaluation.effects.diagnostics import balance_diagnostics, overlap_diagnostic
from springbrett.evaluation.effects.entrance import labels
from springbrett.evaluation.effects.nearest import Line, Matches, Ties
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats, Ints
from springbrett.evaluation.effects.score import Score, chance_of, logit_score

UNCONFOUNDED = ("selection_on_observed", "overlap", "no_spillover")
Distance = Literal["odds", "chance"]
LEAST_MATCHED = 0.9


def exact_matching(data: Comparison, strata: Ints) -> Estimate:
    """ATT as the difference within strata, weighted by how many took part in each (Angrist 1998).

    Treated in strata without a comparison are left out, and the share kept is a diagnostic. Standard error by Abadie &
    Imbens (2006) with the outcome's spread among the comparisons of a stratum (of all strata, where there is only one);
    by clusters when the data has them, from influences. Assumes selection on the strata alone, and overlap. Raises
    CannotEstimate: no_overlap (no stratum has both), bad_input, one_cluster.
    """
    strata = labels(strata, "the stratum")
    if strata.shape != data.y.shape:
        raise CannotEstimate("bad_input", "there is not one stratum per unit")
    _codes, position = np.unique(strata, return_inverse=True)
    cells = int(position.max()) + 1
    d = data.treated
    n1, n0 = np.bincount(position[d], minlength=cells), np.bincount(position[~d], minlength=cells)
    usable = (n1 > 0) & (n0 > 0)
    if not usable.any():
        raise CannotEstimate("no_overlap", "no stratum holds both those who took part and others")
    sum0 = np.bincount(position[~d], data.y[~d], cells)
    mean0 = np.divide(sum0, n0, out=np.zeros(cells), where=n0 > 0)
    kept = usable[position]
    total = n1[usable].sum()
    gap = np.where(d, data.y - mean0[position], 0.0)
    value = gap[d & kept].sum() / total
    ratio = np.divide(n1, n0, out=np.zeros(cells), where=n0 > 0)
    weight = np.where(d, 1.0, ratio[position]) * kept
    residual = np.where(d, 0.0, data.y - mean0[position])
    if data.cluster is None:
        spread = _spread_of(np.asarray(np.bincount(position, residual**2, cells)), n0, n1)
        used = np.divide(n1 * (n1 - 1.0), n0, out=np.zeros(cells), where=usable)
        se = float(np.sqrt(((gap - value)[d & kept] ** 2).sum() + used @ spread) / total)
    else:
        own = np.where(d, gap - value, -weight * residual) * kept * len(d) / total
        se = se_of_mean(own, data.cluster)
    found = estimate_of(data, value, se, estimand=Estimand.ATT, method="exact_matching",
                        assumptions=UNCONFOUNDED)  # fmt: skip
    return with_checks(found, _matched_share(float(total / data.n_treated)), *balance_diagnostics(data, weight))


def _spread_of(squares: Floats, n0: Ints, n1: Ints) -> Floats:
    """The comparisons' variance in each stratum; that of all strata together where one alone is used several times.

    Raises CannotEstimate("no_variation") when it is needed and no stratum has two comparisons.
    """
    free = np.maximum(n0 - 1, 0)
    if ((n0 == 1) & (n1 > 1)).any() and not free.any():
        raise CannotEstimate("no_variation", "no stratum has two comparisons, and one stands beside several; how much "
                             "comparisons differ cannot be told: use coarser strata")  # fmt: skip
    whole = float(squares.sum() / max(free.sum(), 1))
    return np.where(free > 0, squares / np.maximum(free, 1), whole)


def nearest_on_score(
    data: Comparison, *, neighbours: int = 1, ties: Ties = "share", distance: Distance = "odds",
    caliper: float | None = None, common_support: bool = False,
) -> Estimate:  # fmt: skip
    """ATT by the `neighbours` comparison units nearest on the score, with replacement.

    `distance`: on the log odds, which spread out what lies near 0 and 1 (Rosenbaum & Rubin 1985), or on the chance
    itself. `ties`: equally near units share, or the one first in the data is taken (as older published results do:
    another order of the file gives another answer). `caliper`: treated whose neighbours are not all within so many
    standard deviations of the score are left out, and the share kept is a diagnostic. `common_support`: so are treated
    whose score lies beyond every comparison's, and nobody is put beside a comparison whose score lies beyond every
    treated one's (as psmatch2's `common` does with `ate`).

    Standard error by Abadie & Imbens (2006), which allows matches to be used again, taking the score as known; by
    clusters when the data has them, from each unit's outcome against the local mean. Assumes selection on what is
    observed, overlap, and a right score. Raises CannotEstimate: no_overlap, singular, bad_input, one_cluster.
    """
    if neighbours < 1 or neighbours > data.n_comparison:
        raise CannotEstimate("bad_input", "there must be at least one neighbour, and as many to choose among")
    if ties not in ("share", "first"):
        raise CannotEstimate("not_supported", f"equally near units share, or the first is taken; not {ties!r}")
    data = data.informative()
    placed = _placed(data, distance, common_support)
    if neighbours > len(placed.line.scores):
        raise CannotEstimate("no_overlap", "fewer comparisons than neighbours have a score that any participant has")
    find = placed.line.sharing if ties == "share" else placed.line.first
    own, keep = placed.where[data.treated], placed.among[data.treated]
    if caliper is not None:
        keep[keep] = find(own[keep], neighbours).reach <= caliper * placed.where.std()
    _some(keep)
    return _matched(data, placed, _at(find(own[keep], neighbours), keep), "nearest_on_score")


def radius_on_score(
    data: Comparison, *, radius: float = 0.2, distance: Distance = "odds", common_support: bool = False
) -> Estimate:
    """ATT by all comparison units within `radius` standard deviations of the score, sharing equally.

    Treated without any are left out, and the share kept is a diagnostic. Otherwise as `nearest_on_score` (Dehejia &
    Wahba 2002). Raises CannotEstimate: no_overlap, singular, bad_input, one_cluster.
    """
    if not radius > 0:
        raise CannotEstimate("bad_input", "a radius is above zero")
    data = data.informative()
    placed = _placed(data, distance, common_support)
    keep = placed.among[data.treated]
    found = _at(placed.line.within(placed.where[data.treated][keep], radius * float(placed.where.std())), keep)
    _some(np.isfinite(found.reach))
    return _matched(data, placed, found, "radius_on_score")


@dataclass(frozen=True, slots=True)
class _Placed:
    """The score, where each unit stands on it (`where`, units alike in the very same place), who may be matched
    (`among`), and the comparisons that may, in order (`line`)."""

    score: Score
    where: Floats
    among: Flags
    line: Line


def _placed(data: Comparison, distance: Distance, common_support: bool) -> _Placed:
    if distance not in ("odds", "chance"):
        raise CannotEstimate("not_supported", f"there is no distance {distance!r}; use odds or chance")
    score = logit_score(data.x, data.treated, data.names)
    odds = steady_linear(data.x, score.coefficients)
    where = odds if distance == "odds" else chance_of(odds)
    among = _in_common(where, data.treated) if common_support else np.ones(len(where), bool)
    pool = among & ~data.treated
    return _Placed(score, where, among, Line.of(where[pool], data.y[pool]))


def _in_common(where: Floats, treated: Flags) -> Flags:
    """Who stands within the other group's range. Raises CannotEstimate("no_overlap") when nobody of a group does."""
    one, other = where[treated], where[~treated]
    low, high = np.where(treated, other.min(), one.min()), np.where(treated, other.max(), one.max())
    among = (where >= low) & (where <= high)
    if not (among[treated].any() and among[~treated].any()):
        raise CannotEstimate("no_overlap", "the scores of the two groups have no range in common")
    return np.asarray(among)


def _some(kept: Flags) -> None:
    if not kept.any():
        raise CannotEstimate("no_overlap", "nobody who took part has a comparison that near")


def _at(found: Matches, keep: Flags) -> Matches:
    """The matches of those kept, in the places of all."""
    outcome, reach = np.zeros(len(keep)), np.full(len(keep), np.inf)
    outcome[keep], reach[keep] = found.outcome, found.reach
    return Matches(outcome, reach, found.used, found.used_squared)


def _matched(data: Comparison, placed: _Placed, found: Matches, method: str) -> Estimate:
    d, kept, pool = data.treated, np.isfinite(found.reach), placed.among & ~data.treated
    if np.count_nonzero(kept) < 2:
        raise CannotEstimate("empty_group", "only one who took part has a comparison that near; look wider")
    gap = (data.y[d] - found.outcome)[kept]
    value = float(gap.mean())
    if data.cluster is None:
        spread = ((found.used**2 - found.used_squared) * placed.line.local_variance()).sum()
        se = float(np.sqrt(((gap - value) ** 2).sum() + spread) / len(gap))
    else:
        se = se_of_mean(_linearised(data, placed, found, value), data.cluster)
    estimate = estimate_of(data, value, se, estimand=Estimand.ATT, method=method, assumptions=UNCONFOUNDED)
    weight = np.zeros(len(d))
    weight[d], weight[pool] = kept, found.used
    return with_checks(
        estimate, _matched_share(float(kept.mean())), overlap_diagnostic(placed.score.chance, d),
        *balance_diagnostics(data, weight),
    )  # fmt: skip


def _linearised(data: Comparison, placed: _Placed, found: Matches, value: float) -> Floats:
    """Each unit's influence: a treated one's own effect, a comparison's outcome against the local mean × its use."""
    d, kept, pool = data.treated, np.isfinite(found.reach), placed.among & ~data.treated
    line = placed.line
    gap = data.y - line.local_mean(placed.where, max(10, int(np.sqrt(len(line.scores)))))
    out = np.zeros(len(d))
    out[d] = np.where(kept, gap[d] - value, 0.0)
    out[pool] = -found.used * gap[pool]
    return np.asarray(out * (len(d) / kept.sum()))


def _matched_share(share: float) -> Diagnostic:
    return Diagnostic("matched_share", share, LEAST_MATCHED, share >= LEAST_MATCHED)
