"""Studies over time, from registers whose truth is known: the number covers it, and drift apart closes the gate."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from springbrett.evaluation.effects.did.dose import dose_effect
from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.panel import NEVER, Wide
from springbrett.evaluation.effects.did.redealing import gaps, redealt
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.outcomes.definitions import load_outcomes
from springbrett.evaluation.report.page import page
from springbrett.evaluation.report.reading import read_run
from springbrett.evaluation.study import describing
from springbrett.evaluation.study.check import read_protocol
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.designs import dose
from springbrett.evaluation.study.designs.units import months_in, periods_of, person_units, pools
from springbrett.evaluation.study.new import new
from springbrett.evaluation.study.run import Finished, RunError, run
from springbrett.evaluation.study.tables import read_tables
from tests.builders.over_time import FIRST, MONTHS, staggered_offices, staggered_persons, write_registers
from tests.builders.over_time import NEVER as NOBODY

ALL = ("group_time", "interaction_weighted", "imputation", "local_projections", "stacked", "two_way")
TRUE = 0.15


def study(folder: Path, design: str, estimators: tuple[str, ...], **changes: str) -> Path:
    """The template of a design, on registers of 2016–2020, with other estimators and some keys changed."""
    file = new("mine", folder, design)
    text = file.read_text(encoding="utf-8")
    for old, wanted in (pair.split("=>") for pair in changes.values()):
        assert old in text, old
        text = text.replace(old, wanted)
    start, end = text.index("[[estimators]]"), text.index("[gate]")
    named = "".join(f'[[estimators]]\ncode = "{code}"\n' for code in estimators)
    data = text[text.index("[data]") : text.index("[population]")]
    file.write_text((text[:start] + named + text[end:]).replace(data, "[data]\n"), encoding="utf-8")
    return file


WINDOW = {"last": "last_start = 2019-12-31=>last_start = 2018-12-31", "horizon": "horizon = 36=>horizon = 18"}


@pytest.fixture(autouse=True)
def few_deals(monkeypatch: pytest.MonkeyPatch) -> None:
    """As few as can still tell at 5 per cent."""
    monkeypatch.setattr("springbrett.evaluation.effects.did.redealing.DRAWS", 99)


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])


def rows(done: Finished, table: str, **where: object) -> list[dict[str, Any]]:
    held = read_tables(done.folder / "results")[table].to_pylist()
    return [row for row in held if all(row[key] == value for key, value in where.items())]


@pytest.mark.usefixtures("no_report")
def test_every_estimator_covers_the_truth_when_persons_would_have_moved_alike(tmp_path: Path) -> None:
    registers = staggered_persons(tmp_path / "registers", effect=TRUE)
    done = run(study(tmp_path, "staggered", ALL, **WINDOW), tmp_path / "run", registers=registers)
    assert done.facts["gate"]["open"], done.facts["gate"]
    found = {row["estimator"]: row for row in rows(done, "estimates", month=12, group="all", outcome="in_work")}
    assert set(found) == set(ALL)
    for code, row in found.items():
        assert row["lower"] < TRUE < row["upper"], code
        assert row["upper"] - row["lower"] < 0.15, code
    path = rows(done, "effect_path")
    assert all(row["band_lower"] < (TRUE if row["month"] >= 0 else 0) < row["band_upper"] for row in path
               if row["month"] != 0), "the period of the start is reached in part only"  # fmt: skip
    groups = rows(done, "by_start")
    assert [row["first_month"] for row in groups] == [FIRST + 24, FIRST + 27, FIRST + 30, FIRST + 33]
    assert sum(row["units"] for row in groups) == done.facts["units"]["treated"]


@pytest.mark.usefixtures("no_report")
def test_drift_apart_before_the_start_closes_the_gate(tmp_path: Path) -> None:
    registers = staggered_persons(tmp_path / "registers", effect=0.0, drift=0.006)
    done = run(study(tmp_path, "staggered", ("group_time",), **WINDOW), tmp_path / "run", registers=registers)
    assert not done.facts["gate"]["open"]
    assert set(done.facts["gate"]["failed"]) == {"pre_trends", "placebo"}
    assert not any(row["headline"] for row in rows(done, "estimates"))


OFFICE = {"unit": 'unit = "person"=>unit = "office"'}


def test_offices_of_a_trial_are_told_by_dealing_their_starts_out_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registers = staggered_offices(tmp_path / "registers", effect=TRUE)
    monkeypatch.setattr("springbrett.evaluation.report.page.LANGUAGES", ("nb",))
    file = study(tmp_path, "staggered", ("group_time", "interaction_weighted"), **WINDOW, **OFFICE)
    done = run(file, tmp_path / "run", registers=registers, made_on="2026-11-22")
    assert done.facts["gate"]["open"], done.facts["gate"]
    found = rows(done, "estimates", month=12, group="all", outcome="in_work")
    assert {row["estimator"] for row in found} == {"group_time", "interaction_weighted"}
    assert all(row["lower"] < TRUE < row["upper"] and row["p_value"] < 0.05 for row in found)
    single = [row for row in rows(done, "by_start") if row["units"] == 1]
    assert all(row["upper"] - row["lower"] > 0.03 for row in single), "one office alone is no certain thing"
    checks = {row["check"]: row for row in rows(done, "diagnostics", estimator="group_time")}
    assert checks["clusters"]["value"] == 32
    assert checks["treated_clusters"]["value"] == 4
    wild = rows(done, "estimates", estimator="wild_bootstrap")[0]
    assert wild["lower"] < TRUE < wild["upper"]
    text = page(read_run(done.folder, "nb"))
    assert "Forsøket begynte ved 4 kontor" in text
    assert "1. kvartal 2018" in text


@pytest.mark.usefixtures("no_report")
def test_too_few_offices_for_the_gate_withhold_the_number(tmp_path: Path) -> None:
    registers = staggered_offices(tmp_path / "registers", effect=TRUE, offices=12)
    file = study(tmp_path, "staggered", ("group_time",), **WINDOW, **OFFICE)
    assert run(file, tmp_path / "run", registers=registers).facts["gate"]["failed"] == ["clusters"]


@pytest.mark.parametrize("compared", ["never", "not_yet"])
def test_who_is_reached_before_the_window_is_left_out_and_who_is_after_it_only_waits(
    tmp_path: Path, compared: str
) -> None:
    """Months from January 2016; the window is 2018: before it, in it (month 25), after it (month 40), and never."""
    starts = np.array([20, 25, 25, 40, NOBODY, NOBODY])
    registers = write_registers(
        tmp_path / "registers", chance=np.full((MONTHS, 6), 0.5), registered=np.full(6, 12),
        office=np.zeros(6, np.int64), starts=starts,
    )  # fmt: skip
    file = study(tmp_path, "staggered", ("group_time",), **WINDOW, with_=f'with = "never"=>with = "{compared}"')
    context = context_of(tmp_path, file, registers)
    describing.draw(context)
    units = person_units(context)
    waits = compared == "not_yet"
    assert units.unit.tolist() == [1, 2, *([3] if waits else []), 4, 5]
    assert units.first[:2].tolist() == [(FIRST + 25) // 3] * 2
    assert (units.first[2:] == NEVER).all(), "what happens after the window is not asked for"
    y = np.ones((len(units), len(units.periods)))
    panel, row = units.panel(y, np.ones(len(units), bool), weighted=False, clustered=False)
    if waits:
        seen = panel.period[units.unit[row] == 3]
        assert seen.max() == (FIRST + 40) // 3 - 1, "who begins later is followed until then"
    assert panel.period[units.unit[row] == 4].max() == units.periods[-1]


def test_a_study_of_whom_nobody_was_reached_says_so(tmp_path: Path) -> None:
    registers = staggered_persons(tmp_path / "registers", effect=0.0, persons=200)
    changed = {"measures": '["arbeidstrening"]=>["amo"]'}
    with pytest.raises(RunError, match="no_treated"):
        run(study(tmp_path, "staggered", ("group_time",), **WINDOW, **changed), tmp_path / "run", registers=registers)


def panel(seed: int, *, holes: bool = False) -> Wide:
    rng = np.random.default_rng(seed)
    y = rng.standard_normal((18, 10)).cumsum(axis=1)
    if holes:
        y[rng.random(y.shape) < 0.05] = np.nan
    first = np.array([4, 4, 6, 7] + [NEVER] * 14)
    return Wide(np.arange(10), y, np.arange(18), first, np.zeros(18, np.int64), None, rng.uniform(50, 90, 18))


@pytest.mark.parametrize("comparison", ["never", "not_yet"])
@pytest.mark.parametrize("holes", [False, True])
def test_the_quick_group_time_effects_are_the_slow_ones(comparison: Literal["never", "not_yet"], holes: bool) -> None:
    held = panel(3, holes=holes)
    slow = group_time(held, comparison=comparison, base="universal")
    quick = gaps(held, comparison=comparison)
    event, by_since = slow.event_study(), quick.by_since()
    np.testing.assert_array_equal(by_since[0], event.months)
    np.testing.assert_allclose(by_since[1], event.value, rtol=1e-10)
    assert by_since[2] == pytest.approx(event.overall.value, rel=1e-10)
    groups, by_group = slow.by_group(), quick.by_group()
    np.testing.assert_allclose(by_group[1], groups.value, rtol=1e-10)
    assert by_group[2] == pytest.approx(groups.overall.value, rel=1e-10)


def test_redealt_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """40 panels: 95 % would miss two on average; more than six would be no chance."""
    missed = 0
    for seed in range(40):
        held = panel(100 + seed)
        reached = held.periods[None, :] >= held.first[:, None]
        held = Wide(held.periods, held.y + 0.5 * reached, held.unit, held.first, held.stratum, None, held.weight)
        found = redealt(held, lambda wide: gaps(wide).by_since(), "group_time", draws=99).path
        at = int(np.flatnonzero(found.months == 1)[0])
        missed += not found.lower[at] <= 0.5 <= found.upper[at]
    assert missed <= 6


def test_offices_that_begin_together_with_all_others_cannot_be_redealt() -> None:
    held = panel(1)
    same = Wide(held.periods, held.y, held.unit, np.full(18, 5), held.stratum, None, held.weight)
    with pytest.raises(CannotEstimate, match="no_variation"):
        redealt(same, lambda wide: gaps(wide).by_since(), "group_time")


def context_of(tmp_path: Path, file: Path, registers: Path) -> Context:
    (tmp_path / "work").mkdir()
    return Context(read_protocol(file), load_outcomes(), registers, tmp_path / "work")


def test_an_office_s_outcome_is_the_mean_over_those_who_registered_lately(tmp_path: Path) -> None:
    """Against counting person by person and month by month."""
    registers = staggered_offices(tmp_path / "registers", effect=TRUE, offices=5, each=12, seed=4)
    context = context_of(tmp_path, study(tmp_path, "staggered", ("group_time",), **WINDOW, **OFFICE), registers)
    tables, periods = context.tables, periods_of(context)
    home = tables["persons"]["office"].to_numpy()
    found = pools(context, "in_work", home, np.arange(5), periods)
    began = dict(zip(*(tables["needs_levels"][name].to_pylist() for name in ("person", "month_from")), strict=True))
    work = {(row["person"], month) for row in tables["employment"].to_pylist()
            for month in range(row["month_from"], row["month_to"] + 1)}  # fmt: skip
    first, _count = months_in(context, periods)
    for office in range(5):
        for k in range(len(periods)):
            here = [(person, month) in work for month in range(first + 3 * k, first + 3 * k + 3)
                    for person in np.flatnonzero(home == office)
                    if began[person] <= month < began[person] + 24]  # fmt: skip
            assert found.persons[office, k] * 3 == pytest.approx(len(here))
            if np.isfinite(found.mean[office, k]):
                assert found.mean[office, k] == pytest.approx(np.mean(here))


def test_the_dose_of_an_area_is_counted_while_people_are_followed(tmp_path: Path) -> None:
    """Against counting stays and registered month by month."""
    registers = staggered_offices(tmp_path / "registers", effect=TRUE, offices=5, each=40, seed=5)
    file = study(tmp_path, "dose", ("dose",), first="first_start = 2016-06-01=>first_start = 2016-03-01",
                 last="last_start = 2021-12-31=>last_start = 2018-12-31")  # fmt: skip
    context = context_of(tmp_path, file, registers)
    dose.DESIGNS[0].draw(context)
    areas, outcomes = dose.areas_of(context)
    tables = context.tables
    home = tables["persons"]["office"].to_numpy()
    level = {row["person"]: row["month_from"] for row in tables["needs_levels"].to_pylist()}
    spells = [(row["person"], row["start"].year * 12 + row["start"].month - 1) for row in tables["spells"].to_pylist()]
    work = {(row["person"], month) for row in tables["employment"].to_pylist()
            for month in range(row["month_from"], row["month_to"] + 1)}  # fmt: skip
    last = context.window.last_known

    def share(office: int, month: int) -> float:
        there = [person for person, began in level.items() if home[person] == office and began <= month]
        inside = [person for person, start in spells if home[person] == office and start <= month < start + 3]
        return 100 * len(inside) / len(there)

    for k in (0, len(areas.area) // 2, len(areas.area) - 1):
        office, period = int(areas.area[k]), int(areas.period[k])
        mine = [p for p, began in level.items() if home[p] == office and began // 3 == period and began >= FIRST + 2
                and began + 12 <= last]  # fmt: skip
        assert areas.persons[k] == len(mine)
        doses = [np.mean([share(office, level[p] + step) for step in range(12)]) for p in mine]
        assert areas.dose[k] == pytest.approx(np.mean(doses))
        assert outcomes["in_work"][k] == pytest.approx(np.mean([(p, level[p] + 12) in work for p in mine]))
        later = [np.mean([share(office, level[p] + 13 + step) for step in range(12)]) for p in mine]
        if max(level[p] for p in mine) + 24 <= last:
            assert areas.later[k] == pytest.approx(np.mean(later))
        else:
            assert np.isnan(areas.later[k])
    assert last == MONTHS + FIRST - 1


@pytest.mark.parametrize(("ahead", "held"), [(0.0, True), (0.05, False)])
def test_doses_to_come_close_the_gate_when_they_seem_to_matter(tmp_path: Path, ahead: float, held: bool) -> None:
    """40 areas × 12 periods: the outcome moves by 0.02 for each of a hundred, and by `ahead` with what is to come."""
    rng = np.random.default_rng(2)
    shape = (40, 12)
    given, later = rng.gamma(4, 1, shape), rng.gamma(4, 1, shape)
    noise = rng.normal(0, 0.03, shape)
    y = rng.random((40, 1)) / 5 + np.linspace(0, 0.1, 12) + 0.02 * given + ahead * later + noise
    area, period = (part.ravel() for part in np.indices(shape))
    areas = dose.Areas(area, period, given.ravel(), later.ravel(), np.full(480, 50))
    file = study(tmp_path, "dose", ("dose",))
    context = Context(read_protocol(file), load_outcomes(), tmp_path, tmp_path)
    np.savez(tmp_path / dose.FILE, area=area, period=period, dose=areas.dose, later=areas.later,
             persons=areas.persons, y_in_work=y.ravel())  # fmt: skip
    tables, facts = dose.estimates_of(context, 0)
    row = tables["estimates"][0]
    assert row["headline"]
    assert "cannot" not in facts
    assert (row["lower"] < 0.02 < row["upper"]) or ahead
    checks = {check["check"]: check for check in tables["diagnostics"]}
    assert checks["placebo"]["passed"] is held
    direct = dose_effect(dose._dosed(areas, areas.dose, y.ravel(), np.ones(480, bool)))
    assert row["value"] == pytest.approx(direct.value)


def test_a_study_of_doses_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.LANGUAGES", ("en",))
    registers = staggered_offices(tmp_path / "registers", effect=TRUE, each=40)
    file = study(tmp_path, "dose", ("dose",), first="first_start = 2016-06-01=>first_start = 2016-03-01",
                 last="last_start = 2021-12-31=>last_start = 2018-12-31")  # fmt: skip
    done = run(file, tmp_path / "run", registers=registers, made_on="2026-11-22")
    assert json.loads((done.folder / "study.json").read_text(encoding="utf-8"))["dose"]["areas"] == 32
    text = page(read_run(done.folder, "en"))
    assert "of a hundred registered" in text
    assert "than without the measure" not in text, "a dose is not told as taking part"
