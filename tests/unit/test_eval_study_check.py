"""Everything that can be wrong with a study file is told by key, value and remedy."""

from pathlib import Path

import pytest

from springbrett.evaluation.study.check import find, problems_of, shipped_names
from springbrett.evaluation.study.new import NotWritten, new

MISTAKES = [
    ("minimum_cell = 5", "minimum_cell = 0", "minimum_cell", "a whole number from 1"),
    ('measures = ["arbeidstrening"]', 'measures = ["arbeidstrenning"]', "population.measures", "arbeidstrening"),
    ("last_start = 2020-12-31", "last_start = 2017-12-31", "population.last_start", "2018-01-01 or later"),
    ("age_to = 66", "age_to = 12", "population.age_to", "18 or more"),
    ("month = 12", "month = 40", "outcomes.month", "1 to 36"),
    ('headline = "in_work"', 'headline = "at_work"', "outcomes.headline", "in_work"),
    ('code = "doubly_robust"', 'code = "double_robust"', "estimators[1].code", "doubly_robust"),
    ('code = "doubly_robust"', 'code = "doubly_robust"\nestimand = "late"', "estimators[1].estimand", "att, ate"),
    (
        'code = "doubly_robust"',
        'code = "doubly_robust"\noptions = { a = 1 }',
        "estimators[1].options.a",
        "no options",
    ),
    ('code = "doubly_robust"', 'code = "cox"', "estimators[1].code", "not_yet_treated"),
    ('covariate = "age"', 'covariate = "agee"', "subgroups[0] (under_30).where.covariate", "age"),
    ("persons = 20000", "persons = 20", "data.simulate", "at least 100 persons"),
    ('name = "mine"', 'name = "yours"', "name", '"mine"'),
    ('design = "not_yet_treated"', 'design = "description"', "estimators", "none"),
    ('design = "not_yet_treated"', 'design = "everybody"', "comparison.design", "not_yet_treated"),
    ("seed = 1", 'seed = "one"', "seed", "a whole number"),
    ("per_treated = 2", "per_person = 2", "comparison", "per_treated"),
    ('# folder = "registers"', 'folder = "registers"', "data.folder", "--registers"),
]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return new("mine", tmp_path)


def test_a_new_study_passes_its_own_check(mine: Path) -> None:
    assert problems_of(mine)[1] == []


@pytest.mark.parametrize(("right", "wrong", "key", "remedy"), MISTAKES, ids=[f"{m[2]}: {m[1][-20:]}" for m in MISTAKES])
def test_a_mistake_is_told_by_key_and_remedy(mine: Path, right: str, wrong: str, key: str, remedy: str) -> None:
    text = mine.read_text(encoding="utf-8")
    assert right in text
    mine.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    _protocol, problems = problems_of(mine)
    told = [problem for problem in problems if key in problem.key]
    assert told, [str(problem) for problem in problems]
    assert any(remedy in str(problem) for problem in told), [str(problem) for problem in told]


def test_an_own_outcome_whose_example_fails_is_told(mine: Path) -> None:
    mine.with_name("own.toml").write_text(
        '[[outcome]]\ncode = "in_work"\nname = { nb = "I arbeid", nn = "I arbeid", en = "In work" }\n'
        'any_of = [{ table = "employment" }]\n[[outcome.examples]]\ntitle = "never works"\nstart = 24252\nrows = {}\n'
        'expect = { "0" = 1 }\n', encoding="utf-8")  # fmt: skip
    text = mine.read_text(encoding="utf-8").replace("month = 12", 'month = 12\nown = "own.toml"')
    mine.write_text(text, encoding="utf-8")
    problems = problems_of(mine)[1]
    assert any("never works" in str(problem) and "in_work" in problem.key for problem in problems)


def test_a_file_that_is_no_toml_and_one_that_is_not_there(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ", encoding="utf-8")
    assert "cannot be read" in str(problems_of(broken)[1][0])
    assert "springbrett study new" in str(problems_of(tmp_path / "none.toml")[1][0])


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_study_passes_the_check(name: str) -> None:
    assert [str(problem) for problem in problems_of(find(name))[1]] == []


def test_a_new_study_is_never_written_over_another(mine: Path) -> None:
    with pytest.raises(NotWritten, match="there already"):
        new("mine", mine.parent)
    with pytest.raises(NotWritten, match="cannot be a name"):
        new("Mine!", mine.parent)
