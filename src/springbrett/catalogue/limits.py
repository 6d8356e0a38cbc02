"""For whom a measure is and how long it may last: ages, needs levels, target group, durations, seasons, all dated."""

from __future__ import annotations

from datetime import date
from typing import Literal

from springbrett.catalogue.base import Base, Dated, Severity, Text
from springbrett.catalogue.conditions import Condition, any_group
from springbrett.kernel.period import Length

Groups = tuple[tuple[Condition, ...], ...]
"""Groups of conditions: it holds when one group holds in full."""


class Validity(Dated, frozen=True, kw_only=True):
    """A period in which the measure can be given."""


class Age(Dated, frozen=True, kw_only=True):
    """An age limit in whole years. None = not known for the period (the note says why).

    basis "birthday": the day the age is reached; "calendar_year": the year it is reached in.
    For a lower limit the person must have reached the age; for an upper limit, must not have reached it. `at` says on
    which day of a stay an upper limit is held against: the last one, or the first ("when the measure is given").
    """

    years: int | None = None
    basis: Literal["birthday", "calendar_year"] = "birthday"
    at: Literal["start", "end"] = "end"


class NeedsLevels(Dated, frozen=True, kw_only=True):
    """The needs levels the measure is for. With source "practice" it is a usual limit, not a legal one."""

    levels: tuple[str, ...]


class TargetCondition(Dated, frozen=True, kw_only=True):
    """A condition for being in the target group.

    `any_of` holds groups of conditions: the target condition is met when one group holds in full. Empty: it cannot be
    told from the profile, and the caseworker must consider it. `interpretation` says what the data adds to the law.
    """

    code: str
    text: Text
    severity: Severity = "stop"
    any_of: Groups = ()


class Extension(Base, frozen=True, kw_only=True):
    """A longer *total* length in months or weeks, open when a group of `when` holds in full; no groups: to all."""

    code: str
    text: Text
    months: int | None = None
    weeks: int | None = None
    when: Groups = ()

    @property
    def length(self) -> Length:
        """The total length, this extension included; weeks come as days."""
        return _length(self.months, self.weeks)


class Duration(Dated, frozen=True, kw_only=True):
    """How long the measure may last: months or weeks, longer by its extensions; `unlimited`: the rules set no end.

    Neither given: there is a rule, but its length is not known here (the note says why). `cumulative`: earlier periods
    in the same measure count, and those in `cumulative_with`; `cumulative_source` and `cumulative_note` say where that
    comes from.
    """

    months: int | None = None
    weeks: int | None = None
    unlimited: bool = False
    extensions: tuple[Extension, ...] = ()
    cumulative: bool = False
    cumulative_with: tuple[str, ...] = ()
    cumulative_source: Literal["law", "practice", "house", ""] = ""
    cumulative_note: str = ""

    @property
    def known(self) -> bool:
        """Whether the length is known: a number, or that there is none."""
        return self.unlimited or self.months is not None or self.weeks is not None

    @property
    def ordinary(self) -> Length | None:
        """The length open to everyone, without extensions that ask for something; None: no limit, or not known."""
        return None if self.unlimited or not self.known else _length(self.months, self.weeks)

    @property
    def longest(self) -> Length | None:
        """The longest length anyone can have; None: no limit, or not known."""
        return None if self.ordinary is None else max((self.ordinary, *(e.length for e in self.extensions)), key=_size)

    def lengths(self, facts: object) -> tuple[Length | None, Length | None]:
        """The length that surely holds for these facts, and the one that may hold once the unknown is known."""
        if self.ordinary is None:
            return None, None
        answers = [(e, any_group(e.when, facts) if e.when else True) for e in self.extensions]
        sure = [self.ordinary, *(e.length for e, answer in answers if answer is True)]
        maybe = [*sure, *(e.length for e, answer in answers if answer is None)]
        return max(sure, key=_size), max(maybe, key=_size)


def _length(months: int | None, weeks: int | None) -> Length:
    return Length(months) if months is not None else Length(0, 7 * (weeks or 0))


def _size(length: Length) -> tuple[int, int]:
    return length.months, length.days


class Season(Dated, frozen=True, kw_only=True):
    """The part of the year the measure can be held in, as month-day ("06-01" to "08-31"), with what can excuse it.

    `excused_by`: the circumstance (codes/circumstance.toml) that lets a stay lie outside it all the same.
    """

    first: str
    last: str
    severity: Severity = "stop"
    exception: Text | None = None
    excused_by: str = ""

    def covers(self, start: date, end: date) -> bool:
        """Whether first to last day lie within one season."""
        inside = self.first <= f"{start:%m-%d}" and f"{end:%m-%d}" <= self.last
        return start <= end and start.year == end.year and inside


class LastDay(Dated, frozen=True, kw_only=True):
    """The last day a stay in the measure may reach, whatever its length (a trial that closes)."""

    day: date
    text: Text
    severity: Severity = "stop"


class RequiresFirst(Dated, frozen=True, kw_only=True):
    """What must have been tried before: one of `measures` (empty: any other measure that ends).

    `considered_is_enough`: it is enough that others have been considered and found not to fit, which the caseworker
    answers by the circumstance `other_measures_considered`.
    """

    code: str
    text: Text
    measures: tuple[str, ...] = ()
    considered_is_enough: bool = False
    severity: Severity = "stop"


class Combination(Dated, frozen=True, kw_only=True):
    """Whether the measure can be held at the same time as the one in `code`."""

    code: str
    together: Literal["allowed", "warned", "refused"]
    text: Text | None = None


class AttachesTo(Dated, frozen=True, kw_only=True):
    """The measures a support can stand beside. `alone`: it can also be given to somebody in an ordinary job.

    `alone` left out: not known here. No measures and not `alone`: there was a list, and it is not known here (the note
    says why).
    """

    measures: tuple[str, ...] = ()
    alone: bool | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known of what the support can stand beside."""
        return bool(self.measures) or self.alone is True
