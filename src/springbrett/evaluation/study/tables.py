"""The tables a run writes: what each holds, column by column. Every number of the report stands in one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from springbrett.evaluation.study.manifest import digest

Rows = list[dict[str, Any]]
_T, _F, _I, _B = pa.string(), pa.float64(), pa.int64(), pa.bool_()

COLUMNS: Mapping[str, Sequence[tuple[str, pa.DataType, str]]] = {
    "people": (
        ("covariate", _T, "what is told about the persons, known at the start"),
        ("participants", _F, "mean (share for yes or no) among the participants"),
        ("comparison", _F, "the same in the comparison group; empty without one"),
    ),
    "groups": (
        ("group", _T, "everybody, a subgroup, a purpose or a measure"),
        ("participants", _I, "how many stays"),
        ("comparison", _I, "how many in the comparison group"),
    ),
    "paths": (
        ("outcome", _T, "outcome by code"),
        ("group", _T, "everybody, a purpose or a measure"),
        ("side", _T, "participants or comparison"),
        ("month", _I, "months since the start"),
        ("value", _F, "mean of the outcome (a share, or NOK)"),
        ("count", _I, "how many the registers cover in that month"),
    ),
    "estimates": (
        ("outcome", _T, "outcome by code"),
        ("month", _I, "months since the start; empty for an effect over a period"),
        ("estimator", _T, "estimator by code"),
        ("estimand", _T, "whose effect"),
        ("group", _T, "everybody or a subgroup"),
        ("headline", _B, "whether this is the study's answer"),
        ("value", _F, "effect in the outcome's own unit"),
        ("se", _F, "standard error; empty when the method gives none"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
        ("p_value", _F, "p-value"),
        ("p_many", _F, "p-value corrected (Holm) for the number of subgroups"),
        ("participants", _I, "participants behind the number"),
        ("comparison", _I, "others behind the number"),
    ),
    "effect_path": (
        ("outcome", _T, "outcome by code"),
        ("estimator", _T, "estimator by code"),
        ("month", _I, "months since the start"),
        ("value", _F, "effect in that month"),
        ("lower", _F, "lower end of the 95 % interval of the month"),
        ("upper", _F, "upper end of the 95 % interval of the month"),
        ("band_lower", _F, "lower end of the band that holds for all months at once"),
        ("band_upper", _F, "upper end of that band"),
        ("still_in", _F, "share of the participants still in the stay"),
    ),
    "truth": (
        ("month", _I, "months since the start"),
        ("value", _F, "true effect of the simulation: with measures minus without any"),
    ),
    "diagnostics": (
        ("estimator", _T, "estimator by code"),
        ("outcome", _T, "outcome by code"),
        ("month", _I, "months since the start"),
        ("check", _T, "check by code"),
        ("value", _F, "what was found"),
        ("threshold", _F, "what it is held against"),
        ("passed", _B, "whether it held; empty when it only informs"),
        ("gate", _B, "whether the headline is withheld when it does not hold"),
        ("covariate", _T, "which covariate it is about, if any"),
    ),
    "balance": (
        ("covariate", _T, "covariate by code"),
        ("participants", _F, "mean among the participants"),
        ("comparison_before", _F, "mean in the comparison group as drawn"),
        ("comparison_after", _F, "the same after weighting"),
        ("difference_before", _F, "standardised difference before"),
        ("difference_after", _F, "standardised difference after"),
    ),
    "not_answered": (
        ("estimator", _T, "estimator by code"),
        ("outcome", _T, "outcome by code"),
        ("group", _T, "everybody or a subgroup"),
        ("reason", _T, "why the data cannot answer, by code"),
    ),
    "chains": (
        ("chain", _T, "chain of effects by code"),
        ("kind", _T, "total, destination, verdict or development"),
        ("code", _T, "destination or verdict by code"),
        ("count", _I, "how many stays"),
    ),
    "chain_flows": (
        ("destination", _T, "where the stay led by code"),
        ("verdict", _T, "how that stands to its own chain by code"),
        ("count", _I, "how many stays"),
    ),
    "providers": (
        ("place", _I, "number of the provider or office"),
        ("stays", _I, "stays counted"),
        ("observed", _F, "share with the outcome"),
        ("lower", _F, "lower end of its interval"),
        ("upper", _F, "upper end of its interval"),
        ("expected", _F, "share expected from who took part"),
        ("adjusted", _F, "share with the case mix held equal"),
        ("shrunk", _F, "the adjusted share drawn towards the common one by how little it rests on"),
        ("shrunk_lower", _F, "lower end of its interval"),
        ("shrunk_upper", _F, "upper end of its interval"),
        ("standing", _T, "over the target, under it, or not to be told"),
    ),
    "funnel": (
        ("stays", _F, "number of stays"),
        ("level", _F, "share of places inside by chance alone"),
        ("lower", _F, "lower limit"),
        ("upper", _F, "upper limit"),
        ("centre", _F, "share for all together"),
    ),
    "side_by_side": (
        ("measure", _T, "measure by code"),
        ("stays", _I, "stays counted"),
        ("raw", _F, "share as it stands"),
        ("raw_lower", _F, "lower end of its interval"),
        ("raw_upper", _F, "upper end of its interval"),
        ("fair", _F, "share if every measure had the same participants"),
        ("fair_lower", _F, "lower end of its interval"),
        ("fair_upper", _F, "upper end of its interval"),
        ("caseload", _F, "participants per job specialist; empty when unknown"),
    ),
    "pairs": (
        ("first", _T, "measure by code"),
        ("second", _T, "measure by code"),
        ("raw", _F, "difference as it stands"),
        ("value", _F, "difference with the same participants"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
        ("p_many", _F, "p-value corrected for the number of pairs"),
    ),
    "trial": (
        ("office", _I, "trial office by number; empty for all of them together"),
        ("participants", _I, "participants at the office"),
        ("comparison", _I, "participants at the control offices"),
        ("share", _F, "share with the outcome at the office"),
        ("control", _F, "share at the control offices, with the same participants"),
        ("value", _F, "the difference"),
        ("lower", _F, "lower end of its interval"),
        ("upper", _F, "upper end of its interval"),
        ("p_value", _F, "p-value"),
        ("method", _T, "how the uncertainty was found, by code"),
    ),
    "incidence": (
        ("exit", _T, "way out by outcome code"),
        ("side", _T, "participants or comparison"),
        ("month", _F, "months since the start"),
        ("share", _F, "share who have left that way first"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
    ),
    "lock_in": (
        ("part", _T, "while it lasts, afterwards, altogether, month of break-even"),
        ("value", _F, "months in the outcome, or the month"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
    ),
    "costs": (
        ("account", _T, "the state, the participant, the employer or society"),
        ("item", _T, "what is counted by code"),
        ("value", _F, "NOK per participant, discounted; a cost is negative"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
    ),
    "plane": (
        ("draw", _I, "number of the bootstrap draw"),
        ("effect", _F, "extra months in work per participant"),
        ("cost", _F, "extra cost per participant in NOK"),
    ),
    "acceptability": (
        ("willing_to_pay", _F, "NOK for one extra month in work"),
        ("probability", _F, "share of the draws in which the measure is worth it"),
    ),
}  # fmt: skip
"""Table → its columns: name, type, meaning."""


def table_of(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table with the columns of its kind. Raises KeyError for a column it does not have."""
    columns = COLUMNS[name]
    known = {column for column, _type, _meaning in columns}
    held = list(rows)
    for row in held:
        if extra := set(row) - known:
            raise KeyError(f"{name} has no column {', '.join(sorted(extra))}")
    return pa.table({column: pa.array([_clean(row.get(column)) for row in held], kind) for column, kind, _ in columns})


def _clean(value: Any) -> Any:
    """Numpy scalars to plain ones; a number that is none to nothing."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_tables(tables: Mapping[str, pa.Table], folder: Path) -> dict[str, str]:
    """Every table as Parquet and CSV, and what the columns mean; SHA-256 of each CSV by table."""
    folder.mkdir(parents=True, exist_ok=True)
    prints = {}
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
        pa_csv.write_csv(table, folder / f"{name}.csv")
        prints[name] = digest((folder / f"{name}.csv").read_bytes())
    (folder / "columns.md").write_text(columns_page(tables), encoding="utf-8")
    return prints


def columns_page(names: Iterable[str] = tuple(COLUMNS)) -> str:
    """What each column of the tables means, as Markdown."""
    parts = []
    for name in names:
        rows = [f"| `{column}` | {kind} | {meaning} |" for column, kind, meaning in COLUMNS[name]]
        parts.append("\n".join([f"## {name}\n", "| column | type | meaning |", "|---|---|---|", *rows, ""]))
    return "# Tables of the run\n\nAn empty cell is hidden because few are behind it, or not known.\n\n" + "\n".join(
        parts
    )


def read_tables(folder: Path) -> dict[str, pa.Table]:
    """The tables in a folder by name."""
    return {path.stem: pq.read_table(path) for path in sorted(folder.glob("*.parquet"))}
