"""What is owed during a placement: one test per rule, with the § it rests on."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from springbrett.followup.records import (
    CASEWORKER,
    EMPLOYER,
    HOUSE,
    PARTICIPANT,
    ContactDone,
    Done,
    DutyStatus,
    Every,
    ExtraItem,
    Kind,
    ReportTerm,
    State,
    Terms,
)
from springbrett.followup.rules import progress, strictest
from springbrett.kernel.verdict import Ref

LAW = Ref("tiltaksforskriften", "3-5", "law")
BOTH = frozenset({PARTICIPANT, EMPLOYER})
TERMS = Terms(
    start=date(2026, 1, 5),
    end=date(2026, 12, 31),
    first_contact=Every(HOUSE, weeks=2),
    contact=Every(HOUSE, weeks=4),
    visit=Every(HOUSE),
    review=Every(LAW, months=3),
    startup_meeting=HOUSE,
    reports=(
        ReportTerm("start", "start", HOUSE, within_days=14),
        ReportTerm("status_3", "after_months", HOUSE, 3, 7),
        ReportTerm("status_12", "after_months", HOUSE, 12, 7),
        ReportTerm("final", "end", HOUSE, within_days=14),
    ),
    what_next=Every(HOUSE, days=30),
    feedback_after=Every(HOUSE, weeks=2),
    outcome_within_days=14,
    due_soon_days=7,
)


def talk(on: date, kind: str = "phone_participant", reached: frozenset[str] = frozenset({PARTICIPANT})) -> ContactDone:
    return ContactDone(kind, on, reached)


def of(kind: Kind, statuses: tuple[DutyStatus, ...], code: str = "") -> list[DutyStatus]:
    return [status for status in statuses if status.duty.kind is kind and code in {"", status.duty.code}]


def only(kind: Kind, done: Done, on: date, terms: Terms = TERMS, code: str = "") -> DutyStatus:
    """The one duty of the kind that is neither done nor projected."""
    open_ones = [s for s in of(kind, progress(terms, done, on), code) if not s.duty.projected and s.state != State.DONE]
    assert len(open_ones) == 1
    return open_ones[0]


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_first_contact_is_due_within_the_agreed_weeks_after_the_start(weeks: int) -> None:
    terms = replace(TERMS, first_contact=Every(HOUSE, weeks=weeks))
    status = only(Kind.CONTACT, Done(), TERMS.start, terms)
    assert status.duty.due_on == TERMS.start + timedelta(weeks=weeks)
    assert status.duty.owed_by == CASEWORKER


def test_later_contacts_are_counted_from_the_last_actual_contact() -> None:
    held = date(2026, 1, 12)
    assert only(Kind.CONTACT, Done((talk(held),)), held).duty.due_on == held + timedelta(weeks=4)


def test_a_missed_contact_stays_overdue_until_it_is_done() -> None:
    first_due = date(2026, 1, 19)
    for days in (1, 60, 200):
        status = only(Kind.CONTACT, Done(), first_due + timedelta(days=days))
        assert (status.state, status.duty.due_on, status.days_late) == (State.OVERDUE, first_due, days)


def test_a_message_nobody_answered_and_the_startup_meeting_do_not_count_as_contact() -> None:
    contacts = (talk(date(2026, 1, 7), "message"), talk(date(2026, 1, 5), "startup_meeting", BOTH),
                talk(date(2026, 1, 8), "phone_participant", frozenset()))  # fmt: skip
    assert only(Kind.CONTACT, Done(contacts), date(2026, 1, 10)).duty.due_on == date(2026, 1, 19)


def test_the_startup_meeting_is_held_before_the_first_day_or_on_it() -> None:
    status = only(Kind.STARTUP_MEETING, Done(), TERMS.start + timedelta(days=1))
    assert (status.duty.due_on, status.state) == (TERMS.start, State.OVERDUE)
    held = Done((talk(date(2025, 12, 20), "startup_meeting", BOTH),))
    [status] = of(Kind.STARTUP_MEETING, progress(TERMS, held, TERMS.start))
    assert (status.state, status.duty.done_on) == (State.DONE, date(2025, 12, 20))


def test_3_5_the_placement_is_reviewed_at_least_every_third_month() -> None:
    assert only(Kind.REVIEW, Done(), date(2026, 4, 5)).state is State.DUE
    assert only(Kind.REVIEW, Done(), date(2026, 4, 6)).state is State.OVERDUE
    held = Done(reviews=(date(2026, 3, 2),))
    assert only(Kind.REVIEW, held, date(2026, 4, 6)).duty.due_on == date(2026, 6, 2)


def test_3_5_an_agreement_may_ask_for_more_reviews_but_never_for_fewer() -> None:
    law = Every(LAW, months=3)
    assert strictest(law, Every(HOUSE, months=6)) is law
    assert strictest(law, Every(HOUSE)) is law
    assert strictest(law, Every(HOUSE, months=2)).months == 2


def test_3_5_a_review_says_why_it_is_due_that_day() -> None:
    why = only(Kind.REVIEW, Done(), TERMS.start).duty.why
    assert why.ref == LAW
    steps = [(step.label, step.value) for step in why.children]
    assert steps == [("counted_from", TERMS.start), ("interval_months", 3)]


def test_a_placement_shorter_than_three_months_owes_no_review() -> None:
    short = replace(TERMS, end=date(2026, 4, 4))
    assert of(Kind.REVIEW, progress(short, Done(), short.end)) == []


def test_visits_follow_their_own_rhythm_and_only_a_visit_answers_it() -> None:
    terms = replace(TERMS, visit=Every(HOUSE, weeks=8))
    done = Done((talk(date(2026, 2, 1)), talk(date(2026, 2, 10), "workplace_visit", BOTH)))
    assert only(Kind.VISIT, done, date(2026, 2, 11), terms).duty.due_on == date(2026, 4, 7)


def test_joint_and_separate_meetings_are_held_between_the_reviews() -> None:
    terms = replace(TERMS, joint=HOUSE, separate=HOUSE)
    done = Done((talk(date(2026, 2, 2), "joint_meeting", BOTH),
                 talk(date(2026, 2, 3), "participant_meeting"),
                 talk(date(2026, 2, 4), "phone_employer", frozenset({EMPLOYER}))))  # fmt: skip
    assert only(Kind.JOINT_MEETING, done, date(2026, 3, 1), terms).duty.due_on == date(2026, 5, 2)
    assert only(Kind.PARTICIPANT_TALK, done, date(2026, 3, 1), terms).duty.due_on == date(2026, 5, 3)
    assert only(Kind.EMPLOYER_TALK, done, date(2026, 3, 1), terms).duty.due_on == date(2026, 5, 4)


def test_the_employer_is_not_told_when_nav_talks_with_the_participant_alone() -> None:
    terms = replace(TERMS, separate=HOUSE)
    assert EMPLOYER not in only(Kind.PARTICIPANT_TALK, Done(), TERMS.start, terms).duty.visible_to
    assert PARTICIPANT not in only(Kind.EMPLOYER_TALK, Done(), TERMS.start, terms).duty.visible_to


def test_1_6_the_employer_reports_at_the_start_under_way_and_at_the_end() -> None:
    statuses = of(Kind.REPORT, progress(TERMS, Done(), TERMS.start))
    assert {(s.duty.code, s.duty.due_on) for s in statuses} == {
        ("start", date(2026, 1, 19)),
        ("status_3", date(2026, 4, 12)),
        ("final", date(2027, 1, 14)),
    }
    assert all(status.duty.owed_by == EMPLOYER for status in statuses)


def test_1_6_a_status_report_lapses_when_the_placement_ended_before_it() -> None:
    ended = replace(TERMS, ended_on=date(2026, 3, 1))
    assert not of(Kind.REPORT, progress(ended, Done(), date(2026, 3, 2)), "status_3")
    assert only(Kind.REPORT, Done(reports={"start": date(2026, 1, 8)}), date(2026, 3, 20), ended).duty.code == "final"


def test_the_final_report_stays_overdue_after_the_end() -> None:
    ended = replace(TERMS, ended_on=date(2026, 3, 1))
    assert only(Kind.REPORT, Done(), date(2026, 8, 1), ended, "final").state is State.OVERDUE


def test_before_the_agreed_end_the_parties_talk_about_what_comes_next() -> None:
    assert only(Kind.WHAT_NEXT, Done(), date(2026, 12, 2)).state is State.OVERDUE
    held = ContactDone("joint_meeting", date(2026, 11, 20), BOTH, what_next=True)
    [status] = of(Kind.WHAT_NEXT, progress(TERMS, Done((held,)), date(2026, 12, 2)))
    assert status.state is State.DONE


def test_an_extension_makes_the_talk_about_what_comes_next_due_again() -> None:
    held = ContactDone("joint_meeting", date(2026, 11, 20), BOTH, what_next=True)
    extended = replace(TERMS, end=date(2027, 5, 31))
    assert only(Kind.WHAT_NEXT, Done((held,)), date(2026, 12, 2), extended).duty.due_on == date(2027, 5, 1)


def test_3_2_the_participant_is_invited_to_say_how_it_goes_and_is_never_late() -> None:
    status = only(Kind.FEEDBACK, Done(), date(2026, 6, 1))
    assert (status.state, status.days_late, status.duty.owed_by) == (State.DUE, 0, PARTICIPANT)
    assert EMPLOYER not in status.duty.visible_to


def test_3_4_an_outcome_is_owed_at_every_end() -> None:
    for terms, due in ((TERMS, date(2027, 1, 14)), (replace(TERMS, ended_on=date(2026, 3, 1)), date(2026, 3, 15))):
        assert only(Kind.OUTCOME, Done(), terms.last, terms).duty.due_on == due
    assert only(Kind.OUTCOME, Done(), date(2027, 6, 1)).state is State.OVERDUE


def test_what_was_never_done_is_missed_when_the_placement_has_ended() -> None:
    ended = replace(TERMS, ended_on=date(2026, 6, 1))
    [status] = of(Kind.REVIEW, progress(ended, Done(), date(2026, 6, 2)))
    assert (status.state, status.duty.due_on, status.days_late) == (State.MISSED, date(2026, 4, 5), 57)


def test_an_extra_item_is_answered_by_one_contact_of_its_kind() -> None:
    extras = tuple(ExtraItem(uuid4(), "workplace_visit", date(2026, 2, day)) for day in (10, 20))
    terms = replace(TERMS, extras=extras)
    done = Done((talk(date(2026, 2, 9), "workplace_visit", BOTH),))
    states = [s.state for s in of(Kind.EXTRA, progress(terms, done, date(2026, 2, 21)))]
    assert states == [State.DONE, State.OVERDUE]


def test_an_outcome_can_be_decided_and_a_report_submitted_before_the_last_day_for_it() -> None:
    assert only(Kind.OUTCOME, Done(), TERMS.end).state is State.DUE
    assert only(Kind.REPORT, Done(), TERMS.start, code="start").state is State.DUE


def test_what_comes_soon_is_due_and_what_comes_later_is_coming() -> None:
    assert only(Kind.CONTACT, Done(), date(2026, 1, 11)).state is State.COMING
    assert only(Kind.CONTACT, Done(), date(2026, 1, 12)).state is State.DUE


def test_any_past_day_can_be_judged_by_what_was_done_by_then() -> None:
    done = Done((talk(date(2026, 1, 25)),), reviews=(date(2026, 4, 1),), reports={"start": date(2026, 2, 1)})
    assert only(Kind.CONTACT, done, date(2026, 1, 22)).state is State.OVERDUE
    assert only(Kind.REPORT, done, date(2026, 1, 25), code="start").state is State.OVERDUE
