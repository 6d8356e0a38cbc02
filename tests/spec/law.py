"""What the law specs share: a measure as it stood on a day, what its rules answer, and on which days that changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from springbrett.catalogue import commands, load
from springbrett.catalogue.base import Dated
from springbrett.catalogue.dated import all_in_force, in_force
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.terms import Rule
from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Verdict
from springbrett.mapping.records import NeedsProfile

DAY = timedelta(days=1)
TODAY = date(2026, 11, 1)
FIRST_DAYS = tuple(date(year, month, 1) for year in range(2016, 2028) for month in range(1, 13))
"""The first day of each month the law is kept for."""


# ---- what stands in the catalogue ----------------------------------------------------------------------------------


def the(code: str) -> Measure:
    """The measure with the code."""
    return load().measure(code)


def by_law(value: Dated | None, section: str, act: str = "tiltaksforskriften") -> bool:
    """Whether a value is there and is the law of that section."""
    return value is not None and (value.act, value.section, value.source) == (act, section, "law")


def rule_of(measure: Measure, code: str, on: date) -> Rule:
    """A rule that must be there on the day."""
    found = measure.rule_on(code, on)
    assert found is not None, f"{measure.code}: no rule {code} on {on}"
    return found


def changes_on(values: Sequence[Dated], day: date, code: str = "") -> bool:
    """Whether the value (with the code, if one is given) is another on the day than on the day before."""
    return _standing(values, day, code) is not _standing(values, day - DAY, code)


def _standing(values: Sequence[Dated], on: date, code: str) -> Dated | None:
    if not code:
        return in_force(values, on)
    return next((value for value in all_in_force(values, on) if getattr(value, "code", "") == code), None)


def months_of_the_first(first: int = 2012, last: int = 2027) -> Iterable[date]:
    """The first of every month of the years."""
    return (date(year, month, 1) for year in range(first, last + 1) for month in range(1, 13))


# ---- what the rules answer -----------------------------------------------------------------------------------------


def part(verdict: Verdict, rule: str) -> Verdict:
    """The one part of an answer that is about the rule."""
    (found,) = (child for child in verdict.children if child.rule == rule)
    return found


def verdict(code: str, on: date, rule: str, born: date | None = None, /, **facts: object) -> Verdict | None:
    """One of the verdicts on whether the measure is open; None when the rule does not apply on the day."""
    profile = NeedsProfile(birth_date=born)
    told = profile.facts(on) | facts
    tree = rules.eligibility(the(code), profile, on, facts=told)
    return next((child for child in tree.children if child.rule == rule), None)


def age_is_right(code: str, on: date, born: date, limit: str = "minimum_age") -> bool | None:
    """Whether the age limit is met; None when it is not known."""
    found = verdict(code, on, limit, born)
    assert found is not None, f"{code} has no {limit} on {on}"
    return {Answer.MET: True, Answer.NOT_MET: False, Answer.UNKNOWN: None}[found.answer]


def condition(measure: Measure, code: str, on: date, **profile: object) -> Verdict:
    """How somebody with this profile stands to one condition of the target group, which must be there on the day."""
    tree = rules.eligibility(measure, NeedsProfile(**profile), on)  # type: ignore[arg-type]
    return part(tree, f"target_group.{measure.code}.{code}")


def answer_to(code: str, on: date, name: str, born: date | None = None, /, **facts: object) -> Answer | None:
    """The answer to one condition of the target group by these facts; None when it is not there on the day."""
    found = verdict(code, on, f"target_group.{code}.{name}", born, **facts)
    return None if found is None else found.answer


# ---- time ----------------------------------------------------------------------------------------------------------


def limits(code: str, on: date, /, **facts: object) -> tuple[Length | None, Length | None]:
    """The length that surely holds, and the one that may hold once the unknown is known."""
    duration = the(code).duration_on(on)
    assert duration is not None, f"{code} has no duration on {on}"
    return duration.lengths(facts)


def last_day(
    measure: Measure, start: date, used: Sequence[Period] = (), facts: Mapping[str, object] | None = None
) -> tuple[date | None, date | None]:
    """The last day a stay from `start` may reach: the sure one, and the one that may hold once all is known."""
    found = rules.latest_end(measure, start, used, facts or {})
    assert found is not None and not found.unlimited
    return found.certain, found.possible


def sure_last_day(code: str, start: date, used: Iterable[Period] = (), /, **facts: object) -> date | None:
    """The last day that surely can be reached from the start; None for no day, or where there is no limit."""
    found = rules.latest_end(the(code), start, used, facts)
    assert found is not None, f"the length of {code} is not known on {start}"
    return found.certain


def left(code: str, on: date, used: Iterable[Period], /, **facts: object) -> Length | None:
    """The time that is surely left on the day."""
    found = rules.time_left(the(code), on, used, facts)
    assert found is not None, f"the length of {code} is not known on {on}"
    return found.certain


def length_is_unknown(measure: Measure, on: date) -> bool:
    """Whether the data say that there is a length on the day, and that it is not known here."""
    duration = measure.duration_on(on)
    asked = rules.time_left(measure, on, (), {}) is None and rules.latest_end(measure, on, (), {}) is None
    return asked and duration is not None and not duration.known and bool(duration.note)


# ---- all days ------------------------------------------------------------------------------------------------------


def told_on_every_first_day(code: str) -> Iterator[tuple[date, str, Verdict]]:
    """What the catalogue shows and the rules answer, on the first of each month, for somebody and for nobody known."""
    measure = the(code)
    known = NeedsProfile(birth_date=date(1999, 2, 28), needs_level="spesielt_tilpasset_innsats",
                         reduced_work_capacity=True, job_seeker=True, followup_need=3)  # fmt: skip
    for on in FIRST_DAYS:
        shown = commands.show(code, on)
        for profile in (NeedsProfile(), known):
            yield on, shown, rules.eligibility(measure, profile, on, (Period(date(2015, 12, 1), date(2015, 12, 31)),))
