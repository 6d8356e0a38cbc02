"""What happens during and after a placement, each kind through the service that a click would call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from springbrett.agreement.errors import NeedsOverride
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import AgreementContent, HoursStep
from springbrett.agreement.selectors import in_force_number, newest_version
from springbrett.agreement.services import agreement_change
from springbrett.demo.stories.money import ask
from springbrett.demo.stories.script import (
    Answer,
    Assign,
    Change,
    Contact,
    End,
    Extend,
    FeedbackGiven,
    Happening,
    Judge,
    NewWage,
    Next,
    PlanItem,
    Report,
    ReviewHeld,
    Status,
    day,
)
from springbrett.followup.services import (
    contact_log,
    feedback_give,
    placement_adjust,
    placement_end,
    placement_extend,
    plan_item_add,
    report_submit,
    review_hold,
)
from springbrett.kernel import clock
from springbrett.kernel.period import add_months
from springbrett.outcome.services import later_status_record, next_measure_chain, outcome_answer, outcome_decide
from springbrett.people.services import case_assign

if TYPE_CHECKING:
    from springbrett.demo.stories.walk import Walk

PLANNED = "planned_end"
BOTH = ("participant", "employer")
TOOK_PART = {
    "startup_meeting": BOTH, "joint_meeting": BOTH, "workplace_visit": BOTH, "video_meeting": BOTH,
    "participant_meeting": ("participant",), "phone_participant": ("participant",), "message": ("participant",),
    "employer_meeting": ("employer",), "phone_employer": ("employer",),
}  # fmt: skip
"""Who takes part when the story does not say."""


def act(walk: "Walk", then: Happening, on: date) -> Callable[[], None]:
    """What to do when the day has come."""
    return lambda: happen(then, walk, on)


@singledispatch
def happen(then: Happening, walk: "Walk", on: date) -> None:
    """Do it. TypeError for a kind nobody has taught the demonstration."""
    raise TypeError(type(then).__name__)


def startup_meeting(walk: "Walk") -> None:
    """The three met about the agreement."""
    contact_log(
        actor=walk.caseworker, agreement_id=walk.agreement_id, kind="startup_meeting", on=clock.today(),
        attended=BOTH, agreed="Gikk gjennom formål, oppgaver, timer og hvem som ringer hvem. Alle har skrevet under.",
        result="goes_well",
    )  # fmt: skip


@happen.register(Contact)
def _contact(then: Contact, walk: "Walk", on: date) -> None:
    nobody = then.result == "no_answer"
    attended = then.attended if then.attended is not None else (() if nobody else TOOK_PART[then.kind])
    contact_log(
        actor=walk.caseworker, agreement_id=walk.agreement_id, kind=then.kind, on=on, attended=attended,
        agreed=then.agreed, result=then.result, what_next=then.what_next, for_caseworkers=then.for_caseworkers,
    )  # fmt: skip


@happen.register(ReviewHeld)
def _review(then: ReviewHeld, walk: "Walk", on: date) -> None:
    review_hold(
        actor=walk.caseworker, agreement_id=walk.agreement_id, on=on, duration_ok=then.duration_ok,
        work_chance=then.chance, headway=then.headway, conclusion=then.conclusion, text=then.text,
    )  # fmt: skip


@happen.register(Report)
def _report(then: Report, walk: "Walk", on: date) -> None:
    report_submit(
        actor=walk.voice("employer"), agreement_id=walk.agreement_id, kind=then.kind, tasks=then.tasks,
        attendance=then.attendance, progress=then.progress, needs=then.needs, hiring=then.hiring,
        wants_contact=then.wants_contact,
    )  # fmt: skip


@happen.register(FeedbackGiven)
def _feedback(then: FeedbackGiven, walk: "Walk", on: date) -> None:
    feedback_give(
        actor=walk.voice("participant"), agreement_id=walk.agreement_id, audience=then.audience, topics=then.topics,
        text=then.text, masters=then.masters, needs_training=then.needs_training,
    )  # fmt: skip


@happen.register(PlanItem)
def _plan(then: PlanItem, walk: "Walk", on: date) -> None:
    plan_item_add(
        actor=walk.caseworker, agreement_id=walk.agreement_id, kind=then.kind, note=then.note,
        on=day(then.at, walk.world.today, workday=True),
    )  # fmt: skip


@happen.register(Extend)
def _extend(then: Extend, walk: "Walk", on: date) -> None:
    newest = newest_version(Agreement.objects.get(pk=walk.agreement_id))
    end = newest.record.end
    if end is None:
        raise ValueError(f"{walk.story.who} has no end to extend")
    said: dict[str, Any] = {
        "actor": walk.caseworker, "agreement_id": walk.agreement_id, "base_version": newest.number,
        "new_end": add_months(end + timedelta(days=1), then.months) - timedelta(days=1), "reason_code": then.reason,
        "reason_text": then.text,
    }  # fmt: skip
    try:
        placement_extend(**said)
    except NeedsOverride:
        if not then.override:
            raise
        placement_extend(**said, override_reason=then.override)
    walk.approve(("participant", "employer", "caseworker"), override=then.override)


@happen.register(Change)
def _change(then: Change, walk: "Walk", on: date) -> None:
    agreement = Agreement.objects.get(pk=walk.agreement_id)
    newest = newest_version(agreement)
    change = agreement_change if in_force_number(agreement) is None else placement_adjust
    change(
        actor=walk.caseworker, agreement_id=agreement.id, base_version=newest.number,
        content=_changed(newest.record, then, on), reason_code=then.reason, reason_text=then.text,
    )  # fmt: skip
    if then.approve:
        walk.approve(("participant", "employer", "caseworker"))


def _changed(content: AgreementContent, then: Change, on: date) -> AgreementContent:
    if then.hours is not None:
        hours = Decimal(str(then.hours))
        first = content.hours_ramp[0].from_on
        kept = tuple(step for step in content.hours_ramp if step.from_on < max(on, first))
        content = replace(content, hours_ramp=(*kept, HoursStep(max(on, first), hours)))
    return replace(content, **then.fields)


@happen.register(End)
def _end(then: End, walk: "Walk", on: date) -> None:
    last = newest_version(Agreement.objects.get(pk=walk.agreement_id)).record.end if then.reason == PLANNED else on
    placement_end(
        actor=walk.caseworker, agreement_id=walk.agreement_id, ended_on=last or on, reason_code=then.reason,
        note=then.note,
    )  # fmt: skip


@happen.register(Judge)
def _judge(then: Judge, walk: "Walk", on: date) -> None:
    outcome_decide(
        actor=walk.caseworker, agreement_id=walk.agreement_id, outcomes=then.outcomes, main=then.outcomes[0],
        purpose_reached=then.reached, learned=then.text, next_step=then.next_step, next_measure=then.next_measure,
    )  # fmt: skip


@happen.register(Answer)
def _answer(then: Answer, walk: "Walk", on: date) -> None:
    outcome_answer(
        actor=walk.voice(then.party), agreement_id=walk.agreement_id, purpose_reached=then.reached, text=then.text,
        shared=then.shared,
    )  # fmt: skip


@happen.register(Status)
def _status(then: Status, walk: "Walk", on: date) -> None:
    later_status_record(
        actor=walk.caseworker, case_id=walk.case_id, months=then.months, status=then.status, note=then.note
    )


@happen.register(Next)
def _next(then: Next, walk: "Walk", on: date) -> None:
    next_measure_chain(actor=walk.caseworker, case_id=walk.case_id, measure=then.measure)


@happen.register(NewWage)
def _new_wage(then: NewWage, walk: "Walk", on: date) -> None:
    newest = newest_version(Agreement.objects.get(pk=walk.agreement_id))
    wage = replace(newest.record.wage, monthly=Decimal(then.wage))
    agreement_change(
        actor=walk.caseworker, agreement_id=walk.agreement_id, base_version=newest.number,
        content=replace(newest.record, wage=wage), reason_code=then.reason, reason_text=then.text,
    )  # fmt: skip
    walk.approve(("employer", "participant"))
    if then.ask:
        with clock.at(clock.now() + timedelta(minutes=3)):
            ask(walk, walk.agreement_id)


@happen.register(Assign)
def _assign(then: Assign, walk: "Walk", on: date) -> None:
    leader = walk.world.staff("randi")
    case_assign(actor=leader, case_id=walk.case_id, caseworker_id=walk.world.staff(then.to).account_id)
    walk.carrier = then.to
