"""What must hold for every tree of verdicts, and that what is kept comes back unchanged."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from springbrett.kernel import trace, verdict
from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of, any_of, negate

REF = Ref("an act", "1-1", "law")
codes = st.text("abcdefgh_", min_size=1, max_size=8)
refs = st.builds(Ref, st.text(max_size=8), st.text(max_size=5), st.sampled_from(sorted(verdict.SOURCES)))
atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.floats(allow_nan=False, allow_infinity=False)
)
plain_values = st.recursive(atoms, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6)
answers, severities = st.sampled_from(Answer), st.sampled_from(Severity)
parts = {
    "rule": codes,
    "answer": answers,
    "severity": severities,
    "ref": refs,
    "facts": st.lists(st.builds(Fact, codes, plain_values), max_size=3).map(tuple),
    "would_change": st.lists(codes, max_size=3).map(tuple),
    "on": st.none() | st.dates(),
}
leaves = st.builds(Verdict, **parts)
trees = st.recursive(
    leaves,
    lambda inner: st.builds(Verdict, **parts, children=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)
steps = st.recursive(
    st.builds(Step, codes, plain_values, st.none() | refs),
    lambda inner: st.builds(Step, codes, plain_values, st.none() | refs, st.lists(inner, max_size=3).map(tuple)),
    max_leaves=6,
)
deciding = st.builds(Verdict, codes, answers, st.just(Severity.STOP), st.just(REF))


def types_in(value: object) -> object:
    return [types_in(item) for item in value] if isinstance(value, tuple) else type(value)


@given(trees)
def test_a_kept_verdict_comes_back_equal(tree: Verdict) -> None:
    back = verdict.from_data(json.loads(json.dumps(verdict.to_data(tree))))
    assert back == tree
    for kept, shown in zip(back.walk(), tree.walk(), strict=True):
        assert [types_in(f.value) for f in kept.facts] == [types_in(f.value) for f in shown.facts]
        assert [str(f.value) for f in kept.facts] == [str(f.value) for f in shown.facts]


@given(steps)
def test_a_kept_step_comes_back_equal(step: Step) -> None:
    assert trace.from_data(json.loads(json.dumps(trace.to_data(step)))) == step


def completions(children: list[Verdict]) -> list[list[bool]]:
    """Every way the unknown answers could turn out."""
    worlds: list[list[bool]] = [[]]
    for child in children:
        ways = [True, False] if child.unknown else [child.met]
        worlds = [[*world, way] for world in worlds for way in ways]
    return worlds


@given(st.lists(deciding, min_size=1, max_size=5))
def test_an_answer_is_given_only_when_no_unknown_fact_could_turn_it(children: list[Verdict]) -> None:
    for combine, truth in ((all_of, all), (any_of, any)):
        possible = {truth(world) for world in completions(children)}
        expected = Answer.of(possible.pop()) if len(possible) == 1 else Answer.UNKNOWN
        assert combine("combined", REF, children).answer is expected


@given(st.lists(deciding, min_size=1, max_size=5))
def test_not_all_is_the_same_as_some_not(children: list[Verdict]) -> None:
    assert negate(all_of("x", REF, children)).answer is any_of("y", REF, map(negate, children)).answer
    assert negate(any_of("x", REF, children)).answer is all_of("y", REF, map(negate, children)).answer


@given(trees)
def test_negating_twice_gives_the_answer_back(tree: Verdict) -> None:
    assert negate(negate(tree)).answer is tree.answer
    assert negate(tree).unknown == tree.unknown


@given(st.lists(trees, max_size=4), severities)
def test_every_child_is_kept_and_lesser_severities_never_decide(children: list[Verdict], severity: Severity) -> None:
    parent = all_of("parent", REF, children, severity)
    stops = [child for child in children if child.severity is Severity.STOP]
    assert parent.children == tuple(children)
    assert parent.answer is all_of("stops only", REF, stops).answer
    assert set(parent.warnings) >= {child for child in children if child.warns}
    if stops:
        assert any_of("parent", REF, children).answer is any_of("stops only", REF, stops).answer


@given(st.lists(trees, max_size=4))
def test_a_tree_that_stops_says_which_rules_stop_it(children: list[Verdict]) -> None:
    parent = all_of("parent", REF, children)
    assert bool(parent.stopping) == parent.stops
    assert all(found.stops for found in parent.stopping)
    assert all(found.unknown and not found.children for found in parent.unknowns)
    assert set(parent.stopping) <= set(parent.walk())


@given(st.lists(deciding, min_size=1, max_size=5))
def test_what_would_change_an_answer_is_told_by_those_who_gave_it(children: list[Verdict]) -> None:
    named = [
        Verdict(c.rule, c.answer, c.severity, c.ref, would_change=(f"{c.answer.value}_{c.rule}",), on=date(2026, 1, 1))
        for c in children
    ]
    parent = all_of("parent", REF, named)
    assert set(parent.would_change) == {w for c in named if c.answer is parent.answer for w in c.would_change}
