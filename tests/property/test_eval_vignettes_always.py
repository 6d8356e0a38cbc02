"""Agreement, designs and shares against what they mean, written out slowly."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from springbrett.evaluation.effects.records import CannotEstimate, Ints
from springbrett.evaluation.vignettes.agreement import fleiss_kappa, krippendorff_alpha, pair_agreement
from springbrett.evaluation.vignettes.design import Plan, balance
from springbrett.evaluation.vignettes.shares import shares, wilson

MATRICES = hnp.arrays(np.int64, st.tuples(st.integers(2, 6), st.integers(1, 6)), elements=st.integers(-1, 3))


def slow_alpha(judged: Ints) -> float:
    """Nominal α from its pairs: disagreement within persons over disagreement between all judgements."""
    within, weight = 0.0, 0.0
    pool: list[int] = []
    for column in judged.T:
        values = [int(value) for value in column if value >= 0]
        if len(values) < 2:
            continue
        pool += values
        weight += len(values)
        within += sum(2 * (a != b) for a, b in combinations(values, 2)) / (len(values) - 1)
    between = sum(2 * (a != b) for a, b in combinations(pool, 2)) / (len(pool) * (len(pool) - 1))
    return 1 - within / weight / between


def slow_kappa(judged: Ints) -> float:
    """Mean share of agreeing pairs against that of two judgements drawn from all, with replacement."""
    columns = [[int(v) for v in column if v >= 0] for column in judged.T]
    columns = [values for values in columns if len(values) > 1]
    alike = [np.mean([a == b for a, b in combinations(values, 2)]) for values in columns]
    pool = np.concatenate(columns)
    expected = sum(float(np.mean(pool == value)) ** 2 for value in set(pool.tolist()))
    return float((np.mean(alike) - expected) / (1 - expected))


@given(MATRICES)
def test_alpha_and_kappa_are_what_their_pairs_say(judged: Ints) -> None:
    try:
        alpha, kappa = krippendorff_alpha(judged, "nominal", draws=0), fleiss_kappa(judged, draws=0)
    except CannotEstimate as error:
        assert error.code in {"one_cluster", "no_comparison", "no_variation"}
        return
    assert alpha.value == pytest.approx(slow_alpha(judged), abs=1e-10)
    assert kappa.value == pytest.approx(slow_kappa(judged), abs=1e-10)


@given(MATRICES, st.randoms())
def test_who_is_called_what_does_not_matter(judged: Ints, random: object) -> None:
    advisers, persons = list(range(judged.shape[0])), list(range(judged.shape[1]))
    random.shuffle(advisers)  # type: ignore[attr-defined]
    random.shuffle(persons)  # type: ignore[attr-defined]
    try:
        first = krippendorff_alpha(judged, "ordinal", draws=0).value
    except CannotEstimate:
        assume(False)
    assert krippendorff_alpha(judged[advisers][:, persons], "ordinal", draws=0).value == pytest.approx(first, abs=1e-10)


@given(MATRICES)
def test_with_two_answers_every_scale_gives_the_same_alpha(judged: Ints) -> None:
    two = np.minimum(judged, 1)
    try:
        nominal = krippendorff_alpha(two, "nominal", draws=0).value
    except CannotEstimate:
        assume(False)
    assert krippendorff_alpha(two, "ordinal", draws=0).value == pytest.approx(nominal, abs=1e-10)
    assert krippendorff_alpha(two, "interval", draws=0).value == pytest.approx(nominal, abs=1e-10)


@given(MATRICES)
def test_pairs_alike_are_counted(judged: Ints) -> None:
    for column, found in zip(judged.T, pair_agreement(judged), strict=True):
        values = [int(value) for value in column if value >= 0]
        if len(values) < 2:
            assert np.isnan(found)
        else:
            assert found == pytest.approx(np.mean([a == b for a, b in combinations(values, 2)]))


@settings(max_examples=25)
@given(st.integers(2, 8), st.data())
def test_every_sheet_holds_what_was_asked_for_and_a_full_round_is_even(persons: int, data: st.DataObject) -> None:
    each = data.draw(st.integers(1, persons))
    plan = Plan("balanced", persons, each, data.draw(st.sampled_from(["random", "williams", "fixed"])), seed=1)
    sheets = [plan.sheet(number) for number in range(2 * persons)]
    assert all(len(set(sheet)) == len(sheet) == each and set(sheet) <= set(range(persons)) for sheet in sheets)
    whole = balance(sheets, persons)
    assert whole.seen.sum() == 2 * persons * each and whole.spread <= 2


@given(st.integers(1, 400), st.data())
def test_wilsons_limits_hold_the_share_and_turn_round_with_it(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    lower, upper = wilson(count, n)
    assert 0 <= lower <= count / n <= upper <= 1 and lower < upper
    assert wilson(n - count, n) == (pytest.approx(1 - upper), pytest.approx(1 - lower))


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40), st.integers(2, 6))
def test_no_hidden_count_follows_from_the_others(values: list[str], minimum: int) -> None:
    """Whoever knows the total and the minimum can still think of two ways."""
    found = shares({str(n): (value,) for n, value in enumerate(values)}, list("abc"), minimum=minimum)
    hidden = [one.code for one in found if one.count is None]
    assert all(one.count == 0 or one.count >= minimum for one in found if one.count is not None)
    if hidden and len(values) >= minimum:
        left = len(values) - sum(one.count or 0 for one in found)
        assert len(hidden) > 1 and left >= minimum
