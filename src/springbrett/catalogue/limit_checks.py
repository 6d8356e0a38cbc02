"""Checks on ages, lengths, seasons and what goes before and beside: numbers within reason, and codes that exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.limits import Duration, Extension
from springbrett.catalogue.measures import Measure
from springbrett.kernel.period import Length

Complain = Callable[[str, str, object, str, str], None]
CONSIDERED = "other_measures_considered"
OLDEST = 120


def known_codes(file: str, key: str, codes: Iterable[str], known: Iterable[str], complain: Complain) -> None:
    """Complains about each code that is not among the known ones, and names those."""
    allowed = tuple(known)
    for code in codes:
        if code not in allowed:
            complain(file, key, code, ", ".join(allowed), "the code is not known")


def check_limits(catalogue: Catalogue, measure: Measure, file: str, complain: Complain) -> None:
    """Complains about lengths that say nothing or go the wrong way, numbers out of range, and unknown codes."""
    for duration in measure.durations:
        _check_duration(catalogue, duration, file, complain)
    _check_numbers(measure, file, complain)
    for season in measure.seasons:
        for key in ("first", "last"):
            if not _is_month_day(getattr(season, key)):
                complain(file, f"seasons.{key}", getattr(season, key), 'a month and a day as "06-01"', "no such day")
        if season.last < season.first:
            complain(file, "seasons.last", season.last, f"{season.first} or later", "the season ends before it begins")
        if season.excused_by:
            known_codes(file, "seasons.excused_by", (season.excused_by,), catalogue.lists["circumstance"], complain)
    _check_neighbours(catalogue, measure, file, complain)


def _check_duration(catalogue: Catalogue, duration: Duration, file: str, complain: Complain) -> None:
    if not duration.known and not duration.note:
        complain(file, "durations", None, "months, weeks, unlimited or a note", "the duration says nothing")
    if sum((duration.unlimited, duration.months is not None, duration.weeks is not None)) > 1:
        complain(file, "durations", None, "one of months, weeks and unlimited", "the duration says two things")
    if duration.cumulative_with and not duration.cumulative:
        complain(file, "durations.cumulative_with", None, "cumulative = true", "the time is not summed")
    known_codes(file, "durations.cumulative_with", duration.cumulative_with, catalogue.measures, complain)
    for unit in ("months", "weeks"):
        _at_least(file, f"durations.{unit}", getattr(duration, unit), 1, complain)
    for extension in duration.extensions:
        _check_extension(duration, extension, file, complain)


def _check_extension(duration: Duration, extension: Extension, file: str, complain: Complain) -> None:
    """An extension is a longer total, in the unit of the length it extends: otherwise the two cannot be compared."""
    key = f"durations.extensions ({extension.code})"
    if extension.months is None and extension.weeks is None:
        complain(file, key, None, "months or weeks", "it has no length")
        return
    ordinary = duration.ordinary
    if ordinary is None:
        return
    if (extension.months is None) != (duration.months is None):
        unit = "weeks" if duration.months is None else "months"
        complain(file, key, None, unit, "it is not in the unit of the length it extends")
    elif not _longer(extension.length, ordinary):
        given = extension.months if extension.months is not None else extension.weeks
        least = duration.months if duration.months is not None else duration.weeks
        complain(file, key, given, f"more than {least}: the length in all", "it is no longer than without it")


def _longer(one: Length, other: Length) -> bool:
    return (one.months, one.days) > (other.months, other.days)


def _check_numbers(measure: Measure, file: str, complain: Complain) -> None:
    for name in ("min_age", "max_age"):
        for age in getattr(measure, name):
            if age.years is not None and not 0 <= age.years <= OLDEST:
                complain(file, f"{name}.years", age.years, f"0 to {OLDEST}", "it is not an age")
    for review in measure.reviews:
        _at_least(file, "reviews.every_months", review.every_months, 1, complain)
    for appeal in measure.appeals:
        _at_least(file, "appeals.weeks", appeal.weeks, 1, complain)
    for duty in measure.reports:
        _at_least(file, f"reports.after_months ({duty.code})", duty.after_months, 0, complain)
        _at_least(file, f"reports.due_within_days ({duty.code})", duty.due_within_days, 0, complain)
    for post in measure.employment:
        _at_least(file, "employment.temporary_months", post.temporary_months, 1, complain)
    for window in measure.agreement.start_window if measure.agreement else ():
        _at_least(file, "agreement.start_window.days_back", window.days_back, 0, complain)


def _at_least(file: str, key: str, value: int | None, least: int, complain: Complain) -> None:
    if value is not None and value < least:
        complain(file, key, value, f"{least} or more", "the number is too small")


def _check_neighbours(catalogue: Catalogue, measure: Measure, file: str, complain: Complain) -> None:
    for required in measure.requires_first:
        key = f"requires_first.measures ({required.code})"
        known_codes(file, key, required.measures, catalogue.measures, complain)
        if required.considered_is_enough:
            known_codes("codes/circumstance.toml", "code", (CONSIDERED,), catalogue.lists["circumstance"], complain)
    known_codes(file, "combinations.code", (c.code for c in measure.combinations), catalogue.measures, complain)
    for attached in measure.attaches_to:
        known_codes(file, "attaches_to.measures", attached.measures, catalogue.measures, complain)
        if not attached.known and not attached.note:
            complain(file, "attaches_to", None, "measures, alone or a note", "the list says nothing")
    if measure.based_on:
        known_codes(file, "based_on", (measure.based_on,), catalogue.measures, complain)
    elif measure.kind == "programme":
        complain(file, "based_on", None, "the measure it builds on", "a programme stands on top of a measure")


def _is_month_day(text: str) -> bool:
    try:
        return f"{date.fromisoformat(f'2000-{text}'):%m-%d}" == text
    except ValueError:
        return False
