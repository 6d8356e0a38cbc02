"""Time group-time effects from sufficient statistics against a package, and a streaming run from Parquet.

python -m tests.bench.bench_did memory 10000000      rows in memory, and the package on as many (or fewer)
python -m tests.bench.bench_did stream 84000000 240 180  rows, periods and groups in a Parquet file
python -m tests.bench.bench_did imputation 10000000
python -m tests.bench.bench_did lpdid 1000000
"""

import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import Panel
from springbrett.evaluation.effects.did.stream import reduce_parquet

PERIODS = 20
GROUPS = 10
PEER_ROWS = {"memory": 2_000_000, "imputation": 500_000, "lpdid": 1_000_000}


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


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Seconds, and what came of it."""
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def peak() -> float:
    """Largest memory so far, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def report(what: str, rows: int, took: float, peer: str, peer_rows: int, peer_took: float) -> None:
    """Print one comparison, per million rows."""
    own, other = took / rows * 1e6, peer_took / peer_rows * 1e6
    print(f"{what}: {rows:,} rows in {took:.2f} s ({own:.3f} s per million); {peer}: {peer_rows:,} in {peer_took:.2f} s"
          f" ({other:.2f} per million); ratio {own / other:.4f}")  # fmt: skip


def run(kind: str, rows: int) -> None:
    """One estimator against its peer in the same run."""
    data = arrays(rows)
    before = peak()
    ours: dict[str, Callable[[], object]] = {
        "memory": lambda: group_time(Panel(*data.values()), comparison="not_yet").event_study(),
        "imputation": lambda: imputation(Panel(*data.values())),
        "lpdid": lambda: local_projections(Panel(*data.values()), last=5, first=-5),
    }
    took, _made = timed(ours[kind])
    print(f"memory: input {before:.2f} GB, with the estimate {peak():.2f} GB")
    peer_rows = min(rows, PEER_ROWS[kind])
    frame = pd.DataFrame(arrays(peer_rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer_took, _peer = timed(lambda: _peer_of(kind, frame))
    report(kind, rows, took, "diff-diff", peer_rows, peer_took)


def _peer_of(kind: str, frame: pd.DataFrame) -> object:
    import diff_diff

    names = {"outcome": "y", "unit": "unit", "time": "period", "first_treat": "first"}
    if kind == "memory":
        return diff_diff.CallawaySantAnna(control_group="not_yet_treated").fit(frame, aggregate="all", **names)
    if kind == "imputation":
        return diff_diff.ImputationDiD().fit(frame, aggregate="event_study", **names)
    frame["on"] = ((frame["first"] > 0) & (frame["period"] >= frame["first"])).astype(int)
    return diff_diff.LPDiD(pre_window=5, post_window=5).fit(frame, outcome="y", unit="unit", time="period",
                                                            treatment="on")  # fmt: skip


def write(path: Path, rows: int, periods: int, groups: int) -> None:
    """A complete panel in Parquet, sorted by unit, a block of units at a time."""
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
            out.write_table(table)
            done += count


def stream(rows: int, periods: int, groups: int, path: Path | None = None) -> None:
    """A pass over a Parquet file against only scanning it."""
    from springbrett.evaluation.effects.did.stream import Columns

    folder = tempfile.mkdtemp()
    file = path or Path(folder) / "panel.parquet"
    if not file.exists():
        write(file, rows, periods, groups)

    def scan() -> int:
        names = ["unit", "period", "first", "y"]
        return sum(
            b.num_rows for b in pq.ParquetFile(file, pre_buffer=False).iter_batches(batch_size=1 << 20, columns=names)
        )

    scanned, count = timed(scan)
    begun = time.perf_counter()
    cells = reduce_parquet(file, Columns(outcome="y"))
    reduced = time.perf_counter() - begun
    found = group_time(cells, comparison="not_yet")
    path_made = found.event_study(first=-24, last=36)
    took = time.perf_counter() - begun
    print(f"streaming {count:,} rows, {periods} periods, {groups} groups: {took:.2f} s (pass {reduced:.2f}), "
          f"scan only {scanned:.2f} s, ratio {took / scanned:.2f}; peak {peak():.2f} GB; "
          f"{len(found.value)} effects, overall {path_made.overall.value:.4f}")  # fmt: skip


if __name__ == "__main__":
    kind, size, *more = sys.argv[1:]
    if kind == "stream":
        stream(int(size), int(more[0]) if more else 240, int(more[1]) if len(more) > 1 else 180,
               Path(more[2]) if len(more) > 2 else None)  # fmt: skip
    else:
        run(kind, int(size))
