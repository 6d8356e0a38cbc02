"""Engines and sweep give what the plain way gives: months by month in memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from springbrett.evaluation import engine
from springbrett.evaluation.engine import Stays, sweep
from springbrett.evaluation.engine.backends import DuckDB
from springbrett.evaluation.engine.engines import Engine
from springbrett.evaluation.outcomes.definitions import Outcome, group_paths_of, intervals_of, outcome_paths
from springbrett.evaluation.outcomes.intervals import Intervals
from springbrett.evaluation.outcomes.paths import GroupPaths, Window
from springbrett.evaluation.registers.read import Tables, write
from tests.builders import registers as made

SEEDS = st.integers(0, 2**32 - 1)
OUTCOMES = made.outcomes()


def same(a: Intervals, b: Intervals) -> bool:
    def rows(found: Intervals) -> list[tuple[float, ...]]:
        weight = np.ones(len(found)) if found.weight is None else found.weight
        return sorted(zip(found.person.tolist(), found.first.tolist(), found.last.tolist(), weight, strict=True))

    return rows(a) == rows(b)


def plain(outcome: Outcome, tables: Tables, stays: Stays, window: Window) -> GroupPaths:
    months = intervals_of(outcome, tables, window.last_known)
    return group_paths_of(outcome, months, (stays.person, stays.start, stays.group), stays.groups, window)


def agree(found: dict[str, GroupPaths], tables: Tables, stays: Stays, window: Window) -> None:
    for outcome in OUTCOMES:
        wanted = plain(outcome, tables, stays, window)
        assert np.array_equal(found[outcome.code].total, wanted.total), outcome.code
        assert np.array_equal(found[outcome.code].known, wanted.known), outcome.code


def in_pieces(tables: Tables, folder: Path, rows: int) -> None:
    """Written with a few rows in each part, so that persons go on from one to the next."""
    write(tables, folder)
    for path in folder.glob("*.parquet"):
        pq.write_table(pq.read_table(path), path, row_group_size=rows)


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(SEEDS, st.integers(1, 7), st.integers(1, 40))
def test_duckdb_gives_the_intervals_the_paths_and_the_groups_of_the_plain_way(
    seed: int, rows: int, at_once: int
) -> None:
    tables = made.registers(seed)
    person, start, group = made.stays(seed)
    window = Window(made.FIRST, made.LAST, 12, 18)
    stays = Stays.of(person, start, group, 3)
    with TemporaryDirectory() as name:
        in_pieces(tables, Path(name), rows)
        with engine.open(Path(name)) as opened:
            agree(opened.group_paths(OUTCOMES, stays, window, stays_at_once=at_once), tables, stays, window)
            outcome = OUTCOMES[seed % len(OUTCOMES)]
            assert same(opened.intervals(outcome, made.LAST), intervals_of(outcome, tables, made.LAST))
            wanted = outcome_paths(outcome, tables, person, start, window)
            assert np.array_equal(opened.outcome_paths(outcome, person, start, window, stays_at_once=at_once), wanted,
                                  equal_nan=True)  # fmt: skip


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(SEEDS, st.integers(1, 7), st.integers(1, 3))
def test_the_sweep_over_files_gives_what_the_plain_way_gives(seed: int, rows: int, threads: int) -> None:
    tables = made.registers(seed)
    stays = Stays.of(*made.stays(seed), 3)
    window = Window(made.FIRST + seed % 20, made.LAST - seed % 9, 12, 18)
    with TemporaryDirectory() as name:
        in_pieces(tables, Path(name), rows)
        agree(sweep.group_paths(Path(name), OUTCOMES, stays, window, threads=threads), tables, stays, window)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda o: o.code)
def test_every_outcome_has_the_same_months_on_duckdb_whole_and_in_batches(outcome: Outcome, tmp_path: Path) -> None:
    tables = made.registers(5, persons=40, rows=120)
    write(tables, tmp_path)
    wanted = intervals_of(outcome, tables, made.LAST)
    with Engine(tmp_path, DuckDB()) as opened:
        assert same(opened.intervals(outcome, made.LAST), wanted)
        parts = list(opened.interval_batches(outcome, made.LAST, persons_at_once=7))
    assert len(parts) == 6
    joined = Intervals(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("person", "first", "last")),
                       None if wanted.weight is None else np.concatenate([p.weight for p in parts]))  # fmt: skip
    assert same(joined, wanted)
    assert (np.diff(joined.person) >= 0).all()
