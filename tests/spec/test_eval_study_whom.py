"""A study by whom people met, from registers whose truth is known: covered when the checks hold, withheld when not."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import tomli

from springbrett.evaluation.cohort import Population
from springbrett.evaluation.registers.read import read
from springbrett.evaluation.registrations import newly_registered, registrations_of
from springbrett.evaluation.study.check import problems_of
from springbrett.evaluation.study.evidence import evidence_of
from springbrett.evaluation.study.new import new
from springbrett.evaluation.study.run import Finished, RunError, run
from springbrett.evaluation.study.tables import read_tables
from tests.builders.when import FIRST, whom

TRUE = 0.25


def study(folder: Path, **changes: str) -> Path:
    """The template, for registers of 2016–2022 that are given."""
    file = new("mine", folder, "preference")
    text = file.read_text(encoding="utf-8")
    for old, wanted in (pair.split("=>") for pair in changes.values()):
        assert old in text, old
        text = text.replace(old, wanted)
    text = text.replace("month = 24 ", "before = 12\nhorizon = 24\nmonth = 24 ")
    text = text.replace("adjustment = []", 'adjustment = ["sex_woman", "worked_last_year"]')
    text = text.replace("placebo = 0.05", "placebo = 0.05\nplacebo_month = -9")
    cut = text.index("[data]"), text.index("[population]")
    file.write_text(text[: cut[0]] + "[data]\n" + text[cut[1] :], encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whom(tmp_path_factory.mktemp("whom"), effect=TRUE)


def rows(done: Finished, table: str, **where: object) -> list[dict[str, Any]]:
    held = read_tables(done.folder / "results")[table].to_pylist()
    return [row for row in held if all(row[key] == value for key, value in where.items())]


def test_the_effect_is_covered_where_taking_part_and_ability_go_together(registers: Path, tmp_path: Path) -> None:
    done = run(study(tmp_path), tmp_path / "run", registers=registers)
    assert done.facts["gate"]["open"], done.facts["gate"]
    (headline,) = [row for row in rows(done, "estimates") if row["headline"]]
    assert headline["lower"] < TRUE < headline["upper"]
    low, high = done.facts["preference"]["anderson_rubin"]
    assert low < TRUE < high
    path = {row["month"]: row for row in rows(done, "effect_path")}
    assert path[-6]["band_lower"] < 0 < path[-6]["band_upper"], "before they registered there is no effect"
    bins = rows(done, "preference_bins")
    assert bins[-1]["got"] - bins[0]["got"] > 0.2
    told = done.facts["preference"]
    assert told["always"] + told["compliers"] + told["never"] == pytest.approx(1)
    assert sum(row["cases"] for row in bins) == told["cases"] == done.facts["participants"]
    entry = tomli.loads(evidence_of(done.folder, year=2026))["entry"][0]
    assert (entry["design_strength"], entry["direction"]) == ("moderate", "positive")
    assert "because of whom they met" in entry["finding"]["en"]


def test_the_offices_are_the_instrument_when_the_protocol_says_so(registers: Path, tmp_path: Path) -> None:
    """Offices do not differ in these registers: the instrument is weak, and no number is given as the answer."""
    done = run(study(tmp_path, judge='judge = "caseworker"=>judge = "office"'), tmp_path / "run", registers=registers)
    assert {"first_stage", "clusters"} <= set(done.facts["gate"]["failed"])
    assert done.facts["preference"]["judges"] == 12
    assert not any(row["headline"] for row in rows(done, "estimates"))


def test_caseworkers_who_are_given_certain_people_close_the_gate(tmp_path: Path) -> None:
    file = study(tmp_path)
    done = run(file, tmp_path / "run", registers=whom(tmp_path / "sorted", effect=TRUE, sorted_by_sex=True))
    assert "preference_balance" in done.facts["gate"]["failed"]
    (woman,) = rows(done, "preference_balance", covariate="sex_woman")
    assert abs(woman["difference"]) > 0.5


def test_registers_that_do_not_say_who_followed_up_are_refused_with_the_remedy(tmp_path: Path) -> None:
    unknown = whom(tmp_path / "unknown", effect=TRUE, known=False)
    with pytest.raises(RunError, match=r'comparison\.judge = "office"'):
        run(study(tmp_path), tmp_path / "run", registers=unknown)


def test_registers_that_end_before_the_chance_to_begin_has_passed_are_refused(registers: Path, tmp_path: Path) -> None:
    file = study(tmp_path)
    text = file.read_text(encoding="utf-8").replace("within_months = 24", "within_months = 70")
    file.write_text(text.replace("horizon = 24\nmonth = 24", "horizon = 70\nmonth = 70"), encoding="utf-8")
    with pytest.raises(RunError, match="the registers end before anybody's chance to begin has passed"):
        run(file, tmp_path / "run", registers=registers)


def test_who_was_registered_shortly_before_is_not_new(registers: Path) -> None:
    tables = dict(read(registers).tables)
    every = registrations_of(tables)
    population = Population(("arbeidstrening",), FIRST + 24, FIRST + 47)
    assert len(newly_registered(tables, population, known_from=FIRST)) == len(every), (
        "one each, none in the very first month"
    )
    again = tables["needs_levels"].slice(0, 1)
    back = again.set_column(2, "month_from", [[FIRST + 10]]).set_column(3, "month_to", [[FIRST + 12]])
    tables["needs_levels"] = back.cast(again.schema)
    tables["needs_levels"] = pa.concat_tables([back.cast(again.schema), read(registers)["needs_levels"]])
    gone = int(np.asarray(again["month_from"])[0]) - (FIRST + 12)
    assert len(newly_registered(tables, population, known_from=FIRST, away_months=gone)) == len(every) - 1
    assert len(newly_registered(tables, population, known_from=FIRST, away_months=gone - 1)) == len(every)


@pytest.mark.parametrize(("right", "wrong", "key", "remedy"), [
    ("within_months = 24", "within_months = 30", "outcomes.month", "30 (comparison.within_months) or more"),
    ("within_months = 24", "within_months = 0", "comparison.within_months", "a whole number from 1"),
    ("away_months = 60", "away_months = -1", "comparison.away_months", "0 or more"),
    ("[[subgroups]]", '[providers]\noutcome = "in_work"\nmonth = 12\ntarget = 0.5\n\n[[subgroups]]', "providers",
     "leave it out"),
    ("[[subgroups]]", '[durations]\nexits = ["in_work"]\n\n[[subgroups]]', "durations", "comparison.design timing"),
    ("seed = 1", 'cluster = "office"\nseed = 1', "cluster", "leave it out"),
    ('code = "leniency"', 'code = "doubly_robust"', "estimators[0].code", "leniency"),
])  # fmt: skip
def test_a_mistake_is_told_by_key_and_remedy(tmp_path: Path, right: str, wrong: str, key: str, remedy: str) -> None:
    file = new("mine", tmp_path, "preference")
    assert problems_of(file)[1] == []
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    told = [problem for problem in problems_of(file)[1] if problem.key == key]
    assert any(remedy in str(problem) for problem in told), [str(problem) for problem in problems_of(file)[1]]
