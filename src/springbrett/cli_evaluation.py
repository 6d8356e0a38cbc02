"""`springbrett simulate`, `springbrett registers …`, `springbrett study …`: from registers to a report."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from springbrett.cli_shared import Language, day_of, fail, plainly

if TYPE_CHECKING:
    from springbrett.evaluation.study.progress import Progress

registers_app = typer.Typer(no_args_is_help=True, help="Registers: checked, pseudonymised, made into the layout.")
study_app = typer.Typer(no_args_is_help=True, help="Evaluations: a study protocol in, a report out.")

LAST_YEAR = 2046
"""Whoever is of age then was born by 2030, which is what the layout takes for a year of birth."""
Study = Annotated[str, typer.Argument(metavar="STUDY", help="A study file, or the name of a shipped study.")]
Source = Annotated[Path, typer.Argument(metavar="FROM", help="A folder of registers.")]
Target = Annotated[Path, typer.Argument(metavar="TO", help="A folder that is empty, or not there yet.")]


def simulate(
    to: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the registers; the truth lies in DIR/truth.")],
    persons: Annotated[int, typer.Option(min=1)] = 20_000,
    years: Annotated[int, typer.Option(min=1, max=60)] = 8,
    first_year: Annotated[
        int, typer.Option(min=1995, max=2030, help="The trial of offices ran from 2012 to 2016.")
    ] = 2016,
    seed: Annotated[int, typer.Option(min=0, help="Decides every draw.")] = 1,
) -> None:
    """Registers of persons who never lived, with the true effect of every measure written beside."""
    from springbrett.evaluation.alone import BusyError
    from springbrett.evaluation.registers.read import SIMULATED
    from springbrett.evaluation.registers.whole import needs_empty, whole
    from springbrett.evaluation.simulate import norway

    if first_year + years > LAST_YEAR:
        fail(f"no year after {LAST_YEAR - 1} can be simulated: choose fewer years, or an earlier first one")
    try:
        if not (to / SIMULATED).exists():  # what never lived may be lived again; other registers are never written over
            needs_empty(to)
        with whole(to, over=True) as draft:
            lived = norway.simulate(persons=persons, years=years, seed=seed, first_year=first_year)
            norway.write_simulated(lived, draft)
    except (OSError, BusyError) as error:
        fail(error)
    except KeyboardInterrupt:
        _stopped("Nothing was written; the same command begins again.")
    typer.echo(f"{to}: registers of {persons} simulated persons over {years} years from {first_year}")


@registers_app.command("check")
def registers_check(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of registers.")]) -> None:
    """What is wrong, by file, row, column and value, and what to do; exit 1 when a study would be refused."""
    from springbrett.evaluation.registers.check import check_folder, fatal
    from springbrett.evaluation.registers.read import RegistersError, not_read

    shown = _progress("check")
    try:
        findings, rows = check_folder(folder, progress=shown.tick)
    except (RegistersError, OSError) as error:
        shown.close()
        fail(error)
    except KeyboardInterrupt:
        _stopped("")
    shown.close()
    for name in not_read(folder):
        typer.echo(f"{name}: not read; no table of the layout has its file called so")
    for finding in findings:
        typer.echo(str(finding), err=finding.fatal)
    stop = fatal(findings)
    if stop:
        kinds = "1 kind of fault" if len(stop) == 1 else f"{len(stop)} kinds of faults"
        fail(f"{folder}: {kinds}; no study is carried out on these registers before they are mended")
    typer.echo(f"{folder}: {_counts(rows)}; a study can be carried out")


@registers_app.command("from-export")
def registers_from_export(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="A folder written by `springbrett export`.")],
    to: Target,
) -> None:
    """Make registers of the application's own export, to study one's own office with."""
    from springbrett.evaluation.alone import BusyError
    from springbrett.evaluation.registers.from_ledger import registers_from_export as made
    from springbrett.evaluation.registers.layout import LAYOUT
    from springbrett.evaluation.registers.read import RegistersError
    from springbrett.evaluation.registers.whole import needs_empty

    try:
        needs_empty(to)
        rows = made(export, to)
    except (RegistersError, OSError, BusyError) as error:
        fail(error)
    except KeyboardInterrupt:
        _stopped("Nothing was written.")
    typer.echo(f"{to}: {_counts(rows)}")
    absent = [name for name in LAYOUT if name not in rows]
    typer.echo(f"The application does not know {', '.join(absent)}: a study that asks for them is refused until their "
               "files are added.")  # fmt: skip


@registers_app.command("pseudonymise")
def registers_pseudonymise(
    source: Source,
    to: Target,
    key_file: Annotated[Path | None, typer.Option(help="Secret of the pseudonyms (at least 16 bytes). "
                                                       "Without it a new one is used and thrown away.")] = None,
) -> None:  # fmt: skip
    """Exchange the keys of persons, employers, caseworkers and providers for pseudonyms, under one secret."""
    from springbrett.evaluation.alone import BusyError
    from springbrett.evaluation.registers.pseudonymise import pseudonymise_folder

    shown = _progress("pseudonyms")
    try:
        key = key_file.read_bytes() if key_file else secrets.token_bytes(32)
        rows = pseudonymise_folder(source, to, key, progress=shown.tick)
    except (ValueError, OSError, BusyError) as error:  # RegistersError is a ValueError
        shown.close()
        fail(f"Nothing was written: {plainly(error) if isinstance(error, OSError) and error.errno else error}")
    except KeyboardInterrupt:
        _stopped("Nothing was written.")
    shown.close()
    kept = f"keep {key_file} to line up what is fetched later" if key_file else "nobody can go back"
    typer.echo(f"{to}: {_counts(rows)}, with pseudonyms; {kept}")


@registers_app.command("intervals")
def registers_intervals(source: Source, to: Target) -> None:
    """Write registers as a study reads them fastest: Parquet, sorted, months on end as one row."""
    from springbrett.evaluation.alone import BusyError
    from springbrett.evaluation.engine.folders import folder_of_intervals
    from springbrett.evaluation.registers.read import RegistersError

    shown = _progress("intervals")
    try:
        rows = folder_of_intervals(source, to, progress=shown.tick)
    except (RegistersError, OSError, BusyError) as error:
        shown.close()
        fail(error)
    except KeyboardInterrupt:
        _stopped("Nothing was written; the same command begins again.")
    shown.close()
    typer.echo(f"{to}: {_counts(rows)}")


def _progress(what: str) -> "Progress":
    """Time left on one line, where somebody looks."""
    from springbrett.evaluation.study.progress import Progress

    shown = Progress(sys.stderr if sys.stderr.isatty() else None)
    shown.plan({what: 1.0})
    shown.begin(what, 1.0)
    return shown


def _stopped(what: str) -> NoReturn:
    """Say that Ctrl-C was heard, and what stands now; 130 is what a shell expects then."""
    typer.echo(f"\nStopped. {what}".rstrip(), err=True)
    raise typer.Exit(130) from None


def _counts(rows: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in rows.items())


@study_app.command("new")
def study_new(
    name: str,
    folder: Annotated[Path, typer.Option("--in", metavar="DIR")] = Path(),
    design: Annotated[str, typer.Option(help="How to compare: preference, timing, sequence …")] = "not_yet_treated",
) -> None:
    """Write a commented protocol, NAME.toml, to begin from."""
    from springbrett.evaluation.study.new import NotWritten, new

    try:
        path = new(name, folder, design)
    except (NotWritten, OSError) as error:
        fail(error)
    typer.echo(f"{path} is written. Edit it, then: springbrett study check {path}")


@study_app.command("check")
def study_check(study: Study) -> None:
    """Everything that is wrong with a study, by key and remedy; the examples beside its outcomes are run."""
    from springbrett.evaluation.study.check import StudyError, find, read_protocol
    from springbrett.vignettes import commands, library

    try:
        vignette = library.find(study)
        name = commands.check_study(vignette) if vignette else read_protocol(find(study)).name
    except (StudyError, OSError, *commands.Refused) as error:
        fail(error)
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
            folder = commands.run_study(vignette, to, answers, on=day_of(""))
        except commands.Refused as error:
            fail(error)
        except KeyboardInterrupt:
            _stopped("The same command begins again.")
        typer.echo(f"Report: {(folder / f'report.{language}.html').resolve()}")
        return
    from springbrett.evaluation.alone import BusyError
    from springbrett.evaluation.engine.backends import EngineError
    from springbrett.evaluation.registers.read import RegistersError
    from springbrett.evaluation.study.check import StudyError, find
    from springbrett.evaluation.study.progress import Progress
    from springbrett.evaluation.study.run import RunError, run

    shown = Progress(sys.stderr)
    try:
        file = find(study)
        folder = to or Path("runs") / file.stem
        done = run(file, folder, registers=registers, made_on=day_of("").isoformat(), progress=shown)
    except (StudyError, RegistersError, EngineError, RunError, BusyError, OSError) as error:
        shown.close()
        fail(error)
    except KeyboardInterrupt:
        _stopped("The same command goes on where it was.")
    shown.close()
    gate = done.facts["gate"]
    if gate["cannot"]:
        typer.echo("There is no headline: the data cannot give one, or too few stand behind it. The report says why, "
                   "first of all.", err=True)  # fmt: skip
    elif not gate["open"]:
        typer.echo("The headline is withheld: a check did not hold. The report says which, first of all.", err=True)
    typer.echo(f"Report: {done.report(language).resolve()}")


@study_app.command("compare")
def study_compare(a: Path, b: Path) -> None:
    """What changed between two runs, and why: data, protocol, estimators, code or packages."""
    from springbrett.evaluation.study.compare import compare
    from springbrett.evaluation.study.manifest import ManifestError

    try:
        found = compare(a, b)
    except (FileNotFoundError, NotADirectoryError) as error:
        fail(f"{error.filename} is missing: name two folders of finished runs")
    except (ManifestError, OSError) as error:
        fail(error)
    for line in found.lines():
        typer.echo(line)


@study_app.command("evidence")
def study_evidence(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.")],
    year: Annotated[int, typer.Option(help="Year of the study; this year if none is given.")] = 0,
    simulated_too: Annotated[bool, typer.Option(help="Also for simulated persons, for a try-out.")] = False,
    about: Annotated[str, typer.Option(metavar="MEASURE", help="The measure the finding is about, when the study "
                                                               "names none, or another.")] = "",
) -> None:  # fmt: skip
    """A finished study as an entry for the catalogue's evidence.toml."""
    from springbrett.evaluation.study.compare import untouched
    from springbrett.evaluation.study.evidence import NoEvidence, evidence_of
    from springbrett.evaluation.study.manifest import ManifestError

    try:
        untouched(run)
        entry = evidence_of(run, year=year or day_of("").year, simulated_too=simulated_too, about=about)
        typer.echo(entry, nl=False)
    except (FileNotFoundError, NotADirectoryError) as error:
        fail(f"{error.filename} is missing: name the folder of a finished run")
    except (NoEvidence, ManifestError, OSError) as error:
        fail(error)


@study_app.command("coverage")
def study_coverage(
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the draws and the table go.")],
    draws: Annotated[int, typer.Option(min=2, help="Draws of each world; dear ones get fewer.")] = 400,
    persons: Annotated[int | None, typer.Option(min=10, help="Persons or other units in a draw; else each world's "
                                                             "own.")] = None,
    only: Annotated[str, typer.Option(metavar="CODE", help="One estimator; else all.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Decides every draw.")] = 1,
) -> None:  # fmt: skip
    """How often the estimators' intervals hold the truth, over repeated draws; a stopped run goes on where it was."""
    from springbrett.evaluation.alone import BusyError, alone
    from springbrett.evaluation.coverage.run import NAME, CoverageError, run
    from springbrett.evaluation.study.progress import Progress

    shown = Progress(sys.stderr)
    try:
        with alone(to):
            table = run(to, draws=draws, seed=seed, units=persons, only=only, progress=shown)
    except (CoverageError, BusyError, OSError) as error:
        shown.close()
        fail(error)
    except KeyboardInterrupt:
        _stopped("The same command goes on where it was.")
    shown.close()
    for row in table.rows:
        mark = "" if row.as_expected else "  !"
        share = f"{row.coverage:6.3f} ± {row.error:.3f}"
        typer.echo(f"{row.estimator:24}{row.world:22}{share}  {row.what or row.broken}{mark}")
    typer.echo(f"Table: {to / NAME}")
