"""What effects over time cannot answer they refuse, and what they leave out they say."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.did import stream as stream_module
from springbrett.evaluation.effects.did.band import Band, Multiplier, critical_value, joint_test, multipliers
from springbrett.evaluation.effects.did.cells import Reducer, reduce, reduce_blocks
from springbrett.evaluation.effects.did.covariates import group_time_with, two_by_two
from springbrett.evaluation.effects.did.dose import Dosed, dose_effect
from springbrett.evaluation.effects.did.group_time import group_time
from springbrett.evaluation.effects.did.imputation import imputation
from springbrett.evaluation.effects.did.lpdid import local_projections, pooled_projection
from springbrett.evaluation.effects.did.panel import NEVER, Panel, first_of, strata_of, widen
from springbrett.evaluation.effects.did.pretrends import drift_bounds, joint_pre_test, placebo_start
from springbrett.evaluation.effects.did.stacked import stacked
from springbrett.evaluation.effects.did.stream import Columns, reduce_parquet
from springbrett.evaluation.effects.did.sunab import interaction_weighted
from springbrett.evaluation.effects.did.table import ESTIMATORS
from springbrett.evaluation.effects.did.twoway import decompose, two_way_effect, two_way_path
from springbrett.evaluation.effects.records import CannotEstimate, EffectPath, Estimate
from springbrett.evaluation.effects.registry import ASSUMPTIONS
from tests.builders.panels import frame, panel, trial

DATA = frame(2, 120, 6, (0, 3, 4))
Path_of = Callable[[Panel], object]
ALL: dict[str, Path_of] = {
    "group_time": group_time,
    "interaction_weighted": interaction_weighted,
    "imputation": imputation,
    "local_projections": local_projections,
    "stacked": lambda held: stacked(held, first=-2, last=1),
    "two_way": two_way_path,
    "two_way_one": two_way_effect,
}
every_estimator = pytest.mark.parametrize("method", ALL.values(), ids=ALL.keys())


def code(work: Callable[[], object]) -> str:
    """Why it cannot be answered."""
    with pytest.raises(CannotEstimate) as problem:
        work()
    return problem.value.code


@every_estimator
def test_nobody_treated_is_said(method: Path_of) -> None:
    assert code(lambda: method(panel(DATA[DATA.g == 0]))) == "no_treated"


@pytest.mark.parametrize("method", [group_time, interaction_weighted, imputation, local_projections, ALL["stacked"]])
def test_nobody_to_compare_with_is_said(method: Path_of) -> None:
    same = DATA[DATA.g == 3]
    assert code(lambda: method(panel(same))) in {"no_comparison", "singular"}


def test_two_way_effects_need_somebody_who_is_not_treated_at_the_same_time() -> None:
    assert code(lambda: two_way_effect(panel(DATA[DATA.g == 3]))) == "singular"


@every_estimator
def test_one_cluster_is_said(method: Path_of) -> None:
    assert code(lambda: method(panel(DATA.assign(c=1), cluster=True))) == "one_cluster"


@pytest.mark.parametrize("method", [interaction_weighted, imputation, local_projections, two_way_effect])
def test_strata_are_refused_where_they_are_not_held_equal(method: Path_of) -> None:
    assert code(lambda: method(panel(DATA, stratum=True))) == "not_supported"


def test_a_path_from_sums_of_everyone_available_is_only_for_group_time_effects() -> None:
    cells = reduce(panel(frame(5, kept=0.8)), "available")
    assert group_time(cells).simple().n_treated > 0
    for method in (two_way_effect, interaction_weighted, local_projections, decompose):
        assert code(lambda method=method: method(cells)) == "not_supported"


def test_bad_panels_are_refused() -> None:
    u, t, g, y = (DATA[name].to_numpy() for name in "utgy")
    bad = y.copy()
    bad[3] = np.nan
    assert code(lambda: Panel(u, t, g, bad)) == "bad_input"
    assert code(lambda: Panel(u, t, g[1:], y)) == "bad_input"
    assert code(lambda: Panel(u, t.astype(float), g, y)) == "bad_input"
    assert code(lambda: Panel(u, t, g, y, weight=np.zeros(len(y)))) == "bad_input"
    assert (
        code(lambda: widen(Panel(np.append(u, u[0]), np.append(t, t[0]), np.append(g, g[0]), np.append(y, 1.0))))
        == "bad_input"
    )
    moved = g.copy()
    moved[0] = 9
    assert code(lambda: widen(Panel(u, t, moved, y))) == "bad_input"
    assert code(lambda: widen(Panel(u[1:], t[1:], moved[1:], y[1:], cluster=np.arange(len(y) - 1)))) == "bad_input"
    assert code(lambda: widen(Panel(u, t, g, y), np.arange(1, 4))) == "bad_input"
    assert code(lambda: group_time(panel(DATA), anticipation=-1)) == "bad_input"
    assert code(lambda: Reducer(np.arange(3)).finish()) == "bad_input"


def test_never_is_zero_missing_or_infinite() -> None:
    assert first_of(np.array([0.0, np.inf, np.nan, 5.0])).tolist() == [NEVER, NEVER, NEVER, 5]
    assert first_of(np.array([0, 5])).tolist() == [NEVER, 5]


def test_strata_number_combinations() -> None:
    assert strata_of(np.array([1, 1, 2]), np.array(["a", "b", "a"])).tolist() == [0, 1, 2]


@pytest.mark.parametrize("scale", [1, 10**9])
def test_the_order_and_the_numbers_of_units_do_not_matter(scale: int) -> None:
    shuffled = DATA.sample(frac=1, random_state=1)
    one = group_time(panel(DATA)).simple()
    other = group_time(panel(shuffled.assign(u=shuffled.u * scale - 7))).simple()
    assert (one.value, one.se) == (pytest.approx(other.value), pytest.approx(other.se))


def test_units_treated_from_the_start_are_left_out_and_counted() -> None:
    data = DATA.assign(g=np.where(DATA.u < 10, 1, DATA.g))
    found = group_time(panel(data))
    assert [check.value for check in found.diagnostics if check.code == "treated_from_the_start"] == [10.0]
    without = group_time(panel(DATA[DATA.u >= 10]))
    assert found.simple().value == pytest.approx(without.simple().value)
    assert found.simple().se == pytest.approx(without.simple().se)
    study = interaction_weighted(panel(data))
    assert study.overall.value == pytest.approx(interaction_weighted(panel(DATA[DATA.u >= 10])).overall.value)


def test_units_treated_after_the_panel_count_as_never_treated() -> None:
    later = panel(DATA.assign(g=DATA.g.replace(0, 99)))
    assert group_time(later).simple().value == pytest.approx(group_time(panel(DATA)).simple().value)


def test_without_anyone_never_treated_the_not_yet_treated_serve() -> None:
    data = DATA[DATA.g > 0]
    assert code(lambda: group_time(panel(data))) == "no_comparison"
    found = group_time(panel(data), comparison="not_yet")
    assert set(found.group[found.after]) == {3}
    assert set(found.period[found.after]) == {3}
    assert code(lambda: interaction_weighted(panel(data))) == "no_comparison"
    assert interaction_weighted(panel(data), comparison="last").months.tolist() == [-2, 0]


def test_a_stratum_without_comparison_is_refused_or_left_out_aloud() -> None:
    data = DATA.assign(s=np.where((DATA.g == 3) & (DATA.u % 2 == 0), 1, 0))
    assert code(lambda: group_time(panel(data, stratum=True))) == "no_overlap"
    found = group_time(panel(data, stratum=True), leave_out_thin=True)
    assert set(found.group) == {4}
    assert [check.code for check in found.diagnostics] == ["effects_left_out"]


def test_a_period_nobody_is_seen_in_is_no_period() -> None:
    data = DATA[DATA.t != 3]
    found = group_time(panel(data), base="universal")
    assert found.periods.tolist() == [1, 2, 4, 5, 6]
    assert (
        code(
            lambda: group_time(
                panel(
                    data[data.g != 4],
                ),
                anticipation=9,
            )
        )
        == "no_treated"
    )


def test_the_reference_month_is_left_out_and_the_band_is_wider_than_the_points() -> None:
    found = group_time(panel(DATA), base="universal").event_study()
    assert -1 not in found.months
    assert found.band_lower is not None
    assert (found.band_lower < found.lower).all()
    again = group_time(panel(DATA), base="universal").event_study()
    np.testing.assert_array_equal(found.band_lower, again.band_lower)


def test_a_balanced_path_has_the_same_groups_throughout() -> None:
    found = group_time(panel(frame(1, 200, 8, (0, 4, 6, 8)))).event_study(balance=2)
    assert found.months.max() == 2
    assert code(lambda: group_time(panel(DATA)).event_study(balance=20)) == "empty_group"


def test_groups_periods_and_one_number_are_means_of_the_same_effects() -> None:
    held = group_time(panel(DATA))
    groups, periods = held.by_group(), held.by_period()
    assert groups.months.tolist() == [3, 4]
    assert periods.months.tolist() == [3, 4, 5, 6]
    sizes = np.array([(DATA[DATA.t == 1].g == g).sum() for g in (3, 4)])
    assert groups.overall.value == pytest.approx(sizes @ groups.value / sizes.sum())
    assert periods.overall.value == pytest.approx(periods.value.mean())
    assert groups.value[0] == pytest.approx(held.value[(held.group == 3) & held.after].mean())


def test_a_true_drift_before_the_start_fails_the_joint_test() -> None:
    drifting = DATA.assign(y=DATA.y + (DATA.g > 0) * DATA.t * 1.0)
    assert group_time(panel(drifting)).pre_test().passed is False
    path = group_time(panel(drifting), base="universal").event_study()
    assert joint_pre_test(path).passed is False
    assert path.overall.failed
    assert group_time(panel(DATA)).pre_test().passed is True


def test_a_placebo_start_sees_a_drift_and_passes_without() -> None:
    drifting = DATA.assign(y=DATA.y + (DATA.g > 0) * DATA.t * 1.0)
    assert placebo_start(panel(drifting), 1, lambda held: group_time(held).simple()).passed is False
    assert placebo_start(panel(DATA), 1, lambda held: group_time(held).simple()).passed is True
    assert code(lambda: placebo_start(panel(DATA), 0, lambda held: group_time(held).simple())) == "bad_input"


def made_path(before: list[float], after: list[float], se: float = 0.01) -> EffectPath:
    months = np.array([*range(-len(before) - 1, -1), *range(len(after))])
    held = group_time(panel(DATA)).simple()
    value = np.array([*before, *after])
    spread = np.full(len(value), se)
    return EffectPath(months, value, spread, value, value, held, covariance=np.diag(spread**2))


def test_drift_bounds_widen_with_the_drift_seen_and_tell_where_the_sign_is_lost() -> None:
    found = drift_bounds(made_path([0.1, 0.0], [1.0, 1.0], se=1e-6), times=(0.0, 1.0, 2.0))
    assert found.largest == pytest.approx(0.1, abs=1e-4)
    np.testing.assert_allclose(found.lower, [1.0, 0.85, 0.7], atol=1e-3)
    np.testing.assert_allclose(found.upper, [1.0, 1.15, 1.3], atol=1e-3)
    assert found.breakdown == pytest.approx(1 / 0.15, rel=1e-3)
    wide = drift_bounds(made_path([0.1, 0.0], [1.0, 1.0], se=0.1), times=(1.0,))
    assert wide.lower[0] < 0.7
    assert code(lambda: drift_bounds(made_path([], [1.0]))) == "no_variation"
    gap = made_path([0.1, 0.2, 0.0], [1.0])
    hole = EffectPath(gap.months[1:], *(a[1:] for a in (gap.value, gap.se, gap.lower, gap.upper)), gap.overall,
                      covariance=np.eye(3))  # fmt: skip
    assert drift_bounds(hole).times[0] == 0.0
    shifted = EffectPath(gap.months - (gap.months < -2), gap.value, gap.se, gap.lower, gap.upper, gap.overall,
                         covariance=np.eye(4))  # fmt: skip
    assert code(lambda: drift_bounds(shifted)) == "not_supported"


def test_what_cannot_be_imputed_is_counted() -> None:
    found = imputation(panel(frame(3, 100, 6, (0, 1, 4)))).overall
    left = {check.code: check.value for check in found.diagnostics}
    assert left["not_imputed"] > 0
    everyone = imputation(panel(DATA[DATA.g > 0]))
    assert {check.code for check in everyone.overall.diagnostics} == {"not_imputed"}
    assert everyone.months.tolist() == [0]


def test_periods_no_untreated_unit_bridges_are_refused() -> None:
    rows = [(u, t, 0, float(u + t)) for u in range(4) for t in ((1, 2) if u < 2 else (3, 4))]
    rows += [(9, t, 4, float(t)) for t in (3, 4)]
    u, t, g, y = (np.array(column) for column in zip(*rows, strict=True))
    assert code(lambda: imputation(Panel(u, t, g, y))) == "singular"


def test_projections_and_stacks_refuse_what_they_do_not_take() -> None:
    gaps = panel(frame(4, kept=0.8))
    assert code(lambda: pooled_projection(gaps)) == "not_supported"
    assert code(lambda: stacked(gaps)) == "not_supported"
    assert code(lambda: local_projections(panel(DATA, weight=True))) == "not_supported"
    assert code(lambda: local_projections(panel(DATA), first=-3, last=-2)) == "bad_input"
    assert code(lambda: stacked(panel(DATA), first=-9, last=9)) == "no_treated"


def test_the_single_effect_warns_when_it_rests_on_those_already_treated() -> None:
    data = frame(1, 200, 10, (2, 5))
    checks = {check.code: check for check in two_way_effect(panel(data)).diagnostics}
    assert checks["already_treated_comparisons"].passed is False
    checks = {check.code: check for check in two_way_effect(panel(DATA[DATA.g != 3])).diagnostics}
    assert checks["already_treated_comparisons"].value == 0


def test_covariates_are_refused_where_they_cannot_be_used() -> None:
    x = np.ones((len(DATA), 1))
    assert code(lambda: group_time_with(panel(DATA, stratum=True), x)) == "not_supported"
    assert code(lambda: group_time_with(panel(DATA), x[1:])) == "bad_input"
    apart = (DATA.g.to_numpy() == 3).astype(float)[:, None] * 2 + np.arange(len(DATA))[:, None] % 2 * 0
    assert code(lambda: group_time_with(panel(DATA), apart, adjusting="weighting")) in {"no_overlap", "singular"}
    change, treated = np.arange(6.0), np.array([True, False] * 3)
    assert code(lambda: two_by_two(change, np.ones(6, bool), np.zeros((6, 0)))) == "no_comparison"
    assert code(lambda: two_by_two(change, np.zeros(6, bool), np.zeros((6, 0)))) == "no_treated"
    assert code(lambda: two_by_two(change, treated, np.eye(6))) == "bad_input"
    for how in ("doubly_robust", "weighting", "regression"):
        assert two_by_two(change, treated, np.zeros((6, 0)), how).value == pytest.approx(-1.0)


def write(path: Path, data: pd.DataFrame) -> Path:
    pq.write_table(
        pa.Table.from_pandas(data[["u", "t", "g", "y", "c", "s"]], preserve_index=False), path, row_group_size=64
    )
    return path


NAMED = Columns("u", "t", "g", "y")


def test_a_file_is_read_in_one_pass_with_progress(tmp_path: Path) -> None:
    told: list[float] = []
    halves = [write(tmp_path / "a.parquet", DATA[DATA.u < 50]), write(tmp_path / "b.parquet", DATA[DATA.u >= 50])]
    found = group_time(reduce_parquet(halves, NAMED, progress=told.append))
    assert told[-1] == 1.0
    assert found.simple().se == pytest.approx(group_time(panel(DATA)).simple().se)


def test_files_that_cannot_be_read_in_one_pass_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "BLOCK_VALUES", 32)
    unsorted = write(tmp_path / "unsorted.parquet", DATA.sort_values("t"))
    assert code(lambda: reduce_parquet(unsorted, NAMED)) == "bad_input"
    holes = write(tmp_path / "holes.parquet", DATA.assign(y=DATA.y.mask(DATA.u == 3)))
    assert code(lambda: reduce_parquet(holes, NAMED)) == "bad_input"
    empty = write(tmp_path / "empty.parquet", DATA[:0])
    assert code(lambda: reduce_parquet(empty, NAMED)) == "bad_input"
    coded = write(tmp_path / "coded.parquet", DATA.assign(s=5000))
    assert code(lambda: reduce_parquet(coded, Columns("u", "t", "g", "y", strata=("s",)))) == "bad_input"
    assert code(lambda: reduce_blocks(iter([]), np.arange(3))) == "bad_input"


def test_multipliers_have_mean_zero_and_variance_one() -> None:
    for kind in Multiplier:
        drawn = multipliers(kind, (200_000,), np.random.default_rng(1))
        assert abs(drawn.mean()) < 0.01
        assert drawn.var() == pytest.approx(1, abs=0.02)


def test_bands_and_joint_tests_say_what_they_need() -> None:
    assert critical_value(np.eye(1), level=0.95, band=Band()) == pytest.approx(1.96, abs=0.1)
    assert critical_value(np.eye(10), level=0.95, band=Band(draws=20_000)) == pytest.approx(2.80, abs=0.05)
    assert code(lambda: critical_value(np.zeros((2, 2)), level=0.95, band=Band())) == "no_variation"
    assert (
        code(lambda: critical_value(np.eye(2), level=0.95, band=Band(multiplier=Multiplier.MAMMEN))) == "not_supported"
    )
    assert code(lambda: joint_test(np.zeros(0), np.zeros((0, 0)))) == "no_variation"
    assert joint_test(np.array([2.0, 0.0]), np.eye(2)) == pytest.approx((4.0, 2, np.exp(-2)))
    for kind in (Multiplier.MAMMEN, Multiplier.RADEMACHER, Multiplier.WEBB):
        path = group_time(panel(DATA, cluster=True)).event_study(band=Band(multiplier=kind))
        assert path.band_upper is not None


def test_doses_that_say_nothing_are_refused() -> None:
    region, period = np.repeat(np.arange(5), 4), np.tile(np.arange(4), 5)
    y = np.random.default_rng(1).normal(size=20)
    same = Dosed(region, period, region + period * 2.0, y)
    assert code(lambda: dose_effect(same)) == "no_variation"
    assert code(lambda: dose_effect(Dosed(region, period, y, y, cluster=np.zeros(20, int)))) == "one_cluster"
    assert code(lambda: dose_effect(Dosed(region, period * 0, y, y), how="first_difference")) == "bad_input"
    assert code(lambda: dose_effect(Dosed(region, period * 3, y, y), how="first_difference")) == "no_variation"
    assert code(lambda: Dosed(region, period, y[1:], y)) == "bad_input"
    assert code(lambda: dose_effect(Dosed(region, period, y, 2 * y + region))) == "no_variation"
    noise = np.random.default_rng(2).normal(size=20)
    found = dose_effect(Dosed(region, period, y, 2 * y + region + 1e-3 * noise), leads=1)
    assert found.value == pytest.approx(2.0, abs=1e-2)
    assert {check.code for check in found.diagnostics} == {"clusters", "placebo"}


def test_every_estimator_over_time_runs_from_its_table() -> None:
    data = trial()
    region, period = np.repeat(np.arange(12), 8), np.tile(np.arange(8), 12)
    rng = np.random.default_rng(2)
    inputs: dict[tuple[str, ...], tuple[object, ...]] = {
        ("panel",): (panel(frame(1)),),
        ("panel", "covariates"): (panel(frame(1)), rng.normal(size=(len(frame(1)), 1))),
        ("dosed",): (Dosed(region, period, rng.normal(size=96), rng.normal(size=96)),),
        ("clustered",): (Comparison(data.y, data.trial, np.zeros((len(data.y), 0)), (), data.office),),
        ("offices",): (data,),
    }
    for entry in ESTIMATORS:
        found = entry.function(*inputs[entry.needs])
        overall = found.overall if isinstance(found, EffectPath) else found
        assert isinstance(overall, Estimate)
        assert np.isfinite(overall.value)
        assert set(overall.assumptions) <= set(ASSUMPTIONS)
        assert set(entry.assumptions) <= set(ASSUMPTIONS)
