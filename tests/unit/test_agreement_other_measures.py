"""A case on each of the other measures, walked from mapping to outcome through the services."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from springbrett.access.roles import Viewer
from springbrett.agreement import rules, selectors, services
from springbrett.agreement.context import context_for, estimate_for
from springbrett.agreement.errors import RulesStop
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT
from springbrett.desk.selectors import glances
from springbrett.followup import services as followup
from springbrett.followup.records import Kind
from springbrett.followup.selectors import due_for, duties_of
from springbrett.funding.models import Commitment
from springbrett.funding.records import State
from springbrett.funding.selectors import request_of
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict
from springbrett.outcome.selectors import outcomes_due_for
from tests import build
from tests.builders.agreement import Table, agreed, approve, change, content_for, decide, drafted, enter
from tests.builders.mapping import confirmed_mapping
from tests.builders.outcome import decided

BORN = date(2000, 3, 3)


@dataclass(frozen=True, slots=True)
class Story:
    """A measure, the days of the agreement, and what the mapping must say for it to be chosen."""

    measure: str
    start: date
    days: int
    level: str = "spesielt_tilpasset_innsats"
    situation: str = "work_assessment_allowance"
    counted: bool = True
    """Whether our sources hold the rates its cost is counted from."""


STORIES = [
    Story("midlertidig_lonnstilskudd", date(2026, 4, 6), 120),
    Story("varig_lonnstilskudd", date(2026, 4, 6), 300, "varig_tilpasset_innsats"),
    Story("sommerjobb", date(2026, 6, 8), 28),
    Story("firearig_lonnstilskudd", date(2026, 9, 7), 300),
    Story("vtao", date(2026, 10, 5), 300, "varig_tilpasset_innsats", "disability_benefit", counted=False),
]


def table_of(caseworker: Viewer, story: Story) -> Table:
    """A complete draft of the story's measure, ten days before its start; call with the clock there."""
    case = build.make_case(caseworker, build.make_person(BORN))
    confirmed_mapping(caseworker, case.id, needs_level=story.level, reduced_work_capacity=True,
                      situation=story.situation)  # fmt: skip
    end = story.start + timedelta(days=story.days - 1)
    return drafted(caseworker, case, measure=story.measure, content=content_for(story.measure, story.start, end=end))


def objections(found: Verdict) -> set[str]:
    return {v.rule for v in found.children if not v.met and v.severity.value == "stop"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.measure)
def test_a_case_walks_from_mapping_to_outcome_on_any_measure(caseworker: Viewer, story: Story) -> None:
    with clock.at(story.start - timedelta(days=10)):
        table = table_of(caseworker, story)
        approve(table, PARTICIPANT, EMPLOYER)
        content = selectors.newest_version(table.fresh()).record
        found = rules.check(content, context_for(caseworker, table.fresh(), clock.today()))
        assert objections(found) == ({"money_granted"} if story.counted else set())
        if story.counted:
            request = services.agreement_ask_for_money(actor=caseworker, agreement_id=table.agreement.id, version=1)
            decide(table, request)
        else:
            assert "money_outside" in {warning.rule for warning in found.warnings}
        approve(table, CASEWORKER, **({"override_reason": "individual_need"} if found.warnings else {}))
    assert selectors.in_force_number(table.fresh()) == 1
    with clock.at(story.start + timedelta(days=5)):
        owed = duties_of(caseworker, table.fresh(), clock.today())
        assert any(status.duty.kind is Kind.CONTACT for status in owed)
        assert due_for(caseworker, clock.today())
        followup.contact_log(actor=caseworker, agreement_id=table.agreement.id, kind="phone_participant",
                             on=clock.today(), attended=["participant"])  # fmt: skip
    last = story.start + timedelta(days=14)
    with clock.at(last):
        followup.placement_end(actor=caseworker, agreement_id=table.agreement.id, ended_on=last,
                               reason_code="by_participant")  # fmt: skip
        assert [due.agreement_id for due in outcomes_due_for(caseworker, last + timedelta(days=1))]
        outcome = decided(table, last)
    assert outcome.agreement_id == table.agreement.id
    steps = {step.code: step.state.value for step in glances([table.case.id])[table.case.id].steps}
    assert steps["outcome"] == "done" and steps["followup"] == "done"


def test_the_agreement_comes_into_force_only_with_the_money_for_exactly_its_amounts(caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 27)):
        table = table_of(caseworker, STORIES[0])
        approve(table, PARTICIPANT, EMPLOYER)
        with pytest.raises(RulesStop) as stopped:
            approve(table, CASEWORKER)
        assert "money_granted" in objections(stopped.value.verdict)
        request = services.agreement_ask_for_money(actor=caseworker, agreement_id=table.agreement.id, version=1)
        with pytest.raises(RulesStop):
            approve(table, CASEWORKER)
        decide(table, request)
        wage = selectors.newest_version(table.fresh()).record.wage
        change(table, wage=type(wage)(wage.monthly + 1000, wage.holiday_share, wage.pension_share,
                                      wage.contribution_share, wage.agreed_percent))  # fmt: skip
        approve(table, PARTICIPANT, EMPLOYER)
        with pytest.raises(RulesStop) as again:
            approve(table, CASEWORKER)
        assert again.value.verdict.fact("money_for_other_amounts") is True
        enter_after_asking_again(table)
    assert selectors.in_force_number(table.fresh()) == 2


def enter_after_asking_again(table: Table) -> None:
    request = services.agreement_ask_for_money(actor=table.caseworker, agreement_id=table.agreement.id, version=2)
    decide(table, request)
    approve(table, CASEWORKER)


def test_a_request_that_waits_falls_away_when_the_amounts_change_and_stands_when_they_do_not(
    caseworker: Viewer,
) -> None:
    with clock.at(date(2026, 3, 27)):
        table = table_of(caseworker, STORIES[0])
        approve(table, PARTICIPANT, EMPLOYER)
        services.agreement_ask_for_money(actor=caseworker, agreement_id=table.agreement.id, version=1)
        change(table, tasks="Bare kasse.")
        assert request_of(table.agreement.id).state is State.ASKED
        change(table, end=STORIES[0].start + timedelta(days=60))
        assert request_of(table.agreement.id).state is State.WITHDRAWN


def test_a_refusal_stops_and_the_money_can_be_asked_for_anew(caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 27)):
        table = table_of(caseworker, STORIES[0])
        approve(table, PARTICIPANT, EMPLOYER)
        request = services.agreement_ask_for_money(actor=caseworker, agreement_id=table.agreement.id, version=1)
        decide(table, request, granted=False)
        with pytest.raises(RulesStop) as stopped:
            approve(table, CASEWORKER)
        assert stopped.value.verdict.fact("money_answer") == "refused"
        decide(table, services.agreement_ask_for_money(actor=caseworker, agreement_id=table.agreement.id, version=1))
        approve(table, CASEWORKER)
    assert selectors.in_force_number(table.fresh()) == 1


def test_an_early_end_gives_the_months_after_it_back(caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 27)):
        table = table_of(caseworker, STORIES[0])
        enter(table)
    found = estimate_for(table.fresh())
    assert found is not None and found.value.total > 0
    with clock.at(date(2026, 5, 4)):
        services.agreement_end(actor=caseworker, agreement_id=table.agreement.id, ended_on=date(2026, 4, 30),
                               reason_code="by_employer")  # fmt: skip
        rows = Commitment.objects.filter(request__subject_id=table.agreement.id)
        assert rows.filter(released_on__isnull=False).exists() and rows.filter(released_on__isnull=True).exists()


def bound(table: Table) -> list[tuple[int, int]]:
    """The months that are still bound, as (year, month)."""
    rows = Commitment.objects.filter(request__subject_id=table.agreement.id, released_on__isnull=True)
    return sorted((row.year, row.month) for row in rows)


def with_a_refused_change(table: Table, version: int) -> None:
    """The parties agree on a month less, and the money for it is refused, so that the earlier grant stands."""
    change(table, end=STORIES[0].start + timedelta(days=89))
    approve(table, PARTICIPANT, EMPLOYER)
    request = services.agreement_ask_for_money(actor=table.caseworker, agreement_id=table.agreement.id, version=version)
    decide(table, request, granted=False)
    assert request_of(table.agreement.id).state is State.REFUSED


def test_after_a_refused_change_an_end_gives_the_months_after_it_back(caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 27)):
        table = table_of(caseworker, STORIES[0])
        enter(table)
    with clock.at(date(2026, 5, 4)):
        with_a_refused_change(table, 2)
        assert bound(table) == [(2026, 4), (2026, 5), (2026, 6), (2026, 7), (2026, 8)]
        services.agreement_end(actor=caseworker, agreement_id=table.agreement.id, ended_on=date(2026, 4, 30),
                               reason_code="by_employer")  # fmt: skip
    assert bound(table) == [(2026, 4)]


def test_a_draft_put_away_after_a_refused_change_gives_its_whole_grant_back(caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 27)):
        table = table_of(caseworker, STORIES[0])
        approve(table, PARTICIPANT, EMPLOYER)
        decide(table, services.agreement_ask_for_money(actor=caseworker, agreement_id=table.agreement.id, version=1))
        with_a_refused_change(table, 2)
        assert bound(table)
        services.agreement_discard(actor=caseworker, agreement_id=table.agreement.id)
    assert bound(table) == []


def test_a_draft_whose_money_was_refused_is_put_away_with_nothing_to_take_back(caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 27)):
        table = table_of(caseworker, STORIES[0])
        approve(table, PARTICIPANT, EMPLOYER)
        request = services.agreement_ask_for_money(actor=caseworker, agreement_id=table.agreement.id, version=1)
        decide(table, request, granted=False)
        services.agreement_discard(actor=caseworker, agreement_id=table.agreement.id)
    assert request_of(table.agreement.id).state is State.REFUSED


def test_agreed_takes_a_measure_all_the_way(caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 27)):
        case = build.make_case(caseworker, build.make_person(BORN))
        confirmed_mapping(caseworker, case.id, needs_level=STORIES[0].level, reduced_work_capacity=True)
        table = agreed(caseworker, case, measure="midlertidig_lonnstilskudd",
                       content=content_for("midlertidig_lonnstilskudd", date(2026, 4, 6)))  # fmt: skip
    assert selectors.in_force_number(table.fresh()) == 1
