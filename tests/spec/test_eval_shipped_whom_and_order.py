"""The shipped studies by whom people met and of what to begin with, on fewer persons: the interval holds the truth."""

from pathlib import Path
from typing import Any

import pytest

from springbrett.evaluation.report.page import page
from springbrett.evaluation.report.reading import read_run
from springbrett.evaluation.study.check import SHIPPED
from springbrett.evaluation.study.run import Finished, run
from springbrett.evaluation.study.tables import read_tables


def fewer(folder: Path, name: str, asked: int, persons: int, *changes: tuple[str, str]) -> Finished:
    """A shipped study on fewer persons, changed as told, without its report."""
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in ((f"persons = {asked}", f"persons = {persons}"), *changes):
        assert old in text, old
        text = text.replace(old, new)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
        return run(folder / f"{name}.toml", folder / name)


def rows(done: Finished, table: str, **where: object) -> list[dict[str, Any]]:
    held = read_tables(done.folder / "results").get(table)
    return [row for row in (held.to_pylist() if held is not None else ())
            if all(row[key] == value for key, value in where.items())]  # fmt: skip


def covers(done: Finished) -> bool:
    """Whether the headline's interval holds the truth of its month."""
    (headline,) = rows(done, "estimates", headline=True)
    (true,) = rows(done, "truth", month=headline["month"])
    return bool(headline["lower"] < true["value"] < headline["upper"])


@pytest.fixture(scope="module")
def whom(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return fewer(tmp_path_factory.mktemp("whom"), "arbeidstrening_by_caseworker", 150_000, 30_000)


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return fewer(tmp_path_factory.mktemp("order"), "arbeidstrening_or_wage_subsidy", 90_000, 25_000)


def test_by_whom_they_met_the_gate_is_open_and_the_interval_holds_the_truth(whom: Finished) -> None:
    assert whom.facts["gate"]["open"], whom.facts["gate"]
    assert covers(whom)
    true = {row["month"]: row["value"] for row in rows(whom, "truth")}
    assert all(true[month] == 0 for month in range(-12, 0)), "before they registered there is nothing"
    assert true[6] < -0.03, "while it lasts it holds people back"
    assert 0.2 < whom.facts["preference"]["again"] < 1, "who uses it much gives it again"


def test_a_look_past_the_time_limit_is_withheld_because_the_measure_is_given_again(
    whom: Finished, tmp_path: Path
) -> None:
    later = fewer(tmp_path, "arbeidstrening_by_caseworker", 150_000, 30_000, ("horizon = 12", "horizon = 24"),
                  ("\nmonth = 12 ", "\nmonth = 24 "))  # fmt: skip
    (check,) = rows(later, "diagnostics", check="later_stays")
    assert check["value"] > check["threshold"]
    assert later.facts["gate"]["failed"] == ["later_stays"]
    assert not rows(later, "estimates", headline=True)
    assert "gir det også senere og om igjen" in page(read_run(later.folder, "nb"))
    assert rows(whom, "diagnostics", check="later_stays")[0]["value"] == 0


def test_to_begin_with_the_one_rather_than_the_other_is_covered_and_as_it_stands_is_too_much(order: Finished) -> None:
    assert order.facts["gate"]["open"], order.facts["gate"]
    assert covers(order)
    pair = next(row for row in rows(order, "pairs") if row["second"] == "midlertidig_lonnstilskudd")
    (true,) = rows(order, "truth", month=24)
    assert abs(pair["raw"] - true["value"]) > abs(pair["value"] - true["value"]), "the subsidised were nearer to work"


def test_the_truth_is_told_to_the_reader(whom: Finished, order: Finished) -> None:
    assert "la de samme personene møte en annen veileder" in page(read_run(whom.folder, "nb"))
    assert "begynne med det ene og med det andre i samme måned" in page(read_run(order.folder, "nb"))
    assert "hvilket tiltak de begynner med" in page(read_run(order.folder, "nb")), "the assumption is about the choice"
