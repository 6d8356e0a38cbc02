"""Around every page: nothing is kept by browsers or proxies, and a refusal becomes the page that explains it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from springbrett.access.policy import Denied
from springbrett.people.selectors import CaseNotFound
from springbrett.site import views


class NoStoreMiddleware:
    """Every page may hold personal data, so none is stored by the browser or on the way. Static files are served before
    this and keep their own lifetime; a view that sets its own header keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class DeniedMiddleware:
    """Answers `Denied` with the 403 page and `CaseNotFound` with the 404 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for a refusal or a missing case; any other exception is left alone."""
        if isinstance(exception, Denied):
            return views.denied(request, exception)
        return views.not_found(request, exception) if isinstance(exception, CaseNotFound) else None
