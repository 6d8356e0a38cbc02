"""A new case: find the person by number, or register them, and open the case."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from springbrett.access.policy import Decision, Denied
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.services import look_log
from springbrett.access.web import ViewerRequest, page
from springbrett.desk import selectors
from springbrett.desk.forms import NumberForm, PersonForm
from springbrett.desk.views.redirects import see_other
from springbrett.people import services
from springbrett.people.models import Person
from springbrett.people.selectors import cases_for


@require_http_methods(["GET", "HEAD", "POST"])
@page(*CASEWORKERS, Role.OFFICE_LEADER)
def new_case(request: ViewerRequest) -> HttpResponse:
    """Ask for the number; show the person found, or the form for a new one. The number is only ever posted."""
    if request.method != "POST":
        return render(request, "desk/new_case.html", {"form": NumberForm()})
    form = NumberForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/new_case.html", {"form": form}, status=422)
    person = selectors.person_by_number(request.viewer, form.cleaned_data["national_id"])
    if person is None:
        return _registration(request)
    look_log(viewer=request.viewer, person_id=person.id, case_id=None, page="desk:new_case", why="opens_case")
    return _found(request, person, form.cleaned_data["national_id"])


def _found(request: ViewerRequest, person: Person, number: str) -> HttpResponse:
    if person.protected and not request.viewer.cleared_for_protected:
        return render(request, "desk/new_case.html", {"form": NumberForm(), "closed": True}, status=403)
    if request.POST.get("do") == "open":
        carrier = _carrier(request)
        if carrier is not None:
            return _open(request, person.id, carrier)
    context = {
        "person": person,
        "number": number,
        "known": list(cases_for(request.viewer).filter(person=person).order_by("-opened_on")),
        "elsewhere": person.cases.count(),
        "carriers": _carriers(request),
    }
    return render(request, "desk/new_case_person.html", context)


def _registration(request: ViewerRequest) -> HttpResponse:
    """The form for somebody who is not in the register, and what to do with it once it is filled in."""
    asked = "family_name" in request.POST
    form = PersonForm(request.POST if asked else None, initial={"national_id": request.POST["national_id"]})
    carrier = _carrier(request)
    if not asked or not form.is_valid() or carrier is None:
        context = {"form": form, "carriers": _carriers(request)}
        return render(request, "desk/new_case_register.html", context, status=422 if asked else 200)
    person = services.person_register(actor=request.viewer, **form.cleaned_data)
    return _open(request, person.id, carrier)


def _open(request: ViewerRequest, person_id: UUID, carrier: UUID) -> HttpResponse:
    office_id = request.viewer.office_id
    if office_id is None:
        raise Denied(Decision(False, "not_yours"))
    case = services.case_open(actor=request.viewer, person_id=person_id, office_id=office_id, caseworker_id=carrier)
    own = carrier == request.viewer.account_id
    return see_other(request, reverse("desk:case", args=[case.id]) if own else reverse("desk:portfolio"),
                     _("The case is open."))  # fmt: skip


def _carriers(request: ViewerRequest) -> tuple[selectors.Colleague, ...]:
    """Whom a leader can give the case to; a caseworker opens it for themselves."""
    return () if request.viewer.carries_cases else selectors.colleagues(request.viewer)


def _carrier(request: ViewerRequest) -> UUID | None:
    if request.viewer.carries_cases:
        return request.viewer.account_id
    chosen = request.POST.get("carrier", "")
    return next((c.account_id for c in _carriers(request) if str(c.account_id) == chosen), None)
