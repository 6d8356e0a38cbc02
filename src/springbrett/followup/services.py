"""The only writers of follow-up. What they write are dated facts; what is due follows from them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.agreement.errors import NeedsOverride, RulesStop
from springbrett.agreement.models import Agreement, AgreementVersion
from springbrett.agreement.records import AgreementContent, changed_parts
from springbrett.agreement.selectors import InForce, current, main_for, newest_version
from springbrett.agreement.services import agreement_change, agreement_end
from springbrett.followup import changes
from springbrett.followup.errors import FollowupError
from springbrett.followup.facts import terms_for
from springbrett.followup.models import (
    Attendance,
    Audience,
    Chance,
    Contact,
    EmployerReport,
    Feedback,
    Headway,
    PlacementEnd,
    PlanItem,
    Review,
)
from springbrett.followup.records import CASEWORKER, PARTIES, DutyStatus, Kind, ReportTerm, State
from springbrett.followup.rules import attendance_fits, report_opens
from springbrett.followup.wishes import ending_of, extension_check, statuses_now
from springbrett.kernel import clock
from springbrett.kernel.verdict import to_data
from springbrett.ledger.services import record, service
from springbrett.mapping.rules import words_problem

CHANGE_NOTICE = "change_notice"
ADJUSTABLE = frozenset({"tasks", "training", "expected", "hours", "days", "support", "adaptation", "followup",
                        "contacts", "purpose"})  # fmt: skip
"""The parts that are adjusted under way. Dates are not among them: a placement is extended, or ended."""


@service
def contact_log(
    *,
    actor: Viewer,
    agreement_id: UUID,
    kind: str,
    on: date,
    attended: Collection[str],
    agreed: str = "",
    result: str = "",
    what_next: bool = False,
    for_caseworkers: str = "",
) -> Contact:
    """Log a contact that took place on `on` (not in the future), with who took part and what was agreed.

    Those who took part can read `agreed`; `for_caseworkers` stays at NAV. Raises Denied, AgreementNotFound,
    FollowupError: unknown_kind, unknown_result, in_the_future, attended, words_….
    """
    agreement = main_for(actor, agreement_id, Action.FOLLOW_UP)
    known = catalogue.load()
    _need(known.has_code("contact_kind", kind), "unknown_kind", "kind")
    _need(not result or known.has_code("contact_result", result), "unknown_result", "result")
    _need(on <= clock.today(), "in_the_future", "on")
    _need(attendance_fits(kind, frozenset(attended), result), "attended", "attended")
    _check_words(agreed=agreed, for_caseworkers=for_caseworkers)
    contact = Contact.objects.create(
        agreement=agreement, kind=kind, on=on, attended=sorted(attended), result=result, agreed=agreed.strip(),
        for_caseworkers=for_caseworkers.strip(), what_next=what_next, by=actor.account_id, logged_at=clock.now(),
    )  # fmt: skip
    _tell(actor, agreement, "followup.contact_logged",
          {"contact": contact.id, "kind": kind, "on": on, "attended": contact.attended, "result": result,
           "what_next": what_next})  # fmt: skip
    return contact


@service
def review_hold(
    *,
    actor: Viewer,
    agreement_id: UUID,
    on: date,
    duration_ok: bool,
    work_chance: str,
    headway: str,
    conclusion: str,
    text: str,
) -> Review:
    """Record NAV's review of the placement (§ 3-5: its length; § 3-4: the chance of ordinary work, and the purpose).

    Raises Denied, AgreementNotFound, FollowupError: not_in_force, outside_placement, in_the_future, already_reviewed,
    unknown_conclusion, unknown_chance, unknown_headway, text_missing, words_….
    """
    agreement = main_for(actor, agreement_id, Action.FOLLOW_UP)
    _one_at_a_time(agreement)
    row = _in_force(agreement)
    _need(on <= clock.today(), "in_the_future", "on")
    _need(row.period.contains(on), "outside_placement", "on")
    _need(not Review.objects.filter(agreement=agreement, on=on).exists(), "already_reviewed", "on")
    _need(catalogue.load().has_code("review_conclusion", conclusion), "unknown_conclusion", "conclusion")
    _need(work_chance in Chance.values, "unknown_chance", "work_chance")
    _need(headway in Headway.values, "unknown_headway", "headway")
    _need(bool(text.strip()), "text_missing", "text")
    _check_words(text=text)
    late = max((status.days_late for status in statuses_now(row) if _overdue_review(status)), default=0)
    review = Review.objects.create(
        agreement=agreement, on=on, duration_ok=duration_ok, work_chance=work_chance, headway=headway,
        conclusion=conclusion, text=text.strip(), by=actor.account_id, held_at=clock.now(),
    )  # fmt: skip
    _tell(actor, agreement, "followup.review_held",
          {"review": review.id, "on": on, "duration_ok": duration_ok, "work_chance": work_chance, "headway": headway,
           "conclusion": conclusion, "days_late": late})  # fmt: skip
    return review


@service
def report_submit(
    *,
    actor: Viewer,
    agreement_id: UUID,
    kind: str,
    tasks: str,
    attendance: str = "",
    progress: str = "",
    needs: str = "",
    hiring: str = "",
    wants_contact: bool = False,
) -> EmployerReport:
    """Submit one of the reports the employer owes, or a notice of change at any time (§ 1-6).

    Raises Denied, AgreementNotFound, FollowupError: not_in_force, not_owed, too_early, already_submitted, text_missing,
    unknown_attendance, unknown_hiring, words_….
    """
    agreement = main_for(actor, agreement_id, Action.REPORT_AS_EMPLOYER)
    _one_at_a_time(agreement)
    row = _in_force(agreement)
    term = _owed(row, kind)
    earlier = EmployerReport.objects.filter(agreement=agreement, kind=kind)
    _need(kind == CHANGE_NOTICE or not earlier.exists(), "already_submitted")
    _need(bool(tasks.strip()), "text_missing", "tasks")
    _need(not attendance or attendance in Attendance.values, "unknown_attendance", "attendance")
    _need(not hiring or catalogue.load().has_code("hiring_realistic", hiring), "unknown_hiring", "hiring")
    _check_words(tasks=tasks, progress=progress, needs=needs)
    late = _days_late(row, term)
    report = EmployerReport.objects.create(
        agreement=agreement, kind=kind, submitted_on=clock.today(), attendance=attendance, tasks=tasks.strip(),
        progress=progress.strip(), needs=needs.strip(), hiring=hiring, wants_contact=wants_contact,
        by=actor.account_id, submitted_at=clock.now(),
    )  # fmt: skip
    _tell(actor, agreement, "followup.report_submitted",
          {"report": report.id, "kind": kind, "attendance": attendance, "hiring": hiring,
           "wants_contact": wants_contact, "days_late": late})  # fmt: skip
    return report


@service
def feedback_give(
    *,
    actor: Viewer,
    agreement_id: UUID,
    audience: str,
    topics: Collection[str] = (),
    text: str = "",
    masters: str = "",
    needs_training: str = "",
) -> Feedback:
    """Take the participant's feedback: to NAV alone, or to the employer.

    Of what is private the ledger learns only that it was given. Raises Denied, AgreementNotFound, FollowupError:
    not_in_force, unknown_audience, unknown_topic, text_missing, words_….
    """
    agreement = main_for(actor, agreement_id, Action.GIVE_FEEDBACK)
    _in_force(agreement)
    private = audience == Audience.NAV
    _need(audience in Audience.values, "unknown_audience", "audience")
    _need(all(catalogue.load().has_code("feedback_topic", topic) for topic in topics), "unknown_topic", "topics")
    _need(bool(text.strip() or masters.strip() or needs_training.strip()), "text_missing", "text")
    _check_words(diagnosis=not private, text=text, masters=masters, needs_training=needs_training)
    feedback = Feedback.objects.create(
        agreement=agreement, audience=audience, topics=sorted(topics), text=text.strip(), masters=masters.strip(),
        needs_training=needs_training.strip(), on=clock.today(), by=actor.account_id, given_at=clock.now(),
    )  # fmt: skip
    facts = {"audience": audience} if private else {"audience": audience, "topics": feedback.topics}
    _tell(actor, agreement, "followup.feedback_given", {"feedback": feedback.id, **facts}, about_employer=not private)
    return feedback


@service
def plan_item_add(
    *, actor: Viewer, agreement_id: UUID, kind: str, on: date, owed_by: str = CASEWORKER, note: str = ""
) -> PlanItem:  # fmt: skip
    """Add something to the plan beyond what law and agreement ask for.

    Raises Denied, AgreementNotFound, FollowupError: not_in_force, unknown_kind, unknown_party, outside_placement,
    words_….
    """
    agreement = main_for(actor, agreement_id, Action.FOLLOW_UP)
    row = _in_force(agreement)
    _need(catalogue.load().has_code("contact_kind", kind), "unknown_kind", "kind")
    _need(owed_by in PARTIES, "unknown_party", "owed_by")
    _need(row.period.contains(on), "outside_placement", "on")
    _check_words(note=note)
    item = PlanItem.objects.create(
        agreement=agreement, kind=kind, on=on, owed_by=owed_by, note=note.strip(), added_by=actor.account_id,
        added_at=clock.now(),
    )  # fmt: skip
    _tell(actor, agreement, "followup.plan_adjusted", {"item": item.id, "kind": kind, "on": on, "added": True})
    return item


@service
def plan_item_remove(*, actor: Viewer, agreement_id: UUID, item_id: UUID) -> PlanItem:
    """Take away something the caseworker had added. Duties by law or agreement are no items and cannot be taken away.

    Raises Denied, AgreementNotFound, FollowupError: no_such_item.
    """
    agreement = main_for(actor, agreement_id, Action.FOLLOW_UP)
    items = PlanItem.objects.select_for_update().filter(agreement=agreement, removed_at__isnull=True)
    item = items.filter(pk=item_id).first()
    if item is None:
        raise FollowupError("no_such_item")
    item.removed_at, item.removed_by = clock.now(), actor.account_id
    item.save(update_fields=["removed_at", "removed_by"])
    _tell(actor, agreement, "followup.plan_adjusted",
          {"item": item.id, "kind": item.kind, "on": item.on, "added": False})  # fmt: skip
    return item


@service
def placement_adjust(
    *,
    actor: Viewer,
    agreement_id: UUID,
    base_version: int,
    content: AgreementContent,
    reason_code: str,
    reason_text: str = "",
) -> AgreementVersion:
    """Adjust tasks, hours, support or another part under way: a new version, which the parties it concerns approve.

    `reason_code` is from change_reason or adjustment_kind. Raises Denied, AgreementNotFound, StaleVersion,
    AgreementError, FollowupError: not_in_force, dates_not_adjusted (extend or end instead), reason_missing, words_….
    """
    agreement = main_for(actor, agreement_id, Action.FOLLOW_UP)
    _in_force(agreement)
    parts = changed_parts(newest_version(agreement).record, content)
    _need(parts <= ADJUSTABLE, "dates_not_adjusted")
    _need(bool(reason_code), "reason_missing", "reason_code")
    _check_words(reason_text=reason_text)
    version = agreement_change(
        actor=actor, agreement_id=agreement_id, base_version=base_version, content=content, reason_code=reason_code,
        reason_text=reason_text,
    )  # fmt: skip
    _tell(actor, agreement, "followup.adjusted", {"parts": parts, "reason": reason_code, "version": version.number})
    return version


@service
def placement_extend(
    *,
    actor: Viewer,
    agreement_id: UUID,
    base_version: int,
    new_end: date,
    reason_code: str,
    reason_text: str = "",
    override_reason: str = "",
) -> AgreementVersion:
    """Extend the placement to `new_end`: a new version, in force when the parties have approved it (§ 3-5).

    `reason_code` is from extension_reason. Raises Denied, AgreementNotFound, StaleVersion, RulesStop (a rule stops it,
    or something must be clarified first), NeedsOverride (a warning needs `override_reason`), FollowupError:
    not_in_force, unknown_override, words_….
    """
    agreement = main_for(actor, agreement_id, Action.FOLLOW_UP)
    row = _in_force(agreement)
    _check_words(reason_text=reason_text)
    _need(not override_reason or catalogue.load().has_code("override_reason", override_reason), "unknown_override",
          "override_reason")  # fmt: skip
    shown = extension_check(actor, row, new_end, reason_code)
    if not shown.met:
        raise RulesStop(shown)
    if shown.warnings and not override_reason:
        raise NeedsOverride(shown)
    version = agreement_change(
        actor=actor, agreement_id=agreement_id, base_version=base_version,
        content=replace(newest_version(agreement).record, end=new_end), reason_code=reason_code,
        reason_text=reason_text,
    )  # fmt: skip
    _tell(actor, agreement, "followup.extended",
          {"reason": reason_code, "old_end": row.content.end, "end": new_end, "version": version.number,
           "warnings": [verdict.rule for verdict in shown.warnings], "override_reason": override_reason})  # fmt: skip
    return version


@service
def placement_end(
    *, actor: Viewer, agreement_id: UUID, ended_on: date, reason_code: str, note: str = ""
) -> Agreement:  # fmt: skip
    """End the placement, early or as planned; `ended_on` is the last day and has come. The outcome is due from then.

    Raises Denied, AgreementNotFound, RulesStop, AgreementError, FollowupError: not_in_force, words_….
    """
    agreement = main_for(actor, agreement_id, Action.FOLLOW_UP)
    row = _in_force(agreement)
    _check_words(note=note)
    wish = ending_of(row, ended_on, reason_code)
    shown = changes.ending(wish)
    if not shown.met:
        raise RulesStop(shown)
    ended = agreement_end(actor=actor, agreement_id=agreement_id, ended_on=ended_on, reason_code=reason_code)
    PlacementEnd.objects.create(
        agreement=agreement, note=note.strip(), shown=to_data(shown), by=actor.account_id, at=clock.now()
    )
    if wish.early:
        _tell(actor, agreement, "followup.ended_early",
              {"reason": reason_code, "ended_on": ended_on, "planned_end": wish.planned_end,
               "days_early": (wish.planned_end - ended_on).days})  # fmt: skip
    return ended


def _owed(row: InForce, kind: str) -> ReportTerm | None:
    """The term of an owed report; None for a notice of change, which is always welcome."""
    if kind == CHANGE_NOTICE:
        return None
    terms = terms_for(row)
    term = next((term for term in terms.reports if term.kind == kind), None)
    if term is None:
        raise FollowupError("not_owed")
    _need(clock.today() >= report_opens(term, terms), "too_early")
    return term


def _days_late(row: InForce, term: ReportTerm | None) -> int:
    """How late an owed report comes today; 0 for a notice of change."""
    return next((s.days_late for s in statuses_now(row)
                 if term and s.duty.kind is Kind.REPORT and s.duty.code == term.kind), 0)  # fmt: skip


def _overdue_review(status: DutyStatus) -> bool:
    return status.duty.kind is Kind.REVIEW and status.state is State.OVERDUE


def _one_at_a_time(agreement: Agreement) -> None:
    """Lock the agreement's row, so that the same thing sent twice at once becomes a refusal and not a crash."""
    Agreement.objects.select_for_update().get(pk=agreement.pk)


def _in_force(agreement: Agreement) -> InForce:
    row = current(agreement)
    if row is None:
        raise FollowupError("not_in_force")
    return row


def _check_words(*, diagnosis: bool = True, **words: str) -> None:
    """No identity numbers anywhere, and no diagnoses where others than NAV may read."""
    for field, text in words.items():
        problem = words_problem(text)
        if problem == "national_id" or (problem and diagnosis):
            raise FollowupError(f"words_{problem}", field)


def _need(holds: object, code: str, field: str = "") -> None:
    if not holds:
        raise FollowupError(code, field)


def _tell(
    actor: Viewer, agreement: Agreement, action: str, facts: Mapping[str, object], *, about_employer: bool = True
) -> None:  # fmt: skip
    record(
        actor=actor,
        action=action,
        step="followup",
        case_id=agreement.case_id,
        person_id=agreement.case.person_id,
        employer_id=agreement.workplace.employer_id if about_employer else None,
        object_kind="agreement",
        object_id=agreement.id,
        facts=facts,
    )
