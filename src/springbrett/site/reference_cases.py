"""The generated page about the agreement cases: how many there are, and every difference with the § that decides it.

The cases and the differences stand beside the tests, which run every one of them; this page only tells what they say.
"""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parents[3] / "tests" / "reference"
WORDS = {None: "no answer", True: "yes", False: "no"}
ASKED = {
    "age": "Age on a day",
    "check_dates": "Whether a start and an end can stand",
    "duration_exceeded": "Whether a duration is exceeded",
    "eligible_group": "Which needs levels open the measure",
    "fnr_valid": "National identity numbers",
    "inclusion_grant_sum": "The ceiling of an inclusion grant",
    "mentor_cost": "What a mentor costs",
    "mentor_hourly": "A mentor's hourly wage",
    "next_followup": "When the next follow-up falls",
    "orgnr_valid": "Organisation numbers",
    "otp_rate": "Pension shares that can be entered",
    "overlap_matrix": "What goes together at the same time",
    "percent_for_period": "The percentage of a period",
    "rate": "Rates of a year",
    "reduction_dates": "The days a percentage falls",
    "refund_amount": "What is refunded",
    "refund_deadline": "The deadline of a refund",
    "split_at": "Periods split at dates",
    "split_per_month": "Periods split by month",
    "start_percent": "The percentage on the first day",
    "subsidy_first_last_percent": "The first and last percentage",
    "subsidy_percent_input": "Percentages that can be entered",
    "subsidy_period_count": "How many periods are paid",
    "subsidy_periods": "What each period is paid",
    "wage_cost": "What a wage costs",
}
"""Operation → what it asks."""


def cases() -> list[dict[str, Any]]:
    """Every case, as facts."""
    found: list[dict[str, Any]] = json.loads((REFERENCE / "agreement_cases.json").read_text(encoding="utf-8"))
    return found


def differences() -> list[dict[str, Any]]:
    """Every difference on purpose, in the order of the file."""
    text = (REFERENCE / "agreement_case_differences.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text).get("difference", [])
    return found


def cases_page() -> str:
    """The page in Markdown, without its heading comment."""
    every, other = cases(), differences()
    by_id = {case["id"]: case for case in every}
    asked = Counter(case["op"] for case in every)
    differing = Counter(by_id[entry["case"]]["op"] for entry in other)
    rows = [f"| {ASKED[op]} | {asked[op]} | {differing[op] or ''} |" for op in sorted(asked, key=lambda op: ASKED[op])]
    parts = [
        "# Agreement cases",
        "",
        f"An existing agreement system's answers, {len(every)} of them, run as tests on every change. "
        f"{len(every) - len(other)} have the same answer here; {len(other)} differ on purpose, each by a section.",
        "",
        "| what is asked | cases | differ |",
        "|---|---:|---:|",
        *rows,
        "",
        "## Differences on purpose",
        "",
        *(line for entry in other for line in _difference(entry, by_id[entry["case"]])),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _difference(entry: dict[str, Any], case: dict[str, Any]) -> list[str]:
    theirs = {key: case["expect"][key] for key in entry["ours"]}
    return [
        f"### {entry['case']}",
        "",
        f"- asked: {ASKED[case['op']].lower()}{_of(case)}: {_facts(case['given'])}",
        f"- there: {_facts(theirs)}; here: {_facts(entry['ours'])}",
        f"- decided by: {entry['ref']}",
        "",
        str(entry["why"]),
        "",
    ]


def _of(case: dict[str, Any]) -> str:
    return f" (`{case['measure']}`)" if case["measure"] else ""


def _facts(facts: dict[str, Any]) -> str:
    return ", ".join(f"{key.replace('_', ' ')} {_word(value)}" for key, value in facts.items())


def _word(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(str(item) for item in value) or "none"
    return WORDS.get(value, str(value)) if value is None or isinstance(value, bool) else str(value)
