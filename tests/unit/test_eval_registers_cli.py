"""`springbrett registers …`: what is wrong is told by file, row, column and value; what is written is what is read."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from springbrett.cli import app
from springbrett.evaluation.registers.check import check_folder
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY, TABLES
from springbrett.evaluation.registers.page import layout_page
from springbrett.evaluation.registers.read import read, write
from springbrett.evaluation.simulate.norway import simulate, write_simulated
from tests.unit.test_eval_from_ledger import ENDED, STARTED, event, exported
from tests.unit.test_eval_registers import LEVEL, SPELL, tables

CLI = CliRunner()


def said(*command: str | Path) -> tuple[int, str]:
    done = CLI.invoke(app, ["registers", *map(str, command)])
    return done.exit_code, done.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tables(), tmp_path / "from")
    return tmp_path / "from"


def as_csv(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """One table as CSV, some of its text exchanged."""
    path = folder / f"{name}.csv"
    pa_csv.write_csv(pq.read_table(folder / f"{name}.parquet"), path)
    (folder / f"{name}.parquet").unlink()
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_registers_that_hold_together_are_told_so_with_how_many_rows_there_are(folder: Path) -> None:
    code, text = said("check", folder)
    assert code == 0
    assert "persons 1, spells 1" in text


def test_a_fault_is_told_by_file_row_column_and_value_and_ends_with_1(folder: Path) -> None:
    write(tables(spells=[SPELL, SPELL | {"start": SPELL["end"], "end": None}]), folder)
    code, text = said("check", folder)
    assert code == 1
    assert "spells.parquet, column start: overlap (row 2: 2021-03-31); join the intervals" in text
    assert "no study is carried out" in text


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("spells", "2021-01-04", "2021-02-30", "spells.csv, column start: impossible date (row 1: 2021-02-30)"),
        ("employment", "24255", "March", "employment.csv, column month_from: not a number (row 1: March)"),
    ],
)
def test_a_cell_of_a_csv_file_that_cannot_be_read_is_found(
    folder: Path, name: str, old: str, new: str, told: str
) -> None:
    as_csv(folder, name, (old, new))
    code, text = said("check", folder)
    assert code == 1
    assert told in text


def test_what_is_missing_is_told_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    (folder / "spells.parquet").unlink()
    assert said("check", folder) == (1, f"{folder} lacks spells.parquet (or .csv), which every study needs\n")
    code, text = said("check", tmp_path / "nowhere")
    assert code == 1
    assert "springbrett simulate" in text


def test_a_month_left_out_of_a_history_is_told_and_does_not_stop_a_study(folder: Path) -> None:
    write(tables(needs_levels=[LEVEL, LEVEL | {"month_from": 24256, "month_to": 24257}]), folder)
    code, text = said("check", folder)
    assert code == 0
    assert "needs_levels.parquet, column month_from: gap (row 2: 24256)" in text


def test_a_month_that_was_not_delivered_is_told(tmp_path: Path) -> None:
    write_simulated(simulate(persons=400, years=4, seed=1), tmp_path)
    whole, _rows = check_folder(tmp_path)
    assert [found for found in whole if found.problem == "gap" and found.table == "employment"] == []
    work = pq.read_table(tmp_path / "employment.parquet")
    lost = int(np.median(work["month_from"].to_numpy()))
    before, after = work.set_column(2, "month_to", pa.array(np.minimum(work["month_to"].to_numpy(), lost - 1))), (
        work.set_column(1, "month_from", pa.array(np.maximum(work["month_from"].to_numpy(), lost + 1))))  # fmt: skip
    parts = [t.filter(pa.array(t["month_from"].to_numpy() <= t["month_to"].to_numpy())) for t in (before, after)]
    write({"employment": pa.concat_tables(parts)}, tmp_path)
    found = [found for found in check_folder(tmp_path)[0] if found.problem == "gap" and found.table == "employment"]
    assert [one.values for one in found] == [(f"{lost // 12}-{lost % 12 + 1:02}: 0",)]
    assert not any(one.fatal for one in found)


def monthly(folder: Path) -> None:
    """Work month by month instead of as intervals."""
    rows = [{"person": 1, "month": month, "hours_week": 20.0, "wage_month": 20000.0} for month in range(24255, 24261)]
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(
        [(name, MONTHLY["employment"].column(name).arrow) for name in rows[0]])),
        folder / "employment_months.parquet")  # fmt: skip
    (folder / "employment.parquet").unlink()


def test_registers_month_by_month_are_checked_as_they_are(folder: Path) -> None:
    monthly(folder)
    assert said("check", folder)[0] == 0
    path = folder / "employment_months.parquet"
    rows = pq.read_table(path)
    pq.write_table(pa.concat_tables([rows, rows.slice(5)]), path)
    code, text = said("check", folder)
    assert code == 1
    assert "employment_months.parquet, column month: overlap (row 7: 24260)" in text


def test_intervals_writes_the_same_registers_sorted_as_parquet(folder: Path, tmp_path: Path) -> None:
    before = {name: rows.to_pylist() for name, rows in read(folder).tables.items()}
    monthly(folder)
    as_csv(folder, "spells")
    persons = pq.read_table(folder / "persons.parquet")
    other = persons.set_column(0, "person", pa.array([0]))
    pq.write_table(pa.concat_tables([persons, other]), folder / "persons.parquet")
    (folder / "simulated.json").write_text("{}", encoding="utf-8")
    code, text = said("intervals", folder, tmp_path / "to")
    assert code == 0, text
    found = {name: rows.to_pylist() for name, rows in read(tmp_path / "to").tables.items()}
    assert [row["person"] for row in found["persons"]] == [0, 1]
    assert found | {"persons": 0} == before | {"persons": 0}
    assert check_folder(tmp_path / "to")[0] == ()
    assert (tmp_path / "to" / "simulated.json").exists(), "they are still of persons who never lived"


def test_nothing_is_written_over(folder: Path, tmp_path: Path) -> None:
    for command in (["intervals", folder], ["pseudonymise", folder], ["from-export", folder]):
        code, text = said(*command, folder)
        assert code == 1
        assert "not empty" in text


def test_the_same_key_file_gives_the_same_pseudonyms_and_none_new_ones(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    secret.write_bytes(b"a secret of sixteen")
    for name in ("a", "b"):
        assert said("pseudonymise", folder, tmp_path / name, "--key-file", secret)[0] == 0
    assert said("pseudonymise", folder, tmp_path / "c")[0] == 0
    a, b, c = (read(tmp_path / name)["persons"]["person"][0].as_py() for name in "abc")
    assert a == b
    assert len({1, a, c}) == 3
    secret.write_bytes(b"short")
    code, text = said("pseudonymise", folder, tmp_path / "d", "--key-file", secret)
    assert code == 1
    assert "at least 16 bytes" in text


def test_an_export_becomes_registers_and_what_it_does_not_know_is_said(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED), event(2, "agreement.ended", ENDED))
    code, text = said("from-export", export, tmp_path / "to")
    assert code == 0
    assert "spells 1" in text
    assert "does not know employment, benefits, education" in text
    assert said("check", tmp_path / "to")[0] == 0
    code, text = said("from-export", tmp_path, tmp_path / "other")
    assert code == 1
    assert "springbrett export" in text


def test_the_page_of_the_layout_names_every_table_column_and_code() -> None:
    page = layout_page()
    for table in TABLES:
        assert f"## {table.name}\n" in page
        for column in table.columns:
            assert f"| `{column.name}` |" in page
            assert all(f"`{code}`" in page for code in column.codes)
    assert all(f"`{table.name}.parquet`" in page for table in MONTHLY.values())
    assert set(MONTHLY) < set(LAYOUT)
