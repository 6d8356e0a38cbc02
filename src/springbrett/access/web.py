"""The seam between the web and access: who is behind this request, and the guard of every page.

The demonstration log-in stores an account id in the session. A real log-in (OpenID Connect) replaces only
`sign_in`/`sign_out` and the log-in view: everything else asks `viewer_of`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from springbrett.access import selectors
from springbrett.access.policy import Decision, Denied
from springbrett.access.roles import Role, Viewer
from springbrett.kernel.voice import to_self

P = ParamSpec("P")
SESSION_KEY = "account"
PageView = Callable[Concatenate["ViewerRequest", P], HttpResponseBase]


class ViewerRequest(HttpRequest):
    """A request that has passed a guard: `viewer` is set."""

    viewer: Viewer


def sign_in(request: HttpRequest, account_id: UUID) -> None:
    """Begin a session as the account. Nothing of the session before (what somebody else searched for) is kept."""
    request.session.flush()
    request.session[SESSION_KEY] = str(account_id)


def sign_out(request: HttpRequest) -> None:
    """End the session."""
    request.session.flush()


class ViewerMiddleware:
    """Puts `viewer` (or None) on every request and speaks the viewer's language unless they chose another."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        viewer = _load(request)
        request.viewer = viewer  # type: ignore[attr-defined]
        if viewer is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(viewer.language)
            request.LANGUAGE_CODE = translation.get_language()
        # A participant reads of nobody but themselves, and is called «you».
        with to_self(yes=viewer is not None and viewer.role is Role.PARTICIPANT):
            return self.get_response(request)


def _load(request: HttpRequest) -> Viewer | None:
    stored = request.session.get(SESSION_KEY)
    return selectors.viewer_by_id(UUID(stored)) if stored else None


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is behind the request. Raises Denied when nobody is logged in (pages guard with `page` instead)."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        raise Denied(Decision(False, "not_logged_in"))
    return viewer


def page(*roles: Role) -> Callable[[Callable[Concatenate[ViewerRequest, P], HttpResponseBase]],
                                   Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:  # fmt: skip
    """Guard a view: log-in first, then one of `roles` (none named = any role). The wrong role gets the 403 page."""

    def guard(
        view: Callable[Concatenate[ViewerRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def inside(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            viewer: Viewer | None = getattr(request, "viewer", None)
            if viewer is None:
                return redirect(reverse("access:log_in", query={"next": request.get_full_path()}))
            if roles and viewer.role not in roles:
                raise Denied(Decision(False, "other_role"))
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        inside.__dict__["is_guarded"] = True
        return inside  # type: ignore[return-value]  # wraps() hides the parameter list

    return guard
