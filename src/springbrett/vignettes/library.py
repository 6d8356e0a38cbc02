"""The studies that come with the program, read once and checked."""

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


def recipe_path(code: str) -> Path:
    """Where the recipe for simulated answers to a study stands."""
    return DATA / f"{code}{RECIPE}.toml"
