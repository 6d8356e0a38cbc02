"""On data whose truth is known, the estimators of when come near it, and their intervals hold it as often as they say.

Few draws, so the tests are quick: a share of draws may lie within three Monte-Carlo errors of what is promised. The
large runs are in tests/bench.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
import pytest

from springbrett.evaluation.effects.durations.incidence import cumulative_incidence
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.durations.timing import effect_of_treatment, treatment_histories
from springbrett.evaluation.effects.leniency import leniency
from springbrett.evaluation.effects.notyet import NotYet, Waiting, not_yet_treated
from springbrett.evaluation.effects.sequence import TwoSteps, marginal_structural
from tests.builders.durations import assigned, histories_of, waiting

LEVEL = 0.95


def held(intervals: Iterable[tuple[float, float]], truth: float) -> tuple[float, int]:
    drawn = list(intervals)
    return float(np.mean([low <= truth <= high for low, high in drawn])), len(drawn)


def promised(share: float, draws: int) -> bool:
    return abs(share - LEVEL) <= 3 * np.sqrt(LEVEL * (1 - LEVEL) / draws)


def competing(seed: int) -> Spells:
    rng = np.random.default_rng(seed)
    job, school, seen = rng.exponential(10.0, 600), rng.exponential(20.0, 600), rng.uniform(2.0, 20.0, 600)
    exit_ = np.minimum(np.minimum(job, school), seen)
    return Spells(exit_, np.where(exit_ == job, 1, np.where(exit_ == school, 2, 0)), ("job", "education"))


def test_the_share_who_found_a_job() -> None:
    rate, total = 0.1, 0.15
    truth = rate / total * (1 - np.exp(-total * 8.0))
    found = [cumulative_incidence(competing(seed), "job", at=np.array([8.0])) for seed in range(400)]
    assert np.mean([one.share[0] for one in found]) == pytest.approx(truth, abs=0.006)
    assert promised(*held([(one.lower[0], one.upper[0]) for one in found], truth))
    area = rate / total * (8.0 - (1 - np.exp(-total * 8.0)) / total)
    wide = [(one.months_gone - 1.96 * one.months_gone_se, one.months_gone + 1.96 * one.months_gone_se) for one in found]
    assert promised(*held(wide, area))


@cache
def against_not_yet(by_score: bool) -> list[NotYet]:
    return [not_yet_treated(waiting(400, seed, effect=0.4), by_score=by_score) for seed in range(200)]


def test_starting_now_month_by_month_and_summed() -> None:
    found = against_not_yet(True)
    assert promised(*held([one.path.overall.interval for one in found], 4 * 0.4 - 3 * 0.4))
    for month, truth in ((-1, 0.0), (1, -0.4), (5, 0.4)):
        at = int(np.flatnonzero(found[0].path.months == month)[0])
        assert promised(*held([(one.path.lower[at], one.path.upper[at]) for one in found], truth)), month


def test_the_band_holds_the_whole_path() -> None:
    truth = np.array([0, 0, -0.4, -0.4, -0.4, 0.4, 0.4, 0.4, 0.4])
    paths = [one.path for one in against_not_yet(True)]
    whole = [bool(((p.band_lower <= truth) & (truth <= p.band_upper)).all()) for p in paths]  # type: ignore[operator]
    assert promised(float(np.mean(whole)), len(whole))


def test_without_the_score_the_selection_stays_in_the_effect() -> None:
    share, _draws = held([one.path.overall.interval for one in against_not_yet(False)], 0.4)
    assert share < 0.6


def test_lock_in_and_the_month_it_has_paid_back() -> None:
    found = [one.phases for one in against_not_yet(True)]
    assert np.mean([one.lock_in.value for one in found if one.lock_in]) == pytest.approx(-1.2, abs=0.05)
    months = [one.break_even.month for one in found if one.break_even.month is not None]
    assert np.median(months) == 5
    inside = [one.break_even.lower <= 5 <= one.break_even.upper for one in found]
    assert np.mean(inside) >= 0.9  # months are whole: the interval is wider than asked for, rarely narrower


def test_a_person_in_many_rows_widens_the_error() -> None:
    """Rows of a person share what is particular to them; as if each were somebody new, intervals are too short."""

    def drawn(seed: int, *, own: bool) -> tuple[float, float]:
        base = waiting(600, seed, effect=0.0, persons=80)
        rng = np.random.default_rng(seed + 1000)
        kind = rng.random(80) < 0.5  # some take part more often and keep a particular level
        treated = rng.random(600) < np.where(kind, 0.85, 0.15)[base.person]
        particular = 1.5 * rng.standard_normal(80)
        person = base.person if own else np.arange(600)
        paths = base.paths - 0.5 * base.x[:, [0]] * (base.months >= 0) + particular[base.person][:, None]
        data = Waiting(person, treated, base.strata, np.zeros((600, 0)), (), paths, base.months)
        return not_yet_treated(data).path.overall.interval

    by_person, _draws = held([drawn(seed, own=True) for seed in range(150)], 0.0)
    by_row, _draws = held([drawn(seed, own=False) for seed in range(150)], 0.0)
    assert by_person >= 0.9
    assert by_row < by_person - 0.1


def test_the_caseworker_as_instrument() -> None:
    found = [leniency(assigned(800, seed)) for seed in range(200)]
    for name, intervals in (
        ("two-stage", [one.estimate.interval for one in found]),
        ("ujive", [one.ujive.interval for one in found]),
        ("anderson-rubin", [one.anderson_rubin for one in found if one.anderson_rubin_parts == "between"]),
    ):
        assert promised(*held(intervals, 0.5)), name
    assert np.mean([one.ujive.value for one in found]) == pytest.approx(0.5, abs=0.03)


def test_those_who_got_it_differ_from_those_who_did_not_by_more_than_the_effect() -> None:
    gaps = [(d := assigned(800, seed)).y[d.treated].mean() - d.y[~d.treated].mean() for seed in range(50)]
    assert np.mean(gaps) > 0.8


def test_the_unseen_is_told_from_the_effect_by_when_the_measure_begins() -> None:
    truth, draws = 0.3, 10
    found = []
    for seed in range(draws):
        spells, treated_at, x = histories_of(1500, seed, effect=truth)
        found.append(effect_of_treatment(treatment_histories(spells, treated_at, x, ("age",)), most=3))
    effects = [one.effects["job: treatment"] for one in found]
    values = np.array([one.value for one in effects])
    plain = np.array([one.path[0].effects["job: treatment"] for one in found])
    assert plain.mean() < 0  # one point: those who begin are those who would have stayed long
    assert values.mean() == pytest.approx(truth, abs=3 * values.std() / np.sqrt(draws) + 0.02)
    assert held([one.interval for one in effects], truth)[0] >= 0.8


def plans(seed: int, count: int = 800) -> TwoSteps:
    """The first step moves something that decides the second; both move the outcome."""
    rng = np.random.default_rng(seed)
    before = rng.standard_normal((count, 1))
    first = rng.random(count) < 1 / (1 + np.exp(-0.8 * before[:, 0]))
    between = (0.8 * first + 0.5 * before[:, 0] + rng.standard_normal(count))[:, None]
    second = rng.random(count) < 1 / (1 + np.exp(-0.8 * between[:, 0] + 0.4))
    y = 0.5 * before[:, 0] + 0.7 * between[:, 0] + 0.3 * first + 0.6 * second + rng.standard_normal(count)
    return TwoSteps(y, first, second, before, between)


def test_plans_of_two_steps() -> None:
    found = [marginal_structural(plans(seed)) for seed in range(200)]
    truth = {"first": 0.3 + 0.7 * 0.8, "second": 0.6, "both": 0.3 + 0.7 * 0.8 + 0.6}
    for name, value in truth.items():
        values = [one.effects[name].value for one in found]
        assert np.mean(values) == pytest.approx(value, abs=0.05), name
        share, draws = held([one.effects[name].interval for one in found], value)
        assert share > LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / draws), name  # never too short: see its docstring
