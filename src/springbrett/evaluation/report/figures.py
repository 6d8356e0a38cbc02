"""The figures. Each takes plain rows and words, and gives SVG; colour is never all that tells lines apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

import numpy as np

from springbrett.evaluation.report import svg
from springbrett.evaluation.report.markup import Html

Format = Callable[[float], str]
LEAST_GAP = 0.055
"""Least distance between the labels at the right edge, as a share of the height."""
RATIO_TICKS = (0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0)
"""Where a ratio may be read off; those within the figure are drawn, at most a handful."""
MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A series: months and values (None where hidden), with optional lower and upper limits."""

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    lower: Sequence[float | None] = ()
    upper: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What every figure needs: a key of its own, title and description, names of the axes, and how values are said."""

    key: str
    title: str
    description: str
    x_name: str
    y_name: str
    y_format: Format
    x_format: Format = field(default=lambda value: f"{value:g}".replace("-", "−"))


def decimals(value: float, most: int = 3) -> int:
    """The fewest decimals that say a tick exactly."""
    return next((k for k in range(most) if abs(value * 10**k - round(value * 10**k)) < 1e-6), most)


def finish(figure: Any, frame: Frame) -> Html:
    """The drawing as SVG, named by its frame."""
    return svg.svg_of(figure, frame.key, frame.title, frame.description)


def axes_of(axes: Any, frame: Frame) -> None:
    """Name the axes and say their values as the frame does."""
    axes.set_xlabel(frame.x_name)
    axes.set_title(frame.y_name, loc="left", fontsize=11, color=svg.SUBTLE, pad=10)
    axes.xaxis.set_major_formatter(lambda value, _position: frame.x_format(value))
    axes.yaxis.set_major_formatter(lambda value, _position: frame.y_format(value))
    axes.tick_params(length=0)
    axes.tick_params(axis="x", pad=7)


def _clean(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _month_ticks(axes: Any, lines: Sequence[Line]) -> None:
    months = [month for line in lines for month in line.x]
    low, high = min(months), max(months)
    step = 6 if high - low <= 72 else 12
    axes.set_xticks([month for month in range(int(low // step) * step, int(high) + 1, step) if low <= month <= high])
    axes.set_xlim(low, high)


def _edge_labels(axes: Any, ends: list[tuple[float, str, str]]) -> None:
    """Names at the right end of the lines, pushed apart where they would meet."""
    low, high = axes.get_ylim()
    spread = high - low
    placed: list[float] = []
    for value, name, colour in sorted(ends):
        at = value if not placed else max(value, placed[-1] + LEAST_GAP * spread)
        placed.append(at)
        axes.annotate(name, (1.0, at), xycoords=("axes fraction", "data"), xytext=(7, 0), textcoords="offset points",
                      va="center", ha="left", color=colour, fontsize=10.5, annotation_clip=False)  # fmt: skip


def paths(lines: Sequence[Line], frame: Frame) -> Html:
    """Outcome paths: a line for each group, named at its end; the start marked."""
    with svg.drawing() as (figure, axes):
        ends = []
        for number, line in enumerate(lines):
            colour, dash = svg.SERIES[number % len(svg.SERIES)], svg.DASHES[number % len(svg.DASHES)]
            y = _clean(line.y)
            axes.plot(line.x, y, color=colour, linestyle=dash)
            known = np.flatnonzero(np.isfinite(y))
            if len(known):
                ends.append((float(y[known[-1]]), line.name, colour))
        _month_ticks(axes, lines)
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        axes.axvline(0, color=svg.SUBTLE, linewidth=1)
        axes_of(axes, frame)
        _edge_labels(axes, ends)
        return finish(figure, frame)


def effect(
    line: Line, band: tuple[Sequence[float | None], Sequence[float | None]], shade: Line, truth: Line | None,
    names: dict[str, str], frame: Frame,
) -> Html:  # fmt: skip
    """The effect by month with its two intervals, the share still in the stay as shade, and the truth if known."""
    with svg.drawing(height=4.6) as (figure, axes):
        if shade.x:
            _shade(axes, shade, names["shade"])
        axes.fill_between(line.x, _clean(band[0]), _clean(band[1]), color=svg.BLUE, alpha=0.13, linewidth=0,
                          label=names["band"])  # fmt: skip
        axes.fill_between(line.x, _clean(line.lower), _clean(line.upper), color=svg.BLUE, alpha=0.28, linewidth=0,
                          label=names["month"])  # fmt: skip
        axes.plot(line.x, _clean(line.y), color=svg.BLUE, label=line.name)
        if truth:
            axes.plot(truth.x, _clean(truth.y), color=svg.MAGENTA, linestyle=(0, (4, 2)), label=truth.name)
        axes.axhline(0, color=svg.INK, linewidth=1)
        axes.axvline(0, color=svg.SUBTLE, linewidth=1)
        _month_ticks(axes, [line])
        axes_of(axes, frame)
        legend(figure, axes)
        return finish(figure, frame)


def _shade(axes: Any, shade: Line, name: str) -> None:
    """Grey behind the months, as dark as the share still in the stay."""
    for month, share in zip(shade.x, _clean(shade.y), strict=True):
        if np.isfinite(share):
            axes.axvspan(month - 0.5, month + 0.5, color=svg.GREY, alpha=0.30 * share, linewidth=0)
    axes.fill_between([], [], color=svg.GREY, alpha=0.3, label=name)


def by_row(axes: Any, frame: Frame) -> None:
    """Axes of a figure with one thing to a row: the measure runs along, the names stand in ink."""
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_xlabel(frame.x_name)
    axes.xaxis.set_major_formatter(lambda value, _position: frame.x_format(value))
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelcolor=svg.INK)


def legend(figure: Any, axes: Any) -> None:
    """What the colours and marks mean, under the drawing."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=10.5, handlelength=2.2)


def event_study(
    line: Line, frame: Frame, *, band: Line | None = None, names: tuple[str, str] = ("", ""), truth: Line | None = None,
    reference: Line | None = None,
) -> Html:  # fmt: skip
    """Points with intervals around the start; the months before are hollow. `band`: intervals that hold for all at
    once, drawn thin; `names` say which is which. `truth`: what the points should have come to, if known. `reference`:
    the point all others are counted from."""
    with svg.drawing(height=4.4 if band else 4.0) as (figure, axes):
        x, y, low, high = np.asarray(line.x), _clean(line.y), _clean(line.lower), _clean(line.upper)
        if band:
            axes.vlines(x, _clean(band.lower), _clean(band.upper), color=svg.BLUE, linewidth=0.9, label=names[1])
        for inside, face in ((x < 0, svg.PAPER), (x >= 0, svg.BLUE)):
            axes.vlines(x[inside], low[inside], high[inside], color=svg.BLUE, linewidth=3.2 if band else 1.6,
                        label=names[0] if band and face == svg.BLUE else None)  # fmt: skip
            axes.plot(x[inside], y[inside], "o", color=svg.BLUE, markerfacecolor=face, markersize=5.5)
        axes.axhline(0, color=svg.INK, linewidth=1)
        if truth:
            axes.plot(truth.x, _clean(truth.y), color=svg.MAGENTA, linestyle=(0, (4, 2)), label=truth.name)
        if reference:
            axes.plot(reference.x, _clean(reference.y), "D", color=svg.SUBTLE, markersize=5, label=reference.name)
        step = float(np.diff(x).min()) if len(x) > 1 else 1.0
        axes.axvline(-step / 2, color=svg.SUBTLE, linewidth=1, linestyle=(0, (3, 3)))
        _month_ticks(axes, [line])
        axes.set_xlim(min(line.x) - 1, max(line.x) + 1)
        axes_of(axes, frame)
        if band:
            legend(figure, axes)
        return finish(figure, frame)


def years(line: Line, full: Sequence[bool], words: tuple[str, str], frame: Frame) -> Html:
    """A point with its interval for each year; those that are not `full` are hollow. `words` name hollow and full."""
    with svg.drawing(height=3.8) as (figure, axes):
        x, y, filled = np.asarray(line.x), _clean(line.y), np.asarray(full, bool)
        axes.vlines(x, _clean(line.lower), _clean(line.upper), color=svg.BLUE, linewidth=1.8)
        for inside, face, name in ((~filled, svg.PAPER, words[0]), (filled, svg.BLUE, words[1])):
            axes.plot(x[inside], y[inside], "o", color=svg.BLUE, markerfacecolor=face, markersize=7, label=name)
        axes.axhline(0, color=svg.INK, linewidth=1)
        axes.set_xticks(x)
        axes.set_xlim(min(x) - 0.5, max(x) + 0.5)
        axes_of(axes, frame)
        legend(figure, axes)
        return finish(figure, frame)


@dataclass(frozen=True, slots=True)
class Point:
    """A row of a forest: a name, a value with its interval, whether it is the one the study is about, and what it
    should have come to, if known."""

    name: str
    value: float
    lower: float
    upper: float
    main: bool = False
    truth: float | None = None


def _mark_truth(axes: Any, points: Sequence[Point]) -> None:
    """An upright stroke where each point should have come to."""
    for row, point in enumerate(points):
        if point.truth is not None:
            axes.plot(point.truth, row, "|", color=svg.MAGENTA, markersize=20, markeredgewidth=2.2)


def wrapped(name: str, width: int = 30) -> str:
    """A long name on two lines, so that the figure keeps its room."""
    return "\n".join(wrap(name, width)) or name


def forest(points: Sequence[Point], frame: Frame, *, zero: float = 0.0, also: float | None = None) -> Html:
    """One row for each point, with the value written beside; `also`: a second line to hold them against."""
    lines = max((wrapped(point.name).count("\n") + 1 for point in points), default=1)
    with svg.drawing(height=0.9 + max(0.42, 0.2 * lines) * len(points)) as (figure, axes):
        for row, point in enumerate(points):
            colour = svg.BLUE if point.main else svg.SUBTLE
            axes.hlines(row, point.lower, point.upper, color=colour, linewidth=2)
            axes.plot(point.value, row, "D" if point.main else "o", color=colour, markersize=7)
        _mark_truth(axes, points)
        axes.axvline(zero, color=svg.INK, linewidth=1)
        if also is not None:
            axes.axvline(also, color=svg.MAGENTA, linewidth=1.4, linestyle=(0, (4, 2)))
        axes.set_yticks(range(len(points)), [wrapped(point.name) for point in points])
        axes.set_ylim(len(points) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.set_xlabel(frame.x_name)
        along = frame.x_format if frame.y_format is str else frame.y_format
        axes.xaxis.set_major_formatter(lambda value, _position: along(value))
        axes.tick_params(length=0)
        axes.tick_params(axis="y", labelcolor=svg.INK)
        for row, point in enumerate(points):
            axes.annotate(frame.x_format(point.value), (1.0, row), xycoords=("axes fraction", "data"),
                          xytext=(8, 0), textcoords="offset points", va="center", annotation_clip=False)  # fmt: skip
        return finish(figure, frame)


def love(names: Sequence[str], before: Sequence[float], after: Sequence[float], limit: float, words: tuple[str, str],
         frame: Frame) -> Html:  # fmt: skip
    """How unlike the groups are in each fact, before (hollow) and after (full) weighting."""
    order = np.argsort(np.abs(np.asarray(before)))
    with svg.drawing(height=1.2 + 0.32 * len(names)) as (figure, axes):
        rows = np.arange(len(names))
        axes.axvspan(-limit, limit, color=svg.GREEN, alpha=0.10, linewidth=0)
        axes.hlines(rows, np.asarray(before)[order], np.asarray(after)[order], color=svg.GRID, linewidth=2)
        axes.plot(np.asarray(before)[order], rows, "o", color=svg.SUBTLE, markerfacecolor=svg.PAPER, label=words[0])
        axes.plot(np.asarray(after)[order], rows, "o", color=svg.BLUE, label=words[1])
        axes.axvline(0, color=svg.INK, linewidth=1)
        axes.set_yticks(rows, [wrapped(names[k], 40) for k in order])
        by_row(axes, frame)
        legend(figure, axes)
        return finish(figure, frame)


def plane(effects: Sequence[float], cost: Sequence[float], frame: Frame) -> Html:
    """Every draw as a point: extra months against extra cost, with the axes that part better from worse."""
    with svg.drawing(height=4.4) as (figure, axes):
        axes.plot(effects, cost, "o", color=svg.BLUE, markersize=3.5, alpha=0.35, markeredgewidth=0)
        axes.plot([float(np.mean(effects))], [float(np.mean(cost))], "D", color=svg.INK, markersize=8)
        axes.axhline(0, color=svg.INK, linewidth=1)
        axes.axvline(0, color=svg.INK, linewidth=1)
        axes_of(axes, frame)
        return finish(figure, frame)


def scatter(line: Line, slope: float | None, name: str, frame: Frame) -> Html:
    """Points and the straight line through the middle with a slope; `name` says what the line is."""
    with svg.drawing(height=4.4) as (figure, axes):
        x = np.asarray(line.x)
        ends = np.array([x.min(), x.max()])
        if slope is not None:
            axes.plot(ends, slope * ends, color=svg.MAGENTA, linestyle=(0, (4, 2)), label=name)
        axes.plot(x, _clean(line.y), "o", color=svg.BLUE, markersize=7)
        axes.axhline(0, color=svg.INK, linewidth=1)
        axes_of(axes, frame)
        legend(figure, axes)
        return finish(figure, frame)


def curve(line: Line, frame: Frame) -> Html:
    """One rising line from 0 to 1."""
    with svg.drawing(height=3.4) as (figure, axes):
        axes.plot(line.x, _clean(line.y), color=svg.BLUE, marker="o", markersize=4)
        axes.set_ylim(0, 1.03)
        axes.set_xlim(min(line.x), max(line.x))
        axes_of(axes, frame)
        return finish(figure, frame)


def steps(lines: Sequence[Line], frame: Frame) -> Html:
    """Cumulative incidence as steps, each line named at its end; every second one dashed."""
    with svg.drawing(height=4.4) as (figure, axes):
        ends = []
        for number, line in enumerate(lines):
            colour = svg.SERIES[(number // 2) % len(svg.SERIES)]
            y = _clean(line.y)
            axes.step(line.x, y, where="post", color=colour, linestyle=svg.DASHES[number % 2])
            ends.append((float(y[-1]), line.name, colour))
        axes.set_ylim(bottom=0)
        axes.set_xlim(0, max(max(line.x) for line in lines))
        axes_of(axes, frame)
        _edge_labels(axes, ends)
        return finish(figure, frame)


def ratios(points: Sequence[Point], frame: Frame) -> Html:
    """How many times a rate, row by row, with intervals; half as much and twice as much lie as far from one."""
    with svg.drawing(height=1.2 + 0.46 * len(points)) as (figure, axes):
        for row, point in enumerate(points):
            colour = svg.BLUE if point.main else svg.GREY
            axes.hlines(row, point.lower, point.upper, color=colour, linewidth=2)
            axes.plot(point.value, row, "D" if point.main else "o", color=colour, markersize=8 if point.main else 6.5)
        _mark_truth(axes, points)
        axes.set_xscale("log")
        axes.axvline(1.0, color=svg.INK, linewidth=1)
        axes.set_yticks(range(len(points)), [wrapped(point.name) for point in points])
        axes.set_ylim(len(points) - 0.5, -0.5)
        known = [point.truth for point in points if point.truth is not None]
        low = min(*(p.lower for p in points), *known, 0.8) / 1.1
        high = max(*(p.upper for p in points), *known, 1.25) * 1.1
        axes.set_xlim(low, high)
        _log_ticks(axes, low, high, frame)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.set_xlabel(frame.x_name)
        axes.tick_params(length=0, which="both")
        axes.tick_params(axis="y", labelcolor=svg.INK)
        return finish(figure, frame)


def _log_ticks(axes: Any, low: float, high: float, frame: Frame) -> None:
    inside = [tick for tick in RATIO_TICKS if low <= tick <= high]
    while len(inside) > MOST_TICKS:
        inside = [tick for number, tick in enumerate(inside) if tick == 1.0 or number % 2]
    axes.set_xticks(inside, [frame.x_format(tick) for tick in inside])
    axes.set_xticks([], minor=True)


def by_preference(
    preference: Sequence[float], got: Sequence[float], outcome: Sequence[float], words: tuple[str, str], frame: Frame
) -> Html:  # fmt: skip
    """Two shares against how given to the measure the one they met is, each with its straight line."""
    with svg.drawing(height=4.2) as (figure, axes):
        x = _clean(preference)
        for values, name, colour, marker, dash in (
            (got, words[0], svg.BLUE, "o", "-"), (outcome, words[1], svg.ORANGE, "s", (0, (5, 2))),
        ):  # fmt: skip
            y = _clean(values)
            axes.plot(x, y, marker, color=colour, markersize=6.5, label=name)
            if len(x) > 1:
                axes.plot(x, np.polyval(np.polyfit(x, y, 1), x), color=colour, linestyle=dash, linewidth=1.6)
        axes.set_ylim(bottom=0)
        axes.axvline(0, color=svg.SUBTLE, linewidth=1)
        axes_of(axes, frame)
        legend(figure, axes)
        return finish(figure, frame)
