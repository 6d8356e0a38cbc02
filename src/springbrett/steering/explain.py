"""The office's observations as sentences."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from springbrett.kernel.verdict import Answer, Verdict


def _count(verdict: Verdict, name: str) -> object:
    return verdict.fact(name)


def waiting_is_not_the_use(verdict: Verdict) -> str:
    """Waiting measures."""
    if verdict.met:
        return _("No placement is used while waiting for another measure.")
    return _("%(count)s of %(all)s placements are used while waiting for another measure.") % {
        "count": _count(verdict, "waiting_placements"), "all": _count(verdict, "placements"),
    }  # fmt: skip


def placements_have_contact(verdict: Verdict) -> str:
    """Storage without contact."""
    if verdict.answer is Answer.UNKNOWN:
        return _("No placement is running now.")
    if verdict.met:
        return _("Every running placement has been followed up lately.")
    return _("%(count)s of %(all)s running placements have had no contact for more than %(weeks)s weeks.") % {
        "count": _count(verdict, "quiet_placements"), "all": _count(verdict, "running_placements"),
        "weeks": _count(verdict, "quiet_weeks"),
    }  # fmt: skip


def reports_come_in(verdict: Verdict) -> str:
    """Missing reports."""
    if verdict.met:
        return _("The employer's reports come in.")
    return _("%(count)s reports from the employer are missing.") % {"count": _count(verdict, "missing_reports")}


def money_lasts(verdict: Verdict) -> str:
    """The money that ran out, and the placements that were prolonged."""
    days = verdict.fact("out_days")
    said = {"year": verdict.fact("year"), "days": days, "refused": verdict.fact("refused_no_budget")}
    if verdict.met:
        return _("The money of %(year)s has lasted.") % said
    free = verdict.fact("free")
    if isinstance(free, int) and free <= 0:
        first = _("The money of %(year)s has run out.") % said
    elif isinstance(days, int) and days:
        first = (
            ngettext(
                "The money of %(year)s ran out; nothing was free on %(days)s day.",
                "The money of %(year)s ran out; nothing was free on %(days)s days.",
                days,
            )
            % said
        )
    else:
        first = _("The money of %(year)s was not enough for all.") % said
    prolonged = {"waiting": verdict.fact("extended_waiting"), "meanwhile": verdict.fact("extended_meanwhile")}
    second = _(
        "Requests refused for lack of money: %(refused)s. Arbeidstrening extended while waiting for a wage subsidy: "
        "%(waiting)s. Extended after money was asked for in vain: %(meanwhile)s."
    )
    return f"{first} {second % {**said, **prolonged}}"


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "waiting_is_not_the_use": waiting_is_not_the_use,
    "placements_have_contact": placements_have_contact,
    "reports_come_in": reports_come_in,
    "money_lasts": money_lasts,
}
FACTS: dict[str, Promise] = {
    "waiting_placements": gettext_lazy("Used while waiting"),
    "placements": gettext_lazy("Placements"),
    "quiet_placements": gettext_lazy("Without contact for long"),
    "running_placements": gettext_lazy("Running now"),
    "quiet_weeks": gettext_lazy("Weeks that count as long"),
    "missing_reports": gettext_lazy("Missing reports"),
    "refused_no_budget": gettext_lazy("Refused for lack of money"),
    "extended_waiting": gettext_lazy("Extended while waiting for a wage subsidy"),
    "extended_meanwhile": gettext_lazy("Extended after money was asked for in vain"),
    "out_days": gettext_lazy("Days without anything free"),
    "worth_a_look_from": gettext_lazy("Worth a look from"),
}
CHANGES: dict[str, Promise] = {
    "waiting_placements": gettext_lazy("placements with an aim of their own"),
    "contact_logged": gettext_lazy("a logged contact"),
    "missing_reports": gettext_lazy("reports that come in"),
}
