"""The sections about chains, providers, ways out and lock-in."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from springbrett.evaluation.report import figures, numbers, place_figures, svg
from springbrett.evaluation.report.effect_sections import axis, warning
from springbrett.evaluation.report.figures import Frame, Line, Point
from springbrett.evaluation.report.flow_figure import Flow, flows
from springbrett.evaluation.report.markup import Html, figure, join, table, tag
from springbrett.evaluation.report.reading import EVERYBODY, Reading

VERDICT_COLOURS = {"desired": svg.GREEN, "branch": svg.BLUE, "not_told": svg.PURPLE, "not_reached": svg.ORANGE,
                   "no_chain": svg.GREY}  # fmt: skip


def chains(run: Reading) -> Html:
    """From chain, through what happened, to how it stands to the chain; and the numbers chain by chain."""
    rows = run.rows("chains")
    if not rows:
        return Html("")
    parts: list[Any] = [tag("h2", run.say("chains"), id="chains"), tag("p", run.say("chains_intro"))]
    parts += [_flow_figure(run), _chain_table(run)]
    return join(parts)


def _flow_figure(run: Reading) -> Html:
    chain_names = {row["chain"] for row in run.rows("chains", kind="total") if row["chain"] != EVERYBODY}
    first = [Flow(run.name("chain", row["chain"]), run.name("destination", row["code"]), row["count"])
             for row in run.rows("chains", kind="destination")
             if row["chain"] in chain_names and row["count"]]  # fmt: skip
    second = [Flow(run.name("destination", row["destination"]), run.name("verdict", row["verdict"]), row["count"])
              for row in run.rows("chain_flows") if row["count"]]  # fmt: skip
    if not first or not second:
        return Html("")
    columns = [_by_size(first, "source"), _by_size([*first, *second], "middle", first), _by_size(second, "target")]
    colours = {name: svg.SERIES[k % len(svg.SERIES)] for k, name in enumerate(columns[0])}
    colours |= dict.fromkeys(columns[1], svg.GREY)
    colours |= {run.name("verdict", code): colour for code, colour in VERDICT_COLOURS.items()}
    title = run.say("flow_figure")
    said = "; ".join(f"{f.source} → {f.target}: {run.number(f.size, 0)}" for f in (*first, *second))
    frame = Frame("flows", title, run.say("flow_desc", rows=said), "", "", str)
    heads = [run.say(f"column_{name}") for name in ("chain", "destination", "verdict")]
    drawn = Html(flows(columns, [first, second], heads, colours, frame).replace("drawing", "drawing flows", 1))
    head = ["", "", run.say("stays")]
    body = [[f.source, f.target, run.number(f.size, 0)] for f in (*first, *second)]
    inside = join([table(title, head, body, words=2), tag("p", run.say("flow_hidden"), class_="small")])
    return figure(drawn, title, run.say("numbers_behind"), inside)


def _by_size(streams: list[Flow], side: str, first: list[Flow] | None = None) -> list[str]:
    """Names in order of how much flows through them."""
    sizes: dict[str, float] = defaultdict(float)
    if side == "middle":
        into: dict[str, float] = defaultdict(float)
        out: dict[str, float] = defaultdict(float)
        inner = {f.target for f in first or ()}
        for f in streams:
            into[f.target] += f.size
            out[f.source] += f.size
        names = inner | {f.source for f in streams if f.source in inner or f not in (first or ())}
        sizes = defaultdict(float, {name: max(into[name], out[name]) for name in names})
    else:
        for f in streams:
            sizes[getattr(f, side)] += f.size
    return sorted(sizes, key=lambda name: -sizes[name])


def _chain_table(run: Reading) -> Html:
    verdicts = [code for code in VERDICT_COLOURS if run.rows("chains", kind="verdict", code=code)]
    head = [run.say("column_chain"), run.say("stays"), *(run.name("verdict", code) for code in verdicts),
            run.say("column_development")]  # fmt: skip
    body = []
    for total in run.rows("chains", kind="total"):
        chain, n = total["chain"], total["count"]
        held = {row["code"]: row["count"] for row in run.rows("chains", chain=chain, kind="verdict")}
        later = run.rows("chains", chain=chain, kind="development")
        label = run.say("everybody_together") if chain == EVERYBODY else run.name("chain", chain)
        body.append([label, run.number(n, 0), *(_share(run, held.get(code, 0), n) for code in verdicts),
                     _share(run, later[0]["count"] if later else None, n)])  # fmt: skip
    return table(run.say("chains"), head, body, quiet=True)


def _share(run: Reading, count: int | None, total: int | None) -> str:
    return run.say("hidden") if count is None or not total else run.percent(count / total, 0)


def providers(run: Reading) -> Html:
    """Funnel and caterpillar: result by size, and provider by provider with what is most likely true of each."""
    rows = [row for row in run.rows("providers") if row["adjusted"] is not None]
    if not rows:
        return Html("")
    held, target = run.facts["providers"], run.protocol["providers"]["target"]
    parts: list[Any] = [tag("h2", run.say("providers"), id="providers"), warning(run),
                        tag("p", run.say("providers_intro"))]  # fmt: skip
    if held["hidden"] or held["too_few"]:
        parts.append(tag("p", run.say("providers_hidden", hidden=held["hidden"], too_few=held["too_few"])))
    return join([*parts, _funnel(run, rows, held, target), _caterpillar(run, rows, target), _regions(run)])


def _regions(run: Reading) -> Html:
    """The same region by region."""
    rows = run.rows("provider_regions")
    if not rows:
        return Html("")
    head = [run.say("region"), run.say("standing"), run.say("stays"), run.say("observed"), run.say("interval"),
            run.say("adjusted")]  # fmt: skip
    body = [[_region(run, row["region"]), run.name("standing", row["standing"]), run.number(row["stays"], 0),
             run.percent(row["observed"]), run.between(run.percent(row["lower"]), run.percent(row["upper"])),
             run.percent(row["adjusted"])] for row in rows]  # fmt: skip
    return join([tag("h3", run.name("table", "provider_regions")),
                 table(run.name("table", "provider_regions"), head, body, words=2, quiet=True)])  # fmt: skip


def _region(run: Reading, code: str) -> str:
    """A region as the registers name it; the simulated ones have numbers."""
    kind, _, number = code.partition("_")
    return run.say("region_number", number=number) if kind == "region" and number.isdigit() else code


def _funnel(run: Reading, rows: list[dict[str, Any]], held: dict[str, Any], target: float) -> Html:
    limits = {
        level: tuple([row[key] for row in run.rows("funnel", level=level)] for key in ("stays", "lower", "upper"))
        for level in sorted({row["level"] for row in run.rows("funnel")})
    }
    outside = sum(1 for row in rows if _outside(row, run.rows("funnel", level=min(limits))))
    title = run.say("funnel_figure")
    frame = Frame("funnel", title, run.say("funnel_desc", count=len(rows), outside=outside), run.say("number_of_stays"),
                  run.say("share_reached"), lambda value: numbers.tick(value, run.language))  # fmt: skip
    names = {f"{level}": run.percent(level, 1 if level > 0.99 else 0) for level in limits}
    names |= {"centre": f"{run.say('common')} ({run.percent(held['overall'], 0)})",
              "target": f"{run.say('target')} ({run.percent(target, 0)})"}  # fmt: skip
    drawn = place_figures.funnel([row["stays"] for row in rows], [row["adjusted"] for row in rows], limits,  # type: ignore[arg-type]
                           (held["overall"], target), names, frame)  # fmt: skip
    head = [run.say("place"), run.say("stays"), run.say("observed"), run.say("expected"), run.say("adjusted")]
    body = [[row["place"], run.number(row["stays"], 0), run.percent(row["observed"]), run.percent(row["expected"]),
             run.percent(row["adjusted"])] for row in rows]  # fmt: skip
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body))


def _outside(row: dict[str, Any], limits: list[dict[str, Any]]) -> bool:
    near = min(limits, key=lambda limit: abs(limit["stays"] - row["stays"]))
    return not near["lower"] <= row["adjusted"] <= near["upper"]


def _caterpillar(run: Reading, rows: list[dict[str, Any]], target: float) -> Html:
    ordered = sorted((row for row in rows if row["shrunk"] is not None), key=lambda row: -row["shrunk"])
    if not ordered:
        return Html("")
    title = run.say("caterpillar_figure")
    described = run.say("caterpillar_desc", count=len(ordered), target=run.percent(target, 0))
    frame = Frame("caterpillar", title, described, run.say("shrunk"), "", str, lambda v: numbers.tick(v, run.language))
    line = f"{run.say('target')} ({run.percent(target, 0)})"
    words = (run.say("told_apart"), run.name("standing", "uncertain"), line)
    drawn = place_figures.caterpillar(
        [Point(str(row["place"]), row["shrunk"], row["shrunk_lower"], row["shrunk_upper"],
               row["standing"] != "uncertain") for row in ordered], target, words, frame)  # fmt: skip
    head = [run.say("place"), run.say("standing"), run.say("stays"), run.say("shrunk"), run.say("interval")]
    body = [[row["place"], run.name("standing", row["standing"]), run.number(row["stays"], 0),
             run.percent(row["shrunk"]),
             run.between(run.percent(row["shrunk_lower"]), run.percent(row["shrunk_upper"]))]
            for row in ordered]  # fmt: skip
    return figure(drawn, title, run.say("numbers_behind"), table(title, head, body, words=2))


def ways_out(run: Reading) -> Html:
    """Cumulative incidence by way out and side."""
    rows = run.rows("incidence")
    if not rows:
        return Html("")
    title = run.say("incidence_figure")
    keys = list(dict.fromkeys((row["exit"], row["side"]) for row in rows))
    several = len({side for _exit, side in keys}) > 1
    lines = []
    for code, side in keys:
        held = run.rows("incidence", exit=code, side=side)
        name = run.outcome(code) + (f" ({run.name('side', side).lower()})" if several else "")
        lines.append(Line(name, [0.0, *(row["month"] for row in held)], [0.0, *(row["share"] for row in held)]))
    said = " ".join(run.say("end_value", name=line.name, value=run.percent(line.y[-1]), month=f"{line.x[-1]:.0f}")
                    for line in lines)  # fmt: skip
    frame = Frame("incidence", title, said, run.say("months_since"), run.say("share"),
                  lambda value: numbers.tick(value, run.language))  # fmt: skip
    head = [run.say("outcome"), run.say("group"), run.say("month"), run.say("share"), run.say("interval")]
    body = [[run.outcome(row["exit"]), run.name("side", row["side"]), run.number(row["month"], 0),
             run.percent(row["share"]), run.between(run.percent(row["lower"]), run.percent(row["upper"]))]
            for row in rows]  # fmt: skip
    return join([tag("h2", run.say("ways_out"), id="ways"), tag("p", run.say("ways_intro")),
                 figure(figures.steps(lines, frame), title, run.say("numbers_behind"),
                        table(title, head, body, words=2))])  # fmt: skip


def lock_in(run: Reading) -> Html:
    """What is lost while it lasts and gained afterwards, in the outcome's own months."""
    rows = run.rows("lock_in")
    if not rows:
        return Html("")
    head = [run.say("period"), run.say("lock_in_months"), run.say("interval")]
    body = [[run.name("part", row["part"]), _months(run, row, "value"),
             "–" if row["lower"] is None or row["upper"] is None
             else run.between(_months(run, row, "lower"), _months(run, row, "upper"))] for row in rows]  # fmt: skip
    return join([tag("h3", run.name("table", "lock_in")), warning(run), tag("p", run.say("lock_in_intro")),
                 table(run.name("table", "lock_in"), head, body, quiet=True)])  # fmt: skip


def _months(run: Reading, row: dict[str, Any], end: str) -> str:
    """Months gained or lost with their sign; the month of break-even is a month, and has neither sign nor decimals."""
    if row[end] is None:
        return "–"
    return run.number(row[end], 0) if row["part"] == "break_even" else run.number(row[end], 1, signed=True)


__all__ = ["axis", "chains", "lock_in", "providers", "ways_out"]
