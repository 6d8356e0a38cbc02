"""What a study asks about the ways out: the same numbers as the estimators alone, and silence where it must be."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from springbrett.evaluation.effects.durations.gray import gray_test
from springbrett.evaluation.effects.durations.hazards import cox
from springbrett.evaluation.effects.durations.incidence import incidence_difference
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.study.check import problems_of
from springbrett.evaluation.study.leaving import METHODS, RATES, ways_out
from springbrett.evaluation.study.new import new
from springbrett.evaluation.study.protocol import Durations

MONTHS = 24


def asked(count: int = 600, *, methods: tuple[str, ...] = METHODS, again: bool = False, rare: bool = False) -> Any:
    """Persons of whom the treated find work at twice the rate; `again`: some stand there twice; `rare`: hardly any of
    the treated finds it."""
    rng = np.random.default_rng(3)
    treated, woman = rng.random(count) < 0.4, rng.random(count) < 0.5
    rate = np.where(treated, 0.006 if rare else 0.1, 0.05) * np.exp(0.4 * woman)
    work = np.ceil(rng.exponential(1 / rate)).astype(int)
    path = (np.arange(MONTHS + 1) >= work[:, None]).astype(np.float64)
    person = np.arange(count) // 2 if again else np.arange(count)
    protocol = SimpleNamespace(durations=Durations(exits=("in_work",), methods=methods), minimum_cell=5)
    return SimpleNamespace(
        protocol=protocol, cohort=SimpleNamespace(treated=treated, person=person), path=lambda code: path,
        window=SimpleNamespace(before=0), covariates=(woman[:, None].astype(float), ("sex_woman",)),
        spells=Spells(np.minimum(work, MONTHS).astype(float), (work <= MONTHS).astype(np.int64), ("in_work",)),
    )  # fmt: skip


def test_every_method_gives_what_the_estimator_alone_gives() -> None:
    context = asked()
    tables, _facts = ways_out(context)
    rates = {row["method"]: row for row in tables["rates"]}
    tests = {row["method"]: row for row in tables["exit_tests"]}
    assert set(rates) == set(RATES)
    assert {*rates, *tests} == set(METHODS)
    assert not tables["not_answered"]
    treated, (x, _names) = context.cohort.treated, context.covariates
    alone = cox(context.spells, "in_work", np.column_stack([treated, x]), ("t", "w")).estimate("t")
    assert (rates["cox"]["log_ratio"], rates["cox"]["se"]) == pytest.approx((alone.value, alone.se))
    assert rates["cox"]["lower"] < 2 < rates["cox"]["upper"]
    assert rates["competing_hazards"]["ratio"] == rates["discrete_hazards"]["ratio"]
    gray = gray_test(context.spells, "in_work", treated.astype(np.int64))
    assert (tests["gray_test"]["statistic"], tests["gray_test"]["degrees"]) == (gray.statistic, 1)
    share = incidence_difference(context.spells, "in_work", treated, time=12.0)
    assert (tests["incidence_difference"]["value"], tests["incidence_difference"]["month"]) == (share.value, 12.0)
    assert tests["months_gone_difference"]["month"] == MONTHS
    assert {row["participants"] + row["comparison"] for row in (*rates.values(), *tests.values())} == {600}


def test_what_persons_who_stand_there_twice_cannot_be_asked_is_said() -> None:
    tables, _facts = ways_out(asked(again=True))
    silent = {row["estimator"]: row["reason"] for row in tables["not_answered"]}
    assert silent["gray_test"] == "not_supported"
    assert {row["method"] for row in tables["rates"]} == set(RATES), "rates have errors by person"


def test_a_way_out_that_few_take_is_not_compared() -> None:
    context = asked(60, rare=True)
    assert 0 < context.spells.cause[context.cohort.treated].sum() < 5
    tables, _facts = ways_out(context)
    assert not any(tables[name] for name in ("rates", "exit_tests", "not_answered"))


@pytest.mark.parametrize(("part", "key", "remedy"), [
    ('methods = ["kaplan"]', "durations.methods", "gray_test"),
    ('methods = ["cox"]\nmonth = 90', "durations.month", "1 to 36"),
])  # fmt: skip
def test_a_mistake_in_the_part_is_told(tmp_path: Path, part: str, key: str, remedy: str) -> None:
    file = new("mine", tmp_path)
    file.write_text(
        file.read_text(encoding="utf-8") + f'\n[durations]\nexits = ["in_work"]\n{part}\n', encoding="utf-8"
    )
    told = [problem for problem in problems_of(file)[1] if problem.key == key]
    assert any(remedy in str(problem) for problem in told)


def test_methods_need_somebody_to_compare_with(tmp_path: Path) -> None:
    file = new("mine", tmp_path)
    text = file.read_text(encoding="utf-8").replace('design = "not_yet_treated"', 'design = "description"')
    file.write_text(text + '\n[durations]\nexits = ["in_work"]\nmethods = ["cox"]\n', encoding="utf-8")
    assert any(problem.key == "durations.methods" for problem in problems_of(file)[1])
