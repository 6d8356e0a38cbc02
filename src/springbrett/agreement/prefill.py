"""The first draft: what the chain's template, the opening and the mapping's hours and adaptations already say.

Only the parts such an agreement has are filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from springbrett.agreement.records import (
    AgreementContent,
    ContactPoint,
    FollowUpPlan,
    GrantItem,
    HoursStep,
    Mentoring,
    Position,
    Wage,
)
from springbrett.catalogue.dated import NotInForce
from springbrett.catalogue.structs import Chain, Measure
from springbrett.kernel.period import add_months

HALF_HOUR = Decimal("0.5")
NOBODY = ContactPoint()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when the draft is made. Hours are per week; None: not known. The weeks of contact are the house's
    own, for a measure without chains of effects."""

    on: date
    tasks: str = ""
    days: tuple[str, ...] = ()
    adaptations: tuple[str, ...] = ()
    hours_min: float | None = None
    hours_max: float | None = None
    opening_hours_max: Decimal | None = None
    contact_employer: ContactPoint = NOBODY
    contact_nav: ContactPoint = NOBODY
    full_week_hours: float = 0
    title: str = ""
    first_contact_weeks: int = 0
    contact_every_weeks: int = 0
    shares: Mapping[str, Decimal] = field(default_factory=dict)


def prefilled(measure: Measure, chain: Chain | None, known: Known) -> AgreementContent:
    """A draft to correct, not an answer: the typical length and load of the chain, its rhythm of follow-up, the
    opening's tasks and the adaptations the person needs. The declarations stay unanswered."""
    start = first_monday_after(known.on)
    followup = _followup(measure, chain, start, known)
    end = add_months(start, _months(chain, followup)) - timedelta(days=1) if chain else None
    content = AgreementContent(
        purposes=(chain.purpose,) if chain else (),
        main_purpose=chain.purpose if chain else "",
        tasks=known.tasks,
        adaptations=known.adaptations,
        hours_ramp=ramp(chain, known, start, end),
        days=known.days,
        start=start,
        end=end,
        followup=followup,
        contact_employer=known.contact_employer,
        contact_nav=known.contact_nav,
        position=Position(title=known.title),
        wage=Wage(**known.shares),
    )
    return only_parts(content, measure)


def prefilled_support(
    measure: Measure, main: AgreementContent, start: date | None, shares: Mapping[str, Any]
) -> AgreementContent:  # fmt: skip
    """The first draft of a support beside `main`: its remaining days, its contact persons, and what it asked for."""
    asked = main.support
    content = AgreementContent(
        start=start,
        end=main.end,
        contact_employer=main.contact_employer,
        contact_nav=main.contact_nav,
        followup=main.followup,
        mentoring=replace(Mentoring(name=asked.mentor_name, account_id=asked.mentor_account_id), **shares),
        grant=(GrantItem(text=asked.inclusion_grant_for),) if asked.inclusion_grant_for else (),
    )
    return only_parts(content, measure)


def only_parts(content: AgreementContent, measure: Measure) -> AgreementContent:
    """The content with the parts the measure's agreements do not have left empty."""
    parts = frozenset(measure.agreement.parts if measure.agreement else ())
    return AgreementContent().with_parts(content, parts)


def _months(chain: Chain, followup: FollowUpPlan) -> int:
    """The shortest typical length, but not ended before the first review if the chain lasts that long."""
    return max(chain.typical.months_min, min(chain.typical.months_max, followup.review_every_months))


def first_monday_after(on: date) -> date:
    """The Monday of the week after the next one begins: at least a week away, so that there is time to prepare."""
    return on + timedelta(days=14 - on.weekday())


def ramp(chain: Chain | None, known: Known, start: date, end: date | None) -> tuple[HoursStep, ...]:
    """Hours by the chain's load, within what the person and the opening can have; with a ramp, a step up halfway."""
    if chain is None or end is None:
        return ()
    first, last = _hours(chain.typical.load_start, known), _hours(chain.typical.load_end, known)
    if known.hours_min is not None and chain.typical.ramp:
        first = min(first, Decimal(str(known.hours_min)))
    if not chain.typical.ramp or first >= last:
        return (HoursStep(start, last),)
    halfway = start + (end - start) // 2
    return (HoursStep(start, first), HoursStep(halfway - timedelta(days=halfway.weekday()), last))


def _hours(load_percent: int, known: Known) -> Decimal:
    """Load of a full week in hours, to the nearest half hour, at most what the person and the opening can have."""
    wanted = Decimal(str(known.full_week_hours)) * load_percent / 100
    most = [Decimal(str(limit)) for limit in (known.hours_max, known.opening_hours_max) if limit is not None]
    hours = min([wanted, *most])
    return (hours / HALF_HOUR).quantize(Decimal(1), ROUND_HALF_UP) * HALF_HOUR


def _followup(measure: Measure, chain: Chain | None, on: date, known: Known) -> FollowUpPlan:
    try:
        review = measure.review_on(on).every_months
    except NotInForce:
        review = 0
    months = tuple(sorted(duty.after_months for duty in measure.reports_on(on) if duty.at == "after_months"))
    if chain is None:
        return FollowUpPlan(known.first_contact_weeks, known.contact_every_weeks, joint=True,
                            review_every_months=review, report_months=months)  # fmt: skip
    template = chain.followup
    return FollowUpPlan(
        first_contact_weeks=template.first_contact_weeks,
        contact_every_weeks=template.contact_every_weeks,
        visit_every_weeks=template.visit_every_weeks,
        joint=template.joint,
        separate=template.separate,
        review_every_months=review,
        report_months=months,
    )
