"""Studies of when the measure began and of the order of measures, from registers whose truth is known."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from springbrett.evaluation.registers.read import read
from springbrett.evaluation.study.check import problems_of
from springbrett.evaluation.study.new import new
from springbrett.evaluation.study.run import Finished, RunError, run
from springbrett.evaluation.study.tables import read_tables
from tests.builders.when import on_the_way, persons, stays, steps, write_tables

LOG_EFFECT = -0.5


def study(folder: Path, design: str, **changes: str) -> Path:
    """The template of a design, for registers of 2016–2022 that are given."""
    file = new("mine", folder, design)
    text = file.read_text(encoding="utf-8")
    for old, wanted in (pair.split("=>") for pair in changes.values()):
        assert old in text, old
        text = text.replace(old, wanted)
    text = text.replace("adjustment = []", 'adjustment = ["sex_woman"]')
    if "[gate]" not in text:
        text += "\n[gate]\nplacebo_month = -1\n"
    text = text.replace("[outcomes]\n", "[outcomes]\nbefore = 1\n")
    cut = text.index("[data]"), text.index("[population]")
    file.write_text(text[: cut[0]] + "[data]\n" + text[cut[1] :], encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])


def rows(done: Finished, table: str, **where: object) -> list[dict[str, Any]]:
    held = read_tables(done.folder / "results")[table].to_pylist()
    return [row for row in held if all(row[key] == value for key, value in where.items())]


@pytest.mark.parametrize("other", ["censored", "competing"])
def test_courses_are_those_drawn_and_the_effect_is_told_from_the_unseen(tmp_path: Path, other: str) -> None:
    drawn = on_the_way(tmp_path / "registers", log_effect=LOG_EFFECT, count=5000 if other == "censored" else 1200)
    file = study(tmp_path, "timing", exits=f'other_exits = "censored"=>other_exits = "{other}"',
                 once="effect_from = [0, 6]=>effect_from = [0]", most="most = 4=>most = 2")  # fmt: skip
    done = run(file, tmp_path / "run", registers=tmp_path / "registers")
    held = np.load(done.folder / "work" / "timing.npz")
    cause = drawn.cause if other == "competing" else np.where(drawn.cause == 2, 0, drawn.cause)
    assert np.array_equal(held["exit"], drawn.exit)
    assert np.array_equal(held["cause"], cause)
    assert np.array_equal(held["treated_at"], drawn.treated_at, equal_nan=True)
    assert {row["exit"] for row in rows(done, "rates")} == {
        "in_work",
        *(["left_the_register"] * (other == "competing")),
    }
    if other == "censored":
        (found,) = rows(done, "rates", headline=True)
        assert np.log(found["lower"]) < LOG_EFFECT < np.log(found["upper"])
        alike = rows(done, "mass_points", points=1)[0]
        assert np.log(alike["ratio"]) > LOG_EFFECT + 2 * found["se"], "with nothing unseen, the quick hide the harm"
        (share,) = rows(done, "incidence", month=1.0)
        assert share["share"] == pytest.approx(float(((drawn.exit < 1) & (drawn.cause == 1)).mean()))


@pytest.mark.parametrize("others", [False, True])
def test_people_are_followed_until_they_begin_another_measure_unless_asked_further(
    tmp_path: Path, others: bool
) -> None:
    drawn = on_the_way(tmp_path / "registers", log_effect=0.0, count=900)
    tables = dict(read(tmp_path / "registers").tables)
    levels, own = tables["needs_levels"].to_pydict(), tables["spells"].to_pydict()
    third = [place for place, person in enumerate(levels["person"]) if person % 3 == 0]
    who, begins = (np.array(levels[name])[third] for name in ("person", "month_from"))
    office = np.zeros(len(who), int)
    another = stays(who, np.full(len(who), "amo"), begins + 3 - 2016 * 12, begins + 4 - 2016 * 12, office)
    kept = {name: tables[name].to_pydict() for name in ("persons", "employment", "needs_levels", "offices")}
    both = {name: own[name] + list(np.asarray(column)) for name, column in another.items()}
    write_tables(tmp_path / "more", {**kept, "spells": both})
    file = study(tmp_path, "timing", most="most = 4=>most = 1",
                 others=f"other_measures = false=>other_measures = {str(others).lower()}")  # fmt: skip
    done = run(file, tmp_path / "run", registers=tmp_path / "more")
    held, cohort = np.load(done.folder / "work" / "timing.npz"), np.load(done.folder / "work" / "cohort.npz")
    stopped = (cohort["person"] % 3 == 0) & (drawn.exit > 2.5) & (not others)
    assert stopped.any() != others
    assert np.array_equal(held["exit"], np.where(stopped, 2.5, drawn.exit))
    assert np.all(held["cause"][stopped] == 0)
    assert np.all(np.isnan(held["treated_at"][stopped]) | (held["treated_at"][stopped] < 2.5))


def test_the_first_measure_and_the_plans_are_covered(tmp_path: Path) -> None:
    steps(tmp_path / "registers")
    file = study(tmp_path, "sequence", measures='"avklaring", "oppfolging"=>"avklaring"')
    done = run(file, tmp_path / "run", registers=tmp_path / "registers")
    assert done.facts["gate"]["open"], done.facts["gate"]
    (headline,) = [row for row in rows(done, "estimates") if row["headline"]]
    total = 0.05 + 0.4 * 0.3 + 0.1 * (0.5 * 0.2 + 0.5 * 0.6 - 0.2 * 0.2 - 0.8 * 0.6)
    assert headline["lower"] < total < headline["upper"]
    for plan in rows(done, "plans"):
        first = plan["first"] == "arbeidstrening"
        true = 0.15 + 0.05 + 0.05 * first + 0.1 * plan["more"] + 0.4 * (0.5 if first else 0.2)
        assert abs(plan["mean"] - true) < 3 * plan["se"], plan
    raw = next(row for row in rows(done, "pairs") if {row["first"], row["second"]} == {"arbeidstrening", "amo"})
    assert raw["raw"] > headline["value"] + 0.02, "as it stands, women count for the measure"


def test_what_follows_is_counted_by_person(tmp_path: Path) -> None:
    steps(tmp_path / "registers", count=1500)
    file = study(tmp_path, "sequence", measures='"avklaring", "oppfolging"=>"avklaring"')
    done = run(file, tmp_path / "run", registers=tmp_path / "registers")
    spells = read(tmp_path / "registers")["spells"].sort_by([("person", "ascending"), ("start", "ascending")])
    courses: dict[int, list[str]] = {}
    for person, measure in zip(spells["person"].to_pylist(), spells["measure"].to_pylist(), strict=True):
        courses.setdefault(person, []).append(measure)
    counted = Counter((held[0], held[1] if len(held) > 1 else "") for held in courses.values())
    told = {(row["first"], row["then"] or ""): row["count"] for row in rows(done, "transitions", step=1)}
    assert told == counted
    assert {row["course"]: row["count"] for row in rows(done, "sequences")} == {
        " ".join(course): count for course, count in Counter(map(tuple, courses.values())).items()
    }  # fmt: skip
    assert sum(row["share"] for row in rows(done, "transitions", step=1, first="amo")) == pytest.approx(1)


def test_a_small_cell_is_hidden_and_cannot_be_worked_out(tmp_path: Path) -> None:
    """Of 60 who began with amo 3 went on to mentor, 17 to avklaring: either hides the other."""
    first, again = np.arange(60), np.arange(20)
    then = np.where(again < 3, "mentor", "avklaring")
    who = np.concatenate([first, again, np.arange(60, 120)])
    kind = np.concatenate([np.full(60, "amo"), then, np.full(60, "mentor")])
    begins = np.concatenate([np.full(60, 20), np.full(20, 26), np.full(60, 20)])
    office = np.zeros(len(who), int)
    woman, works = np.arange(120) % 2 == 0, np.arange(120) % 3 == 0
    write_tables(tmp_path / "registers", {
        "persons": persons(120, np.zeros(120, int), woman=woman),
        "spells": stays(who, kind, begins, begins + 2, office),
        "offices": {"office": [0], "region": ["region_0"]},
        "needs_levels": {"person": np.arange(120), "needs_level": ["standard_innsats"] * 120,
                         "month_from": np.full(120, 2016 * 12), "month_to": np.full(120, 2016 * 12 + 83)},
        "employment": {"person": np.flatnonzero(works), "month_from": np.full(40, 2016 * 12 + 40),
                       "month_to": np.full(40, 2016 * 12 + 60), "hours_week": np.full(40, 37.5),
                       "wage_month": np.full(40, 30_000.0)},
    })  # fmt: skip
    file = study(tmp_path, "sequence", measures='"arbeidstrening", "amo", "avklaring", "oppfolging"=>"amo", "mentor", '
                 '"avklaring"', pair='pair = ["arbeidstrening", "amo"]=>pair = ["amo", "mentor"]',
                 sub='code = "reduced_capacity"=>code = "women"', where='"reduced_capacity"=>"sex_woman"')  # fmt: skip
    done = run(file, tmp_path / "run", registers=tmp_path / "registers")
    told = {row["then"] or "": row["count"] for row in rows(done, "transitions", step=1, first="amo")}
    assert told["mentor"] is None
    hidden = [then for then, count in told.items() if count is None]
    assert len(hidden) > 1 or all(row["share"] is None for row in rows(done, "transitions", step=1, first="amo"))
    assert next(row for row in rows(done, "sequences") if row["course"] == "amo mentor")["count"] is None
    reasons = {row["estimator"]: row["reason"] for row in rows(done, "not_answered")}
    assert reasons["marginal_structural"] == "empty_group", "nobody went on from mentor"


@pytest.mark.parametrize(("design", "right", "wrong", "key", "remedy"), [
    ("timing", "effect_from = [0, 6]", "effect_from = [3, 6]", "comparison.effect_from", "0 first"),
    ("timing", '# exits = ["in_work"]', 'exits = ["in_job"]', "comparison.exits", "in_work"),
    ("timing", 'other_exits = "censored"', 'pair = ["a", "b"]', "comparison.pair", "comparison.design sequence"),
    ("timing", "seed = 1", 'cluster = "person"\nseed = 1', "cluster", "leave it out"),
    ("sequence", '"amo"] #', '"arbeidstrening"] #', "comparison.pair", "two of arbeidstrening"),
    ("sequence", "within_months = 6", "within_months = 24", "outcomes.month", "more than 24"),
    ("sequence", "age_to = 66", "age_to = 66\nfirst_only = false", "population.first_only", "true"),
    ("sequence", "marginal_structural", "first_measure", "estimators", "each once"),
])  # fmt: skip
def test_a_mistake_is_told_by_key_and_remedy(
    tmp_path: Path, design: str, right: str, wrong: str, key: str, remedy: str
) -> None:
    file = new("mine", tmp_path, design)
    assert problems_of(file)[1] == []
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    told = [problem for problem in problems_of(file)[1] if problem.key == key]
    assert any(remedy in str(problem) for problem in told), [str(problem) for problem in problems_of(file)[1]]


def test_a_window_in_which_nobody_registers_is_refused_with_what_to_do(tmp_path: Path) -> None:
    on_the_way(tmp_path / "registers", log_effect=0.0, count=200)
    file = study(tmp_path, "timing")
    text = re.sub(r"first_start = \S+", "first_start = 2019-06-01", file.read_text(encoding="utf-8"))
    file.write_text(re.sub(r"last_start = \S+", "last_start = 2019-12-31", text), encoding="utf-8")
    with pytest.raises(RunError, match="nobody came newly to NAV in the window; widen it"):
        run(file, tmp_path / "run", registers=tmp_path / "registers")


def test_when_nobody_began_the_measure_the_timing_says_so(tmp_path: Path) -> None:
    on_the_way(tmp_path / "registers", log_effect=0.0, count=300)
    file = study(tmp_path, "timing", measures='measures = ["arbeidstrening"]=>measures = ["amo"]')
    done = run(file, tmp_path / "run", registers=tmp_path / "registers")
    assert done.facts["gate"]["cannot"] == "no_treated"
    assert not rows(done, "rates")
