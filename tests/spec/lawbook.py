"""What the law specs share: reading a measure as it stood on a day, and asking on which days an answer changes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from springbrett.catalogue import commands, load
from springbrett.catalogue.base import Dated
from springbrett.catalogue.dated import all_in_force, in_force
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.terms import Rule
from springbrett.choice import rules
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Verdict
from springbrett.mapping.records import NeedsProfile

DAY = timedelta(days=1)
TODAY = date(2026, 11, 1)
FIRST_DAYS = tuple(date(year, month, 1) for year in range(2016, 2028) for month in range(1, 13))
"""The first day of each month the law is kept for."""


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


def part(verdict: Verdict, rule: str) -> Verdict:
    """The one part of an answer that is about the rule."""
    (found,) = (child for child in verdict.children if child.rule == rule)
    return found


def condition(measure: Measure, code: str, on: date, **profile: object) -> Verdict:
    """How the person stands to one condition of the target group."""
    tree = rules.eligibility(measure, NeedsProfile(**profile), on)  # type: ignore[arg-type]
    return part(tree, f"target_group.{measure.code}.{code}")


def last_day(
    measure: Measure, start: date, used: Sequence[Period] = (), facts: Mapping[str, object] | None = None
) -> tuple[date | None, date | None]:
    """The last day a stay from `start` may reach: the sure one, and the one that may hold once all is known."""
    found = rules.latest_end(measure, start, used, facts or {})
    assert found is not None and not found.unlimited
    return found.certain, found.possible


def length_is_unknown(measure: Measure, on: date) -> bool:
    """Whether the data say that there is a length on the day, and that it is not known here."""
    duration = measure.duration_on(on)
    asked = rules.time_left(measure, on, (), {}) is None and rules.latest_end(measure, on, (), {}) is None
    return asked and not duration.known and bool(duration.note)


def told_on_every_first_day(code: str) -> Iterator[tuple[date, str, Verdict]]:
    """What the catalogue shows and the rules answer, on the first of each month, for somebody and for nobody known."""
    measure = the(code)
    known = NeedsProfile(birth_date=date(1999, 2, 28), needs_level="spesielt_tilpasset_innsats",
                         reduced_work_capacity=True, job_seeker=True, followup_need=3)  # fmt: skip
    for on in FIRST_DAYS:
        shown = commands.show(code, on)
        for profile in (NeedsProfile(), known):
            yield on, shown, rules.eligibility(measure, profile, on, (Period(date(2015, 12, 1), date(2015, 12, 31)),))
