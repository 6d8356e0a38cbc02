"""What the draws amount to, and the file that keeps it: one row per case."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from springbrett.evaluation.coverage.records import NOMINAL, Case, Expected, Found

HEAD = """# Repeated draws of worlds whose truth is known: made by
#   springbrett study coverage --draws {draws} --seed {seed} --to FOLDER
# and copied here from FOLDER/coverage.toml. docs/reference/estimators.md reads it. Never edited by hand.
# bias, sd and mean_se are in the unit of the outcome; coverage is the share of 95 % intervals that held the truth.

version = "{version}"
draws = {draws}
seed = {seed}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One case: over how many `draws`, how many `refused` to answer, the mean `truth`, `bias` and `sd` of the estimate,
    the `mean_se`, and the `coverage`."""

    estimator: str
    world: str
    what: str
    broken: str
    expected: str
    note: str
    units: int
    draws: int
    refused: int
    truth: float
    bias: float
    sd: float
    mean_se: float
    coverage: float

    @property
    def error(self) -> float:
        """Monte-Carlo standard error of the coverage, were it what it is seen to be."""
        return float(np.sqrt(self.coverage * (1 - self.coverage) / self.draws))

    @property
    def nominal(self) -> bool:
        """Whether the coverage lies within three Monte-Carlo errors of nominal."""
        return bool(abs(self.coverage - NOMINAL) <= 3 * np.sqrt(NOMINAL * (1 - NOMINAL) / self.draws))

    @property
    def as_expected(self) -> bool:
        """Whether the interval did what is expected of it: see `records.Expected`."""
        if self.expected == Expected.FAILS:
            return self.coverage < NOMINAL and not self.nominal
        if self.expected == Expected.CAUTIOUS:
            return self.nominal or self.coverage > NOMINAL
        return self.nominal or (self.expected == Expected.NEARLY and self.coverage > NOMINAL - 0.1)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, and the run they come from."""

    version: str
    draws: int
    seed: int
    rows: tuple[Row, ...]


def row_of(case: Case, units: int, found: Sequence[Found | None]) -> Row:
    """The row of a case; None stands for a draw in which the estimator refused. Raises ValueError for none answered."""
    answered = [one for one in found if one is not None]
    if not answered:
        raise ValueError(f"{case.key}: the estimator answered in no draw")
    value, se, low, high, truth = (
        np.array([getattr(one, name) for one in answered]) for name in ("value", "se", "low", "high", "truth")
    )
    if case.pooled:
        truth = np.full(len(truth), truth.mean())
    known = se[np.isfinite(se)]
    return Row(
        case.estimator, case.world, case.what, case.broken, case.expected.value, case.note, units, len(answered),
        len(found) - len(answered), float(truth.mean()), float((value - truth).mean()), float((value - truth).std()),
        float(known.mean()) if len(known) else float("nan"), float(((low <= truth) & (truth <= high)).mean()),
    )  # fmt: skip


def text_of(table: Table) -> str:
    """The file."""
    out = [HEAD.format(version=table.version, draws=table.draws, seed=table.seed)]
    for row in table.rows:
        out.append("\n[[row]]\n")
        for name in Row.__dataclass_fields__:
            held = getattr(row, name)
            if isinstance(held, str):
                out.append(f'{name} = "{held}"\n' if held else "")
            else:
                out.append(f"{name} = {held if isinstance(held, int) else format(held, '.5g')}\n")
    return "".join(out)


def read(text: str) -> Table:
    """The table of a file. Raises ValueError for a row that lacks something."""
    held = tomllib.loads(text)
    texts: dict[str, Any] = dict.fromkeys(("what", "broken", "note"), "")
    try:
        rows = tuple(Row(**(texts | _floats(entry))) for entry in held.get("row", []))
        return Table(held["version"], held["draws"], held["seed"], rows)
    except (TypeError, KeyError) as wrong:
        raise ValueError(f"the table of coverage lacks something: {wrong}") from None


def _floats(entry: dict[str, Any]) -> dict[str, Any]:
    """With whole numbers in the places of broken ones made so (1 was written for 1.0)."""
    numbers = ("truth", "bias", "sd", "mean_se", "coverage")
    return {key: float(held) if key in numbers else held for key, held in entry.items()}
