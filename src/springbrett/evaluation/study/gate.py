"""The gate: what a headline leans on is held against the protocol's thresholds, and one failure withholds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from springbrett.evaluation.study.protocol import Gate
from springbrett.evaluation.study.tables import Rows

Direction = Literal["at_least", "at_most", "as_found"]
HELD: Mapping[str, tuple[str, Direction]] = {
    "overlap": ("overlap", "at_least"),
    "matched_share": ("matched_share", "at_least"),
    "balance": ("balance", "at_most"),
    "first_stage": ("first_stage", "at_least"),
    "clusters": ("clusters", "at_least"),
    "placebo": ("placebo", "as_found"),
    "pre_trends": ("pre_trends", "as_found"),
}
"""Check → the protocol's threshold for it and on which side it holds. "as_found": the check has judged itself."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the headline may be said. `failed`: the checks that did not hold, by code; `cannot`: why there is no
    headline at all ("" when there is one)."""

    open: bool
    failed: tuple[str, ...]
    cannot: str = ""


def judge(checks: Rows, gate: Gate, method: str, cannot: str = "") -> tuple[Verdict, Rows]:
    """The verdict on the headline of `method`, and every check with the protocol's threshold and whether it held."""
    judged = [_judged(row, gate, headline=row["estimator"] == method) for row in checks]
    failed = tuple(dict.fromkeys(str(row["check"]) for row in judged if row["gate"] and row["passed"] is False))
    return Verdict(not failed and not cannot, failed, cannot), judged


def _judged(row: Mapping[str, Any], gate: Gate, *, headline: bool) -> dict[str, Any]:
    """Every check that can fail is held; those the protocol has no threshold for by their own."""
    code = row["check"]
    out = dict(row)
    if code in HELD:
        name, direction = HELD[code]
        threshold = float(getattr(gate, name))
        if direction != "as_found":
            out["passed"] = bool(row["value"] >= threshold if direction == "at_least" else row["value"] <= threshold)
        out["threshold"] = threshold
    out["gate"] = headline and out["passed"] is not None
    return out
