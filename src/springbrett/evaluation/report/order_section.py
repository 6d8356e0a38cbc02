"""The section about the order of measures: what follows what, and what either of two firsts and a further one do."""

from __future__ import annotations

from typing import Any

from springbrett.evaluation.report import figures, svg
from springbrett.evaluation.report.effect_sections import axis
from springbrett.evaluation.report.figures import Frame, Point
from springbrett.evaluation.report.flow_figure import Flow, flows
from springbrett.evaluation.report.markup import Html, figure, join, table, tag
from springbrett.evaluation.report.reading import Reading

MOST_COURSES = 12


def order(run: Reading) -> Html:
    """From measure to measure, the common courses, every pair of first measures, and the plans of two steps."""
    if not run.rows("transitions"):
        return Html("")
    parts: list[Any] = [tag("h2", run.say("order"), id="order"), tag("p", run.say("order_intro"))]
    return join([*parts, _flows(run), _courses(run), _pairs(run), _plans(run)])


def _then(run: Reading, code: str | None) -> str:
    return run.name("measure", code) if code else run.say("nothing_more")


def _flows(run: Reading) -> Html:
    steps = [
        [Flow(run.name("measure", row["first"]), _then(run, row["then"]), row["count"])
         for row in run.rows("transitions", step=step) if row["count"]] for step in (1, 2)
    ]  # fmt: skip
    if not steps[0]:
        return Html("")
    columns = [_names(steps[0], "source"), _names([*steps[0]], "target"), _names(steps[1], "target")]
    used = [column for column in columns if column]
    between = [steps[0], [flow for flow in steps[1] if flow.source in columns[1]]][: len(used) - 1]
    measures = sorted({flow.source for step in steps for flow in step})
    colours = {name: svg.SERIES[k % len(svg.SERIES)] for k, name in enumerate(measures)}
    colours[run.say("nothing_more")] = svg.GREY
    title = run.say("order_figure")
    said = "; ".join(f"{flow.source} → {flow.target}: {run.number(flow.size, 0)}" for flow in steps[0])
    heads = [run.say(name) for name in ("first_step", "second_step", "third_step")][: len(used)]
    frame = Frame("order", title, run.say("order_desc", rows=said), "", "", str)
    drawn = Html(flows(used, between, heads, colours, frame).replace("drawing", "drawing flows", 1))
    head = [run.say("step"), run.say("from_measure"), run.say("to_measure"), run.say("people_number"), run.say("share")]
    body = [[run.number(row["step"], 0), run.name("measure", row["first"]), _then(run, row["then"]),
             run.number(row["count"], 0), run.percent(row["share"], 0)] for row in run.rows("transitions")]  # fmt: skip
    inside = join([table(title, head, body, words=3), tag("p", run.say("flow_hidden"), class_="small")])
    return figure(drawn, title, run.say("numbers_behind"), inside)


def _names(streams: list[Flow], side: str) -> list[str]:
    """Names in order of how much flows through them."""
    sizes: dict[str, float] = {}
    for flow in streams:
        name = getattr(flow, side)
        sizes[name] = sizes.get(name, 0.0) + flow.size
    return sorted(sizes, key=lambda name: -sizes[name])


def _courses(run: Reading) -> Html:
    rows = [row for row in run.rows("sequences") if row["count"] is not None][:MOST_COURSES]
    if not rows:
        return Html("")
    title = run.say("courses_title")
    head = [run.say("course"), run.say("people_number"), run.say("share")]
    body = [[" → ".join(run.name("measure", code) for code in row["course"].split()), run.number(row["count"], 0),
             run.percent(row["share"], 0)] for row in rows]  # fmt: skip
    return join([tag("h3", title), tag("p", run.say("courses_intro")), table(title, head, body)])


def _pairs(run: Reading) -> Html:
    rows = run.rows("pairs")
    if not rows:
        return Html("")
    wanted = run.protocol["outcomes"]
    outcome = wanted["headline"]
    title = run.say("pairs_figure", outcome=run.outcome(outcome), month=wanted["month"])
    labels = [run.say("rather_than", first=run.name("measure", row["first"]),
                      second=run.within("measure", [row["second"]])) for row in rows]  # fmt: skip
    asked = tuple(run.protocol["comparison"]["pair"] or run.protocol["population"]["measures"][:2])
    leads = [(row["first"], row["second"]) == asked for row in rows]
    true = next((row["value"] for row in run.rows("truth", month=wanted["month"])), None)
    points = [Point(label, row["value"], row["lower"], row["upper"], main, true if main else None)
              for label, row, main in zip(labels, rows, leads, strict=True)]  # fmt: skip
    said = "; ".join(f"{label} {run.effect(outcome, row['value'])} ({run.interval(outcome, row)})"
                     for label, row in zip(labels, rows, strict=True))  # fmt: skip
    frame = Frame("first-pairs", title, run.say("forest_desc", rows=said), run.unit_name(outcome).capitalize(), "",
                  axis(run, outcome, effect=True), lambda value: run.effect(outcome, value))  # fmt: skip
    head = [run.say("begun_with"), run.say("as_it_stands"), run.say("difference"), run.say("interval"),
            f"{run.say('p_value')} (Holm)"]  # fmt: skip
    body = [[label, run.effect(outcome, row["raw"]), run.effect(outcome, row["value"]), run.interval(outcome, row),
             run.p(row["p_many"])] for label, row in zip(labels, rows, strict=True)]  # fmt: skip
    drawn = figure(figures.forest(points, frame), title, run.say("numbers_behind"), table(title, head, body))
    known = ""
    if true is not None and any(leads):
        known = tag("p", run.say("truth_stroke"), " ", run.say("truth_pair", value=run.effect(outcome, true),
                                                               unit=run.unit_name(outcome)))  # fmt: skip
    return join([tag("h3", run.say("pairs_title")), tag("p", run.say("pairs_intro")), drawn, known])


def _plans(run: Reading) -> Html:
    """Each of the four courses: how it would go if everybody took it."""
    rows = run.rows("plans")
    shown = [row for row in rows if row["mean"] is not None]
    if not shown:
        return Html("")
    wanted = run.protocol["outcomes"]
    outcome = wanted["headline"]
    title = run.say("plans_figure", outcome=run.outcome(outcome), month=wanted["month"])
    labels = [_plan(run, row) for row in shown]
    points = [Point(label, row["mean"], row["mean"] - 1.96 * row["se"], row["mean"] + 1.96 * row["se"], True)
              for label, row in zip(labels, shown, strict=True)]  # fmt: skip
    said = "; ".join(f"{label} {run.level(outcome, row['mean'])}" for label, row in zip(labels, shown, strict=True))
    frame = Frame("plans", title, run.say("forest_desc", rows=said), run.outcome(outcome), "",
                  axis(run, outcome), lambda value: run.level(outcome, value))  # fmt: skip
    head = [run.say("course"), run.say("people_number"), run.say("if_all"), run.say("difference"), run.say("interval"),
            run.say("p_value")]  # fmt: skip
    body = [[_plan(run, row), run.number(row["persons"], 0), run.level(outcome, row["mean"]),
             "–" if row["value"] is None else run.effect(outcome, row["value"]),
             "–" if row["value"] is None else run.interval(outcome, row), run.p(row["p_value"])]
            for row in rows]  # fmt: skip
    months = run.protocol["comparison"]["within_months"]
    drawn = figures.forest(points, frame, zero=points[0].value)
    return join([tag("h3", run.say("plans_title")), tag("p", run.say("plans_intro", months=months)),
                 figure(drawn, title, run.say("numbers_behind"), table(title, head, body))])  # fmt: skip


def _plan(run: Reading, row: dict[str, Any]) -> str:
    if row["more"]:
        return run.say("then_more", measure=run.name("measure", row["first"]))
    named = run.within("measure", [row["first"]]) if run.language != "en" else run.name("measure", row["first"])
    return run.say("then_nothing", measure=named)
