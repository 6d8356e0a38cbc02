"""Registers as they really come: other marks, other types, torn files. What is clear is read alike by all; the rest is
told by file, row and column, without ever saying who it is about."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from springbrett.cli import app
from springbrett.evaluation import engine
from springbrett.evaluation.alone import alone
from springbrett.evaluation.registers.check import check_folder, fatal
from springbrett.evaluation.registers.findings import RegistersError
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY
from springbrett.evaluation.registers.pseudonymise import pseudonymise_folder
from springbrett.evaluation.registers.read import read, write
from tests.unit.test_eval_from_ledger import STARTED, event, exported
from tests.unit.test_eval_registers import LEVEL, OFFICE, PERSON, SPELL, WORK, tables

CLI = CliRunner()
SECRET = b"a secret of sixteen"
SOMEBODY = "01019012345"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tables(), tmp_path / "from")
    return tmp_path / "from"


def as_csv(folder: Path, name: str, change: Callable[[str], str] = str, encoding: str = "utf-8") -> None:
    """A table as CSV, its text changed."""
    path = folder / f"{name}.parquet"
    pa_csv.write_csv(pq.read_table(path), folder / f"{name}.csv", pa_csv.WriteOptions(quoting_style="none"))
    path.unlink()
    text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    (folder / f"{name}.csv").write_bytes(change(text).encode(encoding))


def as_type(folder: Path, name: str, column: str, values: pa.Array) -> None:
    """A column of a Parquet file in another type."""
    rows = pq.read_table(folder / f"{name}.parquet")
    pq.write_table(rows.set_column(rows.column_names.index(column), column, values), folder / f"{name}.parquet")


def said(*command: str | Path) -> tuple[int, str]:
    done = CLI.invoke(app, ["registers", *map(str, command)])
    assert done.exception is None or isinstance(done.exception, SystemExit), "told, not thrown"
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("employment", lambda text: text.replace(",", ";").replace("20.5", "20,5")),
        ("spells", lambda text: text.replace("\n", "\r\n")),
        ("persons", lambda text: "\ufeff" + text),
        ("spells", lambda text: text.rstrip("\n")),
    ],
    ids=["semicolons and decimal commas", "Windows line ends", "a mark of order first", "no line end last"],
)
def test_csv_as_spreadsheets_write_it_is_read(folder: Path, name: str, change: Callable[[str], str]) -> None:
    write(tables(employment=[WORK | {"hours_week": 20.5}]), folder)
    before = read(folder)[name]
    as_csv(folder, name, change)
    assert read(folder)[name].equals(before)
    assert check_folder(folder)[0] == ()


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("employment", lambda text: text.replace(",", ";").replace("20000", "20.000"),
         "employment.csv, column wage_month: not a number (row 1: 20.000)"),
        ("spells", lambda text: text.replace("2021-01-04", "04.01.2021"),
         "spells.csv, column start: impossible date (row 1: 04.01.2021); write a day between"),
        ("persons", lambda text: text.upper(), "names are in small letters"),
        ("persons", lambda text: text + f"{SOMEBODY},Kari,Nordmann,x,y,z,1,2\n",
         "persons.csv, row 2: 8 cells where the heading has 7"),
        ("persons", lambda text: text.replace("1,1990", f"{SOMEBODY}x,1990"),
         "persons.csv, column person: not a number (row 1); keys are whole numbers"),
        ("persons", lambda text: f"{SOMEBODY},Kari,Nordmann\n", "has none of the columns person, birth_year"),
        ("persons", lambda text: "", "persons.csv is empty"),
        ("spells", lambda text: text.replace('"end"', '"slutt"'), "spells.csv lacks the column end"),
        ("employment", lambda text: text.replace("24255", "202101"), "write the month as year × 12 + month − 1"),
        ("persons", lambda text: text.replace("region", "person"), "has the column person twice"),
    ],
    ids=["a mark of thousands", "days as written here", "large letters", "torn row", "key as text", "no heading",
         "empty", "no end", "month as YYYYMM", "a column twice"],
)  # fmt: skip
def test_what_is_not_clear_is_told_with_what_to_do_and_names_nobody(
    folder: Path, name: str, change: Callable[[str], str], told: str
) -> None:
    as_csv(folder, name, change)
    code, text = said("check", folder)
    assert code == 1
    assert told in text
    assert SOMEBODY not in text
    assert "Kari" not in text
    code, text = said("intervals", folder, folder.parent / "to")
    assert code == 0 or not (folder.parent / "to").exists(), "all of it, or nothing"


def test_letters_of_older_programs_are_told_by_row(folder: Path) -> None:
    as_csv(folder, "persons", lambda text: text.replace("north", "Møre"), encoding="latin-1")
    assert "persons.csv, row 1: a letter is not written in UTF-8" in said("check", folder)[1]
    as_csv(folder, "spells", encoding="utf-16")
    (folder / "persons.csv").unlink()
    write({"persons": tables()["persons"]}, folder)
    assert "spells.csv is not text in UTF-8" in said("check", folder)[1]


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("spells", "person", pa.array([1], pa.int16())),
        ("spells", "person", pa.array(["1"])),
        ("spells", "person", pa.array([1.0])),
        ("spells", "person", pa.array([1], pa.uint64())),
        ("spells", "measure", pa.array(["arbeidstrening"]).dictionary_encode()),
        ("spells", "measure", pa.array(["arbeidstrening"], pa.large_string())),
        ("spells", "start", pa.array(["2021-01-04"])),
        ("spells", "start", pa.array([datetime(2021, 1, 4, 15, 30)])),
        ("spells", "start", pc.assume_timezone(pa.array([datetime(2021, 1, 4)]), "Europe/Oslo")),
        ("spells", "start", pa.array([datetime(2021, 1, 4)], pa.timestamp("ns", "UTC"))),
        ("employment", "wage_month", pa.array([Decimal("20000.00")])),
        ("employment", "subsidised", pa.nulls(1)),
    ],
    ids=str,
)  # fmt: skip
def test_other_types_that_hold_the_same_are_read_alike_by_the_reader_and_the_engine(
    folder: Path, name: str, column: str, values: pa.Array
) -> None:
    before = read(folder)[name].to_pylist()
    as_type(folder, name, column, values)
    assert check_folder(folder)[0] == ()
    assert read(folder)[name].to_pylist() == before
    with engine.open(folder) as opened:
        assert opened.table(name).to_pylist() == before


@pytest.mark.parametrize(
    ("name", "column", "values", "told"),
    [
        ("employment", "month_from", pa.array([24255.5]), r"not a number \(row 1: 24255.5\)"),
        ("employment", "month_from", pa.array([date(2021, 4, 1)]), "holds date32.*it must hold the month"),
        ("spells", "start", pa.array([20210104]), "holds int64.*it must hold a day"),
        ("spells", "start", pa.array([datetime(2021, 1, 3, 23)], pa.timestamp("us", "UTC")),
         r"impossible date \(row 1: 2021-01-03 23:00"),
        ("employment", "wage_month", pa.array([[1.0]]), "holds list"),
        ("employment", "subsidised", pa.array([2]), r"unknown code \(row 1: 2\)"),
        ("spells", "person", pa.array([2.0**60]), r"person: not a number \(row 1\)"),
        ("spells", "person", pa.array([2**64 - 1], pa.uint64()), r"person: not a number \(row 1\)"),
    ],
    ids=["part of a month", "a day for a month", "a number for a day", "a day that may be the next", "a list",
         "a number for a flag", "a key that was rounded", "a key too large"],
)  # fmt: skip
def test_types_that_could_be_misread_are_refused_by_the_reader_and_the_engine(
    folder: Path, name: str, column: str, values: pa.Array, told: str
) -> None:
    as_type(folder, name, column, values)
    for opened in (read, lambda where: engine.open(where).close()):
        with pytest.raises(RegistersError, match=told):
            opened(folder)
    code, text = said("check", folder)
    assert code == 1
    assert f"{name}.parquet, column {column}" in text


@pytest.mark.parametrize("content", [b"", b"not Parquet at all", b"PAR1\0\0"], ids=["empty", "text", "cut off"])
def test_a_file_that_is_not_whole_is_told(folder: Path, content: bytes) -> None:
    (folder / "spells.parquet").write_bytes(content)
    for command in (("check", folder), ("intervals", folder, folder.parent / "to"),
                    ("pseudonymise", folder, folder.parent / "to")):  # fmt: skip
        code, text = said(*command)
        assert code == 1
        assert "spells.parquet is no whole Parquet file" in text
        assert not (folder.parent / "to").exists()
    with pytest.raises(RegistersError, match="no whole Parquet file"):
        engine.open(folder)


def test_what_is_not_read_is_told_and_stops_nothing(folder: Path) -> None:
    as_csv(folder, "employment", lambda text: text.replace("subsidised", "subsidized"))
    write({"spells": tables(spells=[SPELL, SPELL | {"measure": "arbeidstreningg"}])["spells"]}, folder)
    (folder / "Benefits.CSV").write_text("person\n1\n", encoding="utf-8")
    code, text = said("check", folder)
    assert code == 0
    assert "employment.csv, column subsidized: not read" in text
    assert "spells.parquet, column measure: not in the catalogue (row 2: arbeidstreningg)" in text
    assert "Benefits.CSV: not read" in text


def test_identity_numbers_are_told_with_the_command_that_exchanges_them(folder: Path) -> None:
    made_up = 1017000027 + 40 * 10**7  # no such person: the month is 41; the control digits hold
    numbers = [n for n in range(made_up, made_up + 4000) if _holds(n)][:3]
    write(tables(persons=[PERSON | {"person": n} for n in numbers], spells=[], employment=[], needs_levels=[]), folder)
    _code, text = said("check", folder)
    assert "persons.parquet, column person: identity number" in text
    assert "registers pseudonymise" in text
    assert not any(str(n) in text for n in numbers)


def _holds(number: int) -> bool:
    digits = [int(d) for d in f"{number:011}"]
    weights = ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    return all(sum(w * d for w, d in zip(row, digits, strict=False)) % 11 == 0 for row in weights)


def test_keys_that_are_text_become_pseudonyms_the_same_in_every_table(folder: Path, tmp_path: Path) -> None:
    pseudonymise_folder(folder, tmp_path / "numbers", SECRET)
    as_type(folder, "spells", "person", pa.array(["0001"]))
    as_type(folder, "persons", "person", pa.array(["1"]))
    pseudonymise_folder(folder, tmp_path / "text", SECRET)
    assert fatal(check_folder(tmp_path / "text")[0]) == ()
    for name in ("persons", "spells", "employment", "needs_levels"):
        assert read(tmp_path / "text")[name].equals(read(tmp_path / "numbers")[name])
    as_type(folder, "spells", "person", pa.array(["a1-b2"]))
    pseudonymise_folder(folder, tmp_path / "other", SECRET)
    assert read(tmp_path / "other")["spells"]["person"][0].as_py() > 0


def test_work_month_by_month_is_pseudonymised_too_and_not_left_out(folder: Path, tmp_path: Path) -> None:
    rows = [{"person": 1, "month": month, "hours_week": 20.0, "wage_month": 20000.0} for month in (24256, 24255)]
    schema = pa.schema([(name, MONTHLY["employment"].column(name).arrow) for name in rows[0]])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "employment_months.parquet")
    (folder / "employment.parquet").unlink()
    held = pseudonymise_folder(folder, tmp_path / "to", SECRET)
    assert held["employment_months"] == 2
    made = pq.read_table(tmp_path / "to" / "employment_months.parquet")
    assert made["month"].to_pylist() == [24255, 24256]
    assert set(made["person"].to_pylist()) == set(read(tmp_path / "to")["persons"]["person"].to_pylist())


@pytest.mark.parametrize("form", ["CSV", "text", "out of order", "parts"])
def test_work_month_by_month_in_another_form_gives_the_same_intervals(folder: Path, tmp_path: Path, form: str) -> None:
    months = pa.array([*range(24255, 24261)], pa.int32())
    rows = pa.table({"person": pa.array([1] * 6), "month": months, "hours_week": pa.array([20.0] * 6),
                     "wage_month": pa.array([20000.0] * 6)})  # fmt: skip
    before = read(folder)["employment"].to_pylist()
    (folder / "employment.parquet").unlink()
    path = folder / "employment_months.parquet"
    if form == "CSV":
        pa_csv.write_csv(rows, path.with_suffix(".csv"))
    elif form == "parts":
        path.mkdir()
        for number in (0, 1):
            pq.write_table(rows.slice(3 * number, 3), path / f"{number}.parquet")
    elif form == "text":
        pq.write_table(rows.set_column(0, "person", rows["person"].cast(pa.string())), path)
    else:
        others = pa.concat_tables([rows.set_column(0, "person", pa.array([2] * 6)), rows])
        pq.write_table(others, path)
        write({"persons": tables(persons=[PERSON, PERSON | {"person": 2}])["persons"]}, folder)
        before += [before[0] | {"person": 2}]
    assert fatal(check_folder(folder)[0]) == ()
    assert said("intervals", folder, tmp_path / "to")[0] == 0
    assert read(tmp_path / "to")["employment"].to_pylist() == before
    with engine.open(folder) as opened:
        assert opened.table("employment").to_pylist() == before
    if form == "parts":  # a part that is changed is seen, though the folder looks as before
        pq.write_table(rows.slice(3, 2), path / "1.parquet")
        with engine.open(folder) as opened:
            assert opened.table("employment")["month_to"].to_pylist() == [24259]


def test_simulated_registers_are_made_anew_but_no_others_are_written_over(folder: Path, tmp_path: Path) -> None:
    made = ["simulate", "--persons", "300", "--years", "2", "--to"]
    for _ in range(2):
        assert CLI.invoke(app, [*made, str(tmp_path / "norway")]).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "norway").iterdir()) == sorted(
        [*(f"{name}.parquet" for name in LAYOUT), "simulated.json", "truth"])  # fmt: skip
    held = (folder / "persons.parquet").read_bytes()
    done = CLI.invoke(app, [*made, str(folder)])
    assert done.exit_code == 1
    assert "not empty" in done.stderr
    assert (folder / "persons.parquet").read_bytes() == held


def test_two_at_once_in_one_folder_do_not_mix(folder: Path, tmp_path: Path) -> None:
    with alone(tmp_path / "to"):
        code, text = said("intervals", folder, tmp_path / "to")
    assert code == 1
    assert "another process" in text
    assert said("intervals", folder, tmp_path / "to")[0] == 0


@pytest.mark.parametrize("command", ["intervals", "pseudonymise"])
def test_ctrl_c_leaves_nothing_half_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    from springbrett.evaluation.engine import folders
    from springbrett.evaluation.registers import pseudonymise

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for module in (folders, pseudonymise):
        monkeypatch.setattr(module, "keep_origin", stop)
    code, text = said(command, folder, tmp_path / "to")
    assert code == 130
    assert "Nothing was written" in text
    assert not (tmp_path / "to").exists()


def test_an_export_that_is_none_or_was_changed_is_told(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED))
    held = (export / "events.parquet").read_bytes()
    (export / "events.parquet").write_bytes(b"PAR1")
    assert "not as `springbrett export` wrote it (events.parquet)" in said("from-export", export, tmp_path / "to")[1]
    (export / "events.parquet").write_bytes(held)
    (export / "manifest.json").write_text("{", encoding="utf-8")
    assert "manifest.json cannot be read" in said("from-export", export, tmp_path / "to")[1]
    (export / "manifest.json").unlink()
    assert "has no manifest.json" in said("from-export", export, tmp_path / "to")[1]
    assert not (tmp_path / "to").exists()


def test_an_export_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        exported(tmp_path / "export", None)  # type: ignore[arg-type]
    assert not (tmp_path / "export").exists()


def test_the_folder_is_checked_a_table_at_a_time_with_the_answers_of_the_whole(folder: Path) -> None:
    faulty = tables(spells=[SPELL | {"office": 11}, SPELL | {"person": 2}], offices=[OFFICE, OFFICE], employers=[],
                    needs_levels=[LEVEL, LEVEL])  # fmt: skip
    write(faulty, folder)
    from springbrett.evaluation.registers.check import check

    alone_each = {(f.table, f.column, f.problem, f.rows, f.count) for f in check_folder(folder)[0]}
    assert alone_each == {(f.table, f.column, f.problem, f.rows, f.count) for f in check(read(folder))}


def test_long_work_tells_how_far_it_has_come(folder: Path, tmp_path: Path) -> None:
    for work in (lambda tell: check_folder(folder, progress=tell),
                 lambda tell: pseudonymise_folder(folder, tmp_path / "to", SECRET, progress=tell)):  # fmt: skip
        parts: list[float] = []
        work(parts.append)
        assert parts == sorted(parts)
        assert parts[0] < parts[-1] == 1.0
