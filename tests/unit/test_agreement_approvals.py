"""The life of an agreement through its services: drafting, approving, changing, ending."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from springbrett import catalogue
from springbrett.access.policy import Denied
from springbrett.access.roles import Role, Viewer
from springbrett.agreement import selectors, services
from springbrett.agreement.approvals import Standing
from springbrett.agreement.errors import (
    AgreementError,
    AgreementNotFound,
    AlreadyApproved,
    NeedsOverride,
    RulesStop,
    StaleVersion,
)
from springbrett.agreement.models import Agreement, AgreementVersion, Approval
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT, ContactPoint, HoursStep, Support
from springbrett.choice.placements import used_periods
from springbrett.kernel import clock
from springbrett.ledger.selectors import case_events
from springbrett.people.models import Case
from tests import build
from tests.builders import choice, employers
from tests.builders.agreement import Table, agreed, approve, change, chosen, drafted, full_content


@pytest.fixture
def table(caseworker: Viewer, case: Case) -> Table:
    return drafted(caseworker, case)


def actions(table: Table) -> list[str]:
    return [e.action for e in case_events(table.case.id) if e.step == "agreement"]


def approve_one(table: Table, party: str, version: int = 1, **said: Any) -> Approval:
    return services.agreement_approve(
        actor=said.pop("actor", table.voice(party)),
        agreement_id=table.agreement.id,
        version=version,
        party=party,
        **said,
    )


def test_all_three_put_it_in_force_with_the_caseworker_last(table: Table) -> None:
    approve(table)
    assert actions(table) == [
        "agreement.drafted",
        *["agreement.approved"] * 3,
        "agreement.entered",
        "agreement.started",
    ]
    assert selectors.content_in_force(table.fresh()) == full_content()
    started = case_events(table.case.id).get(action="agreement.started")
    assert started.employer_id == table.company.id and started.person_id == table.case.person_id
    assert started.facts["measure"] == "arbeidstrening" and started.facts["main_purpose"] == "work_experience"


def test_the_caseworker_cannot_go_before_the_others(table: Table) -> None:
    approve(table, PARTICIPANT)
    with pytest.raises(AgreementError, match="others_first"):
        approve(table, CASEWORKER)


def test_an_approval_given_twice_is_refused_and_leaves_one_row(table: Table) -> None:
    approve(table, EMPLOYER)
    with pytest.raises(AlreadyApproved):
        approve(table, EMPLOYER)
    assert Approval.objects.count() == 1


def test_the_database_refuses_a_second_approval_of_the_same_version(table: Table) -> None:
    first = approve_one(table, EMPLOYER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(agreement=first.agreement, version=first.version, party=EMPLOYER,
                                by_account=first.by_account, role="employer", at=clock.now())  # fmt: skip


def test_the_database_refuses_to_change_a_version(table: Table) -> None:
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AgreementVersion.objects.filter(agreement=table.agreement).update(number=7)


def test_the_database_refuses_an_end_without_a_reason(table: Table) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=table.agreement.id).update(ended_on=date(2026, 1, 1))


def test_the_caseworker_approves_for_the_participant_only_with_a_coded_reason(table: Table) -> None:
    for reason in ("", "because"):
        with pytest.raises(AgreementError, match="on_behalf_reason"):
            approve_one(table, PARTICIPANT, actor=table.caseworker, on_behalf_reason=reason)
    given = approve_one(table, PARTICIPANT, actor=table.caseworker, on_behalf_reason="guardian")
    assert given.on_behalf_reason == "guardian" and given.role == Role.CASEWORKER


def test_nobody_approves_for_the_employer(table: Table) -> None:
    for actor in (table.caseworker, table.participant, Viewer.system()):
        with pytest.raises(Denied):
            approve_one(table, EMPLOYER, actor=actor)


def test_the_participant_gives_no_reason_for_being_themselves(table: Table) -> None:
    with pytest.raises(AgreementError, match="on_behalf_reason"):
        approve_one(table, PARTICIPANT, on_behalf_reason="guardian")


def test_a_change_of_tasks_clears_everybody_and_says_what_changed(table: Table) -> None:
    approve(table, PARTICIPANT, EMPLOYER)
    change(table, tasks="Bare kasse.")
    state = selectors.approval_state(table.fresh())
    assert state.waiting_for == (PARTICIPANT, EMPLOYER, CASEWORKER)
    assert state.of(EMPLOYER).standing is Standing.CLEARED
    assert [c.part for c in state.of(EMPLOYER).changes] == ["tasks"]


def test_a_change_of_declarations_leaves_the_participant_alone(table: Table) -> None:
    approve(table, PARTICIPANT, EMPLOYER)
    change(table, close_relative=True, close_relative_reason="Bygda har én arbeidsgiver.")
    assert selectors.approval_state(table.fresh()).waiting_for == (EMPLOYER, CASEWORKER)


def test_a_change_taken_back_brings_the_approvals_back(table: Table) -> None:
    approve(table, PARTICIPANT, EMPLOYER)
    change(table, tasks="Bare kasse.")
    change(table, tasks=full_content().tasks)
    assert selectors.approval_state(table.fresh()).ready_for_last


def test_what_is_in_force_stays_until_everybody_has_approved_the_change(caseworker: Viewer) -> None:
    table = agreed(caseworker)
    change(table, tasks="Bare kasse.")
    approve(table, PARTICIPANT, EMPLOYER)
    assert selectors.content_in_force(table.fresh()) == full_content()
    approve(table, CASEWORKER)
    found = selectors.content_in_force(table.fresh())
    assert found is not None and found.tasks == "Bare kasse."
    assert actions(table).count("agreement.entered") == 2 and actions(table).count("agreement.started") == 1


def test_a_new_contact_person_concerns_nobody_and_is_in_force_at_once(caseworker: Viewer) -> None:
    table = agreed(caseworker)
    change(table, contact_nav=ContactPoint("Ny Veileder", "90000002"))
    assert selectors.in_force_number(table.fresh()) == 2
    assert actions(table)[-1] == "agreement.entered"


def test_a_contact_person_cannot_be_taken_out_of_an_agreement_in_force(caseworker: Viewer) -> None:
    table = agreed(caseworker)
    with pytest.raises(RulesStop):
        change(table, contact_nav=ContactPoint())
    assert selectors.newest_version(table.fresh()).number == 1


def test_saving_on_top_of_an_old_version_is_refused(table: Table) -> None:
    change(table, tasks="Bare kasse.")
    with pytest.raises(StaleVersion) as stale:
        services.agreement_change(actor=table.caseworker, agreement_id=table.agreement.id, base_version=1,
                                  content=replace(full_content(), tasks="Bare lager."))  # fmt: skip
    assert stale.value.current == 2
    with pytest.raises(StaleVersion):
        approve_one(table, EMPLOYER, version=1)


def test_saving_without_a_change_is_refused(table: Table) -> None:
    with pytest.raises(AgreementError, match="nothing_changed"):
        change(table)


@pytest.mark.parametrize(("text", "code"), [("Har ADHD", "diagnosis"), ("Født 01017012345", "national_id")])
def test_what_the_employer_must_not_read_cannot_be_written(table: Table, text: str, code: str) -> None:
    with pytest.raises(AgreementError, match=code):
        change(table, tasks=text)


def test_codes_must_be_in_the_catalogue(table: Table) -> None:
    with pytest.raises(AgreementError, match="unknown_adaptation"):
        change(table, adaptations=("free_lunch",))


def test_warnings_need_a_coded_reason(caseworker: Viewer, case: Case) -> None:
    table = drafted(caseworker, case, content=full_content(main_purpose="language", purposes=("language",)))
    approve(table, PARTICIPANT, EMPLOYER)
    with pytest.raises(NeedsOverride) as warned:
        approve(table, CASEWORKER)
    assert [v.rule for v in warned.value.verdict.warnings] == ["purpose_follows_chain"]
    with pytest.raises(AgreementError, match="override_reason"):
        approve(table, CASEWORKER, override_reason="felt_like_it")
    approve(table, CASEWORKER, override_reason="individual_need")
    assert selectors.in_force_number(table.fresh()) == 1
    assert Approval.objects.get(party=CASEWORKER).shown["rule"] == "agreement_ready"


def test_an_unfinished_draft_can_be_saved_but_not_approved(caseworker: Viewer, case: Case) -> None:
    table = drafted(caseworker, case, content=full_content(training="", discussed_with_employee_reps=None))
    for party in (PARTICIPANT, EMPLOYER):
        with pytest.raises(RulesStop):
            approve(table, party)


def test_an_approval_can_be_taken_back_before_it_is_in_force(table: Table) -> None:
    approve(table, EMPLOYER)
    services.agreement_withdraw_approval(actor=table.employer, agreement_id=table.agreement.id, party=EMPLOYER)
    assert selectors.approval_state(table.fresh()).of(EMPLOYER).standing is Standing.WAITING
    approve(table, EMPLOYER)
    approve(table, PARTICIPANT, CASEWORKER)
    with pytest.raises(AgreementError, match="in_force"):
        services.agreement_withdraw_approval(actor=table.employer, agreement_id=table.agreement.id, party=EMPLOYER)


def test_the_caseworker_must_approve_anew_when_somebody_takes_theirs_back_and_gives_it_again(
    caseworker: Viewer,
) -> None:
    table = agreed(caseworker)
    change(table, tasks="Bare kasse.")
    approve(table, PARTICIPANT, EMPLOYER)
    services.agreement_withdraw_approval(actor=table.employer, agreement_id=table.agreement.id, party=EMPLOYER)
    with pytest.raises(AgreementError, match="others_first"):
        approve(table, CASEWORKER)


def test_an_end_is_recorded_with_the_day_and_the_reason(caseworker: Viewer) -> None:
    table = agreed(caseworker)
    last = full_content().period.start + timedelta(days=20)
    services.agreement_end(actor=caseworker, agreement_id=table.agreement.id, ended_on=last, reason_code="job_found")
    ended = case_events(table.case.id).get(action="agreement.ended")
    assert ended.facts["end"] == last.isoformat() and ended.facts["reason"] == "job_found"
    [placement] = selectors.placements_of(table.case.person_id)
    assert placement.period.end == last and placement.employer_id == table.company.id
    assert used_periods(table.case.person_id, "arbeidstrening") == (placement.period,)
    with pytest.raises(AgreementError, match="closed"):
        change(table, tasks="Mer.")


def test_an_end_after_the_planned_one_is_an_extension_and_not_an_end(caseworker: Viewer) -> None:
    table = agreed(caseworker)
    late = full_content().period.last + timedelta(days=1)
    with pytest.raises(AgreementError, match="after_planned_end"):
        services.agreement_end(
            actor=caseworker, agreement_id=table.agreement.id, ended_on=late, reason_code="job_found"
        )
    with pytest.raises(AgreementError, match="unknown_reason"):
        services.agreement_end(
            actor=caseworker, agreement_id=table.agreement.id, ended_on=clock.today(), reason_code="x"
        )


def test_a_placement_that_never_began_is_none(caseworker: Viewer) -> None:
    table = agreed(caseworker)
    services.agreement_end(actor=caseworker, agreement_id=table.agreement.id, ended_on=clock.today(),
                           reason_code="by_participant")  # fmt: skip
    assert selectors.placements_of(table.case.person_id) == ()
    assert used_periods(table.case.person_id, "arbeidstrening") == ()


def test_a_draft_cannot_be_ended_and_an_agreement_in_force_cannot_be_discarded(table: Table) -> None:
    with pytest.raises(AgreementError, match="never_in_force"):
        services.agreement_end(actor=table.caseworker, agreement_id=table.agreement.id, ended_on=clock.today(),
                               reason_code="job_found")  # fmt: skip
    approve(table)
    with pytest.raises(AgreementError, match="in_force"):
        services.agreement_discard(actor=table.caseworker, agreement_id=table.agreement.id)


def test_a_case_has_one_open_agreement_at_a_time(table: Table) -> None:
    with pytest.raises(AgreementError, match="already_open"):
        services.agreement_draft(actor=table.caseworker, case_id=table.case.id)
    services.agreement_discard(actor=table.caseworker, agreement_id=table.agreement.id)
    services.agreement_draft(actor=table.caseworker, case_id=table.case.id)
    assert len(selectors.agreements_for_case(table.caseworker, table.case.id)) == 2
    assert len(selectors.agreements_for_case(table.employer, table.case.id)) == 1


def test_a_draft_needs_a_choice_and_a_match(caseworker: Viewer, case: Case) -> None:
    with pytest.raises(AgreementError, match="no_choice"):
        services.agreement_draft(actor=caseworker, case_id=case.id)
    choice.decided(caseworker, case.id)
    with pytest.raises(AgreementError, match="no_match"):
        services.agreement_draft(actor=caseworker, case_id=case.id)


def test_the_first_draft_is_filled_in_and_carries_no_mapping_but_hours_and_adaptation(
    caseworker: Viewer, case: Case
) -> None:  # fmt: skip
    from tests.builders.mapping import confirmed_mapping

    confirmed_mapping(caseworker, case.id, adaptations_needed=["quiet_place"], hours_max=20, goals="Egne ord om mål")
    choice.decided(caseworker, case.id)
    opening = employers.make_opening(tasks="Rydde varer.", days=["mon", "fri"])
    employers.make_contact(opening.workplace)
    chosen(caseworker, case, opening)
    agreement = services.agreement_draft(actor=caseworker, case_id=case.id)
    content = selectors.newest_version(agreement).record
    chain = catalogue.load().chain("work_experience")
    assert content.main_purpose == chain.purpose and content.tasks == "Rydde varer." and content.days == ("mon", "fri")
    assert content.adaptations == ("quiet_place",) and content.contact_employer.name == "Kari Kontakt"
    assert max(step.hours_per_week for step in content.hours_ramp) == Decimal(20)
    assert content.followup.contact_every_weeks == chain.followup.contact_every_weeks
    assert content.discussed_with_employee_reps is None
    assert "Egne ord" not in str(content.to_data())


def test_the_employer_sees_only_agreements_about_its_own_workplaces(table: Table) -> None:
    other = employers.make_employer_viewer(employers.make_employer())
    with pytest.raises(AgreementNotFound):
        selectors.agreement_for(other, table.agreement.id)
    assert selectors.agreements_of_viewer(other) == ()
    assert [a.id for a in selectors.agreements_of_viewer(table.employer)] == [table.agreement.id]
    assert [a.id for a in selectors.agreements_of_viewer(table.participant)] == [table.agreement.id]


def test_an_employer_let_in_to_the_case_by_one_agreement_does_not_read_another(table: Table) -> None:
    services.agreement_discard(actor=table.caseworker, agreement_id=table.agreement.id)
    next_opening = employers.make_opening()
    chosen(table.caseworker, table.case, next_opening)
    second = services.agreement_draft(actor=table.caseworker, case_id=table.case.id)
    with pytest.raises(AgreementNotFound):
        selectors.agreement_for(table.employer, second.id)
    assert selectors.agreements_for_case(table.employer, table.case.id) == ()


def test_same_role_other_case_is_refused(table: Table, other_caseworker: Viewer, other_participant: Viewer) -> None:
    for actor, party in ((other_caseworker, CASEWORKER), (other_participant, PARTICIPANT)):
        with pytest.raises(Denied):
            approve_one(table, party, actor=actor)
    with pytest.raises(Denied):
        services.agreement_change(actor=other_caseworker, agreement_id=table.agreement.id, base_version=1,
                                  content=full_content(months=2))  # fmt: skip


def test_a_named_mentor_is_let_in_and_must_belong_to_the_employer(table: Table) -> None:
    mentor = build.make_viewer(Role.MENTOR, employer_id=table.company.id)
    stranger = build.make_viewer(Role.MENTOR, employer_id=employers.make_employer().id)
    support = Support(True, Decimal(4), "Mia Mentor", mentor.account_id, other_considered=True)
    with pytest.raises(AgreementError, match="unknown_mentor"):
        change(table, support=replace(support, mentor_account_id=stranger.account_id))
    change(table, support=support)
    assert table.case.parties.filter(mentor_account_ref=mentor.account_id).exists()


def test_in_force_lists_the_viewers_running_placements_with_what_is_agreed(
    caseworker: Viewer, other_caseworker: Viewer, django_assert_max_num_queries: Any
) -> None:  # fmt: skip
    tables = [agreed(caseworker) for _ in range(3)]
    day = full_content().period.start
    with django_assert_max_num_queries(3):
        found = selectors.in_force(caseworker, day)
    assert {row.agreement.id for row in found} == {t.agreement.id for t in tables}
    assert selectors.in_force(caseworker, clock.today()) == () and selectors.in_force(other_caseworker, day) == ()


def test_the_clears_map_kept_with_the_agreement_decides(table: Table) -> None:
    terms = table.fresh().approval_terms
    assert terms.concerned_by({"contacts"}) == frozenset()
    assert terms.concerned_by({"something_new"}) == {PARTICIPANT, EMPLOYER, CASEWORKER}


def test_waiting_for_another_measure_follows_from_the_choice(caseworker: Viewer, case: Case) -> None:
    table = drafted(caseworker, case, waiting_for="midlertidig_lonnstilskudd")
    assert table.fresh().waiting_for == "midlertidig_lonnstilskudd"


def test_hours_by_the_ramp() -> None:
    start = date(2026, 3, 2)
    content = full_content(start, hours_ramp=(HoursStep(start, Decimal(10)), HoursStep(date(2026, 4, 6), Decimal(20))))
    assert content.hours_on(date(2026, 3, 1)) is None
    assert content.hours_on(date(2026, 4, 5)) == Decimal(10) and content.hours_on(date(2026, 5, 1)) == Decimal(20)
