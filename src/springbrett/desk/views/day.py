"""Min dag: what to do today."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from springbrett.access.roles import CASEWORKERS
from springbrett.access.web import ViewerRequest, page
from springbrett.desk import workday
from springbrett.kernel import clock
from springbrett.vignettes.selectors import invitations

SHOWN, WHOLE = 5, 25


@require_safe
@page(*CASEWORKERS)
def day(request: ViewerRequest) -> HttpResponse:
    """The day in groups; or one group in full, a page at a time."""
    portfolio = workday.portfolio_of(request.viewer, clock.today())
    only = request.GET.get("only", "")
    if only in workday.GROUPS:
        return _whole(request, portfolio, only)
    groups = workday.groups(portfolio, SHOWN)
    context = {"groups": groups, "cases": len(portfolio.names), "on": portfolio.on,
               "studies": invitations(request.viewer)}  # fmt: skip
    return render(request, "desk/day.html", context)


def _whole(request: ViewerRequest, portfolio: workday.Portfolio, only: str) -> HttpResponse:
    everything = workday.groups(portfolio, cap=None)
    rows = next((group.rows for group in everything if group.code == only), ())
    asked = request.GET.get("from", "0")
    first = min(int(asked), len(rows)) if asked.isdigit() else 0
    context = {
        "name": workday.GROUPS[only],
        "rows": rows[first : first + WHOLE],
        "total": len(rows),
        "previous_url": _part(only, max(0, first - WHOLE)) if first else "",
        "next_url": _part(only, first + WHOLE) if first + WHOLE < len(rows) else "",
    }
    return render(request, "desk/day_group.html", context)


def _part(only: str, first: int) -> str:
    return reverse("desk:day", query={"only": only, "from": first} if first else {"only": only})
