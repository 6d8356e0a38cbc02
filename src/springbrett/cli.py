"""`springbrett …`: start it, look into the knowledge, walk the demonstration, take data out."""

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

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
study_app = typer.Typer(no_args_is_help=True, help="Evaluations: a study protocol in, a report out.")
app.add_typer(study_app, name="study")

Day = Annotated[str, typer.Argument(metavar="YYYY-MM-DD")]
OnDay = Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="A measure, a rate, a house value, or: rates.")]
Study = Annotated[str, typer.Argument(metavar="STUDY", help="A study file, or the name of a shipped study.")]
Language = Annotated[str, typer.Option(metavar="nb|nn|en", help="The language of the values.")]


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
def simulate(
    to: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the registers; the truth lies in DIR/truth.")],
    persons: Annotated[int, typer.Option(min=1)] = 20_000,
    years: Annotated[int, typer.Option(min=1)] = 8,
    seed: int = 1,
) -> None:
    """Registers of persons who never lived, with the true effect of every measure written beside."""
    from springbrett.evaluation.simulate import norway

    norway.write_simulated(norway.simulate(persons=persons, years=years, seed=seed), to)
    typer.echo(f"{to}: registers of {persons} simulated persons over {years} years")


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

    typer.echo(_known(lambda: commands.show(code, _date(on), say=_say(language), language=language)))


@catalogue_app.command("diff")
def catalogue_diff(before: Day, after: Day, language: Language = "en") -> None:
    """What changed in the knowledge between two dates."""
    from springbrett.catalogue import commands

    typer.echo(commands.diff(_date(before), _date(after), say=_say(language)))


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

    day = _date(on) if on else None
    typer.echo(_known(lambda: commands.section(ref, day, say=_say(language), language=language)))


@catalogue_app.command("soon")
def catalogue_soon(
    within: Annotated[str, typer.Option(metavar="12months", help="How far ahead: days, weeks, months or years.")] = "",
    on: OnDay = "",
    language: Language = "en",
) -> None:
    """What changes after today (or after a date), soonest first."""
    from springbrett.catalogue import commands

    day = _date(on)
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
        for line in preview_lines(path, _date(on) if on else None):
            typer.echo(line)
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@study_app.command("new")
def study_new(name: str, folder: Annotated[Path, typer.Option("--in", metavar="DIR")] = Path()) -> None:
    """Write a commented protocol, NAME.toml, to begin from."""
    from springbrett.evaluation.study.new import NotWritten, new

    try:
        path = new(name, folder)
    except (NotWritten, OSError) as error:
        _fail(error)
    typer.echo(f"{path} is written. Edit it, then: springbrett study check {path}")


@study_app.command("check")
def study_check(study: Study) -> None:
    """Everything that is wrong with a study, by key and remedy; the examples beside its outcomes are run."""
    from springbrett.evaluation.study.check import StudyError, find, read_protocol
    from springbrett.vignettes import commands, library

    try:
        vignette = library.find(study)
        name = commands.check_study(vignette) if vignette else read_protocol(find(study)).name
    except (StudyError, *commands.Refused) as error:
        _fail(error)
    typer.echo(f"{name}: nothing wrong was found")


@study_app.command("run")
def study_run(
    study: Study,
    registers: Annotated[Path | None, typer.Option(metavar="DIR", help="Else those the study names.")] = None,
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the run; else runs/NAME.")] = None,
    answers: Annotated[Path | None, typer.Option(metavar="FILE", help="Answers to a vignette study; else drawn "
                                                                       "ones, said so first.")] = None,
    language: Language = "nb",
) -> None:  # fmt: skip
    """Carry a study out and say where the report is. A stopped run goes on where it was."""
    from springbrett.vignettes import commands, library

    if (vignette := library.find(study)) is not None:
        try:
            folder = commands.run_study(vignette, to, answers, on=_date(""))
        except commands.Refused as error:
            _fail(error)
        typer.echo(f"Report: {(folder / f'report.{language}.html').resolve()}")
        return
    from springbrett.evaluation.registers.read import RegistersError
    from springbrett.evaluation.study.check import StudyError, find
    from springbrett.evaluation.study.progress import Progress
    from springbrett.evaluation.study.run import RunError, run

    try:
        file = find(study)
        folder = to or Path("runs") / file.stem
        done = run(file, folder, registers=registers, made_on=_date("").isoformat(), progress=Progress(sys.stderr))
    except (StudyError, RegistersError, RunError) as error:
        _fail(error)
    except KeyboardInterrupt:
        typer.echo("\nStopped. The same command goes on where it was.", err=True)
        raise typer.Exit(130) from None
    if not done.facts["gate"]["open"]:
        typer.echo("The headline is withheld: a check did not hold. The report says which, first of all.", err=True)
    typer.echo(f"Report: {done.report(language).resolve()}")


@study_app.command("compare")
def study_compare(a: Path, b: Path) -> None:
    """What changed between two runs, and why: data, protocol, estimators, code or packages."""
    from springbrett.evaluation.study.compare import compare

    try:
        found = compare(a, b)
    except FileNotFoundError as error:
        _fail(f"{error.filename} is missing: name two folders of finished runs")
    for line in found.lines():
        typer.echo(line)


@study_app.command("evidence")
def study_evidence(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.")],
    year: Annotated[int, typer.Option(help="Year of the study; this year if none is given.")] = 0,
    simulated_too: Annotated[bool, typer.Option(help="Also for simulated persons, for a try-out.")] = False,
) -> None:
    """A finished study as an entry for the catalogue's evidence.toml."""
    from springbrett.evaluation.study.evidence import NoEvidence, evidence_of

    try:
        typer.echo(evidence_of(run, year=year or _date("").year, simulated_too=simulated_too), nl=False)
    except NoEvidence as error:
        _fail(error)
    except FileNotFoundError as error:
        _fail(f"{error.filename} is missing: name the folder of a finished run")


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


def _fail(error: object) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1)


def _date(text: str) -> date:
    from springbrett.kernel import clock

    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        typer.echo(f"{text!r} is not a date; write it as YYYY-MM-DD", err=True)
        sys.exit(2)


def _say(language: str) -> "Callable[[str, str, Dated], str]":
    """The application's own words for a dated value, in the language."""
    _django()
    from django.utils.translation import activate

    from springbrett.desk.reading import Reader

    activate(language)
    return Reader(_date("")).whole


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
