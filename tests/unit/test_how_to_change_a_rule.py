"""The how-to works as it is written: its own snippets are put where it says, and its own commands are run."""

import re
import shlex
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from springbrett.catalogue import commands
from springbrett.catalogue.loader import DATA, read
from springbrett.cli import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "change-a-rule-from-a-date.md"
EDITS = re.findall(r"At the end of `([^`]+)`:\n\n```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
]


@pytest.fixture
def change_set(tmp_path: Path) -> Path:
    """The folder of step 1, with the edits of steps 2 and 3."""
    folder = tmp_path / "next-year"
    for name, snippet in EDITS:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((DATA / name).read_text(encoding="utf-8") + "\n" + snippet, encoding="utf-8")
    return folder


@pytest.fixture
def edition(change_set: Path, tmp_path: Path) -> Path:
    """The catalogue of step 6: the edited files back where they came from."""
    whole = Path(shutil.copytree(DATA, tmp_path / "data"))
    shutil.copytree(change_set, whole, dirs_exist_ok=True)
    return whole


def run(command: str) -> str:
    words = shlex.split(command)
    assert words[0] == "springbrett"
    result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == 0, (command, result.output)
    return result.output


def test_the_page_makes_the_two_changes_it_speaks_of() -> None:
    assert [name for name, _ in EDITS] == ["rates/vtao.toml", "measures/arbeidstrening.toml"]


def test_the_folder_of_step_1_holds_the_files_that_are_edited() -> None:
    copied = {line.split()[1].removeprefix("src/springbrett/catalogue/data/") for line in COMMANDS if line[:3] == "cp "}
    assert copied == {name for name, _ in EDITS}
    assert all((DATA / name).exists() for name in copied)


@pytest.mark.rule("tiltaksforskriften § 3-5")
def test_3_5_the_new_duration_holds_from_its_day_and_the_old_one_until_the_day_before(edition: Path) -> None:
    old, new = read(DATA).measure("arbeidstrening"), read(edition).measure("arbeidstrening")
    assert new.duration_on(date(2027, 6, 30)) == old.duration_on(date(2027, 6, 30))
    duration = new.duration_on(date(2027, 7, 1))
    assert duration.months == 9
    assert [more.months for more in duration.extensions] == [15]
    assert duration != old.duration_on(date(2027, 7, 1))


@pytest.mark.rule("tiltaksforskriften § 14-8")
def test_14_8_the_new_rate_holds_from_new_year_and_the_old_one_until_then(edition: Path) -> None:
    old, new = read(DATA), read(edition)
    assert new.rate_on("vtao_month", date(2026, 12, 31)) == old.rate_on("vtao_month", date(2026, 12, 31))
    value = new.rate_on("vtao_month", date(2027, 1, 1))
    assert value is not None
    assert value.amount == Decimal(7150)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command", [line for line in COMMANDS if "next-year" in line and line.startswith("springbrett")]
)
def test_the_commands_of_the_trial_run_run(command: str, change_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(change_set.parent)
    shown = run(command)
    if "preview" in command:
        assert "2027-07-01  arbeidstrening  ~ durations: Up to 12 months" in shown
        assert "→ Up to 9 months" in shown
        assert "vtao_month" in shown
        assert "0 of 0 cases" in shown
    else:
        assert "holds together" in shown


@pytest.mark.django_db
@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("springbrett catalogue") and "next-year" not in line])  # fmt: skip  # noqa: E501
def test_the_commands_of_the_last_step_run(command: str) -> None:
    assert run(command)


def test_the_change_is_seen_between_the_days_and_among_what_comes_soon(edition: Path) -> None:
    shown = commands.diff(date(2026, 12, 31), date(2027, 7, 1), edition)
    assert "~ durations: months 12" in shown
    assert "vtao_month" in shown
    coming = commands.soon(date(2026, 11, 22), date(2027, 11, 22), edition)
    assert "2027-07-01  arbeidstrening  ~ durations" in coming
    assert "2027-01-01  vtao_month" in coming
    assert "months 9" in commands.section("tiltaksforskriften § 3-5", date(2027, 7, 1), edition)
    assert "months 9" in commands.history("arbeidstrening", edition)
