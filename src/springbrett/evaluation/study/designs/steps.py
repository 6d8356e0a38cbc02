"""Persons' courses through measures: what they began with, what came next, and what was known when the next step was
taken or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from springbrett.evaluation.cohort import Cohort, Population
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats, Ints
from springbrett.evaluation.outcomes.definitions import months_of
from springbrett.evaluation.registrations import NEVER, stays_in
from springbrett.evaluation.study.context import Context

LONGEST = 3
FAR = np.datetime64("2200-01-01")


@dataclass(frozen=True, slots=True)
class Courses:
    """n persons, in the order of the cohort: `measure` (n × `LONGEST`): first, second, third ("": none)."""

    measure: np.ndarray


@dataclass(frozen=True, slots=True)
class Decided:
    """n persons, in the order of the cohort. `decided`: those who began with either of the pair and whose next step can
    be told: the first stay ended so early that a further one could begin before the outcome, and nothing began before
    it ended. `first`: began with the first of the pair; `second`: began a further measure within the months after it.
    `between` (n × 3): months in the first stay, the share of them with the outcome, and the outcome in its last month.
    `left_out`: share of those who began with either that are not among the decided."""

    decided: Flags
    first: Flags
    second: Flags
    between: Floats
    left_out: float


@dataclass(frozen=True, slots=True)
class _Stays:
    """Rows of stays sorted by person and first day: row in the cohort, measure, first and last day, first and last
    month (`NEVER`: running)."""

    row: Ints
    measure: np.ndarray
    start: np.ndarray
    end: np.ndarray
    last_month: Ints


def _stays(registers: Mapping[str, pa.Table], population: Population, cohort: Cohort) -> _Stays:
    """The stays of the cohort's persons in the measures, from the first one of the cohort on."""
    spells = stays_in(registers, population)
    person = np.asarray(spells["person"].to_numpy(), np.int64)
    order = np.argsort(cohort.person, kind="stable")
    at = np.minimum(np.searchsorted(cohort.person[order], person), len(order) - 1)
    row = order[at]
    month = months_of(spells["start"], 0)
    keep = (cohort.person[row] == person) & (month >= cohort.start[row])
    start, end = (spells[name].to_numpy().astype("datetime64[D]") for name in ("start", "end"))
    measure = np.asarray(spells["measure"].to_numpy(zero_copy_only=False), str)
    last = months_of(spells["end"], NEVER)
    sort = np.flatnonzero(keep)[np.lexsort((measure[keep], start[keep], row[keep]))]
    end = np.where(np.isnat(end), FAR, end)
    return _Stays(row[sort], measure[sort], start[sort], end[sort], last[sort])


def _rank(row: Ints) -> Ints:
    """How many of the same row stand before each."""
    begins = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]])) if len(row) else np.zeros(0, np.int64)
    return np.asarray(np.arange(len(row)) - np.repeat(begins, np.diff(np.concatenate([begins, [len(row)]]))))


def courses_of(registers: Mapping[str, pa.Table], population: Population, cohort: Cohort) -> Courses:
    """Each person's first measures in order; what comes after the third is not told."""
    stays = _stays(registers, population, cohort)
    rank = _rank(stays.row)
    measure = np.full((len(cohort), LONGEST), "", dtype=stays.measure.dtype if len(stays.measure) else "<U1")
    early = rank < LONGEST
    measure[stays.row[early], rank[early]] = stays.measure[early]
    return Courses(measure)


def decided(context: Context, pair: tuple[str, str]) -> Decided:
    """Who took which steps, with the headline as the outcome. Raises CannotEstimate: empty_group (nobody began with one
    of the pair)."""
    registers, population, cohort, protocol = context.tables, context.population, context.cohort, context.protocol
    last_known = context.window.last_known
    outcome = context.path(protocol.outcomes.headline)[:, context.window.before :]
    stays, within = _stays(registers, population, cohort), protocol.comparison.within_months
    rank, count = _rank(stays.row), len(cohort)
    first_end, second_start = np.full(count, FAR), np.full(count, FAR)
    last_month = np.full(count, NEVER)
    first_end[stays.row[rank == 0]] = stays.end[rank == 0]
    last_month[stays.row[rank == 0]] = stays.last_month[rank == 0]
    second_start[stays.row[rank == 1]] = stays.start[rank == 1]
    either = np.isin(cohort.measure, pair)
    for code in pair:
        if not (cohort.measure == code).any():
            raise CannotEstimate("empty_group", f"nobody began with {code}", measure=code)
    ended = (last_month != NEVER) & (last_month + within < cohort.start + protocol.outcomes.month)
    followed = cohort.start + protocol.outcomes.month <= last_known
    told = either & ended & (second_start > first_end)
    months = np.where(told, last_month - cohort.start + 1, 1)
    second_month = second_start.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    second = told & (second_month <= np.where(told, last_month, 0) + within)
    asked = either & followed
    between = np.column_stack([months.astype(np.float64), *_during(outcome, months)])
    left_out = 1 - float(told[asked].mean()) if asked.any() else 1.0
    return Decided(told & followed, cohort.measure == pair[0], second, between, left_out)


def _during(outcome: Floats, months: Ints) -> tuple[Floats, Floats]:
    """The mean of the outcome over the months of the first stay, and in its last month."""
    held = np.nan_to_num(outcome)
    last = np.clip(months, 1, held.shape[1]) - 1
    total = np.cumsum(held, axis=1)
    rows = np.arange(len(held))
    return total[rows, last] / (last + 1), held[rows, last]
