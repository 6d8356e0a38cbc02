"""The stage that sets measures side by side: the same participants for all, and how each measure is worked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from springbrett.evaluation.effects.records import Estimand, Flags, Ints
from springbrett.evaluation.sidebyside import Participants, SideBySide, side_by_side
from springbrett.evaluation.study.comparing import check_row
from springbrett.evaluation.study.context import EVERYBODY, Context
from springbrett.evaluation.study.guard import tellable
from springbrett.evaluation.study.tables import Rows

MEASURES = "side_by_side"
FIGURES = ("caseload", "contact_hours", "market_hours")


def measures(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The measures side by side with the same participants, the headline outcome in the headline month."""
    wanted, cohort = context.protocol.outcomes, context.cohort
    y = context.at(wanted.headline, wanted.month)
    known = np.isfinite(y)
    asked = context.protocol.population.measures
    codes = tuple(code for code in asked if (cohort.measure[known] == code).any())
    position = np.array([codes.index(str(code)) if code in codes else -1 for code in cohort.measure])
    x, names = context.covariates
    cluster = None if context.cluster is None else context.cluster[known]
    data = Participants(y[known], position[known], codes, x[known], names, cluster)
    figures = _figures(context, codes)
    found = side_by_side(data, population=Estimand.ATO, asked=asked, beside=figures, seed=context.protocol.seed)
    told = _told(context, codes, known, y)
    rows: Rows = [
        {"measure": row.measure, "stays": row.stays, "raw": row.raw, "raw_lower": row.raw_interval[0],
         "raw_upper": row.raw_interval[1], "fair": row.fair, "fair_lower": row.fair_interval[0],
         "fair_upper": row.fair_interval[1], **row.beside}
        if told[row.measure] else {"measure": row.measure}
        for row in found.rows
    ]  # fmt: skip
    checks = [check_row(check, MEASURES, wanted.headline, wanted.month) for check in found.diagnostics]
    facts = {"side_by_side": {"equal_p": found.equal_p, "lacking": list(found.lacking), "stays": found.stays,
                              "left_out": _left_out(found)}}  # fmt: skip
    return {"side_by_side": rows, "pairs": _pairs(found, told), "mix": _mix(context, found, known, codes),
            "diagnostics": checks}, facts  # fmt: skip


def _told(context: Context, codes: tuple[str, ...], known: Flags, values: np.ndarray) -> dict[str, bool]:
    groups = {EVERYBODY: np.ones(len(values), bool)} | {code: context.cohort.measure == code for code in codes}
    return tellable(groups, known, context.protocol.minimum_cell, values)


def _left_out(found: SideBySide) -> list[dict[str, Any]]:
    return [{"covariate": row.covariate, "value": row.value, "measure": row.measure, "stays": row.stays}
            for row in found.left_out]  # fmt: skip


def _pairs(found: SideBySide, told: dict[str, bool]) -> Rows:
    return [
        {"first": row.first, "second": row.second, "raw": row.raw, "value": row.value, "lower": row.interval[0],
         "upper": row.interval[1], "p_many": row.p_many}
        for row in found.pairs if told[row.first] and told[row.second]
    ]  # fmt: skip


def _mix(context: Context, found: SideBySide, known: Flags, codes: tuple[str, ...]) -> Rows:
    """Who takes part in each measure, as they stand: what makes the raw shares unfair to compare."""
    x, names = context.covariates
    rows: Rows = []
    for column, name in enumerate(names):
        told = _told(context, codes, known, x[:, column])
        for code in codes:
            mine = known & (context.cohort.measure == code)
            mean = float(x[mine, column].mean()) if told[code] else None
            rows.append({"covariate": name, "measure": code, "mean": mean})
    return rows


def _figures(context: Context, codes: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Figure → measure → its mean over the measure's stays: caseload, contact and market work of the job specialists.

    Where the registers have no job specialists, the caseload of the offices stands in; what is not known is left out.
    """
    if "job_specialists" in context.tables:
        return {name: _by_stays(context, context.tables["job_specialists"], codes, name) for name in FIGURES}
    offices = context.tables["offices"]
    number, load = _whole(offices["office"]), offices["caseload"].to_numpy(zero_copy_only=False).astype(np.float64)
    found = {}
    for code in codes:
        mine = context.cohort.office[(context.cohort.measure == code) & np.isin(context.cohort.office, number)]
        values = load[np.searchsorted(number, mine)]
        if np.isfinite(values).any():
            found[code] = float(np.nanmean(values))
    return {"caseload": found, "contact_hours": {}, "market_hours": {}}


def _by_stays(context: Context, table: pa.Table, codes: tuple[str, ...], name: str) -> dict[str, float]:
    """Each office's and provider's figure counts as often as the measure has stays there; one for none counts for
    all."""
    measure = np.asarray(table["measure"].to_numpy(zero_copy_only=False))
    places = {"office": context.cohort.office, "provider": context.cohort.provider}
    values = np.asarray(table[name].to_numpy(zero_copy_only=False), np.float64)
    found = {}
    for code in codes:
        weight, mine = np.zeros(len(values)), context.cohort.measure == code
        for row in np.flatnonzero((measure == code) & np.isfinite(values)):
            here = mine.copy()
            for place, held in places.items():
                wanted = table[place][int(row)].as_py()
                if wanted is not None:
                    here &= held == wanted
            weight[row] = here.sum()
        if weight.sum():
            found[code] = float(values[weight > 0] @ weight[weight > 0] / weight.sum())
    return found


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


__all__ = ["FIGURES", "MEASURES", "measures"]
