"""What an agreement of a story says: the draft's own words, with the story's written over them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from springbrett import catalogue
from springbrett.agreement.prefill import only_parts
from springbrett.agreement.records import (
    DECLARED,
    AgreementContent,
    ContactPoint,
    GrantItem,
    HoursStep,
    Position,
    Support,
    Wage,
)
from springbrett.agreement.rules import asked_rules
from springbrett.catalogue.structs import Measure
from springbrett.demo.cast.employers import EMPLOYER_AT, OPENING
from springbrett.demo.stories.script import ANSWERS, PROFILES, Agreed, Job, SupportAgreed
from springbrett.demo.world import person_of
from springbrett.kernel.period import add_months

if TYPE_CHECKING:
    from springbrett.demo.stories.walk import Walk

DECLARATIONS = {
    "discussed_with_employee_reps": True,
    "displaces_ordinary_staff": False,
    "close_relative": False,
    "employed_in_company": False,
}
"""What employers declare here; only what the measure asks for is written."""


def end_of(agreed: Agreed, start: date) -> date:
    """The last day: so many months, or weeks, from the start."""
    return add_months(start, agreed.months) + timedelta(weeks=agreed.weeks) - timedelta(days=1)


def content_of(walk: "Walk", agreed: Agreed, measure: Measure, prefilled: AgreementContent) -> AgreementContent:
    """The agreement's text: what the draft knows already, and what the story says."""
    start = walk.start(agreed)
    followup = prefilled.followup
    if agreed.contact_every_weeks is not None:
        followup = replace(followup, contact_every_weeks=agreed.contact_every_weeks)
    if agreed.report_months is not None:
        followup = replace(followup, report_months=agreed.report_months)
    content = replace(
        prefilled,
        purposes=tuple(dict.fromkeys((prefilled.main_purpose, *agreed.purposes))) if measure.chains else (),
        purpose_note=agreed.purpose_note,
        tasks=agreed.tasks or prefilled.tasks,
        training=agreed.training,
        expected=agreed.expected,
        adaptations=prefilled.adaptations if agreed.adaptations is None else agreed.adaptations,
        adaptation_text=agreed.adaptation_text,
        support=_support(walk, agreed),
        hours_ramp=tuple(HoursStep(start + timedelta(weeks=week), Decimal(str(hours))) for week, hours in agreed.hours),
        days=agreed.days or prefilled.days,
        start=start,
        end=end_of(agreed, start),
        followup=followup,
        contact_nav=ContactPoint(walk.caseworker.name, "", f"{walk.carrier}@nav.example.test"),
        position=_position(agreed.job),
        wage=_wage(agreed.job, prefilled.wage),
        buddy=ContactPoint(agreed.buddy, prefilled.contact_employer.phone) if agreed.buddy else ContactPoint(),
    )
    return only_parts(_declared(walk, measure, content, agreed.answers), measure)


def support_content(walk: "Walk", agreed: SupportAgreed, prefilled: AgreementContent) -> AgreementContent:
    """The text of a support beside the agreement. A colleague at the workplace who can log in is the mentor."""
    measure = catalogue.load().measure(agreed.measure)
    employer = EMPLOYER_AT[walk.workplace]
    mentoring = replace(
        prefilled.mentoring,
        name=agreed.mentor or prefilled.mentoring.name or employer.mentor,
        account_id=walk.world.id("account", f"mentor-{employer.key}") if employer.mentor else None,
        hours_month=None if agreed.hours_month is None else Decimal(agreed.hours_month),
        wage=None if agreed.wage is None else Decimal(agreed.wage),
        basis="hour",
        position_percent=Decimal(100),
        pension_share=_share(agreed.pension),
    )
    end = prefilled.end
    if agreed.weeks is not None and prefilled.start is not None:
        end = prefilled.start + timedelta(weeks=agreed.weeks, days=-1)
    content = replace(
        prefilled,
        end=end,
        purpose_note=agreed.purpose,
        mentoring=mentoring,
        grant=tuple(GrantItem(kind, Decimal(amount), text) for kind, amount, text in agreed.items),
        support=Support(other_considered=True),
        contact_nav=ContactPoint(walk.caseworker.name, "", f"{walk.carrier}@nav.example.test"),
    )
    return only_parts(_declared(walk, measure, content, {}), measure)


def _declared(
    walk: "Walk", measure: Measure, content: AgreementContent, told: dict[str, bool]
) -> AgreementContent:  # fmt: skip
    """With the declarations and answers that the measure asks for on the first day."""
    on = content.start or walk.world.today
    asked = {rule.fact for rule in asked_rules(measure, on)}
    declared: dict[str, Any] = {name: DECLARATIONS[name] if name in asked else None for name in DECLARED}
    said = ANSWERS | told
    age = person_of(walk.story.who).age
    facts = {"age": age, **PROFILES.get(walk.story.profile, {}), **walk.story.needs, **said}
    questions = measure.agreement.questions_on(on, facts) if measure.agreement else ()
    return replace(content, answers=tuple((q.code, said[q.code]) for q in questions), **declared)


def _position(job: Job | None) -> Position:
    return Position(job.title, Decimal(job.percent), job.permanent) if job else Position()


def _wage(job: Job | None, usual: Wage) -> Wage:
    if job is None:
        return usual
    percent = None if job.agreed_percent is None else Decimal(job.agreed_percent)
    return replace(usual, monthly=Decimal(job.wage), pension_share=_share(job.pension), agreed_percent=percent)


def _share(percent: int | None) -> Decimal | None:
    return None if percent is None else Decimal(percent) / 100


def _support(walk: "Walk", agreed: Agreed) -> Support:
    """The support asked for beside the placement; a mentor at the workplace who can log in is let in."""
    employer = EMPLOYER_AT[OPENING[agreed.opening].at]
    has_mentor = agreed.mentor and bool(employer.mentor)
    return Support(
        mentor_requested=agreed.mentor_hours is not None,
        mentor_hours_week=None if agreed.mentor_hours is None else Decimal(str(agreed.mentor_hours)),
        mentor_name=employer.mentor if has_mentor else "",
        mentor_account_id=walk.world.id("account", f"mentor-{employer.key}") if has_mentor else None,
        inclusion_grant_requested=bool(agreed.inclusion_grant_for),
        inclusion_grant_for=agreed.inclusion_grant_for,
        other_considered=True,
        other=agreed.other_support,
    )
