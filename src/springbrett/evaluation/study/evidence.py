"""`springbrett study evidence RUN`: a finished study as an entry of the catalogue's evidence.toml.

Only a study whose gate is open and whose headline may be told becomes evidence, and a simulated one never does unless
it is asked for by name: the choice page would show made-up findings to a caseworker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomli

from springbrett.catalogue.base import LANGUAGES
from springbrett.catalogue.chains import Evidence
from springbrett.catalogue.loader import load
from springbrett.evaluation.report.reading import EVERYBODY, Reading, read_run

Direction = Literal["positive", "none", "negative"]
STRENGTH = {"trial_offices": "strong", "not_yet_treated": "moderate", "staggered": "moderate",
            "preference": "moderate", "never_treated": "weak"}  # fmt: skip
"""How much a design can carry: offices drawn or chosen for a trial; likes compared by register, or the same ones
over time, or by whom they happened to meet; likes chosen by the future. A design that gives no effect of taking part,
or one that is no difference in the outcome, gives no evidence."""


class NoEvidence(ValueError):
    """The run cannot become evidence: says why."""


def evidence_of(folder: Path, *, year: int, simulated_too: bool = False, about: str = "") -> str:
    """The entry as TOML. `year`: the year of the study. `about`: the code of the measure that the finding is about,
    instead of the one the study names; a survey names none. Raises NoEvidence, FileNotFoundError."""
    if about and about not in load().measures:
        raise NoEvidence(f"there is no measure {about} in the catalogue; there are {', '.join(load().measures)}")
    facts = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    if facts.get("kind") == "vignettes":
        return _vignettes(facts, year, simulated_too=simulated_too, about=about)
    run = read_run(folder, "en")
    _check(run, simulated_too=simulated_too)
    value, lower, upper = _headline(run)
    outcome = run.protocol["outcomes"]["headline"]
    better = run.facts["outcomes"][outcome]["better"]
    entry: dict[str, Any] = {
        "code": f"{run.protocol['name']}_{year}", "study": run.protocol["title"]["nb"], "year": year,
        "design": "register", "direction": _direction(lower, upper, better), "outcome": outcome,
        "about": about or run.protocol["evidence_about"] or run.protocol["population"]["measures"][0],
        "cited_in": f"run {run.facts['key'][:16]}", "size": round(value, 4),
        "interval": [round(lower, 4), round(upper, 4)],
        "unit": run.unit(outcome), "month": run.protocol["outcomes"]["month"],
        "design_strength": STRENGTH[run.protocol["comparison"]["design"]],
    }  # fmt: skip
    if run.facts["simulated"]:
        entry["simulated"] = True
    texts = {name: {language: part(read_run(folder, language)) for language in LANGUAGES}
             for name, part in (("finding", _finding), ("group", _group))}  # fmt: skip
    chain = run.protocol["evidence_chain"]
    return _written(entry, texts, [f"# add the code to `evidence` in chains/{chain}.toml"] if chain else [])


def _written(entry: dict[str, Any], texts: dict[str, dict[str, str]], after: list[str]) -> str:
    """The entry as TOML, read back as the catalogue will read it."""
    lines = ["[[entry]]", *(f"{key} = {_toml(held)}" for key, held in entry.items()), *_texts(texts), *after]
    made = "\n".join(lines) + "\n"
    msgspec.convert(tomli.loads(made)["entry"][0], Evidence)
    return made


def _vignettes(facts: Mapping[str, Any], year: int, *, simulated_too: bool, about: str) -> str:
    """What constructed persons, or a survey, told about judgement and work: a finding without an effect."""
    study = facts["study"]
    if not facts["told"]:
        raise NoEvidence("too few answered for any result to be told")
    if facts["simulated"] and not simulated_too:
        raise NoEvidence("the answers are drawn by the program; add --simulated-too to write the entry all the same")
    about = about or study["measure"]
    if not about:
        raise NoEvidence(
            "the study names no measure, and a finding is shown where its measure is chosen; name the measure that the "
            "answers are about with --about MEASURE, or with `measure` in the study's file"
        )
    persons = bool(study["persons"])
    entry: dict[str, Any] = {
        "code": f"{study['code']}_{year}", "study": study["title"]["nb"], "year": year,
        "design": "vignette" if persons else "survey", "direction": "mixed",
        "outcome": "judgement_of_advisers" if persons else "answers_of_the_survey", "about": about,
        "cited_in": f"run {facts['key'][:16]}",
    }  # fmt: skip
    if facts["simulated"]:
        entry["simulated"] = True
    return _written(entry, {"finding": facts["finding"], "group": facts["group"]}, [])


def _check(run: Reading, *, simulated_too: bool) -> None:
    gate = run.facts["gate"]
    if not gate["open"]:
        why = gate["cannot"] or ", ".join(gate["failed"])
        raise NoEvidence(f"the gate of the study is closed ({why}); a withheld number is no evidence")
    if run.facts["simulated"] and not simulated_too:
        raise NoEvidence(
            "the persons are simulated; add --simulated-too to write the entry all the same, for a try-out"
        )
    if run.protocol["comparison"]["design"] not in STRENGTH:
        raise NoEvidence("the design of the study gives no effect of taking part, so there is nothing to say of one")


def _headline(run: Reading) -> tuple[float, float, float]:
    row = next((row for row in run.tables.get("estimates", ()) if row["headline"]), None)
    if row is None:
        # A handful of offices: what redrawing them does not reject, which is the wider of the two intervals.
        row = next((row for row in run.tables.get("trial", ()) if row["method"] == "randomisation"), None)
    if row is None or row["value"] is None:
        raise NoEvidence("the study has no headline that may be told")
    if row["lower"] is None or row["upper"] is None:
        raise NoEvidence("the headline has no interval: there are too few offices to say how sure it is")
    return row["value"], row["lower"], row["upper"]


def _direction(lower: float, upper: float, better: str) -> Direction:
    """By the interval, and by which way is good for the outcome."""
    if lower <= 0 <= upper:
        return "none"
    return "positive" if (lower > 0) == (better == "higher") else "negative"


def _finding(run: Reading) -> str:
    from springbrett.evaluation.report.answer import main_answer

    return " ".join(main_answer(run))


def _group(run: Reading) -> str:
    who = run.protocol["population"]
    ages = run.say("p_ages_value", first=who["age_from"], last=who["age_to"])
    purposes = f", {run.listed('purpose', who['purposes'])}" if who["purposes"] else ""
    size = run.rows("groups", group=EVERYBODY)[0]["participants"]
    return f"{run.listed('measure', who['measures'])}{purposes}, {ages} (N = {run.number(size, 0)})"


def _texts(texts: dict[str, dict[str, str]]) -> Iterator[str]:
    for name, held in texts.items():
        yield f"{name} = {{ " + ", ".join(f"{code} = {_toml(held[code])}" for code in LANGUAGES) + " }"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
