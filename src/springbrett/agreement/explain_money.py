"""Sentences for the money room's rules, as the agreement's check shows them."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett.access.voice import addressed_lazy
from springbrett.agreement.wording import amount, kroner, percent
from springbrett.kernel.verdict import Verdict

Sentence = Callable[[Verdict], str]


def either(met: str | Promise, not_met: str | Promise, unknown: str | Promise) -> Sentence:
    """A sentence for each of the three answers."""

    def sentence(verdict: Verdict) -> str:
        return str({"met": met, "not_met": not_met, "unknown": unknown}[verdict.answer.value])

    return sentence


def _agreed_percent(verdict: Verdict) -> str:
    said = {"most": amount(verdict.fact("most_percent"))}  # type: ignore[arg-type]
    if verdict.met:
        return _("The percentage is within the most the rules allow, %(most)s %%.") % said
    if verdict.unknown:
        return _("The parties have not agreed on a percentage. It can be %(most)s %% at most.") % said
    return _("The percentage can be %(most)s %% at most.") % said


def _pension(verdict: Verdict) -> str:
    said = {"low": percent(verdict.fact("pension_min")), "high": percent(verdict.fact("pension_max"))}  # type: ignore[arg-type]
    if verdict.met:
        return _("The pension lies within what it can be.")
    return _("The pension lies between %(low)s and %(high)s of wage and holiday pay.") % said


def _ceiling(verdict: Verdict) -> str:
    most = verdict.fact("grant_ceiling")
    if verdict.unknown or most is None:
        return _("The ceiling of the grant is not in the sources we hold.")
    said = {"most": kroner(most)}  # type: ignore[arg-type]
    if verdict.met:
        return _("The expenses are within the ceiling of %(most)s kroner.") % said
    return _("The expenses come to more than the ceiling of %(most)s kroner.") % said


SENTENCES: dict[str, Sentence] = {
    "wage_terms": either(
        gettext_lazy("The wage and what comes on top of it are known."),
        gettext_lazy("The wage, or what comes on top of it, cannot be right."),
        gettext_lazy("The wage, or something that comes on top of it, is not said."),
    ),
    "subsidy_group": either(
        addressed_lazy(
            gettext_lazy("It is known which rate the person comes under."),
            gettext_lazy("It is known which rate you come under."),
        ),
        addressed_lazy(
            gettext_lazy("The person comes under none of the rates."),
            gettext_lazy("You come under none of the rates."),
        ),
        addressed_lazy(
            gettext_lazy("Which rate the person comes under is not settled in the mapping."),
            gettext_lazy("Which rate you come under is not settled in the mapping."),
        ),
    ),
    "agreed_percent": _agreed_percent,
    "yearly_ceiling": either(
        gettext_lazy("The yearly ceiling is kept."),
        gettext_lazy("The yearly ceiling is reached, and the amounts are cut to it."),
        gettext_lazy("The yearly ceiling is not set for every year yet."),
    ),
    "mentor_terms": either(
        gettext_lazy("What the mentor costs is known."),
        gettext_lazy("The mentor’s wage or hours cannot be right."),
        gettext_lazy("The mentor’s wage or hours are not said."),
    ),
    "place_rate": either(
        gettext_lazy("The rate for the place is known."),
        gettext_lazy("There is no rate for the place."),
        gettext_lazy("The rate for the place is not in the sources we hold."),
    ),
    "grant_items": either(
        gettext_lazy("The expenses can be covered by the grant."),
        gettext_lazy("The expenses cannot be covered by the grant as they stand."),
        gettext_lazy("Something about the expenses is not said."),
    ),
    "grant_kinds": either(
        gettext_lazy("Every expense is of a kind the grant covers."),
        gettext_lazy("An expense is not of a kind the grant covers."),
        gettext_lazy("The kind of an expense is not said."),
    ),
    "grant_amounts": either(
        gettext_lazy("Every expense has an amount."),
        gettext_lazy("An expense has an amount that cannot be right."),
        gettext_lazy("The amount of an expense is not said."),
    ),
    "grant_ceiling": _ceiling,
    "wage_input": either(
        gettext_lazy("The wage and its shares can be right."),
        gettext_lazy("Something in the wage and its shares cannot be right."),
        gettext_lazy("Something in the wage and its shares is not said."),
    ),
    "wage_positive": either(
        gettext_lazy("The wage is more than nothing."),
        gettext_lazy("The wage must be more than nothing."),
        gettext_lazy("The wage is not said."),
    ),
    "pension_within": _pension,
    "contribution_known": either(
        gettext_lazy("The employer’s contribution is one of the rates there are."),
        gettext_lazy("The employer’s contribution is none of the rates there are."),
        gettext_lazy("The employer’s contribution is not said."),
    ),
    "holiday_usual": either(
        gettext_lazy("The holiday pay is one of the usual rates."),
        gettext_lazy("The holiday pay is none of the usual rates. Is it right?"),
        gettext_lazy("The holiday pay is not said."),
    ),
}
"""Rule code → sentence."""

FACTS: dict[str, str | Promise] = {
    "monthly_wage": gettext_lazy("Gross wage a month, in kroner"),
    "pension_share": gettext_lazy("Pension, as a share"),
    "pension_min": gettext_lazy("The least pension, as a share"),
    "pension_max": gettext_lazy("The largest pension, as a share"),
    "holiday_share": gettext_lazy("Holiday pay, as a share"),
    "contribution_share": gettext_lazy("Employer’s contribution, as a share"),
    "allowed": gettext_lazy("Shares there are"),
    "agreed_percent": gettext_lazy("Percentage agreed on"),
    "most_percent": gettext_lazy("Largest percentage"),
    "grant_total": gettext_lazy("The expenses together"),
    "grant_ceiling": gettext_lazy("The ceiling of the grant"),
    "expense_kinds": gettext_lazy("Kinds of expense"),
    "amounts": gettext_lazy("Amounts"),
}
