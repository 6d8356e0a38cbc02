"""Support beside a measure: drafted from the main agreement, within its days, with its own parties, ending with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from springbrett import catalogue
from springbrett.access.policy import Denied
from springbrett.access.roles import Role, Viewer
from springbrett.agreement import rules, selectors, services
from springbrett.agreement.context import context_for, supports_open_to
from springbrett.agreement.errors import AgreementError, AgreementNotFound, RulesStop
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT
from springbrett.choice.placements import used_by_measure
from springbrett.followup import services as followup
from springbrett.followup.selectors import due_for, duties_of
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.outcome.selectors import outcomes_due_for
from springbrett.people.models import Case
from tests import build
from tests.builders import employers
from tests.builders.agreement import (
    Table,
    agreed,
    approve,
    content_for,
    drafted,
    enter,
    full_content,
    funded,
    supported,
)
from tests.builders.mapping import confirmed_mapping

START = date(2026, 3, 9)
TODAY = START - timedelta(days=5)


@pytest.fixture
def main(caseworker: Viewer) -> Table:
    """Arbeidstrening in force from the start, agreed five days before."""
    with clock.at(TODAY):
        case = build.make_case(caseworker)
        confirmed_mapping(caseworker, case.id, needs_level="spesielt_tilpasset_innsats", reduced_work_capacity=True,
                          job_seeker=True)  # fmt: skip
        return agreed(caseworker, case, content=full_content(START, 6))


def stops(table: Table) -> set[str]:
    content = selectors.newest_version(table.fresh()).record
    found = rules.check(content, context_for(table.caseworker, table.fresh(), clock.today()))
    return {v.rule for v in found.children if v.stops}


def test_mentor_and_inclusion_grant_can_stand_beside_arbeidstrening(main: Table) -> None:
    with clock.at(TODAY):
        assert {"mentor", "inkluderingstilskudd"} <= set(supports_open_to(main.fresh(), TODAY))


def test_a_support_stands_alone_only_where_the_catalogue_says_so(caseworker: Viewer) -> None:
    for code in ("mentor", "inkluderingstilskudd"):
        beside = catalogue.load().measure(code).attaches_to_on(TODAY)
        assert beside is not None
        with clock.at(TODAY):
            case = build.make_case(caseworker)
            confirmed_mapping(caseworker, case.id, needs_level="spesielt_tilpasset_innsats",
                              reduced_work_capacity=True, job_seeker=True)  # fmt: skip
            try:
                drafted(caseworker, case, measure=code, content=content_for(code))
                answer = ""
            except AgreementError as refused:
                answer = refused.code
        assert answer == ("" if beside.alone else "needs_main")


@pytest.mark.parametrize("measure", ["mentor", "inkluderingstilskudd"])
def test_a_support_has_its_own_versions_approvals_and_money_and_comes_into_force(main: Table, measure: str) -> None:
    with clock.at(TODAY):
        support = supported(main, measure)
        assert stops(support) == {"money_granted"}
        enter(support)
    assert selectors.in_force_number(support.fresh()) == 1
    assert support.fresh().attached_to_id == main.agreement.id
    assert support.fresh().workplace_id == main.fresh().workplace_id


def test_the_first_draft_takes_over_the_days_left_the_contacts_and_the_mentor_that_was_asked_for(
    caseworker: Viewer,
) -> None:
    with clock.at(TODAY):
        asked = replace(full_content().support, mentor_requested=True, mentor_hours_week=2, mentor_name="Mona")
        main = agreed(caseworker, content=full_content(START, 6, support=asked))
    with clock.at(START + timedelta(days=30)):
        support = services.support_draft(actor=caseworker, agreement_id=main.agreement.id, measure="mentor")
        drafted_ = selectors.newest_version(support).record
        assert drafted_.start == clock.today() and drafted_.end == main.fresh().versions.get(number=1).record.end
        assert drafted_.mentoring.name == "Mona" and drafted_.contact_nav.name and not drafted_.tasks


def test_a_case_has_one_open_support_of_each_measure_and_still_one_open_main_agreement(main: Table) -> None:
    with clock.at(TODAY):
        supported(main, "mentor")
        supported(main, "inkluderingstilskudd")
        with pytest.raises(AgreementError) as twice:
            supported(main, "mentor")
        assert twice.value.code == "already_open"
        with pytest.raises(AgreementError) as second:
            services.agreement_draft(actor=main.caseworker, case_id=main.case.id)
        assert second.value.code == "already_open"
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(case=main.case, workplace=main.fresh().workplace, measure="mentor", terms={},
                                 attached_to=main.agreement, created_at=clock.now())  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(case=main.case, workplace=main.fresh().workplace, measure="vtao", terms={},
                                 created_at=clock.now())  # fmt: skip


def test_a_support_stands_only_beside_what_the_catalogue_says(main: Table) -> None:
    with clock.at(TODAY):
        for measure in ("sommerjobb", "arbeidstrening"):
            with pytest.raises(AgreementError) as refused:
                supported(main, measure)
            assert refused.value.code == "not_beside"
        support = supported(main, "mentor")
        with pytest.raises(AgreementError) as nested:
            services.support_draft(actor=main.caseworker, agreement_id=support.agreement.id,
                                   measure="inkluderingstilskudd")  # fmt: skip
    assert nested.value.code == "not_beside"


@pytest.mark.parametrize(
    ("early", "late", "inside"), [(0, 0, True), (1, 0, False), (0, 1, False), (-1, -1, True)]
)  # fmt: skip
def test_a_support_lies_within_the_days_of_what_it_stands_beside(
    main: Table, early: int, late: int, inside: bool
) -> None:
    held = selectors.current(main.fresh())
    assert held is not None
    with clock.at(TODAY):
        support = supported(main, "mentor", start=held.period.start - timedelta(days=early),
                            end=held.period.last + timedelta(days=late))  # fmt: skip
        assert ("support_within_main" in stops(support)) is not inside


def test_a_support_waits_for_the_main_agreement_to_come_into_force(caseworker: Viewer) -> None:
    with clock.at(TODAY):
        main = drafted(caseworker, content=full_content(START, 6))
        support = supported(main, "inkluderingstilskudd")
        assert "support_within_main" in stops(support)
        approve(support, PARTICIPANT, EMPLOYER)
        funded(support)
        with pytest.raises(RulesStop):
            approve(support, CASEWORKER)
        approve(main)
        approve(support, CASEWORKER)
    assert selectors.in_force_number(support.fresh()) == 1


def test_supports_end_with_the_main_agreement_and_drafts_are_put_away(main: Table) -> None:
    with clock.at(TODAY):
        mentor, grant = supported(main, "mentor"), supported(main, "inkluderingstilskudd")
        enter(mentor)
    last = START + timedelta(days=20)
    with clock.at(last):
        followup.placement_end(actor=main.caseworker, agreement_id=main.agreement.id, ended_on=last,
                               reason_code="by_participant")  # fmt: skip
    assert (mentor.fresh().ended_on, mentor.fresh().ended_reason) == (last, "by_participant")
    assert grant.fresh().discarded_at is not None
    told = {(e.object_id, e.action) for e in Event.objects.filter(action__startswith="support.")}
    assert {(mentor.agreement.id, "support.ended"), (grant.agreement.id, "support.discarded")} <= told
    assert Event.objects.filter(action="agreement.ended", case_id=main.case.id).count() == 1


def test_a_support_that_was_to_end_earlier_keeps_its_own_last_day(main: Table) -> None:
    own_last = START + timedelta(days=10)
    with clock.at(TODAY):
        mentor = supported(main, "mentor", end=own_last)
        enter(mentor)
    with clock.at(START + timedelta(days=20)):
        services.agreement_end(actor=main.caseworker, agreement_id=main.agreement.id, ended_on=clock.today(),
                               reason_code="by_employer")  # fmt: skip
    assert mentor.fresh().ended_on == own_last


def test_putting_away_a_draft_puts_away_what_was_drafted_beside_it(caseworker: Viewer) -> None:
    with clock.at(TODAY):
        main = drafted(caseworker, content=full_content(START, 6))
        support = supported(main, "mentor")
        services.agreement_discard(actor=caseworker, agreement_id=main.agreement.id)
    assert support.fresh().discarded_at is not None


def test_a_support_ends_alone_and_what_it_stands_beside_goes_on(main: Table) -> None:
    with clock.at(TODAY):
        mentor = supported(main, "mentor")
        enter(mentor)
    with clock.at(START + timedelta(days=9)):
        with pytest.raises(AgreementError) as future:
            services.agreement_end(actor=main.caseworker, agreement_id=mentor.agreement.id,
                                   ended_on=clock.today() + timedelta(days=1), reason_code="by_employer")  # fmt: skip
        assert future.value.code == "not_come"
        services.agreement_end(actor=main.caseworker, agreement_id=mentor.agreement.id, ended_on=clock.today(),
                               reason_code="by_employer")  # fmt: skip
        assert supported(main, "mentor").agreement.id != mentor.agreement.id
    assert main.fresh().is_open


def test_an_extension_of_the_main_agreement_does_not_extend_the_support_and_a_shorter_one_waits_for_it(
    main: Table,
) -> None:
    with clock.at(TODAY):
        mentor = supported(main, "mentor")
        enter(mentor)
        content = selectors.newest_version(main.fresh()).record
        assert content.end is not None
        longer = replace(content, end=content.end + timedelta(days=14))
        shorter = replace(content, end=content.end - timedelta(days=14))
        known = context_for(main.caseworker, main.fresh(), TODAY)
        found = {v.rule: v for v in rules.check(shorter, known).children}
        assert found["supports_stay_within"].stops
        assert {v.rule: v for v in rules.check(longer, known).children}["supports_stay_within"].met
        services.agreement_change(actor=main.caseworker, agreement_id=main.agreement.id, base_version=1, content=longer)
        approve(main)
    assert selectors.newest_version(mentor.fresh()).record.end == content.end


def test_follow_up_outcome_and_the_path_know_only_the_main_agreement(main: Table) -> None:
    with clock.at(TODAY):
        mentor = supported(main, "mentor")
        enter(mentor)
    on = START + timedelta(days=3)
    assert {item.agreement_id for item in due_for(main.caseworker, on)} == {main.agreement.id}
    assert {a.id for a in selectors.agreements_for_case(main.caseworker, main.case.id)} == {main.agreement.id}
    assert {row.agreement.id for row in selectors.in_force(main.caseworker, on)} == {main.agreement.id}
    after = START + timedelta(days=400)
    assert {due.agreement_id for due in outcomes_due_for(main.caseworker, after)} == {main.agreement.id}
    assert {due.agreement_id for due in outcomes_due_for(main.participant, after)} == {main.agreement.id}
    with pytest.raises(AgreementNotFound):
        followup.contact_log(actor=main.caseworker, agreement_id=mentor.agreement.id, kind="phone_participant", on=on,
                             attended=["participant"])  # fmt: skip
    assert duties_of(main.caseworker, main.fresh(), on)


def test_the_time_in_a_support_counts_for_the_person(main: Table) -> None:
    with clock.at(TODAY):
        mentor = supported(main, "mentor")
        enter(mentor)
    used = used_by_measure(main.case.person_id)
    assert len(used["mentor"]) == 1 and len(used["arbeidstrening"]) == 1


def test_same_role_other_case_is_refused(main: Table, other_caseworker: Viewer, other_participant: Viewer) -> None:
    with clock.at(TODAY):
        support = supported(main, "mentor")
        with pytest.raises(Denied):
            services.support_draft(actor=other_caseworker, agreement_id=main.agreement.id, measure="mentor")
        other_employer = employers.make_employer_viewer(employers.make_employer())
        for stranger in (other_caseworker, other_participant, other_employer):
            with pytest.raises((Denied, AgreementNotFound)):
                selectors.agreement_for(stranger, support.agreement.id)
        with pytest.raises(Denied):
            services.agreement_ask_for_money(actor=main.employer, agreement_id=support.agreement.id, version=1)


def test_a_mentor_named_in_the_support_sees_the_plan_of_what_it_stands_beside_until_it_ends(main: Table) -> None:
    mentor_viewer = build.make_viewer(Role.MENTOR, employer_id=main.company.id)
    with clock.at(TODAY):
        plain = content_for("mentor", START).mentoring
        support = supported(main, "mentor", mentoring=replace(plain, account_id=mentor_viewer.account_id))
        enter(support)
        assert duties_of(mentor_viewer, main.fresh(), START)
    with clock.at(START + timedelta(days=5)):
        services.agreement_end(actor=main.caseworker, agreement_id=support.agreement.id, ended_on=clock.today(),
                               reason_code="by_employer")  # fmt: skip
        with pytest.raises((Denied, AgreementNotFound)):
            duties_of(mentor_viewer, main.fresh(), clock.today())


def test_a_support_of_another_case_is_not_beside_this_one(main: Table, case: Case) -> None:
    assert selectors.supports_of(main.caseworker, main.fresh()) == ()
    with clock.at(TODAY):
        support = supported(main, "mentor")
    assert [row.id for row in selectors.supports_of(main.caseworker, main.fresh())] == [support.agreement.id]
