"""What a provider's results would be expected to be, given whom it was sent: indirect standardisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.effects.entrance import hold, numbers, whole
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Flags, Floats, Ints
from springbrett.evaluation.effects.score import logit_score

LARGEST_SORTING = 0.15
"""The part of the expected chance (variance) that lies between providers, above which adjustment leans on the model."""
GROUPS = 10


@dataclass(frozen=True, slots=True)
class Stays:
    """n ended stays: whether each reached the outcome, who carried it out (a number, not negative), and what was known
    before the start (`x` n × k with `names`; k may be 0). Raises CannotEstimate: bad_input, empty_group."""

    success: Flags
    provider: Ints
    x: Floats
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        hold(self, provider=whole(self.provider, "the provider"), x=numbers(self.x, "a covariate"))
        count = len(self.success)
        if not count:
            raise CannotEstimate("empty_group", "there are no stays")
        if self.success.dtype != np.bool_:
            raise CannotEstimate("bad_input", "the outcome of a stay is true or false; leave out those not yet known")
        if self.provider.shape != (count,) or self.x.shape != (count, len(self.names)):
            raise CannotEstimate("bad_input", "outcome, provider and covariates have different lengths")
        if (self.provider < 0).any():
            raise CannotEstimate("bad_input", "a stay has no provider; leave such stays out, and say how many")
        if not np.isfinite(self.x).all():
            raise CannotEstimate("bad_input", "a covariate is missing; leave those stays out first")

    def varying(self) -> Stays:
        """Without covariates that never vary."""
        keep = np.ptp(self.x, axis=0) > 0 if self.x.shape[1] else np.zeros(0, bool)
        names = tuple(name for name, kept in zip(self.names, keep, strict=True) if kept)
        return Stays(self.success, self.provider, self.x[:, keep], names)


@dataclass(frozen=True, slots=True)
class CaseMix:
    """By provider (in the order of `providers`): `stays`, `successes`, `expected` successes with this mix, their
    `variance` if only chance remained. `adjusted` = successes ÷ expected × overall share (may pass 1).

    `chance` (n,): the expected chance of each stay. `discrimination`: how well the chance tells the successes apart
    (area under the curve; NaN without covariates).
    """

    providers: Ints
    position: Ints
    stays: Ints
    successes: Ints
    expected: Floats
    variance: Floats
    overall: float
    chance: Floats
    discrimination: float
    diagnostics: tuple[Diagnostic, ...]

    @property
    def observed(self) -> Floats:
        """The share as it stands."""
        return np.asarray(self.successes / self.stays)

    @property
    def ratio(self) -> Floats:
        """Observed ÷ expected: above 1 is better than the mix would lead one to expect."""
        return np.asarray(self.successes / self.expected)

    @property
    def adjusted(self) -> Floats:
        """The overall share times the ratio."""
        return self.overall * self.ratio

    @property
    def z(self) -> Floats:
        """How many standard errors the successes lie from the expected, were there nothing but chance."""
        return np.asarray((self.successes - self.expected) / np.sqrt(self.variance))


def case_mix(stays: Stays) -> CaseMix:
    """Expected results by a logistic model on the covariates over all providers together.

    A model over all providers, not within them: where providers get different people, part of what they do may be
    counted as their mix. The diagnostic "case_mix_sorting" says how much lies between them.
    Raises CannotEstimate: no_variation (all or none succeeded), no_overlap, singular.
    """
    stays = stays.varying()
    overall = float(stays.success.mean())
    if overall in (0.0, 1.0):
        raise CannotEstimate("no_variation", "all stays, or none, reached the outcome", share=overall)
    providers, position = np.unique(stays.provider, return_inverse=True)
    chance = logit_score(stays.x, stays.success).chance if stays.names else np.full(len(position), overall)
    number = np.bincount(position)
    expected = np.asarray(np.bincount(position, chance), np.float64)
    checks = (_sorting(chance, position, number), _calibration(chance, stays.success))
    return CaseMix(
        providers=providers, position=position, stays=number,
        successes=np.bincount(position, stays.success).astype(np.int64), expected=expected,
        variance=np.asarray(np.bincount(position, chance * (1 - chance)), np.float64), overall=overall, chance=chance,
        discrimination=_discrimination(chance, stays.success) if stays.names else float("nan"), diagnostics=checks,
    )  # fmt: skip


def _discrimination(chance: Floats, success: Flags) -> float:
    """The chance that a success was expected more than a failure; ties count half."""
    values, place, counts = np.unique(chance, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    wins = int(success.sum())
    total = rank[place][success].sum() - wins * (wins + 1) / 2
    return float(total / (wins * (len(values[place]) - wins)))


def _sorting(chance: Floats, position: Ints, number: Ints) -> Diagnostic:
    """The part of the expected chance's variance between providers, less what chance alone would put there."""
    whole = float(chance.var())
    if whole <= 0 or len(number) < 2 or len(chance) <= len(number):
        return Diagnostic("case_mix_sorting", 0.0, LARGEST_SORTING, True)
    means = np.bincount(position, chance) / number
    within = float(((chance - means[position]) ** 2).sum() / (len(chance) - len(number)))
    share = max(0.0, 1 - within / (whole * len(chance) / (len(chance) - 1)))
    return Diagnostic("case_mix_sorting", share, LARGEST_SORTING, share <= LARGEST_SORTING)


def _calibration(chance: Floats, success: Flags) -> Diagnostic:
    """The largest gap between expected and observed shares over tenths of the expected chance; it only informs."""
    parts = np.array_split(np.argsort(chance, kind="stable"), min(GROUPS, len(chance)))
    gap = max(abs(float(chance[part].mean() - success[part].mean())) for part in parts)
    return Diagnostic("case_mix_calibration", gap)
