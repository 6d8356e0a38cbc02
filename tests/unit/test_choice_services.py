"""Deciding: what is kept, what is refused, and what earlier placements count for."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.catalogue import load
from springbrett.choice import explain, placements, proposal, selectors
from springbrett.choice.models import Choice
from springbrett.choice.records import Stay
from springbrett.choice.services import ChoiceRefused, choice_decide
from springbrett.kernel import clock
from springbrett.kernel.period import Length, Period
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import case_events
from springbrett.ledger.services import record, service
from springbrett.people.models import Case
from tests import build
from tests.builders.choice import AT, decided
from tests.builders.mapping import JOSEF, confirmed_mapping, open_mapping


def refused(**facts: Any) -> ChoiceRefused:
    with pytest.raises(ChoiceRefused) as caught:
        choice_decide(**{"reason": "Because it fits.", "agrees_with_person": True, "measure": AT,
                         "chain": "work_experience", **facts})  # fmt: skip
    return caught.value


def test_a_decision_keeps_the_proposal_that_was_shown(caseworker: Viewer, case: Case) -> None:
    choice = decided(caseworker, case.id, person_wish="A job with people", person_wish_measure="language_course")
    kept = proposal.from_data(Choice.objects.get(pk=choice.pk).proposal)
    shown = selectors.options_for(caseworker, case.id)
    assert [(k.measure, k.verdict) for k in kept] == [(o.measure, o.verdict) for o in shown]
    assert choice.catalogue_version == load().version
    assert selectors.choice_for(caseworker, case.id) == choice


def test_the_ledger_is_told_in_codes(caseworker: Viewer, case: Case) -> None:
    choice = decided(caseworker, case.id, waiting_for="language_course")
    event = case_events(case.id).get(action="choice.decided")
    assert event.object_id == choice.id
    assert event.facts["measure"] == AT and event.facts["waiting_for"] == "language_course"
    assert event.facts["differs"] is True and event.facts["proposed"] == AT


def test_the_best_chain_of_the_first_proposal_does_not_differ(caseworker: Viewer, case: Case) -> None:
    assert not decided(caseworker, case.id, chain="language").differs_from_proposal


def test_the_newest_choice_counts_and_the_older_stays(caseworker: Viewer, case: Case) -> None:
    decided(caseworker, case.id)
    second = decided(caseworker, case.id, chain="language")
    assert selectors.choice_for(caseworker, case.id) == second
    assert [choice.number for choice, _ in selectors.choices_for(caseworker, case.id)] == [2, 1]


def test_a_mapping_must_be_confirmed_first(caseworker: Viewer, case: Case) -> None:
    open_mapping(caseworker, case.id, **JOSEF)
    assert refused(actor=caseworker, case_id=case.id).problem == "not_confirmed"


def test_a_stop_by_law_cannot_be_passed(caseworker: Viewer) -> None:
    child = build.make_case(caseworker, build.make_person(clock.today() - timedelta(days=15 * 365)))
    confirmed_mapping(caseworker, child.id)
    error = refused(actor=caseworker, case_id=child.id, unknowns_acknowledged=True)
    assert (error.problem, error.keys) == ("stopped", ("minimum_age",))
    assert not Choice.objects.exists()


def test_a_warning_needs_a_coded_reason(caseworker: Viewer, case: Case) -> None:
    confirmed_mapping(caseworker, case.id, **{**JOSEF, "needs_level": "standard_innsats"})
    error = refused(actor=caseworker, case_id=case.id, unknowns_acknowledged=True)
    assert (error.problem, error.keys) == ("not_overridden", ("needs_level_used",))
    error = refused(actor=caseworker, case_id=case.id, overrides={"needs_level_used": "because"})
    assert error.problem == "not_overridden"
    choice = decided(caseworker, case.id)
    assert [kept["rule"] for kept in choice.overridden_warnings] == ["needs_level_used"]


def test_what_is_unknown_must_be_acknowledged(caseworker: Viewer, case: Case) -> None:
    confirmed_mapping(caseworker, case.id, motivation=3)
    error = refused(actor=caseworker, case_id=case.id)
    assert error.problem == "not_acknowledged"
    assert "needs_level_used" in error.keys
    assert "needs_level_used" in decided(caseworker, case.id).unknowns_acknowledged


def test_a_measure_that_is_only_recorded_here_can_pass_a_coarse_stop_with_a_reason(
    caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id, **{**JOSEF, "reduced_work_capacity": False})
    stopped = next(o for o in selectors.options_for(caseworker, case.id) if o.stopped)
    assert load().measure(stopped.measure).depth == "proposal"
    choice = decided(caseworker, case.id, measure=stopped.measure, chain="")
    assert choice.overridden_warnings and choice.differs_from_proposal


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"measure": "nothing"}, "unknown_measure"),
        ({"person_wish_measure": "nothing"}, "unknown_measure"),
        ({"chain": ""}, "unknown_chain"),
        ({"chain": "nothing"}, "unknown_chain"),
        ({"measure": "avklaring"}, "unknown_chain"),
        ({"reason": "  "}, "no_reason"),
        ({"reason": "Has F32.1"}, "words"),
        ({"person_wish": "17059112345"}, "words"),
        ({"waiting_for": AT}, "waiting_for"),
        ({"waiting_for": "nothing"}, "waiting_for"),
        ({"seen": uuid4()}, "changed_meanwhile"),
    ],
)
def test_what_does_not_hold_together_is_refused(
    caseworker: Viewer, case: Case, facts: dict[str, Any], problem: str
) -> None:
    confirmed_mapping(caseworker, case.id)
    assert refused(actor=caseworker, case_id=case.id, **facts).problem == problem


def test_others_may_not_decide(
    caseworker: Viewer, other_caseworker: Viewer, participant: Viewer, leader: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    for viewer in (other_caseworker, participant, leader):
        with pytest.raises(Denied):
            choice_decide(actor=viewer, case_id=case.id, measure=AT, chain="language", reason="x",
                          agrees_with_person=True)  # fmt: skip
    with pytest.raises(Denied):
        selectors.options_for(other_caseworker, case.id)


# ---- earlier placements ------------------------------------------------------------------------------------------


@service
def _tell(*, actor: Viewer, action: str, agreement: UUID, case: Case, **facts: Any) -> None:
    record(actor=actor, action=action, step="agreement", case_id=case.id, person_id=case.person_id,
           object_kind="agreement", object_id=agreement, facts=facts)  # fmt: skip


def test_earlier_placements_count_with_their_latest_known_dates(caseworker: Viewer, case: Case) -> None:
    first, second, discarded, early = uuid4(), uuid4(), uuid4(), uuid4()
    told = [
        ("agreement.entered", first, {"measure": AT, "start": date(2025, 1, 1), "end": date(2025, 3, 31)}),
        ("agreement.started", first, {"measure": AT, "start": date(2025, 1, 1), "end": date(2025, 3, 31)}),
        ("agreement.entered", first, {"measure": AT, "start": date(2025, 1, 1), "end": date(2025, 6, 30)}),
        ("agreement.ended", first, {"end": date(2025, 5, 31)}),
        ("agreement.started", second, {"measure": "avklaring", "start": date(2025, 8, 1), "end": date(2025, 8, 28)}),
        ("agreement.started", discarded, {"measure": AT, "start": date(2025, 9, 1), "end": date(2025, 9, 30)}),
        ("agreement.discarded", discarded, {}),
        ("agreement.started", early, {"measure": AT, "start": date(2025, 9, 1), "end": date(2025, 9, 30)}),
        ("agreement.ended", early, {"end": date(2025, 8, 31)}),
    ]
    for action, agreement, facts in told:
        _tell(actor=caseworker, action=action, agreement=agreement, case=case, **facts)
    assert placements.used_periods(case.person_id, AT) == (Period(date(2025, 1, 1), date(2025, 5, 31)),)
    assert placements.used_periods(case.person_id, "avklaring") == (Period(date(2025, 8, 1), date(2025, 8, 28)),)
    assert placements.used_periods(case.person_id, AT, besides=first) == ()


def test_placements_in_an_earlier_case_of_the_person_are_summed(caseworker: Viewer, case: Case) -> None:
    _tell(actor=caseworker, action="agreement.started", agreement=uuid4(), case=case,
          measure=AT, start=date(2025, 1, 1), end=date(2025, 9, 30))  # fmt: skip
    later = build.make_case(caseworker, case.person, chained_from_id=case.id)
    confirmed_mapping(caseworker, later.id, **{**JOSEF, "reduced_work_capacity": False})
    option = next(o for o in selectors.options_for(caseworker, later.id) if o.measure == AT)
    assert (option.months_used, option.months_left) == (Length(9), Length(3))


def test_events_without_an_agreement_are_passed_over() -> None:
    event = Event(action="agreement.started", facts={"measure": AT}, occurred_at=datetime.now(clock.OSLO))
    assert placements.periods_from([event]) == {}


def test_a_stay_tells_employer_and_outcome_and_is_open_when_no_end_is_agreed(caseworker: Viewer, case: Case) -> None:
    first, open_ended, employer = uuid4(), uuid4(), str(uuid4())
    told = [
        ("agreement.started", first, {"measure": AT, "start": date(2025, 1, 1), "end": date(2025, 3, 31),
                                      "employer": employer}),
        ("agreement.ended", first, {"end": date(2025, 2, 28)}),
        ("outcome.decided", first, {"main": "wage_subsidy"}),
        ("outcome.corrected", first, {"main": "job_same_employer"}),
        ("outcome.decided", uuid4(), {"main": "none"}),
        ("agreement.started", open_ended, {"measure": "vta", "start": date(2025, 4, 1), "end": None}),
    ]  # fmt: skip
    for action, agreement, facts in told:
        _tell(actor=caseworker, action=action, agreement=agreement, case=case, **facts)
    assert placements.stays_of(case.person_id) == (
        Stay(AT, Period(date(2025, 1, 1), date(2025, 2, 28)), employer, "job_same_employer"),
        Stay("vta", Period(date(2025, 4, 1), None)),
    )
    _tell(actor=caseworker, action="agreement.ended", agreement=open_ended, case=case, end=date(2025, 6, 30))
    assert placements.used_periods(case.person_id, "vta") == (Period(date(2025, 4, 1), date(2025, 6, 30)),)


@pytest.mark.parametrize("measure", ["arbeidspraksis", "telenor_open_mind"])
def test_a_measure_that_is_over_or_stands_on_top_of_another_cannot_be_decided(
    caseworker: Viewer, case: Case, measure: str
) -> None:
    confirmed_mapping(caseworker, case.id)
    error = refused(actor=caseworker, case_id=case.id, measure=measure, chain="")
    assert error.problem == "not_offered"
    assert "kan ikke velges" in explain.refusal(error)
