"""The employer's and the participant's own pages of an agreement, and what all parties read: its paper, its cost."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest
from springbrett.agreement import explain, money_show, pages, rules, selectors, show
from springbrett.agreement.context import text_facts
from springbrett.agreement.forms import ApprovalForm
from springbrett.agreement.models import Agreement
from springbrett.agreement.pdf import render as pdf_render
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT
from springbrett.agreement.web import agreement_page
from springbrett.kernel import clock


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
    pages.take_back(request, agreement, EMPLOYER)
    return redirect("agreement:employer", agreement.id)


@require_POST
@agreement_page(Action.APPROVE_AS_PARTICIPANT, Role.PARTICIPANT)
def participant_withdraw(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """The participant takes back an approval that is not in force."""
    pages.take_back(request, agreement, PARTICIPANT)
    return redirect("agreement:participant", agreement.id)


@require_safe
@agreement_page(Action.SEE_AGREEMENT)
def pdf(request: ViewerRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """A version on paper, in `lang` or the reader's language."""
    if number not in selectors.contents_of(agreement):
        raise Http404
    language = request.GET.get("lang", request.viewer.language)
    reader = show.reader_of(request.viewer)
    found = pdf_render.pdf_of(agreement, number, language if language in pdf_render.LANGUAGES else "nb", reader)
    response = HttpResponse(found, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="agreement-v{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@agreement_page(Action.SEE_AGREEMENT, *CASEWORKERS, Role.OFFICE_LEADER, Role.EMPLOYER, Role.PARTICIPANT)
def calculation(request: ViewerRequest, agreement: Agreement) -> HttpResponseBase:
    """What is paid month by month and how it is counted: a page, or a piece of the agreement's own page (HTMX)."""
    reader = show.reader_of(request.viewer)
    cost = money_show.cost_of(agreement, reader)
    if getattr(request, "htmx", False):
        return render(request, "agreement/counted.html", {"cost": cost})
    back = pages.links(agreement).page if reader == CASEWORKER else reverse(f"agreement:{reader}", args=[agreement.id])
    return render(request, "agreement/calculation.html", {"cost": cost, "back": back})


def _party_page(request: ViewerRequest, agreement: Agreement, party: str) -> HttpResponseBase:
    """One party's page: the agreement in plain words, what is new since they approved, and the approval."""
    if party not in agreement.approval_terms.parties:
        raise Http404
    form = ApprovalForm(request.POST or None, initial={"version": selectors.newest_version(agreement).number})
    if request.method == "POST" and form.is_valid():
        if (refused := pages.give(request, agreement, party, form.cleaned_data)) is None:
            return redirect(f"agreement:{party}", agreement.id)
        form.add_error(None, explain.refusal(refused.code))
        agreement = selectors.agreement_for(request.viewer, agreement.id)
        form = pages.again(form, agreement)
    whole = pages.whole(agreement, party)
    mine = next(row for row in whole["parties"] if row.party == party)
    content, measure = selectors.newest_version(agreement).record, show.measure_of(agreement)
    check = rules.check_content(content, measure, clock.today(), text_facts(agreement, content))
    context = whole | pages.checked(check) | {
        "agreement": agreement, "form": form, "party": party, "mine": mine,
        "beside": show.support_rows(selectors.supports_of(request.viewer, agreement), party),
        "may_approve": agreement.is_open and party in whole["state"].waiting_for,
        "may_withdraw": agreement.is_open and pages.may_withdraw(whole["state"], party),
        "withdraw_name": f"agreement:{party}_withdraw",
    }  # fmt: skip
    return render(request, "agreement/party.html", context, status=409 if form.errors else 200)
