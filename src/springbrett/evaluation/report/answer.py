"""The first page: what is simulated, whether the checks held, the answer, and the study in short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from springbrett.evaluation.report.markup import Html, bullets, join, tag
from springbrett.evaluation.report.reading import EVERYBODY, Reading
from springbrett.evaluation.report.time_sections import in_short
from springbrett.evaluation.report.when_answers import ANSWERS


def first_page(run: Reading) -> Html:
    """In this order: simulated, withheld or answered, in short."""
    protocol = run.protocol
    head = tag(
        "header",
        tag("p", run.say("report"), class_="kicker"),
        tag("h1", run.text(protocol["title"])),
        tag("p", run.text(protocol["question"]), class_="question"),
        _languages(run),
    )
    parts = [head, _simulated(run), _verdict(run), _short(run), tag("p", run.text(protocol["background"]))]
    return join(parts)


def _languages(run: Reading) -> Html:
    others = [code for code in ("nb", "nn", "en") if code != run.language]
    links: list[Any] = []
    for code in others:
        link = tag("a", run.say(f"language_{code}"), href=f"report.{code}.html", hreflang=code)
        links += [" · " if links else " ", link]
    return tag("p", run.say("other_languages"), *links, class_="languages")


def _simulated(run: Reading) -> Html:
    held = run.facts["simulated"]
    if held is None:
        return Html("")
    sentences = [run.say("simulated")]
    if held["calibrated_to"]:
        sentences.append(run.say("calibrated", figures=run.text(held["calibrated_to"])))
    if run.rows("truth") or run.true_ratios:
        sentences.append(run.say("truth_known"))
    return tag("section", tag("h2", run.say("simulated_title")), tag("p", " ".join(sentences)), class_="notice")


def _verdict(run: Reading) -> Html:
    gate = run.facts["gate"]
    if gate["cannot"]:
        sentence = run.say("gate_cannot", reason=run.name("reason", gate["cannot"]))
        return tag("section", tag("h2", run.say("gate_closed_title")), tag("p", sentence), class_="closed")
    if not gate["open"]:
        why = bullets(run.name("check_failed", code) for code in gate["failed"])
        link = tag("p", tag("a", run.say("see_checks"), href="#checks"))
        return tag("section", tag("h2", run.say("gate_closed_title")), tag("p", run.say("gate_closed")), why, link,
                   class_="closed")  # fmt: skip
    answer = tag("p", " ".join(main_answer(run)), class_="answer")
    checked = tag("p", run.say("gate_open"), class_="checked") if gate["method"] else ""
    return tag("section", tag("h2", run.say("answer")), answer, checked, class_="open")


def main_answer(run: Reading) -> Iterator[str]:
    """The study's answer in one or two sentences. Only asked for when the gate is open."""
    wanted = run.protocol["outcomes"]
    row = next((row for row in run.tables.get("estimates", ()) if row["headline"]), None)
    if run.design in ANSWERS:
        yield from ANSWERS[run.design](run)
    elif row is not None and row["value"] is not None:
        yield from _effect(run, wanted["headline"], wanted["month"], row)
    elif run.facts.get("side_by_side"):
        yield from side_by_side(run, whole=False)
    elif run.facts.get("trial"):
        yield from trial(run, whole=False)
    elif run.facts.get("providers"):
        yield from providers(run)
    elif run.facts.get("chain_stays"):
        yield from chains(run)


def _effect(run: Reading, outcome: str, month: int, row: dict[str, Any]) -> Iterator[str]:
    ends = {"lower": run.effect(outcome, row["lower"]), "upper": run.effect(outcome, row["upper"])}
    named = {"outcome": run.outcome(outcome), "unit": run.unit_name(outcome), "month": month}
    about = _about(run)
    if row["lower"] < 0 < row["upper"]:
        yield run.say(f"headline_unclear{about}", **named, **ends)
        return
    kind = "headline_more" if row["value"] > 0 else "headline_fewer"
    yield run.say(f"{kind}{about}", **named, value=run.size(outcome, row["value"]))
    yield run.say("headline_interval", **ends)


def _about(run: Reading) -> str:
    """What the headline's sentence is about: taking part, an office's trial, or more use of the measure."""
    held = run.protocol["comparison"]
    if held["design"] == "dose":
        return "_dose"
    return "_office" if held["design"] == "staggered" and held["unit"] == "office" else ""


def side_by_side(run: Reading, *, whole: bool = True) -> Iterator[str]:
    """How different the measures are with the same participants and, in the `whole`, who could not be compared."""
    rows = sorted((row for row in run.rows("side_by_side") if row["fair"] is not None), key=lambda row: row["fair"])
    held = run.facts["side_by_side"]
    if rows:
        kind = "side_sentence_differ" if held["equal_p"] < 0.05 else "side_sentence_alike"
        low, high = rows[0], rows[-1]
        yield run.say(kind, low=run.number(100 * low["fair"]), lowest=run.name("measure", low["measure"]),
                      high=run.number(100 * high["fair"]), highest=run.name("measure", high["measure"]))  # fmt: skip
    if held["lacking"]:
        yield run.say("side_lacking", measures=run.listed("measure", held["lacking"]))
    if whole:
        yield from side_left_out(run)


def side_left_out(run: Reading) -> Iterator[str]:
    """Who could not be compared, because one of the measures never takes anybody like them."""
    for row in run.facts["side_by_side"]["left_out"]:
        who = run.name("covariate", row["covariate"]).lower()
        yield run.say("side_left_out_with" if row["value"] else "side_left_out_without", who=who,
                      measure=run.name("measure", row["measure"]), stays=run.number(row["stays"], 0))  # fmt: skip


def trial(run: Reading, *, whole: bool = True) -> Iterator[str]:
    """How the trial offices did, one by one and, in the `whole` of it, together and held against the time before."""
    held = run.facts["trial"]
    counts = {name: held[name] for name in ("offices", "more", "same", "fewer")}
    yield run.say("trial_sentence" if held["fewer"] else "trial_sentence_none_fewer", **counts)
    if not whole:
        return
    yield run.say("trial_pooled", value=run.number(100 * held["value"], signed=True),
                  lower=run.number(100 * held["lower"], signed=True),
                  upper=run.number(100 * held["upper"], signed=True), p=run.number(100 * held["p_value"]))  # fmt: skip
    if before := run.facts.get("trial_before"):
        facts = {key: run.number(100 * before[key], signed=True) for key in ("value", "lower", "upper")}
        yield run.say("trial_change_sentence", **facts)


def providers(run: Reading) -> Iterator[str]:
    """How the providers stand to the target."""
    held = run.facts["providers"]
    yield run.say("providers_sentence", overall=run.number(100 * held["overall"]), count=held["count"],
                  target=run.number(100 * run.protocol["providers"]["target"], 0), under=held["under"],
                  certainty=run.number(100 * held["certainty"], 0))  # fmt: skip


def chains(run: Reading) -> Iterator[str]:
    """What share reached what their own chain is meant to lead to."""
    total = run.rows("chains", chain=EVERYBODY, kind="total")
    if not total or not total[0]["count"]:
        return
    n = total[0]["count"]
    found = {row["code"]: row["count"] for row in run.rows("chains", chain=EVERYBODY, kind="verdict")}
    if all(found.get(code, 0) is not None for code in ("desired", "branch", "not_told")):
        shares = {code: run.number(100 * found.get(code, 0) / n, 0) for code in ("desired", "branch", "not_told")}
        yield run.say("chains_sentence", n=run.number(n, 0), **shares)


def lock_in(run: Reading) -> Iterator[str]:
    """How deep the effect falls in the beginning, and from when on it stays above zero.

    Both are looked for among all months, so it is the band that holds for all of them that must keep clear of zero.
    """
    outcome = run.protocol["outcomes"]["headline"]
    rows = [row for row in run.rows("effect_path") if row["month"] >= 0 and row["value"] is not None]
    if not rows or not run.facts["gate"]["open"] or _about(run):
        return
    lowest = min(rows, key=lambda row: row["value"])
    if _end(lowest, "upper") < 0:
        size = f"{run.effect(outcome, lowest['value'])}"
        yield run.say("lock_in_sentence", month=lowest["month"], value=size, unit=run.unit_name(outcome))
    behind = [row["month"] for row in rows if _end(row, "lower") <= 0]
    ahead = [row["month"] for row in rows if row["month"] > max(behind, default=-1)]
    if ahead:
        yield run.say("later_sentence", month=ahead[0])
    even = run.rows("lock_in", part="break_even")
    if even:
        value = even[0]["value"]
        yield (run.say("no_break_even_sentence") if value is None
               else run.say("break_even_sentence", month=run.number(value, 0)))  # fmt: skip


def _end(row: Mapping[str, Any], name: str) -> float:
    """The end of the band of a month, or of its interval when the method gives no band."""
    band = row[f"band_{name}"]
    return float(row[name] if band is None else band)


def costs(run: Reading) -> Iterator[str]:
    """What one extra month in work costs, and what it is to society."""
    held = run.facts.get("costs")
    if not held or not run.facts["gate"]["open"]:
        return
    if held["saves"]:
        yield run.say("costs_sentence_saves")
    elif held["per_month"] is None or held["lower"] is None:
        yield run.say("costs_sentence_unclear")
    else:
        ends = {end: run.number(round(held[end], -2), 0) for end in ("lower", "upper")}
        yield run.say("costs_sentence", value=run.number(round(held["per_month"], -2), 0), **ends)
    society = held["society"]
    hundreds = {key: run.number(round(society[key], -2), 0) for key in ("value", "lower", "upper")}
    yield run.say("society_sentence", **hundreds, months=run.number(held["months"], 0))


def _short(run: Reading) -> Html:
    who = run.protocol["population"]
    size = run.facts.get("participants")
    named = run.within if run.design in ANSWERS else run.listed
    lines = [run.say("who_sentence", n=run.number(size, 0), measures=named("measure", who["measures"]),
                     first=run.day(who["first_start"]), last=run.day(who["last_start"]))]  # fmt: skip
    lines += in_short(run)
    said = list(main_answer(run)) if run.facts["gate"]["open"] else []
    lines += lock_in(run)
    for part in (side_by_side, trial, providers):
        if run.facts.get({side_by_side: "side_by_side", trial: "trial", providers: "providers"}[part]):
            lines += [line for line in part(run) if line not in said and run.facts["gate"]["open"]]
    lines += [line for line in chains(run) if line not in said]
    lines += costs(run)
    if run.facts["gate"]["method"] and run.facts["gate"]["open"]:
        lines.append(run.say("not_causal"))
    return tag("section", tag("h2", run.say("in_short")), bullets(lines))
