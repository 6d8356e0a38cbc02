"""Builders of agreements: complete contents, drafts, and agreements all three have approved, through the services."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from springbrett import catalogue
from springbrett.access.roles import Role, Viewer
from springbrett.agreement import selectors, services
from springbrett.agreement.context import estimate_for
from springbrett.agreement.models import Agreement
from springbrett.agreement.prefill import only_parts
from springbrett.agreement.records import (
    CASEWORKER,
    DECLARED,
    EMPLOYER,
    PARTICIPANT,
    AgreementContent,
    ContactPoint,
    FollowUpPlan,
    GrantItem,
    HoursStep,
    Mentoring,
    Position,
    Support,
    Wage,
)
from springbrett.agreement.show import asked_of
from springbrett.employers.models import Employer, Opening
from springbrett.funding.models import Request
from springbrett.funding.services import funding_decide
from springbrett.kernel import clock
from springbrett.kernel.period import add_months
from springbrett.matching.models import Match
from springbrett.matching.selectors import candidate_for
from springbrett.matching.services import match_choose
from springbrett.people.models import Case
from tests import build
from tests.builders import choice, employers

ANSWERS = {
    "sick_leave_exception": False,
    "already_employed": False,
    "trouble_without_subsidy": True,
    "sick_listed_twelve_months": False,
    "at_risk_of_falling_out": False,
    "employer_duty_met": True,
    "permanent_or_special_trial": True,
    "other_public_support": False,
    "company_in_difficulty": False,
    "laid_off_staff": False,
    "summer_special_reasons": False,
    "office_takes_part_in_trial": True,
    "other_measures_considered": True,
    "disability_benefit_expected": True,
    "close_followup_needed": True,
    "followup_by_provider": False,
    "costs_covered_elsewhere": False,
    "costs_beyond_ordinary": True,
    "special_need_for_mentor": True,
    "in_adapted_vocational_training": False,
}
"""An answer to every question of the measures, which no rule objects to."""


@dataclass(frozen=True, slots=True)
class Table:
    """The three parties around an agreement, as viewers."""

    agreement: Agreement
    case: Case
    caseworker: Viewer
    participant: Viewer
    employer: Viewer
    company: Employer

    def voice(self, party: str) -> Viewer:
        """Who speaks for the party."""
        return {PARTICIPANT: self.participant, EMPLOYER: self.employer, CASEWORKER: self.caseworker}[party]

    def fresh(self) -> Agreement:
        """The agreement as it stands now."""
        return selectors.agreement_for(self.caseworker, self.agreement.id)


def full_content(start: date | None = None, months: int = 3, **said: Any) -> AgreementContent:
    """A complete content that no rule objects to, of `months` from `start` (default: in a week)."""
    first = start or clock.today() + timedelta(days=7)
    content = AgreementContent(
        purposes=("work_experience",),
        main_purpose="work_experience",
        tasks="Rydde varer og hjelpe kunder.",
        training="Kasse og varemottak, første uke.",
        expected="Kan ta en vakt alene.",
        adaptations=(),
        support=Support(other_considered=True),
        hours_ramp=(HoursStep(first, Decimal("22.5")),),
        days=("mon", "tue", "wed"),
        start=first,
        end=add_months(first, months) - timedelta(days=1),
        followup=FollowUpPlan(2, 4, 8, True, True, 3, (3, 6, 9, 12)),
        contact_employer=ContactPoint("Kari Kontakt", "90000000"),
        contact_nav=ContactPoint("Vera Veileder", "90000001"),
        discussed_with_employee_reps=True,
        displaces_ordinary_staff=False,
        close_relative=False,
        employed_in_company=False,
    )
    return replace(content, **said)


def content_for(measure: str, start: date | None = None, months: int = 3, **said: Any) -> AgreementContent:
    """A complete content with the parts of the measure's agreements, which its own rules do not object to."""
    full = full_content(start, months)
    found = catalogue.load().measure(measure)
    assert found.agreement is not None and full.start is not None
    subsidy = found.subsidy_on(full.start)
    months_owed = tuple(duty.after_months for duty in found.reports_on(full.start) if duty.at == "after_months")
    rich = replace(
        full,
        followup=replace(full.followup, report_months=months_owed),
        **({} if found.chains else {"purposes": (), "main_purpose": "", "purpose_note": "Bli fast ansatt."}),
        position=Position("Butikkmedarbeider", Decimal(80), permanent=True),
        wage=Wage(Decimal(30_000), Decimal("0.12"), Decimal("0.02"), Decimal("0.141"),
                  Decimal(40) if subsidy and subsidy.kind == "maximum" else None),
        mentoring=Mentoring("Mona Mentor", None, Decimal(20), Decimal(45_000), "month", Decimal(100), Decimal("0.12"),
                            Decimal("0.02"), Decimal("0.141")),
        grant=(GrantItem("work_aids", Decimal(8_000), "Hev- og senkbart bord"),),
        buddy=ContactPoint("Frida Fadder", "90000002"),
        answers=tuple((q.code, ANSWERS[q.code]) for q in found.agreement.questions_on(full.start)),
    )  # fmt: skip
    silent = {name: None for name in DECLARED if name not in asked_of(found, full)}
    return replace(only_parts(rich, found), **{**silent, **said})


def drafted(
    caseworker: Viewer, case: Case | None = None, *, content: AgreementContent | None = None,
    chain: str = "work_experience", company: Employer | None = None, measure: str = choice.AT, **choice_facts: Any,
) -> Table:  # fmt: skip
    """A case taken from mapping to a complete draft."""
    case = case or build.make_case(caseworker)
    company = company or employers.make_employer()
    opening = employers.make_opening(employers.make_workplace(company), tasks="Rydde varer.")
    choice.decided(caseworker, case.id, chain if measure == choice.AT else "", measure, **choice_facts)
    chosen(caseworker, case, opening)
    agreement = services.agreement_draft(actor=caseworker, case_id=case.id, content=content or content_for(measure))
    return Table(agreement, case, caseworker, build.participant_of(case), employers.make_employer_viewer(company),
                 company)  # fmt: skip


def chosen(caseworker: Viewer, case: Case, opening: Opening) -> Match:
    """The opening chosen for the case, with every warning set aside."""
    warned = candidate_for(caseworker, case, opening, clock.today()).warnings
    return match_choose(
        actor=caseworker, case_id=case.id, opening_id=opening.id, reason="Passer med ønsket.",
        overridden=tuple(warning.rule for warning in warned), override_reason="individual_need" if warned else "",
    )  # fmt: skip


def approve(table: Table, *parties: str, **said: Any) -> None:
    """Let the parties approve the newest version, in the order given (all three when none is named)."""
    number = selectors.newest_version(table.fresh()).number
    for party in parties or (PARTICIPANT, EMPLOYER, CASEWORKER):
        more = said if party == CASEWORKER else {}
        services.agreement_approve(
            actor=table.voice(party), agreement_id=table.agreement.id, version=number, party=party, **more
        )


def agreed(caseworker: Viewer, case: Case | None = None, **said: Any) -> Table:
    """A case taken from mapping to an agreement in force."""
    table = drafted(caseworker, case, **said)
    enter(table)
    return table


def enter(table: Table, **said: Any) -> None:
    """Let all approve, with the money granted in between where the agreement costs any."""
    found = estimate_for(table.fresh())
    if found is None:
        approve(table, **said)
        return
    approve(table, PARTICIPANT, EMPLOYER)
    funded(table)
    approve(table, CASEWORKER, **said)


def funded(table: Table) -> None:
    """Let the caseworker ask for the money of the newest version, and a budget approver of the office grant it."""
    number = selectors.newest_version(table.fresh()).number
    request = services.agreement_ask_for_money(actor=table.caseworker, agreement_id=table.agreement.id, version=number)
    decide(table, request)


def decide(table: Table, request: Request, *, granted: bool = True) -> None:
    """A budget approver of the case's office answers, whatever the budget says."""
    approver = build.make_viewer(Role.BUDGET_APPROVER, office=table.case.office)
    funding_decide(actor=approver, request_id=request.id, granted=granted,
                   reason_code="within_budget" if granted else "conditions_not_met",
                   override_reason=catalogue.load().codes("over_budget")[0].code if granted else "")  # fmt: skip


def supported(table: Table, measure: str, **said: Any) -> Table:
    """A complete draft of a support beside the table's agreement."""
    main = selectors.newest_version(table.fresh()).record
    assert main.start and main.end
    start = max(main.start, clock.today())
    content = replace(content_for(measure, start), **{"start": start, "end": main.end, **said})
    support = services.support_draft(
        actor=table.caseworker, agreement_id=table.agreement.id, measure=measure, content=content
    )
    return replace(table, agreement=support)


def change(table: Table, **said: Any) -> AgreementContent:
    """Save a new version with these fields changed."""
    newest = selectors.newest_version(table.fresh())
    content = replace(newest.record, **said)
    services.agreement_change(
        actor=table.caseworker, agreement_id=table.agreement.id, base_version=newest.number, content=content
    )
    return content
