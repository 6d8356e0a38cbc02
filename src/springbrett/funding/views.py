"""The approver's pages. Thin: forms in, services called, answers shown."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.selectors import account_names
from springbrett.access.web import ViewerRequest, page
from springbrett.funding import budgets, explain, forms, refunds, rules, selectors, services, show
from springbrett.funding.answers import put, see_other
from springbrett.funding.errors import FundingError
from springbrett.funding.models import MONTHS_OF_A_YEAR, Request
from springbrett.funding.records import Month, State
from springbrett.funding.store import trace_from
from springbrett.funding.web import request_page
from springbrett.kernel import clock
from springbrett.kernel.verdict import from_data

SHOWN = 25
DECIDED_DAYS = 14


@require_safe
@page(Role.BUDGET_APPROVER)
def day(request: ViewerRequest) -> HttpResponseBase:
    """Min dag for the approver: what waits, oldest first, and what each request does to the budget."""
    viewer, today = request.viewer, clock.today()
    waiting = selectors.requests_for(viewer)
    first = _from(request, len(waiting))
    shown = waiting[first : first + SHOWN]
    names = selectors.employer_names(shown)
    effects = budgets.effects_of(shown, today)
    rows = [
        {"asked": one, "measure": explain.line_name(one.measure), "employer": names.get(one.id, ""),
         "total": explain.kroner(one.total), "effect": effects[one.id]}
        for one in shown
    ]  # fmt: skip
    decided = selectors.last_decided(viewer, today - timedelta(days=DECIDED_DAYS)) if not first else ()
    context = {
        "rows": rows, "total": len(waiting), "claims": len(selectors.claims_for(viewer)), "on": today,
        "decided": [(one, explain.line_name(one.measure), *_state(one)) for one in decided],
        "out": [explain.line_name(row.code) for row in budgets.budget_of(viewer, None, today.year) if row.out],
        "year": today.year,
        "previous_url": f"?from={max(0, first - SHOWN)}" if first else "",
        "next_url": f"?from={first + SHOWN}" if first + SHOWN < len(waiting) else "",
    }  # fmt: skip
    return render(request, "funding/day.html", context)


@require_safe
@request_page(Action.SEE_MONEY, Role.BUDGET_APPROVER, Role.OFFICE_LEADER, *CASEWORKERS)
def one(request: ViewerRequest, asked: Request) -> HttpResponseBase:
    """One request: what is asked for, how it was calculated, what it does to the budget, and the decision."""
    return _page(request, asked)


@require_http_methods(["GET", "HEAD", "POST"])
@request_page(Action.DECIDE_MONEY, Role.BUDGET_APPROVER)
def decide(request: ViewerRequest, asked: Request) -> HttpResponseBase:
    """Grant or refuse."""
    if request.method != "POST" or selectors.state_of(asked) is not State.ASKED:
        return see_other("funding:request", asked.id)
    effect = budgets.effect_of(asked, clock.today())
    form = forms.DecisionForm(request.POST, broken=effect.warns)
    if form.is_valid():
        try:
            decision = services.funding_decide(actor=request.viewer, request_id=asked.id, **form.said())
        except FundingError as error:
            put(form, error)
        else:
            said = _("The money is granted.") if decision.granted else _("The request is refused.")
            messages.success(request, said)
            return see_other("funding:day")
    return _page(request, asked, form)


def _page(request: ViewerRequest, asked: Request, form: forms.DecisionForm | None = None) -> HttpResponseBase:
    state, decided = selectors.state_of(asked), selectors.decision_of(asked)
    effect = from_data(decided.shown) if decided else budgets.effect_of(asked, clock.today())
    may = rules.who_may_decide(selectors.deciding(request.viewer, asked))
    if form is None and state is State.ASKED and may.met:
        form = forms.DecisionForm(broken=effect.warns)
    accounts = account_names({asked.asked_by, *({decided.by} if decided else ())})
    context: dict[str, Any] = {
        "asked": asked, "state": state, "state_words": explain.STATES[state], "colour": explain.COLOURS[state],
        "measure": explain.line_name(asked.measure), "total": explain.kroner(asked.total),
        "employer": selectors.employer_names([asked]).get(asked.id, ""),
        "who_asked": accounts.get(asked.asked_by, ""), "months": _schedule(asked), "unknown": asked.amounts.unknown,
        "calculation": show.calculation(asked), "effect": effect, "years": show.effects(effect), "decided": decided,
        "decided_by": accounts.get(decided.by, "") if decided else "", "may": may,
        "form": form if state is State.ASKED and may.met else None,
        "claimed": [line for line in selectors.lines_of(asked) if line.claims.all()] if decided else [],
        "is_approver": request.viewer.role is Role.BUDGET_APPROVER,
    }  # fmt: skip
    return render(request, "funding/request.html", context, status=422 if form and form.errors else 200)


def _schedule(asked: Request) -> list[tuple[str, str, str]]:
    """The months of the request: the name, the percentage and the amount."""
    return [
        (explain.month_name(Month.of(piece.period.start)), explain.percent(piece.percent), explain.kroner(piece.amount))
        for piece in asked.amounts.months
    ]


@require_safe
@page(Role.BUDGET_APPROVER)
def claims(request: ViewerRequest) -> HttpResponseBase:
    """The claims that wait to be paid, oldest first."""
    waiting = selectors.claims_for(request.viewer)
    first = _from(request, len(waiting))
    shown = waiting[first : first + SHOWN]
    names = selectors.employer_names([row.commitment.request for row in shown])
    rows = [
        {"claim": row, "asked": row.commitment.request, "month": row.commitment.when,
         "name": explain.month_name(row.commitment.when), "refund": explain.kroner(row.refund),
         "measure": explain.line_name(row.commitment.measure),
         "employer": names.get(row.commitment.request_id, "")}
        for row in shown
    ]  # fmt: skip
    context = {"rows": rows, "total": len(waiting),
               "previous_url": f"?from={max(0, first - SHOWN)}" if first else "",
               "next_url": f"?from={first + SHOWN}" if first + SHOWN < len(waiting) else ""}  # fmt: skip
    return render(request, "funding/claims.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@request_page(Action.DECIDE_MONEY, Role.BUDGET_APPROVER)
def claim(request: ViewerRequest, asked: Request, year: int, month: int) -> HttpResponseBase:
    """One claim: pay it, or send it back."""
    when = _month(year, month)
    row = selectors.claim_of(asked, when)
    if row is None:
        raise Http404
    form = forms.ReturnForm(request.POST if "return" in request.POST else None)
    if request.method == "POST":
        try:
            if "return" not in request.POST:
                services.claim_pay(actor=request.viewer, claim_id=row.id)
                messages.success(request, _("The refund is paid."))
                return see_other("funding:claims")
            if form.is_valid():
                services.claim_return(actor=request.viewer, claim_id=row.id, **form.cleaned_data)
                messages.success(request, _("The claim is sent back to the employer."))
                return see_other("funding:claims")
        except FundingError as error:
            put(form, error, request)
    waits = row.paid_on is None and row.returned_on is None
    context = {
        "asked": asked, "claim": row, "name": explain.month_name(when), "form": form if waits else None,
        "measure": explain.line_name(asked.measure), "spent": explain.kroner(row.spent),
        "refund": explain.kroner(row.refund), "at_most": explain.kroner(row.at_most),
        "employer": selectors.employer_names([asked]).get(asked.id, ""),
        "calculation": trace_from(row.trace), "waits": waits,
        "asks_for_spending": refunds.asks_for_spending(asked),
    }  # fmt: skip
    return render(request, "funding/claim.html", context, status=422 if form.errors else 200)


def _month(year: int, month: int) -> Month:
    """The month of an address. Raises Http404 for one that is none."""
    if month not in MONTHS_OF_A_YEAR:
        raise Http404
    return Month(year, month)


def _state(asked: Request) -> tuple[str, str]:
    state = selectors.state_of(asked)
    return str(explain.STATES[state]), explain.COLOURS[state]


def _from(request: ViewerRequest, total: int) -> int:
    said = request.GET.get("from", "0")
    return min(int(said), total) if said.isdigit() and len(said) < 9 else 0
