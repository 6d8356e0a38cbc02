"""The sections of designs that begin at registration: whom people met, and when on the way the measure began; and what
a study asks about the ways out."""

from __future__ import annotations

from typing import Any

from springbrett.evaluation.report import figures, numbers
from springbrett.evaluation.report.effect_sections import written_mean
from springbrett.evaluation.report.figures import Frame, Point
from springbrett.evaluation.report.markup import Html, bullets, figure, join, table, tag
from springbrett.evaluation.report.reading import EVERYBODY, Reading

Row = dict[str, Any]
LEAST_AGAIN = 0.05
"""Further stays per extra person that are worth telling of."""


def preference(run: Reading) -> Html:
    """What the difference in whom they met rests on: how much it moves the measure, whom, and whether it was chance."""
    held = run.facts.get("preference")
    if not held or not held["told"]:
        return Html("")
    parts: list[Any] = [tag("h2", run.say("whom"), id="whom"), tag("p", run.say("whom_intro")),
                        bullets(_whom(run, held)), _by_preference(run), _chance(run), _halves(run)]  # fmt: skip
    return join(parts)


def _whom(run: Reading, held: Row) -> list[str]:
    judge = held["judge"]
    lines = [
        run.say(f"whom_cases_{judge}", cases=run.number(held["cases"], 0), judges=run.number(held["judges"], 0)),
        run.say(f"whom_got_{judge}", got=run.percent(held["got"]), low=run.percent(held["always"]),
                high=run.percent(held["always"] + held["compliers"])),
        run.say("whom_shares", compliers=run.percent(held["compliers"], 0), always=run.percent(held["always"], 0),
                never=run.percent(held["never"], 0)),
        _robust(run, held),
    ]  # fmt: skip
    if held.get("again") is not None and held["again"] >= LEAST_AGAIN:
        month = run.number(run.protocol["outcomes"]["month"], 0)
        lines.append(run.say("whom_again", again=run.number(held["again"], 1), month=month))
    left = run.facts.get("left_out", {})
    if left.get("no_caseworker") != 0 and "no_caseworker" in left:
        lines.append(run.say("whom_unknown", number=run.number(left["no_caseworker"], 0)))
    if left.get("not_followed") != 0 and "not_followed" in left:
        lines.append(run.say("whom_not_followed", number=run.number(left["not_followed"], 0)))
    return lines


def _robust(run: Reading, held: Row) -> str:
    """The interval that holds however weak the instrument is, in words: it may be open, or two pieces."""
    outcome = run.protocol["outcomes"]["headline"]
    low, high = held["anderson_rubin"]
    if held["anderson_rubin_parts"] == "everything":
        return run.say("robust_everything")
    ends = {"lower": run.effect(outcome, low), "upper": run.effect(outcome, high), "unit": run.unit_name(outcome)}
    return run.say("robust_outside" if held["anderson_rubin_parts"] == "outside" else "robust_between", **ends)


def _by_preference(run: Reading) -> Html:
    rows = run.rows("preference_bins")
    outcome = run.protocol["outcomes"]["headline"]
    if len(rows) < 2 or run.unit(outcome) != "share":
        return Html("")
    title = run.say("whom_figure", month=run.protocol["outcomes"]["month"])
    words = (run.say("got_the_measure"), run.outcome(outcome))
    first, last = rows[0], rows[-1]
    said = run.say("whom_desc", low=run.percent(first["got"]), high=run.percent(last["got"]),
                   outcome_low=run.percent(first["outcome"]), outcome_high=run.percent(last["outcome"]))  # fmt: skip
    frame = Frame("whom", title, said, run.say("whom_axis"), run.say("share"),
                  lambda value: numbers.tick(value, run.language),
                  lambda value: run.number(100 * value, figures.decimals(100 * value, 1), signed=True))  # fmt: skip
    drawn = figures.by_preference([row["preference"] for row in rows], [row["got"] for row in rows],
                                  [row["outcome"] for row in rows], words, frame)  # fmt: skip
    head = [run.say("tenth"), run.say("cases"), run.say("whom_axis"), *words]
    body = [[run.number(row["bin"], 0), run.number(row["cases"], 0),
             run.number(100 * row["preference"], 1, signed=True), run.percent(row["got"]), run.percent(row["outcome"])]
            for row in rows]  # fmt: skip
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))


def _chance(run: Reading) -> Html:
    """Whether what was known goes with whom they met."""
    rows = [row for row in run.rows("preference_balance") if row["difference"] is not None]
    if not rows:
        return Html("")
    head = [run.say("fact"), run.say("met_more"), run.say("met_less"), run.say("standardised")]
    body = [[run.name("covariate", row["covariate"]), written_mean(run, row["covariate"], row["more"]),
             written_mean(run, row["covariate"], row["less"]), run.number(row["difference"], 3)]
            for row in rows if row["covariate"] != "age_squared"]  # fmt: skip
    title = run.say("met_title")
    return join([tag("h3", title), tag("p", run.say("met_intro")), table(title, head, body)])


def _halves(run: Reading) -> Html:
    rows = [row for row in run.rows("preference_groups") if row["first_stage"] is not None]
    if not rows:
        return Html("")
    title = run.say("same_way_title")
    head = [run.say("group"), run.say("first_stage"), run.say("interval"), run.say("movable")]
    body = [[_half(run, row["group"]), run.number(row["first_stage"], 2),
             run.between(run.number(row["first_stage"] - 1.96 * row["se"], 2),
                         run.number(row["first_stage"] + 1.96 * row["se"], 2)),
             run.number(row["compliers"], 2)] for row in rows]  # fmt: skip
    return join([tag("h3", title), tag("p", run.say("same_way_intro")), table(title, head, body)])


def _half(run: Reading, group: str) -> str:
    """A subgroup, or those with or without something."""
    side, _, covariate = group.partition(":")
    return run.say(side, what=run.name("covariate", covariate)) if covariate else run.group(group)


def timing(run: Reading) -> Html:
    """How many times the rate of leaving is once the measure has begun, and what the unseen part does to it."""
    rows = run.rows("rates", about="treatment")
    if not rows:
        return Html("")
    began = run.facts.get("began")
    parts: list[Any] = [tag("h2", run.say("timing"), id="timing"), tag("p", run.say("timing_intro"))]
    lines = [] if began is None else [run.say("timing_began", share=run.percent(began, 0))]
    lines += [run.say(f"timing_{why}", number=run.number(count, 0))
              for why, count in run.facts.get("left_out", {}).items() if count != 0]  # fmt: skip
    parts.append(bullets(lines))
    if not run.facts["gate"]["open"]:
        parts.append(tag("p", run.say("withheld_desc"), class_="bad"))
    title = run.say("timing_figure")
    parts.append(_ratios(run, rows, "timing-ratios", title, [_when(run, row) for row in rows]))
    return join([*parts, _points(run)])


def _when(run: Reading, row: Row) -> str:
    """The way out, from when, and for whom, as far as there are several of them."""
    rows = run.rows("rates", about="treatment")
    later = sorted({other["since"] for other in rows if other["since"] > row["since"]})
    parts = [run.outcome(row["exit"])] if len({other["exit"] for other in rows}) > 1 else []
    if later:
        parts.append(run.say("since_until", first=run.number(row["since"], 0), last=run.number(later[0], 0)))
    elif row["since"]:
        parts.append(run.say("since_on", first=run.number(row["since"], 0)))
    if row["group"] != EVERYBODY or not parts:
        parts.append(run.group(row["group"]))
    return ", ".join(parts)


def _ratios(run: Reading, rows: list[Row], key: str, title: str, labels: list[str]) -> Html:
    """A figure of ratios with its numbers."""
    shown = [(label, row) for label, row in zip(labels, rows, strict=True) if row["ratio"] is not None]
    points = [Point(label, row["ratio"], row["lower"], row["upper"], bool(row["headline"]), row.get("truth"))
              for label, row in shown]  # fmt: skip
    true = any(point.truth is not None for point in points)
    said = "; ".join(f"{label} {run.number(row['ratio'], 2)} ({_ends(run, row)})" for label, row in shown)
    frame = Frame(key, title, run.say("forest_desc", rows=said), run.say("times"), "", str,
                  lambda value: run.number(value, figures.decimals(value, 2)))  # fmt: skip
    head = [run.say("group"), run.say("times"), run.say("interval"), run.say("p_value"), run.say("took_part"),
            run.say("did_not"), *([run.say("truth_line")] if true else [])]  # fmt: skip
    body = [[label, run.number(row["ratio"], 2), _ends(run, row), run.p(row["p_value"]),
             run.number(row["participants"], 0), run.number(row["comparison"], 0), *([_true(run, row)] if true else [])]
            for label, row in zip(labels, rows, strict=True)]  # fmt: skip
    drawn = figures.ratios(points, frame) if points else Html("")
    return join([figure(drawn, title, run.say("numbers_behind"), table(title, head, body)),
                 tag("p", run.say("truth_stroke"), " ", run.say("truth_rates")) if true else ""])  # fmt: skip


def _true(run: Reading, row: Row) -> str:
    return "–" if row.get("truth") is None else run.number(row["truth"], 2)


def _ends(run: Reading, row: Row) -> str:
    if row["lower"] is None:
        return run.say("hidden")
    return run.between(run.number(row["lower"], 2), run.number(row["upper"], 2))


def _points(run: Reading) -> Html:
    """The ratios with nothing unseen, with two kinds of persons, and so on."""
    rows = run.rows("mass_points")
    if not rows:
        return Html("")
    kinds = list(dict.fromkeys((row["exit"], row["since"]) for row in rows))
    names = [_when(run, {"exit": code, "since": since, "group": EVERYBODY}) for code, since in kinds]
    head = [run.say("hidden_groups"), *names, run.say("log_likelihood")]
    body = []
    for points in dict.fromkeys(row["points"] for row in rows):
        held = run.rows("mass_points", points=points)
        ratio = {(row["exit"], row["since"]): row["ratio"] for row in held}
        body.append([run.number(points, 0), *(run.number(ratio[kind], 2) for kind in kinds),
                     run.number(held[0]["log_likelihood"], 1)])  # fmt: skip
    title = run.say("hidden_title")
    used = next((row["value"] for row in run.rows("diagnostics", check="mass_points")), None)
    chosen = tag("p", run.say("hidden_chosen", points=run.number(used, 0))) if used is not None else ""
    return join([tag("h3", title), tag("p", run.say("hidden_intro")), chosen, table(title, head, body)])


def leaving(run: Reading) -> Html:
    """What the study asks about the difference between the ways out of participants and the others."""
    rates, tests = run.rows("rates", about="taking_part"), run.rows("exit_tests")
    if not rates and not tests:
        return Html("")
    parts: list[Any] = [tag("h2", run.say("leaving"), id="leaving"), tag("p", run.say("leaving_intro"))]
    if rates:
        several = len({row["exit"] for row in rates}) > 1
        labels = [f"{run.outcome(row['exit'])}: {run.method(row['method'])}" if several else run.method(row["method"])
                  for row in rates]  # fmt: skip
        parts.append(_ratios(run, rates, "leaving-ratios", run.say("leaving_figure"), labels))
    if tests:
        head = [run.say("outcome"), run.say("method"), run.say("month"), run.say("difference"), run.say("interval"),
                run.say("p_value")]  # fmt: skip
        body = [[run.outcome(row["exit"]), run.method(row["method"]), *_asked(run, row), run.p(row["p_value"])]
                for row in tests]  # fmt: skip
        title = run.name("table", "exit_tests")
        parts.append(table(title, head, body, words=2))
    return join(parts)


def _asked(run: Reading, row: Row) -> tuple[str, str, str]:
    """The month, the difference and its interval; a test of whole curves has none of them."""
    if row["value"] is None:
        return "–", "–", "–"
    scale, unit = (100, run.say("points")) if row["method"] == "incidence_difference" else (1, run.say("months"))
    ends = [run.number(scale * row[end], 1, signed=True) for end in ("lower", "upper")]
    value = f"{run.number(scale * row['value'], 1, signed=True)} {unit}"
    return run.number(row["month"], 0), value, run.between(*ends)
