"""Says how far a long run has come and how long is left, on standard error; nothing when nobody is looking."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO


@dataclass
class Progress:
    """`out` None: silent. `weights`: how much of the work each stage is thought to be; time left follows from it."""

    out: TextIO | None = None
    clock: Callable[[], float] = time.monotonic
    _began: float = 0.0
    _total: float = 0.0
    _done: float = 0.0
    _stage: str = ""
    _weight: float = 0.0
    _shown: float = field(default=float("-inf"))

    def plan(self, weights: dict[str, float], skipped: float = 0.0) -> None:
        """The stages to come and their weight; `skipped` is what an earlier run has done already."""
        self._began, self._total, self._done = self.clock(), sum(weights.values()) - skipped, 0.0

    def begin(self, stage: str, weight: float) -> None:
        """A stage begins."""
        self._stage, self._weight = stage, weight
        self._say(0.0, always=True)

    def tick(self, part: float) -> None:
        """The share of the stage that is done."""
        self._say(part)

    def end(self) -> None:
        """The stage is done."""
        self._done += self._weight
        self._weight = 0.0

    def close(self) -> None:
        """Leave the line, so that what is said next has one of its own."""
        if self.out is not None and self.out.isatty():
            self.out.write("\r\033[K")
            self.out.flush()

    def note(self, text: str) -> None:
        """A line of its own."""
        if self.out is not None:
            self.out.write(f"\r\033[K{text}\n" if self.out.isatty() else f"{text}\n")
            self.out.flush()

    @property
    def left(self) -> float | None:
        """Seconds left, as far as can be told; None in the beginning."""
        return self._left(0.0)

    def _left(self, part: float) -> float | None:
        done = self._done + self._weight * part
        spent = self.clock() - self._began
        return spent / done * (self._total - done) if done > 0 and spent > 0 else None

    def _say(self, part: float, *, always: bool = False) -> None:
        if self.out is None or (not always and self.clock() - self._shown < 1.0):
            return
        self._shown = self.clock()
        left = self._left(part)
        text = f"{self._stage}" + (f", about {_length(left)} left" if left is not None else "")
        self.out.write(f"\r\033[K{text}" if self.out.isatty() else f"{text}\n")
        self.out.flush()


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
