"""The sections of designs that follow units over calendar time: staggered starts, and more or less use of a measure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from springbrett.evaluation.report import figures, numbers
from springbrett.evaluation.report.effect_sections import axis, line_of, path_table, warning
from springbrett.evaluation.report.figures import Frame, Line, Point
from springbrett.evaluation.report.markup import Html, figure, join, table, tag
from springbrett.evaluation.report.reading import Reading

MOST_ROWS = 24
"""As many groups as a figure of them can show."""


def in_short(run: Reading) -> Iterator[str]:
    """Whom the study follows over time, in a sentence."""
    design, who = run.protocol["comparison"]["design"], run.protocol["population"]
    if design == "staggered" and (held := run.facts.get("units")):
        yield run.say(f"short_{held['unit']}",
                      **{side: run.number(held[side], 0) for side in ("treated", "others")})  # fmt: skip
    if design == "dose" and (held := run.facts.get("dose")):
        yield run.say("short_dose", persons=run.number(held["persons"], 0), areas=run.number(held["areas"], 0),
                      first=run.day(who["first_start"]), last=run.day(who["last_start"]),
                      measures=run.listed("measure", who["measures"]))  # fmt: skip


def staggered(run: Reading) -> Html:
    """Before and after the measure reached them; by when it did; and how far the answer leans on parallel paths."""
    if run.protocol["comparison"]["design"] != "staggered" or not run.facts.get("units"):
        return Html("")
    held, within = run.facts["units"], run.protocol["comparison"]["registered_within"]
    said = run.say(f"staggered_{held['unit']}", treated=run.number(held["treated"], 0),
                   others=run.number(held["others"], 0), within=within)  # fmt: skip
    parts: list[Any] = [
        tag("h2", run.say(f"staggered_title_{held['unit']}"), id="effect"),
        tag("p", said),
        warning(run),
    ]
    rows = run.rows("effect_path")
    if rows:
        parts.append(_event_figure(run, rows))
    if run.rows("truth"):
        parts.append(tag("p", run.say("staggered_truth")))
    return join([*parts, _few_offices(run), _by_start(run), _drift(run)])


def _event_figure(run: Reading, rows: list[dict[str, Any]]) -> Html:
    outcome, wanted = rows[0]["outcome"], run.protocol["outcomes"]["month"]
    title = run.say("staggered_figure", outcome=run.outcome(outcome))
    at = next((row for row in rows if row["month"] == wanted), rows[-1])
    described = run.say("staggered_desc", first=numbers.number(rows[0]["month"], 0, run.language),
                        last=rows[-1]["month"], month=at["month"], value=run.effect(outcome, at["value"]))  # fmt: skip
    frame = Frame("event-study", title, described, run.say("months_since"),
                  f"{run.say('difference')}, {run.unit_name(outcome)}", axis(run, outcome, effect=True))  # fmt: skip
    months = [row["month"] for row in rows]
    held = [row["band_lower"] for row in rows]
    band = None if None in held else Line("", months, held, held, [row["band_upper"] for row in rows])
    true = {row["month"]: row["value"] for row in run.rows("truth")}
    drawn = figures.event_study(
        line_of("", rows), frame, band=band, names=(run.say("interval_period"), run.say("interval_periods")),
        truth=Line(run.say("truth_line"), list(true), list(true.values())) if true else None,
        reference=_reference(run, months),
    )  # fmt: skip
    told = ("difference", "interval_period", "interval_periods")
    return figure(drawn, title, run.say("numbers_behind"), path_table(run, title, outcome, rows, told))


def _reference(run: Reading, months: list[int]) -> Line | None:
    """The last period before the start, where all differences are counted from it."""
    last = -run.protocol["comparison"]["period_months"]
    counted_from = last not in months and min(months) < 0
    return Line(run.say("reference_point"), [last], [0.0]) if counted_from else None


def _few_offices(run: Reading) -> Html:
    if run.facts["units"]["unit"] != "office":
        return Html("")
    return tag("p", run.say("few_offices_note", wild=run.method("wild_bootstrap")))


def period_name(run: Reading, month: int) -> str:
    """The month, quarter or year that begins with an absolute month."""
    length = run.protocol["comparison"]["period_months"]
    year, rest = divmod(month, 12)
    if length == 12:
        return str(year)
    if length == 3:
        return run.say("quarter", number=rest // 3 + 1, year=year)
    return numbers.month_year(date(year, rest + 1, 1), run.language)


def _by_start(run: Reading) -> Html:
    rows = run.rows("by_start")
    if not rows:
        return Html("")
    outcome = rows[0]["outcome"]
    title = run.say("by_start_figure", outcome=run.outcome(outcome))
    shown = [row for row in rows if row["value"] is not None]
    points = [Point(period_name(run, row["first_month"]), row["value"], row["lower"], row["upper"]) for row in shown]
    said = "; ".join(f"{point.name} {run.effect(outcome, point.value)}" for point in points)
    frame = Frame("by-start", title, run.say("forest_desc", rows=said), run.unit_name(outcome).capitalize(), "",
                  axis(run, outcome, effect=True), lambda value: run.effect(outcome, value))  # fmt: skip
    office = run.facts["units"]["unit"] == "office"
    counts = [run.say("units_office"), run.say("persons_month")] if office else [run.say("units_person")]
    head = [run.say("first_reached"), *counts, run.say("difference"), run.say("interval")]
    body = [[period_name(run, row["first_month"]), run.number(row["units"], 0),
             *([run.number(row["persons"], 0)] if office else []), run.effect(outcome, row["value"]),
             run.interval(outcome, row)] for row in rows]  # fmt: skip
    numbers_of = table(title, head, body)
    drawn = (figure(figures.forest(points, frame), title, run.say("numbers_behind"), numbers_of)
             if 0 < len(points) <= MOST_ROWS else numbers_of)  # fmt: skip
    return join([tag("h3", run.name("table", "by_start")), tag("p", run.say("by_start_intro")), drawn])


def _drift(run: Reading) -> Html:
    rows = run.rows("drift")
    if not rows:
        return Html("")
    outcome = run.protocol["outcomes"]["headline"]
    head = [run.say("drift_times"), run.say("interval")]
    body = [[run.number(row["times"], 1), run.interval(outcome, row)] for row in rows]
    limit = run.facts.get("drift", {}).get("breakdown")
    said = []
    if limit is not None:
        said = [run.say("drift_breakdown", times=run.number(limit, 2)) if limit > 0 else run.say("drift_unclear")]
    return join([tag("h3", run.say("drift_title")), tag("p", run.say("drift_intro")),
                 table(run.say("drift_title"), head, body), *(tag("p", line) for line in said)])  # fmt: skip


def dose(run: Reading) -> Html:
    """The outcome against how much the measure was used, what is usual there and then taken away."""
    held, rows = run.facts.get("dose"), run.rows("dose_points")
    if not held or run.protocol["comparison"]["design"] != "dose":
        return Html("")
    wanted = run.protocol["outcomes"]
    spread = {name: run.number(held[name], 1) for name in ("low", "middle", "high")}
    said = run.say("dose_intro", persons=run.number(held["persons"], 0), areas=run.number(held["areas"], 0),
                   month=wanted["month"], **spread)  # fmt: skip
    parts: list[Any] = [tag("h2", run.say("dose_title"), id="effect"), tag("p", said), warning(run)]
    if rows:
        parts.append(_dose_figure(run, rows, wanted))
    return join(parts)


def _dose_figure(run: Reading, rows: list[dict[str, Any]], wanted: dict[str, Any]) -> Html:
    outcome = wanted["headline"]
    title = run.say("dose_figure", outcome=run.outcome(outcome), month=wanted["month"])
    frame = Frame("dose", title, run.say("dose_desc", count=len(rows)), run.say("dose_axis"),
                  f"{run.say('dose_value')}, {run.unit_name(outcome)}", axis(run, outcome, effect=True),
                  lambda value: run.number(value, 1, signed=True))  # fmt: skip
    first = run.protocol["estimators"][0]["code"]
    found = run.rows("estimates", outcome=outcome, estimator=first)
    slope = next((row["value"] for row in found), None)
    points = Line("", [row["dose"] for row in rows], [row["value"] for row in rows])
    drawn = figures.scatter(points, slope, run.say("dose_line"), frame)
    head = [run.say("dose_axis"), run.say("dose_value"), run.say("units_person")]
    body = [[run.number(row["dose"], 2, signed=True), run.effect(outcome, row["value"]), run.number(row["persons"], 0)]
            for row in rows]  # fmt: skip
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))
