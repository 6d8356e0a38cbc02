"""Values in words, in the language the page is read in: dates, numbers, lengths, facts and catalogue codes."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from babel.dates import format_date, format_time
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from springbrett.access.voice import for_reader
from springbrett.catalogue import Text
from springbrett.choice.records import FitReason
from springbrett.desk import amounts
from springbrett.desk.amounts import language, locale, number
from springbrett.kernel.clock import OSLO
from springbrett.mapping.explain import needs_level_label
from springbrett.site import codes

STEP_LABELS: dict[str, Promise] = {
    "mapping": gettext_lazy("Mapping"),
    "choice": gettext_lazy("Choice"),
    "matching": gettext_lazy("Matching"),
    "agreement": gettext_lazy("Agreement"),
    "followup": gettext_lazy("Follow-up"),
    "outcome": gettext_lazy("Outcome"),
    "evaluation": gettext_lazy("Evaluation"),
}
"""The seven words of the path."""

ROLE_LABELS: dict[str, Promise] = {
    "participant": gettext_lazy("Participant"),
    "caseworker": gettext_lazy("Caseworker"),
    "job_specialist": gettext_lazy("Job specialist"),
    "market_contact": gettext_lazy("Market contact"),
    "employer": gettext_lazy("Employer"),
    "mentor": gettext_lazy("Mentor"),
    "provider": gettext_lazy("Provider"),
    "budget_approver": gettext_lazy("Budget approver"),
    "office_leader": gettext_lazy("Office leader"),
    "analyst": gettext_lazy("Analyst"),
    "administrator": gettext_lazy("Administrator"),
    "system": gettext_lazy("The system"),
}
"""What an account is called by its role."""


def in_language(text: object) -> str:
    """A catalogue text (anything with ``get(language)``) or a plain or lazy string, in the page's language."""
    if text is None:
        return ""
    if isinstance(text, (str, Promise)):
        return str(text)
    if isinstance(text, FitReason):
        text = Text(**text.text)
    if isinstance(text, Text):
        return for_reader(text).get(language())
    get: Callable[[str], str] | None = getattr(text, "get", None)
    return str(get(language())) if get is not None else str(text)


def date_long(value: date | None) -> str:
    """«22. november 2026»; an empty string for None."""
    return format_date(_day(value), "long", locale=locale()) if value else ""


def date_short(value: date | None) -> str:
    """«22. nov. 2026»; an empty string for None."""
    return format_date(_day(value), "medium", locale=locale()) if value else ""


def moment(value: datetime | None) -> str:
    """Date and time of day in Norway; an empty string for None."""
    if not value:
        return ""
    here = value.astimezone(OSLO)
    return f"{date_short(here)} {format_time(here.timetz().replace(tzinfo=None), 'HH:mm', locale=locale())}"


def _day(value: date) -> date:
    return value.astimezone(OSLO).date() if isinstance(value, datetime) and value.tzinfo else value


def amount(value: object, unit: str) -> str:
    """A number with what it is counted in (`desk.amounts.amount`); anything else is said as any fact."""
    if isinstance(value, tuple) and unit:
        return listing([amount(item, unit) for item in value]) or _("none")
    if isinstance(value, bool) or not unit or not isinstance(value, int | float | Decimal):
        return fact(value)
    return amounts.amount(value, unit)


def months(value: object) -> str:
    """A length of time: ``Length(months, days)`` or a number of months, in words."""
    if value is None:
        return _("unknown")
    whole = int(getattr(value, "months", value))  # type: ignore[call-overload]
    days = int(getattr(value, "days", 0))
    parts = []
    if whole or not days:
        parts.append(ngettext("%(count)d month", "%(count)d months", whole) % {"count": whole})
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    return _(" and ").join(parts)


def fact(value: object) -> str:
    """A fact's value in words; None is unknown, catalogue codes become their names."""
    if value is None:
        return _("unknown")
    for kinds, say in _BY_KIND:
        if isinstance(value, kinds):
            return say(value)
    if hasattr(value, "months") and hasattr(value, "days"):
        return months(value)
    return in_language(value)


_BY_KIND: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda value: _("yes") if value else _("no")),
    (Enum, lambda value: fact(value.value)),
    (datetime, moment),
    (date, date_long),
    ((int, float, Decimal), number),
    ((str, Promise), lambda value: code_label(str(value))),
    ((tuple, list, set, frozenset), lambda value: listing([fact(item) for item in value]) or _("none")),
)
"""How to say each kind of value; the first that fits decides, so narrower kinds come first."""


def listing(words: list[str]) -> str:
    """«a, b and c»."""
    if len(words) < 2:
        return "".join(words)
    return _(" and ").join([", ".join(words[:-1]), words[-1]])


def code_label(code: str, kind: str = "") -> str:
    """The catalogue's name for a code (a needs level by its older and newer names); the code when it has none."""
    text = codes.text_of(code, kind)
    if text is None:
        return code
    return needs_level_label(code) if codes.is_needs_level(code) else in_language(text)


__all__ = [
    "ROLE_LABELS", "STEP_LABELS", "amount", "code_label", "date_long", "date_short", "fact", "in_language", "language",
    "listing", "locale", "moment", "months", "number",
]  # fmt: skip
