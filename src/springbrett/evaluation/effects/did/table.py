"""The estimators of effects over time, as a protocol can name them.

`needs`: "panel" is a `panel.Panel`, "dosed" a `dose.Dosed`, "offices" a `clusters.Offices`, "clustered" a
`comparison.Comparison` with clusters, "covariates" rows × k.
"""

from __future__ import annotations

from springbrett.evaluation.effects.did.clusters import Offices, pooled
from springbrett.evaluation.effects.did.covariates import group_time_with
from springbrett.evaluation.effects.did.dose import dose_effect
from springbrett.evaluation.effects.did.group_time import ASSUMPTIONS, group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import Panel
from springbrett.evaluation.effects.did.stacked import COMMON_PERIODS, stacked
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.twoway import HOMOGENEOUS, two_way_path
from springbrett.evaluation.effects.did.wild import wild_bootstrap
from springbrett.evaluation.effects.records import EffectPath, Estimand, Estimate, Floats
from springbrett.evaluation.effects.registry import Estimator

_WINDOW = {"first": None, "last": None}
_WEIGHTING = ("variance", "equal")


def group_time_path(
    panel: Panel, *, comparison: str = "never", base: str = "varying", anticipation: int = 0, unbalanced: str = "pairs",
    first: int | None = None, last: int | None = None,
) -> EffectPath:  # fmt: skip
    """The event study of group-time effects (see `group_time`)."""
    found = group_time(
        panel, comparison="not_yet" if comparison == "not_yet" else "never",
        base="universal" if base == "universal" else "varying", anticipation=anticipation, unbalanced=unbalanced,
    )  # fmt: skip
    return found.event_study(first=first, last=last)


def group_time_covariates(
    panel: Panel, covariates: Floats, *, adjusting: str = "doubly_robust", comparison: str = "never",
    base: str = "varying", anticipation: int = 0,
) -> EffectPath:  # fmt: skip
    """The event study of group-time effects given covariates (see `covariates.group_time_with`)."""
    return group_time_with(panel, covariates, adjusting=adjusting, comparison=comparison, base=base,
                           anticipation=anticipation).event_study()  # fmt: skip


def trial_offices(offices: Offices, *, by_persons: bool = True, draws: int = 9999, seed: int = 1) -> Estimate:
    """Trial against control offices, pooled: the headline (see `clusters.pooled`)."""
    return pooled(offices, by_persons=by_persons, draws=draws, seed=seed).headline


_BASES = {"base": ("varying", "universal"), "anticipation": None, "comparison": ("never", "not_yet")}
_ATT = (Estimand.ATT,)

ESTIMATORS = (
    Estimator("group_time", group_time_path, _ATT, ASSUMPTIONS, "Callaway & Sant'Anna (2021)", ("panel",),
              {**_BASES, **_WINDOW, "unbalanced": ("pairs", "available")}),
    Estimator("group_time_covariates", group_time_covariates, _ATT, (*ASSUMPTIONS, "one_of_two_models", "overlap"),
              "Sant'Anna & Zhao (2020); Callaway & Sant'Anna (2021)", ("panel", "covariates"),
              {**_BASES, "adjusting": ("doubly_robust", "weighting", "regression")}),
    Estimator("interaction_weighted", interaction_weighted, _ATT, ASSUMPTIONS, "Sun & Abraham (2021)", ("panel",),
              {"comparison": ("never", "last")}),
    Estimator("imputation", imputation, _ATT, ASSUMPTIONS, "Borusyak, Jaravel & Spiess (2024)", ("panel",),
              {"last": None, "pre": None}),
    Estimator("local_projections", local_projections, _ATT, ASSUMPTIONS, "Dube, Girardi, Jordà & Taylor (2023)",
              ("panel",), {**_WINDOW, "comparison": ("clean", "never"), "weighting": _WEIGHTING}),
    Estimator("stacked", stacked, _ATT, ASSUMPTIONS,
              "Cengiz et al. (2019); Wing, Freedman & Hollingsworth (2024)", ("panel",),
              {**_WINDOW, "comparison": ("clean", "never"), "weighting": (*_WEIGHTING, COMMON_PERIODS)}),
    Estimator("two_way", two_way_path, _ATT, HOMOGENEOUS, "two-way fixed effects; Goodman-Bacon (2021)", ("panel",),
              _WINDOW),
    Estimator("dose", dose_effect, _ATT, ("parallel_trends_at_every_dose", "same_slope_everywhere"),
              "two-way fixed effects or first differences on a dose", ("dosed",),
              {"how": ("within", "first_difference"), "errors": ("cluster", "robust", "classical"), "leads": None}),
    Estimator("wild_bootstrap", wild_bootstrap, _ATT, ("parallel_trends", "independent_clusters"),
              "Cameron, Gelbach & Miller (2008); Webb (2023)", ("clustered",),
              {"points": ("webb", "rademacher"), "draws": None, "seed": None}),
    Estimator("trial_offices", trial_offices, _ATT, ("parallel_trends", "independent_clusters"),
              "Cameron, Gelbach & Miller (2008); Fisher (1935)", ("offices",),
              {"by_persons": (False, True), "draws": None, "seed": None}),
)  # fmt: skip
