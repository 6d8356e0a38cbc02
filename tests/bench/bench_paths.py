"""Time outcome paths of a whole country, and the reading of registers that come month by month.

python -m tests.bench.bench_paths               3.5 million persons × 240 months, 2 million stays, 20 measures
SPRINGBRETT_BENCH_SCALE=0.1 python -m …         a tenth of them
SPRINGBRETT_BENCH_FOLDER=/somewhere python -m … keeps the made-up registers there for the next time

Each figure is taken in a process of its own, so that its memory is its own; baselines are taken in the same run, over
the same files. Intervals: the sweep against one DuckDB query on the same intervals. Month by month: making intervals of
a monthly file against reading it and doing nothing.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.engine import Stays, sweep
from springbrett.evaluation.engine.monthly import THREADS, intervals, to_intervals
from springbrett.evaluation.outcomes.definitions import load_outcomes
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY

PERSONS, STAYS, MEASURES, MONTHS, FIRST = 3_500_000, 2_000_000, 20, 240, 24000
INTERVALS_EACH = 15.6e6 / PERSONS
MONTHLY_PERSONS = 350_000
WINDOW = Window(FIRST, FIRST + MONTHS - 1)
ONE, FOUR = ("in_work",), ("in_work", "in_full_time_work", "in_work_without_subsidy", "wage")
ROUNDS = 3
DUCK = {
    "in_work": "hours_week >= 1", "in_full_time_work": "hours_week >= 30",
    "in_work_without_subsidy": "hours_week >= 1 AND NOT coalesce(subsidised, false)", "wage": "true",
}  # fmt: skip


def stays(scale: float) -> Stays:
    """Stays drawn freely: a person may have several."""
    rng, count = np.random.default_rng(2), int(STAYS * scale)
    person, start = rng.integers(0, int(PERSONS * scale), count), rng.integers(FIRST, FIRST + MONTHS, count)
    return Stays.of(person, start, rng.integers(0, MEASURES, count), MEASURES)


def in_intervals(path: Path, scale: float) -> None:
    """Work of a whole country as intervals, sorted by person, a block of persons at a time."""
    rng, schema = np.random.default_rng(1), LAYOUT["employment"].schema
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        for low in range(0, int(PERSONS * scale), 100_000):
            count = rng.poisson(INTERVALS_EACH, min(100_000, int(PERSONS * scale) - low))
            key = np.repeat(np.arange(low, low + len(count)), count) * MONTHS + rng.integers(0, MONTHS, count.sum())
            person, first = np.divmod(np.unique(key), MONTHS)
            rows = len(person)
            until = np.where(np.append(person[1:] == person[:-1], False), np.append(first[1:], 0), MONTHS)
            last = np.maximum(np.minimum(first + rng.integers(1, 61, rows), until) - 1, first)
            hours = rng.choice([10.0, 20, 30, 37.5], rows)
            out.write_table(pa.table({
                "person": person, "month_from": (first + FIRST).astype(np.int32),
                "month_to": (last + FIRST).astype(np.int32), "hours_week": hours, "wage_month": hours * 1000,
                "employer": rng.integers(0, 200_000, rows), "subsidised": rng.random(rows) < 0.03,
            }, schema=schema))  # fmt: skip


def months(path: Path, scale: float) -> None:
    """Work of a tenth of the country with a row for every person and month."""
    rng, table = np.random.default_rng(3), MONTHLY["employment"]
    names = [name for name in table.names if name != "subsidised"]
    schema = pa.schema([(name, table.column(name).arrow) for name in names])
    with pq.ParquetWriter(path, schema, compression="snappy") as out:
        for low in range(0, int(MONTHLY_PERSONS * scale), 4000):
            count = min(4000, int(MONTHLY_PERSONS * scale) - low)
            changes = rng.random((count, MONTHS)) < 1 / 54
            changes[:, 0] = True
            run = np.cumsum(changes.ravel()) - 1
            hours = rng.choice([0.0, 10, 20, 30, 37.5], run[-1] + 1)
            wage = hours * rng.integers(150, 300, len(hours)) * 4
            out.write_table(pa.table({
                "person": np.repeat(np.arange(low, low + count), MONTHS),
                "month": np.tile(np.arange(FIRST, FIRST + MONTHS, dtype=np.int32), count),
                "hours_week": hours[run], "wage_month": wage[run],
                "employer": rng.integers(0, 200_000, len(hours))[run],
            }, schema=schema))  # fmt: skip


def swept(folder: Path, scale: float, codes: tuple[str, ...]) -> Callable[[], float]:
    """The sweep, all outcomes at once; gives a total to compare with."""
    known, of = load_outcomes(), stays(scale)
    wanted = [known[code] for code in codes]
    return lambda: float(sweep.group_paths(folder, wanted, of, WINDOW)[codes[-1]].total.sum())


def queried(folder: Path, scale: float, codes: tuple[str, ...]) -> Callable[[], float]:
    """One DuckDB query over the same intervals: each stay meets its person's intervals, and turns are added up."""
    import duckdb

    of, before, width = stays(scale), WINDOW.before, WINDOW.width
    connection = duckdb.connect(config={"threads": THREADS})
    connection.register("stays", of.rows)
    worth = {code: f"CASE WHEN {met} THEN {'wage_month' if code == 'wage' else 1} ELSE 0 END" for code, met in
             DUCK.items()}  # fmt: skip
    columns = ", ".join(f"{worth[code]} AS {code}" for code in codes)
    signed = ", ".join(f"sum(CASE edge WHEN 0 THEN {code} ELSE -{code} END)::DOUBLE AS {code}" for code in codes)
    query = f"""
        WITH met AS (
            SELECT "group", greatest(month_from, {WINDOW.first_known}) - start + {before} AS begins,
                   least(month_to, {WINDOW.last_known}) - start + {before} + 1 AS stops, {columns}
            FROM '{folder / "employment.parquet"}' JOIN stays USING (person)),
        edges AS (SELECT *, unnest([0, 1]) AS edge FROM met WHERE greatest(begins, 0) < least(stops, {width}))
        SELECT "group", CASE edge WHEN 0 THEN greatest(begins, 0) ELSE least(stops, {width}) END AS at, {signed}
        FROM edges GROUP BY ALL"""  # noqa: S608

    def work() -> float:
        rows = connection.sql(query).to_arrow_table()
        turns = np.zeros((MEASURES, width + 1))
        np.add.at(turns, (rows["group"].to_numpy(), rows["at"].to_numpy()), rows[codes[-1]].to_numpy())
        return float(np.cumsum(turns, axis=1)[:, :-1].sum())

    return work


def converted(folder: Path) -> Callable[[], float]:
    """The monthly file made into intervals."""
    source = folder / "employment_months.parquet"
    return lambda: float(to_intervals(source, "employment", folder / "made.parquet"))


def read(folder: Path) -> Callable[[], float]:
    """The monthly file read as intervals, and nothing written."""
    source = folder / "employment_months.parquet"
    return lambda: float(sum(rows.num_rows for rows in intervals(source, "employment")))


def scanned(folder: Path) -> Callable[[], float]:
    """The monthly file read, by as many threads, and nothing done with it."""
    source = folder / "employment_months.parquet"
    groups = pq.read_metadata(source).num_row_groups

    def part(number: int) -> int:
        return int(pq.ParquetFile(source).read_row_group(number, use_threads=False).num_rows)

    def work() -> float:
        with ThreadPoolExecutor(THREADS) as pool:
            return float(sum(pool.map(part, range(groups))))

    return work


WORK: dict[str, Callable[[Path, float], Callable[[], float]]] = {
    "sweep, one outcome": lambda folder, scale: swept(folder, scale, ONE),
    "DuckDB, one outcome": lambda folder, scale: queried(folder, scale, ONE),
    "sweep, four outcomes": lambda folder, scale: swept(folder, scale, FOUR),
    "DuckDB, four outcomes": lambda folder, scale: queried(folder, scale, FOUR),
    "months as intervals": lambda folder, _scale: read(folder),
    "months to intervals": lambda folder, _scale: converted(folder),
    "months only read": lambda folder, _scale: scanned(folder),
}


def measure(what: str, folder: Path, scale: float) -> dict[str, float]:
    """The best of some rounds (s, and s of all processors), the largest memory before and with the work (GB), and what
    came of it."""
    work = WORK[what](folder, scale)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    took, spent, value = [], [], 0.0
    for _ in range(ROUNDS):
        begun, used = time.perf_counter(), time.process_time()
        value = work()
        took.append(time.perf_counter() - begun)
        spent.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"seconds": min(took), "cpu": min(spent), "before": before, "peak": peak, "value": value}


def alone(what: str, folder: Path, scale: float) -> dict[str, float]:
    """The same in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "tests.bench.bench_paths", what, str(folder), str(scale)],
                          stdout=subprocess.PIPE, text=True, check=True)  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(what: str, against: str, folder: Path, scale: float, *, same: bool) -> None:
    """Print one comparison. `same`: both must come to the same total."""
    ours, theirs = alone(what, folder, scale), alone(against, folder, scale)
    if same and not np.isclose(ours["value"], theirs["value"], rtol=1e-9):
        raise SystemExit(f"{what} gives {ours['value']}, {against} {theirs['value']}")
    print(f"{what:<22} {ours['seconds']:6.2f} s ({ours['cpu']:.2f} of processors)  {ours['peak']:5.2f} GB "
          f"({ours['before']:.2f} before)  {ours['seconds'] / theirs['seconds']:5.2f} × {against} "
          f"({theirs['seconds']:.2f} s, {theirs['cpu']:.2f} of processors, {theirs['peak']:.2f} GB)",
          flush=True)  # fmt: skip


def run(folder: Path, scale: float) -> None:
    """Make the registers if they are not there, then every comparison."""
    for name, make in (("employment", in_intervals), ("employment_months", months)):
        path, draft = folder / f"{name}.parquet", folder / f"{name}.draft"
        if not path.exists():
            make(draft, scale)
            draft.rename(path)
        rows = pq.read_metadata(path).num_rows
        print(f"{path.name}: {rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
    print(f"{int(STAYS * scale):,} stays, {MEASURES} measures, months {-WINDOW.before} to {WINDOW.after}")
    for number in ("one outcome", "four outcomes"):
        compare(f"sweep, {number}", f"DuckDB, {number}", folder, scale, same=True)
    for what in ("months as intervals", "months to intervals"):
        compare(what, "months only read", folder, scale, same=False)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))))
    else:
        asked = float(os.environ.get("SPRINGBRETT_BENCH_SCALE", "1"))
        kept = os.environ.get("SPRINGBRETT_BENCH_FOLDER")
        with tempfile.TemporaryDirectory() as spare:
            place = Path(kept or spare)
            place.mkdir(parents=True, exist_ok=True)
            run(place, asked)
