"""A study from protocol to report: the same numbers twice, resumed where it stopped, withheld when a check fails."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from springbrett.catalogue.loader import load
from springbrett.evaluation.report.words import NoWords, labels, name
from springbrett.evaluation.study import comparing, describing
from springbrett.evaluation.study.check import SHIPPED
from springbrett.evaluation.study.compare import compare
from springbrett.evaluation.study.evidence import NoEvidence, evidence_of
from springbrett.evaluation.study.run import Finished, RunError, run
from springbrett.evaluation.study.tables import COLUMNS, read_tables

VOID = {"meta", "br", "path", "use", "rect", "link", "img", "input", "hr"}


def small(folder: Path, **changes: str) -> Path:
    """The quick start on few persons."""
    text = (SHIPPED / "quickstart.toml").read_text(encoding="utf-8").replace("persons = 20000", "persons = 6000")
    for old, new in (pair.split("=>") for pair in changes.values()):
        assert old in text
        text = text.replace(old, new)
    file = folder / "quickstart.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take most of the time; a test of numbers does without."""
    monkeypatch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("study")
    return run(small(folder), folder / "run", made_on="2026-11-22")


def test_the_effect_lies_near_the_truth_of_the_simulation(done: Finished) -> None:
    tables = read_tables(done.folder / "results")
    path = {row["month"]: row for row in tables["effect_path"].to_pylist()}
    true = {row["month"]: row["value"] for row in tables["truth"].to_pylist()}
    inside = [path[m]["band_lower"] <= true[m] <= path[m]["band_upper"] for m in range(13)]
    assert all(inside), "the band around the first year holds the truth, lock-in included"
    assert path[2]["value"] < 0, "the lock-in is seen as lock-in"


@pytest.mark.usefixtures("no_report")
def test_the_same_inputs_give_the_same_numbers(done: Finished, tmp_path: Path) -> None:
    twice = run(small(tmp_path), tmp_path / "run", made_on="2027-01-01")
    assert twice.manifest.key == done.manifest.key
    assert twice.manifest.numbers == done.manifest.numbers
    assert list(compare(done.folder, twice.folder).lines()) == ["Nothing differs: the same inputs, the same numbers."]


@pytest.mark.usefixtures("no_report")
def test_a_stopped_run_goes_on_where_it_was(done: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(context: Any) -> Any:
        raise KeyboardInterrupt

    file, calls = small(tmp_path), []
    draw = describing.draw_beside
    monkeypatch.setattr(describing, "draw_beside", lambda *a, **k: calls.append(1) or draw(*a, **k))
    with monkeypatch.context() as patch:
        patch.setattr(comparing, "path_of", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(file, tmp_path / "run")
    assert "path" not in json.loads((tmp_path / "run" / "state.json").read_text(encoding="utf-8"))["done"]
    again = run(file, tmp_path / "run")
    assert calls == [1], "the cohort was drawn once"
    assert again.manifest.numbers == done.manifest.numbers


def test_a_folder_with_another_run_is_not_written_over(done: Finished, tmp_path: Path) -> None:
    other = small(tmp_path, month="month = 12=>month = 18")
    with pytest.raises(RunError, match="name another folder"):
        run(other, done.folder, registers=done.folder / "registers")


@pytest.mark.usefixtures("no_report")
def test_compare_says_what_changed_and_why(done: Finished, tmp_path: Path) -> None:
    other = small(
        tmp_path, per="per_treated = 2=>per_treated = 1", first='code = "doubly_robust"=>code = "entropy_balancing"'
    )
    found = compare(done.folder, run(other, tmp_path / "run", registers=done.folder / "registers").folder)
    assert set(found.causes) == {"protocol", "estimators"}
    assert [change.key for change in found.causes["protocol"]] == ["comparison.per_treated"]
    assert "estimates" in found.tables
    assert found.estimates
    assert not found.unexplained


def test_a_failed_check_withholds_the_headline_and_is_said_first(
    done: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.LANGUAGES", ("en",))
    strict = small(tmp_path, gate="chains = true=>chains = true\ngate = { balance = 0.000001 }")
    closed = run(strict, tmp_path / "run", registers=done.folder / "registers")
    assert closed.facts["gate"] | {"method": ""} == {"open": False, "failed": ["balance"], "cannot": "", "method": ""}
    estimates = read_tables(closed.folder / "results")["estimates"].to_pylist()
    assert not any(row["headline"] for row in estimates)
    page = closed.report("en").read_text(encoding="utf-8")
    assert "The headline number is withheld" in page
    assert page.index('id="checks"') < page.index('id="effect"')
    headline = re.search(r"percentage points (higher|lower) than without the measure", page)
    assert headline is None, "nowhere is the number said as an answer"
    with pytest.raises(NoEvidence, match="balance"):
        evidence_of(closed.folder, year=2026, simulated_too=True)


def test_the_first_page_says_that_the_persons_are_simulated(done: Finished) -> None:
    page = done.report("nb").read_text(encoding="utf-8")
    assert page.index("Personene finnes ikke") < page.index("Svaret")
    assert "evalueringen av arbeidstrening (2023)" in page


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_report_opens_offline_and_is_well_formed(done: Finished, language: str) -> None:
    page = done.report(language).read_text(encoding="utf-8")
    assert "http" not in page
    assert not re.search(r"<(script|link|img|iframe)\b|@import|url\((?!#)", page)
    Balanced().feed(page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    drawings, named = page.count("<svg"), len(re.findall(r'<svg role="img" aria-labelledby="[^"]+"', page))
    assert drawings == named > 5


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_no_raw_name_reaches_a_reader(done: Finished, language: str) -> None:
    words = Words()
    words.feed(done.report(language).read_text(encoding="utf-8"))
    codes = {code for kind in ("covariate", "estimator", "check", "assumption", "verdict") for code in labels(kind)}
    codes |= {*load().measures, *load().chains, *load().lists["purpose"], *load().lists["outcome"], "in_work", *COLUMNS}
    shown = set(re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", " ".join(words.found)))
    assert not shown & {code for code in codes if "_" in code}
    assert not shown, "nothing that looks like a name in the code is shown at all"


def test_every_figure_has_its_numbers_beside_it(done: Finished) -> None:
    page = done.report("nb").read_text(encoding="utf-8")
    for figure in re.findall(r"<figure>.*?</figure>", page, re.DOTALL):
        assert "<details><summary>Tallene bak figuren" in figure
        assert "<table>" in figure


def test_every_number_lies_beside_the_report_with_its_meaning(done: Finished) -> None:
    folder = done.folder / "results"
    for table in read_tables(folder):
        assert (folder / f"{table}.csv").exists()
    meanings = (folder / "columns.md").read_text(encoding="utf-8")
    assert all(f"## {table}\n" in meanings for table in read_tables(folder))


def test_evidence_of_simulated_persons_is_written_only_when_asked_for(done: Finished) -> None:
    with pytest.raises(NoEvidence, match="simulated"):
        evidence_of(done.folder, year=2026)
    entry = evidence_of(done.folder, year=2026, simulated_too=True)
    assert 'about = "arbeidstrening"' in entry
    assert "simulated = true" in entry


@pytest.mark.usefixtures("no_report")
def test_small_groups_are_hidden_in_every_table(done: Finished, tmp_path: Path) -> None:
    file = small(tmp_path, cell="minimum_cell = 5      #=>minimum_cell = 60      #")
    hidden = read_tables(run(file, tmp_path / "run", registers=done.folder / "registers").folder / "results")
    for table, column in (
        ("groups", "participants"),
        ("groups", "comparison"),
        ("paths", "count"),
        ("chains", "count"),
    ):
        counts = [row[column] for row in hidden[table].to_pylist() if row[column] is not None]
        assert counts
        assert not any(0 < count < 60 for count in counts), table
    paths = [row for row in hidden["paths"].to_pylist() if row["value"] is not None]
    yes = np.array([round(row["value"] * row["count"]) for row in paths])
    no = np.array([row["count"] for row in paths]) - yes
    assert not ((yes > 0) & (yes < 60)).any()
    assert not ((no > 0) & (no < 60)).any()


def test_a_code_without_words_stops_the_report() -> None:
    with pytest.raises(NoWords, match="shoe_size"):
        name("covariate", "shoe_size", "nb")


class Balanced(HTMLParser):
    """Fails on an element that is not closed, or closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        """Closed at once."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


class Words(HTMLParser):
    """What a reader sees: text outside the style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.style = False

    def handle_data(self, data: str) -> None:
        if not self.style:
            self.found.append(data)
