"""Small worlds for the estimators of effects over time, for doses and for a handful of offices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from springbrett.evaluation.coverage.records import Case, Expected, Found, World, found_of
from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.clusters import Offices
from springbrett.evaluation.effects.did.covariates import group_time_with
from springbrett.evaluation.effects.did.dose import Dosed, dose_effect
from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import Panel
from springbrett.evaluation.effects.did.stacked import stacked
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.table import trial_offices
from springbrett.evaluation.effects.did.twoway import two_way_path
from springbrett.evaluation.effects.did.wild import cluster_robust, wild_bootstrap
from springbrett.evaluation.effects.records import EffectPath, Floats, Ints

PERIODS, GROUPS, LAST = 8, (0, 4, 5, 7), 3
SLOPE, EFFECT = 0.5, 0.7
NO_BAND = Band(draws=0)
DRIFT = "those treated were on another path already"
SHARED = "offices of one region share their luck, and whole regions took part"
PATTERNS = 999


@dataclass(frozen=True, slots=True)
class Staggered:
    """A panel, the `truth` of every row, how long `since` the start (−1: untreated), and a trait of each row."""

    panel: Panel
    truth: Floats
    since: Ints
    trait: Floats

    def over_months(self) -> float:
        """The mean truth of the treated rows."""
        return float(self.truth[self.since >= 0].mean())

    def over_path(self, last: int | None = None) -> float:
        """The mean over periods since the start of each one's mean truth."""
        labels = [h for h in np.unique(self.since) if h >= 0 and (last is None or h <= last)]
        return float(np.mean([self.truth[self.since == h].mean() for h in labels]))


def staggered(
    seed: int, units: int, *, drift: float = 0.0, homogeneous: bool = False, trait: float = 0.0, unlike: bool = False
) -> Staggered:  # fmt: skip
    """Eight periods; three groups start in different ones, a fourth never. Effects grow and differ between groups
    unless `homogeneous`. `drift`: those ever treated were rising already; `trait`: those with more of a trait are
    oftener treated, and rise; `unlike`: the first group's effect grows much, the others' not at all, and hardly
    anybody is never treated."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=units)
    group = np.where(rng.random(units) < 1 / (1 + np.exp(-1.1 - trait * own)), rng.choice(GROUPS[1:], units), 0) \
        if trait else rng.choice(GROUPS, units, p=[0.05, 0.35, 0.3, 0.3] if unlike else None)  # fmt: skip
    unit, period = np.repeat(np.arange(units), PERIODS), np.tile(np.arange(1, PERIODS + 1), units)
    first = np.repeat(group, PERIODS)
    since = np.where((first > 0) & (period >= first), period - first, -1)
    size = np.full(len(unit), EFFECT) if homogeneous else 0.5 + 0.3 * since + 0.2 * (first == GROUPS[1])
    size = np.where(first == GROUPS[1], 1.0 * since, 0.0) if unlike else size
    truth = np.where(since >= 0, size, 0.0)
    y = np.repeat(rng.normal(size=units), PERIODS) + 0.2 * period + truth + rng.normal(size=len(unit))
    y = y + (drift * (first > 0) + 0.3 * trait * own[unit]) * period
    return Staggered(Panel(unit, period, first, y), truth, since, own[unit])


def _expected_path(last: int) -> float:
    """The truth over 0 … last that does not hang on the draw: groups are equally large."""
    means = [
        np.mean([0.5 + 0.3 * h + 0.2 * (g == GROUPS[1]) for g in GROUPS if 0 < g <= PERIODS - h])
        for h in range(last + 1)
    ]
    return float(np.mean(means))


def dosed(seed: int, regions: int, *, drift: float = 0.0) -> Dosed:
    """Ten months; the dose differs between regions and months, by chance or (`drift`) with the region's own trend."""
    rng = np.random.default_rng(seed)
    region, month = np.repeat(np.arange(regions), 10), np.tile(np.arange(10), regions)
    trend = rng.normal(size=regions)[region] * month
    dose = rng.normal(size=regions)[region] + 0.1 * month + rng.normal(size=len(month)) + drift * trend
    noise = rng.normal(size=regions)[region] + rng.normal(size=10)[month] + rng.normal(size=len(month))
    return Dosed(region, month, dose, SLOPE * dose + drift * trend + noise)


def clustered(seed: int, offices: int, *, regions: int = 0) -> Comparison:
    """Every other office takes part; persons of an office share its luck. `regions`: offices of one share it too, and
    whole regions take part."""
    rng = np.random.default_rng(seed)
    office = np.repeat(np.arange(offices), 20)
    place = office % regions if regions else office
    treated = place % 2 == 0
    luck = rng.normal(size=offices)[office] + (1.5 * rng.normal(size=regions)[place] if regions else 0.0)
    return Comparison(EFFECT * treated + luck + rng.normal(size=len(office)), treated, np.zeros((len(office), 0)), (),
                      office)  # fmt: skip


def trial(seed: int, offices: int, *, drift: float = 0.0) -> Offices:
    """Every third office is in a trial; each office's change has its own luck. `drift`: trial offices were rising."""
    rng = np.random.default_rng(seed)
    office = np.repeat(np.arange(offices), 40)
    after, chosen = np.tile(np.arange(40) >= 20, offices), office % 3 == 0
    luck = rng.normal(size=offices)[office] + 0.5 * rng.normal(size=offices)[office] * after
    y = (EFFECT + drift) * (chosen & after) + 0.3 * after + luck + rng.normal(size=len(office))
    return Offices(y, office, chosen, after)


WORLDS = (
    World("staggered", "Groups start at different times and trends are parallel; effects grow and differ between "
          "groups.", staggered, 200, 0.015),
    World("alike", "As «staggered», with the same effect for every group in every period.",
          lambda seed, units: staggered(seed, units, homogeneous=True), 200, 0.01),
    World("unlike", "As «staggered», but the first group's effect grows much, the others' is none, and few are never "
          "treated.", lambda seed, units: staggered(seed, units, unlike=True), 200, 0.005),
    World("drifting", "As «staggered», and those ever treated were rising already.",
          lambda seed, units: staggered(seed, units, drift=0.2), 200, 0.015),
    World("trait_trends", "Those with more of a recorded trait are oftener treated, and rise.",
          lambda seed, units: staggered(seed, units, homogeneous=True, trait=1.0), 300, 0.015),
    World("doses", "40 regions over ten months; how much they have of the measure differs by chance.", dosed, 40, 0.01),
    World("dose_trends", "As «doses», and regions that were rising already took more.",
          lambda seed, regions: dosed(seed, regions, drift=0.2), 40, 0.01),
    World("ten_offices", "Ten offices, five of which take part; persons of an office share its luck.", clustered, 10,
          0.015),
    World("shared_luck", "Twelve offices in four regions; two whole regions take part, and offices of a region share "
          "their luck.", lambda seed, offices: clustered(seed, offices, regions=4), 12, 0.015),
    World("trial", "Twelve offices, four in a trial, before and after; each office's change has its own luck.", trial,
          12, 0.015),
    World("trial_rising", "As «trial», and the trial offices were rising already.",
          lambda seed, offices: trial(seed, offices, drift=0.7), 12, 0.015),
)  # fmt: skip


_PATHS: tuple[tuple[str, str, Callable[[Panel], EffectPath], Callable[[Staggered], float]], ...] = (
    ("group_time", "", lambda held: group_time(held).event_study(last=LAST, band=NO_BAND),
     lambda data: _expected_path(LAST)),
    ("group_time", "against those not yet treated",
     lambda held: group_time(held, comparison="not_yet").event_study(last=LAST, band=NO_BAND),
     lambda data: _expected_path(LAST)),
    ("interaction_weighted", "", lambda held: interaction_weighted(held, band=NO_BAND), Staggered.over_months),
    ("imputation", "", lambda held: imputation(held, band=NO_BAND), Staggered.over_months),
    ("local_projections", "each treated alike",
     lambda held: local_projections(held, first=-2, last=LAST, weighting="equal", band=NO_BAND),
     lambda data: _expected_path(LAST)),
    ("stacked", "", lambda held: stacked(held, first=-2, last=1, band=NO_BAND), lambda data: _expected_path(1)),
)  # fmt: skip


def _path(
    method: Callable[[Panel], EffectPath], truth: Callable[[Staggered], float]
) -> Callable[[Staggered], Found]:  # fmt: skip
    return lambda data: found_of(method(data.panel), truth(data))


def _two_way(data: Staggered) -> Found:
    return found_of(two_way_path(data.panel, band=NO_BAND), data.over_path())


def _given_trait(data: Staggered) -> Found:
    return found_of(group_time_with(data.panel, data.trait[:, None]).event_study(band=NO_BAND), EFFECT)


def _given_another(data: Staggered) -> Found:
    """With a trait that has nothing to do with it in place of the one that has."""
    other = np.random.default_rng(len(data.truth)).normal(size=int(data.panel.unit.max()) + 1)[data.panel.unit]
    return found_of(group_time_with(data.panel, other[:, None]).event_study(band=NO_BAND), EFFECT)


CAUTIOUS_IMPUTATION = "Its standard error is conservative by design: how effects differ within groups counts as noise."
SMALL_GROUPS = "Its error is one of many units: with some sixty in each group it is about five percent too small."
CASES = (
    *(Case(code, "staggered", _path(method, truth), what=what,
           expected=Expected.CAUTIOUS if code == "imputation" else Expected.NOMINAL,
           note=CAUTIOUS_IMPUTATION if code == "imputation" else "")
      for code, what, method, truth in _PATHS),
    *(Case(code, "drifting", _path(method, truth), what=what, expected=Expected.FAILS, broken=DRIFT)
      for code, what, method, truth in _PATHS if not what.startswith("against")),
    Case("two_way", "alike", _two_way),
    Case("two_way", "unlike", _two_way, expected=Expected.FAILS, broken="effects differ between groups"),
    Case("group_time_covariates", "trait_trends", _given_trait, expected=Expected.NEARLY, note=SMALL_GROUPS),
    Case("group_time_covariates", "trait_trends", _given_another, what="without the trait", expected=Expected.FAILS,
         broken="trends go with a trait that is not among those given"),
    Case("dose", "doses", lambda data: found_of(dose_effect(data), SLOPE)),
    Case("dose", "dose_trends", lambda data: found_of(dose_effect(data), SLOPE), expected=Expected.FAILS,
         broken="regions that were rising already took more"),
    Case("wild_bootstrap", "ten_offices",
         lambda data: found_of(wild_bootstrap(data, points="rademacher", draws=1024), EFFECT)),
    Case("wild_bootstrap", "shared_luck", lambda data: found_of(wild_bootstrap(data, draws=PATTERNS), EFFECT),
         expected=Expected.FAILS, broken=SHARED),
    Case("wild_bootstrap", "five_offices", lambda data: found_of(wild_bootstrap(data, draws=PATTERNS), 1.0),
         what="five offices", expected=Expected.CAUTIOUS,
         note="With five offices its interval is wide, and may be without an end; the usual error's is too short."),
    Case("adjusted_difference", "ten_offices", lambda data: found_of(cluster_robust(data), EFFECT),
         what="by offices", expected=Expected.NEARLY, note="The usual cluster error is a little short with ten."),
    Case("trial_offices", "trial", lambda data: found_of(trial_offices(data, draws=PATTERNS), EFFECT)),
    Case("trial_offices", "trial_rising", lambda data: found_of(trial_offices(data, draws=PATTERNS), EFFECT),
         expected=Expected.FAILS, broken=DRIFT),
)  # fmt: skip
