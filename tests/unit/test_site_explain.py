"""Every rule that a room's code can answer has a sentence in that room's explain.py."""

import re
from pathlib import Path

import pytest

from springbrett.kernel.verdict import Answer, Ref, Severity, Verdict
from springbrett.site import explain_registry
from springbrett.site.explain_registry import ROOMS, explanations

SOURCE = Path(__file__).resolve().parents[2] / "src" / "springbrett"


def test_rooms_do_not_explain_each_others_rules() -> None:
    assert explanations() is explanations()


@pytest.mark.parametrize("room", ROOMS)
def test_every_rule_code_named_in_the_room_has_a_sentence(room: str) -> None:
    path = SOURCE / room / "rules.py"
    code = path.read_text(encoding="utf-8") if path.exists() else ""
    named = set(re.findall(r'(?:Verdict|all_of|any_of)\(\s*"(\w+)"', code))
    assert named - set(explanations().sentences) == set()


def test_a_rule_without_a_sentence_shows_its_code() -> None:
    verdict = Verdict("no_such_rule", Answer.MET, Severity.INFO, Ref("house", "", "house"))
    assert explain_registry.sentence(verdict) == "no_such_rule"
    assert explain_registry.fact_label("some_fact") == "some fact"
