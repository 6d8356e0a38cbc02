"""Everything a study may name has words in three languages, so that no report stops and no raw code is shown."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from springbrett.evaluation.cohort import stays_of
from springbrett.evaluation.effects.registry import estimators
from springbrett.evaluation.report import words
from springbrett.evaluation.simulate.norway import simulate
from springbrett.evaluation.study.context import Population
from springbrett.evaluation.study.designs import supported
from springbrett.evaluation.study.tables import COLUMNS

EVALUATION = Path(words.__file__).parent.parent
NAMED = [code for code, entry in estimators().items() if supported(entry)]


@pytest.mark.parametrize("code", NAMED)
def test_an_estimator_a_study_can_name_has_a_name_a_method_and_assumptions_in_words(code: str) -> None:
    assert code in words.labels("estimator")
    assert code in words.labels("method")
    for assumption in estimators()[code].assumptions:
        assert assumption in words.labels("assumption")
        assert assumption in words.labels("breaks")


def test_the_covariates_with_words_are_those_a_cohort_has() -> None:
    registers = dict(simulate(persons=2_000, years=4, seed=1).registers)
    for name in ("sex", "immigrant_group"):  # some of whom it is not known have a covariate of their own
        persons = registers["persons"]
        told = ["unknown", *persons[name].to_pylist()[1:]]
        registers["persons"] = persons.set_column(persons.column_names.index(name), name, pa.array(told))
    cohort = stays_of(registers, Population(("arbeidstrening",), 2016 * 12, 2020 * 12))
    assert set(cohort.names) == set(words.labels("covariate"))


def test_every_check_an_estimator_makes_has_words_and_those_that_can_fail_say_what_it_means() -> None:
    made = set()
    for path in EVALUATION.rglob("*.py"):
        made |= set(re.findall(r'Diagnostic\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert made <= set(words.labels("check"))


def test_every_table_of_a_run_has_a_name() -> None:
    assert set(COLUMNS) == set(words.labels("table"))


def test_every_text_is_there_in_three_languages_and_keeps_its_places() -> None:
    for kind, entries in words._all().items():
        for code, text in entries.items():
            places = [sorted(re.findall(r"\{(\w+)\}", held)) for held in (text.nb, text.nn, text.en)]
            assert text.nb and text.nn and text.en, (kind, code)
            assert places[0] == places[1] == places[2], (kind, code)
