"""The section about costs: the accounts, the plane, the curve of acceptability, and what the answer rests on."""

from __future__ import annotations

from typing import Any

import numpy

from springbrett.evaluation.costs.prices import price_kinds
from springbrett.evaluation.report import figures, numbers, place_figures
from springbrett.evaluation.report.effect_sections import warning
from springbrett.evaluation.report.figures import Frame, Line
from springbrett.evaluation.report.markup import Html, figure, join, table, tag
from springbrett.evaluation.report.reading import Reading, Row
from springbrett.evaluation.study.cost_ranges import HOURS

ACCOUNTS = ("state", "participant", "employer", "society")
"""The order they are shown in; each ends with what it comes to altogether."""


def costs(run: Reading) -> Html:
    """The accounts by party, the plane, and the curve of acceptability."""
    rows = sorted(run.rows("costs"), key=lambda row: ACCOUNTS.index(row["account"]))
    if not rows:
        return Html("")
    held = run.facts["costs"]
    intro = run.say("costs_intro", tax=run.number(100 * held["tax_cost"], 0), rate=run.number(100 * held["rate"], 0))
    head = [run.say("account"), run.say("item"), run.say("amount"), run.say("interval")]
    body = [[run.name("account", row["account"]), run.name("item", row["item"]), run.number(row["value"], 0),
             "–" if row["lower"] is None else run.between(run.number(row["lower"], 0), run.number(row["upper"], 0))]
            for row in rows]  # fmt: skip
    parts: list[Any] = [tag("h2", run.say("costs"), id="costs"), warning(run), tag("p", intro),
                        table(run.say("costs"), head, body, words=2, quiet=True), _horizons(run),
                        _plane(run), _acceptability(run), _sensitivity(run)]  # fmt: skip
    price = [[run.name("price", line["code"]), run.source(line["source"]), _price(run, line)]
             for line in held["prices"]]  # fmt: skip
    parts.append(table(run.say("prices_used"), [run.say("price"), run.say("source"), run.say("value")], price, words=2))
    return join(parts)


def _price(run: Reading, line: dict[str, Any]) -> str:
    """A share as per cent, an amount as whole kroner."""
    shares = price_kinds()[line["code"]].unit == "share"
    return run.percent(line["amount"], 1) if shares else f"{run.number(line['amount'], 0)} {run.say('nok')}"


def _plane(run: Reading) -> Html:
    rows = run.rows("plane")
    if not rows:
        return Html("")
    effects, cost = [row["effect"] for row in rows], [row["cost"] / 1000 for row in rows]
    title = run.say("plane_figure")
    described = run.say("plane_desc", draws=run.number(len(rows), 0),
                        better=run.number(100 * sum(e > 0 for e in effects) / len(rows), 0),
                        cheaper=run.number(100 * sum(c < 0 for c in cost) / len(rows), 0))  # fmt: skip
    frame = Frame("plane", title, described, run.say("extra_months"), run.say("extra_cost"),
                  lambda value: run.number(value, 0),
                  lambda value: run.number(value, figures.decimals(value)))  # fmt: skip
    shares = (0.025, 0.25, 0.5, 0.75, 0.975)
    held = [(share, numpy.quantile(effects, share), 1000 * numpy.quantile(cost, share)) for share in shares]
    body = [[run.percent(share), run.number(e, 2), run.number(c, 0)] for share, e, c in held]
    head = [run.say("draws_under"), run.say("extra_months"), run.say("extra_cost_nok")]
    inside = join([tag("p", described), table(title, head, body)])
    return figure(figures.plane(effects, cost, frame), title, run.say("numbers_behind"), inside)


def _acceptability(run: Reading) -> Html:
    rows = run.rows("acceptability")
    if not rows:
        return Html("")
    title = run.say("acceptability_figure")
    said = "; ".join(f"{run.number(row['willing_to_pay'], 0)}: {run.percent(row['probability'], 0)}" for row in rows)
    frame = Frame("acceptability", title, run.say("acceptability_desc", rows=said), run.say("willing"),
                  run.say("probability"), lambda value: numbers.tick(value, run.language),
                  lambda value: run.number(value, 0))  # fmt: skip
    line = Line("", [row["willing_to_pay"] / 1000 for row in rows], [row["probability"] for row in rows])
    body = [[run.number(row["willing_to_pay"], 0), run.percent(row["probability"], 0)] for row in rows]
    return figure(figures.curve(line, frame), title, run.say("numbers_behind"),
                  table(title, [run.say("nok").capitalize(), run.say("probability")], body))  # fmt: skip


def _horizons(run: Reading) -> Html:
    """Society's account where the registers end, and carried on beyond."""
    rows = run.rows("cost_horizons")
    if not rows:
        return Html("")
    held, fade = run.facts["costs"], run.protocol["costs"].get("fade")
    said = [run.say("horizon_seen", months=run.number(held["months"], 0))]
    said.append(run.say("not_repaid") if held["repaid"] is None
                else run.say("repaid", month=run.number(held["repaid"], 0)))  # fmt: skip
    if len(rows) == 1:
        return tag("p", " ".join(said))
    said.append(run.say("horizon_further", fade=run.percent(fade, 0)))
    body = [[run.say("months_after", months=run.number(row["months"], 0)), run.number(row["value"], 0),
             run.between(run.number(row["lower"], 0), run.number(row["upper"], 0))] for row in rows]  # fmt: skip
    head = [run.say("carried_to"), run.say("amount"), run.say("interval")]
    return join([tag("h3", run.say("horizons")), tag("p", " ".join(said)),
                 table(run.say("horizons"), head, body, quiet=True)])  # fmt: skip


def _sensitivity(run: Reading) -> Html:
    """Society's account at a low and a high value of each assumption, as bars around what the study has."""
    rows = run.rows("cost_sensitivity")
    if not rows:
        return Html("")
    base = run.facts["costs"]["society"]["value"]
    turned = [_assumption(run, row) for row in rows if row["at_low"] * base < 0 or row["at_high"] * base < 0]
    intro = run.say("sensitivity_turns", names=", ".join(turned)) if turned else run.say("sensitivity_holds")
    title = run.say("sensitivity_figure")
    frame = Frame("sensitivity", title, run.say("sensitivity_desc"), run.say("society_thousands"), "",
                  lambda value: run.number(value, 0), lambda value: run.number(value, 0))  # fmt: skip
    names = [f"{_assumption(run, row)}\n{run.between(_value(run, row, 'low'), _value(run, row, 'high'))}"
             for row in rows]  # fmt: skip
    swings = [(min(held) / 1000, max(held) / 1000) for row in rows for held in [(row["at_low"], row["at_high"])]]
    body = [[_assumption(run, row), _value(run, row, "low"), _value(run, row, "high"),
             run.number(row["at_low"], 0), run.number(row["at_high"], 0)] for row in rows]  # fmt: skip
    head = [run.say("assumption"), run.say("low"), run.say("high"), run.say("at_low"), run.say("at_high")]
    drawn = place_figures.tornado(names, swings, base / 1000, frame)
    return join([tag("h3", run.say("sensitivity")), tag("p", f"{run.say('sensitivity_intro')} {intro}"),
                 figure(drawn, title, run.say("numbers_behind"), table(title, head, body))])  # fmt: skip


def _assumption(run: Reading, row: Row) -> str:
    """The name of a price, or of an assumption of another kind."""
    code = row["assumption"]
    return run.name("price" if code in price_kinds() else "assumed", code)


def _value(run: Reading, row: Row, end: str) -> str:
    """A share as per cent, hours with a decimal, an amount as whole kroner."""
    kinds, code = price_kinds(), row["assumption"]
    if code in HOURS:
        return run.number(row[end], 1)
    if code in kinds and kinds[code].unit != "share":
        return run.number(row[end], 0)
    return run.percent(row[end], figures.decimals(100 * row[end], 1))
