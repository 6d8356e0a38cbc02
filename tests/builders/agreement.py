"""Builders of agreements: complete contents, drafts, and agreements all three have approved, through the services."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from springbrett.access.roles import Viewer
from springbrett.agreement import selectors, services
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import (
    CASEWORKER,
    EMPLOYER,
    PARTICIPANT,
    AgreementContent,
    ContactPoint,
    FollowUpPlan,
    HoursStep,
    Support,
)
from springbrett.employers.models import Employer, Opening
from springbrett.kernel import clock
from springbrett.kernel.period import add_months
from springbrett.matching.models import Match
from springbrett.matching.selectors import candidate_for
from springbrett.matching.services import match_choose
from springbrett.people.models import Case
from tests import build
from tests.builders import choice, employers


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


def drafted(
    caseworker: Viewer, case: Case | None = None, *, content: AgreementContent | None = None,
    chain: str = "work_experience", company: Employer | None = None, **choice_facts: Any,
) -> Table:  # fmt: skip
    """A case taken from mapping to a complete draft."""
    case = case or build.make_case(caseworker)
    company = company or employers.make_employer()
    opening = employers.make_opening(employers.make_workplace(company), tasks="Rydde varer.")
    choice.decided(caseworker, case.id, chain, **choice_facts)
    chosen(caseworker, case, opening)
    agreement = services.agreement_draft(actor=caseworker, case_id=case.id, content=content or full_content())
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
    approve(table)
    return table


def change(table: Table, **said: Any) -> AgreementContent:
    """Save a new version with these fields changed."""
    newest = selectors.newest_version(table.fresh())
    content = replace(newest.record, **said)
    services.agreement_change(
        actor=table.caseworker, agreement_id=table.agreement.id, base_version=newest.number, content=content
    )
    return content
