"""The running sum over intervals gives what counting month by month gives; unions and differences likewise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from springbrett.evaluation.outcomes.definitions import assure, load_outcomes
from springbrett.evaluation.outcomes.intervals import Intervals, ordered, union, without
from springbrett.evaluation.outcomes.paths import Window, group_paths, lasting, stay_paths

interval = st.tuples(st.integers(0, 4), st.integers(100, 160), st.integers(0, 30))
stay = st.tuples(st.integers(0, 5), st.integers(90, 170), st.integers(0, 2))
windows = st.tuples(st.integers(90, 140), st.integers(0, 60)).map(lambda w: Window(w[0], w[0] + w[1], 12, 18))


def made(rows: list[tuple[int, int, int]]) -> Intervals:
    cells = np.array(rows, np.int64).reshape(-1, 3)
    return ordered(cells[:, 0], cells[:, 1], cells[:, 1] + cells[:, 2])


def months(found: Intervals) -> set[tuple[int, int]]:
    rows = zip(found.person.tolist(), found.first.tolist(), found.last.tolist(), strict=True)
    return {(person, month) for person, first, last in rows for month in range(first, last + 1)}


@given(st.lists(interval, max_size=12), st.lists(interval, max_size=12))
def test_a_union_holds_each_month_once_and_joins_neighbours(
    a: list[tuple[int, int, int]], b: list[tuple[int, int, int]]
) -> None:
    found = union([made(a), made(b)])
    assert months(found) == months(made(a)) | months(made(b))
    assert sum((found.last - found.first + 1).tolist()) == len(months(found))
    later = found.person[1:] == found.person[:-1]
    assert (found.first[1:][later] > found.last[:-1][later] + 1).all()


@given(st.lists(interval, max_size=10), st.lists(interval, max_size=10))
def test_a_difference_holds_the_months_of_the_one_that_are_not_in_the_other(
    a: list[tuple[int, int, int]], b: list[tuple[int, int, int]]
) -> None:
    assert months(without(made(a), made(b))) == months(made(a)) - months(made(b))


@given(st.lists(stay, min_size=1, max_size=8), st.lists(interval, max_size=12), windows)
def test_paths_equal_counting_month_by_month(
    stays: list[tuple[int, int, int]], rows: list[tuple[int, int, int]], window: Window
) -> None:
    cells = np.array(stays, np.int64)
    outcome = union([made(rows)])
    held = months(outcome)
    found = group_paths(cells[:, 0], cells[:, 1], cells[:, 2], 3, outcome, window)
    own = stay_paths(cells[:, 0], cells[:, 1], outcome, window)
    total, known = np.zeros((3, window.width)), np.zeros((3, window.width), int)
    for number, (person, start, group) in enumerate(stays):
        for column, relative in enumerate(window.months.tolist()):
            month = start + relative
            inside = window.first_known <= month <= window.last_known
            assert np.isnan(own[number, column]) == (not inside)
            if inside:
                known[group, column] += 1
                total[group, column] += (person, month) in held
                assert own[number, column] == ((person, month) in held)
    assert np.array_equal(found.total, total)
    assert np.array_equal(found.known, known)


@given(
    st.lists(st.sampled_from([0.0, 1.0, float("nan")]), min_size=1, max_size=12), st.integers(1, 4), st.integers(0, 3)
)
def test_lasting_asks_the_coming_months(path: list[float], of: int, fewer: int) -> None:
    needed = max(1, of - fewer)
    found = lasting(np.array([path]), needed, of)[0]
    for month in range(len(path)):
        coming = path[month : month + of]
        if len(coming) < of or any(np.isnan(coming)):
            assert np.isnan(found[month])
        else:
            assert found[month] == (sum(coming) >= needed)


def test_lasting_refuses_more_months_than_it_looks_at() -> None:
    with pytest.raises(ValueError, match="at most as many"):
        lasting(np.zeros((1, 3)), 4, 3)


@pytest.mark.parametrize("code", sorted(load_outcomes()))
def test_the_examples_beside_a_definition_hold(code: str) -> None:
    assert assure(load_outcomes()[code]) >= 3


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        ordered(np.array([1]), np.array([5]), np.array([4]))
