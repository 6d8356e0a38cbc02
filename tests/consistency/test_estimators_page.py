"""Every estimator has a printed result, edge cases, a comparison and its coverage, or a reason; all of it exists."""

import ast
from functools import cache
from pathlib import Path

import pytest

from springbrett.evaluation.benchmarks_page import read as read_published
from springbrett.evaluation.coverage.cases import cases
from springbrett.evaluation.coverage.page import Trust, lacking, page, read
from springbrett.evaluation.coverage.records import Expected
from springbrett.evaluation.coverage.table import Row, Table
from springbrett.evaluation.coverage.table import read as read_table
from springbrett.evaluation.effects.registry import estimators
from springbrett.site import reference

TESTS = Path(__file__).resolve().parents[1]
TRUST_TEXT = (TESTS / "reference" / "estimators.toml").read_text(encoding="utf-8")
PUBLISHED_TEXT = (TESTS / "reference" / "published.toml").read_text(encoding="utf-8")
TABLE_TEXT = reference.COVERAGE.read_text(encoding="utf-8")
TRUST, TABLE = read(TRUST_TEXT), read_table(TABLE_TEXT)
PUBLISHED = {row.id for row in read_published(PUBLISHED_TEXT)}


@cache
def named_in(name: str) -> frozenset[str]:
    tree = ast.parse((TESTS / name).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_no_estimator_lacks_any_of_the_four_without_a_reason() -> None:
    assert lacking(TRUST, TABLE) == []


def test_what_is_lacking_would_be_seen() -> None:
    without = {code: held for code, held in TRUST.items() if code != "cox"}
    assert "cox: edges" in lacking(without, TABLE)
    bare = TRUST | {"cox": Trust("words", gap={"known": "why"}), "moon": Trust("words")}
    assert [line for line in lacking(bare, TABLE) if line.startswith(("cox", "moon"))] == [
        "moon: not in the registry", "cox: edges", "cox: others",
    ]  # fmt: skip
    good = tuple(row for row in TABLE.rows if not (row.estimator == "cox" and row.broken))
    assert lacking(TRUST, Table("", 1, 1, good)) == ["cox: coverage"]


@pytest.mark.parametrize("code", TRUST)
def test_every_test_and_printed_result_exists(code: str) -> None:
    held = TRUST[code]
    assert held.estimates.endswith(".")
    assert set(held.known) <= PUBLISHED
    for test in [one[0] for one in held.edges] + [one[0] for one in held.others]:
        name, _, function = test.partition("::")
        assert function in named_in(name), test
        source, work = (TESTS / name).read_text(encoding="utf-8"), estimators()[code].function
        called = {code, work.__name__, *work.__code__.co_names}  # the table of estimators may wrap another function
        assert any(word in source for word in called), test


def test_a_reason_stands_only_where_something_is_lacking() -> None:
    for code, held in TRUST.items():
        idle = [way for way in held.gap if getattr(held, way, ()) or len(held.gap[way]) < 40]
        assert not idle, (code, idle)


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: f"{row.estimator}-{row.world}-{row.what}")
def test_the_intervals_did_what_is_expected_of_them(row: Row) -> None:
    assert row.as_expected, (row.coverage, row.error)
    assert row.note or row.expected in {Expected.NOMINAL, Expected.FAILS}
    assert (row.expected == Expected.FAILS) == bool(row.broken)


def test_the_table_is_of_the_cases_there_are() -> None:
    drawn = {(row.estimator, row.world, row.what, row.broken, row.expected, row.note) for row in TABLE.rows}
    assert drawn == {(c.estimator, c.world, c.what, c.broken, c.expected.value, c.note) for c in cases()}
    assert min(row.draws for row in TABLE.rows) >= 100


def test_the_page_shows_what_is_lacking_and_what_fails() -> None:
    shown = page(TRUST_TEXT, PUBLISHED_TEXT, TABLE_TEXT)
    for held in TRUST.values():
        assert all(reason in shown for reason in held.gap.values())
    assert all(row.broken in shown and row.note in shown for row in TABLE.rows)


def test_an_entry_that_says_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cox: .*unexpected keyword argument 'speed'"):
        read('[cox]\nestimates = "x"\nspeed = 1\n')
    with pytest.raises(ValueError, match="cox: a gap is one of"):
        read('[cox]\nestimates = "x"\n[cox.gap]\nspeed = "none"\n')
    with pytest.raises(ValueError, match="lacks something"):
        read_table('version = "1"\ndraws = 1\nseed = 1\n[[row]]\nestimator = "cox"\n')
