"""The handful of Aksel icons in use, drawn inline so that they take the colour of the text."""

import json
from functools import cache
from pathlib import Path

from django.templatetags.static import static
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


MARKS = ("CheckmarkCircle", "ChevronDown", "ExclamationmarkTriangle", "InformationSquare", "QuestionmarkDiamond",
         "XMarkOctagon")  # fmt: skip
"""The icons that a tree of reasons repeats many times. They are fetched once, from ``static/site/marks.svg``."""


def mark(name: str) -> SafeString:
    """One of `MARKS` as a reference to the shared drawing, hidden from screen readers."""
    box = mark_safe('width="1em" height="1em" focusable="false" aria-hidden="true"')
    return format_html('<svg class="sb-icon" {}><use href="{}#{}"/></svg>', box, static("site/marks.svg"), name)


def marks_file() -> str:
    """What ``static/site/marks.svg`` holds."""
    drawn = (f'<symbol id="{name}" viewBox="0 0 24 24" fill="none">{_drawings()[name]}</symbol>' for name in MARKS)
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *drawn, "</svg>"]) + "\n"


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
