"""`springbrett study …` from the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from springbrett.cli import app

CLI = CliRunner()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_new_then_check_then_a_mistake_is_told() -> None:
    assert CLI.invoke(app, ["study", "new", "mine"]).exit_code == 0
    assert "nothing wrong" in CLI.invoke(app, ["study", "check", "mine.toml"]).output
    Path("mine.toml").write_text(Path("mine.toml").read_text(encoding="utf-8").replace("month = 12", "month = 99"),
                                 encoding="utf-8")  # fmt: skip
    found = CLI.invoke(app, ["study", "check", "mine.toml"])
    assert found.exit_code == 1
    assert "mine.toml: outcomes.month" in found.output
    assert "1 to 36" in found.output


def test_a_study_that_is_not_there_names_those_that_are() -> None:
    found = CLI.invoke(app, ["study", "run", "quickstrat"])
    assert found.exit_code == 1
    assert "quickstart" in found.output


def test_compare_and_evidence_ask_for_finished_runs() -> None:
    for command in (["study", "compare", "a", "b"], ["study", "evidence", "a"]):
        found = CLI.invoke(app, command)
        assert found.exit_code == 1
        assert "missing" in found.output


def test_simulate_writes_registers_a_study_can_be_run_on() -> None:
    assert CLI.invoke(app, ["simulate", "--to", "norway", "--persons", "300", "--years", "2"]).exit_code == 0
    assert Path("norway/persons.parquet").exists()
    assert Path("norway/truth/effects.parquet").exists()
