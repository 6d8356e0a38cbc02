"""Engines and sweep give what the plain way gives: months by month in memory."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from springbrett.evaluation import engine
from springbrett.evaluation.engine import Stays, sweep
from springbrett.evaluation.engine.backends import DuckDB, EngineError
from springbrett.evaluation.engine.chunks import Done, Progress
from springbrett.evaluation.engine.engines import Engine
from springbrett.evaluation.engine.held import Held
from springbrett.evaluation.outcomes.definitions import Outcome, group_paths_of, intervals_of, outcome_paths
from springbrett.evaluation.outcomes.intervals import Intervals
from springbrett.evaluation.outcomes.paths import GroupPaths, Window
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY
from springbrett.evaluation.registers.read import RegistersError, Tables, fingerprint, write
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


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(SEEDS, st.integers(1, 7), st.sampled_from([9, 40]))
def test_duckdb_gives_the_paths_and_the_groups_of_the_plain_way(seed: int, rows: int, at_once: int) -> None:
    tables = made.registers(seed)
    person, start, group = made.stays(seed)
    window = Window(made.FIRST, made.LAST, 12, 18)
    stays = Stays.of(person, start, group, 3)
    with TemporaryDirectory() as name:
        in_pieces(tables, Path(name), rows)
        with engine.open(Path(name)) as opened:
            agree(opened.group_paths(OUTCOMES, stays, window, stays_at_once=at_once), tables, stays, window)
            paths = {outcome.code: np.zeros((len(stays), window.width)) for outcome in OUTCOMES}
            for block, found in opened.path_blocks(OUTCOMES, stays, window, stays_at_once=at_once):
                for code, path in found.items():
                    paths[code][block.place] = path
    for outcome in OUTCOMES:
        wanted = outcome_paths(outcome, tables, person, start, window)
        assert np.array_equal(paths[outcome.code], wanted, equal_nan=True), outcome.code


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(SEEDS, st.integers(1, 7), st.integers(1, 3))
def test_the_sweep_over_files_gives_what_the_plain_way_gives(seed: int, rows: int, threads: int) -> None:
    tables = made.registers(seed)
    stays = Stays.of(*made.stays(seed), 3)
    window = Window(made.FIRST + seed % 20, made.LAST - seed % 9, 12, 18)
    with TemporaryDirectory() as name:
        in_pieces(tables, Path(name), rows)
        agree(sweep.group_paths(Path(name), OUTCOMES, stays, window, threads=threads), tables, stays, window)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Tables]]:
    tables, folder = made.registers(5, persons=40, rows=120), tmp_path_factory.mktemp("registers")
    write(tables, folder)
    with Engine(folder, DuckDB()) as opened:
        yield opened, tables


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda o: o.code)
def test_every_outcome_has_the_same_months_on_duckdb(outcome: Outcome, many: tuple[Engine, Tables]) -> None:
    opened, tables = many
    assert same(opened.intervals(outcome, made.LAST), intervals_of(outcome, tables, made.LAST))


@pytest.mark.parametrize("code", ["hours", "lasting_outside"])
def test_the_months_in_batches_are_those_of_the_whole(code: str, many: tuple[Engine, Tables]) -> None:
    opened, tables = many
    outcome = next(outcome for outcome in OUTCOMES if outcome.code == code)
    parts = list(opened.interval_batches(outcome, made.LAST, persons_at_once=15))
    wanted = intervals_of(outcome, tables, made.LAST)
    assert len(parts) == 3
    joined = Intervals(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("person", "first", "last")),
                       None if wanted.weight is None else np.concatenate([p.weight for p in parts]))  # fmt: skip
    assert same(joined, wanted)
    assert (np.diff(joined.person) >= 0).all()


@pytest.mark.parametrize("name", ["employment", "spells", "offices"])
def test_tables_come_whole_and_about_some_persons_in_one_order(name: str, many: tuple[Engine, Tables]) -> None:
    opened, tables = many
    held, some = Held(opened), np.array([3, 5, 5, 99])
    order = [(column, "ascending") for column in dict.fromkeys((*LAYOUT[name].sorted_by, *LAYOUT[name].names))]
    wanted = tables[name].sort_by(order)
    assert held[name].equals(wanted)
    near = wanted.filter(pc.is_in(wanted["person"], pa.array(some))) if "person" in wanted.column_names else wanted
    assert Held(opened).about(some)[name].equals(near), "only the rows about them"
    assert held.about(some)[name].equals(wanted), "what is held already is not read again"


def test_an_engine_that_is_none_and_a_folder_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="write duckdb or spark"):
        engine.open(tmp_path, "polars")
    with pytest.raises(RegistersError, match="lacks persons"):
        engine.open(tmp_path)
    with pytest.raises(RegistersError, match="is not a folder"):
        engine.open(tmp_path / "nowhere")


def test_a_table_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    tables = made.registers(5)
    write({name: tables[name] for name in ("persons", "spells", "needs_levels", "offices")}, tmp_path)
    with Engine(tmp_path, DuckDB()) as opened:
        held = Held(opened)
        assert "employment" not in held
        assert "spells" in held
        assert len(held) == 4
        with pytest.raises(RegistersError, match="have no employment"):
            held["employment"]


def test_a_table_may_be_a_folder_of_parts(tmp_path: Path, many: tuple[Engine, Tables]) -> None:
    _opened, tables = many
    write(tables, tmp_path)
    work, parts = tables["employment"], tmp_path / "employment.parquet"
    parts.unlink()
    parts.mkdir()
    for number, part in enumerate((work.slice(0, 50), work.slice(50))):
        pq.write_table(part, parts / f"part-{number}.parquet")
    with engine.open(tmp_path) as opened:
        outcome = next(outcome for outcome in OUTCOMES if outcome.code == "wage")
        assert same(opened.intervals(outcome, made.LAST), intervals_of(outcome, tables, made.LAST))
    before = fingerprint(tmp_path)
    pq.write_table(work.slice(0, 1), parts / "part-2.parquet")
    after = fingerprint(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {"employment.parquet"}


class Stopped(Exception):
    """As when somebody presses Ctrl-C between two blocks."""


@pytest.mark.parametrize("by_group", [True, False])
def test_stopped_work_goes_on_where_it_was_and_gives_the_same_numbers(by_group: bool, tmp_path: Path) -> None:
    tables = made.registers(6)
    write(tables, tmp_path / "registers")
    person, start, group = made.stays(6)
    stays, window = Stays.of(person, start, group, 3), Window(made.FIRST, made.LAST, 12, 18)
    few = [outcome for outcome in OUTCOMES if outcome.code in ("in_work", "wage", "lasting_work")]
    seen: list[Done] = []

    def stop(done: Done) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise Stopped

    def asked(opened: Engine, keep: Path | None, progress: Progress | None) -> dict[str, np.ndarray]:
        if by_group:
            found = opened.group_paths(few, stays, window, keep=keep, progress=progress, stays_at_once=5)
            return {code: path.total for code, path in found.items()}
        blocks = opened.path_blocks(few, stays, window, keep=keep, progress=progress, stays_at_once=5)
        return {f"{code} {n}": path for n, (_block, found) in enumerate(blocks) for code, path in found.items()}

    with Engine(tmp_path / "registers", DuckDB()) as opened:
        with pytest.raises(Stopped):
            asked(opened, tmp_path / "kept", stop)
        assert [done.left is not None for done in seen] == [True, True]
        worked = []
        carry, opened.backend.result = opened.backend.result, lambda e: worked.append(1) or carry(e)
        again: list[Done] = []
        found = asked(opened, tmp_path / "kept", again.append)
        fresh = len(worked)
        wanted = asked(opened, None, None)
        assert again[-1] == Done(1.0, 0.0)
        assert fresh < len(worked) - fresh, "blocks that were done are not asked for again"
        assert found.keys() == wanted.keys()
        assert all(np.array_equal(found[key], wanted[key], equal_nan=True) for key in wanted)
        with pytest.raises(EngineError, match="blocks of other work"):
            opened.group_paths(few[:1], stays, window, keep=tmp_path / "kept", stays_at_once=5)


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """As when somebody sits at the keyboard: what a shell starts in the background does not hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_a_long_query_hears_ctrl_c_and_the_engine_can_go_on(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": np.arange(200_000)}), tmp_path / "many.parquet")
    backend = DuckDB()
    many = backend.parquet(tmp_path / "many.parquet", "many")
    long = many.cross_join(many.rename(m="n")).agg(total=(ibis._.n * ibis._.m).sum())
    backend.result(many.filter(many.n < 0).cross_join(many.rename(m="n")).agg(total=(ibis._.n * ibis._.m).sum()))
    begun = time.monotonic()  # what is said for the first time takes long to say; now the query itself is under way
    pressed = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    pressed.start()
    with pytest.raises(KeyboardInterrupt):
        backend.result(long)
    assert time.monotonic() - begun < 10, "the whole query takes far longer"
    assert backend.result(many.agg(total=many.n.max()))["total"].to_pylist() == [199_999]
    backend.close()


def test_a_folder_with_months_is_read_as_intervals_made_once(tmp_path: Path) -> None:
    """And made anew when the months change."""
    tables = made.registers(3)
    write(tables, tmp_path)
    rows = [row | {"month": month} for row in tables["employment"].to_pylist()
            for month in range(row["month_from"], row["month_to"] + 1)]  # fmt: skip
    months = pa.Table.from_pylist(rows, schema=MONTHLY["employment"].schema).sort_by(
        [("person", "ascending"), ("month", "ascending")]
    )
    (tmp_path / "employment.parquet").unlink()
    pq.write_table(months, tmp_path / "employment_months.parquet")
    outcome = next(outcome for outcome in OUTCOMES if outcome.code == "in_work")
    stays, window = Stays.of(*made.stays(3), 3), Window(made.FIRST, made.LAST, 12, 18)
    wanted = plain(outcome, tables, stays, window)
    for _ in range(2):
        with engine.open(tmp_path) as opened:
            assert np.array_equal(opened.group_paths([outcome], stays, window)["in_work"].total, wanted.total)
        made_at = (tmp_path / "intervals" / "employment.parquet").stat().st_mtime_ns
    assert np.array_equal(sweep.group_paths(tmp_path, [outcome], stays, window)["in_work"].total, wanted.total)
    assert (tmp_path / "intervals" / "employment.parquet").stat().st_mtime_ns == made_at
    pq.write_table(months.slice(0, 0), tmp_path / "employment_months.parquet")
    with engine.open(tmp_path) as opened:
        assert not opened.group_paths([outcome], stays, window)["in_work"].total.any()
