"""Pages of the shell itself: language, health, errors, style guide."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from springbrett.access.policy import Denied

logger = logging.getLogger(__name__)
ONE_YEAR = 365 * 24 * 60 * 60


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language in a cookie and go back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    response.status_code = 303
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=ONE_YEAR, samesite="Lax", httponly=True,
                            secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
    return response


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers; says nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came in could not be read."""
    return render(request, "site/errors/400.html", status=400)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: why this viewer may not, and what to do about it. The log holds the code only."""
    why = exception.decision.why if isinstance(exception, Denied) else ""
    logger.info("denied: %s", why or "other")
    return render(request, "site/errors/403.html", {"why": why}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was too old or came from elsewhere."""
    return render(request, "site/errors/403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not for this viewer."""
    return render(request, "site/errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our mistake. Drawn without the database, session or context processors, which may be what broke."""
    with translation.override(translation.get_language_from_request(request)):
        from django.template.loader import render_to_string

        return HttpResponse(render_to_string("site/errors/500.html"), status=500)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page, for those who write templates; only in the demonstration."""
    if not (settings.DEBUG or settings.DEMO_LOG_IN):
        raise Http404
    from springbrett.site.styleguide import examples

    return render(request, "site/styleguide.html", examples(request.GET))
