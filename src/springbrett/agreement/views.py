"""The caseworker's pages of an agreement and of the supports beside it. Thin: forms in, services called, answers shown.

The same views serve both: `agreement_id` names a support; without it the case's own agreement is meant.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest
from springbrett.agreement import explain, pages, rules, selectors, services, show
from springbrett.agreement.context import context_for, mapped_facts, supports_open_to
from springbrett.agreement.errors import AgreementError, AgreementNotFound, StaleVersion
from springbrett.agreement.forms import (
    AgreementForm,
    ApprovalForm,
    CaseworkerApprovalForm,
    ClashForm,
    CompareForm,
    EndSupportForm,
    OnBehalfForm,
    initial_of,
)
from springbrett.agreement.models import Agreement
from springbrett.agreement.offers import offers_for
from springbrett.agreement.records import CASEWORKER, PARTICIPANT, PARTS, AgreementContent, changed_parts
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict
from springbrett.people.models import Case
from springbrett.people.selectors import decision_on
from springbrett.people.web import case_page

STAFF = (*CASEWORKERS, Role.OFFICE_LEADER)


@require_safe
@case_page(Action.SEE_AGREEMENT, *STAFF)
def overview(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> HttpResponseBase:
    """The agreement: what it says, what the rules say, where the parties stand, what stands beside it, earlier ones."""
    found = selectors.agreements_for_case(request.viewer, case.id)
    shown = _shown(found) if agreement_id is None else _support(request, case, agreement_id)
    context: dict[str, Any] = {
        "case": case,
        "may_write": decision_on(request.viewer, case, Action.WRITE_AGREEMENT).allowed,
        "others": [_brief(a) for a in found if a is not shown] if agreement_id is None else [],
        "agreement": shown,
    }
    if shown is not None:
        context |= pages.whole(shown, CASEWORKER) | pages.checked(_check(request, shown))
        context |= {"versions": show.version_rows(shown), "links": pages.links(shown)} | _beside(request, shown)
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


@require_POST
@case_page(Action.WRITE_AGREEMENT)
def draft_support(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Make the first draft of a support beside the case's agreement."""
    main = _open(request, case)
    try:
        support = services.support_draft(
            actor=request.viewer, agreement_id=main.id, measure=request.POST.get("measure", "")
        )
    except AgreementError as error:
        messages.warning(request, explain.refusal(error.code))
        return redirect("agreement:page", case.id)
    return redirect(pages.links(support).edit)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.WRITE_AGREEMENT)
def edit(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> HttpResponseBase:
    """The whole agreement as a form, written on top of the version that was opened."""
    agreement = _open(request, case, agreement_id)
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
            return redirect(pages.links(agreement).page)
        form.add_error(None, explain.refusal(error.code))
        return _edit_page(request, agreement, form, status=409, verdict=getattr(error, "verdict", None))
    return redirect(pages.links(agreement).page)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.APPROVE_AS_CASEWORKER)
def approve(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> HttpResponseBase:
    """The caseworker approves: last of the three, or on behalf of the participant."""
    agreement = _open(request, case, agreement_id)
    on_behalf = request.GET.get("party") == PARTICIPANT
    check = _check(request, agreement)
    form = _approval_form(request, agreement, on_behalf=on_behalf, warns=check is not None and bool(check.warnings))
    if request.method == "POST" and form.is_valid():
        party = PARTICIPANT if on_behalf else CASEWORKER
        if (refused := pages.give(request, agreement, party, form.cleaned_data)) is None:
            return redirect(pages.links(agreement).page)
        form.add_error(None, explain.refusal(refused.code))
        agreement = _open(request, case, agreement_id)
        form = pages.again(form, agreement)
        check = _check(request, agreement)
    context = pages.whole(agreement, CASEWORKER) | pages.checked(check)
    context |= {"case": case, "form": form, "on_behalf": on_behalf, "agreement": agreement,
                "links": pages.links(agreement)}  # fmt: skip
    return render(request, "agreement/approve.html", context, status=409 if form.errors else 200)


@require_POST
@case_page(Action.APPROVE_AS_CASEWORKER)
def withdraw(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> HttpResponseBase:
    """Take back an approval the caseworker gave, their own or on behalf of the participant."""
    agreement = _open(request, case, agreement_id)
    pages.take_back(request, agreement, PARTICIPANT if request.POST.get("party") == PARTICIPANT else CASEWORKER)
    return redirect(pages.links(agreement).page)


@require_POST
@case_page(Action.ASK_FOR_MONEY)
def money(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> HttpResponseBase:
    """Ask for the money that the newest version leads to."""
    agreement = _open(request, case, agreement_id)
    version = request.POST.get("version", "")
    try:
        services.agreement_ask_for_money(
            actor=request.viewer, agreement_id=agreement.id, version=int(version) if version.isdecimal() else 0
        )
    except AgreementError as error:
        messages.warning(request, explain.refusal(error.code))
    return redirect(pages.links(agreement).page)


@require_POST
@case_page(Action.WRITE_AGREEMENT)
def discard(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> HttpResponseBase:
    """Put away a draft that never came into force."""
    agreement = _open(request, case, agreement_id)
    try:
        services.agreement_discard(actor=request.viewer, agreement_id=agreement.id)
    except AgreementError as error:
        messages.warning(request, explain.refusal(error.code))
    return redirect("agreement:page", case.id)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.WRITE_AGREEMENT)
def end_support(request: ViewerRequest, case: Case, agreement_id: UUID) -> HttpResponseBase:
    """End a support before the agreement it stands beside."""
    agreement = _open(request, case, agreement_id)
    form = EndSupportForm(request.POST or None, initial={"ended_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.agreement_end(actor=request.viewer, agreement_id=agreement.id, **form.cleaned_data)
            return redirect("agreement:page", case.id)
        except AgreementError as error:
            form.add_error(None, explain.refusal(error.code))
    context = {"case": case, "agreement": agreement, "form": form, "links": pages.links(agreement),
               "measure_name": show.measure_name(agreement)}  # fmt: skip
    return render(request, "agreement/end_support.html", context, status=422 if form.errors else 200)


@require_safe
@case_page(Action.SEE_AGREEMENT, *STAFF)
def compare(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> HttpResponseBase:
    """Two versions side by side: only what differs."""
    found = selectors.agreements_for_case(request.viewer, case.id)
    agreement = _shown(found) if agreement_id is None else _support(request, case, agreement_id)
    if agreement is None:
        raise Http404
    contents = selectors.contents_of(agreement)
    newest = max(contents)
    form = CompareForm(sorted(contents), {"before": max(newest - 1, 1), "after": newest} | request.GET.dict())
    if not form.is_valid():
        raise Http404
    before, after = form.cleaned_data["before"], form.cleaned_data["after"]
    context = {"case": case, "form": form, "before": before, "after": after, "links": pages.links(agreement),
               "changes": show.change_rows(contents[before], contents[after], show.measure_of(agreement))}  # fmt: skip
    return render(request, "agreement/compare.html", context)


def _beside(request: ViewerRequest, agreement: Agreement) -> dict[str, Any]:
    """What stands beside the agreement, and what could."""
    supports = selectors.supports_of(request.viewer, agreement)
    taken = {support.measure for support in supports if support.is_open}
    open_to = supports_open_to(agreement, clock.today()) if agreement.is_main and agreement.is_open else ()
    return {"beside": show.support_rows(supports, CASEWORKER),
            "addable": [row for row in show.named(open_to) if row[0] not in taken]}  # fmt: skip


def _approval_form(
    request: ViewerRequest, agreement: Agreement, *, on_behalf: bool, warns: bool
) -> ApprovalForm:  # fmt: skip
    initial = {"version": selectors.newest_version(agreement).number}
    if on_behalf:
        return OnBehalfForm(request.POST or None, initial=initial)
    return CaseworkerApprovalForm(request.POST or None, initial=initial, warns=warns)


def _check(request: ViewerRequest, agreement: Agreement) -> Verdict | None:
    if not agreement.is_open:
        return None
    return rules.check(
        selectors.newest_version(agreement).record, context_for(request.viewer, agreement, clock.today())
    )


def _brief(agreement: Agreement) -> dict[str, Any]:
    return {"agreement": agreement, "current": selectors.current(agreement),
            "number": selectors.newest_version(agreement).number}  # fmt: skip


def _shown(found: tuple[Agreement, ...]) -> Agreement | None:
    """The open agreement, otherwise the newest that was not discarded."""
    kept = [agreement for agreement in found if agreement.discarded_at is None]
    return next((agreement for agreement in kept if agreement.is_open), kept[0] if kept else None)


def _open(request: ViewerRequest, case: Case, agreement_id: UUID | None = None) -> Agreement:
    if agreement_id is None:
        found = _shown(selectors.agreements_for_case(request.viewer, case.id))
    else:
        found = _support(request, case, agreement_id)
    if found is None or not found.is_open:
        raise Http404
    return found


def _support(request: ViewerRequest, case: Case, agreement_id: UUID) -> Agreement:
    """A support of this case."""
    try:
        found = selectors.agreement_for(request.viewer, agreement_id)
    except AgreementNotFound:
        raise Http404 from None
    if found.case_id != case.id or found.is_main:
        raise Http404
    return found


def _form(agreement: Agreement, **given: Any) -> AgreementForm:
    content = selectors.newest_version(agreement).record
    on = content.start or clock.today()
    mentors = [(str(account_id), name) for account_id, name in selectors.mentors_at(agreement)]
    offers = offers_for(show.measure_of(agreement), on, mentors=mentors, content=content,
                        facts=mapped_facts(agreement, on), posted=given.get("data") or ())  # fmt: skip
    return AgreementForm(**given, offers=offers)


def _taken(posted: Mapping[str, str]) -> frozenset[str]:
    """The parts for which the user chose what the other one wrote."""
    return frozenset(part for part in PARTS if posted.get(f"take_{part}") == "theirs")


def _edit_page(
    request: ViewerRequest, agreement: Agreement, form: AgreementForm, *, status: int = 200,
    verdict: Verdict | None = None,
) -> HttpResponse:  # fmt: skip
    context = _about(agreement, form) | pages.checked(verdict)
    context |= {"first": _is_the_first_draft(agreement, form), "taken": sorted(_taken(request.POST))}
    return render(request, "agreement/edit.html", context, status=status)


def _about(agreement: Agreement, form: AgreementForm) -> dict[str, Any]:
    """What the form's page shows besides the form."""
    return {"case": agreement.case, "agreement": agreement, "form": form, "cards": show.cards(form.offers.parts),
            "links": pages.links(agreement), "measure_name": show.measure_name(agreement),
            "waiting_for": show.waiting_for(agreement)}  # fmt: skip


def _is_the_first_draft(agreement: Agreement, form: AgreementForm) -> bool:
    """Whether this fills in the draft for the first time, so that there is nothing to say why it is changed."""
    return form["base_version"].value() in {1, "1"} and selectors.in_force_number(agreement) is None


def _conflict_page(
    request: ViewerRequest, agreement: Agreement, form: AgreementForm, mine: AgreementContent, current: int
) -> HttpResponse:  # fmt: skip
    """Somebody saved in between: what they changed is taken in where only they did, and the rest is for the user."""
    agreement = selectors.agreement_for(request.viewer, agreement.id)
    measure = show.measure_of(agreement)
    contents = selectors.contents_of(agreement)
    base, theirs = contents.get(form.cleaned_data["base_version"], AgreementContent()), contents[current]
    changed_by_them, changed_by_me = changed_parts(base, theirs), changed_parts(base, mine)
    merged = mine.with_parts(theirs, changed_by_them - changed_by_me)
    both = changed_by_them & changed_by_me
    clashes = [row for row in show.change_rows(theirs, mine, measure) if row.part in both]
    choose = ClashForm([row.part for row in clashes])
    reasons = {name: form.cleaned_data[name] for name in ("reason_code", "reason_text")}
    context = _about(agreement, _form(agreement, initial=initial_of(merged, current) | reasons)) | {
        "clashes": [(row, choose[f"take_{row.part}"]) for row in clashes], "current": current,
        "by": show.version_rows(agreement)[0].by,
        "taken_in": [row for row in show.change_rows(base, theirs, measure)
                     if row.part in changed_by_them - changed_by_me],
    }  # fmt: skip
    return render(request, "agreement/edit.html", context, status=409)
