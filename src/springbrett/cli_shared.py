"""What the commands share: how a date is asked for, the language of what is printed, and how a command gives up."""

from __future__ import annotations

import sys
from datetime import date
from typing import Annotated, NoReturn

import typer

Language = Annotated[str, typer.Option(metavar="nb|nn|en", help="The language of the values.")]


def fail(error: object) -> NoReturn:
    """Say what is wrong and end with 1."""
    typer.echo(str(error), err=True)
    raise typer.Exit(1)


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
