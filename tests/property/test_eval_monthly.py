"""One row per month and months on end say the same thing, whatever the order within a person and however it is cut."""

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett.evaluation.engine.monthly import to_intervals
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY
from springbrett.evaluation.registers.read import RegistersError
from tests.builders import registers as made

Month = tuple[int | None, int | None, float, int | None]


def by_month(table: pa.Table) -> list[tuple[object, ...]]:
    """Every month of every interval with its values, sorted."""
    found = []
    for row in table.to_pylist():
        first, last = row.pop("month_from"), row.pop("month_to")
        found += [(row["person"], month, *(str(value) for value in row.values())) for month in range(first, last + 1)]
    return sorted(found)


def monthly(table: pa.Table, name: str, order: list[str]) -> pa.Table:
    """The same with one row per month."""
    rows = [row | {"month": month} for row in table.to_pylist()
            for month in range(row["month_from"], row["month_to"] + 1)]  # fmt: skip
    layout = MONTHLY[name]
    cells = [{column: row[column] for column in layout.names} for row in rows]
    return pa.Table.from_pylist(cells, schema=layout.schema).sort_by([(column, "ascending") for column in order])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(MONTHLY)), st.integers(1, 50), st.booleans())
def test_the_intervals_hold_the_months_of_the_monthly_file(seed: int, name: str, rows: int, by_kind: bool) -> None:
    table = made.registers(seed)[name]
    kind = {"employment": "employer", "benefits": "benefit"}.get(name)
    order = ["person", *([kind] if by_kind and kind else []), "month"]
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / f"{name}_months.parquet", Path(folder) / f"{name}.parquet"
        pq.write_table(monthly(table, name, order), source, row_group_size=rows)
        count = to_intervals(source, name, target, threads=1 + seed % 2)
        found = pq.read_table(target)
    assert by_month(found) == by_month(table)
    assert found.num_rows == count
    assert found.schema.equals(LAYOUT[name].schema)
    keys = list(zip(found["person"].to_pylist(), found["month_from"].to_pylist(), strict=True))
    assert keys == sorted(keys)


def intervals(rows: list[Month], folder: Path, size: int) -> list[tuple[int, ...]]:
    person, month, hours, employer = (list(column) for column in zip(*rows, strict=True))
    table = pa.table({
        "person": pa.array(person, pa.int64()), "month": pa.array(month, pa.int32()),
        "hours_week": pa.array(hours, pa.float64()), "wage_month": pa.array(hours, pa.float64()),
        "employer": pa.array(employer, pa.int64()),
    })  # fmt: skip
    pq.write_table(table, folder / "employment_months.parquet", row_group_size=size)
    to_intervals(folder / "employment_months.parquet", "employment", folder / "employment.parquet")
    found = pq.read_table(folder / "employment.parquet").to_pylist()
    return [(row["person"], row["month_from"], row["month_to"], row["employer"]) for row in found]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_months_on_end_become_one_interval_wherever_the_file_is_cut(size: int, tmp_path: Path) -> None:
    rows: list[Month] = [(1, month, 20.0, 5) for month in range(10, 16)]
    rows += [(2, 16, 20.0, 5), (2, 18, 20.0, 5), (2, 19, 20.0, None)]
    assert intervals(rows, tmp_path, size) == [(1, 10, 15, 5), (2, 16, 16, 5), (2, 18, 18, 5), (2, 19, 19, None)]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_two_jobs_month_by_month_become_two_intervals(size: int, tmp_path: Path) -> None:
    rows: list[Month] = [(1, month, 20.0, employer) for month in range(10, 14) for employer in (5, 6)]
    assert intervals(rows, tmp_path, size) == [(1, 10, 13, 5), (1, 10, 13, 6)]


def test_many_rows_are_cut_where_the_values_change_and_only_there(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows: list[Month] = [(person, month, float(hours), 1) for person in range(200)
                         for month, hours in enumerate(np.repeat(rng.integers(1, 40, 20), 12))]  # fmt: skip
    changes = sum(a[0] != b[0] or a[2] != b[2] for a, b in itertools.pairwise(rows)) + 1
    assert len(intervals(rows, tmp_path, 997)) == changes


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([12, 24, 30, 1000]))
def test_a_panel_without_holes_is_read_the_same_whether_its_months_recur_from_part_to_part(
    seed: int, size: int
) -> None:
    rng, persons, months = np.random.default_rng(seed), 40, 12
    begins = rng.random(persons * months) < 0.15
    begins[::months] = True
    run = np.cumsum(begins) - 1
    benefit, amount = (rng.choice(held, run[-1] + 1)[run] for held in (["aap", "none"], [np.nan, 0.0, 9000.0]))
    table = pa.table({
        "person": np.repeat(np.arange(persons), months), "month": np.tile(np.arange(months, dtype=np.int32), persons),
        "benefit": benefit, "amount_month": pa.array(amount, mask=rng.random(len(run)) < 0.1),
    })  # fmt: skip
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "benefits_months.parquet", Path(folder) / "benefits.parquet"
        pq.write_table(table, source, row_group_size=size)
        to_intervals(source, "benefits", target)
        found = by_month(pq.read_table(target))
    assert found == sorted((row["person"], row["month"], str(row["person"]), row["benefit"], str(row["amount_month"]))
                           for row in table.to_pylist())  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([(2, 10, 20.0, 5), (1, 10, 20.0, 5)], "not sorted by person"),
        ([(1, 10, 20.0, 5), (None, 10, 20.0, 5)], "without person or month"),
        ([(1, None, 20.0, 5), (1, 10, 20.0, 5)], "without person or month"),
    ],
)
@pytest.mark.parametrize("size", [1, 2])
def test_what_cannot_be_read_is_said_and_nothing_is_left_behind(
    rows: list[Month], problem: str, size: int, tmp_path: Path
) -> None:
    with pytest.raises(RegistersError, match=problem):
        intervals(rows, tmp_path, size)
    assert [path.name for path in tmp_path.iterdir()] == ["employment_months.parquet"]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    source = tmp_path / "employment_months.parquet"
    pq.write_table(pa.table({"person": [1], "month": [10], "wage_month": [1.0]}), source)
    with pytest.raises(RegistersError, match="lacks the column hours_week"):
        to_intervals(source, "employment", tmp_path / "employment.parquet")
