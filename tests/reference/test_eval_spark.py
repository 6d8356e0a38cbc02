"""The same outcomes, and the same study, on Apache Spark as on DuckDB. Needs Java: without it these tests fail, never
skip."""

import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pyspark.sql import SparkSession

from springbrett.evaluation import engine
from springbrett.evaluation.engine import Engine, Stays
from springbrett.evaluation.engine import expressions as say
from springbrett.evaluation.engine.backends import Spark
from springbrett.evaluation.engine.plan import families
from springbrett.evaluation.outcomes.definitions import group_paths_of, intervals_of, outcome_paths
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.registers.read import Tables, write
from springbrett.evaluation.study.run import run
from tests.builders import registers as made
from tests.builders.studies import study

TABLES: Tables = made.registers(7, persons=30, rows=120)
WINDOW = Window(made.FIRST, made.LAST, 12, 18)
# An amount, months of two tables taken out of each other, and one that must last.
CODES = ("wage", "work_outside_measures", "lasting_work")
OUTCOMES = [outcome for outcome in made.outcomes() if outcome.code in CODES]
# On small tables nearly all of Spark's time goes to making programs of queries, and Java's to making them fast.
QUICK = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
         "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
         "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1", "spark.ui.enabled": "false",
         "spark.sql.session.timeZone": "UTC", "spark.ui.showConsoleProgress": "false"}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[None]:
    """One session for all, which the engines find; they leave it running."""
    ctrl_c = signal.getsignal(signal.SIGINT)
    builder = SparkSession.builder.master("local[1]")
    for key, value in QUICK.items():
        builder = builder.config(key, value)
    held = builder.getOrCreate()
    yield
    held.stop()
    signal.signal(signal.SIGINT, ctrl_c)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("registers")
    write(TABLES, folder)
    with engine.open(folder, "spark") as opened:
        yield opened


def test_spark_gives_the_paths_and_the_group_paths_of_the_plain_way(spark: Engine) -> None:
    person, start, group = made.stays(7, 60, 32)
    stays = Stays.of(person, start, group, 3)
    ((block, paths),) = spark.path_blocks(OUTCOMES, stays, WINDOW)
    groups = spark.group_paths(OUTCOMES[:1], stays, WINDOW)
    for outcome in OUTCOMES:
        wanted = outcome_paths(outcome, TABLES, person, start, WINDOW)
        assert np.array_equal(paths[outcome.code], wanted[block.place], equal_nan=True), outcome.code
        if outcome.code in groups:
            months = intervals_of(outcome, TABLES, made.LAST)
            by_group = group_paths_of(outcome, months, (stays.person, stays.start, stays.group), 3, WINDOW)
            assert np.array_equal(groups[outcome.code].total, by_group.total), outcome.code


def test_stays_are_sent_to_every_worker_instead_of_moving_the_registers(spark: Engine) -> None:
    backend = spark.backend
    assert isinstance(backend, Spark)
    backend._session.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")  # so that only our own asking counts
    stays = backend.given(Stays.of(*made.stays(7, 60, 32), 3).rows, "stays")
    (family,) = families([outcome for outcome in made.outcomes() if outcome.code == "in_work_or_education"])
    parts = [say.rows(say.of_those(spark.expression(name), stays), name, family.sources, made.LAST)
             for name in family.tables]  # fmt: skip
    plan = backend.explained(say.turns_of(say.segments(parts, family), stays, WINDOW, say.BITS))
    assert "SortMergeJoin" not in plan
    assert plan.count("BroadcastHashJoin") == 3


def test_a_study_gives_the_same_numbers_on_spark_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
    found = {}
    for name in ("duckdb", "spark"):
        file = tmp_path / f"{name}.toml"
        file.write_text(study(name, engine=name), encoding="utf-8")
        found[name] = run(file, tmp_path / f"run_{name}").manifest.numbers
    assert len(found["spark"]) > 4
    assert found["spark"] == found["duckdb"]
