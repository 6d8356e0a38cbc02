"""A few functions that write HTML: everything that is not markup is escaped on the way in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def text(content: object) -> Html:
    """The content as it may stand in a page."""
    return content if isinstance(content, Html) else Html(escape(str(content)))


def tag(element: str, *content: object, **attributes: object) -> Html:
    """An element. `class_` writes class; an attribute that is None is left out."""
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items() if value is not None
    )  # fmt: skip
    return Html(f"<{element}{named}>{''.join(text(part) for part in content)}</{element}>")


def join(parts: Iterable[object]) -> Html:
    """Parts after each other."""
    return Html("".join(text(part) for part in parts))


def bullets(lines: Iterable[object]) -> Html:
    """A list."""
    return tag("ul", *(tag("li", line) for line in lines))


def facts(rows: Iterable[tuple[object, object]]) -> Html:
    """Names and values."""
    return tag("dl", *(join([tag("dt", name), tag("dd", value)]) for name, value in rows), class_="facts")


def table(
    caption: object, head: Sequence[object], rows: Iterable[Sequence[object]], *, words: int = 1, quiet: bool = False
) -> Html:  # fmt: skip
    """A table; the first `words` columns are words, the others numbers set to the right. `quiet`: the caption is only
    read out, because the heading above says the same."""
    heads = [tag("th", cell, scope="col", class_=None if k < words else "number") for k, cell in enumerate(head)]
    body = [
        tag("tr", tag("th", row[0], scope="row"),
            *(tag("td", cell, class_=None if k < words else "number") for k, cell in enumerate(row[1:], 1)))
        for row in rows
    ]  # fmt: skip
    named = tag("caption", caption, class_="quiet" if quiet else None)
    inside = tag("table", named, tag("thead", tag("tr", *heads)), tag("tbody", *body))
    return tag("div", inside, class_="table", tabindex="0", role="region", aria_label=caption)


def figure(svg: Html, caption: object, summary: object, numbers: Html) -> Html:
    """A figure with its numbers folded away under it. A narrow screen scrolls the drawing instead of shrinking it."""
    drawn = tag("div", svg, class_="scroll", tabindex="0", role="group", aria_label=caption)
    return tag("figure", drawn, tag("figcaption", caption), tag("details", tag("summary", summary), numbers))
