"""Small made-up registers with everything that is awkward in them: jobs at once, empty cells, stays that still run."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from springbrett.evaluation.outcomes.definitions import Lasting, Outcome, Source, Where, Words, load_outcomes
from springbrett.evaluation.registers.layout import LAYOUT, first_day
from springbrett.evaluation.registers.read import Tables

FIRST, LAST = 24200, 24300
_SPELLS = Source(table="spells", where=(Where(column="measure", op="in", value=("amo", "mentor")),))
_JOBS = Source(table="employment", where=(Where(column="hours_week", op="gt", value=15),))
_PAID = Source(table="benefits", where=(Where(column="benefit", op="not_in", value=("sickness_benefit",)),))


def outcomes() -> list[Outcome]:
    """The shipped definitions, and others that put tables together and take some months out."""
    own = [
        Outcome(code="work_outside_measures", name=_name(), any_of=(_JOBS,), none_of=(_SPELLS,)),
        Outcome(code="neither", name=_name(), any_of=(_JOBS, _PAID, _SPELLS), complement=True),
        Outcome(code="lasting_without", name=_name(), any_of=(_PAID,), complement=True,
                lasting=Lasting(months=2, of=3)),
        Outcome(code="lasting_outside", name=_name(), any_of=(_JOBS,), none_of=(_SPELLS, _PAID),
                lasting=Lasting(months=3, of=4)),
        Outcome(code="not_that_employer", name=_name(),
                any_of=(Source(table="employment", where=(Where(column="employer", op="ne", value=1),)),)),
        Outcome(code="hours", name=_name(), any_of=(_JOBS, Source(table="employment")), amount="hours_week"),
    ]  # fmt: skip
    return [*load_outcomes().values(), *own]


def _name() -> Words:
    return Words(nb="x", nn="x", en="x")


def registers(seed: int, persons: int = 12, rows: int = 30) -> Tables:
    """Rows are drawn freely, so that intervals of a person overlap; amounts are whole, so that their sums are exact."""
    rng = np.random.default_rng(seed)
    found = Tables()
    for name, table in LAYOUT.items():
        drawn = [_row(name, rng, persons) for _ in range(int(rng.integers(1, rows)))]
        if name == "persons":
            drawn = [{"person": n, "birth_year": 1990, "sex": "woman", "immigrant_group": "norway",
                      "education": "tertiary", "region": "north", "office": 1} for n in range(persons)]  # fmt: skip
        cells = [{column: row.get(column) for column in table.names} for row in drawn]
        made = pa.Table.from_pylist(cells, schema=table.schema)
        found[name] = made.sort_by([(column, "ascending") for column in table.sorted_by])
    return found


def _row(name: str, rng: np.random.Generator, persons: int) -> dict[str, Any]:
    begin = int(rng.integers(FIRST, LAST))
    row: dict[str, Any] = {"person": int(rng.integers(0, persons)), "month_from": begin,
                           "month_to": min(LAST, begin + int(rng.integers(0, 20)))}  # fmt: skip
    if name == "employment":
        some = rng.random() < 0.8
        row |= {"hours_week": float(rng.choice([0.0, 10, 15, 37.5])), "wage_month": float(rng.integers(0, 40000)),
                "employer": int(rng.integers(1, 3)) if some else None,
                "subsidised": bool(rng.random() < 0.5) if some else None}  # fmt: skip
    if name == "benefits":
        row |= {"benefit": str(rng.choice(["sickness_benefit", "social_assistance"])), "amount_month": 100.0}
    if name == "education":
        row["level"] = "tertiary"
    if name == "needs_levels":
        row["needs_level"] = "standard_innsats"
    if name == "spells":
        start: date = first_day(begin).replace(day=int(rng.integers(1, 28)))
        end = first_day(row["month_to"]).replace(day=28) if rng.random() < 0.8 else None
        row |= {"measure": str(rng.choice(["amo", "mentor", "aft"])), "start": start, "end": end, "office": 1}
    if name == "offices":
        row = {"office": int(rng.integers(1, 9)), "region": "north"}
    return {"employer": 1} if name == "employers" else row


def stays(seed: int, count: int = 25, persons: int = 14) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """person, start, group (0 … 2): some of persons the registers do not hold, several of one person."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, persons, count), rng.integers(FIRST, LAST, count), rng.integers(0, 3, count)
