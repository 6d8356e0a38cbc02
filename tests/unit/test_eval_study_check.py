"""Everything that can be wrong with a study file is told by key, value and remedy."""

from pathlib import Path
from typing import get_args

import pytest

from springbrett.evaluation.study.check import find, problems_of, shipped_names
from springbrett.evaluation.study.designs import designs
from springbrett.evaluation.study.new import NotWritten, new, offered
from springbrett.evaluation.study.protocol import Design

MISTAKES = [
    ("minimum_cell = 5", "minimum_cell = 0", "minimum_cell", "a whole number from 1"),
    ('measures = ["arbeidstrening"]', 'measures = ["arbeidstrenning"]', "population.measures", "arbeidstrening"),
    ("last_start = 2020-12-31", "last_start = 2017-12-31", "population.last_start", "2018-01-01 or later"),
    ("age_to = 66", "age_to = 12", "population.age_to", "18 or more"),
    ("month = 12", "month = 40", "outcomes.month", "1 to 36"),
    ("month = 12", "month = 12\nbefore = 0", "outcomes.before", "1 or more"),
    ("month = 12", "month = 12\nbefore = 12", "gate.placebo_month", "−12 to −1"),
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


OFFICE = 'unit = "person"=>unit = "office"'
BY_DESIGN = [
    ("staggered", ['unit = "person"=>unit = "region"'], "comparison.unit", "person or office"),
    ("staggered", ["period_months = 3=>period_months = 2"], "comparison.period_months", "1"),
    ("staggered", ["month = 12 =>month = 13 "], "outcomes.month", "12 or 15"),
    ("staggered", ["before = 24=>before = 25"], "outcomes.before", "24 or 27"),
    ("staggered", ["horizon = 36=>horizon = 35"], "outcomes.horizon", "33 or 36"),
    ("staggered", ["placebo_month = -18=>placebo_month = -17"], "gate.placebo_month", "-18 or -15"),
    ("staggered", ["age_from = 18=>age_from = 18\nfirst_only = false"], "population.first_only", "true"),
    ("staggered", ["period_months = 3=>per_treated = 2"], "comparison.per_treated", "not_yet_treated or never_treated"),
    ("staggered", ["period_months = 3=>registered_within = 12"], "comparison.registered_within", '"office"'),
    ("staggered", ['code = "imputation"=>code = "doubly_robust"'], "estimators[1].code",
     "doubly_robust with comparison.design not_yet_treated or never_treated"),
    ("staggered", ['code = "imputation"=>code = "dose"'], "estimators[1].code", "dose with comparison.design dose"),
    ("staggered", ['code = "group_time"=>code = "group_time"\noptions = { comparison = "never" }'],
     "estimators[0].options.comparison", "comparison.compared_with"),
    ("staggered", ['code = "imputation"=>code = "stacked"', 'with = "never"=>with = "not_yet"'],
     "estimators[1].code", 'compared_with = "never"'),
    ("staggered", ['code = "group_time_covariates"=>code = "two_way"', 'seed = 1  =>adjustment = ["age"]\nseed = 1  '],
     "adjustment", "group_time_covariates"),
    ("staggered", [OFFICE], "estimators[2].code", "group_time, interaction_weighted, imputation, two_way"),
    ("staggered", [OFFICE], "subgroups", "person"),
    ("staggered", [OFFICE, 'seed = 1  =>cluster = "person"\nseed = 1  '], "cluster", "office"),
    ("staggered", [OFFICE, 'age_to = 66=>age_to = 66\npurposes = ["language"]'], "population.purposes", "person"),
    ("staggered", ["[gate]  =>[costs]\non = 2020-01-01\nprices = []\ncaseworker_hours_month = 1\nsource = 'x'\n"
                   "willing_to_pay = [1.0]\n[gate]  "], "costs", "not_yet_treated or never_treated"),
    ("dose", ['unit = "office"=>unit = "person"'], "comparison.unit", "region or office"),
    ("dose", ["period_months = 3=>compared_with = 'never'"], "comparison.compared_with", "comparison.design staggered"),
    ("dose", ['code = "dose"=>code = "dose"\noptions = { leads = 2 }'], "estimators[0].options.leads", "leave it out"),
    ("dose", ['code = "dose"=>code = "group_time"'], "estimators[0].code", "comparison.design staggered"),
    ("dose", ['seed = 1  =>cluster = "office"\nseed = 1  '], "cluster", "leave it out"),
    ("dose", ['seed = 1  =>adjustment = ["age"]\nseed = 1  '], "adjustment", "leave it out"),
    ("description", ['design = "description" =>design = "description"\nunit = "office" '], "comparison.unit",
     "staggered or dose"),
    ("trial_offices", ['control_measures = ["oppfolging"]=>'], "comparison.control_measures", "measures by code"),
]  # fmt: skip


MONEY = [
    ("horizons = [60]", "horizons = [36]", "costs.horizons", "more than 36"),
    ("fade = 0.2", "", "costs.fade", "0 to 1"),
    ("fade = 0.2", "fade = 20", "costs.fade", "0 to 1"),
    ("caseworker_hours_month = 2", "caseworker_hours_month = -2", "costs.caseworker_hours_month", "0 or more"),
    ('code = "tax_cost"', 'code = "tax_costs"', "costs.ranges[0].code", "tax_cost"),
    ("high = 0.4", "high = 40", "costs.ranges[0] (tax_cost)", "a share at most 1"),
    ("low = 0.1", "low = 0.5", "costs.ranges[0] (tax_cost)", "low under high"),
]
WITH_MONEY = """
[costs]
on = 2024-01-01
prices = []
caseworker_hours_month = 2
willing_to_pay = [0, 10000]
source = "made up"
horizons = [60]
fade = 0.2

[[costs.ranges]]
code = "tax_cost"
low = 0.1
high = 0.4
"""


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


@pytest.mark.parametrize(("right", "wrong", "key", "remedy"), MONEY, ids=[f"{m[2]}: {m[1]}" for m in MONEY])
def test_what_accounts_rest_on_is_told_by_key_and_remedy(
    mine: Path, right: str, wrong: str, key: str, remedy: str
) -> None:
    text = mine.read_text(encoding="utf-8")
    mine.write_text(text + WITH_MONEY, encoding="utf-8")
    before = {problem.key for problem in problems_of(mine)[1]}
    assert not [name for name in before if name.startswith("costs")]
    mine.write_text(text + WITH_MONEY.replace(right, wrong, 1), encoding="utf-8")
    told = [str(problem) for problem in problems_of(mine)[1] if key in problem.key]
    assert any(remedy in said for said in told), told


@pytest.mark.parametrize(("design", "changes", "key", "remedy"), BY_DESIGN,
                         ids=[f"{d}: {k}" for d, _c, k, _r in BY_DESIGN])  # fmt: skip
def test_what_a_design_cannot_do_is_told_by_key_and_remedy(
    tmp_path: Path, design: str, changes: list[str], key: str, remedy: str
) -> None:
    file = new("mine", tmp_path, design)
    text = file.read_text(encoding="utf-8")
    for old, wrong in (change.split("=>") for change in changes):
        assert old in text, old
        text = text.replace(old, wrong, 1)
    file.write_text(text, encoding="utf-8")
    problems = problems_of(file)[1]
    told = [problem for problem in problems if key == problem.key or problem.key.endswith(key)]
    assert any(remedy in str(problem) for problem in told), [str(problem) for problem in problems]


@pytest.mark.parametrize("design", sorted(designs()))
def test_every_design_has_a_protocol_to_begin_from_that_passes_the_check(tmp_path: Path, design: str) -> None:
    assert design in offered()
    protocol, problems = problems_of(new("mine", tmp_path, design))
    assert [str(problem) for problem in problems] == []
    assert protocol is not None
    assert protocol.comparison.design == design


def test_a_study_that_compares_nobody_needs_no_time_before_the_start(tmp_path: Path) -> None:
    file = new("mine", tmp_path, "description")
    text = file.read_text(encoding="utf-8").replace("month = 12", "month = 12\nbefore = 0", 1)
    file.write_text(text, encoding="utf-8")
    assert [str(problem) for problem in problems_of(file)[1]] == []


def test_the_designs_a_protocol_can_name_are_those_there_are() -> None:
    assert set(get_args(Design)) == set(designs())


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
