"""The guard of every page about one case: who you are, whether you may, and the look goes on the record."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from springbrett.access.forms import ReasonForm
from springbrett.access.policy import Action, Denied
from springbrett.access.roles import Role
from springbrett.access.selectors import opened_reason
from springbrett.access.services import look_log
from springbrett.access.web import ViewerRequest, page
from springbrett.people import services
from springbrett.people.models import Case
from springbrett.people.selectors import CaseNotFound, case_for, decision_on

P = ParamSpec("P")
_ASKED = "open_with"
"""Prefix of the form's fields, so that a page's own form can never be mistaken for a reason."""


def case_page(action: Action, *roles: Role) -> Callable[
    [Callable[Concatenate[ViewerRequest, Case, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, UUID, P], HttpResponseBase],
]:  # fmt: skip
    """Guard a view that takes (request, case): checks `action`, logs the look on every GET, and asks for a written
    reason where one would open the case."""

    def guard(
        view: Callable[Concatenate[ViewerRequest, Case, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, UUID, P], HttpResponseBase]:
        @wraps(view)
        def inside(request: ViewerRequest, case_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                case = case_for(request.viewer, case_id, action)
            except CaseNotFound:
                raise Http404 from None
            except Denied as denied:
                if denied.decision.needs_reason:
                    return _ask_for_reason(request, case_id)
                raise
            if request.method == "GET":
                _log_look(request, case, action)
            return view(request, case, *args, **kwargs)

        guarded = page(*roles)(inside)  # type: ignore[arg-type]  # wraps() hides the parameter list
        guarded.__dict__["case_action"] = action
        return guarded  # type: ignore[return-value]

    return guard


def _log_look(request: ViewerRequest, case: Case, action: Action) -> None:
    match = request.resolver_match
    why = decision_on(request.viewer, case, action).why
    look_log(
        viewer=request.viewer,
        person_id=case.person_id,
        case_id=case.id,
        page=match.view_name if match else "",
        why=why,
        reason=opened_reason(request.viewer, case.id) if why == "opened_with_reason" else "",
    )


def _ask_for_reason(request: ViewerRequest, case_id: UUID) -> HttpResponseBase:
    asked = f"{_ASKED}-reason" in request.POST
    form = ReasonForm(request.POST if asked else None, prefix=_ASKED)
    if request.method == "POST" and form.is_valid():
        services.case_open_with_reason(actor=request.viewer, case_id=case_id, reason=form.cleaned_data["reason"])
        return redirect(request.path)
    return render(request, "access/reason.html", {"form": form}, status=403)
