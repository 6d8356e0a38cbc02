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
    "provider_regions": (
        ("region", _T, "region of the office that decided, as the registers name it"),
        ("stays", _I, "stays counted"),
        ("observed", _F, "share with the outcome"),
        ("lower", _F, "lower end of its interval"),
        ("upper", _F, "upper end of its interval"),
        ("adjusted", _F, "share with the case mix held equal"),
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
        ("contact_hours", _F, "hours of direct contact per participant a month; empty when unknown"),
        ("market_hours", _F, "hours of market work per job specialist a week; empty when unknown"),
    ),
    "mix": (
        ("covariate", _T, "what is told about the participants, known at the start"),
        ("measure", _T, "measure by code"),
        ("mean", _F, "mean (share for yes or no) among the measure's participants"),
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
        ("method", _T, "what is compared and how the uncertainty was found, by code; did: change since before"),
    ),
    "trial_means": (
        ("what", _T, "waiting or workplaces, by code"),
        ("trial", _F, "at the trial offices, with the same participants (months, or a share)"),
        ("control", _F, "at the control offices"),
        ("value", _F, "the difference"),
        ("lower", _F, "lower end of its interval"),
        ("upper", _F, "upper end of its interval"),
        ("change", _F, "how much more the trial offices changed since before the trial"),
        ("change_lower", _F, "lower end of its interval"),
        ("change_upper", _F, "upper end of its interval"),
    ),
    "trial_years": (
        ("year", _I, "year in which the stays began"),
        ("period", _T, "before the trial, under it, or a year in which some offices had begun"),
        ("participants", _I, "stays at the trial offices"),
        ("comparison", _I, "stays at the control offices"),
        ("value", _F, "trial offices minus control offices"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
        ("p_value", _F, "p-value"),
    ),
    "incidence": (
        ("exit", _T, "way out by outcome code"),
        ("side", _T, "participants or comparison"),
        ("month", _F, "months since the start"),
        ("share", _F, "share who have left that way first"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
    ),
    "exit_tests": (
        ("exit", _T, "way out by outcome code"),
        ("method", _T, "what was asked, by code"),
        ("month", _F, "months since the start that the difference is taken at, or within; empty for a test of all"),
        ("value", _F, "participants minus comparison: of the share gone, or of the months since they left"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
        ("statistic", _F, "chi-squared of the test that both sides leave alike"),
        ("degrees", _I, "its degrees of freedom"),
        ("p_value", _F, "p-value"),
        ("participants", _I, "participants behind it"),
        ("comparison", _I, "others behind it"),
    ),
    "rates": (
        ("exit", _T, "way out by outcome code, or left_the_register"),
        ("method", _T, "model by code"),
        ("about", _T, "taking_part: participants against others; treatment: begun against not begun yet"),
        ("since", _F, "months after the beginning from which the ratio holds; empty when it always does"),
        ("group", _T, "everybody or a subgroup"),
        ("headline", _B, "whether it is what the study is about"),
        ("ratio", _F, "how many times the rate of leaving (fine_gray: the rate of the share gone)"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
        ("log_ratio", _F, "its logarithm"),
        ("se", _F, "standard error of the logarithm"),
        ("p_value", _F, "p-value"),
        ("participants", _I, "who took part"),
        ("comparison", _I, "who did not"),
    ),
    "mass_points": (
        ("points", _I, "number of points that the unseen part of the rates may take"),
        ("exit", _T, "way out by outcome code, or left_the_register"),
        ("since", _F, "months after the beginning from which the ratio holds"),
        ("ratio", _F, "how many times the rate of leaving with so many points"),
        ("log_likelihood", _F, "log-likelihood with so many points"),
        ("aic", _F, "Akaike's information criterion"),
    ),
    "preference_bins": (
        ("bin", _I, "tenth of the cases, from the least to the most given to the measure"),
        ("cases", _I, "cases in it"),
        ("preference", _F, "how much oftener their caseworker (or office) gives the measure than others in the cell"),
        ("got", _F, "share that got the measure, with the cells' own differences taken out"),
        ("outcome", _F, "mean of the headline outcome, likewise"),
    ),
    "preference_groups": (
        ("group", _T, "a subgroup, or with: or without: a covariate"),
        ("first_stage", _F, "how much more often they got the measure for each unit of preference"),
        ("se", _F, "its standard error"),
        ("compliers", _F, "their share of those whom the preference moves, against their share of all"),
    ),
    "preference_balance": (
        ("covariate", _T, "covariate by code"),
        ("more", _F, "mean among those who met one more given to the measure than the others in the cell"),
        ("less", _F, "mean among those who met one less given to it"),
        ("difference", _F, "difference within cells, in standard deviations"),
    ),
    "transitions": (
        ("step", _I, "1: from the first measure to the second, and so on"),
        ("first", _T, "measure by code"),
        ("then", _T, "measure that followed by code; empty: none"),
        ("count", _I, "persons"),
        ("share", _F, "their share of all who had the measure at that step"),
    ),
    "sequences": (
        ("course", _T, "measures by code in order, with a space between; no more than the first three"),
        ("count", _I, "persons with exactly these"),
        ("share", _F, "their share of all"),
    ),
    "plans": (
        ("first", _T, "measure begun with by code"),
        ("more", _B, "whether a further measure followed within the months asked for"),
        ("persons", _I, "who did so"),
        ("mean", _F, "mean of the headline outcome if all had"),
        ("se", _F, "its standard error"),
        ("value", _F, "that mean less the mean of the first row's plan"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
        ("p_value", _F, "p-value"),
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
    "by_start": (
        ("outcome", _T, "outcome by code"),
        ("first_month", _I, "first month (year × 12 + month − 1) of the period in which they were first reached"),
        ("units", _I, "persons or offices first reached then"),
        ("persons", _I, "persons behind them (at offices: a month, on average)"),
        ("value", _F, "mean effect on them from then on"),
        ("lower", _F, "lower end of the 95 % interval"),
        ("upper", _F, "upper end of the 95 % interval"),
    ),
    "drift": (
        ("times", _F, "drift apart a period, as many times the largest seen before the start"),
        ("lower", _F, "lower end of the 95 % interval of the mean effect, had they drifted so"),
        ("upper", _F, "upper end of it"),
    ),
    "dose_points": (
        ("outcome", _T, "outcome by code"),
        ("dose", _F, "of 100 registered so many more in the measure than usual there and then"),
        ("value", _F, "outcome beyond what is usual there and then"),
        ("persons", _I, "persons behind the point"),
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
