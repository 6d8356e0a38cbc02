"""Rows in blocks that fit the processor's cache, worked on side by side, summed in the order they stand.

The order of the sums does not depend on how many processors there are, nor does any digit of the answer. Inside a block
the linear-algebra library is held to one thread: its own threads wait for each other at every small product, which on a
machine shared with others can take thirty times as long as the work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

T = TypeVar("T")
ROWS = 1 << 13
"""Rows of a block: with twenty columns about a megabyte."""
WORTH_THREADS = 16
"""Blocks below which threads cost more than they give."""
MOST_THREADS = 8


def blocks(count: int) -> Iterator[slice]:
    """Stretches of ROWS rows."""
    return (slice(first, min(first + ROWS, count)) for first in range(0, count, ROWS))


def over_blocks(count: int, work: Callable[[slice], T]) -> Iterator[T]:
    """What `work` gives for each block, in order. `work` may write its own rows of an array."""
    with _libraries().limit(limits=1, user_api="blas"):
        if count < WORTH_THREADS * ROWS:
            yield from map(work, blocks(count))
        else:
            yield from _workers().map(work, blocks(count))


def side_by_side(tasks: Sequence[Callable[[], T]], *, threads: bool) -> list[T]:
    """What each task gives, in order, each held to one thread of its libraries: its digits are those of one processor.

    `threads`: several tasks at a time (worth it only when each takes a while).
    """

    def alone(task: Callable[[], T]) -> T:
        with _libraries().limit(limits=1):
            return task()

    if not threads:
        return [alone(task) for task in tasks]
    with one_thread(), ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as workers:
        return list(workers.map(alone, tasks))


def one_thread() -> AbstractContextManager[None]:
    """Linear algebra by one thread meanwhile: for many small products, more would only wait for one another."""
    held: AbstractContextManager[None] = _libraries().limit(limits=1)
    return held


@cache
def _libraries() -> Any:
    return ThreadpoolController()


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), thread_name_prefix="effects")
