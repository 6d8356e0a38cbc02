"""The studies that come with the program, read once and checked."""

import tomllib
from functools import cache
from pathlib import Path

from springbrett.evaluation.vignettes.studies import Held, read_study

DATA = Path(__file__).parent / "data"
RECIPE = ".simulated"


@cache
def studies() -> dict[str, Held]:
    """Every study by its code, in order of the code."""
    paths = sorted(path for path in DATA.glob("*.toml") if not path.stem.endswith(RECIPE))
    return {path.stem: read_study(path) for path in paths}


ALIASES = {"vignettes": "six_persons"}
"""Other names a study may be asked for by."""


def find(name: str) -> Path | None:
    """The file of a vignette study or survey: a shipped one by name, or a file that looks like one. None: neither."""
    code = ALIASES.get(name, name)
    if code in studies():
        return DATA / f"{code}.toml"
    given = Path(name)
    if given.suffix != ".toml" or not given.is_file():
        return None
    try:
        raw = tomllib.loads(given.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
    return given if {"persons", "sections"} & set(raw) else None


def recipe_path(code: str) -> Path:
    """Where the recipe for simulated answers to a study stands."""
    return DATA / f"{code}{RECIPE}.toml"
