"""After a post: where to go, with a message."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def see_other(request: HttpRequest, url: str, message: str = "") -> HttpResponse:
    """303 to the page that shows the result."""
    if message:
        messages.success(request, message)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
