"""What the choice is made from: options with their reasons, and the time a person has left in a measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Ref, Verdict

UsedPeriods = Mapping[str, tuple[Period, ...]]
"""Measure code → the periods the person has had in it."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How much of a measure's duration a person has used and has left.

    `certain` is left whatever is not known; `possible` is what may be left once it is known (both None: no limit).
    They differ only when it is unknown whether an extension is open to the person; `asked` names what extensions ask.
    `limit` and `extended_limit` are the whole lengths (weeks come as days), `limit_months` the same
    where they are months.
    """

    used: Length
    certain: Length | None
    possible: Length | None
    limit_months: int | None
    extended_limit_months: int | None
    ref: Ref
    asked: tuple[str, ...] = ()
    limit: Length | None = None
    extended_limit: Length | None = None

    @property
    def known(self) -> bool:
        """Whether it is known which limit applies."""
        return self.certain == self.possible

    @property
    def unlimited(self) -> bool:
        """Whether the measure has no limit in time."""
        return self.certain is None

    @property
    def exhausted(self) -> bool:
        """Whether nothing can be left, whatever is not known."""
        return self.possible is not None and self.possible == Length(0)


@dataclass(frozen=True, slots=True)
class LatestEnd:
    """The last day a placement may reach. `certain` holds whatever is not known; `possible` may hold once it is.

    None with `unlimited` False: not even one day is left. None with `unlimited` True: no limit in time.
    """

    certain: date | None
    possible: date | None
    unlimited: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in a measure: which, when, with whom and what came of it.

    `employer` is a key of the employer, "" when there is none or it is not known; `outcome` a code in the list
    outcome, "" while nothing is decided. A period without a last day is a stay that no end is agreed for.
    """

    measure: str
    period: Period
    employer: str = ""
    outcome: str = ""

    def runs_on(self, on: date) -> bool:
        """Whether the day is one of the stay's."""
        return self.period.contains(on)


@dataclass(frozen=True, slots=True)
class MeasureTime:
    """What a person has had of one measure: stays, with how many employers, time used, and time left."""

    measure: str
    stays: int
    employers: int
    used: Length
    left: TimeLeft | None


@dataclass(frozen=True, slots=True)
class NextMeasure:
    """A measure that usually comes after one the person has had.

    `verdict` says whether it is open by what is known of the time: in force, time left, what must be tried first.
    `opens`: the day it comes into force, when that is later.
    """

    measure: str
    after: str
    verdict: Verdict
    time: TimeLeft | None
    opens: date | None = None

    @property
    def open(self) -> bool:
        """Whether nothing known stands in the way."""
        return self.verdict.answer is not Answer.NOT_MET


@dataclass(frozen=True, slots=True)
class ChainView:
    """What has been, how much time is used, and what may come next. Stays are oldest first."""

    stays: tuple[Stay, ...]
    times: tuple[MeasureTime, ...]
    next: tuple[NextMeasure, ...]


@dataclass(frozen=True, slots=True)
class FitReason:
    """A fact about the person that speaks for or against a chain, or would if it were known."""

    fact: str
    weight: int
    text: Mapping[str, str]

    def get(self, language: str) -> str:
        """The reason in words."""
        return self.text.get(language[:2].lower(), self.text["nb"])


@dataclass(frozen=True, slots=True)
class ChainFit:
    """How well a chain of effects fits: the sum of the weights that hold, and what could still come in."""

    chain: str
    score: int
    possible: int
    for_: tuple[FitReason, ...]
    against: tuple[FitReason, ...]
    unknown: tuple[FitReason, ...]
    fits: bool
    strong: bool


@dataclass(frozen=True, slots=True)
class MeasureOption:
    """One measure weighed for one person on one day.

    `against` holds the verdicts that are not met; `unknown` those that are not known; `near` the measures that lie
    close; `wished`: the person's own wish; `proposed`: nothing stops it, and a chain or nearness to one speaks for it.
    `opens`: the day the measure comes into force, when that is later; `programmes`: codes of those that build on it.
    """

    measure: str
    kind: str
    verdict: Verdict
    chain_fits: tuple[ChainFit, ...]
    near: tuple[str, ...]
    against: tuple[Verdict, ...]
    unknown: tuple[Verdict, ...]
    time: TimeLeft | None
    score: int
    proposed: bool
    wished: bool
    opens: date | None = None
    programmes: tuple[str, ...] = ()

    @property
    def months_used(self) -> Length:
        """Time the person has had in the measure."""
        return self.time.used if self.time else Length(0)

    @property
    def months_left(self) -> Length | None:
        """Time that is surely left; None where there is no limit or none is known."""
        return self.time.certain if self.time else None

    @property
    def best_chain(self) -> ChainFit | None:
        """The chain that fits best; None when the measure has no chains."""
        return self.chain_fits[0] if self.chain_fits else None

    @property
    def stopped(self) -> bool:
        """Whether a rule stops the measure for this person now."""
        return self.verdict.answer is Answer.NOT_MET


@dataclass(frozen=True, slots=True)
class Barriers:
    """What stands between an option and a decision: stops, warnings to override, unknowns to acknowledge."""

    stops: tuple[Verdict, ...]
    warnings: tuple[Verdict, ...]
    unknowns: tuple[Verdict, ...]


def key_of(verdict: Verdict) -> str:
    """A stable key for a verdict among an option's own."""
    return verdict.rule
