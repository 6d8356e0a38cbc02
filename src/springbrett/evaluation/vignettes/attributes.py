"""Which traits of the constructed persons move the judgement, holding the adviser (and the office) apart.

With few persons a trait is what tells these persons from those, and can be estimated at all only while there are fewer
traits than persons. The likelihood-ratio test of each is made by fitting again without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from springbrett.evaluation.effects.comparison import z_of
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Ints
from springbrett.evaluation.vignettes.ordinal import Judgements, OrdinalFit, fit_ordinal


@dataclass(frozen=True, slots=True)
class Trait:
    """One level of an attribute against the first: log odds of a better judgement, standard error, interval, and the
    attribute's likelihood-ratio test (the same for all its levels)."""

    attribute: str
    level: str
    log_odds: float
    se: float
    lower: float
    upper: float
    test: float
    df: int
    p_value: float

    @property
    def odds_ratio(self) -> float:
        """How many times the odds of a better judgement."""
        return float(np.exp(self.log_odds))


@dataclass(frozen=True, slots=True)
class Traits:
    """The model of all attributes, each level's weight, and the test that advisers differ at all (half of the chance of
    a χ² with one degree of freedom, as their spread cannot be under 0). `other_persons` is the likelihood-ratio test of
    what still differs between persons with the attributes held equal (None: as many attributes as persons allow)."""

    traits: tuple[Trait, ...]
    fit: OrdinalFit
    advisers_p: float
    other_persons: tuple[float, int, float] | None


def weigh_attributes(
    judged: Ints, levels: Sequence[Sequence[str]], attributes: Sequence[tuple[str, Sequence[str]]], *,
    office: Ints | None = None, level: float = 0.95,
) -> Traits:  # fmt: skip
    """The weight of each attribute. `judged`: advisers × persons, worst answer 0, −1 for not asked; `levels`: for each
    person the level of each attribute; `attributes`: code and its levels, the first what others are held against.

    Raises CannotEstimate as `fit_ordinal` does.
    """
    data, columns = _design(judged, levels, attributes, office)
    fit = fit_ordinal(data)
    plain = fit_ordinal(data, advisers=False)
    traits: list[Trait] = []
    reach = z_of(level)
    for code, _levels in attributes:
        mine = np.array([attribute == code for attribute, _ in columns])
        if not mine.any():
            continue
        test, df, p_value = _against(data, fit, mine)
        traits += [
            Trait(code, columns[i][1], float(fit.beta[i]), float(fit.se[i]), float(fit.beta[i] - reach * fit.se[i]),
                  float(fit.beta[i] + reach * fit.se[i]), test, df, p_value)
            for i in np.flatnonzero(mine)
        ]  # fmt: skip
    apart = max(0.0, 2 * (fit.log_likelihood - plain.log_likelihood))
    advisers_p = float(stats.chi2.sf(apart, 1) / 2) if apart > 0 else 1.0
    return Traits(tuple(traits), fit, advisers_p, _other(judged, data, fit))


def _design(
    judged: Ints, levels: Sequence[Sequence[str]], attributes: Sequence[tuple[str, Sequence[str]]], office: Ints | None
) -> tuple[Judgements, list[tuple[str, str]]]:  # fmt: skip
    matrix = np.asarray(judged)
    if matrix.ndim != 2 or len(levels) != matrix.shape[1]:
        raise CannotEstimate("bad_input", "every person needs the levels of all attributes")
    adviser, person = np.nonzero(matrix >= 0)
    if not len(adviser):
        raise CannotEstimate("empty_group", "nobody has judged anybody")
    columns = [(code, name) for code, names in attributes for name in names[1:]]
    of_person = np.array([[float(levels[p][k] == name) for k, (_, names) in enumerate(attributes) for name in names[1:]]
                          for p in range(matrix.shape[1])]).reshape(matrix.shape[1], len(columns))  # fmt: skip
    held, number = np.unique(adviser, return_inverse=True)
    answers = matrix[adviser, person]
    used = np.unique(answers)
    x = of_person[person]
    there = np.asarray(x.any(axis=0), bool).reshape(-1)
    columns = [column for column, some in zip(columns, there, strict=True) if some]
    names = tuple(f"{code} {name}" for code, name in columns)
    offices = None if office is None else np.asarray(office)[held]
    return Judgements(np.searchsorted(used, answers), x[:, there], names, number, offices), columns


def _against(data: Judgements, fit: OrdinalFit, mine: Flags) -> tuple[float, int, float]:
    less = fit_ordinal(data.without(mine))
    test = max(0.0, 2 * (fit.log_likelihood - less.log_likelihood))
    return test, int(mine.sum()), float(stats.chi2.sf(test, int(mine.sum())))


def _other(judged: Ints, data: Judgements, fit: OrdinalFit) -> tuple[float, int, float] | None:
    """The model with a constant for each person against the one with attributes; None when they are the same, or the
    persons' own model has no peak (a person everybody judged alike)."""
    matrix = np.asarray(judged)
    _adviser, person = np.nonzero(matrix >= 0)
    there = np.unique(person)
    df = len(there) - 1 - data.x.shape[1]
    if df < 1:
        return None
    dummies = (person[:, None] == there[None, 1:]).astype(np.float64)
    whole = Judgements(data.answer, dummies, tuple(f"person {p}" for p in there[1:]), data.adviser, data.office)
    try:
        full = fit_ordinal(whole)
    except CannotEstimate:
        return None
    test = max(0.0, 2 * (full.log_likelihood - fit.log_likelihood))
    return test, df, float(stats.chi2.sf(test, df))
