"""The history of a case, read from the ledger."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from springbrett import flow
from springbrett.access.policy import Action
from springbrett.access.selectors import account_names
from springbrett.access.web import ViewerRequest
from springbrett.desk import explain
from springbrett.desk.forms import STEP_CHOICES
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import case_events
from springbrett.people.models import Case
from springbrett.people.web import case_page

PAGE_SIZE = 40


@require_safe
@case_page(Action.SEE_HISTORY)
def history(request: ViewerRequest, case: Case) -> HttpResponse:
    """Everything recorded about the case, newest first, of one step or all, a page at a time."""
    step = request.GET.get("step", "")
    step = step if step in flow.CODES else ""
    events = case_events(case.id).order_by("-id")
    events = events.filter(step=step) if step else events
    before = request.GET.get("before", "")
    shown = list(events.filter(id__lt=int(before))[: PAGE_SIZE + 1] if before.isdigit() else events[: PAGE_SIZE + 1])
    here = reverse("desk:history", args=[case.id])
    more = {"step": step, "before": shown[PAGE_SIZE - 1].pk} if len(shown) > PAGE_SIZE else None
    context = {
        "case": case,
        "rows": _rows(shown[:PAGE_SIZE]),
        "step": step,
        "steps": [(code, STEP_CHOICES[code]) for code in flow.CODES if code != "evaluation"],
        "first_url": reverse("desk:history", args=[case.id], query={"step": step} if step else None) if before else "",
        "next_url": reverse("desk:history", args=[case.id], query=more) if more else "",
        "here": here,
    }
    return render(request, "desk/history.html", context)


def _rows(events: Sequence[Event]) -> list[dict[str, object]]:
    names = account_names({event.actor_account_id for event in events})
    return [
        {
            "at": event.occurred_at,
            "sentence": explain.sentence(event.action),
            "step": STEP_CHOICES.get(event.step, ""),
            "who": names.get(event.actor_account_id, ""),
            "role": explain.role_words(event.actor_role),
            "facts": explain.readable_facts(event.facts),
            "version": event.catalogue_version,
        }
        for event in events
    ]
