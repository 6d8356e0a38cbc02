"""Who is compared with whom: counted by hand on a small simulated country."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from springbrett.evaluation.cohort import Cohort, Population, months_registered, stays_of, with_comparison
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.simulate.norway import simulate

Tables = dict[str, pa.Table]
PEOPLE = Population(("arbeidstrening",), 2018 * 12, 2019 * 12 + 11)


@pytest.fixture(scope="module")
def registers() -> Tables:
    return simulate(persons=5_000, years=5, seed=2).registers


@pytest.fixture(scope="module")
def drawn(registers: Tables) -> Cohort:
    return with_comparison(registers, PEOPLE, per_treated=2, seed=1)


def starts(registers: Tables, measure: str) -> dict[int, list[int]]:
    """Absolute months of start by person."""
    found: dict[int, list[int]] = {}
    for row in registers["spells"].select(["person", "measure", "start"]).to_pylist():
        if row["measure"] == measure:
            found.setdefault(row["person"], []).append(row["start"].year * 12 + row["start"].month - 1)
    return found


def test_the_stays_are_each_persons_first_in_the_window(registers: Tables) -> None:
    expected = {person: min(months) for person, months in starts(registers, "arbeidstrening").items()}
    expected = {p: m for p, m in expected.items() if PEOPLE.first_month <= m <= PEOPLE.last_month}
    stays = stays_of(registers, PEOPLE)
    assert dict(zip(stays.person.tolist(), stays.start.tolist(), strict=True)) == expected
    assert len(stays_of(registers, replace(PEOPLE, first_only=False))) > len(stays)


def test_no_comparison_had_started_and_none_stands_where_nobody_could_have(registers: Tables, drawn: Cohort) -> None:
    began = starts(registers, "arbeidstrening")
    months = set(drawn.start[drawn.treated].tolist())
    for person, month in zip(drawn.person[~drawn.treated].tolist(), drawn.start[~drawn.treated].tolist(), strict=True):
        assert month in months
        assert all(start > month for start in began.get(person, []))


def test_never_means_not_later_either(registers: Tables) -> None:
    began = starts(registers, "arbeidstrening")
    found = with_comparison(registers, PEOPLE, per_treated=2, seed=1, never=True)
    assert not set(found.person[~found.treated].tolist()) & set(began)


def test_each_stratum_holds_at_most_so_many_for_each_stay(drawn: Cohort) -> None:
    stays, others = (np.bincount(drawn.strata[side], minlength=drawn.strata.max() + 1)
                     for side in (drawn.treated, ~drawn.treated))  # fmt: skip
    assert (others <= 2 * stays).all()
    assert others.sum() > stays.sum()
    places = list(zip(drawn.person[~drawn.treated].tolist(), drawn.start[~drawn.treated].tolist(), strict=True))
    assert len(set(places)) == len(places)


def test_the_seed_decides_who_is_drawn(registers: Tables, drawn: Cohort) -> None:
    again = with_comparison(registers, PEOPLE, per_treated=2, seed=1)
    other = with_comparison(registers, PEOPLE, per_treated=2, seed=2)
    assert (again.person == drawn.person).all()
    assert (again.covariates == drawn.covariates).all()
    assert set(other.person.tolist()) != set(drawn.person.tolist())


def test_covariates_know_nothing_of_the_month_of_start_or_later(registers: Tables) -> None:
    month = 2019 * 12
    people = replace(PEOPLE, first_month=month, last_month=month)
    cut = dict(registers)
    for name in ("employment", "benefits"):
        table = registers[name].filter(pc.less(registers[name]["month_from"], month))
        last = pc.min_element_wise(table["month_to"], pa.scalar(month - 1, table["month_to"].type))
        cut[name] = table.set_column(table.schema.get_field_index("month_to"), "month_to", last)
    cut["spells"] = registers["spells"].filter(pc.less(registers["spells"]["start"], date(2019, 2, 1)))
    known, blind = stays_of(registers, people), stays_of(cut, people)
    assert len(known) > 5
    np.testing.assert_array_equal(known.covariates, blind.covariates)


def test_ages_and_needs_levels_hold_for_both_sides(registers: Tables) -> None:
    people = replace(PEOPLE, age_from=25, age_to=40, needs_levels=("situasjonsbestemt_innsats",))
    found = with_comparison(registers, people, per_treated=1, seed=1)
    age = found.covariates[:, found.names.index("age")]
    assert age.min() >= 25
    assert age.max() <= 40
    assert not found.covariates[:, found.names.index("reduced_capacity")].any()


@pytest.mark.parametrize(
    ("people", "code"),
    [(replace(PEOPLE, measures=("no_such",)), "no_treated"),
     (replace(PEOPLE, first_month=1900 * 12, last_month=1901 * 12), "no_treated"),
     (replace(PEOPLE, age_from=71, age_to=72), "no_treated")],
)  # fmt: skip
def test_a_population_nobody_meets(registers: Tables, people: Population, code: str) -> None:
    with pytest.raises(CannotEstimate) as caught:
        with_comparison(registers, people, per_treated=1, seed=1)
    assert caught.value.code == code


def test_nobody_to_compare_with(registers: Tables) -> None:
    everyone = pc.is_in(registers["needs_levels"]["person"], pa.array(stays_of(registers, PEOPLE).person))
    alone = registers | {"needs_levels": registers["needs_levels"].filter(everyone)}
    with pytest.raises(CannotEstimate) as caught:
        with_comparison(alone, PEOPLE, per_treated=1, seed=1, never=True)
    assert caught.value.code == "no_comparison"


def test_a_needs_level_decided_anew_begins_no_registration() -> None:
    levels = pa.table({"person": [1, 1, 1, 2], "needs_level": ["a", "b", "a", "a"], "month_from": [10, 15, 40, 10],
                       "month_to": [14, 30, 50, 12]})  # fmt: skip
    person, start = np.array([1, 1, 1, 1, 1, 2, 2]), np.array([12, 16, 31, 32, 42, 12, 20])
    found = months_registered({"needs_levels": levels}, person, start)
    assert found.tolist() == [2, 6, 21, -1, 2, 2, -1]
