"""The lines of a calculation in words: what the steps of `springbrett.money` are called, and how their values are said.

The money room is pure and knows no words; several rooms show its calculations, so the words stand here, once. The
units are the money room's own.
"""

from collections.abc import Callable
from datetime import date

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from springbrett import catalogue
from springbrett.desk.amounts import day, language, locale
from springbrett.kernel.trace import Step
from springbrett.money.explain import LABELS as MONEY_UNITS
from springbrett.site import codes


def _part(step: Step, label: str) -> object:
    return next((child.value for child in step.children if child.label == label), None)


def _month(step: Step) -> str:
    """«August 2027»; with the days when it is a part of the month."""
    first, last = _part(step, "from"), _part(step, "to")
    if not isinstance(first, date) or not isinstance(last, date):
        return str(_("Month"))
    whole = first.day == 1 and (last.month != first.month or (last.toordinal() + 1 == _next_month(last).toordinal()))
    name = format_date(first, "LLLL y", locale=locale())
    name = name[:1].upper() + name[1:]
    return name if whole else f"{name} ({first.day}.–{last.day}.)"


def _next_month(on: date) -> date:
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


def _year(step: Step) -> str:
    return str(_("Calendar year %(year)s") % {"year": _part(step, "year_number")})


def _group(step: Step) -> str:
    """The group of a wage subsidy by its own text in the catalogue."""
    for measure in catalogue.load().measures.values():
        for subsidy in measure.subsidies:
            for group in subsidy.groups:
                if group.code == step.value and (step.ref is None or step.ref.section == subsidy.section):
                    return group.text.get(language())
    return str(step.value)


BASES: dict[str, Promise] = {
    "hour": _("an hour"),
    "day": _("a day"),
    "week": _("a week"),
    "month": _("a month"),
    "year": _("a year"),
}
"""What a wage is stated for."""

LABELS: dict[str, str | Promise | Callable[[Step], str]] = {
    "wage_cost": _("Wage cost a month"),
    "wage": _("Wage a month"),
    "holiday_share": _("Holiday pay as a share of the wage"),
    "holiday_pay": _("Holiday pay"),
    "pension_share": _("Occupational pension as a share of wage and holiday pay"),
    "pension": _("Occupational pension"),
    "contribution_share": _("Employer's contribution as a share of the three above"),
    "contribution": _("Employer's contribution"),
    "group": _("Who the percentages are for"),
    "percent": _("Percentage of the wage cost"),
    "month": _month,
    "month_amount": _("A whole month"),
    "days": _("Days"),
    "from": _("From"),
    "to": _("To"),
    "year": _year,
    "year_number": _("Year"),
    "granted_earlier": _("Granted for earlier agreements in the year"),
    "before_ceiling": _("Before the ceiling"),
    "basic_amounts": _("The ceiling in basic amounts (G)"),
    "ceiling": _("Ceiling for the year"),
    "hourly_wage": _("Wage an hour"),
    "wage_basis": _("The wage is stated for"),
    "wage_on_basis": _("Stated wage"),
    "full_hours": _("Hours in a full post"),
    "position_percent": _("The post in percent"),
    "hours_month": _("Hours agreed a month"),
    "expense": _("Expense"),
    "expense_kind": _("Kind of expense"),
    "expense_text": _("What it is"),
    "grant_ceiling": _("The most that can be granted"),
    "refund": _("To be refunded"),
    "share_of_cost": _("Share of the cost"),
    "agreed_amount": _("Agreed amount"),
    "already_paid": _("Already paid"),
    "refund_deadline": _("Last day to claim the refund"),
    "period_end": _("Last day of the period"),
    "months": _("Months"),
    "schedule_total": _("In all"),
}
"""Trace label → what the line is called, or a function of the step that says it."""

VALUES: dict[str, Callable[[Step], str]] = {
    "group": _group,
    "wage_basis": lambda step: str(BASES.get(str(step.value), step.value)),
    "expense_kind": lambda step: _expense_kind(str(step.value)),
    "from": lambda step: day(step.value) if isinstance(step.value, date) else "",
    "to": lambda step: day(step.value) if isinstance(step.value, date) else "",
}
"""Trace label → its value in words, where the unit alone does not say it."""

UNITS: dict[str, str] = MONEY_UNITS | {
    "monthly_wage": "kroner", "grant_total": "kroner", "amounts": "kroner", "allowed": "share", "pension_min": "share",
    "pension_max": "share", "most_percent": "percent", "agreed_percent": "percent", "years_unknown": "year",
}  # fmt: skip
"""Trace label, or fact of a verdict about money → the unit of its value."""

FACTS: dict[str, str | Promise] = {
    "subsidy_group": "",  # the line of the calculation says the group by its own text
    "rate": "",  # a code; the section says which rate it is
    "years_unknown": _("Years not known"),
}
"""The facts of verdicts about money that no room has named."""

CHANGES: dict[str, str | Promise] = {
    "grunnbelop": _("knowing the basic amount (G) of that year"),
}
"""What would change an answer about money."""


HIDDEN = frozenset({"year_number"})
"""Lines that their parent's name already says."""


def _expense_kind(code: str) -> str:
    text = codes.text_of(code, "expense_kind")
    return text.get(language()) if text else code


__all__ = ["BASES", "CHANGES", "FACTS", "HIDDEN", "LABELS", "UNITS", "VALUES"]
