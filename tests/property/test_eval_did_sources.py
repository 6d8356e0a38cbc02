"""Whatever a panel is read from (batches, files in lanes, intervals), the effects are those of the panel in memory."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from springbrett.evaluation.effects.did import cells as cells_module
from springbrett.evaluation.effects.did import intervals as intervals_module
from springbrett.evaluation.effects.did import stream as stream_module
from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.cells import Unbalanced, reduce
from springbrett.evaluation.effects.did.group_time import GroupTimes, group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.intervals import Persons, reduce_intervals
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import Panel
from springbrett.evaluation.effects.did.stream import Columns, reduce_batches, reduce_parquet
from springbrett.evaluation.effects.did.sums import square
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.outcomes.intervals import Intervals
from tests.builders.panels import frame, panel

NO_BAND = Band(draws=0)
seeds = st.integers(0, 100_000)


def same(found: GroupTimes, wanted: GroupTimes) -> None:
    """Values, errors and what they add up to."""
    np.testing.assert_allclose(found.value, wanted.value, atol=1e-10)
    np.testing.assert_allclose(found.se, wanted.se, rtol=1e-8)
    one, other = found.simple(), wanted.simple()
    assert (one.value, one.se, one.n_treated) == pytest.approx((other.value, other.se, other.n_treated), rel=1e-8)


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.8]), st.booleans(), st.integers(3, 40), st.sampled_from(list(Unbalanced)))
def test_a_stream_of_any_batches_gives_what_memory_gives(
    seed: int, kept: float, cluster: bool, rows: int, rule: Unbalanced
) -> None:  # fmt: skip
    data = frame(seed, 40, 5, (0, 3, 4), kept=kept)
    table = pa.Table.from_pandas(data[["u", "t", "g", "y", "c", "s"]], preserve_index=False)
    columns = Columns("u", "t", "g", "y", "c" if cluster else None, ("s",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells_module, "BLOCK_VALUES", 50)
        streamed = reduce_batches(table.to_batches(max_chunksize=rows), np.arange(1, 6), columns, unbalanced=rule)
    try:
        whole = group_time(reduce(panel(data, cluster=cluster, stratum=True), rule), comparison="not_yet")
    except CannotEstimate:
        assume(False)
    same(group_time(streamed, comparison="not_yet"), whole)


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.8]), st.booleans(), st.integers(7, 60), st.sampled_from(list(Unbalanced)))
def test_a_file_in_lanes_of_any_row_groups_gives_what_memory_gives(
    seed: int, kept: float, cluster: bool, rows: int, rule: Unbalanced
) -> None:  # fmt: skip
    data = frame(seed, 40, 5, (0, 3, 4), kept=kept)
    table = pa.Table.from_pandas(data[["u", "t", "g", "y", "c", "s"]], preserve_index=False)
    columns = Columns("u", "t", "g", "y", "c" if cluster else None, ("s",))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        pq.write_table(table, Path(folder) / "panel.parquet", row_group_size=rows)
        patch.setattr(stream_module, "LANE_ROWS", 1)
        patch.setattr(stream_module, "BLOCK_VALUES", 50)
        streamed = reduce_parquet(Path(folder) / "panel.parquet", columns, unbalanced=rule)
    try:
        whole = group_time(reduce(panel(data, cluster=cluster, stratum=True), rule), comparison="not_yet")
    except CannotEstimate:
        assume(False)
    same(group_time(streamed, comparison="not_yet"), whole)


@settings(max_examples=10, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.8]), st.booleans())
def test_other_estimators_take_what_a_file_was_reduced_to(seed: int, kept: float, cluster: bool) -> None:
    data = frame(seed, 40, 6, (0, 3, 4), kept=kept)
    columns = Columns("u", "t", "g", "y", "c" if cluster else None)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        pq.write_table(pa.Table.from_pandas(data, preserve_index=False), Path(folder) / "p.parquet", row_group_size=31)
        patch.setattr(stream_module, "LANE_ROWS", 1)
        cells = reduce_parquet(Path(folder) / "p.parquet", columns)
    for method in (imputation, local_projections):
        found, wanted = method(cells, band=NO_BAND), method(panel(data, cluster=cluster), band=NO_BAND)
        np.testing.assert_allclose(found.value, wanted.value, atol=1e-10)
        np.testing.assert_allclose(found.se, wanted.se, rtol=1e-8)
        assert found.overall.n_treated == wanted.overall.n_treated


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(4, 60), st.integers(20, 200), st.data())
def test_units_out_of_order_are_told_or_never_matter(seed: int, rows: int, block: int, draw: st.DataObject) -> None:
    data = frame(seed, 30, 5, (0, 3, 4))
    units = np.arange(30)
    one, other = draw.draw(st.integers(0, 28)), draw.draw(st.integers(0, 29))
    units[[one, other]] = units[[other, one]]
    moved = pd.concat([data[data.u == unit] for unit in units])
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        pq.write_table(pa.Table.from_pandas(moved[["u", "t", "g", "y"]], preserve_index=False),
                       Path(folder) / "panel.parquet", row_group_size=rows)  # fmt: skip
        patch.setattr(stream_module, "LANE_ROWS", 1)
        patch.setattr(stream_module, "BLOCK_VALUES", block)
        try:
            streamed = reduce_parquet(Path(folder) / "panel.parquet", Columns("u", "t", "g", "y"))
        except CannotEstimate as problem:
            assert (problem.code, one != other) == ("bad_input", True)
            return
    same(group_time(streamed), group_time(panel(data)))


@settings(max_examples=25, deadline=None)
@given(seeds, st.booleans(), st.booleans(), st.sampled_from([1.0, 37.5, 0.1]), st.sampled_from(list(Unbalanced)))
def test_outcomes_kept_as_intervals_give_what_their_months_give(
    seed: int, cluster: bool, windows: bool, amount: float, rule: Unbalanced
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)
    count, grid = 60, np.arange(3, 10)
    who = np.sort(rng.integers(0, count, 150))
    begin = rng.integers(-1, 12, 150)
    spans = Intervals(who * 2, begin, begin + rng.integers(0, 5, 150), amount * rng.integers(1, 4, 150))
    seen = np.stack([rng.integers(1, 6, count), rng.integers(7, 12, count)])
    seen = seen if windows else np.full_like(seen, [[3], [9]])
    persons = Persons(np.arange(count) * 2, rng.choice([0, 5, 7], count), np.arange(count) % 2,
                      np.arange(count) % 9 if cluster else None, 1.0 + np.arange(count) % 3,
                      seen[0] if windows else None, seen[1] if windows else None)  # fmt: skip
    y = np.zeros((count, len(grid)))
    for one, a, b, much in zip(who, spans.first, spans.last, spans.weight, strict=True):
        y[one] += much * ((grid >= a) & (grid <= b))
    row, column = np.nonzero((grid >= seen[0][:, None]) & (grid <= seen[1][:, None]))
    months = Panel(row, grid[column], persons.first[row], y[row, column], persons.cluster[row] if cluster else None,
                   persons.stratum[row], persons.weight[row])  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals_module, "BLOCK_VALUES", 100)
        found = group_time(reduce_intervals(persons, spans, grid, rule), comparison="not_yet", leave_out_thin=True)
    same(found, group_time(months, comparison="not_yet", unbalanced=rule, leave_out_thin=True))


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from([1, 4]), st.sampled_from([1, 30, 500, 3000, 10**6]))
def test_products_of_numbers_on_a_grid_are_exact(seed: int, steps: int, largest: int) -> None:
    whole = np.random.default_rng(seed).integers(-largest, largest + 1, (90, 4))
    np.testing.assert_array_equal(square(whole / steps), (whole.T @ whole) / steps**2)


def test_persons_and_intervals_that_contradict_themselves_are_refused() -> None:
    three, grid = np.arange(3), np.arange(1, 6)
    persons, one = Persons(three, np.array([0, 3, 4])), np.array([1])
    wrong = [
        lambda: Persons(three[::-1], three),
        lambda: Persons(np.zeros(3, np.int64), three),
        lambda: Persons(three, three[:2]),
        lambda: Persons(three[:0], three[:0]),
        lambda: Persons(three, three, weight=np.array([1.0, 0.0, 1.0])),
        lambda: Persons(three, three, seen_from=three + 3, seen_to=three + 2),
        lambda: reduce_intervals(persons, Intervals(one, one, one), np.array([1, 2, 4])),
        lambda: reduce_intervals(persons, Intervals(one, one + 1, one), grid),
        lambda: reduce_intervals(persons, Intervals(three[::-1], three, three), grid),
        lambda: reduce_intervals(persons, Intervals(one, one, one, np.array([np.nan])), grid),
    ]
    for made in wrong:
        with pytest.raises(CannotEstimate) as refused:
            made()
        assert refused.value.code == "bad_input"


def test_a_person_without_intervals_counts_with_nothing_and_others_do_not_count() -> None:
    persons = Persons(np.array([2, 5]), np.array([0, 3]))
    cells = reduce_intervals(persons, Intervals(np.array([1, 2, 9]), np.array([1, 2, 1]), np.array([3, 9, 3])),
                             np.arange(1, 5))  # fmt: skip
    np.testing.assert_array_equal(cells.y + cells.m * cells.shift, [[0, 0, 0, 0], [0, 1, 1, 1]])
