"""Pages of the agreement. Thin: forms in, services called, answers shown."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest
from springbrett.agreement import explain, rules, selectors, services, show
from springbrett.agreement.context import context_for
from springbrett.agreement.errors import AgreementError, StaleVersion
from springbrett.agreement.forms import (
    AgreementForm,
    ApprovalForm,
    CaseworkerApprovalForm,
    ClashForm,
    CompareForm,
    OnBehalfForm,
    initial_of,
)
from springbrett.agreement.models import Agreement
from springbrett.agreement.pdf import render as pdf_render
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT, PARTS, AgreementContent, changed_parts
from springbrett.agreement.web import agreement_page
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict
from springbrett.people.models import Case
from springbrett.people.selectors import decision_on
from springbrett.people.web import case_page

STAFF = (*CASEWORKERS, Role.OFFICE_LEADER)


@require_safe
@case_page(Action.SEE_AGREEMENT, *STAFF)
def overview(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """The case's agreement: what it says, what the rules say, where the parties stand, and earlier ones."""
    found = selectors.agreements_for_case(request.viewer, case.id)
    shown = _shown(found)
    context: dict[str, Any] = {
        "case": case,
        "may_write": decision_on(request.viewer, case, Action.WRITE_AGREEMENT).allowed,
        "others": [_brief(a) for a in found if a is not shown],
        "agreement": shown,
    }
    if shown is not None:
        context |= _whole(shown) | _checked(_check(request, shown)) | {"versions": show.version_rows(shown)}
    return render(request, "agreement/overview.html", context)


@require_POST
@case_page(Action.WRITE_AGREEMENT)
def draft(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Make the first draft from the choice and the match."""
    try:
        services.agreement_draft(actor=request.viewer, case_id=case.id)
    except AgreementError as error:
        messages.warning(request, explain.refusal(error.code))
        return redirect("agreement:page", case.id)
    return redirect("agreement:edit", case.id)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.WRITE_AGREEMENT)
def edit(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """The whole agreement as a form, written on top of the version that was opened."""
    agreement = _open(request, case)
    if request.method != "POST":
        newest = selectors.newest_version(agreement)
        form = _form(agreement, initial=initial_of(newest.record, newest.number))
        return _edit_page(request, agreement, form)
    form = _form(agreement, data=request.POST)
    if not form.is_valid():
        return _edit_page(request, agreement, form, status=422)
    base = form.cleaned_data["base_version"]
    contents = selectors.contents_of(agreement)
    content = form.content().with_parts(contents.get(base, AgreementContent()), _taken(request.POST))
    try:
        services.agreement_change(
            actor=request.viewer, agreement_id=agreement.id, base_version=base, content=content,
            reason_code=form.cleaned_data["reason_code"], reason_text=form.cleaned_data["reason_text"],
        )  # fmt: skip
    except StaleVersion as stale:
        return _conflict_page(request, agreement, form, content, stale.current)
    except AgreementError as error:
        if error.code == "nothing_changed":
            messages.info(request, explain.refusal(error.code))
            return redirect("agreement:page", case.id)
        form.add_error(None, explain.refusal(error.code))
        return _edit_page(request, agreement, form, status=409, verdict=getattr(error, "verdict", None))
    return redirect("agreement:page", case.id)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.APPROVE_AS_CASEWORKER)
def approve(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """The caseworker approves: last of the three, or on behalf of the participant."""
    agreement = _open(request, case)
    on_behalf = request.GET.get("party") == PARTICIPANT
    check = _check(request, agreement)
    form = _approval_form(request, agreement, on_behalf=on_behalf, warns=check is not None and bool(check.warnings))
    if request.method == "POST" and form.is_valid():
        party = PARTICIPANT if on_behalf else CASEWORKER
        if (refused := _approve(request, agreement, party, form.cleaned_data)) is None:
            return redirect("agreement:page", case.id)
        form.add_error(None, explain.refusal(refused.code))
        agreement = _open(request, case)
        form = _again(form, agreement)
        check = _check(request, agreement)
    context = _whole(agreement) | _checked(check)
    context |= {"case": case, "form": form, "on_behalf": on_behalf, "agreement": agreement}
    return render(request, "agreement/approve.html", context, status=409 if form.errors else 200)


@require_POST
@case_page(Action.APPROVE_AS_CASEWORKER)
def withdraw(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Take back an approval the caseworker gave, their own or on behalf of the participant."""
    agreement = _open(request, case)
    party = PARTICIPANT if request.POST.get("party") == PARTICIPANT else CASEWORKER
    _withdraw(request, agreement, party)
    return redirect("agreement:page", case.id)


@require_POST
@case_page(Action.WRITE_AGREEMENT)
def discard(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Put away a draft that never came into force."""
    try:
        services.agreement_discard(actor=request.viewer, agreement_id=_open(request, case).id)
    except AgreementError as error:
        messages.warning(request, explain.refusal(error.code))
    return redirect("agreement:page", case.id)


@require_safe
@case_page(Action.SEE_AGREEMENT, *STAFF)
def compare(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Two versions side by side: only what differs."""
    agreement = _shown(selectors.agreements_for_case(request.viewer, case.id))
    if agreement is None:
        raise Http404
    contents = selectors.contents_of(agreement)
    newest = max(contents)
    form = CompareForm(sorted(contents), {"before": max(newest - 1, 1), "after": newest} | request.GET.dict())
    if not form.is_valid():
        raise Http404
    before, after = form.cleaned_data["before"], form.cleaned_data["after"]
    context = {"case": case, "form": form, "before": before, "after": after,
               "changes": show.change_rows(contents[before], contents[after])}  # fmt: skip
    return render(request, "agreement/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agreement_page(Action.APPROVE_AS_EMPLOYER, Role.EMPLOYER)
def employer(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The employer reads and approves."""
    return _party_page(request, agreement, EMPLOYER)


@require_http_methods(["GET", "HEAD", "POST"])
@agreement_page(Action.APPROVE_AS_PARTICIPANT, Role.PARTICIPANT)
def participant(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The participant reads and approves."""
    return _party_page(request, agreement, PARTICIPANT)


@require_POST
@agreement_page(Action.APPROVE_AS_EMPLOYER, Role.EMPLOYER)
def employer_withdraw(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The employer takes back an approval that is not in force."""
    _withdraw(request, agreement, EMPLOYER)
    return redirect("agreement:employer", agreement.id)


@require_POST
@agreement_page(Action.APPROVE_AS_PARTICIPANT, Role.PARTICIPANT)
def participant_withdraw(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The participant takes back an approval that is not in force."""
    _withdraw(request, agreement, PARTICIPANT)
    return redirect("agreement:participant", agreement.id)


@require_safe
@agreement_page(Action.SEE_AGREEMENT)
def pdf(request: ViewerRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """A version on paper, in `lang` or the reader's language."""
    if number not in selectors.contents_of(agreement):
        raise Http404
    language = request.GET.get("lang", request.viewer.language)
    found = pdf_render.pdf_of(agreement, number, language if language in pdf_render.LANGUAGES else "nb")
    response = HttpResponse(found, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="agreement-v{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _party_page(request: ViewerRequest, agreement: Agreement, party: str) -> HttpResponseBase:
    """One party's page: the agreement in plain words, what is new since they approved, and the approval."""
    form = ApprovalForm(request.POST or None, initial={"version": selectors.newest_version(agreement).number})
    if request.method == "POST" and form.is_valid():
        if (refused := _approve(request, agreement, party, form.cleaned_data)) is None:
            return redirect(f"agreement:{party}", agreement.id)
        form.add_error(None, explain.refusal(refused.code))
        agreement = selectors.agreement_for(request.viewer, agreement.id)
        form = _again(form, agreement)
    measure = catalogue.load().measure(agreement.measure)
    whole = _whole(agreement)
    mine = next(row for row in whole["parties"] if row.party == party)
    check = rules.check_content(selectors.newest_version(agreement).record, measure, clock.today())
    context = whole | _checked(check) | {
        "agreement": agreement, "form": form, "party": party, "mine": mine,
        "may_approve": agreement.is_open and party in whole["state"].waiting_for,
        "may_withdraw": agreement.is_open and _may_withdraw(whole["state"], party),
        "withdraw_name": f"agreement:{party}_withdraw",
    }  # fmt: skip
    return render(request, "agreement/party.html", context, status=409 if form.errors else 200)


def _may_withdraw(state: Any, party: str) -> bool:
    given = state.of(party).given
    return given is not None and given.version > (state.in_force or 0)


def _approve(
    request: ViewerRequest, agreement: Agreement, party: str, said: Mapping[str, Any]
) -> AgreementError | None:  # fmt: skip
    """Approve; the refusal if there is one. An approval that is there already is as good as a new one."""
    try:
        services.agreement_approve(
            actor=request.viewer, agreement_id=agreement.id, version=said["version"], party=party,
            on_behalf_reason=said.get("on_behalf_reason", ""), override_reason=said.get("override_reason", ""),
            override_text=said.get("override_text", ""),
        )  # fmt: skip
    except AgreementError as error:
        if error.code != "already_approved":
            return error
        messages.info(request, explain.refusal(error.code))
    return None


def _withdraw(request: ViewerRequest, agreement: Agreement, party: str) -> None:
    try:
        services.agreement_withdraw_approval(actor=request.viewer, agreement_id=agreement.id, party=party)
    except AgreementError as error:
        messages.warning(request, explain.refusal(error.code))


def _approval_form(
    request: ViewerRequest, agreement: Agreement, *, on_behalf: bool, warns: bool
) -> ApprovalForm:  # fmt: skip
    initial = {"version": selectors.newest_version(agreement).number}
    if on_behalf:
        return OnBehalfForm(request.POST or None, initial=initial)
    return CaseworkerApprovalForm(request.POST or None, initial=initial, warns=warns)


def _again(form: ApprovalForm, agreement: Agreement) -> ApprovalForm:
    """The same form with its errors, for the version that is now the newest; the box must be ticked anew."""
    typed = {name: value for name, value in form.data.items() if name != "confirm"}
    form.data = typed | {"version": str(selectors.newest_version(agreement).number)}
    return form


def _check(request: ViewerRequest, agreement: Agreement) -> Verdict | None:
    if not agreement.is_open:
        return None
    return rules.check(
        selectors.newest_version(agreement).record, context_for(request.viewer, agreement, clock.today())
    )


def _checked(check: Verdict | None) -> dict[str, Any]:
    return {"check": check, "objections": show.objections(check) if check is not None else []}


def _whole(agreement: Agreement) -> dict[str, Any]:
    """What every page about an agreement shows."""
    state = selectors.approval_state(agreement)
    content = selectors.newest_version(agreement).record
    return {
        "state": state,
        "number": state.number,
        "in_force": state.in_force,
        "parties": show.party_rows(agreement, state),
        "parts": show.part_rows(content),
        "clauses": show.clauses(agreement, content),
        "waiting_for": show.waiting_for(agreement),
        "measure_name": show.measure_name(agreement),
    }


def _brief(agreement: Agreement) -> dict[str, Any]:
    return {"agreement": agreement, "current": selectors.current(agreement),
            "number": selectors.newest_version(agreement).number}  # fmt: skip


def _shown(found: tuple[Agreement, ...]) -> Agreement | None:
    """The open agreement, otherwise the newest that was not discarded."""
    kept = [agreement for agreement in found if agreement.discarded_at is None]
    return next((agreement for agreement in kept if agreement.is_open), kept[0] if kept else None)


def _open(request: ViewerRequest, case: Case) -> Agreement:
    found = _shown(selectors.agreements_for_case(request.viewer, case.id))
    if found is None or not found.is_open:
        raise Http404
    return found


def _form(agreement: Agreement, **given: Any) -> AgreementForm:
    known, on = catalogue.load(), clock.today()
    duties = known.measure(agreement.measure).reports_on(on)
    weeks = known.house_value("first_contact_weeks_allowed", on)
    return AgreementForm(
        **given,
        report_months=[duty.after_months for duty in duties if duty.at == "after_months"],
        contact_weeks=[int(week) for week in weeks] if isinstance(weeks, tuple) else [],
        mentors=[(str(account_id), name) for account_id, name in selectors.mentors_at(agreement)],
    )


def _taken(posted: Mapping[str, str]) -> frozenset[str]:
    """The parts for which the user chose what the other one wrote."""
    return frozenset(part for part in PARTS if posted.get(f"take_{part}") == "theirs")


def _edit_page(
    request: ViewerRequest, agreement: Agreement, form: AgreementForm, *, status: int = 200,
    verdict: Verdict | None = None,
) -> HttpResponse:  # fmt: skip
    context = _checked(verdict) | {"case": agreement.case, "agreement": agreement, "form": form,
               "first": _is_the_first_draft(agreement, form), "taken": sorted(_taken(request.POST)),
               "measure_name": show.measure_name(agreement), "waiting_for": show.waiting_for(agreement)}  # fmt: skip
    return render(request, "agreement/edit.html", context, status=status)


def _is_the_first_draft(agreement: Agreement, form: AgreementForm) -> bool:
    """Whether this fills in the draft for the first time, so that there is nothing to say why it is changed."""
    return form["base_version"].value() in {1, "1"} and selectors.in_force_number(agreement) is None


def _conflict_page(
    request: ViewerRequest, agreement: Agreement, form: AgreementForm, mine: AgreementContent, current: int
) -> HttpResponse:  # fmt: skip
    """Somebody saved in between: what they changed is taken in where only they did, and the rest is for the user."""
    agreement = selectors.agreement_for(request.viewer, agreement.id)
    contents = selectors.contents_of(agreement)
    base, theirs = contents.get(form.cleaned_data["base_version"], AgreementContent()), contents[current]
    changed_by_them, changed_by_me = changed_parts(base, theirs), changed_parts(base, mine)
    merged = mine.with_parts(theirs, changed_by_them - changed_by_me)
    clashes = [row for row in show.change_rows(theirs, mine) if row.part in changed_by_them & changed_by_me]
    choose = ClashForm([row.part for row in clashes])
    reasons = {name: form.cleaned_data[name] for name in ("reason_code", "reason_text")}
    context = {
        "case": agreement.case, "agreement": agreement, "measure_name": show.measure_name(agreement),
        "form": _form(agreement, initial=initial_of(merged, current) | reasons),
        "clashes": [(row, choose[f"take_{row.part}"]) for row in clashes], "current": current,
        "waiting_for": show.waiting_for(agreement),
        "by": show.version_rows(agreement)[0].by,
        "taken_in": [row for row in show.change_rows(base, theirs) if row.part in changed_by_them - changed_by_me],
    }  # fmt: skip
    return render(request, "agreement/edit.html", context, status=409)
