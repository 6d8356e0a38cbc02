"""Numbers that are each large enough must not give a small one away when one is taken from the other: over months,
between tables, and between runs."""

from collections import defaultdict
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from springbrett.cli import app
from springbrett.evaluation.simulate.norway import simulate, write_simulated
from springbrett.evaluation.study.compare import FEW, compare
from springbrett.evaluation.study.comparing import _few_left_out
from springbrett.evaluation.study.evidence import NoEvidence, evidence_of
from springbrett.evaluation.study.run import Finished, run
from springbrett.evaluation.study.tables import read_tables
from tests.builders.studies import study

LEAST = 10
GROUPS = """
[[subgroups]]
code = "older"
name = { nb = "x", nn = "x", en = "x" }
where = [{ covariate = "age", op = "gte", value = 55 }]
[[estimators]]
code = "entropy_balancing"
"""


@pytest.fixture(scope="module", autouse=True)
def no_report() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
        yield


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    write_simulated(simulate(persons=4000, years=5, seed=2), folder)
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, registers: Path) -> Finished:
    """A study of stays up to the last months of the registers, so that fewer are known month by month."""
    return carried_out(tmp_path_factory.mktemp("study"), registers)


def carried_out(folder: Path, registers: Path, **changes: str) -> Finished:
    text = study().replace("minimum_cell = 5", f"minimum_cell = {LEAST}").replace("2019-12-31", "2020-10-31") + GROUPS
    for old, new in (pair.split("=>") for pair in changes.values()):
        assert old in text
        text = text.replace(old, new)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return run(folder / "study.toml", folder / "run", registers=registers)


def told(tables: dict[str, Any]) -> dict[tuple[str, str], set[int]]:
    """By side and group: every size that is published anywhere in the run."""
    found = defaultdict(set)
    for row in tables["paths"].to_pylist():
        found[row["side"], row["group"]].add(row["count"])
    for name in ("groups", "estimates"):
        for row in tables[name].to_pylist():
            for side in ("participants", "comparison"):
                found[side, row["group"]].add(row[side])
    return {key: sizes - {None} for key, sizes in found.items()}


def test_no_two_sizes_of_a_group_differ_by_a_few(done: Finished) -> None:
    sizes = told(read_tables(done.folder / "results"))
    assert len(sizes["participants", "all"]) > 2, "fewer are known towards the end, and that is told where it may be"
    for key, counts in sizes.items():
        small = [pair for pair in combinations(sorted(counts), 2) if pair[1] - pair[0] < LEAST]
        assert small == [], key


def test_groups_are_told_only_where_everybody_is_known(done: Finished) -> None:
    rows = [row for row in read_tables(done.folder / "results")["paths"].to_pylist() if row["count"] is not None]
    by_group = defaultdict(set)
    for row in rows:
        by_group[row["side"], row["group"]].add(row["count"])
    purposes = [sizes for (_side, group), sizes in by_group.items() if group.startswith("purpose:")]
    assert purposes
    assert all(len(sizes) == 1 for sizes in purposes)


def test_runs_that_differ_by_a_few_are_not_to_be_published_both(
    done: Finished, registers: Path, tmp_path: Path
) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    few = carried_out(tmp_path / "few", registers, age="[comparison]=>age_to = 62\n[comparison]")
    many = carried_out(tmp_path / "many", registers, age="[comparison]=>age_to = 40\n[comparison]")
    assert FEW in list(compare(done.folder, few.folder).lines())
    assert FEW not in list(compare(done.folder, many.folder).lines())
    assert FEW not in list(compare(done.folder, done.folder).lines())


def test_a_study_of_too_few_tells_nothing_at_all_and_says_so(registers: Path, tmp_path: Path) -> None:
    parts = '[providers]\noutcome = "in_work"\nmonth = 6\ntarget = 0.5\nby = "office"\n[comparison]'
    few = carried_out(tmp_path, registers, least=f"minimum_cell = {LEAST}=>minimum_cell = 100000\nchains = true",
                      parts="[comparison]=>" + parts)  # fmt: skip
    assert {name: rows.num_rows for name, rows in read_tables(few.folder / "results").items() if rows.num_rows} == {}
    assert few.facts["gate"] | {"method": ""} == {"open": False, "failed": [], "cannot": "too_few", "method": ""}
    assert not {"providers", "chain_stays", "costs"} & set(few.facts)
    told = CliRunner().invoke(app, ["study", "run", str(tmp_path / "study.toml"), "--registers", str(registers), "--to",
                                    str(few.folder)])  # fmt: skip
    assert "There is no headline" in told.stderr
    with pytest.raises(NoEvidence, match="too_few"):
        evidence_of(few.folder, year=2026, simulated_too=True)


def test_what_is_hidden_of_the_people_is_not_told_by_the_balance(
    done: Finished, registers: Path, tmp_path: Path
) -> None:
    many = carried_out(tmp_path, registers, least=f"minimum_cell = {LEAST}=>minimum_cell = 40")
    for run_of in (done, many):
        tables = read_tables(run_of.folder / "results")
        hidden = {row["covariate"] for row in tables["people"].to_pylist() if None in row.values()}
        assert hidden.isdisjoint(row["covariate"] for row in tables["balance"].to_pylist())
    assert hidden, "some are too few to be told"


def test_a_group_of_which_an_estimator_left_a_few_out_has_no_size() -> None:
    context = SimpleNamespace(
        at=lambda _outcome, _month: np.zeros(300), groups={"all": np.ones(300, bool)},
        cohort=SimpleNamespace(treated=np.arange(300) < 100), protocol=SimpleNamespace(minimum_cell=5),
    )  # fmt: skip
    for participants, comparison, hidden in ((100, 200, set()), (97, 200, {"participants"}), (95, 196, {"comparison"})):
        row = {"group": "all", "participants": participants, "comparison": comparison}
        assert set(_few_left_out(context, row, "in_work", 12)) == hidden  # type: ignore[arg-type]
