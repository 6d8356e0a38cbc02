"""One process at a time in a folder: two that write the same files would mix what they have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover
    fcntl = None  # type: ignore[assignment]  # where there are no such locks, nobody is held back

LOCK = ".lock"


class BusyError(RuntimeError):
    """Another process writes in the folder: says what to do."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Makes the folder, and holds it for this process until the block ends, or the process does.

    Raises BusyError when another process holds it, OSError when nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _busy(folder) from None
            except OSError:
                pass  # a file system without locks
            if not _there(lock.fileno(), folder / LOCK):  # whoever held it let go, and took its file away, in between
                raise _busy(folder)
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / LOCK).unlink()


def _there(opened: int, path: Path) -> bool:
    """Whether the file that is open is the one that stands there now."""
    try:
        return os.path.samestat(os.fstat(opened), path.stat())
    except FileNotFoundError:
        return False


def _busy(folder: Path) -> BusyError:
    return BusyError(f"{folder} is being written by another process; wait for it, or name another folder with --to")
