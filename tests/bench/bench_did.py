"""Time effects over time: from sufficient statistics against packages, from a file against only reading it.

python -m tests.bench.bench_did memory 10000000           group-time effects of rows in memory, and a package
python -m tests.bench.bench_did stream 840000000 240 180  rows, periods and groups in a Parquet file; against a scan
python -m tests.bench.bench_did gaps 840000000 240 180    the same where every fiftieth row is lacking
python -m tests.bench.bench_did intervals 3500000 240 180 persons kept as intervals; against writing out their months
python -m tests.bench.bench_did imputation 10000000
python -m tests.bench.bench_did lpdid 1000000
python -m tests.bench.bench_did twoway 10000000           the single two-way effect

`stream` and `gaps` take a path as their fourth word and keep the file there. Packages are given fewer rows where more
would not fit; the ratio is then per row.
"""

import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.effects.did.cells import Unbalanced
from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.intervals import Persons, reduce_intervals
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import Panel
from springbrett.evaluation.effects.did.stream import Columns, reduce_parquet
from springbrett.evaluation.effects.did.twoway import two_way_effect
from springbrett.evaluation.effects.records import EffectPath
from springbrett.evaluation.outcomes.intervals import Intervals
from tests.bench.clock import Took, compare, measured

PERIODS = 20
GROUPS = 10
PEER_ROWS = {"memory": 2_000_000, "imputation": 500_000, "lpdid": 1_000_000, "twoway": 1_000_000}
SOME_PERSONS = 100_000
LOST = 0.02


def arrays(rows: int, periods: int = PERIODS, groups: int = GROUPS, seed: int = 1) -> dict[str, np.ndarray]:
    """A complete panel with heterogeneous effects."""
    rng = np.random.default_rng(seed)
    units = rows // periods
    first = rng.integers(2, groups + 2, units) * (rng.random(units) < 0.7)
    period = np.tile(np.arange(1, periods + 1, dtype=np.int32), units)
    unit = np.repeat(np.arange(units, dtype=np.int32), periods)
    started = np.repeat(first, periods).astype(np.int32)
    y = rng.standard_normal(units * periods)
    y += np.repeat(rng.standard_normal(units), periods) + 0.05 * period
    y += (started > 0) * (period >= started) * (1 + 0.1 * (period - started))
    return {"unit": unit, "period": period, "first": started, "y": y}


def run(kind: str, rows: int) -> None:
    """One estimator against its peer in the same run."""
    data = arrays(rows)
    ours: dict[str, Callable[[], object]] = {
        "memory": lambda: group_time(Panel(*data.values()), comparison="not_yet").event_study(),
        "imputation": lambda: imputation(Panel(*data.values())),
        "lpdid": lambda: local_projections(Panel(*data.values()), last=5, first=-5),
        "twoway": lambda: two_way_effect(Panel(*data.values())),
    }
    took = measured(ours[kind])
    peer_rows = min(rows, PEER_ROWS[kind])
    frame = pd.DataFrame(arrays(peer_rows))
    for name, peer in PEERS[kind].items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = measured(lambda p=peer: p(frame))  # type: ignore[misc]
        fewer = "" if peer_rows == rows else f", {peer_rows:,} rows, as for {rows:,}"
        compare(f"{kind}, {rows:,} rows", took, name + fewer, other.scaled(rows / peer_rows))


NAMES = {"outcome": "y", "unit": "unit", "time": "period", "first_treat": "first"}


def diff_diff_group_time(frame: pd.DataFrame) -> object:
    import diff_diff

    return diff_diff.CallawaySantAnna(control_group="not_yet_treated").fit(frame, aggregate="all", **NAMES)


def diff_diff_imputation(frame: pd.DataFrame) -> object:
    import diff_diff

    return diff_diff.ImputationDiD().fit(frame, aggregate="event_study", **NAMES)


def diff_diff_projections(frame: pd.DataFrame) -> object:
    import diff_diff

    on = ((frame["first"] > 0) & (frame["period"] >= frame["first"])).astype(int)
    named = {"outcome": "y", "unit": "unit", "time": "period", "treatment": "on"}
    return diff_diff.LPDiD(pre_window=5, post_window=5).fit(frame.assign(on=on), **named)


def pyfixest_projections(frame: pd.DataFrame) -> object:
    import pyfixest

    return pyfixest.lpdid(frame, yname="y", idname="unit", tname="period", gname="first", att=False,
                          pre_window=-5, post_window=5)  # fmt: skip


def pyfixest_two_way(frame: pd.DataFrame) -> object:
    import pyfixest

    on = ((frame["first"] > 0) & (frame["period"] >= frame["first"])).astype(int)
    return pyfixest.feols("y ~ on | unit + period", frame.assign(on=on), vcov={"CRV1": "unit"})


PEERS: dict[str, dict[str, Callable[[pd.DataFrame], object]]] = {
    "memory": {"diff-diff": diff_diff_group_time},
    "imputation": {"diff-diff": diff_diff_imputation},
    "lpdid": {"pyfixest": pyfixest_projections, "diff-diff": diff_diff_projections},
    "twoway": {"pyfixest": pyfixest_two_way},
}


def write(path: Path, rows: int, periods: int, groups: int, lost: float) -> None:
    """A panel in Parquet, sorted by unit, a block of units at a time; a share of the rows is left out."""
    types = {"unit": pa.int32(), "period": pa.int16(), "first": pa.int16(), "y": pa.float64()}
    schema = pa.schema(list(types.items()))
    units, block, done = rows // periods, 20_000, 0
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=["unit", "period", "first", "y"]) as out:
        while done < units:
            count = min(block, units - done)
            data = arrays(count * periods, periods, groups, seed=done)
            data["unit"] = data["unit"] + done
            data["y"] = np.round(data["y"] * 20)
            table = pa.table({name: pa.array(data[name]).cast(kind) for name, kind in types.items()}, schema=schema)
            kept = np.random.default_rng(done).random(table.num_rows) >= lost if lost else None
            out.write_table(table if kept is None else table.filter(pa.array(kept)))
            done += count


def effects(cells: object) -> EffectPath:
    """Every group-time effect, and the event study."""
    return group_time(cells, comparison="not_yet").event_study(first=-24, last=36)  # type: ignore[arg-type]


def stream(
    rows: int, periods: int = 240, groups: int = 180, path: Path | None = None, *, lost: float = 0
) -> None:  # fmt: skip
    """A pass over a Parquet file against only scanning it, all its columns and every processor."""
    file = path or Path(tempfile.mkdtemp()) / "panel.parquet"
    if not file.exists():
        write(file, rows, periods, groups, lost)
    rule = Unbalanced.AVAILABLE if lost else Unbalanced.PAIRS

    def scan() -> int:
        held = pq.ParquetFile(file, pre_buffer=False)
        return sum(
            batch.num_rows for batch in held.iter_batches(batch_size=1 << 20, columns=list(Columns(outcome="y").names))
        )

    scanned = measured(scan)
    passed = measured(lambda: reduce_parquet(file, Columns(outcome="y"), unbalanced=rule))
    ended = measured(lambda: effects(passed.made))
    whole = Took(passed.seconds + ended.seconds, passed.processor + ended.processor, max(passed.peak, ended.peak),
                 passed.load, ended.made)  # fmt: skip
    compare(f"group-time effects of {scanned.made:,} rows in {file.stat().st_size / 1e9:.2f} GB of Parquet, {periods}"
            f" periods, {groups} groups (pass {passed.seconds:.2f} s, effects {ended.seconds:.2f} s)", whole,
            "only reading the file", scanned)  # fmt: skip
    print(f"    overall {ended.made.overall.value:.6f} ({ended.made.overall.se:.6f})")


def kept_as_intervals(persons: int, periods: int, groups: int) -> tuple[Persons, Intervals]:
    """In work or not, in two or three intervals a person, more of them after a measure began."""
    rng = np.random.default_rng(1)
    first = rng.integers(2, groups + 2, persons) * (rng.random(persons) < 0.7)
    unit = np.repeat(np.arange(persons), 3)
    cuts = np.sort(rng.integers(1, periods + 1, (persons, 6)), axis=1)
    late = (first > 0)[:, None] & (cuts[:, 4:5] > first[:, None])
    cuts[:, 5:6] = np.where(late, np.minimum(cuts[:, 5:6] + 12, periods), cuts[:, 5:6])
    begin, end = cuts[:, ::2].ravel(), cuts[:, 1::2].ravel()
    begin[1:] += (unit[1:] == unit[:-1]) & (begin[1:] == end[:-1])
    kept = begin <= end
    return Persons(np.arange(persons), first), Intervals(unit[kept], begin[kept], end[kept])


def months_of(persons: Persons, kept: Intervals, periods: int) -> Iterator[Panel]:
    """The same written out month by month, some persons at a time."""
    for begin in range(0, len(persons.unit), 17_000):
        who = persons.unit[begin : begin + 17_000]
        low, high = np.searchsorted(kept.person, [who[0], who[-1] + 1])
        y = np.zeros((len(who), periods))
        for row, a, b in zip(kept.person[low:high] - who[0], kept.first[low:high], kept.last[low:high], strict=True):
            y[row, a - 1 : b] = 1.0
        yield Panel(np.repeat(who, periods), np.tile(np.arange(1, periods + 1), len(who)),
                    np.repeat(persons.first[begin : begin + 17_000], periods), y.ravel())  # fmt: skip


def intervals(persons: int, periods: int = 240, groups: int = 180) -> None:
    """Group-time effects of outcomes kept as intervals, against the same persons' months (some of them)."""
    from springbrett.evaluation.effects.did.cells import reduce_blocks

    grid = np.arange(1, periods + 1)
    who, held = kept_as_intervals(persons, periods, groups)
    ours = measured(lambda: effects(reduce_intervals(who, held, grid)))
    few = min(persons, SOME_PERSONS)
    some = Persons(who.unit[:few], who.first[:few])
    theirs = held.chosen(held.person < few)
    other = measured(lambda: reduce_blocks(months_of(some, theirs, periods), grid))
    compare(f"group-time effects of {persons:,} persons × {periods} months kept as {len(held):,} intervals,"
            f" {groups} groups", ours, f"writing months out first, {few:,} persons, as for {persons:,}",
            other.scaled(persons / few))  # fmt: skip
    print(f"    overall {ours.made.overall.value:.6f} ({ours.made.overall.se:.6f})")


if __name__ == "__main__":
    kind, size, *more = sys.argv[1:]
    if kind in ("stream", "gaps"):
        stream(int(size), *(int(word) for word in more[:2]), path=Path(more[2]) if len(more) > 2 else None,
               lost=LOST if kind == "gaps" else 0)  # fmt: skip
    elif kind == "intervals":
        intervals(int(size), *(int(word) for word in more[:2]))
    else:
        run(kind, int(size))
