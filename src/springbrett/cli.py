"""`springbrett …`: start it, look into the knowledge, walk the demonstration, take data out."""

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from springbrett import cli_evaluation
from springbrett.cli_shared import Language, day_of, fail, plainly, unforeseen

if TYPE_CHECKING:
    from springbrett.catalogue.base import Dated

# No local variables in tracebacks: they could hold personal data.
app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Springbrett: work inclusion in one system.",
)  # fmt: skip
catalogue_app = typer.Typer(no_args_is_help=True, help="Knowledge: measures and chains as dated data.")
translations_app = typer.Typer(no_args_is_help=True, help="The interface in Bokmål, Nynorsk and English.")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(translations_app, name="translations")
app.command()(cli_evaluation.simulate)
app.add_typer(cli_evaluation.registers_app, name="registers")
app.add_typer(cli_evaluation.study_app, name="study")

Day = Annotated[str, typer.Argument(metavar="YYYY-MM-DD")]
OnDay = Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="A measure, a rate, a house value, or: rates.")]


def main() -> None:
    """Entry point of the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springbrett.site.settings")
    try:
        app()
    except Exception as error:
        if os.environ.get("SPRINGBRETT_TRACEBACK"):
            raise
        unforeseen(error)


def _django() -> None:
    import django

    django.setup()


@app.command()
def run(
    host: str = "127.0.0.1",
    port: int = 8000,
    demo: Annotated[bool, typer.Option(help="Fill an empty database with the demonstration office.")] = True,
) -> None:
    """Start the web application; an empty database is made and filled first."""
    _django()
    from springbrett.demo.prepare import prepare
    from springbrett.site.server import serve

    prepare(demo=demo)
    serve(host, port)


@app.command()
def migrate() -> None:
    """Bring the database up to this version."""
    _django()
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


@app.command()
def demo(
    walk: Annotated[bool, typer.Option(help="Walk Josef's case to a job, printing each step.")] = False,
    reset: Annotated[bool, typer.Option(help="Throw the demonstration away and make it anew.")] = False,
) -> None:
    """The demonstration office: made-up people and employers, placed in time around today."""
    _django()
    if walk:
        from springbrett.demo.walk import walk_josef

        walk_josef(typer.echo)
        return
    from springbrett.demo.prepare import prepare

    prepare(demo=True, reset=reset)
    typer.echo("The demonstration office is ready. Start it with: springbrett run")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A folder that does not hold an export yet.")],
    key_file: Annotated[Path | None, typer.Option(help="Secret of the pseudonyms (at least 16 bytes). "
                                                       "Without it a new one is used and thrown away.")] = None,
) -> None:  # fmt: skip
    """Write the ledger, pseudonymised, as documented Parquet."""
    _django()
    from django.db import DatabaseError

    from springbrett.access.roles import Viewer
    from springbrett.desk.export import evaluation_export
    from springbrett.evaluation.alone import BusyError

    try:
        rows = evaluation_export(actor=Viewer.system(), folder=folder, key=key_file.read_bytes() if key_file else None)
    except DatabaseError:
        fail("Nothing was exported: there is no database to read; `springbrett migrate` makes one")
    except (ValueError, OSError, BusyError) as error:
        fail(f"Nothing was exported: {plainly(error) if isinstance(error, OSError) and error.errno else error}")
    typer.echo(f"{folder}: " + ", ".join(f"{name} {count}" for name, count in rows.items()))


@app.command()
def docs(
    check: Annotated[bool, typer.Option(help="Only say whether the generated pages are current.")] = False,
) -> None:
    """Write the generated pages of docs/ and the picture in the README (run in the repository)."""
    _django()
    from springbrett.site import reference

    stale = reference.stale() if check else reference.write()
    for path in stale:
        typer.echo(f"{path} is not current; run: springbrett docs" if check else f"wrote {path}")
    if check and stale:
        raise typer.Exit(1)


@catalogue_app.command("check")
def catalogue_check(path: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Load and validate the catalogue, or the folder at PATH: a whole catalogue, or only the files of a change set."""
    from springbrett.catalogue import commands
    from springbrett.catalogue.errors import CatalogueError

    try:
        typer.echo(commands.check(path))
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@catalogue_app.command("show")
def catalogue_show(code: Code, on: OnDay = "", language: Language = "en") -> None:
    """What applies for a measure, a rate, a house value, or all "rates", on a date (today if none is given)."""
    from springbrett.catalogue import commands

    typer.echo(_known(lambda: commands.show(code, day_of(on), say=_say(language), language=language)))


@catalogue_app.command("diff")
def catalogue_diff(before: Day, after: Day, language: Language = "en") -> None:
    """What changed in the knowledge between two dates."""
    from springbrett.catalogue import commands

    typer.echo(commands.diff(day_of(before), day_of(after), say=_say(language)))


@catalogue_app.command("history")
def catalogue_history(code: Code, language: Language = "en") -> None:
    """Every dated value of a measure, a rate, a house value, or all "rates", oldest first."""
    from springbrett.catalogue import commands

    typer.echo(_known(lambda: commands.history(code, say=_say(language), language=language)))


@catalogue_app.command("section")
def catalogue_section(
    ref: Annotated[str, typer.Argument(metavar='"ACT § SECTION"', help="An act, or a section of it.")],
    on: OnDay = "",
    language: Language = "en",
) -> None:
    """Every value that rests on a section: over time, or on a date."""
    from springbrett.catalogue import commands

    day = day_of(on) if on else None
    typer.echo(_known(lambda: commands.section(ref, day, say=_say(language), language=language)))


@catalogue_app.command("soon")
def catalogue_soon(
    within: Annotated[str, typer.Option(metavar="12months", help="How far ahead: days, weeks, months or years.")] = "",
    on: OnDay = "",
    language: Language = "en",
) -> None:
    """What changes after today (or after a date), soonest first."""
    from springbrett.catalogue import commands

    day = day_of(on)
    typer.echo(commands.soon(day, _ahead(day, within), say=_say(language)))


@catalogue_app.command("preview")
def catalogue_preview(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="A folder laid out as the catalogue's own.")],
    on: OnDay = "",
    language: Language = "en",
) -> None:
    """What a change set changes: the values, and the cases of this installation that would get another answer."""
    from springbrett.catalogue.errors import CatalogueError

    _say(language)
    from springbrett.desk.preview_text import preview_lines

    try:
        for line in preview_lines(path, day_of(on) if on else None):
            typer.echo(line)
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@translations_app.command("update")
def translations_update() -> None:
    """Collect new texts into each room's nb and nn files."""
    from springbrett.site import translations

    translations.update()


@translations_app.command("check")
def translations_check() -> None:
    """Every text translated, nothing left over; exit 1 otherwise."""
    from springbrett.site import translations

    problems = translations.check()
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("The interface is complete in nb, nn and en.")


@translations_app.command("compile")
def translations_compile() -> None:
    """Make the files the application reads."""
    from springbrett.site import translations

    translations.compile_all()


def _say(language: str) -> "Callable[[str, str, Dated], str]":
    """The application's own words for a dated value, in the language."""
    _django()
    from django.utils.translation import activate

    from springbrett.desk.reading import Reader

    activate(language)
    return Reader(day_of("")).whole


def _ahead(day: date, within: str) -> date | None:
    """The last day of "12months", "2years", "30days" or "6weeks" after the day; None when nothing is said."""
    import re

    from springbrett.kernel.period import add_months

    if not within:
        return None
    match = re.fullmatch(r"(\d+) ?(day|week|month|year)s?", within)
    if match is None:
        typer.echo(f"{within!r} is not a length of time; write it as 12months, 30days, 6weeks or 2years", err=True)
        sys.exit(2)
    number, unit = int(match[1]), match[2]
    if unit in {"day", "week"}:
        return day + timedelta(days=number * (7 if unit == "week" else 1))
    months_in = {"month": 1, "year": 12}[unit]
    return add_months(day, number * months_in)


def _known(ask: Callable[[], str]) -> str:
    from springbrett.catalogue.errors import CatalogueError, UnknownCode

    try:
        return str(ask())
    except (CatalogueError, UnknownCode) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
