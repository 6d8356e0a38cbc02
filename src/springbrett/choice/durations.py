"""How much of a measure's time is used and left, and the last day a stay may reach. Pure: dates in, lengths out.

The lengths, what they are extended by and whether earlier stays count are the catalogue's, as they stood on the day.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from springbrett.catalogue.day import on_day
from springbrett.catalogue.limits import Duration
from springbrett.catalogue.measures import Measure
from springbrett.choice.records import LatestEnd, TimeLeft
from springbrett.kernel import period
from springbrett.kernel.period import ONE_DAY, Length, Period

NOTHING = Length(0)


def time_used(periods: Iterable[Period]) -> Length:
    """How long the periods last together, each day counted once; 30 rest days make a month."""
    return period.total(periods)


def time_left(measure: Measure, on: date, used: Iterable[Period], facts: object) -> TimeLeft | None:
    """How much of the measure's duration is used and left, by the rules of the day.

    `facts` (a mapping or a profile) answer what the extensions ask; a missing one is unknown. Earlier periods count
    when the catalogue says the duration is cumulative; one without a last day counts up to the day. None when no
    duration is recorded, or its length is not known.
    """
    duration = _duration(measure, on)
    if duration is None:
        return None
    periods = closed(used, on)
    spent = time_used(periods) if periods else NOTHING
    counted = periods if duration.cumulative else ()
    least, most = duration.lengths(facts)
    longest = duration.longest
    return TimeLeft(
        used=spent,
        certain=None if least is None else _left(counted, least),
        possible=None if most is None else _left(counted, most),
        limit_months=duration.months,
        extended_limit_months=longest.months if longest and duration.months is not None else None,
        ref=duration.reference,
        asked=asked_by(duration),
        limit=duration.ordinary,
        extended_limit=longest,
    )


def asked_by(duration: Duration) -> tuple[str, ...]:
    """The facts and circumstances the extensions of a duration ask for."""
    return tuple(dict.fromkeys(c.fact for e in duration.extensions for group in e.when for c in group))


def latest_end(measure: Measure, start: date, used: Iterable[Period], facts: object) -> LatestEnd | None:
    """The last day a stay from `start` may reach, by the rules in force on the start (§ 3-5 for arbeidstrening).

    `used` are the person's other periods that count in the measure. None when no duration is recorded for the day.
    """
    duration = _duration(measure, start)
    if duration is None:
        return None
    least, most = duration.lengths(facts)
    if least is None or most is None:
        return LatestEnd(None, None, unlimited=True)
    counted = closed(used, start) if duration.cumulative else ()
    certain = _end(start, counted, least)
    return LatestEnd(certain, certain if most == least else _end(start, counted, most))


def closed(periods: Iterable[Period], on: date) -> tuple[Period, ...]:
    """The periods, each with a last day: one that has none is counted up to the day."""
    return tuple(p if p.end is not None else Period(p.start, max(p.start, on)) for p in periods)


def _duration(measure: Measure, on: date) -> Duration | None:
    duration = on_day(measure, on).duration
    return duration if duration is not None and duration.known else None


def _left(counted: tuple[Period, ...], limit: Length) -> Length:
    """Limits in months are counted as the kernel counts months; limits in weeks in days, each counted once."""
    if not counted:
        return limit
    if limit.days == 0:
        return time_used(counted).left_of(limit.months)
    return Length(0, max(0, limit.days - sum(stretch.days for stretch in period.merge(counted))))


def _end(start: date, used: tuple[Period, ...], limit: Length) -> date | None:
    """The last day that keeps the total within the limit; None when not even one day does."""
    if limit.days == 0:
        return period.latest_end(start, used, limit.months)
    return _end_in_days(start, used, limit.days)


def _end_in_days(start: date, used: tuple[Period, ...], limit: int) -> date | None:
    """Goes forward from the start through the days not used before, until the limit is reached."""
    stretches = period.merge(used)
    left = limit - sum(stretch.days for stretch in stretches)
    if left <= 0:
        return None
    first = start
    for stretch in stretches:
        if stretch.last < first:
            continue
        free = (stretch.start - first).days
        if free > left:
            break
        left -= max(0, free)
        first = stretch.last + ONE_DAY
    return first + timedelta(days=left - 1)
