"""The writers of follow-up against the database: rows, events, refusals, and what each party sees."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.agreement.errors import AgreementError, AgreementNotFound, NeedsOverride, RulesStop, StaleVersion
from springbrett.agreement.records import HoursStep
from springbrett.agreement.selectors import content_in_force, newest_version
from springbrett.followup import selectors, services
from springbrett.followup.errors import FollowupError
from springbrett.followup.records import Kind, State
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from tests import build
from tests.builders.agreement import Table, approve
from tests.builders.followup import START, ended, logged, reported, reviewed, running, told

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 1)


@pytest.fixture
def table(caseworker: Viewer) -> Table:
    return running(caseworker)


def event(action: str) -> Event:
    return Event.objects.filter(action=action).latest("id")


def extend(table: Table, on: date, new_end: date, reason: str = "more_time_needed", **said: str) -> None:
    with clock.at(on):
        services.placement_extend(
            actor=table.caseworker, agreement_id=table.agreement.id,
            base_version=newest_version(table.fresh()).number, new_end=new_end, reason_code=reason, **said,
        )  # fmt: skip


def states(table: Table, viewer: Viewer, on: date) -> dict[tuple[Kind, str], State]:
    return {(s.duty.kind, s.duty.code): s.state for s in selectors.duties_of(viewer, table.agreement, on)
            if not s.duty.projected and s.state is not State.DONE}  # fmt: skip


def test_a_contact_moves_the_next_one_and_tells_the_ledger_codes_only(table: Table) -> None:
    logged(table, DAY, agreed="Ny opplæring på kassen.", result="goes_well")
    [nxt] = [s for s in selectors.duties_of(table.caseworker, table.agreement, DAY)
             if s.duty.kind is Kind.CONTACT and not s.duty.projected and s.state is not State.DONE]  # fmt: skip
    assert nxt.duty.due_on == date(2026, 4, 29)
    facts = event("followup.contact_logged").facts
    assert facts["kind"] == "phone_participant"
    assert "opplæring" not in str(facts)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"on": date(2026, 4, 2)}, "in_the_future"),
        ({"kind": "telepathy"}, "unknown_kind"),
        ({"attended": ["employer"]}, "attended"),
        ({"result": "no_answer"}, "attended"),
        ({"agreed": "Hun har fnr 01015012345"}, "words_national_id"),
        ({"result": "splendid"}, "unknown_result"),
    ],
)
def test_a_contact_that_cannot_be_is_refused(table: Table, said: dict[str, object], code: str) -> None:
    facts = {"kind": "phone_participant", "on": DAY, "attended": ["participant"], **said}
    with clock.at(DAY), pytest.raises(FollowupError) as refused:
        services.contact_log(actor=table.caseworker, agreement_id=table.agreement.id, **facts)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_nobody_answering_is_logged_and_does_not_count(table: Table) -> None:
    logged(table, DAY, attended=[], result="no_answer")
    assert states(table, table.caseworker, DAY)[Kind.CONTACT, ""] is State.OVERDUE


def test_a_review_is_held_once_a_day_within_the_placement(table: Table) -> None:
    reviewed(table, date(2026, 6, 8))
    assert event("followup.review_held").facts["days_late"] == 6
    with pytest.raises(FollowupError, match="already_reviewed"):
        reviewed(table, date(2026, 6, 8))
    with clock.at(date(2026, 6, 9)), pytest.raises(FollowupError, match="outside_placement"):
        services.review_hold(
            actor=table.caseworker, agreement_id=table.agreement.id, on=date(2026, 3, 1), duration_ok=True,
            work_chance="good", headway="good", conclusion="continue_as_is", text="x",
        )  # fmt: skip


def test_each_report_is_submitted_once_and_not_too_early(table: Table) -> None:
    reported(table, date(2026, 3, 20))
    assert event("followup.report_submitted").facts["days_late"] == 4
    for day, kind, code in ((date(2026, 3, 21), "start", "already_submitted"), (DAY, "status_3", "too_early"),
                            (DAY, "status_9", "too_early"), (DAY, "weather", "not_owed")):  # fmt: skip
        with pytest.raises(FollowupError) as refused:
            reported(table, day, kind)
        assert refused.value.code == code


def test_a_notice_of_change_is_welcome_at_any_time(table: Table) -> None:
    reported(table, DAY, "change_notice")
    reported(table, DAY, "change_notice")


def test_only_the_employer_of_the_agreement_reports(table: Table, caseworker: Viewer) -> None:
    other = running(caseworker)
    with clock.at(DAY):
        with pytest.raises(AgreementNotFound):
            services.report_submit(actor=other.employer, agreement_id=table.agreement.id, kind="start", tasks="x")
        for actor in (table.caseworker, table.participant):
            with pytest.raises(Denied):
                services.report_submit(actor=actor, agreement_id=table.agreement.id, kind="start", tasks="x")


def test_private_feedback_is_read_by_nav_and_the_participant_and_nobody_else(table: Table) -> None:
    told(table, DAY, topics=["feels_used"])
    assert len(selectors.private_feedback(table.caseworker, table.agreement)) == 1
    assert len(selectors.private_feedback(table.participant, table.agreement)) == 1
    with pytest.raises(Denied):
        selectors.private_feedback(table.employer, table.agreement)
    assert selectors.feedback_to_employer(table.employer, table.agreement) == ()


def test_of_private_feedback_the_ledger_learns_only_that_it_was_given(table: Table) -> None:
    told(table, DAY, topics=["feels_used"])
    written = event("followup.feedback_given")
    assert set(written.facts) == {"audience", "feedback"}
    assert written.employer_id is None


def test_feedback_to_the_employer_is_read_by_the_employer(table: Table) -> None:
    told(table, DAY, "employer", text="", masters="Kassen", needs_training="Truck")
    [feedback] = selectors.feedback_to_employer(table.employer, table.agreement)
    assert (feedback.masters, feedback.needs_training) == ("Kassen", "Truck")


def test_only_the_participant_gives_feedback(table: Table, other_participant: Viewer) -> None:
    for actor in (table.caseworker, table.employer, other_participant):
        with clock.at(DAY), pytest.raises(Denied):
            services.feedback_give(actor=actor, agreement_id=table.agreement.id, audience="nav", text="x")


def test_only_what_was_added_can_be_taken_away(table: Table) -> None:
    with clock.at(DAY):
        item = services.plan_item_add(
            actor=table.caseworker, agreement_id=table.agreement.id, kind="workplace_visit", on=date(2026, 5, 1)
        )
        assert states(table, table.caseworker, DAY)[Kind.EXTRA, "workplace_visit"] is State.COMING
        services.plan_item_remove(actor=table.caseworker, agreement_id=table.agreement.id, item_id=item.id)
        assert (Kind.EXTRA, "workplace_visit") not in states(table, table.caseworker, DAY)
        with pytest.raises(FollowupError, match="no_such_item"):
            services.plan_item_remove(actor=table.caseworker, agreement_id=table.agreement.id, item_id=item.id)


def test_an_adjustment_waits_for_the_parties_and_leaves_the_dates_alone(table: Table) -> None:
    newest = newest_version(table.fresh())
    with clock.at(DAY):
        ramp = (*newest.record.hours_ramp, HoursStep(date(2026, 5, 1), Decimal(30)))
        content = replace(newest.record, hours_ramp=ramp)
        services.placement_adjust(actor=table.caseworker, agreement_id=table.agreement.id, base_version=newest.number,
                                  content=content, reason_code="hours_up")  # fmt: skip
        assert content_in_force(table.fresh()) == newest.record
        assert event("followup.adjusted").facts["parts"] == ["hours"]
        approve(table)
        assert content_in_force(table.fresh()) == content
        with pytest.raises(FollowupError, match="dates_not_adjusted"):
            services.placement_adjust(actor=table.caseworker, agreement_id=table.agreement.id,
                                      base_version=newest.number + 1, content=replace(content, end=date(2026, 12, 1)),
                                      reason_code="extension")  # fmt: skip


def test_3_5_an_extension_within_twelve_months_waits_for_approval(table: Table) -> None:
    extend(table, DAY, date(2026, 11, 30))
    facts = event("followup.extended").facts
    assert (facts["reason"], facts["old_end"], facts["end"]) == ("more_time_needed", "2026-09-01", "2026-11-30")
    in_force = content_in_force(table.fresh())
    assert in_force is not None
    assert in_force.end == date(2026, 9, 1)


def test_3_5_beyond_twelve_months_unknown_capacity_must_be_clarified(table: Table) -> None:
    with pytest.raises(RulesStop) as stopped:
        extend(table, DAY, date(2027, 4, 1))
    assert stopped.value.verdict.unknown
    assert "reduced_work_capacity" in stopped.value.verdict.would_change


def test_3_5_beyond_eighteen_months_nothing_helps(table: Table) -> None:
    with pytest.raises(RulesStop) as stopped:
        extend(table, DAY, date(2027, 9, 2))
    assert stopped.value.verdict.stops


def test_3_5_earlier_placements_count(caseworker: Viewer) -> None:
    person = build.make_person()
    first = running(caseworker, build.make_case(caseworker, person), start=date(2025, 8, 11), months=6)
    ended(first, date(2026, 2, 10), "planned_end")
    second = running(caseworker, build.make_case(caseworker, person), months=2)
    with pytest.raises(RulesStop):
        extend(second, DAY, date(2026, 9, 2))
    extend(second, DAY, date(2026, 9, 1))


def test_soon_a_vacancy_twice_at_an_employer_asks_for_a_reason_of_its_own(table: Table) -> None:
    extend(table, DAY, date(2026, 10, 1), "position_coming")
    approve_at(table, DAY)
    with pytest.raises(NeedsOverride) as warned:
        extend(table, DAY, date(2026, 11, 1), "position_coming")
    assert {v.rule for v in warned.value.verdict.warnings} == {"vacancy_not_promised_again", "few_extensions"}
    extend(table, DAY, date(2026, 11, 1), "position_coming", override_reason="parties_agree")
    assert "vacancy_not_promised_again" in event("followup.extended").facts["warnings"]


def approve_at(table: Table, on: date) -> None:
    with clock.at(on):
        approve(table)


def test_two_caseworkers_extending_at_once_become_one_after_the_other(table: Table) -> None:
    newest = newest_version(table.fresh()).number
    extend(table, DAY, date(2026, 10, 1))
    with clock.at(DAY), pytest.raises(StaleVersion):
        services.placement_extend(
            actor=table.caseworker, agreement_id=table.agreement.id, base_version=newest, new_end=date(2026, 10, 5),
            reason_code="absence", override_reason="parties_agree",
        )  # fmt: skip


def test_an_early_end_is_told_as_such_and_what_was_missed_is_kept(table: Table) -> None:
    ended(table, date(2026, 6, 20), "no_shows")
    assert table.fresh().ended_on == date(2026, 6, 20)
    facts = event("followup.ended_early").facts
    assert (facts["reason"], facts["days_early"]) == ("no_shows", 73)
    assert states(table, table.caseworker, date(2026, 6, 21))[Kind.REVIEW, ""] is State.MISSED
    with pytest.raises(AgreementError):
        ended(table, date(2026, 6, 21))


def test_a_planned_end_is_no_early_end(table: Table) -> None:
    ended(table, date(2026, 9, 1), "planned_end")
    assert not Event.objects.filter(action="followup.ended_early").exists()
    assert Event.objects.filter(action="agreement.ended").exists()


def test_same_role_other_case_can_do_nothing(table: Table, other_caseworker: Viewer) -> None:
    agreement_id = table.agreement.id
    with clock.at(DAY):
        for call in (
            lambda: services.contact_log(actor=other_caseworker, agreement_id=agreement_id, kind="message", on=DAY,
                                         attended=[]),
            lambda: services.review_hold(actor=other_caseworker, agreement_id=agreement_id, on=DAY, duration_ok=True,
                                         work_chance="good", headway="good", conclusion="extend", text="x"),
            lambda: services.placement_end(actor=other_caseworker, agreement_id=agreement_id, ended_on=DAY,
                                           reason_code="by_caseworker"),
            lambda: services.plan_item_add(actor=other_caseworker, agreement_id=agreement_id, kind="message", on=DAY),
            lambda: selectors.duties_of(other_caseworker, table.agreement, DAY),
        ):  # fmt: skip
            with pytest.raises(Denied):
                call()


def test_the_due_list_is_short_work_however_many_cases(caseworker: Viewer) -> None:
    tables = [running(caseworker) for _ in range(3)]
    logged(tables[0], date(2026, 3, 10))
    for viewer in (caseworker, tables[0].employer, tables[0].participant):
        with CaptureQueriesContext(connection) as queries:
            selectors.due_for(viewer, DAY)
        assert len(queries) <= 6


def test_the_due_list_shows_each_only_what_concerns_them(
    caseworker: Viewer, table: Table, other_caseworker: Viewer
) -> None:
    running(caseworker)
    mine = selectors.due_for(caseworker, DAY)
    assert {item.agreement_id for item in mine} >= {table.agreement.id}
    assert mine[0].state is State.OVERDUE
    assert {item.kind for item in selectors.due_for(table.employer, DAY)} == {Kind.REPORT}
    assert {item.case_id for item in selectors.due_for(table.employer, DAY)} == {table.case.id}
    own = selectors.due_for(table.participant, DAY)
    assert {item.case_id for item in own} == {table.case.id}
    assert Kind.EMPLOYER_TALK not in {item.kind for item in own}
    assert Kind.FEEDBACK in {item.kind for item in own}
    assert selectors.due_for(other_caseworker, DAY) == ()


def test_the_leader_sees_how_much_is_overdue_and_with_whom(table: Table, leader: Viewer, caseworker: Viewer) -> None:
    [count] = selectors.overdue_counts(leader, date(2026, 3, 17))
    assert (count.caseworker_id, count.cases) == (caseworker.account_id, 1)
    assert count.by_kind == {"startup_meeting": 1, "contact": 1, "report": 1}


def test_an_ended_placement_stays_on_the_list_until_the_final_report(table: Table) -> None:
    ended(table, DAY)
    assert [item.code for item in selectors.due_for(table.employer, date(2026, 6, 1))] == ["final"]
    reported(table, date(2026, 4, 3), "final")
    assert selectors.due_for(table.employer, date(2026, 6, 1)) == ()


def test_the_employer_reads_no_contact_held_without_them(table: Table) -> None:
    logged(table, DAY, "participant_meeting", agreed="Fortrolig")
    logged(table, DAY, "joint_meeting", agreed="Felles", for_caseworkers="Til NAV")
    [entry] = selectors.log_of(table.employer, table.agreement)
    assert entry.row.agreed == "Felles"  # type: ignore[union-attr]
    assert START < DAY
