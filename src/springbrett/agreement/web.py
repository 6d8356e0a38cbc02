"""The guard of pages about one agreement: the case's own guard, and the agreement must be the viewer's to read."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from springbrett.access.policy import Action
from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest
from springbrett.agreement.errors import AgreementNotFound
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import agreement_for, case_id_of, main_for
from springbrett.people.models import Case
from springbrett.people.web import case_page

P = ParamSpec("P")


def agreement_page(action: Action, *roles: Role, main_only: bool = False) -> Callable[
    [Callable[Concatenate[ViewerRequest, Agreement, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, UUID, P], HttpResponseBase],
]:  # fmt: skip
    """Guard a view that takes (request, agreement): checks `action` on its case, logs the look on GET, asks for a
    reason where one would open the case, and answers 404 for an agreement the viewer is no party to.

    `main_only`: a page about what supports do not have, such as a plan; a support is then not found.
    """
    read = main_for if main_only else agreement_for

    def guard(
        view: Callable[Concatenate[ViewerRequest, Agreement, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, UUID, P], HttpResponseBase]:
        @case_page(action, *roles)
        def with_case(
            request: ViewerRequest, case: Case, agreement_id: UUID, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:  # fmt: skip
            try:
                agreement = read(request.viewer, agreement_id, action)
            except AgreementNotFound:
                raise Http404 from None
            return view(request, agreement, *args, **kwargs)

        @wraps(view)
        def inside(request: HttpRequest, agreement_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                case_id = case_id_of(agreement_id)
            except AgreementNotFound:
                raise Http404 from None
            return with_case(request, case_id, agreement_id, *args, **kwargs)

        inside.__dict__.update(is_guarded=True, case_action=action)
        return inside  # type: ignore[return-value]

    return guard
