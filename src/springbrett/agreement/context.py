"""What the rules and the first draft need from the rooms upstream: choice, match, mapping, employer.

Of the mapping only hours and needs for adaptation come through, since the employer reads the agreement.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.access.selectors import reach_of
from springbrett.agreement import costs, selectors
from springbrett.agreement.earlier import earlier_of
from springbrett.agreement.errors import AgreementError
from springbrett.agreement.facts import Context, Main
from springbrett.agreement.models import Agreement
from springbrett.agreement.prefill import Known, prefilled, prefilled_support
from springbrett.agreement.records import AgreementContent, ContactPoint
from springbrett.choice.chaining import counted, in_order
from springbrett.choice.models import Choice
from springbrett.choice.records import Stay
from springbrett.choice.selectors import newest_choice
from springbrett.employers.models import Workplace
from springbrett.employers.selectors import stops_on
from springbrett.kernel import clock
from springbrett.kernel.period import Period
from springbrett.mapping.records import NeedsProfile
from springbrett.mapping.selectors import NoMapping, confirmed_version_of, profile_for, profile_of
from springbrett.matching.selectors import match_for
from springbrett.people.models import Case

USUAL_SHARES = {"holiday_share": "holiday_agreed", "contribution_share": "contribution_zone_1"}
"""The rates a wage usually has on top of it: what most employers pay, offered for correction. What the employer pays to
the occupational pension differs, and is asked for."""


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
    beside = known.measure(choice.measure).attaches_to_on(clock.today())
    if beside is not None and not beside.alone:
        raise AgreementError("needs_main")
    content = prefilled(
        known.measure(choice.measure),
        known.chain(choice.chain) if choice.chain else None,
        Known(
            on=clock.today(),
            tasks=match.opening.tasks,
            title=match.opening.title,
            first_contact_weeks=known.house_int("first_contact_weeks_without_chain", clock.today()),
            contact_every_weeks=known.house_int("contact_every_weeks_without_chain", clock.today()),
            shares=usual_shares(known, clock.today()),
            days=tuple(match.opening.days),
            opening_hours_max=match.opening.hours_max,
            contact_employer=_contact_at(workplace),
            contact_nav=_contact_of(viewer),
            full_week_hours=float(str(known.house_value("full_week_hours", clock.today()))),
            **_from_mapping(viewer, case),
        ),
    )
    return Draft(choice.measure, choice.chain, choice.waiting_for, workplace, match.id, content)


def usual_shares(known: catalogue.Catalogue, on: date) -> dict[str, Decimal]:
    """What usually comes on top of a wage, as shares, where the rates hold it; to be corrected by the employer."""
    found = {name: known.rate_on(code, on) for name, code in USUAL_SHARES.items() if code in known.rates}
    return {name: value.amount for name, value in found.items() if value is not None and value.amount is not None}


def supports_open_to(agreement: Agreement, on: date) -> tuple[str, ...]:
    """The measures that may stand beside the agreement's measure on the day, and have agreements of their own."""
    return tuple(
        measure.code
        for measure in catalogue.load().measures.values()
        if measure.agreement is not None
        and measure.depth == "full"
        and measure.in_force(on)
        and (beside := measure.attaches_to_on(on)) is not None
        and agreement.measure in beside.measures
    )


def support_for(main: Agreement, measure: str) -> AgreementContent:
    """The first draft of a support: the main agreement's remaining days and contact persons, and what it asked for."""
    on = clock.today()
    known = catalogue.load()
    agreed = selectors.content_in_force(main) or selectors.newest_version(main).record
    start = max(agreed.start, on) if agreed.start else None
    return prefilled_support(known.measure(measure), agreed, start, usual_shares(known, on))


def _contact_of(viewer: Viewer) -> ContactPoint:
    reach = reach_of(viewer.account_id)
    return ContactPoint(name=viewer.name, phone=reach.phone, email=reach.email)


def context_for(viewer: Viewer, agreement: Agreement, on: date) -> Context:
    """What the rules need to judge the agreement on the day."""
    known = catalogue.load()
    choice = newest_choice(agreement.case)
    newest = selectors.newest_version(agreement).record
    measure = known.measure(agreement.measure)
    profile = _profile(viewer, agreement.case)
    others = _others(agreement)
    stays = _stays(others)
    facts = {**profile.facts(newest.start or on), **newest.circumstances}
    earlier = earlier_of(agreement, newest, measure, others)
    return Context(
        measure=measure,
        on=on,
        chain=known.chain(agreement.chain) if agreement.chain else None,
        birth_date=agreement.case.person.birth_date,
        reduced_work_capacity=profile.reduced_work_capacity,
        profile=profile.facts(newest.start or on),
        answers=newest.circumstances,
        used=counted(measure, stays, newest.start or on),
        stays=stays,
        entered_on=_entered_on(agreement),
        purpose_decided_on=_purpose_decided_on(agreement),
        waiting_for=agreement.waiting_for,
        choice_waiting_for=_choice_waits_for(agreement, choice),
        cooperation_stopped=agreement.workplace.employer_id in stops_on([agreement.workplace.employer_id], on),
        max_week_hours=float(str(known.house_value("max_week_hours", on))),
        main=_main(agreement),
        is_support=not agreement.is_main,
        beside=_beside(agreement),
        known=known,
        earlier=earlier,
        money=costs.money_of(agreement, costs.estimate_of(newest, measure, facts, earlier)),
    )


def estimate_for(agreement: Agreement, number: int | None = None) -> costs.Estimate | None:
    """What a version (the newest when none is named) costs, month by month, with the calculation.

    The same whoever asks, so that everybody speaks of the same amounts; for callers let in to the agreement. The
    calculation may tell of the person, the amounts do not.
    """
    content = selectors.contents_of(agreement)[number] if number else selectors.newest_version(agreement).record
    version = confirmed_version_of(agreement.case)
    profile = (
        profile_of(agreement.case, version) if version else NeedsProfile(birth_date=agreement.case.person.birth_date)
    )
    facts = {**profile.facts(content.start or clock.today()), **content.circumstances}
    measure = catalogue.load().measure(agreement.measure)
    return costs.estimate_of(content, measure, facts, earlier_of(agreement, content, measure, _others(agreement)))


def _choice_waits_for(agreement: Agreement, choice: Choice | None) -> str:
    """Waiting is said once, in the main agreement."""
    return choice.waiting_for if choice and agreement.is_main else ""


def _others(agreement: Agreement) -> tuple[selectors.Placement, ...]:
    """The person's other placements that came into force, in every measure, without what stands beside this one."""
    own = {agreement.id, agreement.attached_to_id}
    placements = selectors.placements_of(agreement.case.person_id)
    return tuple(p for p in placements if p.agreement_id not in own and p.beside != agreement.id)


def _stays(placements: tuple[selectors.Placement, ...]) -> tuple[Stay, ...]:
    return in_order(Stay(p.measure, p.period, str(p.employer_id)) for p in placements)


def _main(agreement: Agreement) -> Main | None:
    if agreement.attached_to_id is None:
        return None
    held = selectors.current(agreement.attached_to) if agreement.attached_to else None
    return Main(agreement.attached_to.measure, held.period if held else None) if agreement.attached_to else None


def _beside(agreement: Agreement) -> tuple[tuple[str, Period], ...]:
    """The supports in force beside this agreement that have not ended, with their days."""
    rows = selectors.open_ones(agreement.attached.all())
    return tuple((row.agreement.measure, row.period) for row in selectors.in_force_among(rows))


def _entered_on(agreement: Agreement) -> date | None:
    """The day the agreement first came into force: when the last party's first counting approval was given."""
    if selectors.in_force_number(agreement) is None:
        return None
    last = agreement.approval_terms.last
    given = (g.at for g in selectors.given_to(agreement) if g.party == last and g.at)
    return min(_day(at) for at in given)


def _purpose_decided_on(agreement: Agreement) -> date | None:
    written = (v.created_at for v in agreement.versions.all() if v.record.main_purpose or v.record.purpose_note)
    first = min(written, default=None)
    return _day(first) if first else None


def _day(at: datetime) -> date:
    return at.astimezone(clock.OSLO).date()


def _profile(viewer: Viewer, case: Case) -> NeedsProfile:
    try:
        return profile_for(viewer, case.id, confirmed=True)[0]
    except (NoMapping, Denied):
        return NeedsProfile(birth_date=case.person.birth_date)


def mapped_facts(agreement: Agreement, on: date) -> dict[str, object]:
    """The facts of the confirmed mapping on the day, whoever looks; for questions and amounts, never to be shown."""
    version = confirmed_version_of(agreement.case)
    birth_date = agreement.case.person.birth_date
    profile = profile_of(agreement.case, version) if version else NeedsProfile(birth_date=birth_date)
    return profile.facts(on)


def text_facts(agreement: Agreement, content: AgreementContent) -> dict[str, object]:
    """The mapped facts on the first day, with the content's answers."""
    return {**mapped_facts(agreement, content.start or clock.today()), **content.circumstances}


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
