"""Signs that a measure is misused or has lost its aim, as observations with figures. Pure functions.

What an employer's own record tells (nobody hired, extended again and again) is told by the employers' room; here is
what the office itself lets happen. A sign says what was counted. It accuses nobody and stops nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from springbrett.employers.records import Stay
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict
from springbrett.steering.records import EmployerUse, Quiet, Signs

HOUSE = Ref("house", "", "house")
WAITING_FOR_SUBSIDY = "waiting_for_subsidy"
"""The extension reason that says a placement goes on because money is awaited."""


def running(stays: Iterable[Stay], on: date) -> tuple[Stay, ...]:
    """The placements that have begun and not ended on the day."""
    return tuple(s for s in stays if (s.start is None or s.start <= on) and (s.ended is None or s.ended.on >= on))


def ends_soon(stays: Iterable[Stay], on: date, days: int) -> tuple[Stay, ...]:
    """The running placements that should end within so many days, or already should have ended; soonest first."""
    last = on + timedelta(days=days)
    soon = [(stay.end, str(stay.key), stay) for stay in running(stays, on) if stay.end and stay.end <= last]
    return tuple(stay for _end, _key, stay in sorted(soon, key=lambda row: row[:2]))


def gone_quiet(
    stays: Iterable[Stay], contacts: Mapping[UUID, date], on: date, weeks: int
) -> tuple[Quiet, ...]:  # fmt: skip
    """The running placements without a logged contact for more than so many weeks, longest first.

    `contacts`: the last day of contact by case. A contact before the start does not count: the start does.
    """
    found = []
    for stay in running(stays, on):
        if stay.start is None or stay.case_id is None:
            continue
        since = max(stay.start, contacts.get(stay.case_id, stay.start))
        if (on - since).days > weeks * 7:
            found.append(Quiet(stay, since, (on - since).days))
    return tuple(sorted(found, key=lambda quiet: (-quiet.days, str(quiet.stay.key))))


def waiting_is_not_the_use(use: EmployerUse) -> Verdict:
    """A placement has an aim of its own; one used while waiting for another measure is allowed, and seen."""
    facts = (Fact("waiting_placements", use.waiting), Fact("placements", use.placements))
    return _observation("waiting_is_not_the_use", Answer.of(use.waiting == 0), facts, "waiting_placements")


def placements_have_contact(use: EmployerUse) -> Verdict:
    """Running placements are followed up: without contact for so many weeks, a placement is storage."""
    answer = Answer.UNKNOWN if use.running == 0 else Answer.of(use.quiet == 0)
    facts = (Fact("quiet_placements", use.quiet), Fact("running_placements", use.running),
             Fact("quiet_weeks", use.quiet_weeks))  # fmt: skip
    return _observation("placements_have_contact", answer, facts, "contact_logged")


def reports_come_in(use: EmployerUse, many: int) -> Verdict:
    """The employer reports: `many` or more missing reports is worth a look."""
    facts = (Fact("missing_reports", use.missing_reports), Fact("worth_a_look_from", many))
    return _observation("reports_come_in", Answer.of(use.missing_reports < many), facts, "missing_reports")


def observations(use: EmployerUse, missing_reports: int) -> tuple[Verdict, ...]:
    """Every observation about how the office uses an employer, also those that are as they should be."""
    return waiting_is_not_the_use(use), placements_have_contact(use), reports_come_in(use, missing_reports)


@dataclass(frozen=True, slots=True)
class Extended:
    """A placement extended: which, in which case, on which day, and the coded reason."""

    placement: UUID
    case_id: UUID
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Shortage:
    """A budget line in a year: what is free, on how many days nothing was, and how many were refused for lack of it."""

    line: str
    year: int
    free: int | None
    out_days: int
    refused: int


def extended_waiting(extended: Iterable[Extended]) -> int:
    """How many placements were extended because a wage subsidy was awaited, each counted once."""
    return len({one.placement for one in extended if one.reason == WAITING_FOR_SUBSIDY})


def extended_meanwhile(extended: Iterable[Extended], in_vain: Mapping[UUID, tuple[Period, ...]]) -> int:
    """How many placements were extended on a day they had asked for money in vain, by case, each counted once."""
    return len({
        one.placement for one in extended
        if any(period.contains(one.on) for period in in_vain.get(one.case_id, ()))
    })  # fmt: skip


def money_lasts(seen: Shortage, prolonged: tuple[int, int], on: date) -> Verdict:
    """The money of the year lasts: something is free every day, and nobody is refused for lack of money.

    `prolonged`: placements extended while waiting for a subsidy, and after money was asked for in vain. An observation:
    it says what was counted, and that two things happened in the same year, not that the one led to the other.
    """
    waiting, meanwhile = prolonged
    facts = (
        Fact("budget_line", seen.line), Fact("year", str(seen.year)), Fact("free", seen.free),
        Fact("out_days", seen.out_days), Fact("refused_no_budget", seen.refused), Fact("extended_waiting", waiting),
        Fact("extended_meanwhile", meanwhile),
    )  # fmt: skip
    answer = Answer.of(seen.refused == 0 and seen.out_days == 0)
    return Verdict("money_lasts", answer, Severity.INFO, HOUSE, facts, ("budget", "released_commitments"), on=on)


def worth_a_look(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The observations that are not as they should be; what cannot be said is left out."""
    return tuple(verdict for verdict in verdicts if verdict.answer is Answer.NOT_MET)


def most_first(signs: Iterable[Signs]) -> tuple[Signs, ...]:
    """The employers with something worth a look, most observations first."""
    worth = [row for row in signs if row.observations]
    return tuple(sorted(worth, key=lambda row: (-len(row.observations), -row.use.placements, str(row.employer_id))))


def _observation(rule: str, answer: Answer, facts: tuple[Fact, ...], would_change: str) -> Verdict:
    return Verdict(rule, answer, Severity.INFO, HOUSE, facts, (would_change,))
