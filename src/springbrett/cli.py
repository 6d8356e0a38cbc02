"""`springbrett …`: start it, look into the knowledge, walk the demonstration, take data out."""

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

# No local variables in tracebacks: they could hold personal data.
app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Springbrett: work inclusion in one system.",
)  # fmt: skip
catalogue_app = typer.Typer(no_args_is_help=True, help="Knowledge: measures and chains as dated data.")
translations_app = typer.Typer(no_args_is_help=True, help="The interface in Bokmål, Nynorsk and English.")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(translations_app, name="translations")

Day = Annotated[str, typer.Argument(metavar="YYYY-MM-DD")]


def main() -> None:
    """Entry point of the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springbrett.site.settings")
    app()


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
    from springbrett.access.roles import Viewer
    from springbrett.desk.export import evaluation_export

    try:
        rows = evaluation_export(actor=Viewer.system(), folder=folder, key=key_file.read_bytes() if key_file else None)
    except (FileExistsError, ValueError, OSError) as error:
        typer.echo(f"Nothing was exported: {error}", err=True)
        raise typer.Exit(1) from None
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
    """Load and validate the catalogue (or the folder at PATH)."""
    from springbrett.catalogue import commands
    from springbrett.catalogue.errors import CatalogueError

    try:
        typer.echo(commands.check(path))
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@catalogue_app.command("show")
def catalogue_show(measure: str, on: Annotated[str, typer.Option(metavar="YYYY-MM-DD")] = "") -> None:
    """What applies for MEASURE on a date (today if none is given)."""
    from springbrett.catalogue import commands

    typer.echo(_known(lambda: commands.show(measure, _date(on))))


@catalogue_app.command("diff")
def catalogue_diff(before: Day, after: Day) -> None:
    """What changed in the knowledge between two dates."""
    from springbrett.catalogue import commands

    typer.echo(commands.diff(_date(before), _date(after)))


@catalogue_app.command("history")
def catalogue_history(measure: str) -> None:
    """Every dated value of MEASURE, oldest first."""
    from springbrett.catalogue import commands

    typer.echo(_known(lambda: commands.history(measure)))


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


def _date(text: str) -> date:
    from springbrett.kernel import clock

    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        typer.echo(f"{text!r} is not a date; write it as YYYY-MM-DD", err=True)
        sys.exit(2)


def _known(ask: Callable[[], str]) -> str:
    from springbrett.catalogue.errors import CatalogueError

    try:
        return str(ask())
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
