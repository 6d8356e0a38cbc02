"""What the pages of an agreement share: what they show, where they lead, and how an approval is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.urls import reverse

from springbrett.access.web import ViewerRequest
from springbrett.agreement import explain, money_show, selectors, services, show
from springbrett.agreement.approvals import ApprovalState
from springbrett.agreement.errors import AgreementError
from springbrett.agreement.forms import ApprovalForm
from springbrett.agreement.models import Agreement
from springbrett.kernel.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of the caseworker's pages about an agreement. `main`: the agreement a support stands beside."""

    page: str
    edit: str
    approve: str
    withdraw: str
    discard: str
    compare: str
    money: str
    end: str = ""
    main: str = ""


def links(agreement: Agreement) -> Links:
    """Where the pages about the agreement are."""
    names = ("page", "edit", "approve", "withdraw", "discard", "compare", "money")
    if agreement.is_main:
        return Links(**{name: reverse(f"agreement:{name}", args=[agreement.case_id]) for name in names})
    both = [agreement.case_id, agreement.id]
    found = {name: reverse(f"agreement:support_{name}", args=both) for name in (*names, "end")}
    return Links(**found, main=reverse("agreement:page", args=[agreement.case_id]))


def whole(agreement: Agreement, reader: str) -> dict[str, Any]:
    """What every page about an agreement shows, as the party `reader` may read it."""
    state = selectors.approval_state(agreement)
    content = selectors.newest_version(agreement).record
    return {
        "state": state,
        "number": state.number,
        "in_force": state.in_force,
        "parties": show.party_rows(agreement, state, reader),
        "parts": show.part_rows(content, show.measure_of(agreement), reader),
        "clauses": show.clauses(agreement, content),
        "waiting_for": show.waiting_for(agreement),
        "measure_name": show.measure_name(agreement),
        "main_measure": show.measure_name(agreement.attached_to) if agreement.attached_to else "",
        "cost": money_show.cost_of(agreement, reader),
    }


def checked(check: Verdict | None) -> dict[str, Any]:
    """The check and what it objects to."""
    return {"check": check, "objections": show.objections(check) if check is not None else []}


def may_withdraw(state: ApprovalState, party: str) -> bool:
    """Whether the party has an approval that can be taken back."""
    given = state.of(party).given
    return given is not None and given.version > (state.in_force or 0)


def give(request: ViewerRequest, agreement: Agreement, party: str, said: Mapping[str, Any]) -> AgreementError | None:
    """Approve; the refusal if there is one. An approval that is there already is as good as a new one."""
    try:
        services.agreement_approve(
            actor=request.viewer, agreement_id=agreement.id, version=said["version"], party=party,
            on_behalf_reason=said.get("on_behalf_reason", ""), override_reason=said.get("override_reason", ""),
            override_text=said.get("override_text", ""),
        )  # fmt: skip
    except AgreementError as error:
        if error.code != "already_approved":
            return error
        messages.info(request, explain.refusal(error.code))
    return None


def take_back(request: ViewerRequest, agreement: Agreement, party: str) -> None:
    """Take back an approval, or say why it cannot be done."""
    try:
        services.agreement_withdraw_approval(actor=request.viewer, agreement_id=agreement.id, party=party)
    except AgreementError as error:
        messages.warning(request, explain.refusal(error.code))


def again(form: ApprovalForm, agreement: Agreement) -> ApprovalForm:
    """The same form with its errors, for the version that is now the newest; the box must be ticked anew."""
    typed = {name: value for name, value in form.data.items() if name != "confirm"}
    form.data = typed | {"version": str(selectors.newest_version(agreement).number)}
    return form
