"""What the rules and the first draft need from the rooms upstream: choice, match, mapping, employer.

Of the mapping only hours and needs for adaptation come through, since the employer reads the agreement.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.access.selectors import reach_of
from springbrett.agreement import selectors
from springbrett.agreement.errors import AgreementError
from springbrett.agreement.models import Agreement
from springbrett.agreement.prefill import Known, prefilled
from springbrett.agreement.records import AgreementContent, ContactPoint
from springbrett.agreement.rules import Context
from springbrett.choice.selectors import newest_choice
from springbrett.employers.models import Workplace
from springbrett.employers.selectors import stops_on
from springbrett.kernel import clock
from springbrett.mapping.records import NeedsProfile
from springbrett.mapping.selectors import NoMapping, profile_for
from springbrett.matching.selectors import match_for
from springbrett.people.models import Case


@dataclass(frozen=True, slots=True)
class Draft:
    """What a first version is made of."""

    measure: str
    chain: str
    waiting_for: str
    workplace: Workplace
    match_id: UUID
    content: AgreementContent


def draft_for(viewer: Viewer, case: Case) -> Draft:
    """The draft that the case's choice and match lead to. Raises AgreementError: no_choice, no_match."""
    choice = newest_choice(case)
    if choice is None:
        raise AgreementError("no_choice")
    match = match_for(viewer, case.id)
    if match is None:
        raise AgreementError("no_match")
    workplace = Workplace.objects.select_related("employer").get(pk=match.workplace_id)
    known = catalogue.load()
    content = prefilled(
        known.measure(choice.measure),
        known.chain(choice.chain) if choice.chain else None,
        Known(
            on=clock.today(),
            tasks=match.opening.tasks,
            days=tuple(match.opening.days),
            opening_hours_max=match.opening.hours_max,
            contact_employer=_contact_at(workplace),
            contact_nav=_contact_of(viewer),
            full_week_hours=float(str(known.house_value("full_week_hours", clock.today()))),
            **_from_mapping(viewer, case),
        ),
    )
    return Draft(choice.measure, choice.chain, choice.waiting_for, workplace, match.id, content)


def _contact_of(viewer: Viewer) -> ContactPoint:
    reach = reach_of(viewer.account_id)
    return ContactPoint(name=viewer.name, phone=reach.phone, email=reach.email)


def context_for(viewer: Viewer, agreement: Agreement, on: date) -> Context:
    """What the rules need to judge the agreement on the day."""
    known = catalogue.load()
    choice = newest_choice(agreement.case)
    entered = _entered_on(agreement)
    others = (p for p in selectors.placements_of(agreement.case.person_id, agreement.measure)
              if p.agreement_id != agreement.id)  # fmt: skip
    return Context(
        measure=known.measure(agreement.measure),
        on=on,
        chain=known.chain(agreement.chain) if agreement.chain else None,
        birth_date=agreement.case.person.birth_date,
        reduced_work_capacity=_profile(viewer, agreement.case).reduced_work_capacity,
        used=tuple(placement.period for placement in others),
        entered_on=entered,
        purpose_decided_on=_purpose_decided_on(agreement),
        waiting_for=agreement.waiting_for,
        choice_waiting_for=choice.waiting_for if choice else "",
        cooperation_stopped=agreement.workplace.employer_id in stops_on([agreement.workplace.employer_id], on),
        max_week_hours=float(str(known.house_value("max_week_hours", on))),
    )


def _entered_on(agreement: Agreement) -> date | None:
    """The day the agreement first came into force: when the last party's first counting approval was given."""
    if selectors.in_force_number(agreement) is None:
        return None
    last = agreement.approval_terms.last
    given = (g.at for g in selectors.given_to(agreement) if g.party == last and g.at)
    return min(_day(at) for at in given)


def _purpose_decided_on(agreement: Agreement) -> date | None:
    written = (v.created_at for v in agreement.versions.all() if v.record.main_purpose)
    first = min(written, default=None)
    return _day(first) if first else None


def _day(at: datetime) -> date:
    return at.astimezone(clock.OSLO).date()


def _profile(viewer: Viewer, case: Case) -> NeedsProfile:
    try:
        return profile_for(viewer, case.id, confirmed=True)[0]
    except (NoMapping, Denied):
        return NeedsProfile(birth_date=case.person.birth_date)


def _from_mapping(viewer: Viewer, case: Case) -> dict[str, Any]:
    profile = _profile(viewer, case)
    return {
        "adaptations": profile.adaptations_needed or (),
        "hours_min": profile.hours_min,
        "hours_max": profile.hours_max,
    }


def _contact_at(workplace: Workplace) -> ContactPoint:
    contact = workplace.contacts.order_by("name", "id").first()
    return ContactPoint(contact.name, contact.phone, contact.email) if contact else ContactPoint()
