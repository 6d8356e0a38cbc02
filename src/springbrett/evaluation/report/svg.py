"""From a drawing to SVG that stands inside a page: text as text, a title and a description, nothing fetched."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from springbrett.evaluation.report.markup import Html

INK, SUBTLE, GRID, PAPER = "#202733", "#49515e", "#dfe3e8", "#ffffff"
BLUE, GREY, MAGENTA, ORANGE, GREEN, PURPLE, LIME = (
    "#0063c1", "#5d6573", "#a93d70", "#ac4400", "#007629", "#7c4abf", "#646900",
)  # fmt: skip
SERIES = (BLUE, ORANGE, GREEN, PURPLE, MAGENTA, LIME, GREY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1)), (0, (8, 3)), (0, (2, 3)))
FONT = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
_STYLE: Any = {
    "svg.fonttype": "none", "svg.hashsalt": "springbrett", "font.family": "DejaVu Sans", "font.size": 11,
    "axes.edgecolor": SUBTLE, "axes.labelcolor": SUBTLE, "axes.labelsize": 11, "text.color": INK,
    "xtick.color": SUBTLE, "ytick.color": SUBTLE, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.grid.axis": "y", "grid.color": GRID, "grid.linewidth": 0.8, "axes.axisbelow": True,
    "figure.facecolor": "none", "axes.facecolor": "none", "legend.frameon": False, "lines.linewidth": 2.2,
    "axes.unicode_minus": True,
}  # fmt: skip


@contextmanager
def drawing(width: float = 8.2, height: float = 4.0) -> Iterator[tuple[Any, Any]]:
    """A figure and its axes in the style of the reports, without any window system."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.add_subplot()


def svg_of(figure: Any, key: str, title: str, description: str) -> Html:
    """The drawing as inline SVG. `key` makes its ids its own, so that figures do not share them."""
    held = io.StringIO()
    figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return inline(held.getvalue(), key, title, description)


def inline(source: str, key: str, title: str, description: str) -> Html:
    """SVG source without what only a file of its own needs, with a name for those who do not see it."""
    body = source[source.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    view = re.search(r'viewBox="([^"]+)"', body)
    assert view is not None
    body = body[body.index(">") + 1 : body.rindex("</svg>")]
    body = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", body)
    body = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{key}-\1"', body)
    body = re.sub(r"(font:[^;\"]*?px )'[^;\"]*", rf"\1{FONT}".replace("\\", "\\\\"), body)
    body = re.sub(r"font-family: ?[^;\"]*", f"font-family: {FONT}", body)
    body = re.sub(r"\n\s*", "\n", body)
    return Html(
        f'<svg role="img" aria-labelledby="{key}-title {key}-desc" viewBox="{view[1]}" class="drawing">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>{body}</svg>'
    )
