"""Effects over time from sums give what loops over units give, whatever the panel."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did import variances as variances_module
from springbrett.evaluation.effects.did.band import Band
from springbrett.evaluation.effects.did.cells import Unbalanced, reduce
from springbrett.evaluation.effects.did.dose import two_way_residual
from springbrett.evaluation.effects.did.group_time import GroupTimes, group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections
from springbrett.evaluation.effects.did.panel import NEVER, first_of
from springbrett.evaluation.effects.did.permutation import Units, randomisation
from springbrett.evaluation.effects.did.twoway import decompose, two_way_effect
from springbrett.evaluation.effects.did.wild import wild_bootstrap
from springbrett.evaluation.effects.records import CannotEstimate, EffectPath
from tests.builders.panels import frame, panel

NO_BAND = Band(draws=0)
seeds = st.integers(0, 100_000)
shapes = st.tuples(seeds, st.sampled_from([24, 60]), st.sampled_from([1.0, 0.97, 0.8]))


def mean(part: pd.DataFrame, weights: np.ndarray) -> float:
    return float(np.average(part.y, weights=weights))


class Slow:
    """Group-time effects one unit at a time: values (J) and each unit's influence (units × J)."""

    def __init__(self, data: pd.DataFrame, *, weight: bool, stratum: bool, cluster: bool, rule: Unbalanced) -> None:
        self.rule = rule
        self.names = sorted(data.u.unique())
        first = data.groupby("u").first()
        self.g = {u: int(first_of(np.array([first.g[u]]))[0]) for u in self.names}
        self.w = {u: float(first.w[u]) if weight else 1.0 for u in self.names}
        self.s = {u: int(first.s[u]) if stratum else 0 for u in self.names}
        self.c = {u: int(first.c[u]) if cluster else int(u) for u in self.names}
        self.clustered = cluster
        self.y = {(u, t): y for u, t, y in zip(data.u, data.t, data.y, strict=True)}

    def seen(self, u: int, t: int, b: int) -> tuple[bool, bool]:
        at, before = (u, t) in self.y, (u, b) in self.y
        return (at and before, at and before) if self.rule is Unbalanced.PAIRS else (at, before)

    def effect(self, g: int, t: int, b: int, limit: int) -> tuple[float, np.ndarray]:
        own = [u for u in self.names if self.g[u] == g]
        other = [u for u in self.names if self.g[u] > limit and self.g[u] != g]
        total = sum(self.w[u] for u in own if self.seen(u, t, b)[0])
        value, psi, parts = 0.0, np.zeros(len(self.names)), []
        for s in sorted({self.s[u] for u in own if self.seen(u, t, b)[0]}):
            means, sizes = {}, {}
            for side, who in (("own", own), ("other", other)):
                for when, place in (("t", 0), ("b", 1)):
                    here = [u for u in who if self.s[u] == s and self.seen(u, t, b)[place]]
                    sizes[side, when] = sum(self.w[u] for u in here)
                    period = t if when == "t" else b
                    means[side, when] = sum(self.w[u] * self.y[u, period] for u in here) / sizes[side, when]
            gap = means["own", "t"] - means["own", "b"] - means["other", "t"] + means["other", "b"]
            share = sizes["own", "t"] / total
            value += share * gap
            parts.append((s, gap, share, means, sizes))
        for s, gap, share, means, sizes in parts:
            for k, u in enumerate(self.names):
                if self.s[u] != s or (u not in own and u not in other):
                    continue
                side, sign = ("own", 1.0) if u in own else ("other", -1.0)
                at, before = self.seen(u, t, b)
                if at:
                    psi[k] += self.w[u] * sign * share / sizes[side, "t"] * (self.y[u, t] - means[side, "t"])
                    psi[k] += self.w[u] * (gap - value) / total if u in own else 0.0
                if before:
                    psi[k] -= self.w[u] * sign * share / sizes[side, "b"] * (self.y[u, b] - means[side, "b"])
        return value, psi

    def se(self, psi: np.ndarray) -> float:
        if not self.clustered:
            return float(np.sqrt((psi**2).sum()))
        sums = pd.Series(psi).groupby([self.c[u] for u in self.names]).sum()
        return float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)))

    def check(self, found: GroupTimes) -> None:
        values, psis = [], []
        for j in range(len(found.group)):
            g, t = int(found.group[j]), int(found.period[j])
            b = g - 1 if t >= g else t - 1
            limit = int(found.periods[-1]) if found.comparison == "never" else max(t, b)
            value, psi = self.effect(g, t, b, limit)
            assert found.value[j] == pytest.approx(value, abs=1e-9)
            assert found.se[j] == pytest.approx(self.se(psi), rel=1e-7, abs=1e-9)
            values.append(value)
            psis.append(psi)
        self._aggregate(found, np.array(values), np.array(psis))

    def _aggregate(self, found: GroupTimes, values: np.ndarray, psis: np.ndarray) -> None:
        whole = sum(self.w.values())
        p = {g: sum(self.w[u] for u in self.names if self.g[u] == g) / whole for g in set(self.g.values())}
        path = found.event_study(band=NO_BAND)
        for label, value, se in zip(path.months, path.value, path.se, strict=True):
            js = np.flatnonzero(found.period - found.group == label)
            share = np.array([p[int(found.group[j])] for j in js])
            assert value == pytest.approx(share @ values[js] / share.sum(), abs=1e-9)
            psi = share @ psis[js] / share.sum()
            for k, u in enumerate(self.names):
                moved = np.array([self.w[u] / whole * ((self.g[u] == int(found.group[j])) - p[int(found.group[j])])
                                  for j in js])  # fmt: skip
                psi[k] += (moved @ values[js] - moved.sum() * value) / share.sum()
            assert se == pytest.approx(self.se(psi), rel=1e-7, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    shapes,
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from(["never", "not_yet"]),
    st.sampled_from(list(Unbalanced)),
    st.sampled_from([2, 600]),
)
def test_sums_by_cell_give_what_loops_over_units_give(
    shape: tuple[int, int, float], has: tuple[bool, bool, bool], comparison: str, rule: Unbalanced, together: int
) -> None:  # fmt: skip
    (seed, units, kept), (cluster, stratum, weight) = shape, has
    data = frame(seed, units, 5, (0, 3, 4), kept=kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variances_module, "TOGETHER", together)  # below it all covariances, above it errors one by one
        patch.setattr(variances_module, "ROOM", 100)
        check_against_loops(data, (cluster, stratum, weight), comparison, rule)


def check_against_loops(
    data: pd.DataFrame, has: tuple[bool, bool, bool], comparison: str, rule: Unbalanced
) -> None:  # fmt: skip
    cluster, stratum, weight = has
    try:
        found = group_time(panel(data, cluster=cluster, stratum=stratum, weight=weight),
                           comparison="never" if comparison == "never" else "not_yet", unbalanced=rule)  # fmt: skip
    except CannotEstimate as problem:
        assume(problem.code not in {"no_overlap", "no_comparison", "no_treated"})
        raise
    Slow(data, weight=weight, stratum=stratum, cluster=cluster, rule=rule).check(found)


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.85]), st.booleans(), st.booleans())
def test_effects_of_unit_and_period_taken_out_in_cells_are_dummies(
    seed: int, kept: float, cluster: bool, weight: bool
) -> None:  # fmt: skip
    data = frame(seed, 30, 5, (0, 3, 4), kept=kept)
    on = ((data.g > 0) & (data.t >= data.g)).to_numpy(float)
    x = np.column_stack([on, pd.get_dummies(data.u), pd.get_dummies(data.t).to_numpy()[:, 1:]]).astype(float)
    root = np.sqrt(data.w.to_numpy() if weight else np.ones(len(data)))
    beta, *_rest = np.linalg.lstsq(x * root[:, None], data.y * root, rcond=None)
    assume(np.linalg.matrix_rank(x) == x.shape[1])
    found = two_way_effect(panel(data, cluster=cluster, weight=weight))
    assert found.value == pytest.approx(beta[0], abs=1e-8)
    bread = np.linalg.pinv((x * root[:, None]).T @ (x * root[:, None]))
    scores = x * (root**2 * (data.y.to_numpy() - x @ beta))[:, None]
    by = (data.c if cluster else data.u).to_numpy()
    summed = np.stack([scores[by == name].sum(axis=0) for name in np.unique(by)])
    once = data.groupby("u").t.transform("size") > 1
    rows, count = int(once.sum()), len(np.unique(by))
    degrees = 1 + data.t.nunique()
    variance = (bread @ summed.T @ summed @ bread)[0, 0] * count / (count - 1) * (rows - 1) / (rows - degrees)
    assert found.se == pytest.approx(np.sqrt(variance), rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_all_two_by_two_differences_add_up_to_the_single_effect(seed: int) -> None:
    data = frame(seed, 40, 6, (0, 1, 3, 4, 6))
    parts = decompose(panel(data))
    assert sum(part.weight for part in parts) == pytest.approx(1)
    assert sum(part.weight * part.value for part in parts) == pytest.approx(two_way_effect(panel(data)).value)


def imputed_by_hand(data: pd.DataFrame, w: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Treated rows with their effect, and each row's weight in the overall mean effect, by dummies."""
    on = ((data.g > 0) & (data.t >= data.g)).to_numpy()
    x = np.column_stack([pd.get_dummies(data.u), pd.get_dummies(data.t)]).astype(float)
    root = np.sqrt(w[~on])
    beta, *_rest = np.linalg.lstsq(x[~on] * root[:, None], data.y[~on] * root, rcond=None)
    effect = (data.y - x @ beta).to_numpy()
    known = on & np.array([np.abs(x[~on].T @ np.linalg.pinv(x[~on].T) @ row - row).max() < 1e-8 for row in x])
    weight = np.where(known, w / w[known].sum(), 0.0)
    bread = np.linalg.pinv(x[~on].T @ (x[~on] * w[~on, None]))
    weight[~on] = -w[~on] * (x[~on] @ bread @ (x[known].T @ weight[known]))
    held = data.assign(effect=effect, known=known, weight=weight, on=on, own=w)
    return held, weight


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.8]), st.booleans(), st.booleans())
def test_imputation_by_periods_is_imputation_by_dummies(seed: int, kept: float, cluster: bool, weight: bool) -> None:
    data = frame(seed, 25, 5, (0, 1, 3, 4), kept=kept)
    held, by_hand = imputed_by_hand(data, data.w.to_numpy(float) if weight else np.ones(len(data)))
    assume(held.known.any())
    try:
        found = imputation(reduce(panel(data, cluster=cluster, weight=weight)), band=NO_BAND).overall
    except CannotEstimate as problem:
        assume(problem.code == "singular")
        return
    assert found.value == pytest.approx(float(by_hand @ data.y), abs=1e-8)
    treated = held[held.known]
    centre = (treated.effect * treated.own).groupby([treated.g, treated.t]).transform("sum")
    centre = centre / treated.own.groupby([treated.g, treated.t]).transform("sum")
    left = held.effect.where(~held.known, held.effect - centre.reindex(held.index)).to_numpy()
    psi = pd.Series(np.where(held.on & ~held.known, 0.0, by_hand * left))
    psi = psi.groupby((held.c if cluster else held.u).to_numpy()).sum()
    assert found.se == pytest.approx(float(np.sqrt((psi**2).sum())), rel=1e-6)


def projected_by_hand(data: pd.DataFrame, h: int) -> tuple[float, float] | None:
    """The regression of the change on having just been treated, with period dummies."""
    y = {(u, t): v for u, t, v in zip(data.u, data.t, data.y, strict=True)}
    g = data.groupby("u").g.first().replace(0, NEVER).to_dict()
    rows = [
        (u, t, float(g[u] == t), y[u, t + h] - y[u, t - 1])
        for u, t in product(g, range(2, 7))
        if (u, t + h) in y and (u, t - 1) in y and (g[u] == t or g[u] > max(t + h, t))
    ]
    held = pd.DataFrame(rows, columns=["u", "t", "d", "change"])
    if held.empty or held.d.sum() in {0, len(held)}:
        return None
    x = np.column_stack([held.d, pd.get_dummies(held.t)]).astype(float)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ held.change
    scores = x * (held.change - x @ beta).to_numpy()[:, None]
    summed = np.stack([scores[held.u == name].sum(axis=0) for name in held.u.unique()])
    count, rows_used = len(summed), len(held)
    factor = count / (count - 1) * (rows_used - 1) / (rows_used - x.shape[1])
    return float(beta[0]), float(np.sqrt((bread @ summed.T @ summed @ bread)[0, 0] * factor))


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.85]))
def test_projections_read_off_cells_are_regressions_on_rows(seed: int, kept: float) -> None:
    data = frame(seed, 40, 6, (0, 3, 4), kept=kept)
    try:
        found: EffectPath = local_projections(panel(data), first=-2, last=2, band=NO_BAND)
    except CannotEstimate:
        assume(False)
    for month, value, se in zip(found.months.tolist(), found.value, found.se, strict=True):
        by_hand = projected_by_hand(data, month)
        if by_hand is not None:
            assert (value, se) == (pytest.approx(by_hand[0], abs=1e-9), pytest.approx(by_hand[1], rel=1e-7))


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_the_wild_bootstrap_in_tables_is_refitting_on_every_pattern(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(6), 8)
    treated = (cluster % 2 == 0) & (rng.random(48) < 0.8)
    x = rng.normal(size=(48, 1))
    y = x[:, 0] + 0.5 * treated + rng.normal(size=6)[cluster] + rng.normal(size=48)
    whole = np.column_stack([np.ones(48), treated, x])

    def t_of(values: np.ndarray) -> float:
        bread = np.linalg.inv(whole.T @ whole)
        beta = bread @ whole.T @ values
        scores = whole * (values - whole @ beta)[:, None]
        summed = np.stack([scores[cluster == c].sum(axis=0) for c in range(6)])
        return float(abs(beta[1]) / np.sqrt((bread @ summed.T @ summed @ bread)[1, 1]))

    null = np.delete(whole, 1, axis=1)
    fitted = null @ np.linalg.lstsq(null, y, rcond=None)[0]
    seen = t_of(y)
    drawn = [t_of(fitted + (y - fitted) * np.array(v)[cluster]) for v in product((-1, 1), repeat=6)]
    found = wild_bootstrap(Comparison(y, treated, x, ("x",), cluster), points="rademacher")
    assert found.p_value == pytest.approx(np.mean([t >= seen - 1e-9 for t in drawn]))


@settings(max_examples=20, deadline=None)
@given(seeds, st.booleans(), st.sampled_from([0, 5, 4]))
def test_the_interval_of_randomisation_holds_exactly_what_is_not_ruled_out(
    seed: int, weighted: bool, in_first: int
) -> None:  # fmt: skip
    """In one block, in two where as large a share is drawn, and in two where it is a quarter and a half."""
    rng = np.random.default_rng(seed)
    treated = np.array([True, False, False, False, True, False, True, False, True, False])
    weight = rng.uniform(1, 5, 10) if weighted else None
    block = (np.arange(10) >= in_first).astype(int) if in_first else None
    outcome = rng.normal(size=10) + (0 if block is None else 2 * block)
    found = randomisation(Units(outcome, treated, weight, block))
    low, high = found.interval

    def p_at(effect: float) -> float:
        return float(randomisation(Units(outcome - effect * treated, treated, weight, block)).p_value or 0)

    for inside, outside in ((low + 1e-6, low - 1e-6), (high - 1e-6, high + 1e-6)):
        if np.isfinite(inside):
            assert p_at(inside) > 0.05
            assert p_at(outside) <= 0.05


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.7]))
def test_region_and_month_taken_out_exactly(seed: int, kept: float) -> None:
    data = frame(seed, 15, 5, kept=kept)
    x = np.column_stack([pd.get_dummies(data.u), pd.get_dummies(data.t)]).astype(float)
    beta, *_rest = np.linalg.lstsq(x, data.y, rcond=None)
    left, taken = two_way_residual(data.u.to_numpy(), data.t.to_numpy(), data.y.to_numpy()[:, None])
    np.testing.assert_allclose(left[:, 0], data.y - x @ beta, atol=1e-9)
    assert taken == np.linalg.matrix_rank(x)
