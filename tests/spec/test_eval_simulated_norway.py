"""Simulated Norway meets the figures it is calibrated to, and its truth is the truth."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from springbrett.evaluation.registers.check import check, fatal
from springbrett.evaluation.registers.read import Registers, read
from springbrett.evaluation.simulate.months import EDUCATION, WORK
from springbrett.evaluation.simulate.norway import Simulated, simulate, true_effects, write_simulated
from springbrett.evaluation.simulate.world import TRAITS, norway

PERSONS, YEARS = 120_000, 8
FIGURES = sorted(norway().meets)


@pytest.fixture(scope="module")
def lived() -> Simulated:
    return simulate(persons=PERSONS, years=YEARS, seed=8)


@pytest.fixture(scope="module")
def with_trial() -> Simulated:
    """Registers that reach from four years before the trial of offices to a year after it."""
    return simulate(persons=80_000, years=10, first_year=2008, seed=4)


def figure(lived: Simulated, name: str) -> float:
    if name.startswith("caseload_"):
        table = lived.registers["job_specialists"].to_pandas()
        return float(table[table.measure == name.removeprefix("caseload_")].caseload.mean())
    starts, names = lived.with_measures.starts, list(lived.world.measures)
    months = lived.with_measures.status.shape[0]
    work = lived.with_measures.status == WORK
    kind = name.partition("_in_arbeidstrening")[0]
    if name.startswith("in_work_"):
        chosen = (starts.measure == names.index(name.removeprefix("in_work_"))) & (starts.month >= 24)
        chosen &= starts.month < months - 13
        return float(work[starts.month[chosen] + 12, starts.person[chosen]].mean())
    placed = starts.measure == names.index("arbeidstrening")
    if name.startswith("purpose_"):
        purposes = list(lived.world.measures["arbeidstrening"].purposes)
        return float((starts.purpose[placed] == purposes.index(name.removeprefix("purpose_"))).mean())
    if name.startswith("aft"):
        chosen = (starts.measure == names.index("aft")) & (starts.month + starts.months < months - 6)
        end, person = (starts.month + starts.months)[chosen], starts.person[chosen]
        reached = work | (lived.with_measures.status == EDUCATION)
        return float(np.any([reached[end + later, person] for later in range(4)], axis=0).mean())
    if name.startswith("fall"):
        by_year = (lived.with_measures.measure == names.index("arbeidstrening")).sum(axis=1).reshape(YEARS, 12).mean(1)
        return float(by_year[6] / by_year[1])
    in_2022 = starts.person[placed & (starts.month >= 72) & (starts.month < 84)]
    trait = {"women": "woman", "under_30": "under_30", "reduced_capacity": "reduced_capacity"}[kind]
    return float(lived.people.traits[in_2022, TRAITS.index(trait)].mean())


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_evaluations_comes_out(lived: Simulated, with_trial: Simulated, name: str) -> None:
    value, tolerance, _where = lived.world.meets[name]
    found = figure(with_trial if name.endswith("kjerneoppgaver") else lived, name)
    assert found == pytest.approx(value, abs=tolerance)


def test_the_trial_is_under_way_at_five_offices_from_its_own_months_and_no_others(with_trial: Simulated) -> None:
    """Four years of registers before it; what it stands in for is not given where it is under way, and is elsewhere."""
    offices, spells = (with_trial.registers[name].to_pandas() for name in ("offices", "spells"))
    begins = offices.set_index("office").trial_from.dropna()
    assert len(begins) == 5 and begins.nunique() > 1
    assert begins.min() - with_trial.first_month >= 24
    month = spells.start.map(lambda day: day.year * 12 + day.month - 1)
    since = spells.office.map(begins)
    under_way = (month >= since) & (month <= 2016 * 12 + 11)
    assert (under_way[spells.measure == "kjerneoppgaver"]).all()
    for code in ("oppfolging", "avklaring"):
        of_measure = spells.measure == code
        assert not under_way[of_measure].any()
        assert ((month < since) & of_measure).sum() > 100, "they are what the offices did before"


def test_two_of_the_five_trial_offices_bring_more_into_work(with_trial: Simulated) -> None:
    starts = with_trial.with_measures.starts
    chosen = (starts.measure == list(with_trial.world.measures).index("kjerneoppgaver")) & (starts.month < 12 * 9 - 1)
    office = with_trial.people.office[starts.person[chosen]]
    work = with_trial.with_measures.status[starts.month[chosen] + 12, starts.person[chosen]] == WORK
    shares = [work[office == one].mean() for one in with_trial.preferences.trial_offices]
    assert min(shares[3:]) > max(shares[:3]) + 0.04


def test_who_changes_job_changes_employer_but_for_those_who_stay_where_they_were_placed(lived: Simulated) -> None:
    jobs = lived.registers["employment"].to_pandas()
    before = jobs.groupby("person").shift()
    goes_on = (jobs.month_from == before.month_to + 1) & (before.subsidised == True)  # noqa: E712
    same = jobs.employer == before.employer
    assert same[before.employer.notna() & ~goes_on].mean() < 0.05
    assert same[goes_on].mean() > 0.8
    spells = lived.registers["spells"].to_pandas()
    placed = spells[spells.measure == "arbeidstrening"]
    assert placed.employer.notna().all()
    met = placed.merge(jobs, on=("person"), suffixes=("", "_job"))
    there = met[met.employer == met.employer_job].drop_duplicates(["person", "start"])
    share = len(there[there.purpose == "job_in_company"]) / (placed.purpose == "job_in_company").sum()
    assert 0.1 < share < 0.5, "many who were to get a job in the company did, and most did not"


def test_trying_out_clarifies_many_and_their_needs_level_is_decided_anew(lived: Simulated) -> None:
    """Without ending the registration, and without moving them over the line of reduced work capacity."""
    levels = lived.registers["needs_levels"].to_pandas()
    before = levels.groupby("person").shift()
    goes_on = levels.month_from == before.month_to + 1
    assert goes_on.sum() > 1000
    moved = set(zip(before.needs_level[goes_on], levels.needs_level[goes_on], strict=True))
    assert moved == {("spesielt_tilpasset_innsats", "varig_tilpasset_innsats"),
                     ("situasjonsbestemt_innsats", "standard_innsats")}  # fmt: skip


def test_the_truth_is_nothing_before_the_start_then_lock_in_then_gain(lived: Simulated) -> None:
    rows = true_effects(lived).to_pandas()
    path = rows[(rows.measure == "arbeidstrening") & (rows.purpose == "") & (rows.outcome == "in_work")]
    effect = path.set_index("month").effect
    assert (effect.loc[-24:-1] == 0).all()
    assert effect.loc[2] < -0.03
    assert effect.loc[24] > 0.05


def test_the_registers_hold_together(lived: Simulated, tmp_path: Path) -> None:
    write_simulated(lived, tmp_path)
    assert fatal(check(read(tmp_path))) == ()
    assert pq.read_table(tmp_path / "truth" / "persons.parquet").num_rows == PERSONS
    assert "simulated" in (tmp_path / "simulated.json").read_text()


def test_the_same_seed_gives_the_same_country_and_another_another() -> None:
    one, two, other = (simulate(persons=500, years=4, seed=seed) for seed in (1, 1, 2))
    assert all(one.registers[name].equals(two.registers[name]) for name in one.registers)
    assert not one.registers["spells"].equals(other.registers["spells"])


def test_without_measures_nobody_is_in_one_and_the_luck_is_the_same() -> None:
    lived = simulate(persons=500, years=4, seed=3)
    assert (lived.without.measure == -1).all()
    untouched = ~np.isin(np.arange(500), lived.with_measures.starts.person)
    assert untouched.any()
    assert np.array_equal(lived.with_measures.status[:, untouched], lived.without.status[:, untouched])


def test_a_country_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        simulate(persons=0, years=4, seed=1)


def test_one_person_makes_registers_that_can_be_checked() -> None:
    found = check(Registers(simulate(persons=1, years=2, seed=1).registers))
    assert {f.problem for f in fatal(found)} <= {"empty_table"}
