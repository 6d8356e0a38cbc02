"""Known values and edges of periods."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

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


def period(start: str, end: str | None) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2021-07-31", 2, "2021-09-30"),
        ("2021-07-30", 2, "2021-09-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-11-15", 14, "2027-01-15"),
        ("2025-05-05", 0, "2025-05-05"),
    ],
)
def test_months_are_added_and_clamped_to_the_end_of_the_month(start: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(expected)


@pytest.mark.parametrize("months", [12 * 8000, -12 * 8000])
def test_leaving_the_calendar_is_an_error(months: int) -> None:
    with pytest.raises(ValueError, match="leaves the calendar"):
        add_months(date(2025, 1, 1), months)


@pytest.mark.parametrize(
    ("start", "end", "months", "days"),
    [
        ("2025-03-10", "2026-03-09", 12, 0),
        ("2025-03-10", "2026-09-09", 18, 0),
        ("2025-03-10", "2026-09-10", 18, 1),
        ("2025-01-31", "2025-02-27", 1, 0),
        ("2025-01-31", "2025-02-28", 1, 1),
        ("2024-02-29", "2024-02-29", 0, 1),
        ("2025-01-01", "2025-01-30", 0, 30),
        ("2025-01-01", "2025-01-31", 1, 0),
    ],
)
def test_length_in_months_and_days(start: str, end: str, months: int, days: int) -> None:
    assert length(period(start, end)) == Length(months, days)


def test_a_period_may_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        period("2025-01-02", "2025-01-01")


def test_a_period_is_made_of_dates() -> None:
    with pytest.raises(TypeError, match="not datetimes"):
        Period(datetime(2025, 1, 1, tzinfo=UTC), None)


def test_an_open_period_has_no_last_day_length_or_total() -> None:
    open_period = period("2025-01-01", None)
    assert open_period.is_open
    assert open_period.contains(date(2099, 1, 1))
    for ask in (lambda: open_period.days, lambda: length(open_period), lambda: total([open_period])):
        with pytest.raises(ValueError, match="is open"):
            ask()
    with pytest.raises(ValueError, match="is open"):
        split_per_month(open_period)


def test_open_periods_meet_other_periods() -> None:
    open_period = period("2025-01-10", None)
    assert open_period.intersection(period("2025-01-01", "2025-01-15")) == period("2025-01-10", "2025-01-15")
    assert open_period.intersection(period("2025-02-01", None)) == period("2025-02-01", None)
    assert not open_period.overlaps(period("2025-01-01", "2025-01-09"))


def test_periods_are_ordered_by_start_then_end_with_open_last() -> None:
    ordered = [
        period("2025-01-01", "2025-01-02"),
        period("2025-01-01", "2025-03-01"),
        period("2025-01-01", None),
        period("2025-01-02", "2025-01-02"),
    ]
    assert sorted(reversed(ordered)) == ordered
    assert ordered[0] < ordered[1] <= ordered[2] < ordered[3]
    with pytest.raises(TypeError):
        assert ordered[0] < date(2025, 1, 1)


def test_an_open_period_is_cut_into_pieces_of_which_the_last_is_open() -> None:
    pieces = split_at(period("2025-01-01", None), [date(2025, 2, 1), date(2025, 2, 1), date(2024, 1, 1)])
    assert pieces == (period("2025-01-01", "2025-01-31"), period("2025-02-01", None))


@pytest.mark.parametrize(
    ("cuts", "expected"),
    [
        (["10", "20"], [("01", "09"), ("10", "19"), ("20", "31")]),
        (["01"], [("01", "31")]),
        (["31"], [("01", "30"), ("31", "31")]),
    ],
)
def test_a_cut_begins_a_new_piece(cuts: list[str], expected: list[tuple[str, str]]) -> None:
    pieces = split_at(period("2024-01-01", "2024-01-31"), [date.fromisoformat(f"2024-01-{cut}") for cut in cuts])
    assert pieces == tuple(period(f"2024-01-{a}", f"2024-01-{b}") for a, b in expected)


def test_a_four_year_period_from_leap_day_is_cut_each_year() -> None:
    cuts = [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28)]
    assert split_at(period("2024-02-29", "2028-02-27"), cuts) == (
        period("2024-02-29", "2025-02-27"),
        period("2025-02-28", "2026-02-27"),
        period("2026-02-28", "2027-02-27"),
        period("2027-02-28", "2028-02-27"),
    )


def test_a_period_is_split_by_calendar_month() -> None:
    assert split_per_month(period("2024-01-01", "2024-01-31")) == (period("2024-01-01", "2024-01-31"),)
    assert split_per_month(period("2023-11-15", "2024-02-15")) == (
        period("2023-11-15", "2023-11-30"),
        period("2023-12-01", "2023-12-31"),
        period("2024-01-01", "2024-01-31"),
        period("2024-02-01", "2024-02-15"),
    )
    assert len(split_per_month(period("2023-06-15", "2024-04-20"))) == 11
    assert len(split_per_month(period("2024-02-29", "2025-02-28"))) == 13


def test_overlapping_and_adjacent_periods_are_joined_and_others_are_not() -> None:
    touching = [period("2025-02-01", "2025-02-10"), period("2025-01-01", "2025-01-31")]
    apart = period("2025-02-12", "2025-02-20")
    assert merge([*touching, apart]) == (period("2025-01-01", "2025-02-10"), apart)
    assert merge([]) == ()
    assert merge([period("2025-01-01", None), apart]) == (period("2025-01-01", None),)
    assert merge([period("2025-01-01", "2025-03-31"), apart]) == (period("2025-01-01", "2025-03-31"),)


def test_thirty_rest_days_of_separate_periods_make_a_month() -> None:
    spread = [period("2025-01-01", "2025-01-20"), period("2025-03-01", "2025-03-15")]
    assert total(spread) == Length(1, 5)
    assert total([]) == Length(0)


def test_a_length_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        Length(0, -1)
    assert Length(13, 4).left_of(12) == Length(0)
    assert Length(3, 10).left_of(12) == Length(8, 20)


def test_latest_end_counts_days_already_used_once() -> None:
    used = [period("2025-06-01", "2025-08-31")]
    assert latest_end(date(2025, 7, 1), used, 12) == date(2026, 5, 31)
    assert latest_end(date(2025, 9, 1), used, 12) == date(2026, 5, 31)
    assert latest_end(date(2026, 1, 1), used, 12) == date(2026, 9, 30)


def test_latest_end_leaves_room_for_a_period_already_agreed_later() -> None:
    later = [period("2025-10-01", "2025-12-31")]
    assert latest_end(date(2025, 1, 1), later, 6) == date(2025, 3, 31)
    assert latest_end(date(2025, 8, 1), later, 6) == date(2026, 1, 31)


def test_latest_end_is_none_when_the_limit_is_exhausted() -> None:
    assert latest_end(date(2025, 6, 1), [period("2024-01-01", "2024-12-31")], 12) is None
    assert latest_end(date(2024, 6, 1), [period("2024-01-01", "2024-12-31")], 12) is None
    assert latest_end(date(2025, 6, 1), [], 0) is None
    with pytest.raises(ValueError, match="negative"):
        latest_end(date(2025, 6, 1), [], -1)


def test_latest_end_is_none_when_not_even_one_day_fits() -> None:
    """One day joins two used stretches into more calendar months than they were apart."""
    used = [period("2025-02-01", "2025-02-27"), period("2025-04-01", "2025-05-02")]
    assert total(used) == Length(1, 29)
    assert latest_end(date(2025, 2, 28), used, 2) is None
    assert latest_end(date(2025, 7, 1), used, 2) == date(2025, 7, 1)
    before_a_stretch = [period("2025-02-02", "2025-02-28"), period("2025-06-01", "2025-06-02")]
    assert latest_end(date(2025, 2, 1), before_a_stretch, 1) is None
    between_stretches = [period("2025-02-01", "2025-02-27"), period("2025-03-02", "2025-03-03")]
    assert latest_end(date(2025, 2, 28), between_stretches, 1) is None


def test_every_earlier_end_fits_too() -> None:
    """A later end could fit again once stretches join, but ending before that would exceed the limit."""
    used = [period("2025-02-01", "2025-02-28"), period("2025-06-01", "2025-06-15")]
    assert total([*used, period("2025-01-15", "2025-01-29")]) == Length(2, 0)
    assert total([*used, period("2025-01-15", "2025-01-30")]) == Length(2, 1)
    assert total([*used, period("2025-01-15", "2025-02-28")]) == Length(1, 29)
    assert latest_end(date(2025, 1, 15), used, 2) == date(2025, 1, 29)
