"""Turns a refusal, from whichever service or selector, into the page that explains it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from springbrett.access.policy import Denied
from springbrett.site import views


class DeniedMiddleware:
    """Answers `Denied` with the 403 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 403 page for a refusal; any other exception is left alone."""
        return views.denied(request, exception) if isinstance(exception, Denied) else None
