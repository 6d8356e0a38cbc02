"""Trial offices against control offices: office by office and pooled, with inference that holds for a handful.

Each office's change from before to after is what is compared; persons within an office are never taken for independent
trials. Pooled: a line with office and period effects and the wild cluster bootstrap; the offices' changes and
randomisation inference; and how far the answer rests on one office. Assumes parallel trends between the offices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison, t_of
from springbrett.evaluation.effects.did.permutation import Units, gap, randomisation, sides
from springbrett.evaluation.effects.did.wild import cluster_robust, wild_bootstrap
from springbrett.evaluation.effects.entrance import hold, numbers, whole, yes_no
from springbrett.evaluation.effects.records import CannotEstimate, Diagnostic, Estimand, Estimate, Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Offices:
    """n persons (or person-months): outcome `y`, `office`, whether the office is a `trial` office, whether `after` the
    trial began. Raises CannotEstimate: bad_input, no_treated, no_comparison, empty_group (an office without both)."""

    y: Floats
    office: Ints
    trial: Flags
    after: Flags

    def __post_init__(self) -> None:
        hold(
            self,
            y=numbers(self.y, "the outcome"),
            office=whole(self.office, "the office"),
            trial=yes_no(self.trial, "being a trial office"),
            after=yes_no(self.after, "being after the start"),
        )
        shapes = {len(a) for a in (self.y, self.office, self.trial, self.after)}
        if len(shapes) != 1 or not len(self.y) or not np.isfinite(self.y).all():
            raise CannotEstimate("bad_input", "an outcome is missing, or the lengths differ")
        names, place = np.unique(self.office, return_inverse=True)
        share = np.bincount(place, self.trial) / np.bincount(place)
        if ((share > 0) & (share < 1)).any():
            raise CannotEstimate("bad_input", "an office is both a trial and a control office")
        if not share.any():
            raise CannotEstimate("no_treated", "no office took part")
        if share.all():
            raise CannotEstimate("no_comparison", "there is no control office")
        both = (np.bincount(place, self.after) > 0) & (np.bincount(place, ~self.after) > 0)
        if not both.all():
            raise CannotEstimate("empty_group", "an office has nobody before or nobody after the trial began",
                                 office=int(names[~both][0]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changes:
    """G offices: name, whether a trial office, `change` of the mean from before to after, its `se` were persons
    independent, and `persons` (the harmonic weight of before and after)."""

    office: Ints
    trial: Flags
    change: Floats
    se: Floats
    persons: Floats


def changes(data: Offices) -> Changes:
    """What happened in each office."""
    names, place = np.unique(data.office, return_inverse=True)
    key = place * 2 + data.after
    n = np.bincount(key, minlength=2 * len(names)).reshape(-1, 2)
    total = np.bincount(key, data.y, 2 * len(names)).reshape(-1, 2)
    mean = total / n
    square = np.bincount(key, (data.y - mean.ravel()[key]) ** 2, 2 * len(names)).reshape(-1, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(n > 1, square / (n - 1) / n, np.nan)
    trial = np.bincount(place, data.trial) > 0
    return Changes(names, trial, mean[:, 1] - mean[:, 0], np.sqrt(spread.sum(axis=1)), 1 / (1 / n).sum(axis=1))


def office_by_office(data: Offices, *, level: float = 0.95) -> dict[int, Estimate]:
    """Each trial office's change beyond the mean change of the control offices.

    The standard error takes the spread between control offices for the trial office's own (Donald & Lang 2007), t with
    as many degrees of freedom as control offices less one; the p-value is by its rank among them.
    Raises CannotEstimate("too_few_clusters") with fewer than two control offices.
    """
    held = changes(data)
    control = held.change[~held.trial]
    count = len(control)
    if count < 2:
        raise CannotEstimate("too_few_clusters", "one control office cannot tell how much offices differ by chance")
    se = float(control.std(ddof=1) * np.sqrt(1 + 1 / count))
    if not se > 1e-12 * float(np.abs(data.y).max()):
        raise CannotEstimate("no_variation", "all control offices moved alike; chance cannot be told")
    half = t_of(level, count - 1) * se
    made = {}
    for name, change in zip(held.office[held.trial].tolist(), held.change[held.trial].tolist(), strict=True):
        value = change - float(control.mean())
        everyone = np.append(control, change)
        off = np.abs(everyone - (everyone.sum() - everyone) / count)
        p = float((off >= off[-1] * (1 - 1e-9)).mean())
        made[name] = Estimate(
            Estimand.ATT, "office_by_office", value, se, (value - half, value + half), 1, count, level, p,
            ("parallel_trends", "offices_vary_alike"),
        )  # fmt: skip
    return made


def as_comparison(data: Offices, block: Ints | None = None) -> Comparison:
    """The same as a line: trial × after, with effects of office and of after; clusters are the offices.

    `block` (per office, sorted by number): where trial offices were drawn within; each has its own effect of after.
    """
    names, place = np.unique(data.office, return_inverse=True)
    dummies = (place[:, None] == np.arange(1, len(names))).astype(np.float64)
    within = np.zeros(len(names), np.int64) if block is None else np.asarray(block)
    blocks = np.unique(within)
    after = (data.after[:, None] & (within[place][:, None] == blocks)).astype(np.float64)
    named = [f"after_{name}" for name in blocks.tolist()] if len(blocks) > 1 else ["after"]
    columns = (*named, *(f"office_{name}" for name in names[1:].tolist()))
    return Comparison(data.y, data.trial & data.after, np.column_stack([after, dummies]), columns, place)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The same question by three tests: `robust` (not to be trusted with few offices), `wild`, `permuted`;
    `without` each office in turn; and the estimate to be shown first (`headline`)."""

    robust: Estimate
    wild: Estimate | None
    permuted: Estimate | None
    without: dict[int, float]
    headline: Estimate


def pooled(
    data: Offices, *, by_persons: bool = True, block: Ints | None = None, draws: int = 9999, seed: int = 1,
    level: float = 0.95,
) -> Pooled:  # fmt: skip
    """All trial offices together. `by_persons`: offices weigh by their persons in the randomisation, else alike;
    `block` (per office, sorted by number): where trial offices were drawn within.

    The wild bootstrap is the headline when it can answer, else randomisation. Raises CannotEstimate("too_few_clusters")
    when neither can.
    """
    line = as_comparison(data, block)
    robust = cluster_robust(line, level=level)
    held = changes(data)
    units = Units(held.change, held.trial, held.persons if by_persons else None, block)
    wild = _or_none(lambda: wild_bootstrap(line, draws=draws, seed=seed, level=level))
    permuted = _or_none(lambda: randomisation(units, draws=draws, seed=seed, level=level))
    first = wild or permuted
    if first is None and not np.ptp(held.change) > 1e-12 * np.abs(data.y).max():
        raise CannotEstimate("no_variation", "all offices moved alike; chance cannot be told")
    if first is None:
        raise CannotEstimate("too_few_clusters", "too few offices for any test that holds", clusters=len(held.office))
    without = leave_one_out(held.office, lambda keep: _gap(units, keep))
    return Pooled(
        robust, wild, permuted, without, replace(first, diagnostics=(*first.diagnostics, one_office(without)))
    )


def _or_none(work: Callable[[], Estimate]) -> Estimate | None:
    try:
        return work()
    except CannotEstimate as problem:
        if problem.code in {"too_few_clusters", "no_variation"}:
            return None
        raise


def _gap(units: Units, keep: Flags) -> float:
    """The difference among those kept; NaN where they, or a block of them, are all on one side."""
    weight = None if units.weight is None else units.weight[keep]
    block = None if units.block is None else units.block[keep]
    try:
        kept = Units(units.outcome[keep], units.treated[keep], weight, block)
        return float(gap(kept.treated[None, :], kept.outcome, sides(kept))[0])
    except CannotEstimate:
        return float("nan")


def leave_one_out(names: Ints, estimate: Callable[[Flags], float]) -> dict[int, float]:
    """The estimate without each cluster in turn (NaN where it cannot be made). `estimate` takes which to keep (G,)."""
    found = {}
    for place, name in enumerate(names.tolist()):
        keep = np.ones(len(names), bool)
        keep[place] = False
        found[int(name)] = float(estimate(keep))
    return found


def one_office(without: dict[int, float]) -> Diagnostic:
    """Whether every estimate without one office has the same sign: if not, it rests on a single office."""
    values = np.array(list(without.values()))
    known = values[np.isfinite(values)]
    same = bool(len(known)) and bool((known > 0).all() or (known < 0).all())
    spread = float(np.ptp(known)) if len(known) else float("nan")
    return Diagnostic("leave_one_office_out", spread, None, same if len(known) else None,
                      {"lowest": float(known.min(initial=np.inf)),
                       "highest": float(known.max(initial=-np.inf))})  # fmt: skip
