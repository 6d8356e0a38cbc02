"""What holds of the rules for any person, any stays and any day from 2016 to 2027, in every measure."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett.catalogue import load
from springbrett.catalogue.day import on_day
from springbrett.choice import batch, chaining, durations, explain, rules
from springbrett.choice.records import Stay
from springbrett.kernel.period import Length, Period, add_months
from springbrett.kernel.verdict import Answer, Verdict
from springbrett.mapping.records import NeedsProfile
from tests.property.test_mapping_properties import profiles

CATALOGUE = load()
CODES = sorted(CATALOGUE.measures)
DAYS = st.dates(date(2016, 1, 1), date(2027, 12, 31))
CIRCUMSTANCES = sorted(CATALOGUE.lists["circumstance"])
LIMITED = [code for code in CODES if any(d.cumulative and d.ordinary for d in CATALOGUE.measure(code).durations)]
ONE_DAY = timedelta(days=1)


@st.composite
def stays(draw: st.DrawFn) -> tuple[Stay, ...]:
    found = []
    for _ in range(draw(st.integers(0, 5))):
        start, days = draw(DAYS), draw(st.integers(0, 900))
        end = None if draw(st.integers(0, 9)) == 0 else start + timedelta(days=days)
        employer, outcome = draw(st.sampled_from(["", "a", "b"])), draw(st.sampled_from(["", "none"]))
        found.append(Stay(draw(st.sampled_from(CODES)), Period(start, end), employer, outcome))
    return tuple(found)


def answers() -> st.SearchStrategy[dict[str, bool]]:
    return st.dictionaries(st.sampled_from(CIRCUMSTANCES), st.booleans(), max_size=6)


@settings(max_examples=80, deadline=None)
@given(profile=profiles(), had=stays(), on=DAYS, told=answers())
def test_no_question_raises_and_the_same_question_gets_the_same_answer(
    profile: NeedsProfile, had: tuple[Stay, ...], on: date, told: dict[str, bool]
) -> None:
    assert _all_answers(profile, had, on, told) == _all_answers(profile, had, on, told)


def _all_answers(profile: NeedsProfile, had: tuple[Stay, ...], on: date, told: dict[str, bool]) -> list[object]:
    facts = {**profile.facts(on), **told}
    found: list[object] = [
        rules.options(profile, CATALOGUE, on, stays=had, circumstances=told),
        chaining.chain_view(had, on, CATALOGUE, facts),
        chaining.next_measures(had, on, CATALOGUE),
    ]
    for code in CODES:
        measure = CATALOGUE.measure(code)
        used = chaining.counted(measure, had, on)
        others = [CATALOGUE.measure(stay.measure) for stay in had]
        found += [
            rules.eligibility(measure, profile, on, used, stays=had, beside=others, facts=facts),
            durations.time_left(measure, on, used, facts),
            durations.latest_end(measure, on, used, facts),
            chaining.requires_first(measure, had, facts, on),
            chaining.combination(measure, others, on),
        ]
    return found


@settings(max_examples=150, deadline=None)
@given(profile=profiles(), had=stays(), on=DAYS, told=answers())
def test_the_lean_answers_are_those_of_the_full_verdicts(
    profile: NeedsProfile, had: tuple[Stay, ...], on: date, told: dict[str, bool]
) -> None:
    full = {option.measure: option.verdict.answer
            for option in rules.options(profile, CATALOGUE, on, stays=had, circumstances=told)}  # fmt: skip
    assert batch.board(CATALOGUE, on).answers(profile, had, told) == full


@settings(max_examples=100, deadline=None)
@given(profile=profiles(), on=DAYS)
def test_the_lean_answers_for_somebody_new_are_those_of_the_full_verdicts(profile: NeedsProfile, on: date) -> None:
    full = {option.measure: option.verdict.answer for option in rules.options(profile, CATALOGUE, on)}
    assert list(batch.answers([profile, profile], CATALOGUE, on)) == [full, full]


@settings(max_examples=40, deadline=None)
@given(profile=profiles(), had=stays(), on=DAYS)
def test_every_answer_can_be_said_in_words(profile: NeedsProfile, had: tuple[Stay, ...], on: date) -> None:
    view = chaining.chain_view(had, on, CATALOGUE, profile.facts(on))
    verdicts: list[Verdict] = [step.verdict for step in view.next]
    verdicts += [option.verdict for option in rules.options(profile, CATALOGUE, on, stays=had)]
    others = [CATALOGUE.measure(stay.measure) for stay in had]
    verdicts += [v for code in CODES for v in chaining.combination(CATALOGUE.measure(code), others, on)]
    for verdict in verdicts:
        for each in verdict.walk():
            said = explain.sentence(each)
            assert said and said != each.rule, each.rule


@settings(max_examples=60, deadline=None)
@given(had=stays(), on=DAYS, code=st.sampled_from(CODES), told=answers(), earlier=st.none() | st.just(()))
def test_what_must_come_first_is_never_a_no_while_nobody_has_told(
    had: tuple[Stay, ...], on: date, code: str, told: dict[str, bool], earlier: tuple[()] | None
) -> None:
    facts = {key: value for key, value in told.items() if key != chaining.CONSIDERED} | {"previous_measures": earlier}
    verdict = chaining.requires_first(CATALOGUE.measure(code), had, facts, on)
    if verdict is not None and verdict.answer is Answer.NOT_MET:
        assert earlier is not None
        assert not all(required.considered_is_enough for required in on_day(CATALOGUE.measure(code), on).requires_first)


@settings(max_examples=60, deadline=None)
@given(on=DAYS, first=st.sampled_from(CODES), second=st.sampled_from(CODES))
def test_two_measures_go_together_or_not_whichever_comes_first(on: date, first: str, second: str) -> None:
    a, b = CATALOGUE.measure(first), CATALOGUE.measure(second)
    (one,), (other,) = chaining.combination(a, [b], on), chaining.combination(b, [a], on)
    assert (one.answer, one.severity) == (other.answer, other.severity)


# ---- no chain of stays passes a limit --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", LIMITED)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_chain_of_stays_accepted_one_by_one_passes_the_limit(code: str, data: st.DataObject) -> None:
    """Begin, extend and split stays at will, over employers and the measures that count together: the sum holds."""
    measure = CATALOGUE.measure(code)
    accepted: list[Stay] = []
    for _ in range(data.draw(st.integers(1, 6))):
        facts: dict[str, Any] = {name: data.draw(st.sampled_from([True, False, None])) for name in _asked(code)}
        if accepted and data.draw(st.booleans()):
            before = accepted.pop(data.draw(st.integers(0, len(accepted) - 1)))
            start, wanted = before.period.start, before.period.last + timedelta(days=data.draw(st.integers(1, 700)))
        else:
            before, start = None, data.draw(DAYS)
            wanted = start + timedelta(days=data.draw(st.integers(0, 1500)))
        others = chaining.counted(measure, accepted, start)
        latest = durations.latest_end(measure, start, others, facts)
        if latest is None or latest.certain is None:
            accepted += [before] if before else []
            continue
        stay = Stay(code, Period(start, min(wanted, latest.certain)), data.draw(st.sampled_from("ab")))
        limit = on_day(measure, start).duration.lengths(facts)[0]  # type: ignore[union-attr]
        accepted.append(stay)
        assert limit is not None
        assert _fits(accepted, limit), (limit, accepted)
        if wanted > latest.certain and latest.certain == latest.possible:
            longer = [*accepted[:-1], Stay(code, Period(start, latest.certain + ONE_DAY))]
            assert not _fits(longer, limit), "the last day offered is not the last one possible"


def _asked(code: str) -> list[str]:
    return sorted({name for d in CATALOGUE.measure(code).durations for name in durations.asked_by(d)} - {"needs_level"})


def _fits(had: list[Stay], limit: Length) -> bool:
    """The slow way: mark every day, walk the marked stretches a day or a month at a time, and compare."""
    marked = {day for stay in had for day in _days(stay.period)}
    if limit.days:
        return len(marked) <= limit.days
    months = rest = 0
    day = min(marked)
    while day <= max(marked):
        if day not in marked:
            day += ONE_DAY
            continue
        first, n = day, 0
        while all(step in marked for step in _days(Period(first, add_months(first, n + 1) - ONE_DAY))):
            n += 1
        day = add_months(first, n)
        while day in marked:
            rest, day = rest + 1, day + ONE_DAY
        months += n
    return months * 30 + rest <= limit.months * 30


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=n) for n in range(period.days)]
