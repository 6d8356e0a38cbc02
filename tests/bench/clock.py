"""How the benchmarks measure and how they say it."""

import statistics
import time
from collections.abc import Callable


def milliseconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The median time of one call."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def line(what: str, took: float, against: str, baseline: float) -> None:
    """Print one comparison."""
    print(f"{what:<58} {took:9.2f} ms   {took / baseline:7.2f} × {against} ({baseline:.2f} ms)")
