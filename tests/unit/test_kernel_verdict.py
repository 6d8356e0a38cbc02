"""Known values and edges of verdicts and traces."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from springbrett.kernel import trace, verdict
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of, any_of, negate

REF = Ref("tiltaksforskriften", "3-5", "law")
MET, NOT_MET, UNKNOWN = Answer
STOP, WARNING, INFO = Severity


def leaf(rule: str, answer: Answer, severity: Severity = STOP, *facts: Fact) -> Verdict:
    return Verdict(rule, answer, severity, REF, facts, (f"{rule}_fact",))


def test_a_reference_is_written_with_its_section() -> None:
    assert str(REF) == "tiltaksforskriften § 3-5"
    assert str(Ref("the guide", "", "practice")) == "the guide"
    with pytest.raises(ValueError, match="law, practice or house"):
        Ref("hearsay", "1", "rumour")


def test_a_truth_value_becomes_an_answer_and_none_is_unknown() -> None:
    assert [Answer.of(value) for value in (True, False, None)] == [MET, NOT_MET, UNKNOWN]


def test_a_verdict_answers_by_name_never_by_truth() -> None:
    stopped, warned = leaf("a", NOT_MET), leaf("b", NOT_MET, WARNING)
    assert (stopped.met, stopped.stops, stopped.warns, stopped.unknown) == (False, True, False, False)
    assert (warned.met, warned.stops, warned.warns, warned.unknown) == (False, False, True, False)
    assert leaf("c", MET).met
    assert leaf("d", UNKNOWN).unknown
    with pytest.raises(TypeError, match=r"ask \.met"):
        bool(stopped)
    with pytest.raises(FrozenInstanceError):
        stopped.rule = "changed"  # type: ignore[misc]


def test_a_warning_that_is_not_met_stops_nothing_but_stays_visible() -> None:
    warning = leaf("long_commute", NOT_MET, WARNING)
    tree = all_of("top", REF, [leaf("age", MET), all_of("inner", REF, [warning, leaf("note", NOT_MET, INFO)])])
    assert tree.met
    assert tree.warnings == (warning,)
    assert tree.stopping == ()


def test_an_unknown_warning_does_not_make_the_parent_unknown() -> None:
    tree = all_of("top", REF, [leaf("age", MET), leaf("w", UNKNOWN, WARNING)])
    assert tree.met
    assert [v.rule for v in tree.unknowns] == ["w"]


def test_the_rules_that_stop_are_found_at_the_bottom_of_the_tree() -> None:
    met_choice = any_of("either", REF, [leaf("x", NOT_MET), leaf("y", MET)])
    tree = all_of("top", REF, [met_choice, all_of("inner", REF, [leaf("a", NOT_MET), leaf("b", UNKNOWN)])])
    assert tree.stops
    assert [v.rule for v in tree.stopping] == ["a"]
    assert [v.rule for v in tree.unknowns] == ["b"]
    assert [v.rule for v in tree.walk()] == ["top", "either", "x", "y", "inner", "a", "b"]
    assert tree.would_change == ("a_fact",)
    assert [v.rule for v in all_of("t", REF, [negate(leaf("a", MET))]).stopping] == ["not_a"]


def test_a_warning_does_not_say_what_would_change_the_answer() -> None:
    tree = all_of("top", REF, [leaf("w", NOT_MET, WARNING), leaf("a", NOT_MET), leaf("b", UNKNOWN), leaf("a", NOT_MET)])
    assert tree.would_change == ("a_fact",)
    assert any_of("top", REF, [leaf("w", MET, INFO), leaf("a", UNKNOWN)]).would_change == ("a_fact",)


def test_nothing_required_is_met_but_a_choice_among_nothing_is_an_error() -> None:
    assert all_of("none", REF, []).met
    for children in ([], [leaf("w", MET, WARNING)]):
        with pytest.raises(ValueError, match="at least one alternative"):
            any_of("none", REF, children)


def test_a_combined_verdict_keeps_its_severity_facts_and_date() -> None:
    facts = (Fact("months", 3),)
    tree = all_of("top", REF, [leaf("a", NOT_MET)], WARNING, facts=facts, on=date(2026, 1, 1))
    assert (tree.severity, tree.facts, tree.on) == (WARNING, facts, date(2026, 1, 1))
    assert tree.warnings == (tree,)
    assert any_of("top", REF, [leaf("a", MET)], INFO, facts=facts, on=date(2026, 1, 1)).severity is INFO


def test_negation_keeps_what_it_negated() -> None:
    inner = leaf("employed", UNKNOWN, WARNING, Fact("employed", None))
    turned = negate(inner, "not_already_employed")
    assert (turned.rule, turned.answer, turned.severity) == ("not_already_employed", UNKNOWN, WARNING)
    assert turned.children == (inner,)
    assert turned.unknowns == (inner,)


def test_a_fact_is_looked_up_here_first_and_then_below() -> None:
    tree = all_of("top", REF, [leaf("a", MET, STOP, Fact("age", 31), Fact("level", None))], facts=(Fact("age", 30),))
    assert tree.fact("age") == 30
    assert tree.fact("level") is None
    with pytest.raises(KeyError, match="height"):
        tree.fact("height")


class Colour(StrEnum):
    RED = "red"


def test_a_kept_verdict_is_readable_json() -> None:
    facts = (Fact("born", date(2001, 2, 3)), Fact("rate", Decimal("0.50")), Fact("codes", ("a", (1, True))))
    kept = verdict.to_data(
        Verdict("age", MET, STOP, REF, (*facts, Fact("colour", Colour.RED)), ("born",), (), date(2026, 1, 1))
    )
    assert json.loads(json.dumps(kept)) == {
        "rule": "age",
        "answer": "met",
        "severity": "stop",
        "ref": {"act": "tiltaksforskriften", "section": "3-5", "source": "law"},
        "facts": [
            {"name": "born", "value": {"date": "2001-02-03"}},
            {"name": "rate", "value": {"decimal": "0.50"}},
            {"name": "codes", "value": ["a", [1, True]]},
            {"name": "colour", "value": "red"},
        ],
        "would_change": ["born"],
        "children": [],
        "on": "2026-01-01",
    }
    colour = verdict.from_data(kept).fact("colour")
    assert colour == "red"
    assert type(colour) is str


@pytest.mark.parametrize("value", [["list"], {"a": 1}, object(), datetime(2026, 1, 1, tzinfo=UTC), (1, [2])])
def test_a_fact_that_could_not_be_kept_is_refused(value: Any) -> None:
    for make in (lambda: Fact("thing", value), lambda: Step("thing", value)):
        with pytest.raises(TypeError, match=r"'thing': a .* cannot be kept"):
            make()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), (Decimal("Infinity"),)])
def test_a_number_that_is_not_finite_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not finite"):
        Fact("thing", value)


def test_a_verdict_is_judged_for_a_date() -> None:
    with pytest.raises(TypeError, match="not a datetime"):
        Verdict("a", MET, STOP, REF, on=datetime(2026, 1, 1, tzinfo=UTC))


def kept_with(**changes: object) -> dict[str, object]:
    return {**verdict.to_data(leaf("a", MET)), **changes}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (kept_with(rule=None), "'rule'"),
        (kept_with(answer="perhaps"), "perhaps"),
        (kept_with(ref=None), "ref"),
        (kept_with(facts="none"), "'facts'"),
        (kept_with(facts=[{"name": "x"}]), "lacks its value"),
        (kept_with(facts=[{"name": "x", "value": {"time": "12"}}]), "neither a date nor a decimal"),
        (kept_with(facts=[{"name": "x", "value": {"date": "2026-01-01", "more": 1}}]), "neither a date"),
        (kept_with(facts=[{"name": "x", "value": {"decimal": "many"}}]), "not a number"),
        (kept_with(facts=[{"name": "x", "value": b"x"}]), "bytes"),
        (kept_with(children=["x"]), "children"),
        (kept_with(on="soon"), "soon"),
    ],
)
def test_data_of_another_shape_is_refused_with_its_place(data: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        verdict.from_data(data)


def test_older_kept_verdicts_without_the_optional_parts_can_be_read() -> None:
    data = kept_with()
    for key in ("facts", "would_change", "children", "on"):
        del data[key]
    assert verdict.from_data(data) == Verdict("a", MET, STOP, REF)


def test_a_trace_shows_how_an_answer_came_about() -> None:
    step = Step("due_on", date(2026, 3, 1), REF, (Step("start", date(2026, 2, 1)), Step("months", 1)))
    traced: Traced[date] = Traced(date(2026, 3, 1), (step,), (leaf("a", MET),))
    assert [s.label for s in traced.steps[0].walk()] == ["due_on", "start", "months"]
    assert trace.from_data(json.loads(json.dumps(trace.to_data(step)))) == step
    with pytest.raises(ValueError, match="lacks its value"):
        trace.from_data({"label": "due_on"})
