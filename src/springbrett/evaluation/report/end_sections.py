"""The last sections: checks, methods, assumptions, protocol, and how to have the numbers again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from springbrett.evaluation.effects.registry import estimators
from springbrett.evaluation.report import when_answers
from springbrett.evaluation.report.markup import Html, bullets, facts, join, table, tag
from springbrett.evaluation.report.reading import Reading

P_VALUES = ("placebo", "pre_trends", "ways", "case_mix_calibration", "offices_before", "offices_moving")
SHARES = ("overlap", "matched_share", "robustness")


def checks(run: Reading) -> Html:
    """Every check with what was found, its limit and whether it held; those behind the headline first."""
    rows = sorted(run.rows("diagnostics"), key=lambda row: not row["gate"])
    if not rows:
        return Html("")
    head = [run.say("check"), run.say("method"), run.say("found"), run.say("limit"), run.say("result")]
    body = [[_check_name(run, row), run.method(row["estimator"]), _found(run, row, row["value"]),
             "–" if row["threshold"] is None else _found(run, row, row["threshold"]), _result(run, row)]
            for row in rows]  # fmt: skip
    return join([tag("h2", run.say("checks"), id="checks"), tag("p", run.say("checks_intro")),
                 table(run.say("checks"), head, body, words=2, quiet=True)])  # fmt: skip


def _check_name(run: Reading, row: dict[str, Any]) -> str:
    named = run.name("check", row["check"])
    if row["covariate"] and row["check"] == "balance":
        named += f": {run.name('covariate', row['covariate'])}"
    return named


def _found(run: Reading, row: dict[str, Any], value: float | None) -> str:
    if value is None:
        return "–"
    if row["check"] in SHARES:
        return run.percent(value)
    if row["check"] in P_VALUES:
        return run.p(value)
    return run.number(value, 0 if abs(value) >= 20 else 3)


def _result(run: Reading, row: dict[str, Any]) -> Html | str:
    if row["passed"] is None:
        return run.say("informs")
    return run.say("held") if row["passed"] else tag("strong", run.say("not_held"), class_="bad")


def methods(run: Reading) -> Html:
    """What was done, in words: the design, each method, and where it comes from."""
    protocol = run.protocol
    parts: list[Any] = [tag("h2", run.say("methods"), id="methods"),
                        tag("p", run.name("design", protocol["comparison"]["design"]))]  # fmt: skip
    codes = [method["code"] for method in protocol["estimators"]]
    codes += (protocol["durations"] or {}).get("methods", ())
    known = estimators()
    for code in (*codes, *_parts(run)):
        source = known[code].source if code in known else ""
        parts += [tag("h3", run.method(code)), tag("p", run.name("method", code))]
        if any(letter.isdigit() for letter in source):  # a work that can be looked up, not a description
            parts.append(tag("p", source, class_="small"))
    return join([*parts, _assumptions(run, codes)])


def _parts(run: Reading) -> list[str]:
    named = {"measures": "side_by_side", "trial_offices": "trial_offices"}
    found = [named[design] for design in (run.protocol["comparison"]["design"],) if design in named]
    return [*found, "provider_results"] if run.protocol["providers"] else found


def _assumptions(run: Reading, codes: list[str]) -> Html:
    known = estimators()
    found = list(dict.fromkeys(a for code in codes if code in known for a in known[code].assumptions))
    extra = {"side_by_side": ("selection_on_observed", "overlap", "one_of_two_models"),
             "trial_offices": ("trial_as_good_as_drawn", "no_spillover",
                               *(("parallel_trends",) if run.facts.get("trial_before") else ())),
             "provider_results": ("selection_on_observed",)}  # fmt: skip
    found = list(dict.fromkeys([*found, *(a for part in _parts(run) for a in extra[part])]))
    if run.facts.get("units", {}).get("unit") == "office":
        found.append("offices_drawn_at_random")  # which the uncertainty rests on
    if not found:
        return Html("")
    broken = {code: run.say("breaks_if", what=run.name("breaks", code)) for code in found}
    lines = [join([tag("strong", run.name("assumption", code)), " ", broken[code]]) for code in found]
    return join([tag("h2", run.say("assumptions"), id="assumptions"), tag("p", run.say("assumptions_intro")),
                 bullets(lines)])  # fmt: skip


def not_answered(run: Reading) -> Html:
    """What could not be worked out, and why."""
    rows = run.rows("not_answered")
    if not rows:
        return Html("")
    body = [[run.method(row["estimator"]), run.outcome(row["outcome"]) if row["outcome"] else "–",
             run.group(row["group"]) if row["group"] else "–", run.name("reason", row["reason"])]
            for row in rows]  # fmt: skip
    head = [run.say("method"), run.say("outcome"), run.say("group"), run.say("why")]
    return join([tag("h2", run.say("not_answered"), id="unanswered"),
                 table(run.say("not_answered"), head, body, words=4, quiet=True)])  # fmt: skip


def protocol(run: Reading) -> Html:
    """The protocol as it was run, in words."""
    plan = run.protocol
    who, wanted = plan["population"], plan["outcomes"]
    rows = [
        (run.say("p_measures"), run.listed("measure", who["measures"])),
        (run.say("p_window"), f"{run.day(who['first_start'])} – {run.day(who['last_start'])}"),
        (run.say("p_ages"), run.say("p_ages_value", first=who["age_from"], last=who["age_to"])),
        (run.say("p_first"), run.say("yes" if who["first_only"] else "no")),
        (run.say("p_outcome"),
         run.say("p_outcome_value", outcome=run.outcome(wanted["headline"]), month=wanted["month"])),
        (run.say("p_adjust"), ", ".join(run.name("covariate", code) for code in plan["adjustment"])
         or run.say("p_adjust_none" if _over_time(plan) else "p_adjust_all")),
        (run.say("p_cell"), plan["minimum_cell"]),
        (run.say("p_seed"), plan["seed"]),
    ]  # fmt: skip
    if who["purposes"]:
        rows.insert(1, (run.say("p_purposes"), run.listed("purpose", who["purposes"])))
    if plan["comparison"]["control_measures"]:
        rows.insert(1, (run.say("p_control"), run.listed("measure", plan["comparison"]["control_measures"])))
        rows.insert(2, (run.say("p_before"), run.say("p_before_value", months=plan["comparison"]["before_months"])))
    rows += _followed(run)
    if plan["cluster"]:
        rows.append((run.say("p_cluster"), run.say(f"p_cluster_{plan['cluster']}")))
    rows += when_answers.planned(run)
    return join([tag("h2", run.say("protocol"), id="protocol"), tag("p", run.say("protocol_intro")), facts(rows)])


def _over_time(plan: Mapping[str, Any]) -> bool:
    """Whether units are held against themselves over time and nothing else is held equal."""
    held = {method["code"] for method in plan["estimators"]}
    return plan["comparison"]["design"] in ("staggered", "dose") and "group_time_covariates" not in held


def _followed(run: Reading) -> list[tuple[str, str]]:
    """What is followed over time, in what periods, and against whom."""
    held = run.protocol["comparison"]
    if held["design"] not in ("staggered", "dose"):
        return []
    unit = held["unit"] or ("person" if held["design"] == "staggered" else "region")
    rows = [(run.say("p_unit"), run.say(f"p_unit_{unit}")),
            (run.say("p_period"), run.say(f"p_period_{held['period_months']}"))]  # fmt: skip
    if held["design"] == "staggered":
        rows.append((run.say("p_compared"), run.say(f"p_compared_{held['compared_with']}")))
    return rows


def again(run: Reading) -> Html:
    """How to have the numbers again, and where they lie."""
    lines: list[Any] = [tag("h2", run.say("again"), id="again"),
                        tag("p", run.say("again_intro", key=run.facts["key"][:16])), tag("p", run.say("files")),
                        tag("p", run.say("hidden_note"))]  # fmt: skip
    if run.facts["made_on"]:
        lines.append(tag("p", run.say("made_on", date=run.day(run.facts["made_on"])), class_="small"))
    return join(lines)
