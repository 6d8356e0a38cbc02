"""Numbers and days in the page's language, with what they are counted in."""

from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext

UNITS: dict[str, Promise] = {
    "kroner": gettext_lazy("NOK %(number)s"),
    "kroner_per_hour": gettext_lazy("NOK %(number)s an hour"),
    "kroner_per_day": gettext_lazy("NOK %(number)s a day"),
    "kroner_per_month": gettext_lazy("NOK %(number)s a month"),
    "kroner_per_year": gettext_lazy("NOK %(number)s a year"),
    "percent": gettext_lazy("%(number)s %%"),
    "share": gettext_lazy("%(number)s %%"),
}
"""How a number is said in its unit. A share of one is said in percent."""


def language() -> str:
    """The language of the page: nb, nn or en."""
    return (get_language() or "nb")[:2]


def locale() -> Locale:
    """Babel's locale for the language of the page; English is British, as its readers are in Europe."""
    return Locale.parse({"en": "en_GB", "nn": "nn_NO"}.get(language(), "nb_NO"))


def number(value: int | float | Decimal) -> str:
    """A number with the language's decimal sign and thousands, and a minus as long as a plus."""
    return format_decimal(value, locale=locale()).replace("-", "\N{MINUS SIGN}")


def amount(value: int | float | Decimal, unit: str) -> str:
    """A number with what it is counted in: «12 345 kr», «14,1 %»; the bare number for a unit without words.

    Units are kroner, kroner_per_hour … kroner_per_year, percent (60 is 60 %), share (0.6 is 60 %), hours, days,
    weeks, months, year (2027, never 2 027), and those of the catalogue's rates (NOK, NOK_per_year …).
    """
    if unit == "year":
        return str(int(value))
    if unit in _COUNTED:
        return _counted(value, unit)
    say = UNITS.get(unit.replace("NOK", "kroner"))
    if say is None:
        return number(value)
    return str(say) % {"number": number(value * 100 if unit == "share" else value)}


_COUNTED = frozenset({"hours", "days", "weeks", "months"})


def _counted(value: int | float | Decimal, unit: str) -> str:
    # The plural is chosen by the whole number; 7.5 hours are many, as 7 and 8 are.
    count = int(value) if value == int(value) else int(value) + 1
    if unit == "hours":
        said = ngettext("%(count)s hour", "%(count)s hours", count)
    elif unit == "days":
        said = ngettext("%(count)s day", "%(count)s days", count)
    elif unit == "weeks":
        said = ngettext("%(count)s week", "%(count)s weeks", count)
    else:
        said = ngettext("%(count)s month", "%(count)s months", count)
    return said % {"count": number(value)}


def day(value: date) -> str:
    """«22. november 2026»."""
    return format_date(value, "long", locale=locale())


def day_of_year(month_day: str) -> str:
    """«1. juni» of "06-01"."""
    month, _dash, day_of_month = month_day.partition("-")
    # Any leap year will do: it has every day a year can have.
    found = date(2000, int(month), int(day_of_month))
    return format_date(found, "d MMMM" if language() == "en" else "d. MMMM", locale=locale())
