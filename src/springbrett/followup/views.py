"""Pages of follow-up. Thin: forms in, services called, answers shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest
from springbrett.agreement.context import context_for
from springbrett.agreement.errors import AgreementError, NeedsOverride, StaleVersion
from springbrett.agreement.explain import language
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import agreements_for_case, current, newest_version, parts_of
from springbrett.agreement.web import agreement_page
from springbrett.choice.rules import latest_end
from springbrett.followup import explain, forms, selectors, services, show
from springbrett.followup.errors import FollowupError
from springbrett.followup.models import Audience
from springbrett.followup.services import CHANGE_NOTICE
from springbrett.kernel import clock
from springbrett.people.models import Case
from springbrett.people.selectors import decision_on
from springbrett.people.web import case_page

STAFF = (*CASEWORKERS, Role.OFFICE_LEADER)
Words = str | Promise


@dataclass(slots=True)
class Sheet:
    """A page with one form: its words, the form, where it goes back to, and a verdict when a rule has spoken."""

    title: Words
    question: Words
    form: django_forms.Form
    back: str
    save: Words
    facts: list[tuple[Words, object]] = field(default_factory=list)
    verdict: object = None
    danger: bool = False


@require_safe
@case_page(Action.SEE_PLAN, *STAFF)
def overview(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """The plan with what is due, what is next and why; the log; and what can be done."""
    agreement = _focus(request, case)
    context: dict[str, Any] = {"case": case, "agreement": agreement}
    if agreement is not None:
        row = current(agreement)
        may = decision_on(request.viewer, case, Action.FOLLOW_UP).allowed
        private = decision_on(request.viewer, case, Action.SEE_PRIVATE_FEEDBACK).allowed
        context |= {
            "row": row,
            "may": may,
            "waiting": row is not None and newest_version(agreement).number != row.number,
            "groups": show.groups(selectors.duties_of(request.viewer, agreement, clock.today())),
            "log": show.log(selectors.log_of(request.viewer, agreement), at_nav=True),
            "to_employer": show.feedback(selectors.feedback_to_employer(request.viewer, agreement)),
            "see_private": private,
            "private": show.feedback(selectors.private_feedback(request.viewer, agreement)) if private else [],
        }
    return render(request, "followup/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.FOLLOW_UP, *CASEWORKERS)
def contact(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Log a contact."""
    agreement = _required(request, case)
    sheet = Sheet(_("Log a contact"), _("Who talked about what, and what was agreed?"),
                  forms.ContactForm(request.POST or None, initial=forms.today()), _back(case), _("Save"))  # fmt: skip
    return _handle(request, sheet, lambda said: services.contact_log(
        actor=request.viewer, agreement_id=agreement.id, **said), case)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.FOLLOW_UP, *CASEWORKERS)
def review(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Hold a review."""
    agreement = _required(request, case)
    sheet = Sheet(_("Review the placement"), _("Does it still lead where it should, and is the length right?"),
                  forms.ReviewForm(request.POST or None, initial=forms.today()), _back(case),
                  _("Save the review"))  # fmt: skip
    return _handle(request, sheet, lambda said: services.review_hold(
        actor=request.viewer, agreement_id=agreement.id, **said), case)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.FOLLOW_UP, *CASEWORKERS)
def extend(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Ask for a later last day."""
    agreement = _required(request, case)
    initial = {"base_version": newest_version(agreement).number}
    sheet = Sheet(_("Extend the placement"), _("Is more time what it takes, and is there time left?"),
                  forms.ExtendForm(request.POST or None, initial=initial), _back(case),
                  _("Extend and ask for approval"), _time_facts(request, agreement))  # fmt: skip
    return _handle(request, sheet, lambda said: services.placement_extend(
        actor=request.viewer, agreement_id=agreement.id, **said), case)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.FOLLOW_UP, *CASEWORKERS)
def adjust(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Adjust tasks, hours or support."""
    agreement = _required(request, case)
    newest = newest_version(agreement)
    form = forms.AdjustForm(request.POST or None, parts=parts_of(agreement),
                            initial=forms.AdjustForm.initial_of(newest.record, newest.number))  # fmt: skip
    sheet = Sheet(_("Adjust the placement"), _("What should be different from now on, and why?"), form, _back(case),
                  _("Save and ask for approval"))  # fmt: skip
    return _handle(request, sheet, lambda said: services.placement_adjust(
        actor=request.viewer, agreement_id=agreement.id, base_version=said["base_version"],
        content=form.applied_to(newest.record), reason_code=said["reason_code"],
        reason_text=said["reason_text"]), case)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.FOLLOW_UP, *CASEWORKERS)
def end(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """End the placement; the outcome comes next."""
    agreement = _required(request, case)
    row = current(agreement)
    facts: list[tuple[Words, object]] = [(_("Agreed last day"), row.content.end)] if row else []
    form = forms.EndForm(request.POST or None, initial={"ended_on": clock.today()})
    sheet = Sheet(_("End the placement"), _("When and why does it end?"), form, _back(case),
                  _("End the placement"), facts, danger=True)  # fmt: skip
    return _handle(request, sheet, lambda said: services.placement_end(
        actor=request.viewer, agreement_id=agreement.id, **said), case)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.FOLLOW_UP, *CASEWORKERS)
def plan_add(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Add something to the plan."""
    agreement = _required(request, case)
    sheet = Sheet(_("Add to the plan"), _("What more should be done, and when?"),
                  forms.PlanItemForm(request.POST or None, initial={"owed_by": "caseworker"}), _back(case),
                  _("Add"))  # fmt: skip
    return _handle(request, sheet, lambda said: services.plan_item_add(
        actor=request.viewer, agreement_id=agreement.id, **said), case)  # fmt: skip


@require_POST
@case_page(Action.FOLLOW_UP, *CASEWORKERS)
def plan_remove(request: ViewerRequest, case: Case, item_id: UUID) -> HttpResponseBase:
    """Take away something that was added."""
    try:
        services.plan_item_remove(actor=request.viewer, agreement_id=_required(request, case).id, item_id=item_id)
    except FollowupError as error:
        messages.warning(request, explain.refusal(error.code))
    return redirect(_back(case))


@require_safe
@agreement_page(Action.SEE_PLAN, Role.PARTICIPANT, Role.EMPLOYER, Role.MENTOR, main_only=True)
def plan(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The plan as the participant, the employer or the mentor reads it: only what concerns them."""
    viewer, row = request.viewer, current(agreement)
    statuses = selectors.duties_of(viewer, agreement, clock.today())
    mentor = viewer.role is Role.MENTOR
    context = {
        "agreement": agreement,
        "row": row,
        "groups": show.groups(statuses, explain.reader_of(request.viewer)),
        "log": [] if mentor else show.log(selectors.log_of(viewer, agreement), at_nav=False),
        "feedback": [] if mentor else show.feedback(selectors.feedback_to_employer(viewer, agreement)),
        "may_report": viewer.role is Role.EMPLOYER,
        "may_tell": viewer.role is Role.PARTICIPANT,
        "owed": [s for s in statuses if s.open and s.duty.kind == "report"] if viewer.role is Role.EMPLOYER else [],
        "change_notice": CHANGE_NOTICE,
    }
    return render(request, "followup/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agreement_page(Action.REPORT_AS_EMPLOYER, Role.EMPLOYER, main_only=True)
def report(request: ViewerRequest, agreement: Agreement, kind: str) -> HttpResponseBase:
    """The employer reports."""
    if not catalogue.load().has_code("report_kind", kind):
        raise Http404
    back = reverse("followup:plan", args=[agreement.id])
    title = catalogue.load().name("report_kind", kind, language())
    sheet = Sheet(title, _("How does it go at the workplace?"), forms.ReportForm(request.POST or None), back,
                  _("Submit the report"))  # fmt: skip
    return _handle(request, sheet, lambda said: services.report_submit(
        actor=request.viewer, agreement_id=agreement.id, kind=kind, **said))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@agreement_page(Action.GIVE_FEEDBACK, Role.PARTICIPANT, main_only=True)
def feedback(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The participant's two forms: one that only NAV reads, one that the employer reads as well."""
    audience = request.POST.get("audience", "")
    found = {
        Audience.NAV: forms.PrivateFeedbackForm(request.POST if audience == Audience.NAV else None, prefix="nav"),
        Audience.EMPLOYER: forms.EmployerFeedbackForm(
            request.POST if audience == Audience.EMPLOYER else None, prefix="employer"
        ),
    }
    form = found.get(Audience(audience)) if audience in Audience.values else None
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        error = _try(form, lambda said: services.feedback_give(
            actor=request.viewer, agreement_id=agreement.id, audience=audience, **said))  # fmt: skip
        if error is None:
            messages.success(request, _("Thank you. It is sent."))
            return redirect("followup:feedback", agreement.id)
    context = {
        "agreement": agreement,
        "private_form": found[Audience.NAV],
        "employer_form": found[Audience.EMPLOYER],
        "private": show.feedback(selectors.private_feedback(request.viewer, agreement)),
        "to_employer": show.feedback(selectors.feedback_to_employer(request.viewer, agreement)),
    }
    return render(request, "followup/feedback.html", context, status=422 if form is not None else 200)


def _handle(
    request: ViewerRequest, sheet: Sheet, do: Callable[[dict[str, Any]], object], case: Case | None = None
) -> HttpResponseBase:  # fmt: skip
    """Show the sheet, or do what it asks and go back. Errors keep the typing. `case`: whose it is, for those at NAV."""
    status = 200
    if request.method == "POST":
        status = 422
        if sheet.form.is_valid():
            error = _try(sheet.form, do)
            if error is None:
                return redirect(sheet.back)
            status = 409
            sheet.verdict = getattr(error, "verdict", None)
    return render(request, "followup/sheet.html", {"sheet": sheet, "case": case}, status=status)


def _try(form: django_forms.Form, do: Callable[[dict[str, Any]], object]) -> Exception | None:
    """Do it, or put the refusal on the form where it belongs."""
    try:
        do(form.cleaned_data)
    except StaleVersion as error:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["base_version"] = str(error.current)  # type: ignore[index]
        form.add_error(None, explain.refusal(error.code))
        return error
    except NeedsOverride as error:
        form.ask_override()  # type: ignore[attr-defined]
        form.add_error("override_reason", explain.refusal(error.code))
        return error
    except FollowupError as error:
        form.add_error(error.field if error.field in form.fields else None, explain.refusal(error.code))
        return error
    except AgreementError as error:
        form.add_error(None, explain.refusal(error.code))
        return error
    return None


def _focus(request: ViewerRequest, case: Case) -> Agreement | None:
    """The agreement the page is about: the newest that was not put away."""
    return next((a for a in agreements_for_case(request.viewer, case.id) if a.discarded_at is None), None)


def _required(request: ViewerRequest, case: Case) -> Agreement:
    agreement = _focus(request, case)
    if agreement is None:
        raise Http404
    return agreement


def _back(case: Case) -> str:
    return reverse("followup:page", args=[case.id])


def _time_facts(request: ViewerRequest, agreement: Agreement) -> list[tuple[Words, object]]:
    """The agreed last day and how far the measure's limit reaches."""
    row = current(agreement)
    if row is None:
        return []
    context = context_for(request.viewer, agreement, clock.today())
    latest = latest_end(context.measure, row.period.start, context.used, context.circumstances)
    facts: list[tuple[Words, object]] = [(_("Agreed last day"), row.content.end)]
    if latest and not latest.unlimited:
        facts.append((_("Latest possible last day"), latest.certain))
        if latest.possible != latest.certain:
            facts.append((_("Latest, if reduced work capacity is confirmed"), latest.possible))
    return facts
