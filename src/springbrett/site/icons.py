"""The handful of Aksel icons in use, drawn inline so that they take the colour of the text."""

import json
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS_FILE = Path(__file__).with_name("icons.json")


@cache
def _drawings() -> dict[str, str]:
    drawings: dict[str, str] = json.loads(ICONS_FILE.read_text(encoding="utf-8"))
    return drawings


def names() -> list[str]:
    """The icons that can be drawn."""
    return list(_drawings())


def draw(name: str, title: str = "", css: str = "") -> SafeString:
    """The icon as SVG; hidden from screen readers unless it has a title.

    Raises KeyError for an icon that is not vendored (add it to ``tools/copy_aksel.py``).
    """
    try:
        inside = mark_safe(_drawings()[name])  # noqa: S308  (our own committed file)
    except KeyError:
        raise KeyError(f"no icon called {name}; add it to ICONS in tools/copy_aksel.py and run it") from None
    css = f"sb-icon {css}".strip()
    box = mark_safe('viewBox="0 0 24 24" width="1em" height="1em" fill="none" focusable="false"')
    if title:
        return format_html('<svg class="{}" {} role="img" aria-label="{}">{}</svg>', css, box, title, inside)
    return format_html('<svg class="{}" {} aria-hidden="true">{}</svg>', css, box, inside)
