"""The figure of flows: boxes in columns with streams between, drawn by hand as SVG."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from springbrett.evaluation.report import svg
from springbrett.evaluation.report.figures import Frame
from springbrett.evaluation.report.markup import Html

LINE, LINE_HEIGHT = 34, 15
"""Letters there is room for between two columns; from one line of a name to the next (px)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A stream between two boxes, by their names in neighbouring columns."""

    source: str
    target: str
    size: float


def flows(columns: Sequence[Sequence[str]], between: Sequence[Sequence[Flow]], heads: Sequence[str],
          colours: dict[str, str], frame: Frame) -> Html:  # fmt: skip
    """Boxes in columns with streams between, as wide as what flows; drawn by hand as SVG."""
    width, height, top, box, gap = 1060.0, 560.0, 46.0, 15.0, 15.0
    sizes: list[dict[str, float]] = []
    for number, names in enumerate(columns):
        into = {n: sum(f.size for f in between[number - 1] if f.target == n) for n in names} if number else {}
        out = {n: sum(f.size for f in between[number] if f.source == n) for n in names} if number < len(between) else {}
        sizes.append({n: max(into.get(n, 0.0), out.get(n, 0.0)) for n in names})
    scale = min((height - top - gap * len(names)) / max(sum(size.values()), 1.0)
                for names, size in zip(columns, sizes, strict=True))  # fmt: skip
    label = 245.0
    left = [label if number == 0 else label + number * (width - 2 * label - box) / (len(columns) - 1)
            for number in range(len(columns))]  # fmt: skip
    places = [_stack(names, size, scale, top, gap) for names, size in zip(columns, sizes, strict=True)]
    parts = []
    for number, streams in enumerate(between):
        parts += _streams(
            streams, places[number], places[number + 1], (left[number] + box, left[number + 1]), scale, colours
        )
    for number, names in enumerate(columns):
        anchor, at = ("end", left[number] - 8) if number == 0 else ("start", left[number] + box + 8)
        parts.append(f'<text x="{left[number] + box / 2:.1f}" y="20" text-anchor="middle" class="head">'
                     f"{escape(heads[number])}</text>")  # fmt: skip
        for name in names:
            y, tall = places[number][name], sizes[number][name] * scale
            parts.append(f'<rect x="{left[number]:.1f}" y="{y:.1f}" width="{box}" height="{max(tall, 1.5):.1f}" '
                         f'fill="{colours.get(name, svg.SUBTLE)}"/>')  # fmt: skip
            parts += _name(name, at, y + max(tall, 1.5) / 2 + 4, anchor)
    body = "".join(parts)
    return svg.inline(
        f'<svg viewBox="0 0 {width:g} {height:g}">{body}</svg>', frame.key, frame.title, frame.description
    )


def _name(name: str, x: float, y: float, anchor: str) -> list[str]:
    """A box's name beside it; one too long for the room there in two lines."""
    lines = textwrap.wrap(name, len(name) // 2 + 4) if len(name) > LINE else [name]
    first = y - LINE_HEIGHT * (len(lines) - 1) / 2
    return [f'<text x="{x:.1f}" y="{first + LINE_HEIGHT * number:.1f}" text-anchor="{anchor}">{escape(line)}</text>'
            for number, line in enumerate(lines)]  # fmt: skip


def _stack(names: Sequence[str], size: dict[str, float], scale: float, top: float, gap: float) -> dict[str, float]:
    at, found = top, {}
    for name in names:
        found[name] = at
        at += size[name] * scale + gap
    return found


def _streams(
    streams: Sequence[Flow], source: dict[str, float], target: dict[str, float], x: tuple[float, float], scale: float,
    colours: dict[str, str],
) -> list[str]:  # fmt: skip
    """Curved bands, from the top of each box down, in the order of the boxes on the other side."""
    out, into = dict(source), dict(target)
    order_out, order_in = list(source), list(target)
    ordered = sorted(streams, key=lambda f: (order_out.index(f.source), order_in.index(f.target)))
    start = {}
    for stream in ordered:
        start[stream.source, stream.target] = out[stream.source]
        out[stream.source] += stream.size * scale
    parts = []
    for stream in sorted(streams, key=lambda f: (order_in.index(f.target), order_out.index(f.source))):
        y0, y1, tall = start[stream.source, stream.target], into[stream.target], stream.size * scale
        into[stream.target] += tall
        middle = (x[0] + x[1]) / 2
        parts.append(
            f'<path d="M{x[0]:.1f},{y0:.1f} C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x[1]:.1f},{y1:.1f} '
            f"L{x[1]:.1f},{y1 + tall:.1f} C{middle:.1f},{y1 + tall:.1f} {middle:.1f},{y0 + tall:.1f} "
            f'{x[0]:.1f},{y0 + tall:.1f} Z" fill="{_stream_colour(stream, colours)}" fill-opacity="0.32"/>'
        )
    return parts


def _stream_colour(stream: Flow, colours: dict[str, str]) -> str:
    """A stream has the colour of the end that has one of its own."""
    own = [colours[name] for name in (stream.source, stream.target) if colours.get(name, svg.GREY) != svg.GREY]
    return own[0] if own else svg.GREY
