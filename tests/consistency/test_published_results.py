"""Every published result is held by a test that exists, for an estimator that exists, and stands on the page."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from springbrett.evaluation.benchmarks_page import Published, page, read
from springbrett.site import reference

TESTS = Path(__file__).resolve().parents[1]
TEXT = (TESTS / "reference" / "published.toml").read_text(encoding="utf-8")
ROWS = read(TEXT)
ENOUGH = 8


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_test_that_holds_it_exists(row: Published) -> None:
    name, _, test = row.test.partition("::")
    path = TESTS / name
    assert path.exists(), name
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_estimator_that_gives_it_exists(row: Published) -> None:
    module, _, function = row.estimator.rpartition(".")
    for base in ("springbrett.evaluation.effects.", "springbrett.evaluation.", "springbrett."):
        try:
            found = import_module(base + module)
        except ModuleNotFoundError:
            continue
        assert callable(getattr(found, function))
        return
    pytest.fail(f"there is no module {module}")


def test_there_are_enough_and_the_page_is_current() -> None:
    assert len(ROWS) >= ENOUGH
    assert not [path for path in reference.stale() if path.name == "benchmarks.md"]


def test_a_result_that_moved_is_refused() -> None:
    moved = TEXT.replace("obtained = 1582.46", "obtained = 1585.23")
    with pytest.raises(ValueError, match="training_cps_nearest: published and obtained lie"):
        read(moved)


def test_a_result_said_twice_or_half_is_refused() -> None:
    first = TEXT[TEXT.index("[[published]]\nid") :].partition("\n\n")[0]
    with pytest.raises(ValueError, match="said twice: training_experiment"):
        read(first + "\n" + first)
    with pytest.raises(ValueError, match=r"unexpected keyword argument .from"):
        read(first.replace("source =", "from ="))
    with pytest.raises(ValueError, match="as many numbers"):
        read(first.replace("[1794.3, 632.9]", "[1794.3]"))


def test_every_row_is_on_the_page() -> None:
    shown = page(TEXT)
    assert all(row.what in shown and row.test in shown for row in ROWS)
    assert "−8497.5; 712" in shown
