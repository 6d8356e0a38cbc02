"""Which adviser sees which persons, and in which order. Everything follows from the seed and the adviser's number.

Balanced incomplete blocks: every adviser sees the same number of persons, every person is seen equally often, and every
pair of persons is seen by equally many advisers (Yates 1936). Advisers come one by one and nobody knows how many there
will be, so the blocks of a round are dealt in an order that stays as even as it can after each adviser.
Orders: a fresh shuffle for each adviser, or Williams (1949) squares, in which each person stands equally often in each
place and follows each other person equally often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb, gcd
from typing import Literal

import numpy as np

from springbrett.evaluation.effects.records import CannotEstimate, Ints

Kind = Literal["all", "balanced", "subset"]
Order = Literal["random", "williams", "fixed"]
LARGEST_ROUND = 500
MOST_SUBSETS = 2000
"""So many subsets to choose blocks among take a second or two; beyond, drawn subsets serve as well."""
ATTEMPTS, STEPS, SIZES = 20, 400, 3


@dataclass(frozen=True, slots=True)
class Plan:
    """A design: `each` persons of `persons` to every adviser. `all` shows everybody, whatever `each` says."""

    kind: Kind
    persons: int
    each: int
    order: Order
    seed: int

    def sheet(self, number: int) -> tuple[int, ...]:
        """The persons (from 0) of adviser `number` (from 0), in the order they are shown. Raises CannotEstimate."""
        return _ordered(self, number, _chosen(self, number))


@dataclass(frozen=True, slots=True)
class Balance:
    """What a set of sheets gave: `seen` (persons,) how many advisers saw each person; `together` (persons, persons)
    how many saw both; `places` (persons, places) how often each stood in each place."""

    seen: Ints
    together: Ints
    places: Ints

    @property
    def spread(self) -> int:
        """The most seen person less the least seen."""
        return int(self.seen.max() - self.seen.min())


def blocks(persons: int, each: int) -> Ints:
    """The smallest balanced incomplete design found (blocks × each, persons from 0), all subsets when none is smaller.

    Raises CannotEstimate("bad_input") for sizes that are none, ("not_supported") when a round would be too long.
    """
    if not 1 <= each <= persons:
        raise CannotEstimate("bad_input", "an adviser sees between one person and all of them", each=each)
    return np.array(_blocks(persons, each), np.int64).reshape(-1, each)


@lru_cache(maxsize=64)
def _blocks(persons: int, each: int) -> tuple[tuple[int, ...], ...]:
    whole = comb(persons, each)
    if each in (1, persons, persons - 1):
        return tuple(combinations(range(persons), each))
    if 2 * each > persons:  # the persons left out of a balanced design are one themselves
        return tuple(tuple(sorted({*range(persons)} - {*out})) for out in _blocks(persons, persons - each))
    step = persons * (persons - 1) // gcd(persons * (persons - 1), each * (each - 1))
    longest = min(whole, LARGEST_ROUND + 1) if whole <= MOST_SUBSETS else 0
    sizes = [n for n in range(step, longest, step) if n >= persons and n * each % persons == 0]
    for number in sizes[:SIZES]:
        found = _search(persons, each, number)
        if found:
            return found
    if whole > LARGEST_ROUND:
        raise CannotEstimate("not_supported", "no balanced design is short enough; show fewer persons or all",
                             persons=persons, each=each)  # fmt: skip
    return tuple(combinations(range(persons), each))


def _search(persons: int, each: int, number: int) -> tuple[tuple[int, ...], ...]:
    """Blocks in which every pair stands equally often; empty when given up.

    The first pair that stands too seldom decides which blocks are tried next, by going back when stuck and by beginning
    anew in another order when stuck for long.
    """
    together = number * each * (each - 1) // (persons * (persons - 1))
    offered = list(combinations(range(persons), each))
    pairs = np.array([[persons * a + b for a, b in combinations(block, 2)] for block in offered])
    for attempt in range(ATTEMPTS):
        order = np.random.default_rng([persons, each, attempt]).permutation(len(offered))
        found = _try(pairs[order], persons * persons, together)
        if found:
            return tuple(offered[int(order[i])] for i in found)
    return ()


def _try(pairs: Ints, size: int, together: int) -> list[int]:
    """Rows of `pairs` that hold every pair `together` times, found in the first steps of a search; empty: none."""
    holding = {int(pair): np.flatnonzero((pairs == pair).any(axis=1)) for pair in np.unique(pairs)}
    left = np.zeros(size, np.int64)
    left[list(holding)] = together
    chosen: list[int] = []
    open_ways: list[list[int]] = [list(holding[min(holding)])]
    for _step in range(STEPS):
        if not open_ways[-1]:
            open_ways.pop()
            if not chosen:
                return []
            left[pairs[chosen.pop()]] += 1
            continue
        chosen.append(int(open_ways[-1].pop()))
        left[pairs[chosen[-1]]] -= 1
        short = np.flatnonzero(left)
        if not len(short):
            return chosen
        ways = holding[int(short[0])]
        open_ways.append(list(ways[left[pairs[ways]].min(axis=1) > 0]))
    return []


def _chosen(plan: Plan, number: int) -> tuple[int, ...]:
    if plan.kind == "all" or plan.each == plan.persons:
        return tuple(range(plan.persons))
    if plan.kind == "subset":
        if not 1 <= plan.each <= plan.persons:
            raise CannotEstimate("bad_input", "an adviser sees between one person and all of them", each=plan.each)
        drawn = np.random.default_rng([plan.seed, number, 1]).choice(plan.persons, plan.each, replace=False)
        return tuple(int(person) for person in np.sort(drawn))
    length = len(_blocks(plan.persons, plan.each))
    return _dealt(plan.persons, plan.each, plan.seed, number // length)[number % length]


@lru_cache(maxsize=256)
def _dealt(persons: int, each: int, seed: int, lap: int) -> tuple[tuple[int, ...], ...]:
    """The blocks of one round with persons renamed by chance, dealt so that every beginning is as even as can be."""
    rng = np.random.default_rng([seed, lap, 2])
    renamed = rng.permutation(persons)
    held = renamed[blocks(persons, each)]
    shows = np.zeros((len(held), persons), np.int64)
    shows[np.arange(len(held))[:, None], held] = 1
    seen, together, left = np.zeros(persons, np.int64), np.zeros((persons, persons), np.int64), list(range(len(held)))
    dealt: list[tuple[int, ...]] = []
    while left:
        order = rng.permutation(len(left))
        cost = [(int(shows[left[i]] @ seen), int(shows[left[i]] @ together @ shows[left[i]])) for i in order]
        best = left.pop(int(order[min(range(len(order)), key=lambda i: cost[i])]))
        seen += shows[best]
        together += np.outer(shows[best], shows[best])
        dealt.append(tuple(sorted(int(person) for person in held[best])))
    return tuple(dealt)


def _ordered(plan: Plan, number: int, chosen: tuple[int, ...]) -> tuple[int, ...]:
    if plan.order == "fixed":
        return chosen
    if plan.order == "random":
        rng = np.random.default_rng([plan.seed, number, 3])
        return tuple(chosen[i] for i in rng.permutation(len(chosen)))
    square = williams(len(chosen))
    start = int(np.random.default_rng([plan.seed, 4]).integers(len(square)))
    return tuple(chosen[i] for i in square[(start + number) % len(square)])


def williams(items: int) -> Ints:
    """Rows (`items` of them, twice as many for an odd number) × places: each item once in a row, equally often in each
    place, and directly after each other item equally often."""
    base = [0]
    for step in range(1, items):
        base.append((step + 1) // 2 if step % 2 else items - step // 2)
    square = (np.array(base)[None, :] + np.arange(items)[:, None]) % items
    return square if items % 2 == 0 else np.concatenate([square, square[:, ::-1]])


def balance(sheets: Sequence[Sequence[int]], persons: int) -> Balance:
    """How even the sheets turned out. Raises CannotEstimate("empty_group") for no sheets."""
    if not sheets:
        raise CannotEstimate("empty_group", "no adviser was given anybody")
    places = np.zeros((persons, max(len(sheet) for sheet in sheets)), np.int64)
    together = np.zeros((persons, persons), np.int64)
    for sheet in sheets:
        shown = np.array(sheet)
        places[shown, np.arange(len(shown))] += 1
        together[shown[:, None], shown[None, :]] += 1
    seen = np.diag(together).copy()
    np.fill_diagonal(together, 0)
    return Balance(seen, together, places)
