"""Long work in blocks: says how far it has come and how long is left, can be stopped, and goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from springbrett.evaluation.engine.backends import EngineError

MANIFEST = "blocks.json"
Arrays = Mapping[str, np.ndarray]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done:
    """How much of the work is done (0 to 1), and seconds left as the blocks so far tell; None before the first."""

    part: float
    left: float | None


Progress = Callable[[Done], None]


def carry_out(
    blocks: Sequence[T], work: Callable[[T], Arrays], *, key: str = "", keep: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[Arrays]:  # fmt: skip
    """What the work gives for every block, in order, one at a time.

    With `keep`, each block's answer is written there as soon as it is known; the same call with the same `key` then
    begins with the first block that is missing. Raises EngineError when the folder holds other work.
    """
    done = _opened(keep, key, len(blocks)) if keep is not None else set()
    began, fresh, total = time.monotonic(), 0, len(blocks)
    for number, block in enumerate(blocks):
        if number in done and keep is not None:
            answer = _read(keep, number)
        else:
            answer = work(block)
            fresh += 1
            if keep is not None:
                _write(keep, number, answer)
                done.add(number)
                _note(keep, key, total, done)
        yield answer
        if progress is not None:
            ahead = total - number - 1 - sum(1 for later in done if later > number)
            left = (time.monotonic() - began) / fresh * ahead if fresh else None
            progress(Done((number + 1) / total, left))


def _opened(folder: Path, key: str, total: int) -> set[int]:
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / MANIFEST
    if not note.exists():
        _note(folder, key, total, set())
        return set()
    held = json.loads(note.read_text(encoding="utf-8"))
    if held["key"] != key or held["blocks"] != total:
        raise EngineError(
            f"{folder} holds blocks of other work (other registers, outcomes or stays); name another folder"
        )
    return set(held["done"])


def _note(folder: Path, key: str, total: int, done: set[int]) -> None:
    """Whole or not at all, so that work stopped while writing can go on."""
    draft = folder / f"{MANIFEST}.draft"
    draft.write_text(json.dumps({"key": key, "blocks": total, "done": sorted(done)}), encoding="utf-8")
    draft.replace(folder / MANIFEST)


def _file(folder: Path, number: int) -> Path:
    return folder / f"block-{number:05d}.npz"


def _write(folder: Path, number: int, answer: Arrays) -> None:
    draft = folder / f"block-{number:05d}.draft.npz"
    np.savez(draft, allow_pickle=False, **dict(answer))
    draft.replace(_file(folder, number))


def _read(folder: Path, number: int) -> Arrays:
    with np.load(_file(folder, number)) as held:
        return {name: held[name] for name in held.files}
