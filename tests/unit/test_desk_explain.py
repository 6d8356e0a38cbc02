"""Everything in a case's history has a sentence, and facts are read as words."""

from datetime import date

import pytest

from springbrett import flow
from springbrett.desk import explain
from springbrett.desk.forms import STEP_CHOICES
from springbrett.desk.path import State
from springbrett.followup.records import Kind
from springbrett.outcome.records import Judgement

ABOUT_A_CASE = sorted(event for event in flow.EVENTS if not event.startswith(("employer.", "opening.", "vignettes.")))


@pytest.mark.parametrize("action", ABOUT_A_CASE)
def test_every_event_about_a_case_has_a_sentence(action: str) -> None:
    assert explain.sentence(action) != action


def test_every_state_step_duty_and_judgement_has_words() -> None:
    assert set(explain.STATES) == set(State)
    assert set(explain.NEXT_ACTIONS) == set(explain.PLAIN_STEPS) == set(STEP_CHOICES) == set(flow.CODES)
    assert set(explain.DUTIES) == {kind.value for kind in Kind}
    assert set(explain.JUDGED) == {judgement.value for judgement in Judgement}


def test_facts_become_words_and_identifiers_are_left_out() -> None:
    facts = {"start": "2026-03-02", "measure": "arbeidstrening", "contact": "x", "reason": "",
             "party": "0a1b2c3d-0000-4000-8000-000000000000", "attended": ["employer"]}  # fmt: skip
    values = [value for _label, value in explain.readable_facts(facts)]
    assert values == [date(2026, 3, 2), "arbeidstrening", ["employer"]]
