"""The estimators that compare two groups at one time, as a protocol can name them."""

from __future__ import annotations

from springbrett.evaluation.effects.covariates import nearest_on_covariates
from springbrett.evaluation.effects.difference import adjusted_difference, raw_difference
from springbrett.evaluation.effects.matching import exact_matching, nearest_on_score, radius_on_score
from springbrett.evaluation.effects.records import Estimand
from springbrett.evaluation.effects.registry import Estimator
from springbrett.evaluation.effects.robust import double_machine_learning, doubly_robust
from springbrett.evaluation.effects.weighting import entropy_balancing, inverse_probability

_OBSERVED = ("selection_on_observed", "overlap", "no_spillover")
_YES_NO = (False, True)

ESTIMATORS = (
    Estimator(
        "raw_difference", raw_difference, (Estimand.DESCRIPTION,), ("no_other_difference",), "a difference of means",
        options={"pooled_variance": _YES_NO},
    ),
    Estimator(
        "adjusted_difference", adjusted_difference, (Estimand.DESCRIPTION,), ("selection_on_observed", "linear"),
        "ordinary least squares; White (1980), Liang & Zeger (1986)", options={"robust": _YES_NO},
    ),
    Estimator(
        "exact_matching", exact_matching, (Estimand.ATT,), _OBSERVED, "Angrist (1998)",
        needs=("comparison", "strata"),
    ),
    Estimator(
        "nearest_on_score", nearest_on_score, (Estimand.ATT,), _OBSERVED,
        "Rosenbaum & Rubin (1985); Abadie & Imbens (2006)",
        options={"neighbours": None, "ties": ("share", "first"), "distance": ("odds", "chance"), "caliper": None,
                 "common_support": _YES_NO},
    ),
    Estimator(
        "radius_on_score", radius_on_score, (Estimand.ATT,), _OBSERVED, "Dehejia & Wahba (2002)",
        options={"radius": None, "distance": ("odds", "chance"), "common_support": _YES_NO},
    ),
    Estimator(
        "nearest_on_covariates", nearest_on_covariates, (Estimand.ATT,), _OBSERVED, "Abadie & Imbens (2006, 2011)",
        options={"neighbours": None, "bias_corrected": _YES_NO},
    ),
    Estimator(
        "inverse_probability", inverse_probability, (Estimand.ATT, Estimand.ATE, Estimand.ATO), _OBSERVED,
        "Hirano, Imbens & Ridder (2003); Li, Morgan & Zaslavsky (2018)",
    ),
    Estimator(
        "entropy_balancing", entropy_balancing, (Estimand.ATT,), _OBSERVED,
        "Hainmueller (2012); Zhao & Percival (2017)",
    ),
    Estimator(
        "doubly_robust", doubly_robust, (Estimand.ATT, Estimand.ATE), (*_OBSERVED, "one_of_two_models"),
        "Robins, Rotnitzky & Zhao (1994)",
    ),
    Estimator(
        "double_machine_learning", double_machine_learning, (Estimand.ATT, Estimand.ATE), (*_OBSERVED, "learnable"),
        "Chernozhukov et al. (2018)",
        options={"learner": ("linear", "boosted"), "folds": None, "seed": None},
    ),
)  # fmt: skip
