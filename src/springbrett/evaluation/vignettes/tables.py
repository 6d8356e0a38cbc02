"""The tables of a finished vignette study: every number of the report stands in one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from springbrett.evaluation.tabling import Columns, Kinds
from springbrett.evaluation.vignettes.summary import Subject, Summary

_T, _F, _I = pa.string(), pa.float64(), pa.int64()

COLUMNS: Columns = {
    "subjects": (
        ("subject", _T, "person, or section of the form"),
        ("n", _I, "how many answered about it"),
        ("alike", _F, "share of pairs of advisers who judged the person alike"),
    ),
    "shares": (
        ("subject", _T, "person, or section of the form"), ("question", _T, "question"), ("answer", _T, "answer"),
        ("count", _I, "how many gave it"), ("n", _I, "how many answered the question"),
        ("share", _F, "count of n"), ("lower", _F, "lower limit, Wilson 95 %"), ("upper", _F, "upper limit"),
    ),
    "numbers": (
        ("subject", _T, "section of the form"), ("question", _T, "question"),
        ("group", _T, "group of respondents; empty: everybody"), ("n", _I, "how many answered"), ("mean", _F, "mean"),
        ("lower", _F, "lower limit, Student's t 95 %"), ("upper", _F, "upper limit"),
        ("first_quartile", _F, "a quarter lie below"), ("median", _F, "half lie below"),
        ("third_quartile", _F, "three quarters lie below"),
    ),
    "agreement": (
        ("measure", _T, "coefficient"), ("value", _F, "1 full agreement, 0 chance"),
        ("lower", _F, "lower limit, bootstrap of advisers"), ("upper", _F, "upper limit"),
        ("observed", _F, "agreement (kappa) or disagreement (alpha) found"), ("expected", _F, "the same by chance"),
        ("judgements", _I, "judgements used"), ("advisers", _I, "advisers"), ("persons", _I, "persons"),
        ("draws", _I, "bootstrap draws"), ("undefined", _I, "draws without any disagreement, left out"),
    ),
    "attributes": (
        ("attribute", _T, "trait"), ("level", _T, "level, against the first"),
        ("log_odds", _F, "of a better judgement"),
        ("se", _F, "standard error"), ("lower", _F, "lower limit, 95 %"), ("upper", _F, "upper limit"),
        ("odds_ratio", _F, "exp of log odds"), ("test", _F, "likelihood ratio of the whole trait"),
        ("df", _I, "degrees of freedom"), ("p_value", _F, "p-value"),
    ),
    "spread": (
        ("sigma", _F, "standard deviation of advisers, log odds"), ("se", _F, "its standard error"),
        ("alike", _F, "share of the unexplained variation that follows the adviser"),
        ("p_value", _F, "of there being no spread"), ("log_likelihood", _F, "of the model"),
        ("other_p_value", _F, "of persons differing only by the traits"),
    ),
    "groups": (
        ("by", _T, "office, role or experience"), ("group", _T, "group"), ("advisers", _I, "advisers"),
        ("judgements", _I, "judgements"), ("uppermost", _F, "share of the best judgement"),
        ("lenient", _F, "steps above all advisers"), ("p_value", _F, "permutation test of all groups"),
    ),
}  # fmt: skip
KINDS = Kinds("Tables of the study", COLUMNS)
write_tables = KINDS.write


def tables_of(found: Summary) -> dict[str, pa.Table]:
    """The summary as tables; those without rows are left out."""
    rows = {
        "subjects": [{"subject": one.code, "n": one.n, "alike": one.alike} for one in _all(found)],
        "shares": list(_shares(found)), "numbers": list(_numbers(found)), "agreement": list(_agreement(found)),
        "attributes": list(_attributes(found)), "spread": list(_spread(found)), "groups": list(_groups(found)),
    }  # fmt: skip
    return {name: KINDS.table(name, held) for name, held in rows.items() if held}


def _all(found: Summary) -> tuple[Subject, ...]:
    return (*found.persons, *found.sections)


def _shares(found: Summary) -> Iterator[dict[str, Any]]:
    for subject in _all(found):
        for asked in subject.asked:
            for one in asked.shares:
                yield {"subject": subject.code, "question": asked.question, "answer": one.code, "count": one.count,
                       "n": asked.n, "share": one.share, "lower": one.lower, "upper": one.upper}  # fmt: skip


def _numbers(found: Summary) -> Iterator[dict[str, Any]]:
    for subject in _all(found):
        for asked in subject.asked:
            groups = {"": asked.numbers, **(asked.by or {})}
            for group, one in groups.items():
                if one is not None:
                    yield {"subject": subject.code, "question": asked.question, "group": group, "n": one.n,
                           "mean": one.mean, "lower": one.lower, "upper": one.upper,
                           "first_quartile": one.quartiles[0], "median": one.quartiles[1],
                           "third_quartile": one.quartiles[2]}  # fmt: skip


def _agreement(found: Summary) -> Iterator[dict[str, Any]]:
    for one in found.agreement:
        yield {"measure": one.measure, "value": one.value, "lower": one.interval[0], "upper": one.interval[1],
               "observed": one.observed, "expected": one.expected, "judgements": one.judgements,
               "advisers": one.advisers, "persons": one.persons, "draws": one.draws,
               "undefined": one.undefined}  # fmt: skip


def _attributes(found: Summary) -> Iterator[dict[str, Any]]:
    for one in found.traits.traits if found.traits else ():
        yield {"attribute": one.attribute, "level": one.level, "log_odds": one.log_odds, "se": one.se,
               "lower": one.lower, "upper": one.upper, "odds_ratio": one.odds_ratio, "test": one.test, "df": one.df,
               "p_value": one.p_value}  # fmt: skip


def _spread(found: Summary) -> Iterator[dict[str, Any]]:
    if found.traits:
        fit, other = found.traits.fit, found.traits.other_persons
        yield {"sigma": fit.sigma, "se": fit.sigma_se, "alike": fit.alike, "p_value": found.traits.advisers_p,
               "log_likelihood": fit.log_likelihood, "other_p_value": other[2] if other else None}  # fmt: skip


def _groups(found: Summary) -> Iterator[dict[str, Any]]:
    for grouped in found.groups:
        for one in grouped.comparison.groups:
            yield {"by": grouped.by, "group": one.group, "advisers": one.advisers, "judgements": one.judgements,
                   "uppermost": one.uppermost, "lenient": one.lenient,
                   "p_value": grouped.comparison.p_value}  # fmt: skip
