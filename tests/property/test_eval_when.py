"""The fast estimators of when give what slow, obvious ones give, on any data drawn."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett.evaluation.effects.durations.discrete import discrete_hazards
from springbrett.evaluation.effects.durations.hazards import cox, fine_gray
from springbrett.evaluation.effects.durations.incidence import cumulative_incidence
from springbrett.evaluation.effects.durations.mixture import Histories, Mixture, Point, moved
from springbrett.evaluation.effects.durations.spells import Spells
from springbrett.evaluation.effects.durations.timing import treatment_histories
from springbrett.evaluation.effects.leaveout import judges_of, preference, ujive_instrument
from springbrett.evaluation.effects.notyet import not_yet_treated
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.effects.sequence import marginal_structural, transitions
from tests.builders.durations import assigned, histories_of, spells, waiting
from tests.unit.test_eval_when_edges import two_steps

SEED = st.integers(0, 10_000)


def slow_share(spells: Spells, number: int, time: float, weight: np.ndarray | None = None) -> float:
    """Aalen–Johansen, one time after the other, everybody counted anew each time."""
    w = np.ones(len(spells)) if weight is None else weight
    stay, share = 1.0, 0.0
    for t in sorted(set(spells.exit[spells.cause > 0])):
        if t > time:
            break
        at_risk = w[(spells.entered < t) & (spells.exit >= t)].sum()
        here = (spells.exit == t) & (spells.cause > 0)
        share += stay * w[here & (spells.cause == number)].sum() / at_risk
        stay *= 1 - w[here].sum() / at_risk
    return share


@given(SEED, st.integers(20, 60), st.booleans())
@settings(max_examples=40, deadline=None)
def test_cumulative_incidence(seed: int, count: int, late: bool) -> None:
    data = spells(count, seed, late=late)
    at = np.array([1.0, 4.0, 7.0])
    try:
        found = cumulative_incidence(data, "job", at=at)
    except CannotEstimate as refused:
        assert refused.facts or late or data.exit.max() < 7
        return
    assert found.share == pytest.approx([slow_share(data, 1, t) for t in at], abs=1e-12)
    step = 1e-5
    slopes = [
        (slow_share(data, 1, 7.0, 1 + step * one) - slow_share(data, 1, 7.0, 1 - step * one)) / (2 * step)
        for one in np.eye(count)
    ]
    assert found.se[2] == pytest.approx(np.sqrt(np.square(slopes).sum()), abs=1e-7)
    area = sum(slow_share(data, 1, t) for t in range(7))  # exits are at whole months
    assert found.months_gone == pytest.approx(area, abs=1e-10)


def slow_efron(data: Spells, x: np.ndarray, beta: np.ndarray) -> float:
    """The partial log-likelihood with ties by Efron, exit by exit."""
    line, total = np.exp(x @ beta), 0.0
    for t in sorted(set(data.exit[data.cause == 1])):
        tied = np.flatnonzero((data.exit == t) & (data.cause == 1))
        below = line[(data.entered < t) & (data.exit >= t)].sum()
        for k, who in enumerate(tied):
            total += np.log(line[who]) - np.log(below - k / len(tied) * line[tied].sum())
    return total


@given(SEED, st.booleans())
@settings(max_examples=25, deadline=None)
def test_cox_stands_at_the_top_of_the_slow_likelihood(seed: int, late: bool) -> None:
    data = spells(50, seed, late=late)
    x = np.random.default_rng(seed).standard_normal((50, 2))
    found = cox(data, "job", x, ("a", "b"))
    centred = x - x.mean(axis=0)
    top = slow_efron(data, centred, found.coefficients)
    assert found.log_likelihood == pytest.approx(top, abs=1e-9)
    for step in (0.01, -0.01):
        for one in np.eye(2):
            assert slow_efron(data, centred, found.coefficients + step * one) < top


@given(SEED)
@settings(max_examples=15, deadline=None)
def test_without_other_exits_fine_and_gray_is_cox(seed: int) -> None:
    data = spells(60, seed)
    alone = Spells(data.exit, (data.cause == 1).astype(np.int64), ("job",))
    x = np.random.default_rng(seed).standard_normal((60, 2))
    a, b = cox(alone, "job", x, ("a", "b")), fine_gray(alone, "job", x, ("a", "b"))
    assert a.coefficients == pytest.approx(b.coefficients, abs=1e-9)
    assert a.covariance == pytest.approx(b.covariance, abs=1e-9)


@given(SEED)
@settings(max_examples=15, deadline=None)
def test_without_censoring_fine_and_gray_keeps_who_left_another_way(seed: int) -> None:
    data = spells(60, seed, last=1e6)
    data = Spells(data.exit, np.where(data.cause == 0, 2, data.cause), data.causes)
    far = np.where(data.cause == 2, data.exit.max() + 1, data.exit)
    kept = Spells(far, (data.cause == 1).astype(np.int64), ("job",))
    x = np.random.default_rng(seed).standard_normal((60, 2))
    a, b = fine_gray(data, "job", x, ("a", "b")), cox(kept, "job", x, ("a", "b"))
    assert a.coefficients == pytest.approx(b.coefficients, abs=1e-9)


@given(SEED, st.booleans())
@settings(max_examples=20, deadline=None)
def test_monthly_hazards_stand_at_the_top_of_the_slow_likelihood(seed: int, late: bool) -> None:
    data = spells(80, seed, late=late)
    x = np.random.default_rng(seed).integers(0, 3, (80, 2)).astype(float)
    try:
        found = discrete_hazards(data, "job", x, ("a", "b"))
    except CannotEstimate as refused:  # few spells: everybody of a kind, or nobody, leaves in some month
        assert refused.code in {"not_converged", "singular"}
        return

    def slow(beta: np.ndarray, baseline: np.ndarray) -> float:
        total = 0.0
        for who in range(80):
            for month, alpha in zip(found.months, baseline, strict=True):
                if data.entered[who] < month <= data.exit[who]:
                    hazard = np.exp(alpha + x[who] @ beta)
                    leaves = data.exit[who] == month and data.cause[who] == 1
                    total += np.log(-np.expm1(-hazard)) if leaves else -hazard
        return total

    top = slow(found.hazards.coefficients, found.baseline)
    assert found.hazards.log_likelihood == pytest.approx(top, abs=1e-8)
    for step in (0.02, -0.02):
        for one in np.eye(2):
            assert slow(found.hazards.coefficients + step * one, found.baseline) < top
        assert slow(found.hazards.coefficients, found.baseline + step) < top


def slow_mixture(histories: Histories, point: Point) -> float:
    """The likelihood as it is written: person by person, point by point, row by row, way by way."""
    total = 0.0
    for person in np.unique(histories.person):
        parts = []
        for j, chance in enumerate(point.chance):
            level = np.log(chance)
            for row in np.flatnonzero(histories.person == person):
                for r, way in enumerate(histories.transitions):
                    if way.at_risk[row]:
                        line = way.x[row] @ point.beta[r] + point.mu[r, j]
                        level += way.ends[row] * line - histories.duration[row] * np.exp(line)
            parts.append(level)
        total += np.logaddexp.reduce(parts)
    return float(total)


@given(SEED, st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_the_mixture_and_its_slopes(seed: int, points: int) -> None:
    rng = np.random.default_rng(seed)
    data, at, x = histories_of(25, seed % 50)
    mixture = Mixture(histories := treatment_histories(data, at, x, ("age",), cuts=np.array([4.0])))
    chance = rng.random(points) + 0.1
    beta = tuple(0.2 * rng.standard_normal(k) for k in mixture.sizes)
    point = Point(beta, rng.normal(-2.5, 0.7, (2, points)), chance / chance.sum())
    level, gradient, hessian, outer = mixture.slopes(point, outer=True)
    assert level == pytest.approx(slow_mixture(histories, mixture.original(point)), rel=1e-9)
    step = 1e-5
    ahead = [moved(mixture, point, step * one) for one in np.eye(len(gradient))]
    behind = [moved(mixture, point, -step * one) for one in np.eye(len(gradient))]
    both = list(zip(ahead, behind, strict=True))
    slope = [(mixture.log_likelihood(a) - mixture.log_likelihood(b)) / (2 * step) for a, b in both]
    assert gradient == pytest.approx(np.array(slope), abs=1e-4)
    bend = [(mixture.slopes(a)[1] - mixture.slopes(b)[1]) / (2 * step) for a, b in both]
    assert hessian == pytest.approx(np.array(bend), abs=1e-3)
    assert (np.linalg.eigvalsh(outer) > -1e-8 * np.abs(outer).max()).all()


def slow_not_yet(data, odds: np.ndarray, month: int) -> float:  # type: ignore[no-untyped-def]
    total, count = 0.0, 0
    for who in np.flatnonzero(data.treated):
        others = np.flatnonzero(~data.treated & (data.strata == data.strata[who]))
        if len(others):
            total += data.paths[who, month] - np.average(data.paths[others, month], weights=odds[others])
            count += 1
    return total / count


@given(SEED, st.integers(60, 200))
@settings(max_examples=20, deadline=None)
def test_starting_now_against_not_yet(seed: int, count: int) -> None:
    data = waiting(count, seed)
    from springbrett.evaluation.effects.score import logit_score

    even = not_yet_treated(data, by_score=False)
    months = range(len(data.months))
    assert even.path.value == pytest.approx([slow_not_yet(data, np.ones(count), m) for m in months], abs=1e-10)
    usable = np.isin(data.strata, np.intersect1d(data.strata[data.treated], data.strata[~data.treated]))
    chance = np.zeros(count)
    chance[usable] = logit_score(data.x[usable], data.treated[usable]).chance
    found = not_yet_treated(data)
    odds = chance / (1 - chance)
    assert found.path.value == pytest.approx([slow_not_yet(data, odds, m) for m in months], abs=1e-7)


@given(SEED)
@settings(max_examples=15, deadline=None)
def test_leaving_ones_own_case_out(seed: int) -> None:
    data = assigned(120, seed, caseworkers=12)
    judges = judges_of(data.treated, data.judge, data.cell, data.x)
    cells = (judges.cell[:, None] == np.arange(judges.cell.max() + 1)).astype(float)
    plain = np.column_stack([cells, data.x[judges.kept]])
    full = np.column_stack([plain, judges.position[:, None] == np.arange(judges.position.max() + 1)]).astype(float)
    d = judges.treated
    hats = [m @ np.linalg.pinv(m.T @ m) @ m.T for m in (full, plain)]
    outs = [(h @ d - np.diag(h) * d) / (1 - np.diag(h)) for h in hats]
    dense = outs[0] - outs[1]
    assert ujive_instrument(judges) == pytest.approx(dense - hats[1] @ dense, abs=1e-8)
    left = d - hats[1] @ d
    others = [left[(judges.position == judges.position[i]) & (np.arange(len(d)) != i)].mean() for i in range(len(d))]
    assert preference(judges) == pytest.approx(np.array(others), abs=1e-9)


@given(SEED)
@settings(max_examples=15, deadline=None)
def test_plans_are_the_standardised_means_when_everything_is_yes_or_no(seed: int) -> None:
    """With saturated chances the weights give what Robins' g-formula gives, cell by cell."""
    data = two_steps(3000, seed)
    found = marginal_structural(replace(data, between=np.column_stack([data.between, data.between * data.before])))
    before, between = data.before[:, 0], data.between[:, 0]
    for number, (first, second) in enumerate([(False, False), (True, False), (False, True), (True, True)]):
        mean = 0.0
        for a in (0, 1):
            here = (before == a) & (data.first == first)
            for b in (0, 1):
                cell = here & (between == b) & (data.second == second)
                mean += (before == a).mean() * (between[here] == b).mean() * data.y[cell].mean()
        assert found.mean[number] == pytest.approx(mean, abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5), st.sampled_from("abc")), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_what_follows_what_is_counted(stays: list[tuple[int, int, str]]) -> None:
    person, start, measure = (np.array(column) for column in zip(*stays, strict=True))
    found = transitions(person, start, measure)
    slow: Counter[tuple[str, str]] = Counter()
    for who in set(person.tolist()):
        own = [m for _s, m in sorted((s, m) for p, s, m in stays if p == who)]
        slow.update(zip(own, [*own[1:], ""], strict=True))
    for (row, column), count in slow.items():
        assert found.count[found.measures.index(row), found.measures.index(column)] == count
    assert found.count.sum() == sum(slow.values()) == len(stays)
    assert found.share.sum(axis=1) == pytest.approx(1)
