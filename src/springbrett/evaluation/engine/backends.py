"""The two engines as Ibis connections: how each reads a file, takes in the stays, and lets go."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Protocol

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis import Schema
from ibis.expr.operations import Node

from springbrett.evaluation.registers.read import parts_of

Kind = Literal["duckdb", "spark"]
KINDS: tuple[Kind, ...] = ("duckdb", "spark")
PATIENCE = 0.1
"""Seconds between looks at whether Ctrl-C was pressed while a query runs; an answer is handed on at once."""


class EngineError(RuntimeError):
    """An engine cannot begin or go on: says why and what to do."""


class Backend(Protocol):
    """What an engine must be able to do. Names are those the table goes by inside it."""

    def parquet(self, path: Path, name: str) -> ir.Table:
        """A Parquet file, read when asked."""

    def given(self, rows: pa.Table, name: str) -> ir.Table:
        """Rows from here; small, and where the engine distributes, sent to every worker."""

    def result(self, asked: ir.Table) -> pa.Table:
        """Carry it out."""

    def close(self) -> None:
        """Let go of what was taken."""


class DuckDB:
    """DuckDB inside the process. `memory` as DuckDB writes it ("2GB"); what does not fit goes to a temporary file."""

    def __init__(self, memory: str = "", threads: int = 0) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {}
        if memory:
            settings["memory_limit"] = memory
        if threads:
            settings["threads"] = threads
        self._connection = duckdb.connect(config=settings)
        self._connection.sql("SET enable_progress_bar = false")  # long work tells its own progress

    def parquet(self, path: Path, name: str) -> ir.Table:
        files = [str(part) for part in parts_of(path)]
        with _told():
            self._connection.read_parquet(files).create_view(name)
        return ibis.table(Schema.from_pyarrow(pq.read_schema(files[0])), name=name)

    def given(self, rows: pa.Table, name: str) -> ir.Table:
        with _told():
            self._connection.register(name, rows)
        return ibis.table(Schema.from_pyarrow(rows.schema), name=name)

    def result(self, asked: ir.Table) -> pa.Table:
        """Carry it out, in a thread of its own: DuckDB does not hear Ctrl-C before it is done, and this does."""
        query = _duckdb_sql(asked.op())
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(lambda: self._connection.sql(query).to_arrow_table())
            try:
                # A wait without an end may not hear Ctrl-C either, when another thread was given the signal.
                while not answer.done():
                    wait([answer], timeout=PATIENCE)
            except BaseException:
                while not answer.done():  # an interruption is lost on a query that has not quite begun
                    self._connection.interrupt()
                    wait([answer], timeout=PATIENCE)
                raise
            with _told():
                return answer.result()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _told() -> Iterator[None]:
    """What DuckDB cannot do, in words; a Ctrl-C that it took for a fault of its own is one again."""
    try:
        yield
    except duckdb.Error as error:
        if "KeyboardInterrupt" in str(error):
            raise KeyboardInterrupt from None
        raise EngineError(_why(error)) from error


def _why(error: duckdb.Error) -> str:
    """By kind only: what DuckDB says may hold what stands in a cell."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return "there is not enough memory, or room for temporary files, to read the registers; make room, run again"
    if isinstance(error, duckdb.IOException | duckdb.InvalidInputException):
        return "a file of the registers cannot be read (cut off, changed meanwhile, or the disk is full); see to it"
    return f"the registers cannot be read by DuckDB ({type(error).__name__}); `springbrett registers check` says why"


@lru_cache(maxsize=256)
def _duckdb_sql(asked: Node) -> str:
    """The expression as DuckDB reads it. Saying it takes longer than a small answer, and every block of stays asks the
    same."""
    return str(ibis.to_sql(asked.to_expr(), dialect="duckdb"))


class Spark:
    """Apache Spark through PySpark: the session that is active, or one made from the settings of the place; with none,
    a local one on this machine's cores. Needs Java 17 or newer, and PySpark."""

    def __init__(self) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise EngineError('engine = "spark" needs PySpark: pip install pyspark') from None
        self._mine = SparkSession.getActiveSession() is None
        self._ctrl_c = signal.getsignal(signal.SIGINT)
        self._session = _session(SparkSession)
        if self._mine:
            self._session.sparkContext.setLogLevel("ERROR")
        self._connection = ibis.pyspark.connect(self._session)

    def parquet(self, path: Path, name: str) -> ir.Table:
        return self._connection.read_parquet(str(path.resolve()), table_name=name)

    def given(self, rows: pa.Table, name: str) -> ir.Table:
        # Without the hint Spark may sort and move the registers to meet the stays: minutes instead of seconds.
        self._session.createDataFrame(rows).hint("broadcast").createOrReplaceTempView(name)
        return self._connection.table(name)

    def result(self, asked: ir.Table) -> pa.Table:
        return self._connection.to_pyarrow(asked)

    def explained(self, asked: ir.Table) -> str:
        """How Spark means to carry it out."""
        frame = self._session.sql(self._connection.compile(asked))
        return str(frame._jdf.queryExecution().executedPlan().toString())

    def close(self) -> None:
        if not self._mine:
            return
        self._session.stop()
        # Spark listens for Ctrl-C itself, and would go on asking the session that is no more.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._ctrl_c)


def _session(maker: Any) -> Any:
    """A session with months counted alike everywhere; what the place has set (master, memory) stands."""
    builder = maker.builder.appName("springbrett").config("spark.sql.session.timeZone", "UTC")
    if "MASTER" not in os.environ and "SPARK_HOME" not in os.environ and "SPARK_CONF_DIR" not in os.environ:
        cores = os.cpu_count() or 1
        settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.memory": "4g",
                    "spark.sql.shuffle.partitions": str(2 * cores)}  # fmt: skip
        builder = builder.master(f"local[{cores}]")
        for key, value in settings.items():
            builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        raise EngineError(
            f"Spark cannot start ({error}); it needs Java 17 or newer (apt: default-jre-headless)"
        ) from error


def connect(kind: str) -> Backend:
    """The engine by name. Raises EngineError for another name, or when it cannot start."""
    if kind == "duckdb":
        return DuckDB()
    if kind == "spark":
        return Spark()
    raise EngineError(f"there is no engine {kind!r}; write {' or '.join(KINDS)}")
