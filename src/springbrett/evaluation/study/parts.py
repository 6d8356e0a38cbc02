"""A stage a study of any design may have: providers against a target."""

from __future__ import annotations

from typing import Any

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats
from springbrett.evaluation.providers.casemix import Stays
from springbrett.evaluation.providers.funnel import funnel
from springbrett.evaluation.providers.target import ProviderRow, Target, provider_results
from springbrett.evaluation.study.comparing import check_row
from springbrett.evaluation.study.context import EVERYBODY, Context
from springbrett.evaluation.study.guard import TOO_FEW, tellable
from springbrett.evaluation.study.tables import Rows

FUNNEL_POINTS = 60
FUNNEL_LEVELS = (0.95, 0.998)
FEWEST_STAYS = 10
FEWEST_REGIONS = 2
PROVIDERS = "provider_results"


def providers(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Every provider (or office) against the target; those whose stays may not be told are left out by number only.

    Raises CannotEstimate when nobody has a provider.
    """
    part = context.protocol.providers
    assert part is not None
    place = context.cohort.provider if part.by == "provider" else context.cohort.office
    y = context.at(part.outcome, part.month)
    use = np.isfinite(y) & (place >= 0) & context.cohort.treated
    numbers, counts = np.unique(place[use], return_counts=True)
    large = numbers[counts >= FEWEST_STAYS]
    use &= np.isin(place, large)
    if not use.any():
        raise CannotEstimate("empty_group", "no provider has enough stays to be looked at")
    x, names = context.covariates
    target = Target(part.target, least=context.protocol.minimum_cell)
    found = provider_results(Stays(y[use] > 0, place[use], x[use], names), target, seed=context.protocol.seed)
    everybody = {EVERYBODY: np.ones(len(y), bool)}
    told = tellable(everybody | {str(n): place == n for n in large}, use, context.protocol.minimum_cell, y)
    if not told[EVERYBODY]:
        raise CannotEstimate(TOO_FEW, "too few stays are with a provider for anything to be told")
    rows: Rows = [_provider(row) for row in found.rows if told[str(row.provider)]]
    spread = np.unique(np.geomspace(FEWEST_STAYS, max(row.stays for row in found.rows), FUNNEL_POINTS).astype(np.int64))
    limits = [(level, funnel(spread, found.overall, level=level)) for level in FUNNEL_LEVELS]
    lines: Rows = [{"stays": float(n), "level": level, "lower": each.lower[k], "upper": each.upper[k],
                    "centre": found.overall} for level, each in limits for k, n in enumerate(spread)]  # fmt: skip
    checks = [check_row(check, PROVIDERS, part.outcome, part.month) for check in found.diagnostics]
    facts = {"providers": {"overall": found.overall, "count": len(found.rows), "under": found.under,
                           "certainty": target.certainty, "wrong": found.wrong, "hidden": len(found.rows) - len(rows),
                           "too_few": len(numbers) - len(large)}}  # fmt: skip
    return {"providers": rows, "funnel": lines, "provider_regions": _regions(context, use, y, target),
            "diagnostics": checks}, facts  # fmt: skip


def _regions(context: Context, use: Flags, y: Floats, target: Target) -> Rows:
    """The same by the region of the office that decided, for those who may be told; nothing with fewer than two."""
    offices = context.tables["offices"]
    number, names = np.asarray(offices["office"].to_numpy(), np.int64), np.asarray(offices["region"].to_pylist(), str)
    order = np.argsort(number)
    at = np.minimum(np.searchsorted(number[order], context.cohort.office), len(number) - 1)
    known = use & (number[order][at] == context.cohort.office)
    codes, region = np.unique(names[order][at], return_inverse=True)
    if len(np.unique(region[known])) < FEWEST_REGIONS:
        return []
    x, covariates = context.covariates
    stays = Stays(y[known] > 0, region[known].astype(np.int64), x[known], covariates)
    found = provider_results(stays, target, seed=context.protocol.seed)
    groups = {str(code): region == k for k, code in enumerate(codes)}
    told = tellable({EVERYBODY: np.ones(len(y), bool)} | groups, known, context.protocol.minimum_cell, y)
    return [{"region": str(codes[row.provider]), "stays": row.stays, "observed": row.observed.value,
             "lower": row.observed.lower, "upper": row.observed.upper, "adjusted": row.adjusted,
             "standing": row.standing.value}
            for row in found.rows if told[str(codes[row.provider])]]  # fmt: skip


def _provider(row: ProviderRow) -> dict[str, Any]:
    shrunk = row.own
    return {
        "place": row.provider, "stays": row.stays, "observed": row.observed.value, "lower": row.observed.lower,
        "upper": row.observed.upper, "expected": row.expected, "adjusted": row.adjusted,
        "shrunk": shrunk.value if shrunk else None, "shrunk_lower": shrunk.lower if shrunk else None,
        "shrunk_upper": shrunk.upper if shrunk else None, "standing": row.standing.value,
    }  # fmt: skip
