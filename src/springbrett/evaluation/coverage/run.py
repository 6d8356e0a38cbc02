"""`springbrett study coverage`: draws the worlds, asks the estimators, and writes the table. A stopped run goes on.

Every draw is written down as soon as it is made: one line per world and draw in FOLDER/draws/WORLD.csv, with the cases
in the order of the first line. The draws of a world are numbered, and number k is the same whatever the others are.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import springbrett
from springbrett.evaluation.coverage.cases import cases, worlds
from springbrett.evaluation.coverage.records import Case, Found, World
from springbrett.evaluation.coverage.table import Row, Table, row_of, text_of
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.study.progress import Progress

DRAWS, FEWEST = 400, 2
NAME, STATE, FOLDER = "coverage.toml", "coverage.json", "draws"
REFUSED = "refused"


class CoverageError(RuntimeError):
    """The run cannot begin or go on: says why and what to do."""


def run(
    to: Path, *, draws: int = DRAWS, seed: int = 1, units: int | None = None, only: str = "",
    progress: Progress | None = None,
) -> Table:  # fmt: skip
    """Every case (or those of the estimator `only`) into `to`. `units`: persons or other units in every draw (None:
    each world's own). Raises CoverageError; KeyboardInterrupt leaves what is done."""
    progress = progress or Progress()
    try:
        chosen = cases(only)
    except KeyError:
        raise CoverageError(f"there is no estimator {only!r}; leave --only out to see them all") from None
    _begin(to, {"version": springbrett.__version__, "draws": draws, "seed": seed, "units": units, "only": only})
    wanted = {code: world for code, world in worlds().items() if any(case.world == code for case in chosen)}
    counts = {code: max(FEWEST, round(draws * world.share)) for code, world in wanted.items()}
    own_cases = {code: tuple(case for case in chosen if case.world == code) for code in wanted}
    files = {code: to / FOLDER / f"{code}.csv" for code in wanted}
    left = {code: max(counts[code] - len(_held(files[code], own_cases[code])), 0) * world.seconds
            for code, world in wanted.items()}  # fmt: skip
    progress.plan(left)
    found: dict[str, Row] = {}
    for code, world in wanted.items():
        progress.begin(code, left[code])
        own, size = own_cases[code], units or world.units
        made = _draw(files[code], world, own, range(counts[code]), (seed, size), progress)
        try:
            found |= {case.key: row_of(case, size, [line[k] for line in made]) for k, case in enumerate(own)}
        except ValueError as nothing:
            raise CoverageError(f"{nothing}; ask for more persons, in an empty folder") from None
        progress.end()
    table = Table(springbrett.__version__, draws, seed, tuple(found[case.key] for case in chosen))
    (to / NAME).write_text(text_of(table), encoding="utf-8")
    return table


def _begin(to: Path, asked: dict[str, object]) -> None:
    """Make the folder, or see that it holds the same run."""
    (to / FOLDER).mkdir(parents=True, exist_ok=True)
    state = to / STATE
    if state.exists() and state.read_text(encoding="utf-8") != json.dumps(asked):
        raise CoverageError(f"{to} holds another run; choose an empty folder, or the same numbers as before")
    state.write_text(json.dumps(asked), encoding="utf-8")


Line = list[Found | None]


def _draw(
    file: Path, world: World, own: tuple[Case, ...], numbers: range, how: tuple[int, int], progress: Progress
) -> list[Line]:  # fmt: skip
    """The answers of every draw (None: refused), those already in the file first."""
    done = _held(file, own)
    with file.open("a", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines)
        if not done and not lines.tell():
            out.writerow([case.key for case in own])
        begun = len(done)
        for number in numbers[begun:]:
            done.append(_answers(world, own, how[0] * 1_000_000 + number, how[1]))
            out.writerow([_written(one) for one in done[-1]])
            lines.flush()
            progress.tick((number + 1 - begun) / (len(numbers) - begun))
    return done[: len(numbers)]


def _held(file: Path, own: tuple[Case, ...]) -> list[Line]:
    """The whole lines of the file; a last line cut off by a stop is taken away."""
    if not file.exists():
        return []
    text = file.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, encoding="utf-8", newline="")
    rows = list(csv.reader(whole.splitlines()))
    if rows and rows[0] != [case.key for case in own]:
        raise CoverageError(f"{file} holds other cases than there are now; begin in an empty folder")
    return [[_read(cell) for cell in row] for row in rows[1:]]


def _answers(world: World, own: tuple[Case, ...], seed: int, units: int) -> Line:
    """What each case answers; nothing by any where so few units make no data at all."""
    try:
        data = world.draw(seed, units)
    except CannotEstimate:
        return [None] * len(own)
    return [_asked(case, data) for case in own]


def _asked(case: Case, data: object) -> Found | None:
    try:
        return case.estimate(data)
    except CannotEstimate:
        return None


def _written(found: Found | None) -> str:
    if found is None:
        return REFUSED
    return " ".join(repr(float(one)) for one in (found.value, found.se, found.low, found.high, found.truth))


def _read(cell: str) -> Found | None:
    return None if cell == REFUSED else Found(*(float(one) for one in cell.split()))
