"""The shipped studies on fewer persons: each answers its own question, with what belongs beside the answer."""

import tomllib
from pathlib import Path

import pytest

from springbrett.evaluation.report import page as report
from springbrett.evaluation.study.check import SHIPPED
from springbrett.evaluation.study.compare import compare
from springbrett.evaluation.study.evidence import evidence_of
from springbrett.evaluation.study.run import Finished, run
from springbrett.evaluation.study.tables import read_tables


def fewer(folder: Path, name: str, asked: str, persons: int) -> Finished:
    """A shipped study on fewer persons; its report in Bokmål only."""
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    assert f"persons = {asked}" in text
    (folder / f"{name}.toml").write_text(text.replace(f"persons = {asked}", f"persons = {persons}"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "LANGUAGES", ("nb",))
        return run(folder / f"{name}.toml", folder / name)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return fewer(tmp_path_factory.mktemp("trial"), "kjerneoppgaver_trial", "300000", 60_000)


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return fewer(tmp_path_factory.mktemp("six"), "six_measures", "120000", 25_000)


def test_the_trial_is_answered_office_by_office_and_together_and_held_against_the_time_before(trial: Finished) -> None:
    rows = read_tables(trial.folder / "results")["trial"].to_pylist()
    by_method = {method: [row for row in rows if row["method"] == method] for method in {row["method"] for row in rows}}
    assert set(by_method) == {"one_office", "pooled", "randomisation", "did_one_office", "did_pooled",
                              "did_randomisation", "did_wild"}  # fmt: skip
    assert len(by_method["one_office"]) == len(by_method["did_one_office"]) == 5
    for method in ("pooled", "did_pooled"):
        (row,) = by_method[method]
        assert row["lower"] < row["value"] < row["upper"]


def test_the_years_before_the_trial_stand_beside_the_years_under_it(trial: Finished) -> None:
    years = read_tables(trial.folder / "results")["trial_years"].to_pylist()
    assert [(row["year"], row["period"]) for row in years] == [
        (2010, "before"), (2011, "before"), (2012, "mixed"), *((year, "trial") for year in range(2013, 2017))
    ]  # fmt: skip
    assert all(row["lower"] < 0 < row["upper"] for row in years if row["period"] == "before")


def test_waiting_and_workplaces_are_told_of_too(trial: Finished) -> None:
    rows = {row["what"]: row for row in read_tables(trial.folder / "results")["trial_means"].to_pylist()}
    assert set(rows) == {"waiting_before", "waiting_between", "workplace"}
    for row in rows.values():
        assert row["trial"] == pytest.approx(row["control"] + row["value"])
        assert row["lower"] < row["value"] < row["upper"]
        assert row["change_lower"] < row["change"] < row["change_upper"]
    assert 0 < rows["workplace"]["control"] < 1 < rows["waiting_before"]["control"]


def test_the_gate_of_the_trial_asks_whether_the_offices_were_alike_before(trial: Finished) -> None:
    checks = {row["check"]: row for row in read_tables(trial.folder / "results")["diagnostics"].to_pylist()}
    for code in ("offices_before", "offices_moving"):
        assert checks[code]["gate"] and checks[code]["passed"], code
    page = trial.report("nb").read_text(encoding="utf-8")
    assert "Før og under forsøket" in page
    assert "Holdt mot tiden før endret forsøkskontorene seg" in page


def test_the_evidence_of_a_trial_has_the_interval_that_a_handful_of_offices_allows(trial: Finished) -> None:
    rows = {row["method"]: row for row in read_tables(trial.folder / "results")["trial"].to_pylist()}
    entry = tomllib.loads(evidence_of(trial.folder, year=2016, simulated_too=True))["entry"][0]
    wide = rows["randomisation"]
    assert entry["interval"] == [round(wide["lower"], 4), round(wide["upper"], 4)]
    assert entry["direction"] == ("none" if wide["lower"] <= 0 <= wide["upper"] else "positive")


def test_a_trial_whose_offices_stood_apart_before_withholds_its_answer(trial: Finished, tmp_path: Path) -> None:
    text = (trial.folder.parent / "kjerneoppgaver_trial.toml").read_text(encoding="utf-8")
    strict = text + "\n[gate]\nplacebo = 1.0\nplacebo_least = 0.0\n"
    (tmp_path / "kjerneoppgaver_trial.toml").write_text(strict, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "LANGUAGES", ("nb",))
        closed = run(tmp_path / "kjerneoppgaver_trial.toml", tmp_path / "run", registers=trial.folder / "registers")
    assert closed.facts["gate"]["failed"] == ["offices_before"]
    page = closed.report("nb").read_text(encoding="utf-8")
    assert page.index("Hovedtallet holdes tilbake") < page.index("Forsøkskontorene skilte seg fra kontrollkontorene")
    assert "omtrent like mange" not in page, "the answer is not said anywhere"
    found = compare(trial.folder, closed.folder)
    assert {change.key for change in found.causes["protocol"]} == {"gate.placebo", "gate.placebo_least"}


def test_six_measures_stand_side_by_side_with_caseload_contact_and_market_work(six: Finished) -> None:
    rows = {row["measure"]: row for row in read_tables(six.folder / "results")["side_by_side"].to_pylist()}
    assert rows["aap_som_lonnstilskudd"]["caseload"] == pytest.approx(23, abs=1.5)
    least = min(rows, key=lambda code: rows[code]["contact_hours"])
    most = max(rows, key=lambda code: rows[code]["market_hours"])
    assert least == most == "aap_som_lonnstilskudd", "least contact and most market work, as in the comparison"
    assert six.facts["side_by_side"]["lacking"] == ["snart_ansatt", "ips"]
    page = six.report("nb").read_text(encoding="utf-8")
    for words in ("Deltakere per jobbspesialist", "Direkte kontakt", "Markedsarbeid", "Hvem som deltar i hvert tiltak",
                  "Snart ansatt og Individuell jobbstøtte", "ingen uten «nedsatt arbeidsevne»"):  # fmt: skip
        assert words in page, words
