"""The same outcomes on Apache Spark as on DuckDB and in memory. Needs Java: without it these tests fail, never skip."""

from collections.abc import Iterator

import numpy as np
import pytest

from springbrett.evaluation import engine
from springbrett.evaluation.engine import Engine, Stays
from springbrett.evaluation.engine import expressions as say
from springbrett.evaluation.engine.backends import Spark
from springbrett.evaluation.engine.plan import families
from springbrett.evaluation.outcomes.definitions import group_paths_of, intervals_of
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.registers.read import Tables, write
from tests.builders import registers as made

TABLES: Tables = made.registers(7, persons=30, rows=120)
WINDOW = Window(made.FIRST, made.LAST, 12, 18)
# The shipped definition of an amount, a union of tables, months taken out, and one that must last.
CODES = ("wage", "in_work_or_education", "work_outside_measures", "lasting_work")
OUTCOMES = [outcome for outcome in made.outcomes() if outcome.code in CODES]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("registers")
    write(TABLES, folder)
    with engine.open(folder, "spark") as opened:
        yield opened


def test_spark_gives_the_group_paths_of_the_plain_way(spark: Engine) -> None:
    stays = Stays.of(*made.stays(7, 60, 32), 3)
    found = spark.group_paths(OUTCOMES, stays, WINDOW)
    for outcome in OUTCOMES:
        months = intervals_of(outcome, TABLES, made.LAST)
        wanted = group_paths_of(outcome, months, (stays.person, stays.start, stays.group), 3, WINDOW)
        assert np.array_equal(found[outcome.code].total, wanted.total), outcome.code
        assert np.array_equal(found[outcome.code].known, wanted.known), outcome.code


def test_spark_gives_the_intervals_of_the_plain_way(spark: Engine) -> None:
    outcome = next(o for o in OUTCOMES if o.code == "work_outside_measures")
    found, wanted = spark.intervals(outcome, made.LAST), intervals_of(outcome, TABLES, made.LAST)
    for name in ("person", "first", "last"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name))


def test_stays_are_sent_to_every_worker_instead_of_moving_the_registers(spark: Engine) -> None:
    backend = spark.backend
    assert isinstance(backend, Spark)
    backend._session.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")  # so that only our own asking counts
    stays = backend.given(Stays.of(*made.stays(7, 60, 32), 3).rows, "stays")
    (family,) = families([outcome for outcome in OUTCOMES if outcome.code == "in_work_or_education"])
    parts = [say.rows(say.of_those(spark.expression(name), stays), name, family.sources, made.LAST)
             for name in family.tables]  # fmt: skip
    plan = backend.explained(say.turns_of(say.segments(parts, family), stays, WINDOW, say.BITS))
    assert "SortMergeJoin" not in plan
    assert plan.count("BroadcastHashJoin") == 3
