"""Numbers and dates as a reader writes them: decimal comma in Norwegian, a real minus, no digits of noise."""

from __future__ import annotations

from datetime import date

MONTHS = {
    "nb": ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
SPACE = "\u00a0"


def number(value: float, decimals: int, language: str, *, signed: bool = False) -> str:
    """A number. Small negatives that round to nothing lose their sign."""
    rounded = round(value, decimals) + 0.0
    text = f"{abs(rounded):,.{decimals}f}"
    if language != "en":
        text = text.replace(",", SPACE).replace(".", ",")
    sign = "−" if rounded < 0 else ("+" if signed and rounded > 0 else "")
    return sign + text


def percent(share: float, language: str, decimals: int = 1) -> str:
    """A share as per cent, with the sign for it."""
    text = number(100 * share, decimals, language)
    return f"{text}%" if language == "en" else f"{text}{SPACE}%"


def in_unit(value: float, unit: str, language: str, *, signed: bool = False, effect: bool = False) -> str:
    """A mean or an effect in the unit of its outcome: per cent, percentage points (`effect`), or NOK and hours."""
    if unit != "share":
        return number(value, 0 if unit == "NOK" else 1, language, signed=signed)
    return number(100 * value, 1, language, signed=signed) if effect else percent(value, language)


def p_value(value: float, language: str) -> str:
    """A p-value; never more exact than it means anything."""
    if value < 0.001:
        return "< " + number(0.001, 3, language)
    return number(value, 3, language)


def month_year(day: date, language: str) -> str:
    """«januar 2018»."""
    return f"{MONTHS['en' if language == 'en' else 'nb'][day.month - 1]} {day.year}"


def long_date(day: date, language: str) -> str:
    """«1. januar 2018», “1 January 2018”."""
    names = MONTHS["en" if language == "en" else "nb"]
    return f"{day.day}{'' if language == 'en' else '.'} {names[day.month - 1]} {day.year}"


def tick(share: float, language: str) -> str:
    """A share along an axis: as many decimals as it takes to say the tick exactly, two at most."""
    scaled = 100 * share
    decimals = next((k for k in range(2) if abs(scaled * 10**k - round(scaled * 10**k)) < 1e-6), 2)
    return percent(share, language, decimals)
