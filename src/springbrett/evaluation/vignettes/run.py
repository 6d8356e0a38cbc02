"""Carry a vignette study out into one folder: results, report in three languages, manifest.

Answers come from a file (as the site gives them out), or are drawn by the study's recipe for trying it; the report of
drawn answers says so first. The same inputs give the same numbers.
"""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from springbrett.catalogue.base import LANGUAGES, Text
from springbrett.catalogue.errors import Problem
from springbrett.evaluation.study.manifest import code_fingerprint, digest
from springbrett.evaluation.vignettes.answers import Answers, read_answers, table_of, write_answers
from springbrett.evaluation.vignettes.report import Made, page
from springbrett.evaluation.vignettes.simulate import draw, read_recipe
from springbrett.evaluation.vignettes.studies import StudyError, read_study
from springbrett.evaluation.vignettes.summary import DRAWS, Summary, summarise
from springbrett.evaluation.vignettes.tables import tables_of, write_tables

PACKAGES = ("numpy", "scipy", "pyarrow", "matplotlib")
RESULTS, WORK, MANIFEST = "results", "work", "manifest.json"


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run: its folder, its summary, and the key that names its inputs."""

    folder: Path
    summary: Summary
    key: str

    def report(self, language: str = "nb") -> Path:
        """The report in a language."""
        return self.folder / f"report.{language}.html"


def run(
    file: Path, to: Path, *, answers: Path | None = None, recipe: Path | None = None, minimum: int = 1, seed: int = 0,
    made_on: str = "",
) -> Finished:  # fmt: skip
    """Run the study of a file into `to`. `answers`: a file of answers; without it `recipe` draws them. `minimum`: the
    house's smallest cell. `made_on` is printed.

    Raises StudyError (also without answers and recipe), CannotEstimate("bad_input") for answers that do not fit.
    """
    held = read_study(file)
    taken, told = _answers(file, answers, recipe)
    found = summarise(held.study, taken, minimum=minimum, seed=seed, draws=DRAWS)
    to.mkdir(parents=True, exist_ok=True)
    numbers = write_tables(tables_of(found), to / RESULTS)
    if found.simulated:
        (to / WORK).mkdir(exist_ok=True)
        write_answers(taken, to / WORK / "answers.parquet")
    inputs = {
        "study": held.study.code, "study_fingerprint": held.fingerprint,
        "answers": digest("\n".join(map(str, table_of(taken).to_pylist())).encode()), "seed": seed, "minimum": minimum,
        "draws": DRAWS, "code": code_fingerprint(),
        "packages": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }  # fmt: skip
    key = digest(json.dumps(inputs, sort_keys=True).encode())
    manifest = {**inputs, "key": key, "numbers": numbers}
    (to / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for language in LANGUAGES:
        made = Made(held.study, found, language, told, made_on, key, DRAWS)
        (to / f"report.{language}.html").write_text(page(made), encoding="utf-8")
    return Finished(to, found, key)


def _answers(file: Path, answers: Path | None, recipe: Path | None) -> tuple[Answers, Text | None]:
    if answers is not None:
        return read_answers(answers), None
    if recipe is None or not recipe.exists():
        problem = Problem(file.name, "-", None, "a file of answers with --answers", "the study has no answers")
        raise StudyError((problem,))
    drawn = read_recipe(recipe)
    return draw(read_study(file).study, drawn), drawn.told
