"""Pages of the outcome. Thin: forms in, services called, answers shown."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest
from springbrett.agreement.errors import AgreementError
from springbrett.agreement.explain import PARTIES, name
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import agreements_for_case, current
from springbrett.agreement.web import agreement_page
from springbrett.choice.explain import not_met
from springbrett.choice.explain_chain import view_rows
from springbrett.choice.selectors import chain_of
from springbrett.followup.records import State
from springbrett.followup.selectors import party_of
from springbrett.kernel import clock
from springbrett.kernel.verdict import from_data
from springbrett.outcome import explain, forms, selectors, services
from springbrett.outcome.errors import OutcomeError
from springbrett.outcome.models import Outcome
from springbrett.outcome.selectors import OutcomeView
from springbrett.people.models import Case
from springbrett.people.selectors import decision_on
from springbrett.people.web import case_page

STAFF = (*CASEWORKERS, Role.OFFICE_LEADER)


@require_safe
@case_page(Action.SEE_CASE, *STAFF)
def overview(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """The outcome, or the form to decide it, beside the chain it is judged against."""
    return _case_page(request, case, _focus(request, case))


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.DECIDE_OUTCOME, *CASEWORKERS)
def decide(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Decide the outcome."""
    agreement = _focus(request, case)
    if agreement is None or request.method != "POST":
        return redirect("outcome:page", case.id)
    form = forms.OutcomeForm(_purposes(agreement), request.POST)
    if form.is_valid():
        try:
            services.outcome_decide(actor=request.viewer, agreement_id=agreement.id, **form.said())
            return redirect("outcome:page", case.id)
        except (OutcomeError, AgreementError) as error:
            _put(form, error)
    return _case_page(request, case, agreement, form)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.DECIDE_OUTCOME, *CASEWORKERS)
def correct(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Decide a decided outcome anew; what was decided before is kept."""
    agreement = _focus(request, case)
    outcome = selectors.newest_outcome(agreement) if agreement else None
    if agreement is None or outcome is None:
        return redirect("outcome:page", case.id)
    form = forms.CorrectionForm(
        _purposes(agreement), request.POST or None, initial=forms.CorrectionForm.initial_of(outcome)
    )
    if request.method == "POST" and form.is_valid():
        why = {key: form.cleaned_data[key] for key in ("corrects", "reason_code", "reason_text")}
        try:
            services.outcome_correct(
                actor=request.viewer, agreement_id=agreement.id, said=services.Said(**form.said()), **why
            )
            messages.success(request, _("The outcome is corrected. What was decided before is kept."))
            return redirect("outcome:page", case.id)
        except OutcomeError as error:
            _put(form, error)
    return render(request, "outcome/correct.html", {"case": case, "form": form}, status=422 if form.errors else 200)


@require_POST
@case_page(Action.DECIDE_OUTCOME, *CASEWORKERS)
def chain(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Open the next case with the history carried over."""
    agreement = _focus(request, case)
    outcome = selectors.newest_outcome(agreement) if agreement else None
    try:
        chained = services.next_measure_chain(
            actor=request.viewer, case_id=case.id, measure=outcome.next_measure if outcome else ""
        )
    except OutcomeError as error:
        messages.warning(request, explain.refusal(error.code))
        return redirect("outcome:page", case.id)
    return redirect("mapping:page", chained.id)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.DECIDE_OUTCOME, *CASEWORKERS)
def status(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Record where the person stands now."""
    waiting = selectors.later_status_for(request.viewer, case.id, clock.today())
    months = [due.months for due in waiting if due.state in {State.DUE, State.OVERDUE}]
    form = forms.StatusForm(months, request.POST or None, initial={"months": months[0] if months else None})
    if request.method == "POST" and form.is_valid():
        try:
            services.later_status_record(actor=request.viewer, case_id=case.id, **form.cleaned_data)
            return redirect("outcome:page", case.id)
        except OutcomeError as error:
            _put(form, error)
    context = {"case": case, "form": form, "months": months}
    return render(request, "outcome/status.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agreement_page(Action.ANSWER_OUTCOME_AS_EMPLOYER, Role.EMPLOYER, main_only=True)
def employer(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The employer's answer."""
    return _party_page(request, agreement)


@require_http_methods(["GET", "HEAD", "POST"])
@agreement_page(Action.ANSWER_OUTCOME_AS_PARTICIPANT, Role.PARTICIPANT, main_only=True)
def participant(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The participant's answer, and the documentation of how it went (§ 3-4)."""
    return _party_page(request, agreement)


def _case_page(
    request: ViewerRequest, case: Case, agreement: Agreement | None, form: forms.OutcomeForm | None = None
) -> HttpResponseBase:  # fmt: skip
    context: dict[str, Any] = {"case": case, "agreement": agreement}
    if agreement is not None:
        view = selectors.outcome_for(request.viewer, agreement)
        may = decision_on(request.viewer, case, Action.DECIDE_OUTCOME).allowed
        over = selectors.is_over(agreement)
        row = current(agreement)
        options, history = chain_of(case, clock.today()) if row else ((), None)
        if form is None and may and over and row and view.outcome is None:
            form = forms.OutcomeForm(_purposes(agreement))
        context |= {
            "row": row, "over": over, "may": may, "form": form, "links": _links(agreement),
            "answers": _answers(view), "later": selectors.later_status_for(request.viewer, case.id, clock.today()),
            "statuses": selectors.statuses_of(request.viewer, case.id),
            "chained": selectors.chained_case_of(case),
            "history": view_rows(history, clock.today(), not_met(options)) if history and history.stays else None,
            **_decided(view),
        }  # fmt: skip
    return render(request, "outcome/overview.html", context, status=422 if form is not None and form.errors else 200)


def _party_page(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    view = selectors.outcome_for(request.viewer, agreement)
    own = view.answers.get(party_of(request.viewer))
    initial = {"purpose_reached": own.purpose_reached, "text": own.text, "shared": own.shared} if own else {}
    form = forms.AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.outcome_answer(actor=request.viewer, agreement_id=agreement.id, **form.cleaned_data)
            messages.success(request, _("Thank you. Your answer is saved."))
            return redirect(request.path)
        except OutcomeError as error:
            _put(form, error)
    context = {
        "agreement": agreement, "form": form, "over": selectors.is_over(agreement), "view": view,
        "reached": name("purpose_reached", view.purpose_reached) if view.purpose_reached else "",
        "answers": [row for row in _answers(view) if row["party"] != party_of(request.viewer)], **_decided(view),
    }  # fmt: skip
    return render(request, "outcome/party.html", context, status=422 if form.errors else 200)


def _decided(view: OutcomeView) -> dict[str, Any]:
    """The decided outcome, ready to be shown."""
    outcome = view.outcome
    if outcome is None:
        return {"outcome": None}
    known = catalogue.load()
    next_measure = known.measures.get(outcome.next_measure)
    return {
        "outcome": outcome,
        "verdict": from_data(outcome.trace),
        "judged": explain.JUDGED[outcome.judgement],
        "judged_colour": explain.COLOURS[outcome.judgement],
        "codes": [name("outcome", code) for code in sorted(outcome.outcomes, key=lambda code: code != outcome.main)],
        "reached_word": name("purpose_reached", outcome.purpose_reached),
        "purposes": [(name("purpose", code), name("purpose_reached", said["reached"]), said.get("text", ""))
                     for code, said in outcome.purposes.items()],
        "next_step": name("next_step", outcome.next_step),
        "next_measure": next_measure.name if next_measure else None,
        "corrected_because": _because(outcome),
        "earlier": [_was(row) for row in view.earlier],
    }  # fmt: skip


def _because(outcome: Outcome) -> str:
    """Why a decision corrects the one before it; empty for the first."""
    code = outcome.correction_reason
    return " ".join(filter(None, (f"{name('outcome_correction', code)}.", outcome.correction_text))) if code else ""


def _was(outcome: Outcome) -> dict[str, Any]:
    """A decision that has been corrected, in short."""
    return {
        "on": outcome.decided_on,
        "codes": [name("outcome", code) for code in sorted(outcome.outcomes, key=lambda code: code != outcome.main)],
        "judged": explain.JUDGED[outcome.judgement],
        "reached": name("purpose_reached", outcome.purpose_reached),
        "learned": outcome.learned,
        "next_step": name("next_step", outcome.next_step),
        "because": _because(outcome),
    }


def _answers(view: OutcomeView) -> list[dict[str, Any]]:
    return [{"party": party, "who": PARTIES[party], "reached": name("purpose_reached", answer.purpose_reached),
             "text": answer.text} for party, answer in sorted(view.answers.items())]  # fmt: skip


def _links(agreement: Agreement) -> list[tuple[str, list[Any]]]:
    """The five links of the agreement's chain, with their headings."""
    found = catalogue.load().chains.get(agreement.chain)
    if found is None:
        return []
    return [(str(explain.LINKS[link]), [item.text for item in items]) for link, items in found.links.in_order()]


def _purposes(agreement: Agreement) -> tuple[str, ...]:
    row = current(agreement)
    return row.content.purposes if row else ()


def _put(form: django_forms.Form, error: OutcomeError | AgreementError) -> None:
    """Put the refusal on the form where it belongs."""
    field = getattr(error, "field", "")
    target = next((found for found in (field, f"text_{field}", f"reached_{field}") if found in form.fields), None)
    form.add_error(target, explain.refusal(error.code))


def _focus(request: ViewerRequest, case: Case) -> Agreement | None:
    """The agreement the page is about: the newest that was not put away."""
    found = (a for a in agreements_for_case(request.viewer, case.id) if a.discarded_at is None)
    agreement = next(found, None)
    if agreement is None and request.method == "POST":
        raise Http404
    return agreement
