"""How the benchmarks measure and how they say it."""

import gc
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


@dataclass(frozen=True, slots=True)
class Took:
    """What one run took: `seconds` on the wall, `processor` seconds of all its threads, `peak` memory of the process
    meanwhile (GB, what was held before included), `load` of the machine when it began, and what it `made`."""

    seconds: float
    processor: float
    peak: float
    load: float
    made: Any

    def scaled(self, by: float) -> "Took":
        """Had it been so many times as much work."""
        return Took(self.seconds * by, self.processor * by, self.peak, self.load, self.made)


def measured(work: Callable[[], Any]) -> Took:
    """One run. Processor time tells what the work itself took when others load the machine."""
    gc.collect()
    _forget_peak()
    load, before, begun = os.getloadavg()[0], os.times(), time.perf_counter()
    made = work()
    seconds, after = time.perf_counter() - begun, os.times()
    return Took(seconds, after.user + after.system - before.user - before.system, _peak(), load, made)


def compare(what: str, ours: Took, against: str, other: Took) -> None:
    """Print one comparison with memory: seconds, processor seconds, GB, and the ratio of both kinds of seconds."""
    ratio = f"ratio {ours.seconds / other.seconds:.4f} (processor {ours.processor / max(other.processor, 1e-9):.4f})"
    print(f"{what}\n    {_told(ours)}; load {ours.load:.1f}\n    {ratio} to {against}: {_told(other)}", flush=True)


def _told(took: Took) -> str:
    return f"{took.seconds:.2f} s, processor {took.processor:.2f} s, peak {took.peak:.2f} GB"


def _forget_peak() -> None:
    """Let the kernel count the largest memory anew (Linux; elsewhere the peak is that of the process so far)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _peak() -> float:
    try:
        status = Path("/proc/self/status").read_text()
        return next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM")) / 1e6
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
