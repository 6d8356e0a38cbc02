"""The sections about a trial of offices: office by office, and the time before against the time under it."""

from __future__ import annotations

from typing import Any

from springbrett.evaluation.report import figures
from springbrett.evaluation.report.effect_sections import axis, warning
from springbrett.evaluation.report.figures import Frame, Line, Point
from springbrett.evaluation.report.markup import Html, figure, join, table, tag
from springbrett.evaluation.report.reading import Reading

ONE_BY_ONE = ("one_office", "did_one_office")


def trial(run: Reading) -> Html:
    """Each trial office against its controls, and all of them together, as they stand during the trial."""
    rows = [row for row in run.rows("trial") if not row["method"].startswith("did_")]
    if not rows:
        return Html("")
    wanted, held = run.protocol["outcomes"], run.facts["trial"]
    title = run.say("trial_figure", outcome=run.outcome(wanted["headline"]), month=wanted["month"])
    head = [run.say("group"), run.name("side", "participants"), run.say("share"), run.say("difference"),
            run.say("interval"), run.say("p_value")]  # fmt: skip
    body = [[_office(run, row), "–" if row["office"] is None else run.number(row["participants"], 0),
             "–" if row["office"] is None else run.percent(row["share"]), *_numbers(run, row)]
            for row in rows]  # fmt: skip
    return join([tag("h2", run.say("trial"), id="trial"), warning(run), tag("p", run.say("trial_intro")),
                 _forest(run, "trial", title, rows, table(title, head, body)),
                 tag("p", run.say("ways_note", ways=run.number(held["ways"], 0)), class_="small")])  # fmt: skip


def before(run: Reading) -> Html:
    """The same offices before the trial: year by year, and how much more the trial offices changed than the others."""
    rows = [row for row in run.rows("trial") if row["method"].startswith("did_")]
    if not rows:
        return Html("")
    held = run.facts["trial_before"]
    title = run.say("trial_change_figure", outcome=run.outcome(run.protocol["outcomes"]["headline"]))
    head = [run.say("group"), run.say("change"), run.say("interval"), run.say("p_value")]
    body = [[_office(run, row), *_numbers(run, row)] for row in rows]
    before_title = run.say("trial_before_sentence", months=held["months"], value=_points(run, held["placebo"]),
                           p=run.p(held["placebo_p"]))  # fmt: skip
    return join([tag("h2", run.say("trial_before"), id="before"), tag("p", run.say("trial_before_intro")),
                 tag("p", before_title), _years(run),
                 _forest(run, "trial-change", title, rows, table(title, head, body)), _means(run)])  # fmt: skip


def _points(run: Reading, share: float) -> str:
    return run.number(100 * share, signed=True)


def _forest(run: Reading, key: str, title: str, rows: list[dict[str, Any]], numbers: Html) -> Html:
    outcome = run.protocol["outcomes"]["headline"]
    shown = [(_office(run, row), row) for row in rows if row["value"] is not None and row["lower"] is not None]
    points = [Point(name, r["value"], r["lower"], r["upper"], r["method"] not in ONE_BY_ONE) for name, r in shown]
    said = "; ".join(f"{name} {run.effect(outcome, r['value'])} ({run.interval(outcome, r)})" for name, r in shown)
    frame = Frame(key, title, run.say("forest_desc", rows=said), run.unit_name(outcome).capitalize(), "",
                  axis(run, outcome, effect=True),
                  lambda value: run.effect(outcome, value))  # fmt: skip
    return figure(figures.forest(points, frame), title, run.say("numbers_behind"), numbers)


def _numbers(run: Reading, row: dict[str, Any]) -> list[str]:
    outcome = run.protocol["outcomes"]["headline"]
    return [run.effect(outcome, row["value"]), run.interval(outcome, row), run.p(row["p_value"])]


def _office(run: Reading, row: dict[str, Any]) -> str:
    if row["office"] is not None:
        return run.say("office_number", number=row["office"])
    return run.name("trial_method", row["method"])


def _means(run: Reading) -> Html:
    """Waiting and workplaces: what the trial was to change besides the outcome."""
    rows = run.rows("trial_means")
    if not rows:
        return Html("")
    head = [run.say("fact"), run.name("side", "trial"), run.name("side", "control"), run.say("difference"),
            run.say("interval"), run.say("change"), run.say("interval")]  # fmt: skip
    body = []
    for row in rows:
        share = row["what"] == "workplace"

        def told(key: str, row: dict[str, Any] = row, share: bool = share) -> str:
            return run.number(100 * row[key] if share else row[key], 1, signed=True)

        levels = [run.percent(row[side]) if share else run.number(row[side], 1) for side in ("trial", "control")]
        body.append([run.name("trial_mean", row["what"]), *levels, told("value"),
                     run.between(told("lower"), told("upper")), told("change"),
                     run.between(told("change_lower"), told("change_upper"))])  # fmt: skip
    return join([tag("h3", run.say("trial_means")), tag("p", run.say("trial_means_intro")),
                 table(run.say("trial_means"), head, body, quiet=True)])  # fmt: skip


def _years(run: Reading) -> Html:
    rows = run.rows("trial_years")
    if not rows:
        return Html("")
    outcome = run.protocol["outcomes"]["headline"]
    title = run.say("trial_years_figure", outcome=run.outcome(outcome))
    said = "; ".join(f"{row['year']} {run.effect(outcome, row['value'])}" for row in rows)
    frame = Frame("trial-years", title, run.say("trial_years_desc", rows=said), run.say("start_year"),
                  f"{run.say('difference')}, {run.unit_name(outcome)}",
                  axis(run, outcome, effect=True), lambda value: f"{value:.0f}")  # fmt: skip
    line = Line("", *([row[key] for row in rows] for key in ("year", "value", "lower", "upper")))
    words = (run.say("before_all_began"), run.name("period", "trial"))
    drawn = figures.years(line, [row["period"] == "trial" for row in rows], words, frame)
    head = [run.say("start_year"), run.say("period"), run.name("side", "trial"), run.name("side", "control"),
            run.say("difference"), run.say("interval"), run.say("p_value")]  # fmt: skip
    body = [[str(row["year"]), run.name("period", row["period"]), run.number(row["participants"], 0),
             run.number(row["comparison"], 0), *_numbers(run, row)] for row in rows]  # fmt: skip
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body, words=2))
