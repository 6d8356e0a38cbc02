"""The page of a case, and giving a case to another caseworker."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from springbrett.access.policy import Action
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest
from springbrett.desk import selectors
from springbrett.desk.casefile import casefile_of
from springbrett.desk.stepper import drawn_steps
from springbrett.desk.views.redirects import see_other
from springbrett.kernel import clock
from springbrett.people import services
from springbrett.people.models import Case
from springbrett.people.selectors import caseworker_id_of, decision_on
from springbrett.people.web import case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.SEE_CASE)
def case(request: ViewerRequest, case: Case) -> HttpResponse:
    """Where the case stands, what is due, who takes part and what has happened."""
    if request.method == "POST":  # the reason for opening it was posted again, and it is open already
        return see_other(request, reverse("desk:case", args=[case.id]))
    file = casefile_of(request.viewer, case, clock.today())
    standing = file.glance.standing
    context = {
        "case": case,
        "file": file,
        "steps": drawn_steps(file.glance.steps, case.id, standing.code, request.viewer.role),
        "standing": standing,
        "chained": selectors.chained_cases(request.viewer, case),
        "may_assign": decision_on(request.viewer, case, Action.ASSIGN).allowed,
        "is_participant": request.viewer.role is Role.PARTICIPANT,
    }
    return render(request, "desk/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.ASSIGN, *CASEWORKERS, Role.OFFICE_LEADER)
def assign(request: ViewerRequest, case: Case) -> HttpResponse:
    """Choose who carries the case from today. The search for a colleague is posted."""
    query = request.POST.get("q", "").strip()[:80]
    found = [c for c in selectors.colleagues(request.viewer, query) if c.account_id != caseworker_id_of(case)]
    chosen = next((c for c in found if str(c.account_id) == request.POST.get("carrier", "")), None)
    if chosen is None:
        asked = request.method == "POST" and "carrier" in request.POST
        context = {"case": case, "carriers": found, "query": query, "missing": asked}
        return render(request, "desk/assign.html", context, status=422 if asked else 200)
    services.case_assign(actor=request.viewer, case_id=case.id, caseworker_id=chosen.account_id)
    home = reverse("desk:office") if request.viewer.role is Role.OFFICE_LEADER else reverse("desk:portfolio")
    return see_other(request, home, _("The case is given to the new caseworker from today."))
