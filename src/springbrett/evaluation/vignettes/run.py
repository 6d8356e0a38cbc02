"""Carry a vignette study out into one folder: results, report in three languages, manifest.

Answers come from a file (as the site gives them out), or are drawn by the study's recipe for trying it; the report of
drawn answers says so first. The same inputs give the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from springbrett.catalogue.base import LANGUAGES, Text
from springbrett.catalogue.errors import Problem
from springbrett.evaluation.study.manifest import digest, manifest_from, plain
from springbrett.evaluation.vignettes.answers import Answers, read_answers, table_of, write_answers
from springbrett.evaluation.vignettes.report import Made, main_answer, page
from springbrett.evaluation.vignettes.simulate import draw, read_recipe
from springbrett.evaluation.vignettes.studies import StudyError, read_study
from springbrett.evaluation.vignettes.summary import DRAWS, Summary, summarise
from springbrett.evaluation.vignettes.tables import tables_of, write_tables

PACKAGES = ("numpy", "scipy", "pyarrow", "matplotlib")
RESULTS, WORK, STUDY, KIND = "results", "work", "study.json", "vignettes"


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
    plan = plain(held.study) | {"house_minimum_cell": minimum, "draws": DRAWS}
    given = {"answers": digest("\n".join(map(str, table_of(taken).to_pylist())).encode())}
    manifest = replace(manifest_from(plan, given, seed, packages=PACKAGES), numbers=numbers)
    manifest.write(to)
    made = {code: Made(held.study, found, code, told, made_on, manifest.key, DRAWS) for code in LANGUAGES}
    for language, each in made.items():
        (to / f"report.{language}.html").write_text(page(each), encoding="utf-8")
    (to / STUDY).write_text(json.dumps(_facts(made, manifest.key), indent=1, sort_keys=True, ensure_ascii=False),
                            encoding="utf-8")  # fmt: skip
    return Finished(to, found, manifest.key)


def _facts(made: Mapping[str, Made], key: str) -> dict[str, object]:
    """What a finished run says of itself, beside its tables: what an evidence entry is made of."""
    one = next(iter(made.values()))
    finding = {code: " ".join(main_answer(each)) for code, each in made.items()} if one.found.told else None
    group = {code: each.say("evidence_group", n=each.found.respondents) for code, each in made.items()}
    return {"kind": KIND, "study": plain(one.study), "simulated": one.found.simulated, "told": one.found.told,
            "finding": finding, "group": group, "key": key}  # fmt: skip


def _answers(file: Path, answers: Path | None, recipe: Path | None) -> tuple[Answers, Text | None]:
    if answers is not None:
        return read_answers(answers), None
    if recipe is None or not recipe.exists():
        problem = Problem(file.name, "-", None, "a file of answers with --answers", "the study has no answers")
        raise StudyError((problem,))
    drawn = read_recipe(recipe)
    return draw(read_study(file).study, drawn), drawn.told
