"""Held against the truth: coverage over drawn providers, measures, trials and costs, and Simulated Norway itself.

Few draws, so wide limits; nominal 95 % must lie within Monte-Carlo error (three standard errors).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from springbrett.evaluation.cohort import Cohort, Population, stays_of
from springbrett.evaluation.costs.effectiveness import cost_effectiveness
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.records import Estimand
from springbrett.evaluation.outcomes.definitions import load_outcomes, outcome_paths
from springbrett.evaluation.outcomes.paths import BEFORE, Window
from springbrett.evaluation.providers.casemix import Stays
from springbrett.evaluation.providers.target import Target, provider_results
from springbrett.evaluation.sidebyside import Participants, side_by_side
from springbrett.evaluation.simulate.norway import Simulated, simulate
from springbrett.evaluation.trials import Persons, office_values, trial_results

MIX = np.array([0.6, -0.4])


def within(hits: np.ndarray, nominal: float = 0.95, units: int | None = None) -> bool:
    """Whether a share of hits lies within three Monte-Carlo standard errors of the nominal."""
    count = units or hits.size
    return bool(abs(hits.mean() - nominal) <= 3 * np.sqrt(nominal * (1 - nominal) / count))


def test_intervals_of_providers_hold_the_truth_and_shrinking_comes_nearer_than_the_raw_figure() -> None:
    rng = np.random.default_rng(1)
    hits, near, far, spread, flagged, wrong = [], [], [], [], 0.0, 0.0
    for _draw in range(12):
        stays = rng.integers(1, 120, 50)
        shift = 0.35 * rng.standard_normal(50)
        provider = np.repeat(np.arange(50), stays)
        x = rng.standard_normal((len(provider), 2))
        base = x @ MIX - 0.1
        success = rng.random(len(provider)) < 1 / (1 + np.exp(-base - shift[provider]))
        truth = np.array([np.mean(1 / (1 + np.exp(-base - u))) for u in shift])
        own = np.array([np.mean(1 / (1 + np.exp(-base[provider == j] - u))) for j, u in enumerate(shift)])
        found = provider_results(Stays(success, provider, x, ("a", "b")), Target(0.5))
        rows = found.rows
        hits.append([r.standard is not None and r.standard.lower <= t <= r.standard.upper
                     for r, t in zip(rows, truth, strict=True)])  # fmt: skip
        near.append([(r.standard.value - t) ** 2 for r, t in zip(rows, truth, strict=True) if r.standard])
        far.append([(r.adjusted - t) ** 2 for r, t in zip(rows, truth, strict=True)])
        assert found.spread is not None
        spread.append(found.spread.lower <= 0.35 <= found.spread.upper)
        flagged += found.under
        wrong += sum(r.standing == "under" and t >= 0.5 for r, t in zip(rows, own, strict=True))
    assert within(np.array(hits), units=300)
    assert np.mean(near) < 0.5 * np.mean(far)
    assert np.mean(spread) >= 10 / 12
    assert flagged > 20
    assert wrong / flagged < 0.1  # asked for at least nine in ten to be right


def several(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Covariates, chances of three measures, outcome chances in each, and what was drawn."""
    x = rng.standard_normal((count, 2))
    odds = np.exp(x @ np.array([[0, 0], [0.4, 0.5], [-0.5, 0.3]]).T)
    chance = odds / odds.sum(axis=1, keepdims=True)
    group = (rng.random(count)[:, None] > chance.cumsum(axis=1)).sum(axis=1)
    means = np.array([1 / (1 + np.exp(-x @ MIX - shift)) for shift in (0.0, 0.3, -0.2)]).T
    return x, chance, means, group, (rng.random(count) < means[np.arange(count), group]).astype(float)


@pytest.mark.parametrize("population", [Estimand.ATE, Estimand.ATO, Estimand.ATT])
def test_fair_means_of_measures_cover_the_truth_in_every_population(population: Estimand) -> None:
    rng = np.random.default_rng(2)
    _x, chance, means, _group, _y = several(300_000, rng)
    tilt = {Estimand.ATE: np.ones(len(chance)), Estimand.ATO: 1 / (1 / chance).sum(axis=1),
            Estimand.ATT: chance[:, 1]}[population]  # fmt: skip
    truth = tilt @ means / tilt.sum()
    hits, off = [], []
    for _draw in range(80):
        x, _chance, _means, group, y = several(900, rng)
        found = side_by_side(Participants(y, group, ("a", "b", "c"), x, ("p", "q")), population=population, of="b")
        hits.append([r.fair_interval[0] <= t <= r.fair_interval[1] for r, t in zip(found.rows, truth, strict=True)])
        off.append([r.fair - t for r, t in zip(found.rows, truth, strict=True)])
    assert within(np.array(hits), units=120)
    assert np.abs(np.mean(off, axis=0)).max() < 0.01


def test_five_trial_offices_are_found_no_more_often_than_chance_allows() -> None:
    rng = np.random.default_rng(3)
    hits, pooled, drawn, held = [], [], [], []
    for _draw in range(60):
        office = np.repeat(np.arange(15), 60)
        y = 0.4 + 0.06 * rng.standard_normal(15)[office] + 0.1 * (office < 5) + 0.45 * rng.standard_normal(900)
        found = trial_results(office_values(Persons(y, office, np.arange(5), np.zeros((900, 0)))))
        hits.append([row.interval[0] <= 0.1 <= row.interval[1] for row in found.offices])
        pooled.append(found.pooled.interval[0] <= 0.1 <= found.pooled.interval[1])
        held.append(found.randomisation_interval[0] <= 0.1 <= found.randomisation_interval[1])
        still = Persons(y - 0.1 * (office < 5), office, np.arange(5), np.zeros((900, 0)))
        drawn.append(trial_results(office_values(still)).randomisation_p <= 0.05)
    assert within(np.array(hits), units=100)
    assert within(np.array(pooled))
    assert within(np.array(held))
    assert within(np.array(drawn), 0.05)


def test_persons_as_if_offices_did_not_matter_are_shown_failing() -> None:
    """The common mistake: an interval by persons, with offices that differ, misses far more often than it says."""
    rng, hits = np.random.default_rng(4), []
    for _draw in range(60):
        office = np.repeat(np.arange(15), 60)
        y = 0.4 + 0.1 * rng.standard_normal(15)[office] + 0.45 * rng.standard_normal(900)
        inside = office < 5
        se = np.sqrt(y[inside].var() / inside.sum() + y[~inside].var() / (~inside).sum())
        hits.append(abs(y[inside].mean() - y[~inside].mean()) < 1.96 * se)
    assert np.mean(hits) < 0.8


def test_cost_per_extra_month_covers_the_truth_by_both_roads() -> None:
    rng = np.random.default_rng(5)
    by_fieller, by_draws = [], []
    for number in range(80):
        treated = np.arange(400) < 200
        effect = 5 + 1.0 * treated + 3 * rng.standard_normal(400)
        cost = rng.gamma(2, 5_000, 400) + 20_000 * treated - 1_500 * effect
        found = cost_effectiveness(cost, effect, Resampling(treated, draws=400, seed=number))
        by_fieller.append(found.fieller.holds(18_500))
        if found.bootstrap is not None:
            by_draws.append(found.bootstrap[0] <= 18_500 <= found.bootstrap[1])
    assert within(np.array(by_fieller))
    assert len(by_draws) > 60
    assert within(np.array(by_draws))


# Simulated Norway


@lru_cache(maxsize=1)
def norway() -> Simulated:
    """Registers from 2011, so that the trial of offices, 2012 to 2016, lies in them."""
    return simulate(persons=60_000, years=8, first_year=2011, seed=3)


def outcome(cohort: Cohort, code: str, month: int) -> np.ndarray:
    simulated = norway()
    window = Window(simulated.first_month, simulated.first_month + 95)
    paths = outcome_paths(load_outcomes()[code], simulated.registers, cohort.person, cohort.start, window)
    return paths[:, BEFORE + month]


def test_aft_providers_of_simulated_norway_are_told_apart_better_by_shrinking() -> None:
    """Half of every provider's stays foretell the other half: the shrunk share misses by less than the raw one."""
    first = norway().first_month
    cohort = stays_of(norway().registers, Population(("aft",), first, first + 95 - 24))
    y = outcome(cohort, "in_work_or_education", 24) > 0
    half = np.random.default_rng(0).random(len(y)) < 0.5
    stays = Stays(y[half], cohort.provider[half], cohort.covariates[half], cohort.names)
    found = provider_results(stays, Target(0.5))
    later = np.array([y[~half & (cohort.provider == row.provider)].mean() for row in found.rows])
    shrunk = np.array([row.own.value for row in found.rows if row.own])
    raw = np.array([row.observed.value for row in found.rows])
    assert len(found.rows) == 60
    assert ((shrunk - later) ** 2).mean() < 0.8 * ((raw - later) ** 2).mean()


def test_the_better_aft_providers_of_simulated_norway_rank_higher() -> None:
    first = norway().first_month
    cohort = stays_of(norway().registers, Population(("aft",), first, first + 95 - 24))
    y = outcome(cohort, "in_work_or_education", 24) > 0
    found = provider_results(Stays(y, cohort.provider, cohort.covariates, cohort.names), Target(0.5))
    truth = norway().preferences.provider[[row.provider for row in found.rows]]
    shares = [row.standard.value for row in found.rows if row.standard]
    assert np.corrcoef(truth, shares)[0, 1] > 0.4
    assert next(c for c in found.diagnostics if c.code == "case_mix_sorting").passed  # drawn without regard to person


def test_measures_of_simulated_norway_side_by_side() -> None:
    """AAP as wage subsidy stands best as it is, and further ahead when everyone is alike: it takes only those with
    reduced capacity, and the others are left out by name. Two measures have no data."""
    codes = ("aap_som_lonnstilskudd", "oppfolging", "kjerneoppgaver", "supported_employment_forsok")
    first = norway().first_month + 24
    cohort = stays_of(norway().registers, Population(codes, first, first + 47))
    measure = np.array([codes.index(code) for code in cohort.measure])
    data = Participants(outcome(cohort, "in_work", 12), measure, codes, cohort.covariates, cohort.names, cohort.person)
    found = side_by_side(data, asked=(*codes, "snart_ansatt", "ips"))
    raw, fair = [row.raw for row in found.rows], [row.fair for row in found.rows]
    assert raw == pytest.approx([0.51, 0.46, 0.43, 0.37], abs=0.05)
    assert int(np.argmax(raw)) == int(np.argmax(fair)) == 0
    assert found.pairs[0].value > found.pairs[0].raw + 0.04
    assert found.lacking == ("snart_ansatt", "ips")
    assert [(row.covariate, row.value) for row in found.left_out] == [("reduced_capacity", 0.0)]
    assert not found.failed


def test_trial_offices_of_simulated_norway_office_by_office() -> None:
    """Kjerneoppgaver at five offices against the follow-up bought elsewhere, under the trial."""
    first = norway().first_month + 12
    cohort = stays_of(norway().registers, Population(("kjerneoppgaver", "oppfolging"), first, first + 59))
    offices = norway().registers["offices"]
    trial = np.asarray(offices["office"].to_numpy())[np.asarray(offices["trial_from"].is_valid())]
    ours = (cohort.measure == "kjerneoppgaver") | ~np.isin(cohort.office, trial)
    y = outcome(cohort, "in_work", 12)
    data = Persons(y[ours], cohort.office[ours], trial, cohort.covariates[ours], cohort.names)
    found = trial_results(office_values(data))
    assert [row.office for row in found.offices] == sorted(trial.tolist())
    assert found.pooled.method == "trial_offices_comparison"
    truth = np.array(norway().world.measures["kjerneoppgaver"].office_effects)  # log odds a month
    value = np.array([row.value for row in found.offices])
    assert value[truth > 0].mean() > value[truth == 0].mean()
    assert found.shrunk is not None
    assert np.ptp(found.shrunk.value) <= np.ptp(value)
