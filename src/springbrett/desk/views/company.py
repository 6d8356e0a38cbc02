"""The employer's own view, and the mentor's: agreements and what is asked of the workplace. Never a mapping."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest, page
from springbrett.agreement.approvals import Standing
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import EMPLOYER, AgreementContent
from springbrett.agreement.selectors import (
    InForce,
    agreements_of_viewer,
    approval_state,
    content_in_force,
    in_force,
    newest_version,
)
from springbrett.agreement.show import SupportRow, support_rows
from springbrett.desk import explain
from springbrett.desk.links import url_or_nothing
from springbrett.followup.selectors import due_for
from springbrett.funding.show import claimable_for
from springbrett.kernel import clock
from springbrett.outcome.selectors import outcomes_due_for

ENDED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OurAgreement:
    """One of the employer's agreements. `group`: approve, coming, running, ended or waiting (for another party).

    `beside`: the supports that stand beside it.
    """

    agreement: Agreement
    content: AgreementContent
    group: str
    changed: bool
    url: str
    plan_url: str
    outcome_url: str
    beside: list[SupportRow]


@require_safe
@page(Role.EMPLOYER, Role.MENTOR)
def company(request: ViewerRequest) -> HttpResponse:
    """What the workplace has agreed to, and what is asked of it now."""
    on = clock.today()
    if request.viewer.role is Role.MENTOR:
        return render(request, "desk/mentor.html", {"rows": [_mentored(row) for row in in_force(request.viewer, on)]})
    ours = agreements_of_viewer(request.viewer)
    rows = [our_agreement(agreement, on, beside(agreement, ours, EMPLOYER)) for agreement in ours]
    mains = [row for row in rows if row.agreement.is_main]
    grouped = {code: [row for row in mains if row.group == code] for code in ("running", "coming", "waiting")}
    grouped["approve"] = [row for row in rows if row.group == "approve"]
    ended = [row for row in mains if row.group == "ended"]
    owed = due_for(request.viewer, on, ours)
    due = [(explain.duty_words(item.kind, item.code, EMPLOYER), item) for item in owed]
    asked = outcomes_due_for(request.viewer, on, ours)
    claims = [row for row in claimable_for(request.viewer, on) if row.can_be_claimed]
    context = {"claims": len(claims), "claims_by": min((row.deadline for row in claims if row.deadline), default=None),
               "asked": asked, "groups": grouped, "ended": ended[:ENDED_SHOWN], "ended_total": len(ended), "due": due,
               "nothing": not rows}  # fmt: skip
    return render(request, "desk/company.html", context)


def beside(agreement: Agreement, among: Iterable[Agreement], reader: str) -> list[SupportRow]:
    """The supports beside an agreement, among those a party has, for the party to read."""
    return support_rows((other for other in among if other.attached_to_id == agreement.id), reader)


def our_agreement(agreement: Agreement, on: date, supports: list[SupportRow]) -> OurAgreement:
    """An agreement as the employer meets it on the day."""
    state = approval_state(agreement)
    ours = state.of(EMPLOYER).standing
    main = agreement.is_main
    content = content_in_force(agreement) or newest_version(agreement).record
    group = _group(agreement, content, on, ours, in_force=state.in_force is not None)
    return OurAgreement(
        agreement=agreement,
        content=content,
        group=group,
        changed=ours is Standing.CLEARED,
        url=url_or_nothing("agreement:employer", agreement_id=agreement.id),
        plan_url=url_or_nothing("followup:plan", agreement_id=agreement.id) if state.in_force and main else "",
        outcome_url=url_or_nothing("outcome:employer", agreement_id=agreement.id) if group == "ended" and main else "",
        beside=supports,
    )


def _group(agreement: Agreement, content: AgreementContent, on: date, ours: Standing, *, in_force: bool) -> str:
    last = agreement.ended_on or content.end
    if not agreement.is_open or (in_force and last is not None and last < on):
        return "ended"
    if ours is not Standing.APPROVED:
        return "approve"
    if not in_force:
        return "waiting"
    return "running" if content.start is not None and content.start <= on else "coming"


def _mentored(row: InForce) -> tuple[InForce, str]:
    return row, url_or_nothing("followup:plan", agreement_id=row.agreement.id)
