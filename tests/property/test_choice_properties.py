"""What holds for any profile and any day."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett.catalogue import load
from springbrett.choice import explain, proposal, rules
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Verdict
from springbrett.mapping import guide
from springbrett.mapping.records import NeedsProfile
from springbrett.mapping.rules import choices
from tests.property.test_mapping_properties import profiles

DAYS = st.dates(date(2016, 1, 1), date(2027, 12, 31))
CATALOGUE = load()


@st.composite
def used(draw: st.DrawFn) -> dict[str, tuple[Period, ...]]:
    periods = draw(st.lists(st.tuples(DAYS, st.integers(0, 500)), max_size=3))
    return {"arbeidstrening": tuple(Period(start, start + timedelta(days=n)) for start, n in periods)}


@settings(max_examples=60, deadline=None)
@given(profile=profiles(), on=DAYS, placements=used())
def test_options_never_fail_and_list_every_measure_that_is_given_or_comes(
    profile: NeedsProfile, on: date, placements: Any
) -> None:
    found = rules.options(profile, CATALOGUE, on, placements)
    assert {option.measure for option in found} == {
        code for code, measure in CATALOGUE.measures.items()
        if measure.depth != "record" and any(v.to is None or v.to >= on for v in measure.valid)
    }  # fmt: skip
    kept = proposal.from_data(proposal.to_data(found))
    assert [k.verdict for k in kept] == [o.verdict for o in found]
    assert [k.chain_fits for k in kept] == [o.chain_fits for o in found]
    for option in found:
        for verdict in option.verdict.walk():
            assert explain.sentence(verdict) != verdict.rule


@settings(max_examples=60, deadline=None)
@given(profile=profiles(), on=DAYS, code=st.sampled_from(sorted(CATALOGUE.measures)), data=st.data())
def test_unknown_never_becomes_no(profile: NeedsProfile, on: date, code: str, data: st.DataObject) -> None:
    """Forgetting a fact may make an answer unknown, but never turns a met or unknown leaf rule into a no."""
    measure = CATALOGUE.measure(code)
    field = data.draw(st.sampled_from([field.name for field in fields(NeedsProfile)]))
    before = rules.eligibility(measure, profile, on)
    after = rules.eligibility(measure, replace(profile, **{field: None}), on)
    for told, forgotten in zip(before.children, after.children, strict=True):
        if forgotten.answer is Answer.NOT_MET:
            assert told.answer is Answer.NOT_MET, (field, told.rule)


@given(on=DAYS)
@settings(max_examples=30, deadline=None)
def test_nothing_known_stops_nothing_that_is_in_force(on: date) -> None:
    for option in rules.options(NeedsProfile(), CATALOGUE, on):
        assert not option.stopped or _rules(option.verdict.stopping) <= {"measure_in_force", "last_day"}


def _rules(verdicts: tuple[Verdict, ...]) -> set[str]:
    return {verdict.rule for verdict in verdicts}


@settings(max_examples=60, deadline=None)
@given(on=DAYS, placements=used(), reduced=st.sampled_from([True, False, None]))
def test_the_last_day_agrees_with_the_time_left(on: date, placements: Any, reduced: bool | None) -> None:
    """A placement can begin today exactly when some time is left."""
    measure = CATALOGUE.measure("arbeidstrening")
    periods = placements["arbeidstrening"]
    left = rules.time_left(measure, on, periods, {"reduced_work_capacity": reduced})
    end = rules.latest_end(measure, on, periods, {"reduced_work_capacity": reduced})
    assert left is not None and end is not None
    if left.exhausted:
        assert end.possible is None
    if end.certain is not None:
        together = rules.time_used((*periods, Period(on, end.certain)))
        assert together.left_of(10_000) is not None and together <= (rules.time_used(()) + _limit(left, reduced))


def _limit(left: Any, reduced: bool | None) -> Any:
    from springbrett.kernel.period import Length

    return Length(left.extended_limit_months if reduced else left.limit_months)


def test_every_fact_the_catalogue_asks_for_is_known_to_the_profile_or_is_a_circumstance_of_the_stay() -> None:
    known = set(NeedsProfile().facts(date(2026, 1, 1))) | set(CATALOGUE.lists["circumstance"])
    groups = [g for m in CATALOGUE.measures.values() for t in m.target_group for g in t.any_of]
    groups += [g for m in CATALOGUE.measures.values() for d in m.durations for e in d.extensions for g in e.when]
    asked = {condition.fact for group in groups for condition in group}
    asked |= {fit.fact for chain in CATALOGUE.chains.values() for fit in chain.fits}
    assert asked <= known


def test_every_question_with_codes_has_choices() -> None:
    for question in guide.QUESTIONS.values():
        if question.codes:
            assert choices(question, CATALOGUE), question.code
