"""Money in words: sentences for verdicts, states, and reasons for refusals."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.funding.records import ClaimState, Month, State
from springbrett.kernel.verdict import Answer, Verdict

_LOCALES = {"en": "en_GB", "nn": "nn_NO"}

STATES: dict[State, str | Promise] = {
    State.NONE: gettext_lazy("No money has been asked for"),
    State.ASKED: gettext_lazy("Waits for the budget approver"),
    State.GRANTED: gettext_lazy("Granted"),
    State.REFUSED: gettext_lazy("Refused"),
    State.WITHDRAWN: gettext_lazy("Taken back"),
}
COLOURS = {State.NONE: "neutral", State.ASKED: "info", State.GRANTED: "success", State.REFUSED: "danger",
           State.WITHDRAWN: "neutral"}  # fmt: skip

CLAIM_STATES: dict[ClaimState, str | Promise] = {
    ClaimState.COMING: gettext_lazy("Can be claimed later"),
    ClaimState.OPEN: gettext_lazy("Can be claimed now"),
    ClaimState.OVERDUE: gettext_lazy("The deadline has passed"),
    ClaimState.SENT: gettext_lazy("Sent, not yet paid"),
    ClaimState.RETURNED: gettext_lazy("Sent back to you"),
    ClaimState.PAID: gettext_lazy("Paid"),
    ClaimState.RELEASED: gettext_lazy("Fell away"),
}
CLAIM_COLOURS = {ClaimState.COMING: "neutral", ClaimState.OPEN: "info", ClaimState.OVERDUE: "danger",
                 ClaimState.SENT: "neutral", ClaimState.RETURNED: "warning", ClaimState.PAID: "success",
                 ClaimState.RELEASED: "neutral"}  # fmt: skip


def language() -> str:
    """The language of the page: nb, nn or en."""
    return (get_language() or "nb")[:2]


def kroner(amount: int | None) -> str:
    """An amount with the language's thousands: «15 000 kr»; «not set» for None."""
    if amount is None:
        return _("not set")
    return _("NOK %(number)s") % {"number": format_decimal(amount, locale=_LOCALES.get(language(), "nb_NO"))}


def percent(share: Decimal | None) -> str:
    """«40 %»; empty where there is no percentage."""
    if share is None:
        return ""
    return _("%(number)s %%") % {"number": format_decimal(share, locale=_LOCALES.get(language(), "nb_NO"))}


def month_name(month: Month) -> str:
    """«mars 2026»."""
    return format_date(date(month.year, month.number, 1), "LLLL y", locale=_LOCALES.get(language(), "nb_NO"))


def line_name(code: str) -> str:
    """The name of a budget line: a group's, or a measure's."""
    known = catalogue.load()
    if known.has_code("budget_group", code):
        return known.name("budget_group", code, language())
    return known.measures[code].name.get(language()) if code in known.measures else code


def _whole(verdict: Verdict, name: str) -> int:
    value = verdict.fact(name)
    return value if isinstance(value, int) else 0


def within_budget(verdict: Verdict) -> str:
    """What a new commitment leaves of a year's budget."""
    said = {"year": str(verdict.fact("year")), "amount": kroner(_whole(verdict, "new_commitment"))}
    if verdict.answer is Answer.UNKNOWN:
        return _("%(amount)s in %(year)s, and no budget is set for that year.") % said
    after = _whole(verdict, "after")
    if verdict.met:
        return _("%(amount)s in %(year)s leaves %(after)s of the budget.") % {**said, "after": kroner(after)}
    return _("%(amount)s in %(year)s. The budget is then %(over)s short.") % {**said, "over": kroner(-after)}


def request_within_budget(verdict: Verdict) -> str:
    """The request against every year's budget."""
    if verdict.met:
        return _("The budget covers the request.")
    if verdict.answer is Answer.UNKNOWN:
        return _("A budget is missing for at least one of the years.")
    return _("The request breaks the budget.")


def may_decide(verdict: Verdict) -> str:
    """Who may decide."""
    return (_("You may decide this request.") if verdict.met
            else _("Somebody else must decide this request."))  # fmt: skip


def is_approver(verdict: Verdict) -> str:
    """The role."""
    return _("A budget approver decides.")


def same_office(verdict: Verdict) -> str:
    """The office."""
    return _("The approver works at the office that carries the case.")


def not_the_caseworker(verdict: Verdict) -> str:
    """Never the case's own caseworker."""
    return (_("The approver is not the caseworker of the case.") if verdict.met
            else _("Nobody decides about money in a case they carry themselves."))  # fmt: skip


def not_who_asked(verdict: Verdict) -> str:
    """Never the one who asked."""
    return (_("The approver is not the one who asked.") if verdict.met
            else _("Nobody decides a request they have made themselves."))  # fmt: skip


def claim_is_open(verdict: Verdict) -> str:
    """Whether a month can be claimed."""
    return (_("The month can be claimed now.") if verdict.met else _("The month cannot be claimed now."))  # fmt: skip


def month_is_over(verdict: Verdict) -> str:
    """After the month."""
    return (_("The month is over.") if verdict.met
            else _("A month is claimed when it is over."))  # fmt: skip


def claimed_in_time(verdict: Verdict) -> str:
    """Within the deadline."""
    return (_("The deadline has not passed.") if verdict.met
            else _("The deadline for claiming the month has passed."))  # fmt: skip


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "within_budget": within_budget,
    "request_within_budget": request_within_budget,
    "may_decide_money": may_decide,
    "is_budget_approver": is_approver,
    "of_the_same_office": same_office,
    "not_the_caseworker": not_the_caseworker,
    "not_who_asked": not_who_asked,
    "claim_is_open": claim_is_open,
    "month_is_over": month_is_over,
    "claimed_in_time": claimed_in_time,
}
FACTS: dict[str, str | Promise] = {
    "budget_line": "",
    "year": "",
    "budget": gettext_lazy("Budget (NOK)"),
    "committed": gettext_lazy("Committed (NOK)"),
    "paid": gettext_lazy("Paid (NOK)"),
    "free": gettext_lazy("Free (NOK)"),
    "new_commitment": gettext_lazy("This request (NOK)"),
    "after": gettext_lazy("Free afterwards (NOK)"),
    "claim_opens": gettext_lazy("From"),
    "claim_deadline": gettext_lazy("Deadline"),
}
CHANGES: dict[str, str | Promise] = {
    "budget": gettext_lazy("a budget that covers it"),
    "released_commitments": gettext_lazy("commitments that are given back"),
    "claim_opens": gettext_lazy("that the month is over"),
    "claim_deadline": gettext_lazy("a claim before the deadline"),
}
LABELS: dict[str, str | Promise] = {"spent": gettext_lazy("What you have paid")}
UNITS: dict[str, str] = {"spent": "kroner"}

REFUSALS: dict[str, str | Promise] = {
    "already_decided": gettext_lazy("The request is already decided."),
    "left": gettext_lazy("The request has been taken back or replaced. Read the new one, if there is one."),
    "already_granted": gettext_lazy("The money is already granted."),
    "nothing_to_ask": gettext_lazy("There is nothing to ask for: the amounts are zero."),
    "nothing_waits": gettext_lazy("No request is waiting."),
    "unknown_reason": gettext_lazy("Choose a reason that fits the decision."),
    "reason_text_missing": gettext_lazy("Write what the reason is."),
    "over_budget": gettext_lazy("The request breaks the budget. Choose why it is granted in spite of that."),
    "is_budget_approver": gettext_lazy("Only a budget approver decides about money."),
    "of_the_same_office": gettext_lazy("Only an approver at the office that carries the case decides."),
    "not_the_caseworker": gettext_lazy("Nobody decides about money in a case they carry themselves."),
    "not_who_asked": gettext_lazy("Nobody decides a request they have made themselves."),
    "month_is_over": gettext_lazy("A month is claimed when it is over."),
    "claimed_in_time": gettext_lazy("The deadline for claiming the month has passed."),
    "no_such_month": gettext_lazy("Nothing was granted for the month."),
    "released": gettext_lazy("The month has fallen away, because the agreement ended before it."),
    "already_claimed": gettext_lazy("The month is already claimed."),
    "spent_missing": gettext_lazy("Write what you have paid."),
    "terms_missing": gettext_lazy("The refund cannot be calculated, because the agreement lacks what the wage costs."),
    "claim_settled": gettext_lazy("The claim is already paid or sent back."),
    "unknown_line": gettext_lazy("Choose a measure or a group of measures."),
    "unknown_year": gettext_lazy("Choose a year close to this one."),
    "amount_negative": gettext_lazy("The amount cannot be less than zero."),
    "amount_too_large": gettext_lazy("The amount is too large."),
    "stale": gettext_lazy("Somebody else has set the budget meanwhile. Read it before you go on."),
    "words_national_id": gettext_lazy("Take out the national identity number."),
    "words_diagnosis": gettext_lazy("Do not write diagnoses. Write what is needed at work."),
}


def refusal(code: str) -> str:
    """Why it was not done, and what to do."""
    return str(REFUSALS.get(code, _("This cannot be done now.")))
