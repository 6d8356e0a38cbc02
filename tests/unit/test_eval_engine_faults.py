"""What an engine finds wrong with registers it cannot hold is what the checker finds row by row."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from springbrett.evaluation import engine
from springbrett.evaluation.engine.faults import faults, refuse
from springbrett.evaluation.registers.check import check, fatal
from springbrett.evaluation.registers.read import RegistersError, read, write
from tests.unit.test_eval_registers import LEVEL, OFFICE, PERSON, SPELL, WORK, tables

FAULTS: dict[str, list[dict[str, Any]]] = {
    "persons": [PERSON, PERSON, PERSON | {"person": 3, "birth_year": 1890, "sex": "f", "region": None}],
    "spells": [
        SPELL, SPELL | {"start": date(2021, 3, 31), "end": None}, SPELL | {"person": 2, "office": 11},
        SPELL | {"person": 3, "end": date(2021, 1, 3), "start": date(1900, 1, 1)},
        SPELL | {"person": 3, "measure": "aft", "start": date(2021, 5, 2), "end": date(2021, 5, 1)},
    ],
    "employment": [
        WORK, WORK | {"month_from": 24260, "month_to": 24261}, WORK | {"person": 3, "hours_week": 170.0},
        WORK | {"person": 3, "month_from": 24270, "month_to": 24271, "employer": 4, "wage_month": float("nan")},
    ],
    "needs_levels": [LEVEL | {"needs_level": "any"}, LEVEL | {"month_from": 24254, "month_to": None}],
    "offices": [OFFICE, OFFICE],
    "employers": [{"employer": 1, "size": -1}],
}  # fmt: skip


def test_registers_that_hold_together_are_let_through(tmp_path: Path) -> None:
    write(tables(), tmp_path)
    with engine.open(tmp_path) as opened:
        refuse(opened)


def test_the_engine_finds_what_the_checker_finds_and_says_how_to_see_the_rows(tmp_path: Path) -> None:
    write(tables(**FAULTS), tmp_path)
    wanted = {(f.table, f.column, f.problem) for f in fatal(check(read(tmp_path)))}
    with engine.open(tmp_path) as opened:
        assert {(f.table, f.column, f.problem) for f in faults(opened)} == wanted
        assert len(wanted) == 18
        with pytest.raises(RegistersError, match="springbrett registers check") as told:
            refuse(opened)
    assert "persons, column person: duplicate in 1 row" in str(told.value)
    assert "spells, column office: unknown key in 1 row" in str(told.value)
