"""The sections about what became of the persons and what the measure did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from springbrett.evaluation.report import figures, numbers
from springbrett.evaluation.report.figures import Frame, Line, Point
from springbrett.evaluation.report.markup import Html, figure, join, table, tag
from springbrett.evaluation.report.reading import EVERYBODY, Reading

Rows = Sequence[dict[str, Any]]
EVENT = (-24, 12)
TEN_THOUSAND = 10_000
"""Pay and benefits are held in ten thousand kroner, and told in kroner."""


def axis(run: Reading, outcome: str, *, effect: bool = False) -> figures.Format:
    """How values of an outcome are written along an axis, with as many decimals as the ticks need."""
    share = run.unit(outcome) == "share"

    def written(value: float) -> str:
        scaled = 100 * value if share else value
        text = numbers.number(scaled, figures.decimals(scaled), run.language, signed=effect)
        if not share or effect:
            return text
        return f"{text}%" if run.language == "en" else f"{text}{numbers.SPACE}%"

    return written


def line_of(name: str, rows: Rows, x: str = "month", y: str = "value") -> Line:
    """A line from rows; hidden values are holes."""
    lower = [row["lower"] for row in rows] if rows and "lower" in rows[0] else []
    upper = [row["upper"] for row in rows] if rows and "upper" in rows[0] else []
    return Line(name, [row[x] for row in rows], [row[y] for row in rows], lower, upper)


def warning(run: Reading) -> Html:
    """Over what must not be read as an answer, because a check did not hold; nothing when the gate is open."""
    return Html("") if run.facts["gate"]["open"] else tag("p", run.say("withheld_desc"), class_="bad")


def paths(run: Reading) -> Html:
    """What became of them: a figure for each outcome, and the headline by purpose and measure."""
    if not run.rows("paths"):
        return Html("")
    compared = bool(run.rows("paths", side="comparison"))
    parts: list[Any] = [tag("h2", run.say("paths"), id="paths"),
                        tag("p", run.say("paths_intro" if compared else "paths_intro_alone"))]  # fmt: skip
    for code in run.protocol["outcomes"]["codes"]:
        lines = [(run.name("side", side), run.rows("paths", outcome=code, group=EVERYBODY, side=side))
                 for side in ("participants", "comparison")]  # fmt: skip
        title = run.say("path_figure", outcome=run.outcome(code))
        parts.append(_path_figure(run, code, f"path-{code}", title, [pair for pair in lines if pair[1]]))
    headline = run.protocol["outcomes"]["headline"]
    for kind in ("purpose", "measure"):
        found = run.rows("paths", outcome=headline, side="participants")
        codes = sorted({row["group"] for row in found if row["group"].startswith(f"{kind}:")})
        lines = [(run.group(code), [row for row in found if row["group"] == code]) for code in codes]
        lines = [pair for pair in lines if any(row["value"] is not None for row in pair[1])]
        if lines:
            named = run.say(f"kind_{kind}")
            title = run.say("by_kind_figure", outcome=run.outcome(headline), kind=named)
            parts.append(_path_figure(run, headline, f"path-{kind}", title, lines))
    return join(parts)


def _path_figure(run: Reading, outcome: str, key: str, title: str, lines: Sequence[tuple[str, Rows]]) -> Html:
    months = [row["month"] for row in lines[0][1]]
    last = [(name, next((row for row in reversed(rows) if row["value"] is not None), None)) for name, rows in lines]
    ends = " ".join(run.say("end_value", name=name, value=run.level(outcome, row["value"]), month=row["month"])
                    for name, row in last if row)  # fmt: skip
    described = run.say("path_desc", first=run.number(months[0], 0), last=run.number(months[-1], 0), ends=ends)
    y_name = run.outcome(outcome) + ("" if run.unit(outcome) == "share" else f" ({run.unit_name(outcome)})")
    frame = Frame(key, title, described, run.say("months_since"), y_name, axis(run, outcome))
    drawn = figures.paths([line_of(name, rows) for name, rows in lines], frame)
    by_month = [{row["month"]: row for row in rows} for _name, rows in lines]
    body = [
        [numbers.number(month, 0, run.language),
         *(run.level(outcome, held[month]["value"]) if month in held else "–" for held in by_month),
         *(run.number(held[month]["count"], 0) if month in held else "–" for held in by_month)]
        for month in months
    ]  # fmt: skip
    names = [name for name, _rows in lines]
    head = [run.say("month"), *names, *(f"{run.say('number')}: {name}" for name in names)]
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))


def effect(run: Reading) -> Html:
    """The effect month by month, and the months around the start looked at closely."""
    rows = run.rows("effect_path")
    if not rows or run.protocol["comparison"]["design"] == "staggered":  # which has a section of its own
        return Html("")
    outcome = rows[0]["outcome"]
    intro = [tag("h2", run.say("effect"), id="effect"), tag("p", run.say("effect_intro"))]
    if run.rows("truth"):
        intro.append(tag("p", run.say("truth_intro")))
    return join([*intro, warning(run), _effect_figure(run, outcome, rows), _event_figure(run, outcome, rows)])


def _effect_figure(run: Reading, outcome: str, rows: Rows) -> Html:
    title = run.say("effect_figure", outcome=run.outcome(outcome))
    wanted = run.protocol["outcomes"]["month"]
    at = next((row for row in rows if row["month"] == wanted), rows[-1])
    described = run.say("effect_desc", first=run.number(rows[0]["month"], 0), last=rows[-1]["month"], month=at["month"],
                        value=run.effect(outcome, at["value"]))  # fmt: skip
    frame = Frame("effect-path", title, described, run.say("months_since"),
                  f"{run.say('difference')}, {run.unit_name(outcome)}", axis(run, outcome, effect=True))  # fmt: skip
    truth = run.rows("truth")
    names = {"shade": run.say("in_measure_shade"), "band": run.say("interval_band"), "month": run.say("interval_month")}
    shade = [row for row in rows if row["still_in"] is not None]
    drawn = figures.effect(
        line_of(run.say("estimate_line"), rows),
        ([row["band_lower"] for row in rows], [row["band_upper"] for row in rows]),
        Line("", [row["month"] for row in shade], [row["still_in"] for row in shade]),
        line_of(run.say("truth_line"), truth) if truth else None, names, frame,
    )  # fmt: skip
    told = ("estimate_line", "interval_month", "interval_band")
    return figure(drawn, title, run.say("numbers_behind"), path_table(run, title, outcome, rows, told))


def path_table(run: Reading, title: str, outcome: str, rows: Rows, told: tuple[str, str, str]) -> Html:
    """The numbers behind a path: month, effect, its own interval, the band, and the truth where it is known.

    `told` are the words of the effect, the interval and the band.
    """
    true = {row["month"]: row["value"] for row in run.rows("truth")}
    head = [run.say("month"), *(run.say(word) for word in told), *([run.say("truth_line")] if true else [])]
    body = [
        [numbers.number(row["month"], 0, run.language), run.effect(outcome, row["value"]), run.interval(outcome, row),
         run.interval(outcome, {"lower": row["band_lower"], "upper": row["band_upper"]}),
         *([run.effect(outcome, true[row["month"]]) if row["month"] in true else "–"] if true else [])]
        for row in rows
    ]  # fmt: skip
    return table(title, head, body)


def _event_figure(run: Reading, outcome: str, rows: Rows) -> Html:
    near = [row for row in rows if EVENT[0] <= row["month"] <= EVENT[1]]
    if not any(row["month"] < 0 for row in near):
        return Html("")
    title = run.say("event_figure")
    frame = Frame("event-study", title, run.say("event_desc"), run.say("months_since"),
                  f"{run.say('difference')}, {run.unit_name(outcome)}", axis(run, outcome, effect=True))  # fmt: skip
    drawn = figures.event_study(line_of("", near), frame)
    body = [[numbers.number(row["month"], 0, run.language), run.effect(outcome, row["value"]),
             run.interval(outcome, row)] for row in near]  # fmt: skip
    head = [run.say("month"), run.say("difference"), run.say("interval")]
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))


def estimates(run: Reading) -> Html:
    """The headline question by method and by group, and every estimate in a table."""
    rows = run.rows("estimates")
    if not rows:
        return Html("")
    wanted = run.protocol["outcomes"]
    main = [row for row in rows if row["outcome"] == wanted["headline"] and row["month"] == wanted["month"]]
    first = run.protocol["estimators"][0]["code"]
    by_method = [row for row in main if row["group"] == EVERYBODY]
    by_group = [row for row in main if row["estimator"] == first]
    parts: list[Any] = [tag("h2", run.say("estimates"), id="estimates"), tag("p", run.say("estimates_intro"))]
    named = {"outcome": run.outcome(wanted["headline"]), "month": wanted["month"]}
    if not run.facts["gate"]["open"]:
        kept = [row for row in rows if row not in main]
        inside = tag("details", tag("summary", run.say("all_estimates")), _all(run, kept))
        return join([parts[0], warning(run), tag("p", run.say("withheld_estimates")), inside])
    if len(by_method) > 1:
        title = run.say("methods_figure", **named)
        labels = [run.method(row["estimator"]) for row in by_method]
        parts.append(_forest(run, "forest-methods", title, by_method, labels))
    if len(by_group) > 1:
        title = run.say("groups_figure", **named)
        labels = [run.group(row["group"]) for row in by_group]
        parts += [_forest(run, "forest-groups", title, by_group, labels),
                  tag("p", run.say("many_note"), class_="small")]  # fmt: skip
    parts.append(tag("details", tag("summary", run.say("all_estimates")), _all(run, rows)))
    return join(parts)


def _forest(run: Reading, key: str, title: str, rows: Rows, labels: list[str]) -> Html:
    outcome = rows[0]["outcome"]
    shown = [(label, row) for label, row in zip(labels, rows, strict=True) if row["value"] is not None]
    points = [Point(label, row["value"], row["lower"], row["upper"], row is rows[0]) for label, row in shown]
    said = "; ".join(f"{name} {run.effect(outcome, r['value'])} ({run.interval(outcome, r)})" for name, r in shown)
    frame = Frame(key, title, run.say("forest_desc", rows=said), run.unit_name(outcome).capitalize(), "",
                  axis(run, outcome, effect=True), lambda value: run.effect(outcome, value))  # fmt: skip
    body = [[label, run.effect(outcome, row["value"]), run.interval(outcome, row), run.p(row["p_value"]),
             run.p(row["p_many"]), run.number(row["participants"], 0), run.number(row["comparison"], 0)]
            for label, row in zip(labels, rows, strict=True)]  # fmt: skip
    head = [
        run.say("group"),
        run.say("difference"),
        run.say("interval"),
        run.say("p_value"),
        f"{run.say('p_value')} (Holm)",
        *(run.name("side", side) for side in ("participants", "comparison")),
    ]
    drawn = figures.forest(points, frame) if points else Html("")
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))


def _all(run: Reading, rows: Rows) -> Html:
    head = [run.say("outcome"), run.say("method"), run.say("group"), run.say("month"), run.say("difference"),
            run.say("interval"), run.say("p_value")]  # fmt: skip
    body = [[run.outcome(row["outcome"]), run.method(row["estimator"]), run.group(row["group"]),
             run.say("all_after") if row["month"] is None else row["month"],
             f"{run.effect(row['outcome'], row['value'])} {run.unit_name(row['outcome'])}",
             run.interval(row["outcome"], row), run.p(row["p_value"])] for row in rows]  # fmt: skip
    return table(run.say("all_estimates"), head, body, words=3)


def people(run: Reading) -> Html:
    """Who they are, and how unlike the groups were before and after weighting."""
    rows = run.rows("people")
    if not rows:
        return Html("")
    compared = any(row["comparison"] is not None for row in rows)
    head = [run.say("fact"), run.name("side", "participants"), *([run.name("side", "comparison")] if compared else [])]
    body = [[run.name("covariate", row["covariate"]), written_mean(run, row["covariate"], row["participants"]),
             *([written_mean(run, row["covariate"], row["comparison"])] if compared else [])]
            for row in rows if row["covariate"] != "age_squared"]  # fmt: skip
    parts: list[Any] = [tag("h2", run.say("people"), id="people"), tag("p", run.say("people_intro")),
                        table(run.say("people"), head, body, quiet=True)]  # fmt: skip
    return join([*parts, _groups(run, compared=compared), _balance(run)])


def written_mean(run: Reading, covariate: str, value: float | None) -> str:
    """The mean of a covariate: a share as per cent, other facts in their own unit."""
    shares = ("sex_", "immigrant_", "education_", "reduced_", "worked_")
    if covariate.startswith(shares):
        return run.percent(value)
    money = covariate.startswith(("pay_", "benefits_"))
    return run.number(value if value is None or not money else TEN_THOUSAND * value, 0 if money else 1)


def _groups(run: Reading, *, compared: bool) -> Html:
    known = {f"purpose:{group['purposes'][0]}" for group in run.protocol["subgroups"]
             if len(group["purposes"]) == 1 and not group["where"]}  # fmt: skip
    rows = [row for row in run.rows("groups") if row["group"] not in known]
    head = [run.say("group"), run.name("side", "participants"), *([run.name("side", "comparison")] if compared else [])]
    body = [[run.say("everybody_together") if row["group"] == EVERYBODY else run.group(row["group"]),
             run.number(row["participants"], 0),
             *(["–" if ":" in row["group"] else run.number(row["comparison"], 0)] if compared else [])]
            for row in rows]  # fmt: skip
    return table(run.name("table", "groups"), head, body)


def _balance(run: Reading) -> Html:
    rows = run.rows("balance")
    if not rows:
        return Html("")
    title, limit = run.say("balance_figure"), run.protocol["gate"]["balance"]
    names = [run.name("covariate", row["covariate"]) for row in rows]
    before, after = [row["difference_before"] for row in rows], [row["difference_after"] for row in rows]
    largest = max(abs(value) for value in after)
    described = run.say("balance_desc", largest=run.number(largest, 3), limit=run.number(limit, 2))
    frame = Frame("love", title, described, run.say("standardised"), "", str,
                  lambda value: run.number(value, figures.decimals(value)))  # fmt: skip
    words = (run.say("before_weighting"), run.say("after_weighting"))
    head = [run.say("fact"), *words]
    body = [[name, run.number(b, 3), run.number(a, 3)] for name, b, a in zip(names, before, after, strict=True)]
    drawn = figures.love(names, before, after, limit, words, frame)
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))
