"""The guard of pages about one request: the case's own guard, and the request must be the viewer's to read."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from springbrett.access.policy import Action
from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest
from springbrett.funding.errors import RequestNotFound
from springbrett.funding.models import Request
from springbrett.funding.selectors import case_id_of_request, request_for
from springbrett.people.models import Case
from springbrett.people.web import case_page

P = ParamSpec("P")


def request_page(action: Action, *roles: Role) -> Callable[
    [Callable[Concatenate[ViewerRequest, Request, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, UUID, P], HttpResponseBase],
]:  # fmt: skip
    """Guard a view that takes (request, asked): checks `action` on its case, logs the look on GET, asks for a written
    reason where one would open it, and answers 404 for a request that is not there."""

    def guard(
        view: Callable[Concatenate[ViewerRequest, Request, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, UUID, P], HttpResponseBase]:
        @case_page(action, *roles)
        def with_case(
            request: ViewerRequest, case: Case, request_id: UUID, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:  # fmt: skip
            return view(request, request_for(request.viewer, request_id, action), *args, **kwargs)

        @wraps(view)
        def inside(request: HttpRequest, request_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                case_id = case_id_of_request(request_id)
            except RequestNotFound:
                # Nobody is told whether it is there before they have logged in.
                case_id = request_id
            return with_case(request, case_id, request_id, *args, **kwargs)

        inside.__dict__.update(is_guarded=True, case_action=action)
        return inside  # type: ignore[return-value]

    return guard
