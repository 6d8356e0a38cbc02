"""A run of repeated draws: what it writes, that it goes on where it stopped, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from springbrett.cli import app
from springbrett.evaluation.coverage import cases as cases_module
from springbrett.evaluation.coverage import run as run_module
from springbrett.evaluation.coverage.cases import cases, worlds
from springbrett.evaluation.coverage.records import Case, Expected, Found, World
from springbrett.evaluation.coverage.run import NAME, CoverageError, run
from springbrett.evaluation.coverage.table import Table, read, row_of, text_of
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.effects.registry import estimators
from springbrett.evaluation.study.progress import Progress


def test_every_estimator_is_drawn_where_it_holds_and_where_it_does_not() -> None:
    for code in estimators():
        own = cases(code)
        assert {case.holds for case in own} == {True, False}, code
        assert {case.estimator for case in own} == {code}
    assert {case.world for case in cases()} == set(worlds())


def test_every_case_answers_one_small_draw() -> None:
    for code, world in worlds().items():
        data = world.draw(7, 3000 if code.startswith("norway") else min(world.units, 400))
        for case in cases():
            if case.world == code:
                found = case.estimate(data)
                assert found.low <= found.high, case.key
                assert np.isfinite(found.truth), case.key


def test_a_stopped_run_goes_on_and_gives_the_same(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", draws=6, only="dose")
    first = (tmp_path / "whole" / NAME).read_text()

    class Stops(Progress):
        def tick(self, part: float) -> None:
            if part > 0.4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "again", draws=6, only="dose", progress=Stops())
    held = tmp_path / "again" / "draws" / "doses.csv"
    lines = held.read_text().splitlines()
    assert 1 < len(lines) < 7
    held.write_text("\n".join([*lines[:-1], lines[-1][:20]]))  # cut off in the middle of a line
    assert run(tmp_path / "again", draws=6, only="dose") == whole
    assert (tmp_path / "again" / NAME).read_text() == first
    assert read(first).rows[0].coverage == pytest.approx(whole.rows[0].coverage)


def test_another_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    run(tmp_path, draws=2, only="dose")
    with pytest.raises(CoverageError, match="holds another run"):
        run(tmp_path, draws=3, only="dose")
    (tmp_path / "draws" / "doses.csv").write_text("something else\n")
    with pytest.raises(CoverageError, match="holds other cases"):
        run(tmp_path, draws=2, only="dose")
    with pytest.raises(CoverageError, match="no estimator 'moon'"):
        run(tmp_path / "new", only="moon")


def test_draws_that_an_estimator_refuses_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def estimate(data: int) -> Found:
        if data % 2:
            raise CannotEstimate("no_overlap", "odd")
        return Found(1.0, 0.5, 0.0, 2.0, 1.5)

    monkeypatch.setattr(run_module, "cases", lambda only: (Case("dose", "odd", estimate),))
    monkeypatch.setattr(run_module, "worlds", lambda: {"odd": World("odd", "", lambda seed, units: seed, 1, 0.1)})
    for _time in range(2):  # the second time from the file
        (row,) = run(tmp_path, draws=5).rows
        assert (row.draws, row.refused, row.coverage) == (3, 2, 1.0)
        assert (row.truth, row.bias, row.mean_se) == (1.5, -0.5, 0.5)
    with pytest.raises(ValueError, match="answered in no draw"):
        row_of(Case("dose", "odd", estimate), 1, [None])


def test_so_few_units_that_nothing_can_be_said_is_said(tmp_path: Path) -> None:
    with pytest.raises(CoverageError, match=r"raw_difference/norway/: .* no draw; ask for more persons"):
        run(tmp_path, draws=2, units=10, only="raw_difference")


def test_a_truth_for_all_draws_is_their_mean() -> None:
    found = [Found(1.0, 1.0, 0.4, 1.6, 0.0), Found(1.0, 1.0, 0.9, 1.6, 1.0)]
    own, pooled = (row_of(Case("dose", "doses", lambda data: found[0], pooled=way), 1, found) for way in (False, True))
    assert (own.coverage, pooled.coverage) == (0.5, 0.5)
    assert (own.sd, pooled.sd) == (0.5, 0.0)
    assert (own.bias, pooled.bias) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("expected", "coverage", "fine"),
    [
        (Expected.NOMINAL, 0.95, True), (Expected.NOMINAL, 0.93, True), (Expected.NOMINAL, 0.90, False),
        (Expected.NOMINAL, 1.0, False), (Expected.CAUTIOUS, 1.0, True), (Expected.CAUTIOUS, 0.90, False),
        (Expected.NEARLY, 0.90, True), (Expected.NEARLY, 0.80, False), (Expected.FAILS, 0.94, False),
        (Expected.FAILS, 0.80, True), (Expected.FAILS, 1.0, False),
    ],
)  # fmt: skip
def test_what_is_expected_of_a_share_of_400(expected: Expected, coverage: float, fine: bool) -> None:
    held = [Found(0.0, 1.0, -1.0, 1.0, 0.0 if k < 400 * coverage else 5.0) for k in range(400)]
    row = row_of(Case("dose", "doses", lambda data: held[0], expected=expected), 1, held)
    assert row.as_expected is fine
    assert read(text_of(Table("1", 400, 1, (row,)))).rows[0].coverage == pytest.approx(row.coverage)


def test_two_cases_or_worlds_alike_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    room = cases_module._ROOMS[0]
    monkeypatch.setattr(cases_module, "_ROOMS", (room, room))
    with pytest.raises(ValueError, match="same estimator, world and variant"):
        cases()
    with pytest.raises(ValueError, match="two worlds"):
        worlds()


def test_the_command_says_each_share_and_what_is_wrong(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["study", "coverage", "--draws", "2", "--only", "dose", "--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "dose" in done.output and f"Table: {tmp_path / NAME}" in done.output
    again = CliRunner().invoke(app, ["study", "coverage", "--draws", "3", "--only", "dose", "--to", str(tmp_path)])
    assert again.exit_code == 1
    assert "holds another run" in again.output
