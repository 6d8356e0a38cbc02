"""The estimators of when: durations, starting now against not yet, caseworkers' preferences and sequences of measures,
as a protocol can name them."""

from __future__ import annotations

from springbrett.evaluation.effects.durations.discrete import competing_hazards, discrete_hazards
from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import (
    cumulative_incidence,
    incidence_difference,
    months_gone_difference,
)
from springbrett.evaluation.effects.durations.timing import timing_of_events
from springbrett.evaluation.effects.leniency import leniency
from springbrett.evaluation.effects.notyet import not_yet_treated
from springbrett.evaluation.effects.records import Estimand
from springbrett.evaluation.effects.registry import Estimator
from springbrett.evaluation.effects.sequence import first_measure, marginal_structural

_DESCRIPTION, _RATIO = (Estimand.DESCRIPTION,), (Estimand.HAZARD_RATIO,)
_RATES = ("censoring_tells_nothing", "proportional_hazards")
_YES_NO = (False, True)
_BENT = {"information": ("expected", "observed")}

ESTIMATORS = (
    Estimator(
        "cumulative_incidence", cumulative_incidence, _DESCRIPTION, ("censoring_tells_nothing",),
        "Aalen & Johansen (1978)", needs=("spells", "cause"), options={"at": None, "horizon": None, "level": None},
    ),
    Estimator(
        "incidence_difference", incidence_difference, _DESCRIPTION,
        ("censoring_tells_nothing", "no_other_difference"), "Aalen & Johansen (1978)",
        needs=("spells", "cause", "group"), options={"time": None, "level": None},
    ),
    Estimator(
        "months_gone_difference", months_gone_difference, _DESCRIPTION,
        ("censoring_tells_nothing", "no_other_difference"), "Andersen (2013); Conner & Trinquart (2021)",
        needs=("spells", "cause", "group"), options={"horizon": None, "level": None},
    ),
    Estimator(
        "gray_test", gray_test, _DESCRIPTION, ("censoring_tells_nothing",), "Gray (1988)",
        needs=("spells", "cause", "groups"), clusters=False,
    ),
    Estimator(
        "cox", cox, _RATIO, _RATES, "Cox (1972); Efron (1977); Lin & Wei (1989)",
        needs=("spells", "cause", "covariates", "names"), options={"robust": _YES_NO},
    ),
    Estimator(
        "fine_gray", fine_gray, _RATIO, ("censoring_tells_nothing", "proportional_subdistribution"),
        "Fine & Gray (1999)", needs=("spells", "cause", "covariates", "names"), options={"robust": _YES_NO},
    ),
    Estimator(
        "discrete_hazards", discrete_hazards, _RATIO, (*_RATES, "leaves_in_whole_months"),
        "Prentice & Gloeckler (1978)", needs=("spells", "cause", "covariates", "names"), options=_BENT,
    ),
    Estimator(
        "competing_hazards", competing_hazards, _RATIO, (*_RATES, "leaves_in_whole_months"),
        "Prentice & Gloeckler (1978)", needs=("spells", "covariates", "names"), options=_BENT,
    ),
    Estimator(
        "timing_of_events", timing_of_events, _RATIO,
        ("no_anticipation", "proportional_hazards", "unseen_fixed_over_time", "censoring_tells_nothing"),
        "Abbring & van den Berg (2003); Gaure, Røed & Zhang (2007)", needs=("histories", "effects"),
        options={"most": None, "gain": None, "choose": ("likelihood", "aic"), "information": ("observed", "outer"),
                 "level": None}, clusters=False,
    ),
    Estimator(
        "not_yet_treated", not_yet_treated, (Estimand.ATT,),
        ("selection_on_observed", "overlap", "no_anticipation", "no_spillover", "now_against_not_yet"),
        "Sianesi (2004); Fredriksson & Johansson (2008)", needs=("waiting",),
        options={"lock_in_months": None, "by_score": _YES_NO, "level": None, "band": None},
    ),
    Estimator(
        "leniency", leniency, (Estimand.LATE,),
        ("as_good_as_drawn_within_cells", "only_through_the_measure", "monotone_preference"),
        "Kling (2006); Kolesár (2013); Anderson & Rubin (1949); Montiel Olea & Pflueger (2013)", needs=("assigned",),
        options={"level": None, "errors": ("leave_one_out", "clustered")},
    ),
    Estimator(
        "first_measure", first_measure, (Estimand.ATE, Estimand.ATT),
        ("selection_on_observed", "overlap", "no_spillover", "one_of_two_models"), "Robins, Rotnitzky & Zhao (1994)",
        needs=("outcome", "first", "pair", "covariates", "names"),
    ),
    Estimator(
        "marginal_structural", marginal_structural, (Estimand.ATE,),
        ("sequential_selection_on_observed", "overlap", "no_spillover"), "Robins, Hernán & Brumback (2000)",
        needs=("two_steps",), options={"truncate": None, "level": None},
    ),
)  # fmt: skip
