"""The front door: each role to its own first page."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest, page
from springbrett.desk.links import url_or_nothing

FIRST_PAGES: dict[Role, str] = {
    Role.CASEWORKER: "desk:day",
    Role.JOB_SPECIALIST: "desk:day",
    Role.PARTICIPANT: "desk:mine",
    Role.EMPLOYER: "desk:company",
    Role.MENTOR: "desk:company",
    Role.OFFICE_LEADER: "desk:office",
    Role.MARKET_CONTACT: "employers:list",
    Role.ANALYST: "desk:results",
    Role.BUDGET_APPROVER: "funding:day",
}
"""Where each role begins; everyone else begins in the catalogue."""


@require_safe
@page()
def start(request: ViewerRequest) -> HttpResponse:
    """To the first page of the viewer's role."""
    return redirect(url_or_nothing(FIRST_PAGES.get(request.viewer.role, "")) or "desk:catalogue")
