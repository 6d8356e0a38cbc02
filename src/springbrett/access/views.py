"""Log-in for the demonstration: choose a person. Real log-in replaces this file and nothing else."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from springbrett.access.models import Account
from springbrett.access.roles import Role
from springbrett.access.web import sign_in, sign_out

_ORDER = (Role.CASEWORKER, Role.JOB_SPECIALIST, Role.OFFICE_LEADER, Role.BUDGET_APPROVER, Role.MARKET_CONTACT,
          Role.EMPLOYER, Role.MENTOR, Role.PARTICIPANT, Role.ANALYST, Role.ADMINISTRATOR)  # fmt: skip


@require_safe
def log_in(request: HttpRequest) -> HttpResponse:
    """The demonstration's log-in page: every account, grouped by role."""
    _only_in_the_demonstration()
    accounts = list(Account.objects.filter(active=True).order_by("name"))
    groups = [(role.value, [a for a in accounts if a.role == role]) for role in _ORDER]
    context = {"groups": [g for g in groups if g[1]], "next": request.GET.get("next", "")}
    return render(request, "access/log_in.html", context)


@require_POST
def log_in_as(request: HttpRequest) -> HttpResponse:
    """Begin the session as the chosen account and go where the user was heading."""
    _only_in_the_demonstration()
    try:
        chosen = UUID(request.POST.get("account", ""))
    except ValueError:
        raise Http404 from None
    account = get_object_or_404(Account, pk=chosen, active=True)
    sign_in(request, account.id)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "/")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    sign_out(request)
    return redirect("access:log_in")


def _only_in_the_demonstration() -> None:
    if not settings.DEMO_LOG_IN:
        raise Http404
