"""No number of a regulation or of practice is a literal in Python: it stands in the catalogue, with its date.

Every number of the catalogue whose source is law or practice is collected, and every literal in the source is held
against them. What is left is a short list of numbers that are something else, each with what it is.
"""

import ast
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import pytest

from springbrett import catalogue
from springbrett.catalogue.base import Base, Dated

SOURCE = Path(__file__).resolve().parents[2] / "src" / "springbrett"
SMALL = {Decimal(n) for n in (0, 1, 2)}
"""Nothing, one and two: every program counts with them."""
LAYOUT = frozenset({"max_length", "min_length", "rows", "cols", "max_digits", "decimal_places", "maxsize", "indent",
                    "keep", "limit", "size", "width", "height", "per_page", "default_factory"})  # fmt: skip
"""Keywords that say how long a field is, or how large a page: never a rule."""
NO_RULES = {
    "demo": "invented people, with their ages and the days of their stories",
    "evaluation": "a study's own choices, made in its protocol, and a simulated country; no case is judged there",
    "site/styleguide.py": "examples of how things look",
}
SOMETHING_ELSE: dict[tuple[str, str], str] = {
    ("agreement/offers.py", "3"): "empty rows in a form",
    ("agreement/offers.py", "4"): "empty rows in a form",
    ("catalogue/limits.py", "7"): "days in a week",
    ("cli.py", "12"): "months in a year",
    ("desk/views/day.py", "25"): "rows shown on a page",
    ("desk/views/history.py", "40"): "rows shown on a page",
    ("desk/views/mine.py", "50"): "rows shown on a page",
    ("desk/views/portfolio.py", "25"): "rows shown on a page",
    ("desk/views/results.py", "30.4375"): "days in a month on average",
    ("employers/forms.py", "12"): "suggestions shown in a search",
    ("employers/models.py", "24"): "hours in a day",
    ("employers/selectors.py", "25"): "rows shown on a page",
    ("funding/views.py", "25"): "rows shown on a page",
    ("kernel/identity.py", "40"): "what is added to the day or month in a national identity number",
    ("kernel/period.py", "12"): "months in a year",
    ("kernel/period.py", "30"): "days that count as a month when rest days of separate periods are added",
    ("mapping/guide.py", "40"): "the most hours that can be written in the box",
    ("mapping/guide.py", "60"): "the most years that can be written in the box",
    ("matching/rules.py", "3"): "digits of an occupation code",
    ("matching/rules.py", "4"): "digits of an occupation code",
    ("matching/views.py", "3"): "reasons shown on a card",
    ("matching/views.py", "5"): "contacts shown on a card",
    ("matching/views.py", "7"): "digits a page number may have",
    ("site/calculations.py", "12"): "months in a year",
    ("site/settings.py", "12"): "hours until a session ends: a working day",
    ("site/settings.py", "60"): "seconds in a minute, and how long a connection is kept",
    ("site/views.py", "24"): "hours in a day",
    ("site/views.py", "60"): "seconds in a minute",
    ("steering/preview.py", "50"): "cases judged at a time",
    ("steering/rules.py", "7"): "days in a week",
    ("steering/selectors.py", "12"): "how far back the office's figures look: a year",
}
JUDGE = ("catalogue", "money", "choice", "agreement", "followup", "outcome", "matching", "funding", "steering")
"""The rooms that judge and count: every number is looked at. Elsewhere, those of two digits and the fractions."""


def _numbers(entry: object, *, law: bool = False) -> Iterator[Decimal]:
    if isinstance(entry, Dated):
        law = entry.source in {"law", "practice"}
    if isinstance(entry, bool):
        return
    if isinstance(entry, int | float | Decimal) and law:
        yield Decimal(str(entry))
    elif isinstance(entry, Base):
        for name in entry.__struct_fields__:
            yield from _numbers(getattr(entry, name), law=law)
    elif isinstance(entry, tuple):
        for item in entry:
            yield from _numbers(item, law=law)


def law_numbers() -> set[Decimal]:
    """Ages, lengths, percents, amounts, ceilings, rates and days that a regulation or practice has set."""
    known = catalogue.load()
    return {n for entry in (*known.measures.values(), *known.rates.values()) for n in _numbers(entry)} - SMALL


def _literals(path: Path) -> Iterator[tuple[int, Decimal]]:
    """Line and value of every number written out, also as a decimal in quotes; positions in a sequence are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {id(inner) for node in ast.walk(tree) for inner in _of_layout(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in left_out and type(node.value) in {int, float}:
            yield node.lineno, Decimal(str(node.value))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Decimal" and node.args:
            quoted = node.args[0]
            if isinstance(quoted, ast.Constant) and isinstance(quoted.value, str):
                try:
                    yield node.lineno, Decimal(quoted.value)
                except InvalidOperation:
                    continue


def _of_layout(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript):
        yield from ast.walk(node.slice)
    # Month and day of any year, as in the last day of the year; a day of one year is a date of its own.
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "date" and node.args:
        yield from () if isinstance(node.args[0], ast.Constant) else node.args[1:]
    if isinstance(node, ast.keyword) and node.arg in LAYOUT:
        yield from ast.walk(node.value)
    if isinstance(node, ast.arguments):
        named = [*node.posonlyargs, *node.args]
        pairs = [*zip(named[len(named) - len(node.defaults) :], node.defaults, strict=True),
                 *zip(node.kwonlyargs, node.kw_defaults, strict=True)]  # fmt: skip
        yield from (default for name, default in pairs if default is not None and name.arg in LAYOUT)
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in LAYOUT:
                yield value


def _files() -> list[Path]:
    return [
        path
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
        and not any(path.relative_to(SOURCE).as_posix().startswith(prefix) for prefix in NO_RULES)
    ]


def _suspects(path: Path, law: set[Decimal]) -> Iterator[tuple[str, int, str]]:
    where = path.relative_to(SOURCE).as_posix()
    judges = where.startswith(tuple(f"{room}/" for room in JUDGE))
    for line, value in _literals(path):
        if value in law and (judges or value >= 10 or value % 1):
            yield where, line, f"{value.normalize():f}"


def test_the_catalogue_has_numbers_to_look_for() -> None:
    known = {f"{n.normalize():f}" for n in law_numbers()}
    assert {"12", "18", "24", "16", "30", "72", "75", "40", "48", "124028", "0.141"} <= known


@pytest.mark.parametrize(
    ("written", "found"),
    [("x = 18", True), ("x = Decimal('0.141')", True), ("x = y[18]", False), ("f(max_length=18)", False)],
)
def test_a_statutory_number_is_found_however_it_is_written(written: str, found: bool, tmp_path: Path) -> None:
    path = tmp_path / "rules.py"
    path.write_text(written)
    assert any(value in law_numbers() for _, value in _literals(path)) is found


@cache
def _all_suspects() -> tuple[tuple[str, int, str], ...]:
    law = law_numbers()
    return tuple(suspect for path in _files() for suspect in _suspects(path, law))


def test_no_number_of_law_or_practice_stands_in_the_code() -> None:
    left = [
        f"{where}:{line}: {value}" for where, line, value in _all_suspects() if (where, value) not in SOMETHING_ELSE
    ]
    assert left == []


def test_the_list_of_what_is_something_else_holds_nothing_that_is_gone() -> None:
    assert sorted(set(SOMETHING_ELSE) - {(where, value) for where, _, value in _all_suspects()}) == []
