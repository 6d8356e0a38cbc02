"""A run as it really goes: stopped, torn, moved, edited, begun twice, on a full disk. It says so, and goes on where it
can."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from springbrett import cli_shared
from springbrett.cli import app
from springbrett.evaluation.alone import LOCK, BusyError, alone
from springbrett.evaluation.engine.backends import DuckDB, EngineError
from springbrett.evaluation.simulate.norway import simulate, write_simulated
from springbrett.evaluation.study.run import Finished, RunError, run
from springbrett.evaluation.study.wording import in_words
from tests.builders.studies import study

CLI = CliRunner()
LEFT = ("state.json", "work", "manifest.json", "results")


@pytest.fixture(scope="module", autouse=True)
def no_report() -> object:
    """Figures take most of the time; none of this is about them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
        yield


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    write_simulated(simulate(persons=2000, years=5, seed=1), folder)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, registers: Path) -> Finished:
    folder = tmp_path_factory.mktemp("run")
    return run(written(folder), folder / "run", registers=registers)


@pytest.fixture
def done(finished: Finished, tmp_path: Path) -> Path:
    """The folder of a finished run, moved to where it may be spoiled."""
    shutil.copytree(finished.folder, tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    text = study()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


def said(*command: str | Path) -> tuple[int, str]:
    done = CLI.invoke(app, ["study", *map(str, command)])
    assert done.exception is None or isinstance(done.exception, SystemExit), "told, not thrown"
    return done.exit_code, done.stderr or done.stdout


def test_a_run_that_was_moved_can_be_compared_and_nothing_differs(finished: Finished, done: Path) -> None:
    assert said("compare", finished.folder, done) == (0, "Nothing differs: the same inputs, the same numbers.\n")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda run: change(run / "results" / "estimates.csv", "0.0", "0.1"), "not as the run wrote it (estimates)"),
        (lambda run: shutil.copy(run / "results" / "groups.parquet", run / "results" / "estimates.parquet"),
         "not as the run wrote it (estimates)"),
        (lambda run: (run / "results" / "groups.csv").unlink() or (run / "results" / "groups.parquet").unlink(),
         "not as the run wrote it (groups)"),
        (lambda run: (run / "results" / "people.parquet").write_bytes(b"PAR1"), "not whole"),
        (lambda run: change(run / "manifest.json", '"seed": 1', '"seed": 2'), "has been changed since the run"),
        (lambda run: (run / "manifest.json").write_text("{", encoding="utf-8"), "has been changed since the run"),
        (lambda run: (run / "manifest.json").unlink(), "is missing: name"),
    ],
    ids=["a number", "the Parquet beside it", "a table gone", "a table torn", "the manifest", "manifest torn",
         "manifest gone"],
)  # fmt: skip
def test_what_was_changed_after_the_run_is_no_result_and_no_evidence(
    finished: Finished, done: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(done)
    for command in (("compare", finished.folder, done), ("evidence", done, "--simulated-too")):
        code, text = said(*command)
        assert code == 1
        assert told in text


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_stage_whose_files_are_gone_is_done_again_with_the_same_numbers(
    finished: Finished, done: Path, tmp_path: Path, registers: Path
) -> None:
    file = written(tmp_path)
    for gone in ("path_wage.npy", "cohort.npz"):
        (done / "work" / gone).unlink()
        assert run(file, done, registers=registers).manifest.numbers == finished.manifest.numbers


def test_a_state_that_cannot_be_read_is_told(done: Path, tmp_path: Path, registers: Path) -> None:
    for torn in ("{", "[]", "{}"):
        (done / "state.json").write_text(torn, encoding="utf-8")
        with pytest.raises(RunError, match=r"state\.json cannot be read.*delete it to begin again"):
            run(written(tmp_path), done, registers=registers)


def test_a_folder_with_another_run_says_what_is_another(done: Path, tmp_path: Path, registers: Path) -> None:
    with pytest.raises(RunError, match="holds a run of another protocol;"):
        run(written(tmp_path, ("horizon = 12", "horizon = 13")), done, registers=registers)
    other = tmp_path / "registers"
    shutil.copytree(registers, other)
    shutil.copy(other / "persons.parquet", other / "offices.parquet")
    with pytest.raises(RunError, match=r"holds a run of other data \(offices\.parquet\);"):
        run(written(tmp_path), done, registers=other)


def test_a_run_on_persons_of_its_own_keeps_them_when_others_are_asked_for(tmp_path: Path) -> None:
    few = ("persons = 2000", "persons = 1000")
    own = run(written(tmp_path, few), tmp_path / "run").folder / "registers" / "persons.parquet"
    held = own.read_bytes()
    with pytest.raises(RunError, match="other simulated persons; name another folder"):
        run(written(tmp_path), tmp_path / "run")
    assert own.read_bytes() == held


def test_two_at_once_in_one_folder_do_not_mix(tmp_path: Path, registers: Path) -> None:
    file = written(tmp_path)
    with alone(tmp_path / "run"):
        code, text = said("run", file, "--registers", registers, "--to", tmp_path / "run")
    assert code == 1
    assert "another process" in text
    assert not any((tmp_path / "run" / name).exists() for name in LEFT)


def test_a_full_disk_is_told_before_anything_is_written_into_room_that_is_not_there(
    tmp_path: Path, registers: Path, monkeypatch: pytest.MonkeyPatch, finished: Finished
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = written(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full)
        code, text = said("run", file, "--registers", registers, "--to", tmp_path / "run")
    assert code == 1
    assert "the disk is full; make room, and give the same command again" in text
    assert run(file, tmp_path / "run", registers=registers).manifest.numbers == finished.manifest.numbers


def test_a_window_outside_the_registers_is_told_with_what_they_hold(tmp_path: Path, registers: Path) -> None:
    late = written(tmp_path, ("2018-01-01", "2030-01-01"), ("2019-12-31", "2031-12-31"))
    code, text = said("run", late, "--registers", registers, "--to", tmp_path / "run")
    assert code == 1
    assert "no stay meets the population" in text
    assert "the registers reach from 2016-01 to 2020-12" in text


@pytest.mark.parametrize(
    ("words", "raised", "told"),
    [
        ("reading the schema failed: KeyboardInterrupt: ", KeyboardInterrupt, ""),
        ("Could not convert string '01019012345' to INT64", EngineError, "ConversionException"),
    ],
)
def test_what_duckdb_says_is_heard_and_never_repeated(
    monkeypatch: pytest.MonkeyPatch, words: str, raised: type[BaseException], told: str
) -> None:
    class Failing:
        def register(self, *_: object) -> None:
            raise duckdb.ConversionException(words)

    engine = DuckDB()
    monkeypatch.setattr(engine, "_connection", Failing())
    with pytest.raises(raised) as found:
        engine.given(None, "x")
    assert told in str(found.value)
    assert "01019012345" not in str(found.value)


def test_a_fault_nobody_foresaw_is_told_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise KeyError("01019012345 Kari Nordmann")
    except KeyError as error:
        with pytest.raises(SystemExit) as ended:
            cli_shared.unforeseen(error)
    assert ended.value.code == 70
    told = capsys.readouterr().err
    assert "KeyError in test_eval_study_as_it_goes.py" in told
    assert "Kari" not in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minimum_cell = 5", "minimum_cel = 5", "minimum_cel: there is no such key; the nearest is minimum_cell"),
        ("[population]", "[populasjon]", "populasjon: there is no such key; the nearest is population"),
        ("first_start", "first_strat", "population.first_strat: there is no such key; the nearest is first_start"),
        ("seed = 1\n", "", "seed: the key is missing"),
        ("seed = 1\n", 'seed = "1"\n', "seed: it holds something else than it should (found '1'). Allowed: a whole"),
        ("horizon = 12", "horizon = true", "outcomes.horizon: it holds something else than it should (found true)"),
        ("2018-01-01", "2018-01-01T00:00:00", "(found 2018-01-01T00:00:00)"),
        ('"not_yet_treated"', '"not_yet_treat"', "there is no such choice; the nearest is not_yet_treated"),
        ('["arbeidstrening"]', '["arbeidstreningg"]', "there is no such code; the nearest is arbeidstrening"),
        ('["arbeidstrening"]', '["arbeidstrening", "arbeidstrening"]', "population.measures: the code stands twice"),
        ('"in_work", "wage"', '"in_work", "in_work"', "outcomes.codes: the code stands twice"),
        ("horizon = 12", "horizon = 9999", "outcomes.horizon: no register goes so far"),
        ("[outcomes]", "[gate]\nplacebo = nan\n[outcomes]", "gate.placebo: the check could not be held against it"),
        ("[outcomes]", "[gate]\noverlap = -1.0\n[outcomes]", "gate.overlap: the check could not be held against it"),
        ("[outcomes]", "[gate]\nbalance = inf\n[outcomes]", "gate.balance: the check could not be held against it"),
        ("horizon = 12", 'horizon = 12\nown = "nowhere.toml"', "outcomes.own: the file cannot be read"),
    ],
)
def test_a_slip_in_a_protocol_is_told_by_key_in_plain_words(tmp_path: Path, old: str, new: str, told: str) -> None:
    code, text = said("check", written(tmp_path, (old, new)))
    assert code == 1
    assert told in text
    assert "datetime." not in text
    assert "Errno" not in text


def test_a_protocol_from_another_editor_is_read_or_told_by_line(tmp_path: Path) -> None:
    file = written(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert said("check", file)[0] == 0
    file.write_bytes(text.replace('nb = "x"', 'nb = "ø"').encode("latin-1"))
    assert "line 6 holds a letter that is not written in UTF-8" in said("check", file)[1]


def test_words_that_are_not_known_are_left_as_they_are() -> None:
    from springbrett.catalogue.errors import Problem

    odd = Problem("a.toml", "-", None, "", "something new")
    assert in_words(odd) == odd


def test_a_lock_whose_file_was_taken_away_meanwhile_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes might else each hold one: the file that was, and the file that is."""
    monkeypatch.setattr("springbrett.evaluation.alone.fcntl.flock", lambda lock, how: (tmp_path / LOCK).unlink())
    with pytest.raises(BusyError, match="being written by another process"), alone(tmp_path):
        pass
