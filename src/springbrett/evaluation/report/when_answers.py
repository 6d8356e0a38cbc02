"""The answer, in a sentence or two, of the designs that begin at registration and of the order of measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from springbrett.evaluation.report.reading import EVERYBODY, Reading


def preference(run: Reading) -> Iterator[str]:
    """What the measure does for those whom the choice of caseworker or office moves."""
    yield from _of_estimate(run, "whom_answer", measures=run.within("measure", run.protocol["population"]["measures"]))


def timing(run: Reading) -> Iterator[str]:
    """How many times the rate of leaving is once the measure has begun, period by period."""
    rows = [row for row in run.rows("rates", headline=True, group=EVERYBODY) if row["ratio"] is not None]
    named = {"outcome": run.outcome(run.protocol["outcomes"]["headline"]).lower(),
             "measures": run.within("measure", run.protocol["population"]["measures"])}  # fmt: skip
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        facts = {key: run.number(row[key], 2) for key in ("ratio", "lower", "upper")}
        kind = "unclear" if row["lower"] <= 1 <= row["upper"] else ("more" if row["ratio"] > 1 else "fewer")
        when = _period(run, row["since"], None if following is None else following["since"])
        yield run.say(f"timing_answer_{kind}", when=when, **facts, **named)


def _period(run: Reading, since: float, until: float | None) -> str:
    """«I de første 6 månedene etter at tiltaket begynte»."""
    if until is not None:
        return run.say("period_first" if not since else "period_between", first=run.number(since, 0),
                       last=run.number(until, 0))  # fmt: skip
    return run.say("period_all" if not since else "period_after", first=run.number(since, 0))


def order(run: Reading) -> Iterator[str]:
    """What it does to begin with one measure rather than another, or which plan leads."""
    pair = run.protocol["comparison"]["pair"] or run.protocol["population"]["measures"][:2]
    first, second = (run.within("measure", [code]) for code in pair)
    leads = run.protocol["estimators"][0]["code"]
    yield from _of_estimate(run, "order_answer" if leads == "first_measure" else "plans_answer", first=first,
                            second=second)  # fmt: skip


def _of_estimate(run: Reading, sentence: str, **named: str) -> Iterator[str]:
    """The headline's estimate in the sentence's wording: higher, lower, or too uncertain to tell."""
    row: dict[str, Any] | None = next((row for row in run.rows("estimates") if row["headline"]), None)
    if row is None or row["value"] is None:
        return
    outcome = run.protocol["outcomes"]["headline"]
    facts = {"outcome": run.outcome(outcome), "unit": run.unit_name(outcome), "month": row["month"],
             "lower": run.effect(outcome, row["lower"]), "upper": run.effect(outcome, row["upper"]),
             "value": run.size(outcome, row["value"])}  # fmt: skip
    if row["lower"] <= 0 <= row["upper"]:
        facts["value"] = run.effect(outcome, row["value"])  # no word says which way it points
    kind = "unclear" if row["lower"] <= 0 <= row["upper"] else ("more" if row["value"] > 0 else "fewer")
    yield run.say(f"{sentence}_{kind}", **facts, **named)


ANSWERS: Mapping[str, Callable[[Reading], Iterator[str]]] = {
    "preference": preference, "timing": timing, "sequence": order,
}  # fmt: skip
"""Design → its answer; designs without one here have theirs in `answer`."""


def planned(run: Reading) -> list[tuple[str, str]]:
    """What the protocol of such a design asks beyond the usual, name and value."""
    asked, found = run.protocol["comparison"], list[tuple[str, str]]()
    if run.design == "preference":
        found.append((run.say("p_judge"), run.say(f"p_judge_{asked['judge']}")))
    if run.design in ("preference", "sequence"):
        found.append((run.say("p_within"), run.say("p_months", months=asked["within_months"])))
    if run.design in ("preference", "timing"):
        found.append((run.say("p_away"), run.say("p_months", months=asked["away_months"])))
    if run.design == "timing":
        exits = asked["exits"] or [run.protocol["outcomes"]["headline"]]
        found.append((run.say("p_exits"), ", ".join(run.outcome(code) for code in exits)))
        found.append((run.say("p_other_exits"), run.say(f"p_other_exits_{asked['other_exits']}")))
        others = "along" if asked["other_measures"] else "until"
        found.append((run.say("p_other_measures"), run.say(f"p_other_measures_{others}")))
    if run.design == "sequence":
        pair = asked["pair"] or run.protocol["population"]["measures"][:2]
        found.append((run.say("p_pair"), run.listed("measure", list(pair))))
    return found
