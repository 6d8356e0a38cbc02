"""A study and the engine that reads for it: stopped inside a stage and gone on with, refused on faulty registers, and
run on registers that come month by month."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from springbrett.evaluation.registers.layout import MONTHLY
from springbrett.evaluation.registers.read import RegistersError, fingerprint
from springbrett.evaluation.simulate.norway import simulate, write_simulated
from springbrett.evaluation.study import describing
from springbrett.evaluation.study.progress import Progress
from springbrett.evaluation.study.run import Finished, run
from tests.builders.studies import study

GIVEN = 'folder = "registers"'


@pytest.fixture(autouse=True)
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with registers and a study of them."""
    folder = tmp_path_factory.mktemp("study")
    write_simulated(simulate(persons=2000, years=5, seed=1), folder / "registers")
    (folder / "study.toml").write_text(study(data=GIVEN), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(place: Path) -> Finished:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
        return run(place / "study.toml", place / "run")


class Stopping(Progress):
    """Presses Ctrl-C when so many blocks of the stage of paths are done."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.parts = after, list[float]()

    def tick(self, part: float) -> None:
        if self._stage == "paths":
            self.parts.append(part)
            if len(self.parts) == self.after:
                raise KeyboardInterrupt


def test_a_study_stopped_while_outcomes_are_followed_goes_on_with_the_block_it_was_at(
    place: Path, done: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describing, "STAYS_AT_ONCE", 60)
    first, again = Stopping(2), Stopping(0)
    with pytest.raises(KeyboardInterrupt):
        run(place / "study.toml", tmp_path / "run", progress=first)
    kept = tmp_path / "run" / "work" / describing.BLOCKS
    assert sorted(path.name for path in kept.glob("*.npz")) == ["block-00000.npz", "block-00001.npz"]
    written = {path: path.stat().st_mtime_ns for path in kept.glob("*.npz")}
    with pytest.raises(KeyboardInterrupt):
        run(place / "study.toml", tmp_path / "run", progress=Stopping(3))
    assert {path: path.stat().st_mtime_ns for path in written} == written, "what was done is not done again"
    found = run(place / "study.toml", tmp_path / "run", progress=again)
    assert len(again.parts) > 4
    assert again.parts[-1] == 1.0
    assert found.manifest.numbers == done.manifest.numbers
    assert not kept.exists(), "what is about persons and not needed any more is gone"


def test_a_study_is_refused_on_faulty_registers_before_anything_is_counted(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    shutil.copytree(place / "registers", folder)
    work = pq.read_table(folder / "employment.parquet")
    hours = work["hours_week"].to_numpy().copy()
    hours[:3] = 160.0  # a month's hours where a week's belong
    column = work.column_names.index("hours_week")
    pq.write_table(work.set_column(column, "hours_week", pa.array(hours)), folder / "employment.parquet")
    (tmp_path / "study.toml").write_text(study(data=GIVEN), encoding="utf-8")
    with pytest.raises(RegistersError, match=r"employment, column hours_week: too high in 3 rows"):
        run(tmp_path / "study.toml", tmp_path / "run")


def test_registers_month_by_month_give_the_same_numbers(place: Path, done: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    shutil.copytree(place / "registers", folder)
    for name, table in MONTHLY.items():
        rows = pq.read_table(folder / f"{name}.parquet")
        first, last = (rows[column].to_numpy() for column in ("month_from", "month_to"))
        count = last - first + 1
        row = np.repeat(np.arange(rows.num_rows), count)
        month = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
        months = rows.take(pa.array(row)).append_column("month", pa.array(month, pa.int32())).select(table.names)
        order = [(column, "ascending") for column in dict.fromkeys(("person", *table.per, "month"))]
        pq.write_table(months.sort_by(order), folder / f"{table.name}.parquet")
        (folder / f"{name}.parquet").unlink()
    (tmp_path / "study.toml").write_text(study(data=GIVEN), encoding="utf-8")
    found = run(tmp_path / "study.toml", tmp_path / "run")
    assert found.manifest.numbers == done.manifest.numbers
    assert "employment_months.parquet" in fingerprint(folder), "the manifest tells the files that were given"
