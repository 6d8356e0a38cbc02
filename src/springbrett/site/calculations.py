"""The lines of a calculation in words: what the steps of `springbrett.money` are called, and what they count.

The money room is pure and knows no words; several rooms show its calculations, so the words stand here, once.
"""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from springbrett.kernel.trace import Step

LABELS: dict[str, str | Promise | Callable[[Step], str]] = {
    "wage": _("Wage"),
    "holiday_pay": _("Holiday pay"),
    "pension": _("Occupational pension"),
    "contribution": _("Employer's contribution"),
    "total": _("In all"),
}
"""Trace label → what the line is called, or a function of the step that says it."""

UNITS: dict[str, str] = {
    "wage": "kroner",
    "holiday_pay": "kroner",
    "pension": "kroner",
    "contribution": "kroner",
    "total": "kroner",
}
"""Trace label → the unit of its value, as `words.amount` knows it."""
