"""Every case of an existing agreement system, run against our rules: the same answer, or a difference with its §.

The cases are facts only (tests/reference/agreement_cases.json). `kind` says whether the case was read from a test, the
code or the data of that system; `because` says in plain words why something was refused there; `derived` names facts
that were worked out from the answer. Differences on purpose stand in agreement_case_differences.toml.
"""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from springbrett import catalogue
from tests.spec import cases_money, cases_rules

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
CASES: list[dict[str, Any]] = json.loads((REFERENCE / "agreement_cases.json").read_text(encoding="utf-8"))
DIFFERENCES: dict[str, dict[str, Any]] = {
    entry["case"]: entry
    for entry in tomllib.loads((REFERENCE / "agreement_case_differences.toml").read_text(encoding="utf-8"))[
        "difference"
    ]
}
HANDLERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {**cases_money.HANDLERS, **cases_rules.HANDLERS}


def _answers(case: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Our answers, for the keys that are expected; a handler that leaves one out fails here."""
    found = HANDLERS[case["op"]](case)
    assert expected.keys() <= found.keys(), f"the handler of {case['op']} does not answer {expected.keys()}"
    return {key: found[key] for key in expected}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_case_has_the_same_answer_or_a_difference_with_its_section(case: dict[str, Any]) -> None:
    difference = DIFFERENCES.get(case["id"])
    if difference is None:
        assert _answers(case, case["expect"]) == case["expect"]
        return
    ours = {key: None if value == "unknown" else value for key, value in difference["ours"].items()}
    assert _answers(case, ours) == ours
    assert any(case["expect"][key] != ours[key] for key in ours), "this no longer differs: take the difference away"


def test_the_cases_are_all_there_and_each_once() -> None:
    assert len(CASES) == 237
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("difference", DIFFERENCES.values(), ids=lambda entry: str(entry["case"]))
def test_a_difference_names_a_case_an_act_with_its_section_and_a_reason(difference: dict[str, Any]) -> None:
    assert difference["case"] in {case["id"] for case in CASES}
    act, _mark, section = difference["ref"].partition(" § ")
    assert catalogue.load().has_code("act", act)
    assert section
    assert len(difference["why"]) > 40


def test_the_cases_hold_no_ordinary_national_identity_number() -> None:
    from springbrett.kernel.identity import SYNTHETIC, IdentityError, NationalId

    text = (REFERENCE / "agreement_cases.json").read_text(encoding="utf-8")
    for digits in re.findall(r"(?<!\d)\d{11}(?!\d)", text):
        try:
            kind = NationalId(digits).kind
        except IdentityError:
            continue
        assert kind == SYNTHETIC
