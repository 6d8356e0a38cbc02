"""How the law tests ask: one measure on one day, and what its rules answer."""

from collections.abc import Iterable
from datetime import date, timedelta

from springbrett.catalogue import load
from springbrett.catalogue.base import Dated
from springbrett.catalogue.measures import Measure
from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Verdict
from springbrett.mapping.records import NeedsProfile

DAY = timedelta(days=1)


def measure(code: str) -> Measure:
    """The measure in the catalogue."""
    return load().measure(code)


def verdict(code: str, on: date, rule: str, born: date | None = None, /, **facts: object) -> Verdict | None:
    """One of the verdicts on whether the measure is open; None when the rule does not apply on the day."""
    profile = NeedsProfile(birth_date=born)
    told = profile.facts(on) | facts
    tree = rules.eligibility(measure(code), profile, on, facts=told)
    return next((child for child in tree.children if child.rule == rule), None)


def age_is_right(code: str, on: date, born: date, limit: str = "minimum_age") -> bool | None:
    """Whether the age limit is met; None when it is not known."""
    found = verdict(code, on, limit, born)
    assert found is not None, f"{code} has no {limit} on {on}"
    return {Answer.MET: True, Answer.NOT_MET: False, Answer.UNKNOWN: None}[found.answer]


def condition(code: str, on: date, name: str, born: date | None = None, /, **facts: object) -> Answer | None:
    """The answer to one condition of the target group; None when it is not there on the day."""
    found = verdict(code, on, f"target_group.{code}.{name}", born, **facts)
    return None if found is None else found.answer


def limits(code: str, on: date, /, **facts: object) -> tuple[Length | None, Length | None]:
    """The length that surely holds, and the one that may hold once the unknown is known."""
    return measure(code).duration_on(on).lengths(facts)


def last_day(code: str, start: date, used: Iterable[Period] = (), /, **facts: object) -> date | None:
    """The last day that surely can be reached from the start; None when not even one day is left."""
    found = rules.latest_end(measure(code), start, used, facts)
    assert found is not None, f"the length of {code} is not known on {start}"
    return found.certain


def left(code: str, on: date, used: Iterable[Period], /, **facts: object) -> Length | None:
    """The time that is surely left on the day."""
    found = rules.time_left(measure(code), on, used, facts)
    assert found is not None, f"the length of {code} is not known on {on}"
    return found.certain


def rests_on(value: Dated | None, act: str, section: str) -> bool:
    """Whether the value is law, and comes from the section."""
    return value is not None and (value.act, value.section, value.source) == (act, section, "law")


def months_of_the_first(first: int = 2012, last: int = 2027) -> Iterable[date]:
    """The first of every month of the years."""
    return (date(year, month, 1) for year in range(first, last + 1) for month in range(1, 13))
