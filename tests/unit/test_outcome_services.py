"""The writers of outcomes against the database: rows, events, refusals, and what each party reads."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.agreement.errors import AgreementNotFound
from springbrett.desk.outcomes import placement_rows
from springbrett.employers.selectors import employer_history
from springbrett.followup.records import Kind, State
from springbrett.followup.selectors import duties_of
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.mapping.selectors import profile_for
from springbrett.outcome import selectors, services
from springbrett.outcome.errors import OutcomeError
from springbrett.outcome.models import Outcome
from tests.builders.agreement import Table
from tests.builders.followup import ended, running
from tests.builders.outcome import answered, corrected, decided

pytestmark = pytest.mark.django_db
END = date(2026, 6, 20)
AFTER = date(2026, 6, 25)
LATER = date(2026, 7, 6)


@pytest.fixture
def table(caseworker: Viewer) -> Table:
    found = running(caseworker)
    ended(found, END)
    return found


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(OutcomeError) as error:
        call()
    return error.value.code


def event(action: str) -> Event:
    return Event.objects.filter(action=action).latest("id")


def test_3_4_an_outcome_is_judged_against_the_chain_and_kept_as_shown(table: Table) -> None:
    outcome = decided(table, AFTER, "stronger_cv", "clarified_language")
    assert outcome.judgement == "on_chain"
    assert outcome.trace["rule"] == "outcome_against_chain"
    told = event("outcome.decided")
    assert (told.object_kind, told.object_id) == ("agreement", table.agreement.id)
    assert told.employer_id == table.company.id
    assert told.facts["outcomes"] == ["clarified_language", "stronger_cv"]
    assert (told.facts["main"], told.facts["judged"]) == ("stronger_cv", "on_chain")
    assert "shift" not in str(told.facts)


def test_a_running_placement_has_no_outcome(caseworker: Viewer) -> None:
    table = running(caseworker)
    assert refused(lambda: decided(table, date(2026, 4, 1))) == "not_ended"


def test_a_placement_whose_agreed_day_has_passed_ends_as_planned_with_its_outcome(caseworker: Viewer) -> None:
    table = running(caseworker)
    decided(table, date(2026, 9, 10))
    agreement = table.fresh()
    assert (agreement.ended_on, agreement.ended_reason) == (date(2026, 9, 1), "planned_end")


def test_an_outcome_is_decided_once(table: Table) -> None:
    decided(table, AFTER)
    assert refused(lambda: decided(table, AFTER)) == "already_decided"


@pytest.mark.parametrize(
    ("outcomes", "said", "code"),
    [
        (("splendid",), {}, "unknown_outcome"),
        (("stronger_cv",), {"purpose_reached": "maybe"}, "unknown_reached"),
        (("stronger_cv",), {"next_step": "moon"}, "unknown_next_step"),
        (("stronger_cv",), {"learned": "  "}, "learned_missing"),
        (("stronger_cv",), {"learned": "fnr 01015012345"}, "words_national_id"),
        (("stronger_cv",), {"purposes": {"language": {"reached": "yes"}}}, "unknown_purpose"),
        (("stronger_cv",), {"next_step": "next_measure"}, "next_measure"),
    ],
)
def test_an_outcome_that_does_not_hold_together_is_refused(
    table: Table, outcomes: tuple[str, ...], said: dict[str, Any], code: str
) -> None:
    assert refused(lambda: decided(table, AFTER, *outcomes, **said)) == code


def test_a_correction_counts_and_the_earlier_decision_is_kept(table: Table) -> None:
    first = decided(table, AFTER, "stronger_cv")
    second = corrected(table, LATER, "none", purpose_reached="no", reason="new_information")
    seen = selectors.outcome_for(table.caseworker, table.agreement)
    assert seen.outcome == second
    assert seen.earlier == (first,)
    assert (second.corrects_id, second.correction_reason, second.decided_on) == (first.id, "new_information", LATER)
    assert Outcome.objects.get(pk=first.pk).outcomes == ["stronger_cv"]
    told = event("outcome.corrected")
    assert (told.facts["outcomes"], told.facts["reason"]) == (["none"], "new_information")
    assert told.facts["corrects"] == str(first.id)


def test_results_and_the_employers_record_count_the_correction_once(table: Table, leader: Viewer) -> None:
    decided(table, AFTER, "job_same_employer")
    corrected(table, LATER, "none", purpose_reached="no")
    [row] = selectors.outcome_rows(leader)
    assert (row.outcomes, row.purpose_reached) == (("none",), "no")
    with clock.at(LATER):
        [placement] = placement_rows(None, LATER)
        assert (placement.outcomes, placement.judged) == (("none",), row.judgement)
        assert employer_history(table.caseworker, table.company.id).hired == 0


def test_a_correction_of_what_was_already_corrected_is_caught(table: Table) -> None:
    first = decided(table, AFTER)
    corrected(table, LATER, "none", purpose_reached="no")
    said = services.Said(["none"], "none", "no", "x", "close_case")
    assert refused(lambda: services.outcome_correct(
        actor=table.caseworker, agreement_id=table.agreement.id, corrects=first.id, said=said,
        reason_code="registered_wrong")) == "already_corrected"  # fmt: skip


@pytest.mark.parametrize(("reason", "code"), [("", "reason_missing"), ("whim", "unknown_reason")])
def test_a_correction_gives_a_coded_reason(table: Table, reason: str, code: str) -> None:
    decided(table, AFTER)
    assert refused(lambda: corrected(table, LATER, "none", reason=reason)) == code


def test_only_the_cases_own_caseworker_corrects(table: Table, other_caseworker: Viewer) -> None:
    first = decided(table, AFTER)
    said = services.Said(["none"], "none", "no", "x", "close_case")
    for actor in (other_caseworker, table.employer, table.participant):
        with clock.at(LATER), pytest.raises(Denied):
            services.outcome_correct(
                actor=actor, agreement_id=table.agreement.id, corrects=first.id, said=said,
                reason_code="registered_wrong",
            )  # fmt: skip


def test_only_the_cases_own_caseworker_decides(table: Table, other_caseworker: Viewer) -> None:
    for actor in (other_caseworker, table.employer, table.participant):
        with clock.at(AFTER), pytest.raises(Denied):
            services.outcome_decide(
                actor=actor, agreement_id=table.agreement.id, outcomes=["none"], main="none", purpose_reached="no",
                learned="x", next_step="close_case",
            )  # fmt: skip


def test_neither_party_reads_the_others_answer_unless_it_is_shared(table: Table) -> None:
    answered(table, AFTER, "participant", "no", text="Bare rydding.")
    answered(table, AFTER, "employer", "yes")
    assert set(selectors.outcome_for(table.employer, table.agreement).answers) == {"employer"}
    assert set(selectors.outcome_for(table.participant, table.agreement).answers) == {"participant"}
    assert set(selectors.outcome_for(table.caseworker, table.agreement).answers) == {"employer", "participant"}
    answered(table, AFTER, "participant", "partly", shared=True)
    shared = selectors.outcome_for(table.employer, table.agreement).answers["participant"]
    assert shared.purpose_reached == "partly"


def test_3_4_the_participant_reads_the_documentation_and_the_employer_does_not(table: Table) -> None:
    decided(table, AFTER, "clarified_health", purpose_reached="no")
    seen = selectors.outcome_for(table.participant, table.agreement).outcome
    assert seen is not None
    assert seen.learned == "Manages a shift alone."
    employer = selectors.outcome_for(table.employer, table.agreement)
    assert employer.outcome is None
    assert employer.purpose_reached == "no"


def test_same_role_other_case_answers_nothing(table: Table, caseworker: Viewer, other_participant: Viewer) -> None:
    other = running(caseworker)
    with clock.at(AFTER):
        with pytest.raises(AgreementNotFound):
            services.outcome_answer(actor=other.employer, agreement_id=table.agreement.id, purpose_reached="yes")
        with pytest.raises(Denied):
            services.outcome_answer(actor=other_participant, agreement_id=table.agreement.id, purpose_reached="yes")
        with pytest.raises(Denied):
            services.outcome_answer(actor=caseworker, agreement_id=table.agreement.id, purpose_reached="yes")


def test_an_outcome_is_due_from_the_end_until_it_is_decided(table: Table, caseworker: Viewer) -> None:
    running(caseworker)
    [due] = selectors.outcomes_due_for(caseworker, AFTER)
    assert (due.agreement_id, due.due_on, due.state) == (table.agreement.id, date(2026, 7, 4), State.DUE)
    assert selectors.outcomes_due_for(caseworker, date(2026, 7, 5))[0].state is State.OVERDUE
    assert [item.agreement_id for item in selectors.outcomes_due_for(table.participant, AFTER)] == [table.agreement.id]
    decided(table, AFTER)
    assert selectors.outcomes_due_for(caseworker, AFTER) == ()
    answered(table, AFTER, "employer")
    assert selectors.outcomes_due_for(table.employer, AFTER) == ()
    assert len(selectors.outcomes_due_for(table.participant, AFTER)) == 1


def test_the_plan_knows_when_the_outcome_is_decided(table: Table) -> None:
    def state() -> State:
        [found] = [s for s in duties_of(table.caseworker, table.agreement, AFTER) if s.duty.kind is Kind.OUTCOME]
        return found.state

    assert state() is State.DUE
    decided(table, AFTER)
    assert state() is State.DONE


def test_the_due_lists_are_short_work_however_many_cases(caseworker: Viewer) -> None:
    for _ in range(3):
        ended(running(caseworker), END)
    with CaptureQueriesContext(connection) as queries:
        selectors.outcomes_due_for(caseworker, AFTER)
    assert len(queries) <= 3
    with CaptureQueriesContext(connection) as queries:
        selectors.later_status_due_for(caseworker, AFTER)
    assert len(queries) <= 3


def record(table: Table, on: date, months: int = 6, status: str = "ordinary_job", **said: Any) -> None:
    with clock.at(on):
        services.later_status_record(
            actor=said.pop("actor", table.caseworker), case_id=table.case.id, months=months, status=status, **said
        )


def test_later_status_comes_up_after_6_12_and_24_months_and_is_recorded_once(table: Table, caseworker: Viewer) -> None:
    assert refused(lambda: record(table, AFTER)) == "no_outcome"
    decided(table, AFTER)
    assert refused(lambda: record(table, date(2026, 12, 19))) == "too_early"
    assert refused(lambda: record(table, date(2027, 12, 19), 7)) == "unknown_months"
    [due] = selectors.later_status_due_for(caseworker, date(2026, 12, 20))
    assert (due.case_id, due.due.months) == (table.case.id, 6)
    record(table, date(2026, 12, 20))
    assert event("outcome.status_recorded").facts["in_work"] is True
    assert selectors.later_status_due_for(caseworker, date(2026, 12, 21)) == ()
    assert refused(lambda: record(table, date(2026, 12, 22))) == "already_recorded"
    assert refused(lambda: record(table, date(2027, 6, 20), 12, "king")) == "unknown_status"


def test_another_caseworker_records_no_status(table: Table, other_caseworker: Viewer) -> None:
    decided(table, AFTER)
    with pytest.raises(Denied):
        record(table, date(2026, 12, 20), actor=other_caseworker)


def test_the_next_case_carries_the_history_as_a_draft_to_confirm(table: Table) -> None:
    with clock.at(AFTER):
        early = refused(lambda: services.next_measure_chain(actor=table.caseworker, case_id=table.case.id))
    assert early == "no_outcome"
    decided(table, AFTER, next_step="next_measure", next_measure="aft")
    with clock.at(AFTER):
        chained = services.next_measure_chain(actor=table.caseworker, case_id=table.case.id, measure="aft")
    assert chained.chained_from_id == table.case.id
    before, _version = profile_for(table.caseworker, table.case.id)
    after, version = profile_for(table.caseworker, chained.id)
    assert not version.confirmed
    assert after.needs_level == before.needs_level
    assert after.previous_measures == ("arbeidstrening",)
    assert event("outcome.chained").facts == {"from_case": str(table.case.id), "to_case": str(chained.id),
                                              "measure": "aft"}  # fmt: skip
    with clock.at(AFTER):
        again = refused(lambda: services.next_measure_chain(actor=table.caseworker, case_id=table.case.id))
    assert again == "already_chained"


def test_results_hold_no_names(table: Table, leader: Viewer, other_participant: Viewer) -> None:
    decided(table, AFTER)
    answered(table, AFTER, "employer", "partly")
    [row] = selectors.outcome_rows(leader)
    assert (row.judgement, row.by_employer, row.by_participant) == ("on_chain", "partly", "")
    assert row.end_reason == "by_participant"
    with pytest.raises(Denied):
        selectors.outcome_rows(other_participant)


def test_a_failed_decision_leaves_nothing_half_done(caseworker: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    table = running(caseworker)

    def break_off(**_facts: object) -> None:
        raise RuntimeError("the process died")

    monkeypatch.setattr(services, "record", break_off)
    with pytest.raises(RuntimeError):
        decided(table, date(2026, 9, 10))
    assert table.fresh().ended_on is None
    assert not Outcome.objects.exists()
