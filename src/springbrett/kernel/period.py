"""Periods of days and lengths in calendar months.

A period is closed at both ends: a period from 10 March to 9 April includes both days and is exactly one month.
Month arithmetic clamps to the end of the month (31 January + 1 month is 28 or 29 February), so the period of
*n* months that begins on *start* ends the day before ``add_months(start, n)``.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import total_ordering

ONE_DAY = timedelta(days=1)
DAYS_PER_MONTH = 30
"""Days that count as one month when the rest days of separate periods are added together (a counting convention)."""


def add_months(d: date, n: int) -> date:
    """The same day ``n`` calendar months later (earlier if negative), clamped to the end of that month.

    Raises ValueError if the result falls outside the calendar (years 1 to 9999).
    """
    year, month_index = divmod(d.year * 12 + d.month - 1 + n, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"adding {n} months leaves the calendar")
    month = month_index + 1
    return date(year, month, min(d.day, monthrange(year, month)[1]))


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to ``end``, both included; ``end`` None means open (no last day is known).

    Ordered by start, then end, with an open end last. Raises ValueError if the end is before the start, and
    TypeError if given a datetime, since a period is made of whole days.
    """

    start: date
    end: date | None

    def __post_init__(self) -> None:
        if isinstance(self.start, datetime) or isinstance(self.end, datetime):
            raise TypeError("a period is made of dates, not datetimes")
        if self.end is not None and self.end < self.start:
            raise ValueError(f"the period ends ({self.end}) before it starts ({self.start})")

    @property
    def is_open(self) -> bool:
        """Whether the period has no last day."""
        return self.end is None

    @property
    def last(self) -> date:
        """The last day. Raises ValueError if the period is open."""
        if self.end is None:
            raise ValueError(f"the period from {self.start} is open; give it an end first")
        return self.end

    @property
    def days(self) -> int:
        """How many days the period holds, at least 1. Raises ValueError if the period is open."""
        return (self.last - self.start).days + 1

    def contains(self, d: date) -> bool:
        """Whether ``d`` is one of the days."""
        return self.start <= d and (self.end is None or d <= self.end)

    def overlaps(self, p: Period) -> bool:
        """Whether the two periods share at least one day."""
        return self.intersection(p) is not None

    def intersection(self, p: Period) -> Period | None:
        """The days in both periods, or None if there are none."""
        start = max(self.start, p.start)
        ends = [end for end in (self.end, p.end) if end is not None]
        end = min(ends) if ends else None
        return None if end is not None and end < start else Period(start, end)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return _order(self) < _order(other)


def _order(period: Period) -> tuple[date, bool, date]:
    return period.start, period.end is None, period.end or date.max


@dataclass(frozen=True, slots=True, order=True)
class Length:
    """A length of time in whole ``months`` and rest ``days``, neither negative.

    Ordered by months, then days. Raises ValueError if a part is negative.
    """

    months: int
    days: int = 0

    def __post_init__(self) -> None:
        if self.months < 0 or self.days < 0:
            raise ValueError("a length cannot be negative")

    @property
    def normalised(self) -> Length:
        """The same length with fewer than 30 rest days (30 days are one month)."""
        return Length(*divmod(self.months * DAYS_PER_MONTH + self.days, DAYS_PER_MONTH))

    def __add__(self, other: Length) -> Length:
        """Both lengths together, normalised."""
        return Length(self.months + other.months, self.days + other.days).normalised

    def left_of(self, limit_months: int) -> Length:
        """What is left of ``limit_months`` once this length is used; zero if nothing is."""
        used = self.months * DAYS_PER_MONTH + self.days
        return Length(0, max(0, limit_months * DAYS_PER_MONTH - used)).normalised


def length(period: Period) -> Length:
    """Whole months from the start, then rest days: the most months that end on or before the last day.

    10 March 2025 to 9 March 2026 is 12 months 0 days. Rest days are 0 to 30. Raises ValueError if the period is open.
    """
    start, after = period.start, period.last + ONE_DAY
    months = (after.year - start.year) * 12 + after.month - start.month
    if add_months(start, months) > after:
        months -= 1
    return Length(months, (after - add_months(start, months)).days)


def split_at(period: Period, cuts: Iterable[date]) -> tuple[Period, ...]:
    """Adjacent pieces of the period, a new one beginning on each cut; cuts outside it, or on its start, do nothing."""
    inside = sorted({cut for cut in cuts if cut > period.start and period.contains(cut)})
    starts = [period.start, *inside]
    ends = [*(cut - ONE_DAY for cut in inside), period.end]
    return tuple(Period(start, end) for start, end in zip(starts, ends, strict=True))


def split_per_month(period: Period) -> tuple[Period, ...]:
    """Adjacent pieces of the period, one for each calendar month it touches. Raises ValueError if it is open."""
    first, last = period.start.replace(day=1), period.last
    count = (last.year - first.year) * 12 + last.month - first.month
    return split_at(period, (add_months(first, n) for n in range(1, count + 1)))


def merge(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The union, ordered, with overlapping and adjacent periods (end + 1 day = next start) joined into one."""
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and _touches(merged[-1], period):
            merged[-1] = _join(merged[-1], period)
        else:
            merged.append(period)
    return tuple(merged)


def _touches(earlier: Period, later: Period) -> bool:
    """Whether ``later``, which starts no earlier, overlaps ``earlier`` or starts the day after it."""
    return earlier.end is None or (later.start - earlier.end).days <= 1


def _join(a: Period, b: Period) -> Period:
    end = None if a.end is None or b.end is None else max(a.end, b.end)
    return Period(min(a.start, b.start), end)


def total(periods: Iterable[Period]) -> Length:
    """How long the periods last together, each day counted once.

    Periods are merged first, so a stretch of adjacent or overlapping periods counts as one in calendar months; the
    rest days of separate stretches are added, and 30 of them make a month. Raises ValueError if a period is open.
    """
    return sum((length(period) for period in merge(periods)), start=Length(0, 0))


def latest_end(start: date, used: Iterable[Period], limit_months: int) -> date | None:
    """The last day a new period from ``start`` may reach without the total exceeding ``limit_months``.

    The new period may end on that day or on any day before it. Days that overlap ``used`` count once, and used
    periods after ``start`` are counted as well. None if ``used`` has already exhausted the limit, or if not even
    one day fits. Raises ValueError if a used period is open or the limit is negative.

    While the new period grows, the total stands still inside a used stretch and otherwise never falls until the
    next stretch is reached, so it is enough to test stretch by stretch and bisect in the one that fails.
    """
    if limit_months < 0:
        raise ValueError("a limit cannot be negative")
    limit, stretches = Length(limit_months), merge(used)
    if total(stretches) >= limit:
        return None

    def fits(end: date) -> bool:
        return total((*stretches, Period(start, end))) <= limit

    first = start
    for stretch in stretches:
        if stretch.last < first:
            continue
        before = stretch.start - 2 * ONE_DAY
        if before >= first and not fits(before):
            return _last_fitting(start, first, before, fits)
        if not fits(max(first, stretch.last)):
            return before if before >= start else None
        first = stretch.last + ONE_DAY
    return _last_fitting(start, first, add_months(first, limit_months), fits)


def _last_fitting(start: date, low: date, high: date, fits: Callable[[date], bool]) -> date | None:
    """The day before the first day in ``low..high`` that does not fit, by bisection; ``high`` must not fit.

    None if that is before ``start``.
    """
    span = range((high - low).days + 1)
    offset = bisect_left(span, True, key=lambda days: not fits(low + timedelta(days=days)))
    last = low + timedelta(days=offset - 1)
    return last if last >= start else None
