"""Folders that are written whole or not at all, and never over others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from springbrett.evaluation.alone import LOCK, alone

DRAFT = ".draft"


def needs_empty(folder: Path) -> None:
    """Raises FileExistsError when there is something in the folder: registers are never written over others."""
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; choose another folder")
    if folder.is_dir() and any(path.name not in (LOCK, DRAFT) for path in folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; choose another folder")


@contextmanager
def whole(target: Path, *, over: bool = False) -> Iterator[Path]:
    """A folder to write in. What is there becomes `target`'s when the block ends well, and is taken away when it does
    not: all of it, or nothing. `over`: what has the same name in `target` gives way.

    Raises FileExistsError when there is something in `target`, BusyError when another process writes there.
    """
    made = not target.exists()
    if not over:
        needs_empty(target)
    try:
        with alone(target):
            draft = target / DRAFT
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            try:
                yield draft
                for path in sorted(draft.iterdir()):
                    if (target / path.name).is_dir():
                        shutil.rmtree(target / path.name)
                    path.replace(target / path.name)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    finally:
        if made:
            with suppress(OSError):  # it holds what was written
                target.rmdir()
