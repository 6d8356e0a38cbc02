"""What `springbrett study` does with a vignette study or a survey. No web, no database."""

from datetime import date
from pathlib import Path

from springbrett import catalogue
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.vignettes.run import run
from springbrett.evaluation.vignettes.studies import StudyError, read_study
from springbrett.vignettes import library

Refused = (StudyError, CannotEstimate, OSError)
"""What can be wrong with a study or its answers, each saying what."""


def run_study(file: Path, to: Path | None, answers: Path | None, *, on: date) -> Path:
    """Run the study of a file into a folder (`runs/NAME` when none is given) and return the folder. Without `answers`
    they are drawn by the recipe beside the study. Raises what stands in `Refused`."""
    minimum = catalogue.load().house_int("minimum_cell_size", on)
    recipe = file.with_name(library.recipe_path(file.stem).name)
    folder = to or Path("runs") / file.stem
    return run(file, folder, answers=answers, recipe=recipe, minimum=minimum, made_on=on.isoformat()).folder


def check_study(file: Path) -> str:
    """The code of a study that has nothing wrong. Raises StudyError."""
    return read_study(file).study.code
