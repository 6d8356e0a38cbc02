"""Registers: what is wrong is said by file, row and column; keys are exchanged; nothing is read by guess."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from springbrett.evaluation.registers.check import check, fatal
from springbrett.evaluation.registers.findings import Finding
from springbrett.evaluation.registers.layout import LAYOUT, first_day, month_of
from springbrett.evaluation.registers.pseudonymise import pseudonymise_folder, pseudonymised
from springbrett.evaluation.registers.read import Registers, RegistersError, fingerprint, read, write

PERSON = {"person": 1, "birth_year": 1990, "sex": "woman", "immigrant_group": "norway", "education": "tertiary",
          "region": "north", "office": 10}  # fmt: skip
SPELL = {"person": 1, "measure": "arbeidstrening", "start": date(2021, 1, 4), "end": date(2021, 3, 31), "office": 10}
WORK = {"person": 1, "month_from": 24255, "month_to": 24260, "hours_week": 20.0, "wage_month": 20000.0}
LEVEL = {"person": 1, "needs_level": "situasjonsbestemt_innsats", "month_from": 24250, "month_to": 24254}
OFFICE = {"office": 10, "region": "north"}
ROWS: dict[str, list[dict[str, Any]]] = {
    "persons": [PERSON], "spells": [SPELL], "employment": [WORK], "needs_levels": [LEVEL], "offices": [OFFICE],
}  # fmt: skip


def tables(**changed: list[dict[str, Any]]) -> dict[str, pa.Table]:
    rows = ROWS | changed
    return {name: pa.Table.from_pylist([{c: row.get(c) for c in table.names} for row in rows.get(name, [])],
                                       schema=table.schema) for name, table in LAYOUT.items()}  # fmt: skip


def findings(**changed: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return check(Registers(tables(**changed)))


def test_registers_that_hold_together_have_no_findings() -> None:
    assert findings() == ()


@pytest.mark.parametrize(
    ("table", "rows", "column", "problem", "row", "value"),
    [
        ("persons", [PERSON | {"birth_year": 1890}], "birth_year", "too_low", 1, "1890"),
        ("persons", [PERSON | {"sex": "f"}], "sex", "unknown_code", 1, "f"),
        ("persons", [PERSON | {"sex": None}], "sex", "missing", 1, ""),
        ("persons", [PERSON, PERSON], "person", "duplicate", 2, ""),
        ("spells", [SPELL | {"end": date(2021, 1, 3)}], "end", "ends_before_start", 1, "2021-01-03"),
        ("spells", [SPELL | {"start": date(1900, 1, 1)}], "start", "impossible_date", 1, "1900-01-01"),
        ("spells", [SPELL, SPELL | {"start": date(2021, 3, 31), "end": None}], "start", "overlap", 2, "2021-03-31"),
        ("spells", [SPELL | {"person": 2}], "person", "unknown_key", 1, ""),
        ("spells", [SPELL | {"office": 11}], "office", "unknown_key", 1, "11"),
        ("employment", [WORK | {"hours_week": 170.0}], "hours_week", "too_high", 1, "170.0"),
        ("employment", [WORK | {"hours_week": float("nan")}], "hours_week", "not_a_number", 1, "nan"),
        ("employment", [WORK, WORK | {"month_from": 24260, "month_to": 24261}], "month_from", "overlap", 2, "24260"),
    ],
)
def test_each_fault_is_said_by_table_row_and_column(
    table: str, rows: list[dict[str, Any]], column: str, problem: str, row: int, value: str
) -> None:
    found = [f for f in findings(**{table: rows}) if (f.column, f.problem) == (column, problem)]
    assert [(f.table, f.rows, f.values, f.fatal) for f in found] == [(table, (row,), (value,), True)]
    assert found[0].remedy in str(found[0])


def test_two_posts_at_once_with_different_employers_do_not_overlap() -> None:
    posts = [WORK | {"employer": 1}, WORK | {"employer": 2}]
    assert findings(employment=posts, employers=[{"employer": 1}, {"employer": 2}]) == ()


def test_an_interval_inside_a_long_one_overlaps_even_when_a_short_one_stands_between() -> None:
    long, short = WORK | {"month_to": 24290}, WORK | {"month_from": 24256, "month_to": 24257}
    late = WORK | {"month_from": 24280, "month_to": 24281}
    overlaps = [f for f in findings(employment=[long, short, late]) if f.problem == "overlap"]
    assert overlaps[0].rows == (2, 3)


def test_a_file_out_of_order_is_told_and_not_refused() -> None:
    second = PERSON | {"person": 2}
    found = findings(persons=[second, PERSON])
    assert [f.problem for f in found] == ["unsorted"]
    assert fatal(found) == ()


def test_a_register_without_stays_cannot_be_studied() -> None:
    assert [(f.table, f.problem) for f in findings(spells=[])] == [("spells", "empty_table")]


def test_parquet_and_csv_give_the_same_registers(tmp_path: Path) -> None:
    write(tables(), tmp_path / "parquet")
    (tmp_path / "csv").mkdir()
    for name, table in tables().items():
        pa_csv.write_csv(table, tmp_path / "csv" / f"{name}.csv")
    parquet, csv = read(tmp_path / "parquet"), read(tmp_path / "csv")
    assert all(parquet[name].equals(csv[name]) for name in LAYOUT)


def test_a_missing_file_a_missing_column_and_a_wrong_type_are_named(tmp_path: Path) -> None:
    with pytest.raises(RegistersError, match="is not a folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(RegistersError, match="lacks persons"):
        read(tmp_path)
    write(tables(), tmp_path)
    (tmp_path / "offices.parquet").unlink()
    (tmp_path / "offices.csv").write_text("region\nnorth\n")
    with pytest.raises(RegistersError, match="lacks the column office"):
        read(tmp_path)
    (tmp_path / "offices.csv").write_text("office,region\nten,north\n")
    with pytest.raises(RegistersError, match=r"offices\.csv, column office: not a number \(row 1: ten\)"):
        read(tmp_path)


def test_the_fingerprint_changes_with_the_data_and_only_then(tmp_path: Path) -> None:
    write(tables(), tmp_path)
    before = fingerprint(tmp_path)
    write(tables(), tmp_path)
    assert fingerprint(tmp_path) == before
    write(tables(persons=[PERSON | {"birth_year": 1991}]), tmp_path)
    changed = fingerprint(tmp_path)
    assert {name for name in changed if changed[name] != before[name]} == {"persons.parquet"}


def test_pseudonyms_line_up_across_tables_and_hide_the_keys() -> None:
    registers = Registers(tables())
    exchanged = pseudonymised(registers, b"a secret of sixteen")
    person = exchanged["persons"]["person"][0].as_py()
    assert person != 1
    assert {exchanged[name]["person"][0].as_py() for name in ("spells", "employment", "needs_levels")} == {person}
    assert exchanged["spells"]["office"][0].as_py() == 10
    assert check(Registers(exchanged)) == ()
    assert pseudonymised(registers, b"another secret of sixteen")["persons"]["person"][0].as_py() != person


def test_a_short_secret_and_a_used_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        pseudonymised(Registers(tables()), b"short")
    write(tables(), tmp_path / "from")
    pseudonymise_folder(tmp_path / "from", tmp_path / "to", b"a secret of sixteen")
    with pytest.raises(FileExistsError, match="not empty"):
        pseudonymise_folder(tmp_path / "from", tmp_path / "to", b"a secret of sixteen")


def test_months_and_days_are_each_others_inverse() -> None:
    assert month_of(date(2021, 1, 31)) == 24252
    assert all(month_of(first_day(month)) == month for month in (23880, 24252, 24263))


def test_a_finding_shows_the_first_rows_and_counts_the_rest() -> None:
    many = replace(Finding("persons", "sex", "missing", 30, (1, 2), ("None", "None")))
    assert "and 28 more" in str(many)
