"""One process at a time in a folder: two that write the same files would mix what they have."""

from __future__ import annotations

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
                raise BusyError(f"{folder} is being written by another process; wait for it, or name another folder "
                                "with --to") from None  # fmt: skip
            except OSError:
                pass  # a file system without locks
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / LOCK).unlink()
