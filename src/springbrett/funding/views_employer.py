"""The employer's pages: what has been granted, month by month, and the claim for a month."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from springbrett.access.policy import Action
from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest, page
from springbrett.funding import explain, forms, selectors, services, show
from springbrett.funding.answers import put, see_other
from springbrett.funding.errors import FundingError
from springbrett.funding.models import Request
from springbrett.funding.records import Month, State
from springbrett.funding.refunds import asks_for_spending
from springbrett.funding.store import trace_from
from springbrett.funding.web import request_page
from springbrett.kernel import clock


@require_safe
@page(Role.EMPLOYER)
def refunds(request: ViewerRequest) -> HttpResponseBase:
    """Which months can be claimed, and what has been granted."""
    today = clock.today()
    grants = [
        (asked, explain.line_name(asked.measure), [show.month_row(asked, line, today) for line in
                                                   selectors.lines_of(asked)])
        for asked in selectors.grants_for(request.viewer)
    ]  # fmt: skip
    ready = [(asked, measure, row) for asked, measure, rows in grants for row in rows if row.can_be_claimed]
    context = {"ready": sorted(ready, key=lambda entry: entry[2].month), "grants": grants}
    return render(request, "funding/refunds.html", context)


@require_safe
@request_page(Action.CLAIM_REFUND, Role.EMPLOYER)
def refund(request: ViewerRequest, asked: Request) -> HttpResponseBase:
    """The months of one grant."""
    _must_be_granted(asked)
    today = clock.today()
    rows = [show.month_row(asked, line, today) for line in selectors.lines_of(asked)]
    context = {"asked": asked, "measure": explain.line_name(asked.measure), "rows": rows,
               "name": asked.case.person.name}  # fmt: skip
    return render(request, "funding/refund.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@request_page(Action.CLAIM_REFUND, Role.EMPLOYER)
def month(request: ViewerRequest, asked: Request, year: int, month: int) -> HttpResponseBase:
    """Claim the refund of one month."""
    _must_be_granted(asked)
    line = next((one for one in selectors.lines_of(asked) if one.when == Month(year, month)), None)
    if line is None:
        raise Http404
    row = show.month_row(asked, line, clock.today())
    wage = bool(asked.terms)
    given = request.POST if asks_for_spending(asked) else {"spent": str(line.amount)}
    form = forms.ClaimForm(given if request.method == "POST" else None, wage=wage)
    if form.is_valid():
        try:
            claim = services.claim_submit(actor=request.viewer, request_id=asked.id, year=year, month=month,
                                          spent=form.cleaned_data["spent"])  # fmt: skip
        except FundingError as error:
            put(form, error)
        else:
            messages.success(request, _("The claim for %(refund)s is sent.") % {"refund": explain.kroner(claim.refund)})
            return see_other("funding:refund", asked.id)
    context = {
        "asked": asked, "row": row, "measure": explain.line_name(asked.measure), "form": form,
        "asks": asks_for_spending(asked), "name": asked.case.person.name,
        "calculation": trace_from(row.claim.trace) if row.claim else None,
        "spent": explain.kroner(row.claim.spent) if row.claim else "",
    }  # fmt: skip
    return render(request, "funding/refund_month.html", context, status=422 if form.errors else 200)


def _must_be_granted(asked: Request) -> None:
    if selectors.state_of(asked) is not State.GRANTED:
        raise Http404
