"""The participant's own view: my path, my plan, what waits for me, who has looked, my rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from springbrett.access.roles import Role
from springbrett.access.selectors import account_names, looks_at
from springbrett.access.web import ViewerRequest, page
from springbrett.agreement.approvals import Standing
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import PARTICIPANT, AgreementContent
from springbrett.agreement.selectors import agreements_of_viewer, approval_state, content_in_force, newest_version
from springbrett.agreement.show import SupportRow
from springbrett.desk import explain, selectors
from springbrett.desk.links import step_url, url_or_nothing
from springbrett.desk.path import State
from springbrett.desk.views.company import beside
from springbrett.followup.selectors import DueItem, due_for
from springbrett.kernel import clock
from springbrett.outcome.selectors import outcomes_due_for
from springbrett.people.models import Case
from springbrett.people.selectors import cases_for, caseworker_id_of

LOOKS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class MyAgreement:
    """One of my agreements, with what I can do about it. `over`: the last day has passed."""

    agreement: Agreement
    content: AgreementContent
    to_approve: bool
    changed: bool
    running: bool
    over: bool
    url: str
    plan_url: str
    feedback_url: str
    outcome_url: str
    beside: list[SupportRow]


@require_safe
@page(Role.PARTICIPANT)
def mine(request: ViewerRequest) -> HttpResponse:
    """My case in plain words. The newest case is mine to follow; earlier ones are linked."""
    on = clock.today()
    cases = list(cases_for(request.viewer).order_by("-opened_on", "-id"))
    own = agreements_of_viewer(request.viewer)
    rows = [my_agreement(agreement, on, beside(agreement, own, PARTICIPANT)) for agreement in own]
    agreements = [row for row in rows if row.agreement.is_main]
    context = {
        "case": cases[0] if cases else None,
        "earlier": cases[1:],
        "steps": _steps(cases[0]) if cases else [],
        "caseworker": _caseworker(cases[0]) if cases else "",
        "agreements": agreements,
        "to_approve": [row for row in rows if row.to_approve],
        "due": [(explain.duty_words(item.kind, item.code, PARTICIPANT), item) for item in _meetings(request, own, on)],
        "asked": outcomes_due_for(request.viewer, on, own),
        "mapping_url": step_url("mapping", cases[0].id) if cases else "",
    }
    return render(request, "desk/mine.html", context)


@require_safe
@page(Role.PARTICIPANT)
def looks(request: ViewerRequest) -> HttpResponse:
    """Who has looked at me: name, role, page, why. Newest first."""
    person_id = request.viewer.person_id
    found = looks_at(request.viewer, person_id, LOOKS_SHOWN + 50) if person_id else ()
    rows = [
        {
            "at": look.at,
            "who": look.who,
            "role": explain.role_words(look.role),
            "page": explain.page_words(look.page),
            "why": explain.why_words(look.why),
            "reason": look.reason,
        }
        for look in found
        if look.why != "own_case"
    ][:LOOKS_SHOWN]
    return render(request, "desk/looks.html", {"rows": rows})


def my_agreement(agreement: Agreement, on: date, supports: list[SupportRow]) -> MyAgreement:
    """An agreement as its participant meets it on the day."""
    state = approval_state(agreement)
    party = PARTICIPANT in agreement.approval_terms.parties
    mine = state.of(PARTICIPANT).standing if party else Standing.APPROVED
    content = content_in_force(agreement) or newest_version(agreement).record
    begun = state.in_force is not None and content.start is not None and content.start <= on
    past = content.end is not None and content.end < on
    over = state.in_force is not None and (agreement.ended_on is not None or past)
    main = agreement.is_main
    return MyAgreement(
        agreement=agreement,
        content=content,
        to_approve=agreement.is_open and mine is not Standing.APPROVED,
        changed=mine is Standing.CLEARED,
        running=begun and not over,
        over=over,
        url=url_or_nothing("agreement:participant", agreement_id=agreement.id),
        plan_url=url_or_nothing("followup:plan", agreement_id=agreement.id) if state.in_force and main else "",
        feedback_url=url_or_nothing("followup:feedback", agreement_id=agreement.id) if begun and main else "",
        outcome_url=url_or_nothing("outcome:participant", agreement_id=agreement.id) if over and main else "",
        beside=supports,
    )


def _steps(case: Case) -> list[dict[str, object]]:
    steps = selectors.glances([case.id])[case.id].steps
    return [
        {"words": explain.PLAIN_STEPS[step.code], "state": explain.state_words(step), "done": step.state is State.DONE,
         "turn": step.turn, "since": step.since}
        for step in steps
    ]  # fmt: skip


def _caseworker(case: Case) -> str:
    carrier = caseworker_id_of(case)
    return account_names({carrier}).get(carrier, "") if carrier else ""


def _meetings(request: ViewerRequest, own: Sequence[Agreement], on: date) -> list[DueItem]:
    return sorted(due_for(request.viewer, on, own), key=lambda item: item.due_on)[:8]
