"""What the commands share: how a date is asked for, the language of what is printed, and how a command gives up."""

from __future__ import annotations

import errno
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

Language = Annotated[str, typer.Option(metavar="nb|nn|en", help="The language of the values.")]


def fail(error: object) -> NoReturn:
    """Say what is wrong and end with 1."""
    typer.echo(plainly(error) if isinstance(error, OSError) and error.errno else str(error), err=True)
    raise typer.Exit(1)


def unforeseen(error: Exception) -> NoReturn:
    """What to say of a fault that no command foresaw, by where it arose only: its words could name somebody. Ends with
    70, as shells have it for a fault inside a program."""
    if isinstance(error, MemoryError):
        fail("there is not enough memory; close other programs, or run it on a larger machine")
    if isinstance(error, OSError) and error.errno:
        fail(error)
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "somewhere"
    typer.echo(
        f"Something went wrong that should not ({type(error).__name__} in {where}). Please report it with the "
        "command you gave; with SPRINGBRETT_TRACEBACK=1 before it, the whole of it is shown to you.",
        err=True,
    )
    raise SystemExit(os.EX_SOFTWARE)


def plainly(error: OSError) -> str:
    """What the operating system refused, in plain words, and what to do."""
    name = error.filename2 or error.filename
    where = str(name) if name else ""
    known = {
        errno.ENOSPC: "the disk is full; make room, and give the same command again",
        errno.EDQUOT: "your share of the disk is used up; make room, and give the same command again",
        errno.EACCES: "it may not be written or read; ask for permission, or choose another folder",
        errno.EPERM: "it may not be written or read; ask for permission, or choose another folder",
        errno.EROFS: "nothing can be written there; choose another folder",
        errno.EEXIST: "it is a file; choose another folder",
        errno.ENOENT: "it is not there; correct the name",
        errno.ENOTDIR: "a part of the name is a file, not a folder; correct the name",
        errno.EISDIR: "it is a folder; name a file",
        errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
        errno.EMFILE: "too many files are open; close other programs, and give the same command again",
    }
    said = known.get(error.errno or 0) or error.strerror or str(error)
    return f"{where}: {said}" if where else said


def day_of(text: str) -> date:
    """The date written as YYYY-MM-DD; today when nothing is written. Ends the command with 2 for anything else."""
    from springbrett.kernel import clock

    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        typer.echo(f"{text!r} is not a date; write it as YYYY-MM-DD", err=True)
        sys.exit(2)
