"""The first results: how placements ended, chain by chain, from plain rows. No Django, no database, no clock.

A row is one placement. Numbers smaller than the minimum cell size are suppressed (None), and so are
further cells where a suppressed number could be worked out from the total.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import quantiles
from typing import Literal

Judgement = Literal["on_chain", "branch", "off_chain", "unknown"]
JUDGEMENTS: tuple[Judgement, ...] = ("on_chain", "branch", "off_chain")


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """One placement as the ledger tells it. `key` is the agreement's pseudonym or id.

    `ended` is the actual last day (None while it runs), `end_reason` its coded reason and `early` whether it came
    before the agreed end. `judged` is how its outcome was judged against its own chain (None until it is decided,
    "unknown" where there is no chain to judge it by).
    """

    key: str
    measure: str
    chain: str
    main_purpose: str
    start: date
    ended: date | None = None
    end_reason: str = ""
    early: bool = False
    judged: Judgement | None = None
    outcomes: tuple[str, ...] = ()

    @property
    def days(self) -> int | None:
        """Length in days, both ends counted; None while it runs."""
        return (self.ended - self.start).days + 1 if self.ended else None


@dataclass(frozen=True, slots=True)
class Cell:
    """A count with its code. `count` None: suppressed. `percent` of the group's total, None when anything needed to
    work it out is suppressed."""

    code: str
    count: int | None
    percent: float | None = None

    @property
    def suppressed(self) -> bool:
        """Whether the number is too small to show."""
        return self.count is None


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Lower quartile, median and upper quartile of lengths in days; `n` is how many lengths they rest on."""

    n: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True, slots=True)
class ChainResult:
    """One chain: how many placements ended with a decided outcome (None: suppressed), how they were judged, what they
    led to (a placement may have several outcomes), and how long the ended ones lasted."""

    chain: str
    decided: int | None
    judged: tuple[Cell, ...]
    outcomes: tuple[Cell, ...]
    durations: Quartiles | None


@dataclass(frozen=True, slots=True)
class Results:
    """What the first results page shows. `minimum_cell` is the size under which a number is suppressed."""

    minimum_cell: int
    placements: int | None
    running: int | None
    ended: int | None
    undecided: int | None
    purposes: tuple[Cell, ...]
    chains: tuple[ChainResult, ...]
    durations: Quartiles | None
    early_ends: tuple[Cell, ...]

    @property
    def empty(self) -> bool:
        """Whether there was nothing at all to summarise."""
        return self.placements == 0


def summarise(rows: Iterable[PlacementRow], *, minimum_cell: int) -> Results:
    """The results of these placements.

    `minimum_cell` is a whole number, at least 1 (1 suppresses nothing). Raises ValueError for less, and for a placement
    that ended before it started or stands twice.
    """
    if minimum_cell < 1:
        raise ValueError("the minimum cell size is at least 1")
    placements = _checked(rows)
    ended = [row for row in placements if row.ended]
    running, over, undecided = _parts(placements, ended, minimum_cell)
    return Results(
        minimum_cell=minimum_cell,
        placements=shown(len(placements), minimum_cell),
        running=running,
        ended=over,
        undecided=undecided,
        purposes=cells(Counter(row.main_purpose for row in placements), minimum_cell),
        chains=_chains(placements, minimum_cell),
        durations=quartiles([row.days for row in ended if row.days], minimum_cell),
        early_ends=cells(Counter(row.end_reason for row in ended if row.early), minimum_cell),
    )


def _checked(rows: Iterable[PlacementRow]) -> list[PlacementRow]:
    placements = list(rows)
    if len({row.key for row in placements}) != len(placements):
        raise ValueError("a placement stands twice in the rows")
    if any(row.days is not None and row.days < 1 for row in placements):
        raise ValueError("a placement ends before it starts")
    return placements


def _parts(
    placements: Sequence[PlacementRow], ended: Sequence[PlacementRow], minimum: int
) -> tuple[int | None, int | None, int | None]:  # fmt: skip
    """Running, ended and undecided. Running and ended add up to the total, so they are hidden together."""
    undecided = sum(1 for row in ended if row.judged is None)
    either = cells({"running": len(placements) - len(ended), "ended": len(ended)}, minimum)
    known = {cell.code: cell.count for cell in either}
    return known["running"], known["ended"], shown(undecided, minimum) if known["ended"] is not None else None


def _chains(placements: Sequence[PlacementRow], minimum: int) -> tuple[ChainResult, ...]:
    """Chain by chain, the most used first. The decided ones add up to a known total, so they are cells of one group."""
    grouped: dict[str, list[PlacementRow]] = {}
    for row in placements:
        grouped.setdefault(row.chain, []).append(row)
    decided = {chain: sum(1 for row in rows if row.judged) for chain, rows in grouped.items()}
    known = {cell.code: cell.count for cell in cells(decided, minimum)}
    ordered = sorted(grouped, key=lambda chain: (-len(grouped[chain]), chain))
    return tuple(_chain(chain, grouped[chain], known[chain], minimum) for chain in ordered)


def _chain(chain: str, rows: Sequence[PlacementRow], known: int | None, minimum: int) -> ChainResult:
    decided = [row for row in rows if row.judged]
    judged: Counter[str] = Counter(dict.fromkeys(JUDGEMENTS, 0))
    judged.update(row.judged for row in decided if row.judged)
    order = (*JUDGEMENTS, "unknown") if judged["unknown"] else JUDGEMENTS
    outcomes = Counter(code for row in decided for code in dict.fromkeys(row.outcomes))
    if known is None:
        return ChainResult(chain, None, tuple(Cell(code, None) for code in JUDGEMENTS), (), None)
    return ChainResult(
        chain=chain,
        decided=known,
        judged=cells({code: judged[code] for code in order}, minimum, order=order),
        outcomes=cells(outcomes, minimum, of=known),
        durations=quartiles([row.days for row in rows if row.days], minimum),
    )


def shown(count: int, minimum: int) -> int | None:
    """The count if it may be shown: nothing at all, or at least the minimum cell size."""
    return count if count == 0 or count >= minimum else None


def cells(
    counts: Mapping[str, int], minimum: int, *, order: Sequence[str] = (), of: int | None = None
) -> tuple[Cell, ...]:
    """The counts as cells, largest first (or in `order`), small ones suppressed.

    `of` is the total that percentages are of (default: the sum). What is suppressed must not follow from the total less
    the others, so the smallest of the rest go too until at least two cells, and `minimum` placements, are hidden.
    """
    total = sum(counts.values()) if of is None else of
    hidden = {code for code, count in counts.items() if shown(count, minimum) is None}
    rest = sorted((count, code) for code, count in counts.items() if code not in hidden and count)
    while hidden and rest and (len(hidden) == 1 or sum(counts[code] for code in hidden) < minimum):
        hidden.add(rest.pop(0)[1])
    codes = list(order) or sorted(counts, key=lambda code: (-counts[code], code))
    if shown(total, minimum) is None:
        hidden = {code for code, count in counts.items() if count}
    return tuple(
        Cell(code, None) if code in hidden else Cell(code, counts[code], _percent(counts[code], total))
        for code in codes
    )


def _percent(count: int, total: int) -> float | None:
    return 100 * count / total if total else None


def quartiles(days: Sequence[int], minimum: int) -> Quartiles | None:
    """Quartiles by linear interpolation between the ordered lengths (the ends are the 0 and 100 % points, type 7).

    None for fewer lengths than the minimum cell size, or none at all.
    """
    if not days or len(days) < minimum:
        return None
    if len(days) == 1:
        return Quartiles(1, float(days[0]), float(days[0]), float(days[0]))
    lower, median, upper = quantiles(sorted(days), n=4, method="inclusive")
    return Quartiles(len(days), lower, median, upper)
