"""What must hold for every period: fast code against slow, obvious twins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springbrett.kernel.period import (
    Length,
    Period,
    add_months,
    latest_end,
    length,
    merge,
    split_at,
    split_per_month,
    total,
)

DAY = timedelta(days=1)
days = st.dates(date(2023, 11, 1), date(2026, 3, 31))


@st.composite
def closed_periods(draw: st.DrawFn, longest: int = 120) -> Period:
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(0, longest))))


@st.composite
def crowded_periods(draw: st.DrawFn) -> list[Period]:
    """Stretches of about a month with a few days between them, where joining two matters most."""
    periods: list[Period] = []
    start = draw(days)
    for length_in_days, gap in draw(st.lists(st.tuples(st.integers(25, 33), st.integers(0, 4)), max_size=4)):
        periods.append(Period(start, start + timedelta(days=length_in_days - 1)))
        start = periods[-1].last + timedelta(days=1 + gap)
    return periods


def days_of(periods: Iterable[Period]) -> set[date]:
    return {p.start + timedelta(days=n) for p in periods for n in range(p.days)}


def slow_length(period: Period) -> Length:
    months = 0
    while add_months(period.start, months + 1) - DAY <= period.last:
        months += 1
    return Length(months, (period.last - add_months(period.start, months)).days + 1)


def slow_merge(periods: Iterable[Period]) -> tuple[Period, ...]:
    covered = days_of(periods)
    starts = sorted(d for d in covered if d - DAY not in covered)
    ends = sorted(d for d in covered if d + DAY not in covered)
    return tuple(Period(start, end) for start, end in zip(starts, ends, strict=True))


def slow_latest_end(start: date, used: list[Period], limit_months: int) -> date | None:
    limit = Length(limit_months)
    if total(used) >= limit:
        return None
    end = start
    while total([*used, Period(start, end)]) <= limit:
        end += DAY
    return end - DAY if end > start else None


@given(days, st.integers(1, 60))
def test_a_period_of_n_months_is_n_months_long(start: date, n: int) -> None:
    assert length(Period(start, add_months(start, n) - DAY)) == Length(n, 0)


@given(closed_periods(longest=900))
def test_length_equals_its_definition(period: Period) -> None:
    assert length(period) == slow_length(period)


@given(days, st.integers(-500, 500))
def test_adding_months_lands_in_the_right_month_and_never_on_a_later_day(d: date, n: int) -> None:
    moved = add_months(d, n)
    assert (moved.year * 12 + moved.month) - (d.year * 12 + d.month) == n
    assert moved.day == d.day or (moved.day < d.day and (moved + DAY).day == 1)


@given(st.lists(closed_periods(), max_size=6))
def test_merging_keeps_exactly_the_same_days(periods: list[Period]) -> None:
    assert merge(periods) == slow_merge(periods)


@given(st.lists(closed_periods(), max_size=5), closed_periods(), days)
def test_an_open_period_swallows_all_that_follows(periods: list[Period], extra: Period, start: date) -> None:
    merged = merge([*periods, extra, Period(start, None)])
    assert merged[-1].is_open
    assert all(later.start - earlier.last > DAY for earlier, later in pairwise(merged))
    assert {p.start for p in merged} <= {p.start for p in [*periods, extra]} | {start}


@given(closed_periods(longest=400), st.lists(days, max_size=6))
def test_splitting_keeps_the_days_and_never_changes_the_total(period: Period, cuts: list[date]) -> None:
    pieces = split_at(period, cuts)
    assert sum(piece.days for piece in pieces) == period.days
    assert days_of(pieces) == days_of([period])
    assert total(pieces) == total([period])
    assert {piece.start for piece in pieces} == {period.start} | {cut for cut in cuts if period.contains(cut)}


@given(st.lists(closed_periods(), max_size=4), st.lists(days, max_size=6), st.randoms())
def test_splitting_and_shuffling_many_periods_never_changes_the_total(
    periods: list[Period], cuts: list[date], random: object
) -> None:
    pieces = [piece for period in periods for piece in split_at(period, cuts)]
    random.shuffle(pieces)  # type: ignore[attr-defined]
    assert total(pieces + pieces[:2]) == total(periods)


@given(closed_periods(longest=400))
def test_each_monthly_piece_stays_within_one_calendar_month(period: Period) -> None:
    pieces = split_per_month(period)
    assert days_of(pieces) == days_of([period])
    assert all((p.start.year, p.start.month) == (p.last.year, p.last.month) for p in pieces)
    assert len({(p.start.year, p.start.month) for p in pieces}) == len(pieces)


@given(closed_periods(), closed_periods(), days)
def test_intersection_is_the_shared_days(a: Period, b: Period, d: date) -> None:
    shared = a.intersection(b)
    assert (days_of([shared]) if shared else set()) == days_of([a]) & days_of([b])
    assert a.overlaps(b) == b.overlaps(a) == bool(shared)
    assert a.contains(d) == (d in days_of([a]))


@given(st.lists(closed_periods(), max_size=4), closed_periods())
def test_one_more_day_at_the_end_of_a_lone_period_never_shortens_the_total(used: list[Period], p: Period) -> None:
    away = Period(p.start + timedelta(days=2000), p.last + timedelta(days=2000))
    assert total([*used, away]) <= total([*used, Period(away.start, away.last + DAY)])


@given(days, st.lists(closed_periods(), max_size=5), st.integers(0, 9))
def test_latest_end_equals_a_day_by_day_search(start: date, used: list[Period], limit: int) -> None:
    assert latest_end(start, used, limit) == slow_latest_end(start, used, limit)


@given(crowded_periods(), st.integers(-6, 70), st.integers(0, 5))
def test_latest_end_equals_a_day_by_day_search_among_crowded_periods(
    used: list[Period], offset: int, limit: int
) -> None:
    start = (used[0].start if used else date(2025, 1, 31)) + timedelta(days=offset)
    assert latest_end(start, used, limit) == slow_latest_end(start, used, limit)


@given(days, st.integers(1, 48))
def test_the_latest_end_with_nothing_used_is_the_full_limit(start: date, limit: int) -> None:
    assert latest_end(start, [], limit) == add_months(start, limit) - DAY


@given(st.lists(st.tuples(days, st.floats(0, 1)), max_size=6), st.integers(1, 9))
def test_no_chain_of_periods_each_within_its_latest_end_exceeds_the_limit(
    chain: list[tuple[date, float]], limit: int
) -> None:
    used: list[Period] = []
    for start, share in chain:
        latest = latest_end(start, used, limit)
        if latest is not None:
            used.append(Period(start, start + timedelta(days=int((latest - start).days * share))))
            assert total(used) <= Length(limit)


@given(st.lists(closed_periods(), max_size=4), st.integers(0, 24))
def test_used_and_left_make_up_the_limit(used: list[Period], limit: int) -> None:
    spent = total(used)
    left = spent.left_of(limit)
    assert spent + left == max(spent, Length(limit))
    assert (left == Length(0)) == (spent >= Length(limit))


@given(days, st.lists(closed_periods(), min_size=1, max_size=3))
def test_an_open_used_period_is_refused(start: date, used: list[Period]) -> None:
    with pytest.raises(ValueError, match="is open"):
        latest_end(start, [*used, Period(start, None)], 12)


@given(st.lists(st.builds(Length, st.integers(0, 40), st.integers(0, 90)), max_size=5))
def test_adding_lengths_does_not_depend_on_the_order(lengths: list[Length]) -> None:
    forwards, backwards = sum(lengths, start=Length(0)), sum(reversed(lengths), start=Length(0))
    assert forwards == backwards
    assert forwards.days < 30
