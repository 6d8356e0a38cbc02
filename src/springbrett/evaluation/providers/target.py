"""Each provider against a target: what is seen, what the mix explains, what is believed, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Floats
from springbrett.evaluation.effects.sensitivity import adjusted_p_values
from springbrett.evaluation.providers.binomial import exact_interval, mix_p, under_target_p
from springbrett.evaluation.providers.casemix import CaseMix, Stays, case_mix
from springbrett.evaluation.providers.funnel import Overdispersion, exact_limits, overdispersion
from springbrett.evaluation.providers.hierarchy import FEWEST, Hierarchy, Interval, hierarchy


class Standing(StrEnum):
    """Where the target lies, with the certainty asked for. An observation to follow up, never a verdict."""

    UNDER = "under"
    OVER = "over"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Target:
    """`share` to be reached (0–1); `certainty`: how likely it must be before a provider is said to be under or over;
    `level` of intervals; `least`: a count of fewer persons than this is marked as too small to publish."""

    share: float
    certainty: float = 0.9
    level: float = 0.95
    least: int = 5

    def __post_init__(self) -> None:
        if not (0 < self.share < 1 and 0.5 < self.certainty < 1 and 0 < self.level < 1 and self.least >= 1):
            raise CannotEstimate("bad_input", "target and level lie between 0 and 1, certainty above a half")


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider. Shares 0–1.

    `observed` with exact limits; `expected`: the share its mix leads one to expect; `adjusted`: observed ÷ expected ×
    overall (None: nothing expected). `p_under`: exact, one-sided, against the target, and `p_under_many` corrected for
    all providers (Benjamini & Hochberg). `p_mix`: of so large a gap from expected by chance, and corrected.
    `own` and `standard`: shrunk share with its own and with everyone's participants (None with fewer than three
    providers); `under_own`, `under_standard`: chance of being under the target. `rank`: 1 is highest.
    `outside`: "below", "above" or "" against the funnel around the overall share. `small`: suppress the counts.
    """

    provider: int
    stays: int
    successes: int
    observed: Interval
    expected: float
    adjusted: float
    p_under: float
    p_under_many: float
    p_mix: float
    p_mix_many: float
    outside: str
    small: bool
    own: Interval | None = None
    standard: Interval | None = None
    under_own: float | None = None
    under_standard: float | None = None
    rank: Interval | None = None
    standing: Standing = Standing.UNCERTAIN
    standing_standard: Standing = Standing.UNCERTAIN


@dataclass(frozen=True, slots=True)
class ProviderResults:
    """All providers, in the order of their numbers. `overall` share; `spread`: sd of log odds between providers.

    `under`: how many stand under the target by their own participants; `wrong`: how many of those one expects to be
    over after all (the false discoveries that being many brings); `shrunk` False: too few providers to tell.
    """

    rows: tuple[ProviderRow, ...]
    target: Target
    overall: float
    spread: Interval | None
    overdispersion: Overdispersion | None
    mix: CaseMix
    under: int
    wrong: float
    shrunk: bool
    diagnostics: tuple[Diagnostic, ...]


def provider_results(stays: Stays, target: Target, *, seed: int = 0) -> ProviderResults:
    """Everything about every provider. With fewer than three providers nothing is shrunk and nobody is placed.

    Raises CannotEstimate: no_variation (all or none succeeded), no_overlap, singular.
    """
    mix = case_mix(stays)
    several = len(mix.providers) >= FEWEST
    belief = hierarchy(mix, stays.success, target=target.share, level=target.level, seed=seed) if several else None
    rows = _rows(mix, target, belief)
    under = [row.under_own for row in rows if row.standing is Standing.UNDER and row.under_own is not None]
    extra = overdispersion(mix.successes, mix.stays, mix.overall) if len(mix.providers) > 1 else None
    return ProviderResults(
        rows=rows, target=target, overall=mix.overall, spread=belief.spread if belief else None, overdispersion=extra,
        mix=mix, under=len(under), wrong=float(sum(1 - chance for chance in under)), shrunk=several,
        diagnostics=mix.diagnostics,
    )  # fmt: skip


def standing_of(under: float, certainty: float) -> Standing:
    """Under when the chance of being under is at least the certainty, over when that of being over is."""
    if under >= certainty:
        return Standing.UNDER
    return Standing.OVER if 1 - under >= certainty else Standing.UNCERTAIN


def _rows(mix: CaseMix, target: Target, belief: Hierarchy | None) -> tuple[ProviderRow, ...]:
    low, high = exact_interval(mix.successes, mix.stays, target.level)
    p_under = under_target_p(mix.successes, mix.stays, target.share)
    order = np.argsort(mix.position, kind="stable")
    chances = np.split(mix.chance[order], np.cumsum(mix.stays)[:-1])
    p_mix = np.array([mix_p(int(s), chance) for s, chance in zip(mix.successes, chances, strict=True)])
    many_under, many_mix = (adjusted_p_values(p.tolist(), "fdr") for p in (np.minimum(p_under, 1.0), p_mix))
    floor, roof = exact_limits(mix.stays, mix.overall, target.level)
    found = []
    for j, provider in enumerate(mix.providers):
        share = float(mix.observed[j])
        observed = Interval(share, float(low[j]), float(high[j]))
        outside = "below" if share < floor[j] else "above" if share > roof[j] else ""
        row = ProviderRow(
            provider=int(provider), stays=int(mix.stays[j]), successes=int(mix.successes[j]), observed=observed,
            expected=float(mix.expected[j] / mix.stays[j]), adjusted=float(mix.adjusted[j]),
            p_under=float(p_under[j]), p_under_many=float(many_under[j]), p_mix=float(p_mix[j]),
            p_mix_many=float(many_mix[j]), outside=outside, small=_small(mix, j, target.least),
        )  # fmt: skip
        found.append(row if belief is None else _with(row, belief, j, target))
    return tuple(found)


def _small(mix: CaseMix, j: int, least: int) -> bool:
    """Whether successes, or failures, or the stays are some but fewer than may be shown."""
    won, lost = int(mix.successes[j]), int(mix.stays[j] - mix.successes[j])
    return won + lost < least or 0 < won < least or 0 < lost < least


def _with(row: ProviderRow, belief: Hierarchy, j: int, target: Target) -> ProviderRow:
    """The row with what is believed of provider j."""

    def interval(*parts: Floats) -> Interval:
        return Interval(*(float(part[j]) for part in parts))

    return replace(
        row, own=interval(belief.own, belief.own_lower, belief.own_upper),
        standard=interval(belief.standard, belief.standard_lower, belief.standard_upper),
        under_own=float(belief.under_own[j]), under_standard=float(belief.under_standard[j]),
        rank=interval(belief.rank, belief.rank_lower, belief.rank_upper),
        standing=standing_of(float(belief.under_own[j]), target.certainty),
        standing_standard=standing_of(float(belief.under_standard[j]), target.certainty),
    )  # fmt: skip
