"""The figures with a row for each of many: providers, measures, and assumptions of accounts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from springbrett.evaluation.report import svg
from springbrett.evaluation.report.figures import Frame, Point, axes_of, by_row, finish, legend, wrapped
from springbrett.evaluation.report.markup import Html


def funnel(
    stays: Sequence[float], shares: Sequence[float], limits: dict[float, tuple[list[float], list[float], list[float]]],
    centre_and_target: tuple[float, float], names: dict[str, str], frame: Frame,
) -> Html:  # fmt: skip
    """Result against size, with the limits that chance alone sets and the target."""
    centre, target = centre_and_target
    with svg.drawing(height=4.4) as (figure, axes):
        for number, (level, (x, low, high)) in enumerate(sorted(limits.items())):
            style = {"color": svg.SUBTLE, "linewidth": 1.2, "linestyle": svg.DASHES[number]}
            axes.plot(x, low, **style)
            axes.plot(x, high, label=names[f"{level}"], **style)
        axes.axhline(centre, color=svg.SUBTLE, linewidth=1.2, label=names["centre"])
        axes.axhline(target, color=svg.MAGENTA, linewidth=1.4, linestyle=(0, (4, 2)), label=names["target"])
        axes.plot(stays, shares, "o", color=svg.BLUE, markersize=5.5, alpha=0.8)
        axes.set_ylim(0, min(1.0, max(*shares, target, centre) * 1.25))
        axes.set_xlim(left=0)
        axes_of(axes, frame)
        legend(figure, axes)
        return finish(figure, frame)


def caterpillar(points: Sequence[Point], target: float, words: tuple[str, str, str], frame: Frame) -> Html:
    """Many units in order, each with its interval, against a target; those that clearly differ are drawn in colour.
    `words` name these, the others, and the target."""
    with svg.drawing(height=4.2) as (figure, axes):
        for main, colour, mark, name in ((True, svg.BLUE, "o", words[0]), (False, svg.GREY, "D", words[1])):
            rows = [(row, point) for row, point in enumerate(points) if point.main is main]
            places, held = [row for row, _point in rows], [point for _row, point in rows]
            axes.vlines(places, [p.lower for p in held], [p.upper for p in held], color=colour, linewidth=1.8)
            axes.plot(places, [p.value for p in held], mark, color=colour, markersize=4.5, label=name)
        axes.axhline(target, color=svg.MAGENTA, linewidth=1.4, linestyle=(0, (4, 2)), label=words[2])
        axes.set_xticks([])
        axes.set_title(frame.x_name, loc="left", fontsize=11, color=svg.SUBTLE, pad=10)
        axes.yaxis.set_major_formatter(lambda value, _position: frame.x_format(value))
        axes.tick_params(length=0)
        legend(figure, axes)
        return finish(figure, frame)


def tornado(names: Sequence[str], ends: Sequence[tuple[float, float]], base: float, frame: Frame) -> Html:
    """How far an answer swings with each assumption, from the one end to the other around the study's own."""
    with svg.drawing(height=0.9 + 0.62 * len(names)) as (figure, axes):
        for row, (low, high) in enumerate(ends):
            axes.barh(row, high - low, left=low, height=0.5, color=svg.BLUE)
            for at, away in ((low, -6), (high, 6)):
                axes.annotate(frame.y_format(at), (at, row), xytext=(away, 0), textcoords="offset points", va="center",
                              ha="right" if away < 0 else "left", fontsize=10)  # fmt: skip
        axes.axvline(base, color=svg.MAGENTA, linewidth=1.4, linestyle=(0, (4, 2)))
        lowest, highest = min(base, 0.0, *(low for low, _high in ends)), max(base, 0.0, *(high for _low, high in ends))
        room = (highest - lowest) * 0.08
        axes.set_xlim(lowest - room, highest + room)
        axes.axvline(0, color=svg.INK, linewidth=1)
        axes.set_yticks(
            range(len(names)), ["\n".join(wrapped(line, 34) for line in name.split("\n")) for name in names]
        )
        axes.set_ylim(len(names) - 0.5, -0.5)
        by_row(axes, frame)
        return finish(figure, frame)


def paired(names: Sequence[str], first: Sequence[Point], second: Sequence[Point], words: tuple[str, str],
           frame: Frame) -> Html:  # fmt: skip
    """Two values for each row: as it stands (hollow) and made fair (full)."""
    with svg.drawing(height=1.3 + 0.62 * len(names)) as (figure, axes):
        for row, (a, b) in enumerate(zip(first, second, strict=True)):
            axes.hlines(row - 0.15, a.lower, a.upper, color=svg.SUBTLE, linewidth=1.6)
            axes.hlines(row + 0.15, b.lower, b.upper, color=svg.BLUE, linewidth=2.2)
        axes.plot([p.value for p in first], np.arange(len(names)) - 0.15, "o", color=svg.SUBTLE,
                  markerfacecolor=svg.PAPER, markersize=7, label=words[0])  # fmt: skip
        axes.plot([p.value for p in second], np.arange(len(names)) + 0.15, "o", color=svg.BLUE, markersize=7.5,
                  label=words[1])  # fmt: skip
        axes.set_yticks(range(len(names)), [wrapped(name) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.5)
        by_row(axes, frame)
        legend(figure, axes)
        return finish(figure, frame)
