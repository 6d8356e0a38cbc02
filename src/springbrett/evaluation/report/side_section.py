"""The section with measures side by side: the shares, how each is worked, who takes part, and each against each."""

from __future__ import annotations

from typing import Any

from springbrett.evaluation.report import numbers, place_figures
from springbrett.evaluation.report.answer import side_left_out
from springbrett.evaluation.report.effect_sections import warning, written_mean
from springbrett.evaluation.report.figures import Frame, Point
from springbrett.evaluation.report.markup import Html, figure, join, table, tag
from springbrett.evaluation.report.reading import Reading

BESIDE = ("caseload", "contact_hours", "market_hours")


def side_by_side(run: Reading) -> Html:
    """Every measure as it stands and with the same participants, and what stands beside."""
    rows = run.rows("side_by_side")
    if not rows:
        return Html("")
    parts: list[Any] = [tag("h2", run.say("side_by_side"), id="side"), warning(run), tag("p", run.say("side_intro"))]
    parts += [tag("p", line) for line in side_left_out(run)]
    return join([*parts, _shares(run, rows), _worked(run, rows), _mix(run), _pairs(run)])


def _shares(run: Reading, rows: list[dict[str, Any]]) -> Html:
    wanted = run.protocol["outcomes"]
    title = run.say("side_figure", outcome=run.outcome(wanted["headline"]), month=wanted["month"])
    shown = sorted((row for row in rows if row["fair"] is not None), key=lambda row: -row["fair"])
    names = [run.name("measure", row["measure"]) for row in shown]
    raw, fair = (
        [
            Point(name, row[key], row[f"{key}_lower"], row[f"{key}_upper"])
            for name, row in zip(names, shown, strict=True)
        ]
        for key in ("raw", "fair")
    )
    said = "; ".join(f"{a.name} {run.percent(a.value)}, {run.percent(b.value)}" for a, b in zip(raw, fair, strict=True))
    words = (run.say("observed"), run.say("same_participants"))
    frame = Frame("side", title, run.say("side_desc", rows=said), run.outcome(wanted["headline"]), "", str,
                  lambda value: numbers.tick(value, run.language))  # fmt: skip
    head = [run.say("measure"), run.say("stays"), words[0], run.say("interval"), words[1], run.say("interval")]
    body = [[run.name("measure", row["measure"]), run.number(row["stays"], 0), run.percent(row["raw"]),
             _ends(run, row, "raw"), run.percent(row["fair"]), _ends(run, row, "fair")]
            for row in rows]  # fmt: skip
    drawn = place_figures.paired(names, raw, fair, words, frame)
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))


def _worked(run: Reading, rows: list[dict[str, Any]]) -> Html:
    """Caseload, contact and market work beside the share: a table of its own, never folded away."""
    if not any(row[name] is not None for row in rows for name in BESIDE):
        return Html("")
    head = [run.say("measure"), run.say("same_participants"), *(run.say(name) for name in BESIDE)]
    body = [[run.name("measure", row["measure"]), run.percent(row["fair"], 0),
             *(run.say("unknown") if row[name] is None else run.number(row[name], 1) for name in BESIDE)]
            for row in rows]  # fmt: skip
    return join([tag("h3", run.say("side_worked")), tag("p", run.say("side_worked_intro")),
                 table(run.say("side_worked"), head, body, quiet=True)])  # fmt: skip


def _mix(run: Reading) -> Html:
    rows = [row for row in run.rows("mix") if row["covariate"] != "age_squared"]
    if not rows:
        return Html("")
    codes = list(dict.fromkeys(row["measure"] for row in rows))
    held = {(row["covariate"], row["measure"]): row["mean"] for row in rows}
    head = [run.say("fact"), *(run.name("measure", code) for code in codes)]
    body = [[run.name("covariate", name), *(written_mean(run, name, held[name, code]) for code in codes)]
            for name in dict.fromkeys(row["covariate"] for row in rows)]  # fmt: skip
    return join([tag("h3", run.say("side_mix")), tag("p", run.say("side_mix_intro")),
                 table(run.say("side_mix"), head, body, quiet=True)])  # fmt: skip


def _ends(run: Reading, row: dict[str, Any], which: str) -> str:
    if row[f"{which}_lower"] is None:
        return run.say("hidden")
    return run.between(run.percent(row[f"{which}_lower"]), run.percent(row[f"{which}_upper"]))


def _pairs(run: Reading) -> Html:
    outcome = run.protocol["outcomes"]["headline"]
    head = [run.say("measure"), run.say("against"), run.say("observed"), run.say("same_participants"),
            run.say("interval"), f"{run.say('p_value')} (Holm)"]  # fmt: skip
    body = [[run.name("measure", row["first"]), run.name("measure", row["second"]), run.effect(outcome, row["raw"]),
             run.effect(outcome, row["value"]), run.interval(outcome, row), run.p(row["p_many"])]
            for row in run.rows("pairs")]  # fmt: skip
    return tag("details", tag("summary", run.say("pairs")), table(run.say("pairs"), head, body, words=2))
